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

/* "each step fitted on 50 calibration samples and judged on 50 others, and the other way round"; into `text`,
 * OCTET_LADDER_SENTENCE bytes, which is returned. */
enum { OCTET_LADDER_SENTENCE = 160 };
const char *octet_ladder_how_text(const octet_ladder *ladder, char *text);
/* "+1.2 dB", "-" where a step was not judged; "kept: both halves gain". Into `text`, OCTET_LADDER_SENTENCE bytes. */
const char *octet_ladder_gain_text(const octet_ladder_row *row, char *text);
const char *octet_ladder_end_text(const octet_ladder_row *row, char *text);
/* "30.1 dB, 0.20 points lost: enough" */
const char *octet_attempt_text(const octet_attempt *attempt, char *text);
/* A line, and one for each step: name, gain, time, kept or not and why. Nothing for a ladder without rows. */
octet_status octet_ladder_write_text(octet_context *ctx, const octet_ladder *ladder, octet_buffer *out);
/* "recovery": {...} in the open object; nothing for a ladder without rows. */
void octet_ladder_write_member(octet_json_writer *json, const octet_ladder *ladder);

#endif
