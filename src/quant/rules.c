#include "quant/rules.h"

#include <assert.h>

/* One row per operator; a new name in the list is a compile error here until it has one. */
#define FREE \
    { OCTET_RULE_FREE, {0}, {0}, 0, -1, -1, -1 }
#define SAME \
    { OCTET_RULE_SAME, {0}, {0}, 0, -1, -1, -1 }
#define NONE \
    { OCTET_RULE_NONE, {0}, {0}, 0, -1, -1, -1 }
#define BETTER \
    { OCTET_RULE_BETTER, {0}, {0}, 0, -1, -1, -1 }
#define FIXED(scale, zero_point) \
    { OCTET_RULE_FIXED, {(scale), (zero_point), 0.0}, {1.0f / 32768.0f, 0, 0.0}, 0, -1, -1, -1 }
#define WEIGHTS(data, weights, bias, axis) \
    { OCTET_RULE_FREE, {0}, {0}, (data), (weights), (bias), (axis) }

#define RULE_ABS FREE
#define RULE_ADD FREE
#define RULE_ARG_MAX FREE
#define RULE_ARG_MIN FREE
#define RULE_AVERAGE_POOL_2D SAME
#define RULE_BATCH_MATMUL FREE
#define RULE_BATCH_TO_SPACE_ND SAME
#define RULE_BROADCAST_ARGS NONE
#define RULE_BROADCAST_TO SAME
#define RULE_CAST NONE
#define RULE_CEIL NONE
#define RULE_COMPLEX_ABS NONE
#define RULE_CONCATENATION SAME
#define RULE_CONV_2D WEIGHTS(0, 1, 2, 0)
#define RULE_CONV_3D NONE
#define RULE_COS NONE
#define RULE_CUMSUM NONE
#define RULE_DEPTHWISE_CONV_2D WEIGHTS(0, 1, 2, 3)
#define RULE_DEPTH_TO_SPACE SAME
#define RULE_DEQUANTIZE NONE
#define RULE_DETECTION_POSTPROCESS NONE
#define RULE_DIV FREE
#define RULE_DYNAMIC_UPDATE_SLICE NONE
#define RULE_ELU BETTER
#define RULE_EQUAL FREE
#define RULE_EXP FREE
#define RULE_EXPAND_DIMS SAME
#define RULE_FAKE_QUANT FREE
#define RULE_FILL SAME
#define RULE_FLOOR NONE
#define RULE_FLOOR_DIV NONE
#define RULE_FLOOR_MOD NONE
#define RULE_FULLY_CONNECTED WEIGHTS(0, 1, 2, 0)
#define RULE_GATHER SAME
#define RULE_GATHER_ND SAME
#define RULE_GELU FREE
#define RULE_GREATER FREE
#define RULE_GREATER_EQUAL FREE
#define RULE_HARD_SWISH FREE
#define RULE_IMAG NONE
#define RULE_L2_NORMALIZATION FIXED(1.0f / 128.0f, 0)
#define RULE_L2_POOL_2D NONE
#define RULE_LEAKY_RELU FREE
#define RULE_LESS FREE
#define RULE_LESS_EQUAL FREE
#define RULE_LOCAL_RESPONSE_NORMALIZATION NONE
#define RULE_LOG FREE
#define RULE_LOGICAL_AND NONE
#define RULE_LOGICAL_NOT NONE
#define RULE_LOGICAL_OR NONE
#define RULE_LOGISTIC FIXED(1.0f / 256.0f, -128)
#define RULE_LOG_SOFTMAX FIXED(1.0f / 16.0f, 127)
#define RULE_MAXIMUM SAME
#define RULE_MAX_POOL_2D SAME
#define RULE_MEAN FREE
#define RULE_MINIMUM SAME
#define RULE_MIRROR_PAD SAME
#define RULE_MUL FREE
#define RULE_NEG BETTER
#define RULE_NOT_EQUAL FREE
#define RULE_ONE_HOT NONE
#define RULE_PACK SAME
#define RULE_PAD SAME
#define RULE_PADV2 SAME
#define RULE_POW NONE
#define RULE_PRELU WEIGHTS(0, 1, -1, -1)
#define RULE_QUANTIZE NONE
#define RULE_RANGE NONE
#define RULE_REAL NONE
#define RULE_REDUCE_ALL NONE
#define RULE_REDUCE_ANY NONE
#define RULE_REDUCE_MAX SAME
#define RULE_REDUCE_MIN SAME
#define RULE_REDUCE_PROD FREE
#define RULE_RELU FREE
#define RULE_RELU6 FREE
#define RULE_RELU_0_TO_1 FREE
#define RULE_RELU_N1_TO_1 FREE
#define RULE_RESHAPE SAME
#define RULE_RESIZE_BILINEAR SAME
#define RULE_RESIZE_NEAREST_NEIGHBOR SAME
#define RULE_REVERSE_V2 FREE
#define RULE_RFFT2D NONE
#define RULE_ROUND NONE
#define RULE_RSQRT FREE
#define RULE_SCATTER_ND NONE
#define RULE_SELECT SAME
#define RULE_SELECT_V2 SAME
#define RULE_SHAPE FREE
#define RULE_SIGN NONE
#define RULE_SIN NONE
#define RULE_SLICE SAME
#define RULE_SOFTMAX FIXED(1.0f / 256.0f, -128)
#define RULE_SPACE_TO_BATCH_ND SAME
#define RULE_SPACE_TO_DEPTH SAME
#define RULE_SPLIT SAME
#define RULE_SPLIT_V SAME
#define RULE_SQRT FREE
#define RULE_SQUARE BETTER
#define RULE_SQUARED_DIFFERENCE FREE
#define RULE_SQUEEZE SAME
#define RULE_STRIDED_SLICE SAME
#define RULE_SUB FREE
#define RULE_SUM FREE
#define RULE_SVDF NONE
#define RULE_TANH FIXED(1.0f / 128.0f, 0)
#define RULE_TILE SAME
#define RULE_TOPK_V2 NONE
#define RULE_TRANSPOSE SAME
#define RULE_TRANSPOSE_CONV WEIGHTS(2, 1, 3, 0)
#define RULE_UNIDIRECTIONAL_SEQUENCE_LSTM FREE
#define RULE_UNPACK SAME
#define RULE_ZEROS_LIKE NONE

