#include "graph/fold.h"

#include <math.h>
#include <string.h>

#include "graph/constant.h"
#include "graph/slice.h"

typedef struct task {
    octet_context *ctx;
    const octet_graph *graph;
    const octet_operator *op;
    const octet_inferred *results;
    void **data; /* of the results, to be filled */
} task;

static const octet_value *operand(const task *t, uint32_t i) { return octet_graph_input(t->graph, t->op, i); }

static size_t n_results(const task *t) { return octet_shape_elements(&t->results[0].shape); }

/* The next place in row-major order. */
static void advance(const octet_shape *shape, int32_t *at) {
    for (int32_t d = shape->rank; d-- > 0;) {
        if (++at[d] < shape->dims[d]) return;
        at[d] = 0;
    }
}

/* Where the element at place `at` comes from: first + the sum of at[d] % wrap[d] * stride[d], in elements. */
typedef struct view {
    int64_t first, stride[OCTET_MAX_RANK];
    int32_t wrap[OCTET_MAX_RANK];
} view;

static size_t offset_of(const view *v, int32_t rank, const int32_t *at) {
    int64_t offset = v->first;
    for (int32_t d = 0; d < rank; d++) offset += at[d] % v->wrap[d] * v->stride[d];
    return (size_t)offset;
}

/* A value of shape `from` repeated until it fills `to`: broadcasting (of
 * axes of size 1, and of missing ones) and TILE. */
static view repeated(const octet_shape *from, const octet_shape *to) {
    view v = {0};
    int64_t stride = 1;
    for (int32_t d = to->rank; d-- > 0;) {
        const int32_t own = d - (to->rank - from->rank);
        v.wrap[d] = own < 0 ? 1 : from->dims[own];
        v.stride[d] = stride;
        stride *= v.wrap[d];
    }
    return v;
}

/* Fills the first result with elements of an operand; `walk` has as many places as the result has elements. */
static void copy_view(const task *t, uint32_t input, const view *v, const octet_shape *walk) {
    const size_t size = octet_type_size(t->results[0].type), n = n_results(t);
    const uint8_t *from = operand(t, input)->data;
    uint8_t *to = t->data[0];
    int32_t at[OCTET_MAX_RANK] = {0};
    for (size_t i = 0; i < n; i++, advance(walk, at))
        memcpy(to + i * size, from + offset_of(v, walk->rank, at) * size, size);
}

static void copy_repeated(const task *t, uint32_t input) {
    const view v = repeated(&operand(t, input)->shape, &t->results[0].shape);
    copy_view(t, input, &v, &t->results[0].shape);
}

static octet_status transpose(const task *t) {
    const octet_shape *from = &operand(t, 0)->shape, *to = &t->results[0].shape;
    const view plain = repeated(from, from);
    view v = {0};
    int32_t permutation[OCTET_MAX_RANK], n;
    OCTET_TRY(octet_infer_constant_i32(t->ctx, t->graph, t->op, 1, OCTET_MAX_RANK, permutation, &n));
    for (int32_t d = 0; d < n; d++) {
        v.stride[d] = plain.stride[octet_axis_from_start(permutation[d], n)];
        v.wrap[d] = to->dims[d];
    }
    copy_view(t, 0, &v, to);
    return OCTET_OK;
}

static octet_status slice(const task *t) {
    const octet_shape *from = &operand(t, 0)->shape;
    view v = repeated(from, from);
    octet_slice s;
    OCTET_TRY(octet_slice_resolve(t->ctx, t->graph, t->op, &s));
    octet_shape walk = {.rank = s.rank};
    for (int32_t d = 0; d < s.rank; d++) {
        walk.dims[d] = v.wrap[d] = s.count[d];
        v.first += s.begin[d] * v.stride[d];
        v.stride[d] *= s.stride[d];
    }
    copy_view(t, 0, &v, &walk);
    return OCTET_OK;
}

