/* graph_quantize.h - a small float graph with ranges, quantized.
 * In:  operators in the order of the calls, the range of each result.
 * Out: the quantized graph, and what there is to ask of it.
 * Knows: cmocka.
 * Does not know: rules. */
#ifndef OCTET_TESTS_GRAPH_QUANTIZE_H
#define OCTET_TESTS_GRAPH_QUANTIZE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "quant/quant.h"

enum { MAX_VALUES = 64 };

/* A small graph under construction; every helper fails the test on an error. */
typedef struct fixture {
    octet_context ctx;
    octet_graph *graph, *quantized;
    octet_statistics *statistics;
    octet_quantize_options options;
    octet_observed_range ranges[MAX_VALUES]; /* by value: what the statistics will hold */
} fixture;

static inline void expect_ok(fixture *f, octet_status status) {
    if (status != OCTET_OK) fail_msg("%s: %s", octet_status_name(status), f->ctx.message);
}

static inline int setup(void **state) {
    static fixture f;
    f = (fixture){.options = {.input_type = OCTET_INT8, .output_type = OCTET_INT8}};
    octet_context_init(&f.ctx);
    expect_ok(&f, octet_graph_create(&f.ctx, "test", &f.graph));
    *state = &f;
    return 0;
}

static inline int teardown(void **state) {
    fixture *f = *state;
    octet_graph_destroy(&f->ctx, f->graph);
    octet_graph_destroy(&f->ctx, f->quantized);
    octet_statistics_free(&f->ctx, f->statistics);
    assert_int_equal(f->ctx.memory_bytes, 0);
    return 0;
}

static inline void set_range(fixture *f, uint32_t v, float min, float max) {
    assert_true(v < MAX_VALUES);
    f->ranges[v] = (octet_observed_range){min, max, true, false};
}

static inline void forget_range(fixture *f, uint32_t v) { f->ranges[v].seen = false; }

/* Statistics with the ranges that were set; the graph stays as it is from here on. */
static inline void make_statistics(fixture *f) {
    octet_arena arena = {0};
    uint32_t *rows_of;
    octet_statistics_free(&f->ctx, f->statistics);
    f->statistics = NULL;
    expect_ok(f, octet_statistics_create_for(&f->ctx, f->graph, &f->statistics));
    expect_ok(f, octet_statistics_bind(&f->ctx, &arena, f->statistics, f->graph, &rows_of));
    for (uint32_t v = 0; v < f->graph->n_values; v++)
        if (rows_of[v] != OCTET_NONE && f->ranges[v].seen)
            f->statistics->rows[rows_of[v]].ranges[v % OCTET_STATISTICS_HALVES] = f->ranges[v];
    octet_arena_free(&f->ctx, &arena);
}

static inline uint32_t input(fixture *f, int32_t n, float min, float max) {
    uint32_t v;
    const octet_shape shape = octet_shape_make(2, (const int32_t[]){1, n});
    expect_ok(f, octet_graph_add_value(&f->ctx, f->graph, "x", OCTET_FLOAT32, &shape, &v));
    expect_ok(f, octet_graph_add_input(&f->ctx, f->graph, v, "x"));
    set_range(f, v, min, max);
    return v;
}

static inline uint32_t emit(fixture *f, octet_operator_code code, const uint32_t *inputs, uint32_t n, float min,
                            float max) {
    uint32_t v;
    octet_options options = {0};
    if (code == OCTET_OP_CONCATENATION) options.concatenation.axis = 1;
    if (code == OCTET_OP_SOFTMAX) options.softmax.beta = 1.0f;
    expect_ok(f,
              octet_graph_emit(&f->ctx, f->graph, code, octet_operator_name(code), NULL, inputs, n, &options, &v, 1));
    set_range(f, v, min, max);
    return v;
}

static inline uint32_t unary(fixture *f, octet_operator_code code, uint32_t v, float min, float max) {
    return emit(f, code, &v, 1, min, max);
}

static inline uint32_t binary(fixture *f, octet_operator_code code, uint32_t a, uint32_t b, float min, float max) {
    const uint32_t inputs[2] = {a, b};
    return emit(f, code, inputs, 2, min, max);
}

static inline uint32_t constant(fixture *f, const char *name, int32_t rank, const int32_t *dims, const float *data) {
    uint32_t v;
    const octet_shape shape = octet_shape_make(rank, dims);
    expect_ok(f, octet_graph_add_constant(&f->ctx, f->graph, name, OCTET_FLOAT32, &shape, data, &v));
    return v;
}

static inline void quantize(fixture *f, uint32_t output) {
    expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, output, "y"));
    make_statistics(f);
    expect_ok(f, octet_quantize_graph(&f->ctx, f->graph, f->statistics, &f->options, &f->quantized));
}

static inline void expect_operators(fixture *f, const char *expected) {
    char text[512] = "";
    for (uint32_t k = 0; k < f->quantized->n_operators; k++) {
        if (k > 0) strcat(text, " ");
        strcat(text, octet_operator_name(f->quantized->operators[k].code));
    }
    assert_string_equal(text, expected);
}

static inline const octet_value *result(fixture *f, uint32_t k) {
    return octet_graph_output(f->quantized, &f->quantized->operators[k], 0);
}
static inline const octet_value *operand(fixture *f, uint32_t k, uint32_t i) {
    return octet_graph_input(f->quantized, &f->quantized->operators[k], i);
}

static inline void expect_params(const octet_value *value, float scale, int32_t zero_point) {
    assert_int_equal(value->quantization.n, 1);
    if (value->quantization.scale[0] != scale)
        fail_msg("%s: scale %.9g, expected %.9g", value->name, (double)value->quantization.scale[0], (double)scale);
    assert_int_equal(value->quantization.zero_point[0], zero_point);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

#endif
