/* report/profile.h - where the time of a run goes, operator by operator.
 * In:  a graph, times that were measured.
 * Out: a table, JSON.
 * Knows: how the report is laid out.
 * Does not know: how the times were measured. */
#ifndef OCTET_REPORT_PROFILE_H
#define OCTET_REPORT_PROFILE_H

#include "base/buffer.h"

typedef struct octet_profile_row {
    uint32_t index;  /* of the operator in its graph */
    uint32_t with;   /* the operator whose time includes this one's, as they run as one; its own index: none */
    bool is_no_work; /* its result is the memory of its operand */
    const char *name, *layer;
    const char *variant; /* which kernel: "ref", "avx2", ... */
    uint64_t macs;       /* multiply-accumulates; 0 of operators without */
    double time_ns;      /* least of all runs */
} octet_profile_row;

typedef struct octet_profile {
    const char *model;
    const octet_profile_row *rows;
    uint32_t n_rows, n_threads;
    uint64_t n_runs;
    bool is_slow;                      /* one run takes longer than was to be measured */
    double min_ns, median_ns, mean_ns; /* of a whole run, without profiling */
    size_t arena_bytes, weight_bytes;
    size_t peak_bytes; /* of what octet allocated: the model, weights as kernels want them, activations; not files,
                          which are mapped */
} octet_profile;

/* "avx2", or why it has none of its own: "with 3", "no work". text: OCTET_TEXT_SIZE (report/text.h), written to only
 * where needed. */
const char *octet_profile_kernel(const octet_profile_row *row, char *text);

octet_status octet_profile_write_text(octet_context *ctx, const octet_profile *profile, octet_buffer *out);
octet_status octet_profile_write_json(octet_context *ctx, const octet_profile *profile, octet_buffer *out);

#endif
