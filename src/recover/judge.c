#include "recover/judge.h"

#include <float.h>
#include <math.h>

#include "exec/convert.h"
#include "recover/real_run.h"

/* The logits of one output. */
typedef struct logits {
    bool is_end;     /* what a softmax reads is not to be had: the output itself counts */
    size_t n, row;   /* elements of a run; of a row that a softmax reads, 0 without one */
    float *real;     /* [run][n]: of the float model */
    float *got;      /* [run][n]: of the graph that is judged; then its errors */
    float low, high; /* what the source's graph can express once it is quantized */
} logits;

struct octet_judge {
    octet_arena arena; /* holds this struct too */
    const octet_recover_source *source;
    uint32_t n_outputs;
    logits *outputs;
};

/* The value whose numbers an output stands for: what the last SOFTMAX or LOGISTIC reads. */
static uint32_t logits_of(const octet_graph *graph, uint32_t output, bool is_end, bool *is_softmax) {
    const uint32_t end = graph->outputs[output].value;
    uint32_t value = end;
    *is_softmax = false;
    while (!is_end) {
        if (graph->values[value].producer == OCTET_NONE) return end;
        const octet_operator *op = &graph->operators[graph->values[value].producer];
        if (op->code == OCTET_OP_SOFTMAX || op->code == OCTET_OP_LOGISTIC) {
            *is_softmax = op->code == OCTET_OP_SOFTMAX;
            return op->inputs[0];
        }
        if (op->code != OCTET_OP_RESHAPE || octet_value_is_constant(&graph->values[op->inputs[0]])) return end;
        value = op->inputs[0];
    }
    return end;
}

/* ---- Running a graph ---- */

typedef struct watch {
    octet_judge *judge;
    const octet_graph *graph;
    const uint32_t *values; /* by output: of `graph` */
    bool is_reference;
} watch;

static void see(void *user, size_t run, uint32_t value, const void *data, size_t n_elements) {
    const watch *w = user;
    for (uint32_t i = 0; i < w->judge->n_outputs; i++) {
        const logits *l = &w->judge->outputs[i];
        if (w->values[i] != value || l->n != n_elements) continue;
        octet_convert_to_real(&w->graph->values[value], data, l->n, (w->is_reference ? l->real : l->got) + run * l->n);
    }
}

/* Fills `got` of all outputs, or `real`. All threads see alike: each run has its own place. */
static octet_status run(octet_context *ctx, watch *w, size_t first, size_t n) {
    octet_arena arena = {0};
    const uint32_t n_threads = octet_pool_size(w->judge->source->pool);
    void **users;
    OCTET_TRY(OCTET_NEW(ctx, &arena, n_threads, &users));
    for (uint32_t t = 0; t < n_threads; t++) users[t] = w;
    const octet_status status = octet_any_run(ctx, w->judge->source, w->graph, first, n, see, users);
    octet_arena_free(ctx, &arena);
    return status;
}

/* What a value of a type with this scale can express, and a step more: numbers there round to its ends. */
static void limit(logits *l, const octet_value *value) {
    const octet_quantization *q = &value->quantization;
    l->low = -INFINITY, l->high = INFINITY;
    if (q->n != 1) return;
    const double zero = (double)q->zero_point[0], scale = (double)q->scale[0];
    const double half = value->type == OCTET_INT16 ? 32768.0 : 128.0, shift = value->type == OCTET_UINT8 ? half : 0.0;
    l->low = (float)(scale * (shift - half - 1.0 - zero));
    l->high = (float)(scale * (shift + half - zero));
}

/* How the source's graph is quantized tells where its logits are and what they can express. */
static octet_status look(octet_context *ctx, octet_arena *arena, octet_judge *judge, octet_graph **quantized) {
    const octet_recover_source *source = judge->source;
    uint32_t *quantized_of;
    OCTET_TRY(octet_quantize_graph_mapped(ctx, source->graph, source->statistics, source->options, arena, &quantized_of,
                                          quantized));
    for (uint32_t i = 0; i < judge->n_outputs; i++) {
        logits *l = &judge->outputs[i];
        bool is_softmax;
        uint32_t value = quantized_of[logits_of(source->graph, i, false, &is_softmax)];
        l->is_end = value == OCTET_NONE;
        if (l->is_end) value = (*quantized)->outputs[i].value;
        limit(l, &(*quantized)->values[value]);
    }
    return OCTET_OK;
}

