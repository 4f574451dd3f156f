#include "kernels/ref/select.h"

#define ROW(name, type)                                                                                      \
    static void name(const void *params, const void *const *in, const int32_t *step, void *out, int32_t n) { \
        (void)params;                                                                                        \
        const uint8_t *condition = in[0];                                                                    \
        const type *x = in[1], *y = in[2];                                                                   \
        type *o = out;                                                                                       \
        for (int32_t i = 0; i < n; i++) { o[i] = condition[i * step[0]] ? x[i * step[1]] : y[i * step[2]]; } \
    }

ROW(select_8, uint8_t)
ROW(select_16, uint16_t)
ROW(select_32, uint32_t)
ROW(select_64, uint64_t)

octet_broadcast_row *octet_select_row_ref(size_t element_size) {
    return element_size == 1 ? select_8 : element_size == 2 ? select_16 : element_size == 4 ? select_32 : select_64;
}
