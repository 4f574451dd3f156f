/* ConvLSTM1D and 2D, unrolled: one convolution for the inputs of all steps, which stand where the batch is, and one of
 * the state for each step but the first, which starts from zeros. One dimension is two with a height of 1. */

#include "import/keras/emit/activation.h"
#include "import/keras/emit/mask.h"
#include "import/keras/emit/weight.h"
#include "import/keras/layers/classes.h"
#include "import/keras/layers/recurrence.h"

enum { MAX_STEPS = OCTET_MAX_OPERATOR_INPUTS }; /* UNPACK gives a result for each */

typedef struct conv_lstm {
    octet_keras_recurrence as;
    bool is_1d;
    int32_t batch, n_steps, filters, kernel[2];
    octet_options input, state; /* of the two convolutions */
    uint32_t state_weights, state_bias;
    uint32_t axis;         /* of the gates */
    int32_t height, width; /* of the state */
    uint32_t *step_masks;  /* by step: bool [batch,1,1,1]; NULL: no mask */
    uint32_t zeros;        /* [batch,height,width,filters], what was before the first step; with a mask only */
} conv_lstm;

static octet_status read_layer(octet_keras_call *call, conv_lstm *l) {
    int32_t strides[2] = {1, 1}, dilation[2] = {1, 1};
    octet_padding padding;
    l->is_1d = call->layer->class->n_axes == 1;
    l->kernel[0] = 1;
    const int32_t n = l->is_1d ? 1 : 2;
    OCTET_TRY(octet_keras_channels_last(call));
    OCTET_TRY(octet_keras_recurrence_of(call, &l->as));
    OCTET_TRY(octet_keras_refuse_stateful(call, &l->as));
    if (call->keras_version < 3) l->as.zero_masked = false; /* Keras 2 passes it on to other recurrent layers only */
    OCTET_TRY(octet_keras_sizes(call, "filters", 1, 0, &l->filters));
    OCTET_TRY(octet_keras_sizes(call, "kernel_size", n, 1, l->kernel + l->is_1d));
    OCTET_TRY(octet_keras_sizes(call, "strides", n, 1, strides + l->is_1d));
    OCTET_TRY(octet_keras_sizes(call, "dilation_rate", n, 1, dilation + l->is_1d));
    OCTET_TRY(octet_keras_padding(call, &padding, NULL));
    l->input = (octet_options){.conv_2d = {.padding = padding,
                                           .stride_h = strides[0],
                                           .stride_w = strides[1],
                                           .dilation_h = dilation[0],
                                           .dilation_w = dilation[1]}};
    l->state = (octet_options){
        .conv_2d = {.padding = OCTET_PADDING_SAME, .stride_h = 1, .stride_w = 1, .dilation_h = 1, .dilation_w = 1}};
    return octet_keras_i32_scalar(call, "split/split_dim", 3, &l->axis);
}

/* Keras's [(kh,)kw,in,4 * filters] -> [4 * filters,kh,kw,in]. */
static octet_status load_weights(octet_keras_call *call, const conv_lstm *l, const char *name, int32_t channels,
                                 uint32_t *out) {
    int32_t dims[4] = {l->kernel[0], l->kernel[1], channels, 4 * l->filters};
    const float *data = NULL;
    OCTET_TRY(octet_keras_weight_data(call, name, 4 - l->is_1d, dims + l->is_1d, &data));
    return octet_keras_constant_permuted(call, name, octet_keras_weight_origin(call, name), 4, dims,
                                         (const int32_t[]){3, 0, 1, 2}, data, 4,
                                         (const int32_t[]){dims[3], dims[0], dims[1], dims[2]}, out);
}

static octet_status load_bias(octet_keras_call *call, const char *name, int32_t n, bool with_own, uint32_t *out) {
    if (with_own && octet_keras_has_weight(call, "bias")) {
        const float *data = NULL;
        OCTET_TRY(octet_keras_weight_data(call, "bias", 1, &n, &data));
        return octet_keras_constant(call, name, octet_keras_weight_origin(call, "bias"), 1, &n, data, out);
    }
    float *zeros = NULL;
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, (size_t)n, &zeros));
    return octet_keras_constant(call, name, NULL, 1, &n, zeros, out);
}

