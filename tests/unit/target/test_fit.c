/* Forms of operators that a target lacks: the same results, of operators that it has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "exec/exec.h"
#include "target/capabilities.h"
#include "target/fit.h"

enum { MOST = 4096 };

static octet_context ctx;
static octet_graph *graph;
static const octet_target *target;

#define GOOD(call)                                           \
    do {                                                     \
        if ((call) != OCTET_OK) fail_msg("%s", ctx.message); \
    } while (0)
#define SHAPE(...) \
    octet_shape_make((int32_t)(sizeof((int32_t[]){__VA_ARGS__}) / sizeof(int32_t)), (const int32_t[]){__VA_ARGS__})
#define NUMBERS(...) \
    numbers((int32_t)(sizeof((int32_t[]){__VA_ARGS__}) / sizeof(int32_t)), (const int32_t[]){__VA_ARGS__})

static void start(const char *name) {
    octet_context_init(&ctx);
    GOOD(octet_target_find(&ctx, name, &target));
    GOOD(octet_graph_create(&ctx, "test", &graph));
}

static void set_params(uint32_t v, float scale, int32_t zero_point) {
    GOOD(octet_value_set_quantization(&ctx, graph, v, 1, 0, &scale, &zero_point));
}

static uint32_t input(octet_type type, octet_shape shape) {
    uint32_t v;
    GOOD(octet_graph_add_value(&ctx, graph, "x", type, &shape, &v));
    GOOD(octet_graph_add_input(&ctx, graph, v, "x"));
    if (type == OCTET_INT8) set_params(v, 0.05f, -3);
    if (type == OCTET_INT16) set_params(v, 0.0005f, 0);
    return v;
}

static uint32_t numbers(int32_t n, const int32_t *data) {
    uint32_t v;
    GOOD(octet_graph_add_i32(&ctx, graph, "numbers", data, n, &v));
    return v;
}

/* The result has the parameters of `like`. */
static uint32_t emit(octet_operator_code code, const octet_options *options, uint32_t n, const uint32_t *inputs,
                     uint32_t like) {
    uint32_t v;
    GOOD(octet_graph_emit(&ctx, graph, code, "layer", NULL, inputs, n, options, &v, 1));
    const octet_quantization q = graph->values[like].quantization;
    if (q.n == 1 && graph->values[v].type == graph->values[like].type) set_params(v, q.scale[0], q.zero_point[0]);
    return v;
}

static uint32_t binary(octet_operator_code code, uint32_t a, uint32_t b) {
    return emit(code, NULL, 2, (const uint32_t[]){a, b}, a);
}

static void output(uint32_t v) { GOOD(octet_graph_add_output(&ctx, graph, v, "y")); }

/* The bytes of all outputs, for made-up inputs: all numbers of int8, 0 and 1 for conditions. */
static size_t results(uint8_t out[MOST]) {
    octet_exec *exec = NULL;
    octet_runner *runner = NULL;
    octet_pool *pool = NULL;
    size_t size = 0;
    GOOD(octet_graph_verify(&ctx, graph, "test"));
    GOOD(octet_exec_create(&ctx, graph, NULL, &exec));
    GOOD(octet_pool_create(&ctx, 1, &pool));
    GOOD(octet_runner_create(&ctx, exec, 2, &runner));
    for (uint32_t i = 0; i < graph->n_inputs; i++) {
        const octet_value *value = &graph->values[graph->inputs[i].value];
        uint8_t *data = octet_runner_value(runner, graph->inputs[i].value);
        const size_t n = octet_value_bytes(value);
        for (size_t k = 0; k < n; k++) data[k] = (uint8_t)(37 * k + 11 * i);
        for (size_t k = 0; k < n && value->type == OCTET_BOOL; k++) data[k] = k % 3 == 0;
        for (size_t k = 0; k < n / 4 && value->type == OCTET_FLOAT32; k++) ((float *)data)[k] = (float)k - 7.5f;
    }
    octet_runner_run(runner, pool);
    for (uint32_t i = 0; i < graph->n_outputs; i++) {
        const uint32_t v = graph->outputs[i].value;
        const size_t n = octet_value_bytes(&graph->values[v]);
        assert_true(size + n <= MOST);
        memcpy(out + size, octet_runner_value(runner, v), n);
        size += n;
    }
    octet_runner_destroy(&ctx, runner);
    octet_pool_destroy(&ctx, pool);
    octet_exec_destroy(&ctx, exec);
    return size;
}

