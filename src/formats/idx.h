/* formats/idx.h - IDX files (MNIST).
 * In:  bytes, already decompressed.
 * Out: an array that points into them.
 * Knows: the header.
 * Does not know: gzip (gzip.h), images.
 *
 * 1. Two zero bytes, type (0x08 uint8, 0x09 int8, 0x0B int16, 0x0C int32, 0x0D
 *    float32, 0x0E float64), number of dimensions.
 * 2. The dimensions, 4 bytes each, big-endian.
 * 3. The elements, big-endian. */
#ifndef OCTET_FORMATS_IDX_H
#define OCTET_FORMATS_IDX_H

#include "formats/array.h"

/* IDX has no signature: zeros, a type and a rank that exist (formats/kind.h asks for stronger signs first). */
bool octet_idx_is(octet_bytes bytes);
/* As octet_npy_header and octet_npy_parse, but bytes after the elements are FORMAT. */
octet_status octet_idx_header(octet_context *ctx, octet_bytes bytes, const char *name, octet_array *out,
                              size_t *offset);
octet_status octet_idx_parse(octet_context *ctx, octet_bytes bytes, const char *name, octet_array *out);

#endif
