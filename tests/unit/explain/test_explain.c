/* Derivations of numbers: of every operator and of random graphs, in every mode, they arrive at what the run gave; of
 * small ones by hand, step by step. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "explain/explain.h"
#include "support/every_operator.h"
#include "support/golden.h"
#include "support/one_operator.h"
#include "support/random_graph.h"
#include "support/random_net.h"
#include "support/random_recurrent.h"

enum { N_GRAPHS = 24, N_NETS = 100, MOST_KERNELS = 256, ELEMENTS_OF_EACH = 5 };

/* Kernels that were met, and whether one of their numbers had a derivation. */
static struct {
    char name[48];
    bool is_derived;
} met[MOST_KERNELS];
static int n_met;

static void remember(const char *kernel, bool is_derived) {
    int i = 0;
    while (i < n_met && strcmp(met[i].name, kernel) != 0) i++;
    assert_true(i < MOST_KERNELS);
    if (i == n_met) snprintf(met[n_met++].name, sizeof met[0].name, "%s", kernel);
    met[i].is_derived = met[i].is_derived || is_derived;
}

/* ---- Every number of a graph ---- */

static void explain_value(const octet_explain_request *request) {
    const octet_value *value = &request->graph->values[request->value];
    const size_t n = octet_shape_elements(&value->shape), step = n / ELEMENTS_OF_EACH + 1;
    octet_explain_request one = *request;
    for (one.element = 0; one.element < n; one.element += step) {
        octet_arena arena = {0};
        octet_derivation d;
        golden_good(octet_explain_element(&golden_ctx, &arena, &one, &d), value->name);
        if (value->producer != OCTET_NONE) remember(d.kernel, d.reason == NULL);
        assert_true(d.reason != NULL || d.n_steps > 0);
        if (d.is_copy) assert_true(d.copied_element < octet_shape_elements(&one.graph->values[d.copied_value].shape));
        octet_arena_free(&golden_ctx, &arena);
    }
}

/* The fixed numbers of the golden tests, or as many as are needed. */
static void fill_input(const octet_value *value, octet_operator_code code, uint32_t index, void *data) {
    const size_t n = octet_shape_elements(&value->shape);
    octet_case_random random = {index + 1};
    if (n <= GOLDEN_ELEMENTS) {
        golden_fill(value, code, 100 * (size_t)index, data);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (value->type == OCTET_FLOAT32) ((float *)data)[i] = 0.01f * (float)case_range(&random, -700, 700);
        else ((uint8_t *)data)[i] = (uint8_t)case_u32(&random);
    }
}

static void explain_graph(const octet_graph *graph, octet_operator_code code, const octet_exec_options *options) {
    octet_exec *exec = NULL;
    octet_runner *runner = NULL;
    static const void *data[GOLDEN_VALUES];
    octet_exec_options own = *options;
    own.no_sharing = true;
    if (octet_exec_create(&golden_ctx, graph, &own, &exec) != OCTET_OK) return; /* some operands must be constants */
    golden_good(octet_runner_create(&golden_ctx, exec, 1, &runner), "runner");
    for (uint32_t i = 0; i < graph->n_inputs; i++)
        fill_input(&graph->values[graph->inputs[i].value], code, i, octet_runner_value(runner, graph->inputs[i].value));
    octet_runner_run(runner, NULL);
    assert_true(graph->n_values <= GOLDEN_VALUES);
    for (uint32_t v = 0; v < graph->n_values; v++) data[v] = octet_runner_value(runner, v);
    const octet_lower_options lower = {.numerics = options->numerics, .float_order = options->float_order};
    octet_explain_request request = {.graph = graph, .options = &lower, .data = data};
    for (request.value = 0; request.value < graph->n_values; request.value++)
        if (data[request.value] != NULL) explain_value(&request);
    octet_runner_destroy(&golden_ctx, runner);
    octet_exec_destroy(&golden_ctx, exec);
}

