/* octet_model_export_artifacts: a quantized model as a folder of plain files. */
#include <inttypes.h>
#include <string.h>

#include "api/artifact_runs.h"
#include "api/export.h"
#include "api/options.h"
#include "base/choose.h"
#include "base/folder.h"
#include "base/hash.h"
#include "explain/explain.h"
#include "export/artifacts/array_files.h"
#include "report/artifacts.h"

enum { USUAL_SAMPLES = 1000, USUAL_MADE_UP = 100 };

typedef struct artifacts_job {
    octet_arena arena;
    const octet_model *model;
    const octet_data *data;
    octet_artifacts_options options;
    const char *path, *folder; /* temporary; NULL: not made */
    const octet_trail *trail;  /* of what was made in it */
    octet_artifacts plan;
    octet_artifact_runs runs;
    octet_artifact_report report;
    octet_derivation derivations[OCTET_ARTIFACT_N_RUNS];
    uint64_t n_files;
} artifacts_job;

/* ---- Files ---- */

/* folder: NULL for the top. */
static octet_status put(octet_context *ctx, artifacts_job *job, const char *folder, const char *name,
                        const char *ending, const octet_buffer *content) {
    const char *path;
    if (folder != NULL) {
        OCTET_TRY(octet_arena_format(ctx, &job->arena, &path, "%s/%s", job->folder, folder));
        OCTET_TRY(octet_trail_add(ctx, &job->arena, &job->trail, path));
        OCTET_TRY(octet_folder_make(ctx, path));
    }
    OCTET_TRY(octet_arena_format(ctx, &job->arena, &path, "%s/%s%s%s%s%s", job->folder, folder != NULL ? folder : "",
                                 folder != NULL ? "/" : "", name, ending[0] != '\0' ? "." : "", ending));
    job->n_files++;
    OCTET_TRY(octet_trail_add(ctx, &job->arena, &job->trail, path));
    return octet_file_write(ctx, path, (octet_bytes){content->data, content->size});
}

/* bin: the folder of the .bin file, or NULL; the other formats have folders of their own. */
static octet_status put_array(octet_context *ctx, artifacts_job *job, const char *bin,
                              const octet_artifact_array *array) {
    for (octet_array_format format = OCTET_ARRAY_BIN; format < OCTET_N_ARRAY_FORMATS; format++) {
        octet_buffer buffer = {.max_size = ctx->max_memory_bytes};
        const char *name = octet_array_format_name(format), *folder = format == OCTET_ARRAY_BIN ? bin : name;
        octet_artifact_array named = *array;
        if (bin != NULL && format != OCTET_ARRAY_BIN)
            OCTET_TRY(octet_arena_format(ctx, &job->arena, &named.name, "%s_%s", bin, array->name));
        octet_status status = octet_array_append(ctx, format, &named, &buffer);
        if (status == OCTET_OK) status = put(ctx, job, folder, named.name, name, &buffer);
        octet_buffer_free(ctx, &buffer);
        OCTET_TRY(status);
    }
    return OCTET_OK;
}

static octet_status put_weights(octet_context *ctx, artifacts_job *job) {
    for (uint32_t i = 0; i < job->plan.graph->n_operators; i++) {
        const octet_artifact_layer *layer = &job->plan.layers[i];
        if (layer->q == NULL) continue;
        OCTET_TRY(put_array(ctx, job, NULL, &layer->weights));
        if (layer->bias.data != NULL) OCTET_TRY(put_array(ctx, job, NULL, &layer->bias));
    }
    return OCTET_OK;
}

static octet_status put_golden_value(octet_context *ctx, artifacts_job *job, const char *name, uint32_t value,
                                     octet_artifact_run run) {
    octet_artifact_array array;
    const octet_value *of = &job->plan.graph->values[value];
    const void *data = job->runs.golden[run][value];
    if (data == NULL) return OCTET_OK;
    OCTET_TRY(octet_artifacts_tensors(ctx, &job->arena, &job->plan, name, value, of->type, job->report.n_vectors, data,
                                      &array));
    return put_array(ctx, job, "golden", &array);
}

