#include "kernels/fast/pairs.h"

#include <string.h>

enum { STEP = OCTET_PAIRS_STEP_BYTES, LIMIT = 128, SEARCH = 64 };
/* Vector instructions per window: load, multiply, (add,) widen, add. */
enum { PAIR_COST = 7, SINGLE_COST = 4 };

typedef struct load { uint8_t sum[STEP]; } load; /* of the 16 lanes: positive sums, then negative ones without sign; at most 254 */

static load load_of(const int8_t *step) {
    load l;
    for (int lane = 0; lane < STEP / 2; lane++) {
        int positive = 0, negative = 0;
        for (int i = 0; i < 2; i++) {
            const int w = step[2 * lane + i];
            if (w > 0) positive += w;
            else negative -= w;
        }
        l.sum[lane] = (uint8_t)(positive < 255 ? positive : 255);
        l.sum[STEP / 2 + lane] = (uint8_t)(negative < 255 ? negative : 255);
    }
    return l;
}

static bool fits_alone(const load *a) {
    int worst = 0;
    for (int i = 0; i < STEP; i++) worst = a->sum[i] > worst ? a->sum[i] : worst;
    return worst <= LIMIT;
}
static bool fit_together(const load *a, const load *b) {
    int worst = 0;
    for (int i = 0; i < STEP; i++) {
        const int sum = a->sum[i] + b->sum[i];
        worst = sum > worst ? sum : worst;
    }
    return worst <= LIMIT;
}

typedef struct work {
    int8_t *weights; /* of up to twice the steps */
    uint32_t *offsets, *order, n;
    load *loads;
    bool *taken;
} work;

static void add(work *w, const int8_t *step, uint32_t offset) {
    memcpy(w->weights + (size_t)w->n * STEP, step, STEP);
    w->offsets[w->n] = offset;
    w->loads[w->n] = load_of(step);
    w->taken[w->n++] = false;
}

static void split_or_add(work *w, const int8_t *step, uint32_t offset) {
    const load l = load_of(step);
    if (fits_alone(&l)) {
        add(w, step, offset);
        return;
    }
    int8_t half[STEP], rest[STEP];
    for (int i = 0; i < STEP; i++) {
        half[i] = (int8_t)(step[i] / 2);
        rest[i] = (int8_t)(step[i] - half[i]);
    }
    add(w, half, offset);
    add(w, rest, offset);
}

/* Fills order: pairs first. Returns their number. */
static uint32_t match(work *w) {
    uint32_t n_pairs = 0, first = 0, at = 0;
    for (uint32_t i = 0; i < w->n; i++) {
        if (w->taken[i]) continue;
        uint32_t tried = 0;
        for (uint32_t j = i + 1; j < w->n && tried < SEARCH; j++) {
            if (w->taken[j]) continue;
            tried++;
            if (!fit_together(&w->loads[i], &w->loads[j])) continue;
            w->taken[i] = w->taken[j] = true;
            w->order[at++] = i;
            w->order[at++] = j;
            n_pairs++;
            break;
        }
    }
    for (; first < w->n; first++) {
        if (!w->taken[first]) w->order[at++] = first;
    }
    return n_pairs;
}

static octet_status pack(octet_context *ctx, octet_arena *arena, work *w, octet_pairs_panel *out, double *cost) {
    const uint32_t n_pairs = match(w);
    int8_t *weights;
    uint32_t *offsets;
    OCTET_TRY(octet_arena_allocate(ctx, arena, (size_t)w->n * STEP, OCTET_ALIGNMENT, (void **)&weights));
    OCTET_TRY(OCTET_NEW(ctx, arena, (size_t)w->n, &offsets));
    for (uint32_t i = 0; i < w->n; i++) {
        memcpy(weights + (size_t)i * STEP, w->weights + (size_t)w->order[i] * STEP, STEP);
        offsets[i] = w->offsets[w->order[i]];
    }
    *out = (octet_pairs_panel){.n_pairs = n_pairs, .n_singles = w->n - 2 * n_pairs, .offsets = offsets, .weights = weights};
    *cost += (double)PAIR_COST * n_pairs + (double)SINGLE_COST * out->n_singles;
    return OCTET_OK;
}

octet_status octet_pairs_pack(octet_context *ctx, octet_arena *arena, const int8_t *steps, const uint32_t *offsets, uint32_t n_steps,
                              octet_pairs_panel *out, double *cost) {
    static const int8_t nothing[STEP];
    octet_arena temporary = {0};
    work w = {0};
    const size_t most = 2 * (size_t)n_steps + 1;
    octet_status status = octet_arena_allocate(ctx, &temporary, most * STEP, OCTET_ALIGNMENT, (void **)&w.weights);
    if (status == OCTET_OK) status = OCTET_NEW(ctx, &temporary, most, &w.offsets);
    if (status == OCTET_OK) status = OCTET_NEW(ctx, &temporary, most, &w.order);
    if (status == OCTET_OK) status = OCTET_NEW(ctx, &temporary, most, &w.loads);
    if (status == OCTET_OK) status = OCTET_NEW(ctx, &temporary, most, &w.taken);
    if (status == OCTET_OK) {
        for (uint32_t i = 0; i < n_steps; i++) {
            if (memcmp(steps + (size_t)i * STEP, nothing, STEP) != 0) split_or_add(&w, steps + (size_t)i * STEP, offsets[i]);
        }
        status = pack(ctx, arena, &w, out, cost);
    }
    octet_arena_free(ctx, &temporary);
    return status;
}
