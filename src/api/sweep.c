#include "api/sweep.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"

/* Rows as long as the outputs of one fit KEPT_MOST bytes. */
static octet_status make_room(octet_context *ctx, octet_sweep *sweep) {
    enum { KEPT_MOST = 1 << 18 };
    sweep->row = OCTET_SWEEP_ROW;
    for (uint32_t m = 0; m < sweep->n_models; m++)
        for (uint32_t i = 0; i < sweep->graphs[m]->n_outputs; i++)
            sweep->kept_bytes[m] += octet_value_bytes(&sweep->graphs[m]->values[sweep->graphs[m]->outputs[i].value]);
    if (sweep->n_models == 1) return OCTET_OK;
    if (sweep->kept_bytes[0] > KEPT_MOST / OCTET_SWEEP_ROW) sweep->row = KEPT_MOST / sweep->kept_bytes[0];
    if (sweep->row == 0) sweep->row = 1;
    sweep->n_kept = sweep->row * sweep->kept_bytes[0];
    return octet_arena_array(ctx, &sweep->arena, sweep->n_threads, sweep->n_kept, (void **)&sweep->kept);
}

octet_status octet_sweep_open(octet_context *ctx, octet_sweep *sweep, const octet_graph *const *graphs,
                              uint32_t n_models, const octet_exec_options *options, uint32_t n_threads,
                              octet_samples *const *samples) {
    const uint32_t n_inputs = graphs[0]->n_inputs;
    sweep->n_models = n_models;
    sweep->batch = octet_api_batch(graphs[0]);
    for (uint32_t m = 0; m < n_models; m++) sweep->keep_state = sweep->keep_state || octet_graph_is_stream(graphs[m]);
    if (sweep->keep_state) n_threads = 1;
    OCTET_TRY(octet_pool_create(ctx, n_threads, &sweep->pool));
    sweep->n_threads = octet_pool_size(sweep->pool);
    OCTET_TRY(OCTET_NEW(ctx, &sweep->arena, n_inputs, &sweep->samples));
    OCTET_TRY(OCTET_NEW(ctx, &sweep->arena, n_inputs, &sweep->raw));
    OCTET_TRY(OCTET_NEW(ctx, &sweep->arena, sweep->n_threads, &sweep->position));
    OCTET_TRY(OCTET_NEW(ctx, &sweep->arena, (size_t)n_models * n_inputs, &sweep->has_table));
    OCTET_TRY(OCTET_NEW(ctx, &sweep->arena, (size_t)n_models * n_inputs, &sweep->is_shift));
    OCTET_TRY(OCTET_NEW(ctx, &sweep->arena, (size_t)n_models * n_inputs, &sweep->byte_tables));
    for (uint32_t i = 0; i < n_inputs; i++) sweep->samples[i] = samples[i];
    for (uint32_t m = 0; m < n_models; m++) {
        sweep->graphs[m] = graphs[m];
        OCTET_TRY(octet_exec_create(ctx, graphs[m], options, &sweep->execs[m]));
    }
    OCTET_TRY(OCTET_NEW(ctx, &sweep->arena, (size_t)sweep->n_threads * n_models, &sweep->runners));
    OCTET_TRY(OCTET_NEW(ctx, &sweep->arena, (size_t)sweep->n_threads * n_inputs, &sweep->real));
    for (uint32_t t = 0; t < sweep->n_threads; t++) {
        for (uint32_t m = 0; m < n_models; m++)
            OCTET_TRY(octet_runner_create(ctx, sweep->execs[m], 1, &sweep->runners[t * n_models + m]));
        for (uint32_t i = 0; i < n_inputs; i++) {
            const octet_value *value = &graphs[0]->values[graphs[0]->inputs[i].value];
            OCTET_TRY(
                OCTET_NEW(ctx, &sweep->arena, octet_shape_elements(&value->shape), &sweep->real[t * n_inputs + i]));
        }
    }
    return make_room(ctx, sweep);
}

void octet_sweep_close(octet_context *ctx, octet_sweep *sweep) {
    for (uint32_t i = 0; sweep->runners != NULL && i < sweep->n_threads * sweep->n_models; i++) {
        octet_runner_destroy(ctx, sweep->runners[i]);
    }
    for (uint32_t m = 0; m < sweep->n_models; m++) {
        octet_wide *wide = &sweep->wide[m];
        for (uint32_t t = 0; wide->runners != NULL && t < sweep->n_threads; t++)
            octet_runner_destroy(ctx, wide->runners[t]);
        octet_exec_destroy(ctx, wide->exec);
        octet_exec_destroy(ctx, sweep->execs[m]);
    }
    octet_pool_destroy(ctx, sweep->pool);
    octet_arena_free(ctx, &sweep->arena);
    *sweep = (octet_sweep){0};
}

