#include "kernels/ref/unary_quantized.h"

#include <math.h>

#include "kernels/ref/elementary.h"
#include "kernels/ref/fixed_function.h"
#include "kernels/ref/fixed_function16.h"
#include "kernels/ref/fixed_point.h"

/* What the float function of a table gives where its argument is out of its domain: an end of the output range. */
static float outside(octet_unary operation, float scale_out, int32_t min, int32_t max) {
    return operation == OCTET_UNARY_LOG ? (float)min * scale_out : (float)max * scale_out;
}

static void evaluate(const octet_unary_quantized_params *p, int32_t min, int32_t max, const float *x, float *y,
                     size_t n) {
    octet_unary_f32_ref(p->operation)(x, y, n, p->alpha);
    if (p->operation != OCTET_UNARY_LOG && p->operation != OCTET_UNARY_RSQRT) return;
    for (size_t i = 0; i < n; i++) {
        if (!(x[i] > 0)) y[i] = outside(p->operation, p->scale_out, min, max);
    }
}

static int32_t saturate(float value, int32_t zero_point, int32_t min, int32_t max) {
    return (int32_t)octet_clamp_f32(value + (float)zero_point, (float)min, (float)max);
}

/* f32(y / s_out) by the reciprocal, rounded half away from zero; SQRT divides and truncates. */
static bool fill_by_function(const octet_unary_quantized_params *p, int8_t *table) {
    float x[OCTET_UNARY_TABLE_S8], y[OCTET_UNARY_TABLE_S8];
    const float inverse = 1.0f / p->scale_out;
    for (int32_t q = INT8_MIN; q <= INT8_MAX; q++) x[q - INT8_MIN] = p->scale_in * (float)(q - p->zero_in);
    evaluate(p, INT8_MIN, INT8_MAX, x, y, OCTET_UNARY_TABLE_S8);
    for (int32_t i = 0; i < OCTET_UNARY_TABLE_S8; i++) {
        if (p->operation == OCTET_UNARY_SQRT) {
            table[i] = (int8_t)saturate(truncf(x[i] > 0 ? y[i] / p->scale_out : 0), p->zero_out, INT8_MIN, INT8_MAX);
        } else if (!(x[i] > 0) && (p->operation == OCTET_UNARY_LOG || p->operation == OCTET_UNARY_RSQRT)) {
            table[i] = p->operation == OCTET_UNARY_LOG ? INT8_MIN : INT8_MAX;
        } else {
            table[i] = (int8_t)saturate(roundf(y[i] * inverse), p->zero_out, INT8_MIN, INT8_MAX);
        }
    }
    return true;
}

/* Real bounds of the clamps among the operations. */
static void real_range(octet_unary operation, float *min, float *max) {
    *min = operation == OCTET_UNARY_RELU_N1_TO_1 ? -1.0f : 0.0f;
    const bool to_one = operation == OCTET_UNARY_RELU_N1_TO_1 || operation == OCTET_UNARY_RELU_0_TO_1;
    *max = to_one ? 1.0f : operation == OCTET_UNARY_RELU6 ? 6.0f : INFINITY;
}

/* Multipliers for positive and negative arguments, all by float32 quotients. */
static bool prepare_scaling(octet_unary_quantized_params *p, int32_t type_min, int32_t type_max) {
    const float ratio = p->scale_in / p->scale_out;
    p->min = type_min;
    p->max = type_max;
    if (!octet_fixed_multiplier((double)ratio, &p->multiplier, &p->shift)) return false;
    p->multiplier_negative = p->multiplier;
    p->shift_negative = p->shift;
    p->negative_slope = false;
    if (p->operation == OCTET_UNARY_LEAKY_RELU) {
        const float sloped = p->scale_in * p->alpha, negative = sloped / p->scale_out;
        p->negative_slope = negative < 0;
        return octet_fixed_multiplier(fabs((double)negative), &p->multiplier_negative, &p->shift_negative);
    }
    if (p->operation == OCTET_UNARY_ABS) {
        p->negative_slope = true;
        return true;
    }
    float min, max;
    real_range(p->operation, &min, &max);
    octet_fixed_activation_range(min, max, p->scale_out, p->zero_out, type_min, type_max, &p->min, &p->max);
    return true;
}

static inline int32_t scaled(const octet_unary_quantized_params *p, int32_t x) {
    int32_t y;
    if (x >= 0) {
        y = octet_fixed_scale(x, p->multiplier, p->shift);
    } else {
        y = octet_fixed_scale(x, p->multiplier_negative, p->shift_negative);
        if (p->negative_slope) y = octet_fixed_wrap_subtract(0, y);
    }
    return octet_clamp_s32(octet_fixed_wrap_add(y, p->zero_out), p->min, p->max);
}

