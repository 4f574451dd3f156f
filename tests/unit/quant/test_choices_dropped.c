#include "support/graph_quantize.h"

/* SELU and its kin compute a formula of all x and take it for some. */

static uint32_t number(fixture *f, float x) { return constant(f, "number", 0, NULL, &x); }

/* x > 0 ? x : 2 (exp(x) - 1), with what the formula held. */
static uint32_t selu(fixture *f, uint32_t x, float largest, uint32_t *exponential) {
    const uint32_t operands[2] = {x, number(f, 0.0f)};
    uint32_t select[3];
    expect_ok(f,
              octet_graph_emit(&f->ctx, f->graph, OCTET_OP_GREATER, "GREATER", NULL, operands, 2, NULL, &select[0], 1));
    select[1] = unary(f, OCTET_OP_ABS, x, 0.0f, 100.0f);
    *exponential = unary(f, OCTET_OP_EXP, x, 0.0f, largest);
    select[2] = binary(f, OCTET_OP_SUB, *exponential, number(f, 1.0f), -1.0f, largest);
    select[2] = binary(f, OCTET_OP_MUL, select[2], number(f, 2.0f), -2.0f, largest);
    return emit(f, OCTET_OP_SELECT_V2, select, 3, -2.0f, 100.0f);
}

static void what_a_choice_drops_has_no_part_in_the_range(void **state) {
    fixture *f = *state;
    uint32_t exponential;
    quantize(f, selu(f, input(f, 4, -100.0f, 100.0f), INFINITY, &exponential));
    expect_operators(f, "GREATER ABS EXP SUB MUL SELECT_V2");
    expect_params(result(f, 2), 1.0f / 255.0f, -128);
    expect_params(result(f, 3), 1.0f / 255.0f, 127);
}

static void strict_counts_all_of_it(void **state) {
    fixture *f = *state;
    uint32_t exponential;
    f->options.strict_tensorflow = true;
    quantize(f, selu(f, input(f, 4, -100.0f, 100.0f), 1000.0f, &exponential));
    expect_params(operand(f, 3, 0), 1001.0f / 255.0f, -128);
}

static void another_reader_needs_all_of_it(void **state) {
    fixture *f = *state;
    uint32_t exponential;
    const uint32_t y = selu(f, input(f, 4, -100.0f, 100.0f), 1000.0f, &exponential);
    quantize(f, binary(f, OCTET_OP_MUL, y, exponential, 0.0f, 1000.0f));
    expect_params(operand(f, 3, 0), 1000.0f / 255.0f, -128);
}

static void infinity_elsewhere_is_named(void **state) {
    fixture *f = *state;
    uint32_t exponential;
    const uint32_t y = selu(f, input(f, 4, -100.0f, 100.0f), INFINITY, &exponential);
    expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, exponential, "e"));
    expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, y, "y"));
    make_statistics(f);
    assert_int_equal(octet_quantize_graph(&f->ctx, f->graph, f->statistics, &f->options, &f->quantized), OCTET_DATA);
    assert_non_null(strstr(f->ctx.message, "EXP/EXP reached infinity during calibration"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(what_a_choice_drops_has_no_part_in_the_range),
        CASE(strict_counts_all_of_it),
        CASE(another_reader_needs_all_of_it),
        CASE(infinity_elsewhere_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
