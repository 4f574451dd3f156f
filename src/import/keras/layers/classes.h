/* import/keras/layers/classes.h - the table of Keras classes.
 * In:  a class name.
 * Out: what writes its operators, what lists its weights, which attributes it knows.
 * Knows: names only; each family of layers is one file keras_<family>.c.
 * Does not know: how anything is written. A new layer is a function in its family and a row in
 * import/keras/layers/classes.c. */
#ifndef OCTET_IMPORT_KERAS_LAYERS_CLASSES_H
#define OCTET_IMPORT_KERAS_LAYERS_CLASSES_H

#include "import/keras/emit/call.h"
#include "import/keras/names.h"

enum { OCTET_KERAS_MAX_WEIGHTS = 16 };

/* Appends to layer->weights (room for OCTET_KERAS_MAX_WEIGHTS) in Keras's order of creation. */
typedef octet_status octet_keras_weights_function(octet_context *ctx, octet_arena *arena, octet_keras_layer *layer);

typedef struct octet_keras_class {
    const char *name;
    octet_keras_emit_function *emit;
    octet_keras_weights_function *weights; /* NULL: none */
    const char *keys; /* attributes that it reads or may pass over, separated by blanks; those of every layer excepted;
                         NULL: any */
} octet_keras_class;

/* NULL when the class is unknown. */
const octet_keras_class *octet_keras_class_of(const octet_keras_layer *layer);
/* A keras.ops function or a TFOpLambda has its own tables (import/keras/functions/functions.c). */
const octet_keras_class *octet_keras_class_at(uint32_t index); /* NULL after the last; for messages and docs */

/* Appends a weight (or none when the list is full: an assertion). */
void octet_keras_weights_add(octet_keras_layer *layer, const char *name, const char *path, bool is_trainable);

/* Families. */
octet_keras_emit_function octet_keras_emit_dense, octet_keras_emit_einsum_dense, octet_keras_emit_flatten,
    octet_keras_emit_reshape, octet_keras_emit_permute, octet_keras_emit_repeat_vector, octet_keras_emit_identity,
    octet_keras_emit_embedding, octet_keras_emit_reversible_embedding, octet_keras_emit_masking;
octet_keras_emit_function octet_keras_emit_activation, octet_keras_emit_relu, octet_keras_emit_softmax,
    octet_keras_emit_leaky_relu, octet_keras_emit_prelu, octet_keras_emit_elu, octet_keras_emit_thresholded_relu;
octet_keras_emit_function octet_keras_emit_conv_1d, octet_keras_emit_conv_2d, octet_keras_emit_conv_3d,
    octet_keras_emit_depthwise_1d, octet_keras_emit_depthwise_2d, octet_keras_emit_separable_1d,
    octet_keras_emit_separable_2d, octet_keras_emit_conv_1d_transpose, octet_keras_emit_conv_2d_transpose;
octet_keras_emit_function octet_keras_emit_pool_1d, octet_keras_emit_pool_2d, octet_keras_emit_pool_3d,
    octet_keras_emit_global_pool, octet_keras_emit_adaptive_pool;
octet_keras_emit_function octet_keras_emit_batch_normalization, octet_keras_emit_layer_normalization,
    octet_keras_emit_group_normalization, octet_keras_emit_unit_normalization, octet_keras_emit_rms_normalization,
    octet_keras_emit_normalization, octet_keras_emit_layer_scale, octet_keras_emit_scaled_sum,
    octet_keras_emit_rescaling;
octet_keras_emit_function octet_keras_emit_merge, octet_keras_emit_concatenate, octet_keras_emit_dot;
octet_keras_emit_function octet_keras_emit_zero_padding, octet_keras_emit_cropping, octet_keras_emit_upsampling,
    octet_keras_emit_resizing, octet_keras_emit_center_crop;
octet_keras_emit_function octet_keras_emit_lstm, octet_keras_emit_gru, octet_keras_emit_simple_rnn,
    octet_keras_emit_rnn, octet_keras_emit_cell, octet_keras_emit_conv_lstm, octet_keras_emit_bidirectional,
    octet_keras_emit_time_distributed, octet_keras_emit_wrapper, octet_keras_emit_discretization,
    octet_keras_emit_category_encoding, octet_keras_emit_integer_lookup;
octet_keras_emit_function octet_keras_emit_multi_head_attention, octet_keras_emit_grouped_attention,
    octet_keras_emit_attention, octet_keras_emit_additive_attention;
octet_keras_emit_function octet_keras_emit_quantize_layer, octet_keras_emit_quantize_wrapper;
octet_keras_emit_function octet_keras_call_function; /* TFOpLambda, TensorFlowOpLayer, keras.ops */

octet_keras_weights_function octet_keras_weights_dense, octet_keras_weights_conv, octet_keras_weights_depthwise,
    octet_keras_weights_separable, octet_keras_weights_batch_normalization, octet_keras_weights_layer_normalization,
    octet_keras_weights_rms_normalization, octet_keras_weights_normalization, octet_keras_weights_layer_scale,
    octet_keras_weights_prelu, octet_keras_weights_embedding, octet_keras_weights_reversible_embedding,
    octet_keras_weights_recurrent, octet_keras_weights_cell, octet_keras_weights_multi_head_attention,
    octet_keras_weights_grouped_attention, octet_keras_weights_attention, octet_keras_weights_spectral_normalization,
    octet_keras_weights_quantize_layer, octet_keras_weights_quantize_wrapper;

#endif
