/* Table Operator: 0 opcode_index uint, 1 inputs [int], 2 outputs [int], 3 builtin_options_type, 4 builtin_options, 5 custom_options,
 *   8 intermediates [int], 11 builtin_options_2_type.
 * Table OperatorCode: 0 deprecated_builtin_code byte, 1 custom_code, 2 version int (1), 3 builtin_code int. The builtin operator is the
 *   larger of the two codes; -1 in inputs is an optional one that is absent.
 * Fields of the options tables: graph/options_schema.c. */
#include <string.h>

#include "graph/infer.h"
#include "graph/options_schema.h"
#include "import/tflite_custom.h"
#include "import/tflite_rewrite.h"
#include "import/tflite_source.h"
#include "import/tflite_variables.h"

enum { BUILTIN_IF = 118, BUILTIN_WHILE = 119, BUILTIN_DENSIFY = 124 };

static const int64_t nothing; /* where empty constants point */

typedef struct opcode {
    octet_operator_code code;
    int32_t builtin, version;
    bool known;
} opcode;

/* Used by an operator: an unused code of an unknown operator does no harm. */
static octet_status refuse_code(octet_context *ctx, octet_tflite_source *source, const octet_flatbuffer_vector *codes, uint32_t index,
                                int32_t builtin, uint32_t operator_index) {
    octet_flatbuffer_table table;
    const char *custom;
    OCTET_TRY(octet_flatbuffer_element_table(ctx, &source->fb, codes, index, &table));
    OCTET_TRY(octet_flatbuffer_string_field(ctx, &source->fb, &table, 1, &custom));
    octet_flatbuffer_vector subgraphs;
    OCTET_TRY(octet_flatbuffer_vector_field(ctx, &source->fb, &source->model, 2, 4, true, &subgraphs));
    OCTET_CHECK(ctx, subgraphs.n == 1 || (builtin != BUILTIN_IF && builtin != BUILTIN_WHILE), OCTET_UNSUPPORTED,
                "%s: the model has %u subgraphs (loops or branches); octet supports models with one", source->fb.name, subgraphs.n);
    if (builtin == OCTET_BUILTIN_CUSTOM) {
        return octet_context_fail(ctx, OCTET_UNSUPPORTED,
                                  "%s: operator %u is the custom operator \"%.80s\"; octet supports TFLite's builtin operators",
                                  source->fb.name, operator_index, custom ? custom : "");
    }
    return octet_context_fail(ctx, OCTET_UNSUPPORTED, "%s: operator %u is %s (%d), which octet does not support", source->fb.name,
                              operator_index, octet_tflite_builtin_name(builtin), builtin);
}

static octet_status read_codes(octet_context *ctx, octet_tflite_source *source, octet_flatbuffer_vector *codes, opcode **out) {
    octet_flatbuffer *fb = &source->fb;
    OCTET_TRY(octet_flatbuffer_vector_field(ctx, fb, &source->model, 1, 4, true, codes));
    OCTET_TRY(OCTET_NEW(ctx, &source->scratch, codes->n, out));
    for (uint32_t i = 0; i < codes->n; i++) {
        octet_flatbuffer_table table;
        uint8_t deprecated;
        opcode *code = &(*out)[i];
        OCTET_TRY(octet_flatbuffer_element_table(ctx, fb, codes, i, &table));
        OCTET_TRY(octet_flatbuffer_u8_field(ctx, fb, &table, 0, 0, &deprecated));
        OCTET_TRY(octet_flatbuffer_i32_field(ctx, fb, &table, 2, 1, &code->version));
        OCTET_TRY(octet_flatbuffer_i32_field(ctx, fb, &table, 3, 0, &code->builtin));
        if ((int8_t)deprecated > code->builtin) code->builtin = (int8_t)deprecated;
        const char *custom = NULL;
        if (code->builtin == OCTET_BUILTIN_CUSTOM) OCTET_TRY(octet_flatbuffer_string_field(ctx, fb, &table, 1, &custom));
        code->known = code->builtin == OCTET_BUILTIN_CUSTOM ? octet_tflite_custom_code(custom, &code->code)
                                                      : octet_operator_from_builtin(code->builtin, &code->code);
    }
    return OCTET_OK;
}

