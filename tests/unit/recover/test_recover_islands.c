/* The layers that gain most by a move to float or int16, in a network whose convolution loses most. */
#include "recover/islands.h"

#include "recover/ladder.h"
#include "recover/noise.h"
#include "support/recovery.h"

enum { CONV, DEPTHWISE, RESHAPE, DENSE, N_OPERATORS };

static const char *const names[N_OPERATORS] = {"conv", "depthwise", "flatten", "dense"};

/* Large weights of a channel that holds nothing leave few steps to those of the others. */
static void build(recovery_fixture *f) {
    recovery_build(f);
    const octet_value *weights = octet_graph_input(f->graph, &f->graph->operators[CONV], 1);
    for (size_t i = 2; i < RECOVERY_SAMPLES * RECOVERY_INPUT; i += 3) f->samples[i] = 0.0f;
    for (size_t i = 2; i < octet_shape_elements(&weights->shape); i += 3)
        ((float *)(uintptr_t)weights->data)[i] = 30.0f;
}

static int setup(void **state) { return recovery_prepare(state, build); }
static int setup_even(void **state) { return recovery_prepare(state, recovery_build); }

static octet_recovered look(recovery_fixture *f, octet_island_search *asked, uint32_t n_threads, size_t n_runs) {
    const float *inputs[1];
    octet_recover_source source = recovery_source(f, inputs);
    octet_recovered out;
    source.n_runs = n_runs;
    source.islands = asked;
    asked->names = names;
    recovery_expect_ok(f, octet_pool_create(&f->ctx, n_threads, &source.pool));
    recovery_expect_ok(f, octet_recover_islands(&f->ctx, &source, &out));
    octet_pool_destroy(&f->ctx, source.pool);
    return out;
}

static void the_layer_that_loses_most_moves_to_float(void **state) {
    recovery_fixture *f = *state;
    double shift, before, after;
    octet_island_search asked = {.most_float = 1};
    octet_recovered out = look(f, &asked, 1, RECOVERY_SAMPLES);
    assert_int_equal(out.n_changed, 1);
    assert_int_equal(out.graph->operators[CONV].island, OCTET_ISLAND_FLOAT);
    for (uint32_t k = 0; k < N_OPERATORS; k++)
        if (k != CONV) assert_int_equal(out.graph->operators[k].island, OCTET_ISLAND_NONE);
    assert_true(asked.moves.is_asked);
    assert_int_equal(asked.moves.n, 1);
    const octet_move *move = &asked.moves.rows[0];
    assert_true(move->is_float);
    assert_string_equal(move->layers, "conv");
    assert_true(move->gain_db > 3.0 && move->worst_db > 0.0);
    assert_int_equal(move->bytes, 8 * 27 * 3); /* float32 for int8; biases have four bytes both ways */
    assert_true(move->macs_share > 0.6 && move->macs_share < 0.7);
    recovery_measure(f, f->graph, f->statistics, &shift, &before);
    recovery_measure(f, out.graph, out.statistics, &shift, &after);
    assert_true(after < 0.5 * before);
    recovery_give_back(f, &out);
}

static void no_more_layers_move_than_were_asked_for(void **state) {
    recovery_fixture *f = *state;
    for (uint32_t most = 0; most <= 3; most++) {
        octet_island_search asked = {.most_float = most, .most_int16 = most / 3};
        octet_recovered out = look(f, &asked, 1, RECOVERY_SAMPLES);
        uint32_t n[3] = {0};
        for (uint32_t k = 0; k < N_OPERATORS; k++)
            if (k != RESHAPE) n[out.graph->operators[k].island]++;
        assert_true(n[OCTET_ISLAND_FLOAT] <= most);
        assert_true(n[OCTET_ISLAND_INT16] <= most / 3);
        assert_int_equal(n[OCTET_ISLAND_FLOAT] + n[OCTET_ISLAND_INT16], out.n_changed);
        recovery_give_back(f, &out);
    }
}

static void int16_moves_are_marked_so(void **state) {
    recovery_fixture *f = *state;
    octet_island_search asked = {.most_int16 = 3};
    octet_recovered out = look(f, &asked, 1, RECOVERY_SAMPLES);
    assert_true(asked.moves.n > 0);
    for (uint32_t i = 0; i < asked.moves.n; i++) assert_false(asked.moves.rows[i].is_float);
    for (uint32_t k = 0; k < N_OPERATORS; k++) assert_int_not_equal(out.graph->operators[k].island, OCTET_ISLAND_FLOAT);
    recovery_give_back(f, &out);
}

static void int16_does_not_help_against_rounded_weights(void **state) {
    recovery_fixture *f = *state;
    octet_island_search asked = {.most_int16 = 3};
    octet_recovered out = look(f, &asked, 1, RECOVERY_SAMPLES);
    assert_int_equal(asked.moves.n, 0);
    assert_int_equal(out.n_changed, 0);
    recovery_give_back(f, &out);
}

