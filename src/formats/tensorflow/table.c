/* A table is:
 * 1. blocks of data, one behind the other, then blocks with data about them, then the block of the index
 * 2. 48 bytes at the end: place and size of a block of metadata, place and size of the index (varints), zeros up to
 *    byte 40, 8 bytes that say what the file is.
 * A block is entries, the places of some of them (4 bytes each), the number of these places (4 bytes); behind it 1
 * byte: how it is compressed, and 4 bytes: the masked CRC-32C of block and byte. An entry is three varints and two
 * strings: how many bytes of the key are those of the key before, how many follow, the size of the value; these bytes;
 * the value. The value of an entry of the index is place and size of a block of data. */
#include "formats/tensorflow/table.h"

#include <string.h>

#include "base/checked.h"
#include "base/crc32c.h"
#include "formats/tensorflow/protobuf.h"

enum { FOOTER_SIZE = 48, HANDLES_SIZE = 40, TRAILER_SIZE = 5 };

typedef struct handle {
    uint64_t place, size; /* of a block, without its trailer */
} handle;

typedef struct reader {
    octet_context *ctx;
    octet_arena *arena;
    octet_bytes file;
    const char *name;
    octet_table_entry *entries;
    size_t n_entries, capacity;
    size_t key_bytes; /* of all keys so far */
} reader;

static octet_status corrupt(const reader *r, size_t place, const char *what) {
    return octet_context_fail(r->ctx, OCTET_FORMAT, "%s: byte %zu: %s: the file is cut or corrupt; copy it again",
                              r->name, place, what);
}

static bool read_handle(octet_bytes bytes, size_t *at, handle *out) {
    return octet_varint_read(bytes, at, &out->place) && octet_varint_read(bytes, at, &out->size);
}

/* The entries of a block, without the places behind them. */
static octet_status open_block(const reader *r, handle at, octet_bytes *out) {
    const uint64_t end = r->file.size - FOOTER_SIZE;
    if (at.place > end || at.size < 4 || at.size > end - at.place || TRAILER_SIZE > end - at.place - at.size)
        return corrupt(r, (size_t)(at.place < end ? at.place : end), "a block of the table is not inside the file");
    const size_t place = (size_t)at.place, size = (size_t)at.size;
    uint32_t stored = 0, n_places = 0;
    octet_bytes_u32le(r->file, place + size + 1, &stored);
    if (octet_crc32c_mask(octet_crc32c(0, r->file.data + place, size + 1)) != stored)
        return corrupt(r, place, "the checksum of a block of the table is wrong");
    OCTET_CHECK(r->ctx, r->file.data[place + size] == 0, OCTET_UNSUPPORTED,
                "%s: byte %zu: a block of the table is compressed; save the model again with TensorFlow 2", r->name,
                place);
    octet_bytes_u32le(r->file, place + size - 4, &n_places);
    if (n_places > (size - 4) / 4) return corrupt(r, place, "a block of the table ends before its entries");
    *out = (octet_bytes){r->file.data + place, size - 4 - (size_t)n_places * 4};
    return OCTET_OK;
}

static octet_status add(reader *r, octet_bytes key, octet_bytes value) {
    if (r->n_entries == r->capacity) {
        octet_table_entry *entries = NULL;
        const size_t capacity = r->capacity == 0 ? 64 : 2 * r->capacity;
        OCTET_TRY(OCTET_NEW(r->ctx, r->arena, capacity, &entries));
        if (r->n_entries > 0) memcpy(entries, r->entries, r->n_entries * sizeof *entries);
        r->entries = entries;
        r->capacity = capacity;
    }
    r->entries[r->n_entries++] = (octet_table_entry){key, value};
    return OCTET_OK;
}

