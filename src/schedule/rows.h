/* schedule/rows.h - which rows of its operand a step reads for a row of its result.
 * In:  a step.
 * Out: heights, strides, bytes of rows; whether a convolution may do a pool's work too.
 * Knows: sums.h; parameters of convolutions, pools, means, and operators that work element by element, on int8 and
 *        int16; recurrent layers.
 * Does not know: schedules. */
#ifndef OCTET_SCHEDULE_ROWS_H
#define OCTET_SCHEDULE_ROWS_H

#include "lower/step.h"

/* Row y of the result reads rows [y * stride - pad, y * stride - pad + extent) of each of the first n_operands
 * operands, as far as they are inside [0, in_h). */
typedef struct octet_rows {
    uint32_t n_operands;
    int32_t batches, out_h, in_h;
    int32_t stride, extent, pad;
    size_t out_bytes, in_bytes; /* of a row */
} octet_rows;

/* How many numbers of int8 or int16 have a sum in int32, zero points taken off. */
static inline int32_t octet_rows_most_mean(octet_type type) { return type == OCTET_INT16 ? 1 << 15 : 1 << 23; }

/* False for a step that is not done row by row. */
bool octet_rows_of(const octet_graph *graph, const octet_step *step, octet_rows *out);
/* How many bytes at the beginning of an operand a step that copies does not read; 0 for other steps. */
size_t octet_rows_unread(const octet_step *step, uint32_t operand);
/* The rows [*begin, *end) that row y reads. */
void octet_rows_window(const octet_rows *rows, int32_t y, int32_t *begin, int32_t *end);
/* A step that can add rows of operand 0 to sums as they come: a mean over height and width, or an average pool over all
 * of its operand; a dense layer on one sample (any rows then, of rows_before, the step that computes them). Row y is a
 * row of the operand: out_h is in_h, out_bytes 0. */
bool octet_rows_of_sums(const octet_graph *graph, const octet_step *step, const octet_rows *rows_before,
                        octet_rows *out);
/* A convolution whose result only `pool`, a MAX_POOL_2D, reads: the rows of both as one stage. False where the pool
 * takes another shape, where its windows overlap or reach over the edge, or where the maximum of requantized sums may
 * be another than the requantized maximum (a shift to the left may wrap). */
bool octet_rows_with_pool(const octet_graph *graph, const octet_step *step, const octet_step *pool, octet_rows *out);

#endif
