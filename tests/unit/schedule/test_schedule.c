/* Schedules of small int8 graphs: groups, rings, sums, and an arena in which nothing that lives meets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "lower/lower.h"
#include "schedule/schedule.h"
#include "schedule/sums.h"
#include "support/random_net.h"
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

static void make_so(octet_schedule_options how) {
    const octet_lower_options options = {.numerics = OCTET_NUMERICS_INTEGER, .absorb_pads = true};
    good(octet_graph_verify(ctx, graph, "test"));
    good(octet_lower_graph(ctx, &arena, graph, &options, &steps));
    good(octet_schedule_make(ctx, &arena, graph, steps, &how, &schedule));
}
static void make(bool no_fusion) { make_so((octet_schedule_options){.no_fusion = no_fusion}); }

/* ---- What lies in the arena, byte by byte, while the groups work as the exported C does ---- */

typedef struct tag {
    uint32_t part;
    size_t at; /* which byte of the part's value */
} tag;
static tag *arena_tags;

static const octet_part *home_part(uint32_t value, uint32_t *index) {
    const octet_home *home = &schedule.homes[value];
    *index = home->index;
    return home->kind == OCTET_HOME_PART ? &schedule.parts[home->index] : NULL;
}

/* Bytes [at, at + n) of a value: writes or reads them. A ring has only some of its rows, of `row` bytes. */
static void touch(uint32_t part, size_t at, size_t n, size_t row, bool writes) {
    const octet_part *p = &schedule.parts[part];
    const size_t begin = p->n_rows > 0 ? at / row % (size_t)p->n_rows * row : at;
    assert_true(begin + n <= p->size_bytes && p->offset + p->size_bytes <= schedule.arena_bytes);
    for (size_t i = 0; i < n; i++) {
        tag *t = &arena_tags[p->offset + begin + i];
        if (writes) *t = (tag){part, at + i};
        if (t->part != part || t->at != at + i)
            fail_msg("byte %zu of part %u has been overwritten by part %u", at + i, part, t->part);
    }
}
static void touch_value(uint32_t value, bool writes) {
    uint32_t part;
    const octet_part *p = home_part(value, &part);
    if (p != NULL && p->n_rows == 0) touch(part, 0, octet_value_bytes(&graph->values[value]), 1, writes);
}

static void read_operands(const octet_stage *stage, int32_t y) {
    const octet_step *step = &steps[stage->step];
    int32_t begin, end;
    octet_rows_window(&stage->rows, y, &begin, &end);
    for (uint32_t k = 0; k < step->n_inputs; k++) {
        uint32_t part;
        if (step->inputs[k] == OCTET_NONE || home_part(step->inputs[k], &part) == NULL) continue;
        for (int32_t r = begin; k < stage->rows.n_operands && r < end; r++)
            touch(part, (size_t)r * stage->rows.in_bytes, stage->rows.in_bytes, stage->rows.in_bytes, false);
        if (k >= stage->rows.n_operands) touch_value(step->inputs[k], false);
    }
}

static void compute_rows(const octet_stage *stages, int32_t *n_done, uint32_t i, int32_t n) {
    const octet_stage *stage = &stages[i];
    while (n_done[i] < n) {
        uint32_t part;
        int32_t begin, end;
        octet_rows_window(&stage->rows, n_done[i], &begin, &end);
        for (uint32_t k = 0; k < OCTET_STAGE_ASKS && stage->asks[k] != OCTET_NONE; k++)
            compute_rows(stages, n_done, stage->asks[k], end);
        read_operands(stage, n_done[i]);
        if (stage->flow == OCTET_FLOW_ADDS) touch(stage->sums, 0, schedule.parts[stage->sums].size_bytes, 1, false);
        else if (home_part(stage->result, &part) != NULL)
            touch(part, (size_t)n_done[i] * stage->rows.out_bytes, stage->rows.out_bytes, stage->rows.out_bytes, true);
        if (!steps[stage->step].in_place) read_operands(stage, n_done[i]); /* which it still reads while it writes */
        n_done[i]++;
    }
}

