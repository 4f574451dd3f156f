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

void octet_context_clear(octet_context *ctx) {
    ctx->status = OCTET_OK;
    ctx->message[0] = '\0';
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
    va_list again;
    va_copy(again, arguments);
    const int length = octet_format_list(ctx->message, sizeof ctx->message, format, arguments);
    if (length >= (int)sizeof ctx->message) shorten(ctx, (size_t)length, format, again);
    va_end(again);
    octet_utf8_make_printable(ctx->message);
    return status;
}

octet_status octet_context_fail(octet_context *ctx, octet_status status, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    octet_context_fail_list(ctx, status, format, arguments);
    va_end(arguments);
    return ctx->status;
}
