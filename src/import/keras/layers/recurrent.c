/* LSTM, GRU, SimpleRNN and their cells. An LSTM in its usual form becomes the fused operator that TensorFlow writes for
 * Keras 2 with a static batch; everything else is unrolled into operators, step by step, as TensorFlow does for
 * unroll=True. The first step starts from zeros, so its terms with the state are left out. Where a step is masked,
 * SELECT_V2 keeps what was before. */
#include "import/keras/layers/recurrent.h"
#include "import/keras/emit/activation.h"

#include <stdio.h>
#include <string.h>

#include "import/keras/emit/mask.h"
#include "import/keras/emit/slice.h"
#include "import/keras/layers/classes.h"

enum { MAX_STEPS = 2048 };

typedef struct recurrent {
    int32_t units, n_gates, n_features, n_steps;
    uint32_t x;    /* [batch,steps,features], in the order of the steps */
    uint32_t h, c; /* initial state; OCTET_NONE: zeros */
    octet_keras_recurrence as;
    uint32_t mask, zeros; /* [batch,steps] in the order of the steps, [batch,units]; OCTET_NONE: no mask */
    uint32_t *step_masks; /* by step: [batch,1] */
    uint32_t kernel, recurrent,
        bias; /* [gates * units, features], [gates * units, units], [gates * units] or OCTET_NONE */
} recurrent;

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

static octet_status read_recurrent(octet_keras_call *call, int32_t n_gates, recurrent *r) {
    const uint32_t n_states = call->layer->class->n_states;
    if (call->layer->class->is_cell && call->recurrence == NULL)
        return octet_keras_refuse(call, "a cell stands in an RNN layer only");
    *r = (recurrent){.n_gates = n_gates,
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
    r->n_steps = shape->dims[1];
    r->n_features = shape->dims[2];
    if (n_inputs > 1) {
        const octet_shape state = {2, {shape->dims[0], r->units}};
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
    if (r->as.go_backwards) OCTET_TRY(octet_keras_reverse_steps(call, r->x, &r->x));
    if (r->as.go_backwards && r->mask != OCTET_NONE) OCTET_TRY(octet_keras_reverse_steps(call, r->mask, &r->mask));
    return OCTET_OK;
}

/* CuDNNLSTM and CuDNNGRU keep each gate's block as the library reads it: transposed, and that of the inputs filled in
 * row by row. */
static bool is_cudnn(const octet_keras_call *call) { return call->layer->class->is_cudnn; }

/* Kernel `name` [rows, gates * units] as the other layers have it. */
static octet_status kernel_data(octet_keras_call *call, const recurrent *r, const char *name, int32_t rows,
                                const float **out) {
    int32_t dims[2] = {rows, r->n_gates * r->units};
    OCTET_TRY(octet_keras_weight_data(call, name, 2, dims, out));
    if (!is_cudnn(call)) return OCTET_OK;
    const size_t n = (size_t)rows, units = (size_t)r->units, width = (size_t)dims[1];
    const bool of_inputs = strcmp(name, "kernel") == 0;
    float *plain = NULL;
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, n * width, &plain));
    for (size_t at = 0; at < n * width; at++) {
        const size_t row = at / width, block = at % width / units * units, unit = at % units;
        const size_t flat = of_inputs ? unit * n + row : row + unit * units;
        plain[at] = (*out)[flat / units * width + block + flat % units];
    }
    *out = plain;
    return OCTET_OK;
}

/* The bias [gates * units] of an LSTM; NULL: it has none. CuDNNLSTM has one of the inputs and one of the state. */
static octet_status lstm_bias(octet_keras_call *call, const recurrent *r, const float **out) {
    int32_t n = r->n_gates * r->units * (is_cudnn(call) ? 2 : 1);
    *out = NULL;
    if (!octet_keras_has_weight(call, "bias")) return OCTET_OK;
    OCTET_TRY(octet_keras_weight_data(call, "bias", 1, &n, out));
    if (!is_cudnn(call)) return OCTET_OK;
    float *sum = NULL;
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, (size_t)(n / 2), &sum));
    for (int32_t i = 0; i < n / 2; i++) sum[i] = (*out)[i] + (*out)[n / 2 + i];
    *out = sum;
    return OCTET_OK;
}

