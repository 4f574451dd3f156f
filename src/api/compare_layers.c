/* octet_compare_layers: runs both models over the samples, and each layer of the float one on what the quantized one
 * read. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "api/evaluate.h"
#include "api/options.h"
#include "api/sweep.h"
#include "layers/cause.h"
#include "layers/names.h"
#include "layers/ports.h"
#include "layers/segment.h"

enum { REAL = 0, QUANTIZED = 1, BLOCK_BYTES = 16 << 20, MOST_BLOCK_RUNS = 4096 };

typedef struct job_row {
    uint32_t real, quantized; /* values that are compared */
    octet_layer_measured measured;
    octet_segment segment;
    size_t first_sum; /* among the sums of a run */
} job_row;

typedef struct comparison {
    const octet_model *models[2];
    const octet_graph *real, *quantized;
    octet_model model; /* the quantized one, with the inputs and outputs of the float one in order and name */
    octet_graph graph; /* of it */
    octet_pairs pairs;
    octet_arena arena;
    octet_layers *layers;
    uint32_t *tips; /* by value of the float graph: FAKE_QUANT behind it, if that alone reads it */
    job_row *rows;  /* as layers->rows */
    uint32_t n_rows;
    size_t n_sums;  /* of a run */
    double *sums;   /* [run of the block][n_sums] */
    double *totals; /* n_sums */
    octet_sweep sweep;
    octet_layer_measure *measures; /* [thread][row] */
    octet_runner **alone;          /* by thread: of the float model */
    float **numbers;               /* by thread: a value as real numbers */
    size_t block, end;             /* samples of the block that is being run */
    size_t done, n_samples;        /* of all blocks */
    octet_progress *progress;
    void *progress_user;
} comparison;

/* ---- Which values are compared ---- */

static bool takes_part(const octet_graph *graph, uint32_t value) {
    octet_layer_measured ignored;
    return octet_pairs_is_computed(graph, value) && octet_layer_measured_make(&graph->values[value], &ignored);
}

static octet_status find_tips(octet_context *ctx, comparison *c) {
    OCTET_TRY(OCTET_NEW(ctx, &c->arena, c->real->n_values, &c->tips));
    for (uint32_t v = 0; v < c->real->n_values; v++) c->tips[v] = v;
    for (uint32_t k = c->real->n_operators; k-- > 0;) {
        const octet_operator *op = &c->real->operators[k];
        if (op->code != OCTET_OP_FAKE_QUANT || c->real->values[op->inputs[0]].n_uses != 1) continue;
        c->tips[op->inputs[0]] = c->tips[op->outputs[0]];
    }
    return OCTET_OK;
}

static const char *port_name(const octet_port *ports, uint32_t n, uint32_t value) {
    for (uint32_t i = 0; i < n; i++)
        if (ports[i].value == value) return ports[i].name;
    return NULL;
}

/* The layer that a value of a graph is of. Files of TensorFlow have no layers but names that begin with them. */
static octet_status name_layer(octet_context *ctx, comparison *c, uint32_t model, const octet_graph *graph,
                               uint32_t value, const char **out) {
    octet_arena *arena = &c->layers->arena;
    const octet_value *of = &graph->values[value];
    const char *name = port_name(graph->inputs, graph->n_inputs, value);
    if (of->producer != OCTET_NONE && c->models[model]->kind != OCTET_KIND_TFLITE)
        name = graph->operators[of->producer].layer;
    if (name == NULL && strchr(of->name, '/') == NULL) name = port_name(graph->outputs, graph->n_outputs, value);
    if (name != NULL) return octet_arena_string(ctx, arena, name, out);
    return octet_name_layer(ctx, arena, of->name, out);
}

static bool can_feed(const comparison *c, const octet_segment *segment) {
    for (uint32_t i = 0; i < segment->n_feeds; i++) {
        const octet_value *to = &c->real->values[segment->feeds[i].real],
                          *from = &c->quantized->values[segment->feeds[i].quantized];
        if (octet_shape_elements(&to->shape) != octet_shape_elements(&from->shape)) return false;
        if (to->type != OCTET_FLOAT32 && to->type != from->type) return false;
    }
    return true;
}

