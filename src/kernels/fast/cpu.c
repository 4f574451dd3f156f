#if defined(__linux__)
#define _DEFAULT_SOURCE /* syscall */
#elif defined(__APPLE__)
#define _DARWIN_C_SOURCE /* sysctlbyname is no part of POSIX */
#endif
#include "kernels/fast/cpu.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#if OCTET_FAST_X86
#include <cpuid.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif
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

#if OCTET_FAST_X86
/* Tiles of int8, and the operating system keeps them from one thread to the other (XCR0: their shapes and bytes). */
static bool has_tiles(void) {
    unsigned eax, ebx, ecx, edx, low, high;
    const unsigned tiles = 1u << 24, int8 = 1u << 25, kept = 3u << 17;
    __cpuid_count(7, 0, eax, ebx, ecx, edx);
    if ((edx & (tiles | int8)) != (tiles | int8)) return false;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (low & kept) == kept;
}

/* Linux gives a process the memory for tiles when it asks. Other systems are not known to have them. */
static bool tiles_are_allowed(void) {
#if defined(OCTET_FAST_AMX) && defined(SYS_arch_prctl)
    enum { ASK = 0x1023, TILES = 18 }; /* ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA: too new for most headers */
    const int before = errno;
    const bool allowed = syscall(SYS_arch_prctl, ASK, TILES) == 0;
    errno = before;
    return allowed;
#else
    return false;
#endif
}

static uint32_t x86_features(uint32_t limit) {
    uint32_t bits = 0;
    __builtin_cpu_init(); /* the builtins also ask the operating system for its consent (XGETBV) */
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return 0;
    bits |= OCTET_CPU_AVX2;
#if defined(OCTET_AMX_MODEL)
    bits |= OCTET_CPU_AMX_INT8;
#endif
    unsigned eax, ebx, ecx, edx;
    __cpuid_count(7, 1, eax, ebx, ecx, edx); /* leaf 7 exists: it says AVX2 */
    if (eax & (1u << 4)) bits |= OCTET_CPU_AVX_VNNI;
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
        !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512vl"))
        return bits & limit;
    bits |= OCTET_CPU_AVX512;
#if defined(OCTET_VNNI_TAKES_MEGABYTES)
    return bits & limit;
#endif
    if (!__builtin_cpu_supports("avx512vnni")) return bits & limit;
    bits |= OCTET_CPU_AVX512_VNNI;
    if (limit & OCTET_CPU_AMX_INT8 && has_tiles() && tiles_are_allowed()) bits |= OCTET_CPU_AMX_INT8;
    return bits & limit;
}
#endif

/* Names for OCTET_KERNELS, and what each leaves; the best first. */
static const struct {
    const char *name;
    uint32_t best, bits;
} names[] = {
    {"amx", OCTET_CPU_AMX_INT8, UINT32_MAX},
    {"avx512vnni", OCTET_CPU_AVX512_VNNI, ~(uint32_t)OCTET_CPU_AMX_INT8},
    {"avx512", OCTET_CPU_AVX512, OCTET_CPU_AVX2 | OCTET_CPU_AVX512},
    {"avxvnni", OCTET_CPU_AVX_VNNI, OCTET_CPU_AVX2 | OCTET_CPU_AVX_VNNI},
    {"avx2", OCTET_CPU_AVX2, OCTET_CPU_AVX2},
    {"i8mm", OCTET_CPU_NEON_I8MM, UINT32_MAX},
    {"dotprod", OCTET_CPU_NEON_DOTPROD, OCTET_CPU_NEON | OCTET_CPU_NEON_DOTPROD},
    {"neon", OCTET_CPU_NEON, OCTET_CPU_NEON},
    {"ref", 0, 0},
};
enum { N_NAMES = sizeof names / sizeof *names };

uint32_t octet_cpu_detect(void) {
    const char *name = getenv("OCTET_KERNELS");
    uint32_t limit = UINT32_MAX;
    for (size_t i = 0; name != NULL && i < N_NAMES; i++)
        if (strcmp(name, names[i].name) == 0) limit = names[i].bits;
#if OCTET_FAST_X86
    return limit == 0 ? 0 : x86_features(limit);
#elif OCTET_FAST_NEON
    return arm_features() & limit;
#else
    return 0;
#endif
}

const char *octet_cpu_name(uint32_t cpu) {
    size_t i = 0;
    while (i + 1 < N_NAMES && (cpu & names[i].best) == 0) i++;
    return names[i].name;
}
