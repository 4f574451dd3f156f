/* octet_model_quantize: calibrates, quantizes and fits the result to the target. */
#include <inttypes.h>

#include "api/calibrate.h"
#include "api/data_checks.h"
#include "api/islands.h"
#include "api/observe.h"
#include "api/options.h"
#include "api/outputs.h"
#include "api/recover.h"
#include "base/choose.h"
#include "base/clock.h"
#include "base/format.h"
#include "graph/entry.h"
#include "passes/passes.h"
#include "statistics/fingerprint.h"
#include "target/fit.h"

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

static bool needs_ranges(const octet_quantize_options *options) {
    return options->mode == OCTET_MODE_INT8 || options->mode == OCTET_MODE_INT16X8;
}

static octet_status check_ranges(octet_context *ctx, const octet_graph *graph, bool has_samples,
                                 const octet_quantize_options *options) {
    OCTET_CHECK(ctx, has_samples || !needs_ranges(options) || octet_quantize_is_trained(graph), OCTET_USAGE,
                "mode %s needs samples to calibrate with (--data)", octet_mode_names[options->mode]);
    return OCTET_OK;
}

/* Ranges are those of the computation that the file will do. */
static octet_status check_state(octet_context *ctx, const octet_graph *graph, const octet_statistics *statistics,
                                const octet_quantize_options *options) {
    const bool is_strict = options->strict_tensorflow;
    if (statistics == NULL || statistics->n_samples == 0 || !needs_ranges(options)) return OCTET_OK;
    if (statistics->keeps_state == octet_statistics_graph_keeps_state(graph, is_strict)) return OCTET_OK;
    return octet_context_fail(ctx, OCTET_DATA,
                              is_strict ? "%s: the statistics were gathered with a state of zeros before each sample; "
                                          "gather them with strict_tensorflow, or quantize without it"
                                        : "%s: the statistics were gathered with a state that went on from sample to "
                                          "sample; gather them without strict_tensorflow, or quantize with it",
                              graph->source);
}

static octet_status check_split(octet_context *ctx, const octet_conversion *asked,
                                const octet_quantize_options *options) {
    OCTET_CHECK(ctx, !asked->split_outputs || needs_ranges(options), OCTET_USAGE,
                "--split-outputs: mode %s leaves the outputs in float, where joined parts share no scale; leave the "
                "option away",
                octet_mode_names[options->mode]);
    return OCTET_OK;
}

static octet_status choose_recovery(octet_context *ctx, const octet_graph *graph, const octet_conversion *asked,
                                    const octet_quantize_options *options, bool has_samples, octet_recovery *out) {
    int choice;
    char what[48];
    OCTET_TRY(octet_choose(ctx, "recovery", asked->recover, octet_recovery_names, &choice));
    *out = (octet_recovery)choice;
    if (*out == OCTET_RECOVER_NONE && !octet_api_moves_layers(asked)) return OCTET_OK;
    if (*out != OCTET_RECOVER_NONE) octet_format(what, sizeof what, "--recover %s", asked->recover);
    else octet_format(what, sizeof what, "--max-%s-layers", asked->max_float_layers > 0 ? "float" : "int16");
    OCTET_CHECK(ctx, needs_ranges(options), OCTET_USAGE,
                "%s: mode %s leaves the activations in float, and nothing to recover; leave the option away", what,
                octet_mode_names[options->mode]);
    OCTET_CHECK(ctx, asked->max_int16_layers == 0 || options->mode == OCTET_MODE_INT8, OCTET_USAGE,
                "--max-int16-layers are layers of an int8 file, and mode %s makes none; leave one of them away",
                octet_mode_names[options->mode]);
    OCTET_CHECK(ctx, !options->strict_tensorflow, OCTET_USAGE,
                "%s changes the file, and --strict-tensorflow asks for TensorFlow's: leave one of them away", what);
    OCTET_CHECK(ctx, has_samples, OCTET_USAGE, "%s needs the calibration samples themselves (--data)", what);
    OCTET_CHECK(ctx, !octet_quantize_is_trained(graph), OCTET_USAGE,
                "%s: the model was trained with quantization, which has made up for it; leave the option away", what);
    OCTET_CHECK(ctx, !octet_statistics_graph_keeps_state(graph, false), OCTET_USAGE,
                "%s: the state of this model goes on from sample to sample, so that samples cannot be run side by "
                "side; leave the option away",
                what);
    return OCTET_OK;
}

