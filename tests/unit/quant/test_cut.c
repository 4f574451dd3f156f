#include "support/graph_quantize.h"

/* Values that are read elsewhere keep the range that is read, whatever operators that join them make of it. */

static uint32_t half(fixture *f, uint32_t x, int32_t from, float min, float max) {
    uint32_t inputs[4] = {x};
    const int32_t begin[2] = {0, from}, end[2] = {1, from + 2}, strides[2] = {1, 1};
    expect_ok(f, octet_graph_add_i32(&f->ctx, f->graph, "begin", begin, 2, &inputs[1]));
    expect_ok(f, octet_graph_add_i32(&f->ctx, f->graph, "end", end, 2, &inputs[2]));
    expect_ok(f, octet_graph_add_i32(&f->ctx, f->graph, "strides", strides, 2, &inputs[3]));
    return emit(f, OCTET_OP_STRIDED_SLICE, inputs, 4, min, max);
}

static void also_output(fixture *f, uint32_t v) { expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, v, "z")); }

/* maximum(y, 0.1 y). */
static uint32_t leaky(fixture *f, uint32_t y) {
    const float slope = 0.1f;
    const uint32_t less = binary(f, OCTET_OP_MUL, y, constant(f, "slope", 0, NULL, &slope), -0.3f, 0.2f);
    return binary(f, OCTET_OP_MAXIMUM, y, less, -0.3f, 2.0f);
}

static void a_leaky_relu_of_two_operators_keeps_its_negative_side(void **state) {
    fixture *f = *state;
    const uint32_t y = unary(f, OCTET_OP_ABS, input(f, 4, -3.0f, 2.0f), -3.0f, 2.0f);
    quantize(f, leaky(f, y));
    expect_operators(f, "ABS MUL QUANTIZE MAXIMUM");
    expect_params(result(f, 0), 5.0f / 255.0f, 25);
    expect_params(operand(f, 1, 0), 5.0f / 255.0f, 25);
    expect_params(operand(f, 3, 0), 2.3f / 255.0f, -95);
    expect_params(result(f, 3), 2.3f / 255.0f, -95);
}

static void strict_cuts_it_as_tensorflow_does(void **state) {
    fixture *f = *state;
    f->options.strict_tensorflow = true;
    const uint32_t y = unary(f, OCTET_OP_ABS, input(f, 4, -3.0f, 2.0f), -3.0f, 2.0f);
    quantize(f, leaky(f, y));
    expect_operators(f, "ABS MUL MAXIMUM");
    expect_params(result(f, 0), 2.3f / 255.0f, -95);
}

static void the_input_of_the_model_is_no_exception(void **state) {
    fixture *f = *state;
    quantize(f, leaky(f, input(f, 4, -3.0f, 2.0f)));
    expect_operators(f, "MUL QUANTIZE MAXIMUM");
    expect_params(operand(f, 0, 0), 5.0f / 255.0f, 25);
}

/* A QUANTIZE of the slice is smaller than one of the whole. */
static void a_slice_that_is_joined_is_quantized_behind(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, 4, -1.0f, 1.0f), y = unary(f, OCTET_OP_ABS, x, 0.0f, 100.0f);
    const uint32_t small = half(f, y, 2, 0.0f, 1.0f), large = half(f, y, 0, 0.0f, 100.0f);
    also_output(f, unary(f, OCTET_OP_EXP, large, 0.0f, 9.0f));
    quantize(f, binary(f, OCTET_OP_CONCATENATION, small, unary(f, OCTET_OP_RELU, x, 0.0f, 1.0f), 0.0f, 1.0f));
    expect_operators(f, "ABS STRIDED_SLICE QUANTIZE STRIDED_SLICE EXP RELU CONCATENATION");
    expect_params(result(f, 0), 100.0f / 255.0f, -128);
    expect_params(result(f, 1), 100.0f / 255.0f, -128);
    expect_params(result(f, 2), 1.0f / 255.0f, -128);
    expect_params(result(f, 6), 1.0f / 255.0f, -128);
}

/* Nobody reads the large half: it may saturate, and what computes it writes the joined parameters at once. */
static void what_nobody_reads_may_saturate(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, 4, -1.0f, 1.0f), y = unary(f, OCTET_OP_ABS, x, 0.0f, 100.0f);
    const uint32_t small = half(f, y, 2, 0.0f, 1.0f);
    quantize(f, binary(f, OCTET_OP_CONCATENATION, small, unary(f, OCTET_OP_RELU, x, 0.0f, 1.0f), 0.0f, 1.0f));
    expect_operators(f, "ABS STRIDED_SLICE RELU CONCATENATION");
    expect_params(result(f, 0), 1.0f / 255.0f, -128);
}

