/* A digit (the version of Keras), a model's JSON up to the first NUL, then shapes of weights (support/keras_model.h).
 * What imports is a graph that the verifier accepts; anything else is one sentence.
 * Covers: import/keras */
#include "fuzz/target.h"

#include <string.h>

#include "fuzz/keras_mutate.h"

#include "support/keras_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static float numbers[KERAS_MODEL_MAX_ELEMENTS];
    if (size < 2 || size > 1 << 16) return 0;
    for (size_t i = KERAS_MODEL_MAX_ELEMENTS; i-- > 0 && numbers[0] == 0.0f;) numbers[i] = 0.5f + (float)(i % 7);
    const uint8_t *end = memchr(data + 1, '\0', size - 1);
    const size_t length = end != NULL ? (size_t)(end - data) - 1 : size - 1;
    octet_context ctx;
    target_begin(&ctx);
    keras_shapes shapes = {.bytes = {data + 1 + length, size - 1 - length}, .at = end != NULL, .data = numbers};
    octet_graph *graph = NULL;
    const octet_status status =
        keras_model_build(&ctx, (octet_bytes){data + 1, length}, data[0] == '3' ? 3 : 2, &shapes, NULL, &graph);
    octet_graph_destroy(&ctx, graph);
    return target_end(&ctx, status);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed) {
    return mutate_keras(data, size, max_size, seed);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2, uint8_t *out,
                                 size_t max_size, unsigned int seed) {
    return mutate_keras_cross(data1, size1, data2, size2, out, max_size, seed);
}
