/* Pieces are built from the last to the first, so that the file reads in order:
 * model, graph, tensors, operators, buffers. */
#include "export/tflite/tflite.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/version.h"
#include "export/tflite/layout.h"
#include "export/tflite/open_batch.h"
#include "formats/flatbuffer_builder.h"
#include "formats/flexbuffer.h"
#include "formats/kind.h"
#include "tflite/builtin.h"
#include "tflite/options.h"
#include "tflite/schema.h"
#include "tflite/types.h"

typedef octet_flatbuffer_ref ref;

typedef struct writer {
    const octet_graph *graph;
    octet_flatbuffer_builder builder;
    octet_tflite_layout layout;
    octet_arena scratch;
} writer;

static octet_status build_table(octet_context *ctx, writer *w, const octet_flatbuffer_field *fields, size_t n,
                                ref *out) {
    return octet_flatbuffer_build_table(ctx, &w->builder, fields, n, out);
}

/* A table of an array of fields. */
#define BUILD_TABLE(fields, out) build_table(ctx, w, (fields), sizeof(fields) / sizeof(fields)[0], (out))

static octet_status build_i32s(octet_context *ctx, writer *w, const int32_t *data, uint32_t n, ref *out) {
    return octet_flatbuffer_build_vector(ctx, &w->builder, data, n, 4, 4, out);
}

/* Buffers 0 (empty), one per distinct constant, and last the text of min_runtime_version. */
static octet_status build_buffers(octet_context *ctx, writer *w, ref *out) {
    const uint32_t n = w->layout.n_buffers + 1;
    ref *refs, data;
    char text[OCTET_TFLITE_MIN_RUNTIME_SIZE] = {0};
    const char *runtime;
    OCTET_TRY(OCTET_NEW(ctx, &w->scratch, n, &refs));
    OCTET_TRY(octet_tflite_layout_runtime(ctx, &w->scratch, &w->layout, &runtime));
    snprintf(text, sizeof text, "%s", runtime);
    OCTET_TRY(
        octet_flatbuffer_build_vector(ctx, &w->builder, text, sizeof text, 1, OCTET_TFLITE_BUFFER_ALIGNMENT, &data));
    const octet_flatbuffer_field runtime_field = octet_flatbuffer_link(OCTET_TFLITE_BUFFER_DATA, data);
    OCTET_TRY(build_table(ctx, w, &runtime_field, 1, &refs[n - 1]));
    for (uint32_t i = w->layout.n_buffers; i-- > 1;) {
        const octet_value *value = &w->graph->values[w->layout.buffers[i]];
        const size_t size = octet_value_bytes(value);
        OCTET_TRY(octet_flatbuffer_build_vector(ctx, &w->builder, value->data, size, 1, OCTET_TFLITE_BUFFER_ALIGNMENT,
                                                &data));
        const octet_flatbuffer_field field = octet_flatbuffer_link(OCTET_TFLITE_BUFFER_DATA, data);
        OCTET_TRY(build_table(ctx, w, &field, 1, &refs[i]));
    }
    OCTET_TRY(build_table(ctx, w, NULL, 0, &refs[0]));
    return octet_flatbuffer_build_refs(ctx, &w->builder, refs, n, out);
}

