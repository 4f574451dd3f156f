#include "formats/npy.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/checked.h"
#include "formats/kind.h"

enum { MAGIC_SIZE = 6, MAX_HEADER = 1 << 16 };

/* A reader of the dictionary's text. */
typedef struct cursor {
    octet_context *ctx;
    const char *name;
    const char *text, *end;
} cursor;

static octet_status malformed(const cursor *c, const char *what) {
    return octet_context_fail(c->ctx, OCTET_FORMAT, "%s: %s in the .npy header: the file is corrupt", c->name, what);
}

static void skip_spaces(cursor *c) {
    while (c->text < c->end && (*c->text == ' ' || *c->text == '\t' || *c->text == '\n' || *c->text == '\r')) c->text++;
}

static bool take(cursor *c, char wanted) {
    skip_spaces(c);
    if (c->text == c->end || *c->text != wanted) return false;
    c->text++;
    return true;
}

static bool take_string(cursor *c, const char **out, size_t *length) {
    skip_spaces(c);
    if (c->text == c->end || (*c->text != '\'' && *c->text != '"')) return false;
    const char quote = *c->text++;
    *out = c->text;
    while (c->text < c->end && *c->text != quote) c->text++;
    if (c->text == c->end) return false;
    *length = (size_t)(c->text++ - *out);
    return true;
}

static bool take_word(cursor *c, const char *word) {
    const size_t length = strlen(word);
    skip_spaces(c);
    if ((size_t)(c->end - c->text) < length || memcmp(c->text, word, length) != 0) return false;
    c->text += length;
    return true;
}

static octet_status take_shape(cursor *c, octet_array *out) {
    if (!take(c, '(')) return malformed(c, "no tuple as shape");
    out->rank = 0;
    while (!take(c, ')')) {
        int64_t dim = 0;
        skip_spaces(c);
        const char *begin = c->text;
        for (; c->text < c->end && *c->text >= '0' && *c->text <= '9'; c->text++)
            if (!octet_multiply_i64(dim, 10, &dim) || !octet_add_i64(dim, *c->text - '0', &dim))
                return malformed(c, "an impossible dimension");
        if (c->text == begin) return malformed(c, "no number as dimension");
        if (c->text < c->end && *c->text == 'L') c->text++; /* Python 2 */
        OCTET_CHECK(c->ctx, out->rank < OCTET_ARRAY_MAX_RANK, OCTET_LIMIT, "%s: more than %d dimensions", c->name,
                    OCTET_ARRAY_MAX_RANK);
        out->dims[out->rank++] = dim;
        if (!take(c, ',')) {
            if (!take(c, ')')) return malformed(c, "no end of the shape");
            break;
        }
    }
    return OCTET_OK;
}

static octet_status take_item(cursor *c, octet_array *out, unsigned *seen) {
    const char *key, *descr;
    size_t length;
    if (!take_string(c, &key, &length) || !take(c, ':')) return malformed(c, "no key");
    if (length == 5 && memcmp(key, "descr", 5) == 0) {
        *seen |= 1;
        skip_spaces(c);
        OCTET_CHECK(c->ctx, c->text == c->end || *c->text != '[', OCTET_UNSUPPORTED,
                    "%s: a structured array; one of plain numbers is needed", c->name);
        if (!take_string(c, &descr, &length)) return malformed(c, "no element type");
        OCTET_CHECK(c->ctx, octet_element_parse(descr, length, &out->element), OCTET_UNSUPPORTED,
                    "%s: elements of type '%.*s'; float, integer or boolean numbers are needed", c->name,
                    length < 32 ? (int)length : 32, descr);
        return OCTET_OK;
    }
    if (length == 13 && memcmp(key, "fortran_order", 13) == 0) {
        *seen |= 2;
        out->fortran_order = take_word(c, "True");
        return out->fortran_order || take_word(c, "False") ? OCTET_OK : malformed(c, "no boolean as fortran_order");
    }
    if (length == 5 && memcmp(key, "shape", 5) == 0) {
        *seen |= 4;
        return take_shape(c, out);
    }
    return malformed(c, "an unknown key");
}

