#include "kernels/ref/pool.h"
#include "kernels/ref/fixed_point.h"
#include "lower/activation.h"
#include "lower/families.h"

static octet_kernel kernel_of(octet_operator_code code, octet_type type) {
    static const struct {
        octet_type type;
        octet_kernel average, max, l2;
    } kernels[] = {
        {OCTET_FLOAT32, OCTET_KERNEL_average_pool_2d_f32, OCTET_KERNEL_max_pool_2d_f32, OCTET_KERNEL_l2_pool_2d_f32},
        {OCTET_INT8, OCTET_KERNEL_average_pool_2d_s8, OCTET_KERNEL_max_pool_2d_s8, OCTET_KERNEL_NONE},
        {OCTET_UINT8, OCTET_KERNEL_average_pool_2d_u8, OCTET_KERNEL_max_pool_2d_u8, OCTET_KERNEL_NONE},
        {OCTET_INT16, OCTET_KERNEL_average_pool_2d_s16, OCTET_KERNEL_max_pool_2d_s16, OCTET_KERNEL_NONE}};
    for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++) {
        if (kernels[i].type != type) continue;
        if (code == OCTET_OP_AVERAGE_POOL_2D) return kernels[i].average;
        if (code == OCTET_OP_L2_POOL_2D) return kernels[i].l2;
        return code == OCTET_OP_MAX_POOL_2D ? kernels[i].max : OCTET_KERNEL_NONE;
    }
    return OCTET_KERNEL_NONE;
}

enum { MAX_CELLS = 1 << 24 }; /* int8 averages are summed in 32 bits */

static octet_status bind_range(octet_binder *binder, const octet_operator *op, const octet_value *input,
                               octet_pool_2d_params *p) {
    const octet_value *output = octet_graph_output(binder->graph, op, 0);
    OCTET_TRY(octet_bind_activation(binder, op, &p->real_min, &p->real_max));
    if (input->type == OCTET_FLOAT32) return OCTET_OK;
    float scale;
    int32_t zero_point, low, high;
    OCTET_TRY(octet_bind_same_parameters(binder, op, input, output));
    OCTET_TRY(octet_bind_per_tensor(binder, op, output, &scale, &zero_point));
    octet_type_limits(input->type, &low, &high);
    octet_fixed_activation_range(p->real_min, p->real_max, scale, zero_point, low, high, &p->min, &p->max);
    return OCTET_OK;
}

octet_status octet_bind_pool(octet_binder *binder, const octet_operator *op, octet_step *step) {
    octet_value *input;
    OCTET_TRY(octet_bind_input(binder, op, 0, &input));
    const bool average = op->code == OCTET_OP_AVERAGE_POOL_2D;
    const octet_kernel kernel = kernel_of(op->code, input->type);
    if (kernel == OCTET_KERNEL_NONE) return octet_bind_unsupported(binder, op);
    const int32_t *in = input->shape.dims, *out = octet_graph_output(binder->graph, op, 0)->shape.dims;
    octet_pool_2d_params *p;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    *p = (octet_pool_2d_params){.batches = in[0],
                                .in_h = in[1],
                                .in_w = in[2],
                                .channels = in[3],
                                .out_h = out[1],
                                .out_w = out[2],
                                .filter_h = op->options.pool_2d.filter_h,
                                .filter_w = op->options.pool_2d.filter_w,
                                .stride_h = op->options.pool_2d.stride_h,
                                .stride_w = op->options.pool_2d.stride_w};
    OCTET_CHECK(binder->ctx, !average || (int64_t)p->in_h * p->in_w <= MAX_CELLS, OCTET_LIMIT,
                "%s: %s over %dx%d cells, at most 2^24 are possible", op->layer, octet_operator_name(op->code), p->in_h,
                p->in_w);
    p->pad_top = octet_window(op->options.pool_2d.padding, p->in_h, p->filter_h, p->stride_h, 1).before;
    p->pad_left = octet_window(op->options.pool_2d.padding, p->in_w, p->filter_w, p->stride_w, 1).before;
    OCTET_TRY(bind_range(binder, op, input, p));
    octet_step_set_pool_2d(step, kernel, p, (uint32_t)(p->batches * p->out_h));
    return OCTET_OK;
}
