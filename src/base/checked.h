/* base/checked.h - integer arithmetic that says when it overflows.
 * In:  integers, often read from files.
 * Out: results, or false.
 * Knows: C integers.
 * Does not know: contexts; the caller words the error. */
#ifndef OCTET_BASE_CHECKED_H
#define OCTET_BASE_CHECKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline bool octet_add_size(size_t a, size_t b, size_t *out) { return !__builtin_add_overflow(a, b, out); }
static inline bool octet_multiply_size(size_t a, size_t b, size_t *out) { return !__builtin_mul_overflow(a, b, out); }
static inline bool octet_multiply_i64(int64_t a, int64_t b, int64_t *out) { return !__builtin_mul_overflow(a, b, out); }
static inline bool octet_add_i64(int64_t a, int64_t b, int64_t *out) { return !__builtin_add_overflow(a, b, out); }
static inline bool octet_subtract_i64(int64_t a, int64_t b, int64_t *out) { return !__builtin_sub_overflow(a, b, out); }

/* value rounded up to a multiple of `alignment`, a power of two. */
static inline bool octet_align_size(size_t value, size_t alignment, size_t *out) {
    if (!octet_add_size(value, alignment - 1, out)) return false;
    *out &= ~(alignment - 1);
    return true;
}

/* What compressed bytes may become: 64 MiB, or 100 times their size where that is more. Weights and samples shrink by
 * less; what shrinks more is made to fill memory. */
static inline size_t octet_inflated_limit(uint64_t compressed_bytes) {
    const uint64_t least = UINT64_C(64) << 20;
    if (compressed_bytes > SIZE_MAX / 100) return SIZE_MAX;
    return (size_t)(100 * compressed_bytes > least ? 100 * compressed_bytes : least);
}

#endif
