#include "target/target.h"

#include <math.h>

static const char *const target_names[OCTET_N_TARGETS] = {"litert", "tflm", "tflm-2023", "cmsis-nn", "edgetpu"};

/* Per-channel FULLY_CONNECTED came to tflite-micro in September 2024 and is in neither CMSIS-NN's nor the Edge TPU's.
 */
static const bool per_tensor_dense[OCTET_N_TARGETS] = {
    [OCTET_TARGET_TFLM_2023] = true, [OCTET_TARGET_CMSIS_NN] = true, [OCTET_TARGET_EDGETPU] = true};

enum {
    M = 1,
    E = 2,
    F = 4
}; /* int8 in tflite-micro (and CMSIS-NN, its back end); Edge TPU; float only in tflite-micro */

/* Operators with an int8 kernel, or that move data or integers. tflite-micro: its kernels as of October 2026, checked
 * by tests/interop; Edge TPU: the table of operators in Coral's documentation of the Edge TPU compiler. */
static int capability(octet_operator_code code) {
    switch (code) {
    case OCTET_OP_ADD:
    case OCTET_OP_AVERAGE_POOL_2D:
    case OCTET_OP_CONCATENATION:
    case OCTET_OP_CONV_2D:
    case OCTET_OP_DEPTHWISE_CONV_2D:
    case OCTET_OP_EXPAND_DIMS:
    case OCTET_OP_FULLY_CONNECTED:
    case OCTET_OP_L2_NORMALIZATION:
    case OCTET_OP_LOGISTIC:
    case OCTET_OP_MAXIMUM:
    case OCTET_OP_MAX_POOL_2D:
    case OCTET_OP_MEAN:
    case OCTET_OP_MINIMUM:
    case OCTET_OP_MUL:
    case OCTET_OP_PACK:
    case OCTET_OP_PAD:
    case OCTET_OP_PRELU:
    case OCTET_OP_QUANTIZE:
    case OCTET_OP_DEQUANTIZE:
    case OCTET_OP_REDUCE_MAX:
    case OCTET_OP_RELU:
    case OCTET_OP_RELU6:
    case OCTET_OP_RESHAPE:
    case OCTET_OP_RESIZE_BILINEAR:
    case OCTET_OP_RESIZE_NEAREST_NEIGHBOR:
    case OCTET_OP_SLICE:
    case OCTET_OP_SOFTMAX:
    case OCTET_OP_SPACE_TO_DEPTH:
    case OCTET_OP_SPLIT:
    case OCTET_OP_SQUARED_DIFFERENCE:
    case OCTET_OP_SQUEEZE:
    case OCTET_OP_STRIDED_SLICE:
    case OCTET_OP_SUB:
    case OCTET_OP_SUM:
    case OCTET_OP_TANH:
    case OCTET_OP_TRANSPOSE:
    case OCTET_OP_TRANSPOSE_CONV:
    case OCTET_OP_UNIDIRECTIONAL_SEQUENCE_LSTM: return M | E;
    case OCTET_OP_ABS:
    case OCTET_OP_ARG_MAX:
    case OCTET_OP_ARG_MIN:
    case OCTET_OP_BATCH_MATMUL:
    case OCTET_OP_BATCH_TO_SPACE_ND:
    case OCTET_OP_BROADCAST_ARGS:
    case OCTET_OP_BROADCAST_TO:
    case OCTET_OP_CAST:
    case OCTET_OP_DEPTH_TO_SPACE:
    case OCTET_OP_DIV:
    case OCTET_OP_DYNAMIC_UPDATE_SLICE:
    case OCTET_OP_ELU:
    case OCTET_OP_EQUAL:
    case OCTET_OP_FILL:
    case OCTET_OP_GATHER:
    case OCTET_OP_GATHER_ND:
    case OCTET_OP_GREATER:
    case OCTET_OP_GREATER_EQUAL:
    case OCTET_OP_HARD_SWISH:
    case OCTET_OP_LEAKY_RELU:
    case OCTET_OP_LESS:
    case OCTET_OP_LESS_EQUAL:
    case OCTET_OP_LOGICAL_AND:
    case OCTET_OP_LOGICAL_NOT:
    case OCTET_OP_LOGICAL_OR:
    case OCTET_OP_LOG_SOFTMAX:
    case OCTET_OP_MIRROR_PAD:
    case OCTET_OP_NOT_EQUAL:
    case OCTET_OP_PADV2:
    case OCTET_OP_RSQRT:
    case OCTET_OP_SELECT_V2:
    case OCTET_OP_SHAPE:
    case OCTET_OP_SVDF:
    case OCTET_OP_SPACE_TO_BATCH_ND:
    case OCTET_OP_SPLIT_V:
    case OCTET_OP_REVERSE_V2:
    case OCTET_OP_UNPACK:
    case OCTET_OP_ZEROS_LIKE: return M;
    case OCTET_OP_REDUCE_MIN:
    case OCTET_OP_RELU_N1_TO_1: return E;
    case OCTET_OP_CEIL:
    case OCTET_OP_COS:
    case OCTET_OP_CUMSUM:
    case OCTET_OP_DETECTION_POSTPROCESS:
    case OCTET_OP_L2_POOL_2D:
    case OCTET_OP_EXP:
    case OCTET_OP_FLOOR:
    case OCTET_OP_FLOOR_DIV:
    case OCTET_OP_FLOOR_MOD:
    case OCTET_OP_LOG:
    case OCTET_OP_NEG:
    case OCTET_OP_ROUND:
    case OCTET_OP_SIN:
    case OCTET_OP_SQRT:
    case OCTET_OP_SQUARE: return F;
    case OCTET_OP_COMPLEX_ABS:
    case OCTET_OP_CONV_3D:
    case OCTET_OP_FAKE_QUANT:
    case OCTET_OP_GELU:
    case OCTET_OP_IMAG:
    case OCTET_OP_LOCAL_RESPONSE_NORMALIZATION:
    case OCTET_OP_ONE_HOT:
    case OCTET_OP_REAL:
    case OCTET_OP_REDUCE_ALL:
    case OCTET_OP_RELU_0_TO_1:
    case OCTET_OP_RFFT2D:
    case OCTET_OP_SCATTER_ND:
    case OCTET_OP_TOPK_V2:
    case OCTET_OP_POW:
    case OCTET_OP_RANGE:
    case OCTET_OP_REDUCE_ANY:
    case OCTET_OP_REDUCE_PROD:
    case OCTET_OP_SELECT:
    case OCTET_OP_SIGN:
    case OCTET_OP_TILE:
    case OCTET_N_OPERATORS: break;
    }
    return 0;
}

