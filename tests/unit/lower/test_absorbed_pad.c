/* Convolutions that take over the PAD before them: the same bytes as the plain
 * loops, and PAD still runs for those who watch. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "exec/exec.h"
#include "kernels/fast/cpu.h"

enum { CHANNELS = 5, MAX_STEPS = 8, MAX_ELEMENTS = 4096 };

static octet_context context, *ctx = &context;
static octet_graph *graph;
static octet_type type;

static int set_up(void **state) {
    (void)state;
    octet_context_init(ctx);
    return octet_graph_create(ctx, "test", &graph) != OCTET_OK;
}
static int tear_down(void **state) {
    (void)state;
    octet_graph_destroy(ctx, graph);
    return ctx->memory_bytes != 0;
}

static void quantize(uint32_t value, float scale, int32_t zero_point) {
    if (type == OCTET_INT8)
        assert_int_equal(octet_value_set_quantization(ctx, graph, value, 1, 0, &scale, &zero_point), OCTET_OK);
}
static uint32_t emit(octet_operator_code code, const uint32_t *inputs, uint32_t n, const octet_options *options) {
    uint32_t out;
    assert_int_equal(octet_graph_emit(ctx, graph, code, "layer", NULL, inputs, n, options, &out, 1), OCTET_OK);
    quantize(out, 0.05f, 7);
    return out;
}
static uint32_t weights(octet_shape shape, float special) {
    float real[256];
    int8_t whole[256];
    for (int i = 0; i < 256; i++) whole[i] = (int8_t)(i * 37 % 101 - 50), real[i] = (float)whole[i] / 64.0f;
    if (special != 0) real[3] = special;
    const void *data = type == OCTET_INT8 ? (const void *)whole : (const void *)real;
    uint32_t out;
    assert_int_equal(octet_graph_add_constant(ctx, graph, "w", type, &shape, data, &out), OCTET_OK);
    quantize(out, 0.02f, 0);
    return out;
}
static uint32_t pad(uint32_t x, int32_t top, int32_t bottom, int32_t left, int32_t right) {
    uint32_t amounts;
    const octet_shape shape = {2, {4, 2}};
    const int32_t data[] = {0, 0, top, bottom, left, right, 0, 0};
    assert_int_equal(octet_graph_add_constant(ctx, graph, "amounts", OCTET_INT32, &shape, data, &amounts), OCTET_OK);
    return emit(OCTET_OP_PAD, (uint32_t[]){x, amounts}, 2, NULL);
}
static uint32_t conv(uint32_t x, int32_t size, float special) {
    octet_options options = {0};
    options.conv_2d.padding = OCTET_PADDING_VALID;
    options.conv_2d.stride_w = options.conv_2d.stride_h = options.conv_2d.dilation_w = options.conv_2d.dilation_h = 1;
    const uint32_t w = weights((octet_shape){4, {CHANNELS, size, size, CHANNELS}}, special);
    return emit(OCTET_OP_CONV_2D, (uint32_t[]){x, w, OCTET_NONE}, 3, &options);
}
static uint32_t depthwise(uint32_t x) {
    octet_options options = {0};
    options.depthwise_conv_2d.padding = OCTET_PADDING_VALID;
    options.depthwise_conv_2d.stride_w = options.depthwise_conv_2d.stride_h = 1;
    options.depthwise_conv_2d.dilation_w = options.depthwise_conv_2d.dilation_h =
        options.depthwise_conv_2d.depth_multiplier = 1;
    return emit(OCTET_OP_DEPTHWISE_CONV_2D,
                (uint32_t[]){x, weights((octet_shape){4, {1, 3, 3, CHANNELS}}, 0), OCTET_NONE}, 3, &options);
}
static uint32_t input(void) {
    uint32_t x;
    assert_int_equal(octet_graph_add_value(ctx, graph, "x", type, &(octet_shape){4, {2, 9, 8, CHANNELS}}, &x),
                     OCTET_OK);
    quantize(x, 0.05f, 7);
    assert_int_equal(octet_graph_add_input(ctx, graph, x, "x"), OCTET_OK);
    return x;
}

/* What was seen of every value; outputs only, unless watched. */
typedef struct seen {
    uint8_t bytes[MAX_STEPS * 4][MAX_ELEMENTS * sizeof(float)];
    uint64_t time_ns[MAX_STEPS];
} seen;