/* In every mode, as far as the mode has the graph's operators. */
static void explain_modes(const octet_graph *graph, octet_operator_code code) {
    static octet_observed_range ranges[GOLDEN_VALUES];
    const octet_exec_options options = {.reference_kernels = true, .no_sharing = true};
    assert_true(graph->n_values <= GOLDEN_VALUES);
    golden_run(graph, code, &options, ranges);
    octet_statistics *statistics = golden_statistics_of(graph, ranges);
    for (size_t mode = 0; mode < GOLDEN_N_MODES; mode++) {
        octet_graph *quantized = NULL;
        octet_context_init(&golden_ctx);
        if (golden_modes[mode].is_float) continue;
        if (octet_quantize_graph(&golden_ctx, graph, statistics, &golden_modes[mode].quantize, &quantized) == OCTET_OK)
            explain_graph(quantized, code, &golden_modes[mode].exec);
        octet_graph_destroy(&golden_ctx, quantized);
    }
    octet_context_init(&golden_ctx);
    octet_statistics_free(&golden_ctx, statistics);
}

static void test_every_number_arrives(void **state) {
    (void)state;
    static const char *const derived[] = {"conv_2d_s8",
                                          "conv_2d_s16",
                                          "depthwise_s8",
                                          "depthwise_s16",
                                          "fully_connected_s8",
                                          "fully_connected_s16",
                                          "transpose_conv_s8",
                                          "batch_matmul_s8",
                                          "arithmetic_quantized_s8",
                                          "arithmetic_quantized_s16",
                                          "arithmetic_s8",
                                          "prelu_s8",
                                          "max_pool_2d_s8",
                                          "average_pool_2d_s8",
                                          "average_pool_2d_s16",
                                          "mean_s8",
                                          "sum_s8",
                                          "reduce_max_s8",
                                          "softmax_s8",
                                          "softmax_s16",
                                          "quantize_f32_s8",
                                          "quantize_f32_s16",
                                          "requantize_s8_s8",
                                          "requantize_u8_s8",
                                          "requantize_s8_u8",
                                          "dequantize_s8",
                                          "dequantize_s16",
                                          "unary_s8",
                                          "unary_s16",
                                          "copies",
                                          "gather",
                                          "mirror_pad",
                                          "space_to_batch",
                                          "batch_to_space",
                                          "resize_nearest",
                                          "select",
                                          "compare_s8",
                                          "compare_u8",
                                          "logical_not",
                                          "cast",
                                          "log_softmax_s8",
                                          "l2_normalization_s8",
                                          "reduce_prod_s8",
                                          "reduce_any_u8",
                                          "arg_max_s8",
                                          "resize_bilinear_s8",
                                          "one_hot",
                                          "top_k_s8",
                                          "top_k_u8",
                                          "resize_bilinear_u8",
                                          "cumsum_s32",
                                          "scatter_s8",
                                          "compare_s32",
                                          "unary_s32",
                                          "reduce_max_s32",
                                          "update_slice",
                                          "range_s32",
                                          "broadcast_args",
                                          "bytes",
                                          "arithmetic_s32"};
    octet_context_init(&golden_ctx);
    for (uint32_t row = 0; row < EVERY_N_ROWS; row++) {
        octet_graph *graph = NULL;
        golden_good(every_operator(&golden_ctx, row, row + 1, &graph), octet_operator_name(every_rows[row].code));
        explain_modes(graph, every_rows[row].code);
        octet_graph_destroy(&golden_ctx, graph);
    }
    for (uint32_t seed = 0; seed < N_GRAPHS; seed++) {
        octet_graph *graph = random_build(&golden_ctx, seed);
        explain_modes(graph, OCTET_OP_ADD);
        octet_graph_destroy(&golden_ctx, graph);
    }
    const octet_exec_options integer = {.numerics = OCTET_NUMERICS_INTEGER};
    for (uint32_t seed = 1; seed <= N_NETS; seed++) { /* of int8 and uint8 from the beginning */
        octet_graph *graph = random_net_make_of(&golden_ctx, seed % 2 == 0 ? RANDOM_NET_ALL : RANDOM_NET_SELDOM, seed);
        explain_graph(graph, OCTET_OP_ADD, &integer);
        octet_graph_destroy(&golden_ctx, graph);
    }
    for (size_t i = 0; i < sizeof derived / sizeof *derived; i++) {
        bool is_derived = false;
        for (int k = 0; k < n_met; k++)
            is_derived = is_derived || (strcmp(met[k].name, derived[i]) == 0 && met[k].is_derived);
        if (!is_derived) fail_msg("no number of %s was derived", derived[i]);
    }
}

