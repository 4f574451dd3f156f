/* A file of --columns: CSV, JSON or .npz.
 * Covers: data/columns.c */
#include "fuzz/target.h"

#include <math.h>

#include "data/columns.h"

static void check(const octet_columns *columns) {
    uint32_t found;
    if (columns->n == 0) abort();
    for (uint32_t c = 0; c < columns->n; c++) {
        if (!isfinite(columns->shift[c]) || !(columns->scale[c] > 0.0) || isinf(columns->scale[c])) abort();
        if (isnan(octet_columns_scale(columns, c, 1.0))) abort();
        if (columns->names != NULL && c < 16 && (!octet_columns_find(columns, columns->names[c], &found) || found != c))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    octet_context ctx;
    octet_arena arena = {0};
    octet_columns columns;
    target_begin(&ctx);
    const octet_bytes bytes = {size > 0 ? data : (const uint8_t *)"", size};
    const octet_status status = octet_columns_read(&ctx, &arena, "fuzz", bytes, &columns);
    if (status == OCTET_OK) check(&columns);
    octet_arena_free(&ctx, &arena);
    return target_end(&ctx, status);
}
