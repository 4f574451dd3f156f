/* Inputs for exported C, and what must come of them. */
#include <stdlib.h>
#include <string.h>

#include "api/export.h"
#include "api/vector_source.h"
#include "data/samples.h"

enum { MOST_BYTES = 1 << 20 };

typedef struct vectors_job {
    octet_arena *arena;
    const octet_model *model;
    bool keeps_state;
    octet_vector_source source;
    octet_interpreter *interpreter;
} vectors_job;

static size_t port_bytes(const octet_graph *graph, const octet_port *port) {
    return octet_value_bytes(&graph->values[port->value]);
}

static octet_status make_room(octet_context *ctx, vectors_job *job, size_t n, octet_c_vectors *out) {
    const octet_graph *graph = job->model->graph;
    size_t bytes = 1;
    for (uint32_t i = 0; i < graph->n_inputs; i++) bytes += port_bytes(graph, &graph->inputs[i]);
    for (uint32_t i = 0; i < graph->n_outputs; i++) bytes += port_bytes(graph, &graph->outputs[i]);
    if (n > MOST_BYTES / bytes) n = MOST_BYTES / bytes;
    out->n = n > 0 ? (uint32_t)n : 1;
    OCTET_TRY(OCTET_NEW(ctx, job->arena, graph->n_inputs, &out->inputs));
    OCTET_TRY(OCTET_NEW(ctx, job->arena, graph->n_outputs, &out->outputs));
    for (uint32_t i = 0; i < graph->n_inputs; i++)
        OCTET_TRY(octet_arena_array(ctx, job->arena, out->n, port_bytes(graph, &graph->inputs[i]),
                                    (void **)(uintptr_t)&out->inputs[i]));
    for (uint32_t i = 0; i < graph->n_outputs; i++)
        OCTET_TRY(octet_arena_array(ctx, job->arena, out->n, port_bytes(graph, &graph->outputs[i]),
                                    (void **)(uintptr_t)&out->outputs[i]));
    return OCTET_OK;
}

/* The numbers as a list, such as "0.5, 2". */
static octet_status list_numbers(octet_context *ctx, octet_buffer *text, const char *name, const double *numbers,
                                 uint32_t n) {
    OCTET_TRY(octet_buffer_format(ctx, text, "%s[%u] = {", name, (unsigned)n));
    for (uint32_t i = 0; i < n; i++)
        OCTET_TRY(octet_buffer_format(ctx, text, "%s%.17g", i > 0 ? ", " : "", numbers[i]));
    return octet_buffer_format(ctx, text, "}");
}

/* channel: of the last dimension, or of all numbers of a sample, as many as there are columns. */
static octet_status write_columns(octet_context *ctx, octet_arena *arena, const octet_columns *columns,
                                  const char **out) {
    octet_buffer text = {0};
    octet_status status = octet_buffer_format(ctx, &text, "static const double ");
    if (status == OCTET_OK)
        status = list_numbers(ctx, &text, columns->is_range ? "scale" : "std", columns->scale, columns->n);
    if (status == OCTET_OK) status = octet_buffer_format(ctx, &text, ", ");
    if (status == OCTET_OK)
        status = list_numbers(ctx, &text, columns->is_range ? "offset" : "mean", columns->shift, columns->n);
    if (status == OCTET_OK)
        status = octet_arena_format(ctx, arena, out, "%s;\n    return (float)(%s);", (const char *)text.data,
                                    columns->is_range ? "(double)x * scale[channel] + offset[channel]"
                                                      : "((double)x - mean[channel]) / std[channel]");
    octet_buffer_free(ctx, &text);
    return status;
}

