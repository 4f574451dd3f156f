#include "schedule/order.h"

#include <string.h>

octet_status octet_order_create(octet_context *ctx, octet_arena *arena, size_t n_rows, octet_order *out) {
    *out = (octet_order){0};
    OCTET_TRY(OCTET_NEW(ctx, arena, n_rows, &out->whose));
    OCTET_TRY(OCTET_NEW(ctx, arena, n_rows, &out->rows));
    OCTET_TRY(OCTET_NEW(ctx, arena, n_rows, &out->lives));
    return OCTET_NEW(ctx, arena, n_rows, &out->reads);
}

/* Which stages feed which. */
static void connect(octet_order *o, const octet_links *l, const octet_stage *stages, uint32_t n) {
    for (uint32_t i = 0, n_rows = 0; i < n; i++) {
        const octet_step *step = &l->steps[stages[i].step];
        o->stages[i] = (octet_order_stage){.first = n_rows};
        n_rows += (uint32_t)stages[i].rows.out_h;
        for (uint32_t k = 0; k < OCTET_STAGE_ASKS; k++) {
            o->stages[i].from[k] = OCTET_NONE;
            if (k >= stages[i].rows.n_operands || step->inputs[k] == OCTET_NONE) continue;
            for (uint32_t j = 0; j < i; j++)
                if (l->roots[stages[j].result] == l->roots[step->inputs[k]]) o->stages[i].from[k] = j;
            if (o->stages[i].from[k] != OCTET_NONE) o->stages[o->stages[i].from[k]].n_readers++;
        }
    }
}

/* The stage that reads farthest ahead is asked first: it brings the rows that others read too. */
static void sort_asks(octet_order *o, octet_stage *stage, uint32_t i) {
    octet_order_stage *own = &o->stages[i];
    const octet_rows *r = &stage->rows;
    const int32_t more = r->extent - r->pad - 1;
    uint32_t n = 0, scale = 1;
    for (uint32_t k = 0; k < OCTET_STAGE_ASKS; k++) {
        const uint32_t from = own->from[k];
        stage->asks[k] = OCTET_NONE;
        if (from == OCTET_NONE) continue;
        uint32_t at = n++;
        for (; at > 0 && o->stages[stage->asks[at - 1]].ahead < o->stages[from].ahead; at--)
            stage->asks[at] = stage->asks[at - 1];
        stage->asks[at] = from;
        if (o->stages[from].ahead > own->ahead) own->ahead = o->stages[from].ahead;
        scale = o->stages[from].stride;
    }
    own->stride = (uint32_t)r->stride * scale;
    if (more > 0) own->ahead += (uint32_t)more * scale;
}

/* The next row of stage i, and before it the rows that it reads. asked[i]: as bits, which of `asks` had to work. */
static void compute(octet_order *o, const octet_stage *stages, uint32_t *asked, uint32_t i) {
    const int32_t y = o->stages[i].n_done;
    int32_t begin, end;
    octet_rows_window(&stages[i].rows, y, &begin, &end);
    for (uint32_t k = 0; k < OCTET_STAGE_ASKS && stages[i].asks[k] != OCTET_NONE; k++) {
        const uint32_t from = stages[i].asks[k];
        for (; o->stages[from].n_done < end; asked[i] |= UINT32_C(1) << k) compute(o, stages, asked, from);
    }
    for (uint32_t k = 0; k < OCTET_STAGE_ASKS && stages[i].asks[k] != OCTET_NONE; k++)
        for (int32_t r = begin; r < end; r++)
            o->lives[o->stages[stages[i].asks[k]].first + (uint32_t)r].read = o->n_events;
    o->lives[o->stages[i].first + (uint32_t)y] = (octet_row_life){o->n_events, o->n_events};
    o->whose[o->n_events] = i;
    o->rows[o->n_events++] = y;
    o->stages[i].n_done++;
}

