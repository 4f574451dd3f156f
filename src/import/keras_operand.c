#include "import/keras_operation.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const octet_json *octet_keras_unwrap(const octet_json *value) {
    for (int i = 0; i < 4; i++) {
        const char *class_name = octet_json_text(octet_json_get(value, "class_name"));
        if (class_name == NULL) return value;
        const octet_json *config = octet_json_get(value, "config"), *inner = NULL;
        if (strcmp(class_name, "__tuple__") == 0) {
            inner = octet_json_get(value, "items") != NULL ? octet_json_get(value, "items") : octet_json_get(config, "value");
        } else if (strcmp(class_name, "__tensor__") == 0 || strcmp(class_name, "__numpy__") == 0 || strcmp(class_name, "TypeSpec") == 0) {
            inner = octet_json_get(config, "value");
        }
        if (inner == NULL) return value;
        value = inner;
    }
    return value;
}

static bool is_given(const octet_keras_argument *argument) {
    if (argument->kind != OCTET_KERAS_CONSTANT) return true;
    const octet_json_kind kind = octet_json_kind_of(argument->constant);
    return kind != OCTET_JSON_NULL && kind != OCTET_JSON_MISSING;
}

octet_status octet_keras_operand(octet_keras_call *call, int32_t position, const char *keywords, const octet_keras_argument **out) {
    const octet_keras_node *node = call->node;
    *out = NULL;
    int32_t seen = 0;
    for (uint32_t i = 0; node != NULL && i < node->n_arguments; i++) {
        const octet_keras_argument *argument = &node->arguments[i];
        const bool is_it = argument->keyword != NULL ? octet_keras_word_in(keywords, argument->keyword) : seen++ == position;
        if (!is_it) continue;
        if (is_given(argument)) *out = argument;
        return OCTET_OK;
    }
    const octet_json *value = NULL; /* Keras 3 keeps what its function objects were made with in the configuration */
    for (const char *key = octet_json_next(call->layer->config, NULL, &value); key != NULL;
         key = octet_json_next(call->layer->config, key, &value)) {
        if (strcmp(key, "name") == 0 || strcmp(key, "dtype") == 0 || !octet_keras_word_in(keywords, key)) continue;
        if (octet_json_kind_of(value) == OCTET_JSON_NULL) return OCTET_OK;
        octet_keras_argument *argument = NULL;
        OCTET_TRY(OCTET_NEW(call->ctx, call->arena, 1, &argument));
        argument->kind = OCTET_KERAS_CONSTANT;
        argument->constant = value;
        *out = argument;
        return OCTET_OK;
    }
    return OCTET_OK;
}

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
                if (octet_json_kind_of(first) == OCTET_JSON_ARRAY ? !measure(first, shape, depth + 1) : !measure(first, shape, rank))
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
    if (!measure(value, &shape, 0)) return octet_keras_refuse(call, "its argument %s is neither a tensor nor numbers", name);
    OCTET_TRY(octet_shape_check(call->ctx, &shape, call->path));
    float *data = NULL;
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, octet_shape_elements(&shape), &data));
    float *at = data;
    fill(value, &at);
    for (size_t i = 0; i < octet_shape_elements(&shape); i++) {
        if (!isfinite(data[i]))
            return octet_keras_contradict(call, "its argument %s has %f, numbers must be finite", name, (double)data[i]);
    }
    return octet_keras_constant(call, name, NULL, shape.rank, shape.dims, data, out);
}

octet_status octet_keras_operand_value(octet_keras_call *call, int32_t position, const char *keywords, uint32_t *out) {
    const octet_keras_argument *argument = NULL;
    char name[32];
    *out = OCTET_NONE;
    OCTET_TRY(octet_keras_operand(call, position, keywords, &argument));
    if (argument == NULL) return OCTET_OK;
    if (argument->kind == OCTET_KERAS_TENSOR) {
        *out = argument->value;
        return OCTET_OK;
    }
    snprintf(name, sizeof name, "%.*s", (int)strcspn(keywords, " "), keywords);
    if (argument->kind == OCTET_KERAS_LIST) return octet_keras_refuse(call, "its argument %s is a list of tensors", name);
    return constant_value(call, argument->constant, name, out);
}

/* The integers of a value that is known now. */
static bool known_integers(const octet_keras_call *call, uint32_t value, int32_t capacity, int32_t *out, int32_t *n) {
    const octet_value *v = &call->graph->values[value];
    const size_t count = octet_shape_elements(&v->shape);
    if (v->data == NULL || v->type != OCTET_INT32 || count > (size_t)(capacity - *n)) return false;
    memcpy(out + *n, v->data, count * sizeof *out);
    *n += (int32_t)count;
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
    if (*n >= capacity || (!is_open && (!octet_json_integer(value, &number) || number < INT32_MIN || number > INT32_MAX))) return false;
    out[(*n)++] = (int32_t)number;
    return true;
}

octet_status octet_keras_operand_i32s(octet_keras_call *call, int32_t position, const char *keywords, int32_t capacity, int32_t *out,
                                      int32_t *n) {
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
        return octet_keras_refuse(call, "its argument %.*s is not known before the model runs", (int)strcspn(keywords, " "), keywords);
    return OCTET_OK;
}

octet_status octet_keras_operand_f64(octet_keras_call *call, int32_t position, const char *keywords, double fallback, double *out) {
    const octet_keras_argument *argument = NULL;
    *out = fallback;
    OCTET_TRY(octet_keras_operand(call, position, keywords, &argument));
    if (argument == NULL) return OCTET_OK;
    if (argument->kind == OCTET_KERAS_CONSTANT && octet_json_number(octet_keras_unwrap(argument->constant), out) && isfinite((float)*out))
        return OCTET_OK;
    return octet_keras_refuse(call, "its argument %.*s is not a number", (int)strcspn(keywords, " "), keywords);
}

octet_status octet_keras_operand_bool(octet_keras_call *call, int32_t position, const char *keywords, bool fallback, bool *out) {
    const octet_keras_argument *argument = NULL;
    *out = fallback;
    OCTET_TRY(octet_keras_operand(call, position, keywords, &argument));
    if (argument != NULL) *out = argument->kind == OCTET_KERAS_CONSTANT && octet_json_is_true(argument->constant);
    return OCTET_OK;
}

octet_status octet_keras_operand_x(octet_keras_call *call, uint32_t *out) {
    OCTET_TRY(octet_keras_operand_value(call, 0, "x x1 input inputs tensor a features images input_tensor", out));
    return *out == OCTET_NONE ? octet_keras_refuse(call, "has no tensor to work on") : OCTET_OK;
}

octet_status octet_keras_operand_axis(octet_keras_call *call, int32_t position, const char *keywords, int32_t rank, int32_t fallback,
                                      int32_t *out) {
    int32_t values[1] = {fallback}, n = 0;
    OCTET_TRY(octet_keras_operand_i32s(call, position, keywords, 1, values, &n));
    *out = n == 1 ? values[0] : fallback;
    if (*out < 0) *out += rank;
    return *out < 0 || *out >= rank ? octet_keras_contradict(call, "axis is outside of %d dimensions", rank) : OCTET_OK;
}
