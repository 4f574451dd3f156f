#include "kernels/ref/reduce.h"
#include "graph/infer/infer.h"
#include "lower/families.h"
#include "lower/fast.h"

#define RUN(operator, type)                                                                               \
    static void run_##operator##_##type(const octet_step *step, const octet_frame *frame, uint32_t phase, \
                                        uint32_t begin, uint32_t end) {                                   \
        (void)phase;                                                                                      \
        octet_##operator##_##type##_ref(step->params, octet_step_input(step, frame, 0),                   \
                                        octet_step_output(step, frame, 0), (int32_t)begin, (int32_t)end); \
    }
#define RUN_ALL(operator) RUN(operator, f32) RUN(operator, s8) RUN(operator, s16) RUN(operator, s32) RUN(operator, s64)

RUN_ALL(sum)
RUN_ALL(mean)
RUN_ALL(reduce_max)
RUN_ALL(reduce_min)
RUN_ALL(reduce_prod)
RUN(reduce_any, u8)
RUN(reduce_all, u8)

#define RUN_ARG(operator, type, suffix, wide)                                                                     \
    static void run_##operator##_##type##suffix(const octet_step *step, const octet_frame *frame, uint32_t phase, \
                                                uint32_t begin, uint32_t end) {                                   \
        (void)phase;                                                                                              \
        octet_##operator##_##type##_ref(step->params, octet_step_input(step, frame, 0),                           \
                                        octet_step_output(step, frame, 0), (wide), (int32_t)begin, (int32_t)end); \
    }
#define RUN_ARG_BOTH(operator, type) RUN_ARG(operator, type, _narrow, false) RUN_ARG(operator, type, _wide, true)
#define RUN_ARG_ALL(operator) \
    RUN_ARG_BOTH(operator, f32) RUN_ARG_BOTH(operator, s8) RUN_ARG_BOTH(operator, s16) RUN_ARG_BOTH(operator, s32)

RUN_ARG_ALL(arg_max)
RUN_ARG_ALL(arg_min)

/* Indices into the rows below. */
enum { F32, S8, S16, S32, S64, N_TYPES, ANY };

#define ROW(operator) \
    { run_##operator##_f32, run_##operator##_s8, run_##operator##_s16, run_##operator##_s32, run_##operator##_s64 }
static octet_step_run *const sum_runs[N_TYPES] = ROW(sum), *const mean_runs[N_TYPES] = ROW(mean);
static octet_step_run *const max_runs[N_TYPES] = ROW(reduce_max), *const min_runs[N_TYPES] = ROW(reduce_min);
static octet_step_run *const prod_runs[N_TYPES] = ROW(reduce_prod);
#define ARG_ROW(operator, suffix)                                                                \
    {                                                                                            \
        run_##operator##_f32##suffix, run_##operator##_s8##suffix, run_##operator##_s16##suffix, \
            run_##operator##_s32##suffix, NULL                                                   \
    }
static octet_step_run *const arg_max_runs[2][N_TYPES] = {ARG_ROW(arg_max, _narrow), ARG_ROW(arg_max, _wide)};
static octet_step_run *const arg_min_runs[2][N_TYPES] = {ARG_ROW(arg_min, _narrow), ARG_ROW(arg_min, _wide)};

static int type_index(octet_type type) {
    if (type == OCTET_FLOAT32) return F32;
    if (type == OCTET_INT8) return S8;
    if (type == OCTET_INT16) return S16;
    if (type == OCTET_INT32) return S32;
    if (type == OCTET_INT64) return S64;
    return N_TYPES;
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

octet_status octet_bind_reduce(octet_binder *binder, const octet_operator *op, octet_step *step) {
    octet_value *input;
    OCTET_TRY(octet_bind_input(binder, op, 0, &input));
    const bool is_logical = op->code == OCTET_OP_REDUCE_ANY || op->code == OCTET_OP_REDUCE_ALL;
    const int type = is_logical ? ANY : type_index(input->type);
    if (type == N_TYPES) return octet_bind_unsupported(binder, op);
    const bool is_arg = op->code == OCTET_OP_ARG_MAX || op->code == OCTET_OP_ARG_MIN;
    const bool wide = octet_graph_output(binder->graph, op, 0)->type == OCTET_INT64;
    octet_step_run *run = NULL;
    if (op->code == OCTET_OP_REDUCE_ANY) run = run_reduce_any_u8;
    if (op->code == OCTET_OP_REDUCE_ALL) run = run_reduce_all_u8;
    if (op->code == OCTET_OP_SUM) run = sum_runs[type];
    if (op->code == OCTET_OP_MEAN) run = mean_runs[type];
    if (op->code == OCTET_OP_REDUCE_MAX) run = max_runs[type];
    if (op->code == OCTET_OP_REDUCE_MIN) run = min_runs[type];
    if (op->code == OCTET_OP_REDUCE_PROD) run = prod_runs[type];
    if (op->code == OCTET_OP_ARG_MAX) run = arg_max_runs[wide][type];
    if (op->code == OCTET_OP_ARG_MIN) run = arg_min_runs[wide][type];
    if (!run) return octet_bind_unsupported(binder, op);
    octet_reduce_params *p;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    OCTET_TRY(bind_axes(binder, op, input, p));
    if (!is_arg && (type == S8 || type == S16)) OCTET_TRY(bind_scales(binder, op, input, p));
    octet_step_set(step, run, p, (uint32_t)p->n_outputs, "ref");
    return op->code == OCTET_OP_MEAN ? octet_bind_fast_mean(binder, input, p, step) : OCTET_OK;
}
