/* kernels/fast/cpu.h - what this processor can do.
 * In:  the processor; the environment variable OCTET_KERNELS (ref, avx2, avxvnni, neon, dotprod: use nothing better).
 * Out: a set of OCTET_CPU_* bits, and the attributes under which functions for each instruction set are compiled.
 * Knows: gcc's and clang's builtins; on Arm what Linux's auxiliary vector and macOS's sysctl say.
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
    OCTET_CPU_NEON_I8MM = 64
};

/* The bits of this processor after OCTET_KERNELS was applied; 0 = reference kernels only. Any thread, any time. */
uint32_t octet_cpu_detect(void);
/* "ref", "avx2", "avx512vnni", ...: the best that `cpu` allows. */
const char *octet_cpu_name(uint32_t cpu);

#if defined(__x86_64__) && defined(__GNUC__)
#define OCTET_FAST_X86 1
#define OCTET_TARGET_FAST_AVX2 __attribute__((target("avx2,fma")))
#define OCTET_TARGET_FAST_AVX512 __attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl")))
#define OCTET_TARGET_FAST_VNNI __attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")))
#define OCTET_TARGET_FAST_AVX_VNNI __attribute__((target("avx2,fma,avxvnni")))
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