static octet_status build_quantization(octet_context *ctx, writer *w, const octet_value *value, ref *out) {
    const octet_quantization *q = &value->quantization;
    const float *stated = octet_value_is_constant(value) ? NULL : q->stated; /* a pass may have folded the value */
    ref min = 0, max = 0, scales = 0, zero_points = 0;
    *out = 0;
    if (q->n == 0 && stated == NULL) return OCTET_OK;
    if (q->n > 0) {
        int64_t *wide;
        OCTET_TRY(OCTET_NEW(ctx, &w->scratch, q->n, &wide));
        for (uint32_t i = 0; i < q->n; i++) wide[i] = q->zero_point[i];
        OCTET_TRY(octet_flatbuffer_build_vector(ctx, &w->builder, wide, q->n, 8, 8, &zero_points));
        OCTET_TRY(octet_flatbuffer_build_vector(ctx, &w->builder, q->scale, q->n, 4, 4, &scales));
    }
    if (stated != NULL) {
        OCTET_TRY(octet_flatbuffer_build_vector(ctx, &w->builder, &stated[1], 1, 4, 4, &max));
        OCTET_TRY(octet_flatbuffer_build_vector(ctx, &w->builder, &stated[0], 1, 4, 4, &min));
    }
    const octet_flatbuffer_field fields[] = {
        octet_flatbuffer_link(OCTET_TFLITE_QUANTIZATION_MIN, min),
        octet_flatbuffer_link(OCTET_TFLITE_QUANTIZATION_MAX, max),
        octet_flatbuffer_link(OCTET_TFLITE_QUANTIZATION_SCALE, scales),
        octet_flatbuffer_link(OCTET_TFLITE_QUANTIZATION_ZERO_POINT, zero_points),
        octet_flatbuffer_i32(OCTET_TFLITE_QUANTIZATION_QUANTIZED_DIMENSION, q->axis, 0),
    };
    return BUILD_TABLE(fields, out);
}

/* Names as TensorFlow gives them where a model was traced; a .tflite keeps its own. */
static octet_status tensor_name(octet_context *ctx, writer *w, uint32_t value, const char **out) {
    const octet_graph *graph = w->graph;
    *out = graph->values[value].name;
    if (graph->output_call == NULL) return OCTET_OK;
    for (uint32_t i = 0; i < graph->n_inputs; i++)
        if (graph->inputs[i].value == value)
            return octet_arena_format(ctx, &w->scratch, out, "serving_default_%s:0", graph->inputs[i].name);
    for (uint32_t i = 0; i < graph->n_outputs; i++)
        if (graph->outputs[i].value == value)
            return octet_arena_format(ctx, &w->scratch, out, "%s:%u", graph->output_call, i);
    return OCTET_OK;
}

static bool is_port(const octet_port *ports, uint32_t n, uint32_t value) {
    for (uint32_t i = 0; i < n; i++)
        if (ports[i].value == value) return true;
    return false;
}

/* -1 for the batch that the source leaves open, of inputs and outputs, where runtimes look for it, and of what
 * open_batch.c names. */
static octet_status build_shape_signature(octet_context *ctx, writer *w, uint32_t index, ref *out) {
    const octet_graph *graph = w->graph;
    octet_shape shape = graph->values[index].shape;
    const uint8_t inner = graph->is_traced ? graph->values[index].open : 0;
    const bool is_open_port =
        shape.rank > 0 && shape.dims[0] == 1 &&
        (is_port(graph->inputs, graph->n_inputs, index) || is_port(graph->outputs, graph->n_outputs, index));
    *out = 0;
    if (!graph->open_batch || (!is_open_port && inner == 0)) return OCTET_OK;
    for (int32_t i = 0; i < shape.rank; i++)
        if ((is_open_port && i == 0) || (inner >> i & 1) != 0) shape.dims[i] = -1;
    return build_i32s(ctx, w, shape.dims, (uint32_t)shape.rank, out);
}

