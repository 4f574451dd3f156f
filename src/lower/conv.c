#include "kernels/ref/conv.h"
#include "kernels/ref/conv_3d.h"
#include "kernels/ref/depthwise.h"
#include "kernels/ref/transpose_conv.h"
#include "lower/activation.h"
#include "lower/eigen.h"
#include "lower/families.h"
#include "lower/hybrid.h"
#include "lower/pad.h"
#include "lower/weights.h"

/* By octet_weighted_kind. */
static const octet_kernel conv_2d_kernels[] = {OCTET_KERNEL_conv_2d_f32, OCTET_KERNEL_conv_2d_s8,
                                               OCTET_KERNEL_conv_2d_s16, OCTET_KERNEL_conv_2d_s16_b32,
                                               OCTET_KERNEL_conv_2d_hybrid};
static const octet_kernel depthwise_kernels[] = {OCTET_KERNEL_depthwise_f32, OCTET_KERNEL_depthwise_s8,
                                                 OCTET_KERNEL_depthwise_s16, OCTET_KERNEL_NONE,
                                                 OCTET_KERNEL_depthwise_hybrid};
static const octet_kernel transpose_conv_kernels[] = {OCTET_KERNEL_transpose_conv_f32, OCTET_KERNEL_transpose_conv_s8,
                                                      OCTET_KERNEL_transpose_conv_s16, OCTET_KERNEL_NONE,
                                                      OCTET_KERNEL_transpose_conv_hybrid};

static bool is_plain(const octet_binder *binder, octet_weighted_kind kind) {
    return binder->options.float_order == OCTET_FLOAT_ORDER_PLAIN && kind == OCTET_WEIGHTED_F32;
}

/* Bounds of the float kernels or requantization of the others. */
static octet_status bind_output(octet_binder *binder, const octet_operator *op, const octet_weighted *w,
                                octet_weighted_kind kind, float *real_min, float *real_max, octet_requantize *q) {
    OCTET_TRY(octet_bind_activation(binder, op, real_min, real_max));
    if (kind == OCTET_WEIGHTED_F32 || kind == OCTET_WEIGHTED_HYBRID) return OCTET_OK;
    return octet_bind_requantize(binder, op, w, false, false, q);
}

static octet_status bind_conv_2d(octet_binder *binder, const octet_operator *op, octet_step *step) {
    const octet_weighted w = octet_bind_weighted(binder, op);
    octet_weighted_kind kind;
    OCTET_TRY(octet_bind_weighted_kind(binder, op, &w, &kind));
    if (conv_2d_kernels[kind] == OCTET_KERNEL_NONE) return octet_bind_unsupported(binder, op);
    octet_absorbed_pad pad;
    OCTET_TRY(octet_bind_absorbed_pad(binder, op, op->options.conv_2d.padding, &w, kind, step, &pad));
    const int32_t *in = pad.input->shape.dims, *filter = w.weights->shape.dims, *out = w.output->shape.dims;
    octet_conv_2d_params *p;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    *p = (octet_conv_2d_params){.batches = in[0],
                                .in_h = in[1],
                                .in_w = in[2],
                                .in_c = in[3],
                                .out_h = out[1],
                                .out_w = out[2],
                                .out_c = out[3],
                                .filter_h = filter[1],
                                .filter_w = filter[2],
                                .filter_c = filter[3],
                                .groups = in[3] / filter[3],
                                .stride_h = op->options.conv_2d.stride_h,
                                .stride_w = op->options.conv_2d.stride_w,
                                .dilation_h = op->options.conv_2d.dilation_h,
                                .dilation_w = op->options.conv_2d.dilation_w};
    p->pad_top =
        pad.top + octet_window(op->options.conv_2d.padding, p->in_h, p->filter_h, p->stride_h, p->dilation_h).before;
    p->pad_left =
        pad.left + octet_window(op->options.conv_2d.padding, p->in_w, p->filter_w, p->stride_w, p->dilation_w).before;
    OCTET_TRY(bind_output(binder, op, &w, kind, &p->real_min, &p->real_max, &p->q));
    if (kind == OCTET_WEIGHTED_HYBRID) return octet_bind_conv_2d_hybrid(binder, op, &w, p, step);
    const octet_kernel kernel = is_plain(binder, kind) ? OCTET_KERNEL_conv_2d_f32_plain : conv_2d_kernels[kind];
    octet_step_set_conv_2d(step, kernel, p, (uint32_t)(p->batches * p->out_h));
    return octet_bind_eigen_conv_2d(binder, &w, step);
}

