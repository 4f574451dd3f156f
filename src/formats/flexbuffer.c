#include "formats/flexbuffer.h"

#include <assert.h>
#include <string.h>

/* Types, in the upper six bits of a type byte; the lower two say the width of what is behind an offset. */
enum { TYPE_INT = 1, TYPE_UINT = 2, TYPE_FLOAT = 3, TYPE_MAP = 9, TYPE_BOOL = 26 };
enum { MOST_ENTRIES = 256, WIDTH_4 = 2 /* log2 */ };

/* width bytes, little-endian; the caller has checked that they are there. */
static uint64_t unsigned_at(octet_bytes bytes, size_t at, size_t width) {
    uint64_t value = 0;
    for (size_t i = 0; i < width; i++) value |= (uint64_t)bytes.data[at + i] << 8 * i;
    return value;
}

/* Follows the offset at `at` backwards. */
static bool follow(octet_bytes bytes, size_t at, size_t width, size_t *target) {
    if (at > bytes.size || width > bytes.size - at) return false;
    const uint64_t offset = unsigned_at(bytes, at, width);
    if (offset == 0 || offset > at) return false;
    *target = at - (size_t)offset;
    return true;
}

static bool open_map(octet_bytes bytes, octet_flexbuffer_map *map) {
    if (bytes.size < 3) return false;
    const size_t root_width = bytes.data[bytes.size - 1];
    const uint8_t type = bytes.data[bytes.size - 2];
    if (type >> 2 != TYPE_MAP || root_width == 0 || root_width > 8 || root_width > bytes.size - 2) return false;
    const size_t w = (size_t)1 << (type & 3);
    if (!follow(bytes, bytes.size - 2 - root_width, root_width, &map->values) || map->values < 3 * w) return false;
    const uint64_t n = unsigned_at(bytes, map->values - w, w), key_width = unsigned_at(bytes, map->values - 2 * w, w);
    if (n > MOST_ENTRIES || (key_width != 1 && key_width != 2 && key_width != 4 && key_width != 8)) return false;
    if (n * (w + 1) > bytes.size - map->values) return false; /* the values, then their types */
    if (!follow(bytes, map->values - 3 * w, w, &map->keys) || n * key_width > bytes.size - map->keys) return false;
    map->bytes = bytes;
    map->width = w;
    map->key_width = (size_t)key_width;
    map->n = (uint32_t)n;
    return true;
}

octet_status octet_flexbuffer_open(octet_context *ctx, octet_bytes bytes, const char *name, octet_flexbuffer_map *out) {
    *out = (octet_flexbuffer_map){0};
    OCTET_CHECK(ctx, open_map(bytes, out), OCTET_FORMAT, "%s: its options are no map of FlexBuffers", name);
    return OCTET_OK;
}

static bool is_key(const octet_flexbuffer_map *map, uint32_t i, const char *key) {
    size_t at;
    const size_t n = strlen(key) + 1;
    if (!follow(map->bytes, map->keys + i * map->key_width, map->key_width, &at)) return false;
    return n <= map->bytes.size - at && memcmp(map->bytes.data + at, key, n) == 0;
}

bool octet_flexbuffer_number(const octet_flexbuffer_map *map, const char *key, double *out) {
    uint32_t i = 0;
    while (i < map->n && !is_key(map, i, key)) i++;
    if (i == map->n) return false;
    const uint64_t bits = unsigned_at(map->bytes, map->values + i * map->width, map->width);
    const int type = map->bytes.data[map->values + map->n * map->width + i] >> 2;
    float narrow;
    const uint32_t low = (uint32_t)bits;
    const unsigned spare = (unsigned)(64 - 8 * map->width); /* bits above the number */
    memcpy(&narrow, &low, sizeof narrow);
    switch (type) {
    case TYPE_INT: *out = (double)((int64_t)(bits << spare) >> spare); return true;
    case TYPE_UINT:
    case TYPE_BOOL: *out = (double)bits; return true;
    case TYPE_FLOAT:
        if (map->width == 4) *out = (double)narrow;
        if (map->width == 8) memcpy(out, &bits, sizeof bits);
        return map->width >= 4;
    default: return false;
    }
}

static octet_status append_u32(octet_context *ctx, octet_buffer *out, uint32_t value) {
    const uint8_t bytes[4] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16), (uint8_t)(value >> 24)};
    return octet_buffer_append(ctx, out, bytes, sizeof bytes);
}

static void sort(octet_flexbuffer_field *fields, size_t n) {
    for (size_t i = 1; i < n; i++) {
        const octet_flexbuffer_field field = fields[i];
        size_t at = i;
        for (; at > 0 && strcmp(fields[at - 1].key, field.key) > 0; at--) fields[at] = fields[at - 1];
        fields[at] = field;
    }
}

/* Keys, padding, number and places of the keys, then the map: place, width and number of the keys' vector, values,
 * types, root. */
octet_status octet_flexbuffer_write(octet_context *ctx, octet_flexbuffer_field *fields, size_t n, octet_buffer *out) {
    static const uint8_t types[] = {[OCTET_FLEXBUFFER_I32] = TYPE_INT << 2 | WIDTH_4,
                                    [OCTET_FLEXBUFFER_F32] = TYPE_FLOAT << 2 | WIDTH_4,
                                    [OCTET_FLEXBUFFER_BOOL] = TYPE_BOOL << 2 | WIDTH_4};
    size_t places[OCTET_FLEXBUFFER_MAX_FIELDS];
    const size_t begin = out->size;
    assert(n <= OCTET_FLEXBUFFER_MAX_FIELDS);
    sort(fields, n);
    for (size_t i = 0; i < n; i++) {
        places[i] = out->size;
        OCTET_TRY(octet_buffer_append(ctx, out, fields[i].key, strlen(fields[i].key) + 1));
    }
    while ((out->size - begin) % 4 != 0) OCTET_TRY(octet_buffer_append(ctx, out, "", 1));
    OCTET_TRY(append_u32(ctx, out, (uint32_t)n));
    const size_t keys = out->size;
    for (size_t i = 0; i < n; i++) OCTET_TRY(append_u32(ctx, out, (uint32_t)(out->size - places[i])));
    OCTET_TRY(append_u32(ctx, out, (uint32_t)(out->size - keys)));
    OCTET_TRY(append_u32(ctx, out, 4));
    OCTET_TRY(append_u32(ctx, out, (uint32_t)n));
    const size_t values = out->size;
    for (size_t i = 0; i < n; i++) OCTET_TRY(append_u32(ctx, out, fields[i].bits));
    for (size_t i = 0; i < n; i++) OCTET_TRY(octet_buffer_append(ctx, out, &types[fields[i].kind], 1));
    const uint8_t end[3] = {(uint8_t)(out->size - values), TYPE_MAP << 2 | WIDTH_4, 1}; /* 5 bytes a field: below 256 */
    return octet_buffer_append(ctx, out, end, sizeof end);
}
