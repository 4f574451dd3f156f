#include "api/evaluate.h"

#include <inttypes.h>
#include <math.h>

#include "api/distance.h"
#include "api/options.h"
#include "api/sweep.h"
#include "base/clock.h"
#include "base/hash.h"
#include "report/text.h"
#include "statistics/fingerprint.h"

/* What computes the scores of a model: followed back from its output over operators that do not change their meaning.
 * NULL: none. */
static const octet_operator *score_operator_of(const octet_graph *graph, uint32_t output) {
    uint32_t value = graph->outputs[output].value;
    for (;;) {
        const uint32_t producer = graph->values[value].producer;
        if (producer == OCTET_NONE) return NULL;
        const octet_operator *op = &graph->operators[producer];
        const bool passes_on =
            op->code == OCTET_OP_QUANTIZE || op->code == OCTET_OP_DEQUANTIZE || op->code == OCTET_OP_RESHAPE;
        if (!passes_on || op->n_inputs == 0 || op->inputs[0] == OCTET_NONE) return op;
        value = op->inputs[0];
    }
}

static const octet_operator *score_operator(const octet_graph *graph) { return score_operator_of(graph, 0); }

static octet_scores score_kind(const octet_graph *graph) {
    const octet_operator *op = score_operator(graph);
    const bool is_probability = op != NULL && (op->code == OCTET_OP_SOFTMAX || op->code == OCTET_OP_LOGISTIC);
    return is_probability ? OCTET_SCORES_PROBABILITIES : OCTET_SCORES_LOGITS;
}

/* One softmax over all scores, or one sigmoid: a class per sample. */
static bool has_classes(const octet_graph *graph) {
    const octet_operator *op = score_operator(graph);
    if (op == NULL || (op->code != OCTET_OP_SOFTMAX && op->code != OCTET_OP_LOGISTIC)) return false;
    const octet_shape *shape = &octet_graph_output(graph, op, 0)->shape;
    if (op->code == OCTET_OP_LOGISTIC) return octet_shape_elements(shape) == octet_api_batch(graph);
    return shape->rank > 0 && (uint32_t)octet_shape_product(shape, 0, shape->rank - 1) == octet_api_batch(graph);
}

typedef struct evaluation_job {
    uint32_t n_models;
    const octet_graph *graphs[OCTET_SWEEP_MODELS];
    octet_evaluation *evaluations[OCTET_SWEEP_MODELS];
    const octet_samples *labels; /* NULL without */
    octet_measure measure;
    bool drops_folders; /* labels that came from the names of folders are not used */
    size_t first;       /* sample */
    uint64_t choice;    /* hash of what parts are cut from */
    const octet_run_options *options;
    uint64_t number_from;            /* of the first sample of the data */
    size_t n_scores, row, n_targets; /* of a sample */
    float *scores;                   /* [thread][model][n_scores] */
    octet_distances *distances;      /* NULL for one model */
} evaluation_job;

static void visit(void *user, uint32_t thread, size_t position, uint32_t slot, octet_runner *const *runners,
                  const uint64_t *time_ns) {
    evaluation_job *job = user;
    const size_t n = job->n_scores;
    float *scores = job->scores + (size_t)thread * job->n_models * n;
    const size_t at = position - job->first;
    size_t n_targets;
    const int32_t label = job->measure == OCTET_MEASURE_CLASS ? octet_samples_label(job->labels, position) : 0;
    const float *targets = job->labels != NULL ? octet_samples_targets(job->labels, position, &n_targets) : NULL;
    for (uint32_t m = 0; m < job->n_models; m++) {
        const uint32_t id = job->graphs[m]->outputs[0].value;
        const octet_value *value = &job->graphs[m]->values[id];
        const uint8_t *output =
            (const uint8_t *)octet_runner_value(runners[m], id) + slot * n * octet_type_size(value->type);
        octet_convert_to_real(value, output, n, scores + m * n);
        octet_evaluation_record(job->evaluations[m], at, scores + m * n, label, targets, time_ns[m]);
    }
    if (job->distances != NULL) octet_distances_add(job->distances, thread, at, slot, runners);
}

/* Of all the numbers that the labels hold. */
typedef struct target_facts {
    bool whole, bits; /* whole numbers from 0 on; 0 and 1 only */
    float largest;
} target_facts;

