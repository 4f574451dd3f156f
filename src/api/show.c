/* octet_model_summary, octet_model_inspect and octet_model_receipt: reports on one model. */
#include "api/describe.h"
#include "api/handles.h"
#include "base/buffer.h"
#include "report/inspect.h"
#include "report/joined.h"
#include "report/receipt.h"
#include "report/summary.h"
#include "tflite/version.h"

octet_status octet_model_summary(octet_context *ctx, const octet_model *model, octet_rendering as, char **out) {
    octet_buffer buffer = {0};
    const octet_status status = as == OCTET_AS_JSON ? octet_summary_write_json(ctx, model->graph, model->path, &buffer)
                                                    : octet_summary_write_text(ctx, model->graph, model->path, &buffer);
    return octet_api_give_text(ctx, &buffer, status, out);
}

/* Where every value lies, when octet can run the graph; a file with an
 * operator without kernel is shown without a plan. */
static octet_status plan(octet_context *ctx, octet_arena *arena, octet_inspection *inspection) {
    const octet_graph *graph = inspection->graph;
    octet_context attempt;
    octet_exec *exec = NULL;
    octet_context_child(ctx, &attempt);
    const octet_exec_options options = {0};
    if (octet_exec_create(&attempt, graph, &options, &exec) != OCTET_OK) {
        OCTET_CHECK(ctx, attempt.status != OCTET_NOMEM, OCTET_NOMEM, "%s", attempt.message);
        return OCTET_OK;
    }
    size_t *offsets;
    const octet_status status = OCTET_NEW(ctx, arena, graph->n_values, &offsets);
    for (uint32_t i = 0; i < graph->n_values && status == OCTET_OK; i++) offsets[i] = octet_exec_offset(exec, i);
    inspection->offsets = status == OCTET_OK ? offsets : NULL;
    inspection->arena_bytes = octet_exec_arena_bytes(exec);
    octet_exec_destroy(&attempt, exec);
    return status;
}

static octet_status fill(octet_context *ctx, const octet_model *model, octet_arena *arena,
                         octet_inspection *inspection) {
    const octet_graph *graph = model->graph;
    *inspection = (octet_inspection){.graph = graph, .model = model->path};
    OCTET_TRY(octet_model_size(ctx, model, &inspection->file_bytes));
    OCTET_TRY(octet_islands_find(ctx, arena, graph, model->has_layers, &inspection->islands));
    if (model->kind != OCTET_KIND_TFLITE) {
        int32_t *versions;
        OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_operators, &versions));
        for (uint32_t i = 0; i < graph->n_operators; i++)
            versions[i] = octet_version_of_operator(graph, &graph->operators[i]);
        inspection->versions = versions;
    }
    return plan(ctx, arena, inspection);
}

octet_status octet_model_inspect(octet_context *ctx, const octet_model *model, octet_rendering as, char **out) {
    octet_arena arena = {0};
    octet_buffer buffer = {0};
    octet_inspection inspection;
    octet_status status = fill(ctx, model, &arena, &inspection);
    if (status == OCTET_OK) {
        status = as == OCTET_AS_JSON ? octet_inspect_write_json(ctx, &inspection, &buffer)
                                     : octet_inspect_write_text(ctx, &inspection, &buffer);
    }
    octet_arena_free(ctx, &arena);
    return octet_api_give_text(ctx, &buffer, status, out);
}

octet_status octet_api_warn_of_outputs(octet_context *ctx, const octet_model *model, const octet_warning_list *list) {
    for (uint32_t i = 0; model->loses_parts && i < model->n_joined; i++) {
        const char *text;
        OCTET_TRY(octet_joined_describe(ctx, list->arena, model->graph, &model->joined[i], &text));
        octet_warning_put(list, OCTET_WARNING_JOINED_PARTS, text);
    }
    if (model->is_split && model->n_joined == 0)
        OCTET_WARN(ctx, list, OCTET_WARNING_JOINED_PARTS,
                   "--split-outputs found no output that joins parts whose ranges are more than %d times apart: all "
                   "outputs are as the model has them",
                   OCTET_JOINED_FAR);
    return OCTET_OK;
}

/* What a verdict would say too, of what is known without one. */
static octet_status warn_in_receipt(octet_context *ctx, octet_arena *arena, const octet_model *model,
                                    octet_receipt *receipt) {
    octet_warning_list list = {.arena = arena, .n = &receipt->n_warnings, .most = OCTET_MAX_WARNINGS};
    list.silenced = model->silenced;
    OCTET_TRY(OCTET_NEW(ctx, arena, OCTET_MAX_WARNINGS, &list.texts));
    OCTET_TRY(OCTET_NEW(ctx, arena, OCTET_MAX_WARNINGS, &list.names));
    receipt->warnings = list.texts;
    receipt->warning_names = list.names;
    OCTET_TRY(octet_api_warn_of_outputs(ctx, model, &list));
    if (!model->seen.is_given) return OCTET_OK;
    const bool has_outlier = model->seen.inputs != NULL && model->seen.inputs[0].has_outlier;
    return octet_data_checks_warn(ctx, &model->seen.facts, &model->seen.checks, has_outlier, &list);
}

static octet_status write_receipt(octet_context *ctx, octet_arena *arena, const octet_model *model, const char *path,
                                  octet_rendering as, octet_buffer *out) {
    const octet_graph *graph = model->graph;
    octet_receipt receipt = {.path = path,
                             .ladder = model->ladder,
                             .model = model->path,
                             .type = octet_api_type_of_graph(graph),
                             .n_inputs = graph->n_inputs,
                             .n_outputs = graph->n_outputs};
    OCTET_TRY(octet_api_describe_ports(ctx, arena, graph, graph->inputs, graph->n_inputs, &receipt.inputs));
    OCTET_TRY(octet_api_describe_ports(ctx, arena, graph, graph->outputs, graph->n_outputs, &receipt.outputs));
    OCTET_TRY(octet_model_size(ctx, model, &receipt.size_bytes));
    OCTET_TRY(octet_islands_find(ctx, arena, graph, model->has_layers, &receipt.islands));
    OCTET_TRY(octet_api_target_support(ctx, arena, model, &receipt.support));
    OCTET_TRY(warn_in_receipt(ctx, arena, model, &receipt));
    return as == OCTET_AS_JSON ? octet_receipt_write_json(ctx, &receipt, out)
                               : octet_receipt_write_text(ctx, &receipt, out);
}

octet_status octet_model_receipt(octet_context *ctx, const octet_model *model, const char *path, octet_rendering as,
                                 char **out) {
    octet_arena arena = {0};
    octet_buffer buffer = {0};
    const octet_status status = write_receipt(ctx, &arena, model, path, as, &buffer);
    octet_arena_free(ctx, &arena);
    return octet_api_give_text(ctx, &buffer, status, out);
}
