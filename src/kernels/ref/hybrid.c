#include "kernels/ref/hybrid.h"

#include <string.h>

#include "kernels/ref/dot.h"

static void row_range(const float *x, int32_t n, float *min, float *max) {
    *min = *max = 0;
    for (int32_t i = 0; i < n; i++) {
        if (x[i] < *min) *min = x[i];
        if (x[i] > *max) *max = x[i];
    }
}

/* The zero point whose rounding error is smaller, seen from either end of the range. */
static int32_t zero_point_of(float min, float max, double scale) {
    const double from_min = -128.0 - (double)min / scale, from_max = 127.0 - (double)max / scale;
    const double error_min = 128.0 + fabs((double)min / scale), error_max = 127.0 + fabs((double)max / scale);
    const double zero_point = error_min < error_max ? from_min : from_max;
    return octet_clamp_s32(octet_round_s32(zero_point), INT8_MIN, INT8_MAX);
}

/* Half away from zero. In whole groups of 8 LiteRT adds 0.5 in float and truncates, which makes 1 of the float below
 * 0.5. */
static inline int32_t rounded(float x, bool in_eights) {
    return octet_round_s32((double)(in_eights ? truncf(x + copysignf(0.5f, x)) : x));
}

void octet_hybrid_quantize_ref(const octet_hybrid_params *h, const float *input, const octet_hybrid_rows *rows,
                               int32_t begin, int32_t end) {
    for (int32_t row = begin; row < end; row++) {
        const float *x = input + (int64_t)row * h->depth;
        int8_t *q = rows->data + (int64_t)row * h->depth;
        float min, max, scale, inverse;
        int32_t zero_point = 0;
        row_range(x, h->depth, &min, &max);
        const float size = -min > max ? -min : max;
        if (!(size > 0)) {
            memset(q, 0, (size_t)h->depth);
            rows->scales[row] = h->row_factor;
            rows->zero_points[row] = 0;
            continue;
        }
        if (h->asymmetric) {
            const double exact = (double)(max - min) / 255.0; /* the difference is rounded to float, as in LiteRT */
            zero_point = zero_point_of(min, max, exact);
            scale = (float)exact;
            inverse = 1.0f / scale;
        } else {
            scale = size / 127.0f;
            inverse = 127.0f / size;
        }
        const int32_t low = h->asymmetric ? INT8_MIN : -INT8_MAX;
        for (int32_t i = 0; i < h->depth; i++) {
            const int32_t steps = rounded(x[i] * inverse, i < h->depth / 8 * 8);
            q[i] = (int8_t)octet_clamp_s32(octet_fixed_wrap_add(zero_point, steps), low, INT8_MAX);
        }
        rows->scales[row] = scale * h->row_factor;
        rows->zero_points[row] = zero_point;
    }
}

OCTET_TARGET_AVX2
void octet_conv_2d_hybrid_ref(const octet_conv_2d_params *p, const octet_hybrid_params *h,
                              const octet_hybrid_rows *rows, const int8_t *filter, const float *bias, float *output,
                              int32_t begin, int32_t end) {
    const int64_t filter_size = (int64_t)p->filter_h * p->filter_w * p->filter_c;
    const int32_t group_out = p->out_c / p->groups;
    for (int32_t unit = begin; unit < end; unit++) {
        const int32_t row = unit / p->out_h, origin_y = unit % p->out_h * p->stride_h - p->pad_top;
        const int8_t *sample = rows->data + (int64_t)row * h->depth;
        const octet_taps ty = octet_taps_inside(origin_y, p->in_h, p->filter_h, p->dilation_h);
        float *out = output + (int64_t)unit * p->out_w * p->out_c;
        for (int32_t ox = 0; ox < p->out_w; ox++, out += p->out_c) {
            const int32_t origin_x = ox * p->stride_w - p->pad_left;
            const octet_taps tx = octet_taps_inside(origin_x, p->in_w, p->filter_w, p->dilation_w);
            for (int32_t oc = 0; oc < p->out_c; oc++) {
                uint32_t sum = 0;
                for (int32_t ky = ty.first; ky < ty.last; ky++) {
                    for (int32_t kx = tx.first; kx < tx.last; kx++) {
                        const int64_t y = origin_y + ky * p->dilation_h, x = origin_x + kx * p->dilation_w;
                        const int64_t channel = (y * p->in_w + x) * p->in_c + (int64_t)(oc / group_out) * p->filter_c;
                        sum += octet_dot_s8(sample + channel, rows->zero_points[row],
                                            filter + oc * filter_size + ((int64_t)ky * p->filter_w + kx) * p->filter_c,
                                            0, p->filter_c);
                    }
                }
                const float scaled = (float)(int32_t)sum * h->weight_scales[oc] * rows->scales[row];
                out[oc] = octet_clamp_f32(bias != NULL ? scaled + bias[oc] : scaled, p->real_min, p->real_max);
            }
        }
    }
}

