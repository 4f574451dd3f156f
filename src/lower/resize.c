#include "kernels/ref/resize_2d.h"
#include "lower/check.h"
#include "lower/families.h"

octet_status octet_bind_resize(octet_binder *binder, const octet_operator *op, octet_step *step) {
    octet_value *input;
    OCTET_TRY(octet_bind_input(binder, op, 0, &input));
    const octet_value *output = octet_graph_output(binder->graph, op, 0);
    if (octet_bind_check_empty(binder, op, step)) return OCTET_OK;
    OCTET_TRY(octet_bind_check_moved(binder, op, input, output));
    octet_resize_params *p;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    const int32_t *in = input->shape.dims, *out = output->shape.dims;
    *p = (octet_resize_params){.batches = in[0],
                               .in_h = in[1],
                               .in_w = in[2],
                               .channels = in[3],
                               .out_h = out[1],
                               .out_w = out[2],
                               .align_corners = op->options.resize.align_corners,
                               .half_pixel_centers = op->options.resize.half_pixel_centers,
                               .element_size = octet_type_size(input->type)};
    octet_kernel kernel = OCTET_KERNEL_NONE;
    if (op->code == OCTET_OP_RESIZE_NEAREST_NEIGHBOR) {
        kernel = OCTET_KERNEL_resize_nearest;
    } else if (op->code != OCTET_OP_RESIZE_BILINEAR) {
        return octet_bind_unsupported(binder, op);
    } else if (input->type == OCTET_FLOAT32) {
        kernel = OCTET_KERNEL_resize_bilinear_f32;
    } else if (input->type == OCTET_UINT8) {
        kernel = OCTET_KERNEL_resize_bilinear_u8;
    } else if (input->type == OCTET_INT8) {
        kernel = OCTET_KERNEL_resize_bilinear_s8;
    } else if (input->type == OCTET_INT16) {
        kernel = OCTET_KERNEL_resize_bilinear_s16;
    }
    if (kernel == OCTET_KERNEL_NONE) return octet_bind_unsupported(binder, op);
    octet_step_set_resize(step, kernel, p, (uint32_t)(p->batches * p->out_h));
    return OCTET_OK;
}
