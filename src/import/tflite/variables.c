#include "import/tflite/variables.h"

#include <string.h>

#include "tflite/builtin.h"
#include "tflite/schema.h"
#include "tflite/types.h"

enum { MAX_VARIABLES = 4096 };

struct octet_tflite_variable {
    const char *name;    /* "container/shared_name" */
    uint32_t value;      /* the variable in the graph; OCTET_NONE while nothing tells its type */
    uint32_t now;        /* what it holds at this place of the graph */
    octet_bytes initial; /* size 0: nothing was assigned once */
    octet_type type;     /* of `initial` */
    octet_shape shape;
};

bool octet_tflite_is_of_variables(int builtin) {
    return builtin == OCTET_BUILTIN_CALL_ONCE || builtin == OCTET_BUILTIN_VAR_HANDLE ||
           builtin == OCTET_BUILTIN_READ_VARIABLE || builtin == OCTET_BUILTIN_ASSIGN_VARIABLE;
}

static octet_status find_variable(octet_context *ctx, octet_tflite_source *source, const octet_flatbuffer_table *op,
                                  uint32_t *out) {
    octet_flatbuffer_table options;
    const char *container, *shared, *name;
    OCTET_TRY(octet_flatbuffer_table_field(ctx, &source->fb, op, OCTET_TFLITE_OPERATOR_BUILTIN_OPTIONS, &options));
    OCTET_TRY(octet_tflite_read_text(ctx, source, &options, OCTET_TFLITE_VAR_HANDLE_OPTIONS_CONTAINER, "", &container));
    OCTET_TRY(octet_tflite_read_text(ctx, source, &options, OCTET_TFLITE_VAR_HANDLE_OPTIONS_SHARED_NAME, "", &shared));
    OCTET_TRY(octet_arena_format(ctx, &source->graph->arena, &name, "%s%s%s", container,
                                 container[0] != '\0' ? "/" : "", shared));
    for (*out = 0; *out < source->n_variables; ++*out)
        if (strcmp(source->variables[*out].name, name) == 0) return OCTET_OK;
    OCTET_CHECK(ctx, source->n_variables < MAX_VARIABLES, OCTET_LIMIT, "%s: more than %d variables", source->fb.name,
                MAX_VARIABLES);
    if (source->variables == NULL) OCTET_TRY(OCTET_NEW(ctx, &source->scratch, MAX_VARIABLES, &source->variables));
    source->variables[source->n_variables++] =
        (octet_tflite_variable){.name = name, .value = OCTET_NONE, .now = OCTET_NONE};
    return OCTET_OK;
}

/* One tensor number of an operator's inputs or outputs, whichever `field` is. */
static octet_status tensor_of(octet_context *ctx, octet_tflite_source *source, const octet_flatbuffer_table *op,
                              int field, uint32_t position, uint32_t n_tensors, uint32_t *out) {
    octet_flatbuffer_vector list;
    OCTET_TRY(octet_flatbuffer_vector_field(ctx, &source->fb, op, field, 4, true, &list));
    const int32_t tensor = position < list.n ? octet_flatbuffer_i32_at(&source->fb, &list, position) : -1;
    OCTET_CHECK(ctx, tensor >= 0 && (uint32_t)tensor < n_tensors, OCTET_FORMAT,
                "%s: an operator of variables names tensor %d of %u", source->fb.name, tensor, n_tensors);
    *out = (uint32_t)tensor;
    return OCTET_OK;
}

/* The variable that a handle stands for. handles: by tensor, 1 + its number. */
static octet_status variable_of(octet_context *ctx, octet_tflite_source *source, const octet_flatbuffer_table *op,
                                const uint32_t *handles, uint32_t n_tensors, octet_tflite_variable **out) {
    uint32_t handle = 0;
    OCTET_TRY(tensor_of(ctx, source, op, OCTET_TFLITE_OPERATOR_INPUTS, 0, n_tensors, &handle));
    OCTET_CHECK(ctx, handles[handle] > 0, OCTET_MODEL,
                "%s: tensor %u is used as a variable, and no VAR_HANDLE makes it one", source->fb.name, handle);
    *out = &source->variables[handles[handle] - 1];
    return OCTET_OK;
}

/* The graph that runs once: constants to variables. */

