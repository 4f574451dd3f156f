/* kernels/ref/flip.h - between int8 and uint8 whose zero points are 128 apart.
 * In:  n bytes of one type.
 * Out: the same real numbers in the other; out may be in.
 * Knows: x - 128 and x + 128 of a byte are one operation.
 * Does not know: tensors.
 * Exact by nature. */
#ifndef OCTET_KERNELS_REF_FLIP_H
#define OCTET_KERNELS_REF_FLIP_H

#include <stddef.h>
#include <stdint.h>

static inline void octet_flip_signs(const uint8_t *in, uint8_t *out, size_t n) {
    for (size_t i = 0; i < n; i++) out[i] = in[i] ^ 0x80;
}

#endif
