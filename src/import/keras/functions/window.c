/* Functions over windows: pooling, convolutions with constant kernels, patches; and keras.ops.dot_product_attention. */
#include <math.h>
#include <string.h>

#include "import/keras/emit/attention.h"
#include "import/keras/emit/pool_adaptive.h"
#include "import/keras/functions/arguments.h"
#include "import/keras/functions/functions.h"

/* Two numbers for height and width: from one, two, or TensorFlow's [1,h,w,1] and [1,w,1]. 1 where nothing is given. */
static octet_status pair(octet_keras_call *call, int32_t position, const char *words, int32_t *out) {
    int32_t values[4], n = 0;
    OCTET_TRY(octet_keras_operand_i32s(call, position, words, 4, values, &n));
    if (n == 3 && values[0] == 1 && values[2] == 1) values[0] = values[1], n = 1; /* [1,steps,1] of sequences */
    if (n == 3 || n == 0)
        return octet_keras_refuse(call, "its %.*s are neither 1, 2 nor 4 numbers", (int)strcspn(words, " "), words);
    out[0] = n < 0 ? 1 : values[n == 4 ? 1 : 0];
    out[1] = n < 0 ? 1 : values[n == 1 ? 0 : n == 4 ? 2 : 1];
    if (out[0] < 1 || out[1] < 1 || out[0] > 1 << 20 || out[1] > 1 << 20)
        return octet_keras_contradict(call, "its %.*s must be at least 1", (int)strcspn(words, " "), words);
    return OCTET_OK;
}

static octet_status padding_of(octet_keras_call *call, int32_t position, octet_padding *out) {
    const octet_keras_argument *argument = NULL;
    OCTET_TRY(octet_keras_operand(call, position, "padding", &argument));
    const char *text = argument != NULL ? octet_json_text(argument->constant) : "valid";
    const bool is_same = text != NULL && (strcmp(text, "SAME") == 0 || strcmp(text, "same") == 0);
    if (text == NULL || (!is_same && strcmp(text, "VALID") != 0 && strcmp(text, "valid") != 0))
        return octet_keras_refuse(call, "its padding is neither valid nor same");
    *out = is_same ? OCTET_PADDING_SAME : OCTET_PADDING_VALID;
    return OCTET_OK;
}

/* [batch,steps,channels] as pictures of height 1; back by `as_row`. */
static octet_status as_picture(octet_keras_call *call, uint32_t x, uint32_t *out) {
    const octet_shape shape = *octet_keras_shape(call, x);
    *out = x;
    if (shape.rank != 3) return OCTET_OK;
    return octet_keras_reshape(call, "ExpandDims", x, 4,
                               (const int32_t[]){shape.dims[0], 1, shape.dims[1], shape.dims[2]}, out);
}

static octet_status as_row(octet_keras_call *call, uint32_t x, uint32_t *out) {
    const octet_shape shape = *octet_keras_shape(call, x);
    return octet_keras_reshape(call, "Squeeze", x, 3, (const int32_t[]){shape.dims[0], shape.dims[2], shape.dims[3]},
                               out);
}

