/* import/keras/dataset.h - the numbers of one weight, wherever they lie.
 * In:  a dataset of an HDF5 file, a tensor of a checkpoint, or numbers in memory.
 * Out: shape, and the numbers as float32, read when they are asked for.
 * Knows: formats/hdf5.h, formats/tensorflow/bundle.h.
 * Does not know: layers, and which weight it is. */
#ifndef OCTET_IMPORT_KERAS_DATASET_H
#define OCTET_IMPORT_KERAS_DATASET_H

#include "formats/hdf5.h"
#include "formats/tensorflow/bundle.h"

enum { OCTET_KERAS_MAX_RANK = 8 };

typedef struct octet_keras_dataset {
    const char *path;          /* in its file, for messages */
    bool is_numeric, is_empty; /* neither: it holds something else */
    int32_t rank;              /* 0 for a scalar */
    int64_t dims[OCTET_KERAS_MAX_RANK];
    size_t n_elements;
    const float *data; /* row-major; NULL while they lie in the file */
    /* Where they lie: one of the two. */
    octet_hdf5 *hdf5;
    const octet_hdf5_node *node;
    octet_bundle *bundle;
    const octet_bundle_tensor *tensor;
} octet_keras_dataset;

/* *out lives in `arena`, as long as file and node or tensor do. */
octet_status octet_keras_dataset_of_node(octet_context *ctx, octet_arena *arena, octet_hdf5 *hdf5,
                                         const octet_hdf5_node *node, const octet_keras_dataset **out);
octet_status octet_keras_dataset_of_tensor(octet_context *ctx, octet_arena *arena, octet_bundle *bundle,
                                           const octet_bundle_tensor *tensor, const octet_keras_dataset **out);

/* LIMIT when the file may not be believed to hold so many numbers. */
octet_status octet_keras_dataset_check_size(octet_context *ctx, const octet_keras_dataset *dataset);
/* All n_elements numbers. Errors: those of octet_hdf5_numbers and octet_bundle_numbers. */
octet_status octet_keras_dataset_numbers(octet_context *ctx, const octet_keras_dataset *dataset, float *out);
/* As octet_hdf5_pieces. */
octet_status octet_keras_dataset_pieces(octet_context *ctx, const octet_keras_dataset *dataset, size_t unit,
                                        octet_hdf5_visit *visit, void *user);

#endif
