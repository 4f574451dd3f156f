/* peak - what one core of this machine can do at most: loops over registers with the instructions that kernels use, no
 * memory. Prints a JSON object of GMAC/s by name; each figure is the best of several tries. */
#include <stdio.h>

#include "base/clock.h"
#include "kernels/fast/cpu.h"

enum { TRIES = 40, ROUNDS = 20000 };

static double rate(uint64_t best_ns, double macs_per_round) { return macs_per_round * ROUNDS / (double)best_ns; }

#if OCTET_FAST_X86
#include <immintrin.h>

/* Ten independent sums: more than any latency needs, few enough for 16 registers. */
#define TEN(op) op(0) op(1) op(2) op(3) op(4) op(5) op(6) op(7) op(8) op(9)

#define LOOP(name, target, TYPE, zero, value, statement, MACS)                     \
    target static double name(void) {                                              \
        uint64_t best = UINT64_MAX;                                                \
        TYPE sum[10], a = value, b = value;                                        \
        OCTET_UNROLL                                                               \
        for (int i = 0; i < 10; i++) {                                             \
            sum[i] = zero;                                                         \
            __asm__ volatile("" : "+x"(sum[i])); /* or one sum would do for all */ \
        }                                                                          \
        for (int try = 0; try < TRIES; try++) {                                    \
            const uint64_t start = octet_clock_ns();                               \
            for (int round = 0; round < ROUNDS; round++) {                         \
                __asm__ volatile("" : "+x"(a), "+x"(b));                           \
                TEN(statement)                                                     \
            }                                                                      \
            const uint64_t time = octet_clock_ns() - start;                        \
            if (time < best) best = time;                                          \
        }                                                                          \
        OCTET_UNROLL                                                               \
        for (int i = 0; i < 10; i++) __asm__ volatile("" ::"x"(sum[i]));           \
        return rate(best, 10.0 * (MACS));                                          \
    }

#define FMA_256(i) sum[i] = _mm256_fmadd_ps(a, b, sum[i]);
#define MADD_256(i)                                                       \
    __asm__ volatile("" : "+x"(b)); /* or one product would do for all */ \
    sum[i] = _mm256_add_epi32(sum[i], _mm256_madd_epi16(a, b));
#define FMA_512(i) sum[i] = _mm512_fmadd_ps(a, b, sum[i]);
#define DOT_512(i) sum[i] = _mm512_dpbusd_epi32(sum[i], a, b);

LOOP(f32_avx2, OCTET_TARGET_FAST_AVX2, __m256, _mm256_setzero_ps(), _mm256_set1_ps(0.5f), FMA_256, 8)
LOOP(s8_avx2, OCTET_TARGET_FAST_AVX2, __m256i, _mm256_setzero_si256(), _mm256_set1_epi16(3), MADD_256, 16)
LOOP(f32_avx512, OCTET_TARGET_FAST_AVX512, __m512, _mm512_setzero_ps(), _mm512_set1_ps(0.5f), FMA_512, 16)
LOOP(s8_vnni, OCTET_TARGET_FAST_VNNI, __m512i, _mm512_setzero_si512(), _mm512_set1_epi8(3), DOT_512, 64)
#if defined(OCTET_FAST_AMX)
#include "kernels/fast/x86/tile_amx.h"

/* Whole tiles: 16 x 16 sums of 64 products each. */
OCTET_TARGET_FAST_AMX static double s8_amx(void) {
    uint64_t best = UINT64_MAX;
    octet_tile_shapes shapes = {.palette = 1};
    for (int i = 0; i < OCTET_TILES; i++) {
        shapes.n_rows[i] = OCTET_TILE_ROWS;
        shapes.row_bytes[i] = OCTET_TILE_ROW_BYTES;
    }
    OCTET_TILE_CONFIGURE(&shapes);
    for (int try = 0; try < TRIES; try++) {
        const uint64_t start = octet_clock_ns();
        for (int round = 0; round < ROUNDS; round++) {
            OCTET_TILE_DOT(0, 4, 6);
            OCTET_TILE_DOT(1, 4, 7);
            OCTET_TILE_DOT(2, 5, 6);
            OCTET_TILE_DOT(3, 5, 7);
        }
        const uint64_t time = octet_clock_ns() - start;
        if (time < best) best = time;
    }
    OCTET_TILE_RELEASE();
    return rate(best, 4.0 * 16 * 16 * 64);
}
#endif
#endif

int main(void) {
    const uint32_t cpu = octet_cpu_detect();
    printf("{\"cpu\": \"%s\"", octet_cpu_name(cpu));
#if OCTET_FAST_X86
    if (cpu & OCTET_CPU_AVX2) printf(", \"f32_avx2\": %.1f, \"int8_avx2\": %.1f", f32_avx2(), s8_avx2());
    if (cpu & OCTET_CPU_AVX512) printf(", \"f32_avx512\": %.1f", f32_avx512());
    if (cpu & OCTET_CPU_AVX512_VNNI) printf(", \"int8_avx512vnni\": %.1f", s8_vnni());
#if defined(OCTET_FAST_AMX)
    if (cpu & OCTET_CPU_AMX_INT8) printf(", \"int8_amx\": %.1f", s8_amx());
#endif
#else
    (void)rate;
#endif
    printf("}\n");
    return 0;
}
