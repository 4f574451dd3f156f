/* What operators each Keras layer becomes, in both dialects, and what is refused. No
 * files: configurations with made-up weights. */
#include "support/fixture.h"

#include <math.h>

#include "base/buffer.h"
#include "support/keras_model.h"

typedef struct layer_case {
    const char *name;
    int32_t version;      /* of Keras; 0: both must agree */
    const char *shape;    /* of the input without the batch: "8,8,3" */
    const char *layers;   /* "Class {config}; Class {config}" without names */
    const char *weights;  /* "3,3,2,4 4": dimensions of every weight in order */
    const char *expected; /* operators, or a part of the sentence that refuses */
} layer_case;

static float numbers[KERAS_MODEL_MAX_ELEMENTS];

static octet_status build(octet_context *ctx, const layer_case *test, int32_t version, octet_graph **out) {
    octet_buffer json = {0};
    uint8_t shapes[256];
    size_t n_shapes = 0;
    octet_context_init(ctx);
    octet_buffer_format(ctx, &json,
                        "{\"class_name\": \"Sequential\", \"config\": {\"name\": \"net\", \"layers\": "
                        "[{\"class_name\": \"InputLayer\", "
                        "\"config\": {\"name\": \"in\", \"%s\": [null, %s]}}",
                        version == 3 ? "batch_shape" : "batch_input_shape", test->shape);
    int number = 0;
    for (const char *at = test->layers; *at != '\0'; number++) {
        const char *brace = strchr(at, '{'), *end = strstr(at, "};");
        end = end != NULL ? end + 1 : at + strlen(at);
        octet_buffer_format(
            ctx, &json, ", {\"class_name\": \"%.*s\", \"config\": {\"name\": \"l%d\", \"trainable\": true%s%.*s}",
            (int)(brace - at) - 1, at, number, brace[1] == '}' ? "" : ", ", (int)(end - brace) - 1, brace + 1);
        at = *end == ';' ? end + 2 : end;
    }
    octet_buffer_format(ctx, &json, "]}}");
    for (const char *at = test->weights; *at != '\0';) {
        const size_t place = n_shapes++;
        shapes[place] = 0;
        for (; *at != '\0' && *at != ' '; at += *at == ',') {
            char *end;
            shapes[n_shapes++] = (uint8_t)strtol(at, &end, 10);
            shapes[place]++;
            at = end;
        }
        at += *at == ' ';
    }
    for (size_t i = KERAS_MODEL_MAX_ELEMENTS; i-- > 0;) numbers[i] = 0.25f + (float)(i % 5);
    keras_shapes given = {.bytes = {shapes, n_shapes}, .data = numbers};
    const octet_status status = keras_model_build(ctx, (octet_bytes){json.data, json.size}, version, &given, NULL, out);
    octet_buffer_free(ctx, &json);
    return status;
}

static void check_operators(const layer_case *test, int32_t version) {
    octet_context ctx;
    octet_graph *graph;
    char found[1024] = "";
    if (build(&ctx, test, version, &graph) != OCTET_OK) fail_msg("%s, Keras %d: %s", test->name, version, ctx.message);
    for (uint32_t i = 0; i < graph->n_operators; i++) {
        const size_t length = strlen(found);
        snprintf(found + length, sizeof found - length, "%s%s", i > 0 ? " " : "",
                 octet_operator_name(graph->operators[i].code));
    }
    char shape[OCTET_SHAPE_TEXT_SIZE];
    const size_t length = strlen(found);
    snprintf(found + length, sizeof found - length, " %s",
             octet_shape_text(&graph->values[graph->outputs[0].value].shape, shape));
    if (strcmp(found, test->expected) != 0)
        fail_msg("%s, Keras %d:\n  found    %s\n  expected %s", test->name, version, found, test->expected);
    octet_graph_destroy(&ctx, graph);
    assert_int_equal(ctx.memory_bytes, 0);
}

