#include "import/keras/emit/activation.h"

#include <string.h>

#include "import/keras/emit/formula.h"
#include "import/keras/emit/softmax.h"
#include "import/keras/emit/trained.h"
#include "import/keras/names.h"

/* Activations that are neither an operator without options nor a formula. */

static octet_status apply_softmax(octet_keras_call *call, const octet_keras_activation *self, float value, uint32_t x,
                                  uint32_t *out) {
    return octet_keras_softmax(call, x, (int32_t)value, self->code == OCTET_OP_LOG_SOFTMAX, out);
}

static octet_status apply_gelu(octet_keras_call *call, const octet_keras_activation *self, float value, uint32_t x,
                               uint32_t *out) {
    const octet_options options = {.gelu = {value != 0.0f}};
    return octet_keras_emit(call, self->code, "Gelu", &x, 1, &options, out);
}

static octet_status apply_leaky_relu(octet_keras_call *call, const octet_keras_activation *self, float value,
                                     uint32_t x, uint32_t *out) {
    const octet_options options = {.leaky_relu = {value}};
    return octet_keras_emit(call, self->code, "LeakyRelu", &x, 1, &options, out);
}

/* x > 0 ? scale * x : scale * alpha * (exp(x) - 1), the constants of TensorFlow's SELU. */
static octet_status apply_selu(octet_keras_call *call, const octet_keras_activation *self, float value, uint32_t x,
                               uint32_t *out) {
    (void)self, (void)value;
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

/* The first half times the sigmoid of the second, along the last axis. */
static octet_status apply_glu(octet_keras_call *call, const octet_keras_activation *self, float value, uint32_t x,
                              uint32_t *out) {
    (void)self;
    const octet_shape *shape = octet_keras_shape(call, x);
    if (value >= 0.0f && (int32_t)value != shape->rank - 1)
        return octet_keras_refuse(call, "is supported over the last axis only; transpose before it");
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
    OCTET_TRY(octet_keras_unary(call, OCTET_OP_LOGISTIC, "Sigmoid", halves[1], &halves[1]));
    return octet_keras_binary(call, OCTET_OP_MUL, "mul", halves[0], halves[1], out);
}

/* Columns. */
#define OPERATOR(name, text) .code = OCTET_OP_##name, .node = text
#define APPLY(function, name) .apply = apply_##function, .code = OCTET_OP_##name
#define FORM(text) .form = text
#define AXIS .parameter = "axis", .kind = OCTET_KERAS_PARAMETER_AXIS, .usual = -1.0f
#define NUMBER(words, number) .parameter = words, .usual = number
#define GENERAL(text) .general = text
#define ROUNDS_BEFORE .rounding = OCTET_KERAS_ROUNDS_BEFORE
#define ROUNDS_AFTER .rounding = OCTET_KERAS_ROUNDS_AFTER | OCTET_KERAS_ROUNDS_OUTPUT
#define ROUNDS_BOTH .rounding = OCTET_KERAS_ROUNDS_BEFORE | OCTET_KERAS_ROUNDS_AFTER | OCTET_KERAS_ROUNDS_OUTPUT

static const octet_keras_activation activations[] = {
    {.names = "linear", FORM("x"), .rounding = OCTET_KERAS_ROUNDS_AFTER},
    {.names = "relu", OPERATOR(RELU, "Relu"), ROUNDS_AFTER},
    {.names = "relu6", OPERATOR(RELU6, "Relu6"), .rounding = OCTET_KERAS_ROUNDS_OUTPUT},
    {.names = "sigmoid", OPERATOR(LOGISTIC, "Sigmoid"), ROUNDS_BEFORE},
    {.names = "tanh", OPERATOR(TANH, "Tanh"), ROUNDS_BEFORE},
    {.names = "softmax", APPLY(softmax, SOFTMAX), AXIS, ROUNDS_BEFORE},
    {.names = "log_softmax", APPLY(softmax, LOG_SOFTMAX), AXIS},
    {.names = "elu", FORM("x elu'Elu"), NUMBER("alpha", 1.0f), GENERAL("x 0 > x x elu @ * select")},
    {.names = "selu", APPLY(selu, SELECT)},
    {.names = "celu",
     FORM("x relu'Relu x 0'Minimum/y min'Minimum exp'Exp 1'sub/y -'sub +'add"),
     NUMBER("alpha", 1.0f),
     GENERAL("@ =a x relu x 0 min a / exp 1 - a * +")},
    {.names = "gelu",
     APPLY(gelu, GELU),
     .parameter = "approximate",
     .kind = OCTET_KERAS_PARAMETER_FLAG,
     .of_operation = 1.0f,
     ROUNDS_BOTH},
    {.names = "silu swish",
     FORM("x x sigmoid'Sigmoid *'mul"),
     NUMBER("beta", 1.0f),
     GENERAL("x @ * sigmoid x *"),
     ROUNDS_AFTER},
    {.names = "exponential", FORM("x exp'Exp")},
    {.names = "softplus", FORM("x exp'Exp 1'add/y +'add log'Softplus")},
    {.names = "softsign", FORM("x x abs'Abs 1'add/y +'add /'Softsign")},
    {.names = "mish", FORM("x x exp'Exp 1'add/y +'add log'Softplus tanh'Tanh *'mul")},
    {.names = "hard_sigmoid",
     FORM("x 3'add/y +'add relu6'Relu6 0.1666666716337204'truediv/y *'truediv"),
     .form_2 = "x 0.2'mul/y *'mul 0.5'add/y +'add 1'clip_by_value/Minimum/y min'clip_by_value/Minimum relu'Relu"},
    {.names = "hard_silu hard_swish", FORM("x hard_swish'HardSwish")},
    {.names = "hard_tanh", FORM("x relu_n1_to_1'ReluN1To1")},
    {.names = "squareplus",
     FORM("x x square'Square 4'add/y +'add sqrt'Sqrt +'add_1 0.5'truediv/y *'truediv"),
     NUMBER("b", 4.0f),
     GENERAL("x x square @ + sqrt + 0.5 *")},
    {.names = "glu", APPLY(glu, SPLIT), AXIS},
    {.names = "log_sigmoid", FORM("x sigmoid'Sigmoid log'Log")},
    {.names = "tanh_shrink", FORM("x x tanh'Tanh -'sub")},
    {.names = "soft_shrink",
     FORM("x x -0.5'Maximum/y max'Maximum 0.5'Minimum/y min'Minimum -'sub"),
     NUMBER("threshold", 0.5f),
     GENERAL("@ =a x a > x a - x a neg < x a + 0 select select")},
    {.names = "hard_shrink",
     FORM("x x abs'Abs 0.5'Greater/y >'Greater number *'mul"),
     NUMBER("threshold", 0.5f),
     GENERAL("x abs @ > x 0 select")},
    {.names = "leaky_relu", APPLY(leaky_relu, LEAKY_RELU), NUMBER("alpha negative_slope", 0.2f), .of_layer = 0.3f},
    {.names = "sparse_plus", FORM("x 1 < =a x -1 <= 0 a x 1 + square 0.25 * x select select")},
    {.names = "sparse_sigmoid", FORM("x 1 >= =a x -1 <= 0 a 1 x 1 + 0.5 * select select")},
    {.names = "NoOpActivation", FORM("x"), .rounding = OCTET_KERAS_ROUNDS_ELSEWHERE},
};

/* TensorFlow writes some as "swish_v2", "relu_v2", "softmax_v2", "gelu_v1" ... of its API's versions. */
const octet_keras_activation *octet_keras_activation_find(const char *name) {
    char own[48];
    const char *dot = strrchr(name, '.'), *arrow = strrchr(name, '>');
    const char *start = dot != NULL ? dot + 1 : name;
    if (arrow != NULL && arrow + 1 > start) start = arrow + 1;
    size_t length = strlen(start);
    if (length > 3 && start[length - 3] == '_' && start[length - 2] == 'v') length -= 3;
    if (length >= sizeof own) return NULL;
    memcpy(own, start, length);
    own[length] = '\0';
    for (size_t i = 0; i < sizeof activations / sizeof *activations; i++)
        if (octet_keras_word_in(activations[i].names, own)) return &activations[i];
    return NULL;
}

octet_status octet_keras_activation_apply(octet_keras_call *call, const octet_keras_activation *activation, float value,
                                          uint32_t x, uint32_t *out) {
    const bool is_general = activation->general != NULL && value != activation->usual;
    if (activation->apply != NULL) return activation->apply(call, activation, value, x, out);
    if (activation->node != NULL) return octet_keras_unary(call, activation->code, activation->node, x, out);
    const bool is_2 = call->keras_version < 3 && activation->form_2 != NULL;
    char name[32] = {0};
    if (is_general) memcpy(name, activation->parameter, strcspn(activation->parameter, " "));
    const octet_keras_formula formula = {.text = is_general ? activation->general
                                                 : is_2     ? activation->form_2
                                                            : activation->form,
                                         .x = x,
                                         .y = OCTET_NONE,
                                         .parameter = name,
                                         .value = value};
    return octet_keras_formula_emit(call, &formula, out);
}

/* The last row is no activation that one would write. */
static octet_status refuse(octet_keras_call *call, const char *name) {
    if (strstr(name, "lambda") != NULL) {
        return octet_keras_refuse(
            call, "its activation is a Python lambda, and the file keeps nothing but that: build the model with a "
                  "named activation, and load these weights into it");
    }
    const char *list = activations[0].names;
    for (size_t i = 1; i + 1 < sizeof activations / sizeof *activations; i++)
        for (const char *at = activations[i].names; *at != '\0'; at += *at == ' ') {
            const size_t n = strcspn(at, " ");
            OCTET_TRY(octet_arena_format(call->ctx, call->arena, &list, "%s, %.*s", list, (int)n, at));
            at += n;
        }
    return octet_keras_refuse(call, "activation \"%s\" is not supported; supported are %s", name, list);
}

octet_status octet_keras_activate_by_name(octet_keras_call *call, const char *name, uint32_t x, uint32_t *out) {
    const octet_keras_activation *activation = octet_keras_activation_find(name);
    if (activation == NULL) return refuse(call, name);
    return octet_keras_activation_apply(call, activation, activation->usual, x, out);
}

/* A layer that stands where a name is expected: {"class_name": "ReLU", "config": {...}}. *is_layer: it was called. */
static octet_status call_layer(octet_keras_call *call, const octet_json *value, uint32_t x, bool *is_layer,
                               uint32_t *out) {
    const octet_json *config = octet_json_get(value, "config");
    octet_keras_layer *layer = NULL;
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, 1, &layer));
    layer->class_name = octet_json_text(octet_json_get(value, "class_name"));
    layer->name = octet_json_text(octet_json_get(config, "name"));
    layer->config = config;
    if (layer->class_name != NULL) layer->class = octet_keras_class_find(layer->class_name);
    *is_layer = layer->class != NULL && layer->class->is_activation;
    if (!*is_layer) return OCTET_OK;
    if (layer->name == NULL) layer->name = layer->class_name;
    uint32_t outputs[OCTET_KERAS_MAX_OUTPUTS], n = 0;
    OCTET_TRY(octet_keras_call_layer(call, layer, &x, 1, OCTET_NONE, outputs, &n));
    *out = outputs[0];
    return OCTET_OK;
}

