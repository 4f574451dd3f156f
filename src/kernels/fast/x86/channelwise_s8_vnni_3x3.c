/* int8 depthwise convolutions of 3x3 windows, stride 1 or 2, with AVX-512 VNNI, straight from the input.
 *
 * Two neighbouring windows of 32 channels fill the two halves of a vector. A column of the three input rows becomes
 * groups of four bytes per channel, the fourth without a weight, so that one vpdpbusd adds it. Columns that two pairs
 * of windows share are interleaved once. Outside the input everything is the zero point. */
#include "kernels/fast/x86/kernels.h"
#include "kernels/fast/x86/scale_avx512.h"

#if OCTET_FAST_X86

enum { BLOCK = OCTET_CHANNEL_BLOCK, VECTORS = 4, COLUMNS = 3 };

typedef struct strip {
    const int8_t *row[3]; /* the input row, or one zero point per channel */
    size_t step[3];       /* from column to column: 0 for the latter */
    int32_t width;        /* of the input */
    __m256i zero;         /* the zero point */
} strip;

/* Vector v, half h, quarter q of it: channels 16 q + 4 v and the next three of window h. */
typedef struct columns {
    __m512i v[VECTORS];
} columns;

OCTET_INLINE OCTET_TARGET_FAST_VNNI __m256i load(const strip *s, int row, int32_t x) {
    return (uint32_t)x < (uint32_t)s->width ? octet_load_256(s->row[row] + (size_t)x * s->step[row]) : s->zero;
}

/* Columns x and y of the two windows, as value + 128. */
OCTET_INLINE OCTET_TARGET_FAST_VNNI columns interleave(const strip *s, int32_t x, int32_t y) {
    __m512i row[3];
    OCTET_UNROLL
    for (int i = 0; i < 3; i++) {
        row[i] = _mm512_inserti64x4(_mm512_castsi256_si512(load(s, i, x)), load(s, i, y), 1);
        row[i] = _mm512_xor_si512(row[i], _mm512_set1_epi8(-128));
    }
    const __m512i low = _mm512_unpacklo_epi8(row[0], row[1]), high = _mm512_unpackhi_epi8(row[0], row[1]);
    const __m512i low_2 = _mm512_unpacklo_epi8(row[2], row[2]), high_2 = _mm512_unpackhi_epi8(row[2], row[2]);
    return (columns){{_mm512_unpacklo_epi16(low, low_2), _mm512_unpackhi_epi16(low, low_2),
                      _mm512_unpacklo_epi16(high, high_2), _mm512_unpackhi_epi16(high, high_2)}};
}

/* The second window's column of a and the first one's of b. */
OCTET_INLINE OCTET_TARGET_FAST_VNNI columns between(columns a, columns b) {
    columns c;
    OCTET_UNROLL
    for (int v = 0; v < VECTORS; v++) c.v[v] = _mm512_alignr_epi64(b.v[v], a.v[v], 4);
    return c;
}

OCTET_INLINE OCTET_TARGET_FAST_VNNI columns add(columns sum, columns x, const columns *w) {
    OCTET_UNROLL
    for (int v = 0; v < VECTORS; v++) sum.v[v] = _mm512_dpbusd_epi32(sum.v[v], x.v[v], w->v[v]);
    return sum;
}

