#include "export/artifacts/array_files.h"

#include <string.h>

#include "formats/npy.h"

const char *octet_array_format_name(octet_array_format format) {
    static const char *const names[OCTET_N_ARRAY_FORMATS] = {"bin", "npy", "mem", "coe", "mif"};
    return names[format];
}

/* The bits of an element, without those of a sign in front. */
static uint64_t word_of(const octet_artifact_array *array, size_t i) {
    uint64_t word = 0; /* little endian, as all machines that octet runs on */
    const size_t size = octet_type_size(array->type);
    memcpy(&word, (const uint8_t *)array->data + i * size, size);
    return word;
}

static octet_status append_npy(octet_context *ctx, const octet_artifact_array *array, octet_buffer *out) {
    const size_t size = octet_type_size(array->type);
    const char descr[] = {size == 1 ? '|' : '<', octet_type_name(array->type)[0], (char)('0' + size), '\0'};
    return octet_npy_append(ctx, out, descr, array->shape.rank, array->shape.dims, array->data);
}

static octet_status append_head(octet_context *ctx, octet_array_format format, const octet_artifact_array *array,
                                size_t n, unsigned width, octet_buffer *out) {
    char shape[OCTET_SHAPE_TEXT_SIZE];
    octet_shape_text(&array->shape, shape);
    if (format == OCTET_ARRAY_MEM)
        return octet_buffer_format(ctx, out, "// %s: %s, %s %s, %zu words of %u bits, two's complement\n", array->name,
                                   octet_type_name(array->type), array->axes, shape, n, width);
    if (format == OCTET_ARRAY_COE)
        return octet_buffer_format(ctx, out,
                                   "; %s: %s, %s %s, %zu words of %u bits, two's complement\n"
                                   "memory_initialization_radix=16;\nmemory_initialization_vector=\n",
                                   array->name, octet_type_name(array->type), array->axes, shape, n, width);
    return octet_buffer_format(ctx, out,
                               "-- %s: %s, %s %s, two's complement\nDEPTH = %zu;\nWIDTH = %u;\nADDRESS_RADIX = HEX;\n"
                               "DATA_RADIX = HEX;\nCONTENT\nBEGIN\n",
                               array->name, octet_type_name(array->type), array->axes, shape, n, width);
}

/* At least n_digits of them, at most 16; returns what is behind. printf would take most of the time of a large map. */
static char *put_hex(char *at, uint64_t number, size_t n_digits) {
    static const char digits[] = "0123456789ABCDEF";
    size_t n = n_digits > 0 ? n_digits : 1;
    while (n < 16 && number >> (4 * n) != 0) n++;
    for (size_t i = n; i-- > 0; number >>= 4) at[i] = digits[number & 15];
    return at + n;
}

static octet_status append_words(octet_context *ctx, octet_array_format format, const octet_artifact_array *array,
                                 octet_buffer *out) {
    const size_t n = octet_shape_elements(&array->shape), size = octet_type_size(array->type);
    OCTET_TRY(append_head(ctx, format, array, n, 8 * (unsigned)size, out));
    for (size_t i = 0; i < n; i++) {
        char line[48], *at = line;
        if (format == OCTET_ARRAY_MIF) at = put_hex(at, i, 0);
        if (format == OCTET_ARRAY_MIF) *at++ = ' ', *at++ = ':', *at++ = ' ';
        at = put_hex(at, word_of(array, i), 2 * size);
        if (format == OCTET_ARRAY_COE) *at++ = i + 1 < n ? ',' : ';';
        if (format == OCTET_ARRAY_MIF) *at++ = ';';
        *at++ = '\n';
        OCTET_TRY(octet_buffer_append(ctx, out, line, (size_t)(at - line)));
    }
    return format == OCTET_ARRAY_MIF ? octet_buffer_format(ctx, out, "END;\n") : OCTET_OK;
}

octet_status octet_array_append(octet_context *ctx, octet_array_format format, const octet_artifact_array *array,
                                octet_buffer *out) {
    if (format == OCTET_ARRAY_NPY) return append_npy(ctx, array, out);
    if (format != OCTET_ARRAY_BIN) return append_words(ctx, format, array, out);
    return octet_buffer_append(ctx, out, array->data,
                               octet_shape_elements(&array->shape) * octet_type_size(array->type));
}
