/* base/crc32c.h - the checksum CRC-32C (Castagnoli), as TensorFlow's files hold it.
 * In:  bytes, and the checksum of what came before them.
 * Out: 32 bits.
 * Knows: RFC 3720, appendix B.4; LevelDB's masked form.
 * Does not know: CRC-32 of zip and PNG, which has another polynomial (zlib computes it). */
#ifndef OCTET_BASE_CRC32C_H
#define OCTET_BASE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* `before`: 0, or the checksum of the bytes before these. `data` may be NULL where `size` is 0. */
uint32_t octet_crc32c(uint32_t before, const void *data, size_t size);
/* As a file stores the checksum of bytes that may hold checksums themselves. */
uint32_t octet_crc32c_mask(uint32_t crc);

#endif
