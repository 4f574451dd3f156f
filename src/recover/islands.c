#include "recover/islands.h"

#include <math.h>
#include <string.h>

#include "base/format.h"
#include "graph/work.h"
#include "quant/islands.h"
#include "quant/rules.h"
#include "recover/gate.h"
#include "recover/judge.h"
#include "recover/noise.h"

enum { MOST_RESULTS = 8, MOST_TRIALS = 64, MOST_RUNS = 64, MOST_TOGETHER = 6, N_HALVES = 2 };

typedef struct search {
    octet_context *ctx;
    octet_arena arena;
    octet_recover_source source; /* runs of the first half, then the others */
    size_t n_first;
    octet_graph *graph; /* with the marks so far */
    octet_judge *judge;
    octet_island_search *asked;
    octet_island island; /* that is looked for */
    uint32_t *layers;    /* by operator: the first operator of its layer */
    octet_island *saved; /* by operator: the marks before a trial */
    uint32_t *seen;      /* by operator: the last look at readers that passed it */
    uint32_t n_looks;
    double db[N_HALVES]; /* with the marks so far */
    uint32_t n_trials;
} search;

/* Layers that move together, by the first operator of each. */
typedef struct candidate {
    uint32_t layers[MOST_TOGETHER];
    uint32_t n;
    double db[N_HALVES];
} candidate;

/* ---- Layers ---- */

static octet_status find_layers(search *s) {
    const octet_graph *graph = s->graph;
    OCTET_TRY(OCTET_NEW(s->ctx, &s->arena, graph->n_operators, &s->layers));
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        uint32_t first = 0;
        while (first < k && strcmp(s->asked->names[first], s->asked->names[k]) != 0) first++;
        s->layers[k] = first;
    }
    return OCTET_OK;
}

/* A layer that only moves numbers is moved by its neighbours. */
static bool may_move(const search *s, uint32_t k) {
    octet_operator op = s->graph->operators[k];
    const octet_quantize_options *options = s->source.options;
    const octet_rule_class rule = octet_rules_class_within(&op, options, OCTET_ISLAND_NONE);
    if (op.code == OCTET_OP_FAKE_QUANT || rule == OCTET_RULE_NONE || octet_islands_only_moves(&op, options))
        return false;
    return octet_islands_mark(&op, s->island, options);
}

static void add_layer(const search *s, candidate *c, uint32_t k) {
    bool moves = false;
    const uint32_t layer = s->layers[k];
    for (uint32_t i = 0; i < c->n && i < MOST_TOGETHER; i++)
        if (c->layers[i] == layer) return;
    for (uint32_t i = layer; i < s->graph->n_operators && !moves; i++) moves = s->layers[i] == layer && may_move(s, i);
    if (!moves) return;
    if (c->n < MOST_TOGETHER) c->layers[c->n] = layer;
    c->n++;
}

/* The operators that read a value, through such that only move numbers, each of which is passed once. */
static void add_readers(search *s, candidate *c, uint32_t v) {
    const octet_graph *graph = s->graph;
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        const octet_operator *op = &graph->operators[k];
        bool reads = false;
        for (uint32_t i = 0; i < op->n_inputs; i++) reads = reads || op->inputs[i] == v;
        if (!reads || s->seen[k] == s->n_looks) continue;
        s->seen[k] = s->n_looks;
        if (octet_islands_only_moves(op, s->source.options))
            for (uint32_t i = 0; i < op->n_outputs; i++) add_readers(s, c, op->outputs[i]);
        else add_layer(s, c, k);
    }
}

/* ---- Trials ---- */

static octet_status measure(search *s, double *db) {
    const size_t first[N_HALVES] = {0, s->n_first}, n[N_HALVES] = {s->n_first, s->source.n_runs - s->n_first};
    for (int half = 0; half < N_HALVES; half++)
        OCTET_TRY((s->asked->corrects_bias ? octet_judge_measure_centred : octet_judge_measure)(
            s->ctx, s->judge, s->graph, s->source.statistics, first[half], n[half], &db[half]));
    return OCTET_OK;
}

static octet_status mark(search *s, const candidate *c) {
    octet_graph *graph = s->graph;
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        s->saved[k] = graph->operators[k].island;
        for (uint32_t i = 0; i < c->n; i++)
            if (s->layers[k] == c->layers[i] && may_move(s, k))
                octet_islands_mark(&graph->operators[k], s->island, s->source.options);
    }
    return octet_islands_bridge(s->ctx, graph, s->source.options);
}

static octet_status try_candidate(search *s, candidate *c) {
    octet_status status = mark(s, c);
    if (status == OCTET_OK) status = measure(s, c->db);
    for (uint32_t k = 0; k < s->graph->n_operators; k++) s->graph->operators[k].island = s->saved[k];
    s->n_trials++;
    return status;
}

