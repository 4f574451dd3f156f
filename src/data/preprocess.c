#include "data/preprocess.h"

#include <math.h>

#include "base/choose.h"
#include "base/format.h"

const char *const octet_preset_names[] = {"raw", "unit", "mobilenet", "teachable-machine", "imagenet", "caffe", NULL};
/* In the order of the names. */
static const struct {
    octet_scaling scaling;
    bool crops;
} presets[] = {
    {OCTET_SCALING_RAW, false},      {OCTET_SCALING_UNIT, false},  {OCTET_SCALING_SYMMETRIC, false},
    {OCTET_SCALING_SYMMETRIC, true}, {OCTET_SCALING_TORCH, false}, {OCTET_SCALING_CAFFE, false},
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
    case OCTET_SCALING_AFFINE: return value * scaler->scale[channel] + scaler->offset[channel];
    }
    return value;
}

octet_status octet_scaler_create(octet_context *ctx, const octet_preprocess *options, bool is_u8, octet_scaler *out) {
    *out = (octet_scaler){.scaling = is_u8 ? OCTET_SCALING_UNIT : OCTET_SCALING_RAW, .n_channels = 1, .scale = {1}};
    if (options->preset != NULL) {
        int preset;
        OCTET_TRY(octet_choose(ctx, "preprocess", options->preset, octet_preset_names, &preset));
        out->scaling = presets[preset].scaling;
        out->crops = presets[preset].crops;
    } else if (options->columns != NULL) { /* octet_samples scales by them */
        out->scaling = OCTET_SCALING_RAW;
    } else if (options->given) {
        out->scaling = OCTET_SCALING_AFFINE;
        if (options->by_channel) out->n_channels = 3;
        for (int32_t c = 0; c < out->n_channels; c++) {
            out->scale[c] = (float)options->scale[c];
            out->offset[c] = (float)options->offset[c];
            OCTET_CHECK(ctx, isfinite(out->scale[c]) && isfinite(out->offset[c]), OCTET_USAGE,
                        "preprocess: scale %g and offset %g must be finite", options->scale[c], options->offset[c]);
        }
    }
    out->swaps = out->scaling == OCTET_SCALING_CAFFE;
    if (out->scaling == OCTET_SCALING_TORCH || out->swaps) out->n_channels = 3;
    for (int32_t c = 0; c < out->n_channels; c++)
        for (int value = 0; value < 256; value++) out->tables[c][value] = octet_scaler_apply(out, c, (float)value);
    return OCTET_OK;
}

const char *octet_preprocess_text(const octet_preprocess *options, char text[OCTET_PREPROCESS_TEXT]) {
    const double *a = options->scale, *b = options->offset;
    if (options->preset != NULL) octet_format(text, OCTET_PREPROCESS_TEXT, "preset %s", options->preset);
    else if (options->columns != NULL)
        octet_format(text, OCTET_PREPROCESS_TEXT, "columns %016llx", (unsigned long long)options->columns_hash);
    else if (!options->given) octet_format(text, OCTET_PREPROCESS_TEXT, "by type");
    else if (!options->by_channel) octet_format(text, OCTET_PREPROCESS_TEXT, "x * %.17g + %.17g", a[0], b[0]);
    else
        octet_format(text, OCTET_PREPROCESS_TEXT, "x * %.17g, %.17g, %.17g + %.17g, %.17g, %.17g", a[0], a[1], a[2],
                     b[0], b[1], b[2]);
    return text;
}
