/* Spans of exported C, and how often its lines run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "export/c/count.h"

static octet_context context, *ctx = &context;
static octet_arena arena;

static int set_up(void **state) {
    (void)state;
    octet_context_init(ctx);
    return 0;
}
static int tear_down(void **state) {
    (void)state;
    octet_arena_free(ctx, &arena);
    return ctx->memory_bytes != 0;
}

static octet_c_span span(const char *text) { return (octet_c_span){text, strlen(text)}; }

static void test_values(void **state) {
    (void)state;
    octet_c_known known = {.n = 0};
    int64_t value = 0;
    octet_c_known_set(&known, span("y"), true, 5);
    octet_c_known_set(&known, span("y"), true, 7);
    assert_int_equal(known.n, 1);
    assert_true(octet_c_span_value(span("y * 2 + 3 - (4 + 1) % 3"), &known, &value));
    assert_int_equal(value, 15);
    assert_true(octet_c_span_value(span("-y / 2"), &known, &value));
    assert_int_equal(value, -3);
    static const char *const bad[] = {
        "", "x", "y +", "y y", "(y", "y / 0", "y < 3", "memory + 8", "2147483647 * 2147483647 * 4"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(octet_c_span_value(span(bad[i]), &known, &value));
    octet_c_known_set(&known, span("y"), false, 0);
    assert_false(octet_c_span_value(span("y"), &known, &value));
}

static void test_arguments(void **state) {
    (void)state;
    octet_c_span arguments[2];
    size_t end;
    const octet_c_span call = span("f(a[i, 1], g(b, c), d) + 1");
    assert_int_equal(octet_c_span_arguments(call, 1, ',', arguments, 2, &end), 3);
    assert_true(octet_c_span_is(arguments[0], "a[i, 1]"));
    assert_true(octet_c_span_is(arguments[1], "g(b, c)"));
    assert_true(octet_c_span_is((octet_c_span){call.at + end, call.n - end}, " + 1"));
    octet_c_span_arguments(span("f(a"), 1, ',', arguments, 2, &end);
    assert_int_equal(end, 3);
}

/* Instructions of a call of net_f. */
static octet_c_count count(const char *text) {
    octet_c_functions functions;
    octet_c_count out = {{0}};
    assert_int_equal(octet_c_functions_find(ctx, &arena, span(text), "net_", &functions), OCTET_OK);
    octet_c_count_calls(&functions, "net_f", 1.0, &out);
    return out;
}

static void assert_times(const char *many, const char *one, double times) {
    const octet_c_count a = count(many), b = count(one);
    for (uint32_t i = 0; i < OCTET_C_N_SETS; i++) {
        assert_true(b.of[i] > 0.0);
        assert_true(a.of[i] > (times - 0.01) * b.of[i] && a.of[i] < (times + 0.01) * b.of[i]);
    }
}

#define ONE "static void net_f(int8_t *x) {\n    net_dot(x, x, 64);\n}\n"

static void test_loops(void **state) {
    (void)state;
    /* Two rounds are none, and cost nothing by themselves. */
    assert_times(
        "static void net_f(int8_t *x) {\n    for (i = 0; i < 2; ++i) {\n        net_dot(x, x, 64);\n    }\n}\n", ONE,
        2.0);
    assert_times("static void net_f(int8_t *x) {\n    for (i = 3; i < 9; i += 3) net_dot(x, x, 64);\n}\n", ONE, 2.0);
    assert_times(
        "static void net_f(int8_t *x) {\n    for (i = 9; i < 9; ++i) net_dot(x, x, 64);\n    net_dot(x, x, 64);\n}\n",
        ONE, 1.0);
    /* Bounds that come as arguments. */
    assert_times(
        "static void net_g(int8_t *x, int32_t begin, int32_t end) {\n    for (i = begin; i < end; ++i) "
        "net_dot(x, x, 64);\n}\n\nstatic void net_f(int8_t *x) {\n    net_g(x, 1, 3);\n}\n",
        "static void net_g(int8_t *x, int32_t n) {\n    net_dot(x, x, 64);\n}\n\nstatic void net_f(int8_t *x) {\n"
        "    net_g(x, 1);\n    net_g(x, 2);\n}\n",
        1.0);
}

