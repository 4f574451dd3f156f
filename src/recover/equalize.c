/* All figures are of the source's graph; factors are kept beside it until they are settled. */
#include "recover/equalize.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "quant/rules.h"
#include "recover/channels.h"
#include "recover/groups.h"
#include "recover/importance.h"
#include "recover/weight_map.h"
#include "recover/weighted.h"

enum { N_EXPONENTS = 5, N_ROUNDS = 3 }; /* 0, 1/4, 1/2, 3/4, 1 */

/* In one round. */
static const double MOST_FACTOR = 8.0;
/* Of the noise, at least, for a change. */
static const double LEAST_GAIN = 0.1;

/* What the weights of a layer are by output and channel of the factors of its data. */
typedef struct weight_table {
    size_t n_outputs, n_channels;
    float *largest; /* [output][channel], magnitudes */
    float *energy;  /* [output][channel], sums of the mean squares of what weights meet */
} weight_table;

typedef struct balance {
    octet_context *ctx;
    const octet_recover_source *source;
    const octet_graph *graph; /* the source's */
    octet_arena arena;
    octet_groups groups;
    octet_channels_seen *seen;    /* by value */
    double **importance;          /* by value */
    octet_observed_range *ranges; /* by value, of the statistics */
    double **factors;             /* by group, so far */
    weight_table *tables;         /* by operator; of those that groups read or write */
    bool *is_changed;             /* by group */
} balance;

/* ---- The noise of rounding, in units of the outputs ---- */

static double factor(const double *factors, size_t n, size_t channel) {
    return factors == NULL ? 1.0 : factors[channel % n];
}

/* The range of a rescaled value. The statistics may be of more samples than the channels' ranges: wider by as much. */
static void rescaled_range(const balance *b, uint32_t v, const double *factors, size_t n, double *min, double *max) {
    const octet_channels_seen *seen = &b->seen[v];
    double low = 0.0, high = 0.0, old_low = 0.0, old_high = 0.0, largest = 0.0;
    for (size_t c = 0; c < seen->n; c++) {
        const double f = factor(factors, n, c);
        low = fmin(low, f * (double)seen->min[c]), old_low = fmin(old_low, (double)seen->min[c]);
        high = fmax(high, f * (double)seen->max[c]), old_high = fmax(old_high, (double)seen->max[c]);
        largest = fmax(largest, f);
    }
    const double known_low = (double)b->ranges[v].min, known_high = (double)b->ranges[v].max;
    *min = old_low < 0.0 ? low * (known_low / old_low) : known_low * largest;
    *max = old_high > 0.0 ? high * (known_high / old_high) : known_high * largest;
}

static double step_of(const balance *b, double min, double max) {
    if (b->source->options->mode == OCTET_MODE_INT16X8) return fmax(fabs(min), fabs(max)) / 32767.0;
    return (fmax(max, 0.0) - fmin(min, 0.0)) / 255.0;
}

static double value_noise(const balance *b, uint32_t v, const double *factors, size_t n) {
    const octet_channels_seen *seen = &b->seen[v];
    const double places = (double)octet_shape_elements(&b->graph->values[v].shape) / (double)seen->n;
    double min, max, sum = 0.0;
    rescaled_range(b, v, factors, n, &min, &max);
    const double step = step_of(b, min, max);
    for (size_t c = 0; c < seen->n; c++) {
        const double f = factor(factors, n, c);
        sum += b->importance[v][c] / (f * f);
    }
    return step * step / 12.0 * places * sum;
}

typedef struct layer_ends {
    uint32_t data, result;  /* values */
    const double *in, *out; /* factors; NULL: 1 */
    size_t n_in, n_out;     /* of them */
} layer_ends;

/* The factors of an operator's data and result, where `group` has `factors` instead of those so far. */
static layer_ends ends_of(const balance *b, uint32_t k, uint32_t group, const double *factors) {
    layer_ends ends = {.data = octet_weighted_data(b->graph, k), .result = b->graph->operators[k].outputs[0]};
    const uint32_t in = b->groups.group_of[ends.data], out = b->groups.group_of[ends.result];
    if (in != OCTET_NONE) ends.in = in == group ? factors : b->factors[in], ends.n_in = b->groups.n_channels[in];
    if (out != OCTET_NONE) ends.out = out == group ? factors : b->factors[out], ends.n_out = b->groups.n_channels[out];
    return ends;
}

static bool is_per_tensor(const balance *b, octet_operator_code code) {
    const octet_quantize_options *o = b->source->options;
    return o->per_tensor || (o->per_tensor_dense && code == OCTET_OP_FULLY_CONNECTED);
}

