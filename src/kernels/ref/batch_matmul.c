#include "kernels/ref/batch_matmul.h"

#include "kernels/ref/fixed_point.h"
#include "kernels/ref/sum.h"

enum { BLOCK = 64 }; /* columns summed side by side */

/* Where the operands of one output row lie: element k of the lhs row at lhs + k * lhs_stride, element (k, n) of the rhs
 * at rhs + k * rhs_row + n * rhs_column. */
typedef struct operands {
    int64_t lhs, lhs_stride, rhs, rhs_row, rhs_column;
} operands;

static operands operands_of(const octet_batch_matmul_params *p, int32_t unit) {
    int64_t lhs = 0, rhs = 0;
    int32_t product = unit / p->rows;
    const int32_t row = unit % p->rows;
    for (int32_t axis = p->n_axes - 1; axis >= 0; axis--) {
        lhs += (int64_t)(product % p->sizes[axis]) * p->lhs_steps[axis];
        rhs += (int64_t)(product % p->sizes[axis]) * p->rhs_steps[axis];
        product /= p->sizes[axis];
    }
    operands o = {.lhs_stride = p->adj_x ? p->rows : 1,
                  .rhs_row = p->adj_y ? 1 : p->columns,
                  .rhs_column = p->adj_y ? p->depth : 1};
    o.lhs = lhs * p->rows * p->depth + (int64_t)row * (p->adj_x ? 1 : p->depth);
    o.rhs = rhs * p->depth * p->columns;
    return o;
}

/* STEP(sum, a, b) adds one product, LAST(sum) is the output. */
#define BATCH_MATMUL(name, target, TYPE, SUM, STEP, LAST)                                                \
    target void name(const octet_batch_matmul_params *p, const TYPE *lhs, const TYPE *rhs, TYPE *output, \
                     int32_t begin, int32_t end) {                                                       \
        for (int32_t unit = begin; unit < end; unit++) {                                                 \
            const operands o = operands_of(p, unit);                                                     \
            TYPE *out = output + (int64_t)unit * p->columns;                                             \
            for (int32_t first = 0; first < p->columns; first += BLOCK) {                                \
                const int32_t n = p->columns - first < BLOCK ? p->columns - first : BLOCK;               \
                SUM sum[BLOCK] = {0};                                                                    \
                for (int32_t k = 0; k < p->depth; k++) {                                                 \
                    const TYPE a = lhs[o.lhs + k * o.lhs_stride],                                        \
                               *b = rhs + o.rhs + k * o.rhs_row + first * o.rhs_column;                  \
                    if (o.rhs_column == 1) {                                                             \
                        for (int32_t c = 0; c < n; c++) sum[c] = STEP(sum[c], a, b[c]);                  \
                    } else {                                                                             \
                        for (int32_t c = 0; c < n; c++) sum[c] = STEP(sum[c], a, b[c * o.rhs_column]);   \
                    }                                                                                    \
                }                                                                                        \
                for (int32_t c = 0; c < n; c++) out[first + c] = (TYPE)LAST(sum[c]);                     \
            }                                                                                            \
        }                                                                                                \
    }

#define STEP_F32(sum, a, b) octet_sum_add(false, (sum), (a), (b))
#define STEP_PLAIN(sum, a, b) octet_sum_add(true, (sum), (a), (b))
#define STEP_S8(sum, a, b) ((sum) + (uint32_t)(((a)-p->lhs_zero_point) * ((b)-p->rhs_zero_point)))
#define STEP_S16(sum, a, b) ((sum) + (uint64_t)((int64_t)((a)-p->lhs_zero_point) * ((b)-p->rhs_zero_point)))
#define SAME(sum) (sum)
#define LAST_S8(sum)                                                                                            \
    octet_clamp_s32(                                                                                            \
        octet_fixed_wrap_add(octet_fixed_scale((int32_t)(sum), p->multiplier, p->shift), p->output_zero_point), \
        INT8_MIN, INT8_MAX)
#define LAST_S16(sum)                                                                                               \
    octet_clamp_s32(                                                                                                \
        octet_fixed_wrap_add(octet_fixed_scale_s64((int64_t)(sum), p->multiplier, p->shift), p->output_zero_point), \
        INT16_MIN, INT16_MAX)

BATCH_MATMUL(octet_batch_matmul_f32_ref, OCTET_TARGET_FMA, float, float, STEP_F32, SAME)
BATCH_MATMUL(octet_batch_matmul_f32_plain, OCTET_TARGET_AVX2, float, float, STEP_PLAIN, SAME)
BATCH_MATMUL(octet_batch_matmul_s8_ref, OCTET_TARGET_AVX2, int8_t, uint32_t, STEP_S8, LAST_S8)
BATCH_MATMUL(octet_batch_matmul_s16_ref, OCTET_TARGET_AVX2, int16_t, uint64_t, STEP_S16, LAST_S16)
