/* tflite_run.h - a .tflite built by hand is read and run, or refused.
 * In:  a finished file, which these functions free, and what must come of it.
 * Out: how many operators ran; a test that fails where something else comes of it.
 * Knows: the importer, the executor.
 * Does not know: what stands in the file. */
#ifndef OCTET_TESTS_TFLITE_RUN_H
#define OCTET_TESTS_TFLITE_RUN_H

#include "support/tflite_parts.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "exec/exec.h"

/* nx numbers give the ny numbers y. Returns how many operators do it. `name`: of the file among the fuzz target's first
 * ones, when OCTET_WRITE_CORPUS names a folder for them; NULL: it is none of them. */
static inline uint32_t run_file(octet_buffer file, const char *name, const float *x, size_t nx, const float *y,
                                size_t ny) {
    const char *corpus = getenv("OCTET_WRITE_CORPUS");
    if (corpus != NULL && name != NULL) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", corpus, name);
        assert_int_equal(octet_file_write(ctx, path, (octet_bytes){file.data, file.size}), OCTET_OK);
    }
    octet_graph *graph = NULL;
    octet_exec *exec = NULL;
    octet_runner *runner = NULL;
    if (octet_import_tflite_bytes(ctx, (octet_bytes){file.data, file.size}, "file", NULL, &graph) != OCTET_OK)
        fail_msg("%s", ctx->message);
    const uint32_t n_operators = graph->n_operators;
    assert_int_equal(octet_exec_create(ctx, graph, NULL, &exec), OCTET_OK);
    assert_int_equal(octet_runner_create(ctx, exec, 1, &runner), OCTET_OK);
    memcpy(octet_runner_value(runner, graph->inputs[0].value), x, nx * sizeof *x);
    octet_runner_run(runner, NULL);
    assert_memory_equal(octet_runner_value(runner, graph->outputs[0].value), y, ny * sizeof *y);
    octet_runner_destroy(ctx, runner);
    octet_exec_destroy(ctx, exec);
    octet_graph_destroy(ctx, graph);
    octet_buffer_free(ctx, &file);
    assert_int_equal(ctx->memory_bytes, 0);
    return n_operators;
}

/* `words` stand in the sentence. */
static inline void refuse_file(octet_buffer file, octet_status status, const char *words) {
    octet_graph *graph = NULL;
    octet_context_init(ctx);
    const octet_status got = octet_import_tflite_bytes(ctx, (octet_bytes){file.data, file.size}, "file", NULL, &graph);
    if (got != status || strstr(ctx->message, words) == NULL)
        fail_msg("%s: %s instead of %s", octet_status_name(got), ctx->message, words);
    octet_buffer_free(ctx, &file);
    assert_int_equal(ctx->memory_bytes, 0);
}

#endif
