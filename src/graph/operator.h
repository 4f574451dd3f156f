/* graph/operator.h - operator codes and their options.
 * In:  the list in operator_list.h.
 * Out: enum octet_operator_code and octet_options, one struct per options table of the TFLite schema.
 * Knows: what TFLite's options mean.
 * Does not know: values, kernels, files. */
#ifndef OCTET_GRAPH_OPERATOR_H
#define OCTET_GRAPH_OPERATOR_H

#include "graph/operator_list.h"
#include "graph/type.h"

typedef enum octet_operator_code {
#define OCTET_OPERATOR_ENUM(name, options, family, operands) OCTET_OP_##name,
    OCTET_OPERATOR_LIST(OCTET_OPERATOR_ENUM)
#undef OCTET_OPERATOR_ENUM
        OCTET_N_OPERATORS
} octet_operator_code;

const char *octet_operator_name(octet_operator_code code); /* "CONV_2D" */

/* Numbers of operands of an operator with learned weights; -1 where it has none. */
typedef struct octet_operands {
    int8_t data, weights, bias;
    int8_t axis; /* of the weights, along which the output channels run; -1: they do not differ by channel */
} octet_operands;
/* All -1 for an operator that has no weights, or several (LSTM, SVDF). */
octet_operands octet_operator_operands(octet_operator_code code);

/* Operands of UNIDIRECTIONAL_SEQUENCE_LSTM. Gates stand in the order input, forget, cell, output. */
enum {
    OCTET_LSTM_INPUT = 0,         /* [batch,time,features], or [time,batch,features] */
    OCTET_LSTM_INPUT_WEIGHTS = 1, /* of four gates, [cells,features] */
    OCTET_LSTM_STATE_WEIGHTS = 5, /* of four gates, [cells,cells] */
    OCTET_LSTM_PEEPHOLES = 9,     /* of three gates */
    OCTET_LSTM_BIASES = 12,       /* of four gates, [cells] */
    OCTET_LSTM_PROJECTION = 16,   /* weights and bias */
    OCTET_LSTM_STATE = 18,        /* variables: the result before, [batch,cells] */
    OCTET_LSTM_CELL_STATE = 19,   /* and the cells */
    OCTET_LSTM_NORMS = 20,        /* of four gates; all may be left away */
    OCTET_LSTM_N_OPERANDS = 24
};
/* Operands of SVDF. */
enum {
    OCTET_SVDF_INPUT = 0,           /* [batch,features] */
    OCTET_SVDF_FEATURE_WEIGHTS = 1, /* [filters,features] */
    OCTET_SVDF_TIME_WEIGHTS = 2,    /* [filters,memory] */
    OCTET_SVDF_BIAS = 3,            /* [units], or none */
    OCTET_SVDF_STATE = 4,           /* variable, [batch,filters * memory] */
    OCTET_SVDF_N_OPERANDS = 5
};

/* The schema's own numbers, so that files and structs agree. */
typedef enum octet_padding { OCTET_PADDING_SAME = 0, OCTET_PADDING_VALID = 1 } octet_padding;
typedef enum octet_activation {
    OCTET_ACTIVATION_NONE = 0,
    OCTET_ACTIVATION_RELU = 1,
    OCTET_ACTIVATION_RELU_N1_TO_1 = 2,
    OCTET_ACTIVATION_RELU6 = 3,
    OCTET_ACTIVATION_TANH = 4
} octet_activation;
const char *octet_activation_name(octet_activation activation); /* "NONE", "RELU", ... */

/* All zero is a valid set of options except for strides, dilations and multipliers, which are at least 1. */
typedef union octet_options {
    struct {
        octet_padding padding;
        octet_activation activation;
        int32_t stride_w, stride_h, dilation_w, dilation_h;
        octet_type quantized_bias_type;
    } conv_2d;
    struct {
        octet_padding padding;
        octet_activation activation;
        int32_t stride_w, stride_h, dilation_w, dilation_h, depth_multiplier;
    } depthwise_conv_2d;
    struct {
        octet_padding padding;
        octet_activation activation;
        int32_t stride_d, stride_w, stride_h, dilation_d, dilation_w, dilation_h;
    } conv_3d;
    struct {
        octet_padding padding;
        octet_activation activation;
        int32_t stride_w, stride_h;
        octet_type quantized_bias_type;
    } transpose_conv;
    struct {
        octet_padding padding;
        octet_activation activation;
        int32_t stride_w, stride_h, filter_w, filter_h;
    } pool_2d;
    struct {
        octet_activation activation;
        bool keep_num_dims, asymmetric_quantize_inputs;
        octet_type quantized_bias_type;
    } fully_connected;
    struct {
        octet_activation activation;
        bool pot_scale_int16;
    } arithmetic; /* ADD SUB MUL DIV */
    struct {
        octet_activation activation;
        int32_t axis;
    } concatenation;
    struct {
        octet_activation activation;
    } l2_normalization;
    struct {
        float beta;
    } softmax;
    struct {
        bool keep_dims;
    } reduce;
    struct {
        float alpha;
    } leaky_relu;
    struct {
        float min, max;
        int32_t n_bits;
        bool narrow_range;
    } fake_quant;
    struct {
        bool approximate;
    } gelu;
    struct {
        int32_t axis, count;
    } pack; /* PACK and UNPACK */
    struct {
        int32_t n_splits;
    } split;
    struct {
        int32_t axis, batch_dims;
    } gather;
    struct {
        bool adj_x, adj_y, asymmetric_quantize_inputs;
    } batch_matmul;
    struct {
        bool align_corners, half_pixel_centers;
    } resize;
    struct {
        int32_t begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask;
        bool offset;
    } strided_slice;
    struct {
        int32_t n_dims;
        int32_t dims[OCTET_MAX_RANK];
    } squeeze;
    struct {
        octet_type in, out;
    } cast;
    struct {
        octet_type out;
    } shape; /* of SHAPE: int32 or int64 */
    struct {
        octet_type out;
    } arg; /* of ARG_MAX, ARG_MIN: int32 or int64 */
    struct {
        int32_t max_detections, max_classes_per_detection, detections_per_class, num_classes;
        bool use_regular_nms;
        float nms_score_threshold, nms_iou_threshold, y_scale, x_scale, h_scale, w_scale;
    } detection;
    struct {
        bool exclusive, reverse;
    } cumsum;
    struct {
        int32_t axis;
    } one_hot;
    struct {
        int32_t radius;
        float bias, alpha, beta;
    } local_response;
    struct {
        int32_t size;
    } block; /* SPACE_TO_DEPTH, DEPTH_TO_SPACE */
    struct {
        bool symmetric;
    } mirror_pad;
    struct {
        octet_activation activation;
        float cell_clip, proj_clip;
        bool time_major, asymmetric_quantize_inputs, diagonal_recurrent;
    } lstm;
    struct {
        octet_activation activation;
        int32_t rank;
        bool asymmetric_quantize_inputs;
    } svdf;
} octet_options;

/* Padding of one spatial axis: cells before the input; `after` may be one more. SAME as TensorFlow defines it:
 * total = max((ceil(in/stride) - 1) * stride + (filter - 1) * dilation + 1 - in, 0), before = total / 2. */
typedef struct octet_axis_window {
    int32_t out, before, after;
} octet_axis_window;
/* out is 0 or less when a VALID window does not fit: callers refuse that. */
octet_axis_window octet_window(octet_padding padding, int32_t in, int32_t filter, int32_t stride, int32_t dilation);

#endif
