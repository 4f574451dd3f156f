#include "export/tflite/open_batch.h"

#include <string.h>

#include "graph/batch.h"
#include "graph/constant.h"

typedef struct opening {
    octet_context *ctx;
    const octet_graph *from;
    octet_graph *to;
    const octet_batch *batch; /* of the values of `from` */
    const char *layer;        /* of the operator in hand */
} opening;

/* A constant of integers; equal ones are one. */
static octet_status add_integers(opening *o, const int32_t *data, const octet_shape *shape, uint32_t *out) {
    const size_t size = octet_shape_bytes(shape, OCTET_INT32);
    for (uint32_t v = o->from->n_values; v < o->to->n_values; v++) {
        const octet_value *value = &o->to->values[v];
        *out = v;
        if (value->data != NULL && octet_shape_equal(&value->shape, shape) && memcmp(value->data, data, size) == 0)
            return OCTET_OK;
    }
    return octet_graph_add_constant(o->ctx, o->to, o->layer, OCTET_INT32, shape, data, out);
}

static octet_status add_list(opening *o, const int32_t *data, int32_t n, uint32_t *out) {
    const octet_shape shape = octet_shape_make(1, &n);
    return add_integers(o, data, &shape, out);
}

/* An operator with a new result. */
static octet_status add_operator(opening *o, octet_operator_code code, const uint32_t *inputs, uint32_t n,
                                 const octet_options *options, octet_type type, const octet_shape *shape,
                                 uint32_t *out) {
    const char *name;
    uint32_t result; /* out may be among the inputs */
    OCTET_TRY(octet_arena_format(o->ctx, &o->to->arena, &name, "%s/%s", o->layer, octet_operator_name(code)));
    OCTET_TRY(octet_graph_add_value(o->ctx, o->to, name, type, shape, &result));
    OCTET_TRY(
        octet_graph_add_operator(o->ctx, o->to, code, o->layer, inputs, n, options, &result, 1, OCTET_NONE, NULL));
    *out = result;
    return OCTET_OK;
}

/* The same on elements of value `like`. */
static octet_status add_like(opening *o, octet_operator_code code, const uint32_t *inputs, uint32_t n, uint32_t like,
                             const octet_shape *shape, uint32_t *out) {
    OCTET_TRY(add_operator(o, code, inputs, n, NULL, o->to->values[like].type, shape, out));
    o->to->values[*out].quantization = o->to->values[like].quantization;
    return OCTET_OK;
}

static octet_status copy_operator(opening *o, const octet_operator *op) {
    uint32_t k;
    OCTET_TRY(octet_graph_add_operator(o->ctx, o->to, op->code, op->layer, op->inputs, op->n_inputs, &op->options,
                                       op->outputs, op->n_outputs, OCTET_NONE, &k));
    o->to->operators[k].version = op->version;
    o->to->operators[k].n_intermediates = op->n_intermediates;
    o->to->operators[k].intermediates = op->intermediates;
    return OCTET_OK;
}

static octet_status copy_with_input(opening *o, const octet_operator *op, uint32_t i, uint32_t value) {
    OCTET_TRY(copy_operator(o, op));
    octet_graph_set_input(o->to, o->to->n_operators - 1, i, value);
    return OCTET_OK;
}

/* The numbers of `shape`, with that of dimension `axis` as long as dimension `from` of `value` is: SHAPE,
 * STRIDED_SLICE, PACK. */
static octet_status compute_shape(opening *o, uint32_t value, int32_t from, const octet_shape *shape, int32_t axis,
                                  uint32_t *out) {
    const octet_options numbers = {.shape = {OCTET_INT32}}, first = {.strided_slice = {.shrink_axis_mask = 1}},
                        pack = {.pack = {0, shape->rank}};
    const octet_shape scalar = {0};
    uint32_t inputs[4], dims[OCTET_MAX_RANK];
    OCTET_TRY(add_operator(o, OCTET_OP_SHAPE, &value, 1, &numbers, OCTET_INT32,
                           &(const octet_shape){1, {o->to->values[value].shape.rank}}, &inputs[0]));
    OCTET_TRY(add_list(o, (const int32_t[]){from}, 1, &inputs[1]));
    OCTET_TRY(add_list(o, (const int32_t[]){from + 1}, 1, &inputs[2]));
    OCTET_TRY(add_list(o, (const int32_t[]){1}, 1, &inputs[3]));
    OCTET_TRY(add_operator(o, OCTET_OP_STRIDED_SLICE, inputs, 4, &first, OCTET_INT32, &scalar, &dims[axis]));
    for (int32_t i = 0; i < shape->rank; i++)
        if (i != axis) OCTET_TRY(add_integers(o, &shape->dims[i], &scalar, &dims[i]));
    return add_operator(o, OCTET_OP_PACK, dims, (uint32_t)shape->rank, &pack, OCTET_INT32,
                        &(const octet_shape){1, {shape->rank}}, out);
}

