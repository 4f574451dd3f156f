/* statistics/row.h - what is gathered of one activation.
 * In:  its numbers, sample by sample; which kinds of statistics are asked for.
 * Out: a row: ranges, and members of the other kinds.
 * Knows: the kinds. Each is a member of the row, a call in every function of row.c, and a number in file_kinds.c.
 * Does not know: graphs, runs.
 *
 * Everything here is a minimum, a maximum, a count or an exact sum, so that order cannot count; and its size depends on
 * the kinds and the graph alone, not on the number of samples. */
#ifndef OCTET_STATISTICS_ROW_H
#define OCTET_STATISTICS_ROW_H

#include "statistics/histogram.h"
#include "statistics/moments.h"
#include "statistics/range.h"

/* Samples belong to one of two halves, and to one of ten tenths, by their hash (observer.h). Where the second half
 * widens what the first one saw, more samples would probably go on widening it. */
enum { OCTET_STATISTICS_HALVES = 2, OCTET_STATISTICS_TENTHS = 10 };

/* Kinds besides ranges, which are always gathered; a set of them is their sum. */
enum {
    OCTET_KIND_MOMENTS = 1,
    OCTET_KIND_HISTOGRAM = 2,
    OCTET_KIND_CHANNELS = 4, /* of what a convolution or a dense layer reads */
    OCTET_KIND_TENTHS = 8,
    OCTET_KINDS_ALL = 15
};

typedef struct octet_statistics_row {
    const char *name; /* of the value; never NULL */
    uint32_t occurrence;
    const char *layer; /* that computes or keeps it; "" for an input of the model */
    octet_observed_range ranges[OCTET_STATISTICS_HALVES];
    /* NULL where they were not gathered: */
    octet_moments *moments;          /* by half */
    octet_histogram *histograms;     /* by half */
    octet_observed_range *tenths;    /* by tenth */
    octet_channel_moments *channels; /* of both halves together */
} octet_statistics_row;

/* Gives the row empty members of these kinds in `arena`, in place of what it has. n_channels 0: none are told apart.
 * Errors: NOMEM, LIMIT. */
octet_status octet_row_create_members(octet_context *ctx, octet_arena *arena, uint32_t kinds, uint32_t n_bins,
                                      uint32_t n_channels, octet_statistics_row *row);
void octet_row_clear(octet_statistics_row *row);
/* One sample's numbers into all kinds but ranges. */
void octet_row_observe_sample(octet_statistics_row *row, uint32_t half, uint32_t tenth, const float *x, size_t n);
/* Both have members of the same kinds and sizes. */
void octet_row_merge(octet_statistics_row *into, const octet_statistics_row *from);
/* What the ranges and the members of these kinds take. */
size_t octet_row_bytes(const octet_statistics_row *row, uint32_t kinds);
/* Of its members. */
uint32_t octet_row_kinds(const octet_statistics_row *row);

#endif
