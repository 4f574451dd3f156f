/* octet_model_quantize_for and octet_verdict_suggest: recovery whose results are measured. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "api/evaluate.h"
#include "api/handles.h"
#include "api/options.h"
#include "api/recover.h"
#include "base/format.h"
#include "report/warnings.h"

/* Costs more and more. The last kind moves layers to other numbers, where the options allow that. */
static const struct {
    const char *name;
    octet_recovery recovery;
    bool moves_layers;
} kinds[] = {{"none", OCTET_RECOVER_NONE, false},
             {"fast", OCTET_RECOVER_FAST, false},
             {"full", OCTET_RECOVER_FULL, false},
             {"full, with layers in other numbers", OCTET_RECOVER_FULL, true}};
enum { N_KINDS = sizeof kinds / sizeof *kinds, MOST_SUGGESTED_SAMPLES = 1000 };

typedef struct result {
    octet_model *model;
    octet_verdict *verdict;
    octet_calibration calibration;
} result;

typedef struct search {
    octet_context *ctx;
    const octet_model *model;
    octet_data *data, *test;
    octet_conversion options;
    octet_run_options run;
    octet_aim aim;
    octet_ahead *ahead; /* or NULL */
    octet_attempt attempts[N_KINDS];
    uint32_t n;
    result best;
} search;

static void free_result(octet_context *ctx, result *r) {
    octet_verdict_destroy(ctx, r->verdict);
    octet_model_destroy(ctx, r->model);
    *r = (result){0};
}

static octet_status make_with(search *s, const octet_conversion *options, result *out) {
    *out = (result){.calibration = OCTET_CALIBRATION_INIT};
    octet_status status = octet_model_quantize(s->ctx, s->model, s->data, options, &out->model, &out->calibration);
    octet_ahead_stop(s->ctx, s->ahead);
    if (status == OCTET_OK)
        status = octet_api_compare(s->ctx, s->model, out->model, s->test, &out->calibration, &s->run, s->ahead,
                                   &out->verdict);
    if (status != OCTET_OK) free_result(s->ctx, out);
    return status;
}

static octet_status make(search *s, octet_recovery recovery, bool moves_layers, result *out) {
    octet_conversion options = s->options;
    options.recover = octet_recovery_names[recovery];
    if (!moves_layers) options.max_float_layers = options.max_int16_layers = 0;
    return make_with(s, &options, out);
}

static bool meets(const octet_aim *aim, const octet_attempt *a) {
    return (!aim->has_max_drop || a->drop_points <= aim->max_drop) &&
           (!aim->has_min_fidelity || a->fidelity_db >= aim->min_fidelity);
}

/* By the drop where it counts, then by fidelity. */
static bool is_nearer(const octet_aim *aim, const octet_attempt *a, const octet_attempt *b) {
    if (aim->has_max_drop && a->drop_points != b->drop_points) return a->drop_points < b->drop_points;
    return a->fidelity_db > b->fidelity_db;
}

static octet_status try_all(search *s, bool *is_met) {
    uint32_t best = 0;
    *is_met = false;
    const uint32_t n_kinds = octet_api_moves_layers(&s->options) ? N_KINDS : N_KINDS - 1;
    while (s->n < n_kinds && !*is_met) {
        octet_attempt *a = &s->attempts[s->n];
        result made;
        OCTET_TRY(make(s, kinds[s->n].recovery, kinds[s->n].moves_layers, &made));
        *a = (octet_attempt){.recovery = kinds[s->n].name,
                             .drop_points = octet_verdict_drop(made.verdict),
                             .fidelity_db = octet_verdict_fidelity(made.verdict)};
        *is_met = a->meets = meets(&s->aim, a);
        if (*is_met || s->n == 0 || is_nearer(&s->aim, a, &s->attempts[best])) {
            best = s->n;
            free_result(s->ctx, &s->best);
            s->best = made;
        } else {
            free_result(s->ctx, &made);
        }
        s->n++;
        if (s->aim.has_max_drop && isnan(a->drop_points)) break;
    }
    s->best.verdict->n_attempts = s->n;
    return octet_arena_copy(s->ctx, &s->best.verdict->arena, s->attempts, s->n * sizeof *s->attempts,
                            (void **)&s->best.verdict->attempts);
}

static octet_status try_for_aim(search *s, const octet_aim *aim, bool *is_met) {
    OCTET_TRY(OCTET_OPTIONS_TAKE(s->ctx, octet_aim, aim, &s->aim));
    OCTET_CHECK(s->ctx, s->aim.has_max_drop || s->aim.has_min_fidelity, OCTET_USAGE,
                "an aim says how much accuracy may be lost, or how faithful the outputs must be: this one says "
                "neither");
    s->options.recover = octet_recovery_names[OCTET_RECOVER_AUTO];
    OCTET_TRY(octet_api_check_recovery(s->ctx, s->model, &s->options, s->data != NULL));
    return try_all(s, is_met);
}

