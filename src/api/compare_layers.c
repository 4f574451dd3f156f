/* octet_compare_layers: runs both models over the samples, and each layer of the float one on what the quantized one
 * read. */
#include <string.h>

#include "api/evaluate.h"
#include "api/layer_plan.h"
#include "api/options.h"
#include "api/sweep.h"
#include "layers/cause.h"

enum { BLOCK_BYTES = 16 << 20, MOST_BLOCK_RUNS = 4096 };

typedef struct comparison {
    octet_layer_plan plan;
    double *sums;   /* [run of the block][sums of a run] */
    double *totals; /* of all runs */
    octet_sweep sweep;
    octet_layer_measure *measures; /* [thread][row] */
    octet_runner **alone;          /* by thread: of the float model */
    float **numbers;               /* by thread: a value as real numbers */
    float **rescaled;              /* by thread: f with the channels of the quantized model */
    size_t block, end;             /* samples of the block that is being run */
    size_t done, n_samples;        /* of all blocks */
    octet_progress *progress;
    void *progress_user;
} comparison;

/* ---- Runs ---- */

static const float *run_alone(const comparison *c, uint32_t thread, const octet_layer_job *row,
                              octet_runner *quantized) {
    octet_runner *runner = c->alone[thread];
    if (!row->segment.is_known) return NULL;
    for (uint32_t i = 0; i < row->segment.n_feeds; i++) {
        const octet_feed *feed = &row->segment.feeds[i];
        const octet_value *from = &c->plan.quantized->values[feed->quantized];
        void *to = octet_runner_value(runner, feed->real);
        const void *given = octet_runner_value(quantized, feed->quantized);
        if (c->plan.real->values[feed->real].type == OCTET_FLOAT32) {
            octet_convert_to_real(from, given, octet_shape_elements(&from->shape), to);
            octet_gain_divide(&c->plan.gains[feed->quantized], to, octet_shape_elements(&from->shape));
        } else memcpy(to, given, octet_value_bytes(from));
    }
    for (uint32_t i = 0; i < row->segment.n_operators; i++)
        octet_runner_run_step(runner, row->segment.operators[i], NULL);
    float *result = octet_runner_value(runner, row->real);
    octet_gain_multiply(&c->plan.gains[row->quantized], result, octet_shape_elements(&row->measured.value->shape));
    return result;
}

/* What the float model computed, with the channels of the quantized one. */
static const float *rescale(const comparison *c, uint32_t thread, const octet_layer_job *row, const float *real,
                            size_t n) {
    const octet_gain *gain = &c->plan.gains[row->quantized];
    if (gain->n == 0) return real;
    memcpy(c->rescaled[thread], real, n * sizeof *real);
    octet_gain_multiply(gain, c->rescaled[thread], n);
    return c->rescaled[thread];
}

/* Once for each run: all samples of a batch together. */
static void visit(void *user, uint32_t thread, size_t position, uint32_t slot, octet_runner *const *runners,
                  const uint64_t *time_ns) {
    comparison *c = user;
    const uint32_t batch = c->sweep.batch;
    (void)time_ns;
    if (slot != 0) return;
    const size_t n_valid = c->end - position < batch ? c->end - position : batch;
    double *sums = c->sums + (position - c->block) / batch * c->plan.n_sums;
    octet_runner_reset(c->alone[thread]);
    for (uint32_t i = 0; i < c->plan.n_rows; i++) {
        const octet_layer_job *row = &c->plan.rows[i];
        const octet_value *value = row->measured.value;
        const size_t n = octet_shape_elements(&value->shape) / batch * n_valid;
        const void *codes = octet_runner_value(runners[OCTET_LAYERS_QUANTIZED], row->quantized);
        const float *real = rescale(c, thread, row, octet_runner_value(runners[OCTET_LAYERS_FLOAT], row->real), n);
        const float *alone = row->segment.n_operators == 0 && row->segment.n_feeds == 0
                                 ? (row->segment.is_known ? real : NULL)
                                 : run_alone(c, thread, row, runners[OCTET_LAYERS_QUANTIZED]);
        octet_convert_to_real(value, codes, n, c->numbers[thread]);
        octet_layer_measure_add(&c->measures[thread * c->plan.n_rows + i], &row->measured, real, c->numbers[thread],
                                codes, alone, n, sums + row->first_sum);
    }
}

