#include "graph/options.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

static_assert(sizeof(octet_padding) == 4 && sizeof(octet_activation) == 4 && sizeof(octet_type) == 4,
              "enums are read as 32 bits");

#define AT(member) offsetof(octet_options, member)
#define I32(member, usual, minimum) \
    { #member, OCTET_OPTION_I32, AT(member), (usual), (minimum) }
#define ANY(member) I32(member, 0, INT32_MIN)
#define F32(member) \
    { #member, OCTET_OPTION_F32, AT(member), 0, 0 }
#define BOOL(member, usual) \
    { #member, OCTET_OPTION_BOOL, AT(member), (usual), 0 }
#define PADDING(member) \
    { #member, OCTET_OPTION_PADDING, AT(member), 0, 0 }
#define ACTIVATION(member) \
    { #member, OCTET_OPTION_ACTIVATION, AT(member), 0, 0 }
#define TYPE(member) \
    { #member, OCTET_OPTION_TYPE, AT(member), 0, 0 }

/* The members of octet_options that an operator has. */
#define OPTIONS(name, ...)                                    \
    static const octet_option name##_items[] = {__VA_ARGS__}; \
    static const octet_option_list name = {name##_items, (uint32_t)(sizeof name##_items / sizeof name##_items[0])}

OPTIONS(conv_2d, PADDING(conv_2d.padding), I32(conv_2d.stride_w, 0, 1), I32(conv_2d.stride_h, 0, 1),
        ACTIVATION(conv_2d.activation), I32(conv_2d.dilation_w, 1, 1), I32(conv_2d.dilation_h, 1, 1),
        TYPE(conv_2d.quantized_bias_type));
OPTIONS(depthwise_conv_2d, PADDING(depthwise_conv_2d.padding), I32(depthwise_conv_2d.stride_w, 0, 1),
        I32(depthwise_conv_2d.stride_h, 0, 1),
        I32(depthwise_conv_2d.depth_multiplier, 0, 0), /* 0: some writers leave it to the shapes */
        ACTIVATION(depthwise_conv_2d.activation), I32(depthwise_conv_2d.dilation_w, 1, 1),
        I32(depthwise_conv_2d.dilation_h, 1, 1));
OPTIONS(conv_3d, PADDING(conv_3d.padding), I32(conv_3d.stride_d, 0, 1), I32(conv_3d.stride_w, 0, 1),
        I32(conv_3d.stride_h, 0, 1), ACTIVATION(conv_3d.activation), I32(conv_3d.dilation_d, 1, 1),
        I32(conv_3d.dilation_w, 1, 1), I32(conv_3d.dilation_h, 1, 1));
OPTIONS(transpose_conv, PADDING(transpose_conv.padding), I32(transpose_conv.stride_w, 0, 1),
        I32(transpose_conv.stride_h, 0, 1), ACTIVATION(transpose_conv.activation),
        TYPE(transpose_conv.quantized_bias_type));
OPTIONS(pool_2d, PADDING(pool_2d.padding), I32(pool_2d.stride_w, 0, 1), I32(pool_2d.stride_h, 0, 1),
        I32(pool_2d.filter_w, 0, 1), I32(pool_2d.filter_h, 0, 1), ACTIVATION(pool_2d.activation));
OPTIONS(fully_connected, ACTIVATION(fully_connected.activation),
        {"fully_connected.weights_format", OCTET_OPTION_MUST_BE_0, 0, 0, 0}, BOOL(fully_connected.keep_num_dims, 0),
        BOOL(fully_connected.asymmetric_quantize_inputs, 0), TYPE(fully_connected.quantized_bias_type));
OPTIONS(arithmetic, ACTIVATION(arithmetic.activation));                                    /* MUL, DIV */
OPTIONS(addition, ACTIVATION(arithmetic.activation), BOOL(arithmetic.pot_scale_int16, 1)); /* ADD, SUB */
OPTIONS(concatenation, ANY(concatenation.axis), ACTIVATION(concatenation.activation));
OPTIONS(l2_normalization, ACTIVATION(l2_normalization.activation));
OPTIONS(softmax, F32(softmax.beta));
OPTIONS(reduce, BOOL(reduce.keep_dims, 0));
OPTIONS(leaky_relu, F32(leaky_relu.alpha));
OPTIONS(fake_quant, F32(fake_quant.min), F32(fake_quant.max), ANY(fake_quant.n_bits), BOOL(fake_quant.narrow_range, 0));
OPTIONS(gelu, BOOL(gelu.approximate, 0));
OPTIONS(pack, I32(pack.count, 0, 1), ANY(pack.axis));
OPTIONS(unpack, I32(pack.count, 0, 0), ANY(pack.axis));
OPTIONS(split, I32(split.n_splits, 0, 1));
OPTIONS(gather, ANY(gather.axis), ANY(gather.batch_dims));
OPTIONS(batch_matmul, BOOL(batch_matmul.adj_x, 0), BOOL(batch_matmul.adj_y, 0),
        BOOL(batch_matmul.asymmetric_quantize_inputs, 0));
OPTIONS(resize, BOOL(resize.align_corners, 0), BOOL(resize.half_pixel_centers, 0));
OPTIONS(strided_slice, ANY(strided_slice.begin_mask), ANY(strided_slice.end_mask), ANY(strided_slice.ellipsis_mask),
        ANY(strided_slice.new_axis_mask), ANY(strided_slice.shrink_axis_mask), BOOL(strided_slice.offset, 0));
OPTIONS(squeeze, {"squeeze.dims", OCTET_OPTION_I32_LIST, AT(squeeze), 0, 0});
OPTIONS(cast, TYPE(cast.in), TYPE(cast.out));
OPTIONS(shape, TYPE(shape.out));
OPTIONS(arg, TYPE(arg.out));
OPTIONS(block, I32(block.size, 0, 1));
OPTIONS(cumsum, BOOL(cumsum.exclusive, 0), BOOL(cumsum.reverse, 0));
OPTIONS(one_hot, ANY(one_hot.axis));
OPTIONS(local_response, I32(local_response.radius, 0, 0), F32(local_response.bias), F32(local_response.alpha),
        F32(local_response.beta));
OPTIONS(mirror_pad, BOOL(mirror_pad.symmetric, 0)); /* else REFLECT */
OPTIONS(detection, I32(detection.max_detections, 0, 1), I32(detection.max_classes_per_detection, 0, 1),
        I32(detection.detections_per_class, 100, 0), I32(detection.num_classes, 0, 1),
        BOOL(detection.use_regular_nms, 0), F32(detection.nms_score_threshold), F32(detection.nms_iou_threshold),
        F32(detection.y_scale), F32(detection.x_scale), F32(detection.h_scale), F32(detection.w_scale));
OPTIONS(lstm, ACTIVATION(lstm.activation), F32(lstm.cell_clip), F32(lstm.proj_clip), BOOL(lstm.time_major, 0),
        BOOL(lstm.asymmetric_quantize_inputs, 0), BOOL(lstm.diagonal_recurrent, 0));

OPTIONS(svdf, I32(svdf.rank, 0, 1), ACTIVATION(svdf.activation), BOOL(svdf.asymmetric_quantize_inputs, 0));

static const octet_option_list none = {NULL, 0};

static const octet_option_list *const lists[OCTET_N_OPERATORS] = {
#define ROW(name, options, family, operands) [OCTET_OP_##name] = &options,
    OCTET_OPERATOR_LIST(ROW)
#undef ROW
};

octet_option_list octet_options_of(octet_operator_code code) {
    assert((unsigned)code < OCTET_N_OPERATORS);
    return *lists[code];
}

const char *octet_option_name(const octet_option *option) { return strchr(option->path, '.') + 1; }

octet_option_value octet_option_get(const octet_option *option, const octet_options *options) {
    const unsigned char *place = (const unsigned char *)options + option->offset;
    octet_option_value value = {0};
    switch (option->kind) {
    case OCTET_OPTION_I32:
        memcpy(&value.integer, place, sizeof value.integer);
        value.is_usual = value.integer == option->usual;
        break;
    case OCTET_OPTION_F32: memcpy(&value.real, place, sizeof value.real); break;
    case OCTET_OPTION_BOOL:
        memcpy(&value.flag, place, sizeof value.flag);
        value.is_usual = (int32_t)value.flag == option->usual;
        break;
    case OCTET_OPTION_PADDING:
        memcpy(&value.integer, place, sizeof value.integer);
        value.word = value.integer == OCTET_PADDING_SAME ? "SAME" : "VALID";
        break;
    case OCTET_OPTION_ACTIVATION:
        memcpy(&value.integer, place, sizeof value.integer);
        value.word = octet_activation_name((octet_activation)value.integer);
        value.is_usual = value.integer == OCTET_ACTIVATION_NONE;
        break;
    case OCTET_OPTION_TYPE:
        memcpy(&value.integer, place, sizeof value.integer);
        value.word = octet_type_name((octet_type)value.integer);
        value.is_usual = value.integer == OCTET_FLOAT32;
        break;
    case OCTET_OPTION_I32_LIST:
        value.list = options->squeeze.dims;
        value.n_list = options->squeeze.n_dims;
        value.is_usual = value.n_list == 0;
        break;
    case OCTET_OPTION_MUST_BE_0: value.is_usual = true; break;
    }
    return value;
}

/* Bits, so that -0.0f and 0.0f are two options. */
static bool is_equal(const octet_option *option, const octet_options *a, const octet_options *b) {
    const octet_option_value x = octet_option_get(option, a), y = octet_option_get(option, b);
    if (x.n_list != y.n_list || x.integer != y.integer || x.flag != y.flag) return false;
    if (x.n_list > 0 && memcmp(x.list, y.list, (size_t)x.n_list * sizeof *x.list) != 0) return false;
    uint32_t bits_x, bits_y;
    memcpy(&bits_x, &x.real, sizeof bits_x);
    memcpy(&bits_y, &y.real, sizeof bits_y);
    return bits_x == bits_y;
}

bool octet_options_equal(octet_operator_code code, const octet_options *a, const octet_options *b) {
    const octet_option_list list = octet_options_of(code);
    for (uint32_t i = 0; i < list.n; i++)
        if (!is_equal(&list.items[i], a, b)) return false;
    return true;
}
