/* Bias correction of a small network: what it takes back, and that nothing but the samples decides. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "exec/convert.h"
#include "exec/exec.h"
#include "recover/bias.h"
#include "statistics/observer.h"

enum { N_SAMPLES = 24, N_INPUT = 8 * 8 * 3, N_OUTPUT = 5 };

typedef struct fixture {
    octet_context ctx;
    octet_graph *graph;
    octet_statistics *statistics;
    octet_quantize_options options;
    float samples[N_SAMPLES * N_INPUT];
} fixture;

static void expect_ok(fixture *f, octet_status status) {
    if (status != OCTET_OK) fail_msg("%s: %s", octet_status_name(status), f->ctx.message);
}

static float next(uint64_t *seed) {
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (float)((int64_t)(*seed >> 33) - (1 << 30)) / (float)(1 << 30);
}

static uint32_t constant(fixture *f, const char *name, octet_shape shape, float scale, uint64_t seed) {
    static float data[4096];
    uint32_t v;
    for (size_t i = 0; i < octet_shape_elements(&shape); i++) data[i] = scale * next(&seed);
    expect_ok(f, octet_graph_add_constant(&f->ctx, f->graph, name, OCTET_FLOAT32, &shape, data, &v));
    return v;
}

static uint32_t emit(fixture *f, octet_operator_code code, const uint32_t *inputs, uint32_t n,
                     const octet_options *options) {
    uint32_t v;
    expect_ok(f, octet_graph_emit(&f->ctx, f->graph, code, octet_operator_name(code), NULL, inputs, n, options, &v, 1));
    return v;
}

/* CONV_2D, DEPTHWISE_CONV_2D with one weight that makes the others of its channel coarse, and a dense layer without
 * bias. */
static void build(fixture *f) {
    octet_options o = {0};
    uint32_t x, y, shape;
    expect_ok(f, octet_graph_create(&f->ctx, "test", &f->graph));
    expect_ok(f, octet_graph_add_value(&f->ctx, f->graph, "x", OCTET_FLOAT32, &(octet_shape){4, {1, 8, 8, 3}}, &x));
    expect_ok(f, octet_graph_add_input(&f->ctx, f->graph, x, "x"));
    o.conv_2d.padding = OCTET_PADDING_SAME, o.conv_2d.activation = OCTET_ACTIVATION_RELU;
    o.conv_2d.stride_h = o.conv_2d.stride_w = o.conv_2d.dilation_h = o.conv_2d.dilation_w = 1;
    const uint32_t bias = constant(f, "b", (octet_shape){1, {8}}, 0.5f, 2);
    y = emit(f, OCTET_OP_CONV_2D, (uint32_t[]){x, constant(f, "w", (octet_shape){4, {8, 3, 3, 3}}, 0.5f, 1), bias}, 3,
             &o);
    o = (octet_options){0};
    o.depthwise_conv_2d.padding = OCTET_PADDING_SAME, o.depthwise_conv_2d.activation = OCTET_ACTIVATION_RELU;
    o.depthwise_conv_2d.stride_h = o.depthwise_conv_2d.stride_w = 1;
    o.depthwise_conv_2d.dilation_h = o.depthwise_conv_2d.dilation_w = o.depthwise_conv_2d.depth_multiplier = 1;
    const uint32_t w = constant(f, "d", (octet_shape){4, {1, 3, 3, 8}}, 0.05f, 3);
    for (size_t c = 0; c < 8; c++) ((float *)(uintptr_t)f->graph->values[w].data)[c] = 3.0f;
    y = emit(f, OCTET_OP_DEPTHWISE_CONV_2D, (uint32_t[]){y, w, bias}, 3, &o);
    expect_ok(f, octet_graph_add_i32(&f->ctx, f->graph, "shape", (int32_t[]){1, 512}, 2, &shape));
    y = emit(f, OCTET_OP_RESHAPE, (uint32_t[]){y, shape}, 2, NULL);
    o = (octet_options){0};
    y = emit(f, OCTET_OP_FULLY_CONNECTED,
             (uint32_t[]){y, constant(f, "f", (octet_shape){2, {N_OUTPUT, 512}}, 0.1f, 4), OCTET_NONE}, 3, &o);
    expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, y, "y"));
}

