#include "recover/bias.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "exec/convert.h"
#include "exec/exec.h"
#include "recover/expected.h"
#include "recover/mean_map.h"

/* A layer whose bias is corrected. */
typedef struct target {
    uint32_t op;        /* in the float graph */
    uint32_t quantized; /* the operator in the quantized graph */
    float *bias;        /* of the float graph; written */
    void *integers;     /* of the quantized graph: int32 or int64; written */
    size_t n_channels;
} target;

typedef struct correction {
    octet_context *ctx;
    const octet_recover_source *source;
    octet_arena arena;
    octet_graph *graph;           /* the float graph whose biases change */
    octet_statistics *statistics; /* of it */
    octet_graph *quantized;
    uint32_t *quantized_of;
    target *targets; /* in the order of the quantized operators */
    uint32_t n_targets;
    size_t n_runs;
    octet_mean_map *real;    /* by value of `graph` */
    octet_mean_map *integer; /* by value of `quantized` */
    octet_exec *exec;        /* of `quantized` */
    octet_runner **runners;  /* by run */
} correction;

/* A bias of its own for operator k, so that no other operator's changes with it. */
static octet_status own_bias(correction *c, uint32_t k, float **out) {
    octet_graph *graph = c->graph;
    const uint32_t at = (uint32_t)octet_operator_operands(graph->operators[k].code).bias;
    const octet_operator *op = &graph->operators[k];
    const octet_value *old = octet_graph_input(graph, op, at);
    const octet_shape shape = {.rank = 1, .dims = {(int32_t)octet_expected_n_channels(graph, op)}};
    float *data;
    uint32_t value;
    OCTET_TRY(OCTET_NEW(c->ctx, &c->arena, (size_t)shape.dims[0], &data));
    if (old != NULL) memcpy(data, old->data, (size_t)shape.dims[0] * sizeof *data);
    const char *name = old != NULL ? old->name : NULL;
    if (name == NULL) OCTET_TRY(octet_arena_format(c->ctx, &graph->arena, &name, "%s/bias", op->layer));
    OCTET_TRY(octet_graph_add_constant(c->ctx, graph, name, OCTET_FLOAT32, &shape, data, &value));
    OCTET_TRY(octet_graph_widen_inputs(c->ctx, graph, k, at + 1));
    octet_graph_set_input(graph, k, at, value);
    *out = (float *)(uintptr_t)graph->values[value].data;
    return OCTET_OK;
}

/* Constant weights, a bias that is constant or missing, data that are computed. */
static bool is_correctable(const octet_graph *graph, const octet_operator *op) {
    const octet_operands operands = octet_operator_operands(op->code);
    if (!octet_expected_is_known(op->code)) return false;
    const octet_value *data = octet_graph_input(graph, op, (uint32_t)operands.data);
    const octet_value *weights = octet_graph_input(graph, op, (uint32_t)operands.weights);
    const octet_value *bias = octet_graph_input(graph, op, (uint32_t)operands.bias);
    if (data == NULL || weights == NULL || !octet_value_is_constant(weights) || octet_value_is_constant(data))
        return false;
    if (weights->type != OCTET_FLOAT32 || data->type != OCTET_FLOAT32) return false;
    return bias == NULL || (octet_value_is_constant(bias) && bias->type == OCTET_FLOAT32 &&
                            octet_shape_elements(&bias->shape) == octet_expected_n_channels(graph, op));
}

/* Data, weights and bias are integers with scales: an operator can also stay in float between quantized ones. */
static bool computes_with_integers(const octet_graph *graph, const octet_operator *op) {
    const octet_operands operands = octet_operator_operands(op->code);
    const int8_t all[] = {operands.data, operands.weights, operands.bias};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        const octet_value *value = octet_graph_input(graph, op, (uint32_t)all[i]);
        if (value == NULL || value->type == OCTET_FLOAT32 || value->quantization.n == 0) return false;
    }
    return true;
}

/* The operator of the quantized graph that computes what operator k of the float graph does; OCTET_NONE where it stays
 * float. A QUANTIZE may stand behind it. */
static uint32_t counterpart(const correction *c, uint32_t k) {
    const octet_operator *op = &c->graph->operators[k];
    uint32_t value = c->quantized_of[op->outputs[0]];
    while (value != OCTET_NONE && c->quantized->values[value].producer != OCTET_NONE) {
        const uint32_t producer = c->quantized->values[value].producer;
        const octet_operator *q = &c->quantized->operators[producer];
        if (q->code == op->code) return computes_with_integers(c->quantized, q) ? producer : OCTET_NONE;
        if (q->code != OCTET_OP_QUANTIZE) break;
        value = q->inputs[0];
    }
    return OCTET_NONE;
}

