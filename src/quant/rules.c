#include "quant/rules.h"

/* One row per operator: its class, and whether LiteRT has a kernel of it with int16 activations. */
/* clang-format off */
#define RULES(X)                                                        \
    /* operator                     rule                       int16 */ \
    X(ABS,                          FREE,                      yes)     \
    X(ADD,                          FREE,                      yes)     \
    X(ARG_MAX,                      FREE,                      no)      \
    X(ARG_MIN,                      FREE,                      no)      \
    X(AVERAGE_POOL_2D,              SAME,                      yes)     \
    X(BATCH_MATMUL,                 FREE,                      yes)     \
    X(BATCH_TO_SPACE_ND,            SAME,                      yes)     \
    X(BROADCAST_ARGS,               NONE,                      no)      \
    X(BROADCAST_TO,                 SAME,                      yes)     \
    X(CAST,                         NONE,                      no)      \
    X(CEIL,                         NONE,                      no)      \
    X(COMPLEX_ABS,                  NONE,                      no)      \
    X(CONCATENATION,                SAME,                      yes)     \
    X(CONV_2D,                      FREE,                      yes)     \
    X(CONV_3D,                      NONE,                      no)      \
    X(COS,                          NONE,                      no)      \
    X(CUMSUM,                       NONE,                      no)      \
    X(DEPTHWISE_CONV_2D,            FREE,                      yes)     \
    X(DEPTH_TO_SPACE,               SAME,                      no)      \
    X(DEQUANTIZE,                   NONE,                      no)      \
    X(DETECTION_POSTPROCESS,        NONE,                      no)      \
    X(DIV,                          FREE,                      yes)     \
    X(DYNAMIC_UPDATE_SLICE,         NONE,                      no)      \
    X(ELU,                          BETTER,                    no)      \
    X(EQUAL,                        FREE,                      yes)     \
    X(EXP,                          FREE,                      yes)     \
    X(EXPAND_DIMS,                  SAME,                      yes)     \
    X(FAKE_QUANT,                   FREE,                      yes)     \
    X(FILL,                         SAME,                      yes)     \
    X(FLOOR,                        NONE,                      no)      \
    X(FLOOR_DIV,                    NONE,                      no)      \
    X(FLOOR_MOD,                    NONE,                      no)      \
    X(FULLY_CONNECTED,              FREE,                      yes)     \
    X(GATHER,                       SAME,                      yes)     \
    X(GATHER_ND,                    SAME,                      yes)     \
    X(GELU,                         FREE,                      yes)     \
    X(GREATER,                      FREE,                      yes)     \
    X(GREATER_EQUAL,                FREE,                      yes)     \
    X(HARD_SWISH,                   FREE,                      no)      \
    X(IMAG,                         NONE,                      no)      \
    X(L2_NORMALIZATION,             FIXED(1.0f / 128.0f, 0),   no)      \
    X(L2_POOL_2D,                   NONE,                      no)      \
    X(LEAKY_RELU,                   FREE,                      yes)     \
    X(LESS,                         FREE,                      yes)     \
    X(LESS_EQUAL,                   FREE,                      yes)     \
    X(LOCAL_RESPONSE_NORMALIZATION, NONE,                      no)      \
    X(LOG,                          FREE,                      yes)     \
    X(LOGICAL_AND,                  NONE,                      no)      \
    X(LOGICAL_NOT,                  NONE,                      no)      \
    X(LOGICAL_OR,                   NONE,                      no)      \
    X(LOGISTIC,                     FIXED(1.0f / 256.0f, -128),yes)     \
    X(LOG_SOFTMAX,                  FIXED(1.0f / 16.0f, 127),  no)      \
    X(MAXIMUM,                      SAME,                      yes)     \
    X(MAX_POOL_2D,                  SAME,                      yes)     \
    X(MEAN,                         FREE,                      yes)     \
    X(MINIMUM,                      SAME,                      yes)     \
    X(MIRROR_PAD,                   SAME,                      yes)     \
    X(MUL,                          FREE,                      yes)     \
    X(NEG,                          BETTER,                    yes)     \
    X(NON_MAX_SUPPRESSION_V4,       NONE,                      no)      \
    X(NON_MAX_SUPPRESSION_V5,       NONE,                      no)      \
    X(NOT_EQUAL,                    FREE,                      yes)     \
    X(ONE_HOT,                      NONE,                      no)      \
    X(PACK,                         SAME,                      yes)     \
    X(PAD,                          SAME,                      yes)     \
    X(PADV2,                        SAME,                      yes)     \
    X(POW,                          NONE,                      no)      \
    X(PRELU,                        FREE,                      yes)     \
    X(QUANTIZE,                     NONE,                      no)      \
    X(RANGE,                        NONE,                      no)      \
    X(REAL,                         NONE,                      no)      \
    X(REDUCE_ALL,                   NONE,                      no)      \
    X(REDUCE_ANY,                   NONE,                      no)      \
    X(REDUCE_MAX,                   SAME,                      yes)     \
    X(REDUCE_MIN,                   SAME,                      yes)     \
    X(REDUCE_PROD,                  FREE,                      yes)     \
    X(RELU,                         FREE,                      yes)     \
    X(RELU6,                        FREE,                      yes)     \
    X(RELU_0_TO_1,                  FREE,                      no)      \
    X(RELU_N1_TO_1,                 FREE,                      no)      \
    X(RESHAPE,                      SAME,                      yes)     \
    X(RESIZE_BILINEAR,              SAME,                      yes)     \
    X(RESIZE_NEAREST_NEIGHBOR,      SAME,                      yes)     \
    X(REVERSE_V2,                   COPIES,                    yes)     \
    X(RFFT2D,                       NONE,                      no)      \
    X(ROUND,                        NONE,                      no)      \
    X(RSQRT,                        FREE,                      yes)     \
    X(SCATTER_ND,                   NONE,                      no)      \
    X(SELECT,                       SAME,                      yes)     \
    X(SELECT_V2,                    SAME,                      yes)     \
    X(SHAPE,                        FREE,                      yes)     \
    X(SIGN,                         NONE,                      no)      \
    X(SIN,                          NONE,                      no)      \
    X(SLICE,                        SAME,                      yes)     \
    X(SOFTMAX,                      FIXED(1.0f / 256.0f, -128),yes)     \
    X(SPACE_TO_BATCH_ND,            SAME,                      yes)     \
    X(SPACE_TO_DEPTH,               SAME,                      no)      \
    X(SPLIT,                        SAME,                      yes)     \
    X(SPLIT_V,                      SAME,                      yes)     \
    X(SQRT,                         FREE,                      yes)     \
    X(SQUARE,                       BETTER,                    yes)     \
    X(SQUARED_DIFFERENCE,           FREE,                      no)      \
    X(SQUEEZE,                      SAME,                      yes)     \
    X(STRIDED_SLICE,                SAME,                      yes)     \
    X(SUB,                          FREE,                      yes)     \
    X(SUM,                          FREE,                      yes)     \
    X(SVDF,                         NONE,                      no)      \
    X(TANH,                         FIXED(1.0f / 128.0f, 0),   yes)     \
    X(TILE,                         SAME,                      yes)     \
    X(TOPK_V2,                      NONE,                      no)      \
    X(TRANSPOSE,                    SAME,                      yes)     \
    X(TRANSPOSE_CONV,               FREE,                      yes)     \
    X(UNIDIRECTIONAL_SEQUENCE_LSTM, FREE,                      no)      \
    X(UNPACK,                       SAME,                      yes)     \
    X(ZEROS_LIKE,                   NONE,                      no)
