/* statistics/range.h - the smallest and the largest of the numbers that a value held.
 * In:  float arrays, in any number of parts and in any order.
 * Out: minimum and maximum, whether anything was seen, whether NaN was.
 * Knows: how TensorFlow calibrates.
 * Does not know: whose numbers they are.
 *
 * TensorFlow skips NaN, and its maximum starts at the smallest positive normal number: a value that is
 * never positive has the maximum 1.17549435e-38. */
#ifndef OCTET_STATISTICS_RANGE_H
#define OCTET_STATISTICS_RANGE_H

#include <float.h>
#include <stdbool.h>
#include <stddef.h>

/* Never -0.0f: of the two zeros, the one that came first would stay. min > max until a number was seen that is none. */
typedef struct octet_observed_range {
    float min, max;
    bool seen;    /* at least one element, be it NaN */
    bool saw_nan; /* at least one */
} octet_observed_range;

/* Before anything was seen. */
static inline octet_observed_range octet_range_empty(void) { return (octet_observed_range){FLT_MAX, FLT_MIN, 0, 0}; }
/* Widens the range by n elements; 0 leave it as it is. */
void octet_range_observe(octet_observed_range *range, const float *x, size_t n);
/* The range of what both saw. */
void octet_range_merge(octet_observed_range *into, const octet_observed_range *from);

#endif