/* Max and average pooling of pictures and sequences. */
octet_status octet_keras_function_pool(octet_keras_call *call, const octet_keras_function *self) {
    uint32_t x;
    int32_t size[2], strides[2];
    octet_padding padding;
    const octet_keras_argument *given = NULL;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    const int32_t rank = octet_keras_shape(call, x)->rank;
    if (rank != 4 && rank != 3)
        return octet_keras_refuse(call,
                                  "is supported on [batch,height,width,channels] and [batch,steps,channels] only");
    OCTET_TRY(pair(call, 1, "ksize pool_size window_shape", size));
    OCTET_TRY(octet_keras_operand(call, 2, "strides", &given));
    memcpy(strides, size, sizeof strides);
    if (given != NULL) OCTET_TRY(pair(call, 2, "strides", strides));
    OCTET_TRY(padding_of(call, 3, &padding));
    if (rank == 3) size[0] = strides[0] = 1;
    OCTET_TRY(as_picture(call, x, &x));
    const octet_options options = {.pool_2d = {.padding = padding,
                                               .stride_h = strides[0],
                                               .stride_w = strides[1],
                                               .filter_h = size[0],
                                               .filter_w = size[1]}};
    octet_operator_code code = self->code;
    if (self->variant != NULL) { /* tf.nn.pool */
        const octet_keras_argument *type = NULL;
        OCTET_TRY(octet_keras_operand(call, 2, "pooling_type", &type));
        const bool is_max = type != NULL && octet_json_text_is(type->constant, "MAX");
        if (!is_max && (type == NULL || !octet_json_text_is(type->constant, "AVG")))
            return octet_keras_refuse(call, "its pooling_type is neither MAX nor AVG");
        code = is_max ? OCTET_OP_MAX_POOL_2D : OCTET_OP_AVERAGE_POOL_2D;
    }
    OCTET_TRY(octet_keras_emit(call, code, "Pool", &x, 1, &options, &x));
    if (rank == 3) OCTET_TRY(as_row(call, x, &x));
    return octet_keras_return(call, x);
}

/* How a window moves. */
typedef struct motion {
    int32_t strides[2], dilation[2];
    octet_padding padding;
} motion;

/* A convolution with a constant kernel [height,width,in,out], or [height,width,in,multiplier] by channels. */
static octet_status convolve(octet_keras_call *call, octet_operator_code code, uint32_t x, uint32_t weights, motion m,
                             uint32_t *out) {
    uint32_t inputs[3] = {x, weights, OCTET_NONE};
    int32_t dims[4];
    const bool is_depthwise = code == OCTET_OP_DEPTHWISE_CONV_2D, is_1d = octet_keras_shape(call, x)->rank == 3;
    if (inputs[1] == OCTET_NONE || call->graph->values[inputs[1]].data == NULL ||
        call->graph->values[inputs[1]].type != OCTET_FLOAT32)
        return octet_keras_refuse(call, "needs a constant kernel");
    const octet_value kernel = call->graph->values[inputs[1]];
    if (kernel.shape.rank != octet_keras_shape(call, inputs[0])->rank || kernel.shape.rank < 3 || kernel.shape.rank > 4)
        return octet_keras_refuse(call,
                                  "is supported on [batch,height,width,channels] and [batch,steps,channels] only");
    if (is_1d) m.strides[0] = m.dilation[0] = 1;
    for (int32_t i = 0; i < 4; i++) dims[i] = is_1d ? (i == 0 ? 1 : kernel.shape.dims[i - 1]) : kernel.shape.dims[i];
    OCTET_TRY(as_picture(call, inputs[0], &inputs[0]));
    octet_options options = {.conv_2d = {.padding = m.padding,
                                         .stride_h = m.strides[0],
                                         .stride_w = m.strides[1],
                                         .dilation_h = m.dilation[0],
                                         .dilation_w = m.dilation[1]}};
    int32_t perm[4] = {3, 0, 1, 2}, out_dims[4] = {dims[3], dims[0], dims[1], dims[2]};
    if (is_depthwise) {
        options = (octet_options){.depthwise_conv_2d = {.padding = m.padding,
                                                        .stride_h = m.strides[0],
                                                        .stride_w = m.strides[1],
                                                        .dilation_h = m.dilation[0],
                                                        .dilation_w = m.dilation[1],
                                                        .depth_multiplier = dims[3]}};
        memcpy(perm, (const int32_t[]){0, 1, 2, 3}, sizeof perm);
        if ((int64_t)dims[2] * dims[3] > INT32_MAX / 4) return octet_keras_contradict(call, "its kernel is too large");
        memcpy(out_dims, (const int32_t[]){1, dims[0], dims[1], dims[2] * dims[3]}, sizeof out_dims);
    }
    OCTET_TRY(octet_keras_constant_permuted(call, "kernel", NULL, 4, dims, perm, kernel.data, 4, out_dims, &inputs[1]));
    float *zeros = NULL;
    const int32_t n_out = is_depthwise ? out_dims[3] : out_dims[0];
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, (size_t)n_out, &zeros));
    OCTET_TRY(octet_keras_constant(call, "bias", NULL, 1, &n_out, zeros, &inputs[2]));
    OCTET_TRY(octet_keras_emit(call, code, "Conv2D", inputs, 3, &options, &inputs[0]));
    *out = inputs[0];
    return is_1d ? as_row(call, inputs[0], out) : OCTET_OK;
}

