#include <string.h>

#include "base/hash.h"
#include "graph/options.h"
#include "passes/edit.h"
#include "passes/list.h"

static bool same_constant(const octet_value *a, const octet_value *b) {
    if (!octet_value_is_constant(a) || !octet_value_is_constant(b) || a->type != b->type) return false;
    if (!octet_shape_equal(&a->shape, &b->shape)) return false;
    return a->data == b->data || memcmp(a->data, b->data, octet_value_bytes(a)) == 0;
}

static bool same_operand(const octet_graph *graph, uint32_t a, uint32_t b) {
    if (a == b) return true;
    return a != OCTET_NONE && b != OCTET_NONE && same_constant(&graph->values[a], &graph->values[b]);
}

/* Operators that keep something from run to run are never the same. */
static bool is_pure(octet_operator_code code) {
    return code != OCTET_OP_SVDF && code != OCTET_OP_UNIDIRECTIONAL_SEQUENCE_LSTM;
}

static bool is_candidate(const octet_operator *op) {
    return !op->removed && op->n_outputs == 1 && op->n_inputs > 0 && is_pure(op->code);
}

static bool same(const octet_graph *graph, const octet_operator *a, const octet_operator *b) {
    if (a->code != b->code || a->n_inputs != b->n_inputs || !octet_options_equal(a->code, &a->options, &b->options))
        return false;
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
    uint64_t key[2] = {(uint64_t)op->code, 0};
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        if (op->inputs[i] != OCTET_NONE && !octet_value_is_constant(&graph->values[op->inputs[i]]))
            key[1] += op->inputs[i] + UINT64_C(1);
    }
    return (size_t)octet_hash(0, key, sizeof key);
}

/* Of operators that compute the same from the same operands, the first one does it for all. */
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
