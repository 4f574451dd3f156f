#include "schedule/groups.h"

#include <string.h>

#include "schedule/sums.h"

typedef struct planner {
    const octet_links *links;
    octet_grouping grouping;
    octet_stage *stages, trial[OCTET_GROUP_STAGES];
    uint32_t n;
    uint32_t *born, *dies; /* by root: the stage that computes it, or OCTET_NONE; the last stage that reads it */
    octet_order order;
    bool *alive;  /* by event */
    size_t *kept; /* by event: bytes of rings */
} planner;

static octet_stage stage_of(const octet_links *l, uint32_t s) {
    octet_stage stage = {
        .step = s, .pool = l->pools[s], .sums = OCTET_NONE, .result = OCTET_NONE, .asks = {OCTET_NONE, OCTET_NONE}};
    const octet_step *last = &l->steps[stage.pool != OCTET_NONE ? stage.pool : s];
    if (last->n_outputs > 0) stage.result = last->outputs[0];
    const bool by_rows = stage.pool != OCTET_NONE
                             ? octet_rows_with_pool(l->graph, &l->steps[s], &l->steps[stage.pool], &stage.rows)
                             : octet_rows_of(l->graph, &l->steps[s], &stage.rows);
    stage.flow = by_rows ? OCTET_FLOW_ROWS : OCTET_FLOW_WHOLE;
    if (!by_rows) stage.rows = (octet_rows){0};
    return stage;
}

static size_t aligned(size_t bytes) {
    return (bytes + OCTET_SCHEDULE_ALIGNMENT - 1) / OCTET_SCHEDULE_ALIGNMENT * OCTET_SCHEDULE_ALIGNMENT;
}

/* What a whole value takes of the arena. */
static size_t whole_bytes(const octet_links *l, uint32_t root) {
    return l->is_fixed[root] || l->is_output[root] ? 0 : aligned(octet_value_bytes(&l->graph->values[root]));
}

/* What the value that a stage computes takes where it is no ring; `value`: its result, or another output. */
static size_t result_bytes(const octet_links *l, const octet_stage *stage, uint32_t value) {
    const size_t bytes = whole_bytes(l, l->roots[value]);
    const bool is_kept = value != stage->result || octet_links_kept_rows(l, stage) >= stage->rows.out_h;
    return bytes == 0 || is_kept ? bytes : stage->rows.out_bytes;
}

size_t octet_groups_rows(const octet_stage *stages, uint32_t n) {
    size_t n_rows = 1;
    size_t most = 0; /* of one stage: the last one of a group may add as many rows, though it has none itself */
    for (uint32_t i = 0; i < n; i++) {
        const octet_rows *r = &stages[i].rows;
        const size_t rows = (size_t)(r->out_h > r->in_h ? r->out_h : r->in_h);
        n_rows += rows;
        if (rows > most) most = rows;
    }
    return n_rows + most;
}

bool octet_groups_is_ring(const octet_links *l, const octet_order *order, const octet_stage *stages, uint32_t n,
                          uint32_t i) {
    if (i + 1 >= n) return false;
    const uint32_t root = l->roots[stages[i].result];
    return order->stages[i].n_readers == l->n_reads[root] && !l->is_output[root];
}

/* Operand k of the last of n stages, which stage j computes, comes by rows. */
static bool is_streamed(planner *p, uint32_t n, uint32_t j, uint32_t k) {
    octet_stage *stage = &p->trial[n - 1];
    const octet_rows *from = &p->trial[j].rows;
    if (p->trial[j].flow != OCTET_FLOW_ROWS || from->batches != 1) return false;
    if (k == 0 && stage->flow != OCTET_FLOW_ADDS &&
        octet_rows_of_sums(p->links->graph, &p->links->steps[stage->step], from, &stage->rows))
        stage->flow = OCTET_FLOW_ADDS;
    const octet_rows *to = &stage->rows;
    return stage->flow != OCTET_FLOW_WHOLE && k < to->n_operands && k < OCTET_STAGE_ASKS && to->batches == 1 &&
           to->in_h == from->out_h && to->in_bytes == from->out_bytes;
}

