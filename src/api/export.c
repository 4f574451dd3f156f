/* octet_model_export_c: a quantized model as a folder of C. */
#include <string.h>

#include "api/export.h"
#include "api/options.h"
#include "base/ascii.h"
#include "base/folder.h"
#include "base/format.h"
#include "base/hash.h"
#include "report/exported.h"

typedef struct export_job {
    octet_arena arena;
    const octet_model *model;
    const octet_data *data;
    octet_export_options options;
    const char *path, *name;
    const char *folder, *scratch; /* temporary; NULL: not made */
    octet_c_job c;
    octet_c_export files;
    octet_exported report;
} export_job;

octet_status octet_api_export_name(octet_context *ctx, octet_arena *arena, const char *path, const char **out) {
    enum { MOST = 40 };
    char name[MOST + 8] = "";
    const char *slash = strrchr(path, '/'), *file = slash != NULL ? slash + 1 : path, *dot = strrchr(file, '.');
    const size_t length = dot != NULL && dot != file ? (size_t)(dot - file) : strlen(file);
    size_t n = 0;
    if (!octet_ascii_is_letter(file[0])) n = (size_t)octet_format(name, sizeof name, "model%s", length > 0 ? "_" : "");
    for (size_t i = 0; i < length && n < MOST; i++)
        name[n++] = octet_ascii_is_letter(file[i]) || octet_ascii_is_digit(file[i]) ? file[i] : '_';
    name[n] = '\0';
    octet_context quiet;
    octet_context_child(ctx, &quiet);
    const bool is_good = octet_c_check_name(&quiet, name) == OCTET_OK;
    return octet_arena_format(ctx, arena, out, "%s%s", is_good ? "" : "model_", name);
}

octet_status octet_api_export_check_state(octet_context *ctx, const octet_model *model, bool keeps_state) {
    OCTET_CHECK(ctx, !keeps_state || octet_schedule_has_state(model->graph, true), OCTET_USAGE,
                "%s: --stateful: no layer of the model has a state that could go on from run to run: leave it out",
                model->path);
    return OCTET_OK;
}

/* Nothing is looked at where all may be. */
static octet_status check_empty(octet_context *ctx, const char *path, bool may_hold_anything) {
    octet_arena arena = {0};
    const char **names;
    size_t n = 0;
    if (may_hold_anything) return OCTET_OK;
    const octet_status status = octet_file_list(ctx, &arena, path, &names, &n);
    octet_arena_free(ctx, &arena);
    OCTET_TRY(status);
    OCTET_CHECK(ctx, n == 0, OCTET_USAGE, "%s: is there already, and not empty; --force writes into it", path);
    return OCTET_OK;
}

octet_status octet_api_export_check_folder(octet_context *ctx, const char *path, bool replace) {
    octet_path_kind kind;
    OCTET_CHECK(ctx, path != NULL && path[0] != '\0', OCTET_USAGE, "export: no folder is named");
    OCTET_TRY(octet_file_look(ctx, path, &kind));
    OCTET_CHECK(ctx, kind != OCTET_PATH_FILE, OCTET_USAGE, "%s: is a file, a folder is wanted", path);
    OCTET_TRY(check_empty(ctx, path, kind == OCTET_PATH_ABSENT || replace));
    const size_t length = strlen(path);
    return kind == OCTET_PATH_ABSENT && path[length - 1] != '/' ? octet_file_check_writable(ctx, path) : OCTET_OK;
}

/* A model that assigns variables has no .tflite of octet's. */
static octet_status name_model(octet_context *ctx, export_job *job, const char **line) {
    void *file = NULL;
    size_t size = 0;
    if (job->model->graph->n_carries > 0)
        return octet_arena_format(ctx, &job->arena, line, "Model: %.500s.", job->model->path);
    OCTET_TRY(octet_model_write_bytes(ctx, job->model, &file, &size));
    const uint64_t hash = octet_hash(0, file, size);
    octet_bytes_free(ctx, file);
    return octet_arena_format(ctx, &job->arena, line, "Model: %.500s, %zu bytes as .tflite, hash %016llx.",
                              job->model->path, size, (unsigned long long)hash);
}

/* What the self-test is made of. The hash is over the inputs that were compared, as the network takes them. */
static octet_status name_data(octet_context *ctx, export_job *job, const char **line) {
    const octet_graph *graph = job->model->graph;
    const char *made_up = "Data: none; %u inputs are made up, hash %016llx.";
    const char *given = "Data: the first %u samples, as the network takes them; hash %016llx.";
    uint64_t hash = 0;
    for (uint32_t i = 0; i < graph->n_inputs; i++)
        hash = octet_hash(hash, job->c.vectors.inputs[i],
                          job->c.vectors.n * octet_value_bytes(&graph->values[graph->inputs[i].value]));
    return octet_arena_format(ctx, &job->arena, line, job->data != NULL ? given : made_up, job->c.vectors.n,
                              (unsigned long long)hash);
}