static octet_status read_initial(octet_context *ctx, octet_tflite_source *source, const octet_flatbuffer_table *op,
                                 const octet_flatbuffer_vector *tensors, octet_tflite_variable *variable) {
    octet_flatbuffer_table tensor;
    const char *name;
    uint32_t index = 0;
    uint8_t type;
    OCTET_TRY(tensor_of(ctx, source, op, OCTET_TFLITE_OPERATOR_INPUTS, 1, tensors->n, &index));
    OCTET_TRY(octet_flatbuffer_element_table(ctx, &source->fb, tensors, index, &tensor));
    OCTET_TRY(octet_tflite_read_text(ctx, source, &tensor, OCTET_TFLITE_TENSOR_NAME, "", &name));
    OCTET_TRY(octet_flatbuffer_u8_field(ctx, &source->fb, &tensor, OCTET_TFLITE_TENSOR_TYPE, 0, &type));
    OCTET_CHECK(ctx, octet_tensor_type_find(type, &variable->type), OCTET_UNSUPPORTED,
                "%s: tensor %s has type %s, which octet does not support", source->fb.name, name,
                octet_tensor_type_name(type));
    octet_flatbuffer_vector dims;
    OCTET_TRY(octet_flatbuffer_vector_field(ctx, &source->fb, &tensor, OCTET_TFLITE_TENSOR_SHAPE, 4, true, &dims));
    OCTET_CHECK(ctx, dims.n <= OCTET_MAX_RANK, OCTET_LIMIT, "%s: tensor %s has rank %u", source->fb.name, name, dims.n);
    variable->shape = (octet_shape){.rank = (int32_t)dims.n};
    for (uint32_t i = 0; i < dims.n; i++) variable->shape.dims[i] = octet_flatbuffer_i32_at(&source->fb, &dims, i);
    OCTET_TRY(octet_shape_check(ctx, &variable->shape, name));
    OCTET_TRY(octet_tflite_find_data(ctx, source, &tensor, name, &variable->initial));
    const size_t size = octet_shape_bytes(&variable->shape, variable->type);
    OCTET_CHECK(ctx, variable->initial.size == size && size > 0, OCTET_UNSUPPORTED,
                "%s: variable %s begins with something else than a constant of its %zu bytes", source->fb.name,
                variable->name, size);
    return OCTET_OK;
}

static octet_status read_once(octet_context *ctx, octet_tflite_source *source, const octet_flatbuffer_table *op) {
    octet_flatbuffer *fb = &source->fb;
    octet_flatbuffer_table options, subgraph, item;
    octet_flatbuffer_vector tensors, operators;
    int32_t index, code, builtin;
    uint32_t *handles;
    OCTET_TRY(octet_flatbuffer_table_field(ctx, fb, op, OCTET_TFLITE_OPERATOR_BUILTIN_OPTIONS, &options));
    OCTET_TRY(octet_flatbuffer_i32_field(ctx, fb, &options, OCTET_TFLITE_CALL_ONCE_OPTIONS_INIT_SUBGRAPH, 0, &index));
    OCTET_CHECK(ctx, index > 0 && (uint32_t)index < source->subgraphs.n, OCTET_FORMAT,
                "%s: CALL_ONCE names graph %d of %u", fb->name, index, source->subgraphs.n);
    OCTET_TRY(octet_flatbuffer_element_table(ctx, fb, &source->subgraphs, (uint32_t)index, &subgraph));
    OCTET_TRY(octet_flatbuffer_vector_field(ctx, fb, &subgraph, OCTET_TFLITE_SUBGRAPH_TENSORS, 4, true, &tensors));
    OCTET_TRY(octet_flatbuffer_vector_field(ctx, fb, &subgraph, OCTET_TFLITE_SUBGRAPH_OPERATORS, 4, true, &operators));
    OCTET_TRY(OCTET_NEW(ctx, &source->scratch, tensors.n, &handles));
    for (uint32_t i = 0; i < operators.n; i++) {
        OCTET_TRY(octet_flatbuffer_element_table(ctx, fb, &operators, i, &item));
        OCTET_TRY(octet_flatbuffer_i32_field(ctx, fb, &item, OCTET_TFLITE_OPERATOR_OPCODE_INDEX, 0, &code));
        OCTET_TRY(octet_tflite_builtin_of(ctx, source, code, &builtin));
        OCTET_CHECK(ctx, builtin == OCTET_BUILTIN_VAR_HANDLE || builtin == OCTET_BUILTIN_ASSIGN_VARIABLE,
                    OCTET_UNSUPPORTED,
                    "%s: the graph that runs once has the operator %s; octet reads there only what gives constants to "
                    "variables",
                    fb->name, octet_builtin_name(builtin));
        uint32_t number = 0, handle = 0;
        octet_tflite_variable *variable;
        if (builtin == OCTET_BUILTIN_VAR_HANDLE) {
            OCTET_TRY(find_variable(ctx, source, &item, &number));
            OCTET_TRY(tensor_of(ctx, source, &item, OCTET_TFLITE_OPERATOR_OUTPUTS, 0, tensors.n, &handle));
            handles[handle] = number + 1;
        } else {
            OCTET_TRY(variable_of(ctx, source, &item, handles, tensors.n, &variable));
            OCTET_TRY(read_initial(ctx, source, &item, &tensors, variable));
        }
    }
    source->n_calls++;
    return OCTET_OK;
}

/* The graphs that run each time. */

