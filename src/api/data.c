#include <stdlib.h>
#include <string.h>

#include "api/handles.h"

static octet_status preprocessing(octet_context *ctx, const octet_open_options *options, octet_preprocess *out) {
    *out = (octet_preprocess){.scale = 1.0};
    const bool linear = options->has_scale || options->has_offset;
    const bool statistics = options->has_mean || options->has_std;
    const bool preset = options->preset != NULL;
    OCTET_CHECK(ctx, (int)linear + (int)statistics + (int)preset <= 1, OCTET_USAGE,
                "preprocessing: scale and offset, mean and std, and a preset exclude each other: give one of the three");
    OCTET_CHECK(ctx, !options->has_std || options->std != 0.0, OCTET_USAGE, "preprocessing: std is 0");
    out->given = linear || statistics || preset;
    out->preset = options->preset;
    if (linear) {
        out->scale = options->has_scale ? options->scale : 1.0;
        out->offset = options->has_offset ? options->offset : 0.0;
    } else if (statistics) {
        const double std = options->has_std ? options->std : 1.0;
        out->scale = 1.0 / std;
        out->offset = options->has_mean ? -options->mean / std : 0.0;
    }
    return OCTET_OK;
}

/* "NAME=FILE,NAME=FILE": a path that exists, or that has no '=', is one source. */
static uint32_t count_entries(const char *path) {
    if (strchr(path, '=') == NULL || octet_file_exists(path)) return 0;
    uint32_t n = 1;
    for (const char *c = path; *c != '\0'; c++) n += *c == ',';
    return n;
}

static octet_status open_named(octet_context *ctx, octet_data *data, const octet_open_options *options) {
    char *text;
    OCTET_TRY(octet_arena_copy(ctx, &data->arena, options->path, strlen(options->path) + 1, (void **)&text));
    for (uint32_t i = 0; i < data->n_entries; i++) {
        char *end = strchr(text, ',');
        if (end != NULL) *end = '\0';
        char *equals = strchr(text, '=');
        OCTET_CHECK(ctx, equals != NULL && equals != text && equals[1] != '\0', OCTET_USAGE,
                    "data: '%s': for several inputs write NAME=FILE,NAME=FILE", text);
        *equals = '\0';
        data->entries[i].name = text;
        octet_data_options source = {.path = equals + 1, .preprocess = data->preprocess};
        if (i == 0 && options->labels != NULL) {
            source.images = source.path;
            source.labels = options->labels;
            source.path = NULL;
        }
        OCTET_TRY(octet_dataset_open(ctx, &source, &data->entries[i].dataset));
        text = end != NULL ? end + 1 : text;
    }
    return OCTET_OK;
}

static octet_status open_entries(octet_context *ctx, octet_data *data, const octet_open_options *options) {
    OCTET_CHECK(ctx, (options->path != NULL) != (options->images != NULL), OCTET_USAGE,
                "data: name a file or folder, or images (and labels), and not both");
    OCTET_TRY(preprocessing(ctx, options, &data->preprocess));
    const uint32_t n_named = options->path != NULL ? count_entries(options->path) : 0;
    data->n_entries = n_named > 0 ? n_named : 1;
    OCTET_TRY(OCTET_NEW(ctx, &data->arena, data->n_entries, &data->entries));
    if (n_named > 0) return open_named(ctx, data, options);
    octet_data_options source = {
        .path = options->path, .images = options->images, .labels = options->labels, .preprocess = data->preprocess};
    if (source.path != NULL && source.labels != NULL && !octet_file_is_directory(source.path)) {
        source.images = source.path;
        source.path = NULL;
    }
    OCTET_CHECK(ctx, source.path == NULL || source.labels == NULL, OCTET_USAGE,
                "data: labels go with images or with an .npy, not with the folder %s, which has its own", source.path);
    return octet_dataset_open(ctx, &source, &data->entries[0].dataset);
}

octet_status octet_data_open(octet_context *ctx, const octet_open_options *options, octet_data **out) {
    void *block = NULL;
    OCTET_TRY(octet_memory_allocate(ctx, sizeof(octet_data), &block));
    octet_data *data = block;
    *data = (octet_data){0};
    const octet_status status = open_entries(ctx, data, options);
    if (status != OCTET_OK) {
        octet_data_close(ctx, data);
        return status;
    }
    *out = data;
    return OCTET_OK;
}

void octet_data_close(octet_context *ctx, octet_data *data) {
    if (data == NULL) return;
    for (uint32_t i = 0; data->entries != NULL && i < data->n_entries; i++) octet_dataset_close(ctx, data->entries[i].dataset);
    octet_arena_free(ctx, &data->arena);
    octet_memory_free(ctx, data);
}

/* An entry for an input: by name, by the input's number, or the only one. */
static const octet_data_entry *find_entry(const octet_data *data, const octet_graph *graph, uint32_t input) {
    for (uint32_t i = 0; i < data->n_entries; i++) {
        const char *name = data->entries[i].name;
        if (name == NULL) {
            if (graph->n_inputs == 1) return &data->entries[i];
            continue;
        }
        char *end;
        if (strcmp(name, graph->inputs[input].name) == 0) return &data->entries[i];
        if (strtoul(name, &end, 10) == input && *end == '\0') return &data->entries[i];
    }
    return NULL;
}

octet_status octet_api_bind_data(octet_context *ctx, const octet_data *data, const octet_graph *graph, octet_split split,
                                 octet_samples **samples) {
    for (uint32_t i = 0; i < graph->n_inputs; i++) {
        const octet_value *value = &graph->values[graph->inputs[i].value];
        const octet_data_entry *entry = find_entry(data, graph, i);
        OCTET_CHECK(ctx, entry != NULL, OCTET_USAGE, "data: nothing is given for input '%s' (number %u of %u): write NAME=FILE,NAME=FILE",
                    graph->inputs[i].name, i, graph->n_inputs);
        OCTET_TRY(octet_dataset_split(ctx, entry->dataset, split, &samples[i]));
        OCTET_CHECK(ctx, value->shape.rank >= 1, OCTET_UNSUPPORTED, "input '%s' is a scalar: samples need a batch axis",
                    graph->inputs[i].name);
        OCTET_CHECK(ctx, value->shape.dims[0] == 1, OCTET_UNSUPPORTED,
                    "input '%s' has a fixed batch of %d: octet runs one sample at a time; save the model with an open batch or a batch of 1",
                    graph->inputs[i].name, value->shape.dims[0]);
        OCTET_TRY(octet_samples_adapt(ctx, samples[i], value->shape.rank - 1, value->shape.dims + 1));
        const size_t n = octet_samples_count(samples[i]);
        OCTET_CHECK(ctx, n > 0, OCTET_DATA, "input '%s': the data hold no samples", graph->inputs[i].name);
        OCTET_CHECK(ctx, n == octet_samples_count(samples[0]), OCTET_DATA, "input '%s' has %zu samples, input '%s' has %zu",
                    graph->inputs[i].name, n, graph->inputs[0].name, octet_samples_count(samples[0]));
    }
    return OCTET_OK;
}
