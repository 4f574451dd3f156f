/* recover/weight_map.h - what each weight of a layer connects.
 * In:  an operator that geometry.h knows, the index of a weight.
 * Out: channel of the result, channel of the data, tap of the filter.
 * Knows: the layouts of weights.
 * Does not know: places. */
#ifndef OCTET_RECOVER_WEIGHT_MAP_H
#define OCTET_RECOVER_WEIGHT_MAP_H

#include "graph/graph.h"

typedef struct octet_weight_map {
    octet_operator_code code;
    size_t n_weights, n_outputs, n_inputs; /* weights; channels of the result and of the data */
    size_t per_output;                     /* weights that lie together; those of one output, or one for each output */
    size_t depth;                          /* channels of the data that one output reads */
    size_t multiplier;                     /* outputs of a group that reads the same `depth` channels */
} octet_weight_map;

octet_weight_map octet_weight_map_of(const octet_graph *graph, const octet_operator *op);

static inline bool octet_weight_map_outputs_are_last(const octet_weight_map *map) {
    return map->code == OCTET_OP_DEPTHWISE_CONV_2D || map->code == OCTET_OP_CONV_3D;
}
static inline size_t octet_weight_map_output(const octet_weight_map *map, size_t i) {
    return octet_weight_map_outputs_are_last(map) ? i % map->n_outputs : i / map->per_output;
}
static inline size_t octet_weight_map_input(const octet_weight_map *map, size_t i) {
    const size_t first = octet_weight_map_output(map, i) / map->multiplier * map->depth;
    return first + (octet_weight_map_outputs_are_last(map) ? i / map->n_outputs : i) % map->depth;
}
static inline size_t octet_weight_map_tap(const octet_weight_map *map, size_t i) {
    return (octet_weight_map_outputs_are_last(map) ? i / map->n_outputs : i % map->per_output) / map->depth;
}

#endif
