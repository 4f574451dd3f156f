#include "graph/infer/check.h"
#include "graph/infer/families.h"

static octet_status check_rank(octet_context *ctx, const octet_operator *op, const octet_value *value, int32_t rank,
                               const char *layout) {
    char text[OCTET_SHAPE_TEXT_SIZE];
    OCTET_CHECK(ctx, value->shape.rank == rank && octet_shape_elements(&value->shape) > 0, OCTET_MODEL,
                "%s: %s: tensor %s has shape %s, it must be %s and not empty", op->layer, octet_operator_name(op->code),
                value->name, octet_shape_text(&value->shape, text), layout);
    return OCTET_OK;
}

/* One number per output channel. */
static octet_status check_bias(octet_context *ctx, const octet_graph *graph, const octet_operator *op) {
    const octet_operands operands = octet_operator_operands(op->code);
    const octet_value *bias = octet_graph_input(graph, op, (uint32_t)operands.bias);
    const int32_t channels = octet_graph_input(graph, op, (uint32_t)operands.weights)->shape.dims[operands.axis];
    OCTET_CHECK(ctx, bias == NULL || octet_shape_elements(&bias->shape) == (size_t)channels, OCTET_MODEL,
                "%s: %s: the bias has %zu elements, the output %d channels", op->layer, octet_operator_name(op->code),
                bias != NULL ? octet_shape_elements(&bias->shape) : 0, channels);
    return OCTET_OK;
}

/* Spatial axes of a convolution, outermost first. */
typedef struct windows {
    octet_padding padding;
    int32_t n;
    int32_t filter[3], stride[3], dilation[3];
} windows;

/* [N,...,C] where windows over [N,...] stand, with a channel for each of the weights'. */
static octet_status infer_windows(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                  const windows *w, octet_inferred *out) {
    const octet_operands operands = octet_operator_operands(op->code);
    const octet_value *input = octet_graph_input(graph, op, (uint32_t)operands.data);
    OCTET_TRY(check_bias(ctx, graph, op));
    octet_shape shape = input->shape;
    shape.dims[w->n + 1] = octet_graph_input(graph, op, (uint32_t)operands.weights)->shape.dims[operands.axis];
    for (int32_t i = 0; i < w->n; i++) {
        OCTET_TRY(octet_infer_check_window(ctx, op, w->padding, input->shape.dims[1 + i], w->filter[i], w->stride[i],
                                           w->dilation[i], &shape.dims[1 + i]));
    }
    return octet_infer_check_result(ctx, op, input->type, &shape, out);
}

static octet_status infer_conv_2d(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                  octet_inferred *out) {
    OCTET_TRY(octet_infer_check_arity(ctx, graph, op, 2, 3, 1));
    const octet_value *input = octet_graph_input(graph, op, 0), *filter = octet_graph_input(graph, op, 1);
    OCTET_TRY(check_rank(ctx, op, input, 4, "[N,H,W,C]"));
    OCTET_TRY(check_rank(ctx, op, filter, 4, "[O,H,W,I]"));
    const int32_t *in = input->shape.dims, *f = filter->shape.dims;
    OCTET_CHECK(ctx, in[3] % f[3] == 0 && f[0] % (in[3] / f[3]) == 0, OCTET_MODEL,
                "%s: CONV_2D: %d input channels, filter of %d and %d outputs do not make groups", op->layer, in[3],
                f[3], f[0]);
    const windows w = {op->options.conv_2d.padding,
                       2,
                       {f[1], f[2]},
                       {op->options.conv_2d.stride_h, op->options.conv_2d.stride_w},
                       {op->options.conv_2d.dilation_h, op->options.conv_2d.dilation_w}};
    return infer_windows(ctx, graph, op, &w, out);
}

static octet_status infer_depthwise(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                    octet_inferred *out) {
    OCTET_TRY(octet_infer_check_arity(ctx, graph, op, 2, 3, 1));
    const octet_value *input = octet_graph_input(graph, op, 0), *filter = octet_graph_input(graph, op, 1);
    OCTET_TRY(check_rank(ctx, op, input, 4, "[N,H,W,C]"));
    OCTET_TRY(check_rank(ctx, op, filter, 4, "[1,H,W,O]"));
    const int32_t *in = input->shape.dims, *f = filter->shape.dims;
    OCTET_CHECK(
        ctx, f[0] == 1 && f[3] % in[3] == 0, OCTET_MODEL,
        "%s: DEPTHWISE_CONV_2D: %d input channels, filter [%d,%d,%d,%d]: [1,H,W,O] with O a multiple of them is needed",
        op->layer, in[3], f[0], f[1], f[2], f[3]);
    const windows w = {op->options.depthwise_conv_2d.padding,
                       2,
                       {f[1], f[2]},
                       {op->options.depthwise_conv_2d.stride_h, op->options.depthwise_conv_2d.stride_w},
                       {op->options.depthwise_conv_2d.dilation_h, op->options.depthwise_conv_2d.dilation_w}};
    return infer_windows(ctx, graph, op, &w, out);
}

