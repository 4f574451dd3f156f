/* PNG to RGB, by libpng. */
#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include "base/checked.h"
#include "base/memory.h"
#include "formats/image/image.h"
#include "formats/library.h"

/* libpng leaves by longjmp: everything that must survive it lives in this struct, not in registers. */
typedef struct png_reader {
    octet_context *ctx;
    octet_bytes bytes;
    size_t offset;
    const char *name;
    bool measure_only;
    octet_image *out;
    png_structp png;
    png_infop info;
    octet_status status;
    char message[160];
} png_reader;

static void on_error(png_structp png, png_const_charp message) {
    png_reader *r = png_get_error_ptr(png);
    snprintf(r->message, sizeof r->message, "%s", message);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message) { (void)png, (void)message; }

static void read_bytes(png_structp png, png_bytep to, png_size_t size) {
    png_reader *r = png_get_io_ptr(png);
    if (size > r->bytes.size - r->offset) png_error(png, "unexpected end of file");
    memcpy(to, r->bytes.data + r->offset, size);
    r->offset += size;
}

/* 8-bit RGB from whatever there is. Returns the number of passes (interlaced files have seven). */
static int convert_to_rgb(png_reader *r) {
    png_set_expand(r->png); /* palettes, 1, 2 and 4 bit grey, transparency by colour */
    png_set_strip_16(r->png);
    png_set_strip_alpha(r->png);
    png_set_gray_to_rgb(r->png);
    const int n_passes = png_set_interlace_handling(r->png);
    png_read_update_info(r->png, r->info);
    return n_passes;
}

/* Through the context, which remembers what was refused: libpng goes on without some of what it asks for, and calls the
 * rest damage. */
static void *take_memory(png_structp png, png_alloc_size_t size) {
    png_reader *r = png_get_mem_ptr(png);
    void *block;
    return octet_memory_allocate(r->ctx, size, &block) == OCTET_OK ? block : NULL;
}

static void give_memory(png_structp png, void *block) {
    png_reader *r = png_get_mem_ptr(png);
    octet_memory_free(r->ctx, block);
}

static octet_status read_rows(png_reader *r) {
    if (setjmp(png_jmpbuf(r->png)))
        return octet_context_fail(r->ctx, OCTET_FORMAT, "%s: %s: the PNG file is corrupt", r->name, r->message);
    png_read_info(r->png, r->info);
    const png_uint_32 width = png_get_image_width(r->png, r->info), height = png_get_image_height(r->png, r->info);
    /* A row takes at least a filter byte and a bit a pixel, deflated at most 1032 to 1. */
    const uint64_t least = (uint64_t)height * (1 + width / 8);
    OCTET_CHECK(r->ctx, least / 1032 <= r->bytes.size, OCTET_FORMAT,
                "%s: %u x %u pixels in %zu bytes: the PNG file is truncated", r->name, (unsigned)width,
                (unsigned)height, r->bytes.size);
    OCTET_CHECK(r->ctx, r->measure_only || (size_t)width * height * 3 <= octet_inflated_limit(r->bytes.size),
                OCTET_LIMIT,
                "%s: %u x %u pixels that are compressed to %zu bytes: the limit is 64 MiB or 100 times the compressed "
                "size; make the picture smaller",
                r->name, (unsigned)width, (unsigned)height, r->bytes.size);
    OCTET_TRY(octet_image_prepare(r->ctx, r->name, width, height, r->measure_only, r->out));
    if (r->measure_only) return OCTET_OK;
    const int n_passes = convert_to_rgb(r);
    OCTET_CHECK(r->ctx, png_get_rowbytes(r->png, r->info) == (size_t)width * 3, OCTET_FORMAT,
                "%s: rows of %zu bytes: the PNG file is corrupt", r->name, (size_t)png_get_rowbytes(r->png, r->info));
    if (n_passes > 1) memset(r->out->pixels, 0, (size_t)width * height * 3);
    for (int pass = 0; pass < n_passes; pass++)
        for (png_uint_32 y = 0; y < height; y++) png_read_row(r->png, r->out->pixels + (size_t)y * width * 3, NULL);
    return OCTET_OK;
}

octet_status octet_png_read(octet_context *ctx, octet_bytes bytes, const char *name, bool measure_only,
                            octet_image *out) {
    OCTET_TRY(octet_library_load(ctx, OCTET_LIBRARY_PNG, name));
    png_reader r = {.ctx = ctx, .bytes = bytes, .name = name, .measure_only = measure_only, .out = out};
    r.png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &r, on_error, on_warning, &r, take_memory, give_memory);
    if (r.png != NULL) r.info = png_create_info_struct(r.png);
    if (r.info == NULL) {
        png_destroy_read_struct(&r.png, NULL, NULL);
        return octet_context_fail(ctx, OCTET_NOMEM, "%s: out of memory for PNG", name); /* or what was said already */
    }
    png_set_read_fn(r.png, &r, read_bytes);
    png_set_user_limits(r.png, OCTET_IMAGE_MAX_SIDE, OCTET_IMAGE_MAX_SIDE);
    png_set_chunk_malloc_max(r.png, 8 << 20); /* texts and profiles, which are not looked at */
    png_set_keep_unknown_chunks(r.png, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
    r.status = read_rows(&r);
    png_destroy_read_struct(&r.png, &r.info, NULL);
    return r.status != OCTET_OK ? r.status : ctx->status;
}
