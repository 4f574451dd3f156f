#include "support/fixture.h"

#include "import/import.h"
#include "import/keras/metadata.h"
#include "support/bundle_files.h"

#define FOLDERS OCTET_TESTS_DIR "/cli/fixtures/saved_models/"

static void remove_blanks(char *text) {
    char *to = text;
    for (; *text != '\0'; text++)
        if (*text != ' ') *to++ = *text;
    *to = '\0';
}

static void lists_take_the_place_of_tuples(void **state) {
    (void)state;
    static const struct {
        const char *from, *to;
    } cases[] = {
        {"{\"a\": {\"class_name\": \"__tuple__\", \"items\": [1, 2]}}", "{\"a\":[1,2]}"},
        {"[{\"class_name\":\"TensorShape\",\"items\":null}]", "[null]"},
        {"{\"class_name\": \"__tuple__\", \"items\": [{\"class_name\": \"__tuple__\", \"items\": []}, {}]}", "[[],{}]"},
        {"{\"class_name\": \"Dense\", \"items\": [1]}", "{\"class_name\":\"Dense\",\"items\":[1]}"},
        {"[\"{\\\"class_name\\\": \\\"__tuple__\\\"\", \"\\\\\", {}]",
         "[\"{\\\"class_name\\\":\\\"__tuple__\\\"\",\"\\\\\",{}]"},
        {"}}{\"", "}}{\""},
        {"{\"class_name\": \"__tuple__\", \"items\"", "{\"class_name\":\"__tuple__\",\"items\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        octet_context ctx;
        char text[256];
        octet_context_init(&ctx);
        strcpy(text, cases[i].from);
        assert_int_equal(octet_keras_metadata_unwrap(&ctx, text, strlen(text), "m"), OCTET_OK);
        assert_int_equal(strlen(text), strlen(cases[i].from));
        remove_blanks(text);
        assert_string_equal(text, cases[i].to);
    }
    char deep[600];
    octet_context ctx;
    octet_context_init(&ctx);
    memset(deep, '{', sizeof deep);
    assert_int_equal(octet_keras_metadata_unwrap(&ctx, deep, sizeof deep, "m"), OCTET_LIMIT);
}

static octet_status load(octet_context *ctx, const char *path, const octet_import_options *options, octet_graph **out) {
    octet_model_kind kind = OCTET_KIND_TFLITE;
    octet_context_init(ctx);
    const octet_status status = octet_import(ctx, path, options, &kind, out);
    if (status == OCTET_OK) assert_int_equal(kind, OCTET_KIND_KERAS_2);
    return status;
}

/* A model {Dense 2 of 3 numbers}, as save_weights leaves its checkpoint: a kernel in float16, its variables unlisted.
 */
typedef struct checkpoint {
    bool lacks_graph, lacks_bias, has_other_layer, is_endless;
    uint32_t kernel_rank;
} checkpoint;

static void put_child(octet_context *ctx, octet_buffer *object, const char *name, uint32_t node) {
    octet_buffer child = {0};
    put_number(ctx, &child, 1, node);
    put_text(ctx, &child, 2, name);
    put_message(ctx, object, 1, &child);
}

static void put_variable(octet_context *ctx, octet_buffer *graph, const char *name, const char *key) {
    octet_buffer object = {0}, attribute = {0};
    put_text(ctx, &attribute, 1, "VARIABLE_VALUE");
    put_text(ctx, &attribute, 2, name);
    put_text(ctx, &attribute, 3, key);
    put_message(ctx, &object, 2, &attribute);
    put_message(ctx, graph, 1, &object);
}

static void put_objects(octet_context *ctx, const checkpoint *c, octet_buffer *graph) {
    octet_buffer object = {0};
    put_child(ctx, &object, "layer-0", 1);
    if (c->has_other_layer) {
        put_child(ctx, &object, "layer-1", 1);
        put_child(ctx, &object, "layer-2", 1);
    }
    put_child(ctx, &object, "root", 0);
    put_message(ctx, graph, 1, &object);
    put_child(ctx, &object, "kernel", 2);
    put_child(ctx, &object, "bias", 3);
    if (c->is_endless) put_child(ctx, &object, "self", 4);
    put_message(ctx, graph, 1, &object);
    put_variable(ctx, graph, "dense/kernel", "k");
    put_variable(ctx, graph, "dense/bias", "b");
    for (uint32_t i = 4; c->is_endless && i < 400; i++) {
        put_child(ctx, &object, "next", i + 1);
        put_message(ctx, graph, 1, &object);
    }
    if (c->is_endless) put_variable(ctx, graph, "last", "k");
}

static uint32_t masked(const void *data, size_t size) { return octet_crc32c_mask(octet_crc32c(0, data, size)); }

static const char *write_folder(const checkpoint *c) {
    static const uint16_t kernel[] = {0x3c00, 0x4000, 0x4200, 0x4400, 0x4500, 0x4600}; /* 1 to 6 */
    static const float bias[] = {0.5f, -0.5f};
    octet_context ctx;
    octet_buffer graph = {0}, shard = {0}, file = {0};
    block_writer block = {0};
    octet_context_init(&ctx);
    octet_buffer_append(&ctx, &shard, kernel, sizeof kernel);
    octet_buffer_append(&ctx, &shard, bias, sizeof bias);
    put_objects(&ctx, c, &graph);
    const size_t begin = shard.size;
    const uint32_t size = (uint32_t)graph.size;
    put_varint(&ctx, &shard, size);
    const size_t body = shard.size;
    const uint8_t size_bytes[] = {(uint8_t)size, (uint8_t)(size >> 8), (uint8_t)(size >> 16), (uint8_t)(size >> 24)};
    octet_buffer_u32le(&ctx, &shard, masked(size_bytes, 4));
    octet_buffer_append(&ctx, &shard, graph.data, graph.size);
    const uint32_t crc = octet_crc32c(octet_crc32c(0, size_bytes, 4), shard.data + body, shard.size - body);
    const bundle_entry objects = {.type = 7,
                                  .place = begin,
                                  .size = shard.size - begin,
                                  .checksum = octet_crc32c_mask(crc)},
                       k = {.type = 19,
                            .rank = c->kernel_rank,
                            .dims = {c->kernel_rank == 1 ? 6 : 3, 2},
                            .size = 12,
                            .checksum = masked(kernel, 12)},
                       b = {.type = 1, .rank = 1, .dims = {2}, .place = 12, .size = 8, .checksum = masked(bias, 8)};
    put_bundle_header(&ctx, &block, 1, 0);
    if (!c->lacks_graph) put_bundle_entry(&ctx, &block, "_CHECKPOINTABLE_OBJECT_GRAPH", &objects);
    if (!c->lacks_bias) put_bundle_entry(&ctx, &block, "b", &b);
    put_bundle_entry(&ctx, &block, "k", &k);
    put_table(&ctx, &block, 0, &file);
    fixture_write("saved/saved_model.pb", "", 0);
    fixture_write("saved/variables/variables.index", file.data, file.size);
    fixture_write("saved/variables/variables.data-00000-of-00001", shard.data, shard.size);
    octet_buffer_free(&ctx, &graph);
    octet_buffer_free(&ctx, &shard);
    octet_buffer_free(&ctx, &file);
    return fixture_path("saved");
}

static const char *write_architecture(void) {
    static const char json[] =
        "{\"class_name\": \"Sequential\", \"keras_version\": \"2.11.0\", \"config\": {\"name\": \"s\", "
        "\"layers\": [{\"class_name\": \"Dense\", \"config\": {\"name\": \"dense\", \"units\": 2, "
        "\"activation\": \"linear\", \"use_bias\": true, \"batch_input_shape\": [null, 3]}}]}}";
    return fixture_write("model.json", json, sizeof json - 1);
}

static void variables_are_found_without_lists(void **state) {
    (void)state;
    const octet_import_options options = {.architecture = write_architecture()};
    octet_context ctx;
    octet_graph *graph = NULL;
    assert_int_equal(load(&ctx, write_folder(&(checkpoint){.kernel_rank = 2}), &options, &graph), OCTET_OK);
    const float kernel[] = {1, 3, 5, 2, 4, 6}, bias[] = {0.5f, -0.5f};
    uint32_t n_found = 0;
    for (uint32_t i = 0; i < graph->n_values; i++) {
        const octet_value *value = &graph->values[i];
        n_found += value->data != NULL && octet_value_bytes(value) == sizeof kernel &&
                   memcmp(value->data, kernel, sizeof kernel) == 0;
        n_found += value->data != NULL && octet_value_bytes(value) == sizeof bias &&
                   memcmp(value->data, bias, sizeof bias) == 0;
    }
    assert_int_equal(n_found, 2);
    octet_graph_destroy(&ctx, graph);
    assert_int_equal(ctx.memory_bytes, 0);
}

static void checkpoints_of_another_model_are_refused(void **state) {
    (void)state;
    static const struct {
        checkpoint checkpoint;
        octet_status status;
        const char *message;
    } cases[] = {
        {{.kernel_rank = 2, .lacks_graph = true}, OCTET_UNSUPPORTED, "save the model again with TensorFlow 2"},
        {{.kernel_rank = 2, .lacks_bias = true},
         OCTET_MODEL,
         "there is no tensor b, but layer dense (Dense) has it as dense/bias"},
        {{.kernel_rank = 2, .has_other_layer = true}, OCTET_MODEL, "holds 3 layers, but model s has 2"},
        {{.kernel_rank = 2, .is_endless = true}, OCTET_LIMIT, "objects nested deeper than 64"},
        {{.kernel_rank = 1}, OCTET_MODEL, "saved:k: shape [6], but the config of layer dense (Dense) says [3,2]"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        octet_context ctx;
        octet_graph *graph = NULL;
        const octet_import_options options = {.architecture = write_architecture()};
        const octet_status status = load(&ctx, write_folder(&cases[i].checkpoint), &options, &graph);
        if (strstr(ctx.message, cases[i].message) == NULL) fail_msg("%s", ctx.message);
        assert_int_equal(status, cases[i].status);
        assert_null(graph);
        assert_int_equal(ctx.memory_bytes, 0);
    }
}

/* Folders of TensorFlow 2.13 and 2.4; that they give the bytes of their .h5 files is a matter of tests/cli. */
static void folders_are_read(void **state) {
    (void)state;
    static const char *const names[] = {"shared", "normalized", "recurrent", "nested", "older"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        octet_context ctx;
        octet_graph *graph = NULL;
        char path[512];
        snprintf(path, sizeof path, FOLDERS "%s", names[i]);
        assert_int_equal(load(&ctx, path, NULL, &graph), OCTET_OK);
        assert_true(graph->n_operators > 0);
        if (i == 0) assert_string_equal(graph->loss, "mse");
        octet_graph_destroy(&ctx, graph);
        assert_int_equal(ctx.memory_bytes, 0);
    }
}

/* Wherever memory ends. */
static void an_end_of_memory_is_survived(void **state) {
    (void)state;
    octet_context ctx;
    octet_graph *graph = NULL;
    uint64_t n = 0;
    do {
        octet_context_init(&ctx);
        ctx.fail_allocation = ++n;
        if (octet_import(&ctx, FOLDERS "older", NULL, NULL, &graph) == OCTET_OK) break;
        assert_int_equal(ctx.status, OCTET_NOMEM);
        assert_int_equal(ctx.memory_bytes, 0);
    } while (n < 10000);
    assert_true(n > 20 && n < 10000);
    octet_graph_destroy(&ctx, graph);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_take_the_place_of_tuples),
        cmocka_unit_test(variables_are_found_without_lists),
        cmocka_unit_test(checkpoints_of_another_model_are_refused),
        cmocka_unit_test(folders_are_read),
        cmocka_unit_test(an_end_of_memory_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
