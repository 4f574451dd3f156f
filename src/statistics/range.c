#include "statistics/range.h"

#include <stdint.h>

enum { LANES = 16 };

void octet_range_observe(octet_observed_range *range, const float *x, size_t n) {
    if (n == 0) return;
    float low[LANES], high[LANES];
    uint32_t odd[LANES] = {0};
    for (int j = 0; j < LANES; j++) {
        low[j] = range->min;
        high[j] = range->max;
    }
    size_t i = 0;
    /* Comparisons with NaN are false: it is skipped, and only counted. */
    for (; i + LANES <= n; i += LANES) {
        for (int j = 0; j < LANES; j++) {
            const float v = x[i + (size_t)j];
            low[j] = v < low[j] ? v : low[j];
            high[j] = v > high[j] ? v : high[j];
            odd[j] |= (uint32_t)(v != v);
        }
    }
    for (; i < n; i++) {
        low[0] = x[i] < low[0] ? x[i] : low[0];
        high[0] = x[i] > high[0] ? x[i] : high[0];
        odd[0] |= (uint32_t)(x[i] != x[i]);
    }
    octet_observed_range all = {low[0], high[0], true, false};
    for (int j = 0; j < LANES; j++) {
        all.min = low[j] < all.min ? low[j] : all.min;
        all.max = high[j] > all.max ? high[j] : all.max;
        all.saw_nan = all.saw_nan || odd[j] != 0;
    }
    all.min += 0.0f; /* -0.0f becomes 0.0f */
    octet_range_merge(range, &all);
}

void octet_range_merge(octet_observed_range *into, const octet_observed_range *from) {
    into->min = from->min < into->min ? from->min : into->min;
    into->max = from->max > into->max ? from->max : into->max;
    into->seen = into->seen || from->seen;
    into->saw_nan = into->saw_nan || from->saw_nan;
}
