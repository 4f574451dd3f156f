#include "import/keras/layers/trained.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "import/keras/emit/trained.h"
#include "import/keras/layers/classes.h"

static octet_status add(octet_context *ctx, octet_arena *arena, octet_keras_layer *layer, const char *name) {
    const char *path = NULL;
    OCTET_TRY(octet_arena_format(ctx, arena, &path, "vars/%u", (unsigned)layer->n_weights));
    octet_keras_weights_add(layer, name, path, false);
    return OCTET_OK;
}

static octet_status add_range(octet_context *ctx, octet_arena *arena, octet_keras_layer *layer, const char *what) {
    const char *name = NULL;
    OCTET_TRY(octet_arena_format(ctx, arena, &name, "%s_min", what));
    OCTET_TRY(add(ctx, arena, layer, name));
    OCTET_TRY(octet_arena_format(ctx, arena, &name, "%s_max", what));
    return add(ctx, arena, layer, name);
}

octet_status octet_keras_weights_quantize_layer(octet_context *ctx, octet_arena *arena, octet_keras_layer *layer) {
    if (octet_json_kind_of(octet_json_get(layer->config, "quantizer")) == OCTET_JSON_OBJECT)
        OCTET_TRY(add_range(ctx, arena, layer, layer->name));
    return add(ctx, arena, layer, "optimizer_step");
}

octet_status octet_keras_weights_quantize_wrapper(octet_context *ctx, octet_arena *arena, octet_keras_layer *layer) {
    const octet_keras_trained_plan p = octet_keras_trained_plan_of(layer);
    if (p.refusal != NULL) return OCTET_OK; /* refused when it is built */
    OCTET_TRY(add(ctx, arena, layer, "optimizer_step"));
    for (size_t i = 0; i < p.n_weights; i++) OCTET_TRY(add_range(ctx, arena, layer, p.weights[i]));
    if (p.before) OCTET_TRY(add_range(ctx, arena, layer, "pre_activation"));
    if (p.after) OCTET_TRY(add_range(ctx, arena, layer, "post_activation"));
    return p.output ? add_range(ctx, arena, layer, "output") : OCTET_OK;
}

static octet_status bind(octet_context *ctx, octet_arena *arena, octet_hdf5 *hdf5, const octet_hdf5_node *group,
                         const char *path, octet_keras_weight *weight) {
    const octet_hdf5_node *node = octet_hdf5_find(hdf5, group, path);
    weight->dataset = NULL;
    return node != NULL ? octet_keras_dataset_of_node(ctx, arena, hdf5, node, &weight->dataset) : OCTET_OK;
}

/* Keras 2's .keras files: a wrapper takes over the trainable weights of its layer, each rounded one twice (its own
 * list, then the list of what it rounds), before its own; when the layer was frozen as the wrapper was built, only the
 * rounded ones. */
octet_status octet_keras_trained_bind(octet_context *ctx, octet_arena *arena, octet_hdf5 *hdf5,
                                      const octet_hdf5_node *group, octet_keras_layer *wrapper) {
    const octet_keras_trained_plan p = octet_keras_trained_plan_of(wrapper);
    octet_keras_layer *inner = wrapper->wrapped;
    uint32_t n_vars = 0, n_trainable = 0, n_left = 0, next = 0;
    char path[32];
    if (p.refusal != NULL) return OCTET_OK;
    do snprintf(path, sizeof path, "vars/%u", (unsigned)n_vars);
    while (octet_hdf5_find(hdf5, group, path) != NULL && ++n_vars < 64);
    if (n_vars < wrapper->n_weights) return OCTET_OK;
    const uint32_t first = n_vars - wrapper->n_weights;
    for (uint32_t i = 0; i < inner->n_weights; i++) n_trainable += inner->weights[i].is_trainable;
    const bool takes_all = first == n_trainable + p.n_weights;
    for (uint32_t i = 0; i < inner->n_weights; i++) {
        octet_keras_weight *weight = &inner->weights[i];
        bool is_rounded = false;
        for (size_t j = 0; j < p.n_weights; j++) is_rounded = is_rounded || strcmp(weight->name, p.weights[j]) == 0;
        if (takes_all ? weight->is_trainable : is_rounded) {
            snprintf(path, sizeof path, "vars/%u", (unsigned)next++);
        } else {
            snprintf(path, sizeof path, "layer/vars/%u", (unsigned)(takes_all && p.n_weights == 0 ? i : n_left++));
        }
        OCTET_TRY(bind(ctx, arena, hdf5, group, path, weight));
    }
    for (uint32_t i = 0; i < wrapper->n_weights; i++) {
        snprintf(path, sizeof path, "vars/%u", (unsigned)(first + i));
        OCTET_TRY(bind(ctx, arena, hdf5, group, path, &wrapper->weights[i]));
    }
    return OCTET_OK;
}

