/* Converters write shapes that depend on the batch as operators on small integers: SHAPE, STRIDED_SLICE, PACK, RESHAPE.
 * With the batch fixed all of these are known, and are computed here, exactly, so that a graph has static shapes only.
 * So are the counters of loops, and the comparisons that end them. */
#include <string.h>

#include "import/tflite/source.h"

enum { MAX_ELEMENTS = 64 };

typedef struct integers {
    int32_t n, rank;
    int64_t at[MAX_ELEMENTS];
} integers;

static bool is_integer(const octet_value *value) {
    return value->type == OCTET_INT32 || value->type == OCTET_INT64 || value->type == OCTET_BOOL;
}

/* Reads constant input `index`; false when it is none, or larger than shapes are. */
static bool read_integers(const octet_graph *graph, const octet_operator *op, uint32_t index, integers *out) {
    const octet_value *value = octet_graph_input(graph, op, index);
    if (!value || !value->data || !is_integer(value)) return false;
    const size_t n = octet_shape_elements(&value->shape);
    if (n > MAX_ELEMENTS) return false;
    out->n = (int32_t)n;
    out->rank = value->shape.rank;
    for (size_t i = 0; i < n; i++) {
        if (value->type == OCTET_INT64) {
            memcpy(&out->at[i], (const uint8_t *)value->data + 8 * i, 8);
        } else if (value->type == OCTET_BOOL) {
            out->at[i] = ((const uint8_t *)value->data)[i] != 0;
        } else {
            int32_t narrow;
            memcpy(&narrow, (const uint8_t *)value->data + 4 * i, 4);
            out->at[i] = narrow;
        }
    }
    return true;
}

static bool fold_shape_of(const octet_value *input, integers *out) {
    out->n = input->shape.rank;
    for (int32_t i = 0; i < out->n; i++) out->at[i] = input->shape.dims[i];
    return true;
}

/* Rank 1, no ellipsis and no new axis: what converters write. */
static bool fold_strided_slice(const octet_graph *graph, const octet_operator *op, const integers *in, integers *out) {
    integers begin, end, stride;
    if (!read_integers(graph, op, 1, &begin) || !read_integers(graph, op, 2, &end)) return false;
    if (!read_integers(graph, op, 3, &stride)) return false;
    if (in->rank != 1 || begin.n != 1 || end.n != 1 || stride.n != 1 || stride.at[0] == 0) return false;
    if (op->options.strided_slice.ellipsis_mask || op->options.strided_slice.new_axis_mask) return false;
    if (op->options.strided_slice.offset) return false;
    const int64_t step = stride.at[0], n = in->n;
    int64_t from = begin.at[0], to = end.at[0];
    if (from < -n - 1 || from > n || step < -n - 1 || step > n + 1) return false;
    if (from < 0) from += n;
    if (to < 0) to += n;
    if (op->options.strided_slice.begin_mask & 1) from = step > 0 ? 0 : n - 1;
    if (op->options.strided_slice.end_mask & 1) to = step > 0 ? n : -1;
    if (op->options.strided_slice.shrink_axis_mask & 1) to = from + (step > 0 ? 1 : -1);
    out->n = 0;
    for (int64_t i = from; step > 0 ? i < to : i > to; i += step) {
        if (i < 0 || i >= n) break;
        out->at[out->n++] = in->at[i];
    }
    return true;
}

static bool fold_slice(const octet_graph *graph, const octet_operator *op, const integers *in, integers *out) {
    integers begin, size;
    if (!read_integers(graph, op, 1, &begin) || !read_integers(graph, op, 2, &size)) return false;
    if (in->rank != 1 || begin.n != 1 || size.n != 1 || begin.at[0] < 0 || begin.at[0] > in->n) return false;
    const int64_t n = size.at[0] == -1 ? in->n - begin.at[0] : size.at[0];
    if (n < 0 || n > in->n - begin.at[0]) return false;
    out->n = (int32_t)n;
    for (int32_t i = 0; i < out->n; i++) out->at[i] = in->at[begin.at[0] + i];
    return true;
}

static bool fold_gather(const octet_graph *graph, const octet_operator *op, const integers *in, integers *out) {
    integers indices;
    if (in->rank != 1 || !read_integers(graph, op, 1, &indices)) return false;
    out->n = indices.n;
    for (int32_t i = 0; i < indices.n; i++) {
        if (indices.at[i] < 0 || indices.at[i] >= in->n) return false;
        out->at[i] = in->at[indices.at[i]];
    }
    return true;
}