static octet_status bind_depthwise(octet_binder *binder, const octet_operator *op, octet_step *step) {
    const octet_weighted w = octet_bind_weighted(binder, op);
    octet_weighted_kind kind;
    OCTET_TRY(octet_bind_weighted_kind(binder, op, &w, &kind));
    if (depthwise_kernels[kind] == OCTET_KERNEL_NONE) return octet_bind_unsupported(binder, op);
    octet_absorbed_pad pad;
    OCTET_TRY(octet_bind_absorbed_pad(binder, op, op->options.depthwise_conv_2d.padding, &w, kind, step, &pad));
    const int32_t *in = pad.input->shape.dims, *filter = w.weights->shape.dims, *out = w.output->shape.dims;
    octet_depthwise_params *p;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    *p = (octet_depthwise_params){.batches = in[0],
                                  .in_h = in[1],
                                  .in_w = in[2],
                                  .in_c = in[3],
                                  .out_h = out[1],
                                  .out_w = out[2],
                                  .out_c = out[3],
                                  .multiplier = out[3] / in[3],
                                  .filter_h = filter[1],
                                  .filter_w = filter[2],
                                  .stride_h = op->options.depthwise_conv_2d.stride_h,
                                  .stride_w = op->options.depthwise_conv_2d.stride_w,
                                  .dilation_h = op->options.depthwise_conv_2d.dilation_h,
                                  .dilation_w = op->options.depthwise_conv_2d.dilation_w};
    p->pad_top =
        pad.top +
        octet_window(op->options.depthwise_conv_2d.padding, p->in_h, p->filter_h, p->stride_h, p->dilation_h).before;
    p->pad_left =
        pad.left +
        octet_window(op->options.depthwise_conv_2d.padding, p->in_w, p->filter_w, p->stride_w, p->dilation_w).before;
    OCTET_TRY(bind_output(binder, op, &w, kind, &p->real_min, &p->real_max, &p->q));
    if (kind == OCTET_WEIGHTED_HYBRID) return octet_bind_depthwise_hybrid(binder, op, &w, p, step);
    const octet_kernel kernel = is_plain(binder, kind) ? OCTET_KERNEL_depthwise_f32_plain : depthwise_kernels[kind];
    octet_step_set_depthwise(step, kernel, p, (uint32_t)(p->batches * p->out_h));
    octet_bind_eigen_depthwise(binder, step);
    return OCTET_OK;
}

