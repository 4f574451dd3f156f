#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "quant/qparams.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void assert_params(octet_qparams got, float scale, int32_t zero_point) {
    if (memcmp(&got.scale, &scale, sizeof scale) != 0)
        fail_msg("scale %.9g, expected %.9g", (double)got.scale, (double)scale);
    assert_int_equal(got.zero_point, zero_point);
}

/* Ranges that TensorFlow 2.21 was observed to turn into these parameters. */
static void ranges_give_observed_parameters(void **state) {
    (void)state;
    static const struct {
        double min, max;
        float scale;
        int32_t zero_point;
    } CASES[] = {
        {0, 0, 7.8431368e-09f, 0},     {1, 1, 0.003921569f, -128},    {-1, -1, 0.003921569f, 127},
        {0, 1e-7, 8.2352942e-09f, -7}, {-1e-7, 0, 8.2352942e-09f, 6}, {-5e-7, 5e-7, 1.17647065e-08f, -1},
        {-0.5, 254.5, 1.0f, -128},     {-1.5, 253.5, 1.0f, -127},     {-126.5, 128.5, 1.0f, -2},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        const float min = (float)CASES[i].min, max = (float)CASES[i].max; /* calibration records float32 */
        assert_params(octet_qparams_range_s8((double)min, (double)max), CASES[i].scale, CASES[i].zero_point);
    }
    assert_true(isinf(octet_qparams_range_s8(-3e38, 3e38).scale));
}

static void range_s16_is_symmetric(void **state) {
    (void)state;
    assert_params(octet_qparams_range_s16(0.0, 1.0), 1.0f / 32767.0f, 0);
    assert_params(octet_qparams_range_s16(-2.0, 1.0), 2.0f / 32767.0f, 0);
    assert_params(octet_qparams_range_s16(-17.705616, 19.689283), 19.689283f / 32767.0f, 0);
    assert_true(octet_qparams_range_s16(0.0, 0.0).scale > 0.0f);
}

static void constants_are_asymmetric_and_hold_zero(void **state) {
    (void)state;
    const float same[3] = {0.3f, 0.3f, 0.3f};
    const octet_qparams splat = octet_qparams_constant_s8(same, 3);
    assert_params(splat, 0.3f / 255.0f, -128);
    const float negative = -2.0f;
    assert_params(octet_qparams_constant_s8(&negative, 1), 2.0f / 255.0f, 127);
    const float mixed[4] = {-1.0f, 0.5f, 2.0f, 4.1f};
    const octet_qparams params = octet_qparams_constant_s8(mixed, 4);
    assert_params(params, (4.1f + 1.0f) / 255.0f, -78);
    int8_t bytes[4];
    octet_qparams_quantize_s8(mixed, 4, params, bytes);
    const int8_t expected[4] = {-128, -53, 22, 127};
    assert_memory_equal(bytes, expected, 4);
    const float zeros[2] = {0.0f, 0.0f};
    assert_true(octet_qparams_constant_s8(zeros, 2).scale == 3.9215684e-09f);
    const float tiny[2] = {1e-8f, -1e-8f};
    assert_true(octet_qparams_constant_s8(tiny, 2).scale == (5e-7f + 5e-7f) / 255.0f);
}

/* The zero point is added before rounding: 0.5 + -128 rounds away from zero, to -128. */
static void zero_point_is_added_before_rounding(void **state) {
    (void)state;
    const octet_qparams params = octet_qparams_of(1.0f, -128);
    const float values[3] = {0.5f, 1.5f, 300.0f};
    int8_t bytes[3];
    octet_qparams_quantize_s8(values, 3, params, bytes);
    assert_int_equal(bytes[0], -128);
    assert_int_equal(bytes[1], -127);
    assert_int_equal(bytes[2], 127);
}

static void weights_per_channel(void **state) {
    (void)state;
    /* Channels along the last axis: [2, 4 channels, 1]. */
    const float weights[8] = {0.0f, 127.0f, 1e-8f, -0.25f, 0.0f, -63.5f, -4e-7f, 0.5f};
    const octet_channels channels = {2, 4, 1};
    double scales[4];
    octet_qparams_weight_scales(weights, channels, scales);
    assert_true((float)scales[0] == 3.937008e-09f);
    assert_true(scales[1] == 1.0);
    assert_true((float)scales[2] == 3.937008e-09f);
    assert_true((float)scales[3] == 1.0f / 254.0f);
    int8_t bytes[8];
    octet_qparams_quantize_weights(weights, channels, scales, bytes);
    const int8_t expected[8] = {0, 127, 3, -64, 0, -64, -102, 127};
    assert_memory_equal(bytes, expected, 8);
}

