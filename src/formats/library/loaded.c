/* Functions of the names that the libraries give theirs, which call those: so the code of the formats is the same
 * whether a library is linked or loaded. The names of the files come from CMakeLists.txt: those that the linker would
 * have put into the program. What is loaded stays, and is all that the process keeps of it. */
#include "formats/library.h"

#include <dlfcn.h>
#include <libdeflate.h>
#include <png.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include <jpeglib.h>

#define ZLIB_CALLS(X) X(inflateInit2_) X(inflate) X(inflateReset) X(inflateEnd)
#define DEFLATE_CALLS(X)              \
    X(libdeflate_alloc_compressor)    \
    X(libdeflate_free_compressor)     \
    X(libdeflate_zlib_compress_bound) \
    X(libdeflate_zlib_compress)       \
    X(libdeflate_alloc_decompressor)  \
    X(libdeflate_free_decompressor)   \
    X(libdeflate_gzip_decompress_ex) X(libdeflate_deflate_decompress_ex) X(libdeflate_crc32)
#define PNG_CALLS(X)               \
    X(png_create_read_struct_2)    \
    X(png_create_info_struct)      \
    X(png_destroy_read_struct)     \
    X(png_error)                   \
    X(png_longjmp)                 \
    X(png_set_longjmp_fn)          \
    X(png_get_error_ptr)           \
    X(png_get_io_ptr)              \
    X(png_get_mem_ptr)             \
    X(png_get_image_width)         \
    X(png_get_image_height)        \
    X(png_get_rowbytes)            \
    X(png_read_info)               \
    X(png_read_update_info)        \
    X(png_read_row)                \
    X(png_set_chunk_malloc_max)    \
    X(png_set_expand)              \
    X(png_set_gray_to_rgb)         \
    X(png_set_interlace_handling)  \
    X(png_set_keep_unknown_chunks) \
    X(png_set_read_fn) X(png_set_strip_16) X(png_set_strip_alpha) X(png_set_user_limits)
#define JPEG_CALLS(X)          \
    X(jpeg_std_error)          \
    X(jpeg_CreateDecompress)   \
    X(jpeg_destroy_decompress) \
    X(jpeg_mem_src) X(jpeg_read_header) X(jpeg_start_decompress) X(jpeg_read_scanlines)

/* Pointers only, in the order of the lists. */
#define POINTER(name) __typeof__(name) *name;
static struct { ZLIB_CALLS(POINTER) DEFLATE_CALLS(POINTER) PNG_CALLS(POINTER) JPEG_CALLS(POINTER) } calls;

#define NAME(name) #name,
static const char *const zlib_names[] = {ZLIB_CALLS(NAME) NULL}, *const deflate_names[] = {DEFLATE_CALLS(NAME) NULL},
                         *const png_names[] = {PNG_CALLS(NAME) NULL}, *const jpeg_names[] = {JPEG_CALLS(NAME) NULL};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static struct {
    const char *file, *const *names;
    void *first; /* of its pointers */
    bool is_loaded;
} libraries[] = {
    [OCTET_LIBRARY_ZLIB] = {OCTET_FILE_OF_ZLIB, zlib_names, &calls.inflateInit2_, false},
    [OCTET_LIBRARY_DEFLATE] = {OCTET_FILE_OF_DEFLATE, deflate_names, &calls.libdeflate_alloc_compressor, false},
    [OCTET_LIBRARY_PNG] = {OCTET_FILE_OF_PNG, png_names, &calls.png_create_read_struct_2, false},
    [OCTET_LIBRARY_JPEG] = {OCTET_FILE_OF_JPEG, jpeg_names, &calls.jpeg_std_error, false}};

/* The linker says in words only that it has no memory. */
static octet_status refuse(octet_context *ctx, const char *name, const char *file) {
    const char *reason = dlerror();
    if (reason == NULL) reason = "unknown";
    const bool is_memory = strstr(reason, "memory") != NULL;
    return octet_context_fail(
        ctx, is_memory ? OCTET_NOMEM : OCTET_IO, "%s: a library that this needs cannot be loaded: %s%s%s", name,
        strstr(reason, file) == NULL ? file : "", strstr(reason, file) == NULL ? ": " : "", reason);
}

