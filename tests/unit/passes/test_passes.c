#include "support/graph_passes.h"

static void batch_normalization_folds_into_convolution(void **state) {
    fixture *f = *state;
    const uint32_t y = unary(f, OCTET_OP_RELU, batch_normalization(f, conv(f, input(f, DIMS(1, 4, 4, 2)))));
    const char *name = f->graph->values[y].name;
    run(f, y);
    expect_operators(f, "CONV_2D");
    assert_int_equal(op(f, 0)->options.conv_2d.activation, OCTET_ACTIVATION_RELU);
    const float m[2] = {1.3f, 1.3f + -0.4f * 1.0f}, off[2] = {-0.2f, -0.2f + 0.5f * 1.0f};
    for (int i = 0; i < 36; i++) {
        const float w = 0.1f + 0.01f * (float)i, folded = w * m[i / 18];
        assert_true(data(f, 0, 1)[i] == folded);
    }
    for (int i = 0; i < 2; i++) {
        const float scaled = (0.3f + -0.7f * (float)i) * m[i], folded = scaled + off[i];
        assert_true(data(f, 0, 2)[i] == folded);
    }
    assert_string_equal(f->graph->values[f->graph->outputs[0].value].name, name);
}

static void batch_normalization_behind_an_activation_stays(void **state) {
    fixture *f = *state;
    run(f, batch_normalization(f, unary(f, OCTET_OP_RELU, conv(f, input(f, DIMS(1, 4, 4, 2))))));
    expect_operators(f, "CONV_2D MUL ADD");
}

static void batch_normalization_before_convolution_stays(void **state) {
    fixture *f = *state;
    run(f, conv(f, batch_normalization(f, input(f, DIMS(1, 4, 4, 2)))));
    expect_operators(f, "MUL ADD CONV_2D");
}

static void one_factor_before_convolution_folds(void **state) {
    fixture *f = *state;
    run(f, conv(f, binary(f, OCTET_OP_MUL, input(f, DIMS(1, 4, 4, 2)), constant(f, "s", 0.5f, 0.0f, DIMS(1)))));
    expect_operators(f, "CONV_2D");
    assert_true(data(f, 0, 1)[0] == 0.05f);
}

static void one_summand_before_convolution_folds_without_padding(void **state) {
    fixture *f = *state;
    const uint32_t x = binary(f, OCTET_OP_SUB, input(f, DIMS(1, 4, 4, 2)), constant(f, "m", 0.5f, 0.0f, DIMS(1)));
    run(f, conv_with(f, x, OCTET_PADDING_VALID, 1));
    expect_operators(f, "CONV_2D");
    /* the kernel of channel o is 0.1 + 0.01 * i for i from 18 * o on */
    const double sums[2] = {18 * 0.1 + 0.01 * 153, 18 * 0.28 + 0.01 * 153}, bias[2] = {0.3, -0.4};
    for (int o = 0; o < 2; o++) assert_true(fabs((double)data(f, 0, 2)[o] - (bias[o] - 0.5 * sums[o])) < 1e-6);
}

static void one_summand_before_convolution_stays_with_padding(void **state) {
    fixture *f = *state;
    run(f, conv(f, binary(f, OCTET_OP_ADD, input(f, DIMS(1, 4, 4, 2)), constant(f, "m", 0.5f, 0.0f, DIMS(1)))));
    expect_operators(f, "ADD CONV_2D");
}

static void a_square_of_a_difference_is_one_operator(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, DIMS(1, 2)), y = unary(f, OCTET_OP_ABS, x), kept = binary(f, OCTET_OP_SUB, y, x);
    const uint32_t first = unary(f, OCTET_OP_SQUARE, binary(f, OCTET_OP_SUB, x, y)),
                   second = unary(f, OCTET_OP_SQUARE, kept);
    run(f, binary(f, OCTET_OP_MUL, binary(f, OCTET_OP_ADD, first, second), kept));
    expect_operators(f, "ABS SUB SQUARED_DIFFERENCE SQUARE ADD MUL");
}

static uint32_t number(fixture *f, float value) { return constant(f, "number", value, 0.0f, DIMS(1)); }

