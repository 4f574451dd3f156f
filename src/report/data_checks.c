#include "report/data_checks.h"

#include <inttypes.h>
#include <math.h>

#include "base/format.h"

/* Odd samples are a warning where there are so many of those that were looked at: real data have some. */
static const double many = 0.1;
/* What a normalization inside a model makes of data like those in training lies within the first; what it makes of data
 * that were normalized before hardly leaves one number. */
static const double far_from_normal = 20.0, nearly_nothing = 0.05;

static octet_status warn_of_samples(octet_context *ctx, const octet_data_checks *checks,
                                    const octet_warning_list *list) {
    const double most = many * (double)checks->n_looked;
    if ((double)checks->n_constant > most)
        OCTET_WARN(ctx, list, OCTET_WARNING_CONSTANT_SAMPLES,
                   "%" PRIu64 " of %" PRIu64
                   " calibration samples are one number all over (the first: sample %zu, from "
                   "0): calibrate on samples like those in use",
                   checks->n_constant, checks->n_looked, checks->constant_sample);
    if ((double)checks->n_noise > most)
        OCTET_WARN(ctx, list, OCTET_WARNING_NOISE_SAMPLES,
                   "%" PRIu64 " of %" PRIu64 " calibration samples look like noise, neighbours in them do not vary "
                   "together (the first: sample %zu, from 0): calibrate on samples like those in use",
                   checks->n_noise, checks->n_looked, checks->noise_sample);
    return OCTET_OK;
}

static octet_status warn_of_classes(octet_context *ctx, const octet_data_checks *checks,
                                    const octet_warning_list *list) {
    char text[12 * OCTET_CHECKS_CLASSES] = "";
    int length = 0;
    if (checks->n_missing == 0) return OCTET_OK;
    for (uint32_t i = 0; i < checks->n_missing && i < OCTET_CHECKS_CLASSES; i++)
        length += octet_format(text + length, sizeof text - (size_t)length, "%s%d", i > 0 ? ", " : "",
                               (int)checks->missing[i]);
    OCTET_WARN(ctx, list, OCTET_WARNING_MISSING_CLASSES,
               "no calibration sample is of %" PRIu32 " of the %" PRIu32
               " classes (%s%s): the ranges that they need may "
               "be missing; take more samples (--samples) or choose some of each (--indices)",
               checks->n_missing, checks->n_classes, text, checks->n_missing > OCTET_CHECKS_CLASSES ? ", ..." : "");
    return OCTET_OK;
}

static octet_status warn_of_layers(octet_context *ctx, const octet_data_checks *checks,
                                   const octet_warning_list *list) {
    const double reach = fmax(fabs(checks->normalized_min), fabs(checks->normalized_max));
    if (checks->normalizing_layer != NULL && (reach > far_from_normal || reach < nearly_nothing))
        OCTET_WARN(
            ctx, list, OCTET_WARNING_FIRST_LAYERS,
            "%s, which normalizes the input, makes %.4g to %.4g of the calibration samples, and numbers near 1 are "
            "usual: are the data scaled before already? Give the model data as in training",
            checks->normalizing_layer, checks->normalized_min, checks->normalized_max);
    if (checks->dead_layer != NULL)
        OCTET_WARN(
            ctx, list, OCTET_WARNING_FIRST_LAYERS,
            "%s, the first layer with weights, gives nothing but zeros for all calibration samples: are the data "
            "scaled as in training? See --scale, --columns and --preprocess",
            checks->dead_layer);
    return OCTET_OK;
}

static octet_status warn_of_number(octet_context *ctx, const octet_calibration_facts *facts, bool has_outlier,
                                   const octet_warning_list *list) {
    if (facts->n_samples < OCTET_CHECKS_FEW_SAMPLES) {
        OCTET_WARN(ctx, list, OCTET_WARNING_FEW_SAMPLES,
                   "calibrated on %" PRIu64
                   " sample%s: ranges of so few are guesses; 100 or more are usual (--samples)",
                   facts->n_samples, facts->n_samples == 1 ? "" : "s");
    } else if (facts->n_distinct < facts->n_samples / 2) {
        OCTET_WARN(ctx, list, OCTET_WARNING_REPEATS,
                   "only %" PRIu64 " of %" PRIu64
                   " calibration samples differ from each other: repetitions tell nothing "
                   "new; give samples that differ",
                   facts->n_distinct, facts->n_samples);
    } else if (facts->last_tenth > OCTET_CHECKS_SETTLED && !has_outlier) {
        OCTET_WARN(ctx, list, OCTET_WARNING_UNSETTLED,
                   "the last tenth of the %" PRIu64
                   " calibration samples still widens the ranges by %.1f %% in the mean: "
                   "about %" PRIu64 " samples would do (--samples)",
                   facts->n_samples, 100.0 * facts->last_tenth, facts->n_enough);
    }
    return OCTET_OK;
}

octet_status octet_data_checks_warn(octet_context *ctx, const octet_calibration_facts *facts,
                                    const octet_data_checks *checks, bool has_outlier, const octet_warning_list *list) {
    OCTET_TRY(warn_of_number(ctx, facts, has_outlier, list));
    if (checks == NULL) return OCTET_OK;
    OCTET_TRY(warn_of_samples(ctx, checks, list));
    if (facts->n_samples >= OCTET_CHECKS_FEW_SAMPLES) OCTET_TRY(warn_of_classes(ctx, checks, list));
    return warn_of_layers(ctx, checks, list);
}
