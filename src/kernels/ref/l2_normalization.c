#include "kernels/ref/l2_normalization.h"

#include "kernels/ref/fixed_function.h"
#include "kernels/ref/target.h"

OCTET_TARGET_FMA
void octet_l2_normalization_f32_ref(const octet_l2_normalization_params *p, const float *input, float *output, int32_t begin, int32_t end) {
    for (int32_t row = begin; row < end; row++) {
        const float *x = input + (int64_t)row * p->depth;
        float *y = output + (int64_t)row * p->depth;
        float sum = 0.0f;
        for (int32_t i = 0; i < p->depth; i++) sum = fmaf(x[i], x[i], sum);
        const float norm = sqrtf(sum), divisor = norm < 1e-6f ? 1e-6f : norm;
        for (int32_t i = 0; i < p->depth; i++) y[i] = x[i] / divisor;
    }
}

/* 1 / sqrt(value) = multiplier * 2^(shift - 31) with shift <= 0: five Newton steps x = x (3 - value x^2) / 2 in Q3.28. */
static void inverse_root(int32_t value, int32_t *multiplier, int32_t *shift) {
    *multiplier = INT32_MAX;
    *shift = 0;
    if (value <= 1) return; /* 0 is never met beside a number other than 0 */
    int32_t halvings = 11; /* value = mantissa * 4^(halvings - 11) */
    while (value >= 1 << 29) {
        value /= 4;
        halvings++;
    }
    const int32_t pairs = (octet_fixed_leading_zeros((uint32_t)value) - 1) / 2 - 1;
    halvings -= pairs;
    value <<= 2 * pairs;
    const int32_t quarter = octet_fixed_round_shift(value >> 1, 1), three_halves = (1 << 28) + (1 << 27);
    int32_t x = 1 << 28;
    for (int i = 0; i < 5; i++) {
        const int32_t cube = octet_fixed_saturating_left(octet_fixed_high_multiply(octet_fixed_high_multiply(x, x), x), 6);
        const int32_t difference =
            octet_fixed_wrap_subtract(octet_fixed_high_multiply(three_halves, x), octet_fixed_high_multiply(quarter, cube));
        x = octet_fixed_saturating_left(difference, 3);
    }
    *multiplier = octet_fixed_high_multiply(x, 1518500250); /* sqrt(2) / 2 */
    if (halvings < 0) {
        *multiplier = octet_fixed_wrap_left(*multiplier, -halvings);
        halvings = 0;
    }
    *shift = -halvings;
}

void octet_l2_normalization_s8_ref(const octet_l2_normalization_params *p, const int8_t *input, int8_t *output, int32_t begin,
                                   int32_t end) {
    for (int32_t row = begin; row < end; row++) {
        const int8_t *x = input + (int64_t)row * p->depth;
        int8_t *y = output + (int64_t)row * p->depth;
        uint32_t sum = 0;
        for (int32_t i = 0; i < p->depth; i++) {
            const int32_t difference = x[i] - p->input_zero_point;
            sum += (uint32_t)(difference * difference);
        }
        int32_t multiplier, shift;
        inverse_root((int32_t)sum, &multiplier, &shift);
        for (int32_t i = 0; i < p->depth; i++) {
            /* 7 more: the output's scale is 2^-7 */
            const int32_t scaled = octet_fixed_scale(x[i] - p->input_zero_point, multiplier, shift + 7);
            y[i] = (int8_t)octet_clamp_s32(scaled, INT8_MIN, INT8_MAX);
        }
    }
}
