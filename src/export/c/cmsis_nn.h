/* export/c/cmsis_nn.h - stages as calls of Arm's CMSIS-NN.
 * In:  a step, a stage.
 * Out: whether the library computes it; the function that calls it; the scratch that it may take.
 * Knows: the public interface of CMSIS-NN (arm_nnfunctions.h), which 4.1 and later share, and what its functions need.
 *        They give the bytes of numerics `integer`.
 * Does not know: how the library works. */
#ifndef OCTET_EXPORT_C_CMSIS_NN_H
#define OCTET_EXPORT_C_CMSIS_NN_H

#include "export/c/forms.h"

/* Whether the library computes what the step computes: the operator, one batch, operands of one shape, ... */
bool octet_c_cmsis_nn_has(const octet_c_emitter *e, const octet_step *step);
/* Whether the function of the step has a last parameter `scratch`. */
bool octet_c_cmsis_nn_takes_scratch(const octet_c_emitter *e, const octet_step *step);
/* Whether a function that is written takes scratch. */
bool octet_c_cmsis_nn_is_called(const octet_c_emitter *e);
/* Writes a stage WHOLE that the library computes. */
octet_c_emit octet_c_emit_cmsis_nn;
/* Writes @scratch_needed(), which asks the library. */
void octet_c_cmsis_nn_write_query(octet_c_emitter *e);

#endif
