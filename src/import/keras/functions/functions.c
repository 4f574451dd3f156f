#include "import/keras/functions/functions.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Functions of one and two tensors. */

static octet_status operate_unary(octet_keras_call *call, const octet_keras_operation *self) {
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

static octet_status operate_activation(octet_keras_call *call, const octet_keras_operation *self) {
    uint32_t x;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    if (self->code == OCTET_OP_SOFTMAX || self->code == OCTET_OP_LOG_SOFTMAX) {
        int32_t axis = -1;
        OCTET_TRY(octet_keras_operand_axis(call, 1, "axis", octet_keras_shape(call, x)->rank, -1, &axis));
        OCTET_TRY(octet_keras_softmax(call, x, axis, self->code == OCTET_OP_LOG_SOFTMAX, &x));
    } else if (self->code == OCTET_OP_GELU) {
        octet_options options = {.gelu = {false}};
        OCTET_TRY(
            octet_keras_operand_bool(call, 1, "approximate", call->layer->is_operation, &options.gelu.approximate));
        OCTET_TRY(octet_keras_emit(call, OCTET_OP_GELU, "Gelu", &x, 1, &options, &x));
    } else if (self->code == OCTET_OP_LEAKY_RELU) {
        double alpha = 0.2;
        OCTET_TRY(octet_keras_operand_f64(call, 1, "alpha negative_slope", 0.2, &alpha));
        const octet_options options = {.leaky_relu = {(float)alpha}};
        OCTET_TRY(octet_keras_emit(call, OCTET_OP_LEAKY_RELU, "LeakyRelu", &x, 1, &options, &x));
    } else {
        /* A parameter that is not the one of the activation: its formula says what it does. */
        const octet_keras_argument *parameter = NULL;
        OCTET_TRY(octet_keras_operand(call, 1, "alpha beta b threshold", &parameter));
        int32_t axis = -1;
        const int32_t last = octet_keras_shape(call, x)->rank - 1;
        if (strcmp(self->activation, "glu") == 0)
            OCTET_TRY(octet_keras_operand_axis(call, 1, "axis", last + 1, -1, &axis));
        if (axis >= 0 && axis != last)
            return octet_keras_refuse(call, "is supported over the last axis only; transpose before it");
        const double usual = strcmp(self->activation, "squareplus") == 0   ? 4.0
                             : strstr(self->activation, "_shrink") != NULL ? 0.5
                                                                           : 1.0;
        double number = usual;
        if (parameter != NULL) (void)octet_json_number(parameter->constant, &number);
        if (number != usual && octet_keras_is_formula(self->activation))
            return octet_keras_emit_formula(call, self->activation);
        OCTET_TRY(octet_keras_activate_by_name(call, self->activation, x, &x));
    }
    return octet_keras_return(call, x);
}

/* What gives its input on at inference; ensure_shape states a shape that the model has. */
static octet_status operate_identity(octet_keras_call *call, const octet_keras_operation *self) {
    (void)self;
    uint32_t x;
    const octet_keras_argument *shape = NULL;
    OCTET_TRY(octet_keras_operand(call, 1, "shape", &shape));
    OCTET_TRY(octet_keras_operand_x(call, &x));
    return octet_keras_return(call, x);
}

/* A cast to any float type is nothing, since everything is float32. */
static octet_status operate_cast(octet_keras_call *call, const octet_keras_operation *self) {
    (void)self;
    uint32_t x;
    const octet_keras_argument *argument = NULL;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand(call, 1, "dtype DstT", &argument));
    const octet_json *value = argument != NULL ? argument->constant : octet_json_get(call->layer->config, "dtype");
    const char *name = octet_json_text(value);
    if (name == NULL) name = octet_json_text(octet_json_get(octet_json_get(value, "config"), "name"));
    octet_type type = OCTET_FLOAT32;
    if (name != NULL && strstr(name, "int32") != NULL) type = OCTET_INT32;
    else if (name != NULL && strcmp(name, "bool") == 0) type = OCTET_BOOL;
    else if (name != NULL && strstr(name, "float") == NULL)
        return octet_keras_refuse(call, "a cast to %s is not supported", name);
    if (call->graph->values[x].type != type) {
        const octet_options options = {.cast = {call->graph->values[x].type, type}};
        OCTET_TRY(octet_keras_emit(call, OCTET_OP_CAST, "Cast", &x, 1, &options, &x));
    }
    return octet_keras_return(call, x);
}

static const float *scalar_of(const octet_keras_call *call, uint32_t value) {
    const octet_value *v = &call->graph->values[value];
    return v->type == OCTET_FLOAT32 && octet_shape_elements(&v->shape) == 1 ? v->data : NULL;
}

