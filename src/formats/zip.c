/* The content of an entry: at the place that the directory names 30 bytes, the name and extra fields, whose lengths
 * (u16) stand at 26 and 28: "PK\3\4"; then the packed bytes. Everything else there the directory says too. */
#include "formats/zip.h"

#include <libdeflate.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/checked.h"
#include "base/memory.h"
#include "formats/library.h"
#include "formats/zip_directory.h"

enum { HEADER_SIZE = 30, PIECE = 1 << 17, MIN_GROWTH = 1 << 20, MAX_DEFLATE_RATIO = 1032 };

struct octet_zip {
    octet_arena arena;
    octet_reader own;    /* of a path */
    octet_reader reader; /* of what is read */
    const char *name;
    octet_zip_entry *entries;
    size_t n_entries;
};

static octet_status create(octet_context *ctx, const char *name, octet_zip **out) {
    *out = NULL;
    octet_zip *zip = NULL;
    OCTET_TRY(octet_memory_allocate(ctx, sizeof *zip, (void **)&zip));
    *zip = (octet_zip){.own.descriptor = -1};
    *out = zip;
    return octet_arena_string(ctx, &zip->arena, name, &zip->name);
}

/* status: of what came before. */
static octet_status open_archive(octet_context *ctx, octet_status status, const octet_reader *reader, octet_zip **out) {
    octet_zip *zip = *out;
    if (status == OCTET_OK) {
        zip->reader = *reader;
        zip->reader.name = zip->name;
        status = octet_zip_directory_read(ctx, &zip->arena, &zip->reader, &zip->entries, &zip->n_entries);
    }
    if (status == OCTET_OK) return OCTET_OK;
    octet_zip_close(ctx, zip);
    *out = NULL;
    return status;
}

octet_status octet_zip_open(octet_context *ctx, const char *path, octet_zip **out) {
    octet_status status = create(ctx, path, out);
    if (status == OCTET_OK) status = octet_reader_open(ctx, (*out)->name, &(*out)->own);
    return open_archive(ctx, status, *out != NULL ? &(*out)->own : NULL, out);
}

octet_status octet_zip_open_reader(octet_context *ctx, const octet_reader *reader, octet_zip **out) {
    return open_archive(ctx, create(ctx, reader->name, out), reader, out);
}

octet_status octet_zip_open_bytes(octet_context *ctx, octet_bytes bytes, const char *name, octet_zip **out) {
    const octet_reader reader = octet_reader_of_bytes(bytes, name);
    return octet_zip_open_reader(ctx, &reader, out);
}

void octet_zip_close(octet_context *ctx, octet_zip *zip) {
    if (zip == NULL) return;
    octet_reader_close(&zip->own);
    octet_arena_free(ctx, &zip->arena);
    octet_memory_free(ctx, zip);
}

const char *octet_zip_archive(const octet_zip *zip) { return zip->name; }
size_t octet_zip_count(const octet_zip *zip) { return zip->n_entries; }
const char *octet_zip_name(const octet_zip *zip, size_t index) { return zip->entries[index].name; }
uint64_t octet_zip_size(const octet_zip *zip, size_t index) { return zip->entries[index].size; }

bool octet_zip_find(const octet_zip *zip, const char *name, size_t *index) {
    for (size_t i = zip->n_entries; i-- > 0;) {
        if (strcmp(octet_zip_name(zip, i), name) == 0) {
            *index = i;
            return true;
        }
    }
    return false;
}

static octet_status corrupt(octet_context *ctx, const octet_zip *zip, const octet_zip_entry *entry, const char *why) {
    return octet_context_fail(ctx, OCTET_FORMAT, "%s:%s: %s: the archive is corrupt", zip->name, entry->name, why);
}