static octet_status run_source(octet_context *ctx, octet_judge *judge) {
    const octet_recover_source *source = judge->source;
    const octet_graph *graph = source->reference != NULL ? source->reference : source->graph;
    uint32_t *values;
    OCTET_TRY(OCTET_NEW(ctx, &judge->arena, graph->n_outputs, &values));
    for (uint32_t i = 0; i < graph->n_outputs; i++) {
        logits *l = &judge->outputs[i];
        bool is_softmax;
        values[i] = logits_of(graph, i, l->is_end, &is_softmax);
        const octet_shape *shape = &graph->values[values[i]].shape;
        l->n = octet_shape_elements(shape);
        if (is_softmax && shape->rank > 0 && shape->dims[shape->rank - 1] > 1)
            l->row = (size_t)shape->dims[shape->rank - 1];
        OCTET_TRY(OCTET_NEW(ctx, &judge->arena, source->n_runs * l->n, &l->real));
        OCTET_TRY(OCTET_NEW(ctx, &judge->arena, source->n_runs * l->n, &l->got));
    }
    return run(ctx, &(watch){judge, graph, values, true}, 0, source->n_runs);
}

static octet_status prepare(octet_context *ctx, octet_judge *judge) {
    octet_arena arena = {0};
    octet_graph *quantized = NULL;
    judge->n_outputs = judge->source->graph->n_outputs;
    OCTET_TRY(OCTET_NEW(ctx, &judge->arena, judge->n_outputs, &judge->outputs));
    const octet_status status = look(ctx, &arena, judge, &quantized);
    octet_graph_destroy(ctx, quantized);
    octet_arena_free(ctx, &arena);
    OCTET_TRY(status);
    return run_source(ctx, judge);
}

octet_status octet_judge_create(octet_context *ctx, const octet_recover_source *source, octet_judge **out) {
    octet_arena arena = {0};
    octet_judge *judge;
    OCTET_TRY(OCTET_NEW(ctx, &arena, 1, &judge));
    *judge = (octet_judge){.arena = arena, .source = source};
    const octet_status status = prepare(ctx, judge);
    if (status == OCTET_OK) *out = judge;
    else octet_judge_destroy(ctx, judge);
    return status;
}

void octet_judge_destroy(octet_context *ctx, octet_judge *judge) {
    if (judge == NULL) return;
    octet_arena arena = judge->arena; /* holds *judge itself */
    octet_arena_free(ctx, &arena);
}

uint32_t octet_judge_logits(const octet_judge *judge, const octet_graph *graph, uint32_t output) {
    bool is_softmax;
    return logits_of(graph, output, judge->outputs[output].is_end, &is_softmax);
}

/* ---- Measuring ---- */

/* A number less the mean of its row. */
static void centre(float *numbers, size_t n, size_t row) {
    for (size_t i = 0; row > 0 && i < n; i += row) {
        double sum = 0.0;
        for (size_t j = 0; j < row; j++) sum += (double)numbers[i + j];
        for (size_t j = 0; j < row; j++) numbers[i + j] -= (float)(sum / (double)row);
    }
}

static double square_sum(const float *numbers, size_t n) {
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) sum += (double)numbers[i] * (double)numbers[i];
    return sum;
}

/* What the means over n runs take of the sum of squares. */
static double mean_part(const float *errors, size_t n_runs, size_t n) {
    double part = 0.0;
    for (size_t i = 0; i < n; i++) {
        double sum = 0.0;
        for (size_t run = 0; run < n_runs; run++) sum += (double)errors[run * n + i];
        part += sum * sum / (double)n_runs;
    }
    return part;
}

