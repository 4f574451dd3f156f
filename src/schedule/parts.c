#include "schedule/parts.h"

#include <stdlib.h>

#include "schedule/chains.h"

static octet_status add_place(octet_context *ctx, octet_schedule *out, octet_part part, size_t size_bytes,
                              uint32_t group, uint32_t *index) {
    OCTET_CHECK(ctx, octet_align_size(size_bytes > 0 ? size_bytes : 1, OCTET_SCHEDULE_ALIGNMENT, &part.size_bytes),
                OCTET_LIMIT, "the activations are larger than memory can be");
    part.first_group = part.last_group = group;
    *index = out->n_parts;
    out->parts[out->n_parts++] = part;
    return OCTET_OK;
}

/* A part for a value that is computed in `group`, unless a port has it. */
static octet_status home_value(octet_context *ctx, const octet_links *l, uint32_t value, int32_t n_rows,
                               size_t size_bytes, uint32_t group, octet_schedule *out) {
    octet_home *home = &out->homes[l->roots[value]];
    if (home->kind != OCTET_HOME_NONE) return OCTET_OK;
    home->kind = OCTET_HOME_PART;
    const octet_part part = {.value = l->roots[value], .stage = OCTET_NONE, .n_rows = n_rows};
    return add_place(ctx, out, part, size_bytes, group, &home->index);
}

/* Variables that begin every run anew live from the first group that reads them on. */
static octet_status home_variables(octet_context *ctx, const octet_links *l, uint32_t group, const octet_stage *stage,
                                   octet_schedule *out) {
    const octet_step *step = &l->steps[stage->step];
    for (uint32_t i = 0; i < step->n_inputs; i++) {
        const uint32_t value = step->inputs[i];
        if (value == OCTET_NONE || !l->graph->values[value].is_variable) continue;
        if (out->homes[value].kind != OCTET_HOME_NONE) continue;
        OCTET_TRY(home_value(ctx, l, value, 0, octet_value_bytes(&l->graph->values[value]), group, out));
        out->parts[out->homes[value].index].is_fresh = true;
    }
    return OCTET_OK;
}

static octet_status home_stage(octet_context *ctx, const octet_links *l, uint32_t group, uint32_t index,
                               octet_schedule *out) {
    octet_stage *stage = &out->stages[index];
    const octet_group *g = &out->groups[group];
    const octet_step *step = &l->steps[stage->pool != OCTET_NONE ? stage->pool : stage->step];
    OCTET_TRY(home_variables(ctx, l, group, stage, out));
    if (stage->flow == OCTET_FLOW_ADDS) {
        const octet_part part = {.value = OCTET_NONE, .stage = index};
        const size_t n = octet_shape_elements(&l->graph->values[stage->result].shape);
        OCTET_TRY(add_place(ctx, out, part, n * sizeof(int32_t), group, &stage->sums));
    }
    if (index + 1 < g->first_stage + g->n_stages) {
        const int32_t n_rows = octet_chains_ring(stage + 1);
        const bool is_ring = n_rows < stage->rows.out_h;
        return home_value(ctx, l, stage->result, is_ring ? n_rows : 0,
                          (size_t)(is_ring ? n_rows : stage->rows.out_h) * stage->rows.out_bytes, group, out);
    }
    if (octet_links_kept_rows(l, stage) < stage->rows.out_h)
        return home_value(ctx, l, stage->result, 1, stage->rows.out_bytes, group, out);
    for (uint32_t i = 0; i < step->n_outputs; i++)
        OCTET_TRY(home_value(ctx, l, step->outputs[i], 0, octet_value_bytes(&l->graph->values[step->outputs[i]]), group,
                             out));
    return OCTET_OK;
}

/* The result of a step that works in place takes over the part of operand 0,
 * which nobody reads later. `owners`: by part, the one that it has become part
 * of. */
static void join_in_place(const octet_links *l, const octet_schedule *s, uint32_t *owners) {
    for (uint32_t g = 0; g < s->n_groups; g++) {
        const octet_stage *stage = &s->stages[s->groups[g].first_stage];
        const octet_step *step = &l->steps[stage->step];
        if (s->groups[g].n_stages != 1 || !step->in_place || step->n_inputs == 0 || step->inputs[0] == OCTET_NONE)
            continue;
        const octet_home *from = &s->homes[l->roots[step->inputs[0]]], *to = &s->homes[l->roots[stage->result]];
        if (from->kind != OCTET_HOME_PART || to->kind != OCTET_HOME_PART || from->index == to->index) continue;
        octet_part *source = &s->parts[owners[from->index]], *result = &s->parts[to->index];
        bool read_again = false; /* as another operand of the same step */
        for (uint32_t i = 1; i < step->n_inputs; i++)
            read_again =
                read_again || step->inputs[i] == OCTET_NONE || l->roots[step->inputs[i]] == l->roots[step->inputs[0]];
        if (read_again || source->last_group != g || result->first_group != g ||
            source->size_bytes != result->size_bytes)
            continue;
        owners[to->index] = owners[from->index];
        source->last_group = result->last_group;
    }
}

typedef struct block {
    octet_part *part;
    uint32_t index;
} block;

static int larger_first(const void *a, const void *b) {
    const block *x = a, *y = b;
    if (x->part->size_bytes != y->part->size_bytes) return x->part->size_bytes > y->part->size_bytes ? -1 : 1;
    return x->index < y->index ? -1 : 1;
}

static bool is_rival(const octet_part *a, const octet_part *b) {
    return a->first_group <= b->last_group && b->first_group <= a->last_group;
}

/* The lowest offset at which blocks[i] meets none of the blocks before it: 0,
 * or the end of one of them. */
