/* Rounding search of a small network: what it gains, what stays, and that the quantizer takes its integers. */
#include "recover/rounding.h"

#include "recover/bias.h"
#include "support/recovery.h"

/* Samples of one brightness each, with some noise: their elements vary together, as those of pictures do. */
static void build(recovery_fixture *f) {
    for (int i = 0; i < RECOVERY_SAMPLES * RECOVERY_INPUT; i++) {
        const float level = (float)(i / RECOVERY_INPUT * 7 % RECOVERY_SAMPLES) / RECOVERY_SAMPLES;
        f->samples[i] = 0.8f * level + 0.2f * f->samples[i];
    }
    recovery_build(f);
}

static int setup(void **state) { return recovery_prepare(state, build); }

/* The mean square error of all outputs with bias correction. */
static double error_of(recovery_fixture *f, const octet_graph *graph, const octet_statistics *statistics) {
    double shift, square;
    octet_recovered corrected = recovery_apply(f, octet_recover_bias, graph, statistics, 1);
    recovery_measure(f, corrected.graph, corrected.statistics, &shift, &square);
    recovery_give_back(f, &corrected);
    return square;
}

static void expect_less_error(recovery_fixture *f, double factor) {
    f->options.mode = OCTET_MODE_INT16X8; /* activations are exact beside weights */
    f->options.input_type = f->options.output_type = OCTET_INT16;
    octet_recovered rounded = recovery_apply(f, octet_recover_rounding, f->graph, f->statistics, 1);
    const double before = error_of(f, f->graph, f->statistics);
    const double after = error_of(f, rounded.graph, rounded.statistics);
    assert_int_equal(rounded.n_changed, 3);
    if (!(after < factor * before)) fail_msg("%g, was %g", after, before);
    recovery_give_back(f, &rounded);
}

static void errors_of_weights_cancel_each_other(void **state) {
    recovery_fixture *f = *state;
    expect_less_error(f, 0.2);
}

static void one_scale_for_all_weights_works_alike(void **state) {
    recovery_fixture *f = *state;
    f->options.per_tensor = true;
    expect_less_error(f, 0.4);
}

static const octet_value *weights_of(const octet_graph *graph, octet_operator_code code) {
    for (uint32_t k = 0; k < graph->n_operators; k++)
        if (graph->operators[k].code == code) return octet_graph_input(graph, &graph->operators[k], 1);
    return NULL;
}

/* The float graph computes what it did, and the quantizer rounds to what the step has chosen: its scales, and integers
 * of which some are not the nearest. */
static void expect_settled(recovery_fixture *f, octet_operator_code code) {
    octet_recovered rounded = recovery_apply(f, octet_recover_rounding, f->graph, f->statistics, 1);
    octet_graph *plain, *settled;
    int n_moved = 0;
    recovery_expect_ok(f, octet_quantize_graph(&f->ctx, f->graph, f->statistics, &f->options, &plain));
    recovery_expect_ok(f, octet_quantize_graph(&f->ctx, rounded.graph, rounded.statistics, &f->options, &settled));
    const octet_value *before = weights_of(plain, code), *after = weights_of(settled, code);
    const octet_value *real = weights_of(rounded.graph, code), *old = weights_of(f->graph, code);
    assert_memory_equal(real->data, old->data, octet_value_bytes(old));
    assert_true(octet_quantization_equal(&before->quantization, &after->quantization));
    assert_int_equal(real->trained.n, before->quantization.n);
    for (size_t i = 0; i < octet_shape_elements(&before->shape); i++) {
        const int apart = ((const int8_t *)after->data)[i] - ((const int8_t *)before->data)[i];
        n_moved += apart != 0;
    }
    assert_true(n_moved > 0);
    octet_graph_destroy(&f->ctx, plain);
    octet_graph_destroy(&f->ctx, settled);
    recovery_give_back(f, &rounded);
}

static void the_quantizer_takes_the_integers(void **state) {
    recovery_fixture *f = *state;
    expect_settled(f, OCTET_OP_CONV_2D);
    expect_settled(f, OCTET_OP_DEPTHWISE_CONV_2D);
    f->options.per_tensor_dense = true;
    expect_settled(f, OCTET_OP_FULLY_CONNECTED);
    f->options.per_tensor = true;
    expect_settled(f, OCTET_OP_CONV_2D);
}

static void what_is_settled_stays(void **state) {
    recovery_fixture *f = *state;
    octet_recovered once = recovery_apply(f, octet_recover_rounding, f->graph, f->statistics, 1);
    octet_recovered twice = recovery_apply(f, octet_recover_rounding, once.graph, once.statistics, 1);
    assert_int_equal(twice.n_changed, 0);
    recovery_give_back(f, &once);
    recovery_give_back(f, &twice);
}

static void threads_do_not_count(void **state) {
    recovery_fixture *f = *state;
    octet_recovered one = recovery_apply(f, octet_recover_rounding, f->graph, f->statistics, 1);
    octet_recovered three = recovery_apply(f, octet_recover_rounding, f->graph, f->statistics, 3);
    for (uint32_t v = 0; v < one.graph->n_values; v++) {
        const octet_trained_weights *a = &one.graph->values[v].trained, *b = &three.graph->values[v].trained;
        assert_int_equal(a->n, b->n);
        if (a->n > 0)
            assert_memory_equal(a->raw, b->raw, octet_shape_elements(&one.graph->values[v].shape) * sizeof *a->raw);
    }
    recovery_give_back(f, &one);
    recovery_give_back(f, &three);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(errors_of_weights_cancel_each_other, setup, recovery_teardown),
        cmocka_unit_test_setup_teardown(one_scale_for_all_weights_works_alike, setup, recovery_teardown),
        cmocka_unit_test_setup_teardown(the_quantizer_takes_the_integers, setup, recovery_teardown),
        cmocka_unit_test_setup_teardown(what_is_settled_stays, setup, recovery_teardown),
        cmocka_unit_test_setup_teardown(threads_do_not_count, setup, recovery_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
