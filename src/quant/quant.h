/* quant/quant.h - from a float graph and observed ranges to a quantized graph.
 * In:  a canonical float graph whose activations have ranges; options.
 * Out: a new graph: int8 (or another mode) with scales, zero points, rounded weights and biases.
 * Knows: graph; the rule of every operator as data (rules.c).
 * Does not know: exec. Its observer is handed to exec by src/api. */
#ifndef OCTET_QUANT_QUANT_H
#define OCTET_QUANT_QUANT_H

#include "graph/graph.h"

typedef enum octet_mode {
    OCTET_MODE_INT8 = 0,
    OCTET_MODE_INT16X8, /* int16 activations, int8 weights, int64 biases */
    OCTET_MODE_DYNAMIC, /* int8 weights, float activations */
    OCTET_MODE_FLOAT16, /* float16 constants behind DEQUANTIZE */
    OCTET_MODE_FLOAT32  /* nothing quantized */
} octet_mode;

typedef struct octet_quantize_options {
    octet_mode mode;
    octet_type input_type,
        output_type;        /* int8, uint8 or float32 (INT8); int16 or float32 (INT16X8); FLOAT32 is 0: set both */
    bool per_tensor_dense;  /* one scale for the weights of a FULLY_CONNECTED */
    bool per_tensor;        /* one scale for all weights */
    bool strict_tensorflow; /* exactly what TensorFlow's converter writes, also where it leaves an operator in float */
} octet_quantize_options;

/* Observer of minima and maxima, as TensorFlow calibrates: NaN skipped, max starts at FLT_MIN. */
typedef struct octet_ranges octet_ranges;
octet_status octet_ranges_create(octet_context *ctx, const octet_graph *graph, octet_ranges **out);
void octet_ranges_destroy(octet_context *ctx, octet_ranges *ranges);
void octet_ranges_observe(void *ranges, uint32_t value, const void *data, size_t n_elements); /* an octet_observe */
void octet_ranges_merge(octet_ranges *into, const octet_ranges *from);
/* Writes has_range, min and max into the values of the graph. DATA names the first value that
 * saw NaN or infinity. */
octet_status octet_ranges_apply(octet_context *ctx, const octet_ranges *ranges, octet_graph *graph);

/* True when training has left ranges in the graph (FAKE_QUANT): samples may then be missing, and what has no range
 * stays float. */
bool octet_quantize_is_trained(const octet_graph *graph);
/* `graph` is not changed. Errors: MODEL (a range missing, NaN weights: names layer and value), UNSUPPORTED, NOMEM. */
octet_status octet_quantize_graph(octet_context *ctx, const octet_graph *graph, const octet_quantize_options *options,
                                  octet_graph **out);

#endif