static size_t value_bytes(uint32_t value) {
    return octet_shape_elements(&graph->values[value].shape) * octet_type_size(type);
}
static void keep(void *user, uint32_t value, const void *data, size_t n_elements) {
    (void)n_elements;
    memcpy(((seen *)user)->bytes[value], data, value_bytes(value));
}

static void run(bool reference, bool watched, seen *out) {
    octet_exec *exec;
    octet_runner *runner;
    const octet_exec_options options = {.reference_kernels = reference};
    memset(out, 0, sizeof *out);
    assert_int_equal(octet_exec_create(ctx, graph, &options, &exec), OCTET_OK);
    assert_int_equal(octet_runner_create(ctx, exec, 1, &runner), OCTET_OK);
    uint8_t *x = octet_runner_value(runner, graph->inputs[0].value);
    for (size_t i = 0; i < value_bytes(graph->inputs[0].value) / octet_type_size(type); i++) {
        const int8_t whole = (int8_t)(i * 83 % 251);
        if (type == OCTET_INT8) x[i] = (uint8_t)whole;
        else ((float *)(void *)x)[i] = (float)whole / 32.0f;
    }
    if (watched) octet_runner_set_observer(runner, keep, out);
    octet_runner_set_profile(runner, out->time_ns);
    octet_runner_run(runner, NULL);
    const uint32_t y = graph->outputs[0].value;
    keep(out, y, octet_runner_value(runner, y), 0);
    octet_runner_destroy(ctx, runner);
    octet_exec_destroy(ctx, exec);
}

static void compare(bool absorbs) {
    static seen fast, plain;
    for (int watched = 0; watched < 2; watched++) {
        run(false, watched, &fast);
        run(true, watched, &plain);
        assert_memory_equal(fast.bytes, plain.bytes, sizeof fast.bytes);
        for (uint32_t i = 0; i < graph->n_operators; i++) {
            if (graph->operators[i].code != OCTET_OP_PAD) continue;
            assert_true(plain.time_ns[i] > 0);
            assert_true((fast.time_ns[i] > 0) == (watched || !absorbs || octet_cpu_detect() == 0));
        }
    }
}

/* Lifetimes too: what a PAD reads must live until the convolution has read it. */
static void chain(octet_type of) {
    type = of;
    uint32_t x = conv(input(), 1, 0);
    x = depthwise(pad(x, 3, 2, 2, 3)); /* larger than what it reads: would overwrite it */
    x = conv(x, 1, 0);
    x = conv(pad(x, 3, 1, 1, 4), 3, 0);
    assert_int_equal(octet_graph_add_output(ctx, graph, x, "y"), OCTET_OK);
    compare(true);
}
static void test_chain_f32(void **state) {
    (void)state;
    chain(OCTET_FLOAT32);
}
static void test_chain_s8(void **state) {
    (void)state;
    chain(OCTET_INT8);
}

/* 0 times infinity is not nothing. */
static void test_infinite_weight(void **state) {
    (void)state;
    type = OCTET_FLOAT32;
    const uint32_t y = conv(pad(input(), 1, 1, 1, 1), 3, INFINITY);
    assert_int_equal(octet_graph_add_output(ctx, graph, y, "y"), OCTET_OK);
    compare(false);
}

/* Another reader needs the padded value. */
static void test_two_readers(void **state) {
    (void)state;
    type = OCTET_FLOAT32;
    const uint32_t padded = pad(input(), 1, 1, 1, 1), a = conv(padded, 1, 0),
                   y = emit(OCTET_OP_ADD, (uint32_t[]){a, padded}, 2, NULL);
    assert_int_equal(octet_graph_add_output(ctx, graph, y, "y"), OCTET_OK);
    compare(false);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(test_chain_f32, set_up, tear_down),
                                       cmocka_unit_test_setup_teardown(test_chain_s8, set_up, tear_down),
                                       cmocka_unit_test_setup_teardown(test_infinite_weight, set_up, tear_down),
                                       cmocka_unit_test_setup_teardown(test_two_readers, set_up, tear_down)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