static void hard_swish_is_found_in_both_orders(void **state) {
    fixture *f = *state;
    const uint32_t x = unary(f, OCTET_OP_ABS, input(f, DIMS(1, 4, 4, 2)));
    const uint32_t gate = unary(f, OCTET_OP_RELU6, binary(f, OCTET_OP_ADD, x, number(f, 3.0f)));
    const uint32_t y = binary(f, OCTET_OP_MUL, x, binary(f, OCTET_OP_MUL, gate, number(f, 1.0f / 6.0f)));
    const uint32_t second = unary(f, OCTET_OP_RELU6, binary(f, OCTET_OP_ADD, number(f, 3.0f), y));
    run(f, binary(f, OCTET_OP_DIV, binary(f, OCTET_OP_MUL, second, y), number(f, 6.0f)));
    expect_operators(f, "ABS HARD_SWISH HARD_SWISH");
}

static void what_is_nearly_a_hard_swish_stays(void **state) {
    fixture *f = *state;
    const uint32_t x = unary(f, OCTET_OP_ABS, input(f, DIMS(1, 4, 4, 2))), other = unary(f, OCTET_OP_EXP, x);
    const uint32_t gate = unary(f, OCTET_OP_RELU6, binary(f, OCTET_OP_ADD, x, number(f, 3.0f)));
    run(f, binary(f, OCTET_OP_MUL, other, binary(f, OCTET_OP_MUL, gate, number(f, 1.0f / 6.0f))));
    expect_operators(f, "ABS EXP ADD MUL MUL");
}

static void a_row_before_dense_stays(void **state) {
    fixture *f = *state;
    run(f, dense(f, binary(f, OCTET_OP_SUB, input(f, DIMS(1, 2)), constant(f, "mean", 0.5f, 0.25f, DIMS(1, 2))), 2,
                 false));
    expect_operators(f, "SUB FULLY_CONNECTED");
}

static void a_factor_with_a_second_reader_stays(void **state) {
    fixture *f = *state;
    const uint32_t c = conv(f, input(f, DIMS(1, 4, 4, 2)));
    const uint32_t scaled = binary(f, OCTET_OP_MUL, c, constant(f, "s", 0.5f, 0.25f, DIMS(2)));
    run(f, binary(f, OCTET_OP_ADD, scaled, c));
    expect_operators(f, "CONV_2D MUL ADD");
}

static void a_factor_per_pixel_stays(void **state) {
    fixture *f = *state;
    const uint32_t c = conv(f, input(f, DIMS(1, 1, 2, 2)));
    run(f, binary(f, OCTET_OP_MUL, c, constant(f, "s", 0.5f, 0.25f, DIMS(1, 1, 2, 1))));
    expect_operators(f, "CONV_2D MUL");
}

static void bias_behind_a_reshape_folds(void **state) {
    fixture *f = *state;
    const uint32_t x = binary(f, OCTET_OP_RESHAPE, dense(f, input(f, DIMS(2, 4)), 4, false),
                              integers(f, 3, (const int32_t[]){1, 2, 3}));
    run(f, binary(f, OCTET_OP_ADD, x, constant(f, "bias", 0.5f, 0.25f, DIMS(3))));
    expect_operators(f, "FULLY_CONNECTED RESHAPE");
    assert_true(data(f, 0, 2)[2] == 1.0f);
}

static void only_the_first_activation_fuses(void **state) {
    fixture *f = *state;
    run(f, unary(f, OCTET_OP_RELU6, unary(f, OCTET_OP_RELU, conv(f, input(f, DIMS(1, 4, 4, 2))))));
    expect_operators(f, "CONV_2D RELU6");
    assert_int_equal(op(f, 0)->options.conv_2d.activation, OCTET_ACTIVATION_RELU);
}

static void an_activation_of_a_shared_value_stays(void **state) {
    fixture *f = *state;
    const uint32_t c = conv(f, input(f, DIMS(1, 4, 4, 2)));
    run(f, binary(f, OCTET_OP_ADD, unary(f, OCTET_OP_RELU, c), c));
    expect_operators(f, "CONV_2D RELU ADD");
}

