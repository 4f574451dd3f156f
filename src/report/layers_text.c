/* Compared layers as text. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "report/islands.h"
#include "report/layers.h"
#include "report/table.h"
#include "report/text.h"

enum { WORST = 5, FLIPS = 8, UNPAIRED = 5, NAME_WIDTH = 32, N_COLUMNS = 3 + OCTET_LAYER_MOST_CELLS };

static octet_status heading(octet_context *ctx, octet_table *table) {
    static const char *const names[] = {"layer", "operator", "type"};
    octet_layer_cell cells[OCTET_LAYER_MOST_CELLS];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) OCTET_TRY(octet_table_cell(ctx, table, "%s", names[i]));
    const uint32_t n = octet_layers_list_cells(&(octet_layer_row){0}, cells);
    for (uint32_t i = 0; i < n; i++) OCTET_TRY(octet_table_cell(ctx, table, "%s", cells[i].heading));
    return OCTET_OK;
}

static octet_status add_row(octet_context *ctx, octet_table *table, const octet_layer_row *row) {
    octet_layer_cell cells[OCTET_LAYER_MOST_CELLS];
    OCTET_TRY(octet_table_name(ctx, table, row->layer, NAME_WIDTH));
    OCTET_TRY(octet_table_cell(ctx, table, "%s", row->op));
    OCTET_TRY(octet_table_cell(ctx, table, "%s", row->type));
    const uint32_t n = octet_layers_list_cells(row, cells);
    for (uint32_t i = 0; i < n; i++) OCTET_TRY(octet_table_cell(ctx, table, "%s", cells[i].text));
    return OCTET_OK;
}

/* Rows numbers[0..n), or 0..n. */
static octet_status write_rows(octet_context *ctx, const octet_layers *layers, const uint32_t *numbers, uint32_t n,
                               octet_buffer *out) {
    octet_table table = {.n_columns = N_COLUMNS, .right = 0x7f8};
    octet_status status = heading(ctx, &table);
    for (uint32_t i = 0; status == OCTET_OK && i < n; i++)
        status = add_row(ctx, &table, &layers->rows[numbers != NULL ? numbers[i] : i]);
    if (status == OCTET_OK) status = octet_table_write(ctx, &table, 2, out);
    octet_table_free(ctx, &table);
    return status;
}

static octet_status write_causes(octet_context *ctx, const octet_layers *layers, const uint32_t *numbers, uint32_t n,
                                 octet_buffer *out) {
    octet_table table = {.n_columns = 2};
    octet_status status = OCTET_OK;
    for (uint32_t i = 0; status == OCTET_OK && i < n; i++) {
        const octet_layer_row *row = &layers->rows[numbers != NULL ? numbers[i] : i];
        if (row->why[0] == '\0') continue;
        status = octet_table_name(ctx, &table, row->layer, NAME_WIDTH);
        if (status == OCTET_OK) status = octet_table_cell(ctx, &table, "%s", row->why);
    }
    if (status == OCTET_OK && table.n_cells > 0) status = octet_buffer_format(ctx, out, "\nwhy\n");
    if (status == OCTET_OK) status = octet_table_write(ctx, &table, 2, out);
    octet_table_free(ctx, &table);
    return status;
}

static octet_status write_class(octet_context *ctx, const octet_layers *layers, int32_t number, octet_buffer *out) {
    const bool named = layers->class_names != NULL && number >= 0 && number < layers->n_classes &&
                       layers->class_names[number][0] != '\0';
    return named ? octet_buffer_format(ctx, out, "%s", layers->class_names[number])
                 : octet_buffer_format(ctx, out, "%" PRId32, number);
}

