/* quant/quant.h - from a float graph and statistics to a quantized graph.
 * In:  a canonical float graph; statistics of its activations; options.
 * Out: a new graph: int8 (or another mode) with scales, zero points, rounded weights and biases.
 * Knows: graph; the rule of every operator as data (rules.c).
 * Does not know: exec, how statistics are gathered. */
#ifndef OCTET_QUANT_QUANT_H
#define OCTET_QUANT_QUANT_H

#include "graph/graph.h"
#include "statistics/statistics.h"

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

/* True when training has left ranges in the graph (FAKE_QUANT): samples may then be missing, and what has no range
 * stays float. */
bool octet_quantize_is_trained(const octet_graph *graph);
/* TensorFlow's converter clips the cell state of a Keras LSTM at 10, which Keras does not. The same in `graph`: what
 * strict files say, and what is calibrated for them. Graphs that another converter wrote stay as they are. */
void octet_quantize_clip_cells(octet_graph *graph);
/* A range comes from training (FAKE_QUANT) where there is one, else from the statistics, else from the file that states
 * one for the value. statistics: of this graph; NULL where the other two are enough, and for the modes that round
 * weights alone. Errors: MODEL (a range missing, NaN weights: names layer and value), DATA (NaN or infinity in the
 * statistics; another model's statistics), UNSUPPORTED, NOMEM. */
octet_status octet_quantize_graph(octet_context *ctx, const octet_graph *graph, const octet_statistics *statistics,
                                  const octet_quantize_options *options, octet_graph **out);
/* The same, in a mode with ranges, of a graph without FAKE_QUANT, and which value of *out holds what a value of `graph`
 * held: (*quantized_of)[v], an array of n_values in `arena`, in integers where it has them, in int8 where it has int16
 * too; OCTET_NONE for constants and what is no longer there. */
octet_status octet_quantize_graph_mapped(octet_context *ctx, const octet_graph *graph,
                                         const octet_statistics *statistics, const octet_quantize_options *options,
                                         octet_arena *arena, uint32_t **quantized_of, octet_graph **out);

#endif
