/* A zip archive (APPNOTE.TXT of PKWARE, 4.3), read from its end:
 * 1. The end record, 22 bytes and a comment of up to 65535: "PK\5\6"; two numbers of files (u16); entries in this file
 *    and in all (u16); size and offset of the directory (u32); length of the comment (u16).
 * 2. Where one of these is all ones, 20 bytes before it: "PK\6\7"; u32; offset (u64) of the zip64 end record; u32.
 * 3. The zip64 end record, 56 bytes and more: "PK\6\6"; its size (u64); versions (2 u16); numbers of files (2 u32);
 *    entries (2 u64); size and offset of the directory (u64).
 * 4. The directory: for each entry 46 bytes, its name, extra fields and comment: "PK\1\2"; versions (2 u16); flags,
 *    method, time, date (u16); checksum, packed and real size (u32); lengths of name, extra fields and comment (u16);
 *    number of the file (u16); attributes (u16, u32); offset of the local header (u32).
 * 5. Extra field 1 holds, as u64, those of real size, packed size and offset that are all ones in 4. */
#include "formats/zip_directory.h"

#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"

enum {
    MAX_ENTRIES = 1 << 16,
    END_SIZE = 22,
    LOCATOR_SIZE = 20,
    END_64_SIZE = 56,
    ENTRY_SIZE = 46,
    MAX_COMMENT = UINT16_MAX,
    EXTRA_64 = 1,
    IS_ENCRYPTED = 1
};

/* Where the directory lies, and for how many entries. */
typedef struct directory {
    uint64_t n_entries, size, offset;
} directory;

static uint16_t u16(octet_bytes bytes, size_t at) {
    uint16_t value = 0;
    octet_bytes_u16le(bytes, at, &value);
    return value;
}

static uint32_t u32(octet_bytes bytes, size_t at) {
    uint32_t value = 0;
    octet_bytes_u32le(bytes, at, &value);
    return value;
}

static uint64_t u64(octet_bytes bytes, size_t at) {
    uint64_t value = 0;
    octet_bytes_u64le(bytes, at, &value);
    return value;
}

static bool begins_with(octet_bytes bytes, size_t at, const char *signature) {
    return octet_bytes_inside(bytes, at, 4) && memcmp(bytes.data + at, signature, 4) == 0;
}

static octet_status refuse(octet_context *ctx, const char *name, const char *why) {
    return octet_context_fail(ctx, OCTET_FORMAT, "%s: %s: not a zip archive, or truncated", name, why);
}

/* The last end record whose comment the file has room for. */
static bool find_end(octet_bytes tail, size_t *at) {
    for (size_t i = tail.size < END_SIZE ? 0 : tail.size - END_SIZE + 1; i-- > 0;)
        if (begins_with(tail, i, "PK\5\6") && u16(tail, i + 20) <= tail.size - i - END_SIZE) {
            *at = i;
            return true;
        }
    return false;
}

static octet_status read_end_64(octet_context *ctx, const octet_reader *reader, octet_bytes tail, size_t end,
                                directory *out) {
    uint8_t record[END_64_SIZE];
    const octet_bytes bytes = {record, sizeof record};
    if (end < LOCATOR_SIZE || !begins_with(tail, end - LOCATOR_SIZE, "PK\6\7"))
        return refuse(ctx, reader->name, "the zip64 end record is missing");
    const uint64_t at = u64(tail, end - LOCATOR_SIZE + 8);
    if (at > reader->size || reader->size - at < END_64_SIZE)
        return refuse(ctx, reader->name, "the zip64 end record lies outside the file");
    OCTET_TRY(octet_reader_read(ctx, reader, at, record, sizeof record));
    if (!begins_with(bytes, 0, "PK\6\6")) return refuse(ctx, reader->name, "the zip64 end record is missing");
    *out = (directory){.n_entries = u64(bytes, 32), .size = u64(bytes, 40), .offset = u64(bytes, 48)};
    return OCTET_OK;
}

/* tail: the last bytes of the file. */
static octet_status read_end(octet_context *ctx, const octet_reader *reader, octet_bytes tail, directory *out) {
    size_t end;
    if (!find_end(tail, &end)) return refuse(ctx, reader->name, "no end record");
    const uint64_t place = reader->size - tail.size + end;
    *out = (directory){.n_entries = u16(tail, end + 10), .size = u32(tail, end + 12), .offset = u32(tail, end + 16)};
    const bool is_whole = u16(tail, end + 8) == out->n_entries;
    if (out->n_entries == UINT16_MAX || out->size == UINT32_MAX || out->offset == UINT32_MAX)
        OCTET_TRY(read_end_64(ctx, reader, tail, end, out));
    if (!is_whole) return refuse(ctx, reader->name, "one of several files");
    OCTET_CHECK(ctx, out->n_entries <= MAX_ENTRIES, OCTET_LIMIT, "%s: %llu entries: the limit is %d", reader->name,
                (unsigned long long)out->n_entries, MAX_ENTRIES);
    if (out->offset > place || out->size > place - out->offset || out->size / ENTRY_SIZE < out->n_entries)
        return refuse(ctx, reader->name, "the directory does not fit into the file");
    return OCTET_OK;
}