static const layer_case cases[] = {
    {"Dense on rank 3", 0, "4,5", "Dense {\"units\": 3, \"activation\": \"sigmoid\"}", "5,3 3",
     "FULLY_CONNECTED LOGISTIC [1,4,3]"},
    {"Flatten", 0, "4,5", "Flatten {}", "", "RESHAPE [1,20]"},
    {"Reshape", 0, "4,6", "Reshape {\"target_shape\": [-1, 3, 2]}", "", "RESHAPE [1,4,3,2]"},
    {"Permute of an axis of one", 0, "1,6", "Permute {\"dims\": [2, 1]}", "", "TRANSPOSE [1,6,1]"},
    {"RepeatVector", 2, "6", "RepeatVector {\"n\": 3}", "", "RESHAPE TILE [1,3,6]"},
    {"RepeatVector", 3, "6", "RepeatVector {\"n\": 3}", "", "RESHAPE TILE RESHAPE [1,3,6]"},
    {"Conv2D in groups", 0, "8,8,4",
     "Conv2D {\"filters\": 6, \"kernel_size\": 3, \"groups\": 2, \"padding\": \"same\", \"strides\": [2, 2]}",
     "3,3,2,6 6", "CONV_2D [1,4,4,6]"},
    {"Conv1D causal", 0, "9,2",
     "Conv1D {\"filters\": 3, \"kernel_size\": [3], \"padding\": \"causal\", \"dilation_rate\": [2]}", "3,2,3 3",
     "PAD RESHAPE CONV_2D RESHAPE [1,9,3]"},
    {"Conv3D", 0, "4,5,6,2", "Conv3D {\"filters\": 3, \"kernel_size\": [2, 2, 2]}", "2,2,2,2,3 3",
     "CONV_3D ADD [1,3,4,5,3]"},
    {"DepthwiseConv2D", 0, "8,8,3",
     "DepthwiseConv2D {\"kernel_size\": 3, \"depth_multiplier\": 2, \"use_bias\": false}", "3,3,3,2",
     "DEPTHWISE_CONV_2D [1,6,6,6]"},
    {"SeparableConv1D", 0, "9,2", "SeparableConv1D {\"filters\": 3, \"kernel_size\": [3]}", "3,2,1 1,2,3 3",
     "RESHAPE DEPTHWISE_CONV_2D CONV_2D RESHAPE [1,7,3]"},
    {"Conv2DTranspose", 0, "4,4,3", "Conv2DTranspose {\"filters\": 5, \"kernel_size\": [3, 3], \"strides\": [2, 2]}",
     "3,3,5,3 5", "TRANSPOSE_CONV [1,9,9,5]"},
    {"LocallyConnected2D", 2, "4,4,2",
     "LocallyConnected2D {\"filters\": 3, \"kernel_size\": [1, 2], \"implementation\": 1}", "12,4,3 4,3,3",
     "TRANSPOSE STRIDED_SLICE STRIDED_SLICE CONCATENATION RESHAPE DEPTHWISE_CONV_2D RESHAPE [1,4,3,3]"},
    {"LocallyConnected1D", 2, "4,1",
     "LocallyConnected1D {\"filters\": 3, \"kernel_size\": 2, \"padding\": \"same\", \"implementation\": 2}",
     "4,1,4,3 4,3",
     "PAD TRANSPOSE STRIDED_SLICE STRIDED_SLICE CONCATENATION RESHAPE DEPTHWISE_CONV_2D RESHAPE [1,4,3]"},
    {"MaxPooling1D", 0, "9,2", "MaxPooling1D {\"pool_size\": [2]}", "", "RESHAPE MAX_POOL_2D RESHAPE [1,4,2]"},
    {"AveragePooling3D", 0, "4,4,4,2", "AveragePooling3D {\"pool_size\": [2, 2, 2]}", "",
     "RESHAPE AVERAGE_POOL_2D RESHAPE AVERAGE_POOL_2D RESHAPE [1,2,2,2,2]"},
    {"AdaptiveAveragePooling2D", 3, "6,4,2", "AdaptiveAveragePooling2D {\"output_size\": [4, 1]}", "",
     "AVERAGE_POOL_2D AVERAGE_POOL_2D CONCATENATION GATHER AVERAGE_POOL_2D GATHER [1,4,1,2]"},
    {"AdaptiveMaxPooling1D", 3, "5,2", "AdaptiveMaxPooling1D {\"output_size\": 3}", "",
     "RESHAPE MAX_POOL_2D MAX_POOL_2D CONCATENATION GATHER RESHAPE [1,3,2]"},
    {"ReversibleEmbedding", 3, "5", "ReversibleEmbedding {\"input_dim\": 9, \"output_dim\": 4, \"tie_weights\": true}",
     "9,4", "CAST LESS ADD SELECT GATHER [1,5,4]"},
    {"GlobalMaxPooling2D", 0, "4,4,2", "GlobalMaxPooling2D {\"keepdims\": true}", "", "REDUCE_MAX [1,1,1,2]"},
    {"BatchNormalization on another axis", 0, "4,5,2", "BatchNormalization {\"axis\": [1], \"scale\": false}", "4 4 4",
     "MUL ADD [1,4,5,2]"},
    {"LayerNormalization", 2, "4,5", "LayerNormalization {\"axis\": [2]}", "5 5",
     "RESHAPE TRANSPOSE MEAN SQUARED_DIFFERENCE MEAN ADD RSQRT MUL MUL SUB ADD TRANSPOSE RESHAPE MUL ADD [1,4,5]"},
    {"LayerNormalization", 3, "4,5", "LayerNormalization {\"axis\": [-1]}", "5 5",
     "MEAN NEG SQUARED_DIFFERENCE MEAN ADD RSQRT MUL MUL ADD MUL ADD [1,4,5]"},
    {"UnitNormalization", 2, "4,5", "UnitNormalization {\"axis\": -1}", "", "L2_NORMALIZATION [1,4,5]"},
    {"UnitNormalization", 3, "4,5", "UnitNormalization {\"axis\": -1}", "", "SQUARE SUM RSQRT MINIMUM MUL [1,4,5]"},
    {"Rescaling by a factor", 0, "4,4,3", "Rescaling {\"scale\": 0.5, \"offset\": 0.0}", "", "MUL [1,4,4,3]"},
    {"ReLU to 6", 0, "4", "ReLU {\"max_value\": 6.0}", "", "RELU6 [1,4]"},
    {"ReLU to 4", 0, "4", "ReLU {\"max_value\": 4.0}", "", "RELU MINIMUM RELU [1,4]"},
    {"ReLU with slope and threshold", 0, "4", "ReLU {\"negative_slope\": 0.1, \"threshold\": 0.5}", "",
     "SUB RELU GREATER CAST MUL MUL SUB [1,4]"},
    {"hard_sigmoid", 2, "4", "Activation {\"activation\": \"hard_sigmoid\"}", "", "MUL ADD MINIMUM RELU [1,4]"},
    {"hard_sigmoid", 3, "4", "Activation {\"activation\": \"hard_sigmoid\"}", "", "ADD RELU6 MUL [1,4]"},
    {"an activation as an object", 0, "4",
     "Activation {\"activation\": {\"class_name\": \"function\", \"config\": \"relu6\"}}", "", "RELU6 [1,4]"},
    {"Softmax over another axis", 0, "4,5", "Softmax {\"axis\": 1}", "", "TRANSPOSE SOFTMAX TRANSPOSE [1,4,5]"},
    {"PReLU", 0, "4,4,3", "PReLU {\"shared_axes\": [1, 2]}", "1,1,3", "PRELU [1,4,4,3]"},
    {"UpSampling2D", 2, "4,4,3", "UpSampling2D {\"size\": [2, 3]}", "", "RESIZE_NEAREST_NEIGHBOR [1,8,12,3]"},
    {"UpSampling2D", 3, "4,4,3", "UpSampling2D {\"size\": [2, 3]}", "", "RESHAPE TILE RESHAPE TILE RESHAPE [1,8,12,3]"},
    {"ZeroPadding2D", 0, "4,4,3", "ZeroPadding2D {\"padding\": [[0, 1], [2, 0]]}", "", "PAD [1,5,6,3]"},
    {"CenterCrop", 2, "8,9,3", "CenterCrop {\"height\": 4, \"width\": 6}", "", "SLICE [1,4,6,3]"},
    {"CenterCrop", 3, "8,9,3", "CenterCrop {\"height\": 4, \"width\": 6}", "", "STRIDED_SLICE [1,4,6,3]"},
    {"CenterCrop of less than it needs", 0, "4,9,3", "CenterCrop {\"height\": 6, \"width\": 6}", "",
     "SLICE RESIZE_BILINEAR [1,6,6,3]"},
    {"CenterCrop of the same proportions", 0, "3,4,3", "CenterCrop {\"height\": 6, \"width\": 8}", "",
     "RESIZE_BILINEAR [1,6,8,3]"},
    {"Cropping1D", 0, "7,3", "Cropping1D {\"cropping\": [1, 2]}", "", "STRIDED_SLICE [1,4,3]"},
    {"Embedding", 2, "5", "Embedding {\"input_dim\": 9, \"output_dim\": 4}", "9,4", "CAST GATHER [1,5,4]"},
    {"Embedding", 3, "5", "Embedding {\"input_dim\": 9, \"output_dim\": 4}", "9,4",
     "CAST LESS ADD SELECT GATHER [1,5,4]"},
    {"LSTM", 0, "5,4", "LSTM {\"units\": 3}", "4,12 3,12 12", "UNIDIRECTIONAL_SEQUENCE_LSTM STRIDED_SLICE [1,3]"},
    {"LSTM backwards, whole", 0, "5,4",
     "LSTM {\"units\": 3, \"go_backwards\": true, \"return_sequences\": true, \"use_bias\": false}", "4,12 3,12",
     "REVERSE_V2 UNIDIRECTIONAL_SEQUENCE_LSTM [1,5,3]"},
    {"LSTM of one step, unrolled", 2, "1,4",
     "LSTM {\"units\": 3, \"recurrent_activation\": \"sigmoid\", \"activation\": \"relu\"}", "4,12 3,12 12",
     "TRANSPOSE UNPACK FULLY_CONNECTED SPLIT LOGISTIC LOGISTIC RELU MUL RELU MUL [1,3]"},
    {"SimpleRNN", 0, "2,4", "SimpleRNN {\"units\": 3}", "4,3 3,3 3",
     "FULLY_CONNECTED TRANSPOSE UNPACK TANH FULLY_CONNECTED ADD TANH [1,3]"},
    {"SimpleRNN with a mask", 0, "2,4", "Masking {\"mask_value\": 0.0}; SimpleRNN {\"units\": 3}", "4,3 3,3 3",
     "NOT_EQUAL REDUCE_ANY CAST MUL RESHAPE FULLY_CONNECTED TRANSPOSE UNPACK RESHAPE TRANSPOSE UNPACK TANH SELECT_V2 "
     "FULLY_CONNECTED ADD TANH SELECT_V2 [1,3]"},
    {"a mask that nobody heeds", 2, "5",
     "Embedding {\"input_dim\": 9, \"output_dim\": 4, \"mask_zero\": true}; Flatten {}", "9,4",
     "CAST NOT_EQUAL GATHER RESHAPE [1,20]"},
    {"LSTM that keeps its state", 0, "5,4", "LSTM {\"units\": 3, \"stateful\": true}", "4,12 3,12 12",
     "UNIDIRECTIONAL_SEQUENCE_LSTM STRIDED_SLICE [1,3]"},
    {"CuDNNLSTM", 0, "5,4", "CuDNNLSTM {\"units\": 3}", "4,12 3,12 24",
     "UNIDIRECTIONAL_SEQUENCE_LSTM STRIDED_SLICE [1,3]"},
    {"ConvLSTM2D", 0, "2,5,4,2",
     "ConvLSTM2D {\"filters\": 3, \"kernel_size\": [3, 3], \"recurrent_activation\": \"sigmoid\"}",
     "3,3,2,12 3,3,3,12 12",
     "RESHAPE CONV_2D RESHAPE UNPACK SPLIT LOGISTIC TANH MUL LOGISTIC TANH MUL CONV_2D ADD SPLIT LOGISTIC LOGISTIC MUL "
     "TANH MUL ADD "
     "LOGISTIC TANH MUL [1,3,2,3]"},
    {"ConvLSTM1D, whole", 0, "1,7,2",
     "ConvLSTM1D {\"filters\": 3, \"kernel_size\": [3], \"strides\": [2], \"return_sequences\": true, "
     "\"recurrent_activation\": \"sigmoid\"}",
     "3,2,12 3,3,12 12", "CONV_2D RESHAPE UNPACK SPLIT LOGISTIC TANH MUL LOGISTIC TANH MUL RESHAPE PACK [1,1,3,3]"},
    {"ConvLSTM1D with a mask", 0, "1,2",
     "Masking {\"mask_value\": 0.0}; TimeDistributed {\"layer\": {\"class_name\": \"Reshape\", \"config\": {\"name\": "
     "\"r\", "
     "\"target_shape\": [1, 2]}}}; ConvLSTM1D {\"filters\": 3, \"kernel_size\": [1], \"recurrent_activation\": "
     "\"sigmoid\"}",
     "1,2,12 1,3,12 12",
     "NOT_EQUAL REDUCE_ANY CAST MUL RESHAPE RESHAPE RESHAPE RESHAPE CONV_2D RESHAPE UNPACK RESHAPE UNPACK SPLIT "
     "LOGISTIC TANH MUL LOGISTIC TANH MUL SELECT_V2 RESHAPE [1,1,3]"},
    {"stacked cells", 0, "1,4",
     "RNN {\"cell\": {\"class_name\": \"StackedRNNCells\", \"config\": {\"name\": \"s\", \"cells\": [{\"class_name\": "
     "\"SimpleRNNCell\", "
     "\"config\": {\"name\": \"a\", \"units\": 3}}, {\"class_name\": \"LSTMCell\", \"config\": {\"name\": \"b\", "
     "\"units\": 2}}]}}}",
     "4,3 3,3 3 3,8 2,8 8",
     "FULLY_CONNECTED TRANSPOSE UNPACK TANH PACK TRANSPOSE UNIDIRECTIONAL_SEQUENCE_LSTM STRIDED_SLICE [1,2]"},
    {"Discretization", 0, "5", "Discretization {\"bin_boundaries\": [0.5, 1.5], \"output_mode\": \"int\"}", "",
     "RESHAPE GREATER_EQUAL CAST SUM [1,5]"},
    {"Discretization that was adapted", 0, "5", "Discretization {\"num_bins\": 3}", "2,9",
     "RESHAPE GREATER_EQUAL CAST SUM [1,5]"},
    {"CategoryEncoding", 0, "5", "CategoryEncoding {\"num_tokens\": 4, \"output_mode\": \"multi_hot\"}", "",
     "CAST RESHAPE EQUAL REDUCE_ANY CAST [1,4]"},
    {"CategoryEncoding of one", 0, "1", "CategoryEncoding {\"num_tokens\": 4, \"output_mode\": \"one_hot\"}", "",
     "CAST EQUAL CAST [1,4]"},
    {"CategoryEncoding, counted", 0, "5", "CategoryEncoding {\"num_tokens\": 4, \"output_mode\": \"count\"}", "",
     "CAST RESHAPE EQUAL CAST SUM CAST [1,4]"},
    {"IntegerLookup", 0, "5", "IntegerLookup {\"vocabulary\": [7, 3], \"output_mode\": \"int\"}", "",
     "CAST RESHAPE EQUAL CAST MUL SUM [1,5]"},
    {"SpectralNormalization", 0, "4",
     "SpectralNormalization {\"power_iterations\": 1, \"layer\": {\"class_name\": \"Dense\", \"config\": {\"name\": "
     "\"d\", \"units\": 3}}}",
     "1,3 4,3 3", "FULLY_CONNECTED [1,3]"},
    {"PruneLowMagnitude", 2, "4",
     "PruneLowMagnitude {\"layer\": {\"class_name\": \"Dense\", \"config\": {\"name\": \"d\", \"units\": 3}}}",
     "4,3              4,3 3", "FULLY_CONNECTED [1,3]"},
    {"QuantizeAnnotate", 2, "4",
     "QuantizeAnnotate {\"layer\": {\"class_name\": \"Dense\", \"config\": {\"name\": \"d\", \"units\": 3}}, "
     "\"quantize_config\": null}",
     "4,3 3", "FULLY_CONNECTED [1,3]"},
    {"RNN", 0, "1,4",
     "RNN {\"cell\": {\"class_name\": \"SimpleRNNCell\", \"config\": {\"name\": \"c\", \"units\": 3}}}", "4,3 3,3 3",
     "FULLY_CONNECTED TRANSPOSE UNPACK TANH [1,3]"},
    {"TimeDistributed Conv1D", 0, "3,6,2",
     "TimeDistributed {\"layer\": {\"class_name\": \"Conv1D\", \"config\": {\"name\": \"c\", \"filters\": 4, "
     "\"kernel_size\": [3]}}}",
     "3,2,4 4", "RESHAPE RESHAPE CONV_2D RESHAPE RESHAPE [1,3,4,4]"},
    {"global pooling, channels first", 0, "3,4,5",
     "GlobalMaxPooling2D {\"data_format\": \"channels_first\", \"keepdims\": true}", "", "REDUCE_MAX [1,3,1,1]"},
    {"LayerNormalization with descending axes", 3, "4,5", "LayerNormalization {\"axis\": [2, 1]}", "5,4 5,4",
     "MEAN NEG SQUARED_DIFFERENCE MEAN ADD RSQRT MUL MUL ADD MUL ADD [1,4,5]"},
    {"layers that act in training only", 0, "4", "Dropout {\"rate\": 0.5}; GaussianNoise {\"stddev\": 1.0}; ReLU {}",
     "", "RELU [1,4]"},
};

