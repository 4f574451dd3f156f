/* float32 depthwise convolutions with AVX-512. */
#include "kernels/fast/cpu.h"

#if OCTET_FAST_X86
#include <immintrin.h>

#define TARGET OCTET_TARGET_FAST_AVX512
enum { LANES = 16 };
typedef __m512 vector;
typedef __mmask16 lane_mask;

OCTET_INLINE TARGET lane_mask first_lanes(size_t n) { return (lane_mask)((1u << n) - 1); } /* n: 0 to 16 */
OCTET_INLINE TARGET vector load(const float *from) { return _mm512_loadu_ps(from); }
OCTET_INLINE TARGET vector load_some(const float *from, lane_mask some) { return _mm512_maskz_loadu_ps(some, from); }
OCTET_INLINE TARGET void store(float *to, vector x) { _mm512_storeu_ps(to, x); }
OCTET_INLINE TARGET void store_some(float *to, lane_mask some, vector x) { _mm512_mask_storeu_ps(to, some, x); }
OCTET_INLINE TARGET vector multiply_add(vector a, vector b, vector c) { return _mm512_fmadd_ps(a, b, c); }
OCTET_INLINE TARGET vector limit(vector x, float min, float max) { /* in this order NaN stays NaN */
    return _mm512_min_ps(_mm512_set1_ps(max), _mm512_max_ps(_mm512_set1_ps(min), x));
}

#include "kernels/fast/x86/channelwise_f32.h"

const octet_channelwise_kernel octet_channelwise_f32_avx512 = {
    .name = "avx512", .rows = rows, .element = 4, .tap_group = 1};

#endif