/* PACK and CONCATENATION: for every place before the axis the rows of the first operand, then those of the next. */
static void join(const task *t, int32_t axis) {
    const octet_shape *whole = &t->results[0].shape;
    const size_t outer = (size_t)octet_shape_product(whole, 0, octet_axis_from_start(axis, whole->rank));
    const size_t size = octet_type_size(t->results[0].type);
    if (outer == 0) return;
    uint8_t *first = t->data[0];
    for (uint32_t i = 0; i < t->op->n_inputs; i++) {
        const size_t row = octet_shape_elements(&operand(t, i)->shape) / outer * size;
        const uint8_t *from = operand(t, i)->data;
        for (size_t o = 0; o < outer; o++) memcpy(first + o * (n_results(t) / outer * size), from + o * row, row);
        first += row;
    }
}

/* SPLIT, SPLIT_V, UNPACK: the other way round. */
static void part(const task *t, const octet_value *whole, int32_t axis) {
    const size_t outer = (size_t)octet_shape_product(&whole->shape, 0, octet_axis_from_start(axis, whole->shape.rank));
    const size_t size = octet_type_size(whole->type);
    if (outer == 0) return;
    const uint8_t *first = whole->data;
    for (uint32_t i = 0; i < t->op->n_outputs; i++) {
        const size_t row = octet_shape_elements(&t->results[i].shape) / outer * size;
        uint8_t *to = t->data[i];
        for (size_t o = 0; o < outer; o++)
            memcpy(to + o * row, first + o * (octet_shape_elements(&whole->shape) / outer * size), row);
        first += row;
    }
}

static octet_status split(const task *t) {
    int32_t axis = 0, n;
    OCTET_TRY(octet_infer_constant_i32(t->ctx, t->graph, t->op, t->op->code == OCTET_OP_SPLIT ? 0 : 2, 1, &axis, &n));
    part(t, operand(t, t->op->code == OCTET_OP_SPLIT ? 1 : 0), axis);
    return OCTET_OK;
}

static octet_status gather(const task *t) {
    const octet_value *table = operand(t, 0), *indices = operand(t, 1);
    const octet_shape *shape = &table->shape;
    const int32_t axis = octet_axis_from_start(t->op->options.gather.axis, shape->rank);
    const size_t outer = (size_t)octet_shape_product(shape, 0, axis), length = (size_t)shape->dims[axis],
                 n = octet_shape_elements(&indices->shape),
                 row = (size_t)octet_shape_product(shape, axis + 1, shape->rank) * octet_type_size(table->type);
    for (size_t j = 0; j < n; j++) {
        const int64_t index = octet_constant_integer(indices->type, indices->data, j);
        OCTET_CHECK(t->ctx, index >= 0 && index < (int64_t)length, OCTET_MODEL, "%s: index %lld of %zu rows",
                    t->op->layer, (long long)index, length);
        for (size_t o = 0; o < outer; o++)
            memcpy((uint8_t *)t->data[0] + (o * n + j) * row,
                   (const uint8_t *)table->data + (o * length + (size_t)index) * row, row);
    }
    return OCTET_OK;
}

/* Numbers. */

static octet_folding stored(const task *t, size_t i, int64_t number) {
    return octet_constant_store(t->results[0].type, number, t->data[0], i) ? OCTET_FOLDING_KNOWN
                                                                           : OCTET_FOLDING_OVERFLOW;
}

static octet_folding checked(bool fits) { return fits ? OCTET_FOLDING_KNOWN : OCTET_FOLDING_OVERFLOW; }

