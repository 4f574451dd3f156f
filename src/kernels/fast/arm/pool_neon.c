/* Pooling with NEON, channels in vectors. */
#include "kernels/fast/arm/kernels.h"
#include "kernels/fast/arm/scale_neon.h"
#include "kernels/ref/conv.h"

#if OCTET_FAST_NEON

/* The cells of one window, and the way to the next cell and row of cells. */
typedef struct cells {
    int32_t rows, columns;
    int64_t pixel, row;
} cells;

OCTET_INLINE int8x16_t max_16(const int8_t *x, const cells *w) {
    if (w->rows == 2 && w->columns == 2) { /* most are */
        const int8_t *below = x + w->row;
        return vmaxq_s8(vmaxq_s8(vld1q_s8(x), vld1q_s8(x + w->pixel)),
                        vmaxq_s8(vld1q_s8(below), vld1q_s8(below + w->pixel)));
    }
    int8x16_t max = vdupq_n_s8(INT8_MIN);
    for (int32_t y = 0; y < w->rows; y++, x += w->row) {
        const int8_t *cell = x;
        for (int32_t i = 0; i < w->columns; i++, cell += w->pixel) max = vmaxq_s8(max, vld1q_s8(cell));
    }
    return max;
}

/* Sums of cells to averages: (sum +- count / 2) / count towards 0. The float quotient is exact enough: sums are below
 * 2^16, so a quotient that is no whole number is at least 1 / 255 away from one. */
OCTET_INLINE int32x4_t average_4(int16x4_t sums, int32_t count) {
    const int32x4_t sum = vmovl_s16(sums), half = vdupq_n_s32(count / 2);
    const int32x4_t rounded = vbslq_s32(vcgtzq_s32(sum), vaddq_s32(sum, half), vsubq_s32(sum, half));
    return vcvtq_s32_f32(vdivq_f32(vcvtq_f32_s32(rounded), vdupq_n_f32((float)count)));
}
OCTET_INLINE int8x8_t average_8(int16x8_t sums, int32_t count) {
    return vmovn_s16(vcombine_s16(vmovn_s32(average_4(vget_low_s16(sums), count)),
                                  vmovn_s32(average_4(vget_high_s16(sums), count))));
}
OCTET_INLINE int8x16_t average_16(const int8_t *x, const cells *w) {
    int16x8_t low = vdupq_n_s16(0), high = low;
    for (int32_t y = 0; y < w->rows; y++, x += w->row) {
        const int8_t *cell = x;
        for (int32_t i = 0; i < w->columns; i++, cell += w->pixel) {
            const int8x16_t value = vld1q_s8(cell);
            low = vaddw_s8(low, vget_low_s8(value));
            high = vaddw_high_s8(high, value);
        }
    }
    const int32_t count = w->rows * w->columns;
    return vcombine_s8(average_8(low, count), average_8(high, count));
}

/* A cell that is larger enters; a NaN does not, as in the reference. */
OCTET_INLINE float32x4_t larger(float32x4_t max, const float *cell) {
    const float32x4_t x = vld1q_f32(cell);
    return vbslq_f32(vcgtq_f32(x, max), x, max);
}
OCTET_INLINE float32x4_t max_4(const float *x, const cells *w) {
    float32x4_t max = vdupq_n_f32(-INFINITY);
    if (w->rows == 2 && w->columns == 2) {
        max = larger(larger(max, x), x + w->pixel);
        return larger(larger(max, x + w->row), x + w->row + w->pixel);
    }
    for (int32_t y = 0; y < w->rows; y++, x += w->row) {
        const float *cell = x;
        for (int32_t i = 0; i < w->columns; i++, cell += w->pixel) max = larger(max, cell);
    }
    return max;
}
OCTET_INLINE float32x4_t mean_4(const float *x, const cells *w) {
    float32x4_t sum = vdupq_n_f32(0.0f);
    for (int32_t y = 0; y < w->rows; y++, x += w->row) {
        const float *cell = x;
        for (int32_t i = 0; i < w->columns; i++, cell += w->pixel) sum = vaddq_f32(sum, vld1q_f32(cell));
    }
    return vdivq_f32(sum, vdupq_n_f32((float)(w->rows * w->columns)));
}

/* BLOCK(x, w, to, n): the outputs of one window, n channels from x on. */
#define POOL(name, TYPE, CHANNELS, CONSTANTS, BLOCK)                                                               \
    static void name(const octet_pool_2d_params *p, const TYPE *input, TYPE *output, int32_t begin, int32_t end) { \
        CONSTANTS                                                                                                  \
        const int64_t pixel = p->channels, row = pixel * p->in_w;                                                  \
        for (int32_t unit = begin; unit < end; unit++) {                                                           \
            const int32_t y = unit % p->out_h * p->stride_h - p->pad_top;                                          \
            const octet_taps rows = octet_taps_inside(y, p->in_h, p->filter_h, 1);                                 \
            const TYPE *line = input + ((int64_t)(unit / p->out_h) * p->in_h + y + rows.first) * row;              \
            TYPE *out = output + (int64_t)unit * p->out_w * pixel;                                                 \
            for (int32_t ox = 0, x = -p->pad_left; ox < p->out_w; ox++, x += p->stride_w, out += pixel) {          \
                octet_taps columns = {0, p->filter_w};                                                             \
                if (x < 0 || x + p->filter_w > p->in_w) columns = octet_taps_inside(x, p->in_w, p->filter_w, 1);   \
                const cells w = {rows.last - rows.first, columns.last - columns.first, pixel, row};                \
                const TYPE *first = line + (x + columns.first) * pixel;                                            \
                for (int64_t c = 0; c < pixel; c += CHANNELS) BLOCK(first + c, &w, out + c, (uint32_t)(pixel - c)) \
            }                                                                                                      \
        }                                                                                                          \
    }

#define CONSTANTS_S8 const int8x16_t min = vdupq_n_s8((int8_t)p->min), max = vdupq_n_s8((int8_t)p->max);
#define BLOCK_S8(of_16, x, w, to, n) octet_store_bytes_neon(to, vminq_s8(vmaxq_s8(of_16(x, w), min), max), n);
#define BLOCK_MAX_S8(x, w, to, n) BLOCK_S8(max_16, x, w, to, n)
#define BLOCK_AVERAGE_S8(x, w, to, n) BLOCK_S8(average_16, x, w, to, n)
POOL(max_s8, int8_t, 16, CONSTANTS_S8, BLOCK_MAX_S8)
POOL(average_s8, int8_t, 16, CONSTANTS_S8, BLOCK_AVERAGE_S8)

#define CONSTANTS_F32 const float32x4_t min = vdupq_n_f32(p->real_min), max = vdupq_n_f32(p->real_max);
#define BLOCK_F32(of_4, x, w, to, n) \
    octet_store_floats_neon(to, octet_clamp_neon(OCTET_CLAMP_COMPARE, of_4(x, w), min, max), n);
#define BLOCK_MAX_F32(x, w, to, n) BLOCK_F32(max_4, x, w, to, n)
#define BLOCK_AVERAGE_F32(x, w, to, n) BLOCK_F32(mean_4, x, w, to, n)
POOL(max_f32, float, 4, CONSTANTS_F32, BLOCK_MAX_F32)
POOL(average_f32, float, 4, CONSTANTS_F32, BLOCK_AVERAGE_F32)

const octet_pool_kernel octet_pool_2d_neon = {
    .name = "neon", .max_s8 = max_s8, .average_s8 = average_s8, .max_f32 = max_f32, .average_f32 = average_f32};

#endif