/* Kernels transposed to [gates * units, in]. */
static octet_status load_kernels(octet_keras_call *call, recurrent *r) {
    int32_t dims[2] = {r->n_features, r->n_gates * r->units};
    const float *data = NULL;
    static const int32_t perm[2] = {1, 0};
    OCTET_TRY(kernel_data(call, r, "kernel", dims[0], &data));
    OCTET_TRY(octet_keras_constant_permuted(call, "kernel", octet_keras_weight_origin(call, "kernel"), 2, dims, perm,
                                            data, 2, (const int32_t[]){dims[1], dims[0]}, &r->kernel));
    dims[0] = r->units;
    OCTET_TRY(kernel_data(call, r, "recurrent_kernel", dims[0], &data));
    return octet_keras_constant_permuted(call, "recurrent_kernel", octet_keras_weight_origin(call, "recurrent_kernel"),
                                         2, dims, perm, data, 2, (const int32_t[]){dims[1], dims[0]}, &r->recurrent);
}

/* [batch,steps,n] -> a value [batch,n] per step. */
static octet_status unpack_steps(octet_keras_call *call, uint32_t x, uint32_t **steps) {
    const int32_t n = octet_keras_shape(call, x)->dims[1];
    if (n > MAX_STEPS)
        return octet_keras_refuse(
            call, "%d steps would be unrolled into operators, at most %d are; shorten the sequence", n, MAX_STEPS);
    OCTET_TRY(octet_keras_transpose(call, "transpose", x, (const int32_t[]){1, 0, 2}, &x));
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, (size_t)n, steps));
    const octet_options options = {.pack = {0, n}};
    const char *name = NULL;
    OCTET_TRY(octet_arena_format(call->ctx, call->arena, &name, "%s/unstack", call->path));
    return octet_graph_emit(call->ctx, call->graph, OCTET_OP_UNPACK, call->layer->name, name, &x, 1, &options, *steps,
                            (uint32_t)n);
}

/* The mask as a value [batch,1] per step, and the zeros that stand for what was before the first. */
static octet_status unpack_mask(octet_keras_call *call, recurrent *r) {
    if (r->mask == OCTET_NONE) return OCTET_OK;
    const octet_shape shape = *octet_keras_shape(call, r->mask);
    OCTET_CHECK(call->ctx, shape.rank == 2 && shape.dims[1] == r->n_steps, OCTET_MODEL,
                "%s: layer %s: its mask has not its %d steps", call->label, call->layer->name, r->n_steps);
    uint32_t mask;
    OCTET_TRY(octet_keras_reshape(call, "mask", r->mask, 3, (const int32_t[]){shape.dims[0], shape.dims[1], 1}, &mask));
    OCTET_TRY(unpack_steps(call, mask, &r->step_masks));
    const int32_t dims[2] = {shape.dims[0], r->units};
    float *zeros = NULL;
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, (size_t)dims[0] * (size_t)dims[1], &zeros));
    return octet_keras_constant(call, "zeros", NULL, 2, dims, zeros, &r->zeros);
}

/* `now` where the mask of the step is set, else `before`. */
static octet_status choose(octet_keras_call *call, const recurrent *r, int32_t step, uint32_t now, uint32_t before,
                           uint32_t *out) {
    const uint32_t inputs[3] = {r->step_masks[step], now, before == OCTET_NONE ? r->zeros : before};
    return octet_keras_emit(call, OCTET_OP_SELECT_V2, "SelectV2", inputs, 3, NULL, out);
}

