#include "import/keras/layers/classes.h"

#include <string.h>

#include "import/keras/names.h"

/* An InputLayer that is none of its model's inputs has nothing to read. */
octet_status octet_keras_layer_input(octet_keras_call *call) {
    return octet_keras_contradict(call, "is no input of its model");
}

/* Attributes of every layer, which say nothing about inference. */
static const char common_keys[] = "name trainable dtype batch_input_shape batch_shape batch_size input_shape input_dim "
                                  "input_length build_config compile_config seed "
                                  "registered_name module autocast activity_regularizer kernel_regularizer "
                                  "bias_regularizer kernel_initializer bias_initializer "
                                  "kernel_constraint bias_constraint quantization_config lora_rank lora_alpha "
                                  "shared_object_id sparse ragged dynamic noise_shape";

/* Attributes of families. */
#define CONV_KEYS                                                                                                \
    "filters kernel_size strides padding data_format dilation_rate groups activation use_bias depth_multiplier " \
    "output_padding rank "
#define POOL_KEYS "pool_size strides padding data_format"
#define RECURRENT_KEYS                                                                                          \
    "units activation recurrent_activation use_bias unit_forget_bias dropout recurrent_dropout implementation " \
    "return_sequences return_state go_backwards stateful unroll time_major reset_after zero_output_for_mask "   \
    "recurrent_initializer bias_initializer"
#define GROUPED_HEADS_KEYS \
    "head_dim num_query_heads num_key_value_heads dropout use_bias use_gate sliding_window flash_attention"
#define NORM_KEYS "axis epsilon center scale momentum "

/* Reasons that several classes share. */
#define NO_TEXTS                                                                                                   \
    "texts and hashes are no part of a TensorFlow Lite model; compute the indices before the model, and save one " \
    "whose Input they are"
#define NO_PROGRAMS                                                                                               \
    "it holds a program of another library, which is never run; rebuild its part with Keras layers and copy the " \
    "weights"
#define NO_SPECTROGRAMS                                                                                            \
    "spectrograms are supported as functions of the data only; compute them before the model, and save one whose " \
    "Input they are"

