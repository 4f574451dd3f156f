/* A small int8 network with most kinds of options, for tests of files: made here, from nothing but arithmetic. */
#ifndef OCTET_SUPPORT_SAMPLE_GRAPH_H
#define OCTET_SUPPORT_SAMPLE_GRAPH_H

#include <stdio.h>

#include "graph/graph.h"

enum { SAMPLE_MAX_CHANNELS = 64 };

static inline octet_status sample_quantize(octet_context *ctx, octet_graph *graph, uint32_t value, uint32_t n,
                                           int32_t axis, int32_t zero) {
    float scale[SAMPLE_MAX_CHANNELS];
    int32_t zero_point[SAMPLE_MAX_CHANNELS];
    for (uint32_t i = 0; i < n; i++) {
        scale[i] = 0.01f + 0.001f * (float)i;
        zero_point[i] = zero;
    }
    return octet_value_set_quantization(ctx, graph, value, n, axis, scale, zero_point);
}

/* A constant whose elements follow a pattern; per channel along `axis` when axis >= 0. */
static inline octet_status sample_constant(octet_context *ctx, octet_graph *graph, const char *name, octet_type type,
                                           octet_shape shape, int32_t axis, uint32_t *out) {
    static uint32_t data[16384];
    for (uint32_t i = 0; i < 16384; i++) data[i] = type == OCTET_INT32 ? i % 17 - 8 : i * 2654435761u;
    OCTET_TRY(octet_graph_add_constant(ctx, graph, name, type, &shape, data, out));
    return sample_quantize(ctx, graph, *out, axis < 0 ? 1 : (uint32_t)shape.dims[axis], axis < 0 ? 0 : axis, 0);
}

static inline octet_status sample_emit(octet_context *ctx, octet_graph *graph, octet_operator_code code,
                                       const uint32_t *inputs, uint32_t n_inputs, const octet_options *options,
                                       uint32_t *out) {
    OCTET_TRY(octet_graph_emit(ctx, graph, code, octet_operator_name(code), NULL, inputs, n_inputs, options, out, 1));
    return sample_quantize(ctx, graph, *out, 1, 0, code == OCTET_OP_SOFTMAX ? -128 : 3);
}

/* image [1,8,8,3] -> CONV_2D -> DEPTHWISE_CONV_2D -> MAX_POOL_2D -> RESHAPE -> FULLY_CONNECTED (twice) -> ADD ->
 * SOFTMAX. Both fully connected layers have the same weights, which a file should hold once. */
static inline octet_status sample_graph(octet_context *ctx, octet_graph **out) {
    octet_graph *graph;
    uint32_t x, filter, bias, depthwise, depthwise_bias, shape, weights[2], dense_bias, y, a, b;
    OCTET_TRY(octet_graph_create(ctx, "sample", &graph));
    *out = graph;
    OCTET_TRY(octet_graph_add_value(ctx, graph, "image", OCTET_INT8, &(octet_shape){4, {1, 8, 8, 3}}, &x));
    OCTET_TRY(sample_quantize(ctx, graph, x, 1, 0, -128));
    OCTET_TRY(octet_graph_add_input(ctx, graph, x, "image"));
    OCTET_TRY(sample_constant(ctx, graph, "filter", OCTET_INT8, (octet_shape){4, {8, 3, 3, 3}}, 0, &filter));
    OCTET_TRY(sample_constant(ctx, graph, "bias", OCTET_INT32, (octet_shape){1, {8}}, 0, &bias));
    OCTET_TRY(sample_constant(ctx, graph, "depthwise", OCTET_INT8, (octet_shape){4, {1, 3, 3, 16}}, 3, &depthwise));
    OCTET_TRY(sample_constant(ctx, graph, "depthwise_bias", OCTET_INT32, (octet_shape){1, {16}}, 0, &depthwise_bias));
    octet_options options = {0};
    options.conv_2d.padding = OCTET_PADDING_SAME;
    options.conv_2d.activation = OCTET_ACTIVATION_RELU6;
    options.conv_2d.stride_w = options.conv_2d.stride_h = options.conv_2d.dilation_w = options.conv_2d.dilation_h = 1;
    OCTET_TRY(sample_emit(ctx, graph, OCTET_OP_CONV_2D, (uint32_t[]){x, filter, bias}, 3, &options, &y));
    options = (octet_options){0};
    options.depthwise_conv_2d.padding = OCTET_PADDING_VALID;
    options.depthwise_conv_2d.stride_w = options.depthwise_conv_2d.stride_h = 1;
    options.depthwise_conv_2d.dilation_w = options.depthwise_conv_2d.dilation_h = 1;
    options.depthwise_conv_2d.depth_multiplier = 2;
    OCTET_TRY(sample_emit(ctx, graph, OCTET_OP_DEPTHWISE_CONV_2D, (uint32_t[]){y, depthwise, depthwise_bias}, 3,
                          &options, &y));
    options = (octet_options){0};
    options.pool_2d.padding = OCTET_PADDING_VALID;
    options.pool_2d.stride_w = options.pool_2d.stride_h = options.pool_2d.filter_w = options.pool_2d.filter_h = 2;
    OCTET_TRY(sample_emit(ctx, graph, OCTET_OP_MAX_POOL_2D, (uint32_t[]){y}, 1, &options, &y));
    OCTET_TRY(octet_graph_add_i32(ctx, graph, "shape", (int32_t[]){1, 144}, 2, &shape));
    OCTET_TRY(sample_emit(ctx, graph, OCTET_OP_RESHAPE, (uint32_t[]){y, shape}, 2, NULL, &y));
    OCTET_TRY(sample_constant(ctx, graph, "weights", OCTET_INT8, (octet_shape){2, {10, 144}}, 0, &weights[0]));
    OCTET_TRY(
        sample_constant(ctx, graph, "the same weights", OCTET_INT8, (octet_shape){2, {10, 144}}, -1, &weights[1]));
    OCTET_TRY(sample_constant(ctx, graph, "dense_bias", OCTET_INT32, (octet_shape){1, {10}}, 0, &dense_bias));
    options = (octet_options){0};
    options.fully_connected.activation = OCTET_ACTIVATION_RELU;
    OCTET_TRY(
        sample_emit(ctx, graph, OCTET_OP_FULLY_CONNECTED, (uint32_t[]){y, weights[0], dense_bias}, 3, &options, &a));
    options = (octet_options){0};
    OCTET_TRY(
        sample_emit(ctx, graph, OCTET_OP_FULLY_CONNECTED, (uint32_t[]){y, weights[1], OCTET_NONE}, 3, &options, &b));
    OCTET_TRY(sample_emit(ctx, graph, OCTET_OP_ADD, (uint32_t[]){a, b}, 2, &options, &y));
    options.softmax.beta = 1.0f;
    OCTET_TRY(sample_emit(ctx, graph, OCTET_OP_SOFTMAX, (uint32_t[]){y}, 1, &options, &y));
    const float softmax_scale = 1.0f / 256;
    const int32_t softmax_zero = -128;
    OCTET_TRY(octet_value_set_quantization(ctx, graph, y, 1, 0, &softmax_scale, &softmax_zero));
    OCTET_TRY(octet_graph_add_output(ctx, graph, y, "scores"));
    return octet_graph_verify(ctx, graph, "test");
}

#endif
