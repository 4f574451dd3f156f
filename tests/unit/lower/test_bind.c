/* What binding and inference refuse: graphs as a hostile or broken file would
 * give them. Each is one sentence and a status. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "exec/exec.h"

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

static uint32_t value(octet_type type, int32_t rank, const int32_t *dims, float scale, int32_t zero_point) {
    uint32_t index;
    const octet_shape shape = octet_shape_make(rank, dims);
    assert_int_equal(octet_graph_add_value(ctx, graph, "x", type, &shape, &index), OCTET_OK);
    if (scale != 0)
        assert_int_equal(octet_value_set_quantization(ctx, graph, index, 1, 0, &scale, &zero_point), OCTET_OK);
    return index;
}
static uint32_t constant(octet_type type, int32_t rank, const int32_t *dims, uint32_t n_scales, const float *scales,
                         const int32_t *zeros) {
    static const int64_t data[512]; /* zeros of any type */
    uint32_t index;
    const octet_shape shape = octet_shape_make(rank, dims);
    assert_true(octet_shape_elements(&shape) <= 512);
    assert_int_equal(octet_graph_add_constant(ctx, graph, "w", type, &shape, data, &index), OCTET_OK);
    if (n_scales)
        assert_int_equal(octet_value_set_quantization(ctx, graph, index, n_scales, 0, scales, zeros), OCTET_OK);
    return index;
}
#define VALUE(type, scale, zero_point, ...) value(OCTET_##type, DIMS_OF(__VA_ARGS__), (scale), (zero_point))
#define DIMS_OF(...) \
    (int32_t)(sizeof((int32_t[]){__VA_ARGS__}) / sizeof(int32_t)), (const int32_t[]) { __VA_ARGS__ }

static octet_status bind(void) {
    octet_exec *exec;
    const octet_exec_options options = {.reference_kernels = true};
    octet_context_clear(ctx);
    const octet_status status = octet_exec_create(ctx, graph, &options, &exec);
    octet_exec_destroy(ctx, exec);
    assert_true(status == OCTET_OK || strlen(ctx->message) > 10);
    return status;
}

static octet_operator *add(octet_operator_code code, const uint32_t *inputs, uint32_t n, const octet_options *options,
                           uint32_t output) {
    uint32_t index;
    assert_int_equal(
        octet_graph_add_operator(ctx, graph, code, "layer", inputs, n, options, &output, 1, OCTET_NONE, &index),
        OCTET_OK);
    return &graph->operators[index];
}

/* A valid int8 convolution of [1,4,4,2] by [3,1,1,2]; values: 0 input, 1 weights, 2 bias, 3 output. */
static octet_operator *conv(void) {
    static const float scales[] = {0.01f, 0.02f, 0.03f};
    static const int32_t zeros[3] = {0};
    const uint32_t x = VALUE(INT8, 0.5f, 3, 1, 4, 4, 2);
    const uint32_t w = constant(OCTET_INT8, DIMS_OF(3, 1, 1, 2), 3, scales, zeros);
    const uint32_t b = constant(OCTET_INT32, DIMS_OF(3), 0, NULL, NULL);
    const uint32_t y = VALUE(INT8, 0.25f, -3, 1, 4, 4, 3);
    assert_int_equal(octet_graph_add_input(ctx, graph, x, "x"), OCTET_OK);
    assert_int_equal(octet_graph_add_output(ctx, graph, y, "y"), OCTET_OK);
    const octet_options options = {
        .conv_2d = {.padding = OCTET_PADDING_VALID, .stride_w = 1, .stride_h = 1, .dilation_w = 1, .dilation_h = 1}};
    return add(OCTET_OP_CONV_2D, (const uint32_t[]){x, w, b}, 3, &options, y);
}

