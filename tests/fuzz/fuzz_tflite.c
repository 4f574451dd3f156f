/* libFuzzer target: any bytes as a .tflite. What imports is exported and imported again, and must
 * be the same. corpus/tflite: written by OCTET_WRITE_CORPUS=tests/fuzz/corpus/tflite
 * build/test_tflite (and the other test_tflite_*).
 * Covers: import/tflite formats/flatbuffer.c formats/flatbuffer_builder.c tflite export/tflite */
#include <stdlib.h>

#include "export/tflite/tflite.h"
#include "fuzz/tflite_mutate.h"
#include "import/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    octet_context ctx;
    octet_context_init(&ctx);
    ctx.max_memory_bytes = (size_t)96 << 20;
    octet_graph *graph, *again;
    if (octet_import_tflite_bytes(&ctx, (octet_bytes){data, size}, "fuzz", NULL, &graph) == OCTET_OK) {
        octet_buffer out = {0};
        if (octet_export_tflite(&ctx, graph, &out) == OCTET_OK) {
            if (octet_import_tflite_bytes(&ctx, (octet_bytes){out.data, out.size}, "again", NULL, &again) != OCTET_OK &&
                ctx.status != OCTET_LIMIT)
                abort();
            octet_graph_destroy(&ctx, again);
        }
        octet_buffer_free(&ctx, &out);
        octet_graph_destroy(&ctx, graph);
    }
    if (ctx.memory_bytes != 0) abort();
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed) {
    return mutate_tflite(data, size, max_size, seed);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2, uint8_t *out,
                                 size_t max_size, unsigned int seed) {
    return mutate_tflite_cross(data1, size1, data2, size2, out, max_size, seed);
}
