/* json_mutate.h - mutates JSON by its structure.
 * In:  a text, a seed; a second text to take values from; words that fit the reader.
 * Out: another text, valid JSON if the first one was, but for one call in eight, in which bytes change.
 * Knows: JSON's grammar, with NaN and Infinity.
 * Does not know: what keys and values mean. */
#ifndef OCTET_TESTS_FUZZ_JSON_MUTATE_H
#define OCTET_TESTS_FUZZ_JSON_MUTATE_H

#include "fuzz/mutate.h"

enum { JSON_MUTATE_MAX_WORD = 64 };

/* Writes a word for a string (is_key: for a key) into `out`, without quotation marks, NUL-terminated. */
typedef void json_mutate_word(mutate_random *random, int is_key, char out[JSON_MUTATE_MAX_WORD]);

/* The text of `size` bytes at `data` becomes another of at most max_size bytes; returns its size. word: NULL for none
 * but those of the text. */
size_t mutate_json(uint8_t *data, size_t size, size_t max_size, mutate_random *random, json_mutate_word *word);
/* Puts a value of the second text in place of one of the first. 0: not possible. */
size_t mutate_json_cross(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2, uint8_t *out,
                         size_t max_size, mutate_random *random);

#endif
