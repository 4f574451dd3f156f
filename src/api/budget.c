/* octet_model_budget: what a quantized model needs of a device. */
#include "report/budget.h"

#include <string.h>

#include "api/export.h"
#include "api/options.h"
#include "graph/work.h"
#include "target/micro_arena.h"

_Static_assert((int)OCTET_BUDGET_N_CORES == (int)OCTET_C_N_CORES, "the report has a column for each core");

typedef struct budget_job {
    octet_arena arena;
    const octet_graph *graph;
    const octet_step *steps;
    octet_schedule schedule;
    octet_c_needs needs;
} budget_job;

static uint64_t macs_of(const budget_job *job, uint32_t step) {
    return octet_operator_macs(job->graph, &job->graph->operators[job->steps[step].operator_index]);
}

static const char *layer_of(const budget_job *job, uint32_t step) {
    return job->graph->operators[job->steps[step].operator_index].layer;
}

/* Rows of its first operand that are kept, where that is no whole map. */
static int32_t kept_rows(const budget_job *job, const octet_stage *stage) {
    const octet_step *step = &job->steps[stage->step];
    if (step->n_inputs == 0 || step->inputs[0] == OCTET_NONE) return 0;
    const octet_home *home = &job->schedule.homes[step->inputs[0]];
    return home->kind == OCTET_HOME_PART ? job->schedule.parts[home->index].n_rows : 0;
}

static octet_budget_kind kind_of(const budget_job *job, const octet_stage *stage) {
    const octet_operator_code code = job->graph->operators[job->steps[stage->step].operator_index].code;
    if (code == OCTET_OP_FULLY_CONNECTED) return OCTET_BUDGET_DENSE;
    return code == OCTET_OP_CONV_2D ? OCTET_BUDGET_CONVOLUTION : OCTET_BUDGET_OTHER;
}

static octet_budget_row row_of(const budget_job *job, uint32_t group, uint32_t index) {
    static const char *const how[] = {
        [OCTET_FLOW_WHOLE] = "whole", [OCTET_FLOW_ROWS] = "rows", [OCTET_FLOW_ADDS] = "adds"};
    const octet_stage *stage = &job->schedule.stages[index];
    octet_budget_row row = {.group = group,
                            .layer = layer_of(job, stage->step),
                            .and_layer = stage->pool != OCTET_NONE ? layer_of(job, stage->pool) : NULL,
                            .how = how[stage->flow],
                            .kind = kind_of(job, stage),
                            .kept_rows = kept_rows(job, stage),
                            .calls = octet_stage_calls(stage),
                            .macs = macs_of(job, stage->step),
                            .constants_bytes = job->needs.stages[index].constants};
    for (uint32_t i = 0; i < OCTET_BUDGET_N_CORES; i++)
        row.cycles[i] = octet_c_cycles(&job->needs.stages[index].instructions, octet_c_core_at(i));
    return row;
}

static octet_status list_stages(octet_context *ctx, budget_job *job, octet_budget *out) {
    octet_budget_row *rows;
    OCTET_TRY(OCTET_NEW(ctx, &job->arena, job->schedule.n_stages, &rows));
    for (uint32_t g = 0; g < job->schedule.n_groups; g++)
        for (uint32_t i = 0; i < job->schedule.groups[g].n_stages; i++)
            rows[out->n_rows++] = row_of(job, g, job->schedule.groups[g].first_stage + i);
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

/* Multipliers and shifts that one scale a layer would leave out: an int32 and an int8 a channel. */
static size_t scales_bytes(const octet_graph *graph) {
    size_t bytes = 0;
    for (uint32_t i = 0; i < graph->n_operators; i++) {
        const octet_operands operands = octet_operator_operands(graph->operators[i].code);
        if (operands.axis < 0) continue;
        const octet_value *weights = octet_graph_input(graph, &graph->operators[i], (uint32_t)operands.weights);
        if (weights != NULL && weights->quantization.n > 1)
            bytes += (size_t)weights->quantization.n * (sizeof(int32_t) + sizeof(int8_t));
    }
    return bytes;
}

static octet_status measure(octet_context *ctx, const octet_model *model, const octet_budget_options *options,
                            budget_job *job, octet_budget *out) {
    OCTET_CHECK(ctx, octet_model_is_quantized(model), OCTET_USAGE, "%s: is not quantized: C is made of int8 models",
                model->path);
    OCTET_TRY(octet_api_export_check_state(ctx, model, options->keeps_state));
    OCTET_TRY(octet_c_measure(ctx, &job->arena, model->graph, options->keeps_state, &job->needs, &job->graph,
                              &job->steps, &job->schedule));
    *out = (octet_budget){.model = model->path,
                          .constants_bytes = job->needs.constants,
                          .code_bytes = job->needs.code,
                          .arena_bytes = job->needs.arena,
                          .ports_bytes = job->needs.ports,
                          .state_bytes = job->needs.state,
                          .stack_bytes = job->needs.stack,
                          .macs = job->needs.macs,
                          .scales_bytes = scales_bytes(job->graph),
                          .flash_bytes = options->flash_bytes,
                          .ram_bytes = options->ram_bytes,
                          .clock_mhz = options->clock_mhz};
    OCTET_TRY(octet_target_micro_arena(ctx, job->graph, &out->micro_arena_bytes));
    for (uint32_t i = 0; i < OCTET_BUDGET_N_CORES; i++) {
        const octet_c_core *core = octet_c_core_at(i);
        out->cores[i] = (octet_budget_core){core->name, core->key, job->needs.instructions.of[core->set],
                                            octet_c_cycles(&job->needs.instructions, core)};
        if (strcmp(core->key, "m4") == 0) out->usual_core = i;
    }
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
    OCTET_CHECK(ctx, taken.clock_mhz >= 0.0 && taken.clock_mhz <= 1e6, OCTET_USAGE,
                "budget: a clock of %g MHz: must be from 0 to a million", taken.clock_mhz);
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
