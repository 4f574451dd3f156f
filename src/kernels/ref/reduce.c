#include "kernels/ref/reduce.h"

#include "kernels/ref/fixed_point.h"

bool octet_reduce_prepare_mean(octet_reduce_params *p, float input_scale, float output_scale) {
    if (!octet_fixed_multiplier((double)input_scale / (double)output_scale, &p->multiplier, &p->shift)) return false;
    /* The division by count goes into the multiplier, which keeps as many bits as it can. */
    int32_t extra = 0;
    while (extra < 31 && (INT64_C(2) << extra) <= p->count) extra++;
    if (extra > 31 + p->shift) extra = 31 + p->shift;
    p->multiplier = (int32_t)(((int64_t)p->multiplier << extra) / p->count);
    p->shift -= extra;
    return true;
}

void octet_reduce_prepare_sum(octet_reduce_params *p, float input_scale, float output_scale) {
    p->scale = input_scale / output_scale;
    p->offset = (float)-p->input_zero_point * p->scale * (float)p->count;
}

bool octet_reduce_prepare_prod(octet_reduce_params *p, float input_scale, float output_scale) {
    /* Each of the `count` factors is scaled, so that products stay small:
     * together input scale ^ count / output scale. */
    const double real = (double)input_scale / pow((double)output_scale, 1.0 / (double)p->count);
    return octet_fixed_multiplier(real, &p->multiplier, &p->shift);
}

static int64_t first_offset(const octet_reduce_params *p, int32_t output) {
    int64_t offset = 0;
    for (int32_t axis = p->n_kept - 1; axis >= 0; axis--) {
        offset += (int64_t)(output % p->kept[axis].size) * p->kept[axis].stride;
        output /= p->kept[axis].size;
    }
    return offset;
}

/* Walks the elements of one output row by row along the last reduced axis. */
typedef struct walk {
    int32_t position[OCTET_REDUCE_MAX_AXES];
    int64_t offset;
    int32_t run, stride; /* elements of a row and their distance */
} walk;

static walk walk_start(const octet_reduce_params *p, int32_t output) {
    walk w = {.offset = first_offset(p, output), .run = 1, .stride = 0};
    if (p->n_reduced) {
        w.run = p->reduced[p->n_reduced - 1].size;
        w.stride = p->reduced[p->n_reduced - 1].stride;
    }
    return w;
}

static bool walk_next(const octet_reduce_params *p, walk *w) {
    for (int32_t axis = p->n_reduced - 2; axis >= 0; axis--) {
        w->offset += p->reduced[axis].stride;
        if (++w->position[axis] < p->reduced[axis].size) return true;
        w->offset -= (int64_t)p->reduced[axis].size * p->reduced[axis].stride;
        w->position[axis] = 0;
    }
    return false;
}

/* STEP(sum, element) for the elements after the first, which is FIRST(element); LAST(sum) is the output. */
#define REDUCE(name, TYPE, SUM, FIRST, STEP, LAST)                                                         \
    void name(const octet_reduce_params *p, const TYPE *input, TYPE *output, int32_t begin, int32_t end) { \
        for (int32_t unit = begin; unit < end; unit++) {                                                   \
            walk w = walk_start(p, unit);                                                                  \
            SUM sum = FIRST(input[w.offset]);                                                              \
            int32_t k = 1;                                                                                 \
            do {                                                                                           \
                const TYPE *row = input + w.offset;                                                        \
                for (; k < w.run; k++) sum = STEP(sum, row[(int64_t)k * w.stride]);                        \
                k = 0;                                                                                     \
            } while (walk_next(p, &w));                                                                    \
            output[unit] = (TYPE)LAST(sum);                                                                \
        }                                                                                                  \
    }

