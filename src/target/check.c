#include "target/check.h"

#include "quant/rules.h"
#include "target/capabilities.h"
#include "target/fit.h"

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

static bool has_operator(const octet_graph *graph, octet_operator_code code) {
    for (uint32_t i = 0; i < graph->n_operators; i++)
        if (graph->operators[i].code == code) return true;
    return false;
}

/* Quantizing with octet leaves no such operator, or one that the target runs. */
static bool has_better_form(const octet_judged *judged, octet_operator_code code) {
    if (judged->fitted != NULL && octet_fit_has_form(judged->target, code) && !has_operator(judged->fitted, code))
        return true;
    const bool becomes_mul = code == OCTET_OP_NEG || code == OCTET_OP_SQUARE;
    return octet_rules_get(code).rule_class == OCTET_RULE_BETTER &&
           (becomes_mul || octet_capabilities_in_int8(judged->target, code));
}

static octet_support_row refuse(const octet_judged *judged, octet_operator_code code, bool is_float) {
    const char *reason = judged->target->kernels == OCTET_TARGET_KERNELS_EDGETPU
                             ? "the Edge TPU does not run it: it and all after it would run on the CPU"
                         : is_float ? "tflite-micro has no float kernel for it"
                                    : "tflite-micro has no int8 kernel for it";
    const char *remedy = has_better_form(judged, code)
                             ? "quantize the float model with octet and this --target, without --strict-tensorflow: "
                               "octet writes it in another form"
                             : octet_capabilities_remedy(code);
    return (octet_support_row){OCTET_SUPPORT_NONE, reason, remedy};
}

/* Whether it reads or gives 16 bits that are computed anew in each run: an LSTM of int8 keeps a state of 16. */
static bool computes_int16(const octet_graph *graph, const octet_operator *op) {
    bool does = false;
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        const octet_value *value = octet_graph_input(graph, op, i);
        does = does || (value != NULL && value->type == OCTET_INT16 && !value->is_variable);
    }
    for (uint32_t i = 0; i < op->n_outputs; i++) does = does || octet_graph_output(graph, op, i)->type == OCTET_INT16;
    return does;
}

/* tflite-micro's SELECT_V2 chooses among int8, int16 and float32. */
static bool chooses_other_types(const octet_target *target, const octet_graph *graph, const octet_operator *op) {
    if (op->code != OCTET_OP_SELECT_V2 || target->kernels != OCTET_TARGET_KERNELS_MICRO) return false;
    const octet_type type = octet_graph_output(graph, op, 0)->type;
    return type != OCTET_INT8 && type != OCTET_INT16 && type != OCTET_FLOAT32;
}

static octet_support_row judge(const octet_judged *judged, const octet_operator *op) {
    const octet_target *target = judged->target;
    const octet_graph *graph = judged->graph;
    if (target->per_tensor_dense && is_per_channel_dense(graph, op)) {
        return (octet_support_row){OCTET_SUPPORT_NONE, "its weights have a scale per output",
                                   "quantize the float model again with this --target, or with --per-tensor-dense"};
    }
    if (target->lacks_uint8 && computes_uint8(graph, op)) {
        return (octet_support_row){OCTET_SUPPORT_NONE, "it computes with uint8, and tflite-micro with int8",
                                   "quantize the float model that the file was made from"};
    }
    if ((target->modes & 1u << OCTET_MODE_INT16X8) == 0 && computes_int16(graph, op)) {
        return (octet_support_row){OCTET_SUPPORT_NONE, "it computes with int16, which the target does not",
                                   "quantize the float model without layers in int16"};
    }
    if (chooses_other_types(target, graph, op)) {
        return (octet_support_row){OCTET_SUPPORT_NONE,
                                   "it chooses among integers, which tflite-micro's kernel does not",
                                   octet_capabilities_remedy(op->code)};
    }
    if (target->lacks_short_slices && octet_fit_is_short_slice(graph, op)) {
        return (octet_support_row){OCTET_SUPPORT_NONE,
                                   "it names fewer axes than its input has, and tflite-micro reads an index for each",
                                   "quantize the float model with octet and this --target"};
    }
    const bool converts = op->code == OCTET_OP_QUANTIZE || op->code == OCTET_OP_DEQUANTIZE;
    const bool is_float = !converts && touches_float(graph, op);
    if (is_float && octet_capabilities_in_float(target, op->code)) {
        const char *reason = has_int8_kernel(op->code) && octet_capabilities_in_int8(target, op->code)
                                 ? "it is not quantized"
                                 : "there is no int8 kernel for it";
        return (octet_support_row){OCTET_SUPPORT_FLOAT, reason, "it runs in float between DEQUANTIZE and QUANTIZE"};
    }
    if (is_float || !octet_capabilities_in_int8(target, op->code)) return refuse(judged, op->code, is_float);
    return (octet_support_row){.level = OCTET_SUPPORT_INT8};
}

octet_status octet_target_check(octet_context *ctx, octet_arena *arena, const octet_judged *judged,
                                const octet_support_row **rows, bool *supported) {
    octet_support_row *found;
    OCTET_TRY(OCTET_NEW(ctx, arena, judged->graph->n_operators, &found));
    *supported = true;
    for (uint32_t i = 0; i < judged->graph->n_operators; i++) {
        found[i] = judge(judged, &judged->graph->operators[i]);
        if (found[i].level == OCTET_SUPPORT_NONE) *supported = false;
    }
    *rows = found;
    return OCTET_OK;
}
