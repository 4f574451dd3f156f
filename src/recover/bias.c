#include "recover/bias.h"

#include <math.h>

#include "recover/expected.h"
#include "recover/lockstep.h"
#include "recover/mean_map.h"
#include "recover/passing.h"
#include "recover/real_run.h"
#include "recover/weighted.h"

/* Steps of passing.h: most of the way for a channel that passes often. */
enum { N_REFINEMENTS = 2 };

/* What an ADD joins to the result of a layer: its mean error can be taken back there, and nowhere later. */
typedef struct skip {
    uint32_t value, quantized; /* of the float graph, of the quantized one; OCTET_NONE: none */
} skip;

typedef struct correction {
    octet_context *ctx;
    const octet_recover_source *source;
    octet_arena arena;
    octet_graph *graph;           /* the float graph whose biases change */
    const octet_graph *reference; /* the float graph whose means are wanted */
    octet_statistics *statistics; /* of it */
    float **biases;               /* by operator of `graph`: what may be written; NULL: none */
    octet_graph *quantized;
    octet_weighted *layers;
    skip *skips;             /* by layer */
    octet_passing *passings; /* by layer */
    void **integers;         /* by layer: the bias of the quantized operator, which may be written */
    uint32_t n_layers;
    octet_mean_map *real;    /* by value of `reference` */
    octet_mean_map *integer; /* by value of `quantized` */
    octet_lockstep lockstep; /* of `quantized` */
    octet_lockstep floats;   /* of `reference`, where an activation follows a layer */
    uint32_t n_float_steps;  /* that they have done */
} correction;

static octet_status add_biases(correction *c) {
    OCTET_TRY(OCTET_NEW(c->ctx, &c->arena, c->graph->n_operators, &c->biases));
    for (uint32_t k = 0; k < c->graph->n_operators; k++)
        if (octet_weighted_is_layer(c->graph, &c->graph->operators[k]))
            OCTET_TRY(octet_weighted_own_bias(c->ctx, c->graph, k, &c->biases[k]));
    return OCTET_OK;
}

/* The statistics of the source for `graph` as it is: they know its constants. */
static octet_status carry_statistics(correction *c) {
    octet_statistics_free(c->ctx, c->statistics);
    c->statistics = NULL;
    return octet_step_carry_statistics(c->ctx, c->source, c->graph, &c->statistics);
}

/* A layer without activation whose one reader is an ADD of two computed values of one shape. */
static skip skip_of(const correction *c, uint32_t op, const uint32_t *quantized_of) {
    const octet_graph *graph = c->graph;
    const uint32_t result = graph->operators[op].outputs[0], reader = octet_graph_only_user(graph, result);
    const skip none = {OCTET_NONE, OCTET_NONE};
    if (octet_operator_activation(&graph->operators[op]) != OCTET_ACTIVATION_NONE || reader == OCTET_NONE) return none;
    const octet_operator *add = &graph->operators[reader];
    if (add->code != OCTET_OP_ADD) return none;
    const uint32_t value = add->inputs[add->inputs[0] == result ? 1 : 0];
    const octet_value *other = &graph->values[value];
    if (octet_value_is_constant(other) || !octet_shape_equal(&other->shape, &graph->values[result].shape)) return none;
    const uint32_t quantized = quantized_of[value];
    if (quantized == OCTET_NONE || c->quantized->values[quantized].quantization.n != 1) return none;
    return (skip){value, quantized};
}

static octet_status find_layers(correction *c, const uint32_t *quantized_of) {
    OCTET_TRY(octet_weighted_find(c->ctx, &c->arena, c->graph, c->quantized, quantized_of, &c->layers, &c->n_layers));
    OCTET_TRY(OCTET_NEW(c->ctx, &c->arena, c->n_layers, &c->skips));
    OCTET_TRY(OCTET_NEW(c->ctx, &c->arena, c->n_layers, &c->passings));
    for (uint32_t i = 0; i < c->n_layers; i++) {
        c->skips[i] = skip_of(c, c->layers[i].op, quantized_of);
        OCTET_TRY(octet_passing_find(c->ctx, &c->arena, c->reference, c->quantized, &c->layers[i], c->skips[i].value,
                                     c->skips[i].quantized, &c->passings[i]));
    }
    return OCTET_OK;
}