static uint32_t reduce(fixture *f, octet_operator_code code, uint32_t x, float min, float max) {
    uint32_t inputs[2] = {x}, v;
    const octet_options options = {.reduce = {true}};
    expect_ok(f, octet_graph_add_i32(&f->ctx, f->graph, "axis", (const int32_t[]){1}, 1, &inputs[1]));
    expect_ok(f,
              octet_graph_emit(&f->ctx, f->graph, code, octet_operator_name(code), NULL, inputs, 2, &options, &v, 1));
    set_range(f, v, min, max);
    return v;
}

static void mean_and_maximum_of_one_value_are_joined(void **state) {
    fixture *f = *state;
    const uint32_t y = unary(f, OCTET_OP_ABS, input(f, 4, -1.0f, 1.0f), -4.0f, 1.0f);
    const uint32_t mean = reduce(f, OCTET_OP_MEAN, y, -0.2f, 0.2f), top = reduce(f, OCTET_OP_REDUCE_MAX, y, 0.5f, 1.0f);
    quantize(f, binary(f, OCTET_OP_CONCATENATION, mean, top, -0.2f, 1.0f));
    expect_operators(f, "ABS MEAN REDUCE_MAX QUANTIZE CONCATENATION");
    expect_params(result(f, 0), 5.0f / 255.0f, 76);
    expect_params(result(f, 1), 1.2f / 255.0f, -86);
    expect_params(result(f, 3), 1.2f / 255.0f, -86);
}

static void readers_of_the_same_parameters_share_a_quantize(void **state) {
    fixture *f = *state;
    const float bound = 1.0f;
    const uint32_t x = input(f, 4, -1.0f, 1.0f), y = unary(f, OCTET_OP_ABS, x, 0.0f, 9.0f);
    also_output(f, unary(f, OCTET_OP_EXP, y, 0.0f, 9.0f));
    for (int i = 0; i < 2; i++)
        also_output(f, binary(f, OCTET_OP_MINIMUM, y, constant(f, "bound", 0, NULL, &bound), 0.0f, 1.0f));
    quantize(f, unary(f, OCTET_OP_RELU, x, 0.0f, 1.0f));
    expect_operators(f, "ABS EXP QUANTIZE MINIMUM MINIMUM RELU");
}

/* Scores that are an output too, joined with boxes in pixels. */
static void a_part_that_is_an_output_keeps_its_scale(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, 4, -1.0f, 1.0f), boxes = unary(f, OCTET_OP_EXP, x, 0.0f, 255.0f),
                   scores = unary(f, OCTET_OP_LOGISTIC, x, 0.1f, 0.9f), near = unary(f, OCTET_OP_ABS, x, 0.0f, 51.0f);
    also_output(f, scores);
    also_output(f, near);
    const uint32_t joined = binary(f, OCTET_OP_CONCATENATION, boxes, scores, 0.0f, 255.0f);
    quantize(f, binary(f, OCTET_OP_CONCATENATION, joined, near, 0.0f, 255.0f));
    expect_operators(f, "EXP LOGISTIC ABS QUANTIZE CONCATENATION CONCATENATION");
    expect_params(result(f, 1), 1.0f / 256.0f, -128);
    expect_params(result(f, 2), 1.0f, -128); /* not far enough */
    assert_int_equal(f->quantized->outputs[0].value, f->quantized->operators[1].outputs[0]);
}

/* A slightly wider scale costs less than rounding the maximum once more. */
static void a_join_takes_a_slightly_wider_operand_in(void **state) {
    fixture *f = *state;
    const uint32_t y = unary(f, OCTET_OP_ABS, input(f, 4, -1.0f, 1.0f), -0.3f, 1.0f);
    const uint32_t mean = reduce(f, OCTET_OP_MEAN, y, -0.2f, 0.2f), top = reduce(f, OCTET_OP_REDUCE_MAX, y, 0.5f, 1.0f);
    const uint32_t both = binary(f, OCTET_OP_CONCATENATION, mean, top, -0.2f, 1.0f);
    quantize(f, unary(f, OCTET_OP_ABS, both, 0.0f, 1.0f));
    expect_operators(f, "ABS MEAN REDUCE_MAX CONCATENATION ABS");
    for (uint32_t k = 0; k < 4; k++) expect_params(result(f, k), 1.3f / 255.0f, -69);
    octet_graph_destroy(&f->ctx, f->quantized);
    f->options.strict_tensorflow = true;
    expect_ok(f, octet_quantize_graph(&f->ctx, f->graph, f->statistics, &f->options, &f->quantized));
    for (uint32_t k = 0; k < 4; k++) expect_params(result(f, k), 1.2f / 255.0f, -86);
}