/* An object is a registered function ({"class_name": "function", "config": "relu6"}) or a layer. */
static octet_status activate(octet_keras_call *call, const char *key, const octet_json *value, const char *fallback,
                             uint32_t x, uint32_t *out) {
    const char *name = fallback;
    switch (octet_json_kind_of(value)) {
    case OCTET_JSON_MISSING: break;
    case OCTET_JSON_NULL: name = "linear"; break;
    case OCTET_JSON_STRING: name = octet_json_text(value); break;
    case OCTET_JSON_OBJECT: {
        const octet_json *config = octet_json_get(value, "config");
        name = octet_json_text(config);
        if (name == NULL && octet_json_kind_of(config) == OCTET_JSON_OBJECT) {
            bool is_layer = false;
            OCTET_TRY(call_layer(call, value, x, &is_layer, out));
            if (is_layer) return OCTET_OK;
            name = octet_json_text(octet_json_get(value, "class_name"));
        }
        if (name == NULL) return octet_keras_refuse(call, "%s is an object of a form that octet does not know", key);
        break;
    }
    case OCTET_JSON_BOOL:
    case OCTET_JSON_INTEGER:
    case OCTET_JSON_REAL:
    case OCTET_JSON_ARRAY:
    default: return octet_keras_refuse(call, "%s is neither a name nor an object", key);
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
