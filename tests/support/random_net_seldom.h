/* random_net_seldom.h - operators that few networks have, for random_net.h: logic, order, indices, integers, uint8.
 * In:  a network that is being drawn.
 * Out: more of it, each layer from one int8 value of rank 4 to another.
 * Knows: random_net.h, which includes it.
 * Does not know: what is right, who runs it. */
#ifndef OCTET_TESTS_SUPPORT_RANDOM_NET_SELDOM_H
#define OCTET_TESTS_SUPPORT_RANDOM_NET_SELDOM_H

/* Another value of the shape of x and with its parameters: a constant, or x turned around. */
static inline uint32_t net_companion(random_net *t, uint32_t x) {
    const octet_options none = {0};
    uint32_t y;
    if (net_draw(t, 0, 1) == 0) {
        const int32_t axis = 3, zero_point = t->graph->values[x].quantization.zero_point[0];
        const float scale = t->graph->values[x].quantization.scale[0];
        y = net_weights(t, octet_shape_make(1, &t->graph->values[x].shape.dims[axis]), 0, 1);
        net_quantize(t, y, scale, zero_point);
    } else {
        const uint32_t axes = NET_INTEGERS(t, net_draw(t, 1, 3));
        y = NET_EMIT(t, OCTET_OP_REVERSE_V2, &none, x, axes);
        net_quantize_like(t, y, x);
    }
    return y;
}

static inline uint32_t net_normalize(random_net *t, uint32_t x) {
    const octet_options none = {0};
    const bool is_log = net_draw(t, 0, 1) == 0;
    const uint32_t y = NET_EMIT(t, is_log ? OCTET_OP_LOG_SOFTMAX : OCTET_OP_L2_NORMALIZATION, &none, x);
    net_quantize(t, y, is_log ? 1.0f / 16 : 1.0f / 128, is_log ? 127 : 0);
    return y;
}

static inline uint32_t net_divide(random_net *t, uint32_t x) {
    const octet_options o = {.arithmetic = {net_activation(t), false}};
    const uint32_t other = net_companion(t, x);
    const uint32_t y = NET_EMIT(t, OCTET_OP_DIV, &o, x, other);
    net_quantize_any(t, y);
    return y;
}

/* A comparison, sometimes of two of them or of its contrary; what it chooses; sometimes whether any is true. */
static inline uint32_t net_choose(random_net *t, uint32_t x) {
    static const octet_operator_code codes[] = {OCTET_OP_EQUAL,      OCTET_OP_NOT_EQUAL, OCTET_OP_LESS,
                                                OCTET_OP_LESS_EQUAL, OCTET_OP_GREATER,   OCTET_OP_GREATER_EQUAL};
    const octet_options none = {0}, reduce = {.reduce = {true}};
    const uint32_t other = net_companion(t, x), third = net_companion(t, x);
    uint32_t c = NET_EMIT(t, codes[net_draw(t, 0, 5)], &none, x, other);
    if (net_draw(t, 0, 1) == 0) c = NET_EMIT(t, OCTET_OP_LOGICAL_NOT, &none, c);
    if (net_draw(t, 0, 1) == 0) {
        const uint32_t d = NET_EMIT(t, codes[net_draw(t, 0, 5)], &none, third, x);
        c = NET_EMIT(t, net_draw(t, 0, 1) == 0 ? OCTET_OP_LOGICAL_AND : OCTET_OP_LOGICAL_OR, &none, c, d);
    }
    if (net_draw(t, 0, 1) == 0) {
        const uint32_t axes = NET_INTEGERS(t, 1, 3);
        c = NET_EMIT(t, net_draw(t, 0, 1) == 0 ? OCTET_OP_REDUCE_ANY : OCTET_OP_REDUCE_ALL, &reduce, c, axes);
    }
    const uint32_t y = NET_EMIT(t, OCTET_OP_SELECT_V2, &none, c, x, third);
    net_quantize_like(t, y, x);
    return y;
}

static inline uint32_t net_reduce(random_net *t, uint32_t x) {
    static const octet_operator_code codes[] = {OCTET_OP_SUM, OCTET_OP_REDUCE_PROD, OCTET_OP_REDUCE_MAX,
                                                OCTET_OP_REDUCE_MIN, OCTET_OP_SUM};
    const octet_options keep = {.reduce = {true}};
    const octet_operator_code code = codes[net_draw(t, 0, 4)];
    const uint32_t axes =
        net_draw(t, 0, 1) == 0 ? NET_INTEGERS(t, net_draw(t, 1, 3)) : NET_INTEGERS(t, 1, net_draw(t, 2, 3));
    const uint32_t y = NET_EMIT(t, code, &keep, x, axes);
    if (code == OCTET_OP_REDUCE_MAX || code == OCTET_OP_REDUCE_MIN) net_quantize_like(t, y, x);
    else net_quantize_any(t, y);
    return y;
}

