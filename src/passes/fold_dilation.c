#include "graph/constant.h"
#include "passes/edit.h"
#include "passes/list.h"

/* The chain by which TensorFlow dilates a convolution while the batch is open; the steps in the middle only move an
 * axis of length 1. */
typedef struct chain {
    uint32_t to_batch, conv, to_space;
    uint32_t expand, squeeze;              /* OCTET_NONE for two dimensions */
    int32_t block[2], before[2], after[2]; /* by height and width */
} chain;

static bool is_move(const octet_operator *op) {
    return op != NULL &&
           (op->code == OCTET_OP_RESHAPE || op->code == OCTET_OP_EXPAND_DIMS || op->code == OCTET_OP_SQUEEZE);
}

static uint32_t private_producer(const octet_graph *graph, uint32_t value) {
    return octet_edit_is_private(graph, value) ? graph->values[value].producer : OCTET_NONE;
}

/* Block sizes and what is left of the padding when the crops are taken off; in one dimension the height has a block
 * of 1. */
static bool read_amounts(const octet_graph *graph, chain *c) {
    const octet_operator *to_batch = &graph->operators[c->to_batch], *to_space = &graph->operators[c->to_space];
    int32_t block[2], unblock[2], pads[4], crops[4], n[4];
    if (!octet_constant_read_i32(octet_graph_input(graph, to_batch, 1), 2, block, &n[0])) return false;
    if (!octet_constant_read_i32(octet_graph_input(graph, to_space, 1), 2, unblock, &n[1])) return false;
    if (!octet_constant_read_i32(octet_graph_input(graph, to_batch, 2), 4, pads, &n[2])) return false;
    if (!octet_constant_read_i32(octet_graph_input(graph, to_space, 2), 4, crops, &n[3])) return false;
    const int32_t dims = c->expand == OCTET_NONE ? 2 : 1;
    if (n[0] != dims || n[1] != dims || n[2] != 2 * dims || n[3] != 2 * dims) return false;
    c->block[0] = 1;
    c->before[0] = c->after[0] = 0;
    for (int32_t i = 0; i < dims; i++) {
        const int32_t at = 2 - dims + i;
        if (block[i] != unblock[i] || block[i] < 1) return false;
        c->block[at] = block[i];
        c->before[at] = pads[2 * i] - crops[2 * i];
        c->after[at] = pads[2 * i + 1] - crops[2 * i + 1];
    }
    return true;
}

static bool match(const octet_graph *graph, uint32_t k, chain *c) {
    if (graph->operators[k].removed || graph->operators[k].code != OCTET_OP_BATCH_TO_SPACE_ND) return false;
    *c = (chain){.to_space = k, .expand = OCTET_NONE, .squeeze = OCTET_NONE};
    uint32_t p = private_producer(graph, graph->operators[k].inputs[0]);
    if (p == OCTET_NONE) return false;
    if (is_move(&graph->operators[p])) {
        c->squeeze = p;
        p = private_producer(graph, graph->operators[p].inputs[0]);
        if (p == OCTET_NONE) return false;
    }
    const octet_operator_code code = graph->operators[p].code;
    if (code != OCTET_OP_CONV_2D && code != OCTET_OP_DEPTHWISE_CONV_2D) return false;
    c->conv = p;
    p = private_producer(graph, graph->operators[p].inputs[0]);
    if (p == OCTET_NONE) return false;
    if (is_move(&graph->operators[p])) {
        c->expand = p;
        p = private_producer(graph, graph->operators[p].inputs[0]);
        if (p == OCTET_NONE) return false;
    }
    c->to_batch = p;
    return graph->operators[p].code == OCTET_OP_SPACE_TO_BATCH_ND &&
           (c->expand == OCTET_NONE) == (c->squeeze == OCTET_NONE);
}

/* [N,L,C] as [N,1,L,C]; other shapes are as they are. False when the chain is neither of both. */
static bool image_shape(const octet_graph *graph, const chain *c, uint32_t value, octet_shape *out) {
    *out = graph->values[value].shape;
    if (c->expand == OCTET_NONE) return out->rank == 4;
    if (out->rank != 3) return false;
    *out = octet_shape_make(4, (const int32_t[]){out->dims[0], 1, out->dims[1], out->dims[2]});
    const octet_shape *inner = &octet_graph_output(graph, &graph->operators[c->expand], 0)->shape;
    return inner->rank == 4 && inner->dims[1] == 1;
}

