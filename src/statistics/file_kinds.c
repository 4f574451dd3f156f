/* A range is f32 minimum, f32 maximum, u32 flags: 1: seen, 2: saw NaN. An exact sum is, of its limbs as a number in
 * two's complement, u32 the first that is not 0, u32 how many follow up to the last that the sign does not tell, and
 * those as u32. Kinds by number:
 *
 *  1. ranges: of each half a range
 *  2. moments: of each half u64 numbers, u64 samples, exact sums of numbers, squares, minima and maxima
 *  3. histograms: of each half u64 zeros, u32 bins; where there are any: u32 exponent, u32 first bin, a u64 each
 *  4. channels: u32 channels, u64 numbers of each; of each f32 minimum, f32 maximum, exact sum
 *  5. tenths: of each tenth a range */
#include "statistics/file_kinds.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/record.h"

enum {
    KIND_RANGES = 1,
    KIND_MOMENTS,
    KIND_HISTOGRAMS,
    KIND_CHANNELS,
    KIND_TENTHS,
    RANGE_SEEN = 1,
    RANGE_SAW_NAN = 2,
    LEAST_CHANNEL_SIZE = 16
};

/* ---- Writing ---- */

static octet_status write_ranges(octet_context *ctx, octet_buffer *out, const octet_observed_range *ranges, int n) {
    for (int i = 0; i < n; i++) {
        OCTET_TRY(octet_record_write_f32(ctx, out, ranges[i].min));
        OCTET_TRY(octet_record_write_f32(ctx, out, ranges[i].max));
        OCTET_TRY(octet_buffer_u32le(ctx, out,
                                     (ranges[i].seen ? RANGE_SEEN : 0u) | (ranges[i].saw_nan ? RANGE_SAW_NAN : 0u)));
    }
    return OCTET_OK;
}

static octet_status write_sum(octet_context *ctx, octet_buffer *out, const octet_exact_sum *sum) {
    int first = 0, end = OCTET_EXACT_LIMBS;
    while (first < OCTET_EXACT_LIMBS && sum->limbs[first] == 0) first++;
    while (end > first + 1) {
        const uint32_t last = (uint32_t)sum->limbs[end - 1], before = (uint32_t)sum->limbs[end - 2];
        if (last != (before >> 31 != 0 ? UINT32_MAX : 0u)) break;
        end--;
    }
    if (first == OCTET_EXACT_LIMBS) first = end = 0;
    OCTET_TRY(octet_buffer_u32le(ctx, out, (uint32_t)first));
    OCTET_TRY(octet_buffer_u32le(ctx, out, (uint32_t)(end - first)));
    for (int i = first; i < end; i++) OCTET_TRY(octet_buffer_u32le(ctx, out, (uint32_t)sum->limbs[i]));
    return OCTET_OK;
}

static octet_status write_moments(octet_context *ctx, octet_buffer *out, const octet_moments *moments) {
    for (int h = 0; h < OCTET_STATISTICS_HALVES; h++) {
        OCTET_TRY(octet_buffer_u64le(ctx, out, moments[h].n));
        OCTET_TRY(octet_buffer_u64le(ctx, out, moments[h].n_samples));
        OCTET_TRY(write_sum(ctx, out, &moments[h].sum));
        OCTET_TRY(write_sum(ctx, out, &moments[h].squares));
        OCTET_TRY(write_sum(ctx, out, &moments[h].minima));
        OCTET_TRY(write_sum(ctx, out, &moments[h].maxima));
    }
    return OCTET_OK;
}

static octet_status write_histograms(octet_context *ctx, octet_buffer *out, const octet_histogram *histograms) {
    for (int half = 0; half < OCTET_STATISTICS_HALVES; half++) {
        const octet_histogram *h = &histograms[half];
        OCTET_TRY(octet_buffer_u64le(ctx, out, h->n_zeros));
        OCTET_TRY(octet_buffer_u32le(ctx, out, h->n > 0 ? (uint32_t)(h->last - h->first) + 1 : 0));
        if (h->n == 0) continue;
        OCTET_TRY(octet_buffer_u32le(ctx, out, (uint32_t)h->exponent));
        OCTET_TRY(octet_buffer_u32le(ctx, out, (uint32_t)h->first));
        for (int32_t i = h->first; i <= h->last; i++)
            OCTET_TRY(octet_buffer_u64le(ctx, out, octet_histogram_count(h, i)));
    }
    return OCTET_OK;
}