static size_t lowest_offset(const block *blocks, uint32_t i) {
    size_t best = SIZE_MAX;
    for (uint32_t candidate = 0; candidate <= i; candidate++) {
        const octet_part *c = candidate > 0 ? blocks[candidate - 1].part : NULL;
        const size_t offset = c != NULL ? c->offset + c->size_bytes : 0;
        bool is_free = offset < best && (c == NULL || is_rival(c, blocks[i].part));
        for (uint32_t k = 0; k < i && is_free; k++) {
            const octet_part *other = blocks[k].part;
            is_free = !is_rival(other, blocks[i].part) || other->offset >= offset + blocks[i].part->size_bytes ||
                      other->offset + other->size_bytes <= offset;
        }
        if (is_free) best = offset;
    }
    return best;
}

static octet_status lay_out(octet_context *ctx, octet_arena *arena, const octet_links *l, octet_schedule *out) {
    uint32_t *owners, *lasts, n = 0;
    block *blocks;
    OCTET_TRY(OCTET_NEW(ctx, arena, out->n_parts, &owners));
    OCTET_TRY(OCTET_NEW(ctx, arena, out->n_parts, &lasts));
    OCTET_TRY(OCTET_NEW(ctx, arena, out->n_parts, &blocks));
    for (uint32_t i = 0; i < out->n_parts; i++) owners[i] = i, lasts[i] = out->parts[i].last_group;
    join_in_place(l, out, owners);
    for (uint32_t i = 0; i < out->n_parts; i++)
        if (owners[i] == i) blocks[n++] = (block){&out->parts[i], i};
    if (n > 0) qsort(blocks, n, sizeof *blocks, larger_first);
    for (uint32_t i = 0; i < n; i++) {
        size_t end;
        blocks[i].part->offset = lowest_offset(blocks, i);
        OCTET_CHECK(ctx, octet_add_size(blocks[i].part->offset, blocks[i].part->size_bytes, &end), OCTET_LIMIT,
                    "the activations are larger than memory can be");
        if (end > out->arena_bytes) out->arena_bytes = end;
    }
    for (uint32_t i = 0; i < out->n_parts; i++) {
        out->parts[i].offset = out->parts[owners[i]].offset;
        out->parts[i].last_group = lasts[i]; /* its own life again, without those
                                                that took over its bytes */
    }
    return OCTET_OK;
}

static void find_ports(const octet_links *l, octet_schedule *out) {
    const octet_graph *graph = l->graph;
    for (uint32_t v = 0; v < graph->n_values; v++)
        if (octet_value_is_constant(&graph->values[v])) out->homes[v] = (octet_home){OCTET_HOME_CONSTANT, v};
    for (uint32_t i = graph->n_outputs; i-- > 0;) /* of an output that is named twice the first one is written */
        if (!octet_value_is_constant(&graph->values[graph->outputs[i].value]))
            out->homes[l->roots[graph->outputs[i].value]] = (octet_home){OCTET_HOME_OUTPUT, i};
    for (uint32_t i = 0; i < graph->n_inputs; i++)
        out->homes[graph->inputs[i].value] = (octet_home){OCTET_HOME_INPUT, i};
    for (uint32_t v = 0; v < graph->n_values; v++)
        if (graph->values[v].is_variable) out->homes[v] = (octet_home){OCTET_HOME_NONE, 0};
    for (uint32_t i = 0; i < out->n_states; i++) out->homes[out->states[i]] = (octet_home){OCTET_HOME_STATE, i};
}

static void extend_life(octet_schedule *out, uint32_t root, uint32_t group) {
    const octet_home *home = &out->homes[root];
    if (home->kind == OCTET_HOME_PART && out->parts[home->index].last_group < group)
        out->parts[home->index].last_group = group;
}

static void extend_lives(const octet_links *l, octet_schedule *out) {
    for (uint32_t g = 0; g < out->n_groups; g++) {
        for (uint32_t i = 0; i < out->groups[g].n_stages; i++) {
            const octet_step *step = &l->steps[out->stages[out->groups[g].first_stage + i].step];
            for (uint32_t k = 0; k < step->n_inputs; k++) {
                if (step->inputs[k] != OCTET_NONE) extend_life(out, l->roots[step->inputs[k]], g);
            }
        }
    }
    /* What is copied behind the last group. */
    for (uint32_t i = 0; i < l->graph->n_carries; i++)
        extend_life(out, l->roots[l->graph->carries[i].value], out->n_groups);
    for (uint32_t i = 0; i < l->graph->n_outputs; i++)
        extend_life(out, l->roots[l->graph->outputs[i].value], out->n_groups);
}

octet_status octet_parts_make(octet_context *ctx, octet_arena *arena, const octet_links *l, octet_schedule *out) {
    uint32_t most = out->n_stages + l->graph->n_values; /* sums, variables */
    for (uint32_t s = 0; s < l->graph->n_operators; s++) most += l->steps[s].n_outputs;
    OCTET_TRY(OCTET_NEW(ctx, arena, l->graph->n_values, &out->homes));
    OCTET_TRY(OCTET_NEW(ctx, arena, most, &out->parts));
    find_ports(l, out);
    for (uint32_t g = 0; g < out->n_groups; g++)
        for (uint32_t i = 0; i < out->groups[g].n_stages; i++)
            OCTET_TRY(home_stage(ctx, l, g, out->groups[g].first_stage + i, out));
    extend_lives(l, out);
    OCTET_TRY(lay_out(ctx, arena, l, out));
    for (uint32_t v = 0; v < l->graph->n_values; v++) out->homes[v] = out->homes[l->roots[v]];
    return OCTET_OK;
}
