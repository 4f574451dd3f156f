#include "api/data_checks.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { MOST_LOOKED = 64, LEAST_NUMBERS = 16, LEAST_SIDE = 8, MOST_CHANNELS = 4 };

static const double uncorrelated = 0.1, chance = 3.0, mostly_equal = 0.5;

/* A sample as rows of places of channels; height 0: it is no picture. */
typedef struct picture {
    size_t height, width, n_channels;
} picture;

static picture picture_of(const octet_shape *shape) {
    const int32_t *d = shape->dims;
    if (shape->rank == 3 && d[1] >= LEAST_SIDE && d[2] >= LEAST_SIDE) return (picture){(size_t)d[1], (size_t)d[2], 1};
    if (shape->rank == 4 && d[1] >= LEAST_SIDE && d[2] >= LEAST_SIDE && d[3] <= MOST_CHANNELS)
        return (picture){(size_t)d[1], (size_t)d[2], (size_t)d[3]};
    return (picture){0};
}

/* Of every number of a channel with the next one to the right or down; 1 for one number all over. */
static double correlation(const float *x, const picture *p, size_t channel, bool is_down, double mean) {
    double products = 0.0, squares = 0.0, n = 0.0, all = 0.0;
    for (size_t r = 0; r < p->height; r++) {
        for (size_t c = 0; c < p->width; c++) {
            const double here = (double)x[(r * p->width + c) * p->n_channels + channel] - mean;
            squares += here * here;
            all += 1.0;
            if (is_down ? r + 1 == p->height : c + 1 == p->width) continue;
            const size_t next = is_down ? (r + 1) * p->width + c : r * p->width + c + 1;
            products += here * ((double)x[next * p->n_channels + channel] - mean);
            n += 1.0;
        }
    }
    return squares > 0.0 ? products / n / (squares / all) : 1.0;
}

static bool is_noise(const float *x, const picture *p) {
    const size_t n = p->height * p->width;
    size_t n_equal = 0;
    if (p->height == 0) return false;
    const double most = fmax(uncorrelated, chance / sqrt((double)n));
    for (size_t i = 0; i + p->n_channels < n * p->n_channels; i++) n_equal += x[i] == x[i + p->n_channels];
    if ((double)n_equal > mostly_equal * (double)(n * p->n_channels)) return false;
    for (size_t channel = 0; channel < p->n_channels; channel++) {
        double sum = 0.0;
        for (size_t i = 0; i < n; i++) sum += (double)x[i * p->n_channels + channel];
        for (int down = 0; down < 2; down++)
            if (!(fabs(correlation(x, p, channel, down == 1, sum / (double)n)) < most)) return false;
    }
    return true;
}

static bool is_constant(const float *x, size_t n) {
    for (size_t i = 1; i < n; i++)
        if (x[i] != x[0]) return false;
    return n >= LEAST_NUMBERS;
}

static void look_at(const float *x, size_t n, const picture *p, size_t index, octet_data_checks *checks) {
    checks->n_looked++;
    if (is_constant(x, n)) {
        if (checks->n_constant++ == 0) checks->constant_sample = index;
    } else if (is_noise(x, p)) {
        if (checks->n_noise++ == 0) checks->noise_sample = index;
    }
}

static octet_status look_at_all(octet_context *ctx, octet_arena *scratch, const octet_graph *graph,
                                octet_samples *samples, const size_t *indices, size_t n, octet_pool *pool,
                                octet_data_checks *checks) {
    const octet_value *value = &graph->values[graph->inputs[0].value];
    const size_t n_elements = octet_shape_elements(&value->shape) / octet_api_batch(graph);
    const picture p = picture_of(&value->shape);
    const size_t n_looked = n < MOST_LOOKED ? n : MOST_LOOKED;
    float *numbers;
    size_t *chosen;
    if (value->type != OCTET_FLOAT32 || n_elements == 0) return OCTET_OK;
    OCTET_TRY(OCTET_NEW(ctx, scratch, n_elements, &numbers));
    OCTET_TRY(OCTET_NEW(ctx, scratch, n_looked, &chosen));
    for (size_t i = 0; i < n_looked; i++) chosen[i] = indices[i * n / n_looked];
    OCTET_TRY(octet_samples_load(ctx, samples, chosen, n_looked, pool));
    for (size_t i = 0; i < n_looked; i++) {
        octet_samples_read(samples, chosen[i], numbers);
        look_at(numbers, n_elements, &p, chosen[i], checks);
    }
    return OCTET_OK;
}

