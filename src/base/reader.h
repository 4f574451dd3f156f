/* base/reader.h - reads a file, a part of one, or memory, piece by piece.
 * In:  a path, or bytes.
 * Out: bytes from a position on, copied to where they are wanted.
 * Knows: POSIX: pread. A file that becomes shorter meanwhile gives a sentence.
 * Does not know: what is read. */
#ifndef OCTET_BASE_READER_H
#define OCTET_BASE_READER_H

#include "base/file.h"

typedef struct octet_reader {
    const char *name;  /* in messages */
    int descriptor;    /* -1: of memory */
    uint64_t offset;   /* where the part begins in the file */
    uint64_t size;     /* of the part */
    octet_bytes bytes; /* of memory */
} octet_reader;

/* Opens `path` for octet_reader_close; `path` must outlive the reader. Errors: IO, also for what is no regular file. */
octet_status octet_reader_open(octet_context *ctx, const char *path, octet_reader *out);
/* `bytes` and `name` must outlive the reader, which needs no closing. */
octet_reader octet_reader_of_bytes(octet_bytes bytes, const char *name);
/* [offset, offset + size) of `whole`, which holds it: a reader that needs no closing and dies with `whole`. */
octet_reader octet_reader_part(const octet_reader *whole, uint64_t offset, uint64_t size, const char *name);
void octet_reader_close(octet_reader *reader);

/* Copies bytes [offset, offset + size) of the part to `to`. Errors: IO, also when they end before. */
octet_status octet_reader_read(octet_context *ctx, const octet_reader *reader, uint64_t offset, void *to, size_t size);
/* The first bytes, at most `max_size`, for telling the kind of a file; *head (octet_memory_free) is never NULL. */
octet_status octet_reader_head(octet_context *ctx, const octet_reader *reader, size_t max_size, octet_bytes *head);

#endif