/* CONV_3D, which has no integer kernel, of the same samples. */
static void build_island(fixture *f) {
    octet_options o = {0};
    uint32_t x, y;
    expect_ok(f, octet_graph_create(&f->ctx, "test", &f->graph));
    expect_ok(f, octet_graph_add_value(&f->ctx, f->graph, "x", OCTET_FLOAT32, &(octet_shape){5, {1, 4, 4, 4, 3}}, &x));
    expect_ok(f, octet_graph_add_input(&f->ctx, f->graph, x, "x"));
    o.conv_3d.stride_d = o.conv_3d.stride_h = o.conv_3d.stride_w = 1;
    o.conv_3d.dilation_d = o.conv_3d.dilation_h = o.conv_3d.dilation_w = 1;
    const uint32_t w = constant(f, "w", (octet_shape){5, {2, 2, 2, 3, 4}}, 0.5f, 1);
    y = emit(f, OCTET_OP_CONV_3D, (uint32_t[]){x, w, constant(f, "b", (octet_shape){1, {4}}, 0.5f, 2)}, 3, &o);
    expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, y, "y"));
}

/* The outputs of all samples as real numbers. */
static void run(fixture *f, const octet_graph *graph, float *out) {
    octet_exec *exec;
    octet_runner *runner;
    const octet_value *in = &graph->values[graph->inputs[0].value], *y = &graph->values[graph->outputs[0].value];
    expect_ok(f, octet_exec_create(&f->ctx, graph, NULL, &exec));
    expect_ok(f, octet_runner_create(&f->ctx, exec, 1, &runner));
    for (int i = 0; i < N_SAMPLES; i++) {
        octet_convert_from_real(in, OCTET_ROUND_NEAREST, f->samples + i * N_INPUT, N_INPUT,
                                octet_runner_value(runner, graph->inputs[0].value));
        octet_runner_run(runner, NULL);
        octet_convert_to_real(y, octet_runner_value(runner, graph->outputs[0].value), N_OUTPUT, out + i * N_OUTPUT);
    }
    octet_runner_destroy(&f->ctx, runner);
    octet_exec_destroy(&f->ctx, exec);
}

static void calibrate(fixture *f) {
    octet_arena arena = {0};
    octet_exec *exec;
    octet_runner *runner;
    octet_observer *observer;
    uint32_t *rows_of;
    expect_ok(f, octet_statistics_create_for(&f->ctx, f->graph, &f->statistics));
    expect_ok(f, octet_statistics_bind(&f->ctx, &arena, f->statistics, f->graph, &rows_of));
    expect_ok(f, octet_exec_create(&f->ctx, f->graph, NULL, &exec));
    expect_ok(f, octet_runner_create(&f->ctx, exec, 1, &runner));
    expect_ok(f, octet_observer_create(&f->ctx, f->graph, f->statistics, rows_of, 1, &observer));
    octet_runner_set_observer(runner, octet_observer_observe, observer);
    for (int i = 0; i < N_SAMPLES; i++) {
        memcpy(octet_runner_value(runner, f->graph->inputs[0].value), f->samples + i * N_INPUT,
               N_INPUT * sizeof(float));
        octet_runner_run(runner, NULL);
    }
    expect_ok(f, octet_observer_give(&f->ctx, observer, f->statistics));
    octet_observer_destroy(&f->ctx, observer);
    octet_runner_destroy(&f->ctx, runner);
    octet_exec_destroy(&f->ctx, exec);
    octet_arena_free(&f->ctx, &arena);
}

static int prepare(void **state, void (*build_graph)(fixture *f)) {
    static fixture f;
    uint64_t seed = 9;
    f = (fixture){.options = {.input_type = OCTET_INT8, .output_type = OCTET_INT8}};
    octet_context_init(&f.ctx);
    for (int i = 0; i < N_SAMPLES * N_INPUT; i++) f.samples[i] = fabsf(next(&seed));
    build_graph(&f);
    calibrate(&f);
    *state = &f;
    return 0;
}

static int setup(void **state) { return prepare(state, build); }
static int setup_island(void **state) { return prepare(state, build_island); }

static int teardown(void **state) {
    fixture *f = *state;
    octet_graph_destroy(&f->ctx, f->graph);
    octet_statistics_free(&f->ctx, f->statistics);
    assert_int_equal(f->ctx.memory_bytes, 0);
    return 0;
}

/* The largest mean error of an output over the samples, and the mean square of all errors. */
static void measure(fixture *f, const octet_graph *graph, const octet_statistics *statistics, double *shift,
                    double *square) {
    static float real[N_SAMPLES * N_OUTPUT], integer[N_SAMPLES * N_OUTPUT];
    octet_graph *q;
    expect_ok(f, octet_quantize_graph(&f->ctx, graph, statistics, &f->options, &q));
    run(f, f->graph, real);
    run(f, q, integer);
    *shift = *square = 0.0;
    for (int c = 0; c < N_OUTPUT; c++) {
        double sum = 0.0;
        for (int i = c; i < N_SAMPLES * N_OUTPUT; i += N_OUTPUT) {
            const double error = (double)integer[i] - (double)real[i];
            sum += error;
            *square += error * error / (N_SAMPLES * N_OUTPUT);
        }
        *shift = fmax(*shift, fabs(sum) / N_SAMPLES);
    }
    octet_graph_destroy(&f->ctx, q);
}