static octet_status load(octet_context *ctx, octet_library library, const char *name) {
    const char *file = libraries[library].file;
    void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) return refuse(ctx, name, file);
    uint8_t *place = libraries[library].first;
    for (const char *const *call = libraries[library].names; *call != NULL; call++, place += sizeof(void *)) {
        void *address = dlsym(handle, *call);
        if (address == NULL) return refuse(ctx, name, file);
        memcpy(place, &address, sizeof address);
    }
    libraries[library].is_loaded = true;
    return OCTET_OK;
}

octet_status octet_library_load(octet_context *ctx, octet_library library, const char *name) {
    pthread_mutex_lock(&mutex);
    const octet_status status = libraries[library].is_loaded ? OCTET_OK : load(ctx, library, name);
    pthread_mutex_unlock(&mutex);
    return status;
}

/* ---- zlib ---- */

int inflateInit2_(z_streamp z, int bits, const char *version, int size) {
    return calls.inflateInit2_(z, bits, version, size);
}
int inflate(z_streamp z, int flush) { return calls.inflate(z, flush); }
int inflateReset(z_streamp z) { return calls.inflateReset(z); }
int inflateEnd(z_streamp z) { return calls.inflateEnd(z); }

/* ---- libdeflate ---- */

struct libdeflate_compressor *libdeflate_alloc_compressor(int level) {
    return calls.libdeflate_alloc_compressor(level);
}
void libdeflate_free_compressor(struct libdeflate_compressor *c) { calls.libdeflate_free_compressor(c); }
size_t libdeflate_zlib_compress_bound(struct libdeflate_compressor *compressor, size_t in_nbytes) {
    return calls.libdeflate_zlib_compress_bound(compressor, in_nbytes);
}
size_t libdeflate_zlib_compress(struct libdeflate_compressor *compressor, const void *in, size_t in_nbytes, void *out,
                                size_t out_nbytes_avail) {
    return calls.libdeflate_zlib_compress(compressor, in, in_nbytes, out, out_nbytes_avail);
}
struct libdeflate_decompressor *libdeflate_alloc_decompressor(void) {
    return calls.libdeflate_alloc_decompressor();
}
void libdeflate_free_decompressor(struct libdeflate_decompressor *d) { calls.libdeflate_free_decompressor(d); }
enum libdeflate_result libdeflate_gzip_decompress_ex(struct libdeflate_decompressor *decompressor, const void *in,
                                                     size_t in_nbytes, void *out, size_t out_nbytes_avail,
                                                     size_t *actual_in_nbytes_ret, size_t *actual_out_nbytes_ret) {
    return calls.libdeflate_gzip_decompress_ex(decompressor, in, in_nbytes, out, out_nbytes_avail, actual_in_nbytes_ret,
                                               actual_out_nbytes_ret);
}
enum libdeflate_result libdeflate_deflate_decompress_ex(struct libdeflate_decompressor *decompressor, const void *in,
                                                        size_t in_nbytes, void *out, size_t out_nbytes_avail,
                                                        size_t *actual_in_nbytes_ret, size_t *actual_out_nbytes_ret) {
    return calls.libdeflate_deflate_decompress_ex(decompressor, in, in_nbytes, out, out_nbytes_avail,
                                                  actual_in_nbytes_ret, actual_out_nbytes_ret);
}
uint32_t libdeflate_crc32(uint32_t crc, const void *buffer, size_t len) {
    return calls.libdeflate_crc32(crc, buffer, len);
}

/* ---- libpng ---- */