void octet_depthwise_hybrid_ref(const octet_depthwise_params *p, const octet_hybrid_params *h,
                                const octet_hybrid_rows *rows, const int8_t *filter, const float *bias, float *output,
                                int32_t begin, int32_t end) {
    for (int32_t unit = begin; unit < end; unit++) {
        const int32_t row = unit / p->out_h, origin_y = unit % p->out_h * p->stride_h - p->pad_top;
        const int8_t *sample = rows->data + (int64_t)row * h->depth;
        const octet_taps ty = octet_taps_inside(origin_y, p->in_h, p->filter_h, p->dilation_h);
        float *out = output + (int64_t)unit * p->out_w * p->out_c;
        for (int32_t ox = 0; ox < p->out_w; ox++, out += p->out_c) {
            const int32_t origin_x = ox * p->stride_w - p->pad_left;
            const octet_taps tx = octet_taps_inside(origin_x, p->in_w, p->filter_w, p->dilation_w);
            for (int32_t oc = 0; oc < p->out_c; oc++) {
                int32_t sum = 0;
                for (int32_t ky = ty.first; ky < ty.last; ky++) {
                    for (int32_t kx = tx.first; kx < tx.last; kx++) {
                        const int64_t y = origin_y + ky * p->dilation_h, x = origin_x + kx * p->dilation_w;
                        const int32_t value =
                            sample[(y * p->in_w + x) * p->in_c + oc / p->multiplier] - rows->zero_points[row];
                        sum =
                            octet_fixed_wrap_add(sum, value * filter[((int64_t)ky * p->filter_w + kx) * p->out_c + oc]);
                    }
                }
                const float scaled = (float)sum * (h->weight_scales[oc] * rows->scales[row]);
                out[oc] = octet_clamp_f32(bias != NULL ? scaled + bias[oc] : scaled, p->real_min, p->real_max);
            }
        }
    }
}

OCTET_TARGET_AVX2
void octet_fully_connected_hybrid_ref(const octet_fully_connected_params *p, const octet_hybrid_params *h,
                                      const octet_hybrid_rows *rows, const int8_t *weights, const float *bias,
                                      float *output, int32_t begin, int32_t end) {
    for (int32_t unit = begin; unit < end; unit++) {
        const int32_t row = unit / p->out_c, oc = unit % p->out_c;
        const uint32_t sum = octet_dot_s8(rows->data + (int64_t)row * p->depth, rows->zero_points[row],
                                          weights + (int64_t)oc * p->depth, 0, p->depth);
        const float scaled = (float)(int32_t)sum * (rows->scales[row] * h->weight_scales[oc]);
        output[unit] = octet_clamp_f32(bias != NULL ? bias[oc] + scaled : scaled, p->real_min, p->real_max);
    }
}

void octet_transpose_conv_hybrid_ref(const octet_transpose_conv_params *p, const octet_hybrid_params *h,
                                     const octet_hybrid_rows *rows, const int8_t *filter, const float *bias,
                                     float *output, int32_t begin, int32_t end) {
    for (int32_t unit = begin; unit < end; unit++) {
        const int32_t row = unit / p->out_h;
        const int8_t *sample = rows->data + (int64_t)row * h->depth;
        float *out = output + (int64_t)unit * p->out_w * p->out_c;
        for (int32_t at = 0; at < p->out_w * p->out_c; at++) {
            const int32_t ox = at / p->out_c, oc = at % p->out_c;
            float sum = 0;
            for (int32_t ky = p->filter_h - 1; ky >= 0; ky--) { /* descending taps are ascending inputs */
                int32_t y, x;
                if (!octet_transpose_source(unit % p->out_h, p->pad_top, ky, p->stride_h, p->in_h, &y)) continue;
                for (int32_t kx = p->filter_w - 1; kx >= 0; kx--) {
                    if (!octet_transpose_source(ox, p->pad_left, kx, p->stride_w, p->in_w, &x)) continue;
                    const int8_t *in = sample + ((int64_t)y * p->in_w + x) * p->in_c;
                    const int8_t *f = filter + (((int64_t)oc * p->filter_h + ky) * p->filter_w + kx) * p->in_c;
                    for (int32_t k = 0; k < p->in_c; k++) {
                        const float product = (float)((in[k] - rows->zero_points[row]) * f[k]);
                        sum += product * h->weight_scales[oc] * rows->scales[row];
                    }
                }
            }
            out[at] = octet_clamp_f32(bias != NULL ? sum + bias[oc] : sum, p->real_min, p->real_max);
        }
    }
}