octet_status octet_model_quantize_for(octet_context *ctx, const octet_model *model, octet_data *data, octet_data *test,
                                      const octet_conversion *options, const octet_run_options *run,
                                      const octet_aim *aim, octet_model **out, octet_calibration *calibration,
                                      octet_verdict **verdict, bool *is_met) {
    search s = {.ctx = ctx, .model = model, .data = data, .test = test != NULL ? test : data};
    OCTET_TRY(OCTET_OPTIONS_TAKE(ctx, octet_conversion, options, &s.options));
    OCTET_TRY(OCTET_OPTIONS_TAKE(ctx, octet_run_options, run, &s.run));
    if (data != NULL && s.options.statistics == NULL) octet_ahead_begin(ctx, model, data, s.test, &s.run, &s.ahead);
    const octet_status status = aim != NULL ? try_for_aim(&s, aim, is_met) : make_with(&s, &s.options, &s.best);
    octet_ahead_end(ctx, s.ahead);
    if (status != OCTET_OK) {
        free_result(ctx, &s.best);
        return status;
    }
    *out = s.best.model;
    *verdict = s.best.verdict;
    if (calibration != NULL) octet_options_give(&s.best.calibration, sizeof s.best.calibration, calibration);
    return OCTET_OK;
}

/* ---- What recovery would give ---- */

/* Whether it could be done. What speaks against it is no failure here. */
static bool can_recover(octet_context *ctx, const octet_model *model, const octet_conversion *options,
                        bool has_samples) {
    octet_context quiet;
    octet_conversion asked = *options;
    octet_context_init(&quiet);
    quiet.max_memory_bytes = ctx->max_memory_bytes;
    asked.recover = octet_recovery_names[OCTET_RECOVER_FAST];
    return octet_api_check_recovery(&quiet, model, &asked, has_samples) == OCTET_OK;
}

static octet_status warn(octet_context *ctx, octet_verdict *verdict, const octet_verdict *before,
                         const octet_verdict *after) {
    char drop[96] = "", samples[64] = "";
    const double was = octet_verdict_fidelity(before), is = octet_verdict_fidelity(after);
    if (before->before.evaluation->n_samples < verdict->before.evaluation->n_samples)
        octet_format(samples, sizeof samples, ", on the first %d samples", MOST_SUGGESTED_SAMPLES);
    if (octet_verdict_has_labels(after))
        octet_format(drop, sizeof drop, ", and an accuracy that falls by %.2f points instead of %.2f",
                     octet_verdict_drop(after), octet_verdict_drop(before));
    const uint32_t n = verdict->n_warnings;
    OCTET_VERDICT_WARN(ctx, verdict, OCTET_WARNING_RECOVERY, "--recover fast %s %.1f dB instead of %.1f%s%s",
                       is < was + 0.5 ? "does not help: it gives" : "gives", is, was, drop, samples);
    if (verdict->n_warnings > n) verdict->suggestion = verdict->warnings[n];
    return OCTET_OK;
}

static octet_status suggest(search *s, octet_verdict *verdict, const octet_model *quantized) {
    result fast;
    octet_verdict *before = NULL;
    s->run.progress = s->options.progress = NULL;
    const bool is_cut = verdict->before.evaluation->n_samples > MOST_SUGGESTED_SAMPLES;
    if (is_cut) s->run.limit = MOST_SUGGESTED_SAMPLES;
    OCTET_TRY(make(s, OCTET_RECOVER_FAST, false, &fast));
    octet_status status = OCTET_OK;
    if (is_cut) status = octet_compare(s->ctx, s->model, quantized, s->test, NULL, &s->run, &before);
    if (status == OCTET_OK) status = warn(s->ctx, verdict, is_cut ? before : verdict, fast.verdict);
    octet_verdict_destroy(s->ctx, before);
    free_result(s->ctx, &fast);
    return status;
}

octet_status octet_verdict_suggest(octet_context *ctx, octet_verdict *verdict, const octet_model *model,
                                   const octet_model *quantized, octet_data *data, octet_data *test,
                                   const octet_conversion *options, const octet_run_options *run) {
    search s = {.ctx = ctx, .model = model, .data = data, .test = test != NULL ? test : data};
    OCTET_TRY(OCTET_OPTIONS_TAKE(ctx, octet_conversion, options, &s.options));
    OCTET_TRY(OCTET_OPTIONS_TAKE(ctx, octet_run_options, run, &s.run));
    const bool is_plain = s.options.recover == NULL || s.options.recover[0] == '\0' ||
                          strcmp(s.options.recover, octet_recovery_names[OCTET_RECOVER_NONE]) == 0;
    if ((verdict->silenced >> OCTET_WARNING_RECOVERY & 1u) != 0) return OCTET_OK;
    if (!is_plain || octet_api_moves_layers(&s.options) || !octet_verdict_is_poor(verdict) ||
        !can_recover(ctx, model, &s.options, data != NULL))
        return OCTET_OK;
    return suggest(&s, verdict, quantized);
}