static octet_status check_aim(octet_context *ctx, octet_recovery recovery) {
    OCTET_CHECK(ctx, recovery != OCTET_RECOVER_AUTO, OCTET_USAGE,
                "--recover auto tries what recovery there is until an aim is met, and needs one: --max-drop or "
                "--min-fidelity, in the library octet_model_quantize_for");
    return OCTET_OK;
}

octet_status octet_api_check_recovery(octet_context *ctx, const octet_model *model, const octet_conversion *options,
                                      bool has_samples) {
    octet_float_graph graph;
    octet_quantize_options quantize;
    const octet_target *target;
    octet_recovery recovery;
    OCTET_TRY(quantize_options(ctx, options, &quantize, &target));
    OCTET_TRY(octet_api_float_graph(ctx, model, &graph));
    const octet_status status = choose_recovery(ctx, graph.graph, options, &quantize, has_samples, &recovery);
    octet_api_release_float_graph(ctx, &graph);
    return status;
}

/* What a model is made of; the float graph and its statistics are those with split outputs where that was asked for. */
typedef struct making {
    const octet_model *model;
    const octet_graph *graph;
    const octet_statistics *statistics; /* NULL where ranges are not needed, or known from training */
    const octet_conversion *asked;
    const octet_quantize_options *options;
    const octet_target *target;
} making;

static octet_status copy_joined(octet_context *ctx, const octet_joined *joined, uint32_t n, octet_model *model) {
    OCTET_TRY(octet_arena_copy(ctx, &model->arena, joined, n * sizeof *joined, (void **)&model->joined));
    for (uint32_t i = 0; i < n; i++)
        OCTET_TRY(octet_arena_copy(ctx, &model->arena, joined[i].parts, joined[i].n_parts * sizeof *joined[i].parts,
                                   (void **)&model->joined[i].parts));
    model->n_joined = n;
    return OCTET_OK;
}

static octet_status make_quantized(octet_context *ctx, const making *m, const octet_joined *joined, uint32_t n_joined,
                                   octet_model **out) {
    octet_graph *quantized = NULL;
    octet_model *made = NULL;
    OCTET_TRY(octet_quantize_graph(ctx, m->graph, m->statistics, m->options, &quantized));
    if (octet_target_fit(ctx, m->target, quantized) != OCTET_OK ||
        octet_graph_copy_entries(ctx, m->graph, quantized) != OCTET_OK) {
        octet_graph_destroy(ctx, quantized);
        return ctx->status;
    }
    OCTET_TRY(octet_api_wrap(ctx, quantized, m->model->path, OCTET_KIND_TFLITE, &made));
    made->has_layers = m->model->kind != OCTET_KIND_TFLITE;
    made->is_split = m->asked->split_outputs;
    made->target = m->asked->target != NULL ? m->target : NULL;
    made->loses_parts = !made->is_split && m->options->mode == OCTET_MODE_INT8;
    if (copy_joined(ctx, joined, n_joined, made) != OCTET_OK) {
        octet_model_destroy(ctx, made);
        return ctx->status;
    }
    *out = made;
    return OCTET_OK;
}

/* Graphs that are made on the way, and statistics of them. */
typedef struct stages {
    octet_arena arena;
    octet_joined *joined;
    uint32_t n_joined;
    octet_graph *split, *recovered;
    octet_statistics *split_statistics, *recovered_statistics;
    octet_ladder ladder;
} stages;

