/* Copies a graph. */
#include <string.h>

#include "graph/graph.h"

static octet_status copy_value(octet_context *ctx, octet_arena *arena, octet_value *value) {
    OCTET_TRY(octet_arena_string(ctx, arena, value->name, &value->name));
    if (value->origin != NULL) OCTET_TRY(octet_arena_string(ctx, arena, value->origin, &value->origin));
    octet_quantization *q = &value->quantization;
    OCTET_TRY(octet_arena_copy(ctx, arena, q->scale, q->n * sizeof *q->scale, (void **)(uintptr_t)&q->scale));
    OCTET_TRY(
        octet_arena_copy(ctx, arena, q->zero_point, q->n * sizeof *q->zero_point, (void **)(uintptr_t)&q->zero_point));
    if (q->stated != NULL)
        OCTET_TRY(octet_arena_copy(ctx, arena, q->stated, 2 * sizeof *q->stated, (void **)(uintptr_t)&q->stated));
    octet_trained_weights *trained = &value->trained;
    OCTET_TRY(octet_arena_copy(ctx, arena, trained->scales, trained->n * sizeof *trained->scales,
                               (void **)(uintptr_t)&trained->scales));
    if (trained->n > 0)
        OCTET_TRY(octet_arena_copy(ctx, arena, trained->raw, octet_shape_elements(&value->shape) * sizeof *trained->raw,
                                   (void **)(uintptr_t)&trained->raw));
    if (value->data != NULL)
        OCTET_TRY(
            octet_arena_copy(ctx, arena, value->data, octet_value_bytes(value), (void **)(uintptr_t)&value->data));
    return OCTET_OK;
}

static octet_status copy_operator(octet_context *ctx, octet_arena *arena, octet_operator *op) {
    OCTET_TRY(octet_arena_copy(ctx, arena, op->inputs, op->n_inputs * sizeof *op->inputs, (void **)&op->inputs));
    OCTET_TRY(octet_arena_copy(ctx, arena, op->outputs, op->n_outputs * sizeof *op->outputs, (void **)&op->outputs));
    OCTET_TRY(octet_arena_copy(ctx, arena, op->intermediates, op->n_intermediates * sizeof *op->intermediates,
                               (void **)&op->intermediates));
    return octet_arena_string(ctx, arena, op->layer, &op->layer);
}

static octet_status copy_ports(octet_context *ctx, octet_arena *arena, octet_port **ports, uint32_t n) {
    OCTET_TRY(octet_arena_copy(ctx, arena, *ports, n * sizeof **ports, (void **)ports));
    for (uint32_t i = 0; i < n; i++) {
        octet_port *port = &(*ports)[i];
        OCTET_TRY(octet_arena_string(ctx, arena, port->name, &port->name));
        if (port->entry.layer != NULL) OCTET_TRY(octet_arena_string(ctx, arena, port->entry.layer, &port->entry.layer));
    }
    return OCTET_OK;
}

static octet_status copy_all(octet_context *ctx, const octet_graph *graph, octet_graph *copy) {
    octet_arena *arena = &copy->arena;
    OCTET_TRY(octet_arena_string(ctx, arena, graph->name, &copy->name));
    OCTET_TRY(octet_arena_string(ctx, arena, graph->description, &copy->description));
    if (graph->output_call != NULL) OCTET_TRY(octet_arena_string(ctx, arena, graph->output_call, &copy->output_call));
    if (graph->loss != NULL) OCTET_TRY(octet_arena_string(ctx, arena, graph->loss, &copy->loss));
    copy->n_signatures = graph->n_signatures;
    copy->signature = graph->signature;
    OCTET_TRY(octet_arena_copy(ctx, arena, graph->signatures, graph->n_signatures * sizeof *graph->signatures,
                               (void **)&copy->signatures));
    for (uint32_t i = 0; i < copy->n_signatures; i++)
        OCTET_TRY(octet_arena_string(ctx, arena, graph->signatures[i], &copy->signatures[i]));
    copy->is_traced = graph->is_traced;
    copy->is_stateful = graph->is_stateful;
    copy->open_batch = graph->open_batch;
    copy->is_for_device = graph->is_for_device;
    copy->is_unrolled = graph->is_unrolled;
    copy->is_canonical = graph->is_canonical;
    copy->n_folded = graph->n_folded;
    copy->n_values = copy->values_capacity = graph->n_values;
    OCTET_TRY(
        octet_arena_copy(ctx, arena, graph->values, graph->n_values * sizeof *graph->values, (void **)&copy->values));
    for (uint32_t i = 0; i < copy->n_values; i++) OCTET_TRY(copy_value(ctx, arena, &copy->values[i]));
    copy->n_operators = copy->operators_capacity = graph->n_operators;
    OCTET_TRY(octet_arena_copy(ctx, arena, graph->operators, graph->n_operators * sizeof *graph->operators,
                               (void **)&copy->operators));
    for (uint32_t i = 0; i < copy->n_operators; i++) OCTET_TRY(copy_operator(ctx, arena, &copy->operators[i]));
    copy->inputs = graph->inputs;
    copy->outputs = graph->outputs;
    copy->n_inputs = graph->n_inputs;
    copy->n_outputs = graph->n_outputs;
    OCTET_TRY(copy_ports(ctx, arena, &copy->inputs, copy->n_inputs));
    OCTET_TRY(copy_ports(ctx, arena, &copy->outputs, copy->n_outputs));
    copy->n_carries = graph->n_carries;
    OCTET_TRY(octet_arena_copy(ctx, arena, graph->carries, graph->n_carries * sizeof *graph->carries,
                               (void **)&copy->carries));
    for (uint32_t i = 0; i < copy->n_carries; i++) {
        const octet_value *kept = &copy->values[copy->carries[i].variable];
        const size_t size = octet_value_bytes(kept);
        if (copy->carries[i].initial == NULL) continue;
        OCTET_TRY(octet_arena_copy(ctx, arena, copy->carries[i].initial, size,
                                   (void **)(uintptr_t)&copy->carries[i].initial));
    }
    for (uint32_t i = 0; i < graph->n_layers; i++) OCTET_TRY(octet_graph_add_layer(ctx, copy, &graph->layers[i]));
    return OCTET_OK;
}

octet_status octet_graph_clone(octet_context *ctx, const octet_graph *graph, octet_graph **out) {
    octet_graph *copy;
    *out = NULL;
    OCTET_TRY(octet_graph_create(ctx, graph->source, &copy));
    const octet_status status = copy_all(ctx, graph, copy);
    if (status != OCTET_OK) {
        octet_graph_destroy(ctx, copy);
        return status;
    }
    *out = copy;
    return OCTET_OK;
}
