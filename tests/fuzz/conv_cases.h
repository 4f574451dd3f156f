/* conv_cases.h - random convolutions and pools behind them for kernel_cases.h.
 * In:  a case with its seed and a set of OCTET_CPU_* bits.
 * Out: true when fast and reference kernels gave the same bytes; how kernels of several phases are run.
 * Knows: kernels.
 * Does not know: which cases are run how often. */
#ifndef OCTET_TESTS_CONV_CASES_H
#define OCTET_TESTS_CONV_CASES_H

#include "fuzz/kernel_random.h"
#include "kernels/fast/cpu.h"
#include "kernels/fast/select.h"
#include "kernels/ref/conv.h"

/* Runs a product in random pieces, in random order of the units. */
static inline void case_product_run(octet_case *c, const octet_product *p, const void *input, void *output) {
    void *shared = case_bytes(c, octet_product_shared_bytes(p));
    memset(shared, 0x5A, octet_product_shared_bytes(p));
    const uint32_t prepare = octet_product_prepare_units(p), units = octet_product_units(p);
    const uint32_t half = prepare / 2;
    octet_product_prepare(p, input, shared, half, prepare);
    octet_product_prepare(p, input, shared, 0, half);
    const uint32_t split = (uint32_t)case_range(&c->random, 0, (int32_t)units);
    octet_product_run(p, input, shared, output, split, units);
    octet_product_run(p, input, shared, output, 0, split);
}

static inline void case_strips_run(octet_case *c, const octet_strips *strips, const int8_t *input, int8_t *output) {
    void *shared = case_bytes(c, octet_strips_shared_bytes(strips));
    memset(shared, 0x5A, octet_strips_shared_bytes(strips));
    for (uint32_t phase = 0; phase < 2; phase++) {
        const uint32_t units = octet_strips_units(strips, phase),
                       split = (uint32_t)case_range(&c->random, 0, (int32_t)units);
        octet_strips_run(strips, phase, input, shared, output, split, units);
        octet_strips_run(strips, phase, input, shared, output, 0, split);
    }
}

static inline void case_winograd_run(octet_case *c, const octet_winograd *w, const int8_t *input, int8_t *output) {
    void *shared = case_bytes(c, octet_winograd_shared_bytes(w));
    memset(shared, 0x5A, octet_winograd_shared_bytes(w));
    for (uint32_t phase = 0; phase < octet_winograd_phases(w); phase++) {
        const uint32_t units = octet_winograd_units(w, phase),
                       split = (uint32_t)case_range(&c->random, 0, (int32_t)units);
        octet_winograd_run(w, phase, input, shared, output, split, units);
        octet_winograd_run(w, phase, input, shared, output, 0, split);
    }
}

