#include "lower/hybrid.h"

/* The rows of the input, quantized one by one in a phase before the one that `work` has. */
static octet_status bind_rows(octet_binder *binder, const octet_operator *op, const octet_weighted *w, int32_t rows,
                              bool asymmetric, octet_hybrid_params *out, octet_work *work) {
    const size_t n_elements = octet_shape_elements(&w->input->shape);
    *out = (octet_hybrid_params){
        .rows = rows, .depth = (int32_t)(n_elements / (size_t)rows), .asymmetric = asymmetric, .row_factor = 1};
    OCTET_TRY(octet_bind_weight_scales(binder, op, w, &out->weight_scales));
    work->n_phases = 2;
    work->n_units[1] = work->n_units[0];
    work->n_units[0] = (uint32_t)rows;
    work->shared_bytes = (size_t)rows * (sizeof(float) + sizeof(int32_t)) + n_elements;
    return OCTET_OK;
}

octet_status octet_bind_conv_2d_hybrid(octet_binder *binder, const octet_operator *op, const octet_weighted *w,
                                       const octet_conv_2d_params *params, octet_step *step) {
    const octet_quantization *q = &w->weights->quantization;
    bool per_channel = params->groups > 1;
    for (uint32_t i = 1; i < q->n; i++) per_channel = per_channel || q->scale[i] != q->scale[0];
    octet_hybrid_conv_2d_params *p;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    p->shape = *params;
    octet_step_set_hybrid_conv_2d(step, OCTET_KERNEL_conv_2d_hybrid, p, (uint32_t)(params->batches * params->out_h));
    OCTET_TRY(bind_rows(binder, op, w, params->batches, per_channel, &p->rows, &step->work));
    if (per_channel) return OCTET_OK;
    /* The single scale goes into the rows' scales, before the product with the sum. */
    float *ones;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, (size_t)params->out_c, &ones));
    for (int32_t i = 0; i < params->out_c; i++) ones[i] = 1;
    p->rows.row_factor = p->rows.weight_scales[0];
    p->rows.weight_scales = ones;
    return OCTET_OK;
}

octet_status octet_bind_depthwise_hybrid(octet_binder *binder, const octet_operator *op, const octet_weighted *w,
                                         const octet_depthwise_params *params, octet_step *step) {
    octet_hybrid_depthwise_params *p;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    p->shape = *params;
    octet_step_set_hybrid_depthwise(step, OCTET_KERNEL_depthwise_hybrid, p,
                                    (uint32_t)(params->batches * params->out_h));
    return bind_rows(binder, op, w, params->batches, true, &p->rows, &step->work);
}

octet_status octet_bind_fully_connected_hybrid(octet_binder *binder, const octet_operator *op, const octet_weighted *w,
                                               const octet_fully_connected_params *params, octet_step *step) {
    octet_hybrid_fully_connected_params *p;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    p->shape = *params;
    octet_step_set_hybrid_fully_connected(step, OCTET_KERNEL_fully_connected_hybrid, p,
                                          (uint32_t)(params->rows * params->out_c));
    return bind_rows(binder, op, w, params->rows, op->options.fully_connected.asymmetric_quantize_inputs, &p->rows,
                     &step->work);
}

octet_status octet_bind_transpose_conv_hybrid(octet_binder *binder, const octet_operator *op, const octet_weighted *w,
                                              const octet_transpose_conv_params *params, octet_step *step) {
    octet_hybrid_transpose_conv_params *p;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    p->shape = *params;
    octet_step_set_hybrid_transpose_conv(step, OCTET_KERNEL_transpose_conv_hybrid, p,
                                         (uint32_t)(params->batches * params->out_h));
    return bind_rows(binder, op, w, params->batches, true, &p->rows, &step->work);
}
