#include "support/fixture.h"

#include <png.h>

#include <jpeglib.h>

#include "formats/image/image.h"

/* A picture of a known pattern: red falls with x, green with y. */
static void fill(uint8_t *rgb, int width, int height) {
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            uint8_t *pixel = rgb + 3 * (y * width + x);
            pixel[0] = (uint8_t)(250 - 10 * x);
            pixel[1] = (uint8_t)(20 * y);
            pixel[2] = 7;
        }
}

static octet_bytes make_png(int width, int height, png_uint_32 format, const void *pixels, const void *palette) {
    static uint8_t bytes[1 << 16];
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = (png_uint_32)width,
                       .height = (png_uint_32)height,
                       .format = format,
                       .colormap_entries = 4};
    png_alloc_size_t size = sizeof bytes;
    assert_true(png_image_write_to_memory(&image, bytes, &size, 0, pixels, 0, palette));
    return (octet_bytes){bytes, size};
}

static octet_bytes make_jpeg(int width, int height, const uint8_t *rgb, bool progressive) {
    static unsigned char *bytes;
    unsigned long size = 0;
    free(bytes);
    bytes = NULL;
    struct jpeg_error_mgr errors;
    struct jpeg_compress_struct jpeg = {.err = jpeg_std_error(&errors)};
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &bytes, &size);
    jpeg.image_width = (JDIMENSION)width;
    jpeg.image_height = (JDIMENSION)height;
    jpeg.input_components = 3;
    jpeg.in_color_space = JCS_RGB;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, 100, TRUE);
    if (progressive) jpeg_simple_progression(&jpeg);
    jpeg_start_compress(&jpeg, TRUE);
    for (int y = 0; y < height; y++) {
        JSAMPROW row = (JSAMPROW)(uintptr_t)(rgb + 3 * y * width);
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    return (octet_bytes){bytes, size};
}

static octet_bytes make_bmp(int width, int height, int bits, const uint8_t *rgb, bool top_first) {
    static uint8_t bytes[1 << 16];
    memset(bytes, 0, sizeof bytes);
    const int pixel = bits / 8, row = (width * pixel + 3) / 4 * 4, offset = 54 + (bits == 8 ? 1024 : 0);
    const int32_t signed_height = top_first ? -height : height;
    memcpy(bytes, "BM", 2);
    bytes[10] = (uint8_t)(offset & 255);
    bytes[11] = (uint8_t)(offset >> 8);
    bytes[14] = 40;
    memcpy(bytes + 18, &width, 4);
    memcpy(bytes + 22, &signed_height, 4);
    bytes[26] = 1;
    bytes[28] = (uint8_t)bits;
    for (int i = 0; i < 256 && bits == 8; i++) memset(bytes + 54 + 4 * i, i, 3);
    for (int y = 0; y < height; y++) {
        uint8_t *to = bytes + offset + row * (top_first ? y : height - 1 - y);
        for (int x = 0; x < width; x++) {
            const uint8_t *from = rgb + 3 * (y * width + x);
            if (bits == 8) to[x] = from[0];
            else
                for (int c = 0; c < 3; c++) to[x * pixel + c] = from[2 - c];
        }
    }
    return (octet_bytes){bytes, (size_t)(offset + row * height)};
}

static void check(octet_bytes bytes, int width, int height, const uint8_t *rgb, int tolerance) {
    octet_context ctx;
    octet_context_init(&ctx);
    octet_image image;
    int32_t w, h;
    assert_int_equal(octet_image_measure(&ctx, bytes, "p", &w, &h), OCTET_OK);
    assert_true(w == width && h == height);
    assert_int_equal(octet_image_read(&ctx, bytes, "p", &image), OCTET_OK);
    assert_true(image.width == width && image.height == height);
    for (int i = 0; i < 3 * width * height; i++) assert_true(abs(image.pixels[i] - rgb[i]) <= tolerance);
    octet_image_free(&ctx, &image);
    assert_int_equal(ctx.memory_bytes, 0);
}

enum { WIDTH = 13, HEIGHT = 9, N = WIDTH * HEIGHT };

static void pictures_are_read(void **state) {
    (void)state;
    uint8_t rgb[3 * N], grey[N], grey_rgb[3 * N], rgba[4 * N];
    fill(rgb, WIDTH, HEIGHT);
    for (int i = 0; i < N; i++) {
        memset(grey_rgb + 3 * i, rgb[3 * i], 3);
        grey[i] = rgb[3 * i];
        memcpy(rgba + 4 * i, rgb + 3 * i, 3);
        rgba[4 * i + 3] = (uint8_t)i;
    }
    check(make_png(WIDTH, HEIGHT, PNG_FORMAT_RGB, rgb, NULL), WIDTH, HEIGHT, rgb, 0);
    check(make_png(WIDTH, HEIGHT, PNG_FORMAT_RGBA, rgba, NULL), WIDTH, HEIGHT, rgb, 0);
    check(make_png(WIDTH, HEIGHT, PNG_FORMAT_GRAY, grey, NULL), WIDTH, HEIGHT, grey_rgb, 0);
    check(make_jpeg(WIDTH, HEIGHT, grey_rgb, false), WIDTH, HEIGHT, grey_rgb, 3);
    check(make_jpeg(WIDTH, HEIGHT, rgb, true), WIDTH, HEIGHT, rgb, 40); /* its chroma has half the resolution */
    check(make_bmp(WIDTH, HEIGHT, 24, rgb, false), WIDTH, HEIGHT, rgb, 0);
    check(make_bmp(WIDTH, HEIGHT, 32, rgb, true), WIDTH, HEIGHT, rgb, 0);
    check(make_bmp(WIDTH, HEIGHT, 8, rgb, false), WIDTH, HEIGHT, grey_rgb, 0);
}

