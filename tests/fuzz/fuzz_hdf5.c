#include "fuzz/target.h"

#include <string.h>

#include "formats/hdf5.h"

static volatile double sink;

static double walk(const octet_hdf5_node *node) {
    double sum = (double)strlen(node->path);
    for (size_t i = 0; i < node->n_elements; i++)
        sum += node->kind == OCTET_HDF5_STRINGS ? (double)strlen(node->strings[i]) : (double)node->data[i];
    for (size_t i = 0; i < node->n_attributes; i++)
        for (size_t j = 0; j < node->attributes[i].n; j++)
            sum += node->attributes[i].kind == OCTET_HDF5_STRINGS ? (double)strlen(node->attributes[i].strings[j])
                                                                  : node->attributes[i].numbers[j];
    for (size_t i = 0; i < node->n_children; i++) sum += walk(node->children[i]);
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    octet_context ctx;
    target_begin(&ctx);
    octet_hdf5 *hdf5;
    const octet_status status = octet_hdf5_open_bytes(&ctx, (octet_bytes){data, size}, "fuzz", &hdf5);
    if (status == OCTET_OK) sink = walk(octet_hdf5_root(hdf5));
    octet_hdf5_close(&ctx, hdf5);
    return target_end(&ctx, status);
}
