/* recover/passing.h - the mean error of those elements of a result that the activation behind it lets through.
 * In:  a layer with weights in the float graph and in the quantized one; runs of both.
 * Out: by channel, how much the quantized layer has to add to come near to the float one there.
 * Knows: that what a ReLU drops in both graphs is no error, and that a slope a makes a^2 of a square.
 * Does not know: biases.
 *
 * The bias that minimizes E[(act(y^ + d) - act(y))^2] is a fixed point of d = E[w (y - y^)] / E[w], where w is the
 * square of the slope: 1 where y or y^ is above 0, else that of the activation's other side. Without an activation w is
 * 1 everywhere, and d the difference of the means. A channel that rarely passes says little of itself in a few samples,
 * so steps go to that point by d = E[w (y - y^)] / (E[w] + 1). */
#ifndef OCTET_RECOVER_PASSING_H
#define OCTET_RECOVER_PASSING_H

#include "recover/lockstep.h"
#include "recover/weighted.h"

typedef struct octet_passing {
    uint32_t value, quantized;           /* the layer's result in both graphs */
    uint32_t skip_value, skip_quantized; /* what an ADD joins to it before the activation; OCTET_NONE: nothing */
    float *below;                        /* by channel: w where neither is above 0; NULL: there is no activation */
    float top;                           /* w is 0 where both reach it */
} octet_passing;

/* The activation that reads the layer's result, or its sum with skip_value: fused, or the only reader. RELU, RELU6,
 * LEAKY_RELU and PRELU with a slope by channel count; below is NULL for others, and in `arena`. Errors: NOMEM. */
octet_status octet_passing_find(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                const octet_graph *quantized, const octet_weighted *layer, uint32_t skip_value,
                                uint32_t skip_quantized, octet_passing *out);
/* d of all runs that both have, once through. Results and skips are computed in both; out: by channel. The same for any
 * number of threads. Errors: NOMEM. */
octet_status octet_passing_error(octet_context *ctx, octet_arena *scratch, const octet_passing *passing,
                                 const octet_lockstep *real, const octet_lockstep *integer, size_t n_channels,
                                 double *out);

#endif
