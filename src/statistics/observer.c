#include "statistics/observer.h"

#include "base/hash.h"

typedef octet_observed_range halves[OCTET_STATISTICS_HALVES];

struct octet_observer {
    octet_arena arena; /* holds this struct too */
    const octet_graph *graph;
    uint32_t batch;
    const uint32_t *rows_of; /* by value */
    halves *ranges;          /* by row */
    uint32_t n_rows;
    /* The run that goes on: */
    uint32_t n_inputs_seen;
    const void **inputs; /* by input, until the half is known */
    uint64_t *hashes;    /* by sample */
    uint32_t half;
    octet_distinct distinct;
};

static void clear(octet_observer *observer) {
    for (uint32_t i = 0; i < observer->n_rows; i++)
        for (int h = 0; h < OCTET_STATISTICS_HALVES; h++) observer->ranges[i][h] = octet_range_empty();
    observer->n_inputs_seen = observer->graph->n_inputs;
    observer->half = 0;
    observer->distinct.n = 0;
}

static octet_status fill(octet_context *ctx, octet_observer *observer) {
    OCTET_TRY(OCTET_NEW(ctx, &observer->arena, observer->n_rows, &observer->ranges));
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
    *observer = (octet_observer){
        .arena = arena, .graph = graph, .batch = batch, .rows_of = rows_of, .n_rows = statistics->n_rows};
    const octet_status status = fill(ctx, observer);
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

static void widen(octet_observer *observer, uint32_t value, const void *data, size_t n_elements) {
    const uint32_t row = observer->rows_of[value];
    if (row != OCTET_NONE) octet_range_observe(&observer->ranges[row][observer->half], data, n_elements);
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
    for (uint32_t i = 0; i < observer->n_rows; i++)
        for (int h = 0; h < OCTET_STATISTICS_HALVES; h++)
            octet_range_merge(&statistics->rows[i].ranges[h], &observer->ranges[i][h]);
    clear(observer);
    return OCTET_OK;
}
