/* Maps of numbers: what is written is read again, damaged ones are refused or read inside their bytes. */
#include "support/fixture.h"

#include "formats/flexbuffer.h"

/* {"a": -3, "b": true, "f": 0.5} by the flatbuffers package of Python, whose
 * values are one byte wide but for the float. */
static const uint8_t python[] = {'a', 0, 'b', 0, 'f', 0, 3, 7,    6, 5,    0,    0,    5,    0,
                                 0,   0, 1,   0, 0,   0, 3, 0,    0, 0,    0xfd, 0xff, 0xff, 0xff,
                                 1,   0, 0,   0, 0,   0, 0, 0x3f, 6, 0x6a, 0x0e, 15,   0x26, 1};

static octet_buffer make(octet_context *ctx) {
    octet_flexbuffer_field fields[] = {{"speed", OCTET_FLEXBUFFER_F32, 0x3fc00000},
                                       {"a_number", OCTET_FLEXBUFFER_I32, (uint32_t)-70000},
                                       {"on", OCTET_FLEXBUFFER_BOOL, 1},
                                       {"a", OCTET_FLEXBUFFER_I32, 7}};
    octet_buffer out = {0};
    assert_int_equal(octet_flexbuffer_write(ctx, fields, 4, &out), OCTET_OK);
    return out;
}

static void numbers_come_back(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    octet_buffer file = make(&ctx);
    octet_flexbuffer_map map;
    double number = 0;
    assert_int_equal(octet_flexbuffer_open(&ctx, (octet_bytes){file.data, file.size}, "map", &map), OCTET_OK);
    assert_true(octet_flexbuffer_number(&map, "speed", &number) && number == 1.5);
    assert_true(octet_flexbuffer_number(&map, "a_number", &number) && number == -70000);
    assert_true(octet_flexbuffer_number(&map, "on", &number) && number == 1);
    assert_true(octet_flexbuffer_number(&map, "a", &number) && number == 7);
    assert_false(octet_flexbuffer_number(&map, "a_", &number));
    assert_false(octet_flexbuffer_number(&map, "", &number));
    octet_buffer_free(&ctx, &file);
}

static void maps_of_others_are_read(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    octet_flexbuffer_map map;
    double number = 0;
    assert_int_equal(octet_flexbuffer_open(&ctx, (octet_bytes){python, sizeof python}, "map", &map), OCTET_OK);
    assert_true(octet_flexbuffer_number(&map, "a", &number) && number == -3);
    assert_true(octet_flexbuffer_number(&map, "b", &number) && number == 1);
    assert_true(octet_flexbuffer_number(&map, "f", &number) && number == 0.5);
}

/* Every cut, and every byte as every other: nothing is read outside (the
 * sanitizers tell), and what is no map says so. */
static void damage_is_survived(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    octet_buffer file = make(&ctx);
    octet_flexbuffer_map map;
    double number;
    for (size_t size = 0; size < file.size; size++) {
        uint8_t *copy = malloc(size + 1);
        memcpy(copy, file.data, size);
        octet_context_clear(&ctx);
        const octet_status status = octet_flexbuffer_open(&ctx, (octet_bytes){copy, size}, "map", &map);
        if (status == OCTET_OK) octet_flexbuffer_number(&map, "speed", &number);
        else assert_non_null(strstr(ctx.message, "no map of FlexBuffers"));
        free(copy);
    }
    for (size_t at = 0; at < file.size; at++) {
        const uint8_t good = file.data[at];
        for (int value = 0; value < 256; value++) {
            file.data[at] = (uint8_t)value;
            octet_context_clear(&ctx);
            if (octet_flexbuffer_open(&ctx, (octet_bytes){file.data, file.size}, "map", &map) == OCTET_OK)
                octet_flexbuffer_number(&map, "on", &number);
        }
        file.data[at] = good;
    }
    octet_buffer_free(&ctx, &file);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers_come_back), cmocka_unit_test(maps_of_others_are_read),
                                       cmocka_unit_test(damage_is_survived)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
