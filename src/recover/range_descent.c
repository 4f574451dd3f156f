#include "recover/range_descent.h"

#include <math.h>

#include "graph/work.h"
#include "recover/bias.h"
#include "recover/judge.h"

/* Trials of one call may take so many multiplications and values together, over all runs. */
static const double most_work = 1.5e10;
static const double factors[] = {0.93, 0.85, 0.7, 1.08}, least_gain_db = 0.1;
enum { N_ROUNDS = 2, MOST_RUNS = 48 };

typedef struct descent {
    octet_context *ctx;
    octet_arena arena;
    octet_recover_source source; /* with fewer runs */
    octet_recovered corrected;   /* whose statistics change */
    octet_judge *judge;
    uint32_t *rows_of; /* by value of the corrected graph */
    double db;         /* of the best so far */
    uint64_t n_trials, most_trials;
} descent;

/* Of a trial. Beside its arithmetic an operator costs as much as some 4000 products in each run: its call, its part in
 * preparing the graph anew. A weight that is rounded anew costs as much as some 100. */
static double work_of(const octet_graph *graph, size_t n_runs) {
    double work = 4000.0 * (double)graph->n_operators, n_weights = 0.0;
    for (uint32_t k = 0; k < graph->n_operators; k++) work += (double)octet_operator_work(graph, &graph->operators[k]);
    for (uint32_t v = 0; v < graph->n_values; v++)
        if (octet_value_is_constant(&graph->values[v]))
            n_weights += (double)octet_shape_elements(&graph->values[v].shape);
    return work * (double)n_runs + 100.0 * n_weights;
}

static bool is_free(const descent *d, uint32_t v) {
    const octet_graph *graph = d->corrected.graph;
    if (d->rows_of[v] == OCTET_NONE || graph->values[v].producer == OCTET_NONE) return false;
    if (!octet_statistics_range(&d->corrected.statistics->rows[d->rows_of[v]]).seen) return false;
    for (uint32_t i = 0; i < graph->n_outputs; i++)
        if (octet_judge_logits(d->judge, graph, i) == v || graph->outputs[i].value == v) return false;
    return true;
}

static void set_range(octet_statistics *statistics, uint32_t row, octet_observed_range range) {
    for (int h = 0; h < OCTET_STATISTICS_HALVES; h++) statistics->rows[row].ranges[h] = range;
}

/* Keeps the best range of a row, if it is better by far enough: the one that it has, or one with another end. */
static octet_status move_end(descent *d, uint32_t row, bool is_max) {
    octet_statistics *statistics = d->corrected.statistics;
    octet_observed_range best = octet_statistics_range(&statistics->rows[row]);
    const octet_observed_range old = best;
    const double end = (double)(is_max ? old.max : old.min);
    const double width = fmax((double)old.max, 0.0) - fmin((double)old.min, 0.0);
    if (fabs(end) < 0.01 * width || (is_max ? end < 0.0 : end > 0.0)) return OCTET_OK;
    octet_status status = OCTET_OK;
    double best_db = d->db + least_gain_db;
    for (size_t i = 0; i < sizeof factors / sizeof *factors && d->n_trials < d->most_trials; i++) {
        octet_observed_range range = old;
        double db = 0.0;
        *(is_max ? &range.max : &range.min) = (float)(end * factors[i]);
        set_range(statistics, row, range);
        d->n_trials++;
        status =
            octet_judge_measure_centred(d->ctx, d->judge, d->corrected.graph, statistics, 0, d->source.n_runs, &db);
        if (status != OCTET_OK) break;
        if (db < best_db) continue;
        best = range;
        best_db = d->db = db;
    }
    set_range(statistics, row, best);
    return status;
}

static octet_status move_all(descent *d, uint32_t n_free) {
    const octet_graph *graph = d->corrected.graph;
    /* Ranges of int16 cost nothing. */
    if (d->source.options->mode != OCTET_MODE_INT8 || d->most_trials < 8 * (uint64_t)n_free) return OCTET_OK;
    OCTET_TRY(
        octet_judge_measure_centred(d->ctx, d->judge, graph, d->corrected.statistics, 0, d->source.n_runs, &d->db));
    for (int round = 0; round < N_ROUNDS; round++)
        for (uint32_t v = 0; v < graph->n_values; v++) {
            if (!is_free(d, v)) continue;
            OCTET_TRY(move_end(d, d->rows_of[v], true));
            OCTET_TRY(move_end(d, d->rows_of[v], false));
        }
    return OCTET_OK;
}

/* The ranges that were found, for the graph that was given. */
static octet_status give(descent *d, const octet_recover_source *source, octet_recovered *out) {
    const octet_statistics *found = d->corrected.statistics;
    uint32_t *rows_of;
    OCTET_TRY(octet_graph_clone(d->ctx, source->graph, &out->graph));
    OCTET_TRY(octet_step_carry_statistics(d->ctx, source, out->graph, &out->statistics));
    OCTET_TRY(octet_statistics_bind(d->ctx, &d->arena, out->statistics, out->graph, &rows_of));
    for (uint32_t v = 0; v < out->graph->n_values; v++) {
        if (rows_of[v] == OCTET_NONE) continue;
        const octet_observed_range old = octet_statistics_range(&out->statistics->rows[rows_of[v]]);
        const octet_observed_range range = octet_statistics_range(&found->rows[d->rows_of[v]]);
        if (old.min == range.min && old.max == range.max) continue;
        set_range(out->statistics, rows_of[v], range);
        out->n_changed++;
    }
    return OCTET_OK;
}

static octet_status descend(descent *d, const octet_recover_source *source, octet_recovered *out) {
    uint32_t n_free = 0;
    if (d->source.n_runs > MOST_RUNS) d->source.n_runs = MOST_RUNS;
    OCTET_TRY(octet_recover_bias(d->ctx, source, &d->corrected));
    OCTET_TRY(octet_judge_create(d->ctx, &d->source, &d->judge));
    OCTET_TRY(octet_statistics_bind(d->ctx, &d->arena, d->corrected.statistics, d->corrected.graph, &d->rows_of));
    for (uint32_t v = 0; v < d->corrected.graph->n_values; v++) n_free += is_free(d, v) ? 1 : 0;
    d->most_trials = (uint64_t)(most_work / (work_of(source->graph, d->source.n_runs) + 1.0));
    OCTET_TRY(move_all(d, n_free));
    out->n_runs = d->source.n_runs;
    return give(d, source, out);
}

octet_status octet_recover_range_descent(octet_context *ctx, const octet_recover_source *source, octet_recovered *out) {
    descent d = {.ctx = ctx, .source = *source};
    *out = (octet_recovered){0};
    const octet_status status = descend(&d, source, out);
    octet_judge_destroy(ctx, d.judge);
    octet_graph_destroy(ctx, d.corrected.graph);
    octet_statistics_free(ctx, d.corrected.statistics);
    octet_arena_free(ctx, &d.arena);
    return octet_step_finish(ctx, status, out);
}
