/* formats/zip_directory.h - what a zip archive says that it holds.
 * In:  a reader of the archive.
 * Out: its entries: names, sizes, checksums, places.
 * Knows: the end record and the central directory, zip64 too.
 * Does not know: the content of entries (zip.c). */
#ifndef OCTET_FORMATS_ZIP_DIRECTORY_H
#define OCTET_FORMATS_ZIP_DIRECTORY_H

#include "base/reader.h"

enum { OCTET_ZIP_STORED = 0, OCTET_ZIP_DEFLATED = 8 };

typedef struct octet_zip_entry {
    const char *name; /* bytes as they stand in the directory */
    uint64_t size;    /* decompressed */
    uint64_t n_packed_bytes;
    uint64_t header;   /* where its local header begins */
    uint32_t checksum; /* CRC-32 of the decompressed bytes */
    uint16_t method;   /* OCTET_ZIP_STORED, OCTET_ZIP_DEFLATED, or one that octet does not read */
    bool is_encrypted;
} octet_zip_entry;

/* Entries in the order of the directory; they live in `arena`. The place and the sizes of an entry are as the directory
 * claims them. Errors: IO, FORMAT (no archive, truncated, in several files), LIMIT (more than 2^16 entries), NOMEM. */
octet_status octet_zip_directory_read(octet_context *ctx, octet_arena *arena, const octet_reader *reader,
                                      octet_zip_entry **entries, size_t *n_entries);

#endif
