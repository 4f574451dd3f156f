/* Rows of two operands, against their definitions: every operation and type, over numbers that meet (ties, zeros, ends
 * of the types), with either operand repeated; and rows that are cut into pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "kernels/ref/arithmetic.h"
#include "kernels/ref/compare.h"

enum { N = 67 };

static uint32_t state = 5;
static uint32_t next(void) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

/* Small numbers, and the ends of a type of so many bits. */
static int64_t integer(int bits) {
    const int64_t most = (int64_t)(UINT64_MAX >> (65 - bits)), least = -most - 1;
    switch (next() % 8) {
    case 0: return most;
    case 1: return least;
    case 2: return bits == 64 ? (int64_t)((uint64_t)next() << 32) : (int64_t)(next() % 100) - 50;
    default: return (int64_t)(next() % 9) - 4;
    }
}

static int64_t wrapped(uint64_t x, int bits) {
    const uint64_t sign = UINT64_C(1) << (bits - 1), low = bits == 64 ? x : x & ((UINT64_C(1) << bits) - 1);
    return (int64_t)((low ^ sign) - sign);
}

static int64_t floor_quotient(int64_t x, int64_t y) {
    if (y == 0) return 0;
    if (y == -1) return (int64_t)(0 - (uint64_t)x);
    const int64_t quotient = x / y;
    return quotient * y != x && (x < 0) != (y < 0) ? quotient - 1 : quotient;
}

static int64_t power(int64_t x, int64_t y) {
    if (y < 0) return x == 1 ? 1 : x == -1 ? (y % 2 != 0 ? -1 : 1) : 0;
    uint32_t result = 1;
    for (uint64_t i = 0; i < (uint64_t)y % 64; i++) result *= (uint32_t)x;
    return (int32_t)result;
}

/* POW of 32 bits only, with exponents below 64 or at the ends. */
static int64_t expected_integer(octet_arithmetic operation, int64_t x, int64_t y, int bits,
                                const octet_arithmetic_params *p) {
    int64_t z = 0;
    switch (operation) {
    case OCTET_ARITHMETIC_ADD: z = wrapped((uint64_t)x + (uint64_t)y, bits); break;
    case OCTET_ARITHMETIC_SUB: z = wrapped((uint64_t)x - (uint64_t)y, bits); break;
    case OCTET_ARITHMETIC_MUL: z = wrapped((uint64_t)x * (uint64_t)y, bits); break;
    case OCTET_ARITHMETIC_DIV: z = y == 0 ? 0 : y == -1 ? wrapped(0 - (uint64_t)x, bits) : x / y; break;
    case OCTET_ARITHMETIC_MAXIMUM: return x > y ? x : y;
    case OCTET_ARITHMETIC_MINIMUM: return x > y ? y : x;
    case OCTET_ARITHMETIC_SQUARED_DIFFERENCE:
        z = wrapped((uint64_t)x - (uint64_t)y, bits);
        return wrapped((uint64_t)z * (uint64_t)z, bits);
    case OCTET_ARITHMETIC_POW: return power(x, y);
    case OCTET_ARITHMETIC_FLOOR_DIV: return wrapped((uint64_t)floor_quotient(x, y), bits);
    case OCTET_ARITHMETIC_FLOOR_MOD:
        return y == 0 ? 0 : wrapped((uint64_t)x - (uint64_t)floor_quotient(x, y) * (uint64_t)y, bits);
    case OCTET_N_ARITHMETIC: break;
    }
    return z < p->min ? p->min : z > p->max ? p->max : z;
}

static int64_t element(const void *data, octet_arithmetic_type type, size_t i) {
    if (type == OCTET_ARITHMETIC_S32) return ((const int32_t *)data)[i];
    if (type == OCTET_ARITHMETIC_S16) return ((const int16_t *)data)[i];
    if (type == OCTET_ARITHMETIC_S8) return ((const int8_t *)data)[i];
    return ((const int64_t *)data)[i];
}

static void set_element(void *data, octet_arithmetic_type type, size_t i, int64_t x) {
    if (type == OCTET_ARITHMETIC_S32) ((int32_t *)data)[i] = (int32_t)x;
    else if (type == OCTET_ARITHMETIC_S16) ((int16_t *)data)[i] = (int16_t)x;
    else if (type == OCTET_ARITHMETIC_S8) ((int8_t *)data)[i] = (int8_t)x;
    else ((int64_t *)data)[i] = x;
}

static const int32_t steps[3][2] = {{1, 1}, {1, 0}, {0, 1}};

