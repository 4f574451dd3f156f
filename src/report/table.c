#include "report/table.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/format.h"
#include "base/utf8.h"
#include "report/text.h"

/* Copies the text, which may come from a file, and makes it printable. */
static octet_status add(octet_context *ctx, octet_table *table, const char *text) {
    char *copy;
    OCTET_TRY(octet_arena_copy(ctx, &table->arena, text, strlen(text) + 1, (void **)&copy));
    octet_utf8_make_printable(copy);
    assert(table->n_columns > 0 && table->n_columns <= OCTET_TABLE_MAX_COLUMNS);
    if (table->n_cells == table->capacity) {
        const uint32_t capacity = table->capacity == 0 ? 256 : 2 * table->capacity;
        const char **cells;
        OCTET_TRY(OCTET_NEW(ctx, &table->arena, capacity, &cells));
        if (table->n_cells > 0) memcpy(cells, table->cells, table->n_cells * sizeof *cells);
        table->cells = cells;
        table->capacity = capacity;
    }
    table->cells[table->n_cells++] = copy;
    return OCTET_OK;
}

octet_status octet_table_cell(octet_context *ctx, octet_table *table, const char *format, ...) {
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    octet_format_list(text, sizeof text, format, arguments);
    va_end(arguments);
    return add(ctx, table, text);
}

octet_status octet_table_name(octet_context *ctx, octet_table *table, const char *name, uint32_t width) {
    const char *text;
    OCTET_TRY(octet_text_shorten(ctx, &table->arena, name, width, &text));
    return add(ctx, table, text);
}

octet_status octet_table_write(octet_context *ctx, const octet_table *table, uint32_t indent, octet_buffer *out) {
    uint32_t widths[OCTET_TABLE_MAX_COLUMNS] = {0};
    bool used[OCTET_TABLE_MAX_COLUMNS] = {false};
    for (uint32_t i = 0; i < table->n_cells; i++) {
        const uint32_t column = i % table->n_columns, width = octet_text_n_characters(table->cells[i]);
        if (width > widths[column]) widths[column] = width;
        if (i >= table->n_columns && width > 0) used[column] = true;
    }
    uint32_t spaces = indent; /* owed before the next text of the line */
    for (uint32_t i = 0; i < table->n_cells; i++) {
        const uint32_t column = i % table->n_columns, width = octet_text_n_characters(table->cells[i]);
        if (used[column]) {
            const uint32_t padding = widths[column] - width;
            const bool right = (table->right >> column & 1) != 0;
            if (width > 0) {
                OCTET_TRY(
                    octet_buffer_format(ctx, out, "%*s%s", (int)(spaces + (right ? padding : 0)), "", table->cells[i]));
                spaces = right ? 0 : padding;
            } else {
                spaces += padding;
            }
            spaces += 2;
        }
        if (column + 1 == table->n_columns) {
            OCTET_TRY(octet_buffer_append(ctx, out, "\n", 1));
            spaces = indent;
        }
    }
    return OCTET_OK;
}

void octet_table_free(octet_context *ctx, octet_table *table) { octet_arena_free(ctx, &table->arena); }