/* PACK of scalars, CONCATENATION of vectors. */
static bool fold_join(const octet_graph *graph, const octet_operator *op, int32_t rank, integers *out) {
    out->n = 0;
    if (op->code == OCTET_OP_CONCATENATION && op->options.concatenation.activation != OCTET_ACTIVATION_NONE)
        return false;
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        integers in;
        if (!read_integers(graph, op, i, &in) || in.rank != rank || out->n + in.n > MAX_ELEMENTS) return false;
        memcpy(out->at + out->n, in.at, (size_t)in.n * sizeof in.at[0]);
        out->n += in.n;
    }
    return true;
}

static bool fold_product(const octet_graph *graph, const octet_operator *op, const integers *in, integers *out) {
    integers axes;
    if (in->rank != 1 || !read_integers(graph, op, 1, &axes) || axes.n != 1) return false;
    out->n = 1;
    out->at[0] = 1;
    for (int32_t i = 0; i < in->n; i++)
        if (!octet_multiply_i64(out->at[0], in->at[i], &out->at[0])) return false;
    return true;
}

static bool combine(octet_operator_code code, int64_t a, int64_t b, int64_t *out) {
    if (code == OCTET_OP_ADD) return octet_add_i64(a, b, out);
    if (code == OCTET_OP_SUB) return b != INT64_MIN && octet_add_i64(a, -b, out);
    if (code == OCTET_OP_MUL) return octet_multiply_i64(a, b, out);
    switch ((int)code) {
    case OCTET_OP_LESS: return *out = a < b, true;
    case OCTET_OP_LESS_EQUAL: return *out = a <= b, true;
    case OCTET_OP_GREATER: return *out = a > b, true;
    case OCTET_OP_GREATER_EQUAL: return *out = a >= b, true;
    case OCTET_OP_EQUAL: return *out = a == b, true;
    case OCTET_OP_NOT_EQUAL: return *out = a != b, true;
    case OCTET_OP_LOGICAL_AND: return *out = a && b, true;
    case OCTET_OP_LOGICAL_OR: return *out = a || b, true;
    default: break;
    }
    if (code == OCTET_OP_MAXIMUM) return *out = a > b ? a : b, true;
    if (code == OCTET_OP_MINIMUM) return *out = a < b ? a : b, true;
    if (b == 0 || b == -1) return false;
    const bool is_below = a % b != 0 && (a < 0) != (b < 0);
    *out = code == OCTET_OP_FLOOR_MOD ? a % b + (is_below ? b : 0) : a / b - is_below;
    return true;
}

static bool fold_elementwise(const octet_graph *graph, const octet_operator *op, const integers *a, integers *out) {
    integers b;
    if (!read_integers(graph, op, 1, &b) || a->rank > 1 || b.rank > 1) return false;
    const bool fused = op->code == OCTET_OP_ADD || op->code == OCTET_OP_SUB || op->code == OCTET_OP_MUL;
    if (fused && op->options.arithmetic.activation != OCTET_ACTIVATION_NONE) return false;
    if (a->n != b.n && a->n != 1 && b.n != 1) return false;
    out->n = a->n == 1 ? b.n : a->n;
    for (int32_t i = 0; i < out->n; i++)
        if (!combine(op->code, a->at[a->n == 1 ? 0 : i], b.at[b.n == 1 ? 0 : i], &out->at[i])) return false;
    return true;
}

/* One condition for all elements, of two operands of one shape. */
static bool fold_select(const octet_graph *graph, const octet_operator *op, const integers *condition, integers *out) {
    integers no;
    if (condition->n != 1 || !read_integers(graph, op, 1, out) || !read_integers(graph, op, 2, &no)) return false;
    if (out->n != no.n || out->rank != no.rank) return false;
    if (!condition->at[0]) *out = no;
    return true;
}

static bool fold_not(const integers *in, integers *out) {
    *out = *in;
    for (int32_t i = 0; i < in->n; i++) out->at[i] = !in->at[i];
    return true;
}

static bool fold_broadcast(const octet_graph *graph, const octet_operator *op, const integers *a, integers *out) {
    integers b;
    if (!read_integers(graph, op, 1, &b)) return false;
    out->n = a->n > b.n ? a->n : b.n;
    for (int32_t i = 0; i < out->n; i++) {
        const int32_t j = i - (out->n - a->n), k = i - (out->n - b.n);
        const int64_t x = j < 0 ? 1 : a->at[j], y = k < 0 ? 1 : b.at[k];
        if (x != y && x != 1 && y != 1) return false;
        out->at[i] = x == 1 ? y : x;
    }
    return true;
}

