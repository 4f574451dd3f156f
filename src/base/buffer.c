#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/checked.h"
#include "base/format.h"
#include "base/memory.h"

static octet_status reserve(octet_context *ctx, octet_buffer *buffer, size_t n_bytes) {
    const size_t max_size = buffer->max_size ? buffer->max_size : (size_t)1 << 31;
    size_t needed;
    OCTET_CHECK(ctx, octet_add_size(buffer->size, n_bytes, &needed) && needed <= max_size, OCTET_LIMIT,
                "a result of more than %zu bytes is not allowed here", max_size);
    if (needed < buffer->capacity) return OCTET_OK; /* one byte is kept for the NUL */
    size_t capacity = buffer->capacity ? 2 * buffer->capacity : 4096;
    if (capacity <= needed) capacity = needed + 1;
    void *grown;
    OCTET_TRY(octet_memory_allocate(ctx, capacity, &grown));
    if (buffer->size) memcpy(grown, buffer->data, buffer->size);
    octet_memory_free(ctx, buffer->data);
    buffer->data = grown;
    buffer->capacity = capacity;
    return OCTET_OK;
}

octet_status octet_buffer_extend(octet_context *ctx, octet_buffer *buffer, size_t n_bytes, uint8_t **out) {
    OCTET_TRY(reserve(ctx, buffer, n_bytes));
    memset(buffer->data + buffer->size, 0, n_bytes + 1);
    if (out != NULL) *out = buffer->data + buffer->size;
    buffer->size += n_bytes;
    return OCTET_OK;
}

octet_status octet_buffer_append(octet_context *ctx, octet_buffer *buffer, const void *data, size_t size) {
    OCTET_TRY(reserve(ctx, buffer, size));
    if (size) memcpy(buffer->data + buffer->size, data, size);
    buffer->size += size;
    buffer->data[buffer->size] = 0;
    return OCTET_OK;
}

octet_status octet_buffer_format(octet_context *ctx, octet_buffer *buffer, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const int length = octet_format_list(NULL, 0, format, arguments);
    va_end(arguments);
    OCTET_CHECK(ctx, length >= 0, OCTET_INTERNAL, "a text cannot be formatted: %s", format);
    OCTET_TRY(reserve(ctx, buffer, (size_t)length));
    va_start(arguments, format);
    octet_format_list((char *)buffer->data + buffer->size, (size_t)length + 1, format, arguments);
    va_end(arguments);
    buffer->size += (size_t)length;
    return OCTET_OK;
}

static octet_status append_little_endian(octet_context *ctx, octet_buffer *buffer, uint64_t value, size_t n_bytes) {
    uint8_t bytes[8];
    for (size_t i = 0; i < n_bytes; i++) bytes[i] = (uint8_t)(value >> 8 * i);
    return octet_buffer_append(ctx, buffer, bytes, n_bytes);
}

octet_status octet_buffer_u32le(octet_context *ctx, octet_buffer *buffer, uint32_t value) {
    return append_little_endian(ctx, buffer, value, 4);
}

octet_status octet_buffer_u64le(octet_context *ctx, octet_buffer *buffer, uint64_t value) {
    return append_little_endian(ctx, buffer, value, 8);
}

void octet_buffer_free(octet_context *ctx, octet_buffer *buffer) {
    octet_memory_free(ctx, buffer->data);
    *buffer = (octet_buffer){.max_size = buffer->max_size};
}

static uint64_t little_endian(const uint8_t *data, size_t width) {
    uint64_t value = 0;
    for (size_t i = width; i-- > 0;) value = value << 8 | data[i];
    return value;
}

bool octet_bytes_u16le(octet_bytes bytes, size_t offset, uint16_t *out) {
    if (!octet_bytes_inside(bytes, offset, 2)) return false;
    *out = (uint16_t)little_endian(bytes.data + offset, 2);
    return true;
}

bool octet_bytes_u32le(octet_bytes bytes, size_t offset, uint32_t *out) {
    if (!octet_bytes_inside(bytes, offset, 4)) return false;
    *out = (uint32_t)little_endian(bytes.data + offset, 4);
    return true;
}

bool octet_bytes_u64le(octet_bytes bytes, size_t offset, uint64_t *out) {
    if (!octet_bytes_inside(bytes, offset, 8)) return false;
    *out = little_endian(bytes.data + offset, 8);
    return true;
}

bool octet_bytes_u32be(octet_bytes bytes, size_t offset, uint32_t *out) {
    if (!octet_bytes_inside(bytes, offset, 4)) return false;
    const uint8_t *data = bytes.data + offset;
    *out = (uint32_t)data[0] << 24 | (uint32_t)data[1] << 16 | (uint32_t)data[2] << 8 | data[3];
    return true;
}
