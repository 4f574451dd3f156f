/* kernel_random.h - random numbers, tensors and parameters for kernel_cases.h.
 * In:  a seed.
 * Out: memory in the case's arena.
 * Knows: what trained weights and scales look like, and the extremes.
 * Does not know: fast kernels. */
#ifndef OCTET_TESTS_KERNEL_RANDOM_H
#define OCTET_TESTS_KERNEL_RANDOM_H

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "kernels/ref/conv.h"
#include "kernels/ref/pool.h"
#include "kernels/ref/requantize.h"

typedef struct octet_case_random {
    uint64_t state;
} octet_case_random;

static inline uint32_t case_u32(octet_case_random *r) { /* splitmix64 */
    uint64_t z = (r->state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (uint32_t)((z ^ (z >> 31)) >> 16);
}
static inline int32_t case_range(octet_case_random *r, int32_t low, int32_t high) {
    return low + (int32_t)(case_u32(r) % (uint32_t)(high - low + 1));
}
static inline float case_real(octet_case_random *r) { /* about [-4, 4], sometimes 0 */
    return case_u32(r) % 16 == 0 ? 0.0f : ((float)(int32_t)case_u32(r)) / 536870912.0f;
}

typedef struct octet_case {
    octet_context ctx;
    octet_arena arena;
    octet_case_random random;
    uint32_t cpu;
} octet_case;

static inline void *case_bytes(octet_case *c, size_t n) {
    void *p = NULL;
    if (octet_arena_allocate(&c->ctx, &c->arena, n + 1, 64, &p) != OCTET_OK) abort();
    return p;
}
/* Mostly uniform; sometimes nothing but the extremes, sometimes small, as
 * most trained weights are (pairs.h wants that). */
static inline int8_t *case_s8(octet_case *c, size_t n, int32_t low) {
    int8_t *p = case_bytes(c, n);
    const bool extreme = case_range(&c->random, 0, 7) == 0, small = case_range(&c->random, 0, 2) == 0;
    for (size_t i = 0; i < n; i++) {
        if (extreme) p[i] = (int8_t)(case_u32(&c->random) & 1 ? 127 : low);
        else
            p[i] = (int8_t)(small && case_range(&c->random, 0, 15) ? case_range(&c->random, -48, 48)
                                                                   : case_range(&c->random, low, 127));
    }
    return p;
}
static inline float *case_f32(octet_case *c, size_t n) {
    float *p = case_bytes(c, n * sizeof *p);
    for (size_t i = 0; i < n; i++) p[i] = case_real(&c->random);
    return p;
}

/* Multipliers around what makes outputs spread over int8; sometimes near and above 1. */
static inline octet_requantize case_requantize(octet_case *c, int32_t out_c, int32_t depth, bool real) {
    octet_case_random *r = &c->random;
    octet_requantize q = {.input_zero_point = case_range(r, -128, 127),
                          .output_zero_point = case_range(r, -128, 127),
                          .min = -128,
                          .max = 127};
    if (case_range(r, 0, 2) == 0) q.min = case_range(r, -128, 0);
    if (case_range(r, 0, 2) == 0) q.max = case_range(r, 0, 127);
    int32_t *multiplier = case_bytes(c, (size_t)out_c * 4), *shift = case_bytes(c, (size_t)out_c * 4);
    double *scale = case_bytes(c, (size_t)out_c * 8);
    const bool large = case_range(r, 0, 9) == 0;
    for (int32_t i = 0; i < out_c; i++) {
        double m = exp2(-(double)case_range(r, 0, 4096) / 1024.0) / (50.0 * sqrt((double)depth));
        if (large) m = exp2((double)case_range(r, -3000, 1500) / 1000.0);
        if (case_range(r, 0, 63) == 0) m = exp2(-(double)case_range(r, 0, 34)); /* powers of two: ties */
        scale[i] = m;
        if (!octet_fixed_multiplier(m, &multiplier[i], &shift[i])) abort();
    }
    q.multiplier = multiplier;
    q.shift = shift;
    q.scale = real ? scale : NULL;
    return q;
}
static inline void case_weight_zero_point(octet_case *c, octet_requantize *q) {
    if (case_range(&c->random, 0, 5) == 0) q->weight_zero_point = case_range(&c->random, -128, 127);
}
static inline int32_t *case_bias(octet_case *c, int32_t n, int32_t depth) {
    if (case_range(&c->random, 0, 4) == 0) return NULL;
    int32_t *bias = case_bytes(c, (size_t)n * 4);
    const int32_t width = case_range(&c->random, 0, 15) == 0 ? INT32_MAX / 2 : 400 * depth;
    for (int32_t i = 0; i < n; i++) bias[i] = case_range(&c->random, -width, width);
    return bias;
}

/* A max pool over the convolution: of every window that fits, also where some rows and columns are left over. */
static inline octet_pool_2d_params case_pool_of(octet_case *c, const octet_conv_2d_params *p) {
    octet_case_random *r = &c->random;
    octet_pool_2d_params pool = {.batches = p->batches,
                                 .in_h = p->out_h,
                                 .in_w = p->out_w,
                                 .channels = p->out_c,
                                 .filter_h = case_range(r, 1, p->out_h < 3 ? p->out_h : 3),
                                 .filter_w = case_range(r, 1, p->out_w < 3 ? p->out_w : 3),
                                 .min = -128,
                                 .max = 127};
    if (case_range(r, 0, 1) && p->out_h > 1 && p->out_w > 1) pool.filter_h = pool.filter_w = 2;
    pool.stride_h = pool.filter_h + (case_range(r, 0, 5) == 0);
    pool.stride_w = pool.filter_w + (case_range(r, 0, 5) == 0);
    pool.out_h = (p->out_h - pool.filter_h) / pool.stride_h + 1;
    pool.out_w = (p->out_w - pool.filter_w) / pool.stride_w + 1;
    return pool;
}

/* Shifts to the right only, as octet_step_takes_pool asks for. */
static inline void case_shift_right(octet_requantize *q, int32_t out_c) {
    for (int32_t i = 0; i < out_c; i++)
        if (q->shift[i] > 0) ((int32_t *)(uintptr_t)q->shift)[i] = 0;
}

/* How often outputs were compared, by operator and kernel: a case that has no fast kernel compares nothing. */
typedef struct octet_case_tally {
    const char *what, *name; /* NULL behind the last */
    unsigned long long n;
} octet_case_tally;
static octet_case_tally octet_case_tallies[64];

static inline bool case_equal(const char *what, const void *a, const void *b, size_t n, const char *name) {
    octet_case_tally *tally = octet_case_tallies;
    while (tally->what != NULL && (strcmp(tally->what, what) != 0 || strcmp(tally->name, name) != 0)) tally++;
    *tally = (octet_case_tally){what, name, tally->n + 1};
    if (memcmp(a, b, n) == 0) return true;
    size_t i = 0;
    while (((const uint8_t *)a)[i] == ((const uint8_t *)b)[i]) i++;
    fprintf(stderr, "%s (%s): byte %zu of %zu: %d, the reference has %d\n", what, name, i, n, ((const int8_t *)b)[i],
            ((const int8_t *)a)[i]);
    return false;
}

#endif
