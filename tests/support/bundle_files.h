/* support/bundle_files.h - writes what the readers of src/formats/tensorflow read, right or wrong as a test wants it.
 * In:  keys and values, numbers.
 * Out: bytes of protobufs, tables and checkpoints; files.
 * Knows: the layouts that the readers state.
 * Does not know: the readers. */
#ifndef OCTET_TESTS_SUPPORT_BUNDLE_FILES_H
#define OCTET_TESTS_SUPPORT_BUNDLE_FILES_H

#include <string.h>

#include "base/buffer.h"
#include "base/crc32c.h"

static inline void put_varint(octet_context *ctx, octet_buffer *out, uint64_t value) {
    do {
        const uint8_t byte = (uint8_t)((value & 127) | (value > 127 ? 128 : 0));
        octet_buffer_append(ctx, out, &byte, 1);
        value >>= 7;
    } while (value > 0);
}

static inline void put_number(octet_context *ctx, octet_buffer *out, uint32_t field, uint64_t value) {
    put_varint(ctx, out, (uint64_t)field << 3);
    put_varint(ctx, out, value);
}

static inline void put_bytes(octet_context *ctx, octet_buffer *out, uint32_t field, const void *data, size_t size) {
    put_varint(ctx, out, (uint64_t)field << 3 | 2);
    put_varint(ctx, out, size);
    octet_buffer_append(ctx, out, data, size);
}

static inline void put_text(octet_context *ctx, octet_buffer *out, uint32_t field, const char *text) {
    put_bytes(ctx, out, field, text, strlen(text));
}

/* A message inside: `inner` is emptied. */
static inline void put_message(octet_context *ctx, octet_buffer *out, uint32_t field, octet_buffer *inner) {
    put_bytes(ctx, out, field, inner->data, inner->size);
    octet_buffer_free(ctx, inner);
}

static inline void put_fixed32(octet_context *ctx, octet_buffer *out, uint32_t field, uint32_t value) {
    put_varint(ctx, out, (uint64_t)field << 3 | 5);
    octet_buffer_u32le(ctx, out, value);
}

/* A block of a table: entries are appended, then it is closed and put behind `file`. */
typedef struct block_writer {
    octet_buffer bytes;
    uint8_t key[256];
    size_t key_size;
} block_writer;

static inline void put_entry(octet_context *ctx, block_writer *block, const char *key, const void *value, size_t size) {
    const size_t n = strlen(key);
    size_t shared = 0;
    while (shared < n && shared < block->key_size && block->key[shared] == (uint8_t)key[shared]) shared++;
    put_varint(ctx, &block->bytes, shared);
    put_varint(ctx, &block->bytes, n - shared);
    put_varint(ctx, &block->bytes, size);
    octet_buffer_append(ctx, &block->bytes, key + shared, n - shared);
    octet_buffer_append(ctx, &block->bytes, value, size);
    memcpy(block->key, key, n);
    block->key_size = n;
}

/* `handle`: place and size of the block, as the index and the end of the file name it. compression: 0 is none. */
static inline void close_block(octet_context *ctx, block_writer *block, octet_buffer *file, uint8_t compression,
                               octet_buffer *handle) {
    octet_buffer_u32le(ctx, &block->bytes, 0); /* the place of the first entry */
    octet_buffer_u32le(ctx, &block->bytes, 1);
    put_varint(ctx, handle, file->size);
    put_varint(ctx, handle, block->bytes.size);
    octet_buffer_append(ctx, &block->bytes, &compression, 1);
    const uint32_t crc = octet_crc32c_mask(octet_crc32c(0, block->bytes.data, block->bytes.size));
    octet_buffer_append(ctx, file, block->bytes.data, block->bytes.size);
    octet_buffer_u32le(ctx, file, crc);
    octet_buffer_free(ctx, &block->bytes);
    *block = (block_writer){0};
}

/* What stands at the end of a table. */
static inline void put_footer(octet_context *ctx, octet_buffer *file, const octet_buffer *index) {
    static const uint8_t signature[] = {0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb};
    octet_buffer footer = {0};
    put_varint(ctx, &footer, 0);
    put_varint(ctx, &footer, 0);
    octet_buffer_append(ctx, &footer, index->data, index->size);
    octet_buffer_extend(ctx, &footer, 40 - footer.size, NULL);
    octet_buffer_append(ctx, &footer, signature, sizeof signature);
    octet_buffer_append(ctx, file, footer.data, footer.size);
    octet_buffer_free(ctx, &footer);
}

/* A table of one block; `block` is emptied. */
static inline void put_table(octet_context *ctx, block_writer *block, uint8_t compression, octet_buffer *file) {
    octet_buffer data = {0}, index = {0};
    block_writer top = {0};
    close_block(ctx, block, file, compression, &data);
    put_entry(ctx, &top, "~", data.data, data.size);
    close_block(ctx, &top, file, 0, &index);
    put_footer(ctx, file, &index);
    octet_buffer_free(ctx, &data);
    octet_buffer_free(ctx, &index);
}

/* BundleHeaderProto. */
static inline void put_bundle_header(octet_context *ctx, block_writer *block, uint32_t n_shards, uint32_t byte_order) {
    octet_buffer value = {0};
    put_number(ctx, &value, 1, n_shards);
    put_number(ctx, &value, 2, byte_order);
    put_entry(ctx, block, "", value.data, value.size);
    octet_buffer_free(ctx, &value);
}

typedef struct bundle_entry {
    uint32_t type, rank, shard;
    uint64_t dims[10], place, size;
    uint32_t checksum; /* masked */
    bool is_sliced;
} bundle_entry;

/* BundleEntryProto. */
static inline void put_bundle_entry(octet_context *ctx, block_writer *block, const char *key, const bundle_entry *e) {
    octet_buffer value = {0}, shape = {0}, dim = {0};
    put_number(ctx, &value, 1, e->type);
    for (uint32_t i = 0; i < e->rank; i++) {
        put_number(ctx, &dim, 1, e->dims[i]);
        put_message(ctx, &shape, 2, &dim);
    }
    put_message(ctx, &value, 2, &shape);
    put_number(ctx, &value, 3, e->shard);
    put_number(ctx, &value, 4, e->place);
    put_number(ctx, &value, 5, e->size);
    put_fixed32(ctx, &value, 6, e->checksum);
    if (e->is_sliced) put_text(ctx, &value, 7, "");
    put_entry(ctx, block, key, value.data, value.size);
    octet_buffer_free(ctx, &value);
}

#endif
