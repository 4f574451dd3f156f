#include "lower/fast.h"

#include "kernels/fast/channelwise.h"
#include "kernels/fast/cpu.h"
#include "kernels/fast/product.h"
#include "kernels/fast/reduce_fast.h"
#include "kernels/fast/softmax_fast.h"
#include "kernels/fast/x86/pool_avx2.h"
#include "kernels/fast/x86/winograd.h"

static void run_product(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin,
                        uint32_t end) {
    const octet_product *product = step->params;
    const void *input = octet_step_input(step, frame, 0);
    if (phase == 0 && step->n_phases == 2) {
        octet_product_prepare(product, input, frame->shared, begin, end);
    } else {
        octet_product_run(product, input, frame->shared, octet_step_output(step, frame, 0), begin, end);
    }
}

static void run_channelwise(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin,
                            uint32_t end) {
    const octet_channelwise *channelwise = step->params;
    const void *input = octet_step_input(step, frame, 0);
    if (phase == 0 && step->n_phases == 2) {
        octet_channelwise_prepare(channelwise, input, frame->shared, begin, end);
    } else {
        octet_channelwise_run(channelwise, input, frame->shared, octet_step_output(step, frame, 0), begin, end);
    }
}

/* A step of one phase, or of two when the input is prepared first. */
static void set_step(octet_step *step, octet_step_run *run, const void *params, uint32_t prepare_units, uint32_t units,
                     size_t shared_bytes, const char *variant) {
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

static octet_status make(octet_binder *binder, const octet_weighted *w, octet_weighted_kind kind,
                         const octet_window_shape *shape, float real_min, float real_max, const octet_requantize *q,
                         octet_product **out) {
    const void *bias = w->bias ? w->bias->data : NULL;
    *out = NULL;
    if (binder->cpu == 0 || !is_constant(w)) return OCTET_OK;
    if (kind == OCTET_WEIGHTED_S8) {
        return octet_product_make_s8(binder->ctx, binder->arena, binder->cpu, shape, (uint32_t)w->channels, q,
                                     w->weights->data, bias, out);
    }
    if (kind == OCTET_WEIGHTED_F32) {
        return octet_product_make_f32(binder->ctx, binder->arena, binder->cpu, shape, (uint32_t)w->channels, real_min,
                                      real_max, w->weights->data, bias, out);
    }
    return OCTET_OK;
}

#if OCTET_FAST_X86
static void run_winograd(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin,
                         uint32_t end) {
    octet_winograd_run(step->params, phase, octet_step_input(step, frame, 0), frame->shared,
                       octet_step_output(step, frame, 0), begin, end);
}

/* Without VNNI, fewer multiplications are worth two transforms. */
static octet_status try_winograd(octet_binder *binder, const octet_weighted *w, const octet_window_shape *shape,
                                 const octet_requantize *q, octet_step *step, bool *done) {
    *done = false;
    if ((binder->cpu & (OCTET_CPU_AVX512_VNNI | OCTET_CPU_AVX_VNNI)) || !is_constant(w)) return OCTET_OK;
    octet_winograd *winograd;
    OCTET_TRY(octet_winograd_make(binder->ctx, binder->arena, binder->cpu, shape, (uint32_t)w->channels, q,
                                  w->weights->data, w->bias ? w->bias->data : NULL, &winograd));
    if (!winograd) return OCTET_OK;
    octet_step_set(step, run_winograd, winograd, 1, "avx2 winograd");
    step->shared_bytes = octet_winograd_shared_bytes(winograd);
    step->n_phases = 3;
    for (uint32_t i = 0; i < step->n_phases; i++) step->n_units[i] = octet_winograd_units(winograd, i);
    *done = true;
    return OCTET_OK;
}
#endif

octet_status octet_bind_fast_conv_2d(octet_binder *binder, const octet_weighted *w, octet_weighted_kind kind,
                                     const octet_conv_2d_params *p, octet_step *step) {
    const octet_window_shape shape = {.batches = p->batches,
                                      .in_h = p->in_h,
                                      .in_w = p->in_w,
                                      .in_c = p->in_c,
                                      .out_h = p->out_h,
                                      .out_w = p->out_w,
                                      .filter_h = p->filter_h,
                                      .filter_w = p->filter_w,
                                      .stride_h = p->stride_h,
                                      .stride_w = p->stride_w,
                                      .dilation_h = p->dilation_h,
                                      .dilation_w = p->dilation_w,
                                      .pad_top = p->pad_top,
                                      .pad_left = p->pad_left,
                                      .groups = p->groups};
#if OCTET_FAST_X86
    bool done = false;
    if (kind == OCTET_WEIGHTED_S8) OCTET_TRY(try_winograd(binder, w, &shape, &p->q, step, &done));
    if (done) return OCTET_OK;
#endif
    octet_product *product;
    OCTET_TRY(make(binder, w, kind, &shape, p->real_min, p->real_max, &p->q, &product));
    set_product(step, product);
    return OCTET_OK;
}

octet_status octet_bind_fast_fully_connected(octet_binder *binder, const octet_weighted *w, octet_weighted_kind kind,
                                             const octet_fully_connected_params *p, octet_step *step) {
    const octet_window_shape shape = {.batches = p->rows,
                                      .in_h = 1,
                                      .in_w = 1,
                                      .in_c = p->depth,
                                      .out_h = 1,
                                      .out_w = 1,
                                      .filter_h = 1,
                                      .filter_w = 1,
                                      .stride_h = 1,
                                      .stride_w = 1,
                                      .dilation_h = 1,
                                      .dilation_w = 1,
                                      .groups = 1};
    octet_product *product;
    OCTET_TRY(make(binder, w, kind, &shape, p->real_min, p->real_max, &p->q, &product));
    set_product(step, product);
    return OCTET_OK;
}

octet_status octet_bind_fast_depthwise(octet_binder *binder, const octet_weighted *w, octet_weighted_kind kind,
                                       const octet_depthwise_params *p, octet_step *step) {
    octet_channelwise *c = NULL;
    if (binder->cpu == 0 || !is_constant(w)) return OCTET_OK;
    const void *bias = w->bias ? w->bias->data : NULL;
    if (kind == OCTET_WEIGHTED_S8 && !w->input->data) /* vectors may pass the end of an activation, not of a constant */
        OCTET_TRY(octet_channelwise_make_s8(binder->ctx, binder->arena, binder->cpu, p, w->weights->data, bias, &c));
    if (kind == OCTET_WEIGHTED_F32)
        OCTET_TRY(octet_channelwise_make_f32(binder->ctx, binder->arena, binder->cpu, p, w->weights->data, bias, &c));
    if (!c) return OCTET_OK;
    set_step(step, run_channelwise, c, octet_channelwise_prepare_units(c), octet_channelwise_units(c),
             octet_channelwise_shared_bytes(c), c->kernel->name);
    return OCTET_OK;
}

#define RUN(name, kernel)                                                                                              \
    static void name(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin, uint32_t end) { \
        (void)phase;                                                                                                   \
        kernel(step->params, octet_step_input(step, frame, 0), octet_step_output(step, frame, 0), (int32_t)begin,      \
               (int32_t)end);                                                                                          \
    }

RUN(run_mean_f32, octet_mean_f32_fast)
RUN(run_mean_s8, octet_mean_s8_fast)
RUN(run_softmax_s8, octet_softmax_s8_fast)

#if OCTET_FAST_X86
RUN(run_max_f32, octet_max_pool_2d_f32_avx2)
RUN(run_max_s8, octet_max_pool_2d_s8_avx2)
RUN(run_average_f32, octet_average_pool_2d_f32_avx2)
RUN(run_average_s8, octet_average_pool_2d_s8_avx2)
#endif

octet_status octet_bind_fast_pool(octet_binder *binder, const octet_value *input, bool average,
                                  const octet_pool_2d_params *p, octet_step *step) {
#if OCTET_FAST_X86
    /* Vectors may pass the end of an activation, not of a constant. */
    if (!(binder->cpu & OCTET_CPU_AVX2) || input->data) return OCTET_OK;
    const bool few = (int64_t)p->filter_h * p->filter_w <= OCTET_POOL_AVERAGE_CELLS;
    octet_step_run *run = NULL;
    if (input->type == OCTET_FLOAT32) run = average ? run_average_f32 : run_max_f32;
    if (input->type == OCTET_INT8) run = !average ? run_max_s8 : few ? run_average_s8 : NULL;
    if (run) octet_step_set(step, run, p, (uint32_t)(p->batches * p->out_h), "avx2");
#else
    (void)binder, (void)input, (void)average, (void)p, (void)step;
#endif
    return OCTET_OK;
}

octet_status octet_bind_fast_mean(octet_binder *binder, const octet_value *input, const octet_reduce_params *p,
                                  octet_step *step) {
    if (binder->cpu == 0 || !octet_mean_fast_fits(p)) return OCTET_OK;
    if (input->type == OCTET_FLOAT32) octet_step_set(step, run_mean_f32, p, (uint32_t)p->n_outputs, "rows");
    if (input->type == OCTET_INT8) octet_step_set(step, run_mean_s8, p, (uint32_t)p->n_outputs, "rows");
    return OCTET_OK;
}

octet_status octet_bind_fast_softmax_s8(octet_binder *binder, const octet_softmax_params *p, octet_step *step) {
    if (binder->cpu == 0) return OCTET_OK;
    octet_softmax_fast *fast;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &fast));
    octet_softmax_fast_make(p, fast);
    octet_step_set(step, run_softmax_s8, fast, (uint32_t)p->rows, "table");
    return OCTET_OK;
}
