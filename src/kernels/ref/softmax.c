#include "kernels/ref/softmax.h"

#include "kernels/ref/elementary.h"
#include "kernels/ref/fixed_function.h"
#include "kernels/ref/table16.h"

/* Differences are Q5.26: e^-32 is nothing. The sum of up to 4096 exponentials is Q12.19. */
enum { DIFFERENCE_BITS = 5, SUM_BITS = 12 };

bool octet_softmax_prepare_s8(octet_softmax_params *p, float input_scale, float beta) {
    const double exact = (double)beta * (double)input_scale * (double)(1 << (31 - DIFFERENCE_BITS));
    const double real = exact < 2147483647.0 ? exact : 2147483647.0;
    if (!(exact > 0) || !octet_fixed_multiplier(real, &p->multiplier, &p->shift)) return false;
    const double radius =
        ldexp((double)((1 << DIFFERENCE_BITS) - 1) * (double)(1 << (31 - DIFFERENCE_BITS)), -p->shift);
    p->difference_min = -octet_round_s32(floor(radius));
    return true;
}

bool octet_softmax_prepare_log_s8(octet_softmax_params *p, float input_scale) {
    if (!octet_softmax_prepare_s8(p, input_scale, 1.0f) || p->multiplier == 0) return false;
    if (p->shift < 0 || p->shift > 30) return false;
    const double reverse = (double)(INT64_C(1) << (31 - p->shift)) / (double)p->multiplier;
    return octet_fixed_multiplier(reverse, &p->reverse_multiplier, &p->reverse_shift) && p->reverse_shift <= 0;
}

bool octet_softmax_prepare_s16(octet_softmax_params *p, float input_scale, float beta) {
    /* Differences become steps of 10 / 65535: the table covers [-10, 0]. */
    const double real = (double)(input_scale * beta) / (10.0 / 65535.0);
    return real > 0 && octet_fixed_multiplier(real, &p->multiplier, &p->shift);
}

static double reciprocal_of(double x) { return 1.0 / (1.0 + x); }

void octet_softmax_fill_tables(int16_t *exp_table, int16_t *reciprocal_table) {
    octet_table16_fill(octet_exp_f64, -10.0, 0.0, 32768.0, exp_table);
    octet_table16_fill(reciprocal_of, 0.0, 1.0, 32768.0, reciprocal_table);
}

void octet_softmax_f32_ref(const octet_softmax_params *p, const float *input, float *output, int32_t begin,
                           int32_t end) {
    for (int32_t row = begin; row < end; row++) {
        const float *x = input + (int64_t)row * p->depth;
        float *y = output + (int64_t)row * p->depth;
        float max = -INFINITY, sum = 0.0f;
        for (int32_t i = 0; i < p->depth; i++) max = max < x[i] ? x[i] : max;
        for (int32_t i = 0; i < p->depth; i++) {
            y[i] = (float)octet_exp_f64((double)((x[i] - max) * p->beta));
            sum += y[i];
        }
        for (int32_t i = 0; i < p->depth; i++) y[i] /= sum;
    }
}

void octet_log_softmax_f32_ref(const octet_softmax_params *p, const float *input, float *output, int32_t begin,
                               int32_t end) {
    for (int32_t row = begin; row < end; row++) {
        const float *x = input + (int64_t)row * p->depth;
        float *y = output + (int64_t)row * p->depth;
        float max = -INFINITY, sum = 0.0f;
        for (int32_t i = 0; i < p->depth; i++) max = max < x[i] ? x[i] : max;
        for (int32_t i = 0; i < p->depth; i++) sum += (float)octet_exp_f64((double)(x[i] - max));
        const float log_sum = (float)octet_log_f64((double)sum);
        for (int32_t i = 0; i < p->depth; i++) y[i] = x[i] - max - log_sum;
    }
}

int32_t octet_softmax_exponential(const octet_softmax_params *p, int32_t difference) {
    return octet_fixed_exp_negative(octet_fixed_scale(difference, p->multiplier, p->shift), DIFFERENCE_BITS);
}

static int32_t row_max(const int8_t *x, int32_t depth) {
    int8_t max = INT8_MIN;
    for (int32_t i = 0; i < depth; i++) max = max < x[i] ? x[i] : max;
    return max;
}

static uint32_t row_sum(const octet_softmax_params *p, const int8_t *x, int32_t max) {
    uint32_t sum = 0;
    for (int32_t i = 0; i < p->depth; i++) {
        if (x[i] - max >= p->difference_min)
            sum += (uint32_t)octet_fixed_round_shift(octet_softmax_exponential(p, x[i] - max), SUM_BITS);
    }
    return sum;
}

octet_softmax_row octet_softmax_row_of(const octet_softmax_params *p, const int8_t *x, int32_t bits) {
    octet_softmax_row r = {.max = row_max(x, p->depth)};
    r.sum = row_sum(p, x, r.max);
    /* sum = 2^(12 - zeros) * (1 + fraction); the sum of 4096 equal values and more wraps to 0, as in TFLite */
    const int32_t zeros = r.sum ? octet_fixed_leading_zeros(r.sum) : 31;
    r.reciprocal = octet_fixed_reciprocal((int32_t)((r.sum << zeros) - (UINT32_C(1) << 31)));
    r.exponent = octet_clamp_s32(SUM_BITS - zeros + 31 - bits, 0, 31);
    return r;
}