static octet_status build_tensor(octet_context *ctx, writer *w, uint32_t index, ref *out) {
    const octet_value *value = &w->graph->values[index];
    const char *text;
    ref quantization, name, shape, signature;
    OCTET_TRY(tensor_name(ctx, w, index, &text));
    OCTET_TRY(build_quantization(ctx, w, value, &quantization));
    OCTET_TRY(octet_flatbuffer_build_string(ctx, &w->builder, text, &name));
    OCTET_TRY(build_shape_signature(ctx, w, index, &signature));
    OCTET_TRY(build_i32s(ctx, w, value->shape.dims, (uint32_t)value->shape.rank, &shape));
    const octet_flatbuffer_field fields[] = {
        octet_flatbuffer_link(OCTET_TFLITE_TENSOR_SHAPE, shape),
        octet_flatbuffer_u8(OCTET_TFLITE_TENSOR_TYPE, (uint8_t)octet_tensor_type_of(value->type), 0),
        octet_flatbuffer_u32(OCTET_TFLITE_TENSOR_BUFFER, w->layout.buffer_of[index], 0),
        octet_flatbuffer_link(OCTET_TFLITE_TENSOR_NAME, name),
        octet_flatbuffer_link(OCTET_TFLITE_TENSOR_QUANTIZATION, quantization),
        octet_flatbuffer_u8(OCTET_TFLITE_TENSOR_IS_VARIABLE, value->is_variable, 0),
        octet_flatbuffer_link(OCTET_TFLITE_TENSOR_SHAPE_SIGNATURE, signature),
        octet_flatbuffer_u8(OCTET_TFLITE_TENSOR_HAS_RANK, 1, 0),
    };
    return BUILD_TABLE(fields, out);
}

static octet_status build_tensors(octet_context *ctx, writer *w, ref *out) {
    ref *refs;
    OCTET_TRY(OCTET_NEW(ctx, &w->scratch, w->layout.n_tensors, &refs));
    for (uint32_t i = w->layout.n_tensors; i-- > 0;) OCTET_TRY(build_tensor(ctx, w, w->layout.tensors[i], &refs[i]));
    return octet_flatbuffer_build_refs(ctx, &w->builder, refs, w->layout.n_tensors, out);
}

static octet_status option_field(octet_context *ctx, writer *w, int number, const octet_option *option,
                                 const octet_options *options, octet_flatbuffer_field *out) {
    const octet_option_value value = octet_option_get(option, options);
    const uint8_t usual = (uint8_t)option->usual;
    int32_t bits;
    ref list;
    *out = (octet_flatbuffer_field){.number = number};
    switch (option->kind) {
    case OCTET_OPTION_I32: *out = octet_flatbuffer_i32(number, value.integer, option->usual); break;
    case OCTET_OPTION_F32:
        memcpy(&bits, &value.real, sizeof bits); /* 0.0f is 0 */
        *out = octet_flatbuffer_i32(number, bits, 0);
        break;
    case OCTET_OPTION_PADDING:
    case OCTET_OPTION_ACTIVATION: *out = octet_flatbuffer_u8(number, (uint8_t)value.integer, usual); break;
    case OCTET_OPTION_BOOL: *out = octet_flatbuffer_u8(number, value.flag, usual); break;
    case OCTET_OPTION_TYPE:
        *out = octet_flatbuffer_u8(number, (uint8_t)octet_tensor_type_of((octet_type)value.integer), usual);
        break;
    case OCTET_OPTION_I32_LIST:
        OCTET_TRY(build_i32s(ctx, w, value.list, (uint32_t)value.n_list, &list));
        *out = octet_flatbuffer_link(number, list);
        break;
    case OCTET_OPTION_MUST_BE_0: break;
    }
    return OCTET_OK;
}

static octet_status build_options(octet_context *ctx, writer *w, const octet_operator *op, uint8_t *type, ref *out) {
    const octet_tflite_options place = octet_tflite_options_of(op->code);
    const octet_option_list list = octet_options_of(op->code);
    octet_flatbuffer_field fields[OCTET_FLATBUFFER_MAX_FIELDS];
    *out = 0;
    /* A RESHAPE has its shape as an input; an options table without it confuses old readers. */
    *type = op->code == OCTET_OP_RESHAPE ? 0 : place.type;
    if (*type == 0) return OCTET_OK;
    assert(list.n <= OCTET_FLATBUFFER_MAX_FIELDS);
    for (uint32_t i = 0; i < list.n; i++)
        OCTET_TRY(option_field(ctx, w, place.first_field + (int)i, &list.items[i], &op->options, &fields[i]));
    return build_table(ctx, w, fields, list.n, out);
}

