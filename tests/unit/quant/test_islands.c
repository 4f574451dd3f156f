#include "quant/islands.h"
#include "support/graph_quantize.h"

/* Operators that are left in other numbers than those of the mode. */

static void mark(fixture *f, uint32_t v, octet_island island) {
    f->graph->operators[f->graph->values[v].producer].island = island;
}

static void an_operator_stays_in_float(void **state) {
    fixture *f = *state;
    const uint32_t y = unary(f, OCTET_OP_ABS, input(f, 4, -3.0f, 2.0f), 0.0f, 3.0f);
    const uint32_t z = unary(f, OCTET_OP_EXP, y, 0.0f, 20.0f);
    const uint32_t end = unary(f, OCTET_OP_SQRT, z, 0.0f, 4.5f);
    mark(f, z, OCTET_ISLAND_FLOAT);
    quantize(f, end);
    expect_operators(f, "ABS DEQUANTIZE EXP QUANTIZE SQRT");
    expect_params(result(f, 0), 3.0f / 255.0f, -128);
    assert_int_equal(result(f, 2)->type, OCTET_FLOAT32);
    expect_params(result(f, 3), 20.0f / 255.0f, -128);
}

static void neighbours_share_one_island(void **state) {
    fixture *f = *state;
    const uint32_t y = unary(f, OCTET_OP_ABS, input(f, 4, -3.0f, 2.0f), 0.0f, 3.0f);
    const uint32_t z = unary(f, OCTET_OP_EXP, y, 0.0f, 20.0f);
    mark(f, y, OCTET_ISLAND_FLOAT);
    mark(f, z, OCTET_ISLAND_FLOAT);
    quantize(f, unary(f, OCTET_OP_SQRT, z, 0.0f, 4.5f));
    expect_operators(f, "DEQUANTIZE ABS EXP QUANTIZE SQRT");
}

/* Without the mark the operand would get the parameters of what joins it. */
static void ranges_do_not_run_through_an_island(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, 4, -1.0f, 1.0f);
    const uint32_t a = unary(f, OCTET_OP_ABS, x, 0.0f, 1.0f), b = unary(f, OCTET_OP_EXP, x, 0.0f, 3.0f);
    const uint32_t joined = binary(f, OCTET_OP_CONCATENATION, a, b, 0.0f, 3.0f);
    mark(f, joined, OCTET_ISLAND_FLOAT);
    quantize(f, joined);
    expect_operators(f, "ABS EXP DEQUANTIZE DEQUANTIZE CONCATENATION QUANTIZE");
    expect_params(result(f, 0), 1.0f / 255.0f, -128);
    expect_params(result(f, 1), 3.0f / 255.0f, -128);
    expect_params(result(f, 5), 3.0f / 255.0f, -128);
}

static void a_fixed_scale_is_not_that_of_an_island(void **state) {
    fixture *f = *state;
    const uint32_t y = unary(f, OCTET_OP_LOGISTIC, input(f, 4, -3.0f, 2.0f), 0.0f, 0.5f);
    mark(f, y, OCTET_ISLAND_FLOAT);
    quantize(f, y);
    expect_operators(f, "DEQUANTIZE LOGISTIC QUANTIZE");
    expect_params(result(f, 2), 0.5f / 255.0f, -128);
}

static void a_float_output_ends_in_its_island(void **state) {
    fixture *f = *state;
    f->options.output_type = OCTET_FLOAT32;
    const uint32_t y = unary(f, OCTET_OP_ABS, input(f, 4, -3.0f, 2.0f), 0.0f, 3.0f);
    const uint32_t z = unary(f, OCTET_OP_EXP, y, 0.0f, 20.0f);
    mark(f, z, OCTET_ISLAND_FLOAT);
    quantize(f, z);
    expect_operators(f, "ABS DEQUANTIZE EXP");
}

static void a_float_input_begins_in_its_island(void **state) {
    fixture *f = *state;
    f->options.input_type = OCTET_FLOAT32;
    f->options.strict_tensorflow = true;
    const uint32_t y = unary(f, OCTET_OP_ABS, input(f, 4, -3.0f, 2.0f), 0.0f, 3.0f);
    mark(f, y, OCTET_ISLAND_FLOAT);
    quantize(f, unary(f, OCTET_OP_EXP, y, 0.0f, 20.0f));
    expect_operators(f, "ABS QUANTIZE EXP");
}

