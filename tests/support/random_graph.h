/* random_graph.h - float graphs of everything that the quantizer looks at, drawn by a seed.
 * In:  a context, a seed.
 * Out: a graph from one float input (and an int32 one) to every value that nobody reads.
 * Knows: graph.
 * Does not know: ranges, what is right. Needs cmocka.h. */
#ifndef OCTET_TESTS_SUPPORT_RANDOM_GRAPH_H
#define OCTET_TESTS_SUPPORT_RANDOM_GRAPH_H

#include <stdio.h>

#include "graph/graph.h"

enum { RANDOM_STEPS = 9, RANDOM_ELEMENTS = 64 };

typedef struct random_graph {
    octet_context *ctx;
    octet_graph *graph;
    uint32_t values[RANDOM_STEPS + 4], n_values; /* all float [1,4,4,4] */
    uint32_t seed;
    uint32_t filter; /* a constant that several convolutions share; OCTET_NONE before the first */
} random_graph;

static const octet_options random_none = {{0}};
#define RANDOM_SHAPE(...) \
    octet_shape_make((int32_t)(sizeof((int32_t[]){__VA_ARGS__}) / 4), (const int32_t[]){__VA_ARGS__})

static inline void random_good(const random_graph *t, octet_status status) {
    if (status != OCTET_OK) fail_msg("%s: %s", octet_status_name(status), t->ctx->message);
}

static inline uint32_t random_draw(random_graph *t, uint32_t n) {
    t->seed = t->seed * 1664525u + 1013904223u;
    return (t->seed >> 8) % n;
}

static inline uint32_t random_any(random_graph *t) { return t->values[random_draw(t, t->n_values)]; }

static inline uint32_t random_emit(random_graph *t, octet_operator_code code, octet_options options, uint32_t n,
                                   const uint32_t *inputs) {
    char layer[16];
    uint32_t v;
    snprintf(layer, sizeof layer, "op%u", t->graph->n_operators);
    random_good(t, octet_graph_emit(t->ctx, t->graph, code, layer, NULL, inputs, n, &options, &v, 1));
    return v;
}
#define RANDOM_EMIT(t, code, options, ...) \
    random_emit(t, code, options, sizeof((uint32_t[]){__VA_ARGS__}) / 4, (const uint32_t[]){__VA_ARGS__})

static inline uint32_t random_integers(random_graph *t, const int32_t *numbers, int32_t n) {
    uint32_t v;
    random_good(t, octet_graph_add_i32(t->ctx, t->graph, "integers", numbers, n, &v));
    return v;
}
#define RANDOM_INTEGERS(t, ...) \
    random_integers(t, (const int32_t[]){__VA_ARGS__}, (int32_t)(sizeof((int32_t[]){__VA_ARGS__}) / 4))

static inline uint32_t random_constant(random_graph *t, octet_shape shape, float low, float high) {
    static float numbers[1 << 14];
    const size_t n = octet_shape_elements(&shape);
    uint32_t v;
    assert_true(n <= 1 << 14);
    for (size_t i = 0; i < n; i++) numbers[i] = low + (high - low) * (float)random_draw(t, 1001) * 0.001f;
    random_good(t, octet_graph_add_constant(t->ctx, t->graph, "weights", OCTET_FLOAT32, &shape, numbers, &v));
    return v;
}

static inline uint32_t random_real(random_graph *t) {
    static const float numbers[] = {0.01f, 0.1f, -0.5f, 2.0f, -9.0f};
    uint32_t v;
    random_good(t, octet_graph_add_f32_scalar(t->ctx, t->graph, "real", numbers[random_draw(t, 5)], &v));
    return v;
}

static inline octet_activation random_activation(random_graph *t) {
    static const octet_activation all[] = {OCTET_ACTIVATION_NONE, OCTET_ACTIVATION_RELU, OCTET_ACTIVATION_RELU6,
                                           OCTET_ACTIVATION_NONE};
    return all[random_draw(t, 4)];
}

static inline uint32_t random_reshape(random_graph *t, uint32_t x, octet_shape shape) {
    return RANDOM_EMIT(t, OCTET_OP_RESHAPE, random_none, x, random_integers(t, shape.dims, shape.rank));
}