static void test_conv(void **state) {
    (void)state;
    octet_operator *op = conv();
    assert_int_equal(bind(), OCTET_OK);
    op->options.conv_2d.activation = OCTET_ACTIVATION_TANH;
    assert_int_equal(bind(), OCTET_UNSUPPORTED);
    op->options.conv_2d.activation = (octet_activation)77;
    assert_int_equal(bind(), OCTET_UNSUPPORTED);
    op->options.conv_2d.activation = OCTET_ACTIVATION_RELU6;
    graph->values[1].quantization.n = 2;
    assert_int_equal(bind(), OCTET_MODEL);
    assert_non_null(strstr(ctx->message, "layer"));
    graph->values[1].quantization.n = 3;
    graph->values[1].quantization.axis = 3;
    assert_int_equal(bind(), OCTET_MODEL);
    graph->values[1].quantization.axis = 0;
    ((int32_t *)(uintptr_t)graph->values[1].quantization.zero_point)[1] = 5;
    assert_int_equal(bind(), OCTET_UNSUPPORTED);
    ((int32_t *)(uintptr_t)graph->values[1].quantization.zero_point)[1] = 0;
    ((float *)(uintptr_t)graph->values[1].quantization.scale)[2] = 1e20f; /* no shift is large enough */
    assert_int_equal(bind(), OCTET_MODEL);
    ((float *)(uintptr_t)graph->values[1].quantization.scale)[2] = -1;
    assert_int_equal(bind(), OCTET_MODEL);
    ((float *)(uintptr_t)graph->values[1].quantization.scale)[2] = 0.03f;
    graph->values[3].quantization.n = 0;
    assert_int_equal(bind(), OCTET_MODEL);
    graph->values[3].quantization.n = 1;
    graph->values[2].type = OCTET_INT16;
    assert_int_equal(bind(), OCTET_UNSUPPORTED);
    graph->values[2].type = OCTET_INT32;
    graph->values[3].type = OCTET_FLOAT32;
    assert_int_equal(bind(), OCTET_MODEL);
    graph->values[3].type = OCTET_INT8;
    assert_int_equal(bind(), OCTET_OK);
}

/* The shapes of a convolution that no kernel could run. */
static void test_conv_shapes(void **state) {
    (void)state;
    octet_operator *op = conv();
    assert_int_equal(octet_graph_verify(ctx, graph, "test"), OCTET_OK);
    const octet_operator good_op = *op;
    op->options.conv_2d.stride_h = INT32_MAX;
    assert_int_equal(octet_graph_verify(ctx, graph, "test"), OCTET_LIMIT);
    *op = good_op;
    struct {
        int32_t *field, bad;
    } fields[] = {{&op->options.conv_2d.stride_h, 0},   {&op->options.conv_2d.stride_w, -1},
                  {&op->options.conv_2d.dilation_h, 0}, {&graph->values[1].shape.dims[3], 3},
                  {&graph->values[1].shape.dims[3], 0}, {&graph->values[1].shape.dims[1], 5},
                  {&graph->values[1].shape.dims[0], 4}, {&graph->values[2].shape.dims[0], 2},
                  {&graph->values[0].shape.rank, 3},    {&graph->values[3].shape.dims[2], 5}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const int32_t good = *fields[i].field;
        *fields[i].field = fields[i].bad;
        octet_context_clear(ctx);
        assert_int_equal(octet_graph_verify(ctx, graph, "test"), OCTET_MODEL);
        *fields[i].field = good;
    }
    octet_context_clear(ctx);
    op->options.conv_2d.dilation_w = INT32_MAX; /* a filter of one tap has no extent, whatever its dilation */
    assert_int_equal(octet_graph_verify(ctx, graph, "test"), OCTET_OK);
    assert_int_equal(bind(), OCTET_OK);
}

static void test_pool(void **state) {
    (void)state;
    const uint32_t x = VALUE(INT8, 0.5f, 3, 1, 4, 4, 2), y = VALUE(INT8, 0.25f, 3, 1, 2, 2, 2);
    const octet_options options = {.pool_2d = {.stride_w = 2, .stride_h = 2, .filter_w = 2, .filter_h = 2}};
    add(OCTET_OP_MAX_POOL_2D, &x, 1, &options, y);
    assert_int_equal(bind(), OCTET_MODEL); /* the scales differ */
    *(float *)(uintptr_t)graph->values[y].quantization.scale = 0.5f;
    assert_int_equal(bind(), OCTET_OK);
    graph->values[x].type = OCTET_BOOL;
    assert_int_equal(bind(), OCTET_UNSUPPORTED);
}

static void test_fixed_outputs(void **state) {
    (void)state;
    const uint32_t x = VALUE(INT8, 0.5f, 3, 1, 4), y = VALUE(INT8, 1.0f / 256, -128, 1, 4),
                   z = VALUE(INT8, 1.0f / 128, 0, 1, 4);
    const octet_options softmax = {.softmax = {.beta = 1}};
    octet_operator *op = add(OCTET_OP_SOFTMAX, &x, 1, &softmax, y);
    assert_int_equal(bind(), OCTET_OK);
    op->options.softmax.beta = -1;
    assert_int_equal(bind(), OCTET_UNSUPPORTED);
    op->options.softmax.beta = 1;
    *(int32_t *)(uintptr_t)graph->values[y].quantization.zero_point = -127;
    assert_int_equal(bind(), OCTET_MODEL);
    *(int32_t *)(uintptr_t)graph->values[y].quantization.zero_point = -128;
    add(OCTET_OP_L2_NORMALIZATION, &x, 1, NULL, z);
    assert_int_equal(bind(), OCTET_OK);
    graph->operators[1].options.l2_normalization.activation = OCTET_ACTIVATION_RELU;
    assert_int_equal(bind(), OCTET_UNSUPPORTED);
}

