/* formats/hdf5/tree.h - the body of an answer (protocol.h, items 6 to 8) as nodes.
 * In:  bytes from a process that may have gone astray, and the size of the file that they speak of.
 * Out: nodes whose every pointer and count holds.
 * Knows: the layout.
 * Does not know: libhdf5, processes. */
#ifndef OCTET_FORMATS_HDF5_TREE_H
#define OCTET_FORMATS_HDF5_TREE_H

#include "formats/hdf5.h"

/* Nodes live in `arena`; texts and numbers of attributes stay where they are in `body`, which must outlive them and is
 * aligned to 8 bytes. `name` is the file's in messages. Errors: FORMAT, NOMEM, LIMIT. */
octet_status octet_hdf5_tree_read(octet_context *ctx, octet_arena *arena, octet_bytes body, uint64_t file_size,
                                  const char *name, octet_hdf5_node *root);

#endif
