#include "report/html/writer.h"

#include <stdarg.h>
#include <string.h>

#include "base/format.h"
#include "base/utf8.h"

void octet_html_markup(octet_html *html, const char *format, ...) {
    char text[512];
    va_list arguments;
    if (html->status != OCTET_OK) return;
    va_start(arguments, format);
    const int length = octet_format_list(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= sizeof text)
        html->status = octet_context_fail(html->ctx, OCTET_INTERNAL, "report: markup of %d bytes", length);
    else html->status = octet_buffer_append(html->ctx, html->out, text, (size_t)length);
}

static void append(octet_html *html, const char *text, size_t size) {
    if (html->status == OCTET_OK) html->status = octet_buffer_append(html->ctx, html->out, text, size);
}

static uint32_t code_point(const char *text, size_t length) {
    const unsigned char *bytes = (const unsigned char *)text;
    uint32_t code = length == 1 ? bytes[0] : bytes[0] & (0xffu >> (length + 1));
    for (size_t i = 1; i < length; i++) code = code << 6 | (bytes[i] & 0x3fu);
    return code;
}

/* Controls, noncharacters, and marks, overrides and isolates of direction. */
static bool is_forbidden(uint32_t code) {
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code & 0xfffe) == 0xfffe ||
           (code >= 0xfdd0 && code <= 0xfdef) || code == 0x200e || code == 0x200f || code == 0x061c ||
           (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || code == 0x2028 || code == 0x2029;
}

static const char *entity(char c) {
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return NULL;
    }
}

/* One character, or what is no character; returns its bytes. */
static size_t write_character(octet_html *html, const char *text) {
    const size_t length = octet_utf8_length(text);
    const char *name = entity(*text);
    if (length == 0 || is_forbidden(code_point(text, length))) append(html, "?", 1);
    else if (name != NULL) append(html, name, strlen(name));
    else append(html, text, length);
    return length > 0 ? length : 1;
}

void octet_html_text(octet_html *html, const char *text) {
    while (*text != '\0') text += write_character(html, text);
}

void octet_html_prose(octet_html *html, const char *text) {
    static const char in_options[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    for (bool begins = true; *text != '\0';) {
        const size_t length = begins && strncmp(text, "--", 2) == 0 ? strspn(text, in_options) : 0;
        begins = strchr(" (", *text) != NULL;
        if (length > 3) {
            append(html, "<code>", 6);
            append(html, text, length);
            append(html, "</code>", 7);
            text += length;
        } else {
            text += write_character(html, text);
        }
    }
}

/* Base64, RFC 4648. */
void octet_html_png(octet_html *html, octet_bytes png) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    octet_html_markup(html, "data:image/png;base64,");
    for (size_t i = 0; i < png.size; i += 3) {
        const size_t n = png.size - i < 3 ? png.size - i : 3;
        uint32_t bits = 0;
        for (size_t k = 0; k < 3; k++) bits = bits << 8 | (k < n ? png.data[i + k] : 0);
        char text[4];
        for (size_t k = 0; k < 4; k++) text[k] = k <= n ? digits[bits >> (18 - 6 * k) & 63] : '=';
        append(html, text, 4);
    }
}

const char *octet_html_tone(octet_tone tone) {
    static const char *const names[] = {[OCTET_TONE_PLAIN] = "plain",
                                        [OCTET_TONE_GOOD] = "good",
                                        [OCTET_TONE_FAIR] = "fair",
                                        [OCTET_TONE_POOR] = "poor"};
    return names[tone];
}
