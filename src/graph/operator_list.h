/* graph/operator_list.h - the one list of operators.
 * In:  nothing.
 * Out: OCTET_OPERATOR_LIST(X) with X(name, options, family, operands), one row per operator.
 * Knows: the names and options of the TFLite schema, and which operators are alike.
 * Does not know: the schema's numbers (tflite/builtin.h); behaviour. Rooms that act on operators make a
 *        table or a switch of the list, so that a new operator is a compile error until each room has
 *        its part (docs/adding-an-operator.md).
 *
 * name:     as in the schema.
 * options:  its list in graph/options.c, or none.
 * family:   operators that one function treats: octet_infer_<family> (graph/infer/<family>.c) finds the types and
 *           shapes of results, octet_bind_<family> (lower/<family>.c) the kernel.
 * operands: weights(data, weights, bias, axis) where one operand is multiplied with learned weights: the numbers of
 * these operands, and the axis of the weights that runs over the output channels; -1: there is none. */
#ifndef OCTET_GRAPH_OPERATOR_LIST_H
#define OCTET_GRAPH_OPERATOR_LIST_H

/* clang-format off */
#define OCTET_OPERATOR_LIST(X)                                                             \
    /* name                         options            family      operands */             \
    X(ABS,                          none,              unary,      none)                   \
    X(ADD,                          addition,          arithmetic, none)                   \
    X(ARG_MAX,                      arg,               reduce,     none)                   \
    X(ARG_MIN,                      arg,               reduce,     none)                   \
    X(AVERAGE_POOL_2D,              pool_2d,           pool,       none)                   \
    X(BATCH_MATMUL,                 batch_matmul,      dense,      none)                   \
    X(BATCH_TO_SPACE_ND,            none,              move,       none)                   \
    X(BROADCAST_ARGS,               none,              shape,      none)                   \
    X(BROADCAST_TO,                 none,              move,       none)                   \
    X(CAST,                         cast,              cast,       none)                   \
    X(CEIL,                         none,              unary,      none)                   \
    X(COMPLEX_ABS,                  none,              spectrum,   none)                   \
    X(CONCATENATION,                concatenation,     move,       none)                   \
    X(CONV_2D,                      conv_2d,           conv,       weights(0, 1, 2, 0))    \
    X(CONV_3D,                      conv_3d,           conv,       weights(0, 1, 2, 4))    \
    X(COS,                          none,              unary,      none)                   \
    X(CUMSUM,                       cumsum,            order,      none)                   \
    X(DEPTHWISE_CONV_2D,            depthwise_conv_2d, conv,       weights(0, 1, 2, 3))    \
    X(DEPTH_TO_SPACE,               block,             move,       none)                   \
    X(DEQUANTIZE,                   none,              quantize,   none)                   \
    X(DETECTION_POSTPROCESS,        detection,         detection,  none)                   \
    X(DIV,                          arithmetic,        arithmetic, none)                   \
    X(DYNAMIC_UPDATE_SLICE,         none,              scatter,    none)                   \
    X(ELU,                          none,              unary,      none)                   \
    X(EQUAL,                        none,              compare,    none)                   \
    X(EXP,                          none,              unary,      none)                   \
    X(EXPAND_DIMS,                  none,              move,       none)                   \
    X(FAKE_QUANT,                   fake_quant,        quantize,   none)                   \
    X(FILL,                         none,              shape,      none)                   \
    X(FLOOR,                        none,              unary,      none)                   \
    X(FLOOR_DIV,                    none,              arithmetic, none)                   \
    X(FLOOR_MOD,                    none,              arithmetic, none)                   \
    X(FULLY_CONNECTED,              fully_connected,   dense,      weights(0, 1, 2, 0))    \
    X(GATHER,                       gather,            move,       none)                   \
    X(GATHER_ND,                    none,              move,       none)                   \
    X(GELU,                         gelu,              unary,      none)                   \
    X(GREATER,                      none,              compare,    none)                   \
    X(GREATER_EQUAL,                none,              compare,    none)                   \
    X(HARD_SWISH,                   none,              unary,      none)                   \
    X(IMAG,                         none,              spectrum,   none)                   \
    X(L2_NORMALIZATION,             l2_normalization,  softmax,    none)                   \
    X(L2_POOL_2D,                   pool_2d,           pool,       none)                   \
    X(LEAKY_RELU,                   leaky_relu,        unary,      none)                   \
    X(LESS,                         none,              compare,    none)                   \
    X(LESS_EQUAL,                   none,              compare,    none)                   \
    X(LOCAL_RESPONSE_NORMALIZATION, local_response,    softmax,    none)                   \
    X(LOG,                          none,              unary,      none)                   \
    X(LOGICAL_AND,                  none,              compare,    none)                   \
    X(LOGICAL_NOT,                  none,              compare,    none)                   \
    X(LOGICAL_OR,                   none,              compare,    none)                   \
    X(LOGISTIC,                     none,              unary,      none)                   \
    X(LOG_SOFTMAX,                  none,              softmax,    none)                   \
    X(MAXIMUM,                      none,              arithmetic, none)                   \
    X(MAX_POOL_2D,                  pool_2d,           pool,       none)                   \
    X(MEAN,                         reduce,            reduce,     none)                   \
    X(MINIMUM,                      none,              arithmetic, none)                   \
    X(MIRROR_PAD,                   mirror_pad,        move,       none)                   \
    X(MUL,                          arithmetic,        arithmetic, none)                   \
    X(NEG,                          none,              unary,      none)                   \
    X(NON_MAX_SUPPRESSION_V4,       none,              suppression, none)                  \
    X(NON_MAX_SUPPRESSION_V5,       none,              suppression, none)                  \
    X(NOT_EQUAL,                    none,              compare,    none)                   \
    X(ONE_HOT,                      one_hot,           scatter,    none)                   \
    X(PACK,                         pack,              move,       none)                   \
    X(PAD,                          none,              move,       none)                   \
    X(PADV2,                        none,              move,       none)                   \
    X(POW,                          none,              arithmetic, none)                   \
    X(PRELU,                        none,              unary,      weights(0, 1, -1, -1))  \
    X(QUANTIZE,                     none,              quantize,   none)                   \
    X(RANGE,                        none,              shape,      none)                   \
    X(REAL,                         none,              spectrum,   none)                   \
    X(REDUCE_ALL,                   reduce,            reduce,     none)                   \
    X(REDUCE_ANY,                   reduce,            reduce,     none)                   \
    X(REDUCE_MAX,                   reduce,            reduce,     none)                   \
    X(REDUCE_MIN,                   reduce,            reduce,     none)                   \
    X(REDUCE_PROD,                  reduce,            reduce,     none)                   \
    X(RELU,                         none,              unary,      none)                   \
    X(RELU6,                        none,              unary,      none)                   \
    X(RELU_0_TO_1,                  none,              unary,      none)                   \
    X(RELU_N1_TO_1,                 none,              unary,      none)                   \
    X(RESHAPE,                      none,              move,       none)                   \
    X(RESIZE_BILINEAR,              resize,            resize,     none)                   \
    X(RESIZE_NEAREST_NEIGHBOR,      resize,            resize,     none)                   \
    X(REVERSE_V2,                   none,              move,       none)                   \
    X(RFFT2D,                       none,              spectrum,   none)                   \
    X(ROUND,                        none,              unary,      none)                   \
    X(RSQRT,                        none,              unary,      none)                   \
    X(SCATTER_ND,                   none,              scatter,    none)                   \
    X(SELECT,                       none,              select,     none)                   \
    X(SELECT_V2,                    none,              select,     none)                   \
    X(SHAPE,                        shape,             shape,      none)                   \
    X(SIGN,                         none,              unary,      none)                   \
    X(SIN,                          none,              unary,      none)                   \
    X(SLICE,                        none,              move,       none)                   \
    X(SOFTMAX,                      softmax,           softmax,    none)                   \
    X(SPACE_TO_BATCH_ND,            none,              move,       none)                   \
    X(SPACE_TO_DEPTH,               block,             move,       none)                   \
    X(SPLIT,                        split,             move,       none)                   \
    X(SPLIT_V,                      split,             move,       none)                   \
    X(SQRT,                         none,              unary,      none)                   \
    X(SQUARE,                       none,              unary,      none)                   \
    X(SQUARED_DIFFERENCE,           none,              arithmetic, none)                   \
    X(SQUEEZE,                      squeeze,           move,       none)                   \
    X(STRIDED_SLICE,                strided_slice,     move,       none)                   \
    X(SUB,                          addition,          arithmetic, none)                   \
    X(SUM,                          reduce,            reduce,     none)                   \
    X(SVDF,                         svdf,              svdf,       none)                   \
    X(TANH,                         none,              unary,      none)                   \
    X(TILE,                         none,              move,       none)                   \
    X(TOPK_V2,                      none,              order,      none)                   \
    X(TRANSPOSE,                    none,              move,       none)                   \
    X(TRANSPOSE_CONV,               transpose_conv,    conv,       weights(2, 1, 3, 0))    \
    X(UNIDIRECTIONAL_SEQUENCE_LSTM, lstm,              lstm,       none)                   \
    X(UNPACK,                       unpack,            move,       none)                   \
    X(ZEROS_LIKE,                   none,              shape,      none)
/* clang-format on */

#endif
