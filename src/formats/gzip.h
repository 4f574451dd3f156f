/* formats/gzip.h - gzip files (.gz), whole or only their beginning.
 * In:  bytes of one or several members.
 * Out: decompressed bytes.
 * Knows: libdeflate, which is fast but needs the whole output at once, and zlib, which can stop early.
 * Does not know: what is inside. */
#ifndef OCTET_FORMATS_GZIP_H
#define OCTET_FORMATS_GZIP_H

#include "base/buffer.h"
#include "base/reader.h"

/* Decompresses everything into `out` (emptied first; the caller frees it); checksums are verified. max_bytes: LIMIT
 * when there is more (0: 2 GiB). Errors: FORMAT (corrupt, truncated), LIMIT, NOMEM. */
octet_status octet_gzip_read(octet_context *ctx, octet_bytes bytes, const char *name, size_t max_bytes,
                             octet_buffer *out);
/* The first n_bytes (fewer when there are no more). Where that is most of the file everything is decompressed:
 * libdeflate takes a quarter of zlib's time. */
octet_status octet_gzip_read_prefix(octet_context *ctx, octet_bytes bytes, const char *name, size_t n_bytes,
                                    octet_buffer *out);
/* The first n_bytes of a file, of which no more is read than that takes as a rule. */
octet_status octet_gzip_read_file_prefix(octet_context *ctx, const octet_reader *file, size_t n_bytes,
                                         octet_buffer *out);

#endif
