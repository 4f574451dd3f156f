#include "quant/narrow.h"

#include <math.h>

#include "quant/rules.h"

uint32_t octet_narrow_kinds(octet_observe_method method) {
    switch (method) {
    case OCTET_OBSERVE_MINMAX: break;
    case OCTET_OBSERVE_MOVING_AVERAGE: return OCTET_KIND_MOMENTS;
    case OCTET_OBSERVE_PERCENTILE:
    case OCTET_OBSERVE_ENTROPY:
    case OCTET_OBSERVE_MSE: return OCTET_KIND_HISTOGRAM;
    case OCTET_OBSERVE_AUTO: return OCTET_KIND_MOMENTS | OCTET_KIND_HISTOGRAM;
    }
    return 0;
}

/* What is known of some samples. */
typedef struct seen {
    octet_observed numbers;
    const octet_moments *moments; /* or NULL */
} seen;

static octet_range choose(octet_observe_method method, const octet_observe_options *options, seen s) {
    const octet_range ends = s.numbers.ends;
    switch (method) {
    case OCTET_OBSERVE_MOVING_AVERAGE: return s.moments->n_samples > 0 ? octet_observe_moving_average(s.moments) : ends;
    case OCTET_OBSERVE_PERCENTILE: return octet_observe_percentile(s.numbers, options->percentile);
    case OCTET_OBSERVE_ENTROPY: return octet_observe_entropy(s.numbers, options->is_16_bit);
    case OCTET_OBSERVE_MSE: return octet_observe_mse(s.numbers, options->is_16_bit);
    case OCTET_OBSERVE_MINMAX:
    case OCTET_OBSERVE_AUTO: break;
    }
    return ends;
}

static seen half_of(const octet_statistics_row *row, int h) {
    const octet_observed_range *range = &row->ranges[h];
    return (seen){{&row->histograms[h], {range->min, range->max}}, &row->moments[h]};
}

/* The first of those with the least error. */
static octet_observe_method judge(const octet_statistics_row *row, const octet_observe_options *options) {
    octet_observe_method best = OCTET_OBSERVE_MINMAX;
    double least = INFINITY;
    for (int h = 0; h < OCTET_STATISTICS_HALVES; h++)
        if (!row->ranges[h].seen) return best;
    for (int m = OCTET_OBSERVE_MINMAX; m < OCTET_OBSERVE_AUTO; m++) {
        double error = 0.0;
        for (int h = 0; h < OCTET_STATISTICS_HALVES; h++) {
            const octet_range range = choose((octet_observe_method)m, options, half_of(row, h));
            error += octet_observe_error(half_of(row, 1 - h).numbers, range, options->is_16_bit);
        }
        if (!(error < least)) continue;
        least = error;
        best = (octet_observe_method)m;
    }
    return best;
}

/* By row: those whose own range stays. */
static void keep_own(const octet_graph *graph, const uint32_t *rows_of, bool *keeps) {
    for (uint32_t i = 0; i < graph->n_inputs; i++)
        if (rows_of[graph->inputs[i].value] != OCTET_NONE) keeps[rows_of[graph->inputs[i].value]] = true;
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        const octet_operator *op = &graph->operators[k];
        bool stays = octet_rules_get(op->code).rule_class == OCTET_RULE_FIXED;
        for (uint32_t i = 0; i < op->n_inputs; i++) {
            const octet_value *value = octet_graph_input(graph, op, i);
            if (value == NULL || !value->is_variable) continue;
            stays = true;
            if (rows_of[op->inputs[i]] != OCTET_NONE) keeps[rows_of[op->inputs[i]]] = true;
        }
        for (uint32_t i = 0; stays && i < op->n_outputs; i++)
            if (rows_of[op->outputs[i]] != OCTET_NONE) keeps[rows_of[op->outputs[i]]] = true;
    }
}

/* Room for one row's halves together. */
typedef struct both_halves {
    octet_histogram histogram;
    octet_moments moments;
} both_halves;

