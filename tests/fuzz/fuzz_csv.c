/* A CSV: header, lines, numbers. Every number is the one that strtod reads.
 * Covers: formats/csv.c formats/csv_numbers.c base/number.c */
#include "fuzz/target.h"

#include <math.h>
#include <string.h>

#include "base/ascii.h"
#include "base/number.h"
#include "formats/csv.h"

/* The cell before it was read: reading must leave it as it is. */
static void check_number(const octet_csv *csv, uint32_t column, const char *before, double number) {
    char text[512];
    const octet_csv_cell *cell = &csv->cells[column];
    if (!isfinite(number)) abort();
    if (cell->size >= sizeof text || memcmp(before, cell->text, cell->size + 1) != 0) abort();
    memcpy(text, cell->text, cell->size + 1);
    if (octet_ascii_is_letter(text[0])) { /* true and false */
        if (number != 0.0 && number != 1.0) abort();
        return;
    }
    char *comma = strchr(text, ',');
    if (comma != NULL) *comma = '.';
    if (octet_number_read_f64(text, NULL) != number) abort();
}

static octet_status read_lines(octet_context *ctx, octet_csv *csv) {
    for (bool is_there;;) {
        OCTET_TRY(octet_csv_next(ctx, csv, &is_there));
        if (!is_there) return OCTET_OK;
        for (uint32_t c = 0; c < csv->n_columns; c++) {
            char before[512];
            double number = NAN;
            const bool is_short = csv->cells[c].size < sizeof before;
            if (csv->cells[c].text[csv->cells[c].size] != '\0') abort();
            if (is_short) memcpy(before, csv->cells[c].text, csv->cells[c].size + 1);
            OCTET_TRY(octet_csv_number(ctx, csv, c, &number));
            if (is_short) check_number(csv, c, before, number);
        }
    }
}

static octet_status read_rows(octet_context *ctx, octet_arena *arena, octet_csv *csv) {
    uint32_t *columns, found;
    char names[OCTET_CSV_NAMES_SIZE];
    size_t n_rows = 0;
    OCTET_TRY(OCTET_NEW(ctx, arena, csv->n_columns, &columns));
    for (uint32_t c = 0; c < csv->n_columns; c++) columns[c] = csv->n_columns - 1 - c;
    if (strlen(octet_csv_names_text(csv, names)) >= sizeof names) abort();
    if (!octet_csv_find(csv, csv->names[csv->n_columns - 1], &found) || found >= csv->n_columns) abort();
    octet_csv_rows sets[2] = {{.columns = columns, .n_columns = csv->n_columns}, {.columns = columns, .n_columns = 1}};
    const octet_status status = octet_csv_read(ctx, csv, sets, 2, &n_rows);
    for (int s = 0; s < 2; s++) {
        const size_t size = n_rows * sets[s].n_columns * (sets[s].is_wide ? 8 : 4);
        if (status == OCTET_OK && sets[s].values.size != size) abort();
        octet_buffer_free(ctx, &sets[s].values);
    }
    return status;
}

static octet_status read_once(const octet_reader *reader, bool as_rows) {
    octet_context ctx;
    octet_arena arena = {0};
    octet_csv csv;
    target_begin(&ctx);
    octet_status status = octet_csv_open(&ctx, &arena, reader, &csv);
    if (status == OCTET_OK) {
        status = as_rows ? read_rows(&ctx, &arena, &csv) : read_lines(&ctx, &csv);
        octet_csv_close(&ctx, &csv);
    }
    octet_arena_free(&ctx, &arena);
    target_end(&ctx, status);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const octet_reader reader = octet_reader_of_bytes((octet_bytes){data, size}, "fuzz");
    const octet_status lines = read_once(&reader, false), rows = read_once(&reader, true);
    if (rows == OCTET_OK && lines != OCTET_OK) abort();
    return 0;
}
