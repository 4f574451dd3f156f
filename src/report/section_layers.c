/* Layer by layer: bars of SQNR, each opening to figures, cause and histograms. */
#include <inttypes.h>
#include <math.h>

#include "base/format.h"
#include "layers/cause.h"
#include "report/layers.h"
#include "report/sections.h"
#include "report/text.h"

/* Bars are full from here on. */
static const double most_db = 60.0;

enum { MOST_BARS = 400 };

static octet_tone tone_of(double db) {
    if (db < OCTET_COLLAPSE_DB) return OCTET_TONE_POOR;
    return db < OCTET_COLLAPSE_BELOW_DB ? OCTET_TONE_FAIR : OCTET_TONE_PLAIN;
}

/* Of neighbours that share a bar, that with the lowest SQNR is shown. */
static void write_strip(octet_document *document, const octet_layers *layers) {
    const uint32_t per_bar = (layers->n_rows + MOST_BARS - 1) / MOST_BARS, n = (layers->n_rows + per_bar - 1) / per_bar;
    double *values = octet_document_array(document, n, sizeof *values);
    octet_tone *tones = octet_document_array(document, n, sizeof *tones);
    const char **labels = octet_document_array(document, n, sizeof *labels);
    char text[OCTET_TEXT_SIZE];
    if (labels == NULL) return;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = i * per_bar;
        for (uint32_t k = at; k < at + per_bar && k < layers->n_rows; k++)
            if (layers->rows[k].sqnr_db < layers->rows[at].sqnr_db) at = k;
        const octet_layer_row *row = &layers->rows[at];
        values[i] = row->sqnr_db;
        tones[i] = tone_of(row->sqnr_db);
        labels[i] = octet_document_text(document, "%s: %s dB", octet_section_name(document, row->layer),
                                        octet_layers_decibels(row->sqnr_db, text));
    }
    octet_document_chart(document,
                         &(octet_chart){.kind = OCTET_CHART_STRIP,
                                        .values = values,
                                        .tones = tones,
                                        .labels = labels,
                                        .n = n,
                                        .low = 0.0,
                                        .high = most_db},
                         "SQNR in dB from the input on the left to the output on the right, %s",
                         per_bar > 1 ? "the lowest of neighbouring layers" : "a bar for each value");
}

static void write_figures(octet_document *document, const octet_layer_row *row) {
    octet_layer_cell cells[OCTET_LAYER_MOST_CELLS];
    const uint32_t n = octet_layers_list_cells(row, cells);
    for (uint32_t i = 0; i < n; i++)
        if (cells[i].text[0] != '\0') octet_document_fact(document, cells[i].name, "%s", cells[i].text);
    if (row->has_added) {
        char text[OCTET_TEXT_SIZE];
        octet_document_fact(document, "inherited, dB", "%s", octet_layers_decibels(row->inherited_db, text));
    }
    octet_document_fact(document, "elements", "%" PRIu64, row->n_elements);
    if (row->n_not_finite > 0) octet_document_fact(document, "NaN or infinity", "%" PRIu64, row->n_not_finite);
    if (row->is_rescaled) octet_document_fact(document, "channels", "rescaled by equalization");
    if (row->has_step) octet_document_fact(document, "scale", "%.6g, zero point %d", row->scale, row->zero_point);
    octet_document_fact(document, "tensor", "%s", octet_section_name(document, row->tensor));
}

/* Of the bins outside of the range only those from the first to the last with a value. */
static void write_activations(octet_document *document, const octet_layer_row *row) {
    uint32_t first = 0, end = OCTET_MEASURE_BINS;
    while (first < OCTET_MEASURE_INNER_BINS && row->bins[first] == 0) first++;
    while (end > 2 * OCTET_MEASURE_INNER_BINS && row->bins[end - 1] == 0) end--;
    double *values = octet_document_array(document, end - first, sizeof *values);
    if (values == NULL) return;
    for (uint32_t i = first; i < end; i++) values[i - first] = (double)row->bins[i];
    const double width = (row->high - row->low) / OCTET_MEASURE_INNER_BINS;
    octet_document_chart(document,
                         &(octet_chart){.kind = OCTET_CHART_HISTOGRAM,
                                        .values = values,
                                        .n = end - first,
                                        .low = row->low + width * ((double)first - OCTET_MEASURE_INNER_BINS),
                                        .high = row->low + width * ((double)end - OCTET_MEASURE_INNER_BINS),
                                        .mark_low = row->low,
                                        .mark_high = row->high},
                         "Activations of the float model (heights are logarithms): the chosen range is %.4g to %.4g "
                         "(shaded), the values reach from %.4g to %.4g, %.3g %% are clipped",
                         row->low, row->high, row->min, row->max, 100.0 * row->cut_share);
}

