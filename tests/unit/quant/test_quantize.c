#include "support/graph_quantize.h"

#include "quant/sharing.h"

static void concat_gives_its_range_to_both_operands(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, 4, 0.0f, 1.0f);
    const uint32_t a = unary(f, OCTET_OP_ABS, x, 0.0f, 1.0f), b = unary(f, OCTET_OP_RELU, x, 0.0f, 2.0f);
    quantize(f, binary(f, OCTET_OP_CONCATENATION, a, b, 0.0f, 2.55f));
    expect_operators(f, "ABS RELU CONCATENATION");
    for (uint32_t k = 0; k < 3; k++) expect_params(result(f, k), 2.55f / 255.0f, -128);
    expect_params(operand(f, 0, 0), 1.0f / 255.0f, -128);
}

static void a_value_in_two_concats_is_requantized_for_one(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, 4, 0.0f, 1.0f);
    const uint32_t a = unary(f, OCTET_OP_ABS, x, 0.0f, 1.0f), b = unary(f, OCTET_OP_RELU, x, 0.0f, 2.0f);
    const uint32_t c = unary(f, OCTET_OP_EXP, x, 0.0f, 4.0f);
    const uint32_t ab = binary(f, OCTET_OP_CONCATENATION, a, b, 0.0f, 2.0f),
                   ac = binary(f, OCTET_OP_CONCATENATION, a, c, 0.0f, 4.0f);
    quantize(f, binary(f, OCTET_OP_ADD, ab, ac, 0.0f, 5.0f));
    expect_operators(f, "ABS RELU EXP QUANTIZE CONCATENATION CONCATENATION ADD");
    expect_params(result(f, 0), 4.0f / 255.0f, -128); /* the last operator decides first */
    expect_params(result(f, 3), 2.0f / 255.0f, -128);
    expect_params(result(f, 5), 4.0f / 255.0f, -128);
}

static void sigmoid_before_concat_is_requantized(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, 4, -3.0f, 3.0f);
    quantize(f, binary(f, OCTET_OP_CONCATENATION, unary(f, OCTET_OP_LOGISTIC, x, 0.1f, 0.9f), x, -3.0f, 3.0f));
    expect_operators(f, "LOGISTIC QUANTIZE CONCATENATION");
    expect_params(result(f, 0), 1.0f / 256.0f, -128);
    expect_params(result(f, 1), 6.0f / 255.0f, -1);
    expect_params(operand(f, 0, 0), 6.0f / 255.0f, -1);
}

/* The range that the sum gives to the sigmoid holds for a copy that is looked at before the sum. */
static void a_later_reader_of_an_operand_is_quantized_too(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, 4, -3.0f, 3.0f), y = unary(f, OCTET_OP_LOGISTIC, x, 0.1f, 0.9f);
    const uint32_t sum = binary(f, OCTET_OP_CONCATENATION, y, x, -3.0f, 3.0f);
    uint32_t inputs[2] = {y, 0}, copy;
    expect_ok(f, octet_graph_add_i32(&f->ctx, f->graph, "shape", (const int32_t[]){2, 2}, 2, &inputs[1]));
    copy = emit(f, OCTET_OP_RESHAPE, inputs, 2, 0.1f, 0.9f);
    expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, copy, "copy"));
    quantize(f, sum);
    expect_operators(f, "LOGISTIC QUANTIZE CONCATENATION RESHAPE");
    expect_params(result(f, 3), 6.0f / 255.0f, -1);
}

/* maximum(x, 0.3): the input of the model itself takes the range of the result. */
static void maximum_runs_its_range_back_to_the_input(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, 4, -3.0f, 3.0f);
    const float bound = 0.3f;
    quantize(f, binary(f, OCTET_OP_MAXIMUM, x, constant(f, "bound", 0, NULL, &bound), 0.3f, 3.0f));
    expect_operators(f, "MAXIMUM");
    expect_params(operand(f, 0, 0), 3.0f / 255.0f, -128);
    expect_params(operand(f, 0, 1), 3.0f / 255.0f, -128);
    assert_int_equal(((const int8_t *)operand(f, 0, 1)->data)[0], -102); /* round(25.5 - 128) */
}