static const struct {
    octet_operator_code code;
    const char *remedy;
} remedies[] = {
    {OCTET_OP_RELU_N1_TO_1, "use ReLU6 or tanh, or clip with Maximum and Minimum"},
    {OCTET_OP_GELU, "use hard_swish or relu"},
    {OCTET_OP_EXP, "use sigmoid, tanh or softmax, or compute it outside the model"},
    {OCTET_OP_LOG, "compute the logarithm outside the model"},
    {OCTET_OP_TILE, "use UpSampling2D with nearest interpolation, or Concatenate"},
    {OCTET_OP_SQUARE, "use Multiply of the value with itself"},
};

octet_status octet_api_target(octet_context *ctx, const char *name, octet_target *out) {
    int choice;
    OCTET_TRY(octet_api_choose(ctx, "target", name, target_names, OCTET_N_TARGETS, &choice));
    *out = (octet_target)choice;
    return OCTET_OK;
}

const char *octet_api_target_name(octet_target target) { return target_names[target]; }

bool octet_target_wants_per_tensor_dense(octet_target target) { return per_tensor_dense[target]; }

bool octet_target_lacks_uint8(octet_target target) {
    return target != OCTET_TARGET_LITERT && target != OCTET_TARGET_EDGETPU;
}

bool octet_target_has_float(octet_target target, octet_operator_code code) {
    if (target == OCTET_TARGET_LITERT) return true;
    return target != OCTET_TARGET_EDGETPU && (capability(code) & (M | F)) != 0;
}

octet_status octet_api_apply_target(octet_context *ctx, const char *name, octet_quantize_options *options) {
    octet_target target;
    OCTET_TRY(octet_api_target(ctx, name, &target));
    if (per_tensor_dense[target]) options->per_tensor_dense = true;
    OCTET_CHECK(ctx, target != OCTET_TARGET_EDGETPU || options->mode == OCTET_MODE_INT8, OCTET_USAGE,
                "target edgetpu runs int8 only: leave the mode away");
    OCTET_CHECK(ctx,
                target == OCTET_TARGET_LITERT || options->mode == OCTET_MODE_INT8 ||
                    options->mode == OCTET_MODE_INT16X8 || options->mode == OCTET_MODE_FLOAT32,
                OCTET_USAGE, "target %s has no kernels of this mode: use int8, int16x8 or float32",
                target_names[target]);
    return OCTET_OK;
}

/* tflite-micro clamps a RELU6 of its own without bringing the input to the output's scale. Its RELU does, and where 127
 * stands for 6 or less, storing the result clamps it from above. */
static bool is_relu_as_well(const octet_graph *graph, const octet_operator *op) {
    if (op->code != OCTET_OP_RELU6) return false;
    const octet_value *y = octet_graph_output(graph, op, 0);
    if (y->type != OCTET_INT8 || y->quantization.n != 1) return false;
    return (float)y->quantization.zero_point[0] + roundf(6.0f / y->quantization.scale[0]) >= 127.0f;
}

octet_status octet_api_fit_target(octet_context *ctx, const char *name, octet_graph *graph) {
    octet_target target;
    OCTET_TRY(octet_api_target(ctx, name, &target));
    if (target == OCTET_TARGET_LITERT || target == OCTET_TARGET_EDGETPU) return OCTET_OK;
    for (uint32_t i = 0; i < graph->n_operators; i++) {
        if (is_relu_as_well(graph, &graph->operators[i])) graph->operators[i].code = OCTET_OP_RELU;
    }
    return OCTET_OK;
}

bool octet_target_supports(octet_target target, octet_operator_code code, const char **reason, const char **remedy) {
    if (target == OCTET_TARGET_LITERT) return true;
    const bool micro = target != OCTET_TARGET_EDGETPU;
    if ((capability(code) & (micro ? M : E)) != 0) return true;
    *reason = micro ? "tflite-micro has no int8 kernel for it"
                    : "the Edge TPU does not run it: it and all after it would run on the CPU";
    *remedy = "replace the layer, or compute this part outside the model";
    for (size_t i = 0; i < sizeof remedies / sizeof *remedies; i++) {
        if (remedies[i].code == code) *remedy = remedies[i].remedy;
    }
    return false;
}
