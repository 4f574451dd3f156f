/* formats/tensorflow/protobuf.h - the fields of a protobuf message, one after the other.
 * In:  the bytes of a message.
 * Out: number and value of each field; a message inside is a field of bytes, read in the same way.
 * Knows: the wire format (protobuf.dev/programming-guides/encoding) of varints, fixed numbers and bytes.
 * Does not know: what a field means; groups, which TensorFlow's messages do not have. */
#ifndef OCTET_FORMATS_TENSORFLOW_PROTOBUF_H
#define OCTET_FORMATS_TENSORFLOW_PROTOBUF_H

#include "base/buffer.h"

typedef enum octet_protobuf_type {
    OCTET_PROTOBUF_VARINT = 0,
    OCTET_PROTOBUF_FIXED64 = 1,
    OCTET_PROTOBUF_BYTES = 2,
    OCTET_PROTOBUF_FIXED32 = 5
} octet_protobuf_type;

typedef struct octet_protobuf {
    octet_bytes bytes;
    size_t at;
    const char *name; /* opens messages */
} octet_protobuf;

typedef struct octet_protobuf_field {
    uint32_t number;
    octet_protobuf_type type;
    uint64_t value;    /* VARINT, FIXED64, FIXED32 */
    octet_bytes bytes; /* BYTES: a view; else empty */
} octet_protobuf_field;

/* Up to 64 bits, 7 in each byte, the lowest first. False, with *at unmoved, when no such number begins at *at. */
bool octet_varint_read(octet_bytes bytes, size_t *at, uint64_t *out);

octet_protobuf octet_protobuf_of(octet_bytes bytes, const char *name);
/* False at the end of the message. */
bool octet_protobuf_has_next(const octet_protobuf *message);
/* The next field. Errors: FORMAT. */
octet_status octet_protobuf_next(octet_context *ctx, octet_protobuf *message, octet_protobuf_field *out);
/* Bytes as text in `arena`. Errors: FORMAT (a NUL in it), NOMEM. */
octet_status octet_protobuf_text(octet_context *ctx, octet_arena *arena, const octet_protobuf_field *field,
                                 const char *name, const char **out);

#endif
