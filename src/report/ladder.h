/* report/ladder.h - the table of what recovery tried.
 * In:  recover/outcome.h.
 * Out: lines of text, a member of JSON.
 * Knows: how the table is laid out.
 * Does not know: how steps work, how they were judged. */
#ifndef OCTET_REPORT_LADDER_H
#define OCTET_REPORT_LADDER_H

#include "base/json_writer.h"
#include "recover/outcome.h"

/* One kind of recovery, and what it gave. */
typedef struct octet_attempt {
    const char *recovery; /* "fast"; a constant text */
    double drop_points;   /* of accuracy, or of agreement where there are no labels; NaN where there are no classes */
    double fidelity_db;   /* of the outputs */
    bool meets;           /* the aim */
} octet_attempt;

/* A line with all attempts; nothing for none. */
octet_status octet_attempts_write_text(octet_context *ctx, const octet_attempt *attempts, uint32_t n,
                                       octet_buffer *out);
/* "attempts": [...] in the open object; nothing for none. */
void octet_attempts_write_member(octet_json_writer *json, const octet_attempt *attempts, uint32_t n);

/* A line, and one for each step: name, gain, time, kept or not and why. Nothing for a ladder without rows. */
octet_status octet_ladder_write_text(octet_context *ctx, const octet_ladder *ladder, octet_buffer *out);
/* "recovery": {...} in the open object; nothing for a ladder without rows. */
void octet_ladder_write_member(octet_json_writer *json, const octet_ladder *ladder);

#endif
