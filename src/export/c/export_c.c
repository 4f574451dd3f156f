#include "export/c/export_c.h"

#include <string.h>

#include "base/format.h"
#include "export/c/cmsis_nn.h"
#include "export/c/files.h"
#include "export/c/forms.h"
#include "export/c/run.h"
#include "export/c/unsigned.h"
#include "graph/work.h"
#include "lower/lower.h"

static octet_c_writer writer(octet_context *ctx, const char *prefix) {
    return (octet_c_writer){.ctx = ctx, .prefix = prefix};
}

static octet_status prepare(octet_context *ctx, octet_arena *arena, const octet_graph *graph, const char *prefix,
                            bool keeps_state, bool uses_cmsis_nn, octet_schedule *schedule, octet_c_emitter *e) {
    octet_step *steps;
    octet_c_unfolded unfolded;
    const octet_lower_options options = {.numerics = OCTET_NUMERICS_INTEGER, .absorb_pads = !uses_cmsis_nn};
    OCTET_TRY(octet_lower_graph(ctx, arena, graph, &options, &steps));
    const octet_schedule_options how = {
        .keeps_state = keeps_state, .no_fusion = uses_cmsis_nn, .no_sharing = uses_cmsis_nn};
    OCTET_TRY(octet_c_unfold_unsigned(ctx, arena, graph, steps, &unfolded));
    OCTET_TRY(octet_schedule_make(ctx, arena, unfolded.graph, unfolded.steps, &how, schedule));
    *e = (octet_c_emitter){.ctx = ctx,
                           .arena = arena,
                           .graph = unfolded.graph,
                           .steps = unfolded.steps,
                           .origins = unfolded.origins,
                           .schedule = schedule};
    e->functions = e->constants = e->declarations = e->queries = writer(ctx, prefix);
    e->queries.depth = 1;
    e->uses_cmsis_nn = uses_cmsis_nn;
    for (uint32_t i = 0; i < schedule->n_stages; i++)
        if (octet_c_cmsis_nn_has(e, &e->steps[schedule->stages[i].step])) schedule->stages[i].flow = OCTET_FLOW_WHOLE;
    return OCTET_NEW(ctx, arena, unfolded.graph->n_values, &e->names);
}

/* Constants that are outputs stand in no stage. */
static void write_constant_outputs(octet_c_emitter *e) {
    for (uint32_t i = 0; i < e->graph->n_outputs; i++) {
        const octet_stage none = {.step = 0};
        const uint32_t value = e->graph->outputs[i].value;
        if (e->schedule->homes[value].kind == OCTET_HOME_CONSTANT && e->graph->n_operators > 0)
            octet_c_constant(e, &none, value, "output");
    }
}

static void write_source(octet_c_emitter *e, const octet_c_job *job, octet_c_writer *w) {
    octet_c_remark(w, "%s.c - the functions of the network, one per layer, and %s_run, which calls them.", job->name,
                   job->name);
    octet_c_line(w, "#include \"%s.h\"", job->name);
    if (job->uses_cmsis_nn) octet_c_line(w, "#include \"arm_nnfunctions.h\"");
    octet_c_blank(w);
    octet_c_text(w, "#ifdef __cplusplus\nextern \"C\" {\n#endif\n");
    if (w->status == OCTET_OK && e->declarations.text.size > 0)
        w->status = octet_buffer_append(w->ctx, &w->text, e->declarations.text.data, e->declarations.text.size);
    octet_c_text(w, "#ifdef __cplusplus\n}\n#endif\n\n");
    octet_c_write_helpers(w, e->helpers);
    if (w->status == OCTET_OK && e->functions.text.size > 0)
        w->status = octet_buffer_append(w->ctx, &w->text, e->functions.text.data, e->functions.text.size);
}