static void write_weights(octet_document *document, const octet_layer_row *row) {
    const octet_layer_weights *weights = &row->weights;
    double *values = octet_document_array(document, OCTET_MEASURE_INNER_BINS, sizeof *values);
    char scales[96];
    if (values == NULL) return;
    for (uint32_t i = 0; i < OCTET_MEASURE_INNER_BINS; i++) values[i] = (double)weights->bins[i];
    if (weights->n_scales == 1) octet_format(scales, sizeof scales, "one scale, %.3g", weights->least_scale);
    else
        octet_format(scales, sizeof scales, "%u scales, %.3g to %.3g", weights->n_scales, weights->least_scale,
                     weights->greatest_scale);
    octet_document_chart(
        document,
        &(octet_chart){.kind = OCTET_CHART_HISTOGRAM,
                       .values = values,
                       .n = OCTET_MEASURE_INNER_BINS,
                       .low = -128.0,
                       .high = 128.0,
                       .mark_low = -128.0,
                       .mark_high = 128.0},
        "Codes of the weights (heights are logarithms): %" PRIu64 " weights from %.4g to %.4g, %s, %.3g %% "
        "at the ends",
        weights->n_elements, weights->low, weights->high, scales,
        weights->n_elements > 0 ? 100.0 * (double)weights->n_at_ends / (double)weights->n_elements : 0.0);
}

static void write_entry(octet_document *document, const octet_layers *layers, uint32_t rank,
                        const octet_report_limits *limits) {
    const octet_layer_row *row = &layers->rows[layers->worst[rank]];
    const double worth = octet_layer_row_worth(row);
    char text[OCTET_TEXT_SIZE];
    octet_block *entry = octet_document_begin(document, OCTET_BLOCK_ENTRY, tone_of(worth), "%s",
                                              octet_section_name(document, row->layer));
    entry->note = octet_document_text(document, "%s %s", row->op, row->type);
    entry->value =
        octet_document_text(document, "%s%s", octet_layers_decibels(worth, text), isfinite(worth) ? " dB" : "");
    entry->share = isnan(worth) ? -1.0 : fmin(fmax(worth / most_db, 0.0), 1.0);
    entry->rank = rank;
    entry->place = layers->worst[rank];
    if (row->why[0] != '\0') octet_document_say(document, OCTET_TONE_PLAIN, "%s", row->why);
    if (rank < limits->n_figures) write_figures(document, row);
    if (rank < limits->n_histograms && row->bins != NULL) write_activations(document, row);
    if (rank < limits->n_histograms && row->weights.bins != NULL) write_weights(document, row);
    octet_document_end(document);
}

static void say_what_is_left_out(octet_document *document, uint32_t n_rows, const octet_report_limits *limits) {
    if (n_rows > limits->n_layers)
        octet_document_say(document, OCTET_TONE_PLAIN, "Of %u values the %u that add the most error are listed.",
                           n_rows, limits->n_layers);
    if (n_rows > limits->n_figures)
        octet_document_say(document, OCTET_TONE_PLAIN,
                           "Figures are given for the %u that add the most error, histograms for the first %u of them; "
                           "octet compare --json has all figures.",
                           limits->n_figures, limits->n_histograms);
    else if (n_rows > limits->n_histograms)
        octet_document_say(document, OCTET_TONE_PLAIN, "Histograms are drawn for the %u that add the most error.",
                           limits->n_histograms);
}

void octet_section_layers(octet_document *document, const octet_layers *layers, const octet_report_limits *limits) {
    char count[OCTET_TEXT_SIZE], split[OCTET_TEXT_SIZE];
    octet_document_begin(document, OCTET_BLOCK_SECTION, OCTET_TONE_PLAIN, "Layers")->id = "layers";
    octet_document_say(document, OCTET_TONE_PLAIN,
                       "SQNR is the energy of what the float model computes over that of the error, in decibels; 20 dB "
                       "is an error of a tenth, 40 dB of a hundredth. Measured on %s %ssamples.",
                       octet_text_count(layers->n_samples, count), octet_text_split(layers->split, split));
    if (layers->n_rows > 0) write_strip(document, layers);
    octet_document_say(document, OCTET_TONE_PLAIN,
                       "The bars below show what each layer adds by itself, without what it inherits. Open one for its "
                       "cause and figures.");
    say_what_is_left_out(document, layers->n_rows, limits);
    octet_document_begin(document, OCTET_BLOCK_LIST, OCTET_TONE_PLAIN, "%s", "");
    for (uint32_t i = 0; i < layers->n_rows && i < limits->n_layers; i++) write_entry(document, layers, i, limits);
    octet_document_end(document);
    if (layers->n_unpaired > 0)
        octet_document_say(document, OCTET_TONE_PLAIN,
                           "%u value%s of the two models have no partner in the other one; octet compare lists them.",
                           layers->n_unpaired, layers->n_unpaired == 1 ? "" : "s");
    octet_document_end(document);
}
