/* A graph whose batch is open is written so that readers may give it more samples: each then gets what it gets alone.
 */
#include "api/handles.h"
#include "export/tflite/tflite.h"
#include "graph/batch.h"
#include "passes/passes.h"
#include "support/mnist.h"

enum { MAX_NUMBERS = 256 };

static octet_graph *graph;
static uint32_t x;

/* A graph with input x; the batch comes first and is 1. */
static void begin(int32_t rank, const int32_t *dims) {
    const octet_shape shape = octet_shape_make(rank, dims);
    GOOD(octet_graph_create(ctx, "open", &graph));
    GOOD(octet_graph_add_value(ctx, graph, "x", OCTET_FLOAT32, &shape, &x));
    GOOD(octet_graph_add_input(ctx, graph, x, "x"));
    graph->is_traced = graph->open_batch = true;
}

static uint32_t emit(octet_operator_code code, const uint32_t *inputs, uint32_t n, const octet_options *options) {
    uint32_t out;
    GOOD(octet_graph_emit(ctx, graph, code, "layer", NULL, inputs, n, options, &out, 1));
    return out;
}

static uint32_t with_list(octet_operator_code code, uint32_t value, const int32_t *list, int32_t n) {
    uint32_t inputs[2] = {value, 0};
    GOOD(octet_graph_add_i32(ctx, graph, "list", list, n, &inputs[1]));
    return emit(code, inputs, 2, NULL);
}

#define LIST(...) (const int32_t[]){__VA_ARGS__}, (int32_t)(sizeof((const int32_t[]){__VA_ARGS__}) / sizeof(int32_t))

static uint32_t constant(int32_t rank, const int32_t *dims) {
    float data[MAX_NUMBERS];
    const octet_shape shape = octet_shape_make(rank, dims);
    uint32_t value;
    for (int i = 0; i < MAX_NUMBERS; i++) data[i] = (float)(i % 7) - 2.5f;
    GOOD(octet_graph_add_constant(ctx, graph, "constant", OCTET_FLOAT32, &shape, data, &value));
    return value;
}

/* The file's results for the numbers first, first + 1, ..., of as many samples as `shape` says. Returns how many. */
static size_t run(const octet_buffer *file, const char *shape, int first, float *results) {
    octet_load_options options = OCTET_LOAD_OPTIONS_INIT;
    octet_model *model = NULL;
    octet_interpreter *interpreter = NULL;
    octet_tensor in = OCTET_TENSOR_INIT, out = OCTET_TENSOR_INIT;
    size_t n_in = 1, n_out = 1;
    options.input_shape = shape;
    options.resize = shape != NULL;
    GOOD(octet_model_load_bytes(ctx, file->data, file->size, "file", &options, &model));
    octet_model_input(model, 0, &in);
    octet_model_output(model, 0, &out);
    for (int i = 0; i < in.rank; i++) n_in *= (size_t)in.dims[i];
    for (int i = 0; i < out.rank; i++) n_out *= (size_t)out.dims[i];
    assert_true(n_out <= MAX_NUMBERS);
    GOOD(octet_interpreter_create(ctx, model, NULL, &interpreter));
    float *numbers = octet_interpreter_input(interpreter, 0);
    for (size_t i = 0; i < n_in; i++) numbers[i] = (float)(first + (int)i);
    octet_interpreter_run(interpreter);
    memcpy(results, octet_interpreter_output(interpreter, 0), n_out * sizeof *results);
    octet_interpreter_destroy(ctx, interpreter);
    octet_model_destroy(ctx, model);
    return n_out;
}

/* Output y is the same for two samples together as for each alone. `shape`: the input's for two. Frees the graph.
 * Returns how many operators the graph has, not those that the file computes shapes with. */
