/* LocallyConnected1D and 2D: convolutions with weights of their own for each place. Cells that stand at one place of
 * the window are one slice of the input, with their channels before their places. The slices, one below the other, are
 * a picture of a single column whose channels are the places, and the layer is DEPTHWISE_CONV_2D over the column: each
 * filter of each place has its own scale and bias in int8, and no weight is stored that is not the layer's own. (A
 * BATCH_MATMUL over the places has one scale for all weights and no bias; a product with the whole input stores a zero
 * for each cell out of the window.) */
#include "import/keras/emit/activation.h"
#include "import/keras/emit/slice.h"
#include "import/keras/emit/weight.h"
#include "import/keras/layers/classes.h"

enum { MAX_WINDOW = 1024 };

/* One dimension is two with a height of 1. */
typedef struct local {
    int32_t n; /* axes of places: 1 or 2 */
    int32_t filters, channels, kernel[2], strides[2];
    int32_t in[2], out[2], before[2]; /* cells; places; cells before the first that windows reach out for */
} local;

static octet_status read_local(octet_keras_call *call, local *l) {
    const octet_shape shape = *octet_keras_shape(call, call->inputs[0]);
    const int32_t first = 2 - l->n;
    octet_padding padding;
    OCTET_TRY(octet_keras_channels_last(call));
    OCTET_TRY(octet_keras_sizes(call, "filters", 1, 0, &l->filters));
    OCTET_TRY(octet_keras_sizes(call, "kernel_size", l->n, 1, &l->kernel[first]));
    OCTET_TRY(octet_keras_sizes(call, "strides", l->n, 1, &l->strides[first]));
    OCTET_TRY(octet_keras_padding(call, &padding, NULL));
    l->channels = shape.dims[l->n + 1];
    for (int32_t i = 0; i < 2; i++) {
        l->in[i] = i < first ? 1 : shape.dims[i - first + 1];
        /* Unlike a convolution's, the window of a place begins kernel / 2 cells before it. */
        l->before[i] = padding == OCTET_PADDING_SAME ? l->kernel[i] / 2 : 0;
        const int32_t length = padding == OCTET_PADDING_SAME ? l->in[i] : l->in[i] - l->kernel[i] + 1;
        if (length < 1)
            return octet_keras_contradict(call, "its kernel of %d cells is longer than its input of %d", l->kernel[i],
                                          l->in[i]);
        l->out[i] = (length - 1) / l->strides[i] + 1;
    }
    if (l->kernel[0] > MAX_WINDOW || l->kernel[0] * l->kernel[1] > MAX_WINDOW)
        return octet_keras_refuse(call, "a window of %d x %d cells is not supported, at most %d cells are; use Conv%dD",
                                  l->kernel[0], l->kernel[1], MAX_WINDOW, l->n);
    return OCTET_OK;
}

/* Where Keras keeps the weights of one place of the window, [channels,filters] with steps between them. */
typedef struct weight_place {
    bool is_outside; /* a cell that is padding has no weight */
    size_t at, channel_step, filter_step;
} weight_place;

/* Implementation 1: [places,cells of the window * channels,filters]. Implementation 2: [cells,channels,places,filters].
 * Implementation 3: a list of the weights, by place, filter, cell, channel; cells out of the picture are left out. */
static weight_place find_weights(const local *l, int32_t implementation, size_t *listed, int32_t y, int32_t x,
                                 int32_t ky, int32_t kx) {
    const int32_t place = y * l->out[1] + x;
    const int32_t first_row = y * l->strides[0] - l->before[0], first_column = x * l->strides[1] - l->before[1];
    const int32_t row = first_row + ky, column = first_column + kx;
    const size_t filters = (size_t)l->filters, channels = (size_t)l->channels,
                 places = (size_t)l->out[0] * (size_t)l->out[1];
    weight_place at = {.is_outside = row < 0 || row >= l->in[0] || column < 0 || column >= l->in[1]};
    if (implementation == 1) {
        const size_t window = (size_t)l->kernel[0] * (size_t)l->kernel[1];
        at.at = ((size_t)place * window + (size_t)(ky * l->kernel[1] + kx)) * channels * filters;
        at.channel_step = filters;
        at.filter_step = 1;
    } else if (implementation == 2 && !at.is_outside) {
        at.channel_step = places * filters;
        at.filter_step = 1;
        at.at =
            ((size_t)row * (size_t)l->in[1] + (size_t)column) * channels * at.channel_step + (size_t)place * filters;
    } else if (implementation == 3 && !at.is_outside) {
        const int32_t top = first_row > 0 ? first_row : 0, left = first_column > 0 ? first_column : 0;
        const int32_t bottom = first_row + l->kernel[0] < l->in[0] ? first_row + l->kernel[0] : l->in[0];
        const int32_t right = first_column + l->kernel[1] < l->in[1] ? first_column + l->kernel[1] : l->in[1];
        at.filter_step = (size_t)(bottom - top) * (size_t)(right - left) * channels;
        at.channel_step = 1;
        at.at = *listed + (size_t)((row - top) * (right - left) + column - left) * channels;
        if (row == bottom - 1 && column == right - 1) *listed += at.filter_step * filters; /* the place's last cell */
    }
    return at;
}

