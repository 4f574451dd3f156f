#include <string.h>

#include "graph/infer/infer.h"
#include "import/tflite/call.h"
#include "import/tflite/custom.h"
#include "import/tflite/lists.h"
#include "import/tflite/rewrite.h"
#include "import/tflite/source.h"
#include "import/tflite/variables.h"
#include "tflite/builtin.h"
#include "tflite/options.h"
#include "tflite/schema.h"
#include "tflite/types.h"

static const int64_t nothing; /* where empty constants point */

struct octet_tflite_opcode {
    octet_operator_code code;
    int32_t builtin, version;
    octet_tflite_list_operator list;
    bool known;
};

/* Used by an operator: an unused code of an unknown operator does no harm. */
static octet_status refuse_code(octet_context *ctx, octet_tflite_source *source, uint32_t code,
                                uint32_t operator_index) {
    const int32_t builtin = source->opcodes[code].builtin;
    octet_flatbuffer_vector codes;
    octet_flatbuffer_table table;
    const char *custom;
    OCTET_TRY(octet_flatbuffer_vector_field(ctx, &source->fb, &source->model, OCTET_TFLITE_MODEL_OPERATOR_CODES, 4,
                                            true, &codes));
    OCTET_TRY(octet_flatbuffer_element_table(ctx, &source->fb, &codes, code, &table));
    OCTET_TRY(octet_flatbuffer_string_field(ctx, &source->fb, &table, OCTET_TFLITE_OPERATOR_CODE_CUSTOM, &custom));
    if (builtin == OCTET_BUILTIN_CUSTOM) {
        return octet_context_fail(
            ctx, OCTET_UNSUPPORTED,
            "%s: operator %u is the custom operator \"%.80s\"; octet supports TFLite's builtin operators",
            source->fb.name, operator_index, custom != NULL ? custom : "");
    }
    return octet_context_fail(ctx, OCTET_UNSUPPORTED, "%s: operator %u is %s (%d), which octet does not support",
                              source->fb.name, operator_index, octet_builtin_name(builtin), builtin);
}

static octet_status read_builtin(octet_context *ctx, octet_flatbuffer *fb, const octet_flatbuffer_table *code,
                                 int32_t *out) {
    uint8_t deprecated;
    OCTET_TRY(octet_flatbuffer_u8_field(ctx, fb, code, OCTET_TFLITE_OPERATOR_CODE_DEPRECATED_BUILTIN, 0, &deprecated));
    OCTET_TRY(octet_flatbuffer_i32_field(ctx, fb, code, OCTET_TFLITE_OPERATOR_CODE_BUILTIN, 0, out));
    if ((int8_t)deprecated > *out) *out = (int8_t)deprecated;
    return OCTET_OK;
}

static octet_status read_codes(octet_context *ctx, octet_tflite_source *source) {
    octet_flatbuffer *fb = &source->fb;
    octet_flatbuffer_vector codes;
    OCTET_TRY(
        octet_flatbuffer_vector_field(ctx, fb, &source->model, OCTET_TFLITE_MODEL_OPERATOR_CODES, 4, true, &codes));
    OCTET_TRY(OCTET_NEW(ctx, &source->scratch, codes.n, &source->opcodes));
    source->n_opcodes = codes.n;
    for (uint32_t i = 0; i < codes.n; i++) {
        octet_flatbuffer_table table;
        octet_tflite_opcode *code = &source->opcodes[i];
        OCTET_TRY(octet_flatbuffer_element_table(ctx, fb, &codes, i, &table));
        OCTET_TRY(octet_flatbuffer_i32_field(ctx, fb, &table, OCTET_TFLITE_OPERATOR_CODE_VERSION, 1, &code->version));
        OCTET_TRY(read_builtin(ctx, fb, &table, &code->builtin));
        const char *custom = NULL;
        if (code->builtin == OCTET_BUILTIN_CUSTOM)
            OCTET_TRY(octet_flatbuffer_string_field(ctx, fb, &table, OCTET_TFLITE_OPERATOR_CODE_CUSTOM, &custom));
        code->list = octet_tflite_list_operator_of(custom);
        code->known = code->builtin == OCTET_BUILTIN_CUSTOM ? octet_tflite_custom_code(custom, &code->code)
                                                            : octet_builtin_find_operator(code->builtin, &code->code);
    }
    return OCTET_OK;
}

