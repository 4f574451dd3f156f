#include "data/dataset.h"

#include <string.h>

#include "data/places.h"
#include "data/samples.h"

struct octet_dataset {
    octet_arena arena;
    octet_preprocess preprocess;
    octet_columns columns; /* n is 0 without any */
    const char *root, *label_column;
    octet_places places;
    octet_bytes given;      /* the file that places point into, in memory; or nothing */
    octet_array *arrays;    /* of places in memory: a row per input, one for labels; or NULL */
    octet_buffer *contents; /* elements of arrays that the dataset owns: n_contents */
    uint32_t n_contents;
    octet_samples *opened[OCTET_DATA_MAX_INPUTS][2];
};

/* A copy, after a look whether it makes sense. */
static octet_status take_preprocess(octet_context *ctx, const octet_preprocess *preprocess, octet_dataset *dataset) {
    octet_scaler scaler;
    dataset->preprocess = *preprocess;
    if (preprocess->preset != NULL)
        OCTET_TRY(octet_arena_string(ctx, &dataset->arena, preprocess->preset, &dataset->preprocess.preset));
    if (preprocess->columns != NULL)
        OCTET_TRY(octet_columns_read(ctx, &dataset->arena, preprocess->columns, preprocess->columns_bytes,
                                     &dataset->columns));
    dataset->preprocess.columns_hash = dataset->columns.hash;
    return octet_scaler_create(ctx, preprocess, true, &scaler);
}

/* The labels of the table of the first input. */
static octet_status take_label_column(octet_context *ctx, const octet_data_options *options, octet_dataset *dataset) {
    if (options->label_column == NULL) return OCTET_OK;
    OCTET_CHECK(ctx, options->labels == NULL, OCTET_USAGE, "--labels and --label-column: give one of them");
    OCTET_CHECK(ctx, dataset->places.inputs[0][0].is_sheet, OCTET_USAGE,
                "--label-column: %s is no CSV: its labels are a file of their own (--labels)", dataset->root);
    OCTET_CHECK(ctx, dataset->places.labels[0].path == NULL, OCTET_USAGE, "--label-column: %s has labels of its own",
                dataset->root);
    return octet_arena_string(ctx, &dataset->arena, options->label_column, &dataset->label_column);
}

static octet_status find(octet_context *ctx, const octet_data_options *options, octet_dataset *dataset) {
    octet_places *places = &dataset->places;
    OCTET_TRY(take_preprocess(ctx, &options->preprocess, dataset));
    const char *path = options->images != NULL ? options->images : options->path;
    OCTET_CHECK(ctx, path != NULL, OCTET_USAGE, "no data are given: --data PATH, or --images FILE with --labels FILE");
    OCTET_CHECK(ctx, options->images == NULL || options->path == NULL, OCTET_USAGE,
                "--data and --images: give one of them");
    OCTET_TRY(octet_arena_string(ctx, &dataset->arena, path, &dataset->root));
    dataset->given = options->bytes;
    OCTET_TRY(
        octet_places_find(ctx, &dataset->arena, path, options->bytes.data != NULL ? &dataset->given : NULL, places));
    OCTET_TRY(take_label_column(ctx, options, dataset));
    if (options->labels == NULL) return OCTET_OK;
    OCTET_CHECK(ctx, places->is_single && places->labels[0].path == NULL, OCTET_USAGE,
                "--labels: %s has labels or splits of its own", path);
    octet_places labels;
    OCTET_TRY(octet_places_find(ctx, &dataset->arena, options->labels, NULL, &labels));
    OCTET_CHECK(ctx, labels.is_single && labels.n_inputs == 1 && !labels.inputs[0][0].is_pictures, OCTET_DATA,
                "%s: no single array of labels (.npy, IDX or CSV)", options->labels);
    places->labels[0] = labels.inputs[0][0];
    return OCTET_OK;
}

static octet_status create(octet_context *ctx, octet_dataset **out) {
    *out = NULL;
    octet_dataset *dataset;
    OCTET_TRY(octet_memory_allocate(ctx, sizeof *dataset, (void **)&dataset));
    memset(dataset, 0, sizeof *dataset);
    *out = dataset;
    return OCTET_OK;
}

static octet_status finish(octet_context *ctx, octet_status status, octet_dataset **out) {
    if (status == OCTET_OK) return OCTET_OK;
    octet_dataset_close(ctx, *out);
    *out = NULL;
    return status;
}

