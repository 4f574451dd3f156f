/* Activations: as layers, and as the attribute `activation` of others. */
#include <math.h>
#include <string.h>

#include "import/keras/emit/attention.h"
#include "import/keras/emit/mask.h"
#include "import/keras/layers/classes.h"
#include "import/keras/layers/trained.h"

typedef octet_status apply(octet_keras_call *call, uint32_t x, uint32_t *out);

octet_status octet_keras_softmax(octet_keras_call *call, uint32_t x, int32_t axis, bool is_log, uint32_t *out) {
    const int32_t rank = octet_keras_shape(call, x)->rank;
    if (axis < 0) axis += rank;
    if (axis < 0 || axis >= rank) return octet_keras_contradict(call, "axis is outside of %d dimensions", rank);
    const octet_options options = {.softmax = {1.0f}};
    const octet_operator_code code = is_log ? OCTET_OP_LOG_SOFTMAX : OCTET_OP_SOFTMAX;
    const octet_options *given = is_log ? NULL : &options;
    if (axis == rank - 1) return octet_keras_emit(call, code, is_log ? "LogSoftmax" : "Softmax", &x, 1, given, out);
    /* TensorFlow swaps the axis with the last one and back. */
    int32_t perm[OCTET_MAX_RANK];
    for (int32_t i = 0; i < rank; i++) perm[i] = i;
    perm[axis] = rank - 1;
    perm[rank - 1] = axis;
    OCTET_TRY(octet_keras_transpose(call, "transpose", x, perm, &x));
    OCTET_TRY(octet_keras_emit(call, code, is_log ? "LogSoftmax" : "Softmax", &x, 1, given, &x));
    return octet_keras_transpose(call, "transpose_1", x, perm, out);
}

static octet_status apply_linear(octet_keras_call *call, uint32_t x, uint32_t *out) {
    (void)call;
    *out = x;
    return OCTET_OK;
}
static octet_status apply_relu(octet_keras_call *call, uint32_t x, uint32_t *out) {
    return octet_keras_unary(call, OCTET_OP_RELU, "Relu", x, out);
}
static octet_status apply_relu6(octet_keras_call *call, uint32_t x, uint32_t *out) {
    return octet_keras_unary(call, OCTET_OP_RELU6, "Relu6", x, out);
}
static octet_status apply_sigmoid(octet_keras_call *call, uint32_t x, uint32_t *out) {
    return octet_keras_unary(call, OCTET_OP_LOGISTIC, "Sigmoid", x, out);
}
static octet_status apply_tanh(octet_keras_call *call, uint32_t x, uint32_t *out) {
    return octet_keras_unary(call, OCTET_OP_TANH, "Tanh", x, out);
}
static octet_status apply_elu(octet_keras_call *call, uint32_t x, uint32_t *out) {
    return octet_keras_unary(call, OCTET_OP_ELU, "Elu", x, out);
}
static octet_status apply_exponential(octet_keras_call *call, uint32_t x, uint32_t *out) {
    return octet_keras_unary(call, OCTET_OP_EXP, "Exp", x, out);
}
static octet_status apply_softmax(octet_keras_call *call, uint32_t x, uint32_t *out) {
    return octet_keras_softmax(call, x, -1, false, out);
}
static octet_status apply_log_softmax(octet_keras_call *call, uint32_t x, uint32_t *out) {
    return octet_keras_softmax(call, x, -1, true, out);
}
static octet_status apply_hard_silu(octet_keras_call *call, uint32_t x, uint32_t *out) {
    return octet_keras_unary(call, OCTET_OP_HARD_SWISH, "HardSwish", x, out);
}
static octet_status apply_hard_tanh(octet_keras_call *call, uint32_t x, uint32_t *out) {
    return octet_keras_unary(call, OCTET_OP_RELU_N1_TO_1, "ReluN1To1", x, out);
}

static octet_status apply_gelu(octet_keras_call *call, uint32_t x, uint32_t *out) {
    const octet_options options = {.gelu = {false}};
    return octet_keras_emit(call, OCTET_OP_GELU, "Gelu", &x, 1, &options, out);
}

static octet_status apply_silu(octet_keras_call *call, uint32_t x, uint32_t *out) {
    uint32_t gate;
    OCTET_TRY(apply_sigmoid(call, x, &gate));
    return octet_keras_binary(call, OCTET_OP_MUL, "mul", x, gate, out);
}