octet_status octet_tflite_builtin_of(octet_context *ctx, octet_tflite_source *source, int32_t code, int32_t *out) {
    octet_flatbuffer *fb = &source->fb;
    octet_flatbuffer_vector codes;
    octet_flatbuffer_table table;
    uint8_t deprecated;
    OCTET_TRY(octet_flatbuffer_vector_field(ctx, fb, &source->model, 1, 4, true, &codes));
    OCTET_CHECK(ctx, code >= 0 && (uint32_t)code < codes.n, OCTET_FORMAT, "%s: an operator has code %d of %u", fb->name, code, codes.n);
    OCTET_TRY(octet_flatbuffer_element_table(ctx, fb, &codes, (uint32_t)code, &table));
    OCTET_TRY(octet_flatbuffer_u8_field(ctx, fb, &table, 0, 0, &deprecated));
    OCTET_TRY(octet_flatbuffer_i32_field(ctx, fb, &table, 3, 0, out));
    if ((int8_t)deprecated > *out) *out = (int8_t)deprecated;
    return OCTET_OK;
}

static octet_status read_i32_list(octet_context *ctx, octet_flatbuffer *fb, const octet_flatbuffer_table *table,
                                  const octet_option_field *field, const char *layer, octet_options *options) {
    octet_flatbuffer_vector list;
    OCTET_TRY(octet_flatbuffer_vector_field(ctx, fb, table, field->number, 4, true, &list));
    OCTET_CHECK(ctx, list.n <= OCTET_MAX_RANK, OCTET_FORMAT, "%s: %s: %s has %u entries", fb->name, layer, field->name, list.n);
    options->squeeze.n_dims = (int32_t)list.n;
    for (uint32_t i = 0; i < list.n; i++) options->squeeze.dims[i] = octet_flatbuffer_i32_at(fb, &list, i);
    return OCTET_OK;
}

static octet_status read_option(octet_context *ctx, octet_flatbuffer *fb, const octet_flatbuffer_table *table,
                                const octet_option_field *field, const char *layer, octet_options *options) {
    if (field->kind == OCTET_OPTION_I32_LIST) return read_i32_list(ctx, fb, table, field, layer, options);
    uint8_t *place = (uint8_t *)options + field->offset;
    const bool wide = field->kind == OCTET_OPTION_I32 || field->kind == OCTET_OPTION_F32;
    bool present;
    uint64_t bits;
    OCTET_TRY(octet_flatbuffer_scalar_field(ctx, fb, table, field->number, wide ? 4 : 1, &present, &bits));
    const int32_t value = present ? (int32_t)(uint32_t)bits : field->absent;
    bool flag = value != 0, valid = true;
    octet_type type = OCTET_FLOAT32;
    switch (field->kind) {
    case OCTET_OPTION_I32:
        valid = value >= field->minimum;
        memcpy(place, &value, sizeof value);
        break;
    case OCTET_OPTION_F32: memcpy(place, &value, sizeof value); break;
    case OCTET_OPTION_BOOL:
        valid = value <= 1;
        memcpy(place, &flag, sizeof flag);
        break;
    case OCTET_OPTION_PADDING:
        valid = value <= OCTET_PADDING_VALID;
        memcpy(place, &value, sizeof value);
        break;
    case OCTET_OPTION_ACTIVATION:
        valid = value <= OCTET_ACTIVATION_TANH;
        memcpy(place, &value, sizeof value);
        break;
    case OCTET_OPTION_TYPE:
        valid = octet_type_from_code(value, &type);
        memcpy(place, &type, sizeof type);
        break;
    case OCTET_OPTION_MUST_BE_0: valid = value == 0; break;
    case OCTET_OPTION_I32_LIST: break;
    }
    OCTET_CHECK(ctx, valid, wide ? OCTET_FORMAT : OCTET_UNSUPPORTED, "%s: %s: %s is %d, which %s", fb->name, layer, field->name, value,
                wide ? "is not possible" : "octet does not support");
    return OCTET_OK;
}