/* Some biases are so large that they widen the scale of their channel; some weights have scales of training. */
static inline uint32_t random_weights(random_graph *t, uint32_t x) {
    const float large = random_draw(t, 5) == 0 ? 1e7f : 1.0f;
    const octet_activation activation = random_activation(t);
    const octet_padding padding = OCTET_PADDING_SAME;
    const uint32_t bias = random_draw(t, 4) == 0 ? OCTET_NONE : random_constant(t, RANDOM_SHAPE(4), -large, large);
    switch (random_draw(t, 5)) {
    case 0:
        if (t->filter == OCTET_NONE || random_draw(t, 2) == 0)
            t->filter = random_constant(t, RANDOM_SHAPE(4, 3, 3, 4), -0.3f, 0.4f);
        return RANDOM_EMIT(t, OCTET_OP_CONV_2D, ((octet_options){.conv_2d = {padding, activation, 1, 1, 1, 1, 0}}), x,
                           t->filter, bias);
    case 1:
        return RANDOM_EMIT(t, OCTET_OP_DEPTHWISE_CONV_2D,
                           ((octet_options){.depthwise_conv_2d = {padding, activation, 1, 1, 1, 1, 1}}), x,
                           random_constant(t, RANDOM_SHAPE(1, 3, 3, 4), -0.3f, 0.4f), bias);
    case 2: {
        const uint32_t to = RANDOM_INTEGERS(t, 1, 4, 4, 4);
        const uint32_t filter = random_constant(t, RANDOM_SHAPE(4, 3, 3, 4), -0.3f, 0.4f);
        return RANDOM_EMIT(t, OCTET_OP_TRANSPOSE_CONV,
                           ((octet_options){.transpose_conv = {padding, activation, 1, 1, 0}}), to, filter, x, bias);
    }
    case 3: { /* by one scale of training, or four */
        const uint32_t filter = random_constant(t, RANDOM_SHAPE(4, 1, 1, 4), -0.7f, 0.5f);
        const double scales[4] = {0.0055, 0.0056, 0.0057, 0.006};
        random_good(t, octet_value_set_trained(t->ctx, t->graph, filter, random_draw(t, 2) == 0 ? 1 : 4, scales,
                                               t->graph->values[filter].data));
        return RANDOM_EMIT(t, OCTET_OP_CONV_2D, ((octet_options){.conv_2d = {padding, activation, 1, 1, 1, 1, 0}}), x,
                           filter, bias);
    }
    default: {
        const uint32_t flat = random_reshape(t, x, RANDOM_SHAPE(1, 64));
        const uint32_t weights = random_constant(t, RANDOM_SHAPE(64, 64), -0.2f, 0.25f);
        const uint32_t biases = random_constant(t, RANDOM_SHAPE(64), -large, large);
        const octet_options options = {.fully_connected = {activation, false, false, 0}};
        const uint32_t product = RANDOM_EMIT(t, OCTET_OP_FULLY_CONNECTED, options, flat, weights, biases);
        return random_reshape(t, product, RANDOM_SHAPE(1, 4, 4, 4));
    }
    }
}

static inline uint32_t random_boolean(random_graph *t, uint32_t x) {
    static const octet_operator_code codes[] = {OCTET_OP_GREATER,    OCTET_OP_GREATER_EQUAL, OCTET_OP_LESS,
                                                OCTET_OP_LESS_EQUAL, OCTET_OP_EQUAL,         OCTET_OP_NOT_EQUAL};
    const octet_operator_code code = codes[random_draw(t, 6)];
    const uint32_t other = random_draw(t, 4) == 0 ? random_any(t) : random_real(t);
    return random_draw(t, 3) == 0 ? RANDOM_EMIT(t, code, random_none, other, x)
                                  : RANDOM_EMIT(t, code, random_none, x, other);
}