/* log(exp(x) + 1), as the converter writes it. */
static octet_status apply_softplus(octet_keras_call *call, uint32_t x, uint32_t *out) {
    OCTET_TRY(octet_keras_unary(call, OCTET_OP_EXP, "Exp", x, &x));
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_ADD, "add", x, 1.0f, &x));
    return octet_keras_unary(call, OCTET_OP_LOG, "Softplus", x, out);
}

static octet_status apply_mish(octet_keras_call *call, uint32_t x, uint32_t *out) {
    uint32_t y;
    OCTET_TRY(apply_softplus(call, x, &y));
    OCTET_TRY(apply_tanh(call, y, &y));
    return octet_keras_binary(call, OCTET_OP_MUL, "mul", x, y, out);
}

static octet_status apply_softsign(octet_keras_call *call, uint32_t x, uint32_t *out) {
    uint32_t y;
    OCTET_TRY(octet_keras_unary(call, OCTET_OP_ABS, "Abs", x, &y));
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_ADD, "add", y, 1.0f, &y));
    return octet_keras_binary(call, OCTET_OP_DIV, "Softsign", x, y, out);
}

/* x > 0 ? scale * x : scale * alpha * (exp(x) - 1), the constants of TensorFlow's SELU. */
static octet_status apply_selu(octet_keras_call *call, uint32_t x, uint32_t *out) {
    uint32_t select[3], y;
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_GREATER, "Greater", x, 0.0f, &select[0]));
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MUL, "mul", x, 1.0507010221481323f, &select[1]));
    OCTET_TRY(octet_keras_unary(call, OCTET_OP_EXP, "Exp", x, &y));
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_SUB, "sub", y, 1.0f, &y));
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MUL, "mul_1", y, 1.7580993175506592f, &select[2]));
    /* The converter takes SELECT where it knows that all shapes are one. */
    return octet_keras_emit(call, call->graph->open_batch ? OCTET_OP_SELECT_V2 : OCTET_OP_SELECT, "Selu", select, 3,
                            NULL, out);
}

static octet_status apply_celu(octet_keras_call *call, uint32_t x, uint32_t *out) {
    uint32_t positive, y;
    OCTET_TRY(apply_relu(call, x, &positive));
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MINIMUM, "Minimum", x, 0.0f, &y));
    OCTET_TRY(octet_keras_unary(call, OCTET_OP_EXP, "Exp", y, &y));
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_SUB, "sub", y, 1.0f, &y));
    return octet_keras_binary(call, OCTET_OP_ADD, "add", positive, y, out);
}

static octet_status apply_hard_sigmoid(octet_keras_call *call, uint32_t x, uint32_t *out) {
    if (call->keras_version >= 3) { /* relu6(x + 3) / 6 */
        OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_ADD, "add", x, 3.0f, &x));
        OCTET_TRY(apply_relu6(call, x, &x));
        return octet_keras_with_scalar(call, OCTET_OP_MUL, "truediv", x, 0.1666666716337204f, out);
    }
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MUL, "mul", x, 0.2f, &x)); /* clip(0.2 x + 0.5, 0, 1) */
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_ADD, "add", x, 0.5f, &x));
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MINIMUM, "clip_by_value/Minimum", x, 1.0f, &x));
    return apply_relu(call, x, out);
}

static octet_status apply_squareplus(octet_keras_call *call, uint32_t x, uint32_t *out) {
    uint32_t y;
    OCTET_TRY(octet_keras_unary(call, OCTET_OP_SQUARE, "Square", x, &y));
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_ADD, "add", y, 4.0f, &y));
    OCTET_TRY(octet_keras_unary(call, OCTET_OP_SQRT, "Sqrt", y, &y));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_ADD, "add_1", x, y, &y));
    return octet_keras_with_scalar(call, OCTET_OP_MUL, "truediv", y, 0.5f, out);
}

static octet_status apply_log_sigmoid(octet_keras_call *call, uint32_t x, uint32_t *out) {
    OCTET_TRY(apply_sigmoid(call, x, &x));
    return octet_keras_unary(call, OCTET_OP_LOG, "Log", x, out);
}

static octet_status apply_tanh_shrink(octet_keras_call *call, uint32_t x, uint32_t *out) {
    uint32_t y;
    OCTET_TRY(apply_tanh(call, x, &y));
    return octet_keras_binary(call, OCTET_OP_SUB, "sub", x, y, out);
}

