/* Networks with state as C: LSTM, SVDF, variables that the graph assigns. OCTET_RANDOM_NETS sets their number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "export/c/helpers.h"
#include "kernels/ref/fixed_function16.h"
#include "support/c_batch.h"
#include "support/random_recurrent.h"

enum { N_NETS = 24 };

static octet_context context, *ctx = &context;

/* Every second net keeps what need not be kept. */
static void test_random_recurrent_nets(void **state) {
    (void)state;
    const char *given = getenv("OCTET_RANDOM_NETS");
    const uint32_t n_nets = given != NULL ? (uint32_t)strtoul(given, NULL, 10) : N_NETS;
    c_batch batch = {.ctx = ctx};
    octet_context_init(ctx);
    for (uint32_t seed = 1; seed <= n_nets; seed++) {
        char name[32];
        octet_graph *graph = random_recurrent_make(ctx, seed);
        if (octet_graph_verify(ctx, graph, "test") != OCTET_OK) fail_msg("net %u: %s", seed, ctx->message);
        snprintf(name, sizeof name, "r%u", seed);
        if (!c_batch_add(&batch, graph, name, seed, seed % 2 == 0)) fail_msg("net %u: %s", seed, ctx->message);
        octet_graph_destroy(ctx, graph);
        if (batch.n < C_BATCH_SIZE && seed < n_nets) continue;
        const int result = c_batch_run(&batch);
        if (result < 0) skip();
        assert_int_equal(result, 0);
    }
    assert_int_equal(ctx->memory_bytes, 0);
}

static octet_graph *sequence(random_net *net, uint32_t *last) {
    octet_context_init(ctx);
    *net = (random_net){.ctx = ctx, .random = {5}, .type = OCTET_INT8};
    net_good(net, octet_graph_create(ctx, "test", &net->graph));
    const uint32_t x = recurrent_value(net, OCTET_INT8, octet_shape_make(3, (const int32_t[]){1, 4, 3}), 0.03f, 1);
    net_good(net, octet_graph_add_input(ctx, net->graph, x, "x"));
    *last = recurrent_lstm(net, recurrent_lstm(net, x, 5, false), 2, false);
    net_good(net, octet_graph_add_output(ctx, net->graph, *last, "y"));
    net_good(net, octet_graph_verify(ctx, net->graph, "test"));
    return net->graph;
}

static void export(const octet_graph *graph, bool keeps_state, octet_c_export *out) {
    const int8_t zeros[64] = {0};
    const void *tensors[1] = {zeros};
    const octet_c_job job = {
        .graph = graph, .name = "net", .keeps_state = keeps_state, .vectors = {1, tensors, tensors}};
    if (octet_c_export_graph(ctx, &job, out) != OCTET_OK) fail_msg("%s", ctx->message);
}

static bool says(const octet_c_file *file, const char *text) {
    const size_t n = strlen(text);
    for (size_t i = 0; i + n <= file->text.size; i++)
        if (memcmp(file->text.data + i, text, n) == 0) return true;
    return false;
}

/* State that begins every run anew lies in the arena; state that goes on has a struct. */
static void test_where_state_lies(void **state) {
    (void)state;
    random_net net;
    uint32_t last;
    octet_c_export files;
    octet_graph *graph = sequence(&net, &last);
    export(graph, false, &files);
    assert_int_equal(files.needs.state, 0);
    assert_false(says(&files.files[0], "net_state"));
    assert_true(says(&files.files[0], "void net_run(const int8_t *input, int8_t *output, void *arena);"));
    const size_t arena = files.needs.arena;
    octet_c_export_free(ctx, &files);
    export(graph, true, &files);
    assert_int_equal(files.needs.state, 2 * (5 + 2) + 5 + 2 + 1); /* of int16, of int8, to the end of an int16 */
    assert_true(files.needs.arena < arena);
    assert_int_equal(files.needs.arena, 8); /* a row of 5 between the layers */
    assert_true(says(&files.files[0], "void net_reset(net_state *state);"));
    assert_true(says(&files.files[0], "void *arena, net_state *state);"));
    octet_c_export_free(ctx, &files);
    graph->is_stateful = true; /* as a Keras file says */
    export(graph, false, &files);
    assert_int_equal(files.needs.state, 22);
    octet_c_export_free(ctx, &files);
    octet_graph_destroy(ctx, graph);
    assert_int_equal(ctx->memory_bytes, 0);
}

/* Of a sequence that only the last step is read of, only that is kept. */
static void test_last_step(void **state) {
    (void)state;
    random_net net;
    uint32_t last;
    octet_c_export files;
    octet_graph *graph = sequence(&net, &last);
    const octet_options options = {.strided_slice = {.begin_mask = 5, .end_mask = 5, .shrink_axis_mask = 2}};
    const uint32_t begin = NET_INTEGERS(&net, 0, -1, 0), end = NET_INTEGERS(&net, 0, 0, 0),
                   strides = NET_INTEGERS(&net, 1, 1, 1);
    const uint32_t y = NET_EMIT(&net, OCTET_OP_STRIDED_SLICE, &options, last, begin, end, strides);
    net_quantize_like(&net, y, last);
    graph->outputs[0].value = y;
    net_good(&net, octet_graph_verify(ctx, graph, "test"));
    export(graph, true, &files);
    assert_int_equal(files.needs.arena, 8 + 4); /* rows of 5 and of 2 */
    octet_c_export_free(ctx, &files);
    c_batch batch = {.ctx = ctx};
    assert_true(c_batch_add(&batch, graph, "last", 7, false));
    assert_true(c_batch_run(&batch) <= 0);
    octet_graph_destroy(ctx, graph);
    assert_int_equal(ctx->memory_bytes, 0);
}