static octet_status operate_binary(octet_keras_call *call, const octet_keras_operation *self) {
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

static octet_status operate_reduce(octet_keras_call *call, const octet_keras_operation *self) {
    uint32_t x;
    int32_t axes[OCTET_MAX_RANK], n = 0;
    bool keep_dims = false;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    const int32_t rank = octet_keras_shape(call, x)->rank;
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "axis reduction_indices", OCTET_MAX_RANK, axes, &n));
    OCTET_TRY(octet_keras_operand_bool(call, 2, "keepdims keep_dims", false, &keep_dims));
    const bool is_scalar = n == 1 && !call->layer->is_operation; /* Keras 3 makes a list of one axis */
    if (n < 0) {
        for (n = 0; n < rank; n++) axes[n] = n;
    }
    OCTET_TRY(
        octet_keras_reduce(call, self->code, octet_operator_name(self->code), x, axes, n, is_scalar, keep_dims, &x));
    return octet_keras_return(call, x);
}

/* Mean of squared differences from the mean; std is its root. */
static octet_status operate_variance(octet_keras_call *call, const octet_keras_operation *self) {
    uint32_t x, mean;
    int32_t axes[OCTET_MAX_RANK], n = 0;
    bool keep_dims = false;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    const int32_t rank = octet_keras_shape(call, x)->rank;
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "axis", OCTET_MAX_RANK, axes, &n));
    OCTET_TRY(octet_keras_operand_bool(call, 2, "keepdims", false, &keep_dims));
    if (n < 0) {
        for (n = 0; n < rank; n++) axes[n] = n;
    }
    OCTET_TRY(octet_keras_reduce(call, OCTET_OP_MEAN, "Mean", x, axes, n, false, true, &mean));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_SQUARED_DIFFERENCE, "SquaredDifference", x, mean, &x));
    OCTET_TRY(octet_keras_reduce(call, OCTET_OP_MEAN, "variance", x, axes, n, false, keep_dims, &x));
    if (self->code == OCTET_OP_SQRT) OCTET_TRY(octet_keras_unary(call, OCTET_OP_SQRT, "Sqrt", x, &x));
    return octet_keras_return(call, x);
}

