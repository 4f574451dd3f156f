/* Evaluations of parts: merged, compared, saved and loaded. */
#include <string.h>

#include "api/handles.h"
#include "report/evaluation.h"

octet_status octet_evaluation_merge(octet_context *ctx, octet_evaluation **into, const octet_evaluation *from) {
    octet_evaluation *both = NULL;
    OCTET_TRY(octet_evaluation_join(ctx, *into, from, &both));
    octet_evaluation_free(ctx, *into);
    *into = both;
    return OCTET_OK;
}

uint64_t octet_evaluation_fingerprint(const octet_evaluation *evaluation) { return evaluation->fingerprint; }

octet_status octet_evaluation_equal(octet_context *ctx, const octet_evaluation *a, const octet_evaluation *b,
                                    bool *out) {
    octet_buffer x = {0}, y = {0};
    octet_status status = octet_evaluation_write_findings(ctx, a, &x);
    if (status == OCTET_OK) status = octet_evaluation_write_findings(ctx, b, &y);
    *out = status == OCTET_OK && x.size == y.size && memcmp(x.data, y.data, x.size) == 0;
    octet_buffer_free(ctx, &x);
    octet_buffer_free(ctx, &y);
    return status;
}

octet_status octet_evaluation_save(octet_context *ctx, const octet_evaluation *evaluation, const char *path) {
    octet_buffer buffer = {0};
    octet_status status = octet_evaluation_write(ctx, evaluation, &buffer);
    if (status == OCTET_OK) status = octet_file_write(ctx, path, (octet_bytes){buffer.data, buffer.size});
    octet_buffer_free(ctx, &buffer);
    return status;
}

octet_status octet_evaluation_save_bytes(octet_context *ctx, const octet_evaluation *evaluation, void **out,
                                         size_t *size) {
    octet_buffer buffer = {0};
    const octet_status status = octet_evaluation_write(ctx, evaluation, &buffer);
    return octet_api_give_bytes(ctx, &buffer, status, out, size);
}

octet_status octet_evaluation_load(octet_context *ctx, const char *path, octet_evaluation **out) {
    octet_file file;
    OCTET_TRY(octet_file_open(ctx, path, &file));
    const octet_status status = octet_evaluation_read(ctx, file.bytes, path, out);
    octet_file_close(ctx, &file);
    return status;
}

octet_status octet_evaluation_load_bytes(octet_context *ctx, const void *bytes, size_t size, const char *name,
                                         octet_evaluation **out) {
    return octet_evaluation_read(ctx, (octet_bytes){bytes, size}, name, out);
}

octet_status octet_evaluation_missing(octet_context *ctx, const octet_evaluation *evaluation, char **out) {
    return octet_api_missing_parts(ctx, &evaluation->parts, out);
}
