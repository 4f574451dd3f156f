/* fuzz_kernels N [first seed]: N random cases of the fast kernels on every instruction set of this machine, each output
 * compared with that of the reference kernel byte for byte. Says how many of which kernel. */
#include "fuzz/kernel_cases.h"

int main(int argc, char **argv) {
    const unsigned long long n = argc > 1 ? strtoull(argv[1], NULL, 10) : 100000,
                             first = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    uint32_t sets[6];
    const uint32_t n_sets = octet_case_cpus(sets);
    unsigned long long failures = 0, compared = 0;
    for (unsigned long long seed = first; seed < first + n; seed++) {
        for (uint32_t s = 0; s < n_sets; s++) {
            if (!octet_case_run(octet_cases[seed % OCTET_N_CASES], seed, sets[s]) && ++failures > 20) return 1;
        }
    }
    for (const octet_case_tally *tally = octet_case_tallies; tally->what != NULL; tally++) {
        printf("%9llu  %s (%s)\n", tally->n, tally->what, tally->name);
        compared += tally->n;
    }
    printf("fuzz_kernels: %llu random shapes on %u instruction set%s; ", n, n_sets, n_sets == 1 ? "" : "s");
    printf("%llu outputs compared with the reference byte for byte, %llu differ\n", compared, failures);
    return failures > 0;
}
