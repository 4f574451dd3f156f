#include "formats/gzip.h"

#include <libdeflate.h>
#include <string.h>
#include <zlib.h>

#include "base/memory.h"
#include "formats/kind.h"
#include "formats/library.h"

enum { MAX_DEFLATE_RATIO = 1032, MIN_MEMBER = 18 };

static octet_status corrupt(octet_context *ctx, const char *name, const char *why) {
    return octet_context_fail(ctx, OCTET_FORMAT, "%s: %s: the gzip file is truncated or corrupt", name, why);
}

/* Room for n_bytes and a NUL without clearing it: the pages are touched once only. */
static octet_status make_room(octet_context *ctx, octet_buffer *out, size_t n_bytes) {
    if (out->capacity > n_bytes) return OCTET_OK;
    octet_buffer_free(ctx, out);
    OCTET_TRY(octet_memory_allocate(ctx, n_bytes + 1, (void **)&out->data));
    out->capacity = n_bytes + 1;
    return OCTET_OK;
}

/* The size that the last member claims: exact for files of one member below 4 GiB. */
static size_t claimed_size(octet_bytes bytes) {
    uint32_t size = 0;
    if (bytes.size >= MIN_MEMBER) octet_bytes_u32le(bytes, bytes.size - 4, &size);
    return size;
}

static bool is_possible(octet_bytes bytes, size_t n_bytes) { return n_bytes / MAX_DEFLATE_RATIO <= bytes.size; }

/* Decompresses a file of one member of known size; *done is false when it turns out to be something else. */
static octet_status read_at_once(octet_context *ctx, octet_bytes bytes, const char *name, size_t size,
                                 octet_buffer *out, bool *done) {
    *done = false;
    OCTET_TRY(octet_library_load(ctx, OCTET_LIBRARY_DEFLATE, name));
    OCTET_TRY(make_room(ctx, out, size));
    struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
    OCTET_CHECK(ctx, decompressor != NULL, OCTET_NOMEM, "out of memory for decompression");
    size_t consumed = 0, produced = 0;
    const enum libdeflate_result result =
        libdeflate_gzip_decompress_ex(decompressor, bytes.data, bytes.size, out->data, size, &consumed, &produced);
    libdeflate_free_decompressor(decompressor);
    if (result != LIBDEFLATE_SUCCESS || consumed != bytes.size) return OCTET_OK;
    out->size = produced;
    out->data[produced] = 0;
    *done = true;
    return OCTET_OK;
}

/* Inflates until the end, or until `limit` bytes are there. *ended: the input was used up at the end of a member. */
static octet_status inflate_up_to(octet_context *ctx, z_stream *z, octet_bytes bytes, const char *name, size_t limit,
                                  octet_buffer *out, bool *ended) {
    size_t used = 0;
    *ended = false;
    while (out->size < limit) {
        size_t piece = out->size < 1 << 16 ? (size_t)1 << 16 : out->size < 1 << 28 ? out->size : (size_t)1 << 28;
        if (piece > limit - out->size) piece = limit - out->size;
        uint8_t *place;
        OCTET_TRY(octet_buffer_extend(ctx, out, piece, &place));
        if (z->avail_in == 0) {
            const size_t left = bytes.size - used, step = left < (size_t)1 << 30 ? left : (size_t)1 << 30;
            z->next_in = (Bytef *)(uintptr_t)(bytes.data + used);
            z->avail_in = (uInt)step;
            used += step;
        }
        z->next_out = place;
        z->avail_out = (uInt)piece;
        const int result = inflate(z, Z_NO_FLUSH);
        out->size -= z->avail_out;
        out->data[out->size] = 0;
        const size_t left = bytes.size - used + z->avail_in;
        if (result == Z_STREAM_END) {
            /* Another member may follow; gzip ignores anything else (zero padding of tapes). */
            const octet_bytes rest = {bytes.data + bytes.size - left, left};
            if (octet_file_kind_of(rest) != OCTET_FILE_GZIP) {
                *ended = true;
                return OCTET_OK;
            }
            if (inflateReset(z) != Z_OK) return corrupt(ctx, name, "a member cannot be started");
        } else if (result == Z_MEM_ERROR) {
            return octet_context_fail(ctx, OCTET_NOMEM, "%s: out of memory for decompression", name);
        } else if (result != Z_OK && !(result == Z_BUF_ERROR && left > 0)) {
            return corrupt(ctx, name,
                           result == Z_BUF_ERROR ? "unexpected end"
                           : z->msg != NULL      ? z->msg
                                                 : "invalid data");
        } else if (left == 0 && z->avail_out > 0) {
            return corrupt(ctx, name, "unexpected end");
        }
    }
    return OCTET_OK;
}

