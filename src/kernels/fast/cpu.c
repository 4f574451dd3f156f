#if defined(__APPLE__)
#define _DARWIN_C_SOURCE /* sysctlbyname is no part of POSIX */
#endif
#include "kernels/fast/cpu.h"

#include <stdlib.h>
#include <string.h>

#if OCTET_FAST_X86
#include <cpuid.h>
#endif
#if OCTET_FAST_NEON && defined(__linux__)
#include <sys/auxv.h>
#elif OCTET_FAST_NEON && defined(__APPLE__)
#include <sys/sysctl.h>
#endif

#if OCTET_FAST_NEON
/* What the compiler may assume and what the system says. Systems without an answer have what is assumed. */
static uint32_t arm_features(void) {
    uint32_t bits = OCTET_CPU_NEON;
#if defined(__ARM_FEATURE_DOTPROD)
    bits |= OCTET_CPU_NEON_DOTPROD;
#endif
#if defined(__ARM_FEATURE_MATMUL_INT8)
    bits |= OCTET_CPU_NEON_I8MM;
#endif
#if defined(__linux__)
    if (getauxval(AT_HWCAP) & (1ul << 20)) bits |= OCTET_CPU_NEON_DOTPROD; /* HWCAP_ASIMDDP */
    if (getauxval(AT_HWCAP2) & (1ul << 13)) bits |= OCTET_CPU_NEON_I8MM;   /* HWCAP2_I8MM */
#elif defined(__APPLE__)
    int has = 0;
    size_t size = sizeof has;
    if (sysctlbyname("hw.optional.arm.FEAT_DotProd", &has, &size, NULL, 0) == 0 && has != 0)
        bits |= OCTET_CPU_NEON_DOTPROD;
    size = sizeof has;
    if (sysctlbyname("hw.optional.arm.FEAT_I8MM", &has, &size, NULL, 0) == 0 && has != 0) bits |= OCTET_CPU_NEON_I8MM;
#endif
    return bits;
}
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
#if OCTET_FAST_NEON
    bits |= arm_features();
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
    if (strcmp(limit, "neon") == 0) return bits & OCTET_CPU_NEON;
    if (strcmp(limit, "dotprod") == 0) return bits & (OCTET_CPU_NEON | OCTET_CPU_NEON_DOTPROD);
    return bits;
}

const char *octet_cpu_name(uint32_t cpu) {
    if (cpu & OCTET_CPU_AVX512_VNNI) return "avx512vnni";
    if (cpu & OCTET_CPU_AVX512) return "avx512";
    if (cpu & OCTET_CPU_AVX_VNNI) return "avxvnni";
    if (cpu & OCTET_CPU_AVX2) return "avx2";
    if (cpu & OCTET_CPU_NEON_I8MM) return "i8mm";
    if (cpu & OCTET_CPU_NEON_DOTPROD) return "dotprod";
    if (cpu & OCTET_CPU_NEON) return "neon";
    return "ref";
}
