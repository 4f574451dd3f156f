#include "import/keras/layers/recurrent.h"

#include <string.h>

#include "import/keras/emit/activation.h"
#include "import/keras/emit/mask.h"
#include "import/keras/emit/weight.h"
#include "import/keras/layers/classes.h"

enum { MAX_STEPS = OCTET_MAX_OPERATOR_INPUTS }; /* UNPACK gives a result for each */

static octet_status add_weights(octet_keras_layer *layer, const char *kernel, const char *recurrent_kernel,
                                const char *bias) {
    octet_keras_weights_add(layer, "kernel", kernel, true);
    octet_keras_weights_add(layer, "recurrent_kernel", recurrent_kernel, true);
    const octet_json *use_bias = octet_json_get(layer->config, "use_bias");
    if (octet_json_kind_of(use_bias) != OCTET_JSON_BOOL || octet_json_is_true(use_bias))
        octet_keras_weights_add(layer, "bias", bias, true);
    return OCTET_OK;
}

octet_status octet_keras_weights_recurrent(octet_context *ctx, octet_arena *arena, octet_keras_layer *layer) {
    (void)ctx, (void)arena;
    return add_weights(layer, "cell/vars/0", "cell/vars/1", "cell/vars/2");
}

octet_status octet_keras_weights_cell(octet_context *ctx, octet_arena *arena, octet_keras_layer *layer) {
    (void)ctx, (void)arena;
    return add_weights(layer, "vars/0", "vars/1", "vars/2");
}

octet_status octet_keras_recurrent_read(octet_keras_call *call, int32_t n_gates, octet_keras_recurrent *r) {
    const uint32_t n_states = call->layer->class->n_states;
    if (call->layer->class->is_cell && call->recurrence == NULL)
        return octet_keras_refuse(call, "a cell stands in an RNN layer only");
    *r = (octet_keras_recurrent){.n_gates = n_gates,
                                 .h = OCTET_NONE,
                                 .c = OCTET_NONE,
                                 .kernel = OCTET_NONE,
                                 .recurrent = OCTET_NONE,
                                 .bias = OCTET_NONE};
    r->mask = octet_keras_recurrence_mask(call);
    if (call->n_inputs != 1 && call->n_inputs != 1 + n_states) {
        return octet_keras_contradict(call, "reads %u tensors, it takes 1 or, with an initial state, %u",
                                      (unsigned)call->n_inputs, (unsigned)(1 + n_states));
    }
    const uint32_t n_inputs = call->n_inputs;
    call->n_inputs = 1;
    OCTET_TRY(octet_keras_single(call, 3, 3, &r->x));
    OCTET_TRY(octet_keras_sizes(call, "units", 1, 0, &r->units));
    OCTET_TRY(octet_keras_recurrence_of(call, &r->as));
    const octet_shape *shape = octet_keras_shape(call, r->x);
    r->n_steps = shape->dims[r->as.time_major ? 0 : 1];
    r->batch = shape->dims[r->as.time_major ? 1 : 0];
    r->n_features = shape->dims[2];
    if (r->as.time_major && call->graph->open_batch && r->n_steps == 1)
        return octet_keras_refuse(call, "is time-major, and the model leaves its steps open; build it with "
                                        "Input(batch_shape=(steps, batch, features)), and copy the weights with "
                                        "set_weights");
    if (n_inputs > 1) {
        const octet_shape state = {2, {r->batch, r->units}};
        char text[OCTET_SHAPE_TEXT_SIZE];
        for (uint32_t i = 1; i < n_inputs; i++) {
            if (!octet_shape_equal(octet_keras_shape(call, call->inputs[i]), &state)) {
                return octet_keras_contradict(call, "its initial state has shape %s",
                                              octet_shape_text(octet_keras_shape(call, call->inputs[i]), text));
            }
        }
        r->h = call->inputs[1];
        if (n_states == 2) r->c = call->inputs[2];
    }
    if (r->as.go_backwards) OCTET_TRY(octet_keras_reverse_steps(call, r->as.time_major, r->x, &r->x));
    if (r->as.go_backwards && r->mask != OCTET_NONE)
        OCTET_TRY(octet_keras_reverse_steps(call, r->as.time_major, r->mask, &r->mask));
    return OCTET_OK;
}

