#include "statistics/histogram.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

enum { LANES = 16, MOST_ROWS = 2048, LEAST_BINS = 256 };

uint32_t octet_histogram_bins_for(uint32_t n_rows) {
    uint32_t bins = OCTET_HISTOGRAM_BINS;
    for (uint64_t rows = MOST_ROWS; rows < n_rows && bins > LEAST_BINS; rows *= 2) bins /= 2;
    return bins;
}

octet_status octet_histogram_create(octet_context *ctx, octet_arena *arena, uint32_t n_most, octet_histogram *out) {
    *out = (octet_histogram){.n_most = n_most};
    return OCTET_NEW(ctx, arena, n_most, &out->counts);
}

void octet_histogram_clear(octet_histogram *histogram) {
    memset(histogram->counts, 0, histogram->n_most * sizeof *histogram->counts);
    *histogram = (octet_histogram){.counts = histogram->counts, .n_most = histogram->n_most};
}

bool octet_histogram_fits(int64_t first, int64_t last, uint32_t n_most) {
    return last - first < (int64_t)n_most && first >= -OCTET_HISTOGRAM_FURTHEST && last <= OCTET_HISTOGRAM_FURTHEST;
}

/* What a part of the numbers spans, zeros apart. */
typedef struct span {
    float min, max; /* min > max: nothing */
    size_t n_zeros;
    bool is_finite; /* all of them are */
} span;

static span span_of(const float *x, size_t n) {
    float low[LANES], high[LANES];
    uint32_t zeros[LANES] = {0}, odd[LANES] = {0};
    for (int j = 0; j < LANES; j++) low[j] = INFINITY, high[j] = -INFINITY;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        for (size_t j = 0; j < LANES; j++) {
            const float v = x[i + j], up = v == 0.0f ? INFINITY : v, down = v == 0.0f ? -INFINITY : v;
            low[j] = up < low[j] ? up : low[j];
            high[j] = down > high[j] ? down : high[j];
            zeros[j] += v == 0.0f;
            odd[j] |= (uint32_t) !(v - v == 0.0f); /* infinity and NaN */
        }
    }
    for (; i < n; i++) {
        const float v = x[i];
        low[0] = v != 0.0f && v < low[0] ? v : low[0];
        high[0] = v != 0.0f && v > high[0] ? v : high[0];
        zeros[0] += v == 0.0f;
        odd[0] |= (uint32_t) !(v - v == 0.0f);
    }
    span all = {INFINITY, -INFINITY, 0, true};
    for (int j = 0; j < LANES; j++) {
        all.min = low[j] < all.min ? low[j] : all.min;
        all.max = high[j] > all.max ? high[j] : all.max;
        all.n_zeros += zeros[j];
        all.is_finite = all.is_finite && odd[j] == 0;
    }
    return all;
}

/* Exact: a product with a power of two, and double has room for every float. */
static int64_t bin_of(double x, int exponent) {
    const double at = floor(ldexp(x, -exponent));
    return at < -0x1p62 ? -((int64_t)1 << 62) : at > 0x1p62 ? (int64_t)1 << 62 : (int64_t)at;
}

static int64_t half_of(int64_t index) { return index < 0 ? -((1 - index) / 2) : index / 2; }

void octet_histogram_widen(octet_histogram *h, int exponent) {
    uint64_t pairs[OCTET_HISTOGRAM_BINS];
    for (; h->n > 0 && h->exponent < exponent; h->exponent++) {
        memset(pairs, 0, h->n_most * sizeof *pairs);
        for (int64_t i = h->first; i <= h->last; i++)
            pairs[(uint32_t)half_of(i) & (h->n_most - 1)] += octet_histogram_count(h, (int32_t)i);
        memcpy(h->counts, pairs, h->n_most * sizeof *pairs);
        h->first = (int32_t)half_of(h->first);
        h->last = (int32_t)half_of(h->last);
    }
    if (h->n == 0) h->exponent = exponent;
}

/* Makes room for bins first..last of the width 2^exponent beside what is there: as narrow as all of it allows. The
 * bins are given so narrow that `first` and `last` alone would not fit with less. */