typedef struct sweep_job {
    octet_sweep *sweep;
    const size_t *indices;
    size_t begin;      /* position of the first sample of all */
    size_t first, end; /* positions of the piece that is loaded */
    size_t n;          /* of all pieces */
    octet_sweep_visit *visit;
    void *user;
    atomic_size_t done;
    atomic_bool is_cancelled;
} sweep_job;

/* Where samples are stored as bytes and a model takes bytes, one table
 * replaces scaling and rounding of every element. */
static void make_byte_tables(octet_sweep *sweep, size_t index) {
    for (uint32_t m = 0; m < sweep->n_models; m++) {
        const octet_graph *graph = sweep->graphs[m];
        for (uint32_t i = 0; i < graph->n_inputs; i++) {
            const octet_value *value = &graph->values[graph->inputs[i].value];
            const uint32_t place = m * graph->n_inputs + i;
            const float *table;
            sweep->has_table[place] = false;
            if (sweep->raw[i] != NULL || octet_type_size(value->type) != 1) continue;
            if (octet_samples_bytes(sweep->samples[i], index, &table) == NULL) continue;
            octet_convert_from_real(value, sweep->rounding, table, 256, sweep->byte_tables[place]);
            sweep->has_table[place] = true;
            sweep->is_shift[place] = true;
            for (uint32_t b = 0; b < 256; b++)
                if (sweep->byte_tables[place][b] != (uint8_t)(sweep->byte_tables[place][0] + b))
                    sweep->is_shift[place] = false;
        }
    }
}

/* 64 lanes, so that compilers use vectors. */
static void add_to_bytes(const uint8_t *restrict from, uint8_t shift, size_t n, uint8_t *restrict to) {
    enum { LANES = 64 };
    size_t k = 0;
    for (; k + LANES <= n; k += LANES)
        for (size_t j = 0; j < LANES; j++) to[k + j] = (uint8_t)(from[k + j] + shift);
    for (; k < n; k++) to[k] = (uint8_t)(from[k] + shift);
}

/* Of a run of model m. */
static void feed_input(octet_sweep *sweep, octet_runner *runner, uint32_t thread, size_t index, uint32_t slot,
                       uint32_t i, uint32_t m) {
    const uint32_t n_inputs = sweep->graphs[0]->n_inputs, id = sweep->graphs[m]->inputs[i].value;
    const octet_value *value = &sweep->graphs[m]->values[id];
    const size_t n = octet_shape_elements(&value->shape) / sweep->batch, size = n * octet_type_size(value->type);
    uint8_t *tensor = (uint8_t *)octet_runner_value(runner, id) + slot * size;
    const uint8_t *stored =
        sweep->raw[i] != NULL ? sweep->raw[i] + index * size : octet_samples_stored(sweep->samples[i], index);
    if (stored != NULL) {
        assert(sweep->n_models == 1);
        memcpy(tensor, stored, size);
        return;
    }
    if (value->type == OCTET_FLOAT32) {
        octet_samples_read(sweep->samples[i], index, (float *)(void *)tensor);
        return;
    }
    const float *real_of_byte;
    const uint32_t place = m * n_inputs + i;
    const uint8_t *bytes =
        sweep->has_table[place] ? octet_samples_bytes(sweep->samples[i], index, &real_of_byte) : NULL;
    if (bytes == NULL) {
        float *real = sweep->real[thread * n_inputs + i];
        octet_samples_read(sweep->samples[i], index, real);
        octet_convert_from_real(value, sweep->rounding, real, n, tensor);
        return;
    }
    const uint8_t *table = sweep->byte_tables[place];
    if (sweep->is_shift[place]) add_to_bytes(bytes, table[0], n, tensor);
    else
        for (size_t k = 0; k < n; k++) tensor[k] = table[bytes[k]];
}