#define SAME(x) (x)
#define ADD(sum, x) ((sum) + (x))
#define LARGER(sum, x) ((sum) < (x) ? (x) : (sum))
#define SMALLER(sum, x) ((x) < (sum) ? (x) : (sum))
#define MULTIPLY(sum, x) ((sum) * (x))
#define IS_TRUE(x) ((x) != 0)
#define EITHER(sum, x) ((sum) || (x) != 0)
#define BOTH(sum, x) ((sum) && (x) != 0)
#define MEAN_F32(sum) ((sum) / (float)p->count)

REDUCE(octet_sum_f32_ref, float, float, SAME, ADD, SAME)
REDUCE(octet_mean_f32_ref, float, float, SAME, ADD, MEAN_F32)
REDUCE(octet_reduce_max_f32_ref, float, float, SAME, LARGER, SAME)
REDUCE(octet_reduce_max_s8_ref, int8_t, int8_t, SAME, LARGER, SAME)
REDUCE(octet_reduce_max_s16_ref, int16_t, int16_t, SAME, LARGER, SAME)
REDUCE(octet_reduce_max_s32_ref, int32_t, int32_t, SAME, LARGER, SAME)
REDUCE(octet_reduce_max_s64_ref, int64_t, int64_t, SAME, LARGER, SAME)
REDUCE(octet_reduce_min_f32_ref, float, float, SAME, SMALLER, SAME)
REDUCE(octet_reduce_min_s8_ref, int8_t, int8_t, SAME, SMALLER, SAME)
REDUCE(octet_reduce_min_s16_ref, int16_t, int16_t, SAME, SMALLER, SAME)
REDUCE(octet_reduce_min_s32_ref, int32_t, int32_t, SAME, SMALLER, SAME)
REDUCE(octet_reduce_min_s64_ref, int64_t, int64_t, SAME, SMALLER, SAME)
REDUCE(octet_reduce_any_u8_ref, uint8_t, bool, IS_TRUE, EITHER, SAME)
REDUCE(octet_reduce_all_u8_ref, uint8_t, bool, IS_TRUE, BOTH, SAME)
REDUCE(octet_reduce_prod_f32_ref, float, float, SAME, MULTIPLY, SAME)

/* Integers, wrapping: summed and multiplied unsigned. */
#define UNSIGNED(x) ((uint64_t)(x))
#define ADD_WRAP(sum, x) ((sum) + (uint64_t)(x))
#define MULTIPLY_WRAP(sum, x) ((sum) * (uint64_t)(x))
#define MEAN_INTEGER(sum) ((int64_t)(sum) / p->count)

REDUCE(octet_sum_s32_ref, int32_t, uint64_t, UNSIGNED, ADD_WRAP, SAME)
REDUCE(octet_sum_s64_ref, int64_t, uint64_t, UNSIGNED, ADD_WRAP, SAME)
REDUCE(octet_mean_s32_ref, int32_t, uint64_t, UNSIGNED, ADD_WRAP, MEAN_INTEGER)
REDUCE(octet_mean_s64_ref, int64_t, uint64_t, UNSIGNED, ADD_WRAP, MEAN_INTEGER)
REDUCE(octet_reduce_prod_s32_ref, int32_t, uint64_t, UNSIGNED, MULTIPLY_WRAP, SAME)
REDUCE(octet_reduce_prod_s64_ref, int64_t, uint64_t, UNSIGNED, MULTIPLY_WRAP, SAME)

/* Quantized. */
static int32_t mean_of(const octet_reduce_params *p, uint64_t sum) {
    const uint32_t centered = (uint32_t)sum - (uint32_t)p->input_zero_point * (uint32_t)p->count;
    return octet_fixed_wrap_add(octet_fixed_scale((int32_t)centered, p->multiplier, p->shift), p->output_zero_point);
}
int32_t octet_reduce_finish_sum(const octet_reduce_params *p, int32_t sum) {
    const float scaled = (float)sum * p->scale + p->offset;
    return octet_round_s32(round((double)scaled) + (double)p->output_zero_point);
}
static int32_t sum_of(const octet_reduce_params *p, uint64_t sum) {
    return octet_reduce_finish_sum(p, (int32_t)(uint32_t)sum);
}
static int32_t prod_step(const octet_reduce_params *p, int32_t product, int32_t x) {
    return octet_fixed_scale_s64((int64_t)product * (x - p->input_zero_point), p->multiplier, p->shift);
}
static int32_t prod_of(const octet_reduce_params *p, int32_t product) {
    return octet_fixed_wrap_add(octet_fixed_scale_s64(product, p->multiplier, p->shift), p->output_zero_point);
}

