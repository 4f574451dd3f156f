/* passes/trained_pairs.h - rounding of activations by pairs of operators.
 * In:  a float graph in which QUANTIZE and DEQUANTIZE stand around float operators, as quantization-aware training
 *      leaves them in a file that TensorFlow's converter was not told to optimize.
 * Out: the graph with FAKE_QUANT in their place.
 * Knows: graph.
 * Does not know: weights (import/tflite/rounded.c), what FAKE_QUANT is good for (quant/trained.h). */
#ifndef OCTET_PASSES_TRAINED_PAIRS_H
#define OCTET_PASSES_TRAINED_PAIRS_H

#include "graph/graph.h"

/* Whether all that is quantized in the graph stands between a QUANTIZE from float32 and DEQUANTIZE operators to
 * float32, with one scale, and there is such a pair. */
bool octet_trained_pairs_stand(const octet_graph *graph);
/* Of such a graph: each pair becomes a FAKE_QUANT, whose range gives the scale and zero point again. */
octet_status octet_trained_pairs_replace(octet_context *ctx, octet_graph *graph);

#endif
