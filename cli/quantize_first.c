/* Float models of commands that are about int8 ones. */
#include "command.h"

octet_status quantize_first(octet_context *ctx, const octet_model *model, octet_open_options *open,
                            const octet_conversion *conversion, octet_data **data, octet_model **quantized) {
    const bool has_data = open->path != NULL || open->images != NULL;
    octet_status status = OCTET_OK;
    *data = NULL;
    *quantized = NULL;
    if (has_data) status = take_data(ctx, open);
    if (status == OCTET_OK && has_data) status = octet_data_open(ctx, open, data);
    if (status == OCTET_OK && !octet_model_is_quantized(model))
        status = octet_model_quantize(ctx, model, *data, conversion, quantized, NULL);
    return status;
}