static bool keeps_state(const comparison *c, const octet_segment *segment) {
    for (uint32_t i = 0; i < segment->n_operators; i++) {
        const octet_operator *op = &c->real->operators[segment->operators[i]];
        if (op->code == OCTET_OP_SVDF) return true;
        for (uint32_t k = 0; k < op->n_inputs; k++)
            if (op->inputs[k] != OCTET_NONE && c->real->values[op->inputs[k]].is_variable) return true;
    }
    return false;
}

/* The layer whose scale a value has to have: of what its operator reads, or of what joins it. */
static octet_status find_shared(octet_context *ctx, comparison *c, const octet_layer_row *row, const char **out) {
    const octet_graph *q = c->quantized;
    const octet_quantization *own = &q->values[row->value].quantization;
    if (own->n != 1) return OCTET_OK;
    const octet_operator *op = row->producer != OCTET_NONE ? &q->operators[row->producer] : NULL;
    uint32_t other = OCTET_NONE;
    for (uint32_t i = 0; op != NULL && i < op->n_inputs && other == OCTET_NONE; i++)
        if (octet_pairs_is_computed(q, op->inputs[i]) &&
            octet_quantization_equal(own, &q->values[op->inputs[i]].quantization))
            other = op->inputs[i];
    for (uint32_t k = 0; k < q->n_operators && other == OCTET_NONE; k++) {
        const octet_operator *reader = &q->operators[k];
        for (uint32_t i = 0; i < reader->n_inputs; i++)
            if (reader->inputs[i] == row->value && reader->n_outputs > 0 &&
                octet_quantization_equal(own, &q->values[reader->outputs[0]].quantization))
                other = reader->outputs[0];
    }
    if (other == OCTET_NONE) return OCTET_OK;
    const uint32_t real = c->pairs.partner[other];
    const char *layer;
    OCTET_TRY(real != OCTET_NONE ? name_layer(ctx, c, REAL, c->real, real, &layer)
                                 : name_layer(ctx, c, QUANTIZED, q, other, &layer));
    if (strcmp(layer, row->layer) != 0) *out = layer;
    return OCTET_OK;
}

static octet_status describe_row(octet_context *ctx, comparison *c, uint32_t root, uint32_t producer,
                                 const job_row *job, octet_layer_row *row) {
    octet_arena *arena = &c->layers->arena;
    const octet_operator *op = producer != OCTET_NONE ? &c->quantized->operators[producer] : NULL;
    row->code = op != NULL ? op->code : OCTET_N_OPERATORS;
    row->op = op != NULL ? octet_operator_name(op->code) : "INPUT";
    row->value = job->quantized;
    row->producer = producer;
    row->type = octet_type_name(c->quantized->values[job->quantized].type);
    row->n_elements = octet_shape_elements(&c->quantized->values[job->quantized].shape);
    row->has_weights = op != NULL && octet_operator_operands(op->code).weights >= 0;
    row->has_added = job->segment.is_known;
    OCTET_TRY(octet_arena_string(ctx, arena, c->quantized->values[job->quantized].name, &row->tensor));
    OCTET_TRY(octet_arena_string(ctx, arena, c->real->values[job->real].name, &row->partner));
    OCTET_TRY(name_layer(ctx, c, REAL, c->real, root, &row->layer));
    return find_shared(ctx, c, row, &row->shared_with);
}

