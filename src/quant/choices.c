#include "quant/choices.h"

#include <math.h>

/* Operators between x and a choice. */
enum { MAX_CHAIN = 8 };

static const octet_operator *producer_of(const octet_graph *graph, uint32_t v) {
    const uint32_t producer = v == OCTET_NONE ? OCTET_NONE : graph->values[v].producer;
    return producer == OCTET_NONE ? NULL : &graph->operators[producer];
}

static bool is_real_constant(const octet_graph *graph, uint32_t v) {
    return v != OCTET_NONE && octet_value_is_constant(&graph->values[v]) && graph->values[v].type == OCTET_FLOAT32 &&
           octet_shape_elements(&graph->values[v].shape) > 0;
}

static octet_range range_of_constant(const octet_value *value) {
    const float *data = value->data;
    octet_range range = {data[0], data[0]};
    for (size_t i = 1; i < octet_shape_elements(&value->shape); i++)
        range = (octet_range){fminf(range.min, data[i]), fmaxf(range.max, data[i])};
    return range;
}

/* The values that x has where the comparison says what `is` says. False when it is none of x with a number. */
static bool find_side(const octet_graph *graph, const octet_operator *comparison, bool is, uint32_t *x,
                      octet_range *side) {
    bool above;
    switch ((int)comparison->code) {
    case OCTET_OP_GREATER:
    case OCTET_OP_GREATER_EQUAL: above = is; break;
    case OCTET_OP_LESS:
    case OCTET_OP_LESS_EQUAL: above = !is; break;
    default: return false;
    }
    const uint32_t at = is_real_constant(graph, comparison->inputs[0]) ? 0 : 1;
    if (!is_real_constant(graph, comparison->inputs[at])) return false;
    if (at == 0) above = !above;
    const octet_range bound = range_of_constant(&graph->values[comparison->inputs[at]]);
    *x = comparison->inputs[1 - at];
    *side = above ? (octet_range){bound.min, INFINITY} : (octet_range){-INFINITY, bound.max};
    return *x != OCTET_NONE && !octet_value_is_constant(&graph->values[*x]);
}

static float combine(octet_operator_code code, float a, float b) {
    switch ((int)code) {
    case OCTET_OP_ADD: return a + b;
    case OCTET_OP_SUB: return a - b;
    case OCTET_OP_MUL: return a * b;
    default: return a / b;
    }
}

/* The operand of an operator that the chain goes through: its only one, or the one beside a constant. */
static uint32_t chained(const octet_graph *graph, const octet_operator *op) {
    switch ((int)op->code) {
    case OCTET_OP_EXP:
    case OCTET_OP_NEG:
    case OCTET_OP_SQUARE: return op->inputs[0];
    case OCTET_OP_ADD:
    case OCTET_OP_SUB:
    case OCTET_OP_MUL:
    case OCTET_OP_DIV:
        if (op->options.arithmetic.activation != OCTET_ACTIVATION_NONE) return OCTET_NONE;
        if (is_real_constant(graph, op->inputs[1])) return op->inputs[0];
        return is_real_constant(graph, op->inputs[0]) && op->code != OCTET_OP_DIV ? op->inputs[1] : OCTET_NONE;
    default: return OCTET_NONE;
    }
}

static octet_range apply(const octet_graph *graph, const octet_operator *op, octet_range x) {
    if (op->code == OCTET_OP_EXP) return (octet_range){expf(x.min), expf(x.max)};
    if (op->code == OCTET_OP_NEG) return (octet_range){-x.max, -x.min};
    octet_range out = {INFINITY, -INFINITY};
    if (op->code == OCTET_OP_SQUARE) {
        const bool has_zero = x.min <= 0.0f && x.max >= 0.0f;
        const float low = x.min * x.min, high = x.max * x.max;
        return (octet_range){has_zero ? 0.0f : fminf(low, high), fmaxf(low, high)};
    }
    const bool is_first = is_real_constant(graph, op->inputs[1]);
    const octet_range c = range_of_constant(&graph->values[op->inputs[is_first ? 1 : 0]]);
    if (op->code == OCTET_OP_DIV && c.min <= 0.0f && c.max >= 0.0f) return (octet_range){-INFINITY, INFINITY};
    for (int corner = 0; corner < 4; corner++) {
        const float a = (corner & 1) != 0 ? x.max : x.min, b = (corner & 2) != 0 ? c.max : c.min;
        const float y = is_first ? combine(op->code, a, b) : combine(op->code, b, a);
        out = (octet_range){fminf(out.min, y), fmaxf(out.max, y)};
    }
    return out;
}

/* Follows a choice's operand back to x, and the range of x forward again. */
static void narrow_operand(const octet_graph *graph, octet_known_range *known, bool *narrowed, uint32_t v, uint32_t x,
                           octet_range side) {
    const octet_operator *chain[MAX_CHAIN];
    int n = 0;
    for (; v != x; v = chained(graph, chain[n++])) {
        const octet_operator *op = producer_of(graph, v);
        if (op == NULL || n == MAX_CHAIN || graph->values[v].n_uses != 1 || octet_graph_is_output(graph, v)) return;
        if (known[v].source != OCTET_RANGE_OBSERVED) return;
        chain[n] = op;
        if (chained(graph, op) == OCTET_NONE) return;
    }
    octet_range range = {fmaxf(known[x].range.min, side.min), fminf(known[x].range.max, side.max)};
    if (!(range.min <= range.max)) return;
    while (n-- > 0) {
        range = apply(graph, chain[n], range);
        const uint32_t result = chain[n]->outputs[0];
        octet_range *own = &known[result].range;
        if (isfinite(range.min) && range.min > own->min) own->min = range.min;
        if (isfinite(range.max) && range.max < own->max) own->max = range.max;
        narrowed[result] = isfinite(range.min) && isfinite(range.max);
    }
}

void octet_choices_narrow(const octet_graph *graph, octet_known_range *known, bool *narrowed) {
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        const octet_operator *op = &graph->operators[k];
        if (op->code != OCTET_OP_SELECT && op->code != OCTET_OP_SELECT_V2) continue;
        const octet_operator *comparison = producer_of(graph, op->inputs[0]);
        for (uint32_t i = 1; i < 3 && comparison != NULL; i++) {
            uint32_t x;
            octet_range side;
            if (!find_side(graph, comparison, i == 1, &x, &side) || known[x].source == OCTET_RANGE_MISSING) continue;
            narrow_operand(graph, known, narrowed, op->inputs[i], x, side);
        }
    }
}
