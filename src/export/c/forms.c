#include "export/c/forms.h"

#include "export/c/cmsis_nn.h"

/* In the order of the kernels' names. */
static const struct {
    octet_kernel kernel;
    octet_c_emit *emit;
} forms[] = {
    {OCTET_KERNEL_arg_max_s8, octet_c_emit_arg},
    {OCTET_KERNEL_arg_max_s16, octet_c_emit_arg},
    {OCTET_KERNEL_arg_min_s8, octet_c_emit_arg},
    {OCTET_KERNEL_arg_min_s16, octet_c_emit_arg},
    {OCTET_KERNEL_arithmetic_s8, octet_c_emit_extremes},
    {OCTET_KERNEL_arithmetic_s16, octet_c_emit_extremes},
    {OCTET_KERNEL_arithmetic_quantized_s8, octet_c_emit_arithmetic},
    {OCTET_KERNEL_arithmetic_quantized_s16, octet_c_emit_arithmetic},
    {OCTET_KERNEL_average_pool_2d_s8, octet_c_emit_pool_2d},
    {OCTET_KERNEL_average_pool_2d_s16, octet_c_emit_pool_2d},
    {OCTET_KERNEL_batch_matmul_s8, octet_c_emit_batch_matmul},
    {OCTET_KERNEL_batch_matmul_s16, octet_c_emit_batch_matmul},
    {OCTET_KERNEL_batch_to_space, octet_c_emit_batch_space},
    {OCTET_KERNEL_conv_2d_s8, octet_c_emit_conv_2d},
    {OCTET_KERNEL_conv_2d_s16, octet_c_emit_conv_2d},
    {OCTET_KERNEL_conv_2d_s16_b32, octet_c_emit_conv_2d},
    {OCTET_KERNEL_copies, octet_c_emit_copies},
    {OCTET_KERNEL_depthwise_s8, octet_c_emit_depthwise},
    {OCTET_KERNEL_depthwise_s16, octet_c_emit_depthwise},
    {OCTET_KERNEL_fully_connected_s8, octet_c_emit_fully_connected},
    {OCTET_KERNEL_fully_connected_s16, octet_c_emit_fully_connected},
    {OCTET_KERNEL_fully_connected_s16_b32, octet_c_emit_fully_connected},
    {OCTET_KERNEL_gather, octet_c_emit_gather},
    {OCTET_KERNEL_lstm_s8, octet_c_emit_lstm},
    {OCTET_KERNEL_max_pool_2d_s8, octet_c_emit_pool_2d},
    {OCTET_KERNEL_max_pool_2d_s16, octet_c_emit_pool_2d},
    {OCTET_KERNEL_mean_s8, octet_c_emit_mean},
    {OCTET_KERNEL_mean_s16, octet_c_emit_mean},
    {OCTET_KERNEL_mirror_pad, octet_c_emit_mirror_pad},
    {OCTET_KERNEL_prelu_s8, octet_c_emit_prelu},
    {OCTET_KERNEL_prelu_s16, octet_c_emit_prelu},
    {OCTET_KERNEL_reduce_max_s8, octet_c_emit_reduce_extremes},
    {OCTET_KERNEL_reduce_max_s16, octet_c_emit_reduce_extremes},
    {OCTET_KERNEL_reduce_min_s8, octet_c_emit_reduce_extremes},
    {OCTET_KERNEL_reduce_min_s16, octet_c_emit_reduce_extremes},
    {OCTET_KERNEL_requantize_s8_s8, octet_c_emit_requantize},
    {OCTET_KERNEL_requantize_s8_u8, octet_c_emit_requantize},
    {OCTET_KERNEL_requantize_s8_s16, octet_c_emit_requantize},
    {OCTET_KERNEL_requantize_u8_s8, octet_c_emit_requantize},
    {OCTET_KERNEL_requantize_u8_u8, octet_c_emit_requantize},
    {OCTET_KERNEL_requantize_s16_s8, octet_c_emit_requantize},
    {OCTET_KERNEL_requantize_s16_s16, octet_c_emit_requantize},
    {OCTET_KERNEL_resize_bilinear_s8, octet_c_emit_resize_bilinear},
    {OCTET_KERNEL_resize_bilinear_s16, octet_c_emit_resize_bilinear},
    {OCTET_KERNEL_resize_nearest, octet_c_emit_resize_nearest},
    {OCTET_KERNEL_softmax_s8, octet_c_emit_softmax},
    {OCTET_KERNEL_softmax_s8_s16, octet_c_emit_softmax},
    {OCTET_KERNEL_softmax_s16, octet_c_emit_softmax_wide},
    {OCTET_KERNEL_space_to_batch, octet_c_emit_batch_space},
    {OCTET_KERNEL_svdf_s8, octet_c_emit_svdf},
    {OCTET_KERNEL_transpose_conv_s8, octet_c_emit_transpose_conv},
    {OCTET_KERNEL_transpose_conv_s16, octet_c_emit_transpose_conv},
    {OCTET_KERNEL_unary_s8, octet_c_emit_table},
    {OCTET_KERNEL_unary_s16, octet_c_emit_unary_wide},
};

void octet_c_emit_stage(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    if (octet_c_cmsis_nn_has(e, step)) {
        octet_c_emit_cmsis_nn(e, stage);
        return;
    }
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (forms[i].kernel != step->kernel) continue;
        forms[i].emit(e, stage);
        return;
    }
    octet_c_refuse(e, step, "kernel %s has no form", octet_kernel_name(step->kernel));
}
