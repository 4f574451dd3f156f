#define _DEFAULT_SOURCE /* madvise */
#include "base/memory.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/checked.h"
#include "base/format.h"

/* In front of every block, one alignment unit wide. */
typedef struct block_header {
    size_t size_bytes;
} block_header;

/* Large blocks in large pages, where the system grants them on request: a decompressed file of 47 MB takes 11,000 page
 * faults without. */
static void advise(void *block, size_t size_bytes) {
#ifdef MADV_HUGEPAGE
    enum { PAGE = 1 << 21 };
    const uintptr_t begin = ((uintptr_t)block + PAGE - 1) & ~(uintptr_t)(PAGE - 1),
                    end = ((uintptr_t)block + size_bytes) & ~(uintptr_t)(PAGE - 1);
    if (size_bytes >= 2 * (size_t)PAGE && end > begin) madvise((void *)begin, end - begin, MADV_HUGEPAGE);
#else
    (void)block, (void)size_bytes;
#endif
}

octet_status octet_memory_allocate(octet_context *ctx, size_t size_bytes, void **out) {
    *out = NULL;
    size_t total;
    OCTET_CHECK(ctx,
                octet_add_size(size_bytes, 2 * (size_t)OCTET_ALIGNMENT, &total) && total <= ctx->max_memory_bytes &&
                    ctx->memory_bytes <= ctx->max_memory_bytes - total,
                OCTET_LIMIT,
                "%s takes %zu more bytes of memory beside the %zu in use: the limit is %zu bytes in all; raise it with "
                "--max-memory",
                ctx->doing != NULL ? ctx->doing : "this", size_bytes, ctx->memory_bytes, ctx->max_memory_bytes);
    total &= ~((size_t)OCTET_ALIGNMENT - 1);
    ctx->n_allocations++;
    void *raw = ctx->fail_allocation == ctx->n_allocations ? NULL : aligned_alloc(OCTET_ALIGNMENT, total);
    OCTET_CHECK(ctx, raw, OCTET_NOMEM, "the system has no %zu bytes of memory left", size_bytes);
    advise(raw, total);
    ((block_header *)raw)->size_bytes = total;
    ctx->memory_bytes += total;
    if (ctx->memory_bytes > ctx->peak_memory_bytes) ctx->peak_memory_bytes = ctx->memory_bytes;
    *out = (char *)raw + OCTET_ALIGNMENT;
    return OCTET_OK;
}

void octet_memory_free(octet_context *ctx, void *block) {
    if (block == NULL) return;
    void *raw = (char *)block - OCTET_ALIGNMENT;
    const size_t size_bytes = ((block_header *)raw)->size_bytes;
    /* A block may be freed through another context than the one that allocated it (a worker's child). */
    ctx->memory_bytes = ctx->memory_bytes > size_bytes ? ctx->memory_bytes - size_bytes : 0;
    free(raw);
}

struct octet_arena_chunk {
    octet_arena_chunk *next;
    size_t used, capacity; /* of the bytes that follow the header */
};

enum { CHUNK_HEADER = OCTET_ALIGNMENT, CHUNK_MIN = 1 << 16 };

static octet_status add_chunk(octet_context *ctx, octet_arena *arena, size_t size_bytes) {
    /* A large block gets a chunk of its own behind the current one, whose rest stays in use. */
    const bool own = arena->chunks != NULL && size_bytes > CHUNK_MIN / 4 && arena->chunks->capacity == CHUNK_MIN;
    const size_t capacity = own || size_bytes > CHUNK_MIN ? size_bytes : CHUNK_MIN;
    size_t total;
    OCTET_CHECK(ctx, octet_add_size(capacity, CHUNK_HEADER, &total), OCTET_LIMIT,
                "%zu bytes of memory are more than exist", size_bytes);
    octet_arena_chunk *chunk;
    OCTET_TRY(octet_memory_allocate(ctx, total, (void **)&chunk));
    *chunk = (octet_arena_chunk){.capacity = capacity};
    octet_arena_chunk **place = own ? &arena->chunks->next : &arena->chunks;
    chunk->next = *place;
    *place = chunk;
    return OCTET_OK;
}

static void *take(octet_arena_chunk *chunk, size_t size_bytes, size_t alignment) {
    if (chunk == NULL) return NULL;
    size_t start, end;
    if (!octet_align_size(chunk->used, alignment, &start) || !octet_add_size(start, size_bytes, &end) ||
        end > chunk->capacity)
        return NULL;
    chunk->used = end;
    return (char *)chunk + CHUNK_HEADER + start;
}

octet_status octet_arena_allocate(octet_context *ctx, octet_arena *arena, size_t size_bytes, size_t alignment,
                                  void **out) {
    assert(alignment && alignment <= OCTET_ALIGNMENT && (alignment & (alignment - 1)) == 0);
    *out = take(arena->chunks, size_bytes, alignment);
    if (*out == NULL) {
        OCTET_TRY(add_chunk(ctx, arena, size_bytes));
        *out = take(arena->chunks, size_bytes, alignment);
        if (*out == NULL) *out = take(arena->chunks->next, size_bytes, alignment);
        assert(*out != NULL);
    }
    arena->used_bytes += size_bytes;
    memset(*out, 0, size_bytes);
    return OCTET_OK;
}

octet_status octet_arena_array(octet_context *ctx, octet_arena *arena, size_t n_elements, size_t element_size,
                               void **out) {
    size_t size_bytes;
    *out = NULL;
    OCTET_CHECK(ctx, octet_multiply_size(n_elements, element_size, &size_bytes), OCTET_LIMIT,
                "%zu elements of %zu bytes are more than exist", n_elements, element_size);
    return octet_arena_allocate(ctx, arena, size_bytes, size_bytes >= OCTET_ALIGNMENT ? OCTET_ALIGNMENT : 16, out);
}

octet_status octet_arena_copy(octet_context *ctx, octet_arena *arena, const void *data, size_t size_bytes, void **out) {
    OCTET_TRY(octet_arena_array(ctx, arena, size_bytes, 1, out));
    if (size_bytes) memcpy(*out, data, size_bytes);
    return OCTET_OK;
}

octet_status octet_arena_string(octet_context *ctx, octet_arena *arena, const char *text, const char **out) {
    void *copy;
    *out = NULL;
    const size_t size = strlen(text) + 1;
    OCTET_TRY(octet_arena_allocate(ctx, arena, size, 1, &copy));
    memcpy(copy, text, size);
    *out = copy;
    return OCTET_OK;
}

octet_status octet_arena_format(octet_context *ctx, octet_arena *arena, const char **out, const char *format, ...) {
    *out = NULL;
    va_list arguments;
    va_start(arguments, format);
    const int length = octet_format_list(NULL, 0, format, arguments);
    va_end(arguments);
    OCTET_CHECK(ctx, length >= 0, OCTET_INTERNAL, "a text cannot be formatted: %s", format);
    void *text;
    OCTET_TRY(octet_arena_allocate(ctx, arena, (size_t)length + 1, 1, &text));
    va_start(arguments, format);
    octet_format_list(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    *out = text;
    return OCTET_OK;
}

void octet_arena_free(octet_context *ctx, octet_arena *arena) {
    octet_arena_chunk *chunk = arena->chunks;
    while (chunk != NULL) {
        octet_arena_chunk *next = chunk->next;
        octet_memory_free(ctx, chunk);
        chunk = next;
    }
    *arena = (octet_arena){0};
}
