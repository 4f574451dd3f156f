/* What a program sees of octet-hdf5: its place can be set, and without it everything but .h5 and .keras works. */
#include "support/fixture.h"

#include <string.h>

#include "octet/octet.h"

static const char model_path[] = OCTET_EXAMPLES "/mnist/mnist_fc_k2.h5";

static octet_context *ctx;

#define GOOD(call)                                                                     \
    do {                                                                               \
        if ((call) != OCTET_OK) fail_msg("%s: %s", #call, octet_context_message(ctx)); \
    } while (0)

static void only_hdf5_needs_it(void **state) {
    (void)state;
    octet_model *model = NULL, *again = NULL;
    octet_data *data = NULL;
    GOOD(octet_context_create(&ctx));
    GOOD(octet_model_load(ctx, model_path, NULL, &model));
    const char *tflite = fixture_path("model.tflite");
    GOOD(octet_model_write(ctx, model, tflite));
    char missing[] = "/nowhere/octet-hdf5";
    GOOD(octet_context_set_hdf5_helper(ctx, missing));
    missing[1] = 'N'; /* it was copied */
    GOOD(octet_model_load(ctx, tflite, NULL, &again));
    octet_open_options options = OCTET_OPEN_OPTIONS_INIT;
    options.path = OCTET_EXAMPLES "/mnist";
    GOOD(octet_data_open(ctx, &options, &data));
    octet_data_close(ctx, data);
    octet_model_destroy(ctx, again);
    again = NULL;
    assert_int_equal(octet_model_load(ctx, model_path, NULL, &again), OCTET_IO);
    assert_null(again);
    char expected[1024];
    snprintf(expected, sizeof expected,
             "%s: /nowhere/octet-hdf5, which is to read it, cannot be started: No such file or directory: install "
             "octet-hdf5 of octet's release there or name it in the environment variable OCTET_HDF5_HELPER",
             model_path);
    assert_string_equal(octet_context_message(ctx), expected);
    octet_context_clear_error(ctx);
    GOOD(octet_context_set_hdf5_helper(ctx, "/bin/true"));
    GOOD(octet_context_set_hdf5_helper(ctx, NULL));
    GOOD(octet_model_load(ctx, model_path, NULL, &again));
    octet_model_destroy(ctx, again);
    octet_model_destroy(ctx, model);
    octet_context_destroy(ctx);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(only_hdf5_needs_it)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