static inline uint32_t net_index(random_net *t, uint32_t x) {
    const octet_shape s = t->graph->values[x].shape;
    const octet_options none = {0};
    const int32_t n = net_draw(t, 1, 5), choice = net_draw(t, 0, 3);
    int32_t rows[2 * 32] = {0};
    uint32_t y[2], other, size;
    if (choice == 0) { /* beyond the ends too */
        const octet_shape shape = {3, {1, n, 2}};
        for (int32_t i = 0; i < n; i++) rows[2 * i + 1] = net_draw(t, -1, s.dims[1]);
        net_good(t, octet_graph_add_constant(t->ctx, t->graph, "rows", OCTET_INT32, &shape, rows, &other));
        y[0] = NET_EMIT(t, OCTET_OP_GATHER_ND, &none, x, other);
    } else if (choice == 1 && s.dims[1] <= 32) {
        const octet_shape shape = {3, {1, s.dims[1], 2}};
        for (int32_t i = 0; i < s.dims[1]; i++) rows[2 * i + 1] = net_draw(t, 0, n);
        net_good(t, octet_graph_add_constant(t->ctx, t->graph, "rows", OCTET_INT32, &shape, rows, &other));
        size = NET_INTEGERS(t, 1, n, s.dims[2], s.dims[3]);
        y[0] = NET_EMIT(t, OCTET_OP_SCATTER_ND, &none, other, x, size);
    } else if (choice == 2) {
        const octet_shape shape = {4, {1, net_draw(t, 1, s.dims[1]), 1, s.dims[3]}};
        other = net_weights(t, shape, 3, 1);
        net_quantize_like(t, other, x);
        size = NET_INTEGERS(t, 0, net_draw(t, 0, s.dims[1]), net_draw(t, 0, s.dims[2]), 0);
        y[0] = NET_EMIT(t, OCTET_OP_DYNAMIC_UPDATE_SLICE, &none, x, other, size);
    } else {
        const octet_shape scalar = {0, {0}};
        const int32_t k = net_draw(t, 1, s.dims[3]);
        net_good(t, octet_graph_add_constant(t->ctx, t->graph, "k", OCTET_INT32, &scalar, &k, &other));
        net_good(t, octet_graph_emit(t->ctx, t->graph, OCTET_OP_TOPK_V2, "TOPK_V2", NULL, (const uint32_t[]){x, other},
                                     2, &none, y, 2));
        net_good(t, octet_graph_add_output(t->ctx, t->graph, y[1], "places"));
    }
    net_quantize_like(t, y[0], x);
    return y[0];
}

/* Numbers without scales: places, and what is worked out from them, which become an output. */
static inline uint32_t net_count(random_net *t, uint32_t x) {
    static const octet_operator_code codes[] = {OCTET_OP_ADD,       OCTET_OP_SUB,      OCTET_OP_MUL,
                                                OCTET_OP_MAXIMUM,   OCTET_OP_MINIMUM,  OCTET_OP_FLOOR_DIV,
                                                OCTET_OP_FLOOR_MOD, OCTET_OP_FLOOR_DIV};
    static const octet_operator_code reductions[] = {OCTET_OP_SUM, OCTET_OP_MEAN, OCTET_OP_REDUCE_MAX,
                                                     OCTET_OP_REDUCE_MIN, OCTET_OP_REDUCE_PROD};
    const bool is_wide = net_draw(t, 0, 1) == 0;
    const octet_type type = is_wide ? OCTET_INT64 : OCTET_INT32;
    const octet_options arg = {.arg = {type}}, none = {0}, keep = {.reduce = {true}},
                        sums = {.cumsum = {net_draw(t, 0, 1) == 0, net_draw(t, 0, 1) == 0}},
                        cast = {.cast = {type, net_draw(t, 0, 1) == 0 ? OCTET_INT32 : OCTET_INT8}};
    const octet_shape scalar = {0, {0}};
    const int32_t axis = net_draw(t, 1, 2), narrow = net_draw(t, -4, 4);
    const int64_t wide = narrow;
    uint32_t other, place;
    net_good(t, octet_graph_add_constant(t->ctx, t->graph, "axis", OCTET_INT32, &scalar, &axis, &place));
    net_good(t, octet_graph_add_constant(t->ctx, t->graph, "number", type, &scalar,
                                         is_wide ? (const void *)&wide : &narrow, &other));
    const uint32_t last = NET_INTEGERS(t, 3), axes = NET_INTEGERS(t, axis);
    uint32_t y = NET_EMIT(t, net_draw(t, 0, 1) == 0 ? OCTET_OP_ARG_MAX : OCTET_OP_ARG_MIN, &arg, x, last);
    y = NET_EMIT(t, OCTET_OP_CUMSUM, &sums, y, place);
    y = NET_EMIT(t, codes[net_draw(t, 0, 7)], &none, y, other);
    if (net_draw(t, 0, 1) == 0) y = NET_EMIT(t, OCTET_OP_NEG, &none, y);
    if (net_draw(t, 0, 1) == 0) y = NET_EMIT(t, reductions[net_draw(t, 0, 4)], &keep, y, axes);
    if (net_draw(t, 0, 1) == 0) y = NET_EMIT(t, OCTET_OP_LESS, &none, y, other);
    else if (net_draw(t, 0, 1) == 0) y = NET_EMIT(t, OCTET_OP_CAST, &cast, y);
    net_good(t, octet_graph_add_output(t->ctx, t->graph, y, "numbers"));
    return x;
}