static void make_room(octet_histogram *h, int64_t first, int64_t last, int exponent) {
    const int64_t own_shift = h->n > 0 && h->exponent < exponent ? exponent - h->exponent : 0;
    int64_t low = first, high = last;
    for (; h->n > 0 && exponent < h->exponent; exponent++) low = half_of(low), high = half_of(high);
    int64_t own_first = h->first, own_last = h->last;
    for (int64_t i = 0; i < own_shift; i++) own_first = half_of(own_first), own_last = half_of(own_last);
    if (h->n > 0) {
        low = own_first < low ? own_first : low;
        high = own_last > high ? own_last : high;
    }
    for (; !octet_histogram_fits(low, high, h->n_most); exponent++) low = half_of(low), high = half_of(high);
    octet_histogram_widen(h, exponent);
    h->first = (int32_t)low;
    h->last = (int32_t)high;
}

/* The least exponent with which a span fits. */
static int exponent_for(const span *s, uint32_t n_most) {
    int e;
    frexpf(fmaxf(fabsf(s->min), fabsf(s->max)), &e);
    int exponent = e - 25 > OCTET_HISTOGRAM_LEAST_EXPONENT ? e - 25 : OCTET_HISTOGRAM_LEAST_EXPONENT;
    while (!octet_histogram_fits(bin_of((double)s->min, exponent), bin_of((double)s->max, exponent), n_most))
        exponent++;
    return exponent;
}

static size_t count_one_by_one(octet_histogram *h, const float *x, size_t n) {
    const uint32_t mask = h->n_most - 1;
    size_t counted = 0;
    for (size_t i = 0; i < n; i++) {
        if (x[i] == 0.0f || !isfinite(x[i])) continue;
        h->counts[(uint32_t)bin_of((double)x[i], h->exponent) & mask]++;
        counted++;
    }
    return counted;
}

/* All finite. Zeros are counted into bin 0 and taken out again, so that the loop need not tell. */
static void count_finite(octet_histogram *h, const float *x, size_t n, size_t n_zeros) {
    const double per_bin = ldexp(1.0, -h->exponent);
    const uint32_t mask = h->n_most - 1;
    uint64_t *counts = h->counts;
    for (size_t i = 0; i < n; i++) {
        const double at = (double)x[i] * per_bin;
        int32_t bin = (int32_t)at;
        bin -= at < (double)bin;
        counts[(uint32_t)bin & mask]++;
    }
    counts[0] -= n_zeros;
}

static span span_of_finite(const float *x, size_t n) {
    span s = {INFINITY, -INFINITY, 0, false};
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(x[i])) continue;
        s.n_zeros += x[i] == 0.0f;
        if (x[i] == 0.0f) continue;
        s.min = fminf(s.min, x[i]);
        s.max = fmaxf(s.max, x[i]);
    }
    return s;
}

void octet_histogram_observe(octet_histogram *h, const float *x, size_t n) {
    span s = span_of(x, n);
    if (!s.is_finite) s = span_of_finite(x, n);
    h->n_zeros += s.n_zeros;
    if (!(s.min <= s.max)) return;
    const int exponent = exponent_for(&s, h->n_most);
    make_room(h, bin_of((double)s.min, exponent), bin_of((double)s.max, exponent), exponent);
    if (!s.is_finite) {
        h->n += count_one_by_one(h, x, n);
        return;
    }
    count_finite(h, x, n, s.n_zeros);
    h->n += n - s.n_zeros;
}

void octet_histogram_merge(octet_histogram *into, const octet_histogram *from) {
    assert(into->n_most == from->n_most);
    into->n_zeros += from->n_zeros;
    if (from->n == 0) return;
    make_room(into, from->first, from->last, from->exponent);
    for (int64_t i = from->first; i <= from->last; i++) {
        int64_t at = i;
        for (int e = from->exponent; e < into->exponent; e++) at = half_of(at);
        into->counts[(uint32_t)at & (into->n_most - 1)] += octet_histogram_count(from, (int32_t)i);
    }
    into->n += from->n;
}
