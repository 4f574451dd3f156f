#include "lower/eigen.h"

#include "kernels/ref/eigen.h"

static void run_product(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin,
                        uint32_t end) {
    (void)phase;
    octet_eigen_product(step->params, octet_step_input(step, frame, 0), octet_step_input(step, frame, 1),
                        octet_step_input(step, frame, 2), octet_step_output(step, frame, 0), frame->scratch,
                        (int32_t)begin, (int32_t)end);
}

static void run_depthwise(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin,
                          uint32_t end) {
    (void)phase;
    octet_eigen_depthwise(step->params, octet_step_input(step, frame, 0), octet_step_input(step, frame, 1),
                          octet_step_input(step, frame, 2), octet_step_output(step, frame, 0), (int32_t)begin,
                          (int32_t)end);
}

static octet_status bind_product(octet_binder *binder, const octet_weighted *w, const octet_eigen_params *shape,
                                 octet_step *step) {
    octet_eigen_params *p;
    float *panels = NULL;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    *p = *shape;
    if (w->weights->data) {
        OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, octet_eigen_packed_size(p->channels, p->depth), &panels));
        octet_eigen_pack(w->weights->data, p->channels, p->depth, panels);
    }
    p->panels = panels;
    octet_step_set(step, run_product, p, (uint32_t)((p->n_rows + OCTET_EIGEN_ROWS - 1) / OCTET_EIGEN_ROWS), "eigen");
    step->scratch_bytes = p->conv ? (size_t)OCTET_EIGEN_ROWS * (size_t)p->depth * sizeof(float) : 0;
    return OCTET_OK;
}

/* Weights that are no constant cannot be packed before the run. */
static bool is_asked(const octet_binder *binder, const octet_weighted *w, octet_weighted_kind kind) {
    return binder->float_order == OCTET_FLOAT_ORDER_TENSORFLOW && kind == OCTET_WEIGHTED_F32 && w->weights->data;
}

octet_status octet_bind_eigen_conv_2d(octet_binder *binder, const octet_weighted *w, octet_weighted_kind kind,
                                      const octet_conv_2d_params *p, octet_step *step, bool *out) {
    *out = is_asked(binder, w, kind) && p->groups == 1;
    if (!*out) return OCTET_OK;
    const octet_eigen_params shape = {.n_rows = p->batches * p->out_h * p->out_w,
                                      .depth = p->filter_h * p->filter_w * p->filter_c,
                                      .channels = p->out_c,
                                      .conv = p,
                                      .real_min = p->real_min,
                                      .real_max = p->real_max};
    return bind_product(binder, w, &shape, step);
}

octet_status octet_bind_eigen_fully_connected(octet_binder *binder, const octet_weighted *w, octet_weighted_kind kind,
                                              const octet_fully_connected_params *p, octet_step *step, bool *out) {
    *out = is_asked(binder, w, kind);
    if (!*out) return OCTET_OK;
    const octet_eigen_params shape = {
        .n_rows = p->rows, .depth = p->depth, .channels = p->out_c, .real_min = p->real_min, .real_max = p->real_max};
    return bind_product(binder, w, &shape, step);
}

bool octet_bind_eigen_depthwise(const octet_binder *binder, octet_weighted_kind kind, const octet_depthwise_params *p,
                                octet_step *step) {
    if (binder->float_order != OCTET_FLOAT_ORDER_TENSORFLOW || kind != OCTET_WEIGHTED_F32) return false;
    octet_step_set(step, run_depthwise, p, (uint32_t)(p->batches * p->out_h), "eigen");
    return true;
}
