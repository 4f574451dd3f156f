#include "quant/masks.h"

#include <math.h>

/* Steps of a softmax result: half a step of 8 bits, or of 16. */
enum { STEPS_S8 = 512, STEPS_S16 = 1 << 17 };

/* An addend that lowers by less than this many times what is needed is no mask but a bias. */
enum { FAR = 4 };
/* Constants below are masked positions; above they are biases of positions that count. */
static const float MASKED_BELOW = -1000.0f;

static const octet_value *value_of(const octet_masks *m, uint32_t v) { return &m->graph->values[v]; }

static bool is_real(const octet_masks *m, uint32_t v) {
    if (v == OCTET_NONE || value_of(m, v)->type != OCTET_FLOAT32) return false;
    return octet_value_is_constant(value_of(m, v)) || m->known[v].source != OCTET_RANGE_MISSING;
}

static const octet_operator *producer_of(const octet_masks *m, uint32_t v) {
    const uint32_t producer = value_of(m, v)->producer;
    return producer == OCTET_NONE ? NULL : &m->graph->operators[producer];
}

/* As observed, or of a constant's elements that are at least `from`. */
static octet_range observed(const octet_masks *m, uint32_t v, float from) {
    const octet_value *value = value_of(m, v);
    octet_range range = m->known[v].range;
    if (!octet_value_is_constant(value)) return range;
    const float *data = value->data;
    const size_t n = octet_shape_elements(&value->shape);
    range = (octet_range){INFINITY, -INFINITY};
    for (size_t i = 0; i < n; i++) {
        if (!(data[i] >= from)) continue;
        range.min = fminf(range.min, data[i]);
        range.max = fmaxf(range.max, data[i]);
    }
    return range;
}

static bool moves_data(octet_operator_code code) {
    switch ((int)code) {
    case OCTET_OP_RESHAPE:
    case OCTET_OP_TRANSPOSE:
    case OCTET_OP_STRIDED_SLICE:
    case OCTET_OP_TILE:
    case OCTET_OP_BROADCAST_TO: return true;
    default: return false;
    }
}

/* Where the data of v were computed: back through operators that only move them, while nobody else reads them. */
static uint32_t source_of(const octet_masks *m, uint32_t v) {
    for (;;) {
        const octet_operator *op = producer_of(m, v);
        if (op == NULL || !moves_data(op->code) || value_of(m, v)->n_uses != 1) return v;
        v = op->inputs[0];
    }
}

static void set_constant(const octet_masks *m, const octet_operator *op, uint32_t i, octet_range range) {
    const uint32_t k = (uint32_t)(op - m->graph->operators);
    const octet_qparams params = m->wide ? octet_qparams_range_s16((double)range.min, (double)range.max)
                                         : octet_qparams_range_s8((double)range.min, (double)range.max);
    m->operands[m->first_operand[k] + i] = (octet_placement){true, params};
}

/* The addend's own range, and that of the factor -1e9 that it is a product with. */
static void set_addend(const octet_masks *m, const octet_operator *op, uint32_t i, octet_range range) {
    const uint32_t v = op->inputs[i];
    if (octet_value_is_constant(value_of(m, v))) {
        set_constant(m, op, i, range);
        return;
    }
    const uint32_t source = source_of(m, v);
    const octet_operator *product = producer_of(m, source);
    if (value_of(m, v)->n_uses != 1 || value_of(m, source)->n_uses != 1) return;
    for (uint32_t at = v; at != source; at = producer_of(m, at)->inputs[0]) m->ranges[at] = range;
    m->ranges[source] = range;
    if (product == NULL || product->code != OCTET_OP_MUL) return;
    for (uint32_t j = 0; j < 2; j++) {
        const uint32_t factor = product->inputs[j], other = product->inputs[1 - j];
        if (!octet_value_is_constant(value_of(m, factor)) || !is_real(m, other) ||
            octet_value_is_constant(value_of(m, other)))
            continue;
        const octet_range times = observed(m, other, -INFINITY);
        m->ranges[other] = times; /* the product took its memory: TensorFlow's second look saw the mask there */
        const float largest = fmaxf(fabsf(times.min), fabsf(times.max));
        if (largest > 0.0f) set_constant(m, product, j, (octet_range){range.min / largest, range.max / largest});
    }
}

static float margin(const octet_masks *m, const octet_value *scores) {
    const int32_t n = scores->shape.rank > 0 ? scores->shape.dims[scores->shape.rank - 1] : 1;
    return logf((float)(m->wide ? STEPS_S16 : STEPS_S8) * (float)n);
}

