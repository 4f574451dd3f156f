/* int8 products of few inputs with AVX2: the time goes into requantizing and into finding windows, so four neighbours
 * of a line at a time go from inputs to bytes without leaving the registers. Exact as product_s8_avx2.c. */
#include "kernels/fast/x86/kernels.h"
#include "kernels/fast/x86/scale_avx2.h"

#if OCTET_FAST_X86

enum { VECTORS = 2, LANES = 8, WINDOWS = 4, MAX_PARTS = 16, MAX_STEPS = 16 };

/* What a panel needs, loaded once for all windows of a block. */
typedef struct target {
    const octet_windows *windows;
    const uint8_t *weights;
    size_t steps, stride, pixel; /* bytes between windows and between their outputs */
    octet_scale scale;
    octet_scale_lanes lanes[VECTORS];
    __m256i bias[VECTORS];
    uint32_t width;
} target;

/* n windows (1..4) from x on; vectors is a constant at every call. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 void multiply(const target *t, const uint8_t *x, uint32_t n, const int vectors,
                                                  __m256i sum[WINDOWS * VECTORS]) {
    size_t row[WINDOWS];
    OCTET_UNROLL
    for (uint32_t i = 0; i < WINDOWS; i++) {
        row[i] = (i < n ? i : n - 1) * t->stride;
        OCTET_UNROLL
        for (int v = 0; v < vectors; v++) sum[(int)i * vectors + v] = t->bias[v];
    }
    const uint8_t *w = t->weights;
    for (uint32_t segment = 0; segment < t->windows->n_segments; segment++) {
        const uint8_t *at = x + t->windows->segment_offsets[segment];
        for (size_t k = 0; k < t->steps; k++, at += 4, w += vectors * 32) {
            OCTET_UNROLL
            for (int i = 0; i < WINDOWS; i++) {
                int32_t two;
                __builtin_memcpy(&two, at + row[i], sizeof two);
                const __m256i pair = _mm256_set1_epi32(two);
                OCTET_UNROLL
                for (int v = 0; v < vectors; v++) {
                    const __m256i products = _mm256_madd_epi16(octet_load_256(w + v * 32), pair);
                    sum[i * vectors + v] = _mm256_add_epi32(sum[i * vectors + v], products);
                }
            }
        }
    }
}

/* The outputs of n windows; width: those of the panel. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 void finish(const target *t, int kind, const __m256i *sum, uint32_t n,
                                                const int vectors, uint32_t width, int8_t *out) {
    const octet_scale_lanes *l = &t->lanes[0], *m = &t->lanes[vectors - 1];
    OCTET_UNROLL
    for (uint32_t i = 0; i < WINDOWS; i += 4 / (uint32_t)vectors, sum += 4) {
        const __m256i bytes = octet_scale_two_avx2(&t->scale, kind, l, m, sum[0], sum[1], sum[2], sum[3]);
        const __m128i low = _mm256_castsi256_si128(bytes), high = _mm256_extracti128_si256(bytes, 1);
        const __m128i of[4] = {low, vectors == 2 ? high : _mm_srli_si128(low, 8), high, _mm_srli_si128(high, 8)};
        OCTET_UNROLL
        for (uint32_t j = 0; j < 4 / (uint32_t)vectors; j++)
            if (i + j < n) octet_store_bytes_avx2(out + (i + j) * t->pixel, of[j], width);
    }
}

OCTET_INLINE OCTET_TARGET_FAST_AVX2 void run_part(const target *t, int kind, const uint8_t *x, uint32_t n,
                                                  const int vectors, int8_t *out) {
    const uint32_t whole = (uint32_t)(vectors * LANES);
    for (uint32_t i = 0; i < n; i += WINDOWS, x += WINDOWS * t->stride, out += WINDOWS * t->pixel) {
        __m256i sum[WINDOWS * VECTORS];
        if (n - i >= WINDOWS && t->width == whole) {
            multiply(t, x, WINDOWS, vectors, sum);
            finish(t, kind, sum, WINDOWS, vectors, whole, out);
        } else {
            const uint32_t left = n - i < WINDOWS ? n - i : WINDOWS;
            multiply(t, x, left, vectors, sum);
            finish(t, kind, sum, left, vectors, t->width, out);
        }
    }
}

OCTET_INLINE OCTET_TARGET_FAST_AVX2 void run_block(const octet_product *p, int kind, const uint8_t *prepared,
                                                   int8_t *output, size_t first_part, size_t end_part, uint32_t first,
                                                   uint32_t end) {
    octet_lines_part parts[MAX_PARTS];
    const size_t n_parts = end_part - first_part,
                 group_bytes = (size_t)(p->windows.shape.in_c / p->windows.shape.groups) * p->kernel->element;
    octet_lines_cursor cursor = octet_lines_seek(&p->lines, &p->windows, prepared, first_part);
    for (size_t i = 0; i < n_parts; i++) parts[i] = octet_lines_next(&p->lines, &p->windows, prepared, &cursor);
    for (uint32_t panel = first; panel < end; panel++) {
        const size_t lane = (size_t)panel * LANES * VECTORS;
        const target t = {
            .windows = &p->windows,
            .weights = p->weights + panel * p->panel_bytes,
            .steps = p->steps,
            .stride = p->lines.stride,
            .pixel = p->n_outputs,
            .scale = p->scale,
            .lanes = {octet_scale_lanes_avx2(&p->scale, kind, lane), octet_scale_lanes_avx2(&p->scale, kind, lane + 8)},
            .bias = {octet_load_256(p->scale.bias + lane), octet_load_256(p->scale.bias + lane + 8)},
            .width = octet_product_width(p, panel)};
        for (size_t i = 0; i < n_parts; i++) {
            const octet_lines_part at = parts[i];
            const uint8_t *x = at.window + panel / p->panels_per_group * group_bytes + at.skip * t.stride;
            int8_t *out = output + (at.position + at.skip) * t.pixel + octet_product_first(p, panel);
            if (t.width > LANES) run_part(&t, kind, x, p->lines.part - at.skip, 2, out);
            else run_part(&t, kind, x, p->lines.part - at.skip, 1, out);
        }
    }
}

#define BLOCK(kind) run_block(p, kind, prepared, (int8_t *)output, begin, stop, first, end)

static OCTET_TARGET_FAST_AVX2 void block(const octet_product *p, const uint8_t *prepared, uint8_t *output,
                                         size_t first_tile, size_t end_tile, uint32_t first, uint32_t end) {
    for (size_t begin = 2 * first_tile; begin < 2 * end_tile && begin < p->lines.n_parts; begin += MAX_PARTS) {
        const size_t most = begin + MAX_PARTS < 2 * end_tile ? begin + MAX_PARTS : 2 * end_tile,
                     stop = most < p->lines.n_parts ? most : p->lines.n_parts;
        OCTET_SCALE_SWITCH(&p->scale, BLOCK)
    }
}

const octet_product_kernel octet_product_s8_avx2_shallow = {.name = "avx2 shallow",
                                                            .block = block,
                                                            .prepare = octet_windows_prepare_s16,
                                                            .element = 2,
                                                            .k_group = 2,
                                                            .weight_bytes = 2,
                                                            .lanes = LANES,
                                                            .vectors = VECTORS,
                                                            .max_rows = OCTET_LINES_PART,
                                                            .max_steps = MAX_STEPS,
                                                            .input_offset = OCTET_PRODUCT_NO_OFFSET};

#endif