static void an_activation_of_an_output_stays(void **state) {
    fixture *f = *state;
    const uint32_t c = conv(f, input(f, DIMS(1, 4, 4, 2)));
    expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, c, "before"));
    run(f, unary(f, OCTET_OP_RELU, c));
    expect_operators(f, "CONV_2D RELU");
}

static void activations_fuse_where_tensorflow_fuses_them(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, DIMS(1, 4));
    const uint32_t sum = unary(f, OCTET_OP_RELU_N1_TO_1, binary(f, OCTET_OP_ADD, x, x));
    const octet_options options = {.concatenation = {.axis = 1}};
    const uint32_t joined = emit(f, OCTET_OP_CONCATENATION, &options, 2, (const uint32_t[]){sum, x});
    run(f, unary(f, OCTET_OP_RELU, unary(f, OCTET_OP_TANH, unary(f, OCTET_OP_RELU, joined))));
    expect_operators(f, "ADD CONCATENATION RELU TANH RELU");
    assert_int_equal(op(f, 0)->options.arithmetic.activation, OCTET_ACTIVATION_RELU_N1_TO_1);
}

static void an_activation_fuses_through_a_reshape(void **state) {
    fixture *f = *state;
    const uint32_t flat =
        binary(f, OCTET_OP_RESHAPE, conv(f, input(f, DIMS(1, 4, 4, 2))), integers(f, 2, (const int32_t[]){1, 32}));
    run(f, unary(f, OCTET_OP_RELU6, flat));
    expect_operators(f, "CONV_2D RESHAPE");
    assert_int_equal(op(f, 0)->options.conv_2d.activation, OCTET_ACTIVATION_RELU6);
}

static uint32_t pad(fixture *f, uint32_t x, int32_t before, int32_t after) {
    const int32_t amounts[8] = {0, 0, before, after, before, after, 0, 0};
    const octet_shape shape = octet_shape_make(DIMS(4, 2));
    uint32_t v;
    expect_ok(f, octet_graph_add_constant(&f->ctx, f->graph, "paddings", OCTET_INT32, &shape, amounts, &v));
    return binary(f, OCTET_OP_PAD, x, v);
}

static void padding_like_same_is_same(void **state) {
    fixture *f = *state;
    run(f, conv_with(f, pad(f, input(f, DIMS(1, 4, 4, 2)), 1, 1), OCTET_PADDING_VALID, 1));
    expect_operators(f, "CONV_2D");
    assert_int_equal(op(f, 0)->options.conv_2d.padding, OCTET_PADDING_SAME);
}

static void padding_after_with_stride_two_is_same(void **state) {
    fixture *f = *state;
    run(f, conv_with(f, pad(f, input(f, DIMS(1, 4, 4, 2)), 0, 1), OCTET_PADDING_VALID, 2));
    expect_operators(f, "CONV_2D");
}

static void padding_on_both_sides_with_stride_two_stays(void **state) {
    fixture *f = *state;
    run(f, conv_with(f, pad(f, input(f, DIMS(1, 4, 4, 2)), 1, 1), OCTET_PADDING_VALID, 2));
    expect_operators(f, "PAD CONV_2D");
}

/* What Flatten is with an open batch: SHAPE, STRIDED_SLICE, PACK, RESHAPE. */
static void shape_arithmetic_becomes_one_reshape(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, DIMS(1, 4, 4, 2));
    const octet_options slice = {.strided_slice = {.shrink_axis_mask = 1}}, pack = {.pack = {.axis = 0, .count = 2}},
                        shape = {.shape = {.out = OCTET_INT32}};
    const uint32_t dims = emit(f, OCTET_OP_SHAPE, &shape, 1, &x);
    const uint32_t one = integers(f, 1, (const int32_t[]){1});
    const uint32_t slices[4] = {dims, integers(f, 1, (const int32_t[]){0}), one, one};
    const uint32_t batch = emit(f, OCTET_OP_STRIDED_SLICE, &slice, 4, slices);
    const octet_shape scalar = {0};
    const int32_t n = 32;
    uint32_t size;
    expect_ok(f, octet_graph_add_constant(&f->ctx, f->graph, "n", OCTET_INT32, &scalar, &n, &size));
    const uint32_t packed = emit(f, OCTET_OP_PACK, &pack, 2, (const uint32_t[]){batch, size});
    /* RESHAPE wants its shape as a constant when it is made: as an importer
     * would, the target is replaced afterwards. */
    const uint32_t y = binary(f, OCTET_OP_RESHAPE, x, integers(f, 2, (const int32_t[]){1, 32}));
    expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, packed, "dims"));
    run(f, y);
    expect_operators(f, "RESHAPE");
    const octet_value *folded = &f->graph->values[f->graph->outputs[0].value];
    assert_non_null(folded->data);
    assert_int_equal(((const int32_t *)folded->data)[0], 1);
    assert_int_equal(((const int32_t *)folded->data)[1], 32);
}