static target_facts look_at_targets(const octet_samples *samples, size_t n_samples) {
    target_facts facts = {.whole = true, .bits = true};
    for (size_t i = 0; i < n_samples; i++) {
        size_t n;
        const float *targets = octet_samples_targets(samples, i, &n);
        for (size_t j = 0; j < n; j++) {
            facts.whole = facts.whole && targets[j] >= 0.0f && floorf(targets[j]) == targets[j];
            facts.bits = facts.bits && (targets[j] == 0.0f || targets[j] == 1.0f);
            facts.largest = fmaxf(facts.largest, targets[j]);
        }
    }
    return facts;
}

static int32_t largest_label(const octet_samples *samples, size_t n_samples) {
    int32_t largest = 0;
    for (size_t i = 0; i < n_samples; i++) {
        if (octet_samples_label(samples, i) > largest) largest = octet_samples_label(samples, i);
    }
    return largest;
}

/* What the labels are for a model with scores of this shape ([batch,...,row]). */
static octet_measure measure_of(const octet_graph *graph, const octet_samples *samples, const evaluation_job *job) {
    const size_t n = job->n_scores, n_rows = n / job->row, n_targets = job->n_targets;
    const size_t n_samples = octet_samples_count(samples); /* all: parts of a split are measured alike */
    const octet_operator *op = score_operator(graph);
    const bool is_softmax = op != NULL && op->code == OCTET_OP_SOFTMAX,
               is_sigmoid = op != NULL && op->code == OCTET_OP_LOGISTIC;
    const bool labelled = octet_samples_has_labels(samples);
    if (n == 1) {
        if (labelled && largest_label(samples, n_samples) <= 1) return OCTET_MEASURE_CLASS;
        return n_targets == 1 ? OCTET_MEASURE_ERROR : OCTET_MEASURE_NONE;
    }
    if (n_rows == 1 && labelled) return OCTET_MEASURE_CLASS;
    const target_facts facts = look_at_targets(samples, n_samples);
    if (n_rows > 1 && n_targets == n_rows && job->row > 1 && facts.whole && facts.largest < (float)job->row)
        return OCTET_MEASURE_ROWS;
    if (n_targets != n) return OCTET_MEASURE_NONE;
    if (n_rows > 1 && is_softmax && job->row > 1) return OCTET_MEASURE_ROWS;
    return facts.bits && is_sigmoid ? OCTET_MEASURE_ELEMENTS : OCTET_MEASURE_ERROR;
}

/* Labels that are no more than the names of folders, which a model that is no classifier has no use for: it gives no
 * row of scores, or a row without softmax that has another length. */
static bool are_only_folders(const octet_graph *graph, const octet_samples *samples, const evaluation_job *job) {
    if (job->n_targets > 0 || octet_samples_has_listed_classes(samples)) return false;
    if (job->measure == OCTET_MEASURE_NONE) return true;
    const size_t n_classes = (size_t)octet_samples_n_classes(samples);
    return !has_classes(graph) && job->n_scores != n_classes && !(job->n_scores == 1 && n_classes == 2);
}

static octet_status choose_measure(octet_context *ctx, const octet_samples *samples, const octet_model *model,
                                   size_t n_samples, evaluation_job *job) {
    const octet_graph *graph = model->graph;
    const octet_shape *shape = &graph->values[graph->outputs[0].value].shape;
    char text[OCTET_SHAPE_TEXT_SIZE];
    job->row = shape->rank > 1 ? (size_t)shape->dims[shape->rank - 1] : job->n_scores;
    const bool targeted = n_samples > 0 && octet_samples_targets(samples, 0, &job->n_targets) != NULL;
    if (!targeted && !octet_samples_has_labels(samples)) return OCTET_OK;
    job->labels = samples;
    job->measure = measure_of(graph, samples, job);
    if (are_only_folders(graph, samples, job)) {
        job->labels = NULL;
        job->measure = OCTET_MEASURE_NONE;
        job->drops_folders = true;
        return OCTET_OK;
    }
    OCTET_CHECK(
        ctx, job->measure != OCTET_MEASURE_NONE, OCTET_DATA,
        "labels of %zu number%s a sample: %s gives %s, which needs a class number from 0 on or %zu numbers a sample",
        job->n_targets, job->n_targets == 1 ? "" : "s", model->path, octet_shape_text(shape, text), job->n_scores);
    const int32_t n_classes = job->n_scores == 1 ? 2 : (int32_t)job->n_scores;
    for (size_t i = job->first; i < job->first + n_samples && job->measure == OCTET_MEASURE_CLASS; i++) {
        const int32_t label = octet_samples_label(samples, i);
        OCTET_CHECK(ctx, label < n_classes, OCTET_DATA,
                    "sample %zu has label %d: %s has %d classes (labels count from 0)", i, label, model->path,
                    n_classes);
    }
    return OCTET_OK;
}