/* clang-format on */

#define FREE .rule_class = OCTET_RULE_FREE
#define SAME .rule_class = OCTET_RULE_SAME
#define NONE .rule_class = OCTET_RULE_NONE
#define BETTER .rule_class = OCTET_RULE_BETTER
#define COPIES .rule_class = OCTET_RULE_COPIES
#define FIXED(scale, zero_point) \
    .rule_class = OCTET_RULE_FIXED, .fixed_s8 = {(scale), (zero_point), 0.0}, .fixed_s16 = {1.0f / 32768.0f, 0, 0.0}
#define INT16_yes true
#define INT16_no false

octet_rule octet_rules_get(octet_operator_code code) {
    switch (code) {
#define ROW(name, rule, int16) \
    case OCTET_OP_##name: return (octet_rule){rule, .has_s16 = INT16_##int16};
        RULES(ROW)
#undef ROW
    case OCTET_N_OPERATORS: break;
    }
    return (octet_rule){NONE};
}

octet_rule_class octet_rules_class(octet_operator_code code, const octet_quantize_options *options) {
    const octet_rule rule = octet_rules_get(code);
    if (options->mode == OCTET_MODE_INT16X8 && !rule.has_s16) return OCTET_RULE_NONE;
    const bool is_strict = options->strict_tensorflow;
    if (rule.rule_class == OCTET_RULE_BETTER) return is_strict ? OCTET_RULE_NONE : OCTET_RULE_FREE;
    if (rule.rule_class == OCTET_RULE_COPIES) return is_strict ? OCTET_RULE_FREE : OCTET_RULE_SAME;
    return rule.rule_class;
}

static octet_quantize_options with_int16(const octet_quantize_options *options) {
    octet_quantize_options wide = *options;
    wide.mode = OCTET_MODE_INT16X8;
    return wide;
}

octet_island octet_rules_island(const octet_operator *op, const octet_quantize_options *options) {
    if (op->island != OCTET_ISLAND_INT16) return op->island;
    const octet_quantize_options wide = with_int16(options);
    const bool has_kernel = octet_rules_class(op->code, &wide) != OCTET_RULE_NONE;
    return options->mode == OCTET_MODE_INT8 && has_kernel ? OCTET_ISLAND_INT16 : OCTET_ISLAND_NONE;
}

octet_rule_class octet_rules_class_within(const octet_operator *op, const octet_quantize_options *options,
                                          octet_island island) {
    if (octet_rules_island(op, options) != island || island == OCTET_ISLAND_FLOAT) return OCTET_RULE_NONE;
    if (op->code == OCTET_OP_UNIDIRECTIONAL_SEQUENCE_LSTM && !octet_operator_is_plain_lstm(op)) return OCTET_RULE_NONE;
    const octet_quantize_options wide = with_int16(options);
    return octet_rules_class(op->code, island == OCTET_ISLAND_INT16 ? &wide : options);
}