static float largest_of(const octet_statistics *statistics, uint32_t row) {
    if (row == OCTET_NONE) return 1.0f;
    const octet_observed_range range = octet_statistics_range(&statistics->rows[row]);
    return range.seen ? fmaxf(fabsf(range.min), fabsf(range.max)) : 1.0f;
}

/* ---- The float model ---- */

typedef struct real_thread {
    const octet_graph *graph;
    octet_mean_map *maps;
} real_thread;

static octet_status create_maps(correction *c, octet_mean_map **real) {
    uint32_t *rows_of;
    OCTET_TRY(OCTET_NEW(c->ctx, &c->arena, c->graph->n_values, real));
    OCTET_TRY(octet_statistics_bind(c->ctx, &c->arena, c->statistics, c->graph, &rows_of));
    for (uint32_t i = 0; i < 2 * c->n_layers; i++) {
        const uint32_t v =
            i < c->n_layers ? octet_weighted_data(c->graph, c->layers[i].op) : c->skips[i - c->n_layers].value;
        if (v == OCTET_NONE || (*real)[v].sums != NULL) continue;
        OCTET_TRY(octet_mean_map_create(c->ctx, &c->arena, &c->graph->values[v], largest_of(c->statistics, rows_of[v]),
                                        &(*real)[v]));
    }
    return OCTET_OK;
}

static void observe_real(void *user, size_t run, uint32_t value, const float *data, size_t n_elements) {
    real_thread *thread = user;
    (void)run, (void)n_elements;
    if (thread->maps[value].sums != NULL) octet_mean_map_add(&thread->maps[value], &thread->graph->values[value], data);
}

/* Fills c->real: what the float model's layers are given in the mean. */
static octet_status observe_float_model(correction *c) {
    const uint32_t n = octet_pool_size(c->source->pool);
    real_thread *threads;
    void **users;
    OCTET_TRY(OCTET_NEW(c->ctx, &c->arena, n, &threads));
    OCTET_TRY(OCTET_NEW(c->ctx, &c->arena, n, &users));
    for (uint32_t t = 0; t < n; t++) {
        threads[t].graph = c->reference;
        users[t] = &threads[t];
        OCTET_TRY(create_maps(c, &threads[t].maps));
    }
    OCTET_TRY(octet_real_run(c->ctx, c->source, c->reference, c->lockstep.n_runs, observe_real, users));
    c->real = threads[0].maps;
    for (uint32_t t = 1; t < n; t++)
        for (uint32_t v = 0; v < c->graph->n_values; v++)
            if (c->real[v].sums != NULL) octet_mean_map_merge(&c->real[v], &threads[t].maps[v]);
    return OCTET_OK;
}

/* ---- The quantized model ---- */

static void gather(correction *c, uint32_t value) {
    octet_mean_map *map = &c->integer[value];
    if (map->sums == NULL) return;
    for (size_t run = 0; run < c->lockstep.n_runs; run++)
        octet_mean_map_add(map, &c->quantized->values[value], octet_lockstep_value(&c->lockstep, run, value));
}

static octet_status expected(correction *c, octet_arena *scratch, const octet_graph *graph, uint32_t op,
                             const octet_mean_map *maps, double *out) {
    const uint32_t data = octet_weighted_data(graph, op);
    double *means;
    OCTET_TRY(OCTET_NEW(c->ctx, scratch, maps[data].n_elements, &means));
    octet_mean_map_read(&maps[data], &graph->values[data], means);
    return octet_expected_output(c->ctx, scratch, graph, &graph->operators[op], means, out);
}

/* Adds to `out`, a number for each channel, what the mean of a value is by channel, times `sign`. */
static octet_status add_channel_means(correction *c, octet_arena *scratch, const octet_value *value,
                                      const octet_mean_map *map, double sign, size_t n_channels, double *out) {
    const double n_places = (double)(map->n_elements / n_channels);
    double *means;
    OCTET_TRY(OCTET_NEW(c->ctx, scratch, map->n_elements, &means));
    octet_mean_map_read(map, value, means);
    for (size_t i = 0; i < map->n_elements; i++) out[i % n_channels] += sign * means[i] / n_places;
    return OCTET_OK;
}

