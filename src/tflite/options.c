#include "tflite/options.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

static_assert(sizeof(octet_padding) == 4 && sizeof(octet_activation) == 4 && sizeof(octet_type) == 4,
              "enums are read as 32 bits");

#define AT(member) offsetof(octet_options, member)
#define I32(number, member, absent, minimum) \
    { (number), OCTET_OPTION_I32, AT(member), (absent), (minimum), #member }
#define ANY(number, member) I32(number, member, 0, INT32_MIN)
#define F32(number, member) \
    { (number), OCTET_OPTION_F32, AT(member), 0, 0, #member }
#define BOOL(number, member, absent) \
    { (number), OCTET_OPTION_BOOL, AT(member), (absent), 0, #member }
#define PADDING(number, member) \
    { (number), OCTET_OPTION_PADDING, AT(member), 0, 0, #member }
#define ACTIVATION(number, member) \
    { (number), OCTET_OPTION_ACTIVATION, AT(member), 0, 0, #member }
#define TYPE(number, member) \
    { (number), OCTET_OPTION_TYPE, AT(member), 0, 0, #member }

static const octet_option_field conv_2d[] = {
    PADDING(0, conv_2d.padding),          I32(1, conv_2d.stride_w, 0, 1),   I32(2, conv_2d.stride_h, 0, 1),
    ACTIVATION(3, conv_2d.activation),    I32(4, conv_2d.dilation_w, 1, 1), I32(5, conv_2d.dilation_h, 1, 1),
    TYPE(6, conv_2d.quantized_bias_type),
};
static const octet_option_field depthwise_conv_2d[] = {
    PADDING(0, depthwise_conv_2d.padding),
    I32(1, depthwise_conv_2d.stride_w, 0, 1),
    I32(2, depthwise_conv_2d.stride_h, 0, 1),
    I32(3, depthwise_conv_2d.depth_multiplier, 0, 0), /* 0: some writers leave it to the shapes */
    ACTIVATION(4, depthwise_conv_2d.activation),
    I32(5, depthwise_conv_2d.dilation_w, 1, 1),
    I32(6, depthwise_conv_2d.dilation_h, 1, 1),
};
static const octet_option_field conv_3d[] = {
    PADDING(0, conv_3d.padding),      I32(1, conv_3d.stride_d, 0, 1),    I32(2, conv_3d.stride_w, 0, 1),
    I32(3, conv_3d.stride_h, 0, 1),   ACTIVATION(4, conv_3d.activation), I32(5, conv_3d.dilation_d, 1, 1),
    I32(6, conv_3d.dilation_w, 1, 1), I32(7, conv_3d.dilation_h, 1, 1),
};
static const octet_option_field transpose_conv[] = {
    PADDING(0, transpose_conv.padding),          I32(1, transpose_conv.stride_w, 0, 1),
    I32(2, transpose_conv.stride_h, 0, 1),       ACTIVATION(3, transpose_conv.activation),
    TYPE(4, transpose_conv.quantized_bias_type),
};
static const octet_option_field pool_2d[] = {
    PADDING(0, pool_2d.padding),    I32(1, pool_2d.stride_w, 0, 1), I32(2, pool_2d.stride_h, 0, 1),
    I32(3, pool_2d.filter_w, 0, 1), I32(4, pool_2d.filter_h, 0, 1), ACTIVATION(5, pool_2d.activation),
};
static const octet_option_field fully_connected[] = {
    ACTIVATION(0, fully_connected.activation),
    {1, OCTET_OPTION_MUST_BE_0, 0, 0, 0, "fully_connected.weights_format"},
    BOOL(2, fully_connected.keep_num_dims, 0),
    BOOL(3, fully_connected.asymmetric_quantize_inputs, 0),
    TYPE(4, fully_connected.quantized_bias_type),
};
static const octet_option_field arithmetic[] = {ACTIVATION(0, arithmetic.activation)}; /* MUL, DIV */
static const octet_option_field addition[] = {ACTIVATION(0, arithmetic.activation),
                                              BOOL(1, arithmetic.pot_scale_int16, 1)}; /* ADD, SUB */
static const octet_option_field concatenation[] = {ANY(0, concatenation.axis), ACTIVATION(1, concatenation.activation)};
static const octet_option_field l2_normalization[] = {ACTIVATION(0, l2_normalization.activation)};
static const octet_option_field softmax[] = {F32(0, softmax.beta)};
static const octet_option_field reduce[] = {BOOL(0, reduce.keep_dims, 0)};
static const octet_option_field leaky_relu[] = {F32(0, leaky_relu.alpha)};
static const octet_option_field fake_quant[] = {
    F32(0, fake_quant.min),
    F32(1, fake_quant.max),
    ANY(2, fake_quant.n_bits),
    BOOL(3, fake_quant.narrow_range, 0),
};
static const octet_option_field gelu[] = {BOOL(0, gelu.approximate, 0)};
static const octet_option_field pack[] = {I32(0, pack.count, 0, 1), ANY(1, pack.axis)};
static const octet_option_field unpack[] = {I32(0, pack.count, 0, 0), ANY(1, pack.axis)};
static const octet_option_field split[] = {I32(0, split.n_splits, 0, 1)};
static const octet_option_field gather[] = {ANY(0, gather.axis), ANY(1, gather.batch_dims)};
static const octet_option_field batch_matmul[] = {
    BOOL(0, batch_matmul.adj_x, 0),
    BOOL(1, batch_matmul.adj_y, 0),
    BOOL(2, batch_matmul.asymmetric_quantize_inputs, 0),
};
static const octet_option_field resize_bilinear[] = {BOOL(2, resize.align_corners, 0),
                                                     BOOL(3, resize.half_pixel_centers, 0)};
static const octet_option_field resize_nearest[] = {BOOL(0, resize.align_corners, 0),
                                                    BOOL(1, resize.half_pixel_centers, 0)};
static const octet_option_field strided_slice[] = {
    ANY(0, strided_slice.begin_mask),    ANY(1, strided_slice.end_mask),         ANY(2, strided_slice.ellipsis_mask),
    ANY(3, strided_slice.new_axis_mask), ANY(4, strided_slice.shrink_axis_mask), BOOL(5, strided_slice.offset, 0),
};
static const octet_option_field squeeze[] = {{0, OCTET_OPTION_I32_LIST, AT(squeeze), 0, 0, "squeeze.dims"}};
static const octet_option_field cast[] = {TYPE(0, cast.in), TYPE(1, cast.out)};
static const octet_option_field shape[] = {TYPE(0, shape.out)};
static const octet_option_field arg[] = {TYPE(0, arg.out)};
static const octet_option_field block[] = {I32(0, block.size, 0, 1)};
static const octet_option_field cumsum[] = {BOOL(0, cumsum.exclusive, 0), BOOL(1, cumsum.reverse, 0)};
static const octet_option_field one_hot[] = {ANY(0, one_hot.axis)};
static const octet_option_field local_response[] = {
    I32(0, local_response.radius, 0, 0),
    F32(1, local_response.bias),
    F32(2, local_response.alpha),
    F32(3, local_response.beta),
};
static const octet_option_field mirror_pad[] = {
    BOOL(0, mirror_pad.symmetric, 0)}; /* MirrorPadMode: REFLECT 0, SYMMETRIC 1 */
/* Of a custom operator: the names are keys of a map, the numbers mean nothing. */
static const octet_option_field detection[] = {
    I32(0, detection.max_detections, 0, 1),
    I32(0, detection.max_classes_per_detection, 0, 1),
    I32(0, detection.detections_per_class, 100, 0),
    I32(0, detection.num_classes, 0, 1),
    BOOL(0, detection.use_regular_nms, 0),
    F32(0, detection.nms_score_threshold),
    F32(0, detection.nms_iou_threshold),
    F32(0, detection.y_scale),
    F32(0, detection.x_scale),
    F32(0, detection.h_scale),
    F32(0, detection.w_scale),
};
static const octet_option_field lstm[] = {
    ACTIVATION(0, lstm.activation),
    F32(1, lstm.cell_clip),
    F32(2, lstm.proj_clip),
    BOOL(3, lstm.time_major, 0),
    BOOL(4, lstm.asymmetric_quantize_inputs, 0),
    BOOL(5, lstm.diagonal_recurrent, 0),
};

static const octet_option_field svdf[] = {
    I32(0, svdf.rank, 0, 1),
    ACTIVATION(1, svdf.activation),
    BOOL(2, svdf.asymmetric_quantize_inputs, 0),
};

#define TABLE(operator, number, fields) [OCTET_OP_##operator] = {(number), (fields), (uint32_t)(sizeof(fields) / sizeof(fields)[0])}
#define EMPTY(operator, number) [OCTET_OP_##operator] = {(number), NULL, 0}

/* An operator that is not named has table number 0, NONE. */
static const octet_options_table tables[OCTET_N_OPERATORS] = {
    TABLE(CONV_2D, 1, conv_2d),
    TABLE(DEPTHWISE_CONV_2D, 2, depthwise_conv_2d),
    TABLE(AVERAGE_POOL_2D, 5, pool_2d),
    TABLE(MAX_POOL_2D, 5, pool_2d),
    TABLE(L2_POOL_2D, 5, pool_2d),
    TABLE(FULLY_CONNECTED, 8, fully_connected),
    TABLE(SOFTMAX, 9, softmax),
    TABLE(CONCATENATION, 10, concatenation),
    TABLE(ADD, 11, addition),
    TABLE(L2_NORMALIZATION, 12, l2_normalization),
    TABLE(LOCAL_RESPONSE_NORMALIZATION, 13, local_response),
    TABLE(RESIZE_BILINEAR, 15, resize_bilinear),
    EMPTY(RESHAPE, 17), /* its one field, new_shape, is an input of the operator in a graph */
    TABLE(SPACE_TO_DEPTH, 19, block),
    TABLE(MUL, 21, arithmetic),
    EMPTY(PAD, 22),
    TABLE(GATHER, 23, gather),
    EMPTY(BATCH_TO_SPACE_ND, 24),
    EMPTY(SPACE_TO_BATCH_ND, 25),
    EMPTY(TRANSPOSE, 26),
    TABLE(MEAN, 27, reduce),
    TABLE(SUM, 27, reduce),
    TABLE(REDUCE_ANY, 27, reduce),
    TABLE(REDUCE_ALL, 27, reduce),
    TABLE(REDUCE_MAX, 27, reduce),
    TABLE(REDUCE_MIN, 27, reduce),
    TABLE(REDUCE_PROD, 27, reduce),
    TABLE(SUB, 28, addition),
    TABLE(DIV, 29, arithmetic),
    TABLE(SQUEEZE, 30, squeeze),
    TABLE(STRIDED_SLICE, 32, strided_slice),
    EMPTY(TOPK_V2, 34),
    EMPTY(EXP, 33),
    TABLE(SPLIT, 35, split),
    EMPTY(LOG_SOFTMAX, 36),
    TABLE(CAST, 37, cast),
    EMPTY(DEQUANTIZE, 38),
    EMPTY(MAXIMUM, 39),
    EMPTY(MINIMUM, 39),
    TABLE(ARG_MAX, 40, arg),
    EMPTY(LESS, 41),
    EMPTY(NEG, 42),
    EMPTY(PADV2, 43),
    EMPTY(GREATER, 44),
    EMPTY(GREATER_EQUAL, 45),
    EMPTY(LESS_EQUAL, 46),
    EMPTY(SELECT, 47),
    EMPTY(SLICE, 48),
    TABLE(TRANSPOSE_CONV, 49, transpose_conv),
    EMPTY(TILE, 51),
    EMPTY(EXPAND_DIMS, 52),
    EMPTY(EQUAL, 53),
    EMPTY(NOT_EQUAL, 54),
    TABLE(SHAPE, 55, shape),
    EMPTY(POW, 56),
    TABLE(ARG_MIN, 57, arg),
    TABLE(FAKE_QUANT, 58, fake_quant),
    TABLE(PACK, 59, pack),
    EMPTY(LOGICAL_OR, 60),
    TABLE(ONE_HOT, 61, one_hot),
    EMPTY(LOGICAL_AND, 62),
    EMPTY(LOGICAL_NOT, 63),
    TABLE(UNPACK, 64, unpack),
    EMPTY(FLOOR_DIV, 65),
    EMPTY(SQUARE, 66),
    EMPTY(ZEROS_LIKE, 67),
    EMPTY(FILL, 68),
    TABLE(SVDF, 6, svdf),
    TABLE(UNIDIRECTIONAL_SEQUENCE_LSTM, 71, lstm),
    EMPTY(FLOOR_MOD, 72),
    EMPTY(RANGE, 73),
    TABLE(RESIZE_NEAREST_NEIGHBOR, 74, resize_nearest),
    TABLE(LEAKY_RELU, 75, leaky_relu),
    EMPTY(SQUARED_DIFFERENCE, 76),
    TABLE(MIRROR_PAD, 77, mirror_pad),
    EMPTY(ABS, 78),
    TABLE(SPLIT_V, 79, split),
    EMPTY(REVERSE_V2, 81),
    EMPTY(GATHER_ND, 83),
    EMPTY(COS, 84),
    EMPTY(QUANTIZE, 89),
    EMPTY(HARD_SWISH, 91),
    TABLE(DEPTH_TO_SPACE, 94, block),
    EMPTY(SCATTER_ND, 97),
    EMPTY(SELECT_V2, 98),
    TABLE(BATCH_MATMUL, 101, batch_matmul),
    TABLE(CUMSUM, 102, cumsum),
    EMPTY(BROADCAST_TO, 104),
    EMPTY(RFFT2D, 105),
    TABLE(CONV_3D, 106, conv_3d),
    TABLE(DETECTION_POSTPROCESS, 0, detection),
    TABLE(GELU, 116, gelu),
    EMPTY(DYNAMIC_UPDATE_SLICE, 117),
    EMPTY(SIGN, 123),
};

const octet_options_table *octet_options_table_of(octet_operator_code code) {
    assert((unsigned)code < OCTET_N_OPERATORS);
    return &tables[code];
}

static bool field_equal(const octet_option_field *field, const octet_options *a, const octet_options *b) {
    const unsigned char *x = (const unsigned char *)a + field->offset, *y = (const unsigned char *)b + field->offset;
    switch (field->kind) {
    case OCTET_OPTION_MUST_BE_0: return true;
    case OCTET_OPTION_BOOL: return *(const bool *)x == *(const bool *)y;
    case OCTET_OPTION_I32_LIST:
        return a->squeeze.n_dims == b->squeeze.n_dims &&
               memcmp(a->squeeze.dims, b->squeeze.dims, (size_t)a->squeeze.n_dims * sizeof *a->squeeze.dims) == 0;
    case OCTET_OPTION_I32:
    case OCTET_OPTION_F32:
    case OCTET_OPTION_PADDING:
    case OCTET_OPTION_ACTIVATION:
    case OCTET_OPTION_TYPE: break;
    }
    return memcmp(x, y, 4) == 0;
}

bool octet_options_equal(octet_operator_code code, const octet_options *a, const octet_options *b) {
    const octet_options_table *table = octet_options_table_of(code);
    for (uint32_t i = 0; i < table->n_fields; i++)
        if (!field_equal(&table->fields[i], a, b)) return false;
    return true;
}