static octet_folding combine_integers(octet_operator_code code, int64_t a, int64_t b, int64_t *out) {
    const bool divides = code == OCTET_OP_FLOOR_DIV || code == OCTET_OP_FLOOR_MOD;
    if (divides && b == 0) return OCTET_FOLDING_UNKNOWN;
    if (divides && a == INT64_MIN && b == -1) return OCTET_FOLDING_OVERFLOW;
    const bool is_below = divides && a % b != 0 && (a < 0) != (b < 0); /* C rounds towards zero */
    switch ((int)code) {
    case OCTET_OP_ADD: return checked(octet_add_i64(a, b, out));
    case OCTET_OP_SUB: return checked(octet_subtract_i64(a, b, out));
    case OCTET_OP_MUL: return checked(octet_multiply_i64(a, b, out));
    case OCTET_OP_FLOOR_DIV: *out = a / b - is_below; break;
    case OCTET_OP_FLOOR_MOD: *out = a % b + (is_below ? b : 0); break;
    case OCTET_OP_MAXIMUM: *out = a > b ? a : b; break;
    case OCTET_OP_MINIMUM: *out = a < b ? a : b; break;
    case OCTET_OP_LESS: *out = a < b; break;
    case OCTET_OP_LESS_EQUAL: *out = a <= b; break;
    case OCTET_OP_GREATER: *out = a > b; break;
    case OCTET_OP_GREATER_EQUAL: *out = a >= b; break;
    case OCTET_OP_EQUAL: *out = a == b; break;
    case OCTET_OP_NOT_EQUAL: *out = a != b; break;
    case OCTET_OP_LOGICAL_AND: *out = a != 0 && b != 0; break;
    case OCTET_OP_LOGICAL_OR: *out = a != 0 || b != 0; break;
    default: return OCTET_FOLDING_UNKNOWN;
    }
    return OCTET_FOLDING_KNOWN;
}

/* In double, which rounds to the same float32 as arithmetic in float32. */
static octet_folding combine_reals(octet_operator_code code, double a, double b, double *out) {
    switch ((int)code) {
    case OCTET_OP_ADD: *out = a + b; break;
    case OCTET_OP_SUB: *out = a - b; break;
    case OCTET_OP_MUL: *out = a * b; break;
    case OCTET_OP_DIV: *out = a / b; break;
    case OCTET_OP_MAXIMUM: *out = a < b ? b : a; break;
    case OCTET_OP_MINIMUM: *out = b < a ? b : a; break;
    default: return OCTET_FOLDING_UNKNOWN;
    }
    return OCTET_FOLDING_KNOWN;
}

static octet_folding combine(const task *t) {
    const octet_value *a = operand(t, 0), *b = operand(t, 1);
    const octet_shape *shape = &t->results[0].shape;
    const octet_operator_code code = t->op->code;
    const view from_a = repeated(&a->shape, shape), from_b = repeated(&b->shape, shape);
    const size_t n = n_results(t);
    int32_t at[OCTET_MAX_RANK] = {0};
    octet_folding known = OCTET_FOLDING_KNOWN;
    for (size_t i = 0; i < n && known == OCTET_FOLDING_KNOWN; i++, advance(shape, at)) {
        const size_t j = offset_of(&from_a, shape->rank, at), k = offset_of(&from_b, shape->rank, at);
        if (a->type == OCTET_FLOAT32) {
            double real = 0.0;
            if (t->results[0].type != OCTET_FLOAT32) return OCTET_FOLDING_UNKNOWN;
            known = combine_reals(code, octet_constant_real(a->type, a->data, j),
                                  octet_constant_real(b->type, b->data, k), &real);
            ((float *)t->data[0])[i] = (float)real;
        } else {
            int64_t number = 0;
            known = combine_integers(code, octet_constant_integer(a->type, a->data, j),
                                     octet_constant_integer(b->type, b->data, k), &number);
            if (known == OCTET_FOLDING_KNOWN) known = stored(t, i, number);
        }
    }
    return known;
}

static octet_folding apply_to_integer(octet_operator_code code, int64_t x, int64_t *out) {
    switch ((int)code) {
    case OCTET_OP_NEG: return checked(octet_subtract_i64(0, x, out));
    case OCTET_OP_ABS: return checked(x < 0 ? octet_subtract_i64(0, x, out) : octet_add_i64(0, x, out));
    case OCTET_OP_SQUARE: return checked(octet_multiply_i64(x, x, out));
    case OCTET_OP_LOGICAL_NOT: *out = x == 0; return OCTET_FOLDING_KNOWN;
    case OCTET_OP_CAST: *out = x; return OCTET_FOLDING_KNOWN;
    default: return OCTET_FOLDING_UNKNOWN;
    }
}

