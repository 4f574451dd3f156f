/* formats/hdf5_stream.h - what the child process that runs libhdf5 sends to its parent.
 * In:  a mapped file, from the parent.
 * Out: a stream of 64-bit little words and padded texts, the same on both sides of the pipe.
 * Knows: libhdf5 (hdf5_read.c), which runs nowhere but in the child.
 * Does not know: processes and pipes (hdf5.c).
 *
 * 1. The stream is one node, the root, in pre-order; every item is padded with zeros to 8 bytes.
 * 2. text: length, bytes, at least one NUL.
 * 3. node: name text; is_dataset; for a dataset: kind, rank, dims, values; n_attributes, attributes; n_children,
 * children.
 * 4. attribute: name text; kind; is_scalar; values (numbers as float64).
 * 5. values: n, then n texts, or n numbers; numbers of a dataset: place (0: float32 follow here, else 1 + their offset
 * in the file). */
#ifndef OCTET_FORMATS_HDF5_STREAM_H
#define OCTET_FORMATS_HDF5_STREAM_H

#include "base/buffer.h"

enum { OCTET_HDF5_MAX_OBJECTS = 1 << 17, OCTET_HDF5_MAX_STRINGS = 1 << 22 };

/* Reads the whole file into `out`. path NULL: from `bytes`, which holds the file in either case. `name` for messages.
 */
octet_status octet_hdf5_read_stream(octet_context *ctx, const char *path, octet_bytes bytes, const char *name,
                                    octet_buffer *out);

#endif
