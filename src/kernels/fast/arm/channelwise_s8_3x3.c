/* int8 depthwise convolutions of 3x3 windows with NEON, straight from the input. Two products of a channel are summed
 * in 16 bits: with weights above -128 they stay within 2 * 127 * 128 < 2^15. Outside the input everything is the zero
 * point. */
#include "kernels/fast/arm/kernels.h"
#include "kernels/fast/arm/scale_neon.h"

#if OCTET_FAST_NEON

enum { BLOCK = OCTET_CHANNEL_BLOCK, CHANNELS = 16, VECTORS = 4, TAPS = 9, SIDE = 3 };

/* The three input rows of an output row. */
typedef struct strip {
    const int8_t *row[SIDE]; /* the input row, or one zero point per channel */
    size_t step[SIDE];       /* from column to column: 0 for the latter */
} strip;

/* The window at column x; width: 0 where it lies inside. */
OCTET_INLINE void load_window(const strip *s, int32_t x, int8x16_t zero, int32_t width, int8x16_t *value) {
    OCTET_UNROLL
    for (int ky = 0; ky < SIDE; ky++) {
        OCTET_UNROLL
        for (int kx = 0; kx < SIDE; kx++) {
            const bool inside = width == 0 || (x + kx >= 0 && x + kx < width);
            value[ky * SIDE + kx] = inside ? vld1q_s8(s->row[ky] + (size_t)(x + kx) * s->step[ky]) : zero;
        }
    }
}

OCTET_INLINE void add_two(int32x4_t *sum, int8x16_t x, int8x16_t v, int8x16_t y, int8x16_t w, const int vectors) {
    const int16x8_t low = vmlal_s8(vmull_s8(vget_low_s8(x), vget_low_s8(v)), vget_low_s8(y), vget_low_s8(w));
    sum[0] = vaddw_s16(sum[0], vget_low_s16(low));
    sum[1] = vaddw_high_s16(sum[1], low);
    if (vectors == 2) return;
    const int16x8_t high = vmlal_high_s8(vmull_high_s8(x, v), y, w);
    sum[2] = vaddw_s16(sum[2], vget_low_s16(high));
    sum[3] = vaddw_high_s16(sum[3], high);
}
OCTET_INLINE void add_one(int32x4_t *sum, int8x16_t x, int8x16_t v, const int vectors) {
    const int16x8_t low = vmull_s8(vget_low_s8(x), vget_low_s8(v));
    sum[0] = vaddw_s16(sum[0], vget_low_s16(low));
    sum[1] = vaddw_high_s16(sum[1], low);
    if (vectors == 2) return;
    const int16x8_t high = vmull_high_s8(x, v);
    sum[2] = vaddw_s16(sum[2], vget_low_s16(high));
    sum[3] = vaddw_high_s16(sum[3], high);
}

/* One output row of up to 16 channels from `lane` on; all that the loop needs is local. */
OCTET_INLINE void slide(const octet_channelwise *c, const int kind, const strip *in, size_t lane, int8_t *out,
                        const int vectors) {
    const octet_depthwise_params *p = &c->shape;
    const size_t channels = (size_t)p->out_c;
    const int32_t width = p->in_w, n_columns = p->out_w, stride = p->stride_w;
    const uint32_t n = channels - lane < CHANNELS ? (uint32_t)(channels - lane) : CHANNELS;
    const octet_scale_bounds bounds = octet_scale_bounds_neon(&c->scale);
    const int8x16_t zero = vdupq_n_s8((int8_t)p->q.input_zero_point);
    const int8_t *weights = (const int8_t *)c->weights + lane / BLOCK * BLOCK * TAPS + lane % BLOCK;
    int8x16_t w[TAPS];
    octet_scale_lanes lanes[VECTORS];
    int32x4_t bias[VECTORS];
    OCTET_UNROLL
    for (int i = 0; i < TAPS; i++) w[i] = vld1q_s8(weights + i * BLOCK);
    OCTET_UNROLL
    for (int v = 0; v < vectors; v++) {
        lanes[v] = octet_scale_lanes_neon(&c->scale, kind, lane + (size_t)v * 4);
        bias[v] = vld1q_s32(c->scale.bias + lane + (size_t)v * 4);
    }
    const strip s = *in;
    for (int32_t i = 0, x = -p->pad_left; i < n_columns; i++, x += stride, out += channels) {
        int8x16_t value[TAPS];
        if (x >= 0 && x + SIDE <= width) load_window(&s, x, zero, 0, value);
        else load_window(&s, x, zero, width, value);
        int32x4_t sum[VECTORS];
        OCTET_UNROLL
        for (int v = 0; v < vectors; v++) sum[v] = bias[v];
        OCTET_UNROLL
        for (int t = 0; t + 1 < TAPS; t += 2) add_two(sum, value[t], w[t], value[t + 1], w[t + 1], vectors);
        add_one(sum, value[TAPS - 1], w[TAPS - 1], vectors);
        octet_store_bytes_neon(out, octet_scale_bytes_neon(&bounds, kind, lanes, sum, vectors), n);
    }
}

OCTET_INLINE void row(const octet_channelwise *c, const int kind, strip s, int8_t *out) {
    const size_t channels = (size_t)c->shape.out_c;
    for (size_t lane = 0; lane < channels; lane += CHANNELS) {
        if (channels - lane > CHANNELS / 2) slide(c, kind, &s, lane, out + lane, VECTORS);
        else slide(c, kind, &s, lane, out + lane, VECTORS / 2);
        for (int i = 0; i < SIDE; i++) s.row[i] += s.step[i] ? CHANNELS : 0;
    }
}
#define ROW(kind) row(c, kind, s, out)

static void rows(const octet_channelwise *c, const void *input, void *output, uint32_t begin, uint32_t end) {
    const octet_depthwise_params *p = &c->shape;
    const size_t pixel = (size_t)p->in_c, line = pixel * (size_t)p->in_w;
    int8_t outside[CHANNELS];
    for (int i = 0; i < CHANNELS; i++) outside[i] = (int8_t)p->q.input_zero_point;
    for (uint32_t unit = begin; unit < end; unit++) {
        const int32_t oy = (int32_t)(unit % (uint32_t)p->out_h), top = oy * p->stride_h - p->pad_top;
        const int8_t *sample = (const int8_t *)input + unit / (uint32_t)p->out_h * (size_t)p->in_h * line;
        strip s;
        for (int i = 0; i < SIDE; i++) {
            const bool inside = top + i >= 0 && top + i < p->in_h;
            s.row[i] = inside ? sample + (size_t)(top + i) * line : outside;
            s.step[i] = inside ? pixel : 0;
        }
        int8_t *out = (int8_t *)output + (size_t)unit * (size_t)p->out_w * (size_t)p->out_c;
        OCTET_SCALE_SWITCH(&c->scale, ROW)
    }
}

const octet_channelwise_kernel octet_channelwise_s8_neon_3x3 = {
    .name = "neon 3x3",
    .rows = rows,
    .element = 1,
    .tap_group = 1,
    .channel_of_lane = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                        16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31}};

#endif