static bool compute(const octet_graph *graph, const octet_operator *op, integers *out) {
    if (op->n_inputs == 0) return false;
    if (op->code == OCTET_OP_SHAPE) return fold_shape_of(octet_graph_input(graph, op, 0), out);
    if (op->code == OCTET_OP_PACK) return fold_join(graph, op, 0, out);
    if (op->code == OCTET_OP_CONCATENATION) return fold_join(graph, op, 1, out);
    integers in;
    if (!read_integers(graph, op, 0, &in)) return false;
    switch ((int)op->code) {
    case OCTET_OP_STRIDED_SLICE: return fold_strided_slice(graph, op, &in, out);
    case OCTET_OP_SLICE: return fold_slice(graph, op, &in, out);
    case OCTET_OP_GATHER: return fold_gather(graph, op, &in, out);
    case OCTET_OP_REDUCE_PROD: return fold_product(graph, op, &in, out);
    case OCTET_OP_BROADCAST_ARGS: return fold_broadcast(graph, op, &in, out);
    case OCTET_OP_ADD:
    case OCTET_OP_SUB:
    case OCTET_OP_MUL:
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
    case OCTET_OP_LOGICAL_OR: return fold_elementwise(graph, op, &in, out);
    case OCTET_OP_LOGICAL_NOT: return fold_not(&in, out);
    case OCTET_OP_SELECT:
    case OCTET_OP_SELECT_V2: return fold_select(graph, op, &in, out);
    case OCTET_OP_RESHAPE:
    case OCTET_OP_SQUEEZE:
    case OCTET_OP_EXPAND_DIMS:
    case OCTET_OP_CAST: *out = in; return true;
    default: return false;
    }
}

/* Makes value a constant, unless a number does not fit. */
static octet_status store(octet_context *ctx, octet_graph *graph, octet_value *value, const int64_t *numbers, size_t n,
                          bool *stored) {
    uint8_t *data;
    const size_t element = octet_type_size(value->type);
    *stored = false;
    OCTET_TRY(octet_arena_array(ctx, &graph->arena, n, element, (void **)&data));
    for (size_t i = 0; i < n; i++) {
        const int32_t narrow = (int32_t)numbers[i];
        if (value->type == OCTET_INT32 && narrow != numbers[i]) return OCTET_OK;
        if (value->type == OCTET_BOOL) data[i] = numbers[i] != 0;
        else
            memcpy(data + i * element, value->type == OCTET_INT64 ? (const void *)&numbers[i] : (const void *)&narrow,
                   element);
    }
    value->data = data;
    *stored = true;
    return OCTET_OK;
}

/* A vector in parts: SPLIT, SPLIT_V, UNPACK. The numbers fit, since they are of the same type. */
static octet_status fold_parts(octet_context *ctx, octet_graph *graph, const octet_operator *op, bool *folded) {
    integers in;
    if (!read_integers(graph, op, op->code == OCTET_OP_SPLIT ? 1 : 0, &in) || in.rank != 1) return OCTET_OK;
    size_t at = 0;
    for (uint32_t i = 0; i < op->n_outputs; i++) at += octet_shape_elements(&octet_graph_output(graph, op, i)->shape);
    if (at != (size_t)in.n) return OCTET_OK;
    for (uint32_t i = op->n_outputs; i-- > 0;) {
        octet_value *value = octet_graph_output(graph, op, i);
        const size_t n = octet_shape_elements(&value->shape);
        at -= n;
        OCTET_TRY(store(ctx, graph, value, in.at + at, n, folded));
    }
    return OCTET_OK;
}

octet_status octet_tflite_fold_shape(octet_context *ctx, octet_graph *graph, const octet_operator *op, bool *folded) {
    *folded = false;
    octet_value *value = &graph->values[op->outputs[0]];
    integers result;
    const bool cuts = op->code == OCTET_OP_SPLIT || op->code == OCTET_OP_SPLIT_V || op->code == OCTET_OP_UNPACK;
    if (cuts) return fold_parts(ctx, graph, op, folded);
    if (op->n_outputs != 1 || !is_integer(value) || !compute(graph, op, &result)) return OCTET_OK;
    if ((size_t)result.n != octet_shape_elements(&value->shape)) return OCTET_OK;
    return store(ctx, graph, value, result.at, (size_t)result.n, folded);
}
