#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "graph/constant.h"
#include "graph/fold.h"
#include "support/one_operator.h"

static const octet_options none = {.gather = {0, 0}};

/* All operands are constants; the results are constants of `graph`. */
static octet_status fold(octet_context *ctx, octet_graph *graph, octet_operator_code code, const octet_options *options,
                         const operand *operands, uint32_t n, size_t max_elements, uint32_t *outputs,
                         uint32_t n_outputs, octet_folding *out) {
    uint32_t inputs[4];
    for (uint32_t i = 0; i < n; i++)
        OCTET_TRY(octet_graph_add_constant(ctx, graph, "x", operands[i].type, &operands[i].shape, operands[i].data,
                                           &inputs[i]));
    return octet_fold_new(ctx, graph, code, "layer", "y", inputs, n, options, max_elements, outputs, n_outputs, out);
}

static octet_folding outcome(octet_operator_code code, const octet_options *options, const operand *operands,
                             uint32_t n, size_t max_elements) {
    octet_context ctx;
    octet_graph *graph;
    octet_folding folding = OCTET_FOLDING_UNKNOWN;
    uint32_t output;
    octet_context_init(&ctx);
    assert_int_equal(octet_graph_create(&ctx, "test", &graph), OCTET_OK);
    const octet_status status = fold(&ctx, graph, code, options, operands, n, max_elements, &output, 1, &folding);
    if (status != OCTET_OK) fail_msg("%s", ctx.message);
    assert_int_equal(graph->n_values, n + (folding == OCTET_FOLDING_KNOWN ? 1u : 0u)); /* else nothing is added */
    octet_graph_destroy(&ctx, graph);
    assert_int_equal(ctx.memory_bytes, 0);
    return folding;
}

/* The same operator, once run by its kernel and once folded: equal types, shapes and bytes. */
static void check_against_kernel(octet_operator_code code, const octet_options *options, const operand *operands,
                                 uint32_t n, uint32_t n_outputs) {
    static one_result run;
    octet_context ctx;
    octet_graph *graph;
    octet_folding folding = OCTET_FOLDING_UNKNOWN;
    uint32_t outputs[ONE_MAX_OUTPUTS];
    const char *name = octet_operator_name(code);
    octet_context_init(&ctx);
    one_run(code, options, operands, n, NULL, n_outputs, 1, &run);
    if (run.status != OCTET_OK) fail_msg("%s: %s", name, run.message);
    assert_int_equal(octet_graph_create(&ctx, "test", &graph), OCTET_OK);
    if (fold(&ctx, graph, code, options, operands, n, 1000, outputs, n_outputs, &folding) != OCTET_OK)
        fail_msg("%s: %s", name, ctx.message);
    if (folding != OCTET_FOLDING_KNOWN) fail_msg("%s is not folded", name);
    for (uint32_t i = 0; i < n_outputs; i++) {
        const octet_value *value = &graph->values[outputs[i]];
        const size_t size = octet_value_bytes(value);
        assert_int_equal(value->type, run.type[i]);
        one_expect_shape(&run, i, value->shape);
        if (memcmp(value->data, run.data[i], size) != 0) fail_msg("%s: result %u differs", name, i);
    }
    octet_graph_destroy(&ctx, graph);
    assert_int_equal(ctx.memory_bytes, 0);
}

#define CHECK(code, options, n_outputs, ...)                            \
    check_against_kernel(code, options, (const operand[]){__VA_ARGS__}, \
                         sizeof((const operand[]){__VA_ARGS__}) / sizeof(operand), n_outputs)

