#include "kernels/ref/arithmetic.h"

#include <math.h>
#include <stdbool.h>

#include "kernels/ref/elementary.h"
#include "kernels/ref/fixed_point.h"
#include "kernels/ref/target.h"

/* A row function: x and y are the operands of one element, p the parameters. The
 * two common strides get loops of their own. */
#define ROW(name, type, expression)                                                                               \
    OCTET_TARGET_AVX2 static void name(const void *params, const void *const *in, const int32_t *step, void *out, \
                                       int32_t n) {                                                               \
        const octet_arithmetic_params *p = params;                                                                \
        const type *a = in[0], *b = in[1];                                                                        \
        type *o = out;                                                                                            \
        (void)p;                                                                                                  \
        if (step[0] == 1 && step[1] == 1) {                                                                       \
            for (int32_t i = 0; i < n; i++) {                                                                     \
                const type x = a[i], y = b[i];                                                                    \
                o[i] = (expression);                                                                              \
            }                                                                                                     \
        } else if (step[0] == 1) {                                                                                \
            const type y = b[0];                                                                                  \
            for (int32_t i = 0; i < n; i++) {                                                                     \
                const type x = a[i];                                                                              \
                o[i] = (expression);                                                                              \
            }                                                                                                     \
        } else {                                                                                                  \
            const type x = a[0];                                                                                  \
            for (int32_t i = 0; i < n; i++) {                                                                     \
                const type y = b[i * step[1]];                                                                    \
                o[i] = (expression);                                                                              \
            }                                                                                                     \
        }                                                                                                         \
    }

ROW(add_f32, float, octet_clamp_f32(x + y, p->real_min, p->real_max))
ROW(sub_f32, float, octet_clamp_f32(x - y, p->real_min, p->real_max))
ROW(mul_f32, float, octet_clamp_f32(x *y, p->real_min, p->real_max))
ROW(div_f32, float, octet_clamp_f32(x / y, p->real_min, p->real_max))
ROW(maximum_f32, float, x > y ? x : y)
ROW(minimum_f32, float, x < y ? x : y)
ROW(squared_difference_f32, float, (x - y) * (x - y))
ROW(pow_f32, float, (float)octet_pow_f64((double)x, (double)y))
ROW(floor_div_f32, float, floorf(x / y))

static float floor_mod_float(float x, float y) {
    const float rest = fmodf(x, y);
    return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
}
ROW(floor_mod_f32, float, floor_mod_float(x, y))

static int64_t clamp_s64(int64_t value, int64_t min, int64_t max) {
    return value < min ? min : value > max ? max : value;
}

static int32_t wrap_multiply_s32(int32_t x, int32_t y) { return (int32_t)((uint32_t)x * (uint32_t)y); }
static int64_t wrap_multiply_s64(int64_t x, int64_t y) { return (int64_t)((uint64_t)x * (uint64_t)y); }

/* Truncating; 0 for a zero divisor, wrapping for the least number by -1. */
static int64_t divide(int64_t x, int64_t y) { return y == 0 ? 0 : y == -1 ? (int64_t)(0 - (uint64_t)x) : x / y; }
static int64_t modulo(int64_t x, int64_t y) { return y == 0 || y == -1 ? 0 : x % y; }
static int64_t floor_divide(int64_t x, int64_t y) { return divide(x, y) - (modulo(x, y) != 0 && (x < 0) != (y < 0)); }
static int64_t floor_modulo(int64_t x, int64_t y) {
    const int64_t rest = modulo(x, y);
    return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
}
/* As TFLite: by squaring, wrapping; a negative exponent gives 0 but for bases 1 and -1 (LiteRT refuses it). */
static int32_t power_s32(int32_t x, int32_t y) {
    if (y < 0) return x == 1 ? 1 : x == -1 ? (y & 1 ? -1 : 1) : 0;
    int32_t result = 1;
    for (; y > 0; y >>= 1) {
        if (y & 1) result = wrap_multiply_s32(result, x);
        x = wrap_multiply_s32(x, x);
    }
    return result;
}