static octet_status add_biases(correction *c) {
    for (uint32_t k = 0; k < c->graph->n_operators; k++) {
        if (!is_correctable(c->graph, &c->graph->operators[k])) continue;
        target *t = &c->targets[c->n_targets++];
        t->op = k;
        t->n_channels = octet_expected_n_channels(c->graph, &c->graph->operators[k]);
        OCTET_TRY(own_bias(c, k, &t->bias));
    }
    return OCTET_OK;
}

/* The statistics of the source for `graph` as it is: they know its constants. */
static octet_status carry_statistics(correction *c) {
    uint32_t *same;
    octet_statistics_free(c->ctx, c->statistics);
    c->statistics = NULL;
    OCTET_TRY(OCTET_NEW(c->ctx, &c->arena, c->graph->n_values, &same));
    for (uint32_t v = 0; v < c->graph->n_values; v++) same[v] = v < c->source->graph->n_values ? v : OCTET_NONE;
    return octet_statistics_carry_over(c->ctx, c->source->statistics, c->source->graph, c->graph, same, &c->statistics);
}

/* The bias of the quantized operator, in memory that may be written. */
static octet_status find_integers(correction *c, target *t) {
    const octet_operator *q = &c->quantized->operators[t->quantized];
    octet_value *bias = octet_graph_input(c->quantized, q, (uint32_t)octet_operator_operands(q->code).bias);
    OCTET_TRY(octet_arena_copy(c->ctx, &c->quantized->arena, bias->data, octet_value_bytes(bias), &t->integers));
    bias->data = t->integers;
    return OCTET_OK;
}

static int by_quantized(const void *a, const void *b) {
    const uint32_t x = ((const target *)a)->quantized, y = ((const target *)b)->quantized;
    return (x > y) - (x < y);
}

static octet_status pair_targets(correction *c) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < c->n_targets; i++) {
        target *t = &c->targets[i];
        t->quantized = counterpart(c, t->op);
        if (t->quantized == OCTET_NONE) continue;
        OCTET_TRY(find_integers(c, t));
        c->targets[n++] = *t;
    }
    c->n_targets = n;
    if (n > 0) qsort(c->targets, n, sizeof *c->targets, by_quantized);
    return OCTET_OK;
}

static uint32_t data_of(const octet_graph *graph, uint32_t op) {
    return graph->operators[op].inputs[octet_operator_operands(graph->operators[op].code).data];
}

static float largest_of(const octet_statistics *statistics, uint32_t row) {
    if (row == OCTET_NONE) return 1.0f;
    const octet_observed_range range = octet_statistics_range(&statistics->rows[row]);
    return range.seen ? fmaxf(fabsf(range.min), fabsf(range.max)) : 1.0f;
}

static octet_status create_maps(correction *c, octet_mean_map **real) {
    uint32_t *rows_of;
    OCTET_TRY(OCTET_NEW(c->ctx, &c->arena, c->graph->n_values, real));
    OCTET_TRY(octet_statistics_bind(c->ctx, &c->arena, c->statistics, c->graph, &rows_of));
    for (uint32_t i = 0; i < c->n_targets; i++) {
        const uint32_t v = data_of(c->graph, c->targets[i].op);
        if ((*real)[v].sums != NULL) continue;
        OCTET_TRY(octet_mean_map_create(c->ctx, &c->arena, &c->graph->values[v], largest_of(c->statistics, rows_of[v]),
                                        &(*real)[v]));
    }
    return OCTET_OK;
}

/* ---- The float model ---- */

typedef struct real_thread {
    const octet_graph *graph;
    octet_mean_map *maps;
    octet_runner *runner;
} real_thread;

typedef struct real_job {
    const correction *c;
    real_thread *threads;
} real_job;

static void observe_real(void *user, uint32_t value, const void *data, size_t n_elements) {
    real_thread *thread = user;
    (void)n_elements;
    if (thread->maps[value].sums != NULL) octet_mean_map_add(&thread->maps[value], &thread->graph->values[value], data);
}

