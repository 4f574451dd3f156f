#include "recover/mean_map.h"

#include <math.h>
#include <string.h>

/* A sample is at most 2^41 units, 2^20 samples at most 2^61. */
enum { UNITS_EXPONENT = 40 };

octet_status octet_mean_map_create(octet_context *ctx, octet_arena *arena, const octet_value *value, float largest,
                                   octet_mean_map *out) {
    int exponent = 0;
    *out = (octet_mean_map){.n_elements = octet_shape_elements(&value->shape)};
    if (isfinite(largest) && largest > 0.0f) frexpf(largest, &exponent);
    out->exponent = exponent - UNITS_EXPONENT;
    return OCTET_NEW(ctx, arena, out->n_elements, &out->sums);
}

static void add_floats(octet_mean_map *map, const float *x) {
    const double limit = ldexp(1.0, UNITS_EXPONENT + 1), units = ldexp(1.0, -map->exponent);
    for (size_t i = 0; i < map->n_elements; i++) {
        const double n = (double)x[i] * units;
        map->sums[i] += isnan(n) ? 0 : (int64_t)rint(fmax(-limit, fmin(n, limit)));
    }
}

void octet_mean_map_add(octet_mean_map *map, const octet_value *value, const void *elements) {
    const size_t n = map->n_elements;
    map->n_samples++;
    if (value->type == OCTET_FLOAT32) add_floats(map, elements);
    if (value->type == OCTET_INT8)
        for (size_t i = 0; i < n; i++) map->sums[i] += ((const int8_t *)elements)[i];
    if (value->type == OCTET_UINT8)
        for (size_t i = 0; i < n; i++) map->sums[i] += ((const uint8_t *)elements)[i];
    if (value->type == OCTET_INT16)
        for (size_t i = 0; i < n; i++) map->sums[i] += ((const int16_t *)elements)[i];
}

void octet_mean_map_merge(octet_mean_map *into, octet_mean_map *from) {
    for (size_t i = 0; i < into->n_elements; i++) into->sums[i] += from->sums[i];
    into->n_samples += from->n_samples;
    memset(from->sums, 0, from->n_elements * sizeof *from->sums);
    from->n_samples = 0;
}

void octet_mean_map_read(const octet_mean_map *map, const octet_value *value, double *out) {
    const bool is_float = value->type == OCTET_FLOAT32;
    const double n = map->n_samples > 0 ? (double)map->n_samples : 1.0;
    const double scale = is_float ? ldexp(1.0, map->exponent) : (double)value->quantization.scale[0];
    const double zero_point = is_float ? 0.0 : (double)value->quantization.zero_point[0];
    for (size_t i = 0; i < map->n_elements; i++) out[i] = scale * ((double)map->sums[i] / n - zero_point);
}
