/* octet_model_check: says which operators of a model run on a target. */
#include "api/handles.h"
#include "passes/passes.h"
#include "report/support.h"

static octet_status fill(octet_context *ctx, const octet_model *model, const octet_graph *graph,
                         const octet_target *target, octet_rendering as, bool *supported, octet_arena *arena,
                         octet_buffer *out) {
    const octet_support_row *rows;
    OCTET_TRY(octet_target_check(ctx, arena, target, graph, &rows, supported));
    const octet_support support = {.graph = graph,
                                   .model = model->path,
                                   .target = target->name,
                                   .is_quantized = octet_model_is_quantized(model),
                                   .rows = rows};
    return as == OCTET_AS_JSON ? octet_support_write_json(ctx, &support, out)
                               : octet_support_write_text(ctx, &support, out);
}

octet_status octet_model_check(octet_context *ctx, const octet_model *model, const char *target, octet_rendering as,
                               bool *supported, char **out) {
    const octet_target *found;
    bool answer = false;
    octet_arena arena = {0};
    octet_buffer buffer = {0};
    OCTET_TRY(octet_target_find(ctx, target, &found));
    /* Of a float .tflite: what quantizing would start from. The model itself stays as the file has it. */
    octet_graph *own = NULL;
    octet_status status = OCTET_OK;
    if (model->kind == OCTET_KIND_TFLITE && !octet_model_is_quantized(model)) {
        status = octet_graph_clone(ctx, model->graph, &own);
        if (status == OCTET_OK) status = octet_passes_run(ctx, own);
    }
    if (status == OCTET_OK)
        status = fill(ctx, model, own != NULL ? own : model->graph, found, as, &answer, &arena, &buffer);
    octet_graph_destroy(ctx, own);
    octet_arena_free(ctx, &arena);
    OCTET_TRY(octet_api_give_text(ctx, &buffer, status, out));
    *supported = answer;
    return OCTET_OK;
}