static octet_status find_missing(octet_context *ctx, octet_arena *scratch, const octet_samples *samples,
                                 const size_t *indices, size_t n, octet_data_checks *checks) {
    const int32_t n_classes = octet_samples_n_classes(samples);
    bool *is_there, *is_chosen;
    if (!octet_samples_has_labels(samples) || n_classes < 2) return OCTET_OK;
    OCTET_TRY(OCTET_NEW(ctx, scratch, (size_t)n_classes, &is_there));
    OCTET_TRY(OCTET_NEW(ctx, scratch, (size_t)n_classes, &is_chosen));
    for (size_t i = 0; i < octet_samples_count(samples); i++) {
        const int32_t label = octet_samples_label(samples, i);
        if (label >= 0 && label < n_classes) is_there[label] = true;
    }
    for (size_t i = 0; i < n; i++) {
        const int32_t label = octet_samples_label(samples, indices[i]);
        if (label >= 0 && label < n_classes) is_chosen[label] = true;
    }
    for (int32_t c = 0; c < n_classes; c++) {
        checks->n_classes += is_there[c];
        if (!is_there[c] || is_chosen[c]) continue;
        if (checks->n_missing < OCTET_CHECKS_CLASSES) checks->missing[checks->n_missing] = c;
        checks->n_missing++;
    }
    return OCTET_OK;
}

octet_status octet_api_check_samples(octet_context *ctx, const octet_graph *graph, octet_samples *const *samples,
                                     const size_t *indices, size_t n, octet_pool *pool, octet_data_checks *checks) {
    octet_arena scratch = {0};
    if (graph->n_inputs == 0 || n == 0) return OCTET_OK;
    octet_status status = find_missing(ctx, &scratch, samples[0], indices, n, checks);
    if (status == OCTET_OK) status = look_at_all(ctx, &scratch, graph, samples[0], indices, n, pool, checks);
    octet_arena_free(ctx, &scratch);
    return status;
}

/* The operator that alone reads a value; OCTET_NONE where several do. */
static uint32_t only_reader(const octet_graph *graph, uint32_t v) {
    uint32_t found = OCTET_NONE;
    if (graph->values[v].n_uses != 1) return OCTET_NONE;
    for (uint32_t k = 0; k < graph->n_operators && found == OCTET_NONE; k++)
        for (uint32_t i = 0; i < graph->operators[k].n_inputs; i++)
            if (graph->operators[k].inputs[i] == v) found = k;
    return found;
}

static bool is_affine(octet_operator_code code) {
    return code == OCTET_OP_MUL || code == OCTET_OP_ADD || code == OCTET_OP_SUB || code == OCTET_OP_DIV;
}

/* Follows an input through operators that scale or move it; *normalized: the last value that was scaled, or OCTET_NONE.
 * The operator with weights that reads it, or OCTET_NONE. */
static uint32_t first_with_weights(const octet_graph *graph, uint32_t v, uint32_t *normalized) {
    *normalized = OCTET_NONE;
    for (uint32_t step = 0; step < graph->n_operators; step++) {
        const uint32_t k = only_reader(graph, v);
        if (k == OCTET_NONE) return OCTET_NONE;
        const octet_operator *op = &graph->operators[k];
        if (octet_operator_operands(op->code).weights >= 0) return k;
        const octet_value *other = op->n_inputs == 2 ? octet_graph_input(graph, op, op->inputs[0] == v ? 1 : 0) : NULL;
        const bool scales = is_affine(op->code) && other != NULL && octet_value_is_constant(other);
        if (!scales && op->code != OCTET_OP_RESHAPE && op->code != OCTET_OP_PAD && op->code != OCTET_OP_TRANSPOSE)
            return OCTET_NONE;
        v = op->outputs[0];
        if (scales) *normalized = v;
    }
    return OCTET_NONE;
}

