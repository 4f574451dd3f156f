/* recover/geometry.h - which element of the data a weight meets at which place.
 * In:  an operator with weights.
 * Out: sizes, strides and paddings along three axes in space.
 * Knows: CONV_2D, DEPTHWISE_CONV_2D, TRANSPOSE_CONV, CONV_3D, FULLY_CONNECTED.
 * Does not know: numbers. */
#ifndef OCTET_RECOVER_GEOMETRY_H
#define OCTET_RECOVER_GEOMETRY_H

#include "graph/graph.h"

/* Depth, height, width; axes that an operator lacks have the size 1. Along an axis, tap t of place o meets element
 * o * stride + t * dilation - before, or padding, which is zero. For a TRANSPOSE_CONV that holds of the convolution
 * that it reverses: its data lie at o. The rows of a FULLY_CONNECTED are batches. */
typedef struct octet_geometry {
    int32_t in[3], filter[3], out[3], stride[3], dilation[3], before[3];
    size_t n_batches, n_in; /* n_in: channels of the data */
} octet_geometry;

bool octet_geometry_is_known(octet_operator_code code);
/* Of an operator that is known: output channels; the rest. */
size_t octet_geometry_n_channels(const octet_graph *graph, const octet_operator *op);
octet_geometry octet_geometry_of(const octet_graph *graph, const octet_operator *op);

static inline size_t octet_geometry_n_taps(const octet_geometry *g) {
    return (size_t)g->filter[0] * (size_t)g->filter[1] * (size_t)g->filter[2];
}
/* Places of one batch. */
static inline size_t octet_geometry_n_places(const octet_geometry *g) {
    return (size_t)g->out[0] * (size_t)g->out[1] * (size_t)g->out[2];
}
/* The element of the data, without its channel, that tap t meets at place o of a batch; -1: padding. Not of a
 * TRANSPOSE_CONV. */
int64_t octet_geometry_meet(const octet_geometry *g, size_t batch, const int32_t *o, const int32_t *t);

#endif