/* A join that is joined again takes the operand in where its parameters come from. */
static void a_joined_join_is_widened_at_its_end(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, 4, -1.0f, 1.0f), y = unary(f, OCTET_OP_ABS, x, -1.1f, 1.0f);
    also_output(f, unary(f, OCTET_OP_EXP, y, 0.0f, 3.0f));
    const uint32_t first = binary(f, OCTET_OP_MINIMUM, y, unary(f, OCTET_OP_RELU, x, 0.0f, 1.0f), -1.0f, 1.0f);
    const uint32_t second = binary(f, OCTET_OP_MINIMUM, first, unary(f, OCTET_OP_RELU, x, 0.0f, 1.0f), -1.0f, 1.0f);
    quantize(f, unary(f, OCTET_OP_ABS, second, 0.0f, 1.0f));
    expect_operators(f, "ABS EXP RELU MINIMUM RELU MINIMUM ABS");
    expect_params(result(f, 0), 2.1f / 255.0f, 6);
    expect_params(result(f, 3), 2.1f / 255.0f, 6);
    expect_params(result(f, 5), 2.1f / 255.0f, 6);
}

/* A mean tells every number from its neighbours: its only operand is not cut either. */
static void an_average_pool_reads_the_whole_range(void **state) {
    fixture *f = *state;
    const octet_shape picture = octet_shape_make(4, (const int32_t[]){1, 2, 2, 1});
    const uint32_t x = input(f, 4, -8.0f, 8.0f);
    f->graph->values[x].shape = picture;
    const uint32_t y = unary(f, OCTET_OP_ABS, x, -8.0f, 8.0f);
    const octet_options options = {.pool_2d = {OCTET_PADDING_VALID, OCTET_ACTIVATION_NONE, 2, 2, 2, 2}};
    uint32_t average;
    expect_ok(
        f, octet_graph_emit(&f->ctx, f->graph, OCTET_OP_AVERAGE_POOL_2D, "pool", NULL, &y, 1, &options, &average, 1));
    set_range(f, average, -1.0f, 1.0f);
    const float zero = 0.0f;
    const uint32_t other = constant(f, "zero", 4, (const int32_t[]){1, 1, 1, 1}, &zero);
    quantize(f, binary(f, OCTET_OP_CONCATENATION, average, other, -1.0f, 1.0f));
    expect_operators(f, "ABS AVERAGE_POOL_2D QUANTIZE CONCATENATION");
    expect_params(result(f, 0), 16.0f / 255.0f, -1);
    expect_params(result(f, 1), 16.0f / 255.0f, -1);
    expect_params(result(f, 3), 2.0f / 255.0f, -1);
}

/* A joined value that another operator picks from has the picked range; only its operand with a reader of its own keeps
 * more. */
static void operands_of_a_join_that_is_cut_need_not_follow_the_kept_one(void **state) {
    fixture *f = *state;
    const float bound = 1.0f;
    const uint32_t x = input(f, 2, -9.0f, 9.0f), a = unary(f, OCTET_OP_ABS, x, -9.0f, 9.0f),
                   b = unary(f, OCTET_OP_RELU, x, 0.0f, 1.0f);
    also_output(f, unary(f, OCTET_OP_EXP, a, 0.0f, 9.0f));
    const uint32_t joined = binary(f, OCTET_OP_CONCATENATION, a, b, -9.0f, 9.0f);
    quantize(f, binary(f, OCTET_OP_MINIMUM, joined, constant(f, "bound", 0, NULL, &bound), -9.0f, 1.0f));
    expect_operators(f, "ABS RELU EXP QUANTIZE CONCATENATION MINIMUM");
    expect_params(result(f, 0), 18.0f / 255.0f, -1);
    expect_params(result(f, 1), 10.0f / 255.0f, 101);
    expect_params(result(f, 5), 10.0f / 255.0f, 101);
}

static void a_fixed_result_that_would_be_cut_keeps_its_parameters(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, 4, -3.0f, 3.0f), y = unary(f, OCTET_OP_LOGISTIC, x, 0.1f, 0.9f);
    const float bound = 0.2f;
    also_output(f, unary(f, OCTET_OP_ABS, y, 0.1f, 0.9f));
    quantize(f, binary(f, OCTET_OP_MINIMUM, y, constant(f, "bound", 0, NULL, &bound), 0.1f, 0.2f));
    expect_operators(f, "LOGISTIC ABS QUANTIZE MINIMUM");
    expect_params(operand(f, 1, 0), 1.0f / 256.0f, -128);
    expect_params(result(f, 3), 0.2f / 255.0f, -128);
}

