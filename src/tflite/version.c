/* As TensorFlow 2.21 assigns them, read from files that it wrote; int16 operators carry the number of int8. */
#include "tflite/version.h"

static octet_type input_type(const octet_graph *graph, const octet_operator *op, uint32_t input) {
    const octet_value *value = octet_graph_input(graph, op, input);
    return value != NULL ? value->type : OCTET_N_TYPES;
}

static int32_t input_rank(const octet_graph *graph, const octet_operator *op, uint32_t input) {
    const octet_value *value = octet_graph_input(graph, op, input);
    return value != NULL ? value->shape.rank : 0;
}

static bool is_integer(octet_type type) { return type == OCTET_INT8 || type == OCTET_INT16; }

/* Float activations with int8 weights, and a scale per channel or not. */
static bool is_hybrid(const octet_graph *graph, const octet_operator *op, uint32_t weights, bool *per_channel) {
    const octet_value *value = octet_graph_input(graph, op, weights);
    *per_channel = value != NULL && value->quantization.n > 1;
    return value != NULL && value->type == OCTET_INT8 && octet_graph_output(graph, op, 0)->type == OCTET_FLOAT32;
}

static uint32_t weights_of(const octet_operator *op) { return (uint32_t)octet_operator_operands(op->code).weights; }

/* Two operands of different shapes, one of rank 5 or more. */
static bool broadcasts_high_rank(const octet_graph *graph, const octet_operator *op) {
    const octet_value *a = octet_graph_input(graph, op, 0), *b = octet_graph_input(graph, op, 1);
    return a != NULL && b != NULL && !octet_shape_equal(&a->shape, &b->shape) &&
           (a->shape.rank > 4 || b->shape.rank > 4);
}

static int32_t version_of_conv(const octet_graph *graph, const octet_operator *op) {
    bool per_channel;
    const octet_value *input = octet_graph_input(graph, op, 0), *filter = octet_graph_input(graph, op, weights_of(op));
    if (input != NULL && filter != NULL && input->shape.rank == 4 && filter->shape.rank == 4 &&
        input->shape.dims[3] != filter->shape.dims[3])
        return 6;
    if (is_hybrid(graph, op, weights_of(op), &per_channel)) return per_channel ? 5 : 2;
    return is_integer(input_type(graph, op, 0)) ? 3 : 1;
}

static int32_t version_of_depthwise(const octet_graph *graph, const octet_operator *op) {
    bool per_channel;
    if (is_hybrid(graph, op, weights_of(op), &per_channel)) return per_channel ? 6 : 4;
    if (is_integer(input_type(graph, op, 0))) return 3;
    return op->options.depthwise_conv_2d.dilation_w != 1 || op->options.depthwise_conv_2d.dilation_h != 1 ? 2 : 1;
}

static int32_t version_of_transpose_conv(const octet_graph *graph, const octet_operator *op) {
    if (octet_operator_activation(op) != OCTET_ACTIVATION_NONE) return 4;
    if (octet_graph_input(graph, op, (uint32_t)octet_operator_operands(op->code).bias) != NULL) return 3;
    return input_type(graph, op, weights_of(op)) == OCTET_INT8 ? 2 : 1;
}

static int32_t version_of_dense(const octet_graph *graph, const octet_operator *op) {
    bool per_channel;
    const bool hybrid = is_hybrid(graph, op, weights_of(op), &per_channel);
    if (hybrid && per_channel) return 12;
    if (op->n_inputs == 2) return 6;
    if (op->options.fully_connected.keep_num_dims) return 5;
    if (hybrid) return op->options.fully_connected.asymmetric_quantize_inputs ? 9 : 3;
    return is_integer(input_type(graph, op, 0)) ? 4 : 1;
}