static octet_status write_flips(octet_context *ctx, const octet_layers *layers, bool with_all, octet_buffer *out) {
    char a[OCTET_TEXT_SIZE], b[OCTET_TEXT_SIZE];
    if (!layers->has_answers) return OCTET_OK;
    OCTET_TRY(octet_buffer_format(ctx, out, "\n%s of %s answers flipped\n", octet_text_count(layers->n_flips, a),
                                  octet_text_count(layers->n_samples, b)));
    const uint64_t n = with_all || layers->n_flips < FLIPS ? layers->n_flips : FLIPS;
    for (uint64_t i = 0; i < n; i++) {
        const octet_flip *flip = &layers->flips[i];
        OCTET_TRY(octet_buffer_format(ctx, out, "  sample %" PRIu64 ": ", flip->sample));
        OCTET_TRY(write_class(ctx, layers, flip->before, out));
        OCTET_TRY(octet_buffer_format(ctx, out, " became "));
        OCTET_TRY(write_class(ctx, layers, flip->after, out));
        if (flip->label >= 0) OCTET_TRY(octet_buffer_format(ctx, out, ", label "));
        if (flip->label >= 0) OCTET_TRY(write_class(ctx, layers, flip->label, out));
        OCTET_TRY(octet_buffer_append(ctx, out, "\n", 1));
    }
    if (n == layers->n_flips) return OCTET_OK;
    return octet_buffer_format(ctx, out, "  and %s more (--all)\n", octet_text_count(layers->n_flips - n, a));
}

static octet_status write_unpaired(octet_context *ctx, const octet_layers *layers, bool with_all, octet_buffer *out) {
    if (layers->n_unpaired == 0) return OCTET_OK;
    const uint32_t n = with_all || layers->n_unpaired < UNPAIRED ? layers->n_unpaired : UNPAIRED;
    OCTET_TRY(octet_buffer_format(ctx, out, "\n%" PRIu32 " value%s without a partner in the other model\n",
                                  layers->n_unpaired, layers->n_unpaired == 1 ? "" : "s"));
    for (uint32_t i = 0; i < n; i++) {
        const octet_unpaired *unpaired = &layers->unpaired[i];
        OCTET_TRY(octet_buffer_format(ctx, out, "  %s: %s %s\n", unpaired->is_quantized ? "quantized" : "float",
                                      unpaired->op, unpaired->layer));
    }
    if (n == layers->n_unpaired) return OCTET_OK;
    return octet_buffer_format(ctx, out, "  and %" PRIu32 " more (--all)\n", layers->n_unpaired - n);
}

static octet_status write_head(octet_context *ctx, const octet_layers *layers, octet_buffer *out) {
    char a[OCTET_TEXT_SIZE], b[OCTET_TEXT_SIZE];
    OCTET_TRY(octet_buffer_format(ctx, out, "%s against %s on %s %ssamples: %" PRIu32 " values compared\n",
                                  layers->quantized, layers->original, octet_text_count(layers->n_samples, a),
                                  octet_text_split(layers->split, b), layers->n_rows));
    if (layers->has_accuracy)
        OCTET_TRY(octet_buffer_format(ctx, out, "accuracy        %.2f %%, was %.2f %%\n",
                                      100.0 * layers->accuracy_after, 100.0 * layers->accuracy_before));
    if (layers->output < layers->n_rows) {
        const octet_layer_row *row = &layers->rows[layers->output];
        OCTET_TRY(octet_buffer_format(ctx, out, "output          %s dB, cosine %s (%s)\n",
                                      octet_layers_decibels(row->sqnr_db, a), octet_layers_cosine(row->cosine, b),
                                      row->layer));
    }
    return octet_buffer_format(ctx, out, "first collapse  %s\n", layers->collapse != NULL ? layers->collapse : "none");
}

/* Those of the first five that add any error. */
static uint32_t count_worst(const octet_layers *layers) {
    uint32_t n = 0;
    while (n < WORST && n < layers->n_rows &&
           octet_layer_row_worth(&layers->rows[layers->worst[n]]) < OCTET_FAITHFUL_DB)
        n++;
    return n;
}

octet_status octet_layers_write_text(octet_context *ctx, const octet_layers *layers, bool with_all, octet_buffer *out) {
    const uint32_t n = with_all ? layers->n_rows : count_worst(layers);
    const uint32_t *numbers = with_all ? NULL : layers->worst;
    OCTET_TRY(write_head(ctx, layers, out));
    OCTET_TRY(octet_islands_write_text(ctx, &layers->islands, with_all, out));
    OCTET_TRY(octet_buffer_format(ctx, out, "\n%s; SQNR in dB, mean and largest error in steps\n",
                                  with_all ? "layers in their order" : "layers that add the most error"));
    OCTET_TRY(write_rows(ctx, layers, numbers, n, out));
    OCTET_TRY(write_causes(ctx, layers, numbers, n, out));
    OCTET_TRY(write_flips(ctx, layers, with_all, out));
    return write_unpaired(ctx, layers, with_all, out);
}
