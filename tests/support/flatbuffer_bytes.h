/* flatbuffer_bytes.h - a flatbuffer that was built, as one block of bytes.
 * In:  a builder and the root.
 * Out: the file in a buffer.
 * Knows: formats/flatbuffer_builder.h.
 * Does not know: any schema. */
#ifndef OCTET_TESTS_FLATBUFFER_BYTES_H
#define OCTET_TESTS_FLATBUFFER_BYTES_H

#include "formats/flatbuffer_builder.h"

static inline octet_status flatbuffer_finish(octet_context *ctx, octet_flatbuffer_builder *builder,
                                             octet_flatbuffer_ref root, const char *identifier, octet_buffer *out) {
    octet_arena arena = {0};
    octet_bytes *pieces;
    size_t n = 0;
    octet_status status = octet_flatbuffer_builder_finish(ctx, builder, root, identifier);
    if (status == OCTET_OK) status = octet_flatbuffer_builder_pieces(ctx, builder, &arena, &pieces, &n);
    for (size_t i = 0; i < n && status == OCTET_OK; i++)
        status = octet_buffer_append(ctx, out, pieces[i].data, pieces[i].size);
    octet_arena_free(ctx, &arena);
    return status;
}

#endif