/* Adds stage `s` to the n that are in the trial. False: no group has both, whatever comes behind it. */
static bool extend(planner *p, uint32_t n, uint32_t s) {
    const octet_links *l = p->links;
    const octet_step *step = &l->steps[p->stages[s].step];
    octet_stage *stage = &p->trial[n];
    *stage = p->stages[s];
    if (n > 0 && p->trial[n - 1].flow != OCTET_FLOW_ROWS) return false;
    for (uint32_t k = 0; k < step->n_inputs; k++) {
        if (step->inputs[k] == OCTET_NONE) continue;
        for (uint32_t j = 0; j < n; j++)
            if (l->roots[p->trial[j].result] == l->roots[step->inputs[k]] && !is_streamed(p, n + 1, j, k)) return false;
    }
    return true;
}

/* Most bytes of rings at once. */
static size_t ring_bytes(planner *p, uint32_t n) {
    const octet_order *o = &p->order;
    size_t most = 0;
    memset(p->kept, 0, o->n_events * sizeof *p->kept);
    for (uint32_t i = 0; i + 1 < n; i++) {
        if (!octet_groups_is_ring(p->links, o, p->trial, n, i)) continue;
        const size_t bytes = (size_t)octet_order_ring(o, i) * p->trial[i].rows.out_bytes;
        octet_order_mark(o, i, p->alive);
        for (uint32_t t = 0; t < o->n_events; t++)
            if (p->alive[t]) p->kept[t] += aligned(bytes);
    }
    for (uint32_t t = 0; t < o->n_events; t++)
        if (p->kept[t] > most) most = p->kept[t];
    return most;
}

/* Bytes that one result may share with one operand that nobody reads later. */
static size_t shared_bytes(planner *p, uint32_t begin, uint32_t n) {
    const octet_links *l = p->links;
    const octet_step *first = &l->steps[p->trial[0].step];
    size_t most = 0;
    if (n == 1 && first->in_place && first->n_inputs > 0 && first->inputs[0] != OCTET_NONE &&
        p->dies[l->roots[first->inputs[0]]] == begin && p->born[l->roots[first->inputs[0]]] != OCTET_NONE)
        return whole_bytes(l, l->roots[first->inputs[0]]);
    const octet_stage *last = &p->trial[n - 1];
    if (last->flow != OCTET_FLOW_ROWS || octet_links_kept_rows(l, last) < last->rows.out_h) return 0;
    for (uint32_t i = 0; i < n; i++) {
        const octet_step *step = &l->steps[p->trial[i].step];
        for (uint32_t k = 0; k < step->n_inputs && k < OCTET_STAGE_ASKS; k++) {
            if (step->inputs[k] == OCTET_NONE) continue;
            const uint32_t root = l->roots[step->inputs[k]], end = begin + n - 1;
            size_t lead, out = whole_bytes(l, l->roots[last->result]);
            if (out == 0 || p->born[root] == OCTET_NONE || p->born[root] >= begin || p->dies[root] > end) continue;
            const size_t in = whole_bytes(l, root);
            if (!octet_order_lead(&p->order, l, p->trial, n, root, n - 1, &lead)) continue;
            const size_t both = lead + in > out ? lead + in : out;
            if (both < in + out && in + out - both > most) most = in + out - both;
        }
    }
    return most;
}

static bool changes_state(const octet_links *l, const octet_stage *stage) {
    const octet_step *step = &l->steps[stage->step];
    for (uint32_t i = 0; i < step->n_inputs; i++)
        if (step->inputs[i] != OCTET_NONE && l->graph->values[step->inputs[i]].is_variable) return true;
    return false;
}