static void fill_inputs(const octet_recover_source *source, const octet_graph *graph, size_t run,
                        octet_runner *runner) {
    for (uint32_t i = 0; i < graph->n_inputs; i++) {
        const octet_value *value = &graph->values[graph->inputs[i].value];
        const size_t n = octet_shape_elements(&value->shape);
        octet_convert_from_real(value, OCTET_ROUND_NEAREST, source->inputs[i] + run * n, n,
                                octet_runner_value(runner, graph->inputs[i].value));
    }
}

static void run_real(void *user, uint32_t thread, uint32_t begin, uint32_t end) {
    const real_job *job = user;
    octet_runner *runner = job->threads[thread].runner;
    for (uint32_t run = begin; run < end; run++) {
        octet_runner_reset(runner);
        fill_inputs(job->c->source, job->c->graph, run, runner);
        octet_runner_run(runner, NULL);
    }
}

static octet_status prepare_threads(correction *c, const octet_exec *exec, uint32_t n, real_thread *threads) {
    for (uint32_t t = 0; t < n; t++) {
        threads[t].graph = c->graph;
        OCTET_TRY(create_maps(c, &threads[t].maps));
        OCTET_TRY(octet_runner_create(c->ctx, exec, 1, &threads[t].runner));
        octet_runner_set_observer(threads[t].runner, observe_real, &threads[t]);
    }
    return OCTET_OK;
}

/* Fills c->real: what the float model's layers are given in the mean. */
static octet_status observe_float_model(correction *c) {
    const octet_exec_options options = {.float_order = OCTET_FLOAT_ORDER_FMA};
    const uint32_t n = octet_pool_size(c->source->pool);
    octet_exec *exec = NULL;
    real_thread *threads;
    OCTET_TRY(OCTET_NEW(c->ctx, &c->arena, n, &threads));
    octet_status status = octet_exec_create(c->ctx, c->graph, &options, &exec);
    if (status == OCTET_OK) status = prepare_threads(c, exec, n, threads);
    if (status == OCTET_OK) {
        real_job job = {c, threads};
        octet_pool_run(c->source->pool, 0, run_real, &job, (uint32_t)c->n_runs, 1);
        c->real = threads[0].maps;
        for (uint32_t t = 1; t < n; t++)
            for (uint32_t v = 0; v < c->graph->n_values; v++)
                if (c->real[v].sums != NULL) octet_mean_map_merge(&c->real[v], &threads[t].maps[v]);
    }
    for (uint32_t t = 0; t < n; t++) octet_runner_destroy(c->ctx, threads[t].runner);
    octet_exec_destroy(c->ctx, exec);
    return status;
}

/* ---- The quantized model, all runs in step ---- */

typedef struct step_job {
    const correction *c;
    uint32_t step;
} step_job;

static void run_step(void *user, uint32_t thread, uint32_t begin, uint32_t end) {
    const step_job *job = user;
    (void)thread;
    for (uint32_t run = begin; run < end; run++) octet_runner_run_step(job->c->runners[run], job->step, NULL);
}

static void gather(correction *c, uint32_t value) {
    octet_mean_map *map = &c->integer[value];
    if (map->sums == NULL) return;
    for (size_t run = 0; run < c->n_runs; run++)
        octet_mean_map_add(map, &c->quantized->values[value], octet_runner_value(c->runners[run], value));
}

static octet_status expected(correction *c, octet_arena *scratch, const octet_graph *graph, uint32_t op,
                             const octet_mean_map *map, double **out) {
    const octet_operator *of = &graph->operators[op];
    double *means;
    OCTET_TRY(OCTET_NEW(c->ctx, scratch, map->n_elements, &means));
    OCTET_TRY(OCTET_NEW(c->ctx, scratch, octet_expected_n_channels(graph, of), out));
    octet_mean_map_read(map, &graph->values[data_of(graph, op)], means);
    return octet_expected_output(c->ctx, scratch, graph, of, means, *out);
}

static void store_bias(target *t, const octet_value *integers, size_t channel) {
    const octet_quantization *q = &integers->quantization;
    const double n = round((double)t->bias[channel] / (double)q->scale[q->n > 1 ? channel : 0]);
    if (integers->type == OCTET_INT64) ((int64_t *)t->integers)[channel] = (int64_t)fmax(-0x1p62, fmin(n, 0x1p62));
    else ((int32_t *)t->integers)[channel] = (int32_t)fmax(INT32_MIN, fmin(n, INT32_MAX));
}

