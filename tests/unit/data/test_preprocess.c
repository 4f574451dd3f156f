#include "support/fixture.h"

#include <math.h>

#include "data/dataset.h"
#include "data/resize.h"

static octet_scaler make(const char *preset, bool is_u8) {
    octet_context ctx;
    octet_context_init(&ctx);
    octet_scaler scaler;
    assert_int_equal(octet_scaler_create(&ctx, &(octet_preprocess){.preset = preset}, is_u8, &scaler), OCTET_OK);
    return scaler;
}

static void bytes_are_divided_by_255(void **state) {
    (void)state;
    const octet_scaler scaler = make(NULL, true);
    /* x.astype(float32) / 255 and (x / 255.0).astype(float32) agree for every
     * byte; multiplication by 1/255 does not. */
    int n_other = 0;
    for (int x = 0; x < 256; x++) {
        assert_true(scaler.tables[0][x] == (float)x / 255.0f);
        assert_true(scaler.tables[0][x] == (float)(x / 255.0));
        n_other += scaler.tables[0][x] != (float)x * (float)(1.0 / 255);
    }
    assert_int_equal(n_other, 126);
}

static void presets_follow_their_formulas(void **state) {
    (void)state;
    assert_true(make(NULL, false).scaling == OCTET_SCALING_RAW && make("unit", false).scaling == OCTET_SCALING_UNIT);
    const octet_scaler machine = make("teachable-machine", true), mobilenet = make("mobilenet", true);
    assert_true(machine.crops && !mobilenet.crops);
    assert_true(machine.tables[0][0] == -1 && machine.tables[0][255] == 1 &&
                mobilenet.tables[0][200] == 200 / 127.5f - 1);
    const octet_scaler imagenet = make("imagenet", true), caffe = make("caffe", true);
    assert_true(imagenet.n_channels == 3 && imagenet.tables[1][100] == (100 / 255.0f - 0.456f) / 0.224f);
    assert_true(caffe.swaps && caffe.tables[0][10] == 10 - 103.939f);
    octet_context ctx;
    octet_context_init(&ctx);
    octet_scaler scaler;
    assert_int_equal(
        octet_scaler_create(&ctx, &(octet_preprocess){.given = true, .scale = {0.1}, .offset = {-1}}, true, &scaler),
        OCTET_OK);
    assert_true(scaler.tables[0][7] == 7 * 0.1f + -1.0f && scaler.n_channels == 1);
    const octet_preprocess by_channel = {
        .given = true, .by_channel = true, .scale = {0.5, 0.25, 2}, .offset = {1, 2, -3}};
    assert_int_equal(octet_scaler_create(&ctx, &by_channel, true, &scaler), OCTET_OK);
    assert_true(scaler.n_channels == 3 && !scaler.swaps);
    assert_true(scaler.tables[0][8] == 5 && scaler.tables[1][8] == 4 && octet_scaler_apply(&scaler, 2, 8) == 13);
    assert_int_equal(
        octet_scaler_create(&ctx, &(octet_preprocess){.given = true, .scale = {(double)INFINITY}}, true, &scaler),
        OCTET_USAGE);
}

static void bilinear_is_half_pixel(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    uint8_t pixels[12] = {0, 0, 0, 100, 100, 100, 40, 40, 40, 20, 20, 20};
    const octet_image image = {4, 1, pixels};
    float out[24];
    assert_int_equal(octet_resize_bilinear(&ctx, &image, 2, 1, out), OCTET_OK);
    assert_true(out[0] == 50 && out[3] == 30);
    assert_int_equal(octet_resize_bilinear(&ctx, &image, 8, 1, out), OCTET_OK);
    assert_true(out[0] == 0 && out[3] == 25 && out[6] == 75 && out[21] == 20);
}

/* Expected bytes: Pillow 11.3, ImageOps.fit(Image.fromarray(a), size, Image.Resampling.LANCZOS) with a[y][x] = (40 y +
 * 9 x, 200 - 7 x y, 31 x). */
static void fit_equals_pillow(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    uint8_t pixels[6 * 8 * 3], out[27];
    for (int y = 0; y < 6; y++)
        for (int x = 0; x < 8; x++) {
            uint8_t *pixel = pixels + 3 * (8 * y + x);
            pixel[0] = (uint8_t)(40 * y + 9 * x);
            pixel[1] = (uint8_t)(200 - 7 * x * y);
            pixel[2] = (uint8_t)(31 * x);
        }
    const octet_image image = {8, 6, pixels};
    static const uint8_t expected[27] = {31,  196, 41, 52,  188, 109, 70, 183, 176, 112, 177, 41, 131, 141,
                                         109, 153, 92, 176, 192, 160, 41, 217, 77,  109, 216, 86, 176};
    assert_int_equal(octet_resize_fit(&ctx, &image, 3, 3, out), OCTET_OK);
    assert_memory_equal(out, expected, 27);
    assert_int_equal(octet_resize_fit(&ctx, &image, 8, 6, pixels), OCTET_OK); /* nothing to do */
    assert_int_equal(ctx.memory_bytes, 0);
}

static void choice_is_distinct_and_fixed(void **state) {
    (void)state;
    static size_t a[6000];
    static bool seen[10000];
    const size_t sizes[][2] = {{60000, 100}, {10000, 6000}, {150, 100}, {5, 5}, {1, 1}};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        octet_samples_choose(sizes[k][0], 42, sizes[k][1], a);
        memset(seen, 0, sizeof seen);
        for (size_t i = 0; i < sizes[k][1]; i++) {
            assert_true(a[i] < sizes[k][0]);
            if (sizes[k][0] > sizeof seen) continue;
            assert_false(seen[a[i]]);
            seen[a[i]] = true;
        }
    }
    octet_samples_choose(60000, 0, 3,
                         a); /* splitmix64 of seed 0: 0xe220a8397b1dcdaf, 0x6e789e6aa1b965f4, 0x06c45d188009454f */
    assert_true(a[0] == UINT64_C(0xe220a8397b1dcdaf) % 60000 && a[1] == UINT64_C(0x6e789e6aa1b965f4) % 60000 &&
                a[2] == UINT64_C(0x06c45d188009454f) % 60000);
    octet_samples_choose(3, 7, 100, a);
    for (size_t i = 0; i < 100; i++) assert_true(a[i] < 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(bytes_are_divided_by_255),
                                       cmocka_unit_test(presets_follow_their_formulas),
                                       cmocka_unit_test(bilinear_is_half_pixel), cmocka_unit_test(fit_equals_pillow),
                                       cmocka_unit_test(choice_is_distinct_and_fixed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
