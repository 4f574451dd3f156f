/* report/evaluation.h - how good a model's answers are.
 * In:  the scores of every sample and its label.
 * Out: accuracy, loss, confusion matrix, recall; as text and JSON.
 * Knows: softmax, cross-entropy as Keras computes it.
 * Does not know: models, files; who computed the scores. */
#ifndef OCTET_REPORT_EVALUATION_H
#define OCTET_REPORT_EVALUATION_H

#include "base/json_writer.h"
#include "base/memory.h"
#include "base/parts.h"

/* What the scores are: decides how the loss is computed. */
typedef enum octet_scores { OCTET_SCORES_PROBABILITIES, OCTET_SCORES_LOGITS } octet_scores;

/* What is known about the samples, and so what the scores are held against. */
typedef enum octet_measure {
    OCTET_MEASURE_NONE,     /* nothing */
    OCTET_MEASURE_CLASS,    /* one class a sample */
    OCTET_MEASURE_ELEMENTS, /* a yes or no for every score: several labels a sample, masks */
    OCTET_MEASURE_ROWS,     /* a class for every row of scores: pixels, steps; as numbers or one-hot */
    OCTET_MEASURE_ERROR     /* a number for every score: regression */
} octet_measure;

/* Sums over the scores of one sample, for OCTET_MEASURE_ERROR. */
typedef struct octet_errors {
    double absolute, square, target, target_square;
} octet_errors;

typedef struct octet_evaluation {
    octet_arena arena;
    /* What was evaluated, for the report; strings are copied by octet_evaluation_make. */
    const char *model, *split; /* "test", "training", or "all" of data without splits */
    uint64_t fingerprint;      /* of the model: of evaluations that are joined it is one */
    const char *conditions;    /* how it was run, in words: the same; "" where nobody said */
    bool keeps_state;          /* which went on from sample to sample: samples in parts would give other answers */
    octet_parts parts;         /* of the samples that were asked for: which are here */
    uint64_t n_samples;
    size_t n_scores; /* 1: a single score, right side of 1/2 (of 0 for logits) */
    octet_scores scores;
    octet_measure measure;
    size_t n_targets, row; /* numbers that a sample is held against; scores in a row, where rows have a class */
    bool has_accuracy;     /* the measure counts what is right */
    bool drops_folders;    /* folders of pictures are no classes for this model: their names are not used as labels */
    bool has_classes;      /* the answers mean something: there are labels, or the scores of a sample are one softmax */
    const char **class_names; /* n_classes of them, or NULL */
    /* By sample. */
    uint64_t *numbers; /* which sample of the split it is, ascending; at first 0, 1, 2, ... */
    int32_t *labels, *answers;
    double *losses;
    uint32_t *right;      /* for elements and rows: how many; or NULL */
    octet_errors *errors; /* NULL without */
    uint64_t *time_ns;
    /* Filled by octet_evaluation_finish. */
    uint64_t n_right, n_not_finite;            /* samples with NaN or infinity among the scores */
    double accuracy, loss, time_per_sample_ns; /* time: the median */
    double mean_absolute_error, root_mean_square_error,
        target_deviation; /* of targets: standard deviation over all of them */
    uint32_t n_distinct_answers;
    /* Filled by the caller before it renders. */
    uint64_t wall_ns;
    uint32_t n_threads;
    double raw_min, raw_max, min, max; /* of the data */
    const char *own_scaling; /* "rescaling: x * 0.00392157": how the model scales its first input itself; or NULL */
    bool expects_bytes;      /* so that it is to be given bytes as they are */
} octet_evaluation;

/* has_classes is whether a sample is measured by its class; the caller may set it, and n_targets and row. */
octet_status octet_evaluation_make(octet_context *ctx, const char *model, const char *split, uint64_t n_samples,
                                   size_t n_scores, octet_scores scores, octet_measure measure, octet_evaluation **out);
void octet_evaluation_free(octet_context *ctx, octet_evaluation *evaluation);

/* Sample `index` got these n_scores scores in time_ns, or 0: not measured. label: where the measure is its class,
 * 0..n_scores-1 (0 or 1 for a single score); targets: n_targets numbers for the other measures. Thread-safe for
 * different indices. */
