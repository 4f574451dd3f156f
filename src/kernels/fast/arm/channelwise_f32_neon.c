/* float32 depthwise convolutions with NEON: taps in ascending order, those outside the input left out, as the reference
 * does. */
#include "kernels/fast/arm/kernels.h"
#include "kernels/fast/arm/scale_neon.h"

#if OCTET_FAST_NEON

enum { BLOCK = OCTET_CHANNEL_BLOCK, COLUMNS = 4, LANES = 4, ANY = 0 };

/* Neighbouring windows of one output row. */
typedef struct windows {
    const float *row; /* of the input, the first that they see; column 0, channel 0 */
    octet_taps y;
    int32_t left; /* column of the first window's first tap, perhaps outside the input */
    bool whole;   /* all taps of x are inside */
} windows;

/* `columns` windows, `vectors` vectors of channels from `first`; the last vector has n channels. Filters `width` wide
 * with steps of `stride` take every input once for all sums; those of ANY width go tap by tap. */
OCTET_INLINE void sums(const octet_channelwise *c, const windows *at, size_t first, uint32_t n, float *out,
                       const int columns, const int width, const int stride, const int vectors, const bool whole) {
    const octet_depthwise_params *p = &c->shape;
    const size_t channels = (size_t)p->in_c, n_taps = (size_t)p->filter_h * (size_t)p->filter_w;
    const float *weights = (const float *)(const void *)c->weights + first / BLOCK * BLOCK * n_taps + first % BLOCK;
    float32x4_t sum[COLUMNS][2];
    OCTET_UNROLL
    for (int i = 0; i < columns; i++) {
        OCTET_UNROLL
        for (int v = 0; v < vectors; v++) sum[i][v] = vld1q_f32(c->bias + first + v * LANES);
    }
    for (int32_t ky = at->y.first; ky < at->y.last; ky++) {
        const float *w = weights + (size_t)ky * (size_t)p->filter_w * BLOCK;
        const float *x =
            at->row + (size_t)(ky - at->y.first) * (size_t)p->dilation_h * (size_t)p->in_w * channels + first;
        if (width == ANY) {
            for (int32_t kx = 0; kx < p->filter_w; kx++, w += BLOCK) {
                OCTET_UNROLL
                for (int i = 0; i < columns; i++) {
                    const int32_t column = at->left + kx * p->dilation_w + i * p->stride_w;
                    if (!whole && (column < 0 || column >= p->in_w)) continue;
                    OCTET_UNROLL
                    for (int v = 0; v < vectors; v++)
                        sum[i][v] = vfmaq_f32(sum[i][v], vld1q_f32(x + (size_t)column * channels + v * LANES),
                                              vld1q_f32(w + v * LANES));
                }
            }
            continue;
        }
        OCTET_UNROLL
        for (int j = 0; j < (columns - 1) * stride + width; j++) {
            const int32_t column = at->left + j;
            if (!whole && (column < 0 || column >= p->in_w)) continue;
            OCTET_UNROLL
            for (int v = 0; v < vectors; v++) {
                const float32x4_t value = vld1q_f32(x + (size_t)column * channels + v * LANES);
                OCTET_UNROLL
                for (int i = 0; i < columns; i++) {
                    const int kx = j - i * stride;
                    if (kx >= 0 && kx < width)
                        sum[i][v] = vfmaq_f32(sum[i][v], value, vld1q_f32(w + kx * BLOCK + v * LANES));
                }
            }
        }
    }
    const float32x4_t min = vdupq_n_f32(p->real_min), max = vdupq_n_f32(p->real_max);
    out += first;
#define FINISH(kind)                                                                              \
    OCTET_UNROLL                                                                                  \
    for (int i = 0; i < columns; i++, out += channels) {                                          \
        OCTET_UNROLL                                                                              \
        for (int v = 0; v < vectors; v++)                                                         \
            octet_store_floats_neon(out + v * LANES, octet_clamp_neon(kind, sum[i][v], min, max), \
                                    v + 1 < vectors ? LANES : n);                                 \
    }
    OCTET_CLAMP_SWITCH(p->real_min, p->real_max, FINISH)
}

/* All channels; blocks have 32 of them, so two vectors never pass the end of one. */
#define WINDOWS(name, columns, width, stride)                                                        \
    static void name(const octet_channelwise *c, const windows *at, float *out) {                    \
        const size_t channels = (size_t)c->shape.in_c;                                               \
        size_t first = 0;                                                                            \
        for (; at->whole && first + 2 * LANES <= channels; first += 2 * LANES)                       \
            sums(c, at, first, LANES, out, columns, width, stride, 2, true);                         \
        for (; first + 2 * LANES <= channels; first += 2 * LANES)                                    \
            sums(c, at, first, LANES, out, columns, width, stride, 2, false);                        \
        for (; first < channels; first += LANES)                                                     \
            sums(c, at, first, (uint32_t)(channels - first), out, columns, width, stride, 1, false); \
    }

typedef void run_windows(const octet_channelwise *c, const windows *at, float *out);
WINDOWS(one_any, 1, ANY, 1)
WINDOWS(four_any, COLUMNS, ANY, 1)
WINDOWS(four_3, COLUMNS, 3, 1)
WINDOWS(four_3_by_2, COLUMNS, 3, 2)
WINDOWS(four_5, COLUMNS, 5, 1)

static run_windows *four_windows(const octet_depthwise_params *p) {
    if (p->dilation_w != 1) return four_any;
    if (p->filter_w == 3 && p->stride_w <= 2) return p->stride_w == 1 ? four_3 : four_3_by_2;
    return p->filter_w == 5 && p->stride_w == 1 ? four_5 : four_any;
}

static void rows(const octet_channelwise *c, const void *input, void *output, uint32_t begin, uint32_t end) {
    const octet_depthwise_params *p = &c->shape;
    const size_t channels = (size_t)p->in_c;
    const int32_t columns = p->out_w < COLUMNS ? 1 : COLUMNS;
    const int32_t wide = (columns - 1) * p->stride_w + (p->filter_w - 1) * p->dilation_w + 1;
    run_windows *run = columns == 1 ? one_any : four_windows(p);
    for (uint32_t unit = begin; unit < end; unit++) {
        const float *sample =
            (const float *)input + (size_t)(unit / (uint32_t)p->out_h) * (size_t)p->in_h * (size_t)p->in_w * channels;
        float *out = (float *)output + (size_t)unit * (size_t)p->out_w * channels;
        const int32_t oy = (int32_t)(unit % (uint32_t)p->out_h) * p->stride_h - p->pad_top;
        windows at = {.y = octet_taps_inside(oy, p->in_h, p->filter_h, p->dilation_h)};
        at.row = sample + (size_t)(oy + at.y.first * p->dilation_h) * (size_t)p->in_w * channels;
        for (int32_t done = 0; done < p->out_w; done += columns) {
            const int32_t ox =
                done < p->out_w - columns ? done : p->out_w - columns; /* the last ones may be computed twice */
            at.left = ox * p->stride_w - p->pad_left;
            at.whole = at.left >= 0 && at.left + wide <= p->in_w;
            run(c, &at, out + (size_t)ox * channels);
        }
    }
}

const octet_channelwise_kernel octet_channelwise_f32_neon = {
    .name = "neon", .rows = rows, .element = 4, .tap_group = 1};

#endif
