/* import/keras/emit/activation.h - activations: in the attribute `activation`, as layers and as functions.
 * In:  the name of an activation, in any of its writings, or an object of Keras 3.
 * Out: its operators.
 * Knows: the one table of activations: forms, parameters and their defaults, where training rounds them.
 * Does not know: the attributes of layers that are activations (import/keras/layers/activation.c). */
#ifndef OCTET_IMPORT_KERAS_EMIT_ACTIVATION_H
#define OCTET_IMPORT_KERAS_EMIT_ACTIVATION_H

#include "import/keras/emit/call.h"

typedef enum octet_keras_parameter_kind {
    OCTET_KERAS_PARAMETER_NUMBER,
    OCTET_KERAS_PARAMETER_AXIS,
    OCTET_KERAS_PARAMETER_FLAG
} octet_keras_parameter_kind;

/* Where quantization-aware training rounds a layer with this activation. */
typedef enum octet_keras_rounding {
    OCTET_KERAS_ROUNDS_BEFORE = 1,
    OCTET_KERAS_ROUNDS_AFTER = 2,
    OCTET_KERAS_ROUNDS_OUTPUT = 4,   /* of an Activation layer */
    OCTET_KERAS_ROUNDS_ELSEWHERE = 8 /* what follows acts, and is rounded instead */
} octet_keras_rounding;

/* A row of the table. One of node, form and apply says what it is. */
typedef struct octet_keras_activation {
    const char *names;        /* words; the first is Keras's own */
    octet_operator_code code; /* with `node`: it is this operator */
    const char *node;         /* how TensorFlow names it; as a function it has TFLite's name */
    const char *form;         /* it is this formula (import/keras/emit/formula.h) */
    const char *form_2;       /* the formula of Keras 2; NULL: the same */
    octet_status (*apply)(octet_keras_call *call, const struct octet_keras_activation *self, float value, uint32_t x,
                          uint32_t *out);
    const char *parameter; /* words for the second argument of the function; NULL: it has none */
    octet_keras_parameter_kind kind;
    float usual;         /* the parameter in the attribute `activation` and in functions */
    float of_operation;  /* a flag in functions of Keras 3, */
    float of_layer;      /* and a number in the layer of this name, where these have another default */
    const char *general; /* the formula where the parameter (`@`) is not the usual one; NULL: none is needed */
    uint32_t rounding;   /* octet_keras_rounding; 0: training does not know it */
} octet_keras_activation;

/* "relu", "relu_v2", "tf.nn.relu", "package>relu". NULL: unknown. */
const octet_keras_activation *octet_keras_activation_find(const char *name);
/* With its parameter (the usual one where it has none). */
octet_status octet_keras_activation_apply(octet_keras_call *call, const octet_keras_activation *activation, float value,
                                          uint32_t x, uint32_t *out);

/* By its name, with the usual parameter. UNSUPPORTED lists all. */
octet_status octet_keras_activate_by_name(octet_keras_call *call, const char *name, uint32_t x, uint32_t *out);
/* The activation that attribute `key` names (a string, or an object of Keras 3), applied to x; null is linear. Inside a
 * QuantizeWrapper the attribute `activation` is rounded where training rounded it. */
octet_status octet_keras_activate(octet_keras_call *call, const char *key, const char *fallback, uint32_t x,
                                  uint32_t *out);

#endif
