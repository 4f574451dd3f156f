/* README.md: the integer arithmetic of this model, with its own numbers. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/version.h"
#include "export/artifacts/artifacts.h"

#define SAY(...) OCTET_TRY(octet_buffer_format(ctx, out, __VA_ARGS__))

static const octet_value *input_of(const octet_artifacts *a, const octet_artifact_layer *layer) {
    return &a->graph->values[layer->step->inputs[0]];
}
static const octet_value *output_of(const octet_artifacts *a, const octet_artifact_layer *layer) {
    return &a->graph->values[layer->step->outputs[0]];
}

static octet_status write_head(octet_context *ctx, const octet_artifacts *a, const octet_artifact_report *r,
                               octet_buffer *out) {
    char shape[OCTET_SHAPE_TEXT_SIZE];
    SAY("# %s as files\n\nMade by octet %s of `%s` (hash %016" PRIx64 ").\n", r->model, OCTET_VERSION_TEXT, r->model,
        r->model_hash);
    if (r->command != NULL) SAY("\n    %s\n", r->command);
    SAY("\n## The network\n\n| layer | operator | input | output | weights |\n| --- | --- | --- | --- | --- |\n");
    for (uint32_t i = 0; i < a->graph->n_operators; i++) {
        const octet_artifact_layer *layer = &a->layers[i];
        if (layer->step->n_inputs == 0 || layer->step->inputs[0] == OCTET_NONE) continue;
        SAY("| %s | %s |", layer->name, octet_operator_name(layer->op->code));
        SAY(" %s |", octet_shape_text(&input_of(a, layer)->shape, shape));
        SAY(" %s |", octet_shape_text(&output_of(a, layer)->shape, shape));
        if (layer->q != NULL) SAY(" %s %s |\n", octet_shape_text(&layer->weights.shape, shape), layer->weights.axes);
        else SAY(" |\n");
    }
    SAY("\nInputs and outputs have the shapes of the model: maps are [n,H,W,C] there.\n");
    return OCTET_OK;
}

static octet_status write_files(octet_context *ctx, const octet_artifacts *a, const octet_artifact_report *r,
                                octet_buffer *out) {
    SAY("\n## Files\n\n"
        "- `NAME_W.bin`: weights, int8. Dense layers [out,in], convolutions [O,I,kH,kW], depthwise ones [O,1,kH,kW].\n"
        "- `NAME_b.bin`: biases, one for each output channel, little endian.\n"
        "- `golden/input.bin`, `golden/NAME.bin`: %" PRIu32 " inputs (%s) and what each layer makes of them, rounded "
        "twice as TFLite does;\n  `golden/NAME_single.bin`: rounded once. Maps are [n,%s].\n",
        r->n_vectors, r->data != NULL ? r->data : "made up", a->planar ? "C,H,W" : "H,W,C");
    if (r->has_images)
        SAY("- `test_images_%s.bin`: %" PRIu64 " samples %s, `test_images_q.bin`: the same as the model takes them.\n",
            r->images_type, r->n_images,
            strcmp(r->images_type, "u8") == 0 ? "as they are stored" : "as real numbers, scaled");
    if (r->has_labels) SAY("- `test_labels.bin`: their classes, a byte each (int32 where there are more than 256).\n");
    SAY("- `model.tflite`: the model that all of this is of.\n");
    SAY("- `npy/`, `mem/`, `coe/`, `mif/`: the weights, biases and golden vectors as .npy, for Verilog's `$readmemh`, "
        "Vivado and Quartus:\n  one word for each number, in two's complement, in hexadecimal.\n"
        "- `quant_params.json`, `quant_params.h`: scales, zero points, multipliers, shifts.\n");
    for (uint32_t i = 0; i < a->graph->n_operators; i++) {
        const octet_artifact_layer *layer = &a->layers[i];
        if (layer->q == NULL || !layer->is_permuted) continue;
        SAY("\nThe columns of `%s_W` are in the order of a map [C,H,W] = [%" PRId32 ",%" PRId32 ",%" PRId32
            "]; in the model they are in the order [H,W,C].\n",
            layer->name, layer->map.dims[3], layer->map.dims[1], layer->map.dims[2]);
    }
    return OCTET_OK;
}

static octet_status write_roundings(octet_context *ctx, const octet_requantize *q, int32_t channel, octet_buffer *out) {
    SAY("\nRounded once, as simple kernels do, in 64 bits:\n\n"
        "    n = 31 - shift                                   here %" PRId32 "\n"
        "    r = (acc * multiplier + (1 << (n - 1))) >> n     to the nearest, halves upwards\n"
        "    y = clamp(r + zy, min, max)                      here [%" PRId32 ", %" PRId32 "]\n",
        31 - q->shift[channel], q->min, q->max);
    SAY("\nRounded twice, as TFLite, tflite-micro and CMSIS-NN do:\n\n"
        "    left = max(shift, 0), right = max(-shift, 0)     here %" PRId32 " and %" PRId32 "\n"
        "    h = (((acc << left) * multiplier) + (1 << 30)) >> 31\n"
        "    r = h / 2^right                                  to the nearest, halves away from 0\n"
        "    y = clamp(r + zy, min, max)\n",
        q->shift[channel] > 0 ? q->shift[channel] : 0, q->shift[channel] < 0 ? -q->shift[channel] : 0);
    return OCTET_OK;
}

/* int16 activations with a 64-bit bias: both runs round alike. */
static octet_status write_wide_rounding(octet_context *ctx, const octet_requantize *q, int32_t channel,
                                        octet_buffer *out) {
    SAY("\nSums of int16 activations are rounded once by all kernels, with a multiplier of 16 bits:\n\n"
        "    m = (multiplier + (1 << 15)) >> 16               at most 32767; here %" PRId32 "\n"
        "    n = 15 - shift                                   here %" PRId32 "\n"
        "    y = clamp(((acc * m + (1 << (n - 1))) >> n) + zy, min, max)\n",
        octet_fixed_reduce_multiplier(q->multiplier[channel]), 15 - q->shift[channel]);
    return OCTET_OK;
}

