/* kernels/ref/reduce.h - SUM, MEAN, REDUCE_MAX, REDUCE_MIN, REDUCE_PROD, REDUCE_ANY, REDUCE_ALL, ARG_MAX, ARG_MIN.
 * In:  an input of any rank, its axes sorted into those that stay and those that go.
 * Out: one element per position of the axes that stay; an output element is the unit of work. The elements of one
 *        output are taken in row-major order.
 * Knows: fixed_point.h.
 * Does not know: tensors, the graph, threads.
 * Exact: int8 and int16 equal TFLite's reference kernels, SUM its built-in one (the reference SUM of TensorFlow 2.21 is
 *        broken). Integer sums and products wrap. */
#ifndef OCTET_KERNELS_REF_REDUCE_H
#define OCTET_KERNELS_REF_REDUCE_H

#include <stdbool.h>
#include <stdint.h>

enum { OCTET_REDUCE_MAX_AXES = 8 };

typedef struct octet_reduce_axis {
    int32_t size, stride;
} octet_reduce_axis; /* stride in elements of the input */

typedef struct octet_reduce_params {
    int32_t n_outputs, count; /* elements of the output, elements per output (at least 1) */
    int32_t n_kept, n_reduced;
    octet_reduce_axis kept[OCTET_REDUCE_MAX_AXES], reduced[OCTET_REDUCE_MAX_AXES];
    int32_t input_zero_point, output_zero_point; /* quantized */
    int32_t multiplier, shift;                   /* MEAN, REDUCE_PROD */
    float scale, offset;                         /* SUM: input scale / output scale, what the zero points add up to */
} octet_reduce_params;

/* Parameters of quantized MEAN, SUM and REDUCE_PROD from the scales; false when they do not fit together. */
bool octet_reduce_prepare_mean(octet_reduce_params *p, float input_scale, float output_scale);
void octet_reduce_prepare_sum(octet_reduce_params *p, float input_scale, float output_scale);
bool octet_reduce_prepare_prod(octet_reduce_params *p, float input_scale, float output_scale);

/* Quantized SUM of elements whose codes add up to `sum`, before it is clamped to the type; it never falls as the sum
 * grows. */
int32_t octet_reduce_finish_sum(const octet_reduce_params *p, int32_t sum);

/* octet_<operator>_<type>_ref(p, input, output, begin, end) */
#define OCTET_REDUCE_DECLARE(name, TYPE) \
    void octet_##name##_ref(const octet_reduce_params *p, const TYPE *input, TYPE *output, int32_t begin, int32_t end);
#define OCTET_REDUCE_DECLARE_ALL(operator)        \
    OCTET_REDUCE_DECLARE(operator##_f32, float)   \
    OCTET_REDUCE_DECLARE(operator##_s8, int8_t)   \
    OCTET_REDUCE_DECLARE(operator##_s16, int16_t) \
    OCTET_REDUCE_DECLARE(operator##_s32, int32_t) \
    OCTET_REDUCE_DECLARE(operator##_s64, int64_t)

OCTET_REDUCE_DECLARE_ALL(sum)
OCTET_REDUCE_DECLARE_ALL(mean) /* int32, int64: rounded towards 0 */
OCTET_REDUCE_DECLARE_ALL(reduce_max)
OCTET_REDUCE_DECLARE_ALL(reduce_min)
OCTET_REDUCE_DECLARE_ALL(reduce_prod)
OCTET_REDUCE_DECLARE(reduce_any_u8, uint8_t) /* bool */
OCTET_REDUCE_DECLARE(reduce_all_u8, uint8_t)

/* The index of the first largest (smallest) element along the one reduced axis; output: int32 or, when wide, int64. */
#define OCTET_REDUCE_DECLARE_ARG(name, TYPE)                                                                         \
    void octet_##name##_ref(const octet_reduce_params *p, const TYPE *input, void *output, bool wide, int32_t begin, \
                            int32_t end);
#define OCTET_REDUCE_DECLARE_ARG_ALL(operator)        \
    OCTET_REDUCE_DECLARE_ARG(operator##_f32, float)   \
    OCTET_REDUCE_DECLARE_ARG(operator##_s8, int8_t)   \
    OCTET_REDUCE_DECLARE_ARG(operator##_s16, int16_t) \
    OCTET_REDUCE_DECLARE_ARG(operator##_s32, int32_t)

OCTET_REDUCE_DECLARE_ARG_ALL(arg_max)
OCTET_REDUCE_DECLARE_ARG_ALL(arg_min)

#endif
