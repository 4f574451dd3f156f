/* Opens data sets, and binds their samples to the inputs of a model. */
#include <stdlib.h>
#include <string.h>

#include "api/handles.h"
#include "api/options.h"

/* One number for all channels, or 3: from the list if it has any, else the number if there is one. */
static octet_status take_channels(octet_context *ctx, const char *what, const octet_channels *list, bool has_number,
                                  double number, double otherwise, double *out, bool *by_channel) {
    OCTET_CHECK(ctx, list->n == 0 || list->n == 1 || list->n == 3, OCTET_USAGE,
                "preprocessing: %s: %u numbers: give 1 for all channels, or 3", what, list->n);
    OCTET_CHECK(ctx, list->n == 0 || !has_number, OCTET_USAGE, "preprocessing: %s is given twice", what);
    *by_channel = *by_channel || list->n == 3;
    for (uint32_t c = 0; c < 3; c++) {
        out[c] = list->n == 3 ? list->values[c] : list->n == 1 ? list->values[0] : has_number ? number : otherwise;
    }
    return OCTET_OK;
}

octet_status octet_api_preprocess(octet_context *ctx, const octet_open_options *options, octet_preprocess *out) {
    *out = (octet_preprocess){0};
    double mean[3], std[3];
    OCTET_TRY(
        take_channels(ctx, "mean", &options->means, options->has_mean, options->mean, 0.0, mean, &out->by_channel));
    OCTET_TRY(take_channels(ctx, "std", &options->stds, options->has_std, options->std, 1.0, std, &out->by_channel));
    const bool linear = options->has_scale || options->has_offset;
    const bool statistics = options->has_mean || options->has_std || options->means.n > 0 || options->stds.n > 0;
    const bool preset = options->preset != NULL, columns = options->columns != NULL;
    OCTET_CHECK(
        ctx, (int)linear + (int)statistics + (int)preset + (int)columns <= 1, OCTET_USAGE,
        "preprocessing: scale and offset, mean and std, a preset, and columns exclude each other: give one of them");
    OCTET_CHECK(ctx, options->columns_bytes == NULL || columns, OCTET_USAGE,
                "preprocessing: columns in memory without a name for messages");
    out->given = linear || statistics || preset || columns;
    out->preset = options->preset;
    out->columns = options->columns;
    out->columns_bytes = (octet_bytes){options->columns_bytes, options->n_columns_bytes};
    for (uint32_t c = 0; c < 3; c++) {
        OCTET_CHECK(ctx, std[c] != 0.0, OCTET_USAGE, "preprocessing: std is 0");
        out->scale[c] = linear && options->has_scale ? options->scale : 1.0 / std[c];
        out->offset[c] = linear && options->has_offset ? options->offset : -mean[c] / std[c];
        if (out->offset[c] == 0.0) out->offset[c] = 0.0; /* never -0 */
    }
    return OCTET_OK;
}

static octet_status open_dataset(octet_context *ctx, octet_data *data, const octet_open_options *given) {
    octet_open_options taken, *options = &taken;
    OCTET_TRY(OCTET_OPTIONS_TAKE(ctx, octet_open_options, given, &taken));
    OCTET_CHECK(ctx, options->path == NULL || options->images == NULL, OCTET_USAGE,
                "data: a file or folder and images exclude each other: name one of the two");
    OCTET_CHECK(ctx, options->bytes == NULL || options->path != NULL, OCTET_USAGE,
                "data: a file in memory without a path to name it by");
    OCTET_TRY(octet_api_preprocess(ctx, options, &data->preprocess));
    const octet_data_options source = {.path = options->path,
                                       .bytes = {options->bytes, options->n_bytes},
                                       .images = options->images,
                                       .labels = options->labels,
                                       .label_column = options->label_column,
                                       .preprocess = data->preprocess};
    return octet_dataset_open(ctx, &source, &data->dataset);
}

octet_status octet_api_new_data(octet_context *ctx, octet_data **out) {
    void *block = NULL;
    OCTET_TRY(octet_memory_allocate(ctx, sizeof(octet_data), &block));
    *out = block;
    **out = (octet_data){0};
    return OCTET_OK;
}

octet_status octet_data_open(octet_context *ctx, const octet_open_options *options, octet_data **out) {
    octet_data *data = NULL;
    ctx->doing = "reading the samples";
    OCTET_TRY(octet_api_new_data(ctx, &data));
    const octet_status status = open_dataset(ctx, data, options);
    if (status == OCTET_OK) *out = data;
    else octet_data_close(ctx, data);
    return status;
}

bool octet_data_has_split(const octet_data *data, const char *split) {
    if (split == NULL || strcmp(split, "test") == 0) return octet_dataset_has_split(data->dataset, OCTET_SPLIT_TEST);
    return strcmp(split, "train") == 0 && octet_dataset_has_split(data->dataset, OCTET_SPLIT_TRAIN);
}

