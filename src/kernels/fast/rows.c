#include "kernels/fast/rows.h"

#include <string.h>

#include "kernels/fast/select.h"

enum { LANES = 16, PART_BITS = 22, JOINT_LEAST = 1024 };

static octet_status uniform_scale(octet_context *ctx, octet_arena *arena, int32_t multiplier, int32_t shift,
                                  const octet_requantize *range, octet_scale *out) {
    int32_t channel[LANES] = {0}, *bias, *constants;
    OCTET_TRY(OCTET_NEW(ctx, arena, LANES, &bias));
    OCTET_TRY(OCTET_NEW(ctx, arena, 2, &constants));
    constants[0] = multiplier;
    constants[1] = shift;
    octet_requantize q = *range;
    q.multiplier = constants;
    q.shift = constants + 1;
    return octet_scale_pack(ctx, arena, &q, channel, LANES, bias, out);
}

static int32_t reference(const octet_arithmetic_quantized_params *p, int i, int32_t x) {
    return octet_fixed_scale(octet_fixed_wrap_left(x, p->left_shift), p->multiplier[i], p->shift[i]);
}

/* x * multiplier * 2^(left_shift + shift - 31) as a whole number and a part of 2^22;
 * true when rounding agrees with the reference. */
static bool split(const octet_arithmetic_quantized_params *p, int i, octet_row_operand *operand) {
    const double factor = ldexp((double)p->multiplier[i], p->left_shift + p->shift[i] - 31);
    operand->whole = (int32_t)floor(factor);
    operand->part = (int32_t)round(ldexp(factor - (double)operand->whole, PART_BITS));
    for (int32_t q = -128; q < 128; q++) {
        const int32_t x = q - p->zero_point[i];
        if (x * operand->whole + ((x * operand->part + (1 << (PART_BITS - 1))) >> PART_BITS) != reference(p, i, x))
            return false;
    }
    return true;
}

static bool joint(const octet_arithmetic_quantized_params *p, bool subtract, octet_row_joint *j) {
    double factor[2], largest = 0;
    for (int i = 0; i < 2; i++) {
        factor[i] = ldexp((double)p->multiplier[i], p->left_shift + p->shift[i] - 31) *
                    ldexp((double)p->multiplier_out, p->shift_out - 31);
        largest = fmax(largest, factor[i]);
    }
    if (!(largest > 0)) return false;
    int exponent;
    (void)frexp(largest, &exponent); /* largest < 2^exponent */
    const int bits = 29 - exponent;
    if (bits < 17 || bits > 45) return false;
    int64_t constant = INT64_C(1) << (bits - 1);
    for (int i = 0; i < 2; i++) {
        const int64_t c = (int64_t)round(ldexp(i == 1 && subtract ? -factor[i] : factor[i], bits));
        if (c > (INT64_C(1) << 29) || c < -(INT64_C(1) << 29)) return false;
        j->high[i] = (int16_t)(c >> 15);
        j->low[i] = (int16_t)(c & 0x7FFF);
        constant -= p->zero_point[i] * c;
    }
    if (constant >> 15 > INT32_MAX / 2 || constant >> 15 < INT32_MIN / 2) return false;
    j->constant_high = (int32_t)(constant >> 15);
    j->constant_low = (int32_t)(constant & 0x7FFF);
    j->shift = bits - 15;
    return true;
}

/* All pairs of operands, through the kernel itself. */
static bool joint_agrees(const octet_rows_kernel *kernel, const octet_rows_s8 *r, octet_arithmetic operation,
                         const octet_arithmetic_quantized_params *p) {
    const int32_t step[2] = {0, 1};
    int8_t all[256], expected[256], got[256];
    for (int32_t i = 0; i < 256; i++) all[i] = (int8_t)(i - 128);
    for (int32_t i = 0; i < 256; i++) {
        const void *const in[2] = {&all[i], all};
        octet_arithmetic_quantized_row_ref(operation, OCTET_ARITHMETIC_S8)(p, in, step, expected, 256);
        kernel->joint(r, in, step, got, 256);
        if (memcmp(expected, got, sizeof got) != 0) return false;
    }
    return true;
}

octet_status octet_rows_make_s8(octet_context *ctx, octet_arena *arena, uint32_t cpu, octet_arithmetic operation,
                                const octet_arithmetic_quantized_params *p, size_t n_elements,
                                octet_broadcast_row **row, octet_rows_s8 **out) {
    *row = NULL;
    *out = NULL;
    const octet_rows_kernel *kernel = octet_select_rows_s8(cpu);
    const bool multiplies = operation == OCTET_ARITHMETIC_MUL;
    const bool adds = operation == OCTET_ARITHMETIC_ADD || operation == OCTET_ARITHMETIC_SUB;
    if (kernel == NULL || !(multiplies || adds)) return OCTET_OK;
    octet_rows_s8 *r;
    OCTET_TRY(OCTET_NEW(ctx, arena, 1, &r));
    r->name = kernel->name;
    const octet_requantize range = {.output_zero_point = p->zero_out, .min = p->min, .max = p->max};
    const octet_requantize none = {.min = INT8_MIN, .max = INT8_MAX};
    OCTET_TRY(uniform_scale(ctx, arena, p->multiplier_out, p->shift_out, &range, &r->out));
    r->left_shift = p->left_shift;
    r->subtract = operation == OCTET_ARITHMETIC_SUB;
    r->split = adds;
    for (int i = 0; i < 2; i++) {
        r->operand[i].zero_point = p->zero_point[i];
        if (!adds) continue;
        OCTET_TRY(uniform_scale(ctx, arena, p->multiplier[i], p->shift[i], &none, &r->operand[i].scale));
        r->operand[i].scale.folded = false;
        r->split = split(p, i, &r->operand[i]) && r->split;
    }
    /* The reference form needs shifts that octet_scale_pack did not fold. */
    for (int i = 0; i < 2 && adds; i++) {
        int32_t *right = (int32_t *)(uintptr_t)r->operand[i].scale.right;
        for (int lane = 0; lane < LANES; lane++) right[lane] = p->shift[i] > 0 ? 0 : -p->shift[i];
    }
    *row = multiplies ? kernel->multiply : kernel->add;
    if (adds && n_elements >= JOINT_LEAST && joint(p, r->subtract, &r->joint) &&
        joint_agrees(kernel, r, operation, p)) {
        r->is_joint = true;
        *row = kernel->joint;
    }
    *out = r;
    return OCTET_OK;
}
