/* A .tflite through the whole library: loaded, described, checked, run, quantized in one of the modes, compared,
 * written, loaded again and run. Vector instructions and plain loops must give the same bytes, and what was written the
 * same results. The hash of the bytes chooses mode, types and target.
 * Covers: passes quant lower exec export/tflite target report statistics */
#include "fuzz/target.h"

#include <string.h>

#include "api/handles.h"
#include "base/hash.h"
#include "formats/json.h"
#include "fuzz/tflite_mutate.h"
#include "graph/work.h"

enum { MAX_OPERATORS = 64, MAX_WORK = 1 << 17, MAX_ELEMENTS = 1 << 14, MAX_INPUTS = 8, N_SAMPLES = 3 };

static uint64_t choices;

static const char *choose(const char *choice) {
    uint32_t n = 0;
    while (octet_choice_name(choice, n) != NULL) n++;
    const uint32_t chosen = (uint32_t)(choices % n);
    choices /= n;
    return octet_choice_name(choice, chosen);
}

/* Large models are only slow. */
static bool is_small(const octet_model *model) {
    uint64_t work = 0;
    const octet_graph *graph = model->graph;
    if (graph->n_operators > MAX_OPERATORS || graph->n_inputs > MAX_INPUTS || graph->n_inputs == 0) return false;
    for (uint32_t i = 0; i < graph->n_operators; i++) {
        const uint64_t more = octet_operator_work(graph, &graph->operators[i]);
        if (more > MAX_WORK || (work += more) > MAX_WORK) return false;
    }
    for (uint32_t i = 0; i < graph->n_values; i++)
        if (octet_shape_elements(&graph->values[i].shape) > MAX_ELEMENTS) return false;
    return true;
}

static void fill(octet_interpreter *interpreter, const octet_model *model) {
    for (uint32_t i = 0; i < octet_model_n_inputs(model); i++) {
        octet_tensor tensor = OCTET_TENSOR_INIT;
        octet_model_input(model, i, &tensor);
        uint8_t *data = octet_interpreter_input(interpreter, i);
        const bool is_float = strcmp(tensor.type, "float32") == 0;
        for (size_t j = 0; j < tensor.size_bytes; j++) data[j] = is_float ? 0 : (uint8_t)(j % 3 == 0);
        for (size_t j = 0; is_float && j < tensor.n_elements; j++) {
            const float value = (float)((int)(j * 37 % 19) - 9) * 0.25f;
            memcpy(data + 4 * j, &value, sizeof value);
        }
    }
}

/* The hash of all outputs of one run; false where the model does not run. */
static bool run(octet_context *ctx, const octet_model *model, bool reference_kernels, uint64_t *hash) {
    octet_run_options options = OCTET_RUN_OPTIONS_INIT;
    octet_interpreter *interpreter = NULL;
    options.reference_kernels = reference_kernels;
    options.n_threads = 1;
    *hash = 0;
    if (octet_interpreter_create(ctx, model, &options, &interpreter) != OCTET_OK) return false;
    fill(interpreter, model);
    octet_interpreter_run(interpreter);
    for (uint32_t i = 0; i < octet_model_n_outputs(model); i++) {
        octet_tensor tensor = OCTET_TENSOR_INIT;
        octet_model_output(model, i, &tensor);
        *hash = octet_hash(*hash, octet_interpreter_output(interpreter, i), tensor.size_bytes);
    }
    octet_interpreter_destroy(ctx, interpreter);
    return true;
}

/* An error is allowed, a sentence with it; the next step begins without one. */
static void end_step(octet_context *ctx) {
    target_end_step(ctx);
    octet_context_clear(ctx);
}

static bool run_both(octet_context *ctx, const octet_model *model, uint64_t *hash) {
    uint64_t plain = 0;
    const bool runs = run(ctx, model, false, hash);
    end_step(ctx);
    if (runs && run(ctx, model, true, &plain) && plain != *hash) abort();
    end_step(ctx);
    return runs;
}

static void check_json(octet_context *ctx, char *text) {
    octet_json_document document;
    if (text != NULL) {
        if (octet_json_parse(ctx, (octet_bytes){(const uint8_t *)text, strlen(text)}, "report", &document) !=
                OCTET_OK &&
            ctx->status != OCTET_LIMIT)
            abort();
        octet_json_free(ctx, &document);
        octet_text_free(ctx, text);
    }
    end_step(ctx);
}

static void describe(octet_context *ctx, const octet_model *model) {
    char *text = NULL;
    bool is_supported;
    octet_model_summary(ctx, model, OCTET_AS_JSON, &text);
    check_json(ctx, text);
    text = NULL;
    octet_model_inspect(ctx, model, OCTET_AS_JSON, &text);
    check_json(ctx, text);
    text = NULL;
    octet_model_check(ctx, model, choose("target"), OCTET_AS_JSON, &is_supported, &text);
    check_json(ctx, text);
}