static uint32_t expect_same_alone(uint32_t y, const char *shape) {
    float together[MAX_NUMBERS], alone[2][MAX_NUMBERS];
    octet_buffer file = {0};
    GOOD(octet_graph_add_output(ctx, graph, y, "y"));
    GOOD(octet_passes_run(ctx, graph));
    GOOD(octet_export_tflite(ctx, graph, &file));
    const int n_sample = (int)octet_shape_elements(&graph->values[graph->inputs[0].value].shape);
    const uint32_t n_operators = graph->n_operators;
    const size_t n = run(&file, NULL, 0, alone[0]);
    assert_int_equal(run(&file, NULL, n_sample, alone[1]), n);
    assert_int_equal(run(&file, shape, 0, together), 2 * n);
    for (int i = 0; i < 2; i++) assert_memory_equal(together + (size_t)i * n, alone[i], n * sizeof(float));
    octet_buffer_free(ctx, &file);
    octet_graph_destroy(ctx, graph);
    return n_operators;
}

static void begin_steps(void) { begin(3, (const int32_t[]){1, 3, 2}); }

static void a_reshape_keeps_the_batch_in_front(void **state) {
    (void)state;
    begin_steps();
    expect_same_alone(with_list(OCTET_OP_RESHAPE, x, LIST(1, 6)), "2,3,2");
    begin_steps();
    expect_same_alone(with_list(OCTET_OP_RESHAPE, with_list(OCTET_OP_RESHAPE, x, LIST(3, 2)), LIST(1, 3, 1, 2)),
                      "2,3,2");
}

static void steps_first_and_back(void **state) {
    (void)state;
    begin_steps();
    uint32_t steps[3], first = with_list(OCTET_OP_TRANSPOSE, x, LIST(1, 0, 2));
    const octet_options pack = {.pack = {0, 3}};
    GOOD(octet_graph_emit(ctx, graph, OCTET_OP_UNPACK, "layer", NULL, &first, 1, &pack, steps, 3));
    const uint32_t reversed[3] = {steps[2], steps[1], steps[0]};
    const uint32_t y = with_list(OCTET_OP_TRANSPOSE, emit(OCTET_OP_PACK, reversed, 3, &pack), LIST(1, 0, 2));
    assert_int_equal(expect_same_alone(y, "2,3,2"), 4);
}

/* The shapes for one sample are equal, and another axis is the batch. */
static void a_step_first_and_back(void **state) {
    (void)state;
    begin(3, (const int32_t[]){1, 1, 2});
    uint32_t step, first = with_list(OCTET_OP_TRANSPOSE, x, LIST(1, 0, 2));
    const octet_options pack = {.pack = {0, 1}};
    GOOD(octet_graph_emit(ctx, graph, OCTET_OP_UNPACK, "layer", NULL, &first, 1, &pack, &step, 1));
    expect_same_alone(emit(OCTET_OP_TANH, &step, 1, NULL), "2,1,2");
}

/* Steps first, then other dimensions for the rest: a TRANSPOSE between RESHAPEs. */
static void steps_first_in_other_dimensions(void **state) {
    (void)state;
    begin(4, (const int32_t[]){1, 3, 2, 2});
    uint32_t steps[3], y = with_list(OCTET_OP_TRANSPOSE, x, LIST(1, 0, 2, 3));
    y = with_list(OCTET_OP_RESHAPE, y, LIST(3, 1, 4));
    const octet_options pack = {.pack = {0, 3}};
    GOOD(octet_graph_emit(ctx, graph, OCTET_OP_UNPACK, "layer", NULL, &y, 1, &pack, steps, 3));
    expect_same_alone(emit(OCTET_OP_ADD, steps, 2, NULL), "2,3,2,2");
}

static void the_shape_of_a_transposed_convolution_follows(void **state) {
    (void)state;
    begin(4, (const int32_t[]){1, 2, 2, 1});
    uint32_t inputs[3] = {0, constant(4, (const int32_t[]){2, 2, 2, 1}), x};
    const octet_options options = {.transpose_conv = {.stride_w = 2, .stride_h = 2, .padding = OCTET_PADDING_VALID}};
    GOOD(octet_graph_add_i32(ctx, graph, "shape", (const int32_t[]){1, 4, 4, 2}, 4, &inputs[0]));
    expect_same_alone(emit(OCTET_OP_TRANSPOSE_CONV, inputs, 3, &options), "2,2,2,1");
}

