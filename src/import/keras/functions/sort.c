/* Functions that order the values along an axis: sort, argsort, quantiles, sparsemax. The operator for it, TOPK_V2,
 * gives the largest of the last axis first; ascending order is the order of the opposites, as TensorFlow writes it. */
#include <math.h>
#include <string.h>

#include "import/keras/emit/slice.h"
#include "import/keras/functions/arguments.h"
#include "import/keras/functions/functions.h"

/* The axis swapped with the last one. */
static octet_status turn(octet_keras_call *call, uint32_t x, int32_t axis, uint32_t *out) {
    const int32_t rank = octet_keras_shape(call, x)->rank;
    int32_t perm[OCTET_MAX_RANK];
    *out = x;
    if (axis == rank - 1) return OCTET_OK;
    for (int32_t i = 0; i < rank; i++) perm[i] = i;
    perm[axis] = rank - 1;
    perm[rank - 1] = axis;
    return octet_keras_transpose(call, "transpose", x, perm, out);
}

/* Everything along the last axis, in order: values and places (int32). */
static octet_status order(octet_keras_call *call, uint32_t x, uint32_t *out) {
    const octet_shape shape = *octet_keras_shape(call, x);
    const char *name = NULL;
    uint32_t inputs[2] = {x, OCTET_NONE};
    OCTET_TRY(octet_keras_i32_scalar(call, "TopKV2/k", shape.dims[shape.rank - 1], &inputs[1]));
    OCTET_TRY(octet_arena_format(call->ctx, call->arena, &name, "%s/TopKV2", call->path));
    return octet_graph_emit(call->ctx, call->graph, OCTET_OP_TOPK_V2, call->layer->name, name, inputs, 2, NULL, out, 2);
}

/* sort, argsort: the row says which of the two. */
octet_status octet_keras_function_sort(octet_keras_call *call, const octet_keras_function *self) {
    uint32_t x, ordered[2];
    int32_t axis = 0;
    const octet_keras_argument *direction = NULL;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand_flat(call, 1, "axis", -1, &x, &axis));
    OCTET_TRY(octet_keras_operand(call, call->layer->is_operation ? -1 : 2, "direction", &direction));
    const char *text = direction != NULL ? octet_json_text(direction->constant) : NULL;
    const bool descends = text != NULL && strcmp(text, "DESCENDING") == 0, is_argsort = self->variant[0] == 'a';
    if (!descends) OCTET_TRY(octet_keras_unary(call, OCTET_OP_NEG, "Neg", x, &x));
    OCTET_TRY(turn(call, x, axis, &x));
    OCTET_TRY(order(call, x, ordered));
    x = ordered[is_argsort ? 1 : 0];
    if (!descends && !is_argsort) OCTET_TRY(octet_keras_unary(call, OCTET_OP_NEG, "Neg_1", x, &x));
    OCTET_TRY(turn(call, x, axis, &x));
    return octet_keras_return(call, x);
}

/* What stands at `place` of ascending rows: two neighbours, mixed. */
static octet_status between(octet_keras_call *call, uint32_t x, double place, uint32_t *out) {
    const octet_shape shape = *octet_keras_shape(call, x);
    const int32_t last = shape.rank - 1, low = (int32_t)floor(place);
    const float part = (float)(place - floor(place));
    uint32_t upper;
    OCTET_TRY(octet_keras_slice_axis(call, "GatherV2", x, last, low, low + 1, out));
    if (part == 0.0f) return OCTET_OK;
    OCTET_TRY(octet_keras_slice_axis(call, "GatherV2_1", x, last, low + 1, low + 2, &upper));
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MUL, "mul", *out, 1.0f - part, out));
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MUL, "mul_1", upper, part, &upper));
    return octet_keras_binary(call, OCTET_OP_ADD, "add", *out, upper, out);
}

