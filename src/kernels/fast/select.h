/* kernels/fast/select.h - which kernel of which instruction set computes what on a
 *        processor: chosen here and nowhere else.
 * In:  OCTET_CPU_* bits (cpu.h); the few facts of a layer on which the choice depends.
 * Out: a kernel of x86/ or arm/, or one in plain C; NULL where the plain loops of kernels/ref are all there is.
 * Knows: every kernel's name, and what each is best at.
 * Does not know: weights, packing, the graph. */
#ifndef OCTET_KERNELS_FAST_SELECT_H
#define OCTET_KERNELS_FAST_SELECT_H

#include "kernels/fast/channelwise.h"
#include "kernels/fast/columns.h"
#include "kernels/fast/pool.h"
#include "kernels/fast/product.h"
#include "kernels/fast/reduce.h"
#include "kernels/fast/rows.h"
#include "kernels/fast/strips.h"
#include "kernels/fast/winograd.h"

/* n_positions: windows (N * OH * OW). *pairs: a kernel for lists of steps (pairs.h), which is the better one where the
 * weights suit it; or NULL. */
const octet_product_kernel *octet_select_product_s8(uint32_t cpu, bool weights_have_zero_point, uint32_t group_outputs,
                                                    size_t n_positions, const octet_product_kernel **pairs);
/* A kernel for windows in lines (lines.h), or NULL. */
const octet_product_kernel *octet_select_product_lines(uint32_t cpu, bool weights_have_zero_point);
const octet_product_kernel *octet_select_product_f32(uint32_t cpu, uint32_t group_outputs, size_t n_positions);
const octet_strips_kernel *octet_select_strips(uint32_t cpu);
const octet_winograd_kernel *octet_select_winograd(uint32_t cpu);
const octet_columns_kernel *octet_select_columns(uint32_t cpu);
/* weights_are_wide: some weight less its zero point is below -127 or above 127. */
const octet_channelwise_kernel *octet_select_channelwise_s8(uint32_t cpu, const octet_depthwise_params *p,
                                                            bool weights_are_wide);
const octet_channelwise_kernel *octet_select_channelwise_f32(uint32_t cpu, int32_t channels);
const octet_pool_kernel *octet_select_pool_2d(uint32_t cpu);
const octet_rows_kernel *octet_select_rows_s8(uint32_t cpu);
const octet_mean_kernel *octet_select_mean(uint32_t cpu);

#endif
