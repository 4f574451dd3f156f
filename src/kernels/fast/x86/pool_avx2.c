#include "kernels/fast/x86/kernels.h"

#include "kernels/fast/x86/scale_avx2.h"
#include "kernels/ref/conv.h"

#if OCTET_FAST_X86

/* The cells of one window: its first cell, rows and columns. */
typedef struct cells {
    int64_t first;
    int32_t rows, columns;
} cells;

OCTET_INLINE cells cells_at(const octet_pool_2d_params *p, int32_t oy, int32_t ox) {
    const int32_t y = oy * p->stride_h - p->pad_top, x = ox * p->stride_w - p->pad_left;
    const octet_taps ty = octet_taps_inside(y, p->in_h, p->filter_h, 1),
                     tx = octet_taps_inside(x, p->in_w, p->filter_w, 1);
    return (cells){((int64_t)(y + ty.first) * p->in_w + x + tx.first) * p->channels, ty.last - ty.first,
                   tx.last - tx.first};
}

OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m256i max_32(const int8_t *x, const cells *w, int64_t pixel, int64_t row) {
    __m256i max = _mm256_set1_epi8(INT8_MIN);
    for (int32_t y = 0; y < w->rows; y++, x += row) {
        const int8_t *cell = x;
        for (int32_t i = 0; i < w->columns; i++, cell += pixel) max = _mm256_max_epi8(max, octet_load_256(cell));
    }
    return max;
}

/* Sums of 32 cells to averages: (sum +- count / 2) / count towards 0. The float quotient is exact enough: sums are
 * below 2^16, so a quotient that is no whole number is at least 1 / 255 away from one. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m256i average_8(__m128i sums, int32_t count) {
    const __m256i sum = _mm256_cvtepi16_epi32(sums), half = _mm256_set1_epi32(count / 2);
    const __m256i positive = _mm256_cmpgt_epi32(sum, _mm256_setzero_si256());
    const __m256i rounded = _mm256_blendv_epi8(_mm256_sub_epi32(sum, half), _mm256_add_epi32(sum, half), positive);
    return _mm256_cvttps_epi32(_mm256_div_ps(_mm256_cvtepi32_ps(rounded), _mm256_set1_ps((float)count)));
}
OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m256i average_32(const int8_t *x, const cells *w, int64_t pixel, int64_t row) {
    __m256i low = _mm256_setzero_si256(), high = low;
    for (int32_t y = 0; y < w->rows; y++, x += row) {
        const int8_t *cell = x;
        for (int32_t i = 0; i < w->columns; i++, cell += pixel) {
            low = _mm256_add_epi16(low, _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(const void *)cell)));
            high = _mm256_add_epi16(high,
                                    _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(const void *)(cell + 16))));
        }
    }
    const int32_t count = w->rows * w->columns;
    const __m256i a = _mm256_packs_epi32(average_8(_mm256_castsi256_si128(low), count),
                                         average_8(_mm256_extracti128_si256(low, 1), count));
    const __m256i b = _mm256_packs_epi32(average_8(_mm256_castsi256_si128(high), count),
                                         average_8(_mm256_extracti128_si256(high, 1), count));
    /* Halves of a: channels 0-3 8-11 | 4-7 12-15; of b the same from 16. */
    const __m256i bytes = _mm256_packs_epi16(a, b);
    return _mm256_permutevar8x32_epi32(bytes, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
}

#define POOL_S8(name, of_32)                                                                                     \
    static OCTET_TARGET_FAST_AVX2 void name(const octet_pool_2d_params *p, const int8_t *input, int8_t *output,  \
                                            int32_t begin, int32_t end) {                                        \
        const __m256i min = _mm256_set1_epi8((int8_t)p->min), max = _mm256_set1_epi8((int8_t)p->max);            \
        const int64_t pixel = p->channels, row = pixel * p->in_w;                                                \
        for (int32_t unit = begin; unit < end; unit++) {                                                         \
            const int8_t *sample = input + (int64_t)(unit / p->out_h) * p->in_h * row;                           \
            int8_t *out = output + (int64_t)unit * p->out_w * pixel;                                             \
            for (int32_t ox = 0; ox < p->out_w; ox++, out += pixel) {                                            \
                const cells w = cells_at(p, unit % p->out_h, ox);                                                \
                for (int32_t c = 0; c < p->channels; c += 32) {                                                  \
                    const __m256i r =                                                                            \
                        _mm256_min_epi8(_mm256_max_epi8(of_32(sample + w.first + c, &w, pixel, row), min), max); \
                    octet_store_32_avx2(out + c, r, (uint32_t)(p->channels - c));                                \
                }                                                                                                \
            }                                                                                                    \
        }                                                                                                        \
    }

POOL_S8(max_s8, max_32)
POOL_S8(average_s8, average_32)

/* A cell that is larger enters; a NaN does not, as in the reference. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m256 max_8(const float *x, const cells *w, int64_t pixel, int64_t row) {
    __m256 max = _mm256_set1_ps(-INFINITY);
    for (int32_t y = 0; y < w->rows; y++, x += row) {
        const float *cell = x;
        for (int32_t i = 0; i < w->columns; i++, cell += pixel) max = _mm256_max_ps(_mm256_loadu_ps(cell), max);
    }
    return max;
}
OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m256 mean_8(const float *x, const cells *w, int64_t pixel, int64_t row) {
    __m256 sum = _mm256_setzero_ps();
    for (int32_t y = 0; y < w->rows; y++, x += row) {
        const float *cell = x;
        for (int32_t i = 0; i < w->columns; i++, cell += pixel) sum = _mm256_add_ps(sum, _mm256_loadu_ps(cell));
    }
    return _mm256_div_ps(sum, _mm256_set1_ps((float)(w->rows * w->columns)));
}

#define POOL_F32(name, of_8)                                                                                        \
    static OCTET_TARGET_FAST_AVX2 void name(const octet_pool_2d_params *p, const float *input, float *output,       \
                                            int32_t begin, int32_t end) {                                           \
        const __m256 min = _mm256_set1_ps(p->real_min), max = _mm256_set1_ps(p->real_max);                          \
        const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);                                            \
        const int64_t pixel = p->channels, row = pixel * p->in_w;                                                   \
        for (int32_t unit = begin; unit < end; unit++) {                                                            \
            const float *sample = input + (int64_t)(unit / p->out_h) * p->in_h * row;                               \
            float *out = output + (int64_t)unit * p->out_w * pixel;                                                 \
            for (int32_t ox = 0; ox < p->out_w; ox++, out += pixel) {                                               \
                const cells w = cells_at(p, unit % p->out_h, ox);                                                   \
                for (int32_t c = 0; c < p->channels; c += 8) {                                                      \
                    const __m256 r =                                                                                \
                        _mm256_min_ps(max, _mm256_max_ps(min, of_8(sample + w.first + c, &w, pixel, row)));         \
                    if (p->channels - c >= 8) _mm256_storeu_ps(out + c, r);                                         \
                    else                                                                                            \
                        _mm256_maskstore_ps(out + c, _mm256_cmpgt_epi32(_mm256_set1_epi32(p->channels - c), lanes), \
                                            r);                                                                     \
                }                                                                                                   \
            }                                                                                                       \
        }                                                                                                           \
    }

POOL_F32(max_f32, max_8)
POOL_F32(average_f32, mean_8)

const octet_pool_kernel octet_pool_2d_avx2 = {
    .name = "avx2", .max_s8 = max_s8, .average_s8 = average_s8, .max_f32 = max_f32, .average_f32 = average_f32};

#endif