static void a_constant_is_joined_to_each_sample(void **state) {
    (void)state;
    begin_steps();
    const uint32_t inputs[2] = {constant(3, (const int32_t[]){1, 1, 2}), x};
    const octet_options options = {.concatenation = {.axis = 1}};
    expect_same_alone(emit(OCTET_OP_CONCATENATION, inputs, 2, &options), "2,3,2");
}

static void what_is_cut_is_cut_from_each_sample(void **state) {
    (void)state;
    begin_steps();
    uint32_t inputs[3] = {x, 0, 0};
    GOOD(octet_graph_add_i32(ctx, graph, "begin", (const int32_t[]){0, 1, 0}, 3, &inputs[1]));
    GOOD(octet_graph_add_i32(ctx, graph, "size", (const int32_t[]){1, 2, 2}, 3, &inputs[2]));
    expect_same_alone(emit(OCTET_OP_SLICE, inputs, 3, NULL), "2,3,2");
}

static size_t size_written(bool is_open, bool is_for_device) {
    size_t size;
    graph->open_batch = is_open;
    graph->is_for_device = is_for_device;
    GOOD(octet_export_tflite_size(ctx, graph, &size));
    return size;
}

static void devices_and_fixed_batches_get_no_operators(void **state) {
    (void)state;
    begin(4, (const int32_t[]){1, 2, 2, 1});
    uint32_t inputs[3] = {0, constant(4, (const int32_t[]){2, 2, 2, 1}), x};
    const octet_options options = {.transpose_conv = {.stride_w = 2, .stride_h = 2, .padding = OCTET_PADDING_VALID}};
    GOOD(octet_graph_add_i32(ctx, graph, "shape", (const int32_t[]){1, 4, 4, 2}, 4, &inputs[0]));
    GOOD(octet_graph_add_output(ctx, graph, emit(OCTET_OP_TRANSPOSE_CONV, inputs, 3, &options), "y"));
    const size_t open = size_written(true, false), device = size_written(true, true),
                 fixed = size_written(false, false);
    assert_true(open > device + 100);
    assert_true(device < fixed + 100); /* two signatures of shapes */
    octet_graph_destroy(ctx, graph);
}

static void the_batch_is_found(void **state) {
    (void)state;
    begin_steps();
    const uint32_t first = with_list(OCTET_OP_TRANSPOSE, x, LIST(1, 0, 2)),
                   marked = with_list(OCTET_OP_RESHAPE, x, LIST(1, -1, 2)),
                   joined = with_list(OCTET_OP_RESHAPE, first, LIST(3, 2)), mean = with_list(OCTET_OP_MEAN, x, LIST(0)),
                   fixed = constant(1, (const int32_t[]){2});
    octet_arena arena = {0};
    octet_batch *batch;
    GOOD(octet_batch_find(ctx, &arena, graph, &batch));
    assert_true(batch[x].axis == 0 && batch[x].outer == 1);
    assert_true(batch[first].axis == 1 && batch[first].outer == 3);
    assert_true(batch[marked].axis == 1 && batch[marked].outer == 1); /* three rows of every sample */
    assert_true(batch[joined].axis == 0 && batch[joined].outer == 3);
    assert_int_equal(batch[mean].axis, OCTET_BATCH_NONE);
    assert_int_equal(batch[fixed].axis, OCTET_BATCH_NONE);
    octet_arena_free(ctx, &arena);
    octet_graph_destroy(ctx, graph);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(a_reshape_keeps_the_batch_in_front),
        CASE(steps_first_and_back),
        CASE(a_step_first_and_back),
        CASE(steps_first_in_other_dimensions),
        CASE(the_shape_of_a_transposed_convolution_follows),
        CASE(a_constant_is_joined_to_each_sample),
        CASE(what_is_cut_is_cut_from_each_sample),
        CASE(devices_and_fixed_batches_get_no_operators),
        CASE(the_batch_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
