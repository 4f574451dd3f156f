/* Each operator becomes one product: weights[channel][tap] with mean patches, where a tap is a place of the filter and
 * a channel of the data, and its mean is taken over the places of the output. */
#include "recover/expected.h"

#include <string.h>

/* One to three axes in space: depth, height, width; those that an operator lacks have the size 1. */
typedef struct geometry {
    int32_t in[3], filter[3], out[3], stride[3], dilation[3], before[3];
    size_t n_batches, n_in; /* n_in: channels of the data */
} geometry;

bool octet_expected_is_known(octet_operator_code code) {
    return code == OCTET_OP_CONV_2D || code == OCTET_OP_DEPTHWISE_CONV_2D || code == OCTET_OP_TRANSPOSE_CONV ||
           code == OCTET_OP_CONV_3D || code == OCTET_OP_FULLY_CONNECTED;
}

static const octet_value *operand(const octet_graph *graph, const octet_operator *op, int8_t index) {
    return octet_graph_input(graph, op, (uint32_t)index);
}

size_t octet_expected_n_channels(const octet_graph *graph, const octet_operator *op) {
    const octet_value *weights = operand(graph, op, octet_operator_operands(op->code).weights);
    const octet_shape *shape = &weights->shape;
    const bool is_last = op->code == OCTET_OP_DEPTHWISE_CONV_2D || op->code == OCTET_OP_CONV_3D;
    return (size_t)shape->dims[is_last ? shape->rank - 1 : 0];
}

static void set_axis(geometry *g, int axis, octet_padding padding, int32_t filter, int32_t stride, int32_t dilation) {
    const octet_axis_window window = octet_window(padding, g->in[axis], filter, stride, dilation);
    g->filter[axis] = filter, g->stride[axis] = stride, g->dilation[axis] = dilation;
    g->out[axis] = window.out, g->before[axis] = window.before;
}

static geometry geometry_of(const octet_graph *graph, const octet_operator *op) {
    const octet_operands operands = octet_operator_operands(op->code);
    const int32_t *in = operand(graph, op, operands.data)->shape.dims;
    const int32_t *filter = operand(graph, op, operands.weights)->shape.dims;
    const octet_options *o = &op->options;
    geometry g = {.in = {1, 1, 1}, .n_batches = (size_t)in[0]};
    if (op->code == OCTET_OP_CONV_3D) {
        for (int i = 0; i < 3; i++) g.in[i] = in[i + 1];
        g.n_in = (size_t)in[4];
        set_axis(&g, 0, o->conv_3d.padding, filter[0], o->conv_3d.stride_d, o->conv_3d.dilation_d);
        set_axis(&g, 1, o->conv_3d.padding, filter[1], o->conv_3d.stride_h, o->conv_3d.dilation_h);
        set_axis(&g, 2, o->conv_3d.padding, filter[2], o->conv_3d.stride_w, o->conv_3d.dilation_w);
        return g;
    }
    g.in[1] = in[1], g.in[2] = in[2];
    g.n_in = (size_t)in[3];
    set_axis(&g, 0, OCTET_PADDING_VALID, 1, 1, 1);
    if (op->code == OCTET_OP_CONV_2D) {
        set_axis(&g, 1, o->conv_2d.padding, filter[1], o->conv_2d.stride_h, o->conv_2d.dilation_h);
        set_axis(&g, 2, o->conv_2d.padding, filter[2], o->conv_2d.stride_w, o->conv_2d.dilation_w);
    } else if (op->code == OCTET_OP_DEPTHWISE_CONV_2D) {
        set_axis(&g, 1, o->depthwise_conv_2d.padding, filter[1], o->depthwise_conv_2d.stride_h,
                 o->depthwise_conv_2d.dilation_h);
        set_axis(&g, 2, o->depthwise_conv_2d.padding, filter[2], o->depthwise_conv_2d.stride_w,
                 o->depthwise_conv_2d.dilation_w);
    } else { /* of the convolution that TRANSPOSE_CONV reverses: `in` and `out` change places */
        const int32_t *out = octet_graph_output(graph, op, 0)->shape.dims;
        g.in[1] = out[1], g.in[2] = out[2];
        set_axis(&g, 1, o->transpose_conv.padding, filter[1], o->transpose_conv.stride_h, 1);
        set_axis(&g, 2, o->transpose_conv.padding, filter[2], o->transpose_conv.stride_w, 1);
        g.out[1] = in[1], g.out[2] = in[2];
    }
    return g;
}

static void add_row(const double *from, size_t n, double *sums) {
    for (size_t c = 0; c < n; c++) sums[c] += from[c];
}

