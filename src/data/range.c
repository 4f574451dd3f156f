/* The range of the samples that were read, as stored and as scaled. */
#include <math.h>

#include "data/samples.h"

/* 64 lanes, so that compilers use vectors without being asked to reorder anything. */
enum { LANES = 64 };

static void widen(octet_samples *samples, int32_t channel, float low, float high) {
    if (!samples->has_range) {
        for (int32_t c = 0; c < 3; c++) {
            samples->raw_min[c] = low;
            samples->raw_max[c] = high;
        }
        samples->has_range = true;
    }
    if (low < samples->raw_min[channel]) samples->raw_min[channel] = low;
    if (high > samples->raw_max[channel]) samples->raw_max[channel] = high;
}

/* Where a stored element of a pixel goes in the result. */
static int32_t channel_of(const octet_samples *samples, size_t i) {
    const octet_scaler *scaler = &samples->scaler;
    const int32_t stored = (int32_t)(i % (size_t)scaler->n_channels);
    return scaler->swaps ? 2 - stored : stored;
}

void octet_samples_widen_bytes(octet_samples *samples, const uint8_t *data, size_t n) {
    if (n == 0) return;
    if (samples->scaler.n_channels > 1) {
        for (size_t i = 0; i < n; i++) widen(samples, channel_of(samples, i), (float)data[i], (float)data[i]);
        return;
    }
    uint8_t low[LANES], high[LANES];
    for (size_t j = 0; j < LANES; j++) low[j] = high[j] = data[0];
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        for (size_t j = 0; j < LANES; j++) {
            low[j] = data[i + j] < low[j] ? data[i + j] : low[j];
            high[j] = data[i + j] > high[j] ? data[i + j] : high[j];
        }
    }
    for (; i < n; i++) {
        if (data[i] < low[0]) low[0] = data[i];
        if (data[i] > high[0]) high[0] = data[i];
    }
    for (size_t j = 1; j < LANES; j++) {
        if (low[j] < low[0]) low[0] = low[j];
        if (high[j] > high[0]) high[0] = high[j];
    }
    widen(samples, 0, (float)low[0], (float)high[0]);
}

void octet_samples_widen_floats(octet_samples *samples, const float *data, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (data[i] == data[i]) widen(samples, channel_of(samples, i), data[i], data[i]);
}

void octet_samples_widen_scaled(octet_samples *samples, const float *data, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (data[i] < samples->scaled_min) samples->scaled_min = data[i];
        if (data[i] > samples->scaled_max) samples->scaled_max = data[i];
    }
}

void octet_samples_forget_range(octet_samples *samples) {
    samples->has_range = false;
    samples->scaled_min = INFINITY;
    samples->scaled_max = -INFINITY;
}

void octet_samples_range(const octet_samples *samples, double *raw_min, double *raw_max, double *min, double *max) {
    *raw_min = *raw_max = *min = *max = 0;
    if (!samples->has_range) return;
    if (samples->columns.n > 0) {
        *raw_min = (double)samples->raw_min[0];
        *raw_max = (double)samples->raw_max[0];
        *min = (double)samples->scaled_min;
        *max = (double)samples->scaled_max;
        return;
    }
    for (int32_t c = 0; c < samples->scaler.n_channels; c++) {
        const float raw[2] = {samples->raw_min[c], samples->raw_max[c]};
        for (int i = 0; i < 2; i++) {
            const double value = (double)octet_scaler_apply(&samples->scaler, c, raw[i]);
            const bool first = c == 0 && i == 0;
            if (first || (double)raw[i] < *raw_min) *raw_min = (double)raw[i];
            if (first || (double)raw[i] > *raw_max) *raw_max = (double)raw[i];
            if (first || value < *min) *min = value;
            if (first || value > *max) *max = value;
        }
    }
}
