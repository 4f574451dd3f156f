/* target/micro_arena.h - the arena that tflite-micro would take for a model.
 * In:  a graph as a .tflite has it.
 * Out: bytes, about.
 * Knows: tflite-micro's greedy planner, its structs on a 32-bit processor, the scratch buffers of CMSIS-NN.
 * Does not know: what octet makes of the graph. */
#ifndef OCTET_TARGET_MICRO_ARENA_H
#define OCTET_TARGET_MICRO_ARENA_H

#include "graph/graph.h"

/* With CMSIS-NN, inputs and outputs included. Activations by the planner (GreedyMemoryPlanner: largest first, each in
 * the first gap that is free during its life, aligned to 16); behind them what stays: structs of tensors and
 * operators, multipliers and shifts of the channels. Within 1 % of the arenas that are known (docs/device.md). Errors:
 * NOMEM. */
octet_status octet_target_micro_arena(octet_context *ctx, const octet_graph *graph, size_t *bytes);

#endif
