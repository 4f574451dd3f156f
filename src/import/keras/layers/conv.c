/* Convolutions of one, two and three dimensions. One dimension is two with
 * a height of 1, as the converter writes it. */

#include "import/keras/emit/activation.h"
#include "import/keras/emit/weight.h"
#include "import/keras/layers/classes.h"

typedef struct conv {
    int32_t filters, kernel[3], strides[3], dilation[3], groups, multiplier;
    octet_padding padding;
    bool causal;
} conv;

static bool has_bias(const octet_keras_layer *layer) {
    const octet_json *use_bias = octet_json_get(layer->config, "use_bias");
    return octet_json_kind_of(use_bias) != OCTET_JSON_BOOL || octet_json_is_true(use_bias);
}

octet_status octet_keras_weights_conv(octet_context *ctx, octet_arena *arena, octet_keras_layer *layer) {
    (void)ctx, (void)arena;
    octet_keras_weights_add(layer, "kernel", "vars/0", true);
    if (has_bias(layer)) octet_keras_weights_add(layer, "bias", "vars/1", true);
    return OCTET_OK;
}

octet_status octet_keras_weights_depthwise(octet_context *ctx, octet_arena *arena, octet_keras_layer *layer) {
    (void)ctx, (void)arena;
    /* Keras 3 calls it kernel; the name matters for Keras 2's files only, which a position decides as well. */
    octet_keras_weights_add(layer, "depthwise_kernel", "vars/0", true);
    if (has_bias(layer)) octet_keras_weights_add(layer, "bias", "vars/1", true);
    return OCTET_OK;
}

octet_status octet_keras_weights_separable(octet_context *ctx, octet_arena *arena, octet_keras_layer *layer) {
    (void)ctx, (void)arena;
    octet_keras_weights_add(layer, "depthwise_kernel", "vars/0", true);
    octet_keras_weights_add(layer, "pointwise_kernel", "vars/1", true);
    if (has_bias(layer)) octet_keras_weights_add(layer, "bias", "vars/2", true);
    return OCTET_OK;
}

static octet_status read_conv(octet_keras_call *call, int32_t n, bool may_be_causal, conv *out) {
    OCTET_TRY(octet_keras_channels_last(call));
    OCTET_TRY(octet_keras_sizes(call, "filters", 1, -1, &out->filters));
    OCTET_TRY(octet_keras_sizes(call, "kernel_size", n, 1, out->kernel));
    OCTET_TRY(octet_keras_sizes(call, "strides", n, 1, out->strides));
    OCTET_TRY(octet_keras_sizes(call, "dilation_rate", n, 1, out->dilation));
    OCTET_TRY(octet_keras_sizes(call, "groups", 1, 1, &out->groups));
    OCTET_TRY(octet_keras_sizes(call, "depth_multiplier", 1, 1, &out->multiplier));
    return octet_keras_padding(call, &out->padding, may_be_causal ? &out->causal : NULL);
}

/* The bias of `n` channels; zeros where the layer has none, as the
 * converter writes for CONV_2D and DEPTHWISE_CONV_2D. */
static octet_status conv_bias(octet_keras_call *call, const char *name, int32_t n, uint32_t *out) {
    const float *data = NULL;
    if (octet_keras_has_weight(call, "bias")) {
        OCTET_TRY(octet_keras_weight_data(call, "bias", 1, &n, &data));
        return octet_keras_constant(call, name, octet_keras_weight_origin(call, "bias"), 1, &n, data, out);
    }
    float *zeros = NULL;
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, (size_t)n, &zeros));
    return octet_keras_constant(call, name, NULL, 1, &n, zeros, out);
}

static octet_status activate_and_return(octet_keras_call *call, uint32_t x) {
    OCTET_TRY(octet_keras_activate(call, "activation", "linear", x, &x));
    return octet_keras_return(call, x);
}

