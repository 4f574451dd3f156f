/* kernel_cases.h - random small cases of fast kernels, compared with the reference kernels byte by byte.
 * In:  a seed and a set of OCTET_CPU_* bits.
 * Out: true when both gave the same bytes; the case is printed otherwise.
 * Knows: kernels.
 * Does not know: cmocka; used by tests/unit/test_fast_*.c (thousands of cases) and
 *        tests/fuzz/fuzz_kernels.c (millions). */
#ifndef OCTET_TESTS_KERNEL_CASES_H
#define OCTET_TESTS_KERNEL_CASES_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/column_cases.h"
#include "fuzz/conv_cases.h"
#include "kernels/fast/cpu.h"
#include "kernels/fast/select.h"
#include "kernels/fast/softmax.h"
#include "kernels/ref/conv.h"
#include "kernels/ref/fully_connected.h"

static inline octet_fully_connected_params case_dense(octet_case *c) {
    octet_case_random *r = &c->random;
    return (octet_fully_connected_params){.rows = case_range(r, 0, 1) ? 1 : case_range(r, 1, 20),
                                          .depth = case_range(r, 1, 90),
                                          .out_c = case_range(r, 1, 80),
                                          .real_min = case_range(r, 0, 1) ? 0.0f : -INFINITY,
                                          .real_max = INFINITY};
}

static inline bool case_dense_s8(octet_case *c) {
    octet_fully_connected_params p = case_dense(c);
    p.q = case_requantize(c, p.out_c, p.depth, case_range(&c->random, 0, 2) > 0);
    case_weight_zero_point(c, &p.q);
    const int8_t *input = case_s8(c, (size_t)(p.rows * p.depth) + OCTET_PRODUCT_SLACK, -128),
                 *weights = case_s8(c, (size_t)(p.out_c * p.depth), case_range(&c->random, 0, 3) == 0 ? -128 : -127);
    const int32_t *bias = case_bias(c, p.out_c, p.depth);
    const size_t n_out = (size_t)(p.rows * p.out_c);
    int8_t *expected = case_bytes(c, n_out), *got = case_bytes(c, n_out);
    octet_fully_connected_s8_ref(&p, input, weights, bias, expected, 0, (int32_t)n_out);
    const octet_window_shape shape = octet_window_shape_of_fully_connected(&p);
    octet_product *product;
    if (octet_product_make_s8(&c->ctx, &c->arena, c->cpu, &shape, (uint32_t)p.out_c, &p.q, weights, bias, &product) !=
        OCTET_OK)
        return false;
    if (product == NULL) return true;
    case_product_run(c, product, input, got);
    return case_equal("FULLY_CONNECTED int8", expected, got, n_out, product->kernel->name);
}

static inline bool case_dense_f32(octet_case *c) {
    const octet_fully_connected_params p = case_dense(c);
    const float *input = case_f32(c, (size_t)(p.rows * p.depth) + OCTET_PRODUCT_SLACK),
                *weights = case_f32(c, (size_t)(p.out_c * p.depth));
    const float *bias = case_range(&c->random, 0, 3) ? case_f32(c, (size_t)p.out_c) : NULL;
    const size_t n_out = (size_t)(p.rows * p.out_c);
    float *expected = case_bytes(c, n_out * 4), *got = case_bytes(c, n_out * 4);
    octet_fully_connected_f32_ref(&p, input, weights, bias, expected, 0, (int32_t)n_out);
    const octet_window_shape shape = octet_window_shape_of_fully_connected(&p);
    octet_product *product;
    if (octet_product_make_f32(&c->ctx, &c->arena, c->cpu, &shape, (uint32_t)p.out_c, p.real_min, p.real_max, weights,
                               bias, &product) != OCTET_OK) {
        return false;
    }
    if (product == NULL) return true;
    case_product_run(c, product, input, got);
    return case_equal("FULLY_CONNECTED float32", expected, got, n_out * 4, product->kernel->name);
}

