/* kernels/ref/target.h - several versions of one plain loop, chosen when the program is loaded.
 * In:  a function.
 * Out: the function compiled for the baseline and for a wider instruction set, the same results from both.
 * Knows: gcc's and clang's target_clones on x86-64 Linux; elsewhere, and under sanitizers (whose runtime is not up when
 *        the choice is made), nothing is added.
 * Does not know: kernels. */
#ifndef OCTET_KERNELS_REF_TARGET_H
#define OCTET_KERNELS_REF_TARGET_H

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || __has_feature(thread_sanitizer)
#define OCTET_TARGET_SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define OCTET_TARGET_SANITIZED 1
#endif

#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(OCTET_TARGET_SANITIZED) && \
    (!defined(__clang__) || __clang_major__ >= 17)
#define OCTET_TARGET_FMA __attribute__((target_clones("fma", "default")))   /* fmaf becomes one instruction */
#define OCTET_TARGET_AVX2 __attribute__((target_clones("avx2", "default"))) /* wider integer vectors */
#else
#define OCTET_TARGET_FMA
#define OCTET_TARGET_AVX2
#endif

/* For the inner loops of such functions: they must become part of each version. */
#if defined(__GNUC__)
#define OCTET_INLINE static inline __attribute__((always_inline))
#else
#define OCTET_INLINE static inline
#endif

#endif