octet_status octet_tflite_builtin_of(octet_context *ctx, octet_tflite_source *source, int32_t code, int32_t *out) {
    octet_flatbuffer *fb = &source->fb;
    octet_flatbuffer_vector codes;
    octet_flatbuffer_table table;
    OCTET_TRY(
        octet_flatbuffer_vector_field(ctx, fb, &source->model, OCTET_TFLITE_MODEL_OPERATOR_CODES, 4, true, &codes));
    OCTET_CHECK(ctx, code >= 0 && (uint32_t)code < codes.n, OCTET_FORMAT, "%s: an operator has code %d of %u", fb->name,
                code, codes.n);
    OCTET_TRY(octet_flatbuffer_element_table(ctx, fb, &codes, (uint32_t)code, &table));
    return read_builtin(ctx, fb, &table, out);
}

static octet_status read_i32_list(octet_context *ctx, octet_flatbuffer *fb, const octet_flatbuffer_table *table,
                                  int number, const octet_option *option, const char *layer, octet_options *options) {
    octet_flatbuffer_vector list;
    OCTET_TRY(octet_flatbuffer_vector_field(ctx, fb, table, number, 4, true, &list));
    OCTET_CHECK(ctx, list.n <= OCTET_MAX_RANK, OCTET_FORMAT, "%s: %s: %s has %u entries", fb->name, layer, option->path,
                list.n);
    options->squeeze.n_dims = (int32_t)list.n;
    for (uint32_t i = 0; i < list.n; i++) options->squeeze.dims[i] = octet_flatbuffer_i32_at(fb, &list, i);
    return OCTET_OK;
}

static octet_status read_option(octet_context *ctx, octet_flatbuffer *fb, const octet_flatbuffer_table *table,
                                int number, const octet_option *option, const char *layer, octet_options *options) {
    if (option->kind == OCTET_OPTION_I32_LIST) return read_i32_list(ctx, fb, table, number, option, layer, options);
    uint8_t *place = (uint8_t *)options + option->offset;
    const bool wide = option->kind == OCTET_OPTION_I32 || option->kind == OCTET_OPTION_F32;
    bool present;
    uint64_t bits;
    OCTET_TRY(octet_flatbuffer_scalar_field(ctx, fb, table, number, wide ? 4 : 1, &present, &bits));
    const int32_t value = present ? (int32_t)(uint32_t)bits : option->usual;
    bool flag = value != 0, valid = true;
    octet_type type = OCTET_FLOAT32;
    switch (option->kind) {
    case OCTET_OPTION_I32:
        valid = value >= option->minimum;
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
        valid = octet_tensor_type_find(value, &type);
        memcpy(place, &type, sizeof type);
        break;
    case OCTET_OPTION_MUST_BE_0: valid = value == 0; break;
    case OCTET_OPTION_I32_LIST: break;
    }
    OCTET_CHECK(ctx, valid, wide ? OCTET_FORMAT : OCTET_UNSUPPORTED, "%s: %s: %s is %d, which %s", fb->name, layer,
                option->path, value, wide ? "is not possible" : "octet does not support");
    return OCTET_OK;
}