static octet_status motion_of(octet_keras_call *call, int32_t strides, motion *m) {
    OCTET_TRY(pair(call, strides, "strides stride", m->strides));
    OCTET_TRY(padding_of(call, strides + 1, &m->padding));
    return pair(call, -1, "dilations dilation_rate rate", m->dilation);
}

octet_status octet_keras_function_conv(octet_keras_call *call, const octet_keras_function *self) {
    uint32_t x, kernel;
    motion m;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand_value(call, 1, "filter filters kernel", &kernel));
    OCTET_TRY(motion_of(call, 2, &m));
    OCTET_TRY(convolve(call, self->code, x, kernel, m, &x));
    return octet_keras_return(call, x);
}

/* By channels, then across them by a kernel of one cell. */
octet_status octet_keras_function_separable(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x, kernels[2];
    motion m;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand_value(call, 1, "depthwise_filter depthwise_kernel", &kernels[0]));
    OCTET_TRY(octet_keras_operand_value(call, 2, "pointwise_filter pointwise_kernel", &kernels[1]));
    OCTET_TRY(motion_of(call, 3, &m));
    OCTET_TRY(convolve(call, OCTET_OP_DEPTHWISE_CONV_2D, x, kernels[0], m, &x));
    OCTET_TRY(convolve(call, OCTET_OP_CONV_2D, x, kernels[1], (motion){{1, 1}, {1, 1}, OCTET_PADDING_VALID}, &x));
    return octet_keras_return(call, x);
}

/* A transposed convolution of pictures with a constant kernel [height,width,out,in]. Keras 2 states the shape of the
 * result; that of Keras 3 follows from the strides. */
octet_status octet_keras_function_conv_transpose(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    const bool is_3 = call->layer->is_operation;
    uint32_t x, kernel, inputs[3];
    motion m = {{1, 1}, {1, 1}, OCTET_PADDING_SAME};
    int32_t size[4], n = -1;
    const octet_keras_argument *given = NULL;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand_value(call, 1, "filters filter kernel", &kernel));
    if (!is_3) OCTET_TRY(octet_keras_operand_i32s(call, 2, "output_shape", 4, size, &n));
    OCTET_TRY(pair(call, is_3 ? 2 : 3, "strides", m.strides));
    OCTET_TRY(octet_keras_operand(call, is_3 ? 3 : 4, "padding", &given));
    if (given != NULL || is_3) OCTET_TRY(padding_of(call, is_3 ? 3 : 4, &m.padding));
    OCTET_TRY(pair(call, -1, "dilations dilation_rate", m.dilation));
    const octet_shape shape = *octet_keras_shape(call, x);
    if (kernel == OCTET_NONE || call->graph->values[kernel].data == NULL ||
        call->graph->values[kernel].type != OCTET_FLOAT32)
        return octet_keras_refuse(call, "needs a constant kernel");
    const octet_value k = call->graph->values[kernel];
    if (shape.rank != 4 || k.shape.rank != 4)
        return octet_keras_refuse(call, "is supported on [batch,height,width,channels] only");
    if (m.dilation[0] != 1 || m.dilation[1] != 1) return octet_keras_refuse(call, "is supported without dilation only");
    for (int32_t i = 0; i < 2 && n != 4; i++) {
        const bool grows = m.padding == OCTET_PADDING_VALID && k.shape.dims[i] > m.strides[i];
        const int64_t length = (int64_t)shape.dims[i + 1] * m.strides[i] + (grows ? k.shape.dims[i] - m.strides[i] : 0);
        if (length > INT32_MAX / 4) return octet_keras_contradict(call, "makes its output too large");
        size[i + 1] = (int32_t)length;
    }
    size[0] = shape.dims[0];
    size[3] = k.shape.dims[2];
    OCTET_TRY(octet_keras_i32s(call, "output_shape", size, 4, &inputs[0]));
    OCTET_TRY(octet_keras_constant_permuted(
        call, "kernel", NULL, 4, k.shape.dims, (const int32_t[]){2, 0, 1, 3}, k.data, 4,
        (const int32_t[]){k.shape.dims[2], k.shape.dims[0], k.shape.dims[1], k.shape.dims[3]}, &inputs[1]));
    inputs[2] = x;
    const octet_options options = {
        .transpose_conv = {.padding = m.padding, .stride_h = m.strides[0], .stride_w = m.strides[1]}};
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_TRANSPOSE_CONV, "conv2d_transpose", inputs, 3, &options, &x));
    return octet_keras_return(call, x);
}

