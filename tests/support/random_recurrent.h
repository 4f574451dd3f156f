/* random_recurrent.h - small int8 networks with state, drawn by a seed.
 * In:  a random_net.
 * Out: layers: LSTM over a sequence, SVDF, a variable that the graph assigns.
 * Knows: graph, random_net.h.
 * Does not know: what is right, who runs it. Needs cmocka.h. */
#ifndef OCTET_TESTS_SUPPORT_RANDOM_RECURRENT_H
#define OCTET_TESTS_SUPPORT_RANDOM_RECURRENT_H

#include "support/random_net.h"

static inline uint32_t recurrent_value(random_net *t, octet_type type, octet_shape shape, float scale, int32_t zero) {
    uint32_t v;
    net_good(t, octet_graph_add_value(t->ctx, t->graph, "v", type, &shape, &v));
    net_quantize(t, v, scale, zero);
    return v;
}
static inline uint32_t recurrent_variable(random_net *t, octet_type type, octet_shape shape, float scale,
                                          int32_t zero) {
    const uint32_t v = recurrent_value(t, type, shape, scale, zero);
    t->graph->values[v].is_variable = true;
    return v;
}

/* n numbers of `type` in [-most, most], with one scale; at most 4096. */
static inline uint32_t recurrent_constant(random_net *t, octet_type type, octet_shape shape, int32_t most,
                                          float scale) {
    int32_t data[4096];
    uint32_t v;
    const size_t n = octet_shape_elements(&shape);
    assert_true(n <= 4096);
    for (size_t i = 0; i < n; i++) {
        const int32_t number = net_draw(t, -most, most);
        if (type == OCTET_INT8) ((int8_t *)data)[i] = (int8_t)number;
        else if (type == OCTET_INT16) ((int16_t *)data)[i] = (int16_t)number;
        else data[i] = number;
    }
    net_good(t, octet_graph_add_constant(t->ctx, t->graph, "w", type, &shape, data, &v));
    net_quantize(t, v, scale, 0);
    return v;
}

/* x: [B,T,I], or [T,B,I] where time comes first. */
static inline uint32_t recurrent_lstm(random_net *t, uint32_t x, int32_t n_cells, bool time_major) {
    const octet_shape s = t->graph->values[x].shape;
    const int32_t batches = s.dims[time_major], bits = net_draw(t, 0, 6);
    uint32_t in[OCTET_LSTM_N_OPERANDS];
    octet_options o = {.lstm = {.activation = OCTET_ACTIVATION_TANH, .time_major = time_major}};
    if (net_draw(t, 0, 2) == 0) o.lstm.cell_clip = 0.3f * (float)net_draw(t, 1, 4);
    for (uint32_t i = 0; i < OCTET_LSTM_N_OPERANDS; i++) in[i] = OCTET_NONE;
    in[OCTET_LSTM_INPUT] = x;
    for (uint32_t gate = 0; gate < 4; gate++) {
        in[OCTET_LSTM_INPUT_WEIGHTS + gate] =
            recurrent_constant(t, OCTET_INT8, octet_shape_make(2, (const int32_t[]){n_cells, s.dims[2]}), 127,
                               0.004f * (float)net_draw(t, 1, 4));
        in[OCTET_LSTM_STATE_WEIGHTS + gate] =
            recurrent_constant(t, OCTET_INT8, octet_shape_make(2, (const int32_t[]){n_cells, n_cells}), 127,
                               0.004f * (float)net_draw(t, 1, 4));
        in[OCTET_LSTM_BIASES + gate] =
            recurrent_constant(t, OCTET_INT32, octet_shape_make(1, (const int32_t[]){n_cells}), 3000, 0.0001f);
    }
    const octet_shape state = octet_shape_make(2, (const int32_t[]){batches, n_cells});
    const float scale = net_draw(t, 0, 3) == 0 ? 0.05f : 1.0f / 128;
    const int32_t zero = net_draw(t, -20, 20);
    in[OCTET_LSTM_STATE] = recurrent_variable(t, OCTET_INT8, state, scale, zero);
    in[OCTET_LSTM_CELL_STATE] = recurrent_variable(t, OCTET_INT16, state, ldexpf(1.0f, bits - 15), 0);
    const uint32_t y = net_emit(t, OCTET_OP_UNIDIRECTIONAL_SEQUENCE_LSTM, &o, in, OCTET_LSTM_N_OPERANDS);
    net_quantize(t, y, scale, zero);
    return y;
}