/* A convolution whose window fits; VALID when pads are 0. */
static inline octet_conv_2d_params case_conv(octet_case *c) {
    octet_case_random *r = &c->random;
    octet_conv_2d_params p = {.batches = case_range(r, 1, 2),
                              .groups = case_range(r, 0, 5) == 0 ? case_range(r, 1, 3) : 1,
                              .filter_h = case_range(r, 1, 4),
                              .filter_w = case_range(r, 1, 4),
                              .stride_h = case_range(r, 1, 2),
                              .stride_w = case_range(r, 1, 3),
                              .dilation_h = case_range(r, 0, 5) == 0 ? 2 : 1,
                              .dilation_w = case_range(r, 0, 5) == 0 ? 2 : 1};
    if (case_range(r, 0, 2) == 0) p.filter_h = p.filter_w = 1;
    p.filter_c = case_range(r, 1, case_range(r, 0, 3) == 0 ? 40 : 9);
    p.in_c = p.filter_c * p.groups;
    p.out_c = p.groups * case_range(r, 1, case_range(r, 0, 2) == 0 ? 70 : 20);
    p.in_h = (p.filter_h - 1) * p.dilation_h + case_range(r, 1, 9);
    p.in_w = (p.filter_w - 1) * p.dilation_w + case_range(r, 1, 9);
    const bool padded = case_range(r, 0, 1) == 0;
    const int32_t wide_h = (p.filter_h - 1) * p.dilation_h, wide_w = (p.filter_w - 1) * p.dilation_w;
    p.pad_top = padded ? wide_h / 2 : 0;
    p.pad_left = padded ? wide_w / 2 : 0;
    p.out_h = (p.in_h + (padded ? wide_h : 0) - wide_h - 1) / p.stride_h + 1;
    p.out_w = (p.in_w + (padded ? wide_w : 0) - wide_w - 1) / p.stride_w + 1;
    p.real_min = case_range(r, 0, 2) == 0 ? 0.0f : -INFINITY;
    p.real_max = case_range(r, 0, 2) == 0 ? 6.0f : INFINITY;
    return p;
}
static inline bool case_conv_s8_of(octet_case *c, octet_conv_2d_params p) {
    const int32_t depth = p.filter_h * p.filter_w * p.filter_c;
    p.q = case_requantize(c, p.out_c, depth, false);
    case_weight_zero_point(c, &p.q);
    const size_t n_in = (size_t)p.batches * (size_t)(p.in_h * p.in_w * p.in_c),
                 n_out = (size_t)p.batches * (size_t)(p.out_h * p.out_w * p.out_c);
    const int8_t *input = case_s8(c, n_in + OCTET_PRODUCT_SLACK, -128),
                 *filter = case_s8(c, (size_t)(p.out_c * depth), case_range(&c->random, 0, 3) == 0 ? -128 : -127);
    const int32_t *bias = case_bias(c, p.out_c, depth);
    int8_t *expected = case_bytes(c, n_out), *got = case_bytes(c, n_out);
    octet_conv_2d_s8_ref(&p, input, filter, bias, expected, 0, p.batches * p.out_h);
    const octet_window_shape shape = octet_window_shape_of_conv_2d(&p);
    octet_product *product;
    if (octet_product_make_s8(&c->ctx, &c->arena, c->cpu, &shape, (uint32_t)p.out_c, &p.q, filter, bias, &product) !=
        OCTET_OK)
        return false;
    if (product == NULL) return true;
    case_product_run(c, product, input, got);
    return case_equal("CONV_2D int8", expected, got, n_out, product->kernel->name);
}

/* Lines of windows that are worth tiles: wide, deep, with many outputs. */
static inline octet_conv_2d_params case_lines(octet_case *c) {
    octet_case_random *r = &c->random;
    octet_conv_2d_params p = case_conv(c);
    const int32_t wide_h = (p.filter_h - 1) * p.dilation_h, wide_w = (p.filter_w - 1) * p.dilation_w;
    p.in_h = wide_h + case_range(r, 1, 5);
    p.in_w = wide_w + case_range(r, 5, 45);
    p.filter_c = case_range(r, 8, case_range(r, 0, 3) == 0 ? 140 : 40);
    if (case_range(r, 0, 1)) p.filter_c = (p.filter_c + 3) / 4 * 4;
    p.in_c = p.filter_c * p.groups;
    p.out_c = p.groups * case_range(r, 12, case_range(r, 0, 2) == 0 ? 80 : 40);
    const bool padded = p.pad_top + p.pad_left > 0;
    p.out_h = (p.in_h + (padded ? wide_h : 0) - wide_h - 1) / p.stride_h + 1;
    p.out_w = (p.in_w + (padded ? wide_w : 0) - wide_w - 1) / p.stride_w + 1;
    return p;
}
static inline bool case_conv_s8(octet_case *c) { return case_conv_s8_of(c, case_conv(c)); }
static inline bool case_lines_s8(octet_case *c) {
    return !(c->cpu & OCTET_CPU_AMX_INT8) || case_conv_s8_of(c, case_lines(c));
}

/* A convolution and the max pool behind it against one after the other: by Winograd where that fits, else as a product.
 */
