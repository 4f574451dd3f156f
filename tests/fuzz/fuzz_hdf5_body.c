/* What octet-hdf5 may answer after a file has led it astray: bodies (formats/hdf5/protocol.h).
 * Covers: formats/hdf5/tree.c */
#include "fuzz/target.h"

#include "formats/hdf5/tree.h"
#include "support/hdf5_walk.h"

static volatile double sink;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    octet_context ctx;
    octet_arena arena = {0};
    octet_hdf5_node root;
    void *aligned;
    target_begin(&ctx);
    octet_status status = octet_memory_allocate(&ctx, size, &aligned);
    if (status != OCTET_OK) return 0;
    if (size > 0) memcpy(aligned, data, size);
    const octet_bytes body = {aligned, size};
    status = octet_hdf5_tree_read(&ctx, &arena, body, size, "fuzz", &root);
    if (status == OCTET_OK) sink = hdf5_walk(&ctx, NULL, &root);
    octet_arena_free(&ctx, &arena);
    octet_memory_free(&ctx, aligned);
    return target_end(&ctx, status);
}