/* After a step has made *h of `before`: its state, and its result in steps[step]. */
static octet_status end_step(octet_keras_call *call, const recurrent *r, int32_t step, uint32_t before, uint32_t *h,
                             uint32_t *steps) {
    const uint32_t now = *h;
    if (r->mask == OCTET_NONE) {
        steps[step] = now;
        return OCTET_OK;
    }
    OCTET_TRY(choose(call, r, step, now, before, h));
    steps[step] = *h;
    if (r->as.zero_masked) return choose(call, r, step, now, OCTET_NONE, &steps[step]);
    /* A masked step repeats the last result, and before the first that is zeros, whatever the initial state. */
    return r->h == OCTET_NONE ? OCTET_OK
                              : choose(call, r, step, now, step == 0 ? OCTET_NONE : steps[step - 1], &steps[step]);
}

/* The results of all steps, and the last state -> the layer's outputs. */
static octet_status return_steps(octet_keras_call *call, const recurrent *r, const uint32_t *steps, uint32_t h,
                                 uint32_t c) {
    uint32_t out = steps[r->n_steps - 1];
    if (r->as.return_sequences) {
        const octet_options options = {.pack = {0, r->n_steps}};
        OCTET_TRY(octet_keras_emit(call, OCTET_OP_PACK, "stack", steps, (uint32_t)r->n_steps, &options, &out));
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

static octet_status split(octet_keras_call *call, uint32_t axis, uint32_t x, int32_t n, uint32_t *out) {
    const uint32_t inputs[2] = {axis, x};
    const octet_options options = {.split = {n}};
    const char *name = NULL;
    OCTET_TRY(octet_arena_format(call->ctx, call->arena, &name, "%s/split", call->path));
    return octet_graph_emit(call->ctx, call->graph, OCTET_OP_SPLIT, call->layer->name, name, inputs, 2, &options, out,
                            (uint32_t)n);
}

static octet_status gate(octet_keras_call *call, uint32_t x, uint32_t *out) {
    return octet_keras_activate(call, "recurrent_activation", "sigmoid", x, out);
}

static octet_status squash(octet_keras_call *call, uint32_t x, uint32_t *out) {
    return octet_keras_activate(call, "activation", "tanh", x, out);
}

static octet_status add_bias(octet_keras_call *call, const recurrent *r, uint32_t x, uint32_t *out) {
    *out = x;
    return r->bias == OCTET_NONE ? OCTET_OK : octet_keras_binary(call, OCTET_OP_ADD, "BiasAdd", x, r->bias, out);
}

/* LSTM. */

static octet_status lstm_is_fused(octet_keras_call *call, const recurrent *r, bool *out) {
    const char *activation = NULL, *recurrent_activation = NULL;
    *out = false;
    if (octet_json_kind_of(octet_json_get(call->layer->config, "activation")) == OCTET_JSON_OBJECT) return OCTET_OK;
    if (octet_json_kind_of(octet_json_get(call->layer->config, "recurrent_activation")) == OCTET_JSON_OBJECT)
        return OCTET_OK;
    OCTET_TRY(octet_keras_string(call, "activation", "tanh", &activation));
    OCTET_TRY(octet_keras_string(call, "recurrent_activation", "sigmoid", &recurrent_activation));
    *out = strcmp(activation, "tanh") == 0 && strcmp(recurrent_activation, "sigmoid") == 0 && !r->as.unroll &&
           !r->as.return_state && r->h == OCTET_NONE && r->mask == OCTET_NONE;
    return OCTET_OK;
}

static octet_status add_state(octet_keras_call *call, const char *name, int32_t batch, int32_t units, uint32_t *out) {
    const octet_shape shape = {2, {batch, units}};
    const char *full = NULL;
    OCTET_TRY(octet_arena_format(call->ctx, call->arena, &full, "%s/%s", call->path, name));
    OCTET_TRY(octet_graph_add_value(call->ctx, call->graph, full, OCTET_FLOAT32, &shape, out));
    call->graph->values[*out].is_variable = true;
    return OCTET_OK;
}

/* One gate's columns [rows, gates * units] -> [units, rows]. */
static octet_status gate_kernel(octet_keras_call *call, const char *weight, const float *data, int32_t rows,
                                int32_t units, int32_t index, uint32_t *out) {
    float *block = NULL;
    const size_t n = (size_t)units, width = 4 * n;
    OCTET_TRY(octet_memory_allocate(call->ctx, (size_t)rows * n * sizeof *block, (void **)&block));
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < (size_t)rows; j++) block[i * (size_t)rows + j] = data[j * width + (size_t)index * n + i];
    }
    char name[48];
    snprintf(name, sizeof name, "%s_%d", weight, index);
    const octet_status status = octet_keras_constant(call, name, octet_keras_weight_origin(call, weight), 2,
                                                     (const int32_t[]){units, rows}, block, out);
    octet_memory_free(call->ctx, block);
    return status;
}

