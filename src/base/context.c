#include "base/context.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "base/format.h"
#include "base/memory.h"
#include "base/utf8.h"

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
    child->doing = parent->doing;
    child->hdf5_helper = parent->hdf5_helper;
}

void octet_context_adopt(octet_context *ctx, octet_context *child) {
    ctx->memory_bytes += child->memory_bytes;
    if (ctx->memory_bytes > ctx->peak_memory_bytes) ctx->peak_memory_bytes = ctx->memory_bytes;
    child->memory_bytes = 0;
}

void octet_context_clear(octet_context *ctx) {
    ctx->status = OCTET_OK;
    ctx->message[0] = '\0';
    ctx->subject = (octet_subject){0};
}

/* What is too long is not known. */
static void keep(char *out, size_t size, const char *text) {
    if (octet_format(out, size, "%s", text) >= (int)size) out[0] = '\0';
}

/* Reads the beginning of a format: what a sentence is about stands there, as an argument or as a word. */
static void keep_subject(octet_subject *subject, const char *format, va_list arguments) {
    const size_t length = strcspn(format, ": %"), size = sizeof subject->place;
    int n;
    if (strncmp(format, "%s/%s:", 6) == 0) {
        const char *folder = va_arg(arguments, const char *);
        n = octet_format(subject->place, size, "%s/%s", folder, va_arg(arguments, const char *));
    } else if (strncmp(format, "%s:", 3) == 0) {
        n = octet_format(subject->place, size, "%s", va_arg(arguments, const char *));
    } else if (format[length] == ':') {
        n = octet_format(subject->place, size, "%.*s", (int)length, format);
    } else {
        return;
    }
    if (n >= (int)size) subject->place[0] = '\0';
    const char *rest = strchr(format, ':') + 1;
    if (strncmp(rest, " layer %s", 9) == 0 || strncmp(rest, " layer %.", 9) == 0)
        keep(subject->layer, sizeof subject->layer, va_arg(arguments, const char *));
    else if (strncmp(rest, " '%s'", 5) == 0)
        keep(subject->value, sizeof subject->value, va_arg(arguments, const char *));
    octet_utf8_make_printable(subject->place);
    octet_utf8_make_printable(subject->layer);
    octet_utf8_make_printable(subject->value);
}

/* A sentence begins with names, which may be long, and ends with the reason: it loses its middle. */
static void shorten(octet_context *ctx, size_t length, const char *format, va_list arguments) {
    static const char dots[] = "...";
    const size_t kept = sizeof ctx->message - sizeof dots;
    size_t begin = kept / 2, end = length - (kept - begin);
    octet_context scratch;
    octet_context_init(&scratch);
    void *block;
    if (octet_memory_allocate(&scratch, length + 1, &block) != OCTET_OK) return; /* then without the reason */
    char *whole = block;
    octet_format_list(whole, length + 1, format, arguments);
    while (begin > 0 && octet_utf8_is_inside(whole[begin])) begin--;
    while (end < length && octet_utf8_is_inside(whole[end])) end++;
    memcpy(ctx->message, whole, begin);
    memcpy(ctx->message + begin, dots, sizeof dots - 1);
    memcpy(ctx->message + begin + sizeof dots - 1, whole + end, length - end + 1);
    octet_memory_free(&scratch, block);
}

octet_status octet_context_fail_list(octet_context *ctx, octet_status status, const char *format, va_list arguments) {
    assert(status != OCTET_OK);
    if (ctx->status != OCTET_OK) return ctx->status;
    ctx->status = status;
    va_list again, subject;
    va_copy(again, arguments);
    va_copy(subject, arguments);
    const int length = octet_format_list(ctx->message, sizeof ctx->message, format, arguments);
    if (length >= (int)sizeof ctx->message) shorten(ctx, (size_t)length, format, again);
    va_end(again);
    keep_subject(&ctx->subject, format, subject);
    va_end(subject);
    octet_utf8_make_printable(ctx->message);
    return status;
}

octet_status octet_context_pass(octet_context *ctx, const octet_context *from) {
    if (ctx->status == OCTET_OK) ctx->subject = from->subject;
    return octet_context_fail(ctx, from->status, "%s", from->message);
}

octet_status octet_context_fail(octet_context *ctx, octet_status status, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    octet_context_fail_list(ctx, status, format, arguments);
    va_end(arguments);
    return ctx->status;
}
