/* hdf5_walk.h - reads everything that a tree of HDF5 nodes points to, so that a sanitizer sees what should not be read.
 * In:  a node, and the file that it is of, or NULL.
 * Out: a sum that means nothing.
 * Knows: formats/hdf5.h.
 * Does not know: where the tree is from. */
#ifndef OCTET_TESTS_HDF5_WALK_H
#define OCTET_TESTS_HDF5_WALK_H

#include <string.h>

#include "formats/hdf5.h"

static inline octet_status hdf5_walk_piece(void *user, const float *piece, size_t first, size_t n) {
    double *sum = user;
    (void)first;
    for (size_t i = 0; i < n; i++) *sum += (double)piece[i];
    return OCTET_OK;
}

static inline double hdf5_walk(octet_context *ctx, octet_hdf5 *hdf5, const octet_hdf5_node *node) {
    double sum = (double)strlen(node->path);
    for (size_t i = 0; i < node->n_elements && node->kind == OCTET_HDF5_STRINGS; i++)
        sum += (double)strlen(node->strings[i]);
    if (hdf5 != NULL && node->kind == OCTET_HDF5_NUMBERS) octet_hdf5_pieces(ctx, hdf5, node, 1, hdf5_walk_piece, &sum);
    for (size_t i = 0; i < node->n_attributes; i++)
        for (size_t j = 0; j < node->attributes[i].n; j++)
            sum += node->attributes[i].kind == OCTET_HDF5_STRINGS ? (double)strlen(node->attributes[i].strings[j])
                                                                  : node->attributes[i].numbers[j];
    for (size_t i = 0; i < node->n_children; i++) sum += hdf5_walk(ctx, hdf5, node->children[i]);
    return sum;
}

#endif