static void weights_round_half_away_and_stay_narrow(void **state) {
    (void)state;
    const float weights[6] = {0.5f, 1.5f, 2.5f, -0.5f, 127.0f, -127.0f};
    const octet_channels channels = {1, 1, 6};
    double scale;
    octet_qparams_weight_scales(weights, channels, &scale);
    assert_true(scale == 1.0);
    int8_t bytes[6];
    const int8_t expected[6] = {1, 2, 3, -1, 127, -127};
    octet_qparams_quantize_weights(weights, channels, &scale, bytes);
    assert_memory_equal(bytes, expected, 6);
    octet_qparams_quantize_weights_per_tensor(weights, 6, bytes);
    assert_memory_equal(bytes, expected, 6);
    scale = 0.5; /* too small a scale saturates at -127, never -128 */
    octet_qparams_quantize_weights(weights, channels, &scale, bytes);
    assert_int_equal(bytes[4], 127);
    assert_int_equal(bytes[5], -127);
}

/* The largest float32 below a half is not a half. */
static void weights_just_below_a_half_round_down(void **state) {
    (void)state;
    const float weights[4] = {127.0f, 0.49999997f, -0.49999997f, 126.49999f};
    const octet_channels channels = {1, 1, 4};
    const double scale = 1.0;
    int8_t bytes[4];
    const int8_t expected[4] = {127, 0, 0, 126};
    octet_qparams_quantize_weights(weights, channels, &scale, bytes);
    assert_memory_equal(bytes, expected, 4);
}

static void biases_have_24_bits(void **state) {
    (void)state;
    const double scale = octet_qparams_bias_scale(0.5, 0.25);
    assert_true(scale == 0.125);
    const float biases[4] = {0.0625f, -0.0625f, 0.1f, 1e12f};
    int32_t q[4];
    octet_qparams_quantize_bias_s32(biases, 4, &scale, 1, q);
    assert_int_equal(q[0], 1);
    assert_int_equal(q[1], -1);
    assert_int_equal(q[2], 1);
    assert_int_equal(q[3], INT32_MAX);
    const float large = 16777217.0f; /* not a float32: 16777216 */
    const double one = 1.0, zero = 0.0;
    int64_t wide;
    octet_qparams_quantize_bias_s64(&large, 1, &one, 1, &wide);
    assert_true(wide == 16777216);
    octet_qparams_quantize_bias_s32(&large, 1, &zero, 1, q);
    assert_int_equal(q[0], 0);
}

static void a_large_bias_widens_its_channel(void **state) {
    (void)state;
    double weight_scale = 0.01, bias_scale = octet_qparams_bias_scale(0.02, 0.01);
    const double before = weight_scale;
    assert_false(octet_qparams_adjust_scales(1000.0f, 0.02, &weight_scale, &bias_scale));
    assert_true(weight_scale == before);
    const float bias = -1e6f;
    assert_true(octet_qparams_adjust_scales(bias, 0.02, &weight_scale, &bias_scale));
    assert_true(bias_scale == 1e6 / 1073741823.0);
    assert_true(weight_scale == bias_scale / 0.02);
    int32_t q;
    octet_qparams_quantize_bias_s32(&bias, 1, &bias_scale, 1, &q);
    assert_int_equal(q, -1073741824);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_give_observed_parameters),
        cmocka_unit_test(range_s16_is_symmetric),
        cmocka_unit_test(constants_are_asymmetric_and_hold_zero),
        cmocka_unit_test(zero_point_is_added_before_rounding),
        cmocka_unit_test(weights_per_channel),
        cmocka_unit_test(weights_round_half_away_and_stay_narrow),
        cmocka_unit_test(weights_just_below_a_half_round_down),
        cmocka_unit_test(biases_have_24_bits),
        cmocka_unit_test(a_large_bias_widens_its_channel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