static seen join_halves(const octet_statistics_row *row, octet_observed_range range, both_halves *both) {
    if (row->histograms != NULL) octet_histogram_clear(&both->histogram);
    both->moments = (octet_moments){0};
    for (int h = 0; h < OCTET_STATISTICS_HALVES; h++) {
        if (row->histograms != NULL) octet_histogram_merge(&both->histogram, &row->histograms[h]);
        if (row->moments != NULL) octet_moments_merge(&both->moments, &row->moments[h]);
    }
    return (seen){{&both->histogram, {range.min, range.max}}, &both->moments};
}

/* Numbers of activations that were looked at, and how many lie beyond what was chosen. */
typedef struct cut_numbers {
    double n, n_beyond;
} cut_numbers;

static void count_cut(octet_observed numbers, octet_range chosen, cut_numbers *cut) {
    const double n = (double)numbers.histogram->n + (double)numbers.histogram->n_zeros;
    cut->n += n;
    cut->n_beyond += n * octet_observe_clipped(numbers, chosen);
}

static void narrow(octet_statistics_row *row, const octet_observe_options *options, both_halves *both,
                   cut_numbers *cut) {
    const octet_observed_range range = octet_statistics_range(row);
    if (!range.seen || range.saw_nan || !isfinite(range.min) || !isfinite(range.max) || range.min > range.max) return;
    const octet_observe_method method = options->method == OCTET_OBSERVE_AUTO ? judge(row, options) : options->method;
    const seen all = join_halves(row, range, both);
    const octet_range chosen = choose(method, options, all);
    /* Not where a histogram is there by chance: the same samples give the same figure. */
    if ((octet_narrow_kinds(options->method) & OCTET_KIND_HISTOGRAM) != 0) count_cut(all.numbers, chosen, cut);
    for (int h = 0; h < OCTET_STATISTICS_HALVES; h++)
        row->ranges[h] = (octet_observed_range){chosen.min + 0.0f, chosen.max + 0.0f, true, false};
}

static octet_status narrow_rows(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                const octet_observe_options *options, octet_statistics *statistics, double *clipped) {
    const uint32_t needed = octet_narrow_kinds(options->method);
    uint32_t *rows_of;
    bool *keeps;
    both_halves both = {0};
    cut_numbers cut = {0};
    OCTET_TRY(octet_statistics_bind(ctx, arena, statistics, graph, &rows_of));
    OCTET_CHECK(
        ctx, (statistics->kinds & needed) == needed || statistics->n_samples == 0, OCTET_DATA,
        "%s: the calibration was gathered for other methods, and lacks what this one reads: gather it with this "
        "method (octet calibrate --calibration HOW), or with auto, which gathers for all",
        graph->source);
    OCTET_TRY(OCTET_NEW(ctx, arena, statistics->n_rows, &keeps));
    keep_own(graph, rows_of, keeps);
    for (uint32_t i = 0; i < statistics->n_rows; i++) {
        octet_statistics_row *row = &statistics->rows[i];
        if (keeps[i] || (octet_row_kinds(row) & needed) != needed) continue;
        if (row->histograms != NULL && both.histogram.counts == NULL)
            OCTET_TRY(octet_histogram_create(ctx, arena, row->histograms[0].n_most, &both.histogram));
        narrow(row, options, &both, &cut);
    }
    *clipped = cut.n > 0.0 ? cut.n_beyond / cut.n : -1.0;
    return OCTET_OK;
}

octet_status octet_narrow_ranges(octet_context *ctx, const octet_graph *graph, const octet_observe_options *options,
                                 octet_statistics *statistics, double *clipped) {
    octet_arena arena = {0};
    *clipped = options->method == OCTET_OBSERVE_MINMAX ? 0.0 : -1.0;
    if (options->method == OCTET_OBSERVE_MINMAX) return OCTET_OK;
    const octet_status status = narrow_rows(ctx, &arena, graph, options, statistics, clipped);
    octet_arena_free(ctx, &arena);
    return status;
}
