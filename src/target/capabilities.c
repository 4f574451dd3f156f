#include "target/capabilities.h"

/* micro: the kernels that tflite-micro registers, of which tests/interop/micro_operators.py asks the package of this
 * date; edgetpu: the table of operators in Coral's documentation of the Edge TPU compiler; instead: what a model can
 * use where the operator is missing. */
#define MICRO_DATE "2026-10-23"
#define EDGETPU_DATE "2021, compiler 16.0"
/* clang-format off */
#define CAPABILITIES(X)                                                                                              \
    /* operator                     micro  edgetpu  instead */                                                       \
    X(ABS,                          BOTH,  NONE,    NULL)                                                            \
    X(ADD,                          BOTH,  INT8,    NULL)                                                            \
    X(ARG_MAX,                      BOTH,  NONE,    NULL)                                                            \
    X(ARG_MIN,                      BOTH,  NONE,    NULL)                                                            \
    X(AVERAGE_POOL_2D,              BOTH,  INT8,    NULL)                                                            \
    X(BATCH_MATMUL,                 BOTH,  NONE,    NULL)                                                            \
    X(BATCH_TO_SPACE_ND,            BOTH,  NONE,    NULL)                                                            \
    X(BROADCAST_ARGS,               BOTH,  NONE,    NULL)                                                            \
    X(BROADCAST_TO,                 BOTH,  NONE,    NULL)                                                            \
    X(CAST,                         BOTH,  NONE,    NULL)                                                            \
    X(CEIL,                         FLOAT, NONE,    NULL)                                                            \
    X(COMPLEX_ABS,                  NONE,  NONE,    NULL)                                                            \
    X(CONCATENATION,                BOTH,  INT8,    NULL)                                                            \
    X(CONV_2D,                      BOTH,  INT8,    NULL)                                                            \
    X(CONV_3D,                      NONE,  NONE,    NULL)                                                            \
    X(COS,                          FLOAT, NONE,    NULL)                                                            \
    X(CUMSUM,                       FLOAT, NONE,    NULL)                                                            \
    X(DEPTHWISE_CONV_2D,            BOTH,  INT8,    NULL)                                                            \
    X(DEPTH_TO_SPACE,               BOTH,  NONE,    NULL)                                                            \
    X(DEQUANTIZE,                   BOTH,  INT8,    NULL)                                                            \
    X(DETECTION_POSTPROCESS,        FLOAT, NONE,    NULL)                                                            \
    X(DIV,                          BOTH,  NONE,    NULL)                                                            \
    X(DYNAMIC_UPDATE_SLICE,         BOTH,  NONE,    NULL)                                                            \
    X(ELU,                          BOTH,  NONE,    NULL)                                                            \
    X(EQUAL,                        BOTH,  NONE,    NULL)                                                            \
    X(EXP,                          FLOAT, NONE,    "use sigmoid, tanh or softmax, or compute it outside the model") \
    X(EXPAND_DIMS,                  BOTH,  INT8,    NULL)                                                            \
    X(FAKE_QUANT,                   NONE,  NONE,    NULL)                                                            \
    X(FILL,                         BOTH,  NONE,    NULL)                                                            \
    X(FLOOR,                        FLOAT, NONE,    NULL)                                                            \
    X(FLOOR_DIV,                    FLOAT, NONE,    NULL)                                                            \
    X(FLOOR_MOD,                    FLOAT, NONE,    NULL)                                                            \
    X(FULLY_CONNECTED,              BOTH,  INT8,    NULL)                                                            \
    X(GATHER,                       BOTH,  NONE,    NULL)                                                            \
    X(GATHER_ND,                    BOTH,  NONE,    NULL)                                                            \
    X(GELU,                         NONE,  NONE,    "use swish or relu")                                             \
    X(GREATER,                      BOTH,  NONE,    NULL)                                                            \
    X(GREATER_EQUAL,                BOTH,  NONE,    NULL)                                                            \
    X(HARD_SWISH,                   BOTH,  NONE,    NULL)                                                            \
    X(IMAG,                         NONE,  NONE,    NULL)                                                            \
    X(L2_NORMALIZATION,             BOTH,  INT8,    NULL)                                                            \
    X(L2_POOL_2D,                   FLOAT, NONE,    NULL)                                                            \
    X(LEAKY_RELU,                   BOTH,  NONE,    NULL)                                                            \
    X(LESS,                         BOTH,  NONE,    NULL)                                                            \
    X(LESS_EQUAL,                   BOTH,  NONE,    NULL)                                                            \
    X(LOCAL_RESPONSE_NORMALIZATION, NONE,  NONE,    NULL)                                                            \
    X(LOG,                          FLOAT, NONE,    "compute the logarithm outside the model")                       \
    X(LOGICAL_AND,                  BOTH,  NONE,    NULL)                                                            \
    X(LOGICAL_NOT,                  BOTH,  NONE,    NULL)                                                            \
    X(LOGICAL_OR,                   BOTH,  NONE,    NULL)                                                            \
    X(LOGISTIC,                     BOTH,  INT8,    NULL)                                                            \
    X(LOG_SOFTMAX,                  BOTH,  NONE,    NULL)                                                            \
    X(MAXIMUM,                      BOTH,  INT8,    NULL)                                                            \
    X(MAX_POOL_2D,                  BOTH,  INT8,    NULL)                                                            \
    X(MEAN,                         BOTH,  INT8,    NULL)                                                            \
    X(MINIMUM,                      BOTH,  INT8,    NULL)                                                            \
    X(MIRROR_PAD,                   BOTH,  NONE,    NULL)                                                            \
    X(MUL,                          BOTH,  INT8,    NULL)                                                            \
    X(NEG,                          FLOAT, NONE,    NULL)                                                            \
    X(NON_MAX_SUPPRESSION_V4,       NONE,  NONE,    NULL)                                                            \
    X(NON_MAX_SUPPRESSION_V5,       NONE,  NONE,    NULL)                                                            \
    X(NOT_EQUAL,                    BOTH,  NONE,    NULL)                                                            \
    X(ONE_HOT,                      NONE,  NONE,    NULL)                                                            \
    X(PACK,                         BOTH,  INT8,    NULL)                                                            \
    X(PAD,                          BOTH,  INT8,    NULL)                                                            \
    X(PADV2,                        BOTH,  NONE,    NULL)                                                            \
    X(POW,                          NONE,  NONE,    NULL)                                                            \
    X(PRELU,                        BOTH,  INT8,    NULL)                                                            \
    X(QUANTIZE,                     BOTH,  INT8,    NULL)                                                            \
    X(RANGE,                        NONE,  NONE,    NULL)                                                            \
    X(REAL,                         NONE,  NONE,    NULL)                                                            \
    X(REDUCE_ALL,                   BOTH,  NONE,    NULL)                                                            \
    X(REDUCE_ANY,                   NONE,  NONE,    NULL)                                                            \
    X(REDUCE_MAX,                   BOTH,  INT8,    NULL)                                                            \
    X(REDUCE_MIN,                   BOTH,  INT8,    NULL)                                                            \
    X(REDUCE_PROD,                  NONE,  NONE,    NULL)                                                            \
    X(RELU,                         BOTH,  INT8,    NULL)                                                            \
    X(RELU6,                        BOTH,  INT8,    NULL)                                                            \
    X(RELU_0_TO_1,                  NONE,  NONE,    NULL)                                                            \
    X(RELU_N1_TO_1,                 NONE,  INT8,    "use ReLU6 or tanh, or clip with Maximum and Minimum")           \
    X(RESHAPE,                      BOTH,  INT8,    NULL)                                                            \
    X(RESIZE_BILINEAR,              BOTH,  INT8,    NULL)                                                            \
    X(RESIZE_NEAREST_NEIGHBOR,      BOTH,  INT8,    NULL)                                                            \
    X(REVERSE_V2,                   BOTH,  NONE,    NULL)                                                            \
    X(RFFT2D,                       NONE,  NONE,    NULL)                                                            \
    X(ROUND,                        FLOAT, NONE,    NULL)                                                            \
    X(RSQRT,                        BOTH,  INT8,    NULL)                                                            \
    X(SCATTER_ND,                   NONE,  NONE,    NULL)                                                            \
    X(SELECT,                       NONE,  NONE,    NULL)                                                            \
    X(SELECT_V2,                    BOTH,  NONE,    NULL)                                                            \
    X(SHAPE,                        BOTH,  NONE,    NULL)                                                            \
    X(SIGN,                         NONE,  NONE,    NULL)                                                            \
    X(SIN,                          FLOAT, NONE,    NULL)                                                            \
    X(SLICE,                        BOTH,  INT8,    NULL)                                                            \
    X(SOFTMAX,                      BOTH,  INT8,    NULL)                                                            \
    X(SPACE_TO_BATCH_ND,            BOTH,  NONE,    NULL)                                                            \
    X(SPACE_TO_DEPTH,               BOTH,  INT8,    NULL)                                                            \
    X(SPLIT,                        BOTH,  INT8,    NULL)                                                            \
    X(SPLIT_V,                      BOTH,  NONE,    NULL)                                                            \
    X(SQRT,                         FLOAT, NONE,    NULL)                                                            \
    X(SQUARE,                       FLOAT, NONE,    NULL)                                                            \
    X(SQUARED_DIFFERENCE,           BOTH,  INT8,    NULL)                                                            \
    X(SQUEEZE,                      BOTH,  INT8,    NULL)                                                            \
    X(STRIDED_SLICE,                BOTH,  INT8,    NULL)                                                            \
    X(SUB,                          BOTH,  INT8,    NULL)                                                            \
    X(SUM,                          BOTH,  INT8,    NULL)                                                            \
    X(SVDF,                         BOTH,  NONE,    NULL)                                                            \
    X(TANH,                         BOTH,  INT8,    NULL)                                                            \
    X(TILE,                         NONE,  NONE,    NULL)                                                            \
    X(TOPK_V2,                      NONE,  NONE,    NULL)                                                            \
    X(TRANSPOSE,                    BOTH,  INT8,    NULL)                                                            \
    X(TRANSPOSE_CONV,               BOTH,  INT8,    NULL)                                                            \
    X(UNIDIRECTIONAL_SEQUENCE_LSTM, BOTH,  INT8,    NULL)                                                            \
    X(UNPACK,                       BOTH,  NONE,    NULL)                                                            \
    X(ZEROS_LIKE,                   BOTH,  NONE,    NULL)
