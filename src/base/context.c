#include "base/context.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void octet_context_init(octet_context *ctx) {
    memset(ctx, 0, sizeof *ctx);
    ctx->status = OCTET_OK;
    ctx->max_memory_bytes = (size_t)16 << 30;
    ctx->max_depth = 64;
}

void octet_context_child(const octet_context *parent, octet_context *child) {
    octet_context_init(child);
    child->max_memory_bytes = parent->max_memory_bytes;
    child->max_depth = parent->max_depth;
}

void octet_context_clear(octet_context *ctx) {
    ctx->status = OCTET_OK;
    ctx->message[0] = '\0';
}

/* Length of the valid UTF-8 sequence that starts at text (1..4), or 0. Overlong forms and surrogates are invalid. */
static size_t utf8_length(const unsigned char *text) {
    const unsigned char first = text[0];
    const size_t length = first < 0x80 ? 1 : first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3
                        : first >= 0xf0 && first < 0xf5                    ? 4 : 0;
    for (size_t i = 1; i < length; i++)
        if ((text[i] & 0xc0) != 0x80) return 0;
    if ((first == 0xe0 && text[1] < 0xa0) || (first == 0xed && text[1] > 0x9f) || (first == 0xf0 && text[1] < 0x90) ||
        (first == 0xf4 && text[1] > 0x8f))
        return 0;
    return length;
}

/* Names come from files: nothing in a message may move the cursor or break the line. */
static void make_printable(char *message) {
    unsigned char *text = (unsigned char *)message;
    while (*text) {
        const size_t length = utf8_length(text);
        if (length == 0 || *text < 0x20 || *text == 0x7f) {
            *text++ = '?';
        } else {
            text += length;
        }
    }
}

octet_status octet_context_fail(octet_context *ctx, octet_status status, const char *format, ...) {
    assert(status != OCTET_OK);
    if (ctx->status != OCTET_OK) return ctx->status;
    ctx->status = status;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(ctx->message, sizeof ctx->message, format, arguments);
    va_end(arguments);
    make_printable(ctx->message);
    return status;
}
