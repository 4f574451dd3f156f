/* read.h - an HDF5 file through libhdf5, as the body of an answer (formats/hdf5/protocol.h).
 * In:  the bytes of a file.
 * Out: one node with everything below it.
 * Knows: libhdf5.
 * Does not know: who asks; limits on time and memory (limits.h). A hostile file may
 *        crash libhdf5, and with it this process. */
#ifndef OCTET_HELPER_HDF5_READ_H
#define OCTET_HELPER_HDF5_READ_H

#include "base/buffer.h"

/* Starts libhdf5, before anything is read and limited. */
bool octet_hdf5_library_open(void);

/* Appends the body to `out`. On failure the context's sentence has no beginning (protocol.h, item 4). Errors: FORMAT;
 * LIMIT (ctx->max_depth, ctx->max_memory_bytes, 2^17 objects or attributes, 2^22 strings); NOMEM. */
octet_status octet_hdf5_read(octet_context *ctx, octet_bytes bytes, octet_buffer *out);

#endif
