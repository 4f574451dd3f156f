#include "kernels/fast/bins.h"

#include <stdbool.h>
#include <string.h>

enum { STEP = OCTET_BINS_STEP, MOST = OCTET_BINS_MAX_STEPS, LIMIT = 128, TURNED_LIMIT = 256 };

/* Four sums of 16 bits in one word: positive weights of both lanes, then negative ones without sign; when turned, sizes
 * of both lanes. */
#define SUMS(a, b, c, d) ((uint64_t)(a) | (uint64_t)(b) << 16 | (uint64_t)(c) << 32 | (uint64_t)(d) << 48)
#define EACH(x) SUMS(x, x, x, x)

/* Sums up to 0x7FFF + limit. */
static bool fits(uint64_t sums, int limit) { return ((sums + EACH(0x7FFF - limit)) & EACH(0x8000)) == 0; }

typedef struct bin {
    uint64_t sums;
    uint16_t step[OCTET_BINS_PLAIN], n;
} bin;

typedef struct work {
    const int8_t *weights;
    uint64_t sums[MOST];
    uint16_t worst[MOST]; /* of the four sums */
    uint16_t order[MOST];
    bin bins[MOST];
    uint32_t n_steps, n_bins, stride;
} work;

static void load(work *w, uint32_t step, bool *turned, bool *empty) {
    int up[2] = {0, 0}, down[2] = {0, 0};
    for (int i = 0; i < STEP; i++) {
        const int weight = w->weights[step * STEP + (uint32_t)i];
        if (weight > 0) up[i / 2] += weight;
        else down[i / 2] -= weight;
    }
    const uint64_t sums = SUMS(up[0], up[1], down[0], down[1]);
    *empty = sums == 0;
    *turned = !fits(sums, LIMIT);
    w->sums[step] = *turned ? SUMS(up[0] + down[0], up[1] + down[1], 0, 0) : sums;
    int worst = 0;
    for (int i = 0; i < 4; i++) {
        const int sum = (int)(w->sums[step] >> 16 * i & 0xFFFF);
        worst = sum > worst ? sum : worst;
    }
    w->worst[step] = (uint16_t)worst;
}

/* Steps of one kind into w->order, those with the largest sum first. */
static uint32_t sort(work *w, const bool *chosen) {
    uint16_t first[TURNED_LIMIT + 2] = {0};
    for (uint32_t i = 0; i < w->n_steps; i++)
        if (chosen[i]) first[TURNED_LIMIT - w->worst[i] + 1]++;
    for (int i = 1; i <= TURNED_LIMIT + 1; i++) first[i] = (uint16_t)(first[i] + first[i - 1]);
    for (uint32_t i = 0; i < w->n_steps; i++)
        if (chosen[i]) w->order[first[TURNED_LIMIT - w->worst[i]]++] = (uint16_t)i;
    return first[TURNED_LIMIT];
}

/* Each step into the first bin that has room for it. */
static void fill(work *w, uint32_t n, int limit, uint32_t most) {
    uint32_t open = 0; /* earlier bins are full */
    w->n_bins = 0;
    for (uint32_t i = 0; i < n; i++) {
        const uint16_t step = w->order[i];
        uint32_t at = open;
        while (at < w->n_bins && (w->bins[at].n == most || !fits(w->bins[at].sums + w->sums[step], limit))) at++;
        if (at == w->n_bins) w->bins[w->n_bins++] = (bin){0};
        bin *b = &w->bins[at];
        b->sums += w->sums[step];
        b->step[b->n++] = step;
        while (open < w->n_bins && w->bins[open].n == most) open++;
    }
}

/* Sizes and masks. The inputs become value (value + 128) ^ 0x80 or -value - 1: what is missing is 128 w + [w < 0] |w|.
 */
static void turn(const int8_t *weights, uint8_t *sizes, uint8_t *masks, uint32_t *correction) {
    for (int i = 0; i < STEP; i++) {
        const int w = weights[i], size = w < 0 ? -w : w;
        sizes[i] = (uint8_t)size;
        masks[i] = w < 0 ? 0x7F : 0x80;
        *correction += (uint32_t)(128 * w + (w < 0 ? size : 0));
    }
}

/* The bins that have n steps, or as many as fill the least bin allowed to n: more than `fewer`. */
static uint8_t *write(const work *w, uint32_t fewer, uint32_t n, bool turned, uint8_t *out, uint16_t *count,
                      uint32_t *correction) {
    const size_t size = n * (size_t)(turned ? OCTET_BINS_TURNED_BYTES : OCTET_BINS_PLAIN_BYTES);
    for (uint32_t b = 0; b < w->n_bins; b++) {
        if (w->bins[b].n <= fewer || w->bins[b].n > n) continue;
        ++*count;
        memset(out, 0, size);
        uint8_t *weights = out + n * sizeof(uint16_t), *masks = weights + (size_t)n * STEP;
        for (uint32_t i = 0; i < w->bins[b].n; i++) {
            const uint32_t step = w->bins[b].step[i];
            const uint16_t offset = (uint16_t)(step * w->stride);
            memcpy(out + i * sizeof offset, &offset, sizeof offset);
            const int8_t *source = w->weights + (size_t)step * STEP;
            if (turned) turn(source, weights + i * STEP, masks + i * STEP, correction);
            else memcpy(weights + i * STEP, source, STEP);
        }
        out += size;
    }
    return out;
}

/* All bins, the largest first; counts: by size. */
static uint8_t *write_all(const work *w, uint8_t kinds, bool turned, uint8_t *out, uint16_t *counts,
                          uint32_t *correction, uint64_t *cost) {
    for (uint32_t n = OCTET_BINS_PLAIN; n > 0; n--) {
        if (!(kinds >> (n - 1) & 1)) continue;
        uint32_t fewer = n - 1;
        while (fewer > 0 && !(kinds >> (fewer - 1) & 1)) fewer--;
        out = write(w, fewer, n, turned, out, &counts[n - 1], correction);
        *cost += (uint64_t)counts[n - 1] * ((turned ? 3 : 2) * n + 1);
    }
    return out;
}

static uint32_t largest(uint8_t kinds) {
    uint32_t n = 1;
    while (kinds >> n != 0) n++;
    return n;
}

size_t octet_bins_pack(const int8_t *weights, uint32_t n_steps, uint32_t stride, octet_bins_kinds kinds, uint8_t *out,
                       uint32_t *correction, uint64_t *cost) {
    work w = {.weights = weights, .n_steps = n_steps, .stride = stride};
    bool plain[MOST], turned[MOST];
    for (uint32_t i = 0; i < n_steps; i++) {
        bool empty;
        load(&w, i, &turned[i], &empty);
        plain[i] = !turned[i] && !empty;
    }
    octet_bins_head head = {0};
    fill(&w, sort(&w, plain), LIMIT, largest(kinds.plain));
    uint8_t *place = write_all(&w, kinds.plain, false, out + sizeof head, head.plain, correction, cost);
    fill(&w, sort(&w, turned), TURNED_LIMIT, largest(kinds.turned));
    place = write_all(&w, kinds.turned, true, place, head.turned, correction, cost);
    memcpy(out, &head, sizeof head);
    return (size_t)(place - out);
}
