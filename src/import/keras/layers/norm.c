/* Normalizations. Parameters that do not change at inference become constants; batch normalization becomes MUL and ADD,
 * which a pass folds into neighbours. Arithmetic of constants is float32 throughout, as TensorFlow folds it. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/rsqrt.h"
#include "import/keras/emit/weight.h"
#include "import/keras/layers/classes.h"

static bool flag_of(const octet_keras_layer *layer, const char *key) {
    const octet_json *value = octet_json_get(layer->config, key);
    return octet_json_kind_of(value) != OCTET_JSON_BOOL || octet_json_is_true(value);
}

static const char *next_path(const octet_keras_layer *layer) {
    static const char *const paths[OCTET_KERAS_MAX_WEIGHTS] = {"vars/0", "vars/1", "vars/2", "vars/3", "vars/4"};
    return paths[layer->n_weights];
}

octet_status octet_keras_weights_batch_normalization(octet_context *ctx, octet_arena *arena, octet_keras_layer *layer) {
    (void)ctx, (void)arena;
    if (flag_of(layer, "scale")) octet_keras_weights_add(layer, "gamma", next_path(layer), true);
    if (flag_of(layer, "center")) octet_keras_weights_add(layer, "beta", next_path(layer), true);
    octet_keras_weights_add(layer, "moving_mean", next_path(layer), false);
    octet_keras_weights_add(layer, "moving_variance", next_path(layer), false);
    return OCTET_OK;
}

octet_status octet_keras_weights_layer_normalization(octet_context *ctx, octet_arena *arena, octet_keras_layer *layer) {
    (void)ctx, (void)arena;
    if (flag_of(layer, "scale")) octet_keras_weights_add(layer, "gamma", next_path(layer), true);
    const octet_json *rms = octet_json_get(layer->config, "rms_scaling");
    if (flag_of(layer, "center") && !octet_json_is_true(rms))
        octet_keras_weights_add(layer, "beta", next_path(layer), true);
    return OCTET_OK;
}

octet_status octet_keras_weights_rms_normalization(octet_context *ctx, octet_arena *arena, octet_keras_layer *layer) {
    (void)ctx, (void)arena;
    octet_keras_weights_add(layer, "scale", "vars/0", true);
    return OCTET_OK;
}

octet_status octet_keras_weights_normalization(octet_context *ctx, octet_arena *arena, octet_keras_layer *layer) {
    (void)ctx, (void)arena;
    const octet_json_kind kind = octet_json_kind_of(octet_json_get(layer->config, "mean"));
    if (kind != OCTET_JSON_MISSING && kind != OCTET_JSON_NULL) return OCTET_OK; /* given in the configuration */
    octet_keras_weights_add(layer, "mean", "vars/0", false);
    octet_keras_weights_add(layer, "variance", "vars/1", false);
    octet_keras_weights_add(layer, "count", "vars/2", false);
    for (uint32_t i = 0; i < layer->n_weights; i++) layer->weights[i].is_optional = true;
    return OCTET_OK;
}

/* `axis`: an integer or a list; normalized to 0..rank-1, in the order that is written. */
static octet_status read_axes(octet_keras_call *call, int32_t rank, int32_t fallback, int32_t *axes, int32_t *n) {
    axes[0] = fallback;
    *n = 1;
    const octet_json_kind kind = octet_json_kind_of(octet_json_get(call->layer->config, "axis"));
    if (kind != OCTET_JSON_MISSING && kind != OCTET_JSON_NULL) {
        OCTET_TRY(
            octet_json_get_i32_list(call->ctx, call->document, call->layer->config, "axis", OCTET_MAX_RANK, axes, n));
    }
    uint32_t seen = 0;
    for (int32_t i = 0; i < *n; i++) {
        const int32_t axis = axes[i] < 0 ? axes[i] + rank : axes[i];
        if (axis < 0 || axis >= rank || (seen >> axis & 1) != 0)
            return octet_keras_contradict(call, "axis %d is no axis of %d dimensions, or named twice", axes[i], rank);
        seen |= 1u << axis;
        axes[i] = axis;
    }
    return OCTET_OK;
}

/* Shape with the input's sizes on `axes` and 1 elsewhere. */
static void broadcast_dims(const octet_shape *shape, const int32_t *axes, int32_t n, int32_t *out) {
    for (int32_t i = 0; i < shape->rank; i++) out[i] = 1;
    for (int32_t i = 0; i < n; i++) out[axes[i]] = shape->dims[axes[i]];
}

