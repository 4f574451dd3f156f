/* formats/hdf5/helper.h - finds octet-hdf5, the program that reads HDF5 for the library.
 * In:  the context's setting, the environment variable OCTET_HDF5_HELPER, the places of the library and the program.
 * Out: a path.
 * Knows: how builds and installations lay their files out.
 * Does not know: what is done with the program. */
#ifndef OCTET_FORMATS_HDF5_HELPER_H
#define OCTET_FORMATS_HDF5_HELPER_H

#include "base/memory.h"

/* The first of: ctx->hdf5_helper; $OCTET_HDF5_HELPER; octet-hdf5 beside the library or the program that runs, or in the
 * libexec folder of their installation; octet-hdf5 in the libexec folder given when octet was compiled. The first two
 * are taken as they are, the others when they exist. *path lives in `arena`. IO names every place; `name` is the file
 * that is to be read. */
octet_status octet_hdf5_helper_find(octet_context *ctx, octet_arena *arena, const char *name, const char **path);

#endif