static inline octet_depthwise_params case_depthwise(octet_case *c) {
    const bool any = case_range(&c->random, 0, 1) == 0; /* else 3x3, which has a kernel of its own */
    octet_conv_2d_params v;
    do { v = case_conv(c); } while (!any && (v.filter_h != 3 || v.filter_w != 3));
    octet_depthwise_params p = {.batches = v.batches,
                                .in_h = v.in_h,
                                .in_w = v.in_w,
                                .in_c = case_range(&c->random, 1, case_range(&c->random, 0, 3) == 0 ? 8 : 80),
                                .out_h = v.out_h,
                                .out_w = v.out_w,
                                .multiplier = 1,
                                .filter_h = v.filter_h,
                                .filter_w = v.filter_w,
                                .stride_h = v.stride_h,
                                .stride_w = v.stride_w,
                                .dilation_h = v.dilation_h,
                                .dilation_w = v.dilation_w,
                                .pad_top = v.pad_top,
                                .pad_left = v.pad_left,
                                .real_min = v.real_min,
                                .real_max = v.real_max};
    p.out_c = p.in_c;
    return p;
}
static inline void case_channelwise_run(octet_case *c, const octet_channelwise *f, const void *input, void *output) {
    void *shared = case_bytes(c, octet_channelwise_shared_bytes(f));
    memset(shared, 0x5A, octet_channelwise_shared_bytes(f));
    octet_channelwise_prepare(f, input, shared, 0, octet_channelwise_prepare_units(f));
    const uint32_t units = octet_channelwise_units(f), split = (uint32_t)case_range(&c->random, 0, (int32_t)units);
    octet_channelwise_run(f, input, shared, output, split, units);
    octet_channelwise_run(f, input, shared, output, 0, split);
}

static inline bool case_depthwise_s8(octet_case *c) {
    octet_depthwise_params p = case_depthwise(c);
    const int32_t depth = p.filter_h * p.filter_w;
    p.q = case_requantize(c, p.out_c, depth, false);
    case_weight_zero_point(c, &p.q);
    const size_t n_in = (size_t)p.batches * (size_t)(p.in_h * p.in_w * p.in_c),
                 n_out = (size_t)p.batches * (size_t)(p.out_h * p.out_w * p.out_c);
    const int8_t *input = case_s8(c, n_in + OCTET_CHANNEL_SLACK, -128),
                 *filter = case_s8(c, (size_t)(p.out_c * depth), case_range(&c->random, 0, 3) == 0 ? -128 : -127);
    const int32_t *bias = case_bias(c, p.out_c, depth);
    int8_t *expected = case_bytes(c, n_out), *got = case_bytes(c, n_out);
    octet_depthwise_s8_ref(&p, input, filter, bias, expected, 0, p.batches * p.out_h);
    octet_channelwise *f;
    if (octet_channelwise_make_s8(&c->ctx, &c->arena, c->cpu, &p, filter, bias, &f) != OCTET_OK) return false;
    if (f == NULL) return true;
    case_channelwise_run(c, f, input, got);
    return case_equal("DEPTHWISE_CONV_2D int8", expected, got, n_out, f->kernel->name);
}

static inline bool case_depthwise_f32(octet_case *c) {
    const octet_depthwise_params p = case_depthwise(c);
    const size_t n_in = (size_t)p.batches * (size_t)(p.in_h * p.in_w * p.in_c),
                 n_out = (size_t)p.batches * (size_t)(p.out_h * p.out_w * p.out_c);
    const float *input = case_f32(c, n_in + OCTET_CHANNEL_SLACK),
                *filter = case_f32(c, (size_t)(p.out_c * p.filter_h * p.filter_w));
    const float *bias = case_range(&c->random, 0, 3) ? case_f32(c, (size_t)p.out_c) : NULL;
    float *expected = case_bytes(c, n_out * 4), *got = case_bytes(c, n_out * 4);
    octet_depthwise_f32_ref(&p, input, filter, bias, expected, 0, p.batches * p.out_h);
    octet_channelwise *f;
    if (octet_channelwise_make_f32(&c->ctx, &c->arena, c->cpu, &p, filter, bias, &f) != OCTET_OK) return false;
    if (f == NULL) return true;
    case_channelwise_run(c, f, input, got);
    return case_equal("DEPTHWISE_CONV_2D float32", expected, got, n_out * 4, f->kernel->name);
}