octet_status octet_keras_layer_batch_normalization(octet_keras_call *call) {
    uint32_t x, scale, offset;
    OCTET_TRY(octet_keras_single(call, 2, OCTET_MAX_RANK, &x));
    if (octet_json_is_true(octet_json_get(call->layer->config, "renorm")))
        return octet_keras_refuse(call, "renorm is not supported");
    const octet_shape shape = *octet_keras_shape(call, x);
    int32_t axes[OCTET_MAX_RANK], n_axes = 0, dims[OCTET_MAX_RANK];
    OCTET_TRY(read_axes(call, shape.rank, -1, axes, &n_axes));
    if (n_axes != 1) return octet_keras_refuse(call, "normalization over %d axes is not supported", n_axes);
    int32_t n = shape.dims[axes[0]];
    float epsilon = 0.0f;
    OCTET_TRY(octet_keras_f32(call, "epsilon", 1e-3, &epsilon));
    const float *gamma = NULL, *beta = NULL, *mean = NULL, *variance = NULL;
    if (octet_keras_has_weight(call, "gamma")) OCTET_TRY(octet_keras_weight_data(call, "gamma", 1, &n, &gamma));
    if (octet_keras_has_weight(call, "beta")) OCTET_TRY(octet_keras_weight_data(call, "beta", 1, &n, &beta));
    OCTET_TRY(octet_keras_weight_data(call, "moving_mean", 1, &n, &mean));
    OCTET_TRY(octet_keras_weight_data(call, "moving_variance", 1, &n, &variance));
    float *m = NULL, *b = NULL;
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, (size_t)n, &m));
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, (size_t)n, &b));
    for (int32_t i = 0; i < n; i++) {
        b[i] = variance[i] + epsilon;
        if (!(b[i] >= FLT_MIN))
            return octet_keras_contradict(call, "moving_variance[%d] + epsilon is %g, it must be positive", i,
                                          (double)b[i]);
    }
    octet_rsqrt_f32(b, (size_t)n, m);
    for (int32_t i = 0; i < n; i++) {
        if (gamma != NULL) m[i] = gamma[i] * m[i];
        const float shift = mean[i] * m[i];
        b[i] = beta != NULL ? beta[i] - shift : -shift;
        if (!isfinite(m[i]) || !isfinite(b[i]))
            return octet_keras_contradict(call, "channel %d has scale %g and offset %g, both must be finite", i,
                                          (double)m[i], (double)b[i]);
    }
    /* One dimension when the axis is the last, as the converter writes it. */
    broadcast_dims(&shape, axes, 1, dims);
    const int32_t first = axes[0];
    const char *origin = octet_keras_weight_origin(call, gamma != NULL ? "gamma" : "moving_variance");
    OCTET_TRY(octet_keras_constant(call, "batchnorm/mul/y", origin, shape.rank - first, dims + first, m, &scale));
    OCTET_TRY(octet_keras_constant(call, "batchnorm/add/y", octet_keras_weight_origin(call, "moving_mean"),
                                   shape.rank - first, dims + first, b, &offset));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "batchnorm/mul_1", x, scale, &x));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_ADD, "batchnorm/add_1", x, offset, &x));
    return octet_keras_return(call, x);
}

/* gamma or beta as a constant of shape `dims`; OCTET_NONE when the layer has
 * none. `rank`, `own`: its shape in the file. */
static octet_status parameter(octet_keras_call *call, const char *name, int32_t rank, int32_t *own, int32_t out_rank,
                              const int32_t *dims, uint32_t *out) {
    *out = OCTET_NONE;
    if (!octet_keras_has_weight(call, name)) return OCTET_OK;
    const float *data = NULL;
    OCTET_TRY(octet_keras_weight_data(call, name, rank, own, &data));
    return octet_keras_constant(call, name, octet_keras_weight_origin(call, name), out_rank, dims, data, out);
}

/* 1 / sqrt(variance + epsilon), times gamma. */
static octet_status inverse_deviation(octet_keras_call *call, uint32_t variance, uint32_t gamma, uint32_t *out) {
    float epsilon = 0.0f;
    OCTET_TRY(octet_keras_f32(call, "epsilon", 1e-3, &epsilon));
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_ADD, "add", variance, epsilon, &variance));
    OCTET_TRY(octet_keras_unary(call, OCTET_OP_RSQRT, "Rsqrt", variance, out));
    return gamma == OCTET_NONE ? OCTET_OK : octet_keras_binary(call, OCTET_OP_MUL, "mul", *out, gamma, out);
}