/* Patches [batch,rows,columns,height * width * channels] of pictures. Side by side they are the
 * picture with its axes in another order (Keras 2); else, and always in Keras 3, a convolution with
 * ones in the right places, as Keras 3 has it. */
octet_status octet_keras_function_patches(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x, inputs[3];
    int32_t size[2], strides[2], dilation[2];
    octet_padding padding;
    const octet_keras_argument *given = NULL;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(pair(call, 1, "size sizes", size));
    OCTET_TRY(octet_keras_operand(call, 2, "strides", &given));
    memcpy(strides, size, sizeof strides);
    if (given != NULL) OCTET_TRY(pair(call, 2, "strides", strides));
    OCTET_TRY(pair(call, 3, "dilation_rate rates", dilation));
    OCTET_TRY(padding_of(call, 4, &padding));
    const octet_shape shape = *octet_keras_shape(call, x);
    if (shape.rank != 4) return octet_keras_refuse(call, "is supported on [batch,height,width,channels] only");
    const int32_t channels = shape.dims[3], rows = shape.dims[1] / size[0], columns = shape.dims[2] / size[1];
    if (!call->layer->is_operation && memcmp(size, strides, sizeof size) == 0 && dilation[0] == 1 && dilation[1] == 1 &&
        rows * size[0] == shape.dims[1] && columns * size[1] == shape.dims[2]) {
        OCTET_TRY(octet_keras_reshape(call, "Reshape", x, 6,
                                      (const int32_t[]){shape.dims[0], rows, size[0], columns, size[1], channels}, &x));
        OCTET_TRY(octet_keras_transpose(call, "transpose", x, (const int32_t[]){0, 1, 3, 2, 4, 5}, &x));
        OCTET_TRY(octet_keras_reshape(call, "Reshape_1", x, 4,
                                      (const int32_t[]){shape.dims[0], rows, columns, size[0] * size[1] * channels},
                                      &x));
        return octet_keras_return(call, x);
    }
    enum { MOST = 4096 };
    const int64_t n = (int64_t)size[0] * size[1] * channels;
    if (n > MOST)
        return octet_keras_refuse(call, "gives patches of %lld numbers; %d are supported", (long long)n, MOST);
    const int32_t n_out = (int32_t)n;
    float *ones = NULL, *zeros = NULL;
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, (size_t)n * (size_t)n, &ones));
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, (size_t)n, &zeros));
    for (size_t i = 0; i < (size_t)n; i++) ones[i * (size_t)n + i] = 1.0f;
    inputs[0] = x;
    OCTET_TRY(octet_keras_constant(call, "kernel", NULL, 4, (const int32_t[]){n_out, size[0], size[1], channels}, ones,
                                   &inputs[1]));
    OCTET_TRY(octet_keras_constant(call, "bias", NULL, 1, &n_out, zeros, &inputs[2]));
    const octet_options options = {.conv_2d = {.padding = padding,
                                               .stride_h = strides[0],
                                               .stride_w = strides[1],
                                               .dilation_h = dilation[0],
                                               .dilation_w = dilation[1]}};
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_CONV_2D, "Conv2D", inputs, 3, &options, &x));
    return octet_keras_return(call, x);
}

