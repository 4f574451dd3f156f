#include "kernels/ref/conv.h"

#include <math.h>

#include "kernels/ref/dot.h"

bool octet_conv_zeros_are_neutral(const float *weights, size_t n_weights, const float *bias, size_t n_outputs) {
    for (size_t i = 0; i < n_weights; i++) {
        if (!isfinite(weights[i])) return false;
    }
    for (size_t i = 0; bias != NULL && i < n_outputs; i++) {
        if (bias[i] == 0.0f && signbit(bias[i])) return false;
    }
    return true;
}

/* The part of the filter that touches the input at one output position. With dilation 1 and one group the taps of a
 * filter row are one contiguous run of both operands. */
typedef struct window {
    octet_taps y, x;
    int32_t origin_y, origin_x;
    int32_t n_runs, run; /* runs per filter row and their length */
} window;

static inline window window_at(const octet_conv_2d_params *p, int32_t oy, int32_t ox) {
    window w;
    w.origin_y = oy * p->stride_h - p->pad_top;
    w.origin_x = ox * p->stride_w - p->pad_left;
    w.y = octet_taps_inside(w.origin_y, p->in_h, p->filter_h, p->dilation_h);
    w.x = octet_taps_inside(w.origin_x, p->in_w, p->filter_w, p->dilation_w);
    const int32_t taps = w.x.last - w.x.first;
    const bool contiguous = p->dilation_w == 1 && p->groups == 1;
    w.n_runs = contiguous ? taps > 0 : taps;
    w.run = contiguous ? taps * p->filter_c : p->filter_c;
    return w;
}

/* Offsets of a run from the sample and from the filter of one output channel. */
static inline int64_t run_input(const octet_conv_2d_params *p, const window *w, int32_t ky, int32_t run) {
    const int32_t y = w->origin_y + ky * p->dilation_h, x = w->origin_x + (w->x.first + run) * p->dilation_w;
    return ((int64_t)y * p->in_w + x) * p->in_c;
}
static inline int64_t run_filter(const octet_conv_2d_params *p, const window *w, int32_t ky, int32_t run) {
    return ((int64_t)ky * p->filter_w + w->x.first + run) * p->filter_c;
}

