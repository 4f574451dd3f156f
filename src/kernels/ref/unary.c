#include "kernels/ref/unary.h"

#include <math.h>

#include "kernels/ref/elementary.h"
#include "kernels/ref/target.h"

#define FLOAT_LOOP(name, expression)                                                         \
    OCTET_TARGET_AVX2 static void name(const float *in, float *out, size_t n, float alpha) { \
        (void)alpha;                                                                         \
        for (size_t i = 0; i < n; i++) {                                                     \
            const float x = in[i];                                                           \
            out[i] = (expression);                                                           \
        }                                                                                    \
    }

static inline float gelu(float x) {
    const float erf = (float)(1.0 - octet_erfc_f64((double)(x * 0x1.6a09e6p-1f)));
    return 0.5f * x * (1.0f + erf);
}
static inline float gelu_approximate(float x) {
    const float inner = 0x1.988454p-1f * (x + 0.044715f * x * x * x); /* sqrt(2 / pi) */
    return 0.5f * x * (1.0f + (float)octet_tanh_f64((double)inner));
}
static inline float hard_swish(float x) {
    const float ramp = x + 3.0f;
    return x * (ramp < 0 ? 0 : ramp > 6.0f ? 6.0f : ramp) / 6.0f;
}

/* The parts of the curve that LiteRT's reference kernel takes, each step rounded to float. */
static inline float logistic_plain(float x) {
    if (x > 0x1.09e79ep+4f) return 1.0f;
    const float power = (float)octet_exp_f64((double)(x < -9.0f ? x : -x));
    return x < -9.0f ? power : 1.0f / (1.0f + power);
}

FLOAT_LOOP(abs_f32, fabsf(x))
FLOAT_LOOP(exp_f32, (float)octet_exp_f64((double)x))
FLOAT_LOOP(log_f32, (float)octet_log_f64((double)x))
FLOAT_LOOP(sqrt_f32, sqrtf(x))
FLOAT_LOOP(rsqrt_f32, 1.0f / sqrtf(x))
FLOAT_LOOP(sin_f32, (float)octet_sin_f64((double)x, 0))
FLOAT_LOOP(cos_f32, (float)octet_sin_f64((double)x, 1))
FLOAT_LOOP(neg_f32, -x)
FLOAT_LOOP(square_f32, x *x)
FLOAT_LOOP(floor_f32, floorf(x))
FLOAT_LOOP(ceil_f32, ceilf(x))
FLOAT_LOOP(round_f32, rintf(x))
FLOAT_LOOP(sign_f32, x > 0 ? 1.0f : x < 0 ? -1.0f : x * 0.0f)
FLOAT_LOOP(logistic_f32, (float)octet_logistic_f64((double)x))
FLOAT_LOOP(logistic_plain_f32, logistic_plain(x))
FLOAT_LOOP(tanh_f32, (float)octet_tanh_f64((double)x))
FLOAT_LOOP(relu_f32, x < 0 ? 0 : x)
FLOAT_LOOP(relu6_f32, x<0 ? 0 : x> 6.0f ? 6.0f : x)
FLOAT_LOOP(relu_n1_to_1_f32, x<-1.0f ? -1.0f : x> 1.0f ? 1.0f : x)
FLOAT_LOOP(relu_0_to_1_f32, x<0.0f ? 0.0f : x> 1.0f ? 1.0f : x)
FLOAT_LOOP(leaky_relu_f32, x > 0 ? x : x * alpha)
FLOAT_LOOP(elu_f32, x < 0 ? (float)octet_expm1_f64((double)x) : x)
FLOAT_LOOP(gelu_f32, gelu(x))
FLOAT_LOOP(gelu_approximate_f32, gelu_approximate(x))
FLOAT_LOOP(hard_swish_f32, hard_swish(x))

octet_unary_f32 *octet_unary_f32_ref(octet_unary operation) {
    static octet_unary_f32 *const loops[OCTET_N_UNARY] = {
        [OCTET_UNARY_ABS] = abs_f32,
        [OCTET_UNARY_EXP] = exp_f32,
        [OCTET_UNARY_LOG] = log_f32,
        [OCTET_UNARY_SQRT] = sqrt_f32,
        [OCTET_UNARY_RSQRT] = rsqrt_f32,
        [OCTET_UNARY_SIN] = sin_f32,
        [OCTET_UNARY_COS] = cos_f32,
        [OCTET_UNARY_NEG] = neg_f32,
        [OCTET_UNARY_SQUARE] = square_f32,
        [OCTET_UNARY_FLOOR] = floor_f32,
        [OCTET_UNARY_CEIL] = ceil_f32,
        [OCTET_UNARY_ROUND] = round_f32,
        [OCTET_UNARY_SIGN] = sign_f32,
        [OCTET_UNARY_LOGISTIC] = logistic_f32,
        [OCTET_UNARY_TANH] = tanh_f32,
        [OCTET_UNARY_RELU] = relu_f32,
        [OCTET_UNARY_RELU6] = relu6_f32,
        [OCTET_UNARY_RELU_N1_TO_1] = relu_n1_to_1_f32,
        [OCTET_UNARY_RELU_0_TO_1] = relu_0_to_1_f32,
        [OCTET_UNARY_LEAKY_RELU] = leaky_relu_f32,
        [OCTET_UNARY_ELU] = elu_f32,
        [OCTET_UNARY_GELU] = gelu_f32,
        [OCTET_UNARY_GELU_APPROXIMATE] = gelu_approximate_f32,
        [OCTET_UNARY_HARD_SWISH] = hard_swish_f32,
    };
    return loops[operation];
}

octet_unary_f32 *octet_unary_f32_plain(octet_unary operation) {
    return operation == OCTET_UNARY_LOGISTIC ? logistic_plain_f32 : octet_unary_f32_ref(operation);
}

/* Unsigned arithmetic, since the least number has no absolute value and squares overflow. */
#define INTEGER_LOOPS(name, type, unsigned_type)                                                                  \
    bool name(octet_unary operation, const type *in, type *out, size_t n) {                                       \
        for (size_t i = 0; i < n; i++) {                                                                          \
            const type x = in[i];                                                                                 \
            if (operation == OCTET_UNARY_ABS) {                                                                   \
                out[i] = x < 0 ? (type)(0 - (unsigned_type)x) : x;                                                \
            } else if (operation == OCTET_UNARY_NEG) {                                                            \
                out[i] = (type)(0 - (unsigned_type)x);                                                            \
            } else if (operation == OCTET_UNARY_SQUARE) {                                                         \
                out[i] = (type)((unsigned_type)x * (unsigned_type)x);                                             \
            } else if (operation == OCTET_UNARY_SIGN) {                                                           \
                out[i] = (x > 0) - (x < 0);                                                                       \
            } else {                                                                                              \
                return false;                                                                                     \
            }                                                                                                     \
        }                                                                                                         \
        return operation == OCTET_UNARY_ABS || operation == OCTET_UNARY_NEG || operation == OCTET_UNARY_SQUARE || \
               operation == OCTET_UNARY_SIGN;                                                                     \
    }

INTEGER_LOOPS(octet_unary_s32_ref, int32_t, uint32_t)
INTEGER_LOOPS(octet_unary_s64_ref, int64_t, uint64_t)
