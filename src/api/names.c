#include <string.h>

#include "api/handles.h"
#include "base/choose.h"

octet_status octet_api_exec_options(octet_context *ctx, const octet_run_options *options, octet_exec_options *out) {
    *out = (octet_exec_options){0};
    static const char *const names[] = {"litert", "integer"}, *const orders[] = {"fma", "tensorflow", "plain"};
    int choice, order;
    OCTET_TRY(octet_choose(ctx, "numerics", options->numerics, names, 2, &choice));
    out->numerics = choice == 1 ? OCTET_NUMERICS_INTEGER : OCTET_NUMERICS_LITERT;
    OCTET_TRY(octet_choose(ctx, "float order", options->float_order, orders, 3, &order));
    out->float_order = (octet_float_order)order;
    out->reference_kernels = options->reference_kernels;
    out->no_sharing = options->keep_values;
    return OCTET_OK;
}

octet_status octet_api_split(octet_context *ctx, const octet_run_options *options, octet_split *out) {
    static const char *const names[] = {"test", "train"};
    int choice;
    OCTET_TRY(octet_choose(ctx, "split", options->split, names, 2, &choice));
    *out = choice == 1 ? OCTET_SPLIT_TRAIN : OCTET_SPLIT_TEST;
    return OCTET_OK;
}

octet_status octet_api_give_text(octet_context *ctx, octet_buffer *buffer, octet_status status, char **out) {
    void *text = NULL;
    if (status == OCTET_OK) status = octet_memory_allocate(ctx, buffer->size + 1, &text);
    if (status == OCTET_OK) {
        if (buffer->size > 0) memcpy(text, buffer->data, buffer->size);
        ((char *)text)[buffer->size] = '\0';
        *out = text;
    }
    octet_buffer_free(ctx, buffer);
    return status;
}

octet_status octet_api_give_bytes(octet_context *ctx, octet_buffer *buffer, octet_status status, void **out,
                                  size_t *size) {
    if (status == OCTET_OK) {
        *out = buffer->data;
        *size = buffer->size;
        *buffer = (octet_buffer){0};
    }
    octet_buffer_free(ctx, buffer);
    return status;
}
