/* formats/csv.h - tables as text: a line of names, then lines of cells (CSV).
 * In:  a reader, from which a piece at a time is in memory.
 * Out: names of columns; the cells of a line; numbers, by column.
 * Knows: RFC 4180, and what spreadsheets, pandas and numpy write: a byte order mark, lines that end with CRLF, LF or
 *        CR, commas, semicolons or tabs between cells, decimal commas where cells are not separated by commas.
 * Does not know: what a column means. */
#ifndef OCTET_FORMATS_CSV_H
#define OCTET_FORMATS_CSV_H

#include "base/buffer.h"
#include "base/reader.h"

enum { OCTET_CSV_MAX_COLUMNS = 1 << 20 };

typedef struct octet_csv_cell {
    char *text; /* ends with NUL; without the spaces around it and without quotes; valid until the next line is read */
    size_t size;
} octet_csv_cell;

typedef struct octet_csv {
    const char *name; /* in messages */
    char separator;   /* ',', ';' or tab */
    uint32_t n_columns;
    const char *const *names; /* by column, of the header; "" for one without */
    octet_csv_cell *cells;    /* by column, of the line that was read last */
    uint64_t line;            /* its number, from 1 */
    /* The reader's own. */
    octet_reader reader;
    char *window; /* capacity + 1 bytes; [at, size) are read and not used */
    size_t at, size, capacity;
    uint64_t offset, n_lines; /* where the window ends in the file; lines before `at` */
    char line_end, mark;      /* mark: the decimal mark of the numbers so far, or 0 */
} octet_csv;

/* Reads the header. The separator is the one of the three that stands there most often. Names live in `arena`; the
 * reader must outlive *out. Errors: IO, FORMAT (no line, an open quote, a first line that is all numbers but 0, 1, 2,
 * ...), LIMIT (OCTET_CSV_MAX_COLUMNS, a line of more than 64 MiB), NOMEM. On failure *out needs no closing. */
octet_status octet_csv_open(octet_context *ctx, octet_arena *arena, const octet_reader *reader, octet_csv *out);
void octet_csv_close(octet_context *ctx, octet_csv *csv);
/* The next line that is not blank, into csv->cells; *is_there is false behind the last. FORMAT for more or fewer cells
 * than the header has, and for wrong quotes: with the number of the line. */
octet_status octet_csv_next(octet_context *ctx, octet_csv *csv, bool *is_there);
/* The number in a cell of the line, as float64 rounded to nearest even: digits with a sign, a decimal mark and an
 * exponent; true and false are 1 and 0. FORMAT with line and name of the column: no number, no value, more than float32
 * holds, two decimal marks in one file. */
octet_status octet_csv_number(octet_context *ctx, octet_csv *csv, uint32_t column, double *out);

/* Rows of some columns, as they are gathered. */
typedef struct octet_csv_rows {
    const uint32_t *columns; /* n_columns of them: a row has their numbers in this order */
    uint32_t n_columns;
    bool is_wide;        /* float64; else float32, which holds all of them exactly */
    octet_buffer values; /* the caller frees it */
} octet_csv_rows;

/* Reads all lines that are left into n_sets sets of rows at a time. Errors as above; FORMAT for none. */
octet_status octet_csv_read(octet_context *ctx, octet_csv *csv, octet_csv_rows *sets, uint32_t n_sets, size_t *n_rows);

/* The column of a name: exactly; else, where no name fits, by its number from 0, or from -1 backwards. False: none. */
bool octet_csv_find(const octet_csv *csv, const char *name, uint32_t *out);
/* "a, b, c" of the names, cut to fit: returns text, which has OCTET_CSV_NAMES_SIZE bytes. */
enum { OCTET_CSV_NAMES_SIZE = 256 };
const char *octet_csv_names_text(const octet_csv *csv, char text[OCTET_CSV_NAMES_SIZE]);

#endif
