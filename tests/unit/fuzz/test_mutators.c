/* The structure-aware mutators of the fuzz targets: what they write can mostly be read. */
#include "support/fixture.h"

#include "base/file.h"
#include "formats/flatbuffer.h"
#include "formats/json.h"
#include "fuzz/json_mutate.h"
#include "fuzz/keras_mutate.h"
#include "fuzz/tflite_mutate.h"
#include "fuzz/tflite_tree.h"
#include "import/import.h"

enum { MAX_SIZE = 8192, N_ROUNDS = 400 };

static size_t read_seed(const char *path, uint8_t *out) {
    octet_context ctx;
    octet_file file;
    octet_context_init(&ctx);
    assert_int_equal(octet_file_open(&ctx, path, &file), OCTET_OK);
    assert_true(file.bytes.size <= MAX_SIZE);
    const size_t size = file.bytes.size;
    memcpy(out, file.bytes.data, size);
    octet_file_close(&ctx, &file);
    return size;
}

static bool imports(const uint8_t *data, size_t size) {
    octet_context ctx;
    octet_graph *graph = NULL;
    octet_context_init(&ctx);
    ctx.max_memory_bytes = (size_t)64 << 20;
    const octet_status status = octet_import_tflite_bytes(&ctx, (octet_bytes){data, size}, "m", NULL, &graph);
    octet_graph_destroy(&ctx, graph);
    return status == OCTET_OK;
}

static bool is_flatbuffer(const uint8_t *data, size_t size) {
    octet_context ctx;
    octet_flatbuffer fb;
    octet_flatbuffer_table root;
    octet_context_init(&ctx);
    return octet_flatbuffer_open(&ctx, (octet_bytes){data, size}, "TFL3", "m", &fb, &root) == OCTET_OK;
}

/* Read as a tree and written again without a change, a model is still the same to the importer and exporter. */
static void tree_keeps_a_model(void **state) {
    (void)state;
    static uint8_t data[MAX_SIZE];
    octet_context ctx;
    octet_arena arena = {0};
    tree_table *root = NULL;
    octet_buffer first = {0}, second = {0};
    octet_context_init(&ctx);
    const size_t size = read_seed(OCTET_TESTS_DIR "/fuzz/corpus/tflite/CONV_2D", data);
    assert_int_equal(tree_read(&ctx, &arena, (octet_bytes){data, size}, &root), OCTET_OK);
    assert_int_equal(tree_write(&ctx, root, &first), OCTET_OK);
    assert_true(imports(first.data, first.size));
    assert_int_equal(tree_read(&ctx, &arena, (octet_bytes){first.data, first.size}, &root), OCTET_OK);
    assert_int_equal(tree_write(&ctx, root, &second), OCTET_OK);
    assert_int_equal(first.size, second.size);
    assert_memory_equal(first.data, second.data, first.size);
    octet_buffer_free(&ctx, &first);
    octet_buffer_free(&ctx, &second);
    octet_arena_free(&ctx, &arena);
    assert_int_equal(ctx.memory_bytes, 0);
}

static void models_stay_flatbuffers(void **state) {
    (void)state;
    static uint8_t seed[MAX_SIZE], other[MAX_SIZE], data[MAX_SIZE];
    const size_t size = read_seed(OCTET_TESTS_DIR "/fuzz/corpus/tflite/CONV_2D", seed),
                 other_size = read_seed(OCTET_TESTS_DIR "/fuzz/corpus/tflite/WHILE", other);
    unsigned n_sound = 0, n_imported = 0, n_changed = 0, n_crossed = 0;
    for (unsigned i = 0; i < N_ROUNDS; i++) {
        memcpy(data, seed, size);
        const size_t mutated = mutate_tflite(data, size, MAX_SIZE, i);
        assert_true(mutated <= MAX_SIZE);
        n_changed += mutated != size || memcmp(data, seed, size) != 0;
        n_sound += is_flatbuffer(data, mutated);
        n_imported += imports(data, mutated);
        const size_t crossed = mutate_tflite_cross(seed, size, other, other_size, data, MAX_SIZE, i);
        assert_true(crossed <= MAX_SIZE);
        n_crossed += crossed > 0 && is_flatbuffer(data, crossed);
    }
    assert_true(n_changed > N_ROUNDS * 9 / 10);
    assert_true(n_sound > N_ROUNDS * 9 / 10);
    assert_true(n_crossed > N_ROUNDS * 9 / 10);
    assert_true(n_imported > N_ROUNDS / 10); /* some stay models, most do not */
    assert_true(n_imported < N_ROUNDS * 9 / 10);
}

