#include "statistics/distinct.h"

#include <assert.h>
#include <stdlib.h>

enum { CAPACITY = 2 * OCTET_DISTINCT_MOST };

octet_status octet_distinct_create(octet_context *ctx, octet_distinct *out) {
    void *block;
    OCTET_TRY(octet_memory_allocate(ctx, CAPACITY * sizeof(uint64_t), &block));
    *out = (octet_distinct){.hashes = block, .capacity = CAPACITY};
    return OCTET_OK;
}

void octet_distinct_free(octet_context *ctx, octet_distinct *set) {
    octet_memory_free(ctx, set->hashes);
    *set = (octet_distinct){0};
}

void octet_distinct_add(octet_distinct *set, uint64_t hash) {
    assert(set->capacity == CAPACITY);
    if (set->n == CAPACITY) octet_distinct_settle(set);
    set->hashes[set->n++] = hash;
}

static int compare(const void *a, const void *b) {
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

void octet_distinct_settle(octet_distinct *set) {
    uint32_t n = 0;
    if (set->n > 0) qsort(set->hashes, set->n, sizeof *set->hashes, compare);
    for (uint32_t i = 0; i < set->n && n < OCTET_DISTINCT_MOST; i++)
        if (n == 0 || set->hashes[i] != set->hashes[n - 1]) set->hashes[n++] = set->hashes[i];
    set->n = n;
}

octet_status octet_distinct_merge(octet_context *ctx, octet_distinct *into, const octet_distinct *from) {
    const uint32_t sum = into->n + from->n, most = sum < OCTET_DISTINCT_MOST ? sum : OCTET_DISTINCT_MOST;
    void *block;
    OCTET_TRY(octet_memory_allocate(ctx, most * sizeof(uint64_t), &block));
    uint64_t *hashes = block;
    uint32_t n = 0;
    for (uint32_t i = 0, j = 0; n < most && (i < into->n || j < from->n); n++) {
        const bool first = j == from->n || (i < into->n && into->hashes[i] <= from->hashes[j]);
        hashes[n] = first ? into->hashes[i] : from->hashes[j];
        while (i < into->n && into->hashes[i] == hashes[n]) i++;
        while (j < from->n && from->hashes[j] == hashes[n]) j++;
    }
    octet_distinct_free(ctx, into);
    *into = (octet_distinct){.hashes = hashes, .n = n, .capacity = most};
    return OCTET_OK;
}

uint64_t octet_distinct_count(const octet_distinct *set) {
    if (set->n < OCTET_DISTINCT_MOST) return set->n;
    /* 32 of its bits are exact enough, and the quotient stays far from overflow whatever a file holds. */
    const double largest = (double)(set->hashes[set->n - 1] >> 32) + 1.0;
    return (uint64_t)((double)(OCTET_DISTINCT_MOST - 1) * 4294967296.0 / largest);
}
