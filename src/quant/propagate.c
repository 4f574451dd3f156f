#include "quant/propagate.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "quant/joins.h"
#include "quant/masks.h"
#include "quant/needs.h"

/* A join that was widened may be joined again; what still changes then stays as it is. */
enum { MOST_ROUNDS = 8 };

typedef struct stack {
    uint32_t *items;
    uint32_t n, capacity;
} stack;

typedef struct state {
    octet_context *ctx;
    octet_arena *arena;
    const octet_graph *graph;
    const octet_known_range *known; /* by value */
    const octet_quantize_options *options;
    octet_propagation *out;
    uint32_t *first_user, *users; /* operators that read a value, in order: users[first_user[v] .. first_user[v + 1]) */
    octet_range *ranges;          /* by value: as observed, or widened */
    octet_range *held;            /* the same before joins.h widened some */
    bool *statistic;              /* by value: a float activation with an observed range */
    bool *dropped;                /* its parameters come from elsewhere */
    bool *fixed;                  /* a range that was kept: parameters that the work list does not overrule */
    bool *cut;                    /* what reads it needs more than the operators that join it would leave of it */
    stack work;
    bool *done; /* by operator */
    /* 16 bits: TensorFlow's other quantizer settles operators from the first to the last, leaves operands that are
     * joined their parameters, and puts a QUANTIZE where they differ from the result's. */
    bool forward;
} state;

static void push(stack *s, uint32_t item) {
    assert(s->n < s->capacity);
    s->items[s->n++] = item;
}

static bool is_float(const state *s, uint32_t value) {
    return value != OCTET_NONE && s->graph->values[value].type == OCTET_FLOAT32;
}

static bool is_activation(const state *s, uint32_t value) {
    return is_float(s, value) && !octet_value_is_constant(&s->graph->values[value]);
}

static bool is_trained(const state *s, uint32_t value) { return s->known[value].source == OCTET_RANGE_TRAINED; }

static octet_rule_class class_of(const state *s, uint32_t op) { return s->out->classes[op]; }

static uint32_t n_float_operands(const state *s, const octet_operator *op) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < op->n_inputs; i++) n += is_float(s, op->inputs[i]);
    return n;
}

static octet_status find_users(state *s) {
    const octet_graph *graph = s->graph;
    size_t n = 0;
    OCTET_TRY(OCTET_NEW(s->ctx, s->arena, (size_t)graph->n_values + 1, &s->first_user));
    OCTET_TRY(OCTET_NEW(s->ctx, s->arena, graph->n_operators, &s->out->first_operand));
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        const octet_operator *op = &graph->operators[k];
        s->out->first_operand[k] = (uint32_t)n;
        n += op->n_inputs;
        for (uint32_t i = 0; i < op->n_inputs; i++) {
            if (op->inputs[i] != OCTET_NONE) s->first_user[op->inputs[i] + 1]++;
        }
    }
    OCTET_CHECK(s->ctx, n < UINT32_MAX / 4, OCTET_LIMIT, "%s: %zu operands are too many", graph->source, n);
    OCTET_TRY(OCTET_NEW(s->ctx, s->arena, n, &s->users));
    OCTET_TRY(OCTET_NEW(s->ctx, s->arena, n, &s->out->operands));
    uint32_t *next = NULL;
    OCTET_TRY(OCTET_NEW(s->ctx, s->arena, graph->n_values, &next));
    for (uint32_t v = 0; v < graph->n_values; v++) {
        s->first_user[v + 1] += s->first_user[v];
        next[v] = s->first_user[v];
    }
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        const octet_operator *op = &graph->operators[k];
        for (uint32_t i = 0; i < op->n_inputs; i++) {
            if (op->inputs[i] != OCTET_NONE) s->users[next[op->inputs[i]]++] = k;
        }
    }
    /* Every operator once, and again whenever a value beside it gets parameters, which each value does once. */
    s->work.capacity = (uint32_t)n + 2 * graph->n_operators + 2 * graph->n_values + 1;
    return OCTET_NEW(s->ctx, s->arena, s->work.capacity, &s->work.items);
}

/* Statistics in the order in which they arise: graph inputs, then results of the first operator, ... */
static void push_statistics(state *s, bool kept_only) {
    s->work.n = 0;
    for (uint32_t v = 0; v < s->graph->n_values; v++) {
        if (s->statistic[v] && s->graph->values[v].producer == OCTET_NONE && !(kept_only && s->dropped[v]))
            push(&s->work, v);
    }
    for (uint32_t k = 0; k < s->graph->n_operators; k++) {
        const octet_operator *op = &s->graph->operators[k];
        for (uint32_t i = 0; i < op->n_outputs; i++) {
            const uint32_t v = op->outputs[i];
            if (s->statistic[v] && !(kept_only && s->dropped[v])) push(&s->work, v);
        }
    }
}

