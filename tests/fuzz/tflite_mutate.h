/* tflite_mutate.h - mutates a .tflite by its structure.
 * In:  the bytes of a file, a seed; a second file to take parts from.
 * Out: another file: a sound flatbuffer, but for one call in eight, in which bytes change.
 * Knows: the tree of tables; which operators and options there are.
 * Does not know: which models are valid. */
#ifndef OCTET_TESTS_FUZZ_TFLITE_MUTATE_H
#define OCTET_TESTS_FUZZ_TFLITE_MUTATE_H

#include "fuzz/mutate.h"

/* Both as LLVMFuzzerCustomMutator and LLVMFuzzerCustomCrossOver. */
size_t mutate_tflite(uint8_t *data, size_t size, size_t max_size, unsigned int seed);
size_t mutate_tflite_cross(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2, uint8_t *out,
                           size_t max_size, unsigned int seed);

#endif
