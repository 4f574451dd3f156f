/* keras_run.h - a chain of Keras layers with made-up weights, run once.
 * In:  layers as JSON, the shapes of their weights, a sample.
 * Out: the results.
 * Knows: the importer's inner steps and the executor.
 * Does not know: HDF5. */
#ifndef OCTET_TESTS_KERAS_RUN_H
#define OCTET_TESTS_KERAS_RUN_H

#include "support/fixture.h"

#include <math.h>

#include "exec/exec.h"
#include "support/keras_model.h"

enum { KERAS_RUN_MOST = 64 };

#define LAYER(name, config) "{\"class_name\": \"" name "\", \"config\": {\"name\": \"" name "\", " config "}}"

/* "4,12 3,12": the dimensions of every weight. */
static inline size_t keras_parse_weights(const char *text, uint8_t *out) {
    size_t n = 0;
    while (*text != '\0') {
        const size_t rank = n++;
        out[rank] = 0;
        for (char *end; *text != '\0' && *text != ' '; text = *end == ',' ? end + 1 : end, out[rank]++)
            out[n++] = (uint8_t)strtol(text, &end, 10);
        text += *text == ' ';
    }
    return n;
}

/* Element i of a value of any type of numbers. */
static inline float keras_number(const octet_value *value, const void *data, size_t i) {
    if (value->type == OCTET_INT32) return (float)((const int32_t *)data)[i];
    if (value->type == OCTET_INT64) return (float)((const int64_t *)data)[i];
    if (value->type == OCTET_BOOL) return (float)((const uint8_t *)data)[i];
    return ((const float *)data)[i];
}

/* A model in JSON, run once on its only input. Returns the number of results. */
static inline size_t keras_run_model(int version, const char *model, const char *weights, const float *x, size_t n,
                                     float *y) {
    octet_context ctx;
    octet_context_init(&ctx);
    octet_graph *graph;
    octet_exec *exec = NULL;
    octet_runner *runner = NULL;
    uint8_t dims[64];
    static float numbers[KERAS_MODEL_MAX_ELEMENTS];
    for (size_t i = 0; i < KERAS_MODEL_MAX_ELEMENTS; i++) numbers[i] = 0.5f * sinf((float)i + 1.0f);
    keras_shapes given = {.bytes = {dims, keras_parse_weights(weights, dims)}, .data = numbers};
    octet_status status =
        keras_model_build(&ctx, (octet_bytes){(const uint8_t *)model, strlen(model)}, version, &given, NULL, &graph);
    if (status == OCTET_OK) status = octet_exec_create(&ctx, graph, NULL, &exec);
    if (status == OCTET_OK) status = octet_runner_create(&ctx, exec, 1, &runner);
    if (status != OCTET_OK) fail_msg("%s: %s", model, ctx.message);
    const octet_value *in = &graph->values[graph->inputs[0].value], *out = &graph->values[graph->outputs[0].value];
    assert_int_equal(octet_shape_elements(&in->shape), n);
    memcpy(octet_runner_value(runner, graph->inputs[0].value), x, n * sizeof *x);
    octet_runner_run(runner, NULL);
    const size_t n_results = octet_shape_elements(&out->shape);
    assert_true(n_results <= KERAS_RUN_MOST);
    const void *results = octet_runner_value(runner, graph->outputs[0].value);
    for (size_t i = 0; i < n_results; i++) y[i] = keras_number(out, results, i);
    octet_runner_destroy(&ctx, runner);
    octet_exec_destroy(&ctx, exec);
    octet_graph_destroy(&ctx, graph);
    assert_int_equal(ctx.memory_bytes, 0);
    return n_results;
}

/* A Sequential of `layers` (JSON objects, separated by commas) on an input of `shape`. */
static inline size_t keras_run(int version, const char *shape, const char *layers, const char *weights, const float *x,
                               size_t n, float *y) {
    char model[2048];
    const int length =
        snprintf(model, sizeof model,
                 "{\"class_name\": \"Sequential\", \"config\": {\"name\": \"net\", \"layers\": [{\"class_name\": "
                 "\"InputLayer\", \"config\": {\"name\": \"in\", \"%s\": [null, %s]}}, %s]}}",
                 version == 3 ? "batch_shape" : "batch_input_shape", shape, layers);
    assert_true(length > 0 && (size_t)length < sizeof model);
    return keras_run_model(version, model, weights, x, n, y);
}

static inline void keras_expect_near(const float *found, const float *expected, size_t n, const char *what) {
    for (size_t i = 0; i < n; i++) {
        if (!(fabsf(found[i] - expected[i]) <= 1e-6f))
            fail_msg("%s: result %zu is %.9g, expected %.9g", what, i, (double)found[i], (double)expected[i]);
    }
}

#endif