static void an_operator_computes_in_int16(void **state) {
    fixture *f = *state;
    const uint32_t y = unary(f, OCTET_OP_ABS, input(f, 4, -3.0f, 2.0f), 0.0f, 3.0f);
    const uint32_t z = unary(f, OCTET_OP_EXP, y, 0.0f, 20.0f), end = unary(f, OCTET_OP_SQRT, z, 0.0f, 4.5f);
    mark(f, z, OCTET_ISLAND_INT16);
    quantize(f, end);
    expect_operators(f, "ABS QUANTIZE EXP QUANTIZE SQRT");
    expect_params(result(f, 0), 3.0f / 255.0f, -128);
    assert_int_equal(result(f, 1)->type, OCTET_INT16);
    expect_params(result(f, 1), 3.0f / 32767.0f, 0);
    assert_int_equal(result(f, 2)->type, OCTET_INT16);
    expect_params(result(f, 2), 20.0f / 32767.0f, 0);
    assert_int_equal(result(f, 3)->type, OCTET_INT8);
    expect_params(result(f, 3), 20.0f / 255.0f, -128);
}

static void a_float_output_of_int16_is_not_rounded_to_int8(void **state) {
    fixture *f = *state;
    f->options.output_type = OCTET_FLOAT32;
    const uint32_t y = unary(f, OCTET_OP_ABS, input(f, 4, -3.0f, 2.0f), 0.0f, 3.0f);
    const uint32_t z = unary(f, OCTET_OP_EXP, y, 0.0f, 20.0f);
    mark(f, y, OCTET_ISLAND_INT16);
    mark(f, z, OCTET_ISLAND_INT16);
    quantize(f, z);
    expect_operators(f, "QUANTIZE ABS EXP DEQUANTIZE");
    assert_int_equal(operand(f, 3, 0)->type, OCTET_INT16);
}

static void a_float_island_beside_int16_reads_int16(void **state) {
    fixture *f = *state;
    const uint32_t y = unary(f, OCTET_OP_ABS, input(f, 4, -3.0f, 2.0f), 0.0f, 3.0f);
    const uint32_t z = unary(f, OCTET_OP_EXP, y, 0.0f, 20.0f);
    mark(f, y, OCTET_ISLAND_INT16);
    mark(f, z, OCTET_ISLAND_FLOAT);
    quantize(f, z);
    expect_operators(f, "QUANTIZE ABS DEQUANTIZE EXP QUANTIZE");
    assert_int_equal(operand(f, 2, 0)->type, OCTET_INT16);
    assert_int_equal(result(f, 4)->type, OCTET_INT8);
}

/* LiteRT's HARD_SWISH has no int16 form. */
static void what_has_no_int16_kernel_stays_int8(void **state) {
    fixture *f = *state;
    const uint32_t y = unary(f, OCTET_OP_HARD_SWISH, input(f, 4, -3.0f, 2.0f), -0.4f, 2.0f);
    mark(f, y, OCTET_ISLAND_INT16);
    quantize(f, y);
    expect_operators(f, "HARD_SWISH");
    assert_int_equal(result(f, 0)->type, OCTET_INT8);
}

static void in_mode_int16x8_the_mark_says_nothing_new(void **state) {
    fixture *f = *state;
    f->options.mode = OCTET_MODE_INT16X8;
    f->options.input_type = f->options.output_type = OCTET_INT16;
    const uint32_t y = unary(f, OCTET_OP_ABS, input(f, 4, -3.0f, 2.0f), 0.0f, 3.0f);
    const uint32_t z = unary(f, OCTET_OP_EXP, y, 0.0f, 20.0f);
    mark(f, y, OCTET_ISLAND_INT16);
    mark(f, z, OCTET_ISLAND_FLOAT);
    quantize(f, z);
    expect_operators(f, "ABS DEQUANTIZE EXP QUANTIZE");
    assert_int_equal(result(f, 3)->type, OCTET_INT16);
}

static uint32_t dense(fixture *f, uint32_t x, const char *name) {
    static const float weights[8] = {0.5f, -0.25f, 1.0f, 0.0f, -1.0f, 0.125f, 0.75f, 2.0f}, bias[2] = {0.5f, -0.5f};
    const uint32_t inputs[3] = {x, constant(f, name, 2, (const int32_t[]){2, 4}, weights),
                                constant(f, "bias", 1, (const int32_t[]){2}, bias)};
    return emit(f, OCTET_OP_FULLY_CONNECTED, inputs, 3, -6.0f, 6.0f);
}

static void a_dense_layer_in_int16_has_wide_biases(void **state) {
    fixture *f = *state;
    const uint32_t y = dense(f, input(f, 4, -3.0f, 2.0f), "weights");
    mark(f, y, OCTET_ISLAND_INT16);
    quantize(f, y);
    expect_operators(f, "QUANTIZE FULLY_CONNECTED QUANTIZE");
    assert_int_equal(operand(f, 1, 1)->type, OCTET_INT8);
    assert_int_equal(operand(f, 1, 2)->type, OCTET_INT64);
    assert_int_equal(f->quantized->operators[1].options.fully_connected.quantized_bias_type, OCTET_INT64);
}