/* The parameters of a choice's result hold for its operands too. One that is read elsewhere as well (the state before a
 * masked step) would be cut to the range of what was chosen: the result's range covers it, unless strict. */
static void widen_choices(state *s) {
    for (uint32_t k = 0; k < s->graph->n_operators && !s->options->strict_tensorflow; k++) {
        const octet_operator *op = &s->graph->operators[k];
        if ((op->code != OCTET_OP_SELECT && op->code != OCTET_OP_SELECT_V2) || !s->statistic[op->outputs[0]]) continue;
        octet_range *result = &s->ranges[op->outputs[0]];
        for (uint32_t i = 1; i < op->n_inputs; i++) {
            const uint32_t v = op->inputs[i];
            if (v == OCTET_NONE || !s->statistic[v] || s->graph->values[v].n_uses < 2) continue;
            if (s->ranges[v].min < result->min) result->min = s->ranges[v].min;
            if (s->ranges[v].max > result->max) result->max = s->ranges[v].max;
        }
    }
}

/* Constants that make a mask are rounded in the range that is left of it. */
static void narrow_masks(state *s) {
    const octet_masks masks = {
        s->graph, s->known, s->ranges, s->out->first_operand, s->out->operands, s->options->mode == OCTET_MODE_INT16X8};
    octet_masks_narrow(&masks);
}

/* A range is carried on through operators that keep it: what comes out of them needs no range of its own. */
static void run_forward(state *s) {
    const octet_graph *graph = s->graph;
    push_statistics(s, false);
    while (s->work.n > 0) {
        const uint32_t v = s->work.items[--s->work.n];
        const uint32_t producer = graph->values[v].producer;
        if (producer != OCTET_NONE && class_of(s, producer) == OCTET_RULE_FIXED && !is_trained(s, v))
            s->dropped[v] = true;
        for (uint32_t u = s->first_user[v]; u < s->first_user[v + 1]; u++) {
            const octet_operator *op = &graph->operators[s->users[u]];
            if (class_of(s, s->users[u]) != OCTET_RULE_SAME || n_float_operands(s, op) > 1) continue;
            for (uint32_t i = 0; i < op->n_outputs; i++) {
                const uint32_t result = op->outputs[i];
                if (!s->statistic[result] || s->dropped[result] || is_trained(s, result)) continue;
                s->dropped[result] = true;
                push(&s->work, result);
            }
        }
    }
}

/* TensorFlow's quantizer looks at no reader but the one that hands its parameters back. */
static octet_status find_cut(state *s) {
    bool *trained = NULL;
    if (s->options->strict_tensorflow || s->forward) return OCTET_NEW(s->ctx, s->arena, s->graph->n_values, &s->cut);
    OCTET_TRY(OCTET_NEW(s->ctx, s->arena, s->graph->n_values, &trained));
    for (uint32_t v = 0; v < s->graph->n_values; v++) trained[v] = is_trained(s, v);
    const octet_needs needs = {s->graph, s->out->classes, s->ranges, s->held, s->statistic, trained, s->dropped};
    return octet_needs_find_cut(s->ctx, s->arena, &needs, &s->cut);
}

/* Where an operator joins several operands, the range of its result runs back to all of them. */
static octet_status run_backward(state *s) {
    const octet_graph *graph = s->graph;
    bool *visited = NULL;
    OCTET_TRY(OCTET_NEW(s->ctx, s->arena, graph->n_values, &visited));
    push_statistics(s, true);
    while (s->work.n > 0) {
        const uint32_t v = s->work.items[--s->work.n];
        const uint32_t producer = graph->values[v].producer;
        if (producer == OCTET_NONE || class_of(s, producer) != OCTET_RULE_SAME) continue;
        const octet_operator *op = &graph->operators[producer];
        for (uint32_t i = 0; i < op->n_inputs; i++) {
            const uint32_t operand = op->inputs[i];
            if (!is_activation(s, operand) || !s->statistic[operand] || visited[operand] || is_trained(s, operand) ||
                s->cut[operand])
                continue;
            visited[operand] = true;
            s->dropped[operand] = true;
            push(&s->work, operand);
        }
    }
    return OCTET_OK;
}

