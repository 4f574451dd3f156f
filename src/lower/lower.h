/* lower/lower.h - a graph becomes steps.
 * In:  a verified graph, float or quantized; which of several arithmetics is wanted.
 * Out: a step per operator, in order: kernel, parameters, operands, needs of memory.
 *        UNSUPPORTED (no kernel), MODEL, LIMIT.
 * Knows: step.h; which kernel of kernels/ref computes an operator on which types.
 * Does not know: how steps are run, on which processor, or what else is made of them. */
#ifndef OCTET_LOWER_LOWER_H
#define OCTET_LOWER_LOWER_H

#include "lower/options.h"
#include "lower/step.h"

/* *out: graph->n_operators steps in `arena`, which also holds their parameters; both point into the graph. */
octet_status octet_lower_graph(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                               const octet_lower_options *options, octet_step **out);

/* dump.c: a line per step: kernel, operands, parameters that are numbers (fields.h; of those per channel the first),
 * needs. For OCTET_DEBUG=steps and tests. */
octet_status octet_lower_dump(octet_context *ctx, const octet_graph *graph, const octet_step *steps, octet_buffer *out);

#endif
