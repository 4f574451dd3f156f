/* octet/evaluation.h - evaluations, and the verdict on a quantized model.
 * In:  models, data.
 * Out: accuracy, loss, agreement, reports.
 * Knows: models, data, what calibration saw.
 * Does not know: how models are quantized. */
#ifndef OCTET_EVALUATION_H
#define OCTET_EVALUATION_H

#include "octet/quantization.h"
#include "octet/run.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Evaluation ---- */

typedef struct octet_evaluation octet_evaluation;

/* Runs the model over a split, and holds its first output against the labels. With a class per sample: the share of
 * samples whose largest output is the label (of a single output: on the right side of 1/2), and the mean categorical
 * (binary) cross-entropy as Keras computes it: outputs divided by their sum and clipped to [1e-7, 1-1e-7]. A model
 * without softmax or sigmoid at its end is taken to give logits. With labels for every output value: the same for each
 * of them (0 and 1, behind a sigmoid) or each row (a class per pixel or step), or the mean absolute and root mean
 * square error. options may be NULL. Errors: USAGE, DATA, UNSUPPORTED, and those of reading the data. */
OCTET_API octet_status octet_evaluate(octet_context *ctx, const octet_model *model, octet_data *data,
                                      const octet_run_options *options, octet_evaluation **out);
/* Makes *into one evaluation of its samples and those of `from`, which stays. Both are of the same split, over
 * different samples (octet_run_options.first and limit). In whatever order parts are merged, the figures are those of
 * one evaluation of all samples; only times are not. Errors: USAGE (they measure different things), DATA (names a
 * sample that both have); *into stays as it was then. */
OCTET_API octet_status octet_evaluation_merge(octet_context *ctx, octet_evaluation **into,
                                              const octet_evaluation *from);
OCTET_API void octet_evaluation_destroy(octet_context *ctx, octet_evaluation *evaluation);
OCTET_API uint64_t octet_evaluation_n_samples(const octet_evaluation *evaluation);
OCTET_API bool octet_evaluation_has_labels(const octet_evaluation *evaluation); /* that accuracy can be counted with */
OCTET_API double octet_evaluation_accuracy(const octet_evaluation *evaluation); /* 0..1; 0 without such labels */
OCTET_API double octet_evaluation_loss(const octet_evaluation *evaluation);     /* nats; 0 without such labels */
/* Against the numbers that the labels give for every output value; NaN where labels are classes, or without. */
OCTET_API double octet_evaluation_mean_absolute_error(const octet_evaluation *evaluation);
OCTET_API double octet_evaluation_root_mean_square_error(const octet_evaluation *evaluation);
/* Class that the model gave sample `index` (below n_samples). */
OCTET_API int32_t octet_evaluation_class(const octet_evaluation *evaluation, uint64_t index);
/* The report; with_confusion adds the matrix (rows: labels, columns: answers) and the recall of every class. */
OCTET_API octet_status octet_evaluation_render(octet_context *ctx, const octet_evaluation *evaluation,
                                               bool with_confusion, octet_rendering as, char **out);

/* ---- The verdict: what quantization cost ---- */

typedef struct octet_verdict octet_verdict;

/* Runs both models over the same samples. The verdict holds accuracy and loss of each (with labels), their
 * difference, how often the two agree (where samples have classes), the distance of their outputs, time
 * per sample, sizes, input and output parameters, the ranges of the data, and warnings about what looks
 * wrong. `calibration` and options may be NULL. */
OCTET_API octet_status octet_compare(octet_context *ctx, const octet_model *original, const octet_model *quantized,
                                     octet_data *data, const octet_calibration *calibration,
                                     const octet_run_options *options, octet_verdict **out);
OCTET_API void octet_verdict_destroy(octet_context *ctx, octet_verdict *verdict);
OCTET_API bool octet_verdict_has_labels(const octet_verdict *verdict);
/* Accuracy of the original minus accuracy of the quantized one, in percentage points; without labels, the share of
 * samples on which they disagree, in percent; NaN for outputs that are numbers, not classes. */
OCTET_API double octet_verdict_drop(const octet_verdict *verdict);
/* path: the quantized file, or NULL; named in the report. */
OCTET_API octet_status octet_verdict_render(octet_context *ctx, const octet_verdict *verdict, const char *path,
                                            octet_rendering as, char **out);

#ifdef __cplusplus
}
#endif

#endif
