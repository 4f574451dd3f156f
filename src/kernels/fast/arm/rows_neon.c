/* int8 ADD, SUB and MUL with NEON, 16 elements at a time. */
#include <string.h>

#include "kernels/fast/arm/kernels.h"
#include "kernels/fast/arm/scale_neon.h"

#if OCTET_FAST_NEON

enum { ELEMENTS = 16, LOW_BITS = 15 };

typedef struct sixteen {
    int8x16_t x, y;
} sixteen;

OCTET_INLINE int8x16_t load(const int8_t *x, const bool repeated) { return repeated ? vdupq_n_s8(*x) : vld1q_s8(x); }

/* Calls `name`(constants, {x, y}) for all elements. A repeated operand is loaded with the others: its pointer stays. */
#define WALK(name, type)                                                                                        \
    OCTET_INLINE void name##_walk(const type *c, const int8_t *a, const int8_t *b, const bool repeat_a,         \
                                  const bool repeat_b, int8_t *out, int32_t n) {                                \
        int32_t i = 0;                                                                                          \
        for (; i + ELEMENTS <= n; i += ELEMENTS) {                                                              \
            const sixteen s = {load(a + (repeat_a ? 0 : i), repeat_a), load(b + (repeat_b ? 0 : i), repeat_b)}; \
            vst1q_s8(out + i, name(c, s));                                                                      \
        }                                                                                                       \
        if (i == n) return;                                                                                     \
        int8_t tail_a[ELEMENTS] = {0}, tail_b[ELEMENTS] = {0};                                                  \
        memcpy(tail_a, a + (repeat_a ? 0 : i), repeat_a ? 1 : (size_t)(n - i));                                 \
        memcpy(tail_b, b + (repeat_b ? 0 : i), repeat_b ? 1 : (size_t)(n - i));                                 \
        const sixteen s = {load(tail_a, repeat_a), load(tail_b, repeat_b)};                                     \
        octet_store_bytes_neon(out + i, name(c, s), (uint32_t)(n - i));                                         \
    }
#define WALK_ANY(name, c)                                                                     \
    {                                                                                         \
        if (step[0] != 0 && step[1] != 0) name##_walk(c, in[0], in[1], false, false, out, n); \
        else if (step[0] != 0) name##_walk(c, in[0], in[1], false, true, out, n);             \
        else name##_walk(c, in[0], in[1], true, step[1] == 0, out, n);                        \
    }

/* What does not change from element to element, in registers. */
typedef struct joint_constants {
    int16x8_t low[2], high[2];
    int32x4_t constant_low, constant_high, down;
    octet_scale_bounds bounds;
} joint_constants;

OCTET_INLINE int32x4_t joint_four(const joint_constants *c, int16x4_t x, int16x4_t y) {
    const int32x4_t low = vmlal_s16(vmlal_s16(c->constant_low, x, vget_low_s16(c->low[0])), y, vget_low_s16(c->low[1]));
    const int32x4_t high =
        vmlal_s16(vmlal_s16(c->constant_high, x, vget_low_s16(c->high[0])), y, vget_low_s16(c->high[1]));
    return vshlq_s32(vsraq_n_s32(high, low, LOW_BITS), c->down);
}
OCTET_INLINE int16x8_t joint_eight(const joint_constants *c, int16x8_t x, int16x8_t y) {
    const int32x4_t first = joint_four(c, vget_low_s16(x), vget_low_s16(y)),
                    second = joint_four(c, vget_high_s16(x), vget_high_s16(y));
    return vqaddq_s16(vqmovn_high_s32(vqmovn_s32(first), second), c->bounds.zero_point);
}
OCTET_INLINE int8x16_t joint_sixteen(const joint_constants *c, sixteen s) {
    const int16x8_t first = joint_eight(c, vmovl_s8(vget_low_s8(s.x)), vmovl_s8(vget_low_s8(s.y)));
    return octet_scale_clamp_neon(&c->bounds, first, joint_eight(c, vmovl_high_s8(s.x), vmovl_high_s8(s.y)));
}
WALK(joint_sixteen, joint_constants)

static void joint(const void *params, const void *const *in, const int32_t *step, void *out, int32_t n) {
    const octet_rows_s8 *r = params;
    const octet_row_joint *j = &r->joint;
    const joint_constants c = {.low = {vdupq_n_s16(j->low[0]), vdupq_n_s16(j->low[1])},
                               .high = {vdupq_n_s16(j->high[0]), vdupq_n_s16(j->high[1])},
                               .constant_low = vdupq_n_s32(j->constant_low),
                               .constant_high = vdupq_n_s32(j->constant_high),
                               .down = vdupq_n_s32(-j->shift),
                               .bounds = octet_scale_bounds_neon(&r->out)};
    WALK_ANY(joint_sixteen, &c)
}