static int32_t version_of_multiply(const octet_graph *graph, const octet_operator *op) {
    const octet_value *a = octet_graph_input(graph, op, 0), *b = octet_graph_input(graph, op, 1);
    const octet_value *out = octet_graph_output(graph, op, 0);
    if (a != NULL && a->type == OCTET_INT64) return 5;
    if (a == NULL || b == NULL || !is_integer(a->type)) return 1;
    if (a->quantization.n == 0 || b->quantization.n == 0 || out->quantization.n == 0) return 2;
    return a->quantization.scale[0] * b->quantization.scale[0] / out->quantization.scale[0] >= 1.0f ? 3 : 2;
}

static int32_t version_of_batch_matmul(const octet_graph *graph, const octet_operator *op) {
    bool per_channel;
    if (is_hybrid(graph, op, 1, &per_channel) && op->options.batch_matmul.asymmetric_quantize_inputs) return 4;
    return is_integer(input_type(graph, op, 0)) ? 2 : 1;
}

static int32_t version_of_strided_slice(const octet_graph *graph, const octet_operator *op) {
    if (op->options.strided_slice.offset) return 8;
    if (op->options.strided_slice.ellipsis_mask != 0 || op->options.strided_slice.new_axis_mask != 0) return 6;
    if (input_rank(graph, op, 0) > 4) return 4;
    if (input_type(graph, op, 0) == OCTET_BOOL) return 3;
    return is_integer(input_type(graph, op, 0)) ? 2 : 1;
}

static int32_t version_of_transpose(const octet_graph *graph, const octet_operator *op) {
    const int32_t rank = input_rank(graph, op, 0);
    if (rank > 4) return rank > 6 ? 8 : rank == 6 ? 6 : 4;
    if (input_type(graph, op, 0) == OCTET_BOOL) return 3;
    return is_integer(input_type(graph, op, 0)) ? 2 : 1;
}

static int32_t version_of_resize(const octet_graph *graph, const octet_operator *op) {
    const bool nearest = op->code == OCTET_OP_RESIZE_NEAREST_NEIGHBOR;
    if (op->options.resize.half_pixel_centers || (nearest && op->options.resize.align_corners)) return 3;
    return is_integer(input_type(graph, op, 0)) ? 2 : 1;
}

static int32_t version_of_lstm(const octet_graph *graph, const octet_operator *op) {
    bool per_channel;
    if (op->options.lstm.diagonal_recurrent) return 4;
    if (is_hybrid(graph, op, OCTET_LSTM_INPUT_WEIGHTS + 1, &per_channel))
        return op->options.lstm.asymmetric_quantize_inputs ? 3 : 2;
    return 1;
}

static int32_t version_of_svdf(const octet_graph *graph, const octet_operator *op) {
    bool per_channel;
    if (input_type(graph, op, 0) == OCTET_INT8) return 3;
    if (is_hybrid(graph, op, OCTET_SVDF_FEATURE_WEIGHTS, &per_channel))
        return op->options.svdf.asymmetric_quantize_inputs ? 4 : 2;
    return 1;
}

static int32_t version_of_quantize(const octet_graph *graph, const octet_operator *op) {
    const octet_value *input = octet_graph_input(graph, op, 0), *output = octet_graph_output(graph, op, 0);
    if (op->code == OCTET_OP_QUANTIZE) return output->quantization.n > 1 ? 3 : 1;
    if (input != NULL && input->type == OCTET_FLOAT16) return 3;
    if (input != NULL && is_integer(input->type)) return input->quantization.n > 1 ? 5 : 2;
    return 1;
}

static int32_t version_of_cast(const octet_graph *graph, const octet_operator *op) {
    const octet_type in = input_type(graph, op, 0), out = octet_graph_output(graph, op, 0)->type;
    if (in == OCTET_FLOAT16 || out == OCTET_FLOAT16) return 5;
    return in == OCTET_INT8 || out == OCTET_INT8 ? 3 : 1;
}

/* The type of one operand decides; 0 = as float32. */
typedef struct by_type {
    uint8_t operand, float32, integer /* int8 and int16 */, boolean, int32, int64;
} by_type;

