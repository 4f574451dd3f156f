/* kernels/fast/cpu.h - what this processor can do.
 * In:  the processor; the environment variable OCTET_KERNELS (a name that octet_cpu_name knows: use nothing better).
 * Out: a set of OCTET_CPU_* bits, and the attributes under which functions for each instruction set are compiled.
 * Knows: gcc's and clang's builtins; Linux's permission for AMX; on Arm what Linux's auxiliary vector and macOS's
 *        sysctl say.
 * Does not know: kernels. */
#ifndef OCTET_KERNELS_FAST_CPU_H
#define OCTET_KERNELS_FAST_CPU_H

#include <stdint.h>

enum {
    OCTET_CPU_AVX2 = 1,        /* AVX2 and FMA */
    OCTET_CPU_AVX512 = 2,      /* AVX-512 F, BW, DQ, VL */
    OCTET_CPU_AVX512_VNNI = 4, /* and VNNI */
    OCTET_CPU_AVX_VNNI = 8,    /* AVX-VNNI (256 bits), with AVX2 */
    OCTET_CPU_NEON = 16,       /* every 64-bit Arm */
    OCTET_CPU_NEON_DOTPROD = 32,
    OCTET_CPU_NEON_I8MM = 64,
    OCTET_CPU_AMX_INT8 = 128 /* AMX with int8, with AVX-512 VNNI; Linux allowed this process to use it */
};

/* The bits of this processor after OCTET_KERNELS was applied; 0 = reference kernels only. Any thread, any time; takes
 * about a microsecond, ten where a hypervisor answers CPUID. Where OCTET_KERNELS allows AMX and the processor has it,
 * Linux is asked for its permission (arch_prctl), which then holds for the process. */
uint32_t octet_cpu_detect(void);
/* "ref", "avx2", "avx512vnni", ...: the best that `cpu` allows. */
const char *octet_cpu_name(uint32_t cpu);

#if defined(__x86_64__) && defined(__GNUC__)
#define OCTET_FAST_X86 1
#define OCTET_TARGET_FAST_AVX2 __attribute__((target("avx2,fma")))
#define OCTET_TARGET_FAST_AVX512 __attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl")))
#define OCTET_TARGET_FAST_VNNI __attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")))
#define OCTET_TARGET_FAST_AVX_VNNI __attribute__((target("avx2,fma,avxvnni")))
/* Of stack: clang's AddressSanitizer gives each variable of the tiles its own place. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define OCTET_VNNI_TAKES_MEGABYTES 1
#endif
#endif
/* Compilers that know tiles, but for MemorySanitizer, which does not see what tiles write. */
#if defined(__has_feature)
#define OCTET_SEES_NO_TILES __has_feature(memory_sanitizer)
#else
#define OCTET_SEES_NO_TILES 0
#endif
#if defined(OCTET_AMX_MODEL) || (!OCTET_SEES_NO_TILES && (defined(__clang__) ? __clang_major__ >= 12 : __GNUC__ >= 11))
#define OCTET_FAST_AMX 1
#endif
#if defined(OCTET_AMX_MODEL) /* tests: kernels/fast/x86/tile_amx.h */
#define OCTET_TARGET_FAST_AMX OCTET_TARGET_FAST_AVX2
#else
#define OCTET_TARGET_FAST_AMX \
    __attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,amx-tile,amx-int8")))
#endif
#else
#define OCTET_FAST_X86 0
#endif
#if defined(__aarch64__) && defined(__GNUC__)
#define OCTET_FAST_NEON 1
#if defined(__clang__)
#define OCTET_TARGET_FAST_DOTPROD __attribute__((target("dotprod")))
#define OCTET_TARGET_FAST_I8MM __attribute__((target("dotprod,i8mm")))
#else
#define OCTET_TARGET_FAST_DOTPROD __attribute__((target("arch=armv8.2-a+dotprod")))
#define OCTET_TARGET_FAST_I8MM __attribute__((target("arch=armv8.2-a+dotprod+i8mm")))
#endif
/* Before version 16 clang declares what a processor may lack only where the whole file is compiled for it. */
#if !defined(__clang__) || __clang_major__ >= 16 || defined(__ARM_FEATURE_DOTPROD)
#define OCTET_FAST_DOTPROD 1
#endif
#else
#define OCTET_FAST_NEON 0
#endif
/* Before a loop of at most 16 rounds over local arrays: full unrolling keeps the arrays in registers. */
#if defined(__clang__)
#define OCTET_UNROLL _Pragma("clang loop unroll(full)")
#else
#define OCTET_UNROLL _Pragma("GCC unroll 32")
#endif
#define OCTET_INLINE static inline __attribute__((always_inline))

#endif