static void reshape_and_pad_keep_what_they_are_given(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, 4, -1.0f, 1.0f);
    uint32_t shape, paddings;
    expect_ok(f, octet_graph_add_i32(&f->ctx, f->graph, "shape", (const int32_t[]){1, 2, 2}, 3, &shape));
    const uint32_t a = unary(f, OCTET_OP_ABS, x, 0.0f, 1.0f),
                   reshaped = binary(f, OCTET_OP_RESHAPE, a, shape, 0.0f, 9.0f);
    const octet_shape pairs = octet_shape_make(2, (const int32_t[]){3, 2});
    const int32_t amounts[6] = {0, 0, 1, 1, 0, 0};
    expect_ok(f, octet_graph_add_constant(&f->ctx, f->graph, "paddings", OCTET_INT32, &pairs, amounts, &paddings));
    quantize(f, binary(f, OCTET_OP_PAD, reshaped, paddings, 0.0f, 9.0f));
    expect_operators(f, "ABS RESHAPE PAD");
    for (uint32_t k = 0; k < 3; k++) expect_params(result(f, k), 1.0f / 255.0f, -128);
    assert_int_equal(operand(f, 2, 1)->type, OCTET_INT32);
}

static void softmax_is_fixed_whatever_was_seen(void **state) {
    fixture *f = *state;
    quantize(f, unary(f, OCTET_OP_SOFTMAX, input(f, 4, -1.0f, 1.0f), 0.2f, 0.3f));
    expect_params(result(f, 0), 1.0f / 256.0f, -128);
}

static void float_operators_are_wrapped_when_strict(void **state) {
    fixture *f = *state;
    f->options.strict_tensorflow = true;
    quantize(f, unary(f, OCTET_OP_ELU, input(f, 4, -1.0f, 1.0f), -0.6f, 1.0f));
    expect_operators(f, "DEQUANTIZE ELU QUANTIZE");
    expect_params(result(f, 2), 1.6f / 255.0f, -32);
}

static void integer_kernels_are_used_when_not_strict(void **state) {
    fixture *f = *state;
    const uint32_t elu = unary(f, OCTET_OP_ELU, input(f, 4, -1.0f, 1.0f), -0.6f, 1.0f);
    quantize(f, unary(f, OCTET_OP_NEG, unary(f, OCTET_OP_SQUARE, elu, 0.0f, 1.0f), -1.0f, 0.0f));
    expect_operators(f, "ELU MUL MUL");
    assert_ptr_equal(operand(f, 1, 0), operand(f, 1, 1));
    expect_params(operand(f, 2, 1), 1.0f / 255.0f, 127);
    assert_int_equal(((const int8_t *)operand(f, 2, 1)->data)[0], -128);
}

static uint32_t add_dense(fixture *f, uint32_t x, const float *weights, const float *bias, float min, float max) {
    const uint32_t kernel = constant(f, "kernel", 2, (const int32_t[]){2, 4}, weights);
    const uint32_t inputs[3] = {x, kernel, constant(f, "bias", 1, (const int32_t[]){2}, bias)};
    return emit(f, OCTET_OP_FULLY_CONNECTED, inputs, 3, min, max);
}

static const float WEIGHTS[8] = {0.5f, -1.0f, 0.25f, 1.27f, 0.0f, 0.1f, -2.54f, 0.3f};
static const float BIAS[2] = {0.5f, -0.25f};

static uint32_t compare(fixture *f, uint32_t x, float with) {
    uint32_t v;
    const uint32_t inputs[2] = {x, constant(f, "with", 0, NULL, &with)};
    expect_ok(f, octet_graph_emit(&f->ctx, f->graph, OCTET_OP_NOT_EQUAL, "NOT_EQUAL", NULL, inputs, 2, NULL, &v, 1));
    return v;
}

