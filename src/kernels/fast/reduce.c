#include "kernels/fast/reduce.h"

#include "kernels/fast/cpu.h"
#include "kernels/ref/fixed_point.h"

#if OCTET_FAST_X86 /* where select.c wants AVX2 of them */
#define TARGET OCTET_TARGET_FAST_AVX2
#else
#define TARGET
#endif

enum { BLOCK = 64, MAX_COUNT = 1 << 23 }; /* int8 sums fit 32 bits */

bool octet_mean_fast_fits(const octet_reduce_params *p) {
    return p->n_kept > 0 && p->n_reduced > 0 && p->kept[p->n_kept - 1].stride == 1 &&
           p->kept[p->n_kept - 1].size >= 4 && p->count <= MAX_COUNT;
}

static int64_t first_offset(const octet_reduce_params *p, int32_t output) {
    int64_t offset = 0;
    for (int32_t axis = p->n_kept - 1; axis >= 0; axis--) {
        offset += (int64_t)(output % p->kept[axis].size) * p->kept[axis].stride;
        output /= p->kept[axis].size;
    }
    return offset;
}

/* The next element of every output, in row-major order; false after the last. */
static bool next(const octet_reduce_params *p, int32_t *position, int64_t *offset) {
    for (int32_t axis = p->n_reduced - 1; axis >= 0; axis--) {
        *offset += p->reduced[axis].stride;
        if (++position[axis] < p->reduced[axis].size) return true;
        *offset -= (int64_t)p->reduced[axis].size * p->reduced[axis].stride;
        position[axis] = 0;
    }
    return false;
}

/* Outputs [unit, unit + n) that lie in one row of the last kept axis. */
static int32_t block_at(const octet_reduce_params *p, int32_t unit, int32_t end) {
    const int32_t row = p->kept[p->n_kept - 1].size;
    int32_t n = row - unit % row;
    if (n > end - unit) n = end - unit;
    return n < BLOCK ? n : BLOCK;
}

#define SUMS(TYPE, SUM)                                              \
    const int32_t n = block_at(p, unit, end);                        \
    int32_t position[OCTET_REDUCE_MAX_AXES] = {0};                   \
    int64_t offset = first_offset(p, unit);                          \
    SUM sum[BLOCK];                                                  \
    for (int32_t i = 0; i < n; i++) sum[i] = (SUM)input[offset + i]; \
    while (next(p, position, &offset)) {                             \
        const TYPE *x = input + offset;                              \
        if (n == BLOCK) {                                            \
            for (int32_t i = 0; i < BLOCK; i++) sum[i] += (SUM)x[i]; \
        } else {                                                     \
            for (int32_t i = 0; i < n; i++) sum[i] += (SUM)x[i];     \
        }                                                            \
    }

static TARGET void mean_f32(const octet_reduce_params *p, const float *input, float *output, int32_t begin,
                            int32_t end) {
    for (int32_t unit = begin; unit < end;) {
        SUMS(float, float)
        for (int32_t i = 0; i < n; i++) output[unit + i] = sum[i] / (float)p->count;
        unit += n;
    }
}

static TARGET void mean_s8(const octet_reduce_params *p, const int8_t *input, int8_t *output, int32_t begin,
                           int32_t end) {
    for (int32_t unit = begin; unit < end;) {
        SUMS(int8_t, int32_t)
        for (int32_t i = 0; i < n; i++) {
            const uint32_t centered = (uint32_t)sum[i] - (uint32_t)p->input_zero_point * (uint32_t)p->count;
            const int32_t scaled = octet_fixed_scale((int32_t)centered, p->multiplier, p->shift);
            output[unit + i] =
                (int8_t)octet_clamp_s32(octet_fixed_wrap_add(scaled, p->output_zero_point), INT8_MIN, INT8_MAX);
        }
        unit += n;
    }
}

const octet_mean_kernel octet_mean_rows = {.name = "rows", .f32 = mean_f32, .s8 = mean_s8};
