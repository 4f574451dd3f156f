#include <assert.h>

#include "graph/graph.h"

static const struct {
    const char *name;
    octet_operands operands;
} operators[OCTET_N_OPERATORS] = {
#define OPERANDS_none -1, -1, -1, -1
#define OPERANDS_weights(data, weights, bias, axis) data, weights, bias, axis
#define ROW(name, options, family, operands) [OCTET_OP_##name] = {#name, {OPERANDS_##operands}},
    OCTET_OPERATOR_LIST(ROW)
#undef ROW
};

const char *octet_operator_name(octet_operator_code code) { return operators[code].name; }
octet_operands octet_operator_operands(octet_operator_code code) { return operators[code].operands; }

const char *octet_activation_name(octet_activation activation) {
    switch (activation) {
    case OCTET_ACTIVATION_NONE: return "NONE";
    case OCTET_ACTIVATION_RELU: return "RELU";
    case OCTET_ACTIVATION_RELU_N1_TO_1: return "RELU_N1_TO_1";
    case OCTET_ACTIVATION_RELU6: return "RELU6";
    case OCTET_ACTIVATION_TANH: return "TANH";
    }
    return "?";
}

/* Where the options of an operator hold its fused activation; NULL where they hold none. */
static const octet_activation *place_of_activation(const octet_operator *op) {
    const octet_options *options = &op->options;
    switch ((int)op->code) {
    case OCTET_OP_CONV_2D: return &options->conv_2d.activation;
    case OCTET_OP_DEPTHWISE_CONV_2D: return &options->depthwise_conv_2d.activation;
    case OCTET_OP_TRANSPOSE_CONV: return &options->transpose_conv.activation;
    case OCTET_OP_CONV_3D: return &options->conv_3d.activation;
    case OCTET_OP_FULLY_CONNECTED: return &options->fully_connected.activation;
    case OCTET_OP_ADD:
    case OCTET_OP_SUB:
    case OCTET_OP_MUL:
    case OCTET_OP_DIV: return &options->arithmetic.activation;
    case OCTET_OP_AVERAGE_POOL_2D:
    case OCTET_OP_MAX_POOL_2D:
    case OCTET_OP_L2_POOL_2D: return &options->pool_2d.activation;
    case OCTET_OP_CONCATENATION: return &options->concatenation.activation;
    case OCTET_OP_L2_NORMALIZATION: return &options->l2_normalization.activation;
    case OCTET_OP_SVDF: return &options->svdf.activation;
    default: return NULL;
    }
}

octet_activation octet_operator_activation(const octet_operator *op) {
    const octet_activation *place = place_of_activation(op);
    return place != NULL ? *place : OCTET_ACTIVATION_NONE;
}

void octet_operator_set_activation(octet_operator *op, octet_activation activation) {
    octet_activation *place = (octet_activation *)(uintptr_t)place_of_activation(op);
    assert(place != NULL);
    *place = activation;
}

octet_axis_window octet_window(octet_padding padding, int32_t in, int32_t filter, int32_t stride, int32_t dilation) {
    const int64_t extent = ((int64_t)filter - 1) * dilation + 1;
    octet_axis_window window = {0};
    if (padding == OCTET_PADDING_VALID) {
        const int64_t out = in >= extent ? (in - extent) / stride + 1 : 0;
        window.out = (int32_t)out;
        return window;
    }
    const int64_t out = ((int64_t)in + stride - 1) / stride;
    int64_t total = (out - 1) * stride + extent - in;
    if (total < 0) total = 0;
    window.out = (int32_t)out;
    window.before = (int32_t)(total / 2);
    window.after = (int32_t)(total - total / 2);
    return window;
}
