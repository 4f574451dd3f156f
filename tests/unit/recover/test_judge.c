/* Signal to noise of logits, against the same sums over the outputs of a network without softmax. */
#include "recover/judge.h"

#include "support/recovery.h"

/* A dense layer; on request a softmax and a reshape behind it. */
static void build(recovery_fixture *f, bool has_softmax) {
    octet_options o = {0};
    uint32_t x, y, shape;
    recovery_expect_ok(f, octet_graph_create(&f->ctx, "test", &f->graph));
    recovery_expect_ok(f,
                       octet_graph_add_value(&f->ctx, f->graph, "x", OCTET_FLOAT32, &(octet_shape){2, {1, 192}}, &x));
    recovery_expect_ok(f, octet_graph_add_input(&f->ctx, f->graph, x, "x"));
    const uint32_t w = recovery_constant(f, "w", (octet_shape){2, {RECOVERY_OUTPUT, 192}}, 0.5f, 1);
    y = recovery_emit(f, OCTET_OP_FULLY_CONNECTED, (uint32_t[]){x, w, OCTET_NONE}, 3, &o);
    if (has_softmax) {
        o.softmax.beta = 1.0f;
        y = recovery_emit(f, OCTET_OP_SOFTMAX, &y, 1, &o);
        recovery_expect_ok(f, octet_graph_add_i32(&f->ctx, f->graph, "shape", (int32_t[]){RECOVERY_OUTPUT}, 1, &shape));
        y = recovery_emit(f, OCTET_OP_RESHAPE, (uint32_t[]){y, shape}, 2, NULL);
    }
    recovery_expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, y, "y"));
}

static void build_logits(recovery_fixture *f) { build(f, false); }
static void build_softmax(recovery_fixture *f) { build(f, true); }
static int setup_logits(void **state) { return recovery_prepare(state, build_logits); }
static int setup_softmax(void **state) { return recovery_prepare(state, build_softmax); }

static double judge(recovery_fixture *f, size_t first, size_t n, bool is_centred) {
    const float *inputs[1];
    const octet_recover_source source = recovery_source(f, inputs);
    octet_judge *made;
    double db;
    recovery_expect_ok(f, octet_judge_create(&f->ctx, &source, &made));
    recovery_expect_ok(f, (is_centred ? octet_judge_measure_centred
                                      : octet_judge_measure)(&f->ctx, made, f->graph, f->statistics, first, n, &db));
    octet_judge_destroy(&f->ctx, made);
    return db;
}

/* The same from outputs. */
static double expected(recovery_fixture *f, int first, int n, bool is_centred, bool centres_rows) {
    static float real[RECOVERY_SAMPLES * RECOVERY_OUTPUT], got[RECOVERY_SAMPLES * RECOVERY_OUTPUT];
    double signal = 0.0, noise = 0.0, sums[RECOVERY_OUTPUT] = {0};
    octet_graph *q;
    recovery_expect_ok(f, octet_quantize_graph(&f->ctx, f->graph, f->statistics, &f->options, &q));
    recovery_run(f, f->graph, real);
    recovery_run(f, q, got);
    octet_graph_destroy(&f->ctx, q);
    for (int i = first * RECOVERY_OUTPUT; i < (first + n) * RECOVERY_OUTPUT; i += RECOVERY_OUTPUT) {
        double mean = 0.0, mean_error = 0.0;
        for (int c = i; centres_rows && c < i + RECOVERY_OUTPUT; c++) {
            mean += (double)real[c] / RECOVERY_OUTPUT;
            mean_error += (double)(got[c] - real[c]) / RECOVERY_OUTPUT;
        }
        for (int c = i; c < i + RECOVERY_OUTPUT; c++) {
            const double x = (double)real[c] - mean, error = (double)(got[c] - real[c]) - mean_error;
            signal += x * x;
            noise += error * error;
            sums[c - i] += error;
        }
    }
    for (int c = 0; is_centred && c < RECOVERY_OUTPUT; c++) noise -= sums[c] * sums[c] / n;
    return 10.0 * log10(signal / noise);
}

static void logits_are_the_outputs_of_a_network_without_softmax(void **state) {
    recovery_fixture *f = *state;
    assert_float_equal(judge(f, 0, RECOVERY_SAMPLES, false), expected(f, 0, RECOVERY_SAMPLES, false, false), 1e-4);
    assert_float_equal(judge(f, 5, 7, false), expected(f, 5, 7, false, false), 1e-4);
    assert_float_equal(judge(f, 5, 7, true), expected(f, 5, 7, true, false), 1e-4);
}

/* Outputs of 1/256 hide what the logits tell; a softmax does not see the mean of its row. */
static void logits_are_what_a_softmax_reads(void **state) {
    recovery_fixture *f = *state;
    const double hidden = expected(f, 0, RECOVERY_SAMPLES, false, false);
    const double seen = judge(f, 0, RECOVERY_SAMPLES, false);
    octet_graph_destroy(&f->ctx, f->graph);
    octet_statistics_free(&f->ctx, f->statistics);
    build_logits(f);
    recovery_calibrate(f);
    assert_float_equal(seen, expected(f, 0, RECOVERY_SAMPLES, false, true), 1e-4);
    assert_true(fabs(seen - hidden) > 1.0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(logits_are_the_outputs_of_a_network_without_softmax, setup_logits,
                                        recovery_teardown),
        cmocka_unit_test_setup_teardown(logits_are_what_a_softmax_reads, setup_softmax, recovery_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
