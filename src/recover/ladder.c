#include "recover/ladder.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "recover/bias.h"
#include "recover/equalize.h"
#include "recover/gate.h"
#include "recover/global_mean.h"
#include "recover/islands.h"
#include "recover/judge.h"
#include "recover/range_descent.h"
#include "recover/range_search.h"
#include "recover/rounding.h"

typedef octet_status step_function(octet_context *ctx, const octet_recover_source *source, octet_recovered *out);

typedef struct step {
    const char *name;
    step_function *run;
    bool keeps_function; /* the float graph computes what it did before. Such steps come before all others. */
} step;

/* In this order. Changes of form come first, then ranges, then constants. A new step is a line here. The last one is
 * left out where no layers are to move. */
static const step steps[] = {
    {"MEAN for a global pool", octet_recover_global_mean, true},
    {"equalization", octet_recover_equalize, true},
    {"range search", octet_recover_ranges, true},
    {"rounding search", octet_recover_rounding, true},
    {"range descent", octet_recover_range_descent, true},
    {"layers in other numbers", octet_recover_islands, false},
};
enum { N_STEPS = sizeof steps / sizeof *steps };
_Static_assert((int)N_STEPS < (int)OCTET_LADDER_MOST_ROWS, "a row for each step, and one for bias correction");

/* A graph with the steps so far but without bias correction, and one with it. */
typedef struct form {
    octet_graph *graph; /* NULL: the source's, as are the statistics */
    octet_statistics *statistics;
    octet_graph *reference; /* with the steps that keep the function; may be `graph`; NULL: the source's */
} form;

enum { N_FOLDS = 2 };

typedef struct climb {
    octet_context *ctx;
    octet_arena arena;
    octet_recover_source all; /* runs of the first half, then the others */
    octet_recover_source folds[N_FOLDS];
    size_t first[N_FOLDS]; /* of `all`: where the runs begin on which a fold is judged */
    size_t n[N_FOLDS];
    octet_judge *judge;
    form forms[N_FOLDS]; /* fitted on a fold */
    double db[N_FOLDS];  /* of it, with bias correction if that is kept */
    bool corrects_bias;
    bool is_kept[N_STEPS];
    int n_steps;
} climb;

static void free_recovered(octet_context *ctx, octet_recovered *recovered) {
    octet_graph_destroy(ctx, recovered->graph);
    octet_statistics_free(ctx, recovered->statistics);
    *recovered = (octet_recovered){0};
}

static void free_form(octet_context *ctx, form *f) {
    if (f->reference != f->graph) octet_graph_destroy(ctx, f->reference);
    octet_graph_destroy(ctx, f->graph);
    octet_statistics_free(ctx, f->statistics);
    *f = (form){0};
}

static octet_recover_source source_of(const octet_recover_source *source, const form *f) {
    octet_recover_source out = *source;
    if (f->graph == NULL) return out;
    out.graph = f->graph;
    out.statistics = f->statistics;
    out.reference = f->reference != NULL ? f->reference : source->graph;
    return out;
}

/* The form becomes what a step has made of it. */
static void take(octet_context *ctx, form *f, const step *s, octet_recovered *made) {
    form next = {.graph = made->graph, .statistics = made->statistics};
    next.reference = s->keeps_function ? made->graph : f->reference;
    if (!s->keeps_function && f->reference == f->graph) f->graph = NULL; /* lives on as the reference */
    if (!s->keeps_function) f->reference = NULL;
    free_form(ctx, f);
    *f = next;
    *made = (octet_recovered){0};
}

/* ---- Runs ---- */

