#include "support/graph_quantize.h"

static uint32_t fake_quant(fixture *f, uint32_t x, float min, float max) {
    uint32_t y;
    const octet_options options = {.fake_quant = {min, max, 8, false}};
    forget_range(f, x);
    expect_ok(f, octet_graph_emit(&f->ctx, f->graph, OCTET_OP_FAKE_QUANT, "q", NULL, &x, 1, &options, &y, 1));
    return y;
}

static uint32_t bare(fixture *f, octet_operator_code code, uint32_t x) {
    const uint32_t y = unary(f, code, x, 0.0f, 0.0f);
    forget_range(f, y);
    return y;
}

/* y = W x + b with W trained to the steps `scales`. */
static uint32_t dense(fixture *f, uint32_t x, uint32_t n_scales, const double *scales) {
    static const float raw[8] = {0.26f, -0.9f, 0.1f, 0.0f, 5.0f, -1.0f, 0.75f, 0.24f}, bias[2] = {0.5f, -0.25f};
    const uint32_t kernel = constant(f, "kernel", 2, (const int32_t[]){2, 4}, raw);
    const uint32_t inputs[3] = {x, kernel, constant(f, "bias", 1, (const int32_t[]){2}, bias)};
    if (n_scales > 0) expect_ok(f, octet_value_set_trained(&f->ctx, f->graph, inputs[1], n_scales, scales, raw));
    const uint32_t y = emit(f, OCTET_OP_FULLY_CONNECTED, inputs, 3, 0.0f, 0.0f);
    forget_range(f, y);
    return y;
}

static void trained_ranges_need_no_samples(void **state) {
    fixture *f = *state;
    const double scales[2] = {0.01, 0.03};
    const uint32_t x = fake_quant(f, input(f, 4, 0.0f, 0.0f), -1.0f, 1.55f);
    quantize(f, fake_quant(f, dense(f, x, 2, scales), -5.1f, 0.0f));
    expect_operators(f, "FULLY_CONNECTED");
    expect_params(operand(f, 0, 0), (float)(((double)1.55f + 1.0) / 255.0), -28);
    expect_params(result(f, 0), (float)((double)5.1f / 255.0), 127);
    const octet_value *weights = operand(f, 0, 1);
    static const int8_t rounded[8] = {26, -90, 10, 0, 127, -33, 25, 8};
    assert_memory_equal(weights->data, rounded, 8);
    assert_int_equal(weights->quantization.n, 2);
    assert_true(weights->quantization.scale[1] == (float)0.03);
    /* The bias has the product of the scales before they were rounded to float32. */
    assert_true(operand(f, 0, 2)->quantization.scale[0] == (float)(((double)1.55f + 1.0) / 255.0 * 0.01));
}

static void one_trained_scale_is_one_for_the_tensor(void **state) {
    fixture *f = *state;
    const double scale = 0.01;
    const uint32_t x = fake_quant(f, input(f, 4, 0.0f, 0.0f), -1.0f, 1.0f);
    quantize(f, fake_quant(f, dense(f, x, 1, &scale), -5.0f, 5.0f));
    expect_params(operand(f, 0, 1), (float)0.01, 0);
}

static void what_has_no_range_stays_float(void **state) {
    fixture *f = *state;
    const double scale = 0.01;
    const uint32_t x = fake_quant(f, input(f, 4, 0.0f, 0.0f), -1.0f, 1.0f),
                   y = fake_quant(f, dense(f, x, 1, &scale), -5.0f, 5.0f);
    quantize(f, bare(f, OCTET_OP_SOFTMAX, bare(f, OCTET_OP_EXP, y)));
    expect_operators(f, "FULLY_CONNECTED DEQUANTIZE EXP SOFTMAX");
    assert_int_equal(result(f, 3)->type, OCTET_FLOAT32);
}

