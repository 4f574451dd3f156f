/* Covers: statistics/file.c statistics/looks.c statistics/file_kinds.c statistics/statistics.c statistics/row.c
 * statistics/histogram.c */
#include "fuzz/target.h"

#include <string.h>

#include "base/hash.h"
#include "statistics/file.h"

enum { CHECK_SUM = 8 };

/* With the check sum that the bytes should have, so that what it guards is reached. */
static octet_status seal(octet_context *ctx, const uint8_t *data, size_t size, octet_buffer *out) {
    if (size < CHECK_SUM) return octet_buffer_append(ctx, out, data, size);
    OCTET_TRY(octet_buffer_append(ctx, out, data, size - CHECK_SUM));
    return octet_buffer_u64le(ctx, out, octet_hash(0, data, size - CHECK_SUM));
}

/* What was read is written, read and merged with itself; its rows stay as they are. */
static octet_status use(octet_context *ctx, const octet_statistics *statistics, octet_buffer *first,
                        octet_buffer *second) {
    octet_statistics *again = NULL;
    const char *where;
    octet_statistics_check(ctx, statistics, NULL);
    octet_context_clear(ctx);
    if (!(octet_statistics_late_growth(statistics, &where) >= 0.0)) abort();
    if (octet_statistics_n_distinct(statistics) > statistics->n_samples) abort();
    OCTET_TRY(octet_statistics_write(ctx, statistics, first));
    if (octet_statistics_read(ctx, (octet_bytes){first->data, first->size}, "again", &again) != OCTET_OK) abort();
    octet_status status = octet_statistics_write(ctx, again, second);
    if (status == OCTET_OK && (first->size != second->size || memcmp(first->data, second->data, first->size) != 0))
        abort();
    octet_statistics_join(ctx, again, statistics);
    octet_context_clear(ctx);
    for (uint32_t i = 0; i < again->n_rows; i++) {
        const octet_observed_range a = octet_statistics_range(&again->rows[i]),
                                   b = octet_statistics_range(&statistics->rows[i]);
        if (a.min != b.min || a.max != b.max || a.seen != b.seen || a.saw_nan != b.saw_nan) abort();
    }
    octet_statistics_free(ctx, again);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    octet_context ctx;
    target_begin(&ctx);
    octet_buffer sealed = {0}, first = {0}, second = {0};
    octet_statistics *statistics = NULL;
    octet_status status = seal(&ctx, data, size, &sealed);
    if (status == OCTET_OK)
        status = octet_statistics_read(&ctx, (octet_bytes){sealed.data, sealed.size}, "fuzz", &statistics);
    if (status == OCTET_OK) status = use(&ctx, statistics, &first, &second);
    octet_statistics_free(&ctx, statistics);
    octet_buffer_free(&ctx, &second);
    octet_buffer_free(&ctx, &first);
    octet_buffer_free(&ctx, &sealed);
    return target_end(&ctx, status);
}