/* clang-format on */

/* INT8: an int8 kernel, or one that moves data or integers. */
enum { NONE = 0, INT8 = 1, FLOAT = 2, BOTH = INT8 | FLOAT };

typedef struct capability {
    uint8_t micro, edgetpu;
    const char *instead; /* or NULL */
} capability;

static capability capability_of(octet_operator_code code) {
    switch (code) {
#define ROW(name, micro, edgetpu, instead) \
    case OCTET_OP_##name: return (capability){micro, edgetpu, instead};
        CAPABILITIES(ROW)
#undef ROW
    case OCTET_N_OPERATORS: break;
    }
    return (capability){NONE, NONE, NULL};
}

static bool runs(const octet_target *target, octet_operator_code code, int type) {
    switch (target->kernels) {
    case OCTET_TARGET_KERNELS_LITERT: return true;
    case OCTET_TARGET_KERNELS_MICRO: return (capability_of(code).micro & type) != 0;
    case OCTET_TARGET_KERNELS_EDGETPU: return (capability_of(code).edgetpu & type) != 0;
    }
    return false;
}

const char *octet_capabilities_date(const octet_target *target) {
    switch (target->kernels) {
    case OCTET_TARGET_KERNELS_LITERT: return NULL;
    case OCTET_TARGET_KERNELS_MICRO: return MICRO_DATE;
    case OCTET_TARGET_KERNELS_EDGETPU: return EDGETPU_DATE;
    }
    return NULL;
}

bool octet_capabilities_in_int8(const octet_target *target, octet_operator_code code) {
    return runs(target, code, INT8);
}

bool octet_capabilities_in_float(const octet_target *target, octet_operator_code code) {
    return runs(target, code, FLOAT);
}

const char *octet_capabilities_remedy(octet_operator_code code) {
    const char *instead = capability_of(code).instead;
    return instead != NULL ? instead : "replace the layer, or compute this part outside the model";
}
