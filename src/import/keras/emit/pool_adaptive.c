/* Along an axis of length L, output i of n is over the
 * cells from floor(i L / n) to ceil((i + 1) L / n), whose number is one of two: every window of either length is
 * pooled, and the wanted ones are gathered, as Keras has it. */
#include "import/keras/emit/pool_adaptive.h"

#include <math.h>

#include "import/keras/emit/gather.h"

/* axis: 1 or 2 of [batch,height,width,channels]. */
static octet_status pool_axis(octet_keras_call *call, octet_operator_code code, uint32_t x, int32_t axis, int32_t n,
                              uint32_t *out) {
    const int32_t length = octet_keras_shape(call, x)->dims[axis], small = (length + n - 1) / n;
    uint32_t parts[2];
    int32_t *places = NULL, n_parts = 0;
    for (int32_t size = small; size <= small + 1 && size <= length; size++, n_parts++) {
        const octet_options options = {.pool_2d = {.padding = OCTET_PADDING_VALID,
                                                   .stride_h = 1,
                                                   .stride_w = 1,
                                                   .filter_h = axis == 1 ? size : 1,
                                                   .filter_w = axis == 2 ? size : 1}};
        OCTET_TRY(octet_keras_emit(call, code, "Pool", &x, 1, &options, &parts[n_parts]));
    }
    *out = parts[0];
    if (n_parts == 2) OCTET_TRY(octet_keras_concatenate(call, "concat", parts, 2, axis, out));
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, (size_t)n, &places));
    for (int32_t i = 0; i < n; i++) {
        const int32_t begin = (int32_t)floorf((float)i * (float)length / (float)n);
        const int32_t end = (int32_t)ceilf((float)(i + 1) * (float)length / (float)n);
        places[i] = end - begin > small && n_parts == 2 ? begin + length - small + 1 : begin;
    }
    return octet_keras_gather_known(call, *out, axis, places, n, out);
}

octet_status octet_keras_pool_adaptive(octet_keras_call *call, octet_operator_code code, uint32_t x,
                                       const int32_t *sizes, int32_t n) {
    const octet_shape shape = *octet_keras_shape(call, x);
    const bool is_row = shape.rank == 3;
    if (n < 1 || (shape.rank != 4 && !is_row))
        return octet_keras_refuse(call, "is supported over one or two dimensions, channels last");
    if (is_row)
        OCTET_TRY(octet_keras_reshape(call, "ExpandDims", x, 4,
                                      (const int32_t[]){shape.dims[0], shape.dims[1], 1, shape.dims[2]}, &x));
    for (int32_t i = 0; i < shape.rank - 2; i++) {
        const int32_t size = sizes[n == 1 ? 0 : i];
        if (size < 1 || size > shape.dims[i + 1])
            return octet_keras_refuse(call, "makes %d cells of %d; 1 to %d are supported", size, shape.dims[i + 1],
                                      shape.dims[i + 1]);
        OCTET_TRY(pool_axis(call, code, x, i + 1, size, &x));
    }
    if (is_row) {
        const octet_shape found = *octet_keras_shape(call, x);
        OCTET_TRY(octet_keras_reshape(call, "Squeeze", x, 3,
                                      (const int32_t[]){found.dims[0], found.dims[1], found.dims[3]}, &x));
    }
    return octet_keras_return(call, x);
}