png_structp png_create_read_struct_2(png_const_charp version, png_voidp user, png_error_ptr on_error,
                                     png_error_ptr on_warning, png_voidp memory, png_malloc_ptr take,
                                     png_free_ptr give) {
    return calls.png_create_read_struct_2(version, user, on_error, on_warning, memory, take, give);
}
png_infop png_create_info_struct(png_const_structrp png) { return calls.png_create_info_struct(png); }
void png_destroy_read_struct(png_structpp png, png_infopp info, png_infopp end) {
    calls.png_destroy_read_struct(png, info, end);
}
/* The two do not return, which compilers do not see of a pointer. */
void png_error(png_const_structrp png, png_const_charp message) {
    for (;;) calls.png_error(png, message);
}
void png_longjmp(png_const_structrp png, int value) {
    for (;;) calls.png_longjmp(png, value);
}
jmp_buf *png_set_longjmp_fn(png_structrp png, png_longjmp_ptr jump, size_t size) {
    return calls.png_set_longjmp_fn(png, jump, size);
}
png_voidp png_get_error_ptr(png_const_structrp png) { return calls.png_get_error_ptr(png); }
png_voidp png_get_io_ptr(png_const_structrp png) { return calls.png_get_io_ptr(png); }
png_voidp png_get_mem_ptr(png_const_structrp png) { return calls.png_get_mem_ptr(png); }
png_uint_32 png_get_image_width(png_const_structrp png, png_const_inforp info) {
    return calls.png_get_image_width(png, info);
}
png_uint_32 png_get_image_height(png_const_structrp png, png_const_inforp info) {
    return calls.png_get_image_height(png, info);
}
size_t png_get_rowbytes(png_const_structrp png, png_const_inforp info) { return calls.png_get_rowbytes(png, info); }
void png_read_info(png_structrp png, png_inforp info) { calls.png_read_info(png, info); }
void png_read_update_info(png_structrp png, png_inforp info) { calls.png_read_update_info(png, info); }
void png_read_row(png_structrp png, png_bytep row, png_bytep shown) { calls.png_read_row(png, row, shown); }
void png_set_chunk_malloc_max(png_structrp png, png_alloc_size_t most) { calls.png_set_chunk_malloc_max(png, most); }
void png_set_expand(png_structrp png) { calls.png_set_expand(png); }
void png_set_gray_to_rgb(png_structrp png) { calls.png_set_gray_to_rgb(png); }
int png_set_interlace_handling(png_structrp png) { return calls.png_set_interlace_handling(png); }
void png_set_keep_unknown_chunks(png_structrp png, int keep, png_const_bytep chunks, int n) {
    calls.png_set_keep_unknown_chunks(png, keep, chunks, n);
}
void png_set_read_fn(png_structrp png, png_voidp user, png_rw_ptr read) { calls.png_set_read_fn(png, user, read); }
void png_set_strip_16(png_structrp png) { calls.png_set_strip_16(png); }
void png_set_strip_alpha(png_structrp png) { calls.png_set_strip_alpha(png); }
void png_set_user_limits(png_structrp png, png_uint_32 width, png_uint_32 height) {
    calls.png_set_user_limits(png, width, height);
}

/* ---- libjpeg ---- */

struct jpeg_error_mgr *jpeg_std_error(struct jpeg_error_mgr *errors) {
    return calls.jpeg_std_error(errors);
}
void jpeg_CreateDecompress(j_decompress_ptr jpeg, int version, size_t size) {
    calls.jpeg_CreateDecompress(jpeg, version, size);
}
void jpeg_destroy_decompress(j_decompress_ptr jpeg) { calls.jpeg_destroy_decompress(jpeg); }
void jpeg_mem_src(j_decompress_ptr jpeg, const unsigned char *data, unsigned long n) {
    calls.jpeg_mem_src(jpeg, data, n);
}
int jpeg_read_header(j_decompress_ptr jpeg, boolean must_be_image) {
    return calls.jpeg_read_header(jpeg, must_be_image);
}
boolean jpeg_start_decompress(j_decompress_ptr jpeg) { return calls.jpeg_start_decompress(jpeg); }
JDIMENSION jpeg_read_scanlines(j_decompress_ptr jpeg, JSAMPARRAY rows, JDIMENSION n) {
    return calls.jpeg_read_scanlines(jpeg, rows, n);
}
