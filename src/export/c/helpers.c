#include "export/c/helpers.h"

#include "export/c/products.h"

#define BIT(name) (UINT32_C(1) << OCTET_C_##name)

/* Shifts to the right of negative numbers round down, as every compiler for these processors has it. */
static const struct {
    const char *name;
    uint32_t calls;
    const char *text;
} helpers[OCTET_C_N_HELPERS] = {
    [OCTET_C_HIGH] = {"@high", 0,
                      "/* a * b / 2^31, rounded to nearest, halves upwards. */\n"
                      "static int32_t @high(int32_t a, int32_t b) {\n"
                      "    return (int32_t)(((int64_t)a * b + INT64_C(1073741824)) >> 31);\n"
                      "}\n\n"},
    [OCTET_C_ROUND_SHIFT] = {"@round_shift", 0,
                             "/* x / 2^shift, rounded to nearest, halves away from 0; shift 0..31. */\n"
                             "static int32_t @round_shift(int32_t x, int32_t shift) {\n"
                             "    const int32_t mask = (int32_t)((UINT32_C(1) << shift) - 1u);\n"
                             "    return (x >> shift) + ((x & mask) > (mask >> 1) + (x < 0) ? 1 : 0);\n"
                             "}\n\n"},
    [OCTET_C_CLAMP] = {"@clamp", 0,
                       "static int32_t @clamp(int32_t x, int32_t min, int32_t max) {\n"
                       "    return x < min ? min : x > max ? max : x;\n"
                       "}\n\n"},
    [OCTET_C_SCALE] = {"@scale", BIT(HIGH) | BIT(ROUND_SHIFT),
                       "/* x * multiplier / 2^(31 + right), rounded twice, as TFLite's kernels round. */\n"
                       "static int32_t @scale(int32_t x, int32_t multiplier, int32_t right) {\n"
                       "    return @round_shift(@high(x, multiplier), right);\n"
                       "}\n\n"},
    [OCTET_C_SCALE_RELU] =
        {"@scale_relu", 0,
         "/* The same, clamped to 0..most, for right > 0 and |x| < 2^30. Halves above 0 are rounded upwards either "
         "way. */\n"
         "static int32_t @scale_relu(int32_t x, int32_t multiplier, int32_t right, int32_t most) {\n"
         "    const int32_t half = (int32_t)(UINT32_C(1) << right) >> 1;\n"
         "    int32_t y;\n"
         "#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)\n"
         "    __asm__(\"smmlar %0, %1, %2, %3\" : \"=r\"(y) : \"r\"(2 * x), \"r\"(multiplier), \"r\"(half));\n"
         "#else\n"
         "    y = (int32_t)(((int64_t)x * multiplier + INT64_C(1073741824)) >> 31) + half;\n"
         "#endif\n"
         "    y >>= right;\n"
         "    return y < 0 ? 0 : y > most ? most : y;\n"
         "}\n\n"},
    [OCTET_C_SCALE_LEFT] = {"@scale_left", BIT(HIGH),
                            "/* x * 2^left * multiplier / 2^31; x * 2^left wraps as it does in TFLite's kernels. */\n"
                            "static int32_t @scale_left(int32_t x, int32_t multiplier, int32_t left) {\n"
                            "    return @high((int32_t)((uint32_t)x << left), multiplier);\n"
                            "}\n\n"},
    [OCTET_C_SCALE_BY] = {"@scale_by", BIT(SCALE) | BIT(SCALE_LEFT),
                          "/* x * multiplier * 2^(shift - 31), for shifts of either sign. */\n"
                          "static int32_t @scale_by(int32_t x, int32_t multiplier, int32_t shift) {\n"
                          "    return shift > 0 ? @scale_left(x, multiplier, shift) : @scale(x, multiplier, -shift);\n"
                          "}\n\n"},
    [OCTET_C_SCALE_WIDE] =
        {"@scale_wide", 0,
         "/* x * multiplier / 2^right of 64 bits, rounded once, halves upwards; what leaves 32 bits wraps. */\n"
         "static int32_t @scale_wide(int64_t x, int32_t multiplier, int32_t right) {\n"
         "    const uint64_t product = (uint64_t)x * (uint64_t)multiplier;\n"
         "    if (right <= 0) return (int32_t)(product << -right);\n"
         "    return (int32_t)((int64_t)(product + (UINT64_C(1) << (right - 1))) >> right);\n"
         "}\n\n"},
    [OCTET_C_RESCALE] =
        {"@rescale", BIT(ROUND_SHIFT),
         "/* x * 2^exponent: clamped to 32 bits to the left, rounded to the right; exponent -31..31. */\n"
         "static int32_t @rescale(int32_t x, int32_t exponent) {\n"
         "    int64_t y;\n"
         "    if (exponent < 0) return @round_shift(x, -exponent);\n"
         "    y = (int64_t)x * (INT64_C(1) << exponent);\n"
         "    return y > 2147483647 ? 2147483647 : y < -2147483647 ? (-2147483647 - 1) : (int32_t)y;\n"
         "}\n\n"},
    [OCTET_C_LONG_SUM] = {"@load_sum", 0,
                          "/* An int64 in two words, which need no alignment beyond theirs. */\n"
                          "static int64_t @load_sum(const int32_t *words) {\n"
                          "    return (int64_t)((uint64_t)(uint32_t)words[1] << 32 | (uint32_t)words[0]);\n"
                          "}\n"
                          "static void @store_sum(int32_t *words, int64_t x) {\n"
                          "    words[0] = (int32_t)(uint32_t)((uint64_t)x & UINT32_MAX);\n"
                          "    words[1] = (int32_t)(uint32_t)((uint64_t)x >> 32);\n"
                          "}\n\n"},
    [OCTET_C_TABLE16] = {"@lookup16", 0,
                         "/* A function of int16 by 513 of its results, 128 steps apart, and lines between them. */\n"
                         "static int32_t @lookup16(int32_t x, const int16_t *table) {\n"
                         "    const int16_t *at = table + 256 + (x >> 7);\n"
                         "    return (int16_t)(at[0] + (((at[1] - at[0]) * (x & 127) + 64) >> 7));\n"
                         "}\n\n"},
    [OCTET_C_EXP] =
        {"@exp_negative", BIT(HIGH) | BIT(ROUND_SHIFT),
         "/* e^a in Q0.31 for a <= 0 in Q5.26: a series around -1/8 times powers e^-(1/4), e^-(1/2), ..., e^-16. */\n"
         "static const int32_t @powers[7] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};\n"
         "static int32_t @exp_negative(int32_t a) {\n"
         "    const int32_t quarter = (a & 16777215) - 16777216, rest = (int32_t)((uint32_t)quarter - (uint32_t)a);\n"
         "    const int32_t x = quarter * 32 + 268435456, x2 = @high(x, x);\n"
         "    const int32_t x3 = @high(x2, x), x4 = @high(x2, x2);\n"
         "    const int32_t tail = @high(@round_shift(x4, 2) + x3, 715827883);\n"
         "    int32_t y = 1895147668 + @high(1895147668, x + @round_shift(tail + x2, 1));\n"
         "    int32_t i;\n"
         "    if (a == 0) return 2147483647;\n"
         "    for (i = 0; i < 7; ++i) {\n"
         "        if ((rest & (int32_t)(UINT32_C(16777216) << i)) != 0) y = @high(y, @powers[i]);\n"
         "    }\n"
         "    return y;\n"
         "}\n\n"},
    [OCTET_C_RECIPROCAL] = {"@reciprocal", BIT(HIGH),
                            "/* 1 / (1 + a), both in Q0.31, for a in [0, 1): three steps of Newton's method. */\n"
                            "static int32_t @reciprocal(int32_t a) {\n"
                            "    const int32_t half = (int32_t)(((int64_t)a + INT64_C(2147483648)) / 2);\n"
                            "    int32_t x = 1515870810 + @high(half, -1010580540), i;\n"
                            "    for (i = 0; i < 3; ++i) x += @high(x, 536870912 - @high(half, x)) * 4;\n"
                            "    return x > 1073741823 ? 2147483647 : x * 2;\n"
                            "}\n\n"},
    [OCTET_C_RECIPROCAL16] =
        {"@reciprocal16", BIT(ROUND_SHIFT),
         "/* a * b / 2^15, rounded to nearest, halves upwards. */\n"
         "static int32_t @high16(int32_t a, int32_t b) {\n"
         "    return (a * b + 16384) >> 15;\n"
         "}\n\n"
         "/* e^a in Q0.15 for a <= 0 in Q<bits> of 15 bits: a series around -1/8 times powers e^-(1/4), e^-(1/2), ..., "
         "e^-8. */\n"
         "static const int16_t @powers16[6] = {25520, 19875, 12055, 4435, 600, 11};\n"
         "static int32_t @exp16(int32_t a, int32_t bits) {\n"
         "    const int32_t one = (int32_t)1 << (15 - bits), quarter = (a & (one / 4 - 1)) - one / 4, rest = quarter - "
         "a;\n"
         "    const int32_t x = quarter * ((int32_t)1 << bits) + 4096, x2 = @high16(x, x);\n"
         "    const int32_t x3 = @high16(x2, x), x4 = @high16(x2, x2);\n"
         "    const int32_t tail = @high16(@round_shift(x4, 2) + x3, 10923);\n"
         "    int32_t y = 28918 + @high16(28918, x + @round_shift(tail + x2, 1));\n"
         "    int32_t i;\n"
         "    if (a == 0) return 32767;\n"
         "    if (y > 32767) y = 32767;\n"
         "    for (i = 0; i < 6 && i - 2 < bits; ++i) {\n"
         "        if ((rest & ((one / 4) << i)) != 0) y = @high16(y, @powers16[i]);\n"
         "    }\n"
         "    if (bits > 4 && (rest & (one * 16)) != 0) y = 0;\n"
         "    return bits > 5 && a < -((int32_t)1 << (20 - bits)) ? 0 : y;\n"
         "}\n\n"
         "/* 2 / (1 + a) in Q2.13 for a in [0, 1) in Q0.15: three steps of Newton's method. */\n"
         "static int32_t @reciprocal16(int32_t a) {\n"
         "    const int32_t half = (a + 32768) >> 1;\n"
         "    int32_t x = 23130 + @high16(half, -15420), i;\n"
         "    for (i = 0; i < 3; ++i) x += @high16(x, 8192 - @high16(half, x)) * 4;\n"
         "    return x;\n"
         "}\n\n"},
    [OCTET_C_SIGMOID16] = {"@sigmoid16", BIT(RECIPROCAL16),
                           "/* 1 / (1 + e^-a) in Q0.15, a in Q3.12. */\n"
                           "static int32_t @sigmoid16(int32_t a) {\n"
                           "    const int32_t y = 2 * @reciprocal16(@exp16(a > 0 ? -a : a, 3));\n"
                           "    if (a == 0) return 16384;\n"
                           "    return a > 0 ? (y > 32767 ? 32767 : y) : 32767 - (y > 32767 ? 32767 : y);\n"
                           "}\n\n"},
    [OCTET_C_TANH16] = {"@tanh16", BIT(RECIPROCAL16),
                        "/* tanh(a) in Q0.15, a in Q<bits>: (1 - e) / (1 + e) with e = e^-2|a|. */\n"
                        "static int32_t @tanh16(int32_t a, int32_t bits) {\n"
                        "    const int32_t y = (@reciprocal16(@exp16(a > 0 ? -a : a, bits + 1)) - 8192) * 4;\n"
                        "    if (a == 0) return 0;\n"
                        "    return a > 0 ? (y > 32767 ? 32767 : y) : -(y > 32767 ? 32767 : y);\n"
                        "}\n\n"},
    [OCTET_C_LOG] =
        {"@log_fixed", BIT(HIGH) | BIT(RESCALE) | BIT(RECIPROCAL),
         "/* ln(x) in Q5.26 for x >= 1 in Q12.19: x = 2^n * r with r around 2^-(1/4), the logarithm of r by a rational "
         "function. */\n"
         "static int32_t @log_fixed(int32_t x) {\n"
         "    const int32_t b = @high(x, 1518500250);\n"
         "    int32_t zeros = 0, headroom = 0, ra, rb, r, p, q, q2, power_a, power_b, above, below;\n"
         "    while (((uint32_t)x << zeros) < UINT32_C(2147483648)) ++zeros;\n"
         "    while (((uint32_t)b << headroom) < UINT32_C(1073741824)) ++headroom;\n"
         "    ra = @rescale(@high(@rescale(x, zeros - 1), 1518500250), 1);\n"
         "    rb = @rescale(x, headroom);\n"
         "    power_a = (12 - zeros) * 33554432 + 8388608;\n"
         "    power_b = (12 - headroom) * 33554432 - 8388608;\n"
         "    r = ra < rb ? ra : rb;\n"
         "    p = (int32_t)(((int64_t)r + 1805811302) / 2);\n"
         "    q = 2 * (r - 1805811301);\n"
         "    q2 = @high(q, q);\n"
         "    above = @high(q, r) + @high(@high(q, q2), 117049297);\n"
         "    below = @high(p, 1057819769 + q + @high(127690142, q2)) + @high(638450708, q);\n"
         "    above = @high(@rescale(above, -6), @reciprocal(below));\n"
         "    return @rescale(@high(power_a > power_b ? power_a : power_b, 1488522236) + above, 1);\n"
         "}\n\n"},
    [OCTET_C_ROOT] =
        {"@inverse_root", BIT(HIGH) | BIT(RESCALE),
         "/* 1 / sqrt(x) = result * 2^(*shift - 31), x >= 0: five steps y = y (3 - x y^2) / 2 in Q3.28. */\n"
         "static int32_t @inverse_root(int32_t x, int32_t *shift) {\n"
         "    int32_t halvings = 11, y = 268435456, quarter, i;\n"
         "    *shift = 0;\n"
         "    if (x <= 1) return 2147483647;\n"
         "    for (; x >= 536870912; x /= 4) ++halvings;\n"
         "    for (; x < 134217728; x *= 4) --halvings;\n"
         "    quarter = @rescale(x >> 1, -1);\n"
         "    for (i = 0; i < 5; ++i) {\n"
         "        const int32_t cube = @rescale(@high(@high(y, y), y), 6);\n"
         "        y = @rescale(@high(402653184, y) - @high(quarter, cube), 3);\n"
         "    }\n"
         "    y = @high(y, 1518500250);\n"
         "    for (; halvings < 0; ++halvings) y = (int32_t)((uint32_t)y << 1);\n"
         "    *shift = -halvings;\n"
         "    return y;\n"
         "}\n\n"},
    [OCTET_C_QUOTIENT] =
        {"@quotient", BIT(HIGH) | BIT(RESCALE) | BIT(RECIPROCAL),
         "/* x / y * multiplier * 2^(shift - 31) by the reciprocal of |y|, x with its free bits used up; of a zero "
         "divisor the end of\n * the range on the side of x. */\n"
         "static int32_t @quotient(int32_t x, int32_t y, int32_t multiplier, int32_t shift) {\n"
         "    int32_t zeros = 0, free_bits = 31, inverse, result;\n"
         "    if (y == 0) return x == 0 ? 0 : x > 0 ? 1073741823 : -1073741824;\n"
         "    if (y < 0) {\n"
         "        x = -x;\n"
         "        y = -y;\n"
         "    }\n"
         "    while (((uint32_t)y << zeros) < UINT32_C(2147483648)) ++zeros;\n"
         "    inverse = @reciprocal((int32_t)(((uint32_t)y << zeros) - UINT32_C(2147483648)));\n"
         "    if (x != 0) {\n"
         "        uint32_t size = x < 0 ? 2u * (uint32_t)-x - 1u : (uint32_t)x;\n"
         "        for (free_bits = x > 0 ? -1 : 0; size < UINT32_C(2147483648); size <<= 1) ++free_bits;\n"
         "    }\n"
         "    result = @high(@high((int32_t)((uint32_t)x << free_bits), inverse), multiplier);\n"
         "    shift -= 31 - zeros + free_bits;\n"
         "    return shift > 0 ? @rescale(result, shift) / 2 : shift < -31 ? 0 : @rescale(result, shift);\n"
         "}\n\n"},
    [OCTET_C_MAC2] =
        {"@MAC2", 0,
         "/* sum += a[0] * b[0] + a[1] * b[1], of int16_t. */\n"
         "#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)\n"
         "typedef uint32_t __attribute__((may_alias, aligned(2))) @pair;\n"
         "#define @MAC2(sum, a, b) \\\n"
         "    __asm__(\"smlad %0, %1, %2, %0\" : \"+r\"(sum) \\\n"
         "            : \"r\"(*(const @pair *)(const void *)(a)), \"r\"(*(const @pair *)(const void *)(b)))\n"
         "#else\n"
         "#define @MAC2(sum, a, b) (sum) += (a)[0] * (b)[0] + (a)[1] * (b)[1]\n"
         "#endif\n\n"},
    [OCTET_C_STEP] =
        {"@STEP", 0,
         "#if defined(__ARM_FEATURE_MVE) && (__ARM_FEATURE_MVE & 1)\n"
         "#include <arm_mve.h>\n"
         "#define @HELIUM 1\n"
         "#elif defined(__ARM_FEATURE_DSP) && defined(__GNUC__)\n"
         "/* sum += four bytes at p times four bytes of v, which lie in v02 and v13 as halves of words; p += 4. */\n"
         "#define @STEP(p, sum) \\\n"
         "    __asm__(\"ldr %[t], [%[a]], #4\\n\\tsxtb16 %[u], %[t]\\n\\tsxtb16 %[t], %[t], ror #8\\n\\t\" \\\n"
         "            \"smlad %[s], %[u], %[e], %[s]\\n\\tsmlad %[s], %[t], %[f], %[s]\" \\\n"
         "            : [s] \"+r\"(sum), [a] \"+r\"(p), [t] \"=&r\"(t), [u] \"=&r\"(u) \\\n"
         "            : [e] \"r\"(v02), [f] \"r\"(v13) : \"memory\")\n"
         "#define @LOAD(p) \\\n"
         "    __asm__(\"ldr %[t], [%[a]], #4\\n\\tsxtb16 %[e], %[t]\\n\\tsxtb16 %[f], %[t], ror #8\" \\\n"
         "            : [a] \"+r\"(p), [t] \"=&r\"(t), [e] \"=&r\"(v02), [f] \"=r\"(v13) : : \"memory\")\n"
         "#define @STEP4 \\\n"
         "    do { @LOAD(v); @STEP(a, s0); @STEP(b, s1); @STEP(c, s2); @STEP(d, s3); } while (0)\n"
         "#endif\n\n"},
    [OCTET_C_DOT] = {"@dot", BIT(STEP),
                     "/* The sum of v[i] * a[i]. */\n"
                     "static int32_t @dot(const int8_t *v, const int8_t *a, int32_t n) {\n"
                     "    const int8_t *const end = v + n;\n"
                     "    int32_t sum = 0;\n"
                     "#if defined(@HELIUM)\n"
                     "    for (; v < end; v += 16, a += 16) {\n"
                     "        const mve_pred16_t some = vctp8q((uint32_t)(end - v));\n"
                     "        sum = vmladavaq_s8(sum, vldrbq_z_s8(v, some), vldrbq_z_s8(a, some));\n"
                     "    }\n"
                     "    return sum;\n"
                     "#else\n"
                     "#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)\n"
                     "    const int8_t *const whole = v + (n & ~3);\n"
                     "    uint32_t v02, v13, t, u;\n"
                     "    while (v != whole) {\n"
                     "        @LOAD(v);\n"
                     "        @STEP(a, sum);\n"
                     "    }\n"
                     "#endif\n"
                     "    while (v != end) sum += *v++ * *a++;\n"
                     "    return sum;\n"
                     "#endif\n"
                     "}\n\n"},
    [OCTET_C_DOT4] = {"@dot4", BIT(STEP),
                      "/* Adds the sum of v[i] * a[i] to sums[0], that of v[i] * b[i] to sums[1], ... */\n"
                      "static void @dot4(const int8_t *v, const int8_t *a, const int8_t *b, const int8_t *c, const "
                      "int8_t *d, int32_t n,\n"
                      "                  int32_t *sums) {\n"
                      "    const int8_t *const end = v + n;\n"
                      "    int32_t s0 = sums[0], s1 = sums[1], s2 = sums[2], s3 = sums[3];\n"
                      "#if defined(@HELIUM)\n"
                      "    for (; v < end; v += 16, a += 16, b += 16, c += 16, d += 16) {\n"
                      "        const mve_pred16_t some = vctp8q((uint32_t)(end - v));\n"
                      "        const int8x16_t x = vldrbq_z_s8(v, some);\n"
                      "        s0 = vmladavaq_s8(s0, x, vldrbq_z_s8(a, some));\n"
                      "        s1 = vmladavaq_s8(s1, x, vldrbq_z_s8(b, some));\n"
                      "        s2 = vmladavaq_s8(s2, x, vldrbq_z_s8(c, some));\n"
                      "        s3 = vmladavaq_s8(s3, x, vldrbq_z_s8(d, some));\n"
                      "    }\n"
                      "#else\n"
                      "#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)\n"
                      "    const int8_t *const whole = v + (n & ~7);\n"
                      "    uint32_t v02, v13, t, u;\n"
                      "    while (v != whole) {\n"
                      "        @STEP4;\n"
                      "        @STEP4;\n"
                      "    }\n"
                      "    if ((n & 4) != 0) @STEP4;\n"
                      "#endif\n"
                      "    while (v != end) {\n"
                      "        const int32_t x = *v++;\n"
                      "        s0 += x * *a++;\n"
                      "        s1 += x * *b++;\n"
                      "        s2 += x * *c++;\n"
                      "        s3 += x * *d++;\n"
                      "    }\n"
                      "#endif\n"
                      "    sums[0] = s0;\n"
                      "    sums[1] = s1;\n"
                      "    sums[2] = s2;\n"
                      "    sums[3] = s3;\n"
                      "}\n\n"},
    [OCTET_C_LANES] = {"@LANES", 0, octet_c_lanes_text},
    [OCTET_C_ROWS4] = {"@rows4", BIT(STEP) | BIT(LANES), octet_c_rows4_text},
    [OCTET_C_APART] = {"@APART", 0,
                       "#if defined(__GNUC__)\n"
                       "#define @APART __attribute__((noinline))\n"
                       "#else\n"
                       "#define @APART\n"
                       "#endif\n\n"},
    [OCTET_C_GATHER] = {"@gather", 0, octet_c_gather_text},
    [OCTET_C_FOUR] = {"@four", BIT(STEP) | BIT(LANES) | BIT(GATHER), octet_c_four_text},
    [OCTET_C_TAPS4] = {"@taps4", BIT(STEP), octet_c_taps4_text},
};

const char *octet_c_helper_name(octet_c_helper helper) { return helpers[helper].name; }

uint32_t octet_c_helper_needs(octet_c_helper helper) {
    uint32_t needs = (UINT32_C(1) << helper) | helpers[helper].calls;
    for (uint32_t i = 0; i < OCTET_C_N_HELPERS; i++)
        if (helpers[helper].calls & (UINT32_C(1) << i)) needs |= octet_c_helper_needs((octet_c_helper)i);
    return needs;
}

void octet_c_write_helpers(octet_c_writer *w, uint32_t set) {
    for (uint32_t i = 0; i < OCTET_C_N_HELPERS; i++)
        if (set & (UINT32_C(1) << i)) octet_c_text(w, helpers[i].text);
}
