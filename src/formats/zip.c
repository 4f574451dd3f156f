#include "formats/zip.h"

#include <string.h>
#include <unistd.h>
#include <zip.h>
#include <zlib.h>

#include "base/checked.h"
#include "base/memory.h"

enum { MAX_ENTRIES = 1 << 16, MIN_PIECE = 1 << 20, COPIED_PIECE = 1 << 17 };

struct octet_zip {
    octet_arena arena;
    octet_reader own;    /* of a path */
    octet_reader reader; /* of what is read */
    const char *name;
    zip_t *archive;
    zip_stat_t *entries; /* asked for once: the question may lack memory, later ones may not fail */
    size_t n_entries;
    octet_context *ctx;        /* of the call that libzip serves */
    uint64_t position, latest; /* where libzip reads next, and where it read at last */
    zip_error_t error;         /* of its reading */
};

/* libzip reads through this: of a file no more than it asks for is in memory. */
static zip_int64_t serve(void *user, void *data, zip_uint64_t size, zip_source_cmd_t command) {
    octet_zip *zip = user;
    switch ((int)command) {
    case ZIP_SOURCE_OPEN: zip->position = 0; return 0;
    case ZIP_SOURCE_READ: {
        const uint64_t left = zip->reader.size - zip->position, n = size < left ? size : left;
        if (octet_reader_read(zip->ctx, &zip->reader, zip->position, data, (size_t)n) != OCTET_OK) {
            zip_error_set(&zip->error, ZIP_ER_READ, 0);
            return -1;
        }
        zip->latest = zip->position;
        zip->position += n;
        return (zip_int64_t)n;
    }
    case ZIP_SOURCE_STAT: {
        zip_stat_t *stat = data;
        zip_stat_init(stat);
        stat->size = zip->reader.size;
        stat->valid = ZIP_STAT_SIZE;
        return (zip_int64_t)sizeof *stat;
    }
    case ZIP_SOURCE_SEEK: {
        const zip_int64_t to = zip_source_seek_compute_offset(zip->position, zip->reader.size, data, size, &zip->error);
        if (to >= 0) zip->position = (uint64_t)to;
        return to >= 0 ? 0 : -1;
    }
    case ZIP_SOURCE_TELL: return (zip_int64_t)zip->position;
    case ZIP_SOURCE_ERROR: return zip_error_to_data(&zip->error, data, size);
    case ZIP_SOURCE_CLOSE:
    case ZIP_SOURCE_FREE: return 0;
    case ZIP_SOURCE_SUPPORTS:
        return zip_source_make_command_bitmap(ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT,
                                              ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE, ZIP_SOURCE_SEEK, ZIP_SOURCE_TELL,
                                              ZIP_SOURCE_SUPPORTS, -1);
    default: zip_error_set(&zip->error, ZIP_ER_OPNOTSUPP, 0); return -1;
    }
}

/* Where it has no memory libzip says so, names no error at all, or passes on what zlib says. */
static bool is_memory(const zip_error_t *error) {
    const int code = zip_error_code_zip(error);
    return code == ZIP_ER_MEMORY || code == ZIP_ER_OK ||
           (code == ZIP_ER_ZLIB && zip_error_code_system(error) == Z_MEM_ERROR);
}

static octet_status fail_archive(octet_context *ctx, const octet_zip *zip, zip_error_t *error) {
    OCTET_CHECK(ctx, !is_memory(error), OCTET_NOMEM, "%s: out of memory for the zip archive", zip->name);
    return octet_context_fail(ctx, OCTET_FORMAT, "%s: %s: not a zip archive, or truncated", zip->name,
                              zip_error_strerror(error));
}

static octet_status list_entries(octet_context *ctx, octet_zip *zip) {
    const zip_int64_t n = zip_get_num_entries(zip->archive, 0);
    OCTET_CHECK(ctx, n >= 0 && n <= MAX_ENTRIES, OCTET_LIMIT, "%s: %lld entries: the limit is %d", zip->name,
                (long long)n, MAX_ENTRIES);
    OCTET_TRY(OCTET_NEW(ctx, &zip->arena, (size_t)n, &zip->entries));
    zip->n_entries = (size_t)n;
    for (size_t i = 0; i < zip->n_entries; i++)
        if (zip_stat_index(zip->archive, i, 0, &zip->entries[i]) != 0 || zip->entries[i].name == NULL)
            return fail_archive(ctx, zip, zip_get_error(zip->archive));
    return OCTET_OK;
}

/* Sets zip->archive, or the error. */
static void try_archive(octet_zip *zip, zip_error_t *error) {
    zip_source_t *source = zip_source_function_create(serve, zip, error);
    if (source == NULL) return;
    zip->archive = zip_open_from_source(source, ZIP_RDONLY, error);
    if (zip->archive == NULL) zip_source_free(source);
}

