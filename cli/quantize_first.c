/* Float models of commands that are about int8 ones. */
#include "command.h"

static bool has_samples(const octet_open_options *open) { return open->path != NULL || open->images != NULL; }

bool has_samples_for(const struct command *self, const octet_open_options *open) {
    const struct option *const lists[] = {source_options, label_option, scaling_options};
    if (has_samples(open)) return true;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (const struct option *option = lists[i]; option->name != NULL; option++)
            if (is_given(option, open)) {
                complain(0, "%s: %s is about samples: --data or --images is missing", self->name, option->name);
                return false;
            }
    return true;
}

octet_status quantize_first(octet_context *ctx, const octet_model *model, octet_open_options *open,
                            const octet_conversion *conversion, bool reads_data, octet_data **data,
                            octet_model **quantized) {
    const bool is_needed = !octet_model_is_quantized(model),
               is_asked_for = conversion->per_tensor || (has_samples(open) && !reads_data);
    octet_status status = OCTET_OK;
    *data = NULL;
    *quantized = NULL;
    if (has_samples(open)) status = take_data(ctx, open);
    if (status == OCTET_OK && has_samples(open)) status = octet_data_open(ctx, open, data);
    if (status == OCTET_OK && (is_needed || is_asked_for))
        status = octet_model_quantize(ctx, model, *data, conversion, quantized, NULL);
    return status;
}
