/* Layers around a layer: Bidirectional, TimeDistributed, and those that act in training only. */
#include <string.h>

#include "import/keras/emit/mask.h"
#include "import/keras/layers/classes.h"
#include "import/keras/layers/recurrence.h"
#include "import/keras/stored.h"

static octet_status merge(octet_keras_call *call, const char *mode, uint32_t forward, uint32_t backward) {
    uint32_t pair[2] = {forward, backward}, x;
    if (strcmp(mode, "concat") == 0) {
        OCTET_TRY(octet_keras_concatenate(call, "concat", pair, 2, octet_keras_shape(call, forward)->rank - 1, &x));
    } else if (strcmp(mode, "mul") == 0) {
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul", forward, backward, &x));
    } else if (strcmp(mode, "sum") == 0 || strcmp(mode, "ave") == 0) {
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_ADD, "add", forward, backward, &x));
        if (strcmp(mode, "ave") == 0) OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MUL, "truediv", x, 0.5f, &x));
    } else {
        return octet_keras_refuse(call, "merge_mode \"%s\" is not supported: concat, sum, mul, ave are", mode);
    }
    return octet_keras_return(call, x);
}

static bool is_recurrent(const octet_keras_layer *layer) { return layer->class != NULL && layer->class->is_recurrent; }

octet_status octet_keras_layer_bidirectional(octet_keras_call *call) {
    if (call->layer->n_wrapped != 2) return octet_keras_contradict(call, "has no layer");
    const octet_keras_layer *forward = &call->layer->wrapped[0], *given = &call->layer->wrapped[1];
    const char *mode = NULL;
    if (!is_recurrent(forward) || !is_recurrent(given))
        return octet_keras_refuse(call, "a Bidirectional %s is not supported: recurrent layers are",
                                  forward->class_name);
    const bool is_whole = octet_json_is_true(octet_json_get(forward->config, "return_sequences"));
    const bool time_major = octet_json_is_true(octet_json_get(forward->config, "time_major"));
    OCTET_TRY(octet_keras_string(call, "merge_mode", "concat", &mode));
    uint32_t n_states = call->n_inputs - 1;
    if (call->n_inputs < 1 || n_states % 2 != 0)
        return octet_keras_contradict(call, "reads %u tensors", (unsigned)call->n_inputs);
    n_states /= 2;
    /* Of the configurations only go_backwards of the forward layer counts: the other one goes the other way. Where both
     * are written (Keras 3), the backward layer's own says so already and reverses its input itself. */
    const bool is_written =
        octet_json_kind_of(octet_json_get(call->layer->config, "backward_layer")) == OCTET_JSON_OBJECT;
    uint32_t inputs[8], outputs[2][OCTET_KERAS_MAX_OUTPUTS], n_outputs[2] = {0, 0};
    if (n_states > 4) return octet_keras_contradict(call, "reads %u tensors", (unsigned)call->n_inputs);
    const bool turn = !is_written && !octet_json_is_true(octet_json_get(forward->config, "go_backwards"));
    if (!is_written && !turn)
        return octet_keras_refuse(call, "around a layer with go_backwards is not supported; swap the directions");
    /* The backward one first, as TensorFlow's converter orders them. */
    const uint32_t mask = octet_keras_recurrence_mask(call);
    uint32_t turned_mask = mask;
    inputs[0] = call->inputs[0];
    if (turn) OCTET_TRY(octet_keras_reverse_steps(call, time_major, inputs[0], &inputs[0]));
    if (turn && mask != OCTET_NONE) OCTET_TRY(octet_keras_reverse_steps(call, time_major, mask, &turned_mask));
    memcpy(inputs + 1, call->inputs + 1 + n_states, n_states * sizeof *inputs);
    call->zero_masked = true;
    OCTET_TRY(octet_keras_call_layer(call, given, inputs, 1 + n_states, turned_mask, outputs[1], &n_outputs[1]));
    memcpy(inputs, call->inputs, (1 + n_states) * sizeof *inputs);
    OCTET_TRY(octet_keras_call_layer(call, forward, inputs, 1 + n_states, mask, outputs[0], &n_outputs[0]));
    if (is_whole) OCTET_TRY(octet_keras_reverse_steps(call, time_major, outputs[1][0], &outputs[1][0]));
    if (octet_json_kind_of(octet_json_get(call->layer->config, "merge_mode")) == OCTET_JSON_NULL) {
        call->outputs[0] = outputs[0][0];
        call->outputs[1] = outputs[1][0];
        call->n_outputs = 2;
    } else {
        OCTET_TRY(merge(call, mode, outputs[0][0], outputs[1][0]));
    }
    if (is_whole) {
        for (uint32_t i = 0; i < call->n_outputs; i++)
            OCTET_TRY(octet_keras_mask_set(call, call->outputs[i], octet_keras_mask(call)));
    }
    for (size_t i = 0; i < 2; i++) {
        for (uint32_t j = 1; j < n_outputs[i]; j++) call->outputs[call->n_outputs++] = outputs[i][j];
    }
    return OCTET_OK;
}

