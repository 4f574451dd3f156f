/* Schedules of small int8 graphs: groups, rings, sums, and an arena in which nothing that lives meets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "lower/lower.h"
#include "schedule/schedule.h"
#include "support/sample_graph.h"

static octet_context context, *ctx = &context;
static octet_graph *graph;
static octet_arena arena;
static octet_step *steps;
static octet_schedule schedule;

static int set_up(void **state) {
    (void)state;
    octet_context_init(ctx);
    arena = (octet_arena){0};
    graph = NULL;
    return 0;
}
static int tear_down(void **state) {
    (void)state;
    octet_arena_free(ctx, &arena);
    octet_graph_destroy(ctx, graph);
    return ctx->memory_bytes != 0;
}

static void good(octet_status status) {
    if (status != OCTET_OK) fail_msg("%s: %s", octet_status_name(status), ctx->message);
}

static void make(bool no_fusion) {
    const octet_lower_options options = {.numerics = OCTET_NUMERICS_INTEGER, .absorb_pads = true};
    const octet_schedule_options how = {.no_fusion = no_fusion};
    good(octet_graph_verify(ctx, graph, "test"));
    good(octet_lower_graph(ctx, &arena, graph, &options, &steps));
    good(octet_schedule_make(ctx, &arena, graph, steps, &how, &schedule));
}

/* Parts that live at the same time share no byte, unless a step works in place. */
static void check_parts(void) {
    for (uint32_t i = 0; i < schedule.n_parts; i++) {
        const octet_part *a = &schedule.parts[i];
        assert_int_equal(a->offset % OCTET_SCHEDULE_ALIGNMENT, 0);
        assert_true(a->offset + a->size_bytes <= schedule.arena_bytes);
        assert_true(a->first_group <= a->last_group && a->last_group < schedule.n_groups);
        for (uint32_t k = 0; k < i; k++) {
            const octet_part *b = &schedule.parts[k];
            if (a->last_group < b->first_group || b->last_group < a->first_group) continue;
            if (a->offset == b->offset && (a->first_group == b->last_group || b->first_group == a->last_group))
                continue;
            assert_true(a->offset + a->size_bytes <= b->offset || b->offset + b->size_bytes <= a->offset);
        }
    }
}

static uint32_t input(int32_t h, int32_t w, int32_t c) {
    uint32_t x;
    good(octet_graph_create(ctx, "test", &graph));
    good(octet_graph_add_value(ctx, graph, "x", OCTET_INT8, &(octet_shape){4, {1, h, w, c}}, &x));
    good(sample_quantize(ctx, graph, x, 1, 0, -128));
    good(octet_graph_add_input(ctx, graph, x, "x"));
    return x;
}
static uint32_t conv(uint32_t x, int32_t out, int32_t size, octet_padding padding) {
    uint32_t filter, bias, y;
    octet_options options = {0};
    const int32_t in = graph->values[x].shape.dims[3];
    options.conv_2d.padding = padding;
    options.conv_2d.stride_w = options.conv_2d.stride_h = options.conv_2d.dilation_w = options.conv_2d.dilation_h = 1;
    good(sample_constant(ctx, graph, "w", OCTET_INT8, (octet_shape){4, {out, size, size, in}}, -1, &filter));
    good(sample_constant(ctx, graph, "b", OCTET_INT32, (octet_shape){1, {out}}, 0, &bias));
    good(sample_emit(ctx, graph, OCTET_OP_CONV_2D, (uint32_t[]){x, filter, bias}, 3, &options, &y));
    return y;
}
static uint32_t pool(uint32_t x, int32_t size, int32_t stride) {
    uint32_t y;
    octet_options options = {0};
    options.pool_2d.padding = OCTET_PADDING_VALID;
    options.pool_2d.stride_w = options.pool_2d.stride_h = stride;
    options.pool_2d.filter_w = options.pool_2d.filter_h = size;
    good(sample_emit(ctx, graph, OCTET_OP_MAX_POOL_2D, (uint32_t[]){x}, 1, &options, &y));
    return y;
}
static uint32_t dense(uint32_t x, int32_t out) {
    const int32_t n = (int32_t)octet_shape_elements(&graph->values[x].shape);
    uint32_t shape, weights, y;
    const octet_options options = {0};
    good(octet_graph_add_i32(ctx, graph, "shape", (int32_t[]){1, n}, 2, &shape));
    good(sample_emit(ctx, graph, OCTET_OP_RESHAPE, (uint32_t[]){x, shape}, 2, NULL, &y));
    good(sample_constant(ctx, graph, "d", OCTET_INT8, (octet_shape){2, {out, n}}, -1, &weights));
    good(sample_emit(ctx, graph, OCTET_OP_FULLY_CONNECTED, (uint32_t[]){y, weights, OCTET_NONE}, 3, &options, &y));
    return y;
}
static void output(uint32_t y) { good(octet_graph_add_output(ctx, graph, y, "y")); }

static const octet_part *part_of(uint32_t value) {
    assert_int_equal(schedule.homes[value].kind, OCTET_HOME_PART);
    return &schedule.parts[schedule.homes[value].index];
}

