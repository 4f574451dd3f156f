/* base/choose.h - looks up a name in the list of allowed names.
 * In:  what a user wrote.
 * Out: its place in a list, or USAGE with the list.
 * Knows: how an error lists the choices.
 * Does not know: what the names mean. */
#ifndef OCTET_BASE_CHOOSE_H
#define OCTET_BASE_CHOOSE_H

#include "base/context.h"

/* The place of `name` in `names`, a list that ends with NULL; NULL or "" gives 0. USAGE lists the names. `what` the
 * name is of, for the message: "mode". */
octet_status octet_choose(octet_context *ctx, const char *what, const char *name, const char *const *names, int *out);

#endif
