/* formats/hdf5/exchange.h - asks octet-hdf5 for the content of one HDF5 file (protocol.h).
 * In:  an open file and its size.
 * Out: the body of the answer, numbers of datasets, or the sentence that says why there are none.
 * Knows: processes, limits on time, the ways in which a program can fail.
 * Does not know: what is in the body (tree.h). */
#ifndef OCTET_FORMATS_HDF5_EXCHANGE_H
#define OCTET_FORMATS_HDF5_EXCHANGE_H

#include "base/process.h"
#include "base/reader.h"

typedef struct octet_hdf5_exchange {
    bool is_open;
    octet_arena arena;
    const char *name, *helper;
    octet_process process;
    uint64_t cpu_seconds;
    size_t left_bytes; /* of what was asked for */
} octet_hdf5_exchange;

/* Gives the file to octet-hdf5, which stays until octet_hdf5_exchange_close, to be called also after a failure. *body
 * (octet_memory_free) is what it answers: not yet checked, aligned to 64 bytes. `name` is the file's in messages and
 * must outlive the exchange. Errors: IO (the program is missing, does not start, is another one, was killed), LIMIT
 * (time, memory), NOMEM, FORMAT and what the program itself says of the file. */
octet_status octet_hdf5_exchange_open(octet_context *ctx, const octet_reader *file, const char *name,
                                      octet_hdf5_exchange *x, octet_bytes *body);
/* Asks for the numbers of a dataset, size_bytes (> 0) in all; then octet_hdf5_exchange_take gives them, in order, to
 * the last one before anything else is asked for. Errors as above; after one nothing can be asked any more. */
octet_status octet_hdf5_exchange_ask(octet_context *ctx, octet_hdf5_exchange *x, uint32_t dataset, size_t size_bytes);
octet_status octet_hdf5_exchange_take(octet_context *ctx, octet_hdf5_exchange *x, void *to, size_t size_bytes);
void octet_hdf5_exchange_close(octet_context *ctx, octet_hdf5_exchange *x);

#endif
