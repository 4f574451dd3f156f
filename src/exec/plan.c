#include "exec/plan.h"

#include <stdlib.h>
#include <string.h>

/* One block of memory: a value, or several that follow each other in place. */
typedef struct block {
    uint32_t value;       /* the one that stands for all of them */
    uint32_t first, last; /* steps, 1-based; 0 = before the first, n_steps + 1 = after the last */
    size_t size_bytes, offset;
} block;

static octet_status value_bytes(octet_context *ctx, const octet_value *value, size_t *out) {
    const size_t n = octet_shape_elements(&value->shape);
    size_t size_bytes;
    OCTET_CHECK(ctx,
                n != SIZE_MAX && octet_multiply_size(n, octet_type_size(value->type), &size_bytes) &&
                    octet_align_size(size_bytes ? size_bytes : 1, OCTET_ALIGNMENT, out),
                OCTET_LIMIT, "tensor %s is too large", value->name);
    return OCTET_OK;
}

static void live(block *b, uint32_t step) {
    if (step < b->first) b->first = step;
    if (step > b->last) b->last = step;
}

static int larger_first(const void *a, const void *b) {
    const block *x = a, *y = b;
    if (x->size_bytes != y->size_bytes) return x->size_bytes > y->size_bytes ? -1 : 1;
    if (x->first != y->first) return x->first < y->first ? -1 : 1;
    return x->value < y->value ? -1 : 1;
}

static int lower_first(const void *a, const void *b) {
    const block *x = *(const block *const *)a, *y = *(const block *const *)b;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static octet_status lifetimes(octet_context *ctx, const octet_graph *graph, const octet_step *steps,
                              const uint32_t *done_at, block *blocks) {
    for (uint32_t i = 0; i < graph->n_values; i++) {
        blocks[i] = (block){.value = i, .first = UINT32_MAX};
        OCTET_TRY(value_bytes(ctx, &graph->values[i], &blocks[i].size_bytes));
    }
    const uint32_t end = graph->n_operators + 1;
    for (uint32_t i = 0; i < graph->n_inputs; i++) live(&blocks[graph->inputs[i].value], 0);
    for (uint32_t s = 0; s < graph->n_operators; s++) {
        const uint32_t at = done_at != NULL ? done_at[s] : s;
        for (uint32_t j = 0; j < steps[s].n_inputs; j++)
            if (steps[s].inputs[j] != OCTET_NONE) live(&blocks[steps[s].inputs[j]], at + 1);
        for (uint32_t j = 0; j < steps[s].n_outputs; j++) live(&blocks[steps[s].outputs[j]], at + 1);
    }
    /* Only steps of the same group read what the others of it give. */
    for (uint32_t s = 0; s < graph->n_operators && done_at != NULL; s++)
        for (uint32_t j = 0; j < steps[s].n_outputs && done_at[s] != s; j++)
            blocks[steps[s].outputs[j]].first = UINT32_MAX;
    for (uint32_t i = 0; i < graph->n_outputs; i++) live(&blocks[graph->outputs[i].value], end);
    for (uint32_t i = 0; i < graph->n_carries; i++) live(&blocks[graph->carries[i].value], end);
    for (uint32_t i = 0; i < graph->n_values; i++) {
        if (!graph->values[i].is_variable) continue;
        live(&blocks[i], 0);
        live(&blocks[i], end);
    }
    return OCTET_OK;
}

/* Whether other steps run with it: they may read what the result would overwrite. */
static bool is_grouped(const uint32_t *done_at, uint32_t step) {
    if (done_at[step] != step) return true;
    for (uint32_t s = 0; s < step; s++)
        if (done_at[s] == step) return true;
    return false;
}

/* A result takes over the block of the first input: owner[] then leads from value to block. */
static void join_in_place(const octet_graph *graph, const octet_step *steps, const uint32_t *done_at, block *blocks,
                          uint32_t *owner) {
    for (uint32_t s = 0; s < graph->n_operators; s++) {
        const octet_step *step = &steps[s];
        if (!step->in_place || step->n_inputs == 0 || step->inputs[0] == OCTET_NONE) continue;
        if (done_at != NULL && is_grouped(done_at, s)) continue;
        const octet_value *input = &graph->values[step->inputs[0]];
        block *from = &blocks[owner[step->inputs[0]]], *to = &blocks[step->outputs[0]];
        bool read_again = false; /* as another operand of the same step */
        for (uint32_t j = 1; j < step->n_inputs; j++) read_again = read_again || step->inputs[j] == step->inputs[0];
        if (input->data != NULL || input->is_variable || from->first == 0 || from->first == UINT32_MAX ||
            from->last != s + 1 || read_again || from->size_bytes != to->size_bytes)
            continue;
        owner[step->outputs[0]] = from->value;
        from->last = to->last;
        to->first = UINT32_MAX;
    }
}

static octet_status place(octet_context *ctx, octet_arena *scratch, block *blocks, uint32_t n, size_t *total) {
    block **placed;
    OCTET_TRY(OCTET_NEW(ctx, scratch, n, &placed));
    *total = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t n_rivals = 0;
        for (uint32_t j = 0; j < i; j++)
            if (blocks[j].first <= blocks[i].last && blocks[i].first <= blocks[j].last) placed[n_rivals++] = &blocks[j];
        if (n_rivals) qsort(placed, n_rivals, sizeof *placed, lower_first);
        size_t offset = 0, end;
        for (uint32_t j = 0; j < n_rivals && placed[j]->offset < offset + blocks[i].size_bytes; j++) {
            const size_t behind = placed[j]->offset + placed[j]->size_bytes;
            if (behind > offset) offset = behind;
        }
        OCTET_CHECK(ctx, octet_add_size(offset, blocks[i].size_bytes, &end), OCTET_LIMIT,
                    "the activations are larger than memory can be");
        blocks[i].offset = offset;
        if (end > *total) *total = end;
    }
    return OCTET_OK;
}

