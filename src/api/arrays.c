/* Data that a program has in memory: arrays as they are, and batches that a function hands out. */
#include <string.h>

#include "api/handles.h"
#include "api/options.h"
#include "base/memory.h"

/* The view as the rooms have it; *name is the caller's, or NULL. */
static octet_status take_view(octet_context *ctx, const octet_array_view *given, const char *what, octet_array *out,
                              const char **name) {
    octet_array_view view;
    OCTET_TRY(OCTET_OPTIONS_TAKE(ctx, octet_array_view, given, &view));
    if (view.name != NULL) what = view.name;
    *name = view.name;
    *out = (octet_array){.rank = view.rank, .data = view.data};
    OCTET_CHECK(ctx, view.type != NULL && octet_element_from_name(view.type, &out->element), OCTET_USAGE,
                "%s: an array of type '%s': use float32, uint8, int8 or another numeric type that numpy has", what,
                view.type != NULL ? view.type : "");
    OCTET_CHECK(ctx, view.rank >= 1 && view.rank <= OCTET_ARRAY_MAX_RANK && view.dims != NULL, OCTET_USAGE,
                "%s: an array of %d dimensions: samples lie along the first of 1 to %d", what, (int)view.rank,
                OCTET_ARRAY_MAX_RANK);
    for (int32_t i = 0; i < view.rank; i++) {
        OCTET_CHECK(ctx, view.dims[i] > 0, OCTET_DATA, "%s: dimension %d of the array is %lld", what, (int)i,
                    (long long)view.dims[i]);
        out->dims[i] = view.dims[i];
    }
    OCTET_CHECK(ctx, view.data != NULL, OCTET_USAGE, "%s: the array has no data", what);
    return octet_array_count(ctx, what, out);
}

static const octet_array_view *view_at(const octet_array_view *views, uint32_t index) {
    return (const octet_array_view *)(const void *)((const uint8_t *)views + index * views->size);
}

/* What `options` says of preprocessing; it names no files. */
static octet_status take_options(octet_context *ctx, const octet_open_options *given, octet_preprocess *out) {
    octet_open_options options;
    OCTET_TRY(OCTET_OPTIONS_TAKE(ctx, octet_open_options, given, &options));
    OCTET_CHECK(ctx, options.path == NULL && options.images == NULL && options.labels == NULL, OCTET_USAGE,
                "data in memory: the options name files as well");
    return octet_api_preprocess(ctx, &options, out);
}

static octet_status from_arrays(octet_context *ctx, octet_data *data, const octet_array_view *inputs, uint32_t n_inputs,
                                const octet_array_view *labels, const octet_open_options *options) {
    octet_array arrays[OCTET_DATA_MAX_INPUTS], label_array;
    const char *names[OCTET_DATA_MAX_INPUTS], *ignored;
    OCTET_TRY(take_options(ctx, options, &data->preprocess));
    OCTET_CHECK(ctx, n_inputs >= 1 && n_inputs <= OCTET_DATA_MAX_INPUTS, OCTET_USAGE, "%u arrays are given: 1 to %d",
                (unsigned)n_inputs, OCTET_DATA_MAX_INPUTS);
    for (uint32_t i = 0; i < n_inputs; i++)
        OCTET_TRY(take_view(ctx, view_at(inputs, i), "input", &arrays[i], &names[i]));
    if (labels != NULL) OCTET_TRY(take_view(ctx, labels, "labels", &label_array, &ignored));
    return octet_dataset_over(ctx, arrays, names, n_inputs, labels != NULL ? &label_array : NULL, &data->preprocess,
                              &data->dataset);
}

octet_status octet_data_from_arrays(octet_context *ctx, const octet_array_view *inputs, uint32_t n_inputs,
                                    const octet_array_view *labels, const octet_open_options *options,
                                    octet_data **out) {
    octet_data *data = NULL;
    OCTET_TRY(octet_api_new_data(ctx, &data));
    const octet_status status = from_arrays(ctx, data, inputs, n_inputs, labels, options);
    if (status == OCTET_OK) *out = data;
    else octet_data_close(ctx, data);
    return status;
}

/* Batches as they are gathered: by input, the labels last. */
typedef struct gathering {
    uint32_t n_inputs;
    uint64_t n_batches;
    bool has_labels;
    octet_array_view views[OCTET_DATA_MAX_INPUTS + 1];
    octet_array arrays[OCTET_DATA_MAX_INPUTS + 1]; /* of the first batch, with the samples of all along axis 0 */
    const char *names[OCTET_DATA_MAX_INPUTS + 1];
    octet_buffer contents[OCTET_DATA_MAX_INPUTS + 1];
} gathering;

