/* Every row of rules.c against the kernel: one operator, quantized with ranges that give its operands and its result
 * different parameters wherever the rule lets them differ, computes what the float operator does. A kernel that copies
 * or compares integers and does not look at their scales is far off. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>

#include "exec/convert.h"
#include "exec/exec.h"
#include "quant/rules.h"
#include "support/every_operator.h"

enum { MAX_RESULTS = 8, MAX_ELEMENTS = 1024 };

typedef struct results {
    float numbers[MAX_RESULTS][MAX_ELEMENTS];
} results;

static octet_context ctx;

static void good(octet_status status, const char *what) {
    if (status != OCTET_OK) fail_msg("%s: %s: %s", what, octet_status_name(status), ctx.message);
}

static bool needs_positive(octet_operator_code code) {
    return code == OCTET_OP_LOG || code == OCTET_OP_SQRT || code == OCTET_OP_RSQRT;
}

/* Never near a multiple of 1/8, which the constants are. */
static float number(octet_operator_code code, size_t i) {
    const float x = 0.125f * (float)((int)(5 * i) % 17 - 6) + 0.06f;
    return needs_positive(code) ? fabsf(x) + 0.25f : x;
}

/* Inputs in the types of the graph; rounded: by input, what they are in real numbers. */
static void run(const octet_graph *graph, float inputs[6][MAX_ELEMENTS], results *out) {
    octet_exec *exec = NULL;
    octet_runner *runner = NULL;
    const char *name = graph->operators[graph->n_operators - 1].layer;
    good(octet_exec_create(&ctx, graph, NULL, &exec), name);
    good(octet_runner_create(&ctx, exec, 1, &runner), name);
    for (uint32_t i = 0; i < graph->n_inputs; i++) {
        const octet_value *value = &graph->values[graph->inputs[i].value];
        const size_t n = octet_shape_elements(&value->shape);
        void *tensor = octet_runner_value(runner, graph->inputs[i].value);
        octet_convert_from_real(value, OCTET_ROUND_NEAREST, inputs[i], n, tensor);
        octet_convert_to_real(value, tensor, n, inputs[i]);
    }
    octet_runner_run(runner, NULL);
    for (uint32_t i = 0; i < graph->n_outputs; i++) {
        const octet_value *value = &graph->values[graph->outputs[i].value];
        const size_t n = octet_shape_elements(&value->shape);
        assert_true(i < MAX_RESULTS && n <= MAX_ELEMENTS);
        octet_convert_to_real(value, octet_runner_value(runner, graph->outputs[i].value), n, out->numbers[i]);
    }
    octet_runner_destroy(&ctx, runner);
    octet_exec_destroy(&ctx, exec);
}

/* The range of n numbers, and beyond it by `below` and `above` times its width. */
static octet_observed_range around(const float *numbers, size_t n, float below, float above) {
    octet_observed_range range = octet_range_empty();
    octet_range_observe(&range, numbers, n);
    const float width = range.max - range.min + 0.1f;
    range.min -= below * width;
    range.max += above * width;
    return range;
}

static void set_ranges(const octet_graph *graph, float inputs[6][MAX_ELEMENTS], const results *seen,
                       octet_statistics **out) {
    octet_arena arena = {0};
    uint32_t *rows_of = NULL;
    good(octet_statistics_create_for(&ctx, graph, out), "statistics");
    good(octet_statistics_bind(&ctx, &arena, *out, graph, &rows_of), "statistics");
    for (uint32_t i = 0; i < graph->n_inputs + graph->n_outputs; i++) {
        const bool is_input = i < graph->n_inputs;
        const uint32_t v = is_input ? graph->inputs[i].value : graph->outputs[i - graph->n_inputs].value;
        if (rows_of[v] == OCTET_NONE) continue;
        const float *numbers = is_input ? inputs[i] : seen->numbers[i - graph->n_inputs];
        (*out)->rows[rows_of[v]].ranges[0] = around(numbers, octet_shape_elements(&graph->values[v].shape),
                                                    is_input ? 0.1f : 0.3f, is_input ? 0.0f : 0.9f);
    }
    octet_arena_free(&ctx, &arena);
}

