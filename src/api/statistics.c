/* octet_statistics: calibration in parts, merged, saved and loaded. */
#include <inttypes.h>
#include <stdio.h>

#include "api/calibrate.h"
#include "api/observe.h"
#include "api/options.h"
#include "passes/passes.h"
#include "statistics/file.h"
#include "statistics/settling.h"

octet_status octet_api_float_graph(octet_context *ctx, const octet_model *model, octet_float_graph *out) {
    *out = (octet_float_graph){.graph = model->graph};
    OCTET_CHECK(ctx, !octet_model_is_quantized(model), OCTET_USAGE,
                "%s is quantized already: quantize the float model that it was made from", model->path);
    OCTET_CHECK(ctx, model->graph->n_carries == 0, OCTET_UNSUPPORTED,
                "%s keeps its state in variables (VAR_HANDLE), which octet runs and does not write; make the state "
                "inputs and outputs of the model",
                model->path);
    if (model->kind != OCTET_KIND_TFLITE) return OCTET_OK;
    /* The model itself stays as the file has it. */
    OCTET_TRY(octet_graph_clone(ctx, model->graph, &out->owned));
    const octet_status status = octet_passes_run(ctx, out->owned);
    out->graph = out->owned;
    if (status != OCTET_OK) octet_api_release_float_graph(ctx, out);
    return status;
}

void octet_api_release_float_graph(octet_context *ctx, octet_float_graph *graph) {
    octet_graph_destroy(ctx, graph->owned);
    *graph = (octet_float_graph){0};
}

octet_status octet_statistics_create(octet_context *ctx, const octet_model *model, octet_statistics **out) {
    octet_float_graph graph;
    OCTET_TRY(octet_api_float_graph(ctx, model, &graph));
    const octet_status status = octet_statistics_create_for(ctx, graph.graph, out);
    octet_api_release_float_graph(ctx, &graph);
    return status;
}

void octet_statistics_destroy(octet_context *ctx, octet_statistics *statistics) {
    octet_statistics_free(ctx, statistics);
}

/* A part of its own, which is merged once it is complete. */
static octet_status add_part(octet_context *ctx, const octet_graph *graph, const octet_calibration_source *source,
                             const octet_conversion *options, octet_statistics *statistics) {
    octet_arena arena = {0};
    uint32_t *rows_of;
    octet_statistics *part = NULL;
    octet_status status = octet_statistics_bind(ctx, &arena, statistics, graph, &rows_of);
    octet_arena_free(ctx, &arena);
    OCTET_TRY(status);
    const bool keeps_state =
        statistics->keeps_state || octet_statistics_graph_keeps_state(graph, options->strict_tensorflow);
    OCTET_CHECK(ctx, !keeps_state || statistics->n_samples == 0, OCTET_DATA,
                "%s keeps state from sample to sample: all samples must be added in one call", graph->source);
    octet_observe_options method = {0};
    OCTET_TRY(octet_api_read_method(ctx, options->calibration, &method));
    status = octet_statistics_create_for(ctx, graph, &part);
    const uint32_t kinds = octet_narrow_kinds(method.method) | OCTET_KIND_TENTHS;
    if (status == OCTET_OK)
        status = octet_statistics_gather(ctx, graph, options->gather_all ? OCTET_KINDS_ALL : kinds, part);
    if (status == OCTET_OK) status = octet_api_calibrate(ctx, graph, source, options, part);
    if (status == OCTET_OK) status = octet_statistics_join(ctx, statistics, part);
    octet_statistics_free(ctx, part);
    return status;
}

static octet_status add(octet_context *ctx, octet_statistics *statistics, const octet_model *model,
                        const octet_calibration_source *source, const octet_conversion *given) {
    octet_conversion options;
    octet_float_graph graph;
    OCTET_TRY(OCTET_OPTIONS_TAKE(ctx, octet_conversion, given, &options));
    OCTET_TRY(octet_api_float_graph(ctx, model, &graph));
    const octet_status status = add_part(ctx, graph.graph, source, &options, statistics);
    octet_api_release_float_graph(ctx, &graph);
    return status;
}