/* x - clip(x, -0.5, 0.5) */
static octet_status apply_soft_shrink(octet_keras_call *call, uint32_t x, uint32_t *out) {
    uint32_t y;
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MAXIMUM, "Maximum", x, -0.5f, &y));
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MINIMUM, "Minimum", y, 0.5f, &y));
    return octet_keras_binary(call, OCTET_OP_SUB, "sub", x, y, out);
}

static octet_status apply_leaky_relu(octet_keras_call *call, uint32_t x, uint32_t *out) {
    const octet_options options = {.leaky_relu = {0.2f}}; /* the default of the function, not of the layer */
    return octet_keras_emit(call, OCTET_OP_LEAKY_RELU, "LeakyRelu", &x, 1, &options, out);
}

/* x where |x| > 0.5, else 0 */
static octet_status apply_hard_shrink(octet_keras_call *call, uint32_t x, uint32_t *out) {
    uint32_t mask;
    OCTET_TRY(octet_keras_unary(call, OCTET_OP_ABS, "Abs", x, &mask));
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_GREATER, "Greater", mask, 0.5f, &mask));
    const octet_options cast = {.cast = {OCTET_BOOL, OCTET_FLOAT32}};
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_CAST, "Cast", &mask, 1, &cast, &mask));
    return octet_keras_binary(call, OCTET_OP_MUL, "mul", x, mask, out);
}

/* The first half times the sigmoid of the second, along the last axis. */
static octet_status apply_glu(octet_keras_call *call, uint32_t x, uint32_t *out) {
    const octet_shape *shape = octet_keras_shape(call, x);
    if (shape->rank < 1 || shape->dims[shape->rank - 1] % 2 != 0)
        return octet_keras_contradict(call, "glu needs an even last dimension");
    uint32_t inputs[2], halves[2];
    inputs[1] = x;
    OCTET_TRY(octet_keras_i32_scalar(call, "split/split_dim", -1, &inputs[0]));
    const octet_options options = {.split = {2}};
    const char *name = NULL;
    OCTET_TRY(octet_arena_format(call->ctx, call->arena, &name, "%s/split", call->path));
    OCTET_TRY(octet_graph_emit(call->ctx, call->graph, OCTET_OP_SPLIT, call->layer->name, name, inputs, 2, &options,
                               halves, 2));
    OCTET_TRY(apply_sigmoid(call, halves[1], &halves[1]));
    return octet_keras_binary(call, OCTET_OP_MUL, "mul", halves[0], halves[1], out);
}

static const struct {
    const char *name;
    apply *function;
} activations[] = {
    {"linear", apply_linear},
    {"NoOpActivation", apply_linear}, /* of quantization-aware training: what follows acts instead */
    {"relu", apply_relu},
    {"relu6", apply_relu6},
    {"sigmoid", apply_sigmoid},
    {"tanh", apply_tanh},
    {"elu", apply_elu},
    {"exponential", apply_exponential},
    {"softmax", apply_softmax},
    {"log_softmax", apply_log_softmax},
    {"gelu", apply_gelu},
    {"silu", apply_silu},
    {"swish", apply_silu},
    {"hard_silu", apply_hard_silu},
    {"hard_swish", apply_hard_silu},
    {"hard_tanh", apply_hard_tanh},
    {"hard_sigmoid", apply_hard_sigmoid},
    {"softplus", apply_softplus},
    {"softsign", apply_softsign},
    {"selu", apply_selu},
    {"mish", apply_mish},
    {"celu", apply_celu},
    {"squareplus", apply_squareplus},
    {"glu", apply_glu},
    {"log_sigmoid", apply_log_sigmoid},
    {"tanh_shrink", apply_tanh_shrink},
    {"soft_shrink", apply_soft_shrink},
    {"leaky_relu", apply_leaky_relu},
    {"hard_shrink", apply_hard_shrink},
};