/* [N,H,W,C] with the kernel [kh,kw,I,O]. */
static octet_status emit_conv_2d(octet_keras_call *call, const conv *c, const int32_t *kernel, const int32_t *strides,
                                 const int32_t *dilation, const char *weight, uint32_t x, uint32_t *out) {
    const octet_shape *shape = octet_keras_shape(call, x);
    const int32_t channels = shape->dims[3];
    if (channels % c->groups != 0 || (c->filters >= 0 && c->filters % c->groups != 0)) {
        return octet_keras_contradict(call, "groups is %d, which divides not both the %d channels and the %d filters",
                                      c->groups, channels, c->filters);
    }
    int32_t dims[5] = {kernel[0], kernel[1], channels / c->groups, c->filters, 0};
    int32_t one[4] = {kernel[1], channels / c->groups, c->filters, 0};
    const bool is_1d = octet_keras_shape(call, call->inputs[0])->rank == 3;
    if (is_1d) {
        OCTET_TRY(octet_keras_weight_shape(call, weight, 3, one));
        dims[3] = one[2];
    } else {
        OCTET_TRY(octet_keras_weight_shape(call, weight, 4, dims));
    }
    uint32_t inputs[3] = {x, 0, 0};
    OCTET_TRY(octet_keras_weight_constant(call, weight, "Conv2D", 4, dims, (const int32_t[]){3, 0, 1, 2}, 4,
                                          (const int32_t[]){dims[3], dims[0], dims[1], dims[2]}, &inputs[1]));
    OCTET_TRY(conv_bias(call, "BiasAdd/ReadVariableOp", dims[3], &inputs[2]));
    const octet_options options = {.conv_2d = {.padding = c->padding,
                                               .stride_h = strides[0],
                                               .stride_w = strides[1],
                                               .dilation_h = dilation[0],
                                               .dilation_w = dilation[1]}};
    return octet_keras_emit(call, OCTET_OP_CONV_2D, "BiasAdd", inputs, 3, &options, out);
}

/* [N,H,W,C] with the kernel [kh,kw,C,multiplier]; with_bias: the layer's own bias, else zeros. */
static octet_status emit_depthwise(octet_keras_call *call, const conv *c, const int32_t *kernel, const int32_t *strides,
                                   const int32_t *dilation, bool with_bias, uint32_t x, uint32_t *out) {
    const octet_shape *shape = octet_keras_shape(call, x);
    const int32_t channels = shape->dims[3];
    int32_t dims[4] = {kernel[0], kernel[1], channels, c->multiplier}, one[3] = {kernel[1], channels, c->multiplier};
    const float *data = NULL;
    if (octet_keras_shape(call, call->inputs[0])->rank == 3) {
        OCTET_TRY(octet_keras_weight_data(call, "depthwise_kernel", 3, one, &data));
    } else {
        OCTET_TRY(octet_keras_weight_data(call, "depthwise_kernel", 4, dims, &data));
    }
    uint32_t inputs[3] = {x, 0, 0};
    int32_t n_outputs = 0;
    if (__builtin_mul_overflow(channels, c->multiplier, &n_outputs))
        return octet_keras_contradict(call, "depth_multiplier is too large");
    OCTET_TRY(octet_keras_constant(call, "depthwise", octet_keras_weight_origin(call, "depthwise_kernel"), 4,
                                   (const int32_t[]){1, kernel[0], kernel[1], n_outputs}, data, &inputs[1]));
    if (with_bias) {
        OCTET_TRY(conv_bias(call, "BiasAdd/ReadVariableOp", n_outputs, &inputs[2]));
    } else {
        float *zeros = NULL;
        OCTET_TRY(OCTET_NEW(call->ctx, call->arena, (size_t)n_outputs, &zeros));
        OCTET_TRY(octet_keras_constant(call, "depthwise/bias", NULL, 1, &n_outputs, zeros, &inputs[2]));
    }
    const octet_options options = {.depthwise_conv_2d = {.padding = c->padding,
                                                         .stride_h = strides[0],
                                                         .stride_w = strides[1],
                                                         .dilation_h = dilation[0],
                                                         .dilation_w = dilation[1],
                                                         .depth_multiplier = c->multiplier}};
    return octet_keras_emit(call, OCTET_OP_DEPTHWISE_CONV_2D, "depthwise", inputs, 3, &options, out);
}