/* The packed bytes of an entry that can be unpacked. */
static octet_status find_packed(octet_context *ctx, const octet_zip *zip, const octet_zip_entry *entry,
                                octet_reader *out) {
    uint8_t header[HEADER_SIZE];
    const octet_reader *reader = &zip->reader;
    const octet_bytes bytes = {header, sizeof header};
    OCTET_CHECK(ctx, !entry->is_encrypted, OCTET_UNSUPPORTED, "%s:%s: is encrypted", zip->name, entry->name);
    OCTET_CHECK(ctx, entry->method == OCTET_ZIP_STORED || entry->method == OCTET_ZIP_DEFLATED, OCTET_UNSUPPORTED,
                "%s:%s: is compressed by method %u: octet reads entries that are stored or deflated (method 8)",
                zip->name, entry->name, (unsigned)entry->method);
    if (entry->header > reader->size || reader->size - entry->header < HEADER_SIZE)
        return corrupt(ctx, zip, entry, "begins outside the file");
    OCTET_TRY(octet_reader_read(ctx, reader, entry->header, header, sizeof header));
    if (memcmp(header, "PK\3\4", 4) != 0) return corrupt(ctx, zip, entry, "no entry where the directory names one");
    uint16_t n_name = 0, n_extra = 0;
    octet_bytes_u16le(bytes, 26, &n_name);
    octet_bytes_u16le(bytes, 28, &n_extra);
    const uint64_t begin = entry->header + HEADER_SIZE + n_name + n_extra;
    if (begin > reader->size || entry->n_packed_bytes > reader->size - begin)
        return corrupt(ctx, zip, entry, "ends outside the file");
    if (entry->method == OCTET_ZIP_STORED && entry->size != entry->n_packed_bytes)
        return corrupt(ctx, zip, entry, "is stored in another size than its own");
    *out = octet_reader_part(reader, begin, entry->n_packed_bytes, zip->name);
    return OCTET_OK;
}

octet_status octet_zip_check_size(octet_context *ctx, const octet_zip *zip, size_t index) {
    const octet_zip_entry *entry = &zip->entries[index];
    OCTET_CHECK(ctx, entry->size <= octet_inflated_limit(entry->n_packed_bytes), OCTET_LIMIT,
                "%s:%s: %llu bytes that are compressed to %llu: the limit is 64 MiB or 100 times the compressed size; "
                "store the entry uncompressed",
                zip->name, entry->name, (unsigned long long)entry->size, (unsigned long long)entry->n_packed_bytes);
    const size_t left = ctx->max_memory_bytes > ctx->memory_bytes ? ctx->max_memory_bytes - ctx->memory_bytes : 0;
    OCTET_CHECK(ctx, entry->method == OCTET_ZIP_STORED || entry->size <= left, OCTET_LIMIT,
                "%s:%s: %llu bytes when decompressed: the limit is %zu bytes of memory in all", zip->name, entry->name,
                (unsigned long long)entry->size, ctx->max_memory_bytes);
    return OCTET_OK;
}

/* ---- Piece by piece ---- */

typedef struct stream {
    const octet_zip *zip;
    const octet_zip_entry *entry;
    octet_reader packed;
    uint64_t n_taken, n_given; /* bytes so far */
    uint8_t *input;            /* PIECE bytes; NULL for a stored entry */
    z_stream z;
    uint32_t checksum;
} stream;

static octet_status open_stream(octet_context *ctx, const octet_zip *zip, size_t index, stream *out) {
    *out = (stream){.zip = zip, .entry = &zip->entries[index]};
    OCTET_TRY(find_packed(ctx, zip, out->entry, &out->packed));
    OCTET_TRY(octet_library_load(ctx, OCTET_LIBRARY_DEFLATE, zip->name)); /* its checksums */
    if (out->entry->method == OCTET_ZIP_STORED) return OCTET_OK;
    OCTET_TRY(octet_library_load(ctx, OCTET_LIBRARY_ZLIB, zip->name));
    OCTET_TRY(octet_memory_allocate(ctx, PIECE, (void **)&out->input));
    if (inflateInit2(&out->z, -15) == Z_OK) return OCTET_OK;
    octet_memory_free(ctx, out->input);
    return octet_context_fail(ctx, OCTET_NOMEM, "%s:%s: out of memory for decompression", zip->name, out->entry->name);
}

static void close_stream(octet_context *ctx, stream *s) {
    if (s->input != NULL) inflateEnd(&s->z);
    octet_memory_free(ctx, s->input);
}