static void integers_of_every_type(void **unused) {
    (void)unused;
    static const int bits[OCTET_N_ARITHMETIC_TYPES] = {0, 32, 64, 16, 8};
    const octet_arithmetic_params p = {.min = -100, .max = INT64_C(3000000000)};
    int64_t a[N], b[N], out[N];
    for (int round = 0; round < 3 * 40; round++) {
        for (int o = 0; o < OCTET_N_ARITHMETIC; o++) {
            for (int t = OCTET_ARITHMETIC_S32; t < OCTET_N_ARITHMETIC_TYPES; t++) {
                octet_broadcast_row *row = octet_arithmetic_row_ref((octet_arithmetic)o, (octet_arithmetic_type)t);
                if (row == NULL) continue;
                for (size_t i = 0; i < N; i++) {
                    set_element(a, (octet_arithmetic_type)t, i, integer(bits[t]));
                    const int64_t y = integer(bits[t]);
                    set_element(b, (octet_arithmetic_type)t, i, o == OCTET_ARITHMETIC_POW && y > 63 ? 63 : y);
                }
                const int32_t *step = steps[round % 3];
                row(&p, (const void *[]){a, b}, step, out, N);
                for (size_t i = 0; i < N; i++) {
                    const int64_t x = element(a, (octet_arithmetic_type)t, i * (size_t)step[0]),
                                  y = element(b, (octet_arithmetic_type)t, i * (size_t)step[1]);
                    const int64_t want = expected_integer((octet_arithmetic)o, x, y, bits[t], &p),
                                  got = element(out, (octet_arithmetic_type)t, i);
                    if (got != want)
                        fail_msg("operation %d of %d bits: %lld and %lld give %lld, not %lld", o, bits[t], (long long)x,
                                 (long long)y, (long long)got, (long long)want);
                }
            }
        }
    }
}

static float expected_real(octet_arithmetic operation, float x, float y, const octet_arithmetic_params *p) {
    float z = 0.0f;
    switch (operation) {
    case OCTET_ARITHMETIC_ADD: z = x + y; break;
    case OCTET_ARITHMETIC_SUB: z = x - y; break;
    case OCTET_ARITHMETIC_MUL: z = x * y; break;
    case OCTET_ARITHMETIC_DIV: z = x / y; break;
    case OCTET_ARITHMETIC_MAXIMUM: return fmaxf(x, y);
    case OCTET_ARITHMETIC_MINIMUM: return fminf(x, y);
    case OCTET_ARITHMETIC_SQUARED_DIFFERENCE: return (x - y) * (x - y);
    case OCTET_ARITHMETIC_POW: return powf(x, y);
    case OCTET_ARITHMETIC_FLOOR_DIV: return floorf(x / y);
    case OCTET_ARITHMETIC_FLOOR_MOD: return x - y * floorf(x / y);
    case OCTET_N_ARITHMETIC: break;
    }
    return fminf(fmaxf(z, p->real_min), p->real_max);
}

/* Quarters between -6 and 6: sums and quotients of whole numbers of them are exact. */
static void reals(void **unused) {
    (void)unused;
    const octet_arithmetic_params p = {.real_min = -2.0f, .real_max = 3.0f};
    for (int round = 0; round < 3 * 40; round++) {
        for (int o = 0; o < OCTET_N_ARITHMETIC; o++) {
            float a[N], b[N], out[N];
            for (size_t i = 0; i < N; i++) {
                a[i] = 0.25f * (float)((int)(next() % 49) - 24);
                b[i] = 0.25f * (float)((int)(next() % 48) - 24);
                if (b[i] >= 0.0f) b[i] += 0.25f;
                if (o == OCTET_ARITHMETIC_POW) a[i] = fabsf(a[i]);
            }
            const int32_t *step = steps[round % 3];
            octet_arithmetic_row_ref((octet_arithmetic)o, OCTET_ARITHMETIC_F32)(&p, (const void *[]){a, b}, step, out,
                                                                                N);
            for (size_t i = 0; i < N; i++) {
                const float x = a[i * (size_t)step[0]], y = b[i * (size_t)step[1]],
                            want = expected_real((octet_arithmetic)o, x, y, &p);
                const float most = o == OCTET_ARITHMETIC_POW ? 1e-6f * want : 0.0f;
                if (out[i] != want && !(fabsf(out[i] - want) <= most))
                    fail_msg("operation %d of %g and %g is %g, not %g", o, (double)x, (double)y, (double)out[i],
                             (double)want);
            }
        }
    }
}

static bool expected_comparison(octet_comparison operation, double x, double y) {
    switch (operation) {
    case OCTET_COMPARE_EQUAL: return x == y;
    case OCTET_COMPARE_NOT_EQUAL: return x != y;
    case OCTET_COMPARE_LESS: return x < y;
    case OCTET_COMPARE_LESS_EQUAL: return x <= y;
    case OCTET_COMPARE_GREATER: return x > y;
    case OCTET_COMPARE_GREATER_EQUAL: return x >= y;
    case OCTET_COMPARE_AND: return x != 0 && y != 0;
    case OCTET_COMPARE_OR: return x != 0 || y != 0;
    case OCTET_N_COMPARE: break;
    }
    return false;
}

static void put(void *data, octet_compare_type type, size_t i, int x) {
    if (type == OCTET_COMPARE_F32) ((float *)data)[i] = (float)x;
    else if (type == OCTET_COMPARE_S32) ((int32_t *)data)[i] = x;
    else if (type == OCTET_COMPARE_S64) ((int64_t *)data)[i] = x;
    else if (type == OCTET_COMPARE_S16) ((int16_t *)data)[i] = (int16_t)x;
    else ((int8_t *)data)[i] = (int8_t)x;
}

