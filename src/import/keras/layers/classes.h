/* import/keras/layers/classes.h - the functions of the families of layers, as the table of classes names them.
 * In:  a call of a layer; a layer whose weights are asked for.
 * Out: its operators; its weights by name and place.
 * Knows: which functions there are; each family of layers is one file.
 * Does not know: which class has which (import/keras/layers/classes.c). A new layer is a function in
 *        its family and a row in that table. */
#ifndef OCTET_IMPORT_KERAS_LAYERS_CLASSES_H
#define OCTET_IMPORT_KERAS_LAYERS_CLASSES_H

#include "import/keras/emit/call.h"
#include "import/keras/weights.h"

/* classes.c */
octet_keras_layer_writer octet_keras_layer_input;

/* basic.c */
octet_keras_layer_writer octet_keras_layer_dense, octet_keras_layer_einsum_dense, octet_keras_layer_flatten,
    octet_keras_layer_reshape, octet_keras_layer_permute, octet_keras_layer_repeat_vector, octet_keras_layer_identity,
    octet_keras_layer_embedding, octet_keras_layer_reversible_embedding, octet_keras_layer_masking;
octet_keras_weights_lister octet_keras_weights_dense, octet_keras_weights_embedding,
    octet_keras_weights_reversible_embedding;

/* activation.c */
octet_keras_layer_writer octet_keras_layer_activation, octet_keras_layer_relu, octet_keras_layer_softmax,
    octet_keras_layer_leaky_relu, octet_keras_layer_prelu, octet_keras_layer_elu, octet_keras_layer_thresholded_relu;
octet_keras_weights_lister octet_keras_weights_prelu;

/* conv.c */
octet_keras_layer_writer octet_keras_layer_conv_1d, octet_keras_layer_conv_2d, octet_keras_layer_conv_3d,
    octet_keras_layer_depthwise_1d, octet_keras_layer_depthwise_2d, octet_keras_layer_separable_1d,
    octet_keras_layer_separable_2d, octet_keras_layer_conv_1d_transpose, octet_keras_layer_conv_2d_transpose;
octet_keras_weights_lister octet_keras_weights_conv, octet_keras_weights_depthwise, octet_keras_weights_separable;

/* local.c */
octet_keras_layer_writer octet_keras_layer_locally_connected;

/* pool.c */
octet_keras_layer_writer octet_keras_layer_pool_2d, octet_keras_layer_pool_1d, octet_keras_layer_pool_3d,
    octet_keras_layer_global_pool, octet_keras_layer_adaptive_pool;

/* norm.c */
octet_keras_layer_writer octet_keras_layer_batch_normalization, octet_keras_layer_layer_normalization,
    octet_keras_layer_group_normalization, octet_keras_layer_unit_normalization, octet_keras_layer_rms_normalization,
    octet_keras_layer_normalization, octet_keras_layer_rescaling, octet_keras_layer_layer_scale,
    octet_keras_layer_scaled_sum;
octet_keras_weights_lister octet_keras_weights_batch_normalization, octet_keras_weights_layer_normalization,
    octet_keras_weights_rms_normalization, octet_keras_weights_normalization, octet_keras_weights_layer_scale;

/* merge.c */
octet_keras_layer_writer octet_keras_layer_merge, octet_keras_layer_concatenate, octet_keras_layer_dot;

/* spatial.c */
octet_keras_layer_writer octet_keras_layer_zero_padding, octet_keras_layer_cropping, octet_keras_layer_upsampling,
    octet_keras_layer_resizing, octet_keras_layer_center_crop;

/* lstm.c */
octet_keras_layer_writer octet_keras_layer_lstm;

/* gru.c */
octet_keras_layer_writer octet_keras_layer_gru, octet_keras_layer_simple_rnn;

/* recurrent.c */
octet_keras_weights_lister octet_keras_weights_recurrent, octet_keras_weights_cell;

/* rnn.c */
octet_keras_layer_writer octet_keras_layer_stacked_cells, octet_keras_layer_rnn;

/* conv_lstm.c */
octet_keras_layer_writer octet_keras_layer_conv_lstm;

/* wrapper.c */
octet_keras_layer_writer octet_keras_layer_bidirectional, octet_keras_layer_time_distributed, octet_keras_layer_wrapper;
octet_keras_weights_lister octet_keras_weights_spectral_normalization, octet_keras_weights_pruned,
    octet_keras_weights_clustered;

/* attention.c */
octet_keras_layer_writer octet_keras_layer_multi_head_attention, octet_keras_layer_grouped_attention;
octet_keras_weights_lister octet_keras_weights_multi_head_attention, octet_keras_weights_grouped_attention;

/* attention_dense.c */
octet_keras_layer_writer octet_keras_layer_attention, octet_keras_layer_additive_attention;
octet_keras_weights_lister octet_keras_weights_attention;

/* category.c */
octet_keras_layer_writer octet_keras_layer_discretization, octet_keras_layer_category_encoding,
    octet_keras_layer_integer_lookup;
octet_keras_weights_lister octet_keras_weights_discretization;

/* trained.c */
octet_keras_layer_writer octet_keras_layer_quantize_layer, octet_keras_layer_quantize_wrapper;
octet_keras_weights_lister octet_keras_weights_quantize_layer, octet_keras_weights_quantize_wrapper;

#endif
