/* How far outputs are apart, put together from several threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "api/distance.h"
#include "support/sample_graph.h"

static void a_thread_without_a_sample_widens_no_column(void **state) {
    octet_context *ctx = NULL;
    octet_arena arena = {0};
    octet_graph *graph = NULL;
    octet_distances *distances;
    octet_verdict_distance *out;
    uint32_t n = 0;
    (void)state;
    assert_int_equal(octet_context_create(&ctx), OCTET_OK);
    assert_int_equal(sample_graph(ctx, &graph), OCTET_OK);
    const octet_graph *const graphs[2] = {graph, graph};
    assert_int_equal(octet_distances_create(ctx, &arena, graphs, 1, 2, 1, &distances), OCTET_OK);
    assert_int_equal(octet_distances_sum(ctx, &arena, distances, &out, &n), OCTET_OK);
    assert_int_equal(n, 1);
    assert_true(out[0].n_columns > 0);
    for (size_t c = 0; c < out[0].n_columns; c++)
        for (int m = 0; m < 2; m++) assert_true(out[0].columns[c].min[m] > out[0].columns[c].max[m]);
    octet_arena_free(ctx, &arena);
    octet_graph_destroy(ctx, graph);
    octet_context_destroy(ctx);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_thread_without_a_sample_widens_no_column)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
