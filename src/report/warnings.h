/* report/warnings.h - the warnings of a verdict that look at single outputs and columns.
 * In:  a verdict whose figures are filled in.
 * Out: sentences in verdict->warnings, each with a remedy that applies to this run.
 * Knows: the thresholds, which docs/quantization.md lists.
 * Does not know: models, data. */
#ifndef OCTET_REPORT_WARNINGS_H
#define OCTET_REPORT_WARNINGS_H

#include "report/verdict.h"

/* Below it noise is a tenth of the output. */
#define OCTET_VERDICT_LOW_FIDELITY_DB 20.0

/* Where the warnings of a verdict go. */
octet_warning_list octet_verdict_warnings(octet_verdict *verdict);
/* Adds a sentence under the name of a warning. */
#define OCTET_VERDICT_WARN(ctx, verdict, warning, ...)                     \
    do {                                                                   \
        const octet_warning_list warned = octet_verdict_warnings(verdict); \
        OCTET_WARN((ctx), &warned, (warning), __VA_ARGS__);                \
    } while (0)

/* `before` and the name of the next finer mode: " or --mode int16x8"; "" where this run has none. A constant text. */
const char *octet_verdict_finer_mode(const octet_verdict *verdict, const char *before);
/* Columns of the inputs that one scale does not hold; sets is_explained. */
octet_status octet_verdict_warn_of_inputs(octet_context *ctx, octet_verdict *verdict);
/* A sample that alone sets the scale of an input; *found: there is one. */
octet_status octet_verdict_warn_of_outliers(octet_context *ctx, octet_verdict *verdict, bool *found);
/* What to try against a loss, for this run. A constant text. */
const char *octet_verdict_remedy(const octet_verdict *verdict);
/* Columns that take one value, outputs of low fidelity. */
octet_status octet_verdict_warn_of_outputs(octet_context *ctx, octet_verdict *verdict);

#endif