/* Whether there is memory for all that libzip takes while it looks for the directory. */
static octet_status check_memory(octet_context *ctx, const octet_zip *zip) {
    const uint64_t most = 1 << 24, size = zip->reader.size < most ? zip->reader.size + (1 << 18) : most;
    void *block;
    OCTET_TRY(octet_memory_allocate(ctx, (size_t)size, &block));
    octet_memory_free(ctx, block);
    return OCTET_OK;
}

/* Where libzip has no memory to look for the directory it says that there is none: it must say so a second time. */
static octet_status open_archive(octet_context *ctx, octet_zip *zip) {
    OCTET_CHECK(ctx, zip->reader.size > 0, OCTET_FORMAT, "%s: the file is empty: not a zip archive",
                zip->name); /* libzip takes it for one */
    zip->ctx = ctx;
    zip_error_init(&zip->error);
    zip_error_t error;
    zip_error_init(&error);
    try_archive(zip, &error);
    octet_status status = ctx->status;
    if (zip->archive == NULL && !is_memory(&error) && status == OCTET_OK) {
        status = check_memory(ctx, zip);
        zip_error_fini(&error);
        zip_error_init(&error);
        if (status == OCTET_OK) try_archive(zip, &error);
    }
    if (status == OCTET_OK) status = zip->archive == NULL ? fail_archive(ctx, zip, &error) : list_entries(ctx, zip);
    zip_error_fini(&error);
    return status;
}

static octet_status create(octet_context *ctx, const char *name, octet_zip **out) {
    *out = NULL;
    octet_zip *zip = NULL;
    OCTET_TRY(octet_memory_allocate(ctx, sizeof *zip, (void **)&zip));
    *zip = (octet_zip){.own.descriptor = -1};
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
    if (status == OCTET_OK) status = octet_reader_open(ctx, (*out)->name, &(*out)->own);
    if (status == OCTET_OK) {
        (*out)->reader = (*out)->own;
        status = open_archive(ctx, *out);
    }
    return finish(ctx, status, out);
}

octet_status octet_zip_open_reader(octet_context *ctx, const octet_reader *reader, octet_zip **out) {
    octet_status status = create(ctx, reader->name, out);
    if (status == OCTET_OK) {
        (*out)->reader = *reader;
        status = open_archive(ctx, *out);
    }
    return finish(ctx, status, out);
}

octet_status octet_zip_open_bytes(octet_context *ctx, octet_bytes bytes, const char *name, octet_zip **out) {
    const octet_reader reader = octet_reader_of_bytes(bytes, name);
    return octet_zip_open_reader(ctx, &reader, out);
}

void octet_zip_close(octet_context *ctx, octet_zip *zip) {
    if (zip == NULL) return;
    if (zip->archive != NULL) zip_discard(zip->archive);
    octet_reader_close(&zip->own);
    octet_arena_free(ctx, &zip->arena);
    octet_memory_free(ctx, zip);
}

const char *octet_zip_archive(const octet_zip *zip) { return zip->name; }
size_t octet_zip_count(const octet_zip *zip) { return zip->n_entries; }

const char *octet_zip_name(const octet_zip *zip, size_t index) { return zip->entries[index].name; }

