/* graph/operator_list.h - the one list of operators.
 * In:  nothing.
 * Out: OCTET_OPERATOR_LIST(X) with X(NAME, BuiltinOperator of the TFLite schema, member of octet_options or `none`).
 * Knows: names and numbers of the TFLite schema, version 3; 32 is a custom operator, known by its custom code.
 * Does not know: behaviour. Rooms that act on operators use switch without default, or a table with one entry per name,
 *        so that a new operator is a compile error until each room has its part (docs/adding-an-operator.md). */
#ifndef OCTET_GRAPH_OPERATOR_LIST_H
#define OCTET_GRAPH_OPERATOR_LIST_H

#define OCTET_OPERATOR_LIST(X)                          \
    X(ABS, 101, none)                                   \
    X(ADD, 0, arithmetic)                               \
    X(ARG_MAX, 56, arg)                                 \
    X(ARG_MIN, 79, arg)                                 \
    X(AVERAGE_POOL_2D, 1, pool_2d)                      \
    X(BATCH_MATMUL, 126, batch_matmul)                  \
    X(BATCH_TO_SPACE_ND, 37, none)                      \
    X(BROADCAST_ARGS, 145, none)                        \
    X(BROADCAST_TO, 130, none)                          \
    X(CAST, 53, cast)                                   \
    X(CEIL, 104, none)                                  \
    X(COMPLEX_ABS, 135, none)                           \
    X(CONCATENATION, 2, concatenation)                  \
    X(CONV_2D, 3, conv_2d)                              \
    X(CONV_3D, 132, conv_3d)                            \
    X(COS, 108, none)                                   \
    X(CUMSUM, 128, cumsum)                              \
    X(DEPTHWISE_CONV_2D, 4, depthwise_conv_2d)          \
    X(DEPTH_TO_SPACE, 5, block)                         \
    X(DEQUANTIZE, 6, none)                              \
    X(DETECTION_POSTPROCESS, 32, detection)             \
    X(DIV, 42, arithmetic)                              \
    X(DYNAMIC_UPDATE_SLICE, 151, none)                  \
    X(ELU, 111, none)                                   \
    X(EQUAL, 71, none)                                  \
    X(EXP, 47, none)                                    \
    X(EXPAND_DIMS, 70, none)                            \
    X(FAKE_QUANT, 80, fake_quant)                       \
    X(FILL, 94, none)                                   \
    X(FLOOR, 8, none)                                   \
    X(FLOOR_DIV, 90, none)                              \
    X(FLOOR_MOD, 95, none)                              \
    X(FULLY_CONNECTED, 9, fully_connected)              \
    X(GATHER, 36, gather)                               \
    X(GATHER_ND, 107, none)                             \
    X(GELU, 150, gelu)                                  \
    X(GREATER, 61, none)                                \
    X(GREATER_EQUAL, 62, none)                          \
    X(HARD_SWISH, 117, none)                            \
    X(IMAG, 133, none)                                  \
    X(L2_NORMALIZATION, 11, l2_normalization)           \
    X(L2_POOL_2D, 12, pool_2d)                          \
    X(LEAKY_RELU, 98, leaky_relu)                       \
    X(LESS, 58, none)                                   \
    X(LESS_EQUAL, 63, none)                             \
    X(LOCAL_RESPONSE_NORMALIZATION, 13, local_response) \
    X(LOG, 73, none)                                    \
    X(LOGICAL_AND, 86, none)                            \
    X(LOGICAL_NOT, 87, none)                            \
    X(LOGICAL_OR, 84, none)                             \
    X(LOGISTIC, 14, none)                               \
    X(LOG_SOFTMAX, 50, none)                            \
    X(MAXIMUM, 55, none)                                \
    X(MAX_POOL_2D, 17, pool_2d)                         \
    X(MEAN, 40, reduce)                                 \
    X(MINIMUM, 57, none)                                \
    X(MIRROR_PAD, 100, mirror_pad)                      \
    X(MUL, 18, arithmetic)                              \
    X(NEG, 59, none)                                    \
    X(NOT_EQUAL, 72, none)                              \
    X(ONE_HOT, 85, one_hot)                             \
    X(PACK, 83, pack)                                   \
    X(PAD, 34, none)                                    \
    X(PADV2, 60, none)                                  \
    X(POW, 78, none)                                    \
    X(PRELU, 54, none)                                  \
    X(QUANTIZE, 114, none)                              \
    X(RANGE, 96, none)                                  \
    X(REAL, 134, none)                                  \
    X(REDUCE_ALL, 140, reduce)                          \
    X(REDUCE_ANY, 91, reduce)                           \
    X(REDUCE_MAX, 82, reduce)                           \
    X(REDUCE_MIN, 89, reduce)                           \
    X(REDUCE_PROD, 81, reduce)                          \
    X(RELU, 19, none)                                   \
    X(RELU6, 21, none)                                  \
    X(RELU_0_TO_1, 152, none)                           \
    X(RELU_N1_TO_1, 20, none)                           \
    X(RESHAPE, 22, none)                                \
    X(RESIZE_BILINEAR, 23, resize)                      \
    X(RESIZE_NEAREST_NEIGHBOR, 97, resize)              \
    X(REVERSE_V2, 105, none)                            \
    X(RFFT2D, 131, none)                                \
    X(ROUND, 116, none)                                 \
    X(RSQRT, 76, none)                                  \
    X(SCATTER_ND, 122, none)                            \
    X(SELECT, 64, none)                                 \
    X(SELECT_V2, 123, none)                             \
    X(SHAPE, 77, shape)                                 \
    X(SIGN, 158, none)                                  \
    X(SIN, 66, none)                                    \
    X(SLICE, 65, none)                                  \
    X(SOFTMAX, 25, softmax)                             \
    X(SPACE_TO_BATCH_ND, 38, none)                      \
    X(SPACE_TO_DEPTH, 26, block)                        \
    X(SPLIT, 49, split)                                 \
    X(SPLIT_V, 102, split)                              \
    X(SQRT, 75, none)                                   \
    X(SQUARE, 92, none)                                 \
    X(SQUARED_DIFFERENCE, 99, none)                     \
    X(SQUEEZE, 43, squeeze)                             \
    X(STRIDED_SLICE, 45, strided_slice)                 \
    X(SUB, 41, arithmetic)                              \
    X(SUM, 74, reduce)                                  \
    X(SVDF, 27, svdf)                                   \
    X(TANH, 28, none)                                   \
    X(TILE, 69, none)                                   \
    X(TOPK_V2, 48, none)                                \
    X(TRANSPOSE, 39, none)                              \
    X(TRANSPOSE_CONV, 67, transpose_conv)               \
    X(UNIDIRECTIONAL_SEQUENCE_LSTM, 44, lstm)           \
    X(UNPACK, 88, pack)                                 \
    X(ZEROS_LIKE, 93, none)

#endif
