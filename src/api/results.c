#include "api/results.h"

#include <string.h>

/* Elements of output `i` that one sample has. */
static size_t elements(const octet_results *results, uint32_t i) {
    const octet_graph *graph = results->graph;
    return octet_shape_elements(&graph->values[graph->outputs[i].value].shape) / results->batch;
}

size_t octet_results_bytes(const octet_results *results, uint32_t output) {
    const octet_value *value = &results->graph->values[results->graph->outputs[output].value];
    return elements(results, output) * (results->real ? sizeof(float) : octet_type_size(value->type));
}

void octet_results_visit(void *user, uint32_t thread, size_t position, uint32_t slot, octet_runner *const *runners,
                         const uint64_t *time_ns) {
    const octet_results *results = user;
    (void)thread, (void)time_ns;
    for (uint32_t i = 0; i < results->graph->n_outputs; i++) {
        const uint32_t id = results->graph->outputs[i].value;
        const octet_value *value = &results->graph->values[id];
        const size_t n = elements(results, i), size = n * octet_type_size(value->type);
        const uint8_t *tensor = (const uint8_t *)octet_runner_value(runners[0], id) + slot * size;
        uint8_t *output = (uint8_t *)results->outputs[i] + position * octet_results_bytes(results, i);
        if (results->real) octet_convert_to_real(value, tensor, n, (float *)(void *)output);
        else memcpy(output, tensor, size);
    }
}