static const char *scaling_of(const octet_samples *samples, octet_context *ctx, octet_arena *arena,
                              octet_status *status) {
    const octet_scaler *s = &samples->scaler;
    const char *text = NULL;
    if (samples->columns.n > 0) {
        *status = write_columns(ctx, arena, &samples->columns, &text);
        return text;
    }
    switch (s->scaling) {
    case OCTET_SCALING_RAW: return NULL;
    case OCTET_SCALING_UNIT: return "return x / 255.0f;";
    case OCTET_SCALING_SYMMETRIC: return "return x / 127.5f - 1.0f;";
    case OCTET_SCALING_TORCH:
        return "static const float mean[3] = {0.485f, 0.456f, 0.406f}, std[3] = {0.229f, 0.224f, 0.225f};\n"
               "    return (x / 255.0f - mean[channel]) / std[channel];";
    case OCTET_SCALING_CAFFE:
        return "static const float mean[3] = {103.939f, 116.779f, 123.68f}; /* blue, green, red */\n"
               "    return x - mean[channel];";
    case OCTET_SCALING_AFFINE: break;
    }
    if (s->n_channels == 1)
        *status = octet_arena_format(ctx, arena, &text, "return x * %.9ef + %.9ef;", (double)s->scale[0],
                                     (double)s->offset[0]);
    else
        *status = octet_arena_format(
            ctx, arena, &text,
            "static const float scale[3] = {%.9ef, %.9ef, %.9ef}, offset[3] = {%.9ef, %.9ef, %.9ef};\n"
            "    return x * scale[channel] + offset[channel];",
            (double)s->scale[0], (double)s->scale[1], (double)s->scale[2], (double)s->offset[0], (double)s->offset[1],
            (double)s->offset[2]);
    return text;
}

static octet_status run(octet_context *ctx, vectors_job *job, const octet_data *data, size_t n, octet_c_vectors *out,
                        const char ***scalings) {
    const octet_graph *graph = job->model->graph;
    octet_status status = OCTET_OK;
    OCTET_TRY(make_room(ctx, job, n, out));
    OCTET_TRY(octet_api_vector_source_open(ctx, job->arena, graph, data, &job->source));
    OCTET_TRY(OCTET_NEW(ctx, job->arena, (size_t)graph->n_inputs, scalings));
    for (uint32_t i = 0; i < graph->n_inputs && data != NULL; i++) {
        (*scalings)[i] = scaling_of(job->source.samples[i], ctx, job->arena, &status);
        OCTET_TRY(status);
    }
    octet_run_options options = OCTET_RUN_OPTIONS_INIT;
    options.numerics = "integer";
    options.n_threads = 1;
    OCTET_TRY(octet_interpreter_create(ctx, job->model, &options, &job->interpreter));
    for (size_t k = 0; k < out->n; k++) {
        for (uint32_t i = 0; i < graph->n_inputs; i++) {
            const size_t size = port_bytes(graph, &graph->inputs[i]);
            void *tensor = octet_interpreter_input(job->interpreter, i);
            OCTET_TRY(octet_api_vector_source_fill(ctx, &job->source, i, k, tensor));
            memcpy((uint8_t *)(uintptr_t)out->inputs[i] + k * size, tensor, size);
        }
        if (!job->keeps_state) octet_interpreter_reset(job->interpreter);
        octet_interpreter_run(job->interpreter);
        for (uint32_t i = 0; i < graph->n_outputs; i++) {
            const size_t size = port_bytes(graph, &graph->outputs[i]);
            memcpy((uint8_t *)(uintptr_t)out->outputs[i] + k * size, octet_interpreter_output(job->interpreter, i),
                   size);
        }
    }
    return OCTET_OK;
}

octet_status octet_api_export_vectors(octet_context *ctx, octet_arena *arena, const octet_model *model,
                                      const octet_data *data, size_t n, bool keeps_state, octet_c_vectors *out,
                                      const char *const **scalings) {
    vectors_job job = {.arena = arena, .model = model};
    job.keeps_state = octet_schedule_has_state(model->graph, keeps_state);
    const char **found = NULL;
    const octet_status status = run(ctx, &job, data, n, out, &found);
    *scalings = found;
    octet_interpreter_destroy(ctx, job.interpreter);
    return status;
}
