#include "import/keras/functions/arguments.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "graph/constant.h"

/* Shape of nested lists of numbers; false when they are ragged or too deep. */
static bool measure(const octet_json *value, octet_shape *shape, int32_t depth) {
    double number;
    if (octet_json_number(value, &number) || octet_json_kind_of(value) == OCTET_JSON_BOOL) return depth == shape->rank;
    if (octet_json_kind_of(value) != OCTET_JSON_ARRAY || depth >= OCTET_MAX_RANK) return false;
    const size_t n = octet_json_length(value);
    if (n == 0 || n > 1 << 24) return false;
    if (depth == shape->rank) {
        /* Only the first visit of a level may add it. */
        shape->dims[shape->rank++] = (int32_t)n;
        for (size_t i = 0; i < n; i++) {
            const int32_t rank = shape->rank;
            if (i == 0) {
                const octet_json *first = octet_json_at(value, 0);
                if (octet_json_kind_of(first) == OCTET_JSON_ARRAY ? !measure(first, shape, depth + 1)
                                                                  : !measure(first, shape, rank))
                    return false;
            } else if (!measure(octet_json_at(value, i), shape, depth + 1)) {
                return false;
            }
        }
        return true;
    }
    if (shape->dims[depth] != (int32_t)n) return false;
    for (size_t i = 0; i < n; i++) {
        if (!measure(octet_json_at(value, i), shape, depth + 1)) return false;
    }
    return true;
}

static void fill(const octet_json *value, float **at) {
    double number = 0.0;
    if (octet_json_kind_of(value) == OCTET_JSON_ARRAY) {
        for (size_t i = 0; i < octet_json_length(value); i++) fill(octet_json_at(value, i), at);
        return;
    }
    if (!octet_json_number(value, &number)) number = octet_json_is_true(value) ? 1.0 : 0.0;
    *(*at)++ = (float)number;
}

static octet_status constant_value(octet_keras_call *call, const octet_json *value, const char *name, uint32_t *out) {
    octet_shape shape = {0};
    value = octet_keras_unwrap(value);
    if (!measure(value, &shape, 0))
        return octet_keras_refuse(call, "its argument %s is neither a tensor nor numbers", name);
    OCTET_TRY(octet_shape_check(call->ctx, &shape, call->path));
    float *data = NULL;
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, octet_shape_elements(&shape), &data));
    float *at = data;
    fill(value, &at);
    for (size_t i = 0; i < octet_shape_elements(&shape); i++) {
        if (!isfinite(data[i]))
            return octet_keras_contradict(call, "its argument %s has %f, numbers must be finite", name,
                                          (double)data[i]);
    }
    return octet_keras_constant(call, name, NULL, shape.rank, shape.dims, data, out);
}

octet_status octet_keras_argument_value(octet_keras_call *call, const octet_keras_argument *argument, const char *name,
                                        uint32_t *out) {
    if (argument->kind == OCTET_KERAS_LIST)
        return octet_keras_refuse(call, "its argument %s is a list of tensors", name);
    if (argument->kind == OCTET_KERAS_CONSTANT) return constant_value(call, argument->constant, name, out);
    *out = argument->value;
    return OCTET_OK;
}

octet_status octet_keras_operand_value(octet_keras_call *call, int32_t position, const char *keywords, uint32_t *out) {
    const octet_keras_argument *argument = NULL;
    char name[32];
    *out = OCTET_NONE;
    OCTET_TRY(octet_keras_operand(call, position, keywords, &argument));
    if (argument == NULL) return OCTET_OK;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(keywords, " "), keywords);
    return octet_keras_argument_value(call, argument, name, out);
}

/* The integers of a value that is known now. */
static bool known_integers(const octet_keras_call *call, uint32_t value, int32_t capacity, int32_t *out, int32_t *n) {
    int32_t count = 0;
    if (!octet_constant_read_i32(&call->graph->values[value], capacity - *n, out + *n, &count)) return false;
    *n += count;
    return true;
}

static bool json_integers(const octet_json *value, int32_t capacity, int32_t *out, int32_t *n) {
    value = octet_keras_unwrap(value);
    int64_t number = -1;
    if (octet_json_kind_of(value) == OCTET_JSON_ARRAY) {
        for (size_t i = 0; i < octet_json_length(value); i++) {
            if (!json_integers(octet_json_at(value, i), capacity, out, n)) return false;
        }
        return true;
    }
    const bool is_open = octet_json_kind_of(value) == OCTET_JSON_NULL;
    if (*n >= capacity ||
        (!is_open && (!octet_json_integer(value, &number) || number < INT32_MIN || number > INT32_MAX)))
        return false;
    out[(*n)++] = (int32_t)number;
    return true;
}

