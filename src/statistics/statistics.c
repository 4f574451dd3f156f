#include "statistics/statistics.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "statistics/fingerprint.h"

/* The values that have a row, in the order of the rows. */
typedef struct listing {
    const octet_graph *graph;
    uint32_t *rows_of;    /* by value */
    uint32_t *n_channels; /* by row; 0 where channels are not told apart */
    octet_statistics_row *rows;
    uint32_t n;
} listing;

static void list(listing *l, uint32_t v, const char *layer) {
    const octet_value *value = v == OCTET_NONE ? NULL : &l->graph->values[v];
    if (value == NULL || value->type != OCTET_FLOAT32 || octet_value_is_constant(value)) return;
    if (l->rows_of[v] != OCTET_NONE) return;
    l->rows[l->n] = (octet_statistics_row){.name = value->name, .layer = layer};
    for (int h = 0; h < OCTET_STATISTICS_HALVES; h++) l->rows[l->n].ranges[h] = octet_range_empty();
    l->rows_of[v] = l->n++;
}

/* Channels count where weights are multiplied with them. */
static void list_channels(listing *l, const octet_operator *op) {
    const int8_t data = octet_operator_operands(op->code).data;
    const octet_value *value = data < 0 ? NULL : octet_graph_input(l->graph, op, (uint32_t)data);
    if (value == NULL || value->shape.rank == 0 || l->rows_of[op->inputs[data]] == OCTET_NONE) return;
    const int32_t n = value->shape.dims[value->shape.rank - 1];
    if (n > 0 && n <= OCTET_CHANNELS_MOST) l->n_channels[l->rows_of[op->inputs[data]]] = (uint32_t)n;
}

typedef struct named {
    const char *name;
    uint32_t row;
} named;

static int compare_names(const void *a, const void *b) {
    const named *x = a, *y = b;
    const int order = strcmp(x->name, y->name);
    return order != 0 ? order : (x->row > y->row) - (x->row < y->row);
}

static octet_status number_names(octet_context *ctx, octet_arena *scratch, octet_statistics_row *rows, uint32_t n) {
    named *names;
    OCTET_TRY(OCTET_NEW(ctx, scratch, n, &names));
    for (uint32_t i = 0; i < n; i++) names[i] = (named){rows[i].name, i};
    if (n > 0) qsort(names, n, sizeof *names, compare_names);
    for (uint32_t i = 1; i < n; i++)
        if (strcmp(names[i].name, names[i - 1].name) == 0)
            rows[names[i].row].occurrence = rows[names[i - 1].row].occurrence + 1;
    return OCTET_OK;
}

/* The rows that the graph has; names and layers belong to it. */
static octet_status list_rows(octet_context *ctx, octet_arena *arena, const octet_graph *graph, listing *out) {
    *out = (listing){.graph = graph};
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &out->rows_of));
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &out->rows));
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &out->n_channels));
    for (uint32_t v = 0; v < graph->n_values; v++) out->rows_of[v] = OCTET_NONE;
    for (uint32_t i = 0; i < graph->n_inputs; i++) list(out, graph->inputs[i].value, "");
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        const octet_operator *op = &graph->operators[k];
        for (uint32_t i = 0; i < op->n_outputs; i++) list(out, op->outputs[i], op->layer);
    }
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        const octet_operator *op = &graph->operators[k];
        for (uint32_t i = 0; i < op->n_inputs; i++) {
            const octet_value *value = octet_graph_input(graph, op, i);
            if (value != NULL && value->is_variable) list(out, op->inputs[i], op->layer);
        }
    }
    for (uint32_t k = 0; k < graph->n_operators; k++) list_channels(out, &graph->operators[k]);
    return number_names(ctx, arena, out->rows, out->n);
}

bool octet_statistics_graph_keeps_state(const octet_graph *graph, bool is_strict) {
    for (uint32_t v = 0; v < graph->n_values && (is_strict || graph->is_stateful); v++)
        if (graph->values[v].is_variable) return true;
    return octet_graph_is_stream(graph);
}

