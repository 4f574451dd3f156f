#include "api/recover.h"

#include "recover/bias.h"
#include "recover/ladder.h"

/* Samples that are held as numbers, and activations of all runs, at most. */
enum { MOST_SAMPLE_BYTES = 64 << 20, MOST_ACTIVATION_BYTES = 64 << 20 };

typedef struct recover_job {
    octet_arena arena;
    octet_samples **samples; /* by input */
    size_t *indices, n;
    float **inputs; /* by input: n samples, one after the other */
    octet_pool *pool;
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
    OCTET_TRY(octet_api_choose_samples(ctx, &job->arena, options, octet_samples_count(job->samples[0]), &job->indices,
                                       &job->n));
    return read_inputs(ctx, graph, job);
}

octet_status octet_api_recover(octet_context *ctx, octet_recovery how, const octet_graph *graph,
                               const octet_statistics *statistics, const octet_quantize_options *quantize,
                               octet_data *data, const octet_conversion *options, octet_ladder *ladder,
                               octet_graph **out, octet_statistics **out_statistics) {
    recover_job job = {0};
    octet_recovered corrected = {0};
    octet_status status = read_samples(ctx, graph, data, options, &job);
    if (status == OCTET_OK) {
        const octet_recover_source source = {.graph = graph,
                                             .statistics = statistics,
                                             .options = quantize,
                                             .inputs = (const float *const *)job.inputs,
                                             .n_runs = job.n / octet_api_batch(graph),
                                             .pool = job.pool,
                                             .most_bytes = MOST_ACTIVATION_BYTES};
        status = how == OCTET_RECOVER_FAST ? octet_recover_bias(ctx, &source, &corrected)
                                           : octet_recover_ladder(ctx, &source, &corrected, ladder);
    }
    if (status == OCTET_OK) {
        *out = corrected.graph;
        *out_statistics = corrected.statistics;
    }
    octet_pool_destroy(ctx, job.pool);
    octet_arena_free(ctx, &job.arena);
    return status;
}
