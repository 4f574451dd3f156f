/* count_octet MODEL.tflite RUNS - runs of octet between the markers of a64_count.c, on one thread, after one run before
 * them. Inputs are drawn as in count_litert.py. Prints a hash of the outputs of the first run, so that both can be
 * compared. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/arm/marker.h"
#include "exec/exec.h"
#include "import/import.h"

static void fill_inputs(const octet_graph *graph, octet_runner *runner) {
    uint32_t state = 1;
    for (uint32_t i = 0; i < graph->n_inputs; i++) {
        const octet_value *value = &graph->values[graph->inputs[i].value];
        const size_t n = octet_shape_elements(&value->shape);
        uint8_t *data = octet_runner_value(runner, graph->inputs[i].value);
        for (size_t j = 0; j < n; j++) {
            state = state * UINT32_C(1664525) + UINT32_C(1013904223);
            const int32_t r = (int32_t)(state >> 24) - 128;
            if (value->type == OCTET_FLOAT32) ((float *)(void *)data)[j] = (float)r / 64.0f;
            else if (octet_type_size(value->type) == 1) data[j] = (uint8_t)r;
        }
    }
}

static void print_outputs(const octet_graph *graph, const octet_runner *runner) {
    for (uint32_t i = 0; i < graph->n_outputs; i++) {
        const octet_value *value = &graph->values[graph->outputs[i].value];
        const uint8_t *data = octet_runner_value(runner, graph->outputs[i].value);
        const size_t n = octet_shape_elements(&value->shape) * octet_type_size(value->type);
        uint32_t hash = 2166136261u; /* FNV-1a */
        for (size_t j = 0; j < n; j++) hash = (hash ^ data[j]) * 16777619u;
        printf("output %08" PRIx32 "\n", hash);
    }
}

int main(int argc, char **argv) {
    octet_context ctx;
    octet_context_init(&ctx);
    octet_graph *graph;
    octet_exec *exec;
    octet_runner *runner;
    if (argc != 3) return 2;
    if (octet_import_tflite(&ctx, argv[1], NULL, &graph) != OCTET_OK ||
        octet_exec_create(&ctx, graph, NULL, &exec) != OCTET_OK ||
        octet_runner_create(&ctx, exec, 1, &runner) != OCTET_OK) {
        fprintf(stderr, "count_octet: %s\n", ctx.message);
        return 1;
    }
    fill_inputs(graph, runner);
    octet_runner_run(runner, NULL); /* later runs find other inputs: they share memory with later values */
    print_outputs(graph, runner);
    MARK_BEGIN();
    for (int i = atoi(argv[2]); i > 0; i--) octet_runner_run(runner, NULL);
    MARK_END();
    octet_runner_destroy(&ctx, runner);
    octet_exec_destroy(&ctx, exec);
    octet_graph_destroy(&ctx, graph);
    return 0;
}