static octet_status fix_ranges(state *s) {
    for (uint32_t v = 0; v < s->graph->n_values; v++) {
        if (!s->statistic[v] || s->dropped[v]) continue;
        const octet_value *value = &s->graph->values[v];
        const double min = (double)s->ranges[v].min, max = (double)s->ranges[v].max;
        const octet_qparams params = s->options->mode == OCTET_MODE_INT16X8 ? octet_qparams_range_s16(min, max)
                                     : is_trained(s, v)                     ? octet_qparams_trained_s8(min, max)
                                                                            : octet_qparams_range_s8(min, max);
        OCTET_CHECK(s->ctx, isfinite(params.scale) && params.scale > 0.0f, OCTET_MODEL,
                    "%s: %s ranges from %g to %g: too wide for a float32 scale; look at the samples and the weights",
                    value->producer == OCTET_NONE ? "model input" : s->graph->operators[value->producer].layer,
                    value->name, min, max);
        s->out->values[v] = (octet_placement){true, params};
        s->fixed[v] = true;
    }
    return OCTET_OK;
}

static octet_qparams fixed_params(const state *s, const octet_operator *op) {
    const octet_rule rule = octet_rules_get(op->code);
    return s->options->mode == OCTET_MODE_INT16X8 ? rule.fixed_s16 : rule.fixed_s8;
}

/* A value that would be cut, and has no range of its own, has the parameters of what it was picked from, or fixed ones:
 * operators that join it read it through a QUANTIZE. */
static void fix_followers(state *s) {
    for (uint32_t k = 0; k < s->graph->n_operators; k++) {
        const octet_operator *op = &s->graph->operators[k];
        octet_placement from = {0};
        if (class_of(s, k) == OCTET_RULE_FIXED) from = (octet_placement){true, fixed_params(s, op)};
        for (uint32_t i = 0; i < op->n_inputs && class_of(s, k) == OCTET_RULE_SAME; i++)
            if (is_activation(s, op->inputs[i])) from = s->out->values[op->inputs[i]];
        for (uint32_t i = 0; i < op->n_outputs && from.set; i++) {
            const uint32_t v = op->outputs[i];
            if (!s->cut[v] || !s->dropped[v]) continue;
            s->out->values[v] = from;
            s->fixed[v] = true;
        }
    }
}

static void set_result(state *s, uint32_t v, octet_qparams params) {
    octet_placement *place = &s->out->values[v];
    if (place->set) {
        if (!octet_qparams_equal(place->params, params)) s->out->produced[v] = (octet_placement){true, params};
        return;
    }
    *place = (octet_placement){true, params};
    for (uint32_t u = s->first_user[v]; u < s->first_user[v + 1]; u++) {
        const bool waits =
            s->forward && n_float_operands(s, &s->graph->operators[s->users[u]]) > 1; /* for its other operands */
        if (class_of(s, s->users[u]) != OCTET_RULE_NONE && !waits) push(&s->work, s->users[u]);
    }
}

/* Parameters of a trained range that only one operator reads, and reads otherwise: what computes the value writes it so
 * at once. */
static bool may_overrule(const state *s, uint32_t v) {
    const uint32_t producer = s->graph->values[v].producer;
    return is_trained(s, v) && s->graph->values[v].n_uses == 1 && producer != OCTET_NONE &&
           class_of(s, producer) == OCTET_RULE_FREE && !s->out->produced[v].set;
}

static void set_operand(state *s, uint32_t k, uint32_t i, octet_qparams params) {
    const uint32_t v = s->graph->operators[k].inputs[i];
    octet_placement *here = &s->out->operands[s->out->first_operand[k] + i];
    if (octet_value_is_constant(&s->graph->values[v])) { /* each use of a constant is rounded for itself */
        *here = (octet_placement){true, params};
        return;
    }
    octet_placement *place = &s->out->values[v];
    if (place->set) {
        if (octet_qparams_equal(place->params, params)) return;
        *(may_overrule(s, v) ? place : here) = (octet_placement){true, params};
        return;
    }
    *place = (octet_placement){true, params};
    const uint32_t producer = s->graph->values[v].producer;
    if (producer != OCTET_NONE && class_of(s, producer) != OCTET_RULE_NONE) push(&s->work, producer);
}

