/* What passes do to the operators of unrolled loops. */
#include "support/graph_passes.h"

static uint32_t reshape(fixture *f, uint32_t x, int32_t n, const int32_t *dims) {
    return binary(f, OCTET_OP_RESHAPE, x, integers(f, n, dims));
}

/* Rows [begin, begin + n) of x [3,1,2]. */
static uint32_t rows(fixture *f, uint32_t x, int32_t begin, int32_t n) {
    const uint32_t inputs[3] = {x, integers(f, 3, (const int32_t[]){begin, 0, 0}),
                                integers(f, 3, (const int32_t[]){n, -1, -1})};
    return emit(f, OCTET_OP_SLICE, NULL, 3, inputs);
}

static uint32_t row(fixture *f, uint32_t x, int32_t index, int32_t axis) {
    const octet_options options = {.gather = {axis, 0}};
    const octet_shape scalar = {0};
    uint32_t inputs[2] = {x, 0};
    expect_ok(f, octet_graph_add_constant(&f->ctx, f->graph, "i", OCTET_INT32, &scalar, &index, &inputs[1]));
    return emit(f, OCTET_OP_GATHER, &options, 2, inputs);
}

static uint32_t concatenate(fixture *f, uint32_t n, const uint32_t *parts) {
    return emit(f, OCTET_OP_CONCATENATION, &(octet_options){0}, n, parts);
}

/* A list [3,1,2] of zeros in which a loop puts the steps one after the other, as TensorFlow lowers its lists. */
static uint32_t collect(fixture *f, uint32_t x, int32_t n_steps) {
    uint32_t list = constant(f, "list", 0.0f, 0.0f, DIMS(3, 1, 2));
    for (int32_t i = 0; i < n_steps; i++) {
        const uint32_t before = rows(f, list, 0, i), behind = rows(f, list, i + 1, 2 - i);
        const uint32_t step = reshape(f, unary(f, OCTET_OP_TANH, row(f, x, i, 0)), DIMS(1, 1, 2));
        list = concatenate(f, 3, (const uint32_t[]){before, step, behind});
    }
    return list;
}

static void lists_of_results_are_packed(void **state) {
    fixture *f = *state;
    f->graph->is_unrolled = true;
    run(f, collect(f, input(f, DIMS(3, 1, 2)), 3));
    expect_operators(f, "UNPACK TANH TANH TANH PACK");
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(op(f, 1 + i)->inputs[0], op(f, 0)->outputs[i]);
        assert_int_equal(op(f, 4)->inputs[i], op(f, 1 + i)->outputs[0]);
    }
}

static void updated_rows_are_packed(void **state) {
    fixture *f = *state;
    f->graph->is_unrolled = true;
    const uint32_t x = input(f, DIMS(3, 1, 2));
    uint32_t list = constant(f, "list", 0.0f, 0.0f, DIMS(3, 1, 2));
    for (int32_t i = 0; i < 3; i++) {
        const uint32_t step = reshape(f, unary(f, OCTET_OP_TANH, row(f, x, i, 0)), DIMS(1, 1, 2));
        /* the last index is beyond the list and means its last row */
        const uint32_t inputs[3] = {list, step, integers(f, 3, (const int32_t[]){i < 2 ? i : 7, 0, 0})};
        list = emit(f, OCTET_OP_DYNAMIC_UPDATE_SLICE, NULL, 3, inputs);
    }
    run(f, list);
    expect_operators(f, "UNPACK TANH TANH TANH PACK");
    for (uint32_t i = 0; i < 3; i++) assert_int_equal(op(f, 4)->inputs[i], op(f, 1 + i)->outputs[0]);
}

static void places_that_no_step_fills_stay_zeros(void **state) {
    fixture *f = *state;
    f->graph->is_unrolled = true;
    run(f, collect(f, input(f, DIMS(3, 1, 2)), 2));
    expect_operators(f, "GATHER TANH RESHAPE GATHER TANH RESHAPE CONCATENATION");
    assert_int_equal(op(f, 6)->n_inputs, 3);
    assert_true(data(f, 6, 2)[0] == 0.0f && data(f, 6, 2)[1] == 0.0f);
}