/* CuDNNLSTM and CuDNNGRU keep each gate's block as the library reads it: transposed, and that of the inputs filled in
 * row by row. */
octet_status octet_keras_recurrent_kernel(octet_keras_call *call, const octet_keras_recurrent *r, const char *name,
                                          int32_t rows, const float **out) {
    int32_t dims[2] = {rows, r->n_gates * r->units};
    OCTET_TRY(octet_keras_weight_data(call, name, 2, dims, out));
    if (!call->layer->class->is_cudnn) return OCTET_OK;
    const size_t n = (size_t)rows, units = (size_t)r->units, width = (size_t)dims[1];
    const bool of_inputs = strcmp(name, "kernel") == 0;
    float *plain = NULL;
    OCTET_TRY(OCTET_NEW(call->ctx, &call->weights, n * width, &plain));
    for (size_t at = 0; at < n * width; at++) {
        const size_t row = at / width, block = at % width / units * units, unit = at % units;
        const size_t flat = of_inputs ? unit * n + row : row + unit * units;
        plain[at] = (*out)[flat / units * width + block + flat % units];
    }
    *out = plain;
    return OCTET_OK;
}

octet_status octet_keras_recurrent_load(octet_keras_call *call, octet_keras_recurrent *r) {
    int32_t dims[2] = {r->n_features, r->n_gates * r->units};
    const float *data = NULL;
    static const int32_t perm[2] = {1, 0};
    OCTET_TRY(octet_keras_recurrent_kernel(call, r, "kernel", dims[0], &data));
    OCTET_TRY(octet_keras_constant_permuted(call, "kernel", octet_keras_weight_origin(call, "kernel"), 2, dims, perm,
                                            data, 2, (const int32_t[]){dims[1], dims[0]}, &r->kernel));
    dims[0] = r->units;
    OCTET_TRY(octet_keras_recurrent_kernel(call, r, "recurrent_kernel", dims[0], &data));
    return octet_keras_constant_permuted(call, "recurrent_kernel", octet_keras_weight_origin(call, "recurrent_kernel"),
                                         2, dims, perm, data, 2, (const int32_t[]){dims[1], dims[0]}, &r->recurrent);
}

octet_status octet_keras_recurrent_unpack(octet_keras_call *call, const octet_keras_recurrent *r, uint32_t x,
                                          uint32_t **steps) {
    const int32_t n = r->n_steps;
    if (n > MAX_STEPS)
        return octet_keras_refuse(
            call, "%d steps would be unrolled into operators, at most %d are; shorten the sequence", n, MAX_STEPS);
    if (!r->as.time_major) OCTET_TRY(octet_keras_transpose(call, "transpose", x, (const int32_t[]){1, 0, 2}, &x));
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, (size_t)n, steps));
    const octet_options options = {.pack = {0, n}};
    const char *name = NULL;
    OCTET_TRY(octet_arena_format(call->ctx, call->arena, &name, "%s/unstack", call->path));
    return octet_graph_emit(call->ctx, call->graph, OCTET_OP_UNPACK, call->layer->name, name, &x, 1, &options, *steps,
                            (uint32_t)n);
}

