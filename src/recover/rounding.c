#include "recover/rounding.h"

#include <math.h>

#include "recover/covariance.h"
#include "recover/descent.h"
#include "recover/patches.h"
#include "recover/weighted.h"

/* Inputs whose covariances are taken together: 16 MB of them. A layer with more is done in equal parts, and so is one
 * with very many weights: each of them is multiplied with a row of covariances. */
enum { MOST_INPUTS = 2048, LEAST_INPUTS = 64 };
static const double MOST_PRODUCTS = 2e9;

typedef struct rounding {
    octet_context *ctx;
    const octet_recover_source *source;
    octet_arena arena;
    octet_graph *graph;
    octet_statistics *statistics;
    octet_graph *quantized;
    octet_weighted *layers;
    uint32_t n_layers;
    int8_t **integers; /* by layer: the quantized weights */
    void **biases;     /* by layer: the quantized bias; NULL: none */
    octet_lockstep lockstep;
} rounding;

/* What a thread works in. */
typedef struct workspace {
    int16_t *columns;
    double *means;
    float *covariances;
    float *w, *q, *scratch; /* of one output channel */
} workspace;

/* A layer as groups of output channels that read the same inputs. Weight (output o, input j) of a group is at
 * o * output_stride + j * input_stride. */
typedef struct layer_job {
    octet_patches patches;
    const float *weights;
    int8_t *integers;
    const float *scales;
    size_t n_scales;
    size_t n_groups, n_outputs, n_inputs, depth, output_stride, input_stride;
    size_t n_together; /* inputs whose covariances are taken together */
    double *shifts;    /* by output channel: the mean of its error, in steps of data and weights */
    workspace *spaces; /* by thread */
    octet_pool *pool;  /* for what one group is made of; NULL where groups go to threads */
} layer_job;

static bool can_round(const octet_graph *graph, const octet_graph *quantized, const octet_weighted *layer) {
    const octet_operator *op = &graph->operators[layer->op], *q = &quantized->operators[layer->quantized];
    const octet_operands operands = octet_operator_operands(op->code);
    const octet_value *weights = octet_graph_input(graph, op, (uint32_t)operands.weights);
    const octet_value *data = octet_graph_input(quantized, q, (uint32_t)operands.data);
    if (op->code != OCTET_OP_CONV_2D && op->code != OCTET_OP_DEPTHWISE_CONV_2D && op->code != OCTET_OP_FULLY_CONNECTED)
        return false;
    if (weights->n_uses != 1 || weights->trained.n > 0) return false;
    return octet_graph_input(quantized, q, (uint32_t)operands.weights)->type == OCTET_INT8 &&
           (data->type == OCTET_INT8 || data->type == OCTET_INT16);
}

static octet_status create_spaces(rounding *r, octet_arena *scratch, layer_job *job) {
    const uint32_t n = octet_pool_size(r->source->pool);
    OCTET_TRY(OCTET_NEW(r->ctx, scratch, n, &job->spaces));
    for (uint32_t t = 0; t < n; t++) {
        workspace *s = &job->spaces[t];
        OCTET_TRY(OCTET_NEW(r->ctx, scratch, job->n_together, &s->w));
        OCTET_TRY(OCTET_NEW(r->ctx, scratch, job->n_together, &s->q));
        OCTET_TRY(OCTET_NEW(r->ctx, scratch, job->n_together, &s->scratch));
        if (t > 0 && job->pool != NULL) continue;
        OCTET_TRY(OCTET_NEW(r->ctx, scratch, job->n_together * job->patches.column, &s->columns));
        OCTET_TRY(OCTET_NEW(r->ctx, scratch, job->n_together, &s->means));
        OCTET_TRY(OCTET_NEW(r->ctx, scratch, job->n_together * job->n_together, &s->covariances));
    }
    return OCTET_OK;
}

