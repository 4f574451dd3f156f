#include "kernels/ref/arithmetic_quantized.h"

#include <stddef.h>

#include "kernels/ref/fixed_function.h"
#include "kernels/ref/fixed_point.h"
#include "kernels/ref/target.h"

#define ROW(name, type, function)                                                                               \
    static void name(const void *params, const void *const *in, const int32_t *step, void *out, int32_t n) {    \
        const octet_arithmetic_quantized_params *p = params;                                                    \
        const type *a = in[0], *b = in[1];                                                                      \
        type *o = out;                                                                                          \
        for (int32_t i = 0; i < n; i++) {                                                                       \
            const int32_t x = a[i * step[0]] - p->zero_point[0], y = b[i * step[1]] - p->zero_point[1];         \
            o[i] = (type)octet_clamp_s32(octet_fixed_wrap_add(function(p, x, y), p->zero_out), p->min, p->max); \
        }                                                                                                       \
    }

/* Both operands in one scale, twice the larger one, with left_shift more bits. */
static inline int32_t scaled(const octet_arithmetic_quantized_params *p, int32_t i, int32_t x) {
    return octet_fixed_scale(octet_fixed_wrap_left(x, p->left_shift), p->multiplier[i], p->shift[i]);
}
static inline int32_t add(const octet_arithmetic_quantized_params *p, int32_t x, int32_t y) {
    return octet_fixed_scale(octet_fixed_wrap_add(scaled(p, 0, x), scaled(p, 1, y)), p->multiplier_out, p->shift_out);
}
static inline int32_t subtract(const octet_arithmetic_quantized_params *p, int32_t x, int32_t y) {
    return octet_fixed_scale(octet_fixed_wrap_subtract(scaled(p, 0, x), scaled(p, 1, y)), p->multiplier_out,
                             p->shift_out);
}
static inline int32_t multiply(const octet_arithmetic_quantized_params *p, int32_t x, int32_t y) {
    return octet_fixed_scale((int32_t)((uint32_t)x * (uint32_t)y), p->multiplier_out, p->shift_out);
}
static inline int32_t squared_difference(const octet_arithmetic_quantized_params *p, int32_t x, int32_t y) {
    const int32_t d = octet_fixed_wrap_subtract(scaled(p, 0, x), scaled(p, 1, y));
    return octet_fixed_scale((int32_t)((uint32_t)d * (uint32_t)d), p->multiplier_out, p->shift_out);
}

/* x / y: the reciprocal of |y| normalized to [1, 2), x with its free bits used up. */
static inline int32_t divide(const octet_arithmetic_quantized_params *p, int32_t x, int32_t y) {
    if (y == 0) return x == 0 ? 0 : x > 0 ? INT32_MAX / 2 : INT32_MIN / 2;
    if (y < 0) {
        x = -x;
        y = -y;
    }
    const int32_t zeros = __builtin_clz((unsigned)y);
    const int32_t inverse = octet_fixed_reciprocal((int32_t)(((uint32_t)y << zeros) - (UINT32_C(1) << 31)));
    /* Sign bits of x; as gemmlowp counts them, one more than for ~x when x is -2^k. */
    const int32_t headroom = x == 0 ? 31 : __builtin_clz(x < 0 ? 2 * (unsigned)-x - 1 : (unsigned)x) - (x > 0);
    const int32_t quotient = octet_fixed_high_multiply(octet_fixed_wrap_left(x, headroom), inverse);
    const int32_t scaled_quotient = octet_fixed_high_multiply(quotient, p->multiplier_out);
    const int32_t shift =
        p->shift_out - (31 - zeros) - headroom; /* -92..30: TFLite's is undefined above 0 and below -31 */
    if (shift > 0) return octet_fixed_saturating_left(scaled_quotient, shift) / 2;
    return shift < -31 ? 0 : octet_fixed_round_shift(scaled_quotient, -shift);
}

ROW(add_s8, int8_t, add)
ROW(sub_s8, int8_t, subtract)
ROW(mul_s8, int8_t, multiply)
ROW(div_s8, int8_t, divide)
ROW(squared_difference_s8, int8_t, squared_difference)
ROW(add_s16, int16_t, add)
ROW(sub_s16, int16_t, subtract)
ROW(mul_s16, int16_t, multiply)
ROW(div_s16, int16_t, divide)

/* ADD and SUB: m_i = s_i / (2 max s), out = 2 max s / (2^left s_out), quotients of float32
 * values in double. SQUARED_DIFFERENCE: out = (2 max s)^2 / (2^(2 left) s_out). MUL: s_1 s_2
 * / s_out in float32. DIV: s_1 / (s_2 s_out). */
bool octet_arithmetic_quantized_prepare(octet_arithmetic operation, int32_t bits, const float *scale, float scale_out,
                                        octet_arithmetic_quantized_params *p) {
    const bool squares = operation == OCTET_ARITHMETIC_SQUARED_DIFFERENCE;
    p->left_shift = 0;
    if (operation == OCTET_ARITHMETIC_MUL) {
        const float product = scale[0] * scale[1], real = product / scale_out;
        return octet_fixed_multiplier((double)real, &p->multiplier_out, &p->shift_out);
    }
    if (operation == OCTET_ARITHMETIC_DIV) {
        const float product = scale[1] * scale_out, real = scale[0] / product;
        return octet_fixed_multiplier((double)real, &p->multiplier_out, &p->shift_out);
    }
    p->left_shift = squares ? 7 : bits == 16 ? 15 : 20;
    const double twice = 2.0 * (double)(scale[0] > scale[1] ? scale[0] : scale[1]);
    const double unit = (double)(float)(1 << p->left_shift);
    const double out =
        squares ? twice * twice / (unit * unit * (double)scale_out) : twice / (double)((float)unit * scale_out);
    bool fits = octet_fixed_multiplier(out, &p->multiplier_out, &p->shift_out);
    for (int32_t i = 0; i < 2; i++) {
        fits = fits && octet_fixed_multiplier((double)scale[i] / twice, &p->multiplier[i], &p->shift[i]);
    }
    return fits;
}

octet_broadcast_row *octet_arithmetic_quantized_row_ref(octet_arithmetic operation, octet_arithmetic_type type) {
    const bool wide = type == OCTET_ARITHMETIC_S16;
    switch (operation) {
    case OCTET_ARITHMETIC_ADD: return wide ? add_s16 : add_s8;
    case OCTET_ARITHMETIC_SUB: return wide ? sub_s16 : sub_s8;
    case OCTET_ARITHMETIC_MUL: return wide ? mul_s16 : mul_s8;
    case OCTET_ARITHMETIC_DIV: return wide ? div_s16 : div_s8;
    case OCTET_ARITHMETIC_SQUARED_DIFFERENCE: return wide ? NULL : squared_difference_s8;
    case OCTET_ARITHMETIC_MAXIMUM:
    case OCTET_ARITHMETIC_MINIMUM:
    case OCTET_ARITHMETIC_POW:
    case OCTET_ARITHMETIC_FLOOR_DIV:
    case OCTET_ARITHMETIC_FLOOR_MOD:
    case OCTET_N_ARITHMETIC: break;
    }
    return NULL;
}
