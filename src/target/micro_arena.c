#include "target/micro_arena.h"

#include <stdlib.h>

enum { ALIGNMENT = 16, TENSOR = 12, NODE = 32, INTERPRETER = 300 };

/* What an operator keeps beside its node: its parameters, and what its kernel worked out. */
static size_t kept_by(octet_operator_code code) {
    switch ((int)code) {
    case OCTET_OP_CONV_2D:
    case OCTET_OP_TRANSPOSE_CONV: return 100;
    case OCTET_OP_DEPTHWISE_CONV_2D: return 92;
    case OCTET_OP_FULLY_CONNECTED: return 84;
    case OCTET_OP_ADD:
    case OCTET_OP_SUB: return 90;
    case OCTET_OP_AVERAGE_POOL_2D:
    case OCTET_OP_MAX_POOL_2D:
    case OCTET_OP_MEAN: return 60;
    case OCTET_OP_RESHAPE: return 32;
    case OCTET_OP_UNIDIRECTIONAL_SEQUENCE_LSTM: return 650;
    default: return 48;
    }
}

static size_t aligned(size_t n) { return (n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT; }

/* Multipliers and shifts of output channels, which are prepared for weights with one scale too but by dense layers. */
static size_t kept_by_channels(const octet_graph *graph, const octet_operator *op) {
    const octet_operands operands = octet_operator_operands(op->code);
    if (operands.axis < 0) return 0;
    const octet_value *weights = octet_graph_input(graph, op, (uint32_t)operands.weights);
    if (weights == NULL || weights->shape.rank <= operands.axis || weights->quantization.n == 0) return 0;
    if (op->code == OCTET_OP_FULLY_CONNECTED && weights->quantization.n == 1) return 0;
    return 2 * aligned((size_t)weights->shape.dims[operands.axis] * sizeof(int32_t));
}

/* Windows that CMSIS-NN copies as int16: two of a convolution that is not 1x1, one of a depthwise one that is not 3x3;
 * sums of TRANSPOSE_CONV and MEAN. */
static size_t scratch_of(const octet_graph *graph, const octet_operator *op) {
    if (op->code == OCTET_OP_TRANSPOSE_CONV || op->code == OCTET_OP_MEAN)
        return octet_shape_elements(&graph->values[op->outputs[0]].shape) * sizeof(int32_t);
    if (op->code != OCTET_OP_CONV_2D && op->code != OCTET_OP_DEPTHWISE_CONV_2D) return 0;
    const octet_value *weights = octet_graph_input(graph, op, 1);
    if (weights == NULL || weights->shape.rank != 4) return 0;
    const int32_t *dims = weights->shape.dims;
    const size_t window = (size_t)dims[1] * (size_t)dims[2] * (size_t)dims[3];
    if (op->code == OCTET_OP_CONV_2D) return dims[1] * dims[2] > 1 ? 4 * window : 0;
    return dims[1] == 3 && dims[2] == 3 ? 0 : 2 * window;
}

typedef struct buffer {
    size_t size, offset;
    int64_t first, last; /* operators that it lives through; -1: before them */
    uint32_t index;
} buffer;

/* Of equal ones the later. */
static int larger_first(const void *a, const void *b) {
    const buffer *x = a, *y = b;
    if (x->size != y->size) return x->size > y->size ? -1 : 1;
    return x->index > y->index ? -1 : 1;
}

/* Behind those of `placed` that live at the same time, at the lowest offset that has room. */
static void place(buffer *placed, uint32_t n, buffer *b) {
    b->offset = 0;
    for (bool moved = true; moved;) {
        moved = false;
        for (uint32_t i = 0; i < n; i++) {
            const buffer *p = &placed[i];
            if (p->last < b->first || p->first > b->last) continue;
            if (p->offset >= b->offset + b->size || p->offset + p->size <= b->offset) continue;
            b->offset = p->offset + p->size;
            moved = true;
        }
    }
}

static size_t plan(buffer *buffers, uint32_t n) {
    size_t bytes = 0;
    qsort(buffers, n, sizeof *buffers, larger_first);
    for (uint32_t i = 0; i < n; i++) {
        place(buffers, i, &buffers[i]);
        if (buffers[i].offset + buffers[i].size > bytes) bytes = buffers[i].offset + buffers[i].size;
    }
    return bytes;
}

static void find_lives(const octet_graph *graph, buffer *by_value) {
    for (uint32_t i = 0; i < graph->n_values; i++)
        by_value[i] = (buffer){.size = aligned(octet_value_bytes(&graph->values[i])), .last = -2, .index = i};
    for (uint32_t i = 0; i < graph->n_operators; i++) {
        const octet_operator *op = &graph->operators[i];
        for (uint32_t k = 0; k < op->n_outputs; k++) {
            by_value[op->outputs[k]].first = i;
            if (by_value[op->outputs[k]].last < (int64_t)i) by_value[op->outputs[k]].last = i;
        }
        for (uint32_t k = 0; k < op->n_inputs; k++)
            if (op->inputs[k] != OCTET_NONE) by_value[op->inputs[k]].last = i;
    }
    for (uint32_t i = 0; i < graph->n_inputs; i++) {
        by_value[graph->inputs[i].value].first = -1;
        if (by_value[graph->inputs[i].value].last < -1) by_value[graph->inputs[i].value].last = -1;
    }
    for (uint32_t i = 0; i < graph->n_outputs; i++) by_value[graph->outputs[i].value].last = graph->n_operators;
}

octet_status octet_target_micro_arena(octet_context *ctx, const octet_graph *graph, size_t *bytes) {
    octet_arena arena = {0};
    buffer *buffers;
    uint32_t n = 0;
    size_t kept = INTERPRETER;
    OCTET_TRY(OCTET_NEW(ctx, &arena, (size_t)graph->n_values + graph->n_operators, &buffers));
    find_lives(graph, buffers);
    for (uint32_t i = 0; i < graph->n_values; i++) {
        const bool is_used = buffers[i].last > -2, is_kept = graph->values[i].data != NULL;
        if (is_used) kept += TENSOR;
        if (is_used && graph->values[i].is_variable) kept += buffers[i].size;
        if (is_used && !is_kept && !graph->values[i].is_variable) buffers[n++] = buffers[i];
    }
    for (uint32_t i = 0; i < graph->n_operators; i++) {
        const octet_operator *op = &graph->operators[i];
        kept += NODE + kept_by(op->code) + kept_by_channels(graph, op);
        const size_t scratch = aligned(scratch_of(graph, op));
        if (scratch > 0) buffers[n++] = (buffer){.size = scratch, .first = i, .last = i, .index = graph->n_values + i};
    }
    *bytes = plan(buffers, n) + kept;
    octet_arena_free(ctx, &arena);
    return OCTET_OK;
}
