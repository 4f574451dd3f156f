/* random_net.h - small int8 networks, and int16 ones with int8 weights, drawn by a seed.
 * In:  a context, a seed.
 * Out: a quantized graph from one input to one to three outputs: convolutions of all kinds, pools, shortcuts, dense
 *      layers, element by element, movements; scales, zero points, paddings, strides and activations at random. One in
 *      eight takes and gives float32, one in eight is uint8.
 * Knows: graph.
 * Does not know: what is right, who runs it. Needs cmocka.h. */
#ifndef OCTET_TESTS_SUPPORT_RANDOM_NET_H
#define OCTET_TESTS_SUPPORT_RANDOM_NET_H

#include "fuzz/kernel_random.h"
#include "graph/graph.h"

enum { NET_MOST_VALUES = 24, NET_MOST_ELEMENTS = 6000 };

typedef struct random_net {
    octet_context *ctx;
    octet_graph *graph;
    octet_case_random random;
    octet_type type;                            /* of activations: OCTET_INT8 or OCTET_INT16 */
    uint32_t values[NET_MOST_VALUES], n_values; /* of that type, rank 4, batch 1 */
} random_net;

static inline void net_good(const random_net *t, octet_status status) {
    if (status != OCTET_OK) fail_msg("%s: %s", octet_status_name(status), t->ctx->message);
}
static inline int32_t net_draw(random_net *t, int32_t low, int32_t high) { return case_range(&t->random, low, high); }

static inline void net_quantize(random_net *t, uint32_t value, float scale, int32_t zero_point) {
    net_good(t, octet_value_set_quantization(t->ctx, t->graph, value, 1, 0, &scale, &zero_point));
}
/* Scales of 0.02 to 0.08; often the zero point of a ReLU. int16 has the range and no zero point. */
static inline void net_quantize_any(random_net *t, uint32_t value) {
    const int32_t zero_point = net_draw(t, 0, 2) == 0 ? net_draw(t, -128, 127) : -128;
    const float scale = 0.01f * (float)net_draw(t, 2, 8);
    if (t->graph->values[value].type == OCTET_INT16) net_quantize(t, value, scale / 256, 0);
    else net_quantize(t, value, scale, zero_point);
}
static inline void net_quantize_like(random_net *t, uint32_t value, uint32_t like) {
    const octet_quantization *q = &t->graph->values[like].quantization;
    net_quantize(t, value, q->scale[0], q->zero_point[0]);
}

static inline uint32_t net_emit(random_net *t, octet_operator_code code, const octet_options *options,
                                const uint32_t *inputs, uint32_t n) {
    uint32_t y;
    net_good(t, octet_graph_emit(t->ctx, t->graph, code, octet_operator_name(code), NULL, inputs, n, options, &y, 1));
    return y;
}
#define NET_EMIT(t, code, options, ...) \
    net_emit(t, code, options, (const uint32_t[]){__VA_ARGS__}, sizeof((uint32_t[]){__VA_ARGS__}) / 4)

static inline uint32_t net_integers(random_net *t, const int32_t *numbers, int32_t n) {
    uint32_t v;
    net_good(t, octet_graph_add_i32(t->ctx, t->graph, "integers", numbers, n, &v));
    return v;
}
#define NET_INTEGERS(t, ...) \
    net_integers(t, (const int32_t[]){__VA_ARGS__}, (int32_t)(sizeof((int32_t[]){__VA_ARGS__}) / 4))

