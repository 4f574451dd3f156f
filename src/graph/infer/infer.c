#include "graph/infer/families.h"

#include <string.h>

octet_status octet_infer(octet_context *ctx, const octet_graph *graph, const octet_operator *op, octet_inferred *out) {
    switch (op->code) {
    case OCTET_OP_ADD:
    case OCTET_OP_SUB:
    case OCTET_OP_MUL:
    case OCTET_OP_DIV:
    case OCTET_OP_MAXIMUM:
    case OCTET_OP_MINIMUM:
    case OCTET_OP_SQUARED_DIFFERENCE:
    case OCTET_OP_POW:
    case OCTET_OP_FLOOR_DIV:
    case OCTET_OP_FLOOR_MOD: return octet_infer_arithmetic(ctx, graph, op, out);
    case OCTET_OP_CAST: return octet_infer_cast(ctx, graph, op, out);
    case OCTET_OP_EQUAL:
    case OCTET_OP_NOT_EQUAL:
    case OCTET_OP_LESS:
    case OCTET_OP_LESS_EQUAL:
    case OCTET_OP_GREATER:
    case OCTET_OP_GREATER_EQUAL:
    case OCTET_OP_LOGICAL_AND:
    case OCTET_OP_LOGICAL_OR:
    case OCTET_OP_LOGICAL_NOT: return octet_infer_compare(ctx, graph, op, out);
    case OCTET_OP_CONV_2D:
    case OCTET_OP_DEPTHWISE_CONV_2D:
    case OCTET_OP_TRANSPOSE_CONV:
    case OCTET_OP_CONV_3D: return octet_infer_conv(ctx, graph, op, out);
    case OCTET_OP_FULLY_CONNECTED:
    case OCTET_OP_BATCH_MATMUL: return octet_infer_dense(ctx, graph, op, out);
    case OCTET_OP_DETECTION_POSTPROCESS: return octet_infer_detection(ctx, graph, op, out);
    case OCTET_OP_SVDF: return octet_infer_svdf(ctx, graph, op, out);
    case OCTET_OP_UNIDIRECTIONAL_SEQUENCE_LSTM: return octet_infer_lstm(ctx, graph, op, out);
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
    case OCTET_OP_UNPACK: return octet_infer_move(ctx, graph, op, out);
    case OCTET_OP_TOPK_V2:
    case OCTET_OP_CUMSUM: return octet_infer_order(ctx, graph, op, out);
    case OCTET_OP_AVERAGE_POOL_2D:
    case OCTET_OP_MAX_POOL_2D:
    case OCTET_OP_L2_POOL_2D: return octet_infer_pool(ctx, graph, op, out);
    case OCTET_OP_QUANTIZE:
    case OCTET_OP_DEQUANTIZE: return octet_infer_quantize(ctx, graph, op, out);
    case OCTET_OP_FAKE_QUANT: return octet_infer_fake_quant(ctx, graph, op, out);
    case OCTET_OP_MEAN:
    case OCTET_OP_SUM:
    case OCTET_OP_REDUCE_ANY:
    case OCTET_OP_REDUCE_ALL:
    case OCTET_OP_REDUCE_MAX:
    case OCTET_OP_REDUCE_MIN:
    case OCTET_OP_REDUCE_PROD:
    case OCTET_OP_ARG_MAX:
    case OCTET_OP_ARG_MIN: return octet_infer_reduce(ctx, graph, op, out);
    case OCTET_OP_RESIZE_BILINEAR:
    case OCTET_OP_RESIZE_NEAREST_NEIGHBOR: return octet_infer_resize(ctx, graph, op, out);
    case OCTET_OP_ONE_HOT:
    case OCTET_OP_SCATTER_ND:
    case OCTET_OP_DYNAMIC_UPDATE_SLICE: return octet_infer_scatter(ctx, graph, op, out);
    case OCTET_OP_SELECT:
    case OCTET_OP_SELECT_V2: return octet_infer_select(ctx, graph, op, out);
    case OCTET_OP_RFFT2D:
    case OCTET_OP_REAL:
    case OCTET_OP_IMAG:
    case OCTET_OP_COMPLEX_ABS: return octet_infer_spectrum(ctx, graph, op, out);
    case OCTET_OP_SHAPE:
    case OCTET_OP_FILL:
    case OCTET_OP_RANGE:
    case OCTET_OP_ZEROS_LIKE:
    case OCTET_OP_BROADCAST_ARGS: return octet_infer_shape(ctx, graph, op, out);
    case OCTET_OP_SOFTMAX:
    case OCTET_OP_LOG_SOFTMAX:
    case OCTET_OP_L2_NORMALIZATION:
    case OCTET_OP_LOCAL_RESPONSE_NORMALIZATION: return octet_infer_softmax(ctx, graph, op, out);
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
    case OCTET_OP_HARD_SWISH: return octet_infer_unary(ctx, graph, op, out);
    case OCTET_N_OPERATORS: break;
    }
    return octet_context_fail(ctx, OCTET_INTERNAL, "%s: operator code %d", op->layer, (int)op->code);
}

octet_status octet_infer_constant_i32(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                      uint32_t input, int32_t capacity, int32_t *values, int32_t *n) {
    const octet_value *value = octet_graph_input(graph, op, input);
    OCTET_CHECK(ctx, value && value->data && (value->type == OCTET_INT32 || value->type == OCTET_INT64), OCTET_MODEL,
                "%s: input %u of %s must be a constant of integers", op->layer, input, octet_operator_name(op->code));
    const size_t count = octet_shape_elements(&value->shape);
    OCTET_CHECK(ctx, count <= (size_t)capacity, OCTET_MODEL,
                "%s: input %u of %s has %zu values, at most %d are possible", op->layer, input,
                octet_operator_name(op->code), count, capacity);
    for (size_t i = 0; i < count; i++) {
        int64_t element;
        if (value->type == OCTET_INT64) {
            memcpy(&element, (const char *)value->data + 8 * i, 8);
        } else {
            int32_t narrow;
            memcpy(&narrow, (const char *)value->data + 4 * i, 4);
            element = narrow;
        }
        OCTET_CHECK(ctx, element >= INT32_MIN && element <= INT32_MAX, OCTET_MODEL, "%s: input %u of %s holds %lld",
                    op->layer, input, octet_operator_name(op->code), (long long)element);
        values[i] = (int32_t)element;
    }
    *n = (int32_t)count;
    return OCTET_OK;
}

octet_status octet_infer_axis(octet_context *ctx, const octet_operator *op, int32_t axis, int32_t rank, int32_t *out) {
    OCTET_CHECK(ctx, axis >= -rank && axis < rank, OCTET_MODEL, "%s: axis %d of %s does not exist in rank %d",
                op->layer, axis, octet_operator_name(op->code), rank);
    *out = axis < 0 ? axis + rank : axis;
    return OCTET_OK;
}
