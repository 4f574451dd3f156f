/* Eight threads, each with a context of its own, load the same .h5, .keras and .tflite at the same time and write what
 * they loaded: every thread gets the same bytes. The step `threads` of .ci/run runs this with ThreadSanitizer. */
#include "support/keras_files.h"

#include <pthread.h>

#include "octet/octet.h"

enum { N_THREADS = 8, N_ROUNDS = 3, N_MODELS = 3 };

#define IN_3                                                                                                   \
    "{\"module\": \"keras.layers\", \"class_name\": \"InputLayer\", \"config\": {\"batch_shape\": [null, 3], " \
    "\"dtype\": \"float32\", \"name\": \"in\"}, \"registered_name\": null}"
#define DENSE_3                                                                                                  \
    "{\"module\": \"keras.layers\", \"class_name\": \"Dense\", \"config\": {\"name\": \"dense\", \"units\": 2, " \
    "\"activation\": \"relu\", \"use_bias\": true}, \"registered_name\": null}"

static const char *paths[N_MODELS];

typedef struct worker {
    pthread_t thread;
    char message[512]; /* "" while all is well */
    void *bytes[N_MODELS];
    size_t sizes[N_MODELS];
} worker;

static bool load_and_write(worker *w, octet_context *ctx, size_t i) {
    octet_model *model = NULL;
    void *bytes = NULL;
    size_t size = 0;
    if (octet_model_load(ctx, paths[i], NULL, &model) != OCTET_OK ||
        octet_model_write_bytes(ctx, model, &bytes, &size) != OCTET_OK) {
        snprintf(w->message, sizeof w->message, "%s", octet_context_message(ctx));
        octet_model_destroy(ctx, model);
        return false;
    }
    octet_model_destroy(ctx, model);
    if (w->bytes[i] == NULL) {
        w->bytes[i] = malloc(size);
        w->sizes[i] = size;
        if (w->bytes[i] != NULL) memcpy(w->bytes[i], bytes, size);
    }
    const bool is_same = w->bytes[i] != NULL && w->sizes[i] == size && memcmp(w->bytes[i], bytes, size) == 0;
    if (!is_same) snprintf(w->message, sizeof w->message, "%s: differs between rounds", paths[i]);
    octet_bytes_free(ctx, bytes);
    return is_same;
}

static void *work(void *user) {
    worker *w = user;
    octet_context *ctx = NULL;
    if (octet_context_create(&ctx) != OCTET_OK) {
        snprintf(w->message, sizeof w->message, "no context");
        return NULL;
    }
    bool is_well = true;
    for (size_t round = 0; round < N_ROUNDS; round++)
        for (size_t i = 0; i < N_MODELS && is_well; i++) is_well = load_and_write(w, ctx, (round + i) % N_MODELS);
    octet_context_destroy(ctx);
    return NULL;
}

static void write_models(void) {
    static const keras_weight weights[] = {{"layers/dense/vars", "0", 2, {3, 2}, NULL},
                                           {"layers/dense/vars", "1", 1, {2}, NULL}};
    static const char config[] =
        "{\"module\": \"keras\", \"class_name\": \"Sequential\", \"config\": {\"name\": \"net\", "
        "\"layers\": [" IN_3 ", " DENSE_3 "]}, \"registered_name\": \"Sequential\"}";
    paths[0] = OCTET_EXAMPLES "/mnist/mnist_fc_k2.h5";
    paths[1] = keras_write_zip("model.keras", config, "3.4.1", weights, 2);
    paths[2] = fixture_path("model.tflite");
    octet_context *ctx = NULL;
    octet_model *model = NULL;
    assert_int_equal(octet_context_create(&ctx), OCTET_OK);
    if (octet_model_load(ctx, paths[0], NULL, &model) != OCTET_OK ||
        octet_model_write(ctx, model, paths[2]) != OCTET_OK)
        fail_msg("%s", octet_context_message(ctx));
    octet_model_destroy(ctx, model);
    octet_context_destroy(ctx);
}

static void threads_do_not_meet(void **state) {
    (void)state;
    static worker workers[N_THREADS];
    write_models();
    for (size_t i = 0; i < N_THREADS; i++)
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    for (size_t i = 0; i < N_THREADS; i++) assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
    for (size_t i = 0; i < N_THREADS; i++) {
        assert_string_equal(workers[i].message, "");
        for (size_t j = 0; j < N_MODELS; j++) {
            assert_int_equal(workers[i].sizes[j], workers[0].sizes[j]);
            assert_memory_equal(workers[i].bytes[j], workers[0].bytes[j], workers[0].sizes[j]);
        }
    }
    for (size_t i = 0; i < N_THREADS; i++)
        for (size_t j = 0; j < N_MODELS; j++) free(workers[i].bytes[j]);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(threads_do_not_meet)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