static void a_choice_covers_operands_that_are_read_elsewhere(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, 4, -1.0f, 3.0f), y = unary(f, OCTET_OP_ABS, x, 0.0f, 3.0f),
                   z = unary(f, OCTET_OP_RELU, x, 0.0f, 5.0f);
    const uint32_t inputs[3] = {compare(f, x, 0.5f), y, z};
    const uint32_t chosen = emit(f, OCTET_OP_SELECT_V2, inputs, 3, 0.0f, 1.0f);
    quantize(f, binary(f, OCTET_OP_ADD, chosen, y, 0.0f, 4.0f));
    expect_operators(f, "ABS RELU NOT_EQUAL SELECT_V2 ADD");
    for (uint32_t k = 0; k < 4; k++) {
        if (k != 2) expect_params(result(f, k), 3.0f / 255.0f, -128); /* of y; z is read here alone */
    }
    octet_graph_destroy(&f->ctx, f->quantized);
    f->options.strict_tensorflow = true;
    expect_ok(f, octet_quantize_graph(&f->ctx, f->graph, f->statistics, &f->options, &f->quantized));
    expect_params(result(f, 3), 1.0f / 255.0f, -128);
}

static void a_value_and_what_it_is_compared_with_are_rounded_alike(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, 4, -1.0f, 3.0f), y = unary(f, OCTET_OP_ABS, x, 0.0f, 3.0f);
    const uint32_t inputs[3] = {compare(f, x, -1.0f), y, y};
    quantize(f, emit(f, OCTET_OP_SELECT_V2, inputs, 3, 0.0f, 3.0f));
    expect_operators(f, "ABS NOT_EQUAL SELECT_V2");
    expect_params(operand(f, 1, 1), 4.0f / 255.0f, -64);
    assert_int_equal(((const int8_t *)operand(f, 1, 1)->data)[0], -128);
}

static void dense_has_a_scale_per_channel(void **state) {
    fixture *f = *state;
    quantize(f, add_dense(f, input(f, 4, 0.0f, 1.0f), WEIGHTS, BIAS, -2.0f, 2.0f));
    const octet_value *weights = operand(f, 0, 1), *bias = operand(f, 0, 2);
    assert_int_equal(weights->quantization.n, 2);
    assert_int_equal(weights->quantization.axis, 0);
    assert_true(weights->quantization.scale[0] == 2.54f / 254.0f);
    assert_int_equal(((const int8_t *)weights->data)[1], -100);
    assert_int_equal(((const int8_t *)weights->data)[6], -127);
    assert_int_equal(bias->type, OCTET_INT32);
    assert_int_equal(((const int32_t *)bias->data)[0], 12750); /* 0.5 / (1/255 * 0.01) */
    assert_int_equal(bias->quantization.zero_point[1], 0);
}

static void dense_has_one_scale_on_request(void **state) {
    fixture *f = *state;
    f->options.per_tensor_dense = true;
    quantize(f, add_dense(f, input(f, 4, 0.0f, 1.0f), WEIGHTS, BIAS, -2.0f, 2.0f));
    assert_int_equal(operand(f, 0, 1)->quantization.n, 1);
    assert_int_equal(operand(f, 0, 2)->quantization.n, 1);
    assert_int_equal(((const int8_t *)operand(f, 0, 1)->data)[6], -127);
}

static void a_bias_too_large_widens_the_weights(void **state) {
    fixture *f = *state;
    const float bias[2] = {1e6f, 0.0f};
    quantize(f, add_dense(f, input(f, 4, 0.0f, 1.0f), WEIGHTS, bias, -2.0f, 1e6f));
    assert_int_equal(((const int32_t *)operand(f, 0, 2)->data)[0], 1073741824);
    const double wider = 1e6 / 1073741823.0 / (double)(1.0f / 255.0f);
    assert_true(operand(f, 0, 1)->quantization.scale[0] == (float)wider);
    assert_int_equal(((const int8_t *)operand(f, 0, 1)->data)[3], (int)round(1.27 / wider));
}

static void inputs_and_outputs_take_the_types_asked_for(void **state) {
    fixture *f = *state;
    f->options.input_type = OCTET_UINT8;
    f->options.output_type = OCTET_FLOAT32;
    quantize(f, unary(f, OCTET_OP_ABS, input(f, 4, -1.0f, 1.0f), 0.0f, 1.0f));
    expect_operators(f, "QUANTIZE ABS DEQUANTIZE");
    const octet_value *in = &f->quantized->values[f->quantized->inputs[0].value];
    assert_int_equal(in->type, OCTET_UINT8);
    expect_params(in, 2.0f / 255.0f, 127);
    expect_params(operand(f, 1, 0), 2.0f / 255.0f, -1);
    assert_int_equal(f->quantized->values[f->quantized->outputs[0].value].type, OCTET_FLOAT32);
    assert_string_equal(f->quantized->outputs[0].name, "y");
}