/* *data in Keras's order, and its number of elements as the layer's sizes have it. */
static octet_status load_kernel(octet_keras_call *call, const local *l, int32_t implementation, const float **data,
                                size_t *n_elements) {
    const int32_t places = l->out[0] * l->out[1], window = l->kernel[0] * l->kernel[1] * l->channels;
    int32_t dims[OCTET_MAX_RANK] = {places, window, l->filters}, rank = 3;
    if (implementation == 2) {
        rank = 0;
        for (int32_t i = 2 - l->n; i < 2; i++) dims[rank++] = l->in[i];
        dims[rank++] = l->channels;
        for (int32_t i = 2 - l->n; i < 2; i++) dims[rank++] = l->out[i];
        dims[rank++] = l->filters;
    } else if (implementation == 3) {
        rank = 1;
        dims[0] = -1;
    }
    OCTET_TRY(octet_keras_weight_data(call, "kernel", rank, dims, data));
    *n_elements = 1;
    for (int32_t i = 0; i < rank; i++) *n_elements *= (size_t)dims[i];
    return OCTET_OK;
}

/* The filter of the column: [1,window * channels,1,places * filters]. */
static octet_status emit_filter(octet_keras_call *call, const local *l, uint32_t *out) {
    const size_t filters = (size_t)l->filters, channels = (size_t)l->channels,
                 places = (size_t)l->out[0] * (size_t)l->out[1], window = (size_t)l->kernel[0] * (size_t)l->kernel[1];
    const float *data = NULL;
    float *filter = NULL;
    size_t n_given = 0, listed = 0, n_outputs = 0, n_rows = 0, n = 0;
    int32_t implementation = 1;
    OCTET_TRY(octet_keras_i32(call, "implementation", 1, &implementation));
    if (implementation < 1 || implementation > 3)
        return octet_keras_contradict(call, "implementation is %d, Keras has 1, 2 and 3", implementation);
    if (__builtin_mul_overflow(places, filters, &n_outputs) || __builtin_mul_overflow(window, channels, &n_rows) ||
        __builtin_mul_overflow(n_outputs, n_rows, &n) || n > INT32_MAX)
        return octet_keras_contradict(call, "its kernel has more than 2^31 weights");
    OCTET_TRY(load_kernel(call, l, implementation, &data, &n_given));
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, n, &filter));
    for (int32_t place = 0; place < (int32_t)places; place++) {
        for (int32_t k = 0; k < (int32_t)window; k++) {
            const weight_place at = find_weights(l, implementation, &listed, place / l->out[1], place % l->out[1],
                                                 k / l->kernel[1], k % l->kernel[1]);
            for (size_t c = 0; c < channels && !at.is_outside; c++) {
                for (size_t f = 0; f < filters; f++) {
                    const size_t from = at.at + c * at.channel_step + f * at.filter_step;
                    if (from >= n_given)
                        return octet_keras_contradict(call, "its kernel has only %zu weights", n_given);
                    filter[((size_t)k * channels + c) * n_outputs + (size_t)place * filters + f] = data[from];
                }
            }
        }
    }
    if (implementation == 3 && listed != n_given)
        return octet_keras_contradict(call, "its kernel has %zu weights, its sizes need %zu", n_given, listed);
    return octet_keras_constant(call, "kernel", octet_keras_weight_origin(call, "kernel"), 4,
                                (const int32_t[]){1, (int32_t)n_rows, 1, (int32_t)n_outputs}, filter, out);
}

