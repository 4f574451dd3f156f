/* float32 depthwise convolutions with AVX2 and FMA. */
#include "kernels/fast/cpu.h"

#if OCTET_FAST_X86
#include <immintrin.h>

#define TARGET OCTET_TARGET_FAST_AVX2
enum { LANES = 8 };
typedef __m256 vector;
typedef __m256i lane_mask;

OCTET_INLINE TARGET lane_mask first_lanes(size_t n) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int32_t)n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
OCTET_INLINE TARGET vector load(const float *from) { return _mm256_loadu_ps(from); }
OCTET_INLINE TARGET vector load_some(const float *from, lane_mask some) { return _mm256_maskload_ps(from, some); }
OCTET_INLINE TARGET void store(float *to, vector x) { _mm256_storeu_ps(to, x); }
OCTET_INLINE TARGET void store_some(float *to, lane_mask some, vector x) { _mm256_maskstore_ps(to, some, x); }
OCTET_INLINE TARGET vector multiply_add(vector a, vector b, vector c) { return _mm256_fmadd_ps(a, b, c); }
OCTET_INLINE TARGET vector limit(vector x, float min, float max) { /* in this order NaN stays NaN */
    return _mm256_min_ps(_mm256_set1_ps(max), _mm256_max_ps(_mm256_set1_ps(min), x));
}

#include "kernels/fast/x86/channelwise_f32.h"

const octet_channelwise_kernel octet_channelwise_f32_avx2 = {
    .name = "avx2", .rows = rows, .element = 4, .tap_group = 1};

#endif