/* Of outputs with `factors` of the data: the largest weight of each, and the sum of the squares of what it meets. */
static void rescaled_output(const weight_table *table, size_t output, const double *factors, double *largest,
                            double *energy) {
    const float *w = table->largest + output * table->n_channels, *e = table->energy + output * table->n_channels;
    *largest = *energy = 0.0;
    for (size_t c = 0; c < table->n_channels; c++) {
        const double s = factors == NULL ? 1.0 : factors[c], size = (double)w[c] / s;
        *largest = size > *largest ? size : *largest;
        *energy += s * s * (double)e[c];
    }
}

static double weight_noise(const balance *b, uint32_t k, const layer_ends *ends) {
    const weight_table *table = &b->tables[k];
    const double places =
        (double)octet_shape_elements(&b->graph->values[ends->result].shape) / (double)table->n_outputs;
    const bool one_step = is_per_tensor(b, b->graph->operators[k].code);
    double widest = 0.0, sum = 0.0, largest, energy;
    for (size_t o = 0; o < table->n_outputs; o++) {
        const double t = factor(ends->out, ends->n_out, o);
        rescaled_output(table, o, ends->in, &largest, &energy);
        widest = fmax(widest, largest * t);
        /* In steps: of its own weights, or of the widest ones. */
        sum += b->importance[ends->result][o] * energy * (one_step ? 1.0 / (t * t) : largest * largest);
    }
    return places * sum * (one_step ? widest * widest : 1.0) / (127.0 * 127.0 * 12.0);
}

/* Of everything that the factors of the group change. */
static double group_noise(const balance *b, uint32_t group, const double *factors) {
    const octet_graph *graph = b->graph;
    double sum = 0.0;
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        const octet_operator *op = &graph->operators[k];
        const uint32_t v = op->outputs[0];
        if (b->groups.group_of[v] == group && octet_rules_class(op->code, b->source->options) != OCTET_RULE_SAME)
            sum += value_noise(b, v, factors, b->groups.n_channels[group]);
        if (b->tables[k].n_outputs == 0) continue;
        const layer_ends ends = ends_of(b, k, group, factors);
        if (ends.in == factors || (ends.out == factors && is_per_tensor(b, op->code))) sum += weight_noise(b, k, &ends);
    }
    return sum;
}

/* ---- Factors ---- */

static double largest_of(const octet_channels_seen *seen, size_t channel, bool of_half) {
    return of_half ? (double)seen->half[channel] : fmax((double)seen->max[channel], -(double)seen->min[channel]);
}

/* By channel of a group with its factors so far, each over the largest: what values hold, in every other sample or in
 * all, what weights read. */
static void find_sizes(const balance *b, uint32_t group, bool of_half, double *values, double *weights) {
    const size_t n = b->groups.n_channels[group];
    const double *s = b->factors[group];
    double top = 0.0, widest = 0.0;
    memset(values, 0, n * sizeof *values);
    memset(weights, 0, n * sizeof *weights);
    for (uint32_t v = 0; v < b->graph->n_values; v++) {
        const octet_channels_seen *seen = &b->seen[v];
        if (b->groups.group_of[v] != group) continue;
        for (size_t c = 0; c < seen->n; c++)
            values[c % n] = fmax(values[c % n], s[c % n] * largest_of(seen, c, of_half));
    }
    for (uint32_t k = 0; k < b->graph->n_operators; k++) {
        const weight_table *table = &b->tables[k];
        if (table->n_outputs == 0 || b->groups.group_of[octet_weighted_data(b->graph, k)] != group) continue;
        for (size_t i = 0; i < table->n_outputs * n; i++)
            weights[i % n] = fmax(weights[i % n], (double)table->largest[i] / s[i % n]);
    }
    for (size_t c = 0; c < n; c++) top = fmax(top, values[c]), widest = fmax(widest, weights[c]);
    for (size_t c = 0; c < n; c++) {
        values[c] = top > 0.0 ? values[c] / top : 0.0;
        weights[c] = widest > 0.0 ? weights[c] / widest : 0.0;
    }
}

/* x^(quarters / 4), of square roots alone, which are the same on every processor. */
static double power(double x, int quarters) {
    const double root = sqrt(x), fourth = sqrt(root);
    return (quarters & 4 ? x : 1.0) * (quarters & 2 ? root : 1.0) * (quarters & 1 ? fourth : 1.0);
}

/* The power of two that is nearest by ratio. */
static double nearest_power(double x) {
    int exponent;
    const double mantissa = frexp(x, &exponent);
    return ldexp(1.0, mantissa * mantissa < 0.5 ? exponent - 1 : exponent);
}

/* A channel that holds nothing, or that nothing reads, keeps its factor: nothing is known of it. */
static double new_factor(double old, double value, double weight, int a, int b) {
    if (!(value > 0.0) || !(weight > 0.0)) return old;
    const double f = power(weight, b) / power(value, a);
    return old * nearest_power(fmin(fmax(f, 1.0 / MOST_FACTOR), MOST_FACTOR));
}

