#include "graph/infer/check.h"
#include "graph/infer/families.h"

/* TFLite's inputs: 0 input, 1-4 input weights, 5-8 recurrent weights (input, forget, cell, output gate), 9-11
 * peepholes, 12-15 biases, 16-17 projection, 18 output state, 19 cell state, 20-23 layer normalization. */
enum { INPUT, FORGET_WEIGHTS = 2, FORGET_RECURRENT = 6, MIN_INPUTS = 20, MAX_INPUTS = 24, FIRST_STATE = 18 };

octet_status octet_infer_lstm(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                              octet_inferred *out) {
    const char *name = octet_operator_name(op->code);
    OCTET_CHECK(ctx, op->n_inputs >= MIN_INPUTS && op->n_inputs <= MAX_INPUTS && op->n_outputs == 1, OCTET_MODEL,
                "%s: %s with %u inputs and %u outputs, it has %d or %d and 1", op->layer, name, op->n_inputs,
                op->n_outputs, MIN_INPUTS, MAX_INPUTS);
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        OCTET_CHECK(ctx, op->inputs[i] == OCTET_NONE || op->inputs[i] < graph->n_values, OCTET_MODEL,
                    "%s: input %u of %s does not exist", op->layer, i, name);
    }
    const octet_value *input = octet_graph_input(graph, op, INPUT),
                      *weights = octet_graph_input(graph, op, FORGET_WEIGHTS);
    const octet_value *recurrent = octet_graph_input(graph, op, FORGET_RECURRENT);
    OCTET_CHECK(ctx,
                input && weights && recurrent && octet_graph_input(graph, op, FIRST_STATE) &&
                    octet_graph_input(graph, op, FIRST_STATE + 1),
                OCTET_MODEL, "%s: %s lacks its input, weights or states", op->layer, name);
    OCTET_CHECK(ctx,
                input->shape.rank == 3 && weights->shape.rank == 2 && recurrent->shape.rank == 2 &&
                    weights->shape.dims[1] == input->shape.dims[2] && octet_shape_elements(&input->shape) > 0,
                OCTET_MODEL, "%s: %s takes [batch,time,features] and weights [cells,features]", op->layer, name);
    octet_shape shape = input->shape;
    shape.dims[2] = recurrent->shape.dims[1];
    return octet_infer_check_result(ctx, op, input->type, &shape, out);
}