static octet_status describe(rounding *r, octet_arena *scratch, uint32_t i, layer_job *job) {
    const octet_weighted *layer = &r->layers[i];
    const octet_operator *op = &r->graph->operators[layer->op], *q = &r->quantized->operators[layer->quantized];
    const octet_operands operands = octet_operator_operands(op->code);
    const octet_value *weights = octet_graph_input(r->graph, op, (uint32_t)operands.weights);
    const octet_quantization *scales = &octet_graph_input(r->quantized, q, (uint32_t)operands.weights)->quantization;
    *job = (layer_job){
        .weights = weights->data, .integers = r->integers[i], .scales = scales->scale, .n_scales = scales->n};
    OCTET_TRY(octet_patches_choose(r->ctx, scratch, &r->lockstep, r->quantized, layer->quantized, &job->patches));
    const octet_geometry *g = &job->patches.geometry;
    const bool is_depthwise = op->code == OCTET_OP_DEPTHWISE_CONV_2D;
    job->depth = is_depthwise ? 1 : (size_t)weights->shape.dims[weights->shape.rank - 1];
    job->n_groups = g->n_in / job->depth;
    job->n_outputs = layer->n_channels / job->n_groups;
    job->n_inputs = octet_geometry_n_taps(g) * job->depth;
    job->output_stride = is_depthwise ? 1 : job->n_inputs;
    job->input_stride = is_depthwise ? layer->n_channels : 1;
    const double most = fmax(LEAST_INPUTS, MOST_PRODUCTS / (double)octet_shape_elements(&weights->shape));
    const size_t most_together = (size_t)fmin(most, MOST_INPUTS);
    const size_t n_parts = (job->n_inputs + most_together - 1) / most_together;
    job->n_together = (job->n_inputs + n_parts - 1) / n_parts;
    job->pool = job->n_groups == 1 ? r->source->pool : NULL;
    OCTET_TRY(OCTET_NEW(r->ctx, scratch, layer->n_channels, &job->shifts));
    return create_spaces(r, scratch, job);
}

/* Output channels of a group, for inputs begin..begin+n, whose means and covariances are in `space`. */
typedef struct part_job {
    layer_job *layer;
    const workspace *space;
    uint32_t thread; /* whose buffers serve where the group has one thread */
    size_t group, begin, n;
} part_job;

static void round_output(const part_job *part, const workspace *buffers, size_t output) {
    layer_job *job = part->layer;
    const size_t channel = part->group * job->n_outputs + output;
    const double scale = (double)job->scales[job->n_scales > 1 ? channel : 0];
    const size_t at = channel * job->output_stride + part->begin * job->input_stride;
    for (size_t j = 0; j < part->n; j++)
        buffers->w[j] = (float)((double)job->weights[at + j * job->input_stride] / scale);
    octet_descent_round(part->space->covariances, part->n, buffers->w, buffers->q, buffers->scratch);
    for (size_t j = 0; j < part->n; j++) {
        job->integers[at + j * job->input_stride] = (int8_t)buffers->q[j];
        job->shifts[channel] += (double)(buffers->q[j] - buffers->w[j]) * part->space->means[j];
    }
}

static void round_outputs(void *user, uint32_t thread, uint32_t begin, uint32_t end) {
    const part_job *part = user;
    const layer_job *job = part->layer;
    const workspace *buffers = &job->spaces[job->pool != NULL ? thread : part->thread];
    for (uint32_t o = begin; o < end; o++) round_output(part, buffers, o);
}

static void round_group(layer_job *job, uint32_t thread, size_t group) {
    const workspace *space = &job->spaces[thread];
    for (size_t begin = 0; begin < job->n_inputs; begin += job->n_together) {
        const size_t left = job->n_inputs - begin, n = left < job->n_together ? left : job->n_together;
        part_job part = {job, space, thread, group, begin, n};
        octet_patches_gather(&job->patches, group * job->depth, job->depth, begin, n, job->pool, space->columns);
        octet_covariance_make(space->columns, n, job->patches.n_rows, job->patches.column, job->pool, space->means,
                              space->covariances);
        octet_pool_run(job->pool, 0, round_outputs, &part, (uint32_t)job->n_outputs, 0);
    }
}

static void round_groups(void *user, uint32_t thread, uint32_t begin, uint32_t end) {
    layer_job *job = user;
    for (uint32_t group = begin; group < end; group++) round_group(job, thread, group);
}

/* The quantized bias takes back the mean error of the weights, so that the layers behind see what they will see. */
static void shift_bias(rounding *r, uint32_t i, const layer_job *job) {
    const octet_weighted *layer = &r->layers[i];
    const octet_operator *op = &r->graph->operators[layer->op], *q = &r->quantized->operators[layer->quantized];
    const uint32_t at = (uint32_t)octet_operator_operands(op->code).bias;
    const octet_value *bias = octet_graph_input(r->graph, op, at), *to = octet_graph_input(r->quantized, q, at);
    if (bias == NULL || r->biases[i] == NULL) return;
    for (size_t c = 0; c < layer->n_channels; c++) {
        const double step = (double)to->quantization.scale[to->quantization.n > 1 ? c : 0];
        octet_weighted_store_bias(to, r->biases[i], c,
                                  (double)((const float *)bias->data)[c] - job->shifts[c] * job->patches.unit * step);
    }
}

