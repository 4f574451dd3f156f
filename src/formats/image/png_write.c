/* PNG from pixels (ISO/IEC 15948):
 *   1. 8 bytes of signature;
 *   2. chunks: length (4), name (4), data, CRC-32 of name and data (4), numbers with their high byte first:
 *      IHDR: width, height, bits of a sample, colour type, 0 (deflate), 0 (filters by row), 0 (not interlaced);
 *      IDAT: a zlib stream of rows, each behind the number of its filter; IEND: empty. */
#include <libdeflate.h>
#include <string.h>

#include "formats/image/image.h"
#include "formats/library.h"

static octet_status append_u32be(octet_context *ctx, octet_buffer *out, uint32_t x) {
    const uint8_t bytes[] = {(uint8_t)(x >> 24), (uint8_t)(x >> 16), (uint8_t)(x >> 8), (uint8_t)x};
    return octet_buffer_append(ctx, out, bytes, sizeof bytes);
}

static octet_status append_chunk(octet_context *ctx, octet_buffer *out, const char *name, octet_bytes data) {
    OCTET_TRY(append_u32be(ctx, out, (uint32_t)data.size));
    const size_t begin = out->size;
    OCTET_TRY(octet_buffer_append(ctx, out, name, 4));
    OCTET_TRY(octet_buffer_append(ctx, out, data.data, data.size));
    return append_u32be(ctx, out, libdeflate_crc32(0, out->data + begin, out->size - begin));
}

/* Each row behind a 1: the filter that takes the pixel before from each pixel. */
static void filter_rows(const uint8_t *pixels, size_t height, size_t row_bytes, size_t n_channels, uint8_t *to) {
    for (size_t y = 0; y < height; y++, pixels += row_bytes) {
        *to++ = 1;
        for (size_t i = 0; i < row_bytes; i++)
            *to++ = (uint8_t)(pixels[i] - (i >= n_channels ? pixels[i - n_channels] : 0));
    }
}

static octet_status append_pixels(octet_context *ctx, octet_arena *scratch, const uint8_t *filtered, size_t size,
                                  octet_buffer *out) {
    enum { LEVEL = 9 };
    uint8_t *packed;
    struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(LEVEL);
    OCTET_CHECK(ctx, compressor != NULL, OCTET_NOMEM, "out of memory for PNG");
    const size_t room = libdeflate_zlib_compress_bound(compressor, size);
    octet_status status = OCTET_NEW(ctx, scratch, room, &packed);
    if (status == OCTET_OK) {
        const size_t n = libdeflate_zlib_compress(compressor, filtered, size, packed, room);
        status = append_chunk(ctx, out, "IDAT", (octet_bytes){packed, n});
    }
    libdeflate_free_compressor(compressor);
    return status;
}

octet_status octet_png_write(octet_context *ctx, const uint8_t *pixels, uint32_t width, uint32_t height,
                             uint32_t n_channels, octet_buffer *out) {
    enum { GREY = 0, RGB = 2 };
    octet_arena scratch = {0};
    octet_buffer header = {0};
    uint8_t *filtered;
    const size_t row_bytes = (size_t)width * n_channels, size = height * (row_bytes + 1);
    const uint8_t rest[] = {8, n_channels == 3 ? RGB : GREY, 0, 0, 0};
    OCTET_TRY(octet_library_load(ctx, OCTET_LIBRARY_DEFLATE, "PNG"));
    octet_status status = octet_buffer_append(ctx, out, "\x89PNG\r\n\x1a\n", 8);
    if (status == OCTET_OK) status = append_u32be(ctx, &header, width);
    if (status == OCTET_OK) status = append_u32be(ctx, &header, height);
    if (status == OCTET_OK) status = octet_buffer_append(ctx, &header, rest, sizeof rest);
    if (status == OCTET_OK) status = append_chunk(ctx, out, "IHDR", (octet_bytes){header.data, header.size});
    if (status == OCTET_OK) status = OCTET_NEW(ctx, &scratch, size, &filtered);
    if (status == OCTET_OK) {
        filter_rows(pixels, height, row_bytes, n_channels, filtered);
        status = append_pixels(ctx, &scratch, filtered, size, out);
    }
    if (status == OCTET_OK) status = append_chunk(ctx, out, "IEND", (octet_bytes){(const uint8_t *)"", 0});
    octet_buffer_free(ctx, &header);
    octet_arena_free(ctx, &scratch);
    return status;
}
