/* Loads and writes models, and describes their inputs, outputs and tensors. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "api/handles.h"
#include "api/options.h"
#include "base/buffer.h"
#include "base/file.h"
#include "base/format.h"
#include "export/tflite/tflite.h"
#include "graph/entry.h"
#include "passes/passes.h"
#include "passes/trained_pairs.h"

enum { MAX_INPUT_SHAPES = 64 };

octet_status octet_api_wrap(octet_context *ctx, octet_graph *graph, const char *path, octet_model_kind kind,
                            octet_model **out) {
    void *block = NULL;
    const octet_status status = octet_memory_allocate(ctx, sizeof(octet_model), &block);
    if (status != OCTET_OK) {
        octet_graph_destroy(ctx, graph);
        return status;
    }
    octet_model *model = block;
    *model = (octet_model){.graph = graph, .path = "", .kind = kind};
    if (octet_arena_string(ctx, &model->arena, path, &model->path) != OCTET_OK) {
        octet_model_destroy(ctx, model);
        return ctx->status;
    }
    *out = model;
    return OCTET_OK;
}

/* "96,96,3;10": a shape per input, in their order; an empty one leaves an input as the file has it. */
static octet_status read_shapes(octet_context *ctx, const char *text, octet_shape *shapes, uint32_t *n_shapes) {
    *n_shapes = 0;
    for (const char *at = text; at != NULL; at = strchr(at, ';')) {
        if (*at == ';') at++;
        OCTET_CHECK(ctx, *n_shapes < MAX_INPUT_SHAPES, OCTET_LIMIT, "input shape %s: more than %d inputs", text,
                    MAX_INPUT_SHAPES);
        octet_shape *shape = &shapes[(*n_shapes)++];
        *shape = (octet_shape){0};
        while (*at != '\0' && *at != ';') {
            char *end;
            const long dim = strtol(at, &end, 10);
            const bool ends = *end == ',' || *end == ';' || *end == '\0';
            const bool good = end != at && ends && dim >= 1 && dim <= INT32_MAX && shape->rank < OCTET_MAX_RANK;
            OCTET_CHECK(ctx, good, OCTET_USAGE, "input shape %s: write positive numbers with commas, as in 224,224,3",
                        text);
            shape->dims[shape->rank++] = (int32_t)dim;
            at = *end == ',' ? end + 1 : end;
        }
    }
    return OCTET_OK;
}

/* Spectra stay inside a model. */
static octet_status check_ports(octet_context *ctx, const octet_graph *graph, const octet_port *ports, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        OCTET_CHECK(ctx, graph->values[ports[i].value].type != OCTET_COMPLEX64, OCTET_UNSUPPORTED,
                    "%s: %s is complex64, which octet takes inside a model only", graph->source, ports[i].name);
    return OCTET_OK;
}

/* A handle for a graph as it was read. A Keras model is brought into the form that octet runs and writes. */
static octet_status wrap_loaded(octet_context *ctx, octet_graph *graph, const char *path, octet_model_kind kind,
                                octet_model **out) {
    octet_status status = check_ports(ctx, graph, graph->inputs, graph->n_inputs);
    if (status == OCTET_OK) status = check_ports(ctx, graph, graph->outputs, graph->n_outputs);
    if (status == OCTET_OK) status = octet_graph_find_entries(ctx, graph);
    if (status == OCTET_OK && kind != OCTET_KIND_TFLITE) status = octet_passes_run(ctx, graph);
    if (status == OCTET_OK) return octet_api_wrap(ctx, graph, path, kind, out);
    octet_graph_destroy(ctx, graph);
    return status;
}

/* From a path, or from memory where `bytes` is given. */
static octet_status load(octet_context *ctx, const char *name, const octet_bytes *bytes,
                         const octet_load_options *given, octet_model **out) {
    octet_model_kind kind = OCTET_KIND_TFLITE;
    octet_shape shapes[MAX_INPUT_SHAPES];
    octet_load_options options;
    octet_graph *graph = NULL;
    ctx->doing = "loading the model";
    OCTET_TRY(OCTET_OPTIONS_TAKE(ctx, octet_load_options, given, &options));
    octet_import_options import = {.architecture = options.architecture,
                                   .input_shapes = shapes,
                                   .resize = options.resize,
                                   .first_graph = options.first_graph,
                                   .signature = options.signature};
    OCTET_CHECK(ctx, !options.first_graph || options.signature == NULL, OCTET_USAGE,
                "%s: either the first graph or the one of signature %s can be loaded", name, options.signature);
    OCTET_TRY(read_shapes(ctx, options.input_shape, shapes, &import.n_input_shapes));
    OCTET_TRY(bytes != NULL ? octet_import_bytes(ctx, *bytes, name, &import, &kind, &graph)
                            : octet_import(ctx, name, &import, &kind, &graph));
    return wrap_loaded(ctx, graph, name, kind, out);
}

octet_status octet_model_load(octet_context *ctx, const char *path, const octet_load_options *options,
                              octet_model **out) {
    octet_model *model = NULL;
    struct stat status;
    OCTET_TRY(load(ctx, path, NULL, options, &model));
    if (stat(path, &status) != 0) {
        const int error = errno;
        octet_model_destroy(ctx, model);
        return octet_context_fail(ctx, octet_status_of_error(error), "%s: cannot be looked at: %s", path,
                                  octet_format_error(error));
    }
    model->file_bytes = (uint64_t)status.st_size;
    *out = model;
    return OCTET_OK;
}