/* Fits the graph, and compares: int8 results differ by `steps` at most. Empties the graph. */
static void fits(const char *operators, int steps) {
    static uint8_t before[MOST], after[MOST];
    char text[512] = "";
    const size_t size = results(before);
    GOOD(octet_target_fit(&ctx, target, graph));
    GOOD(octet_graph_compact(&ctx, graph));
    assert_int_equal(results(after), size);
    if (steps == 0) assert_memory_equal(before, after, size);
    for (size_t i = 0; i < size; i++) assert_in_range(steps + (int8_t)after[i] - (int8_t)before[i], 0, 2 * steps);
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        const octet_operator_code code = graph->operators[k].code;
        const bool is_float = octet_graph_output(graph, &graph->operators[k], 0)->type == OCTET_FLOAT32;
        assert_true(octet_capabilities_in_int8(target, code) ||
                    (is_float && octet_capabilities_in_float(target, code)));
        assert_false(target->lacks_short_slices && octet_fit_is_short_slice(graph, &graph->operators[k]));
        if (k > 0) strcat(text, " ");
        strcat(text, octet_operator_name(code));
    }
    assert_string_equal(text, operators);
    octet_graph_destroy(&ctx, graph);
    assert_int_equal(ctx.memory_bytes, 0);
}

/* As Keras 3 writes UpSampling2D. */
static uint32_t upsampling(uint32_t x, int32_t h, int32_t w, int32_t c, int32_t rows, int32_t cells) {
    x = binary(OCTET_OP_RESHAPE, x, NUMBERS(1, h, 1, w, c));
    x = binary(OCTET_OP_TILE, x, NUMBERS(1, 1, rows, 1, 1));
    x = binary(OCTET_OP_RESHAPE, x, NUMBERS(1, h * rows, w, 1, c));
    x = binary(OCTET_OP_TILE, x, NUMBERS(1, 1, 1, cells, 1));
    return binary(OCTET_OP_RESHAPE, x, NUMBERS(1, h * rows, w * cells, c));
}

static void an_upsampling_is_a_resize(void **state) {
    (void)state;
    static const octet_type types[] = {OCTET_INT8, OCTET_INT16, OCTET_FLOAT32};
    for (int i = 0; i < 3; i++) {
        start("tflm");
        output(upsampling(input(types[i], SHAPE(1, 3, 5, 2)), 3, 5, 2, 2, 7));
        fits("RESIZE_NEAREST_NEIGHBOR", 0);
    }
    start("edgetpu");
    output(upsampling(input(OCTET_INT8, SHAPE(1, 3, 5, 2)), 3, 5, 2, 3, 2));
    fits("RESIZE_NEAREST_NEIGHBOR", 0);
}

static void columns_before_rows_are_a_resize_too(void **state) {
    (void)state;
    start("tflm");
    uint32_t x = binary(OCTET_OP_RESHAPE, input(OCTET_INT8, SHAPE(1, 4, 3, 2)), NUMBERS(1, 4, 3, 1, 2));
    x = binary(OCTET_OP_RESHAPE, binary(OCTET_OP_TILE, x, NUMBERS(1, 1, 1, 5, 1)), NUMBERS(1, 4, 1, 15, 2));
    output(binary(OCTET_OP_RESHAPE, binary(OCTET_OP_TILE, x, NUMBERS(1, 1, 3, 1, 1)), NUMBERS(1, 12, 15, 2)));
    fits("RESIZE_NEAREST_NEIGHBOR", 0);
}

static void steps_are_repeated_by_a_resize_of_one_column(void **state) {
    (void)state;
    start("tflm");
    const uint32_t x = binary(OCTET_OP_RESHAPE, input(OCTET_INT8, SHAPE(1, 6, 5)), NUMBERS(1, 6, 1, 5));
    output(binary(OCTET_OP_RESHAPE, binary(OCTET_OP_TILE, x, NUMBERS(1, 1, 4, 1)), NUMBERS(1, 24, 5)));
    fits("RESHAPE RESIZE_NEAREST_NEIGHBOR RESHAPE", 0);
}