/* a * b / 2^15, rounded towards zero. */
static int32_t high_multiply_s16(int32_t a, int32_t b) {
    return a == INT16_MIN && b == INT16_MIN ? INT16_MAX : a * b / (1 << 15);
}

/* x relu6(x + 3) / 6 in 16 bits: both factors from x << 7, the ramp in Q15 over [-3, 3]. */
static bool fill_hard_swish(const octet_unary_quantized_params *p, int8_t *table) {
    const float fine = 0.0078125f * p->scale_in, to_out = fine / p->scale_out, to_ramp = fine / (3.0f / 32768.0f);
    int32_t out_multiplier, out_shift, ramp_multiplier, ramp_shift;
    if (!octet_fixed_multiplier((double)to_out, &out_multiplier, &out_shift)) return false;
    if (!octet_fixed_multiplier((double)to_ramp, &ramp_multiplier, &ramp_shift)) return false;
    if (out_shift > 0) return false; /* LiteRT aborts there */
    out_multiplier = octet_fixed_reduce_multiplier(out_multiplier);
    ramp_multiplier = octet_fixed_reduce_multiplier(ramp_multiplier);
    for (int32_t q = INT8_MIN; q <= INT8_MAX; q++) {
        const int32_t x = (int16_t)(uint16_t)((uint32_t)(q - p->zero_in) << 7);
        const int32_t value = octet_fixed16_high_multiply((int16_t)x, (int16_t)out_multiplier);
        int32_t ramp = x;
        if (ramp_shift > 0) ramp = octet_fixed16_saturate(octet_fixed_saturating_left(ramp, ramp_shift - 1));
        ramp = octet_fixed16_high_multiply((int16_t)ramp, (int16_t)ramp_multiplier);
        if (ramp_shift > 0) ramp = octet_fixed16_saturate(ramp * 2);
        if (ramp_shift < 0) ramp = octet_fixed_round_shift(ramp, -ramp_shift);
        ramp = (ramp + (1 << 15)) >> 1;
        const int32_t product = octet_fixed_round_shift(high_multiply_s16(ramp, value), -out_shift);
        table[q - INT8_MIN] = (int8_t)octet_clamp_s32(product + p->zero_out, INT8_MIN, INT8_MAX);
    }
    return true;
}

/* In fixed point, not by a function of floats: 1 / sqrt(q - zero) with 20 bits of fraction, then the scales. What has
 * no root is taken for almost 0, whose result is the largest. */
static bool fill_rsqrt(const octet_unary_quantized_params *p, int8_t *table) {
    enum { FRACTION = 20 };
    int32_t multiplier, shift;
    if (!octet_fixed_multiplier(1.0 / (double)(sqrtf(p->scale_in) * p->scale_out), &multiplier, &shift) ||
        shift < FRACTION - 31)
        return false;
    for (int32_t q = INT8_MIN; q <= INT8_MAX; q++) {
        int32_t root_multiplier, root_shift, result = INT8_MAX;
        if (q > p->zero_in) {
            octet_fixed_inverse_root(q - p->zero_in, &root_multiplier, &root_shift);
            const int32_t root = octet_fixed_scale(1, root_multiplier, root_shift + FRACTION);
            result = octet_fixed_wrap_add(octet_fixed_scale(root, multiplier, shift - FRACTION), p->zero_out);
        }
        table[q - INT8_MIN] = (int8_t)octet_clamp_s32(result, INT8_MIN, INT8_MAX);
    }
    return true;
}

bool octet_unary_quantized_table_s8(const octet_unary_quantized_params *p, int8_t *table) {
    octet_unary_quantized_params scaling = *p;
    switch (p->operation) {
    case OCTET_UNARY_EXP:
    case OCTET_UNARY_LOG:
    case OCTET_UNARY_SQRT:
    case OCTET_UNARY_LOGISTIC:
    case OCTET_UNARY_TANH:
    case OCTET_UNARY_ELU:
    case OCTET_UNARY_GELU:
    case OCTET_UNARY_GELU_APPROXIMATE: return fill_by_function(p, table);
    case OCTET_UNARY_HARD_SWISH: return fill_hard_swish(p, table);
    case OCTET_UNARY_RSQRT: return fill_rsqrt(p, table);
    case OCTET_UNARY_NEG:
        for (int32_t q = INT8_MIN; q <= INT8_MAX; q++) table[q - INT8_MIN] = (int8_t)-q;
        return true;
    case OCTET_UNARY_ABS:
    case OCTET_UNARY_RELU:
    case OCTET_UNARY_RELU6:
    case OCTET_UNARY_RELU_N1_TO_1:
    case OCTET_UNARY_RELU_0_TO_1:
    case OCTET_UNARY_LEAKY_RELU:
        if (!prepare_scaling(&scaling, INT8_MIN, INT8_MAX)) return false;
        for (int32_t q = INT8_MIN; q <= INT8_MAX; q++) table[q - INT8_MIN] = (int8_t)scaled(&scaling, q - p->zero_in);
        return true;
    case OCTET_UNARY_SIN:
    case OCTET_UNARY_COS:
    case OCTET_UNARY_SQUARE:
    case OCTET_UNARY_FLOOR:
    case OCTET_UNARY_CEIL:
    case OCTET_UNARY_ROUND:
    case OCTET_UNARY_SIGN:
    case OCTET_N_UNARY: break;
    }
    return false;
}

