/* Cells as numbers, lines as rows. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/ascii.h"
#include "base/checked.h"
#include "base/number.h"
#include "formats/csv.h"

/* What a text says. */
typedef enum meaning { NUMBER, NO_NUMBER, NO_VALUE, MIXED_MARKS } meaning;

/* As pandas and R write what is missing. */
static const char *const missing[] = {"", "nan", "na", "n/a", "null", "none", "?", "-", "#n/a"};
static const char *const words[] = {"false", "true"};

static meaning meaning_of_word(const char *text, double *out) {
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        *out = (double)i;
        if (octet_ascii_is_alike(text, words[i])) return NUMBER;
    }
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++)
        if (octet_ascii_is_alike(text, missing[i])) return NO_VALUE;
    return NO_NUMBER;
}

typedef struct decimal {
    uint64_t digits;
    int32_t exponent;
    uint32_t n_digits; /* that count: without zeros in front */
    bool has_digits, is_cut;
} decimal;

static const char *take_digits(const char *text, bool is_fraction, decimal *d) {
    enum { MOST_DIGITS = 18 };
    for (; octet_ascii_is_digit(*text); text++) {
        d->has_digits = true;
        if (d->n_digits < MOST_DIGITS) {
            d->digits = 10 * d->digits + (uint64_t)(*text - '0');
            d->n_digits += d->digits > 0;
            d->exponent -= is_fraction;
        } else {
            d->is_cut = d->is_cut || *text != '0';
            d->exponent += !is_fraction;
        }
    }
    return text;
}

static const char *take_exponent(const char *text, decimal *d) {
    enum { MOST = 100000 };
    if (*text != 'e' && *text != 'E') return text;
    const char *digit = text + 1 + (text[1] == '-' || text[1] == '+');
    int32_t exponent = 0;
    if (!octet_ascii_is_digit(*digit)) return text;
    for (; octet_ascii_is_digit(*digit); digit++)
        if (exponent < MOST) exponent = 10 * exponent + (*digit - '0');
    d->exponent += text[1] == '-' ? -exponent : exponent;
    return digit;
}

/* The mark is that of the file, or the first that a file has. */
static meaning read_number(octet_csv *csv, char *text, double *out) {
    decimal d = {0};
    const bool is_negative = *text == '-';
    char *first = text + (*text == '-' || *text == '+'), *at_mark = NULL;
    const char *at = take_digits(first, false, &d);
    if (*at == '.' || (*at == ',' && csv->separator != ',')) {
        at_mark = first + (at - first);
        at = take_digits(at + 1, true, &d);
    }
    at = d.has_digits ? take_exponent(at, &d) : at;
    if (*at != '\0' || !d.has_digits) return meaning_of_word(text, out);
    if (at_mark != NULL && csv->mark != 0 && csv->mark != *at_mark) return MIXED_MARKS;
    if (at_mark != NULL) csv->mark = *at_mark;
    if (d.is_cut || !octet_number_from_digits(d.digits, d.exponent, out)) {
        if (at_mark != NULL) *at_mark = '.';
        *out = octet_number_read_f64(first, NULL);
        if (at_mark != NULL) *at_mark = csv->mark;
    }
    if (is_negative) *out = -*out;
    return NUMBER;
}

octet_status octet_csv_number(octet_context *ctx, octet_csv *csv, uint32_t column, double *out) {
    char *text = csv->cells[column].text;
    const char *name = csv->names != NULL ? csv->names[column] : "";
    const unsigned long long line = csv->line;
    const meaning found = strlen(text) == csv->cells[column].size ? read_number(csv, text, out) : NO_NUMBER;
    OCTET_CHECK(
        ctx, found != NO_VALUE, OCTET_FORMAT,
        "%s: line %llu, column '%.64s': no value ('%.16s'): leave the line out or fill the cell, as in training",
        csv->name, line, name, text);
    OCTET_CHECK(ctx, found != MIXED_MARKS, OCTET_FORMAT,
                "%s: line %llu, column '%.64s': '%.32s' has another decimal mark than the numbers before it: write all "
                "with a point",
                csv->name, line, name, text);
    OCTET_CHECK(ctx, found == NUMBER, OCTET_FORMAT,
                "%s: line %llu, column '%.64s': '%.32s' is no number: give text as the numbers that it was in training",
                csv->name, line, name, text);
    OCTET_CHECK(ctx, fabs(*out) <= (double)FLT_MAX, OCTET_FORMAT,
                "%s: line %llu, column '%.64s': %.32s is more than float32 holds", csv->name, line, name, text);
    return OCTET_OK;
}

/* ---- Rows ---- */

/* float32 becomes float64, from the last number to the first. */
static octet_status widen(octet_context *ctx, octet_csv_rows *rows) {
    const size_t n = rows->values.size / sizeof(float);
    OCTET_TRY(octet_buffer_extend(ctx, &rows->values, n * sizeof(float), NULL));
    for (size_t i = n; i-- > 0;) {
        float narrow;
        memcpy(&narrow, rows->values.data + i * sizeof narrow, sizeof narrow);
        const double wide = (double)narrow;
        memcpy(rows->values.data + i * sizeof wide, &wide, sizeof wide);
    }
    rows->is_wide = true;
    return OCTET_OK;
}

static octet_status put(octet_context *ctx, octet_csv_rows *rows, double number) {
    const float narrow = (float)number;
    if (!rows->is_wide && (double)narrow != number) OCTET_TRY(widen(ctx, rows));
    return rows->is_wide ? octet_buffer_append(ctx, &rows->values, &number, sizeof number)
                         : octet_buffer_append(ctx, &rows->values, &narrow, sizeof narrow);
}

octet_status octet_csv_read(octet_context *ctx, octet_csv *csv, octet_csv_rows *sets, uint32_t n_sets, size_t *n_rows) {
    *n_rows = 0;
    for (uint32_t s = 0; s < n_sets; s++) sets[s].values.max_size = ctx->max_memory_bytes;
    for (bool is_there;;) {
        OCTET_TRY(octet_csv_next(ctx, csv, &is_there));
        if (!is_there) break;
        for (uint32_t s = 0; s < n_sets; s++) {
            for (uint32_t i = 0; i < sets[s].n_columns; i++) {
                double number = 0.0;
                OCTET_TRY(octet_csv_number(ctx, csv, sets[s].columns[i], &number));
                OCTET_TRY(put(ctx, &sets[s], number));
            }
        }
        ++*n_rows;
    }
    OCTET_CHECK(ctx, *n_rows > 0, OCTET_FORMAT, "%s: a line of names and no line below it", csv->name);
    return OCTET_OK;
}
