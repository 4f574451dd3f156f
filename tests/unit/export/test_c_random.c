/* Random int8 networks as C, compiled in batches by the compiler of this machine and compared with the executor byte by
 * byte. OCTET_RANDOM_NETS sets their number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/process.h"
#include "exec/exec.h"
#include "export/c/export_c.h"
#include "support/fixture.h"
#include "support/random_net.h"

enum { N_NETS = 24, BATCH = 24, N_VECTORS = 3 };

static octet_context context, *ctx = &context;
static const char *sources[3 * BATCH + 16];
static uint32_t n_sources;

static void good(octet_status status) {
    if (status != OCTET_OK) fail_msg("%s: %s", octet_status_name(status), ctx->message);
}

static const char *keep(const char *text) {
    char *copy = strdup(text);
    assert_non_null(copy);
    return copy;
}

/* Runs N_VECTORS random inputs; tensors one after the other. */
static void run(octet_arena *arena, const octet_graph *graph, uint32_t seed, octet_c_vectors *out) {
    octet_exec *exec;
    octet_runner *runner;
    octet_case_random random = {seed};
    const octet_exec_options options = {.numerics = OCTET_NUMERICS_INTEGER};
    good(octet_exec_create(ctx, graph, &options, &exec));
    good(octet_runner_create(ctx, exec, 1, &runner));
    out->n = N_VECTORS;
    good(OCTET_NEW(ctx, arena, 1, &out->inputs));
    good(OCTET_NEW(ctx, arena, graph->n_outputs, &out->outputs));
    const uint32_t x = graph->inputs[0].value;
    const size_t n = octet_value_bytes(&graph->values[x]);
    int8_t *input;
    good(OCTET_NEW(ctx, arena, n * N_VECTORS, &input));
    out->inputs[0] = input;
    for (uint32_t k = 0; k < N_VECTORS; k++) {
        for (size_t i = 0; i < n; i++) input[k * n + i] = (int8_t)case_u32(&random);
        memcpy(octet_runner_value(runner, x), input + k * n, n);
        octet_runner_run(runner, NULL);
        for (uint32_t i = 0; i < graph->n_outputs; i++) {
            const uint32_t y = graph->outputs[i].value;
            const size_t size = octet_value_bytes(&graph->values[y]);
            if (k == 0) good(octet_arena_array(ctx, arena, N_VECTORS, size, (void **)(uintptr_t)&out->outputs[i]));
            memcpy((char *)(uintptr_t)out->outputs[i] + k * size, octet_runner_value(runner, y), size);
        }
    }
    octet_runner_destroy(ctx, runner);
    octet_exec_destroy(ctx, exec);
}

/* Writes net number `seed`; its self-test is a function. False where it has no C form. */
static bool write_net(uint32_t seed) {
    octet_arena arena = {0};
    octet_c_export files;
    char name[32];
    octet_graph *graph = random_net_make(ctx, seed);
    good(octet_graph_verify(ctx, graph, "test"));
    snprintf(name, sizeof name, "n%u", seed);
    octet_c_job job = {.graph = graph, .name = name};
    run(&arena, graph, seed, &job.vectors);
    const octet_status status = octet_c_export_graph(ctx, &job, &files);
    if (status != OCTET_OK && status != OCTET_UNSUPPORTED) fail_msg("net %u: %s", seed, ctx->message);
    for (uint32_t i = 0; i < 4 && status == OCTET_OK; i++) {
        const char *path = fixture_write(files.files[i].name, files.files[i].text.data, files.files[i].text.size);
        if (i > 0) sources[n_sources++] = keep(path);
    }
    if (status != OCTET_OK) octet_context_clear(ctx);
    octet_c_export_free(ctx, &files);
    octet_arena_free(ctx, &arena);
    octet_graph_destroy(ctx, graph);
    return status == OCTET_OK;
}

/* A main that calls every self-test. */
static void write_main(const uint32_t *seeds, uint32_t n) {
    char text[8192];
    size_t used = (size_t)snprintf(text, sizeof text, "#include <stdint.h>\n#include <stdio.h>\n");
    for (uint32_t i = 0; i < n; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "int32_t n%u_selftest(void);\n", seeds[i]);
    used += (size_t)snprintf(text + used, sizeof text - used, "int main(void) {\n    int bad = 0;\n");
    for (uint32_t i = 0; i < n; i++)
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 "    if (n%u_selftest() != 0) bad = 1, printf(\"net %u differs\\n\");\n", seeds[i],
                                 seeds[i]);
    used += (size_t)snprintf(text + used, sizeof text - used, "    return bad;\n}\n");
    assert_true(used < sizeof text);
    sources[n_sources++] = keep(fixture_write("main.c", text, used));
}

static void show(const char *log) {
    char line[400];
    FILE *file = fopen(log, "r");
    for (int i = 0; file != NULL && i < 12 && fgets(line, sizeof line, file) != NULL; i++) print_message("%s", line);
    if (file != NULL) fclose(file);
}

/* Compiles a batch and runs it; -1 when there is no compiler. */
static int run_batch(const uint32_t *seeds, uint32_t n) {
    const char *arguments[5 * BATCH + 32] = {"cc", "-std=c99", "-O1", "-Wall", "-Wextra", "-Werror", "-pedantic", "-o"};
    uint32_t n_arguments = 8;
    char define[BATCH][40];
    octet_process_end end = {0};
    char program[512], log[512];
    snprintf(program, sizeof program, "%s", fixture_path("nets"));
    snprintf(log, sizeof log, "%s", fixture_path("log"));
    write_main(seeds, n);
    arguments[n_arguments++] = program;
    for (uint32_t i = 0; i < n; i++) {
        snprintf(define[i], sizeof define[i], "-DN%u_SELFTEST_NO_MAIN", seeds[i]);
        arguments[n_arguments++] = define[i];
    }
    for (uint32_t i = 0; i < n_sources; i++) arguments[n_arguments++] = sources[i];
    arguments[n_arguments] = NULL;
    const int error = octet_process_run(arguments, log, &end);
    if (error == ENOENT) return -1;
    assert_int_equal(error, 0);
    if (end.exit_code != 0) show(log);
    assert_int_equal(end.exit_code, 0);
    assert_int_equal(octet_process_run((const char *const[]){program, NULL}, log, &end), 0);
    if (end.exit_code != 0) show(log);
    return end.exit_code;
}

static void test_random_nets(void **state) {
    (void)state;
    const char *given = getenv("OCTET_RANDOM_NETS");
    const uint32_t n_nets = given != NULL ? (uint32_t)strtoul(given, NULL, 10) : N_NETS;
    uint32_t seeds[BATCH], n = 0, n_written = 0;
    octet_context_init(ctx);
    for (uint32_t seed = 1; seed <= n_nets; seed++) {
        if (write_net(seed)) seeds[n++] = seed;
        if (n < BATCH && seed < n_nets) continue;
        const int result = run_batch(seeds, n);
        if (result < 0) skip();
        assert_int_equal(result, 0);
        n_written += n;
        for (uint32_t i = 0; i < n_sources; i++) free((void *)(uintptr_t)sources[i]);
        n = n_sources = 0;
    }
    print_message("%u of %u networks have a C form\n", n_written, n_nets);
    assert_true(n_written * 10 >= n_nets * 9);
    assert_int_equal(ctx->memory_bytes, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_nets)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