/* conv, pool, conv, pool, dense: one group, no map is whole, RESHAPE is no work. */
static void test_one_group(void **state) {
    (void)state;
    const uint32_t first = pool(conv(input(20, 20, 1), 4, 3, OCTET_PADDING_VALID), 2, 2);
    const uint32_t second = pool(conv(first, 8, 3, OCTET_PADDING_VALID), 2, 2);
    output(dense(second, 5));
    make(false);
    check_parts();
    assert_int_equal(schedule.n_groups, 1);
    assert_int_equal(schedule.n_stages, 3);
    assert_int_equal(schedule.stages[0].pool, 1);
    assert_int_equal(schedule.stages[0].rows.stride, 2);
    assert_int_equal(schedule.stages[0].rows.extent, 4);
    assert_int_equal(schedule.stages[2].flow, OCTET_FLOW_ADDS);
    assert_int_equal(part_of(first)->n_rows, 4);
    assert_int_equal(part_of(first)->size_bytes, 4 * 9 * 4);
    assert_int_equal(part_of(second)->n_rows, 1);
    assert_int_equal(schedule.arena_bytes, 4 * 9 * 4 + 3 * 8 + 5 * 4);
    make(true);
    check_parts();
    assert_int_equal(schedule.n_groups, 5);
    assert_int_equal(schedule.arena_bytes, 18 * 18 * 4 + 9 * 9 * 4);
}

/* Windows that overlap, or reach over the edge, and padded convolutions stay stages of their own; rows outside are
 * never kept. */
static void test_separate_pool(void **state) {
    (void)state;
    const uint32_t x = conv(input(12, 12, 2), 3, 3, OCTET_PADDING_SAME);
    output(pool(x, 3, 2));
    make(false);
    check_parts();
    assert_int_equal(schedule.n_groups, 1);
    assert_int_equal(schedule.n_stages, 2);
    assert_int_equal(schedule.stages[0].pool, OCTET_NONE);
    assert_int_equal(part_of(x)->n_rows, 3);
    assert_int_equal(schedule.arena_bytes, 3 * 12 * 3);
}

/* A value that two steps read, or that is an output, is whole; ADD takes rows of its other operand. */
static void test_whole_values(void **state) {
    (void)state;
    uint32_t sum;
    const uint32_t x = conv(input(8, 8, 2), 4, 3, OCTET_PADDING_SAME), y = conv(x, 4, 3, OCTET_PADDING_SAME);
    octet_options options = {.arithmetic = {OCTET_ACTIVATION_NONE, false}};
    good(sample_emit(ctx, graph, OCTET_OP_ADD, (uint32_t[]){x, y}, 2, &options, &sum));
    const uint32_t z = conv(sum, 2, 1, OCTET_PADDING_VALID);
    output(z);
    output(conv(z, 2, 1, OCTET_PADDING_VALID));
    make(false);
    check_parts();
    assert_int_equal(schedule.n_groups, 3);
    assert_int_equal(schedule.groups[1].n_stages, 3);
    assert_int_equal(schedule.stages[schedule.groups[1].first_stage + 1].streamed, 1); /* of ADD */
    assert_int_equal(part_of(x)->n_rows, 0);
    assert_int_equal(part_of(y)->n_rows, 1);
    assert_int_equal(part_of(sum)->n_rows, 1);
    assert_int_equal(schedule.homes[z].kind, OCTET_HOME_OUTPUT);
}

/* A long chain of small maps with many channels would keep more in rings than two maps need: it is cut. */
static void test_cut(void **state) {
    (void)state;
    uint32_t x = input(4, 4, 2), first, last;
    first = x = conv(x, 32, 3, OCTET_PADDING_SAME);
    for (int i = 0; i < 6; i++) x = conv(x, 32, 3, OCTET_PADDING_SAME);
    last = x;
    output(dense(last, 3));
    make(false);
    check_parts();
    assert_true(schedule.n_groups > 1);
    assert_true(schedule.arena_bytes <= 3 * 4 * 4 * 32);
    const size_t fused = schedule.arena_bytes;
    make(true);
    assert_true(fused <= schedule.arena_bytes);
    (void)first;
}

/* The sample graph of other tests, and its two outputs' worth of operators. */
static void test_sample(void **state) {
    (void)state;
    good(sample_graph(ctx, &graph));
    make(false);
    check_parts();
    make(true);
    check_parts();
}

/* Sums that may leave int32 keep their convolution from its pool. */
static void test_wide_sums(void **state) {
    (void)state;
    const uint32_t x = conv(input(8, 8, 1), 1, 3, OCTET_PADDING_VALID);
    output(pool(x, 2, 2));
    ((int32_t *)(uintptr_t)graph->values[graph->operators[0].inputs[2]].data)[0] = INT32_MAX - 10;
    make(false);
    assert_int_equal(schedule.stages[0].pool, OCTET_NONE);
    assert_true(octet_rows_most_sum(graph, &steps[0]) > INT32_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_one_group, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_separate_pool, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_whole_values, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cut, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_sample, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_wide_sums, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
