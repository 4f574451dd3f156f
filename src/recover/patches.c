#include "recover/patches.h"

/* Rows that are written together, so that a column gets a line of the cache at a time. */
enum { BLOCK_ROWS = 32 };

/* Well mixed bits of n: the finalizer of SplitMix64 (Steele, Lea and Flood 2014). */
static uint64_t mix(uint64_t n) {
    n += 0x9e3779b97f4a7c15u;
    n = (n ^ (n >> 30)) * 0xbf58476d1ce4e5b9u;
    n = (n ^ (n >> 27)) * 0x94d049bb133111ebu;
    return n ^ (n >> 31);
}

static octet_patch_place place_of(const octet_geometry *g, size_t index) {
    octet_patch_place place;
    for (int axis = 2; axis >= 0; axis--) {
        place.at[axis] = (int32_t)(index % (size_t)g->out[axis]);
        index /= (size_t)g->out[axis];
    }
    place.batch = index % g->n_batches;
    place.run = index / g->n_batches;
    return place;
}

octet_status octet_patches_choose(octet_context *ctx, octet_arena *arena, const octet_lockstep *lockstep,
                                  const octet_graph *graph, uint32_t op, octet_patches *out) {
    const octet_operator *of = &graph->operators[op];
    const uint32_t data = of->inputs[octet_operator_operands(of->code).data];
    const octet_geometry g = octet_geometry_of(graph, of);
    const size_t total = lockstep->n_runs * g.n_batches * octet_geometry_n_places(&g);
    const size_t n = total < OCTET_PATCHES_MOST_ROWS ? total : OCTET_PATCHES_MOST_ROWS;
    *out = (octet_patches){.lockstep = lockstep,
                           .data = &graph->values[data],
                           .data_index = data,
                           .geometry = g,
                           .n_rows = n,
                           .column = (n + BLOCK_ROWS - 1) / BLOCK_ROWS * BLOCK_ROWS,
                           .unit = graph->values[data].type == OCTET_INT16 ? 128.0 : 1.0};
    OCTET_TRY(OCTET_NEW(ctx, arena, n, &out->places));
    for (size_t i = 0; i < n; i++) {
        const size_t begin = total * i / n, end = total * (i + 1) / n;
        out->places[i] = place_of(&g, begin + mix(i) % (end - begin));
    }
    return OCTET_OK;
}

typedef struct gather_job {
    const octet_patches *patches;
    size_t first, depth, begin, n;
    int16_t *columns;
} gather_job;

static int16_t number(const octet_value *data, const void *elements, size_t i) {
    const int32_t zero_point = data->quantization.zero_point[0];
    if (data->type == OCTET_INT16) return (int16_t)((((const int16_t *)elements)[i] - zero_point + 64) >> 7);
    return (int16_t)(((const int8_t *)elements)[i] - zero_point);
}

static void gather_row(const gather_job *job, size_t row) {
    const octet_patches *p = job->patches;
    const octet_geometry *g = &p->geometry;
    const octet_patch_place *place = &p->places[row];
    const void *elements = octet_lockstep_value(p->lockstep, place->run, p->data_index);
    for (size_t j = 0; j < job->n;) {
        const size_t at = job->begin + j, tap = at / job->depth, channel = at % job->depth;
        const size_t left = job->depth - channel, n = left < job->n - j ? left : job->n - j;
        const int32_t t[3] = {(int32_t)(tap / (size_t)g->filter[2] / (size_t)g->filter[1]),
                              (int32_t)(tap / (size_t)g->filter[2] % (size_t)g->filter[1]),
                              (int32_t)(tap % (size_t)g->filter[2])};
        const int64_t met = octet_geometry_meet(g, place->batch, place->at, t);
        const size_t from = (size_t)(met < 0 ? 0 : met) * g->n_in + job->first + channel;
        int16_t *to = job->columns + j * p->column + row;
        for (size_t i = 0; i < n; i++) to[i * p->column] = met < 0 ? 0 : number(p->data, elements, from + i);
        j += n;
    }
}

static void gather_rows(void *user, uint32_t thread, uint32_t begin, uint32_t end) {
    const gather_job *job = user;
    const octet_patches *p = job->patches;
    (void)thread;
    for (size_t row = (size_t)begin * BLOCK_ROWS; row < (size_t)end * BLOCK_ROWS; row++) {
        if (row < p->n_rows) gather_row(job, row);
        else
            for (size_t j = 0; j < job->n; j++) job->columns[j * p->column + row] = 0;
    }
}

void octet_patches_gather(const octet_patches *patches, size_t first, size_t depth, size_t begin, size_t n,
                          octet_pool *pool, int16_t *columns) {
    gather_job job = {patches, first, depth, begin, n, columns};
    octet_pool_run(pool, 0, gather_rows, &job, (uint32_t)(patches->column / BLOCK_ROWS), 0);
}