static octet_folding apply_to_real(octet_operator_code code, double x, double *out) {
    switch ((int)code) {
    case OCTET_OP_NEG: *out = -x; break;
    case OCTET_OP_ABS: *out = fabs(x); break;
    case OCTET_OP_SQUARE: *out = x * x; break;
    case OCTET_OP_SQRT: *out = sqrt(x); break;
    case OCTET_OP_RSQRT: *out = (double)(1.0f / (float)sqrt(x)); break;
    case OCTET_OP_CAST: *out = x; break;
    default: return OCTET_FOLDING_UNKNOWN;
    }
    return OCTET_FOLDING_KNOWN;
}

/* Functions of one element; CAST from float32 to integers is a kernel's matter. */
static octet_folding apply(const task *t) {
    const octet_value *x = operand(t, 0);
    const octet_type to = t->results[0].type;
    const size_t n = n_results(t);
    octet_folding known = OCTET_FOLDING_KNOWN;
    if (x->type == OCTET_FLOAT32 && to != OCTET_FLOAT32) return OCTET_FOLDING_UNKNOWN;
    for (size_t i = 0; i < n && known == OCTET_FOLDING_KNOWN; i++) {
        if (to == OCTET_FLOAT32) {
            double real = 0.0;
            known = apply_to_real(t->op->code, octet_constant_real(x->type, x->data, i), &real);
            ((float *)t->data[0])[i] = (float)real;
        } else {
            int64_t number = 0;
            known = apply_to_integer(t->op->code, octet_constant_integer(x->type, x->data, i), &number);
            if (known == OCTET_FOLDING_KNOWN) known = stored(t, i, number);
        }
    }
    return known;
}

/* REDUCE_PROD of all elements, as the number of elements of a shape. */
static octet_folding product(const task *t) {
    const octet_value *x = operand(t, 0);
    const size_t n = octet_shape_elements(&x->shape);
    int64_t number = 1;
    double real = 1.0;
    if (n_results(t) != 1) return OCTET_FOLDING_UNKNOWN;
    for (size_t i = 0; i < n; i++) {
        if (x->type == OCTET_FLOAT32) real *= octet_constant_real(x->type, x->data, i);
        else if (!octet_multiply_i64(number, octet_constant_integer(x->type, x->data, i), &number))
            return OCTET_FOLDING_OVERFLOW;
    }
    if (x->type != OCTET_FLOAT32) return stored(t, 0, number);
    *(float *)t->data[0] = (float)real;
    return OCTET_FOLDING_KNOWN;
}

static octet_folding shape_of(const task *t) {
    const octet_shape *shape = &operand(t, 0)->shape;
    for (int32_t i = 0; i < shape->rank; i++) stored(t, (size_t)i, shape->dims[i]);
    return OCTET_FOLDING_KNOWN;
}

/* The operands are shapes, as numbers. */
static octet_folding broadcast_shapes(const task *t) {
    octet_shape a = {0}, b = {0}, common;
    if (!octet_constant_read_i32(operand(t, 0), OCTET_MAX_RANK, a.dims, &a.rank) ||
        !octet_constant_read_i32(operand(t, 1), OCTET_MAX_RANK, b.dims, &b.rank) ||
        !octet_shape_broadcast(&a, &b, &common))
        return OCTET_FOLDING_UNKNOWN;
    for (int32_t i = 0; i < common.rank; i++) stored(t, (size_t)i, common.dims[i]);
    return OCTET_FOLDING_KNOWN;
}

static octet_status select_all(const task *t, octet_folding *out) {
    const octet_value *condition = operand(t, 0);
    if (octet_shape_elements(&condition->shape) != 1) *out = OCTET_FOLDING_UNKNOWN;
    else copy_repeated(t, octet_constant_integer(condition->type, condition->data, 0) != 0 ? 1 : 2);
    return OCTET_OK;
}