/* min(x, maximum), then max(., minimum), which is RELU for 0. */
static octet_status operate_clip(octet_keras_call *call, const octet_keras_operation *self) {
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

static octet_status operate_matmul(octet_keras_call *call, const octet_keras_operation *self) {
    (void)self;
    uint32_t x[2];
    octet_options options = {.batch_matmul = {false, false, false}};
    OCTET_TRY(octet_keras_operand_pair(call, &x[0], &x[1]));
    OCTET_TRY(octet_keras_operand_bool(call, 2, "transpose_a adjoint_a", false, &options.batch_matmul.adj_x));
    OCTET_TRY(octet_keras_operand_bool(call, 3, "transpose_b adjoint_b", false, &options.batch_matmul.adj_y));
    const octet_value *right = &call->graph->values[x[1]];
    const octet_shape shape = right->shape;
    if (right->data != NULL && shape.rank == 2 && !options.batch_matmul.adj_x) {
        const int32_t perm[2] = {options.batch_matmul.adj_y ? 0 : 1, options.batch_matmul.adj_y ? 1 : 0};
        OCTET_TRY(octet_keras_constant_permuted(call, "MatMul/b", NULL, 2, shape.dims, perm, right->data, 2,
                                                (const int32_t[]){shape.dims[perm[0]], shape.dims[perm[1]]}, &x[1]));
        OCTET_TRY(octet_keras_fully_connected(call, "MatMul", x[0], x[1], OCTET_NONE, &x[0]));
    } else {
        OCTET_TRY(octet_keras_emit(call, OCTET_OP_BATCH_MATMUL, "MatMul", x, 2, &options, &x[0]));
    }
    return octet_keras_return(call, x[0]);
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

static octet_status operate_where(octet_keras_call *call, const octet_keras_operation *self) {
    uint32_t inputs[3];
    const octet_keras_argument *first = NULL;
    OCTET_TRY(octet_keras_operand(call, 0, "condlist", &first));
    if (first != NULL && first->kind == OCTET_KERAS_LIST) return octet_keras_operation_select(call, self);
    OCTET_TRY(octet_keras_operand_value(call, 0, "condition", &inputs[0]));
    OCTET_TRY(octet_keras_operand_value(call, 1, "x x1 t", &inputs[1]));
    OCTET_TRY(octet_keras_operand_value(call, 2, "y x2 e", &inputs[2]));
    if (inputs[0] == OCTET_NONE || inputs[1] == OCTET_NONE || inputs[2] == OCTET_NONE)
        return octet_keras_refuse(call, "needs a condition and two operands");
    OCTET_TRY(make_condition(call, &inputs[0]));
    OCTET_TRY(octet_keras_select(call, inputs, &inputs[0]));
    return octet_keras_return(call, inputs[0]);
}

static octet_status operate_arg(octet_keras_call *call, const octet_keras_operation *self) {
    uint32_t inputs[2];
    int32_t axis = 0;
    bool keep_dims = false;
    OCTET_TRY(octet_keras_operand_x(call, &inputs[0]));
    octet_shape shape = *octet_keras_shape(call, inputs[0]);
    const int32_t rank = shape.rank;
    OCTET_TRY(octet_keras_operand_flat(call, 1, "axis dimension", 0, &inputs[0], &axis));
    OCTET_TRY(octet_keras_operand_bool(call, call->layer->is_operation ? 2 : -1, "keepdims", false, &keep_dims));
    const bool is_flat = octet_keras_shape(call, inputs[0])->rank != rank;
    const octet_keras_argument *given = NULL;
    OCTET_TRY(octet_keras_operand(call, 2, "output_type", &given));
    const char *name = given != NULL ? octet_json_text(given->constant) : NULL;
    const bool is_s32 = call->keras_version >= 3 || (name != NULL && strstr(name, "int32") != NULL);
    OCTET_TRY(octet_keras_i32_scalar(call, "ArgMax/dimension", axis, &inputs[1]));
    const octet_options options = {.arg = {is_s32 ? OCTET_INT32 : OCTET_INT64}};
    OCTET_TRY(octet_keras_emit(call, self->code, "ArgMax", inputs, 2, &options, &inputs[0]));
    if (keep_dims) {
        for (int32_t i = 0; i < rank; i++) shape.dims[i] = is_flat || i == axis ? 1 : shape.dims[i];
        OCTET_TRY(octet_keras_reshape(call, "ExpandDims", inputs[0], rank, shape.dims, &inputs[0]));
    }
    return octet_keras_return(call, inputs[0]);
}

static const octet_keras_operation operations[] = {
    {"add add_v2 __add__ bias_add", operate_binary, OCTET_OP_ADD, NULL},
    {"subtract sub __sub__", operate_binary, OCTET_OP_SUB, NULL},
    {"multiply mul __mul__", operate_binary, OCTET_OP_MUL, NULL},
    {"divide truediv true_divide real_div div __truediv__", operate_binary, OCTET_OP_DIV, NULL},
    {"maximum", operate_binary, OCTET_OP_MAXIMUM, NULL},
    {"minimum", operate_binary, OCTET_OP_MINIMUM, NULL},
    {"pow power", operate_binary, OCTET_OP_POW, NULL},
    {"squared_difference", operate_binary, OCTET_OP_SQUARED_DIFFERENCE, NULL},
    {"floordiv floor_div floor_divide", operate_binary, OCTET_OP_FLOOR_DIV, NULL},
    {"floormod floor_mod mod", operate_binary, OCTET_OP_FLOOR_MOD, NULL},
    {"equal", operate_binary, OCTET_OP_EQUAL, NULL},
    {"not_equal", operate_binary, OCTET_OP_NOT_EQUAL, NULL},
    {"less", operate_binary, OCTET_OP_LESS, NULL},
    {"less_equal", operate_binary, OCTET_OP_LESS_EQUAL, NULL},
    {"greater", operate_binary, OCTET_OP_GREATER, NULL},
    {"greater_equal", operate_binary, OCTET_OP_GREATER_EQUAL, NULL},
    {"logical_and", operate_binary, OCTET_OP_LOGICAL_AND, NULL},
    {"logical_or", operate_binary, OCTET_OP_LOGICAL_OR, NULL},
    {"logical_not", operate_unary, OCTET_OP_LOGICAL_NOT, NULL},
    {"matmul mat_mul batch_mat_mul batch_mat_mul_v2", operate_matmul, OCTET_OP_BATCH_MATMUL, NULL},
    {"relu", operate_unary, OCTET_OP_RELU, NULL},
    {"relu6", operate_unary, OCTET_OP_RELU6, NULL},
    {"sigmoid", operate_unary, OCTET_OP_LOGISTIC, NULL},
    {"tanh", operate_unary, OCTET_OP_TANH, NULL},
    {"exp", operate_unary, OCTET_OP_EXP, NULL},
    {"log", operate_unary, OCTET_OP_LOG, NULL},
    {"sqrt", operate_unary, OCTET_OP_SQRT, NULL},
    {"rsqrt", operate_unary, OCTET_OP_RSQRT, NULL},
    {"abs absolute", operate_unary, OCTET_OP_ABS, NULL},
    {"negative neg", operate_unary, OCTET_OP_NEG, NULL},
    {"square", operate_unary, OCTET_OP_SQUARE, NULL},
    {"floor", operate_unary, OCTET_OP_FLOOR, NULL},
    {"ceil", operate_unary, OCTET_OP_CEIL, NULL},
    {"round", operate_unary, OCTET_OP_ROUND, NULL},
    {"sin", operate_unary, OCTET_OP_SIN, NULL},
    {"cos", operate_unary, OCTET_OP_COS, NULL},
    {"sign", operate_unary, OCTET_OP_SIGN, NULL},
    {"softmax", operate_activation, OCTET_OP_SOFTMAX, NULL},
    {"log_softmax", operate_activation, OCTET_OP_LOG_SOFTMAX, NULL},
    {"gelu", operate_activation, OCTET_OP_GELU, NULL},
    {"leaky_relu", operate_activation, OCTET_OP_LEAKY_RELU, NULL},
    {"elu", operate_activation, OCTET_OP_ELU, "elu"},
    {"selu", operate_activation, OCTET_OP_ELU, "selu"},
    {"softplus", operate_activation, OCTET_OP_ELU, "softplus"},
    {"softsign", operate_activation, OCTET_OP_ELU, "softsign"},
    {"silu swish", operate_activation, OCTET_OP_ELU, "silu"},
    {"mish", operate_activation, OCTET_OP_ELU, "mish"},
    {"hard_sigmoid", operate_activation, OCTET_OP_ELU, "hard_sigmoid"},
    {"hard_silu hard_swish", operate_activation, OCTET_OP_ELU, "hard_silu"},
    {"hard_tanh", operate_activation, OCTET_OP_ELU, "hard_tanh"},
    {"log_sigmoid", operate_activation, OCTET_OP_ELU, "log_sigmoid"},
    {"tanh_shrink", operate_activation, OCTET_OP_ELU, "tanh_shrink"},
    {"celu", operate_activation, OCTET_OP_ELU, "celu"},
    {"glu", operate_activation, OCTET_OP_ELU, "glu"},
    {"squareplus", operate_activation, OCTET_OP_ELU, "squareplus"},
    {"soft_shrink", operate_activation, OCTET_OP_ELU, "soft_shrink"},
    {"hard_shrink", operate_activation, OCTET_OP_ELU, "hard_shrink"},
    {"identity stop_gradient copy dropout ensure_shape saturate_cast convert_image_dtype", operate_identity,
     OCTET_OP_RESHAPE, NULL},
    {"cast", operate_cast, OCTET_OP_CAST, NULL},
    {"fake_quant_with_min_max_args fake_quant_with_min_max_vars", octet_keras_operation_fake_quant, OCTET_OP_FAKE_QUANT,
     NULL},
    {"clip_by_value clip", operate_clip, OCTET_OP_MINIMUM, NULL},
    {"reduce_mean mean", operate_reduce, OCTET_OP_MEAN, NULL},
    {"reduce_sum sum", operate_reduce, OCTET_OP_SUM, NULL},
    {"reduce_max max amax", operate_reduce, OCTET_OP_REDUCE_MAX, NULL},
    {"reduce_min min amin", operate_reduce, OCTET_OP_REDUCE_MIN, NULL},
    {"reduce_prod prod", operate_reduce, OCTET_OP_REDUCE_PROD, NULL},
    {"reduce_any any", operate_reduce, OCTET_OP_REDUCE_ANY, NULL},
    {"reduce_all all", operate_reduce, OCTET_OP_REDUCE_ALL, NULL},
    {"var reduce_variance", operate_variance, OCTET_OP_MEAN, NULL},
    {"std reduce_std", operate_variance, OCTET_OP_SQRT, NULL},
    {"argmax arg_max", operate_arg, OCTET_OP_ARG_MAX, NULL},
    {"argmin arg_min", operate_arg, OCTET_OP_ARG_MIN, NULL},
    {"where select select_v2", operate_where, OCTET_OP_SELECT_V2, NULL},
    {"l2_normalize normalize", octet_keras_operation_l2_normalize, OCTET_OP_L2_NORMALIZATION, NULL},
    {"max_pool max_pool1d max_pool2d", octet_keras_operation_pool, OCTET_OP_MAX_POOL_2D, NULL},
    {"avg_pool avg_pool1d avg_pool2d average_pool", octet_keras_operation_pool, OCTET_OP_AVERAGE_POOL_2D, NULL},
    {"reduce_logsumexp logsumexp", octet_keras_operation_logsumexp, OCTET_OP_LOG, NULL},
    {"norm", octet_keras_operation_norm, OCTET_OP_SQRT, NULL},
    {"moments", octet_keras_operation_moments, OCTET_OP_MEAN, NULL},
    {"add_n accumulate_n", octet_keras_operation_add_n, OCTET_OP_ADD, NULL},
    {"crelu", octet_keras_operation_crelu, OCTET_OP_RELU, NULL},
    {"one_hot", octet_keras_operation_one_hot, OCTET_OP_ONE_HOT, NULL},
    {"top_k top_kv2", octet_keras_operation_top_k, OCTET_OP_TOPK_V2, NULL},
    {"cumsum", octet_keras_operation_cumsum, OCTET_OP_CUMSUM, NULL},
    {"local_response_normalization lrn", octet_keras_operation_local_response, OCTET_OP_LOCAL_RESPONSE_NORMALIZATION,
     NULL},
    {"batch_norm batch_normalization", octet_keras_operation_batch_normalization, OCTET_OP_MUL, NULL},
    {"einsum", octet_keras_operation_einsum, OCTET_OP_BATCH_MATMUL, NULL},
    {"tensordot", octet_keras_operation_tensordot, OCTET_OP_BATCH_MATMUL, "tensordot"},
    {"dot", octet_keras_operation_tensordot, OCTET_OP_BATCH_MATMUL, "dot"},
    {"inner", octet_keras_operation_tensordot, OCTET_OP_BATCH_MATMUL, "inner"},
    {"outer", octet_keras_operation_tensordot, OCTET_OP_MUL, "outer"},
    {"slice", octet_keras_operation_slice, OCTET_OP_SLICE, NULL},
    {"roll", octet_keras_operation_roll, OCTET_OP_SLICE, NULL},
    {"diff", octet_keras_operation_diff, OCTET_OP_SUB, NULL},
    {"moveaxis", octet_keras_operation_moveaxis, OCTET_OP_TRANSPOSE, NULL},
    {"ravel", octet_keras_operation_ravel, OCTET_OP_RESHAPE, NULL},
    {"hstack", octet_keras_operation_join, OCTET_OP_CONCATENATION, "horizontal"},
    {"vstack", octet_keras_operation_join, OCTET_OP_CONCATENATION, "vertical"},
    {"dstack", octet_keras_operation_join, OCTET_OP_CONCATENATION, "deep"},
    {"central_crop", octet_keras_operation_crop, OCTET_OP_SLICE, "central"},
    {"crop_to_bounding_box", octet_keras_operation_crop, OCTET_OP_SLICE, "box"},
    {"flip_left_right", octet_keras_operation_flip_picture, OCTET_OP_REVERSE_V2, "left"},
    {"flip_up_down", octet_keras_operation_flip_picture, OCTET_OP_REVERSE_V2, "up"},
    {"rgb_to_grayscale", octet_keras_operation_grayscale, OCTET_OP_FULLY_CONNECTED, NULL},
    {"triu", octet_keras_operation_triangle, OCTET_OP_MUL, "upper"},
    {"tril", octet_keras_operation_triangle, OCTET_OP_MUL, "lower"},
    {"conv conv1d conv2d", octet_keras_operation_conv, OCTET_OP_CONV_2D, NULL},
    {"depthwise_conv depthwise_conv2d", octet_keras_operation_conv, OCTET_OP_DEPTHWISE_CONV_2D, NULL},
    {"dot_product_attention", octet_keras_operation_dot_product_attention, OCTET_OP_SOFTMAX, NULL},
    {"reshape", octet_keras_operation_reshape, OCTET_OP_RESHAPE, NULL},
    {"image.transpose", octet_keras_operation_matrix_transpose, OCTET_OP_TRANSPOSE, "picture"},
    {"transpose", octet_keras_operation_transpose, OCTET_OP_TRANSPOSE, NULL},
    {"expand_dims", octet_keras_operation_expand_dims, OCTET_OP_RESHAPE, NULL},
    {"squeeze", octet_keras_operation_squeeze, OCTET_OP_RESHAPE, NULL},
    {"concat concatenate concat_v2", octet_keras_operation_concat, OCTET_OP_CONCATENATION, NULL},
    {"stack pack", octet_keras_operation_stack, OCTET_OP_PACK, NULL},
    {"unstack unpack", octet_keras_operation_unstack, OCTET_OP_UNPACK, NULL},
    {"split split_v", octet_keras_operation_split, OCTET_OP_SPLIT, NULL},
    {"tile", octet_keras_operation_tile, OCTET_OP_TILE, NULL},
    {"pad", octet_keras_operation_pad, OCTET_OP_PAD, NULL},
    {"strided_slice", octet_keras_operation_strided_slice, OCTET_OP_STRIDED_SLICE, NULL},
    {"getitem get_item", octet_keras_operation_getitem, OCTET_OP_STRIDED_SLICE, NULL},
    {"shape", octet_keras_operation_shape, OCTET_OP_SHAPE, NULL},
    {"reverse flip", octet_keras_operation_reverse, OCTET_OP_REVERSE_V2, NULL},
    {"resize", octet_keras_operation_resize, OCTET_OP_RESIZE_BILINEAR, NULL},
    {"resize_bilinear resize_images", octet_keras_operation_resize, OCTET_OP_RESIZE_BILINEAR, "old"},
    {"resize_nearest_neighbor", octet_keras_operation_resize, OCTET_OP_RESIZE_NEAREST_NEIGHBOR, "old"},
    {"depth_to_space", octet_keras_operation_block, OCTET_OP_DEPTH_TO_SPACE, NULL},
    {"space_to_depth", octet_keras_operation_block, OCTET_OP_SPACE_TO_DEPTH, NULL},
    {"broadcast_to", octet_keras_operation_broadcast_to, OCTET_OP_BROADCAST_TO, NULL},
    {"swapaxes", octet_keras_operation_swapaxes, OCTET_OP_TRANSPOSE, NULL},
    {"repeat repeat_elements", octet_keras_operation_repeat, OCTET_OP_TILE, NULL},
    {"zeros_like", octet_keras_operation_fill, OCTET_OP_ZEROS_LIKE, NULL},
    {"ones_like", octet_keras_operation_fill, OCTET_OP_FILL, NULL},
    {"layer_norm layer_normalization", octet_keras_operation_layer_norm, OCTET_OP_MEAN, NULL},
    {"rms_norm rms_normalization", octet_keras_operation_rms_norm, OCTET_OP_MEAN, NULL},
    {"sort", octet_keras_operation_sort, OCTET_OP_TOPK_V2, "sort"},
    {"argsort", octet_keras_operation_sort, OCTET_OP_TOPK_V2, "argsort"},
    {"median", octet_keras_operation_quantile, OCTET_OP_TOPK_V2, "median"},
    {"quantile", octet_keras_operation_quantile, OCTET_OP_TOPK_V2, "quantile"},
    {"percentile", octet_keras_operation_quantile, OCTET_OP_TOPK_V2, "percentile"},
    {"sparsemax", octet_keras_operation_sparsemax, OCTET_OP_TOPK_V2, NULL},
    {"extract_patches", octet_keras_operation_patches, OCTET_OP_CONV_2D, NULL},
    {"take_along_axis", octet_keras_operation_take_along, OCTET_OP_GATHER, NULL},
    {"gather_nd", octet_keras_operation_gather_nd, OCTET_OP_GATHER_ND, NULL},
    {"boolean_mask", octet_keras_operation_boolean_mask, OCTET_OP_GATHER, NULL},
    {"reverse_sequence", octet_keras_operation_reverse_sequence, OCTET_OP_GATHER, NULL},
    {"scatter_nd scatter", octet_keras_operation_scatter_nd, OCTET_OP_SCATTER_ND, NULL},
    {"diagonal diag_part", octet_keras_operation_diagonal, OCTET_OP_GATHER, NULL},
    {"trace", octet_keras_operation_diagonal, OCTET_OP_GATHER, "trace"},
    {"average", octet_keras_operation_average, OCTET_OP_MEAN, NULL},
    {"count_nonzero", octet_keras_operation_count, OCTET_OP_SUM, NULL},
    {"cumprod", octet_keras_operation_cumprod, OCTET_OP_MUL, NULL},
    {"digitize", octet_keras_operation_digitize, OCTET_OP_SUM, NULL},
    {"searchsorted search_sorted", octet_keras_operation_digitize, OCTET_OP_SUM, "search"},
    {"band_part", octet_keras_operation_band, OCTET_OP_MUL, NULL},
    {"rot90", octet_keras_operation_rot90, OCTET_OP_REVERSE_V2, NULL},
    {"fliplr", octet_keras_operation_reverse, OCTET_OP_REVERSE_V2, "left"},
    {"flipud", octet_keras_operation_reverse, OCTET_OP_REVERSE_V2, "up"},
    {"adaptive_average_pool", octet_keras_operation_adaptive_pool, OCTET_OP_AVERAGE_POOL_2D, NULL},
    {"adaptive_max_pool", octet_keras_operation_adaptive_pool, OCTET_OP_MAX_POOL_2D, NULL},
    {"conv_transpose conv2d_transpose", octet_keras_operation_conv_transpose, OCTET_OP_TRANSPOSE_CONV, NULL},
    {"append", octet_keras_operation_append, OCTET_OP_CONCATENATION, NULL},
    {"frame extract_sequences", octet_keras_operation_frame, OCTET_OP_GATHER, NULL},
    {"batch_flatten", octet_keras_operation_flatten, OCTET_OP_RESHAPE, NULL},
    {"size", octet_keras_operation_size, OCTET_OP_SHAPE, NULL},
    {"rank ndim", octet_keras_operation_size, OCTET_OP_SHAPE, "rank"},
    {"per_image_standardization", octet_keras_operation_picture, OCTET_OP_DIV, "standardize"},
    {"adjust_contrast", octet_keras_operation_picture, OCTET_OP_MUL, "contrast"},
    {"grayscale_to_rgb", octet_keras_operation_picture, OCTET_OP_TILE, "rgb"},
    {"rgb_to_yuv", octet_keras_operation_picture, OCTET_OP_FULLY_CONNECTED, "yuv"},
    {"rgb_to_yiq", octet_keras_operation_picture, OCTET_OP_FULLY_CONNECTED, "yiq"},
    {"pad_to_bounding_box", octet_keras_operation_place_picture, OCTET_OP_PAD, "box"},
    {"resize_with_crop_or_pad", octet_keras_operation_place_picture, OCTET_OP_PAD, "centre"},
    {"pad_images", octet_keras_operation_place_picture, OCTET_OP_PAD, "pad"},
    {"crop_images", octet_keras_operation_place_picture, OCTET_OP_SLICE, "crop"},
    {"separable_conv separable_conv2d", octet_keras_operation_separable, OCTET_OP_CONV_2D, NULL},
    {"pool", octet_keras_operation_pool, OCTET_OP_MAX_POOL_2D, "named"},
    {"ptp", octet_keras_operation_span, OCTET_OP_SUB, NULL},
    {"nansum", octet_keras_operation_nan_reduce, OCTET_OP_SUM, NULL},
    {"nanprod", octet_keras_operation_nan_reduce, OCTET_OP_REDUCE_PROD, NULL},
    {"clip_by_norm", octet_keras_operation_clip_by_norm, OCTET_OP_DIV, NULL},
    {"hsplit", octet_keras_operation_split, OCTET_OP_SPLIT, "horizontal"},
    {"vsplit", octet_keras_operation_split, OCTET_OP_SPLIT, "vertical"},
    {"dsplit", octet_keras_operation_split, OCTET_OP_SPLIT, "deep"},
    {"full_like", octet_keras_operation_fill, OCTET_OP_FILL, "full"},
    {"zeros", octet_keras_operation_fill, OCTET_OP_ZEROS_LIKE, NULL},
    {"ones", octet_keras_operation_fill, OCTET_OP_FILL, NULL},
    {"fill full", octet_keras_operation_fill, OCTET_OP_FILL, "full"},
    {"space_to_batch_nd space_to_batch", octet_keras_operation_space_to_batch, OCTET_OP_SPACE_TO_BATCH_ND, NULL},
    {"batch_to_space_nd batch_to_space", octet_keras_operation_space_to_batch, OCTET_OP_BATCH_TO_SPACE_ND, NULL},
    {"matrix_transpose adjoint", octet_keras_operation_matrix_transpose, OCTET_OP_TRANSPOSE, NULL},
    {"array_split", octet_keras_operation_split, OCTET_OP_SPLIT_V, "array"},
    {"range", octet_keras_operation_range, OCTET_OP_RANGE, NULL},
    {"gather take embedding_lookup", octet_keras_operation_gather, OCTET_OP_GATHER, NULL},
};

/* "math.reduce_mean", "__operators__.add", "nn.relu" -> the last part; class names -> snake case. */
static octet_status function_name(octet_keras_call *call, char *out, size_t capacity) {
    const char *function = NULL;
    if (call->layer->is_operation) {
        octet_keras_snake_case(call->layer->class_name, out, capacity);
        return OCTET_OK;
    }
    if (strcmp(call->layer->class_name, "TensorFlowOpLayer") == 0) {
        const char *text = octet_json_text(octet_json_get(call->layer->config, "node_def"));
        const char *at = text != NULL ? strstr(text, "\"op\":") : NULL;
        const char *begin = at != NULL ? strchr(at + 5, '"') : NULL;
        const char *end = begin != NULL ? strchr(begin + 1, '"') : NULL;
        if (end == NULL) return octet_keras_refuse(call, "its node_def names no operation that octet can read");
        char name[64];
        snprintf(name, sizeof name, "%.*s", (int)(end - begin - 1 < 63 ? end - begin - 1 : 63), begin + 1);
        octet_keras_snake_case(name, out, capacity);
        if (strcmp(out, "add_v2") == 0) snprintf(out, capacity, "add");
        return OCTET_OK;
    }
    OCTET_TRY(octet_keras_string(call, "function", "?", &function));
    if (octet_keras_word_in("image.transpose", function)) { /* by itself a transpose is another function */
        snprintf(out, capacity, "%s", function);
        return OCTET_OK;
    }
    const char *dot = strrchr(function, '.');
    snprintf(out, capacity, "%s", dot != NULL ? dot + 1 : function);
    return OCTET_OK;
}

/* TensorFlow 2.0 to 2.3 keep the operands that are no tensors in "constants": {"1": 2.0}, by position. */
static octet_status add_constants(octet_keras_call *call) {
    const octet_json *constants = octet_json_get(call->layer->config, "constants"), *value = NULL;
    const size_t n = octet_json_kind_of(constants) == OCTET_JSON_OBJECT ? octet_json_length(constants) : 0;
    if (n == 0 || call->node == NULL) return OCTET_OK;
    octet_keras_node *node = NULL;
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, 1, &node));
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, n + call->n_inputs, &node->arguments));
    node->n_arguments = (uint32_t)n + call->n_inputs;
    for (const char *key = octet_json_next(constants, NULL, &value); key != NULL;
         key = octet_json_next(constants, key, &value)) {
        const uint32_t at = key[0] >= '0' && key[0] <= '9' && key[1] == '\0' ? (uint32_t)(key[0] - '0') : UINT32_MAX;
        if (at >= node->n_arguments || node->arguments[at].constant != NULL)
            return octet_keras_refuse(call, "its constants are written in a way that octet does not know");
        node->arguments[at].kind = OCTET_KERAS_CONSTANT;
        node->arguments[at].constant = value;
    }
    for (uint32_t i = 0, j = 0; i < node->n_arguments; i++) {
        if (node->arguments[i].constant != NULL) continue;
        node->arguments[i].kind = OCTET_KERAS_TENSOR;
        node->arguments[i].value = call->inputs[j++];
    }
    call->node = node;
    return OCTET_OK;
}

