#include "kernels/ref/reduce.h"
#include "graph/infer/infer.h"
#include "lower/families.h"

/* By type; OCTET_KERNEL_NONE where there is no kernel. */
static octet_kernel kernel_of(octet_operator_code code, octet_type type) {
#define ROW(name)                                                                             \
    {                                                                                         \
        [OCTET_FLOAT32] = OCTET_KERNEL_##name##_f32, [OCTET_INT8] = OCTET_KERNEL_##name##_s8, \
        [OCTET_INT16] = OCTET_KERNEL_##name##_s16, [OCTET_INT32] = OCTET_KERNEL_##name##_s32, \
        [OCTET_INT64] = OCTET_KERNEL_##name##_s64                                             \
    }
#define ARG_ROW(name)                                                                         \
    {                                                                                         \
        [OCTET_FLOAT32] = OCTET_KERNEL_##name##_f32, [OCTET_INT8] = OCTET_KERNEL_##name##_s8, \
        [OCTET_INT16] = OCTET_KERNEL_##name##_s16, [OCTET_INT32] = OCTET_KERNEL_##name##_s32  \
    }
    static const struct {
        octet_operator_code code;
        octet_kernel kernels[OCTET_N_TYPES];
    } rows[] = {
        {OCTET_OP_SUM, ROW(sum)},
        {OCTET_OP_MEAN, ROW(mean)},
        {OCTET_OP_REDUCE_MAX, ROW(reduce_max)},
        {OCTET_OP_REDUCE_MIN, ROW(reduce_min)},
        {OCTET_OP_REDUCE_PROD, ROW(reduce_prod)},
        {OCTET_OP_REDUCE_ANY, {[OCTET_BOOL] = OCTET_KERNEL_reduce_any_u8}},
        {OCTET_OP_REDUCE_ALL, {[OCTET_BOOL] = OCTET_KERNEL_reduce_all_u8}},
        {OCTET_OP_ARG_MAX, ARG_ROW(arg_max)},
        {OCTET_OP_ARG_MIN, ARG_ROW(arg_min)},
    };
#undef ROW
#undef ARG_ROW
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].code == code) return rows[i].kernels[type];
    return OCTET_KERNEL_NONE;
}

/* Sorts the input's axes into those that stay and those that go. */
static octet_status bind_axes(octet_binder *binder, const octet_operator *op, const octet_value *input,
                              octet_reduce_params *p) {
    int32_t axes[OCTET_MAX_RANK], n;
    bool reduced[OCTET_MAX_RANK] = {false};
    OCTET_TRY(octet_infer_constant_i32(binder->ctx, binder->graph, op, 1, OCTET_MAX_RANK, axes, &n));
    for (int32_t i = 0; i < n; i++) {
        int32_t axis;
        OCTET_TRY(octet_infer_axis(binder->ctx, op, axes[i], input->shape.rank, &axis));
        reduced[axis] = true;
    }
    p->count = 1;
    for (int32_t i = 0; i < input->shape.rank; i++) {
        const octet_reduce_axis axis = {input->shape.dims[i],
                                        octet_shape_product(&input->shape, i + 1, input->shape.rank)};
        if (reduced[i]) {
            p->reduced[p->n_reduced++] = axis;
            p->count *= axis.size;
        } else {
            p->kept[p->n_kept++] = axis;
        }
    }
    p->n_outputs = (int32_t)octet_shape_elements(&octet_graph_output(binder->graph, op, 0)->shape);
    OCTET_CHECK(binder->ctx, p->count > 0 || p->n_outputs == 0, OCTET_MODEL, "%s: %s of nothing", op->layer,
                octet_operator_name(op->code));
    return OCTET_OK;
}

static octet_status bind_scales(octet_binder *binder, const octet_operator *op, const octet_value *input,
                                octet_reduce_params *p) {
    const octet_value *output = octet_graph_output(binder->graph, op, 0);
    if (op->code == OCTET_OP_REDUCE_MAX || op->code == OCTET_OP_REDUCE_MIN)
        return octet_bind_same_parameters(binder, op, input, output);
    float input_scale, output_scale;
    OCTET_TRY(octet_bind_per_tensor(binder, op, input, &input_scale, &p->input_zero_point));
    OCTET_TRY(octet_bind_per_tensor(binder, op, output, &output_scale, &p->output_zero_point));
    if (p->count == 0) return OCTET_OK;
    bool fits = true;
    if (op->code == OCTET_OP_SUM) octet_reduce_prepare_sum(p, input_scale, output_scale);
    if (op->code == OCTET_OP_MEAN) fits = octet_reduce_prepare_mean(p, input_scale, output_scale);
    if (op->code == OCTET_OP_REDUCE_PROD) fits = octet_reduce_prepare_prod(p, input_scale, output_scale);
    OCTET_CHECK(binder->ctx, fits, OCTET_MODEL, "%s: %s: scales %g (input) and %g (output) do not fit together",
                op->layer, octet_operator_name(op->code), (double)input_scale, (double)output_scale);
    return OCTET_OK;
}

static octet_status bind_arg(octet_binder *binder, const octet_operator *op, const octet_value *input,
                             octet_kernel kernel, octet_step *step) {
    octet_arg_params *p;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    OCTET_TRY(bind_axes(binder, op, input, &p->reduce));
    p->wide = octet_graph_output(binder->graph, op, 0)->type == OCTET_INT64;
    octet_step_set_arg(step, kernel, p, (uint32_t)p->reduce.n_outputs);
    return OCTET_OK;
}

octet_status octet_bind_reduce(octet_binder *binder, const octet_operator *op, octet_step *step) {
    octet_value *input;
    OCTET_TRY(octet_bind_input(binder, op, 0, &input));
    const octet_kernel kernel = kernel_of(op->code, input->type);
    if (kernel == OCTET_KERNEL_NONE) return octet_bind_unsupported(binder, op);
    if (octet_kernel_params(kernel) == OCTET_PARAMS_arg) return bind_arg(binder, op, input, kernel, step);
    octet_reduce_params *p;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    OCTET_TRY(bind_axes(binder, op, input, p));
    if (input->type == OCTET_INT8 || input->type == OCTET_INT16) OCTET_TRY(bind_scales(binder, op, input, p));
    octet_step_set_reduce(step, kernel, p, (uint32_t)p->n_outputs);
    return OCTET_OK;
}
