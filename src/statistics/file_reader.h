/* statistics/file_reader.h - numbers out of the bytes of saved statistics, one after the other.
 * In:  bytes of the file, or of one row.
 * Out: numbers; an error where the bytes end before.
 * Knows: that numbers are little-endian.
 * Does not know: what they mean (file.c, file_kinds.c). */
#ifndef OCTET_STATISTICS_FILE_READER_H
#define OCTET_STATISTICS_FILE_READER_H

#include "base/buffer.h"

typedef struct octet_statistics_reader {
    octet_context *ctx;
    octet_bytes bytes;
    const char *file, *row; /* for messages; row NULL: the bytes are the whole file */
    size_t at;
} octet_statistics_reader;

/* FORMAT: the bytes end too early. */
octet_status octet_statistics_truncated(const octet_statistics_reader *r);
/* Each goes on behind what it reads. -0.0 is read as 0.0. Errors: FORMAT. */
octet_status octet_statistics_read_u32(octet_statistics_reader *r, uint32_t *out);
octet_status octet_statistics_read_u64(octet_statistics_reader *r, uint64_t *out);
octet_status octet_statistics_read_f32(octet_statistics_reader *r, float *out);
octet_status octet_statistics_read_f64(octet_statistics_reader *r, double *out);

#endif
