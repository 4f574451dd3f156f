/* kernels/fast/x86/channelwise_f32.h - the loops of float32 depthwise convolutions, for vectors of any width.
 * In:  octet_channelwise; TARGET, LANES, vector, lane_mask and their functions, of the file that includes this.
 * Out: rows().
 * Knows: taps in ascending order; those outside the input are left out, as the reference does.
 * Does not know: instruction sets. */
#include "kernels/fast/cpu.h"
#include "kernels/fast/x86/kernels.h"

enum { BLOCK = OCTET_CHANNEL_BLOCK, COLUMNS = 4, WIDEST = 5, ANY = 0 };

/* Neighbouring windows of one output row. */
typedef struct windows {
    const float *row; /* of the input, the first that they see; column 0, channel 0 */
    octet_taps y;
    int32_t left; /* column of the first window's first tap, perhaps outside the input */
    bool whole;   /* all taps are inside */
} windows;

/* What a call of sums() has to do; all but `first` and `some` are constants at every call. */
typedef struct job {
    int columns, width, stride, vectors; /* windows; taps per row of the filter, or ANY; between windows */
    bool whole, partial;                 /* partial: one vector of fewer channels than it has lanes */
    size_t first;                        /* channel */
    lane_mask some;                      /* of these channels, if partial */
} job;

OCTET_INLINE TARGET vector input(const job *j, const float *from) {
    return j->partial ? load_some(from, j->some) : load(from);
}

/* Adds the taps of one row of the filter, tap by tap. x, w: first input and weight of the row. */
OCTET_INLINE TARGET void add_any_row(const octet_channelwise *c, const windows *at, const job *j, const float *x,
                                     const float *w, vector (*sum)[2]) {
    const octet_depthwise_params *p = &c->shape;
    for (int32_t kx = 0; kx < p->filter_w; kx++, w += BLOCK) {
        vector weight[2];
        OCTET_UNROLL
        for (int v = 0; v < j->vectors; v++) weight[v] = load(w + v * LANES);
        OCTET_UNROLL
        for (int i = 0; i < j->columns; i++) {
            const int32_t column = at->left + kx * p->dilation_w + i * p->stride_w;
            if (!j->whole && (column < 0 || column >= p->in_w)) continue;
            OCTET_UNROLL
            for (int v = 0; v < j->vectors; v++) {
                const vector value = input(j, x + (size_t)column * (size_t)p->in_c + v * LANES);
                sum[i][v] = multiply_add(value, weight[v], sum[i][v]);
            }
        }
    }
}

/* The same where the width is known: takes every input once for all sums. */
OCTET_INLINE TARGET void add_row(const octet_channelwise *c, const windows *at, const job *j, const float *x,
                                 const float *w, vector (*sum)[2]) {
    vector weight[WIDEST][2];
    OCTET_UNROLL
    for (int kx = 0; kx < j->width; kx++) {
        OCTET_UNROLL
        for (int v = 0; v < j->vectors; v++) weight[kx][v] = load(w + kx * BLOCK + v * LANES);
    }
    OCTET_UNROLL
    for (int tap = 0; tap < (j->columns - 1) * j->stride + j->width; tap++) {
        const int32_t column = at->left + tap;
        if (!j->whole && (column < 0 || column >= c->shape.in_w)) continue;
        OCTET_UNROLL
        for (int v = 0; v < j->vectors; v++) {
            const vector value = input(j, x + (size_t)column * (size_t)c->shape.in_c + v * LANES);
            OCTET_UNROLL
            for (int i = 0; i < j->columns; i++) {
                const int kx = tap - i * j->stride;
                if (kx >= 0 && kx < j->width) sum[i][v] = multiply_add(value, weight[kx][v], sum[i][v]);
            }
        }
    }
}

OCTET_INLINE TARGET void sums(const octet_channelwise *c, const windows *at, float *out, const job *j) {
    const octet_depthwise_params *p = &c->shape;
    const size_t channels = (size_t)p->in_c, n_taps = (size_t)p->filter_h * (size_t)p->filter_w;
    const float *x = at->row + j->first,
                *w = (const float *)(const void *)c->weights + j->first / BLOCK * BLOCK * n_taps + j->first % BLOCK;
    const size_t next_x = (size_t)p->dilation_h * (size_t)p->in_w * channels, next_w = (size_t)p->filter_w * BLOCK;
    vector sum[COLUMNS][2];
    OCTET_UNROLL
    for (int i = 0; i < j->columns; i++) {
        OCTET_UNROLL
        for (int v = 0; v < j->vectors; v++) sum[i][v] = load(c->bias + j->first + v * LANES);
    }
    if (j->width == ANY) {
        for (int32_t ky = 0; ky < at->y.last - at->y.first; ky++)
            add_any_row(c, at, j, x + (size_t)ky * next_x, w + (size_t)(ky + at->y.first) * next_w, sum);
    } else if (j->width == 3) { /* as high as wide: faster without a loop */
        const int32_t first = j->whole ? 0 : at->y.first, last = j->whole ? 3 : at->y.last;
        OCTET_UNROLL
        for (int32_t ky = 0; ky < 3; ky++) {
            if (ky >= first && ky < last)
                add_row(c, at, j, x + (size_t)(ky - first) * next_x, w + (size_t)ky * next_w, sum);
        }
    } else {
        for (int32_t ky = 0; ky < at->y.last - at->y.first; ky++)
            add_row(c, at, j, x + (size_t)ky * next_x, w + (size_t)(ky + at->y.first) * next_w, sum);
    }
    OCTET_UNROLL
    for (int i = 0; i < j->columns; i++) {
        OCTET_UNROLL
        for (int v = 0; v < j->vectors; v++) {
            const vector r = limit(sum[i][v], p->real_min, p->real_max);
            float *to = out + (size_t)i * channels + j->first + v * LANES;
            if (j->partial) store_some(to, j->some, r);
            else store(to, r);
        }
    }
}