static void moves_are_those_of_the_kernels(void **state) {
    (void)state;
    octet_options o = none;
    const operand x = F32(DIMS(2, 3), 1, 2, 3, -4, 5, 6), y = F32(DIMS(2, 1), 7, 8), s = S32(DIMS(4), 10, 11, 12, 13);
    CHECK(OCTET_OP_RESHAPE, &o, 1, x, I32(3, -1));
    CHECK(OCTET_OP_EXPAND_DIMS, &o, 1, x, I32(-1));
    CHECK(OCTET_OP_TRANSPOSE, &o, 1, S64(DIMS(1, 2, 3), 1, 2, 3, 4, 5, 6), I32(2, -3, 1));
    CHECK(OCTET_OP_TILE, &o, 1, x, I32(2, 3));
    CHECK(OCTET_OP_BROADCAST_TO, &o, 1, y, I32(3, 2, 2));
    CHECK(OCTET_OP_FILL, &o, 1, I32(2, 2), S64(DIMS(1), 5));
    CHECK(OCTET_OP_SLICE, &o, 1, x, I32(1, 1), I32(1, -1));
    CHECK(OCTET_OP_STRIDED_SLICE, &o, 1, s, I32(-1), I32(-4), I32(-2));
    CHECK(OCTET_OP_SELECT_V2, &o, 1, BOOL((octet_shape){0}, 0), x, y);
    CHECK(OCTET_OP_SHAPE, (&(const octet_options){.shape = {OCTET_INT64}}), 1, x);
    o.strided_slice.shrink_axis_mask = 1, o.strided_slice.begin_mask = o.strided_slice.end_mask = 2;
    CHECK(OCTET_OP_STRIDED_SLICE, &o, 1, x, I32(-1, 0), I32(0, 0), I32(1, -1));
    o = (octet_options){.strided_slice = {.ellipsis_mask = 1, .new_axis_mask = 2}};
    CHECK(OCTET_OP_STRIDED_SLICE, &o, 1, x, I32(0, 0, 0), I32(0, 0, 2), I32(1, 1, 1));
    o = (octet_options){.squeeze = {0}};
    CHECK(OCTET_OP_SQUEEZE, &o, 1, y);
    o = (octet_options){.pack = {-1, 2}};
    CHECK(OCTET_OP_PACK, &o, 1, x, x);
    o = (octet_options){.concatenation = {.axis = 1}};
    CHECK(OCTET_OP_CONCATENATION, &o, 1, x, y, x);
    o = (octet_options){.pack = {-1, 3}};
    CHECK(OCTET_OP_UNPACK, &o, 3, x);
    o = (octet_options){.split = {3}};
    CHECK(OCTET_OP_SPLIT, &o, 3, I32(1), x);
    o = (octet_options){.split = {2}};
    CHECK(OCTET_OP_SPLIT_V, &o, 2, x, I32(1, -1), I32(-1));
    o = (octet_options){.gather = {-1, 0}};
    CHECK(OCTET_OP_GATHER, &o, 1, x, S32(DIMS(2, 2), 2, 0, 1, 1));
}

static void arithmetic_is_that_of_the_kernels(void **state) {
    (void)state;
    const operand f = F32(DIMS(2, 3), 0.1f, -2.5f, 3, 1e30f, 5, -0.0f), g = F32(DIMS(3), 3, 0.7f, -1e-3f),
                  a = S32(DIMS(2, 3), 7, -7, 0, 9, -9, 1 << 20), b = S32(DIMS(3), 2, -2, 3),
                  c = S64(DIMS(2), INT64_C(1) << 53, 9007199254740993), d = S64(DIMS(1), 1), t = BOOL(DIMS(2, 1), 0, 1),
                  u = BOOL(DIMS(2), 0, 1);
    static const octet_operator_code reals[] = {OCTET_OP_ADD, OCTET_OP_SUB,     OCTET_OP_MUL,
                                                OCTET_OP_DIV, OCTET_OP_MAXIMUM, OCTET_OP_MINIMUM},
                                     wholes[] = {OCTET_OP_ADD,       OCTET_OP_SUB,           OCTET_OP_MUL,
                                                 OCTET_OP_MAXIMUM,   OCTET_OP_MINIMUM,       OCTET_OP_FLOOR_DIV,
                                                 OCTET_OP_FLOOR_MOD, OCTET_OP_LESS,          OCTET_OP_LESS_EQUAL,
                                                 OCTET_OP_GREATER,   OCTET_OP_GREATER_EQUAL, OCTET_OP_EQUAL,
                                                 OCTET_OP_NOT_EQUAL};
    for (size_t i = 0; i < sizeof reals / sizeof *reals; i++) CHECK(reals[i], &none, 1, f, g);
    for (size_t i = 0; i < sizeof wholes / sizeof *wholes; i++) CHECK(wholes[i], &none, 1, a, b);
    for (size_t i = 0; i < 2; i++) CHECK(wholes[i], &none, 1, c, d); /* beyond what a double holds */
    CHECK(OCTET_OP_LOGICAL_AND, &none, 1, t, u);
    CHECK(OCTET_OP_LOGICAL_OR, &none, 1, t, u);
    CHECK(OCTET_OP_LOGICAL_NOT, &none, 1, t);
    const operand positive = F32(DIMS(4), 2, 0.3f, 1e-20f, 7e20f);
    CHECK(OCTET_OP_NEG, &none, 1, f);
    CHECK(OCTET_OP_ABS, &none, 1, f);
    CHECK(OCTET_OP_SQUARE, &none, 1, f);
    CHECK(OCTET_OP_SQRT, &none, 1, positive);
    CHECK(OCTET_OP_RSQRT, &none, 1, positive);
    CHECK(OCTET_OP_NEG, &none, 1, a);
    CHECK(OCTET_OP_ABS, &none, 1, a);
    CHECK(OCTET_OP_CAST, (&(const octet_options){.cast = {OCTET_INT64, OCTET_FLOAT32}}), 1, c);
    CHECK(OCTET_OP_CAST, (&(const octet_options){.cast = {OCTET_INT32, OCTET_INT64}}), 1, a);
    CHECK(OCTET_OP_CAST, (&(const octet_options){.cast = {OCTET_INT32, OCTET_BOOL}}), 1, a);
    CHECK(OCTET_OP_CAST, (&(const octet_options){.cast = {OCTET_BOOL, OCTET_FLOAT32}}), 1, t);
    CHECK(OCTET_OP_REDUCE_PROD, &none, 1, b, I32(0));
    CHECK(OCTET_OP_BROADCAST_ARGS, &none, 1, S32(DIMS(3), 4, 1, 5), S32(DIMS(2), 3, 1));
}

