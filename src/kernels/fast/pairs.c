#include "kernels/fast/pairs.h"

#include <string.h>

enum { STEP = OCTET_PAIRS_STEP_BYTES, LANES_16 = STEP / 2, LIMIT = 128, TURNED_LIMIT = 256, SEARCH = 64 };
/* Cycles per window on Zen 3, from loops over the first-level cache. */
#define PAIR_COST 1.78
#define SINGLE_COST 1.09
#define TURNED_PAIR_COST 2.54
#define TURNED_SINGLE_COST 1.43

/* Of the 16 lanes: sums of positive weights, then of negative ones without sign. */
typedef struct load {
    uint16_t sum[STEP];
} load;

static load load_of(const int8_t *step) {
    load l = {{0}};
    for (int i = 0; i < STEP; i++) {
        const int w = step[i];
        uint16_t *sum = &l.sum[w > 0 ? i / 2 : LANES_16 + i / 2];
        *sum = (uint16_t)(*sum + (w > 0 ? w : -w));
    }
    return l;
}
static load together(const load *a, const load *b) {
    load l;
    for (int i = 0; i < STEP; i++) l.sum[i] = (uint16_t)(a->sum[i] + b->sum[i]);
    return l;
}
static bool fits(load l, bool turned) {
    int worst = 0;
    for (int i = 0; i < LANES_16; i++) {
        const int up = l.sum[i], down = l.sum[LANES_16 + i];
        const int sum = turned ? up + down : up > down ? up : down;
        worst = sum > worst ? sum : worst;
    }
    return worst <= (turned ? TURNED_LIMIT : LIMIT);
}

typedef struct work {
    const int8_t *steps;
    load *loads;
    bool *taken;
    uint32_t *list; /* steps of one kind */
    uint32_t *order, n_ordered;
} work;

/* Appends the n steps of w->list to w->order, pairs first. */
static octet_pairs_list match(work *w, uint32_t n, bool turned) {
    octet_pairs_list result = {0};
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t a = w->list[i];
        uint32_t tried = 0;
        for (uint32_t j = i + 1; j < n && tried < SEARCH && !w->taken[a]; j++) {
            const uint32_t b = w->list[j];
            if (w->taken[b]) continue;
            tried++;
            if (!fits(together(&w->loads[a], &w->loads[b]), turned)) continue;
            w->taken[a] = w->taken[b] = true;
            w->order[w->n_ordered++] = a;
            w->order[w->n_ordered++] = b;
            result.n_pairs++;
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        if (w->taken[w->list[i]]) continue;
        w->order[w->n_ordered++] = w->list[i];
        result.n_singles++;
    }
    return result;
}

/* Sizes and masks. The inputs become value (value + 128) ^ 0x80 or -value -
 * 1: what is missing is 128 w + [w < 0] |w|. */
static void turn(const int8_t *step, int8_t *out, int32_t *correction) {
    for (int i = 0; i < STEP; i++) {
        const int w = step[i], size = w < 0 ? -w : w;
        out[i] = (int8_t)(uint8_t)size;
        out[STEP + i] = (int8_t)(w < 0 ? 0x7F : -0x80);
        correction[i / 4] += 128 * w + (w < 0 ? size : 0);
    }
}

static octet_status pack(octet_context *ctx, octet_arena *arena, const work *w, const uint32_t *offsets,
                         octet_pairs_panel *out) {
    const size_t n_plain = octet_pairs_steps(out->plain);
    int8_t *weights, *place;
    uint32_t *ordered;
    /* Offsets lie in front of their weights, where the processor comes along when it reads the panel before. */
    OCTET_TRY(OCTET_NEW(ctx, arena, (size_t)w->n_ordered, &ordered));
    OCTET_TRY(octet_arena_allocate(ctx, arena, octet_pairs_bytes(out), OCTET_ALIGNMENT, (void **)&weights));
    place = weights;
    for (size_t i = 0; i < w->n_ordered; i++) {
        const int8_t *step = w->steps + (size_t)w->order[i] * STEP;
        ordered[i] = offsets[w->order[i]];
        if (i < n_plain) memcpy(place, step, STEP);
        else turn(step, place, out->correction);
        place += i < n_plain ? STEP : 2 * STEP;
    }
    out->offsets = ordered;
    out->weights = weights;
    return OCTET_OK;
}

/* The kinds of steps in turn; steps of nothing but zeros are left out. */
static void sort(work *w, uint32_t n_steps, octet_pairs_panel *out) {
    static const int8_t nothing[STEP];
    for (int turned = 0; turned < 2; turned++) {
        uint32_t n = 0;
        for (uint32_t i = 0; i < n_steps; i++) {
            if (memcmp(w->steps + (size_t)i * STEP, nothing, STEP) != 0 && fits(w->loads[i], false) != (bool)turned)
                w->list[n++] = i;
        }
        *(turned ? &out->turned : &out->plain) = match(w, n, turned);
    }
}

octet_status octet_pairs_pack(octet_context *ctx, octet_arena *arena, const int8_t *steps, const uint32_t *offsets,
                              uint32_t n_steps, octet_pairs_panel *out, double *cost) {
    octet_arena temporary = {0};
    work w = {.steps = steps};
    *out = (octet_pairs_panel){0};
    octet_status status = OCTET_NEW(ctx, &temporary, n_steps, &w.loads);
    if (status == OCTET_OK) status = OCTET_NEW(ctx, &temporary, n_steps, &w.taken);
    if (status == OCTET_OK) status = OCTET_NEW(ctx, &temporary, n_steps, &w.list);
    if (status == OCTET_OK) status = OCTET_NEW(ctx, &temporary, n_steps, &w.order);
    if (status == OCTET_OK) {
        for (uint32_t i = 0; i < n_steps; i++) w.loads[i] = load_of(steps + (size_t)i * STEP);
        sort(&w, n_steps, out);
        *cost += PAIR_COST * out->plain.n_pairs + SINGLE_COST * out->plain.n_singles +
                 TURNED_PAIR_COST * out->turned.n_pairs + TURNED_SINGLE_COST * out->turned.n_singles;
        status = pack(ctx, arena, &w, offsets, out);
    }
    octet_arena_free(ctx, &temporary);
    return status;
}
