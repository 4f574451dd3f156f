/* Functions of each element of one or two tensors that are an operator or an activation. */
#include <math.h>
#include <string.h>

#include "import/keras/functions/arguments.h"
#include "import/keras/functions/functions.h"
#include "import/keras/functions/gelu.h"

octet_status octet_keras_function_unary(octet_keras_call *call, const octet_keras_function *self) {
    uint32_t x;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    if (self->code == OCTET_OP_ROUND) {
        double decimals = 0.0;
        OCTET_TRY(octet_keras_operand_f64(call, -1, "decimals", 0.0, &decimals));
        if (decimals != 0.0) {
            const double unit = pow(10.0, decimals);
            OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MUL, "mul", x, (float)unit, &x));
            OCTET_TRY(octet_keras_unary(call, OCTET_OP_ROUND, "Round", x, &x));
            OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MUL, "mul_1", x, (float)(1.0 / unit), &x));
            return octet_keras_return(call, x);
        }
    }
    OCTET_TRY(octet_keras_unary(call, self->code, octet_operator_name(self->code), x, &x));
    return octet_keras_return(call, x);
}

/* What gives its input on at inference; ensure_shape states a shape that the model has. */
octet_status octet_keras_function_identity(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x;
    const octet_keras_argument *shape = NULL;
    OCTET_TRY(octet_keras_operand(call, 1, "shape", &shape));
    OCTET_TRY(octet_keras_operand_x(call, &x));
    return octet_keras_return(call, x);
}

/* A cast to any float type is nothing, since everything is float32. */
octet_status octet_keras_function_cast(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x;
    const octet_keras_argument *argument = NULL;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand(call, 1, "dtype DstT", &argument));
    const octet_json *value = argument != NULL ? argument->constant : octet_json_get(call->layer->config, "dtype");
    const char *name = octet_keras_dtype_name(value);
    octet_type type = OCTET_FLOAT32;
    if (name != NULL && strstr(name, "int32") != NULL) type = OCTET_INT32;
    else if (name != NULL && strcmp(name, "bool") == 0) type = OCTET_BOOL;
    else if (name != NULL && strstr(name, "float") == NULL)
        return octet_keras_refuse(call, "a cast to %s is not supported", name);
    OCTET_TRY(octet_keras_cast(call, x, type, &x));
    return octet_keras_return(call, x);
}

static const float *scalar_of(const octet_keras_call *call, uint32_t value) {
    const octet_value *v = &call->graph->values[value];
    return v->type == OCTET_FLOAT32 && octet_shape_elements(&v->shape) == 1 ? v->data : NULL;
}

octet_status octet_keras_function_binary(octet_keras_call *call, const octet_keras_function *self) {
    uint32_t x, y;
    bool is_known = false;
    OCTET_TRY(octet_keras_compute_known(call, self->code, &is_known));
    if (is_known) return OCTET_OK;
    OCTET_TRY(octet_keras_operand_pair(call, &x, &y));
    if (self->code == OCTET_OP_MUL) {
        uint32_t gelu;
        OCTET_TRY(octet_keras_written_gelu(call, x, y, &gelu));
        if (gelu != OCTET_NONE) return octet_keras_return(call, gelu);
    }
    const float *exponent = scalar_of(call, y);
    if (self->code == OCTET_OP_POW && exponent != NULL && (*exponent == 2.0f || *exponent == 0.5f)) {
        OCTET_TRY(octet_keras_unary(call, *exponent == 2.0f ? OCTET_OP_SQUARE : OCTET_OP_SQRT, "pow", x, &x));
        return octet_keras_return(call, x);
    }
    const octet_value *divisor = &call->graph->values[y];
    if (self->code == OCTET_OP_DIV && divisor->data != NULL && divisor->type == OCTET_FLOAT32) {
        /* The converter turns division by a constant into a product with its reciprocal. */
        const size_t n = octet_shape_elements(&divisor->shape);
        const octet_shape shape = divisor->shape;
        const float *from = divisor->data;
        float *data = NULL;
        OCTET_TRY(OCTET_NEW(call->ctx, call->arena, n, &data));
        for (size_t i = 0; i < n; i++) {
            data[i] = 1.0f / from[i];
            if (!isfinite(data[i])) return octet_keras_contradict(call, "divides by %g", (double)from[i]);
        }
        OCTET_TRY(octet_keras_constant(call, "truediv/y", NULL, shape.rank, shape.dims, data, &y));
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "truediv", x, y, &x));
        return octet_keras_return(call, x);
    }
    const char *name = octet_operator_name(self->code);
    OCTET_TRY(self->code == OCTET_OP_ADD ? octet_keras_add(call, name, x, y, &x)
                                         : octet_keras_binary(call, self->code, name, x, y, &x));
    return octet_keras_return(call, x);
}