static void every_layer_becomes_its_operators(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (cases[i].version != 3) check_operators(&cases[i], 2);
        if (cases[i].version != 2) check_operators(&cases[i], 3);
    }
}

/* More steps than any model that was seen has. */
static void thousands_of_steps_are_unrolled(void **state) {
    (void)state;
    static const layer_case test = {.shape = "3197,2", .layers = "SimpleRNN {\"units\": 2}", .weights = "2,2 2,2 2"};
    octet_context ctx;
    octet_graph *graph;
    if (build(&ctx, &test, 3, &graph) != OCTET_OK) fail_msg("%s", ctx.message);
    assert_true(graph->n_operators > 3 * 3196);
    octet_graph_destroy(&ctx, graph);
    assert_int_equal(ctx.memory_bytes, 0);
}

static const layer_case refusals[] = {
    {"an equation without an arrow", 0, "2,3", "EinsumDense {\"equation\": \"abc\", \"output_shape\": [2]}", "3,2",
     "equation \"abc\" is not of the form a,b->c"},
    {"an equation over a middle axis", 0, "2,3",
     "EinsumDense {\"equation\": \"abc,bd->adc\", \"output_shape\": [2, 3]}", "2,2",
     "is not a product over the last axes"},
    {"half of an odd number", 3, "5", "Activation {\"activation\": \"glu\"}", "", "glu needs an even last dimension"},
    {"an activation that is a number", 0, "4", "Activation {\"activation\": 3}", "",
     "activation is neither a name nor an object"},
    {"a maximum below zero", 0, "4", "ReLU {\"max_value\": -2.0}", "", "max_value is negative"},
    {"an axis that is none", 0, "4", "PReLU {\"shared_axes\": [3]}", "4", "shared_axes has 3"},
    {"more elements", 0, "6", "Reshape {\"target_shape\": [2, 4]}", "", "target_shape has 8 elements, its input 6"},
    {"an order of axes", 0, "2,3", "Permute {\"dims\": [1, 1]}", "", "dims is no order of 1 to 2"},
    {"steps", 0, "4097,4", "SimpleRNN {\"units\": 2}", "4,2 2,2 2",
     "4097 steps would be unrolled into operators, at most 4096 are"},
    {"channels first", 0, "3,8,8", "MaxPooling2D {\"pool_size\": [2, 2], \"data_format\": \"channels_first\"}", "",
     "layer l0 (MaxPooling2D): data_format \"channels_first\""},
    {"padding", 0, "8,8,3", "Conv2D {\"filters\": 2, \"kernel_size\": 3, \"padding\": \"full\"}", "3,3,3,2 2",
     "padding \"full\" is not supported: valid, same are"},
    {"activation", 0, "4", "Activation {\"activation\": \"cubic\"}", "",
     "activation \"cubic\" is not supported; supported are linear, relu"},
    {"attribute", 0, "4", "Dropout {\"rate\": 0.5, \"twist\": 1}", "", "attribute twist is set"},
    {"filters", 0, "8,8,3", "Conv2D {\"filters\": 5, \"kernel_size\": 3}", "3,3,3,2 2",
     "shape [3,3,3,2], but the config of layer l0 (Conv2D) says [3,3,3,5]"},
    {"rank", 0, "8,3", "Conv2D {\"filters\": 5, \"kernel_size\": 3}", "3,3,3,5 5",
     "its input has shape [1,8,3], it needs 4 dimensions"},
    {"reshape", 0, "7", "Reshape {\"target_shape\": [2, -1]}", "", "target_shape does not divide 7 elements"},
    {"stateful", 0, "5,4", "GRU {\"units\": 3, \"stateful\": true, \"use_bias\": false}", "4,9 3,9",
     "make the state an Input (initial_state) and an output (return_state=True)"},
    {"weights of places", 2, "7,3", "LocallyConnected1D {\"filters\": 2, \"kernel_size\": 3, \"implementation\": 3}",
     "54 5,2", "its kernel has only 54 weights"},
    {"more weights of places", 2, "5,3",
     "LocallyConnected1D {\"filters\": 2, \"kernel_size\": 3, \"implementation\": 3}", "55 3,2",
     "its kernel has 55 weights, its sizes need 54"},
    {"bins that were never found", 0, "5", "Discretization {\"num_bins\": 3}", "2,0", "call adapt() before saving"},
    {"a hash", 0, "5", "Hashing {\"num_bins\": 3}", "", "layer l0 (Hashing): texts and hashes"},
    {"ConvLSTM3D", 0, "2,4,4,4,1", "ConvLSTM3D {\"filters\": 2, \"kernel_size\": 2}", "2,2,2,1,8 2,2,2,2,8 8",
     "use ConvLSTM2D over slices"},
    {"a program of another library", 3, "5", "JaxLayer {\"call_fn\": {}}", "", "rebuild its part with Keras layers"},
    {"spectrograms", 3, "64", "MelSpectrogram {}", "", "compute them before the model"},
    {"adaptive pooling to more", 3, "4,2", "AdaptiveMaxPooling1D {\"output_size\": 5}", "",
     "makes 5 cells of 4; 1 to 4 are supported"},
    {"a layer of texts", 0, "5", "StringLookup {}", "", "compute the indices before the model"},
    {"a model quantized by Keras", 3, "4",
     "Dense {\"units\": 3, \"dtype\": {\"class_name\": \"QuantizedDTypePolicy\", \"config\": {\"mode\": \"int4\", "
     "\"source_name\": \"float32\"}}}",
     "4,3 3", "was quantized by Keras (int4)"},
    {"a quantize_config of one's own", 0, "4",
     "QuantizeWrapperV2 {\"layer\": {\"class_name\": \"ReLU\", \"config\": {\"name\": \"r\"}}, \"quantize_config\": "
     "{\"class_name\": "
     "\"Mine\", \"config\": {}}}",
     "", "has a quantize_config of its own"},
    {"ranges that were never trained", 0, "4",
     "QuantizeLayer {\"quantizer\": {\"class_name\": \"AllValuesQuantizer\", \"config\": {\"num_bits\": 8}}}", "  ",
     "l0_min and l0_max are 0.25 and 0.25, no range around 0: it was never trained"},
    {"mask", 0, "5,4", "Masking {\"mask_value\": 0.0}; Softmax {\"axis\": -1}", "",
     "layer l1 (Softmax): reads a sequence with a mask"},
    {"stacked cells", 0, "5,4",
     "RNN {\"cell\": {\"class_name\": \"StackedRNNCells\", \"config\": {\"name\": \"c\", \"cells\": []}}}", "",
     "has no cell"},
    {"another cell", 0, "5,4", "RNN {\"cell\": {\"class_name\": \"MyCell\", \"config\": {\"name\": \"c\"}}}", "",
     "around MyCell is not supported"},
    {"open dimension", 0, "null,3", "ReLU {}", "", "leaves dimension 1 open"},
    {"crop", 0, "3,3", "Cropping1D {\"cropping\": [2, 1]}", "", "takes all of its input's 3 cells"},
};

