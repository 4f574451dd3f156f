/* data/sheet.h - a CSV as arrays: samples, and labels from its own columns.
 * In:  the place of a CSV, plain or .gz; the names of its label columns, and of the columns to take.
 * Out: arrays of float32, or of float64 where float32 does not hold all numbers exactly.
 * Knows: formats/csv.
 * Does not know: models, shapes of inputs. */
#ifndef OCTET_DATA_SHEET_H
#define OCTET_DATA_SHEET_H

#include "data/columns.h"
#include "data/places.h"

typedef struct octet_sheet {
    const char *const *names; /* of the columns of `inputs`, and their number; NULL before the table is read */
    uint32_t n_columns;
    const uint32_t *entries;             /* by column: its number in columns, where names chose; or NULL */
    octet_array inputs;                  /* [rows, columns] */
    octet_array labels;                  /* [rows] or [rows, columns]; no data without label columns */
    octet_buffer input_data, label_data; /* what both lie in */
} octet_sheet;

/* What is taken from a CSV. */
typedef struct octet_sheet_wish {
    const char
        *label_column; /* a name or a number from 0 (-1: the last), or several with commas between them; or NULL */
    const octet_columns *columns; /* NULL: all columns but labels are inputs. With names that the CSV has: those, in
                                   * their order, and a label that is named there is scaled as it says */
    bool takes_a_part;            /* columns->names may also be those of other inputs */
} octet_sheet_wish;

/* Reads all of it. Names live in `arena`. Errors: those of formats/csv.h; DATA for a column that is not there (the
 * sentence lists those that are), a name that stands twice or is missing, no column but labels. On failure *out needs
 * no freeing. */
octet_status octet_sheet_read(octet_context *ctx, octet_arena *arena, const octet_place *place,
                              const octet_sheet_wish *wish, octet_sheet *out);
void octet_sheet_free(octet_context *ctx, octet_sheet *sheet); /* zeros are allowed */

#endif