static octet_status fill(octet_context *ctx, const octet_graph *graph, octet_arena *scratch, octet_statistics *out) {
    listing found;
    OCTET_TRY(list_rows(ctx, scratch, graph, &found));
    OCTET_TRY(octet_fingerprint_make(ctx, graph, &out->fingerprint));
    OCTET_TRY(OCTET_NEW(ctx, &out->arena, found.n, &out->rows));
    out->n_rows = found.n;
    out->keeps_state = octet_statistics_graph_keeps_state(graph, false);
    out->data = octet_data_range_empty();
    for (uint32_t i = 0; i < found.n; i++) {
        out->rows[i] = found.rows[i];
        OCTET_TRY(octet_arena_string(ctx, &out->arena, found.rows[i].name, &out->rows[i].name));
        OCTET_TRY(octet_arena_string(ctx, &out->arena, found.rows[i].layer, &out->rows[i].layer));
    }
    return OCTET_OK;
}

octet_status octet_statistics_create_empty(octet_context *ctx, octet_statistics **out) {
    octet_arena arena = {0};
    OCTET_TRY(OCTET_NEW(ctx, &arena, 1, out));
    (*out)->arena = arena;
    (*out)->scaling = "";
    return OCTET_OK;
}

octet_status octet_statistics_create_for(octet_context *ctx, const octet_graph *graph, octet_statistics **out) {
    octet_arena scratch = {0};
    octet_statistics *statistics = NULL;
    octet_status status = octet_statistics_create_empty(ctx, &statistics);
    if (status == OCTET_OK) status = fill(ctx, graph, &scratch, statistics);
    octet_arena_free(ctx, &scratch);
    if (status == OCTET_OK) *out = statistics;
    else octet_statistics_free(ctx, statistics);
    return status;
}

octet_status octet_statistics_gather(octet_context *ctx, const octet_graph *graph, uint32_t kinds,
                                     octet_statistics *statistics) {
    octet_arena scratch = {0};
    listing found;
    octet_status status = list_rows(ctx, &scratch, graph, &found);
    assert(status != OCTET_OK || found.n == statistics->n_rows);
    for (uint32_t i = 0; status == OCTET_OK && i < found.n; i++)
        status = octet_row_create_members(ctx, &statistics->arena, kinds, octet_histogram_bins_for(statistics->n_rows),
                                          found.n_channels[i], &statistics->rows[i]);
    octet_arena_free(ctx, &scratch);
    statistics->kinds = status == OCTET_OK ? kinds : 0;
    return status;
}

void octet_statistics_free(octet_context *ctx, octet_statistics *statistics) {
    if (statistics == NULL) return;
    octet_distinct_free(ctx, &statistics->distinct);
    octet_arena arena = statistics->arena; /* holds *statistics itself */
    octet_arena_free(ctx, &arena);
}

static bool same_rows(const octet_statistics *a, const octet_statistics_row *rows, uint32_t n_rows) {
    if (a->n_rows != n_rows) return false;
    for (uint32_t i = 0; i < n_rows; i++)
        if (a->rows[i].occurrence != rows[i].occurrence || strcmp(a->rows[i].name, rows[i].name) != 0) return false;
    return true;
}

/* A file may say anything. */
static bool same_channels(const octet_statistics *a, const octet_statistics *b) {
    for (uint32_t i = 0; i < a->n_rows; i++) {
        const octet_channel_moments *x = a->rows[i].channels, *y = b->rows[i].channels;
        if (x != NULL && y != NULL && x->n_channels != y->n_channels) return false;
    }
    return true;
}

/* A value that nothing multiplies with weights any more keeps its channels. */
static bool fits_channels(const octet_statistics *statistics, const uint32_t *n_channels) {
    for (uint32_t i = 0; i < statistics->n_rows; i++) {
        const octet_channel_moments *channels = statistics->rows[i].channels;
        if (channels != NULL && n_channels[i] > 0 && channels->n_channels != n_channels[i]) return false;
    }
    return true;
}