/* Weights with a scale for all, or for each slice of `axis`: sums of n products then use most of int8. */
static inline uint32_t net_weights(random_net *t, octet_shape shape, int32_t axis, int32_t n) {
    static int8_t data[1 << 16];
    static float scales[512];
    static const int32_t zeros[512] = {0};
    const size_t size = octet_shape_elements(&shape);
    const bool extreme = net_draw(t, 0, 9) == 0;
    const uint32_t n_scales = net_draw(t, 0, 3) == 0 ? 1 : (uint32_t)shape.dims[axis];
    uint32_t w;
    assert_true(size <= sizeof data && n_scales <= 512);
    for (size_t i = 0; i < size; i++)
        data[i] = (int8_t)(extreme ? net_draw(t, 0, 1) * 254 - 127 : net_draw(t, -127, 127));
    for (uint32_t i = 0; i < n_scales; i++)
        scales[i] = 0.03f / sqrtf((float)n) * (0.3f + 0.1f * (float)net_draw(t, 0, 9));
    if (net_draw(t, 0, 29) == 0) scales[0] *= 300.0f; /* a shift to the left */
    net_good(t, octet_graph_add_constant(t->ctx, t->graph, "weights", OCTET_INT8, &shape, data, &w));
    net_good(t, octet_value_set_quantization(t->ctx, t->graph, w, n_scales, axis, scales, zeros));
    return w;
}
/* int64 for int16, now and then more than 32 bits of it. */
static inline uint32_t net_bias(random_net *t, int32_t n) {
    static int32_t data[512];
    static int64_t wide[512];
    const octet_shape shape = {1, {n}};
    const bool is_wide = t->type == OCTET_INT16;
    uint32_t b;
    if (net_draw(t, 0, 5) == 0) return OCTET_NONE;
    for (int32_t i = 0; i < n; i++) data[i] = net_draw(t, -3000, 3000);
    for (int32_t i = 0; i < n; i++) wide[i] = (int64_t)data[i] * (data[0] % 7 == 0 ? 1 << 20 : 256);
    net_good(t, octet_graph_add_constant(t->ctx, t->graph, "bias", is_wide ? OCTET_INT64 : OCTET_INT32, &shape,
                                         is_wide ? (const void *)wide : data, &b));
    return b;
}

static inline octet_activation net_activation(random_net *t) {
    static const octet_activation known[] = {OCTET_ACTIVATION_NONE, OCTET_ACTIVATION_RELU, OCTET_ACTIVATION_RELU,
                                             OCTET_ACTIVATION_RELU6};
    return known[net_draw(t, 0, 3)];
}

/* A window of `size` with `dilation` fits into h and w. */
static inline bool net_fits(const octet_shape *s, int32_t h, int32_t w, int32_t dilation) {
    return (h - 1) * dilation < s->dims[1] && (w - 1) * dilation < s->dims[2];
}

