/* What goes where indices say: GATHER, GATHER_ND, SCATTER_ND, ONE_HOT, DYNAMIC_UPDATE_SLICE, TOPK_V2 and CUMSUM, with
 * every type and width of index, against their definitions over random shapes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "kernels/ref/copy.h"
#include "kernels/ref/gather.h"
#include "kernels/ref/order.h"
#include "kernels/ref/scatter.h"

enum { MAX = 2048, ROUNDS = 100 };

static uint32_t state = 13;
static uint32_t next(void) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}
static int32_t pick(int32_t low, int32_t high) { return low + (int32_t)(next() % (uint32_t)(high - low + 1)); }

/* The same indices in three widths. */
static int32_t indices[MAX];
static int64_t wide[MAX];
static int16_t narrow[MAX];
static void set_index(int32_t i, int32_t value) {
    indices[i] = value;
    wide[i] = value;
    narrow[i] = (int16_t)value;
}
static const void *of_size(int32_t size) {
    return size == 8 ? (const void *)wide : size == 4 ? (const void *)indices : (const void *)narrow;
}
static int32_t clamped(int32_t index, int32_t size) { return index < 0 ? 0 : index >= size ? size - 1 : index; }

/* Indices beyond the axis count as its ends. */
static void gathers(void **unused) {
    (void)unused;
    static int16_t data[MAX], out[MAX];
    for (int32_t i = 0; i < MAX; i++) data[i] = (int16_t)(3 * i);
    for (int turn = 0; turn < ROUNDS; turn++) {
        octet_gather_params p = {.index_size = 2 << turn % 3};
        p.batches = pick(1, 3);
        p.outer = pick(1, 3);
        p.axis = pick(1, 5);
        p.n_indices = pick(1, 4);
        const int32_t row = pick(1, 3);
        p.row_bytes = (size_t)row * sizeof data[0];
        for (int32_t i = 0; i < p.batches * p.n_indices; i++) set_index(i, pick(-2, p.axis + 1));
        const uint32_t units = (uint32_t)(p.batches * p.outer * p.n_indices);
        octet_gather_ref(&p, data, of_size(p.index_size), out, units / 2, units);
        octet_gather_ref(&p, data, of_size(p.index_size), out, 0, units / 2);
        for (int32_t at = 0; at < (int32_t)units * row; at++) {
            const int32_t k = at / row % p.n_indices, slice = at / row / p.n_indices, batch = slice / p.outer;
            const int32_t index = clamped(indices[batch * p.n_indices + k], p.axis);
            assert_int_equal(out[at], data[(slice * p.axis + index) * row + at % row]);
        }
    }
}

static void gathers_of_points(void **unused) {
    (void)unused;
    static int16_t data[MAX], out[MAX];
    for (int32_t i = 0; i < MAX; i++) data[i] = (int16_t)(3 * i);
    for (int turn = 0; turn < ROUNDS; turn++) {
        octet_gather_nd_params p = {.index_size = 2 << turn % 3};
        p.depth = pick(0, 3);
        const int32_t row = pick(1, 3), n = pick(1, 6);
        p.row_bytes = (size_t)row * sizeof data[0];
        for (int32_t d = 0; d < p.depth; d++) p.axis[d] = pick(1, 4);
        for (int32_t i = 0; i < n * p.depth; i++) set_index(i, pick(-1, p.axis[i % p.depth]));
        octet_gather_nd_ref(&p, data, of_size(p.index_size), out, (uint32_t)n / 2, (uint32_t)n);
        octet_gather_nd_ref(&p, data, of_size(p.index_size), out, 0, (uint32_t)n / 2);
        for (int32_t at = 0; at < n * row; at++) {
            int32_t place = 0;
            for (int32_t d = 0; d < p.depth; d++)
                place = place * p.axis[d] + clamped(indices[at / row * p.depth + d], p.axis[d]);
            assert_int_equal(out[at], data[place * row + at % row]);
        }
    }
}

