/* The context and the version of octet.h. */
#include <string.h>

#include "api/handles.h"
#include "base/file.h"

const char *octet_version(void) { return OCTET_VERSION; }

const char *octet_error_name(octet_status status) { return octet_status_name(status); }
const char *octet_error_text(octet_status status) { return octet_status_text(status); }

octet_status octet_context_create(octet_context **out) {
    octet_context first; /* the account of the context's own memory */
    octet_context_init(&first);
    void *block = NULL;
    OCTET_TRY(octet_memory_allocate(&first, sizeof **out, &block));
    octet_context_init(block);
    *out = block;
    return OCTET_OK;
}

void octet_context_destroy(octet_context *ctx) {
    if (ctx == NULL) return;
    octet_context first;
    octet_context_init(&first);
    octet_memory_free(&first, (void *)(uintptr_t)ctx->hdf5_helper);
    octet_memory_free(&first, ctx);
}

const char *octet_context_message(const octet_context *ctx) { return ctx->message; }

const char *octet_context_about(const octet_context *ctx, const char *what) {
    const octet_subject *subject = &ctx->subject;
    if (strcmp(what, "place") == 0) return subject->place;
    if (strcmp(what, "layer") == 0) return subject->layer;
    return strcmp(what, "value") == 0 ? subject->value : "";
}

octet_status octet_context_status(const octet_context *ctx) { return ctx->status; }
void octet_context_clear_error(octet_context *ctx) { octet_context_clear(ctx); }
void octet_context_set_max_memory(octet_context *ctx, size_t bytes) { ctx->max_memory_bytes = bytes; }

octet_status octet_context_set_hdf5_helper(octet_context *ctx, const char *path) {
    void *copy = NULL;
    if (path != NULL) {
        OCTET_TRY(octet_memory_allocate(ctx, strlen(path) + 1, &copy));
        memcpy(copy, path, strlen(path) + 1);
    }
    octet_memory_free(ctx, (void *)(uintptr_t)ctx->hdf5_helper);
    ctx->hdf5_helper = copy;
    return OCTET_OK;
}

size_t octet_context_peak_memory(const octet_context *ctx) { return ctx->peak_memory_bytes; }

void octet_text_free(octet_context *ctx, char *text) { octet_memory_free(ctx, text); }

octet_status octet_bytes_read(octet_context *ctx, int descriptor, const char *name, size_t max_bytes, void **out,
                              size_t *size) {
    octet_bytes bytes;
    OCTET_TRY(octet_file_read_stream(ctx, descriptor, name, max_bytes, &bytes));
    *out = (void *)(uintptr_t)bytes.data;
    *size = bytes.size;
    return OCTET_OK;
}

void octet_bytes_free(octet_context *ctx, void *bytes) { octet_memory_free(ctx, bytes); }
