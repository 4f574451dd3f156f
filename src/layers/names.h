/* layers/names.h - names of values, looked up.
 * In:  a graph; a name, or a list of them as converters write it: "a;b;c".
 * Out: the values that have a name.
 * Knows: how lists are separated.
 * Does not know: what is done with a match. */
#ifndef OCTET_LAYERS_NAMES_H
#define OCTET_LAYERS_NAMES_H

#include "graph/graph.h"

/* What of a list counts. */
typedef enum octet_name_part { OCTET_NAME_WHOLE, OCTET_NAME_FIRST, OCTET_NAME_ANY } octet_name_part;

typedef struct octet_name_entry {
    const char *text; /* not terminated */
    size_t length;
    uint32_t value;
} octet_name_entry;

typedef struct octet_name_index {
    octet_name_entry *entries; /* sorted */
    size_t n;
} octet_name_index;

/* Of all values that operators compute. In `arena`; points into the graph. Errors: NOMEM. */
octet_status octet_name_index_make(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                   octet_name_part part, octet_name_index *out);
/* The entries of this name: *n of them from the one that is returned on. */
const octet_name_entry *octet_name_index_find(const octet_name_index *index, const char *text, size_t length,
                                              size_t *n);
/* The next name of a list; false behind the last. *cursor: at first the whole list. */
bool octet_name_next(octet_name_part part, const char **cursor, const char **text, size_t *length);
/* The layer that a user would know by this name: "model/conv2d_1/BiasAdd;..." is of "conv2d_1", "dense/MatMul" of
 * "dense", "x" of "x". */
octet_status octet_name_layer(octet_context *ctx, octet_arena *arena, const char *name, const char **out);
/* The same for a value, where operators know no layers: for an input, and for an output whose own name has no layer in
 * it, the name of the port. In `arena`. Errors: NOMEM. */
octet_status octet_name_layer_of(octet_context *ctx, octet_arena *arena, const octet_graph *graph, uint32_t value,
                                 const char **out);

#endif