octet_status octet_dataset_open(octet_context *ctx, const octet_data_options *options, octet_dataset **out) {
    OCTET_TRY(create(ctx, out));
    return finish(ctx, find(ctx, options, *out), out);
}

/* Places for arrays[0..n_inputs) and, where has_labels says so, arrays[n_inputs]. */
static octet_status place_arrays(octet_context *ctx, octet_dataset *dataset, const char *const *names,
                                 uint32_t n_inputs, bool has_labels) {
    octet_places *places = &dataset->places;
    places->n_inputs = n_inputs;
    places->is_single = true;
    dataset->root = "the arrays in memory";
    for (uint32_t i = 0; i < n_inputs + has_labels; i++) {
        octet_place *place = i < n_inputs ? &places->inputs[i][0] : &places->labels[0];
        const char *name = i < n_inputs && names != NULL ? names[i] : NULL;
        place->array = &dataset->arrays[i];
        if (i == n_inputs) place->path = "labels";
        else if (name != NULL) OCTET_TRY(octet_arena_string(ctx, &dataset->arena, name, &place->path));
        else OCTET_TRY(octet_arena_format(ctx, &dataset->arena, &place->path, "input %u", (unsigned)i));
        if (i == n_inputs) break;
        places->names[i] = name != NULL ? place->path : NULL;
        if (name == NULL && n_inputs > 1)
            OCTET_TRY(octet_arena_format(ctx, &dataset->arena, &places->names[i], "%u", (unsigned)i));
    }
    return OCTET_OK;
}

static octet_status hold(octet_context *ctx, octet_dataset *dataset, const octet_array *inputs,
                         const char *const *names, uint32_t n_inputs, const octet_array *labels,
                         const octet_preprocess *preprocess) {
    OCTET_CHECK(ctx, n_inputs > 0 && n_inputs <= OCTET_DATA_MAX_INPUTS, OCTET_USAGE, "%u arrays are given: 1 to %d",
                (unsigned)n_inputs, OCTET_DATA_MAX_INPUTS);
    OCTET_TRY(take_preprocess(ctx, preprocess, dataset));
    OCTET_TRY(OCTET_NEW(ctx, &dataset->arena, n_inputs + 1, &dataset->arrays));
    memcpy(dataset->arrays, inputs, n_inputs * sizeof *inputs);
    if (labels != NULL) dataset->arrays[n_inputs] = *labels;
    return place_arrays(ctx, dataset, names, n_inputs, labels != NULL);
}

octet_status octet_dataset_over(octet_context *ctx, const octet_array *inputs, const char *const *names,
                                uint32_t n_inputs, const octet_array *labels, const octet_preprocess *preprocess,
                                octet_dataset **out) {
    OCTET_TRY(create(ctx, out));
    return finish(ctx, hold(ctx, *out, inputs, names, n_inputs, labels, preprocess), out);
}

octet_status octet_dataset_own(octet_context *ctx, octet_dataset *dataset, octet_buffer *contents, uint32_t n) {
    OCTET_TRY(OCTET_NEW(ctx, &dataset->arena, n, &dataset->contents));
    for (uint32_t i = 0; i < n; i++) {
        dataset->contents[i] = contents[i];
        contents[i] = (octet_buffer){0};
    }
    dataset->n_contents = n;
    return OCTET_OK;
}

void octet_dataset_close(octet_context *ctx, octet_dataset *dataset) {
    if (dataset == NULL) return;
    for (uint32_t i = 0; i < OCTET_DATA_MAX_INPUTS; i++)
        for (int split = 0; split < 2; split++) octet_samples_destroy(ctx, dataset->opened[i][split]);
    for (uint32_t i = 0; i < dataset->n_contents; i++) octet_buffer_free(ctx, &dataset->contents[i]);
    octet_arena_free(ctx, &dataset->arena);
    octet_memory_free(ctx, dataset);
}

static bool is_place(const octet_place *place, const char *path) {
    return place->path != NULL && place->array == NULL && octet_file_is_same(place->path, path);
}

bool octet_dataset_reads(const octet_dataset *dataset, const char *path) {
    const octet_places *places = &dataset->places;
    for (int split = 0; split < 2; split++) {
        if (is_place(&places->labels[split], path)) return true;
        for (uint32_t i = 0; i < places->n_inputs; i++)
            if (is_place(&places->inputs[i][split], path)) return true;
    }
    return false;
}