static octet_status write_channels(octet_context *ctx, octet_buffer *out, const octet_channel_moments *channels) {
    OCTET_TRY(octet_buffer_u32le(ctx, out, channels->n_channels));
    OCTET_TRY(octet_buffer_u64le(ctx, out, channels->n));
    for (uint32_t c = 0; c < channels->n_channels; c++) {
        OCTET_TRY(octet_record_write_f32(ctx, out, channels->min[c]));
        OCTET_TRY(octet_record_write_f32(ctx, out, channels->max[c]));
        OCTET_TRY(write_sum(ctx, out, &channels->sums[c]));
    }
    return OCTET_OK;
}

static octet_status write_kind(octet_context *ctx, uint32_t kind, const octet_statistics_row *row, octet_buffer *out) {
    switch (kind) {
    case KIND_RANGES: return write_ranges(ctx, out, row->ranges, OCTET_STATISTICS_HALVES);
    case KIND_MOMENTS: return write_moments(ctx, out, row->moments);
    case KIND_HISTOGRAMS: return write_histograms(ctx, out, row->histograms);
    case KIND_CHANNELS: return write_channels(ctx, out, row->channels);
    default: return write_ranges(ctx, out, row->tenths, OCTET_STATISTICS_TENTHS);
    }
}

octet_status octet_kinds_write(octet_context *ctx, const octet_statistics_row *row, octet_buffer *out) {
    const bool has[] = {true, row->moments != NULL, row->histograms != NULL, row->channels != NULL,
                        row->tenths != NULL};
    uint32_t n = 0;
    for (uint32_t kind = KIND_RANGES; kind <= KIND_TENTHS; kind++) n += has[kind - 1];
    OCTET_TRY(octet_buffer_u32le(ctx, out, n));
    for (uint32_t kind = KIND_RANGES; kind <= KIND_TENTHS; kind++) {
        if (!has[kind - 1]) continue;
        OCTET_TRY(octet_buffer_u32le(ctx, out, kind));
        const size_t at = out->size;
        OCTET_TRY(octet_buffer_u32le(ctx, out, 0));
        OCTET_TRY(write_kind(ctx, kind, row, out));
        const size_t size = out->size - at - 4;
        OCTET_CHECK(ctx, size <= UINT32_MAX, OCTET_LIMIT, "%s: %zu bytes of statistics are too many for one file",
                    row->name, size);
        for (int i = 0; i < 4; i++) out->data[at + (size_t)i] = (uint8_t)(size >> 8 * i);
    }
    return OCTET_OK;
}

/* ---- Reading ---- */

static octet_status read_ranges(octet_record_reader *r, octet_observed_range *ranges, int n) {
    for (int i = 0; i < n; i++) {
        octet_observed_range *range = &ranges[i];
        uint32_t flags;
        OCTET_TRY(octet_record_read_f32(r, &range->min));
        OCTET_TRY(octet_record_read_f32(r, &range->max));
        OCTET_TRY(octet_record_read_u32(r, &flags));
        range->seen = (flags & RANGE_SEEN) != 0;
        range->saw_nan = (flags & RANGE_SAW_NAN) != 0;
        const octet_observed_range empty = octet_range_empty();
        const bool is_empty = range->min == empty.min && range->max == empty.max;
        const bool is_sound =
            range->seen ? range->min <= range->max || (is_empty && range->saw_nan) : is_empty && !range->saw_nan;
        OCTET_CHECK(r->ctx, is_sound && range->max >= empty.max && flags <= (RANGE_SEEN | RANGE_SAW_NAN), OCTET_FORMAT,
                    "%s: %s has the range %g to %g with flags %" PRIu32, r->file, r->row, (double)range->min,
                    (double)range->max, flags);
    }
    return OCTET_OK;
}