/* The float graph says what its weights are rounded to. */
static octet_status settle(rounding *r, octet_arena *scratch, uint32_t i, const layer_job *job) {
    const octet_operator *op = &r->graph->operators[r->layers[i].op];
    const uint32_t weights = op->inputs[octet_operator_operands(op->code).weights];
    const size_t n = octet_shape_elements(&r->graph->values[weights].shape);
    double *scales;
    float *raw;
    OCTET_TRY(OCTET_NEW(r->ctx, scratch, job->n_scales, &scales));
    OCTET_TRY(OCTET_NEW(r->ctx, scratch, n, &raw));
    for (size_t s = 0; s < job->n_scales; s++) scales[s] = (double)job->scales[s];
    for (size_t c = 0; c < r->layers[i].n_channels; c++)
        for (size_t j = 0; j < job->n_inputs; j++) {
            const size_t at = c * job->output_stride + j * job->input_stride;
            raw[at] = (float)((double)job->integers[at] * scales[job->n_scales > 1 ? c : 0]);
        }
    return octet_value_set_trained(r->ctx, r->graph, weights, (uint32_t)job->n_scales, scales, raw);
}

static octet_status round_layer(rounding *r, octet_arena *scratch, uint32_t i) {
    layer_job job;
    OCTET_TRY(describe(r, scratch, i, &job));
    octet_pool_run(job.pool == NULL ? r->source->pool : NULL, 0, round_groups, &job, (uint32_t)job.n_groups, 1);
    shift_bias(r, i, &job);
    OCTET_TRY(settle(r, scratch, i, &job));
    return octet_exec_remake_step(r->ctx, r->lockstep.exec, r->layers[i].quantized);
}

/* Keeps the layers that can be rounded, with integers that may be written. */
static octet_status choose_layers(rounding *r) {
    uint32_t n = 0;
    OCTET_TRY(OCTET_NEW(r->ctx, &r->arena, r->n_layers, &r->integers));
    OCTET_TRY(OCTET_NEW(r->ctx, &r->arena, r->n_layers, &r->biases));
    for (uint32_t i = 0; i < r->n_layers; i++) {
        const octet_weighted layer = r->layers[i];
        if (!can_round(r->graph, r->quantized, &layer)) continue;
        const octet_operator *q = &r->quantized->operators[layer.quantized];
        const octet_operands operands = octet_operator_operands(q->code);
        OCTET_TRY(
            octet_weighted_unlock(r->ctx, r->quantized, layer.quantized, operands.weights, (void **)&r->integers[n]));
        if (octet_graph_input(r->quantized, q, (uint32_t)operands.bias) != NULL)
            OCTET_TRY(octet_weighted_unlock(r->ctx, r->quantized, layer.quantized, operands.bias, &r->biases[n]));
        r->layers[n++] = layer;
    }
    r->n_layers = n;
    return OCTET_OK;
}

static octet_status round_all(rounding *r) {
    uint32_t *quantized_of;
    OCTET_TRY(octet_graph_clone(r->ctx, r->source->graph, &r->graph));
    OCTET_TRY(octet_quantize_graph_mapped(r->ctx, r->graph, r->source->statistics, r->source->options, &r->arena,
                                          &quantized_of, &r->quantized));
    OCTET_TRY(octet_weighted_find(r->ctx, &r->arena, r->graph, r->quantized, quantized_of, &r->layers, &r->n_layers));
    OCTET_TRY(choose_layers(r));
    if (r->source->n_runs == 0) r->n_layers = 0;
    if (r->n_layers > 0) OCTET_TRY(octet_lockstep_start(r->ctx, &r->arena, r->source, r->quantized, &r->lockstep));
    uint32_t next = 0;
    for (uint32_t step = 0; next < r->n_layers; step++) {
        if (r->layers[next].quantized == step) {
            octet_arena scratch = {0};
            const octet_status status = round_layer(r, &scratch, next++);
            octet_arena_free(r->ctx, &scratch);
            OCTET_TRY(status);
        }
        octet_lockstep_step(&r->lockstep, step);
    }
    return octet_step_carry_statistics(r->ctx, r->source, r->graph, &r->statistics);
}

octet_status octet_recover_rounding(octet_context *ctx, const octet_recover_source *source, octet_recovered *out) {
    rounding r = {.ctx = ctx, .source = source};
    const octet_status status = round_all(&r);
    *out = (octet_recovered){r.graph, r.statistics, r.n_layers, r.lockstep.n_runs};
    octet_lockstep_finish(ctx, &r.lockstep);
    octet_graph_destroy(ctx, r.quantized);
    octet_arena_free(ctx, &r.arena);
    return octet_step_finish(ctx, status, out);
}
