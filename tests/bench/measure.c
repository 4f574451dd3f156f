/* measure - times octet on one model, on demand, so that a script can interleave it with something else.
 *   measure MODEL [THREADS]            prints "ready ARENA_BYTES PEAK_BYTES" after one run, then obeys lines of stdin:
 *       run N       N runs; prints N times in nanoseconds on one line
 *       check       prints a checksum of all outputs, for comparing kernels
 *       profile N   N runs; prints each operator's least time, its kernel and its shape
 *   measure --check MODEL              compares every value of a run with the reference kernels, byte for byte
 * PEAK_BYTES is what the greatest resident size of the process has grown by since it began. Inputs are random, the same
 * in every run. OCTET_KERNELS limits the instruction sets. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/memory.h"
#include "exec/exec.h"
#include "import/import.h"

static void fill_inputs(const octet_graph *graph, octet_runner *runner) {
    uint64_t state = 88172645463325252u;
    for (uint32_t i = 0; i < graph->n_inputs; i++) {
        const octet_value *value = &graph->values[graph->inputs[i].value];
        const size_t n = octet_shape_elements(&value->shape);
        uint8_t *data = octet_runner_value(runner, graph->inputs[i].value);
        for (size_t j = 0; j < n; j++) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            const int32_t r = (int32_t)(state >> 40) % 256 - 128;
            if (value->type == OCTET_FLOAT32) ((float *)(void *)data)[j] = (float)r / 64.0f;
            else if (octet_type_size(value->type) == 1) data[j] = (uint8_t)r;
        }
    }
}

typedef struct session {
    octet_context ctx;
    octet_graph *graph;
    octet_exec *exec;
    octet_runner *runner;
    octet_pool *pool;
    uint64_t *profile;
} session;

static octet_status open_session(session *s, const char *path, uint32_t threads, const octet_exec_options *options) {
    octet_context_init(&s->ctx);
    OCTET_TRY(octet_import(&s->ctx, path, NULL, NULL, &s->graph));
    OCTET_TRY(octet_exec_create(&s->ctx, s->graph, options, &s->exec));
    OCTET_TRY(octet_runner_create(&s->ctx, s->exec, threads, &s->runner));
    OCTET_TRY(octet_pool_create(&s->ctx, threads, &s->pool));
    OCTET_TRY(octet_memory_allocate(&s->ctx, 2 * octet_exec_n_steps(s->exec) * sizeof(uint64_t), (void **)&s->profile));
    fill_inputs(s->graph, s->runner);
    return OCTET_OK;
}

static void close_session(session *s) {
    octet_memory_free(&s->ctx, s->profile);
    octet_pool_destroy(&s->ctx, s->pool);
    octet_runner_destroy(&s->ctx, s->runner);
    octet_exec_destroy(&s->ctx, s->exec);
    octet_graph_destroy(&s->ctx, s->graph);
}

static void profile(session *s, unsigned n) {
    const uint32_t steps = octet_exec_n_steps(s->exec);
    uint64_t *once = s->profile, *least = s->profile + steps;
    octet_runner_set_profile(s->runner, once);
    for (unsigned i = 0; i < n; i++) {
        memset(once, 0, steps * sizeof *once);
        octet_runner_run(s->runner, s->pool);
        for (uint32_t j = 0; j < steps; j++) least[j] = i == 0 || once[j] < least[j] ? once[j] : least[j];
    }
    octet_runner_set_profile(s->runner, NULL);
    for (uint32_t i = 0; i < steps; i++) {
        const octet_operator *op = &s->graph->operators[octet_exec_step_operator(s->exec, i)];
        const octet_value *out = &s->graph->values[op->outputs[0]];
        char shape[128] = "";
        for (uint32_t d = 0; d < (uint32_t)out->shape.rank; d++)
            snprintf(shape + strlen(shape), sizeof shape - strlen(shape), "x%d", out->shape.dims[d]);
        printf("%9.1f us  %-18s %-12s %s\n", (double)least[i] / 1e3, octet_operator_name(op->code),
               octet_exec_step_variant(s->exec, i), shape + 1);
    }
}

/* In bytes; 0 where /proc does not tell. */
static size_t greatest_resident(void) {
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    size_t kib = 0;
    while (file != NULL && fgets(line, sizeof line, file) != NULL && sscanf(line, "VmHWM: %zu", &kib) != 1) continue;
    if (file != NULL) fclose(file);
    return kib * 1024;
}