octet_status octet_statistics_bind(octet_context *ctx, octet_arena *arena, const octet_statistics *statistics,
                                   const octet_graph *graph, uint32_t **rows_of) {
    listing found;
    uint64_t fingerprint;
    OCTET_TRY(list_rows(ctx, arena, graph, &found));
    OCTET_TRY(octet_fingerprint_make(ctx, graph, &fingerprint));
    const bool same = statistics->fingerprint == fingerprint && same_rows(statistics, found.rows, found.n) &&
                      fits_channels(statistics, found.n_channels);
    OCTET_CHECK(ctx, same, OCTET_DATA, "%s: the statistics were gathered with another model; gather them with this one",
                graph->source);
    *rows_of = found.rows_of;
    return OCTET_OK;
}

/* Room in `into`, which has no samples, for what `from` gathered. */
static octet_status make_room(octet_context *ctx, octet_statistics *into, const octet_statistics *from) {
    for (uint32_t i = 0; i < into->n_rows; i++) {
        const octet_channel_moments *channels = from->rows[i].channels;
        OCTET_TRY(octet_row_create_members(ctx, &into->arena, from->kinds, octet_histogram_bins_for(into->n_rows),
                                           channels != NULL ? channels->n_channels : 0, &into->rows[i]));
    }
    into->kinds = from->kinds;
    return OCTET_OK;
}

/* What one of the two lacks, the joined row lacks. */
static void merge_rows(octet_statistics *into, const octet_statistics *from) {
    into->kinds &= from->kinds;
    for (uint32_t i = 0; i < into->n_rows; i++) {
        octet_statistics_row *row = &into->rows[i];
        const octet_statistics_row *other = &from->rows[i];
        if (other->moments == NULL) row->moments = NULL;
        if (other->histograms == NULL) row->histograms = NULL;
        if (other->tenths == NULL) row->tenths = NULL;
        if (other->channels == NULL) row->channels = NULL;
        octet_row_merge(row, other);
    }
}

static octet_status check_join(octet_context *ctx, const octet_statistics *a, const octet_statistics *b) {
    const bool same = a->fingerprint == b->fingerprint && same_rows(a, b->rows, b->n_rows) && same_channels(a, b);
    OCTET_CHECK(ctx, same, OCTET_DATA, "statistics of two models: only parts gathered with one model can be merged");
    const bool has_both = a->n_samples > 0 && b->n_samples > 0, has_looks = a->looks.given && b->looks.given;
    OCTET_CHECK(ctx, !has_both || (!a->keeps_state && !b->keeps_state), OCTET_DATA,
                "the model keeps state from sample to sample, so that parts cannot be merged; gather its statistics "
                "over all samples in one run");
    OCTET_CHECK(ctx, !has_both || !has_looks || octet_looks_match(&a->looks, &b->looks), OCTET_DATA,
                "statistics of samples with other inputs or columns: only parts gathered with one model can be merged");
    const bool scaled_alike = a->scaling[0] == '\0' || b->scaling[0] == '\0' || strcmp(a->scaling, b->scaling) == 0;
    OCTET_CHECK(ctx, !has_both || scaled_alike, OCTET_DATA,
                "statistics of samples that were scaled in two ways cannot be merged: %s; %s", a->scaling, b->scaling);
    OCTET_CHECK(ctx, b->n_samples <= UINT64_MAX - a->n_samples, OCTET_LIMIT,
                "statistics of more than 2^64 samples cannot be merged");
    return OCTET_OK;
}

/* What is known of the samples apart from what the model made of them. Looks that one of two has not are lost. */
static octet_status merge_looks(octet_context *ctx, octet_statistics *into, const octet_statistics *from) {
    if (into->scaling[0] == '\0') OCTET_TRY(octet_arena_string(ctx, &into->arena, from->scaling, &into->scaling));
    if (into->n_samples == 0) {
        into->looks = (octet_looks){0};
        if (from->looks.given) OCTET_TRY(octet_looks_create(ctx, &into->arena, from->looks.n_inputs, &into->looks));
        for (uint32_t i = 0; i < from->looks.n_inputs; i++)
            OCTET_TRY(
                octet_looks_give_columns(ctx, &into->arena, from->looks.inputs[i].n_columns, &into->looks.inputs[i]));
    }
    if (into->looks.given && from->looks.given) return octet_looks_merge(ctx, &into->arena, &into->looks, &from->looks);
    into->looks = (octet_looks){0};
    return OCTET_OK;
}

