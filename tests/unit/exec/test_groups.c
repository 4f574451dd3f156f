/* Steps that run as one: which do, that what they hand on has no memory, and that outputs have the bytes of the plain
 * loops. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "exec/exec.h"
#include "kernels/fast/cpu.h"

enum { CHANNELS = 3, OUTPUTS = 6, SIDE = 13, MOST_BYTES = 8192 };

static octet_context context, *ctx = &context;
static octet_graph *graph;

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
    assert_int_equal(octet_value_set_quantization(ctx, graph, value, 1, 0, &scale, &zero_point), OCTET_OK);
}
static uint32_t emit(octet_operator_code code, const uint32_t *inputs, uint32_t n, const octet_options *options) {
    uint32_t out;
    assert_int_equal(octet_graph_emit(ctx, graph, code, "layer", NULL, inputs, n, options, &out, 1), OCTET_OK);
    quantize(out, 0.05f, 7);
    return out;
}
static uint32_t input(void) {
    uint32_t x;
    const octet_shape shape = {4, {1, SIDE, SIDE, CHANNELS}};
    assert_int_equal(octet_graph_add_value(ctx, graph, "x", OCTET_INT8, &shape, &x), OCTET_OK);
    quantize(x, 0.05f, 7);
    assert_int_equal(octet_graph_add_input(ctx, graph, x, "x"), OCTET_OK);
    return x;
}
static uint32_t conv(uint32_t x) {
    int8_t whole[OUTPUTS * 9 * CHANNELS];
    for (size_t i = 0; i < sizeof whole; i++) whole[i] = (int8_t)(i * 37 % 101) - 50;
    octet_options options = {0};
    options.conv_2d.padding = OCTET_PADDING_VALID;
    options.conv_2d.stride_w = options.conv_2d.stride_h = options.conv_2d.dilation_w = options.conv_2d.dilation_h = 1;
    uint32_t w;
    const octet_shape shape = {4, {OUTPUTS, 3, 3, CHANNELS}};
    assert_int_equal(octet_graph_add_constant(ctx, graph, "w", OCTET_INT8, &shape, whole, &w), OCTET_OK);
    quantize(w, 0.02f, 0);
    return emit(OCTET_OP_CONV_2D, (uint32_t[]){x, w, OCTET_NONE}, 3, &options);
}
static uint32_t pool(uint32_t x, int32_t size, int32_t stride, octet_padding padding) {
    octet_options options = {0};
    options.pool_2d.padding = padding;
    options.pool_2d.filter_h = options.pool_2d.filter_w = size;
    options.pool_2d.stride_h = options.pool_2d.stride_w = stride;
    return emit(OCTET_OP_MAX_POOL_2D, &x, 1, &options);
}
static uint32_t constant(octet_shape shape, const int32_t *data) {
    uint32_t out;
    assert_int_equal(octet_graph_add_constant(ctx, graph, "c", OCTET_INT32, &shape, data, &out), OCTET_OK);
    return out;
}
static void give(uint32_t y) { assert_int_equal(octet_graph_add_output(ctx, graph, y, "y"), OCTET_OK); }

/* All outputs, one after the other, of a run on `n_threads`. */
static octet_exec *run(octet_exec_options options, uint32_t n_threads, uint8_t *out) {
    octet_exec *exec;
    octet_runner *runner;
    octet_pool *threads;
    assert_int_equal(octet_exec_create(ctx, graph, &options, &exec), OCTET_OK);
    assert_int_equal(octet_runner_create(ctx, exec, n_threads, &runner), OCTET_OK);
    assert_int_equal(octet_pool_create(ctx, n_threads, &threads), OCTET_OK);
    uint8_t *x = octet_runner_value(runner, graph->inputs[0].value);
    for (size_t i = 0; i < octet_value_bytes(&graph->values[graph->inputs[0].value]); i++) x[i] = (uint8_t)(i * 83);
    octet_runner_run(runner, threads);
    size_t at = 0;
    for (uint32_t i = 0; i < graph->n_outputs; i++) {
        const octet_value *value = &graph->values[graph->outputs[i].value];
        assert_true(at + octet_value_bytes(value) <= MOST_BYTES);
        memcpy(out + at, octet_runner_value(runner, graph->outputs[i].value), octet_value_bytes(value));
        at += octet_value_bytes(value);
    }
    octet_pool_destroy(ctx, threads);
    octet_runner_destroy(ctx, runner);
    return exec;
}

