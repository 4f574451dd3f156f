#include "quant/quant.h"

#include <float.h>
#include <math.h>

/* TensorFlow's calibration keeps one running minimum and maximum per float value over all samples. The maximum starts
 * at the smallest positive normal number, so a value that is never positive records 1.17549435e-38. */
typedef struct range {
    float min, max;
    bool observed, saw_nan;
} range;

struct octet_ranges {
    octet_arena arena;
    uint32_t n;
    range *ranges; /* by value */
    bool *wanted;  /* float activations */
};

octet_status octet_ranges_create(octet_context *ctx, const octet_graph *graph, octet_ranges **out) {
    octet_arena arena = {0};
    octet_ranges *ranges = NULL;
    octet_status status = OCTET_NEW(ctx, &arena, 1, &ranges);
    if (status == OCTET_OK) status = OCTET_NEW(ctx, &arena, graph->n_values, &ranges->ranges);
    if (status == OCTET_OK) status = OCTET_NEW(ctx, &arena, graph->n_values, &ranges->wanted);
    if (status != OCTET_OK) {
        octet_arena_free(ctx, &arena);
        return status;
    }
    ranges->n = graph->n_values;
    for (uint32_t v = 0; v < graph->n_values; v++) {
        const octet_value *value = &graph->values[v];
        ranges->ranges[v] = (range){FLT_MAX, FLT_MIN, false, false};
        ranges->wanted[v] = value->type == OCTET_FLOAT32 && !octet_value_is_constant(value);
    }
    ranges->arena = arena;
    *out = ranges;
    return OCTET_OK;
}

void octet_ranges_destroy(octet_context *ctx, octet_ranges *ranges) {
    if (ranges == NULL) return;
    octet_arena arena = ranges->arena; /* holds *ranges itself */
    octet_arena_free(ctx, &arena);
}

enum { LANES = 16 };

void octet_ranges_observe(void *user, uint32_t value, const void *data, size_t n_elements) {
    octet_ranges *ranges = user;
    if (value >= ranges->n || !ranges->wanted[value] || n_elements == 0) return;
    range *r = &ranges->ranges[value];
    const float *x = data;
    float low[LANES], high[LANES];
    uint32_t odd[LANES] = {0};
    for (int j = 0; j < LANES; j++) {
        low[j] = r->min;
        high[j] = r->max;
    }
    size_t i = 0;
    /* Comparisons with NaN are false: it is skipped, and only counted. */
    for (; i + LANES <= n_elements; i += LANES) {
        for (int j = 0; j < LANES; j++) {
            const float v = x[i + (size_t)j];
            low[j] = v < low[j] ? v : low[j];
            high[j] = v > high[j] ? v : high[j];
            odd[j] |= (uint32_t)(v != v);
        }
    }
    for (; i < n_elements; i++) {
        low[0] = x[i] < low[0] ? x[i] : low[0];
        high[0] = x[i] > high[0] ? x[i] : high[0];
        odd[0] |= (uint32_t)(x[i] != x[i]);
    }
    for (int j = 0; j < LANES; j++) {
        r->min = low[j] < r->min ? low[j] : r->min;
        r->max = high[j] > r->max ? high[j] : r->max;
        r->saw_nan = r->saw_nan || odd[j] != 0;
    }
    r->observed = true;
}

void octet_ranges_merge(octet_ranges *into, const octet_ranges *from) {
    for (uint32_t v = 0; v < into->n && v < from->n; v++) {
        range *a = &into->ranges[v];
        const range *b = &from->ranges[v];
        a->min = b->min < a->min ? b->min : a->min;
        a->max = b->max > a->max ? b->max : a->max;
        a->observed = a->observed || b->observed;
        a->saw_nan = a->saw_nan || b->saw_nan;
    }
}

static octet_status check(octet_context *ctx, const octet_ranges *ranges, const octet_graph *graph, uint32_t v) {
    const range *r = &ranges->ranges[v];
    if (!ranges->wanted[v] || !r->observed) return OCTET_OK;
    const octet_value *value = &graph->values[v];
    const char *layer = value->producer == OCTET_NONE ? "model input" : graph->operators[value->producer].layer;
    OCTET_CHECK(ctx, !r->saw_nan, OCTET_DATA,
                "%s: %s held NaN during calibration; look at the samples and their preprocessing", layer, value->name);
    OCTET_CHECK(ctx, !isinf(r->min) && !isinf(r->max), OCTET_DATA,
                "%s: %s reached infinity during calibration; look at the samples and their preprocessing", layer,
                value->name);
    return OCTET_OK;
}

octet_status octet_ranges_apply(octet_context *ctx, const octet_ranges *ranges, octet_graph *graph) {
    for (uint32_t i = 0; i < graph->n_inputs; i++) OCTET_TRY(check(ctx, ranges, graph, graph->inputs[i].value));
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        const octet_operator *op = &graph->operators[k];
        for (uint32_t i = 0; i < op->n_outputs; i++) OCTET_TRY(check(ctx, ranges, graph, op->outputs[i]));
    }
    for (uint32_t v = 0; v < graph->n_values && v < ranges->n; v++) {
        const range *r = &ranges->ranges[v];
        if (!r->observed || !ranges->wanted[v] || graph->values[v].is_trained) continue;
        graph->values[v].has_range = true;
        graph->values[v].min = r->min;
        graph->values[v].max = r->max;
    }
    return OCTET_OK;
}