/* A list of tensors that a TensorFlowOpLayer reads is its arguments one by one, unless the function takes a list. */
static octet_status spread_list(octet_keras_call *call, const char *name) {
    if (strcmp(call->layer->class_name, "TensorFlowOpLayer") != 0 || call->node == NULL ||
        octet_keras_word_in("concat concat_v2 pack", name))
        return OCTET_OK;
    if (octet_json_kind_of(octet_json_get(call->layer->config, "constants")) == OCTET_JSON_OBJECT &&
        octet_json_length(octet_json_get(call->layer->config, "constants")) > 0) {
        return add_constants(call);
    }
    octet_keras_node *node = NULL;
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, 1, &node));
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, call->n_inputs, &node->arguments));
    node->n_arguments = call->n_inputs;
    for (uint32_t i = 0; i < call->n_inputs; i++)
        node->arguments[i] = (octet_keras_argument){.kind = OCTET_KERAS_TENSOR, .value = call->inputs[i]};
    call->node = node;
    return OCTET_OK;
}

/* Arguments that say nothing about the result, or nothing that is not known without them. */
static const char silent_words[] =
    "name dtype DstT out_type output_type trainable function node_def constants data_format validate_indices num "
    "sorted "
    "stable synchronized flash_attention use_cudnn_on_gpu bad_indices_policy partition_strategy equal_nan posinf "
    "neginf seed "
    "noise_shape rate fill_mode fill_value reduction_type side batch_axis expand_nested_dims precision grad_a grad_b "
    "a_is_sparse b_is_sparse";