/* A row for value `quantized`, if it can be compared. */
static octet_status add_row(octet_context *ctx, comparison *c, uint32_t quantized, uint32_t producer) {
    const uint32_t root = c->pairs.partner[quantized];
    if (root == OCTET_NONE || c->real->values[root].type != OCTET_FLOAT32) return OCTET_OK;
    job_row *job = &c->rows[c->n_rows];
    *job = (job_row){.real = c->tips[root], .quantized = quantized, .first_sum = c->n_sums};
    if (!octet_layer_measured_make(&c->quantized->values[quantized], &job->measured)) return OCTET_OK;
    if (producer == OCTET_NONE) {
        job->segment = (octet_segment){.is_known = true};
    } else {
        OCTET_TRY(
            octet_segment_find(ctx, &c->arena, c->real, c->quantized, &c->pairs, job->real, producer, &job->segment));
    }
    const bool streams = octet_graph_is_stream(c->real) && keeps_state(c, &job->segment);
    job->segment.is_known = job->segment.is_known && can_feed(c, &job->segment) && !streams;
    OCTET_TRY(describe_row(ctx, c, root, producer, job, &c->layers->rows[c->n_rows]));
    c->n_sums += octet_layer_measured_n_sums(&job->measured);
    c->n_rows++;
    return OCTET_OK;
}

static octet_status list_rows(octet_context *ctx, comparison *c) {
    const octet_graph *q = c->quantized;
    size_t most = q->n_inputs;
    for (uint32_t k = 0; k < q->n_operators; k++) most += q->operators[k].n_outputs;
    OCTET_TRY(OCTET_NEW(ctx, &c->arena, most, &c->rows));
    OCTET_TRY(OCTET_NEW(ctx, &c->layers->arena, most, &c->layers->rows));
    for (uint32_t i = 0; i < q->n_inputs; i++)
        if (q->values[q->inputs[i].value].type != OCTET_FLOAT32)
            OCTET_TRY(add_row(ctx, c, q->inputs[i].value, OCTET_NONE));
    for (uint32_t k = 0; k < q->n_operators; k++) {
        const octet_operator *op = &q->operators[k];
        if (op->code == OCTET_OP_DEQUANTIZE) continue;
        for (uint32_t i = 0; i < op->n_outputs; i++) OCTET_TRY(add_row(ctx, c, op->outputs[i], k));
    }
    c->layers->n_rows = c->n_rows;
    return OCTET_OK;
}

/* Results of operators without a partner; passages and RESHAPE, which change no number, do not count. *n: how many
 * results could have one. */
static octet_status list_unpaired(octet_context *ctx, comparison *c, uint32_t model, uint32_t *n) {
    const octet_graph *graph = model == REAL ? c->real : c->quantized;
    octet_layers *layers = c->layers;
    *n = 0;
    for (uint32_t v = 0; v < graph->n_values; v++) {
        const octet_value *value = &graph->values[v];
        const uint32_t root = model == REAL ? c->pairs.real_root[v] : c->pairs.root[v];
        if (root != v || value->producer == OCTET_NONE || !takes_part(graph, v)) continue;
        if (octet_pairs_is_reshape(graph->operators[value->producer].code)) continue;
        ++*n;
        if ((model == REAL ? c->pairs.taken[v] : c->pairs.partner[v]) != OCTET_NONE) continue;
        octet_unpaired *unpaired = &layers->unpaired[layers->n_unpaired++];
        unpaired->is_quantized = model == QUANTIZED;
        unpaired->op = octet_operator_name(graph->operators[value->producer].code);
        OCTET_TRY(octet_arena_string(ctx, &layers->arena, value->name, &unpaired->tensor));
        OCTET_TRY(name_layer(ctx, c, model, graph, v, &unpaired->layer));
    }
    return OCTET_OK;
}

/* In the order of the float model: ports[order[i]] under the name of real[i]. */
static octet_status order_ports(octet_context *ctx, octet_arena *arena, const octet_port *real, const uint32_t *order,
                                uint32_t n, octet_port **ports) {
    octet_port *ordered;
    OCTET_TRY(OCTET_NEW(ctx, arena, n, &ordered));
    for (uint32_t i = 0; i < n; i++) {
        ordered[i] = (*ports)[order[i]];
        ordered[i].name = real[i].name;
    }
    *ports = ordered;
    return OCTET_OK;
}

