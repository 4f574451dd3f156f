#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fuzz/kernel_cases.h"

enum { PER_KIND = 150 };

/* Every kind of case on every instruction set that this machine has. */
static void fast_equals_reference(void **state) {
    (void)state;
    uint32_t sets[6];
    const uint32_t n_sets = octet_case_cpus(sets);
    for (uint32_t s = 0; s < n_sets; s++) {
        for (uint32_t kind = 0; kind < OCTET_N_CASES; kind++) {
            for (uint64_t seed = 1; seed <= PER_KIND; seed++)
                assert_true(octet_case_run(octet_cases[kind], seed, sets[s]));
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(fast_equals_reference)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
