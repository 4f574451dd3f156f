#include "statistics/row.h"

octet_status octet_row_create_members(octet_context *ctx, octet_arena *arena, uint32_t kinds, uint32_t n_bins,
                                      uint32_t n_channels, octet_statistics_row *row) {
    row->moments = NULL;
    row->histograms = NULL;
    row->tenths = NULL;
    row->channels = NULL;
    if ((kinds & OCTET_KIND_MOMENTS) != 0) OCTET_TRY(OCTET_NEW(ctx, arena, OCTET_STATISTICS_HALVES, &row->moments));
    if ((kinds & OCTET_KIND_HISTOGRAM) != 0) {
        OCTET_TRY(OCTET_NEW(ctx, arena, OCTET_STATISTICS_HALVES, &row->histograms));
        for (int h = 0; h < OCTET_STATISTICS_HALVES; h++)
            OCTET_TRY(octet_histogram_create(ctx, arena, n_bins, &row->histograms[h]));
    }
    if ((kinds & OCTET_KIND_TENTHS) != 0) {
        OCTET_TRY(OCTET_NEW(ctx, arena, OCTET_STATISTICS_TENTHS, &row->tenths));
        for (int t = 0; t < OCTET_STATISTICS_TENTHS; t++) row->tenths[t] = octet_range_empty();
    }
    if ((kinds & OCTET_KIND_CHANNELS) == 0 || n_channels == 0) return OCTET_OK;
    OCTET_TRY(OCTET_NEW(ctx, arena, 1, &row->channels));
    return octet_channel_moments_create(ctx, arena, n_channels, row->channels);
}

void octet_row_clear(octet_statistics_row *row) {
    for (int h = 0; h < OCTET_STATISTICS_HALVES; h++) {
        row->ranges[h] = octet_range_empty();
        if (row->moments != NULL) row->moments[h] = (octet_moments){0};
        if (row->histograms != NULL) octet_histogram_clear(&row->histograms[h]);
    }
    for (int t = 0; row->tenths != NULL && t < OCTET_STATISTICS_TENTHS; t++) row->tenths[t] = octet_range_empty();
    if (row->channels != NULL) octet_channel_moments_clear(row->channels);
}

void octet_row_observe_sample(octet_statistics_row *row, uint32_t half, uint32_t tenth, const float *x, size_t n) {
    if (row->moments != NULL) octet_moments_observe(&row->moments[half], x, n);
    if (row->histograms != NULL) octet_histogram_observe(&row->histograms[half], x, n);
    if (row->tenths != NULL) octet_range_observe(&row->tenths[tenth], x, n);
    if (row->channels != NULL) octet_channel_moments_observe(row->channels, x, n);
}

void octet_row_merge(octet_statistics_row *into, const octet_statistics_row *from) {
    for (int h = 0; h < OCTET_STATISTICS_HALVES; h++) {
        octet_range_merge(&into->ranges[h], &from->ranges[h]);
        if (into->moments != NULL) octet_moments_merge(&into->moments[h], &from->moments[h]);
        if (into->histograms != NULL) octet_histogram_merge(&into->histograms[h], &from->histograms[h]);
    }
    for (int t = 0; into->tenths != NULL && t < OCTET_STATISTICS_TENTHS; t++)
        octet_range_merge(&into->tenths[t], &from->tenths[t]);
    if (into->channels != NULL) octet_channel_moments_merge(into->channels, from->channels);
}

size_t octet_row_bytes(const octet_statistics_row *row, uint32_t kinds) {
    size_t bytes = sizeof row->ranges;
    const uint32_t has = octet_row_kinds(row) & kinds;
    if ((has & OCTET_KIND_MOMENTS) != 0) bytes += OCTET_STATISTICS_HALVES * sizeof *row->moments;
    if ((has & OCTET_KIND_HISTOGRAM) != 0)
        bytes += OCTET_STATISTICS_HALVES * (row->histograms[0].n_most * sizeof(uint64_t) + sizeof *row->histograms);
    if ((has & OCTET_KIND_TENTHS) != 0) bytes += OCTET_STATISTICS_TENTHS * sizeof *row->tenths;
    if ((has & OCTET_KIND_CHANNELS) != 0)
        bytes += row->channels->n_channels * (2 * sizeof(float) + sizeof(octet_exact_sum)) + sizeof *row->channels;
    return bytes;
}

uint32_t octet_row_kinds(const octet_statistics_row *row) {
    return (row->moments != NULL ? OCTET_KIND_MOMENTS : 0u) | (row->histograms != NULL ? OCTET_KIND_HISTOGRAM : 0u) |
           (row->channels != NULL ? OCTET_KIND_CHANNELS : 0u) | (row->tenths != NULL ? OCTET_KIND_TENTHS : 0u);
}
