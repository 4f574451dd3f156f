#include "api/data_checks.h"

#include <float.h>
#include <math.h>

/* ---- What the samples tell ---- */

/* A sample reaches far if its largest number is so many times what all but one in 50 stay within. */
static const double far = 5.0;
enum { FEWEST = 20, ONE_IN = 50 };

/* n: samples in all. Of more than ONE_IN times OCTET_LOOKS_REACHES it is more than all but one in 50. */
static void find_outlier(const octet_look_input *seen, uint64_t n, octet_verdict_input *out) {
    if (n < FEWEST || seen->n_reaches < FEWEST) return;
    const uint64_t allowed = n / ONE_IN > 1 ? n / ONE_IN : 1, last = seen->n_reaches - 1;
    const double usual = (double)seen->reaches[allowed < last ? allowed : last], most = (double)seen->reaches[0];
    if (!(usual > 0.0) || !(most > far * usual)) return;
    out->has_outlier = true;
    out->outlier_sample = (size_t)seen->most.sample;
    out->outlier_column = seen->most_column;
    out->outlier_reach = most;
    out->usual_reach = usual;
}

static octet_status tell_inputs(octet_context *ctx, octet_arena *arena, const octet_looks *looks, uint64_t n_samples,
                                octet_verdict_input **out) {
    OCTET_TRY(OCTET_NEW(ctx, arena, looks->n_inputs, out));
    for (uint32_t i = 0; i < looks->n_inputs; i++) {
        const octet_look_input *seen = &looks->inputs[i];
        octet_verdict_input *input = &(*out)[i];
        input->n_columns = seen->n_columns;
        const size_t size = seen->n_columns * sizeof *seen->min;
        OCTET_TRY(octet_arena_copy(ctx, arena, seen->min, size, (void **)&input->min));
        OCTET_TRY(octet_arena_copy(ctx, arena, seen->max, size, (void **)&input->max));
        find_outlier(seen, n_samples, input);
    }
    return OCTET_OK;
}

void octet_api_tell_samples(const octet_looks *looks, octet_data_checks *checks) {
    checks->n_looked = looks->n_looked;
    checks->n_constant = looks->constant.n;
    checks->constant_sample = (size_t)looks->constant.first.sample;
    checks->n_noise = looks->noise.n;
    checks->noise_sample = (size_t)looks->noise.first.sample;
    for (uint32_t c = 0; c < looks->n_classes; c++) {
        const bool is_there = (looks->classes[c] & OCTET_CLASS_THERE) != 0;
        checks->n_classes += is_there;
        if (!is_there || (looks->classes[c] & OCTET_CLASS_CHOSEN) != 0) continue;
        if (checks->n_missing < OCTET_CHECKS_CLASSES) checks->missing[checks->n_missing] = (int32_t)c;
        checks->n_missing++;
    }
}

/* ---- What ranges tell ---- */

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

octet_status octet_api_see(octet_context *ctx, const octet_graph *graph, const octet_statistics *statistics,
                           const octet_calibration *facts, octet_seen *out) {
    out->is_given = true;
    out->facts =
        (octet_calibration_facts){facts->n_samples, facts->n_distinct, facts->last_tenth, facts->enough_samples};
    if (statistics->looks.given && statistics->looks.n_inputs == graph->n_inputs) {
        octet_api_tell_samples(&statistics->looks, &out->checks);
        OCTET_TRY(tell_inputs(ctx, &out->arena, &statistics->looks, statistics->n_samples, &out->inputs));
    }
    return octet_api_check_layers(ctx, &out->arena, graph, statistics, &out->checks);
}