octet_status octet_keras_activate_by_name(octet_keras_call *call, const char *activation, uint32_t x, uint32_t *out) {
    /* TensorFlow 2.x writes some as "swish_v2", "relu_v2", "softmax_v2", "gelu_v1" ... of its API's versions. */
    char name[48];
    size_t length = strlen(activation);
    const char *dot = strrchr(activation, '.'), *arrow = strrchr(activation, '>');
    const char *start = dot != NULL ? dot + 1 : activation;
    if (arrow != NULL && arrow + 1 > start) start = arrow + 1;
    length = strlen(start);
    if (length > 3 && start[length - 3] == '_' && start[length - 2] == 'v') length -= 3;
    if (length < sizeof name) {
        memcpy(name, start, length);
        name[length] = '\0';
        for (size_t i = 0; i < sizeof activations / sizeof *activations; i++) {
            if (strcmp(name, activations[i].name) == 0) return activations[i].function(call, x, out);
        }
    }
    if (strstr(activation, "lambda") != NULL) {
        return octet_keras_refuse(
            call, "its activation is a Python lambda, and the file keeps nothing but that: build the model with a "
                  "named activation, and load these weights into it");
    }
    return octet_keras_refuse(
        call,
        "activation \"%s\" is not supported; supported are linear, relu, relu6, sigmoid, tanh, softmax, log_softmax, "
        "elu, selu, celu, gelu, "
        "silu, swish, exponential, softplus, softsign, mish, hard_sigmoid, hard_silu, hard_tanh, squareplus, glu, "
        "log_sigmoid, tanh_shrink, soft_shrink, hard_shrink, leaky_relu",
        activation);
}

static octet_status activate(octet_keras_call *call, const char *key, const octet_json *value, const char *fallback,
                             uint32_t x, uint32_t *out) {
    const char *name = fallback;
    /* An object: a registered function ({"class_name": "function", "config": "relu6"}) or a layer ("ReLU" with its
     * config). */
    if (octet_json_kind_of(value) == OCTET_JSON_OBJECT) {
        const octet_json *config = octet_json_get(value, "config");
        name = octet_json_text(config);
        if (name == NULL && octet_json_kind_of(config) == OCTET_JSON_OBJECT) {
            octet_keras_layer *layer = NULL;
            OCTET_TRY(OCTET_NEW(call->ctx, call->arena, 1, &layer));
            layer->class_name = octet_json_text(octet_json_get(value, "class_name"));
            layer->name = octet_json_text(octet_json_get(config, "name"));
            layer->config = config;
            if (layer->class_name != NULL) layer->class = octet_keras_class_find(layer->class_name);
            if (layer->class != NULL && layer->class->is_activation) {
                if (layer->name == NULL) layer->name = layer->class_name;
                uint32_t outputs[OCTET_KERAS_MAX_OUTPUTS], n = 0;
                OCTET_TRY(octet_keras_call_layer(call, layer, &x, 1, OCTET_NONE, outputs, &n));
                *out = outputs[0];
                return OCTET_OK;
            }
            name = layer->class_name;
        }
        if (name == NULL) return octet_keras_refuse(call, "%s is an object of a form that octet does not know", key);
    } else if (octet_json_kind_of(value) == OCTET_JSON_STRING) {
        name = octet_json_text(value);
    } else if (octet_json_kind_of(value) != OCTET_JSON_NULL && octet_json_kind_of(value) != OCTET_JSON_MISSING) {
        return octet_keras_refuse(call, "%s is neither a name nor an object", key);
    } else if (octet_json_kind_of(value) == OCTET_JSON_NULL) {
        name = "linear";
    }
    return octet_keras_activate_by_name(call, name, x, out);
}

octet_status octet_keras_activate(octet_keras_call *call, const char *key, const char *fallback, uint32_t x,
                                  uint32_t *out) {
    const octet_json *value = octet_keras_trained_activation(octet_json_get(call->layer->config, key));
    const bool is_trained = call->trainer != NULL && strcmp(key, "activation") == 0;
    if (is_trained) OCTET_TRY(octet_keras_trained_round(call->trainer, "pre_activation", x, &x));
    OCTET_TRY(activate(call, key, value, fallback, x, out));
    return is_trained ? octet_keras_trained_round(call->trainer, "post_activation", *out, out) : OCTET_OK;
}

octet_status octet_keras_emit_activation(octet_keras_call *call) {
    uint32_t x;
    OCTET_TRY(octet_keras_single(call, 0, OCTET_MAX_RANK, &x));
    OCTET_TRY(octet_keras_activate(call, "activation", "linear", x, &x));
    return octet_keras_return(call, x);
}

