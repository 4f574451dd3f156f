#include "schedule/chains.h"

/* Of one step that is work. */
typedef struct link {
    octet_stage stage;
    uint32_t next;   /* the step that may take its rows, or OCTET_NONE */
    uint32_t before; /* the step whose rows it takes, or OCTET_NONE */
} link;

int32_t octet_chains_ring(const octet_stage *stage) {
    if (stage->flow == OCTET_FLOW_ADDS) return 1;
    return stage->rows.extent < stage->rows.in_h ? stage->rows.extent : stage->rows.in_h;
}

static octet_stage stage_of(const octet_links *l, uint32_t s) {
    octet_stage stage = {
        .step = s, .pool = l->pools[s], .sums = OCTET_NONE, .result = OCTET_NONE, .streamed = OCTET_NONE};
    const octet_step *last = &l->steps[stage.pool != OCTET_NONE ? stage.pool : s];
    if (last->n_outputs > 0) stage.result = last->outputs[0];
    const bool by_rows = stage.pool != OCTET_NONE
                             ? octet_rows_with_pool(l->graph, &l->steps[s], &l->steps[stage.pool], &stage.rows)
                             : octet_rows_of(l->graph, &l->steps[s], &stage.rows);
    stage.flow = by_rows ? OCTET_FLOW_ROWS : OCTET_FLOW_WHOLE;
    return stage;
}

/* A dense layer that can add its operand row by row. */
static bool can_add(const octet_links *l, uint32_t s) {
    const octet_step *step = &l->steps[s];
    return step->kernel == OCTET_KERNEL_fully_connected_s8 && octet_step_params_fully_connected(step)->rows == 1 &&
           octet_rows_most_sum(l->graph, step) <= INT32_MAX;
}

/* The operand of a step that is this value, or OCTET_NONE. */
static uint32_t operand_of(const octet_links *l, const octet_step *step, uint32_t root) {
    for (uint32_t i = 0; i < step->n_inputs; i++)
        if (step->inputs[i] != OCTET_NONE && l->roots[step->inputs[i]] == root) return i;
    return OCTET_NONE;
}

/* Whether `to` may take the rows of `from`, which nobody else reads. */
static bool fits(const octet_links *l, const octet_stage *from, const octet_stage *to) {
    const uint32_t root = l->roots[from->result];
    if (from->flow != OCTET_FLOW_ROWS || from->rows.batches != 1 || l->n_reads[root] != 1 || l->is_output[root])
        return false;
    if (to->flow == OCTET_FLOW_WHOLE) return can_add(l, to->step);
    return to->rows.batches == 1 && to->rows.in_h == from->rows.out_h && to->rows.in_bytes == from->rows.out_bytes;
}

static void find_links(const octet_links *l, link *links) {
    const uint32_t n = l->graph->n_operators;
    for (uint32_t s = 0; s < n; s++) {
        links[s].next = links[s].before = OCTET_NONE;
        if (!l->is_skipped[s]) links[s].stage = stage_of(l, s);
    }
    for (uint32_t s = 0; s < n; s++) {
        if (l->is_skipped[s] || links[s].stage.flow != OCTET_FLOW_ROWS) continue;
        const uint32_t reader = l->readers[l->roots[links[s].stage.result]];
        if (reader == OCTET_NONE || !fits(l, &links[s].stage, &links[reader].stage)) continue;
        const uint32_t rival = links[reader].before;
        if (rival != OCTET_NONE && (links[rival].before != OCTET_NONE || links[s].before == OCTET_NONE)) continue;
        if (rival != OCTET_NONE) links[rival].next = OCTET_NONE; /* the other operand is no chain: it may be whole */
        links[s].next = reader;
        links[reader].before = s;
        links[reader].stage.streamed = operand_of(l, &l->steps[reader], l->roots[links[s].stage.result]);
    }
}

static size_t sums_bytes(const octet_links *l, const octet_stage *stage) {
    return (size_t)octet_step_params_fully_connected(&l->steps[stage->step])->out_c * sizeof(int32_t);
}

static size_t whole_bytes(const octet_links *l, uint32_t value) {
    const uint32_t root = l->roots[value];
    return l->is_fixed[root] || l->is_output[root] ? 0 : octet_value_bytes(&l->graph->values[root]);
}

/* Operands that a stage reads whole, but for value `not`. */
static size_t operand_bytes(const octet_links *l, const octet_stage *stage, bool is_first, uint32_t not ) {
    const octet_step *step = &l->steps[stage->step];
    size_t bytes = 0;
    for (uint32_t i = 0; i < step->n_inputs; i++) {
        const bool is_whole = step->inputs[i] != OCTET_NONE && (is_first || i != stage->streamed);
        if (is_whole && l->roots[step->inputs[i]] != not ) bytes += whole_bytes(l, step->inputs[i]);
    }
    return bytes;
}

