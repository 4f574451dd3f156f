/* Numbers and texts are those of base/record.h.
 *
 *  1. 8 bytes "octetsta"
 *  2. u32     version of this layout: 2
 *  3. u32     flags: 1: the model keeps state from sample to sample
 *  4. u64     fingerprint of the model (fingerprint.h)
 *  5. u64     number of samples
 *  6. 4 f64   of the first input: least and largest number as stored, and as the model was given it; before any sample
 *             inf, -inf, inf, -inf
 *  7. u32     number of hashes of samples, at most OCTET_DISTINCT_MOST and the number of samples; then a u64 each,
 *             ascending: the least ones, each once (distinct.h)
 *  8. text    how the samples were scaled
 *  9. parts of the samples as base/parts.h has them, looks at the samples as looks.h
 * 10. u32     number of rows; then for each, in the order of statistics.h:
 *       a. text   name of the value
 *       b. u32    occurrence of the name
 *       c. text   layer
 *       d. u32    number of kinds of statistics; then for each, by ascending number:
 *            u32    number of the kind; 1: ranges, which none lacks
 *            u32    size of what follows in bytes
 *            bytes  as file_kinds.c lists them
 * 11. u64     octet_hash (base/hash.h) of everything before, and the end
 *
 * A further kind needs no new version: an octet that does not know it says so. */
#include "statistics/file.h"

#include "base/record.h"
#include "statistics/file_kinds.h"
#include <inttypes.h>
#include <math.h>

enum {
    VERSION = 2,
    KEEPS_STATE = 1,
    KIND_RANGES = 1,
    LEAST_ROW_SIZE = 16, /* two empty texts, occurrence, no kind */
    LONGEST_TEXT = 1 << 16
};

/* ---- Writing ---- */

static octet_status write_row(octet_context *ctx, octet_buffer *out, const octet_statistics_row *row) {
    OCTET_TRY(octet_record_write_text(ctx, out, row->name));
    OCTET_TRY(octet_buffer_u32le(ctx, out, row->occurrence));
    OCTET_TRY(octet_record_write_text(ctx, out, row->layer));
    return octet_kinds_write(ctx, row, out);
}

octet_status octet_statistics_write(octet_context *ctx, const octet_statistics *statistics, octet_buffer *out) {
    const size_t start = out->size;
    OCTET_TRY(octet_buffer_append(ctx, out, OCTET_MAGIC_STATISTICS, sizeof OCTET_MAGIC_STATISTICS - 1));
    OCTET_TRY(octet_buffer_u32le(ctx, out, VERSION));
    OCTET_TRY(octet_buffer_u32le(ctx, out, statistics->keeps_state ? KEEPS_STATE : 0));
    OCTET_TRY(octet_buffer_u64le(ctx, out, statistics->fingerprint));
    OCTET_TRY(octet_buffer_u64le(ctx, out, statistics->n_samples));
    OCTET_TRY(octet_record_write_f64(ctx, out, statistics->data.raw_min));
    OCTET_TRY(octet_record_write_f64(ctx, out, statistics->data.raw_max));
    OCTET_TRY(octet_record_write_f64(ctx, out, statistics->data.min));
    OCTET_TRY(octet_record_write_f64(ctx, out, statistics->data.max));
    OCTET_TRY(octet_buffer_u32le(ctx, out, statistics->distinct.n));
    for (uint32_t i = 0; i < statistics->distinct.n; i++)
        OCTET_TRY(octet_buffer_u64le(ctx, out, statistics->distinct.hashes[i]));
    OCTET_TRY(octet_record_write_text(ctx, out, statistics->scaling));
    OCTET_TRY(octet_parts_write(ctx, &statistics->parts, out));
    OCTET_TRY(octet_looks_write(ctx, &statistics->looks, out));
    OCTET_TRY(octet_buffer_u32le(ctx, out, statistics->n_rows));
    for (uint32_t i = 0; i < statistics->n_rows; i++) OCTET_TRY(write_row(ctx, out, &statistics->rows[i]));
    return octet_record_write_check(ctx, out, start);
}

/* ---- Reading ---- */

static octet_status read_data_range(octet_record_reader *r, octet_data_range *out) {
    OCTET_TRY(octet_record_read_f64(r, &out->raw_min));
    OCTET_TRY(octet_record_read_f64(r, &out->raw_max));
    OCTET_TRY(octet_record_read_f64(r, &out->min));
    OCTET_TRY(octet_record_read_f64(r, &out->max));
    const octet_data_range empty = octet_data_range_empty();
    const bool is_empty = out->raw_min == empty.raw_min && out->raw_max == empty.raw_max && out->min == empty.min &&
                          out->max == empty.max;
    OCTET_CHECK(r->ctx, is_empty || (out->raw_min <= out->raw_max && out->min <= out->max), OCTET_FORMAT,
                "%s: the data range from %g to %g, given as %g to %g", r->file, out->raw_min, out->raw_max, out->min,
                out->max);
    return OCTET_OK;
}

