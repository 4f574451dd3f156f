#include "base/hash.h"

#include <string.h>

/* Odd numbers with as many ones as zeros in no pattern: 2^64 / golden ratio, and two of splitmix64's finalizer. */
static const uint64_t STEP = UINT64_C(0x9e3779b97f4a7c15), MIX_1 = UINT64_C(0xbf58476d1ce4e5b9),
                      MIX_2 = UINT64_C(0x94d049bb133111eb);

/* One load on little-endian processors. */
static uint64_t word_at(const uint8_t *p) {
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 | (uint64_t)p[4] << 32 |
           (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 | (uint64_t)p[7] << 56;
}

/* Every step is one to one in the hash and in the word, so inputs that differ in one word never meet. The word is mixed
 * before it meets the hash: a flipped sign bit, which one product leaves where it is, must not cancel against another
 * bit of the next word. That part does not wait for the word before. */
static uint64_t add_word(uint64_t hash, uint64_t word) {
    word *= MIX_1;
    word = (word ^ word >> 32) * MIX_2;
    hash ^= word;
    return (hash << 27 | hash >> 37) * STEP;
}

uint64_t octet_hash(uint64_t before, const void *data, size_t size) {
    const uint8_t *bytes = data;
    uint64_t hash = add_word(before + STEP, size), last = 0;
    for (; size >= 8; size -= 8, bytes += 8) hash = add_word(hash, word_at(bytes));
    for (size_t i = 0; i < size; i++) last |= (uint64_t)bytes[i] << 8 * i;
    hash = add_word(hash, last);
    hash = (hash ^ hash >> 30) * MIX_1;
    hash = (hash ^ hash >> 27) * MIX_2;
    return hash ^ hash >> 31;
}

uint64_t octet_hash_text(uint64_t before, const char *text) { return octet_hash(before, text, strlen(text)); }
