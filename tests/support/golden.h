/* golden.h - what octet writes of a graph and computes with it, as hashes, and what they were.
 * In:  float graphs; a file with a line for each.
 * Out: a line per graph: by mode, the hash of the file and of what it computes; a failure for lines that changed.
 * Knows: quant, export, exec.
 * Does not know: graphs. Needs cmocka.h. */
#ifndef OCTET_TESTS_SUPPORT_GOLDEN_H
#define OCTET_TESTS_SUPPORT_GOLDEN_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/version.h"
#include "exec/convert.h"
#include "exec/exec.h"
#include "export/tflite/tflite.h"
#include "quant/quant.h"

enum { GOLDEN_ELEMENTS = 1024, GOLDEN_VALUES = 512, GOLDEN_LINE = 512, GOLDEN_MOST_DIFFERENT = 3 };

static octet_context golden_ctx;

static const struct {
    const char *name;
    octet_quantize_options quantize;
    octet_exec_options exec;
    bool is_float; /* not quantized */
} golden_modes[] = {
    {"float", {0}, {.reference_kernels = true}, true},
    {"eigen", {0}, {.reference_kernels = true, .float_order = OCTET_FLOAT_ORDER_TENSORFLOW}, true},
    {"plain", {0}, {.reference_kernels = true, .float_order = OCTET_FLOAT_ORDER_PLAIN}, true},
    {"int8", {.input_type = OCTET_INT8, .output_type = OCTET_INT8}, {.reference_kernels = true}, false},
    {"int8_float", {.per_tensor = true}, {.reference_kernels = true, .numerics = OCTET_NUMERICS_INTEGER}, false},
    {"strict_uint8",
     {.input_type = OCTET_UINT8, .output_type = OCTET_UINT8, .strict_tensorflow = true},
     {.reference_kernels = true},
     false},
    {"int16x8",
     {.mode = OCTET_MODE_INT16X8, .input_type = OCTET_INT16, .output_type = OCTET_INT16},
     {.reference_kernels = true},
     false},
    {"strict_int16x8", {.mode = OCTET_MODE_INT16X8, .strict_tensorflow = true}, {.reference_kernels = true}, false},
    {"dynamic", {.mode = OCTET_MODE_DYNAMIC}, {.reference_kernels = true}, false},
    {"float16", {.mode = OCTET_MODE_FLOAT16}, {.reference_kernels = true}, false},
};
enum { GOLDEN_N_MODES = sizeof golden_modes / sizeof golden_modes[0] };

static inline void golden_good(octet_status status, const char *what) {
    if (status != OCTET_OK) fail_msg("%s: %s: %s", what, octet_status_name(status), golden_ctx.message);
}

/* Between -1.5 and 1.5, the same on every machine; above 0 where a float operator knows nothing else. */
static inline float golden_number(octet_operator_code code, size_t i) {
    const float x = (float)((uint32_t)i * 2654435761u >> 8) * 0x1.8p-23f - 1.5f;
    const bool needs_positive =
        code == OCTET_OP_LOG || code == OCTET_OP_SQRT || code == OCTET_OP_RSQRT || code == OCTET_OP_POW;
    return needs_positive && x < 0.125f ? 0.125f - x : x;
}

static inline void golden_fill(const octet_value *value, octet_operator_code code, size_t seed, void *tensor) {
    float numbers[GOLDEN_ELEMENTS];
    const size_t n = octet_shape_elements(&value->shape), n_numbers = value->type == OCTET_COMPLEX64 ? 2 * n : n;
    assert_true(n_numbers <= GOLDEN_ELEMENTS);
    for (size_t i = 0; i < n_numbers; i++) numbers[i] = golden_number(code, seed + i);
    if (value->type == OCTET_FLOAT32 || value->type == OCTET_COMPLEX64) memcpy(tensor, numbers, n_numbers * 4);
    else octet_convert_from_real(value, OCTET_ROUND_NEAREST, numbers, n, tensor);
}

/* Of the numbers of one run, and a little more below. */
static inline octet_observed_range golden_range(const float *data, size_t n) {
    octet_observed_range range = octet_range_empty();
    octet_range_observe(&range, data, n);
    range.min -= 0.03125f * (range.max - range.min);
    return range;
}

/* ranges: by value, filled; NULL: none are wanted. */
static inline uint64_t golden_run(const octet_graph *graph, octet_operator_code code, const octet_exec_options *options,
                                  octet_observed_range *ranges) {
    octet_exec *exec = NULL;
    octet_runner *runner = NULL;
    uint64_t hash = 0;
    const octet_status status = octet_exec_create(&golden_ctx, graph, options, &exec);
    if (status != OCTET_OK) return octet_hash_text(0, octet_status_name(status));
    golden_good(octet_runner_create(&golden_ctx, exec, 1, &runner), "runner");
    for (uint32_t i = 0; i < graph->n_inputs; i++) {
        const uint32_t v = graph->inputs[i].value;
        golden_fill(&graph->values[v], code, 100 * (size_t)i, octet_runner_value(runner, v));
    }
    octet_runner_run(runner, NULL);
    for (uint32_t v = 0; v < graph->n_values && ranges != NULL; v++) {
        const octet_value *value = &graph->values[v];
        if (value->type == OCTET_FLOAT32 && octet_runner_value(runner, v) != NULL)
            ranges[v] = golden_range(octet_runner_value(runner, v), octet_shape_elements(&value->shape));
    }
    for (uint32_t i = 0; i < graph->n_outputs; i++) {
        const uint32_t v = graph->outputs[i].value;
        hash = octet_hash(hash, octet_runner_value(runner, v), octet_value_bytes(&graph->values[v]));
    }
    octet_runner_destroy(&golden_ctx, runner);
    octet_exec_destroy(&golden_ctx, exec);
    return hash;
}