static void a_reversed_copy_has_the_scale_of_what_it_copies(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, 4, -1.0f, 1.0f), y = unary(f, OCTET_OP_ABS, x, 0.0f, 5.0f);
    uint32_t inputs[2] = {y};
    expect_ok(f, octet_graph_add_i32(&f->ctx, f->graph, "axis", (const int32_t[]){1}, 1, &inputs[1]));
    quantize(f, binary(f, OCTET_OP_CONCATENATION, emit(f, OCTET_OP_REVERSE_V2, inputs, 2, 0.0f, 5.0f), x, -1.0f, 5.0f));
    expect_operators(f, "ABS REVERSE_V2 CONCATENATION");
    expect_params(result(f, 0), 6.0f / 255.0f, -86);
    octet_graph_destroy(&f->ctx, f->quantized);
    f->options.strict_tensorflow = true;
    expect_ok(f, octet_quantize_graph(&f->ctx, f->graph, f->statistics, &f->options, &f->quantized));
    expect_params(result(f, 0), 5.0f / 255.0f, -128);
    expect_params(result(f, 1), 6.0f / 255.0f, -86);
}

/* y + 1 in the memory of y, and 20 y: TensorFlow's range of y holds both. */
static void an_overwritten_operand_is_widened_where_that_pays(void **state) {
    fixture *f = *state;
    const float one = 1.0f, many = 20.0f;
    const uint32_t x = input(f, 4, -1.0f, 1.0f), y = unary(f, OCTET_OP_EXP, x, 0.0f, 2.0f),
                   z = unary(f, OCTET_OP_ABS, x, 0.0f, 1.0f);
    const uint32_t sum = binary(f, OCTET_OP_ADD, y, constant(f, "one", 0, NULL, &one), 1.0f, 3.0f);
    const uint32_t product = binary(f, OCTET_OP_MUL, z, constant(f, "many", 0, NULL, &many), 0.0f, 20.0f);
    const uint32_t difference = binary(f, OCTET_OP_SUB, sum, product, -19.0f, 3.0f);
    quantize(f, unary(f, OCTET_OP_ABS, difference, 0.0f, 19.0f));
    expect_params(result(f, 0), 3.0f / 255.0f, -128);
    expect_params(result(f, 1), 1.0f / 255.0f, -128);
    expect_params(result(f, 2), 3.0f / 255.0f, -128); /* the difference is more than twice as wide */
    octet_graph_destroy(&f->ctx, f->quantized);
    f->options.strict_tensorflow = true;
    expect_ok(f, octet_quantize_graph(&f->ctx, f->graph, f->statistics, &f->options, &f->quantized));
    expect_params(result(f, 1), 20.0f / 255.0f, -128);
    expect_params(result(f, 2), 22.0f / 255.0f, 92);
}

/* LiteRT compares 16 bits as they are. */
static void values_of_16_bits_are_compared_with_one_scale(void **state) {
    fixture *f = *state;
    f->options =
        (octet_quantize_options){.mode = OCTET_MODE_INT16X8, .input_type = OCTET_INT16, .output_type = OCTET_INT16};
    const uint32_t x = input(f, 4, -1.0f, 1.0f), y = unary(f, OCTET_OP_ABS, x, 0.0f, 3.0f);
    const uint32_t operands[2] = {x, y};
    uint32_t inputs[3] = {0, x, x};
    expect_ok(f, octet_graph_emit(&f->ctx, f->graph, OCTET_OP_LESS, "LESS", NULL, operands, 2, NULL, &inputs[0], 1));
    quantize(f, emit(f, OCTET_OP_SELECT_V2, inputs, 3, -1.0f, 1.0f));
    expect_operators(f, "ABS QUANTIZE LESS SELECT_V2");
    expect_params(operand(f, 2, 0), 3.0f / 32767.0f, 0);
    expect_params(operand(f, 2, 1), 3.0f / 32767.0f, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(a_leaky_relu_of_two_operators_keeps_its_negative_side),
        CASE(strict_cuts_it_as_tensorflow_does),
        CASE(the_input_of_the_model_is_no_exception),
        CASE(a_slice_that_is_joined_is_quantized_behind),
        CASE(what_nobody_reads_may_saturate),
        CASE(mean_and_maximum_of_one_value_are_joined),
        CASE(readers_of_the_same_parameters_share_a_quantize),
        CASE(a_part_that_is_an_output_keeps_its_scale),
        CASE(a_join_takes_a_slightly_wider_operand_in),
        CASE(a_joined_join_is_widened_at_its_end),
        CASE(an_average_pool_reads_the_whole_range),
        CASE(operands_of_a_join_that_is_cut_need_not_follow_the_kept_one),
        CASE(a_fixed_result_that_would_be_cut_keeps_its_parameters),
        CASE(a_reversed_copy_has_the_scale_of_what_it_copies),
        CASE(values_of_16_bits_are_compared_with_one_scale),
        CASE(an_overwritten_operand_is_widened_where_that_pays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
