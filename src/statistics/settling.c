#include "statistics/settling.h"

#include <float.h>
#include <math.h>

enum { N = OCTET_STATISTICS_TENTHS };

/* A tenth more is so much of what a quarter more is, on a logarithmic scale. */
static const double tenth_of_quarter = 0.4721630;

static double width(const octet_observed_range *range) {
    return range->seen ? fmax((double)range->max, 0.0) - fmin((double)range->min, 0.0) : 0.0;
}

/* The width of n tenths from `first` on, in a circle. */
static double width_of(const octet_observed_range *tenths, int first, int n) {
    octet_observed_range all = octet_range_empty();
    for (int i = 0; i < n; i++) octet_range_merge(&all, &tenths[(first + i) % N]);
    return width(&all);
}

/* By how much n tenths are wider than all but the last of them, in the mean over all of these. */
static double growth_of(const octet_observed_range *tenths, int n) {
    double sum = 0.0;
    for (int first = 0; first < N; first++) {
        const double before = width_of(tenths, first, n - 1), after = width_of(tenths, first, n);
        if (before > 0.0 && isfinite(after)) sum += after / before - 1.0;
    }
    return sum / N;
}

octet_settling octet_statistics_settling(const octet_statistics *statistics) {
    octet_settling mean = {0};
    double n = 0.0;
    for (uint32_t i = 0; i < statistics->n_rows; i++) {
        const octet_observed_range *tenths = statistics->rows[i].tenths;
        if (tenths == NULL || !(width_of(tenths, 0, N) > (double)FLT_MIN)) continue; /* range.h: where maxima start */
        mean.last_tenth += growth_of(tenths, N);
        mean.at_half += growth_of(tenths, N / 2) * tenth_of_quarter;
        n += 1.0;
    }
    if (n > 0.0) mean = (octet_settling){mean.last_tenth / n, mean.at_half / n};
    return mean;
}

uint64_t octet_settling_enough(const octet_settling *settling, uint64_t n_samples, double aim) {
    if (!(settling->last_tenth > aim)) return n_samples;
    const double fall = log2(settling->at_half / settling->last_tenth);
    const double power = fall > 0.5 ? fmin(fall, 2.0) : 0.5;
    const double enough = (double)n_samples * pow(settling->last_tenth / aim, 1.0 / power);
    const double unit = pow(10.0, fmax(floor(log10(enough)) - 1.0, 0.0));
    const double rounded = ceil(enough / unit) * unit;
    return rounded < 1e18 ? (uint64_t)rounded : UINT64_C(1000000000000000000);
}