static void int16_has_wide_biases(void **state) {
    fixture *f = *state;
    f->options =
        (octet_quantize_options){.mode = OCTET_MODE_INT16X8, .input_type = OCTET_INT16, .output_type = OCTET_INT16};
    quantize(f, add_dense(f, input(f, 4, -1.0f, 0.5f), WEIGHTS, BIAS, -2.0f, 2.0f));
    expect_params(operand(f, 0, 0), 1.0f / 32767.0f, 0);
    assert_int_equal(operand(f, 0, 1)->type, OCTET_INT8);
    assert_int_equal(operand(f, 0, 2)->type, OCTET_INT64);
    assert_int_equal(f->quantized->operators[0].options.fully_connected.quantized_bias_type, OCTET_INT64);
}

static void float16_halves_every_constant(void **state) {
    fixture *f = *state;
    f->options = (octet_quantize_options){.mode = OCTET_MODE_FLOAT16};
    quantize(f, add_dense(f, input(f, 4, -1.0f, 0.5f), WEIGHTS, BIAS, -2.0f, 2.0f));
    expect_operators(f, "DEQUANTIZE DEQUANTIZE FULLY_CONNECTED");
    assert_int_equal(operand(f, 0, 0)->type, OCTET_FLOAT16);
    assert_int_equal(((const uint16_t *)operand(f, 0, 0)->data)[0], 0x3800);
}

static void dynamic_leaves_small_weights(void **state) {
    fixture *f = *state;
    f->options = (octet_quantize_options){.mode = OCTET_MODE_DYNAMIC};
    static float weights[1024];
    for (int i = 0; i < 1024; i++) weights[i] = (float)(i - 512) / 512.0f;
    const uint32_t small = add_dense(f, input(f, 4, -1.0f, 0.5f), WEIGHTS, BIAS, -2.0f, 2.0f);
    const uint32_t inputs[3] = {small, constant(f, "large", 2, (const int32_t[]){512, 2}, weights), OCTET_NONE};
    quantize(f, emit(f, OCTET_OP_FULLY_CONNECTED, inputs, 3, -1.0f, 1.0f));
    expect_operators(f, "FULLY_CONNECTED FULLY_CONNECTED");
    assert_int_equal(operand(f, 0, 1)->type, OCTET_FLOAT32);
    assert_int_equal(operand(f, 1, 1)->type, OCTET_INT8);
    assert_int_equal(operand(f, 1, 1)->quantization.n, 512);
    assert_false(f->quantized->operators[0].options.fully_connected.asymmetric_quantize_inputs);
    assert_true(f->quantized->operators[1].options.fully_connected.asymmetric_quantize_inputs);
}

static void expect_failure(fixture *f, uint32_t output, octet_status status, const char *part) {
    expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, output, "y"));
    make_statistics(f);
    assert_int_equal(octet_quantize_graph(&f->ctx, f->graph, f->statistics, &f->options, &f->quantized), status);
    if (strstr(f->ctx.message, part) == NULL) fail_msg("\"%s\" does not say \"%s\"", f->ctx.message, part);
    assert_null(f->quantized);
}

static void nan_weights_are_named(void **state) {
    fixture *f = *state;
    float weights[8];
    memcpy(weights, WEIGHTS, sizeof weights);
    weights[5] = NAN;
    expect_failure(f, add_dense(f, input(f, 4, 0.0f, 1.0f), weights, BIAS, -2.0f, 2.0f), OCTET_MODEL,
                   "FULLY_CONNECTED: element 5 of kernel is NaN");
}

static void infinite_biases_are_named(void **state) {
    fixture *f = *state;
    const float bias[2] = {0.0f, -INFINITY};
    expect_failure(f, add_dense(f, input(f, 4, 0.0f, 1.0f), WEIGHTS, bias, -2.0f, 2.0f), OCTET_MODEL,
                   "element 1 of bias is infinite");
}

static void a_missing_range_is_named(void **state) {
    fixture *f = *state;
    const uint32_t y = unary(f, OCTET_OP_ABS, input(f, 4, 0.0f, 1.0f), 0.0f, 1.0f);
    forget_range(f, y);
    expect_failure(f, y, OCTET_MODEL, "ABS: ABS/ABS has no calibrated range");
}

