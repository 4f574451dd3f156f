/* octet_model_run_files: runs a model over a data set and writes its outputs as .npy. */
#include <stdio.h>
#include <string.h>

#include "api/input_files.h"
#include "api/options.h"
#include "api/results.h"
#include "base/ascii.h"
#include "base/folder.h"
#include "formats/npy.h"
#include "report/run_line.h"

typedef struct run_job {
    octet_arena arena;
    octet_sweep sweep;
    octet_input_files inputs;
    const octet_graph *graph;
    const char *model_path;
    size_t n_samples;
    uint32_t batch; /* samples of a run */
    void **outputs; /* by output, of all samples */
    bool real;
    uint8_t **dump; /* by value: a tensor a run; NULL without, and for constants */
} run_job;

static size_t value_elements(const octet_graph *graph, uint32_t id) {
    return octet_shape_elements(&graph->values[id].shape);
}
static size_t value_bytes(const octet_graph *graph, uint32_t id) {
    return value_elements(graph, id) * octet_type_size(graph->values[id].type);
}

static octet_status allocate_results(octet_context *ctx, run_job *job, const octet_results *results, bool dump) {
    const octet_graph *graph = job->graph;
    for (uint32_t i = 0; i < graph->n_outputs; i++) {
        const size_t size = octet_results_bytes(results, i);
        OCTET_TRY(octet_arena_array(ctx, &job->arena, job->n_samples, size, &job->outputs[i]));
    }
    const size_t n_runs = (job->n_samples + job->batch - 1) / job->batch;
    for (uint32_t i = 0; i < graph->n_values && dump; i++) {
        if (octet_value_is_constant(&graph->values[i])) continue;
        OCTET_TRY(octet_arena_array(ctx, &job->arena, n_runs, value_bytes(graph, i), (void **)&job->dump[i]));
    }
    return OCTET_OK;
}

/* An octet_observe; dumping runs on one thread. */
static void keep(void *user, uint32_t value, const void *data, size_t n_elements) {
    run_job *job = user;
    if (job->dump[value] == NULL) return;
    const size_t size = n_elements * octet_type_size(job->graph->values[value].type);
    memcpy(job->dump[value] + job->sweep.position[0] / job->batch * size, data, size);
}

/* Samples along axis 0: [batch,...] becomes [n,...], any other shape
 * [n,shape...]; of dumped tensors n may count runs. */
static octet_status save(octet_context *ctx, const run_job *job, uint32_t id, bool is_output, bool real,
                         const void *data, const char *path) {
    const octet_value *value = &job->graph->values[id];
    const bool pairs = value->type == OCTET_COMPLEX64; /* two floats each */
    const octet_type type = real || pairs ? OCTET_FLOAT32 : value->type;
    const size_t size = octet_type_size(type);
    const char descr[] = {size == 1 ? '|' : '<', octet_type_name(type)[0], (char)('0' + size), '\0'}; /* "<f4", "|i1" */
    octet_shape shape = value->shape;
    const size_t n_parts = is_output ? job->n_samples : (job->n_samples + job->batch - 1) / job->batch;
    if (is_output && shape.rank > 0) shape.dims[0] /= (int32_t)job->batch;
    if (shape.rank > 0 && shape.dims[0] == (int32_t)(is_output ? 1 : job->batch)) {
        shape.dims[0] = (int32_t)job->n_samples;
    } else {
        OCTET_CHECK(ctx, shape.rank < OCTET_MAX_RANK, OCTET_LIMIT,
                    "%s: rank %d is too high for an array of several samples", value->name, shape.rank);
        memmove(shape.dims + 1, shape.dims, (size_t)shape.rank * sizeof *shape.dims);
        shape.dims[0] = (int32_t)n_parts;
        shape.rank++;
    }
    if (pairs) {
        OCTET_CHECK(ctx, shape.rank < OCTET_MAX_RANK, OCTET_LIMIT, "%s: rank %d is too high for an array of pairs",
                    value->name, shape.rank);
        shape.dims[shape.rank++] = 2;
    }
    return octet_npy_save(ctx, path, descr, shape.rank, shape.dims, data);
}

