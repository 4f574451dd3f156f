/* import/keras/layers/classes.h - the functions of the families of layers, as the table of classes names them.
 * In:  a call of a layer; a layer whose weights are asked for.
 * Out: its operators; its weights by name and place.
 * Knows: which functions there are; each family of layers is one file.
 * Does not know: which class has which (import/keras/layers/classes.c). A new layer is a function in its family and a
 * row in that table. */
#ifndef OCTET_IMPORT_KERAS_LAYERS_CLASSES_H
#define OCTET_IMPORT_KERAS_LAYERS_CLASSES_H

#include "import/keras/emit/call.h"
#include "import/keras/weights.h"

octet_keras_emit_function octet_keras_emit_input, octet_keras_emit_dense, octet_keras_emit_einsum_dense,
    octet_keras_emit_flatten, octet_keras_emit_reshape, octet_keras_emit_permute, octet_keras_emit_repeat_vector,
    octet_keras_emit_identity, octet_keras_emit_embedding, octet_keras_emit_reversible_embedding,
    octet_keras_emit_masking;
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
    octet_keras_emit_rnn, octet_keras_emit_stacked_cells, octet_keras_emit_conv_lstm, octet_keras_emit_bidirectional,
    octet_keras_emit_time_distributed, octet_keras_emit_wrapper, octet_keras_emit_discretization,
    octet_keras_emit_category_encoding, octet_keras_emit_integer_lookup;
octet_keras_emit_function octet_keras_emit_multi_head_attention, octet_keras_emit_grouped_attention,
    octet_keras_emit_attention, octet_keras_emit_additive_attention;
octet_keras_emit_function octet_keras_emit_quantize_layer, octet_keras_emit_quantize_wrapper;

octet_keras_weights_function octet_keras_weights_dense, octet_keras_weights_conv, octet_keras_weights_depthwise,
    octet_keras_weights_separable, octet_keras_weights_batch_normalization, octet_keras_weights_layer_normalization,
    octet_keras_weights_rms_normalization, octet_keras_weights_normalization, octet_keras_weights_layer_scale,
    octet_keras_weights_prelu, octet_keras_weights_embedding, octet_keras_weights_reversible_embedding,
    octet_keras_weights_recurrent, octet_keras_weights_cell, octet_keras_weights_multi_head_attention,
    octet_keras_weights_grouped_attention, octet_keras_weights_attention, octet_keras_weights_spectral_normalization,
    octet_keras_weights_quantize_layer, octet_keras_weights_quantize_wrapper;

#endif