static octet_status make_job(octet_context *ctx, octet_sweep *sweep, const octet_model *const *models,
                             const octet_samples *samples, size_t n_samples, const char *split, evaluation_job *job) {
    job->n_models = sweep->n_models;
    job->n_scores =
        octet_shape_elements(&models[0]->graph->values[models[0]->graph->outputs[0].value].shape) / sweep->batch;
    OCTET_CHECK(ctx, job->n_scores > 0, OCTET_MODEL, "%s: its output is empty", models[0]->path);
    OCTET_TRY(choose_measure(ctx, samples, models[0], n_samples, job));
    for (uint32_t m = 0; m < job->n_models; m++) {
        const octet_graph *graph = models[m]->graph;
        job->graphs[m] = graph;
        const size_t n_scores = octet_shape_elements(&graph->values[graph->outputs[0].value].shape) / sweep->batch;
        OCTET_CHECK(ctx, n_scores == job->n_scores, OCTET_DATA,
                    "%s has %zu output values, %s has %zu: they cannot be compared", models[0]->path, job->n_scores,
                    models[m]->path, n_scores);
        OCTET_TRY(octet_evaluation_make(ctx, models[m]->path, split, n_samples, n_scores, score_kind(graph),
                                        job->measure, &job->evaluations[m]));
        octet_evaluation *evaluation = job->evaluations[m];
        for (size_t i = 0; i < n_samples; i++) evaluation->numbers[i] = job->number_from + job->first + i;
        OCTET_TRY(octet_fingerprint_make(ctx, graph, &evaluation->fingerprint));
        OCTET_TRY(octet_parts_set(ctx, &evaluation->arena, job->options->part, job->options->n_parts, job->choice,
                                  &evaluation->parts));
        evaluation->keeps_state = sweep->keep_state;
        evaluation->n_targets = job->n_targets;
        evaluation->drops_folders = job->drops_folders;
        evaluation->row = job->row;
        evaluation->has_classes = job->measure == OCTET_MEASURE_CLASS ||
                                  (job->measure == OCTET_MEASURE_NONE && has_classes(models[0]->graph));
    }
    OCTET_TRY(OCTET_NEW(ctx, &sweep->arena, job->n_scores * sweep->n_threads * job->n_models, &job->scores));
    if (job->n_models < 2) return OCTET_OK;
    return octet_distances_create(ctx, &sweep->arena, job->graphs, sweep->batch, sweep->n_threads, n_samples,
                                  &job->distances);
}

static octet_status name_classes(octet_context *ctx, const octet_samples *samples, octet_evaluation *evaluation) {
    const int32_t n = octet_evaluation_n_classes(evaluation);
    if (octet_samples_class_name(samples, 0) == NULL) return OCTET_OK;
    OCTET_TRY(OCTET_NEW(ctx, &evaluation->arena, (size_t)n, &evaluation->class_names));
    for (int32_t i = 0; i < n; i++) {
        const char *name = i < octet_samples_n_classes(samples) ? octet_samples_class_name(samples, i) : NULL;
        OCTET_TRY(octet_arena_string(ctx, &evaluation->arena, name != NULL ? name : "", &evaluation->class_names[i]));
    }
    return OCTET_OK;
}

/* How the model scales its first input itself. */
static octet_status describe_scaling(octet_context *ctx, const octet_graph *graph, octet_evaluation *evaluation) {
    const octet_entry *entry = &graph->inputs[0].entry;
    evaluation->expects_bytes = entry->expects_bytes;
    if (entry->layer == NULL) return OCTET_OK;
    if (!entry->is_uniform) return octet_arena_string(ctx, &evaluation->arena, entry->layer, &evaluation->own_scaling);
    if (entry->offset == 0.0)
        return octet_arena_format(ctx, &evaluation->arena, &evaluation->own_scaling, "%s: x * %.6g", entry->layer,
                                  entry->scale);
    return octet_arena_format(ctx, &evaluation->arena, &evaluation->own_scaling, "%s: x * %.6g %c %.6g", entry->layer,
                              entry->scale, entry->offset < 0.0 ? '-' : '+', fabs(entry->offset));
}