/* Conv1D and MaxPooling1D: the pool takes the sequence as its height. */
static void test_one_dimension(void **state) {
    (void)state;
    random_net net = {.ctx = ctx, .random = {3}, .type = OCTET_INT8}, *t = &net;
    octet_options conv = {.conv_2d = {.padding = OCTET_PADDING_VALID, .stride_h = 1, .stride_w = 1}},
                  pool = {.pool_2d = {.padding = OCTET_PADDING_VALID, .stride_h = 2, .stride_w = 1}}, none = {0};
    conv.conv_2d.dilation_h = conv.conv_2d.dilation_w = 1;
    pool.pool_2d.filter_h = 2, pool.pool_2d.filter_w = 1;
    octet_context_init(ctx);
    net_good(t, octet_graph_create(ctx, "test", &t->graph));
    const uint32_t x = recurrent_value(t, OCTET_INT8, octet_shape_make(4, (const int32_t[]){1, 1, 13, 3}), 0.03f, -7);
    net_good(t, octet_graph_add_input(ctx, t->graph, x, "x"));
    const uint32_t w = net_weights(t, octet_shape_make(4, (const int32_t[]){8, 1, 4, 3}), 0, 12), bias = net_bias(t, 8);
    uint32_t y = NET_EMIT(t, OCTET_OP_CONV_2D, &conv, x, w, bias);
    net_quantize_any(t, y);
    const uint32_t shape = NET_INTEGERS(t, 1, 10, 1, 8), z = NET_EMIT(t, OCTET_OP_RESHAPE, &none, y, shape);
    net_quantize_like(t, z, y);
    y = NET_EMIT(t, OCTET_OP_MAX_POOL_2D, &pool, z);
    net_quantize_like(t, y, z);
    net_good(t, octet_graph_add_output(ctx, t->graph, y, "y"));
    net_good(t, octet_graph_verify(ctx, t->graph, "test"));
    c_batch batch = {.ctx = ctx};
    assert_true(c_batch_add(&batch, t->graph, "flat", 7, false));
    assert_true(c_batch_run(&batch) <= 0);
    octet_graph_destroy(ctx, t->graph);
    assert_int_equal(ctx->memory_bytes, 0);
}

/* ---- The functions of gates ---- */

static uint32_t mix(uint32_t hash, int32_t number) { return (hash ^ (uint32_t)number) * UINT32_C(16777619); }

/* The logistic function and tanh of every int16, in every format of a cell's state. */
static void test_functions(void **state) {
    (void)state;
    uint32_t hash = 1;
    for (int32_t a = INT16_MIN; a <= INT16_MAX; a++) {
        hash = mix(hash, octet_fixed16_sigmoid((int16_t)a));
        for (int32_t bits = 0; bits <= 6; bits++) hash = mix(hash, octet_fixed16_tanh((int16_t)a, bits));
    }
    octet_context_init(ctx);
    c_batch batch = {.ctx = ctx, .names = {"f"}, .n = 1};
    octet_c_writer w = {.ctx = ctx, .prefix = "f_"};
    octet_c_line(&w, "#include <stdint.h>");
    octet_c_line(&w, "int32_t @selftest(void);");
    octet_c_write_helpers(&w, octet_c_helper_needs(OCTET_C_SIGMOID16) | octet_c_helper_needs(OCTET_C_TANH16));
    octet_c_line(&w, "static uint32_t mix(uint32_t hash, int32_t number) {");
    octet_c_line(&w, "return (hash ^ (uint32_t)number) * UINT32_C(16777619);");
    octet_c_end(&w);
    octet_c_line(&w, "int32_t @selftest(void) {");
    octet_c_line(&w, "uint32_t hash = 1;");
    octet_c_line(&w, "int32_t a, bits;");
    octet_c_line(&w, "for (a = -32768; a <= 32767; ++a) {");
    octet_c_line(&w, "hash = mix(hash, @sigmoid16(a));");
    octet_c_line(&w, "for (bits = 0; bits <= 6; ++bits) hash = mix(hash, @tanh16(a, bits));");
    octet_c_line(&w, "}");
    octet_c_line(&w, "return hash != UINT32_C(%u);", hash);
    octet_c_end(&w);
    assert_int_equal(w.status, OCTET_OK);
    c_batch_keep(&batch, fixture_write("f.c", w.text.data, w.text.size));
    octet_buffer_free(ctx, &w.text);
    assert_true(c_batch_run(&batch) <= 0);
    assert_int_equal(ctx->memory_bytes, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_functions), cmocka_unit_test(test_where_state_lies),
                                       cmocka_unit_test(test_last_step), cmocka_unit_test(test_one_dimension),
                                       cmocka_unit_test(test_random_recurrent_nets)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
