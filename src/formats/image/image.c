#include "formats/image/image.h"

#include <string.h>

#include "base/memory.h"

octet_image_format octet_image_format_of(octet_bytes bytes) {
    if (bytes.size >= 8 && memcmp(bytes.data, "\x89PNG\r\n\x1a\n", 8) == 0) return OCTET_IMAGE_PNG;
    if (bytes.size >= 3 && memcmp(bytes.data, "\xff\xd8\xff", 3) == 0) return OCTET_IMAGE_JPEG;
    if (bytes.size >= 26 && memcmp(bytes.data, "BM", 2) == 0) return OCTET_IMAGE_BMP;
    return OCTET_IMAGE_NONE;
}

octet_status octet_image_prepare(octet_context *ctx, const char *name, uint64_t width, uint64_t height,
                                 bool measure_only, octet_image *out) {
    OCTET_CHECK(ctx, width > 0 && height > 0, OCTET_FORMAT, "%s: a picture without pixels: the file is corrupt", name);
    OCTET_CHECK(ctx,
                width <= OCTET_IMAGE_MAX_SIDE && height <= OCTET_IMAGE_MAX_SIDE &&
                    width * height <= OCTET_IMAGE_MAX_PIXELS,
                OCTET_LIMIT, "%s: %llu x %llu pixels: the limit is %d a side and %d in all", name,
                (unsigned long long)width, (unsigned long long)height, OCTET_IMAGE_MAX_SIDE, OCTET_IMAGE_MAX_PIXELS);
    out->width = (int32_t)width;
    out->height = (int32_t)height;
    if (measure_only) return OCTET_OK;
    return octet_memory_allocate(ctx, (size_t)(width * height * 3), (void **)&out->pixels);
}

void octet_image_free(octet_context *ctx, octet_image *image) {
    octet_memory_free(ctx, image->pixels);
    *image = (octet_image){0};
}

static octet_status read_any(octet_context *ctx, octet_bytes bytes, const char *name, bool measure_only,
                             octet_image *out) {
    *out = (octet_image){0};
    octet_status status = OCTET_OK;
    switch (octet_image_format_of(bytes)) {
    case OCTET_IMAGE_PNG: status = octet_png_read(ctx, bytes, name, measure_only, out); break;
    case OCTET_IMAGE_JPEG: status = octet_jpeg_read(ctx, bytes, name, measure_only, out); break;
    case OCTET_IMAGE_BMP: status = octet_bmp_read(ctx, bytes, name, measure_only, out); break;
    case OCTET_IMAGE_NONE:
        status = octet_context_fail(ctx, OCTET_UNSUPPORTED, "%s: no PNG, JPEG or BMP picture by its first bytes", name);
        break;
    }
    if (status != OCTET_OK) octet_image_free(ctx, out);
    return status;
}

octet_status octet_image_read(octet_context *ctx, octet_bytes bytes, const char *name, octet_image *out) {
    return read_any(ctx, bytes, name, false, out);
}

octet_status octet_image_measure(octet_context *ctx, octet_bytes bytes, const char *name, int32_t *width,
                                 int32_t *height) {
    octet_image image;
    OCTET_TRY(read_any(ctx, bytes, name, true, &image));
    *width = image.width;
    *height = image.height;
    return OCTET_OK;
}
