/* Outputs that join parts of very different size: found by ranges or by bounds, and split. */
#include "graph/joined.h"
#include "support/graph_passes.h"

static octet_joined *joined;
static uint32_t n_joined;
static octet_arena arena;

static uint32_t concat(fixture *f, int32_t axis, uint32_t a, uint32_t b) {
    const octet_options options = {.concatenation = {.axis = axis}};
    return emit(f, OCTET_OP_CONCATENATION, &options, 2, (const uint32_t[]){a, b});
}

static uint32_t reshape(fixture *f, uint32_t x, int32_t rank, const int32_t *dims) {
    return binary(f, OCTET_OP_RESHAPE, x, integers(f, rank, dims));
}

/* Boxes of up to `wide` and scores of up to 1. */
static uint32_t head(fixture *f, int32_t rank, const int32_t *dims) {
    const uint32_t x = input(f, rank, dims);
    const uint32_t boxes = unary(f, OCTET_OP_EXP, x), scores = unary(f, OCTET_OP_LOGISTIC, x);
    return concat(f, -1, boxes, scores);
}

static void find(fixture *f, uint32_t output, float wide) {
    float widths[64];
    expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, output, "y"));
    assert_true(f->graph->n_values <= 64);
    for (uint32_t v = 0; v < f->graph->n_values; v++) {
        const uint32_t k = f->graph->values[v].producer;
        widths[v] = k == OCTET_NONE || op(f, k)->code != OCTET_OP_EXP ? 1.0f : wide;
    }
    expect_ok(f, octet_joined_find(&f->ctx, &arena, f->graph, widths, &joined, &n_joined));
}

static void split(fixture *f, const char *operators) {
    expect_ok(f, octet_joined_split(&f->ctx, f->graph, joined, n_joined));
    expect_ok(f, octet_graph_compact(&f->ctx, f->graph));
    expect_ok(f, octet_graph_verify(&f->ctx, f->graph, "test"));
    expect_operators(f, operators);
    octet_arena_free(&f->ctx, &arena);
}

static void expect_output(fixture *f, uint32_t i, const char *name, int32_t rank, const int32_t *dims) {
    const octet_shape shape = octet_shape_make(rank, dims);
    assert_string_equal(f->graph->outputs[i].name, name);
    assert_true(octet_shape_equal(&f->graph->values[f->graph->outputs[i].value].shape, &shape));
}

static void parts_far_apart_become_outputs(void **state) {
    fixture *f = *state;
    find(f, head(f, DIMS(1, 7, 4)), 17.0f);
    assert_int_equal(n_joined, 1);
    assert_int_equal(joined->axis, 2);
    assert_int_equal(joined->n_parts, 2);
    assert_int_equal(joined->parts[1].first, 4);
    assert_true(joined->parts[0].width == 17.0f && joined->parts[1].width == 1.0f);
    split(f, "EXP LOGISTIC");
    expect_output(f, 0, "y_part0", DIMS(1, 7, 4));
    expect_output(f, 1, "y_part1", DIMS(1, 7, 4));
}

static void parts_that_are_close_stay_joined(void **state) {
    fixture *f = *state;
    find(f, head(f, DIMS(1, 7, 4)), 16.0f);
    assert_int_equal(n_joined, 0);
    split(f, "EXP LOGISTIC CONCATENATION");
    expect_output(f, 0, "y", DIMS(1, 7, 8));
}

/* As a detector with two sizes of cells: the columns of each are joined, then the cells. */
static void columns_are_split_across_joined_rows(void **state) {
    fixture *f = *state;
    const uint32_t a = reshape(f, head(f, DIMS(1, 2, 2, 3)), DIMS(1, 4, 6));
    const uint32_t b = reshape(f, head(f, DIMS(1, 3, 3, 3)), DIMS(1, 9, 6));
    find(f, concat(f, 1, a, b), 100.0f);
    assert_int_equal(n_joined, 1);
    assert_int_equal(joined->axis, 2);
    assert_int_equal(joined->n_parts, 2);
    split(f, "EXP LOGISTIC EXP LOGISTIC RESHAPE RESHAPE CONCATENATION RESHAPE RESHAPE CONCATENATION");
    expect_output(f, 0, "y_part0", DIMS(1, 13, 3));
    expect_output(f, 1, "y_part1", DIMS(1, 13, 3));
}

static void a_transpose_between_moves_the_axis(void **state) {
    fixture *f = *state;
    find(f, binary(f, OCTET_OP_TRANSPOSE, head(f, DIMS(1, 7, 4)), integers(f, 3, (const int32_t[]){0, 2, 1})), 100.0f);
    assert_int_equal(n_joined, 1);
    assert_int_equal(joined->axis, 1);
    split(f, "EXP LOGISTIC TRANSPOSE TRANSPOSE");
    expect_output(f, 0, "y_part0", DIMS(1, 4, 7));
}

static uint32_t pack(fixture *f, int32_t axis, uint32_t a, uint32_t b) {
    const octet_options options = {.pack = {.axis = axis, .count = 2}};
    return emit(f, OCTET_OP_PACK, &options, 2, (const uint32_t[]){a, b});
}