/* Fold f is fitted on its half and judged on the other. */
static octet_status make_folds(climb *c, size_t n_first) {
    const octet_graph *graph = c->all.graph;
    const size_t begin[N_FOLDS] = {0, n_first}, n[N_FOLDS] = {n_first, c->all.n_runs - n_first};
    for (int f = 0; f < N_FOLDS; f++) {
        const float **inputs;
        OCTET_TRY(OCTET_NEW(c->ctx, &c->arena, graph->n_inputs, &inputs));
        for (uint32_t i = 0; i < graph->n_inputs; i++)
            inputs[i] =
                c->all.inputs[i] + begin[f] * octet_shape_elements(&graph->values[graph->inputs[i].value].shape);
        c->folds[f] = c->all;
        c->folds[f].inputs = inputs;
        c->folds[f].n_runs = n[f];
        c->first[f] = begin[1 - f];
        c->n[f] = n[1 - f];
    }
    return OCTET_OK;
}

/* ---- Judging ---- */

/* Signal to noise of what a source with bias correction, or without, gives on the other half. */
static octet_status measure(climb *c, int fold, const octet_recover_source *source, bool corrects_bias, double *db) {
    octet_recovered corrected = {0};
    if (!corrects_bias)
        return octet_judge_measure(c->ctx, c->judge, source->graph, source->statistics, c->first[fold], c->n[fold], db);
    OCTET_TRY(octet_recover_bias(c->ctx, source, &corrected));
    const octet_status status =
        octet_judge_measure(c->ctx, c->judge, corrected.graph, corrected.statistics, c->first[fold], c->n[fold], db);
    free_recovered(c->ctx, &corrected);
    return status;
}

static void judge_row(climb *c, const double *after, double most_loss_db, octet_ladder_row *row) {
    const octet_gate_decision decision = octet_gate_decide(c->db, after, most_loss_db);
    row->is_judged = true;
    row->gain_db = decision.gain_db;
    row->worst_db = decision.worst_db;
    row->is_kept = decision.is_kept;
    row->why = decision.why;
    if (decision.is_kept) memcpy(c->db, after, sizeof c->db);
}

static octet_status try_bias(climb *c, octet_ladder_row *row) {
    double after[N_FOLDS];
    for (int f = 0; f < N_FOLDS; f++) {
        OCTET_TRY(measure(c, f, &c->folds[f], false, &c->db[f]));
        OCTET_TRY(measure(c, f, &c->folds[f], true, &after[f]));
    }
    /* It has nothing that it could choose wrongly: where one half loses, the halves are too small to tell. */
    judge_row(c, after, INFINITY, row);
    c->corrects_bias = row->is_kept;
    if (c->all.islands != NULL) c->all.islands->corrects_bias = row->is_kept;
    return OCTET_OK;
}

static octet_status fit_folds(climb *c, const step *s, octet_recovered *made, double *after, bool *changes) {
    *changes = false;
    for (int f = 0; f < N_FOLDS; f++) {
        const octet_recover_source source = source_of(&c->folds[f], &c->forms[f]);
        OCTET_TRY(s->run(c->ctx, &source, &made[f]));
        after[f] = c->db[f];
        if (made[f].n_changed == 0) continue;
        *changes = true;
        form next = {made[f].graph, made[f].statistics, s->keeps_function ? made[f].graph : c->forms[f].reference};
        const octet_recover_source changed = source_of(&c->folds[f], &next);
        OCTET_TRY(measure(c, f, &changed, c->corrects_bias, &after[f]));
    }
    return OCTET_OK;
}

static octet_status try_step(climb *c, const step *s, octet_ladder_row *row) {
    octet_recovered made[N_FOLDS] = {0};
    double after[N_FOLDS];
    bool changes = false;
    const octet_status status = fit_folds(c, s, made, after, &changes);
    if (status == OCTET_OK && changes) judge_row(c, after, OCTET_GATE_MOST_LOSS_DB, row);
    else row->why = "nothing to change";
    for (int f = 0; f < N_FOLDS; f++) {
        if (status == OCTET_OK && row->is_kept) take(c->ctx, &c->forms[f], s, &made[f]);
        free_recovered(c->ctx, &made[f]);
    }
    return status;
}

