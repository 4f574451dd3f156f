#include "data/sheet.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "formats/csv.h"
#include "formats/gzip.h"
#include "formats/kind.h"

/* Which columns of a CSV are what. */
typedef struct roles {
    bool *is_label; /* by column of the file */
    uint32_t *inputs, n_inputs;
    uint32_t *entries; /* by input, where is_chosen: its number in octet_columns */
    bool is_chosen;
    uint32_t *labels, n_labels;
} roles;

static octet_status add_label(octet_context *ctx, const octet_csv *csv, const char *name, roles *r) {
    uint32_t column;
    char names[OCTET_CSV_NAMES_SIZE];
    OCTET_CHECK(ctx, octet_csv_find(csv, name, &column), OCTET_DATA,
                "%s: has no column '%.100s' for the labels; its columns are %s", csv->name, name,
                octet_csv_names_text(csv, names));
    OCTET_CHECK(ctx, !r->is_label[column], OCTET_DATA, "%s: the label column '%.100s' is named twice", csv->name, name);
    r->is_label[column] = true;
    r->labels[r->n_labels++] = column;
    return OCTET_OK;
}

/* The whole text is the name of one column, or else names with commas between them. */
static octet_status find_labels(octet_context *ctx, octet_arena *arena, const octet_csv *csv, const char *text,
                                roles *r) {
    uint32_t column;
    if (text == NULL) return OCTET_OK;
    if (octet_csv_find(csv, text, &column)) return add_label(ctx, csv, text, r);
    while (true) {
        const size_t length = strcspn(text, ",");
        const char *name;
        OCTET_TRY(octet_arena_format(ctx, arena, &name, "%.*s", (int)length, text));
        OCTET_TRY(add_label(ctx, csv, name, r));
        if (text[length] == '\0') return OCTET_OK;
        text += length + 1;
    }
}

static octet_status check_name(octet_context *ctx, const octet_csv *csv, uint32_t column) {
    const char *name = csv->names[column];
    OCTET_CHECK(
        ctx, name[0] != '\0', OCTET_DATA,
        "%s: column %u (from 0) has no name: take it out where it numbers the lines (index=False in pandas), or "
        "name it",
        csv->name, (unsigned)column);
    return OCTET_OK;
}

