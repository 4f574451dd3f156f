#include "import/keras/leaf.h"

#include <string.h>

#include "import/keras/emit/mask.h"
#include "import/keras/functions/functions.h"
#include "import/keras/known.h"
#include "import/keras/stored.h"

/* An attribute that is set and that the row of the class does not name may change the result: refused. */
static octet_status check_keys(octet_keras_call *call) {
    const octet_json *value = NULL, *config = call->layer->config;
    const char *key;
    for (size_t k = 0; (key = octet_json_key(config, k, &value)) != NULL; k++) {
        const octet_json_kind kind = octet_json_kind_of(value);
        const bool is_off = kind == OCTET_JSON_NULL || (kind == OCTET_JSON_BOOL && !octet_json_is_true(value));
        if (!is_off && !octet_keras_class_knows(call->layer->class, key))
            return octet_keras_refuse(call, "attribute %s is set, and octet does not know what it does; leave it out",
                                      key);
    }
    return OCTET_OK;
}

/* Under any policy, also a mixed one, weights are float32 here. */
static octet_status check_dtype(octet_keras_call *call) {
    const char *name = octet_keras_dtype_name(octet_json_get(call->layer->config, "dtype"));
    const char *mode = octet_keras_stored_mode(call->layer);
    if (mode != NULL && (strncmp(mode, "int8", 4) != 0 || octet_keras_stored_lacks_scale(call->layer)))
        return octet_keras_refuse(
            call, "was quantized by Keras (%s); octet needs the model as it was before model.quantize()", mode);
    if (name == NULL || mode != NULL) return OCTET_OK;
    static const char *const known[] = {"float32", "float16", "float64", "mixed_float16", "bfloat16", "mixed_bfloat16",
                                        "int8",    "uint8",   "int16",   "int32",         "int64",    "bool"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(name, known[i]) == 0) return OCTET_OK;
    }
    return octet_keras_refuse(call, "dtype %s is not supported; the model must be trained in float32", name);
}

static octet_status cast_inputs(octet_keras_call *call) {
    for (uint32_t i = 0; i < call->n_inputs && !call->layer->class->takes_integers; i++)
        OCTET_TRY(octet_keras_cast(call, call->inputs[i], OCTET_FLOAT32, &call->inputs[i]));
    return OCTET_OK;
}

octet_status octet_keras_leaf_emit(octet_keras_call *call) {
    const octet_keras_class *class = call->layer->class;
    OCTET_TRY(octet_keras_known_check_layer(call->ctx, call->label, call->layer));
    OCTET_TRY(check_keys(call));
    OCTET_TRY(check_dtype(call));
    OCTET_TRY(cast_inputs(call));
    OCTET_TRY(class->is_function ? octet_keras_call_function(call) : class->write(call));
    return octet_keras_mask_pass(call);
}
