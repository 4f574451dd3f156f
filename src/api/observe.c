#include "api/observe.h"

#include <string.h>

#include "base/choose.h"
#include "base/number.h"

static const double default_percentile = 99.99;

octet_status octet_api_read_method(octet_context *ctx, const char *calibration, octet_observe_options *out) {
    static const char before[] = "percentile=";
    int choice;
    *out = (octet_observe_options){.method = OCTET_OBSERVE_PERCENTILE, .percentile = default_percentile};
    if (calibration != NULL && strncmp(calibration, before, sizeof before - 1) == 0) {
        const char *text = calibration + sizeof before - 1;
        char *end;
        out->percentile = octet_number_read_f64(text, &end);
        OCTET_CHECK(ctx, end != text && *end == '\0' && out->percentile > 50.0 && out->percentile <= 100.0, OCTET_USAGE,
                    "calibration: '%s': the percentile is a number above 50, at most 100, as in percentile=99.9",
                    calibration);
        return OCTET_OK;
    }
    OCTET_TRY(octet_choose(ctx, "calibration", calibration, octet_calibration_names, &choice));
    out->method = (octet_observe_method)choice;
    return OCTET_OK;
}

octet_status octet_api_choose_method(octet_context *ctx, const octet_conversion *asked,
                                     const octet_quantize_options *options, bool has_samples,
                                     octet_observe_options *out) {
    OCTET_TRY(octet_api_read_method(ctx, asked->calibration, out));
    out->is_16_bit = options->mode == OCTET_MODE_INT16X8;
    if (out->method == OCTET_OBSERVE_MINMAX) return OCTET_OK;
    OCTET_CHECK(
        ctx, options->mode == OCTET_MODE_INT8 || options->mode == OCTET_MODE_INT16X8, OCTET_USAGE,
        "--calibration %s: mode %s leaves the activations in float, which need no ranges; leave the option away",
        asked->calibration, octet_mode_names[options->mode]);
    OCTET_CHECK(ctx, !options->strict_tensorflow, OCTET_USAGE,
                "--calibration %s changes the file, and --strict-tensorflow asks for TensorFlow's, which takes minmax: "
                "leave one of them away",
                asked->calibration);
    OCTET_CHECK(ctx, has_samples, OCTET_USAGE, "--calibration %s needs samples to calibrate with (--data)",
                asked->calibration);
    return OCTET_OK;
}

octet_status octet_api_narrow_copy(octet_context *ctx, const octet_graph *graph, const octet_observe_options *method,
                                   const octet_statistics *statistics, octet_statistics **out, double *clipped) {
    octet_arena scratch = {0};
    uint32_t *same;
    octet_statistics *made = NULL;
    octet_status status = OCTET_NEW(ctx, &scratch, graph->n_values, &same);
    for (uint32_t v = 0; status == OCTET_OK && v < graph->n_values; v++) same[v] = v;
    if (status == OCTET_OK) status = octet_statistics_carry_over(ctx, statistics, graph, graph, same, &made);
    if (status == OCTET_OK) status = octet_narrow_ranges(ctx, graph, method, made, clipped);
    octet_arena_free(ctx, &scratch);
    if (status == OCTET_OK) *out = made;
    else octet_statistics_free(ctx, made);
    return status;
}