static octet_status read_hashes(octet_record_reader *r, uint64_t n_samples, octet_distinct *out) {
    uint32_t n;
    void *block;
    OCTET_TRY(octet_record_read_u32(r, &n));
    OCTET_CHECK(r->ctx, n <= OCTET_DISTINCT_MOST && n <= n_samples, OCTET_FORMAT,
                "%s: %" PRIu32 " hashes of %" PRIu64 " samples", r->file, n, n_samples);
    if (!octet_bytes_inside(r->bytes, r->at, 8 * (size_t)n)) return octet_record_truncated(r);
    OCTET_TRY(octet_memory_allocate(r->ctx, 8 * (size_t)n, &block));
    *out = (octet_distinct){.hashes = block, .capacity = n};
    for (uint32_t i = 0; i < n; i++) {
        OCTET_TRY(octet_record_read_u64(r, &out->hashes[i]));
        OCTET_CHECK(r->ctx, i == 0 || out->hashes[i] > out->hashes[i - 1], OCTET_FORMAT,
                    "%s: hash %" PRIu32 " of the samples is not above the one before", r->file, i);
    }
    out->n = n;
    return OCTET_OK;
}

static octet_status read_row(octet_record_reader *r, octet_statistics *out, octet_statistics_row *row) {
    uint32_t n_kinds, kind = 0, size;
    OCTET_TRY(octet_record_read_text(r, &out->arena, &row->name));
    OCTET_TRY(octet_record_read_u32(r, &row->occurrence));
    OCTET_TRY(octet_record_read_text(r, &out->arena, &row->layer));
    OCTET_TRY(octet_record_read_u32(r, &n_kinds));
    OCTET_CHECK(r->ctx, n_kinds > 0, OCTET_FORMAT, "%s: %s has no range", r->file, row->name);
    for (uint32_t i = 0; i < n_kinds; i++) {
        const uint32_t before = kind;
        OCTET_TRY(octet_record_read_u32(r, &kind));
        OCTET_TRY(octet_record_read_u32(r, &size));
        OCTET_CHECK(r->ctx, kind > before && (i > 0 || kind == KIND_RANGES), OCTET_FORMAT,
                    "%s: statistics of kind %" PRIu32 " of %s stand behind those of kind %" PRIu32, r->file, kind,
                    row->name, before);
        if (!octet_bytes_inside(r->bytes, r->at, size)) return octet_record_truncated(r);
        const octet_bytes body = {r->bytes.data + r->at, size};
        OCTET_TRY(
            octet_kinds_read(r->ctx, &out->arena, kind, body, r->file, octet_histogram_bins_for(out->n_rows), row));
        r->at += size;
    }
    out->kinds |= octet_row_kinds(row);
    return OCTET_OK;
}

static octet_status read_rows(octet_record_reader *r, octet_statistics *out) {
    uint32_t n;
    OCTET_TRY(octet_record_read_u32(r, &n));
    if (n > (r->bytes.size - r->at) / LEAST_ROW_SIZE) return octet_record_truncated(r);
    OCTET_TRY(OCTET_NEW(r->ctx, &out->arena, n, &out->rows));
    out->n_rows = n;
    for (uint32_t i = 0; i < n; i++) OCTET_TRY(read_row(r, out, &out->rows[i]));
    return OCTET_OK;
}

static octet_status read_all(octet_record_reader *r, octet_statistics *out) {
    uint32_t flags;
    OCTET_TRY(octet_record_read_head(r, OCTET_MAGIC_STATISTICS, VERSION));
    OCTET_TRY(octet_record_read_u32(r, &flags));
    OCTET_CHECK(r->ctx, flags <= KEEPS_STATE, OCTET_FORMAT, "%s: flags %" PRIu32 " in the head", r->file, flags);
    out->keeps_state = flags != 0;
    OCTET_TRY(octet_record_read_u64(r, &out->fingerprint));
    OCTET_TRY(octet_record_read_u64(r, &out->n_samples));
    OCTET_TRY(read_data_range(r, &out->data));
    OCTET_TRY(read_hashes(r, out->n_samples, &out->distinct));
    OCTET_TRY(octet_record_read_text(r, &out->arena, &out->scaling));
    OCTET_TRY(octet_parts_read(r, &out->arena, &out->parts));
    OCTET_TRY(octet_looks_read(r, &out->arena, &out->looks));
    OCTET_TRY(read_rows(r, out));
    return octet_record_end(r);
}

octet_status octet_statistics_read(octet_context *ctx, octet_bytes bytes, const char *name, octet_statistics **out) {
    octet_record_reader r = {.ctx = ctx, .bytes = bytes, .file = name, .what = "statistics"};
    octet_statistics *statistics = NULL;
    OCTET_TRY(octet_statistics_create_empty(ctx, &statistics));
    const octet_status status = read_all(&r, statistics);
    if (status == OCTET_OK) *out = statistics;
    else octet_statistics_free(ctx, statistics);
    return status;
}