static inline uint32_t net_scalar(random_net *t, octet_type type, int32_t number) {
    const octet_shape scalar = {0, {0}};
    const int8_t narrow = (int8_t)number;
    uint32_t value;
    net_good(t, octet_graph_add_constant(t->ctx, t->graph, "scalar", type, &scalar,
                                         type == OCTET_INT8 ? (const void *)&narrow : &number, &value));
    return value;
}

/* Shapes and numbers made from them, which become outputs; places as rows of zeros with a one. */
static inline uint32_t net_shapes(random_net *t, uint32_t x) {
    const octet_options none = {0}, arg = {.arg = {OCTET_INT32}},
                        hot = {.one_hot = {net_draw(t, 0, 1) == 0 ? -1 : net_draw(t, 1, 2)}},
                        shape = {.shape = {OCTET_INT32}};
    const uint32_t last = NET_INTEGERS(t, 3), all = NET_INTEGERS(t, 0, 1, 2), sizes = NET_INTEGERS(t, 2, 3),
                   ones = NET_INTEGERS(t, 1, 1);
    const uint32_t dims = NET_EMIT(t, OCTET_OP_SHAPE, &shape, x),
                   joined = NET_EMIT(t, OCTET_OP_BROADCAST_ARGS, &none, dims, ones),
                   places = NET_EMIT(t, OCTET_OP_ARG_MAX, &arg, x, last),
                   most = NET_EMIT(t, OCTET_OP_REDUCE_MAX, &none, places, all);
    const uint32_t filled = NET_EMIT(t, OCTET_OP_FILL, &none, sizes, most);
    const uint32_t start = net_scalar(t, OCTET_INT32, net_draw(t, -9, 9)), delta = net_scalar(t, OCTET_INT32, 3),
                   limit = net_scalar(t, OCTET_INT32, 30);
    const uint32_t counted = NET_EMIT(t, OCTET_OP_RANGE, &none, start, limit, delta),
                   zeros = NET_EMIT(t, OCTET_OP_ZEROS_LIKE, &none, x);
    const uint32_t depth = net_scalar(t, OCTET_INT32, net_draw(t, 1, 5)), on = net_scalar(t, OCTET_INT8, 100),
                   off = net_scalar(t, OCTET_INT8, net_draw(t, -128, 0));
    const uint32_t outputs[] = {joined, filled, counted, zeros};
    net_quantize_like(t, zeros, x);
    net_quantize_like(t, on, x);
    net_quantize_like(t, off, x);
    for (size_t i = 0; i < 4; i++) net_good(t, octet_graph_add_output(t->ctx, t->graph, outputs[i], "made"));
    const uint32_t y = NET_EMIT(t, OCTET_OP_ONE_HOT, &hot, places, depth, on, off);
    net_quantize_like(t, y, x);
    return y;
}

static inline uint32_t net_seldom(random_net *t, uint32_t x) {
    static uint32_t (*const layers[])(random_net *, uint32_t) = {net_normalize, net_divide, net_choose, net_reduce,
                                                                 net_index,     net_count,  net_shapes};
    return layers[net_draw(t, 0, 6)](t, x);
}

/* The same network on uint8: codes and zero points are 128 more. */
static inline void net_make_unsigned(random_net *t) {
    for (uint32_t v = 0; v < t->graph->n_values; v++) {
        octet_value *value = &t->graph->values[v];
        static int32_t zero_points[512];
        uint8_t *data = (uint8_t *)(uintptr_t)value->data;
        if (value->type != OCTET_INT8 || value->quantization.n == 0) continue;
        value->type = OCTET_UINT8;
        for (size_t i = 0; data != NULL && i < octet_shape_elements(&value->shape); i++) data[i] ^= 0x80;
        for (uint32_t i = 0; i < value->quantization.n; i++) zero_points[i] = value->quantization.zero_point[i] + 128;
        net_good(t, octet_value_set_quantization(t->ctx, t->graph, v, value->quantization.n, value->quantization.axis,
                                                 value->quantization.scale, zero_points));
    }
}

#endif
