/* report/data_checks.h - what looks wrong with the samples that a model was calibrated on.
 * In:  what calibration saw, counts of odd samples, classes, ranges behind the first layers.
 * Out: a sentence with a remedy for each.
 * Knows: thresholds; docs/quantization.md lists them.
 * Does not know: how anything was counted. */
#ifndef OCTET_REPORT_DATA_CHECKS_H
#define OCTET_REPORT_DATA_CHECKS_H

#include <stdbool.h>

#include "report/warning_names.h"

enum { OCTET_CHECKS_CLASSES = 8 };

typedef struct octet_data_checks {
    uint64_t n_looked; /* samples whose numbers were looked at */
    uint64_t n_constant, n_noise;
    size_t constant_sample, noise_sample;  /* index of the first such sample */
    uint32_t n_classes, n_missing;         /* that training samples have; of which no calibration sample is */
    int32_t missing[OCTET_CHECKS_CLASSES]; /* the first of them */
    const char *normalizing_layer;         /* that scales an input inside the model; or NULL */
    double normalized_min, normalized_max; /* what it made of the input */
    bool has_first;         /* a layer with weights reads the first input; the following is what it gave */
    double first_reach;     /* largest magnitude */
    const char *dead_layer; /* first layer with weights, which gave nothing but zeros; or NULL */
} octet_data_checks;

typedef struct octet_calibration_facts {
    uint64_t n_samples, n_distinct;
    double last_tenth; /* by how much the last tenth of the samples widened ranges, in the mean: 0.02 = 2 % */
    uint64_t n_enough; /* samples with which that would be OCTET_CHECKS_SETTLED */
} octet_calibration_facts;

/* Calibration on fewer samples is a warning: they do not tell how far the ranges have settled. */
enum { OCTET_CHECKS_FEW_SAMPLES = 20 };
/* Ranges count as settled where the last tenth of the samples widens them by less, in the mean. */
static const double OCTET_CHECKS_SETTLED = 0.02;

/* checks: NULL where nobody looked. has_outlier: a warning names a sample that alone sets the scale. Errors: NOMEM. */
octet_status octet_data_checks_warn(octet_context *ctx, const octet_calibration_facts *facts,
                                    const octet_data_checks *checks, bool has_outlier, const octet_warning_list *list);

#endif
