/* Covers: formats/hdf5.c formats/hdf5/exchange.c formats/hdf5/tree.c */
#include "fuzz/target.h"

#include "support/hdf5_walk.h"

static volatile double sink;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    octet_context ctx;
    target_begin(&ctx);
    octet_hdf5 *hdf5;
    octet_status status = octet_hdf5_open_bytes(&ctx, (octet_bytes){data, size}, "fuzz", &hdf5);
    if (status == OCTET_OK) sink = hdf5_walk(&ctx, hdf5, octet_hdf5_root(hdf5));
    if (status == OCTET_OK) status = ctx.status; /* of reading numbers */
    octet_hdf5_close(&ctx, hdf5);
    return target_end(&ctx, status);
}
