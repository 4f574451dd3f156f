/* mnist.h - the example models and their data, for tests of octet.h.
 * In:  names of files in examples/mnist.
 * Out: handles of one context, which start makes and end gives back; a failure fails the test.
 * Knows: cmocka.
 * Does not know: what is done with them. */
#ifndef OCTET_TESTS_MNIST_H
#define OCTET_TESTS_MNIST_H

#include "octet/octet.h"
#include "support/fixture.h"

static octet_context *ctx;

static inline int start(void **state) {
    (void)state;
    return octet_context_create(&ctx) != OCTET_OK;
}

static inline int end(void **state) {
    (void)state;
    octet_context_destroy(ctx);
    return 0;
}

#define GOOD(call)                                                                     \
    do {                                                                               \
        if ((call) != OCTET_OK) fail_msg("%s: %s", #call, octet_context_message(ctx)); \
    } while (0)

static const char mnist[] = OCTET_EXAMPLES "/mnist";

static inline octet_model *load(const char *name) {
    char path[512];
    octet_model *model = NULL;
    snprintf(path, sizeof path, "%s/%s", mnist, name);
    GOOD(octet_model_load(ctx, path, NULL, &model));
    return model;
}

static inline octet_data *open_mnist(void) {
    octet_open_options options = OCTET_OPEN_OPTIONS_INIT;
    octet_data *data = NULL;
    options.path = mnist;
    GOOD(octet_data_open(ctx, &options, &data));
    return data;
}

#endif
