/* recovery.h - what tests of recovery share: a graph, samples, their statistics, how far the quantized graph is off.
 * In:  a function that builds a graph with one input and one output.
 * Out: a fixture for cmocka.
 * Knows: exec, statistics, quant.
 * Does not know: steps. */
#ifndef OCTET_TESTS_SUPPORT_RECOVERY_H
#define OCTET_TESTS_SUPPORT_RECOVERY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "exec/convert.h"
#include "exec/exec.h"
#include "recover/step.h"
#include "statistics/observer.h"

enum { RECOVERY_SAMPLES = 24, RECOVERY_INPUT = 8 * 8 * 3, RECOVERY_OUTPUT = 5 };

typedef struct recovery_fixture {
    octet_context ctx;
    octet_graph *graph;
    octet_statistics *statistics;
    octet_quantize_options options;
    float samples[RECOVERY_SAMPLES * RECOVERY_INPUT];
} recovery_fixture;

static inline void recovery_expect_ok(recovery_fixture *f, octet_status status) {
    if (status != OCTET_OK) fail_msg("%s: %s", octet_status_name(status), f->ctx.message);
}

static inline float recovery_next(uint64_t *seed) {
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (float)((int64_t)(*seed >> 33) - (1 << 30)) / (float)(1 << 30);
}

static inline uint32_t recovery_constant(recovery_fixture *f, const char *name, octet_shape shape, float scale,
                                         uint64_t seed) {
    static float data[4096];
    uint32_t v;
    for (size_t i = 0; i < octet_shape_elements(&shape); i++) data[i] = scale * recovery_next(&seed);
    recovery_expect_ok(f, octet_graph_add_constant(&f->ctx, f->graph, name, OCTET_FLOAT32, &shape, data, &v));
    return v;
}

static inline uint32_t recovery_emit(recovery_fixture *f, octet_operator_code code, const uint32_t *inputs, uint32_t n,
                                     const octet_options *options) {
    uint32_t v;
    recovery_expect_ok(
        f, octet_graph_emit(&f->ctx, f->graph, code, octet_operator_name(code), NULL, inputs, n, options, &v, 1));
    return v;
}

/* A small network: CONV_2D, DEPTHWISE_CONV_2D with one weight that makes the others of its channel coarse, and a dense
 * layer without bias. */
static inline void recovery_build(recovery_fixture *f) {
    octet_options o = {0};
    uint32_t x, y, shape;
    recovery_expect_ok(f, octet_graph_create(&f->ctx, "test", &f->graph));
    recovery_expect_ok(
        f, octet_graph_add_value(&f->ctx, f->graph, "x", OCTET_FLOAT32, &(octet_shape){4, {1, 8, 8, 3}}, &x));
    recovery_expect_ok(f, octet_graph_add_input(&f->ctx, f->graph, x, "x"));
    o.conv_2d.padding = OCTET_PADDING_SAME, o.conv_2d.activation = OCTET_ACTIVATION_RELU;
    o.conv_2d.stride_h = o.conv_2d.stride_w = o.conv_2d.dilation_h = o.conv_2d.dilation_w = 1;
    const uint32_t bias = recovery_constant(f, "b", (octet_shape){1, {8}}, 0.5f, 2);
    y = recovery_emit(f, OCTET_OP_CONV_2D,
                      (uint32_t[]){x, recovery_constant(f, "w", (octet_shape){4, {8, 3, 3, 3}}, 0.5f, 1), bias}, 3, &o);
    o = (octet_options){0};
    o.depthwise_conv_2d.padding = OCTET_PADDING_SAME, o.depthwise_conv_2d.activation = OCTET_ACTIVATION_RELU;
    o.depthwise_conv_2d.stride_h = o.depthwise_conv_2d.stride_w = 1;
    o.depthwise_conv_2d.dilation_h = o.depthwise_conv_2d.dilation_w = o.depthwise_conv_2d.depth_multiplier = 1;
    const uint32_t w = recovery_constant(f, "d", (octet_shape){4, {1, 3, 3, 8}}, 0.05f, 3);
    for (size_t c = 0; c < 8; c++) ((float *)(uintptr_t)f->graph->values[w].data)[c] = 3.0f;
    y = recovery_emit(f, OCTET_OP_DEPTHWISE_CONV_2D, (uint32_t[]){y, w, bias}, 3, &o);
    recovery_expect_ok(f, octet_graph_add_i32(&f->ctx, f->graph, "shape", (int32_t[]){1, 512}, 2, &shape));
    y = recovery_emit(f, OCTET_OP_RESHAPE, (uint32_t[]){y, shape}, 2, NULL);
    o = (octet_options){0};
    y = recovery_emit(
        f, OCTET_OP_FULLY_CONNECTED,
        (uint32_t[]){y, recovery_constant(f, "f", (octet_shape){2, {RECOVERY_OUTPUT, 512}}, 0.1f, 4), OCTET_NONE}, 3,
        &o);
    recovery_expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, y, "y"));
}

/* The outputs of all samples as real numbers. */
static inline void recovery_run(recovery_fixture *f, const octet_graph *graph, float *out) {
    octet_exec *exec;
    octet_runner *runner;
    const octet_value *in = &graph->values[graph->inputs[0].value], *y = &graph->values[graph->outputs[0].value];
    recovery_expect_ok(f, octet_exec_create(&f->ctx, graph, NULL, &exec));
    recovery_expect_ok(f, octet_runner_create(&f->ctx, exec, 1, &runner));
    for (int i = 0; i < RECOVERY_SAMPLES; i++) {
        octet_convert_from_real(in, OCTET_ROUND_NEAREST, f->samples + i * RECOVERY_INPUT, RECOVERY_INPUT,
                                octet_runner_value(runner, graph->inputs[0].value));
        octet_runner_run(runner, NULL);
        octet_convert_to_real(y, octet_runner_value(runner, graph->outputs[0].value), RECOVERY_OUTPUT,
                              out + i * RECOVERY_OUTPUT);
    }
    octet_runner_destroy(&f->ctx, runner);
    octet_exec_destroy(&f->ctx, exec);
}

