#include "export/tflite/layout.h"

#include <string.h>

#include "base/hash.h"
#include "tflite/version.h"

static void place(octet_tflite_layout *layout, uint32_t value) {
    if (value == OCTET_NONE || layout->tensor_of[value] != OCTET_NONE) return;
    layout->tensor_of[value] = layout->n_tensors;
    layout->tensors[layout->n_tensors++] = value;
}

static octet_status order_tensors(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                  octet_tflite_layout *layout) {
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &layout->tensors));
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &layout->tensor_of));
    for (uint32_t i = 0; i < graph->n_values; i++) layout->tensor_of[i] = OCTET_NONE;
    for (uint32_t i = 0; i < graph->n_inputs; i++) place(layout, graph->inputs[i].value);
    for (int variables = 0; variables < 2; variables++) {
        for (uint32_t i = graph->n_operators; i-- > 0;) {
            const octet_operator *op = &graph->operators[i];
            for (uint32_t j = op->removed ? 0 : op->n_inputs; j-- > 0;) {
                const octet_value *value = octet_graph_input(graph, op, j);
                if (value != NULL && (variables ? value->is_variable : value->data != NULL))
                    place(layout, op->inputs[j]);
            }
        }
    }
    for (uint32_t i = 0; i < graph->n_operators; i++) {
        const octet_operator *op = &graph->operators[i];
        if (op->removed) continue;
        for (uint32_t j = 0; j < op->n_intermediates; j++) place(layout, op->intermediates[j]);
        for (uint32_t j = 0; j < op->n_outputs; j++) place(layout, op->outputs[j]);
    }
    for (uint32_t i = 0; i < graph->n_outputs; i++) place(layout, graph->outputs[i].value); /* constants as outputs */
    return OCTET_OK;
}

static octet_status merge_buffers(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                  octet_tflite_layout *layout) {
    size_t n_slots = 64;
    while (n_slots < 2 * (size_t)layout->n_tensors) n_slots *= 2;
    uint32_t *slots; /* open addressing; a buffer's number, 0 = free */
    OCTET_TRY(OCTET_NEW(ctx, arena, n_slots, &slots));
    OCTET_TRY(OCTET_NEW(ctx, arena, (size_t)layout->n_tensors + 1, &layout->buffers));
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &layout->buffer_of));
    layout->buffers[0] = OCTET_NONE;
    layout->n_buffers = 1;
    for (uint32_t i = 0; i < layout->n_tensors; i++) {
        const octet_value *value = &graph->values[layout->tensors[i]];
        if (!octet_value_is_constant(value)) continue;
        const size_t size = octet_value_bytes(value);
        size_t slot = (size_t)octet_hash(0, value->data, size) & (n_slots - 1);
        for (; slots[slot] != 0; slot = (slot + 1) & (n_slots - 1)) {
            const octet_value *other = &graph->values[layout->buffers[slots[slot]]];
            if (octet_value_bytes(other) == size && memcmp(other->data, value->data, size) == 0) break;
        }
        if (slots[slot] == 0) {
            slots[slot] = layout->n_buffers;
            layout->buffers[layout->n_buffers++] = layout->tensors[i];
        }
        layout->buffer_of[layout->tensors[i]] = slots[slot];
    }
    return OCTET_OK;
}

static octet_status collect_codes(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                  octet_tflite_layout *layout) {
    OCTET_TRY(OCTET_NEW(ctx, arena, OCTET_N_OPERATORS, &layout->codes));
    OCTET_TRY(OCTET_NEW(ctx, arena, OCTET_N_OPERATORS, &layout->versions));
    for (uint32_t i = 0; i < OCTET_N_OPERATORS; i++) layout->code_index[i] = OCTET_NONE;
    for (uint32_t i = 0; i < graph->n_operators; i++) {
        const octet_operator *op = &graph->operators[i];
        if (op->removed) continue;
        if (layout->code_index[op->code] == OCTET_NONE) {
            layout->codes[layout->n_codes] = op->code;
            layout->code_index[op->code] = layout->n_codes++;
        }
        int32_t *version = &layout->versions[layout->code_index[op->code]];
        const int32_t needed = octet_version_of_operator(graph, op);
        if (needed > *version) *version = needed;
    }
    return OCTET_OK;
}

octet_status octet_tflite_layout_plan(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                      octet_tflite_layout *out) {
    *out = (octet_tflite_layout){0};
    OCTET_TRY(order_tensors(ctx, arena, graph, out));
    OCTET_TRY(merge_buffers(ctx, arena, graph, out));
    return collect_codes(ctx, arena, graph, out);
}

octet_status octet_tflite_layout_runtime(octet_context *ctx, octet_arena *arena, const octet_tflite_layout *layout,
                                         const char **out) {
    uint32_t release = OCTET_OLDEST_RELEASE;
    for (uint32_t i = 0; i < layout->n_codes; i++) {
        const uint32_t needed = octet_version_release(layout->codes[i], layout->versions[i]);
        if (needed > release) release = needed;
    }
    return octet_arena_format(ctx, arena, out, "%u.%u.0", release / 100, release % 100);
}
