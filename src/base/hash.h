/* base/hash.h - one 64-bit hash of bytes, for tables, for telling samples apart and for fingerprints.
 * In:  bytes, and the hash of what came before them.
 * Out: 64 bits. Equal input gives an equal hash on any CPU; of different inputs two meet by chance only (2^-64 a pair).
 * Knows: 8 bytes at a time, read as little endian numbers; about 2 GB/s.
 * Does not know: byte order of what the bytes stand for (a float hashes as it lies in memory); adversaries: whoever
 *        wants two inputs with one hash finds them, so a table compares what it finds. */
#ifndef OCTET_BASE_HASH_H
#define OCTET_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* `before`: 0, or the hash of the parts before this one. Where a part ends counts: "ab", "c" is another input than
 * "abc" or "a", "bc". `data` may be NULL where `size` is 0. */
uint64_t octet_hash(uint64_t before, const void *data, size_t size);
/* Of a text without its NUL. */
uint64_t octet_hash_text(uint64_t before, const char *text);

#endif
