/* GELU written out with functions: x * 0.5 * (1 + erf(x / sqrt(2))), or with tanh(sqrt(2 / pi) * (x + 0.044715 x^3)),
 * the factors in any order. TensorFlow's converter has one operator for it, and none for erf. */
#include "import/keras/functions/gelu.h"

#include <math.h>

static const octet_operator *producer(const octet_keras_call *call, uint32_t value, octet_operator_code code) {
    const uint32_t k = call->graph->values[value].producer;
    return k != OCTET_NONE && call->graph->operators[k].code == code ? &call->graph->operators[k] : NULL;
}

/* Near enough for a constant that was written with six digits. */
static bool is_number(const octet_keras_call *call, uint32_t value, double number) {
    const octet_value *v = &call->graph->values[value];
    if (v->data == NULL || v->type != OCTET_FLOAT32 || octet_shape_elements(&v->shape) != 1) return false;
    return fabs((double)*(const float *)v->data - number) <= 1e-5 * fabs(number);
}

/* The other operand of op(value, number), in either order; OCTET_NONE when it is not one. */
static uint32_t beside(const octet_keras_call *call, uint32_t value, octet_operator_code code, double number) {
    const octet_operator *op = producer(call, value, code);
    for (uint32_t i = 0; op != NULL && i < 2; i++) {
        if (is_number(call, op->inputs[i], number)) return op->inputs[1 - i];
    }
    return OCTET_NONE;
}

/* The operand of erf as the formula writes it: tanh of a product whose first factor is kept within 3.5. */
static uint32_t operand_of_erf(const octet_keras_call *call, uint32_t value) {
    const octet_operator *op = producer(call, value, OCTET_OP_TANH);
    if (op == NULL || (op = producer(call, op->inputs[0], OCTET_OP_MUL)) == NULL) return OCTET_NONE;
    const uint32_t below = beside(call, op->inputs[1], OCTET_OP_MINIMUM, 3.5);
    return below == OCTET_NONE ? OCTET_NONE : beside(call, below, OCTET_OP_MAXIMUM, -3.5);
}

static bool is_cube(const octet_keras_call *call, uint32_t value, uint32_t x) {
    const octet_operator *op = producer(call, value, OCTET_OP_POW);
    if (op != NULL) return op->inputs[0] == x && is_number(call, op->inputs[1], 3.0);
    op = producer(call, value, OCTET_OP_MUL);
    for (uint32_t i = 0; op != NULL && i < 2; i++) {
        const octet_operator *square = producer(call, op->inputs[i], OCTET_OP_SQUARE);
        const octet_operator *product = producer(call, op->inputs[i], OCTET_OP_MUL);
        if (op->inputs[1 - i] != x) continue;
        if (square != NULL && square->inputs[0] == x) return true;
        if (product != NULL && product->inputs[0] == x && product->inputs[1] == x) return true;
    }
    return false;
}

/* tanh(0.797885 * (x + 0.044715 x^3)). */
static bool is_approximation(const octet_keras_call *call, uint32_t value, uint32_t x) {
    const octet_operator *op = producer(call, value, OCTET_OP_TANH);
    const uint32_t inner = op != NULL ? beside(call, op->inputs[0], OCTET_OP_MUL, 0.7978845608) : OCTET_NONE;
    op = inner != OCTET_NONE ? producer(call, inner, OCTET_OP_ADD) : NULL;
    for (uint32_t i = 0; op != NULL && i < 2; i++) {
        const uint32_t cube = beside(call, op->inputs[1 - i], OCTET_OP_MUL, 0.044715);
        if (op->inputs[i] == x && cube != OCTET_NONE && is_cube(call, cube, x)) return true;
    }
    return false;
}

/* GELU of one of the pair, where the other is 1 + erf or 1 + tanh of it. */
static octet_status gelu_of_pair(octet_keras_call *call, const uint32_t *pair, uint32_t *out) {
    for (uint32_t i = 0; i < 2; i++) {
        const uint32_t x = pair[1 - i], curve = beside(call, pair[i], OCTET_OP_ADD, 1.0);
        if (curve == OCTET_NONE) continue;
        const uint32_t scaled = operand_of_erf(call, curve);
        const bool is_exact = scaled != OCTET_NONE && beside(call, scaled, OCTET_OP_MUL, 0.7071067812) == x;
        if (!is_exact && !is_approximation(call, curve, x)) continue;
        const octet_options options = {.gelu = {!is_exact}};
        return octet_keras_emit(call, OCTET_OP_GELU, "Gelu", &x, 1, &options, out);
    }
    return OCTET_OK;
}

octet_status octet_keras_written_gelu(octet_keras_call *call, uint32_t a, uint32_t b, uint32_t *out) {
    const uint32_t factors[2] = {a, b};
    *out = OCTET_NONE;
    for (uint32_t i = 0; i < 2 && *out == OCTET_NONE; i++) {
        const uint32_t halved = beside(call, factors[i], OCTET_OP_MUL, 0.5);
        const octet_operator *product =
            is_number(call, factors[i], 0.5) ? producer(call, factors[1 - i], OCTET_OP_MUL) : NULL;
        if (halved != OCTET_NONE) {
            OCTET_TRY(gelu_of_pair(call, (const uint32_t[]){halved, factors[1 - i]}, out));
        } else if (product != NULL) {
            OCTET_TRY(gelu_of_pair(call, (const uint32_t[]){product->inputs[0], product->inputs[1]}, out));
        }
    }
    return OCTET_OK;
}
