/* mutate.h - what the structure-aware mutators share: random numbers, and the mutation of plain bytes.
 * In:  a seed from the fuzzer.
 * Out: the same numbers for the same seed; numbers that readers tend to get wrong.
 * Knows: libFuzzer's interface, which AFL++ and honggfuzz's drivers speak too.
 * Does not know: formats. */
#ifndef OCTET_TESTS_FUZZ_MUTATE_H
#define OCTET_TESTS_FUZZ_MUTATE_H

#include <stddef.h>
#include <stdint.h>

/* libFuzzer's own mutation of bytes, which goes by what the program compared before; mutate.c has a poor stand-in for
 * the drivers that lack it. Returns the new size, at most max_size. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
/* A target that mutates by structure defines these two. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2, uint8_t *out,
                                 size_t max_size, unsigned int seed);

typedef struct mutate_random {
    uint64_t state;
} mutate_random;

static inline mutate_random mutate_seed(unsigned int seed) {
    return (mutate_random){UINT64_C(0x9e3779b97f4a7c15) * ((uint64_t)seed + 1)};
}

uint64_t mutate_next(mutate_random *random);
/* Below n; 0 for n = 0. */
uint32_t mutate_below(mutate_random *random, size_t n);
/* True once in n times. */
static inline int mutate_once_in(mutate_random *random, uint32_t n) { return mutate_below(random, n) == 0; }

/* An integer near a limit of some type, a small one, or one near `old`. */
int64_t mutate_integer(mutate_random *random, int64_t old);
/* A real number: infinite, not a number, tiny, huge, near `old`. */
double mutate_real(mutate_random *random, double old);

#endif