/* Without the version of octet, which stands in every file. */
static inline uint64_t golden_file_hash(const octet_graph *graph) {
    static const char version[] = "octet " OCTET_VERSION_TEXT;
    octet_buffer file = {0};
    golden_good(octet_export_tflite(&golden_ctx, graph, &file), "export");
    unsigned n_found = 0;
    for (size_t at = 0; at + sizeof version <= file.size; at++) {
        if (memcmp(file.data + at, version, sizeof version) != 0) continue;
        memset(file.data + at, 0, sizeof version);
        n_found++;
    }
    assert_int_equal(n_found, 1);
    const uint64_t hash = octet_hash(0, file.data, file.size);
    octet_buffer_free(&golden_ctx, &file);
    return hash;
}

static inline octet_statistics *golden_statistics_of(const octet_graph *graph, const octet_observed_range *ranges) {
    octet_arena arena = {0};
    octet_statistics *statistics = NULL;
    uint32_t *rows_of = NULL;
    golden_good(octet_statistics_create_for(&golden_ctx, graph, &statistics), "statistics");
    golden_good(octet_statistics_bind(&golden_ctx, &arena, statistics, graph, &rows_of), "statistics");
    for (uint32_t v = 0; v < graph->n_values; v++)
        if (rows_of[v] != OCTET_NONE) statistics->rows[rows_of[v]].ranges[0] = ranges[v];
    octet_arena_free(&golden_ctx, &arena);
    return statistics;
}

/* By mode: of files and of what they compute. */
typedef struct golden_hashes {
    uint64_t files[GOLDEN_N_MODES], runs[GOLDEN_N_MODES];
} golden_hashes;

static inline void golden_hash_graph(const octet_graph *graph, octet_operator_code code, golden_hashes *out) {
    static octet_observed_range ranges[GOLDEN_VALUES];
    const octet_exec_options options = {.reference_kernels = true, .no_sharing = true};
    assert_true(graph->n_values <= GOLDEN_VALUES);
    golden_run(graph, code, &options, ranges);
    octet_statistics *statistics = golden_statistics_of(graph, ranges);
    for (size_t mode = 0; mode < GOLDEN_N_MODES; mode++) {
        octet_graph *quantized = NULL;
        octet_status status = OCTET_OK;
        octet_context_init(&golden_ctx);
        if (!golden_modes[mode].is_float)
            status = octet_quantize_graph(&golden_ctx, graph, statistics, &golden_modes[mode].quantize, &quantized);
        if (status == OCTET_OK) {
            const octet_graph *wanted = golden_modes[mode].is_float ? graph : quantized;
            const uint64_t hash[2] = {golden_file_hash(wanted),
                                      golden_run(wanted, code, &golden_modes[mode].exec, NULL)};
            out->files[mode] = octet_hash(out->files[mode], &hash[0], sizeof hash[0]);
            out->runs[mode] = octet_hash(out->runs[mode], &hash[1], sizeof hash[1]);
        } else {
            out->files[mode] = octet_hash_text(out->files[mode], octet_status_name(status));
        }
        octet_graph_destroy(&golden_ctx, quantized);
    }
    octet_statistics_free(&golden_ctx, statistics);
}

static inline void golden_line(const char *name, const golden_hashes *h, char *line) {
    int n = snprintf(line, GOLDEN_LINE, "%s", name);
    for (size_t mode = 0; mode < GOLDEN_N_MODES; mode++)
        n += snprintf(line + n, (size_t)(GOLDEN_LINE - n), " %s:%08x/%08x", golden_modes[mode].name,
                      (unsigned)h->files[mode], (unsigned)h->runs[mode]);
}

/* Compares lines with those of a file, in order. Where OCTET_WRITE_GOLDEN names a folder, the file is written there. */
typedef struct golden_file {
    FILE *file;
    bool writes;
    unsigned n_different;
} golden_file;

static inline golden_file golden_open(const char *name) {
    char path[512];
    const char *folder = getenv("OCTET_WRITE_GOLDEN");
    golden_file g = {.writes = folder != NULL};
    snprintf(path, sizeof path, "%s/%s", g.writes ? folder : OCTET_TESTS_DIR "/golden", name);
    g.file = fopen(path, g.writes ? "w" : "r");
    assert_non_null(g.file);
    octet_context_init(&golden_ctx);
    return g;
}

static inline void golden_close(golden_file *g) {
    fclose(g->file);
    if (g->n_different > 0) fail_msg("bytes are not what they were; tests/golden/README.md says what to do");
}

static inline void golden_expect(golden_file *g, const char *line) {
    char expected[GOLDEN_LINE + 2] = "";
    if (g->writes) {
        fprintf(g->file, "%s\n", line);
        return;
    }
    if (fgets(expected, sizeof expected, g->file) != NULL) expected[strcspn(expected, "\n")] = '\0';
    if (strcmp(line, expected) == 0) return;
    print_error("is       %s\nexpected %s\n", line, expected);
    if (++g->n_different == GOLDEN_MOST_DIFFERENT) golden_close(g);
}

#endif
