/* sanitized.h - whether a sanitizer watches the test.
 * In:  what the compiler says.
 * Out: IS_SANITIZED: 1 where address, threads or memory are watched, whose own memory lies beside the program's.
 * Knows: gcc's and clang's words for it.
 * Does not know: what a test makes of it. */
#ifndef OCTET_TESTS_SANITIZED_H
#define OCTET_TESTS_SANITIZED_H

#if defined(__has_feature)
#define OCTET_TESTS_HAS_FEATURE(name) __has_feature(name)
#else
#define OCTET_TESTS_HAS_FEATURE(name) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || OCTET_TESTS_HAS_FEATURE(address_sanitizer) || \
    OCTET_TESTS_HAS_FEATURE(thread_sanitizer) || OCTET_TESTS_HAS_FEATURE(memory_sanitizer)
#define IS_SANITIZED 1
#else
#define IS_SANITIZED 0
#endif

#endif