/* Keras 3: x * inverse + (-mean * inverse + beta). */
static octet_status apply_3(octet_keras_call *call, uint32_t x, uint32_t negative_mean, uint32_t inverse, uint32_t beta,
                            uint32_t *out) {
    uint32_t shift;
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul_1", negative_mean, inverse, &shift));
    if (beta != OCTET_NONE) OCTET_TRY(octet_keras_binary(call, OCTET_OP_ADD, "add_1", shift, beta, &shift));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul_2", x, inverse, &x));
    return octet_keras_binary(call, OCTET_OP_ADD, "add_2", x, shift, out);
}

/* Keras 2: x * inverse + (beta - mean * inverse). */
static octet_status apply_2(octet_keras_call *call, uint32_t x, uint32_t mean, uint32_t inverse, uint32_t beta,
                            uint32_t *out) {
    uint32_t shift;
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "batchnorm/mul_1", x, inverse, &x));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "batchnorm/mul_2", mean, inverse, &shift));
    if (beta == OCTET_NONE) return octet_keras_binary(call, OCTET_OP_SUB, "batchnorm/sub", x, shift, out);
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_SUB, "batchnorm/sub", beta, shift, &shift));
    return octet_keras_binary(call, OCTET_OP_ADD, "batchnorm/add_1", x, shift, out);
}

/* TensorFlow 2's LayerNormalization over the last axes borrows fused batch
 * normalization: [1,rows,columns,1], channels first. */
static octet_status layer_normalization_fused(octet_keras_call *call, uint32_t x, const octet_shape *shape,
                                              int32_t n_rows, int32_t n_columns, const uint32_t *parameters) {
    uint32_t mean, variance, inverse, zeros;
    static const int32_t axes[3] = {0, 1, 2};
    OCTET_TRY(octet_keras_reshape(call, "Reshape", x, 4, (const int32_t[]){1, -1, n_columns, 1}, &x));
    OCTET_TRY(octet_keras_transpose(call, "FusedBatchNormV3", x, (const int32_t[]){0, 2, 3, 1}, &x));
    OCTET_TRY(octet_keras_reduce(call, OCTET_OP_MEAN, "mean", x, axes, 3, false, false, &mean));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_SQUARED_DIFFERENCE, "SquaredDifference", x, mean, &variance));
    OCTET_TRY(octet_keras_reduce(call, OCTET_OP_MEAN, "variance", variance, axes, 3, false, false, &variance));
    OCTET_TRY(inverse_deviation(call, variance, OCTET_NONE, &inverse));
    float *data = NULL;
    const int32_t n_zeros = call->graph->open_batch ? 1 : n_rows; /* rows of all samples */
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, (size_t)n_zeros, &data));
    OCTET_TRY(octet_keras_constant(call, "Fill", NULL, 1, &n_zeros, data, &zeros));
    OCTET_TRY(apply_2(call, x, mean, inverse, zeros, &x));
    OCTET_TRY(octet_keras_transpose(call, "FusedBatchNormV3_1", x, (const int32_t[]){0, 3, 1, 2}, &x));
    OCTET_TRY(octet_keras_reshape(call, "Reshape_1", x, shape->rank, shape->dims, &x));
    if (parameters[0] != OCTET_NONE) OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul_3", x, parameters[0], &x));
    if (parameters[1] != OCTET_NONE) OCTET_TRY(octet_keras_binary(call, OCTET_OP_ADD, "add", x, parameters[1], &x));
    return octet_keras_return(call, x);
}