static inline bool case_arithmetic_s8(octet_case *c) {
    octet_case_random *r = &c->random;
    static const octet_arithmetic operations[] = {OCTET_ARITHMETIC_ADD, OCTET_ARITHMETIC_SUB, OCTET_ARITHMETIC_MUL};
    const octet_arithmetic operation = operations[case_range(r, 0, 2)];
    octet_arithmetic_quantized_params p = {.zero_point = {case_range(r, -128, 127), case_range(r, -128, 127)},
                                           .zero_out = case_range(r, -128, 127),
                                           .min = case_range(r, 0, 1) ? -128 : case_range(r, -128, 0),
                                           .max = case_range(r, 0, 1) ? 127 : case_range(r, 0, 127)};
    float scale[2];
    for (int i = 0; i < 2; i++) scale[i] = exp2f((float)case_range(r, -3000, 0) / 1000.0f);
    if (case_range(r, 0, 4) == 0) scale[1] = scale[0];
    if (case_range(r, 0, 4) == 0) scale[1] = scale[0] * 0.75f;
    const float scale_out = exp2f((float)case_range(r, -4000, 2000) / 1000.0f);
    if (!octet_arithmetic_quantized_prepare(operation, 8, scale, scale_out, &p)) return true;
    const int32_t n = case_range(r, 1, 100), step[2] = {case_range(r, 0, 4) > 0, case_range(r, 0, 4) > 0};
    const int8_t *a = case_s8(c, (size_t)n + 16, -128), *b = case_s8(c, (size_t)n + 16, -128);
    const void *const in[2] = {a, b};
    int8_t *expected = case_bytes(c, (size_t)n), *got = case_bytes(c, (size_t)n);
    octet_arithmetic_quantized_row_ref(operation, OCTET_ARITHMETIC_S8)(&p, in, step, expected, n);
    octet_broadcast_row *row;
    octet_rows_s8 *fast;
    const size_t declared = case_range(r, 0, 2) > 0 ? SIZE_MAX : 1; /* of few elements no joint form is made */
    if (octet_rows_make_s8(&c->ctx, &c->arena, c->cpu, operation, &p, declared, &row, &fast) != OCTET_OK) return false;
    if (row == NULL) return true;
    row(fast, in, step, got, n);
    return case_equal("ADD, SUB or MUL int8", expected, got, (size_t)n,
                      fast->is_joint ? "joint"
                      : fast->split  ? "split"
                                     : "general");
}

static inline bool case_pool(octet_case *c) {
    const octet_pool_kernel *kernel = octet_select_pool_2d(c->cpu);
    if (kernel == NULL) return true;
    octet_case_random *r = &c->random;
    const octet_conv_2d_params v = case_conv(c);
    octet_pool_2d_params p = {.batches = v.batches,
                              .in_h = v.in_h,
                              .in_w = v.in_w,
                              .channels = case_range(r, 1, 80),
                              .filter_h = v.filter_h,
                              .filter_w = v.filter_w,
                              .stride_h = v.stride_h,
                              .stride_w = v.stride_w,
                              .pad_top = (v.filter_h - 1) / 2,
                              .pad_left = (v.filter_w - 1) / 2,
                              .real_min = v.real_min,
                              .real_max = v.real_max,
                              .min = case_range(r, 0, 1) ? -128 : -20,
                              .max = case_range(r, 0, 1) ? 127 : 40};
    p.out_h = (p.in_h - 1) / p.stride_h + 1;
    p.out_w = (p.in_w - 1) / p.stride_w + 1;
    const size_t n_in = (size_t)p.batches * (size_t)(p.in_h * p.in_w * p.channels);
    const size_t n_out = (size_t)p.batches * (size_t)(p.out_h * p.out_w * p.channels);
    const int8_t *small = case_s8(c, n_in + 64, -128);
    const float *real = case_f32(c, n_in + 64);
    float *expected = case_bytes(c, n_out * 4), *got = case_bytes(c, n_out * 4);
    const int32_t units = p.batches * p.out_h, kind = case_range(r, 0, 3);
    if (kind == 0) {
        octet_max_pool_2d_s8_ref(&p, small, (int8_t *)expected, 0, units);
        kernel->max_s8(&p, small, (int8_t *)got, 0, units);
    }
    if (kind == 1) {
        octet_average_pool_2d_s8_ref(&p, small, (int8_t *)expected, 0, units);
        kernel->average_s8(&p, small, (int8_t *)got, 0, units);
    }
    if (kind == 2) {
        octet_max_pool_2d_f32_ref(&p, real, expected, 0, units);
        kernel->max_f32(&p, real, got, 0, units);
    }
    if (kind == 3) {
        octet_average_pool_2d_f32_ref(&p, real, expected, 0, units);
        kernel->average_f32(&p, real, got, 0, units);
    }
    return case_equal("pooling", expected, got, n_out * (kind < 2 ? 1 : 4), kind % 2 ? "average" : "max");
}

