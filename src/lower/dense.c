#include "kernels/ref/batch_matmul.h"
#include "kernels/ref/fully_connected.h"
#include "lower/activation.h"
#include "lower/eigen.h"
#include "lower/families.h"
#include "lower/hybrid.h"
#include "lower/weights.h"

/* By octet_weighted_kind. */
static const octet_kernel fully_connected_kernels[] = {
    OCTET_KERNEL_fully_connected_f32, OCTET_KERNEL_fully_connected_s8, OCTET_KERNEL_fully_connected_s16,
    OCTET_KERNEL_fully_connected_s16_b32, OCTET_KERNEL_fully_connected_hybrid};

static octet_status bind_fully_connected(octet_binder *binder, const octet_operator *op, octet_step *step) {
    const octet_weighted w = octet_bind_weighted(binder, op);
    octet_weighted_kind kind;
    OCTET_TRY(octet_bind_weighted_kind(binder, op, &w, &kind));
    octet_fully_connected_params *p;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    p->depth = w.weights->shape.dims[1];
    p->out_c = w.channels;
    p->rows = (int32_t)(octet_shape_elements(&w.input->shape) / (size_t)p->depth);
    OCTET_TRY(octet_bind_activation(binder, op, &p->real_min, &p->real_max));
    if (kind != OCTET_WEIGHTED_F32 && kind != OCTET_WEIGHTED_HYBRID) {
        const bool in_double = binder->options.numerics == OCTET_NUMERICS_LITERT;
        OCTET_TRY(octet_bind_requantize(binder, op, &w, kind == OCTET_WEIGHTED_S8, in_double, &p->q));
    }
    if (kind == OCTET_WEIGHTED_HYBRID) return octet_bind_fully_connected_hybrid(binder, op, &w, p, step);
    const bool is_plain = binder->options.float_order == OCTET_FLOAT_ORDER_PLAIN && kind == OCTET_WEIGHTED_F32;
    const octet_kernel kernel = is_plain ? OCTET_KERNEL_fully_connected_f32_plain : fully_connected_kernels[kind];
    octet_step_set_fully_connected(step, kernel, p, (uint32_t)(p->rows * p->out_c));
    return octet_bind_eigen_fully_connected(binder, &w, step);
}

/* How many matrices an operand advances along each leading axis of the output, aligned at the last one. */
static void matmul_steps(const octet_shape *operand, int32_t n_axes, int32_t *steps) {
    const int32_t own = operand->rank - 2;
    for (int32_t axis = 0; axis < n_axes; axis++) {
        const int32_t at = axis - (n_axes - own);
        steps[axis] = at < 0 || operand->dims[at] == 1 ? 0 : octet_shape_product(operand, at + 1, own);
    }
}

static octet_status bind_batch_matmul(octet_binder *binder, const octet_operator *op, octet_step *step) {
    const octet_value *lhs = octet_graph_input(binder->graph, op, 0), *rhs = octet_graph_input(binder->graph, op, 1);
    const octet_value *output = octet_graph_output(binder->graph, op, 0);
    octet_kernel kernel = OCTET_KERNEL_NONE;
    const bool is_plain = binder->options.float_order == OCTET_FLOAT_ORDER_PLAIN;
    if (lhs->type == OCTET_FLOAT32)
        kernel = is_plain ? OCTET_KERNEL_batch_matmul_f32_plain : OCTET_KERNEL_batch_matmul_f32;
    if (lhs->type == OCTET_INT8) kernel = OCTET_KERNEL_batch_matmul_s8;
    if (lhs->type == OCTET_INT16) kernel = OCTET_KERNEL_batch_matmul_s16;
    if (kernel == OCTET_KERNEL_NONE || rhs->type != lhs->type || output->type != lhs->type)
        return octet_bind_unsupported(binder, op);
    octet_batch_matmul_params *p;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    p->adj_x = op->options.batch_matmul.adj_x;
    p->adj_y = op->options.batch_matmul.adj_y;
    p->n_axes = output->shape.rank - 2;
    p->rows = output->shape.dims[p->n_axes];
    p->columns = output->shape.dims[p->n_axes + 1];
    p->depth = lhs->shape.dims[lhs->shape.rank - (p->adj_x ? 2 : 1)];
    for (int32_t axis = 0; axis < p->n_axes; axis++) p->sizes[axis] = output->shape.dims[axis];
    matmul_steps(&lhs->shape, p->n_axes, p->lhs_steps);
    matmul_steps(&rhs->shape, p->n_axes, p->rhs_steps);
    if (lhs->type != OCTET_FLOAT32) {
        float lhs_scale, rhs_scale, output_scale;
        OCTET_TRY(octet_bind_per_tensor(binder, op, lhs, &lhs_scale, &p->lhs_zero_point));
        OCTET_TRY(octet_bind_per_tensor(binder, op, rhs, &rhs_scale, &p->rhs_zero_point));
        OCTET_TRY(octet_bind_per_tensor(binder, op, output, &output_scale, &p->output_zero_point));
        const double real = (double)lhs_scale * (double)rhs_scale / (double)output_scale;
        OCTET_CHECK(binder->ctx, octet_fixed_multiplier(real, &p->multiplier, &p->shift), OCTET_MODEL,
                    "%s: BATCH_MATMUL: scales %g, %g (inputs) and %g (output) do not fit together", op->layer,
                    (double)lhs_scale, (double)rhs_scale, (double)output_scale);
    }
    const uint32_t n_rows = (uint32_t)octet_shape_product(&output->shape, 0, p->n_axes + 1);
    octet_step_set_batch_matmul(step, kernel, p, p->columns > 0 ? n_rows : 0);
    return OCTET_OK;
}

octet_status octet_bind_dense(octet_binder *binder, const octet_operator *op, octet_step *step) {
    if (op->code == OCTET_OP_FULLY_CONNECTED) return bind_fully_connected(binder, op, step);
    if (op->code == OCTET_OP_BATCH_MATMUL) return bind_batch_matmul(binder, op, step);
    return octet_bind_unsupported(binder, op);
}
