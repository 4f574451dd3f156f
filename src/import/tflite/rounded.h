/* import/tflite/rounded.h - weights that a file rounds each time it runs.
 * In:  a graph read from a .tflite, with constants behind QUANTIZE and DEQUANTIZE.
 * Out: the graph with the rounded numbers, which remember their scales (octet_trained_weights).
 * Knows: graph. TensorFlow's converter writes such pairs for a model of quantization-aware training that it was not
 *        told to optimize.
 * Does not know: activations between such pairs, which stay operators (passes/trained_pairs.c). */
#ifndef OCTET_IMPORT_TFLITE_ROUNDED_H
#define OCTET_IMPORT_TFLITE_ROUNDED_H

#include "graph/graph.h"

/* Each float32 constant that a QUANTIZE to int8 or uint8 reads, whose result only DEQUANTIZE operators read, becomes
 * what these give: exactly LiteRT's numbers. Where it is the weights of an operator, is rounded around 0 and has one
 * scale or one for each output channel, it is trained weights. */
octet_status octet_tflite_round_constants(octet_context *ctx, octet_graph *graph);

#endif