static inline uint32_t net_conv(random_net *t, uint32_t x) {
    const octet_shape *s = &t->graph->values[x].shape;
    const int32_t in = s->dims[3], h = net_draw(t, 1, 4), w = net_draw(t, 0, 2) == 0 ? net_draw(t, 1, 5) : h;
    const int32_t dilation = net_draw(t, 0, 7) == 0 ? 2 : 1;
    const int32_t groups = in % 2 == 0 && net_draw(t, 0, 7) == 0 ? 2 : 1, out = groups * net_draw(t, 1, 13);
    const bool same = net_draw(t, 0, 1) == 0 || !net_fits(s, h, w, dilation);
    octet_options o = {0};
    o.conv_2d.padding = same ? OCTET_PADDING_SAME : OCTET_PADDING_VALID;
    o.conv_2d.activation = net_activation(t);
    o.conv_2d.stride_h = net_draw(t, 0, 3) == 0 ? 2 : 1;
    o.conv_2d.stride_w = net_draw(t, 0, 3) == 0 ? net_draw(t, 2, 3) : o.conv_2d.stride_h;
    o.conv_2d.dilation_h = o.conv_2d.dilation_w = dilation;
    const uint32_t weights =
        net_weights(t, octet_shape_make(4, (const int32_t[]){out, h, w, in / groups}), 0, h * w * in / groups);
    const uint32_t bias = net_bias(t, out), y = NET_EMIT(t, OCTET_OP_CONV_2D, &o, x, weights, bias);
    net_quantize_any(t, y);
    return y;
}
static inline uint32_t net_depthwise(random_net *t, uint32_t x) {
    const octet_shape *s = &t->graph->values[x].shape;
    const int32_t in = s->dims[3], h = net_draw(t, 1, 4), w = net_draw(t, 1, 4),
                  multiplier = net_draw(t, 0, 3) == 0 ? 2 : 1;
    const bool same = net_draw(t, 0, 1) == 0 || !net_fits(s, h, w, 1);
    octet_options o = {0};
    o.depthwise_conv_2d.padding = same ? OCTET_PADDING_SAME : OCTET_PADDING_VALID;
    o.depthwise_conv_2d.activation = net_activation(t);
    o.depthwise_conv_2d.stride_h = o.depthwise_conv_2d.stride_w = net_draw(t, 0, 3) == 0 ? 2 : 1;
    o.depthwise_conv_2d.dilation_h = o.depthwise_conv_2d.dilation_w = 1;
    o.depthwise_conv_2d.depth_multiplier = multiplier;
    const uint32_t weights = net_weights(t, octet_shape_make(4, (const int32_t[]){1, h, w, in * multiplier}), 3, h * w);
    const uint32_t bias = net_bias(t, in * multiplier),
                   y = NET_EMIT(t, OCTET_OP_DEPTHWISE_CONV_2D, &o, x, weights, bias);
    net_quantize_any(t, y);
    return y;
}
static inline uint32_t net_pool(random_net *t, uint32_t x) {
    const octet_shape *s = &t->graph->values[x].shape;
    const int32_t size = net_draw(t, 0, 2) == 0 ? 3 : 2;
    octet_options o = {0};
    o.pool_2d.padding =
        net_draw(t, 0, 2) == 0 || !net_fits(s, size, size, 1) ? OCTET_PADDING_SAME : OCTET_PADDING_VALID;
    o.pool_2d.filter_h = o.pool_2d.filter_w = size;
    o.pool_2d.stride_h = o.pool_2d.stride_w = net_draw(t, 0, 2) == 0 ? net_draw(t, 1, 3) : size;
    if (net_draw(t, 0, 5) == 0) o.pool_2d.activation = OCTET_ACTIVATION_RELU6;
    const uint32_t y = NET_EMIT(t, net_draw(t, 0, 2) == 0 ? OCTET_OP_AVERAGE_POOL_2D : OCTET_OP_MAX_POOL_2D, &o, x);
    net_quantize_like(t, y, x);
    return y;
}
/* With an earlier value of its shape where there is one, else with a constant or itself. */
static inline uint32_t net_binary(random_net *t, uint32_t x) {
    static const octet_operator_code codes[] = {OCTET_OP_ADD, OCTET_OP_ADD, OCTET_OP_ADD, OCTET_OP_MUL, OCTET_OP_SUB};
    const octet_shape *s = &t->graph->values[x].shape;
    uint32_t other = x;
    octet_options o = {.arithmetic = {net_activation(t), false}};
    for (uint32_t i = 0; i < t->n_values; i++)
        if (t->values[i] != x && octet_shape_equal(&t->graph->values[t->values[i]].shape, s)) other = t->values[i];
    if (other == x && net_draw(t, 0, 1) == 0 && t->type == OCTET_INT8)
        other = net_weights(t, octet_shape_make(1, &s->dims[3]), 0, 1), net_quantize_any(t, other);
    const bool swaps = net_draw(t, 0, 1) == 0;
    const uint32_t y = NET_EMIT(t, codes[net_draw(t, 0, 4)], &o, swaps ? other : x, swaps ? x : other);
    net_quantize_any(t, y);
    return y;
}
static inline uint32_t net_unary(random_net *t, uint32_t x) {
    static const octet_operator_code codes[] = {OCTET_OP_RELU, OCTET_OP_RELU6,    OCTET_OP_HARD_SWISH,
                                                OCTET_OP_TANH, OCTET_OP_LOGISTIC, OCTET_OP_QUANTIZE};
    static const octet_operator_code wide[] = {OCTET_OP_RELU, OCTET_OP_RELU6,    OCTET_OP_LEAKY_RELU,
                                               OCTET_OP_TANH, OCTET_OP_LOGISTIC, OCTET_OP_QUANTIZE};
    const octet_operator_code code = (t->type == OCTET_INT16 ? wide : codes)[net_draw(t, 0, 5)];
    const octet_options o = {.leaky_relu = {code == OCTET_OP_LEAKY_RELU ? 0.3f : 0.0f}};
    uint32_t y = NET_EMIT(t, code, &o, x);
    if (code == OCTET_OP_QUANTIZE && t->type == OCTET_INT16) { /* to int8, and back */
        t->graph->values[y].type = OCTET_INT8;
        net_quantize_any(t, y);
        y = NET_EMIT(t, code, &o, y);
    }
    if (code == OCTET_OP_QUANTIZE) t->graph->values[y].type = t->type;
    if (t->type == OCTET_INT16 && (code == OCTET_OP_TANH || code == OCTET_OP_LOGISTIC))
        net_quantize(t, y, 1.0f / 32768, 0);
    else if (code == OCTET_OP_TANH) net_quantize(t, y, 1.0f / 128, 0);
    else if (code == OCTET_OP_LOGISTIC) net_quantize(t, y, 1.0f / 256, -128);
    else net_quantize_any(t, y);
    return y;
}
static inline uint32_t net_move(random_net *t, uint32_t x) {
    const octet_shape s = t->graph->values[x].shape;
    const octet_options none = {0}, join = {.concatenation = {OCTET_ACTIVATION_NONE, 3}};
    uint32_t y;
    if (net_draw(t, 0, 1) == 0) {
        const octet_shape shape = {2, {4, 2}};
        const int32_t pads[] = {0, 0, net_draw(t, 0, 2), net_draw(t, 0, 2), net_draw(t, 0, 2), net_draw(t, 0, 2), 0, 0};
        uint32_t p;
        net_good(t, octet_graph_add_constant(t->ctx, t->graph, "pads", OCTET_INT32, &shape, pads, &p));
        y = NET_EMIT(t, OCTET_OP_PAD, &none, x, p);
    } else if (net_draw(t, 0, 1) == 0 && s.dims[3] < 24) {
        y = NET_EMIT(t, OCTET_OP_CONCATENATION, &join, x, x);
    } else if ((s.dims[1] == 1 || s.dims[2] == 1) && net_draw(t, 0, 1) == 0) { /* as around the 1-D pools of Keras */
        const uint32_t shape = NET_INTEGERS(t, 1, s.dims[2], s.dims[1], s.dims[3]);
        y = NET_EMIT(t, OCTET_OP_RESHAPE, &none, x, shape);
    } else {
        const uint32_t order = NET_INTEGERS(t, 0, 2, 1, 3);
        y = NET_EMIT(t, OCTET_OP_TRANSPOSE, &none, x, order);
    }
    net_quantize_like(t, y, x);
    return y;
}