static void transposes_cancel_or_become_reshapes(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, DIMS(1, 4, 3));
    const uint32_t swap = integers(f, 3, (const int32_t[]){0, 2, 1});
    const uint32_t back =
        binary(f, OCTET_OP_TRANSPOSE, binary(f, OCTET_OP_TRANSPOSE, unary(f, OCTET_OP_ABS, x), swap), swap);
    run(f, unary(f, OCTET_OP_EXP, binary(f, OCTET_OP_TRANSPOSE, back, integers(f, 3, (const int32_t[]){1, 0, 2}))));
    expect_operators(f, "ABS EXP RESHAPE");
}

static void division_by_a_constant_is_a_multiplication(void **state) {
    fixture *f = *state;
    run(f, binary(f, OCTET_OP_DIV, input(f, DIMS(1, 3)), constant(f, "c", 3.0f, 1.0f, DIMS(3))));
    expect_operators(f, "MUL");
    assert_true(data(f, 0, 1)[0] == 1.0f / 3.0f);
}

static void division_by_zero_stays(void **state) {
    fixture *f = *state;
    run(f, binary(f, OCTET_OP_DIV, input(f, DIMS(1, 3)), constant(f, "c", 0.0f, 1.0f, DIMS(3))));
    expect_operators(f, "DIV");
}

static void neutral_arithmetic_goes(void **state) {
    fixture *f = *state;
    uint32_t x = unary(f, OCTET_OP_ABS, input(f, DIMS(1, 3)));
    x = binary(f, OCTET_OP_ADD, constant(f, "zero", 0.0f, 0.0f, DIMS(3)), x);
    x = binary(f, OCTET_OP_MUL, x, constant(f, "one", 1.0f, 0.0f, DIMS(1)));
    x = binary(f, OCTET_OP_SUB, constant(f, "zero", 0.0f, 0.0f, DIMS(3)), x);
    run(f, x);
    expect_operators(f, "ABS SUB");
}

static void dense_on_three_dimensions_keeps_them(void **state) {
    fixture *f = *state;
    const uint32_t x = unary(f, OCTET_OP_ABS, input(f, DIMS(1, 2, 4)));
    const uint32_t flat = binary(f, OCTET_OP_RESHAPE, x, integers(f, 2, (const int32_t[]){2, 4}));
    const uint32_t back =
        binary(f, OCTET_OP_RESHAPE, dense(f, flat, 4, false), integers(f, 3, (const int32_t[]){1, 2, 3}));
    run(f, unary(f, OCTET_OP_RELU, binary(f, OCTET_OP_ADD, back, constant(f, "bias", 0.5f, 0.25f, DIMS(3)))));
    expect_operators(f, "ABS FULLY_CONNECTED");
    assert_true(op(f, 1)->options.fully_connected.keep_num_dims);
    assert_int_equal(op(f, 1)->options.fully_connected.activation, OCTET_ACTIVATION_RELU);
    assert_true(data(f, 1, 2)[1] == 0.75f);
}