/* What else decides over the answers: by the names of the choices, so that two ways to ask for one give one text. */
static octet_status describe_conditions(octet_context *ctx, const octet_data *data, const octet_exec_options *exec,
                                        octet_rounding rounding, octet_evaluation *evaluation) {
    char text[OCTET_PREPROCESS_TEXT];
    return octet_arena_format(ctx, &evaluation->arena, &evaluation->conditions,
                              "scaling %s, numerics %s, float order %s, input rounding %s",
                              octet_preprocess_text(octet_dataset_preprocess(data->dataset), text),
                              octet_choice_name("numerics", (uint32_t)exec->numerics),
                              octet_choice_name("float order", (uint32_t)exec->float_order),
                              octet_choice_name("input rounding", (uint32_t)rounding));
}

/* Which samples: what the options leave of n_samples, and of that one part. */
static octet_status choose_samples(octet_context *ctx, const octet_run_options *options, bool keeps_state,
                                   const char *model, evaluation_job *job, size_t *n_samples) {
    size_t first, end;
    const size_t n_all = *n_samples;
    OCTET_CHECK(ctx, options->first < n_all, OCTET_DATA,
                "the first sample is to be number %" PRIu64 ", counted from 0: there are %zu", options->first, n_all);
    size_t n = n_all - (size_t)options->first;
    if (options->limit > 0 && options->limit < n) n = (size_t)options->limit;
    OCTET_CHECK(
        ctx, options->n_parts <= 1 || !keeps_state, OCTET_DATA,
        "%s keeps state from sample to sample: it cannot be evaluated in parts; evaluate all samples in one run",
        model);
    OCTET_TRY(octet_parts_place(ctx, options->part, options->n_parts, n, "samples", &first, &end));
    const uint64_t cut[] = {n_all, options->number_from, options->first, n};
    job->choice = octet_hash(0, cut, sizeof cut);
    job->first = (size_t)options->first + first;
    job->number_from = options->number_from;
    *n_samples = end - first;
    OCTET_CHECK(ctx, *n_samples <= UINT32_MAX, OCTET_LIMIT, "%zu samples: at most %u can be evaluated (--limit)",
                *n_samples, UINT32_MAX);
    return OCTET_OK;
}

static const char *split_name(const octet_dataset *dataset, octet_split split) {
    if (!octet_dataset_is_split(dataset)) return "all";
    return split == OCTET_SPLIT_TEST ? "test" : "training";
}

static octet_status run(octet_context *ctx, octet_sweep *sweep, const octet_model *const *models, uint32_t n_models,
                        octet_data *data, const octet_run_options *options, const octet_ahead *ahead,
                        evaluation_job *job, octet_verdict *verdict) {
    octet_exec_options exec;
    octet_split split;
    octet_rounding rounding;
    OCTET_TRY(octet_api_exec_options(ctx, options, &exec));
    OCTET_TRY(octet_api_split(ctx, options, &split));
    OCTET_TRY(octet_api_rounding(ctx, options, &rounding));
    exec.outputs_only = true;
    const octet_graph *graphs[OCTET_SWEEP_MODELS];
    for (uint32_t m = 0; m < n_models; m++) {
        graphs[m] = models[m]->graph;
        OCTET_CHECK(ctx, graphs[m]->n_inputs == graphs[0]->n_inputs && graphs[m]->n_outputs > 0, OCTET_DATA,
                    "%s has %u inputs, %s has %u: they cannot be compared", models[0]->path, graphs[0]->n_inputs,
                    models[m]->path, graphs[m]->n_inputs);
    }
    octet_samples **samples;
    OCTET_TRY(OCTET_NEW(ctx, &sweep->arena, graphs[0]->n_inputs, &samples));
    for (uint32_t m = 0; m < n_models; m++) OCTET_TRY(octet_api_bind_data(ctx, data, graphs[m], split, samples));
    const uint64_t start = octet_clock_ns();
    OCTET_TRY(octet_sweep_open(ctx, sweep, graphs, n_models, &exec, options->n_threads, samples));
    sweep->rounding = rounding;
    sweep->progress = options->progress;
    sweep->progress_user = options->progress_user;
    sweep->what = "evaluating";
    octet_ahead_give(ahead, sweep, &exec);
    OCTET_TRY(octet_sweep_widen(ctx, sweep, &exec));
    size_t n_samples = octet_samples_count(samples[0]);
    job->options = options;
    OCTET_TRY(choose_samples(ctx, options, sweep->keep_state, models[0]->path, job, &n_samples));
    OCTET_TRY(make_job(ctx, sweep, models, samples[0], n_samples, split_name(data->dataset, split), job));
    OCTET_TRY(octet_sweep_run(ctx, sweep, NULL, job->first, n_samples, visit, job));
    for (uint32_t m = 0; m < n_models; m++) {
        octet_evaluation *evaluation = job->evaluations[m];
        octet_evaluation_finish(evaluation);
        evaluation->wall_ns = octet_clock_ns() - start;
        evaluation->n_threads = sweep->n_threads;
        octet_samples_range(samples[0], &evaluation->raw_min, &evaluation->raw_max, &evaluation->min, &evaluation->max);
        OCTET_TRY(describe_scaling(ctx, models[m]->graph, evaluation));
        OCTET_TRY(describe_conditions(ctx, data, &exec, rounding, evaluation));
        OCTET_TRY(name_classes(ctx, samples[0], evaluation));
    }
    if (verdict == NULL) return OCTET_OK;
    OCTET_TRY(octet_distances_sum(ctx, &verdict->arena, job->distances, &verdict->distances, &verdict->n_distances));
    for (uint32_t i = 0; i < verdict->n_distances; i++) {
        const octet_operator *op = score_operator_of(graphs[0], i);
        verdict->distances[i].are_shares =
            op != NULL && (op->code == OCTET_OP_SOFTMAX || op->code == OCTET_OP_LOGISTIC);
    }
    return OCTET_OK;
}