/* The same seed gives the same bytes. */
static void mutations_repeat(void **state) {
    (void)state;
    static uint8_t first[MAX_SIZE], second[MAX_SIZE];
    const size_t size = read_seed(OCTET_TESTS_DIR "/fuzz/corpus/tflite/ADD", first);
    memcpy(second, first, size);
    size_t n = size, m = size;
    for (unsigned i = 0; i < 50; i++) {
        n = mutate_tflite(first, n, MAX_SIZE, i);
        m = mutate_tflite(second, m, MAX_SIZE, i);
        assert_int_equal(n, m);
        assert_memory_equal(first, second, n);
    }
}

static bool is_json(const uint8_t *data, size_t size) {
    octet_context ctx;
    octet_json_document document;
    octet_context_init(&ctx);
    const bool parses = octet_json_parse(&ctx, (octet_bytes){data, size}, "t", &document) == OCTET_OK;
    octet_json_free(&ctx, &document);
    return parses;
}

static void texts_stay_json(void **state) {
    (void)state;
    static const char *const seeds[] = {"{\"a\": [1, -2.5, NaN], \"b\": {\"c\": \"x\\\"y\", \"d\": null}, \"e\": []}",
                                        "[[], {}, \"\", 0, true]", " {\"k\" : -Infinity } "};
    unsigned n = 0, n_valid = 0, n_changed = 0, n_crossed = 0;
    for (unsigned i = 0; i < N_ROUNDS; i++) {
        for (size_t k = 0; k < sizeof seeds / sizeof *seeds; k++, n++) {
            uint8_t data[256], crossed[256];
            const size_t size = strlen(seeds[k]);
            mutate_random random = mutate_seed(i);
            memcpy(data, seeds[k], size);
            const size_t mutated = mutate_json(data, size, sizeof data, &random, NULL);
            assert_true(mutated <= sizeof data);
            n_valid += is_json(data, mutated);
            n_changed += mutated != size || memcmp(data, seeds[k], size) != 0;
            const size_t both = mutate_json_cross((const uint8_t *)seeds[k], size, (const uint8_t *)seeds[0],
                                                  strlen(seeds[0]), crossed, sizeof crossed, &random);
            n_crossed += both > 0 && is_json(crossed, both);
        }
    }
    assert_true(n_valid > n * 3 / 4);
    assert_true(n_changed > n * 3 / 4);
    assert_true(n_crossed > n * 3 / 4);
}

/* What is behind the NUL stays where the text grows or shrinks. */
static void configurations_keep_their_weights(void **state) {
    (void)state;
    static uint8_t seed[MAX_SIZE], data[MAX_SIZE];
    const size_t size = read_seed(OCTET_TESTS_DIR "/fuzz/corpus/keras_config/images", seed);
    const size_t text = strlen((const char *)seed);
    unsigned n_kept = 0, n_valid = 0;
    for (unsigned i = 0; i < N_ROUNDS; i++) {
        memcpy(data, seed, size);
        const size_t mutated = mutate_keras(data, size, MAX_SIZE, i), rest = size - text;
        assert_true(mutated <= MAX_SIZE);
        n_kept += mutated >= rest && memcmp(data + mutated - rest, seed + text, rest) == 0;
        const uint8_t *end = memchr(data, '\0', mutated);
        n_valid += end != NULL && is_json(data + 1, (size_t)(end - data) - 1);
    }
    assert_true(n_kept > N_ROUNDS * 3 / 4);
    assert_true(n_valid > N_ROUNDS * 3 / 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tree_keeps_a_model),
        cmocka_unit_test(models_stay_flatbuffers),
        cmocka_unit_test(mutations_repeat),
        cmocka_unit_test(texts_stay_json),
        cmocka_unit_test(configurations_keep_their_weights),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