/* relu with max_value, negative_slope and threshold as Keras's backend composes it. */
octet_status octet_keras_emit_relu(octet_keras_call *call) {
    uint32_t x;
    float maximum = 0.0f, slope = 0.0f, threshold = 0.0f;
    OCTET_TRY(octet_keras_single(call, 0, OCTET_MAX_RANK, &x));
    OCTET_TRY(octet_keras_f32(call, "max_value", -1.0, &maximum));
    OCTET_TRY(octet_keras_f32(call, "negative_slope", 0.0, &slope));
    OCTET_TRY(octet_keras_f32(call, "threshold", 0.0, &threshold));
    const octet_json_kind kind = octet_json_kind_of(octet_json_get(call->layer->config, "max_value"));
    const bool has_maximum = kind != OCTET_JSON_MISSING && kind != OCTET_JSON_NULL;
    if (has_maximum && maximum < 0.0f) return octet_keras_contradict(call, "max_value is negative");
    if (slope == 0.0f && threshold == 0.0f && has_maximum && maximum == 6.0f) {
        OCTET_TRY(apply_relu6(call, x, &x));
        return octet_keras_return(call, x);
    }
    uint32_t negative = OCTET_NONE, y;
    const octet_options leaky = {.leaky_relu = {slope}};
    if (threshold != 0.0f) {
        if (slope != 0.0f) { /* slope * relu(threshold - x) is taken away */
            uint32_t level;
            OCTET_TRY(octet_keras_scalar(call, "sub/x", threshold, &level));
            OCTET_TRY(octet_keras_binary(call, OCTET_OP_SUB, "sub", level, x, &negative));
            OCTET_TRY(apply_relu(call, negative, &negative));
        }
        uint32_t mask;
        OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_GREATER, "Greater", x, threshold, &mask));
        const octet_options cast = {.cast = {OCTET_BOOL, OCTET_FLOAT32}};
        OCTET_TRY(octet_keras_emit(call, OCTET_OP_CAST, "Cast", &mask, 1, &cast, &mask));
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul", x, mask, &y));
    } else if (slope != 0.0f) {
        OCTET_TRY(octet_keras_emit(call, OCTET_OP_LEAKY_RELU, "LeakyRelu", &x, 1, &leaky, &y));
    } else {
        OCTET_TRY(apply_relu(call, x, &y));
    }
    if (has_maximum) {
        OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MINIMUM, "clip_by_value/Minimum", y, maximum, &y));
        /* TensorFlow clips to [0, max_value]; the lower end stays as a RELU (and would undo a slope, which it then does
         * not write). */
        if (slope == 0.0f || threshold != 0.0f) OCTET_TRY(apply_relu(call, y, &y));
    }
    if (negative != OCTET_NONE) {
        OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MUL, "mul_1", negative, slope, &negative));
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_SUB, "sub_1", y, negative, &y));
    }
    return octet_keras_return(call, y);
}

/* The second positional argument; the builder has put a named one aside. The first reading is before any cast of the
 * inputs. */
static uint32_t mask_argument(const octet_keras_call *call) {
    const bool is_second =
        call->node != NULL && call->node->n_arguments == 2 && call->node->arguments[1].kind == OCTET_KERAS_TENSOR;
    return is_second ? call->node->arguments[1].value : OCTET_NONE;
}

octet_status octet_keras_emit_softmax(octet_keras_call *call) {
    uint32_t x;
    int32_t axis[1] = {-1}, n = 0;
    const uint32_t mask = call->n_inputs == 2 ? mask_argument(call) : call->mask;
    if (mask == OCTET_NONE) OCTET_TRY(octet_keras_refuse_mask(call));
    if (call->n_inputs == 2 && mask != OCTET_NONE) call->n_inputs = 1;
    OCTET_TRY(octet_keras_single(call, 1, OCTET_MAX_RANK, &x));
    if (octet_json_get(call->layer->config, "axis") != NULL) {
        const octet_status status =
            octet_json_length(octet_json_get(call->layer->config, "axis")) > 1
                ? octet_keras_refuse(call, "softmax over several axes is not supported")
                : octet_json_get_i32_list(call->ctx, call->document, call->layer->config, "axis", 1, axis, &n);
        OCTET_TRY(status);
    }
    const int32_t rank = octet_keras_shape(call, x)->rank;
    if (mask == OCTET_NONE) {
        OCTET_TRY(octet_keras_softmax(call, x, axis[0], false, &x));
        return octet_keras_return(call, x);
    }
    if ((axis[0] != -1 && axis[0] != rank - 1) || octet_keras_shape(call, mask)->rank != rank)
        return octet_keras_refuse(call, "takes a mask of its input's dimensions over the last axis only");
    OCTET_TRY(octet_keras_attention_softmax(call, x, mask, false, &x));
    return octet_keras_return(call, x);
}