/* Real numbers of a quantized tensor, if they are wanted; all others as they are. */
static octet_status save_dumped(octet_context *ctx, run_job *job, uint32_t id, const char *path) {
    const octet_value *value = &job->graph->values[id];
    const size_t n_runs = (job->n_samples + job->batch - 1) / job->batch, n = n_runs * value_elements(job->graph, id);
    if (!job->real || value->quantization.n != 1) return save(ctx, job, id, false, false, job->dump[id], path);
    float *real;
    OCTET_TRY(octet_memory_allocate(ctx, n * sizeof *real, (void **)&real));
    octet_convert_to_real(value, job->dump[id], n, real);
    const octet_status status = save(ctx, job, id, false, true, real, path);
    octet_memory_free(ctx, real);
    return status;
}

static void sanitize(char *name) {
    for (char *c = name; *c != '\0'; c++) {
        if (!octet_ascii_is_letter(*c) && !octet_ascii_is_digit(*c) && *c != '-' && *c != '.') *c = '_';
    }
    if (strlen(name) > 100) name[100] = '\0';
}

static octet_status file_name(octet_context *ctx, run_job *job, const char *folder, uint32_t index, const char *name,
                              const char **out) {
    char *clean;
    OCTET_TRY(octet_arena_copy(ctx, &job->arena, name, strlen(name) + 1, (void **)&clean));
    sanitize(clean);
    return octet_arena_format(ctx, &job->arena, out, "%s/%03u_%s.npy", folder, index, clean);
}

/* What is done with a file to write: an output, or a dumped value. */
typedef octet_status on_file(octet_context *ctx, run_job *job, uint32_t value, const void *output, const char *path);

static octet_status save_file(octet_context *ctx, run_job *job, uint32_t value, const void *output, const char *path) {
    if (output == NULL) return save_dumped(ctx, job, value, path);
    return save(ctx, job, value, true, job->real, output, path);
}

static octet_status check_file(octet_context *ctx, run_job *job, uint32_t value, const void *output, const char *path) {
    (void)value, (void)output;
    OCTET_CHECK(
        ctx, !octet_file_is_same(path, job->model_path) && !octet_dataset_reads(job->inputs.data->dataset, path),
        OCTET_USAGE, "%s: is a file that is read, which would be lost: name another one, or another folder", path);
    return OCTET_OK;
}

static octet_status visit_outputs(octet_context *ctx, run_job *job, const octet_array_files *files, on_file *act) {
    const octet_graph *graph = job->graph;
    for (uint32_t i = 0; i < graph->n_outputs; i++) {
        const char *path = files->output;
        if (graph->n_outputs != 1) OCTET_TRY(file_name(ctx, job, files->output, i, graph->outputs[i].name, &path));
        OCTET_TRY(act(ctx, job, graph->outputs[i].value, job->outputs[i], path));
    }
    return OCTET_OK;
}

static octet_status visit_dump(octet_context *ctx, run_job *job, const octet_array_files *files, on_file *act) {
    const octet_graph *graph = job->graph;
    const char *path;
    uint32_t number = 0;
    for (uint32_t i = 0; i < graph->n_inputs; i++) {
        const uint32_t id = graph->inputs[i].value;
        OCTET_TRY(file_name(ctx, job, files->dump, number++, graph->values[id].name, &path));
        OCTET_TRY(act(ctx, job, id, NULL, path));
    }
    for (uint32_t i = 0; i < octet_exec_n_steps(job->sweep.execs[0]); i++) { /* in the order of computation */
        const octet_operator *op = &graph->operators[octet_exec_step_operator(job->sweep.execs[0], i)];
        for (uint32_t k = 0; k < op->n_outputs; k++) {
            if (job->dump[op->outputs[k]] == NULL) continue;
            OCTET_TRY(file_name(ctx, job, files->dump, number++, graph->values[op->outputs[k]].name, &path));
            OCTET_TRY(act(ctx, job, op->outputs[k], NULL, path));
        }
    }
    return OCTET_OK;
}

static octet_status visit_files(octet_context *ctx, run_job *job, const octet_array_files *files, on_file *act) {
    if (files->output != NULL) OCTET_TRY(visit_outputs(ctx, job, files, act));
    return files->dump != NULL ? visit_dump(ctx, job, files, act) : OCTET_OK;
}

