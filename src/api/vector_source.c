#include "api/vector_source.h"

#include <string.h>

octet_status octet_api_vector_source_open(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                          const octet_data *data, octet_vector_source *out) {
    size_t most = 1;
    *out = (octet_vector_source){.graph = graph, .state = 1};
    for (uint32_t i = 0; i < graph->n_inputs; i++) {
        const size_t elements = octet_shape_elements(&graph->values[graph->inputs[i].value].shape);
        if (elements > most) most = elements;
    }
    OCTET_TRY(OCTET_NEW(ctx, arena, most, &out->real));
    if (data == NULL) return OCTET_OK;
    const octet_split split = octet_data_has_split(data, "test") ? OCTET_SPLIT_TEST : OCTET_SPLIT_TRAIN;
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_inputs, &out->samples));
    OCTET_TRY(octet_api_bind_data(ctx, data, graph, split, out->samples));
    out->n_samples = octet_samples_count(out->samples[0]);
    return OCTET_OK;
}

/* Numbers over the whole range of a quantized type, real ones from 0 to 1; indices are 0 or 1. A linear congruential
 * generator (Numerical Recipes' constants), the same everywhere. */
static void make_up(octet_vector_source *source, const octet_value *value, uint8_t *tensor) {
    const size_t n = octet_shape_elements(&value->shape), size = octet_type_size(value->type);
    memset(tensor, 0, n * size);
    for (size_t i = 0; i < n; i++) {
        source->state = source->state * 1664525u + 1013904223u;
        const uint16_t number = (uint16_t)(source->state >> 16);
        const float real = (float)number * 0x1p-16f;
        if (value->type == OCTET_FLOAT32) memcpy(tensor + i * size, &real, size);
        else if (!octet_type_is_quantized(value->type))
            tensor[i * size] = number & 1; /* little endian, as all of octet */
        else memcpy(tensor + i * size, &number, size);
    }
}

octet_status octet_api_vector_source_fill(octet_context *ctx, octet_vector_source *source, uint32_t input, size_t index,
                                          void *tensor) {
    const octet_graph *graph = source->graph;
    const octet_value *value = &graph->values[graph->inputs[input].value];
    if (source->samples == NULL) {
        make_up(source, value, tensor);
        return OCTET_OK;
    }
    const uint32_t batch = octet_api_batch(graph);
    const size_t n = octet_shape_elements(&value->shape) / batch;
    for (uint32_t slot = 0; slot < batch; slot++) {
        const size_t sample = (index * batch + slot) % source->n_samples;
        OCTET_TRY(octet_samples_load(ctx, source->samples[input], &sample, 1, NULL));
        octet_samples_read(source->samples[input], sample, source->real + slot * n);
    }
    octet_convert_from_real(value, OCTET_ROUND_NEAREST, source->real, n * batch, tensor);
    return OCTET_OK;
}
