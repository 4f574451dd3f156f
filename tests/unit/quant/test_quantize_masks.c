/* Scores that a mask lowers before a softmax keep their scale. */
#include "support/graph_quantize.h"

/* ln(512 * 4) below the lowest score a masked one has no weight. */
static const float MARGIN_OF_4 = 7.62461899f;

static void expect_range(const octet_value *value, float min, float max) {
    const float scale = (max - min) / 255.0f;
    assert_true(fabsf(value->quantization.scale[0] - scale) <= 1e-5f * scale);
}

static void a_mask_that_is_added_leaves_scores_their_scale(void **state) {
    fixture *f = *state;
    const float addend[4] = {0.0f, -1e9f, -1.0f, -1e9f};
    const uint32_t x = input(f, 4, -2.0f, 3.0f), scores = unary(f, OCTET_OP_TANH, x, -1.0f, 1.0f);
    const uint32_t mask = constant(f, "mask", 1, (const int32_t[]){4}, addend);
    const uint32_t sum = binary(f, OCTET_OP_ADD, unary(f, OCTET_OP_EXP, scores, 0.5f, 2.5f), mask, -1e9f, 2.5f);
    quantize(f, unary(f, OCTET_OP_SOFTMAX, sum, 0.0f, 1.0f));
    expect_operators(f, "TANH EXP ADD SOFTMAX");
    expect_range(result(f, 1), 0.0f, 2.5f);
    expect_range(operand(f, 2, 1), -(2.5f - (0.5f - 1.0f - MARGIN_OF_4)), 0.0f);
    expect_range(result(f, 2), 0.5f - 1.0f - MARGIN_OF_4, 2.5f);
}

static void a_mask_that_chooses_leaves_scores_their_scale(void **state) {
    fixture *f = *state;
    const float low = -1e9f, zero = 0.0f;
    const uint32_t x = input(f, 4, -2.0f, 3.0f), scores = unary(f, OCTET_OP_ABS, x, 0.5f, 2.5f);
    const uint32_t mask = binary(f, OCTET_OP_GREATER, x, constant(f, "zero", 0, NULL, &zero), 0.0f, 0.0f);
    const uint32_t inputs[3] = {mask, scores, constant(f, "low", 0, NULL, &low)};
    forget_range(f, mask);
    quantize(f, unary(f, OCTET_OP_SOFTMAX, emit(f, OCTET_OP_SELECT_V2, inputs, 3, -1e9f, 2.5f), 0.0f, 1.0f));
    for (uint32_t i = 1; i < 3; i++) expect_range(operand(f, 2, i), 0.5f - MARGIN_OF_4, 2.5f);
    expect_range(result(f, 2), 0.5f - MARGIN_OF_4, 2.5f);
}

static void a_bias_of_scores_is_no_mask(void **state) {
    fixture *f = *state;
    const float addend[4] = {0.0f, -20.0f, -1.0f, -3.0f};
    const uint32_t x = input(f, 4, -2.0f, 3.0f), mask = constant(f, "bias", 1, (const int32_t[]){4}, addend);
    const uint32_t sum = binary(f, OCTET_OP_ADD, unary(f, OCTET_OP_EXP, x, 0.5f, 2.5f), mask, -19.0f, 2.5f);
    quantize(f, unary(f, OCTET_OP_SOFTMAX, sum, 0.0f, 1.0f));
    expect_range(result(f, 1), -19.0f, 2.5f);
}

static void a_strict_mask_stays(void **state) {
    fixture *f = *state;
    f->options.strict_tensorflow = true;
    const float addend[4] = {0.0f, -1e9f, 0.0f, -1e9f};
    const uint32_t x = input(f, 4, -2.0f, 3.0f), mask = constant(f, "mask", 1, (const int32_t[]){4}, addend);
    const uint32_t sum = binary(f, OCTET_OP_ADD, unary(f, OCTET_OP_EXP, x, 0.5f, 2.5f), mask, -1e9f, 2.5f);
    quantize(f, unary(f, OCTET_OP_SOFTMAX, sum, 0.0f, 1.0f));
    expect_range(result(f, 1), -1e9f, 2.5f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(a_mask_that_is_added_leaves_scores_their_scale),
        CASE(a_mask_that_chooses_leaves_scores_their_scale),
        CASE(a_bias_of_scores_is_no_mask),
        CASE(a_strict_mask_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
