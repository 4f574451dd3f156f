/* kernels/fast/x86/kernels.h - the kernels of this folder, for select.c.
 * In:  nothing.
 * Out: declarations. Each file says what its kernel is for.
 * Knows: names; _avx2, _avx512, _vnni (AVX-512), _avx_vnni (256 bits), _amx.
 * Does not know: which is chosen when. */
#ifndef OCTET_KERNELS_FAST_X86_KERNELS_H
#define OCTET_KERNELS_FAST_X86_KERNELS_H

#include "kernels/fast/channelwise.h"
#include "kernels/fast/columns.h"
#include "kernels/fast/pool.h"
#include "kernels/fast/product.h"
#include "kernels/fast/rows.h"
#include "kernels/fast/strips.h"
#include "kernels/fast/winograd.h"

extern const octet_product_kernel octet_product_s8_avx2, octet_product_s8_avx2_vector, octet_product_s8_avx2_pairs,
    octet_product_s8_avx2_shallow, octet_product_s8_vnni, octet_product_s8_avx_vnni, octet_product_s8_amx;
extern const octet_product_kernel octet_product_f32_avx2, octet_product_f32_avx2_narrow, octet_product_f32_avx2_three,
    octet_product_f32_avx2_vector, octet_product_f32_avx512;
extern const octet_channelwise_kernel octet_channelwise_s8_avx2, octet_channelwise_s8_avx2_3x3,
    octet_channelwise_s8_vnni, octet_channelwise_s8_vnni_3x3, octet_channelwise_f32_avx2, octet_channelwise_f32_avx512;
extern const octet_strips_kernel octet_strips_avx2, octet_strips_vnni;
extern const octet_winograd_kernel octet_winograd_avx2;
extern const octet_columns_kernel octet_columns_avx2;
extern const octet_pool_kernel octet_pool_2d_avx2;
extern const octet_rows_kernel octet_rows_s8_avx2;

#endif
