/* data/samples.h - the inside of octet_samples, for the files of src/data.
 * In:  an array source, or a list of pictures.
 * Out: struct octet_samples.
 * Knows: dataset.h.
 * Does not know: how the files were found (dataset.c, picture_folder.c). */
#ifndef OCTET_DATA_SAMPLES_H
#define OCTET_DATA_SAMPLES_H

#include "data/array_source.h"
#include "data/dataset.h"
#include "data/places.h"
#include "data/sheet.h"

typedef struct octet_picture {
    const char *path;
    void *pixels; /* NULL until loaded; n_elements bytes or floats, in the adapted shape */
    bool is_bytes;
    uint64_t used; /* number of the load call that wanted it last */
} octet_picture;

struct octet_samples {
    octet_arena arena; /* names, labels, pictures */
    const char *name;
    size_t count;
    int32_t rank; /* of one sample as stored */
    int32_t dims[OCTET_DATA_MAX_RANK];
    bool is_adapted;
    int32_t adapted_rank;
    int32_t adapted_dims[OCTET_DATA_MAX_RANK];
    size_t n_elements; /* of one sample in the adapted shape */
    bool is_stored;    /* octet_samples_take_stored */
    octet_scaler scaler;
    octet_columns columns; /* how each column is scaled; n is 0 without any */
    /* Either an array or pictures. */
    octet_array_source source;
    octet_sheet sheet;       /* what the array lies in, of a CSV */
    octet_picture *pictures; /* count of them, or NULL */
    size_t picture_bytes;    /* decoded, in memory */
    uint64_t n_loads;
    int32_t width, height, n_channels; /* of the adapted pictures */
    int32_t *labels;                   /* classes; NULL without */
    int32_t n_classes;
    float *targets; /* [count][n_targets]: what the file of labels holds; NULL without one */
    size_t n_targets;
    const char **class_names; /* n_class_names, or NULL */
    int32_t n_class_names;
    bool has_listed_classes; /* the names come from labels.txt */
    bool has_nan;            /* among what was loaded last: the first sample with one is nan_sample */
    size_t nan_sample;
    bool has_range;
    float raw_min[3], raw_max[3]; /* by channel of the scaler */
    float scaled_min, scaled_max; /* with columns */
};

/* Creates samples over an array or (in octet_pictures_list) over pictures. */
octet_status octet_samples_create(octet_context *ctx, const char *name, octet_samples **out);
void octet_samples_destroy(octet_context *ctx, octet_samples *samples); /* NULL is allowed */
/* Opens the array at the place and sets count, shape and scaler; the labels of a CSV too. wish->columns scale any
 * array. */
octet_status octet_samples_open_array(octet_context *ctx, octet_samples *samples, const octet_place *place,
                                      const octet_sheet_wish *wish, const octet_preprocess *preprocess);
/* labels.c: reads labels of any numeric type, n or more a sample. They are classes when they are whole numbers from 0
 * on, one a sample, or rows of shares that sum to 1 (one-hot); the targets of a regression, masks or several labels a
 * sample otherwise. DATA when their number is not samples->count, or for one that is not finite. */
octet_status octet_samples_open_labels(octet_context *ctx, octet_samples *samples, const octet_place *place);
/* The same from an array in memory, which `name` stands for in messages. */
octet_status octet_samples_take_labels(octet_context *ctx, octet_samples *samples, const char *name,
                                       const octet_array *array);
/* The source of a place that is no pictures and no CSV; as octet_array_source_open. */
octet_status octet_place_open(octet_context *ctx, octet_arena *arena, const octet_place *place,
                              octet_array_source *out);
/* range.c: widens the range by n values that were loaded. */
void octet_samples_widen_bytes(octet_samples *samples, const uint8_t *data, size_t n);
void octet_samples_widen_floats(octet_samples *samples, const float *data, size_t n);
/* The same of n values scaled by columns. */
void octet_samples_widen_scaled(octet_samples *samples, const float *data, size_t n);

/* scale_columns.c. */
/* The entries for the columns that the samples have; none for NULL. Names live in the arena of the samples. */
octet_status octet_samples_take_columns(octet_context *ctx, octet_samples *samples, const octet_columns *columns);
/* DATA when the columns are neither those of the last dimension nor all numbers of a sample of this shape. */
octet_status octet_samples_check_columns(octet_context *ctx, const octet_samples *samples, int32_t rank,
                                         const int32_t *dims);
/* The n numbers of a row, scaled in float64 and rounded to float32. */
void octet_samples_scale_columns(const octet_samples *samples, const octet_array *row, size_t n, float *out);

/* picture_folder.c. */
/* Whether the folder holds pictures, or sub-folders with pictures. */
octet_status octet_pictures_are_in(octet_context *ctx, const char *folder, bool *out);
/* UNSUPPORTED names a picture in the folder or in a sub-folder whose ending is that of a kind that octet does not read:
 * .webp, .gif, .tif, .tiff, .heic, .avif. */
octet_status octet_pictures_refuse_unread(octet_context *ctx, const char *folder);
/* The pictures of `folder` and their classes; root: where labels.txt may lie too. A file: that picture alone. */
octet_status octet_pictures_list(octet_context *ctx, octet_samples *samples, const char *folder, const char *root,
                                 const octet_preprocess *preprocess);
/* picture_load.c. */
octet_status octet_pictures_adapt(octet_context *ctx, octet_samples *samples, int32_t rank, const int32_t *dims);
octet_status octet_pictures_load(octet_context *ctx, octet_samples *samples, const size_t *indices, size_t n,
                                 octet_pool *pool);
void octet_pictures_release(octet_context *ctx, octet_samples *samples);

/* "[28,28,1]" into text, a buffer of OCTET_ARRAY_TEXT_SIZE bytes, which is returned. */
const char *octet_dims_text(int32_t rank, const int32_t *dims, char *text);

#endif
