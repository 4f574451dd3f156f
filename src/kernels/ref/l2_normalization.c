#include "kernels/ref/l2_normalization.h"

#include "kernels/ref/fixed_function.h"
#include "kernels/ref/sum.h"

OCTET_INLINE void l2_normalization_f32(const octet_l2_normalization_params *p, bool plain, const float *input,
                                       float *output, int32_t begin, int32_t end) {
    for (int32_t row = begin; row < end; row++) {
        const float *x = input + (int64_t)row * p->depth;
        float *y = output + (int64_t)row * p->depth;
        float sum = 0.0f;
        for (int32_t i = 0; i < p->depth; i++) sum = octet_sum_add(plain, sum, x[i], x[i]);
        const float norm = sqrtf(sum), divisor = norm < 1e-6f ? 1e-6f : norm;
        for (int32_t i = 0; i < p->depth; i++) y[i] = x[i] / divisor;
    }
}

OCTET_TARGET_FMA
void octet_l2_normalization_f32_ref(const octet_l2_normalization_params *p, const float *input, float *output,
                                    int32_t begin, int32_t end) {
    l2_normalization_f32(p, false, input, output, begin, end);
}

OCTET_TARGET_AVX2
void octet_l2_normalization_f32_plain(const octet_l2_normalization_params *p, const float *input, float *output,
                                      int32_t begin, int32_t end) {
    l2_normalization_f32(p, true, input, output, begin, end);
}

void octet_l2_normalization_s8_ref(const octet_l2_normalization_params *p, const int8_t *input, int8_t *output,
                                   int32_t begin, int32_t end) {
    for (int32_t row = begin; row < end; row++) {
        const int8_t *x = input + (int64_t)row * p->depth;
        int8_t *y = output + (int64_t)row * p->depth;
        uint32_t sum = 0;
        for (int32_t i = 0; i < p->depth; i++) {
            const int32_t difference = x[i] - p->input_zero_point;
            sum += (uint32_t)(difference * difference);
        }
        int32_t multiplier, shift;
        octet_fixed_inverse_root((int32_t)sum, &multiplier, &shift);
        /* 7 more: the output's scale is 2^-7 */
        const int32_t before = p->scales_first ? 7 : 0, after = 7 - before;
        for (int32_t i = 0; i < p->depth; i++) {
            const int32_t difference = (x[i] - p->input_zero_point) * (1 << before);
            const int32_t scaled = octet_fixed_scale(difference, multiplier, shift + after);
            y[i] = (int8_t)octet_clamp_s32(scaled, INT8_MIN, INT8_MAX);
        }
    }
}