void octet_unary_table_s8_ref(const int8_t *table, const int8_t *in, int8_t *out, size_t n) {
    for (size_t i = 0; i < n; i++) out[i] = table[in[i] + 128];
}

/* A difference of infinities, where the function leaves float32, is what LiteRT makes of it on x86. */
static int16_t table_point(float value) {
    return isnan(value) ? 0 : (int16_t)octet_clamp_f32(value, INT16_MIN, INT16_MAX);
}

/* 513 points over the input range for linear interpolation; each point is shifted by half the error that interpolation
 * would make in the middle of its piece. */
static void fill_interpolated(octet_unary_quantized_params *p) {
    enum { PIECES = OCTET_TABLE16_SIZE - 1 };
    float x[PIECES + 1], middle[PIECES], y[PIECES + 1], y_middle[PIECES], next[PIECES], y_next[PIECES];
    const float in_min = p->scale_in * (float)(INT16_MIN - p->zero_in),
                in_max = p->scale_in * (float)(INT16_MAX - p->zero_in);
    const float out_min = p->scale_out * (float)(INT16_MIN - p->zero_out),
                out_max = p->scale_out * (float)(INT16_MAX - p->zero_out);
    const float step = (in_max - in_min) / (float)PIECES, half = step / 2.0f, inverse = 65536.0f / (out_max - out_min);
    for (int32_t i = 0; i < PIECES; i++) {
        x[i] = in_min + (float)i * step;
        next[i] = in_min + (float)(i + 1) * step;
        middle[i] = x[i] + half;
    }
    x[PIECES] = in_max;
    evaluate(p, INT16_MIN, INT16_MAX, x, y, PIECES + 1);
    evaluate(p, INT16_MIN, INT16_MAX, next, y_next, PIECES);
    evaluate(p, INT16_MIN, INT16_MAX, middle, y_middle, PIECES);
    for (int32_t i = 0; i < PIECES; i++) {
        const float sample = roundf(y[i] * inverse);
        const float interpolated = roundf((y_next[i] * inverse + sample) / 2.0f);
        const float bias = roundf((interpolated - roundf(y_middle[i] * inverse)) / 2.0f);
        p->table[i] = table_point(sample - bias);
    }
    p->table[PIECES] = table_point(roundf(y[PIECES] * inverse));
}

/* LOGISTIC and TANH share a table of the sigmoid p in steps of 1/24, 65536 = 1, each point raised by half
 * of the error that linear interpolation makes there, h^2 / 8 |p''| with p'' = p (1 - p) (1 - 2p). The
 * input is brought to 1/(3 * 4096): by a shift alone where the scale is a power of two that allows it, else
 * by a multiplier of up to 15 bits, truncated. */
static void prepare_sigmoid(octet_unary_quantized_params *p) {
    int exponent;
    const float fraction = frexpf(p->scale_in, &exponent);
    p->shift = 12 + exponent - 1;
    if (fraction == 0.5f && (p->shift == 0 || p->shift == 1)) {
        p->multiplier = 3 << p->shift;
        p->shift = 0;
    } else {
        double real = (double)p->scale_in * 4096.0 * 3.0;
        for (p->shift = 0; real <= 32767.0 / 2.0 && p->shift <= 30; p->shift++) real *= 2.0;
        p->multiplier = real < 32767.0 ? (int32_t)real : 32767;
    }
    for (int32_t i = 0; i < 256; i++) {
        const double y = octet_logistic_f64((double)i / 24.0), lift = y * (1 - y) * (2 * y - 1) / (16.0 * 24.0 * 24.0);
        const int32_t point = (int32_t)round(65536.0 * (y + lift));
        p->table[i] = (int16_t)(uint16_t)(i < 255 ? point : 65535);
    }
}

/* Position in the table: `bits` of it are the fraction. Unsigned 16-bit points are kept in int16 memory. */
static uint32_t interpolate_sigmoid(const int16_t *table, uint32_t position, int32_t bits, uint32_t saturated) {
    const uint32_t piece = position >> bits;
    if (piece >= 255) return saturated;
    const uint32_t low = (uint16_t)table[piece], high = (uint16_t)table[piece + 1];
    return (low << bits) + (position & ((1u << bits) - 1)) * (high - low);
}