/* Exponents are chosen with what every other sample holds, and judged with the ranges of all: what fits the largest
 * numbers of few samples too well cuts those of others. */
static octet_status choose_factors(balance *b, octet_arena *scratch, uint32_t group, bool *changes) {
    const size_t n = b->groups.n_channels[group];
    double *values, *weights, *tried, *factors = b->factors[group];
    OCTET_TRY(OCTET_NEW(b->ctx, scratch, n, &values));
    OCTET_TRY(OCTET_NEW(b->ctx, scratch, n, &weights));
    OCTET_TRY(OCTET_NEW(b->ctx, scratch, n, &tried));
    find_sizes(b, group, true, values, weights);
    const double before = group_noise(b, group, factors);
    double least = before;
    int chosen = 0;
    for (int i = 1; i < N_EXPONENTS * N_EXPONENTS; i++) {
        for (size_t c = 0; c < n; c++)
            tried[c] = new_factor(factors[c], values[c], weights[c], i / N_EXPONENTS, i % N_EXPONENTS);
        const double noise = group_noise(b, group, tried);
        if (!(noise < least)) continue;
        least = noise;
        chosen = i;
    }
    if (!(least < before * (1.0 - LEAST_GAIN))) return OCTET_OK;
    find_sizes(b, group, false, values, weights);
    for (size_t c = 0; c < n; c++)
        factors[c] = new_factor(factors[c], values[c], weights[c], chosen / N_EXPONENTS, chosen % N_EXPONENTS);
    *changes = b->is_changed[group] = true;
    return OCTET_OK;
}

static octet_status choose_all(balance *b, uint32_t *n_changed) {
    bool changes = true;
    for (int round = 0; round < N_ROUNDS && changes; round++) {
        changes = false;
        for (uint32_t group = 0; group < b->groups.n; group++) {
            octet_arena scratch = {0};
            const octet_status status = choose_factors(b, &scratch, group, &changes);
            octet_arena_free(b->ctx, &scratch);
            OCTET_TRY(status);
        }
    }
    for (uint32_t group = 0; group < b->groups.n; group++) *n_changed += b->is_changed[group];
    return OCTET_OK;
}

static octet_status make_table(balance *b, uint32_t k) {
    const octet_operator *op = &b->graph->operators[k];
    const layer_ends ends = ends_of(b, k, OCTET_NONE, NULL);
    const float *w = octet_graph_input(b->graph, op, (uint32_t)octet_operator_operands(op->code).weights)->data;
    const octet_weight_map map = octet_weight_map_of(b->graph, op);
    const octet_channels_seen *data = &b->seen[ends.data];
    const size_t n = ends.in != NULL ? ends.n_in : 1;
    weight_table *table = &b->tables[k];
    OCTET_TRY(OCTET_NEW(b->ctx, &b->arena, map.n_outputs * n, &table->largest));
    OCTET_TRY(OCTET_NEW(b->ctx, &b->arena, map.n_outputs * n, &table->energy));
    table->n_outputs = map.n_outputs, table->n_channels = n;
    for (size_t i = 0; i < map.n_weights; i++) {
        const size_t in = octet_weight_map_input(&map, i), at = octet_weight_map_output(&map, i) * n + in % n;
        table->largest[at] = fmaxf(table->largest[at], fabsf(w[i]));
        table->energy[at] += (float)data->mean_square[in % data->n];
    }
    return OCTET_OK;
}

static octet_status make_tables(balance *b) {
    OCTET_TRY(OCTET_NEW(b->ctx, &b->arena, b->graph->n_operators, &b->tables));
    for (uint32_t k = 0; k < b->graph->n_operators; k++) {
        if (!octet_groups_is_layer(b->graph, &b->graph->operators[k])) continue;
        const layer_ends ends = ends_of(b, k, OCTET_NONE, NULL);
        if (ends.in != NULL || ends.out != NULL) OCTET_TRY(make_table(b, k));
    }
    return OCTET_OK;
}

/* ---- The new graph ---- */

static octet_status rescale_layer(balance *b, octet_graph *graph, uint32_t k) {
    const layer_ends ends = ends_of(b, k, OCTET_NONE, NULL);
    const octet_operator *op = &graph->operators[k];
    const octet_operands operands = octet_operator_operands(op->code);
    const octet_weight_map map = octet_weight_map_of(graph, op);
    /* A constant of the copy that no other operator reads. */
    float *w = (float *)(uintptr_t)octet_graph_input(graph, op, (uint32_t)operands.weights)->data;
    for (size_t i = 0; i < map.n_weights; i++) {
        const double s = factor(ends.in, ends.n_in, octet_weight_map_input(&map, i));
        const double t = factor(ends.out, ends.n_out, octet_weight_map_output(&map, i));
        w[i] = (float)((double)w[i] * t / s);
    }
    if (ends.out == NULL || octet_graph_input(graph, op, (uint32_t)operands.bias) == NULL) return OCTET_OK;
    float *bias;
    OCTET_TRY(octet_weighted_own_bias(b->ctx, graph, k, &bias));
    for (size_t o = 0; o < map.n_outputs; o++) bias[o] = (float)((double)bias[o] * factor(ends.out, ends.n_out, o));
    return OCTET_OK;
}

