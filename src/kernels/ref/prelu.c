#include "kernels/ref/prelu.h"

#include "kernels/ref/fixed_point.h"

bool octet_prelu_prepare(float scale_in, float scale_slope, float scale_out, octet_prelu_params *p) {
    const float ratio = scale_in / scale_out, product = scale_in * scale_slope, sloped = product / scale_out;
    return octet_fixed_multiplier((double)ratio, &p->multiplier, &p->shift) &&
           octet_fixed_multiplier((double)sloped, &p->multiplier_negative, &p->shift_negative);
}

void octet_prelu_f32_ref(const void *params, const void *const *in, const int32_t *step, void *out, int32_t n) {
    (void)params;
    const float *input = in[0], *slope = in[1];
    float *o = out;
    for (int32_t i = 0; i < n; i++) {
        const float x = input[i * step[0]];
        o[i] = x >= 0 ? x : x * slope[i * step[1]];
    }
}

/* The slopes are int8 for int16 inputs too. */
#define QUANTIZED(name, type, type_min, type_max)                                                                   \
    void name(const void *params, const void *const *in, const int32_t *step, void *out, int32_t n) {               \
        const octet_prelu_params *p = params;                                                                       \
        const type *input = in[0];                                                                                  \
        const int8_t *slope = in[1];                                                                                \
        type *o = out;                                                                                              \
        for (int32_t i = 0; i < n; i++) {                                                                           \
            const int32_t x = input[i * step[0]] - p->zero_in;                                                      \
            const int32_t y =                                                                                       \
                x >= 0 ? octet_fixed_scale(x, p->multiplier, p->shift)                                              \
                       : octet_fixed_scale((int32_t)((uint32_t)x * (uint32_t)(slope[i * step[1]] - p->zero_slope)), \
                                           p->multiplier_negative, p->shift_negative);                              \
            o[i] = (type)octet_clamp_s32(octet_fixed_wrap_add(y, p->zero_out), type_min, type_max);                 \
        }                                                                                                           \
    }

QUANTIZED(octet_prelu_s8_ref, int8_t, INT8_MIN, INT8_MAX)
QUANTIZED(octet_prelu_s16_ref, int16_t, INT16_MIN, INT16_MAX)
