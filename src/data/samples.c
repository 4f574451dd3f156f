#include "data/samples.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/checked.h"
#include "base/format.h"

const char *octet_dims_text(int32_t rank, const int32_t *dims, char *text) {
    int length = snprintf(text, OCTET_ARRAY_TEXT_SIZE, "[");
    for (int32_t i = 0; i < rank; i++)
        length +=
            snprintf(text + length, OCTET_ARRAY_TEXT_SIZE - (size_t)length, "%s%d", i > 0 ? "," : "", (int)dims[i]);
    snprintf(text + length, OCTET_ARRAY_TEXT_SIZE - (size_t)length, "]");
    return text;
}

octet_status octet_samples_create(octet_context *ctx, const char *name, octet_samples **out) {
    *out = NULL;
    octet_samples *samples;
    OCTET_TRY(octet_memory_allocate(ctx, sizeof *samples, (void **)&samples));
    memset(samples, 0, sizeof *samples);
    samples->source.reader.descriptor = -1;
    const octet_status status = octet_arena_string(ctx, &samples->arena, name, &samples->name);
    if (status == OCTET_OK) *out = samples;
    else octet_samples_destroy(ctx, samples);
    return status;
}

void octet_samples_destroy(octet_context *ctx, octet_samples *samples) {
    if (samples == NULL) return;
    octet_pictures_release(ctx, samples);
    octet_array_source_close(ctx, &samples->source);
    octet_sheet_free(ctx, &samples->sheet);
    octet_arena_free(ctx, &samples->arena);
    octet_memory_free(ctx, samples);
}

static size_t product(int32_t rank, const int32_t *dims) {
    size_t n = 1;
    for (int32_t i = 0; i < rank; i++)
        if (!octet_multiply_size(n, (size_t)dims[i], &n)) return SIZE_MAX;
    return n;
}

octet_status octet_place_open(octet_context *ctx, octet_arena *arena, const octet_place *place,
                              octet_array_source *out) {
    if (place->array == NULL) return octet_array_source_open(ctx, arena, place->path, place->given, place->entry, out);
    octet_array_source_over(place->path, place->array, out);
    return OCTET_OK;
}

static octet_status open_sheet(octet_context *ctx, octet_samples *samples, const octet_place *place,
                               const octet_sheet_wish *wish) {
    OCTET_TRY(octet_sheet_read(ctx, &samples->arena, place, wish, &samples->sheet));
    octet_array_source_over(place->path, &samples->sheet.inputs, &samples->source);
    return OCTET_OK;
}

octet_status octet_samples_open_array(octet_context *ctx, octet_samples *samples, const octet_place *place,
                                      const octet_sheet_wish *wish, const octet_preprocess *preprocess) {
    OCTET_TRY(place->is_sheet ? open_sheet(ctx, samples, place, wish)
                              : octet_place_open(ctx, &samples->arena, place, &samples->source));
    OCTET_TRY(octet_samples_take_columns(ctx, samples, wish->columns));
    octet_samples_forget_range(samples);
    const octet_array *array = &samples->source.array;
    const char *name = samples->name = samples->source.name;
    char text[OCTET_ARRAY_TEXT_SIZE];
    OCTET_CHECK(ctx, array->rank >= 1, OCTET_DATA, "%s: a single number; an array of samples is needed", name);
    OCTET_CHECK(ctx, array->n_elements > 0, OCTET_DATA, "%s: %s holds no samples", name, octet_array_text(array, text));
    samples->count = (size_t)array->dims[0];
    samples->rank = array->rank - 1;
    for (int32_t i = 1; i < array->rank; i++) {
        OCTET_CHECK(ctx, array->dims[i] <= INT32_MAX, OCTET_LIMIT, "%s: %s has a dimension of more than 31 bits", name,
                    octet_array_text(array, text));
        samples->dims[i - 1] = (int32_t)array->dims[i];
    }
    samples->n_elements = product(samples->rank, samples->dims);
    OCTET_CHECK(ctx, samples->n_elements <= INT32_MAX, OCTET_LIMIT,
                "%s: %s has samples of more than 31 bits of elements", name, octet_array_text(array, text));
    samples->adapted_rank = samples->rank;
    memcpy(samples->adapted_dims, samples->dims, sizeof samples->dims);
    if (samples->sheet.labels.data != NULL)
        OCTET_TRY(octet_samples_take_labels(ctx, samples, name, &samples->sheet.labels));
    return octet_scaler_create(ctx, preprocess, array->element.kind == 'u' && array->element.size == 1,
                               &samples->scaler);
}