/* What is missing in the mean of a skip, where it is computed already. */
static octet_status add_skip(correction *c, octet_arena *scratch, const skip *s, size_t n_channels, double *out) {
    if (s->value == OCTET_NONE || c->integer[s->quantized].n_samples == 0) return OCTET_OK;
    OCTET_TRY(add_channel_means(c, scratch, &c->reference->values[s->value], &c->real[s->value], 1.0, n_channels, out));
    return add_channel_means(c, scratch, &c->quantized->values[s->quantized], &c->integer[s->quantized], -1.0,
                             n_channels, out);
}

/* The bias of the float graph into the quantized one, and into what runs there. */
static octet_status store_bias(correction *c, uint32_t i_layer) {
    const octet_weighted *layer = &c->layers[i_layer];
    const octet_operator *q = &c->quantized->operators[layer->quantized];
    const octet_value *bias = octet_graph_input(c->quantized, q, (uint32_t)octet_operator_operands(q->code).bias);
    for (size_t i = 0; i < layer->n_channels; i++)
        octet_weighted_store_bias(bias, c->integers[i_layer], i, (double)c->biases[layer->op][i]);
    return octet_exec_remake_step(c->ctx, c->lockstep.exec, layer->quantized);
}

/* The difference of the means, over all elements. */
static octet_status correct(correction *c, octet_arena *scratch, uint32_t i_layer) {
    const octet_weighted *layer = &c->layers[i_layer];
    const int8_t at = octet_operator_operands(c->reference->operators[layer->op].code).bias;
    const octet_value *old = octet_graph_input(c->reference, &c->reference->operators[layer->op], (uint32_t)at);
    float *bias = c->biases[layer->op];
    double *real, *integer;
    OCTET_TRY(OCTET_NEW(c->ctx, scratch, layer->n_channels, &real));
    OCTET_TRY(OCTET_NEW(c->ctx, scratch, layer->n_channels, &integer));
    OCTET_TRY(expected(c, scratch, c->reference, layer->op, c->real, real));
    OCTET_TRY(expected(c, scratch, c->quantized, layer->quantized, c->integer, integer));
    OCTET_TRY(add_skip(c, scratch, &c->skips[i_layer], layer->n_channels, real));
    for (size_t i = 0; i < layer->n_channels; i++)
        bias[i] = (old != NULL ? ((const float *)old->data)[i] : 0.0f) + (float)(real[i] - integer[i]);
    return store_bias(c, i_layer);
}

/* Goes on from there to what counts behind an activation. */
static octet_status refine(correction *c, octet_arena *scratch, uint32_t i_layer) {
    const octet_weighted *layer = &c->layers[i_layer];
    const octet_passing *passing = &c->passings[i_layer];
    double *error;
    if (passing->below == NULL || layer->op < c->n_float_steps) return OCTET_OK;
    if (passing->skip_value != OCTET_NONE) {
        const uint32_t producer = c->reference->values[passing->skip_value].producer;
        if (c->integer[passing->skip_quantized].n_samples == 0) return OCTET_OK;
        if (producer != OCTET_NONE && producer > layer->op) return OCTET_OK;
    }
    while (c->n_float_steps <= layer->op) octet_lockstep_step(&c->floats, c->n_float_steps++);
    OCTET_TRY(OCTET_NEW(c->ctx, scratch, layer->n_channels, &error));
    for (int i = 0; i < N_REFINEMENTS; i++) {
        octet_lockstep_step(&c->lockstep, layer->quantized);
        OCTET_TRY(octet_passing_error(c->ctx, scratch, passing, &c->floats, &c->lockstep, layer->n_channels, error));
        for (size_t k = 0; k < layer->n_channels; k++) c->biases[layer->op][k] += (float)error[k];
        OCTET_TRY(store_bias(c, i_layer));
    }
    return OCTET_OK;
}

