/* data/dataset.h - files become float samples in the model's input shape.
 * In:  a folder of IDX files (plain or .gz), .npz, .npy, CSV, pairs of images and labels, folders of pictures.
 * Out: splits of samples, read one at a time and lazily, scaled; labels as class numbers.
 * Knows: formats.
 * Does not know: graphs, models, quantization.
 *
 * What a path may be:
 *  - a folder of IDX files, .gz or plain: train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-...,
 *    t10k-labels-... (dots or dashes, any words before);
 *  - a folder with x_train.npy, y_train.npy, x_test.npy, y_test.npy, or with x.npy, y.npy;
 *  - a folder of pictures (PNG, JPEG, BMP): a sub-folder per class, in a folder each for train and test (val) or
 *    directly. Pictures without sub-folders have no labels. Classes are numbered by labels.txt (a name a line, or
 *    "0 name") if there is one, else in the order of their names as strings, as Keras does ("10" before "2");
 *  - an .npz with x_train, y_train, x_test, y_test, or x, y, or train_images, train_labels, test_images, test_labels;
 *    any other .npz is a set of named inputs, or, with one array beside labels, the samples;
 *  - a .npy or IDX file: samples without labels;
 *  - a CSV, plain or .gz: a line of names, then a sample a line; label_column says which columns are labels;
 *  - a single picture;
 *  - NAME=FILE,NAME=FILE: a file per input of the model; the name "labels" gives the labels. */
#ifndef OCTET_DATA_DATASET_H
#define OCTET_DATA_DATASET_H

#include "base/buffer.h"
#include "base/memory.h"
#include "base/thread.h"
#include "data/preprocess.h"
#include "formats/array.h"

enum { OCTET_DATA_MAX_RANK = 8, OCTET_DATA_MAX_INPUTS = 64 };

typedef struct octet_data_options {
    const char *path;  /* see above; NULL with images */
    octet_bytes bytes; /* not NULL: the file `path` (.npy, IDX, .npz, .gz) in memory; it outlives the dataset */
    const char *images, *labels; /* .npy, IDX or CSV, plain or .gz; labels may be NULL; labels alone goes with a path */
    const char *label_column;    /* of a CSV (sheet.h), or NULL; not with labels */
    octet_preprocess preprocess;
} octet_data_options;

typedef enum octet_split { OCTET_SPLIT_TRAIN = 0, OCTET_SPLIT_TEST = 1 } octet_split;

typedef struct octet_samples octet_samples; /* one split of one input */
typedef struct octet_dataset octet_dataset;

/* Finds out what the path is and opens nothing more than that takes. Errors: IO, DATA (nothing that is known there;
 * says what was looked for), USAGE (preset), FORMAT, NOMEM. */
octet_status octet_dataset_open(octet_context *ctx, const octet_data_options *options, octet_dataset **out);
/* The same over arrays in memory, samples along axis 0, in C order and native byte order; the elements must outlive the
 * dataset. names: by input, each may be NULL; NULL: inputs go by their position. labels may be NULL. One split, which
 * both names give. Errors: USAGE, NOMEM; shapes are looked at when the samples are asked for. */
octet_status octet_dataset_over(octet_context *ctx, const octet_array *inputs, const char *const *names,
                                uint32_t n_inputs, const octet_array *labels, const octet_preprocess *preprocess,
                                octet_dataset **out);
/* As it was given, with what octet_preprocess_text needs to know of files. */
const octet_preprocess *octet_dataset_preprocess(const octet_dataset *dataset);
/* Makes n buffers, which hold the elements of arrays, the dataset's: they are emptied here and freed with it. */
octet_status octet_dataset_own(octet_context *ctx, octet_dataset *dataset, octet_buffer *contents, uint32_t n);
void octet_dataset_close(octet_context *ctx, octet_dataset *dataset); /* NULL is allowed; ends its samples too */
/* Whether the existing file `path` is one of those that samples and labels come from; pictures apart. */
bool octet_dataset_reads(const octet_dataset *dataset, const char *path);
/* A split of the first input; where the source has one split only (.npy, x/y), both names give it. Opening the other
 * split's file is put off until it is asked for. The samples belong to the dataset. DATA when the source has no such
 * split, when images and labels differ in number, or when there is no sample. */
octet_status octet_dataset_split(octet_context *ctx, octet_dataset *dataset, octet_split split, octet_samples **out);
bool octet_dataset_has_split(const octet_dataset *dataset, octet_split split);
bool octet_dataset_is_split(const octet_dataset *dataset); /* train and test are different samples */

/* Several inputs. Labels belong to input 0. DATA when inputs differ in their number of samples. */
uint32_t octet_dataset_n_inputs(const octet_dataset *dataset);
const char *octet_dataset_input_name(const octet_dataset *dataset, uint32_t input); /* NULL when it has none */
octet_status octet_dataset_split_input(octet_context *ctx, octet_dataset *dataset, octet_split split, uint32_t input,
                                       octet_samples **out);

size_t octet_samples_count(const octet_samples *samples);
const char *octet_samples_name(const octet_samples *samples); /* the file or folder */
/* Shape of one sample as stored, without the batch: [28,28]; returns the
 * rank. Pictures: that of the first one, [H,W,3]. */
