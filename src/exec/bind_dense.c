#include "exec/activation.h"
#include "exec/bind_families.h"
#include "exec/bind_weights.h"
#include "kernels/ref/fully_connected.h"

#define RUN(name, kernel, TYPE, WEIGHT, BIAS)                                                                             \
    static void name(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin, uint32_t end) {    \
        (void)phase;                                                                                                      \
        const TYPE *input = octet_step_input(step, frame, 0);                                                             \
        const WEIGHT *weights = octet_step_input(step, frame, 1);                                                         \
        const BIAS *bias = octet_step_input(step, frame, 2);                                                              \
        kernel(step->params, input, weights, bias, octet_step_output(step, frame, 0), (int32_t)begin, (int32_t)end);      \
    }

RUN(run_fully_connected_f32, octet_fully_connected_f32_ref, float, float, float)
RUN(run_fully_connected_s8, octet_fully_connected_s8_ref, int8_t, int8_t, int32_t)
RUN(run_fully_connected_s16, octet_fully_connected_s16_ref, int16_t, int8_t, int64_t)
RUN(run_fully_connected_s16_b32, octet_fully_connected_s16_b32_ref, int16_t, int8_t, int32_t)

/* By octet_weighted_kind; NULL where there is no kernel. */
static octet_step_run *const fully_connected_runs[] = {run_fully_connected_f32, run_fully_connected_s8, run_fully_connected_s16,
                                                       run_fully_connected_s16_b32, NULL};

static octet_status bind_fully_connected(octet_binder *binder, const octet_operator *op, octet_step *step) {
    const octet_graph *graph = binder->graph;
    const octet_value *weights = octet_graph_input(graph, op, 1);
    const octet_weighted w = {.input = octet_graph_input(graph, op, 0), .weights = weights, .bias = octet_graph_input(graph, op, 2),
                              .output = octet_graph_output(graph, op, 0), .channels = weights->shape.dims[0], .axis = 0,
                              .activation = op->options.fully_connected.activation};
    octet_weighted_kind kind;
    OCTET_TRY(octet_bind_weighted_kind(binder, op, &w, &kind));
    if (!fully_connected_runs[kind]) return octet_bind_unsupported(binder, op);
    octet_fully_connected_params *p;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    p->depth = weights->shape.dims[1];
    p->out_c = w.channels;
    p->rows = (int32_t)(octet_shape_elements(&w.input->shape) / (size_t)p->depth);
    OCTET_TRY(octet_bind_activation(binder, op, w.activation, &p->real_min, &p->real_max));
    if (kind != OCTET_WEIGHTED_F32 && kind != OCTET_WEIGHTED_HYBRID) {
        const bool in_double = kind == OCTET_WEIGHTED_S8 && binder->numerics == OCTET_NUMERICS_LITERT;
        OCTET_TRY(octet_bind_requantize(binder, op, &w, kind == OCTET_WEIGHTED_S8, in_double, &p->q));
    }
    octet_step_set(step, fully_connected_runs[kind], p, (uint32_t)(p->rows * p->out_c), "ref");
    return OCTET_OK;
}

octet_status octet_bind_dense(octet_binder *binder, const octet_operator *op, octet_step *step) {
    if (op->code == OCTET_OP_FULLY_CONNECTED) return bind_fully_connected(binder, op, step);
    return octet_bind_unsupported(binder, op);
}
