#include "layers/measure.h"

#include <math.h>
#include <string.h>

bool octet_layer_measured_make(const octet_value *value, octet_layer_measured *out) {
    *out = (octet_layer_measured){.value = value};
    const int32_t rank = value->shape.rank;
    const int32_t n_channels = rank > 1 ? value->shape.dims[rank - 1] : 0;
    if (n_channels > 1 && n_channels <= OCTET_MEASURE_MOST_CHANNELS) out->n_channels = (uint32_t)n_channels;
    if (value->type == OCTET_FLOAT32) return true;
    if (!octet_type_is_quantized(value->type) || value->quantization.n != 1) return false;
    octet_type_limits(value->type, &out->least, &out->greatest);
    out->has_step = true;
    out->step = (double)value->quantization.scale[0];
    out->low = out->step * (out->least - value->quantization.zero_point[0]);
    out->high = out->step * (out->greatest - value->quantization.zero_point[0]);
    return true;
}

size_t octet_layer_measured_n_sums(const octet_layer_measured *measured) {
    return OCTET_N_SUMS + 2 * (size_t)measured->n_channels;
}

static size_t n_code_words(const octet_layer_measured *measured) {
    return measured->has_step ? ((size_t)(measured->greatest - measured->least) + 64) / 64 : 0;
}

octet_status octet_layer_measure_create(octet_context *ctx, octet_arena *arena, const octet_layer_measured *measured,
                                        octet_layer_measure *out) {
    *out = (octet_layer_measure){.min = INFINITY, .max = -INFINITY};
    if (measured->has_step) {
        OCTET_TRY(OCTET_NEW(ctx, arena, n_code_words(measured), &out->codes));
        OCTET_TRY(OCTET_NEW(ctx, arena, OCTET_MEASURE_BINS, &out->bins));
    }
    return OCTET_NEW(ctx, arena, (size_t)measured->n_channels + 1, &out->channel_reach);
}

static int32_t code_at(octet_type type, const void *codes, size_t i) {
    if (type == OCTET_INT8) return ((const int8_t *)codes)[i];
    if (type == OCTET_UINT8) return ((const uint8_t *)codes)[i];
    return ((const int16_t *)codes)[i];
}

static void count_code(octet_layer_measure *measure, const octet_layer_measured *measured, int32_t code) {
    measure->n_low += code == measured->least;
    measure->n_high += code == measured->greatest;
    const uint32_t bit = (uint32_t)(code - measured->least);
    measure->codes[bit / 64] |= (uint64_t)1 << bit % 64;
}

/* How far x lies beyond the range. */
static double beyond(const octet_layer_measured *measured, double x) {
    if (x > measured->high) return x - measured->high;
    return x < measured->low ? measured->low - x : 0.0;
}

static void count_bin(octet_layer_measure *measure, const octet_layer_measured *measured, double x) {
    const double bin = floor((x - measured->low) / (measured->high - measured->low) * OCTET_MEASURE_INNER_BINS);
    const double place = fmin(fmax(bin + OCTET_MEASURE_INNER_BINS, 0.0), OCTET_MEASURE_BINS - 1);
    measure->bins[(size_t)place]++;
}

static void add_cut(octet_layer_measure *measure, const octet_layer_measured *measured, double x, double *sums) {
    const double cut = beyond(measured, x);
    if (cut <= 1.5 * measured->step) return;
    measure->n_cut++;
    sums[OCTET_SUM_CUT] += cut * cut;
}

void octet_layer_measure_add(octet_layer_measure *measure, const octet_layer_measured *measured, const float *real,
                             const float *quantized, const void *codes, const float *alone, size_t n, double *sums) {
    memset(sums, 0, octet_layer_measured_n_sums(measured) * sizeof *sums);
    const uint32_t n_channels = measured->n_channels;
    double *errors = sums + OCTET_N_SUMS, *additions = errors + n_channels;
    uint32_t channel = 0;
    for (size_t i = 0; i < n; i++) {
        const double f = (double)real[i], q = (double)quantized[i], e = q - f;
        const double a = alone != NULL ? q - (double)alone[i] : 0.0;
        const uint32_t c = channel;
        if (++channel >= n_channels) channel = 0;
        if (measured->has_step) count_code(measure, measured, code_at(measured->value->type, codes, i));
        if (!isfinite(e) || !isfinite(a)) {
            measure->n_not_finite++;
            continue;
        }
        sums[OCTET_SUM_SIGNAL] += f * f;
        sums[OCTET_SUM_QUANTIZED] += q * q;
        sums[OCTET_SUM_PRODUCT] += f * q;
        sums[OCTET_SUM_NOISE] += e * e;
        sums[OCTET_SUM_ERROR] += e;
        sums[OCTET_SUM_ADDED] += a * a;
        sums[OCTET_SUM_ADDITION] += a;
        sums[OCTET_SUM_INHERITED] += (e - a) * (e - a);
        measure->largest = fmax(measure->largest, fabs(e));
        measure->largest_added = fmax(measure->largest_added, fabs(a));
        measure->min = fminf(measure->min, real[i]);
        measure->max = fmaxf(measure->max, real[i]);
        if (measured->has_step) {
            add_cut(measure, measured, f, sums);
            count_bin(measure, measured, f);
        }
        if (n_channels == 0) continue;
        errors[c] += e;
        additions[c] += a;
        measure->channel_reach[c] = fmaxf(measure->channel_reach[c], fabsf(real[i]));
    }
    measure->n_elements += n;
}

void octet_layer_measure_merge(octet_layer_measure *into, const octet_layer_measure *from,
                               const octet_layer_measured *measured) {
    into->n_elements += from->n_elements;
    into->n_low += from->n_low;
    into->n_high += from->n_high;
    into->n_not_finite += from->n_not_finite;
    into->n_cut += from->n_cut;
    into->largest = fmax(into->largest, from->largest);
    into->largest_added = fmax(into->largest_added, from->largest_added);
    into->min = fminf(into->min, from->min);
    into->max = fmaxf(into->max, from->max);
    for (size_t i = 0; i < n_code_words(measured); i++) into->codes[i] |= from->codes[i];
    for (size_t i = 0; measured->has_step && i < OCTET_MEASURE_BINS; i++) into->bins[i] += from->bins[i];
    for (uint32_t c = 0; c < measured->n_channels; c++)
        into->channel_reach[c] = fmaxf(into->channel_reach[c], from->channel_reach[c]);
}

uint64_t octet_layer_measure_n_codes(const octet_layer_measure *measure, const octet_layer_measured *measured) {
    uint64_t n = 0;
    for (size_t i = 0; i < n_code_words(measured); i++)
        for (uint64_t word = measure->codes[i]; word != 0; word &= word - 1) n++;
    return n;
}
