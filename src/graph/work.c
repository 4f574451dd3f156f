#include "graph/work.h"

static uint64_t elements(const octet_value *value) { return value ? octet_shape_elements(&value->shape) : 0; }

uint64_t octet_operator_macs(const octet_graph *graph, const octet_operator *op) {
    const octet_value *output = op->n_outputs ? octet_graph_output(graph, op, 0) : NULL;
    const octet_value *input = octet_graph_input(graph, op, 0), *weights = octet_graph_input(graph, op, 1);
    if (!output || !input) return 0;
    const bool has_filter = weights && weights->shape.rank > 0;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wswitch-enum" /* every other operator multiplies nothing */
    switch (op->code) {
    case OCTET_OP_CONV_2D:
    case OCTET_OP_FULLY_CONNECTED:
        return has_filter && weights->shape.dims[0]
                   ? elements(output) * (elements(weights) / (uint64_t)weights->shape.dims[0])
                   : 0;
    case OCTET_OP_DEPTHWISE_CONV_2D:
        return weights && weights->shape.rank == 4
                   ? elements(output) * (uint64_t)weights->shape.dims[1] * (uint64_t)weights->shape.dims[2]
                   : 0;
    case OCTET_OP_TRANSPOSE_CONV: { /* inputs: output shape, weights [O,H,W,I], data */
        const octet_value *data = octet_graph_input(graph, op, 2);
        return data && has_filter && weights->shape.rank == 4 && weights->shape.dims[3]
                   ? elements(data) * (elements(weights) / (uint64_t)weights->shape.dims[3])
                   : 0;
    }
    case OCTET_OP_CONV_3D: /* weights [D,H,W,I,O] */
        return weights && weights->shape.rank == 5 && weights->shape.dims[4]
                   ? elements(output) * (elements(weights) / (uint64_t)weights->shape.dims[4])
                   : 0;
    case OCTET_OP_BATCH_MATMUL:
        return input->shape.rank >= 2
                   ? elements(output) *
                         (uint64_t)input->shape.dims[input->shape.rank - (op->options.batch_matmul.adj_x ? 2 : 1)]
                   : 0;
    case OCTET_OP_SVDF:
        return input->shape.rank == 2
                   ? (elements(weights) + elements(octet_graph_input(graph, op, 2))) * (uint64_t)input->shape.dims[0]
                   : 0;
    case OCTET_OP_UNIDIRECTIONAL_SEQUENCE_LSTM: {
        uint64_t weights_used = 0;
        for (uint32_t i = 1; i < 9; i++) weights_used += elements(octet_graph_input(graph, op, i));
        return input->shape.rank == 3 ? weights_used * (uint64_t)input->shape.dims[0] * (uint64_t)input->shape.dims[1]
                                      : 0;
    }
    default: return 0;
    }
#pragma GCC diagnostic pop
}

uint64_t octet_operator_work(const octet_graph *graph, const octet_operator *op) {
    const uint64_t macs = octet_operator_macs(graph, op);
    if (macs) return macs;
    uint64_t in = 0, out = 0;
    for (uint32_t i = 0; i < op->n_inputs; i++) in += elements(octet_graph_input(graph, op, i));
    for (uint32_t i = 0; i < op->n_outputs; i++) out += elements(octet_graph_output(graph, op, i));
    return in > out ? in : out;
}