octet_status octet_samples_take_raw(octet_context *ctx, octet_samples *samples) {
    const octet_preprocess raw = {.given = true, .preset = "raw"};
    return octet_scaler_create(ctx, &raw, false, &samples->scaler);
}

size_t octet_samples_count(const octet_samples *samples) { return samples->count; }
const char *octet_samples_name(const octet_samples *samples) { return samples->name; }

int32_t octet_samples_shape(const octet_samples *samples, int32_t dims[OCTET_DATA_MAX_RANK]) {
    memcpy(dims, samples->dims, sizeof samples->dims);
    return samples->rank;
}

const char *octet_samples_column_name(const octet_samples *samples, size_t column) {
    return column < samples->sheet.n_columns ? samples->sheet.names[column] : NULL;
}

bool octet_samples_has_labels(const octet_samples *samples) { return samples->labels != NULL; }

int32_t octet_samples_n_classes(const octet_samples *samples) {
    if (samples->labels == NULL) return 0;
    return samples->n_classes > samples->n_class_names ? samples->n_classes : samples->n_class_names;
}

const char *octet_samples_class_name(const octet_samples *samples, int32_t label) {
    return label >= 0 && label < samples->n_class_names ? samples->class_names[label] : NULL;
}

bool octet_samples_has_listed_classes(const octet_samples *samples) { return samples->has_listed_classes; }

int32_t octet_samples_label(const octet_samples *samples, size_t index) {
    assert(samples->labels != NULL && index < samples->count);
    return samples->labels[index];
}

const float *octet_samples_targets(const octet_samples *samples, size_t index, size_t *n) {
    *n = samples->targets != NULL ? samples->n_targets : 0;
    return samples->targets != NULL ? samples->targets + index * samples->n_targets : NULL;
}

/* Equal lists of dimensions after those of length 1 are left out. */
static bool equal_without_ones(int32_t rank_a, const int32_t *a, int32_t rank_b, const int32_t *b) {
    int32_t i = 0, j = 0;
    for (;;) {
        while (i < rank_a && a[i] == 1) i++;
        while (j < rank_b && b[j] == 1) j++;
        if (i == rank_a || j == rank_b) return i == rank_a && j == rank_b;
        if (a[i++] != b[j++]) return false;
    }
}

static int32_t n_axes(int32_t rank, const int32_t *dims) {
    int32_t n = 0;
    for (int32_t i = 0; i < rank; i++) n += dims[i] != 1;
    return n;
}

static bool fits(const octet_samples *samples, int32_t rank, const int32_t *dims) {
    if (equal_without_ones(samples->rank, samples->dims, rank, dims)) return true;
    const bool one_is_flat = n_axes(samples->rank, samples->dims) <= 1 || n_axes(rank, dims) <= 1;
    return one_is_flat && product(samples->rank, samples->dims) == product(rank, dims);
}

/* Says which columns there are. */
static octet_status refuse_sheet(octet_context *ctx, const octet_samples *samples, int32_t rank, const int32_t *dims) {
    enum { NAMES_SIZE = 200, FOR_ONE_MORE = 80 };
    char names[NAMES_SIZE] = "", want[OCTET_ARRAY_TEXT_SIZE];
    const octet_sheet *sheet = &samples->sheet;
    size_t length = 0;
    for (uint32_t c = 0; c < sheet->n_columns && length + FOR_ONE_MORE < NAMES_SIZE; c++)
        length +=
            (size_t)octet_format(names + length, NAMES_SIZE - length, "%s%.64s", c > 0 ? ", " : "", sheet->names[c]);
    return octet_context_fail(
        ctx, OCTET_DATA, "%s: %u column%s for the input (%s%s), the model's input %s takes %zu numbers%s",
        samples->name, (unsigned)sheet->n_columns, sheet->n_columns == 1 ? "" : "s", names,
        length + FOR_ONE_MORE < NAMES_SIZE ? "" : ", ...", octet_dims_text(rank, dims, want), product(rank, dims),
        sheet->n_columns > product(rank, dims) && sheet->labels.data == NULL
            ? ": --label-column names the column of the labels"
            : "");
}

