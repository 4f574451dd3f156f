#include "api/target.h"
#include "quant/rules.h"
#include "report/support.h"

/* Integer operands (shapes, indices, comparisons) are neither quantized nor kept in float. */
static bool touches_float(const octet_graph *graph, const octet_operator *op) {
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        const octet_value *value = octet_graph_input(graph, op, i);
        if (value != NULL && value->type == OCTET_FLOAT32) return true;
    }
    return op->n_outputs > 0 && octet_graph_output(graph, op, 0)->type == OCTET_FLOAT32;
}

static octet_support_row judge(const octet_graph *graph, const octet_operator *op, octet_target target) {
    const octet_quantize_options options = {.mode = OCTET_MODE_INT8};
    octet_support_row row = {.level = OCTET_SUPPORT_INT8};
    if (touches_float(graph, op) && octet_rules_class(op->code, &options) == OCTET_RULE_NONE) {
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

static octet_status fill(octet_context *ctx, octet_model *model, octet_target target, const char *name, octet_rendering as, bool *supported,
                         octet_arena *arena, octet_buffer *out) {
    const octet_graph *graph = model->graph;
    octet_support_row *rows;
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_operators, &rows));
    *supported = true;
    for (uint32_t i = 0; i < graph->n_operators; i++) {
        rows[i] = judge(graph, &graph->operators[i], target);
        if (rows[i].level == OCTET_SUPPORT_NONE) *supported = false;
    }
    const octet_support support = {.graph = graph, .model = model->path, .target = name, .rows = rows};
    return as == OCTET_AS_JSON ? octet_support_write_json(ctx, &support, out) : octet_support_write_text(ctx, &support, out);
}

octet_status octet_model_check(octet_context *ctx, octet_model *model, const char *target, octet_rendering as, bool *supported,
                               char **out) {
    octet_target number;
    bool answer = false;
    octet_arena arena = {0};
    octet_buffer buffer = {0};
    OCTET_TRY(octet_api_target(ctx, target, &number));
    OCTET_TRY(octet_api_canonicalize(ctx, model));
    const octet_status status = fill(ctx, model, number, octet_api_target_name(number), as, &answer, &arena, &buffer);
    octet_arena_free(ctx, &arena);
    OCTET_TRY(octet_api_give_text(ctx, &buffer, status, out));
    *supported = answer;
    return OCTET_OK;
}