/* What is written as PNG is read again. */
static void pictures_are_written(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    uint8_t rgb[3 * N], grey[N], grey_rgb[3 * N];
    fill(rgb, WIDTH, HEIGHT);
    for (int i = 0; i < N; i++) {
        grey[i] = rgb[3 * i];
        memset(grey_rgb + 3 * i, grey[i], 3);
    }
    octet_buffer buffer = {0};
    assert_int_equal(octet_png_write(&ctx, rgb, WIDTH, HEIGHT, 3, &buffer), OCTET_OK);
    check((octet_bytes){buffer.data, buffer.size}, WIDTH, HEIGHT, rgb, 0);
    buffer.size = 0;
    assert_int_equal(octet_png_write(&ctx, grey, WIDTH, HEIGHT, 1, &buffer), OCTET_OK);
    check((octet_bytes){buffer.data, buffer.size}, WIDTH, HEIGHT, grey_rgb, 0);
    octet_buffer_free(&ctx, &buffer);
    assert_int_equal(ctx.memory_bytes, 0);
}

static void palettes_are_read(void **state) {
    (void)state;
    const uint8_t palette[12] = {10, 20, 30, 40, 50, 60, 70, 80, 90, 1, 2, 3}, indices[4] = {3, 0, 1, 2};
    const uint8_t rgb[12] = {1, 2, 3, 10, 20, 30, 40, 50, 60, 70, 80, 90};
    check(make_png(2, 2, PNG_FORMAT_RGB_COLORMAP, indices, palette), 2, 2, rgb, 0);
}

static octet_status parse(octet_context *ctx, octet_bytes bytes) {
    octet_image image;
    const octet_status status = octet_image_read(ctx, bytes, "damaged", &image);
    octet_image_free(ctx, &image);
    return status;
}

static void damage_is_survived(void **state) {
    (void)state;
    uint8_t rgb[3 * N];
    fill(rgb, WIDTH, HEIGHT);
    /* PNG's and JPEG's last bytes are not needed for the pixels. */
    assert_in_range(fixture_sweep(make_png(WIDTH, HEIGHT, PNG_FORMAT_RGB, rgb, NULL), 1, parse), 0, 24);
    assert_in_range(fixture_sweep(make_jpeg(WIDTH, HEIGHT, rgb, false), 1, parse), 0, 24);
    assert_in_range(fixture_sweep(make_jpeg(WIDTH, HEIGHT, rgb, true), 1, parse), 0, 60);
    assert_in_range(fixture_sweep(make_bmp(WIDTH, HEIGHT, 24, rgb, false), 1, parse), 0, 3);
    assert_in_range(fixture_sweep(make_bmp(WIDTH, HEIGHT, 8, rgb, false), 1, parse), 0, 3);
}

/* Whichever allocation is refused: out of memory, and never a corrupt file. */
static void a_lack_of_memory_is_told(void **state) {
    (void)state;
    uint8_t rgb[3 * N];
    fill(rgb, WIDTH, HEIGHT);
    for (int i = 0; i < 3; i++) {
        const octet_bytes bytes = i == 0   ? make_png(WIDTH, HEIGHT, PNG_FORMAT_RGB, rgb, NULL)
                                  : i == 1 ? make_jpeg(WIDTH, HEIGHT, rgb, true)
                                           : make_bmp(WIDTH, HEIGHT, 24, rgb, false);
        for (uint64_t n = 1;; n++) {
            octet_context ctx;
            octet_context_init(&ctx);
            ctx.fail_allocation = n;
            const octet_status status = parse(&ctx, bytes);
            assert_int_equal(ctx.memory_bytes, 0);
            if (ctx.n_allocations < n) {
                assert_int_equal(status, OCTET_OK);
                assert_true(i != 0 || n > 5); /* libpng's own are among them */
                break;
            }
            assert_int_equal(status, OCTET_NOMEM);
        }
    }
}

static void limits_hold(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    uint8_t rgb[3 * N] = {0};
    octet_image image;
    octet_bytes bmp = make_bmp(WIDTH, HEIGHT, 24, rgb, false);
    uint8_t *bytes = (uint8_t *)(uintptr_t)bmp.data;
    bytes[20] = 1; /* width + 65536 */
    assert_int_equal(octet_image_read(&ctx, bmp, "wide.bmp", &image), OCTET_LIMIT);
    octet_context_clear(&ctx);
    bytes[20] = 0;
    bytes[30] = 1; /* run-length compression */
    assert_int_equal(octet_image_read(&ctx, bmp, "rle.bmp", &image), OCTET_UNSUPPORTED);
    octet_context_clear(&ctx);
    assert_int_equal(octet_image_read(&ctx, (octet_bytes){(const uint8_t *)"GIF89a", 6}, "x.gif", &image),
                     OCTET_UNSUPPORTED);
    assert_string_equal(
        ctx.message, "x.gif: a GIF picture by its first bytes, which octet does not read: convert it to PNG or JPEG");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pictures_are_read),        cmocka_unit_test(pictures_are_written),
        cmocka_unit_test(palettes_are_read),        cmocka_unit_test(damage_is_survived),
        cmocka_unit_test(a_lack_of_memory_is_told), cmocka_unit_test(limits_hold)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
