/* report/failed.h - a failure, for programs to read.
 * In:  the status, the sentence, what it is about.
 * Out: one JSON object.
 * Knows: the members of the object.
 * Does not know: how the call failed. */
#ifndef OCTET_REPORT_FAILED_H
#define OCTET_REPORT_FAILED_H

#include "base/buffer.h"

/* Strings are NULL where nothing is known. */
typedef struct octet_failed {
    octet_status status;
    int exit_code;
    const char *message;
    const char *command, *option, *file, *layer, *value; /* what the sentence is about */
} octet_failed;

octet_status octet_failed_write_json(octet_context *ctx, const octet_failed *failed, octet_buffer *out);

#endif
