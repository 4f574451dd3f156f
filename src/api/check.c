/* octet_model_check: says which operators of a model run on a target. */
#include "api/handles.h"
#include "export/c/export_c.h"
#include "graph/joined.h"
#include "report/joined.h"
#include "report/support.h"
#include "target/capabilities.h"
#include "target/fit.h"

/* A model to judge, and the graphs that are made for it. */
typedef struct checking {
    octet_arena arena;
    octet_float_graph floating; /* of a float model: in the form that quantizing starts from */
    octet_graph *written;       /* of a float model: what quantizing it would give */
    octet_graph *fitted;        /* of a quantized file: as octet would have written it for the target */
} checking;

/* Ranges decide no operator but clamps. So any will do, and no sample is needed. A model whose ranges come from
 * training needs no others. */
static octet_status state_ranges(octet_context *ctx, octet_graph *graph) {
    if (octet_quantize_is_trained(graph)) return OCTET_OK;
    for (uint32_t v = 0; v < graph->n_values; v++) {
        const octet_value *value = &graph->values[v];
        if (value->type != OCTET_FLOAT32 || octet_value_is_constant(value) || value->quantization.stated != NULL)
            continue;
        OCTET_TRY(octet_value_state_range(ctx, graph, v, -1.0f, 1.0f));
    }
    return OCTET_OK;
}

/* What `octet quantize --target` would write of the float graph. */
static octet_status write_int8(octet_context *ctx, const octet_graph *graph, const octet_target *target,
                               octet_graph **out) {
    octet_quantize_options options = {.mode = OCTET_MODE_INT8, .input_type = OCTET_INT8, .output_type = OCTET_INT8};
    octet_graph *copy = NULL;
    OCTET_TRY(octet_target_apply(ctx, target, &options));
    OCTET_TRY(octet_graph_clone(ctx, graph, &copy));
    octet_status status = state_ranges(ctx, copy);
    if (status == OCTET_OK) status = octet_quantize_graph(ctx, copy, NULL, &options, out);
    octet_graph_destroy(ctx, copy);
    OCTET_TRY(status);
    return octet_target_fit(ctx, target, *out);
}

/* Outputs that join a part with bounds and one without. */
static octet_status note_joined(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                octet_support *support) {
    float *widths;
    octet_joined *joined;
    const char **notes;
    uint32_t n;
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &widths));
    octet_joined_bounds(graph, widths);
    OCTET_TRY(octet_joined_find(ctx, arena, graph, widths, &joined, &n));
    OCTET_TRY(OCTET_NEW(ctx, arena, n, &notes));
    for (uint32_t i = 0; i < n; i++) { OCTET_TRY(octet_joined_describe(ctx, arena, graph, &joined[i], &notes[i])); }
    support->notes = notes;
    support->n_notes = n;
    return OCTET_OK;
}

static octet_status look_at_float(octet_context *ctx, const octet_model *model, const octet_target *target, checking *c,
                                  octet_support *support) {
    OCTET_TRY(octet_api_float_graph(ctx, model, &c->floating));
    OCTET_TRY(note_joined(ctx, &c->arena, c->floating.graph, support));
    OCTET_TRY(write_int8(ctx, c->floating.graph, target, &c->written));
    support->graph = c->written;
    return OCTET_OK;
}

static octet_status look_at_file(octet_context *ctx, const octet_model *model, const octet_target *target, checking *c,
                                 octet_support *support) {
    support->graph = model->graph;
    support->is_quantized = true;
    if (model->target == target) return OCTET_OK;
    OCTET_TRY(octet_graph_clone(ctx, model->graph, &c->fitted));
    return octet_target_fit(ctx, target, c->fitted);
}

/* What the target says of each operator; of exported C, whether it can be written. */
static octet_status judge_operators(octet_context *ctx, octet_arena *arena, const octet_judged *judged,
                                    const octet_support_row **rows, bool *supported) {
    const char **reasons;
    octet_support_row *found;
    if (!judged->target->is_exported) return octet_target_check(ctx, arena, judged, rows, supported);
    const uint32_t n = judged->graph->n_operators;
    OCTET_TRY(octet_c_check(ctx, arena, judged->graph, &reasons));
    OCTET_TRY(OCTET_NEW(ctx, arena, n, &found));
    *supported = true;
    for (uint32_t i = 0; i < n; i++) {
        if (reasons[i] == NULL) continue;
        found[i] = (octet_support_row){OCTET_SUPPORT_NONE, reasons[i], "docs/device.md lists what octet export has"};
        *supported = false;
    }
    *rows = found;
    return OCTET_OK;
}

static octet_status judge(octet_context *ctx, const octet_model *model, const octet_target *target, checking *c,
                          octet_support *support, bool *supported) {
    *support = (octet_support){.model = model->path, .target = target->name, .date = octet_capabilities_date(target)};
    OCTET_TRY(octet_model_is_quantized(model) || model->target != NULL ? look_at_file(ctx, model, target, c, support)
                                                                       : look_at_float(ctx, model, target, c, support));
    const octet_judged judged = {target, support->graph, c->fitted};
    return judge_operators(ctx, &c->arena, &judged, &support->rows, supported);
}

octet_status octet_model_check(octet_context *ctx, const octet_model *model, const char *target, octet_rendering as,
                               bool *supported, char **out) {
    const octet_target *found;
    octet_support support;
    checking c = {0};
    octet_buffer buffer = {0};
    bool answer = false;
    OCTET_TRY(octet_target_find(ctx, target, &found));
    octet_status status = judge(ctx, model, found, &c, &support, &answer);
    if (status == OCTET_OK)
        status = as == OCTET_AS_JSON ? octet_support_write_json(ctx, &support, &buffer)
                                     : octet_support_write_text(ctx, &support, &buffer);
    octet_graph_destroy(ctx, c.fitted);
    octet_graph_destroy(ctx, c.written);
    octet_api_release_float_graph(ctx, &c.floating);
    octet_arena_free(ctx, &c.arena);
    OCTET_TRY(octet_api_give_text(ctx, &buffer, status, out));
    *supported = answer;
    return OCTET_OK;
}

octet_status octet_api_target_support(octet_context *ctx, octet_arena *arena, const octet_model *model,
                                      const octet_support **out) {
    octet_support *support;
    bool supported;
    *out = NULL;
    if (model->target == NULL) return OCTET_OK;
    OCTET_TRY(OCTET_NEW(ctx, arena, 1, &support));
    *support = (octet_support){.graph = model->graph,
                               .model = model->path,
                               .target = model->target->name,
                               .date = octet_capabilities_date(model->target),
                               .is_quantized = true};
    const octet_judged judged = {model->target, model->graph, NULL};
    OCTET_TRY(judge_operators(ctx, arena, &judged, &support->rows, &supported));
    *out = support;
    return OCTET_OK;
}
