/* A SavedModel folder: keras_metadata.pb, in front of it 4 bytes with its size, then a checkpoint (checkpoint_files.h).
 * Covers: import/keras/metadata.c import/keras/objects.c import/keras/dataset.c import/keras/file.c
 * import/keras/weights.c */
#include "fuzz/checkpoint_files.h"

#include "import/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    octet_context ctx;
    octet_graph *graph = NULL;
    octet_bytes shard = {data, size};
    if (size > 1 << 16) return 0;
    target_begin(&ctx);
    const octet_bytes metadata = checkpoint_take(&shard), index = checkpoint_take(&shard);
    checkpoint_write_both(index, shard);
    checkpoint_write("keras_metadata.pb", metadata);
    const octet_status status = octet_import(&ctx, checkpoint_folder, NULL, NULL, &graph);
    octet_graph_destroy(&ctx, graph);
    return target_end(&ctx, status);
}
