/* formats/hdf5/protocol.h - the protocol between the library and octet-hdf5, the program that reads HDF5 for it.
 * In:  the file, as descriptor 3 of the program.
 * Out: this layout, the same on both sides of the socket.
 * Knows: nothing but the layout. One request, one answer, one file; then the program ends.
 * Does not know: libhdf5 (helper/hdf5/read.c), processes (exchange.c). The library trusts nothing that it is sent.
 *
 * Words have 64 bits in the machine's order. Texts are their length, their bytes, and
 * zeros up to a multiple of 8, at least one.
 *
 * 1. Request, library to program, 6 words: REQUEST_MAGIC, version, size of the file, bytes of memory that the answer
 *    may take, levels of groups that may be nested, seconds of processor time.
 * 2. Greeting, program to library, 2 words: ANSWER_MAGIC, version. Every version begins so; when the
 *    versions differ, the program ends here.
 * 3. Verdict, program to library, 2 words: a status (base/status.h), the size of what follows in bytes.
 * 4. Status OK: the body. Others: a sentence without its beginning, which is the name of the file (":/group: what is
 *    wrong" or ": what is wrong"), not terminated, at most MAX_SENTENCE bytes.
 *
 * The body is one node, the root, in pre-order:
 *
 * 5. node: name text; is_dataset; for a dataset: kind, rank, dims, values;
 *    n_attributes, attributes; n_children, children.
 * 6. attribute: name text; kind; is_scalar; values (numbers as float64).
 * 7. values: n, then n texts, or n numbers (padded with zeros to 8 bytes); before the numbers of a dataset: place (0:
 *    float32 follow here, else 1 + their offset in the file, and nothing follows). */
#ifndef OCTET_FORMATS_HDF5_PROTOCOL_H
#define OCTET_FORMATS_HDF5_PROTOCOL_H

#include <stdint.h>

#define OCTET_HDF5_PROTOCOL_VERSION UINT64_C(1)
#define OCTET_HDF5_REQUEST_MAGIC UINT64_C(0x7165722d35666468) /* "hdf5-req" */
#define OCTET_HDF5_ANSWER_MAGIC UINT64_C(0x736e612d35666468)  /* "hdf5-ans" */

enum {
    OCTET_HDF5_FILE_DESCRIPTOR = 3,
    OCTET_HDF5_MAX_SENTENCE = 1024,
    OCTET_HDF5_EXIT_UNSENT = 3 /* the exit code of a program that could not send what it had to say */
};

typedef struct octet_hdf5_request {
    uint64_t magic, version, file_size, max_memory_bytes, max_depth, cpu_seconds;
} octet_hdf5_request;

typedef struct octet_hdf5_greeting {
    uint64_t magic, version;
} octet_hdf5_greeting;

typedef struct octet_hdf5_verdict {
    uint64_t status, size;
} octet_hdf5_verdict;

#endif