/* Parameters of the only, or of the first, value that has some; kept ranges or propagated ones. */
static bool find_params(const state *s, const uint32_t *values, uint32_t n, bool fixed, bool joins, uint32_t *n_found,
                        octet_qparams *out) {
    uint32_t found = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!is_activation(s, values[i]) || !s->out->values[values[i]].set || s->fixed[values[i]] != fixed) continue;
        if (joins && s->cut[values[i]]) continue; /* the others need not have its parameters */
        if (found++ == 0) *out = s->out->values[values[i]].params;
    }
    *n_found = found;
    return found > 0;
}

static bool choose_shared(const state *s, const octet_operator *op, octet_qparams *out) {
    for (int pass = 0; pass < 2; pass++) {
        const bool fixed = pass == 0;
        uint32_t n_in, n_out;
        octet_qparams in = {0}, result = {0};
        const bool has_in = find_params(s, op->inputs, op->n_inputs, fixed, n_float_operands(s, op) > 1, &n_in, &in);
        const bool has_out = find_params(s, op->outputs, op->n_outputs, fixed, false, &n_out, &result);
        if (op->n_inputs == 1 && n_in == 1) {
            *out = in;
        } else if (op->n_outputs == 1 && n_out == 1) {
            *out = result;
        } else if (has_in) {
            *out = in;
        } else if (has_out) {
            *out = result;
        } else {
            continue;
        }
        return true;
    }
    return false;
}

/* Says whether an operator got parameters. */
static bool run_work_list(state *s) {
    bool progress = false;
    s->work.n = 0;
    for (uint32_t i = 0; i < s->graph->n_operators; i++) {
        const uint32_t k = s->forward ? s->graph->n_operators - 1 - i : i;
        if (class_of(s, k) != OCTET_RULE_NONE && !s->done[k]) push(&s->work, k);
    }
    while (s->work.n > 0) {
        const uint32_t k = s->work.items[--s->work.n];
        if (s->done[k]) continue;
        const octet_operator *op = &s->graph->operators[k];
        const octet_rule_class rule_class = class_of(s, k);
        octet_qparams params;
        if (rule_class == OCTET_RULE_SAME) {
            if (!choose_shared(s, op, &params)) continue; /* again when a neighbour has parameters */
            for (uint32_t i = 0; i < op->n_inputs; i++) {
                if (is_float(s, op->inputs[i])) set_operand(s, k, i, params);
            }
        } else if (rule_class == OCTET_RULE_FIXED) {
            params = fixed_params(s, op);
        } else {
            s->done[k] = true;
            continue;
        }
        s->done[k] = progress = true;
        for (uint32_t i = 0; i < op->n_outputs; i++) {
            if (is_float(s, op->outputs[i])) set_result(s, op->outputs[i], params);
        }
    }
    return progress;
}

/* Which comparisons need operands with one scale: for equality a real number that equals a constant, which it does in
 * integers only so; with 16 bits all, because LiteRT's kernels compare the integers as they are. */
static bool needs_one_scale(const state *s, octet_operator_code code) {
    switch ((int)code) {
    case OCTET_OP_EQUAL:
    case OCTET_OP_NOT_EQUAL: return true;
    case OCTET_OP_GREATER:
    case OCTET_OP_GREATER_EQUAL:
    case OCTET_OP_LESS:
    case OCTET_OP_LESS_EQUAL: return s->options->mode == OCTET_MODE_INT16X8;
    default: return false;
    }
}

/* A constant is rounded like the value that it is compared with; of two values with 16 bits, the finer one is. */
static void align_comparisons(state *s) {
    for (uint32_t k = 0; k < s->graph->n_operators && !s->options->strict_tensorflow; k++) {
        const octet_operator *op = &s->graph->operators[k];
        if (!needs_one_scale(s, op->code)) continue;
        for (uint32_t i = 0; i < 2; i++) {
            const uint32_t v = op->inputs[i], other = op->inputs[1 - i];
            if (!is_float(s, v) || !is_activation(s, other)) continue;
            const octet_placement *own = &s->out->values[v], *theirs = &s->out->values[other];
            const bool is_finer = s->forward && is_activation(s, v) && own->params.scale < theirs->params.scale;
            if (!is_activation(s, v) || is_finer) s->out->operands[s->out->first_operand[k] + i] = *theirs;
        }
    }
}

static bool lacks_params(const state *s, const octet_operator *op) {
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        if (is_activation(s, op->inputs[i]) && !s->out->values[op->inputs[i]].set) return true;
    }
    for (uint32_t i = 0; i < op->n_outputs; i++) {
        if (is_float(s, op->outputs[i]) && !s->out->values[op->outputs[i]].set) return true;
    }
    return false;
}

/* Which operators stay in float: those without integer kernel, and where ranges come from training alone, those beside
 * a value that has none. What the latter compute keeps only parameters of a range of its own. */
