/* Every tensor of a checkpoint, and its objects.
 * Covers: formats/tensorflow/protobuf.c formats/tensorflow/table.c formats/tensorflow/bundle.c
 * formats/tensorflow/object_graph.c */
#include "fuzz/checkpoint_files.h"

#include "formats/tensorflow/bundle.h"
#include "formats/tensorflow/object_graph.h"
#include "formats/tensorflow/table.h"

enum { MAX_ELEMENTS = 1 << 16 };

static volatile float sink;

static octet_status look(void *user, const float *piece, size_t first, size_t n) {
    (void)user;
    for (size_t i = 0; i < n; i++) sink = piece[i] + (float)first;
    return OCTET_OK;
}

static octet_status read_tensor(octet_context *ctx, octet_arena *arena, octet_bundle *bundle, const char *key) {
    octet_bundle_tensor tensor;
    octet_bytes text;
    octet_object_graph graph;
    bool found;
    OCTET_TRY(octet_bundle_find(ctx, bundle, key, &tensor, &found));
    if (!found) return OCTET_OK;
    if (tensor.is_numeric)
        return tensor.n_elements <= MAX_ELEMENTS ? octet_bundle_pieces(ctx, bundle, &tensor, 3, look, NULL) : OCTET_OK;
    OCTET_TRY(octet_bundle_string(ctx, bundle, arena, &tensor, &text));
    OCTET_TRY(octet_object_graph_read(ctx, arena, text, "fuzz", &graph));
    for (size_t i = 0; i < graph.n_nodes; i++)
        if (octet_object_child_of(&graph, &graph.nodes[i], "kernel") == NULL) sink = 0.0f;
    return OCTET_OK;
}

static octet_status read_all(octet_context *ctx, octet_arena *arena, octet_bytes index, octet_bundle **bundle) {
    octet_table table;
    char prefix[128];
    snprintf(prefix, sizeof prefix, "%s/variables/variables", checkpoint_folder);
    OCTET_TRY(octet_bundle_open(ctx, prefix, bundle));
    OCTET_TRY(octet_table_read(ctx, arena, index, "fuzz", &table));
    for (size_t i = 0; i < table.n_entries; i++) {
        const octet_bytes key = table.entries[i].key;
        if (octet_table_find(&table, key.data, key.size) != &table.entries[i]) abort();
        char *text = NULL;
        OCTET_TRY(OCTET_NEW(ctx, arena, key.size + 1, &text));
        if (key.size > 0) memcpy(text, key.data, key.size);
        OCTET_TRY(read_tensor(ctx, arena, *bundle, text));
    }
    return OCTET_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    octet_context ctx;
    octet_arena arena = {0};
    octet_bundle *bundle = NULL;
    octet_bytes shard = {data, size};
    target_begin(&ctx);
    const octet_bytes index = checkpoint_take(&shard);
    checkpoint_write_both(index, shard);
    const octet_status status = read_all(&ctx, &arena, index, &bundle);
    octet_bundle_close(&ctx, bundle);
    octet_arena_free(&ctx, &arena);
    return target_end(&ctx, status);
}
