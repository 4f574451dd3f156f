/* run_conversion - quantizes float .tflite files and compares the graphs with those of TensorFlow's files, value by
 * value. run_conversion                $OCTET_SHARED/golden/mnist and golden/layers; skipped (77) without OCTET_SHARED
 *   run_conversion --only PART    the layer cases whose name holds PART
 * mnist: TensorFlow's own calibrated files in every mode, everything equal to the last bit. layers: calibrated here
 * over the stored samples, with --strict-tensorflow; scales within 64 units in the last place, since float kernels add
 * in another order. A line per case that differs and totals; exit code 1 when there is one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exec/exec.h"
#include "formats/npy.h"
#include "import/import.h"
#include "quant/quant.h"
#include "statistics/observer.h"
#include "tflite/builtin.h"

enum { SKIPPED = 77, MAX_INPUTS = 8, PATH_SIZE = 4096, LAYER_ULPS = 64 };

typedef struct comparison {
    const octet_graph *ours, *theirs;
    int64_t ulps; /* allowed */
    char difference[512];
} comparison;

static bool differ(comparison *c, const octet_operator *op, const char *what, double ours, double theirs) {
    snprintf(c->difference, sizeof c->difference, "%s (%s): %s %.9g, TensorFlow %.9g", op->layer,
             octet_operator_name(op->code), what, ours, theirs);
    return false;
}