/* softmax(query key^T * scale) value of [batch,steps,heads,size]. */
octet_status octet_keras_function_dot_product_attention(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    static const char *const words[5] = {"query", "key", "value", "bias", "mask"};
    static const int32_t rows[4] = {0, 2, 1, 3}, columns[4] = {0, 2, 3, 1};
    uint32_t values[5], scores;
    bool is_causal = false;
    double scale = 0.0, cap = 0.0;
    for (int32_t i = 0; i < 5; i++) OCTET_TRY(octet_keras_operand_value(call, i, words[i], &values[i]));
    for (int32_t i = 0; i < 3; i++) {
        if (values[i] == OCTET_NONE || octet_keras_shape(call, values[i])->rank != 4)
            return octet_keras_refuse(call, "needs a query, a key and a value of four dimensions");
    }
    OCTET_TRY(octet_keras_operand_bool(call, 6, "is_causal", false, &is_causal));
    OCTET_TRY(octet_keras_operand_f64(call, -1, "attn_logits_soft_cap", 0.0, &cap));
    const octet_shape query = *octet_keras_shape(call, values[0]), key = *octet_keras_shape(call, values[1]);
    OCTET_TRY(octet_keras_operand_f64(call, 5, "scale", 1.0 / (double)sqrtf((float)key.dims[3]), &scale));
    if (cap != 0.0 || query.dims[2] != key.dims[2])
        return octet_keras_refuse(call, "is supported without a soft cap and groups of heads");
    if (is_causal) {
        const octet_attention causal = {.is_causal = true};
        uint32_t seen;
        OCTET_TRY(octet_keras_attention_seen(call, &causal, query.dims[1], key.dims[1], false, &seen));
        if (values[4] != OCTET_NONE)
            OCTET_TRY(octet_keras_binary(call, OCTET_OP_LOGICAL_AND, "LogicalAnd_1", values[4], seen, &seen));
        values[4] = seen;
    }
    OCTET_TRY(octet_keras_transpose(call, "transpose", values[0], rows, &values[0]));
    OCTET_TRY(octet_keras_transpose(call, "transpose_1", values[1], columns, &values[1]));
    OCTET_TRY(octet_keras_batch_matmul(call, "MatMul", values[0], values[1], &scores));
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MUL, "mul", scores, (float)scale, &scores));
    if (values[3] != OCTET_NONE) OCTET_TRY(octet_keras_binary(call, OCTET_OP_ADD, "add", scores, values[3], &scores));
    OCTET_TRY(octet_keras_attention_dot_softmax(call, scores, values[4], &scores));
    OCTET_TRY(octet_keras_transpose(call, "transpose_2", values[2], rows, &values[2]));
    OCTET_TRY(octet_keras_batch_matmul(call, "MatMul_1", scores, values[2], &scores));
    OCTET_TRY(octet_keras_transpose(call, "transpose_3", scores, rows, &scores));
    return octet_keras_return(call, scores);
}

octet_status octet_keras_function_adaptive_pool(octet_keras_call *call, const octet_keras_function *self) {
    uint32_t x;
    int32_t sizes[2], n = 0;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "output_size", 2, sizes, &n));
    return octet_keras_pool_adaptive(call, self->code, x, sizes, n);
}