static int obey(session *s, size_t resident_before) {
    char line[64];
    octet_runner_run(s->runner, s->pool);
    printf("ready %zu %zu\n", octet_exec_arena_bytes(s->exec), greatest_resident() - resident_before);
    fflush(stdout);
    while (fgets(line, sizeof line, stdin) != NULL) {
        unsigned n = 0;
        if (sscanf(line, "run %u", &n) == 1) {
            for (unsigned i = 0; i < n; i++) {
                const uint64_t start = octet_clock_ns();
                octet_runner_run(s->runner, s->pool);
                printf("%" PRIu64 "%c", octet_clock_ns() - start, i + 1 < n ? ' ' : '\n');
            }
        } else if (sscanf(line, "profile %u", &n) == 1 && n) {
            profile(s, n);
        } else if (strncmp(line, "check", 5) == 0) {
            uint64_t h = 0;
            for (uint32_t i = 0; i < s->graph->n_outputs; i++) {
                h = octet_hash(h, octet_runner_value(s->runner, s->graph->outputs[i].value),
                               octet_value_bytes(&s->graph->values[s->graph->outputs[i].value]));
            }
            printf("%016" PRIx64 "\n", h);
        } else {
            return 2;
        }
        fflush(stdout);
    }
    return 0;
}

/* Outputs of a run in which steps run as one. */
static unsigned count_wrong_outputs(const char *path, const session *whole, const session *plain) {
    unsigned wrong = 0;
    octet_runner_run(whole->runner, whole->pool);
    for (uint32_t i = 0; i < plain->graph->n_outputs; i++) {
        const uint32_t id = plain->graph->outputs[i].value;
        if (memcmp(octet_runner_value(whole->runner, id), octet_runner_value(plain->runner, id),
                   octet_value_bytes(&plain->graph->values[id])) == 0)
            continue;
        printf("%s: output %s differs from the reference where steps run as one\n", path,
               plain->graph->values[id].name);
        wrong++;
    }
    return wrong;
}

static int check(const char *path) {
    session fast = {0}, plain = {0}, whole = {0};
    const octet_exec_options options = {.no_sharing = true},
                             reference = {.no_sharing = true, .reference_kernels = true},
                             outputs = {.outputs_only = true};
    if (open_session(&fast, path, 2, &options) != OCTET_OK || open_session(&plain, path, 2, &reference) != OCTET_OK ||
        open_session(&whole, path, 2, &outputs) != OCTET_OK) {
        fprintf(stderr, "measure: %s%s%s\n", fast.ctx.message, plain.ctx.message, whole.ctx.message);
        return 2;
    }
    octet_runner_run(fast.runner, fast.pool);
    octet_runner_run(plain.runner, plain.pool);
    unsigned wrong = 0, n = 0;
    for (uint32_t i = 0; i < octet_exec_n_steps(fast.exec); i++) {
        const octet_operator *op = &fast.graph->operators[octet_exec_step_operator(fast.exec, i)];
        for (uint32_t j = 0; j < op->n_outputs; j++, n++) {
            const octet_value *value = &fast.graph->values[op->outputs[j]];
            if (memcmp(octet_runner_value(fast.runner, op->outputs[j]),
                       octet_runner_value(plain.runner, op->outputs[j]), octet_value_bytes(value)) == 0)
                continue;
            printf("%s: %s %s (%s) differs from the reference\n", path, octet_operator_name(op->code), value->name,
                   octet_exec_step_variant(fast.exec, i));
            wrong++;
        }
    }
    wrong += count_wrong_outputs(path, &whole, &plain);
    printf("%s: %u values, %u differ\n", path, n, wrong);
    close_session(&whole);
    close_session(&fast);
    close_session(&plain);
    return wrong > 0;
}

int main(int argc, char **argv) {
    if (argc == 3 && strcmp(argv[1], "--check") == 0) return check(argv[2]);
    if (argc < 2) return 2;
    const size_t resident_before = greatest_resident();
    session s = {0};
    const octet_exec_options options = {.outputs_only = true};
    if (open_session(&s, argv[1], argc > 2 ? (uint32_t)atoi(argv[2]) : 1, &options) != OCTET_OK) {
        fprintf(stderr, "measure: %s\n", s.ctx.message);
        return 2;
    }
    const int code = obey(&s, resident_before);
    close_session(&s);
    return code;
}
