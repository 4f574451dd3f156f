/* The bytes of random graphs, as float files, quantized in every mode, and run: tests/golden/graphs.txt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/golden.h"
#include "support/random_graph.h"

enum { GROUP = 5, N_GROUPS = 30 };

static void bytes_are_what_they_were(void **state) {
    (void)state;
    golden_file file = golden_open("graphs.txt");
    for (uint32_t group = 0; group < N_GROUPS; group++) {
        char name[32], line[GOLDEN_LINE];
        golden_hashes hashes = {{0}, {0}};
        for (uint32_t i = 0; i < GROUP; i++) {
            octet_graph *graph = random_build(&golden_ctx, group * GROUP + i);
            golden_hash_graph(graph, OCTET_OP_ADD, &hashes);
            octet_graph_destroy(&golden_ctx, graph);
        }
        snprintf(name, sizeof name, "%u", (unsigned)(group * GROUP));
        golden_line(name, &hashes, line);
        golden_expect(&file, line);
    }
    golden_close(&file);
    assert_int_equal(golden_ctx.memory_bytes, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(bytes_are_what_they_were)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