static void batch_detour_is_a_dilation(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, DIMS(1, 6, 6, 2)), block = integers(f, 2, (const int32_t[]){2, 2});
    const octet_shape pairs = octet_shape_make(DIMS(2, 2));
    const int32_t pads[4] = {2, 2, 2, 2}, crops[4] = {0, 0, 0, 0};
    uint32_t paddings, cropping;
    expect_ok(f, octet_graph_add_constant(&f->ctx, f->graph, "paddings", OCTET_INT32, &pairs, pads, &paddings));
    expect_ok(f, octet_graph_add_constant(&f->ctx, f->graph, "crops", OCTET_INT32, &pairs, crops, &cropping));
    const uint32_t split = emit(f, OCTET_OP_SPACE_TO_BATCH_ND, NULL, 3, (const uint32_t[]){x, block, paddings});
    const uint32_t inner = conv_with(f, split, OCTET_PADDING_VALID, 1);
    run(f, emit(f, OCTET_OP_BATCH_TO_SPACE_ND, NULL, 3, (const uint32_t[]){inner, block, cropping}));
    expect_operators(f, "CONV_2D");
    assert_int_equal(op(f, 0)->options.conv_2d.dilation_h, 2);
    assert_int_equal(op(f, 0)->options.conv_2d.dilation_w, 2);
    assert_int_equal(op(f, 0)->options.conv_2d.padding, OCTET_PADDING_SAME);
}

static void half_precision_constants_are_widened(void **state) {
    fixture *f = *state;
    const uint16_t half[4] = {0x3c00, 0xc000, 0x0001, 0x7bff};
    const octet_shape shape = octet_shape_make(DIMS(4));
    uint32_t v;
    expect_ok(f, octet_graph_add_constant(&f->ctx, f->graph, "half", OCTET_FLOAT16, &shape, half, &v));
    run(f, binary(f, OCTET_OP_SUB, input(f, DIMS(1, 4)), unary(f, OCTET_OP_DEQUANTIZE, v)));
    expect_operators(f, "SUB");
    const float expected[4] = {1.0f, -2.0f, 5.9604645e-8f, 65504.0f};
    assert_memory_equal(data(f, 0, 1), expected, sizeof expected);
}

static void constants_are_rounded_to_a_trained_range(void **state) {
    fixture *f = *state;
    const octet_options range = {.fake_quant = {-1.0f, 2.0f, 2, false}}; /* steps of 1 */
    const uint32_t v = constant(f, "kernel", -1.25f, 0.75f, DIMS(4));
    run(f, binary(f, OCTET_OP_SUB, input(f, DIMS(1, 4)), emit(f, OCTET_OP_FAKE_QUANT, &range, 1, &v)));
    expect_operators(f, "SUB");
    const float expected[4] = {-1.0f, 0.0f, 0.0f,
                               1.0f}; /* of -1.25, -0.5 (half a step above the end goes up), 0.25, 1 */
    assert_memory_equal(data(f, 0, 1), expected, sizeof expected);
}

static void a_quantized_graph_is_left_alone(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, DIMS(1, 4));
    const float scale = 1.0f;
    const int32_t zero = 0;
    f->graph->values[x].type = OCTET_INT8;
    expect_ok(f, octet_value_set_quantization(&f->ctx, f->graph, x, 1, 0, &scale, &zero));
    const uint32_t y = binary(f, OCTET_OP_RESHAPE, x, integers(f, 2, (const int32_t[]){1, 4}));
    expect_ok(f, octet_value_set_quantization(&f->ctx, f->graph, y, 1, 0, &scale, &zero));
    run(f, y);
    expect_operators(f, "RESHAPE");
}

/* Shapes of one pixel and of a feature vector, when the file fixes the batch and when it does not. */
static void a_dense_layer_reads_one_pixel_with_a_fixed_batch(void **state) {
    fixture *f = *state;
    f->graph->is_traced = true;
    const uint32_t pixel = unary(f, OCTET_OP_ABS, input(f, DIMS(1, 1, 1, 4)));
    run(f, dense(f, binary(f, OCTET_OP_RESHAPE, pixel, integers(f, 2, (const int32_t[]){1, 4})), 4, false));
    expect_operators(f, "ABS FULLY_CONNECTED");
}

static void a_dense_layer_reads_a_flat_vector_with_an_open_batch(void **state) {
    fixture *f = *state;
    f->graph->is_traced = true;
    f->graph->open_batch = true;
    const uint32_t pixel = unary(f, OCTET_OP_ABS, input(f, DIMS(1, 1, 1, 4)));
    run(f, dense(f, binary(f, OCTET_OP_RESHAPE, pixel, integers(f, 2, (const int32_t[]){1, 4})), 4, false));
    expect_operators(f, "ABS RESHAPE FULLY_CONNECTED");
}

