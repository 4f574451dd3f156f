#include "passes/edit.h"
#include "passes/list.h"

static bool fusable(octet_operator_code code, octet_activation *out) {
    switch ((int)code) {
    case OCTET_OP_RELU: *out = OCTET_ACTIVATION_RELU; return true;
    case OCTET_OP_RELU6: *out = OCTET_ACTIVATION_RELU6; return true;
    case OCTET_OP_RELU_N1_TO_1: *out = OCTET_ACTIVATION_RELU_N1_TO_1; return true;
    default: return false;
    }
}

/* As in TensorFlow: DIV takes no activation, and TRANSPOSE_CONV only behind a bias. */
static bool takes_activation(const octet_graph *graph, const octet_operator *op) {
    if (octet_operator_activation(op) != OCTET_ACTIVATION_NONE) return false;
    switch ((int)op->code) {
    case OCTET_OP_TRANSPOSE_CONV:
        return octet_graph_input(graph, op, (uint32_t)octet_operator_operands(op->code).bias) != NULL;
    case OCTET_OP_CONV_2D:
    case OCTET_OP_DEPTHWISE_CONV_2D:
    case OCTET_OP_FULLY_CONNECTED:
    case OCTET_OP_ADD:
    case OCTET_OP_SUB:
    case OCTET_OP_MUL:
    case OCTET_OP_MAX_POOL_2D:
    case OCTET_OP_AVERAGE_POOL_2D: return true;
    default: return false;
    }
}

/* RELU, RELU6 and RELU_N1_TO_1 become the fused activation of the operator before them when nothing else reads its
 * result. An operator that has an activation already takes no second one. */
octet_status octet_pass_fuse_activation(octet_context *ctx, octet_graph *graph, bool *changed) {
    (void)ctx;
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        octet_activation wanted;
        if (graph->operators[k].removed || !fusable(graph->operators[k].code, &wanted)) continue;
        const uint32_t v = graph->operators[k].inputs[0];
        if (!octet_edit_is_private(graph, v)) continue;
        const uint32_t p = graph->values[v].producer;
        if (!takes_activation(graph, &graph->operators[p])) continue;
        octet_operator_set_activation(&graph->operators[p], wanted);
        octet_edit_take_output(graph, p, k);
        *changed = true;
    }
    return OCTET_OK;
}