static void what_cannot_be_done_is_refused_with_a_sentence(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        for (int32_t version = 2; version <= 3; version++) {
            if (refusals[i].version != 0 && refusals[i].version != version) continue;
            octet_context ctx;
            octet_graph *graph;
            const octet_status status = build(&ctx, &refusals[i], version, &graph);
            if (status == OCTET_OK || status == OCTET_INTERNAL || strstr(ctx.message, refusals[i].expected) == NULL) {
                fail_msg("%s, Keras %d: %s instead of \"%s\"", refusals[i].name, version, ctx.message,
                         refusals[i].expected);
            }
            assert_int_equal(ctx.memory_bytes, 0);
        }
    }
}

static void open_dimensions_are_given_by_the_caller(void **state) {
    (void)state;
    const char json[] = "{\"class_name\": \"Sequential\", \"config\": {\"name\": \"net\", \"layers\": "
                        "[{\"class_name\": \"InputLayer\", \"config\": "
                        "{\"name\": \"in\", "
                        "\"batch_shape\": [null, null, null, 3]}}, {\"class_name\": \"GlobalAveragePooling2D\", "
                        "\"config\": {\"name\": \"g\"}}]}}";
    const octet_shape shape = {3, {5, 6, 3}};
    const octet_import_options options = {.input_shapes = &shape, .n_input_shapes = 1};
    keras_shapes none = {.data = numbers};
    octet_context ctx;
    octet_context_init(&ctx);
    octet_graph *graph;
    assert_int_equal(
        keras_model_build(&ctx, (octet_bytes){(const uint8_t *)json, sizeof json - 1}, 3, &none, &options, &graph),
        OCTET_OK);
    const octet_shape expected = {4, {1, 5, 6, 3}};
    assert_true(octet_shape_equal(&graph->values[graph->inputs[0].value].shape, &expected));
    octet_graph_destroy(&ctx, graph);
}

