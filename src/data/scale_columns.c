/* Samples scaled column by column: number i of a sample is one of column i modulo their number. */
#include "data/samples.h"

octet_status octet_samples_take_columns(octet_context *ctx, octet_samples *samples, const octet_columns *columns) {
    octet_columns *own = &samples->columns;
    const uint32_t *entries = samples->sheet.entries;
    if (columns == NULL) return OCTET_OK;
    *own = *columns;
    if (entries == NULL) return OCTET_OK;
    own->n = samples->sheet.n_columns;
    own->names = samples->sheet.names;
    OCTET_TRY(OCTET_NEW(ctx, &samples->arena, own->n, &own->shift));
    OCTET_TRY(OCTET_NEW(ctx, &samples->arena, own->n, &own->scale));
    for (uint32_t i = 0; i < own->n; i++) {
        own->shift[i] = columns->shift[entries[i]];
        own->scale[i] = columns->scale[entries[i]];
    }
    return OCTET_OK;
}

octet_status octet_samples_check_columns(octet_context *ctx, const octet_samples *samples, int32_t rank,
                                         const int32_t *dims) {
    const uint32_t n = samples->columns.n, last = rank > 0 ? (uint32_t)dims[rank - 1] : 1;
    char want[OCTET_ARRAY_TEXT_SIZE];
    OCTET_CHECK(ctx, n == 0 || n == last || n == samples->n_elements, OCTET_DATA,
                "%s: scales %u columns, the model's input %s has %u in its last dimension and %zu numbers in all; a "
                "column that is not scaled has mean 0 and std 1",
                samples->columns.path, (unsigned)n, octet_dims_text(rank, dims, want), (unsigned)last,
                samples->n_elements);
    return OCTET_OK;
}

void octet_samples_scale_columns(const octet_samples *samples, const octet_array *row, size_t n, float *out) {
    uint32_t column = 0;
    for (size_t i = 0; i < n; i++) {
        out[i] = (float)octet_columns_scale(&samples->columns, column, octet_array_f64(row, i));
        if (++column == samples->columns.n) column = 0;
    }
}
