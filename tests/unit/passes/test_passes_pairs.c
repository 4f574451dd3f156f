/* QUANTIZE and DEQUANTIZE in pairs, as quantization-aware training leaves them: weights and activations. */
#include "support/graph_passes.h"

#include "import/tflite/rounded.h"
#include "passes/trained_pairs.h"

static uint32_t quantize(fixture *f, uint32_t x, octet_type type, uint32_t n, int32_t axis, const float *scales,
                         int32_t zero_point) {
    int32_t zeros[4] = {zero_point, zero_point, zero_point, zero_point};
    uint32_t q;
    const octet_shape shape = f->graph->values[x].shape;
    expect_ok(f, octet_graph_add_value(&f->ctx, f->graph, "q", type, &shape, &q));
    expect_ok(f, octet_value_set_quantization(&f->ctx, f->graph, q, n, axis, scales, zeros));
    expect_ok(
        f, octet_graph_add_operator(&f->ctx, f->graph, OCTET_OP_QUANTIZE, "q", &x, 1, NULL, &q, 1, OCTET_NONE, NULL));
    return q;
}

static uint32_t pair(fixture *f, uint32_t x, octet_type type, float scale, int32_t zero_point) {
    return unary(f, OCTET_OP_DEQUANTIZE, quantize(f, x, type, 1, 0, &scale, zero_point));
}

/* y = W x, W [2,4] = 0.5 - 0.2 i behind a pair. */
static uint32_t rounded_dense(fixture *f, uint32_t x, uint32_t n_scales, int32_t axis, int32_t zero_point) {
    static const float scales[4] = {0.01f, 0.003f, 0.01f, 0.01f};
    const uint32_t kernel = constant(f, "kernel", 0.5f, -0.2f, DIMS(2, 4));
    const uint32_t q = quantize(f, kernel, OCTET_UINT8, n_scales, axis, scales, zero_point);
    const uint32_t inputs[3] = {x, unary(f, OCTET_OP_DEQUANTIZE, q), OCTET_NONE};
    return emit(f, OCTET_OP_FULLY_CONNECTED, NULL, 3, inputs);
}

static void finish(fixture *f, uint32_t y) {
    expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, y, "y"));
    expect_ok(f, octet_tflite_round_constants(&f->ctx, f->graph));
    expect_ok(f, octet_graph_verify(&f->ctx, f->graph, "test"));
}

static void activations_are_rounded_as_in_training(void **state) {
    fixture *f = *state;
    const uint32_t x = pair(f, input(f, DIMS(1, 4)), OCTET_UINT8, 0.02f, 100);
    const uint32_t y = pair(f, unary(f, OCTET_OP_TANH, x), OCTET_INT8, 1.0f / 128.0f, 0);
    run(f, y);
    expect_operators(f, "FAKE_QUANT TANH FAKE_QUANT");
    const octet_options *first = &op(f, 0)->options, *last = &op(f, 2)->options;
    assert_true(first->fake_quant.min == -100.0f * 0.02f && first->fake_quant.n_bits == 8);
    assert_true((float)(((double)first->fake_quant.max - (double)first->fake_quant.min) / 255.0) == 0.02f);
    assert_true(last->fake_quant.min == -1.0f && last->fake_quant.max == 127.0f / 128.0f);
}

/* Every scale comes out of the range again, whatever its last bits and the zero point are. */
static void a_range_gives_its_scale_again(void **state) {
    fixture *f = *state;
    uint32_t y = input(f, DIMS(1, 4));
    float scales[64];
    int32_t zeros[64];
    for (int i = 0; i < 64; i++) {
        scales[i] = 0.001f * (1.0f + 0.3f * sinf((float)i * 7.0f));
        zeros[i] = i % 3 == 0 ? -128 : i % 3 == 1 ? 127 : i - 32;
        y = unary(f, OCTET_OP_TANH, pair(f, y, OCTET_INT8, scales[i], zeros[i]));
    }
    expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, y, "y"));
    expect_ok(f, octet_trained_pairs_replace(&f->ctx, f->graph));
    for (uint32_t i = 0; i < 64; i++) {
        const double min = (double)op(f, 2 * i)->options.fake_quant.min,
                     max = (double)op(f, 2 * i)->options.fake_quant.max;
        if ((float)((max - min) / 255.0) != scales[i]) fail_msg("scale %u: %.9g", i, (double)scales[i]);
        assert_int_equal((int)lround(-min / ((max - min) / 255.0)) - 128, zeros[i]);
    }
}

