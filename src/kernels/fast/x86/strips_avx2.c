/* int8 convolutions of one channel with AVX2: pairs of columns by vpmaddwd, 8 results of a row side by side, the
 * windows of a pool in registers. */
#include "kernels/fast/strips.h"
#include "kernels/fast/x86/kernels.h"
#include "kernels/fast/x86/scale_avx2.h"

#if OCTET_FAST_X86

enum { LANES = 8, GROUP = OCTET_STRIPS_CHANNELS, CELLS = 4, TOGETHER = 2 };

/* cells_h, cells_w and pairs are constants at every call: sums live in registers. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 void add(const octet_strips *c, const int16_t *input, size_t first, size_t end,
                                             int32_t *most, const int cells_h, const int cells_w, const int pairs) {
    const octet_window_shape *s = &c->windows.shape;
    const size_t pitch = c->windows.row / sizeof *input, cell_y = (size_t)s->cell_step_h * pitch,
                 cell_x = (size_t)s->cell_step_w, size = (size_t)s->filter_h * (size_t)pairs * 2;
    const int n_cells = cells_h * cells_w;
    for (size_t output = first; output < end; output += TOGETHER, most += TOGETHER * LANES) {
        const int16_t *w = c->weights + output * size, *last = w + size, *x = input;
        __m256i sum[TOGETHER * CELLS];
        OCTET_UNROLL
        for (int o = 0; o < TOGETHER; o++) {
            const __m256i bias = octet_load_256(c->scale.bias + (output + (size_t)o) * LANES);
            OCTET_UNROLL
            for (int i = 0; i < n_cells; i++) sum[o * CELLS + i] = bias;
        }
        for (; w < last; x += pitch, w += 2 * pairs) {
            OCTET_UNROLL
            for (int k = 0; k < pairs; k++) {
                __m256i weight[TOGETHER];
                OCTET_UNROLL
                for (int o = 0; o < TOGETHER; o++) {
                    int32_t pair;
                    __builtin_memcpy(&pair, w + (size_t)o * size + 2 * k, sizeof pair);
                    weight[o] = _mm256_set1_epi32(pair);
                }
                OCTET_UNROLL
                for (int i = 0; i < n_cells; i++) {
                    __m256i two =
                        octet_load_256(x + (size_t)(i / cells_w) * cell_y + (size_t)(i % cells_w) * cell_x + 2 * k);
                    __asm__("" : "+x"(two)); /* loaded once: half of all loads cross a line of the cache */
                    OCTET_UNROLL
                    for (int o = 0; o < TOGETHER; o++) {
                        sum[o * CELLS + i] = _mm256_add_epi32(sum[o * CELLS + i], _mm256_madd_epi16(two, weight[o]));
                        __asm__("" : "+x"(sum[o * CELLS + i])); /* in this order, which needs the fewest registers */
                    }
                }
            }
        }
        OCTET_UNROLL
        for (int o = 0; o < TOGETHER; o++) {
            __m256i largest = sum[o * CELLS];
            OCTET_UNROLL
            for (int i = 1; i < n_cells; i++) largest = _mm256_max_epi32(largest, sum[o * CELLS + i]);
            _mm256_storeu_si256((__m256i *)(void *)(most + o * LANES), largest);
        }
    }
}

#define ADD(h, w)                                                         \
    do {                                                                  \
        if (c->pairs == 1) add(c, input, first, end, most, h, w, 1);      \
        else if (c->pairs == 2) add(c, input, first, end, most, h, w, 2); \
        else add(c, input, first, end, most, h, w, OCTET_STRIPS_PAIRS);   \
    } while (0)

static OCTET_TARGET_FAST_AVX2 void add_any(const octet_strips *c, const int16_t *input, size_t first, size_t end,
                                           int32_t *most) {
    const octet_window_shape *s = &c->windows.shape;
    if (s->cell_h == 1) ADD(1, 2);
    else if (s->cell_w == 1) ADD(2, 1);
    else ADD(2, 2);
}

/* GROUP outputs of 8 columns: those of a column side by side in a double word. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m256i requantize(const octet_scale *scale, int kind, size_t output,
                                                       const int32_t *sums) {
    octet_scale_lanes lanes[GROUP];
    __m256i sum[GROUP];
    OCTET_UNROLL
    for (size_t o = 0; o < GROUP; o++) {
        lanes[o] = octet_scale_lanes_avx2(scale, kind, (output + o) * LANES);
        sum[o] = octet_load_256(sums + o * LANES);
    }
    const __m256i low = octet_scale_words_of_avx2(scale, kind, &lanes[0], &lanes[1], sum[0], sum[1]);
    const __m256i high = octet_scale_words_of_avx2(scale, kind, &lanes[2], &lanes[3], sum[2], sum[3]);
    const __m256i bytes = octet_scale_clamp_avx2(scale, _mm256_packs_epi16(low, high));
    const __m256i order = _mm256_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15, 0, 4, 8, 12, 1, 5, 9,
                                           13, 2, 6, 10, 14, 3, 7, 11, 15);
    return _mm256_shuffle_epi8(bytes, order);
}

#define REQUANTIZE(kind)                                                                       \
    for (size_t o = first; o < end; o += GROUP, sums += GROUP * LANES, bytes += GROUP * LANES) \
    _mm256_storeu_si256((__m256i *)(void *)bytes, requantize(&scale, kind, o, sums))

static OCTET_TARGET_FAST_AVX2 void requantize_any(const octet_strips *c, size_t first, size_t end, const int32_t *sums,
                                                  int8_t *bytes) {
    const octet_scale scale = c->scale;
    OCTET_SCALE_SWITCH(&scale, REQUANTIZE)
}

const octet_strips_kernel octet_strips_avx2 = {
    .name = "avx2 strips", .sums = add_any, .bytes = requantize_any, .lanes = LANES};

#endif