static void give_back(fixture *f, octet_recovered *corrected) {
    octet_graph_destroy(&f->ctx, corrected->graph);
    octet_statistics_free(&f->ctx, corrected->statistics);
}

static octet_recovered correct(fixture *f, uint32_t n_threads, size_t most_bytes) {
    const float *inputs[] = {f->samples};
    octet_recover_source source = {f->graph, f->statistics, &f->options, inputs, N_SAMPLES, NULL, most_bytes};
    octet_recovered out;
    expect_ok(f, octet_pool_create(&f->ctx, n_threads, &source.pool));
    expect_ok(f, octet_recover_bias(&f->ctx, &source, &out));
    octet_pool_destroy(&f->ctx, source.pool);
    return out;
}

static void it_takes_back_the_mean_error_of_every_output(void **state) {
    fixture *f = *state;
    double shift_before, square_before, shift, square;
    octet_recovered corrected = correct(f, 1, SIZE_MAX);
    assert_int_equal(corrected.n_changed, 3);
    assert_int_equal(corrected.n_runs, N_SAMPLES);
    measure(f, f->graph, f->statistics, &shift_before, &square_before);
    measure(f, corrected.graph, corrected.statistics, &shift, &square);
    if (!(shift < 0.3 * shift_before && square < 0.7 * square_before))
        fail_msg("shift %g, was %g; square %g, was %g", shift, shift_before, square, square_before);
    give_back(f, &corrected);
}

static void the_float_graph_stays_and_shared_biases_part(void **state) {
    fixture *f = *state;
    octet_recovered corrected = correct(f, 1, SIZE_MAX);
    const octet_graph *g = corrected.graph;
    assert_int_equal(f->graph->operators[0].inputs[2], f->graph->operators[1].inputs[2]);
    assert_int_not_equal(g->operators[0].inputs[2], g->operators[1].inputs[2]);
    assert_int_equal(f->graph->operators[3].inputs[2], OCTET_NONE);
    assert_int_not_equal(g->operators[3].inputs[2], OCTET_NONE);
    give_back(f, &corrected);
}

static void threads_do_not_count(void **state) {
    fixture *f = *state;
    octet_recovered one = correct(f, 1, SIZE_MAX), three = correct(f, 3, SIZE_MAX);
    for (uint32_t k = 0; k < one.graph->n_operators; k++) {
        if (one.graph->operators[k].n_inputs < 3) continue;
        const octet_value *a = octet_graph_input(one.graph, &one.graph->operators[k], 2);
        const octet_value *b = octet_graph_input(three.graph, &three.graph->operators[k], 2);
        assert_memory_equal(a->data, b->data, octet_value_bytes(a));
    }
    give_back(f, &one);
    give_back(f, &three);
}

static void little_memory_takes_fewer_samples(void **state) {
    fixture *f = *state;
    octet_recovered corrected = correct(f, 1, 1);
    assert_int_equal(corrected.n_runs, 1);
    give_back(f, &corrected);
}

static void int16_and_one_scale_for_all_weights_work_alike(void **state) {
    fixture *f = *state;
    double shift_before, square_before, shift, square;
    f->options.per_tensor = true;
    f->options.mode = OCTET_MODE_INT16X8;
    f->options.input_type = f->options.output_type = OCTET_INT16;
    octet_recovered corrected = correct(f, 1, SIZE_MAX);
    measure(f, f->graph, f->statistics, &shift_before, &square_before);
    measure(f, corrected.graph, corrected.statistics, &shift, &square);
    if (!(shift < 0.2 * shift_before)) fail_msg("shift %g, was %g", shift, shift_before);
    give_back(f, &corrected);
}

static void a_layer_that_stays_in_float_is_left_alone(void **state) {
    fixture *f = *state;
    octet_recovered corrected = correct(f, 1, SIZE_MAX);
    assert_int_equal(corrected.n_changed, 0);
    give_back(f, &corrected);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_takes_back_the_mean_error_of_every_output, setup, teardown),
        cmocka_unit_test_setup_teardown(the_float_graph_stays_and_shared_biases_part, setup, teardown),
        cmocka_unit_test_setup_teardown(threads_do_not_count, setup, teardown),
        cmocka_unit_test_setup_teardown(little_memory_takes_fewer_samples, setup, teardown),
        cmocka_unit_test_setup_teardown(int16_and_one_scale_for_all_weights_work_alike, setup, teardown),
        cmocka_unit_test_setup_teardown(a_layer_that_stays_in_float_is_left_alone, setup_island, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
