/* import/keras/layers/recurrent.h - what LSTM, GRU and SimpleRNN share when they are unrolled, step by step.
 * In:  a call of one of them or of its cell.
 * Out: its inputs and kernels; its steps and masks one by one; the layer's outputs from their results.
 * Knows: TensorFlow's form for unroll=True. The first step starts from zeros, so its terms with the state are left out.
 *        Where a step is masked, SELECT_V2 keeps what was before.
 * Does not know: what a step computes (import/keras/layers/lstm.c, import/keras/layers/gru.c). */
#ifndef OCTET_IMPORT_KERAS_LAYERS_RECURRENT_H
#define OCTET_IMPORT_KERAS_LAYERS_RECURRENT_H

#include "import/keras/layers/recurrence.h"

typedef struct octet_keras_recurrent {
    int32_t units, n_gates, n_features, n_steps, batch;
    uint32_t x;    /* [batch,steps,features], or [steps,batch,features]; in the order of the steps */
    uint32_t h, c; /* initial state; OCTET_NONE: zeros */
    octet_keras_recurrence as;
    uint32_t mask, zeros; /* as the first axes of x, [batch,units]; OCTET_NONE: no mask */
    uint32_t *step_masks; /* by step: [batch,1] */
    uint32_t kernel, recurrent,
        bias; /* [gates * units, features], [gates * units, units], [gates * units] or OCTET_NONE */
} octet_keras_recurrent;

/* Inputs, initial state and mask, in the order of the steps; kernels are not loaded. */
octet_status octet_keras_recurrent_read(octet_keras_call *call, int32_t n_gates, octet_keras_recurrent *r);
/* Kernel `name` [rows, gates * units], that of cuDNN too. *out lives as long as the import. */
octet_status octet_keras_recurrent_kernel(octet_keras_call *call, const octet_keras_recurrent *r, const char *name,
                                          int32_t rows, const float **out);
/* Kernels transposed to [gates * units, in]; the bias is left alone. */
octet_status octet_keras_recurrent_load(octet_keras_call *call, octet_keras_recurrent *r);

/* x, with n numbers a step -> a value [batch,n] per step; the array lives as long as the import. */
octet_status octet_keras_recurrent_unpack(octet_keras_call *call, const octet_keras_recurrent *r, uint32_t x,
                                          uint32_t **steps);
/* The mask as a value [batch,1] per step, and the zeros that stand for what was before the first. */
octet_status octet_keras_recurrent_unpack_mask(octet_keras_call *call, octet_keras_recurrent *r);
/* `now` where the mask of the step is set, else `before`. */
octet_status octet_keras_recurrent_choose(octet_keras_call *call, const octet_keras_recurrent *r, int32_t step,
                                          uint32_t now, uint32_t before, uint32_t *out);
/* After a step has made *h of `before`: its state, and its result in steps[step]. */
octet_status octet_keras_recurrent_end_step(octet_keras_call *call, const octet_keras_recurrent *r, int32_t step,
                                            uint32_t before, uint32_t *h, uint32_t *steps);
/* The results of all steps, and the last state (c: OCTET_NONE for none) -> the layer's outputs. */
octet_status octet_keras_recurrent_return(octet_keras_call *call, const octet_keras_recurrent *r, const uint32_t *steps,
                                          uint32_t h, uint32_t c);

/* n equal parts along the axis that the constant `axis` names. */
octet_status octet_keras_recurrent_split(octet_keras_call *call, uint32_t axis, uint32_t x, int32_t n, uint32_t *out);
/* The attribute recurrent_activation, and the attribute activation. */
octet_status octet_keras_recurrent_gate(octet_keras_call *call, uint32_t x, uint32_t *out);
octet_status octet_keras_recurrent_squash(octet_keras_call *call, uint32_t x, uint32_t *out);

#endif