uint64_t octet_zip_size(const octet_zip *zip, size_t index) {
    const zip_stat_t *stat = &zip->entries[index];
    return (stat->valid & ZIP_STAT_SIZE) != 0 ? stat->size : 0;
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
    OCTET_CHECK(ctx, !is_memory(error), OCTET_NOMEM, "%s:%s: out of memory for the zip archive", zip->name,
                octet_zip_name(zip, index));
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
    zip->ctx = ctx;
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

octet_status octet_zip_check_size(octet_context *ctx, const octet_zip *zip, size_t index) {
    const zip_stat_t stat = zip->entries[index];
    const zip_uint64_t wanted = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE;
    const bool is_known = (stat.valid & wanted) == wanted;
    OCTET_CHECK(ctx, is_known, OCTET_FORMAT, "%s:%s: has no size", zip->name, octet_zip_name(zip, index));
    OCTET_CHECK(ctx, stat.size <= octet_inflated_limit(stat.comp_size), OCTET_LIMIT,
                "%s:%s: %llu bytes that are compressed to %llu: the limit is 64 MiB or 100 times the compressed size; "
                "store the entry uncompressed",
                zip->name, octet_zip_name(zip, index), (unsigned long long)stat.size,
                (unsigned long long)stat.comp_size);
    const size_t left = ctx->max_memory_bytes > ctx->memory_bytes ? ctx->max_memory_bytes - ctx->memory_bytes : 0;
    OCTET_CHECK(ctx, stat.comp_method == ZIP_CM_STORE || stat.size <= left, OCTET_LIMIT,
                "%s:%s: %llu bytes when decompressed: the limit is %zu bytes of memory in all", zip->name,
                octet_zip_name(zip, index), (unsigned long long)stat.size, ctx->max_memory_bytes);
    return OCTET_OK;
}

octet_status octet_zip_read(octet_context *ctx, octet_zip *zip, size_t index, size_t max_bytes, octet_buffer *out) {
    const size_t limit = max_bytes != 0 ? max_bytes : (size_t)1 << 31;
    OCTET_TRY(octet_zip_check_size(ctx, zip, index));
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

enum { N_BEGIN = 64 };

/* Where an entry is copied to, and what was seen of it. */
typedef struct copying {
    int descriptor; /* -1: to nowhere, for its checksum */
    uint64_t size;
    uint64_t first; /* where libzip read the first bytes */
    uint8_t begin[N_BEGIN];
} copying;

/* Reads an entry to its end, where libzip checks the sum; `piece` has COPIED_PIECE bytes. */
static octet_status copy_entry(octet_context *ctx, octet_zip *zip, size_t index, zip_file_t *file, uint8_t *piece,
                               copying *to) {
    const uint64_t limit = octet_zip_size(zip, index);
    for (;;) {
        const zip_int64_t n = zip_fread(file, piece, COPIED_PIECE);
        if (n < 0) return read_failed(ctx, zip, index, zip_file_get_error(file));
        if (n == 0) return OCTET_OK;
        if (to->size == 0) {
            to->first = zip->latest;
            memcpy(to->begin, piece, n < N_BEGIN ? (size_t)n : N_BEGIN);
        }
        to->size += (uint64_t)n;
        OCTET_CHECK(ctx, to->size <= limit, OCTET_FORMAT, "%s:%s: more than the %llu bytes that the archive names",
                    zip->name, octet_zip_name(zip, index), (unsigned long long)limit);
        if (to->descriptor >= 0)
            OCTET_TRY(octet_file_append(ctx, to->descriptor, (octet_bytes){piece, (size_t)n}, zip->name));
    }
}

static octet_status copy_to(octet_context *ctx, octet_zip *zip, size_t index, int descriptor, copying *to) {
    *to = (copying){.descriptor = descriptor};
    zip->ctx = ctx;
    void *piece;
    OCTET_TRY(octet_memory_allocate(ctx, COPIED_PIECE, &piece));
    zip_file_t *file = zip_fopen_index(zip->archive, index, 0);
    const octet_status status = file == NULL ? read_failed(ctx, zip, index, zip_get_error(zip->archive))
                                             : copy_entry(ctx, zip, index, file, piece, to);
    if (file != NULL) zip_fclose(file);
    octet_memory_free(ctx, piece);
    return status;
}

static bool is_stored(const octet_zip *zip, size_t index) {
    const zip_stat_t stat = zip->entries[index];
    const zip_uint64_t wanted = ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
    return (stat.valid & wanted) == wanted && stat.comp_method == ZIP_CM_STORE && stat.encryption_method == ZIP_EM_NONE;
}

/* Where a stored entry lies in the archive: libzip does not tell, but it was seen reading there. *lies is false where
 * it does not stand so, since libzip reads in another way than it does today. */
static octet_status find_stored(octet_context *ctx, octet_zip *zip, size_t index, const char *name, bool *lies,
                                octet_reader *out) {
    copying seen;
    uint8_t there[N_BEGIN];
    OCTET_TRY(copy_to(ctx, zip, index, -1, &seen));
    const size_t n = seen.size < N_BEGIN ? (size_t)seen.size : N_BEGIN;
    *lies = seen.first <= zip->reader.size && seen.size <= zip->reader.size - seen.first;
    if (!*lies) return OCTET_OK;
    OCTET_TRY(octet_reader_read(ctx, &zip->reader, seen.first, there, n));
    *lies = memcmp(there, seen.begin, n) == 0;
    *out = octet_reader_part(&zip->reader, seen.first, seen.size, name);
    return OCTET_OK;
}

octet_status octet_zip_reader(octet_context *ctx, octet_zip *zip, size_t index, const char *name, int *descriptor,
                              octet_reader *out) {
    bool lies = false;
    *descriptor = -1;
    OCTET_TRY(octet_zip_check_size(ctx, zip, index));
    if (is_stored(zip, index)) OCTET_TRY(find_stored(ctx, zip, index, name, &lies, out));
    if (lies) return OCTET_OK;
    copying copied;
    OCTET_TRY(octet_file_create_in_memory(ctx, zip->name, descriptor));
    const octet_status status = copy_to(ctx, zip, index, *descriptor, &copied);
    if (status != OCTET_OK) {
        close(*descriptor);
        *descriptor = -1;
        return status;
    }
    *out = (octet_reader){.name = name, .descriptor = *descriptor, .size = copied.size};
    return OCTET_OK;
}