octet_status octet_keras_operand_i32s(octet_keras_call *call, int32_t position, const char *keywords, int32_t capacity,
                                      int32_t *out, int32_t *n) {
    const octet_keras_argument *argument = NULL;
    *n = -1;
    OCTET_TRY(octet_keras_operand(call, position, keywords, &argument));
    if (argument == NULL) return OCTET_OK;
    *n = 0;
    bool is_known = true;
    if (argument->kind == OCTET_KERAS_TENSOR) {
        is_known = known_integers(call, argument->value, capacity, out, n);
    } else if (argument->kind == OCTET_KERAS_CONSTANT) {
        is_known = json_integers(argument->constant, capacity, out, n);
    } else {
        for (uint32_t i = 0; i < argument->n_items && is_known; i++) {
            const octet_keras_argument *item = &argument->items[i];
            if (item->kind == OCTET_KERAS_LIST) is_known = false;
            else
                is_known = item->kind == OCTET_KERAS_TENSOR ? known_integers(call, item->value, capacity, out, n)
                                                            : json_integers(item->constant, capacity, out, n);
        }
    }
    if (!is_known)
        return octet_keras_refuse(call, "its argument %.*s is not known before the model runs",
                                  (int)strcspn(keywords, " "), keywords);
    return OCTET_OK;
}

octet_status octet_keras_operand_x(octet_keras_call *call, uint32_t *out) {
    OCTET_TRY(octet_keras_operand_value(call, 0, "x x1 input inputs tensor a features images input_tensor", out));
    return *out == OCTET_NONE ? octet_keras_refuse(call, "has no tensor to work on") : OCTET_OK;
}

octet_status octet_keras_operand_axis(octet_keras_call *call, int32_t position, const char *keywords, int32_t rank,
                                      int32_t fallback, int32_t *out) {
    int32_t values[1] = {fallback}, n = 0;
    OCTET_TRY(octet_keras_operand_i32s(call, position, keywords, 1, values, &n));
    *out = n == 1 ? values[0] : fallback;
    if (*out < 0) *out += rank;
    return *out < 0 || *out >= rank ? octet_keras_contradict(call, "axis is outside of %d dimensions", rank) : OCTET_OK;
}

octet_status octet_keras_operand_flat(octet_keras_call *call, int32_t position, const char *keywords, int32_t fallback,
                                      uint32_t *x, int32_t *axis) {
    const octet_keras_argument *given = NULL;
    OCTET_TRY(octet_keras_operand(call, position, keywords, &given));
    const octet_shape shape = *octet_keras_shape(call, *x);
    if (call->layer->is_operation && given == NULL && shape.rank != 1) {
        const int32_t n = (int32_t)octet_shape_elements(&shape);
        OCTET_TRY(octet_keras_reshape(call, "Reshape", *x, 1, &n, x));
    }
    return octet_keras_operand_axis(call, position, keywords, octet_keras_shape(call, *x)->rank, fallback, axis);
}

/* A constant of whole numbers as int32; anything else as it is. */
static octet_status make_whole(octet_keras_call *call, uint32_t *value) {
    const octet_value v = call->graph->values[*value];
    const size_t n = octet_shape_elements(&v.shape);
    const float *from = v.data;
    int32_t *whole = NULL;
    if (v.type != OCTET_FLOAT32 || from == NULL) return OCTET_OK;
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, n, &whole));
    for (size_t i = 0; i < n; i++) {
        if (!(fabsf(from[i]) < 0x1p24f) || from[i] != floorf(from[i])) return OCTET_OK;
        whole[i] = (int32_t)from[i];
    }
    return octet_graph_add_constant(call->ctx, call->graph, v.name, OCTET_INT32, &v.shape, whole, value);
}