/* gamma / sqrt(variance + epsilon) and beta - mean * that, in float32. */
static void batch_normalization_is_one_product_and_one_sum(void **state) {
    (void)state;
    const layer_case test = {"bn", 2, "4", "BatchNormalization {\"epsilon\": 0.001}", "4 4 4 4", ""};
    octet_context ctx;
    octet_graph *graph;
    assert_int_equal(build(&ctx, &test, 2, &graph), OCTET_OK);
    const float *scale = octet_graph_input(graph, &graph->operators[0], 1)->data,
                *offset = octet_graph_input(graph, &graph->operators[1], 1)->data;
    for (size_t i = 0; i < 4; i++) {
        const float w = 0.25f + (float)i, m = w * (1.0f / sqrtf(w + 0.001f)), shift = w * m;
        assert_memory_equal(&scale[i], &m, sizeof m);
        const float b = w - shift;
        assert_memory_equal(&offset[i], &b, sizeof b);
    }
    octet_graph_destroy(&ctx, graph);
}

/* TensorFlow's converter clips at 10, Keras does not. */
static void an_lstm_clips_no_cell_state_and_says_whether_its_state_goes_on(void **state) {
    (void)state;
    const layer_case tests[2] = {{"LSTM", 0, "5,4", "LSTM {\"units\": 3}", "4,12 3,12 12", ""},
                                 {"LSTM", 0, "5,4", "LSTM {\"units\": 3, \"stateful\": true}", "4,12 3,12 12", ""}};
    for (int i = 0; i < 2; i++) {
        octet_context ctx;
        octet_graph *graph;
        assert_int_equal(build(&ctx, &tests[i], 3, &graph), OCTET_OK);
        assert_int_equal(graph->operators[0].code, OCTET_OP_UNIDIRECTIONAL_SEQUENCE_LSTM);
        assert_true(graph->operators[0].options.lstm.cell_clip == 0.0f);
        assert_true(graph->is_stateful == (i == 1));
        octet_graph_destroy(&ctx, graph);
    }
}

