/* kernels/ref/batch_matmul.h - BATCH_MATMUL.
 * In:  lhs [...,M,K] (or [...,K,M] with adj_x) and rhs [...,K,N] (or [...,N,K] with adj_y), leading axes broadcast.
 * Out: output [...,M,N]; a row [N] is the unit of work: unit u is row u % M of product u / M.
 * Knows: fixed_point.h.
 * Does not know: tensors, the graph, threads.
 * Exact: int8 and int16 equal TFLite's reference kernels; float sums start at 0 and add by fma (_ref) or
 *        plainly (_plain, sum.h) over k ascending. */
#ifndef OCTET_KERNELS_REF_BATCH_MATMUL_H
#define OCTET_KERNELS_REF_BATCH_MATMUL_H

#include <stdbool.h>
#include <stdint.h>

enum { OCTET_BATCH_MATMUL_MAX_AXES = 6 };

typedef struct octet_batch_matmul_params {
    int32_t rows, depth, columns; /* M, K, N */
    bool adj_x, adj_y;
    /* Leading axes of the output and by how many matrices lhs and rhs advance along each (0 where they repeat). */
    int32_t n_axes;
    int32_t sizes[OCTET_BATCH_MATMUL_MAX_AXES], lhs_steps[OCTET_BATCH_MATMUL_MAX_AXES],
        rhs_steps[OCTET_BATCH_MATMUL_MAX_AXES];
    int32_t lhs_zero_point, rhs_zero_point, output_zero_point; /* quantized */
    int32_t multiplier, shift;                                 /* lhs scale * rhs scale / output scale */
} octet_batch_matmul_params;

void octet_batch_matmul_f32_ref(const octet_batch_matmul_params *p, const float *lhs, const float *rhs, float *output,
                                int32_t begin, int32_t end);
void octet_batch_matmul_f32_plain(const octet_batch_matmul_params *p, const float *lhs, const float *rhs, float *output,
                                  int32_t begin, int32_t end);
void octet_batch_matmul_s8_ref(const octet_batch_matmul_params *p, const int8_t *lhs, const int8_t *rhs, int8_t *output,
                               int32_t begin, int32_t end);
void octet_batch_matmul_s16_ref(const octet_batch_matmul_params *p, const int16_t *lhs, const int16_t *rhs,
                                int16_t *output, int32_t begin, int32_t end);

#endif