/* What the top of the header says. */
static octet_status make_remarks(octet_context *ctx, export_job *job, const char *const **out) {
    const char **lines;
    uint32_t n = 0;
    OCTET_TRY(OCTET_NEW(ctx, &job->arena, 4, &lines));
    OCTET_TRY(name_model(ctx, job, &lines[n++]));
    if (job->options.command != NULL)
        OCTET_TRY(octet_arena_format(ctx, &job->arena, &lines[n++], "Command: %.1500s", job->options.command));
    OCTET_TRY(name_data(ctx, job, &lines[n++]));
    *out = lines;
    return OCTET_OK;
}

static octet_status write_folder(octet_context *ctx, export_job *job) {
    const char *path;
    OCTET_TRY(octet_folder_create_beside(ctx, &job->arena, job->path, &job->folder));
    for (uint32_t i = 0; i < OCTET_C_N_FILES; i++) {
        const octet_buffer *text = &job->files.files[i].text;
        OCTET_TRY(octet_arena_format(ctx, &job->arena, &path, "%s/%s", job->folder, job->files.files[i].name));
        OCTET_TRY(octet_file_write(ctx, path, (octet_bytes){text->data, text->size}));
    }
    return OCTET_OK;
}

static octet_status verify(octet_context *ctx, export_job *job) {
    const char *compiler;
    OCTET_TRY(octet_folder_create_beside(ctx, &job->arena, job->path, &job->scratch));
    OCTET_TRY(octet_api_export_verify(ctx, &job->arena, &job->c, job->folder, job->scratch, &compiler));
    job->report.lacks_compiler = compiler == NULL;
    if (compiler == NULL) return OCTET_OK;
    job->report.n_samples = job->c.vectors.n;
    job->report.compiler = compiler;
    return OCTET_OK;
}

static octet_status export_c(octet_context *ctx, export_job *job) {
    const uint64_t n_kept = job->options.n_vectors > 0 ? job->options.n_vectors : 4,
                   n_samples = job->options.n_samples > 0 ? job->options.n_samples : 100;
    OCTET_CHECK(ctx, octet_model_is_quantized(job->model), OCTET_USAGE,
                "%s: is not quantized: C is made of int8 models", job->model->path);
    if (job->options.name != NULL) job->name = job->options.name;
    else OCTET_TRY(octet_api_export_name(ctx, &job->arena, job->model->path, &job->name));
    OCTET_TRY(octet_c_check_name(ctx, job->name));
    OCTET_TRY(octet_c_check_graph(ctx, job->model->graph));
    OCTET_TRY(octet_api_export_check_state(ctx, job->model, job->options.keeps_state));
    OCTET_TRY(octet_api_export_check_folder(ctx, job->path, job->options.replace));
    job->c = (octet_c_job){.graph = job->model->graph,
                           .name = job->name,
                           .keeps_state = job->options.keeps_state,
                           .uses_cmsis_nn = job->options.uses_cmsis_nn};
    OCTET_TRY(octet_api_export_vectors(ctx, &job->arena, job->model, job->data,
                                       (size_t)(n_kept > n_samples ? n_kept : n_samples), job->options.keeps_state,
                                       &job->c.vectors, &job->c.scalings));
    OCTET_TRY(make_remarks(ctx, job, &job->c.remarks));
    octet_c_job kept = job->c;
    if (kept.vectors.n > n_kept) kept.vectors.n = (uint32_t)n_kept;
    OCTET_TRY(octet_c_export_graph(ctx, &kept, &job->files));
    job->report.constants_bytes = job->files.needs.constants;
    job->report.arena_bytes = job->files.needs.arena;
    job->report.state_bytes = job->files.needs.state;
    job->report.macs = job->files.needs.macs;
    job->report.name = job->name;
    job->report.path = job->path;
    OCTET_TRY(write_folder(ctx, job));
    if (!job->options.no_verify && !job->options.uses_cmsis_nn) OCTET_TRY(verify(ctx, job));
    return octet_folder_take_place(ctx, job->folder, job->path);
}

octet_status octet_model_export_c(octet_context *ctx, const octet_model *model, const octet_data *data,
                                  const char *path, const octet_export_options *options, octet_rendering as,
                                  char **out) {
    export_job job = {.model = model, .data = data, .path = path};
    octet_buffer buffer = {0};
    OCTET_TRY(OCTET_OPTIONS_TAKE(ctx, octet_export_options, options, &job.options));
    ctx->doing = "exporting C";
    octet_status status = export_c(ctx, &job);
    if (status != OCTET_OK && job.folder != NULL) octet_folder_remove(job.folder);
    if (job.scratch != NULL) octet_folder_remove(job.scratch);
    if (status == OCTET_OK)
        status = as == OCTET_AS_JSON ? octet_exported_write_json(ctx, &job.report, &buffer)
                                     : octet_exported_write_text(ctx, &job.report, &buffer);
    octet_c_export_free(ctx, &job.files);
    octet_arena_free(ctx, &job.arena);
    return octet_api_give_text(ctx, &buffer, status, out);
}
