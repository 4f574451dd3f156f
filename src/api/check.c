#include "passes/passes.h"
#include "quant/rules.h"
#include "report/support.h"
#include "target/target.h"

/* Integer operands (shapes, indices, comparisons) are neither quantized nor kept in float. */
static bool touches_float(const octet_graph *graph, const octet_operator *op) {
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        const octet_value *value = octet_graph_input(graph, op, i);
        if (value != NULL && value->type == OCTET_FLOAT32) return true;
    }
    return op->n_outputs > 0 && octet_graph_output(graph, op, 0)->type == OCTET_FLOAT32;
}

static bool is_per_channel_dense(const octet_graph *graph, const octet_operator *op) {
    const octet_value *weights = op->code == OCTET_OP_FULLY_CONNECTED ? octet_graph_input(graph, op, 1) : NULL;
    return weights != NULL && weights->quantization.n > 1;
}

/* QUANTIZE, DEQUANTIZE and CAST convert it. */
static bool computes_uint8(const octet_graph *graph, const octet_operator *op, const octet_quantize_options *options) {
    const octet_value *input = octet_graph_input(graph, op, 0);
    return input != NULL && input->type == OCTET_UINT8 && octet_rules_class(op->code, options) != OCTET_RULE_NONE;
}

static octet_support_row judge(const octet_graph *graph, const octet_operator *op, octet_target target) {
    const octet_quantize_options options = {.mode = OCTET_MODE_INT8};
    octet_support_row row = {.level = OCTET_SUPPORT_INT8};
    if (octet_target_wants_per_tensor_dense(target) && is_per_channel_dense(graph, op)) {
        row = (octet_support_row){.level = OCTET_SUPPORT_NONE,
                                  .reason = "its weights have a scale per output",
                                  .remedy =
                                      "quantize the float model again with this --target, or with --per-tensor-dense"};
        return row;
    }
    if (octet_target_lacks_uint8(target) && computes_uint8(graph, op, &options)) {
        return (octet_support_row){.level = OCTET_SUPPORT_NONE,
                                   .reason = "it computes with uint8, and tflite-micro with int8",
                                   .remedy = "quantize the float model that the file was made from"};
    }
    const bool converts = op->code == OCTET_OP_QUANTIZE || op->code == OCTET_OP_DEQUANTIZE;
    if (!converts && touches_float(graph, op) && octet_rules_class(op->code, &options) == OCTET_RULE_NONE) {
        row.reason = "there is no int8 kernel for it";
        row.remedy = "it runs in float between DEQUANTIZE and QUANTIZE";
        row.level = OCTET_SUPPORT_FLOAT;
        if (octet_target_has_float(target, op->code)) return row;
        row.level = OCTET_SUPPORT_NONE;
    }
    const char *reason, *remedy;
    if (!octet_target_supports(target, op->code, &reason, &remedy)) {
        row = (octet_support_row){.level = OCTET_SUPPORT_NONE, .reason = reason, .remedy = remedy};
    }
    return row;
}

static octet_status fill(octet_context *ctx, const octet_model *model, const octet_graph *graph, octet_target target,
                         octet_rendering as, bool *supported, octet_arena *arena, octet_buffer *out) {
    octet_support_row *rows;
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_operators, &rows));
    *supported = true;
    for (uint32_t i = 0; i < graph->n_operators; i++) {
        rows[i] = judge(graph, &graph->operators[i], target);
        if (rows[i].level == OCTET_SUPPORT_NONE) *supported = false;
    }
    const octet_support support = {.graph = graph,
                                   .model = model->path,
                                   .target = octet_api_target_name(target),
                                   .is_quantized = octet_model_is_quantized(model),
                                   .rows = rows};
    return as == OCTET_AS_JSON ? octet_support_write_json(ctx, &support, out)
                               : octet_support_write_text(ctx, &support, out);
}

octet_status octet_model_check(octet_context *ctx, octet_model *model, const char *target, octet_rendering as,
                               bool *supported, char **out) {
    octet_target number;
    bool answer = false;
    octet_arena arena = {0};
    octet_buffer buffer = {0};
    OCTET_TRY(octet_api_target(ctx, target, &number));
    OCTET_TRY(octet_api_canonicalize(ctx, model));
    octet_graph *own =
        NULL; /* of a float .tflite: what quantizing would start from; the model itself stays as the file has it */
    octet_status status = OCTET_OK;
    if (model->kind == OCTET_KIND_TFLITE && !octet_model_is_quantized(model)) {
        status = octet_graph_clone(ctx, model->graph, &own);
        if (status == OCTET_OK) status = octet_passes_run(ctx, own);
    }
    if (status == OCTET_OK)
        status = fill(ctx, model, own != NULL ? own : model->graph, number, as, &answer, &arena, &buffer);
    octet_graph_destroy(ctx, own);
    octet_arena_free(ctx, &arena);
    OCTET_TRY(octet_api_give_text(ctx, &buffer, status, out));
    *supported = answer;
    return OCTET_OK;
}