static void shapes_behind_a_dense_layer_go_before_it(void **state) {
    fixture *f = *state;
    f->graph->is_traced = true;
    const uint32_t rows =
        binary(f, OCTET_OP_RESHAPE, input(f, DIMS(1, 24)), integers(f, 3, (const int32_t[]){1, 6, 4}));
    run(f, binary(f, OCTET_OP_RESHAPE, dense(f, rows, 4, true), integers(f, 4, (const int32_t[]){1, 2, 3, 3})));
    expect_operators(f, "RESHAPE FULLY_CONNECTED");
    assert_true(op(f, 1)->options.fully_connected.keep_num_dims);
}

static void arithmetic_goes_before_a_reshape(void **state) {
    fixture *f = *state;
    const uint32_t x = binary(f, OCTET_OP_RESHAPE, unary(f, OCTET_OP_RELU, conv(f, input(f, DIMS(1, 1, 4, 2)))),
                              integers(f, 3, (const int32_t[]){1, 4, 2}));
    run(f, unary(f, OCTET_OP_LOGISTIC, binary(f, OCTET_OP_MUL, constant(f, "s", 0.5f, 0.25f, DIMS(2)), x)));
    expect_operators(f, "CONV_2D MUL LOGISTIC RESHAPE");
}

static void what_tensorflow_leaves_behind_a_reshape_stays(void **state) {
    fixture *f = *state;
    const uint32_t magnitude = unary(f, OCTET_OP_ABS, input(f, DIMS(1, 4, 2)));
    const uint32_t x = binary(f, OCTET_OP_RESHAPE, magnitude, integers(f, 2, (const int32_t[]){1, 8}));
    const uint32_t scaled = binary(f, OCTET_OP_MUL, x, constant(f, "s", 0.5f, 0.25f, DIMS(8)));
    run(f, unary(f, OCTET_OP_ELU, scaled));
    expect_operators(f, "ABS RESHAPE MUL ELU");
}

static void a_sum_of_two_reshapes_is_reshaped_once(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, DIMS(1, 4, 2)), shape = integers(f, 2, (const int32_t[]){1, 8});
    const uint32_t a = binary(f, OCTET_OP_RESHAPE, unary(f, OCTET_OP_ABS, x), shape);
    const uint32_t b = binary(f, OCTET_OP_RESHAPE, unary(f, OCTET_OP_COS, x), shape);
    run(f, unary(f, OCTET_OP_RELU, binary(f, OCTET_OP_ADD, a, b)));
    expect_operators(f, "ABS COS ADD RESHAPE");
    assert_int_equal(op(f, 2)->options.arithmetic.activation, OCTET_ACTIVATION_RELU);
}

static void ones_in_front_are_left_to_broadcasting(void **state) {
    fixture *f = *state;
    f->graph->is_traced = true;
    const uint32_t x = input(f, DIMS(1, 4, 4, 2));
    const octet_options options = {.reduce = {.keep_dims = false}};
    const uint32_t means =
        emit(f, OCTET_OP_MEAN, &options, 2, (const uint32_t[]){x, integers(f, 2, (const int32_t[]){1, 2})});
    const uint32_t gate =
        binary(f, OCTET_OP_RESHAPE, unary(f, OCTET_OP_ABS, means), integers(f, 4, (const int32_t[]){1, 1, 1, 2}));
    run(f, binary(f, OCTET_OP_MUL, x, gate));
    expect_operators(f, "MEAN ABS MUL");
}

static void a_reduction_keeps_what_a_reshape_brings_back(void **state) {
    fixture *f = *state;
    f->graph->is_traced = true;
    const octet_options options = {.reduce = {.keep_dims = false}};
    const uint32_t axes = integers(f, 2, (const int32_t[]){1, 2});
    const uint32_t means = emit(f, OCTET_OP_MEAN, &options, 2, (const uint32_t[]){input(f, DIMS(1, 4, 4, 2)), axes});
    run(f, conv(f, binary(f, OCTET_OP_RESHAPE, means, integers(f, 4, (const int32_t[]){1, 1, 1, 2}))));
    expect_operators(f, "MEAN CONV_2D");
    assert_true(op(f, 0)->options.reduce.keep_dims);
}

