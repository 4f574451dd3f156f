/* The two halves of the runs, and what makes a step stay. */
#include "recover/gate.h"

#include "base/hash.h"
#include "support/recovery.h"

static void build(recovery_fixture *f) {
    uint32_t x, y, shape;
    recovery_expect_ok(f, octet_graph_create(&f->ctx, "test", &f->graph));
    recovery_expect_ok(
        f, octet_graph_add_value(&f->ctx, f->graph, "x", OCTET_FLOAT32, &(octet_shape){4, {1, 8, 8, 3}}, &x));
    recovery_expect_ok(f, octet_graph_add_input(&f->ctx, f->graph, x, "x"));
    recovery_expect_ok(f, octet_graph_add_i32(&f->ctx, f->graph, "shape", (int32_t[]){1, 192}, 2, &shape));
    y = recovery_emit(f, OCTET_OP_RESHAPE, (uint32_t[]){x, shape}, 2, NULL);
    recovery_expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, y, "y"));
}

static int setup(void **state) { return recovery_prepare(state, build); }

static void split(recovery_fixture *f, size_t n_runs, size_t *order, size_t *n_first) {
    const float *inputs[1];
    octet_recover_source source = recovery_source(f, inputs);
    bool seen[RECOVERY_SAMPLES] = {false};
    source.n_runs = n_runs;
    recovery_expect_ok(f, octet_gate_split(&f->ctx, &source, order, n_first));
    for (size_t i = 0; i < n_runs; i++) seen[order[i]] = true;
    for (size_t i = 0; i < n_runs; i++) assert_true(seen[i]);
}

static void a_run_belongs_to_the_half_that_its_hash_says(void **state) {
    recovery_fixture *f = *state;
    size_t order[RECOVERY_SAMPLES], n_first;
    split(f, RECOVERY_SAMPLES, order, &n_first);
    assert_in_range(n_first, RECOVERY_SAMPLES / 3, RECOVERY_SAMPLES - RECOVERY_SAMPLES / 3);
    for (size_t i = 0; i < RECOVERY_SAMPLES; i++) {
        const uint64_t hash = octet_hash(0, f->samples + order[i] * RECOVERY_INPUT, RECOVERY_INPUT * sizeof(float));
        assert_int_equal(octet_observer_half(hash), i >= n_first);
        if (i > 0 && i != n_first) assert_true(order[i] > order[i - 1]);
    }
}

/* One sample again and again would be one half. */
static void a_half_is_never_empty(void **state) {
    recovery_fixture *f = *state;
    size_t order[RECOVERY_SAMPLES], n_first;
    for (int i = 1; i < RECOVERY_SAMPLES; i++)
        memcpy(f->samples + i * RECOVERY_INPUT, f->samples, RECOVERY_INPUT * sizeof(float));
    split(f, RECOVERY_SAMPLES, order, &n_first);
    assert_int_equal(n_first, RECOVERY_SAMPLES / 2);
    assert_int_equal(order[1], 2);
    assert_int_equal(order[n_first], 1);
    split(f, 3, order, &n_first);
    assert_int_equal(n_first, 2);
    split(f, 1, order, &n_first);
    assert_int_equal(n_first, 1);
}

static void a_step_stays_that_gains_and_loses_little(void **state) {
    (void)state;
    const double before[2] = {20.0, 20.0};
    octet_gate_decision d = octet_gate_decide(before, (double[]){21.0, 22.0}, OCTET_GATE_MOST_LOSS_DB);
    assert_true(d.is_kept && d.gain_db == 1.5 && d.worst_db == 1.0);
    assert_string_equal(d.why, "both halves gain");
    d = octet_gate_decide(before, (double[]){19.6, 22.0}, OCTET_GATE_MOST_LOSS_DB);
    assert_true(d.is_kept);
    assert_string_equal(d.why, "one half gains more than the other loses");
    d = octet_gate_decide(before, (double[]){19.4, 22.0}, OCTET_GATE_MOST_LOSS_DB);
    assert_false(d.is_kept);
    assert_string_equal(d.why, "one half loses");
    d = octet_gate_decide(before, (double[]){19.4, 22.0}, INFINITY);
    assert_true(d.is_kept);
    d = octet_gate_decide(before, (double[]){20.05, 20.05}, OCTET_GATE_MOST_LOSS_DB);
    assert_false(d.is_kept);
    assert_string_equal(d.why, "no gain");
    d = octet_gate_decide(before, (double[]){18.0, 20.05}, OCTET_GATE_MOST_LOSS_DB);
    assert_false(d.is_kept);
    assert_string_equal(d.why, "a loss");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_run_belongs_to_the_half_that_its_hash_says, setup, recovery_teardown),
        cmocka_unit_test_setup_teardown(a_half_is_never_empty, setup, recovery_teardown),
        cmocka_unit_test(a_step_stays_that_gains_and_loses_little),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
