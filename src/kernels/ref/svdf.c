#include "kernels/ref/svdf.h"

#include <string.h>

#include "kernels/ref/dot.h"
#include "kernels/ref/fixed_point.h"

/* The columns of every filter move on by one; the last one is free. */
static void move_on(void *state, size_t n_rows, size_t memory, size_t size) {
    for (size_t i = 0; i < n_rows; i++) {
        char *row = (char *)state + i * memory * size;
        memmove(row, row + size, (memory - 1) * size);
    }
}

OCTET_INLINE float product(bool plain, const float *a, const float *b, int32_t n) {
    float sum = octet_sum_begin(plain, NULL, 0);
    for (int32_t i = 0; i < n; i++) sum = octet_sum_add(plain, sum, a[i], b[i]);
    return sum;
}

/* One row of the batch, from its state. */
OCTET_INLINE void over_time(const octet_svdf_params *p, const float *time_weights, const float *bias,
                            const float *state, float *output) {
    for (int32_t unit = 0; unit < p->filters / p->rank; unit++) {
        float sum = 0.0f;
        for (int32_t f = unit * p->rank; f < (unit + 1) * p->rank; f++)
            sum += product(p->plain, time_weights + (int64_t)f * p->memory, state + (int64_t)f * p->memory, p->memory);
        if (bias != NULL) sum += bias[unit];
        output[unit] = octet_clamp_f32(sum, p->min, p->max);
    }
}

OCTET_TARGET_FMA
void octet_svdf_f32_ref(const octet_svdf_params *p, const float *input, const float *feature_weights,
                        const float *time_weights, const float *bias, float *state, float *output, int32_t begin,
                        int32_t end) {
    for (int32_t batch = begin; batch < end; batch++) {
        float *kept = state + (int64_t)batch * p->filters * p->memory;
        move_on(kept, (size_t)p->filters, (size_t)p->memory, sizeof *kept);
        for (int32_t f = 0; f < p->filters; f++)
            kept[(int64_t)(f + 1) * p->memory - 1] = product(p->plain, input + (int64_t)batch * p->inputs,
                                                             feature_weights + (int64_t)f * p->inputs, p->inputs);
        over_time(p, time_weights, bias, kept, output + (int64_t)batch * (p->filters / p->rank));
    }
}

OCTET_TARGET_FMA
void octet_svdf_hybrid_ref(const octet_svdf_params *p, const octet_hybrid_params *h, const float *input,
                           const int8_t *feature_weights, const float *time_weights, const float *bias, float *state,
                           float *output, int8_t *scratch, int32_t begin, int32_t end) {
    for (int32_t batch = begin; batch < end; batch++) {
        float *kept = state + (int64_t)batch * p->filters * p->memory, scale;
        int32_t zero_point;
        const octet_hybrid_rows row = {scratch, &scale, &zero_point};
        octet_hybrid_quantize_ref(h, input + (int64_t)batch * p->inputs, &row, 0, 1);
        move_on(kept, (size_t)p->filters, (size_t)p->memory, sizeof *kept);
        for (int32_t f = 0; f < p->filters; f++) {
            const int8_t *weights = feature_weights + (int64_t)f * p->inputs;
            int32_t sum = 0;
            for (int32_t i = 0; i < p->inputs; i++) sum += (scratch[i] - zero_point) * weights[i];
            kept[(int64_t)(f + 1) * p->memory - 1] = (float)sum * scale;
        }
        over_time(p, time_weights, bias, kept, output + (int64_t)batch * (p->filters / p->rank));
    }
}

void octet_svdf_s8_ref(const octet_svdf_params *p, const int8_t *input, const int8_t *feature_weights,
                       const int16_t *time_weights, const int32_t *bias, int16_t *state, int8_t *output, int32_t begin,
                       int32_t end) {
    const int32_t n_units = p->filters / p->rank;
    for (int32_t batch = begin; batch < end; batch++) {
        const int8_t *x = input + (int64_t)batch * p->inputs;
        int16_t *kept = state + (int64_t)batch * p->filters * p->memory;
        move_on(kept, (size_t)p->filters, (size_t)p->memory, sizeof *kept);
        for (int32_t f = 0; f < p->filters; f++) {
            const int8_t *weights = feature_weights + (int64_t)f * p->inputs;
            int32_t sum = 0;
            for (int32_t i = 0; i < p->inputs; i++) sum += weights[i] * (x[i] - p->input_zero_point);
            sum = octet_fixed_scale(sum, p->feature_multiplier, p->feature_shift);
            kept[(int64_t)(f + 1) * p->memory - 1] = (int16_t)octet_clamp_s32(sum, INT16_MIN, INT16_MAX);
        }
        for (int32_t unit = 0; unit < n_units; unit++) {
            uint32_t sum = bias != NULL ? (uint32_t)bias[unit] : 0; /* modulo 2^32 */
            const int64_t first = (int64_t)unit * p->rank * p->memory;
            for (int64_t i = first; i < first + (int64_t)p->rank * p->memory; i++)
                sum += (uint32_t)(time_weights[i] * kept[i]);
            const int32_t scaled = octet_fixed_scale((int32_t)sum, p->time_multiplier, p->time_shift);
            output[(int64_t)batch * n_units + unit] =
                (int8_t)octet_clamp_s32(octet_fixed_wrap_add(scaled, p->output_zero_point), INT8_MIN, INT8_MAX);
        }
    }
}