static octet_status split(octet_context *ctx, making *m, stages *s) {
    if (!needs_ranges(m->options)) return OCTET_OK;
    OCTET_TRY(octet_api_find_joined(ctx, &s->arena, m->graph, m->statistics, &s->joined, &s->n_joined));
    if (!m->asked->split_outputs || s->n_joined == 0) return OCTET_OK;
    OCTET_TRY(
        octet_api_split_outputs(ctx, m->graph, m->statistics, s->joined, s->n_joined, &s->split, &s->split_statistics));
    m->graph = s->split;
    m->statistics = s->split_statistics;
    return OCTET_OK;
}

/* Recovery changes what the file is made of, not the model. It sees outputs as the file will have them. */
static octet_status recover(octet_context *ctx, making *m, octet_recovery recovery, octet_data *data, stages *s) {
    if (recovery == OCTET_RECOVER_NONE && !octet_api_moves_layers(m->asked)) return OCTET_OK;
    OCTET_TRY(octet_api_recover(ctx, recovery, m->model, m->graph, m->statistics, m->options, data, m->asked,
                                &s->ladder, &s->recovered, &s->recovered_statistics));
    m->graph = s->recovered;
    m->statistics = s->recovered_statistics;
    return OCTET_OK;
}

static octet_status make(octet_context *ctx, making m, octet_recovery recovery, octet_data *data, octet_model **out) {
    stages s = {0};
    octet_status status = split(ctx, &m, &s);
    if (status == OCTET_OK) status = recover(ctx, &m, recovery, data, &s);
    if (status == OCTET_OK) status = make_quantized(ctx, &m, s.joined, s.n_joined, out);
    if (status == OCTET_OK) (*out)->ladder = s.ladder;
    octet_statistics_free(ctx, s.recovered_statistics);
    octet_graph_destroy(ctx, s.recovered);
    octet_statistics_free(ctx, s.split_statistics);
    octet_graph_destroy(ctx, s.split);
    octet_arena_free(ctx, &s.arena);
    return status;
}

/* What a model is calibrated with: statistics that are given, or those of samples, and both with ranges that a method
 * chose. */
typedef struct calibrated {
    octet_statistics *gathered, *narrowed; /* owned; NULL where there are none */
    const octet_statistics *ranges;
    octet_seen inputs;
} calibrated;

static octet_status check_given(octet_context *ctx, const octet_graph *graph, const octet_conversion *options,
                                const octet_quantize_options *quantize) {
    char missing[OCTET_PARTS_TEXT];
    const octet_statistics *given = options->statistics;
    OCTET_TRY(check_state(ctx, graph, given, quantize));
    if (given->parts.n == 0 || options->allow_missing) return OCTET_OK;
    return octet_context_fail(ctx, OCTET_DATA,
                              "the calibration lacks the parts %s of %" PRIu32
                              ": merge them too (octet merge), or quantize without them (--allow-missing)",
                              octet_parts_text(&given->parts, true, missing), given->parts.n);
}

static octet_status narrow(octet_context *ctx, const octet_graph *graph, const octet_observe_options *method,
                           calibrated *c, double *clipped) {
    *clipped = 0.0;
    if (c->gathered != NULL) return octet_narrow_ranges(ctx, graph, method, c->gathered, clipped);
    if (method->method == OCTET_OBSERVE_MINMAX) return OCTET_OK;
    OCTET_TRY(octet_api_narrow_copy(ctx, graph, method, c->ranges, &c->narrowed, clipped));
    c->ranges = c->narrowed;
    return OCTET_OK;
}