/* [N,L,C] -> [N,1,L,C], with the cells before it that a causal convolution needs. */
static octet_status to_2d(octet_keras_call *call, const conv *c, uint32_t x, uint32_t *out) {
    if (c->causal) {
        int64_t before = (int64_t)(c->kernel[0] - 1) * c->dilation[0];
        if (before > INT32_MAX / 2) return octet_keras_contradict(call, "kernel_size and dilation_rate are too large");
        OCTET_TRY(
            octet_keras_pad(call, "Pad", x, (const int32_t[]){0, (int32_t)before, 0}, (const int32_t[]){0, 0, 0}, &x));
    }
    const octet_shape *shape = octet_keras_shape(call, x);
    return octet_keras_reshape(call, "Conv1D/ExpandDims", x, 4,
                               (const int32_t[]){shape->dims[0], 1, shape->dims[1], shape->dims[2]}, out);
}

static octet_status from_2d(octet_keras_call *call, uint32_t x, uint32_t *out) {
    const octet_shape *shape = octet_keras_shape(call, x);
    return octet_keras_reshape(call, "Conv1D/Squeeze", x, 3,
                               (const int32_t[]){shape->dims[0], shape->dims[2], shape->dims[3]}, out);
}

octet_status octet_keras_layer_conv_1d(octet_keras_call *call) {
    conv c = {0};
    uint32_t x;
    OCTET_TRY(read_conv(call, 1, true, &c));
    OCTET_TRY(octet_keras_single(call, 3, 3, &x));
    OCTET_TRY(to_2d(call, &c, x, &x));
    OCTET_TRY(emit_conv_2d(call, &c, (const int32_t[]){1, c.kernel[0]}, (const int32_t[]){1, c.strides[0]},
                           (const int32_t[]){1, c.dilation[0]}, "kernel", x, &x));
    OCTET_TRY(from_2d(call, x, &x));
    return activate_and_return(call, x);
}

octet_status octet_keras_layer_conv_2d(octet_keras_call *call) {
    conv c = {0};
    uint32_t x;
    OCTET_TRY(read_conv(call, 2, false, &c));
    OCTET_TRY(octet_keras_single(call, 4, 4, &x));
    OCTET_TRY(emit_conv_2d(call, &c, c.kernel, c.strides, c.dilation, "kernel", x, &x));
    return activate_and_return(call, x);
}

/* CONV_3D takes Keras's own layout [D,H,W,I,O], and its bias as an ADD. */
octet_status octet_keras_layer_conv_3d(octet_keras_call *call) {
    conv c = {0};
    uint32_t inputs[3] = {0, 0, OCTET_NONE}, x, bias;
    OCTET_TRY(read_conv(call, 3, false, &c));
    OCTET_TRY(octet_keras_single(call, 5, 5, &inputs[0]));
    if (c.groups != 1) return octet_keras_refuse(call, "groups other than 1 are not supported in three dimensions");
    int32_t dims[5] = {c.kernel[0], c.kernel[1], c.kernel[2], octet_keras_shape(call, inputs[0])->dims[4], c.filters};
    OCTET_TRY(octet_keras_weight_shape(call, "kernel", 5, dims));
    OCTET_TRY(octet_keras_weight_constant(call, "kernel", "Conv3D/ReadVariableOp", 5, dims, NULL, 5, dims, &inputs[1]));
    const octet_options options = {.conv_3d = {.padding = c.padding,
                                               .stride_d = c.strides[0],
                                               .stride_h = c.strides[1],
                                               .stride_w = c.strides[2],
                                               .dilation_d = c.dilation[0],
                                               .dilation_h = c.dilation[1],
                                               .dilation_w = c.dilation[2]}};
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_CONV_3D, "Conv3D", inputs, 3, &options, &x));
    if (octet_keras_has_weight(call, "bias")) {
        OCTET_TRY(conv_bias(call, "BiasAdd/ReadVariableOp", dims[4], &bias));
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_ADD, "BiasAdd", x, bias, &x));
    }
    return activate_and_return(call, x);
}

