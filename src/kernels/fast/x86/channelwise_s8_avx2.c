/* int8 depthwise convolutions with AVX2: inputs widened to int16 and
 * shifted by the zero point, two taps per vpmaddwd. */
#include <string.h>

#include "kernels/fast/x86/kernels.h"
#include "kernels/fast/x86/scale_avx2.h"

#if OCTET_FAST_X86

enum { BLOCK = OCTET_CHANNEL_BLOCK };

typedef struct sums {
    __m256i v[4];
} sums;

/* One block at one position; groups is a constant for 3x3 filters, vectors (2 or 4) always. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 sums convolve(const uint8_t *x, const uint8_t *w, const int32_t *bias,
                                                  const size_t *offset, uint32_t groups, const int vectors) {
    sums s;
    OCTET_UNROLL
    for (int v = 0; v < 4; v++) s.v[v] = v < vectors ? octet_load_256(bias + v * 8) : _mm256_setzero_si256();
    for (uint32_t g = 0; g < groups; g++, offset += 2, w += 128) {
        OCTET_UNROLL
        for (int half = 0; half < vectors / 2; half++) {
            const __m256i a = octet_load_256(x + offset[0] + half * 32), b = octet_load_256(x + offset[1] + half * 32);
            s.v[2 * half] = _mm256_add_epi32(
                s.v[2 * half], _mm256_madd_epi16(_mm256_unpacklo_epi16(a, b), octet_load_256(w + half * 64)));
            s.v[2 * half + 1] = _mm256_add_epi32(
                s.v[2 * half + 1], _mm256_madd_epi16(_mm256_unpackhi_epi16(a, b), octet_load_256(w + half * 64 + 32)));
        }
    }
    return s;
}

OCTET_INLINE OCTET_TARGET_FAST_AVX2 void block(const octet_channelwise *c, int kind, const uint8_t *x, int8_t *out,
                                               size_t first, const size_t *offset, uint32_t groups, const int vectors) {
    const size_t channels = (size_t)c->shape.out_c, step = (size_t)c->shape.stride_w * c->windows.pixel;
    const uint8_t *w = c->weights + first * groups * 4;
    const uint32_t n = channels - first < BLOCK ? (uint32_t)(channels - first) : BLOCK;
    const int32_t *bias = c->scale.bias + first;
    for (int32_t ox = 0; ox < c->shape.out_w; ox++, x += step, out += channels) {
        const sums s = convolve(x, w, bias, offset, groups, vectors);
        const __m256i low = octet_scale_words_avx2(&c->scale, kind, first, first + 8, s.v[0], s.v[1]);
        const __m256i high =
            vectors == 4 ? octet_scale_words_avx2(&c->scale, kind, first + 16, first + 24, s.v[2], s.v[3]) : low;
        const __m256i bytes = _mm256_permute4x64_epi64(_mm256_packs_epi16(low, high), 0xD8);
        octet_store_32_avx2(out, octet_scale_clamp_avx2(&c->scale, bytes), n);
    }
}

OCTET_INLINE OCTET_TARGET_FAST_AVX2 void row(const octet_channelwise *c, int kind, const uint8_t *x, int8_t *out,
                                             uint32_t groups) {
    const size_t channels = (size_t)c->shape.out_c;
    for (size_t first = 0; first < channels; first += BLOCK) {
        if (channels - first > BLOCK / 2) block(c, kind, x + first * 2, out + first, first, c->tap_offsets, groups, 4);
        else block(c, kind, x + first * 2, out + first, first, c->tap_offsets, groups, 2);
    }
}

#define ROW(kind)                                  \
    if (c->n_groups == 5) row(c, kind, x, out, 5); \
    else row(c, kind, x, out, c->n_groups)

static OCTET_TARGET_FAST_AVX2 void rows(const octet_channelwise *c, const void *prepared, void *output, uint32_t begin,
                                        uint32_t end) {
    for (uint32_t unit = begin; unit < end; unit++) {
        const size_t oy = unit % (uint32_t)c->shape.out_h, sample = unit / (uint32_t)c->shape.out_h;
        const uint8_t *x =
            (const uint8_t *)prepared + sample * c->windows.sample + oy * (size_t)c->shape.stride_h * c->windows.row;
        int8_t *out = (int8_t *)output + (size_t)unit * (size_t)c->shape.out_w * (size_t)c->shape.out_c;
        OCTET_SCALE_SWITCH(&c->scale, ROW)
    }
}

/* Vector v, half h, lane j holds channel 16 (v / 2) + 8 h + 4 (v % 2) + j. */
const octet_channelwise_kernel octet_channelwise_s8_avx2 = {
    .name = "avx2",
    .rows = rows,
    .prepare = octet_windows_prepare_s16,
    .element = 2,
    .tap_group = 2,
    .input_offset = OCTET_PRODUCT_NO_OFFSET,
    .channel_of_lane = {0,  1,  2,  3,  8,  9,  10, 11, 4,  5,  6,  7,  12, 13, 14, 15,
                        16, 17, 18, 19, 24, 25, 26, 27, 20, 21, 22, 23, 28, 29, 30, 31}};

#endif
