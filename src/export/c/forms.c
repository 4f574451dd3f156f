#include "export/c/forms.h"

/* In the order of the kernels' names. */
static const struct {
    octet_kernel kernel;
    octet_c_emit *emit;
} forms[] = {
    {OCTET_KERNEL_arithmetic_quantized_s8, octet_c_emit_arithmetic},
    {OCTET_KERNEL_average_pool_2d_s8, octet_c_emit_pool_2d},
    {OCTET_KERNEL_conv_2d_s8, octet_c_emit_conv_2d},
    {OCTET_KERNEL_copies, octet_c_emit_copies},
    {OCTET_KERNEL_depthwise_s8, octet_c_emit_depthwise},
    {OCTET_KERNEL_fully_connected_s8, octet_c_emit_fully_connected},
    {OCTET_KERNEL_max_pool_2d_s8, octet_c_emit_pool_2d},
    {OCTET_KERNEL_mean_s8, octet_c_emit_mean},
    {OCTET_KERNEL_requantize_s8_s8, octet_c_emit_requantize},
    {OCTET_KERNEL_requantize_s8_u8, octet_c_emit_requantize},
    {OCTET_KERNEL_requantize_u8_s8, octet_c_emit_requantize},
    {OCTET_KERNEL_requantize_u8_u8, octet_c_emit_requantize},
    {OCTET_KERNEL_softmax_s8, octet_c_emit_softmax},
    {OCTET_KERNEL_unary_s8, octet_c_emit_table},
};

octet_c_emit *octet_c_form_of(octet_kernel kernel) {
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (forms[i].kernel == kernel) return forms[i].emit;
    return NULL;
}