static octet_status save_results(octet_context *ctx, run_job *job, const octet_array_files *files) {
    if (files->output != NULL && job->graph->n_outputs != 1) OCTET_TRY(octet_folder_make(ctx, files->output));
    if (files->dump != NULL) OCTET_TRY(octet_folder_make(ctx, files->dump));
    return visit_files(ctx, job, files, save_file);
}

static octet_status run(octet_context *ctx, const octet_model *model, const octet_array_files *files,
                        const octet_run_options *options, run_job *job) {
    octet_exec_options exec;
    octet_split split;
    octet_rounding rounding;
    OCTET_TRY(octet_api_exec_options(ctx, options, &exec));
    OCTET_TRY(octet_api_split(ctx, options, &split));
    OCTET_TRY(octet_api_rounding(ctx, options, &rounding));
    exec.outputs_only = files->dump == NULL;
    OCTET_CHECK(ctx, files->data != NULL, OCTET_USAGE, "run: no samples are named");
    OCTET_CHECK(ctx, files->output != NULL || files->dump != NULL, OCTET_USAGE, "run: no output is named (-o, --dump)");
    const octet_graph *graph = job->graph = model->graph;
    job->model_path = model->path;
    job->batch = octet_api_batch(graph);
    job->real = files->real_output;
    OCTET_TRY(OCTET_NEW(ctx, &job->arena, graph->n_outputs, &job->outputs));
    OCTET_TRY(OCTET_NEW(ctx, &job->arena, graph->n_values, &job->dump));
    OCTET_TRY(octet_api_open_input_files(ctx, &job->arena, graph, files->data, split, &job->inputs));
    job->n_samples = job->inputs.n_samples;
    if (options->limit > 0 && options->limit < job->n_samples) job->n_samples = (size_t)options->limit;
    OCTET_CHECK(ctx, job->n_samples <= INT32_MAX, OCTET_LIMIT, "run: %zu samples are too many", job->n_samples);
    OCTET_TRY(octet_sweep_open(ctx, &job->sweep, &graph, 1, &exec, files->dump != NULL ? 1 : options->n_threads,
                               job->inputs.samples));
    job->sweep.rounding = rounding;
    job->sweep.progress = options->progress;
    job->sweep.progress_user = options->progress_user;
    job->sweep.what = "running";
    octet_results results = {graph, job->batch, job->real, job->outputs};
    OCTET_TRY(allocate_results(ctx, job, &results, files->dump != NULL));
    OCTET_TRY(visit_files(ctx, job, files, check_file));
    if (files->dump != NULL) octet_runner_set_observer(job->sweep.runners[0], keep, job);
    OCTET_TRY(octet_sweep_run(ctx, &job->sweep, NULL, 0, job->n_samples, octet_results_visit, &results));
    return save_results(ctx, job, files);
}

octet_status octet_model_run_files(octet_context *ctx, const octet_model *model, const octet_array_files *files,
                                   const octet_run_options *options, uint64_t *n_samples) {
    octet_array_files taken_files;
    octet_run_options taken;
    OCTET_TRY(OCTET_OPTIONS_TAKE(ctx, octet_array_files, files, &taken_files));
    OCTET_TRY(OCTET_OPTIONS_TAKE(ctx, octet_run_options, options, &taken));
    run_job job = {0};
    const octet_status status = run(ctx, model, &taken_files, &taken, &job);
    octet_sweep_close(ctx, &job.sweep);
    octet_data_close(ctx, job.inputs.data);
    if (n_samples != NULL) *n_samples = job.n_samples;
    octet_arena_free(ctx, &job.arena);
    return status;
}

octet_status octet_array_files_render(octet_context *ctx, const octet_model *model, const octet_array_files *files,
                                      uint64_t n_samples, octet_rendering as, char **out) {
    octet_buffer buffer = {0};
    octet_array_files taken;
    OCTET_TRY(OCTET_OPTIONS_TAKE(ctx, octet_array_files, files, &taken));
    const octet_run_line line = {model->path, taken.output, taken.dump, n_samples};
    const octet_status status = as == OCTET_AS_JSON ? octet_run_line_write_json(ctx, &line, &buffer)
                                                    : octet_run_line_write_text(ctx, &line, &buffer);
    return octet_api_give_text(ctx, &buffer, status, out);
}