static void run_group(const octet_group *group) {
    const octet_stage *stages = &schedule.stages[group->first_stage], *last = &stages[group->n_stages - 1];
    const octet_step *step = &steps[last->pool != OCTET_NONE ? last->pool : last->step];
    int32_t n_done[OCTET_GROUP_STAGES] = {0};
    if (last->flow == OCTET_FLOW_WHOLE || last->rows.batches > 1) {
        for (uint32_t k = 0; k < steps[last->step].n_inputs; k++)
            if (steps[last->step].inputs[k] != OCTET_NONE) touch_value(steps[last->step].inputs[k], false);
    } else {
        if (last->flow == OCTET_FLOW_ADDS) touch(last->sums, 0, schedule.parts[last->sums].size_bytes, 1, true);
        compute_rows(stages, n_done, group->n_stages - 1, last->rows.out_h);
    }
    if (last->flow == OCTET_FLOW_ROWS && last->rows.batches == 1) return;
    for (uint32_t k = 0; k < step->n_outputs; k++) touch_value(step->outputs[k], true);
}

/* No byte is read after it was overwritten, and every row is there that is read. */
static void check_parts(void) {
    arena_tags = calloc(schedule.arena_bytes + 1, sizeof *arena_tags);
    assert_non_null(arena_tags);
    for (size_t i = 0; i < schedule.arena_bytes; i++) arena_tags[i].part = OCTET_NONE;
    for (uint32_t i = 0; i < schedule.n_parts; i++)
        assert_int_equal(schedule.parts[i].offset % OCTET_SCHEDULE_ALIGNMENT, 0);
    for (uint32_t g = 0; g < schedule.n_groups; g++) run_group(&schedule.groups[g]);
    free(arena_tags);
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

/* A pool of one dimension stands behind a RESHAPE: its rows are not those of the convolution. */
static void test_pool_of_another_shape(void **state) {
    (void)state;
    uint32_t shape, y;
    const uint32_t x = conv(input(1, 12, 2), 3, 1, OCTET_PADDING_VALID);
    good(octet_graph_add_i32(ctx, graph, "shape", (int32_t[]){1, 12, 1, 3}, 4, &shape));
    good(sample_emit(ctx, graph, OCTET_OP_RESHAPE, (uint32_t[]){x, shape}, 2, NULL, &y));
    output(pool(y, 1, 1));
    make(false);
    check_parts();
    assert_int_equal(schedule.n_stages, 2);
    assert_int_equal(schedule.stages[0].pool, OCTET_NONE);
}

static uint32_t add(uint32_t x, uint32_t y) {
    uint32_t sum;
    const octet_options options = {.arithmetic = {OCTET_ACTIVATION_NONE, false}};
    good(sample_emit(ctx, graph, OCTET_OP_ADD, (uint32_t[]){x, y}, 2, &options, &sum));
    return sum;
}

/* A shortcut's rows wait in the ring that the convolution beside it reads; an output is whole. */
static void test_shortcut(void **state) {
    (void)state;
    const uint32_t x = conv(input(8, 8, 2), 4, 3, OCTET_PADDING_SAME), y = conv(x, 4, 3, OCTET_PADDING_SAME);
    const uint32_t sum = add(x, y), z = conv(sum, 2, 1, OCTET_PADDING_VALID);
    output(z);
    output(conv(z, 2, 1, OCTET_PADDING_VALID));
    make(false);
    check_parts();
    assert_int_equal(schedule.n_groups, 2);
    assert_int_equal(schedule.groups[0].n_stages, 4);
    assert_int_equal(schedule.stages[2].asks[0], 1); /* ADD asks the convolution, which asks for the shortcut's rows */
    assert_int_equal(schedule.stages[2].asks[1], OCTET_NONE);
    assert_int_equal(part_of(x)->n_rows, 3);
    assert_int_equal(part_of(y)->n_rows, 1);
    assert_int_equal(part_of(sum)->n_rows, 1);
    assert_int_equal(schedule.homes[z].kind, OCTET_HOME_OUTPUT);
    /* y and sum are rows that are read at once: the second may not lie where the first is read. */
    assert_int_equal(schedule.arena_bytes, (3 + 1 + 1) * 8 * 4);
}

/* Both sides of a sum compute: the one that reads farther ahead is asked first. */
static void test_branches(void **state) {
    (void)state;
    const uint32_t x = conv(input(12, 8, 2), 4, 3, OCTET_PADDING_SAME), right = conv(x, 4, 1, OCTET_PADDING_VALID);
    const uint32_t left = conv(conv(x, 4, 3, OCTET_PADDING_SAME), 4, 3, OCTET_PADDING_SAME);
    output(add(right, left));
    make(false);
    check_parts();
    assert_int_equal(schedule.n_groups, 1);
    assert_int_equal(schedule.stages[4].asks[0], 3);
    assert_int_equal(schedule.stages[4].asks[1], 1);
    assert_int_equal(part_of(x)->n_rows, 3); /* from the row that `right` reads to that which `left` is ahead */
    assert_int_equal(part_of(right)->n_rows, 1);
}

/* A map that is read for the last time: the result follows its rows, two behind what it reads. */
static void test_lead(void **state) {
    (void)state;
    const uint32_t x = conv(input(32, 4, 4), 16, 1, OCTET_PADDING_SAME), y = conv(x, 16, 3, OCTET_PADDING_SAME);
    const octet_options options = {.softmax = {.beta = 1.0f}};
    const float scale = 1.0f / 256;
    const int32_t zero_point = -128;
    uint32_t soft;
    good(octet_graph_emit(ctx, graph, OCTET_OP_SOFTMAX, "softmax", NULL, &y, 1, &options, &soft, 1));
    good(octet_value_set_quantization(ctx, graph, soft, 1, 0, &scale, &zero_point));
    output(soft);
    make(false);
    check_parts();
    assert_int_equal(part_of(x)->offset - part_of(y)->offset, 2 * 64);
    assert_int_equal(schedule.arena_bytes, (32 + 2) * 64);
    make_so((octet_schedule_options){.no_fusion = true, .no_sharing = true});
    check_parts();
    assert_int_equal(schedule.arena_bytes, 2 * 32 * 64);
}

/* A mean over a map takes its rows as they come. */
static void test_mean(void **state) {
    (void)state;
    uint32_t axes, mean;
    octet_options options = {0};
    options.reduce.keep_dims = false;
    const uint32_t x = conv(input(9, 5, 2), 6, 3, OCTET_PADDING_SAME);
    good(octet_graph_add_i32(ctx, graph, "axes", (int32_t[]){1, 2}, 2, &axes));
    good(sample_emit(ctx, graph, OCTET_OP_MEAN, (uint32_t[]){x, axes}, 2, &options, &mean));
    output(dense(mean, 3));
    make(false);
    check_parts();
    assert_int_equal(schedule.stages[1].flow, OCTET_FLOW_ADDS);
    assert_int_equal(part_of(x)->n_rows, 1);
    assert_int_equal(schedule.arena_bytes, 32 + 6 * 4); /* the means lie where the rows were */
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
    assert_true(octet_sums_most(graph, &steps[0]) > INT32_MAX);
}

static void test_random(void **state) {
    for (uint32_t seed = 1; seed <= 300; seed++) {
        good(set_up(state) == 0 ? OCTET_OK : OCTET_INTERNAL);
        graph = random_net_make(ctx, seed);
        make(false);
        check_parts();
        make(true);
        check_parts();
        if (seed < 300) assert_int_equal(tear_down(state), 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_one_group, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_separate_pool, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_pool_of_another_shape, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_shortcut, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_branches, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_lead, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_mean, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_random, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cut, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_sample, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_wide_sums, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