/* Operators that networks have less often. */
static inline uint32_t net_rare(random_net *t, uint32_t x) {
    const octet_shape s = t->graph->values[x].shape;
    const octet_options none = {0};
    const int32_t choice = net_draw(t, 0, 6);
    uint32_t y, other;
    if (choice == 0) {
        y = NET_EMIT(t, net_draw(t, 0, 1) == 0 ? OCTET_OP_MAXIMUM : OCTET_OP_MINIMUM, &none, x, x);
    } else if (choice == 1) {
        other = net_weights(t, octet_shape_make(3, (const int32_t[]){1, 1, s.dims[3]}), 0, 1);
        net_quantize(t, other, 0.01f, net_draw(t, -20, 20));
        y = NET_EMIT(t, OCTET_OP_PRELU, &none, x, other);
        net_quantize_any(t, y);
        return y;
    } else if (choice == 2) {
        const octet_options o = {.resize = {false, net_draw(t, 0, 1) == 0}};
        other = NET_INTEGERS(t, net_draw(t, 1, 14), net_draw(t, 1, 14));
        y = NET_EMIT(t, net_draw(t, 0, 1) == 0 ? OCTET_OP_RESIZE_BILINEAR : OCTET_OP_RESIZE_NEAREST_NEIGHBOR, &o, x,
                     other);
    } else if (choice == 3) {
        octet_options o = {0};
        const int32_t size = net_draw(t, 1, 3), stride = net_draw(t, 1, 2), out = net_draw(t, 1, 6);
        o.transpose_conv.padding = OCTET_PADDING_VALID;
        o.transpose_conv.stride_h = o.transpose_conv.stride_w = stride;
        const int32_t more = size > stride ? size - stride : 0;
        const uint32_t shape = NET_INTEGERS(t, 1, s.dims[1] * stride + more, s.dims[2] * stride + more, out);
        other = net_weights(t, octet_shape_make(4, (const int32_t[]){out, size, size, s.dims[3]}), 0, size * size);
        const uint32_t bias = net_bias(t, out);
        y = NET_EMIT(t, OCTET_OP_TRANSPOSE_CONV, &o, shape, other, x, bias);
        net_quantize_any(t, y);
        return y;
    } else if (choice == 4 && s.dims[1] > 2 && s.dims[2] > 2) {
        const octet_shape shape = {2, {4, 2}};
        const int32_t pads[] = {0, 0, net_draw(t, 0, 2), net_draw(t, 0, 2), net_draw(t, 0, 2), net_draw(t, 0, 2), 0, 0};
        const octet_options o = {.mirror_pad = {net_draw(t, 0, 1) == 0}};
        net_good(t, octet_graph_add_constant(t->ctx, t->graph, "pads", OCTET_INT32, &shape, pads, &other));
        y = NET_EMIT(t, OCTET_OP_MIRROR_PAD, &o, x, other);
    } else if (choice == 5 && s.dims[1] > 2 && s.dims[2] > 2) { /* and back, with other cuts */
        const int32_t block = net_draw(t, 2, 3), top = net_draw(t, 0, 1), left = net_draw(t, 0, 1);
        const int32_t pads[] = {top, (block - (s.dims[1] + top) % block) % block, left,
                                (block - (s.dims[2] + left) % block) % block},
                      crops[] = {net_draw(t, 0, 1), net_draw(t, 0, 1), 0, net_draw(t, 0, 1)};
        const octet_shape shape = {2, {2, 2}};
        const uint32_t blocks = NET_INTEGERS(t, block, block);
        uint32_t crop;
        net_good(t, octet_graph_add_constant(t->ctx, t->graph, "pads", OCTET_INT32, &shape, pads, &other));
        net_good(t, octet_graph_add_constant(t->ctx, t->graph, "crops", OCTET_INT32, &shape, crops, &crop));
        y = NET_EMIT(t, OCTET_OP_SPACE_TO_BATCH_ND, &none, x, blocks, other);
        net_quantize_like(t, y, x);
        y = NET_EMIT(t, OCTET_OP_BATCH_TO_SPACE_ND, &none, y, blocks, crop);
    } else {
        const octet_options o = {.gather = {2, 0}};
        other = NET_INTEGERS(t, net_draw(t, 0, s.dims[2] - 1), net_draw(t, 0, s.dims[2] - 1), 0);
        y = NET_EMIT(t, OCTET_OP_GATHER, &o, x, other);
    }
    net_quantize_like(t, y, x);
    return y;
}

