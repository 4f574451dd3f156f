#include "import/keras/dataset.h"

#include <string.h>

_Static_assert((int)OCTET_KERAS_MAX_RANK == (int)OCTET_HDF5_MAX_RANK, "dimensions of an HDF5 dataset");
_Static_assert((int)OCTET_KERAS_MAX_RANK == (int)OCTET_ARRAY_MAX_RANK, "dimensions of a tensor");

octet_status octet_keras_dataset_of_node(octet_context *ctx, octet_arena *arena, octet_hdf5 *hdf5,
                                         const octet_hdf5_node *node, const octet_keras_dataset **out) {
    octet_keras_dataset *dataset = NULL;
    OCTET_TRY(OCTET_NEW(ctx, arena, 1, &dataset));
    *dataset = (octet_keras_dataset){.path = node->path,
                                     .is_numeric = node->kind == OCTET_HDF5_NUMBERS,
                                     .is_empty = node->kind == OCTET_HDF5_EMPTY,
                                     .rank = node->rank,
                                     .n_elements = node->n_elements,
                                     .hdf5 = hdf5,
                                     .node = node};
    memcpy(dataset->dims, node->dims, sizeof dataset->dims);
    *out = dataset;
    return OCTET_OK;
}

octet_status octet_keras_dataset_of_tensor(octet_context *ctx, octet_arena *arena, octet_bundle *bundle,
                                           const octet_bundle_tensor *tensor, const octet_keras_dataset **out) {
    octet_keras_dataset *dataset = NULL;
    OCTET_TRY(OCTET_NEW(ctx, arena, 1, &dataset));
    *dataset = (octet_keras_dataset){.path = tensor->key,
                                     .is_numeric = tensor->is_numeric,
                                     .rank = tensor->rank,
                                     .n_elements = tensor->n_elements,
                                     .bundle = bundle,
                                     .tensor = tensor};
    memcpy(dataset->dims, tensor->dims, sizeof dataset->dims);
    *out = dataset;
    return OCTET_OK;
}

octet_status octet_keras_dataset_check_size(octet_context *ctx, const octet_keras_dataset *dataset) {
    if (dataset->data != NULL || dataset->bundle != NULL) return OCTET_OK;
    return octet_hdf5_check_size(ctx, dataset->hdf5, dataset->node);
}

octet_status octet_keras_dataset_numbers(octet_context *ctx, const octet_keras_dataset *dataset, float *out) {
    if (dataset->data != NULL) {
        memcpy(out, dataset->data, dataset->n_elements * sizeof *out);
        return OCTET_OK;
    }
    if (dataset->bundle != NULL) return octet_bundle_numbers(ctx, dataset->bundle, dataset->tensor, out);
    return octet_hdf5_numbers(ctx, dataset->hdf5, dataset->node, out);
}

octet_status octet_keras_dataset_pieces(octet_context *ctx, const octet_keras_dataset *dataset, size_t unit,
                                        octet_hdf5_visit *visit, void *user) {
    if (dataset->data != NULL) return visit(user, dataset->data, 0, dataset->n_elements);
    if (dataset->bundle != NULL) return octet_bundle_pieces(ctx, dataset->bundle, dataset->tensor, unit, visit, user);
    return octet_hdf5_pieces(ctx, dataset->hdf5, dataset->node, unit, visit, user);
}