/* Updates at one place add up, wrapping; those outside are dropped. */
static void scatters(void **unused) {
    (void)unused;
    static float f32[MAX], out_f32[MAX];
    static int8_t s8[MAX], out_s8[MAX];
    static uint8_t u8[MAX], out_u8[MAX];
    static int32_t s32[MAX], out_s32[MAX];
    static int64_t s64[MAX], out_s64[MAX];
    for (int turn = 0; turn < ROUNDS; turn++) {
        octet_scatter_params p = {.index_size = 4 << turn % 2, .n_elements = 1};
        p.n_updates = pick(1, 9);
        p.depth = pick(1, 3);
        p.slice = (size_t)pick(1, 3);
        for (int32_t d = 0; d < p.depth; d++) {
            p.axis[d] = pick(1, 4);
            p.n_elements *= (size_t)p.axis[d];
        }
        p.n_elements *= p.slice;
        for (int32_t i = 0; i < p.n_updates * p.depth; i++) set_index(i, pick(-1, p.axis[i % p.depth]));
        int64_t want[MAX] = {0};
        for (int32_t i = 0; i < p.n_updates * (int32_t)p.slice; i++) {
            const int32_t x = pick(-100, 100), update = i / (int32_t)p.slice;
            f32[i] = (float)x;
            s8[i] = (int8_t)x;
            u8[i] = (uint8_t)x;
            s32[i] = x;
            s64[i] = x;
            size_t place = 0;
            bool inside = true;
            for (int32_t d = 0; d < p.depth; d++) {
                const int32_t index = indices[update * p.depth + d];
                inside = inside && index >= 0 && index < p.axis[d];
                place = place * (size_t)p.axis[d] + (size_t)(index < 0 ? 0 : index);
            }
            if (inside) want[place * p.slice + (size_t)i % p.slice] += x;
        }
        octet_scatter_f32_ref(&p, of_size(p.index_size), f32, out_f32);
        octet_scatter_s8_ref(&p, of_size(p.index_size), s8, out_s8);
        octet_scatter_u8_ref(&p, of_size(p.index_size), u8, out_u8);
        octet_scatter_s32_ref(&p, of_size(p.index_size), s32, out_s32);
        octet_scatter_s64_ref(&p, of_size(p.index_size), s64, out_s64);
        for (size_t i = 0; i < p.n_elements; i++) {
            assert_true(out_f32[i] == (float)want[i]);
            assert_int_equal(out_s8[i], (int8_t)(uint8_t)want[i]);
            assert_int_equal(out_u8[i], (uint8_t)want[i]);
            assert_int_equal(out_s32[i], want[i]);
            assert_int_equal(out_s64[i], want[i]);
        }
    }
}

static void one_hots(void **unused) {
    (void)unused;
    int16_t out[MAX];
    const int16_t on = 777, off = -3;
    for (int turn = 0; turn < ROUNDS; turn++) {
        octet_one_hot_params p = {.index_size = 4 << turn % 2, .element_size = 2};
        p.depth = pick(1, 5);
        p.suffix = pick(1, 4);
        const int32_t prefix = pick(1, 4);
        for (int32_t i = 0; i < prefix * p.suffix; i++) set_index(i, pick(-1, p.depth));
        const uint32_t units = (uint32_t)(prefix * p.depth);
        octet_one_hot_ref(&p, of_size(p.index_size), &on, &off, out, units / 2, units);
        octet_one_hot_ref(&p, of_size(p.index_size), &on, &off, out, 0, units / 2);
        for (int32_t at = 0; at < (int32_t)units * p.suffix; at++) {
            const int32_t index = indices[at / p.suffix / p.depth * p.suffix + at % p.suffix];
            assert_int_equal(out[at], at / p.suffix % p.depth == index ? on : off);
        }
    }
}

static void updated_slices(void **unused) {
    (void)unused;
    static int16_t operand[MAX], update[MAX], out[MAX];
    for (int32_t i = 0; i < MAX; i++) operand[i] = (int16_t)i, update[i] = (int16_t)(-i - 1);
    for (int turn = 0; turn < ROUNDS; turn++) {
        octet_update_slice_params p = {.index_size = 4 << turn % 2, .element_size = 2};
        p.rank = pick(1, 4);
        int32_t n = 1;
        for (int32_t d = 0; d < p.rank; d++) {
            p.dims[d] = pick(1, 5);
            p.update_dims[d] = pick(turn % 20 == 0 ? 0 : 1, p.dims[d]);
            n *= p.dims[d];
            set_index(d, pick(-2, p.dims[d] + 1));
        }
        octet_update_slice_ref(&p, operand, update, of_size(p.index_size), out);
        for (int32_t at = 0; at < n; at++) {
            int32_t left = at, from = 0, step = 1;
            bool inside = true;
            for (int32_t d = p.rank; d-- > 0; left /= p.dims[d]) {
                const int32_t last = p.dims[d] - p.update_dims[d];
                const int32_t start = indices[d] < 0 ? 0 : indices[d] > last ? last : indices[d];
                const int32_t place = left % p.dims[d] - start;
                inside = inside && place >= 0 && place < p.update_dims[d];
                from += place * step;
                step *= p.update_dims[d];
            }
            assert_int_equal(out[at], inside ? update[from] : operand[at]);
        }
    }
}

/* A view of an array with its axes in another order, or backwards, begun anywhere. */
static void copies(void **unused) {
    (void)unused;
    static int16_t in[MAX], out[MAX];
    for (int32_t i = 0; i < MAX; i++) in[i] = (int16_t)(7 * i);
    for (int turn = 0; turn < ROUNDS; turn++) {
        octet_copy_params p;
        int32_t size[4], stride[4], n = 1;
        const int32_t rank = pick(1, 4);
        ptrdiff_t first = 0;
        for (int32_t d = 0; d < rank; d++) {
            size[d] = pick(1, 5);
            stride[d] = n;
            n *= size[d];
            if (pick(0, 3) != 0) continue;
            first += (size[d] - 1) * stride[d];
            stride[d] = -stride[d];
        }
        octet_copy_begin(&p, sizeof in[0]);
        int32_t out_stride = n;
        for (int32_t d = 0; d < rank; d++) {
            out_stride /= size[d];
            octet_copy_add_axis(&p, size[d], 2 * stride[d], 2 * out_stride);
        }
        p.in_offset = 2 * first;
        const uint32_t rows = octet_copy_finish(&p), third = rows / 3;
        octet_copy_ref(&p, in, out, 2 * third, rows);
        octet_copy_ref(&p, in, out, third, 2 * third);
        octet_copy_ref(&p, in, out, 0, third);
        for (int32_t at = 0; at < n; at++) {
            ptrdiff_t from = first;
            for (int32_t d = rank, left = at; d-- > 0; left /= size[d]) from += left % size[d] * stride[d];
            assert_int_equal(out[at], in[from]);
        }
    }
}

