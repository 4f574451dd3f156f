/* float32 depthwise convolutions with AVX2 and FMA: taps in ascending order, those outside the input left out, as the reference does. */
#include "kernels/fast/channelwise.h"
#include "kernels/fast/cpu.h"

#if OCTET_FAST_X86
#include <immintrin.h>

enum { BLOCK = OCTET_CHANNEL_BLOCK };

OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m256i first_lanes(size_t n) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int32_t)n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

/* `positions` (1, 2 or 4) neighbours, `vectors` (1, 2 or 4) vectors of channels; partial: one vector of n < 8 channels. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 void block(const octet_channelwise *c, const float *x, const float *w, const float *bias, float *out,
                                               octet_taps y, octet_taps kx_range, size_t n, const int positions, const int vectors,
                                               const bool partial) {
    const octet_depthwise_params *p = &c->shape;
    const size_t channels = (size_t)p->in_c, next = (size_t)p->stride_w * channels;
    __m256 sum[4][4];
    OCTET_UNROLL
    for (int i = 0; i < positions; i++) {
        OCTET_UNROLL
        for (int v = 0; v < vectors; v++) sum[i][v] = _mm256_loadu_ps(bias + v * 8);
    }
    const __m256i mask = first_lanes(n);
    for (int32_t ky = y.first; ky < y.last; ky++) {
        const float *xk = x + ((size_t)(ky - y.first) * (size_t)p->dilation_h * (size_t)p->in_w) * channels;
        const float *wk = w + ((size_t)ky * (size_t)p->filter_w + (size_t)kx_range.first) * BLOCK;
        for (int32_t kx = kx_range.first; kx < kx_range.last; kx++, wk += BLOCK, xk += (size_t)p->dilation_w * channels) {
            OCTET_UNROLL
            for (int v = 0; v < vectors; v++) {
                const __m256 weight = _mm256_loadu_ps(wk + v * 8);
                OCTET_UNROLL
                for (int i = 0; i < positions; i++) {
                    const float *at = xk + (size_t)i * next + v * 8;
                    sum[i][v] = _mm256_fmadd_ps(partial ? _mm256_maskload_ps(at, mask) : _mm256_loadu_ps(at), weight, sum[i][v]);
                }
            }
        }
    }
    const __m256 min = _mm256_set1_ps(p->real_min), max = _mm256_set1_ps(p->real_max);
    OCTET_UNROLL
    for (int i = 0; i < positions; i++) {
        OCTET_UNROLL
        for (int v = 0; v < vectors; v++) {
            const __m256 r = _mm256_min_ps(max, _mm256_max_ps(min, sum[i][v])); /* in this order NaN stays NaN */
            float *to = out + (size_t)i * channels + v * 8;
            if (partial) _mm256_maskstore_ps(to, mask, r);
            else _mm256_storeu_ps(to, r);
        }
    }
}

/* One, two or four neighbouring positions that see the same taps; x: the first of them, channel 0. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 void position(const octet_channelwise *c, const float *x, float *out, octet_taps y, octet_taps kx,
                                                  const int positions) {
    const octet_depthwise_params *p = &c->shape;
    const size_t channels = (size_t)p->in_c, n_taps = (size_t)p->filter_h * (size_t)p->filter_w;
    const float *weights = (const float *)(const void *)c->weights;
    size_t first = 0;
    for (; first + BLOCK <= channels && positions <= 2; first += BLOCK) {
        block(c, x + first, weights + first * n_taps, c->bias + first, out + first, y, kx, 8, positions, 4, false);
    }
    while (first < channels) {
        const float *w = weights + first / BLOCK * BLOCK * n_taps + first % BLOCK, *b = c->bias + first;
        const size_t left = channels - first;
        if (left >= 16 && first % BLOCK <= 16) block(c, x + first, w, b, out + first, y, kx, 8, positions, 2, false), first += 16;
        else if (left >= 8) block(c, x + first, w, b, out + first, y, kx, 8, positions, 1, false), first += 8;
        else block(c, x + first, w, b, out + first, y, kx, left, positions, 1, true), first += left;
    }
}

static OCTET_TARGET_FAST_AVX2 void rows(const octet_channelwise *c, const void *input, void *output, uint32_t begin, uint32_t end) {
    const octet_depthwise_params *p = &c->shape;
    const size_t channels = (size_t)p->in_c;
    for (uint32_t unit = begin; unit < end; unit++) {
        const float *sample = (const float *)input + (size_t)(unit / (uint32_t)p->out_h) * (size_t)p->in_h * (size_t)p->in_w * channels;
        float *out = (float *)output + (size_t)unit * (size_t)p->out_w * channels;
        const int32_t oy = (int32_t)(unit % (uint32_t)p->out_h) * p->stride_h - p->pad_top;
        const octet_taps y = octet_taps_inside(oy, p->in_h, p->filter_h, p->dilation_h);
        const float *row = sample + (size_t)(oy + y.first * p->dilation_h) * (size_t)p->in_w * channels;
        for (int32_t ox = 0; ox < p->out_w;) {
            const int32_t left = ox * p->stride_w - p->pad_left;
            const octet_taps kx = octet_taps_inside(left, p->in_w, p->filter_w, p->dilation_w);
            const octet_taps after = octet_taps_inside(left + p->stride_w, p->in_w, p->filter_w, p->dilation_w);
            const float *x = row + (size_t)(left + kx.first * p->dilation_w) * channels;
            const bool pair = ox + 1 < p->out_w && kx.first == after.first && kx.last == after.last;
            const octet_taps last = octet_taps_inside(left + 3 * p->stride_w, p->in_w, p->filter_w, p->dilation_w);
            const bool four = pair && channels < BLOCK && ox + 3 < p->out_w && kx.first == last.first && kx.last == last.last;
            if (four) position(c, x, out + (size_t)ox * channels, y, kx, 4);
            else if (pair) position(c, x, out + (size_t)ox * channels, y, kx, 2);
            else position(c, x, out + (size_t)ox * channels, y, kx, 1);
            ox += four ? 4 : pair ? 2 : 1;
        }
    }
}

const octet_channelwise_kernel octet_channelwise_f32_avx2 = {.name = "avx2", .rows = rows, .element = 4, .tap_group = 1};

#endif
