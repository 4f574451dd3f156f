/* api/value_name.h - the tensor and the element that people mean.
 * In:  "NAME[1,3,0,7]".
 * Out: a value of a graph, a flat element.
 * Knows: names as octet inspect shows them.
 * Does not know: what is done with the element. */
#ifndef OCTET_API_VALUE_NAME_H
#define OCTET_API_VALUE_NAME_H

#include "graph/graph.h"

/* NAME: a tensor's name, the first of its list "a;b;c", a part of its path or its end, the name of an input, output or
 * layer, or a number. Without an index the only element. Errors: USAGE, with names that are alike, or the shape. */
octet_status octet_api_find_element(octet_context *ctx, const octet_graph *graph, const char *text, uint32_t *value,
                                    size_t *element);

#endif
