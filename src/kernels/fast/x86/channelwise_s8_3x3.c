/* int8 depthwise convolutions of 3x3 windows, stride 1 or 2, with AVX2, straight from the input.
 *
 * The windows of one output row slide over 16 channels at a time. Column x of the three input rows becomes pairs of
 * int16: (row 0, row 1) at x, and row 2 at (x, x + 1). So five vpmaddwd per 8 channels make a window: the upper pairs
 * of its three columns, the lower pair of the first, and that of the last with a second weight of 0. Outside the input
 * everything is the zero point. Of up to 8 channels two output rows are computed at a time: the upper halves of all
 * vectors hold the second. */
#include "kernels/fast/x86/kernels.h"
#include "kernels/fast/x86/scale_avx2.h"

#if OCTET_FAST_X86

enum { BLOCK = OCTET_CHANNEL_BLOCK, CHANNELS = 16, GROUP_BYTES = BLOCK * 4 };
enum { UPPER = 0, LOWER = 3 }; /* groups of taps: upper pairs of columns 0, 1, 2; lower pairs of columns 0 and 2 */

typedef struct lines {
    const int8_t *row[3]; /* the input row, or one zero point per channel */
    size_t step[3];       /* from column to column: 0 for the latter */
} lines;
typedef struct strip {
    lines in, second; /* of the second output row, if there is one */
    int32_t width;    /* of the input */
    __m256i zero;     /* the zero point as int16 */
} strip;

typedef struct two {
    __m256i v[2];
} two; /* channels 0..3 and 8..11; 4..7 and 12..15; for 8..15 those of the second row where there are two */

/* Constants of channels 0..7 for both rows. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m256i twice(__m256i v) { return _mm256_permute2x128_si256(v, v, 0); }

OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m256i load(const strip *s, int row, int32_t x, const int n_rows) {
    if (x < 0 || x >= s->width) return s->zero;
    const void *first = s->in.row[row] + (size_t)x * s->in.step[row];
    if (n_rows == 1) return _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)first));
    const void *second = s->second.row[row] + (size_t)x * s->second.step[row];
    return _mm256_cvtepi8_epi16(
        _mm_unpacklo_epi64(_mm_loadl_epi64((const __m128i *)first), _mm_loadl_epi64((const __m128i *)second)));
}
OCTET_INLINE OCTET_TARGET_FAST_AVX2 two pair(__m256i a, __m256i b) {
    return (two){{_mm256_unpacklo_epi16(a, b), _mm256_unpackhi_epi16(a, b)}};
}
OCTET_INLINE OCTET_TARGET_FAST_AVX2 two add(two sum, two x, const uint8_t *w, int group, const int n_rows) {
    OCTET_UNROLL
    for (int i = 0; i < 2; i++) {
        const uint8_t *at = w + group * GROUP_BYTES + i * 32;
        const __m256i weights = n_rows == 1
                                    ? octet_load_256(at)
                                    : _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)at));
        sum.v[i] = _mm256_add_epi32(sum.v[i], _mm256_madd_epi16(x.v[i], weights));
    }
    return sum;
}

typedef struct target {
    octet_scale scale;
    octet_scale_lanes lanes[2];
    uint32_t n; /* channels: 1..16 */
    size_t row; /* bytes of an output row */
} target;

OCTET_INLINE OCTET_TARGET_FAST_AVX2 octet_scale_lanes lanes_twice(octet_scale_lanes l) {
    return (octet_scale_lanes){
        l.lane, twice(l.multiplier), twice(l.multiplier_odd), twice(l.round_even), twice(l.round_odd), twice(l.right)};
}

OCTET_INLINE OCTET_TARGET_FAST_AVX2 void finish(const target *o, int kind, two sum, int8_t *out, const int n_rows) {
    const __m256i words = octet_scale_words_of_avx2(&o->scale, kind, &o->lanes[0], &o->lanes[1], sum.v[0], sum.v[1]);
    __m128i bytes = _mm_packs_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    bytes = _mm_min_epi8(_mm_max_epi8(bytes, _mm_set1_epi8((int8_t)o->scale.min)), _mm_set1_epi8((int8_t)o->scale.max));
    octet_store_bytes_avx2(out, bytes, o->n);
    if (n_rows == 2) octet_store_bytes_avx2(out + o->row, _mm_srli_si128(bytes, 8), o->n);
}