#define INT8_SINCE(op, version) [OCTET_OP_##op] = {.float32 = 1, .integer = (version)}
static const by_type rows[OCTET_N_OPERATORS] = {
    INT8_SINCE(AVERAGE_POOL_2D, 2),
    INT8_SINCE(CONCATENATION, 2),
    INT8_SINCE(DEPTH_TO_SPACE, 2),
    INT8_SINCE(EQUAL, 2),
    INT8_SINCE(EXP, 2),
    INT8_SINCE(FLOOR_MOD, 2),
    INT8_SINCE(GELU, 2),
    INT8_SINCE(GREATER, 2),
    INT8_SINCE(GREATER_EQUAL, 2),
    INT8_SINCE(L2_NORMALIZATION, 2),
    INT8_SINCE(LESS, 2),
    INT8_SINCE(LESS_EQUAL, 2),
    INT8_SINCE(LOG, 2),
    INT8_SINCE(LOGISTIC, 2),
    INT8_SINCE(LOG_SOFTMAX, 2),
    INT8_SINCE(MAX_POOL_2D, 2),
    INT8_SINCE(MAXIMUM, 2),
    INT8_SINCE(MEAN, 2),
    INT8_SINCE(MINIMUM, 2),
    INT8_SINCE(MIRROR_PAD, 2),
    INT8_SINCE(NOT_EQUAL, 2),
    INT8_SINCE(PACK, 2),
    INT8_SINCE(REDUCE_MAX, 2),
    INT8_SINCE(REDUCE_MIN, 2),
    INT8_SINCE(REDUCE_PROD, 2),
    INT8_SINCE(RELU, 2),
    INT8_SINCE(RELU6, 2),
    INT8_SINCE(RSQRT, 2),
    INT8_SINCE(SELECT, 2),
    INT8_SINCE(SLICE, 2),
    INT8_SINCE(SOFTMAX, 2),
    INT8_SINCE(SPACE_TO_DEPTH, 2),
    INT8_SINCE(SPLIT_V, 2),
    INT8_SINCE(SQRT, 2),
    INT8_SINCE(SQUARED_DIFFERENCE, 2),
    INT8_SINCE(SUM, 2),
    INT8_SINCE(TANH, 2),
    INT8_SINCE(TILE, 3),
    [OCTET_OP_ABS] = {.float32 = 1, .integer = 2, .int32 = 5},
    [OCTET_OP_ADD] = {.float32 = 1, .integer = 2, .int64 = 4},
    [OCTET_OP_ARG_MAX] = {.float32 = 1, .integer = 2, .boolean = 3},
    [OCTET_OP_ARG_MIN] = {.float32 = 1, .integer = 2, .boolean = 3},
    [OCTET_OP_BATCH_TO_SPACE_ND] = {.float32 = 1, .integer = 2},
    [OCTET_OP_SPACE_TO_BATCH_ND] = {.float32 = 1, .integer = 2},
    [OCTET_OP_BROADCAST_TO] = {.float32 = 2, .integer = 3, .boolean = 2, .int32 = 2, .int64 = 2},
    [OCTET_OP_FILL] = {.operand = 1, .float32 = 1, .integer = 3, .boolean = 2},
    [OCTET_OP_FLOOR_DIV] = {.float32 = 2, .integer = 3, .int32 = 1, .int64 = 1},
    [OCTET_OP_GATHER] = {.float32 = 1, .integer = 2, .boolean = 3},
    [OCTET_OP_PAD] = {.float32 = 1, .integer = 2, .boolean = 5},
    [OCTET_OP_PADV2] = {.float32 = 1, .integer = 2, .boolean = 5},
    [OCTET_OP_RANGE] = {.float32 = 1, .int64 = 2},
    [OCTET_OP_REVERSE_V2] = {.float32 = 1, .integer = 3, .boolean = 2},
    [OCTET_OP_SIGN] = {.float32 = 1, .int32 = 2},
    [OCTET_OP_SPLIT] = {.operand = 1, .float32 = 1, .integer = 2, .int32 = 3},
    [OCTET_OP_SUB] = {.float32 = 1, .integer = 2, .int64 = 4},
    [OCTET_OP_UNPACK] = {.float32 = 1, .integer = 2, .boolean = 3},
};
#undef INT8_SINCE

