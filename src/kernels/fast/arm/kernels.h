/* kernels/fast/arm/kernels.h - the kernels of this folder, for select.c.
 * In:  nothing.
 * Out: declarations. Each file says what its kernel is for.
 * Knows: names; _neon (every 64-bit Arm), _dot (dot product), narrow: at most 8 outputs.
 * Does not know: which is chosen when. */
#ifndef OCTET_KERNELS_FAST_ARM_KERNELS_H
#define OCTET_KERNELS_FAST_ARM_KERNELS_H

#include "kernels/fast/channelwise.h"
#include "kernels/fast/pool.h"
#include "kernels/fast/product.h"
#include "kernels/fast/rows.h"

extern const octet_product_kernel octet_product_f32_neon, octet_product_f32_neon_narrow;
extern const octet_product_kernel octet_product_s8_neon, octet_product_s8_neon_narrow, octet_product_s8_dot,
    octet_product_s8_dot_narrow;
extern const octet_channelwise_kernel octet_channelwise_f32_neon, octet_channelwise_s8_neon,
    octet_channelwise_s8_neon_3x3;
extern const octet_pool_kernel octet_pool_2d_neon;
extern const octet_rows_kernel octet_rows_s8_neon;

#endif