/* A formula of x where a comparison of x says so: SELU and its kin. */
static inline uint32_t random_choice(random_graph *t, uint32_t x) {
    static const octet_operator_code chain[] = {OCTET_OP_ADD, OCTET_OP_SUB, OCTET_OP_MUL, OCTET_OP_DIV};
    const uint32_t condition = random_boolean(t, x);
    uint32_t y = random_draw(t, 3) == 0 ? RANDOM_EMIT(t, OCTET_OP_SQUARE, random_none, x)
                                        : RANDOM_EMIT(t, OCTET_OP_EXP, random_none, x);
    for (uint32_t i = random_draw(t, 4); i-- > 0;) {
        const octet_operator_code code = chain[random_draw(t, 4)];
        const uint32_t number =
            random_draw(t, 3) == 0 ? random_constant(t, RANDOM_SHAPE(4), 0.5f, 2.0f) : random_real(t);
        y = random_draw(t, 3) == 0 ? RANDOM_EMIT(t, code, random_none, number, y)
                                   : RANDOM_EMIT(t, code, random_none, y, number);
    }
    if (random_draw(t, 4) == 0) y = RANDOM_EMIT(t, OCTET_OP_NEG, random_none, y);
    return random_draw(t, 2) == 0 ? RANDOM_EMIT(t, OCTET_OP_SELECT_V2, random_none, condition, x, y)
                                  : RANDOM_EMIT(t, OCTET_OP_SELECT, random_none, condition, y, x);
}

/* Scores, some of them lowered, before a softmax. */
static inline uint32_t random_masked(random_graph *t, uint32_t x) {
    static const float lowered[4] = {0.0f, -1e9f, -1.0f, -1e9f}, raised[4] = {0.0f, 1e9f, 0.0f, 1e9f};
    const octet_shape four = RANDOM_SHAPE(4);
    uint32_t mask, low, y;
    const uint32_t way = random_draw(t, 6);
    random_good(t, octet_graph_add_constant(t->ctx, t->graph, "mask", OCTET_FLOAT32, &four, way == 1 ? raised : lowered,
                                            &mask));
    random_good(t, octet_graph_add_f32_scalar(t->ctx, t->graph, "low", way == 5 ? -20.0f : -1e9f, &low));
    if (way == 0) y = RANDOM_EMIT(t, OCTET_OP_ADD, random_none, x, mask);
    else if (way == 1) y = RANDOM_EMIT(t, OCTET_OP_SUB, random_none, x, mask);
    else if (way == 2) y = RANDOM_EMIT(t, OCTET_OP_SELECT_V2, random_none, random_boolean(t, random_any(t)), x, low);
    else if (way == 3) {
        const uint32_t condition = random_boolean(t, x), sum = RANDOM_EMIT(t, OCTET_OP_ADD, random_none, x, low);
        y = RANDOM_EMIT(t, OCTET_OP_SELECT_V2, random_none, condition, sum, x);
    } else {
        const uint32_t yes = RANDOM_EMIT(t, OCTET_OP_CAST, ((octet_options){.cast = {OCTET_BOOL, OCTET_FLOAT32}}),
                                         random_boolean(t, random_any(t)));
        uint32_t addend = RANDOM_EMIT(t, OCTET_OP_MUL, random_none, yes, low);
        if (random_draw(t, 2) == 0) addend = random_reshape(t, addend, RANDOM_SHAPE(1, 4, 4, 4));
        y = random_draw(t, 2) == 0 ? RANDOM_EMIT(t, OCTET_OP_ADD, random_none, x, addend)
                                   : RANDOM_EMIT(t, OCTET_OP_ADD, random_none, addend, x);
    }
    if (random_draw(t, 3) == 0) y = RANDOM_EMIT(t, OCTET_OP_TRANSPOSE, random_none, y, RANDOM_INTEGERS(t, 0, 2, 1, 3));
    return RANDOM_EMIT(t, OCTET_OP_SOFTMAX, ((octet_options){.softmax = {1.0f}}), y);
}

