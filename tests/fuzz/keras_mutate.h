/* keras_mutate.h - mutates a Keras configuration by its structure.
 * In:  a byte, JSON up to the first NUL, other bytes; a seed; a second such input to take values from.
 * Out: another one: mostly the JSON changes, now and then the byte ("2" or "3") or what is behind the NUL.
 * Knows: the words of the importer's tables: classes, functions, attributes.
 * Does not know: where a word fits. */
#ifndef OCTET_TESTS_FUZZ_KERAS_MUTATE_H
#define OCTET_TESTS_FUZZ_KERAS_MUTATE_H

#include "fuzz/mutate.h"

/* Both as LLVMFuzzerCustomMutator and LLVMFuzzerCustomCrossOver. */
size_t mutate_keras(uint8_t *data, size_t size, size_t max_size, unsigned int seed);
size_t mutate_keras_cross(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2, uint8_t *out,
                          size_t max_size, unsigned int seed);

#endif
