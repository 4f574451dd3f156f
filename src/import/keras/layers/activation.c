/* Layers that are activations. */
#include "import/keras/emit/activation.h"
#include "import/keras/emit/attention.h"
#include "import/keras/emit/mask.h"
#include "import/keras/emit/softmax.h"
#include "import/keras/emit/weight.h"
#include "import/keras/layers/classes.h"

octet_status octet_keras_layer_activation(octet_keras_call *call) {
    uint32_t x;
    OCTET_TRY(octet_keras_single(call, 0, OCTET_MAX_RANK, &x));
    OCTET_TRY(octet_keras_activate(call, "activation", "linear", x, &x));
    return octet_keras_return(call, x);
}

/* relu with max_value, negative_slope and threshold as Keras's backend composes it. */
octet_status octet_keras_layer_relu(octet_keras_call *call) {
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
        OCTET_TRY(octet_keras_activate_by_name(call, "relu6", x, &x));
        return octet_keras_return(call, x);
    }
    uint32_t negative = OCTET_NONE, y;
    const octet_options leaky = {.leaky_relu = {slope}};
    if (threshold != 0.0f) {
        if (slope != 0.0f) { /* slope * relu(threshold - x) is taken away */
            uint32_t level;
            OCTET_TRY(octet_keras_scalar(call, "sub/x", threshold, &level));
            OCTET_TRY(octet_keras_binary(call, OCTET_OP_SUB, "sub", level, x, &negative));
            OCTET_TRY(octet_keras_activate_by_name(call, "relu", negative, &negative));
        }
        uint32_t mask;
        OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_GREATER, "Greater", x, threshold, &mask));
        OCTET_TRY(octet_keras_cast(call, mask, OCTET_FLOAT32, &mask));
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul", x, mask, &y));
    } else if (slope != 0.0f) {
        OCTET_TRY(octet_keras_emit(call, OCTET_OP_LEAKY_RELU, "LeakyRelu", &x, 1, &leaky, &y));
    } else {
        OCTET_TRY(octet_keras_activate_by_name(call, "relu", x, &y));
    }
    if (has_maximum) {
        OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MINIMUM, "clip_by_value/Minimum", y, maximum, &y));
        /* TensorFlow clips to [0, max_value]; the lower end stays as a RELU (and would undo a slope, which it then does
         * not write). */
        if (slope == 0.0f || threshold != 0.0f) OCTET_TRY(octet_keras_activate_by_name(call, "relu", y, &y));
    }
    if (negative != OCTET_NONE) {
        OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MUL, "mul_1", negative, slope, &negative));
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_SUB, "sub_1", y, negative, &y));
    }
    return octet_keras_return(call, y);
}

/* The second positional argument; the builder has put a named one aside. The
 * first reading is before any cast of the inputs. */
static uint32_t mask_argument(const octet_keras_call *call) {
    const bool is_second =
        call->node != NULL && call->node->n_arguments == 2 && call->node->arguments[1].kind == OCTET_KERAS_TENSOR;
    return is_second ? call->node->arguments[1].value : OCTET_NONE;
}

octet_status octet_keras_layer_softmax(octet_keras_call *call) {
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

octet_status octet_keras_layer_leaky_relu(octet_keras_call *call) {
    uint32_t x;
    octet_options options = {.leaky_relu = {0.0f}};
    OCTET_TRY(octet_keras_single(call, 0, OCTET_MAX_RANK, &x));
    const char *key = octet_json_get(call->layer->config, "negative_slope") != NULL ? "negative_slope" : "alpha";
    OCTET_TRY(
        octet_keras_f32(call, key, octet_keras_activation_find("leaky_relu")->of_layer, &options.leaky_relu.alpha));
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_LEAKY_RELU, "LeakyRelu", &x, 1, &options, &x));
    return octet_keras_return(call, x);
}

octet_status octet_keras_weights_prelu(octet_context *ctx, octet_arena *arena, octet_keras_layer *layer) {
    (void)ctx, (void)arena;
    octet_keras_weights_add(layer, "alpha", "vars/0", true);
    return OCTET_OK;
}

octet_status octet_keras_layer_prelu(octet_keras_call *call) {
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

/* Another alpha than the usual one has no operator: relu(x) + alpha * (exp(min(x, 0)) - 1). */
octet_status octet_keras_layer_elu(octet_keras_call *call) {
    uint32_t x, y;
    const float usual = octet_keras_activation_find("elu")->usual;
    float alpha = usual;
    OCTET_TRY(octet_keras_single(call, 0, OCTET_MAX_RANK, &x));
    OCTET_TRY(octet_keras_f32(call, "alpha", (double)usual, &alpha));
    if (alpha == usual) {
        OCTET_TRY(octet_keras_activate_by_name(call, "elu", x, &y));
        return octet_keras_return(call, y);
    }
    uint32_t positive;
    OCTET_TRY(octet_keras_activate_by_name(call, "relu", x, &positive));
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MINIMUM, "Minimum", x, 0.0f, &y));
    OCTET_TRY(octet_keras_unary(call, OCTET_OP_EXP, "Exp", y, &y));
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_SUB, "sub", y, 1.0f, &y));
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MUL, "mul", y, alpha, &y));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_ADD, "add", positive, y, &y));
    return octet_keras_return(call, y);
}

octet_status octet_keras_layer_thresholded_relu(octet_keras_call *call) {
    uint32_t x, mask;
    float theta = 1.0f;
    OCTET_TRY(octet_keras_single(call, 0, OCTET_MAX_RANK, &x));
    OCTET_TRY(octet_keras_f32(call, "theta", 1.0, &theta));
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_GREATER, "Greater", x, theta, &mask));
    OCTET_TRY(octet_keras_cast(call, mask, OCTET_FLOAT32, &mask));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul", x, mask, &x));
    return octet_keras_return(call, x);
}
