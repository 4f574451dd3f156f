/* Targets: what each asks of a file, and the verdict on crafted operators. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "target/capabilities.h"
#include "target/check.h"
#include "target/fit.h"

static octet_context ctx;

static const octet_target *target_of(const char *name) {
    const octet_target *target;
    octet_context_init(&ctx);
    assert_int_equal(octet_target_find(&ctx, name, &target), OCTET_OK);
    return target;
}

static void targets_have_names(void **state) {
    (void)state;
    const octet_target *target;
    assert_string_equal(target_of(NULL)->name, "litert");
    assert_string_equal(target_of("cmsis-nn")->name, "cmsis-nn");
    assert_int_equal(octet_target_find(&ctx, "z80", &target), OCTET_USAGE);
    assert_non_null(strstr(ctx.message, "use litert, tflm, tflm-2023, cmsis-nn, edgetpu or c"));
}

static void targets_set_options(void **state) {
    (void)state;
    octet_quantize_options options = {.mode = OCTET_MODE_INT8};
    assert_int_equal(octet_target_apply(&ctx, target_of("tflm"), &options), OCTET_OK);
    assert_false(options.per_tensor_dense);
    assert_int_equal(octet_target_apply(&ctx, target_of("tflm-2023"), &options), OCTET_OK);
    assert_true(options.per_tensor_dense);
    options.mode = OCTET_MODE_INT16X8;
    assert_int_equal(octet_target_apply(&ctx, target_of("tflm"), &options), OCTET_OK);
    assert_int_equal(octet_target_apply(&ctx, target_of("edgetpu"), &options), OCTET_USAGE);
    options.mode = OCTET_MODE_DYNAMIC;
    assert_int_equal(octet_target_apply(&ctx, target_of("litert"), &options), OCTET_OK);
    assert_int_equal(octet_target_apply(&ctx, target_of("cmsis-nn"), &options), OCTET_USAGE);
}

static void litert_runs_everything(void **state) {
    (void)state;
    for (int i = 0; i < OCTET_N_OPERATORS; i++) {
        assert_true(octet_capabilities_in_int8(target_of("litert"), (octet_operator_code)i));
        assert_true(octet_capabilities_in_float(target_of("litert"), (octet_operator_code)i));
        assert_false(octet_capabilities_in_float(target_of("edgetpu"), (octet_operator_code)i));
        assert_non_null(octet_capabilities_remedy((octet_operator_code)i));
    }
}

/* One operator over inputs of these types; weights have n_scales scales. */
static octet_support_row verdict(const char *target, octet_operator_code code, octet_type type, uint32_t n_scales) {
    float scale[2] = {0.5f, 0.25f};
    int32_t zero_point[2] = {0, 0};
    octet_value values[3] = {{.type = type},
                             {.type = type, .quantization = {.n = n_scales, .scale = scale, .zero_point = zero_point}},
                             {.type = type}};
    uint32_t inputs[2] = {0, 1}, output = 2;
    octet_operator op = {.code = code, .n_inputs = 2, .inputs = inputs, .n_outputs = 1, .outputs = &output};
    const octet_graph graph = {.values = values, .n_values = 3, .operators = &op, .n_operators = 1};
    octet_arena arena = {0};
    const octet_support_row *rows;
    bool supported;
    const octet_target *found = target_of(target);
    const octet_judged judged = {found, &graph, NULL};
    assert_int_equal(octet_target_check(&ctx, &arena, &judged, &rows, &supported), OCTET_OK);
    const octet_support_row row = rows[0];
    assert_int_equal(supported, row.level != OCTET_SUPPORT_NONE);
    assert_int_equal(row.level == OCTET_SUPPORT_INT8, row.reason == NULL);
    octet_arena_free(&ctx, &arena);
    return row;
}

static void verdicts_follow_types_and_kernels(void **state) {
    (void)state;
    assert_int_equal(verdict("tflm", OCTET_OP_CONV_2D, OCTET_INT8, 1).level, OCTET_SUPPORT_INT8);
    assert_int_equal(verdict("tflm", OCTET_OP_COS, OCTET_FLOAT32, 0).level, OCTET_SUPPORT_FLOAT);
    assert_int_equal(verdict("edgetpu", OCTET_OP_COS, OCTET_FLOAT32, 0).level, OCTET_SUPPORT_NONE);
    assert_int_equal(verdict("edgetpu", OCTET_OP_ADD, OCTET_INT16, 1).level, OCTET_SUPPORT_NONE);
    assert_int_equal(verdict("tflm", OCTET_OP_ADD, OCTET_INT16, 1).level, OCTET_SUPPORT_INT8);
    assert_int_equal(verdict("litert", OCTET_OP_COS, OCTET_FLOAT32, 0).level, OCTET_SUPPORT_FLOAT);
    assert_int_equal(verdict("litert", OCTET_OP_GELU, OCTET_INT8, 1).level, OCTET_SUPPORT_INT8);
    assert_string_equal(verdict("tflm", OCTET_OP_GELU, OCTET_INT8, 1).remedy, "use swish or relu");
    assert_string_equal(verdict("tflm", OCTET_OP_ADD, OCTET_FLOAT32, 0).reason, "it is not quantized");
    assert_non_null(strstr(verdict("edgetpu", OCTET_OP_NEG, OCTET_FLOAT32, 0).remedy, "without --strict-tensorflow"));
    assert_int_equal(verdict("tflm", OCTET_OP_CAST, OCTET_INT32, 0).level, OCTET_SUPPORT_INT8);
    assert_int_equal(verdict("tflm", OCTET_OP_QUANTIZE, OCTET_FLOAT32, 0).level, OCTET_SUPPORT_INT8);
    assert_int_equal(verdict("tflm", OCTET_OP_SELECT_V2, OCTET_INT8, 1).level, OCTET_SUPPORT_INT8);
    assert_int_equal(verdict("tflm", OCTET_OP_SELECT_V2, OCTET_INT32, 0).level, OCTET_SUPPORT_NONE);
    assert_int_equal(verdict("litert", OCTET_OP_SELECT_V2, OCTET_INT32, 0).level, OCTET_SUPPORT_INT8);
}

