#include "recover/range_search.h"

#include <math.h>

#include "quant/rules.h"
#include "recover/importance.h"
#include "recover/real_run.h"

enum { N_CUTS = 5, N_CHOICES = N_CUTS * N_CUTS, MOST_ROWS = 2000 };

static const double cuts[N_CUTS] = {1.0, 0.95, 0.9, 0.85, 0.8};
static const double LEAST_GAIN = 0.02;

/* A choice is cut i of the lower end and cut j of the upper one: i * N_CUTS + j. */
typedef struct searched {
    size_t n_channels; /* 0: the value keeps its range */
    double min, max;
    float *weights; /* by channel, the importance in units of 2^-16 of the largest */
    bool is_needed[N_CHOICES];
    octet_qparams params[N_CHOICES];
} searched;

typedef struct search {
    octet_context *ctx;
    const octet_recover_source *source;
    octet_arena arena;
    searched *values; /* by value */
} search;

/* Sums of squared errors in steps of the whole range, times weights; whole numbers. */
typedef struct observer {
    const search *search;
    uint64_t (*sums)[N_CHOICES]; /* by value */
} observer;

static octet_qparams params_of(const searched *s, int choice) {
    return octet_qparams_range_s8(s->min * cuts[choice / N_CUTS], s->max * cuts[choice % N_CUTS]);
}

/* To the nearest whole number, of two the even one; |x| < 2^22. */
static float nearest(float x) {
    const float large = 12582912.0f; /* 1.5 * 2^23: numbers of its size are whole */
    return (x + large) - large;
}

static uint64_t row_error(const searched *s, int choice, const float *x) {
    const octet_qparams p = s->params[choice];
    const float inverse = 1.0f / p.scale, unit = 32.0f / s->params[0].scale;
    const float low = (float)(-128 - p.zero_point), high = (float)(127 - p.zero_point);
    uint64_t sum = 0;
    for (size_t c = 0; c < s->n_channels; c++) {
        float q = x[c] * inverse;
        q = q > low ? q : low;
        q = nearest(q < high ? q : high);
        const float error = (x[c] - q * p.scale) * unit; /* the square is in 1/1024 of a step's */
        const float square = error * error;
        sum += (uint64_t)((square < 67108864.0f ? square : 67108864.0f) * s->weights[c]);
    }
    return sum;
}

static void observe(void *user, size_t run, uint32_t value, const float *data, size_t n_elements) {
    const observer *o = user;
    const searched *s = &o->search->values[value];
    if (s->n_channels == 0) return;
    const size_t n_rows = n_elements / s->n_channels, wanted = MOST_ROWS / o->search->source->n_runs + 1;
    const size_t n = n_rows < wanted ? n_rows : wanted;
    for (size_t i = 0; i < n; i++) {
        /* One row in each of n equal parts, another one in each run. */
        const size_t begin = n_rows * i / n, length = n_rows * (i + 1) / n - begin;
        const float *x = data + (begin + (run * 7 + i * 3) % length) * s->n_channels;
        for (int choice = 0; choice < N_CHOICES; choice++)
            if (s->is_needed[choice]) o->sums[value][choice] += row_error(s, choice, x);
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
    out->min = (double)fminf(range->min, 0.0f), out->max = (double)fmaxf(range->max, 0.0f);
    OCTET_TRY(OCTET_NEW(s->ctx, &s->arena, n, &out->weights));
    for (size_t c = 0; c < n; c++)
        out->weights[c] = largest > 0.0 && isfinite(largest) ? (float)(importance[c] / largest * 65536.0) : 65536.0f;
    for (int choice = 0; choice < N_CHOICES; choice++) {
        out->params[choice] = params_of(out, choice);
        out->is_needed[choice] = out->min < 0.0 || choice / N_CUTS == 0;
    }
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
    OCTET_TRY(OCTET_NEW(s->ctx, &s->arena, graph->n_values, &s->values));
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

static int best_choice(const searched *s, const uint64_t *sums) {
    int best = 0;
    for (int choice = 1; choice < N_CHOICES; choice++)
        if (s->is_needed[choice] && sums[choice] < sums[best]) best = choice;
    return (double)sums[best] < (1.0 - LEAST_GAIN) * (double)sums[0] ? best : 0;
}

static void cut(const searched *s, int choice, octet_statistics_row *row) {
    for (int h = 0; h < OCTET_STATISTICS_HALVES; h++) {
        octet_observed_range *range = &row->ranges[h];
        if (!range->seen) continue;
        range->min = fmaxf(range->min, (float)(s->min * cuts[choice / N_CUTS]));
        range->max = fminf(range->max, (float)(s->max * cuts[choice % N_CUTS]));
    }
}

static octet_status cut_all(search *s, uint64_t (*sums)[N_CHOICES], octet_recovered *out) {
    const octet_graph *graph = s->source->graph;
    uint32_t *rows_of;
    OCTET_TRY(octet_graph_clone(s->ctx, graph, &out->graph));
    OCTET_TRY(octet_step_carry_statistics(s->ctx, s->source, out->graph, &out->statistics));
    OCTET_TRY(octet_statistics_bind(s->ctx, &s->arena, out->statistics, out->graph, &rows_of));
    for (uint32_t v = 0; v < graph->n_values; v++) {
        const int choice = s->values[v].n_channels == 0 ? 0 : best_choice(&s->values[v], sums[v]);
        if (choice == 0) continue;
        cut(&s->values[v], choice, &out->statistics->rows[rows_of[v]]);
        out->n_changed++;
    }
    return OCTET_OK;
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
        for (uint32_t v = 0; v < n_values; v++)
            for (int choice = 0; choice < N_CHOICES; choice++) all[0].sums[v][choice] += all[t].sums[v][choice];
    return cut_all(s, all[0].sums, out);
}

octet_status octet_recover_ranges(octet_context *ctx, const octet_recover_source *source, octet_recovered *out) {
    search s = {.ctx = ctx, .source = source};
    *out = (octet_recovered){.n_runs = source->n_runs};
    const octet_status status = search_all(&s, out);
    octet_arena_free(ctx, &s.arena);
    if (status == OCTET_OK) return status;
    octet_graph_destroy(ctx, out->graph);
    octet_statistics_free(ctx, out->statistics);
    *out = (octet_recovered){0};
    return status;
}