static octet_status read_options(octet_context *ctx, octet_tflite_source *source, const octet_flatbuffer_table *table,
                                 octet_operator *op) {
    octet_flatbuffer *fb = &source->fb;
    const octet_options_table *schema = octet_options_table_of(op->code);
    octet_flatbuffer_table options;
    uint8_t kind, kind_2;
    OCTET_TRY(octet_flatbuffer_u8_field(ctx, fb, table, 3, 0, &kind));
    OCTET_TRY(octet_flatbuffer_u8_field(ctx, fb, table, 11, 0, &kind_2));
    OCTET_CHECK(ctx, kind_2 == 0, OCTET_UNSUPPORTED, "%s: %s has options of the second kind (%u)", fb->name, op->layer, kind_2);
    OCTET_CHECK(ctx, kind == 0 || schema->n_fields == 0 || kind == schema->builtin_options, OCTET_FORMAT,
                "%s: %s has options of another operator (table %u instead of %d)", fb->name, op->layer, kind, schema->builtin_options);
    OCTET_TRY(octet_flatbuffer_table_field(ctx, fb, table, 4, &options));
    if (kind == 0) options = (octet_flatbuffer_table){0};
    for (uint32_t i = 0; i < schema->n_fields; i++)
        OCTET_TRY(read_option(ctx, fb, &options, &schema->fields[i], op->layer, &op->options));
    return OCTET_OK;
}

static octet_status read_indices(octet_context *ctx, octet_tflite_source *source, const octet_flatbuffer_table *table, int field,
                                 bool optional, const char *what, uint32_t operator_index, uint32_t **out, uint32_t *n) {
    octet_flatbuffer *fb = &source->fb;
    octet_flatbuffer_vector list;
    OCTET_TRY(octet_flatbuffer_vector_field(ctx, fb, table, field, 4, true, &list));
    OCTET_CHECK(ctx, list.n <= OCTET_MAX_OPERATOR_INPUTS, OCTET_LIMIT, "%s: operator %u has %u %s, at most %d are possible", fb->name,
                operator_index, list.n, what, OCTET_MAX_OPERATOR_INPUTS);
    OCTET_TRY(OCTET_NEW(ctx, &source->graph->arena, (size_t)list.n + 1, out)); /* RESHAPE and custom operators may get one more */
    *n = list.n;
    for (uint32_t i = 0; i < list.n; i++) {
        const int32_t index = octet_flatbuffer_i32_at(fb, &list, i);
        const bool absent = index == -1 && optional;
        OCTET_CHECK(ctx, absent || (index >= 0 && (uint32_t)index < source->tensors.n), OCTET_FORMAT,
                    "%s: operator %u names tensor %d of %u as one of its %s", fb->name, operator_index, index, source->tensors.n, what);
        (*out)[i] = absent ? OCTET_NONE : field == 1 ? source->alias[index] : (uint32_t)index;
    }
    return OCTET_OK;
}

/* A RESHAPE with its shape in the options, or in a tensor that nothing determines before the model runs, gets a constant. */
static octet_status complete_reshape(octet_context *ctx, octet_tflite_source *source, const octet_flatbuffer_table *table,
                                     octet_operator *op) {
    octet_flatbuffer *fb = &source->fb;
    octet_graph *graph = source->graph;
    if (op->n_inputs == 0 || op->n_inputs > 2 || op->n_outputs != 1) return OCTET_OK; /* inference words the error */
    const octet_value *shape = octet_graph_input(graph, op, 1);
    if (shape && shape->data) return OCTET_OK;
    octet_flatbuffer_table options;
    octet_flatbuffer_vector dims;
    OCTET_TRY(octet_flatbuffer_table_field(ctx, fb, table, 4, &options));
    OCTET_TRY(octet_flatbuffer_vector_field(ctx, fb, &options, 0, 4, true, &dims));
    OCTET_CHECK(ctx, dims.n <= OCTET_MAX_RANK, OCTET_LIMIT, "%s: %s gives rank %u", fb->name, op->layer, dims.n);
    octet_shape target = graph->values[op->outputs[0]].shape;
    if (dims.n > 0 && !shape) {
        target.rank = (int32_t)dims.n;
        for (uint32_t i = 0; i < dims.n; i++) target.dims[i] = octet_flatbuffer_i32_at(fb, &dims, i);
    }
    op->n_inputs = 2;
    return octet_graph_add_i32(ctx, graph, "", target.dims, target.rank, &op->inputs[1]);
}

