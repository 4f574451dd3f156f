#include "base/reader.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/format.h"

octet_status octet_reader_open(octet_context *ctx, const char *path, octet_reader *out) {
    *out = (octet_reader){.name = path, .descriptor = -1};
    return octet_file_open_descriptor(ctx, path, &out->descriptor, &out->size);
}

octet_reader octet_reader_of_bytes(octet_bytes bytes, const char *name) {
    return (octet_reader){.name = name, .descriptor = -1, .size = bytes.size, .bytes = bytes};
}

octet_reader octet_reader_part(const octet_reader *whole, uint64_t offset, uint64_t size, const char *name) {
    octet_reader part = *whole;
    part.name = name;
    part.offset += offset;
    part.size = size;
    if (part.bytes.data != NULL) part.bytes = (octet_bytes){whole->bytes.data + offset, (size_t)size};
    return part;
}

void octet_reader_close(octet_reader *reader) {
    if (reader->descriptor >= 0) close(reader->descriptor);
    *reader = (octet_reader){.descriptor = -1};
}

octet_status octet_reader_read(octet_context *ctx, const octet_reader *reader, uint64_t offset, void *to, size_t size) {
    OCTET_CHECK(ctx, offset <= reader->size && size <= reader->size - offset, OCTET_IO,
                "%s: ends at byte %llu, before all of it was read", reader->name, (unsigned long long)reader->size);
    if (reader->descriptor < 0) {
        if (size > 0) memcpy(to, reader->bytes.data + offset, size);
        return OCTET_OK;
    }
    uint8_t *place = to;
    offset += reader->offset;
    while (size > 0) {
        const ssize_t n = pread(reader->descriptor, place, size, (off_t)offset);
        if (n < 0 && errno == EINTR) continue;
        OCTET_CHECK(ctx, n >= 0, octet_status_of_error(errno), "%s: cannot be read: %s", reader->name,
                    octet_format_error(errno));
        OCTET_CHECK(ctx, n > 0, OCTET_IO, "%s: became shorter while it was read: there is no byte %llu any more",
                    reader->name, (unsigned long long)offset);
        place += n;
        size -= (size_t)n;
        offset += (uint64_t)n;
    }
    return OCTET_OK;
}

octet_status octet_reader_head(octet_context *ctx, const octet_reader *reader, size_t max_size, octet_bytes *head) {
    const size_t size = reader->size < max_size ? (size_t)reader->size : max_size;
    void *block;
    *head = (octet_bytes){0};
    OCTET_TRY(octet_memory_allocate(ctx, size, &block));
    const octet_status status = octet_reader_read(ctx, reader, 0, block, size);
    if (status == OCTET_OK) *head = (octet_bytes){block, size};
    else octet_memory_free(ctx, block);
    return status;
}