octet_status octet_keras_layer_layer_normalization(octet_keras_call *call) {
    uint32_t x, mean, negative = OCTET_NONE, variance, inverse, parameters[2];
    OCTET_TRY(octet_keras_single(call, 2, OCTET_MAX_RANK, &x));
    const octet_shape shape = *octet_keras_shape(call, x);
    int32_t axes[OCTET_MAX_RANK], n = 0, own[OCTET_MAX_RANK], dims[OCTET_MAX_RANK];
    OCTET_TRY(read_axes(call, shape.rank, -1, axes, &n));
    bool is_tail = true; /* the axes are the last ones, in any order */
    for (int32_t i = 0; i < n; i++) {
        own[i] = shape.dims[axes[i]]; /* Keras reshapes the weights, and never transposes them */
        is_tail = is_tail && axes[i] >= shape.rank - n;
    }
    broadcast_dims(&shape, axes, n, dims);
    const bool rms = octet_json_is_true(octet_json_get(call->layer->config, "rms_scaling"));
    float epsilon = 0.0f;
    OCTET_TRY(octet_keras_f32(call, "epsilon", 1e-3, &epsilon));
    const bool is_fused = call->keras_version < 3 && is_tail && (double)epsilon >= 1.001e-5;
    const bool is_last = is_tail && n == 1, is_vector = call->keras_version < 3 && is_last;
    const int32_t skip = is_fused || is_vector ? shape.rank - n : 0;
    OCTET_TRY(parameter(call, "gamma", n, own, shape.rank - skip, dims + skip, &parameters[0]));
    OCTET_TRY(parameter(call, "beta", n, own, shape.rank - skip, dims + skip, &parameters[1]));
    if (is_fused) {
        return layer_normalization_fused(call, x, &shape, octet_shape_product(&shape, 0, shape.rank - n),
                                         octet_shape_product(&shape, shape.rank - n, shape.rank), parameters);
    }
    if (is_last && !is_vector) axes[0] = -1; /* as Keras 3 writes it */
    OCTET_TRY(octet_keras_reduce(call, OCTET_OP_MEAN, "Mean", x, axes, n, false, true, &mean));
    if (call->keras_version >= 3 && !rms) OCTET_TRY(octet_keras_unary(call, OCTET_OP_NEG, "Neg", mean, &negative));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_SQUARED_DIFFERENCE, "SquaredDifference", x, mean, &variance));
    OCTET_TRY(octet_keras_reduce(call, OCTET_OP_MEAN, "variance", variance, axes, n, false, true, &variance));
    OCTET_TRY(inverse_deviation(call, variance, parameters[0], &inverse));
    if (rms) {
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul_1", x, inverse, &x));
    } else if (call->keras_version >= 3) {
        OCTET_TRY(apply_3(call, x, negative, inverse, parameters[1], &x));
    } else {
        OCTET_TRY(apply_2(call, x, mean, inverse, parameters[1], &x));
    }
    return octet_keras_return(call, x);
}

/* TensorFlow 2 writes the mean of GroupNormalization as SUM and a product with 1/n. */
static octet_status mean_2(octet_keras_call *call, uint32_t x, const int32_t *axes, int32_t n, uint32_t *out) {
    const octet_shape full = *octet_keras_shape(call, x);
    OCTET_TRY(octet_keras_reduce(call, OCTET_OP_SUM, "Sum", x, axes, n, false, true, out));
    const octet_shape shape = *octet_keras_shape(call, *out);
    const size_t n_out = octet_shape_elements(&shape), n_in = octet_shape_elements(&full);
    float *data = NULL;
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, n_out, &data));
    for (size_t i = 0; i < n_out; i++) data[i] = 1.0f / (float)(n_in / n_out);
    uint32_t factor;
    OCTET_TRY(octet_keras_constant(call, "moments/divisor", NULL, shape.rank, shape.dims, data, &factor));
    return octet_keras_binary(call, OCTET_OP_MUL, "moments/mean", *out, factor, out);
}