/* Networks with state, from its start. */
static void test_recurrent(void **state) {
    (void)state;
    const octet_exec_options options = {.reference_kernels = true, .no_sharing = true};
    octet_context_init(&golden_ctx);
    n_met = 0;
    for (uint32_t seed = 1; seed <= 16; seed++) {
        octet_graph *graph = random_recurrent_make(&golden_ctx, seed);
        golden_good(octet_graph_verify(&golden_ctx, graph, "test"), "recurrent");
        explain_graph(graph, OCTET_OP_ADD, &options);
        octet_graph_destroy(&golden_ctx, graph);
    }
    int n_derived = 0;
    for (int k = 0; k < n_met; k++)
        n_derived += met[k].is_derived && (strcmp(met[k].name, "lstm_s8") == 0 || strcmp(met[k].name, "svdf_s8") == 0);
    assert_int_equal(n_derived, 2);
    assert_int_equal(golden_ctx.memory_bytes, 0);
}

/* ---- By hand ---- */

static const octet_derivation_step *step_of(const octet_derivation *d, const char *name) {
    for (uint32_t i = 0; i < d->n_steps; i++)
        if (strcmp(d->steps[i].name, name) == 0) return &d->steps[i];
    fail_msg("there is no step %s", name);
    return NULL;
}

static void expect_step(const octet_derivation *d, const char *name, int64_t value) {
    const octet_derivation_step *step = step_of(d, name);
    assert_false(step->value.is_real);
    if (step->value.integer != value)
        fail_msg("%s is %lld, expected %lld", name, (long long)step->value.integer, (long long)value);
}

/* Runs an operator with one input and explains an element of its result. */
static octet_status explain_one(octet_operator_code code, const octet_options *options, const operand *operands,
                                uint32_t n, operand output, octet_numerics numerics, size_t element, int64_t spoil,
                                octet_arena *arena, octet_derivation *d) {
    octet_graph *graph = NULL;
    octet_exec *exec = NULL;
    octet_runner *runner = NULL;
    const void *data[16];
    const octet_exec_options exec_options = {.numerics = numerics, .no_sharing = true};
    const octet_lower_options lower = {.numerics = numerics};
    octet_context_init(&golden_ctx);
    golden_good(octet_graph_create(&golden_ctx, "test", &graph), "graph");
    golden_good(one_build(&golden_ctx, graph, code, options, operands, n, &output, 1), "graph");
    golden_good(octet_exec_create(&golden_ctx, graph, &exec_options, &exec), "exec");
    golden_good(octet_runner_create(&golden_ctx, exec, 1, &runner), "runner");
    memcpy(octet_runner_value(runner, graph->inputs[0].value), operands[0].data,
           octet_value_bytes(&graph->values[graph->inputs[0].value]));
    octet_runner_run(runner, NULL);
    for (uint32_t v = 0; v < graph->n_values; v++) data[v] = octet_runner_value(runner, v);
    const octet_explain_request request = {
        .graph = graph, .options = &lower, .data = data, .value = graph->outputs[0].value, .element = element};
    ((uint8_t *)octet_runner_value(runner, request.value))[element] += (uint8_t)spoil;
    const octet_status status = octet_explain_element(&golden_ctx, arena, &request, d);
    octet_runner_destroy(&golden_ctx, runner);
    octet_exec_destroy(&golden_ctx, exec);
    octet_graph_destroy(&golden_ctx, graph);
    return status;
}

#define CONSTANT_S8(shape_, scale_, zero_, ...) \
    ((operand){OCTET_INT8, shape_, (const int8_t[]){__VA_ARGS__}, true, scale_, zero_})

