/* kernels/ref/resize_2d.h - RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR.
 * In:  pictures [N,H,W,C].
 * Out: pictures [N,OH,OW,C].
 * Knows: one output row as the unit of work: unit u is row u % OH of sample u / OH. Bilinear: f32 and u8 in float32, s8
 *        and s16 in fixed point (10 fractional bits). Nearest: any element size.
 * Does not know: tensors, threads.
 * Exact: equal to TFLite's reference kernels bit for bit. */
#ifndef OCTET_KERNELS_REF_RESIZE_2D_H
#define OCTET_KERNELS_REF_RESIZE_2D_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct octet_resize_params {
    int32_t batches, in_h, in_w, channels, out_h, out_w;
    bool align_corners, half_pixel_centers;
    size_t element_size; /* nearest only */
} octet_resize_params;

/* What row or column `index` of `out` reads of `in` in the bilinear kernels of int8 and int16: two cells, and the
 * weight of the second one; 1024 = 1. */
typedef struct octet_resize_spot {
    int32_t low, high;
    int64_t weight;
} octet_resize_spot;
octet_resize_spot octet_resize_find_spot(const octet_resize_params *p, int32_t index, int32_t in, int32_t out);

/* The same of the kernels of float32 and uint8; 1 = 1. */
typedef struct octet_resize_spot_f32 {
    int32_t low, high;
    float weight;
} octet_resize_spot_f32;
octet_resize_spot_f32 octet_resize_find_spot_f32(const octet_resize_params *p, int32_t index, int32_t in, int32_t out);

void octet_resize_bilinear_f32_ref(const octet_resize_params *p, const float *in, float *out, uint32_t begin,
                                   uint32_t end);
void octet_resize_bilinear_u8_ref(const octet_resize_params *p, const uint8_t *in, uint8_t *out, uint32_t begin,
                                  uint32_t end);
void octet_resize_bilinear_s8_ref(const octet_resize_params *p, const int8_t *in, int8_t *out, uint32_t begin,
                                  uint32_t end);
void octet_resize_bilinear_s16_ref(const octet_resize_params *p, const int16_t *in, int16_t *out, uint32_t begin,
                                   uint32_t end);
void octet_resize_nearest_ref(const octet_resize_params *p, const void *in, void *out, uint32_t begin, uint32_t end);

#endif