/* One index of the packed axis each. */
static void packed_values_are_parts(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, DIMS(1, 7, 4));
    const uint32_t boxes = unary(f, OCTET_OP_EXP, x), scores = unary(f, OCTET_OP_LOGISTIC, x);
    find(f, pack(f, 1, boxes, scores), 100.0f);
    assert_int_equal(n_joined, 1);
    assert_int_equal(joined->axis, 1);
    assert_int_equal(joined->n_parts, 2);
    assert_true(joined->parts[0].width == 100.0f && joined->parts[1].width == 1.0f);
    split(f, "EXP LOGISTIC PACK PACK");
    expect_output(f, 0, "y_part0", DIMS(1, 1, 7, 4));
    expect_output(f, 1, "y_part1", DIMS(1, 1, 7, 4));
}

static void columns_are_split_across_packed_values(void **state) {
    fixture *f = *state;
    const uint32_t a = head(f, DIMS(1, 7, 4)), b = head(f, DIMS(1, 7, 4));
    find(f, pack(f, 1, a, b), 100.0f);
    assert_int_equal(n_joined, 1);
    assert_int_equal(joined->axis, 3);
    assert_int_equal(joined->n_parts, 2);
    split(f, "EXP LOGISTIC EXP LOGISTIC PACK PACK");
    expect_output(f, 0, "y_part0", DIMS(1, 2, 7, 4));
    expect_output(f, 1, "y_part1", DIMS(1, 2, 7, 4));
}

/* They are there already. */
static void parts_that_are_outputs_are_not_written_twice(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, DIMS(1, 7, 4));
    const uint32_t boxes = unary(f, OCTET_OP_EXP, x), scores = unary(f, OCTET_OP_LOGISTIC, x);
    expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, scores, "scores"));
    find(f, concat(f, -1, boxes, scores), 100.0f);
    assert_int_equal(n_joined, 1);
    assert_int_equal(joined->parts[0].output, OCTET_NONE);
    assert_int_equal(joined->parts[1].output, 0);
    split(f, "EXP LOGISTIC");
    assert_int_equal(f->graph->n_outputs, 2);
    expect_output(f, 0, "scores", DIMS(1, 7, 4));
    expect_output(f, 1, "y_part0", DIMS(1, 7, 4));
}

static void a_reshape_that_mixes_parts_hides_them(void **state) {
    fixture *f = *state;
    find(f, reshape(f, head(f, DIMS(1, 7, 4)), DIMS(1, 56)), 100.0f);
    assert_int_equal(n_joined, 0);
    octet_arena_free(&f->ctx, &arena);
}

/* An axis is as long as a file says where another one is 0, and joins of nothing can be nested as often. */
static void what_is_empty_has_no_parts(void **state) {
    fixture *f = *state;
    uint32_t nothing = input(f, DIMS(1 << 30, 0));
    for (int i = 0; i < 40; i++) nothing = concat(f, 1, nothing, nothing);
    f->ctx.max_memory_bytes = 1 << 20;
    find(f, nothing, 17.0f);
    assert_int_equal(n_joined, 0);
    octet_arena_free(&f->ctx, &arena);
}

static void bounded_parts_are_known_without_data(void **state) {
    fixture *f = *state;
    float widths[64];
    expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, head(f, DIMS(1, 7, 4)), "y"));
    octet_joined_bounds(f->graph, widths);
    expect_ok(f, octet_joined_find(&f->ctx, &arena, f->graph, widths, &joined, &n_joined));
    assert_int_equal(n_joined, 1);
    assert_true(isinf(joined->parts[0].width) && joined->parts[1].width == 1.0f);
    octet_arena_free(&f->ctx, &arena);
}

static void two_unbounded_parts_may_be_alike(void **state) {
    fixture *f = *state;
    float widths[64];
    const uint32_t x = input(f, DIMS(1, 4));
    const uint32_t a = unary(f, OCTET_OP_EXP, x), b = unary(f, OCTET_OP_SQUARE, x), y = concat(f, 1, a, b);
    expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, y, "y"));
    octet_joined_bounds(f->graph, widths);
    expect_ok(f, octet_joined_find(&f->ctx, &arena, f->graph, widths, &joined, &n_joined));
    assert_int_equal(n_joined, 0);
    octet_arena_free(&f->ctx, &arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(parts_far_apart_become_outputs),
        CASE(parts_that_are_close_stay_joined),
        CASE(columns_are_split_across_joined_rows),
        CASE(a_transpose_between_moves_the_axis),
        CASE(what_is_empty_has_no_parts),
        CASE(a_reshape_that_mixes_parts_hides_them),
        CASE(bounded_parts_are_known_without_data),
        CASE(two_unbounded_parts_may_be_alike),
        CASE(packed_values_are_parts),
        CASE(columns_are_split_across_packed_values),
        CASE(parts_that_are_outputs_are_not_written_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
