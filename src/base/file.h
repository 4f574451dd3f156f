/* base/file.h - whole files in, whole files out.
 * In:  paths.
 * Out: a read-only view of a file; a file that appears complete or not at all.
 * Knows: POSIX: mmap, temporary names, rename, fsync.
 * Does not know: what is in a file. */
#ifndef OCTET_BASE_FILE_H
#define OCTET_BASE_FILE_H

#include "base/memory.h"

typedef struct octet_bytes {
    const uint8_t *data;
    size_t size;
} octet_bytes;

typedef struct octet_file {
    octet_bytes bytes; /* aligned to a page; NULL and 0 for an empty file */
    void *mapping;
    size_t mapping_size;
} octet_file;

/* Maps `path` read-only. IO names the path and the system's reason; a directory is refused. */
octet_status octet_file_open(octet_context *ctx, const char *path, octet_file *out);
/* The same, and the descriptor stays open for another process to read the file through: the caller closes it. On
 * failure *descriptor is -1. */
octet_status octet_file_open_with_descriptor(octet_context *ctx, const char *path, octet_file *out, int *descriptor);
void octet_file_close(octet_file *file);
/* A nameless file in memory that holds a copy of `bytes`, for another process to read; the caller closes *descriptor.
 * `name` is for messages. Errors: IO. */
octet_status octet_file_from_bytes(octet_context *ctx, octet_bytes bytes, const char *name, int *descriptor);
/* For files that are unlikely to be read again soon: their pages leave the
 * process, and come back when they are read. */
void octet_file_release(const octet_file *file);

/* Writes `bytes` to a temporary name in the same folder, syncs and renames it to `path`, which on failure is left as
 * it was; the temporary file is removed. "/dev/stdout", pipes and devices are written in place. */
octet_status octet_file_write(octet_context *ctx, const char *path, octet_bytes bytes);

/* Whether octet_file_write would find a folder that it can write to at `path`; for telling before long work. */
octet_status octet_file_check_writable(octet_context *ctx, const char *path);

bool octet_file_exists(const char *path);
bool octet_file_is_directory(const char *path);
/* Whether both paths lead to one existing file. */
bool octet_file_is_same(const char *a, const char *b);
/* The names (not paths) in a folder, sorted bytewise, without "." and ".."; *names lives in `arena`. */
octet_status octet_file_list(octet_context *ctx, octet_arena *arena, const char *path, const char ***names,
                             size_t *n_names);

#endif
