/* formats/hdf5/exchange.h - asks octet-hdf5 for the content of one HDF5 file (protocol.h).
 * In:  an open file and its size.
 * Out: the body of the answer, or the sentence that says why there is none.
 * Knows: processes, limits on time, the ways in which a program can fail.
 * Does not know: what is in the body (tree.h). */
#ifndef OCTET_FORMATS_HDF5_EXCHANGE_H
#define OCTET_FORMATS_HDF5_EXCHANGE_H

#include "base/file.h"

/* Gives `size` bytes of the open file `descriptor` to octet-hdf5. *body (octet_memory_free) is what it answers: not yet
 * checked, aligned to 64 bytes. `name` is the file's in messages. Errors: IO (the program is missing, does not start,
 * is another one, was killed), LIMIT (time), NOMEM, FORMAT and what the program itself says of the file. */
octet_status octet_hdf5_exchange(octet_context *ctx, int descriptor, size_t size, const char *name, octet_bytes *body);

#endif