octet_status octet_keras_layer_group_normalization(octet_keras_call *call) {
    uint32_t x, mean, negative = OCTET_NONE, variance, inverse, gamma, beta;
    OCTET_TRY(octet_keras_single(call, 2, OCTET_MAX_RANK - 1, &x));
    const octet_shape shape = *octet_keras_shape(call, x);
    int32_t axis[OCTET_MAX_RANK], n = 0, groups = 32, dims[OCTET_MAX_RANK], wide[OCTET_MAX_RANK], axes[OCTET_MAX_RANK],
                                  n_axes = 0;
    OCTET_TRY(read_axes(call, shape.rank, -1, axis, &n));
    OCTET_TRY(octet_keras_i32(call, "groups", 32, &groups));
    if (n != 1 || axis[0] == 0) return octet_keras_refuse(call, "axis must be one axis other than the batch");
    int32_t channels = shape.dims[axis[0]];
    if (groups == -1) groups = channels;
    if (groups < 1 || channels % groups != 0)
        return octet_keras_contradict(call, "%d channels cannot be divided into %d groups", channels, groups);
    /* [.., C, ..] -> [.., G, C/G, ..]; means over everything but the batch and G. */
    for (int32_t i = 0, j = 0; i < shape.rank; i++) {
        dims[j] = 1;
        wide[j++] = i == axis[0] ? groups : shape.dims[i];
        if (i != 0 && i != axis[0]) axes[n_axes++] = j - 1;
        if (i == axis[0]) {
            dims[j - 1] = groups;
            dims[j] = wide[j] = channels / groups;
            axes[n_axes++] = j++;
        }
    }
    OCTET_TRY(parameter(call, "gamma", 1, &channels, shape.rank + 1, dims, &gamma));
    OCTET_TRY(parameter(call, "beta", 1, &channels, shape.rank + 1, dims, &beta));
    OCTET_TRY(octet_keras_reshape(call, "Reshape", x, shape.rank + 1, wide, &x));
    const bool is_3 = call->keras_version >= 3;
    if (is_3) {
        OCTET_TRY(octet_keras_reduce(call, OCTET_OP_MEAN, "Mean", x, axes, n_axes, false, true, &mean));
        OCTET_TRY(octet_keras_unary(call, OCTET_OP_NEG, "Neg", mean, &negative));
    } else {
        OCTET_TRY(mean_2(call, x, axes, n_axes, &mean));
    }
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_SUB, "sub", x, mean, &variance));
    OCTET_TRY(octet_keras_unary(call, OCTET_OP_SQUARE, "Square", variance, &variance));
    if (is_3) {
        OCTET_TRY(octet_keras_reduce(call, OCTET_OP_MEAN, "variance", variance, axes, n_axes, false, true, &variance));
    } else {
        OCTET_TRY(mean_2(call, variance, axes, n_axes, &variance));
    }
    OCTET_TRY(inverse_deviation(call, variance, gamma, &inverse));
    if (is_3) {
        OCTET_TRY(apply_3(call, x, negative, inverse, beta, &x));
    } else {
        OCTET_TRY(apply_2(call, x, mean, inverse, beta, &x));
    }
    OCTET_TRY(octet_keras_reshape(call, "Reshape_1", x, shape.rank, shape.dims, &x));
    return octet_keras_return(call, x);
}

octet_status octet_keras_layer_unit_normalization(octet_keras_call *call) {
    uint32_t x, norm;
    OCTET_TRY(octet_keras_single(call, 2, OCTET_MAX_RANK, &x));
    const int32_t rank = octet_keras_shape(call, x)->rank;
    int32_t axes[OCTET_MAX_RANK], n = 0;
    OCTET_TRY(read_axes(call, rank, -1, axes, &n));
    const bool is_last = n == 1 && axes[0] == rank - 1, is_3 = call->keras_version >= 3;
    if (is_last && !is_3) {
        OCTET_TRY(octet_keras_unary(call, OCTET_OP_L2_NORMALIZATION, "l2_normalize", x, &x));
        return octet_keras_return(call, x);
    }
    if (is_last) axes[0] = -1;
    OCTET_TRY(octet_keras_unary(call, OCTET_OP_SQUARE, "Square", x, &norm));
    OCTET_TRY(octet_keras_reduce(call, OCTET_OP_SUM, "Sum", norm, axes, n, n == 1, true, &norm));
    if (!is_3) OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MAXIMUM, "Maximum", norm, 1e-12f, &norm));
    OCTET_TRY(octet_keras_unary(call, OCTET_OP_RSQRT, "Rsqrt", norm, &norm));
    if (is_3) OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MINIMUM, "Minimum", norm, 1e12f, &norm));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul", x, norm, &x));
    return octet_keras_return(call, x);
}