/* Gives the variable the type that `value` has, or checks that it is the same: bytes are moved as they are. */
static octet_status settle(octet_context *ctx, octet_tflite_source *source, octet_tflite_variable *variable,
                           uint32_t value) {
    octet_graph *graph = source->graph;
    const octet_value like = graph->values[value];
    if (variable->value == OCTET_NONE) {
        OCTET_TRY(octet_graph_add_value(ctx, graph, variable->name, like.type, &like.shape, &variable->value));
        graph->values[variable->value].is_variable = true;
        graph->values[variable->value].quantization = like.quantization;
        variable->now = variable->value;
    }
    const octet_value *held = &graph->values[variable->value];
    OCTET_CHECK(ctx, held->type == like.type && octet_shape_equal(&held->shape, &like.shape), OCTET_UNSUPPORTED,
                "%s: variable %s has another type or shape than tensor %s", source->fb.name, variable->name, like.name);
    return OCTET_OK;
}

static octet_status read_read(octet_context *ctx, octet_tflite_source *source, const octet_flatbuffer_table *op) {
    octet_tflite_frame *frame = source->frame;
    octet_tflite_variable *variable;
    uint32_t result = 0;
    OCTET_TRY(variable_of(ctx, source, op, frame->handles, frame->tensors.n, &variable));
    OCTET_TRY(tensor_of(ctx, source, op, OCTET_TFLITE_OPERATOR_OUTPUTS, 0, frame->tensors.n, &result));
    OCTET_TRY(octet_tflite_check_free(ctx, source, result, "READ_VARIABLE"));
    OCTET_TRY(settle(ctx, source, variable, frame->first + result));
    const octet_value *held = &source->graph->values[variable->now],
                      *read = &source->graph->values[frame->first + result];
    OCTET_CHECK(ctx, octet_quantization_equal(&held->quantization, &read->quantization), OCTET_UNSUPPORTED,
                "%s: variable %s is read with another scale than it was written with", source->fb.name, variable->name);
    frame->now[result] = variable->now;
    return OCTET_OK;
}

static octet_status read_assign(octet_context *ctx, octet_tflite_source *source, const octet_flatbuffer_table *op) {
    octet_tflite_frame *frame = source->frame;
    octet_tflite_variable *variable;
    uint32_t tensor = 0, value;
    OCTET_TRY(variable_of(ctx, source, op, frame->handles, frame->tensors.n, &variable));
    OCTET_TRY(tensor_of(ctx, source, op, OCTET_TFLITE_OPERATOR_INPUTS, 1, frame->tensors.n, &tensor));
    OCTET_TRY(octet_tflite_value_of(ctx, source, tensor, "ASSIGN_VARIABLE", &value));
    OCTET_TRY(settle(ctx, source, variable, value));
    variable->now = value;
    return OCTET_OK;
}

octet_status octet_tflite_read_variable_operator(octet_context *ctx, octet_tflite_source *source,
                                                 const octet_flatbuffer_table *table, int builtin) {
    uint32_t number = 0, handle = 0;
    switch (builtin) {
    case OCTET_BUILTIN_CALL_ONCE: return read_once(ctx, source, table);
    case OCTET_BUILTIN_READ_VARIABLE: return read_read(ctx, source, table);
    case OCTET_BUILTIN_ASSIGN_VARIABLE: return read_assign(ctx, source, table);
    default: break;
    }
    OCTET_TRY(find_variable(ctx, source, table, &number));
    OCTET_TRY(tensor_of(ctx, source, table, OCTET_TFLITE_OPERATOR_OUTPUTS, 0, source->frame->tensors.n, &handle));
    source->frame->handles[handle] = number + 1;
    return OCTET_OK;
}

octet_status octet_tflite_finish_variables(octet_context *ctx, octet_tflite_source *source) {
    octet_graph *graph = source->graph;
    for (uint32_t i = 0; i < source->n_variables; i++) {
        const octet_tflite_variable *variable = &source->variables[i];
        if (variable->value == OCTET_NONE) continue;
        const octet_value *kept = &graph->values[variable->value];
        OCTET_CHECK(ctx,
                    variable->initial.size == 0 ||
                        (variable->type == kept->type && octet_shape_equal(&variable->shape, &kept->shape)),
                    OCTET_MODEL, "%s: variable %s begins with a tensor of another type or shape", source->fb.name,
                    variable->name);
        uint32_t last = variable->now;
        /* A variable that takes what another one held: a copy of it, so that the order of carrying does not matter. */
        if (last != variable->value && graph->values[last].is_variable) {
            const octet_shape shape = graph->values[last].shape;
            uint32_t inputs[2] = {last, 0};
            OCTET_TRY(octet_graph_add_i32(ctx, graph, "", shape.dims, shape.rank, &inputs[1]));
            OCTET_TRY(octet_graph_emit(ctx, graph, OCTET_OP_RESHAPE, variable->name, variable->name, inputs, 2, NULL,
                                       &last, 1));
            graph->values[last].quantization = graph->values[inputs[0]].quantization;
        }
        OCTET_TRY(octet_graph_add_carry(ctx, graph, variable->value, last,
                                        variable->initial.size > 0 ? variable->initial.data : NULL));
    }
    return OCTET_OK;
}
