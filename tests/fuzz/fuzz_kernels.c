/* fuzz_kernels N [first seed]: N random cases of every fast kernel on every instruction set of this machine, against the reference. */
#include "fuzz/kernel_cases.h"

int main(int argc, char **argv) {
    const unsigned long long n = argc > 1 ? strtoull(argv[1], NULL, 10) : 100000, first = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    uint32_t sets[5];
    const uint32_t n_sets = octet_case_cpus(sets);
    unsigned long long failures = 0, done = 0;
    for (unsigned long long seed = first; seed < first + n; seed++) {
        for (uint32_t s = 0; s < n_sets; s++, done++) {
            if (!octet_case_run(octet_cases[seed % OCTET_N_CASES], seed, sets[s]) && ++failures > 20) return 1;
        }
    }
    printf("fuzz_kernels: %llu cases on %u instruction sets, %llu differ\n", done, n_sets, failures);
    return failures > 0;
}
