/* kernels/ref/softmax.h - SOFTMAX and LOG_SOFTMAX along the last axis.
 * In:  input [R,D], parameters that binding has prepared (octet_softmax_prepare_*).
 * Out: output [R,D]; a row is the unit of work.
 * Knows: fixed_function.h, elementary.h.
 * Does not know: tensors, the graph, threads.
 * Exact: int8 and int16 equal TFLite's reference kernels. */
#ifndef OCTET_KERNELS_REF_SOFTMAX_H
#define OCTET_KERNELS_REF_SOFTMAX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct octet_softmax_params {
    int32_t rows, depth;
    float beta;                                  /* f32 */
    int32_t multiplier, shift;                   /* int8: beta * input scale * 2^26; int16: in units of 10 / 65535 */
    int32_t difference_min;                      /* int8: smaller differences from the maximum count as e^-inf */
    int32_t reverse_multiplier, reverse_shift;   /* LOG_SOFTMAX int8: back to input units */
    const int16_t *exp_table, *reciprocal_table; /* int16: OCTET_TABLE16_SIZE entries each (table16.h) */
} octet_softmax_params;

/* Fill multiplier, shift, difference_min (and the reverse for LOG_SOFTMAX); false when the scale is not usable. */
bool octet_softmax_prepare_s8(octet_softmax_params *p, float input_scale, float beta);
bool octet_softmax_prepare_log_s8(octet_softmax_params *p, float input_scale);
bool octet_softmax_prepare_s16(octet_softmax_params *p, float input_scale, float beta);
/* Fills the tables of the int16 kernel: e^x over [-10, 0] and 1 / (1 + x) over [0, 1]. */
void octet_softmax_fill_tables(int16_t *exp_table, int16_t *reciprocal_table);

/* e^(beta (x - max)) / sum. */
void octet_softmax_f32_ref(const octet_softmax_params *p, const float *input, float *output, int32_t begin,
                           int32_t end);
/* Output scale 1/256, zero point -128. */
void octet_softmax_s8_ref(const octet_softmax_params *p, const int8_t *input, int8_t *output, int32_t begin,
                          int32_t end);
/* Output scale 1/65536, zero point -32768. */
void octet_softmax_s8_s16_ref(const octet_softmax_params *p, const int8_t *input, int16_t *output, int32_t begin,
                              int32_t end);
/* Output scale 1/32768, zero point 0. */
void octet_softmax_s16_ref(const octet_softmax_params *p, const int16_t *input, int16_t *output, int32_t begin,
                           int32_t end);

/* What the int8 kernels make of a row and of an element, for who tells how a result came about. */
typedef struct octet_softmax_row {
    int32_t max;
    uint32_t sum;       /* of the exponentials, Q12.19 */
    int32_t reciprocal; /* of the sum without its power of two, Q0.31 */
    int32_t exponent;   /* how far products with the reciprocal are shifted to the right for the result */
} octet_softmax_row;
/* e^difference in Q0.31, for difference = x - max. */
int32_t octet_softmax_exponential(const octet_softmax_params *p, int32_t difference);
/* bits: of the results, 8 or 16. */
octet_softmax_row octet_softmax_row_of(const octet_softmax_params *p, const int8_t *x, int32_t bits);

/* The same of the int16 kernel. */
typedef struct octet_softmax_row_s16 {
    int32_t max;
    uint32_t sum;              /* of the powers, Q16.15 */
    int32_t reciprocal, shift; /* a result is power * reciprocal / 2^shift, half up */
} octet_softmax_row_s16;
/* e^difference in 32768 steps, for difference = x - max. */
int32_t octet_softmax_power_s16(const octet_softmax_params *p, int32_t difference);
/* powers: [depth], what is summed. */
octet_softmax_row_s16 octet_softmax_row_of_s16(const octet_softmax_params *p, const int16_t *x, int16_t *powers);

/* x - max - ln(sum e^(x - max)). */
void octet_log_softmax_f32_ref(const octet_softmax_params *p, const float *input, float *output, int32_t begin,
                               int32_t end);
/* Output scale 1/16, zero point 127. */
void octet_log_softmax_s8_ref(const octet_softmax_params *p, const int8_t *input, int8_t *output, int32_t begin,
                              int32_t end);

#endif