static void untrained_weights_have_a_scale_of_their_own(void **state) {
    fixture *f = *state;
    const uint32_t x = fake_quant(f, input(f, 4, 0.0f, 0.0f), -1.0f, 1.0f);
    quantize(f, fake_quant(f, dense(f, x, 0, NULL), -5.0f, 5.0f));
    expect_operators(f, "FULLY_CONNECTED");
    assert_true(operand(f, 0, 1)->quantization.scale[0] == 0.9f * 2.0f / 254.0f);
}

/* Behind an operator that keeps ranges an observed range is dropped; a
 * trained one stays, and so does that before it. */
static void trained_ranges_stay_where_they_are(void **state) {
    fixture *f = *state;
    const uint32_t x = fake_quant(f, input(f, 4, 0.0f, 0.0f), 0.0f, 2.55f);
    uint32_t inputs[2] = {x, 0};
    expect_ok(f, octet_graph_add_i32(&f->ctx, f->graph, "shape", (const int32_t[]){2, 2}, 2, &inputs[1]));
    const uint32_t moved = emit(f, OCTET_OP_RESHAPE, inputs, 2, 0.0f, 0.0f);
    quantize(f, fake_quant(f, moved, 0.0f, 5.1f));
    expect_operators(f, "QUANTIZE RESHAPE");
    expect_params(operand(f, 0, 0), (float)((double)2.55f / 255.0), -128);
    expect_params(result(f, 1), (float)((double)5.1f / 255.0), -128);
}

/* What only a concatenation reads is computed with the concatenation's parameters at once. */
static void a_concatenation_overrules_its_operands(void **state) {
    fixture *f = *state;
    const uint32_t x = fake_quant(f, input(f, 4, 0.0f, 0.0f), 0.0f, 2.55f);
    const uint32_t a = fake_quant(f, bare(f, OCTET_OP_ABS, x), 0.0f, 1.0f),
                   b = fake_quant(f, bare(f, OCTET_OP_RELU, x), 0.0f, 2.0f);
    quantize(f, fake_quant(f, binary(f, OCTET_OP_CONCATENATION, a, b, 0.0f, 0.0f), 0.0f, 5.1f));
    expect_operators(f, "ABS RELU CONCATENATION");
    for (uint32_t k = 0; k < 3; k++) expect_params(result(f, k), (float)((double)5.1f / 255.0), -128);
}

static void one_rounding_behind_another_is_a_requantization(void **state) {
    fixture *f = *state;
    const uint32_t x = fake_quant(f, input(f, 4, 0.0f, 0.0f), 0.0f, 2.55f),
                   y = fake_quant(f, bare(f, OCTET_OP_ABS, x), 0.0f, 1.0f);
    quantize(f, fake_quant(f, fake_quant(f, y, 0.0f, 1.0f), -1.0f, 1.0f));
    expect_operators(f, "ABS QUANTIZE");
    expect_params(result(f, 0), (float)(1.0 / 255.0), -128);
    expect_params(result(f, 1), (float)(2.0 / 255.0), 0);
}

static void observed_ranges_fill_in(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, 4, -1.0f, 2.0f), y = fake_quant(f, unary(f, OCTET_OP_ABS, x, 0.0f, 9.0f), 0.0f, 2.55f);
    quantize(f, unary(f, OCTET_OP_EXP, y, 0.0f, 4.0f));
    expect_operators(f, "ABS EXP");
    expect_params(operand(f, 0, 0), 3.0f / 255.0f, -43);
    expect_params(result(f, 0), (float)((double)2.55f / 255.0), -128);
    expect_params(result(f, 1), 4.0f / 255.0f, -128);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(trained_ranges_need_no_samples),
        CASE(one_trained_scale_is_one_for_the_tensor),
        CASE(what_has_no_range_stays_float),
        CASE(untrained_weights_have_a_scale_of_their_own),
        CASE(trained_ranges_stay_where_they_are),
        CASE(a_concatenation_overrules_its_operands),
        CASE(one_rounding_behind_another_is_a_requantization),
        CASE(observed_ranges_fill_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
