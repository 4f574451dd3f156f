/* base/buffer.h - growing byte buffers with a cap, and reading with bounds.
 * In:  bytes and formatted text.
 * Out: one contiguous block; values written little-endian, and read from a bounded view.
 * Knows: the context's memory.
 * Does not know: formats. */
#ifndef OCTET_BASE_BUFFER_H
#define OCTET_BASE_BUFFER_H

#include "base/file.h"

typedef struct octet_buffer {
    uint8_t *data; /* always NUL-terminated once something was added */
    size_t size, capacity;
    size_t max_size; /* 0 = 2 GiB */
} octet_buffer;

/* A buffer of zeros is empty and ready. Growing past max_size is LIMIT. */
octet_status octet_buffer_append(octet_context *ctx, octet_buffer *buffer, const void *data, size_t size);
/* Appends n zero bytes and gives their place (valid until the next append); out may be NULL. */
octet_status octet_buffer_extend(octet_context *ctx, octet_buffer *buffer, size_t n_bytes, uint8_t **out);
octet_status octet_buffer_format(octet_context *ctx, octet_buffer *buffer, const char *format, ...) OCTET_PRINTF(3, 4);
octet_status octet_buffer_u32le(octet_context *ctx, octet_buffer *buffer, uint32_t value);
octet_status octet_buffer_u64le(octet_context *ctx, octet_buffer *buffer, uint64_t value);
void octet_buffer_free(octet_context *ctx, octet_buffer *buffer);

/* Reading: false when [offset, offset + width) is not inside `bytes`; nothing is read then. */
static inline bool octet_bytes_inside(octet_bytes bytes, size_t offset, size_t size) {
    return offset <= bytes.size && size <= bytes.size - offset;
}
bool octet_bytes_u16le(octet_bytes bytes, size_t offset, uint16_t *out);
bool octet_bytes_u32le(octet_bytes bytes, size_t offset, uint32_t *out);
bool octet_bytes_u64le(octet_bytes bytes, size_t offset, uint64_t *out);
bool octet_bytes_u32be(octet_bytes bytes, size_t offset, uint32_t *out);

#endif
