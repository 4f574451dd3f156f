/* Where the activations of a model lie while it runs. */
#include <stdlib.h>

#include "api/report_parts.h"

enum { MOST_NAME = 60 };

typedef struct life {
    uint32_t value, first, last; /* operators */
    size_t size_bytes;
} life;

static int larger_first(const void *a, const void *b) {
    const life *x = a, *y = b;
    if (x->size_bytes != y->size_bytes) return x->size_bytes > y->size_bytes ? -1 : 1;
    return (x->value > y->value) - (x->value < y->value);
}

static void use(life *of, uint32_t op) {
    if (op < of->first) of->first = op;
    if (op > of->last) of->last = op;
}

/* As exec/plan.h has them: inputs live from the start, outputs to the end, state always. */
static void find_lives(const octet_graph *graph, life *lives) {
    const uint32_t last = graph->n_operators - 1;
    for (uint32_t v = 0; v < graph->n_values; v++)
        lives[v] = (life){v, UINT32_MAX, 0, octet_value_bytes(&graph->values[v])};
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        const octet_operator *op = &graph->operators[k];
        for (uint32_t i = 0; i < op->n_inputs; i++)
            if (op->inputs[i] != OCTET_NONE) use(&lives[op->inputs[i]], k);
        for (uint32_t i = 0; i < op->n_outputs; i++) use(&lives[op->outputs[i]], k);
    }
    for (uint32_t i = 0; i < graph->n_inputs; i++) use(&lives[graph->inputs[i].value], 0);
    for (uint32_t i = 0; i < graph->n_outputs; i++) use(&lives[graph->outputs[i].value], last);
    for (uint32_t i = 0; i < graph->n_carries; i++) use(&lives[graph->carries[i].value], last);
    for (uint32_t v = 0; v < graph->n_values; v++) {
        if (!graph->values[v].is_variable) continue;
        use(&lives[v], 0);
        use(&lives[v], last);
    }
}

static octet_status draw(octet_context *ctx, octet_arena *arena, const octet_graph *graph, const octet_exec *exec,
                         const octet_report_limits *limits, octet_memory_picture *out) {
    life *lives;
    octet_span *spans;
    uint32_t n = 0;
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &lives));
    find_lives(graph, lives);
    for (uint32_t v = 0; v < graph->n_values; v++)
        if (octet_exec_offset(exec, v) != SIZE_MAX && lives[v].first <= lives[v].last) lives[n++] = lives[v];
    qsort(lives, n, sizeof *lives, larger_first);
    out->n_all = n;
    out->n_spans = n < limits->n_spans ? n : limits->n_spans;
    OCTET_TRY(OCTET_NEW(ctx, arena, out->n_spans, &spans));
    for (uint32_t i = 0; i < out->n_spans; i++) {
        const life *of = &lives[i];
        const size_t offset = octet_exec_offset(exec, of->value);
        spans[i] = (octet_span){
            .first = of->first, .last = of->last, .low = (double)offset, .high = (double)(offset + of->size_bytes)};
        OCTET_TRY(octet_arena_format(ctx, arena, &spans[i].label, "%.*s: %zu bytes, operators %u to %u", (int)MOST_NAME,
                                     graph->values[of->value].name, of->size_bytes, of->first, of->last));
    }
    out->spans = spans;
    out->n_steps = graph->n_operators;
    out->arena_bytes = octet_exec_arena_bytes(exec);
    return OCTET_OK;
}

octet_status octet_api_draw_memory(octet_context *ctx, octet_arena *arena, const octet_model *model,
                                   const octet_exec_options *options, const octet_report_limits *limits,
                                   octet_memory_picture *out) {
    const octet_graph *graph = model->graph;
    octet_context attempt;
    octet_exec *exec = NULL;
    *out = (octet_memory_picture){0};
    OCTET_TRY(octet_model_size(ctx, model, &out->file_bytes));
    for (uint32_t v = 0; v < graph->n_values; v++)
        if (octet_value_is_constant(&graph->values[v])) out->constant_bytes += octet_value_bytes(&graph->values[v]);
    if (graph->n_operators == 0) return OCTET_OK;
    octet_context_child(ctx, &attempt);
    if (octet_exec_create(&attempt, graph, options, &exec) != OCTET_OK) {
        OCTET_CHECK(ctx, attempt.status != OCTET_NOMEM, OCTET_NOMEM, "%s", attempt.message);
        return OCTET_OK;
    }
    const octet_status status = draw(ctx, arena, graph, exec, limits, out);
    octet_exec_destroy(&attempt, exec);
    return status;
}
