/* target/capabilities.h - which operators a target runs, and in which type.
 * In:  a target, an operator code.
 * Out: whether it runs it in int8, in float; what to do where it does not.
 * Knows: the kernels of tflite-micro and the Edge TPU, one row per operator. LiteRT runs all that octet knows.
 * Does not know: graphs, how they are quantized. */
#ifndef OCTET_TARGET_CAPABILITIES_H
#define OCTET_TARGET_CAPABILITIES_H

#include "target/profiles.h"

/* Of when the list of the target's kernels is; NULL for one that runs all that octet writes. */
const char *octet_capabilities_date(const octet_target *target);
/* Whether the target runs the operator on int8 activations, or, where it has none, on the integers that it moves. */
bool octet_capabilities_in_int8(const octet_target *target, octet_operator_code code);
/* Whether it runs the operator in float, between DEQUANTIZE and QUANTIZE. */
bool octet_capabilities_in_float(const octet_target *target, octet_operator_code code);
/* What a model can use instead of the operator; never NULL. */
const char *octet_capabilities_remedy(octet_operator_code code);

#endif
