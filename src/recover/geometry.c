#include "recover/geometry.h"

bool octet_geometry_is_known(octet_operator_code code) {
    return code == OCTET_OP_CONV_2D || code == OCTET_OP_DEPTHWISE_CONV_2D || code == OCTET_OP_TRANSPOSE_CONV ||
           code == OCTET_OP_CONV_3D || code == OCTET_OP_FULLY_CONNECTED;
}

static const octet_value *operand(const octet_graph *graph, const octet_operator *op, int8_t index) {
    return octet_graph_input(graph, op, (uint32_t)index);
}

size_t octet_geometry_n_channels(const octet_graph *graph, const octet_operator *op) {
    const octet_value *weights = operand(graph, op, octet_operator_operands(op->code).weights);
    const octet_shape *shape = &weights->shape;
    const bool is_last = op->code == OCTET_OP_DEPTHWISE_CONV_2D || op->code == OCTET_OP_CONV_3D;
    return (size_t)shape->dims[is_last ? shape->rank - 1 : 0];
}

static void set_axis(octet_geometry *g, int axis, octet_padding padding, int32_t filter, int32_t stride,
                     int32_t dilation) {
    const octet_axis_window window = octet_window(padding, g->in[axis], filter, stride, dilation);
    g->filter[axis] = filter, g->stride[axis] = stride, g->dilation[axis] = dilation;
    g->out[axis] = window.out, g->before[axis] = window.before;
}

static octet_geometry dense_geometry(const octet_shape *data, const octet_shape *weights) {
    const int32_t depth = weights->dims[1];
    octet_geometry g = {.in = {1, 1, 1}, .n_in = (size_t)depth};
    g.n_batches = octet_shape_elements(data) / g.n_in;
    for (int axis = 0; axis < 3; axis++) set_axis(&g, axis, OCTET_PADDING_VALID, 1, 1, 1);
    return g;
}

octet_geometry octet_geometry_of(const octet_graph *graph, const octet_operator *op) {
    const octet_operands operands = octet_operator_operands(op->code);
    const octet_shape *data = &operand(graph, op, operands.data)->shape;
    const octet_shape *weights = &operand(graph, op, operands.weights)->shape;
    const int32_t *in = data->dims, *filter = weights->dims;
    const octet_options *o = &op->options;
    if (op->code == OCTET_OP_FULLY_CONNECTED) return dense_geometry(data, weights);
    octet_geometry g = {.in = {1, 1, 1}, .n_batches = (size_t)in[0]};
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

int64_t octet_geometry_meet(const octet_geometry *g, size_t batch, const int32_t *o, const int32_t *t) {
    int64_t at = (int64_t)batch;
    for (int axis = 0; axis < 3; axis++) {
        const int32_t i = o[axis] * g->stride[axis] + t[axis] * g->dilation[axis] - g->before[axis];
        if (i < 0 || i >= g->in[axis]) return -1;
        at = at * g->in[axis] + i;
    }
    return at;
}