/* The options of a custom operator: a map of FlexBuffers. */
static octet_status build_custom_options(octet_context *ctx, writer *w, const octet_operator *op, ref *out) {
    const octet_option_list list = octet_options_of(op->code);
    octet_flexbuffer_field fields[OCTET_FLEXBUFFER_MAX_FIELDS];
    octet_buffer map = {0};
    *out = 0;
    if (octet_builtin_custom_code(op->code) == NULL) return OCTET_OK;
    assert(list.n <= OCTET_FLEXBUFFER_MAX_FIELDS);
    for (uint32_t i = 0; i < list.n; i++) {
        const octet_option *option = &list.items[i];
        const octet_option_value value = octet_option_get(option, &op->options);
        fields[i] = (octet_flexbuffer_field){
            .key = octet_option_name(option), .kind = OCTET_FLEXBUFFER_I32, .bits = (uint32_t)value.integer};
        if (option->kind == OCTET_OPTION_F32) {
            fields[i].kind = OCTET_FLEXBUFFER_F32;
            memcpy(&fields[i].bits, &value.real, sizeof value.real);
        }
        if (option->kind == OCTET_OPTION_BOOL) {
            fields[i].kind = OCTET_FLEXBUFFER_BOOL;
            fields[i].bits = value.flag;
        }
    }
    octet_status status = octet_flexbuffer_write(ctx, fields, list.n, &map);
    if (status == OCTET_OK)
        status =
            octet_flatbuffer_build_vector(ctx, &w->builder, map.data, map.size, 1, OCTET_TFLITE_BUFFER_ALIGNMENT, out);
    octet_buffer_free(ctx, &map);
    return status;
}

static octet_status build_indices(octet_context *ctx, writer *w, const uint32_t *values, uint32_t n, ref *out) {
    int32_t *indices;
    OCTET_TRY(OCTET_NEW(ctx, &w->scratch, n, &indices));
    for (uint32_t i = 0; i < n; i++)
        indices[i] = values[i] == OCTET_NONE ? -1 : (int32_t)w->layout.tensor_of[values[i]];
    return build_i32s(ctx, w, indices, n, out);
}

static octet_status build_operator(octet_context *ctx, writer *w, const octet_operator *op, ref *out) {
    ref options, custom, inputs, outputs, intermediates = 0;
    uint8_t type;
    OCTET_TRY(build_custom_options(ctx, w, op, &custom));
    OCTET_TRY(build_options(ctx, w, op, &type, &options));
    if (op->n_intermediates > 0)
        OCTET_TRY(build_indices(ctx, w, op->intermediates, op->n_intermediates, &intermediates));
    OCTET_TRY(build_indices(ctx, w, op->outputs, op->n_outputs, &outputs));
    OCTET_TRY(build_indices(ctx, w, op->inputs, op->n_inputs, &inputs));
    const octet_flatbuffer_field fields[] = {
        octet_flatbuffer_u32(OCTET_TFLITE_OPERATOR_OPCODE_INDEX, w->layout.code_index[op->code], 0),
        octet_flatbuffer_link(OCTET_TFLITE_OPERATOR_INPUTS, inputs),
        octet_flatbuffer_link(OCTET_TFLITE_OPERATOR_OUTPUTS, outputs),
        octet_flatbuffer_u8(OCTET_TFLITE_OPERATOR_BUILTIN_OPTIONS_TYPE, type, 0),
        octet_flatbuffer_link(OCTET_TFLITE_OPERATOR_BUILTIN_OPTIONS, options),
        octet_flatbuffer_link(OCTET_TFLITE_OPERATOR_CUSTOM_OPTIONS, custom),
        octet_flatbuffer_link(OCTET_TFLITE_OPERATOR_INTERMEDIATES, intermediates),
    };
    return BUILD_TABLE(fields, out);
}