static inline bool case_mean(octet_case *c) {
    octet_case_random *r = &c->random;
    const int32_t n = case_range(r, 1, 3), h = case_range(r, 1, 9), w = case_range(r, 1, 9),
                  channels = case_range(r, 4, 150);
    octet_reduce_params p = {.n_outputs = n * channels,
                             .count = h * w,
                             .n_kept = 2,
                             .n_reduced = 2,
                             .kept = {{n, h * w * channels}, {channels, 1}},
                             .reduced = {{h, w * channels}, {w, channels}},
                             .input_zero_point = case_range(r, -128, 127),
                             .output_zero_point = case_range(r, -128, 127)};
    const octet_mean_kernel *kernel = octet_select_mean(c->cpu);
    if (kernel == NULL) return true;
    if (!octet_mean_fast_fits(&p)) return false;
    if (!octet_reduce_prepare_mean(&p, exp2f((float)case_range(r, -3000, 3000) / 1000.0f), 1.0f)) return true;
    const size_t n_in = (size_t)(n * h * w * channels), n_out = (size_t)p.n_outputs;
    const int32_t split = case_range(r, 0, p.n_outputs);
    float *expected = case_bytes(c, n_out * 4), *got = case_bytes(c, n_out * 4);
    if (case_range(r, 0, 1)) {
        const float *real = case_f32(c, n_in);
        octet_mean_f32_ref(&p, real, expected, 0, p.n_outputs);
        kernel->f32(&p, real, got, split, p.n_outputs);
        kernel->f32(&p, real, got, 0, split);
        return case_equal("MEAN float32", expected, got, n_out * 4, "rows");
    }
    const int8_t *small = case_s8(c, n_in, -128);
    octet_mean_s8_ref(&p, small, (int8_t *)expected, 0, p.n_outputs);
    kernel->s8(&p, small, (int8_t *)got, split, p.n_outputs);
    kernel->s8(&p, small, (int8_t *)got, 0, split);
    return case_equal("MEAN int8", expected, got, n_out, "rows");
}

static inline bool case_winograd(octet_case *c) {
    octet_case_random *r = &c->random;
    const int32_t pad = case_range(r, 0, 1);
    octet_conv_2d_params p = {.batches = case_range(r, 1, 2),
                              .in_h = case_range(r, 4, 12),
                              .in_w = case_range(r, 4, 12),
                              .in_c = 2 * (case_range(r, 0, 3) == 0 ? case_range(r, 31, 40) : case_range(r, 8, 30)),
                              .out_c = case_range(r, 16, 50),
                              .filter_h = 3,
                              .filter_w = 3,
                              .groups = 1,
                              .stride_h = 1,
                              .stride_w = 1,
                              .dilation_h = 1,
                              .dilation_w = 1,
                              .pad_top = pad,
                              .pad_left = pad};
    p.filter_c = p.in_c;
    p.out_h = p.in_h - 2 + 2 * pad;
    p.out_w = p.in_w - 2 + 2 * pad;
    if (case_range(r, 0, 2) == 0) return case_pooled(c, p);
    p.q = case_requantize(c, p.out_c, 9 * p.in_c, false);
    const size_t n_in = (size_t)p.batches * (size_t)(p.in_h * p.in_w * p.in_c),
                 n_out = (size_t)p.batches * (size_t)(p.out_h * p.out_w * p.out_c);
    const int8_t *input = case_s8(c, n_in, -128),
                 *filter = case_s8(c, (size_t)(p.out_c * 9 * p.in_c), case_range(r, 0, 3) == 0 ? -128 : -127);
    const int32_t *bias = case_bias(c, p.out_c, 9 * p.in_c);
    int8_t *expected = case_bytes(c, n_out), *got = case_bytes(c, n_out);
    octet_conv_2d_s8_ref(&p, input, filter, bias, expected, 0, p.batches * p.out_h);
    const octet_window_shape shape = octet_window_shape_of_conv_2d(&p);
    octet_winograd *w;
    if (octet_winograd_make(&c->ctx, &c->arena, c->cpu, &shape, (uint32_t)p.out_c, &p.q, filter, bias, &w) != OCTET_OK)
        return false;
    if (w == NULL) return true;
    case_winograd_run(c, w, input, got);
    return case_equal("CONV_2D int8", expected, got, n_out, "winograd");
}

