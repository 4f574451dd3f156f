/* data/array_source.h - an array in a file, read and decompressed only as far as somebody asks.
 * In:  a .npy or IDX file, plain or .gz, or an entry of an .npz.
 * Out: type and shape at once, elements on demand.
 * Knows: formats.
 * Does not know: what the elements mean. */
#ifndef OCTET_DATA_ARRAY_SOURCE_H
#define OCTET_DATA_ARRAY_SOURCE_H

#include "base/reader.h"
#include "formats/array.h"
#include "formats/zip.h"

typedef enum octet_array_storage {
    OCTET_ARRAY_WHOLE, /* all elements are in memory, the caller's */
    OCTET_ARRAY_PLAIN, /* in a file as they are: the rows that somebody asks for are read */
    OCTET_ARRAY_GZIP,
    OCTET_ARRAY_ZIP
} octet_array_storage;

typedef struct octet_array_source {
    const char *name; /* "x.npy", "mnist.npz:x_train.npy" */
    octet_array_storage storage;
    bool is_idx;
    octet_reader reader; /* PLAIN, GZIP */
    octet_zip *zip;
    size_t entry;
    octet_array array;    /* data is NULL until something is loaded; C order afterwards */
    size_t offset;        /* of the elements in the decompressed file */
    size_t loaded_bytes;  /* of the elements */
    octet_buffer content; /* decompressed, from the beginning of the file; or the rows */
    size_t *rows;         /* ascending numbers of the rows in `content`; NULL when array.data holds all */
    size_t n_rows;
    octet_buffer moved; /* elements brought from Fortran order to C order */
} octet_array_source;

/* Opens `path`, or with `entry` that entry of the archive `path` ("x_train.npy"), and reads the
 * header. `given`: the file in memory, which outlives *out, or NULL. Names live in `arena`. On failure *out needs no
 * closing. Errors: IO, FORMAT, UNSUPPORTED, LIMIT, NOMEM. */
octet_status octet_array_source_open(octet_context *ctx, octet_arena *arena, const char *path, const octet_bytes *given,
                                     const char *entry, octet_array_source *out);
/* The same over elements in memory, in C order, which must outlive *out. `name` is used in messages and not copied. */
void octet_array_source_over(const char *name, const octet_array *array, octet_array_source *out);
/* Makes the first n_bytes of the elements ready, at array.data. The first call that needs more than a quarter, and
 * every second call, decompresses everything. FORMAT states how many bytes there are and how many the shape needs. */
octet_status octet_array_source_load(octet_context *ctx, octet_array_source *source, size_t n_bytes);
/* Makes rows of row_bytes each ready: indices[0..n) in any order, or (NULL) the first n. Rows that were ready before
 * need not be any more: memory is in proportion to n where the elements lie plainly in a file. Errors as above; IO for
 * a file that became shorter. */
octet_status octet_array_source_load_rows(octet_context *ctx, octet_array_source *source, const size_t *indices,
                                          size_t n, size_t row_bytes);
/* A row that is ready, of any alignment. */
const uint8_t *octet_array_source_row(const octet_array_source *source, size_t index, size_t row_bytes);
/* Forgets what was read or decompressed; a later load brings it back. */
void octet_array_source_release(octet_context *ctx, octet_array_source *source);
void octet_array_source_close(octet_context *ctx, octet_array_source *source);

#endif
