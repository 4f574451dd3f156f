#include "graph/work.h"

static uint64_t elements(const octet_value *value) { return value != NULL ? octet_shape_elements(&value->shape) : 0; }

/* Each result sums the products of one channel's weights; with TRANSPOSE_CONV each input meets the weights of its
 * channel, the last of [O,H,W,I]. */
static uint64_t macs_of_weights(const octet_graph *graph, const octet_operator *op, octet_operands operands) {
    const bool spreads = op->code == OCTET_OP_TRANSPOSE_CONV;
    const octet_value *weights = octet_graph_input(graph, op, (uint32_t)operands.weights);
    const octet_value *data = octet_graph_input(graph, op, (uint32_t)operands.data);
    const int32_t axis = spreads ? 3 : operands.axis;
    if (weights == NULL || weights->shape.rank <= axis || weights->shape.dims[axis] <= 0) return 0;
    const octet_value *each = spreads ? data : octet_graph_output(graph, op, 0);
    return elements(each) * (elements(weights) / (uint64_t)weights->shape.dims[axis]);
}

uint64_t octet_operator_macs(const octet_graph *graph, const octet_operator *op) {
    const octet_operands operands = octet_operator_operands(op->code);
    const octet_value *input = octet_graph_input(graph, op, 0);
    if (op->n_outputs == 0 || input == NULL) return 0;
    if (operands.axis >= 0) return macs_of_weights(graph, op, operands);
    const octet_shape *x = &input->shape;
    if (op->code == OCTET_OP_BATCH_MATMUL && x->rank >= 2) {
        const int32_t depth = x->dims[x->rank - (op->options.batch_matmul.adj_x ? 2 : 1)];
        return elements(octet_graph_output(graph, op, 0)) * (uint64_t)depth;
    }
    if (op->code == OCTET_OP_SVDF && x->rank == 2) {
        const uint64_t n_weights = elements(octet_graph_input(graph, op, OCTET_SVDF_FEATURE_WEIGHTS)) +
                                   elements(octet_graph_input(graph, op, OCTET_SVDF_TIME_WEIGHTS));
        return n_weights * (uint64_t)x->dims[0];
    }
    if (op->code == OCTET_OP_UNIDIRECTIONAL_SEQUENCE_LSTM && x->rank == 3) {
        uint64_t n_weights = 0;
        for (uint32_t i = OCTET_LSTM_INPUT_WEIGHTS; i < OCTET_LSTM_PEEPHOLES; i++)
            n_weights += elements(octet_graph_input(graph, op, i));
        if (op->n_inputs > OCTET_LSTM_PROJECTION)
            n_weights += elements(octet_graph_input(graph, op, OCTET_LSTM_PROJECTION));
        return n_weights * (uint64_t)x->dims[0] * (uint64_t)x->dims[1];
    }
    return 0;
}

uint64_t octet_operator_work(const octet_graph *graph, const octet_operator *op) {
    const uint64_t macs = octet_operator_macs(graph, op);
    if (macs > 0) return macs;
    uint64_t in = 0, out = 0;
    for (uint32_t i = 0; i < op->n_inputs; i++) in += elements(octet_graph_input(graph, op, i));
    for (uint32_t i = 0; i < op->n_outputs; i++) out += elements(octet_graph_output(graph, op, i));
    return in > out ? in : out;
}
