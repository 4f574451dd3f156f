/* kernels/ref/pool.h - AVERAGE_POOL_2D, MAX_POOL_2D and L2_POOL_2D (the root of the mean square).
 * In:  input [N,H,W,C], parameters that binding has checked.
 * Out: output [N,OH,OW,C] over the cells of each window that lie inside the input; zero points play no
 *        part, since input and output share them.
 * Knows: one output row [OW,C] as the unit of work: unit u is row u % OH of sample u / OH.
 * Does not know: tensors, the graph, threads.
 * Exact: int8, uint8 and int16 equal TFLite's reference kernels, which round an average half away
 *        from 0 as the file has it, not from the zero point; a float average adds the cells in (ky,
 *        kx) order and divides by their number. */
#ifndef OCTET_KERNELS_REF_POOL_H
#define OCTET_KERNELS_REF_POOL_H

#include <stdint.h>

typedef struct octet_pool_2d_params {
    int32_t batches, in_h, in_w, channels;
    int32_t out_h, out_w;
    int32_t filter_h, filter_w, stride_h, stride_w;
    int32_t pad_top, pad_left;
    float real_min, real_max; /* fused activation, f32 */
    int32_t min, max;         /* fused activation and type, quantized */
} octet_pool_2d_params;

void octet_average_pool_2d_f32_ref(const octet_pool_2d_params *p, const float *input, float *output, int32_t begin,
                                   int32_t end);
void octet_average_pool_2d_s8_ref(const octet_pool_2d_params *p, const int8_t *input, int8_t *output, int32_t begin,
                                  int32_t end);
void octet_average_pool_2d_u8_ref(const octet_pool_2d_params *p, const uint8_t *input, uint8_t *output, int32_t begin,
                                  int32_t end);
void octet_average_pool_2d_s16_ref(const octet_pool_2d_params *p, const int16_t *input, int16_t *output, int32_t begin,
                                   int32_t end);
void octet_max_pool_2d_f32_ref(const octet_pool_2d_params *p, const float *input, float *output, int32_t begin,
                               int32_t end);
void octet_max_pool_2d_s8_ref(const octet_pool_2d_params *p, const int8_t *input, int8_t *output, int32_t begin,
                              int32_t end);
void octet_max_pool_2d_u8_ref(const octet_pool_2d_params *p, const uint8_t *input, uint8_t *output, int32_t begin,
                              int32_t end);
void octet_max_pool_2d_s16_ref(const octet_pool_2d_params *p, const int16_t *input, int16_t *output, int32_t begin,
                               int32_t end);
void octet_l2_pool_2d_f32_ref(const octet_pool_2d_params *p, const float *input, float *output, int32_t begin,
                              int32_t end);

#endif