/* Up to n bytes; fewer only at the end of what is deflated. */
static octet_status inflate_some(octet_context *ctx, stream *s, uint8_t *to, size_t n, size_t *given) {
    s->z.next_out = to;
    s->z.avail_out = (uInt)n;
    int result = Z_OK;
    while (s->z.avail_out > 0 && result != Z_STREAM_END) {
        if (s->z.avail_in == 0 && s->n_taken < s->packed.size) {
            const uint64_t left = s->packed.size - s->n_taken;
            const size_t piece = left < PIECE ? (size_t)left : PIECE;
            OCTET_TRY(octet_reader_read(ctx, &s->packed, s->n_taken, s->input, piece));
            s->n_taken += piece;
            s->z.next_in = s->input;
            s->z.avail_in = (uInt)piece;
        }
        result = inflate(&s->z, Z_NO_FLUSH);
        OCTET_CHECK(ctx, result != Z_MEM_ERROR, OCTET_NOMEM, "%s:%s: out of memory for decompression", s->zip->name,
                    s->entry->name);
        if (result != Z_OK && result != Z_STREAM_END)
            return corrupt(ctx, s->zip, s->entry, s->z.msg != NULL ? s->z.msg : "unexpected end");
    }
    *given = n - s->z.avail_out;
    return OCTET_OK;
}

/* After its last byte an entry must be what the directory says. */
static octet_status check_end(octet_context *ctx, stream *s) {
    uint8_t more;
    size_t n = 0;
    if (s->input != NULL) OCTET_TRY(inflate_some(ctx, s, &more, 1, &n));
    if (n > 0) return corrupt(ctx, s->zip, s->entry, "is larger than the directory says");
    if (s->checksum != s->entry->checksum) return corrupt(ctx, s->zip, s->entry, "the checksum differs");
    return OCTET_OK;
}

/* The next bytes, at most n (> 0); none behind the last one. With the last one the checksum is compared. */
static octet_status read_stream(octet_context *ctx, stream *s, uint8_t *to, size_t n, size_t *given) {
    const uint64_t left = s->entry->size - s->n_given;
    if (n > left) n = (size_t)left;
    if (n > PIECE * (size_t)1024) n = PIECE * (size_t)1024; /* zlib counts in 32 bits */
    *given = n;
    if (s->input != NULL && n > 0) OCTET_TRY(inflate_some(ctx, s, to, n, given));
    else OCTET_TRY(octet_reader_read(ctx, &s->packed, s->n_given, to, n));
    if (*given < n) return corrupt(ctx, s->zip, s->entry, "is smaller than the directory says");
    s->checksum = libdeflate_crc32(s->checksum, to, n);
    s->n_given += n;
    return s->n_given == s->entry->size ? check_end(ctx, s) : OCTET_OK;
}

/* ---- Whole entries and their beginnings ---- */

/* The buffer grows with what really arrives, not with what the directory claims. */
static octet_status read_some(octet_context *ctx, octet_zip *zip, size_t index, size_t limit, octet_buffer *out) {
    stream s;
    const uint64_t size = octet_zip_size(zip, index);
    OCTET_TRY(open_stream(ctx, zip, index, &s));
    octet_status status = size > 0 ? OCTET_OK : check_end(ctx, &s);
    while (status == OCTET_OK && out->size < limit && s.n_given < size) {
        size_t piece = out->size < MIN_GROWTH ? MIN_GROWTH : out->size, given = 0;
        if (piece > size - s.n_given) piece = (size_t)(size - s.n_given);
        if (piece > limit - out->size) piece = limit - out->size;
        const size_t before = out->size;
        uint8_t *place = NULL;
        status = octet_buffer_extend(ctx, out, piece, &place);
        if (status == OCTET_OK) status = read_stream(ctx, &s, place, piece, &given);
        out->size = before + given;
        if (out->data != NULL) out->data[out->size] = 0;
    }
    close_stream(ctx, &s);
    return status;
}

/* A deflated entry, packed and unpacked in memory as a whole: in a quarter of the time. */
static octet_status read_deflated(octet_context *ctx, octet_zip *zip, const octet_zip_entry *entry, octet_buffer *out) {
    octet_reader packed;
    octet_bytes bytes;
    size_t taken = 0, given = 0;
    uint8_t *place;
    OCTET_TRY(octet_library_load(ctx, OCTET_LIBRARY_DEFLATE, zip->name));
    OCTET_TRY(find_packed(ctx, zip, entry, &packed));
    if (entry->size / MAX_DEFLATE_RATIO > packed.size)
        return corrupt(ctx, zip, entry, "is smaller than the directory says");
    OCTET_TRY(octet_buffer_extend(ctx, out, (size_t)entry->size, &place));
    OCTET_TRY(octet_reader_head(ctx, &packed, (size_t)packed.size, &bytes));
    struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
    enum libdeflate_result result = LIBDEFLATE_BAD_DATA;
    if (decompressor != NULL)
        result = libdeflate_deflate_decompress_ex(decompressor, bytes.data, bytes.size, place, (size_t)entry->size,
                                                  &taken, &given);
    octet_memory_free(ctx, (void *)(uintptr_t)bytes.data);
    OCTET_CHECK(ctx, decompressor != NULL, OCTET_NOMEM, "%s:%s: out of memory for decompression", zip->name,
                entry->name);
    libdeflate_free_decompressor(decompressor);
    if (result == LIBDEFLATE_INSUFFICIENT_SPACE) return corrupt(ctx, zip, entry, "is larger than the directory says");
    if (result != LIBDEFLATE_SUCCESS) return corrupt(ctx, zip, entry, "cannot be decompressed");
    if (given != entry->size) return corrupt(ctx, zip, entry, "is smaller than the directory says");
    if (libdeflate_crc32(0, place, given) != entry->checksum) return corrupt(ctx, zip, entry, "the checksum differs");
    return OCTET_OK;
}