/* As RepeatVector; of an upsampling, what is in between may be read elsewhere too. */
static void whole_copies_are_broadcast_or_joined(void **state) {
    (void)state;
    static const char *const forms[] = {"BROADCAST_TO RESHAPE", "CONCATENATION RESHAPE"};
    for (int i = 0; i < 2; i++) {
        start(i == 0 ? "tflm" : "edgetpu");
        const uint32_t x = binary(OCTET_OP_RESHAPE, input(OCTET_INT8, SHAPE(1, 6)), NUMBERS(1, 1, 6));
        output(binary(OCTET_OP_TILE, x, NUMBERS(1, 9, 1)));
        fits(forms[i], 0);
    }
    start("edgetpu");
    const uint32_t x = binary(OCTET_OP_RESHAPE, input(OCTET_INT8, SHAPE(1, 6)), NUMBERS(1, 1, 6));
    output(binary(OCTET_OP_TILE, x, NUMBERS(1, 30, 1)));
    fits("RESHAPE RESIZE_NEAREST_NEIGHBOR RESHAPE", 0);
    start("tflm");
    output(binary(OCTET_OP_TILE, input(OCTET_BOOL, SHAPE(1, 6)), NUMBERS(4, 2)));
    fits("BROADCAST_TO RESHAPE", 0);
}

static void all_axes_are_repeated(void **state) {
    (void)state;
    start("tflm");
    const uint32_t x = input(OCTET_INT8, SHAPE(2, 3, 2));
    output(binary(OCTET_OP_TILE, x, NUMBERS(2, 3, 4)));
    output(x);
    fits("RESHAPE RESIZE_NEAREST_NEIGHBOR RESHAPE RESIZE_NEAREST_NEIGHBOR RESHAPE", 0);
    start("edgetpu");
    output(binary(OCTET_OP_BROADCAST_TO, input(OCTET_INT8, SHAPE(3, 1, 2)), NUMBERS(2, 3, 4, 2)));
    fits("RESHAPE RESIZE_NEAREST_NEIGHBOR RESHAPE", 0);
}

static void a_shared_step_between_stays(void **state) {
    (void)state;
    start("tflm");
    const uint32_t x = binary(OCTET_OP_TILE, input(OCTET_INT8, SHAPE(1, 3, 1, 2)), NUMBERS(1, 1, 2, 1));
    output(x);
    output(binary(OCTET_OP_TILE, x, NUMBERS(1, 1, 1, 3)));
    fits("RESIZE_NEAREST_NEIGHBOR RESHAPE RESIZE_NEAREST_NEIGHBOR RESHAPE", 0);
}

static void a_choice_is_one_that_broadcasts(void **state) {
    (void)state;
    start("tflm");
    const uint32_t condition = input(OCTET_BOOL, SHAPE(5)), a = input(OCTET_INT8, SHAPE(5, 4)),
                   b = input(OCTET_INT8, SHAPE(5, 4));
    output(emit(OCTET_OP_SELECT, NULL, 3, (const uint32_t[]){condition, a, b}, a));
    fits("RESHAPE SELECT_V2", 0);
    start("tflm");
    const uint32_t full = input(OCTET_BOOL, SHAPE(5, 4)), x = input(OCTET_INT8, SHAPE(5, 4));
    output(emit(OCTET_OP_SELECT, NULL, 3, (const uint32_t[]){full, x, x}, x));
    fits("SELECT_V2", 0);
}

static void any_is_not_all_of_not(void **state) {
    (void)state;
    start("tflm");
    output(binary(OCTET_OP_REDUCE_ANY, input(OCTET_BOOL, SHAPE(5, 2)), NUMBERS(1)));
    fits("LOGICAL_NOT REDUCE_ALL LOGICAL_NOT", 0);
}

