#include "graph/infer/check.h"
#include "graph/infer/families.h"

octet_status octet_infer_svdf(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                              octet_inferred *out) {
    const char *name = octet_operator_name(op->code);
    OCTET_CHECK(ctx, op->n_inputs == OCTET_SVDF_N_OPERANDS && op->n_outputs == 1, OCTET_MODEL,
                "%s: %s with %u inputs and %u outputs, it has 5 and 1", op->layer, name, op->n_inputs, op->n_outputs);
    const octet_value *operands[OCTET_SVDF_N_OPERANDS];
    for (uint32_t i = 0; i < OCTET_SVDF_N_OPERANDS; i++) {
        OCTET_CHECK(ctx, (op->inputs[i] == OCTET_NONE && i == OCTET_SVDF_BIAS) || op->inputs[i] < graph->n_values,
                    OCTET_MODEL, "%s: input %u of %s does not exist", op->layer, i, name);
        operands[i] = octet_graph_input(graph, op, i);
    }
    const octet_shape *x = &operands[OCTET_SVDF_INPUT]->shape, *features = &operands[OCTET_SVDF_FEATURE_WEIGHTS]->shape;
    const octet_shape *times = &operands[OCTET_SVDF_TIME_WEIGHTS]->shape;
    const int32_t rank = op->options.svdf.rank;
    OCTET_CHECK(
        ctx,
        x->rank == 2 && features->rank == 2 && times->rank == 2 && features->dims[1] == x->dims[1] &&
            times->dims[0] == features->dims[0] && rank >= 1 && features->dims[0] % rank == 0 && times->dims[1] >= 1,
        OCTET_MODEL, "%s: %s of rank %d takes [batch,features] and weights [filters,features] and [filters,memory]",
        op->layer, name, rank);
    const octet_shape shape = {2, {x->dims[0], features->dims[0] / rank}}, state = operands[OCTET_SVDF_STATE]->shape;
    const octet_shape bias = {1, {shape.dims[1]}};
    OCTET_CHECK(ctx,
                state.rank == 2 && state.dims[0] == x->dims[0] &&
                    (int64_t)state.dims[1] == (int64_t)features->dims[0] * times->dims[1] &&
                    (operands[OCTET_SVDF_BIAS] == NULL || octet_shape_equal(&operands[OCTET_SVDF_BIAS]->shape, &bias)),
                OCTET_MODEL, "%s: state or bias of %s do not fit %d filters over %d runs", op->layer, name,
                features->dims[0], times->dims[1]);
    return octet_infer_check_result(ctx, op, operands[OCTET_SVDF_INPUT]->type, &shape, out);
}