static inline bool case_softmax_s8(octet_case *c) {
    octet_case_random *r = &c->random;
    octet_softmax_params p = {.rows = case_range(r, 1, 3),
                              .depth = case_range(r, 0, 9) ? case_range(r, 1, 40) : case_range(r, 250, 500),
                              .beta = 1.0f};
    if (!octet_softmax_prepare_s8(&p, exp2f((float)case_range(r, -9000, 2000) / 1000.0f), p.beta)) return true;
    const size_t n = (size_t)(p.rows * p.depth);
    const int8_t *x = case_s8(c, n, -128);
    int8_t *expected = case_bytes(c, n), *got = case_bytes(c, n);
    octet_softmax_fast *fast = case_bytes(c, sizeof *fast);
    octet_softmax_fast_make(&p, fast);
    octet_softmax_s8_ref(&p, x, expected, 0, p.rows);
    octet_softmax_s8_fast(fast, x, got, 0, p.rows);
    return case_equal("SOFTMAX int8", expected, got, n, "table");
}

typedef bool octet_case_function(octet_case *c);
static octet_case_function *const octet_cases[] = {
    case_conv_s8,       case_conv_f32,      case_dense_s8,  case_dense_f32, case_depthwise_s8,
    case_depthwise_f32, case_arithmetic_s8, case_pool,      case_mean,      case_softmax_s8,
    case_winograd,      case_lines_s8,      case_conv_pool, case_columns,   case_strips};
enum { OCTET_N_CASES = sizeof octet_cases / sizeof octet_cases[0] };

/* Case number `seed` of a kind on a set of CPU bits. */
static inline bool octet_case_run(octet_case_function *function, uint64_t seed, uint32_t cpu) {
    octet_case c = {.random = {seed * UINT64_C(0x2545F4914F6CDD1D)}, .cpu = cpu};
    octet_context_init(&c.ctx);
    const bool ok = function(&c);
    if (!ok) fprintf(stderr, "seed %llu, cpu bits %u: %s\n", (unsigned long long)seed, cpu, c.ctx.message);
    octet_arena_free(&c.ctx, &c.arena);
    return ok;
}

/* The sets of bits worth testing on this machine: every kernel it can run. Returns their number. */
static inline uint32_t octet_case_cpus(uint32_t sets[6]) {
    const uint32_t all = octet_cpu_detect();
    uint32_t n = 0;
    if (all & OCTET_CPU_AVX2) sets[n++] = OCTET_CPU_AVX2;
    if (all & OCTET_CPU_AVX512) sets[n++] = all & (OCTET_CPU_AVX2 | OCTET_CPU_AVX512 | OCTET_CPU_AVX512_VNNI);
    if (all & OCTET_CPU_AMX_INT8) sets[n++] = all; /* or the model of its instructions */
#ifdef OCTET_AVX_VNNI_AS_EVEX                      /* see kernels/fast/x86/product_s8_avxvnni.c */
    if (all & OCTET_CPU_AVX512_VNNI) sets[n++] = OCTET_CPU_AVX2 | OCTET_CPU_AVX_VNNI;
#endif
    if (all & OCTET_CPU_AVX_VNNI) sets[n++] = OCTET_CPU_AVX2 | OCTET_CPU_AVX_VNNI;
    if (all & OCTET_CPU_NEON) sets[n++] = OCTET_CPU_NEON;
    if (all & OCTET_CPU_NEON_DOTPROD) sets[n++] = OCTET_CPU_NEON | OCTET_CPU_NEON_DOTPROD;
    return n;
}

#endif
