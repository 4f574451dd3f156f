#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "base/rsqrt.h"

static float from_bits(uint32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static void estimates_are_close_and_fall(void **state) {
    (void)state;
    float previous = 1.0f;
    for (uint32_t segment = 0; segment < 8192; segment++) {
        const float x = from_bits(0x3f800000u + (segment << 11)), estimate = octet_rsqrt_estimate(x);
        assert_true(fabs((double)estimate * sqrt((double)x) - 1) < 1.5 * 0x1p-12);
        assert_true(estimate <= previous);
        assert_true(octet_rsqrt_estimate(x * 0x1p-20f) == estimate * 0x1p10f);
        assert_true(octet_rsqrt_estimate(x * 0x1p100f) == estimate * 0x1p-50f);
        previous = estimate;
    }
}

#if defined(__x86_64__)
#include <immintrin.h>

static void estimates_equal_the_processor_s(void **state) {
    (void)state;
    unsigned vendor[3] = {0};
    __asm__("cpuid" : "=b"(vendor[0]), "=d"(vendor[1]), "=c"(vendor[2]) : "a"(0));
    if (memcmp(vendor, "AuthenticAMD", 12) != 0) skip();
    for (uint32_t bits = 0x00800000u; bits < 0x7f000000u; bits += 1999) {
        const float x = from_bits(bits);
        assert_true(octet_rsqrt_estimate(x) == _mm_cvtss_f32(_mm_rsqrt_ss(_mm_set_ss(x))));
    }
}
#endif

static void the_rest_of_an_array_is_divided(void **state) {
    (void)state;
    float x[11], out[11];
    for (int i = 0; i < 11; i++) x[i] = 0.001f + 0.37f * (float)i;
    octet_rsqrt_f32(x, 11, out);
    for (int i = 0; i < 11; i++) assert_true(fabs((double)out[i] * sqrt((double)x[i]) - 1) < 0x1p-22);
    for (int i = 8; i < 11; i++) assert_true(out[i] == 1.0f / sqrtf(x[i]));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(estimates_are_close_and_fall),
#if defined(__x86_64__)
        cmocka_unit_test(estimates_equal_the_processor_s),
#endif
        cmocka_unit_test(the_rest_of_an_array_is_divided),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