octet_status octet_keras_operand_indices(octet_keras_call *call, int32_t position, const char *keywords,
                                         uint32_t *out) {
    OCTET_TRY(octet_keras_operand_value(call, position, keywords, out));
    if (*out == OCTET_NONE) return OCTET_OK;
    OCTET_TRY(make_whole(call, out));
    const octet_value *v = &call->graph->values[*out];
    if (v->type != OCTET_FLOAT32) return OCTET_OK;
    if (v->data != NULL) return octet_keras_contradict(call, "a place is no whole number");
    return octet_keras_cast(call, *out, OCTET_INT32, out);
}

static octet_status operands_of_two(octet_keras_call *call, uint32_t *x, uint32_t *y) {
    OCTET_TRY(octet_keras_operand_value(call, 0, "x x1 a input value", x));
    OCTET_TRY(octet_keras_operand_value(call, 1, "y x2 b other bias", y));
    if (*y == OCTET_NONE) OCTET_TRY(octet_keras_operand_value(call, 1, "x", y)); /* tf.math.atan2(y, x) */
    return *x == OCTET_NONE || *y == OCTET_NONE ? octet_keras_refuse(call, "has only one operand") : OCTET_OK;
}

octet_status octet_keras_operand_pair(octet_keras_call *call, uint32_t *x, uint32_t *y) {
    OCTET_TRY(operands_of_two(call, x, y));
    /* Beside integers that are computed, whole constants are integers too;
     * other integers beside floats become floats. */
    uint32_t *pair[2] = {x, y};
    for (int i = 0; i < 2; i++) {
        const octet_value *v = &call->graph->values[*pair[i]];
        if (v->type == OCTET_INT32 && v->data == NULL) OCTET_TRY(make_whole(call, pair[1 - i]));
    }
    for (int i = 0; i < 2; i++) {
        const octet_value *v = &call->graph->values[*pair[i]];
        if (v->type == OCTET_FLOAT32 || call->graph->values[*pair[1 - i]].type != OCTET_FLOAT32) continue;
        OCTET_TRY(octet_keras_cast(call, *pair[i], OCTET_FLOAT32, pair[i]));
    }
    return OCTET_OK;
}

octet_status octet_keras_compute_known(octet_keras_call *call, octet_operator_code code, bool *is_known) {
    uint32_t pair[2], result;
    OCTET_TRY(operands_of_two(call, &pair[0], &pair[1]));
    if (call->graph->values[pair[0]].type != OCTET_INT32 && call->graph->values[pair[1]].type != OCTET_INT32)
        return OCTET_OK;
    for (int i = 0; i < 2; i++) OCTET_TRY(make_whole(call, &pair[i]));
    OCTET_TRY(octet_keras_fold(call, code, "known", pair, 2, NULL, OCTET_MAX_RANK, &result, 1, is_known));
    return *is_known ? octet_keras_return(call, result) : OCTET_OK;
}

octet_status octet_keras_operand_axes(octet_keras_call *call, int32_t position, const char *words, int32_t rank,
                                      int32_t *axes, int32_t *n) {
    OCTET_TRY(octet_keras_operand_i32s(call, position, words, OCTET_MAX_RANK, axes, n));
    if (*n < 0) {
        for (*n = 0; *n < rank; ++*n) axes[*n] = *n;
    }
    for (int32_t i = 0; i < *n; i++) {
        if (axes[i] < 0) axes[i] += rank;
        if (axes[i] < 0 || axes[i] >= rank)
            return octet_keras_contradict(call, "axis is outside of %d dimensions", (int)rank);
    }
    return OCTET_OK;
}

octet_status octet_keras_operand_list(octet_keras_call *call, uint32_t *values, uint32_t *n) {
    const octet_keras_argument *list = NULL;
    OCTET_TRY(octet_keras_operand(call, 0, "values xs arrays x tensors inputs", &list));
    *n = 0;
    if (list == NULL || list->kind == OCTET_KERAS_CONSTANT || (list->kind == OCTET_KERAS_LIST && list->n_items == 0))
        return octet_keras_refuse(call, "has no list of tensors");
    if (list->kind == OCTET_KERAS_TENSOR) {
        values[(*n)++] = list->value;
        return OCTET_OK;
    }
    for (uint32_t i = 0; i < list->n_items; i++) {
        if (*n >= OCTET_KERAS_MAX_INPUTS)
            return octet_keras_refuse(call, "its list has more than %d tensors", OCTET_KERAS_MAX_INPUTS);
        OCTET_TRY(octet_keras_argument_value(call, &list->items[i], "list", &values[(*n)++]));
    }
    return OCTET_OK;
}
