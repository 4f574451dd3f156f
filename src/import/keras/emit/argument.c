#include "import/keras/emit/argument.h"

#include <math.h>
#include <string.h>

#include "import/keras/names.h"

const octet_json *octet_keras_unwrap(const octet_json *value) {
    for (int i = 0; i < 4; i++) {
        const char *class_name = octet_json_text(octet_json_get(value, "class_name"));
        if (class_name == NULL) return value;
        const octet_json *config = octet_json_get(value, "config"), *inner = NULL;
        if (strcmp(class_name, "__tuple__") == 0) {
            inner = octet_json_get(value, "items") != NULL ? octet_json_get(value, "items")
                                                           : octet_json_get(config, "value");
        } else if (strcmp(class_name, "__tensor__") == 0 || strcmp(class_name, "__numpy__") == 0 ||
                   strcmp(class_name, "TypeSpec") == 0) {
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

octet_status octet_keras_operand(octet_keras_call *call, int32_t position, const char *keywords,
                                 const octet_keras_argument **out) {
    const octet_keras_node *node = call->node;
    *out = NULL;
    int32_t seen = 0;
    for (uint32_t i = 0; node != NULL && i < node->n_arguments; i++) {
        const octet_keras_argument *argument = &node->arguments[i];
        const bool is_it =
            argument->keyword != NULL ? octet_keras_word_in(keywords, argument->keyword) : seen++ == position;
        if (!is_it) continue;
        if (i < 64) call->arguments_read |= UINT64_C(1) << i;
        if (is_given(argument)) *out = argument;
        return OCTET_OK;
    }
    const octet_json *value = NULL; /* Keras 3 keeps what its function objects were made with in the configuration */
    const char *key;
    for (uint32_t at = 0; (key = octet_json_key(call->layer->config, at, &value)) != NULL; at++) {
        if (strcmp(key, "name") == 0 || strcmp(key, "dtype") == 0 || !octet_keras_word_in(keywords, key)) continue;
        if (at < 64) call->keys_read |= UINT64_C(1) << at;
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

octet_status octet_keras_operand_f64(octet_keras_call *call, int32_t position, const char *keywords, double fallback,
                                     double *out) {
    const octet_keras_argument *argument = NULL;
    *out = fallback;
    OCTET_TRY(octet_keras_operand(call, position, keywords, &argument));
    if (argument == NULL) return OCTET_OK;
    if (argument->kind == OCTET_KERAS_CONSTANT && octet_json_number(octet_keras_unwrap(argument->constant), out) &&
        isfinite((float)*out))
        return OCTET_OK;
    return octet_keras_refuse(call, "its argument %.*s is not a number", (int)strcspn(keywords, " "), keywords);
}

octet_status octet_keras_operand_bool(octet_keras_call *call, int32_t position, const char *keywords, bool fallback,
                                      bool *out) {
    const octet_keras_argument *argument = NULL;
    *out = fallback;
    OCTET_TRY(octet_keras_operand(call, position, keywords, &argument));
    if (argument != NULL) *out = argument->kind == OCTET_KERAS_CONSTANT && octet_json_is_true(argument->constant);
    return OCTET_OK;
}
