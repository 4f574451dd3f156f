#include "recover/noise.h"

#include <math.h>
#include <string.h>

#include "exec/convert.h"
#include "recover/real_run.h"

enum { MOST_RUNS = 16 };

typedef struct gathering {
    const octet_graph *graph, *quantized;
    size_t *first;           /* by value: its place among the numbers of a run */
    size_t n;                /* numbers of a run */
    float *real;             /* [run][n] */
    double *signal, *error;  /* [run][value] */
    const uint32_t *real_of; /* by value of the quantized graph: the first that became it, or OCTET_NONE */
    const uint32_t *next;    /* by value of the float graph: another one that became the same */
} gathering;

static bool counts(const octet_value *value) {
    return value->type == OCTET_FLOAT32 && !octet_value_is_constant(value) && !value->is_variable;
}

static void see_real(void *user, size_t run, uint32_t v, const float *data, size_t n_elements) {
    const gathering *g = user;
    double sum = 0.0;
    if (!counts(&g->graph->values[v])) return;
    for (size_t i = 0; i < n_elements; i++) sum += (double)data[i] * (double)data[i];
    g->signal[run * g->graph->n_values + v] = sum;
    memcpy(g->real + run * g->n + g->first[v], data, n_elements * sizeof *data);
}

/* Elements are compared a block at a time, so that no room for a whole value is needed. */
static void see_quantized(void *user, size_t run, uint32_t q, const void *data, size_t n_elements) {
    enum { BLOCK = 256 };
    const gathering *g = user;
    const octet_value *value = &g->quantized->values[q];
    const size_t size = octet_type_size(value->type);
    float block[BLOCK];
    for (uint32_t v = g->real_of[q]; v != OCTET_NONE; v = g->next[v]) {
        const float *real = g->real + run * g->n + g->first[v];
        double sum = 0.0;
        if (octet_shape_elements(&g->graph->values[v].shape) != n_elements) continue;
        for (size_t i = 0; i < n_elements; i += BLOCK) {
            const size_t n = n_elements - i < BLOCK ? n_elements - i : BLOCK;
            octet_convert_to_real(value, (const char *)data + i * size, n, block);
            for (size_t k = 0; k < n; k++) sum += pow((double)block[k] - (double)real[i + k], 2.0);
        }
        g->error[run * g->graph->n_values + v] = sum;
    }
}

/* Which values of the float graph a value of the quantized one stands for. */
static octet_status invert(octet_context *ctx, octet_arena *arena, gathering *g, const uint32_t *quantized_of) {
    uint32_t *real_of, *next;
    OCTET_TRY(OCTET_NEW(ctx, arena, g->quantized->n_values, &real_of));
    OCTET_TRY(OCTET_NEW(ctx, arena, g->graph->n_values, &next));
    for (uint32_t q = 0; q < g->quantized->n_values; q++) real_of[q] = OCTET_NONE;
    for (uint32_t v = 0; v < g->graph->n_values; v++) {
        next[v] = OCTET_NONE;
        if (quantized_of[v] == OCTET_NONE || !counts(&g->graph->values[v])) continue;
        next[v] = real_of[quantized_of[v]];
        real_of[quantized_of[v]] = v;
    }
    g->real_of = real_of;
    g->next = next;
    return OCTET_OK;
}

static octet_status gather(octet_context *ctx, octet_arena *arena, const octet_recover_source *source, gathering *g,
                           size_t *n_runs) {
    const octet_graph *graph = g->graph;
    const uint32_t n_threads = octet_pool_size(source->pool);
    void **users;
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &g->first));
    for (uint32_t v = 0; v < graph->n_values; v++) {
        g->first[v] = g->n;
        if (counts(&graph->values[v])) g->n += octet_shape_elements(&graph->values[v].shape);
    }
    const size_t most = source->most_bytes / (g->n * sizeof(float) + 1);
    *n_runs = source->n_runs < MOST_RUNS ? source->n_runs : MOST_RUNS;
    if (most < *n_runs) *n_runs = most > 0 ? most : 1;
    OCTET_TRY(OCTET_NEW(ctx, arena, *n_runs * g->n, &g->real));
    OCTET_TRY(OCTET_NEW(ctx, arena, *n_runs * graph->n_values, &g->signal));
    OCTET_TRY(OCTET_NEW(ctx, arena, *n_runs * graph->n_values, &g->error));
    for (size_t i = 0; i < *n_runs * graph->n_values; i++) g->error[i] = -1.0;
    OCTET_TRY(OCTET_NEW(ctx, arena, n_threads, &users));
    for (uint32_t t = 0; t < n_threads; t++) users[t] = g; /* each run has places of its own */
    OCTET_TRY(octet_real_run(ctx, source, graph, *n_runs, see_real, users));
    return octet_any_run(ctx, source, g->quantized, 0, *n_runs, see_quantized, users);
}

octet_status octet_noise_find(octet_context *ctx, octet_arena *arena, const octet_recover_source *source,
                              const octet_graph *quantized, const uint32_t *quantized_of, double **out) {
    octet_arena scratch = {0};
    gathering g = {.graph = source->graph, .quantized = quantized};
    const uint32_t n_values = source->graph->n_values;
    size_t n_runs = 0;
    OCTET_TRY(OCTET_NEW(ctx, arena, n_values, out));
    octet_status status = invert(ctx, &scratch, &g, quantized_of);
    if (status == OCTET_OK) status = gather(ctx, &scratch, source, &g, &n_runs);
    for (uint32_t v = 0; status == OCTET_OK && v < n_values; v++) {
        double signal = 0.0, error = 0.0;
        for (size_t run = 0; run < n_runs; run++) {
            signal += g.signal[run * n_values + v];
            error += g.error[run * n_values + v];
        }
        (*out)[v] = error < 0.0 ? -1.0 : error / fmax(signal, 1e-30);
    }
    octet_arena_free(ctx, &scratch);
    return status;
}

double octet_noise_added(const octet_graph *graph, const double *noise, uint32_t v) {
    const uint32_t producer = graph->values[v].producer;
    double inherited = 0.0;
    if (noise[v] < 0.0) return 0.0;
    for (uint32_t i = 0; producer != OCTET_NONE && i < graph->operators[producer].n_inputs; i++) {
        const uint32_t operand = graph->operators[producer].inputs[i];
        if (operand != OCTET_NONE) inherited = fmax(inherited, noise[operand]);
    }
    return fmax(0.0, noise[v] - inherited);
}
