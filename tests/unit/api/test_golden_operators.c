/* The bytes of every operator, alone in a float file, quantized in every mode, and run: tests/golden/operators.txt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/every_operator.h"
#include "support/golden.h"

static void bytes_are_what_they_were(void **state) {
    (void)state;
    golden_file file = golden_open("operators.txt");
    for (uint32_t row = 0; row < EVERY_N_ROWS; row++) {
        octet_graph *graph = NULL;
        char line[GOLDEN_LINE];
        golden_hashes hashes = {{0}, {0}};
        const octet_operator_code code = every_rows[row].code;
        golden_good(every_operator(&golden_ctx, row, row + 1, &graph), octet_operator_name(code));
        golden_hash_graph(graph, code, &hashes);
        golden_line(octet_operator_name(code), &hashes, line);
        octet_graph_destroy(&golden_ctx, graph);
        golden_expect(&file, line);
    }
    golden_close(&file);
    assert_int_equal(golden_ctx.memory_bytes, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(bytes_are_what_they_were)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
