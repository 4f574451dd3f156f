/* kernels/ref/unary.h - functions of one number: ABS, EXP, LOG, ..., and activations, on f32, s32 and s64.
 * In:  n elements.
 * Out: n elements; out may be in.
 * Knows: elementary.h. `alpha` is the slope of LEAKY_RELU; the others ignore it.
 * Does not know: quantization (unary_quantized.h), tensors.
 * Exact: ABS, NEG, SQUARE, FLOOR, CEIL, ROUND (half to even), SIGN, SQRT, RSQRT, RELU*, LEAKY_RELU and HARD_SWISH equal
 *        TFLite's reference kernels bit for bit; EXP, LOG, SIN, COS, LOGISTIC, TANH and ELU are correctly rounded but
 *        for rare ties, and GELU is TFLite's float32 formula over a correctly rounded erf or tanh (TFLite uses its C
 *        library's float functions: within 4 ulp). */
#ifndef OCTET_KERNELS_REF_UNARY_H
#define OCTET_KERNELS_REF_UNARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum octet_unary {
    OCTET_UNARY_ABS,
    OCTET_UNARY_EXP,
    OCTET_UNARY_LOG,
    OCTET_UNARY_SQRT,
    OCTET_UNARY_RSQRT,
    OCTET_UNARY_SIN,
    OCTET_UNARY_COS,
    OCTET_UNARY_NEG,
    OCTET_UNARY_SQUARE,
    OCTET_UNARY_FLOOR,
    OCTET_UNARY_CEIL,
    OCTET_UNARY_ROUND,
    OCTET_UNARY_SIGN,
    OCTET_UNARY_LOGISTIC,
    OCTET_UNARY_TANH,
    OCTET_UNARY_RELU,
    OCTET_UNARY_RELU6,
    OCTET_UNARY_RELU_N1_TO_1,
    OCTET_UNARY_RELU_0_TO_1,
    OCTET_UNARY_LEAKY_RELU,
    OCTET_UNARY_ELU,
    OCTET_UNARY_GELU,
    OCTET_UNARY_GELU_APPROXIMATE, /* through tanh */
    OCTET_UNARY_HARD_SWISH,
    OCTET_N_UNARY
} octet_unary;

typedef void octet_unary_f32(const float *in, float *out, size_t n, float alpha);
octet_unary_f32 *octet_unary_f32_ref(octet_unary operation);
/* The same but for LOGISTIC, which rounds after every step, as TFLite's reference kernel does. */
octet_unary_f32 *octet_unary_f32_plain(octet_unary operation);

/* ABS, NEG, SQUARE and SIGN, wrapping; false for others. */
bool octet_unary_s32_ref(octet_unary operation, const int32_t *in, int32_t *out, size_t n);
bool octet_unary_s64_ref(octet_unary operation, const int64_t *in, int64_t *out, size_t n);

#endif
