#include "kernels/ref/order.h"
#include "graph/infer/infer.h"
#include "lower/check.h"
#include "lower/families.h"

static const struct {
    octet_type type;
    octet_kernel top_k, cumsum;
} kernels[] = {{OCTET_FLOAT32, OCTET_KERNEL_top_k_f32, OCTET_KERNEL_cumsum_f32},
               {OCTET_INT8, OCTET_KERNEL_top_k_s8, OCTET_KERNEL_NONE},
               {OCTET_UINT8, OCTET_KERNEL_top_k_u8, OCTET_KERNEL_NONE},
               {OCTET_INT16, OCTET_KERNEL_top_k_s16, OCTET_KERNEL_NONE},
               {OCTET_INT32, OCTET_KERNEL_top_k_s32, OCTET_KERNEL_cumsum_s32},
               {OCTET_INT64, OCTET_KERNEL_top_k_s64, OCTET_KERNEL_cumsum_s64}};

static octet_status bind_top_k(octet_binder *binder, const octet_operator *op, const octet_value *input,
                               octet_kernel kernel, octet_step *step) {
    const octet_value *output = octet_graph_output(binder->graph, op, 0);
    octet_top_k_params *p;
    OCTET_TRY(octet_bind_check_moved(binder, op, input, output));
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    const int32_t last = input->shape.rank - 1;
    p->n = input->shape.dims[last];
    p->k = output->shape.dims[last];
    octet_step_set_top_k(step, kernel, p, (uint32_t)octet_shape_product(&input->shape, 0, last));
    return OCTET_OK;
}

static octet_status bind_cumsum(octet_binder *binder, const octet_operator *op, const octet_value *input,
                                octet_kernel kernel, octet_step *step) {
    octet_cumsum_params *p;
    int32_t axis, n;
    OCTET_TRY(octet_infer_constant_i32(binder->ctx, binder->graph, op, 1, 1, &axis, &n));
    OCTET_TRY(octet_infer_axis(binder->ctx, op, axis, input->shape.rank, &axis));
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    *p = (octet_cumsum_params){.n = input->shape.dims[axis],
                               .inner = octet_shape_product(&input->shape, axis + 1, input->shape.rank),
                               .exclusive = op->options.cumsum.exclusive,
                               .reverse = op->options.cumsum.reverse};
    octet_step_set_cumsum(step, kernel, p, (uint32_t)(octet_shape_product(&input->shape, 0, axis) * p->inner));
    return OCTET_OK;
}

octet_status octet_bind_order(octet_binder *binder, const octet_operator *op, octet_step *step) {
    octet_value *input;
    OCTET_TRY(octet_bind_input(binder, op, 0, &input));
    if (octet_bind_check_empty(binder, op, step)) return OCTET_OK;
    const bool is_top_k = op->code == OCTET_OP_TOPK_V2;
    octet_kernel kernel = OCTET_KERNEL_NONE;
    for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++)
        if (kernels[i].type == input->type) kernel = is_top_k ? kernels[i].top_k : kernels[i].cumsum;
    if (kernel == OCTET_KERNEL_NONE || (!is_top_k && op->code != OCTET_OP_CUMSUM))
        return octet_bind_unsupported(binder, op);
    return is_top_k ? bind_top_k(binder, op, input, kernel, step) : bind_cumsum(binder, op, input, kernel, step);
}