static octet_status read_sum(octet_record_reader *r, octet_exact_sum *out) {
    uint32_t first, n, word = 0;
    OCTET_TRY(octet_record_read_u32(r, &first));
    OCTET_TRY(octet_record_read_u32(r, &n));
    OCTET_CHECK(r->ctx, first < OCTET_EXACT_LIMBS && n <= OCTET_EXACT_LIMBS - first, OCTET_FORMAT,
                "%s: %s has a sum of %" PRIu32 " limbs from %" PRIu32 " on; there are %d", r->file, r->row, n, first,
                OCTET_EXACT_LIMBS);
    *out = (octet_exact_sum){0};
    for (uint32_t i = first; i < first + n; i++) {
        OCTET_TRY(octet_record_read_u32(r, &word));
        out->limbs[i] = word;
    }
    const bool is_negative = word >> 31 != 0;
    for (uint32_t i = first + n; is_negative && i < OCTET_EXACT_LIMBS; i++) out->limbs[i] = UINT32_MAX;
    if (is_negative) out->limbs[OCTET_EXACT_LIMBS - 1] -= (int64_t)1 << 32;
    return OCTET_OK;
}

static octet_status read_moments(octet_record_reader *r, octet_moments *moments) {
    for (int h = 0; h < OCTET_STATISTICS_HALVES; h++) {
        OCTET_TRY(octet_record_read_u64(r, &moments[h].n));
        OCTET_TRY(octet_record_read_u64(r, &moments[h].n_samples));
        OCTET_TRY(read_sum(r, &moments[h].sum));
        OCTET_TRY(read_sum(r, &moments[h].squares));
        OCTET_TRY(read_sum(r, &moments[h].minima));
        OCTET_TRY(read_sum(r, &moments[h].maxima));
        OCTET_CHECK(r->ctx, moments[h].n_samples <= moments[h].n && moments[h].n <= UINT64_MAX / 4, OCTET_FORMAT,
                    "%s: %s has %" PRIu64 " numbers in %" PRIu64 " samples", r->file, r->row, moments[h].n,
                    moments[h].n_samples);
    }
    return OCTET_OK;
}

static octet_status read_bins(octet_record_reader *r, uint32_t n_bins, octet_histogram *h) {
    uint32_t exponent, first;
    OCTET_TRY(octet_record_read_u32(r, &exponent));
    OCTET_TRY(octet_record_read_u32(r, &first));
    h->exponent = (int32_t)exponent;
    h->first = (int32_t)first;
    const int64_t last = (int64_t)h->first + n_bins - 1;
    OCTET_CHECK(r->ctx,
                h->exponent >= OCTET_HISTOGRAM_LEAST_EXPONENT && h->exponent <= 127 &&
                    octet_histogram_fits(h->first, last, h->n_most),
                OCTET_FORMAT, "%s: %s has %" PRIu32 " bins of width 2^%d from %d on", r->file, r->row, n_bins,
                h->exponent, (int)h->first);
    h->last = (int32_t)last;
    for (int32_t i = h->first; i <= h->last; i++) {
        uint64_t count;
        OCTET_TRY(octet_record_read_u64(r, &count));
        OCTET_CHECK(r->ctx, count <= UINT64_MAX / 4 - h->n && (count > 0 || (i > h->first && i < h->last)),
                    OCTET_FORMAT, "%s: %s has the count %" PRIu64 " in bin %d", r->file, r->row, count, (int)i);
        h->counts[(uint32_t)i & (h->n_most - 1)] = count;
        h->n += count;
    }
    return OCTET_OK;
}