/* All channels; blocks have 32 of them, so two vectors never pass the end of one. */
OCTET_INLINE TARGET void all_channels(const octet_channelwise *c, const windows *at, float *out, const int columns,
                                      const int width, const int stride) {
    const size_t channels = (size_t)c->shape.in_c;
    job j = {.columns = columns, .width = width, .stride = stride, .vectors = 2, .whole = true};
    if (at->whole) {
        for (; j.first + 2 * LANES <= channels; j.first += 2 * LANES) sums(c, at, out, &j);
    }
    j.whole = false;
    for (; j.first + 2 * LANES <= channels; j.first += 2 * LANES) sums(c, at, out, &j);
    j.vectors = 1;
    if (j.first + LANES <= channels) {
        if (at->whole) {
            j.whole = true;
            sums(c, at, out, &j);
            j.whole = false;
        } else {
            sums(c, at, out, &j);
        }
        j.first += LANES;
    }
    if (j.first == channels) return;
    j.partial = true;
    j.some = first_lanes(channels - j.first);
    sums(c, at, out, &j);
}

/* By the number of columns. */
typedef void run_windows(const octet_channelwise *c, const windows *at, float *out);
#define WINDOWS(name, columns, width, stride)                                                        \
    static TARGET void name##_##columns(const octet_channelwise *c, const windows *at, float *out) { \
        all_channels(c, at, out, columns, width, stride);                                            \
    }
#define ALL_WINDOWS(name, width, stride) \
    WINDOWS(name, 2, width, stride)      \
    WINDOWS(name, 3, width, stride)      \
    WINDOWS(name, 4, width, stride)      \
    static run_windows *const name[COLUMNS] = {of_any_1, name##_2, name##_3, name##_4};
WINDOWS(of_any, 1, ANY, 1)
ALL_WINDOWS(of_any, ANY, 1)
ALL_WINDOWS(of_3, 3, 1)
ALL_WINDOWS(of_3_by_2, 3, 2)
ALL_WINDOWS(of_5, 5, 1)

static run_windows *const *windows_of(const octet_depthwise_params *p) {
    if (p->dilation_w != 1 || p->filter_h != p->filter_w) return of_any;
    if (p->filter_w == 3 && p->stride_w <= 2) return p->stride_w == 1 ? of_3 : of_3_by_2;
    return p->filter_w == 5 && p->stride_w == 1 ? of_5 : of_any;
}

static TARGET void rows(const octet_channelwise *c, const void *input, void *output, uint32_t begin, uint32_t end) {
    const octet_depthwise_params *p = &c->shape;
    const size_t channels = (size_t)p->in_c;
    const int32_t n_pieces = (p->out_w - 1) / COLUMNS + 1, width = p->out_w / n_pieces,
                  n_wider = p->out_w % n_pieces; /* by one column: the first pieces */
    run_windows *const *run = windows_of(p);
    for (uint32_t unit = begin; unit < end; unit++) {
        const float *sample =
            (const float *)input + (size_t)(unit / (uint32_t)p->out_h) * (size_t)p->in_h * (size_t)p->in_w * channels;
        float *out = (float *)output + (size_t)unit * (size_t)p->out_w * channels;
        const int32_t oy = (int32_t)(unit % (uint32_t)p->out_h) * p->stride_h - p->pad_top;
        windows at = {.y = octet_taps_inside(oy, p->in_h, p->filter_h, p->dilation_h), .left = -p->pad_left};
        at.row = sample + (size_t)(oy + at.y.first * p->dilation_h) * (size_t)p->in_w * channels;
        for (int32_t piece = 0; piece < n_pieces; piece++) {
            const int32_t columns = width + (piece < n_wider),
                          wide = (columns - 1) * p->stride_w + (p->filter_w - 1) * p->dilation_w + 1;
            at.whole = at.left >= 0 && at.left + wide <= p->in_w && at.y.last - at.y.first == p->filter_h;
            run[columns - 1](c, &at, out);
            at.left += columns * p->stride_w;
            out += (size_t)columns * channels;
        }
    }
}