static void test_reduce(void **state) {
    (void)state;
    const int32_t dims[] = {2, 3, 4};
    const octet_shape shape = octet_shape_make(3, dims);
    uint32_t x, axes;
    assert_int_equal(octet_graph_add_value(ctx, graph, "x", OCTET_FLOAT32, &shape, &x), OCTET_OK);
    struct {
        int32_t axes[2], n;
        octet_status want;
        int32_t rank;
    } cases[] = {{{1, 2}, 2, OCTET_OK, 1},
                 {{-1, 2}, 2, OCTET_OK, 2},
                 {{3}, 1, OCTET_MODEL, 0},
                 {{-4}, 1, OCTET_MODEL, 0},
                 {{0}, 0, OCTET_OK, 3}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t y;
        octet_context_clear(ctx);
        assert_int_equal(octet_graph_add_i32(ctx, graph, "axes", cases[i].axes, cases[i].n, &axes), OCTET_OK);
        assert_int_equal(
            octet_graph_emit(ctx, graph, OCTET_OP_MEAN, "mean", NULL, (const uint32_t[]){x, axes}, 2, NULL, &y, 1),
            cases[i].want);
        if (cases[i].want == OCTET_OK) assert_int_equal(graph->values[y].shape.rank, cases[i].rank);
    }
}

static void test_fully_connected(void **state) {
    (void)state;
    const uint32_t x = VALUE(FLOAT32, 0, 0, 2, 3, 4), w = constant(OCTET_FLOAT32, DIMS_OF(5, 4), 0, NULL, NULL);
    const uint32_t bad = constant(OCTET_FLOAT32, DIMS_OF(5, 7), 0, NULL, NULL);
    uint32_t y;
    octet_options options = {0};
    assert_int_equal(octet_graph_emit(ctx, graph, OCTET_OP_FULLY_CONNECTED, "fc", NULL, (const uint32_t[]){x, w}, 2,
                                      &options, &y, 1),
                     OCTET_OK);
    assert_true(graph->values[y].shape.rank == 2 && graph->values[y].shape.dims[0] == 6);
    options.fully_connected.keep_num_dims = true;
    assert_int_equal(octet_graph_emit(ctx, graph, OCTET_OP_FULLY_CONNECTED, "fc", NULL, (const uint32_t[]){x, w}, 2,
                                      &options, &y, 1),
                     OCTET_OK);
    assert_true(graph->values[y].shape.rank == 3 && graph->values[y].shape.dims[2] == 5);
    assert_int_equal(bind(), OCTET_OK);
    assert_int_equal(octet_graph_emit(ctx, graph, OCTET_OP_FULLY_CONNECTED, "fc", NULL, (const uint32_t[]){x, bad}, 2,
                                      &options, &y, 1),
                     OCTET_MODEL);
    octet_context_clear(ctx);
    assert_int_equal(octet_graph_emit(ctx, graph, OCTET_OP_FULLY_CONNECTED, "fc", NULL,
                                      (const uint32_t[]){x, OCTET_NONE}, 2, &options, &y, 1),
                     OCTET_MODEL);
    octet_context_clear(ctx);
    assert_int_equal(octet_graph_emit(ctx, graph, OCTET_OP_FULLY_CONNECTED, "fc", NULL, (const uint32_t[]){x, 9999}, 2,
                                      &options, &y, 1),
                     OCTET_MODEL);
}

static void test_quantize(void **state) {
    (void)state;
    const uint32_t x = VALUE(FLOAT32, 0, 0, 2, 3), q = VALUE(UINT8, 0.5f, 128, 2, 3), back = VALUE(FLOAT32, 0, 0, 2, 3);
    add(OCTET_OP_QUANTIZE, &x, 1, NULL, q);
    add(OCTET_OP_DEQUANTIZE, &q, 1, NULL, back);
    assert_int_equal(octet_graph_add_input(ctx, graph, x, "x"), OCTET_OK);
    assert_int_equal(octet_graph_add_output(ctx, graph, back, "y"), OCTET_OK);
    octet_exec *exec;
    octet_runner *runner;
    assert_int_equal(octet_exec_create(ctx, graph, NULL, &exec), OCTET_OK);
    assert_int_equal(octet_runner_create(ctx, exec, 1, &runner), OCTET_OK);
    const float in[] = {0, 0.3f, -0.25f, 1000, -1000, 5}, want[] = {0, 0.5f, -0.5f, 63.5f, -64, 5};
    memcpy(octet_runner_value(runner, x), in, sizeof in);
    octet_runner_run(runner, NULL);
    assert_memory_equal(octet_runner_value(runner, back), want, sizeof want);
    octet_runner_destroy(ctx, runner);
    octet_exec_destroy(ctx, exec);
    graph->values[q].quantization.n = 0;
    assert_int_equal(bind(), OCTET_MODEL);
}