static octet_status prepare_threads(octet_context *ctx, comparison *c) {
    const uint32_t n_threads = c->sweep.n_threads;
    size_t largest = 1;
    for (uint32_t i = 0; i < c->plan.n_rows; i++) {
        const size_t n = octet_shape_elements(&c->plan.rows[i].measured.value->shape);
        if (n > largest) largest = n;
    }
    OCTET_TRY(OCTET_NEW(ctx, &c->plan.arena, (size_t)n_threads * c->plan.n_rows, &c->measures));
    OCTET_TRY(OCTET_NEW(ctx, &c->plan.arena, n_threads, &c->numbers));
    OCTET_TRY(OCTET_NEW(ctx, &c->plan.arena, n_threads, &c->rescaled));
    OCTET_TRY(OCTET_NEW(ctx, &c->plan.arena, n_threads, &c->alone));
    for (uint32_t t = 0; t < n_threads; t++) {
        OCTET_TRY(OCTET_NEW(ctx, &c->plan.arena, largest, &c->numbers[t]));
        OCTET_TRY(OCTET_NEW(ctx, &c->plan.arena, largest, &c->rescaled[t]));
        OCTET_TRY(octet_runner_create(ctx, c->sweep.execs[OCTET_LAYERS_FLOAT], 1, &c->alone[t]));
        for (uint32_t i = 0; i < c->plan.n_rows; i++)
            OCTET_TRY(octet_layer_measure_create(ctx, &c->plan.arena, &c->plan.rows[i].measured,
                                                 &c->measures[t * c->plan.n_rows + i]));
    }
    return OCTET_OK;
}

static bool pass_progress(void *user, const char *what, uint64_t done, uint64_t total) {
    const comparison *c = user;
    (void)total;
    return c->progress(c->progress_user, what, c->done + done, c->n_samples);
}

static octet_status open_sweep(octet_context *ctx, comparison *c, octet_data *data, const octet_run_options *options) {
    const octet_graph *graphs[] = {c->plan.real, c->plan.quantized};
    octet_exec_options exec;
    octet_split split;
    octet_samples **samples;
    OCTET_TRY(octet_api_exec_options(ctx, options, &exec));
    OCTET_TRY(octet_api_split(ctx, options, &split));
    exec.no_sharing = true;
    OCTET_TRY(OCTET_NEW(ctx, &c->plan.arena, c->plan.real->n_inputs, &samples));
    OCTET_TRY(octet_api_bind_data(ctx, data, c->plan.real, split, samples));
    OCTET_TRY(octet_sweep_open(ctx, &c->sweep, graphs, 2, &exec, options->n_threads, samples));
    OCTET_TRY(octet_api_rounding(ctx, options, &c->sweep.rounding));
    c->sweep.row = 1; /* the values of both models are looked at after each run */
    c->sweep.what = "comparing";
    c->progress = options->progress;
    c->progress_user = options->progress_user;
    if (c->progress != NULL) c->sweep.progress = pass_progress;
    c->sweep.progress_user = c;
    return prepare_threads(ctx, c);
}

/* Blocks of runs whose sums fit into BLOCK_BYTES; sums are added in the order of runs. */
static octet_status run_blocks(octet_context *ctx, comparison *c, size_t first) {
    const uint32_t batch = c->sweep.batch;
    size_t n_runs = BLOCK_BYTES / sizeof(double) / (c->plan.n_sums + 1) + 1;
    if (n_runs > MOST_BLOCK_RUNS) n_runs = MOST_BLOCK_RUNS;
    if (n_runs > c->n_samples / batch + 1) n_runs = c->n_samples / batch + 1;
    OCTET_TRY(OCTET_NEW(ctx, &c->plan.arena, n_runs * c->plan.n_sums, &c->sums));
    OCTET_TRY(OCTET_NEW(ctx, &c->plan.arena, c->plan.n_sums, &c->totals));
    while (c->done < c->n_samples) {
        const size_t left = c->n_samples - c->done, n = left < n_runs * batch ? left : n_runs * batch;
        c->block = first + c->done;
        c->end = c->block + n;
        OCTET_TRY(octet_sweep_run(ctx, &c->sweep, NULL, c->block, n, visit, c));
        for (size_t run = 0; run < (n + batch - 1) / batch; run++)
            for (size_t i = 0; i < c->plan.n_sums; i++) c->totals[i] += c->sums[run * c->plan.n_sums + i];
        c->done += n;
    }
    return OCTET_OK;
}

static octet_status fill_rows(octet_context *ctx, comparison *c) {
    octet_layers *layers = c->plan.layers;
    layers->output = c->plan.n_rows;
    for (uint32_t i = 0; i < c->plan.n_rows; i++) {
        const octet_layer_job *job = &c->plan.rows[i];
        for (uint32_t t = 1; t < c->sweep.n_threads; t++)
            octet_layer_measure_merge(&c->measures[i], &c->measures[t * c->plan.n_rows + i], &job->measured);
        OCTET_TRY(octet_layer_row_fill(ctx, &c->plan.arena, &job->measured, &c->measures[i], c->totals + job->first_sum,
                                       &layers->rows[i]));
        if (job->measured.has_step)
            OCTET_TRY(octet_arena_copy(ctx, &layers->arena, c->measures[i].bins,
                                       OCTET_MEASURE_BINS * sizeof *c->measures[i].bins,
                                       (void **)&layers->rows[i].bins));
        OCTET_TRY(octet_cause_find(ctx, &layers->arena, &layers->rows[i]));
        if (c->plan.pairs.root[job->quantized] == c->plan.pairs.root[c->plan.quantized->outputs[0].value])
            layers->output = i;
    }
    return octet_layers_finish(ctx, layers, c->plan.quantized);
}

