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
/* Makes *into one evaluation of its samples and those of `from`, which stays. Both are of the same model, split and
 * options, over different samples (octet_run_options: part, or first and limit). In whatever order parts are merged,
 * the figures are those of one evaluation of all samples; only times are not. Errors: USAGE (they measure different
 * things), DATA (another model, or run otherwise; a model that keeps state from sample to sample; parts of another
 * whole; names a part or a sample that both have); *into stays as it was then. */
OCTET_API octet_status octet_evaluation_merge(octet_context *ctx, octet_evaluation **into,
                                              const octet_evaluation *from);
/* Writes a file, complete or not at all. Equal evaluations give equal bytes but for times. */
OCTET_API octet_status octet_evaluation_save(octet_context *ctx, const octet_evaluation *evaluation, const char *path);
/* The same into memory: *size bytes at *out, to be freed with octet_bytes_free. */
OCTET_API octet_status octet_evaluation_save_bytes(octet_context *ctx, const octet_evaluation *evaluation, void **out,
                                                   size_t *size);
/* Reads what one of the two wrote. Errors: IO, FORMAT, UNSUPPORTED (written by another octet), LIMIT. */
OCTET_API octet_status octet_evaluation_load(octet_context *ctx, const char *path, octet_evaluation **out);
/* name: in messages. The bytes are copied. */
OCTET_API octet_status octet_evaluation_load_bytes(octet_context *ctx, const void *bytes, size_t size, const char *name,
                                                   octet_evaluation **out);
/* Of the model: equal for evaluations that can be merged. */
OCTET_API uint64_t octet_evaluation_fingerprint(const octet_evaluation *evaluation);
/* *out: whether both found the same for the same samples of the same model: all that their files hold but for times,
 * threads and the path of the model. */
OCTET_API octet_status octet_evaluation_equal(octet_context *ctx, const octet_evaluation *a, const octet_evaluation *b,
                                              bool *out);
/* Which parts are missing: "3, 9 to 12 of 16" as a text for octet_text_free; NULL where none is. Errors: NOMEM. */
OCTET_API octet_status octet_evaluation_missing(octet_context *ctx, const octet_evaluation *evaluation, char **out);
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

/* What octet_statistics_save or octet_evaluation_save wrote, by its first bytes. */
typedef enum octet_saved_kind {
    OCTET_SAVED_NEITHER = 0,
    OCTET_SAVED_STATISTICS = 1,
    OCTET_SAVED_EVALUATION = 2
} octet_saved_kind;
/* Errors: IO. */
OCTET_API octet_status octet_saved_kind_of(octet_context *ctx, const char *path, octet_saved_kind *out);

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
/* Signal to noise of the outputs in decibels, of the output where it is lowest; infinite where nothing differs. */
OCTET_API double octet_verdict_fidelity(const octet_verdict *verdict);
/* path: the quantized file, or NULL; named in the report. */
OCTET_API octet_status octet_verdict_render(octet_context *ctx, const octet_verdict *verdict, const char *path,
                                            octet_rendering as, char **out);

/* ---- Recovery as far as an aim needs it ---- */

typedef struct octet_aim {
    size_t size; /* set by the INIT macro */
    bool has_max_drop, has_min_fidelity;
    double max_drop;     /* octet_verdict_drop is at most this */
    double min_fidelity; /* octet_verdict_fidelity is at least this */
} octet_aim;
#define OCTET_AIM_INIT OCTET_INIT_(octet_aim)

/* octet_model_quantize and octet_compare with one kind of recovery after the other ("none", "fast", "full", and where
 * max_float_layers or max_int16_layers allow it, "full" with these), until the verdict meets the aim. *is_met: whether
 * one did; else *out is the one that came nearest. The verdict lists all. options->recover is not read. test: what is
 * compared on; NULL: `data`. Where the drop counts and octet_verdict_drop is NaN, the first one is given. aim NULL:
 * once, with options->recover, and *is_met is not set; where samples have to be decompressed this is faster than the
 * two calls, since the original runs meanwhile. options, run and calibration may be NULL. Errors: those of both, and
 * USAGE where the model or the options do not go with recovery, or the aim says nothing. */
OCTET_API octet_status octet_model_quantize_for(octet_context *ctx, const octet_model *model, octet_data *data,
                                                octet_data *test, const octet_conversion *options,
                                                const octet_run_options *run, const octet_aim *aim, octet_model **out,
                                                octet_calibration *calibration, octet_verdict **verdict, bool *is_met);

/* Where the verdict is poor (a fidelity below 20 dB, or an accuracy that fell by more than 2 points) and `quantized`
 * was made with these options without recovery, which could be done: quantizes with recover "fast", and adds to the
 * warnings what that gives on the same samples, or on the first 1000 of them. Does nothing else. test: what the verdict
 * was made on. Errors: as above. */
OCTET_API octet_status octet_verdict_suggest(octet_context *ctx, octet_verdict *verdict, const octet_model *model,
                                             const octet_model *quantized, octet_data *data, octet_data *test,
                                             const octet_conversion *options, const octet_run_options *run);

#ifdef __cplusplus
}
#endif

#endif