/* median, quantile, percentile: the row says which. Along the given axes, which become one. */
octet_status octet_keras_function_quantile(octet_keras_call *call, const octet_keras_function *self) {
    uint32_t x, ordered[2];
    int32_t axes[OCTET_MAX_RANK], n = 0, perm[OCTET_MAX_RANK], dims[OCTET_MAX_RANK], kept = 0;
    double q = 0.5;
    bool keep_dims = false;
    const octet_keras_argument *method = NULL;
    const bool is_median = self->variant[0] == 'm';
    OCTET_TRY(octet_keras_operand_x(call, &x));
    octet_shape shape = *octet_keras_shape(call, x);
    if (!is_median) OCTET_TRY(octet_keras_operand_f64(call, 1, "q", -1.0, &q));
    if (self->variant[0] == 'p') q /= 100.0;
    OCTET_TRY(octet_keras_operand_axes(call, -1, "axis", shape.rank, axes, &n));
    OCTET_TRY(octet_keras_operand_bool(call, -1, "keepdims", false, &keep_dims));
    OCTET_TRY(octet_keras_operand(call, -1, "method", &method));
    const char *text = method != NULL ? octet_json_text(method->constant) : "linear";
    if (!(q >= 0.0 && q <= 1.0) || text == NULL || strcmp(text, "linear") != 0)
        return octet_keras_refuse(
            call, "is supported for one number between the least and the largest, with the method linear");
    OCTET_TRY(octet_keras_unary(call, OCTET_OP_NEG, "Neg", x, &x));
    /* [kept.., axes..] -> [kept.., product of the axes] */
    uint32_t dropped = 0;
    int32_t length = 1;
    bool moves = false;
    for (int32_t i = 0; i < n; i++) dropped |= 1u << axes[i];
    for (int32_t pass = 0, j = 0; pass < 2; pass++) {
        for (int32_t i = 0; i < shape.rank; i++) {
            if ((dropped >> i & 1) != (uint32_t)pass) continue;
            if (pass == 0) dims[kept++] = shape.dims[i];
            else length *= shape.dims[i];
            moves = moves || j != i;
            perm[j++] = i;
        }
    }
    if (moves) OCTET_TRY(octet_keras_transpose(call, "transpose", x, perm, &x));
    dims[kept] = length;
    if (n != 1) OCTET_TRY(octet_keras_reshape(call, "Reshape", x, kept + 1, dims, &x));
    OCTET_TRY(order(call, x, ordered));
    OCTET_TRY(octet_keras_unary(call, OCTET_OP_NEG, "Neg_1", ordered[0], &x));
    OCTET_TRY(between(call, x, q * (length - 1), &x));
    for (int32_t i = 0; i < shape.rank && keep_dims; i++) {
        if ((dropped >> i & 1) != 0) shape.dims[i] = 1;
    }
    OCTET_TRY(
        octet_keras_reshape(call, "Reshape_1", x, keep_dims ? shape.rank : kept, keep_dims ? shape.dims : dims, &x));
    return octet_keras_return(call, x);
}

/* max(x - tau, 0), where tau = (sum over the support of the running sums - 1) / size of the support, as Keras has it:
 * the support is the k largest that k * x_k > x_1 + .. + x_k - 1 holds for. */
octet_status octet_keras_function_sparsemax(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x, ordered[2], inputs[3], sums, tau, n_support, ranks;
    int32_t axis = 0;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand_axis(call, 1, "axis", octet_keras_shape(call, x)->rank, -1, &axis));
    OCTET_TRY(turn(call, x, axis, &x));
    const octet_shape shape = *octet_keras_shape(call, x);
    const int32_t last = shape.rank - 1, n = shape.dims[last];
    float *counts = NULL;
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, (size_t)n, &counts));
    for (int32_t i = 0; i < n; i++) counts[i] = (float)(i + 1);
    OCTET_TRY(octet_keras_constant(call, "range", NULL, 1, &n, counts, &ranks));
    OCTET_TRY(order(call, x, ordered));
    inputs[0] = ordered[0];
    OCTET_TRY(octet_keras_i32_scalar(call, "Cumsum/axis", last, &inputs[1]));
    const octet_options cumsum = {.cumsum = {false, false}};
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_CUMSUM, "Cumsum", inputs, 2, &cumsum, &sums));
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_SUB, "sub", sums, 1.0f, &tau));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul", ordered[0], ranks, &n_support));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_GREATER, "Greater", n_support, tau, &inputs[0]));
    OCTET_TRY(octet_keras_cast(call, inputs[0], OCTET_FLOAT32, &n_support));
    OCTET_TRY(octet_keras_reduce(call, OCTET_OP_SUM, "Sum", n_support, &last, 1, false, true, &n_support));
    inputs[1] = sums;
    OCTET_TRY(octet_keras_scalar(call, "zero", 0.0f, &inputs[2]));
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_SELECT_V2, "SelectV2", inputs, 3, NULL, &sums));
    OCTET_TRY(octet_keras_reduce(call, OCTET_OP_SUM, "Sum_1", sums, &last, 1, false, true, &sums));
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_SUB, "sub_1", sums, 1.0f, &tau));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_DIV, "truediv", tau, n_support, &tau));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_SUB, "sub_2", x, tau, &x));
    OCTET_TRY(octet_keras_unary(call, OCTET_OP_RELU, "Relu", x, &x));
    OCTET_TRY(turn(call, x, axis, &x));
    return octet_keras_return(call, x);
}
