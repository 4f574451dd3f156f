/* api/options.h - option structs of octet.h, whatever version of it the caller was compiled with.
 * In:  a struct whose first member is its size in bytes, or NULL.
 * Out: the struct as this library knows it: what is missing is 0.
 * Knows: sizes only.
 * Does not know: any single option. */
#ifndef OCTET_API_OPTIONS_H
#define OCTET_API_OPTIONS_H

#include "base/context.h"

/* Copies `given` into `out`, which has known_size bytes. NULL gives all zeros. USAGE where the
 * size says that the struct was not initialized, or where it is larger and what this library does
 * not know is not 0; `what` names the struct. */
octet_status octet_options_take(octet_context *ctx, const char *what, const void *given, size_t known_size, void *out);

/* For a local struct `out` of the type that the pointer `given` points to. */
#define OCTET_OPTIONS_TAKE(ctx, type, given, out) octet_options_take((ctx), #type, (given), sizeof(type), (out))

/* Gives the first members of `filled`, a struct of known_size bytes, to a caller whose struct has the size that it
 * states; that size stays. */
void octet_options_give(const void *filled, size_t known_size, void *out);

#endif