/* Bytes that live while the n stages from `begin` on work, as a group; SIZE_MAX where they are none. */
static size_t group_bytes(planner *p, uint32_t begin, uint32_t n) {
    const octet_links *l = p->links;
    const octet_stage *last = &p->trial[n - 1];
    if (last->flow == OCTET_FLOW_ROWS && last->rows.batches != 1 && n > 1) return SIZE_MAX;
    if (!octet_order_run(&p->order, l, p->trial, n)) return SIZE_MAX;
    size_t bytes = 0;
    for (uint32_t i = 0; i < n && n > 1; i++) {
        if (i + 1 < n && p->order.stages[i].n_readers == 0) return SIZE_MAX;
        const bool needs_all = !octet_groups_is_ring(l, &p->order, p->trial, n, i) || changes_state(l, &p->trial[i]);
        if (needs_all && p->order.stages[i].n_done < p->trial[i].rows.out_h) return SIZE_MAX;
    }
    for (uint32_t s = 0; s < begin + n; s++) {
        const octet_step *step = &l->steps[p->stages[s].pool != OCTET_NONE ? p->stages[s].pool : p->stages[s].step];
        for (uint32_t i = 0; i < step->n_outputs; i++) {
            const uint32_t root = l->roots[step->outputs[i]];
            const bool is_ring = s >= begin && octet_groups_is_ring(l, &p->order, p->trial, n, s - begin);
            if (p->born[root] == s && p->dies[root] >= begin && !is_ring)
                bytes += result_bytes(l, &p->stages[s], step->outputs[i]);
        }
    }
    size_t rows = ring_bytes(p, n);
    if (last->flow == OCTET_FLOW_ADDS) { /* the result comes when no row is left */
        const size_t result = whole_bytes(l, l->roots[last->result]);
        bytes += octet_shape_elements(&l->graph->values[last->result].shape) * sizeof(int32_t) *
                     (size_t)octet_sums_words(l->graph, &l->steps[last->step]) -
                 result;
        if (rows < result) rows = result;
    }
    if (p->grouping != OCTET_GROUPING_APART) bytes -= shared_bytes(p, begin, n);
    return bytes + rows;
}

typedef struct cut {
    size_t bytes;              /* of the dearest group so far */
    uint32_t n_groups, length; /* of the last group: stages */
} cut;

/* Of stages [0, end): what the best division needs, and its last group. */
static octet_status divide(octet_context *ctx, octet_arena *arena, planner *p, cut *cuts) {
    size_t *costs; /* by begin and length */
    OCTET_TRY(OCTET_NEW(ctx, arena, (size_t)p->n * OCTET_GROUP_STAGES, &costs));
    const uint32_t longest = p->grouping == OCTET_GROUPING_SINGLE ? 1 : OCTET_GROUP_STAGES;
    for (uint32_t begin = 0; begin < p->n; begin++) {
        bool can_grow = true;
        for (uint32_t n = 1; n <= OCTET_GROUP_STAGES; n++) {
            can_grow = can_grow && n <= longest && begin + n <= p->n && extend(p, n - 1, begin + n - 1);
            costs[begin * OCTET_GROUP_STAGES + n - 1] = can_grow ? group_bytes(p, begin, n) : SIZE_MAX;
        }
    }
    size_t limit = 0; /* of the first pass: the least that is possible; the second one chooses among all such */
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t end = 1; end <= p->n; end++) {
            cuts[end] = (cut){.bytes = SIZE_MAX};
            for (uint32_t n = 1; n <= OCTET_GROUP_STAGES && n <= end; n++) {
                const cut *before = &cuts[end - n];
                size_t bytes = costs[(end - n) * OCTET_GROUP_STAGES + n - 1];
                if (bytes == SIZE_MAX || before->bytes == SIZE_MAX) continue;
                if (bytes < before->bytes) bytes = before->bytes;
                if (bytes < limit) bytes = limit;
                const uint32_t n_groups = before->n_groups + 1;
                const bool is_preferred =
                    p->grouping == OCTET_GROUPING_FEW ? n_groups < cuts[end].n_groups : n_groups > cuts[end].n_groups;
                if (bytes < cuts[end].bytes || (bytes == cuts[end].bytes && is_preferred))
                    cuts[end] = (cut){bytes, n_groups, n};
            }
        }
        limit = cuts[p->n].bytes;
    }
    return OCTET_OK;
}

