#include "api/islands.h"

#include <string.h>

#include "layers/select.h"
#include "quant/islands.h"

/* One of the two options. */
typedef struct island_request {
    const char *option; /* "--keep-float" */
    const char *const *patterns;
    octet_island island;
} island_request;

typedef struct marking {
    octet_context *ctx;
    octet_graph *graph;
    bool has_layers;
    const octet_quantize_options *options;
} marking;

static bool is_asked(const char *const *patterns) { return patterns != NULL && patterns[0] != NULL; }

static octet_status check_mode(octet_context *ctx, const octet_conversion *asked,
                               const octet_quantize_options *options) {
    const char *mode = octet_mode_names[options->mode];
    OCTET_CHECK(ctx,
                !is_asked(asked->keep_float) || options->mode == OCTET_MODE_INT8 || options->mode == OCTET_MODE_INT16X8,
                OCTET_USAGE, "--keep-float: mode %s leaves the activations in float; leave the option away", mode);
    if (!is_asked(asked->int16_layers)) return OCTET_OK;
    OCTET_CHECK(ctx, options->mode == OCTET_MODE_INT8, OCTET_USAGE,
                "--int16-layers are layers of an int8 file, and mode %s makes none; leave one of them away", mode);
    OCTET_CHECK(ctx, !options->strict_tensorflow, OCTET_USAGE,
                "--int16-layers: TensorFlow's converter has no such files: leave --strict-tensorflow away");
    return OCTET_OK;
}

static octet_status refuse_name(marking *m, const island_request *request, const char *pattern) {
    octet_arena scratch = {0};
    const char *alike = "";
    OCTET_CHECK(m->ctx, m->graph->n_operators > 0, OCTET_USAGE,
                "%s: the model has no operators, and so no layer to move; leave the option away", request->option);
    octet_status status = octet_select_alike(m->ctx, &scratch, m->graph, m->has_layers, pattern, &alike);
    if (status == OCTET_OK)
        status =
            octet_context_fail(m->ctx, OCTET_USAGE, "%s %s: no layer and no operator of the model has this name%s%s",
                               request->option, pattern, alike[0] != '\0' ? "; near: " : "", alike);
    octet_arena_free(m->ctx, &scratch);
    return status;
}

/* In int16 an operator that only moves numbers follows its neighbours (octet_islands_bridge), unless it is all that the
 * pattern names. */
static bool waits_for_neighbours(const marking *m, const island_request *request, const bool *chosen, uint32_t k) {
    if (request->island != OCTET_ISLAND_INT16 || !octet_islands_only_moves(&m->graph->operators[k], m->options))
        return false;
    for (uint32_t i = 0; i < m->graph->n_operators; i++)
        if (chosen[i] && !octet_islands_only_moves(&m->graph->operators[i], m->options)) return true;
    return false;
}

/* Marks what a pattern names; of several kinds of operators those without an int16 kernel stay in int8. */
static octet_status mark_chosen(marking *m, const island_request *request, const char *pattern, const bool *chosen) {
    uint32_t n_marked = 0, last = OCTET_NONE;
    for (uint32_t k = 0; k < m->graph->n_operators; k++) {
        octet_operator *op = &m->graph->operators[k];
        if (!chosen[k] || waits_for_neighbours(m, request, chosen, k)) continue;
        OCTET_CHECK(m->ctx, op->island == OCTET_ISLAND_NONE || op->island == request->island, OCTET_USAGE,
                    "%s %s: --keep-float names layer %s as well; it can be one of them", request->option, pattern,
                    op->layer);
        n_marked += octet_islands_mark(op, request->island, m->options);
        last = k;
    }
    OCTET_CHECK(
        m->ctx, n_marked > 0, OCTET_UNSUPPORTED,
        "%s %s: LiteRT has no %s with int16 activations: leave the layer in int8, or in float with --keep-float",
        request->option, pattern, octet_operator_name(m->graph->operators[last].code));
    return OCTET_OK;
}

static octet_status mark(marking *m, const island_request *request) {
    for (const char *const *pattern = request->patterns; pattern != NULL && *pattern != NULL; pattern++) {
        octet_arena scratch = {0};
        bool *chosen;
        uint32_t n = 0;
        octet_status status = OCTET_NEW(m->ctx, &scratch, m->graph->n_operators, &chosen);
        if (status == OCTET_OK) status = octet_select_operators(m->ctx, m->graph, m->has_layers, *pattern, chosen, &n);
        if (status == OCTET_OK && n == 0) status = refuse_name(m, request, *pattern);
        if (status == OCTET_OK) status = mark_chosen(m, request, *pattern, chosen);
        octet_arena_free(m->ctx, &scratch);
        OCTET_TRY(status);
    }
    return OCTET_OK;
}

octet_status octet_api_mark_islands(octet_context *ctx, const octet_model *model, const octet_conversion *asked,
                                    const octet_quantize_options *options, octet_float_graph *graph) {
    const island_request requests[] = {{"--keep-float", asked->keep_float, OCTET_ISLAND_FLOAT},
                                       {"--int16-layers", asked->int16_layers, OCTET_ISLAND_INT16}};
    OCTET_TRY(check_mode(ctx, asked, options));
    if (!is_asked(asked->keep_float) && !is_asked(asked->int16_layers)) return OCTET_OK;
    if (graph->owned == NULL) OCTET_TRY(octet_graph_clone(ctx, graph->graph, &graph->owned));
    graph->graph = graph->owned;
    marking m = {ctx, graph->owned, model->kind != OCTET_KIND_TFLITE, options};
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) OCTET_TRY(mark(&m, &requests[i]));
    return octet_islands_bridge(ctx, graph->owned, options);
}
