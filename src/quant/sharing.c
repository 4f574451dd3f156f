#include "quant/sharing.h"

#include <math.h>

/* LiteRT's planner leaves values of at most this size alone. */
enum { SMALLEST_SHARED_BYTES = 4 };

static uint32_t n_shareable(octet_operator_code code) {
    switch ((int)code) {
    case OCTET_OP_ADD:
    case OCTET_OP_SUB:
    case OCTET_OP_MUL:
    case OCTET_OP_DIV: return 2;
    case OCTET_OP_SOFTMAX: return 1;
    default: return 0;
    }
}

static bool is_graph_input(const octet_graph *graph, uint32_t value) {
    for (uint32_t i = 0; i < graph->n_inputs; i++) {
        if (graph->inputs[i].value == value) return true;
    }
    return false;
}

/* FILL allocates its result when it runs, outside the plan. */
static bool is_filled(const octet_graph *graph, uint32_t value) {
    const uint32_t producer = graph->values[value].producer;
    return producer != OCTET_NONE && graph->operators[producer].code == OCTET_OP_FILL;
}

/* The operand whose memory the result of operator k takes, or OCTET_NONE.
 * roots: by value, the value that owns its memory. */
static uint32_t find_shared(const octet_graph *graph, const octet_operator *op, const uint32_t *roots) {
    const uint32_t n = n_shareable(op->code);
    const uint32_t result = op->outputs[0];
    if (octet_graph_is_output(graph, result)) return OCTET_NONE;
    for (uint32_t i = 0; i < n && i < op->n_inputs; i++) {
        const uint32_t v = op->inputs[i];
        if (v == OCTET_NONE || octet_value_is_constant(&graph->values[v]) || graph->values[v].is_variable) continue;
        const size_t bytes = octet_value_bytes(&graph->values[v]);
        if (bytes != octet_value_bytes(&graph->values[result]) || bytes <= SMALLEST_SHARED_BYTES) continue;
        if (graph->values[v].n_uses > 1 || is_graph_input(graph, v) || is_filled(graph, v)) continue;
        /* The planner settles on this operand, and then gives up if its memory has another reader. */
        return graph->values[roots[v]].n_uses > 1 ? OCTET_NONE : v;
    }
    return OCTET_NONE;
}

/* A sum with the scale of its operand adds whole steps: the operand is not rounded once more. That is worth a range
 * less than twice as wide; beyond, and in products, the operand loses more than it wins. */
static bool gains(octet_operator_code code, octet_range own, octet_range both) {
    if (code != OCTET_OP_ADD && code != OCTET_OP_SUB) return false;
    const float width = fmaxf(own.max, 0.0f) - fminf(own.min, 0.0f);
    return fmaxf(both.max, 0.0f) - fminf(both.min, 0.0f) < 2.0f * width;
}

octet_status octet_sharing_widen(octet_context *ctx, octet_arena *scratch, const octet_graph *graph,
                                 const octet_known_range *known, bool is_strict, octet_range *ranges) {
    uint32_t *roots = NULL;
    OCTET_TRY(OCTET_NEW(ctx, scratch, graph->n_values, &roots));
    for (uint32_t v = 0; v < graph->n_values; v++) roots[v] = v;
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        const octet_operator *op = &graph->operators[k];
        const uint32_t result = op->outputs[0];
        if (op->code == OCTET_OP_RESHAPE) { /* the same memory, unchanged */
            const uint32_t v = op->inputs[0];
            const bool fresh = octet_value_is_constant(&graph->values[v]) || is_graph_input(graph, v);
            if (!fresh && !octet_graph_is_output(graph, result)) roots[result] = roots[v];
            continue;
        }
        const uint32_t shared = find_shared(graph, op, roots);
        if (shared == OCTET_NONE) continue;
        roots[result] = roots[shared];
        if (known[shared].source != OCTET_RANGE_OBSERVED || known[result].source == OCTET_RANGE_MISSING) continue;
        const octet_range seen = known[result].range, own = ranges[shared];
        const octet_range both = {fminf(own.min, seen.min), fmaxf(own.max, seen.max)};
        if (is_strict || gains(op->code, own, both)) ranges[shared] = both;
    }
    return OCTET_OK;
}
