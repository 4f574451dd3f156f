/* make_nets FOLDER: int8 networks with the shapes of MLPerf Tiny and drawn weights, kws.tflite and vww.tflite. How many
 * instructions and bytes they take depends on shapes alone. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>

#include "export/tflite/tflite.h"
#include "graph/graph.h"

static octet_context context, *ctx = &context;
static octet_graph *graph;
static uint32_t seed;

static int32_t draw(int32_t low, int32_t high) {
    seed = seed * 1664525u + 1013904223u;
    return low + (int32_t)((uint64_t)(seed >> 8) * (uint64_t)(high - low + 1) >> 24);
}

static octet_status quantize(uint32_t value, float scale, int32_t zero_point) {
    return octet_value_set_quantization(ctx, graph, value, 1, 0, &scale, &zero_point);
}

/* Weights with a scale for each channel of `axis`; sums of n products then use most of int8. */
static octet_status weights(octet_shape shape, int32_t axis, int32_t n, uint32_t *out) {
    static int8_t data[1 << 16];
    static float scales[256];
    static const int32_t zeros[256] = {0};
    const size_t size = octet_shape_elements(&shape);
    for (size_t i = 0; i < size; i++) data[i] = (int8_t)draw(-127, 127);
    for (int32_t i = 0; i < shape.dims[axis]; i++)
        scales[i] = 0.025f / sqrtf((float)n) * (1.0f + 0.1f * (float)draw(0, 9));
    OCTET_TRY(octet_graph_add_constant(ctx, graph, "weights", OCTET_INT8, &shape, data, out));
    return octet_value_set_quantization(ctx, graph, *out, (uint32_t)shape.dims[axis], axis, scales, zeros);
}

static octet_status bias(int32_t n, uint32_t *out) {
    static int32_t data[256];
    const octet_shape shape = {1, {n}};
    for (int32_t i = 0; i < n; i++) data[i] = draw(-500, 500);
    OCTET_TRY(octet_graph_add_constant(ctx, graph, "bias", OCTET_INT32, &shape, data, out));
    return quantize(*out, 1.0f, 0);
}

static octet_status emit(octet_operator_code code, const octet_options *options, const uint32_t *inputs, uint32_t n,
                         uint32_t *out) {
    uint32_t y;
    OCTET_TRY(octet_graph_emit(ctx, graph, code, octet_operator_name(code), NULL, inputs, n, options, &y, 1));
    *out = y;
    return OCTET_OK;
}

/* A convolution with ReLU, [h,w] with `stride`; `x` becomes its result. */
static octet_status conv(int32_t channels, int32_t h, int32_t w, int32_t stride, uint32_t *x) {
    const int32_t in = graph->values[*x].shape.dims[3];
    uint32_t operands[3] = {*x, 0, 0};
    octet_options o = {0};
    o.conv_2d.padding = OCTET_PADDING_SAME;
    o.conv_2d.activation = OCTET_ACTIVATION_RELU;
    o.conv_2d.stride_h = o.conv_2d.stride_w = stride;
    o.conv_2d.dilation_h = o.conv_2d.dilation_w = 1;
    OCTET_TRY(weights((octet_shape){4, {channels, h, w, in}}, 0, h * w * in, &operands[1]));
    OCTET_TRY(bias(channels, &operands[2]));
    OCTET_TRY(emit(OCTET_OP_CONV_2D, &o, operands, 3, x));
    return quantize(*x, 6.0f / 255.0f, -128);
}

static octet_status depthwise(int32_t stride, uint32_t *x) {
    const int32_t in = graph->values[*x].shape.dims[3];
    uint32_t operands[3] = {*x, 0, 0};
    octet_options o = {0};
    o.depthwise_conv_2d.padding = OCTET_PADDING_SAME;
    o.depthwise_conv_2d.activation = OCTET_ACTIVATION_RELU;
    o.depthwise_conv_2d.stride_h = o.depthwise_conv_2d.stride_w = stride;
    o.depthwise_conv_2d.dilation_h = o.depthwise_conv_2d.dilation_w = o.depthwise_conv_2d.depth_multiplier = 1;
    OCTET_TRY(weights((octet_shape){4, {1, 3, 3, in}}, 3, 9, &operands[1]));
    OCTET_TRY(bias(in, &operands[2]));
    OCTET_TRY(emit(OCTET_OP_DEPTHWISE_CONV_2D, &o, operands, 3, x));
    return quantize(*x, 6.0f / 255.0f, -128);
}