/* ---- Answers ---- */

static octet_status copy_answers(octet_context *ctx, octet_layers *layers, const octet_evaluation *before,
                                 const octet_evaluation *after) {
    layers->n_samples = before->n_samples;
    layers->has_answers = before->has_classes;
    layers->has_accuracy = before->has_accuracy;
    layers->accuracy_before = before->accuracy;
    layers->accuracy_after = after->accuracy;
    OCTET_TRY(octet_arena_string(ctx, &layers->arena, before->split, &layers->split));
    for (uint64_t i = 0; layers->has_answers && i < before->n_samples; i++)
        layers->n_flips += before->answers[i] != after->answers[i];
    OCTET_TRY(OCTET_NEW(ctx, &layers->arena, layers->n_flips, &layers->flips));
    uint64_t n = 0;
    for (uint64_t i = 0; layers->n_flips > 0 && i < before->n_samples; i++)
        if (before->answers[i] != after->answers[i])
            layers->flips[n++] = (octet_flip){.sample = before->numbers[i],
                                              .before = before->answers[i],
                                              .after = after->answers[i],
                                              .label = before->has_accuracy ? before->labels[i] : -1};
    if (before->class_names == NULL) return OCTET_OK;
    layers->n_classes = octet_evaluation_n_classes(before);
    OCTET_TRY(OCTET_NEW(ctx, &layers->arena, (size_t)layers->n_classes, &layers->class_names));
    for (int32_t i = 0; i < layers->n_classes; i++)
        OCTET_TRY(octet_arena_string(ctx, &layers->arena, before->class_names[i], &layers->class_names[i]));
    return OCTET_OK;
}

static octet_status compare_answers(octet_context *ctx, comparison *c, octet_data *data,
                                    const octet_run_options *options) {
    octet_evaluation *evaluations[2];
    OCTET_TRY(octet_api_evaluate(ctx, c->plan.models, 2, data, options, NULL, evaluations, NULL));
    const octet_status status = copy_answers(ctx, c->plan.layers, evaluations[0], evaluations[1]);
    octet_evaluation_free(ctx, evaluations[0]);
    octet_evaluation_free(ctx, evaluations[1]);
    c->n_samples = (size_t)c->plan.layers->n_samples;
    return status;
}

static octet_status compare(octet_context *ctx, comparison *c, octet_data *data, const octet_run_options *options) {
    octet_layers *layers = c->plan.layers;
    OCTET_TRY(octet_arena_string(ctx, &layers->arena, c->plan.models[OCTET_LAYERS_FLOAT]->path, &layers->original));
    OCTET_TRY(
        octet_arena_string(ctx, &layers->arena, c->plan.models[OCTET_LAYERS_QUANTIZED]->path, &layers->quantized));
    OCTET_TRY(octet_api_plan_layers(ctx, &c->plan));
    OCTET_TRY(compare_answers(ctx, c, data, options));
    OCTET_TRY(open_sweep(ctx, c, data, options));
    OCTET_TRY(run_blocks(ctx, c, (size_t)options->first));
    return fill_rows(ctx, c);
}

static void release(octet_context *ctx, comparison *c) {
    for (uint32_t t = 0; c->alone != NULL && t < c->sweep.n_threads; t++) octet_runner_destroy(ctx, c->alone[t]);
    octet_sweep_close(ctx, &c->sweep);
    octet_arena_free(ctx, &c->plan.arena);
}

octet_status octet_compare_layers(octet_context *ctx, const octet_model *original, const octet_model *quantized,
                                  octet_data *data, const octet_run_options *options, octet_layers **out) {
    comparison c = {.plan = {.models = {original, quantized}}};
    octet_run_options taken;
    octet_float_graph graph;
    octet_arena arena = {0};
    OCTET_TRY(OCTET_OPTIONS_TAKE(ctx, octet_run_options, options, &taken));
    OCTET_CHECK(ctx, !octet_model_is_quantized(original), OCTET_USAGE,
                "%s is quantized: the float model comes first, the quantized one second", original->path);
    OCTET_CHECK(ctx, octet_model_is_quantized(quantized), OCTET_USAGE,
                "%s: nothing in it is quantized; the second model is to be the quantized one", quantized->path);
    OCTET_TRY(octet_api_float_graph(ctx, original, &graph));
    octet_status status = OCTET_NEW(ctx, &arena, 1, &c.plan.layers);
    if (status == OCTET_OK) {
        c.plan.layers->arena = arena;
        c.plan.real = graph.graph;
        status = compare(ctx, &c, data, &taken);
        release(ctx, &c);
    }
    octet_api_release_float_graph(ctx, &graph);
    if (status == OCTET_OK) *out = c.plan.layers;
    else octet_layers_free(ctx, c.plan.layers);
    return status;
}