static bool is_listed(const candidate *all, uint32_t n, const candidate *c) {
    for (uint32_t i = 0; i < n; i++)
        if (all[i].n == c->n && memcmp(all[i].layers, c->layers, c->n * sizeof *c->layers) == 0) return true;
    return false;
}

/* Puts the layer that computes v, and it together with its readers, behind the n candidates. */
static void propose(search *s, uint32_t v, uint32_t most, candidate *all, uint32_t *n) {
    candidate c = {.n = 0};
    const uint32_t producer = s->graph->values[v].producer;
    s->n_looks++;
    for (int with_readers = 0; with_readers < 2; with_readers++) {
        if (with_readers != 0) add_readers(s, &c, v);
        else if (producer != OCTET_NONE) add_layer(s, &c, producer);
        if (c.n > 0 && c.n <= most && c.n <= MOST_TOGETHER && !is_listed(all, *n, &c)) all[(*n)++] = c;
    }
}

/* What the layer of a result adds to its noise, with the marks so far. */
static octet_status find_added(search *s, octet_arena *arena, double *added) {
    octet_recover_source source = s->source;
    octet_graph *quantized = NULL;
    uint32_t *quantized_of;
    double *noise;
    source.graph = s->graph;
    OCTET_TRY(octet_quantize_graph_mapped(s->ctx, s->graph, s->source.statistics, s->source.options, arena,
                                          &quantized_of, &quantized));
    const octet_status status = octet_noise_find(s->ctx, arena, &source, quantized, quantized_of, &noise);
    for (uint32_t v = 0; status == OCTET_OK && v < s->graph->n_values; v++)
        added[v] = octet_noise_added(s->graph, noise, v);
    octet_graph_destroy(s->ctx, quantized);
    return status;
}

/* Candidates of the noisiest results; all: room for two of each. */
static octet_status list_candidates(search *s, octet_arena *arena, uint32_t most, candidate *all, uint32_t *n) {
    double *added;
    OCTET_TRY(OCTET_NEW(s->ctx, arena, s->graph->n_values, &added));
    OCTET_TRY(find_added(s, arena, added));
    *n = 0;
    for (int results = 0; results < MOST_RESULTS;) {
        uint32_t noisiest = OCTET_NONE;
        for (uint32_t v = 0; v < s->graph->n_values; v++)
            if (added[v] > (noisiest == OCTET_NONE ? 0.0 : added[noisiest])) noisiest = v;
        if (noisiest == OCTET_NONE) return OCTET_OK;
        added[noisiest] = 0.0;
        const uint32_t before = *n;
        propose(s, noisiest, most, all, n);
        results += *n > before;
    }
    return OCTET_OK;
}

/* ---- Choosing ---- */

/* Gain per layer on one half, or the mean of both for N_HALVES. */
static double worth(const search *s, const candidate *c, int half) {
    double gain = 0.0;
    for (int h = 0; h < N_HALVES; h++)
        if (half == h || half == N_HALVES) gain += (c->db[h] - s->db[h]) / (half == h ? 1.0 : N_HALVES);
    return gain / (double)c->n;
}

static const candidate *best_of(const search *s, const candidate *all, uint32_t n, int half) {
    const candidate *best = &all[0];
    for (uint32_t i = 1; i < n; i++)
        if (worth(s, &all[i], half) > worth(s, best, half)) best = &all[i];
    return best;
}

/* The candidate that all runs choose; NULL where what one half chooses does not gain on the other. */
static const candidate *choose(const search *s, const candidate *all, uint32_t n, octet_gate_decision *decision) {
    const candidate *best = best_of(s, all, n, N_HALVES);
    const double crossed[N_HALVES] = {best_of(s, all, n, 1)->db[0], best_of(s, all, n, 0)->db[1]};
    *decision = octet_gate_decide(s->db, best->db, OCTET_GATE_MOST_LOSS_DB);
    return octet_gate_decide(s->db, crossed, OCTET_GATE_MOST_LOSS_DB).is_kept && decision->is_kept ? best : NULL;
}

static octet_status count_constants(search *s, int64_t *bytes) {
    octet_arena arena = {0};
    octet_graph *quantized = NULL;
    uint32_t *ignored;
    const octet_status status = octet_quantize_graph_mapped(s->ctx, s->graph, s->source.statistics, s->source.options,
                                                            &arena, &ignored, &quantized);
    *bytes = 0;
    for (uint32_t v = 0; status == OCTET_OK && v < quantized->n_values; v++)
        if (octet_value_is_constant(&quantized->values[v])) *bytes += (int64_t)octet_value_bytes(&quantized->values[v]);
    octet_graph_destroy(s->ctx, quantized);
    octet_arena_free(s->ctx, &arena);
    return status;
}