static octet_status adapt_array(octet_context *ctx, octet_samples *samples, int32_t rank, const int32_t *dims) {
    const octet_array *array = &samples->source.array;
    char have[OCTET_ARRAY_TEXT_SIZE], want[OCTET_ARRAY_TEXT_SIZE];
    if (!fits(samples, rank, dims)) {
        int32_t whole[OCTET_DATA_MAX_RANK];
        bool is_sample = samples->labels == NULL && samples->targets == NULL;
        for (int32_t i = 0; i < array->rank && is_sample; i++) {
            is_sample = array->dims[i] <= INT32_MAX;
            whole[i] = (int32_t)array->dims[i];
        }
        is_sample = is_sample && equal_without_ones(array->rank, whole, rank, dims);
        if (!is_sample && samples->sheet.names != NULL) return refuse_sheet(ctx, samples, rank, dims);
        OCTET_CHECK(ctx, is_sample, OCTET_DATA, "%s: samples of shape %s do not fit the model's input %s",
                    samples->name, octet_dims_text(samples->rank, samples->dims, have),
                    octet_dims_text(rank, dims, want));
        samples->count = 1;
        samples->rank = array->rank;
        memcpy(samples->dims, whole, sizeof *whole * (size_t)array->rank);
    }
    samples->n_elements = product(rank, dims);
    return OCTET_OK;
}

octet_status octet_samples_adapt(octet_context *ctx, octet_samples *samples, int32_t rank, const int32_t *dims) {
    char want[OCTET_ARRAY_TEXT_SIZE];
    OCTET_CHECK(ctx, rank >= 0 && rank <= OCTET_DATA_MAX_RANK, OCTET_LIMIT,
                "%s: a model input of %d dimensions: the limit is %d", samples->name, (int)rank, OCTET_DATA_MAX_RANK);
    for (int32_t i = 0; i < rank; i++)
        OCTET_CHECK(ctx, dims[i] > 0, OCTET_DATA, "%s: the model's input %s is open; its shape must be given",
                    samples->name, octet_dims_text(rank, dims, want));
    OCTET_TRY(samples->pictures != NULL ? octet_pictures_adapt(ctx, samples, rank, dims)
                                        : adapt_array(ctx, samples, rank, dims));
    const int32_t n_channels = samples->scaler.n_channels;
    OCTET_CHECK(ctx, n_channels == 1 || (rank > 0 && dims[rank - 1] == n_channels), OCTET_DATA,
                "%s: this preprocessing needs %d channels last, the model's input is %s", samples->name,
                (int)n_channels, octet_dims_text(rank, dims, want));
    OCTET_TRY(octet_samples_check_columns(ctx, samples, rank, dims));
    samples->is_stored = false;
    samples->adapted_rank = rank;
    memcpy(samples->adapted_dims, dims, sizeof *dims * (size_t)rank);
    samples->is_adapted = true;
    return OCTET_OK;
}

static size_t row_bytes(const octet_samples *samples) {
    return samples->n_elements * samples->source.array.element.size;
}

static bool is_of_bytes(const octet_samples *samples) {
    return samples->source.array.element.kind == 'u' && samples->source.array.element.size == 1;
}

static const uint8_t *row_of(const octet_samples *samples, size_t index) {
    return octet_array_source_row(&samples->source, index, row_bytes(samples));
}

