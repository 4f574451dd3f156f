#include "kernels/ref/cast.h"

#include <stdbool.h>

#include "base/half.h"

/* Every number is either an int64 or a float32 on its way. */
typedef struct number {
    bool is_float;
    int64_t integer;
    float real;
} number;

static number load(octet_cast_type type, const void *in, size_t i) {
    number x = {.is_float = false};
    switch (type) {
    case OCTET_CAST_F32: x = (number){.is_float = true, .real = ((const float *)in)[i]}; break;
    case OCTET_CAST_F16: x = (number){.is_float = true, .real = octet_half_to_f32(((const uint16_t *)in)[i])}; break;
    case OCTET_CAST_S64: x.integer = ((const int64_t *)in)[i]; break;
    case OCTET_CAST_S32: x.integer = ((const int32_t *)in)[i]; break;
    case OCTET_CAST_S16: x.integer = ((const int16_t *)in)[i]; break;
    case OCTET_CAST_S8: x.integer = ((const int8_t *)in)[i]; break;
    case OCTET_CAST_U8: x.integer = ((const uint8_t *)in)[i]; break;
    case OCTET_CAST_BOOL:
    case OCTET_N_CAST_TYPES: x.integer = ((const uint8_t *)in)[i] != 0; break;
    }
    return x;
}

static int64_t to_integer(number x, int64_t min, int64_t max) {
    if (!x.is_float) return x.integer;
    if (x.real <= (float)min) return min;
    return x.real < (float)max ? (int64_t)x.real : max; /* NaN too */
}

static void store(octet_cast_type type, number x, void *out, size_t i) {
    switch (type) {
    case OCTET_CAST_F32: ((float *)out)[i] = x.is_float ? x.real : (float)x.integer; break;
    case OCTET_CAST_F16: ((uint16_t *)out)[i] = octet_half_from_f32(x.is_float ? x.real : (float)x.integer); break;
    case OCTET_CAST_S64: ((int64_t *)out)[i] = to_integer(x, INT64_MIN, INT64_MAX); break;
    case OCTET_CAST_S32: ((int32_t *)out)[i] = (int32_t)to_integer(x, INT32_MIN, INT32_MAX); break;
    case OCTET_CAST_S16: ((int16_t *)out)[i] = (int16_t)to_integer(x, INT16_MIN, INT16_MAX); break;
    case OCTET_CAST_S8: ((int8_t *)out)[i] = (int8_t)to_integer(x, INT8_MIN, INT8_MAX); break;
    case OCTET_CAST_U8: ((uint8_t *)out)[i] = (uint8_t)to_integer(x, 0, UINT8_MAX); break;
    case OCTET_CAST_BOOL:
    case OCTET_N_CAST_TYPES: ((uint8_t *)out)[i] = x.is_float ? x.real != 0 : x.integer != 0; break;
    }
}

void octet_cast_ref(octet_cast_type from, octet_cast_type to, const void *in, void *out, size_t n) {
    for (size_t i = 0; i < n; i++) store(to, load(from, in, i), out, i);
}