static octet_status write_formula(octet_context *ctx, const octet_artifacts *a, const octet_artifact_report *r,
                                  octet_buffer *out) {
    const octet_artifact_layer *layer = &a->layers[r->example_layer];
    const octet_requantize *q = layer->q;
    const octet_value *x = input_of(a, layer), *y = output_of(a, layer), *w = &a->graph->values[layer->step->inputs[1]];
    const int32_t channel = (int32_t)(r->example_element % (size_t)layer->n_channels);
    const double scale = (double)w->quantization.scale[layer->has_one_scale ? 0 : channel];
    SAY("\n## From a sum to a number\n\n"
        "Everywhere real = scale * (q - zero point). With x the input, w the weights, y the output of a layer:\n\n"
        "    acc = bias[o] + sum (x - zx) * (w - zw)          in int32 (int16 activations: int64)\n"
        "    y   = zy + acc * (sx * sw / sy)                  in real numbers\n\n"
        "A place outside the map adds nothing. The bias has the scale sx * sw. The factor is written as\n"
        "M = sx * sw / sy = multiplier * 2^(shift - 31), with an int32 multiplier. Channel %" PRId32
        " of `%s`, for example:\n\n"
        "    sx = %.9g   zx = %" PRId32 "\n    sw = %.9g   zw = %" PRId32 "\n    sy = %.9g   zy = %" PRId32
        "\n    M  = %.9g = %" PRId32 " * 2^(%" PRId32 " - 31)\n",
        channel, layer->name, (double)x->quantization.scale[0], q->input_zero_point, scale, q->weight_zero_point,
        (double)y->quantization.scale[0], q->output_zero_point,
        ldexp((double)q->multiplier[channel], q->shift[channel] - 31), q->multiplier[channel], q->shift[channel]);
    OCTET_TRY(x->type == OCTET_INT16 ? write_wide_rounding(ctx, q, channel, out)
                                     : write_roundings(ctx, q, channel, out));
    SAY("\nmin and max are the type's range and the fused activation: RELU is min = zy. Kernels that leave zx out of "
        "the "
        "sum take\nbias[o] - zx * (sum of the weights of channel o) instead of the bias, where no place lies outside "
        "the "
        "map.\n");
    return OCTET_OK;
}

static octet_status write_steps(octet_context *ctx, const octet_derivation *d, const char *title, octet_buffer *out) {
    SAY("\n%s:\n\n", title);
    for (uint32_t i = 0; i < d->n_steps; i++) {
        const octet_derivation_step *step = &d->steps[i];
        if (step->value.is_real) SAY("    %-17s %12.9g  %s\n", step->name, step->value.real, step->how);
        else SAY("    %-17s %12" PRId64 "  %s\n", step->name, step->value.integer, step->how);
    }
    return OCTET_OK;
}

