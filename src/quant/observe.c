#include "quant/observe.h"

#include <float.h>
#include <math.h>

#include "quant/qparams.h"

/* Codes for magnitudes: of numbers of both signs, of one. */
enum { LEVELS_OF_BOTH = 128, LEVELS_OF_ONE = 255, SHRINKS = 64, ROUNDS = 2 };

/* Where most of the numbers are cut, what is left is easily like itself, and divergence says nothing. */
static const double least_inside = 0.9;

/* ---- Bins as intervals ---- */

typedef struct interval {
    double low, high, count;
} interval;

/* Bin i, without what lies beyond the ends of all numbers. */
static interval bin_of(octet_observed numbers, int32_t i) {
    const octet_histogram *h = numbers.histogram;
    const double width = ldexp(1.0, h->exponent);
    return (interval){fmax((double)i * width, (double)numbers.ends.min),
                      fmin(((double)i + 1.0) * width, (double)numbers.ends.max), (double)octet_histogram_count(h, i)};
}

static octet_range within(octet_range range, octet_range ends) {
    return (octet_range){fmaxf(range.min, ends.min), fminf(range.max, ends.max)};
}

/* ---- Moving average, percentile ---- */

octet_range octet_observe_moving_average(const octet_moments *moments) {
    const double n = (double)moments->n_samples;
    return (octet_range){(float)(octet_exact_sum_read(&moments->minima) / n),
                         (float)(octet_exact_sum_read(&moments->maxima) / n)};
}

/* Whether so many numbers are enough: from below more than that, from above so many. */
static bool reaches(double passed, double below, bool is_upper) { return is_upper ? passed >= below : passed > below; }

/* The number that so many others lie below; of several, between two of the numbers, the outer one. */
static double quantile(octet_observed numbers, double below, bool is_upper) {
    const octet_histogram *h = numbers.histogram;
    const double zeros = (double)h->n_zeros;
    double passed = 0.0;
    bool has_zeros = h->n_zeros > 0; /* they stand before bin 0 */
    for (int32_t i = h->first; h->n > 0 && i <= h->last; i++) {
        if (has_zeros && i >= 0) {
            if (reaches(passed + zeros, below, is_upper)) return 0.0;
            passed += zeros;
            has_zeros = false;
        }
        const interval bin = bin_of(numbers, i);
        if (bin.count > 0.0 && reaches(passed + bin.count, below, is_upper))
            return bin.low + (bin.high - bin.low) * ((below - passed) / bin.count);
        passed += bin.count;
    }
    return has_zeros ? 0.0 : (double)numbers.ends.max;
}

octet_range octet_observe_percentile(octet_observed numbers, double percentile) {
    const double n = (double)numbers.histogram->n + (double)numbers.histogram->n_zeros;
    const double tail = n * (100.0 - percentile) / 200.0;
    return within((octet_range){(float)quantile(numbers, tail, false), (float)quantile(numbers, n - tail, true)},
                  numbers.ends);
}

/* ---- Entropy ---- */

/* The natural logarithm of x > 0, by its series in (m - 1) / (m + 1): the same bits everywhere. */
static double logarithm(double x) {
    static const double ln_2 = 0.69314718055994530942;
    int exponent;
    double m = frexp(x, &exponent);
    if (m < 0.70710678118654752) {
        m *= 2.0;
        exponent--;
    }
    const double t = (m - 1.0) / (m + 1.0), square = t * t;
    double sum = 0.0;
    for (int k = 23; k >= 1; k -= 2) sum = sum * square + 1.0 / (double)k;
    return 2.0 * t * sum + (double)exponent * ln_2;
}

/* Magnitudes: sums over the bins before each, so that what a threshold needs is a difference. */
typedef struct magnitudes {
    int n;        /* bins */
    double width; /* of a bin */
    double total; /* all counts */
    double counts[OCTET_HISTOGRAM_BINS];
    double before[OCTET_HISTOGRAM_BINS + 1];          /* counts */
    double filled_before[OCTET_HISTOGRAM_BINS + 1];   /* bins that hold something */
    double products_before[OCTET_HISTOGRAM_BINS + 1]; /* count * log(count) */
} magnitudes;