static int32_t fold_i32(octet_operator_code code, int32_t a, int32_t b) {
    octet_context ctx;
    octet_graph *graph;
    octet_folding folding;
    uint32_t output;
    octet_context_init(&ctx);
    assert_int_equal(octet_graph_create(&ctx, "test", &graph), OCTET_OK);
    const operand operands[2] = {S32((octet_shape){0}, a), S32((octet_shape){0}, b)};
    assert_int_equal(fold(&ctx, graph, code, &none, operands, 2, 1, &output, 1, &folding), OCTET_OK);
    assert_int_equal(folding, OCTET_FOLDING_KNOWN);
    const int32_t result = *(const int32_t *)graph->values[output].data;
    octet_graph_destroy(&ctx, graph);
    return result;
}

/* Division rounds down, and the rest has the sign of the divisor. */
static void floors_are_floors(void **state) {
    (void)state;
    for (int32_t a = -9; a <= 9; a++) {
        for (int32_t b = -4; b <= 4; b++) {
            if (b == 0) continue;
            const int32_t quotient = fold_i32(OCTET_OP_FLOOR_DIV, a, b), rest = fold_i32(OCTET_OP_FLOOR_MOD, a, b);
            assert_int_equal(quotient * b + rest, a);
            assert_true(b > 0 ? rest >= 0 && rest < b : rest <= 0 && rest > b);
        }
    }
}

#define OUTCOME(code, options, ...)                                                                                  \
    outcome(code, options, (const operand[]){__VA_ARGS__}, sizeof((const operand[]){__VA_ARGS__}) / sizeof(operand), \
            100)

/* A kernel would wrap around: nobody is told a number that is not the exact one. */
static void what_does_not_fit_is_an_overflow(void **state) {
    (void)state;
    const octet_shape one = {0};
    const octet_options narrow = {.cast = {OCTET_INT64, OCTET_INT32}};
    assert_int_equal(OUTCOME(OCTET_OP_ADD, &none, S32(one, INT32_MAX), S32(one, 1)), OCTET_FOLDING_OVERFLOW);
    assert_int_equal(OUTCOME(OCTET_OP_ADD, &none, S32(one, INT32_MAX), S32(one, 0)), OCTET_FOLDING_KNOWN);
    assert_int_equal(OUTCOME(OCTET_OP_SUB, &none, S32(one, INT32_MIN), S32(one, 1)), OCTET_FOLDING_OVERFLOW);
    assert_int_equal(OUTCOME(OCTET_OP_MUL, &none, S32(one, 1 << 16), S32(one, 1 << 15)), OCTET_FOLDING_OVERFLOW);
    assert_int_equal(OUTCOME(OCTET_OP_NEG, &none, S32(one, INT32_MIN)), OCTET_FOLDING_OVERFLOW);
    assert_int_equal(OUTCOME(OCTET_OP_SUB, &none, S64(one, 0), S64(one, INT64_MIN)), OCTET_FOLDING_OVERFLOW);
    assert_int_equal(OUTCOME(OCTET_OP_SUB, &none, S64(one, -1), S64(one, INT64_MIN)), OCTET_FOLDING_KNOWN);
    assert_int_equal(OUTCOME(OCTET_OP_MUL, &none, S64(one, INT64_MAX), S64(one, 2)), OCTET_FOLDING_OVERFLOW);
    assert_int_equal(OUTCOME(OCTET_OP_FLOOR_DIV, &none, S64(one, INT64_MIN), S64(one, -1)), OCTET_FOLDING_OVERFLOW);
    assert_int_equal(OUTCOME(OCTET_OP_FLOOR_DIV, &none, S32(one, INT32_MIN), S32(one, -1)), OCTET_FOLDING_OVERFLOW);
    assert_int_equal(OUTCOME(OCTET_OP_CAST, &narrow, S64(one, INT64_C(1) << 31)), OCTET_FOLDING_OVERFLOW);
    assert_int_equal(OUTCOME(OCTET_OP_CAST, &narrow, S64(one, INT32_MIN)), OCTET_FOLDING_KNOWN);
    assert_int_equal(OUTCOME(OCTET_OP_REDUCE_PROD, &none, S32(DIMS(3), 1 << 20, 1 << 20, 0), I32(0)),
                     OCTET_FOLDING_KNOWN);
    assert_int_equal(OUTCOME(OCTET_OP_REDUCE_PROD, &none, S32(DIMS(2), 1 << 20, 1 << 20), I32(0)),
                     OCTET_FOLDING_OVERFLOW);
}

