#include "report/text.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/format.h"
#include "base/utf8.h"

const char *octet_text_count(uint64_t value, char *text) {
    char digits[24];
    const int n = octet_format(digits, sizeof digits, "%" PRIu64, value);
    char *to = text;
    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0) *to++ = ',';
        *to++ = digits[i];
    }
    *to = '\0';
    return text;
}

const char *octet_text_time(double time_ns, char *text) {
    static const struct {
        double unit;
        const char *name;
    } units[] = {{1e9, "s"}, {1e6, "ms"}, {1e3, "us"}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        const double value = time_ns / units[i].unit;
        if (value >= 0.9995) {
            octet_format(text, OCTET_TEXT_SIZE, "%.*f %s",
                         value < 9.995   ? 2
                         : value < 99.95 ? 1
                                         : 0,
                         value, units[i].name);
            return text;
        }
    }
    octet_format(text, OCTET_TEXT_SIZE, "%.0f ns", time_ns);
    return text;
}

const char *octet_text_real(double value, char *text) {
    octet_format(text, OCTET_TEXT_SIZE, "%.6g", value);
    return text;
}

const char *octet_text_split(const char *split, char *text) {
    octet_format(text, OCTET_TEXT_SIZE, "%s%s", strcmp(split, "all") == 0 ? "" : split,
                 strcmp(split, "all") == 0 ? "" : " ");
    return text;
}

void octet_text_json_begin(octet_json_writer *json, const char *what, octet_json_layout layout) {
    char form[OCTET_TEXT_SIZE];
    octet_format(form, sizeof form, "urn:octet:json:1#%s", what);
    octet_json_begin_object(json, NULL, layout);
    octet_json_write_string(json, "schema", form);
}

void octet_text_json_range(octet_json_writer *json, const char *key, double low, double high) {
    octet_json_begin_array(json, key, OCTET_JSON_LINE);
    octet_json_write_real(json, NULL, low, 9);
    octet_json_write_real(json, NULL, high, 9);
    octet_json_end(json);
}

void octet_text_json_shape(octet_json_writer *json, const char *key, const octet_shape *shape) {
    octet_json_begin_array(json, key, OCTET_JSON_TIGHT);
    for (int32_t i = 0; i < shape->rank; i++) {
        if (shape->dims[i] < 0) octet_json_write_null(json, NULL);
        else octet_json_write_i64(json, NULL, shape->dims[i]);
    }
    octet_json_end(json);
}

uint32_t octet_text_n_characters(const char *text) {
    uint32_t n = 0;
    for (; *text; text++) n += !octet_utf8_is_inside(*text);
    return n;
}

octet_status octet_text_shorten(octet_context *ctx, octet_arena *arena, const char *name, uint32_t width,
                                const char **out) {
    assert(width >= 8);
    OCTET_TRY(octet_arena_format(ctx, arena, out, "%.*s", (int)strcspn(name, ";"), name));
    uint32_t n = octet_text_n_characters(*out);
    if (n <= width) return OCTET_OK;
    const char *rest = *out;
    for (; n > width - 3; rest++) n -= !octet_utf8_is_inside(*rest);
    while (octet_utf8_is_inside(*rest)) rest++;
    return octet_arena_format(ctx, arena, out, "...%s", rest);
}
