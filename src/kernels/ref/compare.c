#include "kernels/ref/compare.h"

#include "kernels/ref/fixed_point.h"

#define ROW(name, type, expression)                                                                          \
    static void name(const void *params, const void *const *in, const int32_t *step, void *out, int32_t n) { \
        (void)params;                                                                                        \
        const type *a = in[0], *b = in[1];                                                                   \
        uint8_t *o = out;                                                                                    \
        for (int32_t i = 0; i < n; i++) {                                                                    \
            const type x = a[i * step[0]], y = b[i * step[1]];                                               \
            o[i] = (expression);                                                                             \
        }                                                                                                    \
    }

#define ROWS(suffix, type)                 \
    ROW(equal_##suffix, type, x == y)      \
    ROW(not_equal_##suffix, type, x != y)  \
    ROW(less_##suffix, type, x < y)        \
    ROW(less_equal_##suffix, type, x <= y) \
    ROW(greater_##suffix, type, x > y)     \
    ROW(greater_equal_##suffix, type, x >= y)

ROWS(f32, float)
ROWS(s32, int32_t)
ROWS(s64, int64_t)
ROWS(s16, int16_t)
ROWS(u8, uint8_t)
ROW(and_u8, uint8_t, x &&y)
ROW(or_u8, uint8_t, x || y)

static inline int32_t scaled(const octet_compare_params *p, int32_t i, int32_t q) {
    return octet_fixed_scale(octet_fixed_wrap_left(q - p->zero_point[i], 8), p->multiplier[i], p->shift[i]);
}

#define QUANTIZED_ROW(name, operator_)                                                                       \
    static void name(const void *params, const void *const *in, const int32_t *step, void *out, int32_t n) { \
        const octet_compare_params *p = params;                                                              \
        const int8_t *a = in[0], *b = in[1];                                                                 \
        uint8_t *o = out;                                                                                    \
        for (int32_t i = 0; i < n; i++) {                                                                    \
            o[i] = scaled(p, 0, a[i * step[0]]) operator_ scaled(p, 1, b[i * step[1]]);                      \
        }                                                                                                    \
    }

QUANTIZED_ROW(equal_s8, ==)
QUANTIZED_ROW(not_equal_s8, !=)
QUANTIZED_ROW(less_s8, <)
QUANTIZED_ROW(less_equal_s8, <=)
QUANTIZED_ROW(greater_s8, >)
QUANTIZED_ROW(greater_equal_s8, >=)

bool octet_compare_prepare(const float *scale, octet_compare_params *p) {
    for (int32_t i = 0; i < 2; i++) {
        if (!octet_fixed_multiplier((double)scale[i], &p->multiplier[i], &p->shift[i]) || p->shift[i] > 14)
            return false;
    }
    return true;
}

octet_broadcast_row *octet_compare_row_ref(octet_comparison operation, octet_compare_type type) {
    static octet_broadcast_row *const rows[OCTET_N_COMPARE][OCTET_N_COMPARE_TYPES] = {
        [OCTET_COMPARE_EQUAL] = {equal_f32, equal_s32, equal_s64, equal_s16, equal_u8, equal_s8},
        [OCTET_COMPARE_NOT_EQUAL] = {not_equal_f32, not_equal_s32, not_equal_s64, not_equal_s16, not_equal_u8,
                                     not_equal_s8},
        [OCTET_COMPARE_LESS] = {less_f32, less_s32, less_s64, less_s16, less_u8, less_s8},
        [OCTET_COMPARE_LESS_EQUAL] = {less_equal_f32, less_equal_s32, less_equal_s64, less_equal_s16, less_equal_u8,
                                      less_equal_s8},
        [OCTET_COMPARE_GREATER] = {greater_f32, greater_s32, greater_s64, greater_s16, greater_u8, greater_s8},
        [OCTET_COMPARE_GREATER_EQUAL] = {greater_equal_f32, greater_equal_s32, greater_equal_s64, greater_equal_s16,
                                         greater_equal_u8, greater_equal_s8},
        [OCTET_COMPARE_AND] = {NULL, NULL, NULL, NULL, and_u8, NULL},
        [OCTET_COMPARE_OR] = {NULL, NULL, NULL, NULL, or_u8, NULL},
    };
    return rows[operation][type];
}

void octet_logical_not_ref(const uint8_t *in, uint8_t *out, size_t n) {
    for (size_t i = 0; i < n; i++) out[i] = !in[i];
}
