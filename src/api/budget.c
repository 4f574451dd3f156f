/* octet_model_budget: what a quantized model needs of a device. */
#include "report/budget.h"
#include "api/handles.h"
#include "api/options.h"
#include "export/c/export_c.h"
#include "graph/work.h"

typedef struct budget_job {
    octet_arena arena;
    const octet_graph *graph;
    octet_step *steps;
    octet_schedule schedule;
    octet_c_needs needs;
} budget_job;

static uint64_t macs_of(const budget_job *job, uint32_t step) {
    return octet_operator_macs(job->graph, &job->graph->operators[job->steps[step].operator_index]);
}

static const char *layer_of(const budget_job *job, uint32_t step) {
    return job->graph->operators[job->steps[step].operator_index].layer;
}

static int32_t kept_rows(const budget_job *job, const octet_stage *stage) {
    if (stage->streamed == OCTET_NONE) return 0;
    const octet_home *home = &job->schedule.homes[job->steps[stage->step].inputs[stage->streamed]];
    return home->kind == OCTET_HOME_PART ? job->schedule.parts[home->index].n_rows : 0;
}

static octet_status list_stages(octet_context *ctx, budget_job *job, octet_budget *out) {
    static const char *const how[] = {
        [OCTET_FLOW_WHOLE] = "whole", [OCTET_FLOW_ROWS] = "rows", [OCTET_FLOW_ADDS] = "adds"};
    octet_budget_row *rows;
    OCTET_TRY(OCTET_NEW(ctx, &job->arena, job->schedule.n_stages, &rows));
    for (uint32_t g = 0; g < job->schedule.n_groups; g++) {
        for (uint32_t i = 0; i < job->schedule.groups[g].n_stages; i++) {
            const octet_stage *stage = &job->schedule.stages[job->schedule.groups[g].first_stage + i];
            rows[out->n_rows++] =
                (octet_budget_row){.group = g,
                                   .layer = layer_of(job, stage->step),
                                   .and_layer = stage->pool != OCTET_NONE ? layer_of(job, stage->pool) : NULL,
                                   .how = how[stage->flow],
                                   .kept_rows = kept_rows(job, stage),
                                   .macs = macs_of(job, stage->step)};
        }
    }
    out->rows = rows;
    return OCTET_OK;
}

static octet_status list_parts(octet_context *ctx, budget_job *job, octet_budget *out) {
    octet_budget_part *parts;
    OCTET_TRY(OCTET_NEW(ctx, &job->arena, job->schedule.n_parts, &parts));
    for (uint32_t i = 0; i < job->schedule.n_parts; i++) {
        const octet_part *p = &job->schedule.parts[i];
        const bool are_sums = p->value == OCTET_NONE;
        const uint32_t value = are_sums ? job->schedule.stages[p->stage].result : p->value;
        parts[i] = (octet_budget_part){.what = are_sums        ? "sums of"
                                               : p->n_rows > 0 ? "rows of"
                                                               : "",
                                       .name = job->graph->values[value].name,
                                       .offset = p->offset,
                                       .size_bytes = p->size_bytes,
                                       .first_group = p->first_group,
                                       .last_group = p->last_group};
    }
    out->parts = parts;
    out->n_parts = job->schedule.n_parts;
    return OCTET_OK;
}

static octet_status measure(octet_context *ctx, const octet_model *model, const octet_budget_options *options,
                            budget_job *job, octet_budget *out) {
    OCTET_CHECK(ctx, octet_model_is_quantized(model), OCTET_USAGE, "%s: is not quantized: C is made of int8 models",
                model->path);
    job->graph = model->graph;
    OCTET_TRY(
        octet_c_measure(ctx, &job->arena, job->graph, options->keeps_state, &job->needs, &job->steps, &job->schedule));
    *out = (octet_budget){.model = model->path,
                          .constants_bytes = job->needs.constants,
                          .code_bytes = job->needs.code,
                          .arena_bytes = job->needs.arena,
                          .ports_bytes = job->needs.ports,
                          .state_bytes = job->needs.state,
                          .stack_bytes = job->needs.stack,
                          .macs = job->needs.macs,
                          .flash_bytes = options->flash_bytes,
                          .ram_bytes = options->ram_bytes};
    OCTET_TRY(list_stages(ctx, job, out));
    return list_parts(ctx, job, out);
}

octet_status octet_model_budget(octet_context *ctx, const octet_model *model, const octet_budget_options *options,
                                octet_rendering as, bool *fits, char **out) {
    budget_job job = {0};
    octet_budget budget;
    octet_budget_options taken;
    octet_buffer buffer = {0};
    bool answer = false;
    OCTET_TRY(OCTET_OPTIONS_TAKE(ctx, octet_budget_options, options, &taken));
    octet_status status = measure(ctx, model, &taken, &job, &budget);
    if (status == OCTET_OK) answer = octet_budget_fits(&budget);
    if (status == OCTET_OK)
        status = as == OCTET_AS_JSON ? octet_budget_write_json(ctx, &budget, &buffer)
                                     : octet_budget_write_text(ctx, &budget, &buffer);
    octet_arena_free(ctx, &job.arena);
    OCTET_TRY(octet_api_give_text(ctx, &buffer, status, out));
    *fits = answer;
    return OCTET_OK;
}