octet_status octet_statistics_join(octet_context *ctx, octet_statistics *into, const octet_statistics *from) {
    octet_parts parts = {0};
    OCTET_TRY(check_join(ctx, into, from));
    if (from->n_samples == 0) return OCTET_OK;
    if (into->n_samples == 0) OCTET_TRY(octet_parts_copy(ctx, &into->arena, &from->parts, &parts));
    else OCTET_TRY(octet_parts_join(ctx, &into->arena, &into->parts, &from->parts, "statistics", &parts));
    if (into->n_samples == 0) OCTET_TRY(make_room(ctx, into, from));
    OCTET_TRY(merge_looks(ctx, into, from));
    OCTET_TRY(octet_distinct_merge(ctx, &into->distinct, &from->distinct));
    into->parts = parts;
    into->keeps_state = from->keeps_state;
    into->n_samples += from->n_samples;
    octet_data_range_merge(&into->data, &from->data);
    merge_rows(into, from);
    return OCTET_OK;
}

octet_data_range octet_data_range_empty(void) { return (octet_data_range){HUGE_VAL, -HUGE_VAL, HUGE_VAL, -HUGE_VAL}; }

void octet_data_range_merge(octet_data_range *into, const octet_data_range *from) {
    into->raw_min = fmin(into->raw_min, from->raw_min) + 0.0; /* -0.0 becomes 0.0 */
    into->raw_max = fmax(into->raw_max, from->raw_max) + 0.0;
    into->min = fmin(into->min, from->min) + 0.0;
    into->max = fmax(into->max, from->max) + 0.0;
}

octet_observed_range octet_statistics_range(const octet_statistics_row *row) {
    octet_observed_range range = row->ranges[0];
    for (int h = 1; h < OCTET_STATISTICS_HALVES; h++) octet_range_merge(&range, &row->ranges[h]);
    return range;
}

size_t octet_statistics_bytes(const octet_statistics *statistics, uint32_t kinds) {
    size_t bytes = OCTET_DISTINCT_MOST * sizeof(uint64_t);
    for (uint32_t i = 0; i < statistics->n_rows; i++) bytes += octet_row_bytes(&statistics->rows[i], kinds);
    return bytes;
}

octet_status octet_statistics_check(octet_context *ctx, const octet_statistics *statistics, const bool *is_bounded) {
    for (uint32_t i = 0; i < statistics->n_rows; i++) {
        if (is_bounded != NULL && is_bounded[i]) continue;
        const octet_statistics_row *row = &statistics->rows[i];
        const octet_observed_range range = octet_statistics_range(row);
        const char *layer = row->layer[0] == '\0' ? "model input" : row->layer;
        OCTET_CHECK(ctx, !range.saw_nan, OCTET_DATA,
                    "%s: %s held NaN during calibration; look at the samples and their preprocessing", layer,
                    row->name);
        OCTET_CHECK(ctx, !isinf(range.min) && !isinf(range.max), OCTET_DATA,
                    "%s: %s reached infinity during calibration; look at the samples and their preprocessing", layer,
                    row->name);
    }
    return OCTET_OK;
}

uint64_t octet_statistics_n_distinct(const octet_statistics *statistics) {
    const uint64_t n = octet_distinct_count(&statistics->distinct);
    return n < statistics->n_samples ? n : statistics->n_samples;
}

/* A scale covers 0 too. */
static double width(const octet_observed_range *range) {
    return range->seen ? fmax((double)range->max, 0.0) - fmin((double)range->min, 0.0) : 0.0;
}

double octet_statistics_late_growth(const octet_statistics *statistics, const char **where) {
    double most = 0.0;
    *where = "";
    for (uint32_t i = 0; i < statistics->n_rows; i++) {
        const octet_statistics_row *row = &statistics->rows[i];
        const octet_observed_range all = octet_statistics_range(row);
        const double first = width(&row->ranges[0]);
        const double growth = first > 0.0 ? width(&all) / first - 1.0 : 0.0;
        if (!(growth > most)) continue; /* also where both are infinite */
        most = growth;
        *where = row->layer[0] == '\0' ? row->name : row->layer;
    }
    return most;
}
