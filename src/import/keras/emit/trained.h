/* import/keras/emit/trained.h - quantization-aware training (TensorFlow Model Optimization): ranges of activations.
 * In:  a QuantizeWrapper, or a call of one or of a QuantizeLayer.
 * Out: what the wrapper rounds; FAKE_QUANT where training rounded a value.
 * Knows: the configurations of the default 8-bit scheme, the variables of ranges.
 * Does not know: rounded weights (import/keras/layers/trained.c), what becomes of the ranges (quant/trained.c). */
#ifndef OCTET_IMPORT_KERAS_EMIT_TRAINED_H
#define OCTET_IMPORT_KERAS_EMIT_TRAINED_H

#include "import/keras/emit/call.h"

enum { OCTET_KERAS_MAX_TRAINED_WEIGHTS = 2 };

/* What a wrapper rounds, from its quantize_config. */
typedef struct octet_keras_trained_plan {
    const char *weights[OCTET_KERAS_MAX_TRAINED_WEIGHTS]; /* "kernel", "depthwise_kernel" */
    size_t n_weights;
    bool before, after, output; /* the activation, and the result of the layer */
    const char *refusal;        /* NULL: understood */
} octet_keras_trained_plan;

octet_keras_trained_plan octet_keras_trained_plan_of(const octet_keras_layer *wrapper);
/* Whether an object of the configuration is of a class. */
bool octet_keras_trained_is_class(const octet_json *object, const char *class_name);
/* An activation without the QuantizeAwareActivation around it. */
const octet_json *octet_keras_trained_activation(const octet_json *value);

/* The weights <what>_min and <what>_max: *n numbers each; 0 for a scalar.
 * UNSUPPORTED for a range that was never trained. */
octet_status octet_keras_trained_range(octet_keras_call *call, const char *what, int32_t *n, const float **min,
                                       const float **max);
/* FAKE_QUANT `node` of x with the range of <what>. */
octet_status octet_keras_trained_fake_quant(octet_keras_call *call, const char *node, const char *what, int32_t n_bits,
                                            bool is_narrow, uint32_t x, uint32_t *out);
/* The same where the wrapper's plan rounds "pre_activation", "post_activation" or "output"; x itself elsewhere. */
octet_status octet_keras_trained_round(octet_keras_call *wrapper, const char *what, uint32_t x, uint32_t *out);

#endif