static int compare_names(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static octet_status refuse_twins(octet_context *ctx, octet_arena *arena, const octet_csv *csv) {
    const char **sorted;
    OCTET_TRY(octet_arena_copy(ctx, arena, csv->names, csv->n_columns * sizeof *sorted, (void **)&sorted));
    qsort(sorted, csv->n_columns, sizeof *sorted, compare_names);
    for (uint32_t c = 1; c < csv->n_columns; c++)
        OCTET_CHECK(ctx, sorted[c][0] == '\0' || strcmp(sorted[c - 1], sorted[c]) != 0, OCTET_DATA,
                    "%s: two columns are named '%.100s'", csv->name, sorted[c]);
    return OCTET_OK;
}

/* How many names of `columns` the CSV has. */
static uint32_t count_common(const octet_csv *csv, const octet_columns *columns) {
    uint32_t n = 0, entry;
    for (uint32_t c = 0; c < csv->n_columns; c++) n += octet_columns_find(columns, csv->names[c], &entry);
    return n;
}

static bool has_name(const octet_csv *csv, const char *name, uint32_t *column) {
    for (*column = 0; *column < csv->n_columns; ++*column)
        if (strcmp(csv->names[*column], name) == 0) return true;
    return false;
}

/* Inputs are what `columns` names, in its order. */
static octet_status take_named(octet_context *ctx, const octet_csv *csv, const octet_sheet_wish *wish, roles *r) {
    const octet_columns *columns = wish->columns;
    char names[OCTET_CSV_NAMES_SIZE];
    r->is_chosen = true;
    for (uint32_t e = 0; e < columns->n; e++) {
        uint32_t column;
        const bool is_there = has_name(csv, columns->names[e], &column);
        OCTET_CHECK(ctx, is_there || wish->takes_a_part, OCTET_DATA,
                    "%s: names column '%.64s', which %s does not have; its columns are %s", columns->path,
                    columns->names[e], csv->name, octet_csv_names_text(csv, names));
        if (!is_there || r->is_label[column]) continue;
        r->entries[r->n_inputs] = e;
        r->inputs[r->n_inputs++] = column;
    }
    return OCTET_OK;
}

static octet_status take_all(octet_context *ctx, const octet_csv *csv, roles *r) {
    for (uint32_t c = 0; c < csv->n_columns; c++) {
        if (r->is_label[c]) continue;
        OCTET_TRY(check_name(ctx, csv, c));
        r->inputs[r->n_inputs++] = c;
    }
    return OCTET_OK;
}

/* Names of which the CSV has none are those of channels, if their number is another one than that of its columns. */
static octet_status take_inputs(octet_context *ctx, const octet_csv *csv, const octet_sheet_wish *wish, roles *r) {
    const octet_columns *columns = wish->columns;
    char names[OCTET_CSV_NAMES_SIZE];
    if (columns == NULL || columns->names == NULL) return take_all(ctx, csv, r);
    if (count_common(csv, columns) > 0) return take_named(ctx, csv, wish, r);
    OCTET_TRY(take_all(ctx, csv, r));
    OCTET_CHECK(ctx, columns->n != r->n_inputs && !wish->takes_a_part, OCTET_DATA,
                "%s: names no column of %s, whose columns are %s: leave the names out, or make them equal",
                columns->path, csv->name, octet_csv_names_text(csv, names));
    return OCTET_OK;
}

static octet_status find_roles(octet_context *ctx, octet_arena *arena, const octet_csv *csv,
                               const octet_sheet_wish *wish, roles *r) {
    OCTET_TRY(OCTET_NEW(ctx, arena, csv->n_columns, &r->is_label));
    OCTET_TRY(OCTET_NEW(ctx, arena, csv->n_columns, &r->inputs));
    OCTET_TRY(OCTET_NEW(ctx, arena, csv->n_columns, &r->labels));
    OCTET_TRY(OCTET_NEW(ctx, arena, csv->n_columns, &r->entries));
    OCTET_TRY(refuse_twins(ctx, arena, csv));
    OCTET_TRY(find_labels(ctx, arena, csv, wish->label_column, r));
    OCTET_TRY(take_inputs(ctx, csv, wish, r));
    OCTET_CHECK(ctx, r->n_inputs > 0, OCTET_DATA, "%s: holds labels and no other column", csv->name);
    return OCTET_OK;
}

static octet_array array_of(const octet_csv_rows *rows, size_t n_rows, bool is_flat) {
    octet_array array = {.element = {'f', rows->is_wide ? 8 : 4, __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__},
                         .rank = is_flat ? 1 : 2,
                         .dims = {(int64_t)n_rows, rows->n_columns},
                         .n_elements = n_rows * rows->n_columns,
                         .data = rows->values.data};
    if (is_flat) array.dims[1] = 0;
    return array;
}

/* A label that `columns` names was scaled in training too. */
static octet_status scale_labels(octet_context *ctx, const octet_csv *csv, const octet_columns *columns, const roles *r,
                                 octet_sheet *out) {
    uint32_t *entries, n_scaled = 0;
    if (columns == NULL || !r->is_chosen) return OCTET_OK;
    OCTET_TRY(octet_memory_allocate(ctx, r->n_labels * sizeof *entries, (void **)&entries));
    for (uint32_t i = 0; i < r->n_labels; i++)
        n_scaled += octet_columns_find(columns, csv->names[r->labels[i]], &entries[i]);
    octet_buffer scaled = {.max_size = ctx->max_memory_bytes};
    octet_status status = OCTET_OK;
    for (size_t i = 0; n_scaled > 0 && i < out->labels.n_elements && status == OCTET_OK; i++) {
        const uint32_t entry = entries[i % r->n_labels];
        double number = octet_array_f64(&out->labels, i);
        if (entry < columns->n) number = octet_columns_scale(columns, entry, number);
        status = octet_buffer_append(ctx, &scaled, &number, sizeof number);
    }
    octet_memory_free(ctx, entries);
    if (n_scaled == 0) return OCTET_OK;
    octet_buffer_free(ctx, &out->label_data);
    out->label_data = scaled;
    out->labels.element.size = sizeof(double);
    out->labels.data = scaled.data;
    return status;
}

static octet_status read_rows(octet_context *ctx, octet_arena *arena, octet_csv *csv, const octet_sheet_wish *wish,
                              octet_sheet *out) {
    roles r = {0};
    const char **names;
    size_t n_rows;
    OCTET_TRY(find_roles(ctx, arena, csv, wish, &r));
    octet_csv_rows sets[2] = {{.columns = r.inputs, .n_columns = r.n_inputs},
                              {.columns = r.labels, .n_columns = r.n_labels}};
    OCTET_TRY(OCTET_NEW(ctx, arena, r.n_inputs, &names));
    for (uint32_t i = 0; i < r.n_inputs; i++) names[i] = csv->names[r.inputs[i]];
    const octet_status status = octet_csv_read(ctx, csv, sets, r.n_labels > 0 ? 2 : 1, &n_rows);
    out->input_data = sets[0].values;
    out->label_data = sets[1].values;
    OCTET_TRY(status);
    out->inputs = array_of(&sets[0], n_rows, false);
    if (r.n_labels > 0) out->labels = array_of(&sets[1], n_rows, r.n_labels == 1);
    out->names = names;
    out->n_columns = r.n_inputs;
    out->entries = r.is_chosen ? r.entries : NULL;
    return scale_labels(ctx, csv, wish->columns, &r, out);
}

static octet_status read_csv(octet_context *ctx, octet_arena *arena, const octet_reader *reader,
                             const octet_sheet_wish *wish, octet_sheet *out) {
    octet_csv csv;
    OCTET_TRY(octet_csv_open(ctx, arena, reader, &csv));
    const octet_status status = read_rows(ctx, arena, &csv, wish, out);
    octet_csv_close(ctx, &csv);
    return status;
}

/* A .gz is decompressed as a whole: its text is larger than its numbers are. */
static octet_status decompress(octet_context *ctx, const octet_reader *reader, octet_buffer *out) {
    octet_bytes bytes;
    OCTET_TRY(octet_reader_head(ctx, reader, (size_t)reader->size, &bytes));
    const octet_status status = octet_gzip_read(ctx, bytes, reader->name, octet_inflated_limit(reader->size), out);
    octet_memory_free(ctx, (void *)(uintptr_t)bytes.data);
    return status;
}

static octet_status read_any(octet_context *ctx, octet_arena *arena, const octet_place *place,
                             const octet_reader *reader, const octet_sheet_wish *wish, octet_sheet *out) {
    octet_buffer text = {0};
    if (!place->is_gzip) return read_csv(ctx, arena, reader, wish, out);
    octet_status status = decompress(ctx, reader, &text);
    const octet_reader plain = octet_reader_of_bytes((octet_bytes){text.data, text.size}, place->path);
    if (status == OCTET_OK) status = read_csv(ctx, arena, &plain, wish, out);
    octet_buffer_free(ctx, &text);
    return status;
}

octet_status octet_sheet_read(octet_context *ctx, octet_arena *arena, const octet_place *place,
                              const octet_sheet_wish *wish, octet_sheet *out) {
    octet_reader reader = {.descriptor = -1};
    *out = (octet_sheet){0};
    if (place->given != NULL) reader = octet_reader_of_bytes(*place->given, place->path);
    else OCTET_TRY(octet_reader_open(ctx, place->path, &reader));
    const octet_status status = read_any(ctx, arena, place, &reader, wish, out);
    octet_reader_close(&reader);
    if (status != OCTET_OK) octet_sheet_free(ctx, out);
    return status;
}

void octet_sheet_free(octet_context *ctx, octet_sheet *sheet) {
    octet_buffer_free(ctx, &sheet->input_data);
    octet_buffer_free(ctx, &sheet->label_data);
    *sheet = (octet_sheet){0};
}