octet_status octet_api_evaluate(octet_context *ctx, const octet_model *const *models, uint32_t n_models,
                                octet_data *data, const octet_run_options *options, const octet_ahead *ahead,
                                octet_evaluation **evaluations, octet_verdict *verdict) {
    octet_run_options taken;
    OCTET_TRY(OCTET_OPTIONS_TAKE(ctx, octet_run_options, options, &taken));
    octet_sweep sweep = {0};
    evaluation_job job = {0};
    const octet_status status = run(ctx, &sweep, models, n_models, data, &taken, ahead, &job, verdict);
    octet_sweep_close(ctx, &sweep);
    for (uint32_t m = 0; m < n_models; m++) {
        if (status == OCTET_OK) evaluations[m] = job.evaluations[m];
        else octet_evaluation_free(ctx, job.evaluations[m]);
    }
    return status;
}

octet_status octet_evaluate(octet_context *ctx, const octet_model *model, octet_data *data,
                            const octet_run_options *options, octet_evaluation **out) {
    return octet_api_evaluate(ctx, &model, 1, data, options, NULL, out, NULL);
}

void octet_evaluation_destroy(octet_context *ctx, octet_evaluation *evaluation) {
    octet_evaluation_free(ctx, evaluation);
}
uint64_t octet_evaluation_n_samples(const octet_evaluation *evaluation) { return evaluation->n_samples; }
bool octet_evaluation_has_labels(const octet_evaluation *evaluation) { return evaluation->has_accuracy; }
double octet_evaluation_accuracy(const octet_evaluation *evaluation) { return evaluation->accuracy; }
double octet_evaluation_loss(const octet_evaluation *evaluation) { return evaluation->loss; }

double octet_evaluation_mean_absolute_error(const octet_evaluation *evaluation) {
    return evaluation->errors != NULL ? evaluation->mean_absolute_error : (double)NAN;
}

double octet_evaluation_root_mean_square_error(const octet_evaluation *evaluation) {
    return evaluation->errors != NULL ? evaluation->root_mean_square_error : (double)NAN;
}

int32_t octet_evaluation_class(const octet_evaluation *evaluation, uint64_t index) {
    return evaluation->answers[index];
}

octet_status octet_evaluation_render(octet_context *ctx, const octet_evaluation *evaluation, bool with_confusion,
                                     octet_rendering as, char **out) {
    octet_buffer buffer = {0};
    const octet_status status = as == OCTET_AS_JSON
                                    ? octet_evaluation_write_json(ctx, evaluation, with_confusion, &buffer)
                                    : octet_evaluation_write_text(ctx, evaluation, with_confusion, &buffer);
    return octet_api_give_text(ctx, &buffer, status, out);
}
