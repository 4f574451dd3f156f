#include "data/preprocess.h"

#include <math.h>
#include <string.h>

typedef struct preset {
    const char *name;
    octet_scaling scaling;
    bool crops;
} preset;

static const preset presets[] = {
    {"raw", OCTET_SCALING_RAW, false},
    {"unit", OCTET_SCALING_UNIT, false},
    {"mobilenet", OCTET_SCALING_SYMMETRIC, false},
    {"teachable-machine", OCTET_SCALING_SYMMETRIC, true},
    {"imagenet", OCTET_SCALING_TORCH, false},
    {"caffe", OCTET_SCALING_CAFFE, false},
};

/* keras.applications.imagenet_utils: red, green, blue for torch; blue, green, red for caffe. */
static const float torch_mean[3] = {0.485f, 0.456f, 0.406f}, torch_std[3] = {0.229f, 0.224f, 0.225f};
static const float caffe_mean[3] = {103.939f, 116.779f, 123.68f};

float octet_scaler_apply(const octet_scaler *scaler, int32_t channel, float value) {
    switch (scaler->scaling) {
    case OCTET_SCALING_RAW: return value;
    case OCTET_SCALING_UNIT: return value / 255.0f;
    case OCTET_SCALING_SYMMETRIC: return value / 127.5f - 1.0f;
    case OCTET_SCALING_TORCH: return (value / 255.0f - torch_mean[channel]) / torch_std[channel];
    case OCTET_SCALING_CAFFE: return value - caffe_mean[channel];
    case OCTET_SCALING_AFFINE: return value * scaler->scale + scaler->offset;
    }
    return value;
}

octet_status octet_scaler_create(octet_context *ctx, const octet_preprocess *options, bool is_u8, octet_scaler *out) {
    *out = (octet_scaler){.scaling = is_u8 ? OCTET_SCALING_UNIT : OCTET_SCALING_RAW, .n_channels = 1, .scale = 1};
    if (options->preset != NULL) {
        const preset *found = NULL;
        for (size_t i = 0; i < sizeof presets / sizeof *presets; i++)
            if (strcmp(presets[i].name, options->preset) == 0) found = &presets[i];
        OCTET_CHECK(
            ctx, found != NULL, OCTET_USAGE,
            "preprocess: there is no preset '%s'; known are raw, unit, mobilenet, teachable-machine, imagenet, caffe",
            options->preset);
        out->scaling = found->scaling;
        out->crops = found->crops;
    } else if (options->given) {
        out->scaling = OCTET_SCALING_AFFINE;
        out->scale = (float)options->scale;
        out->offset = (float)options->offset;
        OCTET_CHECK(ctx, isfinite(out->scale) && isfinite(out->offset), OCTET_USAGE,
                    "preprocess: scale %g and offset %g must be finite", options->scale, options->offset);
    }
    out->swaps = out->scaling == OCTET_SCALING_CAFFE;
    if (out->scaling == OCTET_SCALING_TORCH || out->swaps) out->n_channels = 3;
    for (int32_t c = 0; c < out->n_channels; c++)
        for (int value = 0; value < 256; value++) out->tables[c][value] = octet_scaler_apply(out, c, (float)value);
    return OCTET_OK;
}