static double product(double count) { return count > 0.0 ? count * logarithm(count) : 0.0; }

/* Bin j of the magnitudes is bins j and -1 - j of the numbers; several of them where the numbers are far from 0. */
static void fold(const octet_histogram *h, magnitudes *m) {
    int64_t first = h->first, last = h->last;
    int shift = 0;
    for (; last + 1 > OCTET_HISTOGRAM_BINS || -first > OCTET_HISTOGRAM_BINS; shift++) {
        first = first < 0 ? -((1 - first) / 2) : first / 2;
        last = last < 0 ? -((1 - last) / 2) : last / 2;
    }
    const int64_t positive = last + 1, negative = -first;
    m->n = (int)(positive > negative ? positive : negative);
    m->width = ldexp(1.0, h->exponent + shift);
    for (int j = 0; j < m->n; j++) m->counts[j] = 0.0;
    for (int64_t i = h->first; i <= h->last; i++) {
        const int64_t magnitude = i < 0 ? -1 - i : i;
        m->counts[magnitude >> shift] += (double)octet_histogram_count(h, (int32_t)i);
    }
    m->before[0] = m->filled_before[0] = m->products_before[0] = 0.0;
    for (int j = 0; j < m->n; j++) {
        m->before[j + 1] = m->before[j] + m->counts[j];
        m->filled_before[j + 1] = m->filled_before[j] + (m->counts[j] > 0.0 ? 1.0 : 0.0);
        m->products_before[j + 1] = m->products_before[j] + product(m->counts[j]);
    }
    m->total = m->before[m->n];
}

/* KL(P || Q). P: the first n bins, with all that lies beyond added to the last of them. Q: the same bins without that,
 * in n_levels, each spread evenly over those of its bins that hold something. Infinite where Q lacks what P has.
 */
static double divergence(const magnitudes *m, int n, int n_levels) {
    const double inside = m->before[n], outside = m->total - inside, last = m->counts[n - 1];
    if (last == 0.0 && outside > 0.0) return INFINITY;
    double sum = m->products_before[n] - product(last) + product(last + outside);
    for (int level = 0, begin = 0; level < n_levels; level++) {
        const int end = (int)((int64_t)(level + 1) * n / n_levels);
        const double count = m->before[end] - m->before[begin];
        const double filled = m->filled_before[end] - m->filled_before[begin];
        if (count > 0.0) sum -= (level == n_levels - 1 ? count + outside : count) * logarithm(count / filled);
        begin = end;
    }
    return sum / m->total + logarithm(inside / m->total);
}

octet_range octet_observe_entropy(octet_observed numbers, bool is_16_bit) {
    magnitudes m;
    double least = INFINITY;
    if (is_16_bit || numbers.histogram->n == 0) return numbers.ends;
    fold(numbers.histogram, &m);
    const int n_levels = numbers.ends.min < 0.0f && numbers.ends.max > FLT_MIN ? LEVELS_OF_BOTH : LEVELS_OF_ONE;
    int best = m.n;
    for (int n = n_levels; n <= m.n; n++) {
        if (m.before[n] < least_inside * m.total) continue;
        const double d = divergence(&m, n, n_levels);
        if (d > least) continue; /* of equal ones the widest */
        least = d;
        best = n;
    }
    const float threshold = (float)((double)best * m.width);
    return within((octet_range){-threshold, threshold}, numbers.ends);
}

/* ---- Squared error ---- */

/* The grid of codes. */
typedef struct grid {
    double step, low, high; /* what the least and the greatest code stand for */
} grid;

static grid grid_of(octet_range range, bool is_16_bit) {
    const octet_qparams p = is_16_bit ? octet_qparams_range_s16((double)range.min, (double)range.max)
                                      : octet_qparams_range_s8((double)range.min, (double)range.max);
    const double step = (double)p.scale;
    return (grid){step, step * ((is_16_bit ? -32767.0 : -128.0) - p.zero_point),
                  step * ((is_16_bit ? 32767.0 : 127.0) - p.zero_point)};
}