static void settle_real(state *s) {
    bool trained = false, observed = false;
    for (uint32_t v = 0; v < s->graph->n_values; v++) {
        trained = trained || is_trained(s, v);
        observed = observed || (s->statistic[v] && !is_trained(s, v));
    }
    s->out->is_trained_alone = trained && !observed;
    for (uint32_t k = 0; k < s->graph->n_operators; k++) {
        const octet_operator *op = &s->graph->operators[k];
        const octet_rule_class rule_class = class_of(s, k);
        s->out->stays_real[k] = rule_class == OCTET_RULE_NONE || (s->out->is_trained_alone && lacks_params(s, op));
        if (!s->out->stays_real[k] || (rule_class != OCTET_RULE_SAME && rule_class != OCTET_RULE_FIXED)) continue;
        for (uint32_t i = 0; i < op->n_outputs; i++) {
            if (!s->fixed[op->outputs[i]]) s->out->values[op->outputs[i]] = (octet_placement){0};
        }
    }
}

/* From the ranges to parameters, whatever was settled before. */
static octet_status settle(state *s) {
    const octet_graph *graph = s->graph;
    for (uint32_t v = 0; v < graph->n_values; v++) {
        s->out->values[v] = s->out->produced[v] = (octet_placement){0};
        s->dropped[v] = s->fixed[v] = false;
    }
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        const octet_operator *op = &graph->operators[k];
        s->done[k] = false;
        for (uint32_t i = 0; i < op->n_inputs; i++) /* those of constants make masks */
            if (is_activation(s, op->inputs[i])) s->out->operands[s->out->first_operand[k] + i] = (octet_placement){0};
    }
    run_forward(s);
    OCTET_TRY(find_cut(s));
    if (!s->forward) OCTET_TRY(run_backward(s));
    OCTET_TRY(fix_ranges(s));
    fix_followers(s);
    /* An operand may get its parameters from one reader after another has been looked at. */
    while (run_work_list(s)) {}
    return OCTET_OK;
}

/* Says whether parameters have to be settled again. */
static octet_status widen_joins(state *s, bool *again) {
    bool *has_own;
    *again = false;
    if (s->options->strict_tensorflow || s->forward) return OCTET_OK;
    OCTET_TRY(OCTET_NEW(s->ctx, s->arena, s->graph->n_values, &has_own));
    for (uint32_t v = 0; v < s->graph->n_values; v++) has_own[v] = s->fixed[v] && !s->dropped[v] && !is_trained(s, v);
    const octet_joins joins = {s->graph, s->out, has_own, s->ranges};
    *again = octet_joins_widen(&joins);
    return OCTET_OK;
}

octet_status octet_propagate(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                             const octet_known_range *known, const octet_quantize_options *options, octet_island island,
                             octet_propagation *out) {
    octet_quantize_options numbers = *options;
    if (island == OCTET_ISLAND_INT16) numbers.mode = OCTET_MODE_INT16X8;
    state s = {.ctx = ctx, .arena = arena, .graph = graph, .known = known, .options = &numbers, .out = out};
    s.forward = numbers.mode == OCTET_MODE_INT16X8;
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_operators, &out->classes));
    for (uint32_t k = 0; k < graph->n_operators; k++)
        out->classes[k] = octet_rules_class_within(&graph->operators[k], options, island);
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &out->values));
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &out->produced));
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_operators, &out->stays_real));
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &s.statistic));
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &s.dropped));
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &s.fixed));
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_operators, &s.done));
    OCTET_TRY(find_users(&s));
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &s.ranges));
    out->ranges = s.ranges;
    for (uint32_t v = 0; v < graph->n_values; v++) {
        s.statistic[v] = is_activation(&s, v) && known[v].source != OCTET_RANGE_MISSING;
        s.ranges[v] = known[v].range;
    }
    OCTET_TRY(octet_sharing_widen(ctx, arena, graph, known, options->strict_tensorflow, s.ranges));
    if (!options->strict_tensorflow) narrow_masks(&s);
    widen_choices(&s);
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &s.held));
    if (graph->n_values > 0) memcpy(s.held, s.ranges, graph->n_values * sizeof *s.held);
    bool again = true;
    for (int round = 0; again && round < MOST_ROUNDS; round++) {
        OCTET_TRY(settle(&s));
        OCTET_TRY(widen_joins(&s, &again));
    }
    align_comparisons(&s);
    settle_real(&s);
    return OCTET_OK;
}
