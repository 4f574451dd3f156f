/* float32 depthwise convolutions with AVX2 and FMA: taps in ascending order, those outside the input left out, as the reference does. */
#include "kernels/fast/channelwise.h"
#include "kernels/fast/cpu.h"

#if OCTET_FAST_X86
#include <immintrin.h>

enum { BLOCK = OCTET_CHANNEL_BLOCK };

OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m256i first_lanes(size_t n) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int32_t)n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

/* `positions` (1 or 2) neighbours, `vectors` (1 or 4) vectors of channels; the last vector may be partial. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 void block(const octet_channelwise *c, const float *x, const float *w, const float *bias, float *out,
                                               octet_taps y, octet_taps kx_range, size_t n, const int positions, const int vectors) {
    const octet_depthwise_params *p = &c->shape;
    const size_t channels = (size_t)p->in_c, next = (size_t)p->stride_w * channels;
    __m256 sum[2][4];
    OCTET_UNROLL
    for (int v = 0; v < vectors; v++) {
        sum[0][v] = _mm256_loadu_ps(bias + v * 8);
        sum[1][v] = sum[0][v];
    }
    const __m256i mask = first_lanes(n);
    for (int32_t ky = y.first; ky < y.last; ky++) {
        const float *xk = x + ((size_t)(ky - y.first) * (size_t)p->dilation_h * (size_t)p->in_w) * channels;
        const float *wk = w + ((size_t)ky * (size_t)p->filter_w + (size_t)kx_range.first) * BLOCK;
        for (int32_t kx = kx_range.first; kx < kx_range.last; kx++, wk += BLOCK, xk += (size_t)p->dilation_w * channels) {
            OCTET_UNROLL
            for (int v = 0; v < vectors; v++) {
                const __m256 weight = _mm256_loadu_ps(wk + v * 8);
                const bool partial = vectors == 1;
                sum[0][v] = _mm256_fmadd_ps(partial ? _mm256_maskload_ps(xk, mask) : _mm256_loadu_ps(xk + v * 8), weight, sum[0][v]);
                if (positions == 1) continue;
                sum[1][v] = _mm256_fmadd_ps(partial ? _mm256_maskload_ps(xk + next, mask) : _mm256_loadu_ps(xk + next + v * 8), weight, sum[1][v]);
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
            if (vectors == 1) _mm256_maskstore_ps(to, mask, r);
            else _mm256_storeu_ps(to, r);
        }
    }
}

/* One or two neighbouring positions that see the same taps; x: the first of them, channel 0. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 void position(const octet_channelwise *c, const float *x, float *out, octet_taps y, octet_taps kx,
                                                  const int positions) {
    const octet_depthwise_params *p = &c->shape;
    const size_t channels = (size_t)p->in_c, n_taps = (size_t)p->filter_h * (size_t)p->filter_w;
    const float *weights = (const float *)(const void *)c->weights;
    size_t first = 0;
    for (; first + BLOCK <= channels; first += BLOCK) {
        block(c, x + first, weights + first * n_taps, c->bias + first, out + first, y, kx, 8, positions, 4);
    }
    for (; first < channels; first += 8) {
        const float *w = weights + first / BLOCK * BLOCK * n_taps + first % BLOCK;
        block(c, x + first, w, c->bias + first, out + first, y, kx, channels - first < 8 ? channels - first : 8, positions, 1);
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
            if (pair) position(c, x, out + (size_t)ox * channels, y, kx, 2);
            else position(c, x, out + (size_t)ox * channels, y, kx, 1);
            ox += pair ? 2 : 1;
        }
    }
}

const octet_channelwise_kernel octet_channelwise_f32_avx2 = {.name = "avx2", .rows = rows, .element = 4, .tap_group = 1};

#endif
