/* formats/hdf5.h - an HDF5 file as a tree of groups, datasets and attributes in memory.
 * In:  a path, or the bytes of a whole file (model.weights.h5 out of a .keras).
 * Out: names, string and number attributes, numeric datasets as float32, in the order of the file.
 * Knows: octet-hdf5 (formats/hdf5), a program in which libhdf5 runs: a hostile file may crash or hang it there, and the
 *        caller gets a sentence. The numbers of datasets are read when they are asked for, straight to where they go.
 * Does not know: Keras. Links to other files and external or virtual storage are never followed. */
#ifndef OCTET_FORMATS_HDF5_H
#define OCTET_FORMATS_HDF5_H

#include "base/file.h"
#include "base/memory.h"
#include "base/reader.h"

enum { OCTET_HDF5_MAX_RANK = 8 };

typedef enum octet_hdf5_kind {
    OCTET_HDF5_STRINGS, /* fixed or variable strings, bytes or UTF-8 */
    OCTET_HDF5_NUMBERS, /* integers, floats, booleans, as float64 */
    OCTET_HDF5_OTHER,   /* anything else (compound, references): n is 0, and no data */
    OCTET_HDF5_EMPTY    /* a dataset that says it holds no data, as h5py.Empty does */
} octet_hdf5_kind;

typedef struct octet_hdf5_attribute {
    const char *name;
    octet_hdf5_kind kind;
    bool is_scalar; /* one value without a dimension; else a list (row-major when it has several) */
    size_t n;
    const char *const
        *strings;          /* n of them, NUL-terminated, cut at the first NUL byte; padding of fixed strings removed */
    const double *numbers; /* n of them */
} octet_hdf5_attribute;

typedef struct octet_hdf5_node {
    const char *name; /* last part of the path; "" for the root */
    const char *path; /* "/model_weights/dense/kernel:0"; "/" for the root */
    bool is_dataset;
    const struct octet_hdf5_node *parent;
    const struct octet_hdf5_node *const
        *children; /* of a group: in order of creation where the file has it, else by name */
    size_t n_children;
    const struct octet_hdf5_node *const *by_name; /* the children again, by name */
    const octet_hdf5_attribute *attributes;
    size_t n_attributes;
    /* Datasets. */
    octet_hdf5_kind kind;
    int32_t rank; /* 0 for a scalar */
    int64_t dims[OCTET_HDF5_MAX_RANK];
    size_t n_elements;
    const float *data; /* NUMBERS: NULL in an open file, octet_hdf5_numbers reads them; a node that was made in memory
                          has them here, row-major */
    uint32_t number;   /* among the datasets */
    uint64_t place, n_stored_bytes; /* NUMBERS: as in formats/hdf5/protocol.h, item 8 */
    const char *const *strings;     /* STRINGS */
} octet_hdf5_node;

typedef struct octet_hdf5 octet_hdf5;

/* Errors: IO (also: octet-hdf5 is missing, is another program, was killed); FORMAT (not HDF5, truncated, corrupt; also
 * a dataset that claims far more than its file can hold); LIMIT (ctx->max_depth, ctx->max_memory_bytes, more than 2^20
 * objects); NOMEM. */
octet_status octet_hdf5_open(octet_context *ctx, const char *path, octet_hdf5 **out);
/* The reader must outlive the handle. */
octet_status octet_hdf5_open_reader(octet_context *ctx, const octet_reader *reader, octet_hdf5 **out);
/* `name` is used in messages ("m.keras:model.weights.h5") and copied; `bytes` must outlive the handle. */
octet_status octet_hdf5_open_bytes(octet_context *ctx, octet_bytes bytes, const char *name, octet_hdf5 **out);
void octet_hdf5_close(octet_context *ctx, octet_hdf5 *hdf5); /* NULL is allowed */

const char *octet_hdf5_name(const octet_hdf5 *hdf5); /* the path or name given at opening */
const octet_hdf5_node *octet_hdf5_root(const octet_hdf5 *hdf5);
/* A node by its path from `from` (NULL: the root), as "dense/kernel:0" or
 * "/model_weights/dense"; NULL when there is none. */
const octet_hdf5_node *octet_hdf5_find(const octet_hdf5 *hdf5, const octet_hdf5_node *from, const char *path);
/* NULL when there is none. */
const octet_hdf5_attribute *octet_hdf5_attribute_of(const octet_hdf5_node *node, const char *name);

/* The strings of an attribute, also when Keras cut it into name0, name1, ... because it was longer than 64 KB: a list
 * (layer_names, weight_names) is joined item after item. *strings lives as long as the handle or in `arena`. Missing:
 * *n = 0 and *strings = NULL, which is no error. FORMAT when it is no string attribute. */
octet_status octet_hdf5_strings(octet_context *ctx, const octet_hdf5 *hdf5, octet_arena *arena,
                                const octet_hdf5_node *node, const char *name, const char *const **strings, size_t *n);
/* One text (model_config), where cut into name0, name1, ... joined to one. Missing: *text = NULL, which is no error. */
octet_status octet_hdf5_text(octet_context *ctx, const octet_hdf5 *hdf5, octet_arena *arena,
                             const octet_hdf5_node *node, const char *name, const char **text);

/* Reads the numbers of a dataset of NUMBERS, row-major: node->n_elements float32; float64 and integers are rounded to
 * nearest by libhdf5. LIMIT for a dataset that is compressed to less than octet_inflated_limit (base/checked.h) allows;
 * errors of octet_hdf5_open. */
octet_status octet_hdf5_numbers(octet_context *ctx, octet_hdf5 *hdf5, const octet_hdf5_node *node, float *out);
/* The same piece after piece, in order: `visit` is given elements [first, first + n), n being a multiple of `unit` and
 * no more than a piece of 1 MB or one unit. What `visit` returns ends it. */
typedef octet_status octet_hdf5_visit(void *user, const float *piece, size_t first, size_t n);
octet_status octet_hdf5_pieces(octet_context *ctx, octet_hdf5 *hdf5, const octet_hdf5_node *node, size_t unit,
                               octet_hdf5_visit *visit, void *user);
/* The check for compression of octet_hdf5_numbers alone. */
octet_status octet_hdf5_check_size(octet_context *ctx, const octet_hdf5 *hdf5, const octet_hdf5_node *node);

#endif