static void read_floats(const octet_samples *samples, size_t index, float *out) {
    octet_array row = samples->source.array;
    row.data = row_of(samples, index);
    if (samples->columns.n > 0) octet_samples_scale_columns(samples, &row, samples->n_elements, out);
    else octet_array_f32(&row, 0, samples->n_elements, out);
}

/* Floats are NaN where they are not equal to themselves. */
static void look_for_nan(octet_samples *samples, size_t index, const float *values) {
    bool has_nan = false;
    for (size_t i = 0; i < samples->n_elements; i++) has_nan |= values[i] != values[i];
    if (!has_nan || samples->has_nan) return;
    samples->has_nan = true;
    samples->nan_sample = index;
}

/* The range of a loaded sample; room for as many values as it has, or NULL for bytes. */
static void widen_range(octet_samples *samples, size_t index, float *values) {
    octet_array row = samples->source.array;
    row.data = row_of(samples, index);
    if (values == NULL) {
        octet_samples_widen_bytes(samples, row.data, samples->n_elements);
        return;
    }
    octet_array_f32(&row, 0, samples->n_elements, values);
    look_for_nan(samples, index, values);
    octet_samples_widen_floats(samples, values, samples->n_elements);
    if (samples->columns.n == 0) return;
    octet_samples_scale_columns(samples, &row, samples->n_elements, values);
    octet_samples_widen_scaled(samples, values, samples->n_elements);
}

static octet_status load_array(octet_context *ctx, octet_samples *samples, const size_t *indices, size_t n) {
    samples->has_nan = false;
    OCTET_TRY(octet_array_source_load_rows(ctx, &samples->source, indices, n, row_bytes(samples)));
    if (samples->is_stored) return OCTET_OK;
    float *values = NULL;
    if (!is_of_bytes(samples) || samples->columns.n > 0)
        OCTET_TRY(octet_memory_allocate(ctx, samples->n_elements * sizeof *values, (void **)&values));
    /* The first n lie one behind the other. */
    if (values == NULL && indices == NULL && n > 0)
        octet_samples_widen_bytes(samples, row_of(samples, 0), n * samples->n_elements);
    for (size_t i = 0; (values != NULL || indices != NULL) && i < n; i++)
        widen_range(samples, indices != NULL ? indices[i] : i, values);
    octet_memory_free(ctx, values);
    return OCTET_OK;
}

bool octet_samples_are_compressed(const octet_samples *samples) {
    return samples->source.storage == OCTET_ARRAY_GZIP || samples->source.storage == OCTET_ARRAY_ZIP;
}

octet_status octet_samples_load(octet_context *ctx, octet_samples *samples, const size_t *indices, size_t n,
                                octet_pool *pool) {
    OCTET_CHECK(ctx, indices != NULL || n <= samples->count, OCTET_DATA, "%s: %zu samples are asked for, there are %zu",
                samples->name, n, samples->count);
    for (size_t i = 0; indices != NULL && i < n; i++)
        OCTET_CHECK(ctx, indices[i] < samples->count, OCTET_DATA, "%s: sample %zu is asked for, there are %zu",
                    samples->name, indices[i], samples->count);
    return samples->pictures != NULL ? octet_pictures_load(ctx, samples, indices, n, pool)
                                     : load_array(ctx, samples, indices, n);
}

typedef struct load_job {
    const octet_load *loads;
    octet_context *contexts;
} load_job;

static void load_one(void *user, uint32_t thread, uint32_t begin, uint32_t end) {
    const load_job *job = user;
    (void)thread;
    for (uint32_t i = begin; i < end; i++)
        octet_samples_load(&job->contexts[i], job->loads[i].samples, job->loads[i].indices, job->loads[i].n, NULL);
}

octet_status octet_samples_load_all(octet_context *ctx, const octet_load *loads, size_t n_loads, octet_pool *pool) {
    octet_arena arena = {0};
    load_job job = {.loads = loads};
    octet_status status = OCTET_NEW(ctx, &arena, n_loads, &job.contexts);
    for (size_t i = 0; i < n_loads && status == OCTET_OK; i++) octet_context_child(ctx, &job.contexts[i]);
    if (status == OCTET_OK) octet_pool_run(pool, 0, load_one, &job, (uint32_t)n_loads, 1);
    for (size_t i = 0; i < n_loads && status == OCTET_OK; i++)
        if (job.contexts[i].status != OCTET_OK) status = octet_context_pass(ctx, &job.contexts[i]);
    octet_arena_free(ctx, &arena);
    return status;
}

