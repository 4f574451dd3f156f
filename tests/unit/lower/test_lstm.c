/* UNIDIRECTIONAL_SEQUENCE_LSTM from the graph to its results, in float, with int8 weights and in int8, against its
 * equations in double; and the forms that are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "exec/exec.h"
#include "lower/families.h"

enum { INPUTS = 3, CELLS = 4, STEPS = 5, BATCHES = 2, GATES = 4, N_INPUTS = 24 };
typedef enum { FLOAT, PEEPHOLES, HYBRID, INTEGER } form;

/* Weights are q / 128, the input is q / 64, biases are q / 8192. */
static int8_t input_weights[GATES][CELLS * INPUTS], state_weights[GATES][CELLS * CELLS], x[BATCHES * STEPS * INPUTS];
static int32_t bias[GATES][CELLS];
static float peepholes[GATES][CELLS];
static const float weight_scale = 1.0f / 128, input_scale = 1.0f / 64, state_scale = 1.0f / 128;
static float cell_scale = 0x1p-12f;
enum { INPUT_ZERO = 5, STATE_ZERO = -7 };

static octet_context context, *ctx = &context;
static octet_graph *graph;
static uint32_t inputs[N_INPUTS];

static int8_t number(int *seed, int most) {
    *seed = (*seed * 1103 + 12345) % 65536;
    return (int8_t)(*seed % (2 * most + 1) - most);
}

static void make_numbers(void) {
    int seed = 7;
    for (int gate = 0; gate < GATES; gate++) {
        for (int i = 0; i < CELLS * INPUTS; i++) input_weights[gate][i] = number(&seed, 120);
        for (int i = 0; i < CELLS * CELLS; i++) state_weights[gate][i] = number(&seed, 100);
        for (int i = 0; i < CELLS; i++) bias[gate][i] = 64 * number(&seed, 60);
        for (int i = 0; i < CELLS; i++) peepholes[gate][i] = (float)number(&seed, 100) / 128;
    }
    for (int i = 0; i < BATCHES * STEPS * INPUTS; i++) x[i] = number(&seed, 100);
}

static uint32_t constant(octet_type type, int32_t rank, int32_t rows, int32_t columns, const void *data, float scale,
                         int32_t zero) {
    uint32_t value;
    const octet_shape shape = octet_shape_make(rank, (const int32_t[]){rows, columns});
    void *copy;
    assert_int_equal(
        octet_arena_copy(ctx, &graph->arena, data, octet_shape_elements(&shape) * octet_type_size(type), &copy),
        OCTET_OK);
    assert_int_equal(octet_graph_add_constant(ctx, graph, "constant", type, &shape, copy, &value), OCTET_OK);
    if (scale != 0.0f) assert_int_equal(octet_value_set_quantization(ctx, graph, value, 1, 0, &scale, &zero), OCTET_OK);
    return value;
}

static uint32_t matrix(form f, int32_t columns, const int8_t *data) {
    float real[CELLS * CELLS];
    if (f >= HYBRID) return constant(OCTET_INT8, 2, CELLS, columns, data, weight_scale, 0);
    for (int i = 0; i < CELLS * columns; i++) real[i] = (float)data[i] * weight_scale;
    return constant(OCTET_FLOAT32, 2, CELLS, columns, real, 0, 0);
}

static uint32_t variable(octet_type type, octet_shape shape, float scale, int32_t zero, bool is_state) {
    uint32_t value;
    assert_int_equal(octet_graph_add_value(ctx, graph, is_state ? "state" : "x", type, &shape, &value), OCTET_OK);
    if (scale != 0.0f) assert_int_equal(octet_value_set_quantization(ctx, graph, value, 1, 0, &scale, &zero), OCTET_OK);
    graph->values[value].is_variable = is_state;
    if (!is_state) assert_int_equal(octet_graph_add_input(ctx, graph, value, "x"), OCTET_OK);
    return value;
}

