#include "exec/bind_fast.h"

#include "kernels/fast/channelwise.h"
#include "kernels/fast/product.h"

static void run_product(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin, uint32_t end) {
    const octet_product *product = step->params;
    const void *input = octet_step_input(step, frame, 0);
    if (phase == 0 && step->n_phases == 2) {
        octet_product_prepare(product, input, frame->shared, begin, end);
    } else {
        octet_product_run(product, input, frame->shared, octet_step_output(step, frame, 0), begin, end);
    }
}

static void run_channelwise(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin, uint32_t end) {
    const octet_channelwise *channelwise = step->params;
    const void *input = octet_step_input(step, frame, 0);
    if (phase == 0 && step->n_phases == 2) {
        octet_channelwise_prepare(channelwise, input, frame->shared, begin, end);
    } else {
        octet_channelwise_run(channelwise, input, frame->shared, octet_step_output(step, frame, 0), begin, end);
    }
}

/* A step of one phase, or of two when the input is prepared first. */
static void set_step(octet_step *step, octet_step_run *run, const void *params, uint32_t prepare_units, uint32_t units, size_t shared_bytes,
                     const char *variant) {
    octet_step_set(step, run, params, units, variant);
    step->shared_bytes = shared_bytes;
    if (prepare_units == 0) return;
    step->n_phases = 2;
    step->n_units[0] = prepare_units;
    step->n_units[1] = units;
}

static void set_product(octet_step *step, const octet_product *product) {
    if (!product) return;
    set_step(step, run_product, product, octet_product_prepare_units(product), octet_product_units(product),
             octet_product_shared_bytes(product), product->kernel->name);
}

/* Weights can be packed when they are known before the first run. */
static bool is_constant(const octet_weighted *w) { return w->weights->data && (!w->bias || w->bias->data); }

static octet_status make(octet_binder *binder, const octet_weighted *w, octet_weighted_kind kind, const octet_window_shape *shape, float real_min,
                         float real_max, const octet_requantize *q, octet_product **out) {
    const void *bias = w->bias ? w->bias->data : NULL;
    *out = NULL;
    if (binder->cpu == 0 || !is_constant(w)) return OCTET_OK;
    if (kind == OCTET_WEIGHTED_S8) {
        return octet_product_make_s8(binder->ctx, binder->arena, binder->cpu, shape, (uint32_t)w->channels, q, w->weights->data, bias, out);
    }
    if (kind == OCTET_WEIGHTED_F32) {
        return octet_product_make_f32(binder->ctx, binder->arena, binder->cpu, shape, (uint32_t)w->channels, real_min, real_max,
                                      w->weights->data, bias, out);
    }
    return OCTET_OK;
}

octet_status octet_bind_fast_conv_2d(octet_binder *binder, const octet_weighted *w, octet_weighted_kind kind, const octet_conv_2d_params *p,
                                     octet_step *step) {
    const octet_window_shape shape = {.batches = p->batches, .in_h = p->in_h, .in_w = p->in_w, .in_c = p->in_c, .out_h = p->out_h,
        .out_w = p->out_w, .filter_h = p->filter_h, .filter_w = p->filter_w, .stride_h = p->stride_h, .stride_w = p->stride_w,
        .dilation_h = p->dilation_h, .dilation_w = p->dilation_w, .pad_top = p->pad_top, .pad_left = p->pad_left, .groups = p->groups};
    octet_product *product;
    OCTET_TRY(make(binder, w, kind, &shape, p->real_min, p->real_max, &p->q, &product));
    set_product(step, product);
    return OCTET_OK;
}

octet_status octet_bind_fast_fully_connected(octet_binder *binder, const octet_weighted *w, octet_weighted_kind kind,
                                             const octet_fully_connected_params *p, octet_step *step) {
    const octet_window_shape shape = {.batches = p->rows, .in_h = 1, .in_w = 1, .in_c = p->depth, .out_h = 1, .out_w = 1, .filter_h = 1,
        .filter_w = 1, .stride_h = 1, .stride_w = 1, .dilation_h = 1, .dilation_w = 1, .groups = 1};
    octet_product *product;
    OCTET_TRY(make(binder, w, kind, &shape, p->real_min, p->real_max, &p->q, &product));
    set_product(step, product);
    return OCTET_OK;
}

octet_status octet_bind_fast_depthwise(octet_binder *binder, const octet_weighted *w, octet_weighted_kind kind, const octet_depthwise_params *p,
                                       octet_step *step) {
    octet_channelwise *c = NULL;
    if (binder->cpu == 0 || !is_constant(w)) return OCTET_OK;
    const void *bias = w->bias ? w->bias->data : NULL;
    if (kind == OCTET_WEIGHTED_S8) OCTET_TRY(octet_channelwise_make_s8(binder->ctx, binder->arena, binder->cpu, p, w->weights->data, bias, &c));
    if (kind == OCTET_WEIGHTED_F32) OCTET_TRY(octet_channelwise_make_f32(binder->ctx, binder->arena, binder->cpu, p, w->weights->data, bias, &c));
    if (!c) return OCTET_OK;
    set_step(step, run_channelwise, c, octet_channelwise_prepare_units(c), octet_channelwise_units(c), octet_channelwise_shared_bytes(c),
             c->kernel->name);
    return OCTET_OK;
}