static const octet_rule RULES[OCTET_N_OPERATORS] = {
#define ROW(name, builtin, options) [OCTET_OP_##name] = RULE_##name,
    OCTET_OPERATOR_LIST(ROW)
#undef ROW
};

const octet_rule *octet_rules_get(octet_operator_code code) {
    assert(code < OCTET_N_OPERATORS);
    return &RULES[code];
}

/* LiteRT has no kernel with int16 activations for these. */
static bool lacks_s16(octet_operator_code code) {
    switch ((int)code) {
    case OCTET_OP_ARG_MAX:
    case OCTET_OP_ARG_MIN:
    case OCTET_OP_DEPTH_TO_SPACE:
    case OCTET_OP_ELU:
    case OCTET_OP_HARD_SWISH:
    case OCTET_OP_L2_NORMALIZATION:
    case OCTET_OP_LOG_SOFTMAX:
    case OCTET_OP_RELU_0_TO_1:
    case OCTET_OP_RELU_N1_TO_1:
    case OCTET_OP_SPACE_TO_DEPTH:
    case OCTET_OP_SQUARED_DIFFERENCE:
    case OCTET_OP_SVDF:
    case OCTET_OP_UNIDIRECTIONAL_SEQUENCE_LSTM: return true;
    default: return false;
    }
}

octet_rule_class octet_rules_class(octet_operator_code code, const octet_quantize_options *options) {
    const octet_rule_class found = octet_rules_get(code)->rule_class;
    if (options->mode == OCTET_MODE_INT16X8 && lacks_s16(code)) return OCTET_RULE_NONE;
    if (found != OCTET_RULE_BETTER) return found;
    return options->strict_tensorflow ? OCTET_RULE_NONE : OCTET_RULE_FREE;
}

bool octet_rules_is_weights(octet_operator_code code, uint32_t operand) {
    return octet_rules_get(code)->weights == (int)operand;
}

bool octet_rules_is_bias(octet_operator_code code, uint32_t operand) {
    return octet_rules_get(code)->bias == (int)operand;
}
