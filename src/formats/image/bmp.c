#include <string.h>

#include "formats/image/image.h"

/* 1. "BM", file size (4), reserved (4), offset of the pixels (4).
 * 2. Header: its size (4; 12 is OS/2's with 16-bit sides, else 40 or more), width (4), height (4, negative: top row
 * first), planes (2), bits a pixel (2), compression (4), size of the pixels (4), resolution (8), number of colours (4),
 * ...
 * 3. Palette: blue, green, red, and from header size 40 on a fourth byte.
 * 4. Rows, bottom first, each padded to 4 bytes; blue, green, red (, anything). */
typedef struct bmp {
    uint32_t offset, header_size, bits, compression, n_colors;
    int64_t width, height;
    size_t entry_size, palette_at;
} bmp;

static octet_status read_header(octet_context *ctx, octet_bytes bytes, const char *name, bmp *out) {
    uint32_t width = 0, height = 0;
    uint16_t narrow = 0, tall = 0, bits = 0;
    bool complete = octet_bytes_u32le(bytes, 10, &out->offset) && octet_bytes_u32le(bytes, 14, &out->header_size);
    if (complete && out->header_size == 12) {
        complete = octet_bytes_u16le(bytes, 18, &narrow) && octet_bytes_u16le(bytes, 20, &tall) &&
                   octet_bytes_u16le(bytes, 24, &bits);
        out->width = narrow;
        out->height = tall;
        out->entry_size = 3;
    } else if (complete) {
        complete = octet_bytes_u32le(bytes, 18, &width) && octet_bytes_u32le(bytes, 22, &height) &&
                   octet_bytes_u16le(bytes, 28, &bits) && octet_bytes_u32le(bytes, 30, &out->compression) &&
                   octet_bytes_u32le(bytes, 46, &out->n_colors);
        out->width = (int32_t)width;
        out->height = (int32_t)height;
        out->entry_size = 4;
    }
    out->bits = bits;
    out->palette_at = 14 + (size_t)out->header_size;
    OCTET_CHECK(
        ctx, complete && (out->header_size == 12 || out->header_size >= 40) && out->width > 0 && out->height != 0,
        OCTET_FORMAT, "%s: no valid header in %zu bytes: the BMP file is truncated or corrupt", name, bytes.size);
    /* 32 bits with masks (3) are read as blue, green, red, alpha: the only masks in use. */
    OCTET_CHECK(ctx, out->compression == 0 || (out->compression == 3 && bits == 32), OCTET_UNSUPPORTED,
                "%s: BMP compression %u; save it uncompressed", name, (unsigned)out->compression);
    OCTET_CHECK(ctx, bits == 8 || bits == 24 || bits == 32, OCTET_UNSUPPORTED,
                "%s: BMP of %u bits a pixel; 8, 24 and 32 are supported", name, (unsigned)bits);
    if (out->n_colors == 0) out->n_colors = 256;
    return OCTET_OK;
}

octet_status octet_bmp_read(octet_context *ctx, octet_bytes bytes, const char *name, bool measure_only,
                            octet_image *out) {
    bmp b = {0};
    OCTET_TRY(read_header(ctx, bytes, name, &b));
    const bool top_first = b.height < 0;
    OCTET_TRY(
        octet_image_prepare(ctx, name, (uint64_t)b.width, (uint64_t)(top_first ? -b.height : b.height), true, out));
    const size_t width = (size_t)out->width, height = (size_t)out->height, pixel = b.bits / 8,
                 row_size = (width * pixel + 3) & ~(size_t)3;
    OCTET_CHECK(ctx, octet_bytes_inside(bytes, b.offset, row_size * (height - 1) + width * pixel), OCTET_FORMAT,
                "%s: %zu x %zu pixels of %u bits need %zu bytes, the file holds %zu: it is truncated", name, width,
                height, (unsigned)b.bits, b.offset + row_size * height, bytes.size);
    OCTET_CHECK(
        ctx, b.bits != 8 || (b.n_colors <= 256 && octet_bytes_inside(bytes, b.palette_at, b.n_colors * b.entry_size)),
        OCTET_FORMAT, "%s: the palette of %u colours is not there: the BMP file is corrupt", name,
        (unsigned)b.n_colors);
    OCTET_TRY(octet_image_prepare(ctx, name, width, height, measure_only, out));
    if (measure_only) return OCTET_OK;
    static const uint8_t black[4];
    for (size_t y = 0; y < height; y++) {
        const uint8_t *from = bytes.data + b.offset + row_size * (top_first ? y : height - 1 - y);
        uint8_t *to = out->pixels + y * width * 3;
        for (size_t x = 0; x < width; x++) {
            const uint8_t *bgr = from + x * pixel;
            if (b.bits == 8) bgr = *bgr < b.n_colors ? bytes.data + b.palette_at + *bgr * b.entry_size : black;
            for (size_t c = 0; c < 3; c++) to[3 * x + c] = bgr[2 - c];
        }
    }
    return OCTET_OK;
}