/* The graph; `inputs` may be changed before finish(). */
static void begin(form f) {
    const bool integer = f == INTEGER;
    const octet_type type = integer ? OCTET_INT8 : OCTET_FLOAT32;
    octet_context_init(ctx);
    assert_int_equal(octet_graph_create(ctx, "test", &graph), OCTET_OK);
    for (int i = 0; i < N_INPUTS; i++) inputs[i] = OCTET_NONE;
    inputs[OCTET_LSTM_INPUT] = variable(type, octet_shape_make(3, (const int32_t[]){BATCHES, STEPS, INPUTS}),
                                        integer ? input_scale : 0, INPUT_ZERO, false);
    for (int gate = 0; gate < GATES; gate++) {
        float real[CELLS];
        inputs[OCTET_LSTM_INPUT_WEIGHTS + gate] = matrix(f, INPUTS, input_weights[gate]);
        inputs[OCTET_LSTM_STATE_WEIGHTS + gate] = matrix(f, CELLS, state_weights[gate]);
        for (int i = 0; i < CELLS; i++) real[i] = (float)bias[gate][i] / 8192;
        inputs[OCTET_LSTM_BIASES + gate] =
            integer ? constant(OCTET_INT32, 1, CELLS, 0, bias[gate], input_scale * weight_scale, 0)
                    : constant(OCTET_FLOAT32, 1, CELLS, 0, real, 0, 0);
    }
    for (int i = 0; i < 3 && f == PEEPHOLES; i++) /* of the input, forget and output gate */
        inputs[OCTET_LSTM_PEEPHOLES + i] = constant(OCTET_FLOAT32, 1, CELLS, 0, peepholes[i == 2 ? 3 : i], 0, 0);
    const octet_shape state = octet_shape_make(2, (const int32_t[]){BATCHES, CELLS});
    inputs[OCTET_LSTM_STATE] = variable(type, state, integer ? state_scale : 0, STATE_ZERO, true);
    inputs[OCTET_LSTM_CELL_STATE] =
        variable(integer ? OCTET_INT16 : OCTET_FLOAT32, state, integer ? cell_scale : 0, 0, true);
}

static octet_status finish(form f, octet_exec **exec) {
    const octet_options options = {
        .lstm = {.activation = OCTET_ACTIVATION_TANH, .asymmetric_quantize_inputs = f == HYBRID}};
    uint32_t y;
    OCTET_TRY(octet_graph_emit(ctx, graph, OCTET_OP_UNIDIRECTIONAL_SEQUENCE_LSTM, "lstm", NULL, inputs, N_INPUTS,
                               &options, &y, 1));
    OCTET_TRY(octet_graph_add_output(ctx, graph, y, "y"));
    const int32_t zero = STATE_ZERO;
    if (f == INTEGER) OCTET_TRY(octet_value_set_quantization(ctx, graph, y, 1, 0, &state_scale, &zero));
    return octet_exec_create(ctx, graph, NULL, exec);
}

static void end(octet_exec *exec) {
    octet_exec_destroy(ctx, exec);
    octet_graph_destroy(ctx, graph);
    assert_int_equal(ctx->memory_bytes, 0);
}

static double gate_of(form f, int gate, int c, const double *input, const double *h, const double *cell) {
    double sum = (double)bias[gate][c] / 8192;
    for (int i = 0; i < INPUTS; i++) sum += input_weights[gate][c * INPUTS + i] / 128.0 * input[i];
    for (int i = 0; i < CELLS; i++) sum += state_weights[gate][c * CELLS + i] / 128.0 * h[i];
    if (f == PEEPHOLES && gate != 2) sum += (double)peepholes[gate][c] * cell[c];
    return gate == 2 ? tanh(sum) : 1.0 / (1.0 + exp(-sum));
}

static void compute(form f, double *y) {
    for (int batch = 0; batch < BATCHES; batch++) {
        double h[CELLS] = {0}, cell[CELLS] = {0}, next[CELLS], gates[GATES][CELLS], input[INPUTS];
        for (int step = 0; step < STEPS; step++) {
            for (int i = 0; i < INPUTS; i++)
                input[i] = (x[(batch * STEPS + step) * INPUTS + i] - (f == INTEGER ? INPUT_ZERO : 0)) / 64.0;
            for (int gate = 0; gate < 3; gate++)
                for (int c = 0; c < CELLS; c++) gates[gate][c] = gate_of(f, gate, c, input, h, cell);
            for (int c = 0; c < CELLS; c++) cell[c] = gates[1][c] * cell[c] + gates[0][c] * gates[2][c];
            for (int c = 0; c < CELLS; c++) next[c] = gate_of(f, 3, c, input, h, cell) * tanh(cell[c]);
            memcpy(h, next, sizeof h);
            memcpy(y + (batch * STEPS + step) * CELLS, h, sizeof h);
        }
    }
}