static void write_weights(octet_c_emitter *e, const octet_c_job *job, octet_c_writer *w) {
    octet_c_remark(w, "%s_weights.c - the constants of the network.", job->name);
    octet_c_line(w, "#include <stdint.h>");
    octet_c_blank(w);
    octet_c_text(w, "#ifdef __cplusplus\nextern \"C\" {\n#endif\n");
    if (w->status == OCTET_OK && e->constants.text.size > 0)
        w->status = octet_buffer_append(w->ctx, &w->text, e->constants.text.data, e->constants.text.size);
    octet_c_text(w, "#ifdef __cplusplus\n}\n#endif\n");
    if (e->constants.text.size == 0)
        octet_c_text(w, "typedef int8_t @nothing; /* C wants something in every file */\n");
}

static octet_status finish(octet_c_writer *w, octet_context *ctx, octet_arena *arena, const char *format,
                           const char *name, octet_c_file *file) {
    const char *folderless;
    file->text = w->text;
    OCTET_TRY(w->status);
    OCTET_TRY(octet_arena_format(ctx, arena, &folderless, format, name));
    file->name = folderless;
    return OCTET_OK;
}

static octet_status write_files(octet_context *ctx, octet_c_emitter *e, const octet_c_job *job, octet_c_export *out) {
    octet_c_writer files[OCTET_C_N_FILES];
    static const char *const formats[OCTET_C_N_FILES] = {"%s.h",          "%s.c",     "%s_weights.c",
                                                         "%s_selftest.c", "Makefile", "CMakeLists.txt"};
    for (uint32_t i = 0; i < OCTET_C_N_FILES; i++) files[i] = writer(ctx, e->functions.prefix);
    files[4].prefix = "@"; /* make has its own '@' */
    octet_c_write_header(e, job, &out->needs, &files[0]);
    write_source(e, job, &files[1]);
    write_weights(e, job, &files[2]);
    octet_c_write_selftest(job, &files[3]);
    octet_c_write_makefile(job, &files[4]);
    octet_c_write_cmake(job, &files[5]);
    octet_status status = OCTET_OK;
    for (uint32_t i = 0; i < OCTET_C_N_FILES; i++) {
        const octet_status one = finish(&files[i], ctx, &out->arena, formats[i], job->name, &out->files[i]);
        if (status == OCTET_OK) status = one;
    }
    return status;
}

static size_t ports_bytes(const octet_graph *graph) {
    size_t bytes = 0;
    for (uint32_t i = 0; i < graph->n_inputs; i++) bytes += octet_value_bytes(&graph->values[graph->inputs[i].value]);
    for (uint32_t i = 0; i < graph->n_outputs; i++) bytes += octet_value_bytes(&graph->values[graph->outputs[i].value]);
    return bytes;
}

/* The functions and constants, and what they need. */
static octet_status write_functions(octet_c_emitter *e, octet_c_needs *needs) {
    /* Saved registers of the deepest calls; arrays on the stack, of which compilers keep copies. */
    enum { FRAMES = 400, SPILLED = 3 };
    octet_c_stage_needs *stages;
    OCTET_TRY(OCTET_NEW(e->ctx, e->arena, e->schedule->n_stages, &stages));
    for (uint32_t i = 0; i < e->schedule->n_stages && e->functions.status == OCTET_OK; i++) {
        const size_t before = e->constants_bytes;
        octet_c_emit_stage(e, &e->schedule->stages[i]);
        stages[i].constants = e->constants_bytes - before;
    }
    write_constant_outputs(e);
    octet_c_write_run(e);
    OCTET_TRY(e->functions.status);
    OCTET_TRY(e->constants.status);
    OCTET_TRY(e->declarations.status);
    OCTET_TRY(e->queries.status);
    *needs = (octet_c_needs){.stages = stages,
                             .constants = e->constants_bytes,
                             .arena = e->schedule->arena_bytes + e->scratch.bytes,
                             .ports = ports_bytes(e->graph),
                             .state = e->schedule->state_bytes,
                             .stack = FRAMES + SPILLED * e->locals_bytes};
    OCTET_TRY(octet_c_check_size(e->ctx, "the arena", needs->arena));
    OCTET_TRY(octet_c_check_size(e->ctx, "the constants", needs->constants));
    for (uint32_t i = 0; i < e->graph->n_operators; i++)
        needs->macs += octet_operator_macs(e->graph, &e->graph->operators[i]);
    return octet_c_estimate(e, needs);
}

