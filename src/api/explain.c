/* octet_model_explain: runs a model over one sample and derives one of its numbers. */
#include "explain/explain.h"

#include <inttypes.h>
#include <string.h>

#include "api/input_files.h"
#include "api/layer_plan.h"
#include "api/options.h"
#include "api/value_name.h"
#include "report/explanation.h"

typedef struct explain_job {
    octet_arena arena;
    const octet_model *model;
    octet_explain_options options;
    octet_exec_options exec_options;
    octet_layer_plan plan;    /* with an original */
    const octet_graph *graph; /* the model's; with an original with the original's order of inputs */
    octet_input_files inputs;
    octet_exec *execs[2]; /* by OCTET_LAYERS_... */
    octet_runner *runners[2];
    float **real; /* by input: the real numbers that it is given; NULL where the data hold codes */
    octet_explanation explanation;
    octet_derivation derivation;
} explain_job;

/* ---- One run ---- */

static octet_status prepare_run(octet_context *ctx, explain_job *job, uint32_t which, const octet_graph *graph) {
    OCTET_TRY(octet_exec_create(ctx, graph, &job->exec_options, &job->execs[which]));
    return octet_runner_create(ctx, job->execs[which], 1, &job->runners[which]);
}

/* Fills input i of the quantized model with the samples of one run. */
static octet_status feed(octet_context *ctx, explain_job *job, uint32_t i) {
    const uint32_t batch = octet_api_batch(job->graph);
    const octet_value *value = &job->graph->values[job->graph->inputs[i].value];
    const size_t n = octet_shape_elements(&value->shape), part = n / batch, size = part * octet_type_size(value->type);
    uint8_t *tensor = octet_runner_value(job->runners[OCTET_LAYERS_QUANTIZED], job->graph->inputs[i].value);
    octet_samples *samples = job->inputs.samples[i];
    if (!job->inputs.raw[i]) OCTET_TRY(OCTET_NEW(ctx, &job->arena, n, &job->real[i]));
    for (uint32_t slot = 0; slot < batch; slot++) {
        const size_t last = job->inputs.n_samples - 1, wanted = (size_t)job->options.sample + slot,
                     sample = wanted < last ? wanted : last;
        OCTET_TRY(octet_samples_load(ctx, samples, &sample, 1, NULL));
        if (job->inputs.raw[i]) memcpy(tensor + slot * size, octet_samples_stored(samples, sample), size);
        else octet_samples_read(samples, sample, job->real[i] + slot * part);
    }
    if (job->real[i] != NULL) octet_convert_from_real(value, OCTET_ROUND_NEAREST, job->real[i], n, tensor);
    return OCTET_OK;
}

static octet_status run_quantized(octet_context *ctx, explain_job *job) {
    OCTET_TRY(OCTET_NEW(ctx, &job->arena, job->graph->n_inputs, &job->real));
    OCTET_TRY(prepare_run(ctx, job, OCTET_LAYERS_QUANTIZED, job->graph));
    for (uint32_t i = 0; i < job->graph->n_inputs; i++) OCTET_TRY(feed(ctx, job, i));
    octet_runner_run(job->runners[OCTET_LAYERS_QUANTIZED], NULL);
    return OCTET_OK;
}

/* ---- The number and its derivation ---- */

static octet_status derive(octet_context *ctx, explain_job *job) {
    octet_explanation *e = &job->explanation;
    const void **data;
    const octet_lower_options lower = {.numerics = job->exec_options.numerics,
                                       .float_order = job->exec_options.float_order};
    OCTET_TRY(OCTET_NEW(ctx, &job->arena, job->graph->n_values, &data));
    for (uint32_t v = 0; v < job->graph->n_values; v++)
        data[v] = octet_runner_value(job->runners[OCTET_LAYERS_QUANTIZED], v);
    const octet_explain_request request = {.graph = job->graph,
                                           .options = &lower,
                                           .data = data,
                                           .given = (const float *const *)job->real,
                                           .value = e->value,
                                           .element = e->element};
    OCTET_TRY(octet_explain_element(ctx, &job->arena, &request, &job->derivation));
    e->derivation = &job->derivation;
    e->number = octet_explain_number(job->graph, e->value, data[e->value], e->element);
    e->has_real = octet_explain_stands_for(job->graph, e->value, data[e->value], e->element, &e->real);
    return OCTET_OK;
}

/* ---- The original ---- */

static octet_status plan_original(octet_context *ctx, explain_job *job, const octet_graph *real) {
    octet_layers *layers;
    OCTET_TRY(OCTET_NEW(ctx, &job->arena, 1, &layers));
    job->plan.models[OCTET_LAYERS_FLOAT] = job->options.original;
    job->plan.models[OCTET_LAYERS_QUANTIZED] = job->model;
    job->plan.real = real;
    job->plan.layers = layers;
    const octet_status status = octet_api_plan_layers(ctx, &job->plan);
    job->graph = job->plan.quantized;
    return status;
}