static octet_status build_operators(octet_context *ctx, writer *w, ref *out) {
    ref *refs;
    uint32_t n = 0;
    OCTET_TRY(OCTET_NEW(ctx, &w->scratch, w->graph->n_operators, &refs));
    for (uint32_t i = 0; i < w->graph->n_operators; i++) n += !w->graph->operators[i].removed;
    uint32_t at = n;
    for (uint32_t i = w->graph->n_operators; i-- > 0;)
        if (!w->graph->operators[i].removed) OCTET_TRY(build_operator(ctx, w, &w->graph->operators[i], &refs[--at]));
    return octet_flatbuffer_build_refs(ctx, &w->builder, refs, n, out);
}

static octet_status build_ports(octet_context *ctx, writer *w, const octet_port *ports, uint32_t n, ref *out) {
    uint32_t *values;
    OCTET_TRY(OCTET_NEW(ctx, &w->scratch, n, &values));
    for (uint32_t i = 0; i < n; i++) values[i] = ports[i].value;
    return build_indices(ctx, w, values, n, out);
}

static octet_status build_subgraph(octet_context *ctx, writer *w, ref *out) {
    const octet_graph *graph = w->graph;
    ref operators, tensors, name, inputs, outputs, subgraph;
    OCTET_TRY(build_operators(ctx, w, &operators));
    OCTET_TRY(build_tensors(ctx, w, &tensors));
    OCTET_TRY(octet_flatbuffer_build_string(ctx, &w->builder, "main", &name));
    OCTET_TRY(build_ports(ctx, w, graph->outputs, graph->n_outputs, &outputs));
    OCTET_TRY(build_ports(ctx, w, graph->inputs, graph->n_inputs, &inputs));
    const octet_flatbuffer_field fields[] = {
        octet_flatbuffer_link(OCTET_TFLITE_SUBGRAPH_TENSORS, tensors),
        octet_flatbuffer_link(OCTET_TFLITE_SUBGRAPH_INPUTS, inputs),
        octet_flatbuffer_link(OCTET_TFLITE_SUBGRAPH_OUTPUTS, outputs),
        octet_flatbuffer_link(OCTET_TFLITE_SUBGRAPH_OPERATORS, operators),
        octet_flatbuffer_link(OCTET_TFLITE_SUBGRAPH_NAME, name),
    };
    OCTET_TRY(BUILD_TABLE(fields, &subgraph));
    return octet_flatbuffer_build_refs(ctx, &w->builder, &subgraph, 1, out);
}

static octet_status build_codes(octet_context *ctx, writer *w, ref *out) {
    ref *refs;
    OCTET_TRY(OCTET_NEW(ctx, &w->scratch, w->layout.n_codes, &refs));
    for (uint32_t i = w->layout.n_codes; i-- > 0;) {
        const octet_operator_code code = w->layout.codes[i];
        const int32_t builtin = (int32_t)octet_builtin_of(code);
        /* Readers from before TensorFlow 2.4 know the one-byte field only. */
        const int32_t narrow = builtin < OCTET_BUILTIN_PLACEHOLDER ? builtin : OCTET_BUILTIN_PLACEHOLDER;
        ref custom;
        OCTET_TRY(octet_flatbuffer_build_string(ctx, &w->builder, octet_builtin_custom_code(code), &custom));
        const octet_flatbuffer_field fields[] = {
            octet_flatbuffer_u8(OCTET_TFLITE_OPERATOR_CODE_DEPRECATED_BUILTIN, (uint8_t)narrow, 0),
            octet_flatbuffer_link(OCTET_TFLITE_OPERATOR_CODE_CUSTOM, custom),
            octet_flatbuffer_i32(OCTET_TFLITE_OPERATOR_CODE_VERSION, w->layout.versions[i], 1),
            octet_flatbuffer_i32(OCTET_TFLITE_OPERATOR_CODE_BUILTIN, builtin, 0),
        };
        OCTET_TRY(BUILD_TABLE(fields, &refs[i]));
    }
    return octet_flatbuffer_build_refs(ctx, &w->builder, refs, w->layout.n_codes, out);
}