static double share_of_macs(const search *s) {
    double all = 0.0, moved = 0.0;
    for (uint32_t k = 0; k < s->graph->n_operators; k++) {
        const double macs = (double)octet_operator_macs(s->graph, &s->graph->operators[k]);
        all += macs;
        if (s->graph->operators[k].island != s->saved[k]) moved += macs;
    }
    return all > 0.0 ? moved / all : 0.0;
}

static octet_status take(search *s, const candidate *c, const octet_gate_decision *decision) {
    octet_moves *moves = &s->asked->moves;
    octet_move *move = &moves->rows[moves->n++];
    int64_t before, after;
    *move = (octet_move){
        .is_float = s->island == OCTET_ISLAND_FLOAT, .gain_db = decision->gain_db, .worst_db = decision->worst_db};
    for (uint32_t i = 0; i < c->n; i++) {
        const size_t used = strlen(move->layers);
        octet_format(move->layers + used, sizeof move->layers - used, "%s%s", i > 0 ? ", " : "",
                     s->asked->names[c->layers[i]]);
    }
    OCTET_TRY(count_constants(s, &before));
    OCTET_TRY(mark(s, c));
    OCTET_TRY(count_constants(s, &after));
    move->bytes = after - before;
    move->macs_share = share_of_macs(s);
    memcpy(s->db, c->db, sizeof s->db);
    return OCTET_OK;
}

/* One round; *n_moved: layers, 0 when nothing gains. */
static octet_status look_for_one(search *s, octet_arena *arena, uint32_t most, uint32_t *n_moved) {
    candidate all[2 * MOST_RESULTS];
    octet_gate_decision decision;
    uint32_t n;
    *n_moved = 0;
    OCTET_TRY(list_candidates(s, arena, most, all, &n));
    for (uint32_t i = 0; i < n; i++) OCTET_TRY(try_candidate(s, &all[i]));
    const candidate *best = n > 0 ? choose(s, all, n, &decision) : NULL;
    if (best == NULL) return OCTET_OK;
    *n_moved = best->n;
    return take(s, best, &decision);
}

static octet_status look_for(search *s, octet_island island, uint32_t most, uint32_t *n_changed) {
    s->island = island;
    while (most > 0 && s->n_trials < MOST_TRIALS && s->asked->moves.n < OCTET_MOST_MOVES) {
        octet_arena arena = {0};
        uint32_t n;
        const octet_status status = look_for_one(s, &arena, most, &n);
        octet_arena_free(s->ctx, &arena);
        OCTET_TRY(status);
        if (n == 0) break;
        most -= n;
        *n_changed += n;
    }
    return OCTET_OK;
}

static octet_status find_islands(search *s, const octet_recover_source *source, octet_recovered *out) {
    octet_recover_source some = *source;
    if (some.n_runs > MOST_RUNS) some.n_runs = MOST_RUNS;
    out->n_runs = some.n_runs;
    OCTET_TRY(octet_graph_clone(s->ctx, source->graph, &s->graph));
    if (some.n_runs < 2) return OCTET_OK;
    OCTET_TRY(octet_gate_sort_runs(s->ctx, &s->arena, &some, &s->source, &s->n_first));
    OCTET_TRY(OCTET_NEW(s->ctx, &s->arena, s->graph->n_operators, &s->saved));
    OCTET_TRY(OCTET_NEW(s->ctx, &s->arena, s->graph->n_operators, &s->seen));
    OCTET_TRY(find_layers(s));
    OCTET_TRY(octet_judge_create(s->ctx, &s->source, &s->judge));
    OCTET_TRY(measure(s, s->db));
    OCTET_TRY(look_for(s, OCTET_ISLAND_FLOAT, s->asked->most_float, &out->n_changed));
    s->n_trials = 0;
    return look_for(s, OCTET_ISLAND_INT16, s->asked->most_int16, &out->n_changed);
}

octet_status octet_recover_islands(octet_context *ctx, const octet_recover_source *source, octet_recovered *out) {
    search s = {.ctx = ctx, .source = *source, .asked = source->islands};
    *out = (octet_recovered){0};
    s.asked->moves = (octet_moves){.is_asked = true};
    octet_status status = find_islands(&s, source, out);
    if (status == OCTET_OK) status = octet_step_carry_statistics(ctx, source, s.graph, &out->statistics);
    octet_judge_destroy(ctx, s.judge);
    octet_arena_free(ctx, &s.arena);
    if (status == OCTET_OK) out->graph = s.graph;
    else octet_graph_destroy(ctx, s.graph);
    return status;
}