static const octet_observed_range *range_in(const octet_statistics *statistics, const uint32_t *rows_of, uint32_t v,
                                            octet_observed_range *room) {
    if (v == OCTET_NONE || rows_of[v] == OCTET_NONE) return NULL;
    *room = octet_statistics_range(&statistics->rows[rows_of[v]]);
    return room->seen && !room->saw_nan ? room : NULL;
}

/* Graphs of dense and convolution layers with a RELU: nothing above 0 came out. */
static bool is_dead(const octet_operator *op, const octet_observed_range *range) {
    const octet_activation activation = op->code == OCTET_OP_CONV_2D ? op->options.conv_2d.activation
                                        : op->code == OCTET_OP_DEPTHWISE_CONV_2D
                                            ? op->options.depthwise_conv_2d.activation
                                        : op->code == OCTET_OP_FULLY_CONNECTED ? op->options.fully_connected.activation
                                                                               : OCTET_ACTIVATION_NONE;
    return (activation == OCTET_ACTIVATION_RELU || activation == OCTET_ACTIVATION_RELU6) && range->max <= FLT_MIN;
}

/* What the model makes of an input before anything else: the value itself, or, where it is folded into weights, what
 * the entry says. */
static bool find_normalized(const octet_statistics *statistics, const uint32_t *rows_of, const octet_port *input,
                            uint32_t normalized, octet_observed_range *out) {
    const octet_entry *entry = &input->entry;
    if (entry->layer == NULL || entry->expects_bytes) return false;
    if (range_in(statistics, rows_of, normalized, out) != NULL) return true;
    if (!entry->is_uniform || range_in(statistics, rows_of, input->value, out) == NULL) return false;
    const double a = (double)out->min * entry->scale + entry->offset,
                 b = (double)out->max * entry->scale + entry->offset;
    out->min = (float)fmin(a, b);
    out->max = (float)fmax(a, b);
    return true;
}

static octet_status check_input(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                const octet_statistics *statistics, const uint32_t *rows_of, const octet_port *input,
                                octet_data_checks *checks) {
    uint32_t normalized;
    octet_observed_range range;
    const uint32_t k = first_with_weights(graph, input->value, &normalized);
    if (checks->normalizing_layer == NULL && find_normalized(statistics, rows_of, input, normalized, &range)) {
        OCTET_TRY(octet_arena_string(ctx, arena, input->entry.layer, &checks->normalizing_layer));
        checks->normalized_min = (double)range.min;
        checks->normalized_max = (double)range.max;
    }
    if (k == OCTET_NONE || checks->dead_layer != NULL) return OCTET_OK;
    if (range_in(statistics, rows_of, graph->operators[k].outputs[0], &range) == NULL) return OCTET_OK;
    if (input == &graph->inputs[0]) {
        checks->has_first = true;
        checks->first_reach = fmax(fabs((double)range.min), fabs((double)range.max));
    }
    if (!is_dead(&graph->operators[k], &range)) return OCTET_OK;
    return octet_arena_string(ctx, arena, graph->operators[k].layer, &checks->dead_layer);
}

octet_status octet_api_check_layers(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                    const octet_statistics *statistics, octet_data_checks *checks) {
    octet_arena scratch = {0};
    uint32_t *rows_of;
    octet_status status = octet_statistics_bind(ctx, &scratch, statistics, graph, &rows_of);
    for (uint32_t i = 0; status == OCTET_OK && i < graph->n_inputs; i++)
        status = check_input(ctx, arena, graph, statistics, rows_of, &graph->inputs[i], checks);
    octet_arena_free(ctx, &scratch);
    return status;
}