/* x [batch,steps,(height,)width,channels] -> by step, in its order: [batch,height,width,4 * filters]. */
static octet_status convolve_inputs(octet_keras_call *call, conv_lstm *l, uint32_t x, uint32_t **steps) {
    const octet_shape shape = *octet_keras_shape(call, x);
    uint32_t inputs[3];
    l->batch = shape.dims[0];
    l->n_steps = shape.dims[1];
    if (l->n_steps > MAX_STEPS)
        return octet_keras_refuse(call,
                                  "%d steps would be unrolled into operators, at most %d are; shorten the sequence",
                                  l->n_steps, MAX_STEPS);
    if (l->as.go_backwards) OCTET_TRY(octet_keras_reverse_steps(call, false, x, &x));
    const int32_t height = l->is_1d ? 1 : shape.dims[2], width = shape.dims[3 - l->is_1d],
                  channels = shape.dims[4 - l->is_1d];
    const int32_t rows = octet_shape_product(&shape, 0, 2);
    OCTET_TRY(octet_keras_reshape(call, "Reshape", x, 4, (const int32_t[]){rows, height, width, channels}, &inputs[0]));
    OCTET_TRY(load_weights(call, l, "kernel", channels, &inputs[1]));
    OCTET_TRY(load_bias(call, "bias", 4 * l->filters, true, &inputs[2]));
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_CONV_2D, "convolution", inputs, 3, &l->input, &x));
    const octet_shape gates = *octet_keras_shape(call, x);
    l->height = gates.dims[1];
    l->width = gates.dims[2];
    OCTET_TRY(octet_keras_reshape(call, "Reshape_1", x, 5,
                                  (const int32_t[]){l->batch, l->n_steps, l->height, l->width, 4 * l->filters}, &x));
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, (size_t)l->n_steps, steps));
    const octet_options options = {.pack = {1, l->n_steps}};
    const char *name = NULL;
    OCTET_TRY(octet_arena_format(call->ctx, call->arena, &name, "%s/unstack", call->path));
    return octet_graph_emit(call->ctx, call->graph, OCTET_OP_UNPACK, call->layer->name, name, &x, 1, &options, *steps,
                            (uint32_t)l->n_steps);
}

/* An initial state [batch,(height,)width,filters]. */
static octet_status read_state(octet_keras_call *call, const conv_lstm *l, uint32_t x, uint32_t *out) {
    const octet_shape all = {4, {l->batch, l->height, l->width, l->filters}},
                      flat = {3, {l->batch, l->width, l->filters}};
    char text[OCTET_SHAPE_TEXT_SIZE];
    if (!octet_shape_equal(octet_keras_shape(call, x), l->is_1d ? &flat : &all))
        return octet_keras_contradict(call, "its initial state has shape %s",
                                      octet_shape_text(octet_keras_shape(call, x), text));
    return octet_keras_reshape(call, "state", x, 4, all.dims, out);
}

static octet_status read_mask(octet_keras_call *call, conv_lstm *l, uint32_t mask) {
    const octet_shape shape = mask == OCTET_NONE ? (octet_shape){0} : *octet_keras_shape(call, mask),
                      state = {4, {l->batch, l->height, l->width, l->filters}};
    char text[OCTET_SHAPE_TEXT_SIZE];
    const char *name = NULL;
    float *zeros = NULL;
    if (mask == OCTET_NONE) return OCTET_OK;
    if (shape.rank != 2 || shape.dims[1] != l->n_steps)
        return octet_keras_refuse(call, "its mask has shape %s; one flag for each of its %d steps is supported",
                                  octet_shape_text(&shape, text), l->n_steps);
    if (l->as.go_backwards) OCTET_TRY(octet_keras_reverse_steps(call, false, mask, &mask));
    OCTET_TRY(octet_keras_reshape(call, "mask", mask, 5, (const int32_t[]){l->batch, l->n_steps, 1, 1, 1}, &mask));
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, (size_t)l->n_steps, &l->step_masks));
    OCTET_TRY(octet_arena_format(call->ctx, call->arena, &name, "%s/unstack_mask", call->path));
    const octet_options options = {.pack = {1, l->n_steps}};
    OCTET_TRY(octet_graph_emit(call->ctx, call->graph, OCTET_OP_UNPACK, call->layer->name, name, &mask, 1, &options,
                               l->step_masks, (uint32_t)l->n_steps));
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, octet_shape_elements(&state), &zeros));
    return octet_keras_constant(call, "zeros", NULL, state.rank, state.dims, zeros, &l->zeros);
}

/* `now` where the step counts, else `before`; OCTET_NONE: zeros. */
static octet_status choose(octet_keras_call *call, const conv_lstm *l, int32_t step, uint32_t now, uint32_t before,
                           uint32_t *out) {
    *out = now;
    if (l->step_masks == NULL) return OCTET_OK;
    const uint32_t inputs[3] = {l->step_masks[step], now, before == OCTET_NONE ? l->zeros : before};
    return octet_keras_emit(call, OCTET_OP_SELECT_V2, "SelectV2", inputs, 3, NULL, out);
}

