/* octet_compare: runs both models over the test samples and fills the verdict. */
#include <math.h>

#include <string.h>

#include "api/describe.h"
#include "api/evaluate.h"
#include "api/layer_plan.h"
#include "api/options.h"
#include "api/outputs.h"
#include "report/warnings.h"

static octet_status copy_calibration(octet_context *ctx, octet_verdict *verdict, const octet_calibration *given) {
    octet_verdict_calibration *to = &verdict->calibration;
    octet_calibration taken, *from = &taken;
    OCTET_TRY(OCTET_OPTIONS_TAKE(ctx, octet_calibration, given, &taken));
    if (from->n_samples == 0) return OCTET_OK;
    *to = (octet_verdict_calibration){.given = true,
                                      .n_samples = from->n_samples,
                                      .n_distinct = from->n_distinct,
                                      .raw_min = from->raw_min,
                                      .raw_max = from->raw_max,
                                      .min = from->min,
                                      .max = from->max,
                                      .late_growth = from->late_growth,
                                      .time_ns = from->time_ns,
                                      .last_tenth = from->last_tenth,
                                      .n_enough = from->enough_samples,
                                      .clipped = from->clipped,
                                      .statistics_bytes = from->statistics_bytes};
    OCTET_TRY(octet_arena_string(ctx, &verdict->arena, from->method, &to->method));
    return octet_arena_string(ctx, &verdict->arena, from->late_layer, &to->late_layer);
}

/* The columns of an input by the names that a CSV gives them. */
static octet_status name_columns(octet_context *ctx, const octet_data *data, octet_split split,
                                 const octet_graph *graph, uint32_t input, octet_verdict *verdict) {
    octet_samples *samples;
    const octet_shape *shape = &graph->values[graph->inputs[input].value].shape;
    const uint32_t source = octet_api_find_input(data->dataset, graph, input);
    const size_t row = shape->rank > 0 ? (size_t)shape->dims[shape->rank - 1] : 0;
    const char ***columns = &verdict->inputs[input].columns;
    if (source == OCTET_NONE || row == 0) return OCTET_OK;
    OCTET_TRY(octet_dataset_split_input(ctx, data->dataset, split, source, &samples));
    const char *last = octet_samples_column_name(samples, row - 1), *next = octet_samples_column_name(samples, row);
    if (last == NULL || next != NULL) return OCTET_OK;
    OCTET_TRY(OCTET_NEW(ctx, &verdict->arena, row, columns));
    for (size_t c = 0; c < row; c++)
        OCTET_TRY(octet_arena_string(ctx, &verdict->arena, octet_samples_column_name(samples, c), &(*columns)[c]));
    return OCTET_OK;
}

static octet_status name_all_columns(octet_context *ctx, const octet_data *data, const octet_run_options *given,
                                     const octet_graph *graph, octet_verdict *verdict) {
    octet_run_options options;
    octet_split split;
    OCTET_TRY(OCTET_OPTIONS_TAKE(ctx, octet_run_options, given, &options));
    OCTET_TRY(octet_api_split(ctx, &options, &split));
    for (uint32_t i = 0; i < graph->n_inputs; i++) OCTET_TRY(name_columns(ctx, data, split, graph, i, verdict));
    return OCTET_OK;
}

/* whole: the original as it was loaded, whose size counts. */
static octet_status fill(octet_context *ctx, octet_verdict *verdict, const octet_model *whole,
                         const octet_model *original, const octet_model *quantized, octet_data *data,
                         const octet_calibration *calibration, const octet_run_options *options,
                         const octet_ahead *ahead) {
    const octet_model *const models[] = {original, quantized};
    octet_evaluation *evaluations[2];
    OCTET_TRY(octet_api_evaluate(ctx, models, 2, data, options, ahead, evaluations, verdict));
    verdict->before.evaluation = evaluations[0];
    verdict->after.evaluation = evaluations[1];
    verdict->before.type = octet_api_type_of_graph(original->graph);
    verdict->after.type = octet_api_type_of_graph(quantized->graph);
    OCTET_TRY(octet_model_size(ctx, whole, &verdict->before.size_bytes));
    OCTET_TRY(octet_model_size(ctx, quantized, &verdict->after.size_bytes));
    const octet_graph *graph = quantized->graph;
    verdict->n_inputs = graph->n_inputs;
    verdict->n_outputs = graph->n_outputs;
    OCTET_TRY(octet_api_describe_ports(ctx, &verdict->arena, graph, graph->inputs, graph->n_inputs, &verdict->inputs));
    OCTET_TRY(
        octet_api_describe_ports(ctx, &verdict->arena, graph, graph->outputs, graph->n_outputs, &verdict->outputs));
    OCTET_TRY(copy_calibration(ctx, verdict, calibration));
    verdict->preprocess_given = data->preprocess.given;
    verdict->takes_counts = octet_api_takes_counts(&original->graph->values[original->graph->inputs[0].value]);
    verdict->silenced = quantized->silenced;
    verdict->checks = quantized->seen.is_given ? &quantized->seen.checks : NULL;
    const octet_warning_list warnings = octet_verdict_warnings(verdict);
    verdict->ladder = quantized->ladder;
    OCTET_TRY(octet_islands_find(ctx, &verdict->arena, graph, quantized->has_layers, &verdict->islands));
    OCTET_TRY(octet_api_target_support(ctx, &verdict->arena, quantized, &verdict->support));
    OCTET_TRY(octet_api_warn_of_outputs(ctx, quantized, &warnings));
    for (uint32_t i = 0; i < verdict->n_inputs; i++) {
        const char *layer = original->graph->inputs[i].entry.layer;
        if (layer != NULL) OCTET_TRY(octet_arena_string(ctx, &verdict->arena, layer, &verdict->inputs[i].own_layer));
    }
    OCTET_TRY(name_all_columns(ctx, data, options, quantized->graph, verdict));
    verdict->seen = quantized->seen.inputs;
    const octet_status status = octet_verdict_finish(ctx, verdict);
    verdict->seen = NULL; /* the model's, which may go first; so are the checks */
    verdict->checks = NULL;
    return status;
}

