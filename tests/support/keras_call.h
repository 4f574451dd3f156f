/* keras_call.h - one function among Keras layers, called on one tensor.
 * In:  its name, the arguments of the call, its configuration, a sample.
 * Out: its results, or the message with which it is refused.
 * Knows: how Keras 2 (TFOpLambda) and Keras 3 (Operation) write a call.
 * Does not know: any function. */
#ifndef OCTET_TESTS_KERAS_CALL_H
#define OCTET_TESTS_KERAS_CALL_H

#include "support/keras_run.h"

enum { KERAS_CALL_MODEL = 8192 };

typedef struct keras_call {
    int version;
    const char *shape; /* of the input without the batch: "2, 3" */
    const char *name;  /* "math.add" of Keras 2, "Add" of Keras 3; "Split:1" gives its result number 1 */
    const char
        *arguments;     /* each @ stands for the input: "[@, {\"axis\": 1}]" a node of Keras 2, "@, 2.0" of Keras 3 */
    const char *config; /* of Keras 3: ", \"axis\": 1" */
} keras_call;

/* The model's JSON. */
static inline void keras_call_write(const keras_call *call, char model[KERAS_CALL_MODEL]) {
    char input[512], nodes[KERAS_CALL_MODEL / 2];
    const bool is_operation = call->version == 3;
    if (is_operation)
        snprintf(input, sizeof input,
                 "{\"class_name\": \"__keras_tensor__\", \"config\": {\"shape\": [null, %s], \"dtype\": \"float32\", "
                 "\"keras_history\": [\"in\", 0, 0]}}",
                 call->shape);
    else snprintf(input, sizeof input, "%s", "\"in\", 0, 0");
    size_t n = 0;
    for (const char *from = call->arguments; *from != '\0'; from++) {
        n += (size_t)snprintf(nodes + n, sizeof nodes - n, *from == '@' ? "%s" : "%.1s", *from == '@' ? input : from);
        assert_true(n < sizeof nodes);
    }
    const char *colon = strchr(call->name, ':');
    const int length = (int)(colon != NULL ? (size_t)(colon - call->name) : strlen(call->name));
    n = (size_t)snprintf(
        model, KERAS_CALL_MODEL,
        "{\"class_name\": \"Functional\", \"config\": {\"name\": \"net\", \"layers\": [{\"class_name\": "
        "\"InputLayer\", \"name\": \"in\", \"config\": {\"name\": \"in\", \"%s\": [null, %s]}, "
        "\"inbound_nodes\": []}, ",
        is_operation ? "batch_shape" : "batch_input_shape", call->shape);
    n += (size_t)snprintf(
        model + n, KERAS_CALL_MODEL - n,
        is_operation ? "{\"class_name\": \"%.*s\", \"module\": \"keras.src.ops.numpy\", \"name\": \"f\", "
                       "\"config\": {\"name\": \"f\"%s}, \"inbound_nodes\": [{\"args\": [%s], \"kwargs\": {}}]}"
                     : "{\"class_name\": \"TFOpLambda\", \"name\": \"f\", \"config\": {\"name\": \"f\", "
                       "\"function\": \"%.*s\"%s}, \"inbound_nodes\": [%s]}",
        length, call->name, call->config, nodes);
    n += (size_t)snprintf(model + n, KERAS_CALL_MODEL - n,
                          "], \"input_layers\": [[\"in\", 0, 0]], \"output_layers\": [[\"f\", 0, %s]]}}",
                          colon != NULL ? colon + 1 : "0");
    assert_true(n < KERAS_CALL_MODEL);
}

/* Runs it on the first of the numbers x; returns the number of results. */
static inline size_t keras_call_run(const keras_call *call, const float *x, float *y) {
    char model[KERAS_CALL_MODEL];
    size_t n = strtoul(call->shape, NULL, 10);
    for (const char *at = strchr(call->shape, ','); at != NULL; at = strchr(at + 1, ','))
        n *= strtoul(at + 1, NULL, 10);
    keras_call_write(call, model);
    return keras_run_model(call->version, model, "", x, n, y);
}

typedef struct keras_case {
    keras_call call;
    size_t n;
    float expected[24];
} keras_case;

/* Results equal to a few units in the last place. */
static inline void keras_cases_hold(const keras_case *cases, size_t n_cases, const float *x) {
    for (size_t i = 0; i < n_cases; i++) {
        float found[KERAS_RUN_MOST];
        const size_t n = keras_call_run(&cases[i].call, x, found);
        if (n != cases[i].n) fail_msg("%s: %zu results, expected %zu", cases[i].call.name, n, cases[i].n);
        for (size_t j = 0; j < n; j++) {
            const float bound = 2e-6f * fmaxf(1, fabsf(cases[i].expected[j]));
            if (!(fabsf(found[j] - cases[i].expected[j]) <= bound))
                fail_msg("%s: result %zu is %.9g, expected %.9g", cases[i].call.name, j, (double)found[j],
                         (double)cases[i].expected[j]);
        }
    }
}

/* Fails unless the import is refused with a message that contains `sentence`. */
static inline void keras_call_refused(const keras_call *call, const char *sentence) {
    char model[KERAS_CALL_MODEL];
    octet_context ctx;
    octet_context_init(&ctx);
    octet_graph *graph = NULL;
    keras_shapes none = {.bytes = {NULL, 0}};
    keras_call_write(call, model);
    const octet_status status = keras_model_build(&ctx, (octet_bytes){(const uint8_t *)model, strlen(model)},
                                                  call->version, &none, NULL, &graph);
    if (status == OCTET_OK) fail_msg("%s is accepted, expected: %s", call->name, sentence);
    if (strstr(ctx.message, sentence) == NULL)
        fail_msg("%s: expected: %s\nfound: %s", call->name, sentence, ctx.message);
    assert_true(status == OCTET_UNSUPPORTED || status == OCTET_MODEL);
    assert_int_equal(ctx.memory_bytes, 0);
}

#endif
