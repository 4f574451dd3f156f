/* graph/entry.h - what a model does to an input before anything else.
 * In:  a graph as it was imported; passes fold scaling into weights, where nobody sees it any more.
 * Out: octet_entry of each input: whether the model scales it itself, and whether it expects bytes as they are.
 * Knows: operators that only move elements, and multiplications and additions by constants.
 * Does not know: layers of Keras; data. */
#ifndef OCTET_GRAPH_ENTRY_H
#define OCTET_GRAPH_ENTRY_H

#include "graph/graph.h"

/* Sets the entry of every input. The model scales an input itself where y = x * scale + offset, with constants, stands
 * between it and the first operator that computes anything else; elements may be moved, cast, padded and resized on the
 * way. The numbers tell what it expects. Bytes: the value that becomes 0 is above 2, or a difference of 8 or more
 * becomes 1, in at least half of the channels. Values near 1: all others, so that a normalization of x / 255 stays one.
 * An input that is quantized, itself or by its only reader, expects bytes where it can hold numbers above 20.
 * Errors: NOMEM. */
octet_status octet_graph_find_entries(octet_context *ctx, octet_graph *graph);
/* Copies the entries of `from` to a graph with the same inputs. Errors: NOMEM. */
octet_status octet_graph_copy_entries(octet_context *ctx, const octet_graph *from, octet_graph *to);

#endif