/* The schema calls depth_multiplier redundant; a writer that leaves it out means what the shapes say. */
static void complete_depthwise(const octet_graph *graph, octet_operator *op) {
    const octet_value *input = octet_graph_input(graph, op, 0), *filter = octet_graph_input(graph, op, 1);
    if (op->options.depthwise_conv_2d.depth_multiplier != 0 || !input || !filter) return;
    if (input->shape.rank != 4 || filter->shape.rank != 4 || input->shape.dims[3] == 0) return;
    op->options.depthwise_conv_2d.depth_multiplier = filter->shape.dims[3] / input->shape.dims[3];
}

/* A tensor may be read when it is a constant, an input, a variable, or the result of an earlier operator. */
static octet_status check_inputs(octet_context *ctx, octet_tflite_source *source, const octet_operator *op, bool *written) {
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        if (op->inputs[i] == OCTET_NONE) continue;
        octet_value *value = &source->graph->values[op->inputs[i]];
        if (value->data || value->is_variable || op->inputs[i] >= source->tensors.n || written[op->inputs[i]]) continue;
        /* An empty constant has an empty buffer, which looks like none. */
        OCTET_CHECK(ctx, octet_shape_elements(&value->shape) == 0, OCTET_MODEL,
                    "%s: %s reads tensor %u (%.80s) before anything computes it", source->fb.name, op->layer, op->inputs[i], value->name);
        value->data = &nothing;
    }
    return OCTET_OK;
}

static octet_status claim_results(octet_context *ctx, octet_tflite_source *source, const octet_operator *op, bool *written) {
    octet_graph *graph = source->graph;
    for (uint32_t i = 0; i < op->n_outputs; i++) {
        const octet_value *value = &graph->values[op->outputs[i]];
        OCTET_CHECK(ctx, !written[op->outputs[i]] && !value->data && !value->is_variable, OCTET_MODEL,
                    "%s: %s writes tensor %u (%.80s), which already has a value", source->fb.name, op->layer, op->outputs[i],
                    value->name);
        written[op->outputs[i]] = true;
    }
    return OCTET_OK;
}

static octet_status set_results(octet_context *ctx, octet_tflite_source *source, const octet_operator *op, bool *written) {
    octet_graph *graph = source->graph;
    octet_inferred *inferred;
    OCTET_TRY(claim_results(ctx, source, op, written));
    OCTET_TRY(OCTET_NEW(ctx, &source->scratch, op->n_outputs, &inferred));
    OCTET_TRY(octet_infer(ctx, graph, op, inferred));
    for (uint32_t i = 0; i < op->n_outputs; i++) {
        octet_value *value = &graph->values[op->outputs[i]];
        OCTET_CHECK(ctx, value->type == inferred[i].type, OCTET_MODEL, "%s: %s gives %s, but tensor %u (%.80s) is %s", source->fb.name,
                    op->layer, octet_type_name(inferred[i].type), op->outputs[i], value->name, octet_type_name(value->type));
        value->shape = inferred[i].shape;
    }
    return OCTET_OK;
}

