/* c_batch.h - graphs as C, compiled together by the compiler of this machine and compared with the executor.
 * In:  a context, quantized graphs with names.
 * Out: whether all give the executor's bytes.
 * Knows: export/c, exec, cc, or $OCTET_RANDOM_CC, a compiler with its options. Inputs are random, and runs follow each
 *        other: state goes on where the C says so.
 * Does not know: how graphs are made. Needs cmocka.h. */
#ifndef OCTET_TESTS_SUPPORT_C_BATCH_H
#define OCTET_TESTS_SUPPORT_C_BATCH_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/process.h"
#include "exec/exec.h"
#include "export/c/files.h"
#include "fuzz/kernel_random.h"
#include "support/fixture.h"

enum { C_BATCH_SIZE = 24, C_BATCH_VECTORS = 3 };

typedef struct c_batch {
    octet_context *ctx;
    bool uses_cmsis_nn; /* what tests/device/cmsis_nn has of it */
    char names[C_BATCH_SIZE][32];
    const char *sources[3 * C_BATCH_SIZE + 1];
    uint32_t n, n_sources;
} c_batch;

static inline void c_batch_good(const c_batch *b, octet_status status) {
    if (status != OCTET_OK) fail_msg("%s: %s", octet_status_name(status), b->ctx->message);
}

static inline void c_batch_keep(c_batch *b, const char *path) {
    char *copy = strdup(path);
    assert_non_null(copy);
    b->sources[b->n_sources++] = copy;
}

static inline void c_batch_fill(octet_case_random *random, octet_type type, uint8_t *input, size_t n_bytes) {
    for (size_t i = 0; i < n_bytes; i++) input[i] = (uint8_t)case_u32(random);
    for (size_t i = 0; type == OCTET_FLOAT32 && i < n_bytes / sizeof(float); i++) {
        const float real = 0.01f * (float)case_range(random, -700, 700);
        memcpy(input + i * sizeof real, &real, sizeof real);
    }
}

/* Random inputs, one run after the other; tensors one after the other. */
static inline void c_batch_vectors(const c_batch *b, octet_arena *arena, const octet_graph *graph, uint32_t seed,
                                   bool keeps_state, octet_c_vectors *out) {
    octet_exec *exec;
    octet_runner *runner;
    octet_case_random random = {seed};
    const octet_exec_options options = {.numerics = OCTET_NUMERICS_INTEGER, .outputs_only = true};
    const bool has_state = octet_schedule_has_state(graph, keeps_state);
    c_batch_good(b, octet_exec_create(b->ctx, graph, &options, &exec));
    c_batch_good(b, octet_runner_create(b->ctx, exec, 1, &runner));
    out->n = C_BATCH_VECTORS;
    c_batch_good(b, OCTET_NEW(b->ctx, arena, graph->n_inputs, &out->inputs));
    c_batch_good(b, OCTET_NEW(b->ctx, arena, graph->n_outputs, &out->outputs));
    for (uint32_t k = 0; k < C_BATCH_VECTORS; k++) {
        if (!has_state) octet_runner_reset(runner);
        for (uint32_t i = 0; i < graph->n_inputs; i++) {
            const uint32_t x = graph->inputs[i].value;
            const size_t n = octet_value_bytes(&graph->values[x]);
            void **all = (void **)(uintptr_t)&out->inputs[i];
            if (k == 0) c_batch_good(b, octet_arena_array(b->ctx, arena, C_BATCH_VECTORS, n, all));
            uint8_t *input = (uint8_t *)*all + k * n;
            c_batch_fill(&random, graph->values[x].type, input, n);
            memcpy(octet_runner_value(runner, x), input, n);
        }
        octet_runner_run(runner, NULL);
        for (uint32_t i = 0; i < graph->n_outputs; i++) {
            const uint32_t y = graph->outputs[i].value;
            const size_t size = octet_value_bytes(&graph->values[y]);
            void **all = (void **)(uintptr_t)&out->outputs[i];
            if (k == 0) c_batch_good(b, octet_arena_array(b->ctx, arena, C_BATCH_VECTORS, size, all));
            memcpy((uint8_t *)*all + k * size, octet_runner_value(runner, y), size);
        }
    }
    octet_runner_destroy(b->ctx, runner);
    octet_exec_destroy(b->ctx, exec);
}