static inline uint32_t random_lstm(random_graph *t, uint32_t x) {
    uint32_t inputs[24];
    const octet_shape state = RANDOM_SHAPE(1, 64);
    for (uint32_t i = 0; i < 24; i++) inputs[i] = OCTET_NONE;
    inputs[0] = random_reshape(t, x, RANDOM_SHAPE(1, 4, 16));
    for (uint32_t i = 1; i < 5; i++) inputs[i] = random_constant(t, RANDOM_SHAPE(64, 16), -0.2f, 0.2f);
    for (uint32_t i = 5; i < 9; i++) inputs[i] = random_constant(t, RANDOM_SHAPE(64, 64), -0.1f, 0.1f);
    for (uint32_t i = 12; i < 16; i++) inputs[i] = random_constant(t, RANDOM_SHAPE(64), -0.5f, 0.5f);
    for (uint32_t i = 18; i < 20; i++) {
        random_good(t, octet_graph_add_value(t->ctx, t->graph, "state", OCTET_FLOAT32, &state, &inputs[i]));
        t->graph->values[inputs[i]].is_variable = true;
    }
    const octet_options options = {.lstm = {OCTET_ACTIVATION_TANH, 10.0f, 0.0f, false, false, false}};
    const uint32_t y = random_emit(t, OCTET_OP_UNIDIRECTIONAL_SEQUENCE_LSTM, options, 24, inputs);
    const uint32_t from = RANDOM_INTEGERS(t, 0, 0, 0), size = RANDOM_INTEGERS(t, 1, 4, 16);
    const uint32_t part = RANDOM_EMIT(t, OCTET_OP_SLICE, random_none, y, from, size);
    return random_reshape(t, part, RANDOM_SHAPE(1, 4, 4, 4));
}

static inline uint32_t random_channels(random_graph *t, uint32_t x, int32_t from) {
    const uint32_t begin = RANDOM_INTEGERS(t, 0, 0, 0, from), end = RANDOM_INTEGERS(t, 1, 4, 4, from + 2);
    const uint32_t stride = RANDOM_INTEGERS(t, 1, 1, 1, 1);
    return RANDOM_EMIT(t, OCTET_OP_STRIDED_SLICE, random_none, x, begin, end, stride);
}

/* What is read of a value in several places, joined again. */
static inline uint32_t random_joined(random_graph *t, uint32_t x) {
    const octet_options join = {.concatenation = {OCTET_ACTIVATION_NONE, 3}};
    const uint32_t a = random_channels(t, x, (int32_t)random_draw(t, 3)), other = random_any(t);
    const uint32_t b = random_channels(t, other, (int32_t)random_draw(t, 3));
    return RANDOM_EMIT(t, OCTET_OP_CONCATENATION, join, a, b);
}

static inline uint32_t random_embedded(random_graph *t) {
    const uint32_t table = random_constant(t, RANDOM_SHAPE(32, 64), -1.0f, 1.5f);
    const octet_options gather = {.gather = {0, 0}};
    const uint32_t row = RANDOM_EMIT(t, OCTET_OP_GATHER, gather, table, t->graph->inputs[1].value);
    return random_reshape(t, row, RANDOM_SHAPE(1, 4, 4, 4));
}

static inline uint32_t random_simple(random_graph *t, uint32_t x) {
    static const octet_operator_code unary[] = {OCTET_OP_RELU,   OCTET_OP_LOGISTIC, OCTET_OP_TANH, OCTET_OP_NEG,
                                                OCTET_OP_SQUARE, OCTET_OP_ABS,      OCTET_OP_FLOOR};
    static const octet_operator_code binary[] = {OCTET_OP_ADD,     OCTET_OP_SUB,     OCTET_OP_MUL,
                                                 OCTET_OP_MAXIMUM, OCTET_OP_MINIMUM, OCTET_OP_SQUARED_DIFFERENCE};
    const octet_options pool = {.pool_2d = {OCTET_PADDING_SAME, OCTET_ACTIVATION_NONE, 1, 1, 3, 3}};
    const octet_operator_code one = unary[random_draw(t, 7)], two = binary[random_draw(t, 6)];
    switch (random_draw(t, 8)) {
    case 0: return RANDOM_EMIT(t, one, random_none, x);
    case 1: return RANDOM_EMIT(t, two, random_none, x, random_any(t));
    case 2: return RANDOM_EMIT(t, two, random_none, x, random_real(t));
    case 3: return RANDOM_EMIT(t, two, random_none, random_real(t), x);
    case 4: return RANDOM_EMIT(t, OCTET_OP_MAX_POOL_2D, pool, x);
    case 5: return RANDOM_EMIT(t, OCTET_OP_AVERAGE_POOL_2D, pool, x);
    case 6: return RANDOM_EMIT(t, OCTET_OP_REVERSE_V2, random_none, x, RANDOM_INTEGERS(t, 1));
    default: return RANDOM_EMIT(t, OCTET_OP_FAKE_QUANT, ((octet_options){.fake_quant = {-1.5f, 2.25f, 8, false}}), x);
    }
}

