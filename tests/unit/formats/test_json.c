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
    octet_json_free(&ctx, &document);
}

static void keys_keep_their_order(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    octet_json_document document;
    assert_int_equal(octet_json_parse(&ctx, text_of("{\"z\": 1, \"a\": 2, \"m\": 3}"), "m", &document), OCTET_OK);
    char order[8] = "";
    const octet_json *value;
    const char *key;
    for (size_t k = 0; (key = octet_json_key(document.root, k, &value)) != NULL; k++) strcat(order, key);
    assert_string_equal(order, "zam");
    octet_json_free(&ctx, &document);
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
    octet_json_free(&ctx, &document);
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
    octet_json_free(&ctx, &document);
    assert_int_equal(octet_json_parse(&ctx, text_of("{\"a\": 1"), "cut", &document), OCTET_FORMAT);
    assert_non_null(strstr(ctx.message, "cut: line 1, column 8: the text ends here: not valid JSON"));
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
    octet_json_free(&ctx, &document);
}

static void strings_are_decoded(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    octet_json_document document;
    const char *text = "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\", \"\\u00e9\\u20AC\\ud83d\\ude00\", "
                       "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\", \"\"]";
    assert_int_equal(octet_json_parse(&ctx, text_of(text), "s", &document), OCTET_OK);
    assert_string_equal(octet_json_text(octet_json_at(document.root, 0)), "\"\\/\b\f\n\r\t");
    assert_string_equal(octet_json_text(octet_json_at(document.root, 1)), "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
    assert_string_equal(octet_json_text(octet_json_at(document.root, 2)), "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
    assert_string_equal(octet_json_text(octet_json_at(document.root, 3)), "");
    octet_json_free(&ctx, &document);
    assert_int_equal(ctx.memory_bytes, 0);
}

static void numbers_keep_their_kind(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    octet_json_document document;
    const char *text = "[9223372036854775807, -9223372036854775808, -0, 0.1, -1.5E+2, 1e-400, 5e-324, \"NaN\", NaN]";
    assert_int_equal(octet_json_parse(&ctx, text_of(text), "n", &document), OCTET_OK);
    static const double reals[] = {0.1, -150.0, 0.0, 5e-324};
    int64_t integer = 0;
    double real = 0.0;
    assert_true(octet_json_integer(octet_json_at(document.root, 0), &integer) && integer == INT64_MAX);
    assert_true(octet_json_integer(octet_json_at(document.root, 1), &integer) && integer == INT64_MIN);
    assert_true(octet_json_integer(octet_json_at(document.root, 2), &integer) && integer == 0);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(octet_json_kind_of(octet_json_at(document.root, 3 + i)), OCTET_JSON_REAL);
        assert_true(octet_json_number(octet_json_at(document.root, 3 + i), &real) && real == reals[i]);
    }
    assert_int_equal(octet_json_kind_of(octet_json_at(document.root, 7)), OCTET_JSON_STRING);
    assert_true(octet_json_number(octet_json_at(document.root, 8), &real) && isnan(real));
    octet_json_free(&ctx, &document);
}

/* A key that comes again replaces the value in its first place, also among many. */
static void repeated_keys_count_once(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    octet_json_document document;
    char text[4096] = "{";
    for (int i = 0; i < 200; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s\"k%d\": %d", i > 0 ? ", " : "", i % 150, i);
    strcat(text, "}");
    assert_int_equal(octet_json_parse(&ctx, text_of(text), "r", &document), OCTET_OK);
    assert_int_equal(octet_json_length(document.root), 150);
    for (int i = 0; i < 150; i++) {
        char key[8];
        int64_t found = -1;
        const octet_json *value = NULL;
        snprintf(key, sizeof key, "k%d", i);
        assert_string_equal(octet_json_key(document.root, (size_t)i, &value), key);
        assert_ptr_equal(octet_json_get(document.root, key), value);
        assert_true(octet_json_integer(value, &found) && found == (i < 50 ? i + 150 : i));
    }
    assert_null(octet_json_get(document.root, "k"));
    assert_null(octet_json_get(document.root, "k1500"));
    octet_json_free(&ctx, &document);
}

static void what_is_not_json_is_told(void **state) {
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"[1, 2\n 3]", "line 2, column 2: ',' or ']' is expected"},
        {"{\"a\" 1}", "line 1, column 6: ':' is expected"},
        {"{\"a\": 1 \"b\": 2}", "line 1, column 9: ',' or '}' is expected"},
        {"{1: 2}", "line 1, column 2: a string is expected"},
        {"{\"a\": 1,}", "line 1, column 9: a string is expected"},
        {"[1,]", "line 1, column 4: a value is expected"},
        {"[nul]", "a value is expected"},
        {"[Nan]", "a value is expected"},
        {"[-]", "line 1, column 3: a digit is expected"},
        {"[1.]", "a digit is expected"},
        {"[1e]", "a digit is expected"},
        {"[01]", "',' or ']' is expected"},
        {"[1e999]", "line 1, column 2: a number that is too large"},
        {"[9223372036854775808]", "line 1, column 2: an integer of more than 64 bits"},
        {"[-9223372036854775809]", "an integer of more than 64 bits"},
        {"[\"a\nb\"]", "line 1, column 4: a control character in a string"},
        {"[\"\xff\"]", "line 1, column 3: a byte that is no UTF-8"},
        {"[\"\xc3\"]", "a byte that is no UTF-8"},
        {"[\"\\x\"]", "an unknown escape in a string"},
        {"[\"\\u12g4\"]", "four hexadecimal digits are expected"},
        {"[\"\\ud800\"]", "half of a pair of surrogates"},
        {"[\"\\udc00\"]", "half of a pair of surrogates"},
        {"[\"\\ud800\\u0041\"]", "half of a pair of surrogates"},
        {"{\"a\\u0000b\": 1}", "a key with a NUL"},
        {"[\"abc", "line 1, column 6: the text ends here"},
        {"[\"abc\\", "the text ends here"},
        {"[1", "the text ends here"},
        {"  ", "line 1, column 3: the text ends here"},
        {"12", "line 1, column 1: '{' or '[' is expected"},
        {"[1] x", "line 1, column 5: something follows the value"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        octet_context ctx;
        octet_context_init(&ctx);
        octet_json_document document;
        const octet_status status = octet_json_parse(&ctx, text_of(cases[i].text), "bad", &document);
        if (status != OCTET_FORMAT || strstr(ctx.message, cases[i].message) == NULL)
            fail_msg("%s: %s \"%s\"", cases[i].text, octet_status_name(status), ctx.message);
        assert_null(document.root);
        assert_int_equal(ctx.memory_bytes, 0);
    }
}