static size_t result_bytes(const octet_links *l, const octet_stage *stage) {
    const size_t bytes = whole_bytes(l, stage->result);
    return bytes > 0 && octet_links_kept_rows(l, stage) == 1 ? stage->rows.out_bytes : bytes;
}

/* What a group of the n stages keeps at once, in bytes. */
static size_t group_bytes(const octet_links *l, const octet_stage *stages, uint32_t n) {
    const uint32_t input = l->roots[l->steps[stages[0].step].inputs[0]];
    size_t bytes = operand_bytes(l, &stages[0], true, OCTET_NONE) + result_bytes(l, &stages[n - 1]);
    for (uint32_t i = 1; i < n; i++) {
        bytes += operand_bytes(l, &stages[i], false, input); /* a shortcut's operand is there once */
        bytes += (size_t)octet_chains_ring(&stages[i]) * stages[i - 1].rows.out_bytes;
        if (stages[i].flow == OCTET_FLOW_ADDS) bytes += sums_bytes(l, &stages[i]);
    }
    return bytes;
}

/* starts[i]: whether a group begins at stage i. */
static octet_status cut(octet_context *ctx, octet_arena *arena, const octet_links *l, const octet_stage *stages,
                        uint32_t n, bool *starts) {
    size_t *least;
    uint32_t *first;
    OCTET_TRY(OCTET_NEW(ctx, arena, n + 1, &least));
    OCTET_TRY(OCTET_NEW(ctx, arena, n + 1, &first));
    for (uint32_t end = 1; end <= n; end++) {
        least[end] = SIZE_MAX;
        for (uint32_t begin = 0; begin < end; begin++) {
            const size_t own = group_bytes(l, stages + begin, end - begin);
            const size_t most = own > least[begin] ? own : least[begin];
            if (most >= least[end]) continue;
            least[end] = most;
            first[end] = begin;
        }
    }
    for (uint32_t end = n; end > 0; end = first[end]) starts[first[end]] = true;
    return OCTET_OK;
}

/* The stages of the chain that begins at step s; returns how many. */
static uint32_t collect(const link *links, uint32_t s, octet_stage *stages) {
    uint32_t n = 0;
    for (; s != OCTET_NONE; s = links[s].next) {
        stages[n] = links[s].stage;
        if (n > 0 && stages[n].flow == OCTET_FLOW_WHOLE) {
            const octet_rows *before = &stages[n - 1].rows;
            stages[n].flow = OCTET_FLOW_ADDS;
            stages[n].rows = (octet_rows){.batches = 1, .in_h = before->out_h, .in_bytes = before->out_bytes};
        }
        n++;
    }
    return n;
}

static uint32_t last_step(const octet_stage *stage) { return stage->pool != OCTET_NONE ? stage->pool : stage->step; }

/* Puts groups in the order of their last steps: then everything that they read
 * has been computed. */
static void sort(octet_schedule *out) {
    for (uint32_t i = 1; i < out->n_groups; i++) {
        const octet_group moved = out->groups[i];
        const uint32_t key = last_step(&out->stages[moved.first_stage + moved.n_stages - 1]);
        uint32_t at = i;
        for (; at > 0; at--) {
            const octet_group *before = &out->groups[at - 1];
            if (last_step(&out->stages[before->first_stage + before->n_stages - 1]) < key) break;
            out->groups[at] = *before;
        }
        out->groups[at] = moved;
    }
}

octet_status octet_chains_make(octet_context *ctx, octet_arena *arena, const octet_links *l, bool no_fusion,
                               octet_schedule *out) {
    const uint32_t n = l->graph->n_operators;
    link *links;
    bool *starts;
    OCTET_TRY(OCTET_NEW(ctx, arena, n, &links));
    OCTET_TRY(OCTET_NEW(ctx, arena, n, &starts));
    OCTET_TRY(OCTET_NEW(ctx, arena, n, &out->stages));
    OCTET_TRY(OCTET_NEW(ctx, arena, n, &out->groups));
    find_links(l, links);
    for (uint32_t s = 0; s < n; s++) {
        if (l->is_skipped[s] || links[s].before != OCTET_NONE) continue;
        octet_stage *stages = out->stages + out->n_stages;
        bool *begins = starts + out->n_stages;
        const uint32_t n_chain = collect(links, s, stages);
        if (no_fusion) {
            for (uint32_t i = 0; i < n_chain; i++) begins[i] = true;
        } else {
            OCTET_TRY(cut(ctx, arena, l, stages, n_chain, begins));
        }
        for (uint32_t i = 0; i < n_chain; i++) {
            if (begins[i]) out->groups[out->n_groups++] = (octet_group){.first_stage = out->n_stages + i};
            out->groups[out->n_groups - 1].n_stages++;
            if (begins[i]) stages[i].streamed = OCTET_NONE;
            if (begins[i] && stages[i].flow == OCTET_FLOW_ADDS) stages[i].flow = OCTET_FLOW_WHOLE;
        }
        out->n_stages += n_chain;
    }
    sort(out);
    return OCTET_OK;
}
