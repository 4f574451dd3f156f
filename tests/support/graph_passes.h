/* graph_passes.h - a small float graph, built and rewritten.
 * In:  operators in the order of the calls.
 * Out: the graph after all passes, which a second run must leave as it is.
 * Knows: cmocka.
 * Does not know: a single pass. */
#ifndef OCTET_TESTS_GRAPH_PASSES_H
#define OCTET_TESTS_GRAPH_PASSES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "base/buffer.h"
#include "passes/passes.h"

typedef struct fixture {
    octet_context ctx;
    octet_graph *graph;
} fixture;

static inline void expect_ok(fixture *f, octet_status status) {
    if (status != OCTET_OK) fail_msg("%s: %s", octet_status_name(status), f->ctx.message);
}

static inline int setup(void **state) {
    static fixture f;
    f = (fixture){0};
    octet_context_init(&f.ctx);
    expect_ok(&f, octet_graph_create(&f.ctx, "test", &f.graph));
    *state = &f;
    return 0;
}

static inline int teardown(void **state) {
    fixture *f = *state;
    octet_graph_destroy(&f->ctx, f->graph);
    assert_int_equal(f->ctx.memory_bytes, 0);
    return 0;
}

#define DIMS(...) \
    (int32_t)(sizeof((int32_t[]){__VA_ARGS__}) / sizeof(int32_t)), (const int32_t[]) { __VA_ARGS__ }

static inline uint32_t input(fixture *f, int32_t rank, const int32_t *dims) {
    uint32_t v;
    const octet_shape shape = octet_shape_make(rank, dims);
    expect_ok(f, octet_graph_add_value(&f->ctx, f->graph, "x", OCTET_FLOAT32, &shape, &v));
    expect_ok(f, octet_graph_add_input(&f->ctx, f->graph, v, "x"));
    return v;
}

/* Values that differ from each other: start, start + step, ... */
static inline uint32_t constant(fixture *f, const char *name, float start, float step, int32_t rank,
                                const int32_t *dims) {
    float data[1024];
    uint32_t v;
    const octet_shape shape = octet_shape_make(rank, dims);
    for (size_t i = 0; i < octet_shape_elements(&shape); i++) data[i] = start + step * (float)i;
    expect_ok(f, octet_graph_add_constant(&f->ctx, f->graph, name, OCTET_FLOAT32, &shape, data, &v));
    return v;
}

static inline uint32_t integers(fixture *f, int32_t n, const int32_t *data) {
    uint32_t v;
    expect_ok(f, octet_graph_add_i32(&f->ctx, f->graph, "integers", data, n, &v));
    return v;
}

static inline uint32_t emit(fixture *f, octet_operator_code code, const octet_options *options, uint32_t n,
                            const uint32_t *inputs) {
    uint32_t v;
    expect_ok(f, octet_graph_emit(&f->ctx, f->graph, code, octet_operator_name(code), NULL, inputs, n, options, &v, 1));
    return v;
}

static inline uint32_t unary(fixture *f, octet_operator_code code, uint32_t x) { return emit(f, code, NULL, 1, &x); }
static inline uint32_t binary(fixture *f, octet_operator_code code, uint32_t a, uint32_t b) {
    return emit(f, code, NULL, 2, (const uint32_t[]){a, b});
}

static inline uint32_t conv_with(fixture *f, uint32_t x, octet_padding padding, int32_t stride) {
    const octet_options options = {
        .conv_2d = {.padding = padding, .stride_w = stride, .stride_h = stride, .dilation_w = 1, .dilation_h = 1}};
    const uint32_t inputs[3] = {x, constant(f, "kernel", 0.1f, 0.01f, DIMS(2, 3, 3, 2)),
                                constant(f, "bias", 0.3f, -0.7f, DIMS(2))};
    return emit(f, OCTET_OP_CONV_2D, &options, 3, inputs);
}

static inline uint32_t conv(fixture *f, uint32_t x) { return conv_with(f, x, OCTET_PADDING_SAME, 1); }

static inline uint32_t dense(fixture *f, uint32_t x, int32_t n_inputs, bool keep) {
    const octet_options options = {.fully_connected = {.keep_num_dims = keep}};
    const uint32_t inputs[3] = {x, constant(f, "kernel", 0.1f, 0.01f, DIMS(3, n_inputs)), OCTET_NONE};
    return emit(f, OCTET_OP_FULLY_CONNECTED, &options, 3, inputs);
}

static inline void run(fixture *f, uint32_t output) {
    expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, output, "y"));
    expect_ok(f, octet_graph_verify(&f->ctx, f->graph, "test"));
    expect_ok(f, octet_passes_run(&f->ctx, f->graph));
    octet_buffer once = {0}, twice = {0};
    expect_ok(f, octet_graph_dump(&f->ctx, f->graph, &once));
    f->graph->is_canonical = false;
    f->graph->is_traced = false;
    expect_ok(f, octet_passes_run(&f->ctx, f->graph));
    expect_ok(f, octet_graph_dump(&f->ctx, f->graph, &twice));
    assert_string_equal((char *)once.data, (char *)twice.data);
    octet_buffer_free(&f->ctx, &once);
    octet_buffer_free(&f->ctx, &twice);
}

static inline void expect_operators(fixture *f, const char *expected) {
    char text[512] = "";
    for (uint32_t k = 0; k < f->graph->n_operators; k++) {
        if (k > 0) strcat(text, " ");
        strcat(text, octet_operator_name(f->graph->operators[k].code));
    }
    assert_string_equal(text, expected);
}

static inline const octet_operator *op(fixture *f, uint32_t k) { return &f->graph->operators[k]; }
static inline const float *data(fixture *f, uint32_t k, uint32_t i) {
    return octet_graph_input(f->graph, op(f, k), i)->data;
}

static inline uint32_t batch_normalization(fixture *f, uint32_t x) {
    x = binary(f, OCTET_OP_MUL, x, constant(f, "m", 1.3f, -0.4f, DIMS(2)));
    return binary(f, OCTET_OP_ADD, x, constant(f, "off", -0.2f, 0.5f, DIMS(2)));
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

#endif
