/* Dropping what nothing uses, and putting operators in order. */
#include <string.h>

#include "graph/graph.h"

static void remove_unused(octet_graph *graph) {
    /* Operators stand roughly in order, so walking backwards removes chains in one sweep; the loop covers the rest. */
    bool changed = true;
    while (changed) {
        changed = false;
        for (uint32_t i = graph->n_operators; i-- > 0;) {
            const octet_operator *op = &graph->operators[i];
            if (op->removed) continue;
            bool used = false;
            for (uint32_t j = 0; j < op->n_outputs; j++) used = used || graph->values[op->outputs[j]].n_uses > 0;
            if (used) continue;
            octet_graph_remove_operator(graph, i);
            changed = true;
        }
    }
}

/* Kahn's algorithm, always taking the ready operator that stood first: by a binary heap of operator indices. */
typedef struct heap {
    uint32_t *items, n;
} heap;

static void heap_push(heap *h, uint32_t item) {
    uint32_t i = h->n++;
    while (i && h->items[(i - 1) / 2] > item) {
        h->items[i] = h->items[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    h->items[i] = item;
}

static uint32_t heap_pop(heap *h) {
    const uint32_t top = h->items[0], last = h->items[--h->n];
    uint32_t i = 0;
    for (;;) {
        uint32_t child = 2 * i + 1;
        if (child >= h->n) break;
        if (child + 1 < h->n && h->items[child + 1] < h->items[child]) child++;
        if (h->items[child] >= last) break;
        h->items[i] = h->items[child];
        i = child;
    }
    h->items[i] = last;
    return top;
}

static bool waits_for(const octet_graph *graph, uint32_t value) {
    return value != OCTET_NONE && graph->values[value].producer != OCTET_NONE;
}

static octet_status order_operators(octet_context *ctx, octet_graph *graph, uint32_t n_live, octet_arena *scratch) {
    const uint32_t n = graph->n_operators;
    uint32_t *missing, *first_edge, *edges, n_edges = 0;
    octet_operator *ordered;
    heap ready = {0};
    OCTET_TRY(OCTET_NEW(ctx, scratch, n, &missing));
    OCTET_TRY(OCTET_NEW(ctx, scratch, (size_t)n + 1, &first_edge));
    OCTET_TRY(OCTET_NEW(ctx, scratch, n, &ready.items));
    OCTET_TRY(OCTET_NEW(ctx, scratch, n_live, &ordered));
    /* Edges from producer to user, grouped by producer. */
    for (uint32_t i = 0; i < n; i++) {
        const octet_operator *op = &graph->operators[i];
        if (op->removed) continue;
        for (uint32_t j = 0; j < op->n_inputs; j++) {
            if (!waits_for(graph, op->inputs[j])) continue;
            missing[i]++;
            first_edge[graph->values[op->inputs[j]].producer + 1]++;
            n_edges++;
        }
        if (missing[i] == 0) heap_push(&ready, i);
    }
    OCTET_TRY(OCTET_NEW(ctx, scratch, (size_t)n_edges + 1, &edges));
    for (uint32_t i = 0; i < n; i++) first_edge[i + 1] += first_edge[i];
    uint32_t *fill;
    OCTET_TRY(octet_arena_copy(ctx, scratch, first_edge, ((size_t)n + 1) * sizeof *first_edge, (void **)&fill));
    for (uint32_t i = 0; i < n; i++) {
        const octet_operator *op = &graph->operators[i];
        if (op->removed) continue;
        for (uint32_t j = 0; j < op->n_inputs; j++)
            if (waits_for(graph, op->inputs[j])) edges[fill[graph->values[op->inputs[j]].producer]++] = i;
    }
    uint32_t done = 0;
    while (ready.n) {
        const uint32_t i = heap_pop(&ready);
        ordered[done++] = graph->operators[i];
        for (uint32_t e = first_edge[i]; e < first_edge[i + 1]; e++)
            if (--missing[edges[e]] == 0) heap_push(&ready, edges[e]);
    }
    OCTET_CHECK(ctx, done == n_live, OCTET_MODEL, "%s: %u operators wait for each other's results in a circle",
                graph->source, n_live - done);
    if (n_live) memcpy(graph->operators, ordered, n_live * sizeof *ordered);
    graph->n_operators = n_live;
    return OCTET_OK;
}

static void mark(bool *kept, uint32_t value) {
    if (value != OCTET_NONE) kept[value] = true;
}

static octet_status drop_values(octet_context *ctx, octet_graph *graph, octet_arena *scratch, uint32_t *renamed) {
    bool *kept;
    uint32_t n = 0;
    OCTET_TRY(OCTET_NEW(ctx, scratch, graph->n_values, &kept));
    for (uint32_t i = 0; i < graph->n_inputs; i++) mark(kept, graph->inputs[i].value);
    for (uint32_t i = 0; i < graph->n_outputs; i++) mark(kept, graph->outputs[i].value);
    for (uint32_t i = 0; i < graph->n_carries; i++) {
        mark(kept, graph->carries[i].variable);
        mark(kept, graph->carries[i].value);
    }
    for (uint32_t i = 0; i < graph->n_operators; i++) {
        const octet_operator *op = &graph->operators[i];
        for (uint32_t j = 0; j < op->n_inputs; j++) mark(kept, op->inputs[j]);
        for (uint32_t j = 0; j < op->n_outputs; j++) mark(kept, op->outputs[j]);
        for (uint32_t j = 0; j < op->n_intermediates; j++) mark(kept, op->intermediates[j]);
    }
    for (uint32_t i = 0; i < graph->n_values; i++) {
        renamed[i] = OCTET_NONE;
        if (!kept[i]) continue;
        renamed[i] = n;
        graph->values[n] = graph->values[i];
        graph->values[n].producer = OCTET_NONE;
        n++;
    }
    graph->n_values = n;
    for (uint32_t i = 0; i < graph->n_inputs; i++) graph->inputs[i].value = renamed[graph->inputs[i].value];
    for (uint32_t i = 0; i < graph->n_outputs; i++) graph->outputs[i].value = renamed[graph->outputs[i].value];
    for (uint32_t i = 0; i < graph->n_carries; i++) {
        graph->carries[i].variable = renamed[graph->carries[i].variable];
        graph->carries[i].value = renamed[graph->carries[i].value];
    }
    for (uint32_t i = 0; i < graph->n_operators; i++) {
        octet_operator *op = &graph->operators[i];
        for (uint32_t j = 0; j < op->n_inputs; j++)
            if (op->inputs[j] != OCTET_NONE) op->inputs[j] = renamed[op->inputs[j]];
        for (uint32_t j = 0; j < op->n_outputs; j++) {
            op->outputs[j] = renamed[op->outputs[j]];
            graph->values[op->outputs[j]].producer = i;
        }
        for (uint32_t j = 0; j < op->n_intermediates; j++)
            if (op->intermediates[j] != OCTET_NONE) op->intermediates[j] = renamed[op->intermediates[j]];
    }
    return OCTET_OK;
}

static octet_status compact(octet_context *ctx, octet_graph *graph, octet_arena *scratch, uint32_t *renamed) {
    remove_unused(graph);
    uint32_t n_live = 0;
    for (uint32_t i = 0; i < graph->n_operators; i++) n_live += !graph->operators[i].removed;
    OCTET_TRY(order_operators(ctx, graph, n_live, scratch));
    if (renamed == NULL) OCTET_TRY(OCTET_NEW(ctx, scratch, graph->n_values, &renamed));
    return drop_values(ctx, graph, scratch, renamed);
}

octet_status octet_graph_compact_renaming(octet_context *ctx, octet_graph *graph, uint32_t *renamed) {
    octet_arena scratch = {0};
    const octet_status status = compact(ctx, graph, &scratch, renamed);
    octet_arena_free(ctx, &scratch);
    return status;
}

octet_status octet_graph_compact(octet_context *ctx, octet_graph *graph) {
    return octet_graph_compact_renaming(ctx, graph, NULL);
}