/* TRANSPOSE_CONV and BROADCAST_TO, whose operand `stated` is the shape of the result. `x`: the operand with the batch
 */
static octet_status open_stated(opening *o, const octet_operator *op, uint32_t stated, uint32_t x) {
    const octet_batch in = o->batch[op->inputs[x]], out = o->batch[op->outputs[0]];
    uint32_t shape;
    if (in.axis < 0 || out.axis < 0) return copy_operator(o, op);
    OCTET_TRY(compute_shape(o, op->inputs[x], in.axis, &o->from->values[op->outputs[0]].shape, out.axis, &shape));
    return copy_with_input(o, op, stated, shape);
}

/* A shape with -1 for the batch. */
static octet_status add_open_shape(opening *o, octet_shape shape, int32_t axis, uint32_t *out) {
    shape.dims[axis] = -1;
    return add_list(o, shape.dims, shape.rank, out);
}

/* Constant i of an operator is the shape of its result, with -1 in dimension `axis` (none: all are stated); it keeps
 * its name where no other operator reads it. */
static octet_status copy_with_shape(opening *o, const octet_operator *op, uint32_t i, int32_t axis) {
    octet_shape shape = o->from->values[op->outputs[0]].shape;
    octet_value *constant = &o->to->values[op->inputs[i]];
    const octet_shape list = {1, {shape.rank}};
    const size_t size = (size_t)shape.rank * sizeof *shape.dims;
    uint32_t value;
    if (axis >= 0) shape.dims[axis] = -1;
    const bool is_list = constant->type == OCTET_INT32 && octet_shape_equal(&constant->shape, &list);
    if (is_list && memcmp(constant->data, shape.dims, size) == 0) return copy_operator(o, op);
    if (is_list && constant->n_uses == 1) {
        OCTET_TRY(octet_arena_copy(o->ctx, &o->to->arena, shape.dims, size, (void **)(uintptr_t)&constant->data));
        return copy_operator(o, op);
    }
    OCTET_TRY(add_list(o, shape.dims, shape.rank, &value));
    return copy_with_input(o, op, i, value);
}

/* RESHAPE from [outer, batch, inner, rest] to [outer, inner, batch, rest] or back, in one sample the same order:
 * TRANSPOSE, with RESHAPEs around it where the shapes are others. */
static octet_status move_batch(opening *o, const octet_operator *op) {
    const uint32_t x = op->inputs[0], y = op->outputs[0];
    const octet_batch in = o->batch[x], out = o->batch[y];
    const octet_shape *from = &o->from->values[x].shape, *to = &o->from->values[y].shape;
    const bool goes_in = in.outer < out.outer;
    const int32_t near = goes_in ? in.outer : out.outer, far = goes_in ? out.outer : in.outer, inner = far / near,
                  rest = (int32_t)octet_shape_elements(from) / far;
    const octet_shape before = {4, {near, goes_in ? 1 : inner, goes_in ? inner : 1, rest}},
                      behind = {4, {near, goes_in ? inner : 1, goes_in ? 1 : inner, rest}};
    uint32_t inputs[2] = {x, OCTET_NONE};
    if (!octet_shape_equal(from, &before) || in.axis != (goes_in ? 1 : 2)) {
        OCTET_TRY(add_open_shape(o, before, goes_in ? 1 : 2, &inputs[1]));
        OCTET_TRY(add_like(o, OCTET_OP_RESHAPE, inputs, 2, x, &before, &inputs[0]));
    }
    OCTET_TRY(add_list(o, (const int32_t[]){0, 2, 1, 3}, 4, &inputs[1]));
    OCTET_TRY(add_like(o, OCTET_OP_TRANSPOSE, inputs, 2, x, &behind, &inputs[0]));
    OCTET_TRY(add_open_shape(o, *to, out.axis, &inputs[1]));
    OCTET_TRY(copy_with_input(o, op, 1, inputs[1]));
    octet_graph_set_input(o->to, o->to->n_operators - 1, 0, inputs[0]);
    return OCTET_OK;
}

/* The order of axes in which `from` has the shape `to`, when the batch goes from one axis to the other. */
static bool is_transposed(const octet_shape *from, int32_t axis, const octet_shape *to, int32_t to_axis,
                          int32_t *permutation) {
    if (from->rank != to->rank) return false;
    for (int32_t i = 0, next = 0; i < to->rank; i++) {
        if (next == axis) next++;
        permutation[i] = i == to_axis ? axis : next++;
        if (from->dims[permutation[i]] != to->dims[i]) return false;
    }
    return true;
}

