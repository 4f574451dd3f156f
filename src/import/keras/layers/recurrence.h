/* import/keras/layers/recurrence.h - how a recurrent layer goes through its steps.
 * In:  the configuration of the layer, or of the RNN around a cell.
 * Out: its flags, checked.
 * Knows: which of them octet refuses, with the remedy.
 * Does not know: what a step computes (import/keras/layers/recurrent.h, import/keras/layers/conv_lstm.c). */
#ifndef OCTET_IMPORT_KERAS_LAYERS_RECURRENCE_H
#define OCTET_IMPORT_KERAS_LAYERS_RECURRENCE_H

#include "import/keras/emit/call.h"

typedef struct octet_keras_recurrence {
    bool return_sequences, return_state, go_backwards, unroll;
    bool is_stateful; /* begins where the call before ended */
    bool zero_masked; /* a masked step gives zeros; otherwise what the step before gave */
    bool time_major;  /* steps before batch, in what it reads and gives and in its masks */
} octet_keras_recurrence;

octet_status octet_keras_recurrence_of(octet_keras_call *call, octet_keras_recurrence *out);
/* Refuses a stateful layer whose operators cannot keep a state. */
octet_status octet_keras_refuse_stateful(octet_keras_call *call, const octet_keras_recurrence *steps);

/* The mask that the steps heed. Keras 3 finds none for a call with an initial state,
 * unless it is given as the argument `mask`. */
uint32_t octet_keras_recurrence_mask(const octet_keras_call *call);

/* x, or a mask, with its steps in the other order: those of axis 1, or 0 where it is time-major. */
octet_status octet_keras_reverse_steps(octet_keras_call *call, bool time_major, uint32_t x, uint32_t *out);

#endif
