#include "import/keras/emit/slice.h"

octet_status octet_keras_slice(octet_keras_call *call, const char *name, uint32_t x, const int32_t *begin,
                               const int32_t *size, uint32_t *out) {
    const int32_t rank = octet_keras_shape(call, x)->rank;
    uint32_t inputs[3] = {x, OCTET_NONE, OCTET_NONE};
    OCTET_TRY(octet_keras_i32s(call, "Slice/begin", begin, rank, &inputs[1]));
    OCTET_TRY(octet_keras_i32s(call, "Slice/size", size, rank, &inputs[2]));
    return octet_keras_emit(call, OCTET_OP_SLICE, name, inputs, 3, NULL, out);
}

octet_status octet_keras_strided_slice(octet_keras_call *call, uint32_t x, int32_t n, const int32_t *begin,
                                       const int32_t *end, const int32_t *strides, const octet_options *options,
                                       uint32_t *out) {
    uint32_t inputs[4] = {x, OCTET_NONE, OCTET_NONE, OCTET_NONE};
    OCTET_TRY(octet_keras_i32s(call, "strided_slice/stack", begin, n, &inputs[1]));
    OCTET_TRY(octet_keras_i32s(call, "strided_slice/stack_1", end, n, &inputs[2]));
    OCTET_TRY(octet_keras_i32s(call, "strided_slice/stack_2", strides, n, &inputs[3]));
    return octet_keras_layer_known(call, OCTET_OP_STRIDED_SLICE, "strided_slice", inputs, 4, options, out);
}

octet_status octet_keras_slice_axis(octet_keras_call *call, const char *name, uint32_t x, int32_t axis, int32_t begin,
                                    int32_t end, uint32_t *out) {
    const octet_shape shape = *octet_keras_shape(call, x);
    int32_t begins[OCTET_MAX_RANK] = {0}, ends[OCTET_MAX_RANK] = {0}, strides[OCTET_MAX_RANK];
    for (int32_t i = 0; i < shape.rank; i++) strides[i] = 1;
    begins[axis] = begin;
    ends[axis] = end;
    const int32_t mask = ((1 << shape.rank) - 1) & ~(1 << axis);
    const octet_options options = {.strided_slice = {.begin_mask = mask, .end_mask = mask}};
    uint32_t inputs[4] = {x, 0, 0, 0};
    OCTET_TRY(octet_keras_i32s(call, "stack", begins, shape.rank, &inputs[1]));
    OCTET_TRY(octet_keras_i32s(call, "stack_1", ends, shape.rank, &inputs[2]));
    OCTET_TRY(octet_keras_i32s(call, "stack_2", strides, shape.rank, &inputs[3]));
    return octet_keras_emit(call, OCTET_OP_STRIDED_SLICE, name, inputs, 4, &options, out);
}