/* Boundaries of a summary are those that Keras 2's get_bin_boundaries gives. */
static void adapted_bins_are_quantiles(void **state) {
    (void)state;
    static const struct {
        const char *layer, *weights;
        size_t n;
        float boundaries[4];
    } adapted[] = {{"Discretization {\"num_bins\": 3}", "2,9", 2, {2.54629636f, 2.75980353f}},
                   {"Discretization {\"num_bins\": 5}", "2,9", 4, {0.25f, 3.11666679f, 3.9676466f, 0.344117463f}},
                   {"Discretization {\"num_bins\": 5}", "2,3", 2, {0.25f, 1.25f}}};
    for (size_t i = 0; i < sizeof adapted / sizeof *adapted; i++) {
        const layer_case test = {"bins", 2, "4", adapted[i].layer, adapted[i].weights, ""};
        octet_context ctx;
        octet_graph *graph;
        assert_int_equal(build(&ctx, &test, 2, &graph), OCTET_OK);
        const octet_value *found = octet_graph_input(graph, &graph->operators[1], 1);
        assert_int_equal(octet_shape_elements(&found->shape), adapted[i].n);
        for (size_t j = 0; j < adapted[i].n; j++)
            assert_true(fabsf(((const float *)found->data)[j] - adapted[i].boundaries[j]) <= 3e-7f);
        octet_graph_destroy(&ctx, graph);
    }
}

