/* read.h - an HDF5 file through libhdf5, as the body of an answer (formats/hdf5/protocol.h).
 * In:  the bytes of a file.
 * Out: one node with everything below it; numbers of its datasets.
 * Knows: libhdf5.
 * Does not know: who asks; limits on time and memory (limits.h). A hostile file may
 *        crash libhdf5, and with it this process. */
#ifndef OCTET_HELPER_HDF5_READ_H
#define OCTET_HELPER_HDF5_READ_H

#include "base/buffer.h"

/* Starts libhdf5, before anything is read and limited. */
bool octet_hdf5_library_open(void);

typedef struct octet_hdf5_reader octet_hdf5_reader; /* an open file; it ends with the program */

/* Appends the body to `out`. On failure the context's sentence has no beginning (protocol.h, item 4). Errors: FORMAT;
 * LIMIT (ctx->max_depth, ctx->max_memory_bytes, 2^17 objects, 2^14 attributes of one, 2^22 strings); NOMEM. */
octet_status octet_hdf5_read(octet_context *ctx, octet_bytes bytes, octet_hdf5_reader **reader, octet_buffer *body);
/* Appends the numbers of a dataset of the body as float32 (protocol.h, item 5). Errors as above. */
octet_status octet_hdf5_read_numbers(octet_hdf5_reader *reader, uint64_t number, octet_buffer *body);

#endif