/* An LSTM as Keras has it; then, one by one, what is not. */
static void test_lstm(void **state) {
    (void)state;
    const int32_t cells = 3, features = 2;
    uint32_t inputs[24];
    for (int i = 0; i < 24; i++) inputs[i] = OCTET_NONE;
    inputs[0] = VALUE(FLOAT32, 0, 0, 1, 5, 2);
    for (int i = 1; i < 5; i++) inputs[i] = constant(OCTET_FLOAT32, DIMS_OF(cells, features), 0, NULL, NULL);
    for (int i = 5; i < 9; i++) inputs[i] = constant(OCTET_FLOAT32, DIMS_OF(cells, cells), 0, NULL, NULL);
    for (int i = 12; i < 16; i++) inputs[i] = constant(OCTET_FLOAT32, DIMS_OF(cells), 0, NULL, NULL);
    for (int i = 18; i < 20; i++) {
        inputs[i] = VALUE(FLOAT32, 0, 0, 1, 3);
        graph->values[inputs[i]].is_variable = true;
    }
    const octet_options options = {.lstm = {.activation = OCTET_ACTIVATION_TANH}};
    uint32_t y;
    assert_int_equal(octet_graph_add_input(ctx, graph, inputs[0], "x"), OCTET_OK);
    assert_int_equal(
        octet_graph_emit(ctx, graph, OCTET_OP_UNIDIRECTIONAL_SEQUENCE_LSTM, "lstm", NULL, inputs, 24, &options, &y, 1),
        OCTET_OK);
    assert_int_equal(octet_graph_add_output(ctx, graph, y, "y"), OCTET_OK);
    octet_operator *op = &graph->operators[0];
    assert_int_equal(bind(), OCTET_OK);
    op->inputs[9] = inputs[12]; /* a peephole of the input gate alone */
    assert_int_equal(bind(), OCTET_MODEL);
    op->inputs[10] = op->inputs[11] = inputs[12];
    assert_int_equal(bind(), OCTET_OK);
    op->inputs[9] = op->inputs[10] = op->inputs[11] = OCTET_NONE;
    op->inputs[1] = OCTET_NONE; /* coupled gates, with a bias of the input gate */
    assert_int_equal(bind(), OCTET_MODEL);
    op->inputs[5] = op->inputs[12] = OCTET_NONE;
    assert_int_equal(bind(), OCTET_OK);
    op->inputs[20] = inputs[13]; /* a norm of the gate that is not there */
    assert_int_equal(bind(), OCTET_MODEL);
    op->inputs[20] = OCTET_NONE;
    op->inputs[16] = inputs[6]; /* a projection of 3 cells to 3 results */
    assert_int_equal(bind(), OCTET_OK);
    op->inputs[17] = inputs[1]; /* its bias is no vector */
    assert_int_equal(bind(), OCTET_MODEL);
    op->inputs[16] = op->inputs[17] = OCTET_NONE;
    op->inputs[5] = inputs[5];
    op->inputs[12] = inputs[12];
    op->inputs[1] = inputs[5]; /* [3,3] instead of [3,2] */
    assert_int_equal(bind(), OCTET_MODEL);
    op->inputs[1] = inputs[1];
    graph->values[inputs[18]].is_variable = false;
    assert_int_equal(bind(), OCTET_MODEL);
    graph->values[inputs[18]].is_variable = true;
    op->options.lstm.activation = OCTET_ACTIVATION_RELU;
    assert_int_equal(bind(), OCTET_UNSUPPORTED);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(test_conv, set_up, tear_down),
                                       cmocka_unit_test_setup_teardown(test_conv_shapes, set_up, tear_down),
                                       cmocka_unit_test_setup_teardown(test_pool, set_up, tear_down),
                                       cmocka_unit_test_setup_teardown(test_fixed_outputs, set_up, tear_down),
                                       cmocka_unit_test_setup_teardown(test_reduce, set_up, tear_down),
                                       cmocka_unit_test_setup_teardown(test_fully_connected, set_up, tear_down),
                                       cmocka_unit_test_setup_teardown(test_quantize, set_up, tear_down),
                                       cmocka_unit_test_setup_teardown(test_lstm, set_up, tear_down)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
