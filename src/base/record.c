#include "base/record.h"

#include <inttypes.h>
#include <string.h>

#include "base/hash.h"

enum { LONGEST_TEXT = 1 << 16, MAGIC_SIZE = 8 };

/* ---- Writing ---- */

octet_status octet_record_write_f32(octet_context *ctx, octet_buffer *out, float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return octet_buffer_u32le(ctx, out, bits);
}

octet_status octet_record_write_f64(octet_context *ctx, octet_buffer *out, double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return octet_buffer_u64le(ctx, out, bits);
}

octet_status octet_record_write_text(octet_context *ctx, octet_buffer *out, const char *text) {
    const size_t size = strlen(text);
    OCTET_CHECK(ctx, size <= LONGEST_TEXT, OCTET_LIMIT, "%.80s...: a name of %zu bytes is too long for a saved file",
                text, size);
    OCTET_TRY(octet_buffer_u32le(ctx, out, (uint32_t)size));
    return octet_buffer_append(ctx, out, text, size);
}

octet_status octet_record_write_check(octet_context *ctx, octet_buffer *out, size_t start) {
    return octet_buffer_u64le(ctx, out, octet_hash(0, out->data + start, out->size - start));
}

/* ---- Reading ---- */

octet_status octet_record_truncated(const octet_record_reader *r) {
    return octet_context_fail(r->ctx, OCTET_FORMAT, "%s: %zu bytes of %s%s%s end in the middle", r->file, r->bytes.size,
                              r->what, r->row != NULL ? " of " : "", r->row != NULL ? r->row : "");
}

octet_status octet_record_read_u32(octet_record_reader *r, uint32_t *out) {
    if (!octet_bytes_u32le(r->bytes, r->at, out)) return octet_record_truncated(r);
    r->at += 4;
    return OCTET_OK;
}

octet_status octet_record_read_u64(octet_record_reader *r, uint64_t *out) {
    if (!octet_bytes_u64le(r->bytes, r->at, out)) return octet_record_truncated(r);
    r->at += 8;
    return OCTET_OK;
}

octet_status octet_record_read_f32(octet_record_reader *r, float *out) {
    uint32_t bits;
    OCTET_TRY(octet_record_read_u32(r, &bits));
    memcpy(out, &bits, sizeof *out);
    *out += 0.0f;
    return OCTET_OK;
}

octet_status octet_record_read_f64(octet_record_reader *r, double *out) {
    uint64_t bits;
    OCTET_TRY(octet_record_read_u64(r, &bits));
    memcpy(out, &bits, sizeof *out);
    *out += 0.0;
    return OCTET_OK;
}

octet_status octet_record_read_text(octet_record_reader *r, octet_arena *arena, const char **out) {
    uint32_t size;
    void *text;
    OCTET_TRY(octet_record_read_u32(r, &size));
    OCTET_CHECK(r->ctx, size <= LONGEST_TEXT, OCTET_FORMAT, "%s: a name of %" PRIu32 " bytes; at most %d are written",
                r->file, size, LONGEST_TEXT);
    if (!octet_bytes_inside(r->bytes, r->at, size)) return octet_record_truncated(r);
    const uint8_t *bytes = r->bytes.data + r->at;
    OCTET_CHECK(r->ctx, memchr(bytes, 0, size) == NULL, OCTET_FORMAT, "%s: a name holds a byte 0", r->file);
    OCTET_TRY(octet_arena_allocate(r->ctx, arena, (size_t)size + 1, 1, &text)); /* cleared: it ends in 0 */
    memcpy(text, bytes, size);
    *out = text;
    r->at += size;
    return OCTET_OK;
}

octet_status octet_record_read_head(octet_record_reader *r, const char *magic, uint32_t version) {
    uint32_t found;
    OCTET_CHECK(r->ctx, r->bytes.size >= MAGIC_SIZE && memcmp(r->bytes.data, magic, MAGIC_SIZE) == 0, OCTET_FORMAT,
                "%s: this is no file of %s that octet wrote", r->file, r->what);
    r->at = MAGIC_SIZE;
    OCTET_TRY(octet_record_read_u32(r, &found));
    OCTET_CHECK(r->ctx, found == version, OCTET_UNSUPPORTED,
                "%s: %s in version %" PRIu32 " of their layout; this octet reads version %" PRIu32
                ": gather them again with it",
                r->file, r->what, found, version);
    uint64_t hash = 0;
    const size_t end = r->bytes.size - sizeof hash; /* at least MAGIC_SIZE and the version are there */
    const bool fits = octet_bytes_u64le(r->bytes, end, &hash) && hash == octet_hash(0, r->bytes.data, end);
    OCTET_CHECK(r->ctx, fits, OCTET_FORMAT, "%s: %s whose check sum does not fit: the file is cut or corrupt", r->file,
                r->what);
    r->bytes.size = end;
    return OCTET_OK;
}

octet_status octet_record_end(const octet_record_reader *r) {
    OCTET_CHECK(r->ctx, r->at == r->bytes.size, OCTET_FORMAT, "%s: %zu bytes stand behind the end of %s", r->file,
                r->bytes.size - r->at, r->what);
    return OCTET_OK;
}
