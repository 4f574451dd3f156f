#include "layers/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double decibels(double signal, double noise) {
    if (noise > 0.0) return signal > 0.0 ? 10.0 * log10(signal / noise) : -(double)INFINITY;
    return (double)INFINITY;
}

static int by_reach(const void *a, const void *b) {
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static octet_status find_outlier(octet_context *ctx, octet_arena *scratch, const float *reach, uint32_t n,
                                 octet_layer_row *row) {
    float *sorted;
    if (n < 2) return OCTET_OK;
    OCTET_TRY(OCTET_NEW(ctx, scratch, n, &sorted));
    memcpy(sorted, reach, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_reach);
    for (uint32_t c = 0; c < n; c++)
        if (reach[c] > reach[row->outlier_channel]) row->outlier_channel = c;
    const double median = (double)sorted[n / 2];
    row->outlier_ratio = median > 0.0 ? (double)reach[row->outlier_channel] / median : 0.0;
    return OCTET_OK;
}

/* The energy that lies in the means of channels. of_channel: elements of each. */
static double means_energy(const double *sums_of_channels, uint32_t n_channels, double of_channel) {
    double energy = 0.0;
    for (uint32_t c = 0; c < n_channels; c++) energy += sums_of_channels[c] * sums_of_channels[c] / of_channel;
    return energy;
}

/* What a bias could take back. */
static void find_shift(const octet_layer_measured *measured, const double *sums, double n, octet_layer_row *row) {
    const uint32_t n_channels = measured->n_channels;
    if (n_channels == 0 || n == 0.0) return;
    const double *errors = sums + OCTET_N_SUMS, *additions = errors + n_channels;
    const double energy = sums[row->has_added ? OCTET_SUM_ADDED : OCTET_SUM_NOISE], of_channel = n / n_channels;
    const double of_all = means_energy(errors, n_channels, of_channel);
    const double shift = row->has_added ? means_energy(additions, n_channels, of_channel) : of_all;
    /* Means of few numbers are not 0 where the numbers have no common shift: by 1 / of_channel of the energy. */
    const double chance = 1.0 / of_channel, share = energy > 0.0 ? shift / energy : 0.0;
    row->shift_share = chance < 1.0 ? fmax(0.0, fmin((share - chance) / (1.0 - chance), 1.0)) : 0.0;
    row->shift_left = shift > 0.0 ? of_all / shift : 0.0;
    if (measured->has_step) row->shift_steps = sqrt(shift / n) / measured->step;
}

static void fill_codes(const octet_layer_measured *measured, const octet_layer_measure *measure, octet_layer_row *row) {
    if (!measured->has_step) return;
    const double n = measure->n_elements > 0 ? (double)measure->n_elements : 1.0;
    const double n_codes = (double)measured->greatest - measured->least + 1.0;
    row->low_share = (double)measure->n_low / n;
    row->high_share = (double)measure->n_high / n;
    row->cut_share = (double)measure->n_cut / n;
    row->unused_share = 1.0 - (double)octet_layer_measure_n_codes(measure, measured) / n_codes;
    row->scale = measured->step;
    row->zero_point = measured->value->quantization.zero_point[0];
    row->low = measured->low;
    row->high = measured->high;
}

/* per: 1 / n. */
static octet_error_figures find_figures(double sum, double square, double largest, double per) {
    const double mean = sum * per, mean_square = square * per;
    return (octet_error_figures){mean, sqrt(fmax(mean_square - mean * mean, 0.0)), mean_square, largest};
}

octet_status octet_layer_row_fill(octet_context *ctx, octet_arena *scratch, const octet_layer_measured *measured,
                                  const octet_layer_measure *measure, const double *sums, octet_layer_row *row) {
    const double n = (double)(measure->n_elements - measure->n_not_finite), per = n > 0.0 ? 1.0 / n : 0.0;
    const double signal = sums[OCTET_SUM_SIGNAL], noise = sums[OCTET_SUM_NOISE];
    const double parts = sums[OCTET_SUM_ADDED] + sums[OCTET_SUM_INHERITED];
    row->has_step = measured->has_step;
    row->n_not_finite = measure->n_not_finite;
    row->sqnr_db = decibels(signal, noise);
    row->added_db = row->has_added ? decibels(signal, sums[OCTET_SUM_ADDED]) : (double)NAN;
    row->inherited_db = row->has_added ? decibels(signal, sums[OCTET_SUM_INHERITED]) : (double)NAN;
    row->added_share = row->has_added && parts > 0.0 ? sums[OCTET_SUM_ADDED] / parts : (double)NAN;
    const double sizes = sqrt(signal) * sqrt(sums[OCTET_SUM_QUANTIZED]);
    row->cosine = sizes > 0.0 ? sums[OCTET_SUM_PRODUCT] / sizes : (double)NAN;
    const double nothing = (double)NAN;
    row->error = find_figures(sums[OCTET_SUM_ERROR], noise, measure->largest, per);
    row->added = row->has_added
                     ? find_figures(sums[OCTET_SUM_ADDITION], sums[OCTET_SUM_ADDED], measure->largest_added, per)
                     : (octet_error_figures){nothing, nothing, nothing, nothing};
    row->signal_rms = sqrt(signal * per);
    row->min = n > 0.0 ? (double)measure->min : 0.0;
    row->max = n > 0.0 ? (double)measure->max : 0.0;
    row->cut_energy_share = noise > 0.0 ? fmin(sums[OCTET_SUM_CUT] / noise, 1.0) : 0.0;
    fill_codes(measured, measure, row);
    find_shift(measured, sums, n, row);
    return find_outlier(ctx, scratch, measure->channel_reach, measured->n_channels, row);
}

double octet_layer_row_worth(const octet_layer_row *row) { return row->has_added ? row->added_db : row->sqnr_db; }

typedef struct ranked {
    double db;
    uint32_t row;
} ranked;

static int by_worth(const void *a, const void *b) {
    const ranked *x = a, *y = b;
    if (x->db < y->db || x->db > y->db) return x->db < y->db ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static octet_status rank(octet_context *ctx, octet_layers *layers) {
    ranked *order;
    OCTET_TRY(OCTET_NEW(ctx, &layers->arena, layers->n_rows, &order));
    OCTET_TRY(OCTET_NEW(ctx, &layers->arena, layers->n_rows, &layers->worst));
    for (uint32_t i = 0; i < layers->n_rows; i++) order[i] = (ranked){octet_layer_row_worth(&layers->rows[i]), i};
    if (layers->n_rows > 0) qsort(order, layers->n_rows, sizeof *order, by_worth);
    for (uint32_t i = 0; i < layers->n_rows; i++) layers->worst[i] = order[i].row;
    return OCTET_OK;
}

/* The least SQNR among the rows of what the operator reads; infinite where it reads nothing that has a row. */
static octet_status find_collapse(octet_context *ctx, octet_layers *layers, const octet_graph *quantized) {
    double *of_value;
    OCTET_TRY(OCTET_NEW(ctx, &layers->arena, quantized->n_values, &of_value));
    for (uint32_t v = 0; v < quantized->n_values; v++) of_value[v] = (double)INFINITY;
    layers->first_collapse = layers->n_rows;
    for (uint32_t i = 0; i < layers->n_rows; i++) {
        const octet_layer_row *row = &layers->rows[i];
        of_value[row->value] = row->sqnr_db;
        double before = (double)INFINITY;
        const octet_operator *op = row->producer != OCTET_NONE ? &quantized->operators[row->producer] : NULL;
        for (uint32_t k = 0; op != NULL && k < op->n_inputs; k++)
            if (op->inputs[k] != OCTET_NONE) before = fmin(before, of_value[op->inputs[k]]);
        const bool adds = !row->has_added || row->added_share >= 0.5;
        const bool falls = adds && row->sqnr_db < OCTET_COLLAPSE_BELOW_DB && isfinite(before) &&
                           before - row->sqnr_db > OCTET_COLLAPSE_FALL_DB;
        if (row->sqnr_db >= OCTET_COLLAPSE_DB && !falls) continue;
        layers->first_collapse = i;
        if (isfinite(before))
            return octet_arena_format(ctx, &layers->arena, &layers->collapse,
                                      "%s (%s) has %.1f dB, what it reads has %.1f dB", row->layer, row->op,
                                      row->sqnr_db, before);
        return octet_arena_format(ctx, &layers->arena, &layers->collapse, "%s (%s) has %.1f dB", row->layer, row->op,
                                  row->sqnr_db);
    }
    return OCTET_OK;
}

octet_status octet_layers_finish(octet_context *ctx, octet_layers *layers, const octet_graph *quantized) {
    OCTET_TRY(rank(ctx, layers));
    return find_collapse(ctx, layers, quantized);
}

void octet_layers_free(octet_context *ctx, octet_layers *layers) {
    if (layers == NULL) return;
    octet_arena arena = layers->arena;
    octet_arena_free(ctx, &arena);
}