void octet_data_close(octet_context *ctx, octet_data *data) {
    if (data == NULL) return;
    octet_dataset_close(ctx, data->dataset);
    octet_memory_free(ctx, data);
}

/* The name of a tensor without what TensorFlow puts around that of an input: "serving_default_NAME:0". */
static size_t core(const char **name) {
    static const char prefix[] = "serving_default_", suffix[] = ":0";
    if (strncmp(*name, prefix, sizeof prefix - 1) == 0) *name += sizeof prefix - 1;
    const size_t length = strlen(*name), n = sizeof suffix - 1;
    return length > n && strcmp(*name + length - n, suffix) == 0 ? length - n : length;
}

/* Whether a user means this input: the name of its signature, or of its tensor, each as LiteRT spells it or bare. */
static bool names_input(const char *name, const octet_graph *graph, const octet_port *port) {
    const char *tensor = graph->values[port->value].name, *bare = name, *bare_tensor = tensor;
    if (strcmp(name, port->name) == 0 || strcmp(name, tensor) == 0) return true;
    const size_t length = core(&bare), tensor_length = core(&bare_tensor);
    if (strlen(port->name) == length && strncmp(bare, port->name, length) == 0) return true;
    return length == tensor_length && strncmp(bare, bare_tensor, length) == 0;
}

/* What `name` says of the inputs: an exact name of another input wins over a bare one of this. */
static bool is_exact_elsewhere(const char *name, const octet_graph *graph, uint32_t input) {
    for (uint32_t i = 0; i < graph->n_inputs; i++)
        if (i != input && strcmp(name, graph->inputs[i].name) == 0) return true;
    return false;
}

uint32_t octet_api_find_input(const octet_dataset *dataset, const octet_graph *graph, uint32_t input) {
    const uint32_t n = octet_dataset_n_inputs(dataset);
    for (uint32_t i = 0; i < n; i++) {
        const char *name = octet_dataset_input_name(dataset, i);
        if (name == NULL) return graph->n_inputs == 1 ? i : OCTET_NONE;
        char *end;
        if (names_input(name, graph, &graph->inputs[input]) && !is_exact_elsewhere(name, graph, input)) return i;
        if (strtoul(name, &end, 10) == input && end != name && *end == '\0') return i;
    }
    return OCTET_NONE;
}

bool octet_api_takes_counts(const octet_value *value) {
    return value->type != OCTET_FLOAT32 && value->type != OCTET_FLOAT16 && value->quantization.n == 0;
}

uint32_t octet_api_batch(const octet_graph *graph) {
    const octet_shape *first = &graph->values[graph->inputs[0].value].shape;
    const int32_t batch = first->rank > 0 ? first->dims[0] : 1;
    for (uint32_t i = 0; i < graph->n_inputs; i++) {
        const octet_shape *shape = &graph->values[graph->inputs[i].value].shape;
        if (shape->rank == 0 || shape->dims[0] != batch) return 1;
    }
    for (uint32_t i = 0; i < graph->n_outputs && batch > 1; i++) {
        const octet_shape *shape = &graph->values[graph->outputs[i].value].shape;
        if (shape->rank == 0 || shape->dims[0] % batch != 0) return 1;
    }
    return batch > 1 ? (uint32_t)batch : 1;
}

octet_status octet_api_bind_data(octet_context *ctx, const octet_data *data, const octet_graph *graph,
                                 octet_split split, octet_samples **samples) {
    const uint32_t batch = octet_api_batch(graph);
    for (uint32_t i = 0; i < graph->n_inputs; i++) {
        const octet_value *value = &graph->values[graph->inputs[i].value];
        const char *name = graph->inputs[i].name;
        const uint32_t source = octet_api_find_input(data->dataset, graph, i);
        OCTET_CHECK(ctx, source != OCTET_NONE, OCTET_USAGE,
                    "data: nothing is given for input '%s' (number %u of %u): name the data of each input "
                    "(NAME=FILE,NAME=FILE)",
                    name, i, graph->n_inputs);
        OCTET_TRY(octet_dataset_split_input(ctx, data->dataset, split, source, &samples[i]));
        const bool as_stored = octet_api_takes_counts(value) || graph->inputs[i].entry.expects_bytes;
        if (as_stored && !data->preprocess.given) OCTET_TRY(octet_samples_take_raw(ctx, samples[i]));
        const bool has_batch = value->shape.rank > 0 && (uint32_t)value->shape.dims[0] == batch;
        OCTET_TRY(octet_samples_adapt(ctx, samples[i], value->shape.rank - has_batch, value->shape.dims + has_batch));
        const size_t n = octet_samples_count(samples[i]);
        OCTET_CHECK(ctx, n > 0, OCTET_DATA, "input '%s': the data hold no samples", name);
        OCTET_CHECK(ctx, n == octet_samples_count(samples[0]), OCTET_DATA,
                    "input '%s' has %zu samples, input '%s' has %zu", name, n, graph->inputs[0].name,
                    octet_samples_count(samples[0]));
    }
    return OCTET_OK;
}
