#include "kernels/fast/cpu.h"

#include <stdlib.h>
#include <string.h>

#if OCTET_FAST_X86
#include <cpuid.h>
#endif
#if OCTET_FAST_NEON && defined(__linux__)
#include <sys/auxv.h>
#endif

static uint32_t processor(void) {
    uint32_t bits = 0;
#if OCTET_FAST_X86
    __builtin_cpu_init(); /* the builtins also ask the operating system for its consent (XGETBV) */
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        bits |= OCTET_CPU_AVX2;
        unsigned eax, ebx, ecx, edx;
        if (__get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) && (eax & (1u << 4))) bits |= OCTET_CPU_AVX_VNNI;
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
            __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
            bits |= OCTET_CPU_AVX512;
            if (__builtin_cpu_supports("avx512vnni")) bits |= OCTET_CPU_AVX512_VNNI;
        }
    }
#endif
#if OCTET_FAST_NEON && defined(__linux__)
    if (getauxval(AT_HWCAP) & (1ul << 20)) bits |= OCTET_CPU_NEON_DOTPROD; /* HWCAP_ASIMDDP */
#endif
    return bits;
}

uint32_t octet_cpu_detect(void) {
    const uint32_t bits = processor();
    const char *limit = getenv("OCTET_KERNELS");
    if (limit == NULL) return bits;
    if (strcmp(limit, "ref") == 0) return 0;
    if (strcmp(limit, "avx2") == 0) return bits & OCTET_CPU_AVX2;
    if (strcmp(limit, "avxvnni") == 0) return bits & (OCTET_CPU_AVX2 | OCTET_CPU_AVX_VNNI);
    return bits;
}

const char *octet_cpu_name(uint32_t cpu) {
    if (cpu & OCTET_CPU_AVX512_VNNI) return "avx512vnni";
    if (cpu & OCTET_CPU_AVX512) return "avx512";
    if (cpu & OCTET_CPU_AVX_VNNI) return "avxvnni";
    if (cpu & OCTET_CPU_AVX2) return "avx2";
    if (cpu & OCTET_CPU_NEON_DOTPROD) return "dotprod";
    return "ref";
}