bool octet_samples_has_nan(const octet_samples *samples, size_t *index) {
    *index = samples->nan_sample;
    return samples->has_nan;
}

void octet_samples_release(octet_context *ctx, octet_samples *samples) {
    octet_pictures_release(ctx, samples);
    octet_array_source_release(ctx, &samples->source);
}

static void scale_bytes(const octet_scaler *scaler, const uint8_t *bytes, size_t n, float *out) {
    if (scaler->n_channels == 1) {
        for (size_t i = 0; i < n; i++) out[i] = scaler->tables[0][bytes[i]];
        return;
    }
    for (size_t i = 0; i + 3 <= n; i += 3)
        for (size_t c = 0; c < 3; c++) out[i + c] = scaler->tables[c][bytes[i + (scaler->swaps ? 2 - c : c)]];
}

static void scale_floats(const octet_scaler *scaler, size_t n, float *values) {
    if (scaler->scaling == OCTET_SCALING_RAW) return;
    if (scaler->n_channels == 1) {
        for (size_t i = 0; i < n; i++) values[i] = octet_scaler_apply(scaler, 0, values[i]);
        return;
    }
    for (size_t i = 0; i + 3 <= n; i += 3) {
        const float first = values[i], last = values[i + 2];
        values[i] = octet_scaler_apply(scaler, 0, scaler->swaps ? last : first);
        values[i + 1] = octet_scaler_apply(scaler, 1, values[i + 1]);
        values[i + 2] = octet_scaler_apply(scaler, 2, scaler->swaps ? first : last);
    }
}

/* The bytes of a loaded sample, or NULL when it is stored otherwise. */
static const uint8_t *stored_bytes(const octet_samples *samples, size_t index) {
    if (samples->pictures != NULL) return samples->pictures[index].is_bytes ? samples->pictures[index].pixels : NULL;
    return is_of_bytes(samples) && !samples->is_stored ? row_of(samples, index) : NULL;
}

void octet_samples_read(const octet_samples *samples, size_t index, float *out) {
    assert(index < samples->count);
    const uint8_t *bytes = samples->columns.n == 0 ? stored_bytes(samples, index) : NULL;
    if (bytes != NULL) {
        scale_bytes(&samples->scaler, bytes, samples->n_elements, out);
        return;
    }
    if (samples->pictures != NULL) memcpy(out, samples->pictures[index].pixels, samples->n_elements * sizeof *out);
    else read_floats(samples, index, out);
    scale_floats(&samples->scaler, samples->n_elements, out);
}

const octet_array *octet_samples_plain_array(const octet_samples *samples) {
    const octet_array_source *source = &samples->source;
    const bool is_as_stored = source->storage == OCTET_ARRAY_PLAIN || source->storage == OCTET_ARRAY_WHOLE;
    return samples->pictures == NULL && samples->sheet.names == NULL && is_as_stored && !source->is_idx ? &source->array
                                                                                                        : NULL;
}

void octet_samples_take_stored(octet_samples *samples, size_t n_elements) {
    samples->is_stored = true;
    samples->n_elements = n_elements;
    samples->count = samples->source.array.n_elements / n_elements;
}

const uint8_t *octet_samples_stored(const octet_samples *samples, size_t index) {
    return samples->is_stored ? row_of(samples, index) : NULL;
}

const uint8_t *octet_samples_bytes(const octet_samples *samples, size_t index, const float **table) {
    if (table != NULL) *table = samples->scaler.tables[0];
    const bool is_uniform = samples->scaler.n_channels == 1 && samples->columns.n == 0;
    return table == NULL || is_uniform ? stored_bytes(samples, index) : NULL;
}
