/* The steps of an unrolled LSTM become the operator, and what is none stays. */
#include "support/graph_passes.h"

#include "exec/exec.h"

enum { STEPS = 3, BATCH = 2, FEATURES = 2, UNITS = 3 };

typedef enum change {
    NOTHING,
    KERNEL_OF_A_STEP,
    ORDER_OF_GATES,
    CELL_IS_READ,
    RESULTS_ARE_PACKED,
    RESULTS_ARE_READ,
    ROWS_OF_OTHERS
} change;

static uint32_t product(fixture *f, uint32_t x, uint32_t kernel) {
    const octet_options options = {.fully_connected = {.keep_num_dims = false}};
    return emit(f, OCTET_OP_FULLY_CONNECTED, &options, 3, (const uint32_t[]){x, kernel, OCTET_NONE});
}

static uint32_t step_input(fixture *f, uint32_t x, int32_t index, change what) {
    const octet_options options = {.gather = {0, 0}};
    const octet_shape scalar = {0};
    uint32_t inputs[2] = {x, 0};
    expect_ok(f, octet_graph_add_constant(&f->ctx, f->graph, "i", OCTET_INT32, &scalar, &index, &inputs[1]));
    const uint32_t row = emit(f, OCTET_OP_GATHER, &options, 2, inputs);
    return what == ROWS_OF_OTHERS ? unary(f, OCTET_OP_NEG, row) : row;
}

/* An LSTM over x [STEPS,BATCH,FEATURES], as TensorFlow's converter writes a loop of Keras. */
static uint32_t lstm(fixture *f, uint32_t x, change what) {
    const uint32_t kernel = constant(f, "kernel", -0.5f, 0.07f, DIMS(4 * UNITS, FEATURES));
    const uint32_t recurrent = constant(f, "recurrent", 0.9f, -0.05f, DIMS(4 * UNITS, UNITS));
    const uint32_t bias = constant(f, "bias", 0.4f, -0.06f, DIMS(4 * UNITS)),
                   axis = integers(f, 1, (const int32_t[]){1});
    uint32_t h = constant(f, "h", 0.0f, 0.0f, DIMS(BATCH, UNITS)), c = h, results[STEPS];
    for (int32_t t = 0; t < STEPS; t++) {
        const uint32_t other =
            what == KERNEL_OF_A_STEP && t == 1 ? constant(f, "other", 0.5f, 0.01f, DIMS(4 * UNITS, FEATURES)) : kernel;
        const uint32_t sum =
            binary(f, OCTET_OP_ADD, product(f, step_input(f, x, t, what), other), product(f, h, recurrent));
        const uint32_t split[2] = {axis, binary(f, OCTET_OP_ADD, sum, bias)};
        const octet_options options = {.split = {4}};
        uint32_t gates[4];
        expect_ok(f, octet_graph_emit(&f->ctx, f->graph, OCTET_OP_SPLIT, "SPLIT", NULL, split, 2, &options, gates, 4));
        const uint32_t i = gates[what == ORDER_OF_GATES ? 3 : 0], o = gates[what == ORDER_OF_GATES ? 0 : 3];
        const uint32_t kept = binary(f, OCTET_OP_MUL, unary(f, OCTET_OP_LOGISTIC, gates[1]), c);
        const uint32_t new = binary(f, OCTET_OP_MUL, unary(f, OCTET_OP_LOGISTIC, i), unary(f, OCTET_OP_TANH, gates[2]));
        c = binary(f, OCTET_OP_ADD, kept, new);
        h = results[t] = binary(f, OCTET_OP_MUL, unary(f, OCTET_OP_LOGISTIC, o), unary(f, OCTET_OP_TANH, c));
    }
    const octet_options pack = {.pack = {0, STEPS}};
    if (what == RESULTS_ARE_PACKED) return emit(f, OCTET_OP_PACK, &pack, STEPS, results);
    if (what == RESULTS_ARE_READ) return binary(f, OCTET_OP_SUB, results[0], results[2]);
    return what == CELL_IS_READ ? binary(f, OCTET_OP_SUB, h, c) : h;
}

static void compute(fixture *f, float *y) {
    octet_exec *exec = NULL;
    octet_runner *runner = NULL;
    expect_ok(f, octet_exec_create(&f->ctx, f->graph, NULL, &exec));
    expect_ok(f, octet_runner_create(&f->ctx, exec, 1, &runner));
    float *x = octet_runner_value(runner, f->graph->inputs[0].value);
    for (int i = 0; i < STEPS * BATCH * FEATURES; i++) x[i] = 0.3f * (float)i - 1.5f;
    octet_runner_run(runner, NULL);
    const octet_value *out = &f->graph->values[f->graph->outputs[0].value];
    memcpy(y, octet_runner_value(runner, f->graph->outputs[0].value), octet_shape_elements(&out->shape) * sizeof *y);
    octet_runner_destroy(&f->ctx, runner);
    octet_exec_destroy(&f->ctx, exec);
}

/* Runs the passes; the results stay. */
static void check(fixture *f, change what, const char *operators) {
    float before[STEPS * BATCH * UNITS] = {0}, after[STEPS * BATCH * UNITS] = {0};
    f->graph->is_unrolled = true;
    const uint32_t y = lstm(f, input(f, DIMS(STEPS, BATCH, FEATURES)), what);
    expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, y, "first"));
    compute(f, before);
    run(f, f->graph->outputs[0].value);
    compute(f, after);
    for (int i = 0; i < STEPS * BATCH * UNITS; i++) assert_true(fabsf(before[i] - after[i]) <= 1e-6f);
    if (operators != NULL) {
        expect_operators(f, operators);
        return;
    }
    for (uint32_t k = 0; k < f->graph->n_operators; k++)
        assert_int_not_equal(op(f, k)->code, OCTET_OP_UNIDIRECTIONAL_SEQUENCE_LSTM);
}

static void the_last_result(void **state) {
    check(*state, NOTHING, "TRANSPOSE UNIDIRECTIONAL_SEQUENCE_LSTM STRIDED_SLICE");
}

static void all_results(void **state) {
    check(*state, RESULTS_ARE_PACKED, "TRANSPOSE UNIDIRECTIONAL_SEQUENCE_LSTM TRANSPOSE");
}

static void some_results(void **state) {
    check(*state, RESULTS_ARE_READ, "TRANSPOSE UNIDIRECTIONAL_SEQUENCE_LSTM TRANSPOSE UNPACK SUB");
}

static void steps_that_read_other_results(void **state) {
    check(*state, ROWS_OF_OTHERS, "UNPACK NEG NEG NEG PACK TRANSPOSE UNIDIRECTIONAL_SEQUENCE_LSTM STRIDED_SLICE");
}

static void others_stay(void **state) {
    static const change changes[] = {KERNEL_OF_A_STEP, ORDER_OF_GATES, CELL_IS_READ};
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        if (i > 0) {
            teardown(state);
            setup(state);
        }
        check(*state, changes[i], NULL);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(the_last_result), CASE(all_results), CASE(some_results), CASE(steps_that_read_other_results),
        CASE(others_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
