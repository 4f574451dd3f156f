/* import/tflite/packed.h - constants that a file does not hold element by element: sparse ones, 4-bit ones.
 * In:  the data of a tensor and its SparsityParameters.
 * Out: all elements in row-major order, as kernels read them.
 * Knows: the TFLite schema's sparsity: traversal order, blocks, dense and compressed levels.
 * Does not know: what the constants are for. */
#ifndef OCTET_IMPORT_TFLITE_PACKED_H
#define OCTET_IMPORT_TFLITE_PACKED_H

#include "import/tflite/source.h"

/* Whether tensors of this type of the schema hold several elements a byte; *type is then what they become. */
bool octet_tflite_is_nibbles(int code, octet_type *type);
/* INT4, low half of a byte first, to int8. FORMAT unless there are as many as the shape has. */
octet_status octet_tflite_unpack_nibbles(octet_context *ctx, octet_tflite_source *source, const char *name,
                                         const octet_shape *shape, octet_bytes data, octet_bytes *out);
/* Elements that are not stored are 0. */
octet_status octet_tflite_unpack_sparse(octet_context *ctx, octet_tflite_source *source,
                                        const octet_flatbuffer_table *sparsity, const char *name,
                                        const octet_shape *shape, size_t element, octet_bytes data, octet_bytes *out);

#endif