void octet_evaluation_record(octet_evaluation *evaluation, uint64_t index, const float *scores, int32_t label,
                             const float *targets, uint64_t time_ns);
/* Sums up in the order of the indices, so that the numbers do not depend on who recorded what. */
void octet_evaluation_finish(octet_evaluation *evaluation);

/* One finished evaluation of the samples of two, which are evaluations of the same kind over different samples of a
 * split; a and b stay as they are. In whatever order parts are joined, the figures are those of one evaluation of all
 * samples. Errors: USAGE (they measure different things), DATA (other models, conditions or parts; a model that keeps
 * state; names a sample that is in both), NOMEM. */
octet_status octet_evaluation_join(octet_context *ctx, const octet_evaluation *a, const octet_evaluation *b,
                                   octet_evaluation **out);

/* A finished evaluation as bytes, appended to `out`; all of it but times is the same for the same samples. Errors:
 * NOMEM, LIMIT. */
octet_status octet_evaluation_write(octet_context *ctx, const octet_evaluation *evaluation, octet_buffer *out);
/* The same without times, threads and the path of the model, which two runs need not share: to compare, not to read. */
octet_status octet_evaluation_write_findings(octet_context *ctx, const octet_evaluation *evaluation, octet_buffer *out);
/* A finished evaluation again, sound whoever wrote the bytes. name: in messages. Errors: FORMAT (no evaluation,
 * truncated, corrupt), UNSUPPORTED (another version), NOMEM, LIMIT. */
octet_status octet_evaluation_read(octet_context *ctx, octet_bytes bytes, const char *name, octet_evaluation **out);

/* Why the names of folders are not used, to stand in a sentence. */
extern const char octet_text_dropped_folders[];
/* "; every output ...": what an accuracy counts when that is not samples; "" when it is. */
const char *octet_text_parts(const octet_evaluation *evaluation);
octet_status octet_evaluation_write_text(octet_context *ctx, const octet_evaluation *evaluation, bool with_confusion,
                                         octet_buffer *out);
octet_status octet_evaluation_write_json(octet_context *ctx, const octet_evaluation *evaluation, bool with_confusion,
                                         octet_buffer *out);
/* Both write into `text`, OCTET_EVALUATION_SENTENCE bytes, and return it. */
enum { OCTET_EVALUATION_SENTENCE = 512, OCTET_EVALUATION_MOST_LINES = 8 };
/* Where the data reach: in an evaluation and in a verdict. */
const char *octet_evaluation_data_text(const octet_evaluation *evaluation, char *text);
/* One sentence where data that look scaled already go into a model that scales bytes itself; "" otherwise. */
const char *octet_evaluation_doubt_scaling(const octet_evaluation *evaluation, char *text);

/* An evaluation in words, line by line. */
typedef struct octet_evaluation_line {
    const char *name; /* "accuracy", "loss", "error", "time", "parts", "data", "warning" */
    char text[OCTET_EVALUATION_SENTENCE];
} octet_evaluation_line;
/* Returns the number of lines. with_time: also times, which no two runs give alike. */
uint32_t octet_evaluation_list_lines(const octet_evaluation *evaluation, bool with_time,
                                     octet_evaluation_line lines[OCTET_EVALUATION_MOST_LINES]);
/* The member "data_range" of an evaluation and of a verdict: values as stored and as the model sees them. */
void octet_evaluation_write_data_range(octet_json_writer *json, const octet_evaluation *evaluation);
/* Accuracy is counted over so many parts of a sample: 1, scores or rows. */
uint64_t octet_evaluation_n_parts(const octet_evaluation *evaluation);
/* Number of classes that labels and answers can take. */
int32_t octet_evaluation_n_classes(const octet_evaluation *evaluation);

/* Who was taken for whom. */
typedef struct octet_confusion {
    size_t n;         /* classes */
    uint64_t *counts; /* [n,n], row = label, column = answer */
    double *recall;   /* [n]: part of a label's samples that were answered right; NaN for a label without samples */
} octet_confusion;
/* Arrays live in `arena`. DATA unless a sample is measured by its class; LIMIT with more than 100 classes: beyond that
 * a matrix does not fit on any screen. */
octet_status octet_evaluation_count_confusion(octet_context *ctx, octet_arena *arena,
                                              const octet_evaluation *evaluation, octet_confusion *out);

#endif
