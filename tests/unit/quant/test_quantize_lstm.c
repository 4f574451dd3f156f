#include "support/graph_quantize.h"

enum { CELLS = 1, FEATURES = 4, CELL_STATE = 19 };

/* One step of one cell; weights and bias of its input gate as given. */
static uint32_t lstm(fixture *f, float weight, float bias, float cell) {
    const float numbers[FEATURES] = {0.5f, -0.25f, 1.0f, 0.75f}, small[FEATURES] = {weight, 0.0f, 0.0f, 0.0f};
    const octet_shape steps = octet_shape_make(3, (const int32_t[]){1, 1, FEATURES}),
                      state = octet_shape_make(2, (const int32_t[]){1, CELLS});
    uint32_t inputs[24], y;
    for (int i = 0; i < 24; i++) inputs[i] = OCTET_NONE;
    inputs[0] = input(f, FEATURES, -1.0f, 1.0f);
    f->graph->values[inputs[0]].shape = steps;
    for (int i = 1; i < 9; i++)
        inputs[i] =
            constant(f, "weights", 2, (const int32_t[]){CELLS, i < 5 ? FEATURES : CELLS}, i == 1 ? small : numbers);
    for (int i = 12; i < 16; i++)
        inputs[i] = constant(f, "bias", 1, (const int32_t[]){CELLS}, i == 12 ? &bias : numbers);
    for (int i = 18; i < 20; i++) {
        expect_ok(f, octet_graph_add_value(&f->ctx, f->graph, "state", OCTET_FLOAT32, &state, &inputs[i]));
        f->graph->values[inputs[i]].is_variable = true;
        set_range(f, inputs[i], -0.5f * cell, cell);
    }
    const octet_options options = {.lstm = {.activation = OCTET_ACTIVATION_TANH}};
    expect_ok(f, octet_graph_emit(&f->ctx, f->graph, OCTET_OP_UNIDIRECTIONAL_SEQUENCE_LSTM, "lstm", NULL, inputs, 24,
                                  &options, &y, 1));
    set_range(f, y, -0.1f, 0.1f);
    f->graph->is_traced = true;
    return y;
}

static void quantize_strictly(fixture *f) {
    octet_graph_destroy(&f->ctx, f->quantized);
    f->options.strict_tensorflow = true;
    expect_ok(f, octet_quantize_graph(&f->ctx, f->graph, f->statistics, &f->options, &f->quantized));
}

static float clip(fixture *f) { return f->quantized->operators[0].options.lstm.cell_clip; }

/* LiteRT's kernel reads cell states from 2^-15 to 2^-9. */
static void a_small_cell_state_keeps_a_scale_that_is_read(void **state) {
    fixture *f = *state;
    quantize(f, lstm(f, 1.0f, 0.5f, 0.2f));
    expect_params(operand(f, 0, CELL_STATE), 0x1p-15f, 0);
    quantize_strictly(f);
    expect_params(operand(f, 0, CELL_STATE), 0x1p-17f, 0);
}

static void a_large_cell_state_saturates_where_it_is_read(void **state) {
    fixture *f = *state;
    quantize(f, lstm(f, 1.0f, 0.5f, 159.0f));
    expect_params(operand(f, 0, CELL_STATE), 0x1p-9f, 0);
}

static void keras_clips_no_cell_state_and_tensorflow_does(void **state) {
    fixture *f = *state;
    quantize(f, lstm(f, 1.0f, 0.5f, 2.0f));
    assert_true(clip(f) == 0.0f);
    quantize_strictly(f);
    assert_true(clip(f) == 10.0f);
    f->options = (octet_quantize_options){.mode = OCTET_MODE_FLOAT32};
    quantize_strictly(f);
    assert_true(clip(f) == 10.0f);
    f->graph->is_traced = false; /* what another converter wrote */
    quantize_strictly(f);
    assert_true(clip(f) == 0.0f);
}

/* 2^30 steps of 2 / 255 * 1e-9 / 127 are far less than the bias. */
static void a_bias_beside_tiny_weights_does_not_saturate(void **state) {
    fixture *f = *state;
    quantize(f, lstm(f, 1e-9f, 3.0f, 2.0f));
    const octet_value *bias = operand(f, 0, 12);
    assert_true(fabs((double)bias->quantization.scale[0] * ((const int32_t *)bias->data)[0] - 3.0) < 1e-6);
    const double product =
        (double)operand(f, 0, 0)->quantization.scale[0] * (double)operand(f, 0, 1)->quantization.scale[0];
    assert_true(fabs(product / (double)bias->quantization.scale[0] - 1.0) < 1e-6);
    quantize_strictly(f);
    assert_int_equal(((const int32_t *)operand(f, 0, 12)->data)[0], INT32_MAX);
}

/* Quantized, the state is another value, which the other operator would not see. */
static void a_state_that_another_operator_reads_is_refused(void **state) {
    fixture *f = *state;
    const uint32_t y = lstm(f, 1.0f, 0.5f, 2.0f), cell = f->graph->operators[0].inputs[CELL_STATE];
    const uint32_t sum = binary(f, OCTET_OP_ADD, y, cell, -3.0f, 3.0f);
    expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, sum, "y"));
    make_statistics(f);
    assert_int_equal(octet_quantize_graph(&f->ctx, f->graph, f->statistics, &f->options, &f->quantized),
                     OCTET_UNSUPPORTED);
    assert_non_null(strstr(f->ctx.message, "reads the state"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(a_state_that_another_operator_reads_is_refused), CASE(a_small_cell_state_keeps_a_scale_that_is_read),
        CASE(a_large_cell_state_saturates_where_it_is_read),  CASE(keras_clips_no_cell_state_and_tensorflow_does),
        CASE(a_bias_beside_tiny_weights_does_not_saturate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
