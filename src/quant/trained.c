#include "quant/trained.h"

#include "quant/quant.h"

static bool is_eight_bit(const octet_operator *op) {
    return op->code == OCTET_OP_FAKE_QUANT && op->options.fake_quant.n_bits == 8 &&
           !op->options.fake_quant.narrow_range;
}

bool octet_quantize_is_trained(const octet_graph *graph) {
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        if (is_eight_bit(&graph->operators[k])) return true;
    }
    return false;
}

static void set_range(octet_value *value, const octet_operator *op) {
    value->min = op->options.fake_quant.min;
    value->max = op->options.fake_quant.max;
    value->has_range = value->is_trained = true;
}

octet_status octet_trained_take(octet_context *ctx, octet_graph *graph) {
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        const octet_operator *op = &graph->operators[k];
        if (!is_eight_bit(op)) continue;
        octet_value *x = octet_graph_input(graph, op, 0), *y = octet_graph_output(graph, op, 0);
        const bool is_same =
            x->is_trained && x->min == op->options.fake_quant.min && x->max == op->options.fake_quant.max;
        set_range(is_same || x->is_trained || octet_value_is_constant(x) ? y : x, op);
        if (y->is_trained && !is_same) continue;
        octet_graph_replace_uses(graph, op->outputs[0], op->inputs[0]);
        octet_graph_remove_operator(graph, k);
    }
    return octet_graph_compact(ctx, graph);
}