static void test_conditions(void **state) {
    (void)state;
    const octet_c_count whole = count(ONE);
    const octet_c_count
        half = count("static void net_f(int8_t *x) {\n    if (x) net_dot(x, x, 64);\n}\n"),
        seldom = count("static void net_f(int8_t *x) {\n    if (y < 0) net_dot(x, x, 64);\n}\n"),
        behind = count("static void net_f(int8_t *x) {\n    if (y < 0) return;\n    net_dot(x, x, 64);\n}\n"),
        other = count(
            "static void net_f(int8_t *x) {\n    if (y < 0) {\n        return;\n    }\n    net_dot(x, x, 64);\n}\n");
    assert_true(seldom.of[0] < half.of[0] && half.of[0] < whole.of[0]);
    assert_true(behind.of[0] > half.of[0] && behind.of[0] < whole.of[0] + 10.0);
    assert_true(other.of[0] == behind.of[0]);
}

static void test_parts(void **state) {
    (void)state;
    /* What stands behind #if is for other processors; helpers count by what they call. */
    assert_times(
        "static int32_t net_f(int8_t *x) {\n#if defined(A)\n    net_dot(x, x, 6400);\n#else\n    net_dot(x, x, "
        "64);\n#endif\n}\n",
        ONE, 1.0);
    /* Each set takes its own of two forms, in nests too. */
    const octet_c_count one = count(ONE),
                        two = count("static void net_f(int8_t *x) {\n#ifndef net_FOURS\n    net_dot(x, "
                                    "x, 64);\n#if defined(B)\n    net_dot(x, x, 64);\n#endif\n#else\n"
                                    "    net_dot(x, x, 64);\n    net_dot(x, x, 64);\n#endif\n}\n");
    assert_true(two.of[OCTET_C_PLAIN] == one.of[OCTET_C_PLAIN] && two.of[OCTET_C_DSP] == 2.0 * one.of[OCTET_C_DSP]);
    const octet_c_count either = count("static void net_f(int8_t *x) {\n#if defined(__ARM_FEATURE_MVE)\n    "
                                       "net_dot(x, x, 640);\n#elif defined(__ARM_FEATURE_DSP)\n    net_dot(x, x, 64);\n"
                                       "#endif\n}\n");
    assert_true(either.of[OCTET_C_PLAIN] == 0.0 && either.of[OCTET_C_DSP] == one.of[OCTET_C_DSP]);
    const octet_c_count wide = count("static int32_t net_f(int32_t a) {\n    return (int64_t)a * a;\n}\n"),
                        narrow = count("static int32_t net_f(int32_t a) {\n    return (int32_t)a * a;\n}\n");
    assert_true(wide.of[OCTET_C_PLAIN] > narrow.of[OCTET_C_PLAIN] + 20.0);
    assert_true(wide.of[OCTET_C_DSP] < narrow.of[OCTET_C_DSP] + 10.0);
}

/* What is no C of an emitter ends too. */
static void test_others(void **state) {
    (void)state;
    static const char *const texts[] = {"",
                                        "static void net_f(",
                                        "static void net_f(int8_t *x) {",
                                        "static void net_f(int8_t *x) {\n    for (\n    if (\n    while (\n",
                                        "static void net_f(void) {\n#else\n#endif\n#endif\n#if\n#if\n#elif\n",
                                        "static void net_f(void) {\n    net_f();\n    net_f();\n}\n",
                                        "static void net_f(void) {\n    net_dot(\n    net_dot4(a\n}\n}\n}\n",
                                        "static void net_f(void) {\n    for (i = 0; i < x; ++i) {\n        do {\n}\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const octet_c_count out = count(texts[i]);
        assert_true(out.of[0] >= 0.0 && out.of[0] < 1e9);
    }
    const octet_c_count one = {{100.0, 100.0}};
    assert_true(octet_c_cycles(&one, octet_c_core_at(0)) > 100.0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_values, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_arguments, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_loops, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_conditions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_parts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_others, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
