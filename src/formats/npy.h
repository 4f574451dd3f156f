/* formats/npy.h - numpy's .npy files.
 * In:  bytes of format 1, 2 or 3.
 * Out: an array that points into them; and .npy files for others to read.
 * Knows: the header, which is the text of a Python dictionary.
 * Does not know: .npz (an archive of these: zip.h), pickled objects (refused).
 *
 * 1. 0x93 "NUMPY", major, minor version (bytes).
 * 2. Length of the header: 2 bytes in version 1, 4 bytes from 2 on, little-endian.
 * 3. Header: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), } and spaces up to a newline.
 * 4. The elements. */
#ifndef OCTET_FORMATS_NPY_H
#define OCTET_FORMATS_NPY_H

#include "formats/array.h"

/* Reads the header from the first bytes of a file, which need not be all. *offset: where the elements begin; out->data
 * is NULL. FORMAT; UNSUPPORTED for element types that are no numbers; LIMIT for more than 8 dimensions. */
octet_status octet_npy_header(octet_context *ctx, octet_bytes bytes, const char *name, octet_array *out,
                              size_t *offset);
/* The whole file; out->data points into `bytes`. FORMAT states how many bytes are missing. Bytes after the elements are
 * allowed, as numpy allows them. */
octet_status octet_npy_parse(octet_context *ctx, octet_bytes bytes, const char *name, octet_array *out);

/* Appends a whole .npy file (version 1) to `out`. descr: "<f4" as the elements lie in memory; dims: rank of them. */
octet_status octet_npy_append(octet_context *ctx, octet_buffer *out, const char *descr, int32_t rank,
                              const int32_t *dims, const void *data);
/* The same, written to `path`. */
octet_status octet_npy_save(octet_context *ctx, const char *path, const char *descr, int32_t rank, const int32_t *dims,
                            const void *data);

#endif