/* The reference's form. */
typedef struct constants {
    const octet_rows_s8 *rows;
    int8x16_t zero_point[2];
    int32x4_t left[2]; /* of the operands, with the common shift */
    octet_scale_lanes operand[2], out;
    octet_scale_bounds bounds;
} constants;

OCTET_INLINE constants constants_of(const octet_rows_s8 *r, const bool adds, const int kind) {
    constants c = {.rows = r, .bounds = octet_scale_bounds_neon(&r->out)};
    c.out = octet_scale_lanes_neon(&r->out, kind, 0);
    for (int i = 0; i < 2; i++) {
        const octet_row_operand *o = &r->operand[i];
        c.zero_point[i] = vdupq_n_s8((int8_t)o->zero_point);
        if (!adds) continue;
        c.operand[i] = octet_scale_lanes_neon(&o->scale, OCTET_SCALE_GENERAL, 0);
        c.left[i] = vaddq_s32(vld1q_s32(o->scale.left), vdupq_n_s32(r->left_shift));
    }
    return c;
}

OCTET_INLINE int32x4_t scaled(const constants *c, int i, int16x4_t x) {
    const int32x4_t y = vqrdmulhq_s32(vshlq_s32(vmovl_s16(x), c->left[i]), c->operand[i].multiplier);
    return vrshlq_s32(vsraq_n_s32(y, vandq_s32(y, c->operand[i].down), 31), c->operand[i].down);
}
OCTET_INLINE int32x4_t four(const constants *c, const bool adds, const int kind, int16x4_t x, int16x4_t y) {
    int32x4_t sum;
    if (adds) {
        const int32x4_t a = scaled(c, 0, x), b = scaled(c, 1, y);
        sum = c->rows->subtract ? vsubq_s32(a, b) : vaddq_s32(a, b);
    } else {
        sum = vmull_s16(x, y);
    }
    return octet_scale_neon(&c->rows->out, kind, &c->out, sum);
}
OCTET_INLINE int16x8_t eight(const constants *c, const bool adds, const int kind, int16x8_t x, int16x8_t y) {
    return octet_scale_words_neon(&c->bounds, kind, four(c, adds, kind, vget_low_s16(x), vget_low_s16(y)),
                                  four(c, adds, kind, vget_high_s16(x), vget_high_s16(y)));
}
OCTET_INLINE int8x16_t operate(const constants *c, const bool adds, const int kind, sixteen s) {
    const int8x16_t *zero = c->zero_point;
    const int16x8_t first = eight(c, adds, kind, vsubl_s8(vget_low_s8(s.x), vget_low_s8(zero[0])),
                                  vsubl_s8(vget_low_s8(s.y), vget_low_s8(zero[1])));
    return octet_scale_clamp_neon(&c->bounds, first,
                                  eight(c, adds, kind, vsubl_high_s8(s.x, zero[0]), vsubl_high_s8(s.y, zero[1])));
}

#define OPERATION(name, adds, kind)                                                                  \
    OCTET_INLINE int8x16_t name(const constants *c, sixteen s) { return operate(c, adds, kind, s); } \
    WALK(name, constants)
OPERATION(add_positive, true, OCTET_SCALE_POSITIVE)
OPERATION(add_folded, true, OCTET_SCALE_FOLDED)
OPERATION(add_general, true, OCTET_SCALE_GENERAL)
OPERATION(multiply_positive, false, OCTET_SCALE_POSITIVE)
OPERATION(multiply_folded, false, OCTET_SCALE_FOLDED)
OPERATION(multiply_general, false, OCTET_SCALE_GENERAL)

#define RUN(name, adds, suffix, kind)                         \
    {                                                         \
        const constants c = constants_of(params, adds, kind); \
        WALK_ANY(name##_##suffix, &c)                         \
    }
#define ROW(name, adds)                                                                                      \
    static void name(const void *params, const void *const *in, const int32_t *step, void *out, int32_t n) { \
        const int kind = octet_scale_kind(&((const octet_rows_s8 *)params)->out);                            \
        if (kind == OCTET_SCALE_POSITIVE) RUN(name, adds, positive, OCTET_SCALE_POSITIVE)                    \
        else if (kind == OCTET_SCALE_FOLDED) RUN(name, adds, folded, OCTET_SCALE_FOLDED)                     \
        else RUN(name, adds, general, OCTET_SCALE_GENERAL)                                                   \
    }
ROW(add, true)
ROW(multiply, false)

const octet_rows_kernel octet_rows_s8_neon = {.name = "neon", .add = add, .multiply = multiply, .joint = joint};

#endif
