/* export/c/forms.h - the kernels that have a C form.
 * In:  a kernel.
 * Out: the function that writes a stage of it.
 * Knows: every emitter.
 * Does not know: schedules, files. */
#ifndef OCTET_EXPORT_C_FORMS_H
#define OCTET_EXPORT_C_FORMS_H

#include "export/c/emitter.h"

enum { OCTET_C_MOST_SOFTMAX = 4095 }; /* numbers in a row: the sum of more exponentials may leave Q12.19 */

/* Writes the functions and constants of a stage; the first failure stays in e->functions.status. */
typedef void octet_c_emit(octet_c_emitter *e, const octet_stage *stage);

/* Writes a stage by the emitter of its kernel; refuses one that has no C form. */
octet_c_emit octet_c_emit_stage;

octet_c_emit octet_c_emit_arg, octet_c_emit_arithmetic, octet_c_emit_arithmetic_integers, octet_c_emit_batch_matmul,
    octet_c_emit_batch_space, octet_c_emit_broadcast_args, octet_c_emit_bytes, octet_c_emit_cast, octet_c_emit_compare,
    octet_c_emit_conv_2d, octet_c_emit_copies, octet_c_emit_cumsum, octet_c_emit_depthwise, octet_c_emit_dequantize,
    octet_c_emit_fill, octet_c_emit_fill_constant, octet_c_emit_fully_connected, octet_c_emit_gather,
    octet_c_emit_gather_nd, octet_c_emit_join_bytes, octet_c_emit_l2_normalization, octet_c_emit_log_softmax,
    octet_c_emit_logical_not, octet_c_emit_lstm, octet_c_emit_mean, octet_c_emit_mirror_pad, octet_c_emit_one_hot,
    octet_c_emit_pool_2d, octet_c_emit_prelu, octet_c_emit_product, octet_c_emit_quantize, octet_c_emit_range,
    octet_c_emit_reduce_extremes, octet_c_emit_reduce_integers, octet_c_emit_reduce_logic, octet_c_emit_requantize,
    octet_c_emit_resize_bilinear, octet_c_emit_resize_nearest, octet_c_emit_scatter, octet_c_emit_select,
    octet_c_emit_softmax, octet_c_emit_softmax_wide, octet_c_emit_sum, octet_c_emit_svdf, octet_c_emit_table,
    octet_c_emit_top_k, octet_c_emit_transpose_conv, octet_c_emit_unary_integers, octet_c_emit_unary_wide,
    octet_c_emit_update_slice;

#endif