static void the_rest_is_unknown(void **state) {
    (void)state;
    const octet_shape one = {0};
    const operand x = F32(DIMS(2, 2), 1, 2, 3, 4);
    const octet_options relu = {.arithmetic = {.activation = OCTET_ACTIVATION_RELU}},
                        to_integer = {.cast = {OCTET_FLOAT32, OCTET_INT32}}, batched = {.gather = {1, 1}};
    assert_int_equal(OUTCOME(OCTET_OP_FLOOR_DIV, &none, S32(one, 1), S32(one, 0)), OCTET_FOLDING_UNKNOWN);
    assert_int_equal(OUTCOME(OCTET_OP_FLOOR_MOD, &none, S32(one, 1), S32(one, 0)), OCTET_FOLDING_UNKNOWN);
    assert_int_equal(OUTCOME(OCTET_OP_ADD, &relu, x, x), OCTET_FOLDING_UNKNOWN);
    assert_int_equal(OUTCOME(OCTET_OP_EXP, &none, x), OCTET_FOLDING_UNKNOWN);
    assert_int_equal(OUTCOME(OCTET_OP_LESS, &none, x, x), OCTET_FOLDING_UNKNOWN);
    assert_int_equal(OUTCOME(OCTET_OP_CAST, &to_integer, x), OCTET_FOLDING_UNKNOWN);
    assert_int_equal(OUTCOME(OCTET_OP_GATHER, &batched, x, S32(DIMS(2, 1), 0, 1)), OCTET_FOLDING_UNKNOWN);
    assert_int_equal(OUTCOME(OCTET_OP_REDUCE_PROD, &none, x, I32(0)), OCTET_FOLDING_UNKNOWN);
    assert_int_equal(OUTCOME(OCTET_OP_NEG, &none, S8(DIMS(2), 1.0f, 0, 1, 2)), OCTET_FOLDING_UNKNOWN);
    assert_int_equal(OUTCOME(OCTET_OP_TILE, &none, x, I32(5, 5)), OCTET_FOLDING_KNOWN); /* 100 elements */
    assert_int_equal(OUTCOME(OCTET_OP_TILE, &none, x, I32(5, 6)), OCTET_FOLDING_UNKNOWN);
    assert_int_equal(OUTCOME(OCTET_OP_BROADCAST_ARGS, &none, S32(DIMS(1), 2), S32(DIMS(1), 3)), OCTET_FOLDING_UNKNOWN);
}