octet_status octet_keras_layer_rms_normalization(octet_keras_call *call) {
    uint32_t x, y, scale;
    OCTET_TRY(octet_keras_single(call, 2, OCTET_MAX_RANK, &x));
    const octet_shape shape = *octet_keras_shape(call, x);
    int32_t axes[OCTET_MAX_RANK], n = 0, own[OCTET_MAX_RANK], dims[OCTET_MAX_RANK];
    float epsilon = 0.0f;
    OCTET_TRY(read_axes(call, shape.rank, -1, axes, &n));
    OCTET_TRY(octet_keras_f32(call, "epsilon", 1e-6, &epsilon));
    for (int32_t i = 0; i < n; i++) own[i] = shape.dims[axes[i]];
    broadcast_dims(&shape, axes, n, dims);
    const int32_t skip = n == 1 ? axes[0] : 0;
    OCTET_TRY(parameter(call, "scale", n, own, shape.rank - skip, dims + skip, &scale));
    if (n == 1 && axes[0] == shape.rank - 1) axes[0] = -1;
    OCTET_TRY(octet_keras_unary(call, OCTET_OP_SQUARE, "Square", x, &y));
    OCTET_TRY(octet_keras_reduce(call, OCTET_OP_MEAN, "Mean", y, axes, n, false, true, &y));
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_ADD, "add", y, epsilon, &y));
    OCTET_TRY(octet_keras_unary(call, OCTET_OP_RSQRT, "Rsqrt", y, &y));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul", x, y, &x));
    if (scale != OCTET_NONE) OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul_1", x, scale, &x));
    return octet_keras_return(call, x);
}

/* Numbers of a list at any depth, appended to data[0..n). */
static bool flatten_numbers(const octet_json *value, int depth, float *data, size_t capacity, size_t *n) {
    double number = 0.0;
    if (octet_json_number(value, &number)) {
        if (*n == capacity) return false;
        data[(*n)++] = (float)number;
        return isfinite((float)number);
    }
    if (octet_json_kind_of(value) != OCTET_JSON_ARRAY || depth > 8) return false;
    for (size_t i = 0; i < octet_json_length(value); i++) {
        if (!flatten_numbers(octet_json_at(value, i), depth + 1, data, capacity, n)) return false;
    }
    return true;
}

/* Statistics from the configuration or from the file; one number serves for all. */
static octet_status statistics(octet_keras_call *call, const char *key, const octet_shape *wanted, float *out) {
    const size_t n = octet_shape_elements(wanted);
    const octet_json *value = octet_json_get(call->layer->config, key);
    size_t found = 0;
    if (octet_json_kind_of(value) != OCTET_JSON_MISSING && octet_json_kind_of(value) != OCTET_JSON_NULL) {
        if (!flatten_numbers(value, 0, out, n, &found) || found == 0)
            return octet_keras_contradict(call, "%s is no list of at most %zu finite numbers", key, n);
    } else {
        if (!octet_keras_has_weight(call, key))
            return octet_keras_refuse(call, "has no %s: it was never adapted; call adapt() before saving", key);
        const octet_keras_weight *weight = NULL;
        for (uint32_t i = 0; i < call->layer->n_weights; i++) {
            if (strcmp(call->layer->weights[i].name, key) == 0) weight = &call->layer->weights[i];
        }
        int32_t dims[OCTET_MAX_RANK];
        for (int32_t i = 0; i < OCTET_MAX_RANK; i++) dims[i] = -1;
        const float *data = NULL;
        OCTET_TRY(octet_keras_weight_data(call, key, octet_keras_weight_rank(weight), dims, &data));
        for (; found < n; found++) {
            if (found >= octet_keras_weight_elements(weight)) break;
            out[found] = data[found];
        }
    }
    if (found == 1) {
        for (size_t i = 1; i < n; i++) out[i] = out[0];
    } else if (found != n) {
        return octet_keras_contradict(call, "%s has %zu numbers, its input needs %zu", key, found, n);
    }
    return OCTET_OK;
}

octet_status octet_keras_layer_normalization(octet_keras_call *call) {
    uint32_t x, constants[2];
    OCTET_TRY(octet_keras_single(call, 1, OCTET_MAX_RANK, &x));
    const octet_shape shape = *octet_keras_shape(call, x);
    int32_t axes[OCTET_MAX_RANK], n = 0;
    const octet_json *axis = octet_json_get(call->layer->config, "axis");
    if (octet_json_kind_of(axis) != OCTET_JSON_NULL) OCTET_TRY(read_axes(call, shape.rank, -1, axes, &n));
    octet_shape wanted = {.rank = shape.rank};
    broadcast_dims(&shape, axes, n, wanted.dims);
    const size_t n_elements = octet_shape_elements(&wanted);
    float *mean = NULL, *deviation = NULL;
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, n_elements, &mean));
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, n_elements, &deviation));
    OCTET_TRY(statistics(call, "mean", &wanted, mean));
    OCTET_TRY(statistics(call, "variance", &wanted, deviation));
    const bool invert = octet_json_is_true(octet_json_get(call->layer->config, "invert"));
    for (size_t i = 0; i < n_elements; i++) {
        if (!(deviation[i] >= 0.0f))
            return octet_keras_contradict(call, "variance has %g, it must not be negative", (double)deviation[i]);
        deviation[i] = fmaxf(sqrtf(deviation[i]), 1e-7f);
        if (!invert) deviation[i] = 1.0f / deviation[i]; /* the converter turns division by a constant into a product */
    }
    OCTET_TRY(octet_keras_constant(call, "mean", octet_keras_weight_origin(call, "mean"), wanted.rank, wanted.dims,
                                   mean, &constants[0]));
    OCTET_TRY(octet_keras_constant(call, "deviation", octet_keras_weight_origin(call, "variance"), wanted.rank,
                                   wanted.dims, deviation, &constants[1]));
    if (invert) {
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul", x, constants[1], &x));
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_ADD, "add", x, constants[0], &x));
    } else {
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_SUB, "sub", x, constants[0], &x));
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "truediv", x, constants[1], &x));
    }
    return octet_keras_return(call, x);
}

