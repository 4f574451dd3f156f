/* column_cases.h - random cases of columns.h, for kernel_cases.h.
 * In:  a case.
 * Out: true when the bytes are those of the reference.
 * Knows: convolutions that columns.h takes.
 * Does not know: other kernels. */
#ifndef OCTET_TESTS_COLUMN_CASES_H
#define OCTET_TESTS_COLUMN_CASES_H

#include "fuzz/kernel_random.h"
#include "kernels/fast/select.h"
#include "kernels/ref/conv.h"

/* Weights of one limit, some of them larger: what is alone in a bin, and what shares one with few or many. */
static inline int8_t *case_mixed_s8(octet_case *c, size_t n) {
    static const int32_t limits[] = {0, 2, 20, 60, 90, 127};
    int8_t *p = case_bytes(c, n);
    const int32_t limit = limits[case_range(&c->random, 0, 5)], rare = case_range(&c->random, 1, 12);
    for (size_t i = 0; i < n; i++) {
        p[i] = (int8_t)case_range(&c->random, -limit, limit);
        if (case_range(&c->random, 0, rare * rare) == 0) p[i] = case_u32(&c->random) & 1 ? 127 : -128;
    }
    return p;
}

/* Many windows, in whole vectors or not; the windows overlap or lie apart. */
static inline bool case_columns(octet_case *c) {
    octet_case_random *r = &c->random;
    const int32_t size = case_range(r, 0, 3) == 0 ? case_range(r, 1, 3) : 1,
                  pad = size > 1 ? case_range(r, 0, size - 1) : 0;
    octet_conv_2d_params p = {.batches = case_range(r, 1, 2),
                              .in_h = case_range(r, 4, 9),
                              .in_w = case_range(r, 4, 9),
                              .in_c = size > 1 ? case_range(r, 15, 60) : case_range(r, 32, 200),
                              .out_c = size > 1 ? case_range(r, 128, 140) : case_range(r, 32, 70),
                              .filter_h = size,
                              .filter_w = size,
                              .groups = 1,
                              .stride_h = case_range(r, 1, 2),
                              .stride_w = case_range(r, 1, 2),
                              .dilation_h = 1,
                              .dilation_w = case_range(r, 1, size > 2 ? 1 : 2),
                              .pad_top = pad,
                              .pad_left = pad};
    if (case_range(r, 0, 15) == 0) p.in_c = case_range(r, 400, 1200); /* more than one chunk */
    p.filter_c = p.in_c;
    p.out_h = (p.in_h + pad - size) / p.stride_h + 1;
    p.out_w = (p.in_w + pad - (size - 1) * p.dilation_w - 1) / p.stride_w + 1;
    const int32_t depth = size * size * p.in_c;
    p.q = case_requantize(c, p.out_c, depth, false);
    const size_t n_in = (size_t)p.batches * (size_t)(p.in_h * p.in_w * p.in_c),
                 n_out = (size_t)p.batches * (size_t)(p.out_h * p.out_w * p.out_c);
    const int8_t *input = case_s8(c, n_in + OCTET_PRODUCT_SLACK, -128),
                 *filter = case_mixed_s8(c, (size_t)p.out_c * (size_t)depth);
    const int32_t *bias = case_bias(c, p.out_c, depth);
    int8_t *expected = case_bytes(c, n_out), *got = case_bytes(c, n_out);
    octet_conv_2d_s8_ref(&p, input, filter, bias, expected, 0, p.batches * p.out_h);
    const octet_window_shape shape = octet_window_shape_of_conv_2d(&p);
    octet_columns *columns;
    if (octet_columns_make(&c->ctx, &c->arena, c->cpu, &shape, (uint32_t)p.out_c, &p.q, filter, bias, &columns) !=
        OCTET_OK)
        return false;
    if (columns == NULL) return true;
    void *shared = case_bytes(c, octet_columns_shared_bytes(columns));
    memset(shared, 0x5A, octet_columns_shared_bytes(columns));
    for (uint32_t phase = 0; phase < 3; phase++) {
        const uint32_t units = octet_columns_units(columns, phase), split = (uint32_t)case_range(r, 0, (int32_t)units);
        octet_columns_run(columns, phase, input, shared, got, split, units);
        octet_columns_run(columns, phase, input, shared, got, 0, split);
    }
    return case_equal("CONV_2D int8", expected, got, n_out, "columns");
}

#endif