/* One output row of 16 channels from `lane` on, or two of 8. All that the loop needs is local: see octet_scale_lanes.
 */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 void slide(const octet_channelwise *c, int kind, const strip *in, size_t lane,
                                               int8_t *out, const int stride, const int n_rows) {
    const size_t channels = (size_t)c->shape.out_c;
    const uint8_t *w = c->weights + lane / BLOCK * BLOCK * c->n_groups * 4 + lane % BLOCK * 4;
    target o = {c->scale,
                {octet_scale_lanes_avx2(&c->scale, kind, lane), octet_scale_lanes_avx2(&c->scale, kind, lane + 8)},
                channels - lane < CHANNELS ? (uint32_t)(channels - lane) : CHANNELS,
                (size_t)c->shape.out_w * channels};
    two bias = {{octet_load_256(o.scale.bias + lane), octet_load_256(o.scale.bias + lane + 8)}};
    if (n_rows == 2) {
        OCTET_UNROLL
        for (int i = 0; i < 2; i++) {
            o.lanes[i] = lanes_twice(o.lanes[i]);
            bias.v[i] = twice(bias.v[i]);
        }
    }
    const strip s = *in;
    int32_t x = -c->shape.pad_left;
    const int32_t width = c->shape.out_w;
    __m256i next = load(&s, 2, x, n_rows);
    two first = bias, second = bias; /* windows of which two columns, one column is in */
    for (int32_t i = stride == 1 ? -2 : -1; i < width; i++, x++) {
        const __m256i bottom = next;
        next = load(&s, 2, x + 1, n_rows);
        const two upper = pair(load(&s, 0, x, n_rows), load(&s, 1, x, n_rows)), lower = pair(bottom, next);
        if (i >= 0)
            finish(&o, kind, add(add(first, upper, w, UPPER + 2, n_rows), lower, w, LOWER + 1, n_rows),
                   out + (size_t)i * channels, n_rows);
        first = add(add(bias, upper, w, UPPER, n_rows), lower, w, LOWER, n_rows);
        if (stride == 1) {
            const two last = first;
            first = add(second, upper, w, UPPER + 1, n_rows);
            second = last;
        } else {
            x++;
            first = add(first, pair(load(&s, 0, x, n_rows), load(&s, 1, x, n_rows)), w, UPPER + 1, n_rows);
            next = load(&s, 2, x + 1, n_rows);
        }
    }
}

OCTET_INLINE OCTET_TARGET_FAST_AVX2 void row(const octet_channelwise *c, int kind, strip s, int8_t *out) {
    for (size_t lane = 0; lane < (size_t)c->shape.out_c; lane += CHANNELS) {
        if (c->shape.stride_w == 1) slide(c, kind, &s, lane, out + lane, 1, 1);
        else slide(c, kind, &s, lane, out + lane, 2, 1);
        for (int i = 0; i < 3; i++) s.in.row[i] += s.in.step[i] ? CHANNELS : 0;
    }
}
#define ROW(kind) row(c, kind, s, out)

OCTET_INLINE OCTET_TARGET_FAST_AVX2 void two_rows(const octet_channelwise *c, int kind, const strip *s, int8_t *out) {
    if (c->shape.stride_w == 1) slide(c, kind, s, 0, out, 1, 2);
    else slide(c, kind, s, 0, out, 2, 2);
}

/* The input rows of output row `unit`. */
static lines lines_of(const octet_depthwise_params *p, const int8_t *input, const int8_t *outside, uint32_t unit) {
    const size_t pixel = (size_t)p->in_c, line = pixel * (size_t)p->in_w;
    const int32_t oy = (int32_t)(unit % (uint32_t)p->out_h), top = oy * p->stride_h - p->pad_top;
    const int8_t *sample = input + unit / (uint32_t)p->out_h * (size_t)p->in_h * line;
    lines l;
    for (int i = 0; i < 3; i++) {
        const bool inside = top + i >= 0 && top + i < p->in_h;
        l.row[i] = inside ? sample + (size_t)(top + i) * line : outside;
        l.step[i] = inside ? pixel : 0;
    }
    return l;
}

static OCTET_TARGET_FAST_AVX2 void rows(const octet_channelwise *c, const void *input, void *output, uint32_t begin,
                                        uint32_t end) {
    const octet_depthwise_params *p = &c->shape;
    const int kind = octet_scale_kind(&c->scale);
    const bool pairs = p->out_c <= CHANNELS / 2 && (kind == OCTET_SCALE_POSITIVE || kind == OCTET_SCALE_FOLDED);
    int8_t outside[CHANNELS];
    for (int i = 0; i < CHANNELS; i++) outside[i] = (int8_t)p->q.input_zero_point;
    strip s = {.width = p->in_w, .zero = _mm256_set1_epi16((int16_t)p->q.input_zero_point)};
    for (uint32_t unit = begin; unit < end; unit++) {
        int8_t *out = (int8_t *)output + (size_t)unit * (size_t)p->out_w * (size_t)p->out_c;
        s.in = lines_of(p, input, outside, unit);
        if (pairs && unit + 1 < end) {
            s.second = lines_of(p, input, outside, ++unit);
            if (kind == OCTET_SCALE_POSITIVE) two_rows(c, OCTET_SCALE_POSITIVE, &s, out);
            else two_rows(c, OCTET_SCALE_FOLDED, &s, out);
            continue;
        }
        OCTET_SCALE_SWITCH(&c->scale, ROW)
    }
}

/* Vector v, half h, lane j holds channel 16 (v / 2) + 8 h + 4 (v % 2) + j. */
const octet_channelwise_kernel octet_channelwise_s8_avx2_3x3 = {
    .name = "avx2 3x3",
    .rows = rows,
    .element = 2,
    .tap_group = 2,
    .place = (const uint8_t[]){0, 2, 4, 1, 3, 5, 6, 7, 8},
    .channel_of_lane = {0,  1,  2,  3,  8,  9,  10, 11, 4,  5,  6,  7,  12, 13, 14, 15,
                        16, 17, 18, 19, 24, 25, 26, 27, 20, 21, 22, 23, 28, 29, 30, 31}};

#endif