static octet_status write_graph(octet_context *ctx, octet_arena *arena, const octet_c_job *job, octet_c_emitter *e,
                                octet_schedule *schedule, octet_c_export *out) {
    const char *prefix;
    OCTET_TRY(octet_arena_format(ctx, arena, &prefix, "%s_", job->name));
    OCTET_TRY(octet_c_check_graph(ctx, job->graph));
    OCTET_TRY(prepare(ctx, arena, job->graph, prefix, job->keeps_state, job->uses_cmsis_nn, schedule, e));
    OCTET_TRY(write_functions(e, &out->needs));
    return write_files(ctx, e, job, out);
}

static void free_emitter(octet_context *ctx, octet_c_emitter *e) {
    octet_buffer_free(ctx, &e->functions.text);
    octet_buffer_free(ctx, &e->constants.text);
    octet_buffer_free(ctx, &e->declarations.text);
    octet_buffer_free(ctx, &e->queries.text);
}

octet_status octet_c_export_graph(octet_context *ctx, const octet_c_job *job, octet_c_export *out) {
    octet_arena arena = {0};
    octet_schedule schedule;
    octet_c_emitter e = {0};
    *out = (octet_c_export){0};
    OCTET_TRY(octet_c_check_name(ctx, job->name));
    const octet_status status = write_graph(ctx, &arena, job, &e, &schedule, out);
    out->needs.stages = NULL;
    free_emitter(ctx, &e);
    octet_arena_free(ctx, &arena);
    return status;
}

octet_status octet_c_measure(octet_context *ctx, octet_arena *arena, const octet_graph *graph, bool keeps_state,
                             octet_c_needs *needs, const octet_graph **scheduled, const octet_step **steps,
                             octet_schedule *schedule) {
    octet_c_emitter e = {0};
    OCTET_TRY(octet_c_check_graph(ctx, graph));
    octet_status status = prepare(ctx, arena, graph, "net_", keeps_state, false, schedule, &e);
    if (status == OCTET_OK) status = write_functions(&e, needs);
    *scheduled = e.graph;
    *steps = e.steps;
    free_emitter(ctx, &e);
    return status;
}

/* Each stage is written alone, so that every one that has no form is found. */
static octet_status check_stages(octet_context *ctx, octet_arena *arena, octet_c_emitter *e, const char **reasons) {
    for (uint32_t i = 0; i < e->schedule->n_stages; i++) {
        const octet_stage *stage = &e->schedule->stages[i];
        octet_c_emit_stage(e, stage);
        const octet_status status = e->functions.status;
        free_emitter(ctx, e);
        if (status != OCTET_OK && status != OCTET_UNSUPPORTED) return status;
        e->functions.status = OCTET_OK;
        octet_context_clear(ctx);
        if (status == OCTET_OK) continue;
        if (e->origins[stage->step] == OCTET_NONE) continue;
        OCTET_TRY(octet_arena_string(ctx, arena, e->reason, &reasons[e->origins[stage->step]]));
    }
    return OCTET_OK;
}

octet_status octet_c_check(octet_context *ctx, octet_arena *arena, const octet_graph *graph, const char ***reasons) {
    octet_schedule schedule;
    octet_c_emitter e = {0};
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_operators, reasons));
    OCTET_TRY(prepare(ctx, arena, graph, "net_", false, false, &schedule, &e));
    return check_stages(ctx, arena, &e, *reasons);
}

octet_status octet_c_export_selftest(octet_context *ctx, const octet_c_job *job, octet_buffer *out) {
    char prefix[64];
    octet_format(prefix, sizeof prefix, "%s_", job->name);
    octet_c_writer w = writer(ctx, prefix);
    octet_c_write_selftest(job, &w);
    *out = w.text;
    return w.status;
}

void octet_c_export_free(octet_context *ctx, octet_c_export *out) {
    for (uint32_t i = 0; i < OCTET_C_N_FILES; i++) octet_buffer_free(ctx, &out->files[i].text);
    octet_arena_free(ctx, &out->arena);
}
