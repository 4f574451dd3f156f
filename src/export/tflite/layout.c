#include "export/tflite/layout.h"

#include <string.h>

#include "base/hash.h"
#include "export/tflite/tflite.h"

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
                if (value && (variables ? value->is_variable : value->data != NULL)) place(layout, op->inputs[j]);
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

static size_t data_size(const octet_value *value) {
    return octet_shape_elements(&value->shape) * octet_type_size(value->type);
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
        if (!value->data) continue;
        const size_t size = data_size(value);
        size_t slot = (size_t)octet_hash(0, value->data, size) & (n_slots - 1);
        for (; slots[slot] != 0; slot = (slot + 1) & (n_slots - 1)) {
            const octet_value *other = &graph->values[layout->buffers[slots[slot]]];
            if (data_size(other) == size && memcmp(other->data, value->data, size) == 0) break;
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
        const int32_t needed = octet_export_version(graph, op);
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

/* From this version on, an operator needs this release (major * 100 + minor); TensorFlow's own list, where it is
 * above 1.14. */
static const struct {
    octet_operator_code code;
    uint8_t version;
    uint16_t release;
} releases[] = {
    {OCTET_OP_ABS, 2, 204},
    {OCTET_OP_ABS, 5, 212},
    {OCTET_OP_ADD, 4, 206},
    {OCTET_OP_ARG_MAX, 3, 209},
    {OCTET_OP_ARG_MIN, 3, 209},
    {OCTET_OP_BATCH_MATMUL, 1, 203},
    {OCTET_OP_BATCH_MATMUL, 4, 205},
    {OCTET_OP_BATCH_TO_SPACE_ND, 3, 203},
    {OCTET_OP_BROADCAST_ARGS, 1, 206},
    {OCTET_OP_BROADCAST_TO, 2, 205},
    {OCTET_OP_CAST, 3, 208},
    {OCTET_OP_CAST, 5, 212},
    {OCTET_OP_CONV_2D, 5, 204},
    {OCTET_OP_CONV_2D, 6, 209},
    {OCTET_OP_CONV_3D, 1, 205},
    {OCTET_OP_DEPTHWISE_CONV_2D, 4, 202},
    {OCTET_OP_DEPTHWISE_CONV_2D, 6, 203},
    {OCTET_OP_DEPTH_TO_SPACE, 1, 201},
    {OCTET_OP_DEPTH_TO_SPACE, 2, 205},
    {OCTET_OP_DEQUANTIZE, 3, 115},
    {OCTET_OP_DEQUANTIZE, 5, 207},
    {OCTET_OP_DIV, 2, 203},
    {OCTET_OP_EXP, 2, 212},
    {OCTET_OP_FILL, 2, 203},
    {OCTET_OP_FILL, 3, 205},
    {OCTET_OP_FLOOR_DIV, 3, 213},
    {OCTET_OP_FLOOR_MOD, 2, 213},
    {OCTET_OP_FULLY_CONNECTED, 5, 200},
    {OCTET_OP_FULLY_CONNECTED, 6, 201},
    {OCTET_OP_FULLY_CONNECTED, 9, 203},
    {OCTET_OP_FULLY_CONNECTED, 12, 217},
    {OCTET_OP_GATHER, 3, 115},
    {OCTET_OP_GATHER, 5, 205},
    {OCTET_OP_GELU, 1, 209},
    {OCTET_OP_HARD_SWISH, 1, 115},
    {OCTET_OP_LEAKY_RELU, 2, 203},
    {OCTET_OP_LOG, 2, 215},
    {OCTET_OP_MAXIMUM, 3, 203},
    {OCTET_OP_MINIMUM, 3, 203},
    {OCTET_OP_MIRROR_PAD, 2, 203},
    {OCTET_OP_MUL, 3, 115},
    {OCTET_OP_MUL, 5, 206},
    {OCTET_OP_PAD, 4, 206},
    {OCTET_OP_PAD, 5, 220},
    {OCTET_OP_PADV2, 4, 206},
    {OCTET_OP_PADV2, 5, 220},
    {OCTET_OP_QUANTIZE, 3, 207},
    {OCTET_OP_RANGE, 2, 214},
    {OCTET_OP_REDUCE_PROD, 2, 206},
    {OCTET_OP_RELU, 2, 201},
    {OCTET_OP_RESIZE_BILINEAR, 3, 202},
    {OCTET_OP_RESIZE_NEAREST_NEIGHBOR, 3, 203},
    {OCTET_OP_REVERSE_V2, 2, 202},
    {OCTET_OP_REVERSE_V2, 3, 205},
    {OCTET_OP_RSQRT, 2, 205},
    {OCTET_OP_SELECT, 3, 212},
    {OCTET_OP_SELECT_V2, 1, 202},
    {OCTET_OP_SIGN, 1, 211},
    {OCTET_OP_SIGN, 2, 212},
    {OCTET_OP_SLICE, 5, 205},
    {OCTET_OP_SPACE_TO_BATCH_ND, 3, 203},
    {OCTET_OP_SPLIT_V, 2, 203},
    {OCTET_OP_SQRT, 2, 221},
    {OCTET_OP_SQUARED_DIFFERENCE, 2, 205},
    {OCTET_OP_STRIDED_SLICE, 3, 201},
    {OCTET_OP_STRIDED_SLICE, 4, 202},
    {OCTET_OP_STRIDED_SLICE, 6, 206},
    {OCTET_OP_STRIDED_SLICE, 8, 214},
    {OCTET_OP_SUB, 3, 203},
    {OCTET_OP_SUB, 4, 204},
    {OCTET_OP_SUM, 2, 115},
    {OCTET_OP_TILE, 3, 208},
    {OCTET_OP_SVDF, 3, 202},
    {OCTET_OP_SVDF, 4, 203},
    {OCTET_OP_TRANSPOSE, 3, 115},
    {OCTET_OP_TRANSPOSE, 4, 203},
    {OCTET_OP_TRANSPOSE, 6, 212},
    {OCTET_OP_TRANSPOSE, 8, 222},
    {OCTET_OP_TRANSPOSE_CONV, 2, 202},
    {OCTET_OP_TRANSPOSE_CONV, 3, 203},
    {OCTET_OP_TRANSPOSE_CONV, 4, 213},
    {OCTET_OP_UNIDIRECTIONAL_SEQUENCE_LSTM, 3, 203},
    {OCTET_OP_UNIDIRECTIONAL_SEQUENCE_LSTM, 4, 212},
    {OCTET_OP_UNPACK, 3, 202},
    {OCTET_OP_COMPLEX_ABS, 1, 205},
    {OCTET_OP_IMAG, 1, 205},
    {OCTET_OP_REAL, 1, 205},
    {OCTET_OP_RFFT2D, 1, 205},
    {OCTET_OP_CUMSUM, 1, 204},
    {OCTET_OP_DYNAMIC_UPDATE_SLICE, 1, 209},
    {OCTET_OP_REDUCE_ALL, 1, 206},
    {OCTET_OP_RELU_0_TO_1, 1, 210},
    {OCTET_OP_SCATTER_ND, 1, 201},
};

octet_status octet_tflite_layout_runtime(octet_context *ctx, octet_arena *arena, const octet_tflite_layout *layout,
                                         const char **out) {
    uint16_t release = 114;
    for (uint32_t i = 0; i < layout->n_codes; i++) {
        for (size_t j = 0; j < sizeof releases / sizeof releases[0]; j++) {
            if (releases[j].code != layout->codes[i] || releases[j].version > layout->versions[i]) continue;
            if (releases[j].release > release) release = releases[j].release;
        }
    }
    return octet_arena_format(ctx, arena, out, "%u.%u.0", release / 100u, release % 100u);
}
