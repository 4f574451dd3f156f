#include "export/c/forms.h"

#include "export/c/cmsis_nn.h"

/* In the order of lower/kernel_list.h. */
static const struct {
    octet_kernel kernel;
    octet_c_emit *emit;
} forms[] = {
    {OCTET_KERNEL_arg_max_s8, octet_c_emit_arg},
    {OCTET_KERNEL_arg_max_s16, octet_c_emit_arg},
    {OCTET_KERNEL_arg_max_s32, octet_c_emit_arg},
    {OCTET_KERNEL_arg_min_s8, octet_c_emit_arg},
    {OCTET_KERNEL_arg_min_s16, octet_c_emit_arg},
    {OCTET_KERNEL_arg_min_s32, octet_c_emit_arg},
    {OCTET_KERNEL_arithmetic_s8, octet_c_emit_arithmetic_integers},
    {OCTET_KERNEL_arithmetic_s16, octet_c_emit_arithmetic_integers},
    {OCTET_KERNEL_arithmetic_s32, octet_c_emit_arithmetic_integers},
    {OCTET_KERNEL_arithmetic_s64, octet_c_emit_arithmetic_integers},
    {OCTET_KERNEL_arithmetic_quantized_s8, octet_c_emit_arithmetic},
    {OCTET_KERNEL_arithmetic_quantized_s16, octet_c_emit_arithmetic},
    {OCTET_KERNEL_average_pool_2d_s8, octet_c_emit_pool_2d},
    {OCTET_KERNEL_average_pool_2d_u8, octet_c_emit_pool_2d},
    {OCTET_KERNEL_average_pool_2d_s16, octet_c_emit_pool_2d},
    {OCTET_KERNEL_batch_matmul_s8, octet_c_emit_batch_matmul},
    {OCTET_KERNEL_batch_matmul_s16, octet_c_emit_batch_matmul},
    {OCTET_KERNEL_batch_to_space, octet_c_emit_batch_space},
    {OCTET_KERNEL_broadcast_args, octet_c_emit_broadcast_args},
    {OCTET_KERNEL_bytes, octet_c_emit_bytes},
    {OCTET_KERNEL_cast, octet_c_emit_cast},
    {OCTET_KERNEL_compare_s8, octet_c_emit_compare},
    {OCTET_KERNEL_compare_u8, octet_c_emit_compare},
    {OCTET_KERNEL_compare_s16, octet_c_emit_compare},
    {OCTET_KERNEL_compare_s32, octet_c_emit_compare},
    {OCTET_KERNEL_compare_s64, octet_c_emit_compare},
    {OCTET_KERNEL_conv_2d_s8, octet_c_emit_conv_2d},
    {OCTET_KERNEL_conv_2d_s16, octet_c_emit_conv_2d},
    {OCTET_KERNEL_conv_2d_s16_b32, octet_c_emit_conv_2d},
    {OCTET_KERNEL_copies, octet_c_emit_copies},
    {OCTET_KERNEL_cumsum_s32, octet_c_emit_cumsum},
    {OCTET_KERNEL_cumsum_s64, octet_c_emit_cumsum},
    {OCTET_KERNEL_depthwise_s8, octet_c_emit_depthwise},
    {OCTET_KERNEL_depthwise_s16, octet_c_emit_depthwise},
    {OCTET_KERNEL_dequantize_s8, octet_c_emit_dequantize},
    {OCTET_KERNEL_dequantize_u8, octet_c_emit_dequantize},
    {OCTET_KERNEL_dequantize_s16, octet_c_emit_dequantize},
    {OCTET_KERNEL_fill, octet_c_emit_fill},
    {OCTET_KERNEL_fill_constant, octet_c_emit_fill_constant},
    {OCTET_KERNEL_fully_connected_s8, octet_c_emit_fully_connected},
    {OCTET_KERNEL_fully_connected_s16, octet_c_emit_fully_connected},
    {OCTET_KERNEL_fully_connected_s16_b32, octet_c_emit_fully_connected},
    {OCTET_KERNEL_gather, octet_c_emit_gather},
    {OCTET_KERNEL_gather_nd, octet_c_emit_gather_nd},
    {OCTET_KERNEL_join_bytes, octet_c_emit_join_bytes},
    {OCTET_KERNEL_l2_normalization_s8, octet_c_emit_l2_normalization},
    {OCTET_KERNEL_log_softmax_s8, octet_c_emit_log_softmax},
    {OCTET_KERNEL_logical_not, octet_c_emit_logical_not},
    {OCTET_KERNEL_lstm_s8, octet_c_emit_lstm},
    {OCTET_KERNEL_max_pool_2d_s8, octet_c_emit_pool_2d},
    {OCTET_KERNEL_max_pool_2d_u8, octet_c_emit_pool_2d},
    {OCTET_KERNEL_max_pool_2d_s16, octet_c_emit_pool_2d},
    {OCTET_KERNEL_mean_s8, octet_c_emit_mean},
    {OCTET_KERNEL_mean_s16, octet_c_emit_mean},
    {OCTET_KERNEL_mean_s32, octet_c_emit_reduce_integers},
    {OCTET_KERNEL_mean_s64, octet_c_emit_reduce_integers},
    {OCTET_KERNEL_mirror_pad, octet_c_emit_mirror_pad},
    {OCTET_KERNEL_one_hot, octet_c_emit_one_hot},
    {OCTET_KERNEL_prelu_s8, octet_c_emit_prelu},
    {OCTET_KERNEL_prelu_s16, octet_c_emit_prelu},
    {OCTET_KERNEL_quantize_f32_s8, octet_c_emit_quantize},
    {OCTET_KERNEL_quantize_f32_u8, octet_c_emit_quantize},
    {OCTET_KERNEL_quantize_f32_s16, octet_c_emit_quantize},
    {OCTET_KERNEL_range_s32, octet_c_emit_range},
    {OCTET_KERNEL_range_s64, octet_c_emit_range},
    {OCTET_KERNEL_reduce_all_u8, octet_c_emit_reduce_logic},
    {OCTET_KERNEL_reduce_any_u8, octet_c_emit_reduce_logic},
    {OCTET_KERNEL_reduce_max_s8, octet_c_emit_reduce_extremes},
    {OCTET_KERNEL_reduce_max_s16, octet_c_emit_reduce_extremes},
    {OCTET_KERNEL_reduce_max_s32, octet_c_emit_reduce_extremes},
    {OCTET_KERNEL_reduce_max_s64, octet_c_emit_reduce_extremes},
    {OCTET_KERNEL_reduce_min_s8, octet_c_emit_reduce_extremes},
    {OCTET_KERNEL_reduce_min_s16, octet_c_emit_reduce_extremes},
    {OCTET_KERNEL_reduce_min_s32, octet_c_emit_reduce_extremes},
    {OCTET_KERNEL_reduce_min_s64, octet_c_emit_reduce_extremes},
    {OCTET_KERNEL_reduce_prod_s8, octet_c_emit_product},
    {OCTET_KERNEL_reduce_prod_s32, octet_c_emit_reduce_integers},
    {OCTET_KERNEL_reduce_prod_s64, octet_c_emit_reduce_integers},
    {OCTET_KERNEL_requantize_s8_s8, octet_c_emit_requantize},
    {OCTET_KERNEL_requantize_s8_u8, octet_c_emit_requantize},
    {OCTET_KERNEL_requantize_s8_s16, octet_c_emit_requantize},
    {OCTET_KERNEL_requantize_u8_s8, octet_c_emit_requantize},
    {OCTET_KERNEL_requantize_u8_u8, octet_c_emit_requantize},
    {OCTET_KERNEL_requantize_s16_s8, octet_c_emit_requantize},
    {OCTET_KERNEL_requantize_s16_s16, octet_c_emit_requantize},
    {OCTET_KERNEL_resize_bilinear_s8, octet_c_emit_resize_bilinear},
    {OCTET_KERNEL_resize_bilinear_u8, octet_c_emit_resize_bilinear},
    {OCTET_KERNEL_resize_bilinear_s16, octet_c_emit_resize_bilinear},
    {OCTET_KERNEL_resize_nearest, octet_c_emit_resize_nearest},
    {OCTET_KERNEL_scatter_s8, octet_c_emit_scatter},
    {OCTET_KERNEL_scatter_u8, octet_c_emit_scatter},
    {OCTET_KERNEL_scatter_s32, octet_c_emit_scatter},
    {OCTET_KERNEL_scatter_s64, octet_c_emit_scatter},
    {OCTET_KERNEL_select, octet_c_emit_select},
    {OCTET_KERNEL_softmax_s8, octet_c_emit_softmax},
    {OCTET_KERNEL_softmax_s8_s16, octet_c_emit_softmax},
    {OCTET_KERNEL_softmax_s16, octet_c_emit_softmax_wide},
    {OCTET_KERNEL_space_to_batch, octet_c_emit_batch_space},
    {OCTET_KERNEL_sum_s8, octet_c_emit_sum},
    {OCTET_KERNEL_sum_s32, octet_c_emit_reduce_integers},
    {OCTET_KERNEL_sum_s64, octet_c_emit_reduce_integers},
    {OCTET_KERNEL_svdf_s8, octet_c_emit_svdf},
    {OCTET_KERNEL_top_k_s8, octet_c_emit_top_k},
    {OCTET_KERNEL_top_k_u8, octet_c_emit_top_k},
    {OCTET_KERNEL_top_k_s16, octet_c_emit_top_k},
    {OCTET_KERNEL_top_k_s32, octet_c_emit_top_k},
    {OCTET_KERNEL_top_k_s64, octet_c_emit_top_k},
    {OCTET_KERNEL_transpose_conv_s8, octet_c_emit_transpose_conv},
    {OCTET_KERNEL_transpose_conv_s16, octet_c_emit_transpose_conv},
    {OCTET_KERNEL_unary_s8, octet_c_emit_table},
    {OCTET_KERNEL_unary_s16, octet_c_emit_unary_wide},
    {OCTET_KERNEL_unary_s32, octet_c_emit_unary_integers},
    {OCTET_KERNEL_unary_s64, octet_c_emit_unary_integers},
    {OCTET_KERNEL_update_slice, octet_c_emit_update_slice},
};

