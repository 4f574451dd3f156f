/* Pooling. One dimension is two: Keras 2 writes [N,L,1,C], Keras 3 [N,1,L,C]. */
#include <string.h>

#include "import/keras/emit/mask.h"
#include "import/keras/emit/pool_adaptive.h"
#include "import/keras/layers/classes.h"

static octet_status emit_pool(octet_keras_call *call, octet_padding padding, const int32_t *size,
                              const int32_t *strides, uint32_t x, uint32_t *out) {
    const octet_options options = {.pool_2d = {.padding = padding,
                                               .stride_h = strides[0],
                                               .stride_w = strides[1],
                                               .filter_h = size[0],
                                               .filter_w = size[1]}};
    const octet_operator_code code = call->layer->class->code;
    return octet_keras_emit(call, code, code == OCTET_OP_AVERAGE_POOL_2D ? "AvgPool" : "MaxPool", &x, 1, &options, out);
}

/* strides default to pool_size. Keras 1.x and 2.0 call them pool_length and stride in one dimension. */
static octet_status read_pool(octet_keras_call *call, int32_t n, octet_padding *padding, int32_t *size,
                              int32_t *strides) {
    OCTET_TRY(octet_keras_channels_last(call));
    OCTET_TRY(octet_keras_padding(call, padding, NULL));
    OCTET_TRY(octet_keras_sizes(call, "pool_size", n, 2, size));
    const octet_json_kind kind = octet_json_kind_of(octet_json_get(call->layer->config, "strides"));
    if (kind != OCTET_JSON_MISSING && kind != OCTET_JSON_NULL) return octet_keras_sizes(call, "strides", n, 1, strides);
    memcpy(strides, size, (size_t)n * sizeof *size);
    return OCTET_OK;
}

octet_status octet_keras_layer_pool_2d(octet_keras_call *call) {
    uint32_t x;
    octet_padding padding;
    int32_t size[2], strides[2];
    OCTET_TRY(read_pool(call, 2, &padding, size, strides));
    OCTET_TRY(octet_keras_single(call, 4, 4, &x));
    OCTET_TRY(emit_pool(call, padding, size, strides, x, &x));
    return octet_keras_return(call, x);
}

octet_status octet_keras_layer_pool_1d(octet_keras_call *call) {
    uint32_t x;
    octet_padding padding;
    int32_t size[2] = {1, 1}, strides[2] = {1, 1}, dims[4];
    const int32_t axis = call->keras_version >= 3 ? 1 : 0; /* where the length lies among height and width */
    OCTET_TRY(read_pool(call, 1, &padding, &size[axis], &strides[axis]));
    OCTET_TRY(octet_keras_single(call, 3, 3, &x));
    const octet_shape *shape = octet_keras_shape(call, x);
    dims[0] = shape->dims[0], dims[1] = dims[2] = 1, dims[3] = shape->dims[2];
    dims[1 + axis] = shape->dims[1];
    OCTET_TRY(octet_keras_reshape(call, "ExpandDims", x, 4, dims, &x));
    OCTET_TRY(emit_pool(call, padding, size, strides, x, &x));
    shape = octet_keras_shape(call, x);
    OCTET_TRY(octet_keras_reshape(call, "Squeeze", x, 3,
                                  (const int32_t[]){shape->dims[0], shape->dims[1 + axis], shape->dims[3]}, &x));
    return octet_keras_return(call, x);
}

/* Three dimensions: height and width of every slice, then depth. A window cut by the border stays a box, so averages
 * agree too. */
octet_status octet_keras_layer_pool_3d(octet_keras_call *call) {
    uint32_t x;
    octet_padding padding;
    int32_t size[3], strides[3];
    OCTET_TRY(read_pool(call, 3, &padding, size, strides));
    OCTET_TRY(octet_keras_single(call, 5, 5, &x));
    const octet_shape shape = *octet_keras_shape(call, x);
    const int32_t slices[4] = {shape.dims[0] * shape.dims[1], shape.dims[2], shape.dims[3], shape.dims[4]};
    OCTET_TRY(octet_keras_reshape(call, "Reshape", x, 4, slices, &x));
    OCTET_TRY(emit_pool(call, padding, &size[1], &strides[1], x, &x));
    const octet_shape middle = *octet_keras_shape(call, x);
    const int32_t inner = octet_shape_product(&middle, 1, 3);
    OCTET_TRY(octet_keras_reshape(call, "Reshape_1", x, 4,
                                  (const int32_t[]){shape.dims[0], shape.dims[1], inner, shape.dims[4]}, &x));
    OCTET_TRY(emit_pool(call, padding, (const int32_t[]){size[0], 1}, (const int32_t[]){strides[0], 1}, x, &x));
    const int32_t dims[5] = {shape.dims[0], octet_keras_shape(call, x)->dims[1], middle.dims[1], middle.dims[2],
                             shape.dims[4]};
    OCTET_TRY(octet_keras_reshape(call, "Reshape_2", x, 5, dims, &x));
    return octet_keras_return(call, x);
}

/* The mean over the steps whose mask is set: sum(x * mask) / sum(mask). */
static octet_status masked_mean(octet_keras_call *call, uint32_t x, uint32_t mask, bool keep_dims) {
    uint32_t n;
    OCTET_TRY(octet_keras_mask_numbers(call, mask, &mask));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul", x, mask, &x));
    OCTET_TRY(octet_keras_reduce(call, OCTET_OP_SUM, "Sum", x, (const int32_t[]){1}, 1, true, keep_dims, &x));
    OCTET_TRY(octet_keras_reduce(call, OCTET_OP_SUM, "Sum_1", mask, (const int32_t[]){1}, 1, true, keep_dims, &n));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_DIV, "truediv", x, n, &x));
    return octet_keras_return(call, x);
}

octet_status octet_keras_layer_global_pool(octet_keras_call *call) {
    uint32_t x;
    bool keep_dims = false;
    const char *format = NULL;
    OCTET_TRY(octet_keras_string(call, "data_format", "channels_last", &format));
    OCTET_TRY(octet_keras_bool(call, "keepdims", false, &keep_dims));
    const bool is_first = strcmp(format, "channels_first") == 0; /* the places are the last axes */
    const int32_t n = call->layer->class->n_axes;
    const octet_operator_code code = call->layer->class->code;
    OCTET_TRY(octet_keras_single(call, n + 2, n + 2, &x));
    static const int32_t axes[4] = {1, 2, 3, 4};
    const uint32_t mask = octet_keras_mask(call);
    if (is_first && mask != OCTET_NONE)
        return octet_keras_refuse(call, "a mask with data_format \"channels_first\" is not supported; put a Permute "
                                        "before the layer and use channels_last");
    if (n == 1 && code == OCTET_OP_MEAN && mask != OCTET_NONE) return masked_mean(call, x, mask, keep_dims);
    OCTET_TRY(octet_keras_reduce(call, code, code == OCTET_OP_MEAN ? "Mean" : "Max", x, axes + is_first, n, n == 1,
                                 keep_dims, &x));
    return octet_keras_return(call, x);
}

octet_status octet_keras_layer_adaptive_pool(octet_keras_call *call) {
    uint32_t x;
    int32_t sizes[2];
    const int32_t n = call->layer->class->n_axes;
    OCTET_TRY(octet_keras_channels_last(call));
    OCTET_TRY(octet_keras_sizes(call, "output_size", n, 1, sizes));
    OCTET_TRY(octet_keras_single(call, n + 2, n + 2, &x));
    return octet_keras_pool_adaptive(call, call->layer->class->code, x, sizes, n);
}