static octet_status read_operator(octet_context *ctx, octet_tflite_source *source, const octet_flatbuffer_table *table,
                                  const opcode *code, uint32_t index, bool *written) {
    octet_graph *graph = source->graph;
    octet_operator op = {.code = code->code};
    OCTET_TRY(read_indices(ctx, source, table, 1, true, "inputs", index, &op.inputs, &op.n_inputs));
    OCTET_TRY(read_indices(ctx, source, table, 2, false, "outputs", index, &op.outputs, &op.n_outputs));
    OCTET_TRY(read_indices(ctx, source, table, 8, true, "intermediates", index, &op.intermediates, &op.n_intermediates));
    const char *name = octet_operator_name(op.code);
    OCTET_CHECK(ctx, op.n_outputs > 0, OCTET_FORMAT, "%s: operator %u (%s) has no output", source->fb.name, index, name);
    const char *output = graph->values[op.outputs[0]].name;
    OCTET_TRY(octet_arena_format(ctx, &graph->arena, &op.layer, "%s #%u (%.*s)", name, index, (int)strcspn(output, ";"), output));
    if (code->builtin == OCTET_BUILTIN_CUSTOM) OCTET_TRY(octet_tflite_read_custom(ctx, source, table, &op));
    else OCTET_TRY(read_options(ctx, source, table, &op));
    if (op.code == OCTET_OP_RESHAPE) OCTET_TRY(complete_reshape(ctx, source, table, &op));
    if (op.code == OCTET_OP_DEPTHWISE_CONV_2D) complete_depthwise(graph, &op);
    if (op.code == OCTET_OP_CAST) { /* the types of its tensors count */
        const octet_value *input = octet_graph_input(graph, &op, 0);
        op.options.cast.in = input ? input->type : OCTET_FLOAT32;
        op.options.cast.out = graph->values[op.outputs[0]].type;
    }
    OCTET_TRY(check_inputs(ctx, source, &op, written));
    OCTET_TRY(set_results(ctx, source, &op, written));
    bool folded;
    OCTET_TRY(octet_tflite_fold_shape(ctx, graph, &op, &folded));
    if (folded) {
        graph->n_folded++;
        return OCTET_OK;
    }
    uint32_t at;
    OCTET_TRY(octet_graph_add_operator(ctx, graph, op.code, op.layer, op.inputs, op.n_inputs, &op.options, op.outputs, op.n_outputs,
                                       OCTET_NONE, &at));
    graph->operators[at].version = code->version;
    graph->operators[at].intermediates = op.intermediates;
    graph->operators[at].n_intermediates = op.n_intermediates;
    return OCTET_OK;
}

/* One that the graph says in other words. */
static octet_status read_rewritten(octet_context *ctx, octet_tflite_source *source, const octet_flatbuffer_table *table, int32_t builtin,
                                   uint32_t index, bool *written) {
    octet_operator op = {0};
    OCTET_TRY(read_indices(ctx, source, table, 1, false, "inputs", index, &op.inputs, &op.n_inputs));
    OCTET_TRY(read_indices(ctx, source, table, 2, false, "outputs", index, &op.outputs, &op.n_outputs));
    OCTET_TRY(octet_arena_format(ctx, &source->graph->arena, &op.layer, "%s #%u", octet_tflite_builtin_name(builtin), index));
    OCTET_TRY(check_inputs(ctx, source, &op, written));
    OCTET_TRY(claim_results(ctx, source, &op, written));
    return octet_tflite_rewrite(ctx, source->graph, builtin, &op);
}

octet_status octet_tflite_read_operators(octet_context *ctx, octet_tflite_source *source) {
    octet_flatbuffer *fb = &source->fb;
    octet_flatbuffer_vector codes, operators;
    opcode *opcodes;
    bool *written;
    OCTET_TRY(read_codes(ctx, source, &codes, &opcodes));
    OCTET_TRY(OCTET_NEW(ctx, &source->scratch, source->tensors.n, &written));
    for (uint32_t i = 0; i < source->graph->n_inputs; i++) written[source->graph->inputs[i].value] = true;
    OCTET_TRY(octet_flatbuffer_vector_field(ctx, fb, &source->subgraph, 3, 4, true, &operators));
    for (uint32_t i = 0; i < operators.n; i++) {
        octet_flatbuffer_table table;
        int32_t code;
        OCTET_TRY(octet_flatbuffer_element_table(ctx, fb, &operators, i, &table));
        OCTET_TRY(octet_flatbuffer_i32_field(ctx, fb, &table, 0, 0, &code));
        OCTET_CHECK(ctx, code >= 0 && (uint32_t)code < codes.n, OCTET_FORMAT, "%s: operator %u has code %d of %u", fb->name, i, code,
                    codes.n);
        if (octet_tflite_is_rewritten(opcodes[code].builtin)) {
            OCTET_TRY(read_rewritten(ctx, source, &table, opcodes[code].builtin, i, written));
            continue;
        }
        if (octet_tflite_is_of_variables(opcodes[code].builtin)) {
            OCTET_TRY(octet_tflite_read_variable_operator(ctx, source, &table, opcodes[code].builtin, written));
            continue;
        }
        if (!opcodes[code].known) return refuse_code(ctx, source, &codes, (uint32_t)code, opcodes[code].builtin, i);
        OCTET_TRY(read_operator(ctx, source, &table, &opcodes[code], i, written));
    }
    return OCTET_OK;
}