/* The steps are put where the batch is: [1,T,..] -> [T,..], the layer, [T,..] -> [1,T,..]. */
octet_status octet_keras_layer_time_distributed(octet_keras_call *call) {
    uint32_t x, outputs[OCTET_KERAS_MAX_OUTPUTS], n = 0;
    if (call->layer->n_wrapped == 0) return octet_keras_contradict(call, "has no layer");
    const octet_keras_layer *inner = call->layer->wrapped;
    OCTET_TRY(octet_keras_single(call, 3, OCTET_MAX_RANK, &x));
    if (inner->class != NULL && inner->class->is_stepless) {
        OCTET_TRY(octet_keras_call_layer(call, inner, &x, 1, OCTET_NONE, outputs, &n));
        return octet_keras_return(call, outputs[0]);
    }
    const octet_shape shape = *octet_keras_shape(call, x);
    int32_t dims[OCTET_MAX_RANK];
    dims[0] = octet_shape_product(&shape, 0, 2);
    for (int32_t i = 2; i < shape.rank; i++) dims[i - 1] = shape.dims[i];
    OCTET_TRY(octet_keras_reshape(call, "Reshape", x, shape.rank - 1, dims, &x));
    OCTET_TRY(octet_keras_call_layer(call, inner, &x, 1, OCTET_NONE, outputs, &n));
    if (n != 1) return octet_keras_refuse(call, "around a layer with %u outputs is not supported", (unsigned)n);
    const octet_shape out = *octet_keras_shape(call, outputs[0]);
    if (out.rank >= OCTET_MAX_RANK || out.rank < 1 || out.dims[0] != dims[0])
        return octet_keras_refuse(call, "around a layer that changes the number of samples is not supported");
    dims[0] = shape.dims[0];
    dims[1] = shape.dims[1];
    for (int32_t i = 1; i < out.rank; i++) dims[i + 1] = out.dims[i];
    OCTET_TRY(octet_keras_reshape(call, "Reshape_1", outputs[0], out.rank + 1, dims, &x));
    return octet_keras_return(call, x);
}

octet_status octet_keras_weights_spectral_normalization(octet_context *ctx, octet_arena *arena,
                                                        octet_keras_layer *layer) {
    (void)ctx, (void)arena;
    octet_keras_weights_add(layer, "vector_u", "vars/1", false);
    layer->weights[0].is_optional = true;
    return OCTET_OK;
}

/* tfmot multiplies a weight by its mask in every call, also at inference. Room for four pruned weights in a .keras. */
octet_status octet_keras_weights_pruned(octet_context *ctx, octet_arena *arena, octet_keras_layer *layer) {
    octet_keras_weights_add(layer, OCTET_KERAS_STORED_MASK, "mask", false);
    for (int i = 0; i < 13; i++) {
        const char *name = NULL, *path = NULL;
        OCTET_TRY(octet_arena_format(ctx, arena, &name, OCTET_KERAS_STORED_VARIABLE "%d", i));
        OCTET_TRY(octet_arena_format(ctx, arena, &path, "vars/%d", i));
        octet_keras_weights_add(layer, name, path, false);
    }
    for (uint32_t i = 0; i < layer->n_weights; i++) layer->weights[i].is_optional = true;
    return OCTET_OK;
}

/* Centroids for each weight of the layer inside, of which tfmot clusters some. */
octet_status octet_keras_weights_clustered(octet_context *ctx, octet_arena *arena, octet_keras_layer *layer) {
    const octet_keras_layer *inner = layer->wrapped;
    for (uint32_t i = 0; layer->n_wrapped > 0 && i < inner->n_weights; i++) {
        const char *name = NULL;
        OCTET_TRY(octet_arena_format(ctx, arena, &name, OCTET_KERAS_STORED_CENTROIDS "%s", inner->weights[i].name));
        octet_keras_weights_add(layer, name, OCTET_KERAS_STORED_CENTROIDS, true);
        layer->weights[i].is_optional = true;
    }
    return OCTET_OK;
}

octet_status octet_keras_layer_wrapper(octet_keras_call *call) {
    if (call->layer->n_wrapped == 0) return octet_keras_contradict(call, "has no layer");
    return octet_keras_call_layer(call, call->layer->wrapped, call->inputs, call->n_inputs, octet_keras_mask(call),
                                  call->outputs, &call->n_outputs);
}