/* Whichever allocation is refused: out of memory, never another text and never a broken one. */
static void a_lack_of_memory_is_told(void **state) {
    (void)state;
    for (uint64_t n = 1;; n++) {
        octet_context ctx;
        octet_context_init(&ctx);
        ctx.fail_allocation = n;
        octet_json_document document;
        const octet_status status = octet_json_parse(&ctx, text_of(example), "m", &document);
        octet_json_free(&ctx, &document);
        assert_int_equal(ctx.memory_bytes, 0);
        if (ctx.n_allocations < n) {
            assert_int_equal(status, OCTET_OK);
            assert_true(n > 3);
            break;
        }
        assert_int_equal(status, OCTET_NOMEM);
    }
}

static octet_status parse(octet_context *ctx, octet_bytes bytes) {
    octet_json_document document;
    const octet_status status = octet_json_parse(ctx, bytes, "damaged", &document);
    octet_json_free(ctx, &document);
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
                                       cmocka_unit_test(strings_are_decoded),
                                       cmocka_unit_test(numbers_keep_their_kind),
                                       cmocka_unit_test(repeated_keys_count_once),
                                       cmocka_unit_test(what_is_not_json_is_told),
                                       cmocka_unit_test(a_lack_of_memory_is_told),
                                       cmocka_unit_test(damage_is_survived)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
