#include "kernels/ref/local_response.h"

#include "kernels/ref/elementary.h"

void octet_local_response_f32_ref(const octet_local_response_params *p, const float *input, float *output,
                                  uint32_t begin, uint32_t end) {
    for (uint32_t row = begin; row < end; row++) {
        const float *x = input + (int64_t)row * p->depth;
        float *y = output + (int64_t)row * p->depth;
        for (int32_t c = 0; c < p->depth; c++) {
            /* The last channel within the radius is left out, as in TFLite. */
            const int64_t first = (int64_t)c - p->radius, last = (int64_t)c + p->radius;
            float sum = 0;
            for (int64_t k = first > 0 ? first : 0; k < last && k < p->depth; k++) sum += x[k] * x[k];
            y[c] = x[c] * (float)octet_pow_f64((double)(p->bias + p->alpha * sum), (double)-p->beta);
        }
    }
}
