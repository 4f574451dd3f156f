/* api/evaluate.h - evaluations of one or two models in one sweep.
 * In:  models, data, options.
 * Out: a finished evaluation per model, and the distance of their outputs.
 * Knows: sweep, report/evaluation.
 * Does not know: how the figures are shown. */
#ifndef OCTET_API_EVALUATE_H
#define OCTET_API_EVALUATE_H

#include "api/handles.h"
#include "report/evaluation.h"

/* Sums over all samples and elements of the first output; zeros for one model. */
typedef struct octet_distance {
    double max_difference, mean_square_difference, mean_square;
} octet_distance;

/* evaluations: n_models of them, to be freed by the caller; distance may be NULL. options may be NULL. */
octet_status octet_api_evaluate(octet_context *ctx, const octet_model *const *models, uint32_t n_models,
                                octet_data *data, const octet_run_options *options, octet_evaluation **evaluations,
                                octet_distance *distance);

#endif
