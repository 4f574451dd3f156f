/* base/memory.h - the only place that calls malloc.
 * In:  sizes.
 * Out: blocks, and arenas: blocks that live and die together.
 * Knows: the account and the limit in the context; every block is aligned to 64 bytes.
 * Does not know: what is stored. */
#ifndef OCTET_BASE_MEMORY_H
#define OCTET_BASE_MEMORY_H

#include "base/context.h"

enum { OCTET_ALIGNMENT = 64 };

/* size 0 gives a valid pointer. Fails with NOMEM or LIMIT. The block is not cleared. */
octet_status octet_memory_allocate(octet_context *ctx, size_t size_bytes, void **out);
/* Frees a block of octet_memory_allocate; NULL is allowed. */
void octet_memory_free(octet_context *ctx, void *block);

typedef struct octet_arena_chunk octet_arena_chunk;

typedef struct octet_arena {
    octet_arena_chunk *chunks; /* newest first */
    size_t used_bytes;         /* sum of what was handed out */
} octet_arena;

/* An arena of zeros is empty and ready. Everything in it dies in octet_arena_free.
 * The memory handed out is cleared and aligned to `alignment` (a power of two up to 64). */
octet_status octet_arena_allocate(octet_context *ctx, octet_arena *arena, size_t size_bytes, size_t alignment,
                                  void **out);
/* n_elements * element_size with overflow check, 16-byte aligned, cleared. */
octet_status octet_arena_array(octet_context *ctx, octet_arena *arena, size_t n_elements, size_t element_size,
                               void **out);
octet_status octet_arena_copy(octet_context *ctx, octet_arena *arena, const void *data, size_t size_bytes, void **out);
octet_status octet_arena_string(octet_context *ctx, octet_arena *arena, const char *text, const char **out);
octet_status octet_arena_format(octet_context *ctx, octet_arena *arena, const char **out, const char *format, ...)
    OCTET_PRINTF(4, 5);
void octet_arena_free(octet_context *ctx, octet_arena *arena);

/* Typed forms: OCTET_NEW(ctx, arena, n, &pointer). */
#define OCTET_NEW(ctx, arena, n_elements, pointer) \
    octet_arena_array((ctx), (arena), (n_elements), sizeof **(pointer), (void **)(pointer))

#endif