/* A name that no earlier port of the list has, and not "". */
static octet_status port_name(octet_context *ctx, writer *w, const octet_port *ports, uint32_t index, const char *what,
                              const char **out) {
    *out = ports[index].name;
    bool taken = *out == NULL || **out == '\0';
    for (uint32_t i = 0; i < index && !taken; i++) taken = ports[i].name != NULL && strcmp(ports[i].name, *out) == 0;
    return taken ? octet_arena_format(ctx, &w->scratch, out, "%s_%u", what, index) : OCTET_OK;
}

static octet_status build_maps(octet_context *ctx, writer *w, const octet_port *ports, uint32_t n, const char *what,
                               ref *out) {
    ref *refs;
    OCTET_TRY(OCTET_NEW(ctx, &w->scratch, n, &refs));
    for (uint32_t i = n; i-- > 0;) {
        const char *text;
        ref name;
        OCTET_TRY(port_name(ctx, w, ports, i, what, &text));
        OCTET_TRY(octet_flatbuffer_build_string(ctx, &w->builder, text, &name));
        const octet_flatbuffer_field fields[] = {
            octet_flatbuffer_link(OCTET_TFLITE_TENSOR_MAP_NAME, name),
            octet_flatbuffer_u32(OCTET_TFLITE_TENSOR_MAP_TENSOR_INDEX, w->layout.tensor_of[ports[i].value], 0),
        };
        OCTET_TRY(BUILD_TABLE(fields, &refs[i]));
    }
    return octet_flatbuffer_build_refs(ctx, &w->builder, refs, n, out);
}

static octet_status build_signature(octet_context *ctx, writer *w, ref *out) {
    ref key, inputs, outputs, signature;
    OCTET_TRY(octet_flatbuffer_build_string(ctx, &w->builder, OCTET_TFLITE_SERVING, &key));
    OCTET_TRY(build_maps(ctx, w, w->graph->outputs, w->graph->n_outputs, "output", &outputs));
    OCTET_TRY(build_maps(ctx, w, w->graph->inputs, w->graph->n_inputs, "input", &inputs));
    const octet_flatbuffer_field fields[] = {
        octet_flatbuffer_link(OCTET_TFLITE_SIGNATURE_INPUTS, inputs),
        octet_flatbuffer_link(OCTET_TFLITE_SIGNATURE_OUTPUTS, outputs),
        octet_flatbuffer_link(OCTET_TFLITE_SIGNATURE_KEY, key),
    };
    OCTET_TRY(BUILD_TABLE(fields, &signature));
    return octet_flatbuffer_build_refs(ctx, &w->builder, &signature, 1, out);
}

static octet_status build_metadata(octet_context *ctx, writer *w, ref *out) {
    ref name, metadata;
    OCTET_TRY(octet_flatbuffer_build_string(ctx, &w->builder, OCTET_TFLITE_MIN_RUNTIME, &name));
    const octet_flatbuffer_field fields[] = {
        octet_flatbuffer_link(OCTET_TFLITE_METADATA_NAME, name),
        octet_flatbuffer_u32(OCTET_TFLITE_METADATA_BUFFER, w->layout.n_buffers, 0),
    };
    OCTET_TRY(BUILD_TABLE(fields, &metadata));
    return octet_flatbuffer_build_refs(ctx, &w->builder, &metadata, 1, out);
}

