/* A digit (the version of Keras), a model's JSON up to the first NUL, then shapes of weights (support/keras_model.h).
 * What imports is a graph that the verifier accepts, also after the passes, and that is written and read again;
 * anything else is one sentence. Covers: import/keras passes quant */
#include "fuzz/target.h"

#include <string.h>

#include "export/tflite/tflite.h"
#include "fuzz/keras_mutate.h"
#include "import/import.h"
#include "passes/passes.h"
#include "quant/quant.h"

#include "support/keras_model.h"

static octet_status write_and_read(octet_context *ctx, const octet_graph *graph) {
    octet_buffer out = {0};
    octet_graph *again = NULL;
    octet_status status = octet_export_tflite(ctx, graph, &out);
    if (status == OCTET_OK) {
        status = octet_import_tflite_bytes(ctx, (octet_bytes){out.data, out.size}, "again", NULL, &again);
        if (status != OCTET_OK && status != OCTET_LIMIT) abort();
        octet_graph_destroy(ctx, again);
    }
    octet_buffer_free(ctx, &out);
    return status;
}

/* In every mode; any ranges will do. */
static octet_status quantize(octet_context *ctx, octet_graph *graph, bool is_strict) {
    octet_status status = OCTET_OK;
    for (uint32_t v = 0; v < graph->n_values && status == OCTET_OK; v++) {
        const octet_value *value = &graph->values[v];
        const bool has_range = value->type == OCTET_FLOAT32 && !octet_value_is_constant(value);
        if (has_range && value->quantization.stated == NULL) status = octet_value_state_range(ctx, graph, v, -1, 1);
    }
    for (int mode = OCTET_MODE_INT8; mode <= OCTET_MODE_FLOAT16 && status == OCTET_OK; mode++) {
        octet_graph *quantized = NULL;
        const octet_quantize_options options = {.mode = (octet_mode)mode, .strict_tensorflow = is_strict};
        status = octet_quantize_graph(ctx, graph, NULL, &options, &quantized);
        if (status == OCTET_OK) status = write_and_read(ctx, quantized);
        octet_graph_destroy(ctx, quantized);
        if (status == OCTET_UNSUPPORTED || status == OCTET_MODEL) { /* of one mode */
            target_end_step(ctx);
            octet_context_clear(ctx);
            status = OCTET_OK;
        }
    }
    return status;
}

static octet_status convert(octet_context *ctx, octet_graph *graph, bool is_strict) {
    OCTET_TRY(octet_passes_run(ctx, graph));
    OCTET_TRY(octet_graph_verify(ctx, graph, "passes"));
    OCTET_TRY(write_and_read(ctx, graph));
    return quantize(ctx, graph, is_strict);
}

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
    octet_status status =
        keras_model_build(&ctx, (octet_bytes){data + 1, length}, data[0] == '3' ? 3 : 2, &shapes, NULL, &graph);
    if (status == OCTET_OK) status = convert(&ctx, graph, size % 2 == 0);
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