/* One sample is then the same for both models, and output 0 the same output. */
static octet_status align_ports(octet_context *ctx, comparison *c) {
    const octet_model *original = c->models[REAL], *quantized = c->models[QUANTIZED];
    uint32_t *order;
    OCTET_CHECK(ctx, c->real->n_inputs == quantized->graph->n_inputs, OCTET_DATA,
                "%s has %u inputs, %s has %u: they cannot be compared", original->path, c->real->n_inputs,
                quantized->path, quantized->graph->n_inputs);
    c->model = *quantized;
    c->graph = *quantized->graph;
    OCTET_TRY(octet_ports_match_inputs(ctx, &c->arena, c->real, quantized->graph, &order));
    OCTET_TRY(order_ports(ctx, &c->arena, c->real->inputs, order, c->real->n_inputs, &c->graph.inputs));
    if (c->real->n_outputs == c->graph.n_outputs) {
        OCTET_TRY(octet_ports_match_outputs(ctx, &c->arena, c->real, quantized->graph, &order));
        OCTET_TRY(order_ports(ctx, &c->arena, c->real->outputs, order, c->real->n_outputs, &c->graph.outputs));
    }
    c->model.graph = &c->graph;
    c->models[QUANTIZED] = &c->model;
    c->quantized = &c->graph;
    return OCTET_OK;
}

/* Half of the values have partners, or half of the layers their weights. */
static octet_status check_network(octet_context *ctx, const comparison *c, uint32_t n, uint32_t n_unpaired) {
    const bool has_values = 2 * n_unpaired <= n;
    const bool has_weights = c->pairs.n_weights > 0 && 2 * c->pairs.n_weights >= c->pairs.n_weights_all;
    OCTET_CHECK(ctx, has_values || has_weights, OCTET_DATA,
                "%s is not made from the network of %s: of its %u values %u have a partner there, of its %u layers "
                "with weights %u",
                c->models[QUANTIZED]->path, c->models[REAL]->path, n, n - n_unpaired, c->pairs.n_weights_all,
                c->pairs.n_weights);
    return OCTET_OK;
}

static octet_status pair_models(octet_context *ctx, comparison *c) {
    octet_layers *layers = c->layers;
    uint32_t n;
    OCTET_TRY(align_ports(ctx, c));
    OCTET_TRY(octet_pairs_find(ctx, &c->arena, c->real, c->quantized, &c->pairs));
    OCTET_TRY(OCTET_NEW(ctx, &layers->arena, (size_t)c->real->n_values + c->quantized->n_values, &layers->unpaired));
    OCTET_TRY(list_unpaired(ctx, c, QUANTIZED, &n));
    OCTET_TRY(check_network(ctx, c, n, layers->n_unpaired));
    OCTET_TRY(list_unpaired(ctx, c, REAL, &n));
    OCTET_TRY(find_tips(ctx, c));
    return list_rows(ctx, c);
}

/* ---- Runs ---- */

static const float *run_alone(const comparison *c, uint32_t thread, const job_row *row, octet_runner *quantized) {
    octet_runner *runner = c->alone[thread];
    if (!row->segment.is_known) return NULL;
    for (uint32_t i = 0; i < row->segment.n_feeds; i++) {
        const octet_feed *feed = &row->segment.feeds[i];
        const octet_value *from = &c->quantized->values[feed->quantized];
        void *to = octet_runner_value(runner, feed->real);
        const void *given = octet_runner_value(quantized, feed->quantized);
        if (c->real->values[feed->real].type == OCTET_FLOAT32)
            octet_convert_to_real(from, given, octet_shape_elements(&from->shape), to);
        else memcpy(to, given, octet_value_bytes(from));
    }
    for (uint32_t i = 0; i < row->segment.n_operators; i++)
        octet_runner_run_step(runner, row->segment.operators[i], NULL);
    return octet_runner_value(runner, row->real);
}

