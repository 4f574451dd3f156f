#include <string.h>

#include "api/calibrate.h"
#include "api/options.h"
#include "base/choose.h"
#include "base/clock.h"
#include "passes/passes.h"
#include "target/profiles.h"

static octet_status choose_type(octet_context *ctx, const char *what, const char *name, octet_mode mode,
                                octet_type *out) {
    static const char *const float_type_names[] = {"float32", NULL};
    int choice;
    switch (mode) {
    case OCTET_MODE_INT8:
        OCTET_TRY(octet_choose(ctx, what, name, octet_int8_type_names, &choice));
        *out = choice == 0 ? OCTET_INT8 : choice == 1 ? OCTET_UINT8 : OCTET_FLOAT32;
        return OCTET_OK;
    case OCTET_MODE_INT16X8:
        OCTET_TRY(octet_choose(ctx, what, name, octet_int16x8_type_names, &choice));
        *out = choice == 0 ? OCTET_FLOAT32 : OCTET_INT16;
        return OCTET_OK;
    case OCTET_MODE_DYNAMIC:
    case OCTET_MODE_FLOAT16:
    case OCTET_MODE_FLOAT32: break;
    }
    *out = OCTET_FLOAT32;
    return octet_choose(ctx, what, name, float_type_names, &choice);
}

static octet_status quantize_options(octet_context *ctx, const octet_conversion *options, octet_quantize_options *out,
                                     const octet_target **target) {
    int mode;
    OCTET_TRY(octet_choose(ctx, "mode", options->mode, octet_mode_names, &mode));
    *out = (octet_quantize_options){.mode = (octet_mode)mode,
                                    .per_tensor_dense = options->per_tensor_dense,
                                    .per_tensor = options->per_tensor,
                                    .strict_tensorflow = options->strict_tensorflow};
    OCTET_TRY(choose_type(ctx, "input type", options->input_type, out->mode, &out->input_type));
    OCTET_TRY(choose_type(ctx, "output type", options->output_type, out->mode, &out->output_type));
    OCTET_TRY(octet_target_find(ctx, options->target, target));
    return octet_target_apply(ctx, *target, out);
}

/* Ranges of the samples, for the modes that need them; *out stays NULL without data. */
static octet_status gather(octet_context *ctx, const octet_graph *graph, octet_data *data,
                           const octet_conversion *options, octet_statistics **out, octet_calibration *calibration) {
    if (data == NULL) return OCTET_OK;
    OCTET_TRY(octet_statistics_create_for(ctx, graph, out));
    OCTET_TRY(octet_api_calibrate(ctx, graph, data, options, *out));
    octet_api_describe(*out, calibration);
    return OCTET_OK;
}

static octet_status make(octet_context *ctx, const octet_model *model, const octet_graph *graph, octet_data *data,
                         const octet_conversion *options, octet_model **out, octet_calibration *calibration) {
    octet_quantize_options quantize;
    const octet_target *target;
    octet_statistics *statistics = NULL;
    octet_graph *quantized = NULL;
    octet_model *result = NULL;
    octet_status status = OCTET_OK;
    OCTET_TRY(quantize_options(ctx, options, &quantize, &target));
    if (quantize.mode == OCTET_MODE_INT8 || quantize.mode == OCTET_MODE_INT16X8) {
        OCTET_CHECK(ctx, data != NULL || octet_quantize_is_trained(graph), OCTET_USAGE,
                    "mode %s needs samples to calibrate with (--data)", octet_mode_names[quantize.mode]);
        status = gather(ctx, graph, data, options, &statistics, calibration);
    }
    if (status == OCTET_OK) status = octet_quantize_graph(ctx, graph, statistics, &quantize, &quantized);
    octet_statistics_destroy(ctx, statistics);
    OCTET_TRY(status);
    octet_target_fit(target, quantized);
    OCTET_TRY(octet_api_wrap(ctx, quantized, model->path, OCTET_KIND_TFLITE, &result));
    result->made_here = true;
    *out = result;
    return OCTET_OK;
}

octet_status octet_model_quantize(octet_context *ctx, octet_model *model, octet_data *data,
                                  const octet_conversion *options, octet_model **out, octet_calibration *calibration) {
    octet_conversion taken;
    OCTET_TRY(OCTET_OPTIONS_TAKE(ctx, octet_conversion, options, &taken));
    octet_calibration seen = {0};
    const uint64_t start = octet_clock_ns();
    OCTET_CHECK(ctx, !octet_model_is_quantized(model), OCTET_USAGE,
                "%s is quantized already: quantize the float model that it was made from", model->path);
    OCTET_CHECK(ctx, model->graph->n_carries == 0, OCTET_UNSUPPORTED,
                "%s keeps its state in variables (VAR_HANDLE), which octet runs and does not write; make the state "
                "inputs and outputs of "
                "the model",
                model->path);
    octet_status status;
    if (model->kind == OCTET_KIND_TFLITE) { /* the model itself stays as the file has it */
        octet_graph *graph = NULL;
        OCTET_TRY(octet_graph_clone(ctx, model->graph, &graph));
        status = octet_passes_run(ctx, graph);
        if (status == OCTET_OK) status = make(ctx, model, graph, data, &taken, out, &seen);
        octet_graph_destroy(ctx, graph);
    } else {
        OCTET_TRY(octet_api_canonicalize(ctx, model));
        status = make(ctx, model, model->graph, data, &taken, out, &seen);
    }
    seen.time_ns = octet_clock_ns() - start;
    if (status == OCTET_OK && calibration != NULL) *calibration = seen;
    return status;
}