static void weights_keep_their_scales(void **state) {
    fixture *f = *state;
    finish(f, rounded_dense(f, input(f, DIMS(1, 4)), 2, 0, 128));
    expect_operators(f, "FULLY_CONNECTED");
    const octet_value *weights = octet_graph_input(f->graph, op(f, 0), 1);
    assert_int_equal(weights->trained.n, 2);
    assert_true(weights->trained.scales[1] == (double)0.003f);
    const float raw = 0.5f - 0.2f * 4.0f, edge = 0.5f - 0.2f * 7.0f;
    assert_true(weights->trained.raw[4] == raw);
    assert_true(data(f, 0, 1)[4] == roundf(raw / 0.003f) * 0.003f);
    assert_true(edge / 0.003f < -128.0f && data(f, 0, 1)[7] == -128.0f * 0.003f); /* cut to the integers */
}

/* Rounded off the centre, along another axis, or not as weights: numbers, and no more. */
static void other_constants_are_numbers(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, DIMS(1, 4));
    const uint32_t off = rounded_dense(f, x, 1, 0, 120), across = rounded_dense(f, x, 4, 1, 128);
    const float scale = 0.01f;
    const uint32_t summand = quantize(f, constant(f, "c", 0.0f, 0.013f, DIMS(1, 2)), OCTET_INT8, 1, 0, &scale, 0);
    finish(f, binary(f, OCTET_OP_ADD, binary(f, OCTET_OP_ADD, off, across), unary(f, OCTET_OP_DEQUANTIZE, summand)));
    expect_operators(f, "FULLY_CONNECTED FULLY_CONNECTED ADD ADD");
    for (uint32_t k = 0; k < 4; k++) {
        if (k != 2) assert_int_equal(octet_graph_input(f->graph, op(f, k), 1)->trained.n, 0);
    }
    assert_true(data(f, 3, 1)[1] == 1.0f * scale);
}

static void integers_in_use_are_a_quantized_model(void **state) {
    fixture *f = *state;
    const float scale = 0.1f;
    const uint32_t q = quantize(f, input(f, DIMS(1, 4)), OCTET_INT8, 1, 0, &scale, 0);
    assert_true(octet_trained_pairs_stand(f->graph));
    uint32_t r;
    const octet_shape shape = octet_shape_make(DIMS(1, 4));
    expect_ok(f, octet_graph_add_value(&f->ctx, f->graph, "r", OCTET_INT8, &shape, &r));
    const int32_t zero = 0;
    expect_ok(f, octet_value_set_quantization(&f->ctx, f->graph, r, 1, 0, &scale, &zero));
    expect_ok(f, octet_graph_add_operator(&f->ctx, f->graph, OCTET_OP_RELU, "r", &q, 1, NULL, &r, 1, OCTET_NONE, NULL));
    assert_false(octet_trained_pairs_stand(f->graph));
    finish(f, unary(f, OCTET_OP_DEQUANTIZE, r));
    expect_ok(f, octet_passes_run(&f->ctx, f->graph));
    expect_operators(f, "QUANTIZE RELU DEQUANTIZE");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(activations_are_rounded_as_in_training, setup, teardown),
        cmocka_unit_test_setup_teardown(a_range_gives_its_scale_again, setup, teardown),
        cmocka_unit_test_setup_teardown(weights_keep_their_scales, setup, teardown),
        cmocka_unit_test_setup_teardown(other_constants_are_numbers, setup, teardown),
        cmocka_unit_test_setup_teardown(integers_in_use_are_a_quantized_model, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