/* One output row of a block of channels from `lane` on. */
OCTET_INLINE OCTET_TARGET_FAST_VNNI void slide(const octet_channelwise *c, int kind, const strip *in, size_t lane,
                                               int8_t *out, const int stride) {
    const size_t channels = (size_t)c->shape.out_c;
    const octet_scale scale = c->scale;
    const strip s = *in;
    const __mmask32 mask = octet_mask_32(channels - lane < BLOCK ? (uint32_t)(channels - lane) : BLOCK);
    octet_scale_lanes_512 lanes[VECTORS];
    columns bias, w[COLUMNS];
    OCTET_UNROLL
    for (int v = 0; v < VECTORS; v++) {
        lanes[v] = octet_scale_lanes_twice_avx512(&scale, kind, lane + (size_t)v * 8);
        bias.v[v] = octet_twice_avx512(scale.bias + lane + (size_t)v * 8);
        OCTET_UNROLL
        for (int i = 0; i < COLUMNS; i++)
            w[i].v[v] =
                octet_twice_avx512(c->weights + ((lane / BLOCK * COLUMNS + (size_t)i) * BLOCK + (size_t)v * 8) * 4);
    }
    int32_t x = -c->shape.pad_left;
    const int32_t width = c->shape.out_w;
    columns first = interleave(&s, x, x + stride);
    for (int32_t i = 0; i < width; i += 2, x += 2 * stride) {
        const columns next = interleave(&s, x + 2 * stride, x + 3 * stride), shared = between(first, next);
        const columns second = stride == 1 ? shared : interleave(&s, x + 1, x + 3), third = stride == 1 ? next : shared;
        const columns sum = add(add(add(bias, first, &w[0]), second, &w[1]), third, &w[2]);
        first = next;
        octet_sums_512 x4[VECTORS];
        OCTET_UNROLL
        for (int v = 0; v < VECTORS; v++) x4[v] = octet_sums_in_registers(sum.v[v]);
        __m512i bytes = _mm512_packs_epi16(octet_scale_words_avx512(&scale, kind, &lanes[0], x4[0], &lanes[1], x4[1]),
                                           octet_scale_words_avx512(&scale, kind, &lanes[2], x4[2], &lanes[3], x4[3]));
        bytes = octet_scale_clamp_avx512(&scale, bytes);
        int8_t *to = out + (size_t)i * channels;
        _mm256_mask_storeu_epi8(to, mask, _mm512_castsi512_si256(bytes));
        if (i + 1 < width) _mm256_mask_storeu_epi8(to + channels, mask, _mm512_extracti64x4_epi64(bytes, 1));
    }
}

OCTET_INLINE OCTET_TARGET_FAST_VNNI void row(const octet_channelwise *c, int kind, strip s, int8_t *out) {
    for (size_t lane = 0; lane < (size_t)c->shape.out_c; lane += BLOCK) {
        if (c->shape.stride_w == 1) slide(c, kind, &s, lane, out + lane, 1);
        else slide(c, kind, &s, lane, out + lane, 2);
        for (int i = 0; i < 3; i++) s.row[i] += s.step[i] ? BLOCK : 0;
    }
}
#define ROW(kind) row(c, kind, s, out)

static OCTET_TARGET_FAST_VNNI void rows(const octet_channelwise *c, const void *input, void *output, uint32_t begin,
                                        uint32_t end) {
    const octet_depthwise_params *p = &c->shape;
    const size_t pixel = (size_t)p->in_c, line = pixel * (size_t)p->in_w;
    int8_t outside[BLOCK];
    for (int i = 0; i < BLOCK; i++) outside[i] = (int8_t)p->q.input_zero_point;
    for (uint32_t unit = begin; unit < end; unit++) {
        const int32_t oy = (int32_t)(unit % (uint32_t)p->out_h), top = oy * p->stride_h - p->pad_top;
        const int8_t *sample = (const int8_t *)input + unit / (uint32_t)p->out_h * (size_t)p->in_h * line;
        strip s = {.width = p->in_w, .zero = _mm256_set1_epi8((int8_t)p->q.input_zero_point)};
        for (int i = 0; i < 3; i++) {
            const bool inside = top + i >= 0 && top + i < p->in_h;
            s.row[i] = inside ? sample + (size_t)(top + i) * line : outside;
            s.step[i] = inside ? pixel : 0;
        }
        int8_t *out = (int8_t *)output + (size_t)unit * (size_t)p->out_w * (size_t)p->out_c;
        OCTET_SCALE_SWITCH(&c->scale, ROW)
    }
}

/* Vector v, half h, lane j holds channel 16 h + 4 v + j. A group of taps is a column. */
const octet_channelwise_kernel octet_channelwise_s8_vnni_3x3 = {
    .name = "avx512vnni 3x3",
    .rows = rows,
    .element = 1,
    .tap_group = 4,
    .place = (const uint8_t[]){0, 4, 8, 1, 5, 9, 2, 6, 10},
    .input_offset = 128,
    .channel_of_lane = {0, 1, 2,  3,  16, 17, 18, 19, 4,  5,  6,  7,  20, 21, 22, 23,
                        8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31}};

#endif