#define MEAN_S8(sum) octet_clamp_s32(mean_of(p, (sum)), INT8_MIN, INT8_MAX)
#define MEAN_S16(sum) octet_clamp_s32(mean_of(p, (sum)), INT16_MIN, INT16_MAX)
#define SUM_S8(sum) octet_clamp_s32(sum_of(p, (sum)), INT8_MIN, INT8_MAX)
#define SUM_S16(sum) octet_clamp_s32(sum_of(p, (sum)), INT16_MIN, INT16_MAX)
#define CENTERED(x) ((x)-p->input_zero_point)
#define PROD_STEP(product, x) prod_step(p, (product), (x))
#define PROD_S8(product) octet_clamp_s32(prod_of(p, (product)), INT8_MIN, INT8_MAX)
#define PROD_S16(product) octet_clamp_s32(prod_of(p, (product)), INT16_MIN, INT16_MAX)

REDUCE(octet_mean_s8_ref, int8_t, uint64_t, UNSIGNED, ADD_WRAP, MEAN_S8)
REDUCE(octet_mean_s16_ref, int16_t, uint64_t, UNSIGNED, ADD_WRAP, MEAN_S16)
REDUCE(octet_sum_s8_ref, int8_t, uint64_t, UNSIGNED, ADD_WRAP, SUM_S8)
REDUCE(octet_sum_s16_ref, int16_t, uint64_t, UNSIGNED, ADD_WRAP, SUM_S16)
REDUCE(octet_reduce_prod_s8_ref, int8_t, int32_t, CENTERED, PROD_STEP, PROD_S8)
REDUCE(octet_reduce_prod_s16_ref, int16_t, int32_t, CENTERED, PROD_STEP, PROD_S16)

#define ARG(name, TYPE, BETTER)                                                                                       \
    void name(const octet_reduce_params *p, const TYPE *input, void *output, bool wide, int32_t begin, int32_t end) { \
        for (int32_t unit = begin; unit < end; unit++) {                                                              \
            const walk w = walk_start(p, unit);                                                                       \
            const TYPE *row = input + w.offset;                                                                       \
            int32_t best = 0;                                                                                         \
            for (int32_t k = 1; k < w.run; k++) {                                                                     \
                if (BETTER(row[(int64_t)k * w.stride], row[(int64_t)best * w.stride])) best = k;                      \
            }                                                                                                         \
            if (wide) {                                                                                               \
                ((int64_t *)output)[unit] = best;                                                                     \
            } else {                                                                                                  \
                ((int32_t *)output)[unit] = best;                                                                     \
            }                                                                                                         \
        }                                                                                                             \
    }
#define ABOVE(a, b) ((a) > (b))
#define BELOW(a, b) ((a) < (b))

ARG(octet_arg_max_f32_ref, float, ABOVE)
ARG(octet_arg_max_s8_ref, int8_t, ABOVE)
ARG(octet_arg_max_s16_ref, int16_t, ABOVE)
ARG(octet_arg_max_s32_ref, int32_t, ABOVE)
ARG(octet_arg_min_f32_ref, float, BELOW)
ARG(octet_arg_min_s8_ref, int8_t, BELOW)
ARG(octet_arg_min_s16_ref, int16_t, BELOW)
ARG(octet_arg_min_s32_ref, int32_t, BELOW)