octet_status octet_keras_layer_quantize_layer(octet_keras_call *call) {
    uint32_t x;
    OCTET_TRY(octet_keras_single(call, 0, OCTET_MAX_RANK, &x));
    const octet_json *quantizer = octet_json_get(call->layer->config, "quantizer"),
                     *config = octet_json_get(quantizer, "config");
    if (octet_json_kind_of(quantizer) != OCTET_JSON_OBJECT) return octet_keras_return(call, x);
    if (!octet_keras_trained_is_class(quantizer, "AllValuesQuantizer") &&
        !octet_keras_trained_is_class(quantizer, "MovingAverageQuantizer") &&
        !octet_keras_trained_is_class(quantizer, "LastValueQuantizer"))
        return octet_keras_refuse(call,
                                  "this quantizer is not supported: AllValuesQuantizer, MovingAverageQuantizer and "
                                  "LastValueQuantizer are");
    int64_t n_bits = 8;
    octet_json_integer(octet_json_get(config, "num_bits"), &n_bits);
    if (n_bits < 2 || n_bits > 16) return octet_keras_contradict(call, "num_bits is not 2 to 16");
    OCTET_TRY(octet_keras_trained_fake_quant(call, "AllValuesQuantize/FakeQuantWithMinMaxVars", call->layer->name,
                                             (int32_t)n_bits,
                                             octet_json_is_true(octet_json_get(config, "narrow_range")), x, &x));
    return octet_keras_return(call, x);
}

/* Weights. */

static int32_t weights_axis(octet_operator_code code) {
    switch ((int)code) {
    case OCTET_OP_CONV_2D:
    case OCTET_OP_TRANSPOSE_CONV:
    case OCTET_OP_FULLY_CONNECTED: return 0;
    case OCTET_OP_DEPTHWISE_CONV_2D: return 3;
    default: return -1;
    }
}

/* Rounds the weights of one operator. A layer has one scale for all (n_scales 0), or some that its channels take in
 * turn from `first` on: as many as channels, or one per channel that a depthwise convolution makes of each input. */
static octet_status round_weights(octet_keras_call *call, octet_value *value, int32_t axis, size_t first,
                                  size_t n_scales, const double *scales) {
    const size_t n = n_scales == 0 ? 1 : (size_t)value->shape.dims[axis],
                 n_elements = octet_shape_elements(&value->shape);
    const size_t inner = (size_t)octet_shape_product(&value->shape, axis + 1, value->shape.rank);
    const float *raw = value->data;
    double *own = NULL;
    float *rounded = NULL;
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, n, &own));
    OCTET_TRY(OCTET_NEW(call->ctx, &call->graph->arena, n_elements, &rounded));
    for (size_t c = 0; c < n; c++) own[c] = n_scales == 0 ? scales[0] : scales[(first + c) % n_scales];
    for (size_t i = 0; i < n_elements; i++) {
        const float scale = (float)own[i / inner % n];
        rounded[i] = fminf(fmaxf(roundf(raw[i] / scale), -127.0f), 127.0f) * scale;
    }
    value->data = rounded;
    OCTET_TRY(octet_arena_format(call->ctx, &call->graph->arena, &value->name,
                                 "%s/LastValueQuant/FakeQuantWithMinMaxVars%s", call->path,
                                 n_scales > 0 ? "PerChannel" : ""));
    return octet_value_set_trained(call->ctx, call->graph, (uint32_t)(value - call->graph->values), (uint32_t)n, own,
                                   raw);
}

static octet_status round_layer(octet_keras_call *call, const char *what, uint32_t first_operator) {
    const float *min = NULL, *max = NULL;
    int32_t n = 0;
    double *scales = NULL;
    OCTET_TRY(octet_keras_trained_range(call, what, &n, &min, &max));
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, (size_t)n + 1, &scales));
    for (int32_t c = 0; c < n || c == 0; c++) {
        if (min[c] != -max[c])
            return octet_keras_refuse(call,
                                      "%s ranges from %g to %g; only weights with the same range on both sides of "
                                      "0 are supported",
                                      what, (double)min[c], (double)max[c]);
        scales[c] = ((double)max[c] - (double)min[c]) / 254.0;
    }
    size_t first = 0;
    for (uint32_t k = first_operator; k < call->graph->n_operators; k++) {
        const octet_operator *op = &call->graph->operators[k];
        const int32_t axis = weights_axis(op->code);
        octet_value *value = axis < 0 ? NULL : octet_graph_input(call->graph, op, 1);
        if (value == NULL || !octet_value_is_constant(value) || value->type != OCTET_FLOAT32) continue;
        if (value->trained.n > 0)
            return octet_keras_refuse(call, "two of its weights are rounded; only one is supported");
        OCTET_TRY(round_weights(call, value, axis, first, (size_t)n, scales));
        first += (size_t)value->shape.dims[axis];
    }
    if (first == 0)
        return octet_keras_refuse(call, "%s is rounded, but is not the weights of a convolution or dense layer", what);
    return OCTET_OK;
}

octet_status octet_keras_layer_quantize_wrapper(octet_keras_call *call) {
    const octet_keras_trained_plan p = octet_keras_trained_plan_of(call->layer);
    if (p.refusal != NULL) return octet_keras_refuse(call, "%s", p.refusal);
    const uint32_t first = call->graph->n_operators;
    OCTET_TRY(octet_keras_layer_wrapper(call));
    for (size_t i = 0; i < p.n_weights; i++) OCTET_TRY(round_layer(call, p.weights[i], first));
    if (!p.output) return OCTET_OK;
    if (call->n_outputs != 1)
        return octet_keras_refuse(call, "rounds a layer with %u outputs", (unsigned)call->n_outputs);
    return octet_keras_trained_round(call, "output", call->outputs[0], &call->outputs[0]);
}
