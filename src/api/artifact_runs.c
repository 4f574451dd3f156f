#include "api/artifact_runs.h"

#include <string.h>

#include "explain/explain.h"

/* ---- Room ---- */

static octet_status make_golden(octet_context *ctx, octet_arena *arena, octet_artifact_runs *r) {
    const octet_graph *graph = r->plan->graph;
    for (int run = 0; run < OCTET_ARTIFACT_N_RUNS; run++) {
        OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &r->golden[run]));
        OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &r->first[run]));
        for (uint32_t v = 0; v < graph->n_values; v++) {
            const octet_value *value = &graph->values[v];
            r->first[run][v] = value->data;
            if (octet_value_is_constant(value)) continue;
            OCTET_TRY(octet_arena_array(ctx, arena, r->n_vectors, octet_value_bytes(value), &r->golden[run][v]));
            r->first[run][v] = r->golden[run][v];
        }
    }
    return OCTET_OK;
}

static octet_status make_images(octet_context *ctx, octet_arena *arena, octet_artifact_runs *r) {
    const octet_graph *graph = r->plan->graph;
    const size_t first = 0;
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_inputs, &r->images));
    for (uint32_t i = 0; i < graph->n_inputs; i++) {
        const octet_value *value = &graph->values[graph->inputs[i].value];
        const size_t n = octet_shape_elements(&value->shape);
        octet_artifact_images *images = &r->images[i];
        OCTET_TRY(octet_samples_load(ctx, r->source.samples[i], &first, 1, NULL));
        images->has_bytes = octet_samples_bytes(r->source.samples[i], 0, NULL) != NULL;
        OCTET_TRY(octet_arena_array(ctx, arena, r->n_runs, octet_value_bytes(value), (void **)&images->codes));
        OCTET_TRY(octet_arena_array(ctx, arena, images->has_bytes ? r->n_runs : 0, n, (void **)&images->bytes));
        OCTET_TRY(octet_arena_array(ctx, arena, images->has_bytes ? 0 : r->n_runs, n * sizeof *images->real,
                                    (void **)&images->real));
    }
    return OCTET_OK;
}

octet_status octet_api_artifact_runs_open(octet_context *ctx, octet_arena *arena, const octet_artifacts *plan,
                                          const octet_data *data, uint64_t limit, uint64_t n_vectors,
                                          octet_artifact_runs *out) {
    const octet_graph *graph = plan->graph;
    *out = (octet_artifact_runs){.plan = plan};
    OCTET_TRY(octet_api_vector_source_open(ctx, arena, graph, data, &out->source));
    const uint32_t batch = octet_api_batch(graph);
    const size_t most = data != NULL ? (out->source.n_samples - 1) / batch + 1 : SIZE_MAX;
    out->n_runs = limit < most ? (size_t)limit : most;
    OCTET_CHECK(ctx, out->n_runs <= INT32_MAX / 8, OCTET_LIMIT, "%zu samples are too many: --limit", out->n_runs);
    out->n_vectors = (uint32_t)(n_vectors < out->n_runs ? n_vectors : out->n_runs);
    OCTET_TRY(make_golden(ctx, arena, out));
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_operators, &out->cost));
    if (data != NULL) OCTET_TRY(make_images(ctx, arena, out));
    if (data != NULL && batch == 1 && octet_samples_has_labels(out->source.samples[0]))
        OCTET_TRY(OCTET_NEW(ctx, arena, out->n_runs, &out->labels));
    out->has_answers = batch == 1 && graph->values[graph->outputs[0].value].shape.rank <= 2;
    for (int run = 0; run < OCTET_ARTIFACT_N_RUNS; run++) {
        const octet_exec_options options = {.numerics = octet_artifact_numerics((octet_artifact_run)run),
                                            .no_sharing = true};
        OCTET_TRY(octet_exec_create(ctx, graph, &options, &out->execs[run]));
        OCTET_TRY(octet_runner_create(ctx, out->execs[run], 1, &out->runners[run]));
    }
    return OCTET_OK;
}

void octet_api_artifact_runs_close(octet_context *ctx, octet_artifact_runs *r) {
    for (int run = 0; run < OCTET_ARTIFACT_N_RUNS; run++) {
        octet_runner_destroy(ctx, r->runners[run]);
        octet_exec_destroy(ctx, r->execs[run]);
    }
}

/* ---- One run ---- */

