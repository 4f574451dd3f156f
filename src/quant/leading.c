#include "quant/leading.h"

#include <math.h>

/* More columns than these are left alone. */
enum { MOST_COLUMNS = 1024, MOST_OPERATORS = 4 };

/* y = x * scale + offset in each of n columns. */
typedef struct columns {
    size_t n;
    double scale[MOST_COLUMNS], offset[MOST_COLUMNS];
} columns;

/* The constant that op combines with `value`; NULL where it does anything else. *is_first: it is the first operand. */
static const octet_value *constant_of(const octet_graph *graph, const octet_operator *op, uint32_t value,
                                      bool *is_first) {
    const bool arithmetic =
        op->code == OCTET_OP_ADD || op->code == OCTET_OP_SUB || op->code == OCTET_OP_MUL || op->code == OCTET_OP_DIV;
    if (!arithmetic || octet_operator_activation(op) != OCTET_ACTIVATION_NONE) return NULL;
    *is_first = op->inputs[1] == value;
    if (*is_first && op->code == OCTET_OP_DIV) return NULL;
    const octet_value *constant = octet_graph_input(graph, op, *is_first ? 0 : 1);
    const bool readable = constant != NULL && octet_value_is_constant(constant) && constant->type == OCTET_FLOAT32;
    return readable ? constant : NULL;
}

/* False where the constant is not one number, or one for each column. */
static bool follow(columns *c, octet_operator_code code, const octet_value *constant, bool is_first) {
    const size_t n = octet_shape_elements(&constant->shape);
    const float *numbers = constant->data;
    if (n != 1 && n != c->n) return false;
    for (size_t i = 0; i < c->n; i++) {
        const double number = (double)numbers[n == 1 ? 0 : i], sign = is_first ? -1.0 : 1.0;
        const double factor = code == OCTET_OP_MUL   ? number
                              : code == OCTET_OP_DIV ? 1.0 / number
                              : code == OCTET_OP_SUB ? sign
                                                     : 1.0;
        const double added = code == OCTET_OP_ADD ? number : code == OCTET_OP_SUB ? -sign * number : 0.0;
        c->scale[i] *= factor;
        c->offset[i] = c->offset[i] * factor + added;
    }
    return true;
}

static bool are_far_apart(const columns *c) {
    static const double deviations = 3.0, least_steps = 16.0, steps = 255.0;
    double low = 0.0, high = 0.0, narrowest = INFINITY;
    for (size_t i = 0; i < c->n; i++) {
        const double unit = 1.0 / fabs(c->scale[i]), center = -c->offset[i] / c->scale[i];
        if (!isfinite(unit)) return false;
        low = fmin(low, center - deviations * unit);
        high = fmax(high, center + deviations * unit);
        narrowest = fmin(narrowest, unit);
    }
    return c->n > 1 && 2.0 * deviations * narrowest * steps < least_steps * (high - low);
}

void octet_leading_find(const octet_graph *graph, bool *stays_real) {
    for (uint32_t i = 0; i < graph->n_inputs; i++) {
        uint32_t value = graph->inputs[i].value, chain[MOST_OPERATORS], n = 0;
        const octet_shape *shape = &graph->values[value].shape;
        columns c = {.n = shape->rank > 0 ? (size_t)shape->dims[shape->rank - 1] : 0};
        if (c.n == 0 || c.n > MOST_COLUMNS || graph->values[value].type != OCTET_FLOAT32) continue;
        for (size_t k = 0; k < c.n; k++) c.scale[k] = 1.0;
        while (n < MOST_OPERATORS) {
            const uint32_t k = octet_graph_only_user(graph, value);
            bool is_first = false;
            const octet_value *constant =
                k == OCTET_NONE ? NULL : constant_of(graph, &graph->operators[k], value, &is_first);
            if (constant == NULL || !follow(&c, graph->operators[k].code, constant, is_first)) break;
            chain[n++] = k;
            value = graph->operators[k].outputs[0];
        }
        if (n == 0 || !are_far_apart(&c)) continue;
        for (uint32_t k = 0; k < n; k++) stays_real[chain[k]] = true;
    }
}