static octet_status put_golden(octet_context *ctx, artifacts_job *job) {
    const octet_graph *graph = job->plan.graph;
    const char *name;
    for (uint32_t i = 0; i < graph->n_inputs; i++) {
        OCTET_TRY(octet_arena_format(ctx, &job->arena, &name, i > 0 ? "input%" PRIu32 : "input", i));
        OCTET_TRY(put_golden_value(ctx, job, name, graph->inputs[i].value, OCTET_ARTIFACT_TWICE));
    }
    for (uint32_t i = 0; i < graph->n_operators; i++) {
        const octet_artifact_layer *layer = &job->plan.layers[i];
        for (uint32_t k = 0; k < layer->op->n_outputs; k++) {
            const char *layer_name = layer->name;
            if (k > 0) OCTET_TRY(octet_arena_format(ctx, &job->arena, &layer_name, "%s_%" PRIu32, layer->name, k));
            OCTET_TRY(put_golden_value(ctx, job, layer_name, layer->op->outputs[k], OCTET_ARTIFACT_TWICE));
            OCTET_TRY(octet_arena_format(ctx, &job->arena, &name, "%s_single", layer_name));
            OCTET_TRY(put_golden_value(ctx, job, name, layer->op->outputs[k], OCTET_ARTIFACT_ONCE));
        }
    }
    return OCTET_OK;
}

/* ---- Test images and labels ---- */

static octet_status put_bin(octet_context *ctx, artifacts_job *job, const octet_artifact_array *array) {
    octet_buffer buffer = {.max_size = ctx->max_memory_bytes};
    octet_status status = octet_array_append(ctx, OCTET_ARRAY_BIN, array, &buffer);
    if (status == OCTET_OK) status = put(ctx, job, NULL, array->name, "bin", &buffer);
    octet_buffer_free(ctx, &buffer);
    return status;
}

/* Samples of an input as they are stored where that is bytes, else as real numbers; and as the model takes them. */
static octet_status put_images(octet_context *ctx, artifacts_job *job, uint32_t input) {
    const octet_artifact_images *images = &job->runs.images[input];
    const uint32_t value = job->plan.graph->inputs[input].value;
    octet_artifact_array array;
    const char *name, *number = "";
    if (input > 0) OCTET_TRY(octet_arena_format(ctx, &job->arena, &number, "%" PRIu32, input));
    OCTET_TRY(
        octet_arena_format(ctx, &job->arena, &name, "test_images%s_%s", number, images->has_bytes ? "u8" : "f32"));
    OCTET_TRY(octet_artifacts_tensors(ctx, &job->arena, &job->plan, name, value,
                                      images->has_bytes ? OCTET_UINT8 : OCTET_FLOAT32, (uint32_t)job->runs.n_runs,
                                      images->has_bytes ? (const void *)images->bytes : images->real, &array));
    OCTET_TRY(put_bin(ctx, job, &array));
    OCTET_TRY(octet_arena_format(ctx, &job->arena, &name, "test_images%s_q", number));
    OCTET_TRY(octet_artifacts_tensors(ctx, &job->arena, &job->plan, name, value, job->plan.graph->values[value].type,
                                      (uint32_t)job->runs.n_runs, images->codes, &array));
    return put_bin(ctx, job, &array);
}

static octet_status put_labels(octet_context *ctx, artifacts_job *job) {
    const octet_artifact_runs *runs = &job->runs;
    uint8_t *bytes;
    bool fit = true;
    OCTET_TRY(OCTET_NEW(ctx, &job->arena, runs->n_runs, &bytes));
    for (size_t i = 0; i < runs->n_runs; i++) {
        fit = fit && runs->labels[i] >= 0 && runs->labels[i] <= UINT8_MAX;
        bytes[i] = (uint8_t)runs->labels[i];
    }
    octet_artifact_array array = {.name = "test_labels",
                                  .axes = "[n]",
                                  .type = fit ? OCTET_UINT8 : OCTET_INT32,
                                  .shape = octet_shape_make(1, (const int32_t[]){(int32_t)runs->n_runs}),
                                  .data = fit ? (const void *)bytes : runs->labels};
    return put_bin(ctx, job, &array);
}

static octet_status put_samples(octet_context *ctx, artifacts_job *job) {
    if (!job->report.has_images) return OCTET_OK;
    for (uint32_t i = 0; i < job->plan.graph->n_inputs; i++) OCTET_TRY(put_images(ctx, job, i));
    return job->report.has_labels ? put_labels(ctx, job) : OCTET_OK;
}

/* ---- Texts ---- */