/* Slot number `slot` of a runner's outputs to `kept`. */
static void keep_slot(const octet_graph *graph, const octet_runner *runner, uint32_t slot, uint8_t *kept) {
    for (uint32_t i = 0; i < graph->n_outputs; i++) {
        const octet_value *value = &graph->values[graph->outputs[i].value];
        if (octet_value_is_constant(value)) continue;
        const size_t size = octet_value_bytes(value);
        memcpy(kept, (const uint8_t *)octet_runner_value(runner, graph->outputs[i].value) + slot * size, size);
        kept += size;
    }
}

void octet_sweep_keep_outputs(const octet_sweep *sweep, uint32_t thread, uint32_t m, uint8_t *kept) {
    keep_slot(sweep->graphs[m], sweep->runners[thread * sweep->n_models + m], 0, kept);
}

/* The opposite. */
static void put_outputs(const octet_sweep *sweep, uint32_t thread, uint32_t m, const uint8_t *kept) {
    const octet_graph *graph = sweep->graphs[m];
    for (uint32_t i = 0; i < graph->n_outputs; i++) {
        const octet_value *value = &graph->values[graph->outputs[i].value];
        if (octet_value_is_constant(value)) continue;
        const size_t size = octet_value_bytes(value);
        memcpy(octet_runner_value(sweep->runners[thread * sweep->n_models + m], graph->outputs[i].value), kept, size);
        kept += size;
    }
}

/* Samples from `position` on, as many as the batch takes; the time of one of them. */
static uint64_t run_batch(sweep_job *job, uint32_t thread, size_t position, uint32_t m) {
    octet_sweep *sweep = job->sweep;
    octet_runner *runner = sweep->runners[thread * sweep->n_models + m];
    sweep->position[thread] = position;
    for (uint32_t slot = 0; slot < sweep->batch; slot++) {
        const size_t at = position + slot < job->end ? position + slot : job->end - 1;
        const size_t index = job->indices != NULL ? job->indices[at] : at;
        for (uint32_t i = 0; i < sweep->graphs[0]->n_inputs; i++) feed_input(sweep, runner, thread, index, slot, i, m);
    }
    if (!sweep->keep_state) octet_runner_reset(runner);
    const uint64_t start = octet_clock_ns();
    octet_runner_run(runner, NULL);
    return (octet_clock_ns() - start) / sweep->batch;
}

static bool is_stopped(const sweep_job *job) {
    const atomic_bool *stop = job->sweep->stop;
    return atomic_load(&job->is_cancelled) || (stop != NULL && atomic_load(stop));
}

/* What was known before of the samples from `position` on, of n at most: how many. */
static size_t take_early(const octet_sweep *sweep, size_t position, size_t n, uint8_t *kept,
                         uint64_t (*time_ns)[OCTET_SWEEP_MODELS]) {
    const octet_early *early = &sweep->early;
    if (position < early->first || position - early->first >= early->n) return 0;
    const size_t at = position - early->first, left = early->n - at;
    if (left < n) n = left;
    memcpy(kept, early->outputs + at * sweep->kept_bytes[0], n * sweep->kept_bytes[0]);
    for (size_t i = 0; i < n; i++) time_ns[i][0] = early->time_ns[at + i];
    return n;
}

/* Runs wide->n samples from `position` on. */
static void run_wide(sweep_job *job, uint32_t thread, size_t position, uint32_t m, uint8_t *kept) {
    octet_sweep *sweep = job->sweep;
    const octet_wide *wide = &sweep->wide[m];
    octet_runner *runner = wide->runners[thread];
    for (uint32_t slot = 0; slot < wide->n; slot++)
        for (uint32_t i = 0; i < sweep->graphs[0]->n_inputs; i++)
            feed_input(sweep, runner, thread, job->indices != NULL ? job->indices[position + slot] : position + slot,
                       slot, i, m);
    octet_runner_run(runner, NULL);
    for (uint32_t slot = 0; slot < wide->n; slot++)
        keep_slot(sweep->graphs[m], runner, slot, kept + slot * sweep->kept_bytes[m]);
}

