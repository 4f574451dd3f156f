#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fuzz/kernel_random.h"
#include "kernels/fast/bins.h"

enum { STRIDE = 64 };

typedef struct bounds {
    int32_t low[2], high[2]; /* of the two lanes of 16 bits */
} bounds;

/* What a step of a bin can add to its lanes; its weights with their signs are added to those of their step. */
static void add_step(const uint8_t *bin, uint32_t n, uint32_t i, bool turned, int16_t *seen, int32_t *correction,
                     bounds *b) {
    uint16_t offset;
    memcpy(&offset, bin + 2 * i, sizeof offset);
    assert_int_equal(offset % STRIDE, 0);
    for (uint32_t k = 0; k < 4; k++) {
        const uint8_t byte = bin[2 * n + 4 * i + k], mask = turned ? bin[6 * n + 4 * i + k] : 0;
        const int32_t size = turned ? byte : (int8_t)byte, least = turned ? -128 : 0, most = turned ? 127 : 255;
        b->low[k / 2] += size > 0 ? size * least : size * most;
        b->high[k / 2] += size > 0 ? size * most : size * least;
        const int32_t weight = mask == 0x7F ? -size : size;
        if (turned) *correction += 128 * weight + (weight < 0 ? size : 0);
        seen[offset / STRIDE * 4 + (uint16_t)k] = (int16_t)(seen[offset / STRIDE * 4 + (uint16_t)k] + weight);
    }
}

static const uint8_t *check_bins(const uint8_t *at, uint32_t count, uint32_t n, bool turned, int16_t *seen,
                                 int32_t *correction) {
    const size_t size = n * (size_t)(turned ? OCTET_BINS_TURNED_BYTES : OCTET_BINS_PLAIN_BYTES);
    for (; count > 0; count--, at += size) {
        bounds b = {{0}, {0}};
        for (uint32_t i = 0; i < n; i++) add_step(at, n, i, turned, seen, correction, &b);
        for (int lane = 0; lane < 2; lane++) assert_true(b.low[lane] >= INT16_MIN && b.high[lane] <= INT16_MAX);
    }
    return at;
}

/* No sum of a bin can leave int16, and all bins together multiply by every weight once. */
static void bins_hold(void **state) {
    (void)state;
    static const octet_bins_kinds kinds[] = {{0xF, 3}, {0xC, 1}, {4, 2}, {3, 3}, {1, 1}, {0xA, 1}};
    octet_case_random random = {7};
    for (uint32_t round = 0; round < 400; round++) {
        const uint32_t n_steps = (uint32_t)case_range(&random, 1, round % 20 ? 60 : OCTET_BINS_MAX_STEPS);
        const int32_t limit = case_range(&random, 0, 128);
        int8_t weights[OCTET_BINS_MAX_STEPS * 4];
        for (uint32_t i = 0; i < n_steps * 4; i++)
            weights[i] = (int8_t)case_range(&random, -limit, limit < 127 ? limit : 127);
        static uint8_t program[sizeof(octet_bins_head) + OCTET_BINS_MAX_STEPS * 4 * 6];
        uint32_t correction = 0;
        uint64_t cost = 0;
        const octet_bins_kinds allowed = kinds[round % 6];
        const size_t size = octet_bins_pack(weights, n_steps, STRIDE, allowed, program, &correction, &cost);
        assert_true(size <= octet_bins_most_bytes(n_steps));
        octet_bins_head head;
        memcpy(&head, program, sizeof head);
        int16_t seen[OCTET_BINS_MAX_STEPS * 4] = {0};
        int32_t expected = 0;
        const uint8_t *at = program + sizeof head;
        for (uint32_t n = OCTET_BINS_PLAIN; n > 0; n--) {
            assert_true(head.plain[n - 1] == 0 || (allowed.plain >> (n - 1) & 1));
            at = check_bins(at, head.plain[n - 1], n, false, seen, &expected);
        }
        for (uint32_t n = OCTET_BINS_TURNED; n > 0; n--) {
            assert_true(head.turned[n - 1] == 0 || (allowed.turned >> (n - 1) & 1));
            at = check_bins(at, head.turned[n - 1], n, true, seen, &expected);
        }
        assert_int_equal(at - program, size);
        assert_int_equal((int32_t)correction, expected);
        for (uint32_t i = 0; i < n_steps * 4; i++) assert_int_equal(seen[i], weights[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(bins_hold)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