/* Whether the step that gives `map` runs as one with the step that gives `result`. */
static void expect_group(uint32_t map, uint32_t result, bool is_group) {
    static uint8_t plain[MOST_BYTES], joined[MOST_BYTES];
    const octet_exec_options reference = {.reference_kernels = true};
    octet_exec_destroy(ctx, run(reference, 1, plain));
    for (uint32_t n_threads = 1; n_threads <= 2; n_threads++) {
        octet_exec *exec = run((octet_exec_options){.outputs_only = true}, n_threads, joined);
        const uint32_t first = graph->values[map].producer, last = graph->values[result].producer;
        const bool has_kernels = octet_cpu_detect() & OCTET_CPU_AVX2;
        assert_memory_equal(joined, plain, sizeof plain);
        assert_true((octet_exec_step_done_at(exec, first) == last) == (is_group && has_kernels));
        assert_true((octet_exec_offset(exec, map) == SIZE_MAX) == (is_group && has_kernels));
        assert_true(octet_exec_step_done_at(exec, last) == last);
        octet_exec_destroy(ctx, exec);
    }
    for (int kept = 0; kept < 2; kept++) { /* who looks at values between */
        const octet_exec_options options = {.no_sharing = kept == 1, .outputs_only = kept == 1};
        octet_exec *exec = run(options, 1, joined);
        assert_memory_equal(joined, plain, sizeof plain);
        assert_true(octet_exec_offset(exec, map) != SIZE_MAX);
        octet_exec_destroy(ctx, exec);
    }
}

static void test_pool(void **state) {
    (void)state;
    const uint32_t map = conv(input()), y = pool(map, 2, 2, OCTET_PADDING_VALID);
    give(y);
    expect_group(map, y, true);
}
/* 11 columns by 3 leave two over. */
static void test_pool_with_rest(void **state) {
    (void)state;
    const uint32_t map = conv(input()), y = pool(map, 2, 3, OCTET_PADDING_VALID);
    give(y);
    expect_group(map, y, true);
}
static void test_overlapping_pool(void **state) {
    (void)state;
    const uint32_t map = conv(input()), y = pool(map, 3, 2, OCTET_PADDING_VALID);
    give(y);
    expect_group(map, y, false);
}
static void test_pool_over_the_edge(void **state) {
    (void)state;
    const uint32_t map = conv(input()), y = pool(map, 2, 2, OCTET_PADDING_SAME);
    give(y);
    expect_group(map, y, false);
}
static void test_two_readers(void **state) {
    (void)state;
    const uint32_t map = conv(input()), y = pool(map, 2, 2, OCTET_PADDING_VALID);
    give(y);
    give(pool(map, 3, 3, OCTET_PADDING_VALID));
    expect_group(map, y, false);
}
static void test_map_is_output(void **state) {
    (void)state;
    const uint32_t map = conv(input()), y = pool(map, 2, 2, OCTET_PADDING_VALID);
    give(map);
    give(y);
    expect_group(map, y, false);
}
/* What the group reads lives until its last step has run, whatever is computed meanwhile. */
static void test_steps_between(void **state) {
    (void)state;
    const uint32_t x = input(), inner = pool(x, 1, 1, OCTET_PADDING_VALID), map = conv(inner),
                   other = pool(pool(pool(x, 1, 1, OCTET_PADDING_VALID), 1, 1, OCTET_PADDING_VALID), 2, 2,
                                OCTET_PADDING_VALID),
                   y = pool(map, 2, 2, OCTET_PADDING_VALID);
    give(y);
    give(other);
    expect_group(map, y, true);
}
/* The convolution absorbs a PAD and is followed by a pool: all three run at the pool. */
static void test_pad(void **state) {
    (void)state;
    const int32_t amounts[] = {0, 0, 1, 2, 2, 1, 0, 0};
    const uint32_t by = constant((octet_shape){2, {4, 2}}, amounts),
                   padded = emit(OCTET_OP_PAD, (uint32_t[]){input(), by}, 2, NULL), map = conv(padded),
                   y = pool(map, 2, 2, OCTET_PADDING_VALID);
    give(y);
    expect_group(map, y, true);
    expect_group(padded, y, true);
}
/* A RESHAPE to the same shape between both is done with them; the one behind is no work, as its result is the memory of
 * its operand. */
static void test_reshapes(void **state) {
    (void)state;
    const int32_t same[] = {1, 11, 11, OUTPUTS}, flat[] = {1, 25 * OUTPUTS};
    octet_options options = {0};
    const uint32_t map = conv(input()), to = constant((octet_shape){1, {4}}, same),
                   again = emit(OCTET_OP_RESHAPE, (uint32_t[]){map, to}, 2, &options),
                   pooled = pool(again, 2, 2, OCTET_PADDING_VALID), other = constant((octet_shape){1, {2}}, flat),
                   y = emit(OCTET_OP_RESHAPE, (uint32_t[]){pooled, other}, 2, &options);
    give(y);
    expect_group(map, pooled, true);
    expect_group(again, pooled, true);
    static uint8_t out[MOST_BYTES];
    octet_exec *exec = run((octet_exec_options){0}, 1, out);
    assert_int_equal(octet_exec_step_done_at(exec, graph->values[y].producer), OCTET_NONE);
    assert_int_equal(octet_exec_offset(exec, y), octet_exec_offset(exec, pooled));
    octet_exec_destroy(ctx, exec);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_pool),        TEST(test_pool_with_rest), TEST(test_overlapping_pool), TEST(test_pool_over_the_edge),
        TEST(test_two_readers), TEST(test_map_is_output),  TEST(test_steps_between),    TEST(test_pad),
        TEST(test_reshapes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
