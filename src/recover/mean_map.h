/* recover/mean_map.h - the mean of every element of a value over samples.
 * In:  the elements of a value, sample by sample, in any order and on any thread.
 * Out: a mean per element, the same for every order.
 * Knows: that integers add without rounding: floats are taken in units of a power of two.
 * Does not know: runs, operators. */
#ifndef OCTET_RECOVER_MEAN_MAP_H
#define OCTET_RECOVER_MEAN_MAP_H

#include "graph/graph.h"

typedef struct octet_mean_map {
    int64_t *sums; /* by element; NULL: not wanted */
    size_t n_elements;
    uint64_t n_samples;
    int exponent; /* floats: a unit is 2^exponent */
} octet_mean_map;

/* Room for a value, in `arena`. largest: the magnitude that a float value is expected to reach; beyond twice of it
 * elements are cut. n_samples: that will be added, at most 2^20. Errors: NOMEM, LIMIT. */
octet_status octet_mean_map_create(octet_context *ctx, octet_arena *arena, const octet_value *value, float largest,
                                   octet_mean_map *out);
/* Adds one sample: the elements of `value`, of type float32, int8, uint8 or int16. */
void octet_mean_map_add(octet_mean_map *map, const octet_value *value, const void *elements);
/* Adds what another map of the same value has gathered, and empties it. */
void octet_mean_map_merge(octet_mean_map *into, octet_mean_map *from);
/* The means as real numbers: scale * (mean - zero_point) where the value is quantized. out: n_elements. */
void octet_mean_map_read(const octet_mean_map *map, const octet_value *value, double *out);

#endif
