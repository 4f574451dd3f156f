#include "report/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

const char *octet_text_count(uint64_t value, char *text) {
    char digits[24];
    const int n = snprintf(digits, sizeof digits, "%" PRIu64, value);
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
            snprintf(text, OCTET_TEXT_SIZE, "%.*f %s", value < 9.995 ? 2 : value < 99.95 ? 1 : 0, value, units[i].name);
            return text;
        }
    }
    snprintf(text, OCTET_TEXT_SIZE, "%.0f ns", time_ns);
    return text;
}

const char *octet_text_real(double value, char *text) {
    snprintf(text, OCTET_TEXT_SIZE, "%.6g", value);
    return text;
}

const char *octet_text_split(const char *split, char *text) {
    snprintf(text, OCTET_TEXT_SIZE, "%s%s", strcmp(split, "all") == 0 ? "" : split,
             strcmp(split, "all") == 0 ? "" : " ");
    return text;
}

octet_status octet_text_json_string(octet_context *ctx, octet_buffer *out, const char *string) {
    if (string == NULL) return octet_buffer_append(ctx, out, "null", 4);
    OCTET_TRY(octet_buffer_append(ctx, out, "\"", 1));
    for (const char *c = string; *c != '\0';) {
        const size_t plain =
            strcspn(c, "\"\\\b\f\n\r\t\x01\x02\x03\x04\x05\x06\x07\x0b\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17"
                       "\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f");
        OCTET_TRY(octet_buffer_append(ctx, out, c, plain));
        c += plain;
        if (*c == '\0') break;
        if (*c == '"' || *c == '\\') OCTET_TRY(octet_buffer_format(ctx, out, "\\%c", *c));
        else OCTET_TRY(octet_buffer_format(ctx, out, "\\u%04x", (unsigned)(unsigned char)*c));
        c++;
    }
    return octet_buffer_append(ctx, out, "\"", 1);
}

octet_status octet_text_json_number(octet_context *ctx, octet_buffer *out, double value, int digits) {
    if (!isfinite(value)) return octet_buffer_append(ctx, out, "null", 4);
    return octet_buffer_format(ctx, out, "%.*g", digits, value);
}