static octet_status rescale_graph(balance *b, octet_graph **out) {
    OCTET_TRY(octet_graph_clone(b->ctx, b->graph, out));
    for (uint32_t k = 0; k < b->graph->n_operators; k++)
        if (octet_groups_is_layer(b->graph, &b->graph->operators[k])) OCTET_TRY(rescale_layer(b, *out, k));
    return OCTET_OK;
}

/* Both halves of the samples by as much as the range of all; other figures would be those of before. */
static void rescale_row(const balance *b, uint32_t v, octet_statistics_row *row) {
    const uint32_t group = b->groups.group_of[v];
    double min, max;
    rescaled_range(b, v, b->factors[group], b->groups.n_channels[group], &min, &max);
    const double low = (double)b->ranges[v].min, high = (double)b->ranges[v].max;
    for (int h = 0; h < OCTET_STATISTICS_HALVES; h++) {
        octet_observed_range *range = &row->ranges[h];
        if (!range->seen || range->min > range->max) continue;
        if (low < 0.0) range->min = (float)((double)range->min * (min / low));
        if (high > 0.0) range->max = (float)((double)range->max * (max / high));
        if (range->max < FLT_MIN) range->max = FLT_MIN;
    }
    row->moments = NULL, row->histograms = NULL, row->tenths = NULL, row->channels = NULL;
}

static octet_status rescale_statistics(balance *b, const octet_graph *graph, octet_statistics **out) {
    uint32_t *rows_of;
    OCTET_TRY(octet_step_carry_statistics(b->ctx, b->source, graph, out));
    OCTET_TRY(octet_statistics_bind(b->ctx, &b->arena, *out, graph, &rows_of));
    for (uint32_t v = 0; v < b->graph->n_values; v++)
        if (b->groups.group_of[v] != OCTET_NONE && rows_of[v] != OCTET_NONE)
            rescale_row(b, v, &(*out)->rows[rows_of[v]]);
    return OCTET_OK;
}

static octet_status find_ranges(balance *b) {
    uint32_t *rows_of;
    OCTET_TRY(OCTET_NEW(b->ctx, &b->arena, b->graph->n_values, &b->ranges));
    OCTET_TRY(octet_statistics_bind(b->ctx, &b->arena, b->source->statistics, b->graph, &rows_of));
    for (uint32_t v = 0; v < b->graph->n_values; v++)
        b->ranges[v] = rows_of[v] == OCTET_NONE ? octet_range_empty()
                                                : octet_statistics_range(&b->source->statistics->rows[rows_of[v]]);
    return OCTET_OK;
}

static octet_status equalize(balance *b, octet_recovered *out) {
    OCTET_TRY(octet_groups_find(b->ctx, &b->arena, b->graph, &b->groups));
    OCTET_TRY(OCTET_NEW(b->ctx, &b->arena, b->groups.n, &b->factors));
    OCTET_TRY(OCTET_NEW(b->ctx, &b->arena, b->groups.n, &b->is_changed));
    for (uint32_t group = 0; group < b->groups.n; group++) {
        OCTET_TRY(OCTET_NEW(b->ctx, &b->arena, b->groups.n_channels[group], &b->factors[group]));
        for (size_t c = 0; c < b->groups.n_channels[group]; c++) b->factors[group][c] = 1.0;
    }
    OCTET_TRY(find_ranges(b));
    if (b->groups.n > 0 && b->source->n_runs > 0) {
        OCTET_TRY(octet_importance_find(b->ctx, &b->arena, b->graph, &b->importance));
        OCTET_TRY(octet_channels_observe(b->ctx, &b->arena, b->source, &b->seen));
        OCTET_TRY(make_tables(b));
        OCTET_TRY(choose_all(b, &out->n_changed));
    }
    OCTET_TRY(rescale_graph(b, &out->graph));
    if (out->n_changed == 0) return octet_step_carry_statistics(b->ctx, b->source, out->graph, &out->statistics);
    return rescale_statistics(b, out->graph, &out->statistics);
}

octet_status octet_recover_equalize(octet_context *ctx, const octet_recover_source *source, octet_recovered *out) {
    balance b = {.ctx = ctx, .source = source, .graph = source->graph};
    *out = (octet_recovered){.n_runs = source->n_runs};
    const octet_status status = equalize(&b, out);
    octet_arena_free(ctx, &b.arena);
    return octet_step_finish(ctx, status, out);
}
