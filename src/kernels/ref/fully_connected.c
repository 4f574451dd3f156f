#include "kernels/ref/fully_connected.h"

#include <stddef.h>

#include "kernels/ref/dot.h"

OCTET_INLINE void fully_connected_f32(const octet_fully_connected_params *p, bool plain, const float *input,
                                      const float *weights, const float *bias, float *output, int32_t begin,
                                      int32_t end) {
    for (int32_t unit = begin; unit < end;) {
        const int32_t row = unit / p->out_c, oc = unit % p->out_c;
        int32_t lanes = p->out_c - oc < OCTET_DOT_LANES ? p->out_c - oc : OCTET_DOT_LANES;
        if (lanes > end - unit) lanes = end - unit;
        float sum[OCTET_DOT_LANES];
        for (int32_t lane = 0; lane < lanes; lane++) sum[lane] = octet_sum_begin(plain, bias, oc + lane);
        octet_dot_f32(plain, sum, lanes, input + (int64_t)row * p->depth, weights + (int64_t)oc * p->depth, p->depth,
                      p->depth);
        for (int32_t lane = 0; lane < lanes; lane++) {
            output[unit + lane] =
                octet_clamp_f32(octet_sum_end(plain, sum[lane], bias, oc + lane), p->real_min, p->real_max);
        }
        unit += lanes;
    }
}

OCTET_TARGET_FMA
void octet_fully_connected_f32_ref(const octet_fully_connected_params *p, const float *input, const float *weights,
                                   const float *bias, float *output, int32_t begin, int32_t end) {
    fully_connected_f32(p, false, input, weights, bias, output, begin, end);
}

OCTET_TARGET_AVX2
void octet_fully_connected_f32_plain(const octet_fully_connected_params *p, const float *input, const float *weights,
                                     const float *bias, float *output, int32_t begin, int32_t end) {
    fully_connected_f32(p, true, input, weights, bias, output, begin, end);
}

/* The rounding in double of TFLite's reference kernel. */
static inline int32_t requantize_in_double(const octet_requantize *q, double sum, int32_t channel) {
    const int32_t scaled = octet_round_s32(sum * q->scale[channel]);
    return octet_clamp_s32(octet_fixed_wrap_add(scaled, q->output_zero_point), q->min, q->max);
}

OCTET_TARGET_AVX2
void octet_fully_connected_s8_ref(const octet_fully_connected_params *p, const int8_t *input, const int8_t *weights,
                                  const int32_t *bias, int8_t *output, int32_t begin, int32_t end) {
    const octet_requantize *q = &p->q;
    for (int32_t unit = begin; unit < end; unit++) {
        const int32_t row = unit / p->out_c, oc = unit % p->out_c;
        uint32_t sum = bias != NULL ? (uint32_t)bias[oc] : 0;
        sum += octet_dot_s8(input + (int64_t)row * p->depth, q->input_zero_point, weights + (int64_t)oc * p->depth,
                            q->weight_zero_point, p->depth);
        const int32_t result = q->scale != NULL ? requantize_in_double(q, (double)(int32_t)sum, oc)
                                                : octet_requantize_s32(q, (int32_t)sum, oc);
        output[unit] = (int8_t)result;
    }
}

OCTET_TARGET_AVX2
void octet_fully_connected_s16_ref(const octet_fully_connected_params *p, const int16_t *input, const int8_t *weights,
                                   const int64_t *bias, int16_t *output, int32_t begin, int32_t end) {
    for (int32_t unit = begin; unit < end; unit++) {
        const int32_t row = unit / p->out_c, oc = unit % p->out_c;
        uint64_t sum = bias != NULL ? (uint64_t)bias[oc] : 0;
        sum += octet_dot_s16(input + (int64_t)row * p->depth, p->q.input_zero_point, weights + (int64_t)oc * p->depth,
                             p->depth);
        const bool in_double = p->q.scale != NULL;
        output[unit] = (int16_t)(in_double ? requantize_in_double(&p->q, (double)(int64_t)sum, oc)
                                           : octet_requantize_s64(&p->q, (int64_t)sum, oc));
    }
}

OCTET_TARGET_AVX2
void octet_fully_connected_s16_b32_ref(const octet_fully_connected_params *p, const int16_t *input,
                                       const int8_t *weights, const int32_t *bias, int16_t *output, int32_t begin,
                                       int32_t end) {
    for (int32_t unit = begin; unit < end; unit++) {
        const int32_t row = unit / p->out_c, oc = unit % p->out_c;
        uint64_t sum = bias != NULL ? (uint64_t)(int64_t)bias[oc] : 0;
        sum += octet_dot_s16(input + (int64_t)row * p->depth, p->q.input_zero_point, weights + (int64_t)oc * p->depth,
                             p->depth);
        const int32_t narrow = (int32_t)(uint32_t)sum;
        output[unit] = (int16_t)(p->q.scale != NULL ? requantize_in_double(&p->q, (double)narrow, oc)
                                                    : octet_requantize_s32(&p->q, narrow, oc));
    }
}