bool octet_order_run(octet_order *o, const octet_links *l, octet_stage *stages, uint32_t n) {
    uint32_t asked[OCTET_GROUP_STAGES] = {0};
    o->n_events = 0;
    connect(o, l, stages, n);
    for (uint32_t i = 0; i < n; i++) sort_asks(o, &stages[i], i);
    while (o->stages[n - 1].n_done < stages[n - 1].rows.out_h) compute(o, stages, asked, n - 1);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t kept = 0;
        for (uint32_t k = 0; k < OCTET_STAGE_ASKS; k++) {
            const uint32_t from = stages[i].asks[k];
            stages[i].asks[k] = OCTET_NONE;
            if ((asked[i] & UINT32_C(1) << k) == 0) continue;
            stages[i].asks[kept++] = from;
            if (++o->stages[from].n_askers > 1) return false;
        }
    }
    return true;
}

int32_t octet_order_ring(const octet_order *o, uint32_t i) {
    const octet_row_life *lives = o->lives + o->stages[i].first;
    int32_t most = 1;
    for (int32_t y = 0, oldest = 0; y < o->stages[i].n_done; y++) {
        while (oldest < y && lives[oldest].read <= lives[y].written) oldest++;
        if (y - oldest + 1 > most) most = y - oldest + 1;
    }
    return most;
}

void octet_order_mark(const octet_order *o, uint32_t i, bool *alive) {
    const octet_row_life *lives = o->lives + o->stages[i].first;
    uint32_t marked = 0; /* all events before it have been looked at */
    memset(alive, 0, o->n_events * sizeof *alive);
    for (int32_t y = 0; y < o->stages[i].n_done; y++) {
        uint32_t t = lives[y].written > marked ? lives[y].written : marked;
        for (; t <= lives[y].read; t++) alive[t] = true;
        if (t > marked) marked = t;
    }
}

/* By row of `root`: the event that reads it last, plus one; 0 for none. False where it is not read by rows. */
static bool find_reads(const octet_order *o, const octet_links *l, const octet_stage *stages, uint32_t n, uint32_t root,
                       octet_rows *geometry) {
    bool reads_it[OCTET_GROUP_STAGES] = {false};
    geometry->in_h = 0;
    for (uint32_t i = 0; i < n; i++) {
        const octet_step *step = &l->steps[stages[i].step];
        for (uint32_t k = 0; k < step->n_inputs; k++) {
            if (step->inputs[k] == OCTET_NONE || l->roots[step->inputs[k]] != root) continue;
            const octet_rows *r = &stages[i].rows;
            if (k >= r->n_operands || r->batches != 1) return false;
            if (geometry->in_h != 0 && (geometry->in_h != r->in_h || geometry->in_bytes != r->in_bytes)) return false;
            *geometry = *r;
            reads_it[i] = true;
        }
    }
    memset(o->reads, 0, (size_t)geometry->in_h * sizeof *o->reads);
    for (uint32_t t = 0; t < o->n_events; t++) {
        int32_t begin, end;
        if (!reads_it[o->whose[t]]) continue;
        octet_rows_window(&stages[o->whose[t]].rows, o->rows[t], &begin, &end);
        for (int32_t r = begin; r < end; r++) o->reads[r] = t + 1;
    }
    return geometry->in_h > 0;
}

bool octet_order_lead(const octet_order *o, const octet_links *l, const octet_stage *stages, uint32_t n, uint32_t root,
                      uint32_t i, size_t *lead_bytes) {
    const octet_rows *own = &stages[i].rows;
    octet_rows in;
    *lead_bytes = 0;
    if (stages[i].flow != OCTET_FLOW_ROWS || own->batches != 1 || !find_reads(o, l, stages, n, root, &in)) return false;
    /* An operator that works element by element writes each where it has read it. */
    const uint32_t own_reads = l->steps[stages[i].step].in_place ? 0 : 1;
    for (int32_t y = 0, next = 0; y < o->stages[i].n_done; y++) {
        const uint32_t t = o->lives[o->stages[i].first + (uint32_t)y].written;
        while (next < in.in_h && o->reads[next] + own_reads <= t + 1) next++;
        const size_t end = (size_t)(y + 1) * own->out_bytes, begin = (size_t)next * in.in_bytes;
        if (next < in.in_h && end > begin + *lead_bytes) *lead_bytes = end - begin;
    }
    return true;
}
