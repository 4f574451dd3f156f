#include "support/fixture.h"

#include <math.h>

#include "formats/json.h"

static octet_bytes text_of(const char *text) { return (octet_bytes){(const uint8_t *)text, strlen(text)}; }

static const char example[] =
    "{\"class_name\": \"Sequential\", \"config\": {\"layers\": [{\"units\": 32.0, \"name\": \"caf\\u00e9\"},"
    " {\"units\": \"x\", \"pool\": [2, null], \"rate\": NaN, \"low\": -Infinity, \"big\": 4294967296,"
    " \"flag\": true, \"none\": null, \"text\": \"NaN, -Infinity \\\" [\"}]}}";

static void values_are_found(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    octet_json_document document;
    assert_int_equal(octet_json_parse(&ctx, text_of(example), "m.json", &document), OCTET_OK);
    const octet_json *config, *layers;
    const char *text;
    assert_int_equal(octet_json_get_string(&ctx, &document, document.root, "class_name", &text), OCTET_OK);
    assert_string_equal(text, "Sequential");
    assert_int_equal(octet_json_get_object(&ctx, &document, document.root, "config", &config), OCTET_OK);
    assert_int_equal(octet_json_get_array(&ctx, &document, config, "layers", &layers), OCTET_OK);
    assert_int_equal(octet_json_length(layers), 2);
    const octet_json *first = octet_json_at(layers, 0), *second = octet_json_at(layers, 1);
    int32_t units, pool[2], n;
    assert_int_equal(octet_json_get_i32(&ctx, &document, first, "units", &units), OCTET_OK);
    assert_int_equal(units, 32);
    assert_true(octet_json_text_is(octet_json_get(first, "name"), "caf\xc3\xa9"));
    assert_int_equal(octet_json_get_i32_list(&ctx, &document, second, "pool", 2, pool, &n), OCTET_OK);
    assert_true(n == 2 && pool[0] == 2 && pool[1] == -1);
    assert_int_equal(octet_json_get_i32_list(&ctx, &document, first, "units", 2, pool, &n), OCTET_OK);
    assert_true(n == 1 && pool[0] == 32);
    double number;
    assert_int_equal(octet_json_get_f64(&ctx, &document, second, "rate", &number), OCTET_OK);
    assert_true(isnan(number));
    assert_int_equal(octet_json_get_f64(&ctx, &document, second, "low", &number), OCTET_OK);
    assert_true(isinf(number) && number < 0);
    assert_true(octet_json_text_is(octet_json_get(second, "text"), "NaN, -Infinity \" ["));
    int64_t big;
    assert_int_equal(octet_json_get_i64(&ctx, &document, second, "big", &big), OCTET_OK);
    assert_true(big == INT64_C(4294967296));
    bool flag = false;
    assert_int_equal(octet_json_get_bool_or(&ctx, &document, second, "flag", false, &flag), OCTET_OK);
    assert_true(flag);
    assert_int_equal(octet_json_get_bool_or(&ctx, &document, second, "none", true, &flag), OCTET_OK);
    assert_true(flag);
    assert_int_equal(octet_json_get_i32_or(&ctx, &document, second, "missing", 7, &units), OCTET_OK);
    assert_int_equal(units, 7);
    octet_json_free(&document);
}

static void keys_keep_their_order(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    octet_json_document document;
    assert_int_equal(octet_json_parse(&ctx, text_of("{\"z\": 1, \"a\": 2, \"m\": 3}"), "m", &document), OCTET_OK);
    char order[8] = "";
    const octet_json *value;
    for (const char *key = octet_json_next(document.root, NULL, &value); key != NULL;
         key = octet_json_next(document.root, key, &value))
        strcat(order, key);
    assert_string_equal(order, "zam");
    octet_json_free(&document);
}

static void errors_name_the_path(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    octet_json_document document;
    assert_int_equal(octet_json_parse(&ctx, text_of(example), "m.json", &document), OCTET_OK);
    const octet_json *second = octet_json_at(octet_json_get(octet_json_get(document.root, "config"), "layers"), 1);
    int32_t value;
    assert_int_equal(octet_json_get_i32(&ctx, &document, second, "units", &value), OCTET_FORMAT);
    assert_string_equal(ctx.message, "m.json: $.config.layers[1].units: is a string, must be an integer");
    octet_context_clear(&ctx);
    assert_int_equal(octet_json_get_i32(&ctx, &document, document.root, "units", &value), OCTET_FORMAT);
    assert_string_equal(ctx.message, "m.json: $.units: is missing, must be an integer");
    octet_context_clear(&ctx);
    assert_int_equal(octet_json_get_i32(&ctx, &document, second, "big", &value), OCTET_LIMIT);
    octet_context_clear(&ctx);
    assert_int_equal(octet_json_get_i32_or(&ctx, &document, second, "flag", 1, &value), OCTET_FORMAT);
    octet_json_free(&document);
}

static void limits_hold(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    octet_json_document document;
    char deep[256];
    memset(deep, '[', 65);
    memset(deep + 65, ']', 65);
    assert_int_equal(octet_json_parse(&ctx, (octet_bytes){(uint8_t *)deep, 130}, "deep", &document), OCTET_LIMIT);
    octet_context_clear(&ctx);
    assert_int_equal(octet_json_parse(&ctx, (octet_bytes){(uint8_t *)deep + 1, 128}, "deep", &document), OCTET_OK);
    octet_json_free(&document);
    assert_int_equal(octet_json_parse(&ctx, text_of("{\"a\": 1"), "cut", &document), OCTET_FORMAT);
    assert_non_null(strstr(ctx.message, "cut: line 1, column 7"));
    octet_context_clear(&ctx);
    assert_int_equal(octet_json_parse(&ctx, (octet_bytes){NULL, 0}, "empty", &document), OCTET_FORMAT);
}

/* Keras 2.0 writes the bytes of a Lambda's code as a string. */
static void a_string_with_nul_is_no_text(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    octet_json_document document;
    const char *name = NULL;
    assert_int_equal(octet_json_parse(&ctx, text_of("{\"a\": \"c\\u0000d\", \"b\": \"e\"}"), "nul", &document),
                     OCTET_OK);
    assert_int_equal(octet_json_kind_of(octet_json_get(document.root, "a")), OCTET_JSON_STRING);
    assert_null(octet_json_text(octet_json_get(document.root, "a")));
    assert_string_equal(octet_json_text(octet_json_get(document.root, "b")), "e");
    assert_int_equal(octet_json_get_string(&ctx, &document, document.root, "a", &name), OCTET_FORMAT);
    octet_json_free(&document);
}

static octet_status parse(octet_context *ctx, octet_bytes bytes) {
    octet_json_document document;
    const octet_status status = octet_json_parse(ctx, bytes, "damaged", &document);
    octet_json_free(&document);
    return status;
}

static void damage_is_survived(void **state) {
    (void)state;
    assert_int_equal(fixture_sweep(text_of(example), 1, parse), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(values_are_found),
                                       cmocka_unit_test(keys_keep_their_order),
                                       cmocka_unit_test(errors_name_the_path),
                                       cmocka_unit_test(limits_hold),
                                       cmocka_unit_test(a_string_with_nul_is_no_text),
                                       cmocka_unit_test(damage_is_survived)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
