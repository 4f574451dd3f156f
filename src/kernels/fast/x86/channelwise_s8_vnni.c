/* int8 depthwise convolutions with VNNI in 256 bits: four taps of 32 channels are transposed into groups of four bytes
 * per lane. */
#include <string.h>

#include "kernels/fast/x86/kernels.h"
#include "kernels/fast/x86/scale_avx512.h"

#if OCTET_FAST_X86

enum { BLOCK = OCTET_CHANNEL_BLOCK };

typedef struct sums {
    __m256i v[4];
} sums;

/* One block at one position; groups is a constant for 3x3 filters. */
OCTET_INLINE OCTET_TARGET_FAST_VNNI sums convolve(const octet_channelwise *c, const uint8_t *x, const uint8_t *w,
                                                  const __m256i *bias, const size_t *offset, uint32_t groups) {
    sums s;
    OCTET_UNROLL
    for (int v = 0; v < 4; v++) s.v[v] = bias[v];
    for (uint32_t g = 0; g < groups; g++, offset += 4, w += 128) {
        const __m256i a = octet_load_256(x + offset[0]), b = octet_load_256(x + offset[1]);
        const __m256i d = octet_load_256(x + offset[2]), e = octet_load_256(x + offset[3]);
        const __m256i ab_low = _mm256_unpacklo_epi8(a, b), ab_high = _mm256_unpackhi_epi8(a, b);
        const __m256i de_low = _mm256_unpacklo_epi8(d, e), de_high = _mm256_unpackhi_epi8(d, e);
        s.v[0] = _mm256_dpbusd_epi32(s.v[0], _mm256_unpacklo_epi16(ab_low, de_low), octet_load_256(w));
        s.v[1] = _mm256_dpbusd_epi32(s.v[1], _mm256_unpackhi_epi16(ab_low, de_low), octet_load_256(w + 32));
        s.v[2] = _mm256_dpbusd_epi32(s.v[2], _mm256_unpacklo_epi16(ab_high, de_high), octet_load_256(w + 64));
        s.v[3] = _mm256_dpbusd_epi32(s.v[3], _mm256_unpackhi_epi16(ab_high, de_high), octet_load_256(w + 96));
    }
    (void)c;
    return s;
}

OCTET_INLINE OCTET_TARGET_FAST_VNNI void row(const octet_channelwise *c, int kind, const uint8_t *x, int8_t *out,
                                             uint32_t groups) {
    const size_t channels = (size_t)c->shape.out_c, step = (size_t)c->shape.stride_w * c->windows.pixel;
    size_t offsets[12];
    const size_t *offset = c->tap_offsets;
    if (groups == 3) {
        memcpy(offsets, offset, sizeof offsets);
        offset = offsets;
    }
    for (size_t first = 0; first < channels; first += BLOCK) {
        const uint8_t *w = c->weights + first * groups * 4;
        const uint32_t n = channels - first < BLOCK ? (uint32_t)(channels - first) : BLOCK;
        __m256i bias[4];
        OCTET_UNROLL
        for (int v = 0; v < 4; v++) bias[v] = octet_load_256(c->scale.bias + first + (size_t)v * 8);
        const uint8_t *at = x + first;
        int8_t *to = out + first;
        for (int32_t ox = 0; ox < c->shape.out_w; ox++, at += step, to += channels) {
            const sums s = convolve(c, at, w, bias, offset, groups);
            const __m256i low = octet_scale_words_avx2(&c->scale, kind, first, first + 8, s.v[0], s.v[1]);
            const __m256i high = octet_scale_words_avx2(&c->scale, kind, first + 16, first + 24, s.v[2], s.v[3]);
            octet_store_32_avx2(to, octet_scale_clamp_avx2(&c->scale, _mm256_packs_epi16(low, high)), n);
        }
    }
}

#define ROW(kind)                                  \
    if (c->n_groups == 3) row(c, kind, x, out, 3); \
    else row(c, kind, x, out, c->n_groups)

static OCTET_TARGET_FAST_VNNI void rows(const octet_channelwise *c, const void *prepared, void *output, uint32_t begin,
                                        uint32_t end) {
    for (uint32_t unit = begin; unit < end; unit++) {
        const size_t oy = unit % (uint32_t)c->shape.out_h, sample = unit / (uint32_t)c->shape.out_h;
        const uint8_t *x =
            (const uint8_t *)prepared + sample * c->windows.sample + oy * (size_t)c->shape.stride_h * c->windows.row;
        int8_t *out = (int8_t *)output + (size_t)unit * (size_t)c->shape.out_w * (size_t)c->shape.out_c;
        OCTET_SCALE_SWITCH(&c->scale, ROW)
    }
}

/* Vector v, half h, lane j holds channel 16 h + 4 v + j. */
const octet_channelwise_kernel octet_channelwise_s8_vnni = {
    .name = "avx512vnni",
    .rows = rows,
    .prepare = octet_windows_prepare_u8,
    .element = 1,
    .tap_group = 4,
    .input_offset = 128,
    .channel_of_lane = {0, 1, 2,  3,  16, 17, 18, 19, 4,  5,  6,  7,  20, 21, 22, 23,
                        8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31}};

#endif