octet_status octet_keras_emit_leaky_relu(octet_keras_call *call) {
    uint32_t x;
    octet_options options = {.leaky_relu = {0.3f}};
    OCTET_TRY(octet_keras_single(call, 0, OCTET_MAX_RANK, &x));
    const char *key = octet_json_get(call->layer->config, "negative_slope") != NULL ? "negative_slope" : "alpha";
    OCTET_TRY(octet_keras_f32(call, key, 0.3, &options.leaky_relu.alpha));
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_LEAKY_RELU, "LeakyRelu", &x, 1, &options, &x));
    return octet_keras_return(call, x);
}

octet_status octet_keras_weights_prelu(octet_context *ctx, octet_arena *arena, octet_keras_layer *layer) {
    (void)ctx, (void)arena;
    octet_keras_weights_add(layer, "alpha", "vars/0", true);
    return OCTET_OK;
}

octet_status octet_keras_emit_prelu(octet_keras_call *call) {
    uint32_t inputs[2];
    OCTET_TRY(octet_keras_single(call, 2, OCTET_MAX_RANK, &inputs[0]));
    const octet_shape *shape = octet_keras_shape(call, inputs[0]);
    int32_t dims[OCTET_MAX_RANK], shared[OCTET_MAX_RANK], n = 0;
    const octet_json_kind kind = octet_json_kind_of(octet_json_get(call->layer->config, "shared_axes"));
    if (kind != OCTET_JSON_MISSING && kind != OCTET_JSON_NULL) {
        OCTET_TRY(octet_json_get_i32_list(call->ctx, call->document, call->layer->config, "shared_axes", OCTET_MAX_RANK,
                                          shared, &n));
    }
    for (int32_t i = 1; i < shape->rank; i++) dims[i - 1] = shape->dims[i];
    for (int32_t i = 0; i < n; i++) {
        const int32_t axis = shared[i] < 0 ? shared[i] + shape->rank : shared[i];
        if (axis < 1 || axis >= shape->rank)
            return octet_keras_contradict(call, "shared_axes has %d, which is no axis of its input", shared[i]);
        dims[axis - 1] = 1;
    }
    const float *data = NULL;
    const int32_t rank = shape->rank - 1;
    OCTET_TRY(octet_keras_weight_data(call, "alpha", rank, dims, &data));
    OCTET_TRY(
        octet_keras_constant(call, "alpha", octet_keras_weight_origin(call, "alpha"), rank, dims, data, &inputs[1]));
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_PRELU, "PRelu", inputs, 2, NULL, &inputs[0]));
    return octet_keras_return(call, inputs[0]);
}

/* alpha != 1 has no operator: relu(x) + alpha * (exp(min(x, 0)) - 1). */
octet_status octet_keras_emit_elu(octet_keras_call *call) {
    uint32_t x, y;
    float alpha = 1.0f;
    OCTET_TRY(octet_keras_single(call, 0, OCTET_MAX_RANK, &x));
    OCTET_TRY(octet_keras_f32(call, "alpha", 1.0, &alpha));
    if (alpha == 1.0f) {
        OCTET_TRY(apply_elu(call, x, &y));
        return octet_keras_return(call, y);
    }
    uint32_t positive;
    OCTET_TRY(apply_relu(call, x, &positive));
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MINIMUM, "Minimum", x, 0.0f, &y));
    OCTET_TRY(octet_keras_unary(call, OCTET_OP_EXP, "Exp", y, &y));
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_SUB, "sub", y, 1.0f, &y));
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MUL, "mul", y, alpha, &y));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_ADD, "add", positive, y, &y));
    return octet_keras_return(call, y);
}

octet_status octet_keras_emit_thresholded_relu(octet_keras_call *call) {
    uint32_t x, mask;
    float theta = 1.0f;
    OCTET_TRY(octet_keras_single(call, 0, OCTET_MAX_RANK, &x));
    OCTET_TRY(octet_keras_f32(call, "theta", 1.0, &theta));
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_GREATER, "Greater", x, theta, &mask));
    const octet_options cast = {.cast = {OCTET_BOOL, OCTET_FLOAT32}};
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_CAST, "Cast", &mask, 1, &cast, &mask));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul", x, mask, &x));
    return octet_keras_return(call, x);
}