static octet_status append(octet_context *ctx, gathering *g, uint32_t i, int64_t *n_samples) {
    const char *what = i < g->n_inputs ? "input" : "labels", *name;
    octet_array *all = &g->arrays[i], batch;
    char have[OCTET_ARRAY_TEXT_SIZE], want[OCTET_ARRAY_TEXT_SIZE];
    OCTET_TRY(take_view(ctx, &g->views[i], what, &batch, &name));
    if (*n_samples == 0) *n_samples = batch.dims[0];
    OCTET_CHECK(ctx, batch.dims[0] == *n_samples, OCTET_DATA, "batch %llu: %s %u has %lld samples, input 0 has %lld",
                (unsigned long long)g->n_batches, what, (unsigned)i, (long long)batch.dims[0], (long long)*n_samples);
    if (g->n_batches == 0) {
        *all = batch;
        all->dims[0] = 0;
        g->names[i] = name;
        g->contents[i].max_size = ctx->max_memory_bytes;
    }
    const bool fits = batch.rank == all->rank && batch.element.kind == all->element.kind &&
                      batch.element.size == all->element.size &&
                      memcmp(batch.dims + 1, all->dims + 1, ((size_t)batch.rank - 1) * sizeof *batch.dims) == 0;
    OCTET_CHECK(ctx, fits, OCTET_DATA, "batch %llu: %s %u is %s: type and shape are those of the first batch, %s",
                (unsigned long long)g->n_batches, what, (unsigned)i, octet_array_text(&batch, have),
                octet_array_text(all, want));
    all->dims[0] += batch.dims[0];
    return octet_buffer_append(ctx, &g->contents[i], batch.data, octet_array_bytes(&batch));
}

static octet_status gather(octet_context *ctx, gathering *g, octet_next_batch *next, void *user) {
    for (;; g->n_batches++) {
        for (uint32_t i = 0; i <= g->n_inputs; i++) g->views[i] = (octet_array_view)OCTET_ARRAY_VIEW_INIT;
        const int more = next(user, g->views, g->n_inputs, &g->views[g->n_inputs]);
        OCTET_CHECK(ctx, more >= 0, OCTET_CANCELLED, "the data ended with a failure of the program at batch %llu",
                    (unsigned long long)g->n_batches);
        if (more == 0) break;
        const bool has_labels = g->views[g->n_inputs].data != NULL;
        OCTET_CHECK(ctx, g->n_batches == 0 || has_labels == g->has_labels, OCTET_DATA,
                    "batch %llu: some batches have labels and some have none", (unsigned long long)g->n_batches);
        g->has_labels = has_labels;
        int64_t n_samples = 0;
        for (uint32_t i = 0; i < g->n_inputs + has_labels; i++) OCTET_TRY(append(ctx, g, i, &n_samples));
    }
    OCTET_CHECK(ctx, g->n_batches > 0, OCTET_DATA, "the data hold no batch");
    for (uint32_t i = 0; i < g->n_inputs + g->has_labels; i++) {
        OCTET_TRY(octet_array_count(ctx, "the batches", &g->arrays[i]));
        g->arrays[i].data = g->contents[i].data;
    }
    return OCTET_OK;
}

static octet_status from_batches(octet_context *ctx, octet_data *data, gathering *g, octet_next_batch *next, void *user,
                                 const octet_open_options *options) {
    OCTET_TRY(take_options(ctx, options, &data->preprocess));
    OCTET_CHECK(ctx, g->n_inputs >= 1 && g->n_inputs <= OCTET_DATA_MAX_INPUTS, OCTET_USAGE,
                "%u arrays a batch: 1 to %d", (unsigned)g->n_inputs, OCTET_DATA_MAX_INPUTS);
    OCTET_TRY(gather(ctx, g, next, user));
    OCTET_TRY(octet_dataset_over(ctx, g->arrays, g->names, g->n_inputs, g->has_labels ? &g->arrays[g->n_inputs] : NULL,
                                 &data->preprocess, &data->dataset));
    return octet_dataset_own(ctx, data->dataset, g->contents, g->n_inputs + g->has_labels);
}

octet_status octet_data_from_batches(octet_context *ctx, octet_next_batch *next, void *user, uint32_t n_inputs,
                                     const octet_open_options *options, octet_data **out) {
    octet_data *data = NULL;
    gathering *g = NULL;
    octet_status status = octet_api_new_data(ctx, &data);
    if (status == OCTET_OK) status = octet_memory_allocate(ctx, sizeof *g, (void **)&g);
    if (status == OCTET_OK) {
        memset(g, 0, sizeof *g);
        g->n_inputs = n_inputs;
        status = from_batches(ctx, data, g, next, user, options);
        for (uint32_t i = 0; i <= OCTET_DATA_MAX_INPUTS; i++) octet_buffer_free(ctx, &g->contents[i]);
        octet_memory_free(ctx, g);
    }
    if (status == OCTET_OK) *out = data;
    else octet_data_close(ctx, data);
    return status;
}
