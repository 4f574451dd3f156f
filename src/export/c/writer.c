#include "export/c/writer.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/format.h"

static void append(octet_c_writer *w, const void *data, size_t size) {
    if (w->status == OCTET_OK && size > 0) w->status = octet_buffer_append(w->ctx, &w->text, data, size);
}

static void indent(octet_c_writer *w) {
    for (int32_t i = 0; i < w->depth; i++) append(w, "    ", 4);
}

/* '@' becomes the prefix. */
static void append_text(octet_c_writer *w, const char *text) {
    for (const char *at; (at = strchr(text, '@')) != NULL; text = at + 1) {
        append(w, text, (size_t)(at - text));
        append(w, w->prefix, strlen(w->prefix));
    }
    append(w, text, strlen(text));
}

static bool word(octet_c_writer *w, char *line, const char *format, va_list arguments) {
    if (w->status != OCTET_OK) return false;
    const int n = octet_format_list(line, OCTET_C_LINE_SIZE, format, arguments);
    if (n >= 0 && n < OCTET_C_LINE_SIZE) return true;
    w->status = octet_context_fail(w->ctx, OCTET_INTERNAL, "a line of C with %d bytes is too long", n);
    return false;
}

void octet_c_line(octet_c_writer *w, const char *format, ...) {
    char line[OCTET_C_LINE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    const bool is_worded = word(w, line, format, arguments);
    va_end(arguments);
    if (!is_worded) return;
    const size_t n = strlen(line);
    if (line[0] == '}') w->depth--;
    if (line[0] != '#') indent(w);
    append_text(w, line);
    append(w, "\n", 1);
    if (n > 0 && line[n - 1] == '{') w->depth++;
}

void octet_c_blank(octet_c_writer *w) { append(w, "\n", 1); }

void octet_c_end(octet_c_writer *w) {
    octet_c_line(w, "}");
    octet_c_blank(w);
}

void octet_c_text(octet_c_writer *w, const char *text) { append_text(w, text); }

void octet_c_remark(octet_c_writer *w, const char *format, ...) {
    char line[OCTET_C_LINE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    const bool is_worded = word(w, line, format, arguments);
    va_end(arguments);
    if (!is_worded) return;
    octet_format_remark(line);
    indent(w);
    append(w, "/* ", 3);
    append(w, line, strlen(line));
    append(w, " */\n", 4);
}

const char *octet_c_type(octet_type type) {
    switch (type) {
    case OCTET_FLOAT32: return "float";
    case OCTET_INT32: return "int32_t";
    case OCTET_UINT8:
    case OCTET_BOOL: return "uint8_t";
    case OCTET_INT64: return "int64_t";
    case OCTET_INT16: return "int16_t";
    case OCTET_FLOAT16: return "uint16_t";
    case OCTET_INT8:
    case OCTET_COMPLEX64:
    case OCTET_N_TYPES: break;
    }
    return "int8_t";
}

static int64_t integer_at(octet_type type, const void *data, size_t i) {
    switch (type) {
    case OCTET_INT8: return ((const int8_t *)data)[i];
    case OCTET_UINT8:
    case OCTET_BOOL: return ((const uint8_t *)data)[i];
    case OCTET_INT16: return ((const int16_t *)data)[i];
    case OCTET_FLOAT16: return ((const uint16_t *)data)[i];
    case OCTET_INT32: return ((const int32_t *)data)[i];
    case OCTET_INT64: return ((const int64_t *)data)[i];
    case OCTET_FLOAT32:
    case OCTET_COMPLEX64:
    case OCTET_N_TYPES: break;
    }
    return 0;
}

/* C99 has no literals for what is no finite number; compilers work out the quotients. */
static void word_real(float number, char *text, size_t size) {
    if (isfinite(number)) octet_format(text, size, "%.9ef", (double)number);
    else octet_format(text, size, isnan(number) ? "(0.0f / 0.0f)" : number > 0 ? "(1.0f / 0.0f)" : "(-1.0f / 0.0f)");
}

/* C has no literal for the least number of a type as wide as its widest. */
void octet_c_number(octet_type type, const void *data, size_t i, char *text) {
    const size_t size = OCTET_C_NUMBER_SIZE;
    if (type == OCTET_FLOAT32) {
        word_real(((const float *)data)[i], text, size);
        return;
    }
    const int64_t number = integer_at(type, data, i);
    if (number == INT64_MIN) octet_format(text, size, "(-INT64_C(9223372036854775807) - 1)");
    else if (number == INT32_MIN) octet_format(text, size, "(-2147483647 - 1)");
    else octet_format(text, size, type == OCTET_INT64 ? "INT64_C(%" PRId64 ")" : "%" PRId64, number);
}

void octet_c_numbers(octet_c_writer *w, const char *declaration, octet_type type, const void *data, size_t n) {
    enum { LINE = 116 };
    octet_c_line(w, "%s = {", declaration);
    char line[LINE + 64];
    size_t used = 0;
    for (size_t i = 0; i < n && w->status == OCTET_OK; i++) {
        char number[OCTET_C_NUMBER_SIZE];
        octet_c_number(type, data, i, number);
        const size_t size = strlen(number);
        if (used + size + 2 > LINE) {
            octet_c_line(w, "%.*s", (int)used, line);
            used = 0;
        }
        if (used > 0) line[used++] = ' ';
        octet_format(line + used, sizeof line - used, "%s", number);
        used += size;
        if (i + 1 < n) line[used++] = ',';
    }
    octet_c_line(w, "%.*s", (int)used, line);
    octet_c_line(w, "};");
}