ROW(add_s32, int32_t, (int32_t)clamp_s64(octet_fixed_wrap_add(x, y), p->min, p->max))
ROW(sub_s32, int32_t, (int32_t)clamp_s64(octet_fixed_wrap_subtract(x, y), p->min, p->max))
ROW(mul_s32, int32_t, (int32_t)clamp_s64(wrap_multiply_s32(x, y), p->min, p->max))
ROW(div_s32, int32_t, (int32_t)clamp_s64((int32_t)divide(x, y), p->min, p->max))
ROW(maximum_s32, int32_t, x > y ? x : y)
ROW(minimum_s32, int32_t, x < y ? x : y)
ROW(squared_difference_s32, int32_t,
    wrap_multiply_s32(octet_fixed_wrap_subtract(x, y), octet_fixed_wrap_subtract(x, y)))
ROW(pow_s32, int32_t, power_s32(x, y))
ROW(floor_div_s32, int32_t, (int32_t)floor_divide(x, y))
ROW(floor_mod_s32, int32_t, (int32_t)floor_modulo(x, y))

ROW(add_s64, int64_t, clamp_s64((int64_t)((uint64_t)x + (uint64_t)y), p->min, p->max))
ROW(sub_s64, int64_t, clamp_s64((int64_t)((uint64_t)x - (uint64_t)y), p->min, p->max))
ROW(mul_s64, int64_t, clamp_s64(wrap_multiply_s64(x, y), p->min, p->max))
ROW(maximum_s64, int64_t, x > y ? x : y)
ROW(minimum_s64, int64_t, x < y ? x : y)
ROW(floor_div_s64, int64_t, floor_divide(x, y))
ROW(floor_mod_s64, int64_t, floor_modulo(x, y))

ROW(maximum_s16, int16_t, x > y ? x : y)
ROW(minimum_s16, int16_t, x < y ? x : y)
ROW(floor_div_s16, int16_t, (int16_t)floor_divide(x, y))
ROW(floor_mod_s16, int16_t, (int16_t)floor_modulo(x, y))

ROW(maximum_s8, int8_t, x > y ? x : y)
ROW(minimum_s8, int8_t, x < y ? x : y)
ROW(floor_div_s8, int8_t, (int8_t)floor_divide(x, y))
ROW(floor_mod_s8, int8_t, (int8_t)floor_modulo(x, y))

octet_broadcast_row *octet_arithmetic_row_ref(octet_arithmetic operation, octet_arithmetic_type type) {
    static octet_broadcast_row *const rows[OCTET_N_ARITHMETIC][OCTET_N_ARITHMETIC_TYPES] = {
        [OCTET_ARITHMETIC_ADD] = {add_f32, add_s32, add_s64, NULL, NULL},
        [OCTET_ARITHMETIC_SUB] = {sub_f32, sub_s32, sub_s64, NULL, NULL},
        [OCTET_ARITHMETIC_MUL] = {mul_f32, mul_s32, mul_s64, NULL, NULL},
        [OCTET_ARITHMETIC_DIV] = {div_f32, div_s32, NULL, NULL, NULL},
        [OCTET_ARITHMETIC_MAXIMUM] = {maximum_f32, maximum_s32, maximum_s64, maximum_s16, maximum_s8},
        [OCTET_ARITHMETIC_MINIMUM] = {minimum_f32, minimum_s32, minimum_s64, minimum_s16, minimum_s8},
        [OCTET_ARITHMETIC_SQUARED_DIFFERENCE] = {squared_difference_f32, squared_difference_s32, NULL, NULL, NULL},
        [OCTET_ARITHMETIC_POW] = {pow_f32, pow_s32, NULL, NULL, NULL},
        [OCTET_ARITHMETIC_FLOOR_DIV] = {floor_div_f32, floor_div_s32, floor_div_s64, floor_div_s16, floor_div_s8},
        [OCTET_ARITHMETIC_FLOOR_MOD] = {floor_mod_f32, floor_mod_s32, floor_mod_s64, floor_mod_s16, floor_mod_s8},
    };
    return rows[operation][type];
}