/* Outputs of an operator of the graph: constants when they are known, untouched when an operand is computed. */
static void outputs_become_constants(void **state) {
    (void)state;
    octet_context ctx;
    octet_graph *graph;
    octet_folding folding;
    uint32_t inputs[2], parts[2], sum;
    const octet_shape shape = DIMS(4);
    octet_context_init(&ctx);
    assert_int_equal(octet_graph_create(&ctx, "test", &graph), OCTET_OK);
    assert_int_equal(octet_graph_add_i32(&ctx, graph, "axis", (const int32_t[]){0}, 1, &inputs[0]), OCTET_OK);
    assert_int_equal(octet_graph_add_i32(&ctx, graph, "x", (const int32_t[]){1, 2, 3, 4}, 4, &inputs[1]), OCTET_OK);
    const octet_options split = {.split = {2}};
    assert_int_equal(octet_graph_emit(&ctx, graph, OCTET_OP_SPLIT, "split", NULL, inputs, 2, &split, parts, 2),
                     OCTET_OK);
    assert_int_equal(octet_graph_add_value(&ctx, graph, "fed", OCTET_INT32, &shape, &inputs[0]), OCTET_OK);
    assert_int_equal(octet_graph_emit(&ctx, graph, OCTET_OP_ADD, "add", NULL, inputs, 2, NULL, &sum, 1), OCTET_OK);
    assert_int_equal(octet_fold_outputs(&ctx, graph, &graph->operators[0], 4, &folding), OCTET_OK);
    assert_int_equal(folding, OCTET_FOLDING_KNOWN);
    assert_memory_equal(graph->values[parts[0]].data, ((const int32_t[]){1, 2}), 8);
    assert_memory_equal(graph->values[parts[1]].data, ((const int32_t[]){3, 4}), 8);
    const size_t used = graph->arena.used_bytes;
    assert_int_equal(octet_fold_outputs(&ctx, graph, &graph->operators[1], 4, &folding), OCTET_OK);
    assert_int_equal(folding, OCTET_FOLDING_UNKNOWN);
    assert_null(graph->values[sum].data);
    assert_int_equal(graph->arena.used_bytes, used);
    octet_graph_destroy(&ctx, graph);
}

static void places_outside_of_a_table_are_an_error(void **state) {
    (void)state;
    octet_context ctx;
    octet_graph *graph;
    octet_folding folding;
    uint32_t output;
    for (int32_t place = -1; place <= 3; place++) {
        const operand operands[2] = {S32(DIMS(3), 5, 6, 7), S32((octet_shape){0}, place)};
        octet_context_init(&ctx);
        assert_int_equal(octet_graph_create(&ctx, "test", &graph), OCTET_OK);
        const bool is_inside = place >= 0 && place < 3;
        assert_int_equal(fold(&ctx, graph, OCTET_OP_GATHER, &none, operands, 2, 9, &output, 1, &folding),
                         is_inside ? OCTET_OK : OCTET_MODEL);
        if (!is_inside) assert_non_null(strstr(ctx.message, "of 3 rows"));
        octet_graph_destroy(&ctx, graph);
    }
}

static void integers_are_read_where_they_fit(void **state) {
    (void)state;
    const int64_t wide[] = {1, INT32_MIN, INT32_MAX}, wider[] = {INT64_C(1) << 31};
    const uint8_t bools[] = {0, 7};
    octet_value value = {.type = OCTET_INT64, .shape = {1, {3}}, .data = wide};
    int32_t out[3], n = -1;
    assert_true(octet_constant_read_i32(&value, 3, out, &n));
    assert_int_equal(n, 3);
    assert_true(out[0] == 1 && out[1] == INT32_MIN && out[2] == INT32_MAX);
    assert_false(octet_constant_read_i32(&value, 2, out, &n));
    value = (octet_value){.type = OCTET_INT64, .shape = {1, {1}}, .data = wider};
    assert_false(octet_constant_read_i32(&value, 3, out, &n));
    value = (octet_value){.type = OCTET_BOOL, .shape = {1, {2}}, .data = bools};
    assert_false(octet_constant_read_i32(&value, 3, out, &n));
    assert_false(octet_constant_read_i32(NULL, 3, out, &n));
    value = (octet_value){.type = OCTET_INT32, .shape = {1, {1}}};
    assert_false(octet_constant_read_i32(&value, 3, out, &n));
    assert_int_equal(n, 3);
    assert_int_equal(octet_constant_integer(OCTET_BOOL, bools, 1), 1);
    assert_true(octet_constant_real(OCTET_INT64, wide, 1) == -2147483648.0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moves_are_those_of_the_kernels),
        cmocka_unit_test(arithmetic_is_that_of_the_kernels),
        cmocka_unit_test(floors_are_floors),
        cmocka_unit_test(what_does_not_fit_is_an_overflow),
        cmocka_unit_test(the_rest_is_unknown),
        cmocka_unit_test(outputs_become_constants),
        cmocka_unit_test(places_outside_of_a_table_are_an_error),
        cmocka_unit_test(integers_are_read_where_they_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
