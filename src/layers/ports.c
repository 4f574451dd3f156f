#include "layers/ports.h"

#include <string.h>

#include "layers/pairs.h"

static bool match_names(const octet_port *real, const octet_port *quantized, uint32_t n, uint32_t *order) {
    for (uint32_t i = 0; i < n; i++) {
        order[i] = OCTET_NONE;
        for (uint32_t k = 0; k < n && order[i] == OCTET_NONE; k++)
            if (strcmp(real[i].name, quantized[k].name) == 0) order[i] = k;
        if (order[i] == OCTET_NONE) return false;
    }
    return true;
}

static void match_places(uint32_t n, uint32_t *order) {
    for (uint32_t i = 0; i < n; i++) order[i] = i;
}

/* Number of the input that a value is, also behind QUANTIZE; OCTET_NONE: it is none. */
static uint32_t input_of(const octet_graph *graph, uint32_t value) {
    while (value != OCTET_NONE && graph->values[value].producer != OCTET_NONE) {
        const octet_operator *op = &graph->operators[graph->values[value].producer];
        if (!octet_pairs_is_passage(op->code)) return OCTET_NONE;
        value = op->inputs[0];
    }
    for (uint32_t i = 0; i < graph->n_inputs; i++)
        if (graph->inputs[i].value == value) return i;
    return OCTET_NONE;
}

/* Inputs in the order in which operators first read them. Returns how many are read. */
static uint32_t list_uses(const octet_graph *graph, uint32_t *uses) {
    uint32_t n = 0;
    for (uint32_t k = 0; k < graph->n_operators && n < graph->n_inputs; k++) {
        const octet_operator *op = &graph->operators[k];
        if (octet_pairs_is_passage(op->code)) continue;
        for (uint32_t i = 0; i < op->n_inputs; i++) {
            const uint32_t input = input_of(graph, op->inputs[i]);
            bool is_new = input != OCTET_NONE;
            for (uint32_t u = 0; u < n; u++) is_new = is_new && uses[u] != input;
            if (is_new) uses[n++] = input;
        }
    }
    return n;
}

static bool shapes_agree(const octet_graph *real, const octet_graph *quantized, const uint32_t *order) {
    for (uint32_t i = 0; i < real->n_inputs; i++)
        if (!octet_shape_equal(&real->values[real->inputs[i].value].shape,
                               &quantized->values[quantized->inputs[order[i]].value].shape))
            return false;
    return true;
}

octet_status octet_ports_match_inputs(octet_context *ctx, octet_arena *arena, const octet_graph *real,
                                      const octet_graph *quantized, uint32_t **order) {
    const uint32_t n = real->n_inputs;
    uint32_t *a, *b;
    OCTET_TRY(OCTET_NEW(ctx, arena, n, order));
    if (match_names(real->inputs, quantized->inputs, n, *order)) return OCTET_OK;
    OCTET_TRY(OCTET_NEW(ctx, arena, n, &a));
    OCTET_TRY(OCTET_NEW(ctx, arena, n, &b));
    match_places(n, *order);
    if (list_uses(real, a) == n && list_uses(quantized, b) == n)
        for (uint32_t i = 0; i < n; i++) (*order)[a[i]] = b[i];
    if (!shapes_agree(real, quantized, *order)) match_places(n, *order);
    return OCTET_OK;
}

octet_status octet_ports_match_outputs(octet_context *ctx, octet_arena *arena, const octet_graph *real,
                                       const octet_graph *quantized, uint32_t **order) {
    OCTET_TRY(OCTET_NEW(ctx, arena, real->n_outputs, order));
    if (!match_names(real->outputs, quantized->outputs, real->n_outputs, *order)) match_places(real->n_outputs, *order);
    return OCTET_OK;
}