/* (10 + 3) * 7 + (-5 + 3) * -2 + 100 = 195; scales 0.5 * 0.25 / 1 = 1/8, 24.375; zero point 4. */
static void test_fully_connected(void **state) {
    (void)state;
    const octet_options options = {.fully_connected = {OCTET_ACTIVATION_NONE, false, false, 0}};
    const operand operands[3] = {S8(DIMS(1, 2), 0.5f, -3, 10, -5),
                                 CONSTANT_S8(DIMS(2, 2), 0.25f, 0, 1, 1, 7, -2),
                                 {OCTET_INT32, DIMS(2), (const int32_t[]){0, 100}, true, 0.125f, 0}};
    for (octet_numerics numerics = OCTET_NUMERICS_LITERT; numerics <= OCTET_NUMERICS_SINGLE; numerics++) {
        octet_arena arena = {0};
        octet_derivation d;
        golden_good(explain_one(OCTET_OP_FULLY_CONNECTED, &options, operands, 3, S8(DIMS(1, 2), 1.0f, 4, 0), numerics,
                                1, 0, &arena, &d),
                    "explain");
        assert_int_equal(d.n_terms, 2);
        assert_int_equal(d.terms[0].element[0], 0);
        assert_int_equal(d.terms[0].element[1], 2);
        assert_int_equal(d.terms[0].number[2], 91);
        assert_int_equal(d.terms[1].number[2], 4);
        expect_step(&d, "sum_of_products", 95);
        expect_step(&d, "bias", 100);
        expect_step(&d, "sum_of_codes", 80);
        expect_step(&d, "folded_bias", 115);
        expect_step(&d, "accumulator", 195);
        if (numerics == OCTET_NUMERICS_INTEGER) {
            expect_step(&d, "multiplier", 1 << 30);
            expect_step(&d, "shift", -2);
            expect_step(&d, "high_multiply", 98);  /* 97.5 */
            expect_step(&d, "rounding_shift", 25); /* 24.5: twice rounded up */
        } else {
            expect_step(&d, numerics == OCTET_NUMERICS_SINGLE ? "scaled" : "rounded", 24);
        }
        assert_int_equal(d.result.integer, numerics == OCTET_NUMERICS_INTEGER ? 29 : 28);
        assert_true(d.has_exact && d.exact > 24.374 && d.exact < 24.376);
        octet_arena_free(&golden_ctx, &arena);
    }
}

/* uint8 through int8: x 200 and 3, weights 131 and 125, all with zero point 128: 72 * 3 + -125 * -3 = 591. */
static void test_unsigned(void **state) {
    (void)state;
    const octet_options options = {.conv_2d = {OCTET_PADDING_VALID, OCTET_ACTIVATION_NONE, 1, 1, 1, 1, 0}};
    const uint8_t x[2] = {200, 3}, w[2] = {131, 125};
    const operand operands[3] = {{OCTET_UINT8, DIMS(1, 1, 1, 2), x, false, 0.5f, 128},
                                 {OCTET_UINT8, DIMS(1, 1, 1, 2), w, true, 0.25f, 128},
                                 I32(9)};
    const operand output = {OCTET_UINT8, DIMS(1, 1, 1, 1), x, false, 1.0f, 20};
    octet_arena arena = {0};
    octet_derivation d;
    golden_good(explain_one(OCTET_OP_CONV_2D, &options, operands, 3, output, OCTET_NUMERICS_LITERT, 0, 0, &arena, &d),
                "explain");
    assert_non_null(d.note);
    assert_int_equal(d.terms[0].number[0], 72);
    assert_int_equal(d.terms[0].number[1], 3);
    expect_step(&d, "accumulator", 600);
    expect_step(&d, "rounding_shift", 75);
    expect_step(&d, "clamped", -33);
    expect_step(&d, "turned_back", 95);
    octet_arena_free(&golden_ctx, &arena);
}

/* Rows of PAD: a copy, and what is filled in. */
static void test_pad(void **state) {
    (void)state;
    const octet_options options = {{0}};
    const operand operands[2] = {S8(DIMS(1, 2), 0.5f, -3, 10, -5),
                                 {OCTET_INT32, DIMS(2, 2), (const int32_t[]){0, 1, 1, 0}, true, 0, 0}};
    octet_arena arena = {0};
    octet_derivation d;
    golden_good(explain_one(OCTET_OP_PAD, &options, operands, 2, S8(DIMS(2, 3), 0.5f, -3, 0), OCTET_NUMERICS_LITERT, 2,
                            0, &arena, &d),
                "explain");
    assert_true(d.is_copy && d.copied_value == 0 && d.copied_element == 1);
    expect_step(&d, "copy", -5);
    golden_good(explain_one(OCTET_OP_PAD, &options, operands, 2, S8(DIMS(2, 3), 0.5f, -3, 0), OCTET_NUMERICS_LITERT, 3,
                            0, &arena, &d),
                "explain");
    assert_false(d.is_copy);
    expect_step(&d, "fill", -3);
    octet_arena_free(&golden_ctx, &arena);
}

