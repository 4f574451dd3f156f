#include <math.h>

#include "lower/families.h"
#include "lower/unsigned.h"

static octet_bind_function *family_of(octet_operator_code code) {
    switch (code) {
    case OCTET_OP_ADD:
    case OCTET_OP_SUB:
    case OCTET_OP_MUL:
    case OCTET_OP_DIV:
    case OCTET_OP_MAXIMUM:
    case OCTET_OP_MINIMUM:
    case OCTET_OP_SQUARED_DIFFERENCE:
    case OCTET_OP_POW:
    case OCTET_OP_FLOOR_DIV:
    case OCTET_OP_FLOOR_MOD: return octet_bind_arithmetic;
    case OCTET_OP_CAST: return octet_bind_cast;
    case OCTET_OP_EQUAL:
    case OCTET_OP_NOT_EQUAL:
    case OCTET_OP_LESS:
    case OCTET_OP_LESS_EQUAL:
    case OCTET_OP_GREATER:
    case OCTET_OP_GREATER_EQUAL:
    case OCTET_OP_LOGICAL_AND:
    case OCTET_OP_LOGICAL_OR:
    case OCTET_OP_LOGICAL_NOT: return octet_bind_compare;
    case OCTET_OP_CONV_2D:
    case OCTET_OP_DEPTHWISE_CONV_2D:
    case OCTET_OP_TRANSPOSE_CONV:
    case OCTET_OP_CONV_3D: return octet_bind_conv;
    case OCTET_OP_FULLY_CONNECTED:
    case OCTET_OP_BATCH_MATMUL: return octet_bind_dense;
    case OCTET_OP_DETECTION_POSTPROCESS: return octet_bind_detection;
    case OCTET_OP_SVDF: return octet_bind_svdf;
    case OCTET_OP_UNIDIRECTIONAL_SEQUENCE_LSTM: return octet_bind_lstm;
    case OCTET_OP_BATCH_TO_SPACE_ND:
    case OCTET_OP_BROADCAST_TO:
    case OCTET_OP_CONCATENATION:
    case OCTET_OP_DEPTH_TO_SPACE:
    case OCTET_OP_EXPAND_DIMS:
    case OCTET_OP_GATHER:
    case OCTET_OP_GATHER_ND:
    case OCTET_OP_MIRROR_PAD:
    case OCTET_OP_PACK:
    case OCTET_OP_PAD:
    case OCTET_OP_PADV2:
    case OCTET_OP_RESHAPE:
    case OCTET_OP_REVERSE_V2:
    case OCTET_OP_SLICE:
    case OCTET_OP_SPACE_TO_BATCH_ND:
    case OCTET_OP_SPACE_TO_DEPTH:
    case OCTET_OP_SPLIT:
    case OCTET_OP_SPLIT_V:
    case OCTET_OP_SQUEEZE:
    case OCTET_OP_STRIDED_SLICE:
    case OCTET_OP_TILE:
    case OCTET_OP_TRANSPOSE:
    case OCTET_OP_UNPACK: return octet_bind_move;
    case OCTET_OP_TOPK_V2:
    case OCTET_OP_CUMSUM: return octet_bind_order;
    case OCTET_OP_AVERAGE_POOL_2D:
    case OCTET_OP_MAX_POOL_2D:
    case OCTET_OP_L2_POOL_2D: return octet_bind_pool;
    case OCTET_OP_FAKE_QUANT: return octet_bind_fake_quant;
    case OCTET_OP_QUANTIZE:
    case OCTET_OP_DEQUANTIZE: return octet_bind_quantize;
    case OCTET_OP_MEAN:
    case OCTET_OP_SUM:
    case OCTET_OP_REDUCE_ANY:
    case OCTET_OP_REDUCE_ALL:
    case OCTET_OP_REDUCE_MAX:
    case OCTET_OP_REDUCE_MIN:
    case OCTET_OP_REDUCE_PROD:
    case OCTET_OP_ARG_MAX:
    case OCTET_OP_ARG_MIN: return octet_bind_reduce;
    case OCTET_OP_RESIZE_BILINEAR:
    case OCTET_OP_RESIZE_NEAREST_NEIGHBOR: return octet_bind_resize;
    case OCTET_OP_ONE_HOT:
    case OCTET_OP_SCATTER_ND:
    case OCTET_OP_DYNAMIC_UPDATE_SLICE: return octet_bind_scatter;
    case OCTET_OP_SELECT:
    case OCTET_OP_SELECT_V2: return octet_bind_select;
    case OCTET_OP_RFFT2D:
    case OCTET_OP_REAL:
    case OCTET_OP_IMAG:
    case OCTET_OP_COMPLEX_ABS: return octet_bind_spectrum;
    case OCTET_OP_SHAPE:
    case OCTET_OP_FILL:
    case OCTET_OP_RANGE:
    case OCTET_OP_ZEROS_LIKE:
    case OCTET_OP_BROADCAST_ARGS: return octet_bind_shape;
    case OCTET_OP_SOFTMAX:
    case OCTET_OP_LOG_SOFTMAX:
    case OCTET_OP_L2_NORMALIZATION:
    case OCTET_OP_LOCAL_RESPONSE_NORMALIZATION: return octet_bind_softmax;
    case OCTET_OP_ABS:
    case OCTET_OP_EXP:
    case OCTET_OP_LOG:
    case OCTET_OP_SQRT:
    case OCTET_OP_RSQRT:
    case OCTET_OP_SIN:
    case OCTET_OP_COS:
    case OCTET_OP_NEG:
    case OCTET_OP_SQUARE:
    case OCTET_OP_FLOOR:
    case OCTET_OP_CEIL:
    case OCTET_OP_ROUND:
    case OCTET_OP_SIGN:
    case OCTET_OP_LOGISTIC:
    case OCTET_OP_TANH:
    case OCTET_OP_RELU:
    case OCTET_OP_RELU6:
    case OCTET_OP_RELU_N1_TO_1:
    case OCTET_OP_RELU_0_TO_1:
    case OCTET_OP_LEAKY_RELU:
    case OCTET_OP_PRELU:
    case OCTET_OP_ELU:
    case OCTET_OP_GELU:
    case OCTET_OP_HARD_SWISH: return octet_bind_unary;
    case OCTET_N_OPERATORS: break;
    }
    return NULL;
}