/* Scales are powers of two, so that 8 more bits make no rounding of them; numbers meet often. */
static void comparisons(void **unused) {
    (void)unused;
    const float scale[2] = {0.25f, 0.5f};
    octet_compare_params p = {.zero_point = {-3, 5}};
    assert_true(octet_compare_prepare(scale, &p));
    for (int round = 0; round < 3 * 10; round++) {
        for (int o = 0; o < OCTET_N_COMPARE; o++) {
            for (int t = 0; t < OCTET_N_COMPARE_TYPES; t++) {
                octet_broadcast_row *row = octet_compare_row_ref((octet_comparison)o, (octet_compare_type)t);
                const bool logical = o == OCTET_COMPARE_AND || o == OCTET_COMPARE_OR, is_s8 = t == OCTET_COMPARE_S8;
                assert_true((row != NULL) == (!logical || t == OCTET_COMPARE_U8));
                if (row == NULL) continue;
                int64_t a[N], b[N];
                int numbers[2][N];
                uint8_t out[N];
                for (size_t i = 0; i < N; i++) {
                    for (int k = 0; k < 2; k++) {
                        const int most = logical ? 1 : 5, least = t == OCTET_COMPARE_U8 ? 0 : -5;
                        numbers[k][i] = least + (int)(next() % (uint32_t)(most - least + 1));
                    }
                    put(a, (octet_compare_type)t, i, numbers[0][i]);
                    put(b, (octet_compare_type)t, i, numbers[1][i]);
                }
                const int32_t *step = steps[round % 3];
                row(is_s8 ? &p : NULL, (const void *[]){a, b}, step, out, N);
                for (size_t i = 0; i < N; i++) {
                    const int x = numbers[0][i * (size_t)step[0]], y = numbers[1][i * (size_t)step[1]];
                    const bool want = is_s8 ? expected_comparison((octet_comparison)o, 0.25 * (x + 3), 0.5 * (y - 5))
                                            : expected_comparison((octet_comparison)o, x, y);
                    if (out[i] != want) fail_msg("comparison %d of type %d: %d and %d give %d", o, t, x, y, out[i]);
                }
            }
        }
    }
    const float widest = 16383.0f, too_wide = 16384.0f; /* 2^14 has the exponent 15 */
    assert_true(octet_compare_prepare((const float[]){widest, 1.0f}, &p));
    assert_false(octet_compare_prepare((const float[]){1.0f, too_wide}, &p));
    const uint8_t flags[3] = {0, 1, 2};
    uint8_t inverted[3];
    octet_logical_not_ref(flags, inverted, 3);
    assert_true(inverted[0] == 1 && inverted[1] == 0 && inverted[2] == 0);
}

/* Random shapes of rank up to 6, each operand with some of the axes, walked in two parts from the later one on. */
static void broadcast_shapes(void **unused) {
    (void)unused;
    static int32_t a[4096], b[4096], out[4096];
    for (int32_t i = 0; i < 4096; i++) a[i] = 3 * i, b[i] = 100003 * i;
    const octet_arithmetic_params p = {.min = INT32_MIN, .max = INT32_MAX};
    for (int round = 0; round < 500; round++) {
        int32_t dims[3][6], rank = 1 + (int32_t)(next() % 6), n = 1;
        for (int32_t d = 0; d < rank; d++) {
            dims[2][d] = 1 + (int32_t)(next() % 4);
            dims[0][d] = next() % 3 == 0 ? 1 : dims[2][d];
            dims[1][d] = dims[0][d] == 1 || next() % 3 != 0 ? dims[2][d] : 1;
            n *= dims[2][d];
        }
        octet_broadcast_params walk = {.element_size = {4, 4}, .out_size = 4};
        const octet_broadcast_shape shapes[2] = {{rank, dims[0]}, {rank, dims[1]}};
        const uint32_t units = octet_broadcast_prepare(&walk, (octet_broadcast_shape){rank, dims[2]}, shapes, 2);
        octet_broadcast_row *row = octet_arithmetic_row_ref(OCTET_ARITHMETIC_ADD, OCTET_ARITHMETIC_S32);
        octet_broadcast_walk(&walk, row, &p, (const void *[]){a, b}, out, units / 2, units);
        octet_broadcast_walk(&walk, row, &p, (const void *[]){a, b}, out, 0, units / 2);
        for (int32_t i = 0; i < n; i++) {
            int32_t at[2] = {0, 0}, stride[2] = {1, 1}, left = i;
            for (int32_t d = rank; d-- > 0; left /= dims[2][d]) {
                for (int k = 0; k < 2; k++) {
                    at[k] += dims[k][d] == 1 ? 0 : left % dims[2][d] * stride[k];
                    stride[k] *= dims[k][d];
                }
            }
            assert_int_equal(out[i], a[at[0]] + b[at[1]]);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(integers_of_every_type), cmocka_unit_test(reals),
                                       cmocka_unit_test(comparisons), cmocka_unit_test(broadcast_shapes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
