#include "data/array_source.h"

#include "formats/gzip.h"
#include "formats/idx.h"
#include "formats/kind.h"
#include "formats/npy.h"

enum { HEAD_SIZE = 4096 }; /* holds every header of IDX and all but monstrous ones of .npy */

static octet_status read_prefix(octet_context *ctx, octet_array_source *source, size_t n_bytes) {
    if (source->storage == OCTET_ARRAY_GZIP)
        return octet_gzip_read_prefix(ctx, source->file.bytes, source->name, n_bytes, &source->content);
    source->content.max_size = ctx->max_memory_bytes;
    return octet_zip_read_prefix(ctx, source->zip, source->entry, n_bytes, &source->content);
}

static octet_status parse_header(octet_context *ctx, octet_array_source *source, octet_bytes bytes) {
    const octet_file_kind kind = octet_file_kind_of(bytes);
    source->is_idx = kind == OCTET_FILE_IDX;
    if (source->is_idx) return octet_idx_header(ctx, bytes, source->name, &source->array, &source->offset);
    OCTET_CHECK(ctx, kind == OCTET_FILE_NPY, OCTET_FORMAT,
                "%s: neither .npy nor IDX by its first bytes (%zu bytes in all)", source->name, bytes.size);
    return octet_npy_header(ctx, bytes, source->name, &source->array, &source->offset);
}

static octet_status check_size(octet_context *ctx, const octet_array_source *source, size_t n_present, bool is_all) {
    const size_t n_needed = octet_array_bytes(&source->array), n_bytes = n_present - source->offset;
    char text[OCTET_ARRAY_TEXT_SIZE];
    OCTET_CHECK(ctx, n_present >= source->offset && n_bytes >= n_needed, OCTET_FORMAT,
                "%s: %s needs %zu bytes, the file holds %zu: it is truncated", source->name,
                octet_array_text(&source->array, text), n_needed, n_present >= source->offset ? n_bytes : 0);
    OCTET_CHECK(ctx, !source->is_idx || !is_all || n_bytes == n_needed, OCTET_FORMAT,
                "%s: %s needs %zu bytes, the file holds more: it is corrupt", source->name,
                octet_array_text(&source->array, text), n_needed);
    return OCTET_OK;
}

static octet_status to_c_order(octet_context *ctx, octet_array_source *source) {
    const bool moves = source->array.fortran_order;
    OCTET_TRY(octet_array_to_c_order(ctx, &source->array, &source->moved));
    if (moves) octet_buffer_free(ctx, &source->content);
    return OCTET_OK;
}

static octet_status open_source(octet_context *ctx, octet_arena *arena, const char *path, const char *entry,
                                octet_array_source *out) {
    if (entry != NULL) {
        OCTET_TRY(octet_arena_format(ctx, arena, &out->name, "%s:%s", path, entry));
        out->storage = OCTET_ARRAY_ZIP;
        OCTET_TRY(octet_zip_open(ctx, path, &out->zip));
        OCTET_CHECK(ctx, octet_zip_find(out->zip, entry, &out->entry), OCTET_DATA, "%s: the archive has no such entry",
                    out->name);
    } else {
        OCTET_TRY(octet_arena_string(ctx, arena, path, &out->name));
        OCTET_TRY(octet_file_open(ctx, path, &out->file));
        OCTET_CHECK(ctx, out->file.bytes.size > 0, OCTET_FORMAT, "%s: the file is empty", path);
        out->storage = octet_file_kind_of(out->file.bytes) == OCTET_FILE_GZIP ? OCTET_ARRAY_GZIP : OCTET_ARRAY_WHOLE;
    }
    octet_bytes head = out->file.bytes;
    if (out->storage != OCTET_ARRAY_WHOLE) {
        OCTET_TRY(read_prefix(ctx, out, HEAD_SIZE));
        head = (octet_bytes){out->content.data, out->content.size};
    }
    OCTET_TRY(parse_header(ctx, out, head));
    octet_buffer_free(ctx, &out->content);
    if (out->storage != OCTET_ARRAY_WHOLE) return OCTET_OK;
    OCTET_TRY(check_size(ctx, out, head.size, true));
    out->array.data = head.data + out->offset;
    out->loaded_bytes = octet_array_bytes(&out->array);
    return to_c_order(ctx, out);
}

octet_status octet_array_source_open(octet_context *ctx, octet_arena *arena, const char *path, const char *entry,
                                     octet_array_source *out) {
    *out = (octet_array_source){0};
    const octet_status status = open_source(ctx, arena, path, entry, out);
    if (status != OCTET_OK) octet_array_source_close(ctx, out);
    return status;
}

void octet_array_source_over(const char *name, const octet_array *array, octet_array_source *out) {
    *out = (octet_array_source){.name = name, .storage = OCTET_ARRAY_WHOLE, .array = *array};
    out->loaded_bytes = octet_array_bytes(array);
}

octet_status octet_array_source_load(octet_context *ctx, octet_array_source *source, size_t n_bytes) {
    const size_t total = octet_array_bytes(&source->array);
    if (source->array.data != NULL && n_bytes <= source->loaded_bytes) return OCTET_OK;
    const bool is_all = source->loaded_bytes > 0 || n_bytes > total / 4 || source->array.fortran_order;
    if (is_all) n_bytes = total;
    source->loaded_bytes = 0;
    source->array.data = NULL;
    /* One byte more than needed shows whether the file ends there, and makes the decompressor compare the checksum. */
    OCTET_CHECK(ctx, total < ctx->max_memory_bytes, OCTET_LIMIT, "%s: %zu bytes when decompressed: the limit is %zu",
                source->name, total, ctx->max_memory_bytes);
    OCTET_TRY(read_prefix(ctx, source, source->offset + n_bytes + (is_all ? 1 : 0)));
    if (is_all || source->content.size < source->offset + n_bytes)
        OCTET_TRY(check_size(ctx, source, source->content.size, is_all));
    source->array.data = source->content.data + source->offset;
    source->loaded_bytes = n_bytes;
    return is_all ? to_c_order(ctx, source) : OCTET_OK;
}

void octet_array_source_release(octet_context *ctx, octet_array_source *source) {
    if (source->storage == OCTET_ARRAY_WHOLE || source->moved.data != NULL) return;
    octet_buffer_free(ctx, &source->content);
    source->array.data = NULL;
    source->loaded_bytes = 0;
}

void octet_array_source_close(octet_context *ctx, octet_array_source *source) {
    octet_buffer_free(ctx, &source->content);
    octet_buffer_free(ctx, &source->moved);
    octet_zip_close(ctx, source->zip);
    octet_file_close(ctx, &source->file);
    *source = (octet_array_source){0};
}
