/* int8 depthwise convolutions with NEON, windows and weights of any kind: inputs less their zero point as int16, 4
 * channels per multiplication. */
#include "kernels/fast/arm/kernels.h"
#include "kernels/fast/arm/scale_neon.h"

#if OCTET_FAST_NEON

enum { BLOCK = OCTET_CHANNEL_BLOCK, CHANNELS = 16, VECTORS = 4 };

/* One output row of up to 16 channels from `lane` on. */
OCTET_INLINE void slide(const octet_channelwise *c, const int kind, const uint8_t *x, size_t lane, int8_t *out,
                        const int vectors) {
    const size_t channels = (size_t)c->shape.out_c, step = (size_t)c->shape.stride_w * c->windows.pixel;
    const uint8_t *weights = c->weights + (lane / BLOCK * BLOCK * c->n_groups + lane % BLOCK) * sizeof(int16_t);
    const uint32_t n = channels - lane < CHANNELS ? (uint32_t)(channels - lane) : CHANNELS, n_taps = c->n_groups;
    const octet_scale_bounds bounds = octet_scale_bounds_neon(&c->scale);
    octet_scale_lanes lanes[VECTORS];
    int32x4_t bias[VECTORS];
    OCTET_UNROLL
    for (int v = 0; v < vectors; v++) {
        lanes[v] = octet_scale_lanes_neon(&c->scale, kind, lane + (size_t)v * 4);
        bias[v] = vld1q_s32(c->scale.bias + lane + (size_t)v * 4);
    }
    x += lane * sizeof(int16_t);
    for (int32_t ox = 0; ox < c->shape.out_w; ox++, x += step, out += channels) {
        const int16_t *w = (const int16_t *)(const void *)weights;
        int32x4_t sum[VECTORS];
        OCTET_UNROLL
        for (int v = 0; v < vectors; v++) sum[v] = bias[v];
        for (uint32_t tap = 0; tap < n_taps; tap++, w += BLOCK) {
            const int16_t *from = (const int16_t *)(const void *)(x + c->tap_offsets[tap]);
            OCTET_UNROLL
            for (int v = 0; v < vectors; v += 2) {
                const int16x8_t value = vld1q_s16(from + v * 4), weight = vld1q_s16(w + v * 4);
                sum[v] = vmlal_s16(sum[v], vget_low_s16(value), vget_low_s16(weight));
                sum[v + 1] = vmlal_high_s16(sum[v + 1], value, weight);
            }
        }
        octet_store_bytes_neon(out, octet_scale_bytes_neon(&bounds, kind, lanes, sum, vectors), n);
    }
}

OCTET_INLINE void row(const octet_channelwise *c, const int kind, const uint8_t *x, int8_t *out) {
    const size_t channels = (size_t)c->shape.out_c;
    for (size_t lane = 0; lane < channels; lane += CHANNELS) {
        if (channels - lane > CHANNELS / 2) slide(c, kind, x, lane, out + lane, VECTORS);
        else slide(c, kind, x, lane, out + lane, VECTORS / 2);
    }
}
#define ROW(kind) row(c, kind, x, out)

static void rows(const octet_channelwise *c, const void *prepared, void *output, uint32_t begin, uint32_t end) {
    for (uint32_t unit = begin; unit < end; unit++) {
        const size_t oy = unit % (uint32_t)c->shape.out_h, sample = unit / (uint32_t)c->shape.out_h;
        const uint8_t *x =
            (const uint8_t *)prepared + sample * c->windows.sample + oy * (size_t)c->shape.stride_h * c->windows.row;
        int8_t *out = (int8_t *)output + (size_t)unit * (size_t)c->shape.out_w * (size_t)c->shape.out_c;
        OCTET_SCALE_SWITCH(&c->scale, ROW)
    }
}

const octet_channelwise_kernel octet_channelwise_s8_neon = {
    .name = "neon",
    .rows = rows,
    .prepare = octet_windows_prepare_s16,
    .element = 2,
    .tap_group = 1,
    .input_offset = OCTET_PRODUCT_NO_OFFSET,
    .channel_of_lane = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                        16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31}};

#endif
