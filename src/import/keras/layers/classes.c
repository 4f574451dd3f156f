#include "import/keras/layers/classes.h"

#include <assert.h>
#include <string.h>

/* An InputLayer that is none of its model's inputs has nothing to read. */
static octet_status emit_input(octet_keras_call *call) {
    return octet_keras_contradict(call, "is no input of its model");
}

#define CONV                                                                                                     \
    "filters kernel_size strides padding data_format dilation_rate groups activation use_bias depth_multiplier " \
    "output_padding rank "
#define POOL "pool_size strides padding data_format "
#define RECURRENT                                                                                               \
    "units activation recurrent_activation use_bias unit_forget_bias dropout recurrent_dropout implementation " \
    "return_sequences "                                                                                         \
    "return_state "                                                                                             \
    "go_backwards stateful unroll time_major reset_after zero_output_for_mask recurrent_initializer bias_initializer "
#define GROUPED_HEADS \
    "head_dim num_query_heads num_key_value_heads dropout use_bias use_gate sliding_window flash_attention "
#define NORM "axis epsilon center scale momentum "

/* Sorted by family. The attributes that every layer has are in import/keras/build.c. */
static const octet_keras_class classes[] = {
    {"InputLayer", emit_input, NULL, "optional"},
    {"Dense", octet_keras_emit_dense, octet_keras_weights_dense, "units activation use_bias"},
    {"EinsumDense", octet_keras_emit_einsum_dense, octet_keras_weights_dense,
     "equation output_shape activation bias_axes"},
    {"Flatten", octet_keras_emit_flatten, NULL, "data_format"},
    {"Reshape", octet_keras_emit_reshape, NULL, "target_shape"},
    {"Permute", octet_keras_emit_permute, NULL, "dims"},
    {"RepeatVector", octet_keras_emit_repeat_vector, NULL, "n"},
    {"Embedding", octet_keras_emit_embedding, octet_keras_weights_embedding, "input_dim output_dim mask_zero"},
    {"ReversibleEmbedding", octet_keras_emit_reversible_embedding, octet_keras_weights_reversible_embedding,
     "input_dim output_dim mask_zero tie_weights reverse_dtype logit_soft_cap"},
    {"Masking", octet_keras_emit_masking, NULL, "mask_value"},
    {"Activation", octet_keras_emit_activation, NULL, "activation"},
    {"ReLU", octet_keras_emit_relu, NULL, "max_value negative_slope threshold"},
    {"Softmax", octet_keras_emit_softmax, NULL, "axis"},
    {"LeakyReLU", octet_keras_emit_leaky_relu, NULL, "alpha negative_slope"},
    {"PReLU", octet_keras_emit_prelu, octet_keras_weights_prelu, "shared_axes"},
    {"ELU", octet_keras_emit_elu, NULL, "alpha"},
    {"ThresholdedReLU", octet_keras_emit_thresholded_relu, NULL, "theta"},
    {"Conv1D", octet_keras_emit_conv_1d, octet_keras_weights_conv, CONV},
    {"Conv2D", octet_keras_emit_conv_2d, octet_keras_weights_conv, CONV},
    {"Conv3D", octet_keras_emit_conv_3d, octet_keras_weights_conv, CONV},
    {"DepthwiseConv1D", octet_keras_emit_depthwise_1d, octet_keras_weights_depthwise, CONV},
    {"DepthwiseConv2D", octet_keras_emit_depthwise_2d, octet_keras_weights_depthwise, CONV},
    {"SeparableConv1D", octet_keras_emit_separable_1d, octet_keras_weights_separable, CONV},
    {"SeparableConv2D", octet_keras_emit_separable_2d, octet_keras_weights_separable, CONV},
    {"Conv1DTranspose", octet_keras_emit_conv_1d_transpose, octet_keras_weights_conv, CONV},
    {"Conv2DTranspose", octet_keras_emit_conv_2d_transpose, octet_keras_weights_conv, CONV},
    {"MaxPooling1D", octet_keras_emit_pool_1d, NULL, POOL},
    {"MaxPooling2D", octet_keras_emit_pool_2d, NULL, POOL},
    {"MaxPooling3D", octet_keras_emit_pool_3d, NULL, POOL},
    {"AveragePooling1D", octet_keras_emit_pool_1d, NULL, POOL},
    {"AveragePooling2D", octet_keras_emit_pool_2d, NULL, POOL},
    {"AveragePooling3D", octet_keras_emit_pool_3d, NULL, POOL},
    {"GlobalMaxPooling1D", octet_keras_emit_global_pool, NULL, "data_format keepdims"},
    {"GlobalMaxPooling2D", octet_keras_emit_global_pool, NULL, "data_format keepdims"},
    {"GlobalMaxPooling3D", octet_keras_emit_global_pool, NULL, "data_format keepdims"},
    {"GlobalAveragePooling1D", octet_keras_emit_global_pool, NULL, "data_format keepdims"},
    {"GlobalAveragePooling2D", octet_keras_emit_global_pool, NULL, "data_format keepdims"},
    {"GlobalAveragePooling3D", octet_keras_emit_global_pool, NULL, "data_format keepdims"},
    {"AdaptiveAveragePooling1D", octet_keras_emit_adaptive_pool, NULL, "output_size data_format"},
    {"AdaptiveAveragePooling2D", octet_keras_emit_adaptive_pool, NULL, "output_size data_format"},
    {"AdaptiveAveragePooling3D", octet_keras_emit_adaptive_pool, NULL, "output_size data_format"},
    {"AdaptiveMaxPooling1D", octet_keras_emit_adaptive_pool, NULL, "output_size data_format"},
    {"AdaptiveMaxPooling2D", octet_keras_emit_adaptive_pool, NULL, "output_size data_format"},
    {"AdaptiveMaxPooling3D", octet_keras_emit_adaptive_pool, NULL, "output_size data_format"},
    {"BatchNormalization", octet_keras_emit_batch_normalization, octet_keras_weights_batch_normalization,
     NORM "fused renorm renorm_clipping renorm_momentum synchronized virtual_batch_size adjustment"},
    {"SyncBatchNormalization", octet_keras_emit_batch_normalization, octet_keras_weights_batch_normalization, NORM},
    {"LayerNormalization", octet_keras_emit_layer_normalization, octet_keras_weights_layer_normalization,
     NORM "rms_scaling"},
    {"GroupNormalization", octet_keras_emit_group_normalization, octet_keras_weights_layer_normalization,
     NORM "groups"},
    {"UnitNormalization", octet_keras_emit_unit_normalization, NULL, "axis order"},
    {"RMSNormalization", octet_keras_emit_rms_normalization, octet_keras_weights_rms_normalization, NORM},
    {"LayerScale", octet_keras_emit_layer_scale, octet_keras_weights_layer_scale, "init_values projection_dim"},
    {"CustomScaleLayer", octet_keras_emit_scaled_sum, NULL, "scale"},
    {"Normalization", octet_keras_emit_normalization, octet_keras_weights_normalization, "axis mean variance invert"},
    {"Rescaling", octet_keras_emit_rescaling, NULL, "scale offset"},
    {"Add", octet_keras_emit_merge, NULL, ""},
    {"Subtract", octet_keras_emit_merge, NULL, ""},
    {"Multiply", octet_keras_emit_merge, NULL, ""},
    {"Average", octet_keras_emit_merge, NULL, ""},
    {"Maximum", octet_keras_emit_merge, NULL, ""},
    {"Minimum", octet_keras_emit_merge, NULL, ""},
    {"Concatenate", octet_keras_emit_concatenate, NULL, "axis"},
    {"Dot", octet_keras_emit_dot, NULL, "axes normalize"},
    {"ZeroPadding1D", octet_keras_emit_zero_padding, NULL, "padding data_format"},
    {"ZeroPadding2D", octet_keras_emit_zero_padding, NULL, "padding data_format"},
    {"ZeroPadding3D", octet_keras_emit_zero_padding, NULL, "padding data_format"},
    {"Cropping1D", octet_keras_emit_cropping, NULL, "cropping data_format"},
    {"Cropping2D", octet_keras_emit_cropping, NULL, "cropping data_format"},
    {"Cropping3D", octet_keras_emit_cropping, NULL, "cropping data_format"},
    {"UpSampling1D", octet_keras_emit_upsampling, NULL, "size data_format"},
    {"UpSampling2D", octet_keras_emit_upsampling, NULL, "size data_format interpolation"},
    {"UpSampling3D", octet_keras_emit_upsampling, NULL, "size data_format"},
    {"Resizing", octet_keras_emit_resizing, NULL,
     "height width interpolation data_format crop_to_aspect_ratio pad_to_aspect_ratio fill_mode fill_value antialias"},
    {"CenterCrop", octet_keras_emit_center_crop, NULL, "height width data_format"},
    {"LSTM", octet_keras_emit_lstm, octet_keras_weights_recurrent, RECURRENT},
    {"GRU", octet_keras_emit_gru, octet_keras_weights_recurrent, RECURRENT},
    {"SimpleRNN", octet_keras_emit_simple_rnn, octet_keras_weights_recurrent, RECURRENT},
    {"CuDNNLSTM", octet_keras_emit_lstm, octet_keras_weights_recurrent, RECURRENT},
    {"CuDNNGRU", octet_keras_emit_gru, octet_keras_weights_recurrent, RECURRENT},
    {"ConvLSTM1D", octet_keras_emit_conv_lstm, octet_keras_weights_recurrent, CONV RECURRENT},
    {"ConvLSTM2D", octet_keras_emit_conv_lstm, octet_keras_weights_recurrent, CONV RECURRENT},
    {"ConvLSTM3D", octet_keras_emit_conv_lstm, octet_keras_weights_recurrent, CONV RECURRENT},
    {"RNN", octet_keras_emit_rnn, NULL, "cell " RECURRENT},
    {"LSTMCell", octet_keras_emit_cell, octet_keras_weights_cell, RECURRENT},
    {"GRUCell", octet_keras_emit_cell, octet_keras_weights_cell, RECURRENT},
    {"SimpleRNNCell", octet_keras_emit_cell, octet_keras_weights_cell, RECURRENT},
    {"Bidirectional", octet_keras_emit_bidirectional, NULL, "layer backward_layer merge_mode"},
    {"TimeDistributed", octet_keras_emit_time_distributed, NULL, "layer"},
    {"MultiHeadAttention", octet_keras_emit_multi_head_attention, octet_keras_weights_multi_head_attention,
     "num_heads key_dim value_dim dropout use_bias output_shape attention_axes query_shape key_shape value_shape "
     "softmax_robust_masking "
     "flash_attention use_gate sliding_window"},
    {"GroupedQueryAttention", octet_keras_emit_grouped_attention, octet_keras_weights_grouped_attention, GROUPED_HEADS},
    {"GroupQueryAttention", octet_keras_emit_grouped_attention, octet_keras_weights_grouped_attention, GROUPED_HEADS},
    {"Attention", octet_keras_emit_attention, octet_keras_weights_attention, "use_scale score_mode dropout causal"},
    {"AdditiveAttention", octet_keras_emit_additive_attention, octet_keras_weights_attention,
     "use_scale dropout causal"},
    /* In training they change the layer's weights; the file holds the weights as they were then. */
    {"SpectralNormalization", octet_keras_emit_wrapper, octet_keras_weights_spectral_normalization,
     "layer power_iterations"},
    {"PruneLowMagnitude", octet_keras_emit_wrapper, NULL,
     "layer pruning_schedule block_size block_pooling_type sparsity_m_by_n"},
    {"QuantizeLayer", octet_keras_emit_quantize_layer, octet_keras_weights_quantize_layer, "quantizer"},
    {"QuantizeWrapperV2", octet_keras_emit_quantize_wrapper, octet_keras_weights_quantize_wrapper,
     "layer quantize_config"},
    {"QuantizeWrapper", octet_keras_emit_quantize_wrapper, octet_keras_weights_quantize_wrapper,
     "layer quantize_config"},
    {"QuantizeAnnotate", octet_keras_emit_wrapper, NULL, "layer quantize_config"}, /* marked, and never trained so */
    {"Discretization", octet_keras_emit_discretization, NULL, "bin_boundaries num_bins epsilon output_mode"},
    {"CategoryEncoding", octet_keras_emit_category_encoding, NULL, "num_tokens output_mode"},
    {"IntegerLookup", octet_keras_emit_integer_lookup, NULL,
     "vocabulary vocabulary_size vocabulary_dtype num_oov_indices oov_token mask_token invert max_tokens output_mode "
     "pad_to_max_tokens "
     "idf_weights oov_method"},
    /* Functions among layers; an Operation of Keras 3 is written as a TFOpLambda is. */
    {"TFOpLambda", octet_keras_call_function, NULL, NULL},
    {"SlicingOpLambda", octet_keras_call_function, NULL, NULL},
    {"TensorFlowOpLayer", octet_keras_call_function, NULL, NULL},
    /* Training only. */
    {"Dropout", octet_keras_emit_identity, NULL, "rate"},
    {"SpatialDropout1D", octet_keras_emit_identity, NULL, "rate data_format"},
    {"SpatialDropout2D", octet_keras_emit_identity, NULL, "rate data_format"},
    {"SpatialDropout3D", octet_keras_emit_identity, NULL, "rate data_format"},
    {"AlphaDropout", octet_keras_emit_identity, NULL, "rate"},
    {"GaussianDropout", octet_keras_emit_identity, NULL, "rate"},
    {"GaussianNoise", octet_keras_emit_identity, NULL, "stddev"},
    {"ActivityRegularization", octet_keras_emit_identity, NULL, "l1 l2"},
    {"Identity", octet_keras_emit_identity, NULL, ""},
    {"StochasticDepth", octet_keras_emit_identity, NULL, "drop_path_rate"},
    {"FixedDropout", octet_keras_emit_identity, NULL, "rate"},
    {"RandomFlip", octet_keras_emit_identity, NULL, NULL},
    {"RandomRotation", octet_keras_emit_identity, NULL, NULL},
    {"RandomZoom", octet_keras_emit_identity, NULL, NULL},
    {"RandomTranslation", octet_keras_emit_identity, NULL, NULL},
    {"RandomContrast", octet_keras_emit_identity, NULL, NULL},
    {"RandomBrightness", octet_keras_emit_identity, NULL, NULL},
    {"RandomShear", octet_keras_emit_identity, NULL, NULL},
    {"RandomPerspective", octet_keras_emit_identity, NULL, NULL},
    {"RandomErasing", octet_keras_emit_identity, NULL, NULL},
    {"RandomColorJitter", octet_keras_emit_identity, NULL, NULL},
    {"RandomColorDegeneration", octet_keras_emit_identity, NULL, NULL},
    {"RandomHue", octet_keras_emit_identity, NULL, NULL},
    {"RandomSaturation", octet_keras_emit_identity, NULL, NULL},
    {"RandomGrayscale", octet_keras_emit_identity, NULL, NULL},
    {"RandomGaussianBlur", octet_keras_emit_identity, NULL, NULL},
    {"RandomInvert", octet_keras_emit_identity, NULL, NULL},
    {"RandomPosterization", octet_keras_emit_identity, NULL, NULL},
    {"RandomSharpness", octet_keras_emit_identity, NULL, NULL},
    {"RandomElasticTransform", octet_keras_emit_identity, NULL, NULL},
    {"RandomHeight", octet_keras_emit_identity, NULL, NULL},
    {"RandomWidth", octet_keras_emit_identity, NULL, NULL},
    {"AugMix", octet_keras_emit_identity, NULL, NULL},
    {"CutMix", octet_keras_emit_identity, NULL, NULL},
    {"MixUp", octet_keras_emit_identity, NULL, NULL},
    {"RandAugment", octet_keras_emit_identity, NULL, NULL},
    {"Solarization", octet_keras_emit_identity, NULL, NULL},
    {"Equalization", octet_keras_emit_identity, NULL, NULL},
};