/* Families whose int8 kernels serve uint8 operators too. */
static bool serves_unsigned(octet_bind_function *family) {
    static octet_bind_function *const families[] = {octet_bind_arithmetic, octet_bind_compare, octet_bind_conv,
                                                    octet_bind_dense,      octet_bind_reduce,  octet_bind_softmax,
                                                    octet_bind_unary};
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
        if (families[i] == family) return true;
    return false;
}

octet_status octet_bind(octet_binder *binder, const octet_operator *op, octet_step *step) {
    octet_bind_function *family = family_of(op->code);
    if (!family) return octet_bind_unsupported(binder, op);
    if (serves_unsigned(family) && octet_bind_has_unsigned(binder->graph, op))
        return octet_bind_unsigned(binder, op, family, step);
    return family(binder, op, step);
}

octet_status octet_bind_unsupported(octet_binder *binder, const octet_operator *op) {
    const octet_value *input = octet_graph_input(binder->graph, op, 0);
    const octet_value *weights = octet_graph_input(binder->graph, op, 1);
    return octet_context_fail(binder->ctx, OCTET_UNSUPPORTED, "%s: %s has no kernel for %s%s%s inputs and %s output",
                              op->layer, octet_operator_name(op->code), input ? octet_type_name(input->type) : "no",
                              weights ? " and " : "", weights ? octet_type_name(weights->type) : "",
                              op->n_outputs ? octet_type_name(octet_graph_output(binder->graph, op, 0)->type) : "no");
}

octet_status octet_bind_input(octet_binder *binder, const octet_operator *op, uint32_t i, octet_value **out) {
    *out = octet_graph_input(binder->graph, op, i);
    OCTET_CHECK(binder->ctx, *out, OCTET_MODEL, "%s: %s has no input %u", op->layer, octet_operator_name(op->code), i);
    return OCTET_OK;
}

octet_status octet_bind_per_tensor(octet_binder *binder, const octet_operator *op, const octet_value *value,
                                   float *scale, int32_t *zero_point) {
    OCTET_CHECK(binder->ctx, value->quantization.n == 1, OCTET_MODEL, "%s: %s: tensor %s has %u scales, one is needed",
                op->layer, octet_operator_name(op->code), value->name, value->quantization.n);
    *scale = value->quantization.scale[0];
    *zero_point = value->quantization.zero_point[0];
    OCTET_CHECK(binder->ctx, isfinite(*scale) && *scale > 0, OCTET_MODEL,
                "%s: %s: tensor %s has scale %g, it must be finite and above 0", op->layer,
                octet_operator_name(op->code), value->name, (double)*scale);
    return OCTET_OK;
}

octet_status octet_bind_same_parameters(octet_binder *binder, const octet_operator *op, const octet_value *a,
                                        const octet_value *b) {
    float scale_a, scale_b;
    int32_t zero_a, zero_b;
    OCTET_TRY(octet_bind_per_tensor(binder, op, a, &scale_a, &zero_a));
    OCTET_TRY(octet_bind_per_tensor(binder, op, b, &scale_b, &zero_b));
    OCTET_CHECK(binder->ctx, scale_a == scale_b && zero_a == zero_b, OCTET_MODEL,
                "%s: %s: tensors %s and %s must have the same scale and zero point, they have %g, %d and %g, %d",
                op->layer, octet_operator_name(op->code), a->name, b->name, (double)scale_a, zero_a, (double)scale_b,
                zero_b);
    return OCTET_OK;
}

void octet_step_set(octet_step *step, octet_step_run *run, const void *params, uint32_t n_units, const char *variant) {
    step->run = run;
    step->params = params;
    step->n_phases = 1;
    step->n_units[0] = n_units;
    step->variant = variant;
}