static void a_range_too_wide_is_refused(void **state) {
    fixture *f = *state;
    expect_failure(f, unary(f, OCTET_OP_ABS, input(f, 4, -3e38f, 3e38f), 0.0f, 1.0f), OCTET_MODEL, "too wide");
}

static void a_quantized_graph_is_refused(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, 4, 0.0f, 1.0f);
    const float scale = 1.0f;
    const int32_t zero = 0;
    f->graph->values[x].type = OCTET_INT8;
    expect_ok(f, octet_value_set_quantization(&f->ctx, f->graph, x, 1, 0, &scale, &zero));
    expect_failure(f, x, OCTET_MODEL, "quantized");
}

/* Whichever allocation fails, the answer is NOMEM and everything is given back. */
static void running_out_of_memory_leaks_nothing(void **state) {
    fixture *f = *state;
    const uint32_t y =
        unary(f, OCTET_OP_SOFTMAX, add_dense(f, input(f, 4, 0.0f, 1.0f), WEIGHTS, BIAS, -2.0f, 2.0f), 0.0f, 1.0f);
    expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, y, "y"));
    make_statistics(f);
    const size_t before = f->ctx.memory_bytes;
    for (uint32_t mode = 0; mode < 5; mode++) {
        f->options = (octet_quantize_options){.mode = (octet_mode)mode};
        octet_status status = OCTET_NOMEM;
        for (uint64_t n = 1; status != OCTET_OK; n++) {
            octet_context_clear(&f->ctx);
            f->ctx.fail_allocation = f->ctx.n_allocations + n;
            status = octet_quantize_graph(&f->ctx, f->graph, f->statistics, &f->options, &f->quantized);
            if (status == OCTET_OK) break;
            assert_int_equal(status, OCTET_NOMEM);
            assert_int_equal(f->ctx.memory_bytes, before);
        }
        f->ctx.fail_allocation = 0;
        octet_graph_destroy(&f->ctx, f->quantized);
        f->quantized = NULL;
    }
}

static void widened_ranges(fixture *f, octet_range ranges[8]) {
    octet_arena scratch = {0};
    octet_known_range *known;
    assert_true(f->graph->n_values <= 8);
    make_statistics(f);
    expect_ok(f, octet_ranges_find(&f->ctx, &scratch, f->graph, f->statistics, true, &known));
    for (uint32_t v = 0; v < f->graph->n_values; v++) ranges[v] = known[v].range;
    expect_ok(f, octet_sharing_widen(&f->ctx, &scratch, f->graph, known, true, ranges));
    octet_arena_free(&f->ctx, &scratch);
}

/* ADD runs in place: TensorFlow's second look at its operand sees the sum. */
static void ranges_of_overwritten_operands_hold_the_result(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, 4, -1.0f, 1.0f), a = unary(f, OCTET_OP_EXP, x, 0.5f, 2.0f);
    const float one = 1.0f;
    const uint32_t sum = binary(f, OCTET_OP_ADD, a, constant(f, "one", 0, NULL, &one), 1.5f, 3.0f);
    const uint32_t y = unary(f, OCTET_OP_LOG, sum, 0.4f, 1.1f);
    expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, y, "y"));
    octet_range ranges[8];
    widened_ranges(f, ranges);
    assert_true(ranges[a].min == 0.5f && ranges[a].max == 3.0f);
    assert_true(ranges[sum].max == 3.0f);
    assert_true(ranges[x].max == 1.0f);
}

/* Not where the operand has a second reader, where the result is an output of the model, or where shapes differ. */
static void ranges_of_kept_operands_stay(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, 4, -1.0f, 1.0f), a = unary(f, OCTET_OP_EXP, x, 0.5f, 2.0f);
    const uint32_t sum = binary(f, OCTET_OP_ADD, a, a, 1.0f, 4.0f);
    const uint32_t b = unary(f, OCTET_OP_LOG, sum, 0.0f, 1.4f);
    const uint32_t y = binary(f, OCTET_OP_MUL, b, x, -9.0f, 9.0f);
    expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, y, "y"));
    octet_range ranges[8];
    widened_ranges(f, ranges);
    assert_true(ranges[a].max == 2.0f);
    assert_true(ranges[b].max == 1.4f);
}

