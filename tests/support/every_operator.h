/* Float graphs in which every operator of the list occurs, with small operands and options that are not the defaults,
 * for tests that no operator may escape. */
#ifndef OCTET_SUPPORT_EVERY_OPERATOR_H
#define OCTET_SUPPORT_EVERY_OPERATOR_H

#include <stdlib.h>
#include <string.h>

#include "graph/graph.h"

/* Operands: "x" float [1,4,4,4], "r" float [1,4], "s" float [1,3,4], "b" bool [1,4], "n" int32 [1,4], "c"
 * complex: graph inputs; "w2,3" a float constant of that shape; "q4" an int8 constant (scale 0.5) of that
 * shape; "i1,2" an int32 vector, "I3" a scalar; "m0,1,0,0" an int32 matrix [n/2,2]; "f1.5" a float
 * scalar; "v1,4" a variable; "-" an absent operand. */
typedef struct every_row {
    octet_operator_code code;
    const char *operands;
    uint32_t n_outputs;
    octet_options options;
} every_row;

#define EVERY_ROW(name, operands, n_outputs, ...) \
    { OCTET_OP_##name, operands, n_outputs, __VA_ARGS__ }
static const every_row every_rows[] = {
    EVERY_ROW(ABS, "x", 1, {{0}}),
    EVERY_ROW(ADD, "x w4", 1, {.arithmetic = {OCTET_ACTIVATION_RELU6, true}}),
    EVERY_ROW(ARG_MAX, "x I3", 1, {.arg = {OCTET_INT64}}),
    EVERY_ROW(ARG_MIN, "x I-1", 1, {.arg = {OCTET_INT32}}),
    EVERY_ROW(AVERAGE_POOL_2D, "x", 1, {.pool_2d = {OCTET_PADDING_VALID, OCTET_ACTIVATION_RELU, 1, 2, 2, 3}}),
    EVERY_ROW(BATCH_MATMUL, "x x", 1, {.batch_matmul = {false, true, false}}),
    EVERY_ROW(BATCH_TO_SPACE_ND, "w4,2,2,3 i2,2 m0,1,0,0", 1, {{0}}),
    EVERY_ROW(BROADCAST_ARGS, "i1,4 i3,1", 1, {{0}}),
    EVERY_ROW(BROADCAST_TO, "r i3,4", 1, {{0}}),
    EVERY_ROW(CAST, "r", 1, {.cast = {OCTET_FLOAT32, OCTET_INT32}}),
    EVERY_ROW(CEIL, "r", 1, {{0}}),
    EVERY_ROW(COMPLEX_ABS, "c", 1, {{0}}),
    EVERY_ROW(CONCATENATION, "x x w1,4,4,2", 1, {.concatenation = {OCTET_ACTIVATION_NONE, -1}}),
    EVERY_ROW(CONV_2D, "x w2,3,3,4 w2", 1,
              {.conv_2d = {OCTET_PADDING_SAME, OCTET_ACTIVATION_RELU, 1, 1, 1, 2, OCTET_FLOAT32}}),
    EVERY_ROW(CONV_3D, "w1,3,3,3,2 w2,2,2,2,3 -", 1,
              {.conv_3d = {OCTET_PADDING_VALID, OCTET_ACTIVATION_NONE, 1, 1, 1, 1, 1, 1}}),
    EVERY_ROW(COS, "r", 1, {{0}}),
    EVERY_ROW(CUMSUM, "x I-2", 1, {.cumsum = {true, true}}),
    EVERY_ROW(DEPTHWISE_CONV_2D, "x w1,3,3,8 w8", 1,
              {.depthwise_conv_2d = {OCTET_PADDING_SAME, OCTET_ACTIVATION_NONE, 1, 1, 1, 1, 2}}),
    EVERY_ROW(DEPTH_TO_SPACE, "x", 1, {.block = {2}}),
    EVERY_ROW(DEQUANTIZE, "q1,4", 1, {{0}}),
    EVERY_ROW(DETECTION_POSTPROCESS, "s w1,3,2 w3,4", 4, {.detection = {2, 1, 3, 1, true, 0.25f, 0.5f, 10, 10, 5, 5}}),
    EVERY_ROW(DIV, "x w4", 1, {.arithmetic = {OCTET_ACTIVATION_NONE, false}}),
    EVERY_ROW(DYNAMIC_UPDATE_SLICE, "x w1,2,2,4 i0,1,2,0", 1, {{0}}),
    EVERY_ROW(ELU, "r", 1, {{0}}),
    EVERY_ROW(EQUAL, "x w4", 1, {{0}}),
    EVERY_ROW(EXP, "r", 1, {{0}}),
    EVERY_ROW(EXPAND_DIMS, "r I1", 1, {{0}}),
    EVERY_ROW(FAKE_QUANT, "r", 1, {.fake_quant = {-1.5f, 2.25f, 7, true}}),
    EVERY_ROW(FILL, "i2,3 f1.5", 1, {{0}}),
    EVERY_ROW(FLOOR, "r", 1, {{0}}),
    EVERY_ROW(FLOOR_DIV, "r w4", 1, {{0}}),
    EVERY_ROW(FLOOR_MOD, "r w4", 1, {{0}}),
    EVERY_ROW(FULLY_CONNECTED, "s w2,4 w2", 1,
              {.fully_connected = {OCTET_ACTIVATION_RELU, true, false, OCTET_FLOAT32}}),
    EVERY_ROW(GATHER, "x i2,0", 1, {.gather = {3, 0}}),
    EVERY_ROW(GATHER_ND, "x m0,1,0,2", 1, {{0}}),
    EVERY_ROW(GELU, "r", 1, {.gelu = {true}}),
    EVERY_ROW(GREATER, "r w4", 1, {{0}}),
    EVERY_ROW(GREATER_EQUAL, "r w4", 1, {{0}}),
    EVERY_ROW(HARD_SWISH, "r", 1, {{0}}),
    EVERY_ROW(IMAG, "c", 1, {{0}}),
    EVERY_ROW(L2_NORMALIZATION, "r", 1, {{0}}),
    EVERY_ROW(L2_POOL_2D, "x", 1, {.pool_2d = {OCTET_PADDING_VALID, OCTET_ACTIVATION_RELU, 1, 2, 2, 3}}),
    EVERY_ROW(LEAKY_RELU, "r", 1, {.leaky_relu = {0.25f}}),
    EVERY_ROW(LESS, "r w4", 1, {{0}}),
    EVERY_ROW(LESS_EQUAL, "r w4", 1, {{0}}),
    EVERY_ROW(LOCAL_RESPONSE_NORMALIZATION, "x", 1, {.local_response = {2, 1.5f, 0.25f, 0.75f}}),
    EVERY_ROW(LOG, "r", 1, {{0}}),
    EVERY_ROW(LOGICAL_AND, "b b", 1, {{0}}),
    EVERY_ROW(LOGICAL_NOT, "b", 1, {{0}}),
    EVERY_ROW(LOGICAL_OR, "b b", 1, {{0}}),
    EVERY_ROW(LOGISTIC, "r", 1, {{0}}),
    EVERY_ROW(LOG_SOFTMAX, "r", 1, {{0}}),
    EVERY_ROW(MAXIMUM, "x w4", 1, {{0}}),
    EVERY_ROW(MAX_POOL_2D, "x", 1, {.pool_2d = {OCTET_PADDING_SAME, OCTET_ACTIVATION_NONE, 2, 2, 3, 3}}),
    EVERY_ROW(MEAN, "x i1,2", 1, {.reduce = {true}}),
    EVERY_ROW(MINIMUM, "x w4", 1, {{0}}),
    EVERY_ROW(MIRROR_PAD, "r m0,0,1,2", 1, {.mirror_pad = {true}}),
    EVERY_ROW(MUL, "x w4", 1, {.arithmetic = {OCTET_ACTIVATION_RELU, false}}),
    EVERY_ROW(NEG, "r", 1, {{0}}),
    EVERY_ROW(NON_MAX_SUPPRESSION_V4, "w5,4 w5 I3 f0.5 f0.25", 2, {{0}}),
    EVERY_ROW(NON_MAX_SUPPRESSION_V5, "w5,4 w5 I3 f0.5 f0.25 f0.5", 3, {{0}}),
    EVERY_ROW(NOT_EQUAL, "r w4", 1, {{0}}),
    EVERY_ROW(ONE_HOT, "n I3 f1.5 f0.5", 1, {.one_hot = {1}}),
    EVERY_ROW(PACK, "r r", 1, {.pack = {-1, 2}}),
    EVERY_ROW(PAD, "r m0,0,1,2", 1, {{0}}),
    EVERY_ROW(PADV2, "r m0,0,1,2 f1.5", 1, {{0}}),
    EVERY_ROW(POW, "r w4", 1, {{0}}),
    EVERY_ROW(PRELU, "x w1,1,4", 1, {{0}}),
    EVERY_ROW(QUANTIZE, "r", 1, {{0}}),
    EVERY_ROW(RANGE, "I1 I7 I2", 1, {{0}}),
    EVERY_ROW(REAL, "c", 1, {{0}}),
    EVERY_ROW(REDUCE_ALL, "b i1", 1, {.reduce = {true}}),
    EVERY_ROW(REDUCE_ANY, "b i1", 1, {.reduce = {true}}),
    EVERY_ROW(REDUCE_MAX, "x i3", 1, {.reduce = {false}}),
    EVERY_ROW(REDUCE_MIN, "x i3", 1, {.reduce = {false}}),
    EVERY_ROW(REDUCE_PROD, "x i3", 1, {.reduce = {true}}),
    EVERY_ROW(RELU, "r", 1, {{0}}),
    EVERY_ROW(RELU6, "r", 1, {{0}}),
    EVERY_ROW(RELU_0_TO_1, "r", 1, {{0}}),
    EVERY_ROW(RELU_N1_TO_1, "r", 1, {{0}}),
    EVERY_ROW(RESHAPE, "x i-1,8", 1, {{0}}),
    EVERY_ROW(RESIZE_BILINEAR, "x i5,7", 1, {.resize = {false, true}}),
    EVERY_ROW(RESIZE_NEAREST_NEIGHBOR, "x i5,7", 1, {.resize = {true, false}}),
    EVERY_ROW(REVERSE_V2, "x i1", 1, {{0}}),
    EVERY_ROW(RFFT2D, "r i1,8", 1, {{0}}),
    EVERY_ROW(ROUND, "r", 1, {{0}}),
    EVERY_ROW(RSQRT, "r", 1, {{0}}),
    EVERY_ROW(SCATTER_ND, "m0,1,2,0 w2,4 i3,2,4", 1, {{0}}),
    EVERY_ROW(SELECT, "b r r", 1, {{0}}),
    EVERY_ROW(SELECT_V2, "b r f1.5", 1, {{0}}),
    EVERY_ROW(SHAPE, "x", 1, {.shape = {OCTET_INT64}}),
    EVERY_ROW(SIGN, "r", 1, {{0}}),
    EVERY_ROW(SIN, "r", 1, {{0}}),
    EVERY_ROW(SLICE, "x i0,1,0,2 i1,2,-1,1", 1, {{0}}),
    EVERY_ROW(SOFTMAX, "r", 1, {.softmax = {0.5f}}),
    EVERY_ROW(SPACE_TO_BATCH_ND, "x i2,2 m0,2,1,1", 1, {{0}}),
    EVERY_ROW(SPACE_TO_DEPTH, "x", 1, {.block = {2}}),
    EVERY_ROW(SPLIT, "I3 x", 2, {.split = {2}}),
    EVERY_ROW(SPLIT_V, "x i1,3 I2", 2, {.split = {2}}),
    EVERY_ROW(SQRT, "r", 1, {{0}}),
    EVERY_ROW(SQUARE, "r", 1, {{0}}),
    EVERY_ROW(SQUARED_DIFFERENCE, "x w4", 1, {{0}}),
    EVERY_ROW(SQUEEZE, "w1,4,1,2", 1, {.squeeze = {2, {0, -2}}}),
    EVERY_ROW(STRIDED_SLICE, "x i0,1,3,0 i0,4,0,1 i1,2,-1,1", 1, {.strided_slice = {1, 1, 0, 0, 8, false}}),
    EVERY_ROW(SUB, "x w4", 1, {.arithmetic = {OCTET_ACTIVATION_NONE, true}}),
    EVERY_ROW(SUM, "x i1,2", 1, {.reduce = {false}}),
    EVERY_ROW(SVDF, "r w6,4 w6,3 w3 v1,18", 1, {.svdf = {OCTET_ACTIVATION_RELU, 2, true}}),
    EVERY_ROW(TANH, "r", 1, {{0}}),
    EVERY_ROW(TILE, "r i2,3", 1, {{0}}),
    EVERY_ROW(TOPK_V2, "x I2", 2, {{0}}),
    EVERY_ROW(TRANSPOSE, "x i0,3,1,2", 1, {{0}}),
    EVERY_ROW(TRANSPOSE_CONV, "i1,8,8,3 w3,2,2,4 x w3", 1,
              {.transpose_conv = {OCTET_PADDING_SAME, OCTET_ACTIVATION_RELU, 2, 2, OCTET_FLOAT32}}),
    EVERY_ROW(UNIDIRECTIONAL_SEQUENCE_LSTM,
              "s w2,4 w2,4 w2,4 w2,4 w2,2 w2,2 w2,2 w2,2 - - - w2 w2 w2 w2 - - v1,2 v1,2 - - - -", 1,
              {.lstm = {OCTET_ACTIVATION_TANH, 10.0f, 0.0f, false, false, false}}),
    EVERY_ROW(UNPACK, "x", 4, {.pack = {3, 4}}),
    EVERY_ROW(ZEROS_LIKE, "r", 1, {{0}}),
};
#undef EVERY_ROW
enum { EVERY_N_ROWS = sizeof every_rows / sizeof every_rows[0] };

static inline octet_status every_constant(octet_context *ctx, octet_graph *graph, char kind, const octet_shape *shape,
                                          const int32_t *integers, uint32_t *out) {
    float reals[256];
    int8_t bytes[256];
    const float scale = 0.5f;
    const int32_t zero = -3;
    for (int i = 0; i < 256; i++) {
        reals[i] = 0.125f * (float)(i % 11 - 5);
        bytes[i] = (int8_t)(3 * i);
    }
    if (kind == 'w') return octet_graph_add_constant(ctx, graph, "weights", OCTET_FLOAT32, shape, reals, out);
    if (kind == 'v') {
        OCTET_TRY(octet_graph_add_value(ctx, graph, "state", OCTET_FLOAT32, shape, out));
        graph->values[*out].is_variable = true;
        return OCTET_OK;
    }
    if (kind == 'q') {
        OCTET_TRY(octet_graph_add_constant(ctx, graph, "bytes", OCTET_INT8, shape, bytes, out));
        return octet_value_set_quantization(ctx, graph, *out, 1, 0, &scale, &zero);
    }
    return octet_graph_add_constant(ctx, graph, "integers", OCTET_INT32, shape, integers, out);
}

static inline octet_status every_operand(octet_context *ctx, octet_graph *graph, const uint32_t *inputs,
                                         const char *text, uint32_t *out) {
    static const char names[] = "xrsbnc";
    const char *input = strchr(names, text[0]);
    *out = OCTET_NONE;
    if (input != NULL) *out = inputs[input - names];
    if (input != NULL || text[0] == '-') return OCTET_OK;
    if (text[0] == 'f') return octet_graph_add_f32_scalar(ctx, graph, "real", strtof(text + 1, NULL), out);
    int32_t numbers[OCTET_MAX_RANK], n = 0;
    for (const char *at = text; *at && *at != ' ';) {
        char *end;
        numbers[n++] = (int32_t)strtol(at + 1, &end, 10);
        at = end;
    }
    octet_shape shape = octet_shape_make(n, numbers);
    if (text[0] == 'i') shape = (octet_shape){1, {n}};
    if (text[0] == 'I') shape = (octet_shape){0, {0}};
    if (text[0] == 'm') shape = (octet_shape){2, {n / 2, 2}};
    return every_constant(ctx, graph, text[0], &shape, numbers, out);
}

/* QUANTIZE gives what its output says, so that is made first. */
static inline octet_status every_quantize(octet_context *ctx, octet_graph *graph, const uint32_t *inputs,
                                          uint32_t *out) {
    const float scale = 0.25f;
    const int32_t zero = 7;
    OCTET_TRY(octet_graph_add_value(ctx, graph, "quantized", OCTET_INT8, &graph->values[inputs[0]].shape, out));
    OCTET_TRY(octet_value_set_quantization(ctx, graph, *out, 1, 0, &scale, &zero));
    return octet_graph_add_operator(ctx, graph, OCTET_OP_QUANTIZE, "QUANTIZE", inputs, 1, NULL, out, 1, OCTET_NONE,
                                    NULL);
}

static inline octet_status every_add(octet_context *ctx, octet_graph *graph, const uint32_t *inputs,
                                     const every_row *row) {
    uint32_t operands[32], n = 0, outputs[8];
    for (const char *at = row->operands; at != NULL; at = strchr(at, ' ')) {
        if (*at == ' ') at++;
        OCTET_TRY(every_operand(ctx, graph, inputs, at, &operands[n++]));
    }
    if (row->code == OCTET_OP_QUANTIZE) {
        OCTET_TRY(every_quantize(ctx, graph, operands, outputs));
    } else {
        OCTET_TRY(octet_graph_emit(ctx, graph, row->code, octet_operator_name(row->code), NULL, operands, n,
                                   &row->options, outputs, row->n_outputs));
    }
    for (uint32_t i = 0; i < row->n_outputs; i++)
        OCTET_TRY(octet_graph_add_output(ctx, graph, outputs[i], graph->values[outputs[i]].name));
    return OCTET_OK;
}

/* The operators of rows [first, last). *out must be destroyed also when this fails. */
static inline octet_status every_operator(octet_context *ctx, uint32_t first, uint32_t last, octet_graph **out) {
    static const struct {
        const char *name;
        octet_type type;
        octet_shape shape;
    } kinds[] = {{"x", OCTET_FLOAT32, {4, {1, 4, 4, 4}}}, {"r", OCTET_FLOAT32, {2, {1, 4}}},
                 {"s", OCTET_FLOAT32, {3, {1, 3, 4}}},    {"b", OCTET_BOOL, {2, {1, 4}}},
                 {"n", OCTET_INT32, {2, {1, 4}}},         {"c", OCTET_COMPLEX64, {2, {1, 4}}}};
    uint32_t inputs[6];
    OCTET_TRY(octet_graph_create(ctx, "every", out));
    for (int i = 0; i < 6; i++) {
        OCTET_TRY(octet_graph_add_value(ctx, *out, kinds[i].name, kinds[i].type, &kinds[i].shape, &inputs[i]));
        OCTET_TRY(octet_graph_add_input(ctx, *out, inputs[i], kinds[i].name));
    }
    for (uint32_t i = first; i < last && i < EVERY_N_ROWS; i++) OCTET_TRY(every_add(ctx, *out, inputs, &every_rows[i]));
    return octet_graph_verify(ctx, *out, "test");
}

#endif
