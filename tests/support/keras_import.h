/* keras_import.h - files of tests read by the importer of Keras, well or with a message.
 * In:  files that keras_files.h has written.
 * Out: graphs; what a message must name.
 * Knows: a small Dense model of Keras 2.
 * Does not know: what is in the graphs. */
#ifndef OCTET_TESTS_KERAS_IMPORT_H
#define OCTET_TESTS_KERAS_IMPORT_H

#include "support/keras_files.h"

#include "import/import.h"

#define INPUT_2                                                                                                \
    "{\"class_name\": \"InputLayer\", \"config\": {\"batch_input_shape\": [null, 3], \"dtype\": \"float32\", " \
    "\"name\": \"in\"}}"
#define DENSE_2(name, units)                                                             \
    "{\"class_name\": \"Dense\", \"config\": {\"name\": \"" name "\", \"units\": " units \
    ", \"activation\": \"relu\", \"use_bias\": "                                         \
    "true}}"
#define SEQUENTIAL(layers) "{\"class_name\": \"Sequential\", \"config\": {\"name\": \"net\", \"layers\": [" layers "]}}"

static const char dense_config[] = SEQUENTIAL(INPUT_2 ", " DENSE_2("dense", "2"));
static const keras_weight dense_weights[] = {{"dense", "dense/kernel:0", 2, {3, 2}, NULL},
                                             {"dense", "dense/bias:0", 1, {2}, NULL}};

static octet_context ctx;
static octet_model_kind kind; /* of the last model that was imported */

static inline octet_graph *import_good(const char *path, const octet_import_options *options) {
    octet_context_init(&ctx);
    octet_graph *graph = NULL;
    if (octet_import_keras(&ctx, path, options, &kind, &graph) != OCTET_OK) fail_msg("%s", ctx.message);
    return graph;
}

static inline void destroy(octet_graph *graph) {
    octet_graph_destroy(&ctx, graph);
    assert_int_equal(ctx.memory_bytes, 0);
}

/* The import must fail with this status and name these things. */
static inline void import_bad(const char *path, octet_status status, const char *first, const char *second) {
    octet_context_init(&ctx);
    octet_graph *graph = NULL;
    const octet_status found = octet_import_keras(&ctx, path, NULL, NULL, &graph);
    if (found != status || strstr(ctx.message, first) == NULL || strstr(ctx.message, second) == NULL) {
        fail_msg("%s, expected %s with \"%s\" and \"%s\": %s", octet_status_name(found), octet_status_name(status),
                 first, second, ctx.message);
    }
    assert_null(graph);
    assert_int_equal(ctx.memory_bytes, 0);
}

#endif