static octet_status read_options(octet_context *ctx, octet_tflite_source *source, const octet_flatbuffer_table *table,
                                 octet_operator *op) {
    octet_flatbuffer *fb = &source->fb;
    const octet_tflite_options place = octet_tflite_options_of(op->code);
    const octet_option_list list = octet_options_of(op->code);
    octet_flatbuffer_table options;
    uint8_t type, type_2;
    OCTET_TRY(octet_flatbuffer_u8_field(ctx, fb, table, OCTET_TFLITE_OPERATOR_BUILTIN_OPTIONS_TYPE, 0, &type));
    OCTET_TRY(octet_flatbuffer_u8_field(ctx, fb, table, OCTET_TFLITE_OPERATOR_BUILTIN_OPTIONS_2_TYPE, 0, &type_2));
    OCTET_CHECK(ctx, type_2 == 0, OCTET_UNSUPPORTED, "%s: %s has options of the second kind (%u)", fb->name, op->layer,
                type_2);
    OCTET_CHECK(ctx, type == 0 || list.n == 0 || type == place.type, OCTET_FORMAT,
                "%s: %s has options of another operator (table %u instead of %d)", fb->name, op->layer, type,
                place.type);
    OCTET_TRY(octet_flatbuffer_table_field(ctx, fb, table, OCTET_TFLITE_OPERATOR_BUILTIN_OPTIONS, &options));
    if (type == 0) options = (octet_flatbuffer_table){0};
    for (uint32_t i = 0; i < list.n; i++)
        OCTET_TRY(read_option(ctx, fb, &options, place.first_field + (int)i, &list.items[i], op->layer, &op->options));
    return OCTET_OK;
}

octet_status octet_tflite_read_tensors(octet_context *ctx, octet_tflite_source *source,
                                       const octet_flatbuffer_table *table, int field, bool optional, uint32_t index,
                                       uint32_t **out, uint32_t *n) {
    octet_flatbuffer *fb = &source->fb;
    const uint32_t n_tensors = source->frame->tensors.n;
    const char *what = field == OCTET_TFLITE_OPERATOR_INPUTS    ? "inputs"
                       : field == OCTET_TFLITE_OPERATOR_OUTPUTS ? "outputs"
                                                                : "intermediates";
    octet_flatbuffer_vector list;
    OCTET_TRY(octet_flatbuffer_vector_field(ctx, fb, table, field, 4, true, &list));
    OCTET_CHECK(ctx, list.n <= OCTET_MAX_OPERATOR_INPUTS, OCTET_LIMIT,
                "%s: operator %u has %u %s, at most %d are possible", fb->name, index, list.n, what,
                OCTET_MAX_OPERATOR_INPUTS);
    OCTET_TRY(OCTET_NEW(ctx, &source->graph->arena, (size_t)list.n + 1,
                        out)); /* RESHAPE and custom operators may get one more */
    *n = list.n;
    for (uint32_t i = 0; i < list.n; i++) {
        const int32_t tensor = octet_flatbuffer_i32_at(fb, &list, i);
        const bool absent = tensor == -1 && optional;
        OCTET_CHECK(ctx, absent || (tensor >= 0 && (uint32_t)tensor < n_tensors), OCTET_FORMAT,
                    "%s: operator %u names tensor %d of %u as one of its %s", fb->name, index, tensor, n_tensors, what);
        (*out)[i] = absent ? OCTET_NONE : (uint32_t)tensor;
    }
    return OCTET_OK;
}

octet_status octet_tflite_value_of(octet_context *ctx, octet_tflite_source *source, uint32_t tensor, const char *reader,
                                   uint32_t *out) {
    octet_tflite_frame *frame = source->frame;
    octet_value *stated = &source->graph->values[frame->first + tensor];
    if (frame->now[tensor] == OCTET_NONE) {
        /* An empty constant has an empty buffer, which looks like none. */
        OCTET_CHECK(ctx, octet_shape_elements(&stated->shape) == 0, OCTET_MODEL,
                    "%s: %s reads tensor %u (%.80s) before anything computes it", source->fb.name, reader, tensor,
                    stated->name);
        stated->data = &nothing;
        frame->now[tensor] = frame->first + tensor;
    }
    *out = frame->now[tensor];
    return OCTET_OK;
}

octet_status octet_tflite_check_free(octet_context *ctx, octet_tflite_source *source, uint32_t tensor,
                                     const char *writer) {
    const octet_tflite_frame *frame = source->frame;
    OCTET_CHECK(ctx, frame->now[tensor] == OCTET_NONE && frame->handles[tensor] == 0 && frame->lists[tensor] == NULL,
                OCTET_MODEL, "%s: %s writes tensor %u (%.80s), which already has a value", source->fb.name, writer,
                tensor, source->graph->values[frame->first + tensor].name);
    return OCTET_OK;
}