/* The pointwise half of a separable convolution: kernel [1,1,I,O] or [1,I,O]. */
static octet_status emit_pointwise(octet_keras_call *call, const conv *c, uint32_t x, uint32_t *out) {
    conv pointwise = {.filters = c->filters, .groups = 1, .padding = OCTET_PADDING_VALID};
    static const int32_t ones[2] = {1, 1};
    return emit_conv_2d(call, &pointwise, ones, ones, ones, "pointwise_kernel", x, out);
}

/* A depthwise convolution, and the pointwise one behind it where it is the first half of a separable one. */
static octet_status depthwise_1d(octet_keras_call *call, bool is_separable) {
    conv c = {0};
    uint32_t x;
    OCTET_TRY(read_conv(call, 1, true, &c));
    OCTET_TRY(octet_keras_single(call, 3, 3, &x));
    OCTET_TRY(to_2d(call, &c, x, &x));
    OCTET_TRY(emit_depthwise(call, &c, (const int32_t[]){1, c.kernel[0]}, (const int32_t[]){1, c.strides[0]},
                             (const int32_t[]){1, c.dilation[0]}, !is_separable, x, &x));
    if (is_separable) OCTET_TRY(emit_pointwise(call, &c, x, &x));
    OCTET_TRY(from_2d(call, x, &x));
    return activate_and_return(call, x);
}

static octet_status depthwise_2d(octet_keras_call *call, bool is_separable) {
    conv c = {0};
    uint32_t x;
    OCTET_TRY(read_conv(call, 2, false, &c));
    OCTET_TRY(octet_keras_single(call, 4, 4, &x));
    OCTET_TRY(emit_depthwise(call, &c, c.kernel, c.strides, c.dilation, !is_separable, x, &x));
    if (is_separable) OCTET_TRY(emit_pointwise(call, &c, x, &x));
    return activate_and_return(call, x);
}

octet_status octet_keras_layer_depthwise_1d(octet_keras_call *call) { return depthwise_1d(call, false); }
octet_status octet_keras_layer_depthwise_2d(octet_keras_call *call) { return depthwise_2d(call, false); }
octet_status octet_keras_layer_separable_1d(octet_keras_call *call) { return depthwise_1d(call, true); }
octet_status octet_keras_layer_separable_2d(octet_keras_call *call) { return depthwise_2d(call, true); }

/* Length of one axis of a transposed convolution: Keras's deconv_output_length. */
static octet_status transposed_length(octet_keras_call *call, int32_t in, int32_t kernel, int32_t stride,
                                      octet_padding padding, int32_t output_padding, int32_t *out) {
    const bool is_same = padding == OCTET_PADDING_SAME;
    int64_t length = (int64_t)in * stride;
    if (output_padding < 0) {
        if (!is_same && kernel > stride) length += kernel - stride;
    } else {
        length = (int64_t)(in - 1) * stride + kernel - (is_same ? 2 * (kernel / 2) : 0) + output_padding;
    }
    if (length < 1 || length > INT32_MAX / 2)
        return octet_keras_contradict(call, "its output would have %lld cells", (long long)length);
    /* TRANSPOSE_CONV must, run backwards, give the input's length again. */
    const int64_t back = is_same ? (length + stride - 1) / stride : (length - kernel + stride) / stride;
    if (back != in)
        return octet_keras_refuse(call, "output_padding %d with strides %d is not supported", output_padding, stride);
    *out = (int32_t)length;
    return OCTET_OK;
}