/* From `min` to `max`, which stand for 0 and almost 1. */
static inline int32_t row_result(const octet_softmax_params *p, const octet_softmax_row *r, int32_t x, int32_t min,
                                 int32_t max) {
    if (x - r->max < p->difference_min) return min;
    const int32_t scaled = octet_fixed_round_shift(
        octet_fixed_high_multiply(r->reciprocal, octet_softmax_exponential(p, x - r->max)), r->exponent);
    return octet_clamp_s32(octet_fixed_wrap_add(scaled, min), min, max);
}

void octet_softmax_s8_ref(const octet_softmax_params *p, const int8_t *input, int8_t *output, int32_t begin,
                          int32_t end) {
    for (int32_t i = begin; i < end; i++) {
        const int8_t *x = input + (int64_t)i * p->depth;
        int8_t *y = output + (int64_t)i * p->depth;
        const octet_softmax_row r = octet_softmax_row_of(p, x, 8);
        for (int32_t j = 0; j < p->depth; j++) y[j] = (int8_t)row_result(p, &r, x[j], INT8_MIN, INT8_MAX);
    }
}

void octet_softmax_s8_s16_ref(const octet_softmax_params *p, const int8_t *input, int16_t *output, int32_t begin,
                              int32_t end) {
    for (int32_t i = begin; i < end; i++) {
        const int8_t *x = input + (int64_t)i * p->depth;
        int16_t *y = output + (int64_t)i * p->depth;
        const octet_softmax_row r = octet_softmax_row_of(p, x, 16);
        for (int32_t j = 0; j < p->depth; j++) y[j] = (int16_t)row_result(p, &r, x[j], INT16_MIN, INT16_MAX);
    }
}

void octet_log_softmax_s8_ref(const octet_softmax_params *p, const int8_t *input, int8_t *output, int32_t begin,
                              int32_t end) {
    enum { OUTPUT_ZERO_POINT = 127, OUTPUT_BITS = 4 };
    for (int32_t row = begin; row < end; row++) {
        const int8_t *x = input + (int64_t)row * p->depth;
        int8_t *y = output + (int64_t)row * p->depth;
        const int32_t max = row_max(x, p->depth);
        const int32_t log_sum = octet_fixed_log((int32_t)row_sum(p, x, max));
        /* The smallest Q5.26 once the logarithm is subtracted, in input units. */
        const int32_t lowest =
            octet_fixed_scale(octet_fixed_wrap_add(log_sum, INT32_MIN), p->reverse_multiplier, p->reverse_shift);
        const int32_t difference_min = p->difference_min - 1 > lowest ? p->difference_min - 1 : lowest;
        for (int32_t i = 0; i < p->depth; i++) {
            const int32_t difference = x[i] - max;
            if (difference <= difference_min) {
                y[i] = INT8_MIN;
                continue;
            }
            const int32_t fixed =
                octet_fixed_wrap_subtract(octet_fixed_scale(difference, p->multiplier, p->shift), log_sum);
            const int32_t rounded =
                octet_fixed_round_shift(fixed, 31 - DIFFERENCE_BITS - OUTPUT_BITS) + OUTPUT_ZERO_POINT;
            y[i] = (int8_t)octet_clamp_s32(rounded, INT8_MIN, INT8_MAX);
        }
    }
}

int32_t octet_softmax_power_s16(const octet_softmax_params *p, int32_t difference) {
    const int32_t steps = octet_fixed_wrap_add(octet_fixed_scale(difference, p->multiplier, p->shift), INT16_MAX);
    return octet_table16_lookup((int16_t)octet_clamp_s32(steps, INT16_MIN, INT16_MAX), p->exp_table);
}

octet_softmax_row_s16 octet_softmax_row_of_s16(const octet_softmax_params *p, const int16_t *x, int16_t *powers) {
    octet_softmax_row_s16 r = {.max = INT16_MIN};
    uint32_t sum = 0;
    for (int32_t i = 0; i < p->depth; i++) r.max = r.max < x[i] ? x[i] : r.max;
    for (int32_t i = 0; i < p->depth; i++) {
        const int32_t power = octet_softmax_power_s16(p, x[i] - r.max);
        powers[i] = (int16_t)power;
        sum += (uint32_t)power;
    }
    /* sum = 2^n (1 + f): f in 65536 steps, centered, is the argument of the second table */
    const int32_t zeros = octet_clamp_s32(octet_fixed_leading_zeros(sum), 1, 30);
    const int64_t shifted = (int64_t)(((uint64_t)sum << (zeros - 1)) + (1 << 13)) >> 14;
    const int32_t fraction = octet_clamp_s32((int32_t)shifted - (1 << 15) - (1 << 16), INT16_MIN, INT16_MAX);
    r.sum = sum;
    r.reciprocal = octet_table16_lookup((int16_t)fraction, p->reciprocal_table);
    r.shift = 31 - zeros;
    return r;
}

void octet_softmax_s16_ref(const octet_softmax_params *p, const int16_t *input, int16_t *output, int32_t begin,
                           int32_t end) {
    for (int32_t row = begin; row < end; row++) {
        const int16_t *x = input + (int64_t)row * p->depth;
        int16_t *y = output + (int64_t)row * p->depth;
        const octet_softmax_row_s16 r = octet_softmax_row_of_s16(p, x, y);
        for (int32_t i = 0; i < p->depth; i++)
            y[i] = (int16_t)octet_clamp_s32((y[i] * r.reciprocal + (1 << (r.shift - 1))) >> r.shift, 0, INT16_MAX);
    }
}
