/* api/islands.h - layers that are asked for in other numbers than those of the mode.
 * In:  a float graph, options.
 * Out: the same graph with operators marked (octet_island).
 * Knows: what options say of layers.
 * Does not know: which layers would gain by it. */
#ifndef OCTET_API_ISLANDS_H
#define OCTET_API_ISLANDS_H

#include "api/handles.h"

/* Of the options: keep_float, int16_layers. graph: becomes a copy of its own where operators are marked. Errors: USAGE
 * (a pattern that names nothing, or that does not go with the mode), UNSUPPORTED (layers that LiteRT has no int16
 * kernel for), NOMEM. */
octet_status octet_api_mark_islands(octet_context *ctx, const octet_model *model, const octet_conversion *asked,
                                    const octet_quantize_options *options, octet_float_graph *graph);

#endif