static octet_status emit_fused(octet_keras_call *call, const recurrent *r) {
    uint32_t inputs[OCTET_LSTM_N_OPERANDS];
    for (size_t i = 0; i < OCTET_LSTM_N_OPERANDS; i++) inputs[i] = OCTET_NONE;
    inputs[OCTET_LSTM_INPUT] = r->x;
    const float *data = NULL;
    OCTET_TRY(kernel_data(call, r, "kernel", r->n_features, &data));
    for (int32_t i = 0; i < 4; i++)
        OCTET_TRY(gate_kernel(call, "kernel", data, r->n_features, r->units, i, &inputs[OCTET_LSTM_INPUT_WEIGHTS + i]));
    OCTET_TRY(kernel_data(call, r, "recurrent_kernel", r->units, &data));
    for (int32_t i = 0; i < 4; i++)
        OCTET_TRY(
            gate_kernel(call, "recurrent_kernel", data, r->units, r->units, i, &inputs[OCTET_LSTM_STATE_WEIGHTS + i]));
    const char *origin = octet_keras_weight_origin(call, "bias");
    OCTET_TRY(lstm_bias(call, r, &data));
    if (data == NULL) {
        float *zeros = NULL;
        OCTET_TRY(OCTET_NEW(call->ctx, call->arena, 4 * (size_t)r->units, &zeros));
        data = zeros;
    }
    for (int32_t i = 0; i < 4; i++) {
        char name[32];
        snprintf(name, sizeof name, "bias_%d", i);
        OCTET_TRY(octet_keras_constant(call, name, origin, 1, &r->units, data + (size_t)i * (size_t)r->units,
                                       &inputs[OCTET_LSTM_BIASES + i]));
    }
    const int32_t batch = octet_keras_shape(call, r->x)->dims[0];
    OCTET_TRY(add_state(call, "output_state", batch, r->units, &inputs[OCTET_LSTM_STATE]));
    OCTET_TRY(add_state(call, "cell_state", batch, r->units, &inputs[OCTET_LSTM_CELL_STATE]));
    const octet_options options = {.lstm = {.activation = OCTET_ACTIVATION_TANH, .cell_clip = 10.0f}};
    uint32_t y;
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_UNIDIRECTIONAL_SEQUENCE_LSTM, "lstm", inputs, OCTET_LSTM_N_OPERANDS,
                               &options, &y));
    if (r->as.return_sequences) return octet_keras_return(call, y);
    const octet_options last = {.strided_slice = {.begin_mask = 5, .end_mask = 5, .shrink_axis_mask = 2}};
    OCTET_TRY(octet_keras_strided_slice(call, y, 3, (const int32_t[]){0, -1, 0}, (const int32_t[]){0, 0, 0},
                                        (const int32_t[]){1, 1, 1}, &last, &y));
    return octet_keras_return(call, y);
}

