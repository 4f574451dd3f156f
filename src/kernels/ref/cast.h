/* kernels/ref/cast.h - CAST between number types.
 * In:  n elements of one type.
 * Out: n elements of another.
 * Knows: f32, f16, s64, s32, s16, s8, u8, bool. Float to integer truncates and saturates (NaN gives the greatest
 *        number, as in LiteRT); integer to narrower integer wraps; to bool is "not zero".
 * Does not know: tensors, scales (quantized numbers are cast as they stand).
 * Exact: equal to LiteRT's kernel. */
#ifndef OCTET_KERNELS_REF_CAST_H
#define OCTET_KERNELS_REF_CAST_H

#include <stddef.h>
#include <stdint.h>

typedef enum octet_cast_type {
    OCTET_CAST_F32,
    OCTET_CAST_F16,
    OCTET_CAST_S64,
    OCTET_CAST_S32,
    OCTET_CAST_S16,
    OCTET_CAST_S8,
    OCTET_CAST_U8,
    OCTET_CAST_BOOL,
    OCTET_N_CAST_TYPES
} octet_cast_type;

void octet_cast_ref(octet_cast_type from, octet_cast_type to, const void *in, void *out, size_t n);

#endif
