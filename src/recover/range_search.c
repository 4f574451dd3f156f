#include "recover/range_search.h"

#include <math.h>

#include "quant/rules.h"
#include "recover/importance.h"
#include "recover/real_run.h"

enum { N_CUTS = 5, LOW = 0, HIGH = 1 };

static const double cuts[N_CUTS] = {1.0, 0.95, 0.9, 0.85, 0.8};
static const double LEAST_GAIN = 0.02;

typedef struct searched {
    size_t n_channels; /* 0: the value keeps its range */
    double ends[2];    /* of the whole range; the lower one is 0 or less */
    float *weights;    /* by channel, the importance in units of 2^-16 of the largest */
} searched;

typedef struct search {
    octet_context *ctx;
    const octet_recover_source *source;
    octet_arena arena;
    searched *values; /* by value */
} search;

/* Whole numbers, so that their order does not count. */
typedef struct cut_sums {
    uint64_t weights;        /* of all numbers but zeros, which have a code of their own */
    uint64_t cut[2][N_CUTS]; /* weight * (x - end)^2 of what lies beyond the cut end, in 1/1024 of a step's square */
    double reached[2];       /* the least number and the largest one */
} cut_sums;

typedef struct observer {
    const search *search;
    cut_sums *sums; /* by value */
} observer;

static double step_of(double low, double high) { return (high - low) / 255.0; }

static uint64_t cut_error(const searched *s, double beyond, double weight) {
    const double units = fmin(32.0 * beyond / step_of(s->ends[LOW], s->ends[HIGH]), 8192.0);
    return (uint64_t)(units * units * weight);
}

static void add_cut(const searched *s, int side, double x, double weight, cut_sums *sums) {
    for (int i = 1; i < N_CUTS; i++) {
        const double beyond = fabs(x) - fabs(s->ends[side]) * cuts[i];
        if (beyond > 0.0) sums->cut[side][i] += cut_error(s, beyond, weight);
    }
}

static void observe(void *user, size_t run, uint32_t value, const float *data, size_t n_elements) {
    const observer *o = user;
    const searched *s = &o->search->values[value];
    cut_sums *sums = &o->sums[value];
    (void)run;
    if (s->n_channels == 0) return;
    const float low = (float)(s->ends[LOW] * cuts[N_CUTS - 1]), high = (float)(s->ends[HIGH] * cuts[N_CUTS - 1]);
    for (size_t row = 0; row < n_elements / s->n_channels; row++, data += s->n_channels)
        for (size_t c = 0; c < s->n_channels; c++) {
            const float x = data[c];
            if (x != 0.0f) sums->weights += (uint64_t)s->weights[c];
            if (x >= low && x <= high) continue;
            add_cut(s, x > 0.0f ? HIGH : LOW, (double)x, (double)s->weights[c], sums);
            sums->reached[LOW] = fmin(sums->reached[LOW], (double)x);
            sums->reached[HIGH] = fmax(sums->reached[HIGH], (double)x);
        }
}

/* ---- Which values ---- */

/* From an output back to what the last SOFTMAX or LOGISTIC reads: none of these is cut. */
static void keep_logits(const octet_graph *graph, uint32_t v, bool *is_kept) {
    while (!is_kept[v]) {
        is_kept[v] = true;
        const uint32_t k = graph->values[v].producer;
        if (k == OCTET_NONE) return;
        const octet_operator *op = &graph->operators[k];
        if (op->code != OCTET_OP_SOFTMAX && op->code != OCTET_OP_LOGISTIC && op->code != OCTET_OP_RESHAPE) return;
        v = op->inputs[0];
    }
}

static octet_status describe(search *s, uint32_t v, const octet_observed_range *range, const double *importance) {
    const octet_value *value = &s->source->graph->values[v];
    searched *out = &s->values[v];
    const size_t n = value->shape.rank == 0 ? 1 : (size_t)value->shape.dims[value->shape.rank - 1];
    double largest = 0.0;
    for (size_t c = 0; c < n; c++) largest = fmax(largest, importance[c]);
    if (!range->seen || !(range->min <= range->max) || !isfinite(range->max - range->min)) return OCTET_OK;
    out->ends[LOW] = (double)fminf(range->min, 0.0f), out->ends[HIGH] = (double)fmaxf(range->max, 0.0f);
    if (!(step_of(out->ends[LOW], out->ends[HIGH]) > 1e-30)) return OCTET_OK;
    OCTET_TRY(OCTET_NEW(s->ctx, &s->arena, n, &out->weights));
    for (size_t c = 0; c < n; c++)
        out->weights[c] = largest > 0.0 && isfinite(largest) ? (float)(importance[c] / largest * 65536.0) : 65536.0f;
    out->n_channels = n;
    return OCTET_OK;
}

static octet_status describe_all(search *s) {
    const octet_graph *graph = s->source->graph;
    double **importance;
    uint32_t *rows_of;
    bool *is_kept;
    OCTET_TRY(octet_importance_find(s->ctx, &s->arena, graph, &importance));
    OCTET_TRY(octet_statistics_bind(s->ctx, &s->arena, s->source->statistics, graph, &rows_of));
    OCTET_TRY(OCTET_NEW(s->ctx, &s->arena, graph->n_values, &is_kept));
    for (uint32_t i = 0; i < graph->n_outputs; i++) keep_logits(graph, graph->outputs[i].value, is_kept);
    for (uint32_t v = 0; v < graph->n_values; v++) {
        const uint32_t k = graph->values[v].producer;
        if (k == OCTET_NONE || is_kept[v] || rows_of[v] == OCTET_NONE || importance[v] == NULL) continue;
        if (octet_rules_class(graph->operators[k].code, s->source->options) != OCTET_RULE_FREE) continue;
        const octet_observed_range range = octet_statistics_range(&s->source->statistics->rows[rows_of[v]]);
        OCTET_TRY(describe(s, v, &range, importance[v]));
    }
    return OCTET_OK;
}

