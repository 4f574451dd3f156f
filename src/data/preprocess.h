/* data/preprocess.h - from stored values to what the model was trained on.
 * In:  options: a preset, or scale and offset (of all channels or of each), or nothing.
 * Out: one function of a value and its channel, and tables of it for bytes.
 * Knows: the presets.
 * Does not know: files. */
#ifndef OCTET_DATA_PREPROCESS_H
#define OCTET_DATA_PREPROCESS_H

#include "base/buffer.h"

typedef struct octet_preprocess {
    bool given;      /* scale and offset were given; false without a preset: uint8 data (pictures too) are divided by
                      * 255, all other data are taken as they are */
    bool by_channel; /* scale and offset have 3 numbers each, for the channels of the last dimension; else only [0] */
    double scale[3], offset[3]; /* float32(x) * float32(scale) + float32(offset) in float32, rounded twice; --mean M
                                 * --std S is scale 1/S, offset -M/S */
    const char *preset;         /* a name below, or NULL; wins over scale and offset */
    const char *columns;        /* a file (data/columns.h) that scales column by column, or NULL; alone */
    octet_bytes columns_bytes;  /* not NULL: that file in memory, which `columns` names in messages */
    uint64_t columns_hash;      /* of what it says (octet_columns), once it is read: octet_dataset_preprocess */
} octet_preprocess;

/* The presets, in float32 arithmetic, each operation rounded:
 *   raw                x
 *   unit               x / 255
 *   mobilenet          x / 127.5 - 1 (Keras's preprocess_input, mode "tf": MobileNet, Inception, Xception, ...)
 *   teachable-machine  the same; pictures are cut to the middle and resized as its exported program does
 *   imagenet           (x / 255 - mean) / std by channel (mode "torch": DenseNet, EfficientNet of others, ...)
 *   caffe              blue, green, red minus 103.939, 116.779, 123.68 (mode "caffe": ResNet50, VGG)
 * The last two need 3 channels in the last dimension. The list of their names ends with NULL. */
extern const char *const octet_preset_names[];

typedef enum octet_scaling {
    OCTET_SCALING_RAW,
    OCTET_SCALING_UNIT,
    OCTET_SCALING_SYMMETRIC,
    OCTET_SCALING_TORCH,
    OCTET_SCALING_CAFFE,
    OCTET_SCALING_AFFINE
} octet_scaling;

typedef struct octet_scaler {
    octet_scaling scaling;
    bool crops;         /* pictures are cut to the middle (teachable-machine) */
    bool swaps;         /* channels are taken last first (caffe) */
    int32_t n_channels; /* 3 when channels differ, else 1 */
    float scale[3], offset[3];
    float tables[3][256]; /* of bytes, by channel of the result */
} octet_scaler;

/* is_u8: the data are uint8, which matters only without options. USAGE names an unknown preset and the known ones, or a
 * scale or offset that is not finite. */
octet_status octet_scaler_create(octet_context *ctx, const octet_preprocess *options, bool is_u8, octet_scaler *out);
/* The options in words, the same words for the same options and no others; cut where they are longer than `text`, which
 * has OCTET_PREPROCESS_TEXT bytes and is returned. */
enum { OCTET_PREPROCESS_TEXT = 256 };
const char *octet_preprocess_text(const octet_preprocess *options, char text[OCTET_PREPROCESS_TEXT]);
/* channel: of the result, < n_channels. */
float octet_scaler_apply(const octet_scaler *scaler, int32_t channel, float value);

#endif