static int32_t version_by_type(const octet_graph *graph, const octet_operator *op) {
    const by_type *row = &rows[op->code];
    const octet_type type = input_type(graph, op, row->operand);
    uint8_t version = row->float32;
    if (is_integer(type)) version = row->integer;
    if (type == OCTET_BOOL) version = row->boolean;
    if (type == OCTET_INT32) version = row->int32;
    if (type == OCTET_INT64) version = row->int64;
    if (version == 0) version = row->float32;
    return version == 0 ? 1 : version;
}

/* What ranks and options ask for on top of the types. */
static int32_t version_by_shape(const octet_graph *graph, const octet_operator *op) {
    switch ((int)op->code) {
    case OCTET_OP_MAXIMUM:
    case OCTET_OP_MINIMUM:
    case OCTET_OP_SUB: return broadcasts_high_rank(graph, op) ? 3 : 1;
    case OCTET_OP_DIV: return broadcasts_high_rank(graph, op) ? 2 : 1;
    case OCTET_OP_PAD:
    case OCTET_OP_PADV2: return input_rank(graph, op, 0) > 4 ? 4 : 1;
    case OCTET_OP_SLICE: return input_rank(graph, op, 0) > 4 ? 5 : 1;
    case OCTET_OP_SELECT: return input_rank(graph, op, 1) > 4 ? 3 : 1;
    case OCTET_OP_SPACE_TO_BATCH_ND:
    case OCTET_OP_BATCH_TO_SPACE_ND: return input_rank(graph, op, 0) != 4 ? 3 : 1;
    case OCTET_OP_GATHER: return op->options.gather.batch_dims != 0 ? 5 : 1;
    case OCTET_OP_LEAKY_RELU: return input_type(graph, op, 0) == OCTET_INT16 ? 2 : 1;
    default: return 1;
    }
}

int32_t octet_version_of_operator(const octet_graph *graph, const octet_operator *op) {
    switch ((int)op->code) {
    case OCTET_OP_CONV_2D: return version_of_conv(graph, op);
    case OCTET_OP_DEPTHWISE_CONV_2D: return version_of_depthwise(graph, op);
    case OCTET_OP_TRANSPOSE_CONV: return version_of_transpose_conv(graph, op);
    case OCTET_OP_FULLY_CONNECTED: return version_of_dense(graph, op);
    case OCTET_OP_MUL: return version_of_multiply(graph, op);
    case OCTET_OP_BATCH_MATMUL: return version_of_batch_matmul(graph, op);
    case OCTET_OP_STRIDED_SLICE: return version_of_strided_slice(graph, op);
    case OCTET_OP_TRANSPOSE: return version_of_transpose(graph, op);
    case OCTET_OP_RESIZE_BILINEAR:
    case OCTET_OP_RESIZE_NEAREST_NEIGHBOR: return version_of_resize(graph, op);
    case OCTET_OP_SVDF: return version_of_svdf(graph, op);
    case OCTET_OP_UNIDIRECTIONAL_SEQUENCE_LSTM: return version_of_lstm(graph, op);
    case OCTET_OP_QUANTIZE:
    case OCTET_OP_DEQUANTIZE: return version_of_quantize(graph, op);
    case OCTET_OP_CAST: return version_of_cast(graph, op);
    default: break;
    }
    const int32_t type = version_by_type(graph, op), shape = version_by_shape(graph, op);
    return type > shape ? type : shape;
}
