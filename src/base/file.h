/* base/file.h - whole files in, whole files out.
 * In:  paths.
 * Out: the bytes of a file in memory; a file that appears complete or not at all.
 * Knows: POSIX: pread (base/reader.h), temporary names, rename, fsync, signals that writing raises.
 * Does not know: what is in a file. */
#ifndef OCTET_BASE_FILE_H
#define OCTET_BASE_FILE_H

#include "base/memory.h"

typedef struct octet_bytes {
    const uint8_t *data;
    size_t size;
} octet_bytes;

typedef struct octet_file {
    octet_bytes bytes; /* aligned to OCTET_ALIGNMENT; NULL and 0 for an empty file */
} octet_file;

/* Reads `path` into memory, through the context. Errors: IO with the path and the system's reason, for what is no
 * regular file (a folder, a pipe, a device: it is not opened), and for a file that becomes shorter meanwhile; LIMIT;
 * NOMEM. */
octet_status octet_file_open(octet_context *ctx, const char *path, octet_file *out);
void octet_file_close(octet_context *ctx, octet_file *file);
/* Reads what is left in `descriptor` (a pipe, a file) to its end: *out (octet_memory_free) is never NULL. `name` is for
 * messages. Errors: IO; LIMIT for more than max_bytes; NOMEM. */
octet_status octet_file_read_stream(octet_context *ctx, int descriptor, const char *name, size_t max_bytes,
                                    octet_bytes *out);
/* Opens `path` for reading; the caller closes *descriptor, which is -1 on failure. IO as above. */
octet_status octet_file_open_descriptor(octet_context *ctx, const char *path, int *descriptor, uint64_t *size);
/* A nameless file in memory that holds a copy of `bytes`, for another process to read; the caller closes *descriptor.
 * `name` is for messages. Errors: IO. */
octet_status octet_file_from_bytes(octet_context *ctx, octet_bytes bytes, const char *name, int *descriptor);
/* An empty nameless file in memory, and more for it. The account of memory does not see it. */
octet_status octet_file_create_in_memory(octet_context *ctx, const char *name, int *descriptor);
octet_status octet_file_append(octet_context *ctx, int descriptor, octet_bytes bytes, const char *name);

/* Writes `bytes` to a temporary file in the same folder, syncs it and puts it in the place of `path`, which on failure
 * is left as it was. Symbolic links are followed: what they lead to is replaced. The temporary file has no name where
 * the file system can do that; else SIGINT, SIGTERM and SIGHUP wait until it is gone. Never raises SIGPIPE or SIGXFSZ.
 * "/dev/stdout", pipes and devices are written in place. */
octet_status octet_file_write(octet_context *ctx, const char *path, octet_bytes bytes);
/* The same of n pieces, one behind the other. */
octet_status octet_file_write_pieces(octet_context *ctx, const char *path, const octet_bytes *pieces, size_t n);

/* Whether octet_file_write would find a folder that it can write to at `path`; for telling before long work. */
octet_status octet_file_check_writable(octet_context *ctx, const char *path);

typedef enum octet_path_kind { OCTET_PATH_ABSENT, OCTET_PATH_FILE, OCTET_PATH_FOLDER } octet_path_kind;

/* What stands at `path`, behind links; FILE is all that is no folder. IO, NOMEM when the system does not tell: nobody
 * may take for absent what only cannot be looked at. */
octet_status octet_file_look(octet_context *ctx, const char *path, octet_path_kind *kind);
/* Whether both paths lead to one existing file. */
bool octet_file_is_same(const char *a, const char *b);
/* The names (not paths) in a folder, sorted bytewise, without "." and ".."; *names lives in `arena`. */
octet_status octet_file_list(octet_context *ctx, octet_arena *arena, const char *path, const char ***names,
                             size_t *n_names);

#endif
