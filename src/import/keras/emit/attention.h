/* import/keras/emit/attention.h - what the attention layers share: the tensors that they are called with, their masks.
 * In:  a call of MultiHeadAttention, GroupedQueryAttention, Attention or AdditiveAttention.
 * Out: query, value and key by name; one mask of scores; attention weights from masked scores.
 * Knows: the order of arguments in each dialect, and how each writes a mask: Keras 2 adds -1e9, Keras 3 selects.
 * Does not know: projections (import/keras/layers/attention.c), how scores come about. */
#ifndef OCTET_IMPORT_KERAS_EMIT_ATTENTION_H
#define OCTET_IMPORT_KERAS_EMIT_ATTENTION_H

#include "import/keras/emit/call.h"

typedef struct octet_attention {
    uint32_t query, value, key;                /* [batch,...,features]; key is value where none is given */
    uint32_t query_mask, value_mask, key_mask; /* bool [batch,steps]; OCTET_NONE: none */
    uint32_t attention_mask; /* [batch,queries,keys] or of fewer dimensions, of any type; OCTET_NONE: none */
    bool is_causal, wants_scores;
    int32_t window; /* a query sees keys fewer than so many steps away; 0: all */
} octet_attention;

/* MODEL and UNSUPPORTED name the layer. is_dense: Attention and AdditiveAttention, which take a list of tensors and one
 * of masks. */
octet_status octet_keras_attention_read(octet_keras_call *call, bool is_dense, octet_attention *out);

/* All masks of MultiHeadAttention as one, bool [batch or 1,queries or 1,keys], a constant where nothing in it depends
 * on data; OCTET_NONE: nothing is masked. */
octet_status octet_keras_attention_mask(octet_keras_call *call, const octet_attention *attention, int32_t n_queries,
                                        int32_t n_keys, uint32_t *out);
/* bool constant [1,queries,keys]: a query sees keys up to its own step (is_causal) and within the window; turned: it
 * does not. */
octet_status octet_keras_attention_seen(octet_keras_call *call, const octet_attention *attention, int32_t n_queries,
                                        int32_t n_keys, bool turned, uint32_t *out);
/* A constant mask as numbers. */
octet_status octet_keras_attention_numbers(octet_keras_call *call, const char *name, uint32_t mask, float no, float yes,
                                           uint32_t *out);
/* axis 1: [batch,steps] as [batch,1,steps]; axis 2: as [batch,steps,1]. */
octet_status octet_keras_attention_expand(octet_keras_call *call, uint32_t mask, int32_t axis, uint32_t *out);
/* Softmax of scores [batch,...,queries,keys] over the keys that the mask leaves, as the Softmax layer does with a mask.
 * `mask`: OCTET_NONE, or of the scores' rank or less; it gets dimensions of 1 before its last two. is_transposed: the
 * scores are [batch,...,keys,queries] and are turned, behind a constant mask as TensorFlow has it. */
octet_status octet_keras_attention_softmax(octet_keras_call *call, uint32_t scores, uint32_t mask, bool is_transposed,
                                           uint32_t *out);
/* The same as keras.ops.dot_product_attention writes it: the mask spread over all heads, and no zeros behind. */
octet_status octet_keras_attention_dot_softmax(octet_keras_call *call, uint32_t scores, uint32_t mask, uint32_t *out);

#endif