static void picks_are_slices(void **state) {
    (void)state;
    const octet_options gather = {.gather = {.axis = 1}}, mirror = {.mirror_pad = {.symmetric = false}},
                        symmetric = {.mirror_pad = {.symmetric = true}};
    start("edgetpu");
    uint32_t x = input(OCTET_INT8, SHAPE(1, 7, 3));
    output(emit(OCTET_OP_GATHER, &gather, 2, (const uint32_t[]){x, NUMBERS(2, 3, 0, 6)}, x));
    fits("SLICE SLICE SLICE CONCATENATION", 0);
    start("edgetpu");
    output(binary(OCTET_OP_REVERSE_V2, input(OCTET_INT8, SHAPE(1, 12, 3)), NUMBERS(1)));
    fits("SLICE SLICE SLICE SLICE SLICE SLICE SLICE SLICE SLICE SLICE SLICE SLICE CONCATENATION CONCATENATION "
         "CONCATENATION",
         0);
    for (int i = 0; i < 2; i++) {
        const int32_t edges[6] = {0, 0, 2, 1, 0, 0};
        const octet_shape shape = SHAPE(3, 2);
        uint32_t paddings;
        start("edgetpu");
        x = input(OCTET_INT8, SHAPE(1, 4, 3));
        GOOD(octet_graph_add_constant(&ctx, graph, "edges", OCTET_INT32, &shape, edges, &paddings));
        output(emit(OCTET_OP_MIRROR_PAD, i == 0 ? &mirror : &symmetric, 2, (const uint32_t[]){x, paddings}, x));
        fits("SLICE SLICE SLICE SLICE CONCATENATION", 0);
    }
}

static void short_slices_name_every_axis(void **state) {
    (void)state;
    static const octet_type types[] = {OCTET_INT8, OCTET_INT16, OCTET_FLOAT32};
    const octet_options backwards = {.strided_slice = {.begin_mask = 3, .end_mask = 3}},
                        one = {.strided_slice = {.begin_mask = 1, .end_mask = 1, .shrink_axis_mask = 2}},
                        last = {.strided_slice = {.ellipsis_mask = 1}}, added = {.strided_slice = {.new_axis_mask = 1}};
    for (int i = 0; i < 3; i++) {
        start("tflm");
        const uint32_t x = input(types[i], SHAPE(1, 5, 3));
        output(emit(OCTET_OP_STRIDED_SLICE, &backwards, 4,
                    (const uint32_t[]){x, NUMBERS(0, 0), NUMBERS(0, 0), NUMBERS(1, -2)}, x));
        output(emit(OCTET_OP_STRIDED_SLICE, &one, 4,
                    (const uint32_t[]){x, NUMBERS(0, -2), NUMBERS(0, 0), NUMBERS(1, 1)}, x));
        output(emit(OCTET_OP_STRIDED_SLICE, &last, 4,
                    (const uint32_t[]){x, NUMBERS(0, 1), NUMBERS(0, -1), NUMBERS(1, 1)}, x));
        output(emit(OCTET_OP_STRIDED_SLICE, &added, 4,
                    (const uint32_t[]){x, NUMBERS(0, 0, 1), NUMBERS(0, 1, 3), NUMBERS(1, 1, 1)}, x));
        fits("STRIDED_SLICE STRIDED_SLICE RESHAPE STRIDED_SLICE STRIDED_SLICE RESHAPE", 0);
    }
    start("tflm"); /* stays as it is */
    const uint32_t x = input(OCTET_INT8, SHAPE(5, 3));
    output(
        emit(OCTET_OP_STRIDED_SLICE, &one, 4, (const uint32_t[]){x, NUMBERS(0, 1), NUMBERS(0, 0), NUMBERS(1, 1)}, x));
    fits("STRIDED_SLICE", 0);
}

static void splits_are_slices(void **state) {
    (void)state;
    const octet_options split = {.split = {.n_splits = 2}}, unpack = {.pack = {.axis = 1, .count = 3}};
    const octet_shape scalar = {0};
    const int32_t axis = -1;
    uint32_t parts[3], axes;
    start("edgetpu");
    uint32_t x = input(OCTET_INT8, SHAPE(1, 4, 5));
    GOOD(octet_graph_add_constant(&ctx, graph, "axis", OCTET_INT32, &scalar, &axis, &axes));
    GOOD(octet_graph_emit(&ctx, graph, OCTET_OP_SPLIT_V, "layer", NULL, (const uint32_t[]){x, NUMBERS(2, 3), axes}, 3,
                          &split, parts, 2));
    for (int i = 0; i < 2; i++) set_params(parts[i], 0.05f, -3);
    output(parts[1]);
    output(parts[0]);
    fits("SLICE SLICE", 0);
    start("edgetpu");
    x = input(OCTET_INT8, SHAPE(1, 3, 5));
    GOOD(octet_graph_emit(&ctx, graph, OCTET_OP_UNPACK, "layer", NULL, &x, 1, &unpack, parts, 3));
    for (int i = 0; i < 3; i++) set_params(parts[i], 0.05f, -3);
    output(parts[2]);
    output(parts[0]);
    fits("SLICE RESHAPE SLICE RESHAPE", 0);
}