/* Noise over signal of one output; `got` becomes errors. row: room for one run. */
static double noise_of(logits *l, size_t first, size_t n_runs, bool is_centred, float *row) {
    double signal = 0.0, noise = 0.0;
    for (size_t run = first; run < first + n_runs; run++) {
        float *error = l->got + run * l->n;
        for (size_t i = 0; i < l->n; i++) {
            row[i] = fmaxf(l->low, fminf(l->real[run * l->n + i], l->high));
            error[i] -= row[i];
        }
        centre(row, l->n, l->row);
        centre(error, l->n, l->row);
        signal += square_sum(row, l->n);
        noise += square_sum(error, l->n);
    }
    if (is_centred) noise -= mean_part(l->got + first * l->n, n_runs, l->n);
    return noise > 0.0 ? noise / fmax(signal, DBL_MIN) : 0.0;
}

static octet_status sum_up(octet_context *ctx, octet_judge *judge, size_t first, size_t n, bool is_centred,
                           double *db) {
    octet_arena arena = {0};
    double sum = 0.0;
    for (uint32_t i = 0; i < judge->n_outputs; i++) {
        float *row;
        const octet_status status = OCTET_NEW(ctx, &arena, judge->outputs[i].n, &row);
        if (status == OCTET_OK) sum += noise_of(&judge->outputs[i], first, n, is_centred, row);
        octet_arena_free(ctx, &arena);
        OCTET_TRY(status);
    }
    const double ratio = sum / (double)judge->n_outputs;
    *db = ratio > 0.0 ? -10.0 * log10(ratio) : OCTET_JUDGE_MOST_DB;
    *db = isnan(*db) ? -OCTET_JUDGE_MOST_DB : fmax(-OCTET_JUDGE_MOST_DB, fmin(*db, OCTET_JUDGE_MOST_DB));
    return OCTET_OK;
}

static octet_status run_quantized(octet_context *ctx, octet_arena *arena, octet_judge *judge, const octet_graph *graph,
                                  const octet_graph *quantized, const uint32_t *quantized_of, size_t first, size_t n) {
    uint32_t *values;
    OCTET_TRY(OCTET_NEW(ctx, arena, judge->n_outputs, &values));
    for (uint32_t i = 0; i < judge->n_outputs; i++) {
        bool is_softmax;
        values[i] = judge->outputs[i].is_end ? quantized->outputs[i].value
                                             : quantized_of[logits_of(graph, i, false, &is_softmax)];
        OCTET_CHECK(ctx, values[i] != OCTET_NONE, OCTET_INTERNAL, "%s: a step of recovery has lost the logits",
                    graph->source);
    }
    return run(ctx, &(watch){judge, quantized, values, false}, first, n);
}

static octet_status measure(octet_context *ctx, octet_judge *judge, const octet_graph *graph,
                            const octet_statistics *statistics, size_t first, size_t n, bool is_centred, double *db) {
    octet_arena arena = {0};
    octet_graph *quantized = NULL;
    uint32_t *quantized_of;
    octet_status status =
        octet_quantize_graph_mapped(ctx, graph, statistics, judge->source->options, &arena, &quantized_of, &quantized);
    if (status == OCTET_OK) status = run_quantized(ctx, &arena, judge, graph, quantized, quantized_of, first, n);
    if (status == OCTET_OK) status = sum_up(ctx, judge, first, n, is_centred, db);
    octet_graph_destroy(ctx, quantized);
    octet_arena_free(ctx, &arena);
    return status;
}

octet_status octet_judge_measure(octet_context *ctx, octet_judge *judge, const octet_graph *graph,
                                 const octet_statistics *statistics, size_t first, size_t n, double *db) {
    return measure(ctx, judge, graph, statistics, first, n, false, db);
}

octet_status octet_judge_measure_centred(octet_context *ctx, octet_judge *judge, const octet_graph *graph,
                                         const octet_statistics *statistics, size_t first, size_t n, double *db) {
    return measure(ctx, judge, graph, statistics, first, n, true, db);
}
