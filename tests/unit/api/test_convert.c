/* api/convert: real numbers into tensors and back, at ties, at the ends of types, with NaN. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "exec/convert.h"

static octet_value value_of(octet_type type, const float *scale, const int32_t *zero_point) {
    return (octet_value){.type = type, .quantization = {.n = scale != NULL, .scale = scale, .zero_point = zero_point}};
}

static void ties_go_away_from_zero(void **state) {
    const float scale = 0.5f, real[] = {0.25f, -0.25f, 0.75f, 100.0f, -100.0f, NAN, INFINITY, -INFINITY};
    const int32_t zero_point = 3;
    const int8_t expected[] = {4, 2, 5, 127, -128, 3, 127, -128};
    int8_t q[8];
    (void)state;
    const octet_value value = value_of(OCTET_INT8, &scale, &zero_point);
    octet_convert_from_real(&value, OCTET_ROUND_NEAREST, real, 8, q);
    assert_memory_equal(q, expected, sizeof q);
}

static void truncation_is_numpys(void **state) {
    /* np.clip(x / scale + zero_point, -128, 127).astype(np.int8): towards zero after the zero point is added. */
    const float scale = 1.0f, real[] = {1.9f, -1.9f, -0.9f, 300.0f, -300.0f};
    const int32_t zero_point = -3;
    const int8_t expected[] = {-1, -4, -3, 127, -128};
    int8_t q[5];
    (void)state;
    const octet_value value = value_of(OCTET_INT8, &scale, &zero_point);
    octet_convert_from_real(&value, OCTET_ROUND_TRUNCATE, real, 5, q);
    assert_memory_equal(q, expected, sizeof q);
}

static void every_type_comes_back(void **state) {
    const octet_type types[] = {OCTET_INT8,  OCTET_UINT8,   OCTET_INT16,  OCTET_INT32,
                                OCTET_INT64, OCTET_FLOAT16, OCTET_FLOAT32};
    const float real[] = {0.0f, 1.0f, 7.0f, 100.0f};
    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        const octet_value value = value_of(types[i], NULL, NULL);
        int64_t tensor[4];
        float back[4];
        octet_convert_from_real(&value, OCTET_ROUND_NEAREST, real, 4, tensor);
        octet_convert_to_real(&value, tensor, 4, back);
        assert_memory_equal(back, real, sizeof real);
    }
}

static void halves_round_to_even(void **state) {
    const float real[] = {1.0f,          65504.0f,       65519.0f,       65520.0f, 5.9604645e-8f,
                          2.9802322e-8f, 1.00048828125f, 1.00146484375f, -2.0f};
    const uint16_t expected[] = {0x3c00, 0x7bff, 0x7bff, 0x7c00, 0x0001, 0x0000, 0x3c00, 0x3c02, 0xc000};
    uint16_t half[9];
    (void)state;
    const octet_value value = value_of(OCTET_FLOAT16, NULL, NULL);
    octet_convert_from_real(&value, OCTET_ROUND_NEAREST, real, 9, half);
    assert_memory_equal(half, expected, sizeof half);
}

static void int8_comes_back_as_scale_says(void **state) {
    const float scale = 0.1f;
    const int32_t zero_point = -128;
    const int8_t q[] = {-128, 0, 127};
    float real[3];
    (void)state;
    const octet_value value = value_of(OCTET_INT8, &scale, &zero_point);
    octet_convert_to_real(&value, q, 3, real);
    assert_true(real[0] == 0.0f && real[1] == (float)((double)scale * 128) && real[2] == (float)((double)scale * 255));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ties_go_away_from_zero),        cmocka_unit_test(truncation_is_numpys),
        cmocka_unit_test(every_type_comes_back),         cmocka_unit_test(halves_round_to_even),
        cmocka_unit_test(int8_comes_back_as_scale_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
