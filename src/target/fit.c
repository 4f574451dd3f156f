#include "target/fit.h"

#include "target/capabilities.h"

/* The form of an operator; NULL where it has none. */
static octet_fit_form *form_of(const octet_target *target, octet_operator_code code) {
    switch ((int)code) {
    case OCTET_OP_TILE:
    case OCTET_OP_BROADCAST_TO: return octet_fit_repeat;
    case OCTET_OP_GATHER:
    case OCTET_OP_REVERSE_V2:
    case OCTET_OP_MIRROR_PAD: return octet_fit_pieces;
    case OCTET_OP_SPLIT_V:
    case OCTET_OP_UNPACK: return octet_fit_split;
    case OCTET_OP_STRIDED_SLICE: return octet_fit_short_slice;
    case OCTET_OP_SELECT: return octet_fit_select;
    case OCTET_OP_PADV2: return octet_fit_pad;
    case OCTET_OP_RELU6:
    case OCTET_OP_RELU_0_TO_1:
    case OCTET_OP_RELU_N1_TO_1: return octet_fit_clamp;
    case OCTET_OP_REDUCE_ANY: return octet_fit_any;
    case OCTET_OP_ABS: return octet_fit_absolute;
    case OCTET_OP_LEAKY_RELU: return octet_fit_leaky_relu;
    default: break;
    }
    return octet_capabilities_in_float(target, code) ? octet_fit_float : NULL;
}

/* Operators that the forms are made of, beside RESHAPE. */
static bool has_parts(const octet_target *target, octet_operator_code code) {
    switch ((int)code) {
    case OCTET_OP_SELECT: return octet_capabilities_in_int8(target, OCTET_OP_SELECT_V2);
    case OCTET_OP_REDUCE_ANY: return octet_capabilities_in_int8(target, OCTET_OP_REDUCE_ALL);
    default: return true;
    }
}

static bool lacks(const octet_target *target, octet_operator_code code) {
    return !octet_capabilities_in_int8(target, code) || (code == OCTET_OP_RELU6 && target->lacks_relu6) ||
           (code == OCTET_OP_STRIDED_SLICE && target->lacks_short_slices);
}

bool octet_fit_has_form(const octet_target *target, octet_operator_code code) {
    return form_of(target, code) != NULL && lacks(target, code) && has_parts(target, code);
}

octet_status octet_target_fit(octet_context *ctx, const octet_target *target, octet_graph *graph) {
    const uint32_t n = graph->n_operators;
    graph->is_for_device = target->kernels != OCTET_TARGET_KERNELS_LITERT;
    for (uint32_t k = 0; k < n; k++) {
        const octet_operator *op = &graph->operators[k];
        const octet_operator_code code = op->code;
        if (op->removed || octet_graph_output(graph, op, 0)->n_uses == 0 || !octet_fit_has_form(target, code)) continue;
        OCTET_TRY(form_of(target, code)(ctx, target, graph, k));
    }
    if (graph->n_operators == n) return OCTET_OK;
    OCTET_TRY(octet_graph_compact(ctx, graph));
    return octet_graph_verify(ctx, graph, "fit to target");
}