/* Gates in the order i, f, c, o. */
static octet_status lstm_step(octet_keras_call *call, const recurrent *r, uint32_t axis, uint32_t x, uint32_t *h,
                              uint32_t *c) {
    uint32_t z, gates[4], forget, output, candidate, input;
    if (*h == OCTET_NONE) {
        OCTET_TRY(octet_keras_fully_connected(call, "lstm_cell/MatMul", x, r->kernel, r->bias, &z));
    } else {
        uint32_t inner;
        OCTET_TRY(octet_keras_fully_connected(call, "lstm_cell/MatMul_1", *h, r->recurrent, OCTET_NONE, &inner));
        /* Keras 3 with one sample drops the batch here, as the converter's files do. */
        if (call->keras_version >= 3 && octet_keras_shape(call, inner)->dims[0] == 1) {
            OCTET_TRY(
                octet_keras_reshape(call, "lstm_cell/Reshape", inner, 1, (const int32_t[]){4 * r->units}, &inner));
        }
        OCTET_TRY(octet_keras_fully_connected(call, "lstm_cell/MatMul", x, r->kernel, OCTET_NONE, &z));
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_ADD, "lstm_cell/add", z, inner, &z));
        OCTET_TRY(add_bias(call, r, z, &z));
    }
    OCTET_TRY(split(call, axis, z, 4, gates));
    OCTET_TRY(gate(call, gates[0], &input));
    if (*c != OCTET_NONE) {
        OCTET_TRY(gate(call, gates[1], &forget));
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "lstm_cell/mul", forget, *c, &forget));
    }
    OCTET_TRY(gate(call, gates[3], &output));
    OCTET_TRY(squash(call, gates[2], &candidate));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "lstm_cell/mul_1", input, candidate, &candidate));
    if (*c != OCTET_NONE)
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_ADD, "lstm_cell/add_1", forget, candidate, &candidate));
    *c = candidate;
    OCTET_TRY(squash(call, *c, &candidate));
    return octet_keras_binary(call, OCTET_OP_MUL, "lstm_cell/mul_2", output, candidate, h);
}

octet_status octet_keras_emit_lstm(octet_keras_call *call) {
    recurrent r;
    bool is_fused = false;
    OCTET_TRY(read_recurrent(call, 4, &r));
    OCTET_TRY(lstm_is_fused(call, &r, &is_fused));
    if (is_fused) return emit_fused(call, &r);
    OCTET_TRY(octet_keras_refuse_stateful(call, &r.as));
    OCTET_TRY(load_kernels(call, &r));
    const int32_t n = 4 * r.units;
    const float *data = NULL;
    OCTET_TRY(lstm_bias(call, &r, &data));
    if (data != NULL) {
        OCTET_TRY(octet_keras_constant(call, "bias", octet_keras_weight_origin(call, "bias"), 1, &n, data, &r.bias));
    }
    uint32_t *steps = NULL, axis, h = r.h, c = r.c;
    OCTET_TRY(unpack_steps(call, r.x, &steps));
    OCTET_TRY(unpack_mask(call, &r));
    OCTET_TRY(octet_keras_i32_scalar(call, "split/split_dim", 1, &axis));
    for (int32_t i = 0; i < r.n_steps; i++) {
        const uint32_t before_h = h, before_c = c;
        OCTET_TRY(lstm_step(call, &r, axis, steps[i], &h, &c));
        if (r.mask != OCTET_NONE) OCTET_TRY(choose(call, &r, i, c, before_c, &c));
        OCTET_TRY(end_step(call, &r, i, before_h, &h, steps));
    }
    return return_steps(call, &r, steps, h, c);
}

/* GRU and SimpleRNN: the products with the inputs of all steps are one FULLY_CONNECTED. */

static octet_status project_steps(octet_keras_call *call, const recurrent *r, uint32_t bias, uint32_t **steps) {
    uint32_t x;
    OCTET_TRY(octet_keras_fully_connected(call, "MatMul", r->x, r->kernel, bias, &x));
    return unpack_steps(call, x, steps);
}

typedef struct gru {
    recurrent base;
    bool reset_after;
    uint32_t inner_bias;              /* of h * recurrent (reset_after) */
    uint32_t update_reset, candidate; /* recurrent kernels of [z, r] and of h (not reset_after) */
    uint32_t inner_candidate;         /* bias of the candidate's recurrent part alone, for the first step */
    uint32_t first_bias;              /* of the inputs in the first step: with the recurrent biases of z and r */
    uint32_t axis;
} gru;

