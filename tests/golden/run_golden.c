/* run_golden - runs .tflite files on stored inputs and compares the outputs with stored ones, byte for byte.
 *   run_golden [--integer] FILE.tflite IN0.npy [IN1.npy ...] EXPECTED.npy   one case, its first output, one or more
 * samples run_golden [--integer] FOLDER [PREFIX]   every NAME.tflite there (that begins with PREFIX) with
 * NAME_in<i>.npy and NAME_ref.npy run_golden                               $OCTET_SHARED/golden/kernels; skipped (77)
 * without OCTET_SHARED A line per case and totals; exit code 1 when anything differs. --integer: numerics of
 * tflite-micro instead of LiteRT's.
 * --plain: float sums as in LiteRT's reference kernels. --tolerance T: float outputs may
 * differ by T * max(1, |expected|). */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "exec/exec.h"
#include "import/import.h"

enum { SKIPPED = 77, MAX_INPUTS = 16, PATH_SIZE = 4096 };

static double tolerance;

typedef struct tally {
    unsigned cases, failed;
    uint64_t elements, wrong;
} tally;

/* The data of a .npy file of format version 1 and its type ("<f4"). */
static octet_status read_npy(octet_context *ctx, const char *path, octet_file *file, octet_bytes *data, char type[4]) {
    OCTET_TRY(octet_file_open(ctx, path, file));
    const octet_bytes b = file->bytes;
    const bool is_npy = b.size >= 10 && memcmp(b.data, "\x93NUMPY\1", 7) == 0;
    const size_t start = is_npy ? 10 + (size_t)b.data[8] + 256 * (size_t)b.data[9] : 0;
    if (is_npy && start <= b.size) {
        for (size_t i = 10; i + 12 < start; i++) {
            if (memcmp(b.data + i, "'descr': '", 10) != 0) continue;
            memcpy(type, b.data + i + 10, 3);
            type[3] = 0;
            *data = (octet_bytes){b.data + start, b.size - start};
            return OCTET_OK;
        }
    }
    return octet_context_fail(ctx, OCTET_FORMAT, "%s: not a .npy file of version 1", path);
}

static const char *type_text(octet_type type) {
    static const char *const texts[OCTET_N_TYPES] = {
        [OCTET_FLOAT32] = "<f4", [OCTET_FLOAT16] = "<f2", [OCTET_INT32] = "<i4", [OCTET_UINT8] = "|u1",
        [OCTET_INT64] = "<i8",   [OCTET_BOOL] = "|b1",    [OCTET_INT16] = "<i2", [OCTET_INT8] = "|i1",
    };
    return texts[type];
}

/* A value's stored samples: one or, when the file holds more, several, run one after the other. */
typedef struct samples {
    octet_file file;
    octet_bytes data;
    size_t size, n;
} samples;

static octet_status open_samples(octet_context *ctx, const octet_value *value, const char *path, samples *out) {
    char type[4];
    OCTET_TRY(read_npy(ctx, path, &out->file, &out->data, type));
    out->size = octet_shape_elements(&value->shape) * octet_type_size(value->type);
    out->n = out->size ? out->data.size / out->size : 0;
    OCTET_CHECK(ctx, out->n > 0 && out->n * out->size == out->data.size && strcmp(type, type_text(value->type)) == 0,
                OCTET_DATA, "%s: %zu bytes of %s, tensor %s takes %zu of %s", path, out->data.size, type, value->name,
                out->size, type_text(value->type));
    return OCTET_OK;
}

static double element(const void *data, octet_type type, size_t i) {
    switch (type) {
    case OCTET_FLOAT32: return (double)((const float *)data)[i];
    case OCTET_INT32: return (double)((const int32_t *)data)[i];
    case OCTET_INT64: return (double)((const int64_t *)data)[i];
    case OCTET_INT16: return (double)((const int16_t *)data)[i];
    case OCTET_INT8: return (double)((const int8_t *)data)[i];
    case OCTET_UINT8:
    case OCTET_BOOL: return (double)((const uint8_t *)data)[i];
    case OCTET_FLOAT16:
    case OCTET_COMPLEX64:
    case OCTET_N_TYPES: break;
    }
    return 0;
}

