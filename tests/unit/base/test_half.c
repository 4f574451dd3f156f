#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "base/half.h"

static uint32_t bits_of(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static float float_of(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* The definition: (-1)^s 2^(e-25) (1024 + f), in another way than the codec's. */
static float defined(uint16_t half) {
    const int exponent = half >> 10 & 31, fraction = half & 1023;
    const float size = exponent == 0 ? ldexpf((float)fraction, -24) : ldexpf((float)(1024 + fraction), exponent - 25);
    return (half & 0x8000) != 0 ? -size : size;
}

static void every_code_is_what_ieee_says(void **state) {
    (void)state;
    for (uint32_t code = 0; code < 65536; code++) {
        const uint16_t half = (uint16_t)code;
        const float value = octet_half_to_f32(half);
        if ((half & 0x7c00) < 0x7c00) {
            assert_int_equal(bits_of(value), bits_of(defined(half)));
        } else { /* infinities and NaN: the same sign and payload */
            assert_int_equal(bits_of(value),
                             (uint32_t)(half & 0x8000) << 16 | 0x7f800000 | (uint32_t)(half & 1023) << 13);
        }
    }
}

static void every_code_comes_back(void **state) {
    (void)state;
    for (uint32_t code = 0; code < 65536; code++) {
        const float value = octet_half_to_f32((uint16_t)code);
        const uint32_t quiet = (code & 0x7fff) > 0x7c00 ? code | 0x0200 : code; /* a NaN becomes a quiet one */
        assert_int_equal(octet_half_from_f32(value), quiet);
        const bool is_infinite = (code & 0x7fff) == 0x7c00;
        assert_int_equal(octet_half_from_f32_saturated(value), is_infinite ? code - 1 : quiet);
    }
}

/* Between each two neighbours: just below the middle goes down, just above goes up, the middle goes to the even one. */
static void ties_go_to_the_even_neighbour(void **state) {
    (void)state;
    for (uint32_t code = 0; code < 0x7bff; code++) {
        const float middle = (octet_half_to_f32((uint16_t)code) + octet_half_to_f32((uint16_t)(code + 1))) / 2.0f;
        const uint32_t even = code % 2 == 0 ? code : code + 1;
        for (uint32_t sign = 0; sign <= 0x8000; sign += 0x8000) {
            const float side = sign != 0 ? -1.0f : 1.0f;
            assert_int_equal(octet_half_from_f32(side * middle), sign | even);
            assert_int_equal(octet_half_from_f32(side * float_of(bits_of(middle) - 1)), sign | code);
            assert_int_equal(octet_half_from_f32(side * float_of(bits_of(middle) + 1)), sign | (code + 1));
            assert_int_equal(octet_half_from_f32_saturated(side * middle), sign | even);
        }
    }
}

static void what_is_too_large_is_infinite_or_saturates(void **state) {
    (void)state;
    const float large[] = {65520.0f, 65536.0f, 1e9f, 3.4e38f, INFINITY};
    for (size_t i = 0; i < sizeof large / sizeof *large; i++) {
        assert_int_equal(octet_half_from_f32(large[i]), 0x7c00);
        assert_int_equal(octet_half_from_f32(-large[i]), 0xfc00);
        assert_int_equal(octet_half_from_f32_saturated(large[i]), 0x7bff);
        assert_int_equal(octet_half_from_f32_saturated(-large[i]), 0xfbff);
    }
    const float below = float_of(bits_of(65520.0f) - 1);
    assert_int_equal(octet_half_from_f32(below), 0x7bff);
    assert_int_equal(octet_half_from_f32_saturated(-below), 0xfbff);
    assert_int_equal(octet_half_from_f32(float_of(1)), 0); /* the least float */
    assert_int_equal(octet_half_from_f32(-float_of(1)), 0x8000);
}

static void nan_keeps_sign_and_payload(void **state) {
    (void)state;
    assert_int_equal(octet_half_from_f32(float_of(0x7fc00000)), 0x7e00);
    assert_int_equal(octet_half_from_f32(float_of(0xffc00000)), 0xfe00);
    assert_int_equal(octet_half_from_f32(float_of(0x7f802000)), 0x7e01); /* signalling */
    assert_int_equal(octet_half_from_f32(float_of(0x7f800001)), 0x7e00); /* a payload below what a half holds */
    assert_int_equal(octet_half_from_f32_saturated(float_of(0xffc02000)), 0xfe01);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_is_what_ieee_says),  cmocka_unit_test(every_code_comes_back),
        cmocka_unit_test(ties_go_to_the_even_neighbour), cmocka_unit_test(what_is_too_large_is_infinite_or_saturates),
        cmocka_unit_test(nan_keeps_sign_and_payload),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