/* Sums over all places of what tap (t[0], t[1], t[2]) meets. `transposed`: the data lie on the other side. */
static void sum_tap(const geometry *g, const int32_t *t, bool transposed, const double *means, double *sums) {
    const int32_t *data = transposed ? g->out : g->in;
    const size_t per_batch = (size_t)data[0] * (size_t)data[1] * (size_t)data[2];
    int32_t o[3], i[3];
    for (size_t batch = 0; batch < g->n_batches; batch++)
        for (o[0] = 0; o[0] < g->out[0]; o[0]++)
            for (o[1] = 0; o[1] < g->out[1]; o[1]++)
                for (o[2] = 0; o[2] < g->out[2]; o[2]++) {
                    bool is_inside = true;
                    for (int a = 0; a < 3; a++) {
                        i[a] = o[a] * g->stride[a] + t[a] * g->dilation[a] - g->before[a];
                        is_inside = is_inside && i[a] >= 0 && i[a] < g->in[a];
                    }
                    if (!is_inside) continue;
                    const int32_t *at = transposed ? o : i;
                    const size_t place =
                        ((size_t)at[0] * (size_t)data[1] + (size_t)at[1]) * (size_t)data[2] + (size_t)at[2];
                    add_row(means + (batch * per_batch + place) * g->n_in, g->n_in, sums);
                }
}

/* patches[tap][channel of the data] */
static octet_status mean_patches(octet_context *ctx, octet_arena *scratch, const geometry *g, bool transposed,
                                 const double *means, double **out) {
    const size_t n_taps = (size_t)g->filter[0] * (size_t)g->filter[1] * (size_t)g->filter[2];
    const int32_t *result = transposed ? g->in : g->out;
    const double n = (double)g->n_batches * result[0] * result[1] * result[2];
    double *sums;
    int32_t t[3];
    size_t tap = 0;
    OCTET_TRY(OCTET_NEW(ctx, scratch, n_taps * g->n_in, out));
    for (t[0] = 0; t[0] < g->filter[0]; t[0]++)
        for (t[1] = 0; t[1] < g->filter[1]; t[1]++)
            for (t[2] = 0; t[2] < g->filter[2]; t[2]++, tap++) {
                sums = *out + tap * g->n_in;
                sum_tap(g, t, transposed, means, sums);
                for (size_t c = 0; c < g->n_in; c++) sums[c] /= n;
            }
    return OCTET_OK;
}

static double weight(const octet_value *weights, size_t i, size_t channel) {
    if (weights->type == OCTET_FLOAT32) return (double)((const float *)weights->data)[i];
    const octet_quantization *q = &weights->quantization;
    return (double)q->scale[q->n > 1 ? channel : 0] * (double)((const int8_t *)weights->data)[i];
}

static octet_status mean_rows(octet_context *ctx, octet_arena *scratch, const octet_value *data, size_t depth,
                              const double *means, double **out) {
    const size_t n = octet_shape_elements(&data->shape) / depth;
    OCTET_TRY(OCTET_NEW(ctx, scratch, depth, out));
    for (size_t row = 0; row < n; row++) add_row(means + row * depth, depth, *out);
    for (size_t c = 0; c < depth; c++) (*out)[c] /= (double)n;
    return OCTET_OK;
}

octet_status octet_expected_output(octet_context *ctx, octet_arena *scratch, const octet_graph *graph,
                                   const octet_operator *op, const double *means, double *out) {
    const octet_operands operands = octet_operator_operands(op->code);
    const octet_value *data = operand(graph, op, operands.data), *weights = operand(graph, op, operands.weights);
    const size_t n_channels = octet_expected_n_channels(graph, op);
    const size_t n_weights = octet_shape_elements(&weights->shape), depth = n_weights / n_channels;
    double *patch;
    geometry g = {0};
    if (op->code == OCTET_OP_FULLY_CONNECTED) {
        OCTET_TRY(mean_rows(ctx, scratch, data, depth, means, &patch));
    } else {
        g = geometry_of(graph, op);
        OCTET_TRY(mean_patches(ctx, scratch, &g, op->code == OCTET_OP_TRANSPOSE_CONV, means, &patch));
    }
    memset(out, 0, n_channels * sizeof *out);
    if (op->code == OCTET_OP_DEPTHWISE_CONV_2D) { /* [1,h,w,channels] */
        const size_t multiplier = n_channels / g.n_in;
        for (size_t i = 0; i < n_weights; i++) {
            const size_t c = i % n_channels;
            out[c] += weight(weights, i, c) * patch[i / n_channels * g.n_in + c / multiplier];
        }
        return OCTET_OK;
    }
    if (op->code == OCTET_OP_CONV_3D) { /* [d,h,w,channels of the data,channels] */
        for (size_t i = 0; i < n_weights; i++)
            out[i % n_channels] += weight(weights, i, i % n_channels) * patch[i / n_channels];
        return OCTET_OK;
    }
    /* [channels,...]; a group of a CONV_2D reads its own part of the channels of the data */
    const size_t part = op->code == OCTET_OP_CONV_2D ? (size_t)weights->shape.dims[3] : 0;
    for (size_t c = 0; c < n_channels; c++) {
        const size_t first = part > 0 ? c / (n_channels / (g.n_in / part)) * part : 0;
        for (size_t i = 0; i < depth; i++) {
            const size_t at = part > 0 ? i / part * g.n_in + first + i % part : i;
            out[c] += weight(weights, c * depth + i, c) * patch[at];
        }
    }
    return OCTET_OK;
}