static void nan_in_the_statistics_is_named(void **state) {
    fixture *f = *state;
    const uint32_t y = unary(f, OCTET_OP_ABS, input(f, 4, 0.0f, 1.0f), 0.0f, 1.0f);
    f->ranges[y].saw_nan = true;
    expect_failure(f, y, OCTET_DATA,
                   "ABS: ABS/ABS held NaN during calibration; look at the samples and their preprocessing");
}

static void infinity_in_the_statistics_is_named(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, 4, 0.0f, INFINITY);
    expect_failure(f, unary(f, OCTET_OP_ABS, x, 0.0f, 1.0f), OCTET_DATA, "model input: x reached infinity");
}

static void statistics_of_another_model_are_refused(void **state) {
    fixture *f = *state;
    const uint32_t y = unary(f, OCTET_OP_ABS, input(f, 4, 0.0f, 1.0f), 0.0f, 1.0f);
    expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, y, "y"));
    make_statistics(f);
    f->graph->operators[0].code = OCTET_OP_RELU;
    assert_int_equal(octet_quantize_graph(&f->ctx, f->graph, f->statistics, &f->options, &f->quantized), OCTET_DATA);
    assert_string_equal(f->ctx.message,
                        "test: the statistics were gathered with another model; gather them with this one");
}

/* Where nothing was observed, what the file of the model states holds. */
/* A model without operators stays; the file states what each of its values held. */
static void without_operators_every_range_is_stated(void **state) {
    fixture *f = *state;
    const uint32_t x[2] = {input(f, 4, -1.0f, 2.0f), input(f, 4, -3.0f, 4.0f)};
    for (int i = 0; i < 2; i++) expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, x[i], "y"));
    make_statistics(f);
    expect_ok(f, octet_quantize_graph(&f->ctx, f->graph, f->statistics, &f->options, &f->quantized));
    for (int i = 0; i < 2; i++) {
        const float *stated = f->quantized->values[x[i]].quantization.stated;
        assert_non_null(stated);
        assert_true(stated[0] == f->ranges[x[i]].min && stated[1] == f->ranges[x[i]].max);
    }
}

static void stated_ranges_stand_in_for_observed_ones(void **state) {
    fixture *f = *state;
    static const float stated[2] = {-1.0f, 1.0f};
    const uint32_t x = input(f, 4, 0.0f, 0.0f), y = unary(f, OCTET_OP_ABS, x, 0.0f, 2.55f);
    f->graph->values[x].quantization.stated = f->graph->values[y].quantization.stated = stated;
    forget_range(f, x);
    quantize(f, y);
    expect_params(operand(f, 0, 0), 2.0f / 255.0f, -1);
    expect_params(result(f, 0), 2.55f / 255.0f, -128);
}

/* The variance of one feature: LiteRT takes a multiplier (2 * 0.0157)^2 / (2^14
 * s) below 1 only, and 2 * 0.0157 / (2^20 s). */
static void a_difference_that_is_always_zero_has_a_scale_that_runs(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, 1, -2.0f, 2.0f), mean = unary(f, OCTET_OP_EXP, x, -2.0f, 2.0f);
    const uint32_t square = binary(f, OCTET_OP_SQUARED_DIFFERENCE, x, mean, 0.0f, 1.17549435e-38f);
    const uint32_t difference = binary(f, OCTET_OP_SUB, x, mean, 0.0f, 1.17549435e-38f);
    quantize(f, binary(f, OCTET_OP_MUL, square, difference, -1.0f, 1.0f));
    expect_operators(f, "EXP SQUARED_DIFFERENCE QUANTIZE SUB QUANTIZE MUL");
    const float twice = 2.0f * (4.0f / 255.0f);
    expect_params(result(f, 1), 2.0f * twice * twice / 16384.0f, 0);
    expect_params(result(f, 3), 2.0f * twice / 1048576.0f, 0);
    expect_params(operand(f, 5, 0), 2e-6f / 255.0f, 0);
    expect_params(operand(f, 5, 1), 2e-6f / 255.0f, 0);
}