/* Once for each run: all samples of a batch together. */
static void visit(void *user, uint32_t thread, size_t position, uint32_t slot, octet_runner *const *runners,
                  const uint64_t *time_ns) {
    comparison *c = user;
    const uint32_t batch = c->sweep.batch;
    (void)time_ns;
    if (slot != 0) return;
    const size_t n_valid = c->end - position < batch ? c->end - position : batch;
    double *sums = c->sums + (position - c->block) / batch * c->n_sums;
    octet_runner_reset(c->alone[thread]);
    for (uint32_t i = 0; i < c->n_rows; i++) {
        const job_row *row = &c->rows[i];
        const octet_value *value = row->measured.value;
        const size_t n = octet_shape_elements(&value->shape) / batch * n_valid;
        const void *codes = octet_runner_value(runners[QUANTIZED], row->quantized);
        const float *real = octet_runner_value(runners[REAL], row->real);
        const float *alone = row->segment.n_operators == 0 && row->segment.n_feeds == 0
                                 ? (row->segment.is_known ? real : NULL)
                                 : run_alone(c, thread, row, runners[QUANTIZED]);
        octet_convert_to_real(value, codes, n, c->numbers[thread]);
        octet_layer_measure_add(&c->measures[thread * c->n_rows + i], &row->measured, real, c->numbers[thread], codes,
                                alone, n, sums + row->first_sum);
    }
}

static octet_status prepare_threads(octet_context *ctx, comparison *c) {
    const uint32_t n_threads = c->sweep.n_threads;
    size_t largest = 1;
    for (uint32_t i = 0; i < c->n_rows; i++) {
        const size_t n = octet_shape_elements(&c->rows[i].measured.value->shape);
        if (n > largest) largest = n;
    }
    OCTET_TRY(OCTET_NEW(ctx, &c->arena, (size_t)n_threads * c->n_rows, &c->measures));
    OCTET_TRY(OCTET_NEW(ctx, &c->arena, n_threads, &c->numbers));
    OCTET_TRY(OCTET_NEW(ctx, &c->arena, n_threads, &c->alone));
    for (uint32_t t = 0; t < n_threads; t++) {
        OCTET_TRY(OCTET_NEW(ctx, &c->arena, largest, &c->numbers[t]));
        OCTET_TRY(octet_runner_create(ctx, c->sweep.execs[REAL], 1, &c->alone[t]));
        for (uint32_t i = 0; i < c->n_rows; i++)
            OCTET_TRY(
                octet_layer_measure_create(ctx, &c->arena, &c->rows[i].measured, &c->measures[t * c->n_rows + i]));
    }
    return OCTET_OK;
}

static bool pass_progress(void *user, const char *what, uint64_t done, uint64_t total) {
    const comparison *c = user;
    (void)total;
    return c->progress(c->progress_user, what, c->done + done, c->n_samples);
}

static octet_status open_sweep(octet_context *ctx, comparison *c, octet_data *data, const octet_run_options *options) {
    const octet_graph *graphs[] = {c->real, c->quantized};
    octet_exec_options exec;
    octet_split split;
    octet_samples **samples;
    OCTET_TRY(octet_api_exec_options(ctx, options, &exec));
    OCTET_TRY(octet_api_split(ctx, options, &split));
    exec.no_sharing = true;
    OCTET_TRY(OCTET_NEW(ctx, &c->arena, c->real->n_inputs, &samples));
    OCTET_TRY(octet_api_bind_data(ctx, data, c->real, split, samples));
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
    size_t n_runs = BLOCK_BYTES / sizeof(double) / (c->n_sums + 1) + 1;
    if (n_runs > MOST_BLOCK_RUNS) n_runs = MOST_BLOCK_RUNS;
    if (n_runs > c->n_samples / batch + 1) n_runs = c->n_samples / batch + 1;
    OCTET_TRY(OCTET_NEW(ctx, &c->arena, n_runs * c->n_sums, &c->sums));
    OCTET_TRY(OCTET_NEW(ctx, &c->arena, c->n_sums, &c->totals));
    while (c->done < c->n_samples) {
        const size_t left = c->n_samples - c->done, n = left < n_runs * batch ? left : n_runs * batch;
        c->block = first + c->done;
        c->end = c->block + n;
        OCTET_TRY(octet_sweep_run(ctx, &c->sweep, NULL, c->block, n, visit, c));
        for (size_t run = 0; run < (n + batch - 1) / batch; run++)
            for (size_t i = 0; i < c->n_sums; i++) c->totals[i] += c->sums[run * c->n_sums + i];
        c->done += n;
    }
    return OCTET_OK;
}

