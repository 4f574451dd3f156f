/* What is counted of samples, and what of the first layers. */
#include <float.h>

#include "api/data_checks.h"
#include "api/looks.h"
#include "support/graph_quantize.h"

enum { SAMPLES = 24, SIDE = 10, CHANNELS = 3, SIZE = SIDE * SIDE * CHANNELS };

typedef enum look { RAMP, STEPS, NOISE, CONSTANT } look;

static float numbers[SAMPLES * SIZE];

static void fill(int sample, look as) {
    static uint64_t seed = 3;
    for (int i = 0; i < SIZE; i++) {
        const int row = i / (SIDE * CHANNELS), column = i / CHANNELS % SIDE, channel = i % CHANNELS;
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        const float random = (float)(seed >> 40) * 0x1p-24f;
        const float values[] = {(float)(row + column) + 50.0f * (float)channel, (float)((row / 5 + column / 5) % 2),
                                random + 100.0f * (float)channel, 0.5f};
        numbers[sample * SIZE + i] = values[as];
    }
}

/* Checks all samples of this shape, with labels or NULL, of which the first n are chosen. */
static octet_data_checks check(fixture *f, int32_t rank, const int32_t *dims, const int32_t *labels, size_t n) {
    const octet_preprocess preprocess = {0};
    octet_data_checks checks = {0};
    octet_dataset *dataset = NULL;
    octet_samples *samples = NULL;
    uint32_t x;
    const octet_shape shape = octet_shape_make(rank, dims);
    expect_ok(f, octet_graph_add_value(&f->ctx, f->graph, "x", OCTET_FLOAT32, &shape, &x));
    expect_ok(f, octet_graph_add_input(&f->ctx, f->graph, x, "x"));
    octet_array array = {.element = {'f', 4, false}, .rank = rank, .data = (const uint8_t *)numbers};
    octet_array label_array = {.element = {'i', 4, false}, .rank = 1, .dims = {SAMPLES}};
    for (int32_t i = 0; i < rank; i++) array.dims[i] = i == 0 ? SAMPLES : dims[i];
    array.n_elements = SAMPLES * SIZE;
    label_array.n_elements = SAMPLES;
    label_array.data = (const uint8_t *)labels;
    expect_ok(
        f, octet_dataset_over(&f->ctx, &array, NULL, 1, labels != NULL ? &label_array : NULL, &preprocess, &dataset));
    expect_ok(f, octet_dataset_split(&f->ctx, dataset, OCTET_SPLIT_TRAIN, &samples));
    expect_ok(f, octet_samples_adapt(&f->ctx, samples, rank - 1, dims + 1));
    size_t indices[SAMPLES];
    for (size_t i = 0; i < SAMPLES; i++) indices[i] = i;
    octet_arena arena = {0};
    octet_looks looks;
    expect_ok(f, octet_looks_create(&f->ctx, &arena, 1, &looks));
    for (size_t first = 0; first < n; first += 7) { /* in parts, which are merged */
        const octet_chosen part = {indices + first, n - first < 7 ? n - first : 7, first, n, 0};
        octet_looks some;
        expect_ok(f, octet_looks_create(&f->ctx, &arena, 1, &some));
        expect_ok(f, octet_api_look_at_samples(&f->ctx, f->graph, &samples, &part, NULL, &arena, &some));
        expect_ok(f, octet_looks_merge(&f->ctx, &arena, &looks, &some));
    }
    octet_api_tell_samples(&looks, &checks);
    octet_arena_free(&f->ctx, &arena);
    octet_dataset_close(&f->ctx, dataset);
    return checks;
}

static const int32_t picture[] = {1, SIDE, SIDE, CHANNELS}, flat[] = {1, SIZE};

static void pictures_are_neither_noise_nor_constant(void **state) {
    for (int s = 0; s < SAMPLES; s++) fill(s, s % 2 == 0 ? RAMP : STEPS);
    const octet_data_checks checks = check(*state, 4, picture, NULL, SAMPLES);
    assert_int_equal(checks.n_looked, SAMPLES);
    assert_int_equal(checks.n_noise, 0);
    assert_int_equal(checks.n_constant, 0);
}

