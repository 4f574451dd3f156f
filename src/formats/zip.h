/* formats/zip.h - entries of a zip archive (.keras, .npz).
 * In:  a path or the bytes of an archive.
 * Out: names, sizes, and the content of one entry at a time, checksums verified.
 * Knows: stored and deflated entries (zlib, libdeflate); caps against archives that expand without end.
 * Does not know: what the entries hold. Nothing is ever written to disk, so names with ".." are harmless. */
#ifndef OCTET_FORMATS_ZIP_H
#define OCTET_FORMATS_ZIP_H

#include "base/buffer.h"
#include "base/reader.h"

typedef struct octet_zip octet_zip;

/* Errors: IO, FORMAT (not a zip, truncated directory), LIMIT (more than 2^16 entries), NOMEM. */
octet_status octet_zip_open(octet_context *ctx, const char *path, octet_zip **out);
/* The reader, and what it reads, must outlive the handle. */
octet_status octet_zip_open_reader(octet_context *ctx, const octet_reader *reader, octet_zip **out);
/* `name` is used in messages and copied; `bytes` must outlive the handle. */
octet_status octet_zip_open_bytes(octet_context *ctx, octet_bytes bytes, const char *name, octet_zip **out);
void octet_zip_close(octet_context *ctx, octet_zip *zip); /* NULL is allowed */

const char *octet_zip_archive(const octet_zip *zip); /* the path or name given at opening */
size_t octet_zip_count(const octet_zip *zip);
const char *octet_zip_name(const octet_zip *zip, size_t index); /* index < count */
uint64_t octet_zip_size(const octet_zip *zip, size_t index);    /* decompressed, as the directory claims */
/* False when no entry has the name; where several have it the last one counts, as in Python's zipfile. */
bool octet_zip_find(const octet_zip *zip, const char *name, size_t *index);

/* LIMIT for an entry that is compressed to less than octet_inflated_limit (base/checked.h) allows, and for a compressed
 * one that memory has no room for. */
octet_status octet_zip_check_size(octet_context *ctx, const octet_zip *zip, size_t index);
/* Reads an entry to the end into `out` (emptied first; NUL-terminated after out->size bytes; the caller frees it).
 * max_bytes: LIMIT when it is larger (0: 2 GiB); errors of octet_zip_check_size. Others: IO, FORMAT (checksum, method
 * or size does not fit; encrypted), LIMIT, NOMEM. */
octet_status octet_zip_read(octet_context *ctx, octet_zip *zip, size_t index, size_t max_bytes, octet_buffer *out);
/* Reads the first n_bytes only (fewer when the entry is shorter): nothing after them is decompressed or verified. */
octet_status octet_zip_read_prefix(octet_context *ctx, octet_zip *zip, size_t index, size_t n_bytes, octet_buffer *out);
/* A reader of an entry whose checksum was verified: of the place in the archive where it is stored as it is (then it
 * lives as long as `zip` and its source), else of a nameless file in memory, which the caller closes: *descriptor, else
 * -1. Limits and errors as above, without max_bytes. `name` is the reader's. */
octet_status octet_zip_reader(octet_context *ctx, octet_zip *zip, size_t index, const char *name, int *descriptor,
                              octet_reader *out);

#endif
