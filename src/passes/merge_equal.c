#include <string.h>

#include "passes/edit.h"
#include "passes/list.h"

static bool same_constant(const octet_value *a, const octet_value *b) {
    if (!octet_value_is_constant(a) || !octet_value_is_constant(b) || a->type != b->type) return false;
    if (!octet_shape_equal(&a->shape, &b->shape)) return false;
    return a->data == b->data || memcmp(a->data, b->data, octet_shape_elements(&a->shape) * octet_type_size(a->type)) == 0;
}

static bool same_operand(const octet_graph *graph, uint32_t a, uint32_t b) {
    if (a == b) return true;
    return a != OCTET_NONE && b != OCTET_NONE && same_constant(&graph->values[a], &graph->values[b]);
}

/* The operators that are compared here: those without weights, whose options are few. */
static bool same_options(const octet_operator *a, const octet_operator *b) {
    const octet_options *x = &a->options, *y = &b->options;
    switch ((int)a->code) {
    case OCTET_OP_ABS:
    case OCTET_OP_EXP:
    case OCTET_OP_EXPAND_DIMS:
    case OCTET_OP_LOGISTIC:
    case OCTET_OP_NEG:
    case OCTET_OP_PAD:
    case OCTET_OP_RELU:
    case OCTET_OP_RELU6:
    case OCTET_OP_RESHAPE:
    case OCTET_OP_RSQRT:
    case OCTET_OP_SELECT:
    case OCTET_OP_SELECT_V2:
    case OCTET_OP_SQRT:
    case OCTET_OP_SQUARE:
    case OCTET_OP_SQUARED_DIFFERENCE:
    case OCTET_OP_SQUEEZE: /* what it gives is compared */
    case OCTET_OP_TANH:
    case OCTET_OP_TRANSPOSE: return true;
    case OCTET_OP_ADD:
    case OCTET_OP_DIV:
    case OCTET_OP_MUL:
    case OCTET_OP_SUB: return x->arithmetic.activation == y->arithmetic.activation;
    case OCTET_OP_MEAN:
    case OCTET_OP_REDUCE_MAX:
    case OCTET_OP_REDUCE_MIN:
    case OCTET_OP_SUM: return x->reduce.keep_dims == y->reduce.keep_dims;
    case OCTET_OP_AVERAGE_POOL_2D:
    case OCTET_OP_MAX_POOL_2D:
        return x->pool_2d.padding == y->pool_2d.padding && x->pool_2d.activation == y->pool_2d.activation &&
               x->pool_2d.stride_w == y->pool_2d.stride_w && x->pool_2d.stride_h == y->pool_2d.stride_h &&
               x->pool_2d.filter_w == y->pool_2d.filter_w && x->pool_2d.filter_h == y->pool_2d.filter_h;
    default: return false;
    }
}

static bool is_candidate(const octet_operator *op) {
    return !op->removed && op->n_outputs == 1 && op->n_inputs > 0 && same_options(op, op);
}

static bool same(const octet_graph *graph, const octet_operator *a, const octet_operator *b) {
    if (a->code != b->code || a->n_inputs != b->n_inputs || !same_options(a, b)) return false;
    const octet_value *out_a = octet_graph_output(graph, a, 0), *out_b = octet_graph_output(graph, b, 0);
    if (out_a->type != out_b->type || !octet_shape_equal(&out_a->shape, &out_b->shape)) return false;
    if (a->code == OCTET_OP_RESHAPE) return a->inputs[0] == b->inputs[0]; /* whatever its target is written as */
    bool equal = true;
    for (uint32_t i = 0; i < a->n_inputs; i++) equal = equal && same_operand(graph, a->inputs[i], b->inputs[i]);
    if (equal || (a->code != OCTET_OP_ADD && a->code != OCTET_OP_MUL)) return equal;
    return same_operand(graph, a->inputs[0], b->inputs[1]) && same_operand(graph, a->inputs[1], b->inputs[0]);
}

/* Equal for operators that are the same: what they are and the computed values that they read, in any order. */
static size_t hash(const octet_graph *graph, const octet_operator *op) {
    size_t sum = 0;
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        if (op->inputs[i] != OCTET_NONE && !octet_value_is_constant(&graph->values[op->inputs[i]])) sum += op->inputs[i] + (size_t)1;
    }
    return (sum * 64 + (size_t)op->code) * (size_t)2654435761u >> 4;
}

/* Of operators without weights that compute the same from the same operands, the first one does it for all. */
octet_status octet_pass_merge_equal(octet_context *ctx, octet_graph *graph, bool *changed) {
    octet_arena scratch = {0};
    size_t n_slots = 16;
    while (n_slots < 2 * (size_t)graph->n_operators) n_slots *= 2;
    uint32_t *slots = NULL; /* operator index plus one; 0 is free */
    const octet_status status = OCTET_NEW(ctx, &scratch, n_slots, &slots);
    for (uint32_t k = 0; status == OCTET_OK && k < graph->n_operators; k++) {
        const octet_operator *op = &graph->operators[k];
        if (!is_candidate(op)) continue;
        size_t s = hash(graph, op) & (n_slots - 1);
        while (slots[s] != 0 && !same(graph, &graph->operators[slots[s] - 1], op)) s = (s + 1) & (n_slots - 1);
        if (slots[s] == 0) {
            slots[s] = k + 1;
        } else if (!octet_graph_is_output(graph, op->outputs[0])) {
            octet_edit_bypass(graph, k, graph->operators[slots[s] - 1].outputs[0]);
            *changed = true;
        }
    }
    octet_arena_free(ctx, &scratch);
    return status;
}