static uint32_t place_of(const octet_dataset *dataset, octet_split split) {
    return dataset->places.is_single ? 0 : (uint32_t)split;
}

const octet_preprocess *octet_dataset_preprocess(const octet_dataset *dataset) { return &dataset->preprocess; }

bool octet_dataset_has_split(const octet_dataset *dataset, octet_split split) {
    return dataset->places.inputs[0][place_of(dataset, split)].path != NULL;
}

bool octet_dataset_is_split(const octet_dataset *dataset) {
    return octet_dataset_has_split(dataset, OCTET_SPLIT_TRAIN) && octet_dataset_has_split(dataset, OCTET_SPLIT_TEST) &&
           !dataset->places.is_single;
}

uint32_t octet_dataset_n_inputs(const octet_dataset *dataset) { return dataset->places.n_inputs; }

const char *octet_dataset_input_name(const octet_dataset *dataset, uint32_t input) {
    return input < dataset->places.n_inputs ? dataset->places.names[input] : NULL;
}

static octet_status open_samples(octet_context *ctx, octet_dataset *dataset, uint32_t split, uint32_t input,
                                 octet_samples *samples) {
    const octet_place *place = &dataset->places.inputs[input][split], *labels = &dataset->places.labels[split];
    const octet_columns *columns = dataset->columns.n > 0 ? &dataset->columns : NULL;
    const bool is_one_of_several = dataset->places.n_inputs > 1;
    OCTET_CHECK(ctx, columns == NULL || !place->is_pictures, OCTET_USAGE,
                "%s: scales columns, and %s are pictures: scale their channels (--mean, --std)", columns->path,
                place->path);
    OCTET_CHECK(
        ctx, columns == NULL || !is_one_of_several || (place->is_sheet && columns->names != NULL), OCTET_USAGE,
        "%s: columns of several inputs are told apart by their names: give a CSV for each input, and names here",
        columns->path);
    if (place->is_pictures)
        OCTET_TRY(octet_pictures_list(ctx, samples, place->path, dataset->root, &dataset->preprocess));
    else
        OCTET_TRY(octet_samples_open_array(
            ctx, samples, place,
            &(octet_sheet_wish){input == 0 ? dataset->label_column : NULL, columns, is_one_of_several},
            &dataset->preprocess));
    if (input == 0 && labels->path != NULL) return octet_samples_open_labels(ctx, samples, labels);
    return OCTET_OK;
}

octet_status octet_dataset_split_input(octet_context *ctx, octet_dataset *dataset, octet_split split, uint32_t input,
                                       octet_samples **out) {
    const uint32_t at = place_of(dataset, split);
    *out = NULL;
    OCTET_CHECK(ctx, input < dataset->places.n_inputs, OCTET_DATA, "%s: has %u inputs, number %u is asked for",
                dataset->root, (unsigned)dataset->places.n_inputs, (unsigned)input);
    const octet_place *place = &dataset->places.inputs[input][at];
    OCTET_CHECK(ctx, place->path != NULL, OCTET_DATA, "%s: has no %s data%s", dataset->root,
                split == OCTET_SPLIT_TRAIN ? "training" : "test",
                split == OCTET_SPLIT_TRAIN ? "" : " (--split train of evaluate and run takes the training data)");
    octet_samples **slot = &dataset->opened[input][at];
    if (*slot == NULL) {
        octet_samples *samples;
        OCTET_TRY(octet_samples_create(ctx, place->path, &samples));
        octet_status status = open_samples(ctx, dataset, at, input, samples);
        const octet_samples *first = dataset->opened[0][at];
        if (status == OCTET_OK && first != NULL && first->count != samples->count)
            status = octet_context_fail(ctx, OCTET_DATA, "%s has %zu samples, but %s has %zu", samples->name,
                                        samples->count, first->name, first->count);
        if (status != OCTET_OK) {
            octet_samples_destroy(ctx, samples);
            return status;
        }
        *slot = samples;
    }
    *out = *slot;
    return OCTET_OK;
}

octet_status octet_dataset_split(octet_context *ctx, octet_dataset *dataset, octet_split split, octet_samples **out) {
    return octet_dataset_split_input(ctx, dataset, split, 0, out);
}