static int compare(octet_bytes a, octet_bytes b) {
    const size_t n = a.size < b.size ? a.size : b.size;
    const int order = n > 0 ? memcmp(a.data, b.data, n) : 0;
    return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

/* Takes an entry from `block` at *at; `before` is the key before it in the block. */
static octet_status read_entry(reader *r, octet_bytes block, size_t *at, octet_bytes before, octet_bytes *key,
                               octet_bytes *value) {
    const size_t place = (size_t)(block.data - r->file.data) + *at;
    uint64_t n_shared = 0, n_own = 0, n_value = 0;
    const bool has_sizes = octet_varint_read(block, at, &n_shared) && octet_varint_read(block, at, &n_own) &&
                           octet_varint_read(block, at, &n_value);
    if (!has_sizes || n_shared > before.size || n_own > block.size - *at || n_value > block.size - *at - n_own)
        return corrupt(r, place, "an entry of the table is longer than its block");
    const size_t size = (size_t)(n_shared + n_own);
    uint8_t *text = NULL;
    r->key_bytes += size;
    OCTET_CHECK(r->ctx, r->key_bytes <= octet_inflated_limit(r->file.size), OCTET_LIMIT,
                "%s: the keys of its table are longer than 64 MiB and than 100 times the file", r->name);
    OCTET_TRY(OCTET_NEW(r->ctx, r->arena, size, &text));
    if (n_shared > 0) memcpy(text, before.data, (size_t)n_shared);
    if (n_own > 0) memcpy(text + n_shared, block.data + *at, (size_t)n_own);
    *key = (octet_bytes){text, size};
    *value = (octet_bytes){block.data + *at + n_own, (size_t)n_value};
    *at += (size_t)(n_own + n_value);
    return OCTET_OK;
}

static octet_status read_block(reader *r, handle at) {
    octet_bytes block, key = {0}, value;
    OCTET_TRY(open_block(r, at, &block));
    for (size_t place = 0; place < block.size;) {
        const size_t begin = (size_t)at.place + place;
        OCTET_TRY(read_entry(r, block, &place, key, &key, &value));
        if (r->n_entries > 0 && compare(r->entries[r->n_entries - 1].key, key) >= 0)
            return corrupt(r, begin, "the keys of the table do not ascend");
        OCTET_TRY(add(r, key, value));
    }
    return OCTET_OK;
}

octet_status octet_table_read(octet_context *ctx, octet_arena *arena, octet_bytes bytes, const char *name,
                              octet_table *out) {
    static const uint8_t signature[] = {0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb};
    reader r = {.ctx = ctx, .arena = arena, .file = bytes, .name = name};
    *out = (octet_table){0};
    OCTET_CHECK(
        ctx,
        bytes.size >= FOOTER_SIZE &&
            memcmp(bytes.data + bytes.size - sizeof signature, signature, sizeof signature) == 0,
        OCTET_FORMAT,
        "%s: %zu bytes that do not end as a table of TensorFlow does: the file is cut or corrupt; copy it again", name,
        bytes.size);
    const octet_bytes handles = {bytes.data + bytes.size - FOOTER_SIZE, HANDLES_SIZE};
    handle meta, index, data;
    size_t at = 0;
    if (!read_handle(handles, &at, &meta) || !read_handle(handles, &at, &index))
        return corrupt(&r, bytes.size - FOOTER_SIZE, "the place of the table's index is missing");
    octet_bytes block, key = {0}, value;
    OCTET_TRY(open_block(&r, index, &block));
    uint64_t end = 0; /* of the block before: where blocks may not overlap, each byte is read once */
    for (size_t place = 0; place < block.size;) {
        OCTET_TRY(read_entry(&r, block, &place, key, &key, &value));
        at = 0;
        if (!read_handle(value, &at, &data) || data.place < end)
            return corrupt(&r, (size_t)index.place, "the index of the table names blocks that overlap");
        OCTET_TRY(read_block(&r, data));
        end = data.place + data.size + TRAILER_SIZE;
    }
    *out = (octet_table){r.entries, r.n_entries};
    return OCTET_OK;
}

const octet_table_entry *octet_table_find(const octet_table *table, const void *key, size_t size) {
    const octet_bytes wanted = {key, size};
    size_t first = 0, end = table->n_entries;
    while (first < end) {
        const size_t middle = first + (end - first) / 2;
        const int order = compare(table->entries[middle].key, wanted);
        if (order == 0) return &table->entries[middle];
        if (order < 0) first = middle + 1;
        else end = middle;
    }
    return NULL;
}
