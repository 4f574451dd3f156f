/* layers/select.h - operators by the names that a user knows.
 * In:  a float graph; what a user wrote: the name of a layer or of an operator, with * and ?.
 * Out: the operators that it names; names that are like it.
 * Knows: that a Keras graph has layers, and that a .tflite has tensors that begin with their names.
 * Does not know: what the operators are chosen for. */
#ifndef OCTET_LAYERS_SELECT_H
#define OCTET_LAYERS_SELECT_H

#include "graph/graph.h"

/* Whether `text` has the form of `pattern`: * stands for any characters, ? for one. */
bool octet_select_matches(const char *pattern, const char *text);
/* The layer of operator k as reports name it: of a graph with layers (Keras) its layer, else what the name of its
 * first result begins with. In `arena`, or of the graph. Errors: NOMEM. */
octet_status octet_select_layer_name(octet_context *ctx, octet_arena *arena, const octet_graph *graph, bool has_layers,
                                     uint32_t k, const char **out);
/* chosen: by operator; set to true where the pattern is the name of its layer, of a layer that was fused into it (its
 * result is named after that) or of the operator ("SOFTMAX"). Operators that touch no float are not chosen, nor is
 * FAKE_QUANT. *n: how many were. Errors: NOMEM. */
octet_status octet_select_operators(octet_context *ctx, const octet_graph *graph, bool has_layers, const char *pattern,
                                    bool *chosen, uint32_t *n);
/* Up to three names of layers, or of operators for a pattern in capitals, that have most letters in a row with the
 * pattern, and more than half as many as the first: "conv_1, conv_2"; in `arena`. "" where none has. Errors: NOMEM. */
octet_status octet_select_alike(octet_context *ctx, octet_arena *arena, const octet_graph *graph, bool has_layers,
                                const char *pattern, const char **out);

#endif