static void equal_operators_are_computed_once(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, DIMS(1, 4)), y = unary(f, OCTET_OP_ABS, x);
    const uint32_t a = binary(f, OCTET_OP_ADD, x, y), b = binary(f, OCTET_OP_ADD, y, x); /* sums commute */
    const uint32_t c = binary(f, OCTET_OP_SUB, x, y), d = binary(f, OCTET_OP_SUB, y, x); /* differences do not */
    run(f, binary(f, OCTET_OP_MUL, binary(f, OCTET_OP_MUL, a, c), binary(f, OCTET_OP_MUL, b, d)));
    expect_operators(f, "ABS ADD SUB SUB MUL MUL MUL");
}

static void running_out_of_memory_leaks_nothing(void **state) {
    fixture *f = *state;
    octet_status status = OCTET_NOMEM;
    for (uint64_t n = 1; status != OCTET_OK; n++) {
        octet_graph_destroy(&f->ctx, f->graph);
        f->graph = NULL;
        octet_context_clear(&f->ctx);
        expect_ok(f, octet_graph_create(&f->ctx, "test", &f->graph));
        const uint32_t y =
            unary(f, OCTET_OP_RELU, batch_normalization(f, conv(f, pad(f, input(f, DIMS(1, 4, 4, 2)), 1, 1))));
        expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, y, "y"));
        f->ctx.fail_allocation = f->ctx.n_allocations + n;
        status = octet_passes_run(&f->ctx, f->graph);
        f->ctx.fail_allocation = 0;
        if (status != OCTET_OK) assert_int_equal(status, OCTET_NOMEM);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(batch_normalization_folds_into_convolution),
        CASE(batch_normalization_behind_an_activation_stays),
        CASE(batch_normalization_before_convolution_stays),
        CASE(one_factor_before_convolution_folds),
        CASE(one_summand_before_convolution_folds_without_padding),
        CASE(one_summand_before_convolution_stays_with_padding),
        CASE(a_square_of_a_difference_is_one_operator),
        CASE(hard_swish_is_found_in_both_orders),
        CASE(what_is_nearly_a_hard_swish_stays),
        CASE(a_row_before_dense_stays),
        CASE(a_factor_with_a_second_reader_stays),
        CASE(a_factor_per_pixel_stays),
        CASE(bias_behind_a_reshape_folds),
        CASE(only_the_first_activation_fuses),
        CASE(an_activation_of_a_shared_value_stays),
        CASE(an_activation_of_an_output_stays),
        CASE(activations_fuse_where_tensorflow_fuses_them),
        CASE(an_activation_fuses_through_a_reshape),
        CASE(padding_like_same_is_same),
        CASE(padding_after_with_stride_two_is_same),
        CASE(padding_on_both_sides_with_stride_two_stays),
        CASE(shape_arithmetic_becomes_one_reshape),
        CASE(transposes_cancel_or_become_reshapes),
        CASE(division_by_a_constant_is_a_multiplication),
        CASE(division_by_zero_stays),
        CASE(neutral_arithmetic_goes),
        CASE(dense_on_three_dimensions_keeps_them),
        CASE(batch_detour_is_a_dilation),
        CASE(half_precision_constants_are_widened),
        CASE(constants_are_rounded_to_a_trained_range),
        CASE(a_dense_layer_reads_one_pixel_with_a_fixed_batch),
        CASE(a_dense_layer_reads_a_flat_vector_with_an_open_batch),
        CASE(shapes_behind_a_dense_layer_go_before_it),
        CASE(arithmetic_goes_before_a_reshape),
        CASE(what_tensorflow_leaves_behind_a_reshape_stays),
        CASE(a_sum_of_two_reshapes_is_reshaped_once),
        CASE(ones_in_front_are_left_to_broadcasting),
        CASE(a_reduction_keeps_what_a_reshape_brings_back),
        CASE(equal_operators_are_computed_once),
        CASE(running_out_of_memory_leaks_nothing),
        CASE(a_quantized_graph_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
