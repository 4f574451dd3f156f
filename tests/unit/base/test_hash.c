#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

static int compare(const void *a, const void *b) {
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* Files may hold hashes: the same on any CPU, now and later. */
static void hashes_are_these_numbers(void **state) {
    (void)state;
    assert_int_equal(octet_hash(0, NULL, 0), UINT64_C(0x05c7eb2905aa7df0));
    assert_int_equal(octet_hash(0, "abc", 3), UINT64_C(0xa4e34fb72383b2df));
    assert_int_equal(octet_hash_text(0, "octet quantizes"), UINT64_C(0xc90b9c03341f9e78));
    assert_int_equal(octet_hash(octet_hash(0, "ab", 2), "c", 1), UINT64_C(0x59848f2816ad7d60));
}

static void where_bytes_lie_does_not_matter(void **state) {
    (void)state;
    uint8_t room[64 + 8];
    for (size_t size = 0; size <= 64; size++) {
        uint64_t first = 0;
        for (size_t shift = 0; shift < 8; shift++) {
            memset(room, 0xee, sizeof room);
            for (size_t i = 0; i < size; i++) room[shift + i] = (uint8_t)(17 * i + 3);
            const uint64_t hash = octet_hash(5, room + shift, size);
            if (shift == 0) first = hash;
            assert_int_equal(hash, first);
        }
    }
}

/* Zeros of every length, every one bit in 40 bytes, every pair of such bits,
 * and parts cut at every place: no two meet. */
static void different_inputs_have_different_hashes(void **state) {
    (void)state;
    enum { SIZE = 40, BITS = 8 * SIZE, MOST = 2 * SIZE + BITS + BITS * BITS };
    uint64_t *hashes = calloc(MOST, sizeof *hashes);
    uint8_t bytes[SIZE] = {0};
    size_t n = 0;
    assert_non_null(hashes);
    for (size_t size = 0; size <= SIZE; size++) hashes[n++] = octet_hash(0, bytes, size);
    for (size_t cut = 0; cut < SIZE; cut++)
        hashes[n++] = octet_hash(octet_hash(0, bytes, cut), bytes + cut, SIZE - cut);
    for (size_t i = 0; i < BITS; i++) {
        for (size_t j = i; j < BITS; j++) {
            memset(bytes, 0, SIZE);
            bytes[i / 8] = (uint8_t)(1 << i % 8);
            bytes[j / 8] |= (uint8_t)(1 << j % 8);
            hashes[n++] = octet_hash(0, bytes, SIZE);
        }
    }
    assert_true(n <= MOST);
    qsort(hashes, n, sizeof *hashes, compare);
    for (size_t i = 1; i < n; i++) assert_true(hashes[i] != hashes[i - 1]);
    free(hashes);
}

/* A flipped bit of the input flips about half of the 64, and every one of them some time: low bits serve as slots. */
static void every_bit_counts_everywhere(void **state) {
    (void)state;
    enum { SIZE = 24, BITS = 8 * SIZE };
    uint8_t bytes[SIZE];
    uint32_t flips[64] = {0}, total = 0;
    for (size_t i = 0; i < SIZE; i++) bytes[i] = (uint8_t)(31 * i + 7);
    const uint64_t before = octet_hash(0, bytes, SIZE);
    for (size_t i = 0; i < BITS; i++) {
        bytes[i / 8] ^= (uint8_t)(1 << i % 8);
        const uint64_t changed = octet_hash(0, bytes, SIZE) ^ before;
        bytes[i / 8] ^= (uint8_t)(1 << i % 8);
        for (uint32_t bit = 0; bit < 64; bit++) flips[bit] += (uint32_t)(changed >> bit & 1);
    }
    for (uint32_t bit = 0; bit < 64; bit++) {
        assert_in_range(flips[bit], BITS / 3, BITS - BITS / 3);
        total += flips[bit];
    }
    assert_in_range(total, 31 * BITS, 33 * BITS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_are_these_numbers),
        cmocka_unit_test(where_bytes_lie_does_not_matter),
        cmocka_unit_test(different_inputs_have_different_hashes),
        cmocka_unit_test(every_bit_counts_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
