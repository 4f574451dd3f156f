#include "api/recover.h"

#include "recover/bias.h"

/* Samples that are held as numbers, and activations of all runs, at most. */
enum { MOST_SAMPLE_BYTES = 64 << 20, MOST_ACTIVATION_BYTES = 64 << 20 };

typedef struct recover_job {
    octet_arena arena;
    octet_samples **samples; /* by input */
    size_t *indices, n;
    float **inputs; /* by input */
    octet_pool *pool;
    octet_recover_source source;
} recover_job;

static octet_status read_inputs(octet_context *ctx, const octet_graph *graph, recover_job *job) {
    const uint32_t batch = octet_api_batch(graph);
    size_t bytes = 0;
    for (uint32_t i = 0; i < graph->n_inputs; i++)
        bytes += octet_shape_elements(&graph->values[graph->inputs[i].value].shape) / batch * sizeof(float);
    if (job->n > MOST_SAMPLE_BYTES / bytes + 1) job->n = MOST_SAMPLE_BYTES / bytes + 1;
    job->source.n_runs = job->n / batch;
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

static octet_status prepare(octet_context *ctx, const octet_graph *graph, octet_data *data,
                            const octet_conversion *options, recover_job *job) {
    OCTET_TRY(octet_pool_create(ctx, options->n_threads, &job->pool));
    OCTET_TRY(OCTET_NEW(ctx, &job->arena, graph->n_inputs, &job->samples));
    OCTET_TRY(octet_api_bind_data(ctx, data, graph, OCTET_SPLIT_TRAIN, job->samples));
    OCTET_TRY(octet_api_choose_samples(ctx, &job->arena, options, octet_samples_count(job->samples[0]), &job->indices,
                                       &job->n));
    return read_inputs(ctx, graph, job);
}

static octet_status carry(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                          const octet_statistics *statistics, const octet_graph *to, octet_statistics **out) {
    uint32_t *same;
    OCTET_TRY(OCTET_NEW(ctx, arena, to->n_values, &same));
    for (uint32_t v = 0; v < to->n_values; v++) same[v] = v < graph->n_values ? v : OCTET_NONE;
    return octet_statistics_carry_over(ctx, statistics, graph, to, same, out);
}

octet_status octet_api_recover(octet_context *ctx, const octet_graph *graph, const octet_statistics *statistics,
                               const octet_quantize_options *quantize, octet_recovery recovery, octet_data *data,
                               const octet_conversion *options, octet_graph **out, octet_statistics **out_statistics) {
    recover_job job = {0};
    octet_bias_correction corrected = {0};
    (void)recovery;
    octet_status status = prepare(ctx, graph, data, options, &job);
    if (status == OCTET_OK) {
        job.source = (octet_recover_source){.graph = graph,
                                            .statistics = statistics,
                                            .options = quantize,
                                            .inputs = (const float *const *)job.inputs,
                                            .n_runs = job.source.n_runs,
                                            .pool = job.pool,
                                            .most_bytes = MOST_ACTIVATION_BYTES};
        status = octet_recover_bias(ctx, &job.source, &corrected);
    }
    if (status == OCTET_OK) status = carry(ctx, &job.arena, graph, statistics, corrected.graph, out_statistics);
    if (status == OCTET_OK) *out = corrected.graph;
    else octet_graph_destroy(ctx, corrected.graph);
    octet_pool_destroy(ctx, job.pool);
    octet_arena_free(ctx, &job.arena);
    return status;
}
