/* Lines of C: prefix, braces, remarks that cannot end early, numbers, names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "export/c/export_c.h"
#include "export/c/helpers.h"

static octet_context context, *ctx = &context;
static octet_c_writer w;

static int set_up(void **state) {
    (void)state;
    octet_context_init(ctx);
    w = (octet_c_writer){.ctx = ctx, .prefix = "net_"};
    return 0;
}
static int tear_down(void **state) {
    (void)state;
    octet_buffer_free(ctx, &w.text);
    return ctx->memory_bytes != 0;
}

static void test_lines(void **state) {
    (void)state;
    octet_c_line(&w, "int @f(int x) {");
    octet_c_line(&w, "if (x > %d) {", 3);
    octet_c_line(&w, "return @g(x);");
    octet_c_line(&w, "}");
    octet_c_line(&w, "#if A");
    octet_c_line(&w, "return %s;", "0");
    octet_c_end(&w);
    assert_int_equal(w.status, OCTET_OK);
    assert_string_equal((const char *)w.text.data, "int net_f(int x) {\n    if (x > 3) {\n        return net_g(x);\n"
                                                   "    }\n#if A\n    return 0;\n}\n\n");
}

static void test_remarks(void **state) {
    (void)state;
    octet_c_remark(&w, "%s", "a */ b /* c @ \\ \x01 \xC3\xA4 2 * 3 / 4 **/");
    assert_string_equal((const char *)w.text.data, "/* a *| b |* c @ ? ? ?? 2 * 3 / 4 **| */\n");
}

static void test_numbers(void **state) {
    (void)state;
    const int32_t numbers[] = {INT32_MIN, -1, INT32_MAX};
    octet_c_numbers(&w, "const int32_t @x[3]", OCTET_INT32, numbers, 3);
    const int64_t wide[] = {INT64_MIN, 5};
    octet_c_numbers(&w, "const int64_t y[2]", OCTET_INT64, wide, 2);
    int8_t many[200];
    memset(many, -100, sizeof many);
    octet_c_numbers(&w, "const int8_t z[200]", OCTET_INT8, many, 200);
    assert_int_equal(w.status, OCTET_OK);
    const char *text = (const char *)w.text.data;
    assert_non_null(strstr(text, "const int32_t net_x[3] = {\n    (-2147483647 - 1), -1, 2147483647\n};\n"));
    assert_non_null(strstr(text, "    (-INT64_C(9223372036854775807) - 1), INT64_C(5)\n};\n"));
    for (const char *line = text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1)
        assert_true(end - line <= 120);
}

static void test_long_line(void **state) {
    (void)state;
    char text[OCTET_C_LINE_SIZE + 1];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    octet_c_line(&w, "%s", text);
    assert_int_equal(w.status, OCTET_INTERNAL);
    octet_c_line(&w, "nothing follows a failure");
    assert_int_equal(w.text.size, 0);
}

static void test_helpers(void **state) {
    (void)state;
    const uint32_t needs = octet_c_helper_needs(OCTET_C_SCALE_BY);
    assert_true(needs & (1u << OCTET_C_HIGH));
    assert_false(needs & (1u << OCTET_C_EXP));
    octet_c_write_helpers(&w, needs);
    const char *text = (const char *)w.text.data, *high = strstr(text, "int32_t net_high(");
    assert_non_null(high);
    assert_true(high < strstr(text, "int32_t net_scale_by(")); /* what is called comes first */
    assert_null(strstr(text, "net_exp_negative"));
}

static void test_names(void **state) {
    (void)state;
    static const char *const good[] = {"a", "mnist", "Net_2", "x123456789012345678901234567890123456789"};
    static const char *const bad[] = {
        "",     "2x",     "_x",     "a-b",      "a b",
        "int",  "class",  "a.c",    "\xC3\xA4", "x1234567890123456789012345678901234567890",
        "main", "stdint", "string", "features", "arm_nnfunctions"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_int_equal(octet_c_check_name(ctx, good[i]), OCTET_OK);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(octet_c_check_name(ctx, bad[i]), OCTET_USAGE);
        octet_context_clear(ctx);
    }
}

/* Nothing of these graphs is ever there: only their shapes are looked at. */
static octet_graph *graph_of(octet_type type, int32_t height) {
    octet_graph *graph;
    const octet_shape shape = {4, {1, height, 1 << 16, 1}};
    uint32_t x;
    assert_int_equal(octet_graph_create(ctx, "test", &graph), OCTET_OK);
    assert_int_equal(octet_graph_add_value(ctx, graph, "map", type, &shape, &x), OCTET_OK);
    return graph;
}

static void test_sizes(void **state) {
    (void)state;
    octet_graph *fits = graph_of(OCTET_INT8, (1 << 15) - 1), *large = graph_of(OCTET_INT32, 1 << 13);
    assert_int_equal(octet_c_check_graph(ctx, fits), OCTET_OK);
    assert_int_equal(octet_c_check_graph(ctx, large), OCTET_UNSUPPORTED);
    assert_string_equal(ctx->message, "map: 2147483648 bytes: C counts them with int32_t, at most 2147483647 are there "
                                      "to address");
    octet_graph_destroy(ctx, fits);
    octet_graph_destroy(ctx, large);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_sizes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_lines, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_remarks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_numbers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_long_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_helpers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_names, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