static octet_status fill_rows(octet_context *ctx, comparison *c) {
    octet_layers *layers = c->layers;
    layers->output = c->n_rows;
    for (uint32_t i = 0; i < c->n_rows; i++) {
        const job_row *job = &c->rows[i];
        for (uint32_t t = 1; t < c->sweep.n_threads; t++)
            octet_layer_measure_merge(&c->measures[i], &c->measures[t * c->n_rows + i], &job->measured);
        OCTET_TRY(octet_layer_row_fill(ctx, &c->arena, &job->measured, &c->measures[i], c->totals + job->first_sum,
                                       &layers->rows[i]));
        OCTET_TRY(octet_cause_find(ctx, &layers->arena, &layers->rows[i]));
        if (c->pairs.root[job->quantized] == c->pairs.root[c->quantized->outputs[0].value]) layers->output = i;
    }
    return octet_layers_finish(ctx, layers, c->quantized);
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
    OCTET_TRY(octet_api_evaluate(ctx, c->models, 2, data, options, evaluations, NULL));
    const octet_status status = copy_answers(ctx, c->layers, evaluations[0], evaluations[1]);
    octet_evaluation_free(ctx, evaluations[0]);
    octet_evaluation_free(ctx, evaluations[1]);
    c->n_samples = (size_t)c->layers->n_samples;
    return status;
}

static octet_status compare(octet_context *ctx, comparison *c, octet_data *data, const octet_run_options *options) {
    octet_layers *layers = c->layers;
    OCTET_TRY(octet_arena_string(ctx, &layers->arena, c->models[REAL]->path, &layers->original));
    OCTET_TRY(octet_arena_string(ctx, &layers->arena, c->models[QUANTIZED]->path, &layers->quantized));
    OCTET_TRY(pair_models(ctx, c));
    OCTET_TRY(compare_answers(ctx, c, data, options));
    OCTET_TRY(open_sweep(ctx, c, data, options));
    OCTET_TRY(run_blocks(ctx, c, (size_t)options->first));
    return fill_rows(ctx, c);
}

static void release(octet_context *ctx, comparison *c) {
    for (uint32_t t = 0; c->alone != NULL && t < c->sweep.n_threads; t++) octet_runner_destroy(ctx, c->alone[t]);
    octet_sweep_close(ctx, &c->sweep);
    octet_arena_free(ctx, &c->arena);
}

octet_status octet_compare_layers(octet_context *ctx, const octet_model *original, const octet_model *quantized,
                                  octet_data *data, const octet_run_options *options, octet_layers **out) {
    comparison c = {.models = {original, quantized}};
    octet_run_options taken;
    octet_float_graph graph;
    octet_arena arena = {0};
    OCTET_TRY(OCTET_OPTIONS_TAKE(ctx, octet_run_options, options, &taken));
    OCTET_CHECK(ctx, !octet_model_is_quantized(original), OCTET_USAGE,
                "%s is quantized: the float model comes first, the quantized one second", original->path);
    OCTET_CHECK(ctx, octet_model_is_quantized(quantized), OCTET_USAGE,
                "%s: nothing in it is quantized: the float model comes first, the quantized one second",
                quantized->path);
    OCTET_TRY(octet_api_float_graph(ctx, original, &graph));
    octet_status status = OCTET_NEW(ctx, &arena, 1, &c.layers);
    if (status == OCTET_OK) {
        c.layers->arena = arena;
        c.real = graph.graph;
        status = compare(ctx, &c, data, &taken);
        release(ctx, &c);
    }
    octet_api_release_float_graph(ctx, &graph);
    if (status == OCTET_OK) *out = c.layers;
    else octet_layers_free(ctx, c.layers);
    return status;
}