/* From the numbers of tensors to those of values. A tensor may be read when it is a constant, an input, a variable, or
 * the result of an earlier operator. */
static octet_status take_inputs(octet_context *ctx, octet_tflite_source *source, octet_operator *op) {
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        if (op->inputs[i] != OCTET_NONE)
            OCTET_TRY(octet_tflite_value_of(ctx, source, op->inputs[i], op->layer, &op->inputs[i]));
    }
    return OCTET_OK;
}

/* An operator of a called graph whose inputs, still numbers of tensors, do not depend on the call. */
static bool is_fixed(const octet_tflite_source *source, const octet_operator *op) {
    const octet_tflite_frame *frame = source->frame;
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        const uint32_t tensor = op->inputs[i];
        if (tensor != OCTET_NONE && !frame->fixed[tensor] && source->graph->values[frame->first + tensor].data == NULL)
            return false;
    }
    return octet_tflite_is_called(frame);
}

/* Results that an earlier call has made; false when this is the first one. */
static bool take_fixed(octet_tflite_source *source, const octet_operator *op) {
    octet_tflite_frame *frame = source->frame;
    for (uint32_t i = 0; i < op->n_outputs; i++) {
        if (!frame->fixed[op->outputs[i]] || frame->now[op->outputs[i]] != OCTET_NONE) return false;
    }
    for (uint32_t i = 0; i < op->n_outputs; i++) frame->now[op->outputs[i]] = frame->first + op->outputs[i];
    return true;
}

/* The same for results. In each call of a graph they get another value, unless they are fixed. */
static octet_status make_outputs(octet_context *ctx, octet_tflite_source *source, octet_operator *op, bool fixed) {
    octet_tflite_frame *frame = source->frame;
    octet_graph *graph = source->graph;
    for (uint32_t i = 0; i < op->n_outputs; i++) {
        const uint32_t tensor = op->outputs[i];
        uint32_t value = frame->first + tensor;
        OCTET_TRY(octet_tflite_check_free(ctx, source, tensor, op->layer));
        frame->fixed[tensor] = fixed;
        if (octet_tflite_is_called(frame) && !fixed) {
            const octet_value stated = graph->values[value];
            OCTET_TRY(octet_graph_add_value(ctx, graph, stated.name, stated.type, &stated.shape, &value));
            graph->values[value].quantization = stated.quantization;
            graph->values[value].open = stated.open;
        }
        frame->now[tensor] = op->outputs[i] = value;
    }
    for (uint32_t i = 0; i < op->n_intermediates; i++) {
        if (op->intermediates[i] != OCTET_NONE) op->intermediates[i] += frame->first;
    }
    return OCTET_OK;
}

/* A RESHAPE with its shape in the options, in a tensor of more dimensions than one, or in a tensor that nothing
 * determines before the model runs, gets a constant of one dimension, as LiteRT wants it. */
static octet_status complete_reshape(octet_context *ctx, octet_tflite_source *source,
                                     const octet_flatbuffer_table *table, octet_operator *op) {
    octet_flatbuffer *fb = &source->fb;
    octet_graph *graph = source->graph;
    if (op->n_inputs == 0 || op->n_inputs > 2 || op->n_outputs != 1) return OCTET_OK; /* inference words the error */
    const octet_value *shape = octet_graph_input(graph, op, 1);
    const bool is_known = shape != NULL && shape->data != NULL;
    if (is_known && (shape->shape.rank == 1 || shape->type != OCTET_INT32)) return OCTET_OK;
    octet_flatbuffer_table options;
    octet_flatbuffer_vector dims;
    OCTET_TRY(octet_flatbuffer_table_field(ctx, fb, table, OCTET_TFLITE_OPERATOR_BUILTIN_OPTIONS, &options));
    OCTET_TRY(octet_flatbuffer_vector_field(ctx, fb, &options, OCTET_TFLITE_RESHAPE_OPTIONS_NEW_SHAPE, 4, true, &dims));
    OCTET_CHECK(ctx, dims.n <= OCTET_MAX_RANK, OCTET_LIMIT, "%s: %s gives rank %u", fb->name, op->layer, dims.n);
    octet_shape target = graph->values[op->outputs[0]].shape;
    if (is_known && dims.n == 0) { /* LiteRT reads the options */
        const int32_t n = (int32_t)octet_shape_elements(&shape->shape);
        return octet_graph_add_i32(ctx, graph, shape->name, shape->data, n, &op->inputs[1]);
    }
    if (dims.n > 0 && (shape == NULL || is_known)) {
        target.rank = (int32_t)dims.n;
        for (uint32_t i = 0; i < dims.n; i++) target.dims[i] = octet_flatbuffer_i32_at(fb, &dims, i);
    }
    op->n_inputs = 2;
    return octet_graph_add_i32(ctx, graph, "", target.dims, target.rank, &op->inputs[1]);
}