/* The original with the same outputs as a quantized model whose outputs are split. */
static octet_status split_like(octet_context *ctx, const octet_model *original, const octet_model *quantized,
                               octet_model **out) {
    octet_float_graph graph;
    octet_graph *split = NULL;
    octet_statistics *none = NULL;
    OCTET_TRY(octet_api_float_graph(ctx, original, &graph));
    const octet_status status =
        octet_api_split_outputs(ctx, graph.graph, NULL, quantized->joined, quantized->n_joined, &split, &none);
    octet_api_release_float_graph(ctx, &graph);
    OCTET_TRY(status);
    return octet_api_wrap(ctx, split, original->path, original->kind, out);
}

static bool are_alike(const octet_graph *a, const octet_port *ports_a, const octet_graph *b, const octet_port *ports_b,
                      uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        if (strcmp(ports_a[i].name, ports_b[i].name) != 0 ||
            !octet_shape_equal(&a->values[ports_a[i].value].shape, &b->values[ports_b[i].value].shape))
            return false;
    return true;
}

/* Whether both have the same inputs and outputs in the same order: of files of other converters few have. */
static bool have_ports_alike(const octet_graph *a, const octet_graph *b) {
    return a->n_inputs == b->n_inputs && a->n_outputs == b->n_outputs &&
           are_alike(a, a->inputs, b, b->inputs, a->n_inputs) && are_alike(a, a->outputs, b, b->outputs, a->n_outputs);
}

octet_status octet_api_compare(octet_context *ctx, const octet_model *original, const octet_model *quantized,
                               octet_data *data, const octet_calibration *calibration, const octet_run_options *options,
                               const octet_ahead *ahead, octet_verdict **out) {
    octet_arena arena = {0};
    octet_verdict *verdict;
    octet_model *split = NULL;
    octet_status status = OCTET_NEW(ctx, &arena, 1, &verdict);
    if (status != OCTET_OK) return status;
    verdict->arena = arena;
    if (quantized->is_split && quantized->n_joined > 0) status = split_like(ctx, original, quantized, &split);
    const octet_model *before = split != NULL ? split : original;
    octet_model aligned;
    octet_graph ports;
    if (status == OCTET_OK && !have_ports_alike(before->graph, quantized->graph)) {
        status = octet_api_align_ports(ctx, &verdict->arena, before->graph, quantized, &aligned, &ports);
        quantized = &aligned;
    }
    if (status == OCTET_OK) status = fill(ctx, verdict, original, before, quantized, data, calibration, options, ahead);
    octet_model_destroy(ctx, split);
    if (status == OCTET_OK) *out = verdict;
    else octet_verdict_free(ctx, verdict);
    return status;
}

octet_status octet_compare(octet_context *ctx, const octet_model *original, const octet_model *quantized,
                           octet_data *data, const octet_calibration *calibration, const octet_run_options *options,
                           octet_verdict **out) {
    return octet_api_compare(ctx, original, quantized, data, calibration, options, NULL, out);
}

void octet_verdict_destroy(octet_context *ctx, octet_verdict *verdict) { octet_verdict_free(ctx, verdict); }

bool octet_verdict_has_labels(const octet_verdict *verdict) { return verdict->before.evaluation->has_accuracy; }

double octet_verdict_drop(const octet_verdict *verdict) {
    const octet_evaluation *before = verdict->before.evaluation;
    if (!before->has_accuracy && !before->has_classes) return (double)NAN;
    if (before->has_accuracy) return 100.0 * (before->accuracy - verdict->after.evaluation->accuracy);
    return 100.0 * (1.0 - (double)verdict->n_agree / (double)before->n_samples);
}

double octet_verdict_fidelity(const octet_verdict *verdict) { return verdict->signal_to_noise_db; }

octet_status octet_verdict_render(octet_context *ctx, const octet_verdict *verdict, const char *path,
                                  octet_rendering as, char **out) {
    octet_buffer buffer = {0};
    const octet_status status = as == OCTET_AS_JSON ? octet_verdict_write_json(ctx, verdict, path, &buffer)
                                                    : octet_verdict_write_text(ctx, verdict, path, &buffer);
    return octet_api_give_text(ctx, &buffer, status, out);
}
