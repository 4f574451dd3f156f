/* lower/binder.h - what the families of operators have in hand while they lower.
 * In:  an operator of a verified graph.
 * Out: checked operands and their scales, or one sentence that names operator and layer.
 * Knows: the graph, the options of lower.h.
 * Does not know: single operators, kernels. */
#ifndef OCTET_LOWER_BINDER_H
#define OCTET_LOWER_BINDER_H

#include "lower/lower.h"

typedef struct octet_binder {
    octet_context *ctx;
    const octet_graph *graph;
    octet_arena *arena; /* parameters live here */
    octet_lower_options options;
    bool is_unsigned; /* the operator stands for one on uint8 tensors (unsigned.h) */
} octet_binder;

typedef octet_status octet_bind_function(octet_binder *binder, const octet_operator *op, octet_step *step);

/* Fills a step whose operands are the operator's: by the family that bind.c names. UNSUPPORTED names operator, layer
 * and types when there is no kernel. */
octet_status octet_bind(octet_binder *binder, const octet_operator *op, octet_step *step);

/* Always fails: no kernel for these types. */
octet_status octet_bind_unsupported(octet_binder *binder, const octet_operator *op);
/* The value of an input that must be there (MODEL otherwise). */
octet_status octet_bind_input(octet_binder *binder, const octet_operator *op, uint32_t i, octet_value **out);
/* Names inputs of the operator as the n operands of the step, in the kernel's order. */
octet_status octet_bind_operands(octet_binder *binder, const octet_operator *op, const uint32_t *inputs, uint32_t n,
                                 octet_step *step);
/* MODEL unless the value has exactly one scale (finite, > 0) and zero point. */
octet_status octet_bind_per_tensor(octet_binder *binder, const octet_operator *op, const octet_value *value,
                                   float *scale, int32_t *zero_point);
/* MODEL unless a and b have the same per-tensor parameters (operators that only move data). */
octet_status octet_bind_same_parameters(octet_binder *binder, const octet_operator *op, const octet_value *a,
                                        const octet_value *b);

#endif