/* x: [B,I]. */
static inline uint32_t recurrent_svdf(random_net *t, uint32_t x, int32_t n_units) {
    const octet_shape s = t->graph->values[x].shape;
    const int32_t rank = net_draw(t, 1, 3), filters = n_units * rank, memory = net_draw(t, 1, 6);
    const octet_options o = {.svdf = {OCTET_ACTIVATION_RELU, rank, false}};
    const uint32_t features =
        recurrent_constant(t, OCTET_INT8, octet_shape_make(2, (const int32_t[]){filters, s.dims[1]}), 127, 0.01f);
    const uint32_t times =
        recurrent_constant(t, OCTET_INT16, octet_shape_make(2, (const int32_t[]){filters, memory}), 32767, 3e-5f);
    const uint32_t bias =
        net_draw(t, 0, 2) == 0
            ? OCTET_NONE
            : recurrent_constant(t, OCTET_INT32, octet_shape_make(1, (const int32_t[]){n_units}), 3000000, 6e-8f);
    const uint32_t state = recurrent_variable(
        t, OCTET_INT16, octet_shape_make(2, (const int32_t[]){s.dims[0], filters * memory}), 0.002f, 0);
    const uint32_t y = NET_EMIT(t, OCTET_OP_SVDF, &o, x, features, times, bias, state);
    net_quantize_any(t, y);
    return y;
}

/* x + what x + ... was in the run before; it begins with numbers of its own. Both are outputs. */
static inline uint32_t recurrent_carry(random_net *t, uint32_t x) {
    const octet_shape s = t->graph->values[x].shape;
    const octet_options o = {.arithmetic = {OCTET_ACTIVATION_NONE, false}};
    int8_t start[4096];
    const uint32_t kept = recurrent_variable(t, OCTET_INT8, s, 0.03f, 4),
                   other = recurrent_variable(t, OCTET_INT8, s, 0.03f, 4);
    const uint32_t y = NET_EMIT(t, OCTET_OP_ADD, &o, x, kept);
    net_quantize(t, y, 0.03f, 4);
    const uint32_t z = NET_EMIT(t, OCTET_OP_SUB, &o, y, other);
    net_quantize_any(t, z);
    for (size_t i = 0; i < octet_shape_elements(&s); i++) start[i] = (int8_t)net_draw(t, -128, 127);
    net_good(t, octet_graph_add_carry(t->ctx, t->graph, kept, y, start));
    net_good(t, octet_graph_add_carry(t->ctx, t->graph, other, y, NULL));
    return z;
}

/* One to three LSTM layers, or SVDF layers, sometimes a carried sum, then a dense layer. */
static inline octet_graph *random_recurrent_make(octet_context *ctx, uint32_t seed) {
    random_net net = {.ctx = ctx, .random = {seed}, .type = OCTET_INT8}, *t = &net;
    net_good(t, octet_graph_create(ctx, "recurrent", &t->graph));
    const int32_t batches = net_draw(t, 0, 3) == 0 ? 2 : 1, n = net_draw(t, 1, 7), steps = net_draw(t, 1, 6);
    const bool is_svdf = net_draw(t, 0, 2) == 0, time_major = !is_svdf && net_draw(t, 0, 2) == 0;
    const octet_shape shape =
        is_svdf ? octet_shape_make(2, (const int32_t[]){batches, n})
                : octet_shape_make(3, (const int32_t[]){time_major ? steps : batches, time_major ? batches : steps, n});
    uint32_t x = recurrent_value(t, OCTET_INT8, shape, 0.03f, net_draw(t, -128, 127));
    net_good(t, octet_graph_add_input(ctx, t->graph, x, "x"));
    if (net_draw(t, 0, 3) == 0) x = recurrent_carry(t, x);
    for (int32_t i = net_draw(t, 1, 3); i > 0; i--)
        x = is_svdf ? recurrent_svdf(t, x, net_draw(t, 1, 6)) : recurrent_lstm(t, x, net_draw(t, 1, 9), time_major);
    net_good(t, octet_graph_add_output(ctx, t->graph, x, "sequence"));
    const int32_t depth = t->graph->values[x].shape.dims[t->graph->values[x].shape.rank - 1];
    const octet_options o = {.fully_connected = {.keep_num_dims = !is_svdf}};
    const uint32_t w = net_weights(t, octet_shape_make(2, (const int32_t[]){3, depth}), 0, depth);
    const uint32_t y = NET_EMIT(t, OCTET_OP_FULLY_CONNECTED, &o, x, w, OCTET_NONE);
    net_quantize_any(t, y);
    net_good(t, octet_graph_add_output(ctx, t->graph, y, "y"));
    return t->graph;
}

#endif