octet_status octet_model_load_bytes(octet_context *ctx, const void *bytes, size_t size, const char *name,
                                    const octet_load_options *options, octet_model **out) {
    const octet_bytes file = {.data = bytes, .size = size};
    octet_model *model = NULL;
    OCTET_TRY(load(ctx, name, &file, options, &model));
    model->file_bytes = size;
    *out = model;
    return OCTET_OK;
}

void octet_model_destroy(octet_context *ctx, octet_model *model) {
    if (model == NULL) return;
    octet_graph_destroy(ctx, model->graph);
    octet_arena_free(ctx, &model->seen.arena);
    octet_arena_free(ctx, &model->arena);
    octet_memory_free(ctx, model);
}

uint32_t octet_model_n_inputs(const octet_model *model) { return model->graph->n_inputs; }
uint32_t octet_model_n_outputs(const octet_model *model) { return model->graph->n_outputs; }

static void describe(const octet_graph *graph, uint32_t index, const char *name, octet_tensor *out) {
    const octet_value *value = &graph->values[index];
    const octet_quantization *q = &value->quantization;
    const size_t n = octet_shape_elements(&value->shape);
    octet_tensor tensor = {.index = index,
                           .name = name != NULL ? name : value->name,
                           .type = octet_type_name(value->type),
                           .rank = value->shape.rank,
                           .n_elements = n,
                           .size_bytes = n * octet_type_size(value->type),
                           .is_constant = octet_value_is_constant(value),
                           .is_variable = value->is_variable,
                           .quantized = q->n == 1,
                           .scale = q->n == 1 ? q->scale[0] : 0.0f,
                           .zero_point = q->n == 1 ? q->zero_point[0] : 0,
                           .n_scales = q->n,
                           .axis = q->axis,
                           .scales = q->n > 0 ? q->scale : NULL,
                           .zero_points = q->n > 0 ? q->zero_point : NULL};
    memcpy(tensor.dims, value->shape.dims, sizeof tensor.dims);
    for (int32_t i = 0; i < tensor.rank; i++) tensor.dims_signature[i] = value->open >> i & 1 ? -1 : tensor.dims[i];
    octet_options_give(&tensor, sizeof tensor, out);
}
_Static_assert((int)OCTET_TENSOR_MAX_RANK == (int)OCTET_MAX_RANK, "octet.h and graph/type.h differ");

void octet_model_input(const octet_model *model, uint32_t index, octet_tensor *out) {
    describe(model->graph, model->graph->inputs[index].value, model->graph->inputs[index].name, out);
}

void octet_model_output(const octet_model *model, uint32_t index, octet_tensor *out) {
    describe(model->graph, model->graph->outputs[index].value, model->graph->outputs[index].name, out);
}

uint32_t octet_model_n_tensors(const octet_model *model) { return model->graph->n_values; }

void octet_model_tensor(const octet_model *model, uint32_t index, octet_tensor *out) {
    describe(model->graph, index, NULL, out);
}

uint32_t octet_model_n_signatures(const octet_model *model) { return model->graph->n_signatures; }
const char *octet_model_signature(const octet_model *model, uint32_t index) { return model->graph->signatures[index]; }

uint32_t octet_model_current_signature(const octet_model *model) {
    const octet_graph *graph = model->graph;
    return graph->signature < graph->n_signatures ? graph->signature : graph->n_signatures;
}

const char *octet_model_format(const octet_model *model) {
    static const char *const names[] = {
        [OCTET_KIND_KERAS_2] = "Keras 2", [OCTET_KIND_KERAS_3] = "Keras 3", [OCTET_KIND_TFLITE] = "TensorFlow Lite"};
    return names[model->kind];
}

const char *octet_model_loss(const octet_model *model) { return model->graph->loss; }

bool octet_model_is_quantized(const octet_model *model) {
    if (octet_trained_pairs_stand(model->graph)) return false;
    for (uint32_t i = 0; i < model->graph->n_values; i++) {
        const octet_value *value = &model->graph->values[i];
        if (octet_type_is_quantized(value->type) && value->quantization.n > 0) return true;
    }
    return false;
}

octet_status octet_model_is_trained(octet_context *ctx, const octet_model *model, bool *out) {
    octet_float_graph graph;
    OCTET_TRY(octet_api_float_graph(ctx, model, &graph));
    *out = octet_quantize_is_trained(graph.graph);
    octet_api_release_float_graph(ctx, &graph);
    return OCTET_OK;
}

octet_status octet_model_check_output(octet_context *ctx, const octet_model *model, const char *path) {
    OCTET_CHECK(ctx, !octet_file_is_same(model->path, path), OCTET_USAGE,
                "%s: is the model itself, which would be lost: name another file to write", path);
    return octet_file_check_writable(ctx, path);
}

octet_status octet_model_write(octet_context *ctx, const octet_model *model, const char *path) {
    return octet_export_tflite_file(ctx, model->graph, path);
}

octet_status octet_model_write_bytes(octet_context *ctx, const octet_model *model, void **out, size_t *size) {
    octet_buffer buffer = {0};
    const octet_status status = octet_export_tflite(ctx, model->graph, &buffer);
    return octet_api_give_bytes(ctx, &buffer, status, out, size);
}

octet_status octet_model_size(octet_context *ctx, const octet_model *model, size_t *out) {
    if (model->kind == OCTET_KIND_TFLITE && model->file_bytes > 0) {
        *out = (size_t)model->file_bytes;
        return OCTET_OK;
    }
    return octet_export_tflite_size(ctx, model->graph, out);
}