/* The largest number of the first layer with weights, in the first vector: it was not clamped from below. */
static octet_status derive_example(octet_context *ctx, artifacts_job *job) {
    octet_artifact_report *r = &job->report;
    const octet_graph *graph = job->plan.graph;
    while (job->plan.layers[r->example_layer].q == NULL) r->example_layer++;
    const uint32_t value = job->plan.layers[r->example_layer].step->outputs[0];
    const octet_value *of = &graph->values[value];
    const void *data = job->runs.first[OCTET_ARTIFACT_TWICE][value];
    const size_t n = octet_shape_elements(&of->shape);
    int64_t largest = INT64_MIN;
    for (size_t i = 0; i < n; i++) {
        const int64_t code = octet_explain_number(graph, value, data, i).integer;
        if (code <= largest || code >= job->plan.layers[r->example_layer].q->max) continue;
        largest = code;
        r->example_element = i;
    }
    for (int run = 0; run < OCTET_ARTIFACT_N_RUNS; run++) {
        const octet_lower_options options = {.numerics = octet_artifact_numerics((octet_artifact_run)run)};
        const octet_explain_request request = {.graph = graph,
                                               .options = &options,
                                               .data = job->runs.first[run],
                                               .value = value,
                                               .element = r->example_element};
        OCTET_TRY(octet_explain_element(ctx, &job->arena, &request, &job->derivations[run]));
    }
    r->twice = &job->derivations[OCTET_ARTIFACT_TWICE];
    r->once = &job->derivations[OCTET_ARTIFACT_ONCE];
    return OCTET_OK;
}

static octet_status put_texts(octet_context *ctx, artifacts_job *job) {
    static const struct {
        const char *name;
        octet_status (*write)(octet_context *ctx, const octet_artifacts *a, const octet_artifact_report *r,
                              octet_buffer *out);
    } texts[] = {{"quant_params.json", octet_artifacts_write_json},
                 {"quant_params.h", octet_artifacts_write_macros},
                 {"README.md", octet_artifacts_write_guide}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        octet_buffer buffer = {0};
        octet_status status = texts[i].write(ctx, &job->plan, &job->report, &buffer);
        if (status == OCTET_OK) status = put(ctx, job, NULL, texts[i].name, "", &buffer);
        octet_buffer_free(ctx, &buffer);
        OCTET_TRY(status);
    }
    return OCTET_OK;
}

/* ---- The whole ---- */

/* The .tflite: the file as it was read, or what octet would write. *made is to be freed. */
static octet_status find_bytes(octet_context *ctx, const octet_model *model, octet_bytes *bytes, void **made) {
    *made = NULL;
    *bytes = model->graph->file.bytes;
    if (model->kind == OCTET_KIND_TFLITE && model->file_bytes > 0 && bytes->size == model->file_bytes) return OCTET_OK;
    OCTET_TRY(octet_model_write_bytes(ctx, model, made, &bytes->size));
    bytes->data = *made;
    return OCTET_OK;
}

static octet_status hash_model(octet_context *ctx, const octet_model *model, uint64_t *hash) {
    octet_bytes bytes;
    void *made;
    OCTET_TRY(find_bytes(ctx, model, &bytes, &made));
    *hash = octet_hash(0, bytes.data, bytes.size);
    octet_bytes_free(ctx, made);
    return OCTET_OK;
}

static octet_status put_model(octet_context *ctx, artifacts_job *job) {
    octet_bytes bytes;
    const char *path;
    void *made;
    OCTET_TRY(octet_arena_format(ctx, &job->arena, &path, "%s/model.tflite", job->folder));
    OCTET_TRY(octet_trail_add(ctx, &job->arena, &job->trail, path));
    OCTET_TRY(find_bytes(ctx, job->model, &bytes, &made));
    const octet_status status = octet_file_write(ctx, path, bytes);
    octet_bytes_free(ctx, made);
    job->n_files++;
    return status;
}

static octet_status fill_report(octet_context *ctx, artifacts_job *job) {
    octet_artifact_report *r = &job->report;
    const octet_artifact_runs *runs = &job->runs;
    r->model = job->model->path;
    r->command = job->options.command;
    r->data = runs->source.samples != NULL ? octet_samples_name(runs->source.samples[0]) : NULL;
    r->n_samples = runs->n_runs;
    r->n_images = runs->n_runs;
    r->has_images = runs->source.samples != NULL;
    r->images_type = r->has_images && !runs->images[0].has_bytes ? "f32" : "u8";
    r->has_labels = runs->labels != NULL;
    r->cost = runs->cost;
    r->has_answers = runs->has_answers;
    r->n_flips = runs->n_flips;
    r->accuracy_twice = (double)runs->n_right[OCTET_ARTIFACT_TWICE] / (double)runs->n_runs;
    r->accuracy_once = (double)runs->n_right[OCTET_ARTIFACT_ONCE] / (double)runs->n_runs;
    OCTET_TRY(hash_model(ctx, job->model, &r->model_hash));
    return derive_example(ctx, job);
}

