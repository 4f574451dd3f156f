/* graph/operator_list.h - the one list of operators.
 * In:  nothing.
 * Out: OCTET_OPERATOR_LIST(X) with X(name, builtin, options, family, operands), one row per operator.
 * Knows: what the TFLite schema, version 3, says of an operator, and which operators are alike.
 * Does not know: behaviour. Rooms that act on operators make a table or a switch of the list, so that a new operator
 *        is a compile error until each room has its part (docs/adding-an-operator.md).
 *
 * name:     as in the schema.
 * builtin:  BuiltinOperator, its number there; 32 is a custom operator, known by its custom code.
 * options:  its member of octet_options, or none.
 * family:   operators that one function treats: octet_infer_<family> (graph/infer/<family>.c) finds the types and
 *           shapes of results, octet_bind_<family> (lower/<family>.c) the kernel.
 * operands: weights(data, weights, bias, axis) where one operand is multiplied with learned weights: the numbers of
 *           these operands, and the axis of the weights that runs over the output channels; -1: there is none. */
#ifndef OCTET_GRAPH_OPERATOR_LIST_H
#define OCTET_GRAPH_OPERATOR_LIST_H

/* clang-format off */
#define OCTET_OPERATOR_LIST(X)                                                                     \
    /* name                         builtin  options            family      operands */            \
    X(ABS,                          101,     none,              unary,      none)                  \
    X(ADD,                          0,       arithmetic,        arithmetic, none)                  \
    X(ARG_MAX,                      56,      arg,               reduce,     none)                  \
    X(ARG_MIN,                      79,      arg,               reduce,     none)                  \
    X(AVERAGE_POOL_2D,              1,       pool_2d,           pool,       none)                  \
    X(BATCH_MATMUL,                 126,     batch_matmul,      dense,      none)                  \
    X(BATCH_TO_SPACE_ND,            37,      none,              move,       none)                  \
    X(BROADCAST_ARGS,               145,     none,              shape,      none)                  \
    X(BROADCAST_TO,                 130,     none,              move,       none)                  \
    X(CAST,                         53,      cast,              cast,       none)                  \
    X(CEIL,                         104,     none,              unary,      none)                  \
    X(COMPLEX_ABS,                  135,     none,              spectrum,   none)                  \
    X(CONCATENATION,                2,       concatenation,     move,       none)                  \
    X(CONV_2D,                      3,       conv_2d,           conv,       weights(0, 1, 2, 0))   \
    X(CONV_3D,                      132,     conv_3d,           conv,       weights(0, 1, 2, 4))   \
    X(COS,                          108,     none,              unary,      none)                  \
    X(CUMSUM,                       128,     cumsum,            order,      none)                  \
    X(DEPTHWISE_CONV_2D,            4,       depthwise_conv_2d, conv,       weights(0, 1, 2, 3))   \
    X(DEPTH_TO_SPACE,               5,       block,             move,       none)                  \
    X(DEQUANTIZE,                   6,       none,              quantize,   none)                  \
    X(DETECTION_POSTPROCESS,        32,      detection,         detection,  none)                  \
    X(DIV,                          42,      arithmetic,        arithmetic, none)                  \
    X(DYNAMIC_UPDATE_SLICE,         151,     none,              scatter,    none)                  \
    X(ELU,                          111,     none,              unary,      none)                  \
    X(EQUAL,                        71,      none,              compare,    none)                  \
    X(EXP,                          47,      none,              unary,      none)                  \
    X(EXPAND_DIMS,                  70,      none,              move,       none)                  \
    X(FAKE_QUANT,                   80,      fake_quant,        quantize,   none)                  \
    X(FILL,                         94,      none,              shape,      none)                  \
    X(FLOOR,                        8,       none,              unary,      none)                  \
    X(FLOOR_DIV,                    90,      none,              arithmetic, none)                  \
    X(FLOOR_MOD,                    95,      none,              arithmetic, none)                  \
    X(FULLY_CONNECTED,              9,       fully_connected,   dense,      weights(0, 1, 2, 0))   \
    X(GATHER,                       36,      gather,            move,       none)                  \
    X(GATHER_ND,                    107,     none,              move,       none)                  \
    X(GELU,                         150,     gelu,              unary,      none)                  \
    X(GREATER,                      61,      none,              compare,    none)                  \
    X(GREATER_EQUAL,                62,      none,              compare,    none)                  \
    X(HARD_SWISH,                   117,     none,              unary,      none)                  \
    X(IMAG,                         133,     none,              spectrum,   none)                  \
    X(L2_NORMALIZATION,             11,      l2_normalization,  softmax,    none)                  \
    X(L2_POOL_2D,                   12,      pool_2d,           pool,       none)                  \
    X(LEAKY_RELU,                   98,      leaky_relu,        unary,      none)                  \
    X(LESS,                         58,      none,              compare,    none)                  \
    X(LESS_EQUAL,                   63,      none,              compare,    none)                  \
    X(LOCAL_RESPONSE_NORMALIZATION, 13,      local_response,    softmax,    none)                  \
    X(LOG,                          73,      none,              unary,      none)                  \
    X(LOGICAL_AND,                  86,      none,              compare,    none)                  \
    X(LOGICAL_NOT,                  87,      none,              compare,    none)                  \
    X(LOGICAL_OR,                   84,      none,              compare,    none)                  \
    X(LOGISTIC,                     14,      none,              unary,      none)                  \
    X(LOG_SOFTMAX,                  50,      none,              softmax,    none)                  \
    X(MAXIMUM,                      55,      none,              arithmetic, none)                  \
    X(MAX_POOL_2D,                  17,      pool_2d,           pool,       none)                  \
    X(MEAN,                         40,      reduce,            reduce,     none)                  \
    X(MINIMUM,                      57,      none,              arithmetic, none)                  \
    X(MIRROR_PAD,                   100,     mirror_pad,        move,       none)                  \
    X(MUL,                          18,      arithmetic,        arithmetic, none)                  \
    X(NEG,                          59,      none,              unary,      none)                  \
    X(NOT_EQUAL,                    72,      none,              compare,    none)                  \
    X(ONE_HOT,                      85,      one_hot,           scatter,    none)                  \
    X(PACK,                         83,      pack,              move,       none)                  \
    X(PAD,                          34,      none,              move,       none)                  \
    X(PADV2,                        60,      none,              move,       none)                  \
    X(POW,                          78,      none,              arithmetic, none)                  \
    X(PRELU,                        54,      none,              unary,      weights(0, 1, -1, -1)) \
    X(QUANTIZE,                     114,     none,              quantize,   none)                  \
    X(RANGE,                        96,      none,              shape,      none)                  \
    X(REAL,                         134,     none,              spectrum,   none)                  \
    X(REDUCE_ALL,                   140,     reduce,            reduce,     none)                  \
    X(REDUCE_ANY,                   91,      reduce,            reduce,     none)                  \
    X(REDUCE_MAX,                   82,      reduce,            reduce,     none)                  \
    X(REDUCE_MIN,                   89,      reduce,            reduce,     none)                  \
    X(REDUCE_PROD,                  81,      reduce,            reduce,     none)                  \
    X(RELU,                         19,      none,              unary,      none)                  \
    X(RELU6,                        21,      none,              unary,      none)                  \
    X(RELU_0_TO_1,                  152,     none,              unary,      none)                  \
    X(RELU_N1_TO_1,                 20,      none,              unary,      none)                  \
    X(RESHAPE,                      22,      none,              move,       none)                  \
    X(RESIZE_BILINEAR,              23,      resize,            resize,     none)                  \
    X(RESIZE_NEAREST_NEIGHBOR,      97,      resize,            resize,     none)                  \
    X(REVERSE_V2,                   105,     none,              move,       none)                  \
    X(RFFT2D,                       131,     none,              spectrum,   none)                  \
    X(ROUND,                        116,     none,              unary,      none)                  \
    X(RSQRT,                        76,      none,              unary,      none)                  \
    X(SCATTER_ND,                   122,     none,              scatter,    none)                  \
    X(SELECT,                       64,      none,              select,     none)                  \
    X(SELECT_V2,                    123,     none,              select,     none)                  \
    X(SHAPE,                        77,      shape,             shape,      none)                  \
    X(SIGN,                         158,     none,              unary,      none)                  \
    X(SIN,                          66,      none,              unary,      none)                  \
    X(SLICE,                        65,      none,              move,       none)                  \
    X(SOFTMAX,                      25,      softmax,           softmax,    none)                  \
    X(SPACE_TO_BATCH_ND,            38,      none,              move,       none)                  \
    X(SPACE_TO_DEPTH,               26,      block,             move,       none)                  \
    X(SPLIT,                        49,      split,             move,       none)                  \
    X(SPLIT_V,                      102,     split,             move,       none)                  \
    X(SQRT,                         75,      none,              unary,      none)                  \
    X(SQUARE,                       92,      none,              unary,      none)                  \
    X(SQUARED_DIFFERENCE,           99,      none,              arithmetic, none)                  \
    X(SQUEEZE,                      43,      squeeze,           move,       none)                  \
    X(STRIDED_SLICE,                45,      strided_slice,     move,       none)                  \
    X(SUB,                          41,      arithmetic,        arithmetic, none)                  \
    X(SUM,                          74,      reduce,            reduce,     none)                  \
    X(SVDF,                         27,      svdf,              svdf,       none)                  \
    X(TANH,                         28,      none,              unary,      none)                  \
    X(TILE,                         69,      none,              move,       none)                  \
    X(TOPK_V2,                      48,      none,              order,      none)                  \
    X(TRANSPOSE,                    39,      none,              move,       none)                  \
    X(TRANSPOSE_CONV,               67,      transpose_conv,    conv,       weights(2, 1, 3, 0))   \
    X(UNIDIRECTIONAL_SEQUENCE_LSTM, 44,      lstm,              lstm,       none)                  \
    X(UNPACK,                       88,      pack,              move,       none)                  \
    X(ZEROS_LIKE,                   93,      none,              shape,      none)
/* clang-format on */

#endif
