/* octet_report_render: gathers what a page shows, and has it written, with less of it where it would become too long.
 */
#include <string.h>

#include "api/options.h"
#include "api/report_parts.h"
#include "base/hash.h"
#include "export/tflite/tflite.h"
#include "report/failed.h"
#include "report/html/html.h"

enum { MOST_BYTES = 1000 * 1000, MOST_HASHED = 256 };
static const double profile_seconds = 1.0;

static const octet_report_limits levels[] = {
    {.n_layers = 500, .n_figures = 200, .n_histograms = 100, .n_samples = 24, .sample_bytes = 160000, .n_spans = 300},
    {.n_layers = 300, .n_figures = 60, .n_histograms = 30, .n_samples = 12, .sample_bytes = 80000, .n_spans = 100},
    {.n_layers = 100, .n_figures = 20, .n_histograms = 10, .n_samples = 6, .sample_bytes = 30000, .n_spans = 30}};

typedef struct report_job {
    octet_arena arena;
    const octet_report *report;
    octet_run_options run;
    const octet_evaluation *before, *after; /* after: NULL of one model */
    octet_samples **samples;                /* by input of the model */
    octet_origin origin;
    octet_profile profiles[2];
    uint32_t n_profiles;
} report_job;

static const char *file_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

static void hash_file(octet_context *ctx, octet_origin_file *file, octet_bytes bytes) {
    (void)ctx;
    file->size_bytes = bytes.size;
    file->hash = octet_hash(0, bytes.data, bytes.size);
    file->is_known = true;
}

/* A model that was read from a file, by that file, if it is still there; one that was made here, by its .tflite. */
static octet_status describe_file(octet_context *ctx, const char *what, const octet_model *model, const char *path,
                                  octet_origin_file *out) {
    octet_path_kind kind = OCTET_PATH_ABSENT;
    octet_file file;
    octet_buffer buffer = {0};
    *out = (octet_origin_file){.what = what, .path = path != NULL ? path : model->path};
    if (model->file_bytes == 0) {
        const octet_status status = octet_export_tflite(ctx, model->graph, &buffer);
        if (status == OCTET_OK) hash_file(ctx, out, (octet_bytes){buffer.data, buffer.size});
        octet_buffer_free(ctx, &buffer);
        return status;
    }
    OCTET_TRY(octet_file_look(ctx, model->path, &kind));
    if (kind != OCTET_PATH_FILE) return OCTET_OK;
    OCTET_TRY(octet_file_open(ctx, model->path, &file));
    if (file.bytes.size == model->file_bytes) hash_file(ctx, out, file.bytes);
    octet_file_close(ctx, &file);
    return OCTET_OK;
}

/* The first samples, as the model is given them, of all inputs. */
static octet_status hash_samples(octet_context *ctx, report_job *job) {
    const octet_graph *graph = job->report->model->graph;
    const uint64_t n = job->before->n_samples < MOST_HASHED ? job->before->n_samples : MOST_HASHED;
    size_t indices[MOST_HASHED];
    for (uint64_t i = 0; i < n; i++) indices[i] = (size_t)job->before->numbers[i];
    for (uint32_t k = 0; k < graph->n_inputs; k++) {
        float *values;
        const size_t n_elements =
            octet_shape_elements(&graph->values[graph->inputs[k].value].shape) / octet_api_batch(graph);
        OCTET_TRY(OCTET_NEW(ctx, &job->arena, n_elements, &values));
        OCTET_TRY(octet_samples_load(ctx, job->samples[k], indices, (size_t)n, NULL));
        for (uint64_t i = 0; i < n; i++) {
            octet_samples_read(job->samples[k], indices[i], values);
            job->origin.data_hash = octet_hash(job->origin.data_hash, values, n_elements * sizeof *values);
        }
    }
    job->origin.n_hashed = n;
    return OCTET_OK;
}

static octet_status gather(octet_context *ctx, report_job *job) {
    const octet_report *report = job->report;
    octet_origin *origin = &job->origin;
    octet_split split;
    OCTET_TRY(octet_api_split(ctx, &job->run, &split));
    OCTET_TRY(OCTET_NEW(ctx, &job->arena, report->model->graph->n_inputs, &job->samples));
    OCTET_TRY(octet_api_bind_data(ctx, report->data, report->model->graph, split, job->samples));
    *origin = (octet_origin){.version = OCTET_VERSION,
                             .command = report->command,
                             .n_files = report->quantized != NULL ? 2 : 1,
                             .data = octet_samples_name(job->samples[0]),
                             .split = job->before->split,
                             .n_samples = job->before->n_samples,
                             .evaluation = job->before,
                             .calibration = report->verdict != NULL ? &report->verdict->calibration : NULL};
    OCTET_TRY(
        describe_file(ctx, report->quantized != NULL ? "original" : "model", report->model, NULL, &origin->files[0]));
    if (report->quantized != NULL)
        OCTET_TRY(describe_file(ctx, "quantized", report->quantized, report->output, &origin->files[1]));
    OCTET_TRY(hash_samples(ctx, job));
    if (!report->with_times) return OCTET_OK;
    OCTET_TRY(octet_api_profile(ctx, &job->arena, report->model, profile_seconds, &job->run, &job->profiles[0]));
    job->n_profiles = 1;
    if (report->quantized == NULL) return OCTET_OK;
    job->n_profiles = 2;
    return octet_api_profile(ctx, &job->arena, report->quantized, profile_seconds, &job->run, &job->profiles[1]);
}

