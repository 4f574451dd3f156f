#include "passes/edit.h"

#include <string.h>

octet_operator *octet_edit_producer(const octet_graph *graph, uint32_t value) {
    if (value == OCTET_NONE || graph->values[value].producer == OCTET_NONE) return NULL;
    return &graph->operators[graph->values[value].producer];
}

bool octet_edit_is_constant_f32(const octet_graph *graph, uint32_t value) {
    return value != OCTET_NONE && graph->values[value].type == OCTET_FLOAT32 &&
           octet_value_is_constant(&graph->values[value]);
}

bool octet_edit_is_private(const octet_graph *graph, uint32_t value) {
    return value != OCTET_NONE && graph->values[value].type == OCTET_FLOAT32 &&
           graph->values[value].producer != OCTET_NONE && graph->values[value].n_uses == 1 &&
           !graph->values[value].is_variable;
}

bool octet_edit_has_fixed_batch(const octet_graph *graph) { return graph->is_traced && !graph->open_batch; }

bool octet_edit_is_splat(const octet_graph *graph, uint32_t value, float number) {
    if (!octet_edit_is_constant_f32(graph, value)) return false;
    const size_t n = octet_shape_elements(&graph->values[value].shape);
    const float *data = graph->values[value].data;
    for (size_t i = 0; i < n; i++) {
        if (data[i] != number) return false;
    }
    return n > 0;
}

bool octet_edit_has_constant(const octet_graph *graph, const octet_operator *op, uint32_t *computed) {
    if (op->n_inputs != 2) return false;
    if (op->code != OCTET_OP_MUL && op->code != OCTET_OP_ADD && op->code != OCTET_OP_SUB) return false;
    *computed = octet_edit_is_constant_f32(graph, op->inputs[1]) ? 0 : 1;
    if (*computed == 0) return true;
    return op->code != OCTET_OP_SUB && octet_edit_is_constant_f32(graph, op->inputs[0]);
}

/* Operator p computes value `to` where it computed `from`. */
static void retarget(octet_graph *graph, uint32_t p, uint32_t from, uint32_t to) {
    octet_operator *op = &graph->operators[p];
    for (uint32_t i = 0; i < op->n_outputs; i++) {
        if (op->outputs[i] == from) op->outputs[i] = to;
    }
    graph->values[from].producer = OCTET_NONE;
    graph->values[to].producer = p;
}

void octet_edit_take_output(octet_graph *graph, uint32_t p, uint32_t k) {
    const uint32_t from = graph->operators[p].outputs[0], to = graph->operators[k].outputs[0];
    octet_graph_remove_operator(graph, k);
    retarget(graph, p, from, to);
}

void octet_edit_bypass(octet_graph *graph, uint32_t k, uint32_t value) {
    const uint32_t result = graph->operators[k].outputs[0];
    const uint32_t p = graph->values[value].producer;
    const bool keep_name =
        octet_graph_is_output(graph, result) && p != OCTET_NONE && !octet_graph_is_output(graph, value);
    octet_graph_remove_operator(graph, k);
    if (keep_name) {
        octet_graph_replace_uses(graph, value, result);
        retarget(graph, p, value, result);
    } else {
        octet_graph_replace_uses(graph, result, value);
    }
}

octet_status octet_edit_add_f32(octet_context *ctx, octet_graph *graph, uint32_t like, const octet_shape *shape,
                                const float *data, uint32_t *out) {
    const octet_value old = graph->values[like];
    OCTET_TRY(octet_graph_add_constant(ctx, graph, old.name, OCTET_FLOAT32, shape, data, out));
    graph->values[*out].origin = old.origin;
    return OCTET_OK;
}

octet_status octet_edit_set_inputs(octet_context *ctx, octet_graph *graph, uint32_t k, const uint32_t *inputs,
                                   uint32_t n) {
    octet_operator *op = &graph->operators[k];
    uint32_t *copy = NULL;
    OCTET_TRY(OCTET_NEW(ctx, &graph->arena, n, &copy));
    for (uint32_t i = 0; i < n; i++) {
        copy[i] = inputs[i];
        if (inputs[i] != OCTET_NONE) graph->values[inputs[i]].n_uses++;
    }
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        if (op->inputs[i] != OCTET_NONE) graph->values[op->inputs[i]].n_uses--;
    }
    op->inputs = copy;
    op->n_inputs = n;
    return OCTET_OK;
}

octet_status octet_edit_mark_batch(octet_context *ctx, octet_graph *graph, uint32_t k, int32_t axis) {
    octet_shape shape = octet_graph_output(graph, &graph->operators[k], 0)->shape;
    const char *name = octet_graph_input(graph, &graph->operators[k], 1)->name;
    uint32_t constant;
    shape.dims[axis] = -1;
    OCTET_TRY(octet_graph_add_i32(ctx, graph, name, shape.dims, shape.rank, &constant));
    octet_graph_set_input(graph, k, 1, constant);
    return OCTET_OK;
}

octet_status octet_edit_make_reshape(octet_context *ctx, octet_graph *graph, uint32_t k) {
    const octet_shape shape = graph->values[graph->operators[k].outputs[0]].shape;
    const char *name = NULL;
    uint32_t inputs[2] = {graph->operators[k].inputs[0], OCTET_NONE};
    OCTET_TRY(
        octet_arena_format(ctx, &graph->arena, &name, "%s/shape", graph->values[graph->operators[k].outputs[0]].name));
    OCTET_TRY(octet_graph_add_i32(ctx, graph, name, shape.dims, shape.rank, &inputs[1]));
    OCTET_TRY(octet_edit_set_inputs(ctx, graph, k, inputs, 2));
    graph->operators[k].code = OCTET_OP_RESHAPE;
    memset(&graph->operators[k].options, 0, sizeof graph->operators[k].options);
    return OCTET_OK;
}