static octet_status compute(const task *t, octet_folding *out) {
    const octet_options *options = &t->op->options;
    *out = OCTET_FOLDING_KNOWN;
    switch ((int)t->op->code) {
    case OCTET_OP_SHAPE: *out = shape_of(t); return OCTET_OK;
    case OCTET_OP_RESHAPE:
    case OCTET_OP_EXPAND_DIMS:
    case OCTET_OP_SQUEEZE: memcpy(t->data[0], operand(t, 0)->data, octet_value_bytes(operand(t, 0))); return OCTET_OK;
    case OCTET_OP_BROADCAST_TO:
    case OCTET_OP_TILE: copy_repeated(t, 0); return OCTET_OK;
    case OCTET_OP_FILL: copy_repeated(t, 1); return OCTET_OK;
    case OCTET_OP_SELECT:
    case OCTET_OP_SELECT_V2: return select_all(t, out);
    case OCTET_OP_TRANSPOSE: return transpose(t);
    case OCTET_OP_SLICE:
    case OCTET_OP_STRIDED_SLICE: return slice(t);
    case OCTET_OP_PACK: join(t, options->pack.axis); return OCTET_OK;
    case OCTET_OP_CONCATENATION: join(t, options->concatenation.axis); return OCTET_OK;
    case OCTET_OP_UNPACK: part(t, operand(t, 0), options->pack.axis); return OCTET_OK;
    case OCTET_OP_SPLIT:
    case OCTET_OP_SPLIT_V: return split(t);
    case OCTET_OP_GATHER:
        if (options->gather.batch_dims == 0) return gather(t);
        *out = OCTET_FOLDING_UNKNOWN;
        return OCTET_OK;
    case OCTET_OP_REDUCE_PROD: *out = product(t); return OCTET_OK;
    case OCTET_OP_BROADCAST_ARGS: *out = broadcast_shapes(t); return OCTET_OK;
    case OCTET_OP_CAST:
    case OCTET_OP_NEG:
    case OCTET_OP_ABS:
    case OCTET_OP_SQUARE:
    case OCTET_OP_SQRT:
    case OCTET_OP_RSQRT:
    case OCTET_OP_LOGICAL_NOT: *out = apply(t); return OCTET_OK;
    case OCTET_OP_ADD:
    case OCTET_OP_SUB:
    case OCTET_OP_MUL:
    case OCTET_OP_DIV:
    case OCTET_OP_FLOOR_DIV:
    case OCTET_OP_FLOOR_MOD:
    case OCTET_OP_MAXIMUM:
    case OCTET_OP_MINIMUM:
    case OCTET_OP_LESS:
    case OCTET_OP_LESS_EQUAL:
    case OCTET_OP_GREATER:
    case OCTET_OP_GREATER_EQUAL:
    case OCTET_OP_EQUAL:
    case OCTET_OP_NOT_EQUAL:
    case OCTET_OP_LOGICAL_AND:
    case OCTET_OP_LOGICAL_OR: *out = combine(t); return OCTET_OK;
    default: *out = OCTET_FOLDING_UNKNOWN; return OCTET_OK;
    }
}

static bool can_hold(octet_type type, const octet_shape *shape, size_t max_elements) {
    return (type == OCTET_FLOAT32 || octet_constant_is_whole(type)) && octet_shape_elements(shape) <= max_elements;
}

static bool is_ready(const octet_graph *graph, const octet_operator *op, size_t max_elements,
                     const octet_inferred *results) {
    if (octet_operator_activation(op) != OCTET_ACTIVATION_NONE) return false;
    for (uint32_t i = 0; i < op->n_outputs; i++) {
        if (!can_hold(results[i].type, &results[i].shape, max_elements)) return false;
    }
    for (uint32_t i = 0; i < op->n_inputs && op->code != OCTET_OP_SHAPE; i++) {
        const octet_value *value = octet_graph_input(graph, op, i);
        if (value == NULL || !octet_value_is_constant(value) || !can_hold(value->type, &value->shape, max_elements))
            return false;
    }
    return op->n_inputs > 0;
}