static octet_status correct_layer(correction *c, uint32_t i_layer) {
    octet_arena scratch = {0};
    octet_status status = correct(c, &scratch, i_layer);
    if (status == OCTET_OK) status = refine(c, &scratch, i_layer);
    octet_arena_free(c->ctx, &scratch);
    return status;
}

/* The float graph runs beside the quantized one where an activation follows a layer. */
static octet_status prepare_floats(correction *c) {
    for (uint32_t i = 0; i < c->n_layers; i++)
        if (c->passings[i].below != NULL)
            return octet_lockstep_start(c->ctx, &c->arena, c->source, c->reference, &c->floats);
    return OCTET_OK;
}

static octet_status prepare_quantized(correction *c) {
    OCTET_TRY(OCTET_NEW(c->ctx, &c->arena, c->n_layers, &c->integers));
    for (uint32_t i = 0; i < c->n_layers; i++) {
        const uint32_t q = c->layers[i].quantized;
        const int8_t bias = octet_operator_operands(c->quantized->operators[q].code).bias;
        OCTET_TRY(octet_weighted_unlock(c->ctx, c->quantized, q, bias, &c->integers[i]));
    }
    OCTET_TRY(octet_lockstep_start(c->ctx, &c->arena, c->source, c->quantized, &c->lockstep));
    OCTET_TRY(OCTET_NEW(c->ctx, &c->arena, c->quantized->n_values, &c->integer));
    for (uint32_t i = 0; i < 2 * c->n_layers; i++) {
        const uint32_t v = i < c->n_layers ? octet_weighted_data(c->quantized, c->layers[i].quantized)
                                           : c->skips[i - c->n_layers].quantized;
        if (v == OCTET_NONE || c->integer[v].sums != NULL) continue;
        OCTET_TRY(octet_mean_map_create(c->ctx, &c->arena, &c->quantized->values[v], 0.0f, &c->integer[v]));
    }
    return OCTET_OK;
}

static octet_status run_quantized(correction *c) {
    uint32_t next = 0;
    for (uint32_t i = 0; i < c->quantized->n_inputs; i++) gather(c, c->quantized->inputs[i].value);
    for (uint32_t step = 0; step < c->quantized->n_operators && next < c->n_layers; step++) {
        if (c->layers[next].quantized == step) OCTET_TRY(correct_layer(c, next++));
        octet_lockstep_step(&c->lockstep, step);
        const octet_operator *op = &c->quantized->operators[step];
        for (uint32_t i = 0; i < op->n_outputs; i++) gather(c, op->outputs[i]);
    }
    return OCTET_OK;
}

static octet_status correct_all(correction *c) {
    uint32_t *quantized_of;
    c->reference = c->source->reference != NULL ? c->source->reference : c->source->graph;
    OCTET_TRY(octet_graph_clone(c->ctx, c->source->graph, &c->graph));
    OCTET_TRY(add_biases(c));
    OCTET_TRY(carry_statistics(c));
    OCTET_TRY(octet_quantize_graph_mapped(c->ctx, c->graph, c->statistics, c->source->options, &c->arena, &quantized_of,
                                          &c->quantized));
    OCTET_TRY(find_layers(c, quantized_of));
    if (c->n_layers == 0 || c->source->n_runs == 0) return OCTET_OK;
    OCTET_TRY(prepare_quantized(c));
    OCTET_TRY(prepare_floats(c));
    OCTET_TRY(observe_float_model(c));
    OCTET_TRY(run_quantized(c));
    return carry_statistics(c);
}

octet_status octet_recover_bias(octet_context *ctx, const octet_recover_source *source, octet_recovered *out) {
    correction c = {.ctx = ctx, .source = source};
    const octet_status status = correct_all(&c);
    *out = (octet_recovered){c.graph, c.statistics, c.n_layers, c.lockstep.n_runs};
    octet_lockstep_finish(ctx, &c.lockstep);
    octet_lockstep_finish(ctx, &c.floats);
    octet_graph_destroy(ctx, c.quantized);
    octet_arena_free(ctx, &c.arena);
    return octet_step_finish(ctx, status, out);
}