static octet_status read_streaming(octet_context *ctx, octet_bytes bytes, const char *name, size_t limit,
                                   octet_buffer *out, bool *ended) {
    z_stream z = {0};
    OCTET_TRY(octet_library_load(ctx, OCTET_LIBRARY_ZLIB, name));
    out->size = 0;
    OCTET_TRY(octet_buffer_append(ctx, out, "", 0));
    OCTET_CHECK(ctx, inflateInit2(&z, 15 + 16) == Z_OK, OCTET_NOMEM, "%s: out of memory for decompression", name);
    const octet_status status = inflate_up_to(ctx, &z, bytes, name, limit, out, ended);
    inflateEnd(&z);
    return status;
}

octet_status octet_gzip_read(octet_context *ctx, octet_bytes bytes, const char *name, size_t max_bytes,
                             octet_buffer *out) {
    const size_t limit = max_bytes == 0 ? (size_t)1 << 31 : max_bytes < SIZE_MAX ? max_bytes : SIZE_MAX - 1;
    const size_t claimed = claimed_size(bytes);
    bool ended = false;
    out->size = 0;
    if (claimed <= limit && is_possible(bytes, claimed))
        OCTET_TRY(read_at_once(ctx, bytes, name, claimed, out, &ended));
    if (ended) return OCTET_OK;
    out->max_size = limit + 1;
    OCTET_TRY(read_streaming(ctx, bytes, name, limit + 1, out, &ended));
    OCTET_CHECK(ctx, ended && out->size <= limit, OCTET_LIMIT, "%s: more than %zu bytes when decompressed: the limit",
                name, limit);
    return OCTET_OK;
}

octet_status octet_gzip_read_prefix(octet_context *ctx, octet_bytes bytes, const char *name, size_t n_bytes,
                                    octet_buffer *out) {
    const size_t claimed = claimed_size(bytes);
    bool ended = false;
    out->size = 0;
    if (n_bytes > claimed / 4 && is_possible(bytes, claimed))
        OCTET_TRY(read_at_once(ctx, bytes, name, claimed, out, &ended));
    if (!ended) {
        out->max_size = n_bytes;
        OCTET_TRY(read_streaming(ctx, bytes, name, n_bytes, out, &ended));
    }
    if (out->size > n_bytes) out->size = n_bytes;
    return OCTET_OK;
}

/* Tries with the beginning of the file. *is_enough: that held n_bytes. What is said of its end is nothing. */
static octet_status read_head(octet_context *ctx, const octet_reader *file, size_t n_packed, size_t n_bytes,
                              octet_buffer *out, bool *is_enough) {
    octet_bytes head;
    octet_context quiet;
    bool ended;
    octet_buffer_free(ctx, out); /* what it holds is on this account */
    OCTET_TRY(octet_reader_head(ctx, file, n_packed, &head));
    octet_context_child(ctx, &quiet);
    out->max_size = n_bytes;
    *is_enough = read_streaming(&quiet, head, file->name, n_bytes, out, &ended) == OCTET_OK && out->size == n_bytes;
    octet_context_adopt(ctx, &quiet);
    octet_memory_free(ctx, (void *)(uintptr_t)head.data);
    return OCTET_OK;
}

octet_status octet_gzip_read_file_prefix(octet_context *ctx, const octet_reader *file, size_t n_bytes,
                                         octet_buffer *out) {
    enum { HEADER = 1 << 12 }; /* with a name, and the codes of a block */
    const size_t n_packed = n_bytes <= SIZE_MAX / 4 ? n_bytes + n_bytes / 4 + HEADER : SIZE_MAX;
    octet_bytes bytes;
    bool is_enough = false;
    if (n_packed < file->size / 4) OCTET_TRY(read_head(ctx, file, n_packed, n_bytes, out, &is_enough));
    if (is_enough) return OCTET_OK;
    OCTET_TRY(octet_reader_head(ctx, file, (size_t)file->size, &bytes));
    const octet_status status = octet_gzip_read_prefix(ctx, bytes, file->name, n_bytes, out);
    octet_memory_free(ctx, (void *)(uintptr_t)bytes.data);
    return status;
}
