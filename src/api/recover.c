#include "api/recover.h"

#include <math.h>

#include "layers/select.h"
#include "recover/bias.h"
#include "recover/islands.h"
#include "recover/ladder.h"

/* Samples that are held as numbers, and activations of all runs, at most. */
enum { MOST_SAMPLE_BYTES = 64 << 20, MOST_ACTIVATION_BYTES = 64 << 20 };

typedef struct recover_job {
    octet_arena arena;
    octet_samples **samples; /* by input */
    size_t *indices, n;
    float **inputs; /* by input: n samples, one after the other */
    octet_pool *pool;
    octet_island_search islands;
} recover_job;

static octet_status read_inputs(octet_context *ctx, const octet_graph *graph, recover_job *job) {
    const uint32_t batch = octet_api_batch(graph);
    size_t bytes = 0;
    for (uint32_t i = 0; i < graph->n_inputs; i++)
        bytes += octet_shape_elements(&graph->values[graph->inputs[i].value].shape) * sizeof(float);
    const size_t most = (MOST_SAMPLE_BYTES / bytes + 1) * batch;
    OCTET_CHECK(ctx, job->n >= batch, OCTET_DATA,
                "%s: recovery runs whole batches of %u samples, and calibration has %zu: give more", graph->source,
                batch, job->n);
    if (job->n > most) job->n = most;
    OCTET_TRY(OCTET_NEW(ctx, &job->arena, graph->n_inputs, &job->inputs));
    for (uint32_t i = 0; i < graph->n_inputs; i++) {
        const size_t n = octet_shape_elements(&graph->values[graph->inputs[i].value].shape) / batch;
        OCTET_TRY(OCTET_NEW(ctx, &job->arena, n * job->n, &job->inputs[i]));
        OCTET_TRY(octet_samples_load(ctx, job->samples[i], job->indices, job->n, job->pool));
        for (size_t s = 0; s < job->n; s++)
            octet_samples_read(job->samples[i], job->indices[s], job->inputs[i] + s * n);
    }
    return OCTET_OK;
}

static octet_status read_samples(octet_context *ctx, const octet_graph *graph, octet_data *data,
                                 const octet_conversion *options, recover_job *job) {
    OCTET_TRY(octet_pool_create(ctx, options->n_threads, &job->pool));
    OCTET_TRY(OCTET_NEW(ctx, &job->arena, graph->n_inputs, &job->samples));
    OCTET_TRY(octet_api_bind_data(ctx, data, graph, OCTET_SPLIT_TRAIN, job->samples));
    octet_chosen chosen;
    OCTET_TRY(octet_api_choose_samples(ctx, &job->arena, options, octet_samples_count(job->samples[0]), &chosen));
    job->indices = chosen.indices;
    job->n = chosen.n;
    return read_inputs(ctx, graph, job);
}

static octet_status name_layers(octet_context *ctx, const octet_graph *graph, bool has_layers, recover_job *job) {
    const char **names;
    OCTET_TRY(OCTET_NEW(ctx, &job->arena, graph->n_operators, &names));
    for (uint32_t k = 0; k < graph->n_operators; k++)
        OCTET_TRY(octet_select_layer_name(ctx, &job->arena, graph, has_layers, k, &names[k]));
    job->islands.names = names;
    return OCTET_OK;
}

/* Without a ladder: layers move first, so that bias correction takes back what the others shift. */
static octet_status move_and_correct(octet_context *ctx, const octet_recover_source *source, bool corrects_bias,
                                     octet_recovered *out) {
    octet_recovered moved;
    if (source->islands == NULL) return octet_recover_bias(ctx, source, out);
    source->islands->corrects_bias = corrects_bias;
    if (!corrects_bias) return octet_recover_islands(ctx, source, out);
    OCTET_TRY(octet_recover_islands(ctx, source, &moved));
    octet_recover_source next = *source;
    next.graph = moved.graph;
    next.statistics = moved.statistics;
    const octet_status status = octet_recover_bias(ctx, &next, out);
    octet_graph_destroy(ctx, moved.graph);
    octet_statistics_free(ctx, moved.statistics);
    return status;
}

octet_status octet_api_recover(octet_context *ctx, octet_recovery how, const octet_model *model,
                               const octet_graph *graph, const octet_statistics *statistics,
                               const octet_quantize_options *quantize, octet_data *data,
                               const octet_conversion *options, octet_ladder *ladder, octet_graph **out,
                               octet_statistics **out_statistics) {
    recover_job job = {.islands = {.most_float = (uint32_t)fmin((double)options->max_float_layers, 1e6),
                                   .most_int16 = (uint32_t)fmin((double)options->max_int16_layers, 1e6)}};
    octet_recovered made = {0};
    octet_status status = read_samples(ctx, graph, data, options, &job);
    if (status == OCTET_OK) status = name_layers(ctx, graph, model->kind != OCTET_KIND_TFLITE, &job);
    if (status == OCTET_OK) {
        const octet_recover_source source = {.graph = graph,
                                             .statistics = statistics,
                                             .options = quantize,
                                             .inputs = (const float *const *)job.inputs,
                                             .n_runs = job.n / octet_api_batch(graph),
                                             .pool = job.pool,
                                             .most_bytes = MOST_ACTIVATION_BYTES,
                                             .islands = octet_api_moves_layers(options) ? &job.islands : NULL};
        status = how == OCTET_RECOVER_FULL ? octet_recover_ladder(ctx, &source, &made, ladder)
                                           : move_and_correct(ctx, &source, how == OCTET_RECOVER_FAST, &made);
    }
    if (status == OCTET_OK) {
        ladder->moves = job.islands.moves;
        *out = made.graph;
        *out_statistics = made.statistics;
    }
    octet_pool_destroy(ctx, job.pool);
    octet_arena_free(ctx, &job.arena);
    return status;
}
