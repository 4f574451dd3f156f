#include "graph/infer/check.h"
#include "graph/infer/families.h"

/* TFLite's inputs: 0 input [batch,features], 1 feature weights [filters,features], 2 time weights [filters,memory], 3
 * bias [units] or none, 4 state [batch,filters * memory]. */
octet_status octet_infer_svdf(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                              octet_inferred *out) {
    const char *name = octet_operator_name(op->code);
    OCTET_CHECK(ctx, op->n_inputs == 5 && op->n_outputs == 1, OCTET_MODEL,
                "%s: %s with %u inputs and %u outputs, it has 5 and 1", op->layer, name, op->n_inputs, op->n_outputs);
    const octet_value *operands[5];
    for (uint32_t i = 0; i < 5; i++) {
        OCTET_CHECK(ctx, (op->inputs[i] == OCTET_NONE && i == 3) || op->inputs[i] < graph->n_values, OCTET_MODEL,
                    "%s: input %u of %s does not exist", op->layer, i, name);
        operands[i] = octet_graph_input(graph, op, i);
    }
    const octet_shape *x = &operands[0]->shape, *features = &operands[1]->shape, *times = &operands[2]->shape;
    const int32_t rank = op->options.svdf.rank;
    OCTET_CHECK(
        ctx,
        x->rank == 2 && features->rank == 2 && times->rank == 2 && features->dims[1] == x->dims[1] &&
            times->dims[0] == features->dims[0] && rank >= 1 && features->dims[0] % rank == 0 && times->dims[1] >= 1,
        OCTET_MODEL, "%s: %s of rank %d takes [batch,features] and weights [filters,features] and [filters,memory]",
        op->layer, name, rank);
    const octet_shape shape = {2, {x->dims[0], features->dims[0] / rank}}, state = operands[4]->shape;
    const octet_shape bias = {1, {shape.dims[1]}};
    OCTET_CHECK(ctx,
                state.rank == 2 && state.dims[0] == x->dims[0] &&
                    (int64_t)state.dims[1] == (int64_t)features->dims[0] * times->dims[1] &&
                    (operands[3] == NULL || octet_shape_equal(&operands[3]->shape, &bias)),
                OCTET_MODEL, "%s: state or bias of %s do not fit %d filters over %d runs", op->layer, name,
                features->dims[0], times->dims[1]);
    return octet_infer_check_result(ctx, op, operands[0]->type, &shape, out);
}