/* A row of model m, from `position` on: n runs, whose outputs are kept, and their times. */
static void run_row(sweep_job *job, uint32_t thread, size_t position, size_t n, uint32_t m, uint8_t *kept,
                    uint64_t (*time_ns)[OCTET_SWEEP_MODELS]) {
    const octet_sweep *sweep = job->sweep;
    const size_t at_once = (position - job->begin) / OCTET_SWEEP_ROW % OCTET_SINGLE_ROWS == 0 ? 0 : sweep->wide[m].n;
    const size_t kept_bytes = sweep->kept_bytes[m];
    for (size_t i = m == 0 ? take_early(sweep, position, n, kept, time_ns) : 0, step; i < n; i += step) {
        const bool is_wide = at_once > 0 && n - i >= at_once;
        step = is_wide ? at_once : 1;
        if (is_wide) {
            run_wide(job, thread, position + i, m, kept + i * kept_bytes);
            for (size_t k = 0; k < step; k++) time_ns[i + k][m] = 0;
        } else {
            time_ns[i][m] = run_batch(job, thread, position + i * sweep->batch, m);
            octet_sweep_keep_outputs(sweep, thread, m, kept + i * kept_bytes);
        }
    }
}

/* Runs [begin, end) of a piece. A model has several runs in a row while its weights are near; outputs of the first
 * model are kept until the second has run, those of the last one where it does not run alone. */
static void work(void *user, uint32_t thread, uint32_t begin, uint32_t end) {
    sweep_job *job = user;
    octet_sweep *sweep = job->sweep;
    const uint32_t last = sweep->n_models - 1, batch = sweep->batch;
    const bool keeps_last = sweep->wide[last].n > 0;
    uint8_t *kept[OCTET_SWEEP_MODELS] = {sweep->kept != NULL ? sweep->kept + thread * sweep->n_kept : NULL};
    if (last > 0) kept[last] = kept[0] + sweep->row * sweep->kept_bytes[0];
    for (size_t unit = begin; unit < end && !is_stopped(job); unit += sweep->row) {
        const size_t first = job->first + unit * batch, n = end - unit < sweep->row ? end - unit : sweep->row;
        uint64_t time_ns[OCTET_SWEEP_ROW][OCTET_SWEEP_MODELS];
        if (last > 0) run_row(job, thread, first, n, 0, kept[0], time_ns);
        if (keeps_last) run_row(job, thread, first, n, last, kept[last], time_ns);
        for (size_t i = 0; i < n; i++) {
            const size_t position = first + i * batch;
            if (keeps_last) put_outputs(sweep, thread, last, kept[last] + i * sweep->kept_bytes[last]);
            else time_ns[i][last] = run_batch(job, thread, position, last);
            if (last > 0) put_outputs(sweep, thread, 0, kept[0] + i * sweep->kept_bytes[0]);
            for (uint32_t slot = 0; slot < batch && position + slot < job->end; slot++)
                job->visit(job->user, thread, position + slot, slot, &sweep->runners[thread * sweep->n_models],
                           time_ns[i]);
        }
    }
    const size_t done = atomic_fetch_add(&job->done, (size_t)(end - begin) * batch) + (size_t)(end - begin) * batch;
    if (thread == 0 && sweep->progress != NULL && !atomic_load(&job->is_cancelled) &&
        !sweep->progress(sweep->progress_user, sweep->what, done < job->n ? done : job->n, job->n))
        atomic_store(&job->is_cancelled, true);
}

/* As many batches as make 16 Mi elements, in samples: what is loaded at a time. */
static size_t piece_size(const octet_sweep *sweep) {
    size_t n = 1;
    for (uint32_t i = 0; i < sweep->graphs[0]->n_inputs; i++) {
        n += octet_shape_elements(&sweep->graphs[0]->values[sweep->graphs[0]->inputs[i].value].shape);
    }
    const size_t piece = ((size_t)16 << 20) / n;
    return (piece < 64 ? 64 : piece) * sweep->batch;
}

/* Integers have no NaN. A float model passes it on to its outputs, where it is counted. */
static octet_status refuse_nan(octet_context *ctx, const octet_sweep *sweep, uint32_t input) {
    size_t index;
    if (!octet_samples_has_nan(sweep->samples[input], &index)) return OCTET_OK;
    const octet_value *value = NULL;
    for (uint32_t m = 0; m < sweep->n_models; m++) {
        value = &sweep->graphs[m]->values[sweep->graphs[m]->inputs[input].value];
        if (value->type == OCTET_FLOAT32 || value->type == OCTET_FLOAT16) return OCTET_OK;
    }
    return octet_context_fail(
        ctx, OCTET_DATA,
        "%s: sample %zu (from 0) holds NaN, which the %s input '%s' cannot hold: leave it out, or "
        "fill it as in training",
        octet_samples_name(sweep->samples[input]), index, octet_type_name(value->type),
        sweep->graphs[0]->inputs[input].name);
}

