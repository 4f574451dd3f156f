#include "kernels/ref/pool.h"

#include "kernels/ref/conv.h"
#include "kernels/ref/target.h"

enum { BLOCK = 64 }; /* channels handled side by side */

/* The cells of one window, as rows [y, y_end) and columns [x, x_end) of the input. */
typedef struct cells {
    int32_t y, y_end, x, x_end;
} cells;

static inline cells cells_at(const octet_pool_2d_params *p, int32_t oy, int32_t ox) {
    const int32_t y = oy * p->stride_h - p->pad_top, x = ox * p->stride_w - p->pad_left;
    const octet_taps ty = octet_taps_inside(y, p->in_h, p->filter_h, 1),
                     tx = octet_taps_inside(x, p->in_w, p->filter_w, 1);
    const cells c = {y + ty.first, y + ty.last, x + tx.first, x + tx.last};
    return c;
}

/* One loop nest for the four types: SUM is the type of a cell's statistic, FIRST its start, STEP how a cell enters it
 * and LAST how it becomes an output. */
#define POOL_KERNEL(name, target, TYPE, SUM, FIRST, STEP, LAST)                                                    \
    target void name(const octet_pool_2d_params *p, const TYPE *input, TYPE *output, int32_t begin, int32_t end) { \
        for (int32_t unit = begin; unit < end; unit++) {                                                           \
            const TYPE *sample = input + (int64_t)(unit / p->out_h) * p->in_h * p->in_w * p->channels;             \
            TYPE *out = output + (int64_t)unit * p->out_w * p->channels;                                           \
            for (int32_t ox = 0; ox < p->out_w; ox++, out += p->channels) {                                        \
                const cells w = cells_at(p, unit % p->out_h, ox);                                                  \
                const int32_t count = (w.y_end - w.y) * (w.x_end - w.x);                                           \
                (void)count;                                                                                       \
                for (int32_t first = 0; first < p->channels; first += BLOCK) {                                     \
                    const int32_t n = p->channels - first < BLOCK ? p->channels - first : BLOCK;                   \
                    SUM sum[BLOCK];                                                                                \
                    for (int32_t c = 0; c < n; c++) sum[c] = FIRST;                                                \
                    for (int32_t y = w.y; y < w.y_end; y++) {                                                      \
                        for (int32_t x = w.x; x < w.x_end; x++) {                                                  \
                            const TYPE *cell = sample + ((int64_t)y * p->in_w + x) * p->channels + first;          \
                            for (int32_t c = 0; c < n; c++) sum[c] = STEP(sum[c], cell[c]);                        \
                        }                                                                                          \
                    }                                                                                              \
                    for (int32_t c = 0; c < n; c++) out[first + c] = (TYPE)LAST(sum[c], count, p);                 \
                }                                                                                                  \
            }                                                                                                      \
        }                                                                                                          \
    }

#define ADD(sum, cell) ((sum) + (cell))
#define LARGER(sum, cell) ((sum) < (cell) ? (cell) : (sum))
#define LAST_AVERAGE_F32(sum, count, p) octet_clamp_f32((sum) / (float)(count), (p)->real_min, (p)->real_max)
#define LAST_AVERAGE(sum, count, p) average_of((sum), (count), (p))
#define LAST_MAX_F32(sum, count, p) octet_clamp_f32((sum), (p)->real_min, (p)->real_max)
#define LAST_MAX(sum, count, p) octet_clamp_s32((sum), (p)->min, (p)->max)
#define ADD_SQUARE(sum, cell) ((sum) + (cell) * (cell))
#define LAST_L2(sum, count, p) octet_clamp_f32(sqrtf((sum) / (float)(count)), (p)->real_min, (p)->real_max)

/* Half away from zero. */
static inline int32_t average_of(int64_t sum, int32_t count, const octet_pool_2d_params *p) {
    const int64_t average = sum > 0 ? (sum + count / 2) / count : (sum - count / 2) / count;
    return octet_clamp_s32((int32_t)average, p->min, p->max);
}

POOL_KERNEL(octet_average_pool_2d_f32_ref, OCTET_TARGET_AVX2, float, float, 0.0f, ADD, LAST_AVERAGE_F32)
POOL_KERNEL(octet_average_pool_2d_s8_ref, OCTET_TARGET_AVX2, int8_t, int32_t, 0, ADD, LAST_AVERAGE)
POOL_KERNEL(octet_average_pool_2d_u8_ref, OCTET_TARGET_AVX2, uint8_t, int32_t, 0, ADD, LAST_AVERAGE)
POOL_KERNEL(octet_average_pool_2d_s16_ref, OCTET_TARGET_AVX2, int16_t, int64_t, 0, ADD, LAST_AVERAGE)
POOL_KERNEL(octet_max_pool_2d_f32_ref, OCTET_TARGET_AVX2, float, float, -INFINITY, LARGER, LAST_MAX_F32)
POOL_KERNEL(octet_max_pool_2d_s8_ref, OCTET_TARGET_AVX2, int8_t, int8_t, INT8_MIN, LARGER, LAST_MAX)
POOL_KERNEL(octet_max_pool_2d_u8_ref, OCTET_TARGET_AVX2, uint8_t, uint8_t, 0, LARGER, LAST_MAX)
POOL_KERNEL(octet_max_pool_2d_s16_ref, OCTET_TARGET_AVX2, int16_t, int16_t, INT16_MIN, LARGER, LAST_MAX)
POOL_KERNEL(octet_l2_pool_2d_f32_ref, OCTET_TARGET_AVX2, float, float, 0.0f, ADD_SQUARE, LAST_L2)