static octet_status make(octet_context *ctx, octet_arena *arena, octet_arena *scratch, const octet_graph *graph,
                         const octet_step *steps, const uint32_t *done_at, bool no_sharing, octet_plan *out) {
    block *blocks;
    uint32_t *owner;
    const uint32_t n = graph->n_values;
    OCTET_TRY(OCTET_NEW(ctx, scratch, n, &blocks));
    OCTET_TRY(OCTET_NEW(ctx, scratch, n, &owner));
    OCTET_TRY(OCTET_NEW(ctx, arena, n, &out->offsets));
    for (uint32_t i = 0; i < n; i++) owner[i] = i;
    OCTET_TRY(lifetimes(ctx, graph, steps, done_at, blocks));
    if (!no_sharing) join_in_place(graph, steps, done_at, blocks, owner);
    uint32_t n_blocks = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (graph->values[i].data != NULL || blocks[i].first == UINT32_MAX) continue;
        if (no_sharing) blocks[i].first = 0, blocks[i].last = UINT32_MAX;
        blocks[n_blocks++] = blocks[i];
    }
    if (n_blocks) qsort(blocks, n_blocks, sizeof *blocks, larger_first);
    OCTET_TRY(place(ctx, scratch, blocks, n_blocks, &out->size_bytes));
    for (uint32_t i = 0; i < n; i++) out->offsets[i] = SIZE_MAX;
    for (uint32_t i = 0; i < n_blocks; i++) out->offsets[blocks[i].value] = blocks[i].offset;
    for (uint32_t i = 0; i < n; i++)
        if (owner[i] != i) out->offsets[i] = out->offsets[owner[i]];
    return OCTET_OK;
}

octet_status octet_plan_make(octet_context *ctx, octet_arena *arena, const octet_graph *graph, const octet_step *steps,
                             const uint32_t *done_at, bool no_sharing, octet_plan *out) {
    octet_arena scratch = {0};
    *out = (octet_plan){0};
    const octet_status status = make(ctx, arena, &scratch, graph, steps, done_at, no_sharing, out);
    octet_arena_free(ctx, &scratch);
    return status;
}
