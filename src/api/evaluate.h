/* api/evaluate.h - evaluations of one or two models in one sweep.
 * In:  models, data, options.
 * Out: a finished evaluation per model, and the distances of their outputs.
 * Knows: sweep, report/verdict.
 * Does not know: how the figures are shown. */
#ifndef OCTET_API_EVALUATE_H
#define OCTET_API_EVALUATE_H

#include "api/handles.h"
#include "report/verdict.h"

/* evaluations: n_models of them, to be freed by the caller; options may be NULL. verdict: NULL, or
 * gets the distances of two models. */
octet_status octet_api_evaluate(octet_context *ctx, const octet_model *const *models, uint32_t n_models,
                                octet_data *data, const octet_run_options *options, octet_evaluation **evaluations,
                                octet_verdict *verdict);

#endif
