#include "kernels/ref/transpose_conv.h"

#include "kernels/ref/dot.h"

OCTET_INLINE void transpose_conv_f32(const octet_transpose_conv_params *p, bool plain, const float *input,
                                     const float *filter, const float *bias, float *output, int32_t begin,
                                     int32_t end) {
    const int64_t filter_size = (int64_t)p->filter_h * p->filter_w * p->in_c;
    for (int32_t unit = begin; unit < end; unit++) {
        const float *sample = input + (int64_t)(unit / p->out_h) * p->in_h * p->in_w * p->in_c;
        float *out = output + (int64_t)unit * p->out_w * p->out_c;
        for (int32_t ox = 0; ox < p->out_w; ox++, out += p->out_c) {
            for (int32_t oc = 0; oc < p->out_c; oc += OCTET_DOT_LANES) {
                const int32_t lanes = p->out_c - oc < OCTET_DOT_LANES ? p->out_c - oc : OCTET_DOT_LANES;
                float sum[OCTET_DOT_LANES];
                for (int32_t lane = 0; lane < lanes; lane++) sum[lane] = octet_sum_begin(plain, bias, oc + lane);
                for (int32_t i = 0; i < p->filter_h; i++) {
                    const int32_t ky = plain ? p->filter_h - 1 - i : i; /* descending taps are ascending inputs */
                    int32_t y, x;
                    if (!octet_transpose_source(unit % p->out_h, p->pad_top, ky, p->stride_h, p->in_h, &y)) continue;
                    for (int32_t j = 0; j < p->filter_w; j++) {
                        const int32_t kx = plain ? p->filter_w - 1 - j : j;
                        if (!octet_transpose_source(ox, p->pad_left, kx, p->stride_w, p->in_w, &x)) continue;
                        octet_dot_f32(plain, sum, lanes, sample + ((int64_t)y * p->in_w + x) * p->in_c,
                                      filter + oc * filter_size + ((int64_t)ky * p->filter_w + kx) * p->in_c,
                                      filter_size, p->in_c);
                    }
                }
                for (int32_t lane = 0; lane < lanes; lane++) {
                    out[oc + lane] =
                        octet_clamp_f32(octet_sum_end(plain, sum[lane], bias, oc + lane), p->real_min, p->real_max);
                }
            }
        }
    }
}

OCTET_TARGET_FMA
void octet_transpose_conv_f32_ref(const octet_transpose_conv_params *p, const float *input, const float *filter,
                                  const float *bias, float *output, int32_t begin, int32_t end) {
    transpose_conv_f32(p, false, input, filter, bias, output, begin, end);
}

OCTET_TARGET_AVX2
void octet_transpose_conv_f32_plain(const octet_transpose_conv_params *p, const float *input, const float *filter,
                                    const float *bias, float *output, int32_t begin, int32_t end) {
    transpose_conv_f32(p, true, input, filter, bias, output, begin, end);
}

OCTET_TARGET_AVX2
void octet_transpose_conv_s8_ref(const octet_transpose_conv_params *p, const int8_t *input, const int8_t *filter,
                                 const int32_t *bias, int8_t *output, int32_t begin, int32_t end) {
    const int64_t filter_size = (int64_t)p->filter_h * p->filter_w * p->in_c;
    for (int32_t unit = begin; unit < end; unit++) {
        const int8_t *sample = input + (int64_t)(unit / p->out_h) * p->in_h * p->in_w * p->in_c;
        int8_t *out = output + (int64_t)unit * p->out_w * p->out_c;
        for (int32_t ox = 0; ox < p->out_w; ox++, out += p->out_c) {
            for (int32_t oc = 0; oc < p->out_c; oc++) {
                uint32_t sum = bias != NULL ? (uint32_t)bias[oc] : 0;
                for (int32_t ky = 0; ky < p->filter_h; ky++) {
                    int32_t y, x;
                    if (!octet_transpose_source(unit % p->out_h, p->pad_top, ky, p->stride_h, p->in_h, &y)) continue;
                    for (int32_t kx = 0; kx < p->filter_w; kx++) {
                        if (!octet_transpose_source(ox, p->pad_left, kx, p->stride_w, p->in_w, &x)) continue;
                        sum += octet_dot_s8(sample + ((int64_t)y * p->in_w + x) * p->in_c, p->q.input_zero_point,
                                            filter + oc * filter_size + ((int64_t)ky * p->filter_w + kx) * p->in_c,
                                            p->q.weight_zero_point, p->in_c);
                    }
                }
                out[oc] = (int8_t)octet_requantize_s32(&p->q, (int32_t)sum, oc);
            }
        }
    }
}

OCTET_TARGET_AVX2
void octet_transpose_conv_s16_ref(const octet_transpose_conv_params *p, const int16_t *input, const int8_t *filter,
                                  const int64_t *bias, int16_t *output, int32_t begin, int32_t end) {
    const int64_t filter_size = (int64_t)p->filter_h * p->filter_w * p->in_c;
    for (int32_t unit = begin; unit < end; unit++) {
        const int16_t *sample = input + (int64_t)(unit / p->out_h) * p->in_h * p->in_w * p->in_c;
        int16_t *out = output + (int64_t)unit * p->out_w * p->out_c;
        for (int32_t ox = 0; ox < p->out_w; ox++, out += p->out_c) {
            for (int32_t oc = 0; oc < p->out_c; oc++) {
                uint64_t sum = bias != NULL ? (uint64_t)bias[oc] : 0;
                for (int32_t ky = 0; ky < p->filter_h; ky++) {
                    int32_t y, x;
                    if (!octet_transpose_source(unit % p->out_h, p->pad_top, ky, p->stride_h, p->in_h, &y)) continue;
                    for (int32_t kx = 0; kx < p->filter_w; kx++) {
                        if (!octet_transpose_source(ox, p->pad_left, kx, p->stride_w, p->in_w, &x)) continue;
                        sum += octet_dot_s16(sample + ((int64_t)y * p->in_w + x) * p->in_c, p->q.input_zero_point,
                                             filter + oc * filter_size + ((int64_t)ky * p->filter_w + kx) * p->in_c,
                                             p->in_c);
                    }
                }
                out[oc] = (int16_t)octet_requantize_s64(&p->q, (int64_t)sum, oc);
            }
        }
    }
}
