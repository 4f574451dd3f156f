/* report/gathered.h - what is in a calibration file.
 * In:  facts of statistics.
 * Out: text and JSON.
 * Knows: how parts are told.
 * Does not know: statistics, files. */
#ifndef OCTET_REPORT_GATHERED_H
#define OCTET_REPORT_GATHERED_H

#include "base/json_writer.h"
#include "base/parts.h"
#include "report/data_checks.h"

typedef struct octet_gathered {
    const char *path; /* of the file, or NULL */
    octet_calibration_facts facts;
    octet_parts parts;
    double raw_min, raw_max, min, max; /* of the data: as stored, as the model was given them */
    const char *scaling;               /* in words; "" where nobody said */
    const char *methods[8];            /* that can choose ranges of it; ends with NULL */
    uint32_t n_activations;
    uint64_t fingerprint; /* of the model */
    bool keeps_state;     /* from sample to sample: it cannot be merged */
} octet_gathered;

octet_status octet_gathered_write_text(octet_context *ctx, const octet_gathered *gathered, octet_buffer *out);
octet_status octet_gathered_write_json(octet_context *ctx, const octet_gathered *gathered, octet_buffer *out);
/* "parts 3, 5 to 7 of 16 are here, 1, 2, 4, 8 to 16 are missing" in `text`, which is returned; of a whole "all". */
enum { OCTET_GATHERED_TEXT = 2 * OCTET_PARTS_TEXT + 64 };
const char *octet_gathered_parts_text(const octet_parts *parts, char text[OCTET_GATHERED_TEXT]);
/* The member "parts": {"of": 16, "present": [[3, 3], [5, 7]]}; nothing of a whole. */
void octet_gathered_write_parts(octet_json_writer *json, const octet_parts *parts);

#endif
