/* report/table.h - columns that line up.
 * In:  cells, row by row; the first row is the heading.
 * Out: lines of text, columns two spaces apart, nothing at the ends of lines.
 * Knows: UTF-8, enough to count characters.
 * Does not know: what the cells mean. */
#ifndef OCTET_REPORT_TABLE_H
#define OCTET_REPORT_TABLE_H

#include "base/buffer.h"
#include "base/memory.h"

enum { OCTET_TABLE_MAX_COLUMNS = 24 };

typedef struct octet_table {
    octet_arena arena;
    const char **cells;
    uint32_t n_cells, capacity;
    uint32_t n_columns;
    uint32_t right; /* bit i: column i is aligned to the right */
} octet_table;

/* A table with n_columns set and zeros besides is empty and ready. */
octet_status octet_table_cell(octet_context *ctx, octet_table *table, const char *format, ...) OCTET_PRINTF(3, 4);
/* A cell of at most `width` (8 or more) characters: from a list "a;b;c" only
 * a; longer text keeps its end behind "...". */
octet_status octet_table_name(octet_context *ctx, octet_table *table, const char *name, uint32_t width);
/* Columns whose cells are all empty, heading apart, are left out. */
octet_status octet_table_write(octet_context *ctx, const octet_table *table, uint32_t indent, octet_buffer *out);
void octet_table_free(octet_context *ctx, octet_table *table);

#endif
