#include "lower/hybrid.h"

typedef struct hybrid_step {
    octet_hybrid_params rows;
    const void *params; /* of the operator */
} hybrid_step;

/* The memory shared by the threads: scales, zero points, quantized rows. */
static octet_hybrid_rows rows_in(const octet_hybrid_params *h, void *shared) {
    octet_hybrid_rows rows;
    rows.scales = shared;
    rows.zero_points = (int32_t *)(rows.scales + h->rows);
    rows.data = (int8_t *)(rows.zero_points + h->rows);
    return rows;
}

/* first: number of the input that holds the activations; weights are input 1, the bias comes after both. */
#define RUN(name, kernel, first)                                                                                       \
    static void name(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin, uint32_t end) { \
        const hybrid_step *h = step->params;                                                                           \
        const octet_hybrid_rows rows = rows_in(&h->rows, frame->shared);                                               \
        if (phase == 0) {                                                                                              \
            octet_hybrid_quantize_ref(&h->rows, octet_step_input(step, frame, (first)), &rows, (int32_t)begin,         \
                                      (int32_t)end);                                                                   \
        } else {                                                                                                       \
            kernel(h->params, &h->rows, &rows, octet_step_input(step, frame, 1),                                       \
                   octet_step_input(step, frame, (first) ? 3 : 2), octet_step_output(step, frame, 0), (int32_t)begin,  \
                   (int32_t)end);                                                                                      \
        }                                                                                                              \
    }

RUN(run_conv_2d, octet_conv_2d_hybrid_ref, 0)
RUN(run_depthwise, octet_depthwise_hybrid_ref, 0)
RUN(run_fully_connected, octet_fully_connected_hybrid_ref, 0)
RUN(run_transpose_conv, octet_transpose_conv_hybrid_ref, 2)

static octet_status bind(octet_binder *binder, const octet_operator *op, const octet_weighted *w, const void *params,
                         int32_t rows, bool asymmetric, octet_step_run *run, int32_t n_units, octet_step *step) {
    hybrid_step *h;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &h));
    h->params = params;
    h->rows.rows = rows;
    h->rows.depth = (int32_t)(octet_shape_elements(&w->input->shape) / (size_t)rows);
    h->rows.asymmetric = asymmetric;
    h->rows.row_factor = 1;
    OCTET_TRY(octet_bind_weight_scales(binder, op, w, &h->rows.weight_scales));
    octet_step_set(step, run, h, (uint32_t)rows, "ref");
    step->n_phases = 2;
    step->n_units[1] = (uint32_t)n_units;
    step->shared_bytes = (size_t)rows * (sizeof(float) + sizeof(int32_t)) + octet_shape_elements(&w->input->shape);
    return OCTET_OK;
}

octet_status octet_bind_conv_2d_hybrid(octet_binder *binder, const octet_operator *op, const octet_weighted *w,
                                       const octet_conv_2d_params *params, octet_step *step) {
    const octet_quantization *q = &w->weights->quantization;
    bool per_channel = params->groups > 1;
    for (uint32_t i = 1; i < q->n; i++) per_channel = per_channel || q->scale[i] != q->scale[0];
    OCTET_TRY(
        bind(binder, op, w, params, params->batches, per_channel, run_conv_2d, params->batches * params->out_h, step));
    if (per_channel) return OCTET_OK;
    /* The single scale goes into the rows' scales, before the product with the sum. */
    hybrid_step *h = (hybrid_step *)(uintptr_t)step->params;
    float *ones;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, (size_t)params->out_c, &ones));
    for (int32_t i = 0; i < params->out_c; i++) ones[i] = 1;
    h->rows.row_factor = h->rows.weight_scales[0];
    h->rows.weight_scales = ones;
    return OCTET_OK;
}

octet_status octet_bind_depthwise_hybrid(octet_binder *binder, const octet_operator *op, const octet_weighted *w,
                                         const octet_depthwise_params *params, octet_step *step) {
    return bind(binder, op, w, params, params->batches, true, run_depthwise, params->batches * params->out_h, step);
}

octet_status octet_bind_fully_connected_hybrid(octet_binder *binder, const octet_operator *op, const octet_weighted *w,
                                               const octet_fully_connected_params *params, octet_step *step) {
    return bind(binder, op, w, params, params->rows, op->options.fully_connected.asymmetric_quantize_inputs,
                run_fully_connected, params->rows * params->out_c, step);
}

octet_status octet_bind_transpose_conv_hybrid(octet_binder *binder, const octet_operator *op, const octet_weighted *w,
                                              const octet_transpose_conv_params *params, octet_step *step) {
    return bind(binder, op, w, params, params->batches, true, run_transpose_conv, params->batches * params->out_h,
                step);
}
