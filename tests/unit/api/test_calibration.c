/* Calibrating through octet.h: statistics of a model, and a model that stays as it is. */
#include <string.h>

#include "octet/octet.h"
#include "support/fixture.h"

static octet_context *ctx;

static int start(void **state) {
    (void)state;
    return octet_context_create(&ctx) != OCTET_OK;
}

static int end(void **state) {
    (void)state;
    octet_context_destroy(ctx);
    return 0;
}

#define GOOD(call)                                                                     \
    do {                                                                               \
        if ((call) != OCTET_OK) fail_msg("%s: %s", #call, octet_context_message(ctx)); \
    } while (0)

static const char mnist[] = OCTET_EXAMPLES "/mnist";

static octet_model *load(const char *name) {
    char path[512];
    octet_model *model = NULL;
    snprintf(path, sizeof path, "%s/%s", mnist, name);
    GOOD(octet_model_load(ctx, path, NULL, &model));
    return model;
}

static octet_data *open_mnist(void) {
    octet_open_options options = OCTET_OPEN_OPTIONS_INIT;
    octet_data *data = NULL;
    options.path = mnist;
    GOOD(octet_data_open(ctx, &options, &data));
    return data;
}

typedef struct file {
    void *bytes;
    size_t size;
} file;

static file bytes_of(octet_model *model) {
    file f = {0};
    GOOD(octet_model_write_bytes(ctx, model, &f.bytes, &f.size));
    return f;
}

static void expect_same(file a, file b) {
    assert_int_equal(a.size, b.size);
    assert_memory_equal(a.bytes, b.bytes, a.size);
}

static void quantizing_leaves_the_model_as_it_was(void **state) {
    (void)state;
    octet_model *model = load("mnist_cnn_k2.h5"), *quantized = NULL;
    octet_data *data = open_mnist();
    const file before = bytes_of(model);
    size_t size = 0;
    GOOD(octet_model_quantize(ctx, model, data, NULL, &quantized, NULL));
    const file after = bytes_of(model);
    expect_same(before, after);
    GOOD(octet_model_size(ctx, model, &size));
    assert_int_equal(size, before.size);
    assert_int_equal(size, 176608);
    octet_bytes_free(ctx, before.bytes);
    octet_bytes_free(ctx, after.bytes);
    octet_model_destroy(ctx, quantized);
    octet_data_close(ctx, data);
    octet_model_destroy(ctx, model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(quantizing_leaves_the_model_as_it_was, start, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