typedef struct result {
    size_t wrong, n;
    double worst;
} result;

static void compare(const octet_value *value, const uint8_t *have, const uint8_t *want, result *r) {
    const size_t n = octet_shape_elements(&value->shape), width = octet_type_size(value->type);
    r->n += n;
    for (size_t i = 0; i < n; i++) {
        if (memcmp(have + i * width, want + i * width, width) == 0) continue;
        uint64_t aligned = 0; /* the file's data need not be aligned */
        memcpy(&aligned, want + i * width, width);
        const double wanted = element(&aligned, value->type, 0),
                     difference = fabs(element(have, value->type, i) - wanted);
        if (!(difference <= r->worst)) r->worst = difference;
        if (value->type != OCTET_FLOAT32 || !(difference <= tolerance * fmax(1, fabs(wanted)))) r->wrong++;
    }
}

static octet_status run_samples(octet_context *ctx, const octet_graph *graph, octet_runner *runner,
                                const char *const *inputs, const char *expected, samples *files, result *r) {
    const octet_value *output = &graph->values[graph->outputs[0].value];
    for (uint32_t i = 0; i < graph->n_inputs; i++)
        OCTET_TRY(open_samples(ctx, &graph->values[graph->inputs[i].value], inputs[i], &files[i]));
    samples *wanted = &files[graph->n_inputs];
    OCTET_TRY(open_samples(ctx, output, expected, wanted));
    for (size_t sample = 0; sample < wanted->n; sample++) {
        for (uint32_t i = 0; i < graph->n_inputs; i++) {
            OCTET_CHECK(ctx, files[i].n == wanted->n, OCTET_DATA, "%s: %zu samples, %s has %zu", inputs[i], files[i].n,
                        expected, wanted->n);
            memcpy(octet_runner_value(runner, graph->inputs[i].value), files[i].data.data + sample * files[i].size,
                   files[i].size);
        }
        octet_runner_reset(runner);
        octet_runner_run(runner, NULL);
        compare(output, octet_runner_value(runner, graph->outputs[0].value), wanted->data.data + sample * wanted->size,
                r);
    }
    return OCTET_OK;
}

static octet_status run_graph(octet_context *ctx, const octet_graph *graph, const octet_exec_options *options,
                              const char *const *inputs, const char *expected, const char *name, tally *total) {
    octet_exec *exec = NULL;
    octet_runner *runner = NULL;
    samples files[MAX_INPUTS + 1] = {0};
    result r = {0};
    OCTET_TRY(octet_exec_create(ctx, graph, options, &exec));
    octet_status status = octet_runner_create(ctx, exec, 1, &runner);
    if (status == OCTET_OK) status = run_samples(ctx, graph, runner, inputs, expected, files, &r);
    for (int i = 0; i <= MAX_INPUTS; i++) octet_file_close(ctx, &files[i].file);
    octet_runner_destroy(ctx, runner);
    octet_exec_destroy(ctx, exec);
    if (status != OCTET_OK) return status;
    printf("%-40s %s %zu/%zu", name, r.wrong ? "DIFFERS" : "equal", r.n - r.wrong, r.n);
    printf(r.worst > 0 || r.wrong ? " worst %g\n" : "\n", r.worst);
    total->elements += r.n;
    total->wrong += r.wrong;
    total->failed += r.wrong > 0;
    return OCTET_OK;
}