/* sum = scores + addend, or scores - addend. */
static void narrow_sum(const octet_masks *m, const octet_operator *op, uint32_t i, float below) {
    const bool negates = op->code == OCTET_OP_SUB;
    if ((negates && i == 0) || !is_real(m, op->inputs[0]) || !is_real(m, op->inputs[1])) return;
    const uint32_t scores = op->inputs[1 - i], sum = op->outputs[0];
    const octet_range x = observed(m, scores, -INFINITY), all = observed(m, op->inputs[i], -INFINITY);
    octet_range y = negates ? (octet_range){-all.max, -all.min} : all, counted = {y.max, y.max};
    if (octet_value_is_constant(value_of(m, op->inputs[i])) && !negates)
        counted = observed(m, op->inputs[i], MASKED_BELOW);
    if (!(counted.min <= counted.max)) return;
    const float lowest = x.min + counted.min - below, lowers = x.max - lowest;
    if (!(y.min < MASKED_BELOW) || !(y.min < -FAR * lowers)) return;
    m->ranges[sum] = (octet_range){lowest, x.max + counted.max};
    if (!octet_value_is_constant(value_of(m, scores))) m->ranges[scores] = x;
    y = (octet_range){-lowers, counted.max};
    set_addend(m, op, i, negates ? (octet_range){-y.max, -y.min} : y);
}

/* By how much a value lies below others at least: a low constant, or what a high constant was subtracted from. A
 * recorded maximum does not tell, since it is never below 0. *op: the difference, NULL for a constant. */
static bool is_low(const octet_masks *m, uint32_t v, float lowers, const octet_operator **op) {
    *op = NULL;
    if (octet_value_is_constant(value_of(m, v))) {
        const float highest = observed(m, v, -INFINITY).max;
        return highest < MASKED_BELOW && highest < -FAR * lowers;
    }
    *op = producer_of(m, v);
    if (*op == NULL || ((*op)->code != OCTET_OP_SUB && (*op)->code != OCTET_OP_ADD)) return false;
    const uint32_t constant = (*op)->inputs[1];
    if (!is_real(m, constant) || !octet_value_is_constant(value_of(m, constant))) return false;
    const octet_range range = observed(m, constant, -INFINITY);
    const float highest = (*op)->code == OCTET_OP_SUB ? -range.min : range.max;
    return highest < MASKED_BELOW && highest < -FAR * lowers;
}

/* The choice between scores and something that lies far below them. */
static void narrow_choice(const octet_masks *m, const octet_operator *op, float below) {
    if (!is_real(m, op->inputs[1]) || !is_real(m, op->inputs[2])) return;
    for (uint32_t i = 1; i < 3; i++) {
        const uint32_t low = op->inputs[i], scores = op->inputs[3 - i];
        const octet_range x = observed(m, scores, -INFINITY), chosen = {x.min - below, x.max};
        const float lowers = chosen.max - chosen.min;
        const octet_operator *difference;
        if (octet_value_is_constant(value_of(m, scores)) || !is_low(m, low, lowers, &difference)) continue;
        m->ranges[op->outputs[0]] = chosen;
        m->ranges[scores] = chosen;
        if (difference == NULL) return;
        m->ranges[low] = chosen;
        set_constant(m, difference, 1,
                     difference->code == OCTET_OP_SUB ? (octet_range){0.0f, lowers} : (octet_range){-lowers, 0.0f});
        return;
    }
}

void octet_masks_narrow(const octet_masks *m) {
    for (uint32_t k = 0; k < m->graph->n_operators; k++) {
        const octet_operator *softmax = &m->graph->operators[k];
        if (softmax->code != OCTET_OP_SOFTMAX) continue;
        const uint32_t scores = softmax->inputs[0];
        const uint32_t source = source_of(m, scores);
        const octet_operator *op = producer_of(m, source);
        if (op == NULL || value_of(m, scores)->n_uses != 1 || value_of(m, source)->n_uses != 1) continue;
        const float below = margin(m, value_of(m, scores));
        if (op->code == OCTET_OP_SELECT || op->code == OCTET_OP_SELECT_V2) narrow_choice(m, op, below);
        for (uint32_t i = 0; i < 2 && (op->code == OCTET_OP_ADD || op->code == OCTET_OP_SUB); i++)
            narrow_sum(m, op, i, below);
        for (uint32_t at = scores; at != source; at = producer_of(m, at)->inputs[0]) m->ranges[at] = m->ranges[source];
    }
}