static octet_status find_lives(octet_context *ctx, octet_arena *arena, planner *p) {
    const octet_links *l = p->links;
    OCTET_TRY(OCTET_NEW(ctx, arena, l->graph->n_values, &p->born));
    OCTET_TRY(OCTET_NEW(ctx, arena, l->graph->n_values, &p->dies));
    for (uint32_t v = 0; v < l->graph->n_values; v++) p->born[v] = OCTET_NONE;
    for (uint32_t s = 0; s < p->n; s++) {
        const octet_step *first = &l->steps[p->stages[s].step];
        const octet_step *last = p->stages[s].pool != OCTET_NONE ? &l->steps[p->stages[s].pool] : first;
        for (uint32_t i = 0; i < first->n_inputs; i++)
            if (first->inputs[i] != OCTET_NONE) p->dies[l->roots[first->inputs[i]]] = s;
        for (uint32_t i = 0; i < last->n_outputs; i++)
            p->born[l->roots[last->outputs[i]]] = p->dies[l->roots[last->outputs[i]]] = s;
    }
    for (uint32_t i = 0; i < l->graph->n_carries; i++) p->dies[l->roots[l->graph->carries[i].value]] = p->n;
    for (uint32_t i = 0; i < l->graph->n_outputs; i++) p->dies[l->roots[l->graph->outputs[i].value]] = p->n;
    return OCTET_OK;
}

/* The groups of the division that ends at stage `end`, and their stages as they are in them. */
static void adopt(planner *p, const cut *cuts, octet_schedule *out) {
    uint32_t at = cuts[p->n].n_groups;
    out->n_groups = at;
    for (uint32_t end = p->n; end > 0; end -= cuts[end].length)
        out->groups[--at] = (octet_group){end - cuts[end].length, cuts[end].length};
    for (uint32_t g = 0; g < out->n_groups; g++) {
        const octet_group *group = &out->groups[g];
        for (uint32_t n = 0; n < group->n_stages; n++) (void)extend(p, n, group->first_stage + n);
        (void)octet_order_run(&p->order, p->links, p->trial, group->n_stages);
        memcpy(out->stages + group->first_stage, p->trial, group->n_stages * sizeof *p->trial);
    }
}

octet_status octet_groups_make(octet_context *ctx, octet_arena *arena, octet_arena *scratch, const octet_links *l,
                               octet_grouping grouping, octet_schedule *out) {
    const uint32_t n = l->graph->n_operators;
    planner *p;
    cut *cuts;
    OCTET_TRY(OCTET_NEW(ctx, scratch, 1, &p));
    OCTET_TRY(OCTET_NEW(ctx, arena, n, &out->stages));
    OCTET_TRY(OCTET_NEW(ctx, arena, n, &out->groups));
    OCTET_TRY(OCTET_NEW(ctx, scratch, n + 1, &cuts));
    p->links = l;
    p->grouping = grouping;
    p->stages = out->stages;
    for (uint32_t s = 0; s < n; s++)
        if (!l->is_skipped[s]) p->stages[p->n++] = stage_of(l, s);
    out->n_stages = p->n;
    const size_t n_rows = octet_groups_rows(p->stages, p->n);
    OCTET_TRY(octet_order_create(ctx, scratch, n_rows, &p->order));
    OCTET_TRY(OCTET_NEW(ctx, scratch, n_rows, &p->alive));
    OCTET_TRY(OCTET_NEW(ctx, scratch, n_rows, &p->kept));
    OCTET_TRY(find_lives(ctx, scratch, p));
    OCTET_TRY(divide(ctx, scratch, p, cuts));
    adopt(p, cuts, out);
    return OCTET_OK;
}