static void verdicts_see_what_old_kernels_lack(void **state) {
    (void)state;
    assert_int_equal(verdict("tflm", OCTET_OP_FULLY_CONNECTED, OCTET_INT8, 2).level, OCTET_SUPPORT_INT8);
    assert_int_equal(verdict("tflm-2023", OCTET_OP_FULLY_CONNECTED, OCTET_INT8, 2).level, OCTET_SUPPORT_NONE);
    assert_int_equal(verdict("tflm-2023", OCTET_OP_FULLY_CONNECTED, OCTET_INT8, 1).level, OCTET_SUPPORT_INT8);
    assert_int_equal(verdict("tflm-2023", OCTET_OP_CONV_2D, OCTET_INT8, 2).level, OCTET_SUPPORT_INT8);
    assert_int_equal(verdict("tflm", OCTET_OP_ADD, OCTET_UINT8, 1).level, OCTET_SUPPORT_NONE);
    assert_int_equal(verdict("edgetpu", OCTET_OP_ADD, OCTET_UINT8, 1).level, OCTET_SUPPORT_INT8);
    assert_int_equal(verdict("tflm", OCTET_OP_DEQUANTIZE, OCTET_UINT8, 1).level, OCTET_SUPPORT_INT8);
}

static void short_slices_do_not_run_in_micro(void **state) {
    (void)state;
    octet_value values[3] = {{.type = OCTET_INT8, .shape = {3, {1, 5, 3}}},
                             {.type = OCTET_INT32, .shape = {1, {2}}},
                             {.type = OCTET_INT8, .shape = {3, {1, 5, 3}}}};
    uint32_t inputs[4] = {0, 1, 1, 1}, output = 2;
    octet_operator op = {
        .code = OCTET_OP_STRIDED_SLICE, .n_inputs = 4, .inputs = inputs, .n_outputs = 1, .outputs = &output};
    const octet_graph graph = {.values = values, .n_values = 3, .operators = &op, .n_operators = 1};
    for (int i = 0; i < 3; i++) {
        const octet_judged judged = {target_of(i < 2 ? "tflm" : "litert"), &graph, NULL};
        octet_arena arena = {0};
        const octet_support_row *rows;
        bool supported;
        values[1].shape.dims[0] = i == 1 ? 3 : 2;
        assert_int_equal(octet_target_check(&ctx, &arena, &judged, &rows, &supported), OCTET_OK);
        assert_int_equal(supported, i > 0);
        octet_arena_free(&ctx, &arena);
    }
}

static octet_operator_code fitted(const char *target, float scale, int32_t zero_point) {
    octet_value values[2] = {
        {.type = OCTET_INT8},
        {.type = OCTET_INT8, .quantization = {.n = 1, .scale = &scale, .zero_point = &zero_point}, .n_uses = 1}};
    uint32_t input = 0, output = 1;
    octet_operator op = {.code = OCTET_OP_RELU6, .n_inputs = 1, .inputs = &input, .n_outputs = 1, .outputs = &output};
    octet_graph graph = {.values = values, .n_values = 2, .operators = &op, .n_operators = 1};
    assert_int_equal(octet_target_fit(&ctx, target_of(target), &graph), OCTET_OK);
    return op.code;
}

static void relu6_becomes_relu_where_the_type_clamps(void **state) {
    (void)state;
    assert_int_equal(fitted("tflm", 6.0f / 255.0f, -128), OCTET_OP_RELU);
    assert_int_equal(fitted("tflm", 8.0f / 255.0f, -128), OCTET_OP_RELU6);
    assert_int_equal(fitted("litert", 6.0f / 255.0f, -128), OCTET_OP_RELU6);
    assert_int_equal(fitted("edgetpu", 6.0f / 255.0f, -128), OCTET_OP_RELU6);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(targets_have_names),
        cmocka_unit_test(targets_set_options),
        cmocka_unit_test(litert_runs_everything),
        cmocka_unit_test(verdicts_follow_types_and_kernels),
        cmocka_unit_test(verdicts_see_what_old_kernels_lack),
        cmocka_unit_test(short_slices_do_not_run_in_micro),
        cmocka_unit_test(relu6_becomes_relu_where_the_type_clamps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