static inline bool case_pooled(octet_case *c, octet_conv_2d_params p) {
    const int32_t depth = p.filter_h * p.filter_w * p.filter_c;
    p.q = case_requantize(c, p.out_c, depth, false);
    case_shift_right(&p.q, p.out_c);
    case_weight_zero_point(c, &p.q);
    const octet_pool_2d_params pool = case_pool_of(c, &p);
    const size_t n_in = (size_t)p.batches * (size_t)(p.in_h * p.in_w * p.in_c),
                 n_map = (size_t)p.batches * (size_t)(p.out_h * p.out_w * p.out_c),
                 n_out = (size_t)p.batches * (size_t)(pool.out_h * pool.out_w * p.out_c);
    const int8_t *input = case_s8(c, n_in + OCTET_PRODUCT_SLACK, -128),
                 *filter = case_s8(c, (size_t)(p.out_c * depth), case_range(&c->random, 0, 3) == 0 ? -128 : -127);
    const int32_t *bias = case_bias(c, p.out_c, depth);
    int8_t *map = case_bytes(c, n_map), *expected = case_bytes(c, n_out), *got = case_bytes(c, n_out);
    octet_conv_2d_s8_ref(&p, input, filter, bias, map, 0, p.batches * p.out_h);
    octet_max_pool_2d_s8_ref(&pool, map, expected, 0, p.batches * pool.out_h);
    const octet_window_shape shape = octet_window_shape_of_pooled(&p, &pool);
    octet_winograd *w;
    octet_strips *strips;
    octet_product *product;
    if (octet_winograd_make(&c->ctx, &c->arena, c->cpu, &shape, (uint32_t)p.out_c, &p.q, filter, bias, &w) != OCTET_OK)
        return false;
    if (w != NULL) {
        case_winograd_run(c, w, input, got);
        return case_equal("CONV_2D + MAX_POOL_2D int8", expected, got, n_out, "winograd");
    }
    if (octet_strips_make(&c->ctx, &c->arena, c->cpu, &shape, (uint32_t)p.out_c, &p.q, filter, bias, &strips) !=
        OCTET_OK)
        return false;
    if (strips != NULL) {
        case_strips_run(c, strips, input, got);
        if (!case_equal("CONV_2D + MAX_POOL_2D int8", expected, got, n_out, strips->kernel->name)) return false;
    }
    if (octet_product_make_s8(&c->ctx, &c->arena, c->cpu, &shape, (uint32_t)p.out_c, &p.q, filter, bias, &product) !=
        OCTET_OK)
        return false;
    if (product == NULL) return true;
    case_product_run(c, product, input, got);
    return case_equal("CONV_2D + MAX_POOL_2D int8", expected, got, n_out, product->kernel->name);
}

static inline bool case_conv_pool(octet_case *c) { return case_pooled(c, case_conv(c)); }
/* One channel, as strips.h takes it. */
static inline bool case_strips(octet_case *c) {
    octet_case_random *r = &c->random;
    octet_conv_2d_params p = {.batches = case_range(r, 1, 2),
                              .in_h = case_range(r, 6, 14),
                              .in_w = case_range(r, 12, 60),
                              .in_c = 1,
                              .filter_c = 1,
                              .out_c = case_range(r, 1, 20),
                              .groups = 1,
                              .filter_h = case_range(r, 1, 5),
                              .filter_w = case_range(r, 1, 6),
                              .stride_h = case_range(r, 1, 2),
                              .stride_w = case_range(r, 1, 2),
                              .dilation_h = 1,
                              .dilation_w = 1};
    p.pad_top = case_range(r, 0, 1) ? (p.filter_h - 1) / 2 : 0;
    p.pad_left = case_range(r, 0, 1) ? (p.filter_w - 1) / 2 : 0;
    p.out_h = (p.in_h + 2 * p.pad_top - p.filter_h) / p.stride_h + 1;
    p.out_w = (p.in_w + 2 * p.pad_left - p.filter_w) / p.stride_w + 1;
    return case_pooled(c, p);
}

static inline bool case_conv_f32(octet_case *c) {
    const octet_conv_2d_params p = case_conv(c);
    const int32_t depth = p.filter_h * p.filter_w * p.filter_c;
    const size_t n_in = (size_t)p.batches * (size_t)(p.in_h * p.in_w * p.in_c),
                 n_out = (size_t)p.batches * (size_t)(p.out_h * p.out_w * p.out_c);
    const float *input = case_f32(c, n_in + OCTET_PRODUCT_SLACK), *filter = case_f32(c, (size_t)(p.out_c * depth));
    const float *bias = case_range(&c->random, 0, 3) ? case_f32(c, (size_t)p.out_c) : NULL;
    float *expected = case_bytes(c, n_out * 4), *got = case_bytes(c, n_out * 4);
    octet_conv_2d_f32_ref(&p, input, filter, bias, expected, 0, p.batches * p.out_h);
    const octet_window_shape shape = octet_window_shape_of_conv_2d(&p);
    octet_product *product;
    if (octet_product_make_f32(&c->ctx, &c->arena, c->cpu, &shape, (uint32_t)p.out_c, p.real_min, p.real_max, filter,
                               bias, &product) != OCTET_OK) {
        return false;
    }
    if (product == NULL) return true;
    case_product_run(c, product, input, got);
    return case_equal("CONV_2D float32", expected, got, n_out * 4, product->kernel->name);
}

#endif