/* ---- What they become ---- */

/* Statistics of more samples than these reached further: at least one number did. */
static void add_unseen(const searched *s, cut_sums *sums) {
    for (int side = LOW; side <= HIGH; side++)
        if (fabs(sums->reached[side]) < 0.999 * fabs(s->ends[side])) add_cut(s, side, s->ends[side], 65536.0, sums);
}

/* step^2 / 12 for each number that is not zero, and what is cut. */
static double error_of(const searched *s, const cut_sums *sums, int low, int high) {
    const double whole = step_of(s->ends[LOW], s->ends[HIGH]);
    const double step = step_of(s->ends[LOW] * cuts[low], s->ends[HIGH] * cuts[high]) / whole;
    return 1024.0 * step * step / 12.0 * (double)sums->weights + (double)sums->cut[LOW][low] +
           (double)sums->cut[HIGH][high];
}

/* Whether other ends than the whole range's are better. */
static bool find_best(const searched *s, const cut_sums *sums, int *low, int *high) {
    const double before = error_of(s, sums, 0, 0);
    double least = before * (1.0 - LEAST_GAIN);
    *low = *high = 0;
    for (int i = 0; i < N_CUTS; i++)
        for (int j = 0; j < N_CUTS; j++) {
            const double error = error_of(s, sums, i, j);
            if (!(error < least)) continue;
            least = error;
            *low = i, *high = j;
        }
    return *low > 0 || *high > 0;
}

static void cut(const searched *s, int low, int high, octet_statistics_row *row) {
    for (int h = 0; h < OCTET_STATISTICS_HALVES; h++) {
        octet_observed_range *range = &row->ranges[h];
        if (!range->seen) continue;
        range->min = fmaxf(range->min, (float)(s->ends[LOW] * cuts[low]));
        range->max = fminf(range->max, (float)(s->ends[HIGH] * cuts[high]));
    }
}

static octet_status cut_all(search *s, cut_sums *all, octet_recovered *out) {
    const octet_graph *graph = s->source->graph;
    uint32_t *rows_of;
    int low, high;
    OCTET_TRY(octet_graph_clone(s->ctx, graph, &out->graph));
    OCTET_TRY(octet_step_carry_statistics(s->ctx, s->source, out->graph, &out->statistics));
    OCTET_TRY(octet_statistics_bind(s->ctx, &s->arena, out->statistics, out->graph, &rows_of));
    for (uint32_t v = 0; v < graph->n_values; v++) {
        if (s->values[v].n_channels == 0) continue;
        add_unseen(&s->values[v], &all[v]);
        if (!find_best(&s->values[v], &all[v], &low, &high)) continue;
        cut(&s->values[v], low, high, &out->statistics->rows[rows_of[v]]);
        out->n_changed++;
    }
    return OCTET_OK;
}

static void add_sums(cut_sums *into, const cut_sums *from) {
    into->weights += from->weights;
    for (int side = LOW; side <= HIGH; side++)
        for (int i = 0; i < N_CUTS; i++) into->cut[side][i] += from->cut[side][i];
    into->reached[LOW] = fmin(into->reached[LOW], from->reached[LOW]);
    into->reached[HIGH] = fmax(into->reached[HIGH], from->reached[HIGH]);
}

static octet_status search_all(search *s, octet_recovered *out) {
    const uint32_t n_values = s->source->graph->n_values, n_threads = octet_pool_size(s->source->pool);
    observer *all;
    void **users;
    OCTET_TRY(OCTET_NEW(s->ctx, &s->arena, n_threads, &all));
    OCTET_TRY(OCTET_NEW(s->ctx, &s->arena, n_threads, &users));
    OCTET_TRY(OCTET_NEW(s->ctx, &s->arena, n_values, &s->values));
    for (uint32_t t = 0; t < n_threads; t++) {
        all[t].search = s;
        users[t] = &all[t];
        OCTET_TRY(OCTET_NEW(s->ctx, &s->arena, n_values, &all[t].sums));
    }
    if (s->source->options->mode == OCTET_MODE_INT8) {
        OCTET_TRY(describe_all(s));
        OCTET_TRY(octet_real_run(s->ctx, s->source, s->source->graph, s->source->n_runs, observe, users));
    }
    for (uint32_t t = 1; t < n_threads; t++)
        for (uint32_t v = 0; v < n_values; v++) add_sums(&all[0].sums[v], &all[t].sums[v]);
    return cut_all(s, all[0].sums, out);
}

octet_status octet_recover_ranges(octet_context *ctx, const octet_recover_source *source, octet_recovered *out) {
    search s = {.ctx = ctx, .source = source};
    *out = (octet_recovered){.n_runs = source->n_runs};
    const octet_status status = search_all(&s, out);
    octet_arena_free(ctx, &s.arena);
    return octet_step_finish(ctx, status, out);
}
