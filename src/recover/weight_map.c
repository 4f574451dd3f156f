#include "recover/weight_map.h"

#include "recover/geometry.h"

octet_weight_map octet_weight_map_of(const octet_graph *graph, const octet_operator *op) {
    const octet_operands operands = octet_operator_operands(op->code);
    const octet_shape *shape = &octet_graph_input(graph, op, (uint32_t)operands.weights)->shape;
    octet_weight_map map = {.code = op->code,
                            .n_weights = octet_shape_elements(shape),
                            .n_outputs = octet_geometry_n_channels(graph, op),
                            .n_inputs = octet_geometry_of(graph, op).n_in};
    map.depth = (size_t)shape->dims[shape->rank - 1];
    if (op->code == OCTET_OP_DEPTHWISE_CONV_2D) map.depth = 1;
    if (op->code == OCTET_OP_CONV_3D) map.depth = map.n_inputs;
    map.per_output = octet_weight_map_outputs_are_last(&map) ? 1 : map.n_weights / map.n_outputs;
    map.multiplier = map.n_outputs / (map.n_inputs / map.depth);
    return map;
}