/* Rows [begin, end) of a [3 * units, units] constant as a constant of its own. */
static octet_status slice_rows(octet_keras_call *call, const char *name, uint32_t from, int32_t begin, int32_t end,
                               int32_t width, uint32_t *out) {
    const float *data = call->graph->values[from].data;
    return octet_keras_constant(call, name, call->graph->values[from].origin, 2, (const int32_t[]){end - begin, width},
                                data + (size_t)begin * (size_t)width, out);
}

static octet_status load_gru(octet_keras_call *call, gru *g) {
    recurrent *r = &g->base;
    const int32_t n = 3 * r->units;
    OCTET_TRY(octet_keras_bool(call, "reset_after", is_cudnn(call), &g->reset_after));
    OCTET_TRY(load_kernels(call, r));
    g->inner_bias = g->inner_candidate = g->first_bias = OCTET_NONE;
    OCTET_TRY(octet_keras_i32_scalar(call, "split/split_dim", 1, &g->axis));
    if (octet_keras_has_weight(call, "bias")) {
        int32_t dims[2] = {2, n}, both = 2 * n;
        const float *data = NULL;
        const char *origin = octet_keras_weight_origin(call, "bias");
        if (is_cudnn(call)) OCTET_TRY(octet_keras_weight_data(call, "bias", 1, &both, &data));
        else
            OCTET_TRY(
                octet_keras_weight_data(call, "bias", g->reset_after ? 2 : 1, g->reset_after ? dims : &dims[1], &data));
        OCTET_TRY(octet_keras_constant(call, "bias", origin, 1, &n, data, &r->bias));
        if (g->reset_after) {
            OCTET_TRY(octet_keras_constant(call, "recurrent_bias", origin, 1, &n, data + n, &g->inner_bias));
            OCTET_TRY(octet_keras_constant(call, "recurrent_bias_h", origin, 1, &r->units, data + n + 2 * r->units,
                                           &g->inner_candidate));
            float *sum = NULL;
            OCTET_TRY(OCTET_NEW(call->ctx, call->arena, (size_t)(2 * r->units), &sum));
            for (int32_t i = 0; i < 2 * r->units; i++) sum[i] = data[n + i];
            OCTET_TRY(octet_keras_constant(call, "recurrent_bias_zr", origin, 1, (const int32_t[]){2 * r->units}, sum,
                                           &g->first_bias));
        }
    }
    if (g->reset_after) return OCTET_OK;
    OCTET_TRY(slice_rows(call, "recurrent_kernel_zr", r->recurrent, 0, 2 * r->units, r->units, &g->update_reset));
    return slice_rows(call, "recurrent_kernel_h", r->recurrent, 2 * r->units, n, r->units, &g->candidate);
}

/* x: [z, r, h] of the inputs, biases included. With reset_after: h' = z * h + (1 - z) * act(x_h + r * (h U_h + b_h)).
 */