static inline void recovery_calibrate(recovery_fixture *f) {
    octet_arena arena = {0};
    octet_exec *exec;
    octet_runner *runner;
    octet_observer *observer;
    uint32_t *rows_of;
    recovery_expect_ok(f, octet_statistics_create_for(&f->ctx, f->graph, &f->statistics));
    recovery_expect_ok(f, octet_statistics_bind(&f->ctx, &arena, f->statistics, f->graph, &rows_of));
    recovery_expect_ok(f, octet_exec_create(&f->ctx, f->graph, NULL, &exec));
    recovery_expect_ok(f, octet_runner_create(&f->ctx, exec, 1, &runner));
    recovery_expect_ok(f, octet_observer_create(&f->ctx, f->graph, f->statistics, rows_of, 1, &observer));
    octet_runner_set_observer(runner, octet_observer_observe, observer);
    for (int i = 0; i < RECOVERY_SAMPLES; i++) {
        memcpy(octet_runner_value(runner, f->graph->inputs[0].value), f->samples + i * RECOVERY_INPUT,
               RECOVERY_INPUT * sizeof(float));
        octet_runner_run(runner, NULL);
    }
    recovery_expect_ok(f, octet_observer_give(&f->ctx, observer, f->statistics));
    octet_observer_destroy(&f->ctx, observer);
    octet_runner_destroy(&f->ctx, runner);
    octet_exec_destroy(&f->ctx, exec);
    octet_arena_free(&f->ctx, &arena);
}

static inline int recovery_prepare(void **state, void (*build_graph)(recovery_fixture *f)) {
    static recovery_fixture f;
    uint64_t seed = 9;
    f = (recovery_fixture){.options = {.input_type = OCTET_INT8, .output_type = OCTET_INT8}};
    octet_context_init(&f.ctx);
    for (int i = 0; i < RECOVERY_SAMPLES * RECOVERY_INPUT; i++) f.samples[i] = fabsf(recovery_next(&seed));
    build_graph(&f);
    recovery_calibrate(&f);
    *state = &f;
    return 0;
}

static inline int recovery_teardown(void **state) {
    recovery_fixture *f = *state;
    octet_graph_destroy(&f->ctx, f->graph);
    octet_statistics_free(&f->ctx, f->statistics);
    assert_int_equal(f->ctx.memory_bytes, 0);
    return 0;
}

/* The largest mean error of an output over the samples, and the mean square of all errors. */
static inline void recovery_measure(recovery_fixture *f, const octet_graph *graph, const octet_statistics *statistics,
                                    double *shift, double *square) {
    static float real[RECOVERY_SAMPLES * RECOVERY_OUTPUT], integer[RECOVERY_SAMPLES * RECOVERY_OUTPUT];
    octet_graph *q;
    recovery_expect_ok(f, octet_quantize_graph(&f->ctx, graph, statistics, &f->options, &q));
    recovery_run(f, f->graph, real);
    recovery_run(f, q, integer);
    *shift = *square = 0.0;
    for (int c = 0; c < RECOVERY_OUTPUT; c++) {
        double sum = 0.0;
        for (int i = c; i < RECOVERY_SAMPLES * RECOVERY_OUTPUT; i += RECOVERY_OUTPUT) {
            const double error = (double)integer[i] - (double)real[i];
            sum += error;
            *square += error * error / (RECOVERY_SAMPLES * RECOVERY_OUTPUT);
        }
        *shift = fmax(*shift, fabs(sum) / RECOVERY_SAMPLES);
    }
    octet_graph_destroy(&f->ctx, q);
}

static inline void recovery_give_back(recovery_fixture *f, octet_recovered *corrected) {
    octet_graph_destroy(&f->ctx, corrected->graph);
    octet_statistics_free(&f->ctx, corrected->statistics);
}

typedef octet_status recovery_step(octet_context *ctx, const octet_recover_source *source, octet_recovered *out);

/* What a step gives for a graph and statistics with the fixture's samples. */
static inline octet_recovered recovery_apply(recovery_fixture *f, recovery_step *step, const octet_graph *graph,
                                             const octet_statistics *statistics, uint32_t n_threads) {
    const float *const inputs[] = {f->samples};
    octet_recover_source source = {.graph = graph,
                                   .statistics = statistics,
                                   .options = &f->options,
                                   .inputs = inputs,
                                   .n_runs = RECOVERY_SAMPLES,
                                   .most_bytes = SIZE_MAX};
    octet_recovered out;
    recovery_expect_ok(f, octet_pool_create(&f->ctx, n_threads, &source.pool));
    recovery_expect_ok(f, step(&f->ctx, &source, &out));
    octet_pool_destroy(&f->ctx, source.pool);
    return out;
}

/* All samples, on one thread. inputs: room for a pointer. */
static inline octet_recover_source recovery_source(recovery_fixture *f, const float **inputs) {
    inputs[0] = f->samples;
    return (octet_recover_source){.graph = f->graph,
                                  .statistics = f->statistics,
                                  .options = &f->options,
                                  .inputs = inputs,
                                  .n_runs = RECOVERY_SAMPLES,
                                  .most_bytes = SIZE_MAX};
}

#endif
