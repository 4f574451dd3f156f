/* kernels/fast/arm/kernels.h - the kernels of this folder, for select.c.
 * In:  nothing.
 * Out: declarations.
 * Knows: names.
 * Does not know: which is chosen when. */
#ifndef OCTET_KERNELS_FAST_ARM_KERNELS_H
#define OCTET_KERNELS_FAST_ARM_KERNELS_H

#include "kernels/fast/product.h"

extern const octet_product_kernel octet_product_s8_neon, octet_product_f32_neon;

#endif
