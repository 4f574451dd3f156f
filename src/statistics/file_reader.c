#include "statistics/file_reader.h"

#include <string.h>

octet_status octet_statistics_truncated(const octet_statistics_reader *r) {
    return octet_context_fail(r->ctx, OCTET_FORMAT, "%s: %zu bytes of statistics%s%s end in the middle", r->file,
                              r->bytes.size, r->row != NULL ? " of " : "", r->row != NULL ? r->row : "");
}

octet_status octet_statistics_read_u32(octet_statistics_reader *r, uint32_t *out) {
    if (!octet_bytes_u32le(r->bytes, r->at, out)) return octet_statistics_truncated(r);
    r->at += 4;
    return OCTET_OK;
}

octet_status octet_statistics_read_u64(octet_statistics_reader *r, uint64_t *out) {
    if (!octet_bytes_u64le(r->bytes, r->at, out)) return octet_statistics_truncated(r);
    r->at += 8;
    return OCTET_OK;
}

octet_status octet_statistics_read_f32(octet_statistics_reader *r, float *out) {
    uint32_t bits;
    OCTET_TRY(octet_statistics_read_u32(r, &bits));
    memcpy(out, &bits, sizeof *out);
    *out += 0.0f;
    return OCTET_OK;
}

octet_status octet_statistics_read_f64(octet_statistics_reader *r, double *out) {
    uint64_t bits;
    OCTET_TRY(octet_statistics_read_u64(r, &bits));
    memcpy(out, &bits, sizeof *out);
    *out += 0.0;
    return OCTET_OK;
}
