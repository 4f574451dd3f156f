#include "report/verdict.h"

#include <inttypes.h>
#include <math.h>

#include "report/text.h"
#include "report/warnings.h"

void octet_verdict_free(octet_context *ctx, octet_verdict *verdict) {
    if (verdict == NULL) return;
    octet_evaluation_free(ctx, verdict->before.evaluation);
    octet_evaluation_free(ctx, verdict->after.evaluation);
    octet_arena arena = verdict->arena; /* the verdict lives in it */
    octet_arena_free(ctx, &arena);
}

#define WARN(name, ...) OCTET_VERDICT_WARN(ctx, verdict, OCTET_WARNING_##name, __VA_ARGS__)

/* Thresholds: chosen so that trained models with their own data stay silent, and each known mistake
 * (one sample, noise, data on another scale, one class) is named. */
static const double much_range = 1.5, large_drop = 0.02, unscaled = 20.0, much_error = 1.1;

static octet_status warn_about_calibration(octet_context *ctx, octet_verdict *verdict) {
    const octet_verdict_calibration *c = &verdict->calibration;
    bool found = false;
    if (!c->given) return OCTET_OK;
    OCTET_TRY(octet_verdict_warn_of_outliers(ctx, verdict, &found));
    const octet_calibration_facts facts = {c->n_samples, c->n_distinct, c->last_tenth, c->n_enough};
    const octet_warning_list warnings = octet_verdict_warnings(verdict);
    OCTET_TRY(octet_data_checks_warn(ctx, &facts, verdict->checks, found, &warnings));
    const octet_evaluation *e = verdict->before.evaluation;
    if (fmax(fabs(e->min), fabs(e->max)) > much_range * fmax(fabs(c->min), fabs(c->max))) {
        WARN(OTHER_RANGE,
             "the test data reach from %.6g to %.6g, the calibration data only from %.6g to %.6g: are they from the "
             "same source?",
             e->min, e->max, c->min, c->max);
    }
    return OCTET_OK;
}

static octet_status warn_about_answers(octet_context *ctx, octet_verdict *verdict) {
    const octet_evaluation *before = verdict->before.evaluation;
    const octet_evaluation *after = verdict->after.evaluation;
    if (before->n_not_finite > 0) {
        WARN(NOT_FINITE, "the original model gives NaN or infinity for %" PRIu64 " of %" PRIu64 " samples",
             before->n_not_finite, before->n_samples);
    }
    if (before->has_classes && after->n_samples >= 10 && after->n_distinct_answers == 1) {
        if (before->n_distinct_answers == 1) {
            WARN(ONE_CLASS, "both models answer class %d for every sample: are the data scaled as in training?",
                 after->answers[0]);
        } else if (verdict->collapsed_layer != NULL) {
            WARN(ONE_CLASS,
                 "the quantized model answers class %d for every sample; the first layer with one value only is %s",
                 after->answers[0], verdict->collapsed_layer);
        } else {
            WARN(ONE_CLASS, "the quantized model answers class %d for every sample", after->answers[0]);
        }
    }
    if (before->measure == OCTET_MEASURE_ERROR &&
        after->root_mean_square_error > much_error * before->root_mean_square_error) {
        WARN(ERROR, "the error grew from %.4g to %.4g: %s", before->root_mean_square_error,
             after->root_mean_square_error, octet_verdict_remedy(verdict));
    }
    if (!before->has_accuracy) return OCTET_OK;
    const double chance = before->measure == OCTET_MEASURE_CLASS ? 1.0 / octet_evaluation_n_classes(before) : 0.0;
    if (before->accuracy < 1.5 * chance && before->n_samples >= 50) {
        WARN(SCALING,
             "the original model is hardly better than chance (%.1f %%): are the data scaled as in training? The model "
             "saw %.6g to %.6g",
             100.0 * before->accuracy, before->min, before->max);
    } else if (before->accuracy - after->accuracy > large_drop) {
        WARN(ACCURACY,
             "the accuracy fell by %.2f points: try more calibration samples%s, or look at the layers with octet "
             "inspect",
             100.0 * (before->accuracy - after->accuracy), octet_verdict_finer_mode(verdict, ", --mode "));
    }
    return OCTET_OK;
}

