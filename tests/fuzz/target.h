/* target.h - what every fuzz target does around its parser.
 * In:  bytes.
 * Out: an abort when a promise is broken: an error has a sentence, nothing leaks, memory stays below the limit.
 * Knows: base.
 * Does not know: parsers. */
#ifndef OCTET_TESTS_FUZZ_TARGET_H
#define OCTET_TESTS_FUZZ_TARGET_H

#include <stdlib.h>

#include "base/file.h"
#include "base/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TARGET_MAX_MEMORY = 1 << 28 };

static inline void target_begin(octet_context *ctx) {
    octet_context_init(ctx);
    ctx->max_memory_bytes = TARGET_MAX_MEMORY;
}

/* What holds after every call. */
static inline void target_end_step(const octet_context *ctx) {
    if ((ctx->status == OCTET_OK) != (ctx->message[0] == '\0') || ctx->status == OCTET_INTERNAL) abort();
    if (ctx->peak_memory_bytes > TARGET_MAX_MEMORY) abort();
}

static inline int target_end(const octet_context *ctx, octet_status status) {
    if (status != ctx->status) abort();
    target_end_step(ctx);
    if (ctx->memory_bytes != 0) abort();
    return 0;
}

#endif