/* Zeros of FILL, of the shape of the others, are added: LiteRT gives them memory of their own. */
static inline uint32_t random_filled(random_graph *t, uint32_t x) {
    uint32_t zero;
    random_good(t, octet_graph_add_f32_scalar(t->ctx, t->graph, "zero", 0.25f, &zero));
    return RANDOM_EMIT(t, OCTET_OP_ADD, random_none,
                       RANDOM_EMIT(t, OCTET_OP_FILL, random_none, RANDOM_INTEGERS(t, 1, 4, 4, 4), zero), x);
}

/* Columns of the input are brought near each other, as Normalization does. */
static inline uint32_t random_leading(random_graph *t, uint32_t x) {
    static const octet_operator_code codes[] = {OCTET_OP_ADD, OCTET_OP_SUB, OCTET_OP_MUL, OCTET_OP_DIV};
    static const float wide[4] = {1.0f, 1000.0f, 0.001f, 30.0f}, narrow[4] = {1.0f, 2.0f, 3.0f, 1.5f};
    const octet_shape four = RANDOM_SHAPE(4);
    for (uint32_t i = random_draw(t, 4); i-- > 0;) {
        uint32_t numbers;
        random_good(t, octet_graph_add_constant(t->ctx, t->graph, "columns", OCTET_FLOAT32, &four,
                                                random_draw(t, 2) == 0 ? wide : narrow, &numbers));
        const octet_operator_code code = codes[random_draw(t, 4)];
        x = random_draw(t, 3) == 0 ? RANDOM_EMIT(t, code, random_none, numbers, x)
                                   : RANDOM_EMIT(t, code, random_none, x, numbers);
    }
    return x;
}

static inline uint32_t random_step(random_graph *t) {
    const uint32_t x = random_any(t);
    switch (random_draw(t, 16)) {
    case 0:
    case 1:
    case 2: return random_weights(t, x);
    case 3: return random_choice(t, x);
    case 4:
    case 5: return random_masked(t, x);
    case 6: return random_draw(t, 3) == 0 ? random_lstm(t, x) : random_joined(t, x);
    case 7:
    case 8: return random_joined(t, x);
    case 9: return random_embedded(t);
    case 10: return random_filled(t, x);
    default: return random_simple(t, x);
    }
}

/* A few of the values that are read are outputs too. */
static inline octet_graph *random_build(octet_context *ctx, uint32_t seed) {
    random_graph t = {.ctx = ctx, .seed = 2654435761u * seed + 1u, .filter = OCTET_NONE};
    const octet_shape shape = RANDOM_SHAPE(1, 4, 4, 4), one = RANDOM_SHAPE(1);
    uint32_t index;
    random_good(&t, octet_graph_create(ctx, "random", &t.graph));
    random_good(&t, octet_graph_add_value(ctx, t.graph, "x", OCTET_FLOAT32, &shape, &t.values[0]));
    random_good(&t, octet_graph_add_input(ctx, t.graph, t.values[0], "x"));
    random_good(&t, octet_graph_add_value(ctx, t.graph, "index", OCTET_INT32, &one, &index));
    random_good(&t, octet_graph_add_input(ctx, t.graph, index, "index"));
    t.values[0] = random_leading(&t, t.values[0]);
    t.n_values = 1;
    for (int i = 0; i < RANDOM_STEPS; i++) {
        const uint32_t v = random_step(&t);
        t.values[t.n_values++] = v;
    }
    for (uint32_t i = 0; i < t.n_values; i++) {
        const octet_value *value = &t.graph->values[t.values[i]];
        if (value->producer == OCTET_NONE || (value->n_uses > 0 && random_draw(&t, 6) != 0)) continue;
        random_good(&t, octet_graph_add_output(ctx, t.graph, t.values[i], value->name));
    }
    random_good(&t, octet_graph_verify(ctx, t.graph, "test"));
    return t.graph;
}

#endif
