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

/* A column of four inputs, transformed. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 void column(const int8_t *d, size_t row, __m256i out[4]) {
    __m256i wide[4];
    OCTET_UNROLL
    for (size_t y = 0; y < 4; y++)
        wide[y] = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(const void *)(d + y * row)));
    transform_4(wide[0], wide[1], wide[2], wide[3], out, 1);
}

/* 16 channels of n tiles side by side; a tile takes over the last two columns of the one before. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 void transform_row(const octet_winograd *w, const int8_t *d, int16_t *out,
                                                       size_t n) {
    const size_t pixel = w->windows.pixel, row = w->windows.row, plane = w->plane_elements, step = w->row_elements;
    __m256i a[4], b[4], c[4], e[4], full[4];
    column(d, row, a);
    column(d + pixel, row, b);
    for (size_t i = 0; i < n; i++, out += step) {
        d += 2 * pixel;
        column(d, row, c);
        column(d + pixel, row, e);
        OCTET_UNROLL
        for (size_t y = 0; y < 4; y++) {
            transform_4(a[y], b[y], c[y], e[y], full, 1);
            OCTET_UNROLL
            for (size_t x = 0; x < 4; x++) store_256(out + (4 * y + x) * plane, full[x]);
            a[y] = c[y];
            b[y] = e[y];
        }
    }
}

static OCTET_TARGET_FAST_AVX2 void transform(const octet_winograd *w, const int8_t *padded, int16_t *planes,
                                             size_t first, size_t n) {
    for (size_t done = 0; done < n;) {
        const size_t tx = (first + done) % w->tiles_w, line = (first + done) / w->tiles_w;
        const size_t run = w->tiles_w - tx < n - done ? w->tiles_w - tx : n - done;
        const int8_t *d = padded + line / w->tiles_h * w->windows.sample + line % w->tiles_h * 2 * w->windows.row +
                          2 * tx * w->windows.pixel;
        for (size_t c = 0; c < w->windows.pixel; c += VECTOR)
            transform_row(w, d + c, planes + done * w->row_elements + c, run);
        done += run;
    }
}

/* Two channels of a tile times their weights of 16 outputs. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 void multiply_pair(const int16_t *x, const int16_t *weights, __m256i out[2]) {
    int32_t two;
    __builtin_memcpy(&two, x, sizeof two);
    const __m256i pair = _mm256_set1_epi32(two);
    out[0] = _mm256_madd_epi16(octet_load_256(weights), pair);
    out[1] = _mm256_madd_epi16(octet_load_256(weights + LANES), pair);
}

/* Products of one plane for `rows` tiles and 16 outputs. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 void product(const int16_t *x, size_t x_row, const int16_t *weights, size_t steps,
                                                 int32_t *out, const int rows) {
    __m256i sum[ROWS * 2];
    const int16_t *row[ROWS];
    OCTET_UNROLL
    for (int i = 0; i < rows; i++) {
        row[i] = x + (size_t)i * x_row;
        multiply_pair(row[i], weights, &sum[2 * i]);
    }
    for (size_t k = 1; k < steps; k++) {
        weights += 2 * LANES;
        OCTET_UNROLL
        for (int i = 0; i < rows; i++) {
            __m256i products[2];
            multiply_pair(row[i] + 2 * k, weights, products);
            sum[2 * i] = _mm256_add_epi32(sum[2 * i], products[0]);
            sum[2 * i + 1] = _mm256_add_epi32(sum[2 * i + 1], products[1]);
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

/* What the outputs of a panel need, loaded once for many tiles. */
typedef struct target {
    octet_scale scale;
    octet_scale_lanes lanes[2];
    __m256i bias[2];
    size_t pixel; /* outputs */
    uint32_t width;
} target;

/* Both pixels of a row of a tile; one of them at the edge. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 void store_two(const target *t, int kind, const __m256i low[2],
                                                   const __m256i high[2], bool both, int8_t *out) {
    const __m256i bytes =
        octet_scale_two_avx2(&t->scale, kind, &t->lanes[0], &t->lanes[1], low[0], high[0], low[1], high[1]);
    octet_store_bytes_avx2(out, _mm256_castsi256_si128(bytes), t->width);
    if (both) octet_store_bytes_avx2(out + t->pixel, _mm256_extracti128_si256(bytes, 1), t->width);
}

/* m: the sums of a tile, `plane` apart. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 void finish(const octet_winograd *w, const target *t, int kind, size_t tile,
                                                const int32_t *m, size_t plane, int8_t *output) {
    __m256i low[4], high[4];
    transform_back(m, plane, t->bias[0], low);
    transform_back(m + 8, plane, t->bias[1], high);
    if (w->pools) {
        const __m256i a = _mm256_max_epi32(_mm256_max_epi32(low[0], low[1]), _mm256_max_epi32(low[2], low[3]));
        const __m256i b = _mm256_max_epi32(_mm256_max_epi32(high[0], high[1]), _mm256_max_epi32(high[2], high[3]));
        octet_store_bytes_avx2(output + tile * t->pixel,
                               octet_scale_bytes_of_avx2(&t->scale, kind, &t->lanes[0], &t->lanes[1], a, b), t->width);
        return;
    }
    const size_t x = 2 * (tile % w->tiles_w), line = tile / w->tiles_w, y = 2 * (line % w->tiles_h),
                 out_w = (size_t)w->out_w, out_h = (size_t)w->out_h;
    int8_t *out = output + ((line / w->tiles_h * out_h + y) * out_w + x) * t->pixel;
    store_two(t, kind, low, high, x + 1 < out_w, out);
    if (y + 1 < out_h) store_two(t, kind, low + 2, high + 2, x + 1 < out_w, out + out_w * t->pixel);
}
#define FINISH(kind)                                                                                               \
    do {                                                                                                           \
        const target t = {                                                                                         \
            w->scale,                                                                                              \
            {octet_scale_lanes_avx2(&w->scale, kind, lane), octet_scale_lanes_avx2(&w->scale, kind, lane + 8)},    \
            {octet_load_256(w->scale.bias + lane), octet_load_256(w->scale.bias + lane + 8)},                      \
            w->n_outputs,                                                                                          \
            left < LANES ? left : LANES};                                                                          \
        for (size_t i = 0; i < n; i++) finish(w, &t, kind, first + i, sums + i * LANES, n * LANES, output + lane); \
    } while (0)

static OCTET_TARGET_FAST_AVX2 void multiply(const octet_winograd *w, const int16_t *planes, int8_t *output,
                                            size_t panel, size_t first, size_t n) {
    const size_t channels = w->windows.pixel, lane = panel * LANES, groups = (n + ROWS - 1) / ROWS;
    const int16_t *weights = w->weights + lane * channels * 16;
    int32_t sums[16 * BLOCK * LANES];
    for (size_t i = 0; i < 16; i++) {
        for (size_t g = 0; g < groups; g++) {
            const size_t from = g * n / groups, to = (g + 1) * n / groups;
            product_any(planes + i * w->plane_elements + from * w->row_elements, w->row_elements,
                        weights + i * channels * LANES, channels / 2, sums + (i * n + from) * LANES, to - from);
        }
    }
    const uint32_t left = w->n_outputs - (uint32_t)lane;
    OCTET_SCALE_SWITCH(&w->scale, FINISH)
}

const octet_winograd_kernel octet_winograd_avx2 = {
    .name = "avx2 winograd", .transform = transform, .multiply = multiply};

#endif