static octet_status emit_transposed(octet_keras_call *call, const conv *c, const int32_t *kernel,
                                    const int32_t *strides, const int32_t *output_padding, uint32_t x, uint32_t *out) {
    const octet_shape *shape = octet_keras_shape(call, x);
    const int32_t channels = shape->dims[3];
    int32_t dims[4] = {kernel[0], kernel[1], c->filters, channels}, one[3] = {kernel[1], c->filters, channels},
            size[4] = {shape->dims[0], 0, 0, 0};
    OCTET_TRY(transposed_length(call, shape->dims[1], kernel[0], strides[0], c->padding, output_padding[0], &size[1]));
    OCTET_TRY(transposed_length(call, shape->dims[2], kernel[1], strides[1], c->padding, output_padding[1], &size[2]));
    if (octet_keras_shape(call, call->inputs[0])->rank == 3) {
        OCTET_TRY(octet_keras_weight_shape(call, "kernel", 3, one));
        dims[2] = one[1];
    } else {
        OCTET_TRY(octet_keras_weight_shape(call, "kernel", 4, dims));
    }
    size[3] = dims[2];
    uint32_t inputs[4] = {0, 0, x, 0}, n = octet_keras_has_weight(call, "bias") ? 4 : 3;
    OCTET_TRY(octet_keras_i32s(call, "stack", size, 4, &inputs[0]));
    OCTET_TRY(octet_keras_weight_constant(call, "kernel", "conv2d_transpose", 4, dims, (const int32_t[]){2, 0, 1, 3}, 4,
                                          (const int32_t[]){dims[2], dims[0], dims[1], dims[3]}, &inputs[1]));
    if (n == 4) OCTET_TRY(conv_bias(call, "BiasAdd/ReadVariableOp", dims[2], &inputs[3]));
    if (n == 4 && octet_keras_is_zero(call, inputs[3])) n = 3;
    const octet_options options = {
        .transpose_conv = {.padding = c->padding, .stride_h = strides[0], .stride_w = strides[1]}};
    return octet_keras_emit(call, OCTET_OP_TRANSPOSE_CONV, "BiasAdd", inputs, n, &options, out);
}

static octet_status read_transposed(octet_keras_call *call, int32_t n, conv *c, int32_t *output_padding) {
    OCTET_TRY(read_conv(call, n, false, c));
    for (int32_t i = 0; i < n; i++) {
        if (c->dilation[i] != 1)
            return octet_keras_refuse(call, "dilation_rate other than 1 is not supported in a transposed convolution");
        output_padding[i] = -1;
    }
    if (c->groups != 1)
        return octet_keras_refuse(call, "groups other than 1 are not supported in a transposed convolution");
    const octet_json_kind kind = octet_json_kind_of(octet_json_get(call->layer->config, "output_padding"));
    if (kind == OCTET_JSON_MISSING || kind == OCTET_JSON_NULL) return OCTET_OK;
    int32_t values[8], count = 0;
    OCTET_TRY(
        octet_json_get_i32_list(call->ctx, call->document, call->layer->config, "output_padding", 8, values, &count));
    if (count != 1 && count != n)
        return octet_keras_contradict(call, "output_padding has %d numbers, it needs 1 or %d", count, n);
    for (int32_t i = 0; i < n; i++) {
        output_padding[i] = values[count == 1 ? 0 : i];
        if (output_padding[i] < 0 || output_padding[i] >= c->strides[i])
            return octet_keras_contradict(call, "output_padding must be less than strides");
    }
    return OCTET_OK;
}

octet_status octet_keras_layer_conv_1d_transpose(octet_keras_call *call) {
    conv c = {0};
    uint32_t x;
    int32_t output_padding[2] = {-1, -1};
    OCTET_TRY(read_transposed(call, 1, &c, &output_padding[1]));
    OCTET_TRY(octet_keras_single(call, 3, 3, &x));
    OCTET_TRY(to_2d(call, &c, x, &x));
    OCTET_TRY(emit_transposed(call, &c, (const int32_t[]){1, c.kernel[0]}, (const int32_t[]){1, c.strides[0]},
                              output_padding, x, &x));
    OCTET_TRY(from_2d(call, x, &x));
    return activate_and_return(call, x);
}

octet_status octet_keras_layer_conv_2d_transpose(octet_keras_call *call) {
    conv c = {0};
    uint32_t x;
    int32_t output_padding[2];
    OCTET_TRY(read_transposed(call, 2, &c, output_padding));
    OCTET_TRY(octet_keras_single(call, 4, 4, &x));
    OCTET_TRY(emit_transposed(call, &c, c.kernel, c.strides, output_padding, x, &x));
    return activate_and_return(call, x);
}
