#include "recover/channels.h"

#include <float.h>
#include <math.h>

#include "recover/real_run.h"

typedef struct channel_sums {
    float *min, *max, *half;
    uint64_t *squares; /* in units of unit^2 * 2^-32 */
    uint64_t n_rows;
} channel_sums;

typedef struct observer {
    const octet_channels_seen *values;
    const double *largest; /* by value */
    channel_sums *sums;    /* by value */
} observer;

static void observe(void *user, size_t run, uint32_t value, const float *data, size_t n_elements) {
    const observer *o = user;
    const size_t n = o->values[value].n;
    channel_sums *sums = &o->sums[value];
    if (n == 0) return;
    const double units = 65536.0 / o->largest[value];
    for (size_t row = 0; row < n_elements / n; row++, data += n) {
        for (size_t c = 0; c < n; c++) {
            const double x = fmin(fabs((double)data[c]) * units, 65536.0);
            sums->squares[c] += x >= 0.0 ? (uint64_t)(x * x) : 0;
            if (data[c] < sums->min[c]) sums->min[c] = data[c];
            if (data[c] > sums->max[c]) sums->max[c] = data[c];
        }
        for (size_t c = 0; c < n && run % 2 == 0; c++)
            if (fabsf(data[c]) > sums->half[c]) sums->half[c] = fabsf(data[c]);
        sums->n_rows++;
    }
}

static octet_status create_sums(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                const octet_channels_seen *values, channel_sums **out) {
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, out));
    for (uint32_t v = 0; v < graph->n_values; v++) {
        channel_sums *sums = &(*out)[v];
        if (values[v].n == 0) continue;
        OCTET_TRY(OCTET_NEW(ctx, arena, values[v].n, &sums->min));
        OCTET_TRY(OCTET_NEW(ctx, arena, values[v].n, &sums->max));
        OCTET_TRY(OCTET_NEW(ctx, arena, values[v].n, &sums->half));
        OCTET_TRY(OCTET_NEW(ctx, arena, values[v].n, &sums->squares));
        for (size_t c = 0; c < values[v].n; c++) sums->min[c] = FLT_MAX, sums->max[c] = -FLT_MAX;
    }
    return OCTET_OK;
}

static octet_status describe(octet_context *ctx, octet_arena *arena, const octet_recover_source *source,
                             octet_channels_seen *values, double *largest) {
    const octet_graph *graph = source->graph;
    uint32_t *rows_of;
    OCTET_TRY(octet_statistics_bind(ctx, arena, source->statistics, graph, &rows_of));
    for (uint32_t v = 0; v < graph->n_values; v++) {
        const octet_value *value = &graph->values[v];
        octet_channels_seen *seen = &values[v];
        largest[v] = 1.0;
        if (rows_of[v] == OCTET_NONE || value->type != OCTET_FLOAT32 || value->shape.rank == 0) continue;
        const octet_observed_range range = octet_statistics_range(&source->statistics->rows[rows_of[v]]);
        const double size = fmax(fabs((double)range.min), fabs((double)range.max));
        if (range.seen && isfinite(size) && size > (double)FLT_MIN) largest[v] = size;
        seen->n = (size_t)value->shape.dims[value->shape.rank - 1];
        OCTET_TRY(OCTET_NEW(ctx, arena, seen->n, &seen->min));
        OCTET_TRY(OCTET_NEW(ctx, arena, seen->n, &seen->max));
        OCTET_TRY(OCTET_NEW(ctx, arena, seen->n, &seen->half));
        OCTET_TRY(OCTET_NEW(ctx, arena, seen->n, &seen->mean_square));
    }
    return OCTET_OK;
}

static void read(const observer *all, uint32_t n_threads, uint32_t v, octet_channels_seen *seen) {
    const double unit = all[0].largest[v] / 65536.0;
    for (size_t c = 0; c < seen->n; c++) {
        channel_sums total = all[0].sums[v];
        uint64_t squares = 0, n_rows = 0;
        seen->min[c] = total.min[c], seen->max[c] = total.max[c];
        for (uint32_t t = 0; t < n_threads; t++) {
            total = all[t].sums[v];
            squares += total.squares[c];
            n_rows += total.n_rows;
            seen->min[c] = fminf(seen->min[c], total.min[c]);
            seen->max[c] = fmaxf(seen->max[c], total.max[c]);
            seen->half[c] = fmaxf(seen->half[c], total.half[c]);
        }
        if (n_rows == 0) seen->min[c] = seen->max[c] = 0.0f;
        else seen->mean_square[c] = (double)squares / (double)n_rows * unit * unit;
    }
}

octet_status octet_channels_observe(octet_context *ctx, octet_arena *arena, const octet_recover_source *source,
                                    octet_channels_seen **out) {
    const octet_graph *graph = source->graph;
    const uint32_t n_threads = octet_pool_size(source->pool);
    observer *all;
    void **users;
    double *largest;
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, out));
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &largest));
    OCTET_TRY(OCTET_NEW(ctx, arena, n_threads, &all));
    OCTET_TRY(OCTET_NEW(ctx, arena, n_threads, &users));
    OCTET_TRY(describe(ctx, arena, source, *out, largest));
    for (uint32_t t = 0; t < n_threads; t++) {
        all[t] = (observer){.values = *out, .largest = largest};
        users[t] = &all[t];
        OCTET_TRY(create_sums(ctx, arena, graph, *out, &all[t].sums));
    }
    OCTET_TRY(octet_real_run(ctx, source, graph, source->n_runs, observe, users));
    for (uint32_t v = 0; v < graph->n_values; v++) read(all, n_threads, v, &(*out)[v]);
    return OCTET_OK;
}