OCTET_INLINE void conv_2d_f32(const octet_conv_2d_params *p, bool plain, const float *input, const float *filter,
                              const float *bias, float *output, int32_t begin, int32_t end) {
    const int64_t filter_size = (int64_t)p->filter_h * p->filter_w * p->filter_c;
    const int32_t group_out = p->out_c / p->groups;
    for (int32_t unit = begin; unit < end; unit++) {
        const float *sample = input + (int64_t)(unit / p->out_h) * p->in_h * p->in_w * p->in_c;
        float *out = output + (int64_t)unit * p->out_w * p->out_c;
        for (int32_t ox = 0; ox < p->out_w; ox++, out += p->out_c) {
            const window w = window_at(p, unit % p->out_h, ox);
            for (int32_t group = 0; group < p->groups; group++) {
                const float *x = sample + (int64_t)group * p->filter_c;
                const int32_t last = (group + 1) * group_out;
                for (int32_t oc = group * group_out; oc < last; oc += OCTET_DOT_LANES) {
                    const int32_t lanes = last - oc < OCTET_DOT_LANES ? last - oc : OCTET_DOT_LANES;
                    float sum[OCTET_DOT_LANES];
                    for (int32_t lane = 0; lane < lanes; lane++) sum[lane] = octet_sum_begin(plain, bias, oc + lane);
                    for (int32_t ky = w.y.first; ky < w.y.last; ky++) {
                        for (int32_t run = 0; run < w.n_runs; run++) {
                            octet_dot_f32(plain, sum, lanes, x + run_input(p, &w, ky, run),
                                          filter + oc * filter_size + run_filter(p, &w, ky, run), filter_size, w.run);
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
}

OCTET_TARGET_FMA
void octet_conv_2d_f32_ref(const octet_conv_2d_params *p, const float *input, const float *filter, const float *bias,
                           float *output, int32_t begin, int32_t end) {
    conv_2d_f32(p, false, input, filter, bias, output, begin, end);
}

OCTET_TARGET_AVX2
void octet_conv_2d_f32_plain(const octet_conv_2d_params *p, const float *input, const float *filter, const float *bias,
                             float *output, int32_t begin, int32_t end) {
    conv_2d_f32(p, true, input, filter, bias, output, begin, end);
}

OCTET_TARGET_AVX2
void octet_conv_2d_s8_ref(const octet_conv_2d_params *p, const int8_t *input, const int8_t *filter, const int32_t *bias,
                          int8_t *output, int32_t begin, int32_t end) {
    const int64_t filter_size = (int64_t)p->filter_h * p->filter_w * p->filter_c;
    const int32_t group_out = p->out_c / p->groups;
    for (int32_t unit = begin; unit < end; unit++) {
        const int8_t *sample = input + (int64_t)(unit / p->out_h) * p->in_h * p->in_w * p->in_c;
        int8_t *out = output + (int64_t)unit * p->out_w * p->out_c;
        for (int32_t ox = 0; ox < p->out_w; ox++, out += p->out_c) {
            const window w = window_at(p, unit % p->out_h, ox);
            for (int32_t oc = 0; oc < p->out_c; oc++) {
                const int8_t *x = sample + (int64_t)(oc / group_out) * p->filter_c;
                uint32_t sum = bias != NULL ? (uint32_t)bias[oc] : 0;
                for (int32_t ky = w.y.first; ky < w.y.last; ky++) {
                    for (int32_t run = 0; run < w.n_runs; run++) {
                        sum += octet_dot_s8(x + run_input(p, &w, ky, run), p->q.input_zero_point,
                                            filter + oc * filter_size + run_filter(p, &w, ky, run),
                                            p->q.weight_zero_point, w.run);
                    }
                }
                out[oc] = (int8_t)octet_requantize_s32(&p->q, (int32_t)sum, oc);
            }
        }
    }
}

OCTET_TARGET_AVX2
void octet_conv_2d_s16_ref(const octet_conv_2d_params *p, const int16_t *input, const int8_t *filter,
                           const int64_t *bias, int16_t *output, int32_t begin, int32_t end) {
    const int64_t filter_size = (int64_t)p->filter_h * p->filter_w * p->filter_c;
    const int32_t group_out = p->out_c / p->groups;
    for (int32_t unit = begin; unit < end; unit++) {
        const int16_t *sample = input + (int64_t)(unit / p->out_h) * p->in_h * p->in_w * p->in_c;
        int16_t *out = output + (int64_t)unit * p->out_w * p->out_c;
        for (int32_t ox = 0; ox < p->out_w; ox++, out += p->out_c) {
            const window w = window_at(p, unit % p->out_h, ox);
            for (int32_t oc = 0; oc < p->out_c; oc++) {
                const int16_t *x = sample + (int64_t)(oc / group_out) * p->filter_c;
                uint64_t sum = bias != NULL ? (uint64_t)bias[oc] : 0;
                for (int32_t ky = w.y.first; ky < w.y.last; ky++) {
                    for (int32_t run = 0; run < w.n_runs; run++) {
                        sum += octet_dot_s16(x + run_input(p, &w, ky, run), p->q.input_zero_point,
                                             filter + oc * filter_size + run_filter(p, &w, ky, run), w.run);
                    }
                }
                out[oc] = (int16_t)octet_requantize_s64(&p->q, (int64_t)sum, oc);
            }
        }
    }
}

OCTET_TARGET_AVX2
void octet_conv_2d_s16_b32_ref(const octet_conv_2d_params *p, const int16_t *input, const int8_t *filter,
                               const int32_t *bias, int16_t *output, int32_t begin, int32_t end) {
    const int64_t filter_size = (int64_t)p->filter_h * p->filter_w * p->filter_c;
    const int32_t group_out = p->out_c / p->groups;
    for (int32_t unit = begin; unit < end; unit++) {
        const int16_t *sample = input + (int64_t)(unit / p->out_h) * p->in_h * p->in_w * p->in_c;
        int16_t *out = output + (int64_t)unit * p->out_w * p->out_c;
        for (int32_t ox = 0; ox < p->out_w; ox++, out += p->out_c) {
            const window w = window_at(p, unit % p->out_h, ox);
            for (int32_t oc = 0; oc < p->out_c; oc++) {
                const int16_t *x = sample + (int64_t)(oc / group_out) * p->filter_c;
                uint64_t sum = bias != NULL ? (uint64_t)(int64_t)bias[oc] : 0;
                for (int32_t ky = w.y.first; ky < w.y.last; ky++) {
                    for (int32_t run = 0; run < w.n_runs; run++) {
                        sum += octet_dot_s16(x + run_input(p, &w, ky, run), p->q.input_zero_point,
                                             filter + oc * filter_size + run_filter(p, &w, ky, run), w.run);
                    }
                }
                out[oc] = (int16_t)octet_requantize_s32(&p->q, (int32_t)(uint32_t)sum, oc);
            }
        }
    }
}
