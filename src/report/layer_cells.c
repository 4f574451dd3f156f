/* The figures of a compared layer in words. */
#include <math.h>

#include "base/format.h"
#include "report/layers.h"

const char *octet_layers_decibels(double db, char *text) {
    if (isnan(db)) return "?";
    if (isinf(db)) return db > 0.0 ? "exact" : "-inf";
    octet_format(text, OCTET_TEXT_SIZE, "%.1f", db);
    return text;
}

const char *octet_layers_cosine(double cosine, char *text) {
    if (isnan(cosine)) return "?";
    octet_format(text, OCTET_TEXT_SIZE, "%.4f", cosine);
    return text;
}

/* Of a value with codes; empty for others. */
static void fill(octet_layer_cell *cell, const octet_layer_row *row, int decimals, double value) {
    if (row->has_step) octet_format(cell->text, sizeof cell->text, "%.*f", decimals, value);
}

uint32_t octet_layers_list_cells(const octet_layer_row *row, octet_layer_cell cells[OCTET_LAYER_MOST_CELLS]) {
    static const char *const names[OCTET_LAYER_MOST_CELLS][2] = {{"SQNR", "SQNR, dB"},
                                                                 {"added", "added, dB"},
                                                                 {"cosine", "cosine"},
                                                                 {"mean", "mean error, steps"},
                                                                 {"largest", "largest error, steps"},
                                                                 {"ends %", "at either end, %"},
                                                                 {"unused %", "codes never used, %"},
                                                                 {"range %", "range spanned, %"}};
    const double width = row->high - row->low;
    char text[OCTET_TEXT_SIZE];
    for (uint32_t i = 0; i < OCTET_LAYER_MOST_CELLS; i++)
        cells[i] = (octet_layer_cell){.heading = names[i][0], .name = names[i][1]};
    octet_format(cells[0].text, OCTET_TEXT_SIZE, "%s", octet_layers_decibels(row->sqnr_db, text));
    octet_format(cells[1].text, OCTET_TEXT_SIZE, "%s", octet_layers_decibels(row->added_db, text));
    octet_format(cells[2].text, OCTET_TEXT_SIZE, "%s", octet_layers_cosine(row->cosine, text));
    fill(&cells[3], row, 2, row->error.mean / row->scale);
    fill(&cells[4], row, 1, row->error.largest / row->scale);
    fill(&cells[5], row, 1, 100.0 * (row->low_share + row->high_share));
    fill(&cells[6], row, 1, 100.0 * row->unused_share);
    fill(&cells[7], row, 0, width > 0.0 ? 100.0 * (row->max - row->min) / width : 0.0);
    return OCTET_LAYER_MOST_CELLS;
}