/* The schema calls depth_multiplier redundant; a writer that leaves it out means what the shapes say. */
static void complete_depthwise(const octet_graph *graph, octet_operator *op) {
    const octet_value *input = octet_graph_input(graph, op, 0), *filter = octet_graph_input(graph, op, 1);
    if (op->options.depthwise_conv_2d.depth_multiplier != 0 || input == NULL || filter == NULL) return;
    if (input->shape.rank != 4 || filter->shape.rank != 4 || input->shape.dims[3] == 0) return;
    op->options.depthwise_conv_2d.depth_multiplier = filter->shape.dims[3] / input->shape.dims[3];
}

static octet_status set_results(octet_context *ctx, octet_tflite_source *source, const octet_operator *op) {
    octet_graph *graph = source->graph;
    octet_inferred *inferred;
    OCTET_TRY(OCTET_NEW(ctx, &source->scratch, op->n_outputs, &inferred));
    OCTET_TRY(octet_infer(ctx, graph, op, inferred));
    for (uint32_t i = 0; i < op->n_outputs; i++) {
        octet_value *value = octet_graph_output(graph, op, i);
        OCTET_CHECK(ctx, value->type == inferred[i].type, OCTET_MODEL, "%s: %s gives %s, but tensor %u (%.80s) is %s",
                    source->fb.name, op->layer, octet_type_name(inferred[i].type), op->outputs[i], value->name,
                    octet_type_name(value->type));
        value->shape = inferred[i].shape;
    }
    return OCTET_OK;
}

static octet_status read_operator(octet_context *ctx, octet_tflite_source *source, const octet_flatbuffer_table *table,
                                  const octet_tflite_opcode *code, uint32_t index) {
    octet_graph *graph = source->graph;
    octet_operator op = {.code = code->code};
    OCTET_TRY(octet_tflite_read_tensors(ctx, source, table, OCTET_TFLITE_OPERATOR_INPUTS, true, index, &op.inputs,
                                        &op.n_inputs));
    OCTET_TRY(octet_tflite_read_tensors(ctx, source, table, OCTET_TFLITE_OPERATOR_OUTPUTS, false, index, &op.outputs,
                                        &op.n_outputs));
    OCTET_TRY(octet_tflite_read_tensors(ctx, source, table, OCTET_TFLITE_OPERATOR_INTERMEDIATES, true, index,
                                        &op.intermediates, &op.n_intermediates));
    const char *name = octet_operator_name(op.code);
    OCTET_CHECK(ctx, op.n_outputs > 0, OCTET_FORMAT, "%s: operator %u (%s) has no output", source->fb.name, index,
                name);
    const char *output = graph->values[source->frame->first + op.outputs[0]].name;
    OCTET_TRY(octet_arena_format(ctx, &graph->arena, &op.layer, "%s #%u (%.*s)", name, index, (int)strcspn(output, ";"),
                                 output));
    const bool fixed = is_fixed(source, &op);
    OCTET_TRY(take_inputs(ctx, source, &op));
    if (fixed && take_fixed(source, &op)) return OCTET_OK;
    OCTET_TRY(make_outputs(ctx, source, &op, fixed));
    if (code->builtin == OCTET_BUILTIN_CUSTOM) OCTET_TRY(octet_tflite_read_custom(ctx, source, table, &op));
    else OCTET_TRY(read_options(ctx, source, table, &op));
    if (op.code == OCTET_OP_RESHAPE) OCTET_TRY(complete_reshape(ctx, source, table, &op));
    if (op.code == OCTET_OP_DEPTHWISE_CONV_2D) complete_depthwise(graph, &op);
    if (op.code == OCTET_OP_CAST) { /* the types of its tensors count */
        const octet_value *input = octet_graph_input(graph, &op, 0);
        op.options.cast.in = input != NULL ? input->type : OCTET_FLOAT32;
        op.options.cast.out = graph->values[op.outputs[0]].type;
    }
    OCTET_TRY(set_results(ctx, source, &op));
    bool folded;
    OCTET_TRY(octet_tflite_fold_shape(ctx, graph, &op, &folded));
    if (folded) {
        graph->n_folded++;
        return OCTET_OK;
    }
    uint32_t at;
    OCTET_TRY(octet_graph_add_operator(ctx, graph, op.code, op.layer, op.inputs, op.n_inputs, &op.options, op.outputs,
                                       op.n_outputs, OCTET_NONE, &at));
    graph->operators[at].version = code->version;
    graph->operators[at].intermediates = op.intermediates;
    graph->operators[at].n_intermediates = op.n_intermediates;
    return OCTET_OK;
}

