/* target/put.h - operators in the place of another one.
 * In:  a graph, quantized or not; operators with their operands.
 * Out: the same graph with more operators at its end, whose results are like a value that is there.
 * Knows: graph.
 * Does not know: which operators equal which. */
#ifndef OCTET_TARGET_PUT_H
#define OCTET_TARGET_PUT_H

#include "graph/graph.h"

/* Operators at the end of `graph`, for the layer whose operator they replace. */
typedef struct octet_put {
    octet_context *ctx;
    octet_graph *graph;
    const char *layer;
    uint32_t like; /* value whose type and parameters the results have */
} octet_put;

/* *out: the value that the operator computes, or OCTET_NONE for a new one of `shape`. */
octet_status octet_put_operator(const octet_put *put, octet_operator_code code, const uint32_t *inputs,
                                uint32_t n_inputs, const octet_options *options, octet_shape shape, uint32_t *out);
/* RESHAPE; none where the value has that shape already and no certain value is asked for. */
octet_status octet_put_reshape(const octet_put *put, uint32_t value, octet_shape shape, uint32_t *out);
/* Up to any number of operands: joins of joins where the kernels take 10 at most. */
octet_status octet_put_concatenation(const octet_put *put, const uint32_t *values, uint32_t n, int32_t axis,
                                     uint32_t *out);
/* A value of the same type and shape as `like` with these parameters. */
octet_status octet_put_value(const octet_put *put, float scale, int32_t zero_point, uint32_t *out);

#endif