octet_status octet_keras_recurrent_unpack_mask(octet_keras_call *call, octet_keras_recurrent *r) {
    if (r->mask == OCTET_NONE) return OCTET_OK;
    const octet_shape shape = *octet_keras_shape(call, r->mask);
    OCTET_CHECK(call->ctx, shape.rank == 2 && shape.dims[r->as.time_major ? 0 : 1] == r->n_steps, OCTET_MODEL,
                "%s: layer %s: its mask has not its %d steps", call->label, call->layer->name, r->n_steps);
    uint32_t mask;
    OCTET_TRY(octet_keras_reshape(call, "mask", r->mask, 3, (const int32_t[]){shape.dims[0], shape.dims[1], 1}, &mask));
    OCTET_TRY(octet_keras_recurrent_unpack(call, r, mask, &r->step_masks));
    const int32_t dims[2] = {r->batch, r->units};
    float *zeros = NULL;
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, (size_t)dims[0] * (size_t)dims[1], &zeros));
    return octet_keras_constant(call, "zeros", NULL, 2, dims, zeros, &r->zeros);
}

octet_status octet_keras_recurrent_choose(octet_keras_call *call, const octet_keras_recurrent *r, int32_t step,
                                          uint32_t now, uint32_t before, uint32_t *out) {
    const uint32_t inputs[3] = {r->step_masks[step], now, before == OCTET_NONE ? r->zeros : before};
    return octet_keras_emit(call, OCTET_OP_SELECT_V2, "SelectV2", inputs, 3, NULL, out);
}

octet_status octet_keras_recurrent_end_step(octet_keras_call *call, const octet_keras_recurrent *r, int32_t step,
                                            uint32_t before, uint32_t *h, uint32_t *steps) {
    const uint32_t now = *h;
    if (r->mask == OCTET_NONE) {
        steps[step] = now;
        return OCTET_OK;
    }
    OCTET_TRY(octet_keras_recurrent_choose(call, r, step, now, before, h));
    steps[step] = *h;
    if (r->as.zero_masked) return octet_keras_recurrent_choose(call, r, step, now, OCTET_NONE, &steps[step]);
    /* A masked step repeats the last result, and before the first that is zeros, whatever the initial state. */
    return r->h == OCTET_NONE ? OCTET_OK
                              : octet_keras_recurrent_choose(call, r, step, now,
                                                             step == 0 ? OCTET_NONE : steps[step - 1], &steps[step]);
}

octet_status octet_keras_recurrent_return(octet_keras_call *call, const octet_keras_recurrent *r, const uint32_t *steps,
                                          uint32_t h, uint32_t c) {
    uint32_t out = steps[r->n_steps - 1];
    if (r->as.return_sequences) {
        const octet_options options = {.pack = {0, r->n_steps}};
        OCTET_TRY(octet_keras_emit(call, OCTET_OP_PACK, "stack", steps, (uint32_t)r->n_steps, &options, &out));
        if (!r->as.time_major)
            OCTET_TRY(octet_keras_transpose(call, "transpose_1", out, (const int32_t[]){1, 0, 2}, &out));
        OCTET_TRY(octet_keras_mask_set(call, out, octet_keras_mask(call)));
    }
    call->outputs[0] = out;
    call->n_outputs = 1;
    if (!r->as.return_state) return OCTET_OK;
    call->outputs[call->n_outputs++] = h;
    if (c != OCTET_NONE) call->outputs[call->n_outputs++] = c;
    return OCTET_OK;
}

octet_status octet_keras_recurrent_split(octet_keras_call *call, uint32_t axis, uint32_t x, int32_t n, uint32_t *out) {
    const uint32_t inputs[2] = {axis, x};
    const octet_options options = {.split = {n}};
    const char *name = NULL;
    OCTET_TRY(octet_arena_format(call->ctx, call->arena, &name, "%s/split", call->path));
    return octet_graph_emit(call->ctx, call->graph, OCTET_OP_SPLIT, call->layer->name, name, inputs, 2, &options, out,
                            (uint32_t)n);
}

octet_status octet_keras_recurrent_gate(octet_keras_call *call, uint32_t x, uint32_t *out) {
    return octet_keras_activate(call, "recurrent_activation", "sigmoid", x, out);
}

octet_status octet_keras_recurrent_squash(octet_keras_call *call, uint32_t x, uint32_t *out) {
    return octet_keras_activate(call, "activation", "tanh", x, out);
}
