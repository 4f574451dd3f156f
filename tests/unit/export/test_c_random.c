/* Random networks, of int8, uint8 and int16, as C, compiled in batches by the compiler of this machine and compared
 * with the executor byte by byte. OCTET_RANDOM_NETS sets the number of the first kind, of the others half as many are
 * taken; OCTET_RANDOM_CC is the compiler with its options. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/c_batch.h"
#include "support/random_net.h"

enum { N_NETS = 24, N_SELDOM = 16, N_WIDE = 12 };

static octet_context context, *ctx = &context;

/* Adds net number `seed`. False where it has no C form. */
static bool add_net(c_batch *batch, random_net_kind kind, uint32_t seed) {
    char name[32];
    octet_graph *graph = random_net_make_of(ctx, kind, seed);
    if (octet_graph_verify(ctx, graph, "test") != OCTET_OK) fail_msg("net %u: %s", seed, ctx->message);
    snprintf(name, sizeof name, "n%u", seed);
    const bool is_written = c_batch_add(batch, graph, name, seed, false);
    octet_context_clear(ctx);
    octet_graph_destroy(ctx, graph);
    return is_written;
}

/* Nets from `first` on. */
static void try_nets(random_net_kind kind, uint32_t otherwise, uint32_t first, bool uses_cmsis_nn) {
    const char *given = getenv("OCTET_RANDOM_NETS");
    const uint32_t n_given = given != NULL ? (uint32_t)strtoul(given, NULL, 10) : 2 * otherwise,
                   n_nets = given != NULL && kind == RANDOM_NET_ALL ? n_given : (n_given + 1) / 2;
    uint32_t n_written = 0;
    c_batch batch = {.ctx = ctx, .uses_cmsis_nn = uses_cmsis_nn};
    octet_context_init(ctx);
    for (uint32_t seed = first; seed < first + n_nets; seed++) {
        n_written += add_net(&batch, kind, seed);
        if (batch.n < C_BATCH_SIZE && seed + 1 < first + n_nets) continue;
        const int result = c_batch_run(&batch);
        if (result < 0) skip();
        assert_int_equal(result, 0);
    }
    print_message("%u of %u networks have a C form\n", n_written, n_nets);
    assert_true(n_written * 10 >= n_nets * 9);
    assert_int_equal(ctx->memory_bytes, 0);
}

static void test_random_nets(void **state) {
    (void)state;
    try_nets(RANDOM_NET_ALL, N_NETS, 1, false);
}

/* Operators that few networks have. */
static void test_seldom_operators(void **state) {
    (void)state;
    try_nets(RANDOM_NET_SELDOM, N_SELDOM, 1, false);
}

/* int16 with int8 weights. */
static void test_wide_nets(void **state) {
    (void)state;
    try_nets(RANDOM_NET_WIDE, N_WIDE, 1, false);
}

static void test_nets_with_cmsis_nn(void **state) {
    (void)state;
    try_nets(RANDOM_NET_ALL, N_NETS, 1001, true);
}

/* PAD and then windows of which some meet nothing of the input. */
static octet_graph *padded_net(uint32_t seed) {
    random_net net = {.ctx = ctx, .random = {seed}, .type = OCTET_INT8}, *t = &net;
    const octet_shape shape = {4, {1, net_draw(t, 2, 5), net_draw(t, 2, 5), net_draw(t, 1, 4)}}, of_pads = {2, {4, 2}};
    const int32_t pads[] = {0, 0, net_draw(t, 0, 4), net_draw(t, 0, 4), net_draw(t, 0, 4), net_draw(t, 0, 4), 0, 0};
    const octet_options none = {0};
    uint32_t x, p;
    net_good(t, octet_graph_create(ctx, "padded", &t->graph));
    net_good(t, octet_graph_add_value(ctx, t->graph, "x", OCTET_INT8, &shape, &x));
    net_quantize_any(t, x);
    net_good(t, octet_graph_add_input(ctx, t->graph, x, "x"));
    net_good(t, octet_graph_add_constant(ctx, t->graph, "pads", OCTET_INT32, &of_pads, pads, &p));
    const uint32_t padded = NET_EMIT(t, OCTET_OP_PAD, &none, x, p);
    net_quantize_like(t, padded, x);
    const uint32_t y = net_draw(t, 0, 2) == 0 ? net_depthwise(t, padded) : net_conv(t, padded);
    net_good(t, octet_graph_add_output(ctx, t->graph, y, "y"));
    return t->graph;
}

static void test_windows_outside(void **state) {
    (void)state;
    c_batch batch = {.ctx = ctx};
    char name[16];
    octet_context_init(ctx);
    for (uint32_t seed = 1; seed <= 2 * C_BATCH_SIZE; seed++) {
        octet_graph *graph = padded_net(seed);
        c_batch_good(&batch, octet_graph_verify(ctx, graph, "test"));
        snprintf(name, sizeof name, "p%u", seed);
        assert_true(c_batch_add(&batch, graph, name, seed, false));
        octet_graph_destroy(ctx, graph);
        if (batch.n < C_BATCH_SIZE) continue;
        const int result = c_batch_run(&batch);
        if (result < 0) skip();
        assert_int_equal(result, 0);
    }
    assert_int_equal(ctx->memory_bytes, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_nets), cmocka_unit_test(test_seldom_operators),
                                       cmocka_unit_test(test_wide_nets), cmocka_unit_test(test_nets_with_cmsis_nn),
                                       cmocka_unit_test(test_windows_outside)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