/* (50 + 10) * 0.5 / ((-20 - 4) * 0.25) = 30 / -6 = -5; in steps of 0.125: -40. */
static void test_division(void **state) {
    (void)state;
    const octet_options options = {.arithmetic = {OCTET_ACTIVATION_NONE, false}};
    const operand operands[2] = {S8(DIMS(1, 1), 0.5f, -10, 50), CONSTANT_S8(DIMS(1, 1), 0.25f, 4, -20)};
    octet_arena arena = {0};
    octet_derivation d;
    golden_good(explain_one(OCTET_OP_DIV, &options, operands, 2, S8(DIMS(1, 1), 0.125f, 3, 0), OCTET_NUMERICS_INTEGER,
                            0, 0, &arena, &d),
                "explain");
    expect_step(&d, "a_centered", 60);
    expect_step(&d, "b_centered", -24);
    expect_step(&d, "a_turned", -60);
    expect_step(&d, "b_turned", 24);
    expect_step(&d, "rounding_shift", -40);
    expect_step(&d, "clamped", -37);
    assert_true(d.has_exact && d.exact > -5.001 && d.exact < -4.999);
    octet_arena_free(&golden_ctx, &arena);
}

/* 10 * 0.5 < 21 * 0.25: 5 < 5.25. */
static void test_comparison(void **state) {
    (void)state;
    const octet_options options = {{0}};
    const operand operands[2] = {S8(DIMS(1, 2), 0.5f, -3, 7, 8), CONSTANT_S8(DIMS(1, 2), 0.25f, 0, 21, 21)};
    const operand output = {OCTET_BOOL, DIMS(1, 2), "", false, 0, 0};
    for (size_t i = 0; i < 2; i++) {
        octet_arena arena = {0};
        octet_derivation d;
        golden_good(explain_one(OCTET_OP_LESS, &options, operands, 2, output, OCTET_NUMERICS_INTEGER, i, 0, &arena, &d),
                    "explain");
        expect_step(&d, "b_centered", 21);
        expect_step(&d, "compared", i == 0);
        octet_arena_free(&golden_ctx, &arena);
    }
}

/* uint8 tensors of two scales: (200 - 100) * 0.5 = 50, in steps of 0.25 from 10 on: 210. */
static void test_joined_bytes(void **state) {
    (void)state;
    const octet_options options = {.concatenation = {OCTET_ACTIVATION_NONE, 1}};
    const uint8_t x[2] = {200, 3}, w[1] = {7};
    const operand operands[2] = {{OCTET_UINT8, DIMS(1, 2), x, false, 0.5f, 100},
                                 {OCTET_UINT8, DIMS(1, 1), w, true, 0.25f, 10}};
    const operand output = {OCTET_UINT8, DIMS(1, 3), x, false, 0.25f, 10};
    static const int64_t codes[3] = {210, 0, 7};
    for (size_t i = 0; i < 3; i++) {
        octet_arena arena = {0};
        octet_derivation d;
        golden_good(explain_one(OCTET_OP_CONCATENATION, &options, operands, 2, output, OCTET_NUMERICS_INTEGER, i, 0,
                                &arena, &d),
                    "explain");
        expect_step(&d, "table", codes[i]);
        octet_arena_free(&golden_ctx, &arena);
    }
}

/* A run that gave something else than the derivation is a mistake in octet, and is called one. */
static void test_wrong_number(void **state) {
    (void)state;
    const octet_options options = {{0}};
    const operand input = S8(DIMS(1, 2), 0.5f, -3, 10, -5);
    octet_arena arena = {0};
    octet_derivation d;
    assert_int_equal(explain_one(OCTET_OP_LOGISTIC, &options, &input, 1, S8(DIMS(1, 2), 1.0f / 256, -128, 0),
                                 OCTET_NUMERICS_LITERT, 1, 1, &arena, &d),
                     OCTET_INTERNAL);
    assert_non_null(strstr(golden_ctx.message, "this is a mistake in octet"));
    octet_arena_free(&golden_ctx, &arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_number_arrives),
                                       cmocka_unit_test(test_fully_connected),
                                       cmocka_unit_test(test_unsigned),
                                       cmocka_unit_test(test_pad),
                                       cmocka_unit_test(test_division),
                                       cmocka_unit_test(test_comparison),
                                       cmocka_unit_test(test_joined_bytes),
                                       cmocka_unit_test(test_wrong_number),
                                       cmocka_unit_test(test_recurrent)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