double octet_verdict_fidelity_db(const octet_verdict_distance *d) {
    if (isnan(d->mean_square_difference)) return -(double)INFINITY;
    return d->mean_square_difference > 0.0 ? 10.0 * log10(d->mean_square / d->mean_square_difference)
                                           : (double)INFINITY;
}

static void find_worst(octet_verdict *v) {
    for (uint32_t i = 0; i < v->n_distances; i++) {
        const octet_verdict_distance *d = &v->distances[i];
        const double fidelity = octet_verdict_fidelity_db(d);
        if (i > 0 && !(fidelity < v->signal_to_noise_db)) continue;
        v->worst = i;
        v->signal_to_noise_db = fidelity;
        v->max_difference = d->max_difference;
        v->mean_square_difference = d->mean_square_difference;
        v->mean_square = d->mean_square;
    }
}

static void compare(octet_verdict *v) {
    const octet_evaluation *before = v->before.evaluation;
    const octet_evaluation *after = v->after.evaluation;
    v->n_agree = 0;
    for (uint64_t i = 0; i < before->n_samples; i++) v->n_agree += before->answers[i] == after->answers[i];
    v->agreement = (double)v->n_agree / (double)before->n_samples;
    v->drop_points = before->has_accuracy  ? 100.0 * (before->accuracy - after->accuracy)
                     : before->has_classes ? 100.0 * (1.0 - v->agreement)
                                           : (double)NAN;
    find_worst(v);
    v->size_ratio = (double)v->before.size_bytes / (double)v->after.size_bytes;
}

bool octet_verdict_is_noisy(const octet_verdict *v) {
    return v->signal_to_noise_db < OCTET_VERDICT_LOW_FIDELITY_DB && !isnan(v->mean_square_difference);
}

bool octet_verdict_is_poor(const octet_verdict *v) {
    const octet_evaluation *before = v->before.evaluation;
    const bool falls = before->has_accuracy && before->accuracy - v->after.evaluation->accuracy > large_drop;
    return falls || octet_verdict_is_noisy(v);
}

static bool has_outlier(const octet_verdict *verdict) {
    return verdict->seen != NULL && verdict->n_inputs > 0 && verdict->seen[0].has_outlier;
}

/* A first layer that makes ordinary numbers of large ones was trained on such. */
static bool first_layer_copes(const octet_verdict *verdict) {
    return verdict->checks != NULL && verdict->checks->has_first && verdict->checks->first_reach <= unscaled;
}

octet_status octet_verdict_finish(octet_context *ctx, octet_verdict *verdict) {
    const octet_evaluation *before = verdict->before.evaluation;
    compare(verdict);
    if (before->drops_folders) WARN(FOLDERS, "accuracy is not measured: %s", octet_text_dropped_folders);
    char sentence[OCTET_EVALUATION_SENTENCE];
    if (octet_evaluation_doubt_scaling(before, sentence)[0] != '\0') WARN(SCALING, "%s", sentence);
    if (!verdict->preprocess_given && !verdict->takes_counts && !before->expects_bytes && !has_outlier(verdict) &&
        !first_layer_copes(verdict) && fmax(fabs(before->min), fabs(before->max)) > unscaled) {
        WARN(SCALING,
             "the model is given values from %.6g to %.6g; most are trained on values near 1: see --scale, "
             "--columns and --preprocess",
             before->min, before->max);
    }
    if (verdict->n_outputs > 1 && (before->has_classes || before->measure != OCTET_MEASURE_NONE)) {
        WARN(OUTPUTS, "the model has %" PRIu32 " outputs; accuracy, errors and agreement are those of the first, %s",
             verdict->n_outputs, verdict->outputs[0].name);
    }
    OCTET_TRY(octet_verdict_warn_of_inputs(ctx, verdict));
    OCTET_TRY(octet_verdict_warn_of_outputs(ctx, verdict));
    OCTET_TRY(warn_about_calibration(ctx, verdict));
    return warn_about_answers(ctx, verdict);
}