static octet_status judge_steps(climb *c, octet_ladder *ladder) {
    octet_ladder_row *row = ladder->rows;
    uint64_t start = octet_clock_ns();
    OCTET_TRY(octet_judge_create(c->ctx, &c->all, &c->judge));
    OCTET_TRY(try_bias(c, row));
    for (int i = 0; i <= c->n_steps; i++) {
        const uint64_t now = octet_clock_ns();
        (row++)->time_ns = now - start;
        start = now;
        if (i == c->n_steps) break;
        OCTET_TRY(try_step(c, &steps[i], row));
        c->is_kept[i] = row->is_kept;
    }
    return OCTET_OK;
}

/* ---- All runs ---- */

static octet_status fit_steps(climb *c, octet_ladder *ladder, form *f) {
    for (int i = 0; i < c->n_steps; i++) {
        const uint64_t start = octet_clock_ns();
        const octet_recover_source source = source_of(&c->all, f);
        octet_recovered made;
        if (!c->is_kept[i]) continue;
        OCTET_TRY(steps[i].run(c->ctx, &source, &made));
        take(c->ctx, f, &steps[i], &made);
        ladder->rows[1 + i].time_ns += octet_clock_ns() - start;
    }
    return OCTET_OK;
}

/* The caller's own graph and statistics, also where nothing has changed. */
static octet_status give(climb *c, form *f, octet_recovered *out) {
    const octet_recover_source source = source_of(&c->all, f);
    if (c->corrects_bias) return octet_recover_bias(c->ctx, &source, out);
    *out = (octet_recovered){.n_runs = c->all.n_runs};
    if (f->graph != NULL) {
        out->graph = f->graph;
        out->statistics = f->statistics;
        if (f->reference == f->graph) f->reference = NULL;
        f->graph = NULL;
        f->statistics = NULL;
        return OCTET_OK;
    }
    OCTET_TRY(octet_graph_clone(c->ctx, source.graph, &out->graph));
    const octet_status status = octet_step_carry_statistics(c->ctx, &source, out->graph, &out->statistics);
    if (status != OCTET_OK) free_recovered(c->ctx, out);
    return status;
}

static octet_status climb_all(climb *c, const octet_recover_source *source, octet_recovered *out,
                              octet_ladder *ladder) {
    form all = {0};
    OCTET_TRY(octet_gate_sort_runs(c->ctx, &c->arena, source, &c->all, &ladder->n_first));
    OCTET_TRY(make_folds(c, ladder->n_first));
    if (source->n_runs > 1) {
        OCTET_TRY(judge_steps(c, ladder));
    } else {
        c->corrects_bias = ladder->rows[0].is_kept = true;
        for (uint32_t i = 0; i < ladder->n_rows; i++) ladder->rows[i].why = "one sample cannot be judged";
    }
    octet_status status = fit_steps(c, ladder, &all);
    const uint64_t start = octet_clock_ns();
    if (status == OCTET_OK) status = give(c, &all, out);
    ladder->rows[0].time_ns += octet_clock_ns() - start;
    free_form(c->ctx, &all);
    return status;
}

octet_status octet_recover_ladder(octet_context *ctx, const octet_recover_source *source, octet_recovered *out,
                                  octet_ladder *ladder) {
    climb c = {.ctx = ctx};
    c.n_steps = source->islands != NULL ? N_STEPS : N_STEPS - 1;
    *ladder = (octet_ladder){.n_samples = source->n_runs, .n_rows = 1 + (uint32_t)c.n_steps};
    ladder->rows[0] = (octet_ladder_row){.step = "bias correction"};
    for (int i = 0; i < c.n_steps; i++) ladder->rows[1 + i] = (octet_ladder_row){.step = steps[i].name};
    const octet_status status = climb_all(&c, source, out, ladder);
    if (source->islands != NULL && !c.is_kept[N_STEPS - 1]) source->islands->moves.n = 0;
    for (int f = 0; f < N_FOLDS; f++) free_form(ctx, &c.forms[f]);
    octet_judge_destroy(ctx, c.judge);
    octet_arena_free(ctx, &c.arena);
    return status;
}
