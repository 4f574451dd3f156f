#include "kernels/fast/softmax.h"

#include <string.h>

#include "kernels/ref/fixed_function.h"

/* As in kernels/ref/softmax.c. */
enum { DIFFERENCE_BITS = 5, SUM_BITS = 12 };

void octet_softmax_fast_make(const octet_softmax_params *p, octet_softmax_fast *out) {
    memset(out, 0, sizeof *out);
    out->p = *p;
    out->limit = -1;
    for (int32_t i = 0; i < 256 && -i >= p->difference_min; i++) {
        out->power[i] = octet_fixed_exp_negative(octet_fixed_scale(-i, p->multiplier, p->shift), DIFFERENCE_BITS);
        out->limit = i;
    }
}

static inline int8_t result(const octet_softmax_fast *s, int32_t difference, int32_t reciprocal, int32_t exponent) {
    if (difference > s->limit) return INT8_MIN;
    const int32_t scaled =
        octet_fixed_round_shift(octet_fixed_high_multiply(reciprocal, s->power[difference]), exponent);
    return (int8_t)octet_clamp_s32(octet_fixed_wrap_add(scaled, INT8_MIN), INT8_MIN, INT8_MAX);
}

void octet_softmax_s8_fast(const octet_softmax_fast *s, const int8_t *input, int8_t *output, int32_t begin,
                           int32_t end) {
    const int32_t depth = s->p.depth;
    for (int32_t row = begin; row < end; row++) {
        const int8_t *x = input + (int64_t)row * depth;
        int8_t *y = output + (int64_t)row * depth;
        int8_t max = INT8_MIN;
        for (int32_t i = 0; i < depth; i++) max = max < x[i] ? x[i] : max;
        uint32_t sum = 0;
        for (int32_t i = 0; i < depth; i++) sum += (uint32_t)octet_fixed_round_shift(s->power[max - x[i]], SUM_BITS);
        const int32_t zeros = sum ? octet_fixed_leading_zeros(sum) : 31;
        const int32_t reciprocal = octet_fixed_reciprocal((int32_t)((sum << zeros) - (UINT32_C(1) << 31)));
        const int32_t exponent = octet_clamp_s32(SUM_BITS - zeros + 31 - 8, 0, 31);
        if (depth < 300) {
            for (int32_t i = 0; i < depth; i++) y[i] = result(s, max - x[i], reciprocal, exponent);
            continue;
        }
        int8_t results[256];
        for (int32_t i = 0; i < 256; i++) results[i] = result(s, i, reciprocal, exponent);
        for (int32_t i = 0; i < depth; i++) y[i] = results[max - x[i]];
    }
}
