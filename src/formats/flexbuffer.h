/* formats/flexbuffer.h - FlexBuffers, the self-describing sister of FlatBuffers: maps of numbers only.
 * In:  bytes, possibly hostile; fields to write.
 * Out: numbers by key; a map that FlexBuffers' own reader takes.
 * Knows: the format as its documentation states it: values behind their types, offsets backwards, the root at the end.
 * Does not know: what the keys mean; the options of custom operators are such maps. */
#ifndef OCTET_FORMATS_FLEXBUFFER_H
#define OCTET_FORMATS_FLEXBUFFER_H

#include "base/buffer.h"

/* Points into the bytes; nothing to free. */
typedef struct octet_flexbuffer_map {
    octet_bytes bytes;
    size_t values, keys;     /* of the first element of either vector */
    size_t width, key_width; /* bytes of an element: 1, 2, 4 or 8 */
    uint32_t n;
} octet_flexbuffer_map;

/* FORMAT unless the root is a map of at most 256 entries inside the bytes. `name`: for messages. */
octet_status octet_flexbuffer_open(octet_context *ctx, octet_bytes bytes, const char *name, octet_flexbuffer_map *out);
/* False when the map has no such key, or no number, truth value or float there. */
bool octet_flexbuffer_number(const octet_flexbuffer_map *map, const char *key, double *out);

typedef enum octet_flexbuffer_kind {
    OCTET_FLEXBUFFER_I32,
    OCTET_FLEXBUFFER_F32,
    OCTET_FLEXBUFFER_BOOL
} octet_flexbuffer_kind;
typedef struct octet_flexbuffer_field {
    const char *key;
    octet_flexbuffer_kind kind;
    uint32_t bits; /* of the number */
} octet_flexbuffer_field;
enum { OCTET_FLEXBUFFER_MAX_FIELDS = 32 };

/* Appends a map; the fields are sorted by their keys, which are different. */
octet_status octet_flexbuffer_write(octet_context *ctx, octet_flexbuffer_field *fields, size_t n, octet_buffer *out);

#endif