int32_t octet_samples_shape(const octet_samples *samples, int32_t dims[OCTET_DATA_MAX_RANK]);
/* Of a CSV, a column of a sample as stored: its name; NULL for other samples, and beyond its columns. */
const char *octet_samples_column_name(const octet_samples *samples, size_t column);
bool octet_samples_has_labels(const octet_samples *samples); /* a class for every sample */
int32_t octet_samples_n_classes(
    const octet_samples *samples); /* 1 + largest label (at least the number of names); 0 without labels */
const char *octet_samples_class_name(const octet_samples *samples,
                                     int32_t label);                 /* NULL when the source has no names */
bool octet_samples_has_listed_classes(const octet_samples *samples); /* labels.txt says what the classes are */
int32_t octet_samples_label(const octet_samples *samples, size_t index);
/* The *n numbers that the file of labels has for a sample, whether they
 * are a class or not; NULL without such a file. */
const float *octet_samples_targets(const octet_samples *samples, size_t index, size_t *n);
/* The range of raw and of scaled values over what was loaded so far; NaN is passed over; all 0 before any. */
void octet_samples_range(const octet_samples *samples, double *raw_min, double *raw_max, double *min, double *max);
/* The range begins anew with what is loaded from here on. */
void octet_samples_forget_range(octet_samples *samples);

/* From now on values are as stored: for inputs that count in integers of their own. To be called before load. */
octet_status octet_samples_take_raw(octet_context *ctx, octet_samples *samples);
/* Makes the samples fit a model input (dims without the batch): adds or removes axes of length 1, flattens or
 * unflattens; pictures are resized (resize.h) and made grey (Pillow's weights) for one channel. An array that as a
 * whole has the input's shape becomes one sample. DATA states both shapes otherwise. To be called before load; a second
 * call replaces the first. */
octet_status octet_samples_adapt(octet_context *ctx, octet_samples *samples, int32_t rank, const int32_t *dims);

/* Whether loading them decompresses one file, on one thread. */
bool octet_samples_are_compressed(const octet_samples *samples);
/* Makes samples [0, n) (or all listed by `indices`, n of them) ready in memory, in parallel; cheap when they are
 * already. After it octet_samples_read of these cannot fail. Decoded pictures of earlier calls are dropped beyond 256
 * MiB: load big folders in pieces of some hundred. Errors: FORMAT, DATA (an index that does not exist, a picture of
 * another size), LIMIT. */
octet_status octet_samples_load(octet_context *ctx, octet_samples *samples, const size_t *indices, size_t n,
                                octet_pool *pool);
/* Loads several sets at a time, each on a thread of its own as far as there
 * are threads: files decompress side by side. */
typedef struct octet_load {
    octet_samples *samples;
    const size_t *indices; /* or NULL: [0, n) */
    size_t n;
} octet_load;
octet_status octet_samples_load_all(octet_context *ctx, const octet_load *loads, size_t n_loads, octet_pool *pool);
/* Whether one of the samples that were loaded last holds NaN; *index: of the first. */
bool octet_samples_has_nan(const octet_samples *samples, size_t *index);
/* Gives memory back (decompressed files, decoded pictures); load brings it back. */
void octet_samples_release(octet_context *ctx, octet_samples *samples);
/* One loaded sample as float32, scaled, in the adapted shape. Thread-safe. */
void octet_samples_read(const octet_samples *samples, size_t index, float *out);
/* The same sample as bytes, when it is stored so and all elements share one scaling: value v stands for (*sheet)[v],
 * which octet_samples_read gives. NULL otherwise. table: NULL for the bytes alone, whatever their scaling, channels in
 * the order in which they are stored. Thread-safe. */
const uint8_t *octet_samples_bytes(const octet_samples *samples, size_t index, const float **table);

/* For an .npy, or numbers in memory, whose elements a model takes as they are: the array (no data), or NULL for any
 * other samples. */
const octet_array *octet_samples_plain_array(const octet_samples *samples);
/* From now on a sample is n_elements of that array, whatever its shape, and octet_samples_stored gives it once it is
 * loaded; nothing is scaled, and no range is kept. NULL for samples that are not taken so. */
void octet_samples_take_stored(octet_samples *samples, size_t n_elements);
const uint8_t *octet_samples_stored(const octet_samples *samples, size_t index);

/* n indices in [0, n_samples), the calibration choice for a seed, the same on every machine: distinct when n <=
 * n_samples (else each draw is independent). Generator: splitmix64 (Steele, Lea, Flood 2014) from `seed`, a number
 * below a bound as the remainder, with rejection of the uneven rest. Up to 4096 indices and half of the samples: draws
 * that came before are drawn again, in the order of drawing. More: selection sampling (Knuth 3.4.2 S), ascending. n ==
 * n_samples: all, ascending. */
void octet_samples_choose(size_t n_samples, uint64_t seed, size_t n, size_t *indices);
/* Reads --indices FILE: a JSON array of numbers, or one number a line (empty lines and lines with # are passed over).
 * FORMAT, DATA (an index that is not below n_samples, none at all). */
octet_status octet_indices_read(octet_context *ctx, octet_arena *arena, const char *path, size_t n_samples,
                                size_t **indices, size_t *n);

#endif
