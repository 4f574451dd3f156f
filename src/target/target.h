/* target/target.h - what a run-time target can do, and what it asks of a file.
 * In:  a target's name, a graph.
 * Out: options set for it; which operators it lacks.
 * Knows: the table of targets in target.c.
 * Does not know: how a graph is quantized. */
#ifndef OCTET_TARGET_TARGET_H
#define OCTET_TARGET_TARGET_H

#include "api/handles.h"

typedef enum octet_target {
    OCTET_TARGET_LITERT = 0,
    OCTET_TARGET_TFLM,
    OCTET_TARGET_TFLM_2023,
    OCTET_TARGET_CMSIS_NN,
    OCTET_TARGET_EDGETPU,
    OCTET_N_TARGETS
} octet_target;

/* NULL is litert. USAGE lists the names. */
octet_status octet_api_target(octet_context *ctx, const char *name, octet_target *out);
const char *octet_api_target_name(octet_target target);
/* Sets what the target needs: per-tensor dense weights, for one. USAGE when the options contradict the target. */
octet_status octet_api_apply_target(octet_context *ctx, const char *name, octet_quantize_options *options);
/* Changes operators of a quantized graph that the target computes wrongly into others that give the same bytes. */
octet_status octet_api_fit_target(octet_context *ctx, const char *name, octet_graph *graph);
/* Whether the target runs this operator in int8; otherwise *reason and *remedy say why not and what to do. */
bool octet_target_supports(octet_target target, octet_operator_code code, const char **reason, const char **remedy);
/* Whether it has no FULLY_CONNECTED whose weights have a scale per output. */
bool octet_target_wants_per_tensor_dense(octet_target target);
/* Whether its int8 kernels have no older sisters for uint8. */
bool octet_target_lacks_uint8(octet_target target);
/* Whether the target runs this operator in float between DEQUANTIZE and QUANTIZE. */
bool octet_target_has_float(octet_target target, octet_operator_code code);

#endif
