#include "kernels/ref/fake_quant.h"

#include <math.h>

octet_fake_quant_grid octet_fake_quant_nudge(float min, float max, int32_t n_bits, bool narrow_range) {
    const float low = narrow_range ? 1.0f : 0.0f, high = (float)((1 << n_bits) - 1);
    octet_fake_quant_grid grid = {.scale = (max - min) / (high - low)};
    const float zero = low - min / grid.scale;
    grid.zero_point = (int32_t)(zero < low ? low : zero > high ? high : roundf(zero));
    grid.min = (low - (float)grid.zero_point) * grid.scale;
    grid.max = (high - (float)grid.zero_point) * grid.scale;
    return grid;
}

void octet_fake_quant_f32_ref(const octet_fake_quant_grid *grid, const float *input, float *output, uint32_t begin,
                              uint32_t end) {
    const float inverse = 1.0f / grid->scale;
    for (uint32_t i = begin; i < end; i++) {
        float x = input[i] > grid->min ? input[i] : grid->min;
        x = x < grid->max ? x : grid->max;
        output[i] = roundf((x - grid->min) * inverse) * grid->scale + grid->min;
    }
}
