#include "data/dataset.h"

#include <string.h>

#include "data/places.h"
#include "data/samples.h"

struct octet_dataset {
    octet_arena arena;
    octet_preprocess preprocess;
    const char *root;
    octet_places places;
    octet_samples *opened[OCTET_DATA_MAX_INPUTS][2];
};

static octet_status find(octet_context *ctx, const octet_data_options *options, octet_dataset *dataset) {
    octet_places *places = &dataset->places;
    octet_scaler scaler;
    dataset->preprocess = options->preprocess;
    if (options->preprocess.preset != NULL)
        OCTET_TRY(octet_arena_string(ctx, &dataset->arena, options->preprocess.preset, &dataset->preprocess.preset));
    OCTET_TRY(octet_scaler_create(ctx, &options->preprocess, true, &scaler));
    const char *path = options->images != NULL ? options->images : options->path;
    OCTET_CHECK(ctx, path != NULL, OCTET_USAGE, "no data are given: --data PATH, or --images FILE with --labels FILE");
    OCTET_CHECK(ctx, options->images == NULL || options->path == NULL, OCTET_USAGE,
                "--data and --images: give one of them");
    OCTET_TRY(octet_arena_string(ctx, &dataset->arena, path, &dataset->root));
    OCTET_TRY(octet_places_find(ctx, &dataset->arena, path, places));
    if (options->labels == NULL) return OCTET_OK;
    OCTET_CHECK(ctx, places->is_single && places->labels[0].path == NULL, OCTET_USAGE,
                "--labels: %s has labels or splits of its own", path);
    octet_places labels;
    OCTET_TRY(octet_places_find(ctx, &dataset->arena, options->labels, &labels));
    OCTET_CHECK(ctx, labels.is_single && labels.n_inputs == 1 && !labels.inputs[0][0].is_pictures, OCTET_DATA,
                "%s: no single array of labels (.npy or IDX)", options->labels);
    places->labels[0] = labels.inputs[0][0];
    return OCTET_OK;
}

octet_status octet_dataset_open(octet_context *ctx, const octet_data_options *options, octet_dataset **out) {
    *out = NULL;
    octet_dataset *dataset;
    OCTET_TRY(octet_memory_allocate(ctx, sizeof *dataset, (void **)&dataset));
    memset(dataset, 0, sizeof *dataset);
    const octet_status status = find(ctx, options, dataset);
    if (status == OCTET_OK) *out = dataset;
    else octet_dataset_close(ctx, dataset);
    return status;
}

void octet_dataset_close(octet_context *ctx, octet_dataset *dataset) {
    if (dataset == NULL) return;
    for (uint32_t i = 0; i < OCTET_DATA_MAX_INPUTS; i++)
        for (int split = 0; split < 2; split++) octet_samples_destroy(ctx, dataset->opened[i][split]);
    octet_arena_free(ctx, &dataset->arena);
    octet_memory_free(ctx, dataset);
}

static uint32_t place_of(const octet_dataset *dataset, octet_split split) {
    return dataset->places.is_single ? 0 : (uint32_t)split;
}

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
    if (place->is_pictures)
        OCTET_TRY(octet_pictures_list(ctx, samples, place->path, dataset->root, &dataset->preprocess));
    else OCTET_TRY(octet_samples_open_array(ctx, samples, place->path, place->entry, &dataset->preprocess));
    if (input == 0 && labels->path != NULL) return octet_samples_open_labels(ctx, samples, labels->path, labels->entry);
    return OCTET_OK;
}

octet_status octet_dataset_split_input(octet_context *ctx, octet_dataset *dataset, octet_split split, uint32_t input,
                                       octet_samples **out) {
    const uint32_t at = place_of(dataset, split);
    *out = NULL;
    OCTET_CHECK(ctx, input < dataset->places.n_inputs, OCTET_DATA, "%s: has %u inputs, number %u is asked for",
                dataset->root, (unsigned)dataset->places.n_inputs, (unsigned)input);
    const octet_place *place = &dataset->places.inputs[input][at];
    OCTET_CHECK(ctx, place->path != NULL, OCTET_DATA, "%s: has no %s data", dataset->root,
                split == OCTET_SPLIT_TRAIN ? "training" : "test");
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
