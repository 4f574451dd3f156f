#include "schedule/parts.h"

#include "schedule/groups.h"
#include "schedule/sums.h"

static octet_status add_place(octet_context *ctx, octet_schedule *out, octet_part part, size_t size_bytes,
                              uint32_t group, uint32_t *index) {
    OCTET_CHECK(ctx, octet_align_size(size_bytes > 0 ? size_bytes : 1, out->alignment, &part.size_bytes), OCTET_LIMIT,
                "the activations are larger than memory can be");
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

static octet_status home_stage(octet_context *ctx, const octet_links *l, const octet_order *order, uint32_t group,
                               uint32_t i, octet_schedule *out) {
    const octet_group *g = &out->groups[group];
    octet_stage *stages = &out->stages[g->first_stage], *stage = &stages[i];
    const octet_step *step = &l->steps[stage->pool != OCTET_NONE ? stage->pool : stage->step];
    OCTET_TRY(home_variables(ctx, l, group, stage, out));
    if (stage->flow == OCTET_FLOW_ADDS) {
        const octet_part part = {.value = OCTET_NONE, .stage = g->first_stage + i};
        const size_t n = octet_shape_elements(&l->graph->values[stage->result].shape) *
                         (size_t)octet_sums_words(l->graph, &l->steps[stage->step]);
        OCTET_TRY(add_place(ctx, out, part, n * sizeof(int32_t), group, &stage->sums));
    }
    if (octet_groups_is_ring(l, order, stages, g->n_stages, i)) {
        const int32_t n_rows = octet_order_ring(order, i);
        const bool is_ring = n_rows < stage->rows.out_h;
        return home_value(ctx, l, stage->result, is_ring ? n_rows : 0, (size_t)n_rows * stage->rows.out_bytes, group,
                          out);
    }
    if (octet_links_kept_rows(l, stage) < stage->rows.out_h)
        return home_value(ctx, l, stage->result, 1, stage->rows.out_bytes, group, out);
    for (uint32_t k = 0; k < step->n_outputs; k++)
        OCTET_TRY(home_value(ctx, l, step->outputs[k], 0, octet_value_bytes(&l->graph->values[step->outputs[k]]), group,
                             out));
    return OCTET_OK;
}

/* The result of a step that works in place takes over the part of operand 0, which nobody reads later. `owners`: by
 * part, the one that it has become part of. */
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

/* `operand` may begin lead_bytes after `result`, or later, though both are in use. */
typedef struct pair {
    uint32_t result, operand; /* parts */
    size_t lead_bytes;
} pair;

typedef struct layout {
    const octet_links *links;
    octet_schedule *schedule;
    uint32_t *owners, *lasts; /* by part: whose bytes it has; its own last group */
    bool **alive;             /* by part: a ring's life by event of its group; else NULL */
    bool *is_late;            /* by part: written from sums when all rows of its first group have been read */
    uint32_t *n_events;       /* by group */
    pair *pairs;              /* in the order of their groups */
    uint32_t n_pairs;
    size_t *rooms;    /* by part: bytes below it that its result needs, and the result of that, ... */
    uint32_t *placed; /* parts, in the order in which they got a place */
} layout;

static void mark_late(layout *w, const octet_stage *stage) {
    if (stage->flow != OCTET_FLOW_ADDS) return;
    const octet_home *home = &w->schedule->homes[w->links->roots[stage->result]];
    if (home->kind == OCTET_HOME_PART) w->is_late[home->index] = true;
}

static octet_status mark_rings(octet_context *ctx, octet_arena *scratch, const octet_order *order, uint32_t g,
                               layout *w) {
    const octet_group *group = &w->schedule->groups[g];
    w->n_events[g] = order->n_events;
    for (uint32_t i = 0; i < group->n_stages; i++) {
        const octet_stage *stages = &w->schedule->stages[group->first_stage];
        mark_late(w, &stages[i]);
        if (!octet_groups_is_ring(w->links, order, stages, group->n_stages, i)) continue;
        const octet_home *home = &w->schedule->homes[w->links->roots[stages[i].result]];
        OCTET_TRY(OCTET_NEW(ctx, scratch, order->n_events + 1, &w->alive[home->index]));
        octet_order_mark(order, i, w->alive[home->index]);
    }
    return OCTET_OK;
}

/* Whole operands that end in group g, and whole results that begin in it. */
static void find_pairs(const octet_order *order, uint32_t g, layout *w) {
    const octet_schedule *s = w->schedule;
    const octet_group *group = &s->groups[g];
    const octet_stage *stages = &s->stages[group->first_stage];
    for (uint32_t a = 0; a < s->n_parts; a++) {
        if (w->owners[a] != a || s->parts[a].value == OCTET_NONE || s->parts[a].last_group != g) continue;
        for (uint32_t i = 0; i < group->n_stages; i++) {
            const octet_home *home = &s->homes[w->links->roots[stages[i].result]];
            const uint32_t b = home->kind == OCTET_HOME_PART ? home->index : a;
            pair found = {b, a, 0};
            if (w->owners[b] != b || s->parts[a].first_group == g || s->parts[b].n_rows > 0 || a == b) continue;
            if (w->alive[b] != NULL) continue;
            if (octet_order_lead(order, w->links, stages, group->n_stages, s->parts[a].value, i, &found.lead_bytes))
                w->pairs[w->n_pairs++] = found;
        }
    }
}

static bool is_rival(const layout *w, uint32_t a, uint32_t b) {
    const octet_part *x = &w->schedule->parts[a], *y = &w->schedule->parts[b];
    if (x->first_group > y->last_group || y->first_group > x->last_group) return false;
    if (w->alive[b] != NULL && w->is_late[a] && x->first_group == y->first_group) return false;
    if (w->alive[a] != NULL && w->is_late[b] && x->first_group == y->first_group) return false;
    if (w->alive[a] == NULL || w->alive[b] == NULL) return true;
    for (uint32_t t = 0; t < w->n_events[x->first_group]; t++)
        if (w->alive[a][t] && w->alive[b][t]) return true;
    return false;
}

/* Whether parts `a` at `offset` and `b`, which has a place, would be in each other's way. */
static bool clashes(const layout *w, uint32_t a, size_t offset, uint32_t b) {
    const octet_part *x = &w->schedule->parts[a], *y = &w->schedule->parts[b];
    if (offset + x->size_bytes <= y->offset || y->offset + y->size_bytes <= offset || !is_rival(w, a, b)) return false;
    for (uint32_t i = 0; i < w->n_pairs; i++) {
        const pair *p = &w->pairs[i];
        if (p->result == a && p->operand == b && offset + p->lead_bytes <= y->offset) return false;
        if (p->result == b && p->operand == a && y->offset + p->lead_bytes <= offset) return false;
    }
    return true;
}

static bool is_free(const layout *w, uint32_t n_placed, uint32_t part, size_t offset) {
    for (uint32_t k = 0; k < n_placed; k++)
        if (clashes(w, part, offset, w->placed[k])) return false;
    return true;
}

static size_t aligned(const layout *w, size_t bytes) {
    return (bytes + w->schedule->alignment - 1) / w->schedule->alignment * w->schedule->alignment;
}

static void find_rooms(layout *w) {
    for (uint32_t i = w->n_pairs; i-- > 0;) {
        const size_t room = aligned(w, w->pairs[i].lead_bytes) + w->rooms[w->pairs[i].result];
        if (room > w->rooms[w->pairs[i].operand]) w->rooms[w->pairs[i].operand] = room;
    }
}

/* The lowest offset at which a part meets none that has a place: 0, the end of one, or as near to its operand or result
 * as it may be. with_room: an operand leaves the room that its result needs below it. */
static size_t lowest_offset(const layout *w, uint32_t n_placed, uint32_t part, bool with_room) {
    const size_t room = with_room ? w->rooms[part] : 0;
    size_t best = SIZE_MAX;
    if (is_free(w, n_placed, part, room)) best = room;
    for (uint32_t k = 0; k < n_placed; k++) {
        const octet_part *other = &w->schedule->parts[w->placed[k]];
        const size_t end = other->offset + other->size_bytes;
        if (end >= room && end < best && is_free(w, n_placed, part, end)) best = end;
    }
    for (uint32_t i = 0; i < w->n_pairs; i++) {
        const pair *p = &w->pairs[i];
        const size_t lead = aligned(w, p->lead_bytes);
        size_t offset = SIZE_MAX;
        if (p->operand == part) offset = w->schedule->parts[p->result].offset + lead;
        else if (p->result == part && w->schedule->parts[p->operand].offset >= lead)
            offset = w->schedule->parts[p->operand].offset - lead;
        if (offset < best && is_free(w, n_placed, part, offset)) best = offset;
    }
    return best;
}

/* Gives each of n parts, in this order, its place. */
static octet_status place(octet_context *ctx, layout *w, uint32_t n, bool with_room, size_t *arena_bytes) {
    octet_part *parts = w->schedule->parts;
    *arena_bytes = 0;
    for (uint32_t i = 0; i < n; i++) {
        size_t end;
        const size_t offset = lowest_offset(w, i, w->placed[i], with_room);
        parts[w->placed[i]].offset = offset;
        OCTET_CHECK(ctx, octet_add_size(offset, parts[w->placed[i]].size_bytes, &end), OCTET_LIMIT,
                    "the activations are larger than memory can be");
        if (end > *arena_bytes) *arena_bytes = end;
    }
    return OCTET_OK;
}

static uint32_t sort_by_size(layout *w) {
    const octet_part *parts = w->schedule->parts;
    uint32_t n = 0;
    for (uint32_t i = 0; i < w->schedule->n_parts; i++) {
        uint32_t at = n;
        if (w->owners[i] != i) continue;
        for (; at > 0 && parts[w->placed[at - 1]].size_bytes < parts[i].size_bytes; at--)
            w->placed[at] = w->placed[at - 1];
        w->placed[at] = i;
        n++;
    }
    return n;
}

static octet_status lay_out(octet_context *ctx, octet_arena *scratch, octet_order *order, layout *w) {
    octet_schedule *s = w->schedule;
    size_t with_room;
    join_in_place(w->links, s, w->owners);
    for (uint32_t g = 0; g < s->n_groups; g++) {
        const octet_group *group = &s->groups[g];
        (void)octet_order_run(order, w->links, &s->stages[group->first_stage], group->n_stages);
        OCTET_TRY(mark_rings(ctx, scratch, order, g, w));
        if (!w->links->options.no_sharing) find_pairs(order, g, w);
    }
    find_rooms(w);
    const uint32_t n = sort_by_size(w);
    OCTET_TRY(place(ctx, w, n, true, &with_room));
    OCTET_TRY(place(ctx, w, n, false, &s->arena_bytes));
    if (with_room < s->arena_bytes) OCTET_TRY(place(ctx, w, n, true, &s->arena_bytes));
    for (uint32_t i = 0; i < s->n_parts; i++) {
        s->parts[i].offset = s->parts[w->owners[i]].offset;
        s->parts[i].last_group = w->lasts[i]; /* its own life again, without those that took over its bytes */
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

static octet_status lay_out_parts(octet_context *ctx, octet_arena *scratch, const octet_links *l, octet_order *order,
                                  octet_schedule *out) {
    layout w = {.links = l, .schedule = out};
    const uint32_t n = out->n_parts;
    OCTET_TRY(OCTET_NEW(ctx, scratch, n, &w.owners));
    OCTET_TRY(OCTET_NEW(ctx, scratch, n, &w.lasts));
    OCTET_TRY(OCTET_NEW(ctx, scratch, n, &w.alive));
    OCTET_TRY(OCTET_NEW(ctx, scratch, n, &w.is_late));
    OCTET_TRY(OCTET_NEW(ctx, scratch, n, &w.placed));
    OCTET_TRY(OCTET_NEW(ctx, scratch, n, &w.rooms));
    OCTET_TRY(OCTET_NEW(ctx, scratch, out->n_groups, &w.n_events));
    OCTET_TRY(OCTET_NEW(ctx, scratch, (size_t)n * OCTET_GROUP_STAGES, &w.pairs));
    for (uint32_t i = 0; i < n; i++) w.owners[i] = i, w.lasts[i] = out->parts[i].last_group;
    return lay_out(ctx, scratch, order, &w);
}

static size_t alignment_of(const octet_links *l, const octet_schedule *s) {
    for (uint32_t v = 0; v < l->graph->n_values; v++)
        if (l->graph->values[v].type == OCTET_INT64 && s->homes[l->roots[v]].kind == OCTET_HOME_NONE)
            return 2 * (size_t)OCTET_SCHEDULE_ALIGNMENT;
    return OCTET_SCHEDULE_ALIGNMENT;
}

octet_status octet_parts_make(octet_context *ctx, octet_arena *arena, octet_arena *scratch, const octet_links *l,
                              octet_schedule *out) {
    uint32_t most = out->n_stages + l->graph->n_values; /* sums, variables */
    octet_order order;
    for (uint32_t s = 0; s < l->graph->n_operators; s++) most += l->steps[s].n_outputs;
    OCTET_TRY(OCTET_NEW(ctx, arena, l->graph->n_values, &out->homes));
    OCTET_TRY(OCTET_NEW(ctx, arena, most, &out->parts));
    OCTET_TRY(octet_order_create(ctx, scratch, octet_groups_rows(out->stages, out->n_stages), &order));
    find_ports(l, out);
    out->alignment = alignment_of(l, out);
    for (uint32_t g = 0; g < out->n_groups; g++) {
        const octet_group *group = &out->groups[g];
        (void)octet_order_run(&order, l, &out->stages[group->first_stage], group->n_stages);
        for (uint32_t i = 0; i < group->n_stages; i++) OCTET_TRY(home_stage(ctx, l, &order, g, i, out));
    }
    extend_lives(l, out);
    OCTET_TRY(lay_out_parts(ctx, scratch, l, &order, out));
    for (uint32_t v = 0; v < l->graph->n_values; v++) out->homes[v] = out->homes[l->roots[v]];
    return OCTET_OK;
}