/* One that the graph says in other words. */
static octet_status read_rewritten(octet_context *ctx, octet_tflite_source *source, const octet_flatbuffer_table *table,
                                   int32_t builtin, uint32_t index) {
    octet_operator op = {0};
    OCTET_TRY(octet_tflite_read_tensors(ctx, source, table, OCTET_TFLITE_OPERATOR_INPUTS, false, index, &op.inputs,
                                        &op.n_inputs));
    OCTET_TRY(octet_tflite_read_tensors(ctx, source, table, OCTET_TFLITE_OPERATOR_OUTPUTS, false, index, &op.outputs,
                                        &op.n_outputs));
    OCTET_TRY(octet_arena_format(ctx, &source->graph->arena, &op.layer, "%s #%u", octet_builtin_name(builtin), index));
    OCTET_TRY(take_inputs(ctx, source, &op));
    OCTET_TRY(make_outputs(ctx, source, &op, false));
    return octet_tflite_rewrite(ctx, source->graph, builtin, &op);
}

static octet_status read_any(octet_context *ctx, octet_tflite_source *source, const octet_flatbuffer_table *table,
                             uint32_t index) {
    int32_t code;
    OCTET_TRY(octet_flatbuffer_i32_field(ctx, &source->fb, table, OCTET_TFLITE_OPERATOR_OPCODE_INDEX, 0, &code));
    OCTET_CHECK(ctx, code >= 0 && (uint32_t)code < source->n_opcodes, OCTET_FORMAT, "%s: operator %u has code %d of %u",
                source->fb.name, index, code, source->n_opcodes);
    const int32_t builtin = source->opcodes[code].builtin;
    if (octet_tflite_is_rewritten(builtin)) return read_rewritten(ctx, source, table, builtin, index);
    if (octet_tflite_is_of_variables(builtin)) return octet_tflite_read_variable_operator(ctx, source, table, builtin);
    if (octet_tflite_is_call(builtin)) return octet_tflite_read_call(ctx, source, table, builtin, index);
    const octet_tflite_list_operator list = source->opcodes[code].list;
    if (list != OCTET_TFLITE_NO_LIST) return octet_tflite_read_list_operator(ctx, source, table, list, index);
    if (!source->opcodes[code].known) return refuse_code(ctx, source, (uint32_t)code, index);
    return read_operator(ctx, source, table, &source->opcodes[code], index);
}

octet_status octet_tflite_read_operators(octet_context *ctx, octet_tflite_source *source) {
    const octet_flatbuffer_vector *operators = &source->frame->operators;
    if (source->opcodes == NULL) OCTET_TRY(read_codes(ctx, source));
    for (uint32_t i = 0; i < operators->n; i++) {
        octet_flatbuffer_table table;
        OCTET_TRY(octet_flatbuffer_element_table(ctx, &source->fb, operators, i, &table));
        OCTET_TRY(read_any(ctx, source, &table, i));
    }
    return OCTET_OK;
}
