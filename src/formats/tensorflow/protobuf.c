/* A message is a list of fields; each is:
 * 1. a varint: the number of the field times 8, plus its type
 * 2. type 0: a varint; type 1: 8 bytes; type 5: 4 bytes; type 2: a varint with the number of bytes, then these. */
#include "formats/tensorflow/protobuf.h"

#include <string.h>

enum { MAX_FIELD_NUMBER = (1 << 29) - 1 };

bool octet_varint_read(octet_bytes bytes, size_t *at, uint64_t *out) {
    uint64_t value = 0;
    size_t place = *at;
    for (unsigned shift = 0; shift < 64 && place < bytes.size; shift += 7) {
        const uint8_t byte = bytes.data[place++];
        if (shift == 63 && byte > 1) return false;
        value |= (uint64_t)(byte & 127) << shift;
        if (byte < 128) {
            *at = place;
            *out = value;
            return true;
        }
    }
    return false;
}

octet_protobuf octet_protobuf_of(octet_bytes bytes, const char *name) {
    return (octet_protobuf){.bytes = bytes, .name = name};
}

bool octet_protobuf_has_next(const octet_protobuf *message) { return message->at < message->bytes.size; }

static bool read_value(octet_protobuf *m, octet_protobuf_field *field) {
    uint32_t low = 0;
    switch (field->type) {
    case OCTET_PROTOBUF_VARINT: return octet_varint_read(m->bytes, &m->at, &field->value);
    case OCTET_PROTOBUF_FIXED64:
        if (!octet_bytes_u64le(m->bytes, m->at, &field->value)) return false;
        m->at += 8;
        return true;
    case OCTET_PROTOBUF_FIXED32:
        if (!octet_bytes_u32le(m->bytes, m->at, &low)) return false;
        field->value = low;
        m->at += 4;
        return true;
    case OCTET_PROTOBUF_BYTES:
        if (!octet_varint_read(m->bytes, &m->at, &field->value)) return false;
        if (field->value > m->bytes.size - m->at) return false;
        field->bytes = (octet_bytes){m->bytes.data + m->at, (size_t)field->value};
        m->at += field->bytes.size;
        return true;
    }
    return false;
}

octet_status octet_protobuf_next(octet_context *ctx, octet_protobuf *message, octet_protobuf_field *out) {
    const size_t begin = message->at;
    uint64_t tag = 0;
    *out = (octet_protobuf_field){0};
    bool is_sound =
        octet_varint_read(message->bytes, &message->at, &tag) && tag >> 3 > 0 && tag >> 3 <= MAX_FIELD_NUMBER;
    if (is_sound) {
        out->number = (uint32_t)(tag >> 3);
        out->type = (octet_protobuf_type)(tag & 7);
        is_sound = read_value(message, out);
    }
    OCTET_CHECK(ctx, is_sound, OCTET_FORMAT, "%s: byte %zu of %zu begins no field of a protobuf: the file is corrupt",
                message->name, begin, message->bytes.size);
    return OCTET_OK;
}

octet_status octet_protobuf_text(octet_context *ctx, octet_arena *arena, const octet_protobuf_field *field,
                                 const char *name, const char **out) {
    char *text = NULL;
    OCTET_CHECK(ctx,
                field->type == OCTET_PROTOBUF_BYTES &&
                    (field->bytes.size == 0 || memchr(field->bytes.data, '\0', field->bytes.size) == NULL),
                OCTET_FORMAT, "%s: field %u is no text: the file is corrupt", name, (unsigned)field->number);
    OCTET_TRY(OCTET_NEW(ctx, arena, field->bytes.size + 1, &text));
    if (field->bytes.size > 0) memcpy(text, field->bytes.data, field->bytes.size);
    *out = text;
    return OCTET_OK;
}
