/* int8 products with AVX2: weights and activations widened to int16, pairs multiplied and added by vpmaddwd. Exact:
 * 2 * 255 * 255 fits 32 bits. */
#include "kernels/fast/x86/kernels.h"
#include "kernels/fast/x86/product_pool.h"

#if OCTET_FAST_X86

enum { VECTORS = 2, LANES = 8, MAX_ROWS = 5 };

OCTET_INLINE OCTET_TARGET_FAST_AVX2 void finish(const octet_product *p, int kind, size_t lane, const __m256i *sum,
                                                int rows, int vectors, int8_t *out, uint32_t width) {
    const octet_scale scale = p->scale;
    const octet_scale_lanes l = octet_scale_lanes_avx2(&scale, kind, lane),
                            m = octet_scale_lanes_avx2(&scale, kind, lane + LANES);
    const size_t pixel = p->n_outputs;
    OCTET_UNROLL
    for (int i = 0; i < rows; i += 2, out += 2 * pixel) {
        const __m256i *first = sum + i * vectors, *last = i + 1 < rows ? first + vectors : first;
        const __m256i bytes =
            octet_scale_two_avx2(&scale, kind, &l, &m, first[0], first[vectors - 1], last[0], last[vectors - 1]);
        octet_store_bytes_avx2(out, _mm256_castsi256_si128(bytes), width);
        if (i + 1 < rows) octet_store_bytes_avx2(out + pixel, _mm256_extracti128_si256(bytes, 1), width);
    }
}
#define FINISH(kind)                                                                                \
    if (width == LANES * VECTORS) finish(p, kind, lane, total, rows, vectors, out, LANES *VECTORS); \
    else finish(p, kind, lane, total, rows, vectors, out, width)

/* rows and vectors are constants at every call: sums live in registers. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 void tile(const octet_product *p, uint32_t panel, const uint8_t *const *row,
                                              void *out, const int rows, const int vectors) {
    const size_t lane = (size_t)panel * LANES * VECTORS;
    __m256i sum[MAX_ROWS * VECTORS];
    OCTET_UNROLL
    for (int i = 0; i < rows; i++) {
        OCTET_UNROLL
        for (int v = 0; v < vectors; v++)
            sum[i * vectors + v] = octet_load_256(p->scale.bias + lane + (size_t)v * LANES);
    }
    const uint8_t *w = p->weights + panel * p->panel_bytes;
    const size_t steps = p->steps, step_bytes = (size_t)(vectors * LANES * 4);
    for (uint32_t segment = 0; segment < p->windows.n_segments; segment++) {
        const uint8_t *x[MAX_ROWS];
        OCTET_UNROLL
        for (int i = 0; i < rows; i++) x[i] = row[i] + p->windows.segment_offsets[segment];
        for (size_t k = 0; k < steps; k++, w += step_bytes) {
            __m256i weight[VECTORS];
            OCTET_UNROLL
            for (int v = 0; v < vectors; v++) weight[v] = octet_load_256(w + v * 32);
            OCTET_UNROLL
            for (int i = 0; i < rows; i++) {
                int32_t pair;
                __builtin_memcpy(&pair, x[i] + 4 * k, 4);
                const __m256i pairs = _mm256_set1_epi32(pair);
                OCTET_UNROLL
                for (int v = 0; v < vectors; v++) {
                    sum[i * vectors + v] = _mm256_add_epi32(sum[i * vectors + v], _mm256_madd_epi16(weight[v], pairs));
                }
            }
        }
    }
    if (p->windows.n_cells > 1) {
        __m256i cells[MAX_ROWS * VECTORS];
        OCTET_UNROLL
        for (int i = 0; i < rows * vectors; i++) cells[i] = sum[i];
        octet_product_pool_avx2(p, panel, lane, cells, rows, vectors, out);
        return;
    }
    __m256i total[MAX_ROWS * VECTORS]; /* sum itself is never addressed */
    OCTET_UNROLL
    for (int i = 0; i < rows * vectors; i++) total[i] = sum[i];
    const uint32_t width = octet_product_width(p, panel);
    OCTET_SCALE_SWITCH(&p->scale, FINISH)
}

#define TILE(n)                                   \
    case n:                                       \
        if (two) tile(p, panel, rows, out, n, 2); \
        else tile(p, panel, rows, out, n, 1);     \
        break;

static OCTET_TARGET_FAST_AVX2 void tile_many(const octet_product *p, uint32_t panel, const uint8_t *const *rows,
                                             uint32_t n_rows, void *out) {
    const bool two = octet_product_width(p, panel) > LANES;
    switch (n_rows) {
        TILE(1)
        TILE(2)
        TILE(3)
        TILE(4)
    default:
        if (two) tile(p, panel, rows, out, 5, 2);
        else tile(p, panel, rows, out, 5, 1);
    }
}

const octet_product_kernel octet_product_s8_avx2 = {.name = "avx2",
                                                    .tile = tile_many,
                                                    .prepare = octet_windows_prepare_s16,
                                                    .element = 2,
                                                    .k_group = 2,
                                                    .weight_bytes = 2,
                                                    .lanes = LANES,
                                                    .vectors = VECTORS,
                                                    .max_rows = MAX_ROWS,
                                                    .pools = true,
                                                    .input_offset = OCTET_PRODUCT_NO_OFFSET};

#endif
