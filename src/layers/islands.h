/* layers/islands.h - operators of a quantized graph that compute in other numbers than the rest.
 * In:  a quantized graph, by whatever converter.
 * Out: its operators in float, and among int8 those with int16 activations.
 * Knows: what the types of values tell.
 * Does not know: who asked for it. */
#ifndef OCTET_LAYERS_ISLANDS_H
#define OCTET_LAYERS_ISLANDS_H

#include "graph/graph.h"

typedef struct octet_island_row {
    const char *layer; /* as select.h names it */
    const char *op;
    uint32_t operator_index;
    octet_island island; /* FLOAT or INT16 */
} octet_island_row;

typedef struct octet_island_list {
    octet_island_row *rows; /* in the order of the operators */
    uint32_t n;
} octet_island_list;

/* None in a graph whose activations are all float. QUANTIZE and DEQUANTIZE are none. has_layers: as in select.h. In
 * `arena`. Errors: NOMEM. */
octet_status octet_islands_find(octet_context *ctx, octet_arena *arena, const octet_graph *graph, bool has_layers,
                                octet_island_list *out);

#endif
