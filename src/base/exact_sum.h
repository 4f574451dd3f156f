/* base/exact_sum.h - a sum of floating-point numbers that does not depend on their order.
 * In:  doubles; arrays of floats, or their squares; other sums.
 * Out: the exact sum, rounded once when it is read; its bits in one form only.
 * Knows: that a double is an integer times a power of two, and that integers add without rounding.
 * Does not know: what is summed.
 *
 * The sum is an integer in units of 2^-320, in limbs of 32 bits with room for carries. So it is exact for floats, for
 * products of two floats and for every double from 2^-267 to 2^270 in magnitude; what a smaller double has below a unit
 * is dropped from that double alone, which no order changes either. */
#ifndef OCTET_BASE_EXACT_SUM_H
#define OCTET_BASE_EXACT_SUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { OCTET_EXACT_LIMBS = 20, OCTET_EXACT_UNIT = -320 };

/* All zero is the sum of nothing. Between calls each limb but the last is from 0 to 2^32 - 1; the last has the sign. */
typedef struct octet_exact_sum {
    int64_t limbs[OCTET_EXACT_LIMBS];
} octet_exact_sum;

/* x: finite, below 2^270 in magnitude; of numbers as large as that at most 2^48 fit. */
void octet_exact_sum_add(octet_exact_sum *sum, double x);
/* Adds x[0], x[stride], ..., n of them, or their squares; what is not finite is passed over. About a nanosecond each.
 */
void octet_exact_sum_add_floats(octet_exact_sum *sum, const float *x, size_t n);
void octet_exact_sum_add_squares(octet_exact_sum *sum, const float *x, size_t n);
/* The same for n_rows rows of n_columns numbers, one sum for each column. */
void octet_exact_sum_add_columns(octet_exact_sum *sums, const float *x, size_t n_rows, size_t n_columns);
void octet_exact_sum_merge(octet_exact_sum *into, const octet_exact_sum *from);
/* The nearest double, of two equally near the even one. */
double octet_exact_sum_read(const octet_exact_sum *sum);

#endif
