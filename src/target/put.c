#include "target/put.h"

octet_status octet_put_operator(const octet_put *put, octet_operator_code code, const uint32_t *inputs,
                                uint32_t n_inputs, const octet_options *options, octet_shape shape, uint32_t *out) {
    octet_context *ctx = put->ctx;
    octet_graph *graph = put->graph;
    if (*out == OCTET_NONE) {
        const octet_value like = graph->values[put->like];
        const octet_quantization *q = &like.quantization;
        const char *name;
        OCTET_TRY(octet_arena_format(ctx, &graph->arena, &name, "%s/%s", put->layer, octet_operator_name(code)));
        OCTET_TRY(octet_graph_add_value(ctx, graph, name, like.type, &shape, out));
        if (q->n == 1) OCTET_TRY(octet_value_set_quantization(ctx, graph, *out, 1, 0, q->scale, q->zero_point));
    }
    return octet_graph_add_operator(ctx, graph, code, put->layer, inputs, n_inputs, options, out, 1, OCTET_NONE, NULL);
}

octet_status octet_put_reshape(const octet_put *put, uint32_t value, octet_shape shape, uint32_t *out) {
    uint32_t inputs[2] = {value, OCTET_NONE};
    if (*out == OCTET_NONE && octet_shape_equal(&put->graph->values[value].shape, &shape)) {
        *out = value;
        return OCTET_OK;
    }
    OCTET_TRY(octet_graph_add_i32(put->ctx, put->graph, "shape", shape.dims, shape.rank, &inputs[1]));
    return octet_put_operator(put, OCTET_OP_RESHAPE, inputs, 2, NULL, shape, out);
}

octet_status octet_put_concatenation(const octet_put *put, const uint32_t *values, uint32_t n, int32_t axis,
                                     uint32_t *out) {
    enum { MOST = 10 };
    const octet_options options = {.concatenation = {.axis = axis}};
    uint32_t joined[OCTET_MAX_OPERATOR_INPUTS];
    if (n > MOST) {
        uint32_t n_joined = 0;
        for (uint32_t i = 0; i < n; i += MOST) {
            joined[n_joined] = OCTET_NONE;
            const uint32_t count = n - i < MOST ? n - i : MOST;
            if (count == 1) joined[n_joined] = values[i];
            else OCTET_TRY(octet_put_concatenation(put, values + i, count, axis, &joined[n_joined]));
            n_joined++;
        }
        return octet_put_concatenation(put, joined, n_joined, axis, out);
    }
    octet_shape shape = put->graph->values[values[0]].shape;
    for (uint32_t i = 1; i < n; i++) shape.dims[axis] += put->graph->values[values[i]].shape.dims[axis];
    return octet_put_operator(put, OCTET_OP_CONCATENATION, values, n, &options, shape, out);
}

octet_status octet_put_value(const octet_put *put, float scale, int32_t zero_point, uint32_t *out) {
    octet_graph *graph = put->graph;
    const octet_value like = graph->values[put->like];
    OCTET_TRY(octet_graph_add_value(put->ctx, graph, put->layer, like.type, &like.shape, out));
    return octet_value_set_quantization(put->ctx, graph, *out, 1, 0, &scale, &zero_point);
}