static void noise_and_constants_are_counted(void **state) {
    for (int s = 0; s < SAMPLES; s++) fill(s, s < 2 ? RAMP : s < 5 ? CONSTANT : NOISE);
    const octet_data_checks checks = check(*state, 4, picture, NULL, SAMPLES);
    assert_int_equal(checks.n_constant, 3);
    assert_int_equal(checks.constant_sample, 2);
    assert_in_range(checks.n_noise, 16, 19); /* by chance 100 numbers may vary together */
    assert_int_equal(checks.noise_sample, 5);
}

/* Numbers of a table have no neighbours. */
static void columns_are_no_noise(void **state) {
    for (int s = 0; s < SAMPLES; s++) fill(s, NOISE);
    const octet_data_checks checks = check(*state, 2, flat, NULL, SAMPLES);
    assert_int_equal(checks.n_looked, SAMPLES);
    assert_int_equal(checks.n_noise, 0);
}

static void classes_of_the_others_are_missing(void **state) {
    int32_t labels[SAMPLES];
    for (int s = 0; s < SAMPLES; s++) {
        fill(s, RAMP);
        labels[s] = s < 20 ? s % 4 : 6; /* no sample at all is 4 or 5 */
    }
    octet_data_checks checks = check(*state, 4, picture, labels, 18);
    assert_int_equal(checks.n_classes, 5);
    assert_int_equal(checks.n_missing, 1);
    assert_int_equal(checks.missing[0], 6);
    checks = check(*state, 4, picture, labels, SAMPLES);
    assert_int_equal(checks.n_missing, 0);
}

/* ---- Layers ---- */

/* x * 2, then a dense layer with a RELU that gives numbers up to `reach`. */
static octet_data_checks check_layers(fixture *f, float x_reach, float reach, bool has_entry, octet_arena *arena) {
    static const float two[1] = {2.0f}, weights[4] = {1, 1, 1, 1};
    octet_data_checks checks = {0};
    const uint32_t x = input(f, 4, 0.0f, x_reach), c = constant(f, "c", 1, (const int32_t[]){1}, two);
    const uint32_t y = emit(f, OCTET_OP_MUL, (const uint32_t[]){x, c}, 2, 0.0f, 2.0f * x_reach);
    const uint32_t w = constant(f, "w", 2, (const int32_t[]){1, 4}, weights);
    const uint32_t z = emit(f, OCTET_OP_FULLY_CONNECTED, (const uint32_t[]){y, w, OCTET_NONE}, 3, 0.0f, reach);
    f->graph->operators[1].options.fully_connected.activation = OCTET_ACTIVATION_RELU;
    expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, z, "z"));
    if (has_entry)
        f->graph->inputs[0].entry = (octet_entry){.layer = "normalization", .scale = 2.0, .is_uniform = true};
    make_statistics(f);
    expect_ok(f, octet_api_check_layers(&f->ctx, arena, f->graph, f->statistics, &checks));
    return checks;
}

static void what_a_normalization_makes_is_told(void **state) {
    fixture *f = *state;
    octet_arena arena = {0};
    const octet_data_checks checks = check_layers(f, 30.0f, 5.0f, true, &arena);
    assert_string_equal(checks.normalizing_layer, "normalization");
    assert_true(checks.normalized_max == 60.0 && checks.normalized_min == 0.0);
    assert_null(checks.dead_layer);
    assert_true(checks.has_first && checks.first_reach == 5.0);
    octet_arena_free(&f->ctx, &arena);
}

static void a_layer_of_zeros_is_named(void **state) {
    fixture *f = *state;
    octet_arena arena = {0};
    const octet_data_checks checks = check_layers(f, 1.0f, FLT_MIN, false, &arena);
    assert_null(checks.normalizing_layer);
    assert_string_equal(checks.dead_layer, "FULLY_CONNECTED");
    octet_arena_free(&f->ctx, &arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(pictures_are_neither_noise_nor_constant),
        CASE(noise_and_constants_are_counted),
        CASE(columns_are_no_noise),
        CASE(classes_of_the_others_are_missing),
        CASE(what_a_normalization_makes_is_told),
        CASE(a_layer_of_zeros_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