static void run_case(const char *model, const char *const *inputs, unsigned n_inputs, const char *expected,
                     const char *name, const octet_exec_options *options, tally *total) {
    octet_context context, *ctx = &context;
    octet_context_init(ctx);
    octet_graph *graph = NULL;
    octet_status status = octet_import_tflite(ctx, model, NULL, &graph);
    if (status == OCTET_OK && graph->n_inputs != n_inputs)
        status = octet_context_fail(ctx, OCTET_DATA, "%s: %u inputs, %u files", model, graph->n_inputs, n_inputs);
    if (status == OCTET_OK) status = run_graph(ctx, graph, options, inputs, expected, name, total);
    octet_graph_destroy(ctx, graph);
    total->cases++;
    if (status != OCTET_OK) {
        printf("%-40s FAILS %s: %s\n", name, octet_status_name(status), context.message);
        total->failed++;
    }
}

static void run_named(const char *folder, const char *name, const octet_exec_options *options, tally *total) {
    char model[PATH_SIZE], expected[PATH_SIZE], inputs[MAX_INPUTS][PATH_SIZE];
    const char *pointers[MAX_INPUTS];
    unsigned n = 0;
    snprintf(model, sizeof model, "%s/%s.tflite", folder, name);
    snprintf(expected, sizeof expected, "%s/%s_ref.npy", folder, name);
    for (; n < MAX_INPUTS; n++) {
        snprintf(inputs[n], sizeof inputs[n], "%s/%s_in%u.npy", folder, name, n);
        if (access(inputs[n], F_OK) != 0) break;
        pointers[n] = inputs[n];
    }
    run_case(model, pointers, n, expected, name, options, total);
}

static int run_folder(const char *folder, const char *prefix, const octet_exec_options *options) {
    octet_context context, *ctx = &context;
    octet_context_init(ctx);
    octet_arena arena = {0};
    const char **names;
    size_t n_names;
    if (octet_file_list(ctx, &arena, folder, &names, &n_names) != OCTET_OK) {
        fprintf(stderr, "run_golden: %s\n", context.message);
        return 2;
    }
    tally total = {0};
    for (size_t i = 0; i < n_names; i++) {
        char name[256];
        const size_t length = strlen(names[i]);
        if (length < 8 || length >= sizeof name || strcmp(names[i] + length - 7, ".tflite") != 0) continue;
        if (strncmp(names[i], prefix, strlen(prefix)) != 0) continue;
        memcpy(name, names[i], length - 7);
        name[length - 7] = 0;
        run_named(folder, name, options, &total);
    }
    octet_arena_free(ctx, &arena);
    printf("%u cases, %u failed; %" PRIu64 " elements, %" PRIu64 " wrong\n", total.cases, total.failed, total.elements,
           total.wrong);
    return total.failed || total.cases == 0;
}

int main(int argc, char **argv) {
    octet_exec_options options = {0};
    for (; argc > 1 && strncmp(argv[1], "--", 2) == 0; argc--, argv++) {
        if (strcmp(argv[1], "--integer") == 0) {
            options.numerics = OCTET_NUMERICS_INTEGER;
        } else if (strcmp(argv[1], "--plain") == 0) {
            options.float_order = OCTET_FLOAT_ORDER_PLAIN;
        } else if (strcmp(argv[1], "--tolerance") == 0 && argc > 2) {
            tolerance = strtod(argv[2], NULL);
            argc--;
            argv++;
        } else {
            fprintf(stderr, "run_golden: unknown option %s\n", argv[1]);
            return 2;
        }
    }
    if (argc > 3 || (argc > 1 && strlen(argv[1]) > 7 && strcmp(argv[1] + strlen(argv[1]) - 7, ".tflite") == 0)) {
        if (argc < 3) return 2;
        tally total = {0};
        run_case(argv[1], (const char *const *)(argv + 2), (unsigned)(argc - 3), argv[argc - 1], argv[1], &options,
                 &total);
        return total.failed != 0;
    }
    if (argc > 1) return run_folder(argv[1], argc > 2 ? argv[2] : "", &options);
    const char *shared = getenv("OCTET_SHARED");
    if (shared == NULL) {
        puts("skipped: OCTET_SHARED is not set");
        return SKIPPED;
    }
    char folder[PATH_SIZE];
    snprintf(folder, sizeof folder, "%s/golden/kernels", shared);
    return run_folder(folder, "", &options);
}
