#include "target/profiles.h"

#include "base/choose.h"

enum {
    INT8 = 1u << OCTET_MODE_INT8,
    INT16X8 = 1u << OCTET_MODE_INT16X8,
    DYNAMIC = 1u << OCTET_MODE_DYNAMIC,
    FLOAT16 = 1u << OCTET_MODE_FLOAT16,
    FLOAT32 = 1u << OCTET_MODE_FLOAT32
};

/* What all users of tflite-micro's kernels have in common. */
#define MICRO                                                                                                    \
    .kernels = OCTET_TARGET_KERNELS_MICRO, .lacks_uint8 = true, .lacks_relu6 = true, .lacks_short_slices = true, \
    .modes = INT8 | INT16X8 | FLOAT32, .other_modes = "has no kernels of this mode: use int8, int16x8 or float32"

/* Per-channel FULLY_CONNECTED came to tflite-micro in September 2024 and
 * is in neither CMSIS-NN's nor the Edge TPU's. */
static const octet_target targets[] = {
    {.name = "litert", .kernels = OCTET_TARGET_KERNELS_LITERT, .modes = INT8 | INT16X8 | DYNAMIC | FLOAT16 | FLOAT32},
    {.name = "tflm", MICRO},
    {.name = "tflm-2023", MICRO, .per_tensor_dense = true},
    {.name = "cmsis-nn", MICRO, .per_tensor_dense = true},
    {.name = "edgetpu",
     .kernels = OCTET_TARGET_KERNELS_EDGETPU,
     .per_tensor_dense = true,
     .modes = INT8,
     .other_modes = "runs int8 only: leave the mode away"},
    {.name = "c",
     .kernels = OCTET_TARGET_KERNELS_LITERT,
     .is_exported = true,
     .modes = INT8,
     .other_modes = "has int8 only: leave the mode away"},
};
enum { N_TARGETS = sizeof targets / sizeof targets[0] };

octet_status octet_target_find(octet_context *ctx, const char *name, const octet_target **out) {
    const char *names[N_TARGETS + 1] = {NULL};
    int choice;
    for (size_t i = 0; i < N_TARGETS; i++) names[i] = targets[i].name;
    OCTET_TRY(octet_choose(ctx, "target", name, (const char *const *)names, &choice));
    *out = &targets[choice];
    return OCTET_OK;
}

const char *octet_target_name(uint32_t index) { return index < N_TARGETS ? targets[index].name : NULL; }

octet_status octet_target_apply(octet_context *ctx, const octet_target *target, octet_quantize_options *options) {
    OCTET_CHECK(ctx, (target->modes >> options->mode & 1u) != 0, OCTET_USAGE, "target %s %s", target->name,
                target->other_modes);
    if (target->per_tensor_dense) options->per_tensor_dense = true;
    return OCTET_OK;
}