octet_status octet_statistics_add(octet_context *ctx, octet_statistics *statistics, const octet_model *model,
                                  const float *const *inputs, uint64_t n_samples, const octet_conversion *options) {
    const octet_calibration_source source = {.arrays = inputs, .n_samples = n_samples};
    return add(ctx, statistics, model, &source, options);
}

octet_status octet_statistics_add_data(octet_context *ctx, octet_statistics *statistics, const octet_model *model,
                                       octet_data *data, const octet_conversion *options) {
    const octet_calibration_source source = {.data = data};
    return add(ctx, statistics, model, &source, options);
}

octet_status octet_statistics_merge(octet_context *ctx, octet_statistics *into, const octet_statistics *from) {
    return octet_statistics_join(ctx, into, from);
}

octet_status octet_statistics_save(octet_context *ctx, const octet_statistics *statistics, const char *path) {
    octet_buffer buffer = {0};
    octet_status status = octet_statistics_write(ctx, statistics, &buffer);
    if (status == OCTET_OK) status = octet_file_write(ctx, path, (octet_bytes){buffer.data, buffer.size});
    octet_buffer_free(ctx, &buffer);
    return status;
}

octet_status octet_statistics_save_bytes(octet_context *ctx, const octet_statistics *statistics, void **out,
                                         size_t *size) {
    octet_buffer buffer = {0};
    const octet_status status = octet_statistics_write(ctx, statistics, &buffer);
    return octet_api_give_bytes(ctx, &buffer, status, out, size);
}

octet_status octet_statistics_load(octet_context *ctx, const char *path, octet_statistics **out) {
    octet_file file;
    OCTET_TRY(octet_file_open(ctx, path, &file));
    const octet_status status = octet_statistics_read(ctx, file.bytes, path, out);
    octet_file_close(ctx, &file);
    return status;
}

octet_status octet_statistics_load_bytes(octet_context *ctx, const void *bytes, size_t size, const char *name,
                                         octet_statistics **out) {
    return octet_statistics_read(ctx, (octet_bytes){bytes, size}, name, out);
}

uint64_t octet_statistics_fingerprint(const octet_statistics *statistics) { return statistics->fingerprint; }

octet_status octet_api_missing_parts(octet_context *ctx, const octet_parts *parts, char **out) {
    char missing[OCTET_PARTS_TEXT];
    octet_buffer buffer = {0};
    *out = NULL;
    if (parts->n == 0) return OCTET_OK;
    octet_parts_text(parts, true, missing);
    const octet_status status = octet_buffer_format(ctx, &buffer, "%s of %" PRIu32, missing, parts->n);
    return octet_api_give_text(ctx, &buffer, status, out);
}

octet_status octet_statistics_missing(octet_context *ctx, const octet_statistics *statistics, char **out) {
    return octet_api_missing_parts(ctx, &statistics->parts, out);
}

void octet_statistics_describe(const octet_statistics *statistics, octet_calibration *out) {
    const char *where;
    const octet_data_range *data = &statistics->data;
    octet_calibration seen = {.n_samples = statistics->n_samples,
                              .n_distinct = octet_statistics_n_distinct(statistics),
                              .late_growth = octet_statistics_late_growth(statistics, &where),
                              .statistics_bytes = octet_statistics_bytes(statistics, OCTET_KINDS_ALL)};
    const octet_settling settling = octet_statistics_settling(statistics);
    seen.last_tenth = settling.last_tenth;
    seen.enough_samples = octet_settling_enough(&settling, statistics->n_samples, OCTET_CHECKS_SETTLED);
    snprintf(seen.late_layer, sizeof seen.late_layer, "%s", where);
    if (data->raw_min <= data->raw_max) { /* something was read */
        seen.raw_min = data->raw_min;
        seen.raw_max = data->raw_max;
        seen.min = data->min;
        seen.max = data->max;
    }
    octet_options_give(&seen, sizeof seen, out);
}