static octet_status load(octet_context *ctx, octet_sweep *sweep, const size_t *indices, size_t first, size_t n) {
    octet_load loads[OCTET_DATA_MAX_INPUTS];
    size_t n_loads = 0;
    size_t *places = NULL;
    if (indices == NULL && first > 0) { /* a list of the samples first..first+n */
        OCTET_TRY(octet_memory_allocate(ctx, n * sizeof *places, (void **)&places));
        for (size_t i = 0; i < n; i++) places[i] = first + i;
    }
    for (uint32_t i = 0; i < sweep->graphs[0]->n_inputs && n_loads < OCTET_DATA_MAX_INPUTS; i++) {
        if (sweep->raw[i] != NULL) continue;
        loads[n_loads++] =
            (octet_load){.samples = sweep->samples[i], .indices = indices != NULL ? indices + first : places, .n = n};
    }
    const octet_status status = n_loads > 0 ? octet_samples_load_all(ctx, loads, n_loads, sweep->pool) : OCTET_OK;
    octet_memory_free(ctx, places);
    OCTET_TRY(status);
    for (uint32_t i = 0; i < sweep->graphs[0]->n_inputs; i++)
        if (sweep->raw[i] == NULL) OCTET_TRY(refuse_nan(ctx, sweep, i));
    return OCTET_OK;
}

static void hash_piece(octet_sweep *sweep, const size_t *indices, size_t first, size_t n, uint64_t *hashes) {
    const octet_graph *graph = sweep->graphs[0];
    for (size_t at = first; at < first + n; at++) {
        hashes[at] = 0;
        for (uint32_t i = 0; i < graph->n_inputs; i++) {
            const uint32_t id = graph->inputs[i].value;
            const octet_value *value = &graph->values[id];
            const size_t size = octet_shape_elements(&value->shape) / sweep->batch * octet_type_size(value->type);
            feed_input(sweep, sweep->runners[0], 0, indices != NULL ? indices[at] : at, 0, i, 0);
            hashes[at] = octet_hash(hashes[at], octet_runner_value(sweep->runners[0], id), size);
        }
    }
}

octet_status octet_sweep_hash(octet_context *ctx, octet_sweep *sweep, const size_t *indices, size_t n,
                              uint64_t *hashes) {
    const size_t piece = piece_size(sweep);
    for (size_t first = 0; first < n; first += piece) {
        const size_t now = n - first < piece ? n - first : piece;
        OCTET_TRY(load(ctx, sweep, indices, first, now));
        make_byte_tables(sweep, indices != NULL ? indices[first] : first);
        hash_piece(sweep, indices, first, now, hashes);
    }
    return OCTET_OK;
}

octet_status octet_sweep_run(octet_context *ctx, octet_sweep *sweep, const size_t *indices, size_t first, size_t n,
                             octet_sweep_visit *visit, void *user) {
    sweep_job job = {.sweep = sweep, .indices = indices, .begin = first, .n = n, .visit = visit, .user = user};
    atomic_init(&job.done, 0);
    atomic_init(&job.is_cancelled, false);
    const size_t piece = piece_size(sweep);
    for (size_t done = 0; done < n; done += piece) {
        const size_t now = n - done < piece ? n - done : piece;
        const size_t n_runs = (now + sweep->batch - 1) / sweep->batch;
        job.first = first + done;
        job.end = job.first + now;
        OCTET_TRY(load(ctx, sweep, indices, job.first, now));
        make_byte_tables(sweep, indices != NULL ? indices[job.first] : job.first);
        const size_t pieces =
            (size_t)sweep->n_threads * 32; /* small enough to share evenly, large enough to cost nothing */
        octet_pool_run(sweep->pool, 0, work, &job, (uint32_t)n_runs, (uint32_t)(n_runs / pieces + 1));
        OCTET_CHECK(ctx, !is_stopped(&job), OCTET_CANCELLED, "%s was stopped at sample %zu of %zu", sweep->what,
                    done + now < atomic_load(&job.done) ? done + now : atomic_load(&job.done), n);
    }
    OCTET_CHECK(ctx, sweep->progress == NULL || sweep->progress(sweep->progress_user, sweep->what, n, n),
                OCTET_CANCELLED, "%s was stopped", sweep->what);
    return OCTET_OK;
}
