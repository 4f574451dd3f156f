/* target/fit.h - other forms of operators that a target lacks, or computes wrongly.
 * In:  a graph as it would be written; a target.
 * Out: the graph with the same results, of operators that the target has, where there is such a form.
 * Knows: which operators equal which on the same integers; the capabilities of targets.
 * Does not know: float values, ranges. */
#ifndef OCTET_TARGET_FIT_H
#define OCTET_TARGET_FIT_H

#include "target/profiles.h"
#include "target/put.h"

/* The results are the same bytes, but for LEAKY_RELU, ABS, RELU_N1_TO_1 and what is computed in float, where they may
 * differ by one step.
 * Errors: NOMEM, INTERNAL. */
octet_status octet_target_fit(octet_context *ctx, const octet_target *target, octet_graph *graph);
/* Whether some operators of this kind have another form that the target runs. */
bool octet_fit_has_form(const octet_target *target, octet_operator_code code);
/* Whether a STRIDED_SLICE names fewer axes than its input has, or one by an ellipsis, or new ones. */
bool octet_fit_is_short_slice(const octet_graph *graph, const octet_operator *op);

/* ---- The forms, for fit.c ---- */

/* Each puts its form in the place of operator k, or leaves the graph as it is where it has none. */
typedef octet_status octet_fit_form(octet_context *ctx, const octet_target *target, octet_graph *graph, uint32_t k);

/* fit_repeat.c: TILE and BROADCAST_TO by constants, with the RESHAPEs around them, as RESIZE_NEAREST_NEIGHBOR,
 * BROADCAST_TO or CONCATENATION. */
octet_fit_form octet_fit_repeat;
/* fit_pieces.c: GATHER by constants, REVERSE_V2 and MIRROR_PAD as CONCATENATION of SLICEs; SPLIT_V and UNPACK as
 * SLICEs. */
octet_fit_form octet_fit_pieces, octet_fit_split;
octet_fit_form octet_fit_short_slice; /* STRIDED_SLICE with an index for each axis of its input */
/* fit_elements.c */
octet_fit_form octet_fit_select;     /* SELECT as SELECT_V2 */
octet_fit_form octet_fit_pad;        /* PADV2 with 0 as PAD */
octet_fit_form octet_fit_clamp;      /* RELU6, RELU_0_TO_1 and RELU_N1_TO_1 where the type clamps as well */
octet_fit_form octet_fit_any;        /* REDUCE_ANY as not REDUCE_ALL of not */
octet_fit_form octet_fit_absolute;   /* ABS as MAXIMUM(x, -x) */
octet_fit_form octet_fit_leaky_relu; /* LEAKY_RELU as PRELU */
octet_fit_form octet_fit_float;      /* in float between DEQUANTIZE and QUANTIZE */

#endif