/* Results that turn out not to be known leave nothing in `arena`: passes ask again and again. */
static octet_status fold(octet_context *ctx, octet_arena *scratch, octet_arena *arena, task *t, const void **data,
                         octet_folding *out) {
    OCTET_TRY(OCTET_NEW(ctx, scratch, t->op->n_outputs, &t->data));
    for (uint32_t i = 0; i < t->op->n_outputs; i++) {
        const octet_inferred *result = &t->results[i];
        OCTET_TRY(octet_arena_array(ctx, scratch, octet_shape_elements(&result->shape), octet_type_size(result->type),
                                    &t->data[i]));
    }
    OCTET_TRY(compute(t, out));
    for (uint32_t i = 0; i < t->op->n_outputs && *out == OCTET_FOLDING_KNOWN; i++) {
        const octet_inferred *result = &t->results[i];
        OCTET_TRY(octet_arena_copy(ctx, arena, t->data[i], octet_shape_bytes(&result->shape, result->type),
                                   (void **)(uintptr_t)&data[i]));
    }
    return OCTET_OK;
}

octet_status octet_fold_operator(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                 const octet_operator *op, size_t max_elements, const octet_inferred *results,
                                 const void **data, octet_folding *out) {
    *out = OCTET_FOLDING_UNKNOWN;
    if (!is_ready(graph, op, max_elements, results)) return OCTET_OK;
    task t = {.ctx = ctx, .graph = graph, .op = op, .results = results};
    octet_arena scratch = {0};
    const octet_status status = fold(ctx, &scratch, arena, &t, data, out);
    octet_arena_free(ctx, &scratch);
    return status;
}

/* Operators of more operands or results are never folded. */
enum { MOST = 1024 };

octet_status octet_fold_outputs(octet_context *ctx, octet_graph *graph, const octet_operator *op, size_t max_elements,
                                octet_folding *out) {
    octet_inferred results[MOST];
    const void *data[MOST];
    *out = OCTET_FOLDING_UNKNOWN;
    if (op->n_outputs > MOST) return OCTET_OK;
    for (uint32_t i = 0; i < op->n_outputs; i++) {
        const octet_value *value = octet_graph_output(graph, op, i);
        results[i] = (octet_inferred){value->type, value->shape};
    }
    OCTET_TRY(octet_fold_operator(ctx, &graph->arena, graph, op, max_elements, results, data, out));
    for (uint32_t i = 0; i < op->n_outputs && *out == OCTET_FOLDING_KNOWN; i++)
        octet_graph_output(graph, op, i)->data = data[i];
    return OCTET_OK;
}

octet_status octet_fold_new(octet_context *ctx, octet_graph *graph, octet_operator_code code, const char *layer,
                            const char *name, const uint32_t *inputs, uint32_t n_inputs, const octet_options *options,
                            size_t max_elements, uint32_t *outputs, uint32_t n_outputs, octet_folding *out) {
    uint32_t operands[MOST];
    octet_inferred results[MOST];
    const void *data[MOST];
    *out = OCTET_FOLDING_UNKNOWN;
    if (n_outputs > MOST || n_inputs > MOST) return OCTET_OK;
    memcpy(operands, inputs, n_inputs * sizeof *inputs);
    for (uint32_t i = 0; i < n_outputs; i++) outputs[i] = OCTET_NONE;
    octet_operator op = {.code = code,
                         .n_inputs = n_inputs,
                         .inputs = operands,
                         .n_outputs = n_outputs,
                         .outputs = outputs,
                         .layer = layer};
    if (options != NULL) op.options = *options;
    OCTET_TRY(octet_infer(ctx, graph, &op, results));
    OCTET_TRY(octet_fold_operator(ctx, &graph->arena, graph, &op, max_elements, results, data, out));
    for (uint32_t i = 0; i < n_outputs && *out == OCTET_FOLDING_KNOWN; i++) {
        OCTET_TRY(octet_graph_add_value(ctx, graph, name, results[i].type, &results[i].shape, &outputs[i]));
        graph->values[outputs[i]].data = data[i];
    }
    return OCTET_OK;
}
