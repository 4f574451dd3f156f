#include "import/keras/emit/softmax.h"

octet_status octet_keras_softmax(octet_keras_call *call, uint32_t x, int32_t axis, bool is_log, uint32_t *out) {
    const int32_t rank = octet_keras_shape(call, x)->rank;
    if (axis < 0) axis += rank;
    if (axis < 0 || axis >= rank) return octet_keras_contradict(call, "axis is outside of %d dimensions", rank);
    const octet_options options = {.softmax = {1.0f}};
    const octet_operator_code code = is_log ? OCTET_OP_LOG_SOFTMAX : OCTET_OP_SOFTMAX;
    const octet_options *given = is_log ? NULL : &options;
    if (axis == rank - 1) return octet_keras_emit(call, code, is_log ? "LogSoftmax" : "Softmax", &x, 1, given, out);
    /* TensorFlow swaps the axis with the last one and back. */
    int32_t perm[OCTET_MAX_RANK];
    for (int32_t i = 0; i < rank; i++) perm[i] = i;
    perm[axis] = rank - 1;
    perm[rank - 1] = axis;
    OCTET_TRY(octet_keras_transpose(call, "transpose", x, perm, &x));
    OCTET_TRY(octet_keras_emit(call, code, is_log ? "LogSoftmax" : "Softmax", &x, 1, given, &x));
    return octet_keras_transpose(call, "transpose_1", x, perm, out);
}
