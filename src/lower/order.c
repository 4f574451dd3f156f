#include "kernels/ref/order.h"
#include "graph/infer/infer.h"
#include "lower/check.h"
#include "lower/families.h"

#define RUN_TOP_K(suffix, TYPE)                                                                                       \
    static void run_top_k_##suffix(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin,  \
                                   uint32_t end) {                                                                    \
        (void)phase;                                                                                                  \
        octet_top_k_##suffix##_ref(step->params, octet_step_input(step, frame, 0), octet_step_output(step, frame, 0), \
                                   octet_step_output(step, frame, 1), begin, end);                                    \
    }
OCTET_ORDER_TYPES(RUN_TOP_K)

#define RUN_CUMSUM(suffix)                                                                                             \
    static void run_cumsum_##suffix(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin,  \
                                    uint32_t end) {                                                                    \
        (void)phase;                                                                                                   \
        octet_cumsum_##suffix##_ref(step->params, octet_step_input(step, frame, 0), octet_step_output(step, frame, 0), \
                                    begin, end);                                                                       \
    }
RUN_CUMSUM(f32)
RUN_CUMSUM(s32)
RUN_CUMSUM(s64)

static const struct {
    octet_type type;
    octet_step_run *top_k, *cumsum;
} runs[] = {{OCTET_FLOAT32, run_top_k_f32, run_cumsum_f32},
            {OCTET_INT8, run_top_k_s8, NULL},
            {OCTET_UINT8, run_top_k_u8, NULL},
            {OCTET_INT16, run_top_k_s16, NULL},
            {OCTET_INT32, run_top_k_s32, run_cumsum_s32},
            {OCTET_INT64, run_top_k_s64, run_cumsum_s64}};

static octet_status bind_top_k(octet_binder *binder, const octet_operator *op, const octet_value *input,
                               octet_step_run *run, octet_step *step) {
    const octet_value *output = octet_graph_output(binder->graph, op, 0);
    octet_top_k_params *p;
    OCTET_TRY(octet_bind_check_moved(binder, op, input, output));
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    const int32_t last = input->shape.rank - 1;
    p->n = input->shape.dims[last];
    p->k = output->shape.dims[last];
    octet_step_set(step, run, p, (uint32_t)octet_shape_product(&input->shape, 0, last), "ref");
    return OCTET_OK;
}

static octet_status bind_cumsum(octet_binder *binder, const octet_operator *op, const octet_value *input,
                                octet_step_run *run, octet_step *step) {
    octet_cumsum_params *p;
    int32_t axis, n;
    OCTET_TRY(octet_infer_constant_i32(binder->ctx, binder->graph, op, 1, 1, &axis, &n));
    OCTET_TRY(octet_infer_axis(binder->ctx, op, axis, input->shape.rank, &axis));
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    *p = (octet_cumsum_params){.n = input->shape.dims[axis],
                               .inner = octet_shape_product(&input->shape, axis + 1, input->shape.rank),
                               .exclusive = op->options.cumsum.exclusive,
                               .reverse = op->options.cumsum.reverse};
    octet_step_set(step, run, p, (uint32_t)(octet_shape_product(&input->shape, 0, axis) * p->inner), "ref");
    return OCTET_OK;
}

octet_status octet_bind_order(octet_binder *binder, const octet_operator *op, octet_step *step) {
    octet_value *input;
    OCTET_TRY(octet_bind_input(binder, op, 0, &input));
    if (octet_bind_check_empty(binder, op, step)) return OCTET_OK;
    const bool is_top_k = op->code == OCTET_OP_TOPK_V2;
    octet_step_run *run = NULL;
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++)
        if (runs[i].type == input->type) run = is_top_k ? runs[i].top_k : runs[i].cumsum;
    if (!run) return octet_bind_unsupported(binder, op);
    return is_top_k ? bind_top_k(binder, op, input, run, step) : bind_cumsum(binder, op, input, run, step);
}