/* The largest first, of equal ones the first. */
#define TOP_K(suffix, TYPE)                                                                                          \
    static void top_##suffix(const octet_top_k_params *p, uint32_t rows) {                                           \
        TYPE x[MAX], values[MAX];                                                                                    \
        int32_t places[MAX];                                                                                         \
        for (uint32_t i = 0; i < rows * (uint32_t)p->n; i++) x[i] = (TYPE)pick(-6, 6);                               \
        octet_top_k_##suffix##_ref(p, x, values, places, rows / 2, rows);                                            \
        octet_top_k_##suffix##_ref(p, x, values, places, 0, rows / 2);                                               \
        for (uint32_t row = 0; row < rows; row++) {                                                                  \
            bool taken[64] = {false};                                                                                \
            for (int32_t k = 0; k < p->k; k++) {                                                                     \
                int32_t best = -1;                                                                                   \
                for (int32_t i = 0; i < p->n; i++)                                                                   \
                    if (!taken[i] && (best < 0 || x[row * (uint32_t)p->n + (uint32_t)i] >                            \
                                                      x[row * (uint32_t)p->n + (uint32_t)best]))                     \
                        best = i;                                                                                    \
                taken[best] = true;                                                                                  \
                assert_int_equal(places[row * (uint32_t)p->k + (uint32_t)k], best);                                  \
                assert_true(values[row * (uint32_t)p->k + (uint32_t)k] == x[row * (uint32_t)p->n + (uint32_t)best]); \
            }                                                                                                        \
        }                                                                                                            \
    }
OCTET_ORDER_TYPES(TOP_K)

static void largest_first(void **unused) {
    (void)unused;
    for (int turn = 0; turn < 4 * ROUNDS; turn++) {
        octet_top_k_params p = {.n = pick(1, 40)};
        p.k = pick(0, p.n);
        const uint32_t rows = (uint32_t)pick(1, 3);
#define RUN(suffix, TYPE) top_##suffix(&p, rows);
        OCTET_ORDER_TYPES(RUN)
    }
}

static void running_sums(void **unused) {
    (void)unused;
    for (int turn = 0; turn < ROUNDS; turn++) {
        octet_cumsum_params p = {.exclusive = turn % 2 == 1, .reverse = turn / 2 % 2 == 1};
        p.n = pick(1, 6);
        p.inner = pick(1, 4);
        const int32_t outer = pick(1, 4), n = outer * p.n * p.inner;
        const uint32_t units = (uint32_t)(outer * p.inner);
        float f32[MAX], out_f32[MAX];
        int32_t s32[MAX], out_s32[MAX];
        int64_t s64[MAX], out_s64[MAX];
        for (int32_t i = 0; i < n; i++) {
            s32[i] = pick(0, 3) == 0 ? INT32_MAX : pick(-9, 9);
            s64[i] = pick(0, 3) == 0 ? INT64_MAX : pick(-9, 9);
            f32[i] = (float)pick(-9, 9);
        }
        octet_cumsum_f32_ref(&p, f32, out_f32, units / 2, units);
        octet_cumsum_f32_ref(&p, f32, out_f32, 0, units / 2);
        octet_cumsum_s32_ref(&p, s32, out_s32, 0, units);
        octet_cumsum_s64_ref(&p, s64, out_s64, 0, units);
        for (int32_t at = 0; at < n; at++) {
            const int32_t own = at / p.inner % p.n, first = at - own * p.inner;
            float sum = 0;
            uint64_t sum_s32 = 0, sum_s64 = 0;
            for (int32_t k = 0; k < p.n; k++) {
                if (p.reverse ? k < own : k > own) continue;
                if (p.exclusive && k == own) continue;
                sum += f32[first + k * p.inner];
                sum_s32 += (uint64_t)s32[first + k * p.inner];
                sum_s64 += (uint64_t)s64[first + k * p.inner];
            }
            assert_true(out_f32[at] == sum);
            assert_int_equal(out_s32[at], (int32_t)(uint32_t)sum_s32);
            assert_int_equal(out_s64[at], (int64_t)sum_s64);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(gathers),        cmocka_unit_test(gathers_of_points),
                                       cmocka_unit_test(scatters),       cmocka_unit_test(one_hots),
                                       cmocka_unit_test(updated_slices), cmocka_unit_test(largest_first),
                                       cmocka_unit_test(running_sums),   cmocka_unit_test(copies)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