octet_status octet_npy_header(octet_context *ctx, octet_bytes bytes, const char *name, octet_array *out,
                              size_t *offset) {
    *out = (octet_array){0};
    OCTET_CHECK(ctx, octet_file_kind_of(bytes) == OCTET_FILE_NPY, OCTET_FORMAT,
                "%s: %zu bytes that do not begin like .npy", name, bytes.size);
    OCTET_CHECK(ctx, bytes.size >= 12, OCTET_FORMAT, "%s: the .npy file ends within its header", name);
    const uint8_t major = bytes.data[MAGIC_SIZE];
    OCTET_CHECK(ctx, major >= 1 && major <= 3, OCTET_UNSUPPORTED, "%s: version %d of .npy; 1 to 3 are known", name,
                (int)major);
    uint16_t short_length = 0;
    uint32_t length = 0;
    octet_bytes_u16le(bytes, 8, &short_length);
    octet_bytes_u32le(bytes, 8, &length);
    if (major == 1) length = short_length;
    *offset = major == 1 ? 10 : 12;
    OCTET_CHECK(ctx, length <= MAX_HEADER && octet_bytes_inside(bytes, *offset, length), OCTET_FORMAT,
                "%s: a header of %u bytes in a file of %zu: the .npy file is truncated or corrupt", name,
                (unsigned)length, bytes.size);
    const char *text = (const char *)bytes.data + *offset;
    cursor c = {ctx, name, text, text + length};
    unsigned seen = 0;
    if (!take(&c, '{')) return malformed(&c, "no dictionary");
    while (!take(&c, '}')) {
        OCTET_TRY(take_item(&c, out, &seen));
        if (take(&c, ',')) continue;
        if (!take(&c, '}')) return malformed(&c, "no end of the dictionary");
        break;
    }
    if (seen != 7) return malformed(&c, "no descr, fortran_order or shape");
    *offset += length;
    return octet_array_count(ctx, name, out);
}

octet_status octet_npy_parse(octet_context *ctx, octet_bytes bytes, const char *name, octet_array *out) {
    size_t offset;
    OCTET_TRY(octet_npy_header(ctx, bytes, name, out, &offset));
    char text[OCTET_ARRAY_TEXT_SIZE];
    OCTET_CHECK(ctx, octet_array_bytes(out) <= bytes.size - offset, OCTET_FORMAT,
                "%s: %s needs %zu bytes, the file holds %zu: it is truncated", name, octet_array_text(out, text),
                octet_array_bytes(out), bytes.size - offset);
    out->data = bytes.data + offset;
    return OCTET_OK;
}

octet_status octet_npy_append(octet_context *ctx, octet_buffer *out, const char *descr, int32_t rank,
                              const int32_t *dims, const void *data) {
    octet_element element;
    const bool known = octet_element_parse(descr, strlen(descr), &element);
    assert(known && rank >= 0 && rank <= OCTET_ARRAY_MAX_RANK);
    (void)known;
    char shape[16 * OCTET_ARRAY_MAX_RANK];
    size_t n = element.size;
    int length = 0;
    shape[0] = '\0';
    for (int32_t i = 0; i < rank; i++) {
        length += snprintf(shape + length, sizeof shape - (size_t)length, "%s%d", i > 0 ? ", " : "", (int)dims[i]);
        n *= (size_t)dims[i];
    }
    const size_t start = out->size;
    OCTET_TRY(octet_buffer_append(ctx, out, OCTET_SIGNATURE_NPY "\1\0\0\0", 10));
    OCTET_TRY(octet_buffer_format(ctx, out, "{'descr': '%s', 'fortran_order': False, 'shape': (%s%s), }", descr, shape,
                                  rank == 1 ? "," : ""));
    while ((out->size - start + 1) % 64 != 0) OCTET_TRY(octet_buffer_append(ctx, out, " ", 1));
    OCTET_TRY(octet_buffer_append(ctx, out, "\n", 1));
    const size_t header = out->size - start - 10;
    out->data[start + 8] = (uint8_t)(header & 255);
    out->data[start + 9] = (uint8_t)(header >> 8);
    return octet_buffer_append(ctx, out, data, n);
}

octet_status octet_npy_save(octet_context *ctx, const char *path, const char *descr, int32_t rank, const int32_t *dims,
                            const void *data) {
    octet_buffer out = {.max_size = ctx->max_memory_bytes};
    octet_status status = octet_npy_append(ctx, &out, descr, rank, dims, data);
    if (status == OCTET_OK) status = octet_file_write(ctx, path, (octet_bytes){out.data, out.size});
    octet_buffer_free(ctx, &out);
    return status;
}
