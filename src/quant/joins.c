#include "quant/joins.h"

#include <math.h>

/* Values that a look along operators of class SAME passes. */
enum { MOST_STEPS = 64 };

static bool is_same(const octet_joins *j, uint32_t k) { return j->settled->classes[k] == OCTET_RULE_SAME; }

static bool is_real(const octet_joins *j, uint32_t v) {
    return v != OCTET_NONE && j->graph->values[v].type == OCTET_FLOAT32;
}

/* A scale covers 0 too. */
static double step_of(octet_range range) {
    return (fmax((double)range.max, 0.0) - fmin((double)range.min, 0.0)) / 255.0;
}

static double elements(const octet_joins *j, uint32_t v) {
    return (double)octet_shape_elements(&j->graph->values[v].shape);
}

/* An operand that hands its parameters on to the result of operator k. */
static uint32_t find_giver(const octet_joins *j, uint32_t k, octet_qparams params) {
    const octet_operator *op = &j->graph->operators[k];
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        const uint32_t v = op->inputs[i];
        if (!is_real(j, v) || octet_value_is_constant(&j->graph->values[v])) continue;
        const octet_placement *place = &j->settled->values[v];
        if (place->set && octet_qparams_equal(place->params, params)) return v;
    }
    return OCTET_NONE;
}

/* The value whose own range gives value v these parameters: v, or what it was picked from. OCTET_NONE: a fixed one. */
static uint32_t find_origin(const octet_joins *j, uint32_t v, octet_qparams params) {
    for (int i = 0; i < MOST_STEPS; i++) {
        if (j->has_own[v]) return v;
        const uint32_t producer = j->graph->values[v].producer;
        if (producer == OCTET_NONE || !is_same(j, producer)) return OCTET_NONE;
        v = find_giver(j, producer, params);
        if (v == OCTET_NONE) return v;
    }
    return OCTET_NONE;
}

/* Whether operand i of operator k passes a QUANTIZE; from which parameters. */
static bool is_rounded_twice(const octet_joins *j, uint32_t k, uint32_t i, octet_qparams *from) {
    const uint32_t v = j->graph->operators[k].inputs[i];
    const octet_placement *place = &j->settled->values[v], *produced = &j->settled->produced[v];
    if (octet_value_is_constant(&j->graph->values[v])) return false;
    if (j->settled->operands[j->settled->first_operand[k] + i].set) {
        *from = place->params;
        return true;
    }
    *from = produced->params;
    return produced->set;
}

static uint32_t find_reader(const octet_joins *j, uint32_t v) {
    for (uint32_t k = j->graph->values[v].producer + 1; k < j->graph->n_operators; k++) {
        const octet_operator *op = &j->graph->operators[k];
        for (uint32_t i = 0; i < op->n_inputs; i++)
            if (op->inputs[i] == v) return k;
    }
    return OCTET_NONE;
}

/* The value whose own range gives operator k its parameters: its result, or what joins that further. */
static uint32_t find_joined(const octet_joins *j, uint32_t k, octet_qparams params) {
    for (int i = 0; i < MOST_STEPS; i++) {
        const uint32_t v = j->graph->operators[k].outputs[0];
        const octet_placement *place = &j->settled->values[v];
        if (!place->set || !octet_qparams_equal(place->params, params)) return OCTET_NONE;
        if (j->has_own[v]) return v;
        k = j->graph->values[v].n_uses == 1 ? find_reader(j, v) : OCTET_NONE;
        if (k == OCTET_NONE || !is_same(j, k)) return OCTET_NONE;
    }
    return OCTET_NONE;
}

static octet_range join(octet_range a, octet_range b) {
    return (octet_range){fminf(a.min, b.min), fmaxf(a.max, b.max)};
}

static bool widen(const octet_joins *j, uint32_t k) {
    const octet_operator *op = &j->graph->operators[k];
    const octet_placement *place = &j->settled->values[op->outputs[0]];
    octet_range wide = {0.0f, 0.0f};
    double n_joined = 0.0, n_others = 0.0, kept = 0.0;
    uint32_t n_real = 0;
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        const uint32_t v = op->inputs[i];
        octet_qparams from;
        if (!is_real(j, v)) continue;
        n_real++;
        n_joined += elements(j, v);
        const uint32_t origin = is_rounded_twice(j, k, i, &from) ? find_origin(j, v, from) : OCTET_NONE;
        if (origin == OCTET_NONE) continue;
        wide = join(wide, j->ranges[origin]);
        kept += (elements(j, v) + elements(j, origin)) * pow(step_of(j->ranges[origin]), 2.0);
        n_others += elements(j, origin);
    }
    if (n_real < 2 || n_others == 0.0 || !place->set || j->settled->produced[op->outputs[0]].set) return false;
    const uint32_t joined = find_joined(j, k, place->params);
    if (joined == OCTET_NONE) return false;
    const octet_range narrow = j->ranges[joined];
    wide = join(wide, narrow);
    n_joined = fmax(n_joined, elements(j, joined));
    kept += n_joined * pow(step_of(narrow), 2.0);
    if ((n_joined + n_others) * pow(step_of(wide), 2.0) >= kept) return false;
    j->ranges[joined] = wide;
    return wide.min < narrow.min || wide.max > narrow.max;
}

bool octet_joins_widen(const octet_joins *joins) {
    bool widened = false;
    for (uint32_t k = 0; k < joins->graph->n_operators; k++)
        if (is_same(joins, k) && joins->graph->operators[k].n_outputs == 1 && widen(joins, k)) widened = true;
    return widened;
}