static octet_status bind_transpose_conv(octet_binder *binder, const octet_operator *op, octet_step *step) {
    const octet_weighted w = octet_bind_weighted(binder, op);
    octet_weighted_kind kind;
    OCTET_TRY(octet_bind_weighted_kind(binder, op, &w, &kind));
    if (transpose_conv_kernels[kind] == OCTET_KERNEL_NONE) return octet_bind_unsupported(binder, op);
    const int32_t *in = w.input->shape.dims, *filter = w.weights->shape.dims, *out = w.output->shape.dims;
    octet_transpose_conv_params *p;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    *p = (octet_transpose_conv_params){.batches = in[0],
                                       .in_h = in[1],
                                       .in_w = in[2],
                                       .in_c = in[3],
                                       .out_h = out[1],
                                       .out_w = out[2],
                                       .out_c = out[3],
                                       .filter_h = filter[1],
                                       .filter_w = filter[2],
                                       .stride_h = op->options.transpose_conv.stride_h,
                                       .stride_w = op->options.transpose_conv.stride_w};
    p->pad_top = octet_window(op->options.transpose_conv.padding, p->out_h, p->filter_h, p->stride_h, 1).before;
    p->pad_left = octet_window(op->options.transpose_conv.padding, p->out_w, p->filter_w, p->stride_w, 1).before;
    OCTET_TRY(bind_output(binder, op, &w, kind, &p->real_min, &p->real_max, &p->q));
    OCTET_TRY(octet_bind_weighted_operands(binder, op, step));
    if (kind == OCTET_WEIGHTED_HYBRID) return octet_bind_transpose_conv_hybrid(binder, op, &w, p, step);
    const octet_kernel kernel =
        is_plain(binder, kind) ? OCTET_KERNEL_transpose_conv_f32_plain : transpose_conv_kernels[kind];
    octet_step_set_transpose_conv(step, kernel, p, (uint32_t)(p->batches * p->out_h));
    return OCTET_OK;
}

static octet_status bind_conv_3d(octet_binder *binder, const octet_operator *op, octet_step *step) {
    const octet_weighted w = octet_bind_weighted(binder, op);
    octet_weighted_kind kind;
    OCTET_TRY(octet_bind_weighted_kind(binder, op, &w, &kind));
    if (kind != OCTET_WEIGHTED_F32) return octet_bind_unsupported(binder, op);
    const int32_t *in = w.input->shape.dims, *filter = w.weights->shape.dims, *out = w.output->shape.dims;
    octet_conv_3d_params *p;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    *p = (octet_conv_3d_params){.batches = in[0],
                                .in_d = in[1],
                                .in_h = in[2],
                                .in_w = in[3],
                                .in_c = in[4],
                                .out_d = out[1],
                                .out_h = out[2],
                                .out_w = out[3],
                                .out_c = out[4],
                                .filter_d = filter[0],
                                .filter_h = filter[1],
                                .filter_w = filter[2],
                                .filter_c = filter[3],
                                .groups = in[4] / filter[3],
                                .stride_d = op->options.conv_3d.stride_d,
                                .stride_h = op->options.conv_3d.stride_h,
                                .stride_w = op->options.conv_3d.stride_w,
                                .dilation_d = op->options.conv_3d.dilation_d,
                                .dilation_h = op->options.conv_3d.dilation_h,
                                .dilation_w = op->options.conv_3d.dilation_w};
    p->pad_front = octet_window(op->options.conv_3d.padding, p->in_d, p->filter_d, p->stride_d, p->dilation_d).before;
    p->pad_top = octet_window(op->options.conv_3d.padding, p->in_h, p->filter_h, p->stride_h, p->dilation_h).before;
    p->pad_left = octet_window(op->options.conv_3d.padding, p->in_w, p->filter_w, p->stride_w, p->dilation_w).before;
    OCTET_TRY(octet_bind_activation(binder, op, &p->real_min, &p->real_max));
    const octet_kernel kernel = is_plain(binder, kind) ? OCTET_KERNEL_conv_3d_f32_plain : OCTET_KERNEL_conv_3d_f32;
    octet_step_set_conv_3d(step, kernel, p, (uint32_t)(p->batches * p->out_d * p->out_h));
    return OCTET_OK;
}

octet_status octet_bind_conv(octet_binder *binder, const octet_operator *op, octet_step *step) {
    if (op->code == OCTET_OP_CONV_2D) return bind_conv_2d(binder, op, step);
    if (op->code == OCTET_OP_DEPTHWISE_CONV_2D) return bind_depthwise(binder, op, step);
    if (op->code == OCTET_OP_TRANSPOSE_CONV) return bind_transpose_conv(binder, op, step);
    if (op->code == OCTET_OP_CONV_3D) return bind_conv_3d(binder, op, step);
    return octet_bind_unsupported(binder, op);
}