/* Rows and their columns (import/keras/class.h). */
#define LAYER(class_name, function, ...) \
    { .name = class_name, .write = octet_keras_layer_##function, __VA_ARGS__ }
#define FUNCTIONS(class_name, ...) \
    { .name = class_name, .is_function = true, .takes_integers = true, __VA_ARGS__ }
#define REFUSED(class_name, sentence) \
    { .name = class_name, .refusal = sentence }
#define WEIGHTS(function) .weights = octet_keras_weights_##function
#define KEYS(words) .keys = words
#define ANY_KEYS .keys = NULL
#define ALIASES(words) .aliases = words
#define AXES(n) .n_axes = n
#define CODE(name) .code = OCTET_OP_##name
#define PASSES_MASK .mask = OCTET_KERAS_MASK_PASSED
#define MERGES_MASKS .mask = OCTET_KERAS_MASK_MERGED
#define INNER(place) .inner = OCTET_KERAS_INNER_##place
#define STATES(n) .n_states = n
#define INPUT .is_input = true
#define OPERATION .is_operation = true
#define NODE .is_node = true
#define ACTIVATION .is_activation = true
#define RECURRENT .is_recurrent = true
#define CELL .is_cell = true
#define CUDNN .is_cudnn = true
#define STEPLESS .is_stepless = true
#define EQUATION .is_equation = true
#define TABLE .is_table = true
#define TRAINER .is_trainer = true
#define CLUSTERER .is_clusterer = true
#define BARE .is_bare = true
#define INTEGERS .takes_integers = true
#define STORED .has_stored_parts = true

/* By family. */
static const octet_keras_class classes[] = {
    LAYER("InputLayer", input, KEYS("optional"), INPUT),
    LAYER("Dense", dense, WEIGHTS(dense), KEYS("units activation use_bias"), PASSES_MASK, STEPLESS, STORED),
    LAYER("EinsumDense", einsum_dense, WEIGHTS(dense), KEYS("equation output_shape activation bias_axes"), STORED,
          EQUATION),
    LAYER("Flatten", flatten, KEYS("data_format"), INTEGERS),
    LAYER("Reshape", reshape, KEYS("target_shape"), INTEGERS),
    LAYER("Permute", permute, KEYS("dims"), INTEGERS),
    LAYER("RepeatVector", repeat_vector, KEYS("n"), INTEGERS),
    LAYER("Embedding", embedding, WEIGHTS(embedding), KEYS("input_dim output_dim mask_zero"), INTEGERS, STORED, TABLE),
    LAYER("ReversibleEmbedding", reversible_embedding, WEIGHTS(reversible_embedding),
          KEYS("input_dim output_dim mask_zero tie_weights reverse_dtype logit_soft_cap"), INTEGERS),
    LAYER("Masking", masking, KEYS("mask_value")),
    LAYER("Activation", activation, KEYS("activation"), PASSES_MASK, STEPLESS, ACTIVATION),
    LAYER("ReLU", relu, KEYS("max_value negative_slope threshold"), PASSES_MASK, STEPLESS, ACTIVATION, BARE),
    LAYER("Softmax", softmax, KEYS("axis"), ACTIVATION),
    LAYER("LeakyReLU", leaky_relu, KEYS("alpha negative_slope"), PASSES_MASK, STEPLESS, ACTIVATION),
    LAYER("PReLU", prelu, WEIGHTS(prelu), KEYS("shared_axes"), PASSES_MASK),
    LAYER("ELU", elu, KEYS("alpha"), PASSES_MASK, STEPLESS, ACTIVATION),
    LAYER("ThresholdedReLU", thresholded_relu, KEYS("theta"), PASSES_MASK),
    LAYER("Conv1D", conv_1d, WEIGHTS(conv), KEYS(CONV_KEYS), STORED, ALIASES("Convolution1D")),
    LAYER("Conv2D", conv_2d, WEIGHTS(conv), KEYS(CONV_KEYS), STORED, ALIASES("Convolution2D")),
    LAYER("Conv3D", conv_3d, WEIGHTS(conv), KEYS(CONV_KEYS), STORED, ALIASES("Convolution3D")),
    LAYER("DepthwiseConv1D", depthwise_1d, WEIGHTS(depthwise), KEYS(CONV_KEYS)),
    LAYER("DepthwiseConv2D", depthwise_2d, WEIGHTS(depthwise), KEYS(CONV_KEYS)),
    LAYER("SeparableConv1D", separable_1d, WEIGHTS(separable), KEYS(CONV_KEYS), ALIASES("SeparableConvolution1D")),
    LAYER("SeparableConv2D", separable_2d, WEIGHTS(separable), KEYS(CONV_KEYS), ALIASES("SeparableConvolution2D")),
    LAYER("Conv1DTranspose", conv_1d_transpose, WEIGHTS(conv), KEYS(CONV_KEYS), ALIASES("Convolution1DTranspose")),
    LAYER("Conv2DTranspose", conv_2d_transpose, WEIGHTS(conv), KEYS(CONV_KEYS), ALIASES("Convolution2DTranspose")),
    LAYER("LocallyConnected1D", locally_connected, WEIGHTS(conv), KEYS(CONV_KEYS "implementation"), AXES(1)),
    LAYER("LocallyConnected2D", locally_connected, WEIGHTS(conv), KEYS(CONV_KEYS "implementation"), AXES(2)),
    LAYER("MaxPooling1D", pool_1d, KEYS(POOL_KEYS), AXES(1), CODE(MAX_POOL_2D), ALIASES("MaxPool1D")),
    LAYER("MaxPooling2D", pool_2d, KEYS(POOL_KEYS), AXES(2), CODE(MAX_POOL_2D), ALIASES("MaxPool2D")),
    LAYER("MaxPooling3D", pool_3d, KEYS(POOL_KEYS), AXES(3), CODE(MAX_POOL_2D), ALIASES("MaxPool3D")),
    LAYER("AveragePooling1D", pool_1d, KEYS(POOL_KEYS), AXES(1), CODE(AVERAGE_POOL_2D), ALIASES("AvgPool1D")),
    LAYER("AveragePooling2D", pool_2d, KEYS(POOL_KEYS), AXES(2), CODE(AVERAGE_POOL_2D), ALIASES("AvgPool2D")),
    LAYER("AveragePooling3D", pool_3d, KEYS(POOL_KEYS), AXES(3), CODE(AVERAGE_POOL_2D), ALIASES("AvgPool3D")),
    LAYER("GlobalMaxPooling1D", global_pool, KEYS("data_format keepdims"), AXES(1), CODE(REDUCE_MAX)),
    LAYER("GlobalMaxPooling2D", global_pool, KEYS("data_format keepdims"), AXES(2), CODE(REDUCE_MAX),
          ALIASES("GlobalMaxPool2D")),
    LAYER("GlobalMaxPooling3D", global_pool, KEYS("data_format keepdims"), AXES(3), CODE(REDUCE_MAX)),
    LAYER("GlobalAveragePooling1D", global_pool, KEYS("data_format keepdims"), AXES(1), CODE(MEAN)),
    LAYER("GlobalAveragePooling2D", global_pool, KEYS("data_format keepdims"), AXES(2), CODE(MEAN),
          ALIASES("GlobalAvgPool2D")),
    LAYER("GlobalAveragePooling3D", global_pool, KEYS("data_format keepdims"), AXES(3), CODE(MEAN)),
    LAYER("AdaptiveAveragePooling1D", adaptive_pool, KEYS("output_size data_format"), AXES(1), CODE(AVERAGE_POOL_2D)),
    LAYER("AdaptiveAveragePooling2D", adaptive_pool, KEYS("output_size data_format"), AXES(2), CODE(AVERAGE_POOL_2D)),
    REFUSED("AdaptiveAveragePooling3D", "is not supported in three dimensions; use AveragePooling3D"),
    LAYER("AdaptiveMaxPooling1D", adaptive_pool, KEYS("output_size data_format"), AXES(1), CODE(MAX_POOL_2D)),
    LAYER("AdaptiveMaxPooling2D", adaptive_pool, KEYS("output_size data_format"), AXES(2), CODE(MAX_POOL_2D)),
    REFUSED("AdaptiveMaxPooling3D", "is not supported in three dimensions; use AveragePooling3D"),
    LAYER("BatchNormalization", batch_normalization, WEIGHTS(batch_normalization),
          KEYS(NORM_KEYS "fused renorm renorm_clipping renorm_momentum synchronized virtual_batch_size adjustment"),
          PASSES_MASK, ALIASES("BatchNormalizationV1 BatchNormalizationV2")),
    LAYER("SyncBatchNormalization", batch_normalization, WEIGHTS(batch_normalization), KEYS(NORM_KEYS)),
    LAYER("LayerNormalization", layer_normalization, WEIGHTS(layer_normalization), KEYS(NORM_KEYS "rms_scaling"),
          PASSES_MASK),
    LAYER("GroupNormalization", group_normalization, WEIGHTS(layer_normalization), KEYS(NORM_KEYS "groups"),
          PASSES_MASK),
    LAYER("UnitNormalization", unit_normalization, KEYS("axis order"), PASSES_MASK),
    LAYER("RMSNormalization", rms_normalization, WEIGHTS(rms_normalization), KEYS(NORM_KEYS), PASSES_MASK),
    LAYER("LayerScale", layer_scale, WEIGHTS(layer_scale), KEYS("init_values projection_dim")),
    LAYER("CustomScaleLayer", scaled_sum, KEYS("scale")),
    LAYER("Normalization", normalization, WEIGHTS(normalization), KEYS("axis mean variance invert")),
    LAYER("Rescaling", rescaling, KEYS("scale offset"), STEPLESS),
    LAYER("Add", merge, KEYS(""), MERGES_MASKS, CODE(ADD)),
    LAYER("Subtract", merge, KEYS(""), MERGES_MASKS, CODE(SUB)),
    LAYER("Multiply", merge, KEYS(""), MERGES_MASKS, CODE(MUL)),
    LAYER("Average", merge, KEYS(""), MERGES_MASKS, CODE(MEAN)),
    LAYER("Maximum", merge, KEYS(""), MERGES_MASKS, CODE(MAXIMUM)),
    LAYER("Minimum", merge, KEYS(""), MERGES_MASKS, CODE(MINIMUM)),
    LAYER("Concatenate", concatenate, KEYS("axis"), MERGES_MASKS, INTEGERS),
    LAYER("Dot", dot, KEYS("axes normalize")),
    LAYER("ZeroPadding1D", zero_padding, KEYS("padding data_format"), AXES(1), INTEGERS),
    LAYER("ZeroPadding2D", zero_padding, KEYS("padding data_format"), AXES(2)),
    LAYER("ZeroPadding3D", zero_padding, KEYS("padding data_format"), AXES(3)),
    LAYER("Cropping1D", cropping, KEYS("cropping data_format"), AXES(1), INTEGERS),
    LAYER("Cropping2D", cropping, KEYS("cropping data_format"), AXES(2)),
    LAYER("Cropping3D", cropping, KEYS("cropping data_format"), AXES(3)),
    LAYER("UpSampling1D", upsampling, KEYS("size data_format"), AXES(1)),
    LAYER("UpSampling2D", upsampling, KEYS("size data_format interpolation"), AXES(2)),
    LAYER("UpSampling3D", upsampling, KEYS("size data_format"), AXES(3)),
    LAYER("Resizing", resizing,
          KEYS("height width interpolation data_format crop_to_aspect_ratio pad_to_aspect_ratio fill_mode fill_value "
               "antialias")),
    LAYER("CenterCrop", center_crop, KEYS("height width data_format")),
    LAYER("LSTM", lstm, WEIGHTS(recurrent), KEYS(RECURRENT_KEYS), RECURRENT, STATES(2), ALIASES("LSTMV1 LSTMV2")),
    LAYER("GRU", gru, WEIGHTS(recurrent), KEYS(RECURRENT_KEYS), RECURRENT, STATES(1), ALIASES("GRUV2")),
    LAYER("SimpleRNN", simple_rnn, WEIGHTS(recurrent), KEYS(RECURRENT_KEYS), RECURRENT, STATES(1)),
    LAYER("CuDNNLSTM", lstm, WEIGHTS(recurrent), KEYS(RECURRENT_KEYS), RECURRENT, STATES(2), CUDNN),
    LAYER("CuDNNGRU", gru, WEIGHTS(recurrent), KEYS(RECURRENT_KEYS), RECURRENT, STATES(1), CUDNN),
    LAYER("ConvLSTM1D", conv_lstm, WEIGHTS(recurrent), KEYS(CONV_KEYS RECURRENT_KEYS), AXES(1), RECURRENT, STATES(2)),
    LAYER("ConvLSTM2D", conv_lstm, WEIGHTS(recurrent), KEYS(CONV_KEYS RECURRENT_KEYS), AXES(2), RECURRENT, STATES(2)),
    REFUSED("ConvLSTM3D", "TensorFlow Lite has no integer convolution in three dimensions; use ConvLSTM2D over slices"),
    LAYER("RNN", rnn, KEYS("cell " RECURRENT_KEYS), RECURRENT, INNER(CELL)),
    LAYER("LSTMCell", lstm, WEIGHTS(cell), KEYS(RECURRENT_KEYS), STATES(2), CELL),
    LAYER("GRUCell", gru, WEIGHTS(cell), KEYS(RECURRENT_KEYS), STATES(1), CELL),
    LAYER("SimpleRNNCell", simple_rnn, WEIGHTS(cell), KEYS(RECURRENT_KEYS), STATES(1), CELL),
    LAYER("StackedRNNCells", stacked_cells, ANY_KEYS, INNER(CELLS)),
    LAYER("Bidirectional", bidirectional, KEYS("layer backward_layer merge_mode"), INNER(DIRECTIONS)),
    LAYER("TimeDistributed", time_distributed, KEYS("layer"), PASSES_MASK, INTEGERS),
    LAYER("MultiHeadAttention", multi_head_attention, WEIGHTS(multi_head_attention),
          KEYS("num_heads key_dim value_dim dropout use_bias output_shape attention_axes query_shape key_shape "
               "value_shape softmax_robust_masking flash_attention use_gate sliding_window"),
          PASSES_MASK),
    LAYER("GroupedQueryAttention", grouped_attention, WEIGHTS(grouped_attention), KEYS(GROUPED_HEADS_KEYS),
          ALIASES("GroupQueryAttention")),
    LAYER("Attention", attention, WEIGHTS(attention), KEYS("use_scale score_mode dropout causal")),
    LAYER("AdditiveAttention", additive_attention, WEIGHTS(attention), KEYS("use_scale dropout causal")),
    /* In training they change the layer's weights; the file holds the weights as they were then. */
    LAYER("SpectralNormalization", wrapper, WEIGHTS(spectral_normalization), KEYS("layer power_iterations")),
    LAYER("PruneLowMagnitude", wrapper, WEIGHTS(pruned),
          KEYS("layer pruning_schedule block_size block_pooling_type sparsity_m_by_n")),
    LAYER("ClusterWeights", wrapper, WEIGHTS(clustered),
          KEYS("layer number_of_clusters cluster_centroids_init preserve_sparsity cluster_gradient_aggregation "
               "cluster_per_channel"),
          CLUSTERER),
    LAYER("QuantizeLayer", quantize_layer, WEIGHTS(quantize_layer), KEYS("quantizer")),
    LAYER("QuantizeWrapperV2", quantize_wrapper, WEIGHTS(quantize_wrapper), KEYS("layer quantize_config"), TRAINER),
    LAYER("QuantizeWrapper", quantize_wrapper, WEIGHTS(quantize_wrapper), KEYS("layer quantize_config"), TRAINER),
    /* Marked, and never trained so. */
    LAYER("QuantizeAnnotate", wrapper, KEYS("layer quantize_config")),
    LAYER("Discretization", discretization, WEIGHTS(discretization),
          KEYS("bin_boundaries num_bins epsilon output_mode"), BARE),
    LAYER("CategoryEncoding", category_encoding, KEYS("num_tokens output_mode")),
    LAYER("IntegerLookup", integer_lookup,
          KEYS("vocabulary vocabulary_size vocabulary_dtype num_oov_indices oov_token mask_token invert max_tokens "
               "output_mode pad_to_max_tokens idf_weights oov_method")),
    /* Functions among layers; an Operation of Keras 3 is written as a TFOpLambda is. */
    FUNCTIONS("TFOpLambda", OPERATION),
    FUNCTIONS("SlicingOpLambda", .is_node = false),
    FUNCTIONS("TensorFlowOpLayer", NODE),
    /* Training only. */
    LAYER("Dropout", identity, KEYS("rate"), PASSES_MASK, STEPLESS, INTEGERS),
    LAYER("SpatialDropout1D", identity, KEYS("rate data_format"), PASSES_MASK, BARE),
    LAYER("SpatialDropout2D", identity, KEYS("rate data_format"), BARE),
    LAYER("SpatialDropout3D", identity, KEYS("rate data_format"), BARE),
    LAYER("AlphaDropout", identity, KEYS("rate"), PASSES_MASK, STEPLESS),
    LAYER("GaussianDropout", identity, KEYS("rate"), PASSES_MASK, STEPLESS),
    LAYER("GaussianNoise", identity, KEYS("stddev"), PASSES_MASK, STEPLESS),
    LAYER("ActivityRegularization", identity, KEYS("l1 l2"), PASSES_MASK),
    LAYER("Identity", identity, KEYS(""), PASSES_MASK, STEPLESS, INTEGERS),
    LAYER("StochasticDepth", identity, KEYS("drop_path_rate")),
    LAYER("FixedDropout", identity, KEYS("rate")),
    LAYER("RandomFlip", identity, ANY_KEYS),
    LAYER("RandomRotation", identity, ANY_KEYS),
    LAYER("RandomZoom", identity, ANY_KEYS),
    LAYER("RandomTranslation", identity, ANY_KEYS),
    LAYER("RandomContrast", identity, ANY_KEYS),
    LAYER("RandomBrightness", identity, ANY_KEYS),
    LAYER("RandomShear", identity, ANY_KEYS),
    LAYER("RandomPerspective", identity, ANY_KEYS),
    LAYER("RandomErasing", identity, ANY_KEYS),
    LAYER("RandomColorJitter", identity, ANY_KEYS),
    LAYER("RandomColorDegeneration", identity, ANY_KEYS),
    LAYER("RandomHue", identity, ANY_KEYS),
    LAYER("RandomSaturation", identity, ANY_KEYS),
    LAYER("RandomGrayscale", identity, ANY_KEYS),
    LAYER("RandomGaussianBlur", identity, ANY_KEYS),
    LAYER("RandomInvert", identity, ANY_KEYS),
    LAYER("RandomPosterization", identity, ANY_KEYS),
    LAYER("RandomSharpness", identity, ANY_KEYS),
    LAYER("RandomElasticTransform", identity, ANY_KEYS),
    LAYER("RandomHeight", identity, ANY_KEYS),
    LAYER("RandomWidth", identity, ANY_KEYS),
    LAYER("AugMix", identity, ANY_KEYS),
    LAYER("CutMix", identity, ANY_KEYS),
    LAYER("MixUp", identity, ANY_KEYS),
    LAYER("RandAugment", identity, ANY_KEYS),
    LAYER("Solarization", identity, ANY_KEYS),
    LAYER("Equalization", identity, ANY_KEYS),
    /* Known, and refused with what to do instead. */
    REFUSED("Lambda", "a Lambda holds Python code, which is never run; replace it by layers (Rescaling, Reshape, "
                      "Activation, ...) and save again"),
    REFUSED("StringLookup", NO_TEXTS),
    REFUSED("TextVectorization", NO_TEXTS),
    REFUSED("Hashing", NO_TEXTS),
    REFUSED("HashedCrossing", NO_TEXTS),
    REFUSED("TFSMLayer", NO_PROGRAMS),
    REFUSED("JaxLayer", NO_PROGRAMS),
    REFUSED("FlaxLayer", NO_PROGRAMS),
    REFUSED("TorchModuleWrapper", NO_PROGRAMS),
    REFUSED("STFTSpectrogram", NO_SPECTROGRAMS),
    REFUSED("MelSpectrogram", NO_SPECTROGRAMS),
    REFUSED("ContrastLimitedAdaptiveHistogramEqualization",
            "it acts at inference too and is not supported; equalize the pictures of the data before the model"),
    REFUSED("MaxNumBoundingBoxes", "bounding boxes are no part of a model's inference; save the model without it"),
    REFUSED("Pipeline",
            "a Pipeline of preprocessing layers is not supported; put its layers into the model one by one"),
    REFUSED("RandomCrop", "at inference it resizes too, in ways that differ between versions of Keras; replace it by "
                          "CenterCrop or Resizing"),
    REFUSED("AutoContrast",
            "it acts at inference too and is not supported; stretch the contrast of the data before the model"),
};

const octet_keras_class *octet_keras_class_find(const char *class_name) {
    const char *package = strchr(class_name, '>');
    const char *name = package != NULL ? package + 1 : class_name;
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        if (strcmp(name, classes[i].name) == 0) return &classes[i];
        if (classes[i].aliases != NULL && octet_keras_word_in(classes[i].aliases, name)) return &classes[i];
    }
    return NULL;
}

const octet_keras_class *octet_keras_class_operation(void) {
    size_t i = 0;
    while (!classes[i].is_operation) i++;
    return &classes[i];
}

const octet_keras_class *octet_keras_class_at(uint32_t index) {
    return index < sizeof classes / sizeof *classes ? &classes[index] : NULL;
}

bool octet_keras_class_knows(const octet_keras_class *class, const char *key) {
    static const char *const trained_only[] = {"_initializer", "_regularizer", "_constraint", "_dropout"};
    const size_t length = strlen(key);
    if (class->keys == NULL || octet_keras_word_in(common_keys, key) || octet_keras_word_in(class->keys, key))
        return true;
    for (size_t i = 0; i < sizeof trained_only / sizeof *trained_only; i++) {
        const size_t n = strlen(trained_only[i]);
        if (length > n && strcmp(key + length - n, trained_only[i]) == 0) return true;
    }
    return false;
}