/* The average over each map, a dense layer, softmax: the end of both. */
static octet_status classify(int32_t classes, uint32_t x) {
    const octet_shape in = graph->values[x].shape;
    const int32_t dims[2] = {1, in.dims[3]};
    uint32_t operands[3] = {x, 0, 0};
    octet_options o = {0};
    o.pool_2d.padding = OCTET_PADDING_VALID;
    o.pool_2d.filter_h = o.pool_2d.stride_h = in.dims[1];
    o.pool_2d.filter_w = o.pool_2d.stride_w = in.dims[2];
    OCTET_TRY(emit(OCTET_OP_AVERAGE_POOL_2D, &o, operands, 1, &operands[0]));
    OCTET_TRY(quantize(operands[0], 6.0f / 255.0f, -128));
    OCTET_TRY(octet_graph_add_i32(ctx, graph, "shape", dims, 2, &operands[1]));
    OCTET_TRY(emit(OCTET_OP_RESHAPE, NULL, operands, 2, &operands[0]));
    OCTET_TRY(quantize(operands[0], 6.0f / 255.0f, -128));
    OCTET_TRY(weights((octet_shape){2, {classes, in.dims[3]}}, 0, in.dims[3], &operands[1]));
    OCTET_TRY(bias(classes, &operands[2]));
    o = (octet_options){0};
    OCTET_TRY(emit(OCTET_OP_FULLY_CONNECTED, &o, operands, 3, &operands[0]));
    OCTET_TRY(quantize(operands[0], 0.05f, 0));
    o.softmax.beta = 1.0f;
    OCTET_TRY(emit(OCTET_OP_SOFTMAX, &o, operands, 1, &x));
    OCTET_TRY(quantize(x, 1.0f / 256.0f, -128));
    return octet_graph_add_output(ctx, graph, x, "output");
}

static octet_status begin(int32_t h, int32_t w, int32_t c, uint32_t *x) {
    OCTET_TRY(octet_graph_create(ctx, "net", &graph));
    OCTET_TRY(octet_graph_add_value(ctx, graph, "input", OCTET_INT8, &(octet_shape){4, {1, h, w, c}}, x));
    OCTET_TRY(quantize(*x, 0.02f, 0));
    return octet_graph_add_input(ctx, graph, *x, "input");
}

/* Keyword spotting: DS-CNN on 49 frames of 10 coefficients. */
static octet_status kws(void) {
    uint32_t x;
    OCTET_TRY(begin(49, 10, 1, &x));
    OCTET_TRY(conv(64, 10, 4, 2, &x));
    for (int i = 0; i < 4; i++) {
        OCTET_TRY(depthwise(1, &x));
        OCTET_TRY(conv(64, 1, 1, 1, &x));
    }
    return classify(12, x);
}

/* Visual wake words: MobileNetV1 with a quarter of the channels on 96x96 pixels. */
static octet_status vww(void) {
    static const int32_t channels[13] = {16, 32, 32, 64, 64, 128, 128, 128, 128, 128, 128, 256, 256};
    static const int32_t strides[13] = {1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1};
    uint32_t x;
    OCTET_TRY(begin(96, 96, 3, &x));
    OCTET_TRY(conv(8, 3, 3, 2, &x));
    for (int i = 0; i < 13; i++) {
        OCTET_TRY(depthwise(strides[i], &x));
        OCTET_TRY(conv(channels[i], 1, 1, 1, &x));
    }
    return classify(2, x);
}

static octet_status make(octet_status (*build)(void), const char *folder, const char *name) {
    char path[1024];
    seed = 1;
    graph = NULL;
    snprintf(path, sizeof path, "%s/%s.tflite", folder, name);
    octet_status status = build();
    if (status == OCTET_OK) status = octet_graph_verify(ctx, graph, name);
    if (status == OCTET_OK) status = octet_export_tflite_file(ctx, graph, path);
    octet_graph_destroy(ctx, graph);
    return status;
}

int main(int argc, char **argv) {
    octet_context_init(ctx);
    if (argc == 2 && make(kws, argv[1], "kws") == OCTET_OK && make(vww, argv[1], "vww") == OCTET_OK) return 0;
    fprintf(stderr, "%s\n", argc == 2 ? ctx->message : "usage: make_nets FOLDER");
    return 1;
}
