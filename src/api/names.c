/* The names of choices in octet.h, and what they mean to the rooms. */
#include <string.h>

#include "api/handles.h"
#include "base/choose.h"
#include "target/profiles.h"

const char *const octet_recovery_names[] = {"none", "fast", "full", "auto", NULL};
const char *const octet_calibration_names[] = {"minmax", "moving-average", "percentile", "entropy",
                                               "mse",    "auto",           NULL};
const char *const octet_mode_names[] = {"int8", "int16x8", "dynamic", "float16", "float32", NULL};
const char *const octet_int8_type_names[] = {"int8", "uint8", "float32", NULL};
const char *const octet_int16x8_type_names[] = {"float32", "int16", NULL};
const char *const octet_layer_naming_names[] = {"layer", "kind", NULL};
static const char *const rounding_names[] = {"nearest", "truncate", NULL};
static const char *const numerics_names[] = {"litert", "integer", "single", NULL};
static const char *const float_order_names[] = {"fma", "tensorflow", "plain", NULL};
static const char *const split_names[] = {"test", "train", NULL};

const char *octet_choice_name(const char *choice, uint32_t index) {
    static const struct {
        const char *choice;
        const char *const *names;
    } lists[] = {
        {"mode", octet_mode_names},
        {"recover", octet_recovery_names},
        {"type", octet_int8_type_names},
        {"int16x8 type", octet_int16x8_type_names},
        {"numerics", numerics_names},
        {"float order", float_order_names},
        {"input rounding", rounding_names},
        {"split", split_names},
        {"preset", octet_preset_names},
        {"calibration", octet_calibration_names},
        {"layer names", octet_layer_naming_names},
        {"warning", octet_warning_names},
    };
    if (strcmp(choice, "target") == 0) return octet_target_name(index);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        if (strcmp(choice, lists[i].choice) != 0) continue;
        for (uint32_t k = 0; k < index; k++)
            if (lists[i].names[k] == NULL) return NULL;
        return lists[i].names[index];
    }
    return NULL;
}

octet_status octet_api_exec_options(octet_context *ctx, const octet_run_options *options, octet_exec_options *out) {
    *out = (octet_exec_options){0};
    int choice, order;
    OCTET_TRY(octet_choose(ctx, "numerics", options->numerics, numerics_names, &choice));
    out->numerics = (octet_numerics)choice;
    OCTET_TRY(octet_choose(ctx, "float order", options->float_order, float_order_names, &order));
    out->float_order = (octet_float_order)order;
    out->reference_kernels = options->reference_kernels;
    out->no_sharing = options->keep_values;
    return OCTET_OK;
}

octet_status octet_api_split(octet_context *ctx, const octet_run_options *options, octet_split *out) {
    int choice;
    OCTET_TRY(octet_choose(ctx, "split", options->split, split_names, &choice));
    *out = choice == 1 ? OCTET_SPLIT_TRAIN : OCTET_SPLIT_TEST;
    return OCTET_OK;
}

octet_status octet_api_rounding(octet_context *ctx, const octet_run_options *options, octet_rounding *out) {
    int choice;
    OCTET_TRY(octet_choose(ctx, "input rounding", options->input_rounding, rounding_names, &choice));
    *out = choice == 1 ? OCTET_ROUND_TRUNCATE : OCTET_ROUND_NEAREST;
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