/* RESHAPE or MEAN, one or two dense layers, sometimes SOFTMAX. */
static inline uint32_t net_head(random_net *t, uint32_t x) {
    const octet_options none = {0}, reduce = {.reduce = {false}};
    const octet_shape s = t->graph->values[x].shape;
    uint32_t y;
    if (net_draw(t, 0, 2) == 0) {
        const uint32_t axes = NET_INTEGERS(t, 1, 2);
        y = NET_EMIT(t, OCTET_OP_MEAN, &reduce, x, axes);
        net_quantize_any(t, y);
    } else {
        const uint32_t shape = NET_INTEGERS(t, 1, (int32_t)octet_shape_elements(&s));
        y = NET_EMIT(t, OCTET_OP_RESHAPE, &none, x, shape);
        net_quantize_like(t, y, x);
    }
    for (int32_t i = net_draw(t, 1, 2); i > 0; i--) {
        const int32_t depth = t->graph->values[y].shape.dims[1], out = net_draw(t, 1, 11);
        const octet_options o = {.fully_connected = {.activation = net_activation(t)}};
        const uint32_t w = net_weights(t, octet_shape_make(2, (const int32_t[]){out, depth}), 0, depth);
        const uint32_t bias = net_bias(t, out);
        y = NET_EMIT(t, OCTET_OP_FULLY_CONNECTED, &o, y, w, bias);
        net_quantize_any(t, y);
    }
    if (net_draw(t, 0, 2) != 0) return y;
    const octet_options softmax = {.softmax = {1.0f}};
    y = NET_EMIT(t, OCTET_OP_SOFTMAX, &softmax, y);
    if (t->type == OCTET_INT16) net_quantize(t, y, 1.0f / 32768, 0);
    else net_quantize(t, y, 1.0f / 256, -128);
    return y;
}

