#include "passes/constant.h"

#include <math.h>
#include <string.h>

#include "graph/infer/infer.h"
#include "graph/slice.h"

bool octet_constant_has_type(octet_type type) {
    return type == OCTET_FLOAT32 || type == OCTET_INT32 || type == OCTET_INT64 || type == OCTET_BOOL;
}

octet_status octet_constant_read(octet_context *ctx, octet_arena *scratch, const octet_value *value, double **out) {
    const size_t n = octet_shape_elements(&value->shape);
    OCTET_TRY(OCTET_NEW(ctx, scratch, n, out));
    const uint8_t *bytes = value->data;
    for (size_t i = 0; i < n; i++) {
        float single;
        int32_t narrow;
        int64_t wide;
        if (value->type == OCTET_FLOAT32) {
            memcpy(&single, bytes + 4 * i, 4);
            (*out)[i] = (double)single;
        } else if (value->type == OCTET_INT32) {
            memcpy(&narrow, bytes + 4 * i, 4);
            (*out)[i] = (double)narrow;
        } else if (value->type == OCTET_INT64) {
            memcpy(&wide, bytes + 8 * i, 8);
            (*out)[i] = (double)wide;
        } else {
            (*out)[i] = bytes[i] != 0;
        }
    }
    return OCTET_OK;
}

static double clamped(double value, double low, double high) {
    return value != value ? 0.0 : fmin(fmax(value, low), high);
}

octet_status octet_constant_write(octet_context *ctx, octet_arena *arena, octet_type type, const double *from, size_t n,
                                  const void **out) {
    void *data = NULL;
    OCTET_TRY(octet_arena_array(ctx, arena, n, octet_type_size(type), &data));
    for (size_t i = 0; i < n; i++) {
        if (type == OCTET_FLOAT32) {
            ((float *)data)[i] = (float)from[i];
        } else if (type == OCTET_INT32) {
            ((int32_t *)data)[i] = (int32_t)clamped(from[i], INT32_MIN, INT32_MAX);
        } else if (type == OCTET_INT64) {
            ((int64_t *)data)[i] = (int64_t)clamped(from[i], -9007199254740992.0, 9007199254740992.0);
        } else {
            ((uint8_t *)data)[i] = from[i] != 0.0;
        }
    }
    *out = data;
    return OCTET_OK;
}

/* What a computation works with. */
typedef struct task {
    octet_context *ctx;
    octet_arena *scratch;
    const octet_graph *graph;
    const octet_operator *op;
    const octet_shape *shape; /* of the result */
    size_t n;
    double *out;
} task;

static const octet_shape *shape_of(const task *t, uint32_t i) { return &octet_graph_input(t->graph, t->op, i)->shape; }

static octet_status read(const task *t, uint32_t i, double **out) {
    return octet_constant_read(t->ctx, t->scratch, octet_graph_input(t->graph, t->op, i), out);
}

/* Row-major coordinates of element i. */
static void coordinates(const octet_shape *shape, size_t i, int32_t *at) {
    for (int32_t d = shape->rank; d-- > 0;) {
        at[d] = (int32_t)(i % (size_t)shape->dims[d]);
        i /= (size_t)shape->dims[d];
    }
}

static size_t offset_of(const octet_shape *shape, const int32_t *at) {
    size_t offset = 0;
    for (int32_t d = 0; d < shape->rank; d++) offset = offset * (size_t)shape->dims[d] + (size_t)at[d];
    return offset;
}

/* The element of an operand that meets element `at` of the result, broadcast; also TILE, since it wraps around. */
static size_t wrapped(const octet_shape *from, const octet_shape *to, const int32_t *at) {
    int32_t here[OCTET_MAX_RANK];
    for (int32_t d = 0; d < from->rank; d++) here[d] = at[d + to->rank - from->rank] % from->dims[d];
    return offset_of(from, here);
}

static octet_status copy_wrapped(task *t) {
    double *in = NULL;
    int32_t at[OCTET_MAX_RANK];
    OCTET_TRY(read(t, 0, &in));
    for (size_t i = 0; i < t->n; i++) {
        coordinates(t->shape, i, at);
        t->out[i] = in[wrapped(shape_of(t, 0), t->shape, at)];
    }
    return OCTET_OK;
}