static void the_last_result_is_the_last_step(void **state) {
    fixture *f = *state;
    f->graph->is_unrolled = true;
    run(f, row(f, collect(f, input(f, DIMS(3, 1, 2)), 3), 2, 0));
    expect_operators(f, "GATHER TANH");
}

static void without_loops_everything_stays(void **state) {
    fixture *f = *state;
    run(f, row(f, collect(f, input(f, DIMS(3, 1, 2)), 1), 0, 0));
    expect_operators(f, "GATHER TANH RESHAPE CONCATENATION GATHER");
}

static void parts_of_an_axis_are_a_split(void **state) {
    fixture *f = *state;
    f->graph->is_unrolled = true;
    const uint32_t x = input(f, DIMS(3, 1, 2)), last = rows(f, x, 2, 1), first = rows(f, x, 0, 1),
                   middle = rows(f, x, 1, 1);
    const uint32_t parts[4] = {unary(f, OCTET_OP_EXP, first), unary(f, OCTET_OP_TANH, middle),
                               unary(f, OCTET_OP_ABS, last), unary(f, OCTET_OP_NEG, rows(f, x, 1, 1))};
    run(f, concatenate(f, 4, parts));
    expect_operators(f, "SPLIT EXP TANH ABS NEG CONCATENATION");
    for (uint32_t i = 0; i < 3; i++) assert_int_equal(op(f, 1 + i)->inputs[0], op(f, 0)->outputs[i]);
    assert_int_equal(op(f, 4)->inputs[0], op(f, 0)->outputs[1]);
}

/* tanh(row W + b) of each row of x [3,1,2], with the bias or without. */
static void run_steps(fixture *f, bool has_bias) {
    f->graph->is_unrolled = true;
    const uint32_t x = input(f, DIMS(3, 1, 2)), kernel = constant(f, "kernel", 0.1f, 0.01f, DIMS(4, 2));
    const uint32_t bias = has_bias ? constant(f, "bias", 0.5f, 0.25f, DIMS(4)) : OCTET_NONE;
    const octet_options options = {.fully_connected = {.keep_num_dims = false}};
    uint32_t steps[3];
    for (int32_t i = 0; i < 3; i++) {
        const uint32_t inputs[3] = {row(f, x, i, 0), kernel, bias};
        steps[i] = unary(f, OCTET_OP_TANH, emit(f, OCTET_OP_FULLY_CONNECTED, &options, 3, inputs));
    }
    run(f, concatenate(f, 3, steps));
}

static void the_dense_layer_of_all_steps_is_one(void **state) {
    fixture *f = *state;
    run_steps(f, true);
    expect_operators(f, "FULLY_CONNECTED UNPACK TANH TANH TANH CONCATENATION");
    const octet_shape whole = {3, {3, 1, 4}};
    assert_true(octet_shape_equal(&octet_graph_output(f->graph, op(f, 0), 0)->shape, &whole));
}

static void without_a_bias_each_step_has_its_own(void **state) {
    fixture *f = *state;
    run_steps(f, false);
    expect_operators(f, "UNPACK FULLY_CONNECTED TANH FULLY_CONNECTED TANH FULLY_CONNECTED TANH CONCATENATION");
}

static void parts_of_constants_are_constants(void **state) {
    fixture *f = *state;
    const uint32_t inputs[2] = {integers(f, 1, (const int32_t[]){1}), constant(f, "c", 1.0f, 1.0f, DIMS(2, 4))};
    const octet_options options = {.split = {2}};
    uint32_t parts[2];
    expect_ok(f, octet_graph_emit(&f->ctx, f->graph, OCTET_OP_SPLIT, "SPLIT", NULL, inputs, 2, &options, parts, 2));
    run(f, binary(f, OCTET_OP_ADD, input(f, DIMS(2, 2)), parts[1]));
    expect_operators(f, "ADD");
    const float expected[4] = {3, 4, 7, 8};
    assert_memory_equal(data(f, 0, 1), expected, sizeof expected);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(lists_of_results_are_packed),          CASE(updated_rows_are_packed),
        CASE(places_that_no_step_fills_stay_zeros), CASE(the_last_result_is_the_last_step),
        CASE(without_loops_everything_stays),       CASE(parts_of_an_axis_are_a_split),
        CASE(the_dense_layer_of_all_steps_is_one),  CASE(without_a_bias_each_step_has_its_own),
        CASE(parts_of_constants_are_constants),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
