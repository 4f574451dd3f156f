/* LSTM and its cell. In its usual form it becomes the fused operator that TensorFlow writes for Keras 2 with a static
 * batch; everything else is unrolled (import/keras/layers/recurrent.h). */
#include <stdio.h>
#include <string.h>

#include "import/keras/emit/slice.h"
#include "import/keras/emit/weight.h"
#include "import/keras/layers/classes.h"
#include "import/keras/layers/recurrent.h"

/* The bias [gates * units] of an LSTM; NULL: it has none. CuDNNLSTM has one of the inputs and one of the state. */
static octet_status lstm_bias(octet_keras_call *call, const octet_keras_recurrent *r, const float **out) {
    int32_t n = r->n_gates * r->units * (call->layer->class->is_cudnn ? 2 : 1);
    *out = NULL;
    if (!octet_keras_has_weight(call, "bias")) return OCTET_OK;
    OCTET_TRY(octet_keras_weight_data(call, "bias", 1, &n, out));
    if (!call->layer->class->is_cudnn) return OCTET_OK;
    float *sum = NULL;
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, (size_t)(n / 2), &sum));
    for (int32_t i = 0; i < n / 2; i++) sum[i] = (*out)[i] + (*out)[n / 2 + i];
    *out = sum;
    return OCTET_OK;
}

static octet_status add_bias(octet_keras_call *call, const octet_keras_recurrent *r, uint32_t x, uint32_t *out) {
    *out = x;
    return r->bias == OCTET_NONE ? OCTET_OK : octet_keras_binary(call, OCTET_OP_ADD, "BiasAdd", x, r->bias, out);
}

static octet_status lstm_is_fused(octet_keras_call *call, const octet_keras_recurrent *r, bool *out) {
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

/* The last step of y. */
static octet_status return_last(octet_keras_call *call, const octet_keras_recurrent *r, uint32_t y) {
    const int32_t axis = r->as.time_major ? 0 : 1, mask = 1 << axis;
    const octet_options last = {
        .strided_slice = {.begin_mask = 7 - mask, .end_mask = 7 - mask, .shrink_axis_mask = mask}};
    int32_t begin[3] = {0};
    begin[axis] = -1;
    OCTET_TRY(octet_keras_strided_slice(call, y, 3, begin, (const int32_t[]){0, 0, 0}, (const int32_t[]){1, 1, 1},
                                        &last, &y));
    return octet_keras_return(call, y);
}

static octet_status emit_fused(octet_keras_call *call, const octet_keras_recurrent *r) {
    uint32_t inputs[OCTET_LSTM_N_OPERANDS];
    for (size_t i = 0; i < OCTET_LSTM_N_OPERANDS; i++) inputs[i] = OCTET_NONE;
    inputs[OCTET_LSTM_INPUT] = r->x;
    if (r->as.is_stateful) call->graph->is_stateful = true;
    const float *data = NULL;
    OCTET_TRY(octet_keras_recurrent_kernel(call, r, "kernel", r->n_features, &data));
    for (int32_t i = 0; i < 4; i++)
        OCTET_TRY(gate_kernel(call, "kernel", data, r->n_features, r->units, i, &inputs[OCTET_LSTM_INPUT_WEIGHTS + i]));
    OCTET_TRY(octet_keras_recurrent_kernel(call, r, "recurrent_kernel", r->units, &data));
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
    OCTET_TRY(add_state(call, "output_state", r->batch, r->units, &inputs[OCTET_LSTM_STATE]));
    OCTET_TRY(add_state(call, "cell_state", r->batch, r->units, &inputs[OCTET_LSTM_CELL_STATE]));
    const octet_options options = {.lstm = {.activation = OCTET_ACTIVATION_TANH, .time_major = r->as.time_major}};
    uint32_t y;
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_UNIDIRECTIONAL_SEQUENCE_LSTM, "lstm", inputs, OCTET_LSTM_N_OPERANDS,
                               &options, &y));
    if (r->as.return_sequences) return octet_keras_return(call, y);
    return return_last(call, r, y);
}

