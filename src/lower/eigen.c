#include "lower/eigen.h"

#include "kernels/ref/eigen.h"

static octet_status bind_product(octet_binder *binder, const octet_weighted *w, const octet_eigen_params *shape,
                                 octet_kernel kernel, octet_step *step) {
    octet_eigen_params *p;
    float *panels;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    *p = *shape;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, octet_eigen_packed_size(p->channels, p->depth), &panels));
    octet_eigen_pack(w->weights->data, p->channels, p->depth, panels);
    p->panels = panels;
    octet_step_set_eigen(step, kernel, p, (uint32_t)((p->n_rows + OCTET_EIGEN_ROWS - 1) / OCTET_EIGEN_ROWS));
    step->work.scratch_bytes = p->conv != NULL ? (size_t)OCTET_EIGEN_ROWS * (size_t)p->depth * sizeof(float) : 0;
    return OCTET_OK;
}

/* Weights that are no constant cannot be packed before the run. */
static bool is_asked(const octet_binder *binder, const octet_weighted *w) {
    return binder->options.float_order == OCTET_FLOAT_ORDER_TENSORFLOW && w->weights->data != NULL;
}

octet_status octet_bind_eigen_conv_2d(octet_binder *binder, const octet_weighted *w, octet_step *step) {
    if (step->kernel != OCTET_KERNEL_conv_2d_f32 || !is_asked(binder, w)) return OCTET_OK;
    const octet_conv_2d_params *p = octet_step_params_conv_2d(step);
    if (p->groups != 1) return OCTET_OK;
    const octet_eigen_params shape = {.n_rows = p->batches * p->out_h * p->out_w,
                                      .depth = p->filter_h * p->filter_w * p->filter_c,
                                      .channels = p->out_c,
                                      .conv = p,
                                      .real_min = p->real_min,
                                      .real_max = p->real_max};
    return bind_product(binder, w, &shape, OCTET_KERNEL_conv_2d_f32_eigen, step);
}

octet_status octet_bind_eigen_fully_connected(octet_binder *binder, const octet_weighted *w, octet_step *step) {
    if (step->kernel != OCTET_KERNEL_fully_connected_f32 || !is_asked(binder, w)) return OCTET_OK;
    const octet_fully_connected_params *p = octet_step_params_fully_connected(step);
    const octet_eigen_params shape = {
        .n_rows = p->rows, .depth = p->depth, .channels = p->out_c, .real_min = p->real_min, .real_max = p->real_max};
    return bind_product(binder, w, &shape, OCTET_KERNEL_fully_connected_f32_eigen, step);
}

void octet_bind_eigen_depthwise(const octet_binder *binder, octet_step *step) {
    if (step->kernel == OCTET_KERNEL_depthwise_f32 && binder->options.float_order == OCTET_FLOAT_ORDER_TENSORFLOW)
        step->kernel = OCTET_KERNEL_depthwise_f32_eigen; /* same parameters, same units */
}
