#include "graph/infer/check.h"
#include "graph/infer/families.h"

/* A gate that is never coupled to another. */
enum { FORGET = 1 };
/* Operands for layer normalization come last. */
enum { MIN_INPUTS = OCTET_LSTM_NORMS, MAX_INPUTS = OCTET_LSTM_N_OPERANDS };

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
    const octet_value *input = octet_graph_input(graph, op, OCTET_LSTM_INPUT);
    const octet_value *weights = octet_graph_input(graph, op, OCTET_LSTM_INPUT_WEIGHTS + FORGET);
    const octet_value *recurrent = octet_graph_input(graph, op, OCTET_LSTM_STATE_WEIGHTS + FORGET);
    OCTET_CHECK(ctx,
                input != NULL && weights != NULL && recurrent != NULL &&
                    octet_graph_input(graph, op, OCTET_LSTM_STATE) != NULL &&
                    octet_graph_input(graph, op, OCTET_LSTM_CELL_STATE) != NULL,
                OCTET_MODEL, "%s: %s lacks its input, weights or states", op->layer, name);
    OCTET_CHECK(ctx,
                input->shape.rank == 3 && weights->shape.rank == 2 && recurrent->shape.rank == 2 &&
                    weights->shape.dims[1] == input->shape.dims[2] && octet_shape_elements(&input->shape) > 0,
                OCTET_MODEL, "%s: %s takes [batch,time,features] and weights [cells,features]", op->layer, name);
    octet_shape shape = input->shape;
    shape.dims[2] = recurrent->shape.dims[1];
    return octet_infer_check_result(ctx, op, input->type, &shape, out);
}