static void a_dense_layer_in_float_keeps_its_weights(void **state) {
    fixture *f = *state;
    const uint32_t y = dense(f, input(f, 4, -3.0f, 2.0f), "weights");
    mark(f, y, OCTET_ISLAND_FLOAT);
    quantize(f, y);
    expect_operators(f, "DEQUANTIZE FULLY_CONNECTED QUANTIZE");
    assert_int_equal(operand(f, 1, 1)->type, OCTET_FLOAT32);
    assert_int_equal(operand(f, 1, 1)->quantization.n, 0);
}

/* int8 and int16 read what one computes in int8: each in its own form. */
static void a_value_may_be_read_in_three_forms(void **state) {
    fixture *f = *state;
    const uint32_t y = unary(f, OCTET_OP_ABS, input(f, 4, -3.0f, 2.0f), 0.0f, 3.0f);
    const uint32_t a = unary(f, OCTET_OP_EXP, y, 0.0f, 20.0f), b = unary(f, OCTET_OP_SQRT, y, 0.0f, 2.0f),
                   c = unary(f, OCTET_OP_RSQRT, y, 0.0f, 9.0f);
    mark(f, a, OCTET_ISLAND_INT16);
    mark(f, b, OCTET_ISLAND_FLOAT);
    expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, a, "a"));
    expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, b, "b"));
    quantize(f, c);
    expect_operators(f, "ABS QUANTIZE EXP DEQUANTIZE SQRT QUANTIZE RSQRT QUANTIZE");
    assert_int_equal(operand(f, 6, 0)->type, OCTET_INT8);
}

static void the_map_leads_to_the_narrowest_form(void **state) {
    fixture *f = *state;
    octet_arena arena = {0};
    uint32_t *quantized_of;
    const uint32_t x = input(f, 4, -3.0f, 2.0f), y = unary(f, OCTET_OP_ABS, x, 0.0f, 3.0f);
    const uint32_t w = unary(f, OCTET_OP_ABS, y, 0.0f, 3.0f), z = unary(f, OCTET_OP_EXP, w, 0.0f, 20.0f);
    const uint32_t end = unary(f, OCTET_OP_SQRT, z, 0.0f, 4.5f);
    mark(f, w, OCTET_ISLAND_INT16);
    mark(f, z, OCTET_ISLAND_INT16);
    expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, end, "y"));
    make_statistics(f);
    expect_ok(f, octet_quantize_graph_mapped(&f->ctx, f->graph, f->statistics, &f->options, &arena, &quantized_of,
                                             &f->quantized));
    assert_int_equal(f->quantized->values[quantized_of[y]].type, OCTET_INT8);
    assert_int_equal(f->quantized->values[quantized_of[z]].type, OCTET_INT8);
    assert_int_equal(f->quantized->values[quantized_of[w]].type, OCTET_INT16);
    octet_arena_free(&f->ctx, &arena);
}

static void a_row_that_keeps_scales_joins_the_islands_around(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, 4, -3.0f, 2.0f), y = unary(f, OCTET_OP_EXP, x, 0.0f, 9.0f);
    const uint32_t a = binary(f, OCTET_OP_MAXIMUM, y, y, 0.0f, 9.0f), b = binary(f, OCTET_OP_MINIMUM, a, a, 0.0f, 9.0f);
    const uint32_t z = unary(f, OCTET_OP_SQRT, b, 0.0f, 3.0f);
    mark(f, y, OCTET_ISLAND_INT16);
    mark(f, z, OCTET_ISLAND_INT16);
    expect_ok(f, octet_islands_bridge(&f->ctx, f->graph, &f->options));
    quantize(f, z);
    expect_operators(f, "QUANTIZE EXP MAXIMUM MINIMUM SQRT QUANTIZE");
}

static void no_bridge_leads_to_another_kind_of_island(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, 4, -3.0f, 2.0f), y = unary(f, OCTET_OP_EXP, x, 0.0f, 9.0f);
    const uint32_t a = binary(f, OCTET_OP_MAXIMUM, y, y, 0.0f, 9.0f), z = unary(f, OCTET_OP_SQRT, a, 0.0f, 3.0f);
    mark(f, y, OCTET_ISLAND_INT16);
    mark(f, z, OCTET_ISLAND_FLOAT);
    expect_ok(f, octet_islands_bridge(&f->ctx, f->graph, &f->options));
    assert_int_equal(f->graph->operators[1].island, OCTET_ISLAND_NONE);
}