static bool is_off(const octet_json *value) {
    double number = 0.0;
    const octet_json_kind kind = octet_json_kind_of(value);
    return kind == OCTET_JSON_MISSING || kind == OCTET_JSON_NULL ||
           (kind == OCTET_JSON_BOOL && !octet_json_is_true(value)) ||
           (octet_json_number(value, &number) && number == 0.0);
}

/* An argument that is set and that the function has not read may change the result: refused. */
static octet_status check_arguments(octet_keras_call *call) {
    const octet_json *value = NULL, *config = call->layer->config;
    for (uint32_t i = 0; call->node != NULL && i < call->node->n_arguments; i++) {
        const octet_keras_argument *argument = &call->node->arguments[i];
        const bool is_read = i < 64 && (call->arguments_read >> i & 1) != 0;
        if (is_read || (argument->kind == OCTET_KERAS_CONSTANT && is_off(argument->constant))) continue;
        if (argument->keyword == NULL)
            return octet_keras_refuse(call, "is called with an argument %u, which octet does not know", i + 1);
        if (!octet_keras_word_in(silent_words, argument->keyword))
            return octet_keras_refuse(call, "is called with %s, which octet does not know", argument->keyword);
    }
    uint32_t i = 0;
    for (const char *key = octet_json_next(config, NULL, &value); key != NULL;
         key = octet_json_next(config, key, &value), i++) {
        const bool is_read = i < 64 && (call->keys_read >> i & 1) != 0;
        if (!is_read && !octet_keras_word_in(silent_words, key) && !is_off(value))
            return octet_keras_refuse(call, "attribute %s is set, and octet does not know what it does", key);
    }
    return OCTET_OK;
}