static bool fits(const octet_graph *graph, const chain *c, octet_padding *padding) {
    const octet_operator *conv = &graph->operators[c->conv];
    const bool depthwise = conv->code == OCTET_OP_DEPTHWISE_CONV_2D;
    const octet_padding inner = depthwise ? conv->options.depthwise_conv_2d.padding : conv->options.conv_2d.padding;
    const int32_t strides[2] = {depthwise ? conv->options.depthwise_conv_2d.stride_h : conv->options.conv_2d.stride_h,
                                depthwise ? conv->options.depthwise_conv_2d.stride_w : conv->options.conv_2d.stride_w};
    const int32_t dilations[2] = {
        depthwise ? conv->options.depthwise_conv_2d.dilation_h : conv->options.conv_2d.dilation_h,
        depthwise ? conv->options.depthwise_conv_2d.dilation_w : conv->options.conv_2d.dilation_w};
    octet_shape in, out;
    if (inner != OCTET_PADDING_VALID || strides[0] != 1 || strides[1] != 1 || dilations[0] != 1 || dilations[1] != 1)
        return false;
    if (!image_shape(graph, c, graph->operators[c->to_batch].inputs[0], &in)) return false;
    if (!image_shape(graph, c, graph->operators[c->to_space].outputs[0], &out)) return false;
    const octet_shape *filter = &octet_graph_input(graph, conv, 1)->shape;
    for (int kind = 0; kind < 2; kind++) {
        *padding = kind == 0 ? OCTET_PADDING_VALID : OCTET_PADDING_SAME;
        bool all = true;
        for (int i = 0; i < 2; i++) {
            const octet_axis_window window =
                octet_window(*padding, in.dims[1 + i], filter->dims[1 + i], 1, c->block[i]);
            const bool pads = *padding == OCTET_PADDING_VALID
                                  ? c->before[i] == 0 && c->after[i] == 0
                                  : c->before[i] == window.before && c->after[i] == window.after;
            all = all && pads && window.out == out.dims[1 + i];
        }
        if (all) return true;
    }
    return false;
}

static octet_status rewrite(octet_context *ctx, octet_graph *graph, const chain *c, octet_padding padding) {
    octet_operator *conv = &graph->operators[c->conv];
    if (conv->code == OCTET_OP_DEPTHWISE_CONV_2D) {
        conv->options.depthwise_conv_2d.padding = padding;
        conv->options.depthwise_conv_2d.dilation_h = c->block[0];
        conv->options.depthwise_conv_2d.dilation_w = c->block[1];
    } else {
        conv->options.conv_2d.padding = padding;
        conv->options.conv_2d.dilation_h = c->block[0];
        conv->options.conv_2d.dilation_w = c->block[1];
    }
    const uint32_t source = graph->operators[c->to_batch].inputs[0];
    if (c->expand == OCTET_NONE) {
        octet_graph_set_input(graph, c->conv, 0, source);
        octet_edit_take_output(graph, c->conv, c->to_space);
        return OCTET_OK;
    }
    /* In one dimension the moves stay, around the whole of it. */
    octet_shape in, out;
    if (!image_shape(graph, c, source, &in) || !image_shape(graph, c, graph->operators[c->to_space].outputs[0], &out))
        return OCTET_OK;
    graph->values[graph->operators[c->expand].outputs[0]].shape = in;
    graph->values[graph->operators[c->conv].outputs[0]].shape = out;
    octet_graph_set_input(graph, c->expand, 0, source);
    octet_edit_take_output(graph, c->squeeze, c->to_space);
    OCTET_TRY(octet_edit_make_reshape(ctx, graph, c->expand));
    return octet_edit_make_reshape(ctx, graph, c->squeeze);
}

/* SPACE_TO_BATCH_ND, a convolution, BATCH_TO_SPACE_ND become the dilated convolution that they mean. */
octet_status octet_pass_fold_dilation(octet_context *ctx, octet_graph *graph, bool *changed) {
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        chain c;
        octet_padding padding;
        if (!match(graph, k, &c) || !read_amounts(graph, &c) || !fits(graph, &c, &padding)) continue;
        OCTET_TRY(rewrite(ctx, graph, &c, padding));
        *changed = true;
    }
    return OCTET_OK;
}