/* Replaces what is all ones by what extra field 1 says. False where it does not. */
static bool widen(octet_bytes extra, octet_zip_entry *entry) {
    uint64_t *const numbers[] = {&entry->size, &entry->n_packed_bytes, &entry->header};
    size_t at = 0;
    while (octet_bytes_inside(extra, at, 4) && u16(extra, at) != EXTRA_64) at += 4 + (size_t)u16(extra, at + 2);
    const bool is_there = octet_bytes_inside(extra, at, 4) && octet_bytes_inside(extra, at + 4, u16(extra, at + 2));
    octet_bytes field = {0};
    if (is_there) field = (octet_bytes){extra.data + at + 4, u16(extra, at + 2)};
    for (size_t i = 0, place = 0; i < sizeof numbers / sizeof *numbers; i++) {
        if (*numbers[i] != UINT32_MAX) continue;
        if (!octet_bytes_u64le(field, place, numbers[i])) return false;
        place += 8;
    }
    return true;
}

static octet_status read_entry(octet_context *ctx, octet_arena *arena, octet_bytes bytes, const char *name, size_t *at,
                               octet_zip_entry *out) {
    if (!begins_with(bytes, *at, "PK\1\2") || !octet_bytes_inside(bytes, *at, ENTRY_SIZE))
        return refuse(ctx, name, "the directory is damaged");
    const size_t n_name = u16(bytes, *at + 28), n_extra = u16(bytes, *at + 30), n_comment = u16(bytes, *at + 32);
    const size_t text = *at + ENTRY_SIZE;
    if (!octet_bytes_inside(bytes, text, n_name + n_extra + n_comment))
        return refuse(ctx, name, "the directory is damaged");
    *out = (octet_zip_entry){.size = u32(bytes, *at + 24),
                             .n_packed_bytes = u32(bytes, *at + 20),
                             .header = u32(bytes, *at + 42),
                             .checksum = u32(bytes, *at + 16),
                             .method = u16(bytes, *at + 10),
                             .is_encrypted = (u16(bytes, *at + 8) & IS_ENCRYPTED) != 0};
    char *copy;
    OCTET_TRY(OCTET_NEW(ctx, arena, n_name + 1, &copy));
    memcpy(copy, bytes.data + text, n_name);
    out->name = copy;
    if (!widen((octet_bytes){bytes.data + text + n_name, n_extra}, out))
        return refuse(ctx, name, "the directory lacks a zip64 size");
    *at = text + n_name + n_extra + n_comment;
    return OCTET_OK;
}

static octet_status read_entries(octet_context *ctx, octet_arena *arena, const octet_reader *reader,
                                 const directory *found, octet_zip_entry **entries, size_t *n_entries) {
    void *block;
    OCTET_TRY(OCTET_NEW(ctx, arena, (size_t)found->n_entries, entries));
    *n_entries = (size_t)found->n_entries;
    OCTET_TRY(octet_memory_allocate(ctx, (size_t)found->size, &block));
    octet_status status = octet_reader_read(ctx, reader, found->offset, block, (size_t)found->size);
    const octet_bytes bytes = {block, (size_t)found->size};
    for (size_t i = 0, at = 0; status == OCTET_OK && i < *n_entries; i++)
        status = read_entry(ctx, arena, bytes, reader->name, &at, &(*entries)[i]);
    octet_memory_free(ctx, block);
    return status;
}

octet_status octet_zip_directory_read(octet_context *ctx, octet_arena *arena, const octet_reader *reader,
                                      octet_zip_entry **entries, size_t *n_entries) {
    const size_t most = END_SIZE + MAX_COMMENT + LOCATOR_SIZE;
    const size_t n = reader->size < most ? (size_t)reader->size : most;
    directory found = {0};
    void *tail;
    OCTET_CHECK(ctx, reader->size > 0, OCTET_FORMAT, "%s: the file is empty: not a zip archive", reader->name);
    OCTET_TRY(octet_memory_allocate(ctx, n, &tail));
    octet_status status = octet_reader_read(ctx, reader, reader->size - n, tail, n);
    if (status == OCTET_OK) status = read_end(ctx, reader, (octet_bytes){tail, n}, &found);
    octet_memory_free(ctx, tail);
    return status == OCTET_OK ? read_entries(ctx, arena, reader, &found, entries, n_entries) : status;
}
