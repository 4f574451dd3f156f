/* base/record.h - numbers and texts as bytes of a saved file, one after the other.
 * In:  numbers to write; bytes of a file, or of a part of it, to read.
 * Out: bytes; numbers; an error where the bytes end before.
 * Knows: that numbers are little-endian, floats the bits of IEEE 754, and a text a u32 with its size and so many bytes,
 *        none of them 0.
 * Does not know: what they mean. */
#ifndef OCTET_BASE_RECORD_H
#define OCTET_BASE_RECORD_H

#include "base/buffer.h"
#include "base/memory.h"

/* Each appends to `out`. Errors: NOMEM, LIMIT (a text of more than 64 KiB). */
octet_status octet_record_write_f32(octet_context *ctx, octet_buffer *out, float value);
octet_status octet_record_write_f64(octet_context *ctx, octet_buffer *out, double value);
octet_status octet_record_write_text(octet_context *ctx, octet_buffer *out, const char *text);
/* The hash of everything from `start` on, which ends a file. */
octet_status octet_record_write_check(octet_context *ctx, octet_buffer *out, size_t start);

/* The first 8 bytes of the saved files, which tell their kinds. */
#define OCTET_MAGIC_STATISTICS "octetsta"
#define OCTET_MAGIC_EVALUATION "octeteva"

typedef struct octet_record_reader {
    octet_context *ctx;
    octet_bytes bytes;
    const char *file, *what; /* for messages: the name; "statistics" */
    const char *row;         /* the bytes are those of this part of the file; NULL: they are the whole */
    size_t at;
} octet_record_reader;

/* FORMAT: the bytes end too early. */
octet_status octet_record_truncated(const octet_record_reader *r);
/* Each goes on behind what it reads. -0.0 is read as 0.0. Errors: FORMAT. */
octet_status octet_record_read_u32(octet_record_reader *r, uint32_t *out);
octet_status octet_record_read_u64(octet_record_reader *r, uint64_t *out);
octet_status octet_record_read_f32(octet_record_reader *r, float *out);
octet_status octet_record_read_f64(octet_record_reader *r, double *out);
/* A copy in `arena`. Errors: FORMAT, NOMEM. */
octet_status octet_record_read_text(octet_record_reader *r, octet_arena *arena, const char **out);
/* The magic number and the version that begin a file; takes off what octet_record_write_check wrote. Errors: FORMAT,
 * UNSUPPORTED. */
octet_status octet_record_read_head(octet_record_reader *r, const char *magic, uint32_t version);
/* FORMAT: there is more to read. */
octet_status octet_record_end(const octet_record_reader *r);

#endif
