/* int8 products with AVX2's vpmaddubsw by programs of bins (bins.h): up to 8 vectors of 8 windows by 8 outputs. */
#include "kernels/fast/x86/kernels.h"
#include "kernels/fast/x86/scale_avx2.h"

#if OCTET_FAST_X86

enum { LANES = OCTET_COLUMNS_LANES, VECTORS = OCTET_COLUMNS_VECTORS, BYTES = OCTET_COLUMNS_VECTOR_BYTES };

OCTET_INLINE OCTET_TARGET_FAST_AVX2 void store_256(void *p, __m256i v) { _mm256_storeu_si256((__m256i *)p, v); }

/* 16 inputs of windows i and i + 4 as unsigned. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m256i load_two(const uint8_t *const *rows, int i, size_t offset) {
    const __m128i low = _mm_loadu_si128((const __m128i *)(const void *)(rows[i] + offset)),
                  high = _mm_loadu_si128((const __m128i *)(const void *)(rows[i + 4] + offset));
    return _mm256_xor_si256(_mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1), _mm256_set1_epi8(-128));
}

static OCTET_TARGET_FAST_AVX2 void pack(const octet_columns *c, const uint8_t *const *rows, uint8_t *out) {
    for (uint32_t segment = 0; segment < c->windows.n_segments; segment++) {
        size_t offset = c->windows.segment_offsets[segment];
        for (uint32_t step = 0; step < c->segment_steps; step += 4, offset += 16) {
            const __m256i a = load_two(rows, 0, offset), b = load_two(rows, 1, offset), d = load_two(rows, 2, offset),
                          e = load_two(rows, 3, offset);
            const __m256i ab = _mm256_unpacklo_epi32(a, b), de = _mm256_unpacklo_epi32(d, e),
                          ab_high = _mm256_unpackhi_epi32(a, b), de_high = _mm256_unpackhi_epi32(d, e);
            const __m256i steps[4] = {_mm256_unpacklo_epi64(ab, de), _mm256_unpackhi_epi64(ab, de),
                                      _mm256_unpacklo_epi64(ab_high, de_high), _mm256_unpackhi_epi64(ab_high, de_high)};
            for (uint32_t i = 0; i < 4 && step + i < c->segment_steps; i++, out += c->step_bytes)
                store_256(out, steps[i]);
        }
    }
}

OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m256i four(const uint8_t *p) {
    int32_t bytes;
    __builtin_memcpy(&bytes, p, 4);
    return _mm256_set1_epi32(bytes);
}

/* Products of neighbouring inputs in 16 bits. turned: by sizes of weights, of the inputs after the mask. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m256i product(const uint8_t *x, __m256i weights, __m256i mask,
                                                    const bool turned) {
    const __m256i inputs = octet_load_256(x);
    return turned ? _mm256_maddubs_epi16(weights, _mm256_xor_si256(inputs, mask))
                  : _mm256_maddubs_epi16(inputs, weights);
}

/* Adds `count` bins of n steps to the sums; vectors, n and turned are constants at every call. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 const uint8_t *add_bins(const uint8_t *at, uint32_t count, const uint8_t *x,
                                                            __m256i *sum, const int vectors, const int n,
                                                            const bool turned) {
    const __m256i ones = _mm256_set1_epi16(1);
    for (; count > 0; count--, at += n * (turned ? OCTET_BINS_TURNED_BYTES : OCTET_BINS_PLAIN_BYTES)) {
        const uint8_t *in[OCTET_BINS_PLAIN];
        __m256i weights[OCTET_BINS_PLAIN], masks[OCTET_BINS_PLAIN];
        OCTET_UNROLL
        for (int i = 0; i < n; i++) {
            uint16_t offset;
            __builtin_memcpy(&offset, at + 2 * i, 2);
            in[i] = x + offset;
            weights[i] = four(at + 2 * n + 4 * i);
            masks[i] = turned ? four(at + 6 * n + 4 * i) : ones;
        }
        OCTET_UNROLL
        for (int v = 0; v < vectors; v++) {
            __m256i words = product(in[0] + v * BYTES, weights[0], masks[0], turned);
            OCTET_UNROLL
            for (int i = 1; i < n; i++)
                words = _mm256_add_epi16(words, product(in[i] + v * BYTES, weights[i], masks[i], turned));
            sum[v] = _mm256_add_epi32(sum[v], _mm256_madd_epi16(words, ones));
        }
    }
    return at;
}

/* One output's program for a chunk of steps. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 const uint8_t *add_program(const uint8_t *at, const uint8_t *x, __m256i *total,
                                                               const int vectors) {
    octet_bins_head head;
    __builtin_memcpy(&head, at, sizeof head);
    at += sizeof head;
    __m256i sum[VECTORS];
    OCTET_UNROLL
    for (int v = 0; v < vectors; v++) sum[v] = total[v];
    at = add_bins(at, head.plain[3], x, sum, vectors, 4, false);
    at = add_bins(at, head.plain[2], x, sum, vectors, 3, false);
    at = add_bins(at, head.plain[1], x, sum, vectors, 2, false);
    at = add_bins(at, head.plain[0], x, sum, vectors, 1, false);
    at = add_bins(at, head.turned[1], x, sum, vectors, 2, true);
    at = add_bins(at, head.turned[0], x, sum, vectors, 1, true);
    OCTET_UNROLL
    for (int v = 0; v < vectors; v++) total[v] = sum[v];
    return at;
}

/* Sums of 8 outputs for a vector of windows: afterwards of 8 windows for a vector of outputs. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 void transpose(const __m256i (*sum)[VECTORS], size_t vector, __m256i *out) {
    __m256i pairs[8], fours[8];
    OCTET_UNROLL
    for (int i = 0; i < 8; i += 2) {
        pairs[i] = _mm256_unpacklo_epi32(sum[i][vector], sum[i + 1][vector]);
        pairs[i + 1] = _mm256_unpackhi_epi32(sum[i][vector], sum[i + 1][vector]);
    }
    OCTET_UNROLL
    for (int i = 0; i < 8; i += 4) {
        fours[i] = _mm256_unpacklo_epi64(pairs[i], pairs[i + 2]);
        fours[i + 1] = _mm256_unpackhi_epi64(pairs[i], pairs[i + 2]);
        fours[i + 2] = _mm256_unpacklo_epi64(pairs[i + 1], pairs[i + 3]);
        fours[i + 3] = _mm256_unpackhi_epi64(pairs[i + 1], pairs[i + 3]);
    }
    OCTET_UNROLL
    for (int i = 0; i < 4; i++) {
        out[i] = _mm256_permute2x128_si256(fours[i], fours[i + 4], 0x20);
        out[i + 4] = _mm256_permute2x128_si256(fours[i], fours[i + 4], 0x31);
    }
}

OCTET_INLINE OCTET_TARGET_FAST_AVX2 void finish(const octet_columns *c, int kind, uint32_t panel,
                                                const __m256i (*sum)[VECTORS], size_t n_windows, int8_t *out) {
    const octet_scale scale = c->scale;
    const octet_scale_lanes lanes = octet_scale_lanes_avx2(&scale, kind, (size_t)panel * LANES);
    const uint32_t width = octet_columns_width(c, panel);
    for (size_t first = 0; first < n_windows; first += LANES, out += (size_t)LANES * c->n_outputs) {
        __m256i window[LANES];
        transpose(sum, first / LANES, window);
        const size_t n = n_windows - first < LANES ? n_windows - first : LANES;
        OCTET_UNROLL
        for (size_t i = 0; i < LANES; i += 4) {
            const __m256i ab = octet_scale_words_of_avx2(&scale, kind, &lanes, &lanes, window[i], window[i + 1]);
            const __m256i cd = octet_scale_words_of_avx2(&scale, kind, &lanes, &lanes, window[i + 2], window[i + 3]);
            __m256i bytes = octet_scale_clamp_avx2(&scale, _mm256_packs_epi16(ab, cd));
            bytes = _mm256_permutevar8x32_epi32(bytes, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
            const __m128i low = _mm256_castsi256_si128(bytes), high = _mm256_extracti128_si256(bytes, 1);
            const __m128i each[4] = {low, _mm_srli_si128(low, 8), high, _mm_srli_si128(high, 8)};
            OCTET_UNROLL
            for (size_t k = 0; k < 4; k++)
                if (i + k < n) octet_store_bytes_avx2(out + (i + k) * c->n_outputs, each[k], width);
        }
    }
}
#define FINISH(kind) finish(c, kind, panel, (const __m256i(*)[VECTORS])sum, n_windows, out)

OCTET_INLINE OCTET_TARGET_FAST_AVX2 void multiply(const octet_columns *c, uint32_t panel, const uint8_t *block,
                                                  size_t n_windows, int8_t *out, const int vectors) {
    __m256i sum[LANES][VECTORS];
    const int width = (int)octet_columns_width(c, panel);
    for (int lane = 0; lane < LANES; lane++) {
        OCTET_UNROLL
        for (int v = 0; v < vectors; v++)
            sum[lane][v] = _mm256_set1_epi32(c->scale.bias[(size_t)panel * LANES + (size_t)lane]);
    }
    const uint8_t *at = c->programs[panel];
    for (uint32_t chunk = 0; chunk < c->n_chunks; chunk++) {
        const uint8_t *x = block + (size_t)chunk * c->chunk_steps * c->step_bytes;
        for (int lane = 0; lane < width; lane++) at = add_program(at, x, sum[lane], vectors);
    }
    OCTET_SCALE_SWITCH(&c->scale, FINISH)
}

#define BLOCK(n) \
    case n: multiply(c, panel, block, n_windows, out, n); break;

static OCTET_TARGET_FAST_AVX2 void multiply_any(const octet_columns *c, uint32_t panel, const uint8_t *block,
                                                uint32_t vectors, size_t n_windows, int8_t *out) {
    switch (vectors) {
        BLOCK(1)
        BLOCK(2)
        BLOCK(3)
        BLOCK(4)
        BLOCK(5)
        BLOCK(6)
        BLOCK(7)
    default: multiply(c, panel, block, n_windows, out, 8);
    }
}

const octet_columns_kernel octet_columns_avx2 = {.name = "avx2 columns", .pack = pack, .multiply = multiply_any};

#endif
