/* api/evaluate.h - evaluations of one or two models in one sweep.
 * In:  models, data, options.
 * Out: a finished evaluation per model, and the distances of their outputs; the verdict over both.
 * Knows: sweep, report/verdict.
 * Does not know: how the figures are shown. */
#ifndef OCTET_API_EVALUATE_H
#define OCTET_API_EVALUATE_H

#include "api/ahead.h"
#include "api/handles.h"
#include "report/verdict.h"

/* evaluations: n_models of them, to be freed by the caller; options may be NULL. ahead: what the first of two
 * models has run already (octet_ahead_stop was called), or NULL. verdict: NULL, or gets the distances of two models. */
octet_status octet_api_evaluate(octet_context *ctx, const octet_model *const *models, uint32_t n_models,
                                octet_data *data, const octet_run_options *options, const octet_ahead *ahead,
                                octet_evaluation **evaluations, octet_verdict *verdict);
/* octet_compare with it. */
octet_status octet_api_compare(octet_context *ctx, const octet_model *original, const octet_model *quantized,
                               octet_data *data, const octet_calibration *calibration, const octet_run_options *options,
                               const octet_ahead *ahead, octet_verdict **out);

#endif
