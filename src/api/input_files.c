#include "api/input_files.h"

#include <string.h>

/* An .npy whose elements have the input's own type is fed as it is: sets raw[i], samples[i] and *n. */
static octet_status try_raw(octet_context *ctx, octet_input_files *in, const octet_graph *graph, uint32_t i,
                            octet_split split, size_t *n) {
    const uint32_t batch = octet_api_batch(graph);
    const octet_value *value = &graph->values[graph->inputs[i].value];
    const octet_dataset *dataset = in->data->dataset;
    const uint32_t source = octet_api_find_input(dataset, graph, i);
    if (in->data->preprocess.given || source == OCTET_NONE) return OCTET_OK;
    OCTET_TRY(octet_dataset_split_input(ctx, in->data->dataset, split, source, &in->samples[i]));
    const octet_array *array = octet_samples_plain_array(in->samples[i]);
    if (array == NULL || strcmp(octet_element_name(array->element), octet_type_name(value->type)) != 0) return OCTET_OK;
    const size_t n_elements = octet_shape_elements(&value->shape) / batch,
                 rows = array->rank > 0 ? (size_t)array->dims[0] : 0;
    const bool one = array->n_elements == n_elements, batches = array->n_elements == rows * n_elements * batch;
    char shape[OCTET_SHAPE_TEXT_SIZE], text[OCTET_ARRAY_TEXT_SIZE];
    OCTET_CHECK(ctx, n_elements > 0 && (one || batches || array->n_elements == rows * n_elements), OCTET_DATA,
                "%s: %s does not fit input '%s' of shape %s", octet_samples_name(in->samples[i]),
                octet_array_text(array, text), graph->inputs[i].name, octet_shape_text(&value->shape, shape));
    in->raw[i] = true;
    *n = array->n_elements / n_elements;
    return OCTET_OK;
}

/* The inputs of float32, or all others: *n_raw grows by those that are fed as they are. */
static octet_status try_inputs(octet_context *ctx, octet_input_files *in, const octet_graph *graph, octet_split split,
                               bool floats, size_t *n_raw) {
    for (uint32_t i = 0; i < graph->n_inputs; i++) {
        size_t n = 0;
        if ((graph->values[graph->inputs[i].value].type == OCTET_FLOAT32) != floats) continue;
        OCTET_TRY(try_raw(ctx, in, graph, i, split, &n));
        if (!in->raw[i]) continue;
        OCTET_CHECK(ctx, *n_raw == 0 || n == in->n_samples, OCTET_DATA,
                    "input '%s' has %zu samples, another input has %zu", graph->inputs[i].name, n, in->n_samples);
        in->n_samples = n;
        ++*n_raw;
    }
    return OCTET_OK;
}

/* Inputs of integers are all fed as they are, and those of float32 with them, or all are given real numbers. */
octet_status octet_api_bind_inputs(octet_context *ctx, octet_arena *arena, const octet_graph *graph, octet_data *data,
                                   octet_split split, octet_input_files *out) {
    size_t n_raw = 0, n_floats = 0;
    out->data = data;
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_inputs, &out->samples));
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_inputs, &out->raw));
    for (uint32_t i = 0; i < graph->n_inputs; i++)
        n_floats += graph->values[graph->inputs[i].value].type == OCTET_FLOAT32;
    OCTET_TRY(try_inputs(ctx, out, graph, split, false, &n_raw));
    if (n_raw > 0 && n_raw + n_floats == graph->n_inputs) OCTET_TRY(try_inputs(ctx, out, graph, split, true, &n_raw));
    if (n_raw > 0 && n_raw == graph->n_inputs) {
        for (uint32_t i = 0; i < graph->n_inputs; i++)
            octet_samples_take_stored(out->samples[i],
                                      octet_shape_elements(&graph->values[graph->inputs[i].value].shape) /
                                          octet_api_batch(graph));
        return OCTET_OK;
    }
    for (uint32_t i = 0; i < graph->n_inputs; i++) { /* counts come the other way too */
        const bool scaled = out->raw[i] && !octet_api_takes_counts(&graph->values[graph->inputs[i].value]);
        OCTET_CHECK(
            ctx, !scaled, OCTET_DATA,
            "the inputs are partly in the model's own integer types and partly not: give all of them either way");
        out->raw[i] = false;
    }
    OCTET_TRY(octet_api_bind_data(ctx, out->data, graph, split, out->samples));
    out->n_samples = octet_samples_count(out->samples[0]);
    return OCTET_OK;
}

octet_status octet_api_open_input_files(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                        const octet_open_options *options, octet_split split, octet_input_files *out) {
    OCTET_TRY(octet_data_open(ctx, options, &out->data));
    return octet_api_bind_inputs(ctx, arena, graph, out->data, split, out);
}