static void threads_choose_alike(void **state) {
    recovery_fixture *f = *state;
    octet_island_search one = {.most_float = 2, .corrects_bias = true}, three = one;
    octet_recovered a = look(f, &one, 1, RECOVERY_SAMPLES), b = look(f, &three, 3, RECOVERY_SAMPLES);
    assert_int_equal(one.moves.n, three.moves.n);
    for (uint32_t i = 0; i < one.moves.n; i++) {
        assert_string_equal(one.moves.rows[i].layers, three.moves.rows[i].layers);
        assert_true(one.moves.rows[i].gain_db == three.moves.rows[i].gain_db);
    }
    recovery_give_back(f, &a);
    recovery_give_back(f, &b);
}

/* What is asked for by name stays, and counts no more. */
static void layers_that_have_moved_are_left_alone(void **state) {
    recovery_fixture *f = *state;
    f->graph->operators[DEPTHWISE].island = OCTET_ISLAND_FLOAT;
    octet_island_search asked = {.most_int16 = 1};
    octet_recovered out = look(f, &asked, 1, RECOVERY_SAMPLES);
    assert_int_equal(out.graph->operators[DEPTHWISE].island, OCTET_ISLAND_FLOAT);
    recovery_give_back(f, &out);
}

static void a_single_sample_moves_nothing(void **state) {
    recovery_fixture *f = *state;
    octet_island_search asked = {.most_float = 3};
    octet_recovered out = look(f, &asked, 1, 1);
    assert_int_equal(out.n_changed, 0);
    assert_int_equal(asked.moves.n, 0);
    recovery_give_back(f, &out);
}

static void the_ladder_has_a_row_for_it_where_it_is_asked_for(void **state) {
    recovery_fixture *f = *state;
    const float *inputs[1];
    octet_recover_source source = recovery_source(f, inputs);
    octet_island_search asked = {.most_float = 1, .names = names};
    octet_ladder without, with;
    octet_recovered out;
    recovery_expect_ok(f, octet_recover_ladder(&f->ctx, &source, &out, &without));
    recovery_give_back(f, &out);
    source.islands = &asked;
    recovery_expect_ok(f, octet_recover_ladder(&f->ctx, &source, &out, &with));
    assert_int_equal(with.n_rows, without.n_rows + 1);
    const octet_ladder_row *row = &with.rows[with.n_rows - 1];
    assert_string_equal(row->step, "layers in other numbers");
    assert_int_equal(row->is_kept, asked.moves.n > 0);
    uint32_t n = 0;
    for (uint32_t k = 0; k < N_OPERATORS; k++) n += out.graph->operators[k].island == OCTET_ISLAND_FLOAT;
    assert_int_equal(n, asked.moves.n);
    recovery_give_back(f, &out);
}

static void noise_is_what_rounding_adds(void **state) {
    recovery_fixture *f = *state;
    octet_arena arena = {0};
    const float *inputs[1];
    const octet_recover_source source = recovery_source(f, inputs);
    octet_graph *quantized;
    uint32_t *quantized_of;
    double *noise;
    recovery_expect_ok(f, octet_quantize_graph_mapped(&f->ctx, f->graph, f->statistics, &f->options, &arena,
                                                      &quantized_of, &quantized));
    recovery_expect_ok(f, octet_noise_find(&f->ctx, &arena, &source, quantized, quantized_of, &noise));
    const octet_graph *graph = f->graph;
    const uint32_t conv = graph->operators[CONV].outputs[0], depthwise = graph->operators[DEPTHWISE].outputs[0];
    const uint32_t flat = graph->operators[RESHAPE].outputs[0];
    /* The input lies in 0..1: steps of 1/255; energy 1/3, but for a third that holds nothing. */
    assert_true(fabs(noise[graph->inputs[0].value] - 4.5 / 12.0 / 255.0 / 255.0) < 2e-6);
    assert_true(noise[graph->operators[DENSE].inputs[1]] < 0.0);
    assert_true(octet_noise_added(graph, noise, conv) > 0.9 * noise[conv]);
    assert_true(noise[flat] == noise[depthwise]);
    assert_true(octet_noise_added(graph, noise, flat) == 0.0);
    octet_graph_destroy(&f->ctx, quantized);
    octet_arena_free(&f->ctx, &arena);
}

int main(void) {
#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, recovery_teardown)
    const struct CMUnitTest tests[] = {
        CASE(the_layer_that_loses_most_moves_to_float),
        CASE(no_more_layers_move_than_were_asked_for),
        cmocka_unit_test_setup_teardown(int16_moves_are_marked_so, setup_even, recovery_teardown),
        CASE(int16_does_not_help_against_rounded_weights),
        CASE(threads_choose_alike),
        CASE(layers_that_have_moved_are_left_alone),
        CASE(a_single_sample_moves_nothing),
        CASE(the_ladder_has_a_row_for_it_where_it_is_asked_for),
        CASE(noise_is_what_rounding_adds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
