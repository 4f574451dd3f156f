#include "graph/operator.h"

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