/* Every allocation of an import may fail: a sentence, and nothing left behind. */
static void failing_allocations_leave_nothing(void **state) {
    (void)state;
    const layer_case test = {
        "all",
        3,
        "6,6,2",
        "Conv2D {\"filters\": 4, \"kernel_size\": 3}; BatchNormalization {}; Flatten {}; Dense {\"units\": 2}",
        "3,3,2,4 4 4 4 4 4 64,2 2",
        ""};
    octet_context ctx;
    octet_graph *graph;
    assert_int_equal(build(&ctx, &test, 3, &graph), OCTET_OK);
    octet_graph_destroy(&ctx, graph);
    const char json[] =
        "{\"class_name\": \"Sequential\", \"config\": {\"name\": \"net\", \"layers\": [{\"class_name\": "
        "\"InputLayer\", "
        "\"config\": {\"name\": \"in\", "
        "\"batch_shape\": [null, 5, 3]}}, {\"class_name\": \"GRU\", \"config\": {\"name\": \"g\", \"units\": 2}}]}}";
    const uint8_t shapes[] = {2, 3, 6, 2, 2, 6, 1, 6};
    for (uint64_t n = 1; n < 10000; n++) {
        keras_shapes given = {.bytes = {shapes, sizeof shapes}, .data = numbers};
        octet_context_init(&ctx);
        ctx.fail_allocation = n;
        const octet_status status =
            keras_model_build(&ctx, (octet_bytes){(const uint8_t *)json, sizeof json - 1}, 3, &given, NULL, &graph);
        octet_graph_destroy(&ctx, graph);
        assert_int_equal(ctx.memory_bytes, 0);
        if (status == OCTET_OK) return;
        assert_int_equal(status, OCTET_NOMEM);
    }
    fail_msg("an import of a small model makes 10,000 allocations");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_layer_becomes_its_operators),
        cmocka_unit_test(thousands_of_steps_are_unrolled),
        cmocka_unit_test(what_cannot_be_done_is_refused_with_a_sentence),
        cmocka_unit_test(open_dimensions_are_given_by_the_caller),
        cmocka_unit_test(batch_normalization_is_one_product_and_one_sum),
        cmocka_unit_test(an_lstm_clips_no_cell_state_and_says_whether_its_state_goes_on),
        cmocka_unit_test(adapted_bins_are_quantiles),
        cmocka_unit_test(failing_allocations_leave_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
