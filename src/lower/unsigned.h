/* lower/unsigned.h - operators on uint8 tensors, through the kernels of int8.
 * In:  an operator with uint8 operands, and the function that binds it for int8.
 * Out: a step of kernel as_s8: it turns uint8 operands into int8 ones (q - 128, the zero point too), does the int8 step
 *        on them and turns the results back.
 * Knows: what LiteRT's uint8 kernels, which are older, do otherwise; octet_binder.is_unsigned tells the families.
 * Does not know: single kernels. Pools, bilinear resizing and joins have uint8 kernels of their
 *        own, other movements take any bytes. */
#ifndef OCTET_LOWER_UNSIGNED_H
#define OCTET_LOWER_UNSIGNED_H

#include "lower/binder.h"

/* A value of the inner step. */
typedef struct octet_turned {
    uint32_t value; /* of the graph; OCTET_NONE: `constant`, or absent */
    const void *constant;
    size_t n_turned; /* bytes to turn before the inner step (an operand) or after it (a result); 0: taken as it is */
    size_t offset;   /* of a turned operand in the shared memory */
} octet_turned;

enum { OCTET_AS_S8_VALUES = 8, OCTET_AS_S8_BLOCK = 1 << 14 }; /* at most; bytes of a unit of turning */

/* Phase 0 turns operands, block after block of one operand after the other; then come the phases of the inner step,
 * whose values are numbered as `values` and whose shared memory begins behind the turned operands; the last phase turns
 * the results where they are. */
struct octet_as_s8_params {
    octet_step inner;
    const octet_value *twins; /* type, shape, quantization and data of the inner step's values */
    octet_turned values[OCTET_AS_S8_VALUES];
    uint32_t n_values, n_inputs; /* operands first */
    uint32_t inner_shared;       /* where the inner step's shared memory begins */
};

static inline uint32_t octet_as_s8_blocks(const octet_turned *t) {
    return (uint32_t)((t->n_turned + OCTET_AS_S8_BLOCK - 1) / OCTET_AS_S8_BLOCK);
}

/* Whether an input or output of the operator is uint8. */
bool octet_bind_has_unsigned(const octet_graph *graph, const octet_operator *op);
octet_status octet_bind_unsigned(octet_binder *binder, const octet_operator *op, octet_bind_function *bind,
                                 octet_step *step);
/* Phases, units and memory of the step around an inner step that needs `inner`. */
octet_work octet_as_s8_work(const octet_as_s8_params *p, const octet_work *inner);

#endif