static octet_status calibrate(octet_context *ctx, const octet_graph *graph, octet_data *data,
                              const octet_conversion *options, const octet_quantize_options *quantize,
                              const octet_observe_options *method, calibrated *c, octet_calibration *seen) {
    const octet_calibration_source source = {.data = data};
    const uint32_t kinds = octet_narrow_kinds(method->method) | OCTET_KIND_TENTHS;
    if (options->statistics != NULL) {
        OCTET_TRY(check_given(ctx, graph, options, quantize));
    } else {
        OCTET_TRY(octet_statistics_create_for(ctx, graph, &c->gathered));
        OCTET_TRY(octet_statistics_gather(ctx, graph, kinds, c->gathered));
        octet_conversion looking = *options;
        looking.looks_at_samples = true;
        OCTET_TRY(octet_api_calibrate(ctx, graph, &source, &looking, c->gathered));
    }
    c->ranges = c->gathered != NULL ? c->gathered : options->statistics;
    octet_statistics_describe(c->ranges, seen);
    seen->statistics_bytes = octet_statistics_bytes(c->ranges, kinds);
    octet_format(seen->method, sizeof seen->method, "%s",
                 options->calibration != NULL ? options->calibration : octet_calibration_names[method->method]);
    OCTET_TRY(octet_api_see(ctx, graph, c->ranges, seen, &c->inputs));
    return narrow(ctx, graph, method, c, &seen->clipped);
}

static octet_status calibrate_and_make(octet_context *ctx, const octet_model *model, octet_float_graph *owner,
                                       octet_data *data, const octet_conversion *options, octet_model **out,
                                       octet_calibration *seen) {
    octet_quantize_options quantize;
    const octet_target *target;
    octet_recovery recovery;
    octet_observe_options method;
    calibrated c = {0};
    uint32_t silenced;
    octet_graph known;
    octet_status status = OCTET_OK;
    OCTET_TRY(octet_warnings_read(ctx, options->silence, &silenced));
    OCTET_TRY(quantize_options(ctx, options, &quantize, &target));
    OCTET_TRY(octet_api_mark_islands(ctx, model, options, &quantize, owner));
    const octet_graph *graph = owner->graph;
    const bool has_samples = data != NULL || options->statistics != NULL;
    OCTET_TRY(choose_recovery(ctx, graph, options, &quantize, data != NULL, &recovery));
    OCTET_TRY(check_aim(ctx, recovery));
    OCTET_TRY(check_split(ctx, options, &quantize));
    OCTET_TRY(check_ranges(ctx, graph, has_samples, &quantize));
    OCTET_TRY(octet_api_choose_method(ctx, options, &quantize, has_samples, &method));
    if (has_samples &&
        needs_ranges(&quantize)) { /* statistics are asked again and again whether they are of this graph */
        OCTET_TRY(octet_fingerprint_know(ctx, graph, &known));
        graph = &known;
        status = calibrate(ctx, graph, data, options, &quantize, &method, &c, seen);
    }
    if (status == OCTET_OK)
        status = make(ctx, (making){model, graph, c.ranges, options, &quantize, target}, recovery, data, out);
    if (status == OCTET_OK) {
        (*out)->seen = c.inputs;
        (*out)->silenced = silenced;
    } else octet_arena_free(ctx, &c.inputs.arena);
    octet_statistics_free(ctx, c.narrowed);
    octet_statistics_free(ctx, c.gathered);
    return status;
}

octet_status octet_model_quantize(octet_context *ctx, const octet_model *model, octet_data *data,
                                  const octet_conversion *options, octet_model **out, octet_calibration *calibration) {
    octet_conversion taken;
    octet_float_graph graph;
    octet_calibration seen = OCTET_CALIBRATION_INIT;
    OCTET_TRY(OCTET_OPTIONS_TAKE(ctx, octet_conversion, options, &taken));
    const uint64_t start = octet_clock_ns();
    OCTET_TRY(octet_api_float_graph(ctx, model, &graph));
    const octet_status status = calibrate_and_make(ctx, model, &graph, data, &taken, out, &seen);
    octet_api_release_float_graph(ctx, &graph);
    seen.time_ns = octet_clock_ns() - start;
    if (status == OCTET_OK && calibration != NULL) octet_options_give(&seen, sizeof seen, calibration);
    return status;
}

octet_status octet_model_quantize_with(octet_context *ctx, const octet_model *model, const octet_statistics *statistics,
                                       const octet_conversion *options, octet_model **out) {
    octet_conversion taken;
    OCTET_TRY(OCTET_OPTIONS_TAKE(ctx, octet_conversion, options, &taken));
    taken.statistics = statistics;
    return octet_model_quantize(ctx, model, NULL, &taken, out, NULL);
}
