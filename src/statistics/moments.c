#include "statistics/moments.h"

#include <math.h>
#include <string.h>

void octet_moments_observe(octet_moments *moments, const float *x, size_t n) {
    size_t n_finite = 0;
    float low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        const bool is_finite = x[i] - x[i] == 0.0f;
        low = is_finite && x[i] < low ? x[i] : low;
        high = is_finite && x[i] > high ? x[i] : high;
        n_finite += is_finite;
    }
    if (n_finite == 0) return;
    moments->n += n_finite;
    moments->n_samples++;
    octet_exact_sum_add_floats(&moments->sum, x, n);
    octet_exact_sum_add_squares(&moments->squares, x, n);
    octet_exact_sum_add(&moments->minima, (double)low);
    octet_exact_sum_add(&moments->maxima, (double)high);
}

void octet_moments_merge(octet_moments *into, const octet_moments *from) {
    into->n += from->n;
    into->n_samples += from->n_samples;
    octet_exact_sum_merge(&into->sum, &from->sum);
    octet_exact_sum_merge(&into->squares, &from->squares);
    octet_exact_sum_merge(&into->minima, &from->minima);
    octet_exact_sum_merge(&into->maxima, &from->maxima);
}

double octet_moments_mean(const octet_moments *moments) {
    return moments->n > 0 ? octet_exact_sum_read(&moments->sum) / (double)moments->n : 0.0;
}

double octet_moments_variance(const octet_moments *moments) {
    const double mean = octet_moments_mean(moments);
    if (moments->n == 0) return 0.0;
    return fmax(octet_exact_sum_read(&moments->squares) / (double)moments->n - mean * mean, 0.0);
}

octet_status octet_channel_moments_create(octet_context *ctx, octet_arena *arena, uint32_t n_channels,
                                          octet_channel_moments *out) {
    *out = (octet_channel_moments){.n_channels = n_channels};
    OCTET_TRY(OCTET_NEW(ctx, arena, n_channels, &out->min));
    OCTET_TRY(OCTET_NEW(ctx, arena, n_channels, &out->max));
    OCTET_TRY(OCTET_NEW(ctx, arena, n_channels, &out->sums));
    octet_channel_moments_clear(out);
    return OCTET_OK;
}

void octet_channel_moments_clear(octet_channel_moments *channels) {
    channels->n = 0;
    for (uint32_t c = 0; c < channels->n_channels; c++) {
        channels->min[c] = INFINITY;
        channels->max[c] = -INFINITY;
        channels->sums[c] = (octet_exact_sum){0};
    }
}

void octet_channel_moments_observe(octet_channel_moments *channels, const float *x, size_t n) {
    const size_t n_channels = channels->n_channels, n_rows = n / n_channels;
    for (size_t r = 0; r < n_rows; r++) {
        for (size_t c = 0; c < n_channels; c++) {         /* comparisons with NaN are false */
            const float v = x[r * n_channels + c] + 0.0f; /* -0.0f becomes 0.0f */
            channels->min[c] = v < channels->min[c] ? v : channels->min[c];
            channels->max[c] = v > channels->max[c] ? v : channels->max[c];
        }
    }
    octet_exact_sum_add_columns(channels->sums, x, n_rows, n_channels);
    channels->n += n_rows;
}

void octet_channel_moments_merge(octet_channel_moments *into, const octet_channel_moments *from) {
    into->n += from->n;
    for (uint32_t c = 0; c < into->n_channels; c++) {
        into->min[c] = from->min[c] < into->min[c] ? from->min[c] : into->min[c];
        into->max[c] = from->max[c] > into->max[c] ? from->max[c] : into->max[c];
        octet_exact_sum_merge(&into->sums[c], &from->sums[c]);
    }
}