/* One bias for each filter of each place, or zeros. */
static octet_status emit_bias(octet_keras_call *call, const local *l, uint32_t *out) {
    const int32_t n = l->out[0] * l->out[1] * l->filters;
    int32_t dims[3] = {l->out[0], l->out[1], l->filters};
    if (octet_keras_has_weight(call, "bias")) {
        const float *data = NULL;
        OCTET_TRY(octet_keras_weight_data(call, "bias", l->n + 1, &dims[2 - l->n], &data));
        return octet_keras_constant(call, "bias", octet_keras_weight_origin(call, "bias"), 1, &n, data, out);
    }
    float *zeros = NULL;
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, (size_t)n, &zeros));
    return octet_keras_constant(call, "bias", NULL, 1, &n, zeros, out);
}

/* x [batch,places..,channels] -> [batch,window * channels,1,places]. */
static octet_status emit_column(octet_keras_call *call, const local *l, uint32_t x, uint32_t *out) {
    const int32_t first = 2 - l->n, rank = l->n + 2, window = l->kernel[0] * l->kernel[1];
    const octet_shape shape = *octet_keras_shape(call, x);
    int32_t before[4] = {0}, after[4] = {0}, perm[4] = {0, rank - 1, 1, 2};
    for (int32_t i = first; i < 2; i++) {
        const int32_t last = (l->out[i] - 1) * l->strides[i] - l->before[i] + l->kernel[i];
        before[i - first + 1] = l->before[i];
        after[i - first + 1] = last > l->in[i] ? last - l->in[i] : 0;
    }
    OCTET_TRY(octet_keras_pad(call, "Pad", x, before, after, &x));
    OCTET_TRY(octet_keras_transpose(call, "transpose", x, perm, &x));
    uint32_t *slices = NULL;
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, (size_t)window, &slices));
    for (int32_t k = 0; k < window; k++) {
        const int32_t offsets[2] = {k / l->kernel[1], k % l->kernel[1]};
        int32_t begin[4] = {0}, end[4] = {0}, strides[4] = {1, 1, 1, 1};
        for (int32_t i = first; i < 2; i++) {
            begin[i - first + 2] = offsets[i];
            end[i - first + 2] = offsets[i] + (l->out[i] - 1) * l->strides[i] + 1;
            strides[i - first + 2] = l->strides[i];
        }
        const octet_options options = {.strided_slice = {.begin_mask = 3, .end_mask = 3}}; /* batch, channels */
        OCTET_TRY(octet_keras_strided_slice(call, x, rank, begin, end, strides, &options, &slices[k]));
    }
    x = slices[0];
    if (window > 1) OCTET_TRY(octet_keras_concatenate(call, "concat", slices, (uint32_t)window, 1, &x));
    return octet_keras_reshape(call, "Reshape", x, 4,
                               (const int32_t[]){shape.dims[0], window * l->channels, 1, l->out[0] * l->out[1]}, out);
}

octet_status octet_keras_layer_locally_connected(octet_keras_call *call) {
    local l = {.n = call->layer->class->n_axes, .kernel = {1, 1}, .strides = {1, 1}};
    uint32_t x, inputs[3];
    OCTET_TRY(octet_keras_single(call, l.n + 2, l.n + 2, &x));
    OCTET_TRY(read_local(call, &l));
    OCTET_TRY(emit_column(call, &l, x, &inputs[0]));
    OCTET_TRY(emit_filter(call, &l, &inputs[1]));
    OCTET_TRY(emit_bias(call, &l, &inputs[2]));
    const octet_options options = {.depthwise_conv_2d = {.padding = OCTET_PADDING_VALID,
                                                         .stride_h = 1,
                                                         .stride_w = 1,
                                                         .dilation_h = 1,
                                                         .dilation_w = 1,
                                                         .depth_multiplier = l.filters}};
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_DEPTHWISE_CONV_2D, "BiasAdd", inputs, 3, &options, &x));
    int32_t dims[4] = {octet_keras_shape(call, x)->dims[0]};
    for (int32_t i = 2 - l.n; i < 2; i++) dims[i + l.n - 1] = l.out[i];
    dims[l.n + 1] = l.filters;
    OCTET_TRY(octet_keras_reshape(call, "Reshape_1", x, l.n + 2, dims, &x));
    OCTET_TRY(octet_keras_activate(call, "activation", "linear", x, &x));
    return octet_keras_return(call, x);
}