static octet_status open_reshape(opening *o, const octet_operator *op) {
    const uint32_t x = op->inputs[0], y = op->outputs[0];
    const octet_batch in = o->batch[x], out = o->batch[y];
    const octet_shape *from = &o->from->values[x].shape, *to = &o->from->values[y].shape;
    int32_t permutation[OCTET_MAX_RANK];
    uint32_t constant;
    if (in.axis < 0 || out.axis < 0) return copy_operator(o, op);
    if (in.outer == out.outer) return copy_with_shape(o, op, 1, out.axis);
    const bool goes_in = in.outer < out.outer;
    if (o->from->is_for_device || (goes_in ? out.outer % in.outer : in.outer % out.outer) != 0)
        return copy_with_shape(o, op, 1, OCTET_BATCH_NONE); /* more samples are refused, not mixed up */
    if (!is_transposed(from, in.axis, to, out.axis, permutation)) return move_batch(o, op);
    OCTET_TRY(add_list(o, permutation, to->rank, &constant));
    OCTET_TRY(copy_with_input(o, op, 1, constant));
    o->to->operators[o->to->n_operators - 1].code = OCTET_OP_TRANSPOSE;
    return OCTET_OK;
}

/* LiteRT's SLICE keeps a result that the file does not call open as long as it is there. */
static octet_status open_slice(opening *o, const octet_operator *op) {
    const octet_batch in = o->batch[op->inputs[0]], out = o->batch[op->outputs[0]];
    if (in.axis < 0 || out.axis < 0) return copy_operator(o, op);
    o->to->values[op->outputs[0]].open = (uint8_t)(1u << out.axis);
    return copy_with_shape(o, op, 2, out.axis);
}

/* Operands that are the same for all samples are repeated for each. */
static octet_status open_joined(opening *o, const octet_operator *op) {
    uint32_t with_batch = OCTET_NONE, *inputs;
    OCTET_TRY(OCTET_NEW(o->ctx, &o->to->arena, op->n_inputs, &inputs));
    memcpy(inputs, op->inputs, op->n_inputs * sizeof *inputs);
    for (uint32_t i = op->n_inputs; i-- > 0;)
        if (o->batch[inputs[i]].axis >= 0) with_batch = inputs[i];
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        int32_t axis;
        uint32_t operands[2] = {inputs[i], OCTET_NONE};
        if (!octet_batch_is_repeated(o->from, o->batch, op, i, &axis)) continue;
        const octet_shape shape = o->from->values[inputs[i]].shape;
        OCTET_TRY(compute_shape(o, with_batch, axis, &shape, axis, &operands[1]));
        OCTET_TRY(add_like(o, OCTET_OP_BROADCAST_TO, operands, 2, inputs[i], &shape, &inputs[i]));
    }
    OCTET_TRY(copy_operator(o, op));
    for (uint32_t i = 0; i < op->n_inputs; i++) octet_graph_set_input(o->to, o->to->n_operators - 1, i, inputs[i]);
    return OCTET_OK;
}

static octet_status open_operator(opening *o, const octet_operator *op) {
    const bool gets_operators = !o->from->is_for_device;
    o->layer = op->layer;
    switch ((int)op->code) {
    case OCTET_OP_RESHAPE: return open_reshape(o, op);
    case OCTET_OP_SLICE: return open_slice(o, op);
    case OCTET_OP_TRANSPOSE_CONV: return gets_operators ? open_stated(o, op, 0, 2) : copy_operator(o, op);
    case OCTET_OP_BROADCAST_TO: return gets_operators ? open_stated(o, op, 1, 0) : copy_operator(o, op);
    case OCTET_OP_CONCATENATION:
    case OCTET_OP_PACK: return gets_operators ? open_joined(o, op) : copy_operator(o, op);
    default: return copy_operator(o, op);
    }
}

static octet_status open_operators(opening *o) {
    for (uint32_t k = 0; k < o->from->n_operators; k++) {
        const octet_operator *op = &o->from->operators[k];
        if (!op->removed) OCTET_TRY(open_operator(o, op));
    }
    return OCTET_OK;
}

octet_status octet_tflite_open_batch(octet_context *ctx, const octet_graph *graph, octet_graph *opened) {
    opening o = {.ctx = ctx, .from = graph, .to = opened};
    octet_batch *batch = NULL;
    if (!graph->open_batch || !graph->is_traced) return OCTET_OK;
    OCTET_TRY(octet_batch_find(ctx, &opened->arena, graph, &batch));
    o.batch = batch;
    OCTET_TRY(octet_arena_copy(ctx, &opened->arena, graph->values, graph->n_values * sizeof *graph->values,
                               (void **)&opened->values));
    opened->values_capacity = graph->n_values;
    opened->operators = NULL;
    opened->n_operators = opened->operators_capacity = 0;
    return open_operators(&o);
}
