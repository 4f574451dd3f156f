/* report/exported.h - the lines that report exported C.
 * In:  the folder, what the C needs, whether it was run.
 * Out: text; JSON.
 * Knows: how the lines are laid out.
 * Does not know: models, C. */
#ifndef OCTET_REPORT_EXPORTED_H
#define OCTET_REPORT_EXPORTED_H

#include "base/buffer.h"

typedef struct octet_exported {
    const char *path, *name;
    size_t constants_bytes, arena_bytes, state_bytes;
    uint64_t macs;
    uint64_t n_samples;   /* that were compared; 0: none */
    const char *compiler; /* that compiled them, or NULL */
    bool lacks_compiler;  /* nothing was compared, because none is on this machine */
} octet_exported;

octet_status octet_exported_write_text(octet_context *ctx, const octet_exported *e, octet_buffer *out);
octet_status octet_exported_write_json(octet_context *ctx, const octet_exported *e, octet_buffer *out);

#endif
