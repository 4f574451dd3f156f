/* formats/hdf5/protocol.h - the protocol between the library and octet-hdf5, the program that reads HDF5 for it.
 * In:  the file, as descriptor 3 of the program.
 * Out: this layout, the same on both sides of the socket.
 * Knows: nothing but the layout. One file; the program ends when the library has closed its side.
 * Does not know: libhdf5 (helper/hdf5/read.c), processes (exchange.c). The library trusts nothing that it is sent.
 *
 * Words have 64 bits in the machine's order. Texts are their length, their bytes, and
 * zeros up to a multiple of 8, at least one.
 *
 * 1. Request, library to program, 7 words: REQUEST_MAGIC, version, where the HDF5 file begins in descriptor 3, its
 *    size, bytes of memory that reading may take, levels of groups that may be nested, seconds of processor time.
 * 2. Greeting, program to library, 2 words: ANSWER_MAGIC, version. Every version begins so; when the
 *    versions differ, the program ends here.
 * 3. Verdict, program to library, 2 words: a status (base/status.h), the size of what follows in bytes.
 * 4. Status OK: the body. Others: a sentence without its beginning, which is the name of the file (":/group: what is
 *    wrong" or ": what is wrong"), not terminated, at most MAX_SENTENCE bytes; the program ends.
 * 5. As often as the library wants: one word, library to program: the number of a dataset of numbers (0: the first
 *    dataset of the body). Answer: items 3 and 4, the body being its numbers as float32.
 *
 * The body is one node, the root, in pre-order:
 *
 * 6. node: name text; is_dataset; for a dataset: kind, rank, dims, values;
 *    n_attributes, attributes; n_children, children.
 * 7. attribute: name text; kind; is_scalar; values.
 * 8. values: n, then n texts, or n numbers as float64; of a dataset of numbers instead of these: place (1 + their
 *    offset in the HDF5 file, where float32 lie there as they are; 0: item 5 gives them), bytes that they take in it.
 */
#ifndef OCTET_FORMATS_HDF5_PROTOCOL_H
#define OCTET_FORMATS_HDF5_PROTOCOL_H

#include <stdint.h>

#define OCTET_HDF5_PROTOCOL_VERSION UINT64_C(2)
#define OCTET_HDF5_REQUEST_MAGIC UINT64_C(0x7165722d35666468) /* "hdf5-req" */
#define OCTET_HDF5_ANSWER_MAGIC UINT64_C(0x736e612d35666468)  /* "hdf5-ans" */

enum {
    OCTET_HDF5_FILE_DESCRIPTOR = 3,
    OCTET_HDF5_MAX_SENTENCE = 1024,
    OCTET_HDF5_EXIT_UNSENT = 3 /* the exit code of a program that could not send what it had to say */
};

typedef struct octet_hdf5_request {
    uint64_t magic, version, file_offset, file_size, max_memory_bytes, max_depth, cpu_seconds;
} octet_hdf5_request;

typedef struct octet_hdf5_greeting {
    uint64_t magic, version;
} octet_hdf5_greeting;

typedef struct octet_hdf5_verdict {
    uint64_t status, size;
} octet_hdf5_verdict;

#endif
