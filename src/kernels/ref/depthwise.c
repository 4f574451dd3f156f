#include "kernels/ref/depthwise.h"

#include "kernels/ref/sum.h"

enum { BLOCK = 64 }; /* channels summed side by side */

/* One position of one output row. */
typedef struct window {
    octet_taps y, x;
    int32_t origin_y, origin_x;
} window;

static inline window window_at(const octet_depthwise_params *p, int32_t oy, int32_t ox) {
    window w;
    w.origin_y = oy * p->stride_h - p->pad_top;
    w.origin_x = ox * p->stride_w - p->pad_left;
    w.y = octet_taps_inside(w.origin_y, p->in_h, p->filter_h, p->dilation_h);
    w.x = octet_taps_inside(w.origin_x, p->in_w, p->filter_w, p->dilation_w);
    return w;
}

static inline int64_t tap_input(const octet_depthwise_params *p, const window *w, int32_t ky, int32_t kx) {
    const int32_t y = w->origin_y + ky * p->dilation_h, x = w->origin_x + kx * p->dilation_w;
    return ((int64_t)y * p->in_w + x) * p->in_c;
}
static inline int64_t tap_filter(const octet_depthwise_params *p, int32_t ky, int32_t kx) {
    return ((int64_t)ky * p->filter_w + kx) * p->out_c;
}

OCTET_INLINE void depthwise_f32(const octet_depthwise_params *p, bool plain, const float *input, const float *filter,
                                const float *bias, float *output, int32_t begin, int32_t end) {
    for (int32_t unit = begin; unit < end; unit++) {
        const float *sample = input + (int64_t)(unit / p->out_h) * p->in_h * p->in_w * p->in_c;
        float *out = output + (int64_t)unit * p->out_w * p->out_c;
        for (int32_t ox = 0; ox < p->out_w; ox++, out += p->out_c) {
            const window w = window_at(p, unit % p->out_h, ox);
            for (int32_t first = 0; first < p->out_c; first += BLOCK) {
                const int32_t n = p->out_c - first < BLOCK ? p->out_c - first : BLOCK;
                float sum[BLOCK];
                for (int32_t c = 0; c < n; c++) sum[c] = octet_sum_begin(plain, bias, first + c);
                for (int32_t ky = w.y.first; ky < w.y.last; ky++) {
                    for (int32_t kx = w.x.first; kx < w.x.last; kx++) {
                        const float *x = sample + tap_input(p, &w, ky, kx), *f = filter + tap_filter(p, ky, kx) + first;
                        if (p->multiplier == 1) {
                            for (int32_t c = 0; c < n; c++) sum[c] = octet_sum_add(plain, sum[c], x[first + c], f[c]);
                        } else {
                            for (int32_t c = 0; c < n; c++)
                                sum[c] = octet_sum_add(plain, sum[c], x[(first + c) / p->multiplier], f[c]);
                        }
                    }
                }
                for (int32_t c = 0; c < n; c++) {
                    out[first + c] =
                        octet_clamp_f32(octet_sum_end(plain, sum[c], bias, first + c), p->real_min, p->real_max);
                }
            }
        }
    }
}

OCTET_TARGET_FMA
void octet_depthwise_f32_ref(const octet_depthwise_params *p, const float *input, const float *filter,
                             const float *bias, float *output, int32_t begin, int32_t end) {
    depthwise_f32(p, false, input, filter, bias, output, begin, end);
}

OCTET_TARGET_AVX2
void octet_depthwise_f32_plain(const octet_depthwise_params *p, const float *input, const float *filter,
                               const float *bias, float *output, int32_t begin, int32_t end) {
    depthwise_f32(p, true, input, filter, bias, output, begin, end);
}

OCTET_TARGET_AVX2
void octet_depthwise_s8_ref(const octet_depthwise_params *p, const int8_t *input, const int8_t *filter,
                            const int32_t *bias, int8_t *output, int32_t begin, int32_t end) {
    const int32_t zero = p->q.input_zero_point, weight_zero = p->q.weight_zero_point;
    for (int32_t unit = begin; unit < end; unit++) {
        const int8_t *sample = input + (int64_t)(unit / p->out_h) * p->in_h * p->in_w * p->in_c;
        int8_t *out = output + (int64_t)unit * p->out_w * p->out_c;
        for (int32_t ox = 0; ox < p->out_w; ox++, out += p->out_c) {
            const window w = window_at(p, unit % p->out_h, ox);
            for (int32_t first = 0; first < p->out_c; first += BLOCK) {
                const int32_t n = p->out_c - first < BLOCK ? p->out_c - first : BLOCK;
                uint32_t sum[BLOCK];
                for (int32_t c = 0; c < n; c++) sum[c] = bias != NULL ? (uint32_t)bias[first + c] : 0;
                for (int32_t ky = w.y.first; ky < w.y.last; ky++) {
                    for (int32_t kx = w.x.first; kx < w.x.last; kx++) {
                        const int8_t *x = sample + tap_input(p, &w, ky, kx),
                                     *f = filter + tap_filter(p, ky, kx) + first;
                        if (p->multiplier == 1) {
                            for (int32_t c = 0; c < n; c++)
                                sum[c] += (uint32_t)((x[first + c] - zero) * (f[c] - weight_zero));
                        } else {
                            for (int32_t c = 0; c < n; c++)
                                sum[c] += (uint32_t)((x[(first + c) / p->multiplier] - zero) * (f[c] - weight_zero));
                        }
                    }
                }
                for (int32_t c = 0; c < n; c++)
                    out[first + c] = (int8_t)octet_requantize_s32(&p->q, (int32_t)sum[c], first + c);
            }
        }
    }
}

void octet_depthwise_s16_ref(const octet_depthwise_params *p, const int16_t *input, const int8_t *filter,
                             const int64_t *bias, int16_t *output, int32_t begin, int32_t end) {
    const int32_t zero = p->q.input_zero_point;
    for (int32_t unit = begin; unit < end; unit++) {
        const int16_t *sample = input + (int64_t)(unit / p->out_h) * p->in_h * p->in_w * p->in_c;
        int16_t *out = output + (int64_t)unit * p->out_w * p->out_c;
        for (int32_t ox = 0; ox < p->out_w; ox++, out += p->out_c) {
            const window w = window_at(p, unit % p->out_h, ox);
            for (int32_t first = 0; first < p->out_c; first += BLOCK) {
                const int32_t n = p->out_c - first < BLOCK ? p->out_c - first : BLOCK;
                uint64_t sum[BLOCK];
                for (int32_t c = 0; c < n; c++) sum[c] = bias != NULL ? (uint64_t)bias[first + c] : 0;
                for (int32_t ky = w.y.first; ky < w.y.last; ky++) {
                    for (int32_t kx = w.x.first; kx < w.x.last; kx++) {
                        const int16_t *x = sample + tap_input(p, &w, ky, kx);
                        const int8_t *f = filter + tap_filter(p, ky, kx) + first;
                        for (int32_t c = 0; c < n; c++) {
                            sum[c] += (uint64_t)(int64_t)((x[(first + c) / p->multiplier] - zero) * f[c]);
                        }
                    }
                }
                for (int32_t c = 0; c < n; c++)
                    out[first + c] = (int16_t)octet_requantize_s64(&p->q, (int64_t)sum[c], first + c);
            }
        }
    }
}