static void no_bridge_takes_what_others_read(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, 4, -3.0f, 2.0f), y = unary(f, OCTET_OP_EXP, x, 0.0f, 9.0f);
    const uint32_t a = binary(f, OCTET_OP_MAXIMUM, y, y, 0.0f, 9.0f), z = unary(f, OCTET_OP_SQRT, a, 0.0f, 3.0f);
    expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, a, "a"));
    mark(f, y, OCTET_ISLAND_FLOAT);
    mark(f, z, OCTET_ISLAND_FLOAT);
    expect_ok(f, octet_islands_bridge(&f->ctx, f->graph, &f->options));
    assert_int_equal(f->graph->operators[1].island, OCTET_ISLAND_NONE);
}

static void a_mark_that_comes_to_nothing_is_refused(void **state) {
    fixture *f = *state;
    const uint32_t y = unary(f, OCTET_OP_HARD_SWISH, input(f, 4, -3.0f, 2.0f), -0.4f, 2.0f);
    octet_operator *op = &f->graph->operators[f->graph->values[y].producer];
    assert_false(octet_islands_mark(op, OCTET_ISLAND_INT16, &f->options));
    assert_int_equal(op->island, OCTET_ISLAND_NONE);
    assert_true(octet_islands_mark(op, OCTET_ISLAND_FLOAT, &f->options));
    assert_int_equal(op->island, OCTET_ISLAND_FLOAT);
}

static void copying_moves_and_averaging_computes(void **state) {
    fixture *f = *state;
    octet_operator op = {.code = OCTET_OP_RESHAPE};
    assert_true(octet_islands_only_moves(&op, &f->options));
    op.code = OCTET_OP_MAX_POOL_2D;
    assert_true(octet_islands_only_moves(&op, &f->options));
    op.code = OCTET_OP_AVERAGE_POOL_2D;
    assert_false(octet_islands_only_moves(&op, &f->options));
    op.code = OCTET_OP_ADD;
    assert_false(octet_islands_only_moves(&op, &f->options));
}

static uint32_t trained(fixture *f, uint32_t x, float min, float max) {
    uint32_t y;
    const octet_options options = {.fake_quant = {min, max, 8, false}};
    forget_range(f, x);
    expect_ok(f, octet_graph_emit(&f->ctx, f->graph, OCTET_OP_FAKE_QUANT, "q", NULL, &x, 1, &options, &y, 1));
    return y;
}

/* Where FAKE_QUANT gives way to ranges, operators change their places: marks go with them. */
static void trained_ranges_lead_into_islands_and_out(void **state) {
    fixture *f = *state;
    const uint32_t x = trained(f, input(f, 4, -3.0f, 2.0f), -3.0f, 2.0f);
    const uint32_t y = unary(f, OCTET_OP_ABS, x, 0.0f, 3.0f), z = trained(f, y, 0.0f, 3.0f);
    const uint32_t w = unary(f, OCTET_OP_EXP, z, 0.0f, 9.0f);
    mark(f, w, OCTET_ISLAND_FLOAT);
    quantize(f, trained(f, w, 0.0f, 9.0f));
    expect_operators(f, "ABS DEQUANTIZE EXP QUANTIZE");
    expect_params(result(f, 0), 3.0f / 255.0f, -128);
    expect_params(result(f, 3), 9.0f / 255.0f, -128);
}

int main(void) {
    const struct CMUnitTest tests[] = {CASE(an_operator_stays_in_float),
                                       CASE(neighbours_share_one_island),
                                       CASE(ranges_do_not_run_through_an_island),
                                       CASE(a_fixed_scale_is_not_that_of_an_island),
                                       CASE(a_float_output_ends_in_its_island),
                                       CASE(a_float_input_begins_in_its_island),
                                       CASE(an_operator_computes_in_int16),
                                       CASE(a_float_output_of_int16_is_not_rounded_to_int8),
                                       CASE(a_float_island_beside_int16_reads_int16),
                                       CASE(what_has_no_int16_kernel_stays_int8),
                                       CASE(in_mode_int16x8_the_mark_says_nothing_new),
                                       CASE(a_dense_layer_in_int16_has_wide_biases),
                                       CASE(a_dense_layer_in_float_keeps_its_weights),
                                       CASE(a_value_may_be_read_in_three_forms),
                                       CASE(the_map_leads_to_the_narrowest_form),
                                       CASE(a_row_that_keeps_scales_joins_the_islands_around),
                                       CASE(no_bridge_leads_to_another_kind_of_island),
                                       CASE(no_bridge_takes_what_others_read),
                                       CASE(a_mark_that_comes_to_nothing_is_refused),
                                       CASE(copying_moves_and_averaging_computes),
                                       CASE(trained_ranges_lead_into_islands_and_out)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