/* A type that only computers with float units have arithmetic for, among operands and results; or OCTET_N_TYPES. */
static octet_type float_type(const octet_c_emitter *e, const octet_step *step, bool may_be_float32) {
    octet_type found = OCTET_N_TYPES;
    for (uint32_t i = 0; i < step->n_inputs + step->n_outputs; i++) {
        const uint32_t value = i < step->n_inputs ? step->inputs[i] : step->outputs[i - step->n_inputs];
        const octet_type type = value != OCTET_NONE ? e->graph->values[value].type : OCTET_INT8;
        if (type == OCTET_COMPLEX64 || (type == OCTET_FLOAT32 && !may_be_float32)) found = type;
    }
    return found;
}

void octet_c_emit_stage(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    octet_c_emit *emit = NULL;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (forms[i].kernel == step->kernel) emit = forms[i].emit;
    if (octet_c_cmsis_nn_has(e, step)) emit = octet_c_emit_cmsis_nn;
    const octet_type type = float_type(e, step, emit != NULL);
    if (type == OCTET_FLOAT32)
        octet_c_refuse(e, step,
                       "it computes with float32: export a model that is int8 throughout (octet quantize "
                       "with --mode int8, and no layer kept in float)");
    else if (type != OCTET_N_TYPES) octet_c_refuse(e, step, "it computes with %s", octet_type_name(type));
    else if (emit == NULL) octet_c_refuse(e, step, "kernel %s has no form", octet_kernel_name(step->kernel));
    else emit(e, stage);
}