/* Gates in the order i, f, c, o. */
static octet_status lstm_step(octet_keras_call *call, const octet_keras_recurrent *r, uint32_t axis, uint32_t x,
                              uint32_t *h, uint32_t *c) {
    uint32_t z, gates[4], forget, output, candidate, input;
    if (*h == OCTET_NONE) {
        OCTET_TRY(octet_keras_fully_connected(call, "lstm_cell/MatMul", x, r->kernel, r->bias, &z));
    } else {
        uint32_t inner;
        OCTET_TRY(octet_keras_fully_connected(call, "lstm_cell/MatMul_1", *h, r->recurrent, OCTET_NONE, &inner));
        /* Keras 3 for one sample drops the batch here, as the converter's files do. */
        if (call->keras_version >= 3 && !call->graph->open_batch && octet_keras_shape(call, inner)->dims[0] == 1) {
            OCTET_TRY(
                octet_keras_reshape(call, "lstm_cell/Reshape", inner, 1, (const int32_t[]){4 * r->units}, &inner));
        }
        OCTET_TRY(octet_keras_fully_connected(call, "lstm_cell/MatMul", x, r->kernel, OCTET_NONE, &z));
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_ADD, "lstm_cell/add", z, inner, &z));
        OCTET_TRY(add_bias(call, r, z, &z));
    }
    OCTET_TRY(octet_keras_recurrent_split(call, axis, z, 4, gates));
    OCTET_TRY(octet_keras_recurrent_gate(call, gates[0], &input));
    if (*c != OCTET_NONE) {
        OCTET_TRY(octet_keras_recurrent_gate(call, gates[1], &forget));
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "lstm_cell/mul", forget, *c, &forget));
    }
    OCTET_TRY(octet_keras_recurrent_gate(call, gates[3], &output));
    OCTET_TRY(octet_keras_recurrent_squash(call, gates[2], &candidate));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "lstm_cell/mul_1", input, candidate, &candidate));
    if (*c != OCTET_NONE)
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_ADD, "lstm_cell/add_1", forget, candidate, &candidate));
    *c = candidate;
    OCTET_TRY(octet_keras_recurrent_squash(call, *c, &candidate));
    return octet_keras_binary(call, OCTET_OP_MUL, "lstm_cell/mul_2", output, candidate, h);
}

octet_status octet_keras_layer_lstm(octet_keras_call *call) {
    octet_keras_recurrent r;
    bool is_fused = false;
    OCTET_TRY(octet_keras_recurrent_read(call, 4, &r));
    OCTET_TRY(lstm_is_fused(call, &r, &is_fused));
    if (is_fused) return emit_fused(call, &r);
    OCTET_TRY(octet_keras_refuse_stateful(call, &r.as));
    OCTET_TRY(octet_keras_recurrent_load(call, &r));
    const int32_t n = 4 * r.units;
    const float *data = NULL;
    OCTET_TRY(lstm_bias(call, &r, &data));
    if (data != NULL) {
        OCTET_TRY(octet_keras_constant(call, "bias", octet_keras_weight_origin(call, "bias"), 1, &n, data, &r.bias));
    }
    uint32_t *steps = NULL, axis, h = r.h, c = r.c;
    OCTET_TRY(octet_keras_recurrent_unpack(call, &r, r.x, &steps));
    OCTET_TRY(octet_keras_recurrent_unpack_mask(call, &r));
    OCTET_TRY(octet_keras_i32_scalar(call, "split/split_dim", 1, &axis));
    for (int32_t i = 0; i < r.n_steps; i++) {
        const uint32_t before_h = h, before_c = c;
        OCTET_TRY(lstm_step(call, &r, axis, steps[i], &h, &c));
        if (r.mask != OCTET_NONE) OCTET_TRY(octet_keras_recurrent_choose(call, &r, i, c, before_c, &c));
        OCTET_TRY(octet_keras_recurrent_end_step(call, &r, i, before_h, &h, steps));
    }
    return octet_keras_recurrent_return(call, &r, steps, h, c);
}