/* min(x, maximum), then max(., minimum), which is RELU for 0. */
octet_status octet_keras_function_clip(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x;
    double low = -INFINITY, high = INFINITY;
    const octet_keras_argument *argument = NULL;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand(call, 1, "clip_value_min x_min min_value", &argument));
    if (argument != NULL) OCTET_TRY(octet_keras_operand_f64(call, 1, "clip_value_min x_min min_value", 0.0, &low));
    OCTET_TRY(octet_keras_operand(call, 2, "clip_value_max x_max max_value", &argument));
    if (argument != NULL) OCTET_TRY(octet_keras_operand_f64(call, 2, "clip_value_max x_max max_value", 0.0, &high));
    if (low == 0.0 && high == 6.0) {
        OCTET_TRY(octet_keras_unary(call, OCTET_OP_RELU6, "Relu6", x, &x));
        return octet_keras_return(call, x);
    }
    if (isfinite(high))
        OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MINIMUM, "clip_by_value/Minimum", x, (float)high, &x));
    if (low == 0.0) {
        OCTET_TRY(octet_keras_unary(call, OCTET_OP_RELU, "clip_by_value", x, &x));
    } else if (isfinite(low)) {
        OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MAXIMUM, "clip_by_value", x, (float)low, &x));
    }
    return octet_keras_return(call, x);
}

/* A constant condition stands in the file as numbers, or as true and false. */
static octet_status make_condition(octet_keras_call *call, uint32_t *value) {
    const octet_value v = call->graph->values[*value];
    const size_t n = octet_shape_elements(&v.shape);
    const float *from = v.data;
    bool *data = NULL;
    if (v.type != OCTET_FLOAT32 || from == NULL) return OCTET_OK;
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, n, &data));
    for (size_t i = 0; i < n; i++) data[i] = from[i] != 0.0f;
    return octet_graph_add_constant(call->ctx, call->graph, v.name, OCTET_BOOL, &v.shape, data, value);
}

octet_status octet_keras_function_where(octet_keras_call *call, const octet_keras_function *self) {
    uint32_t inputs[3];
    const octet_keras_argument *first = NULL;
    OCTET_TRY(octet_keras_operand(call, 0, "condlist", &first));
    if (first != NULL && first->kind == OCTET_KERAS_LIST) return octet_keras_function_select(call, self);
    OCTET_TRY(octet_keras_operand_value(call, 0, "condition", &inputs[0]));
    OCTET_TRY(octet_keras_operand_value(call, 1, "x x1 t", &inputs[1]));
    OCTET_TRY(octet_keras_operand_value(call, 2, "y x2 e", &inputs[2]));
    if (inputs[0] == OCTET_NONE || inputs[1] == OCTET_NONE || inputs[2] == OCTET_NONE)
        return octet_keras_refuse(call, "needs a condition and two operands");
    OCTET_TRY(make_condition(call, &inputs[0]));
    OCTET_TRY(octet_keras_select(call, "SelectV2", inputs, &inputs[0]));
    return octet_keras_return(call, inputs[0]);
}

/* Quantization-aware training by hand: the range is a pair of numbers. */
octet_status octet_keras_function_fake_quant(octet_keras_call *call, const octet_keras_function *self) {
    uint32_t x;
    double min = -6.0, max = 6.0;
    int32_t n_bits = 8, n = -1;
    bool is_narrow = false;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand_f64(call, 1, "min", min, &min));
    OCTET_TRY(octet_keras_operand_f64(call, 2, "max", max, &max));
    OCTET_TRY(octet_keras_operand_i32s(call, 3, "num_bits", 1, &n_bits, &n));
    OCTET_TRY(octet_keras_operand_bool(call, 4, "narrow_range", false, &is_narrow));
    const octet_options options = {.fake_quant = {(float)min, (float)max, n_bits, is_narrow}};
    OCTET_TRY(octet_keras_emit(call, self->code, "FakeQuantWithMinMaxVars", &x, 1, &options, &x));
    return octet_keras_return(call, x);
}

/* The second argument, if the activation has one. */
static octet_status read_parameter(octet_keras_call *call, const octet_keras_activation *activation, uint32_t x,
                                   float *out) {
    const char *words = activation->parameter;
    int32_t axis = -1;
    bool is_set = false;
    double number = 0.0;
    *out = activation->usual;
    if (words == NULL) return OCTET_OK;
    switch (activation->kind) {
    case OCTET_KERAS_PARAMETER_AXIS:
        OCTET_TRY(octet_keras_operand_axis(call, 1, words, octet_keras_shape(call, x)->rank, -1, &axis));
        *out = (float)axis;
        break;
    case OCTET_KERAS_PARAMETER_FLAG:
        is_set = (call->layer->is_operation ? activation->of_operation : activation->usual) != 0.0f;
        OCTET_TRY(octet_keras_operand_bool(call, 1, words, is_set, &is_set));
        *out = is_set ? 1.0f : 0.0f;
        break;
    case OCTET_KERAS_PARAMETER_NUMBER:
        OCTET_TRY(octet_keras_operand_f64(call, 1, words, (double)activation->usual, &number));
        *out = (float)number;
        break;
    }
    return OCTET_OK;
}

octet_status octet_keras_call_activation(octet_keras_call *call, const octet_keras_activation *activation) {
    uint32_t x;
    float value = 0.0f;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(read_parameter(call, activation, x, &value));
    OCTET_TRY(activation->node != NULL
                  ? octet_keras_unary(call, activation->code, octet_operator_name(activation->code), x, &x)
                  : octet_keras_activation_apply(call, activation, value, x, &x));
    return octet_keras_return(call, x);
}
