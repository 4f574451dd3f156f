#include "formats/zip.h"

#include <string.h>
#include <zip.h>

#include "base/memory.h"

enum { MAX_ENTRIES = 1 << 16, MIN_PIECE = 1 << 20 };

struct octet_zip {
    octet_arena arena;
    octet_file file; /* empty when opened from bytes */
    const char *name;
    zip_t *archive;
    size_t n_entries;
};

static octet_status open_archive(octet_context *ctx, octet_zip *zip, octet_bytes bytes) {
    OCTET_CHECK(ctx, bytes.size > 0, OCTET_FORMAT, "%s: the file is empty: not a zip archive",
                zip->name); /* libzip takes it for one */
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(bytes.data, bytes.size, 0, &error);
    if (source != NULL) {
        zip->archive = zip_open_from_source(source, ZIP_RDONLY, &error);
        if (zip->archive == NULL) zip_source_free(source);
    }
    octet_status status = OCTET_OK;
    if (zip->archive == NULL) {
        status = zip_error_code_zip(&error) == ZIP_ER_MEMORY ? OCTET_NOMEM : OCTET_FORMAT;
        status = octet_context_fail(ctx, status, "%s: %s: not a zip archive, or truncated", zip->name,
                                    zip_error_strerror(&error));
    }
    zip_error_fini(&error);
    OCTET_TRY(status);
    const zip_int64_t n = zip_get_num_entries(zip->archive, 0);
    OCTET_CHECK(ctx, n >= 0 && n <= MAX_ENTRIES, OCTET_LIMIT, "%s: %lld entries: the limit is %d", zip->name,
                (long long)n, MAX_ENTRIES);
    zip->n_entries = (size_t)n;
    return OCTET_OK;
}

static octet_status create(octet_context *ctx, const char *name, octet_zip **out) {
    *out = NULL;
    octet_zip *zip = NULL;
    OCTET_TRY(octet_memory_allocate(ctx, sizeof *zip, (void **)&zip));
    *zip = (octet_zip){0};
    *out = zip;
    return octet_arena_string(ctx, &zip->arena, name, &zip->name);
}

static octet_status finish(octet_context *ctx, octet_status status, octet_zip **out) {
    if (status != OCTET_OK) {
        octet_zip_close(ctx, *out);
        *out = NULL;
    }
    return status;
}

octet_status octet_zip_open(octet_context *ctx, const char *path, octet_zip **out) {
    octet_status status = create(ctx, path, out);
    if (status == OCTET_OK) status = octet_file_open(ctx, path, &(*out)->file);
    if (status == OCTET_OK) status = open_archive(ctx, *out, (*out)->file.bytes);
    return finish(ctx, status, out);
}

octet_status octet_zip_open_bytes(octet_context *ctx, octet_bytes bytes, const char *name, octet_zip **out) {
    octet_status status = create(ctx, name, out);
    if (status == OCTET_OK) status = open_archive(ctx, *out, bytes);
    return finish(ctx, status, out);
}

void octet_zip_close(octet_context *ctx, octet_zip *zip) {
    if (zip == NULL) return;
    if (zip->archive != NULL) zip_discard(zip->archive);
    octet_file_close(ctx, &zip->file);
    octet_arena_free(ctx, &zip->arena);
    octet_memory_free(ctx, zip);
}

const char *octet_zip_archive(const octet_zip *zip) { return zip->name; }
size_t octet_zip_count(const octet_zip *zip) { return zip->n_entries; }

const char *octet_zip_name(const octet_zip *zip, size_t index) {
    const char *name = zip_get_name(zip->archive, index, 0);
    return name != NULL ? name : "";
}

uint64_t octet_zip_size(const octet_zip *zip, size_t index) {
    zip_stat_t stat;
    if (zip_stat_index(zip->archive, index, 0, &stat) != 0 || (stat.valid & ZIP_STAT_SIZE) == 0) return 0;
    return stat.size;
}

bool octet_zip_find(const octet_zip *zip, const char *name, size_t *index) {
    for (size_t i = zip->n_entries; i-- > 0;) {
        if (strcmp(octet_zip_name(zip, i), name) == 0) {
            *index = i;
            return true;
        }
    }
    return false;
}