/* What is written is read again, and computes the same. */
static void write_and_read(octet_context *ctx, const octet_model *model, bool runs, uint64_t hash) {
    void *bytes = NULL;
    size_t size = 0;
    octet_model *again = NULL;
    uint64_t found = 0;
    if (octet_model_write_bytes(ctx, model, &bytes, &size) == OCTET_OK &&
        octet_model_load_bytes(ctx, bytes, size, "again", NULL, &again) != OCTET_OK && ctx->status != OCTET_LIMIT)
        abort();
    if (again != NULL && runs && run(ctx, again, false, &found) && found != hash) abort();
    octet_model_destroy(ctx, again);
    octet_bytes_free(ctx, bytes);
    end_step(ctx);
}

static octet_status make_data(octet_context *ctx, const octet_model *model, octet_data **out) {
    static float numbers[N_SAMPLES * MAX_ELEMENTS];
    octet_array_view views[MAX_INPUTS];
    int64_t dims[MAX_INPUTS][OCTET_TENSOR_MAX_RANK + 1];
    for (size_t i = 0; i < N_SAMPLES * MAX_ELEMENTS && numbers[0] == 0.0f; i++)
        numbers[i] = (float)((int)(i * 29 % 23) - 11) * 0.125f;
    for (uint32_t i = 0; i < octet_model_n_inputs(model); i++) {
        octet_tensor tensor = OCTET_TENSOR_INIT;
        octet_model_input(model, i, &tensor);
        views[i] = (octet_array_view){.size = sizeof views[i], .type = "float32", .data = numbers, .dims = dims[i]};
        dims[i][0] = N_SAMPLES;
        for (int32_t d = 1; d < tensor.rank; d++) dims[i][d] = tensor.dims[d];
        views[i].rank = tensor.rank > 0 ? tensor.rank : 1;
        if (views[i].rank > OCTET_TENSOR_MAX_RANK) views[i].rank = OCTET_TENSOR_MAX_RANK;
    }
    return octet_data_from_arrays(ctx, views, octet_model_n_inputs(model), NULL, NULL, out);
}

static void compare(octet_context *ctx, const octet_model *model, const octet_model *quantized, octet_data *data) {
    octet_run_options options = OCTET_RUN_OPTIONS_INIT;
    octet_verdict *verdict = NULL;
    char *text = NULL;
    options.n_threads = 1;
    if (octet_compare(ctx, model, quantized, data, NULL, &options, &verdict) == OCTET_OK)
        octet_verdict_render(ctx, verdict, NULL, OCTET_AS_JSON, &text);
    octet_verdict_destroy(ctx, verdict);
    check_json(ctx, text);
}

static void quantize(octet_context *ctx, const octet_model *model) {
    octet_conversion options = OCTET_CONVERSION_INIT;
    octet_data *data = NULL;
    octet_model *quantized = NULL;
    uint64_t hash = 0;
    options.mode = choose("mode");
    const char *types = strcmp(options.mode, "int16x8") == 0 ? "int16x8 type" : "type";
    options.input_type = choose(types);
    options.output_type = choose(types);
    options.strict_tensorflow = strcmp(choose("split"), "test") == 0;
    options.per_tensor = choices % 5 == 0;
    options.split_outputs = choices % 3 == 0;
    if (choices % 2 == 0) options.target = choose("target");
    options.n_threads = 1;
    if (make_data(ctx, model, &data) == OCTET_OK) octet_model_quantize(ctx, model, data, &options, &quantized, NULL);
    end_step(ctx);
    if (quantized != NULL) {
        const bool runs = run_both(ctx, quantized, &hash);
        compare(ctx, model, quantized, data);
        write_and_read(ctx, quantized, runs, hash);
        describe(ctx, quantized);
    }
    octet_model_destroy(ctx, quantized);
    octet_data_close(ctx, data);
    end_step(ctx);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    octet_context ctx;
    octet_model *model = NULL;
    uint64_t hash = 0;
    target_begin(&ctx);
    choices = octet_hash(0, data, size);
    octet_model_load_bytes(&ctx, data, size, "fuzz", NULL, &model);
    end_step(&ctx);
    if (model != NULL && is_small(model)) {
        describe(&ctx, model);
        const bool runs = run_both(&ctx, model, &hash);
        write_and_read(&ctx, model, runs, hash);
        if (!octet_model_is_quantized(model)) quantize(&ctx, model);
    }
    octet_model_destroy(&ctx, model);
    return target_end(&ctx, OCTET_OK);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed) {
    return mutate_tflite(data, size, max_size, seed);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2, uint8_t *out,
                                 size_t max_size, unsigned int seed) {
    return mutate_tflite_cross(data1, size1, data2, size2, out, max_size, seed);
}
