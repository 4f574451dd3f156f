/* hdf5_walk.h - reads everything that a tree of HDF5 nodes points to, so that a sanitizer sees what should not be read.
 * In:  a node.
 * Out: a sum that means nothing.
 * Knows: formats/hdf5.h.
 * Does not know: where the tree is from. */
#ifndef OCTET_TESTS_HDF5_WALK_H
#define OCTET_TESTS_HDF5_WALK_H

#include <string.h>

#include "formats/hdf5.h"

static inline double hdf5_walk(const octet_hdf5_node *node) {
    double sum = (double)strlen(node->path);
    for (size_t i = 0; i < node->n_elements; i++)
        sum += node->kind == OCTET_HDF5_STRINGS ? (double)strlen(node->strings[i]) : (double)node->data[i];
    for (size_t i = 0; i < node->n_attributes; i++)
        for (size_t j = 0; j < node->attributes[i].n; j++)
            sum += node->attributes[i].kind == OCTET_HDF5_STRINGS ? (double)strlen(node->attributes[i].strings[j])
                                                                  : node->attributes[i].numbers[j];
    for (size_t i = 0; i < node->n_children; i++) sum += hdf5_walk(node->children[i]);
    return sum;
}

#endif
