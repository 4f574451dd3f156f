/* formats/image/image.h - pictures as RGB bytes.
 * In:  bytes of a PNG, JPEG or BMP file, told apart by content; pixels.
 * Out: [height, width, 3] uint8, red first; a PNG.
 * Knows: libpng, libjpeg-turbo, and BMP itself.
 * Does not know: resizing, scaling. Colour profiles, gamma and the orientation of EXIF are ignored, transparency is
 *        dropped, 16-bit samples keep their high byte: as Pillow's convert("RGB") and TensorFlow's decoders do. */
#ifndef OCTET_FORMATS_IMAGE_IMAGE_H
#define OCTET_FORMATS_IMAGE_IMAGE_H

#include "base/buffer.h"
#include "formats/kind.h"

enum { OCTET_IMAGE_MAX_SIDE = 1 << 15, OCTET_IMAGE_MAX_PIXELS = 1 << 26 };

typedef struct octet_image {
    int32_t width, height;
    uint8_t *pixels; /* height * width * 3 */
} octet_image;

bool octet_image_is(octet_file_kind kind); /* PNG, JPEG, BMP */
/* "WebP": the name of a kind of pictures that octet does not read; NULL for all other kinds. */
const char *octet_image_unread(octet_file_kind kind);
/* Width and height only, from the header; much cheaper than decoding. */
octet_status octet_image_measure(octet_context *ctx, octet_bytes bytes, const char *name, int32_t *width,
                                 int32_t *height);
/* Errors: FORMAT (corrupt or truncated), UNSUPPORTED (no known format, compressed BMP), LIMIT (a side or the number of
 * pixels), NOMEM. */
octet_status octet_image_read(octet_context *ctx, octet_bytes bytes, const char *name, octet_image *out);
void octet_image_free(octet_context *ctx, octet_image *image); /* zeroes it */

/* Appends a PNG of height * width * n_channels bytes, row by row: grey (n_channels 1) or RGB (3). Errors: LIMIT, NOMEM.
 */
octet_status octet_png_write(octet_context *ctx, const uint8_t *pixels, uint32_t width, uint32_t height,
                             uint32_t n_channels, octet_buffer *out);

/* The three formats; measure_only: pixels stays NULL. Called by octet_image_read. */
octet_status octet_png_read(octet_context *ctx, octet_bytes bytes, const char *name, bool measure_only,
                            octet_image *out);
octet_status octet_jpeg_read(octet_context *ctx, octet_bytes bytes, const char *name, bool measure_only,
                             octet_image *out);
octet_status octet_bmp_read(octet_context *ctx, octet_bytes bytes, const char *name, bool measure_only,
                            octet_image *out);
/* Checks the sides and allocates the pixels (not with measure_only). */
octet_status octet_image_prepare(octet_context *ctx, const char *name, uint64_t width, uint64_t height,
                                 bool measure_only, octet_image *out);

#endif