/* Runs the float model on the same sample: on what its input stands for, where the data hold codes. */
static octet_status run_original(octet_context *ctx, explain_job *job, const octet_graph *real) {
    octet_explanation *e = &job->explanation;
    const uint32_t partner = job->plan.pairs.partner[e->value];
    e->original = job->options.original->path;
    if (partner == OCTET_NONE) return OCTET_OK;
    OCTET_TRY(prepare_run(ctx, job, OCTET_LAYERS_FLOAT, real));
    for (uint32_t i = 0; i < real->n_inputs; i++) {
        const octet_value *to = &real->values[real->inputs[i].value],
                          *from = &job->graph->values[job->graph->inputs[i].value];
        const size_t n = octet_shape_elements(&from->shape);
        void *tensor = octet_runner_value(job->runners[OCTET_LAYERS_FLOAT], real->inputs[i].value);
        const void *codes = octet_runner_value(job->runners[OCTET_LAYERS_QUANTIZED], job->graph->inputs[i].value);
        OCTET_CHECK(ctx, octet_shape_elements(&to->shape) == n, OCTET_DATA,
                    "%s: input '%s' has another size than that of %s", job->options.original->path,
                    real->inputs[i].name, job->model->path);
        if (job->real[i] != NULL) octet_convert_from_real(to, OCTET_ROUND_NEAREST, job->real[i], n, tensor);
        else if (to->type == from->type) memcpy(tensor, codes, octet_value_bytes(from));
        else octet_convert_to_real(from, codes, n, tensor);
    }
    octet_runner_run(job->runners[OCTET_LAYERS_FLOAT], NULL);
    const octet_value *value = &real->values[partner];
    if (octet_shape_elements(&value->shape) != octet_shape_elements(&job->graph->values[e->value].shape))
        return OCTET_OK;
    e->original_name = value->name;
    return octet_explain_stands_for(real, partner, octet_runner_value(job->runners[OCTET_LAYERS_FLOAT], partner),
                                    e->element, &e->original_real)
               ? OCTET_OK
               : octet_context_fail(ctx, OCTET_UNSUPPORTED, "%s: its tensor %s holds no numbers", e->original,
                                    value->name);
}

/* ---- The whole ---- */

static octet_status explain(octet_context *ctx, explain_job *job, const octet_graph *real, octet_split split) {
    octet_explanation *e = &job->explanation;
    job->graph = job->model->graph;
    if (real != NULL) OCTET_TRY(plan_original(ctx, job, real));
    OCTET_TRY(octet_api_find_element(ctx, job->graph, job->options.value, &e->value, &e->element));
    OCTET_TRY(octet_api_open_input_files(ctx, &job->arena, job->graph, job->options.data, split, &job->inputs));
    OCTET_CHECK(ctx, job->options.sample < job->inputs.n_samples, OCTET_DATA,
                "sample %" PRIu64 ": the data hold %zu samples, numbered from 0", job->options.sample,
                job->inputs.n_samples);
    OCTET_TRY(run_quantized(ctx, job));
    OCTET_TRY(derive(ctx, job));
    e->graph = job->graph;
    e->model = job->model->path;
    e->data = octet_samples_name(job->inputs.samples[0]);
    e->sample = job->options.sample;
    e->numerics = octet_choice_name("numerics", (uint32_t)job->exec_options.numerics);
    e->with_all = job->options.with_all;
    return real != NULL ? run_original(ctx, job, real) : OCTET_OK;
}

static void release(octet_context *ctx, explain_job *job) {
    for (int i = 0; i < 2; i++) {
        octet_runner_destroy(ctx, job->runners[i]);
        octet_exec_destroy(ctx, job->execs[i]);
    }
    octet_data_close(ctx, job->inputs.data);
    if (job->plan.layers != NULL) octet_arena_free(ctx, &job->plan.layers->arena);
    octet_arena_free(ctx, &job->plan.arena);
    octet_arena_free(ctx, &job->arena);
}

static octet_status check_options(octet_context *ctx, const octet_model *model, const octet_explain_options *options) {
    OCTET_CHECK(ctx, options->value != NULL, OCTET_USAGE, "explain: which number? Name it: --value NAME[index]");
    OCTET_CHECK(ctx, options->data != NULL, OCTET_USAGE, "explain: no sample is named");
    OCTET_CHECK(ctx, octet_model_is_quantized(model), OCTET_USAGE,
                "%s: nothing in it is quantized: explain derives the integers of a quantized .tflite", model->path);
    OCTET_CHECK(ctx, options->original == NULL || !octet_model_is_quantized(options->original), OCTET_USAGE,
                "%s is quantized: the original is the float model", options->original->path);
    return OCTET_OK;
}

octet_status octet_model_explain(octet_context *ctx, const octet_model *model, const octet_explain_options *options,
                                 const octet_run_options *run, octet_rendering as, char **out) {
    explain_job job = {.model = model};
    octet_run_options taken;
    octet_split split;
    octet_float_graph real = {0};
    octet_buffer buffer = {0};
    OCTET_TRY(OCTET_OPTIONS_TAKE(ctx, octet_explain_options, options, &job.options));
    OCTET_TRY(OCTET_OPTIONS_TAKE(ctx, octet_run_options, run, &taken));
    OCTET_TRY(check_options(ctx, model, &job.options));
    OCTET_TRY(octet_api_exec_options(ctx, &taken, &job.exec_options));
    OCTET_TRY(octet_api_split(ctx, &taken, &split));
    job.exec_options.no_sharing = true;
    if (job.options.original != NULL) OCTET_TRY(octet_api_float_graph(ctx, job.options.original, &real));
    octet_status status = explain(ctx, &job, real.graph, split);
    if (status == OCTET_OK)
        status = as == OCTET_AS_JSON ? octet_explanation_write_json(ctx, &job.explanation, &buffer)
                                     : octet_explanation_write_text(ctx, &job.explanation, &buffer);
    release(ctx, &job);
    if (job.options.original != NULL) octet_api_release_float_graph(ctx, &real);
    return octet_api_give_text(ctx, &buffer, status, out);
}
