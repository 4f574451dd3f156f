/* kernels/ref/order.h - TOPK_V2 and CUMSUM: along one axis, in order.
 * In:  rows [R,N]; or [O,N,I] for CUMSUM.
 * Out: the K largest of each row, the first of equal ones first, and their places; running sums.
 * Knows: a row (CUMSUM: one of O * I lines) as the unit of work.
 * Does not know: tensors, threads.
 * Exact: equal to TFLite's reference kernels. */
#ifndef OCTET_KERNELS_REF_ORDER_H
#define OCTET_KERNELS_REF_ORDER_H

#include <stdbool.h>
#include <stdint.h>

typedef struct octet_top_k_params {
    int32_t n, k; /* k <= n */
} octet_top_k_params;
typedef struct octet_cumsum_params {
    int32_t n, inner;
    bool exclusive, reverse;
} octet_cumsum_params;

#define OCTET_ORDER_TYPES(X) X(f32, float) X(s8, int8_t) X(u8, uint8_t) X(s16, int16_t) X(s32, int32_t) X(s64, int64_t)
#define OCTET_TOP_K_DECLARE(suffix, TYPE)                                                                          \
    void octet_top_k_##suffix##_ref(const octet_top_k_params *p, const TYPE *input, TYPE *values, int32_t *places, \
                                    uint32_t begin, uint32_t end);
OCTET_ORDER_TYPES(OCTET_TOP_K_DECLARE)

/* Integers wrap. */
void octet_cumsum_f32_ref(const octet_cumsum_params *p, const float *input, float *output, uint32_t begin,
                          uint32_t end);
void octet_cumsum_s32_ref(const octet_cumsum_params *p, const int32_t *input, int32_t *output, uint32_t begin,
                          uint32_t end);
void octet_cumsum_s64_ref(const octet_cumsum_params *p, const int64_t *input, int64_t *output, uint32_t begin,
                          uint32_t end);

#endif