static void check(form f, double bound) {
    octet_exec *exec = NULL;
    octet_runner *runner = NULL;
    double expected[BATCHES * STEPS * CELLS];
    begin(f);
    if (finish(f, &exec) != OCTET_OK) fail_msg("%s", ctx->message);
    assert_int_equal(octet_runner_create(ctx, exec, 1, &runner), OCTET_OK);
    compute(f, expected);
    for (int run = 0; run < 2; run++) {
        octet_runner_reset(runner);
        void *to = octet_runner_value(runner, graph->inputs[0].value);
        for (int i = 0; i < BATCHES * STEPS * INPUTS; i++) {
            if (f == INTEGER) ((int8_t *)to)[i] = x[i];
            else ((float *)to)[i] = (float)x[i] * input_scale;
        }
        octet_runner_run(runner, NULL);
        const void *found = octet_runner_value(runner, graph->outputs[0].value);
        for (int i = 0; i < BATCHES * STEPS * CELLS; i++) {
            const double y =
                f == INTEGER ? (((const int8_t *)found)[i] - STATE_ZERO) / 128.0 : (double)((const float *)found)[i];
            if (!(fabs(y - expected[i]) <= bound))
                fail_msg("form %d: result %d is %g, expected %g", f, i, y, expected[i]);
        }
    }
    octet_runner_destroy(ctx, runner);
    end(exec);
}

static void it_follows_its_equations(void **state) {
    (void)state;
    make_numbers();
    check(FLOAT, 1e-6);
    check(PEEPHOLES, 1e-6);
    check(HYBRID, 0.02);
    check(INTEGER, 0.02);
}

static void refuse(form f, octet_status status, const char *words) {
    octet_exec *exec = NULL;
    const octet_status found = finish(f, &exec);
    if (found != status || strstr(ctx->message, words) == NULL)
        fail_msg("%s: %s instead of %s", octet_status_name(found), ctx->message, words);
    end(exec);
}

static void what_no_kernel_computes_is_refused(void **state) {
    (void)state;
    make_numbers();
    cell_scale = 0.0003f;
    begin(INTEGER), refuse(INTEGER, OCTET_UNSUPPORTED, "it must be a power of two from 2^-15 to 2^-9");
    cell_scale = 0x1p-8f;
    begin(INTEGER), refuse(INTEGER, OCTET_UNSUPPORTED, "it must be a power of two from 2^-15 to 2^-9");
    cell_scale = 0x1p-12f;
    begin(INTEGER);
    inputs[OCTET_LSTM_INPUT_WEIGHTS + 2] = constant(OCTET_INT8, 2, CELLS, INPUTS, input_weights[2], weight_scale, 1);
    refuse(INTEGER, OCTET_UNSUPPORTED, "must be constant and have zero point 0");
    begin(HYBRID);
    inputs[OCTET_LSTM_STATE_WEIGHTS + 1] = constant(OCTET_INT8, 2, CELLS, CELLS, state_weights[1], weight_scale, 1);
    refuse(HYBRID, OCTET_UNSUPPORTED, "weights with a zero point other than 0");
    begin(FLOAT);
    inputs[OCTET_LSTM_STATE_WEIGHTS + 3] = constant(OCTET_INT8, 2, CELLS, CELLS, state_weights[3], weight_scale, 0);
    refuse(FLOAT, OCTET_UNSUPPORTED, "is int8, float32 is needed");
    begin(FLOAT);
    graph->values[inputs[OCTET_LSTM_CELL_STATE]].is_variable = false;
    refuse(FLOAT, OCTET_MODEL, "variable");
    begin(FLOAT);
    inputs[OCTET_LSTM_CELL_STATE] = inputs[OCTET_LSTM_STATE];
    refuse(FLOAT, OCTET_MODEL, "the two states are one tensor");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(it_follows_its_equations),
                                       cmocka_unit_test(what_no_kernel_computes_is_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
