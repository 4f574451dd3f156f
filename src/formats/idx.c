#include "formats/idx.h"

static bool element_of(uint8_t code, octet_element *out) {
    switch (code) {
    case 0x08: *out = (octet_element){'u', 1, false}; return true;
    case 0x09: *out = (octet_element){'i', 1, false}; return true;
    case 0x0b: *out = (octet_element){'i', 2, true}; return true;
    case 0x0c: *out = (octet_element){'i', 4, true}; return true;
    case 0x0d: *out = (octet_element){'f', 4, true}; return true;
    case 0x0e: *out = (octet_element){'f', 8, true}; return true;
    default: return false;
    }
}

bool octet_idx_is(octet_bytes bytes) {
    octet_element element;
    return bytes.size >= 4 && bytes.data[0] == 0 && bytes.data[1] == 0 && element_of(bytes.data[2], &element) &&
           bytes.data[3] >= 1 && bytes.data[3] <= OCTET_ARRAY_MAX_RANK;
}

octet_status octet_idx_header(octet_context *ctx, octet_bytes bytes, const char *name, octet_array *out,
                              size_t *offset) {
    *out = (octet_array){0};
    OCTET_CHECK(ctx, octet_idx_is(bytes), OCTET_FORMAT, "%s: %zu bytes that do not begin like IDX", name, bytes.size);
    element_of(bytes.data[2], &out->element);
    out->rank = bytes.data[3];
    *offset = 4 + 4 * (size_t)out->rank;
    OCTET_CHECK(ctx, *offset <= bytes.size, OCTET_FORMAT, "%s: %d dimensions in %zu bytes: the IDX file is truncated",
                name, (int)out->rank, bytes.size);
    for (int32_t i = 0; i < out->rank; i++) {
        uint32_t dim = 0;
        octet_bytes_u32be(bytes, 4 + 4 * (size_t)i, &dim);
        out->dims[i] = dim;
    }
    return octet_array_count(ctx, name, out);
}

octet_status octet_idx_parse(octet_context *ctx, octet_bytes bytes, const char *name, octet_array *out) {
    size_t offset;
    OCTET_TRY(octet_idx_header(ctx, bytes, name, out, &offset));
    char text[OCTET_ARRAY_TEXT_SIZE];
    OCTET_CHECK(ctx, octet_array_bytes(out) == bytes.size - offset, OCTET_FORMAT,
                "%s: %s needs %zu bytes, the file holds %zu: it is %s", name, octet_array_text(out, text),
                octet_array_bytes(out), bytes.size - offset,
                octet_array_bytes(out) > bytes.size - offset ? "truncated" : "corrupt");
    out->data = bytes.data + offset;
    return OCTET_OK;
}