static octet_status build_model(octet_context *ctx, writer *w, ref *out) {
    ref buffers, subgraphs, codes, signatures, metadata, description;
    OCTET_TRY(build_buffers(ctx, w, &buffers));
    OCTET_TRY(build_signature(ctx, w, &signatures));
    OCTET_TRY(build_metadata(ctx, w, &metadata));
    OCTET_TRY(build_subgraph(ctx, w, &subgraphs));
    OCTET_TRY(octet_flatbuffer_build_string(ctx, &w->builder, "octet " OCTET_VERSION_TEXT, &description));
    OCTET_TRY(build_codes(ctx, w, &codes));
    const octet_flatbuffer_field fields[] = {
        octet_flatbuffer_u32(OCTET_TFLITE_MODEL_VERSION, OCTET_TFLITE_SCHEMA_VERSION, 0),
        octet_flatbuffer_link(OCTET_TFLITE_MODEL_OPERATOR_CODES, codes),
        octet_flatbuffer_link(OCTET_TFLITE_MODEL_SUBGRAPHS, subgraphs),
        octet_flatbuffer_link(OCTET_TFLITE_MODEL_DESCRIPTION, description),
        octet_flatbuffer_link(OCTET_TFLITE_MODEL_BUFFERS, buffers),
        octet_flatbuffer_link(OCTET_TFLITE_MODEL_METADATA, metadata),
        octet_flatbuffer_link(OCTET_TFLITE_MODEL_SIGNATURE_DEFS, signatures),
    };
    return BUILD_TABLE(fields, out);
}

/* The finished file in pieces, as `use` takes it. */
typedef octet_status use_pieces(octet_context *ctx, const writer *w, const octet_bytes *pieces, size_t n, void *user);

static octet_status export(octet_context *ctx, const octet_graph *graph, use_pieces *use, void *user) {
    OCTET_CHECK(ctx, graph->n_carries == 0, OCTET_UNSUPPORTED,
                "%s keeps its state in variables, which octet runs and does not write", graph->source);
    octet_graph opened = *graph;
    writer w = {.graph = &opened};
    ref model = 0;
    octet_bytes *pieces;
    size_t n;
    opened.arena = (octet_arena){0};
    octet_status status = octet_tflite_open_batch(ctx, graph, &opened);
    if (status == OCTET_OK) status = octet_tflite_layout_plan(ctx, &w.scratch, &opened, &w.layout);
    if (status == OCTET_OK) status = build_model(ctx, &w, &model);
    if (status == OCTET_OK) status = octet_flatbuffer_builder_finish(ctx, &w.builder, model, OCTET_SIGNATURE_TFLITE);
    if (status == OCTET_OK) status = octet_flatbuffer_builder_pieces(ctx, &w.builder, &w.scratch, &pieces, &n);
    if (status == OCTET_OK) status = use(ctx, &w, pieces, n, user);
    octet_flatbuffer_builder_free(ctx, &w.builder);
    octet_arena_free(ctx, &w.scratch);
    octet_arena_free(ctx, &opened.arena);
    return status;
}

static octet_status append_pieces(octet_context *ctx, const writer *w, const octet_bytes *pieces, size_t n,
                                  void *user) {
    octet_buffer *out = user;
    uint8_t *place;
    OCTET_TRY(octet_buffer_extend(ctx, out, w->builder.size, &place));
    for (size_t i = 0; i < n; place += pieces[i++].size)
        if (pieces[i].size > 0) memcpy(place, pieces[i].data, pieces[i].size);
    return OCTET_OK;
}

static octet_status write_pieces(octet_context *ctx, const writer *w, const octet_bytes *pieces, size_t n, void *user) {
    (void)w;
    return octet_file_write_pieces(ctx, user, pieces, n);
}

static octet_status take_size(octet_context *ctx, const writer *w, const octet_bytes *pieces, size_t n, void *user) {
    size_t *size = user;
    (void)ctx, (void)pieces, (void)n;
    *size = w->builder.size;
    return OCTET_OK;
}

octet_status octet_export_tflite(octet_context *ctx, const octet_graph *graph, octet_buffer *out) {
    return export(ctx, graph, append_pieces, out);
}

octet_status octet_export_tflite_file(octet_context *ctx, const octet_graph *graph, const char *path) {
    return export(ctx, graph, write_pieces, (void *)(uintptr_t)path);
}

octet_status octet_export_tflite_size(octet_context *ctx, const octet_graph *graph, size_t *size) {
    return export(ctx, graph, take_size, size);
}