/* Results with one scale too many or too few are wrong by half of their range. */
static void expect_near(const octet_graph *quantized, const results *got, const results *expected, const char *what) {
    for (uint32_t i = 0; i < quantized->n_outputs; i++) {
        const octet_value *value = &quantized->values[quantized->outputs[i].value];
        const size_t n = octet_shape_elements(&value->shape);
        const octet_observed_range range = around(expected->numbers[i], n, 0.0f, 0.0f);
        const float step = value->quantization.n == 1 ? value->quantization.scale[0] : 0.0f;
        const float most = value->quantization.n == 1 ? 2.0f * step + 0.04f * (range.max - range.min) : 0.0f;
        for (size_t e = 0; e < n; e++) {
            if (fabsf(got->numbers[i][e] - expected->numbers[i][e]) <= most) continue;
            fail_msg("%s: element %zu of result %u is %g, in float %g: the kernel does not follow its rule", what, e, i,
                     (double)got->numbers[i][e], (double)expected->numbers[i][e]);
        }
    }
}

/* FREE says that operands and results differ: here they do. */
static bool tries_both_sides(const octet_graph *quantized) {
    for (uint32_t k = 0; k < quantized->n_operators; k++) {
        const octet_operator *op = &quantized->operators[k];
        const octet_value *result = octet_graph_output(quantized, op, 0);
        for (uint32_t i = 0; i < op->n_inputs; i++) {
            const octet_value *operand = octet_graph_input(quantized, op, i);
            if (operand == NULL || octet_value_is_constant(operand) || operand->quantization.n != 1) continue;
            if (result->quantization.n != 1 || result->quantization.scale[0] != operand->quantization.scale[0])
                return true;
        }
    }
    return false;
}

static void follow_rule(uint32_t row, octet_mode mode) {
    static float inputs[6][MAX_ELEMENTS];
    static results seen, expected, got;
    octet_graph *graph = NULL, *quantized = NULL;
    octet_statistics *statistics = NULL;
    const octet_operator_code code = every_rows[row].code;
    char name[64];
    snprintf(name, sizeof name, "%s with %d bits", octet_operator_name(code), mode == OCTET_MODE_INT8 ? 8 : 16);
    const octet_type type = mode == OCTET_MODE_INT8 ? OCTET_INT8 : OCTET_INT16;
    const octet_quantize_options options = {.mode = mode, .input_type = type, .output_type = type};
    const octet_rule_class rule = octet_rules_class(code, &options);
    /* One computes with states and intermediates of its own, one is no operator of the quantized graph. */
    if (rule == OCTET_RULE_NONE || code == OCTET_OP_UNIDIRECTIONAL_SEQUENCE_LSTM || code == OCTET_OP_FAKE_QUANT) return;
    good(every_operator(&ctx, row, row + 1, &graph), name);
    for (size_t i = 0; i < graph->n_inputs; i++)
        for (size_t e = 0; e < MAX_ELEMENTS; e++) inputs[i][e] = number(code, e + i);
    run(graph, inputs, &seen);
    set_ranges(graph, inputs, &seen, &statistics);
    good(octet_quantize_graph(&ctx, graph, statistics, &options, &quantized), name);
    if (rule == OCTET_RULE_FREE && !tries_both_sides(quantized) && code != OCTET_OP_SHAPE)
        fail_msg("%s: operands and results have the same scale here", name);
    run(quantized, inputs, &got);
    run(graph, inputs, &expected);
    expect_near(quantized, &got, &expected, name);
    octet_statistics_free(&ctx, statistics);
    octet_graph_destroy(&ctx, quantized);
    octet_graph_destroy(&ctx, graph);
}

static void kernels_follow_their_rules(void **state) {
    (void)state;
    octet_context_init(&ctx);
    for (uint32_t row = 0; row < EVERY_N_ROWS; row++) {
        follow_rule(row, OCTET_MODE_INT8);
        follow_rule(row, OCTET_MODE_INT16X8);
    }
    assert_int_equal(ctx.memory_bytes, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(kernels_follow_their_rules)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