static void a_clamp_is_what_the_type_does(void **state) {
    (void)state;
    start("tflm");
    uint32_t x = input(OCTET_INT8, SHAPE(1, 256)), y = emit(OCTET_OP_RELU_N1_TO_1, NULL, 1, &x, x);
    set_params(y, 2.0f / 255.0f, 0);
    output(y);
    fits("QUANTIZE", 1);
    start("tflm");
    x = input(OCTET_INT8, SHAPE(1, 256));
    y = emit(OCTET_OP_RELU_0_TO_1, NULL, 1, &x, x);
    set_params(y, 1.0f / 255.0f, -128);
    output(y);
    fits("RELU", 0);
}

static void elements_on_the_edge_tpu(void **state) {
    (void)state;
    const octet_options leaky = {.leaky_relu = {.alpha = 0.1f}};
    start("edgetpu");
    uint32_t x = input(OCTET_INT8, SHAPE(1, 8, 8, 4)), y = emit(OCTET_OP_LEAKY_RELU, &leaky, 1, &x, x);
    set_params(y, 0.03f, -100);
    output(y);
    fits("PRELU", 1);
    start("edgetpu");
    x = input(OCTET_INT8, SHAPE(1, 256));
    y = emit(OCTET_OP_ABS, NULL, 1, &x, x);
    set_params(y, 0.026f, -128);
    output(y);
    fits("QUANTIZE MUL MAXIMUM", 1);
}

static void what_has_a_float_kernel_runs_in_float(void **state) {
    (void)state;
    start("tflm");
    const uint32_t x = input(OCTET_INT8, SHAPE(1, 256)), y = emit(OCTET_OP_EXP, NULL, 1, &x, x);
    set_params(y, 0.5f, -128);
    output(y);
    fits("DEQUANTIZE EXP QUANTIZE", 1);
}

static void a_pad_with_zero_is_the_older_one(void **state) {
    (void)state;
    const int32_t edges[4] = {0, 0, 2, 1};
    const octet_shape shape = SHAPE(2, 2), scalar = {0};
    const int8_t zero = -3;
    uint32_t inputs[3];
    start("edgetpu");
    inputs[0] = input(OCTET_INT8, SHAPE(1, 4));
    GOOD(octet_graph_add_constant(&ctx, graph, "edges", OCTET_INT32, &shape, edges, &inputs[1]));
    GOOD(octet_graph_add_constant(&ctx, graph, "zero", OCTET_INT8, &scalar, &zero, &inputs[2]));
    set_params(inputs[2], 0.05f, -3);
    output(emit(OCTET_OP_PADV2, NULL, 3, inputs, inputs[0]));
    fits("PAD", 0);
}

static void litert_gets_what_was_written(void **state) {
    (void)state;
    start("litert");
    const uint32_t x = input(OCTET_INT8, SHAPE(1, 6));
    output(binary(OCTET_OP_TILE, x, NUMBERS(1, 3)));
    fits("TILE", 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_upsampling_is_a_resize),
        cmocka_unit_test(columns_before_rows_are_a_resize_too),
        cmocka_unit_test(steps_are_repeated_by_a_resize_of_one_column),
        cmocka_unit_test(whole_copies_are_broadcast_or_joined),
        cmocka_unit_test(all_axes_are_repeated),
        cmocka_unit_test(a_shared_step_between_stays),
        cmocka_unit_test(a_choice_is_one_that_broadcasts),
        cmocka_unit_test(any_is_not_all_of_not),
        cmocka_unit_test(picks_are_slices),
        cmocka_unit_test(short_slices_name_every_axis),
        cmocka_unit_test(splits_are_slices),
        cmocka_unit_test(a_clamp_is_what_the_type_does),
        cmocka_unit_test(elements_on_the_edge_tpu),
        cmocka_unit_test(what_has_a_float_kernel_runs_in_float),
        cmocka_unit_test(a_pad_with_zero_is_the_older_one),
        cmocka_unit_test(litert_gets_what_was_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
