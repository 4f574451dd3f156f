/* MemorySanitizer sees only code that clang compiled with it. What the other libraries write is marked here as
 * initialized, and nowhere else: the linker puts each __wrap_x in the place of x (--wrap; the names are in
 * CMakeLists.txt). */
#include <libdeflate.h>
#include <png.h>
#include <sanitizer/msan_interface.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <zlib.h>

#include <jpeglib.h>

/* A function that stands in the place of `name`, which is __real_name in it. */
#define INSTEAD_OF(type, name, ...)                                         \
    type __real_##name(__VA_ARGS__);                                        \
    __attribute__((visibility("default"))) type __wrap_##name(__VA_ARGS__); \
    type __wrap_##name(__VA_ARGS__)

INSTEAD_OF(int, inflate, z_stream *z, int flush) {
    uint8_t *begin = z->next_out;
    const int result = __real_inflate(z, flush);
    __msan_unpoison(begin, (size_t)(z->next_out - begin));
    return result;
}

INSTEAD_OF(enum libdeflate_result, libdeflate_gzip_decompress_ex, struct libdeflate_decompressor *d, const void *in,
           size_t in_size, void *out, size_t room, size_t *consumed, size_t *produced) {
    const enum libdeflate_result result =
        __real_libdeflate_gzip_decompress_ex(d, in, in_size, out, room, consumed, produced);
    if (result == LIBDEFLATE_SUCCESS) __msan_unpoison(out, *produced);
    return result;
}

INSTEAD_OF(enum libdeflate_result, libdeflate_deflate_decompress_ex, struct libdeflate_decompressor *d, const void *in,
           size_t in_size, void *out, size_t room, size_t *consumed, size_t *produced) {
    const enum libdeflate_result result =
        __real_libdeflate_deflate_decompress_ex(d, in, in_size, out, room, consumed, produced);
    if (result == LIBDEFLATE_SUCCESS) __msan_unpoison(out, *produced);
    return result;
}

INSTEAD_OF(size_t, libdeflate_zlib_compress, struct libdeflate_compressor *c, const void *in, size_t in_size, void *out,
           size_t room) {
    const size_t n = __real_libdeflate_zlib_compress(c, in, in_size, out, room);
    __msan_unpoison(out, n);
    return n;
}

/* libpng leaves by png_longjmp in the middle of a call. */
static _Thread_local size_t png_row_bytes;
static _Thread_local bool png_is_called;

static void png_call(bool begins) {
    if (begins && !png_is_called) __msan_scoped_disable_interceptor_checks();
    if (!begins && png_is_called) __msan_scoped_enable_interceptor_checks();
    png_is_called = begins;
}

INSTEAD_OF(void, png_longjmp, png_const_structrp png, int value) {
    png_call(false);
    __real_png_longjmp(png, value);
}

INSTEAD_OF(void, png_read_info, png_structrp png, png_inforp info) {
    png_call(true);
    __real_png_read_info(png, info);
    png_call(false);
}

INSTEAD_OF(void, png_read_update_info, png_structrp png, png_inforp info) {
    png_call(true);
    __real_png_read_update_info(png, info);
    png_call(false);
    png_row_bytes = png_get_rowbytes(png, info);
}

INSTEAD_OF(void, png_read_row, png_structrp png, png_bytep row, png_bytep display) {
    png_call(true);
    __real_png_read_row(png, row, display);
    png_call(false);
    __msan_unpoison(row, png_row_bytes);
}

INSTEAD_OF(JDIMENSION, jpeg_read_scanlines, j_decompress_ptr jpeg, JSAMPARRAY rows, JDIMENSION n) {
    const JDIMENSION n_read = __real_jpeg_read_scanlines(jpeg, rows, n);
    for (JDIMENSION i = 0; i < n_read; i++)
        __msan_unpoison(rows[i], (size_t)jpeg->output_width * (size_t)jpeg->output_components);
    return n_read;
}

INSTEAD_OF(int, posix_spawn, pid_t *id, const char *path, const posix_spawn_file_actions_t *actions,
           const posix_spawnattr_t *attributes, char *const arguments[], char *const environment[]) {
    const int error = __real_posix_spawn(id, path, actions, attributes, arguments, environment);
    if (error == 0 && id != NULL) __msan_unpoison(id, sizeof *id);
    return error;
}

INSTEAD_OF(int, fstat64, int descriptor, struct stat *out) {
    const int result = __real_fstat64(descriptor, out);
    if (result == 0) __msan_unpoison(out, sizeof *out);
    return result;
}

INSTEAD_OF(int, stat64, const char *path, struct stat *out) {
    const int result = __real_stat64(path, out);
    if (result == 0) __msan_unpoison(out, sizeof *out);
    return result;
}

/* Tests write with these. */
INSTEAD_OF(size_t, libdeflate_gzip_compress, struct libdeflate_compressor *c, const void *in, size_t in_size, void *out,
           size_t room) {
    const size_t size = __real_libdeflate_gzip_compress(c, in, in_size, out, room);
    __msan_unpoison(out, size);
    return size;
}

static unsigned char **jpeg_bytes;
static unsigned long *jpeg_size;

INSTEAD_OF(void, jpeg_mem_dest, j_compress_ptr jpeg, unsigned char **bytes, unsigned long *size) {
    jpeg_bytes = bytes;
    jpeg_size = size;
    __real_jpeg_mem_dest(jpeg, bytes, size);
}

INSTEAD_OF(void, jpeg_finish_compress, j_compress_ptr jpeg) {
    __real_jpeg_finish_compress(jpeg);
    __msan_unpoison(*jpeg_bytes, *jpeg_size);
}