static octet_status check_layout(octet_keras_call *call) {
    const octet_keras_argument *format = NULL;
    OCTET_TRY(octet_keras_operand(call, -1, "data_format", &format));
    const char *text = format != NULL ? octet_json_text(format->constant) : NULL;
    if (text != NULL && (strcmp(text, "channels_first") == 0 || strncmp(text, "NC", 2) == 0))
        return octet_keras_refuse(call, "data_format \"%s\" is not supported; build the model with channels_last",
                                  text);
    return OCTET_OK;
}

octet_status octet_keras_emit_operation(octet_keras_call *call) {
    char name[128];
    OCTET_TRY(function_name(call, name, sizeof name));
    OCTET_TRY(spread_list(call, name));
    OCTET_TRY(check_layout(call));
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
        if (!octet_keras_word_in(operations[i].names, name)) continue;
        OCTET_TRY(operations[i].emit(call, &operations[i]));
        return check_arguments(call);
    }
    if (octet_keras_is_formula(name)) {
        OCTET_TRY(octet_keras_emit_formula(call, name));
        return check_arguments(call);
    }
    return octet_keras_refuse(call,
                              "the function %s is not supported; supported are arithmetic, comparisons, activations, "
                              "reductions, clip, matmul, where, pooling, "
                              "reshape, transpose, concat, split, tile, pad, slicing, reverse, resize, gather, einsum, "
                              "convolutions and more; "
                              "write it with Keras layers instead",
                              name);
}