/* x op constant, where the attribute is a number or a list over the last axis; nothing for the neutral number. */
static octet_status rescale(octet_keras_call *call, octet_operator_code code, const char *key, double neutral,
                            uint32_t x, uint32_t *out) {
    *out = x;
    const octet_json *value = octet_json_get(call->layer->config, key);
    if (octet_json_kind_of(value) == OCTET_JSON_ARRAY && octet_json_length(value) > 1) {
        const octet_shape *shape = octet_keras_shape(call, x);
        int32_t n = shape->dims[shape->rank - 1];
        float *data = NULL;
        size_t found = 0;
        uint32_t constant;
        OCTET_TRY(OCTET_NEW(call->ctx, call->arena, (size_t)n, &data));
        if (!flatten_numbers(value, 0, data, (size_t)n, &found) || found != (size_t)n)
            return octet_keras_contradict(call, "%s is no list of %d finite numbers", key, n);
        OCTET_TRY(octet_keras_constant(call, key, NULL, 1, &n, data, &constant));
        return octet_keras_binary(call, code, code == OCTET_OP_MUL ? "mul" : "add", x, constant, out);
    }
    float number = 0.0f;
    OCTET_TRY(octet_keras_f32(call, key, neutral, &number));
    if (number == (float)neutral) return OCTET_OK;
    return octet_keras_with_scalar(call, code, code == OCTET_OP_MUL ? "mul" : "add", x, number, out);
}

octet_status octet_keras_layer_rescaling(octet_keras_call *call) {
    uint32_t x;
    OCTET_TRY(octet_keras_single(call, 1, OCTET_MAX_RANK, &x));
    OCTET_TRY(rescale(call, OCTET_OP_MUL, "scale", 1.0, x, &x));
    OCTET_TRY(rescale(call, OCTET_OP_ADD, "offset", 0.0, x, &x));
    return octet_keras_return(call, x);
}

/* Of keras.applications: ConvNeXt's LayerScale (x * gamma) and InceptionResNetV2's CustomScaleLayer (a + scale * b). */

octet_status octet_keras_weights_layer_scale(octet_context *ctx, octet_arena *arena, octet_keras_layer *layer) {
    (void)ctx, (void)arena;
    octet_keras_weights_add(layer, "gamma", "vars/0", true);
    return OCTET_OK;
}

octet_status octet_keras_layer_layer_scale(octet_keras_call *call) {
    uint32_t x, gamma;
    OCTET_TRY(octet_keras_single(call, 1, OCTET_MAX_RANK, &x));
    const octet_shape *shape = octet_keras_shape(call, x);
    int32_t n = shape->dims[shape->rank - 1];
    OCTET_TRY(parameter(call, "gamma", 1, &n, 1, &n, &gamma));
    if (gamma == OCTET_NONE) return octet_keras_contradict(call, "has no gamma");
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul", x, gamma, &x));
    return octet_keras_return(call, x);
}

octet_status octet_keras_layer_scaled_sum(octet_keras_call *call) {
    uint32_t x;
    float scale = 1.0f;
    if (call->n_inputs != 2)
        return octet_keras_contradict(call, "reads %u tensors, it takes 2", (unsigned)call->n_inputs);
    OCTET_TRY(octet_keras_f32(call, "scale", 1.0, &scale));
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MUL, "mul", call->inputs[1], scale, &x));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_ADD, "add", call->inputs[0], x, &x));
    return octet_keras_return(call, x);
}
