#include "kernels/fast/x86/kernels.h"
#include "kernels/fast/x86/scale_avx2.h"

#if OCTET_FAST_X86

enum { LANES = OCTET_WINOGRAD_LANES, ROWS = OCTET_WINOGRAD_ROWS, BLOCK = OCTET_WINOGRAD_BLOCK, VECTOR = 16 };

OCTET_INLINE OCTET_TARGET_FAST_AVX2 void store_256(void *p, __m256i v) { _mm256_storeu_si256((__m256i *)p, v); }

/* One dimension of B^T d B: [a - c, b + c, c - b, b - d]. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 void transform_4(__m256i a, __m256i b, __m256i c, __m256i d, __m256i *out,
                                                     int stride) {
    out[0] = _mm256_sub_epi16(a, c);
    out[stride] = _mm256_add_epi16(b, c);
    out[2 * stride] = _mm256_sub_epi16(c, b);
    out[3 * stride] = _mm256_sub_epi16(b, d);
}

static OCTET_TARGET_FAST_AVX2 void transform(const octet_winograd *w, const int16_t *padded, int16_t *planes,
                                             uint32_t begin, uint32_t end) {
    const size_t pixel = (size_t)w->windows.shape.in_c, row = pixel * (size_t)w->windows.padded_w,
                 plane = w->n_tiles * w->row_elements;
    for (uint32_t unit = begin; unit < end; unit++) {
        const size_t sample = unit / w->tiles_h, ty = unit % w->tiles_h;
        const int16_t *top = padded + (sample * (size_t)w->windows.padded_h + 2 * ty) * row;
        for (size_t tx = 0; tx < w->tiles_w; tx++) {
            int16_t *out = planes + ((size_t)unit * w->tiles_w + tx) * w->row_elements;
            for (size_t c = 0; c < pixel; c += VECTOR) {
                const int16_t *d = top + 2 * tx * pixel + c;
                __m256i half[16], full[16]; /* columns transformed, then rows */
                OCTET_UNROLL
                for (int x = 0; x < 4; x++) {
                    const int16_t *column = d + (size_t)x * pixel;
                    transform_4(octet_load_256(column), octet_load_256(column + row), octet_load_256(column + 2 * row),
                                octet_load_256(column + 3 * row), half + x, 4);
                }
                OCTET_UNROLL
                for (int y = 0; y < 4; y++) {
                    transform_4(half[4 * y], half[4 * y + 1], half[4 * y + 2], half[4 * y + 3], full + 4 * y, 1);
                }
                OCTET_UNROLL
                for (int i = 0; i < 16; i++) store_256(out + (size_t)i * plane + c, full[i]);
            }
        }
    }
}

