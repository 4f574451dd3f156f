#include "report/exported.h"

#include <inttypes.h>

#include "report/text.h"

octet_status octet_exported_write_text(octet_context *ctx, const octet_exported *e, octet_buffer *out) {
    OCTET_TRY(octet_buffer_format(ctx, out, "%s: %s in C: %zu bytes of constants, %zu of arena, ", e->path, e->name,
                                  e->constants_bytes, e->arena_bytes));
    if (e->state_bytes > 0) OCTET_TRY(octet_buffer_format(ctx, out, "%zu of state, ", e->state_bytes));
    OCTET_TRY(octet_buffer_format(ctx, out, "%" PRIu64 " multiplications a run\n", e->macs));
    if (e->n_samples == 0)
        return octet_buffer_format(ctx, out, "not compiled and compared here%s\n",
                                   e->lacks_compiler ? ": no C compiler was found" : "");
    return octet_buffer_format(ctx, out, "compiled with %s and run: %" PRIu64 " sample%s, no byte differs\n",
                               e->compiler, e->n_samples, e->n_samples == 1 ? "" : "s");
}

octet_status octet_exported_write_json(octet_context *ctx, const octet_exported *e, octet_buffer *out) {
    octet_json_writer json = octet_json_writer_make(ctx, out);
    octet_text_json_begin(&json, "export-c", OCTET_JSON_LINES);
    octet_json_write_string(&json, "output", e->path);
    octet_json_write_string(&json, "name", e->name);
    octet_json_write_u64(&json, "constants_bytes", e->constants_bytes);
    octet_json_write_u64(&json, "arena_bytes", e->arena_bytes);
    octet_json_write_u64(&json, "state_bytes", e->state_bytes);
    octet_json_write_u64(&json, "macs", e->macs);
    octet_json_write_u64(&json, "samples_compared", e->n_samples);
    octet_json_write_string(&json, "compiler", e->compiler);
    octet_json_end(&json);
    return octet_json_writer_finish(&json);
}
