/* dataset.h - files become float samples in the model's input shape.
 * In:  a folder of IDX files (plain or .gz), .npz, .npy, pairs of images and labels, folders of pictures.
 * Out: splits of samples, read one at a time and lazily, scaled; labels as class numbers.
 * Knows: formats.
 * Does not know: graphs, models, quantization. */
#ifndef OCTET_DATA_DATASET_H
#define OCTET_DATA_DATASET_H

#include "base/buffer.h"
#include "base/memory.h"
#include "base/thread.h"

enum { OCTET_DATA_MAX_RANK = 8 };

typedef struct octet_preprocess {
    bool given;          /* false: uint8 data are divided by 255, float data taken as they are */
    double scale, offset; /* x * scale + offset in float32; --mean M --std S is scale 1/S, offset -M/S */
    const char *preset;  /* "teachable-machine", "unit", "imagenet", ... or NULL */
} octet_preprocess;

typedef struct octet_data_options {
    const char *path;            /* folder, .npz or .npy; NULL with images */
    const char *images, *labels; /* .npy or IDX; labels may be NULL */
    octet_preprocess preprocess;
} octet_data_options;

typedef enum octet_split { OCTET_SPLIT_TRAIN = 0, OCTET_SPLIT_TEST = 1 } octet_split;

typedef struct octet_samples octet_samples; /* one split of one input */
typedef struct octet_dataset octet_dataset;

octet_status octet_dataset_open(octet_context *ctx, const octet_data_options *options, octet_dataset **out);
void octet_dataset_close(octet_context *ctx, octet_dataset *dataset);
/* A split; where the source has one split only (.npy, x/y), both names give it. Opening the other split's file is
 * put off until it is asked for. DATA when the source has no such split. */
octet_status octet_dataset_split(octet_context *ctx, octet_dataset *dataset, octet_split split, octet_samples **out);

size_t octet_samples_count(const octet_samples *samples);
/* Shape of one sample, without the batch: [28,28]; returns the rank. */
int32_t octet_samples_shape(const octet_samples *samples, int32_t dims[OCTET_DATA_MAX_RANK]);
bool octet_samples_has_labels(const octet_samples *samples);
int32_t octet_samples_n_classes(const octet_samples *samples);       /* 1 + largest label; 0 without labels */
const char *octet_samples_class_name(const octet_samples *samples, int32_t label); /* NULL when the source has no names */
int32_t octet_samples_label(const octet_samples *samples, size_t index);
/* The range of raw and of scaled values over what was read so far, for the report. */
void octet_samples_range(const octet_samples *samples, double *raw_min, double *raw_max, double *min, double *max);

/* Makes the samples fit a model input (dims without the batch): adds or removes axes of length 1, flattens; pictures are
 * resized. DATA states both shapes otherwise. */
octet_status octet_samples_adapt(octet_context *ctx, octet_samples *samples, int32_t rank, const int32_t *dims);

/* Makes samples [0, n) (or all listed by `indices`, n of them) ready in memory, in parallel; cheap when they are already.
 * After it octet_samples_read of these cannot fail. */
octet_status octet_samples_load(octet_context *ctx, octet_samples *samples, const size_t *indices, size_t n, octet_pool *pool);
/* One loaded sample as float32, scaled, in the adapted shape. Thread-safe. */
void octet_samples_read(const octet_samples *samples, size_t index, float *out);

/* n distinct-or-not indices in [0, n_samples): the calibration choice for a seed; the same on every machine. */
void octet_samples_choose(size_t n_samples, uint64_t seed, size_t n, size_t *indices);
/* Reads --indices FILE: a JSON array of numbers, or one number a line. */
octet_status octet_indices_read(octet_context *ctx, octet_arena *arena, const char *path, size_t n_samples, size_t **indices, size_t *n);

#endif