/* The output's shape is an operand: any size is possible, since cells that no input reaches hold the bias. */
static octet_status infer_transpose_conv(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                         octet_inferred *out) {
    OCTET_TRY(octet_infer_check_arity(ctx, graph, op, 3, 4, 1));
    const octet_value *filter = octet_graph_input(graph, op, 1), *input = octet_graph_input(graph, op, 2);
    OCTET_TRY(check_rank(ctx, op, input, 4, "[N,H,W,C]"));
    OCTET_TRY(check_rank(ctx, op, filter, 4, "[O,H,W,C]"));
    const int32_t *in = input->shape.dims, *f = filter->shape.dims;
    octet_shape shape = {0};
    OCTET_TRY(octet_infer_constant_i32(ctx, graph, op, 0, 4, shape.dims, &shape.rank));
    OCTET_CHECK(ctx,
                shape.rank == 4 && shape.dims[0] == in[0] && shape.dims[3] == f[0] && shape.dims[1] > 0 &&
                    shape.dims[2] > 0,
                OCTET_MODEL, "%s: TRANSPOSE_CONV: its output shape does not fit %d samples and %d output channels",
                op->layer, in[0], f[0]);
    OCTET_CHECK(ctx, in[3] == f[3], OCTET_MODEL, "%s: TRANSPOSE_CONV: %d input channels, filter of %d", op->layer,
                in[3], f[3]);
    OCTET_TRY(check_bias(ctx, graph, op));
    const int32_t stride_h = op->options.transpose_conv.stride_h, stride_w = op->options.transpose_conv.stride_w;
    OCTET_CHECK(ctx, stride_h >= 1 && stride_w >= 1, OCTET_MODEL,
                "%s: TRANSPOSE_CONV with strides %d and %d, both must be at least 1", op->layer, stride_h, stride_w);
    return octet_infer_check_result(ctx, op, input->type, &shape, out);
}

static octet_status infer_conv_3d(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                  octet_inferred *out) {
    OCTET_TRY(octet_infer_check_arity(ctx, graph, op, 2, 3, 1));
    const octet_value *input = octet_graph_input(graph, op, 0), *filter = octet_graph_input(graph, op, 1);
    OCTET_TRY(check_rank(ctx, op, input, 5, "[N,D,H,W,C]"));
    OCTET_TRY(check_rank(ctx, op, filter, 5, "[D,H,W,I,O]"));
    const int32_t *in = input->shape.dims, *f = filter->shape.dims;
    OCTET_CHECK(ctx, in[4] % f[3] == 0 && f[4] % (in[4] / f[3]) == 0, OCTET_MODEL,
                "%s: CONV_3D: %d input channels, filter of %d and %d outputs do not make groups", op->layer, in[4],
                f[3], f[4]);
    const windows w = {
        op->options.conv_3d.padding,
        3,
        {f[0], f[1], f[2]},
        {op->options.conv_3d.stride_d, op->options.conv_3d.stride_h, op->options.conv_3d.stride_w},
        {op->options.conv_3d.dilation_d, op->options.conv_3d.dilation_h, op->options.conv_3d.dilation_w}};
    return infer_windows(ctx, graph, op, &w, out);
}

octet_status octet_infer_conv(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                              octet_inferred *out) {
    if (op->code == OCTET_OP_CONV_2D) return infer_conv_2d(ctx, graph, op, out);
    if (op->code == OCTET_OP_DEPTHWISE_CONV_2D) return infer_depthwise(ctx, graph, op, out);
    if (op->code == OCTET_OP_TRANSPOSE_CONV) return infer_transpose_conv(ctx, graph, op, out);
    if (op->code == OCTET_OP_CONV_3D) return infer_conv_3d(ctx, graph, op, out);
    return octet_infer_unknown(ctx, op);
}