static octet_status read_histograms(octet_record_reader *r, octet_histogram *histograms) {
    for (int half = 0; half < OCTET_STATISTICS_HALVES; half++) {
        uint32_t n_bins;
        OCTET_TRY(octet_record_read_u64(r, &histograms[half].n_zeros));
        OCTET_TRY(octet_record_read_u32(r, &n_bins));
        OCTET_CHECK(r->ctx, histograms[half].n_zeros <= UINT64_MAX / 4, OCTET_FORMAT, "%s: %s has %" PRIu64 " zeros",
                    r->file, r->row, histograms[half].n_zeros);
        if (n_bins > 0) OCTET_TRY(read_bins(r, n_bins, &histograms[half]));
    }
    return OCTET_OK;
}

static octet_status read_channels(octet_record_reader *r, octet_channel_moments *channels) {
    OCTET_TRY(octet_record_read_u64(r, &channels->n));
    for (uint32_t c = 0; c < channels->n_channels; c++) {
        OCTET_TRY(octet_record_read_f32(r, &channels->min[c]));
        OCTET_TRY(octet_record_read_f32(r, &channels->max[c]));
        const bool is_empty = channels->min[c] == INFINITY && channels->max[c] == -INFINITY;
        OCTET_CHECK(r->ctx, is_empty || channels->min[c] <= channels->max[c], OCTET_FORMAT,
                    "%s: channel %" PRIu32 " of %s reaches from %g to %g", r->file, c, r->row, (double)channels->min[c],
                    (double)channels->max[c]);
        OCTET_TRY(read_sum(r, &channels->sums[c]));
    }
    return OCTET_OK;
}

/* The number is looked at before so much memory is taken. */
static octet_status read_n_channels(octet_record_reader *r, uint32_t *out) {
    OCTET_TRY(octet_record_read_u32(r, out));
    OCTET_CHECK(r->ctx, *out > 0 && *out <= OCTET_CHANNELS_MOST && *out <= r->bytes.size / LEAST_CHANNEL_SIZE,
                OCTET_FORMAT, "%s: %s has %" PRIu32 " channels", r->file, r->row, *out);
    return OCTET_OK;
}

static octet_status read_member(octet_record_reader *r, octet_arena *arena, uint32_t kind, uint32_t n_bins,
                                octet_statistics_row *row) {
    static const uint32_t members[] = {
        0, 0, OCTET_KIND_MOMENTS, OCTET_KIND_HISTOGRAM, OCTET_KIND_CHANNELS, OCTET_KIND_TENTHS};
    uint32_t n_channels = 0;
    octet_statistics_row made = {0};
    if (kind == KIND_CHANNELS) OCTET_TRY(read_n_channels(r, &n_channels));
    OCTET_TRY(octet_row_create_members(r->ctx, arena, members[kind], n_bins, n_channels, &made));
    switch (kind) {
    case KIND_MOMENTS: row->moments = made.moments; return read_moments(r, row->moments);
    case KIND_HISTOGRAMS: row->histograms = made.histograms; return read_histograms(r, row->histograms);
    case KIND_CHANNELS: row->channels = made.channels; return read_channels(r, row->channels);
    default: row->tenths = made.tenths; return read_ranges(r, row->tenths, OCTET_STATISTICS_TENTHS);
    }
}

octet_status octet_kinds_read(octet_context *ctx, octet_arena *arena, uint32_t kind, octet_bytes body, const char *file,
                              uint32_t n_bins, octet_statistics_row *row) {
    octet_record_reader r = {.ctx = ctx, .bytes = body, .file = file, .what = "statistics", .row = row->name};
    OCTET_CHECK(ctx, kind >= KIND_RANGES && kind <= KIND_TENTHS, OCTET_UNSUPPORTED,
                "%s: %s has statistics of kind %" PRIu32 "; a later octet has written them", file, row->name, kind);
    if (kind == KIND_RANGES) OCTET_TRY(read_ranges(&r, row->ranges, OCTET_STATISTICS_HALVES));
    else OCTET_TRY(read_member(&r, arena, kind, n_bins, row));
    OCTET_CHECK(ctx, r.at == body.size, OCTET_FORMAT,
                "%s: the statistics of kind %" PRIu32 " of %s take %zu bytes, not %zu", file, kind, row->name, r.at,
                body.size);
    return OCTET_OK;
}