static octet_status transpose(task *t) {
    double *in = NULL;
    int32_t permutation[OCTET_MAX_RANK], at[OCTET_MAX_RANK], from[OCTET_MAX_RANK], n;
    OCTET_TRY(read(t, 0, &in));
    OCTET_TRY(octet_infer_constant_i32(t->ctx, t->graph, t->op, 1, OCTET_MAX_RANK, permutation, &n));
    for (size_t i = 0; i < t->n; i++) {
        coordinates(t->shape, i, at);
        for (int32_t d = 0; d < n; d++) from[permutation[d] < 0 ? permutation[d] + n : permutation[d]] = at[d];
        t->out[i] = in[offset_of(shape_of(t, 0), from)];
    }
    return OCTET_OK;
}

static octet_status slice(task *t) {
    double *in = NULL;
    octet_slice s;
    int32_t at[OCTET_MAX_RANK];
    OCTET_TRY(read(t, 0, &in));
    OCTET_TRY(octet_slice_resolve(t->ctx, t->graph, t->op, &s));
    octet_shape counts = {.rank = s.rank};
    for (int32_t d = 0; d < s.rank; d++) counts.dims[d] = s.count[d];
    for (size_t i = 0; i < t->n; i++) {
        coordinates(&counts, i, at);
        for (int32_t d = 0; d < s.rank; d++) at[d] = s.begin[d] + at[d] * s.stride[d];
        t->out[i] = in[offset_of(shape_of(t, 0), at)];
    }
    return OCTET_OK;
}

/* PACK and CONCATENATION: blocks along an axis. */
static octet_status join(task *t, int32_t axis) {
    const int32_t rank = t->op->code == OCTET_OP_PACK ? t->shape->rank : shape_of(t, 0)->rank;
    if (axis < 0) axis += rank;
    const size_t outer = (size_t)octet_shape_product(t->shape, 0, axis);
    const size_t row = outer == 0 ? 0 : t->n / outer;
    size_t done = 0;
    for (uint32_t i = 0; i < t->op->n_inputs; i++) {
        double *in = NULL;
        OCTET_TRY(read(t, i, &in));
        const size_t part = outer == 0 ? 0 : octet_shape_elements(shape_of(t, i)) / outer;
        for (size_t o = 0; o < outer; o++) memcpy(t->out + o * row + done, in + o * part, part * sizeof *in);
        done += part;
    }
    return OCTET_OK;
}

static octet_status gather(task *t) {
    double *in = NULL, *indices = NULL;
    OCTET_TRY(read(t, 0, &in));
    OCTET_TRY(read(t, 1, &indices));
    const octet_shape *shape = shape_of(t, 0);
    const int32_t axis =
        t->op->options.gather.axis < 0 ? t->op->options.gather.axis + shape->rank : t->op->options.gather.axis;
    const size_t outer = (size_t)octet_shape_product(shape, 0, axis),
                 inner = (size_t)octet_shape_product(shape, axis + 1, shape->rank);
    const size_t length = (size_t)shape->dims[axis], n = octet_shape_elements(shape_of(t, 1));
    for (size_t j = 0; j < n; j++) {
        OCTET_CHECK(t->ctx, indices[j] >= 0 && indices[j] < (double)length, OCTET_MODEL, "%s: index %g of %zu rows",
                    t->op->layer, indices[j], length);
        for (size_t o = 0; o < outer; o++) {
            memcpy(t->out + (o * n + j) * inner, in + (o * length + (size_t)indices[j]) * inner, inner * sizeof *in);
        }
    }
    return OCTET_OK;
}

static double combine(octet_operator_code code, double a, double b) {
    switch ((int)code) {
    case OCTET_OP_ADD: return a + b;
    case OCTET_OP_SUB: return a - b;
    case OCTET_OP_MUL: return a * b;
    case OCTET_OP_MAXIMUM: return a < b ? b : a;
    case OCTET_OP_MINIMUM: return b < a ? b : a;
    default: return a / b;
    }
}

static octet_status elementwise(task *t) {
    double *a = NULL, *b = NULL;
    int32_t at[OCTET_MAX_RANK];
    OCTET_TRY(read(t, 0, &a));
    OCTET_TRY(read(t, 1, &b));
    for (size_t i = 0; i < t->n; i++) {
        coordinates(t->shape, i, at);
        t->out[i] =
            combine(t->op->code, a[wrapped(shape_of(t, 0), t->shape, at)], b[wrapped(shape_of(t, 1), t->shape, at)]);
    }
    return OCTET_OK;
}

