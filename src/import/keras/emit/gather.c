#include "import/keras/emit/gather.h"

octet_status octet_keras_gather(octet_keras_call *call, uint32_t x, uint32_t places, int32_t axis, int32_t batch_dims,
                                uint32_t *out) {
    const uint32_t inputs[2] = {x, places};
    const octet_options options = {.gather = {axis, batch_dims}};
    return octet_keras_emit(call, OCTET_OP_GATHER, "GatherV2", inputs, 2, &options, out);
}

octet_status octet_keras_gather_known(octet_keras_call *call, uint32_t x, int32_t axis, const int32_t *places,
                                      int32_t n, uint32_t *out) {
    uint32_t value;
    if (n < 1) return octet_keras_refuse(call, "gives no cells");
    OCTET_TRY(octet_keras_i32s(call, "GatherV2/indices", places, n, &value));
    return octet_keras_gather(call, x, value, axis, 0, out);
}

octet_status octet_keras_gather_repeated(octet_keras_call *call, uint32_t x, int32_t axis, const int32_t *times,
                                         int32_t length, uint32_t *out) {
    enum { MOST = 1 << 20 };
    int64_t total = 0;
    int32_t *places = NULL, n = 0;
    for (int32_t i = 0; i < length; i++) {
        total += times[i];
        if (times[i] < 0 || total > MOST) return octet_keras_refuse(call, "repeats must be 0 to %d cells in all", MOST);
    }
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, (size_t)total + 1, &places));
    for (int32_t i = 0; i < length; i++)
        for (int32_t j = 0; j < times[i]; j++) places[n++] = i;
    return octet_keras_gather_known(call, x, axis, places, n, out);
}
