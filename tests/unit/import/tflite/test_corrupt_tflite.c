/* A .tflite that is cut off or has bytes flipped: import ends with a status and one sentence, and
 * what still imports also exports, is planned and runs. Whether memory was respected the
 * sanitizers tell (cmake -DOCTET_SANITIZE=address). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "exec/exec.h"
#include "export/tflite/tflite.h"
#include "import/import.h"
#include "support/sample_graph.h"

enum { N_CUTS = 64, N_SEEDS = 500, MAX_FLIPS = 8, MAX_RUN_BYTES = 1 << 20 };

static octet_buffer make_file(octet_context *ctx) {
    octet_graph *graph;
    octet_buffer out = {0};
    assert_int_equal(sample_graph(ctx, &graph), OCTET_OK);
    assert_int_equal(octet_export_tflite(ctx, graph, &out), OCTET_OK);
    octet_graph_destroy(ctx, graph);
    return out;
}

static void run(octet_context *ctx, const octet_graph *graph) {
    octet_exec *exec;
    octet_runner *runner;
    if (octet_exec_create(ctx, graph, NULL, &exec) != OCTET_OK) return;
    if (octet_exec_arena_bytes(exec) < MAX_RUN_BYTES && octet_runner_create(ctx, exec, 1, &runner) == OCTET_OK) {
        for (uint32_t i = 0; i < graph->n_inputs; i++) {
            const octet_value *value = &graph->values[graph->inputs[i].value];
            memset(octet_runner_value(runner, graph->inputs[i].value), 7,
                   octet_shape_elements(&value->shape) * octet_type_size(value->type));
        }
        octet_runner_run(runner, NULL);
        octet_runner_destroy(ctx, runner);
    }
    octet_exec_destroy(ctx, exec);
}

/* The bytes are copied to a block of their own size, so that reading past the end is seen. */
static octet_status load(const uint8_t *data, size_t size, bool *finished) {
    octet_context ctx;
    octet_context_init(&ctx);
    ctx.max_memory_bytes = (size_t)64 << 20;
    uint8_t *copy;
    octet_graph *graph;
    assert_int_equal(octet_memory_allocate(&ctx, size, (void **)&copy), OCTET_OK);
    memcpy(copy, data, size);
    const octet_status status =
        octet_import_tflite_bytes(&ctx, (octet_bytes){copy, size}, "damaged.tflite", NULL, &graph);
    if (status == OCTET_OK) {
        octet_buffer out = {0};
        if (octet_export_tflite(&ctx, graph, &out) == OCTET_OK) run(&ctx, graph);
        octet_buffer_free(&ctx, &out);
    } else {
        assert_int_equal(ctx.status, status);
        assert_int_not_equal(ctx.message[0], '\0');
        assert_null(strchr(ctx.message, '\n'));
        assert_int_not_equal(status, OCTET_INTERNAL);
    }
    octet_graph_destroy(&ctx, graph);
    octet_memory_free(&ctx, copy);
    assert_int_equal(ctx.memory_bytes, 0);
    if (finished != NULL) *finished = status == OCTET_OK;
    return status;
}

static void cut(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    octet_buffer file = make_file(&ctx);
    for (size_t i = 0; i < N_CUTS; i++) assert_int_not_equal(load(file.data, file.size * i / N_CUTS, NULL), OCTET_OK);
    assert_int_equal(load(file.data, file.size, NULL), OCTET_OK);
    octet_buffer_free(&ctx, &file);
}

/* xorshift64*: the same damage on every machine. */
static uint64_t draw(uint64_t *state) {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545f4914f6cdd1du;
}

/* Half of the seeds damage the structure in front of the buffers, where nearly every byte matters. */
static void flip(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    octet_buffer file = make_file(&ctx);
    uint8_t *damaged;
    assert_int_equal(octet_memory_allocate(&ctx, file.size, (void **)&damaged), OCTET_OK);
    int n_loaded = 0;
    for (uint64_t seed = 1; seed <= N_SEEDS; seed++) {
        uint64_t random = seed * 0x9e3779b97f4a7c15u;
        memcpy(damaged, file.data, file.size);
        const size_t n = 1 + (size_t)(draw(&random) % MAX_FLIPS), range = seed % 2 == 0 ? file.size : file.size / 2;
        for (size_t i = 0; i < n; i++) damaged[draw(&random) % range] ^= (uint8_t)(1u << (draw(&random) % 8));
        bool finished;
        load(damaged, file.size, &finished);
        n_loaded += finished;
    }
    assert_true(n_loaded > 0 && n_loaded < N_SEEDS);
    octet_memory_free(&ctx, damaged);
    octet_buffer_free(&ctx, &file);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(cut), cmocka_unit_test(flip)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