static octet_status read_entry(octet_context *ctx, octet_zip *zip, size_t index, size_t limit, octet_buffer *out) {
    const octet_zip_entry *entry = &zip->entries[index];
    out->size = 0;
    OCTET_TRY(octet_buffer_append(ctx, out, "", 0));
    const bool is_whole = entry->size <= limit && entry->size <= octet_inflated_limit(entry->n_packed_bytes);
    if (entry->method == OCTET_ZIP_DEFLATED && is_whole) return read_deflated(ctx, zip, entry, out);
    return read_some(ctx, zip, index, limit, out);
}

octet_status octet_zip_read(octet_context *ctx, octet_zip *zip, size_t index, size_t max_bytes, octet_buffer *out) {
    const size_t limit = max_bytes != 0 ? max_bytes : (size_t)1 << 31;
    OCTET_TRY(octet_zip_check_size(ctx, zip, index));
    OCTET_CHECK(ctx, octet_zip_size(zip, index) <= limit, OCTET_LIMIT,
                "%s:%s: %llu bytes when decompressed: the limit is %zu", zip->name, octet_zip_name(zip, index),
                (unsigned long long)octet_zip_size(zip, index), limit);
    return read_entry(ctx, zip, index, limit, out);
}

octet_status octet_zip_read_prefix(octet_context *ctx, octet_zip *zip, size_t index, size_t n_bytes,
                                   octet_buffer *out) {
    return read_entry(ctx, zip, index, n_bytes, out);
}

/* ---- Readers of entries ---- */

/* Reads an entry to its end and, unless the descriptor is -1, writes it there; `piece` has PIECE bytes. */
static octet_status pass_on(octet_context *ctx, stream *s, uint8_t *piece, int descriptor) {
    size_t n = 0;
    if (s->entry->size == 0) return check_end(ctx, s);
    while (s->n_given < s->entry->size) {
        OCTET_TRY(read_stream(ctx, s, piece, PIECE, &n));
        if (descriptor >= 0) OCTET_TRY(octet_file_append(ctx, descriptor, (octet_bytes){piece, n}, s->zip->name));
    }
    return OCTET_OK;
}

static octet_status copy_to(octet_context *ctx, octet_zip *zip, size_t index, int descriptor) {
    stream s;
    void *piece;
    OCTET_TRY(octet_memory_allocate(ctx, PIECE, &piece));
    octet_status status = open_stream(ctx, zip, index, &s);
    if (status == OCTET_OK) {
        status = pass_on(ctx, &s, piece, descriptor);
        close_stream(ctx, &s);
    }
    octet_memory_free(ctx, piece);
    return status;
}

octet_status octet_zip_reader(octet_context *ctx, octet_zip *zip, size_t index, const char *name, int *descriptor,
                              octet_reader *out) {
    const octet_zip_entry *entry = &zip->entries[index];
    *descriptor = -1;
    OCTET_TRY(octet_zip_check_size(ctx, zip, index));
    if (entry->method == OCTET_ZIP_STORED) {
        OCTET_TRY(copy_to(ctx, zip, index, -1));
        OCTET_TRY(find_packed(ctx, zip, entry, out));
        out->name = name;
        return OCTET_OK;
    }
    OCTET_TRY(octet_file_create_in_memory(ctx, zip->name, descriptor));
    const octet_status status = copy_to(ctx, zip, index, *descriptor);
    if (status != OCTET_OK) {
        close(*descriptor);
        *descriptor = -1;
        return status;
    }
    *out = (octet_reader){.name = name, .descriptor = *descriptor, .size = entry->size};
    return OCTET_OK;
}