static octet_status correct(correction *c, target *t) {
    const octet_operator *q = &c->quantized->operators[t->quantized];
    const octet_value *integers = octet_graph_input(c->quantized, q, (uint32_t)octet_operator_operands(q->code).bias);
    octet_arena scratch = {0};
    double *real, *integer;
    octet_status status = expected(c, &scratch, c->graph, t->op, &c->real[data_of(c->graph, t->op)], &real);
    if (status == OCTET_OK)
        status = expected(c, &scratch, c->quantized, t->quantized, &c->integer[data_of(c->quantized, t->quantized)],
                          &integer);
    for (size_t i = 0; status == OCTET_OK && i < t->n_channels; i++) {
        t->bias[i] += (float)(real[i] - integer[i]);
        store_bias(t, integers, i);
    }
    octet_arena_free(c->ctx, &scratch);
    OCTET_TRY(status);
    return octet_exec_remake_step(c->ctx, c->exec, t->quantized);
}

static octet_status prepare_quantized(correction *c) {
    OCTET_TRY(octet_exec_create(c->ctx, c->quantized, NULL, &c->exec));
    const size_t bytes = octet_exec_arena_bytes(c->exec) + 1;
    const size_t most = c->source->most_bytes / bytes;
    if (most < c->n_runs) c->n_runs = most > 0 ? most : 1;
    OCTET_TRY(OCTET_NEW(c->ctx, &c->arena, c->n_runs, &c->runners));
    for (size_t run = 0; run < c->n_runs; run++) {
        OCTET_TRY(octet_runner_create(c->ctx, c->exec, 1, &c->runners[run]));
        fill_inputs(c->source, c->quantized, run, c->runners[run]);
    }
    OCTET_TRY(OCTET_NEW(c->ctx, &c->arena, c->quantized->n_values, &c->integer));
    for (uint32_t i = 0; i < c->n_targets; i++) {
        const uint32_t v = data_of(c->quantized, c->targets[i].quantized);
        if (c->integer[v].sums != NULL) continue;
        OCTET_TRY(octet_mean_map_create(c->ctx, &c->arena, &c->quantized->values[v], 0.0f, &c->integer[v]));
    }
    return OCTET_OK;
}

static octet_status run_quantized(correction *c) {
    uint32_t next = 0;
    for (uint32_t i = 0; i < c->quantized->n_inputs; i++) gather(c, c->quantized->inputs[i].value);
    for (uint32_t step = 0; step < c->quantized->n_operators && next < c->n_targets; step++) {
        if (c->targets[next].quantized == step) OCTET_TRY(correct(c, &c->targets[next++]));
        step_job job = {c, step};
        octet_pool_run(c->source->pool, 0, run_step, &job, (uint32_t)c->n_runs, 1);
        const octet_operator *op = &c->quantized->operators[step];
        for (uint32_t i = 0; i < op->n_outputs; i++) gather(c, op->outputs[i]);
    }
    return OCTET_OK;
}

static octet_status correct_all(correction *c) {
    OCTET_TRY(octet_graph_clone(c->ctx, c->source->graph, &c->graph));
    OCTET_TRY(OCTET_NEW(c->ctx, &c->arena, c->graph->n_operators, &c->targets));
    OCTET_TRY(add_biases(c));
    OCTET_TRY(carry_statistics(c));
    OCTET_TRY(octet_quantize_graph_mapped(c->ctx, c->graph, c->statistics, c->source->options, &c->arena,
                                          &c->quantized_of, &c->quantized));
    OCTET_TRY(pair_targets(c));
    if (c->n_targets == 0 || c->n_runs == 0) return OCTET_OK;
    OCTET_TRY(prepare_quantized(c));
    OCTET_TRY(observe_float_model(c));
    OCTET_TRY(run_quantized(c));
    return carry_statistics(c);
}

octet_status octet_recover_bias(octet_context *ctx, const octet_recover_source *source, octet_recovered *out) {
    correction c = {.ctx = ctx, .source = source, .n_runs = source->n_runs};
    const octet_status status = correct_all(&c);
    *out = (octet_recovered){.n_changed = c.n_targets, .n_runs = c.n_runs};
    if (status == OCTET_OK) {
        out->graph = c.graph;
        out->statistics = c.statistics;
    } else {
        octet_graph_destroy(ctx, c.graph);
        octet_statistics_free(ctx, c.statistics);
    }
    for (size_t run = 0; c.runners != NULL && run < c.n_runs; run++) octet_runner_destroy(ctx, c.runners[run]);
    octet_exec_destroy(ctx, c.exec);
    octet_graph_destroy(ctx, c.quantized);
    octet_arena_free(ctx, &c.arena);
    return status;
}