static octet_status compose(octet_context *ctx, report_job *job, octet_arena *arena, const octet_report_limits *limits,
                            octet_document *document) {
    const octet_report *report = job->report;
    const octet_model *shown = report->quantized != NULL ? report->quantized : report->model;
    octet_gallery *gallery;
    octet_memory_picture *memory;
    octet_exec_options exec;
    OCTET_TRY(octet_api_exec_options(ctx, &job->run, &exec));
    OCTET_TRY(OCTET_NEW(ctx, arena, 1, &gallery));
    OCTET_TRY(OCTET_NEW(ctx, arena, 1, &memory));
    OCTET_TRY(octet_api_make_gallery(ctx, arena, report->model->graph, job->samples[0], job->before, job->after, limits,
                                     gallery));
    OCTET_TRY(octet_api_draw_memory(ctx, arena, shown, &exec, limits, memory));
    const char *name = octet_section_name(document, file_name(report->model->path));
    if (report->verdict != NULL) {
        document->title = octet_document_text(document, "%s as %s", name, report->verdict->after.type);
        octet_section_verdict(document, report->verdict, report->layers);
        octet_section_figures(document, report->verdict, report->with_times);
        octet_section_recovery(document, report->verdict, report->with_times);
    } else {
        document->title = name;
        octet_section_evaluation(document, report->evaluation);
    }
    if (report->layers != NULL) octet_section_layers(document, report->layers, limits);
    octet_section_confusion(document, job->before, job->after);
    if (job->before->has_classes && (job->after != NULL || job->before->measure == OCTET_MEASURE_CLASS))
        octet_section_gallery(document, gallery);
    octet_section_memory(document, memory);
    if (job->n_profiles > 0) octet_section_times(document, job->profiles, job->n_profiles);
    octet_section_origin(document, &job->origin);
    return octet_document_finish(document);
}

static octet_status write_level(octet_context *ctx, report_job *job, const octet_report_limits *limits,
                                octet_rendering as, octet_buffer *out) {
    octet_arena arena = {0};
    octet_document document;
    octet_document_make(ctx, &document);
    out->size = 0;
    octet_status status = compose(ctx, job, &arena, limits, &document);
    if (status == OCTET_OK)
        status = as == OCTET_AS_TEXT   ? octet_document_write_text(ctx, &document, out)
                 : as == OCTET_AS_JSON ? octet_document_write_json(ctx, &document, out)
                                       : octet_html_write(ctx, &document, out);
    octet_document_free(ctx, &document);
    octet_arena_free(ctx, &arena);
    return status;
}

static octet_status render(octet_context *ctx, const octet_report *given, octet_rendering as, octet_buffer *out) {
    octet_report report;
    report_job job = {.report = &report};
    OCTET_TRY(OCTET_OPTIONS_TAKE(ctx, octet_report, given, &report));
    OCTET_TRY(OCTET_OPTIONS_TAKE(ctx, octet_run_options, report.run, &job.run));
    const bool is_pair = report.quantized != NULL && report.verdict != NULL;
    OCTET_CHECK(ctx, report.model != NULL && report.data != NULL && (is_pair || report.evaluation != NULL), OCTET_USAGE,
                "a report needs the data and a model with its evaluation, or two models with their verdict");
    OCTET_CHECK(ctx, as != OCTET_AS_CSV, OCTET_USAGE, "a report is text, JSON or HTML, no CSV");
    if (!is_pair) report.quantized = NULL, report.verdict = NULL, report.layers = NULL;
    job.before = is_pair ? report.verdict->before.evaluation : report.evaluation;
    job.after = is_pair ? report.verdict->after.evaluation : NULL;
    octet_status status = gather(ctx, &job);
    for (size_t i = 0; i < sizeof levels / sizeof *levels && status == OCTET_OK; i++) {
        status = write_level(ctx, &job, &levels[i], as, out);
        if (as != OCTET_AS_HTML || out->size < MOST_BYTES) break;
    }
    octet_arena_free(ctx, &job.arena);
    return status;
}

octet_status octet_report_render(octet_context *ctx, const octet_report *report, octet_rendering as, char **out) {
    octet_buffer buffer = {0};
    const octet_status status = render(ctx, report, as, &buffer);
    return octet_api_give_text(ctx, &buffer, status, out);
}

static bool ends_with(const char *path, const char *end) {
    const size_t n = strlen(path), length = strlen(end);
    return n >= length && strcmp(path + n - length, end) == 0;
}

octet_status octet_report_write(octet_context *ctx, const octet_report *report, const char *path) {
    octet_buffer buffer = {0};
    const octet_rendering as = ends_with(path, ".json")  ? OCTET_AS_JSON
                               : ends_with(path, ".txt") ? OCTET_AS_TEXT
                                                         : OCTET_AS_HTML;
    octet_status status = render(ctx, report, as, &buffer);
    if (status == OCTET_OK) status = octet_file_write(ctx, path, (octet_bytes){buffer.data, buffer.size});
    octet_buffer_free(ctx, &buffer);
    return status;
}

octet_status octet_failure_render(octet_context *ctx, const octet_failure *failure, char **out) {
    octet_buffer buffer = {0};
    octet_failure taken;
    OCTET_TRY(OCTET_OPTIONS_TAKE(ctx, octet_failure, failure, &taken));
    const octet_failed failed = {taken.status, taken.exit_code, taken.message, taken.command,
                                 taken.option, taken.file,      taken.layer,   taken.value};
    return octet_api_give_text(ctx, &buffer, octet_failed_write_json(ctx, &failed, &buffer), out);
}