static int16_t sigmoid(const octet_unary_quantized_params *p, int16_t q) {
    const int64_t half = p->shift > 0 ? INT64_C(1) << (p->shift - 1) : 0;
    const int32_t x = (int32_t)(((int64_t)q * p->multiplier + half) >> p->shift);
    const uint32_t distance = (uint32_t)(x < 0 ? -x : x);
    if (p->operation == OCTET_UNARY_LOGISTIC) {
        uint32_t y = interpolate_sigmoid(p->table, distance, 9, 0x7FFFu << 10);
        y = x >= 0 ? y + (1u << 9) : (1u << 25) - y + (1u << 9) - 1;
        return (int16_t)(y >> 10);
    }
    /* tanh(x) = 2 sigmoid(2x) - 1 */
    const int32_t y = (int32_t)interpolate_sigmoid(p->table, distance, 8, 0xFFFFu << 8);
    return (int16_t)((x >= 0 ? y - (1 << 23) + (1 << 7) : -y + (1 << 23) + (1 << 7) - 1) >> 8);
}

bool octet_unary_quantized_prepare_s16(octet_unary_quantized_params *p) {
    switch (p->operation) {
    case OCTET_UNARY_EXP:
    case OCTET_UNARY_LOG:
    case OCTET_UNARY_RSQRT:
    case OCTET_UNARY_GELU:
    case OCTET_UNARY_GELU_APPROXIMATE: fill_interpolated(p); return true;
    case OCTET_UNARY_LOGISTIC:
    case OCTET_UNARY_TANH: prepare_sigmoid(p); return true;
    case OCTET_UNARY_ABS:
    case OCTET_UNARY_RELU:
    case OCTET_UNARY_RELU6:
    case OCTET_UNARY_LEAKY_RELU: return prepare_scaling(p, INT16_MIN, INT16_MAX);
    case OCTET_UNARY_SQRT:
    case OCTET_UNARY_NEG: return true;
    case OCTET_UNARY_SIN:
    case OCTET_UNARY_COS:
    case OCTET_UNARY_SQUARE:
    case OCTET_UNARY_FLOOR:
    case OCTET_UNARY_CEIL:
    case OCTET_UNARY_ROUND:
    case OCTET_UNARY_SIGN:
    case OCTET_UNARY_RELU_N1_TO_1:
    case OCTET_UNARY_RELU_0_TO_1:
    case OCTET_UNARY_ELU:
    case OCTET_UNARY_HARD_SWISH:
    case OCTET_N_UNARY: break;
    }
    return false;
}

void octet_unary_s16_ref(const octet_unary_quantized_params *p, const int16_t *in, int16_t *out, size_t n) {
    switch (p->operation) {
    case OCTET_UNARY_LOGISTIC:
    case OCTET_UNARY_TANH:
        for (size_t i = 0; i < n; i++) out[i] = sigmoid(p, in[i]);
        return;
    case OCTET_UNARY_ABS:
    case OCTET_UNARY_RELU:
    case OCTET_UNARY_RELU6:
    case OCTET_UNARY_LEAKY_RELU:
        for (size_t i = 0; i < n; i++) out[i] = (int16_t)scaled(p, in[i] - p->zero_in);
        return;
    case OCTET_UNARY_SQRT:
        for (size_t i = 0; i < n; i++) {
            const float x = p->scale_in * (float)(in[i] - p->zero_in);
            out[i] = (int16_t)saturate(truncf(x > 0 ? sqrtf(x) / p->scale_out : 0), p->zero_out, INT16_MIN, INT16_MAX);
        }
        return;
    case OCTET_UNARY_NEG:
        for (size_t i = 0; i < n; i++) out[i] = (int16_t)(uint16_t)(0 - (uint32_t)in[i]);
        return;
    case OCTET_UNARY_EXP:
    case OCTET_UNARY_LOG:
    case OCTET_UNARY_RSQRT:
    case OCTET_UNARY_SIN:
    case OCTET_UNARY_COS:
    case OCTET_UNARY_SQUARE:
    case OCTET_UNARY_FLOOR:
    case OCTET_UNARY_CEIL:
    case OCTET_UNARY_ROUND:
    case OCTET_UNARY_SIGN:
    case OCTET_UNARY_RELU_N1_TO_1:
    case OCTET_UNARY_RELU_0_TO_1:
    case OCTET_UNARY_ELU:
    case OCTET_UNARY_GELU:
    case OCTET_UNARY_GELU_APPROXIMATE:
    case OCTET_UNARY_HARD_SWISH:
    case OCTET_N_UNARY:
        for (size_t i = 0; i < n; i++) out[i] = octet_table16_lookup(in[i], p->table);
        return;
    }
}
