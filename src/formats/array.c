#include "formats/array.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/checked.h"
#include "base/half.h"

static bool host_is_big_endian(void) {
    const uint16_t one = 1;
    uint8_t first;
    memcpy(&first, &one, 1);
    return first == 0;
}

bool octet_element_parse(const char *descr, size_t length, octet_element *out) {
    if (length != 3 || descr[2] < '1' || descr[2] > '8' || strchr("<>=|", descr[0]) == NULL) return false;
    const char kind = descr[1];
    const uint8_t size = (uint8_t)(descr[2] - '0');
    const bool power = size == 1 || size == 2 || size == 4 || size == 8;
    if (!power || !((kind == 'f' && size > 1) || kind == 'i' || kind == 'u' || (kind == 'b' && size == 1)))
        return false;
    const bool big_endian = descr[0] == '>' || (descr[0] == '=' && host_is_big_endian());
    *out = (octet_element){kind, size, big_endian && size > 1};
    return true;
}

const char *octet_element_name(octet_element element) {
    static const char *const floats[4] = {"float8", "float16", "float32", "float64"};
    static const char *const signed_names[4] = {"int8", "int16", "int32", "int64"};
    static const char *const unsigned_names[4] = {"uint8", "uint16", "uint32", "uint64"};
    const int log = element.size == 1 ? 0 : element.size == 2 ? 1 : element.size == 4 ? 2 : 3;
    if (element.kind == 'b') return "bool";
    return element.kind == 'f' ? floats[log] : element.kind == 'i' ? signed_names[log] : unsigned_names[log];
}

bool octet_element_from_name(const char *name, octet_element *out) {
    static const octet_element elements[] = {{'f', 2, false}, {'f', 4, false}, {'f', 8, false}, {'i', 1, false},
                                             {'i', 2, false}, {'i', 4, false}, {'i', 8, false}, {'u', 1, false},
                                             {'u', 2, false}, {'u', 4, false}, {'u', 8, false}, {'b', 1, false}};
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++) {
        if (strcmp(name, octet_element_name(elements[i])) != 0) continue;
        *out = elements[i];
        out->big_endian = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
        return true;
    }
    return false;
}

octet_status octet_array_count(octet_context *ctx, const char *name, octet_array *array) {
    int64_t n = 1, n_bytes = 0;
    bool fits = true;
    for (int32_t i = 0; i < array->rank && fits; i++) fits = octet_multiply_i64(n, array->dims[i], &n);
    fits = fits && octet_multiply_i64(n, array->element.size, &n_bytes) && n_bytes <= INT64_MAX / 2;
    OCTET_CHECK(ctx, fits, OCTET_LIMIT, "%s: the shape has more elements than memory can hold", name);
    array->n_elements = (size_t)n;
    return OCTET_OK;
}

size_t octet_array_bytes(const octet_array *array) { return array->n_elements * array->element.size; }

const char *octet_array_text(const octet_array *array, char *text) {
    int length = snprintf(text, OCTET_ARRAY_TEXT_SIZE, "%s[", octet_element_name(array->element));
    for (int32_t i = 0; i < array->rank; i++)
        length += snprintf(text + length, OCTET_ARRAY_TEXT_SIZE - (size_t)length, "%s%lld", i > 0 ? "," : "",
                           (long long)array->dims[i]);
    snprintf(text + length, OCTET_ARRAY_TEXT_SIZE - (size_t)length, "]");
    return text;
}

/* Bits of an element in the low bytes of a word. */
static uint64_t bits_at(const octet_array *array, size_t index) {
    const size_t size = array->element.size;
    const uint8_t *data = array->data + index * size;
    uint64_t bits = 0;
    if (array->element.big_endian)
        for (size_t i = 0; i < size; i++) bits = bits << 8 | data[i];
    else
        for (size_t i = size; i-- > 0;) bits = bits << 8 | data[i];
    return bits;
}

static float f32_of(uint64_t bits) {
    const uint32_t narrow = (uint32_t)bits;
    float value;
    memcpy(&value, &narrow, 4);
    return value;
}

static double f64_of(uint64_t bits) {
    double value;
    memcpy(&value, &bits, 8);
    return value;
}

static int64_t sign_extended(uint64_t bits, size_t size) {
    const unsigned shift = (unsigned)(64 - 8 * size);
    return (int64_t)(bits << shift) >> shift;
}

double octet_array_f64(const octet_array *array, size_t index) {
    const uint64_t bits = bits_at(array, index);
    const size_t size = array->element.size;
    switch (array->element.kind) {
    case 'f':
        return size == 2 ? (double)octet_half_to_f32((uint16_t)bits) : size == 4 ? (double)f32_of(bits) : f64_of(bits);
    case 'i': return (double)sign_extended(bits, size);
    case 'b': return bits != 0 ? 1.0 : 0.0;
    default: return (double)bits;
    }
}

void octet_array_f32(const octet_array *array, size_t first, size_t n, float *out) {
    const octet_element element = array->element;
    if (element.kind == 'f' && element.size == 4 && element.big_endian == host_is_big_endian()) {
        memcpy(out, array->data + 4 * first, 4 * n);
    } else if (element.kind == 'u' && element.size == 1) {
        const uint8_t *data = array->data + first;
        for (size_t i = 0; i < n; i++) out[i] = (float)data[i];
    } else if (element.kind == 'i' && element.size == 8) { /* rounded once, not by way of float64 */
        for (size_t i = 0; i < n; i++) out[i] = (float)(int64_t)bits_at(array, first + i);
    } else if (element.kind == 'u' && element.size == 8) {
        for (size_t i = 0; i < n; i++) out[i] = (float)bits_at(array, first + i);
    } else {
        for (size_t i = 0; i < n; i++) out[i] = (float)octet_array_f64(array, first + i);
    }
}

octet_status octet_array_to_c_order(octet_context *ctx, octet_array *array, octet_buffer *storage) {
    if (!array->fortran_order) return OCTET_OK;
    const size_t size = array->element.size;
    uint8_t *to;
    storage->size = 0;
    storage->max_size = ctx->max_memory_bytes;
    OCTET_TRY(octet_buffer_extend(ctx, storage, octet_array_bytes(array), &to));
    int64_t index[OCTET_ARRAY_MAX_RANK] = {0};
    int64_t strides[OCTET_ARRAY_MAX_RANK]; /* in elements of the source */
    int64_t stride = 1;
    for (int32_t d = 0; d < array->rank; d++) {
        strides[d] = stride;
        stride *= array->dims[d];
    }
    size_t from = 0;
    for (size_t i = 0; i < array->n_elements; i++) {
        memcpy(to + i * size, array->data + from * size, size);
        for (int32_t d = array->rank - 1; d >= 0; d--) {
            from += (size_t)strides[d];
            if (++index[d] < array->dims[d]) break;
            from -= (size_t)(strides[d] * array->dims[d]);
            index[d] = 0;
        }
    }
    array->data = storage->data;
    array->fortran_order = false;
    return OCTET_OK;
}