static octet_status gru_step(octet_keras_call *call, const gru *g, uint32_t x, uint32_t *h) {
    const int32_t units = g->base.units;
    uint32_t parts[3], inner[3] = {OCTET_NONE, OCTET_NONE, OCTET_NONE}, z, r = OCTET_NONE, candidate;
    OCTET_TRY(split(call, g->axis, x, 3, parts));
    if (*h != OCTET_NONE && g->reset_after) {
        uint32_t product;
        OCTET_TRY(octet_keras_fully_connected(call, "MatMul_1", *h, g->base.recurrent, g->inner_bias, &product));
        OCTET_TRY(split(call, g->axis, product, 3, inner));
    } else if (*h != OCTET_NONE) {
        uint32_t product;
        OCTET_TRY(octet_keras_fully_connected(call, "MatMul_1", *h, g->update_reset, OCTET_NONE, &product));
        OCTET_TRY(split(call, g->axis, product, 2, inner));
    } else if (g->first_bias != OCTET_NONE) { /* zeros times U plus the recurrent bias */
        const float *data = call->graph->values[g->first_bias].data;
        for (int32_t i = 0; i < 2; i++)
            OCTET_TRY(octet_keras_constant(call, i == 0 ? "recurrent_bias_z" : "recurrent_bias_r", NULL, 1, &units,
                                           data + i * units, &inner[i]));
        inner[2] = g->inner_candidate;
    }
    z = parts[0];
    if (inner[0] != OCTET_NONE) OCTET_TRY(octet_keras_binary(call, OCTET_OP_ADD, "add", z, inner[0], &z));
    OCTET_TRY(gate(call, z, &z));
    if (*h != OCTET_NONE || inner[2] != OCTET_NONE) {
        r = parts[1];
        if (inner[1] != OCTET_NONE) OCTET_TRY(octet_keras_binary(call, OCTET_OP_ADD, "add_1", r, inner[1], &r));
        OCTET_TRY(gate(call, r, &r));
    }
    candidate = parts[2];
    if (g->reset_after && inner[2] != OCTET_NONE) {
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul", r, inner[2], &r));
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_ADD, "add_2", candidate, r, &candidate));
    } else if (!g->reset_after && *h != OCTET_NONE) {
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul", r, *h, &r));
        OCTET_TRY(octet_keras_fully_connected(call, "MatMul_2", r, g->candidate, OCTET_NONE, &r));
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_ADD, "add_2", candidate, r, &candidate));
    }
    OCTET_TRY(squash(call, candidate, &candidate));
    uint32_t one, rest;
    OCTET_TRY(octet_keras_scalar(call, "sub/x", 1.0f, &one));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_SUB, "sub", one, z, &rest));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul_2", rest, candidate, &candidate));
    if (*h == OCTET_NONE) {
        *h = candidate;
        return OCTET_OK;
    }
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul_1", z, *h, &z));
    return octet_keras_binary(call, OCTET_OP_ADD, "add_3", z, candidate, h);
}

octet_status octet_keras_emit_gru(octet_keras_call *call) {
    gru g = {0};
    OCTET_TRY(read_recurrent(call, 3, &g.base));
    OCTET_TRY(octet_keras_refuse_stateful(call, &g.base.as));
    OCTET_TRY(load_gru(call, &g));
    uint32_t *steps = NULL, h = g.base.h;
    OCTET_TRY(project_steps(call, &g.base, g.base.bias, &steps));
    OCTET_TRY(unpack_mask(call, &g.base));
    for (int32_t i = 0; i < g.base.n_steps; i++) {
        const uint32_t before = h;
        OCTET_TRY(gru_step(call, &g, steps[i], &h));
        OCTET_TRY(end_step(call, &g.base, i, before, &h, steps));
    }
    return return_steps(call, &g.base, steps, h, OCTET_NONE);
}

octet_status octet_keras_emit_simple_rnn(octet_keras_call *call) {
    recurrent r;
    OCTET_TRY(read_recurrent(call, 1, &r));
    OCTET_TRY(octet_keras_refuse_stateful(call, &r.as));
    OCTET_TRY(load_kernels(call, &r));
    if (octet_keras_has_weight(call, "bias")) {
        const float *data = NULL;
        OCTET_TRY(octet_keras_weight_data(call, "bias", 1, &r.units, &data));
        OCTET_TRY(
            octet_keras_constant(call, "bias", octet_keras_weight_origin(call, "bias"), 1, &r.units, data, &r.bias));
    }
    uint32_t *steps = NULL, h = r.h;
    OCTET_TRY(project_steps(call, &r, r.bias, &steps));
    OCTET_TRY(unpack_mask(call, &r));
    for (int32_t i = 0; i < r.n_steps; i++) {
        const uint32_t before = h;
        uint32_t x = steps[i];
        if (h != OCTET_NONE) {
            OCTET_TRY(octet_keras_fully_connected(call, "MatMul_1", h, r.recurrent, OCTET_NONE, &h));
            OCTET_TRY(octet_keras_binary(call, OCTET_OP_ADD, "add", x, h, &x));
        }
        OCTET_TRY(squash(call, x, &h));
        OCTET_TRY(end_step(call, &r, i, before, &h, steps));
    }
    return return_steps(call, &r, steps, h, OCTET_NONE);
}