static octet_status read_failed(octet_context *ctx, const octet_zip *zip, size_t index, zip_error_t *error) {
    const int code = zip_error_code_zip(error);
    octet_status status = OCTET_FORMAT;
    if (code == ZIP_ER_MEMORY) status = OCTET_NOMEM;
    if (code == ZIP_ER_NOPASSWD || code == ZIP_ER_COMPNOTSUPP || code == ZIP_ER_ENCRNOTSUPP) status = OCTET_UNSUPPORTED;
    return octet_context_fail(ctx, status, "%s:%s: %s", zip->name, octet_zip_name(zip, index),
                              zip_error_strerror(error));
}

/* Reads at most `limit` bytes; *ended tells whether the entry ended there (then its checksum was right). The buffer
 * grows with what really arrives, not with what the directory claims. */
static octet_status read_bytes(octet_context *ctx, octet_zip *zip, size_t index, zip_file_t *file, size_t limit,
                               octet_buffer *out, bool *ended) {
    const uint64_t claimed = octet_zip_size(zip, index);
    *ended = false;
    while (out->size < limit) {
        /* Pieces double with what was read; past the claimed size one byte asks for
         * the end, where libzip checks the sum. */
        uint8_t probe;
        uint8_t *place = &probe;
        size_t piece = out->size < MIN_PIECE ? MIN_PIECE : out->size;
        const uint64_t left = claimed > out->size ? claimed - out->size : 0;
        if (piece > left) piece = (size_t)left;
        if (piece > limit - out->size) piece = limit - out->size;
        const size_t before = out->size;
        if (piece > 0) OCTET_TRY(octet_buffer_extend(ctx, out, piece, &place));
        const zip_int64_t n = zip_fread(file, place, piece > 0 ? piece : 1);
        if (n < 0) return read_failed(ctx, zip, index, zip_file_get_error(file));
        if (piece == 0 && n > 0) OCTET_TRY(octet_buffer_append(ctx, out, &probe, 1));
        out->size = before + (size_t)n;
        if (out->data != NULL) out->data[out->size] = 0;
        if (n == 0) {
            *ended = true;
            return OCTET_OK;
        }
    }
    return OCTET_OK;
}

static octet_status read_entry(octet_context *ctx, octet_zip *zip, size_t index, size_t limit, bool whole,
                               octet_buffer *out) {
    out->size = 0;
    OCTET_TRY(octet_buffer_append(ctx, out, "", 0));
    zip_file_t *file = zip_fopen_index(zip->archive, index, 0);
    if (file == NULL) return read_failed(ctx, zip, index, zip_get_error(zip->archive));
    bool ended = false;
    octet_status status = read_bytes(ctx, zip, index, file, limit, out, &ended);
    zip_fclose(file);
    if (status == OCTET_OK && whole && !ended)
        status = octet_context_fail(ctx, OCTET_LIMIT,
                                    "%s:%s: larger than %zu bytes when decompressed: the limit of this entry",
                                    zip->name, octet_zip_name(zip, index), limit - 1);
    return status;
}

octet_status octet_zip_read(octet_context *ctx, octet_zip *zip, size_t index, size_t max_bytes, octet_buffer *out) {
    const size_t limit = max_bytes != 0 ? max_bytes : (size_t)1 << 31;
    OCTET_CHECK(ctx, octet_zip_size(zip, index) <= limit, OCTET_LIMIT,
                "%s:%s: %llu bytes when decompressed: the limit is %zu", zip->name, octet_zip_name(zip, index),
                (unsigned long long)octet_zip_size(zip, index), limit);
    /* One byte more, so that an entry of exactly max_bytes is seen to end. */
    return read_entry(ctx, zip, index, limit < SIZE_MAX ? limit + 1 : limit, true, out);
}

octet_status octet_zip_read_prefix(octet_context *ctx, octet_zip *zip, size_t index, size_t n_bytes,
                                   octet_buffer *out) {
    return read_entry(ctx, zip, index, n_bytes, false, out);
}
