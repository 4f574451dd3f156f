#include "formats/image/image.h"

#include "base/memory.h"

bool octet_image_is(octet_file_kind kind) {
    return kind == OCTET_FILE_PNG || kind == OCTET_FILE_JPEG || kind == OCTET_FILE_BMP;
}

const char *octet_image_unread(octet_file_kind kind) {
    switch ((int)kind) {
    case OCTET_FILE_WEBP: return "WebP";
    case OCTET_FILE_GIF: return "GIF";
    case OCTET_FILE_TIFF: return "TIFF";
    case OCTET_FILE_HEIF: return "HEIF or AVIF";
    default: return NULL;
    }
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
    const octet_file_kind kind = octet_file_kind_of(bytes);
    const char *unread = octet_image_unread(kind);
    OCTET_CHECK(ctx, unread == NULL, OCTET_UNSUPPORTED,
                "%s: a %s picture by its first bytes, which octet does not read: convert it to PNG or JPEG", name,
                unread);
    OCTET_CHECK(ctx, octet_image_is(kind), OCTET_UNSUPPORTED, "%s: no PNG, JPEG or BMP picture by its first bytes",
                name);
    const octet_status status = kind == OCTET_FILE_PNG    ? octet_png_read(ctx, bytes, name, measure_only, out)
                                : kind == OCTET_FILE_JPEG ? octet_jpeg_read(ctx, bytes, name, measure_only, out)
                                                          : octet_bmp_read(ctx, bytes, name, measure_only, out);
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