/* 255 << 22 is the most that fits in 31 bits. */
static void scales_far_apart_are_led_back_in_two_steps(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, 1, -1e4f, 1e4f), mean = unary(f, OCTET_OP_ABS, x, -1e4f, 1e4f);
    const uint32_t square = binary(f, OCTET_OP_SQUARED_DIFFERENCE, x, mean, 0.0f, 1.17549435e-38f);
    quantize(f, unary(f, OCTET_OP_EXP, square, 0.0f, 1.0f));
    expect_operators(f, "ABS SQUARED_DIFFERENCE QUANTIZE QUANTIZE EXP");
    const float twice = 2.0f * (2e4f / 255.0f), coarse = 2.0f * twice * twice / 16384.0f;
    expect_params(result(f, 1), coarse, 0);
    expect_params(result(f, 2), coarse / 4194304.0f, 0);
    expect_params(result(f, 3), 2e-6f / 255.0f, 0);
}

/* 16 bits: operands of a concatenation keep their parameters, also behind operators that only move them. */
static void operands_of_a_concat_of_16_bits_keep_theirs(void **state) {
    fixture *f = *state;
    f->options =
        (octet_quantize_options){.mode = OCTET_MODE_INT16X8, .input_type = OCTET_INT16, .output_type = OCTET_INT16};
    const uint32_t x = input(f, 4, -1.0f, 1.0f), a = unary(f, OCTET_OP_ABS, x, 0.0f, 1.0f),
                   b = unary(f, OCTET_OP_RELU, x, 0.0f, 2.0f);
    quantize(f, binary(f, OCTET_OP_CONCATENATION, a, b, 0.0f, 2.0f));
    expect_operators(f, "ABS RELU QUANTIZE CONCATENATION");
    expect_params(result(f, 0), 1.0f / 32767.0f, 0);
    expect_params(result(f, 2), 2.0f / 32767.0f, 0);
    expect_params(result(f, 3), 2.0f / 32767.0f, 0);
}

static void a_difference_that_runs_stays(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, 1, -2.0f, 2.0f), mean = unary(f, OCTET_OP_EXP, x, -2.0f, 2.0f);
    quantize(f, binary(f, OCTET_OP_SQUARED_DIFFERENCE, x, mean, 0.0f, 0.01f));
    expect_operators(f, "EXP SQUARED_DIFFERENCE");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(concat_gives_its_range_to_both_operands),
        CASE(a_value_in_two_concats_is_requantized_for_one),
        CASE(sigmoid_before_concat_is_requantized),
        CASE(a_later_reader_of_an_operand_is_quantized_too),
        CASE(maximum_runs_its_range_back_to_the_input),
        CASE(reshape_and_pad_keep_what_they_are_given),
        CASE(softmax_is_fixed_whatever_was_seen),
        CASE(float_operators_are_wrapped_when_strict),
        CASE(integer_kernels_are_used_when_not_strict),
        CASE(a_choice_covers_operands_that_are_read_elsewhere),
        CASE(a_value_and_what_it_is_compared_with_are_rounded_alike),
        CASE(dense_has_a_scale_per_channel),
        CASE(dense_has_one_scale_on_request),
        CASE(a_bias_too_large_widens_the_weights),
        CASE(inputs_and_outputs_take_the_types_asked_for),
        CASE(int16_has_wide_biases),
        CASE(float16_halves_every_constant),
        CASE(dynamic_leaves_small_weights),
        CASE(nan_weights_are_named),
        CASE(infinite_biases_are_named),
        CASE(a_missing_range_is_named),
        CASE(a_range_too_wide_is_refused),
        CASE(a_quantized_graph_is_refused),
        CASE(running_out_of_memory_leaks_nothing),
        CASE(ranges_of_overwritten_operands_hold_the_result),
        CASE(ranges_of_kept_operands_stay),
        CASE(nan_in_the_statistics_is_named),
        CASE(infinity_in_the_statistics_is_named),
        CASE(statistics_of_another_model_are_refused),
        CASE(without_operators_every_range_is_stated),
        CASE(stated_ranges_stand_in_for_observed_ones),
        CASE(a_difference_that_is_always_zero_has_a_scale_that_runs),
        CASE(scales_far_apart_are_led_back_in_two_steps),
        CASE(a_difference_that_runs_stays),
        CASE(operands_of_a_concat_of_16_bits_keep_theirs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
