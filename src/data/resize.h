/* data/resize.h - pictures brought to the size of a model's input.
 * In:  RGB bytes.
 * Out: RGB as float32 or bytes.
 * Knows: two methods, each equal to the program that it repeats.
 * Does not know: files, scaling of values. */
#ifndef OCTET_DATA_RESIZE_H
#define OCTET_DATA_RESIZE_H

#include "base/memory.h"
#include "formats/image/image.h"

/* As tf.image.resize and Keras's image_dataset_from_directory by default: bilinear, half-pixel centres, no
 * antialiasing, both sides stretched, float32 result (not rounded). out: [height, width, 3]. */
octet_status octet_resize_bilinear(octet_context *ctx, const octet_image *image, int32_t width, int32_t height,
                                   float *out);
/* As Pillow's ImageOps.fit(image, (width, height), LANCZOS), which the program exported by Teachable Machine does: the
 * largest middle part with the ratio of the result, resized by a Lanczos window of 3 that widens when it shrinks,
 * columns then rows, each rounded to bytes (Pillow 13 takes rows first where that is less work, which changes some
 * bytes). out: [height, width, 3]. */
octet_status octet_resize_fit(octet_context *ctx, const octet_image *image, int32_t width, int32_t height,
                              uint8_t *out);

#endif