/* Gates in the order i, f, c, o. h, c: OCTET_NONE in a first step from zeros. */
static octet_status step(octet_keras_call *call, const conv_lstm *l, uint32_t x, uint32_t *h, uint32_t *c) {
    uint32_t gates[4], input, forget = OCTET_NONE, candidate, output;
    if (*h != OCTET_NONE) {
        const uint32_t inputs[3] = {*h, l->state_weights, l->state_bias};
        OCTET_TRY(octet_keras_emit(call, OCTET_OP_CONV_2D, "convolution_1", inputs, 3, &l->state, h));
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_ADD, "add", x, *h, &x));
    }
    const uint32_t inputs[2] = {l->axis, x};
    const octet_options options = {.split = {4}};
    const char *name = NULL;
    OCTET_TRY(octet_arena_format(call->ctx, call->arena, &name, "%s/split", call->path));
    OCTET_TRY(octet_graph_emit(call->ctx, call->graph, OCTET_OP_SPLIT, call->layer->name, name, inputs, 2, &options,
                               gates, 4));
    OCTET_TRY(octet_keras_activate(call, "recurrent_activation", "hard_sigmoid", gates[0], &input));
    if (*c != OCTET_NONE) {
        OCTET_TRY(octet_keras_activate(call, "recurrent_activation", "hard_sigmoid", gates[1], &forget));
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul", forget, *c, &forget));
    }
    OCTET_TRY(octet_keras_activate(call, "activation", "tanh", gates[2], &candidate));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul_1", input, candidate, c));
    if (forget != OCTET_NONE) OCTET_TRY(octet_keras_binary(call, OCTET_OP_ADD, "add_1", forget, *c, c));
    OCTET_TRY(octet_keras_activate(call, "recurrent_activation", "hard_sigmoid", gates[3], &output));
    OCTET_TRY(octet_keras_activate(call, "activation", "tanh", *c, &candidate));
    return octet_keras_binary(call, OCTET_OP_MUL, "mul_2", output, candidate, h);
}

/* [batch,height,width,filters] as Keras returns it. */
static octet_status from_2d(octet_keras_call *call, const conv_lstm *l, uint32_t x, uint32_t *out) {
    *out = x;
    return l->is_1d ? octet_keras_reshape(call, "Squeeze", x, 3, (const int32_t[]){l->batch, l->width, l->filters}, out)
                    : OCTET_OK;
}

/* In steps: what the inputs give the gates; afterwards the results. A masked step leaves the state and repeats the last
 * result, before the first zeros. *h, *c: the state, as it is before and after. */
static octet_status run_steps(octet_keras_call *call, const conv_lstm *l, uint32_t *steps, uint32_t *h, uint32_t *c) {
    const bool has_own_results = *h != OCTET_NONE || l->as.zero_masked; /* else a result is the state */
    uint32_t last = OCTET_NONE;
    for (int32_t i = 0; i < l->n_steps; i++) {
        const uint32_t h_before = *h, c_before = *c;
        OCTET_TRY(step(call, l, steps[i], h, c));
        const uint32_t now = *h;
        OCTET_TRY(choose(call, l, i, now, h_before, h));
        if (i + 1 < l->n_steps || l->as.return_state) OCTET_TRY(choose(call, l, i, *c, c_before, c));
        if (l->step_masks == NULL || !has_own_results) last = *h;
        else OCTET_TRY(choose(call, l, i, now, l->as.zero_masked ? OCTET_NONE : last, &last));
        OCTET_TRY(from_2d(call, l, last, &steps[i]));
    }
    return OCTET_OK;
}

octet_status octet_keras_layer_conv_lstm(octet_keras_call *call) {
    conv_lstm l = {0};
    OCTET_TRY(read_layer(call, &l));
    const uint32_t n_inputs = call->n_inputs, mask = octet_keras_recurrence_mask(call);
    uint32_t x, h = OCTET_NONE, c = OCTET_NONE, *steps = NULL;
    if (n_inputs != 1 && n_inputs != 3)
        return octet_keras_contradict(call, "reads %u tensors, it takes 1 or 3", (unsigned)n_inputs);
    call->n_inputs = 1;
    OCTET_TRY(octet_keras_single(call, 5 - l.is_1d, 5 - l.is_1d, &x));
    OCTET_TRY(convolve_inputs(call, &l, x, &steps));
    OCTET_TRY(load_weights(call, &l, "recurrent_kernel", l.filters, &l.state_weights));
    OCTET_TRY(load_bias(call, "recurrent_bias", 4 * l.filters, false, &l.state_bias));
    if (n_inputs == 3) {
        OCTET_TRY(read_state(call, &l, call->inputs[1], &h));
        OCTET_TRY(read_state(call, &l, call->inputs[2], &c));
    }
    OCTET_TRY(read_mask(call, &l, mask));
    OCTET_TRY(run_steps(call, &l, steps, &h, &c));
    call->outputs[0] = steps[l.n_steps - 1];
    call->n_outputs = 1;
    const octet_options pack = {.pack = {1, l.n_steps}};
    if (l.as.return_sequences) {
        OCTET_TRY(octet_keras_emit(call, OCTET_OP_PACK, "stack", steps, (uint32_t)l.n_steps, &pack, &call->outputs[0]));
        OCTET_TRY(octet_keras_mask_set(call, call->outputs[0], octet_keras_mask(call)));
    }
    if (!l.as.return_state) return OCTET_OK;
    call->n_outputs = 3;
    OCTET_TRY(from_2d(call, &l, h, &call->outputs[1]));
    return from_2d(call, &l, c, &call->outputs[2]);
}