/* Writes a verified graph; its self-test is a function. False, the reason in the context, where it has no C form. */
static inline bool c_batch_add(c_batch *b, const octet_graph *graph, const char *name, uint32_t seed,
                               bool keeps_state) {
    octet_arena arena = {0};
    octet_c_export files;
    octet_c_job job = {.graph = graph, .name = name, .keeps_state = keeps_state, .uses_cmsis_nn = b->uses_cmsis_nn};
    assert_true(b->n < C_BATCH_SIZE);
    c_batch_vectors(b, &arena, graph, seed, keeps_state, &job.vectors);
    const octet_status status = octet_c_export_graph(b->ctx, &job, &files);
    if (status != OCTET_OK && status != OCTET_UNSUPPORTED) fail_msg("%s: %s", name, b->ctx->message);
    for (uint32_t i = 0; i < 4 && status == OCTET_OK; i++) {
        const octet_buffer *text = &files.files[i].text;
        const char *path = fixture_write(files.files[i].name, text->data, text->size);
        if (i > 0) c_batch_keep(b, path);
    }
    if (status == OCTET_OK) snprintf(b->names[b->n++], sizeof b->names[0], "%s", name);
    octet_c_export_free(b->ctx, &files);
    octet_arena_free(b->ctx, &arena);
    return status == OCTET_OK;
}

/* A main that calls every self-test. */
static inline void c_batch_write_main(c_batch *b) {
    char text[8192];
    size_t used = (size_t)snprintf(text, sizeof text, "#include <stdint.h>\n#include <stdio.h>\n");
    for (uint32_t i = 0; i < b->n; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "int32_t %s_selftest(void);\n", b->names[i]);
    used += (size_t)snprintf(text + used, sizeof text - used, "int main(void) {\n    int bad = 0;\n");
    for (uint32_t i = 0; i < b->n; i++)
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 "    if (%s_selftest() != 0) bad = 1, printf(\"%s differs\\n\");\n", b->names[i],
                                 b->names[i]);
    used += (size_t)snprintf(text + used, sizeof text - used, "    return bad;\n}\n");
    assert_true(used < sizeof text);
    c_batch_keep(b, fixture_write("main.c", text, used));
}

static inline void c_batch_show(const char *log) {
    char line[400];
    FILE *file = fopen(log, "r");
    for (int i = 0; file != NULL && i < 12 && fgets(line, sizeof line, file) != NULL; i++) print_message("%s", line);
    if (file != NULL) fclose(file);
}

/* "gcc -O2" as two arguments, and what is asked of every compiler; returns how many arguments there are. */
static inline uint32_t c_batch_words(char *compiler, const char **arguments) {
    enum { MOST = 10 };
    static const char *const others[] = {"-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-o"};
    uint32_t n = 0;
    for (char *word = strtok(compiler, " "); word != NULL && n < MOST; word = strtok(NULL, " ")) arguments[n++] = word;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) arguments[n++] = others[i];
    return n;
}

/* Compiles what was added, runs it, and forgets it. -1: there is no compiler; else 0 when no byte differs. */
static inline int c_batch_run(c_batch *b) {
    const char *arguments[5 * C_BATCH_SIZE + 48];
    char compiler[256];
    const char *given = getenv("OCTET_RANDOM_CC");
    snprintf(compiler, sizeof compiler, "%s", given != NULL ? given : "cc -O1");
    uint32_t n_arguments = c_batch_words(compiler, arguments);
    char define[C_BATCH_SIZE][64];
    octet_process_end end = {0};
    char program[512], log[512];
    snprintf(program, sizeof program, "%s", fixture_path("nets"));
    snprintf(log, sizeof log, "%s", fixture_path("log"));
    c_batch_write_main(b);
    arguments[n_arguments++] = program;
    if (b->uses_cmsis_nn) {
        arguments[n_arguments++] = "-I" OCTET_TESTS_DIR "/device/cmsis_nn/Include";
        arguments[n_arguments++] = OCTET_TESTS_DIR "/device/cmsis_nn/Source/Plain/plain.c";
    }
    for (uint32_t i = 0; i < b->n; i++) {
        char macro[64];
        octet_c_macro(b->names[i], macro);
        snprintf(define[i], sizeof define[i], "-D%.32s_SELFTEST_NO_MAIN", macro);
        arguments[n_arguments++] = define[i];
    }
    for (uint32_t i = 0; i < b->n_sources; i++) arguments[n_arguments++] = b->sources[i];
    arguments[n_arguments] = NULL;
    const int error = octet_process_run(arguments, log, &end);
    for (uint32_t i = 0; i < b->n_sources; i++) free((void *)(uintptr_t)b->sources[i]);
    b->n = b->n_sources = 0;
    if (error == ENOENT) return -1;
    assert_int_equal(error, 0);
    if (end.exit_code != 0) c_batch_show(log);
    assert_int_equal(end.exit_code, 0);
    assert_int_equal(octet_process_run((const char *const[]){program, NULL}, log, &end), 0);
    if (end.exit_code != 0) c_batch_show(log);
    return end.exit_code;
}

#endif