/* Products of one plane for `rows` tiles and 16 outputs. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 void product(const int16_t *x, size_t x_row, const int16_t *weights, size_t steps,
                                                 int32_t *out, const int rows) {
    __m256i sum[ROWS * 2];
    const int16_t *row[ROWS];
    OCTET_UNROLL
    for (int i = 0; i < rows; i++) {
        sum[2 * i] = sum[2 * i + 1] = _mm256_setzero_si256();
        row[i] = x + (size_t)i * x_row;
    }
    for (size_t k = 0; k < steps; k++, weights += 2 * LANES) {
        const __m256i a = octet_load_256(weights), b = octet_load_256(weights + LANES);
        OCTET_UNROLL
        for (int i = 0; i < rows; i++) {
            int32_t two;
            __builtin_memcpy(&two, row[i] + 2 * k, sizeof two);
            const __m256i pair = _mm256_set1_epi32(two);
            sum[2 * i] = _mm256_add_epi32(sum[2 * i], _mm256_madd_epi16(a, pair));
            sum[2 * i + 1] = _mm256_add_epi32(sum[2 * i + 1], _mm256_madd_epi16(b, pair));
        }
    }
    OCTET_UNROLL
    for (int i = 0; i < 2 * rows; i++) store_256(out + i * 8, sum[i]);
}

#define PRODUCT(n) \
    case n: product(x, x_row, weights, steps, out, n); break;
static OCTET_TARGET_FAST_AVX2 void product_any(const int16_t *x, size_t x_row, const int16_t *weights, size_t steps,
                                               int32_t *out, size_t rows) {
    switch (rows) {
        PRODUCT(1)
        PRODUCT(2)
        PRODUCT(3)
        PRODUCT(4)
    default: product(x, x_row, weights, steps, out, ROWS);
    }
}

/* A^T m A / 4 with A^T = [1 1 1 0; 0 1 -1 -1], of one vector of outputs; m: 16 planes, `plane` elements apart. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 void transform_back(const int32_t *m, size_t plane, __m256i bias, __m256i y[4]) {
    __m256i upper[4], lower[4];
    OCTET_UNROLL
    for (int x = 0; x < 4; x++) {
        const __m256i a = octet_load_256(m + (size_t)x * plane), b = octet_load_256(m + (size_t)(4 + x) * plane);
        const __m256i c = octet_load_256(m + (size_t)(8 + x) * plane), d = octet_load_256(m + (size_t)(12 + x) * plane);
        upper[x] = _mm256_add_epi32(_mm256_add_epi32(a, b), c);
        lower[x] = _mm256_sub_epi32(_mm256_sub_epi32(b, c), d);
    }
    y[0] = _mm256_add_epi32(_mm256_add_epi32(upper[0], upper[1]), upper[2]);
    y[1] = _mm256_sub_epi32(_mm256_sub_epi32(upper[1], upper[2]), upper[3]);
    y[2] = _mm256_add_epi32(_mm256_add_epi32(lower[0], lower[1]), lower[2]);
    y[3] = _mm256_sub_epi32(_mm256_sub_epi32(lower[1], lower[2]), lower[3]);
    OCTET_UNROLL
    for (int i = 0; i < 4; i++) y[i] = _mm256_add_epi32(_mm256_srai_epi32(y[i], 2), bias);
}

OCTET_INLINE OCTET_TARGET_FAST_AVX2 void finish(const octet_winograd *w, int kind, size_t panel, size_t tile,
                                                const int32_t *m, size_t plane, int8_t *output) {
    const size_t lane = panel * LANES, tx = tile % w->tiles_w, ty = tile / w->tiles_w % w->tiles_h,
                 sample = tile / w->tiles_w / w->tiles_h;
    const uint32_t left = w->n_outputs - (uint32_t)lane, width = left < LANES ? left : LANES;
    __m256i low[4], high[4];
    transform_back(m, plane, octet_load_256(w->scale.bias + lane), low);
    transform_back(m + 8, plane, octet_load_256(w->scale.bias + lane + 8), high);
    if (w->pools) {
        const __m256i a = _mm256_max_epi32(_mm256_max_epi32(low[0], low[1]), _mm256_max_epi32(low[2], low[3]));
        const __m256i b = _mm256_max_epi32(_mm256_max_epi32(high[0], high[1]), _mm256_max_epi32(high[2], high[3]));
        octet_store_bytes_avx2(output + tile * w->n_outputs + lane, octet_scale_avx2(&w->scale, kind, lane, a, b),
                               width);
        return;
    }
    OCTET_UNROLL
    for (int i = 0; i < 4; i++) {
        const size_t y = 2 * ty + (size_t)(i / 2), x = 2 * tx + (size_t)(i % 2);
        if (y >= (size_t)w->out_h || x >= (size_t)w->out_w) continue;
        int8_t *out = output + ((sample * (size_t)w->out_h + y) * (size_t)w->out_w + x) * w->n_outputs + lane;
        octet_store_bytes_avx2(out, octet_scale_avx2(&w->scale, kind, lane, low[i], high[i]), width);
    }
}
#define FINISH(kind) \
    for (size_t i = 0; i < n; i++) finish(w, kind, panel, first + i, sums + i * LANES, (size_t)BLOCK * LANES, output)

static OCTET_TARGET_FAST_AVX2 void multiply(const octet_winograd *w, const int16_t *planes, int8_t *output,
                                            uint32_t begin, uint32_t end) {
    const size_t channels = (size_t)w->windows.shape.in_c, plane = w->n_tiles * w->row_elements;
    int32_t sums[16 * BLOCK * LANES];
    for (uint32_t unit = begin; unit < end; unit++) {
        const size_t panel = unit / w->n_blocks, block = unit % w->n_blocks;
        const size_t first = block * w->n_tiles / w->n_blocks, n = (block + 1) * w->n_tiles / w->n_blocks - first;
        const int16_t *weights = w->weights + panel * channels * LANES * 16;
        const size_t groups = (n + ROWS - 1) / ROWS;
        for (size_t i = 0; i < 16; i++) {
            for (size_t g = 0; g < groups; g++) {
                const size_t from = g * n / groups, to = (g + 1) * n / groups;
                product_any(planes + i * plane + (first + from) * w->row_elements, w->row_elements,
                            weights + i * channels * LANES, channels / 2, sums + (i * BLOCK + from) * LANES, to - from);
            }
        }
        OCTET_SCALE_SWITCH(&w->scale, FINISH)
    }
}

const octet_winograd_kernel octet_winograd_avx2 = {
    .name = "avx2 winograd", .transform = transform, .multiply = multiply};

#endif
