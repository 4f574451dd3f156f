#include "import/keras/emit/trained.h"

#include <string.h>

#include "import/keras/emit/activation.h"
#include "import/keras/emit/weight.h"
#include "import/keras/names.h"

bool octet_keras_trained_is_class(const octet_json *object, const char *class_name) {
    const char *name = octet_json_text(octet_json_get(object, "class_name"));
    return name != NULL && strcmp(name, class_name) == 0;
}

const octet_json *octet_keras_trained_activation(const octet_json *value) {
    if (octet_keras_trained_is_class(value, "QuantizeAwareActivation"))
        value = octet_json_get(octet_json_get(value, "config"), "activation");
    return value;
}

static const char *activation_name(const octet_keras_layer *layer) {
    const octet_json *value = octet_keras_trained_activation(octet_json_get(layer->config, "activation"));
    const octet_json *config =
        octet_json_get(value, "config"); /* {"class_name": "function", "config": "relu"}, NoOpActivation */
    const char *name = octet_json_text(value);
    if (name == NULL) name = octet_json_text(config);
    if (name == NULL) name = octet_json_text(octet_json_get(value, "class_name"));
    return name != NULL ? name : "linear";
}

/* Where training rounds the activation of a layer: octet_keras_rounding; 0: it does not know it. */
static uint32_t rounding_of(const octet_keras_layer *layer) {
    const octet_keras_activation *activation = octet_keras_activation_find(activation_name(layer));
    return activation != NULL ? activation->rounding : 0;
}

octet_keras_trained_plan octet_keras_trained_plan_of(const octet_keras_layer *wrapper) {
    octet_keras_trained_plan out = {0};
    const octet_json *given = octet_json_get(wrapper->config, "quantize_config"),
                     *config = octet_json_get(given, "config");
    /* Around the configuration of a layer that is not annotated and whose reader is: all but the weights. */
    const bool is_output_only = octet_keras_trained_is_class(given, "OutputOnlyConfig");
    if (is_output_only) given = octet_json_get(config, "quantize_config"), config = octet_json_get(given, "config");
    const char *name = octet_json_text(octet_json_get(given, "class_name"));
    static const char known[] =
        "Default8BitQuantizeConfig Default8BitConvQuantizeConfig Default8BitConvTransposeQuantizeConfig "
        "Default8BitOutputQuantizeConfig Default8BitActivationQuantizeConfig NoOpQuantizeConfig";
    if (name == NULL || !octet_keras_word_in(known, name) || wrapper->n_wrapped != 1) {
        out.refusal =
            "has a quantize_config of its own, which is Python code; octet knows those of the default 8-bit scheme";
        return out;
    }
    const octet_json *weights = octet_json_get(config, "weight_attrs");
    out.n_weights = is_output_only ? 0 : octet_json_length(weights);
    if (out.n_weights > OCTET_KERAS_MAX_TRAINED_WEIGHTS)
        out.refusal = "rounds more than two weights, which no layer of the default scheme has";
    for (size_t i = 0; i < out.n_weights && out.refusal == NULL; i++) {
        out.weights[i] = octet_json_text(octet_json_at(weights, i));
        if (out.weights[i] == NULL) out.refusal = "has weight_attrs that are no names";
    }
    const uint32_t rounding = rounding_of(wrapper->wrapped);
    if (octet_json_length(octet_json_get(config, "activation_attrs")) > 0) {
        out.before = (rounding & OCTET_KERAS_ROUNDS_BEFORE) != 0;
        out.after = (rounding & OCTET_KERAS_ROUNDS_AFTER) != 0;
        if (!out.before && !out.after && (rounding & OCTET_KERAS_ROUNDS_ELSEWHERE) == 0)
            out.refusal = "rounds an activation that octet does not know";
    }
    out.output = octet_json_is_true(octet_json_get(config, "quantize_output"));
    if (strcmp(name, "Default8BitActivationQuantizeConfig") == 0)
        out.output = out.output && (rounding & OCTET_KERAS_ROUNDS_OUTPUT) != 0;
    return out;
}

octet_status octet_keras_trained_range(octet_keras_call *call, const char *what, int32_t *n, const float **min,
                                       const float **max) {
    const float **ends[2] = {min, max};
    *n = 0;
    for (int i = 0; i < 2; i++) {
        const char *name = NULL;
        OCTET_TRY(octet_arena_format(call->ctx, call->arena, &name, "%s_%s", what, i == 0 ? "min" : "max"));
        int32_t dims[1] = {i == 0 ? -1 : *n}, rank = 0;
        for (uint32_t w = 0; w < call->layer->n_weights; w++) {
            const octet_keras_weight *weight = &call->layer->weights[w];
            if (weight->dataset != NULL && strcmp(weight->name, name) == 0) rank = octet_keras_weight_rank(weight);
        }
        OCTET_TRY(octet_keras_weight_data(call, name, rank < 1 ? 0 : 1, dims, ends[i]));
        if (rank >= 1 && dims[0] < 1) return octet_keras_contradict(call, "its %s is empty", name);
        if (rank < 1 && *n > 0) return octet_keras_contradict(call, "its %s is one number, for %d channels", name, *n);
        if (rank >= 1) *n = dims[0];
    }
    for (int32_t c = 0; c < *n || c == 0; c++) {
        if (!((*min)[c] <= 0.0f && (*max)[c] >= 0.0f && (*max)[c] - (*min)[c] >= 1e-30f))
            return octet_keras_refuse(
                call,
                "%s_min and %s_max are %g and %g, no range around 0: it was never trained; run the training "
                "on a few samples and save again",
                what, what, (double)(*min)[c], (double)(*max)[c]);
    }
    return OCTET_OK;
}

octet_status octet_keras_trained_fake_quant(octet_keras_call *call, const char *node, const char *what, int32_t n_bits,
                                            bool is_narrow, uint32_t x, uint32_t *out) {
    const float *min = NULL, *max = NULL;
    int32_t n = 0;
    OCTET_TRY(octet_keras_trained_range(call, what, &n, &min, &max));
    if (n > 1) return octet_keras_contradict(call, "has %d ranges for its %s", n, what);
    const octet_options options = {.fake_quant = {min[0], max[0], n_bits, is_narrow}};
    return octet_keras_emit(call, OCTET_OP_FAKE_QUANT, node, &x, 1, &options, out);
}

octet_status octet_keras_trained_round(octet_keras_call *wrapper, const char *what, uint32_t x, uint32_t *out) {
    const octet_keras_trained_plan p = octet_keras_trained_plan_of(wrapper->layer);
    const bool rounds = strcmp(what, "pre_activation") == 0    ? p.before
                        : strcmp(what, "post_activation") == 0 ? p.after
                                                               : p.output;
    *out = x;
    if (!rounds) return OCTET_OK;
    return octet_keras_trained_fake_quant(wrapper, "MovingAvgQuantize/FakeQuantWithMinMaxVars", what, 8, false, x, out);
}