/* Names of older versions. */
static const char *const aliases[][2] = {
    {"BatchNormalizationV1", "BatchNormalization"},
    {"BatchNormalizationV2", "BatchNormalization"},
    {"Convolution1D", "Conv1D"},
    {"Convolution2D", "Conv2D"},
    {"Convolution3D", "Conv3D"},
    {"SeparableConvolution1D", "SeparableConv1D"},
    {"SeparableConvolution2D", "SeparableConv2D"},
    {"Convolution2DTranspose", "Conv2DTranspose"},
    {"MaxPool1D", "MaxPooling1D"},
    {"MaxPool2D", "MaxPooling2D"},
    {"MaxPool3D", "MaxPooling3D"},
    {"AvgPool1D", "AveragePooling1D"},
    {"AvgPool2D", "AveragePooling2D"},
    {"AvgPool3D", "AveragePooling3D"},
    {"Convolution3D", "Conv3D"},
    {"Convolution1DTranspose", "Conv1DTranspose"},
    {"GlobalAvgPool2D", "GlobalAveragePooling2D"},
    {"GlobalMaxPool2D", "GlobalMaxPooling2D"},
    {"LSTMV1", "LSTM"},
    {"LSTMV2", "LSTM"},
    {"GRUV2", "GRU"},
};

const octet_keras_class *octet_keras_class_of(const octet_keras_layer *layer) {
    const char *name = layer->is_operation ? "TFOpLambda" : layer->class_name;
    const char *package = strchr(name, '>'); /* "Custom>LayerScale" */
    if (package != NULL) name = package + 1;
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++) {
        if (strcmp(name, aliases[i][0]) == 0) name = aliases[i][1];
    }
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        if (strcmp(name, classes[i].name) == 0) return &classes[i];
    }
    return NULL;
}

const octet_keras_class *octet_keras_class_at(uint32_t index) {
    return index < sizeof classes / sizeof *classes ? &classes[index] : NULL;
}

void octet_keras_weights_add(octet_keras_layer *layer, const char *name, const char *path, bool is_trainable) {
    assert(layer->n_weights < OCTET_KERAS_MAX_WEIGHTS);
    layer->weights[layer->n_weights++] = (octet_keras_weight){.name = name, .path = path, .is_trainable = is_trainable};
}