static octet_status export_artifacts(octet_context *ctx, artifacts_job *job) {
    const octet_artifacts_options *o = &job->options;
    int naming;
    OCTET_TRY(octet_choose(ctx, "layer names", o->names, octet_layer_naming_names, &naming));
    OCTET_TRY(octet_api_export_check_folder(ctx, job->path, o->replace));
    OCTET_TRY(octet_artifacts_plan(ctx, &job->arena, job->model->graph, (octet_artifact_naming)naming, o->planar,
                                   &job->plan));
    const uint64_t usual = job->data != NULL ? USUAL_SAMPLES : USUAL_MADE_UP;
    OCTET_TRY(octet_api_artifact_runs_open(ctx, &job->arena, &job->plan, job->data, o->limit > 0 ? o->limit : usual,
                                           o->n_vectors > 0 ? o->n_vectors : 4, &job->runs));
    job->report.n_vectors = job->runs.n_vectors;
    OCTET_TRY(octet_api_artifact_runs_run(ctx, &job->runs, o->progress, o->progress_user));
    OCTET_TRY(fill_report(ctx, job));
    OCTET_TRY(octet_folder_create_beside(ctx, &job->arena, job->path, &job->folder));
    OCTET_TRY(octet_trail_add(ctx, &job->arena, &job->trail, job->folder));
    OCTET_TRY(put_weights(ctx, job));
    OCTET_TRY(put_golden(ctx, job));
    OCTET_TRY(put_samples(ctx, job));
    OCTET_TRY(put_texts(ctx, job));
    OCTET_TRY(put_model(ctx, job));
    return octet_folder_take_place(ctx, job->folder, job->path);
}

octet_status octet_model_export_artifacts(octet_context *ctx, const octet_model *model, const octet_data *data,
                                          const char *path, const octet_artifacts_options *options, octet_rendering as,
                                          char **out) {
    artifacts_job job = {.model = model, .data = data, .path = path};
    octet_buffer buffer = {0};
    OCTET_TRY(OCTET_OPTIONS_TAKE(ctx, octet_artifacts_options, options, &job.options));
    ctx->doing = "exporting files";
    octet_status status = export_artifacts(ctx, &job);
    if (status != OCTET_OK) octet_trail_remove(job.trail);
    if (status != OCTET_OK && job.folder != NULL) octet_folder_remove(job.folder);
    const octet_artifacts_summary summary = {
        .path = path, .n_files = job.n_files, .plan = &job.plan, .report = &job.report};
    if (status == OCTET_OK)
        status = as == OCTET_AS_JSON ? octet_artifacts_summary_write_json(ctx, &summary, &buffer)
                                     : octet_artifacts_summary_write_text(ctx, &summary, &buffer);
    octet_api_artifact_runs_close(ctx, &job.runs);
    octet_arena_free(ctx, &job.arena);
    return octet_api_give_text(ctx, &buffer, status, out);
}

static octet_status write_c_array(octet_context *ctx, octet_arena *arena, const octet_model *model, const char *name,
                                  octet_buffer *out) {
    octet_bytes bytes;
    void *made;
    if (name == NULL) OCTET_TRY(octet_api_export_name(ctx, arena, model->path, &name));
    OCTET_TRY(octet_c_check_name(ctx, name));
    OCTET_TRY(find_bytes(ctx, model, &bytes, &made));
    const octet_status status = octet_artifacts_write_c_array(ctx, name, model->path, bytes, out);
    octet_bytes_free(ctx, made);
    return status;
}

octet_status octet_model_export_c_array(octet_context *ctx, const octet_model *model, const char *name,
                                        const char *path) {
    octet_arena arena = {0};
    octet_buffer buffer = {.max_size = ctx->max_memory_bytes};
    OCTET_CHECK(ctx, path != NULL && path[0] != '\0', OCTET_USAGE, "export: no file is named");
    octet_status status = octet_file_check_writable(ctx, path);
    if (status == OCTET_OK) status = write_c_array(ctx, &arena, model, name, &buffer);
    if (status == OCTET_OK) status = octet_file_write(ctx, path, (octet_bytes){buffer.data, buffer.size});
    octet_buffer_free(ctx, &buffer);
    octet_arena_free(ctx, &arena);
    return status;
}
