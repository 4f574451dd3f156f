/* formats/tensorflow/table.h - a sorted table of keys and values (SSTable), as TensorFlow and LevelDB store it.
 * In:  the bytes of a file: variables.index.
 * Out: all keys and values, ascending.
 * Knows: LevelDB's table format (doc/table_format.md); checksums are verified.
 * Does not know: what keys and values mean; compressed blocks, which TensorFlow does not write. */
#ifndef OCTET_FORMATS_TENSORFLOW_TABLE_H
#define OCTET_FORMATS_TENSORFLOW_TABLE_H

#include "base/buffer.h"

typedef struct octet_table_entry {
    octet_bytes key;   /* in the arena */
    octet_bytes value; /* in the file */
} octet_table_entry;

typedef struct octet_table {
    const octet_table_entry *entries; /* ascending bytewise by key; no key stands twice */
    size_t n_entries;
} octet_table;

/* Errors: FORMAT (no table, cut, wrong checksum), UNSUPPORTED (compressed), LIMIT (keys that would fill memory), NOMEM.
 * `bytes` must outlive the table, which lives in `arena`. */
octet_status octet_table_read(octet_context *ctx, octet_arena *arena, octet_bytes bytes, const char *name,
                              octet_table *out);
/* NULL: no such key. */
const octet_table_entry *octet_table_find(const octet_table *table, const void *key, size_t size);

#endif
