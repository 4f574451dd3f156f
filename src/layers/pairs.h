/* layers/pairs.h - two graphs of one network side by side.
 * In:  a float graph and a quantized one, by whatever converter.
 * Out: for each value of the quantized graph the value of the float graph that it stands for.
 * Knows: names of TensorFlow, LiteRT and octet; that converters reorder, rename, add QUANTIZE and drop RESHAPE.
 * Does not know: what the values hold.
 *
 * Inputs are paired by their place, as are outputs. Then values of one full name and one kind of operator, or, without
 * weights, operands that are paired; then those whose lists of names ("a;b;c") begin alike. Then structure: operators
 * of one kind that read paired operands give paired results; of several such the one with the nearest weights. Then
 * layers that alone have the same weights, and in the end single names of the lists. Partners have one shape but for
 * dimensions of 1. QUANTIZE and DEQUANTIZE stand for what they read, and in the float graph FAKE_QUANT does. */
#ifndef OCTET_LAYERS_PAIRS_H
#define OCTET_LAYERS_PAIRS_H

#include "graph/graph.h"

typedef struct octet_pairs {
    uint32_t *partner;   /* by value of the quantized graph: a value of the float graph, or OCTET_NONE */
    uint32_t *root;      /* by value of the quantized graph: what QUANTIZE and DEQUANTIZE before it read */
    uint32_t *real_root; /* by value of the float graph: the same, FAKE_QUANT too; partners are their own root */
    uint32_t *taken;     /* by value of the float graph: the root that it is the partner of, or OCTET_NONE */
    uint32_t n_names, n_structure;     /* roots that were paired by the one and by the other */
    uint32_t n_weights_all, n_weights; /* layers with weights of the quantized graph; those whose weights, rounded, the
                                          float graph has */
} octet_pairs;

/* Arrays in `arena`. Two graphs of different networks give few pairs, no error. Errors: NOMEM. */
octet_status octet_pairs_find(octet_context *ctx, octet_arena *arena, const octet_graph *real,
                              const octet_graph *quantized, octet_pairs *out);
/* RESHAPE and the like: the same numbers in another shape. */
bool octet_pairs_is_reshape(octet_operator_code code);
/* QUANTIZE or DEQUANTIZE: the same numbers in another type. */
bool octet_pairs_is_passage(octet_operator_code code);
/* Computed anew in each run: no constant, no state. */
static inline bool octet_pairs_is_computed(const octet_graph *graph, uint32_t value) {
    return value != OCTET_NONE && !octet_value_is_constant(&graph->values[value]) && !graph->values[value].is_variable;
}

#endif
