#include "quant/needs.h"

#include <math.h>

#include "graph/joined.h"

static const octet_range NOTHING = {INFINITY, -INFINITY}, EVERYTHING = {-INFINITY, INFINITY};

static octet_range join(octet_range a, octet_range b) {
    return (octet_range){fminf(a.min, b.min), fmaxf(a.max, b.max)};
}
static octet_range meet(octet_range a, octet_range b) {
    return (octet_range){fmaxf(a.min, b.min), fminf(a.max, b.max)};
}

/* A scale covers 0 too. A cut of less than one step is no more than rounding does. */
static bool covers(octet_range range, octet_range needed) {
    const float low = fminf(range.min, 0.0f), high = fmaxf(range.max, 0.0f), step = (high - low) / 255.0f;
    return !(needed.min < low - step) && !(needed.max > high + step);
}

static float width_of(octet_range range) { return fmaxf(range.max, 0.0f) - fminf(range.min, 0.0f); }

/* With parameters of `given`, what reads the value gets less than it needs: numbers that saturate, or an output of the
 * model a scale that is as coarse as octet_joined_find reports. */
static bool loses(const octet_needs *n, uint32_t v, octet_range given, octet_range needed) {
    if (!covers(given, needed)) return true;
    const bool is_known = isfinite(given.min) && isfinite(given.max);
    return is_known && octet_graph_is_output(n->graph, v) &&
           width_of(given) > (float)OCTET_JOINED_FAR * width_of(n->held[v]);
}

/* The results hold numbers of the operands, so that saturating before is saturating behind. */
static bool picks(const octet_needs *n, uint32_t k) {
    const octet_operator_code code = n->graph->operators[k].code;
    return n->classes[k] == OCTET_RULE_SAME && code != OCTET_OP_AVERAGE_POOL_2D && code != OCTET_OP_RESIZE_BILINEAR;
}

/* What the readers of every value tell apart, from the last operator to the first. */
static octet_status find_needed(octet_context *ctx, octet_arena *arena, const octet_needs *n, octet_range **out) {
    const octet_graph *graph = n->graph;
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, out));
    octet_range *needed = *out;
    for (uint32_t v = 0; v < graph->n_values; v++) needed[v] = NOTHING;
    for (uint32_t i = 0; i < graph->n_outputs; i++) {
        const uint32_t v = graph->outputs[i].value;
        if (n->has_range[v]) needed[v] = n->held[v];
    }
    for (uint32_t k = graph->n_operators; k-- > 0;) {
        const octet_operator *op = &graph->operators[k];
        octet_range results = NOTHING;
        for (uint32_t i = 0; i < op->n_outputs; i++) results = join(results, needed[op->outputs[i]]);
        for (uint32_t i = 0; i < op->n_inputs; i++) {
            const uint32_t v = op->inputs[i];
            if (v == OCTET_NONE || !n->has_range[v]) continue;
            const octet_range read = picks(n, k) ? meet(results, n->held[v]) : n->held[v];
            if (read.min <= read.max) needed[v] = join(needed[v], read);
        }
    }
    return OCTET_OK;
}

octet_status octet_needs_find_cut(octet_context *ctx, octet_arena *arena, const octet_needs *n, bool **out) {
    const octet_graph *graph = n->graph;
    octet_range *needed, *given; /* given: by value, the least that its readers may hand back to it */
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, out));
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &given));
    OCTET_TRY(find_needed(ctx, arena, n, &needed));
    bool *cut = *out;
    for (uint32_t v = 0; v < graph->n_values; v++) given[v] = EVERYTHING;
    for (uint32_t k = graph->n_operators; k-- > 0;) {
        const octet_operator *op = &graph->operators[k];
        if (n->classes[k] != OCTET_RULE_SAME) continue;
        octet_range shared = EVERYTHING;
        for (uint32_t i = 0; i < op->n_outputs; i++) {
            const uint32_t v = op->outputs[i];
            const bool is_given = given[v].min > -INFINITY;
            const bool keeps_own = n->has_range[v] && !n->follows[v] &&
                                   (n->is_trained[v] || !is_given || loses(n, v, given[v], needed[v]));
            shared = meet(shared, keeps_own ? n->ranges[v] : given[v]);
        }
        for (uint32_t i = 0; i < op->n_inputs; i++) {
            const uint32_t v = op->inputs[i];
            if (v != OCTET_NONE && n->has_range[v]) given[v] = meet(given[v], shared);
        }
    }
    for (uint32_t v = 0; v < graph->n_values; v++)
        cut[v] = n->has_range[v] && !n->is_trained[v] && loses(n, v, given[v], needed[v]);
    return OCTET_OK;
}
