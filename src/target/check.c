#include "target/check.h"

#include "quant/rules.h"
#include "target/capabilities.h"

/* Integer operands (shapes, indices, comparisons) are neither quantized nor kept in float. */
static bool touches_float(const octet_graph *graph, const octet_operator *op) {
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        const octet_value *value = octet_graph_input(graph, op, i);
        if (value != NULL && value->type == OCTET_FLOAT32) return true;
    }
    return op->n_outputs > 0 && octet_graph_output(graph, op, 0)->type == OCTET_FLOAT32;
}

static bool is_per_channel_dense(const octet_graph *graph, const octet_operator *op) {
    if (op->code != OCTET_OP_FULLY_CONNECTED) return false;
    const octet_value *weights = octet_graph_input(graph, op, (uint32_t)octet_operator_operands(op->code).weights);
    return weights != NULL && weights->quantization.n > 1;
}

static bool has_int8_kernel(octet_operator_code code) {
    const octet_quantize_options options = {.mode = OCTET_MODE_INT8};
    return octet_rules_class(code, &options) != OCTET_RULE_NONE;
}

/* QUANTIZE, DEQUANTIZE and CAST convert uint8. */
static bool computes_uint8(const octet_graph *graph, const octet_operator *op) {
    const octet_value *input = octet_graph_input(graph, op, 0);
    return input != NULL && input->type == OCTET_UINT8 && has_int8_kernel(op->code);
}

static const char *reason_of(const octet_target *target) {
    return target->kernels == OCTET_TARGET_KERNELS_EDGETPU
               ? "the Edge TPU does not run it: it and all after it would run on the CPU"
               : "tflite-micro has no int8 kernel for it";
}

static octet_support_row judge(const octet_target *target, const octet_graph *graph, const octet_operator *op) {
    if (target->per_tensor_dense && is_per_channel_dense(graph, op)) {
        return (octet_support_row){OCTET_SUPPORT_NONE, "its weights have a scale per output",
                                   "quantize the float model again with this --target, or with --per-tensor-dense"};
    }
    if (target->lacks_uint8 && computes_uint8(graph, op)) {
        return (octet_support_row){OCTET_SUPPORT_NONE, "it computes with uint8, and tflite-micro with int8",
                                   "quantize the float model that the file was made from"};
    }
    const bool converts = op->code == OCTET_OP_QUANTIZE || op->code == OCTET_OP_DEQUANTIZE;
    const bool stays_float = !converts && touches_float(graph, op) && !has_int8_kernel(op->code);
    if (stays_float && octet_capabilities_in_float(target, op->code)) {
        return (octet_support_row){OCTET_SUPPORT_FLOAT, "there is no int8 kernel for it",
                                   "it runs in float between DEQUANTIZE and QUANTIZE"};
    }
    if (stays_float || !octet_capabilities_in_int8(target, op->code))
        return (octet_support_row){OCTET_SUPPORT_NONE, reason_of(target), octet_capabilities_remedy(op->code)};
    return (octet_support_row){.level = OCTET_SUPPORT_INT8};
}

octet_status octet_target_check(octet_context *ctx, octet_arena *arena, const octet_target *target,
                                const octet_graph *graph, const octet_support_row **rows, bool *supported) {
    octet_support_row *found;
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_operators, &found));
    *supported = true;
    for (uint32_t i = 0; i < graph->n_operators; i++) {
        found[i] = judge(target, graph, &graph->operators[i]);
        if (found[i].level == OCTET_SUPPORT_NONE) *supported = false;
    }
    *rows = found;
    return OCTET_OK;
}
