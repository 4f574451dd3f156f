#include "graph/constant.h"
#include "passes/edit.h"
#include "passes/list.h"

static bool pads_like_same(int32_t in, int32_t filter, int32_t stride, int32_t dilation, const int32_t amounts[2]) {
    const octet_axis_window same = octet_window(OCTET_PADDING_SAME, in, filter, stride, dilation);
    return same.before == amounts[0] && same.after == amounts[1];
}

/* A PAD with zeros of height and width before a VALID convolution is the padding SAME, when it is as large on each side
 * as SAME makes it for this input. */
octet_status octet_pass_fuse_pad(octet_context *ctx, octet_graph *graph, bool *changed) {
    (void)ctx;
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        octet_operator *op = &graph->operators[k];
        const bool depthwise = op->code == OCTET_OP_DEPTHWISE_CONV_2D;
        if (op->removed || (op->code != OCTET_OP_CONV_2D && !depthwise)) continue;
        octet_padding *padding = depthwise ? &op->options.depthwise_conv_2d.padding : &op->options.conv_2d.padding;
        const octet_operator *pad = octet_edit_producer(graph, op->inputs[0]);
        if (*padding != OCTET_PADDING_VALID || pad == NULL || pad->code != OCTET_OP_PAD) continue;
        if (!octet_edit_is_private(graph, op->inputs[0])) continue;
        int32_t amounts[8], n;
        if (!octet_constant_read_i32(octet_graph_input(graph, pad, 1), 8, amounts, &n) || n != 8) continue;
        if (amounts[0] != 0 || amounts[1] != 0 || amounts[6] != 0 || amounts[7] != 0) continue;
        const octet_shape *in = &octet_graph_input(graph, pad, 0)->shape,
                          *filter = &octet_graph_input(graph, op, 1)->shape;
        const int32_t stride_h = depthwise ? op->options.depthwise_conv_2d.stride_h : op->options.conv_2d.stride_h;
        const int32_t stride_w = depthwise ? op->options.depthwise_conv_2d.stride_w : op->options.conv_2d.stride_w;
        const int32_t dilation_h =
            depthwise ? op->options.depthwise_conv_2d.dilation_h : op->options.conv_2d.dilation_h;
        const int32_t dilation_w =
            depthwise ? op->options.depthwise_conv_2d.dilation_w : op->options.conv_2d.dilation_w;
        if (!pads_like_same(in->dims[1], filter->dims[1], stride_h, dilation_h, amounts + 2)) continue;
        if (!pads_like_same(in->dims[2], filter->dims[2], stride_w, dilation_w, amounts + 4)) continue;
        *padding = OCTET_PADDING_SAME;
        octet_graph_set_input(graph, k, 0, pad->inputs[0]);
        *changed = true;
    }
    return OCTET_OK;
}
