#include "base/context.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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
    child->hdf5_helper = parent->hdf5_helper;
}

void octet_context_clear(octet_context *ctx) {
    ctx->status = OCTET_OK;
    ctx->message[0] = '\0';
}

octet_status octet_context_fail(octet_context *ctx, octet_status status, const char *format, ...) {
    assert(status != OCTET_OK);
    if (ctx->status != OCTET_OK) return ctx->status;
    ctx->status = status;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(ctx->message, sizeof ctx->message, format, arguments);
    va_end(arguments);
    octet_utf8_make_printable(ctx->message);
    return status;
}