static double apply(octet_operator_code code, double x) {
    switch ((int)code) {
    case OCTET_OP_NEG: return -x;
    case OCTET_OP_ABS: return fabs(x);
    case OCTET_OP_SQUARE: return x * x;
    case OCTET_OP_SQRT: return sqrt(x);
    case OCTET_OP_RSQRT: return (double)(1.0f / (float)sqrt(x));
    default: return x;
    }
}

static octet_status unary(task *t) {
    double *in = NULL;
    OCTET_TRY(read(t, 0, &in));
    for (size_t i = 0; i < t->n; i++) t->out[i] = apply(t->op->code, in[i]);
    return OCTET_OK;
}

static octet_status fill(task *t) {
    double *value = NULL;
    OCTET_TRY(read(t, 1, &value));
    for (size_t i = 0; i < t->n; i++) t->out[i] = value[0];
    return OCTET_OK;
}

static octet_status product(task *t, bool *computed) {
    double *in = NULL;
    *computed = t->n == 1; /* of all elements: what shapes need */
    if (!*computed) return OCTET_OK;
    OCTET_TRY(read(t, 0, &in));
    t->out[0] = 1.0;
    for (size_t i = 0; i < octet_shape_elements(shape_of(t, 0)); i++) t->out[0] *= in[i];
    return OCTET_OK;
}

static octet_status compute(task *t, bool *computed) {
    const octet_options *options = &t->op->options;
    const bool integers = octet_graph_output(t->graph, t->op, 0)->type != OCTET_FLOAT32;
    *computed = true;
    switch ((int)t->op->code) {
    case OCTET_OP_RESHAPE:
    case OCTET_OP_EXPAND_DIMS:
    case OCTET_OP_SQUEEZE:
    case OCTET_OP_NEG:
    case OCTET_OP_ABS:
    case OCTET_OP_SQUARE:
    case OCTET_OP_SQRT:
    case OCTET_OP_RSQRT: return unary(t);
    case OCTET_OP_BROADCAST_TO:
    case OCTET_OP_TILE: return copy_wrapped(t);
    case OCTET_OP_TRANSPOSE: return transpose(t);
    case OCTET_OP_SLICE:
    case OCTET_OP_STRIDED_SLICE: return slice(t);
    case OCTET_OP_PACK: return join(t, options->pack.axis);
    case OCTET_OP_CONCATENATION:
        *computed = options->concatenation.activation == OCTET_ACTIVATION_NONE;
        return *computed ? join(t, options->concatenation.axis) : OCTET_OK;
    case OCTET_OP_GATHER: *computed = options->gather.batch_dims == 0; return *computed ? gather(t) : OCTET_OK;
    case OCTET_OP_FILL: return fill(t);
    case OCTET_OP_REDUCE_PROD: return product(t, computed);
    case OCTET_OP_CAST:
        if (!integers) return unary(t);
        *computed = octet_graph_input(t->graph, t->op, 0)->type != OCTET_FLOAT32;
        return *computed ? unary(t) : OCTET_OK;
    case OCTET_OP_ADD:
    case OCTET_OP_SUB:
    case OCTET_OP_MUL:
        *computed = options->arithmetic.activation == OCTET_ACTIVATION_NONE;
        return *computed ? elementwise(t) : OCTET_OK;
    case OCTET_OP_DIV:
        *computed = !integers && options->arithmetic.activation == OCTET_ACTIVATION_NONE;
        return *computed ? elementwise(t) : OCTET_OK;
    case OCTET_OP_MAXIMUM:
    case OCTET_OP_MINIMUM: return elementwise(t);
    default: *computed = false; return OCTET_OK;
    }
}

octet_status octet_constant_compute(octet_context *ctx, octet_arena *scratch, const octet_graph *graph,
                                    const octet_operator *op, double **out) {
    *out = NULL;
    task t = {
        .ctx = ctx, .scratch = scratch, .graph = graph, .op = op, .shape = &octet_graph_output(graph, op, 0)->shape};
    t.n = octet_shape_elements(t.shape);
    OCTET_TRY(OCTET_NEW(ctx, scratch, t.n, &t.out));
    bool computed = false;
    OCTET_TRY(compute(&t, &computed));
    if (computed) *out = t.out;
    return OCTET_OK;
}
