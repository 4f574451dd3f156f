#include "data/array_source.h"

#include <assert.h>
#include <stdlib.h>

#include "base/checked.h"
#include "formats/gzip.h"
#include "formats/idx.h"
#include "formats/kind.h"
#include "formats/npy.h"

/* The first holds every header of IDX and all but monstrous ones of .npy, the second those too. */
enum { HEAD_SIZE = 4096, PLAIN_HEAD_SIZE = 1 << 17 };

/* Room for n_bytes in `content` that is not cleared. */
static octet_status make_room(octet_context *ctx, octet_buffer *content, size_t n_bytes) {
    content->size = n_bytes;
    if (content->data != NULL && content->capacity >= n_bytes) return OCTET_OK;
    octet_buffer_free(ctx, content);
    OCTET_TRY(octet_memory_allocate(ctx, n_bytes, (void **)&content->data));
    content->size = content->capacity = n_bytes;
    return OCTET_OK;
}

static octet_status read_prefix(octet_context *ctx, octet_array_source *source, size_t n_bytes) {
    switch (source->storage) {
    case OCTET_ARRAY_GZIP: return octet_gzip_read_file_prefix(ctx, &source->reader, n_bytes, &source->content);
    case OCTET_ARRAY_PLAIN:
        if (n_bytes > source->reader.size) n_bytes = (size_t)source->reader.size;
        OCTET_TRY(make_room(ctx, &source->content, n_bytes));
        return octet_reader_read(ctx, &source->reader, 0, source->content.data, n_bytes);
    case OCTET_ARRAY_WHOLE:
    case OCTET_ARRAY_ZIP: break;
    }
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

static octet_status check_compression(octet_context *ctx, const octet_array_source *source, size_t n_bytes) {
    if (source->storage == OCTET_ARRAY_ZIP) return octet_zip_check_size(ctx, source->zip, source->entry);
    const size_t n_compressed = (size_t)source->reader.size;
    OCTET_CHECK(ctx, source->storage != OCTET_ARRAY_GZIP || n_bytes <= octet_inflated_limit(n_compressed), OCTET_LIMIT,
                "%s: %zu bytes that are compressed to %zu: the limit is 64 MiB or 100 times the compressed size; "
                "decompress the file",
                source->name, n_bytes, n_compressed);
    return OCTET_OK;
}

static octet_status to_c_order(octet_context *ctx, octet_array_source *source) {
    const bool moves = source->array.fortran_order;
    OCTET_TRY(octet_array_to_c_order(ctx, &source->array, &source->moved));
    if (moves) octet_buffer_free(ctx, &source->content);
    return OCTET_OK;
}

static octet_status find_storage(octet_context *ctx, octet_array_source *source) {
    octet_bytes head;
    OCTET_CHECK(ctx, source->reader.size > 0, OCTET_FORMAT, "%s: the file is empty", source->name);
    OCTET_TRY(octet_reader_head(ctx, &source->reader, HEAD_SIZE, &head));
    source->storage = octet_file_kind_of(head) == OCTET_FILE_GZIP ? OCTET_ARRAY_GZIP : OCTET_ARRAY_PLAIN;
    octet_memory_free(ctx, (void *)(uintptr_t)head.data);
    return OCTET_OK;
}

static octet_status open_source(octet_context *ctx, octet_arena *arena, const char *path, const octet_bytes *given,
                                const char *entry, octet_array_source *out) {
    if (entry != NULL) {
        OCTET_TRY(octet_arena_format(ctx, arena, &out->name, "%s:%s", path, entry));
        out->storage = OCTET_ARRAY_ZIP;
        OCTET_TRY(given != NULL ? octet_zip_open_bytes(ctx, *given, path, &out->zip)
                                : octet_zip_open(ctx, path, &out->zip));
        OCTET_CHECK(ctx, octet_zip_find(out->zip, entry, &out->entry), OCTET_DATA, "%s: the archive has no such entry",
                    out->name);
    } else {
        OCTET_TRY(octet_arena_string(ctx, arena, path, &out->name));
        if (given != NULL) out->reader = octet_reader_of_bytes(*given, out->name);
        else OCTET_TRY(octet_reader_open(ctx, out->name, &out->reader));
        OCTET_TRY(find_storage(ctx, out));
    }
    OCTET_TRY(read_prefix(ctx, out, out->storage == OCTET_ARRAY_PLAIN ? PLAIN_HEAD_SIZE : HEAD_SIZE));
    OCTET_TRY(parse_header(ctx, out, (octet_bytes){out->content.data, out->content.size}));
    octet_buffer_free(ctx, &out->content);
    return out->storage == OCTET_ARRAY_PLAIN ? check_size(ctx, out, (size_t)out->reader.size, true) : OCTET_OK;
}

octet_status octet_array_source_open(octet_context *ctx, octet_arena *arena, const char *path, const octet_bytes *given,
                                     const char *entry, octet_array_source *out) {
    *out = (octet_array_source){.reader.descriptor = -1};
    const octet_status status = open_source(ctx, arena, path, given, entry, out);
    if (status != OCTET_OK) octet_array_source_close(ctx, out);
    return status;
}

void octet_array_source_over(const char *name, const octet_array *array, octet_array_source *out) {
    *out = (octet_array_source){.name = name, .storage = OCTET_ARRAY_WHOLE, .array = *array, .reader.descriptor = -1};
    out->loaded_bytes = octet_array_bytes(array);
}

static void forget_rows(octet_context *ctx, octet_array_source *source) {
    if (source->rows == NULL) return;
    octet_memory_free(ctx, source->rows);
    source->rows = NULL;
}

octet_status octet_array_source_load(octet_context *ctx, octet_array_source *source, size_t n_bytes) {
    const size_t total = octet_array_bytes(&source->array);
    if (source->array.data != NULL && n_bytes <= source->loaded_bytes) return OCTET_OK;
    const bool is_all = source->loaded_bytes > 0 || n_bytes > total / 4 || source->array.fortran_order;
    if (is_all) n_bytes = total;
    forget_rows(ctx, source);
    source->loaded_bytes = 0;
    source->array.data = NULL;
    /* One byte more than needed shows whether the file ends there, and makes the decompressor compare the checksum. */
    OCTET_CHECK(ctx, total < ctx->max_memory_bytes, OCTET_LIMIT,
                "%s: %zu bytes of elements: the limit is %zu bytes of memory in all", source->name, total,
                ctx->max_memory_bytes);
    OCTET_TRY(check_compression(ctx, source, source->offset + n_bytes));
    OCTET_TRY(read_prefix(ctx, source, source->offset + n_bytes + (is_all ? 1 : 0)));
    if (is_all || source->content.size < source->offset + n_bytes)
        OCTET_TRY(check_size(ctx, source, source->content.size, is_all && source->storage != OCTET_ARRAY_PLAIN));
    source->array.data = source->content.data + source->offset;
    source->loaded_bytes = n_bytes;
    return is_all ? to_c_order(ctx, source) : OCTET_OK;
}

static int compare_rows(const void *a, const void *b) {
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

/* The numbers of the rows, ascending, each once. */
static octet_status list_rows(octet_context *ctx, octet_array_source *source, const size_t *indices, size_t n) {
    bool ascends = true;
    OCTET_TRY(octet_memory_allocate(ctx, n * sizeof *source->rows, (void **)&source->rows));
    for (size_t i = 0; i < n; i++) {
        source->rows[i] = indices != NULL ? indices[i] : i;
        ascends = ascends && (i == 0 || source->rows[i - 1] < source->rows[i]);
    }
    source->n_rows = n;
    if (ascends) return OCTET_OK;
    qsort(source->rows, n, sizeof *source->rows, compare_rows);
    source->n_rows = 1;
    for (size_t i = 1; i < n; i++)
        if (source->rows[i] != source->rows[i - 1]) source->rows[source->n_rows++] = source->rows[i];
    return OCTET_OK;
}

/* Rows that follow each other are read at once. */
static octet_status read_rows(octet_context *ctx, octet_array_source *source, size_t row_bytes) {
    OCTET_TRY(make_room(ctx, &source->content, source->n_rows * row_bytes));
    for (size_t i = 0, end; i < source->n_rows; i = end) {
        for (end = i + 1; end < source->n_rows && source->rows[end] == source->rows[end - 1] + 1;) end++;
        OCTET_TRY(octet_reader_read(ctx, &source->reader, source->offset + source->rows[i] * row_bytes,
                                    source->content.data + i * row_bytes, (end - i) * row_bytes));
    }
    return OCTET_OK;
}

octet_status octet_array_source_load_rows(octet_context *ctx, octet_array_source *source, const size_t *indices,
                                          size_t n, size_t row_bytes) {
    size_t end = n;
    for (size_t i = 0; indices != NULL && i < n; i++)
        if (i == 0 || indices[i] >= end) end = indices[i] + 1;
    const bool in_part = source->storage == OCTET_ARRAY_PLAIN && source->moved.data == NULL;
    if (!in_part || source->array.fortran_order || n == 0) return octet_array_source_load(ctx, source, end * row_bytes);
    forget_rows(ctx, source);
    source->array.data = NULL;
    source->loaded_bytes = 0;
    OCTET_CHECK(ctx, n <= ctx->max_memory_bytes / row_bytes, OCTET_LIMIT,
                "%s: %zu samples of %zu bytes at once: the limit is %zu bytes", source->name, n, row_bytes,
                ctx->max_memory_bytes);
    OCTET_TRY(list_rows(ctx, source, indices, n));
    return read_rows(ctx, source, row_bytes);
}

const uint8_t *octet_array_source_row(const octet_array_source *source, size_t index, size_t row_bytes) {
    if (source->rows == NULL) return source->array.data + index * row_bytes;
    const size_t first = source->rows[0], last = source->rows[source->n_rows - 1];
    if (last - first == source->n_rows - 1) return source->content.data + (index - first) * row_bytes;
    const size_t *place = bsearch(&index, source->rows, source->n_rows, sizeof index, compare_rows);
    assert(place != NULL);
    return source->content.data + (size_t)(place - source->rows) * row_bytes;
}

void octet_array_source_release(octet_context *ctx, octet_array_source *source) {
    if (source->storage == OCTET_ARRAY_WHOLE || source->moved.data != NULL) return;
    forget_rows(ctx, source);
    octet_buffer_free(ctx, &source->content);
    source->array.data = NULL;
    source->loaded_bytes = 0;
}

void octet_array_source_close(octet_context *ctx, octet_array_source *source) {
    forget_rows(ctx, source);
    octet_buffer_free(ctx, &source->content);
    octet_buffer_free(ctx, &source->moved);
    octet_zip_close(ctx, source->zip);
    octet_reader_close(&source->reader);
    *source = (octet_array_source){.reader.descriptor = -1};
}