static octet_status write_example(octet_context *ctx, const octet_artifacts *a, const octet_artifact_report *r,
                                  octet_buffer *out) {
    const octet_artifact_layer *layer = &a->layers[r->example_layer];
    char shape[OCTET_SHAPE_TEXT_SIZE];
    SAY("\n## One number of this model\n\nElement %zu of `%s`, whose shape is %s here, in the first golden vector:\n",
        r->example_element, layer->name, octet_shape_text(&output_of(a, layer)->shape, shape));
    OCTET_TRY(write_steps(ctx, r->once, "Rounded once", out));
    OCTET_TRY(write_steps(ctx, r->twice, "Rounded twice", out));
    SAY("\n`octet explain MODEL --input DATA --value NAME[INDEX] --numerics single` (or `integer`) gives the same of "
        "any "
        "number.\n");
    return OCTET_OK;
}

static octet_status write_layers(octet_context *ctx, const octet_artifacts *a, octet_buffer *out) {
    bool has_several = false;
    SAY("\n## Parameters\n\n| layer | sx | zx | sw | sy | zy | multiplier | shift | min | max |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
    for (uint32_t i = 0; i < a->graph->n_operators; i++) {
        const octet_artifact_layer *layer = &a->layers[i];
        const octet_requantize *q = layer->q;
        if (q == NULL) continue;
        SAY("| %s | %.9g | %" PRId32 " |", layer->name, (double)input_of(a, layer)->quantization.scale[0],
            q->input_zero_point);
        if (layer->has_one_scale)
            SAY(" %.9g |", (double)a->graph->values[layer->step->inputs[1]].quantization.scale[0]);
        else SAY(" %" PRId32 " of them |", layer->n_channels);
        SAY(" %.9g | %" PRId32 " |", (double)output_of(a, layer)->quantization.scale[0], q->output_zero_point);
        if (layer->has_one_scale) SAY(" %" PRId32 " | %" PRId32 " |", q->multiplier[0], q->shift[0]);
        else SAY(" by channel | by channel |");
        SAY(" %" PRId32 " | %" PRId32 " |\n", q->min, q->max);
        has_several = has_several || !layer->has_one_scale;
    }
    if (has_several)
        SAY("\nWeights with a scale for each output channel need a multiplier and a shift for each. For programs that "
            "take "
            "one scale\nfor a layer, quantize with `--per-tensor`.\n");
    return OCTET_OK;
}

static octet_status write_cost(octet_context *ctx, const octet_artifacts *a, const octet_artifact_report *r,
                               octet_buffer *out) {
    SAY("\n## What the second rounding changes\n\nMeasured on %" PRIu64
        " %s: each layer of both networks reads what its "
        "own network computed before.\n\n| layer | numbers | differ | largest difference |\n| --- | --- | --- | --- "
        "|\n",
        r->n_samples, r->data != NULL ? "samples" : "made-up inputs");
    for (uint32_t i = 0; i < a->graph->n_operators; i++) {
        const octet_artifact_cost *c = &r->cost[i];
        SAY("| %s | %" PRIu64 " | %" PRIu64 " (%.3g %%) | %" PRId64 " |\n", a->layers[i].name, c->n_numbers,
            c->n_different, c->n_numbers > 0 ? 100.0 * (double)c->n_different / (double)c->n_numbers : 0.0, c->largest);
    }
    if (r->has_answers) SAY("\n%" PRIu64 " of %" PRIu64 " answers differ.", r->n_flips, r->n_samples);
    if (r->has_answers && r->has_labels)
        SAY(" Accuracy: %.2f %% rounded twice, %.2f %% rounded once.", 100.0 * r->accuracy_twice,
            100.0 * r->accuracy_once);
    if (r->has_answers) SAY("\n");
    return OCTET_OK;
}

octet_status octet_artifacts_write_guide(octet_context *ctx, const octet_artifacts *a, const octet_artifact_report *r,
                                         octet_buffer *out) {
    OCTET_TRY(write_head(ctx, a, r, out));
    OCTET_TRY(write_files(ctx, a, r, out));
    OCTET_TRY(write_formula(ctx, a, r, out));
    OCTET_TRY(write_layers(ctx, a, out));
    OCTET_TRY(write_example(ctx, a, r, out));
    return write_cost(ctx, a, r, out);
}
