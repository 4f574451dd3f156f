#include "statistics/observer.h"

#include "base/hash.h"

struct octet_observer {
    octet_arena arena; /* holds this struct too */
    const octet_graph *graph;
    uint32_t batch;
    const uint32_t *rows_of;    /* by value */
    octet_statistics_row *rows; /* as in the statistics */
    uint32_t n_rows;
    bool has_members; /* something besides ranges is gathered */
    /* The run that goes on: */
    uint32_t n_samples;
    uint32_t n_inputs_seen;
    const void **inputs; /* by input, until the half is known */
    uint64_t *hashes;    /* by sample */
    uint32_t half;
    octet_distinct distinct;
};

static void clear(octet_observer *observer) {
    for (uint32_t i = 0; i < observer->n_rows; i++) octet_row_clear(&observer->rows[i]);
    observer->n_inputs_seen = observer->graph->n_inputs;
    observer->half = 0;
    observer->distinct.n = 0;
}

static octet_status fill(octet_context *ctx, const octet_statistics *statistics, octet_observer *observer) {
    OCTET_TRY(OCTET_NEW(ctx, &observer->arena, observer->n_rows, &observer->rows));
    for (uint32_t i = 0; i < observer->n_rows; i++) {
        const octet_statistics_row *from = &statistics->rows[i];
        OCTET_TRY(octet_row_create_members(
            ctx, &observer->arena, octet_row_kinds(from), from->histograms != NULL ? from->histograms[0].n_most : 0,
            from->channels != NULL ? from->channels->n_channels : 0, &observer->rows[i]));
        observer->has_members = observer->has_members || octet_row_kinds(from) != 0;
    }
    OCTET_TRY(OCTET_NEW(ctx, &observer->arena, observer->graph->n_inputs, &observer->inputs));
    OCTET_TRY(OCTET_NEW(ctx, &observer->arena, observer->batch, &observer->hashes));
    OCTET_TRY(octet_distinct_create(ctx, &observer->distinct));
    clear(observer);
    return OCTET_OK;
}

octet_status octet_observer_create(octet_context *ctx, const octet_graph *graph, const octet_statistics *statistics,
                                   const uint32_t *rows_of, uint32_t batch, octet_observer **out) {
    octet_arena arena = {0};
    octet_observer *observer = NULL;
    OCTET_TRY(OCTET_NEW(ctx, &arena, 1, &observer));
    *observer = (octet_observer){.arena = arena,
                                 .graph = graph,
                                 .batch = batch,
                                 .rows_of = rows_of,
                                 .n_rows = statistics->n_rows,
                                 .n_samples = batch};
    const octet_status status = fill(ctx, statistics, observer);
    if (status == OCTET_OK) *out = observer;
    else octet_observer_destroy(ctx, observer);
    return status;
}

void octet_observer_destroy(octet_context *ctx, octet_observer *observer) {
    if (observer == NULL) return;
    octet_distinct_free(ctx, &observer->distinct);
    octet_arena arena = observer->arena; /* holds *observer itself */
    octet_arena_free(ctx, &arena);
}

void octet_observer_set_samples(octet_observer *observer, uint32_t n_samples) { observer->n_samples = n_samples; }

/* A value that is not cut by samples, be it that a transpose has moved them, counts as its run's first one. */
static void observe_members(octet_observer *observer, uint32_t value, octet_statistics_row *row, const float *x,
                            size_t n) {
    const octet_shape *shape = &observer->graph->values[value].shape;
    const uint32_t batch = observer->batch;
    const bool is_cut = batch > 1 && shape->rank > 0 && shape->dims[0] % (int32_t)batch == 0;
    const size_t step = is_cut ? n / batch : n;
    for (uint32_t i = 0; i < (is_cut ? observer->n_samples : 1); i++)
        octet_row_observe_sample(row, octet_observer_half(observer->hashes[i]),
                                 octet_observer_tenth(observer->hashes[i]), x + i * step, step);
}

static void widen(octet_observer *observer, uint32_t value, const void *data, size_t n_elements) {
    const uint32_t r = observer->rows_of[value];
    if (r == OCTET_NONE) return;
    octet_statistics_row *row = &observer->rows[r];
    octet_range_observe(&row->ranges[observer->half], data, n_elements);
    if (observer->has_members) observe_members(observer, value, row, data, n_elements);
}

static void take_input(octet_observer *observer, const void *data) {
    const octet_graph *graph = observer->graph;
    const uint32_t index = observer->n_inputs_seen++;
    const octet_value *value = &graph->values[graph->inputs[index].value];
    const size_t size = octet_shape_elements(&value->shape) / observer->batch * octet_type_size(value->type);
    observer->inputs[index] = data;
    for (uint32_t i = 0; i < observer->batch; i++)
        observer->hashes[i] = octet_hash(index == 0 ? 0 : observer->hashes[i], (const uint8_t *)data + i * size, size);
    if (observer->n_inputs_seen < graph->n_inputs) return;
    observer->half = octet_observer_half(observer->hashes[0]);
    for (uint32_t i = 0; i < observer->batch; i++) octet_distinct_add(&observer->distinct, observer->hashes[i]);
    for (uint32_t i = 0; i < graph->n_inputs; i++) {
        const uint32_t v = graph->inputs[i].value;
        widen(observer, v, observer->inputs[i], octet_shape_elements(&graph->values[v].shape));
    }
}

void octet_observer_observe(void *user, uint32_t value, const void *data, size_t n_elements) {
    octet_observer *observer = user;
    const octet_graph *graph = observer->graph;
    if (observer->n_inputs_seen == graph->n_inputs && graph->n_inputs > 0 && value == graph->inputs[0].value)
        observer->n_inputs_seen = 0;
    if (observer->n_inputs_seen < graph->n_inputs) take_input(observer, data);
    else widen(observer, value, data, n_elements);
}

octet_status octet_observer_give(octet_context *ctx, octet_observer *observer, octet_statistics *statistics) {
    octet_distinct_settle(&observer->distinct);
    OCTET_TRY(octet_distinct_merge(ctx, &statistics->distinct, &observer->distinct));
    for (uint32_t i = 0; i < observer->n_rows; i++) octet_row_merge(&statistics->rows[i], &observer->rows[i]);
    clear(observer);
    return OCTET_OK;
}
