/* import/keras/emit/mask.h - masks: which steps of a sequence count.
 * In:  values with the masks that Embedding and Masking gave them.
 * Out: the mask that holds for what a layer reads; masks of what it returns.
 * Knows: how masks are passed on and merged, as Keras does. A mask is a bool value [batch,steps].
 * Does not know: what a layer does with one. */
#ifndef OCTET_IMPORT_KERAS_EMIT_MASK_H
#define OCTET_IMPORT_KERAS_EMIT_MASK_H

#include "import/keras/emit/call.h"

typedef struct octet_keras_masks {
    uint32_t *of; /* by graph value; OCTET_NONE: it has none */
    uint32_t n;
} octet_keras_masks;

/* OCTET_NONE: it has none. */
uint32_t octet_keras_mask_of(const octet_keras_call *call, uint32_t value);
octet_status octet_keras_mask_set(octet_keras_call *call, uint32_t value, uint32_t mask);

/* The mask of the call's first input, or the one that the call is given as its argument `mask`. */
uint32_t octet_keras_mask(const octet_keras_call *call);
/* Refuses a call that reads a value with a mask, or that is given one. */
octet_status octet_keras_refuse_mask(octet_keras_call *call);

/* After a layer was emitted: gives its outputs the masks of its inputs, where Keras does. Layers with rules of their
 * own (Embedding, Masking, recurrent ones) have set theirs already. */
octet_status octet_keras_mask_pass(octet_keras_call *call);

/* mask [batch,steps] as numbers 0 and 1 [batch,steps,1]. */
octet_status octet_keras_mask_numbers(octet_keras_call *call, uint32_t mask, uint32_t *out);

#endif