static int64_t float_bits(float value) {
    int32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static bool same_quantization(comparison *c, const octet_operator *op, const octet_quantization *a,
                              const octet_quantization *b) {
    if (a->n != b->n) return differ(c, op, "number of scales", (double)a->n, (double)b->n);
    if (a->n > 1 && a->axis != b->axis) return differ(c, op, "axis", (double)a->axis, (double)b->axis);
    for (uint32_t i = 0; i < a->n; i++) {
        const int64_t distance = float_bits(a->scale[i]) - float_bits(b->scale[i]);
        if (distance > c->ulps || distance < -c->ulps)
            return differ(c, op, "scale", (double)a->scale[i], (double)b->scale[i]);
        if (a->zero_point[i] != b->zero_point[i])
            return differ(c, op, "zero point", a->zero_point[i], b->zero_point[i]);
    }
    return true;
}

/* Biases may be off by one where their scale differs in its last bits. */
static bool same_constant(comparison *c, const octet_operator *op, const octet_value *a, const octet_value *b) {
    const size_t n = octet_shape_elements(&a->shape), width = octet_type_size(a->type);
    const bool bias = a->type == OCTET_INT32 && a->quantization.n > 0 && c->ulps > 0;
    for (size_t i = 0; i < n; i++) {
        const uint8_t *x = (const uint8_t *)a->data + i * width, *y = (const uint8_t *)b->data + i * width;
        if (memcmp(x, y, width) == 0) continue;
        int32_t p = 0, q = 0;
        if (width <= 4) {
            memcpy(&p, x, width);
            memcpy(&q, y, width);
        }
        if (!bias || p - q > 1 || q - p > 1) return differ(c, op, "element of a constant", p, q);
    }
    return true;
}

static bool same_value(comparison *c, const octet_operator *op, uint32_t i, uint32_t j) {
    if ((i == OCTET_NONE) != (j == OCTET_NONE))
        return differ(c, op, "operand is given", i != OCTET_NONE, j != OCTET_NONE);
    if (i == OCTET_NONE) return true;
    const octet_value *a = &c->ours->values[i], *b = &c->theirs->values[j];
    if (a->type != b->type) return differ(c, op, "type", (double)a->type, (double)b->type);
    if (!octet_shape_equal(&a->shape, &b->shape)) {
        return differ(c, op, "elements", (double)octet_shape_elements(&a->shape),
                      (double)octet_shape_elements(&b->shape));
    }
    if ((a->data != NULL) != (b->data != NULL))
        return differ(c, op, "operand is constant", a->data != NULL, b->data != NULL);
    if (!same_quantization(c, op, &a->quantization, &b->quantization)) return false;
    return a->data == NULL || same_constant(c, op, a, b);
}

static bool same_graph(comparison *c) {
    for (uint32_t k = 0; k < c->ours->n_operators && k < c->theirs->n_operators; k++) {
        const octet_operator *a = &c->ours->operators[k], *b = &c->theirs->operators[k];
        if (a->code != b->code)
            return differ(c, a, "operator code", octet_builtin_of(a->code), octet_builtin_of(b->code));
        if (a->n_inputs != b->n_inputs) return differ(c, a, "number of operands", a->n_inputs, b->n_inputs);
        if (a->n_outputs != b->n_outputs) return differ(c, a, "number of results", a->n_outputs, b->n_outputs);
        for (uint32_t i = 0; i < a->n_inputs; i++) {
            if (!same_value(c, a, a->inputs[i], b->inputs[i])) return false;
        }
        for (uint32_t i = 0; i < a->n_outputs; i++) {
            if (!same_value(c, a, a->outputs[i], b->outputs[i])) return false;
        }
    }
    if (c->ours->n_operators == c->theirs->n_operators) return true;
    snprintf(c->difference, sizeof c->difference, "%u operators, TensorFlow %u", c->ours->n_operators,
             c->theirs->n_operators);
    return false;
}

/* TensorFlow keeps the state of LSTMs from sample to sample: nothing is reset. */
static octet_status observe(octet_context *ctx, const octet_graph *graph, octet_runner *runner,
                            octet_observer *observer, const char *folder, octet_file *files) {
    octet_array arrays[MAX_INPUTS];
    char path[PATH_SIZE];
    for (uint32_t i = 0; i < graph->n_inputs && i < MAX_INPUTS; i++) {
        snprintf(path, sizeof path, "%s/calib_%u.npy", folder, i);
        OCTET_TRY(octet_file_open(ctx, path, &files[i]));
        OCTET_TRY(octet_npy_parse(ctx, files[i].bytes, path, &arrays[i]));
        const size_t one = octet_shape_elements(&graph->values[graph->inputs[i].value].shape) * sizeof(float);
        OCTET_CHECK(ctx,
                    arrays[i].rank > 0 && arrays[i].element.kind == 'f' && arrays[i].dims[0] == arrays[0].dims[0] &&
                        octet_array_bytes(&arrays[i]) == (size_t)arrays[i].dims[0] * one,
                    OCTET_DATA, "%s: does not fit input %u", path, (unsigned)i);
    }
    octet_runner_set_observer(runner, octet_observer_observe, observer);
    for (int64_t sample = 0; sample < arrays[0].dims[0]; sample++) {
        for (uint32_t i = 0; i < graph->n_inputs && i < MAX_INPUTS; i++) {
            const uint32_t v = graph->inputs[i].value;
            const size_t one = octet_shape_elements(&graph->values[v].shape) * sizeof(float);
            memcpy(octet_runner_value(runner, v), (const uint8_t *)arrays[i].data + (size_t)sample * one, one);
        }
        octet_runner_run(runner, NULL);
    }
    return OCTET_OK;
}

static octet_status calibrate(octet_context *ctx, const octet_graph *graph, const char *folder,
                              octet_statistics **out) {
    octet_exec *exec = NULL;
    octet_runner *runner = NULL;
    octet_observer *observer = NULL;
    octet_arena arena = {0};
    uint32_t *rows_of = NULL;
    octet_file files[MAX_INPUTS] = {0};
    octet_status status = octet_exec_create(ctx, graph, NULL, &exec);
    if (status == OCTET_OK) status = octet_runner_create(ctx, exec, 1, &runner);
    if (status == OCTET_OK) status = octet_statistics_create_for(ctx, graph, out);
    if (status == OCTET_OK) status = octet_statistics_bind(ctx, &arena, *out, graph, &rows_of);
    if (status == OCTET_OK) status = octet_observer_create(ctx, graph, *out, rows_of, 1, &observer);
    if (status == OCTET_OK) status = observe(ctx, graph, runner, observer, folder, files);
    if (status == OCTET_OK) status = octet_observer_give(ctx, observer, *out);
    for (int i = 0; i < MAX_INPUTS; i++) octet_file_close(ctx, &files[i]);
    octet_observer_destroy(ctx, observer);
    octet_arena_free(ctx, &arena);
    octet_runner_destroy(ctx, runner);
    octet_exec_destroy(ctx, exec);
    return status;
}

typedef struct tally {
    unsigned cases, failed;
} tally;

/* samples: folder with calib_<i>.npy, or NULL when the file brings its ranges. */
static void run_case(const char *name, const char *source, const char *expected, const char *samples,
                     const octet_quantize_options *options, tally *total) {
    octet_context context, *ctx = &context;
    octet_context_init(ctx);
    octet_graph *graph = NULL, *ours = NULL, *theirs = NULL;
    octet_statistics *statistics = NULL;
    comparison c = {.ulps = samples != NULL ? LAYER_ULPS : 0};
    octet_status status = octet_import_tflite(ctx, source, NULL, &graph);
    if (status == OCTET_OK) status = octet_import_tflite(ctx, expected, NULL, &theirs);
    if (status == OCTET_OK && samples != NULL) status = calibrate(ctx, graph, samples, &statistics);
    if (status == OCTET_OK) status = octet_quantize_graph(ctx, graph, statistics, options, &ours);
    c.ours = ours;
    c.theirs = theirs;
    total->cases++;
    if (status != OCTET_OK) {
        printf("%-32s FAILS %s: %s\n", name, octet_status_name(status), context.message);
        total->failed++;
    } else if (!same_graph(&c)) {
        printf("%-32s DIFFERS %s\n", name, c.difference);
        total->failed++;
    }
    octet_statistics_free(ctx, statistics);
    octet_graph_destroy(ctx, graph);
    octet_graph_destroy(ctx, ours);
    octet_graph_destroy(ctx, theirs);
}

static void run_mnist(const char *shared, tally *total) {
    static const char *const MODELS[] = {"fc", "cnn", "cnn_large"};
    static const struct {
        const char *file;
        octet_quantize_options options;
    } MODES[] = {
        {"int8", {.input_type = OCTET_INT8, .output_type = OCTET_INT8}},
        {"int8_u8", {.input_type = OCTET_UINT8, .output_type = OCTET_UINT8}},
        {"int8_f32", {.input_type = OCTET_FLOAT32, .output_type = OCTET_FLOAT32}},
        {"drq", {.mode = OCTET_MODE_DYNAMIC}},
        {"f16", {.mode = OCTET_MODE_FLOAT16}},
        {"i16x8", {.mode = OCTET_MODE_INT16X8}},
    };
    char source[PATH_SIZE], expected[PATH_SIZE], name[64];
    for (size_t m = 0; m < sizeof MODELS / sizeof *MODELS; m++) {
        for (size_t i = 0; i < sizeof MODES / sizeof *MODES; i++) {
            snprintf(source, sizeof source, "%s/golden/mnist/%s_calib.tflite", shared, MODELS[m]);
            snprintf(expected, sizeof expected, "%s/golden/mnist/%s_%s.tflite", shared, MODELS[m], MODES[i].file);
            snprintf(name, sizeof name, "mnist %s %s", MODELS[m], MODES[i].file);
            run_case(name, source, expected, NULL, &MODES[i].options, total);
        }
    }
}

/* Cases that say nothing here. */
static bool is_excluded(const char *name) {
    /* Its shapes are computed at run time, so that LiteRT allocates values outside its plan and overwrites none;
     * k2s_layernorm is the same with static shapes. */
    if (strcmp(name, "k2_layernorm") == 0) return true;
    /* Its inputs stand in another order than those of k3_concat, whose samples it would take. */
    return strcmp(name, "k3s_concat") == 0;
}

/* Cases with a static batch have no samples of their own: those of k2_<layer> serve k2s_<layer>. */
static void run_layer(const char *root, const char *name, tally *total) {
    char source[PATH_SIZE], expected[PATH_SIZE], samples[PATH_SIZE], file[PATH_SIZE + 16];
    snprintf(source, sizeof source, "%s/%s/float.tflite", root, name);
    snprintf(expected, sizeof expected, "%s/%s/int8.tflite", root, name);
    snprintf(samples, sizeof samples, "%s/%s", root, name);
    snprintf(file, sizeof file, "%s/calib_0.npy", samples);
    if (access(file, F_OK) != 0) snprintf(samples, sizeof samples, "%s/%.2s%s", root, name, name + 3);
    if (access(source, F_OK) != 0 || access(expected, F_OK) != 0) return;
    const octet_quantize_options options = {
        .input_type = OCTET_INT8, .output_type = OCTET_INT8, .strict_tensorflow = true};
    run_case(name, source, expected, samples, &options, total);
}

int main(int argc, char **argv) {
    const char *only = argc == 3 && strcmp(argv[1], "--only") == 0 ? argv[2] : NULL;
    const char *shared = getenv("OCTET_SHARED");
    if (shared == NULL) {
        puts("skipped: OCTET_SHARED is not set");
        return SKIPPED;
    }
    octet_context context, *ctx = &context;
    octet_context_init(ctx);
    octet_arena arena = {0};
    tally total = {0};
    char root[PATH_SIZE / 2];
    const char **names;
    size_t n_names;
    if (only == NULL) run_mnist(shared, &total);
    snprintf(root, sizeof root, "%s/golden/layers", shared);
    if (octet_file_list(ctx, &arena, root, &names, &n_names) != OCTET_OK) {
        fprintf(stderr, "run_conversion: %s\n", context.message);
        return 2;
    }
    for (size_t i = 0; i < n_names; i++) {
        const bool wanted = only == NULL || strstr(names[i], only) != NULL;
        if (wanted && strlen(names[i]) > 3 && !is_excluded(names[i])) run_layer(root, names[i], &total);
    }
    octet_arena_free(ctx, &arena);
    printf("%u cases, %u failed\n", total.cases, total.failed);
    return total.failed > 0 || total.cases == 0;
}
