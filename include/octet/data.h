/* octet/data.h - samples: from files, from arrays, from batches.
 * In:  IDX, .npy, .npz, folders of pictures, numbers in memory.
 * Out: handles.
 * Knows: contexts.
 * Does not know: models. */
#ifndef OCTET_DATA_H
#define OCTET_DATA_H

#include "octet/context.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Data ---- */

typedef struct octet_data octet_data;

/* A number of all channels (n = 1), or one of each of three (n = 3); n = 0: not given. */
typedef struct octet_channels {
    uint32_t n;
    double values[3];
} octet_channels;

typedef struct octet_open_options {
    size_t size;        /* set by the INIT macro */
    const char *path;   /* folder with IDX files under their usual names (plain or .gz), .npz, .npy, CSV, folder of
                           pictures;   for several inputs "NAME=FILE,NAME=FILE" */
    const char *images; /* .npy, IDX or CSV; instead of path */
    const char *labels; /* .npy, IDX or CSV: class numbers, one-hot rows, or numbers for every output
                           value; with images, or with a path to one of these files */
    /* x * scale + offset; without any of these, float data are taken as they are, and uint8 data divided by 255, unless
     * the model takes integers or scales bytes itself. */
    bool has_scale, has_offset, has_mean, has_std;
    double scale, offset;       /* not together with mean and std */
    double mean, std;           /* (x - mean) / std */
    const char *preset;         /* of octet_choice_name("preset"); not together with the others */
    octet_channels means, stds; /* as mean and std, by channel of the last dimension; instead of these */
    const void *bytes;          /* the file that `path` names in messages, in memory: an .npy, IDX or .npz, or a .gz of
                                   one; it must outlive the data; NULL: `path` is read */
    size_t n_bytes;
    const char *label_column; /* of a CSV: the column of the labels, by name or by number from 0 (-1: the last), or
                                 several with commas between them: one-hot, or several outputs; not with labels */
    const char *columns; /* a CSV, JSON or .npz with a mean and a standard deviation, or a least and a greatest number,
                            for every column: of the last dimension, or of all numbers of a sample. A CSV as data is
                            matched by names: the columns that are named are the input, in that order. Not together
                            with any other scaling */
    const void *columns_bytes; /* that file in memory, which `columns` names in messages; or NULL */
    size_t n_columns_bytes;
} octet_open_options;
#define OCTET_OPEN_OPTIONS_INIT OCTET_INIT_(octet_open_options)

/* Opens what the options name; files are decoded when their samples are needed. Errors: USAGE, IO, FORMAT, UNSUPPORTED,
 * DATA (labels and images of different count), LIMIT. */
OCTET_API octet_status octet_data_open(octet_context *ctx, const octet_open_options *options, octet_data **out);
/* Numbers in memory: an array of the shape [samples, ...], row-major without gaps, in the machine's byte order. */
typedef struct octet_array_view {
    size_t size;         /* set by the INIT macro */
    const char *name;    /* of the model's input; NULL: inputs go by their position */
    const char *type;    /* "float32", "uint8", "int64", "bool", ...: as numpy spells its numeric types */
    int32_t rank;        /* 1..8 */
    const int64_t *dims; /* rank of them, each at least 1 */
    const void *data;    /* of any alignment */
} octet_array_view;
#define OCTET_ARRAY_VIEW_INIT OCTET_INIT_(octet_array_view)

/* Data from arrays, one for each input of the model; what they point to must outlive the data. labels: as those of
 * octet_open_options, or NULL. Of the options only preprocessing is read; options may be NULL. The samples are both the
 * training and the test split. Errors: USAGE, DATA, LIMIT. */
OCTET_API octet_status octet_data_from_arrays(octet_context *ctx, const octet_array_view *inputs, uint32_t n_inputs,
                                              const octet_array_view *labels, const octet_open_options *options,
                                              octet_data **out);

/* Sets the next batch: n_inputs views, which come initialized, and `labels`, which may stay as it is in all batches.
 * Batches may differ in their number of samples. The data need to live until the next call. Returns 1; 0 when there is
 * no further batch, and nothing was set; or -1 to give up. */
typedef int octet_next_batch(void *user, octet_array_view *inputs, uint32_t n_inputs, octet_array_view *labels);

/* The same from batches: `next` is called here until it returns 0, and all samples are copied into memory. For more
 * samples than fit there, add batches to statistics, and merge evaluations. Errors: as above; CANCELLED after -1. */
OCTET_API octet_status octet_data_from_batches(octet_context *ctx, octet_next_batch *next, void *user,
                                               uint32_t n_inputs, const octet_open_options *options, octet_data **out);
/* Whether there are samples for "train" or "test" (NULL); false for other names. */
OCTET_API bool octet_data_has_split(const octet_data *data, const char *split);
OCTET_API void octet_data_close(octet_context *ctx, octet_data *data);

#ifdef __cplusplus
}
#endif

#endif