static octet_status feed(octet_context *ctx, octet_artifact_runs *r, size_t index) {
    const octet_graph *graph = r->plan->graph;
    for (uint32_t i = 0; i < graph->n_inputs; i++) {
        const uint32_t v = graph->inputs[i].value;
        const octet_value *value = &graph->values[v];
        const size_t size = octet_value_bytes(value), n = octet_shape_elements(&value->shape);
        void *tensor = octet_runner_value(r->runners[OCTET_ARTIFACT_TWICE], v);
        OCTET_TRY(octet_api_vector_source_fill(ctx, &r->source, i, index, tensor));
        memcpy(octet_runner_value(r->runners[OCTET_ARTIFACT_ONCE], v), tensor, size);
        if (r->source.samples == NULL) continue;
        octet_artifact_images *images = &r->images[i];
        const uint32_t batch = octet_api_batch(graph);
        memcpy(images->codes + index * size, tensor, size);
        for (uint32_t slot = 0; slot < batch && images->has_bytes; slot++)
            memcpy(images->bytes + index * n + slot * (n / batch),
                   octet_samples_bytes(r->source.samples[i], (index * batch + slot) % r->source.n_samples, NULL),
                   n / batch);
        if (!images->has_bytes) memcpy(images->real + index * n, r->source.real, n * sizeof *images->real);
    }
    if (r->labels != NULL) r->labels[index] = octet_samples_label(r->source.samples[0], index);
    return OCTET_OK;
}

static void compare(octet_artifact_runs *r) {
    const octet_graph *graph = r->plan->graph;
    for (uint32_t i = 0; i < graph->n_operators; i++) {
        octet_artifact_cost *cost = &r->cost[i];
        const uint32_t v = graph->operators[i].outputs[0];
        const octet_value *value = &graph->values[v];
        const size_t n = octet_shape_elements(&value->shape);
        const void *twice = octet_runner_value(r->runners[OCTET_ARTIFACT_TWICE], v),
                   *once = octet_runner_value(r->runners[OCTET_ARTIFACT_ONCE], v);
        cost->n_numbers += n;
        if (memcmp(twice, once, octet_value_bytes(value)) == 0) continue;
        for (size_t k = 0; k < n; k++) {
            const octet_derived_number a = octet_explain_number(graph, v, twice, k),
                                       b = octet_explain_number(graph, v, once, k);
            const int64_t difference = a.integer > b.integer ? a.integer - b.integer : b.integer - a.integer;
            cost->n_different += difference > 0 || a.real < b.real || a.real > b.real;
            if (difference > cost->largest) cost->largest = difference;
        }
    }
}

/* The largest output, the first of equal ones; of a single one whether it is above 1/2. */
static int32_t answer_of(const octet_graph *graph, const octet_runner *runner) {
    const uint32_t v = graph->outputs[0].value;
    const octet_value *value = &graph->values[v];
    const void *data = octet_runner_value(runner, v);
    const size_t n = octet_shape_elements(&value->shape);
    size_t best = 0;
    double most, real;
    if (n == 0 || !octet_explain_stands_for(graph, v, data, 0, &most)) return 0;
    if (n == 1) return most > 0.5;
    for (size_t i = 1; i < n; i++)
        if (octet_explain_stands_for(graph, v, data, i, &real) && real > most) most = real, best = i;
    return (int32_t)best;
}

static void answer(octet_artifact_runs *r, size_t index) {
    int32_t answers[OCTET_ARTIFACT_N_RUNS];
    for (int run = 0; run < OCTET_ARTIFACT_N_RUNS; run++) {
        answers[run] = answer_of(r->plan->graph, r->runners[run]);
        r->n_right[run] += r->labels != NULL && answers[run] == r->labels[index];
    }
    r->n_flips += answers[OCTET_ARTIFACT_TWICE] != answers[OCTET_ARTIFACT_ONCE];
}

static void keep(octet_artifact_runs *r, size_t index) {
    const octet_graph *graph = r->plan->graph;
    for (int run = 0; run < OCTET_ARTIFACT_N_RUNS; run++)
        for (uint32_t v = 0; v < graph->n_values; v++) {
            const size_t size = octet_value_bytes(&graph->values[v]);
            if (r->golden[run][v] == NULL) continue;
            memcpy((uint8_t *)r->golden[run][v] + index * size, octet_runner_value(r->runners[run], v), size);
        }
}

octet_status octet_api_artifact_runs_run(octet_context *ctx, octet_artifact_runs *r, octet_progress *progress,
                                         void *user) {
    enum { STEP = 16 };
    for (size_t index = 0; index < r->n_runs; index++) {
        OCTET_TRY(feed(ctx, r, index));
        for (int run = 0; run < OCTET_ARTIFACT_N_RUNS; run++) {
            octet_runner_reset(r->runners[run]);
            octet_runner_run(r->runners[run], NULL);
        }
        compare(r);
        if (r->has_answers) answer(r, index);
        if (index < r->n_vectors) keep(r, index);
        if (progress == NULL || (index + 1) % STEP != 0) continue;
        OCTET_CHECK(ctx, progress(user, "running", index + 1, r->n_runs), OCTET_CANCELLED, "export: stopped");
    }
    return OCTET_OK;
}