/* The integral of the squared error from 0 to x without an end of the codes: each step has step^3 / 12. */
static double rounding_integral(const grid *g, double x) {
    const double n = floor(x / g->step + 0.5), rest = x - n * g->step;
    return n * (g->step * g->step * g->step / 12.0) + rest * rest * rest / 3.0;
}

static double error_integral(const grid *g, double x) {
    const double inside = fmin(fmax(x, g->low), g->high), beyond = x - inside;
    return rounding_integral(g, inside) + beyond * beyond * beyond / 3.0;
}

static double error_of(const grid *g, double x) {
    const double inside = fmin(fmax(x, g->low), g->high);
    const double code = floor(inside / g->step + 0.5) * g->step;
    return (x - code) * (x - code);
}

double octet_observe_error(octet_observed numbers, octet_range range, bool is_16_bit) {
    const grid g = grid_of(range, is_16_bit);
    const octet_histogram *h = numbers.histogram;
    double sum = 0.0, edge = 0.0, at_edge = 0.0;
    bool has_edge = false;
    for (int32_t i = h->first; h->n > 0 && i <= h->last; i++) {
        const interval bin = bin_of(numbers, i);
        if (!(bin.high > bin.low)) {
            sum += bin.count * error_of(&g, bin.low);
            has_edge = false;
            continue;
        }
        if (!has_edge || edge != bin.low) at_edge = error_integral(&g, bin.low);
        const double at_high = error_integral(&g, bin.high);
        if (bin.count > 0.0) sum += bin.count * ((at_high - at_edge) / (bin.high - bin.low));
        edge = bin.high;
        at_edge = at_high;
        has_edge = true;
    }
    return sum;
}

double octet_observe_clipped(octet_observed numbers, octet_range range) {
    const octet_histogram *h = numbers.histogram;
    const double n = (double)h->n + (double)h->n_zeros;
    double beyond = range.min > 0.0f || range.max < 0.0f ? (double)h->n_zeros : 0.0;
    for (int32_t i = h->first; h->n > 0 && i <= h->last; i++) {
        const interval bin = bin_of(numbers, i);
        const double low = fmax(bin.low, (double)range.min), high = fmin(bin.high, (double)range.max);
        if (bin.high > bin.low) beyond += bin.count * (1.0 - fmax(high - low, 0.0) / (bin.high - bin.low));
        else if (bin.low < (double)range.min || bin.low > (double)range.max) beyond += bin.count;
    }
    return n > 0.0 ? fmin(beyond / n, 1.0) : 0.0;
}

/* A search over both ends: `min` and `max` are 64ths of the ends. */
typedef struct search {
    octet_observed numbers;
    bool is_16_bit;
    int min, max;
    double least;
} search;

static octet_range range_at(const search *s, int min, int max) {
    const float low = fminf(s->numbers.ends.min, 0.0f), high = fmaxf(s->numbers.ends.max, 0.0f);
    return (octet_range){low * ((float)min / (float)SHRINKS), high * ((float)max / (float)SHRINKS)};
}

static void try_ends(search *s, int min, int max) {
    const double error = octet_observe_error(s->numbers, range_at(s, min, max), s->is_16_bit);
    if (!(error < s->least)) return;
    s->least = error;
    s->min = min;
    s->max = max;
}

octet_range octet_observe_mse(octet_observed numbers, bool is_16_bit) {
    search s = {numbers, is_16_bit, SHRINKS, SHRINKS, INFINITY};
    const bool has_low = numbers.ends.min<0.0f, has_high = numbers.ends.max> 0.0f;
    if (numbers.histogram->n == 0) return numbers.ends;
    for (int i = SHRINKS; i > 0; i--) try_ends(&s, i, i);
    for (int round = 0; round < ROUNDS && has_low && has_high; round++) {
        for (int i = SHRINKS, max = s.max; i > 0; i--) try_ends(&s, i, max);
        for (int i = SHRINKS, min = s.min; i > 0; i--) try_ends(&s, min, i);
    }
    if (s.min == SHRINKS && s.max == SHRINKS) return numbers.ends;
    return within(range_at(&s, s.min, s.max), numbers.ends);
}