#include "support/random_net_seldom.h"

/* Input 0 as real numbers, which QUANTIZE takes. */
static inline uint32_t net_begin(random_net *t, const octet_shape *shape, bool is_real) {
    const octet_options none = {0};
    uint32_t x;
    net_good(t, octet_graph_add_value(t->ctx, t->graph, "x", is_real ? OCTET_FLOAT32 : t->type, shape, &x));
    net_good(t, octet_graph_add_input(t->ctx, t->graph, x, "x"));
    if (is_real) {
        x = NET_EMIT(t, OCTET_OP_QUANTIZE, &none, x);
        t->graph->values[x].type = t->type;
    }
    net_quantize_any(t, x);
    return x;
}

/* Which layers a network is made of; WIDE: on int16, without the seldom ones. */
typedef enum random_net_kind { RANDOM_NET_ALL, RANDOM_NET_SELDOM, RANDOM_NET_WIDE } random_net_kind;

static inline octet_graph *random_net_make_of(octet_context *ctx, random_net_kind kind, uint32_t seed) {
    const bool is_wide = kind == RANDOM_NET_WIDE;
    random_net net = {.ctx = ctx, .random = {seed}, .type = is_wide ? OCTET_INT16 : OCTET_INT8}, *t = &net;
    static uint32_t (*const layers[])(random_net *, uint32_t) = {
        net_conv, net_conv, net_depthwise, net_pool, net_binary, net_unary, net_move, net_rare, net_seldom};
    const octet_options none = {0};
    const bool is_sequence = kind != RANDOM_NET_SELDOM && seed % 8 == 5;
    const octet_shape shape = {
        4, {1, is_sequence ? 1 : net_draw(t, 3, 17), net_draw(t, 3, is_sequence ? 60 : 17), net_draw(t, 1, 7)}};
    const bool is_real = net_draw(t, 0, 7) == 0, is_unsigned = !is_wide && net_draw(t, 0, 7) == 0;
    net_good(t, octet_graph_create(ctx, "random", &t->graph));
    uint32_t x = net_begin(t, &shape, is_real);
    for (int32_t i = net_draw(t, 1, 8); i > 0 && t->n_values < NET_MOST_VALUES; i--) {
        if (octet_shape_elements(&t->graph->values[x].shape) > NET_MOST_ELEMENTS) break;
        t->values[t->n_values++] = x;
        x = layers[kind == RANDOM_NET_SELDOM ? 8 : net_draw(t, 0, is_wide ? 7 : 8)](t, x);
        if (net_draw(t, 0, 15) == 0) net_good(t, octet_graph_add_output(ctx, t->graph, x, "middle"));
    }
    if (octet_shape_elements(&t->graph->values[x].shape) < 4000 && net_draw(t, 0, 3) != 0) x = net_head(t, x);
    if (t->graph->values[x].shape.rank == 2 && net_draw(t, 0, 5) == 0) {
        const octet_options index = {.arg = {OCTET_INT32}};
        const uint32_t axis = NET_INTEGERS(t, 1);
        x = NET_EMIT(t, net_draw(t, 0, 2) == 0 ? OCTET_OP_ARG_MIN : OCTET_OP_ARG_MAX, &index, x, axis);
    }
    if (is_real && t->graph->values[x].type == t->type) x = NET_EMIT(t, OCTET_OP_DEQUANTIZE, &none, x);
    net_good(t, octet_graph_add_output(ctx, t->graph, x, "y"));
    net_good(t, octet_graph_compact(ctx, t->graph));
    if (is_unsigned) net_make_unsigned(t);
    return t->graph;
}

static inline octet_graph *random_net_make(octet_context *ctx, uint32_t seed) {
    return random_net_make_of(ctx, RANDOM_NET_ALL, seed);
}

#endif
